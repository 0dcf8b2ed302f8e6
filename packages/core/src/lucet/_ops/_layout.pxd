# The hidden channels-last layout: images whose storage holds [pixel][channel] while the tensor reports torch's strides.
#
# An op that knows the layout looks at `hidden(t)` before it asks `data_of(t)`, which would turn the bytes. The rules:
#   - a hidden layout is only ever given to storage that an op has just made (`empty_image`), never to one that others hold;
#   - whoever reads or writes through `raw_of` has first called `settle_views` for all its operands: another view of the
#     same storage would turn the bytes, and with them move the block;
#   - everything else calls `data_of` as ever, and gets the plain layout.
from lucet._dtype cimport itemsize_of
from lucet._storage cimport raw_data, settle, CPU
from lucet._tensor cimport Tensor, F_CONTIGUOUS

# LUCET_LAYOUT=force: every image that an op which knows the layout makes has it, for tests; else results of convolutions do,
# and what is computed from them.
cdef bint force_images

cdef inline bint hidden(Tensor t) noexcept:
    """Whether t is a whole batch of images in the hidden layout."""
    return t.storage.channels != 0 and _is_whole(t)

cdef inline bint _is_whole(Tensor t) noexcept:
    return (
        t.ndim_ == 4 and t.flags & F_CONTIGUOUS and t.shape_[1] == t.storage.channels
        and t.shape_[2] * t.shape_[3] == t.storage.pixels and itemsize_of[t.code] == t.storage.itemsize
        and t.numel_ * itemsize_of[t.code] == t.storage.used and t.offset == 0
    )

cdef inline void settle_views(Tensor t) noexcept:
    """The plain layout for a tensor that views hidden storage in another shape."""
    if t.storage.channels != 0 and not _is_whole(t):
        settle(t.storage)

cdef inline bint same_layout(Tensor a, Tensor b) noexcept:
    """Whether the elements of two tensors of one shape follow each other in the same order, both plain or both hidden."""
    return a.storage.channels == 0 and b.storage.channels == 0 or hidden(a) and hidden(b)

# The first byte, in the layout that the tensor has.
cdef inline char* raw_of(Tensor t) noexcept:
    return raw_data(t.storage) + t.offset * itemsize_of[t.code]

cdef inline bint as_images(Tensor t) noexcept:
    """Whether an op that can compute either way computes t (4-d) channels-last: because it lies so, or for tests."""
    return t.storage.channels != 0 and hidden(t) or says_channels_last(t) or force_images

cdef bint says_channels_last(Tensor t) noexcept
cdef bint says_channels_last_3d(Tensor t) noexcept
cdef bint may_hide(int code, int ndim, const Py_ssize_t* shape) noexcept
cdef Tensor empty_image(int code, const Py_ssize_t* shape, bint visible=*)
cdef Tensor empty_image_as(Tensor a, int code, const Py_ssize_t* shape)
cdef Tensor empty_as(Tensor a, int code)
cdef bint is_image_order(Tensor t) noexcept
cdef Tensor channels_last(Tensor t)
cdef Tensor aligned(Tensor t, Tensor y)
