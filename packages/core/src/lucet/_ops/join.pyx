"""Joining, splitting and rearranging copies: cat, stack, split, repeat, flip, roll, triangles, diagonals as matrices.

Joins copy runs of memory where the inputs are row-major and of one type, and go through the general copy otherwise.
Views of parts are in shape.pyx, picking by index in indexing.pyx, borders in pad.pyx.
"""

from libc.stdlib cimport malloc, free
from libc.string cimport memcpy, memset
from lucet._dtype cimport FLOAT32, INT32, INT64, itemsize_of, dtype_object, promote, can_cast
from lucet._engine cimport (
    Node, Run, vjp_fn, engine_ops, recording, requires_grad, new_node, connect, set_history, record, named, check_inplace, rebase, needs,
    give, grad_of, zeros_of_output,
)
from lucet._kernels.dispatch cimport K
from lucet._modes cimport thread_state, slow_call, view_call, passed
from lucet._ops._loops cimport (
    Operand, operand_of, iterate, convert_into, contiguous, broadcast2, prepare_out, check_no_internal_overlap, check_out_overlap, CHEAP,
)
from lucet._ops._layout cimport says_channels_last, says_channels_last_3d
from lucet._ops.create cimport empty_formatted
from lucet._ops.shape cimport (
    dim_of, ints_of, intercepted, edge_shape, reshape_to, expand_to, unsqueeze_at, select_at, slice_of, diagonal_of, zero_fill,
    meta_of, strides_for,
)
from lucet._tensor cimport (
    Tensor, MAX_DIMS, CPU, META, F_CONTIGUOUS, F_MULTI_VIEW, bump, checked_numel, data_of, describe, empty_like,
    empty_tensor, is_meta, is_plain, read_size, same_shape, strided_over, view,
)
from lucet._threads cimport run_unlocked


from lucet._device import channels_last, channels_last_3d
from lucet._errors import DtypeError, ShapeError, error, warn_once
from lucet._registry import alias as _alias, dress, op
from lucet._tensor import attach

cdef enum:
    SERIAL = 400000            # bytes below which a copy is not split
    TASK = 262144              # bytes a task copies
    OUTER = 256                # outer indices of a join that are copied from one tensor at a time


# --- lists of tensors -------------------------------------------------------------------------------------------------

cdef list tensors_of(object tensors, str name, bint* special):
    """The tensors of a sequence as a list; says whether the call must be offered to modes or subclasses."""
    cdef list found
    if isinstance(tensors, Tensor) or not isinstance(tensors, (list, tuple)):
        raise TypeError(f"{name}(): argument 'tensors' must be tuple of Tensors, not {type(tensors).__name__}")
    found = list(tensors)
    special[0] = thread_state().modes != 0
    for i, x in enumerate(found):
        if not isinstance(x, Tensor):
            raise TypeError(f"{name}: expected Tensor as element {i} in argument 0, but got {type(x).__name__}")
        if not is_plain(x):
            special[0] = True
    return found


cdef list sizes_list(Tensor a):
    cdef int i
    return [a.shape_[i] for i in range(a.ndim_)]


include "join_cat.pxi"
include "join_split.pxi"
include "join_copies.pxi"
include "join_matrices.pxi"
