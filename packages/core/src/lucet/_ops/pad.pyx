"""nn.functional.pad: borders of a constant, of mirrored or repeated edges, or of the other side.

A border other than a constant is a copy of what stands elsewhere along the padded dimension, so its gradient is the sum into that.
"""

from libc.stdint cimport int64_t
from lucet._dtype cimport INT64
from lucet._engine cimport Node, Run, recording, record, give, tied
from lucet._modes cimport slow_call, passed, thread_state
from lucet._ops._loops cimport convert_into
from lucet._ops._layout cimport says_channels_last, says_channels_last_3d
from lucet._ops.create cimport empty_formatted, fill_with
from lucet._ops.indexing cimport index_sum
from lucet._ops.reduce cimport edge_shape
from lucet._ops.shape cimport intercepted
from lucet._tensor cimport Tensor, data_of, describe, empty_tensor, is_meta, view, CPU

from operator import index

from lucet._device import channels_last, channels_last_3d
from lucet._errors import ShapeError, error
from lucet._registry import op

cdef enum:
    FEW_PLACES = 4                 # of a border that are copied one by one


cdef int constant_vjp(Node n, Tensor g, Run run) except -1:
    """Take the border away again."""
    return give(run, n, 0, constant(g, [-x for x in <list>n.extra], 0))


cdef Tensor inner(Tensor a, list pads, int side):
    """The part of `a` that a padded copy shares: negative pads cut; `side` is -1 for the source, 1 for the result."""
    cdef Py_ssize_t shape[64]
    cdef Py_ssize_t offset = a.offset, before, after
    cdef int i, d
    for i in range(a.ndim_):
        shape[i] = a.shape_[i]
    for i in range(len(pads) // 2):
        d = a.ndim_ - 1 - i
        before = side * pads[2 * i]
        after = side * pads[2 * i + 1]
        if before > 0:
            offset += before * a.strides[d]
            shape[d] -= before
        if after > 0:
            shape[d] -= after
    return view(a, a.ndim_, shape, a.strides, offset)


cdef Tensor constant(Tensor a, list pads, object value):
    """`a` with borders of `value`; recorded."""
    cdef Py_ssize_t shape[64]
    cdef int i, d
    cdef Tensor y
    for i in range(a.ndim_):
        shape[i] = a.shape_[i]
    for i in range(len(pads) // 2):
        d = a.ndim_ - 1 - i
        size = a.shape_[d] + pads[2 * i] + pads[2 * i + 1]
        if not 0 <= size < <Py_ssize_t>1 << 62 or a.shape_[d] + min(pads[2 * i], 0) + min(pads[2 * i + 1], 0) < 0:
            raise error(
                ShapeError,
                f"pad: The input size {a.shape_[d]}, plus negative padding {pads[2 * i]} and {pads[2 * i + 1]} "
                f"resulted in a negative output size {size}, which is invalid. Check dimension {d} of your input.",
            )
        shape[d] = size
    format = channels_last if says_channels_last(a) else channels_last_3d if says_channels_last_3d(a) else None
    y = empty_formatted(a.code, a.ndim_, shape, format, a.storage.device)
    if not is_meta(a):
        fill_with(y, value, b"pad")
        convert_into(inner(y, pads, 1), inner(a, pads, -1))
    if recording(a):
        record(y, constant_vjp, b"ConstantPadNdBackward0", a).extra = pads
    return y


cdef Tensor border_indices(Py_ssize_t size, Py_ssize_t before, Py_ssize_t after, str mode):
    """Which index of the dimension stands at each place of the padded one."""
    cdef Py_ssize_t total = size + before + after, first = -before, k, start
    cdef Tensor places = empty_tensor(INT64, 1, &total, CPU)
    cdef int64_t* at = <int64_t*>data_of(places)
    if mode == "circular":                   # what is cut away does not come back on the other side
        start = -before if before < 0 else 0
        size -= start + (-after if after < 0 else 0)
        for k in range(total):
            at[k] = start + ((k + first - start) % size + size) % size
    elif mode == "replicate":
        for k in range(total):
            at[k] = 0 if k + first < 0 else size - 1 if k + first >= size else k + first
    else:
        for k in range(total):
            start = k + first if k + first >= 0 else -(k + first)
            at[k] = start if start < size else 2 * (size - 1) - start
    return places


# torch's names: reflection and replication of one to three dimensions, and gradients of them.
cdef const char* reflected[3]
cdef const char* replicated[3]
cdef const char* reflected_back[3]
cdef const char* replicated_back[3]
reflected[:] = [b"ReflectionPad1DBackward0", b"ReflectionPad2DBackward0", b"ReflectionPad3DBackward0"]
replicated[:] = [b"ReplicationPad1DBackward0", b"ReplicationPad2DBackward0", b"ReplicationPad3DBackward0"]
reflected_back[:] = [b"ReflectionPad1DBackwardBackward0", b"ReflectionPad2DBackwardBackward0", b"ReflectionPad3DBackwardBackward0"]
replicated_back[:] = [b"ReplicationPad1DBackwardBackward0", b"ReplicationPad2DBackwardBackward0", b"ReplicationPad3DBackwardBackward0"]


cdef int border_vjp(Node n, Tensor g, Run run) except -1:
    """Every place adds to what it was looked up from, one padded dimension after the other."""
    cdef Py_ssize_t shape[64]
    cdef Py_ssize_t between[64]
    cdef int ndim = edge_shape(n, 0, shape), i, d
    cdef Tensor x_grad = g
    pads, mode = n.extra
    for i in reversed(range(<int>(len(pads) // 2))):
        d = ndim - 1 - i
        if pads[2 * i] == 0 and pads[2 * i + 1] == 0:
            continue
        for k in range(ndim):
            between[k] = x_grad.shape_[k]
        between[d] = shape[d]
        x_grad = index_sum(x_grad, [None] * d + [border_indices(shape[d], pads[2 * i], pads[2 * i + 1], mode)], ndim, between)
    if x_grad is g:
        x_grad = g.clone()
    i = <int>(len(pads) // 2) - 1
    if mode == "circular":
        return give(run, n, 0, x_grad)
    return give(run, n, 0, tied(x_grad, n, reflected_back[i] if mode == "reflect" else replicated_back[i], 1, True))


cdef Tensor strip(Tensor y, Tensor a, list pads, int done, Py_ssize_t start, Py_ssize_t count, int step):
    """`count` places of the dimension that the pair `done` of `pads` pads, `step` apart from `start` on; of the dimensions whose
    borders are still to come only the part that is filled."""
    cdef Py_ssize_t shape[64]
    cdef Py_ssize_t strides[64]
    cdef Py_ssize_t offset = y.offset
    cdef int i, d
    for i in range(y.ndim_):
        shape[i] = y.shape_[i]
        strides[i] = y.strides[i]
    for i in range(done, <int>(len(pads) // 2)):
        d = y.ndim_ - 1 - i
        if i == done:
            offset += start * strides[d]
            shape[d] = count
            strides[d] *= step
        else:
            offset += <Py_ssize_t>pads[2 * i] * strides[d]
            shape[d] = a.shape_[d]
    return view(y, y.ndim_, shape, strides, offset)


cdef int fill_border(Tensor y, Tensor a, list pads, int done, Py_ssize_t at, Py_ssize_t start, Py_ssize_t count, int step) except -1:
    """The places from `at` on take the elements from `start` on. A few are copied one by one, each for all lines at once."""
    cdef Py_ssize_t k
    if count > FEW_PLACES:
        return convert_into(strip(y, a, pads, done, at, count, 1), strip(y, a, pads, done, start, count, step))
    for k in range(count):
        convert_into(strip(y, a, pads, done, at + k, 1, 1), strip(y, a, pads, done, start + k * step, 1, 1))
    return 0


cdef Tensor widened(Tensor a, list pads, str mode):
    """`a` inside its borders, none of them negative; no history."""
    cdef Py_ssize_t shape[64]
    cdef Py_ssize_t before, after, size
    cdef int i
    cdef Tensor y
    for i in range(a.ndim_):
        shape[i] = a.shape_[i]
    for i in range(<int>(len(pads) // 2)):
        shape[a.ndim_ - 1 - i] += <Py_ssize_t>pads[2 * i] + <Py_ssize_t>pads[2 * i + 1]
    format = None                                                      # torch's circular borders forget the memory format
    if mode != "circular":
        format = channels_last if says_channels_last(a) else channels_last_3d if says_channels_last_3d(a) else None
    y = empty_formatted(a.code, a.ndim_, shape, format, a.storage.device)
    if is_meta(a) or y.numel_ == 0:
        return y
    convert_into(inner(y, pads, 1), a)
    for i in range(<int>(len(pads) // 2)):
        before, after, size = pads[2 * i], pads[2 * i + 1], a.shape_[a.ndim_ - 1 - i]
        if mode == "reflect":
            fill_border(y, a, pads, i, 0, 2 * before, before, -1)
            fill_border(y, a, pads, i, before + size, before + size - 2, after, -1)
        elif mode == "replicate":
            fill_border(y, a, pads, i, 0, before, before, 0)
            fill_border(y, a, pads, i, before + size, before + size - 1, after, 0)
        else:
            fill_border(y, a, pads, i, 0, size, before, 1)
            fill_border(y, a, pads, i, before + size, before, after, 1)
    return y


cdef Tensor bordered(Tensor a, list pads, str mode):
    """Recorded as one op. Negative pads cut: before the other side comes, but after edges are mirrored, which may show what is cut."""
    cdef int before = thread_state().grad_enabled, i, padded = <int>(len(pads) // 2)
    cdef Tensor y = a
    cdef Node n
    if a.ndim_ - padded not in (1, 2) or padded not in (1, 2, 3):
        raise NotImplementedError("Only 2D, 3D, 4D, 5D padding with non-constant padding are supported for now")
    for i in range(padded):
        _check_border(a, a.ndim_ - 1 - i, pads[2 * i], pads[2 * i + 1], mode)
    more = [max(x, 0) for x in pads]
    less = [min(x, 0) for x in pads]
    thread_state().grad_enabled = 0
    try:
        if mode == "circular" and any(less):
            y = constant(y, less, 0)
        y = widened(y, more, mode)
        if mode != "circular" and any(less):
            y = constant(y, less, 0)
    finally:
        thread_state().grad_enabled = before
    if recording(a):
        if mode == "circular":
            n = record(y, border_vjp, b"CopySlices", a)
        else:
            n = record(y, border_vjp, reflected[padded - 1] if mode == "reflect" else replicated[padded - 1], a)
        n.extra = (pads, mode)
    return y


cdef int _check_border(Tensor a, int d, Py_ssize_t before, Py_ssize_t after, str mode) except -1:
    cdef Py_ssize_t size = a.shape_[d], left = size + min(before, 0) + min(after, 0)      # what is not cut
    if size + before + after < 1 or before < -size or after < -size:
        raise error(
            ShapeError,
            f"pad: input size {size} with padding ({before}, {after}) at dimension {d} gives an output that is too "
            "small",
            facts=[describe(a)],
        )
    if size == 0 or mode == "circular" and left < 1:
        raise error(ShapeError, f"pad: {mode} padding of dimension {d}, of which no elements are left", facts=[describe(a)])
    if mode == "circular" and (before > left or after > left):
        raise error(
            ShapeError,
            "pad: Padding value causes wrapping around more than once.",
            facts=[f"{describe(a)}, dimension {d}, padding ({before}, {after})"],
        )
    if mode == "reflect" and (before >= size or after >= size):
        raise error(
            ShapeError,
            f"pad: Padding size should be less than the corresponding input dimension, but got: padding ({before}, "
            f"{after}) at dimension {d} of input {[a.shape_[k] for k in range(a.ndim_)]}",
        )
    return 0


def pad_function(Tensor input not None, pad, mode="constant", value=None):
    """pad(input, pad, mode="constant", value=None) -> Tensor

    `input` with borders: `pad` is (before, after) for the last dimension, then for the one before it, and so on; negative numbers cut.
    Modes: "constant" (`value`, 0 if None), "reflect" (mirrored without the edge), "replicate" (the edge repeated), "circular" (the
    other side). The last three pad the last one to three dimensions of a tensor with one or two more.
    ShapeError for borders that do not fit, NotImplementedError for an unknown mode.

    >>> import lucet
    >>> lucet.nn.functional.pad(lucet.tensor([1, 2]), (1, 0))
    tensor([0, 1, 2])
    """
    if intercepted(input):
        result = slow_call(pad_function, (input, pad, mode, value), {})
        if result is not passed:
            return result
    if not isinstance(pad, (tuple, list)):
        raise TypeError(f"pad(): argument 'pad' must be tuple of ints, not {type(pad).__name__}")
    cdef list pads = [index(x) for x in pad]
    if len(pads) % 2:
        raise RuntimeError(f"pad: Padding length must be divisible by 2, got {len(pads)}")
    if len(pads) // 2 > input.ndim_:
        raise error(
            ShapeError,
            "pad: Padding length should be less than or equal to two times the input dimension but got padding "
            f"length {len(pads)} and input of dimension {input.ndim_}",
        )
    for x in pads:
        if not -(1 << 60) < x < 1 << 60:
            raise error(ShapeError, f"pad: a border of {x} overflows")
    if mode == "constant":
        return constant(input, pads, 0 if value is None else value)
    if value is not None and value != 0:
        raise RuntimeError(f'pad: Padding mode "{mode}" doesn\'t take in value argument')
    if mode not in ("reflect", "replicate", "circular"):
        raise NotImplementedError(f"pad: Unrecognised padding mode {mode}")
    return bordered(input, pads, mode)


op(pad_function, name="pad", public=False, method=False, also="nn.functional", family="pad",
   samples=lambda r: [
       (r(2, 3), (1, 2)), (r(2, 3), (-1, 1, 0, 2)), (r(1, 4), (2, 1), "reflect"), (r(1, 2, 3, 4), (1, 1, 2, 0), "replicate"),
       (r(1, 3), (1, 2), "circular"),
   ])
