"""Copies and conversions: clone, copy_, contiguous, to and its relatives, fill_, resize_, set_. Making tensors is in create.pyx."""

from cpython.unicode cimport PyUnicode_AsUTF8
from lucet._dtype cimport BOOL, FLOAT16, COMPLEX64, code_of, dtype_object, itemsize_of, is_number
from lucet._engine cimport (
    Node, Run, engine_ops, requires_grad, recording, recording2, new_node, connect, set_history, check_change, check_inplace, rebase, needs, give,
)
from lucet._modes cimport thread_state, slow_call, view_call, passed
from lucet._ops._layout cimport empty_as, hidden, says_channels_last, says_channels_last_3d
from lucet._ops._loops cimport convert_into, check_no_internal_overlap, check_out_overlap, broadcast2, lay_out_as, prepare_out
from lucet._ops.create cimport empty_formatted, fill_with, filled, parse_shape
from lucet._storage cimport Storage, storage_resize, CPU, META
from lucet._tensor cimport (
    Tensor, alias, is_plain, is_exact, is_meta, empty_like, empty_preserved, empty_tensor, bump, same_shape,
    set_dims, set_contiguous, checked_numel, is_dense, strided_over, take_geometry, F_CONTIGUOUS,
)

from lucet._device import (
    CPU_DEVICE, channels_last, channels_last_3d, contiguous_format, device, memory_format, preserve_format, usable,
)
from lucet._dtype import dtype
from lucet._errors import DeviceError, DtypeError, ShapeError, error, warn_once
from lucet._ops.create import unusable
from lucet._registry import dress, op


# --- clone, contiguous ----------------------------------------------------------------------------------------------

cdef int clone_vjp(Node n, Tensor g, Run run) except -1:
    return give(run, n, 0, g)


cdef Tensor empty_in_format(Tensor a, object format, int code):
    """An uninitialised tensor of the shape of `a` in a memory format."""
    if format is preserve_format or format is None:
        return empty_preserved(a, code)
    return empty_formatted(code, a.ndim_, a.shape_, format, a.storage.device)


cdef bint suits(Tensor a, object format) except -1:
    """Whether a conversion to `format` may give `a` itself: by what its strides say, torch's rule, and not by `is_contiguous`.

    So a contiguous image of one channel is copied, for its strides do not say channels-last; and a transposed matrix is not.
    """
    if format is None or format is preserve_format:
        return True
    if format is channels_last:
        return says_channels_last(a)
    if format is channels_last_3d:
        return says_channels_last_3d(a)
    return format is contiguous_format and not says_channels_last(a) and not says_channels_last_3d(a)


cdef Tensor _empty_clone(Tensor a, object format):
    """The clone of `a` in a memory format, without its elements."""
    if (format is None or format is preserve_format or format is contiguous_format) and hidden(a):
        return empty_as(a, a.code)
    return empty_in_format(a, format, a.code)


cdef Tensor _clone(Tensor a, object format):
    cdef Tensor t = _empty_clone(a, format)
    cdef Node n
    convert_into(t, a)
    if recording(a):
        n = new_node(clone_vjp, b"CloneBackward0", 1)
        connect(n, 0, a)
        set_history(n, t, 0)
    return t


cdef Tensor clone_of(Tensor a):
    return _clone(a, None)


cdef Tensor contiguous_of(Tensor a):
    """`a` in row-major order, recorded; itself when it is so already, as a lazy conjugate too."""
    return a if a.flags & F_CONTIGUOUS else _clone(a, contiguous_format)


def clone(Tensor input not None, *, memory_format=None):
    """clone(input, *, memory_format=lucet.preserve_format) -> Tensor

    A copy with memory of its own; gradients flow back to `input`.

    >>> import lucet
    >>> x = lucet.zeros(2); y = x.clone(); y[0] = 1; x
    tensor([0., 0.])
    """
    if not is_plain(input) or thread_state().modes:
        result = view_call(clone, (input,), {} if memory_format is None else {"memory_format": memory_format})
        if result is not passed:
            return result
    return _clone(input, memory_format)


def contiguous(Tensor self not None, memory_format=contiguous_format):
    """The same elements in `memory_format`: the tensor itself if they lie so already, else a copy."""
    if not is_plain(self) or thread_state().modes:
        result = view_call(contiguous, (self,), {"memory_format": memory_format})
        if result is not passed:
            return result
    if self.flags & F_CONTIGUOUS and (memory_format is contiguous_format or memory_format is preserve_format):
        return self
    if memory_format is preserve_format:
        raise RuntimeError("preserve memory format is unsupported by the contiguous operator")
    if self.is_contiguous(memory_format=memory_format):
        return self
    return _clone(self, memory_format)


op(clone, formula="input", samples=lambda r: [(r(3, 4),), (r(),), (r(0, 2),)], family="convert")
op(contiguous, public=False, formula="self", samples=lambda r: [(r(3, 4),), (r(4, 3).t(),)], family="convert")


# --- conversion of the element type ----------------------------------------------------------------------------------

cdef int cast_vjp(Node n, Tensor g, Run run) except -1:
    return give(run, n, 0, g)           # give() brings it back to the type of the input


cdef Tensor _convert(Tensor a, int code, object format):
    cdef Tensor t = empty_in_format(a, format, code)
    cdef Node n
    convert_into(t, a)
    if code >= FLOAT16 and recording(a):
        n = new_node(cast_vjp, b"ToCopyBackward0", 1)
        connect(n, 0, a)
        set_history(n, t, 0)
    return t


cdef int warn_of_lost_part(Tensor a, int code) except -1:
    """What a program that converts complex numbers to real ones is told once."""
    if a.code >= COMPLEX64 and code < COMPLEX64 and code != BOOL:
        warn_once("Casting complex values to real discards the imaginary part")
    return 0


cdef Tensor cast_to(Tensor a, int code):
    return a if a.code == code else _convert(a, code, None)


cdef object _memory_format_type = type(contiguous_format)


def to(Tensor self not None, *args, device=None, dtype=None, bint non_blocking=False, bint copy=False, memory_format=None):
    """to(dtype) / to(device, dtype=None) / to(other), each with non_blocking=False, copy=False, memory_format -> Tensor

    The tensor in another element type, place or memory format; itself when nothing changes and `copy` is False.
    `non_blocking` has nothing to wait for on a CPU. DeviceError for a device that is not here.

    >>> import lucet
    >>> lucet.tensor([1.7]).to(lucet.int64)
    tensor([1])
    """
    if not is_plain(self) or thread_state().modes:
        kwargs = {"device": device, "dtype": dtype, "non_blocking": non_blocking, "copy": copy, "memory_format": memory_format}
        result = view_call(to, (self, *args), {k: v for k, v in kwargs.items() if v})
        if result is not passed:
            return result
    cdef int code = self.code
    cdef list rest = list(args)
    if rest:
        first = rest.pop(0)
        if isinstance(first, Tensor):
            device, dtype = first.device, first.dtype
        elif isinstance(first, (str, int)) and not isinstance(first, bool) or type(first) is _device_type:
            device = first
            if rest and (isinstance(rest[0], _dtype_type) or rest[0] is None):
                dtype = rest.pop(0)
        elif first is None:
            if rest and isinstance(rest[0], _dtype_type):
                dtype = rest.pop(0)
        else:
            dtype = first
    if rest:
        non_blocking = rest.pop(0)
    if rest:
        copy = rest.pop(0)
    if rest:
        raise TypeError(f"to() received too many arguments: {len(args)}")
    if dtype is not None:
        code = code_of(dtype)
    place = None if device is None else usable(device, "to")
    if place is not None and (place is CPU_DEVICE) == is_meta(self):
        return _to_device(self, place, code, memory_format)
    if code == self.code and not copy and suits(self, memory_format):
        return self
    warn_of_lost_part(self, code)
    return _convert(self, code, memory_format)


cdef object _device_type = device
cdef object _dtype_type = dtype


cdef Tensor _to_device(Tensor a, object place, int code, object format):
    cdef Tensor outline = alias(a)
    if place is CPU_DEVICE:
        raise NotImplementedError("Cannot copy out of meta tensor; no data!")
    outline.storage = empty_tensor(code, 0, NULL, META).storage
    return empty_in_format(outline, format, code)


def _type_method(str name, int code):
    def method(Tensor self not None, memory_format=None):
        if not is_plain(self) or thread_state().modes:
            result = view_call(method, (self,), {} if memory_format is None else {"memory_format": memory_format})
            if result is not passed:
                return result
        if self.code == code and suits(self, memory_format):
            return self
        warn_of_lost_part(self, code)
        return _convert(self, code, memory_format)

    dress(method, name, f"The tensor as {dtype_object(code)!r}; itself if it is of that type already.")
    op(method, name=name, public=False, family="convert", grad="yes" if code >= FLOAT16 else "no",
       samples=lambda r: [(r(3, 4),), (r(4, 3).t(),), (r(),), (r(0, 2),)])


from lucet._dtype import DTYPES as _DTYPES
for _name, _type in (
    ("float", "float32"), ("double", "float64"), ("half", "float16"), ("bfloat16", "bfloat16"), ("long", "int64"), ("int", "int32"),
    ("short", "int16"), ("char", "int8"), ("byte", "uint8"), ("bool", "bool"), ("cfloat", "complex64"), ("cdouble", "complex128"),
):
    _type_method(_name, code_of(_DTYPES[_type]))

_LEGACY = {
    "FloatTensor": "float32", "DoubleTensor": "float64", "HalfTensor": "float16", "BFloat16Tensor": "bfloat16", "LongTensor": "int64",
    "IntTensor": "int32", "ShortTensor": "int16", "CharTensor": "int8", "ByteTensor": "uint8", "BoolTensor": "bool",
}
_LEGACY_NAMES = {value: key for key, value in _LEGACY.items()}


def type_of(Tensor self not None, dtype=None, bint non_blocking=False):
    """type(dtype=None): the name of the tensor's legacy type ('lucet.FloatTensor'), or the tensor as another type."""
    if not is_plain(self) or thread_state().modes:
        result = view_call(type_of, (self,) if dtype is None else (self, dtype), {"non_blocking": True} if non_blocking else {})
        if result is not passed:
            return result
    if dtype is None:
        name = dtype_object(self.code)._name
        return "lucet." + _LEGACY_NAMES.get(name, "Complex" + ("Float" if name == "complex64" else "Double") + "Tensor")
    if isinstance(dtype, str):
        place, _, short = dtype.rpartition(".")
        if short not in _LEGACY or place.partition(".")[0] not in ("torch", "lucet"):
            raise ValueError(f"invalid type: '{dtype}'")
        if "." in place:                     # torch.cuda, torch.sparse and their kin
            raise error(DeviceError, f"type: '{dtype}' is no type of tensors on the CPU, where lucet computes", fix=f'"lucet.{short}"')
        dtype = _DTYPES[_LEGACY[short]]
    elif getattr(dtype, "is_cuda", False):
        raise error(DeviceError, f"type: lucet.cuda.{dtype.__name__} is no type of tensors on the CPU, where lucet computes", fix=f"lucet.{dtype.__name__}")
    elif isinstance(dtype, type) and getattr(dtype, "_legacy_dtype", None) is not None:
        dtype = dtype._legacy_dtype
    return cast_to(self, code_of(dtype))


def type_as(Tensor self not None, Tensor other not None):
    """The tensor in the element type of `other`."""
    if not is_plain(self) or not is_plain(other) or thread_state().modes:
        result = view_call(type_as, (self, other), {})
        if result is not passed:
            return result
    return cast_to(self, other.code)


def cpu(Tensor self not None, memory_format=None):
    """The tensor in main memory: itself. RuntimeError for a meta tensor, which has no elements."""
    return to(self, CPU_DEVICE, memory_format=memory_format)


def cuda(Tensor self not None, device=None, bint non_blocking=False, memory_format=None):
    """Raises DeviceError: there is no such device here."""
    return to(self, "cuda" if device is None else device)


op(to, public=False, family="convert",
   samples=lambda r: [(r(3, 4), "cpu"), (r(4, 3).t(), r(1).dtype), (r(2), r(1).dtype, False, True), (r(2, 3), r(1))])
op(type_of, name="type", public=False, grad="yes", family="convert", samples=lambda r: [(r(2, 3),), (r(2, 3), r(1).dtype)])
op(type_as, public=False, family="convert", samples=lambda r: [(r(3, 4), r(2)), (r(2), r(2) > 0)])
op(cpu, public=False, family="convert", samples=lambda r: [(r(3, 4),), (r(),)])
op(cuda, public=False, family="convert", grad="no")


# --- writing in place -----------------------------------------------------------------------------------------------

cdef int overwrite_vjp(Node n, Tensor g, Run run) except -1:
    """Nothing of the old values (input 0) is left: their gradient is zero, that of the new ones (input 1) all there is."""
    if needs(n, 0):
        give(run, n, 0, engine_ops.fill(g.code, g.ndim_, g.shape_, 0))
    return give(run, n, 1, g)


cdef int record_overwrite(Tensor target, Tensor source, const char* label) except -1:
    """History of a target that was written over whole, by `source` or by something without history."""
    cdef Node n = new_node(overwrite_vjp, label, 2)
    if target.base is None:                  # of a view, the base's zeros are dealt out by the node of the base
        connect(n, 0, target)
    if source is not None:
        connect(n, 1, source)
    return rebase(target, n)


cdef Tensor copy_inplace(Tensor target, Tensor source):
    """target[...] = source with broadcasting, conversion, version and history."""
    cdef Py_ssize_t shape[64]
    cdef int ndim, i
    cdef bint will_record = target.code >= FLOAT16 and recording2(target, source)
    cdef Tensor from_
    check_change(target, will_record, b"copy_")
    check_no_internal_overlap(target, b"copy_")
    check_out_overlap(target, source, b"copy_")
    if source.storage.device == META and target.storage.device == CPU:
        raise NotImplementedError("Cannot copy out of meta tensor; no data!")
    ndim = broadcast2(target, source, shape, b"copy_") if not same_shape(target, source) else target.ndim_
    if not same_shape(target, source):
        for i in range(ndim):
            if ndim != target.ndim_ or shape[i] != target.shape_[i]:
                raise error(
                    ShapeError,
                    f"copy_: the source of shape {[source.shape_[k] for k in range(source.ndim_)]} cannot be broadcast to {[target.shape_[k] for k in range(target.ndim_)]}",
                    facts=["The expanded size of the tensor must match the existing size at non-singleton dimensions"],
                )
    warn_of_lost_part(source, target.code)
    if target is not source:
        from_ = source
        if target.storage is source.storage and not (target.offset == source.offset and same_shape(target, source) and _same_strides(target, source)):
            from_ = empty_like(source, source.code)       # they may overlap: read everything before writing
            convert_into(from_, source)
        convert_into(target, from_)
    bump(target, b"copy_")
    if will_record:
        record_overwrite(target, source, b"torch::autograd::CopyBackwards")
    return target


cdef bint _same_strides(Tensor a, Tensor b) noexcept:
    cdef int i
    for i in range(a.ndim_):
        if a.strides[i] != b.strides[i]:
            return False
    return True


def copy_(Tensor self not None, other, bint non_blocking=False):
    """Copy `other` (a tensor or number, broadcast and converted) into this tensor, in place; returns it."""
    if not isinstance(other, Tensor):
        if not is_number(other):
            raise TypeError(f"copy_(): argument 'other' must be Tensor, not {type(other).__name__}")
        other = filled(self.code, 0, NULL, other)
    if not is_plain(self) or not is_plain(other) or thread_state().modes:
        result = view_call(copy_, (self, other), {})
        if result is not passed:
            return result
    return copy_inplace(self, <Tensor>other)


cdef bint _fills(Tensor t, object value) except -1:
    """Check a value to fill with, and tell whether the history of `t` changes."""
    if not isinstance(value, Tensor):
        return recording(t)
    if (<Tensor>value).ndim_:
        raise error(ShapeError, f"fill_: only supports 0-dimension value tensor but got tensor with {(<Tensor>value).ndim_} dimensions")
    return recording(t) or recording(<Tensor>value) and t.code >= FLOAT16


cdef int _write_everywhere(Tensor t, object value, const char* name) except -1:
    if isinstance(value, Tensor):            # a copy; a number may be written to one place many times
        check_no_internal_overlap(t, name)
        convert_into(t, <Tensor>value)
    else:
        fill_with(t, value, name)
    return 0


cdef Tensor _fill(Tensor t, object value, const char* name):
    cdef bint will_record = _fills(t, value)
    check_inplace(t, will_record, name)
    _write_everywhere(t, value, name)
    bump(t, name)
    if will_record:
        record_overwrite(t, <Tensor>value if isinstance(value, Tensor) else None, _fill_label(name, isinstance(value, Tensor)))
    return t


cdef const char* _fill_label(const char* name, bint by_tensor) noexcept:
    if name == b"zero_":
        return b"ZeroBackward0"
    if name == b"fill_":
        return b"FillBackward3" if by_tensor else b"FillBackward2"
    return b"FillBackward1" if by_tensor else b"FillBackward0"


def fill_(Tensor self not None, value):
    """Set every element to `value`, a number or 0-d tensor, in place; returns the tensor.

    >>> import lucet
    >>> lucet.fill_(lucet.zeros(2), 3)
    tensor([3., 3.])
    """
    if not is_plain(self) or isinstance(value, Tensor) and not is_plain(value) or thread_state().modes:
        result = slow_call(fill_, (self, value), {})
        if result is not passed:
            return result
    return _fill(self, value, b"fill_")


def zero_(Tensor self not None):
    """Set every element to 0 in place; returns the tensor.

    >>> import lucet
    >>> lucet.zero_(lucet.ones(2))
    tensor([0., 0.])
    """
    if not is_plain(self) or thread_state().modes:
        result = slow_call(zero_, (self,), {})
        if result is not passed:
            return result
    return _fill(self, 0, b"zero_")


op(copy_, public=False, grad="yes", family="convert", samples=lambda r: [(r(3, 4), r(3, 4)), (r(3, 4), r(4)), (r(2, 3), r())])
op(fill_, public=True, grad="yes", family="convert", samples=lambda r: [(r(3, 4), 2), (r(2), r()), (r(), 0.5)])
op(zero_, public=True, grad="yes", family="convert", samples=lambda r: [(r(3, 4),), (r(),), (r(0, 2),)])


def fill(Tensor input not None, value):
    """fill(input, value) -> Tensor

    A tensor like `input` with every element `value`.

    >>> import lucet
    >>> lucet.fill(lucet.zeros(2), 3)
    tensor([3., 3.])
    """
    if not is_plain(input) or isinstance(value, Tensor) and not is_plain(value) or thread_state().modes:
        result = slow_call(fill, (input, value), {})
        if result is not passed:
            return result
    cdef bint will_record = _fills(input, value)
    cdef Tensor t = _empty_clone(input, preserve_format)
    cdef Node n
    _write_everywhere(t, value, b"fill")
    if will_record:
        n = new_node(overwrite_vjp, _fill_label(b"fill", isinstance(value, Tensor)), 2)
        connect(n, 0, input)
        if isinstance(value, Tensor):
            connect(n, 1, <Tensor>value)
        set_history(n, t, 0)
    return t


op(fill, method=False, grad="yes", family="convert", samples=lambda r: [(r(3, 4), 2), (r(2), r()), (r(), 0.5)])


# --- storage changes ------------------------------------------------------------------------------------------------

cdef bint filling = False        # as in create.pyx: whether new elements hold what nobody is to use


def set_filling(bint on):
    global filling
    filling = on


def resize_(Tensor self not None, *sizes, memory_format=contiguous_format):
    """resize_(*sizes, memory_format=lucet.contiguous_format): give the tensor another shape in place, with more memory if needed.

    New elements are uninitialised. RuntimeError for tensors that require a gradient and for memory of another owner.
    """
    if not is_exact(self) or thread_state().modes:
        result = view_call(resize_, (self, *sizes), {} if memory_format is contiguous_format else {"memory_format": memory_format})
        if result is not passed:
            return result
    cdef Py_ssize_t shape[64]
    cdef int ndim, i
    cdef Py_ssize_t n, more, step = 1, offset = self.offset, before = self.numel_
    cdef Tensor ordered = None
    if requires_grad(self) and thread_state().grad_enabled:
        raise RuntimeError("cannot resize variables that require grad")
    ndim = parse_shape(sizes[0] if len(sizes) == 1 and not isinstance(sizes[0], int) else sizes, shape, b"resize_")
    n = checked_numel(ndim, shape, self.code)
    if memory_format is not contiguous_format and memory_format is not preserve_format:
        ordered = empty_formatted(self.code, ndim, shape, memory_format, META)
    if (self.offset + n) * itemsize_of[self.code] > self.storage.used:
        storage_resize(self.storage, (self.offset + n) * itemsize_of[self.code])
    if filling and n > before and not is_meta(self):
        more = n - before
        fill_with(strided_over(self.storage, self.code, self.offset + before, 1, &more, &step), unusable(self.code), b"resize_")
    set_dims(self, ndim)
    for i in range(ndim):
        self.shape_[i] = shape[i]
    self.numel_ = n
    set_contiguous(self)
    bump(self, b"resize_")
    if ordered is not None:
        take_geometry(self, ordered)
        self.offset = offset
    return self


def resize_as_(Tensor self not None, Tensor the_template not None, *, memory_format=contiguous_format):
    """Give this tensor the shape of `the_template`, in place.

    >>> import lucet
    >>> lucet.resize_as_(lucet.empty(0), lucet.zeros(2, 3)).shape
    lucet.Size([2, 3])
    """
    return resize_(self, tuple(the_template.shape), memory_format=memory_format)


def set_(Tensor self not None, source=None, storage_offset=0, size=None, stride=None):
    """Make this tensor view the memory of `source`, a tensor or storage, in place; without one it becomes empty."""
    if not is_exact(self) or thread_state().modes:
        result = view_call(set_, (self, source, storage_offset, size, stride), {})
        if result is not passed:
            return result
    cdef Tensor t
    cdef Storage s
    if requires_grad(self) and thread_state().grad_enabled:
        check_inplace(self, True, b"set_")
        raise RuntimeError("set_: a tensor computed by a recorded operation cannot be given other memory")
    typed = getattr(source, "_elements", None)          # of a TypedStorage
    if typed is not None:
        if size is None and (<Tensor?>typed).code != self.code:
            raise error(DtypeError, f"set_: expected a storage of {dtype_object(self.code)._name}, got {dtype_object((<Tensor>typed).code)._name}")
        source = (<Tensor?>typed).storage
    if source is None:
        t = empty_tensor(self.code, 0, NULL, self.storage.device)
        t.numel_ = 0
        set_dims(t, 1)
        t.shape_[0] = 0
        set_contiguous(t)
    elif isinstance(source, Tensor) and size is None:
        t = <Tensor>source
        if t.code != self.code:
            raise error(DtypeError, f"set_: expected a tensor of {dtype_object(self.code)._name}, got {dtype_object(t.code)._name}")
    else:
        from lucet._tensor import tensor_from_storage
        s = (<Tensor>source).storage if isinstance(source, Tensor) else <Storage?>source
        if size is None:
            size = (s.used // itemsize_of[self.code],)
        if isinstance(size, int):
            size = (size,)
        if stride is None:
            stride = _row_major(size)
        _make_room(s, itemsize_of[self.code], storage_offset, size, stride)
        t = tensor_from_storage(s, dtype_object(self.code), storage_offset, size, stride)
    if t.storage.device != self.storage.device:
        raise error(DeviceError, f"set_: expected memory on {self.device}, where the tensor is, got {t.device}")
    take_geometry(self, t)
    self.storage = t.storage
    bump(self, b"set_")
    return self


def _make_room(Storage s not None, int itemsize, offset, size, stride):
    """Let a storage grow to what a view of it needs; what makes no view is refused later."""
    if len(size) != len(stride) or 0 in size or min(offset, *size, *stride) < 0:
        return
    last = offset + sum([(n - 1) * step for n, step in zip(size, stride)])
    if s.used < (last + 1) * itemsize <= 0x7fffffffffffffff:
        storage_resize(s, (last + 1) * itemsize)


def _row_major(size):
    strides, step = [], 1
    for n in reversed(size):
        strides.append(step)
        step *= max(n, 1)
    return tuple(reversed(strides))


op(resize_, public=False, grad="no", family="convert", samples=lambda r: [(r(2, 3), 3, 2), (r(2, 3), (2,)), (r(2), (2, 0))])
op(resize_as_, public=True, grad="no", family="convert", samples=lambda r: [(r(6), r(2, 3)), (r(2, 3), r(2))])
op(set_, public=False, grad="no", family="convert", samples=lambda r: [(r(2, 3), r(4)), (r(2, 3),)])


cpdef Tensor deliver(Tensor result, Tensor out, str op, bint cast=False):
    """Hand a computed result over to `out=`; with `cast` to one of another type too, if that can hold it."""
    cdef const char* name = PyUnicode_AsUTF8(op)          # a constant of the caller: it outlives the call
    if out is None:
        return result
    if requires_grad(result) or requires_grad(out) and thread_state().grad_enabled:
        raise RuntimeError(f"{op}(): functions with out=... arguments don't support automatic differentiation, but one of the arguments requires grad.")
    if out.code != result.code and not cast:
        raise error(
            DtypeError, f"{op}: Expected out tensor to have dtype {dtype_object(result.code)._name}, but got {dtype_object(out.code)._name} instead",
            fix=f"out=lucet.empty(..., dtype={dtype_object(result.code)!r})",
        )
    check_change(out, False, name)
    check_no_internal_overlap(out, name)
    if prepare_out(out, result.ndim_, result.shape_, result.code, name) and is_dense(result):
        lay_out_as(out, result)
    convert_into(out, result)
    bump(out, name)
    return out


# --- what the engine needs -------------------------------------------------------------------------------------------

cdef Tensor _engine_clone_like(Tensor g, Tensor layout):
    """A copy without history of a gradient, in the memory order of its leaf."""
    cdef Tensor t = empty_like(layout, g.code)
    convert_into(t, g)
    return t


cdef Tensor _engine_clone(Tensor g):
    cdef Tensor t = empty_like(g, g.code)
    cdef Node n
    convert_into(t, g)
    if recording(g):
        n = new_node(clone_vjp, b"CloneBackward0", 1)
        connect(n, 0, g)
        set_history(n, t, 0)
    return t


cdef Tensor _engine_fill(int code, int ndim, const Py_ssize_t* shape, double value):
    return filled(code, ndim, shape, value)


engine_ops.clone = _engine_clone
engine_ops.clone_like = _engine_clone_like
engine_ops.cast = cast_to
engine_ops.fill = _engine_fill
