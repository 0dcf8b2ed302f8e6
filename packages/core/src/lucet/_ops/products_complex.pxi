# Products of complex numbers: one real product of twice the size.

cdef Tensor _as_pairs(Tensor a):
    """Complex numbers that lie side by side along the last dimension as twice as many real ones. No history."""
    cdef Tensor t = bare_tensor(real_of[a.code], a.ndim_)
    cdef int i, last = a.ndim_ - 1
    for i in range(last):
        t.shape_[i], t.strides[i] = a.shape_[i], 2 * a.strides[i]
    t.shape_[last], t.strides[last] = 2 * a.shape_[last], 1
    t.offset = 2 * a.offset
    t.storage = a.storage
    finish_geometry(t)
    return t


cdef Tensor _expanded(Tensor b):
    """(.., k, n) complex numbers as a (.., 2k, 2n) real tensor of [re im; -im re]; matrices that are repeated stay so."""
    cdef Py_ssize_t shape[3]
    cdef Py_ssize_t i, count = 1
    cdef int nd = b.ndim_
    cdef Tensor t
    shape[0] = count = b.shape_[0] if nd == 3 and b.strides[0] else 1
    shape[nd - 2], shape[nd - 1] = 2 * b.shape_[nd - 2], 2 * b.shape_[nd - 1]
    t = empty_tensor(real_of[b.code], nd, shape, CPU)
    for i in range(count):
        K.expand[b.code == COMPLEX128](
            data_of(b) + (i * b.strides[0] if nd == 3 else 0) * itemsize_of[b.code], b.strides[nd - 2], b.strides[nd - 1],
            b.shape_[nd - 2], b.shape_[nd - 1], data_of(t) + i * shape[nd - 2] * shape[nd - 1] * itemsize_of[t.code],
        )
    if nd == 3 and count != b.shape_[0]:
        t.shape_[0], t.strides[0] = b.shape_[0], 0
        finish_geometry(t)
    return t


cdef Tensor _complex_product(Tensor a, Tensor b, Tensor bias, bint bias_is_row):
    """Rows of `a` read as real numbers, times `b` with the products of both parts laid out: the result is complex as it lies."""
    cdef int last = a.ndim_ - 1
    cdef Tensor x = a if a.strides[last] == 1 else contiguous(a)
    cdef Tensor wide = None if bias is None or bias_is_row else _as_pairs(contiguous(bias))
    cdef Tensor c = product(_as_pairs(x), _expanded(b), wide, False)
    cdef int i
    c.code = a.code
    c.shape_[last] //= 2
    for i in range(last):
        c.strides[i] //= 2
    finish_geometry(c)
    return add(c, unsqueeze_at(bias, 1)) if bias_is_row and bias is not None else c
