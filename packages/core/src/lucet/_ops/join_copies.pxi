# Rearranged copies: repeat, tile, flip, roll, rot90, repeat_interleave, and what broadcasts several tensors at once.

# repeat, tile ---------------------------------------------------------------------------------------------------------
cdef int repeat_vjp(Node n, Tensor g, Run run) except -1:
    """Split every dimension into (repeats, size) and sum over the repeats."""
    cdef Py_ssize_t shape[64]
    cdef Py_ssize_t pairs[64]
    cdef Py_ssize_t kept[64]
    cdef tuple repeats = <tuple>n.extra
    cdef int ndim = edge_shape(n, 0, shape), i, count = <int>len(repeats)
    for i in range(count):
        pairs[2 * i] = repeats[i]
        pairs[2 * i + 1] = shape[i - (count - ndim)] if i >= count - ndim else 1
        kept[2 * i] = 1
        kept[2 * i + 1] = pairs[2 * i + 1]
    return give(run, n, 0, reshape_to(engine_ops.sum_to(reshape_to(g, 2 * count, pairs), 2 * count, kept), ndim, shape))

cdef Tensor repeated(Tensor a, int count, const Py_ssize_t* repeats, const char* name):
    """A copy of `a` laid `repeats[i]` times along dimension i; missing leading dimensions count as 1."""
    cdef Py_ssize_t shape[64]
    cdef Py_ssize_t pairs[64]
    cdef Py_ssize_t source[64]
    cdef Py_ssize_t steps[64]
    cdef Py_ssize_t size
    cdef int i, lead
    cdef Tensor y, target, origin
    if count < a.ndim_:
        raise RuntimeError(
            f"{name.decode()}: Number of dimensions of repeat dims can not be smaller than number of dimensions of "
            f"tensor, {count} and {a.ndim_}"
        )
    if 2 * count > MAX_DIMS:
        raise error(ShapeError, f"{name.decode()}: {count} dimensions, at most {MAX_DIMS // 2} are supported")
    for i in range(count):
        lead = i - (count - a.ndim_)
        size = a.shape_[lead] if lead >= 0 else 1
        if repeats[i] < 0 or size and repeats[i] > (<Py_ssize_t>1 << 62) // size:
            raise RuntimeError(
                f"{name.decode()}: Trying to create tensor with negative dimension or a size that overflows: "
                f"{[repeats[k] for k in range(count)]} times {sizes_list(a)}"
            )
        shape[i] = size * repeats[i]
        pairs[2 * i] = repeats[i]
        pairs[2 * i + 1] = size
        source[2 * i] = 1
        source[2 * i + 1] = size
        steps[2 * i] = 0
        steps[2 * i + 1] = a.strides[lead] if lead >= 0 else 0
    y = empty_tensor(a.code, count, shape, a.storage.device)
    if y.numel_:
        origin = view(a, 2 * count, source, steps, a.offset)
        target = empty_shape_over(y, 2 * count, pairs)
        convert_into(target, origin)
    if recording(a):
        record(y, repeat_vjp, b"RepeatBackward0", a).extra = tuple([repeats[i] for i in range(count)])
    return y

cdef Tensor empty_shape_over(Tensor y, int ndim, const Py_ssize_t* shape):
    """A row-major tensor of another shape over the elements of a new row-major tensor."""
    cdef Tensor t = meta_of(y.code, ndim, shape)
    t.storage = y.storage
    return t

def repeat(Tensor input not None, *args, repeats=None):
    """repeat(input, *repeats) -> Tensor

    A copy of the tensor laid out `repeats[i]` times along dimension i; more numbers than dimensions add leading ones.
    RuntimeError for fewer.

    >>> import lucet
    >>> lucet.tensor([1, 2]).repeat(2, 2)
    tensor([[1, 2, 1, 2],
            [1, 2, 1, 2]])
    """
    if intercepted(input):
        result = slow_call(repeat, (input, *args), {} if repeats is None else {"repeats": repeats})
        if result is not passed:
            return result
    cdef Py_ssize_t counts[64]
    cdef int n = ints_of(args, repeats, counts, b"repeat", b"repeats")
    return repeated(input, n, counts, b"repeat")

def tile(Tensor input not None, *args, dims=None):
    """tile(input, dims) -> Tensor

    A copy laid out dims[i] times along dimension i, counted from the last; missing numbers count as 1.

    >>> import lucet
    >>> lucet.tile(lucet.tensor([[1], [2]]), (2,))
    tensor([[1, 1],
            [2, 2]])
    """
    if intercepted(input):
        result = slow_call(tile, (input, *args), {} if dims is None else {"dims": dims})
        if result is not passed:
            return result
    cdef Py_ssize_t counts[64]
    cdef Py_ssize_t padded[64]
    cdef int n = ints_of(args, dims, counts, b"tile", b"dims"), lead, i
    lead = input.ndim_ - n if input.ndim_ > n else 0
    for i in range(lead + n):
        padded[i] = counts[i - lead] if i >= lead else 1
    return repeated(input, lead + n, padded, b"tile")

# flip, rot90 ----------------------------------------------------------------------------------------------------------
cdef int flip_vjp(Node n, Tensor g, Run run) except -1:
    cdef bint turned[64]
    cdef int i
    for i in range(g.ndim_):
        turned[i] = (n.i0 >> i) & 1
    return give(run, n, 0, flipped(g, turned))

cdef Tensor flipped(Tensor a, const bint* turned):
    """A copy in which the marked dimensions run backwards."""
    cdef Operand ops[2]
    cdef Py_ssize_t steps[64]
    cdef Tensor y = empty_like(a, a.code)
    cdef Py_ssize_t marks = 0
    cdef int i
    if y.numel_ and not is_meta(a):
        operand_of(y, y.code, &ops[0])
        operand_of(a, a.code, &ops[1])
        for i in range(a.ndim_):
            steps[i] = a.strides[i]
            if turned[i]:
                ops[1].data += (a.shape_[i] - 1) * a.strides[i] * itemsize_of[a.code]
                steps[i] = -a.strides[i]
        ops[1].strides = steps
        iterate(K.cast[a.code][a.code], NULL, 2, ops, CHEAP)
    for i in range(a.ndim_):
        if turned[i]:
            marks |= <Py_ssize_t>1 << i
    if recording(a):
        record(y, flip_vjp, b"FlipBackward0", a).i0 = marks
    return y

def flip(Tensor input not None, *args, dims=None):
    """flip(input, dims) -> Tensor

    A copy in which the dimensions `dims` run backwards. RuntimeError for a dimension named twice.

    >>> import lucet
    >>> lucet.flip(lucet.tensor([[1, 2], [3, 4]]), (1,))
    tensor([[2, 1],
            [4, 3]])
    """
    if intercepted(input):
        result = slow_call(flip, (input, *args), {} if dims is None else {"dims": dims})
        if result is not passed:
            return result
    cdef Py_ssize_t asked[64]
    cdef bint turned[64]
    cdef int i, d, n = ints_of(args, dims, asked, b"flip", b"dims")
    for i in range(64):
        turned[i] = False
    for i in range(n):
        d = dim_of(asked[i], input.ndim_, b"flip")
        if turned[d]:
            raise RuntimeError(f"flip: dim {d} appears multiple times in the list of dims")
        turned[d] = True
    return flipped(input, turned)

def fliplr(Tensor input not None):
    """fliplr(input) -> Tensor

    Dimension 1 backwards. RuntimeError for fewer than two dimensions.

    >>> import lucet
    >>> lucet.fliplr(lucet.tensor([[1, 2]]))
    tensor([[2, 1]])
    """
    if input.ndim_ < 2:
        raise RuntimeError("fliplr: Input must be >= 2-d.")
    return flip(input, 1)

def flipud(Tensor input not None):
    """flipud(input) -> Tensor

    Dimension 0 backwards. RuntimeError for a tensor without dimensions.

    >>> import lucet
    >>> lucet.flipud(lucet.tensor([1, 2]))
    tensor([2, 1])
    """
    if input.ndim_ < 1:
        raise RuntimeError("flipud: Input must be >= 1-d.")
    return flip(input, 0)

def rot90(Tensor input not None, k=1, dims=(0, 1)):
    """rot90(input, k=1, dims=(0, 1)) -> Tensor

    A copy turned by k quarter turns in the plane of two dimensions, from the first towards the second.
    RuntimeError unless `dims` names two different ones.

    >>> import lucet
    >>> lucet.rot90(lucet.tensor([[1, 2], [3, 4]]))
    tensor([[2, 4],
            [1, 3]])
    """
    if len(dims) != 2:
        raise RuntimeError(f"rot90: expected total rotation dims == 2, but got dims = {len(dims)}")
    if input.ndim_ < 2:
        raise RuntimeError(f"rot90: expected total dims >= 2, but got total dims = {input.ndim_}")
    first = dim_of(dims[0], input.ndim_, b"rot90")
    second = dim_of(dims[1], input.ndim_, b"rot90")
    if first == second:
        raise RuntimeError(f"rot90: expected rotation dims to be different, but got dim0 = {dims[0]} and dim1 = {dims[1]}")
    k = k % 4
    if k == 0:
        result = contiguous_clone(input)
    elif k == 2:
        result = flip(input, (first, second))
    else:
        result = flip(input, second if k == 1 else first).transpose_(first, second)
    return named(<Tensor>result, b"Rot90Backward0") if is_plain(input) and not thread_state().modes else result

cdef Tensor contiguous_clone(Tensor a):
    return a.clone(memory_format=_row_major)

from lucet._device import contiguous_format as _row_major

# roll -----------------------------------------------------------------------------------------------------------------
cdef int roll_vjp(Node n, Tensor g, Run run) except -1:
    shifts, dims = <tuple>n.extra
    shifts = tuple([-s for s in shifts])
    return give(run, n, 0, rolled(g, shifts, dims) if dims else rolled_flat(g, shifts[0]))

cdef Tensor rolled_flat(Tensor a, Py_ssize_t shift):
    """A row-major copy rolled as one row."""
    cdef Tensor source = contiguous(a), y = empty_tensor(a.code, a.ndim_, a.shape_, a.storage.device)
    cdef Py_ssize_t at
    if y.numel_ and not is_meta(y):
        at = (shift % y.numel_ + y.numel_) % y.numel_ * itemsize_of[a.code]
        memcpy(data_of(y) + at, data_of(source), y.numel_ * itemsize_of[a.code] - at)
        memcpy(data_of(y), data_of(source) + y.numel_ * itemsize_of[a.code] - at, at)
    if recording(a):
        record(y, roll_vjp, b"RollBackward0", a).extra = ((shift,), ())
    return y

cdef Tensor rolled(Tensor a, tuple shifts, tuple dims):
    """A row-major copy rolled along each dimension in turn."""
    cdef Tensor y = a, source
    cdef Py_ssize_t size, at
    cdef int d
    for shift, dim in zip(shifts, dims):
        source = y
        y = empty_tensor(a.code, a.ndim_, a.shape_, a.storage.device)
        d = dim
        size = a.shape_[d]
        at = ((<Py_ssize_t>shift) % size + size) % size if size else 0
        if y.numel_:
            convert_into(_window(y, d, at, size - at), _window(source, d, 0, size - at))
            convert_into(_window(y, d, 0, at), _window(source, d, size - at, at))
    if recording(a):
        record(y, roll_vjp, b"RollBackward0", a).extra = (shifts, dims)
    return y

def roll(Tensor input not None, shifts, dims=None):
    """roll(input, shifts, dims=None) -> Tensor

    A copy whose elements moved on by `shifts` along `dims`, those that leave at the end coming in at the start; without `dims` the
    elements count as one row. RuntimeError unless there are as many shifts as dimensions.

    >>> import lucet
    >>> lucet.roll(lucet.tensor([1, 2, 3, 4]), 1)
    tensor([4, 1, 2, 3])
    """
    if intercepted(input):
        result = slow_call(roll, (input, shifts, dims), {})
        if result is not passed:
            return result
    steps = tuple([read_size(s, b"roll: shifts") for s in (shifts if isinstance(shifts, (tuple, list)) else (shifts,))])
    along = () if dims is None else tuple(dims) if isinstance(dims, (tuple, list)) else (dims,)
    if not steps:
        raise RuntimeError("roll: `shifts` required")
    if not along and len(steps) == 1:
        return rolled_flat(input, steps[0])
    if len(steps) != len(along):
        raise RuntimeError(f"roll: shifts and dimensions must align. shifts: {len(steps)}, dims:{len(along)}")
    if input.ndim_ == 0:
        raise IndexError(f"Dimension specified as {along[0]} but tensor has no dimensions")
    return rolled(input, steps, tuple([dim_of(d, input.ndim_, b"roll") for d in along]))

# repeat_interleave ----------------------------------------------------------------------------------------------------
cdef Tensor _counted(Tensor repeats, object output_size):
    """The index of each repetition: 0 repeats[0] times, 1 repeats[1] times, and so on."""
    cdef Tensor y
    cdef Py_ssize_t total = 0
    if repeats.ndim_ != 1:
        raise RuntimeError("repeat_interleave: repeats must be 0-dim or 1-dim tensor")
    if repeats.code != INT64 and repeats.code != INT32:
        raise error(
            DtypeError,
            f"repeat_interleave: repeats has to be Long or Int tensor, got {dtype_object(repeats.code)._name}",
        )
    counts = repeats.tolist()
    for c in counts:
        if c < 0:
            raise RuntimeError("repeat_interleave: repeats can not be negative")
        if c > (<Py_ssize_t>1 << 58) - total:
            raise error(ShapeError, "repeat_interleave: the repeats overflow")
        total += c
    if output_size is not None and output_size != total:
        raise RuntimeError(f"repeat_interleave: allocated size does not match required size, {output_size} and {total}")
    y = empty_tensor(repeats.code, 1, &total, CPU)
    cdef Py_ssize_t start = 0, n
    for k, c in enumerate(counts):
        n = c
        _window(y, 0, start, n).fill_(k)
        start += n
    return y

def repeat_interleave(Tensor input not None, repeats=None, dim=None, *, output_size=None):
    """repeat_interleave(input, repeats, dim=None, *, output_size=None) -> Tensor

    Each index of a dimension repeated: `repeats` times, or as often as a tensor says; without `dim` the elements count as one row.
    With `input` alone, the indices that its numbers would repeat. RuntimeError for negative numbers or a wrong `output_size`.

    >>> import lucet
    >>> lucet.repeat_interleave(lucet.tensor([1, 2]), lucet.tensor([1, 2]))
    tensor([1, 2, 2])
    """
    if intercepted(input):
        result = slow_call(repeat_interleave, (input, repeats, dim), {} if output_size is None else {"output_size": output_size})
        if result is not passed:
            return result
    cdef Tensor a = input, wide
    cdef Py_ssize_t shape[65]
    cdef Py_ssize_t times
    cdef int d, i
    if repeats is None:
        return _counted(input, output_size)
    if dim is None:
        a = input.reshape(-1)
        dim = 0
    elif a.ndim_ == 0:
        raise IndexError(f"repeat_interleave: Dimension specified as {dim} but tensor has no dimensions")
    d = dim_of(dim, a.ndim_, b"repeat_interleave")
    if isinstance(repeats, (list, tuple)):
        repeats = _tensor_of(repeats)
    if isinstance(repeats, Tensor) and ((<Tensor>repeats).numel_ != 1 or (<Tensor>repeats).ndim_ > 1):
        if (<Tensor>repeats).ndim_ == 1 and (<Tensor>repeats).shape_[0] != a.shape_[d]:
            raise RuntimeError(
                "repeat_interleave: repeats must have the same size as input along dim, but got repeats.size(0) = "
                f"{(<Tensor>repeats).shape_[0]} and input.size({d}) = {a.shape_[d]}"
            )
        return a.index_select(d, _counted(<Tensor>repeats, output_size))
    times = read_size(repeats.item() if isinstance(repeats, Tensor) else repeats, b"repeat_interleave: repeats")
    if times < 0:
        raise RuntimeError("repeat_interleave: Repeats must be non-negative")
    if output_size is not None and output_size != times * a.shape_[d]:
        raise RuntimeError(f"repeat_interleave: Invalid output_size, expected {times * a.shape_[d]} but got {output_size}")
    for i in range(a.ndim_ + 1):
        shape[i] = a.shape_[i] if i <= d else times if i == d + 1 else a.shape_[i - 1]
    wide = expand_to(unsqueeze_at(a, d + 1), a.ndim_ + 1, shape)
    shape[d] = checked_numel(2, &shape[d], a.code)
    for i in range(d + 1, a.ndim_):
        shape[i] = a.shape_[i]
    return reshape_to(contiguous_clone(wide), a.ndim_, shape)

from lucet._ops.create import tensor as _tensor_of

# broadcasting several tensors -----------------------------------------------------------------------------------------
def broadcast_tensors(*tensors):
    """broadcast_tensors(*tensors) -> tuple of Tensors

    Views of the tensors expanded to their common shape. ShapeError where there is none.

    >>> import lucet
    >>> [x.shape for x in lucet.broadcast_tensors(lucet.zeros(3, 1), lucet.zeros(2))]
    [lucet.Size([3, 2]), lucet.Size([3, 2])]
    """
    cdef Py_ssize_t shape[64]
    cdef bint special = False
    cdef list found = tensors_of(tensors[0] if len(tensors) == 1 and isinstance(tensors[0], (list, tuple)) else tensors, "broadcast_tensors", &special)
    cdef Tensor wide
    cdef int ndim
    if special:
        result = view_call(broadcast_tensors, tuple(found), {})
        if result is not passed:
            return result
    if not found:
        return ()
    wide = <Tensor>found[0]
    for x in found[1:]:
        ndim = broadcast2(wide, <Tensor>x, shape, b"broadcast_tensors")
        wide = meta_of(FLOAT32, ndim, shape)
    return tuple([expand_to(<Tensor>x, wide.ndim_, wide.shape_) for x in found])

def broadcast_shapes(*shapes):
    """broadcast_shapes(*shapes) -> Size

    The common shape of tensors with the given shapes. ShapeError where there is none.

    >>> import lucet
    >>> lucet.broadcast_shapes((2, 1), (3,))
    lucet.Size([2, 3])
    """
    cdef Py_ssize_t shape[64]
    cdef Tensor wide = meta_of(FLOAT32, 0, shape)
    cdef int ndim
    for sizes in shapes:
        ndim = ints_of((sizes,), None, shape, b"broadcast_shapes", b"shapes")
        checked_numel(ndim, shape, FLOAT32)
        one = meta_of(FLOAT32, ndim, shape)
        ndim = broadcast2(wide, one, shape, b"broadcast_shapes")
        wide = meta_of(FLOAT32, ndim, shape)
    return wide.shape

def meshgrid(*tensors, indexing=None):
    """meshgrid(*tensors, indexing=None) -> tuple of Tensors

    Coordinates of a grid: views of the one-dimensional tensors expanded to (n1, n2, ...), or with `indexing="xy"` to (n2, n1, ...).
    Warns when `indexing` is not given ("ij" is used). RuntimeError for more than one dimension or different element types.

    >>> import lucet
    >>> rows, columns = lucet.meshgrid(lucet.tensor([1, 2]), lucet.tensor([3, 4, 5]), indexing="ij")
    >>> rows.shape, columns[0]
    (lucet.Size([2, 3]), tensor([3, 4, 5]))
    """
    cdef Py_ssize_t shape[64]
    cdef Py_ssize_t ones[64]
    cdef bint special = False
    cdef list found = tensors_of(tensors[0] if len(tensors) == 1 and isinstance(tensors[0], (list, tuple)) else tensors, "meshgrid", &special)
    cdef int n = <int>len(found), i, k
    if special:
        result = view_call(meshgrid, tuple(found), {"indexing": indexing})
        if result is not passed:
            return result
    if indexing is None:
        warn_once("torch.meshgrid: in an upcoming release, it will be required to pass the indexing argument.")
    elif indexing not in ("ij", "xy"):
        raise RuntimeError(f'meshgrid: indexing must be one of "xy" or "ij", but received: {indexing}')
    if not n:
        raise RuntimeError("meshgrid expects a non-empty TensorList")
    for i in range(1, n):
        if is_meta(<Tensor>found[i]) != is_meta(<Tensor>found[0]):
            raise RuntimeError("meshgrid expects all tensors to have the same device")
    if n > MAX_DIMS:
        raise error(ShapeError, f"meshgrid: {n} tensors, at most {MAX_DIMS} are supported")
    turned = indexing == "xy" and n > 1
    if turned:
        found[0], found[1] = found[1], found[0]
    for i in range(n):
        if (<Tensor>found[i]).ndim_ > 1:
            raise error(ShapeError, f"meshgrid: Expected 0D or 1D tensor in the tensor list but got {describe(<Tensor>found[i])}")
        if (<Tensor>found[i]).code != (<Tensor>found[0]).code:
            raise error(DtypeError, "meshgrid expects all tensors to have the same dtype")
        shape[i] = (<Tensor>found[i]).numel_
    for i in range(n):
        for k in range(n):
            ones[k] = shape[k] if k == i else 1
        found[i] = expand_to(reshape_to(<Tensor>found[i], n, ones), n, shape)
    if turned:
        found[0], found[1] = found[1], found[0]
    return tuple(found)

op(repeat, public=False, family="join", samples=lambda r: [(r(2, 3), (2, 2)), (r(3), (2, 1, 2)), (r(), (3,)), (r(2), (0,))])
op(tile, family="join", formula="tile(input, args[0])", samples=lambda r: [(r(2, 3), (2,)), (r(2, 3), (2, 1, 2))])
op(flip, family="join", formula="flip(input, args[0])", samples=lambda r: [(r(2, 3), (0, 1)), (r(2, 3), (-1,)), (r(0, 2), (0,))])
op(fliplr, family="join", formula="fliplr(input)", samples=lambda r: [(r(2, 3),)])
op(flipud, family="join", formula="flipud(input)", samples=lambda r: [(r(2, 3),)])
op(rot90, family="join", formula="rot90(input, k, dims)",
   samples=lambda r: [(r(2, 3), 1, (0, 1)), (r(2, 3), 2, (0, 1)), (r(2, 3), -1, (0, 1))])
op(roll, family="join", formula="roll(input, shifts, dims)",
   samples=lambda r: [(r(2, 3), 1), (r(2, 3), (1, -1), (0, 1)), (r(0, 2), 1, 0)])
op(repeat_interleave, family="join", samples=lambda r: [(r(2, 3), 2), (r(2, 3), 2, 0), (r(2, 3), 3, -1)])
op(broadcast_tensors, method=False, family="join", samples=lambda r: [(r(3, 1), r(2))])
op(broadcast_shapes, method=False, grad="no", family="join", samples=lambda r: [((2, 3), (3,)), ((2, 1), (1, 4)), ()])
op(meshgrid, method=False, family="join", samples=lambda r: [(r(3), r(2), {"indexing": "ij"}), ([r(2), r(3)], {"indexing": "xy"})])
