# x[...] and x[...] = value: ints, slices, None and ... make one view; tensors, masks and sequences index what it shows.

# The geometry of the view while the subscript's items are read.
cdef struct Slices:
    int ndim
    Py_ssize_t shape[64]
    Py_ssize_t strides[64]
    Py_ssize_t offset
    int d                      # the next dimension of the indexed tensor
    bint whole                 # so far nothing but full slices
    bint indexed               # some item is a tensor

cdef inline int _emit(Slices* s, Py_ssize_t size, Py_ssize_t stride) except -1:
    if s.ndim == MAX_DIMS:
        raise error(ShapeError, f"index: the result has more than {MAX_DIMS} dimensions")
    s.shape[s.ndim] = size
    s.strides[s.ndim] = stride
    s.ndim += 1
    return 0

cdef int _select_item(Slices* s, Tensor a, Py_ssize_t at) except -1:
    cdef Py_ssize_t size
    if s.d >= a.ndim_:
        _too_many(a)
    size = a.shape_[s.d]
    if not -size <= at < size:
        raise IndexError(f"index {at} is out of bounds for dimension {s.d} with size {size}")
    s.offset += (at + size if at < 0 else at) * a.strides[s.d]
    s.d += 1
    s.whole = False
    return 0

cdef int _read_slice(object item, Py_ssize_t size, Py_ssize_t* start, Py_ssize_t* length, Py_ssize_t* step) except -1:
    cdef Py_ssize_t stop
    PySlice_Unpack(item, start, &stop, step)
    if step[0] <= 0:
        raise ValueError("step must be greater than zero")
    length[0] = PySlice_AdjustIndices(size, start, &stop, step[0])
    return 0

cdef int _slice_item(Slices* s, Tensor a, object item) except -1:
    cdef Py_ssize_t start, length, step
    if s.d >= a.ndim_:
        if a.ndim_ == 0:
            raise IndexError("slice() cannot be applied to a 0-dim tensor.")
        _too_many(a)
    _read_slice(item, a.shape_[s.d], &start, &length, &step)
    if length != a.shape_[s.d] or step != 1:
        s.whole = False
    if length or start and a.strides[s.d] < (<Py_ssize_t>1 << 56) // start:      # where nothing is chosen, strides may be of any size
        s.offset += start * a.strides[s.d]
    _emit(s, length, a.strides[s.d] * step if length > 1 or a.strides[s.d] < (<Py_ssize_t>1 << 62) // step else 0)
    s.d += 1
    return 0

cdef int _too_many(Tensor a) except -1:
    if a.ndim_ == 0:
        raise IndexError("invalid index of a 0-dim tensor. Use `tensor.item()` to convert a 0-dim tensor to a number")
    raise IndexError(f"too many indices for tensor of dimension {a.ndim_}")

cdef int _consumed(tuple items) except -1:
    """How many dimensions the items take, all but the ellipsis."""
    cdef int n = 0
    for item in items:
        if item is None or item is Ellipsis or PyBool_Check(item):
            continue
        if isinstance(item, Tensor) and ((<Tensor>item).code == BOOL or (<Tensor>item).code == UINT8):
            n += (<Tensor>item).ndim_
        else:
            n += 1
    return n

cdef Tensor _index_tensor(object item):
    """A sequence or array as a tensor of indices: bool stays a mask, anything else becomes int64."""
    cdef Tensor x = tensor_of(item, -1)
    if x.code == BOOL or x.code == UINT8 or x.code == INT64:
        return x
    return converted(x, INT64)

cdef bint _is_array(object item):
    """Whether the item is a NumPy array with dimensions (asked without importing NumPy)."""
    return hasattr(item, "__array_interface__") and getattr(item, "ndim", 0) > 0

cdef object _plain_item(object item):
    """An int, slice, None, Ellipsis, bool or Tensor for whatever the item is."""
    if PyLong_CheckExact(item) or PySlice_Check(item) or item is None or item is Ellipsis or isinstance(item, (Tensor, bool)):
        return item
    if isinstance(item, (list, tuple, range)):
        return _index_tensor(list(item) if isinstance(item, range) else item)
    if _is_array(item):
        return _index_tensor(item)
    if hasattr(item, "__index__"):
        return item.__index__()
    if isinstance(item, str):
        raise TypeError("index: invalid data type 'str'")
    raise IndexError(
        "only integers, slices (`:`), ellipsis (`...`), None and long or byte Variables are valid indices (got "
        f"{type(item).__name__})"
    )

cdef int _tensor_item(Slices* s, Tensor a, Tensor x, list indices) except -1:
    """Leave the dimensions that a tensor indexes whole, and note it."""
    cdef int i, k = 1
    if x.code == BOOL or x.code == UINT8:
        k = x.ndim_
        if k == 0:
            return _flag_item(s, x, indices)
    elif x.ndim_ == 0 and x.code < FLOAT16 and not is_meta(x):
        return _select_item(s, a, read_size(x.item(), b"index"))
    if s.d + k > a.ndim_:
        _too_many(a)
    while len(indices) < s.ndim:
        indices.append(None)
    indices.append(x)
    s.indexed = True
    for i in range(k):
        _emit(s, a.shape_[s.d], a.strides[s.d])
        s.d += 1
        if i:
            indices.append(None)
    return 0

cdef int _flag_item(Slices* s, Tensor flag, list indices) except -1:
    """True or False: a new dimension with one or no index."""
    while len(indices) < s.ndim:
        indices.append(None)
    indices.append(flag)
    s.indexed = True
    s.whole = False
    return _emit(s, 1, 1)

cdef int _read_items(Slices* s, Tensor a, tuple items, list indices) except -1:
    """Go through the items; `indices` gets one entry for each of the view's dimensions up to the last indexed one."""
    cdef int skip
    cdef bint dots = False, beyond = False
    s.ndim = 0
    s.d = 0
    s.offset = a.offset
    s.whole = True
    s.indexed = False
    for item in items:
        if beyond and item is not Ellipsis:
            raise IndexError("an index can only have a single ellipsis ('...')")
        if PyLong_CheckExact(item):
            _select_item(s, a, _as_index(item))
        elif PySlice_Check(item):
            _slice_item(s, a, item)
        elif item is None:
            _emit(s, 1, a.shape_[s.d] * a.strides[s.d] if s.d < a.ndim_ else 1)
            s.whole = False
        elif item is Ellipsis:
            skip = a.ndim_ - _consumed(items)
            if dots and skip > 0:
                beyond = True                # torch lets a second one pass at the end only
                skip = 0
            dots = True
            while skip > 0:
                _emit(s, a.shape_[s.d], a.strides[s.d])
                s.d += 1
                skip -= 1
        elif PyBool_Check(item):
            _flag_item(s, filled(BOOL, 0, NULL, item), indices)
        elif isinstance(item, Tensor):
            _tensor_item(s, a, <Tensor>item, indices)
        else:
            item = _plain_item(item)
            if isinstance(item, Tensor):
                _tensor_item(s, a, <Tensor>item, indices)
            else:
                _select_item(s, a, _as_index(item))
    while s.d < a.ndim_:
        _emit(s, a.shape_[s.d], a.strides[s.d])
        s.d += 1
    return 0

cdef Py_ssize_t _as_index(object item) except? -9223372036854775807:
    if -0x7fffffffffffffff <= item <= 0x7fffffffffffffff:
        return PyLong_AsSsize_t(item)
    raise ValueError("Overflow when unpacking long long")

cdef tuple _as_items(object index):
    """The subscript as a tuple; a list of sequences, slices or None counts as one, as in old NumPy."""
    if isinstance(index, tuple):
        return <tuple>index
    if isinstance(index, list) and len(index) < 32:
        for item in index:
            if isinstance(item, (list, tuple, range, slice, Tensor, str)) or item is None or item is Ellipsis or _is_array(item):
                warnings.warn(
                    "Using a non-tuple sequence for multidimensional indexing is deprecated; use x[tuple(seq)] instead of x[seq]",
                    UserWarning,
                    stacklevel=2,
                )
                return tuple(index)
    return (index,)

cdef int basic_vjp(Node n, Tensor g, Run run) except -1:
    """Read the same items again, on the bare shape of the input, to learn where the view lay."""
    cdef Slices s
    cdef Tensor whole = edge_meta(n, 0)
    _read_items(&s, whole, <tuple>n.extra, [])
    return give(run, n, 0, spread(g, view(whole, s.ndim, s.shape, s.strides, s.offset), whole))

cdef Tensor _basic_view(Tensor a, Slices* s, tuple items):
    """The view that the ints and slices make, recorded."""
    cdef Tensor y = view(a, s.ndim, s.shape, s.strides, s.offset)
    cdef Node n
    if recording(a):
        n = record(y, basic_vjp, _view_label(items), a)
        n.extra = tuple([x if not isinstance(x, Tensor) and not hasattr(x, "__array_interface__") else _basic_item(x) for x in items])
    return y

cdef object _basic_item(object x):
    """What an indexing item leaves for the view: 0-d indices select, others keep their dimensions whole."""
    x = _plain_item(x)
    if isinstance(x, Tensor):
        if (<Tensor>x).ndim_ == 0 and (<Tensor>x).code != BOOL and (<Tensor>x).code != UINT8:
            return int(x.item())
        return meta_of((<Tensor>x).code, (<Tensor>x).ndim_, (<Tensor>x).shape_) if (<Tensor>x).ndim_ else None
    return x

cdef const char* _view_label(tuple items) noexcept:
    """torch's name for the last op that the items stand for."""
    last = items[len(items) - 1] if items else Ellipsis
    if last is None:
        return b"UnsqueezeBackward0"
    if PySlice_Check(last):
        return b"SliceBackward0"
    return b"AliasBackward0" if len(items) <= 1 and last is Ellipsis else b"SelectBackward0"

cdef bint _indexes_alone(Tensor a, Tensor index) noexcept:
    """Whether an index tensor is all there is to say: no 0-d selection, no flag, not too many dimensions."""
    return index.ndim_ > 0 and a.ndim_ > 0 and (index.code == INT64 or index.code == BOOL and index.ndim_ <= a.ndim_)

cdef object getitem(Tensor a, object index, object value):
    """x[index]"""
    cdef Slices s
    cdef Py_ssize_t at, start, length, step
    cdef list indices
    cdef tuple items
    cdef Tensor y
    if intercepted(a) or isinstance(index, Tensor) and not is_plain(index):
        result = view_call(_getitem_fn, (a, index), {})
        if result is not passed:
            return result
    if PyLong_CheckExact(index):
        at = _as_index(index)
        if a.ndim_ == 0:
            _too_many(a)
        if not -a.shape_[0] <= at < a.shape_[0]:
            raise IndexError(f"index {at} is out of bounds for dimension 0 with size {a.shape_[0]}")
        return select_at(a, 0, at + a.shape_[0] if at < 0 else at)
    if PySlice_Check(index):
        if a.ndim_ == 0:
            raise IndexError("slice() cannot be applied to a 0-dim tensor.")
        _read_slice(index, a.shape_[0], &start, &length, &step)
        return slice_of(a, 0, start if length or a.strides[0] < (<Py_ssize_t>1 << 56) // (start + 1) else 0, length, step)
    if isinstance(index, Tensor) and _indexes_alone(a, <Tensor>index):
        return index_of(a, [index], b"index")
    if index is Ellipsis:
        return shared(a)
    items = _as_items(index)
    indices = []
    _read_items(&s, a, items, indices)
    y = a if s.whole and s.indexed else shared(a) if s.whole and not items else _basic_view(a, &s, items)
    return index_of(y, indices, b"index") if s.indexed else y

cdef Tensor _number_like(Tensor a, object value):
    """A number as a 0-d tensor of a's type."""
    return filled(a.code, 0, NULL, value, b"__setitem__")

cdef int _set_basic(Tensor target, object value) except -1:
    """target[...] = value"""
    cdef Tensor source
    cdef Node n
    cdef bint will_record
    cdef int extra
    if not isinstance(value, Tensor):
        will_record = recording(target)
        check_inplace(target, will_record, b"__setitem__")
        check_no_internal_overlap(target, b"__setitem__")
        fill_with(target, value, b"__setitem__")
        bump(target, b"__setitem__")
        if will_record:
            n = new_node(fill_vjp, b"FillBackward3", 1)
            if target.base is None:
                connect(n, 0, target)
            rebase(target, n)
        return 0
    source = <Tensor>value
    extra = source.ndim_ - target.ndim_
    while extra > 0 and source.shape_[0] == 1:
        source = select_at(source, 0, 0)
        extra -= 1
    copy_inplace(target, source)
    return 0

cdef int fill_vjp(Node n, Tensor g, Run run) except -1:
    """Nothing of the old elements is left: they get zeros, as in torch."""
    return give(run, n, 0, engine_ops.fill(g.code, g.ndim_, g.shape_, 0)) if needs(n, 0) else 0

cdef bint _set_by_mask(Tensor a, Tensor mask, object value) except -1:
    """x[mask] = number: every element chooses, nothing is counted. False where the mask does not fit (the error is told elsewhere)."""
    cdef Tensor wide = mask
    cdef int i
    if mask.code != BOOL or mask.ndim_ == 0 or mask.ndim_ > a.ndim_ or is_meta(mask):
        return False
    for i in range(mask.ndim_):
        if mask.shape_[i] != a.shape_[i]:
            return False
    if mask.ndim_ < a.ndim_:
        wide = bare_tensor(BOOL, a.ndim_)
        for i in range(a.ndim_):
            wide.shape_[i] = mask.shape_[i] if i < mask.ndim_ else 1
            wide.strides[i] = mask.strides[i] if i < mask.ndim_ else 0
        wide.offset = mask.offset
        finish_geometry(wide)
        wide.storage = mask.storage
    warn_of_overlap(a, "index_put_", "tensor[indices] = tensor")
    _fill_masked(a, a, wide, value, b"__setitem__", True)
    return True

cdef bint _set_rows(Tensor a, Tensor index, object value) except -1:
    """x[index] = number outside the graph, for an index that picks whole rows. False where that is not the case."""
    cdef int64_t few[FEW]
    cdef Tensor row
    cdef Py_ssize_t n = 1, bad
    cdef int i
    if not is_simple(a, index) or index.numel_ > FEW or recording(a):
        return False
    check_inplace(a, False, b"__setitem__")
    for i in range(1, a.ndim_):
        n *= a.shape_[i]
    bad = K.place[1](data_of(index), index.numel_, -a.shape_[0], a.shape_[0], n * itemsize_of[a.code], few)
    if bad >= 0:
        raise IndexError(f"index {(<int64_t*>data_of(index))[bad]} is out of bounds for dimension 0 with size {a.shape_[0]}")
    row = empty_tensor(a.code, 1, &n, CPU)
    fill_with(row, value, b"__setitem__")
    K.put_rows(data_of(a), few, data_of(row), 0, index.numel_, n * itemsize_of[a.code])
    bump(a, b"__setitem__")
    return True

cdef object _conjugate(object value):
    if isinstance(value, Tensor):
        return conj_view(<Tensor>value) if (<Tensor>value).code >= COMPLEX64 else value
    return value.conjugate() if isinstance(value, complex) else value

cdef object setitem(Tensor a, object index, object value):
    """x[index] = value"""
    cdef Slices s
    cdef list indices = []
    cdef tuple items
    cdef Tensor target
    if intercepted(a) or isinstance(index, Tensor) and not is_plain(index) or isinstance(value, Tensor) and not is_plain(value):
        if view_call(_setitem_fn, (a, index, value), {}) is not passed:
            return None
        if is_lazy(a):
            return setitem(conj_view(a), index, _conjugate(value))
        if isinstance(value, Tensor) and is_lazy(<Tensor>value):
            value = clone_of(<Tensor>value)
    if index is False:                       # nothing, whatever the value
        return None
    if not isinstance(value, Tensor) and not is_number(value):
        raise TypeError(f"can't assign a {type(value).__name__} to a {dtype_object(a.code)._name} tensor")
    if isinstance(index, Tensor) and not isinstance(value, Tensor):
        if _set_by_mask(a, <Tensor>index, value) or _set_rows(a, <Tensor>index, value):
            return None
    items = (None,) if index is True else _as_items(index)      # True is no mask here: all is copied to
    _read_items(&s, a, items, indices)
    if s.whole:
        target = a
    elif a.base is not None and a.flags & F_REQUIRES_GRAD:
        target = _basic_view(a, &s, items)
    else:
        target = view(a, s.ndim, s.shape, s.strides, s.offset)
    if not s.indexed:
        _set_basic(target, value)
        return None
    warn_of_overlap(target, "index_put_", "tensor[indices] = tensor")
    put_into(target, indices, <Tensor>value if isinstance(value, Tensor) else _number_like(a, value), False, b"index_put_")
    return None

_getitem_fn = getattr(Tensor, "__getitem__")       # what modes and subclasses are offered: the method itself, as in torch
_setitem_fn = getattr(Tensor, "__setitem__")
slots().getitem = getitem
slots().setitem = setitem
