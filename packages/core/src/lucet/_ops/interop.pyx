"""Memory of other libraries as tensors and back, without copies: by the buffer protocol (NumPy, no headers involved) and by DLPack.

Works with every NumPy that exports its arrays as buffers (1.26 and 2.x are tested). NumPy is imported when an array is asked for.
"""

from cpython.buffer cimport PyObject_GetBuffer, PyBuffer_Release, PyBUF_STRIDES, PyBUF_FORMAT
from cpython.mem cimport PyMem_Malloc, PyMem_Free
from cpython.pycapsule cimport PyCapsule_GetPointer, PyCapsule_IsValid, PyCapsule_New, PyCapsule_SetName
from libc.stdint cimport int32_t, int64_t, uint8_t, uint16_t, uint32_t, uint64_t
from libc.stdlib cimport free, malloc
from lucet._dtype cimport (
    BOOL, UINT8, INT8, INT16, INT32, INT64, FLOAT16, BFLOAT16, FLOAT32, FLOAT64, COMPLEX64, COMPLEX128, itemsize_of, code_of,
)
from lucet._engine cimport engine_ops, requires_grad
from lucet._storage cimport Block, Storage, hold_block, release_block, storage_data, storage_of_foreign, storage_of_view
from lucet._modes cimport passed, thread_state, view_call
from lucet._tensor cimport MAX_DIMS, Tensor, checked_numel, is_lazy, is_meta, is_plain, strided_over, read_size

import os
import sys
import warnings

from lucet._device import usable
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
            "The given NumPy array is not writable, and PyTorch does not support non-writable tensors. Here writing to this tensor raises an error. You may want to copy the array first.",
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

    RuntimeError for a tensor that requires a gradient and for a conjugate that is a view (detach() and resolve_conj() them, or force=True),
    TypeError for bfloat16 and meta tensors.

    >>> import lucet
    >>> lucet.tensor([1., 2.]).numpy()
    array([1., 2.], dtype=float32)
    """
    if not is_plain(self) or thread_state().modes:
        result = view_call(to_numpy, (self,), {"force": True} if force else {})
        if result is not passed:
            return result
    if requires_grad(self) and self.requires_grad and not force:        # a dual is recorded and does not require a gradient
        raise RuntimeError("Can't call numpy() on Tensor that requires grad. Use tensor.detach().numpy() instead.")
    if is_lazy(self):
        if not force:
            raise RuntimeError("Can't call numpy() on Tensor that has conjugate bit set. Use tensor.resolve_conj().numpy() instead.")
        self = engine_ops.resolve(self)
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


# --- DLPack -----------------------------------------------------------------------------------------------------------
# A capsule hands memory to another library, which calls the deleter when it has done, from any thread. What is given away keeps
# the block, not the tensor: a later resize_ or set_ cannot pull the bytes away. Layouts as dlpack.h 0.8 and 1.0 have them.

cdef extern from *:
    """
    #include <stdint.h>
    #include <stdlib.h>
    typedef struct { int32_t kind, index; } lucet_dl_device;
    typedef struct { uint8_t code, bits; uint16_t lanes; } lucet_dl_type;
    typedef struct {
        void *data;
        lucet_dl_device device;
        int32_t ndim;
        lucet_dl_type dtype;
        int64_t *shape, *strides;
        uint64_t byte_offset;
    } lucet_dl_tensor;
    typedef struct lucet_dl_old {                       /* before 1.0 */
        lucet_dl_tensor dl;
        void *context;
        void (*deleter)(struct lucet_dl_old *);
    } lucet_dl_old;
    typedef struct lucet_dl_new {                       /* from 1.0 on */
        uint32_t major, minor;
        void *context;
        void (*deleter)(struct lucet_dl_new *);
        uint64_t flags;
        lucet_dl_tensor dl;
    } lucet_dl_new;
    """
    ctypedef struct DLDevice "lucet_dl_device":
        int32_t kind, index
    ctypedef struct DLType "lucet_dl_type":
        uint8_t code, bits
        uint16_t lanes
    ctypedef struct DLTensor "lucet_dl_tensor":
        void* data
        DLDevice device
        int32_t ndim
        DLType dtype
        int64_t* shape
        int64_t* strides
        uint64_t byte_offset
    ctypedef struct DLOld "lucet_dl_old":
        DLTensor dl
        void* context
        void (*deleter)(DLOld*) noexcept
    ctypedef struct DLNew "lucet_dl_new":
        uint32_t major, minor
        void* context
        void (*deleter)(DLNew*) noexcept
        uint64_t flags
        DLTensor dl

cdef enum:
    DL_CPU = 1
    DL_READ_ONLY = 1            # flags
    DL_COPIED = 2
    DL_MAJOR = 1                # the newest major version that is understood
    DL_MINOR = 0

# code and bits of each element type: signed 0, unsigned 1, float 2, bfloat 4, complex 5, bool 6
_DL_TYPES = {
    BOOL: (6, 8), UINT8: (1, 8), INT8: (0, 8), INT16: (0, 16), INT32: (0, 32), INT64: (0, 64), FLOAT16: (2, 16), BFLOAT16: (4, 16),
    FLOAT32: (2, 32), FLOAT64: (2, 64), COMPLEX64: (5, 64), COMPLEX128: (5, 128),
}
_DL_CODES = {kind: code for code, kind in _DL_TYPES.items()}


cdef struct Given:
    DLOld old                   # the one of the two that the consumer asked for
    DLNew new
    Block* block
    int64_t dims[2 * 64]        # shape, then strides


cdef void _take_back(Given* given) noexcept with gil:
    release_block(given.block)
    free(given)


cdef void _delete_old(DLOld* old) noexcept nogil:
    _take_back(<Given*>old.context)


cdef void _delete_new(DLNew* new) noexcept nogil:
    _take_back(<Given*>new.context)


cdef void _drop_capsule(object capsule) noexcept:
    """A capsule that nobody took gives its tensor back; one that was taken has another name."""
    cdef DLOld* old
    cdef DLNew* new
    if PyCapsule_IsValid(capsule, b"dltensor"):
        old = <DLOld*>PyCapsule_GetPointer(capsule, b"dltensor")
        old.deleter(old)
    elif PyCapsule_IsValid(capsule, b"dltensor_versioned"):
        new = <DLNew*>PyCapsule_GetPointer(capsule, b"dltensor_versioned")
        new.deleter(new)


cdef int _refuse_lazy(Tensor t) except -1:
    if is_lazy(t):
        raise BufferError("Can't export tensors with the conjugate bit set")
    return 0


cdef object _capsule_of(Tensor t, bint versioned, bint copied):
    """A capsule over the memory of `t`."""
    cdef Given* given
    cdef DLTensor* dl
    cdef int i
    if is_meta(t):
        raise BufferError("Cannot pack tensors on meta")
    if t.storage.is_readonly and not versioned:
        raise BufferError("__dlpack__: this memory is read-only, which only capsules of version 1.0 can say; pass max_version=(1, 0), or copy it")
    t.storage.can_resize = False              # the other side must keep what it was given
    data = <char*>storage_data(t.storage)
    given = <Given*>malloc(sizeof(Given))
    if given == NULL:
        raise MemoryError
    given.block = t.storage.block
    hold_block(given.block)
    for i in range(t.ndim_):
        given.dims[i] = t.shape_[i]
        given.dims[64 + i] = t.strides[i]
    dl = &given.new.dl if versioned else &given.old.dl
    dl.data = <char*>data + t.offset * itemsize_of[t.code]
    dl.device.kind, dl.device.index = DL_CPU, 0
    dl.ndim = t.ndim_
    dl.dtype.code, dl.dtype.bits = _DL_TYPES[t.code]
    dl.dtype.lanes = 1
    dl.shape = given.dims
    dl.strides = given.dims + 64
    dl.byte_offset = 0
    if not versioned:
        given.old.context = given
        given.old.deleter = _delete_old
        return PyCapsule_New(&given.old, b"dltensor", _drop_capsule)
    given.new.major, given.new.minor = DL_MAJOR, DL_MINOR
    given.new.context = given
    given.new.deleter = _delete_new
    given.new.flags = (DL_READ_ONLY if t.storage.is_readonly else 0) | (DL_COPIED if copied else 0)
    return PyCapsule_New(&given.new, b"dltensor_versioned", _drop_capsule)


def __dlpack__(Tensor self not None, *, stream=-1, max_version=None, dl_device=None, copy=None):
    """A DLPack capsule of this tensor, for the `from_dlpack` of another library, which shares its memory.

    Of version 1.0 where `max_version` allows it, else of 0.8. `copy=True` gives it a copy, `stream` must be None or -1 and `dl_device`
    the CPU, since there are no others. BufferError for a tensor that requires a gradient, is a conjugate that was not resolved, or lies on
    the meta device.

    >>> import lucet, numpy
    >>> x = lucet.zeros(2); numpy.from_dlpack(x)[0] = 1; x
    tensor([1., 0.])
    """
    if not is_plain(self) or thread_state().modes:
        result = view_call(__dlpack__, (self,), {"stream": stream, "max_version": max_version, "dl_device": dl_device, "copy": copy})
        if result is not passed:
            return result
    if requires_grad(self):
        raise BufferError("Can't export tensors that require gradient, use tensor.detach()")
    _refuse_lazy(self)
    if stream is not None and type(stream) is not int:
        raise TypeError("stream must be ``int`` or ``none``")
    if stream is not None and stream != -1:
        raise AssertionError("stream should be None on cpu.")
    if dl_device is not None and dl_device[0] != DL_CPU:
        raise (ValueError if copy is False else BufferError)(f"__dlpack__: dl_device is {tuple(dl_device)}, expected (1, 0): lucet computes on the CPU")
    return _capsule_of(engine_ops.clone(self) if copy else self, max_version is not None and max_version[0] >= DL_MAJOR, bool(copy))


def __dlpack_device__(Tensor self not None):
    """The device as DLPack numbers it: (1, 0), the CPU. ValueError for a meta tensor."""
    if is_meta(self):
        raise ValueError("Unknown device type meta for Dlpack")
    return DL_CPU, 0


def to_dlpack(Tensor tensor not None):
    """to_dlpack(tensor) -> PyCapsule

    A capsule of version 0.8, as old programs pass it to a `from_dlpack`; a tensor can be passed as it is.

    >>> import lucet
    >>> lucet.from_dlpack(lucet.to_dlpack(lucet.ones(2)))
    tensor([1., 1.])
    """
    _refuse_lazy(tensor)
    return _capsule_of(tensor, False, False)


cdef void _release_old(void* owner) noexcept:
    if (<DLOld*>owner).deleter != NULL:
        (<DLOld*>owner).deleter(<DLOld*>owner)


cdef void _release_new(void* owner) noexcept:
    if (<DLNew*>owner).deleter != NULL:
        (<DLNew*>owner).deleter(<DLNew*>owner)


cdef object _tensor_of_capsule(object capsule):
    """A tensor over the memory of a capsule, which is used up."""
    cdef DLNew* new = NULL
    cdef DLOld* old = NULL
    cdef DLTensor* dl
    cdef Py_ssize_t shape[64]
    cdef Py_ssize_t strides[64]
    cdef Py_ssize_t reach = 1, step = 1
    cdef Storage storage
    cdef int i
    cdef bint readonly = False
    if PyCapsule_IsValid(capsule, b"dltensor_versioned"):
        new = <DLNew*>PyCapsule_GetPointer(capsule, b"dltensor_versioned")
        if new.major > DL_MAJOR:
            raise BufferError(f"from_dlpack: the capsule is of version {new.major}.{new.minor}, expected at most {DL_MAJOR}")
        dl, readonly = &new.dl, new.flags & DL_READ_ONLY != 0
    elif PyCapsule_IsValid(capsule, b"dltensor"):
        old = <DLOld*>PyCapsule_GetPointer(capsule, b"dltensor")
        dl = &old.dl
    else:
        raise RuntimeError(
            "from_dlpack received an invalid capsule. Note that DLTensor capsules can be consumed only once, so you might have already constructed a tensor from it once."
        )
    if dl.device.kind != DL_CPU:
        raise BufferError(f"from_dlpack: the memory is on device ({dl.device.kind}, {dl.device.index}), expected (1, 0): lucet computes on the CPU")
    if not 0 <= dl.ndim <= MAX_DIMS:
        raise BufferError(f"from_dlpack: {dl.ndim} dimensions, at most {MAX_DIMS} are supported")
    if dl.dtype.lanes != 1:
        raise BufferError(f"from_dlpack: elements of {dl.dtype.lanes} lanes, expected 1")
    code = _DL_CODES.get((dl.dtype.code, dl.dtype.bits))
    if code is None:
        raise BufferError(f"from_dlpack: no element type here has DLPack's code {dl.dtype.code} and {dl.dtype.bits} bits")
    for i in range(dl.ndim - 1, -1, -1):
        shape[i] = dl.shape[i]
        strides[i] = dl.strides[i] if dl.strides != NULL else step
        if shape[i] < 0:
            raise BufferError(f"from_dlpack: dimension {i} has size {shape[i]}")
        step *= shape[i] if shape[i] else 1
        if shape[i] < 2 and strides[i] < 0:
            strides[i] = 1
        if strides[i] < 0:
            raise ValueError("from_dlpack: a stride is negative, and tensors with negative strides are not supported; copy the array first")
        if shape[i] == 0:
            reach = 0
        elif reach:
            reach += (shape[i] - 1) * strides[i]
    checked_numel(dl.ndim, shape, code)
    data = <char*>dl.data + dl.byte_offset if dl.data != NULL else <char*>NULL
    # from here on the memory is ours to release, whatever happens
    if new != NULL:
        PyCapsule_SetName(capsule, b"used_dltensor_versioned")
        storage = storage_of_foreign(new, _release_new, <char*>data, reach * itemsize_of[code], readonly)
    else:
        PyCapsule_SetName(capsule, b"used_dltensor")
        storage = storage_of_foreign(old, _release_old, <char*>data, reach * itemsize_of[code], readonly)
    return strided_over(storage, code, 0, dl.ndim, shape, strides)


def from_dlpack(ext_tensor, *, device=None, copy=None):
    """from_dlpack(ext_tensor, *, device=None, copy=None) -> Tensor

    A tensor that shares the memory of an object with `__dlpack__`, or of a capsule; `copy=True` makes a copy, `copy=False` refuses to.
    Memory that the other library calls read-only refuses in-place writes.

    Raises: BufferError for what no tensor can show (another device, an unknown element type); RuntimeError for a capsule that was used.

    >>> import lucet, numpy
    >>> lucet.from_dlpack(numpy.arange(3))
    tensor([0, 1, 2])
    """
    if not hasattr(ext_tensor, "__dlpack__"):
        if device is not None or copy is not None:
            raise AssertionError("device and copy kwargs not supported when ext_tensor is already a DLPack capsule.")
        return _tensor_of_capsule(ext_tensor)
    kind, index = ext_tensor.__dlpack_device__()
    if kind != DL_CPU:
        raise BufferError(f"from_dlpack: the memory is on device ({int(kind)}, {index}), expected (1, 0): lucet computes on the CPU")
    place = None if device is None else usable(device, "from_dlpack")
    if place is not None and place.type != "cpu" and copy is False:
        raise ValueError(f"from_dlpack: cannot move memory of the CPU to {place} without copying")
    # libraries that are older than an argument do not take it
    wanted = {"max_version": (DL_MAJOR, DL_MINOR)}
    if copy is not None:
        wanted["copy"] = copy
    while True:
        try:
            capsule = ext_tensor.__dlpack__(**wanted)
            break
        except TypeError:
            if not wanted:
                raise
            del wanted[next(iter(wanted))]
    made = _tensor_of_capsule(capsule)
    if copy and "copy" not in wanted:
        made = engine_ops.clone(made)
    return made if place is None else made.to(place)


attach("__array_priority__", 1000)
attach("__array__", __array__)
attach("__array_wrap__", __array_wrap__)
attach("__dlpack__", __dlpack__)
attach("__dlpack_device__", __dlpack_device__)
op(from_numpy, method=False, grad="no", family="interop", samples=lambda r: [(r(2, 3).numpy(),), (r(3, 2).t().numpy(),)])
op(frombuffer, method=False, grad="no", family="interop",
   samples=lambda r: [(bytearray(16), {"dtype": r(1).dtype}), (bytearray(16), {"dtype": r(1).dtype, "count": 1, "offset": 8})])
op(to_numpy, name="numpy", public=False, grad="no", family="interop", samples=lambda r: [(r(2, 3),), (r(),)])
