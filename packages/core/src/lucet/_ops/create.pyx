"""Factories: tensors from shapes, ranges and Python data. Random ones are in random.pyx, NumPy and buffers in interop.pyx."""

from cpython.buffer cimport PyObject_CheckBuffer
from cpython.number cimport PyNumber_Index
from cpython.unicode cimport PyUnicode_AsUTF8
from cpython.float cimport PyFloat_CheckExact, PyFloat_AS_DOUBLE, PyFloat_Check
from cpython.long cimport PyLong_Check, PyLong_CheckExact
from cpython.bool cimport PyBool_Check
from cpython.complex cimport PyComplex_Check
from libc.math cimport ceil, log, trunc
from libc.stdint cimport int64_t
from libc.string cimport memset, memcpy
from lucet._dtype cimport (
    BOOL, UINT8, INT64, FLOAT16, FLOAT32, FLOAT64, COMPLEX128, CAT_INT, CAT_FLOAT, CAT_COMPLEX,
    Scalar, is_wide, category_of, itemsize_of, code_of, dtype_object, default_code, default_complex_code, read_scalar, store_scalar, promote,
    is_number, scalar_code,
)
from lucet._engine cimport F_REQUIRES_GRAD, check_inplace
from lucet._kernels.dispatch cimport K
from lucet._ops._loops cimport Operand, operand_of, operand_of_scalar, iterate, convert_into, check_no_internal_overlap, prepare_out, CHEAP
from lucet._ops._plans cimport run_weighed, workers_for
from lucet._storage cimport CPU, META
from lucet._modes cimport thread_state, slow_call, passed
from lucet._tensor cimport (
    Tensor, empty_tensor, empty_permuted, empty_preserved, is_meta, is_plain, data_of, checked_numel, read_size, bump, strided_over,
    F_CONTIGUOUS, MAX_DIMS,
)

import warnings

from lucet._device import CPU_DEVICE, channels_last, channels_last_3d, contiguous_format, preserve_format, strided, usable
from lucet._errors import DeviceError, DtypeError, RangeError, ShapeError, error, warn_once
from lucet._registry import OPS, op


# --- arguments that all factories share -------------------------------------------------------------------------------

cdef int parse_shape(object size, Py_ssize_t* shape, const char* op) except -1:
    """Sizes from a tuple, list or Size; returns how many."""
    cdef int i
    if not isinstance(size, (tuple, list)):
        raise TypeError(f"{op.decode()}(): argument 'size' must be tuple of ints, not {type(size).__name__}")
    if len(size) > MAX_DIMS:
        raise error(ShapeError, f"{op.decode()}: {len(size)} dimensions, at most {MAX_DIMS} are supported")
    if len(size) and PyBool_Check(size[0]):                # torch looks no further than at the first
        raise TypeError(f"{op.decode()}(): argument 'size' must be tuple of ints, but found element of type bool at pos 0")
    for i in range(len(size)):
        shape[i] = read_size(size[i], b"size")
    return len(size)


cdef object sizes_of(tuple sizes, object size, str name):
    """`f(2, 3)`, `f((2, 3))` and `f(size=(2, 3))` alike."""
    if size is not None:
        if sizes:
            raise TypeError(f"{name}() got multiple values for argument 'size'")
        if not isinstance(size, (tuple, list)):
            raise TypeError(f"{name}(): argument 'size' must be tuple of ints, not {type(size).__name__}")
        return size
    if not sizes:
        raise TypeError(f'{name}() missing 1 required positional arguments: "size"')
    first = sizes[0]
    if isinstance(first, (tuple, list)):
        if len(sizes) > 1:
            raise TypeError(f"{name}() takes 1 positional argument but {len(sizes)} were given")
        return first
    if PyBool_Check(first) or not isinstance(first, int) and not hasattr(first, "__index__"):
        raise TypeError(f"{name}(): argument 'size' (position 1) must be tuple of ints, not {type(first).__name__}")
    return sizes


cdef object offered(object factory, tuple args, dict options):
    """Offer a call to modes and subclasses; options that were not given are left out."""
    return slow_call(factory, args, {key: value for key, value in options.items() if value is not None and value is not False})


cdef tuple _RANGES = ("arange", "range", "linspace", "logspace")


cdef Tensor _factory(object size, object dtype, object device, object layout, bint requires_grad, bint pin_memory, object out, str name, int inferred, object memory_format=None):
    """An uninitialised tensor by the keyword arguments that all factories take."""
    cdef Py_ssize_t shape[64]
    cdef int ndim = parse_shape(size, shape, PyUnicode_AsUTF8(name))
    cdef int code = inferred if dtype is None else code_of(dtype), i
    cdef Tensor t
    if layout is not None and layout is not strided:
        raise RuntimeError(f"{name}: layout {layout!r} is not supported, only lucet.strided")
    if pin_memory:
        raise RuntimeError(f"{name}: Cannot access accelerator device when none is available (pin_memory=True)")
    if requires_grad and (code if out is None else (<Tensor?>out).code) < FLOAT16:
        raise RuntimeError("Only Tensors of floating point and complex dtype can require gradients")
    if name in _RANGES and (code if out is None else (<Tensor?>out).code) == BOOL:
        raise error(DtypeError, f"{name}: not implemented for bool")
    if out is not None:
        t = <Tensor?>out
        if dtype is not None and t.code != code:
            raise RuntimeError(f"{name}: dtype {dtype!r} does not match dtype of out parameter ({dtype_object(t.code)!r})")
        check_inplace(t, False, PyUnicode_AsUTF8(name))
        if name in _RANGES:
            check_no_internal_overlap(t, PyUnicode_AsUTF8(name))
        if name != "arange" and not (t.ndim_ == ndim and all([t.shape_[i] == shape[i] for i in range(ndim)])):
            t.resize_([shape[i] for i in range(ndim)])      # without the warning, which arange alone gives
        prepare_out(t, ndim, shape, t.code, PyUnicode_AsUTF8(name))
        bump(t, PyUnicode_AsUTF8(name))
    else:
        t = empty_formatted(code, ndim, shape, memory_format, CPU if usable(device, name) is CPU_DEVICE else META)
    if requires_grad:
        _want_grad(t)
    return t


cdef Tensor empty_formatted(int code, int ndim, const Py_ssize_t* shape, object format, int device):
    """An uninitialised tensor with the strides of a memory format, those of dimensions of one element or none too."""
    cdef int order[5]
    cdef int k
    cdef Py_ssize_t step = 1
    cdef Tensor t
    if format is None or format is contiguous_format:
        return empty_tensor(code, ndim, shape, device)
    if format is preserve_format:
        raise RuntimeError("unsupported memory format Preserve")
    if format is not channels_last and format is not channels_last_3d:
        raise TypeError(f"memory_format must be a lucet.memory_format, not {type(format).__name__}")
    if ndim != (4 if format is channels_last else 5):
        raise error(
            ShapeError,
            f"required rank {4 if format is channels_last else 5} tensor to use {format} format",
            facts=[f"{ndim} dimensions, shape {tuple([shape[k] for k in range(ndim)])}"],
        )
    order[0], order[ndim - 1] = 0, 1
    for k in range(2, ndim):
        order[k - 1] = k
    t = empty_permuted(code, ndim, shape, order, device)
    if t.numel_ == 0:                     # torch multiplies by the sizes of 0 too
        for k in range(ndim - 1, -1, -1):
            t.strides[order[k]] = step
            step *= shape[order[k]]
    return t


cdef int _want_grad(Tensor t) except -1:
    if t.code < FLOAT16:
        raise RuntimeError("Only Tensors of floating point and complex dtype can require gradients")
    t.flags |= F_REQUIRES_GRAD
    return 0


# --- filling --------------------------------------------------------------------------------------------------------

cdef int fill_with(Tensor t, object value, const char* op) except -1:
    """Set every element to a number, checked against the type's range. No version, no history."""
    cdef char room[16]
    cdef Scalar s
    cdef Operand ops[2]
    if is_meta(t):
        return 0
    read_scalar(value, &s)
    store_checked(&s, t.code, room, op)
    if t.numel_ == 0:
        return 0
    if s.re == 0 and s.im == 0 and s.i == 0 and t.flags & F_CONTIGUOUS and t.numel_ < 65536 and not _negative_zero(&s):
        memset(data_of(t), 0, t.numel_ * itemsize_of[t.code])
        return 0
    operand_of(t, t.code, &ops[0])
    operand_of_scalar(room, t.code, &ops[1])
    return iterate(K.cast[t.code][t.code], NULL, 2, ops, CHEAP)


cdef bint _negative_zero(const Scalar* s) noexcept:
    return s.category >= CAT_FLOAT and (1 / s.re < 0 if s.re == 0 else False)


cdef int store_checked(const Scalar* s, int code, char* room, const char* op) except -1:
    """Write the one number of an op as an element; raise where the type does not hold it. A complex one without imaginary part is real."""
    cdef Scalar real
    if s.category == CAT_COMPLEX and category_of[code] != CAT_COMPLEX and code != BOOL:
        if s.im != 0:
            raise error(RangeError, f"{op.decode()}: value cannot be converted to type {dtype_object(code)._name} without overflow", facts=[f"{complex(s.re, s.im)} has an imaginary part"])
        real = s[0]
        real.category = CAT_FLOAT
        return store_checked(&real, code, room, op)
    check_range(s, code, op)
    if code == FLOAT32 and s.category <= CAT_FLOAT and 3.4028234663852886e38 < abs(s.re) < float("inf"):
        raise error(RangeError, f"{op.decode()}: value cannot be converted to type float without overflow", facts=[f"{s.re} becomes inf as float32"])
    return store_scalar(s, code, room, op)


cdef int check_range(const Scalar* s, int code, const char* op) except -1:
    """Raise for a number outside the range of an integer type (uint8 takes the ints -255..255, as torch does)."""
    cdef double low, high
    if category_of[code] != CAT_INT:
        return 0
    if s.category == CAT_COMPLEX:
        return 0
    if is_wide(s):
        raise error(RangeError, f"{op.decode()}: value cannot be converted to type {dtype_object(code)._name} without overflow: a Python int of 64 bits does not fit int64")
    if code == UINT8:
        low, high = 0 if s.category == CAT_FLOAT else -255, 255
    elif code == INT64:
        low, high = -9.3e18, 9223372036854774784.0 if s.category == CAT_FLOAT else 9.3e18
    else:
        high = <double>((<long long>1 << (8 * itemsize_of[code] - 1)) - 1)
        low = -high - 1
    if not (low <= s.re <= high):
        raise error(RangeError, f"{op.decode()}: value cannot be converted to type {dtype_object(code)._name} without overflow")
    return 0


# Whether `empty` and its kin write what nobody is to use: set by `use_deterministic_algorithms`, for the process.
cdef bint filling = False


def set_filling(bint on):
    global filling
    filling = on


def unusable(int code):
    """NaN, the largest int or True: what an element that nobody has written holds while `filling` is set."""
    if code == BOOL:
        return True
    return float("nan") if code >= FLOAT16 else 255 if code == UINT8 else (<object>1 << 8 * itemsize_of[code] - 1) - 1


cdef Tensor unwritten(Tensor t):
    """A tensor whose elements nobody has written yet."""
    if filling:
        fill_with(t, unusable(t.code), b"empty")
    return t


cdef Tensor zeros_tensor(int code, int ndim, const Py_ssize_t* shape):
    cdef Tensor t = empty_tensor(code, ndim, shape, CPU)
    fill_with(t, 0, b"zeros")
    return t


cdef Tensor filled(int code, int ndim, const Py_ssize_t* shape, object value, const char* op=b"full"):
    cdef Tensor t = empty_tensor(code, ndim, shape, CPU)
    fill_with(t, value, op)
    return t


def empty(*sizes, size=None, out=None, dtype=None, layout=None, device=None, bint pin_memory=False, bint requires_grad=False, memory_format=None):
    """empty(*size, out=None, dtype=None, layout=lucet.strided, device=None, pin_memory=False, requires_grad=False, memory_format=lucet.contiguous_format) -> Tensor

    An uninitialised tensor of the given shape.

    >>> import lucet
    >>> lucet.empty(2, 3).shape
    lucet.Size([2, 3])
    """
    if thread_state().modes:
        result = offered(empty, sizes, {"size": size, "out": out, "dtype": dtype, "layout": layout, "device": device, "pin_memory": pin_memory, "requires_grad": requires_grad, "memory_format": memory_format})
        if result is not passed:
            return result
    return unwritten(_factory(sizes_of(sizes, size, "empty"), dtype, device, layout, requires_grad, pin_memory, out, "empty", default_code(), memory_format))


def zeros(*sizes, size=None, out=None, dtype=None, layout=None, device=None, bint pin_memory=False, bint requires_grad=False):
    """zeros(*size, out=None, dtype=None, layout=lucet.strided, device=None, pin_memory=False, requires_grad=False) -> Tensor

    A tensor of zeros of the given shape.

    >>> import lucet
    >>> lucet.zeros(2, 2)
    tensor([[0., 0.],
            [0., 0.]])
    """
    if thread_state().modes:
        result = offered(zeros, sizes, {"size": size, "out": out, "dtype": dtype, "layout": layout, "device": device, "pin_memory": pin_memory, "requires_grad": requires_grad})
        if result is not passed:
            return result
    cdef Tensor t = _factory(sizes_of(sizes, size, "zeros"), dtype, device, layout, requires_grad, pin_memory, out, "zeros", default_code())
    fill_with(t, 0, b"zeros")
    return t


def ones(*sizes, size=None, out=None, dtype=None, layout=None, device=None, bint pin_memory=False, bint requires_grad=False):
    """ones(*size, out=None, dtype=None, layout=lucet.strided, device=None, pin_memory=False, requires_grad=False) -> Tensor

    A tensor of ones of the given shape.

    >>> import lucet
    >>> lucet.ones(3, dtype=lucet.int64)
    tensor([1, 1, 1])
    """
    if thread_state().modes:
        result = offered(ones, sizes, {"size": size, "out": out, "dtype": dtype, "layout": layout, "device": device, "pin_memory": pin_memory, "requires_grad": requires_grad})
        if result is not passed:
            return result
    cdef Tensor t = _factory(sizes_of(sizes, size, "ones"), dtype, device, layout, requires_grad, pin_memory, out, "ones", default_code())
    fill_with(t, 1, b"ones")
    return t


def full(size, fill_value, *, out=None, dtype=None, layout=None, device=None, bint pin_memory=False, bint requires_grad=False):
    """full(size, fill_value, *, out=None, dtype=None, layout=lucet.strided, device=None, pin_memory=False, requires_grad=False) -> Tensor

    A tensor with every element `fill_value`, of the type that the value implies unless `dtype` is given.

    >>> import lucet
    >>> lucet.full((2,), 7)
    tensor([7, 7])
    """
    if thread_state().modes:
        result = offered(full, (size, fill_value), {"out": out, "dtype": dtype, "layout": layout, "device": device, "pin_memory": pin_memory, "requires_grad": requires_grad})
        if result is not passed:
            return result
    cdef Scalar s
    value = fill_value.item() if isinstance(fill_value, Tensor) else fill_value
    if not is_number(value):
        raise TypeError(f"full(): argument 'fill_value' must be Number, not {type(fill_value).__name__}")
    read_scalar(value, &s)
    cdef Tensor t = _factory(size, dtype, device, layout, requires_grad, pin_memory, out, "full", scalar_code(s.category))
    fill_with(t, value, b"full")
    return t


def empty_strided(size, stride, *, dtype=None, layout=None, device=None, bint requires_grad=False, bint pin_memory=False):
    """empty_strided(size, stride, *, dtype=None, layout=lucet.strided, device=None, requires_grad=False, pin_memory=False) -> Tensor

    An uninitialised tensor with the given sizes and strides (in elements). RuntimeError for negative strides.

    >>> import lucet
    >>> lucet.empty_strided((2, 3), (1, 2)).stride()
    (1, 2)
    """
    if thread_state().modes:
        result = offered(empty_strided, (size, stride), {"dtype": dtype, "layout": layout, "device": device, "requires_grad": requires_grad, "pin_memory": pin_memory})
        if result is not passed:
            return result
    cdef Py_ssize_t shape[64]
    cdef Py_ssize_t strides[64]
    cdef Py_ssize_t reach = 1
    cdef int i, ndim = parse_shape(size, shape, b"empty_strided")
    if parse_shape(stride, strides, b"empty_strided") != ndim:
        raise RuntimeError(f"empty_strided: dimensionality of sizes ({ndim}) must match dimensionality of strides ({len(stride)})")
    cdef int code = default_code() if dtype is None else code_of(dtype)
    if checked_numel(ndim, shape, code) == 0:
        reach = 0
    for i in range(ndim):
        if strides[i] < 0:
            raise RuntimeError(f"empty_strided: Negative strides are not supported, got {list(stride)}")
        if reach and shape[i] > 1:
            if strides[i] > (<Py_ssize_t>1 << 58) // (shape[i] - 1):
                raise error(ShapeError, "empty_strided: sizes and strides overflow", facts=[f"size {list(size)}, stride {list(stride)}"])
            reach += (shape[i] - 1) * strides[i]
    checked_numel(1, &reach, code)
    flat = _factory((reach,), dtype, device, layout, False, pin_memory, None, "empty_strided", default_code())
    cdef Tensor t = strided_over((<Tensor>flat).storage, code, 0, ndim, shape, strides)
    if requires_grad:
        _want_grad(t)
    return unwritten(t)


def eye(n, m=None, *, out=None, dtype=None, layout=None, device=None, bint pin_memory=False, bint requires_grad=False):
    """eye(n, m=None, *, out=None, dtype=None, layout=lucet.strided, device=None, pin_memory=False, requires_grad=False) -> Tensor

    An (n, m) matrix (n, n without m) with ones on the diagonal. RuntimeError for negative sizes.

    >>> import lucet
    >>> lucet.eye(2)
    tensor([[1., 0.],
            [0., 1.]])
    """
    if thread_state().modes:
        result = offered(eye, (n,) if m is None else (n, m), {"out": out, "dtype": dtype, "layout": layout, "device": device, "pin_memory": pin_memory, "requires_grad": requires_grad})
        if result is not passed:
            return result
    if PyBool_Check(n) or PyBool_Check(m):
        raise TypeError("eye(): arguments 'n' and 'm' must be int, not bool")
    cdef Py_ssize_t i, rows = read_size(n, b"n"), columns = rows if m is None else read_size(m, b"m")
    if rows < 0 or columns < 0:
        raise RuntimeError(f"eye: n and m must be greater or equal to 0, got {rows} and {columns}")
    cdef Tensor t = _factory((rows, columns), dtype, device, layout, requires_grad, pin_memory, out, "eye", default_code())
    cdef char one[16]
    cdef Scalar s
    fill_with(t, 0, b"eye")
    read_scalar(1, &s)
    store_scalar(&s, t.code, one, b"eye")
    if not is_meta(t):
        for i in range(rows if rows < columns else columns):
            memcpy(data_of(t) + i * (t.strides[0] + t.strides[1]) * itemsize_of[t.code], one, itemsize_of[t.code])
    return t


# --- *_like and new_* -------------------------------------------------------------------------------------------------

cdef Tensor _like(Tensor a, object dtype, object device, object layout, object memory_format, bint requires_grad, bint pin_memory, str name):
    cdef int code = a.code if dtype is None else code_of(dtype)
    cdef Tensor t
    if layout is not None and layout is not strided:
        raise RuntimeError(f"{name}: layout {layout!r} is not supported, only lucet.strided")
    if pin_memory:
        raise RuntimeError(f"{name}: Cannot access accelerator device when none is available (pin_memory=True)")
    place = a.device if device is None else usable(device, name)
    if memory_format is not None and memory_format is not preserve_format:
        t = empty_formatted(code, a.ndim_, a.shape_, memory_format, CPU if place is CPU_DEVICE else META)
    elif (place is CPU_DEVICE) == is_meta(a):
        t = empty_tensor(code, a.ndim_, a.shape_, CPU if place is CPU_DEVICE else META)
    else:
        t = empty_preserved(a, code)
    if requires_grad:
        _want_grad(t)
    return t


def empty_like_function(Tensor input not None, *, dtype=None, layout=None, device=None, bint requires_grad=False, memory_format=None, bint pin_memory=False):
    """empty_like(input, *, dtype=None, layout=None, device=None, requires_grad=False, memory_format=lucet.preserve_format) -> Tensor

    An uninitialised tensor with the shape (and type, unless given) of `input`.

    >>> import lucet
    >>> lucet.empty_like(lucet.zeros(2, 3)).shape
    lucet.Size([2, 3])
    """
    if not is_plain(input) or thread_state().modes:
        result = offered(empty_like_function, (input,), {"dtype": dtype, "layout": layout, "device": device, "requires_grad": requires_grad, "memory_format": memory_format, "pin_memory": pin_memory})
        if result is not passed:
            return result
    return unwritten(_like(input, dtype, device, layout, memory_format, requires_grad, pin_memory, "empty_like"))


def zeros_like(Tensor input not None, *, dtype=None, layout=None, device=None, bint requires_grad=False, memory_format=None, bint pin_memory=False):
    """zeros_like(input, *, dtype=None, layout=None, device=None, requires_grad=False, memory_format=lucet.preserve_format) -> Tensor

    Zeros with the shape (and type, unless given) of `input`.

    >>> import lucet
    >>> lucet.zeros_like(lucet.tensor([1, 2]))
    tensor([0, 0])
    """
    if not is_plain(input) or thread_state().modes:
        result = offered(zeros_like, (input,), {"dtype": dtype, "layout": layout, "device": device, "requires_grad": requires_grad, "memory_format": memory_format, "pin_memory": pin_memory})
        if result is not passed:
            return result
    cdef Tensor t = _like(input, dtype, device, layout, memory_format, requires_grad, pin_memory, "zeros_like")
    fill_with(t, 0, b"zeros_like")
    return t


def ones_like(Tensor input not None, *, dtype=None, layout=None, device=None, bint requires_grad=False, memory_format=None, bint pin_memory=False):
    """ones_like(input, *, dtype=None, layout=None, device=None, requires_grad=False, memory_format=lucet.preserve_format) -> Tensor

    Ones with the shape (and type, unless given) of `input`.

    >>> import lucet
    >>> lucet.ones_like(lucet.tensor([1., 2.]))
    tensor([1., 1.])
    """
    if not is_plain(input) or thread_state().modes:
        result = offered(ones_like, (input,), {"dtype": dtype, "layout": layout, "device": device, "requires_grad": requires_grad, "memory_format": memory_format, "pin_memory": pin_memory})
        if result is not passed:
            return result
    cdef Tensor t = _like(input, dtype, device, layout, memory_format, requires_grad, pin_memory, "ones_like")
    fill_with(t, 1, b"ones_like")
    return t


def full_like(Tensor input not None, fill_value, *, dtype=None, layout=None, device=None, bint requires_grad=False, memory_format=None, bint pin_memory=False):
    """full_like(input, fill_value, *, dtype=None, layout=None, device=None, requires_grad=False, memory_format=lucet.preserve_format) -> Tensor

    `fill_value` everywhere, with the shape (and type, unless given) of `input`.

    >>> import lucet
    >>> lucet.full_like(lucet.zeros(2), 3)
    tensor([3., 3.])
    """
    if not is_plain(input) or thread_state().modes:
        result = offered(full_like, (input, fill_value), {"dtype": dtype, "layout": layout, "device": device, "requires_grad": requires_grad, "memory_format": memory_format, "pin_memory": pin_memory})
        if result is not passed:
            return result
    cdef Tensor t = _like(input, dtype, device, layout, memory_format, requires_grad, pin_memory, "full_like")
    fill_with(t, fill_value.item() if isinstance(fill_value, Tensor) else fill_value, b"full_like")
    return t


def new_empty(Tensor self not None, *sizes, size=None, dtype=None, device=None, bint requires_grad=False, layout=None, bint pin_memory=False):
    """An uninitialised tensor of the given shape, with this tensor's type and place unless given."""
    if not is_plain(self) or thread_state().modes:
        result = offered(new_empty, (self, *sizes), {"size": size, "dtype": dtype, "device": device, "requires_grad": requires_grad, "layout": layout, "pin_memory": pin_memory})
        if result is not passed:
            return result
    return unwritten(_factory(sizes_of(sizes, size, "new_empty"), dtype, self.device if device is None else device, layout, requires_grad, pin_memory, None, "new_empty", self.code))


def new_empty_strided(Tensor self not None, size, stride, *, dtype=None, device=None, bint requires_grad=False, layout=None, bint pin_memory=False):
    """An uninitialised tensor of the given sizes and strides, with this tensor's type and place unless given."""
    if not is_plain(self) or thread_state().modes:
        result = offered(new_empty_strided, (self, size, stride), {"dtype": dtype, "device": device, "requires_grad": requires_grad, "layout": layout, "pin_memory": pin_memory})
        if result is not passed:
            return result
    return empty_strided(
        size, stride, dtype=dtype_object(self.code) if dtype is None else dtype, device=self.device if device is None else device,
        layout=layout, requires_grad=requires_grad, pin_memory=pin_memory,
    )


def new_zeros(Tensor self not None, *sizes, size=None, dtype=None, device=None, bint requires_grad=False, layout=None, bint pin_memory=False):
    """Zeros of the given shape, with this tensor's type and place unless given."""
    if not is_plain(self) or thread_state().modes:
        result = offered(new_zeros, (self, *sizes), {"size": size, "dtype": dtype, "device": device, "requires_grad": requires_grad, "layout": layout, "pin_memory": pin_memory})
        if result is not passed:
            return result
    cdef Tensor t = _factory(sizes_of(sizes, size, "new_zeros"), dtype, self.device if device is None else device, layout, requires_grad, pin_memory, None, "new_zeros", self.code)
    fill_with(t, 0, b"new_zeros")
    return t


def new_ones(Tensor self not None, *sizes, size=None, dtype=None, device=None, bint requires_grad=False, layout=None, bint pin_memory=False):
    """Ones of the given shape, with this tensor's type and place unless given."""
    if not is_plain(self) or thread_state().modes:
        result = offered(new_ones, (self, *sizes), {"size": size, "dtype": dtype, "device": device, "requires_grad": requires_grad, "layout": layout, "pin_memory": pin_memory})
        if result is not passed:
            return result
    cdef Tensor t = _factory(sizes_of(sizes, size, "new_ones"), dtype, self.device if device is None else device, layout, requires_grad, pin_memory, None, "new_ones", self.code)
    fill_with(t, 1, b"new_ones")
    return t


def new_full(Tensor self not None, size, fill_value, *, dtype=None, device=None, bint requires_grad=False, layout=None, bint pin_memory=False):
    """`fill_value` everywhere in the given shape, with this tensor's type and place unless given."""
    if not is_plain(self) or thread_state().modes:
        result = offered(new_full, (self, size, fill_value), {"dtype": dtype, "device": device, "requires_grad": requires_grad, "layout": layout, "pin_memory": pin_memory})
        if result is not passed:
            return result
    cdef Tensor t = _factory(size, dtype, self.device if device is None else device, layout, requires_grad, pin_memory, None, "new_full", self.code)
    fill_with(t, fill_value.item() if isinstance(fill_value, Tensor) else fill_value, b"new_full")
    return t


def new_tensor(Tensor self not None, data, *, dtype=None, device=None, bint requires_grad=False, layout=None, bint pin_memory=False):
    """A tensor of `data` with this tensor's type and place unless given."""
    if not is_plain(self) or thread_state().modes:
        result = offered(new_tensor, (self, data), {"dtype": dtype, "device": device, "requires_grad": requires_grad, "layout": layout, "pin_memory": pin_memory})
        if result is not passed:
            return result
    return tensor(data, dtype=self.dtype if dtype is None else dtype, device=self.device if device is None else device, requires_grad=requires_grad, pin_memory=pin_memory)


include "create_ranges.pxi"

# --- from Python data -------------------------------------------------------------------------------------------------

cdef int _infer(object data, int depth, list shape, list closed, int code) except -2:
    """Walk nested sequences: record the sizes along the first elements, promote the types of all numbers. -1 is 'none yet'.

    `closed` fills when the first number (or empty sequence) has settled how many dimensions there are.
    """
    cdef int found
    if isinstance(data, Tensor) and depth == len(shape) and (<Tensor>data).numel_ != 1:
        raise ValueError("only one element tensors can be converted to Python scalars")
    if isinstance(data, (list, tuple)) or _is_sequence(data, depth == len(shape)):
        if depth == len(shape):
            if closed:
                raise TypeError(f"only sequences of one depth make a tensor: expected a number at dim {depth}, got {type(data).__name__}")
            if depth >= MAX_DIMS:
                raise ValueError(f"too many dimensions '{type(data).__name__}'")
            shape.append(len(data))
        elif len(data) != shape[depth]:
            raise ValueError(f"expected sequence of length {shape[depth]} at dim {depth} (got {len(data)})")
        if depth and type(data).__name__ == "ndarray" and len(data):
            warn_once(
                "Creating a tensor from a list of numpy.ndarrays is extremely slow: numpy.array() makes one array of them"
            )
        for item in data:
            if PyFloat_CheckExact(item) and code == default_code() and depth + 1 == len(shape):
                continue
            code = _infer(item, depth + 1, shape, closed, code)
        if not closed:
            closed.append(True)
        return code
    if not closed:
        closed.append(True)
    if depth != len(shape):
        if isinstance(data, Tensor) and (<Tensor>data).ndim_ == 0 or is_number(data):
            raise TypeError(f"only sequences of one depth make a tensor: expected a sequence of length {shape[depth]} at dim {depth}, got {type(data).__name__}")
        raise TypeError(f"new(): invalid data type '{type(data).__name__}'")
    if isinstance(data, str) and depth and depth == len(shape) and code == -1:
        raise ValueError("too many dimensions 'str'")        # torch takes the letter of a letter, and so on
    found = _code_of_value(data)
    return found if code == -1 else promote(code, found)


cdef bint _is_sequence(object x, bint new_dim):
    """Whether `x` is to be walked; a tensor only where a sequence before it has settled that there is a dimension."""
    if isinstance(x, (str, bytes, dict)) or isinstance(x, Tensor) and (new_dim or (<Tensor>x).ndim_ == 0) or is_number(x):
        return False
    return hasattr(x, "__getitem__") and hasattr(x, "__len__") and not (hasattr(x, "ndim") and x.ndim == 0)


cdef int _code_of_value(object x) except -2:
    if PyBool_Check(x):
        return BOOL
    if PyFloat_CheckExact(x) or PyFloat_Check(x) and type(x).__module__ != "numpy":
        return default_code()
    if PyLong_Check(x):
        return INT64
    if PyComplex_Check(x):
        return default_complex_code()
    if isinstance(x, Tensor):
        return (<Tensor>x).code
    kind = getattr(x, "dtype", None)
    if kind is not None and type(x).__module__ == "numpy":
        from lucet._ops.interop import code_of_numpy
        return code_of_numpy(kind)
    if isinstance(x, str):
        raise TypeError("new(): invalid data type 'str'")
    if hasattr(x, "__index__"):
        return INT64
    if hasattr(x, "__float__"):
        return default_code()
    raise RuntimeError(f"Could not infer dtype of {type(x).__name__}")


cdef char* _write(object data, int code, char* at, const char* end, int depth, int ndim) except NULL:
    """Write what `_infer` measured; sequences that have become longer since are stopped at `end`."""
    cdef Scalar s
    if depth < ndim:
        if code == FLOAT32 and depth + 1 == ndim:
            for item in data:
                if PyFloat_CheckExact(item) and at < end:
                    (<float*>at)[0] = <float>PyFloat_AS_DOUBLE(item)
                    at += 4
                else:
                    at = _write(item, code, at, end, ndim, ndim)
            return at
        for item in data:
            at = _write(item, code, at, end, depth + 1, ndim)
        return at
    if at >= end:
        raise ValueError("tensor: a sequence became longer while it was read")
    if isinstance(data, Tensor):
        data = data.item()
    elif not is_number(data):
        data = PyNumber_Index(data) if hasattr(data, "__index__") else float(data)
    if code >= FLOAT16 and PyLong_CheckExact(data):
        data = <double>data                  # of any size that a double holds
    read_scalar(data, &s)
    check_range(&s, code, b"tensor")
    store_scalar(&s, code, at, b"tensor")
    return at + itemsize_of[code]


cdef bint _is_array(object x):
    """Whether `x` is a buffer that says what its elements are; an image of Pillow's has the interface and no buffer."""
    return PyObject_CheckBuffer(x) and (isinstance(x, memoryview) or hasattr(x, "__array_interface__"))


cdef object _shared(object x):
    """`x`, as a tensor over its memory where it is of another library that offers it by DLPack and not as a buffer."""
    if isinstance(x, (Tensor, list, tuple, int, float)) or _is_array(x) or not hasattr(x, "__dlpack__"):
        return x
    from lucet._ops.interop import from_dlpack
    return from_dlpack(x)


cdef Tensor tensor_of(object data, int code):
    """A new tensor of nested sequences, numbers, arrays or other buffers; code < 0 infers the type."""
    cdef Py_ssize_t shape[64]
    cdef list sizes = []
    cdef Tensor t
    cdef int i, inferred
    data = _shared(data)
    if isinstance(data, Tensor):
        t = empty_preserved(<Tensor>data, (<Tensor>data).code if code < 0 else code)
        convert_into(t, <Tensor>data)
        return t
    if not isinstance(data, (list, tuple, int, float)) and (_is_array(data) or type(data).__name__ == "array"):
        from lucet._ops.interop import view_of_buffer
        t = view_of_buffer(data, "tensor", False)
        out = empty_tensor(t.code if code < 0 else code, t.ndim_, t.shape_, CPU)
        convert_into(out, t)
        return out
    inferred = _infer(data, 0, sizes, [], -1)
    if code < 0:
        code = default_code() if inferred < 0 else inferred
    for i in range(len(sizes)):
        shape[i] = sizes[i]
    t = empty_tensor(code, len(sizes), shape, CPU)
    if t.numel_ and _write(data, code, data_of(t), data_of(t) + t.numel_ * itemsize_of[code], 0, t.ndim_) != data_of(t) + t.numel_ * itemsize_of[code]:
        raise ValueError("tensor: a sequence has fewer entries than its length says")
    return t


def tensor(data, *, dtype=None, device=None, bint requires_grad=False, bint pin_memory=False):
    """tensor(data, *, dtype=None, device=None, requires_grad=False, pin_memory=False) -> Tensor

    A new tensor holding a copy of `data`: a number, nested sequences of numbers, a NumPy array or another buffer. Python floats
    become the default type, ints int64, bools bool. ValueError for ragged sequences, TypeError for what holds no numbers.

    >>> import lucet
    >>> lucet.tensor([[1, 2], [3, 4]], dtype=lucet.float32)
    tensor([[1., 2.],
            [3., 4.]])
    """
    if thread_state().modes:
        result = offered(tensor, (data,), {"dtype": dtype, "device": device, "requires_grad": requires_grad, "pin_memory": pin_memory})
        if result is not passed:
            return result
    cdef Tensor t
    if isinstance(data, Tensor):
        warnings.warn(
            "To copy construct from a tensor, it is recommended to use sourceTensor.detach().clone() or sourceTensor.detach().clone().requires_grad_(True), rather than torch.tensor(sourceTensor).",
            UserWarning, stacklevel=2,
        )
    if pin_memory:
        raise RuntimeError("tensor: Cannot access accelerator device when none is available (pin_memory=True)")
    place = usable(device, "tensor")
    t = tensor_of(data, -1 if dtype is None else code_of(dtype))
    if place is not CPU_DEVICE:
        t = empty_tensor(t.code, t.ndim_, t.shape_, META)
    if requires_grad:
        _want_grad(t)
    return t


def as_tensor(data, dtype=None, device=None):
    """as_tensor(data, dtype=None, device=None) -> Tensor

    `data` as a tensor, without a copy where possible: tensors of the wanted type are returned, NumPy arrays share memory.

    >>> import lucet
    >>> x = lucet.zeros(2); lucet.as_tensor(x) is x
    True
    """
    if thread_state().modes:
        result = offered(as_tensor, (data,), {"dtype": dtype, "device": device})
        if result is not passed:
            return result
    data = _shared(data)
    if isinstance(data, Tensor):
        return data.to(device=device, dtype=dtype)
    if hasattr(data, "__array_interface__") and type(data).__module__ == "numpy" and getattr(data, "ndim", 0) >= 0 and type(data).__name__ == "ndarray":
        from lucet._ops.interop import from_numpy
        return from_numpy(data).to(device=device, dtype=dtype)
    return tensor(data, dtype=dtype, device=device)


def asarray(obj, *, dtype=None, device=None, copy=None, bint requires_grad=False):
    """asarray(obj, *, dtype=None, device=None, copy=None, requires_grad=False) -> Tensor

    `obj` as a tensor. copy=True always copies, False never does (ValueError where it would have to), None copies when needed.
    The bytes of an object with the buffer protocol that is no array are read as elements of `dtype`, by default of the default type.

    >>> import lucet
    >>> lucet.asarray([1, 2])
    tensor([1, 2])
    """
    if thread_state().modes:
        result = offered(asarray, (obj,), {"dtype": dtype, "device": device, "copy": copy, "requires_grad": requires_grad})
        if result is not passed:
            return result
    obj = _shared(obj)
    is_array = _is_array(obj) and not isinstance(obj, memoryview)
    if not is_array and not isinstance(obj, Tensor) and PyObject_CheckBuffer(obj):
        from lucet._ops.interop import frombuffer
        obj = frombuffer(obj, dtype=dtype_object(default_code()) if dtype is None else dtype)
    if isinstance(obj, Tensor):
        made = obj.to(device=device, dtype=dtype)
    elif is_array:
        from lucet._ops.interop import view_of_buffer
        made = view_of_buffer(obj, "asarray").to(device=device, dtype=dtype)
    else:
        if copy is False:
            raise ValueError("can't alias arbitrary sequence object; copy=False needs a tensor or an array")
        made = tensor(obj, dtype=dtype, device=device)
    shares = isinstance(obj, Tensor) and made.untyped_storage() is obj.untyped_storage() or is_array and (dtype is None or made.dtype is view_dtype(obj))
    if copy is True and shares:
        made = made.clone()
    if copy is False and not shares:
        raise ValueError("can't alias tensor of another dtype or device; copy=False was given")
    if requires_grad and not made.requires_grad:
        made = made.detach().requires_grad_() if made is obj else made.requires_grad_()
    elif not requires_grad and made.requires_grad:
        made = made.detach()
    return made


def view_dtype(array):
    from lucet._ops.interop import view_of_buffer
    return view_of_buffer(array, "asarray").dtype


def scalar_tensor_function(s, *, dtype=None, layout=None, device=None, bint pin_memory=False, bint requires_grad=False):
    """scalar_tensor(s, *, dtype=None, layout=lucet.strided, device=None, pin_memory=False, requires_grad=False) -> Tensor

    A tensor without dimensions holding the number `s`, of the default type unless given.

    >>> import lucet
    >>> lucet.scalar_tensor(2)
    tensor(2.)
    """
    if thread_state().modes:
        result = offered(scalar_tensor_function, (s,), {"dtype": dtype, "layout": layout, "device": device, "pin_memory": pin_memory, "requires_grad": requires_grad})
        if result is not passed:
            return result
    return full((), s, dtype=dtype_object(default_code()) if dtype is None else dtype, layout=layout, device=device, pin_memory=pin_memory, requires_grad=requires_grad)


def _legacy_new(tuple args, dtype, device):
    """Tensor(2, 3), Tensor([1, 2]), Tensor(): what the old constructors make."""
    cdef int code = default_code() if dtype is None else code_of(dtype)
    place = usable(device, "Tensor")
    if device is not None and place is not CPU_DEVICE:
        raise error(DeviceError, f"legacy constructor expects device type: cpu but device type: {place} was passed")
    device = "cpu"                                       # whatever set_default_device says
    if len(args) == 1 and type(args[0]).__name__ == "TypedStorage":
        if args[0].dtype is not dtype_object(code):
            raise error(DtypeError, f"Tensor(): expected a storage of {dtype_object(code)._name}, got {args[0].dtype._name}")
        return args[0]._elements.detach()
    if not args:
        return empty(0, dtype=dtype_object(code), device=device)
    if len(args) == 1 and isinstance(args[0], Tensor):
        return args[0].detach() if dtype is None or (<Tensor>args[0]).code == code else _legacy_mismatch(args[0], code)
    if len(args) == 1 and (args[0] is None or isinstance(args[0], (bool, float, complex))):
        raise TypeError(f"new(): data must be a sequence (got {type(args[0]).__name__})")
    if all(isinstance(x, int) for x in args):
        return empty(*args, dtype=dtype_object(code), device=device)
    if len(args) == 1:
        from lucet._size import Size
        if isinstance(args[0], Size):
            return empty(*args[0], dtype=dtype_object(code), device=device)
        return tensor_of(args[0], code)
    raise TypeError(f"Tensor(): expected sizes or one sequence, got {tuple(type(x).__name__ for x in args)}")


def _legacy_mismatch(Tensor t, int code):
    raise TypeError(f"expected {dtype_object(code)!r} (got {dtype_object(t.code)!r})")


def _sizes_samples(r):
    return [((2, 3),), (2, 3), ((0, 2),), ((),)]


def _like_samples(r):
    return [(r(3, 4),), (r(4, 3).t(),), (r(),), (r(0, 2),)]


def _new_samples(r):
    return [(r(2), (2, 3)), (r(), 2, 3), (r(2), ())]


for _function, _name, _samples in (
    (empty, "empty", _sizes_samples),
    (zeros, "zeros", _sizes_samples),
    (ones, "ones", _sizes_samples),
    (full, "full", lambda r: [((2, 3), 1.5), ((), 2), ((0, 2), True)]),
    (empty_strided, "empty_strided", lambda r: [((2, 3), (1, 2)), ((0,), (1,))]),
    (eye, "eye", lambda r: [(3,), (3, 4), (0,)]),
    (arange, "arange", lambda r: [(5,), (0, 5, 2), (0.0, 1.0, 0.25), (5, 1, -2)]),
    (range_function, "range", lambda r: [(0, 5), (0.0, 1.0, 0.25)]),
    (linspace, "linspace", lambda r: [(0, 1, 5), (3.0, -3.0, 1), (0, 1, 0)]),
    (logspace, "logspace", lambda r: [(0, 1, 5), (0, 3, 4, 2.0)]),
    (tensor, "tensor", lambda r: [([[1.0, 2.0], [3.0, 4.0]],), (3,), ([],)]),
    (as_tensor, "as_tensor", lambda r: [([[1.0, 2.0], [3.0, 4.0]],), (r(2, 3).numpy(),)]),
    (asarray, "asarray", lambda r: [([[1.0, 2.0], [3.0, 4.0]],), (r(2, 3).numpy(),), (r(2, 3),)]),
    (scalar_tensor_function, "scalar_tensor", lambda r: [(2.5,), (3,)]),
    (empty_like_function, "empty_like", _like_samples),
    (zeros_like, "zeros_like", _like_samples),
    (ones_like, "ones_like", _like_samples),
    (full_like, "full_like", lambda r: [(r(3, 4), 2), (r(4, 3).t(), 1.5), (r(0, 2), 1)]),
):
    op(_function, name=_name, method=False, grad="no", samples=_samples, family="create")
for _function, _samples in (
    (new_empty, _new_samples),
    (new_empty_strided, lambda r: [(r(2), (2, 3), (1, 2)), (r(), (0,), (1,))]),
    (new_zeros, _new_samples),
    (new_ones, _new_samples),
    (new_full, lambda r: [(r(2), (2, 3), 1.5), (r(), (), 2)]),
    (new_tensor, lambda r: [(r(2), [1.0, 2.0]), (r(), 3)]),
):
    op(_function, public=False, grad="no", samples=_samples, family="create")
