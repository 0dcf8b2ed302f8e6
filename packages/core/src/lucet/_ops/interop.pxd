# What other ops ask about NumPy arrays.
cdef bint is_ndarray(object x) except -1
