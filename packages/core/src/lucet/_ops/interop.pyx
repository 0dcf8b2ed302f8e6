"""NumPy arrays and other buffers as tensors and back, without copies, by the buffer protocol: no NumPy headers are involved.

Works with every NumPy that exports its arrays as buffers (1.26 and 2.x are tested). NumPy is imported when an array is asked for.
"""

from cpython.buffer cimport PyObject_GetBuffer, PyBuffer_Release, PyBUF_STRIDES, PyBUF_FORMAT
from cpython.mem cimport PyMem_Malloc, PyMem_Free
from lucet._dtype cimport (
    BOOL, UINT8, INT8, INT16, INT32, INT64, FLOAT16, BFLOAT16, FLOAT32, FLOAT64, COMPLEX64, COMPLEX128, itemsize_of, code_of,
)
from lucet._engine cimport requires_grad
from lucet._storage cimport Storage, storage_of_view
from lucet._modes cimport passed, slow_call, thread_state
from lucet._tensor cimport Tensor, is_meta, is_plain, strided_over, read_size

import os
import sys
import warnings

from lucet._registry import op
from lucet._tensor import attach

_FORMATS = {
    "?": BOOL, "B": UINT8, "b": INT8, "h": INT16, "i": INT32, "l": INT64, "q": INT64, "e": FLOAT16, "f": FLOAT32, "d": FLOAT64,
    "Zf": COMPLEX64, "Zd": COMPLEX128,
}
_NUMPY_NAMES = ("bool", "uint8", "int8", "int16", "int32", "int64", "float16", None, "float32", "float64", "complex64", "complex128")
_SUPPORTED = "float64, float32, float16, complex64, complex128, int64, int32, int16, int8, uint8, and bool"


def code_of_numpy(kind):
    """The element type code of a NumPy dtype. TypeError for types that have no tensor."""
    name = kind.name
    if name not in _NUMPY_NAMES or not kind.isnative:
        raise _unsupported(f"numpy.{kind.type.__name__}")
    return _NUMPY_NAMES.index(name)


cdef object _unsupported(str name):
    return TypeError(f"can't convert np.ndarray of type {name}. The only supported types are: {_SUPPORTED}.")


cdef str _element_name(object source, str text):
    kind = getattr(getattr(source, "dtype", None), "type", None)
    return f"format '{text}'" if kind is None else f"numpy.{kind.__name__}"


cdef signed char _letters[128]         # the code of a format of one letter, -1 for others
cdef int _letter
for _letter in range(128):
    _letters[_letter] = _FORMATS.get(chr(_letter), -1)


cdef int _code_of_format(object source, const char* format, Py_ssize_t itemsize) except -1:
    cdef int letter
    if format != NULL and 0 < format[0] and format[1] == 0:
        letter = _letters[<int>format[0]]
        if letter >= 0 and itemsize_of[letter] == itemsize:
            return letter
    text = format.decode() if format != NULL else "B"
    stripped = text.lstrip("@=")
    if stripped[:1] == ("<" if sys.byteorder == "little" else ">"):
        stripped = stripped[1:]
        if stripped == "l" and itemsize == 4:
            stripped = "i"
    code = _FORMATS.get(stripped)
    if code is None and _FORMATS.get(stripped.lstrip("<>!")) is not None:
        raise ValueError(
            "given numpy array has byte order different from the native byte order. Conversion between byte orders is currently not supported."
        )
    if code is None or itemsize_of[code] != itemsize:
        raise _unsupported(_element_name(source, text))
    return code


def view_of_buffer(source, str name, bint warn=True):
    """A tensor over the memory of an object with the buffer protocol. Warns for read-only memory, ValueError for negative strides."""
    cdef Py_buffer* view = <Py_buffer*>PyMem_Malloc(sizeof(Py_buffer))
    cdef Py_ssize_t shape[64]
    cdef Py_ssize_t strides[64]
    cdef Py_ssize_t reach = 1
    cdef int i, code
    cdef bint readonly
    cdef Storage storage
    if view == NULL:
        raise MemoryError
    try:
        PyObject_GetBuffer(source, view, PyBUF_STRIDES | PyBUF_FORMAT)
    except ValueError:                       # NumPy's, of types that no buffer tells
        PyMem_Free(view)
        raise _unsupported(_element_name(source, "unknown")) from None
    except BaseException:
        PyMem_Free(view)
        raise
    try:
        if view.strides == NULL and view.ndim:        # a date or time that is no array shows its bytes
            raise _unsupported(_element_name(source, "unknown"))
        code = _code_of_format(source, view.format, view.itemsize)
        for i in range(view.ndim):
            shape[i] = view.shape[i]
            if view.strides[i] < 0 and view.shape[i] > 1:
                raise ValueError(
                    f"{name}: At least one stride in the given numpy array is negative, and tensors with negative strides are not currently supported. (You can probably work around this by making a copy of your array with array.copy().)"
                )
            if view.strides[i] % view.itemsize and view.shape[i] > 1:
                raise ValueError(f"{name}: given numpy array strides not a multiple of the element byte size. Copy the numpy array to reallocate the memory.")
            # of one element the stride is never walked, but it tells a memory format: kept where it makes sense
            strides[i] = 1 if view.strides[i] < 0 or view.strides[i] % view.itemsize else view.strides[i] // view.itemsize
            if view.shape[i] == 0:
                reach = 0
            elif reach:
                reach += (view.shape[i] - 1) * strides[i]
        readonly = view.readonly
        ndim = view.ndim
    except BaseException:
        PyBuffer_Release(view)
        PyMem_Free(view)
        raise
    if readonly and warn:
        warnings.warn(
            "The given NumPy array is not writable, and lucet does not support non-writable tensors: writing to this tensor raises an error. You may want to copy the array first.",
            UserWarning, stacklevel=3,
        )
    storage = storage_of_view(view, <char*>view.buf, reach * itemsize_of[code], readonly)
    return strided_over(storage, code, 0, ndim, shape, strides)


cdef object _numpy_types = None        # (numpy.ndarray, numpy.dtype of each code), once NumPy is there


cdef tuple _types_of_numpy():
    """NumPy's array class and the dtypes of all codes; imports NumPy."""
    global _numpy_types
    if _numpy_types is None:
        import numpy
        _numpy_types = numpy.ndarray, tuple([name and numpy.dtype(name) for name in _NUMPY_NAMES])
    return _numpy_types


cdef bint is_ndarray(object x) except -1:
    """Whether `x` is a NumPy array; never imports NumPy, since without it there are none."""
    if _numpy_types is None and "numpy" not in sys.modules:
        return False
    return isinstance(x, _types_of_numpy()[0])


def from_numpy(ndarray):
    """from_numpy(ndarray) -> Tensor

    A tensor that shares memory with a NumPy array: changes to one show in the other. TypeError for other objects and for element
    types that have no tensor; ValueError for negative strides.

    >>> import lucet, numpy
    >>> lucet.from_numpy(numpy.array([1., 2.]))
    tensor([1., 2.], dtype=lucet.float64)
    """
    if not is_ndarray(ndarray):
        raise TypeError(f"expected np.ndarray (got {type(ndarray).__name__})")
    return view_of_buffer(ndarray, "from_numpy")


def frombuffer(buffer, *, dtype, count=-1, offset=0, bint requires_grad=False):
    """frombuffer(buffer, *, dtype, count=-1, offset=0, requires_grad=False) -> Tensor

    A 1-d tensor over the bytes of `buffer` from byte `offset`, `count` elements (-1: all). ValueError where they are not there.

    >>> import lucet
    >>> lucet.frombuffer(bytearray(b"\\x01\\x02"), dtype=lucet.uint8)
    tensor([1, 2], dtype=lucet.uint8)
    """
    cdef int code = code_of(dtype)
    cdef Py_ssize_t size = itemsize_of[code], start = read_size(offset, b"offset"), n = read_size(count, b"count"), room
    cdef Py_ssize_t one = 1
    flat = memoryview(buffer).cast("B")
    if flat.nbytes == 0 or n == 0:
        raise ValueError(f"both buffer length ({flat.nbytes}) and count ({n}) must not be 0")
    if not 0 <= start < flat.nbytes:
        raise ValueError(f"offset ({start} bytes) must be non-negative and no greater than buffer length ({flat.nbytes} bytes) minus 1")
    room = flat.nbytes - start
    if n < 0:
        if room % size:
            raise ValueError(f"buffer length ({room} bytes) after offset ({start} bytes) must be a multiple of element size ({size})")
        n = room // size
    if n > room // size:
        raise ValueError(f"requested buffer length ({n} * {size} bytes) after offset ({start} bytes) must not be greater than actual buffer length ({flat.nbytes} bytes)")
    cdef Tensor raw = view_of_buffer(flat[start:start + n * size], "frombuffer")
    cdef Tensor t = strided_over(raw.storage, code, 0, 1, &n, &one)
    if requires_grad:
        t.requires_grad_()
    return t


def numpy_path(str op_name):
    """NumPy for an op that computes through it; raises when LUCET_FORBID_NUMPY is set."""
    if os.environ.get("LUCET_FORBID_NUMPY", "0") not in ("", "0"):
        raise RuntimeError(f"{op_name}: takes the way through NumPy while LUCET_FORBID_NUMPY is set")
    import numpy
    return numpy


def to_numpy(Tensor self not None, *, bint force=False):
    """numpy(*, force=False): a NumPy array that shares this tensor's memory.

    RuntimeError for a tensor that requires a gradient (detach it, or force=True), TypeError for bfloat16 and meta tensors.

    >>> import lucet
    >>> lucet.tensor([1., 2.]).numpy()
    array([1., 2.], dtype=float32)
    """
    if not is_plain(self) or thread_state().modes:
        result = slow_call(to_numpy, (self,), {"force": True} if force else {})
        if result is not passed:
            return result
    if requires_grad(self) and not force:
        raise RuntimeError("Can't call numpy() on Tensor that requires grad. Use tensor.detach().numpy() instead.")
    if is_meta(self):
        raise TypeError("can't convert meta device type tensor to numpy. Use Tensor.cpu() to copy the tensor to host memory first.")
    if self.code == BFLOAT16:
        raise TypeError("Got unsupported ScalarType BFloat16")
    cdef int i
    cdef Py_ssize_t size = itemsize_of[self.code]
    ndarray, kinds = _types_of_numpy()         # conversions that the user asks for are never forbidden
    shape = tuple([self.shape_[i] for i in range(self.ndim_)])
    if self.numel_ == 0:
        return ndarray(shape, kinds[self.code])
    self.storage.can_resize = False          # as in torch: the array must stay what the tensor shows
    return ndarray(
        shape, kinds[self.code], memoryview(self.storage), self.offset * size, tuple([self.strides[i] * size for i in range(self.ndim_)])
    )


def __array__(Tensor self not None, dtype=None, copy=None):
    """The elements as a NumPy array, for numpy.asarray and ufuncs; shared when the type is kept and `copy` is not True."""
    array = to_numpy(self)
    if dtype is not None and array.dtype != dtype:
        if copy is False:
            raise ValueError("Unable to avoid copy while creating an array as requested.")
        return array.astype(dtype)
    return array.copy() if copy else array


def __array_wrap__(Tensor self not None, array, context=None, return_scalar=False):
    """The result of a NumPy function applied to tensors, as a tensor."""
    if not hasattr(array, "__array_interface__"):
        raise TypeError(f"expected np.ndarray (got {type(array).__name__})")
    if array.dtype == bool:
        array = array.astype("uint8")
        return from_numpy(array).bool() if array.ndim else from_numpy(array.reshape(1)).bool().reshape(())
    return from_numpy(array)


attach("__array_priority__", 1000)
attach("__array__", __array__)
attach("__array_wrap__", __array_wrap__)
op(from_numpy, method=False, grad="no", family="interop", samples=lambda r: [(r(2, 3).numpy(),), (r(3, 2).t().numpy(),)])
op(frombuffer, method=False, grad="no", family="interop",
   samples=lambda r: [(bytearray(16), {"dtype": r(1).dtype}), (bytearray(16), {"dtype": r(1).dtype, "count": 1, "offset": 8})])
op(to_numpy, name="numpy", public=False, grad="no", family="interop", samples=lambda r: [(r(2, 3),), (r(),)])
