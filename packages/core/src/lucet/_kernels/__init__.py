"""Every hot loop: pointers, counts and strides in, nothing allocated, nothing raised. No tensors here."""
