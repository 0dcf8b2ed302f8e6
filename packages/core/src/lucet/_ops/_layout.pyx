"""The hidden channels-last layout of images: which tensors have it, and how ops get and make them. The rules are in the .pxd."""

from lucet._dtype cimport FLOAT32, FLOAT64, itemsize_of
from lucet._storage cimport turn_planes, raw_data, CPU
from lucet._ops._loops cimport convert_into
from lucet._tensor cimport Tensor, data_of, empty_tensor, empty_like, empty_permuted, is_meta, same_shape, F_CONTIGUOUS

import os

force_images = os.environ.get("LUCET_LAYOUT", "") == "force"


cdef bint may_hide(int code, int ndim, const Py_ssize_t* shape) noexcept:
    """Whether such images can have the layout, and it differs from the plain one."""
    return (
        ndim == 4 and (code == FLOAT32 or code == FLOAT64) and shape[0] > 0 and shape[1] > 1 and shape[2] * shape[3] > 1
    )


cdef bint says_channels_last(Tensor t) noexcept:
    """Whether the strides of a 4-d tensor say channels-last, by torch's rule for telling so (it decides for sizes of 1)."""
    return t.ndim_ == 4 and _channels_are_innermost(t)


cdef bint says_channels_last_3d(Tensor t) noexcept:
    """The same of a 5-d tensor."""
    return t.ndim_ == 5 and _channels_are_innermost(t)


cdef bint _channels_are_innermost(Tensor t) noexcept:
    cdef int i, k
    cdef Py_ssize_t least = 0
    if t.strides[1] == 0:
        return False
    for k in range(t.ndim_):
        i = 1 if k == 0 else 0 if k == t.ndim_ - 1 else t.ndim_ - k      # channels, then from the last dimension, then the batch
        if t.shape_[i] == 0 or t.strides[i] < least or i == 0 and least == t.strides[1]:
            return False
        least = t.strides[i] * (t.shape_[i] if t.shape_[i] > 1 else 1)
    return True


cdef Tensor empty_image(int code, const Py_ssize_t* shape, bint visible=False):
    """An uninitialised batch of images (n, c, h, w) that lie channels-last: by the hidden layout, or by its own strides."""
    cdef Tensor t
    cdef int order[4]
    if visible:
        order[0], order[1], order[2], order[3] = 0, 2, 3, 1
        return empty_permuted(code, 4, shape, order, CPU)
    t = empty_tensor(code, 4, shape, CPU)
    if not may_hide(code, 4, shape):                       # both layouts are one
        return t
    t.storage.channels = shape[1]
    t.storage.pixels = shape[2] * shape[3]
    t.storage.itemsize = itemsize_of[code]
    return t


cdef Tensor empty_image_as(Tensor a, int code, const Py_ssize_t* shape):
    """The same for a result computed from a: where a's own strides say channels-last, the result's do so too."""
    return empty_image(code, shape, says_channels_last(a))


cdef Tensor empty_as(Tensor a, int code):
    """An uninitialised tensor in the shape, order and layout of a: for elementwise ops that know the layout."""
    if a.storage.channels and hidden(a) or force_images and a.storage.device == CPU and a.flags & F_CONTIGUOUS and a.ndim_ == 4:
        if may_hide(code, 4, a.shape_):
            return empty_image(code, a.shape_)
    return empty_like(a, code)


cdef bint is_image_order(Tensor t) noexcept:
    """Whether the elements of a 4-d tensor lie as [n][h][w][c] where `raw_of` points: hidden, or so by its strides."""
    if t.storage.channels:
        return hidden(t)
    return (
        (t.shape_[1] == 1 or t.strides[1] == 1) and (t.shape_[3] == 1 or t.strides[3] == t.shape_[1])
        and (t.shape_[2] == 1 or t.strides[2] == t.shape_[3] * t.shape_[1])
        and (t.shape_[0] == 1 or t.strides[0] == t.shape_[2] * t.shape_[3] * t.shape_[1])
    )


cdef Tensor channels_last(Tensor t):
    """t, if its elements lie as [n][h][w][c], else a copy in which they do; read it through `raw_of`. No history.

    Views of hidden storage are settled first, so nothing moves what the result points at until the next `data_of`.
    """
    cdef Tensor made
    cdef int order[4]
    settle_views(t)
    if is_image_order(t):
        return t
    order[0], order[1], order[2], order[3] = 0, 2, 3, 1
    made = empty_permuted(t.code, 4, t.shape_, order, t.storage.device)
    if is_meta(t):
        return made
    if t.flags & F_CONTIGUOUS and (itemsize_of[t.code] == 4 or itemsize_of[t.code] == 8):
        turn_planes(data_of(t), raw_data(made.storage), t.shape_[0], t.shape_[1], t.shape_[2] * t.shape_[3], itemsize_of[t.code])
    else:
        convert_into(made, t)
    return made


cdef Tensor aligned(Tensor t, Tensor y):
    """An operand for a loop that writes y: turned channels-last where y is hidden and t is not, for walking across planes is slower."""
    if y.storage.channels and not t.storage.channels and t.flags & F_CONTIGUOUS and same_shape(t, y) and itemsize_of[t.code] >= 4:
        return channels_last(t)
    return t
