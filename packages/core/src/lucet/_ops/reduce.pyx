"""Reductions over dimensions: sum, mean, prod, extremes, any/all, norms, variances, running sums. Sorting has its own file.

A reduction walks outputs in row-major order and folds each one's elements into an accumulator (`_kernels/reduce.pxi.tp`).
Dimensions that lie in one run are joined first, so a full reduction of a dense tensor is one run, a reduction of the last
dimension a run per output, and a reduction of outer dimensions adds whole rows. Long work is cut by shape alone; where the
cut goes through the reduced elements, the pieces' results are folded again in their order.
"""

from cpython.ref cimport Py_INCREF
from cpython.tuple cimport PyTuple_SET_ITEM
from libc.stdint cimport int64_t, uint64_t
from libc.math cimport NAN, INFINITY
from libc.stdlib cimport malloc, free
from libc.string cimport memchr, memcpy, memset
from lucet._dtype cimport (
    BOOL, UINT8, INT16, INT64, FLOAT16, BFLOAT16, FLOAT32, FLOAT64, COMPLEX64, NUM_CODES, CAT_BOOL, CAT_INT, CAT_FLOAT, CAT_COMPLEX,
    category_of, itemsize_of, real_of, can_cast, promote, dtype_object, code_of, default_code,
)
from lucet._engine cimport (
    Node, Run, vjp_fn, engine_ops, requires_grad, recording, recording2, new_node, connect, set_history, save, save_output, saved,
    saved_tensor, check_inplace, rebase, needs, give, edge_node, record, grad_of,
)
from lucet._kernels.dispatch cimport K
from lucet._kernels.kernels cimport *
from lucet._modes cimport thread_state, slow_call, passed
from lucet._ops.convert cimport cast_to
from lucet._ops._loops cimport check_no_internal_overlap, check_out_overlap, prepare_out, convert_into, converted, contiguous
from lucet._ops.pointwise cimport add, conj_of, sub, mul, div, neg, where
from lucet._ops.shape cimport parts_of
from lucet._tensor cimport (
    Tensor, is_plain, is_contiguous, is_meta, same_shape, data_of, empty_tensor, scalar_tensor, view, bump, describe, wrap_dim,
    shape_tuple, check_reach, F_CONTIGUOUS, CPU, META,
)
from lucet._threads cimport parallel_for, run_unlocked, begin_unlocked, end_unlocked

import warnings

from lucet import return_types
from lucet._errors import DtypeError, ShapeError, error
from lucet._ops.pointwise import also_complex
from lucet._registry import OPS, op, alias

cdef extern from "Python.h":
    object PyType_GenericAlloc(type kind, Py_ssize_t items)

cdef enum:
    SERIAL = 200000                # elements (times cost) below which nothing is split
    HOLD_LOCK = 800000
    TASK = 131072
    PIECE = 65536                  # elements of one piece where the reduced elements themselves are cut
    FAST = 16384                   # elements of a full reduction that needs no plan
    FEW_ROWS = 32                  # that are summed in one pass: more of them would be read from too many places at once
    WIDE = 64                      # columns from which that pays


# --- sets of dimensions ----------------------------------------------------------------------------------------------

cdef uint64_t all_dims(int ndim) noexcept nogil:
    return ~<uint64_t>0 if ndim >= 64 else (<uint64_t>1 << ndim) - 1


cdef uint64_t dims_mask(object dim, int ndim, const char* name) except? 0:
    """The dimensions named by None (all), an int, or a sequence of ints (empty: all), as bits."""
    cdef uint64_t mask = 0, bit
    if dim is None:
        return all_dims(ndim)
    if not isinstance(dim, (tuple, list)):
        return <uint64_t>1 << one_dim(dim, ndim, name)
    for d in dim:
        bit = <uint64_t>1 << one_dim(d, ndim, name)
        if mask & bit:
            raise RuntimeError(f"{name.decode()}: dim {wrap_dim(d, ndim, name)} appears multiple times in the list of dims")
        mask |= bit
    return mask if len(dim) else all_dims(ndim)


cdef int one_dim(object dim, int ndim, const char* name) except -1:
    if isinstance(dim, bool) or not isinstance(dim, int) and not hasattr(dim, "__index__"):
        raise TypeError(f"{name.decode()}(): argument 'dim' must be int or tuple of ints, not {type(dim).__name__}")
    return wrap_dim(dim, ndim, name)


cdef Py_ssize_t count_in(Tensor a, uint64_t mask) noexcept:
    """How many elements the dimensions of `mask` hold."""
    cdef Py_ssize_t n = 1
    cdef int d
    for d in range(a.ndim_):
        if mask >> d & 1:
            n *= a.shape_[d]
    return n


cdef Tensor new_reduced(Tensor a, uint64_t mask, bint keepdim, int code):
    """An uninitialised tensor for what is left of `a` without the dimensions of `mask` (with size 1 if they are kept)."""
    cdef Py_ssize_t shape[64]
    cdef int d, ndim = 0
    for d in range(a.ndim_):
        if not mask >> d & 1:
            shape[ndim] = a.shape_[d]
            ndim += 1
        elif keepdim:
            shape[ndim] = 1
            ndim += 1
    return empty_tensor(code, ndim, shape, a.storage.device)


cdef object pair_of(object kind, object first, object second):
    """A named result of two parts, without the detours of a call."""
    cdef object pair = PyType_GenericAlloc(<type>kind, 2)
    Py_INCREF(first)
    PyTuple_SET_ITEM(pair, 0, first)
    Py_INCREF(second)
    PyTuple_SET_ITEM(pair, 1, second)
    return pair


cdef bint flag(object keepdim, const char* name) except -1:
    if keepdim is False:
        return False
    if keepdim is True:
        return True
    raise TypeError(f"{name.decode()}(): argument 'keepdim' must be bool, not {type(keepdim).__name__}")


# --- the walk --------------------------------------------------------------------------------------------------------

cdef struct Plan:
    fold_fn fold
    fold_fn second                 # folds again around the mean, for variances
    fold_fn combine                # joins the results of pieces
    bint on_ints
    bint takes_index
    finish_fn finish
    finish_fn finish2
    void (*sum_rows)(const char* x, Py_ssize_t step, Py_ssize_t rows, Py_ssize_t columns, double count, char* out) noexcept nogil
    double count                   # what `sum_rows` divides by
    int how
    int how2
    char* out
    char* out2
    int out_size
    int out2_size
    double p
    double q
    const char* x
    int size
    int code
    int kept
    int reduced
    Py_ssize_t kept_shape[64]      # innermost first, in elements
    Py_ssize_t kept_step[64]
    Py_ssize_t red_shape[64]       # smallest step first, 0 last
    Py_ssize_t red_step[64]
    Py_ssize_t out_n
    Py_ssize_t task                # outputs of one task
    Py_ssize_t piece               # steps of the outermost reduced dimension in one piece
    Py_ssize_t pieces
    double* d                      # results of pieces, [output][piece]
    double* e                      # centres, [output]
    double* f
    int64_t* i
    int64_t* k


cdef void _lay_out(Plan* p, Tensor a, uint64_t mask) noexcept:
    """Kept and reduced dimensions of `a`, joined where they lie in one run."""
    cdef int d, j
    cdef Py_ssize_t shape, step
    p.kept = p.reduced = 0
    p.out_n = 1
    for d in range(a.ndim_ - 1, -1, -1):
        shape = a.shape_[d]
        step = a.strides[d]
        if not mask >> d & 1:
            p.out_n *= shape
            if shape == 1:
                continue
            if p.kept and step == p.kept_step[p.kept - 1] * p.kept_shape[p.kept - 1]:
                p.kept_shape[p.kept - 1] *= shape
                continue
            p.kept_shape[p.kept] = shape
            p.kept_step[p.kept] = step
            p.kept += 1
        elif shape != 1:
            j = p.reduced
            while j and <size_t>(p.red_step[j - 1] - 1) > <size_t>(step - 1):      # repeated elements (0) outermost
                p.red_step[j] = p.red_step[j - 1]
                p.red_shape[j] = p.red_shape[j - 1]
                j -= 1
            p.red_step[j] = step
            p.red_shape[j] = shape
            p.reduced += 1
    j = 0
    for d in range(1, p.reduced):
        if p.red_step[d] == p.red_step[j] * p.red_shape[j]:
            p.red_shape[j] *= p.red_shape[d]
        else:
            j += 1
            p.red_shape[j] = p.red_shape[d]
            p.red_step[j] = p.red_step[d]
    if p.reduced:
        p.reduced = j + 1
    if count_in(a, mask) == 0 or p.reduced == 0:
        p.reduced = 1
        p.red_shape[0] = 0 if count_in(a, mask) == 0 else 1
        p.red_step[0] = 0
    if p.kept == 0:
        p.kept = 1
        p.kept_shape[0] = 1
        p.kept_step[0] = 0


cdef void _gather(Plan* p, fold_fn fold, Acc* acc, Py_ssize_t at, const char* x, Py_ssize_t count, Py_ssize_t lo, Py_ssize_t hi) noexcept nogil:
    """Fold steps lo..hi of the outermost reduced dimension, and all of the inner ones, for `count` outputs."""
    cdef Py_ssize_t index[64]
    cdef int d, last = p.reduced - 1
    cdef bint first = True
    x += lo * p.red_step[last] * p.size
    if last == 0:
        fold(acc, at, x, p.red_step[0], hi - lo, p.kept_step[0], count, lo, p.p, True)
        return
    for d in range(last + 1):
        index[d] = 0
    while True:
        fold(acc, at, x, p.red_step[0], p.red_shape[0], p.kept_step[0], count, 0, p.p, first)
        first = False
        d = 1
        while True:
            index[d] += 1
            x += p.red_step[d] * p.size
            if index[d] < (hi - lo if d == last else p.red_shape[d]):
                break
            if d == last:
                return
            x -= index[d] * p.red_step[d] * p.size
            index[d] = 0
            d += 1


cdef inline const char* _run_of_outputs(Plan* p, Py_ssize_t output, Py_ssize_t* run) noexcept nogil:
    """Where the elements of an output begin, and how many outputs from it on lie in one run of the innermost kept dimension."""
    cdef Py_ssize_t rest = output, inner = output, offset
    cdef int d
    if p.kept > 1:
        inner = output % p.kept_shape[0]
        rest = output // p.kept_shape[0]
    offset = inner * p.kept_step[0]
    for d in range(1, p.kept):
        offset += rest % p.kept_shape[d] * p.kept_step[d]
        rest //= p.kept_shape[d]
    run[0] = p.kept_shape[0] - inner
    return p.x + offset * p.size


cdef void _gather_block(Plan* p, fold_fn fold, Acc* acc, Py_ssize_t start, Py_ssize_t n, Py_ssize_t lo, Py_ssize_t hi) noexcept nogil:
    """Fold outputs start..start+n (at most a block) run by run of the innermost kept dimension."""
    cdef Py_ssize_t at = 0, run
    cdef const char* x
    while at < n:
        x = _run_of_outputs(p, start + at, &run)
        if run > n - at:
            run = n - at
        _gather(p, fold, acc, at, x, run, lo, hi)
        at += run


cdef void _centre(Plan* p, Acc* acc, Py_ssize_t n) noexcept nogil:
    """Sums become means, rounded to the element type (e), and what that left of the sum (f)."""
    cdef Py_ssize_t c
    cdef double m
    for c in range(n):
        m = acc.d[c] / p.q
        acc.e[c] = <float>m if p.code == FLOAT32 else m
        acc.f[c] = acc.d[c] - acc.e[c] * p.q


cdef void _finish(Plan* p, Acc* acc, Py_ssize_t start, Py_ssize_t n) noexcept nogil:
    p.finish(acc, n, p.out + start * p.out_size, p.how, p.p, p.q)
    if p.out2 != NULL:
        p.finish2(acc, n, p.out2 + start * p.out2_size, p.how2, p.p, p.q)


cdef void _outputs_task(void* context, Py_ssize_t task, int worker) noexcept nogil:
    """Whole outputs, a block at a time; sums of few rows run by run."""
    cdef Plan* p = <Plan*>context
    cdef Acc acc
    cdef Py_ssize_t start = task * p.task, n
    cdef Py_ssize_t stop = start + p.task if start + p.task < p.out_n else p.out_n
    cdef Py_ssize_t extent = p.red_shape[p.reduced - 1]
    cdef const char* x
    while p.sum_rows != NULL and start < stop:
        x = _run_of_outputs(p, start, &n)
        if n > stop - start:
            n = stop - start
        p.sum_rows(x, p.red_step[0], extent, n, p.count, p.out + start * p.out_size)
        start += n
    while start < stop:
        n = stop - start if stop - start < LUCET_ACC else LUCET_ACC
        _gather_block(p, p.fold, &acc, start, n, 0, extent)
        if p.second != NULL:
            _centre(p, &acc, n)
            _gather_block(p, p.second, &acc, start, n, 0, extent)
        _finish(p, &acc, start, n)
        start += n


cdef void _piece_task(void* context, Py_ssize_t task, int worker) noexcept nogil:
    """All outputs over one piece of the reduced elements."""
    cdef Plan* p = <Plan*>context
    cdef Acc acc
    cdef Py_ssize_t start = 0, n, c, extent = p.red_shape[p.reduced - 1]
    cdef Py_ssize_t lo = task * p.piece
    cdef Py_ssize_t hi = lo + p.piece if lo + p.piece < extent else extent
    while start < p.out_n:
        n = p.out_n - start if p.out_n - start < LUCET_ACC else LUCET_ACC
        if p.e != NULL:
            for c in range(n):
                acc.e[c] = p.e[start + c]
        _gather_block(p, p.fold, &acc, start, n, lo, hi)
        for c in range(n):
            if p.on_ints:
                p.i[(start + c) * p.pieces + task] = acc.i[c]
            else:
                p.d[(start + c) * p.pieces + task] = acc.d[c]
            if p.takes_index:
                p.k[(start + c) * p.pieces + task] = acc.k[c]
        start += n


cdef void _join_pieces(Plan* p, Acc* acc, Py_ssize_t start, Py_ssize_t n) noexcept nogil:
    """Fold the pieces' results of n outputs in their order."""
    cdef Py_ssize_t c
    for c in range(n):
        if p.on_ints:
            p.combine(acc, c, <char*>(p.i + (start + c) * p.pieces), 1, p.pieces, 0, 1, 0, p.p, True)
        else:
            p.combine(acc, c, <char*>(p.d + (start + c) * p.pieces), 1, p.pieces, 0, 1, 0, p.p, True)
        if p.takes_index:
            acc.k[c] = p.k[(start + c) * p.pieces + acc.k[c]]
        if p.e != NULL:
            acc.e[c] = p.e[start + c]
            acc.f[c] = p.f[start + c]


cdef int _run_pieces(Plan* p) except -1:
    cdef Acc acc
    cdef Py_ssize_t start, n, c, total = p.out_n * p.pieces
    cdef int64_t* room = <int64_t*>malloc((2 * total + 2 * p.out_n) * 8)
    if room == NULL:
        raise MemoryError("no room for the partial results of a reduction")
    p.i = room
    p.d = <double*>room
    p.k = room + total
    p.e = NULL
    begin_unlocked()
    with nogil:
        parallel_for(p.pieces, _piece_task, p)
        if p.second != NULL:
            p.e = <double*>(room + 2 * total)
            p.f = p.e + p.out_n
            start = 0
            while start < p.out_n:
                n = p.out_n - start if p.out_n - start < LUCET_ACC else LUCET_ACC
                for c in range(n):
                    p.combine(&acc, c, <char*>(p.d + (start + c) * p.pieces), 1, p.pieces, 0, 1, 0, p.p, True)
                _centre(p, &acc, n)
                for c in range(n):
                    p.e[start + c] = acc.e[c]
                    p.f[start + c] = acc.f[c]
                start += n
            p.fold = p.second
            parallel_for(p.pieces, _piece_task, p)
        start = 0
        while start < p.out_n:
            n = p.out_n - start if p.out_n - start < LUCET_ACC else LUCET_ACC
            _join_pieces(p, &acc, start, n)
            _finish(p, &acc, start, n)
            start += n
    end_unlocked()
    free(room)
    return 0


cdef void _cut(Plan* p, Py_ssize_t red_n, int cost) noexcept:
    """Tasks of whole outputs where there are enough of them, else pieces of the reduced elements. By shape alone."""
    cdef Py_ssize_t extent = p.red_shape[p.reduced - 1], rows
    cdef bint by_rows
    p.pieces = 1
    p.task = p.out_n
    if p.code >= COMPLEX64 and not p.on_ints:               # a piece keeps one number for each result
        return
    if p.out_n == 0 or red_n == 0 or p.out_n * red_n * cost < SERIAL:
        return
    p.task = TASK // (red_n * cost) + 1
    by_rows = p.kept_step[0] == 1 and p.kept_shape[0] >= 8 and p.red_step[0] != 1
    if by_rows and p.task < LUCET_ACC:
        p.task = LUCET_ACC
    if red_n <= PIECE and not by_rows or p.out_n >= 4 * p.task or p.out_n > 4 * LUCET_ACC:
        return
    rows = PIECE * extent // (p.out_n * red_n) + 1           # steps of the outermost dimension that make a piece
    if rows < 1 or rows >= extent:
        return
    p.pieces = (extent + rows - 1) // rows
    if p.pieces > 4096:
        p.pieces = 4096
    p.piece = (extent + p.pieces - 1) // p.pieces
    p.pieces = (extent + p.piece - 1) // p.piece
    p.task = p.out_n


cdef int _combining(int op) noexcept:
    """The fold that joins results of pieces."""
    if op == RED_MAXABS:
        return RED_MAX
    if op == RED_MINABS:
        return RED_MIN
    if op in (RED_PROD, RED_MAX, RED_MIN, RED_ARGMAX, RED_ARGMIN):
        return op
    return RED_SUM


cdef int _cost(int op) noexcept:
    if op == RED_SUMPOW:
        return 24
    if op == RED_PROD or op == RED_DEV or op == RED_SUMABS:
        return 4
    return 2 if op == RED_ARGMAX or op == RED_ARGMIN or op == RED_NANSUM else 1


cdef int reduce_into(int op, Tensor a, uint64_t mask, Tensor out, int how, Tensor out2=None, int how2=0, double p=1) except -1:
    """Fold the dimensions of `mask` of `a` into `out` (and `out2`): dense tensors in the order of the kept dimensions.

    RED_DEV stands for the two walks of a variance. `a` has an element type with a fold; the caller has checked emptiness.
    """
    cdef Plan plan
    cdef Py_ssize_t red_n = count_in(a, mask)
    if is_meta(a) or is_meta(out):
        return 0
    plan.fold = K.fold[RED_SUM if op == RED_DEV else op][a.code]
    plan.second = K.fold[RED_DEV][a.code] if op == RED_DEV else NULL
    plan.on_ints = op == RED_NONZERO or a.code < FLOAT16
    plan.combine = K.fold[_combining(op)][INT64 if plan.on_ints else FLOAT64]
    plan.takes_index = op == RED_ARGMAX or op == RED_ARGMIN
    plan.finish = K.finish[out.code]
    plan.how = how
    plan.out = data_of(out)
    plan.out_size = itemsize_of[out.code]
    plan.out2 = NULL
    if out2 is not None:
        plan.finish2 = K.finish[out2.code]
        plan.how2 = how2
        plan.out2 = data_of(out2)
        plan.out2_size = itemsize_of[out2.code]
    plan.p = p
    plan.q = <double>red_n
    plan.x = data_of(a)
    plan.size = itemsize_of[a.code]
    plan.code = a.code
    plan.e = NULL
    _lay_out(&plan, a, mask)
    _cut(&plan, red_n, _cost(op))
    plan.sum_rows = NULL
    if (
        op == RED_SUM and a.code == out.code and (a.code == FLOAT32 or a.code == FLOAT64) and (how == FIN_VALUE or how == FIN_MEAN)
        and plan.pieces == 1 and plan.reduced == 1 and 0 < red_n <= FEW_ROWS and plan.kept_step[0] == 1 and plan.kept_shape[0] >= WIDE
    ):
        plan.sum_rows = K.sum_rows[a.code == FLOAT64]
        plan.count = p if how == FIN_MEAN else 1
    if plan.pieces > 1:
        return _run_pieces(&plan)
    if plan.task >= plan.out_n:
        if plan.out_n:
            plan.task = plan.out_n
            _outputs_task(&plan, 0, 0)
        return 0
    run_unlocked((plan.out_n + plan.task - 1) // plan.task, _outputs_task, &plan)
    return 0


cdef Tensor foldable(Tensor a, const char* name):
    """`a` in a type that folds exist for: half types as float32. DtypeError for complex."""
    if a.code == FLOAT16 or a.code == BFLOAT16:
        return converted(a, FLOAT32)
    if a.code >= COMPLEX64:
        raise error(DtypeError, f"{name.decode()}: not implemented for {dtype_object(a.code)._name}")
    return a


cdef Tensor whole(Tensor a, const char* name):
    """`foldable`, for the folds that complex numbers have themselves: products, and what counts zeros."""
    return a if a.code >= COMPLEX64 else foldable(a, name)


cdef inline uint64_t beside_parts(Tensor a, uint64_t mask) noexcept:
    """The dimensions to reduce of a tensor's parts: of one without dimensions none, though 0 was named."""
    return mask & all_dims(a.ndim_)


cdef int sum_into(Tensor a, uint64_t mask, Tensor out, int how, const char* name, double p=1) except -1:
    """`reduce_into` of sums and means in the type of `out`: those of complex numbers are those of their parts."""
    if out.code >= COMPLEX64:
        return reduce_into(RED_SUM, parts_of(a), beside_parts(a, mask), parts_of(out), how, None, 0, p)
    return reduce_into(RED_SUM, foldable(a, name), mask, out, how, None, 0, p)


cdef tuple two_outputs(object out, const char* name):
    """`out=` of an op with two results: a pair of tensors."""
    if not isinstance(out, (tuple, list)) or len(out) != 2 or not isinstance(out[0], Tensor) or not isinstance(out[1], Tensor):
        raise TypeError(f"{name.decode()}(): argument 'out' must be tuple of Tensors, two of them, not {type(out).__name__}")
    return tuple(out)


cdef Tensor store_same(Tensor y, Tensor out, const char* name, bint will_record):
    """`store_out` of an op whose `out=` has to have the type of the result."""
    _check_type(out, y, name)
    return store_out(y, out, name, will_record)


cdef int _check_type(Tensor out, Tensor y, const char* name) except -1:
    if out.code != y.code:
        raise error(DtypeError, f"{name.decode()}: Expected out tensor to have dtype {dtype_object(y.code)._name}, but got {dtype_object(out.code)._name} instead")
    return 0


cdef object store_pair(object kind, Tensor values, Tensor indices, object out, const char* name, bint will_record):
    """Values and their indices in a pair of tensors of their types."""
    out = two_outputs(out, name)
    _check_type(out[0], values, name)
    _check_type(out[1], indices, name)
    return pair_of(kind.with_out, store_out(values, out[0], name, will_record), store_out(indices, out[1], name, False))


cdef Tensor store_out(Tensor y, Tensor out, const char* name, bint will_record):
    """Put a finished result into `out=`, resized if need be."""
    if will_record or requires_grad(out) and thread_state().grad_enabled:
        raise RuntimeError(
            f"{name.decode()}(): functions with out=... arguments don't support automatic differentiation, but one of the arguments requires grad."
        )
    check_inplace(out, False, name)
    check_no_internal_overlap(out, name)
    prepare_out(out, y.ndim_, y.shape_, y.code, name)
    convert_into(out, y)
    bump(out, name)
    return out


# --- spreading a result over the reduced dimensions, the gradient of a sum ---------------------------------------------

cdef Tensor spread(Tensor g, uint64_t mask, uint64_t present, int ndim, const Py_ssize_t* shape):
    """A view of `g` in the shape before the dimensions of `mask` were summed; `present` are those that `g` has with size 1."""
    cdef Py_ssize_t strides[64]
    cdef int d, at = g.ndim_ - 1
    cdef Tensor y
    cdef Node n
    for d in range(ndim - 1, -1, -1):
        if not mask >> d & 1:
            strides[d] = g.strides[at]
            at -= 1
        else:
            strides[d] = 0
            if present >> d & 1:
                at -= 1
    y = view(g, ndim, shape, strides, g.offset)
    if recording(g):
        n = record(y, _spread_vjp, b"ExpandBackward0", g)
        n.i0 = <Py_ssize_t>mask
        n.i1 = <Py_ssize_t>present
    return y


cdef int _spread_vjp(Node n, Tensor g, Run run) except -1:
    return give(run, n, 0, _sum_masked(g, <uint64_t>n.i0, <uint64_t>n.i1, g.code, b"SumBackward1"))


cdef Tensor spread_like(Tensor g, uint64_t mask, bint keepdim, Tensor a):
    return spread(g, mask, mask if keepdim else 0, a.ndim_, a.shape_)


cdef int edge_shape(Node n, int i, Py_ssize_t* shape) except -1:
    """Shape of input i of a node, as the node that made it remembers; returns its number of dimensions."""
    cdef Node target = edge_node(n, i)
    cdef int d, ndim
    if target.out_more is None:
        for d in range(target.out_ndim):
            shape[d] = target.out_shape[d]
        return target.out_ndim
    sizes = target.out_more[n.nr0 if i == 0 else n.nr1][1]
    ndim = len(sizes)
    for d in range(ndim):
        shape[d] = sizes[d]
    return ndim


# --- sum, mean -------------------------------------------------------------------------------------------------------

cdef int _sum_vjp(Node n, Tensor g, Run run) except -1:
    cdef Py_ssize_t shape[64]
    cdef int ndim = edge_shape(n, 0, shape)
    return give(run, n, 0, spread(g, <uint64_t>n.i0, <uint64_t>n.i1, ndim, shape))


cdef int _mean_vjp(Node n, Tensor g, Run run) except -1:
    cdef Py_ssize_t shape[64]
    cdef int ndim = edge_shape(n, 0, shape)
    return give(run, n, 0, div(spread(g, <uint64_t>n.i0, <uint64_t>n.i1, ndim, shape), n.d0))       # as large as the input, not a view of g: it may be written


cdef inline int _note_sum(Tensor y, Tensor a, vjp_fn vjp, const char* label, uint64_t mask, uint64_t present, double count) except -1:
    cdef Node n = new_node(vjp, label, 1)
    connect(n, 0, a)
    n.i0 = <Py_ssize_t>mask
    n.i1 = <Py_ssize_t>present
    n.d0 = count
    return set_history(n, y, 0)


cdef Tensor _sum_masked(Tensor a, uint64_t mask, uint64_t present, int code, const char* label):
    """Sum over `mask`; the dimensions of `present` stay with size 1. Recorded."""
    cdef Py_ssize_t shape[64]
    cdef int d, ndim = 0
    cdef Tensor y
    for d in range(a.ndim_):
        if not mask >> d & 1 or present >> d & 1:
            shape[ndim] = 1 if mask >> d & 1 else a.shape_[d]
            ndim += 1
    y = empty_tensor(code, ndim, shape, a.storage.device)
    sum_into(_for_sum(a, code), mask, y, FIN_VALUE, b"sum")
    if recording(a):
        _note_sum(y, a, _sum_vjp, label, mask, present, 1)
    return y


cdef inline Tensor _for_sum(Tensor a, int code):
    """Sums are made in the type of the result, except that integers add up in 64 bits whatever they come from."""
    if a.code == code or a.code < FLOAT16 and code < FLOAT16 and code != BOOL:
        return a
    return converted(a, code)


cdef Tensor sum_dims(Tensor a, uint64_t mask, bint keepdim):
    return _sum_masked(a, mask, mask if keepdim else 0, INT64 if a.code < FLOAT16 else a.code, b"SumBackward1")


cdef Tensor mean_dims(Tensor a, uint64_t mask, bint keepdim):
    cdef Tensor y = new_reduced(a, mask, keepdim, a.code)
    cdef Py_ssize_t count = count_in(a, mask)
    sum_into(a, mask, y, FIN_MEAN, b"mean", <double>count)
    if recording(a):
        _note_sum(y, a, _mean_vjp, b"MeanBackward1", mask, mask if keepdim else 0, <double>count)
    return y


cdef Tensor sum_to(Tensor g, int ndim, const Py_ssize_t* shape):
    """Sum over the dimensions that broadcasting added or stretched, so that the result has the given shape."""
    cdef uint64_t mask = 0, present = 0
    cdef int d, lead = g.ndim_ - ndim
    for d in range(g.ndim_):
        if d < lead:
            mask |= <uint64_t>1 << d
        elif shape[d - lead] == 1 and g.shape_[d] != 1:
            mask |= <uint64_t>1 << d
            present |= <uint64_t>1 << d
    return _sum_masked(g, mask, present, g.code, b"SumBackward1")


engine_ops.sum_to = sum_to


cdef Tensor _fold_all(Tensor a, int op, int how, int code, double p):
    """A short dense tensor folded whole, without a plan."""
    cdef Acc acc
    cdef Tensor y = scalar_tensor(code)
    K.fold[op][a.code](&acc, 0, data_of(a), 1, a.numel_, 0, 1, 0, p, True)
    K.finish[code](&acc, 1, data_of(y), how, p, <double>a.numel_)
    return y


cdef inline bint _is_short(Tensor a) noexcept:
    return (a.flags & F_CONTIGUOUS and a.numel_ < FAST and a.storage.device == CPU and K.fold[RED_SUM][a.code] != NULL)


cdef int _out_type(object dtype, Tensor out, int natural) except -1:
    """The element type of a sum or mean: `dtype`, else that of `out`, else the natural one."""
    cdef int code
    if dtype is None:
        return natural if out is None else out.code
    code = code_of(dtype)
    if out is not None and out.code != code:
        raise error(
            DtypeError, f"Expected out tensor to have dtype {dtype_object(code)._name}, but got {dtype_object(out.code)._name} instead"
        )
    return code


cdef dict _given(object dtype, Tensor out):
    cdef dict kwargs = {}
    if dtype is not None:
        kwargs["dtype"] = dtype
    if out is not None:
        kwargs["out"] = out
    return kwargs


cdef object sum_fn, mean_fn


def sum_function(Tensor input not None, dim=None, keepdim=False, *, dtype=None, Tensor out=None):
    """sum(input, dim=None, keepdim=False, *, dtype=None, out=None) -> Tensor

    The sum over `dim` (an int, a tuple, or None for all), whose dimensions stay with size 1 if `keepdim`. Integers and bools add
    up to int64 unless `dtype` says otherwise; with `dtype` the input is converted first. IndexError for a dimension that is not there.

    >>> import lucet
    >>> lucet.sum(lucet.tensor([[1., 2.], [3., 4.]]), dim=0)
    tensor([4., 6.])
    """
    cdef int code
    cdef uint64_t mask
    cdef bint keep
    cdef Tensor y
    if not is_plain(input) or thread_state().modes:
        result = slow_call(sum_fn, (input,) if dim is None else (input, dim, keepdim), _given(dtype, out))
        if result is not passed:
            return result
    if dim is None and dtype is None and out is None and keepdim is False and _is_short(input):
        y = _fold_all(input, RED_SUM, FIN_VALUE, input.code if input.code >= FLOAT16 else INT64, 1)
        if recording(input):
            _note_sum(y, input, _sum_vjp, b"SumBackward0", all_dims(input.ndim_), 0, 1)
        return y
    keep = flag(keepdim, b"sum")
    mask = dims_mask(dim, input.ndim_, b"sum")
    code = _out_type(dtype, out, INT64 if input.code < FLOAT16 else input.code)
    y = _sum_masked(input, mask, mask if keep else 0, code, b"SumBackward0" if dim is None else b"SumBackward1")
    return y if out is None else store_out(y, out, b"sum", recording(input))


def _reductions(r):
    """Argument samples of reductions: all, one dimension, several, no dimensions."""
    return [(r(3, 4),), (r(3, 4), 0), (r(2, 3, 4), (0, 2)), (r(2, 3, 4), -1, True), (r(),)]


sum_fn = op(sum_function, name="sum", formula="sum(input, axis=dim, keepdims=keepdim)", family="reduce",
            samples=lambda r: [*also_complex(_reductions)(r), (r(0, 2), 0)])


def mean_function(Tensor input not None, dim=None, keepdim=False, *, dtype=None, Tensor out=None):
    """mean(input, dim=None, keepdim=False, *, dtype=None, out=None) -> Tensor

    The arithmetic mean over `dim` (an int, a tuple, or None for all); NaN over nothing. RuntimeError for integers and bools
    unless `dtype` is a floating type.

    >>> import lucet
    >>> lucet.mean(lucet.tensor([[1., 2.], [3., 4.]]), dim=1, keepdim=True)
    tensor([[1.5000],
            [3.5000]])
    """
    cdef int code
    cdef uint64_t mask
    cdef bint keep
    cdef Tensor y
    cdef Py_ssize_t count
    if not is_plain(input) or thread_state().modes:
        result = slow_call(mean_fn, (input,) if dim is None else (input, dim, keepdim), _given(dtype, out))
        if result is not passed:
            return result
    if dim is None and dtype is None and out is None and keepdim is False and input.code >= FLOAT32 and _is_short(input):
        y = _fold_all(input, RED_SUM, FIN_MEAN, input.code, <double>input.numel_)
        if recording(input):
            _note_sum(y, input, _mean_vjp, b"MeanBackward0", all_dims(input.ndim_), 0, <double>input.numel_)
        return y
    keep = flag(keepdim, b"mean")
    code = _out_type(dtype, out, input.code)
    if code < FLOAT16:
        raise error(
            DtypeError,
            "mean(): could not infer output dtype. Input dtype must be either a floating point or complex dtype. "
            f"Got: {dtype_object(code)._name}",
            fix="mean(..., dtype=lucet.float32), or input.float()",
        )
    if out is not None and dtype is None and not can_cast(input.code, code):
        raise error(DtypeError, f"mean: input types can't be cast to the desired output type {dtype_object(code)._name}")
    mask = dims_mask(dim, input.ndim_, b"mean")
    count = count_in(input, mask)
    y = new_reduced(input, mask, keep, code)
    sum_into(converted(input, code), mask, y, FIN_MEAN, b"mean", <double>count)
    if out is not None:
        return store_out(y, out, b"mean", recording(input))
    if recording(input):
        _note_sum(y, input, _mean_vjp, b"MeanBackward0" if dim is None else b"MeanBackward1", mask, mask if keep else 0, <double>count)
    return y


mean_fn = op(mean_function, name="mean", formula="mean(input, axis=dim, keepdims=keepdim)", family="reduce", samples=also_complex(_reductions), dtypes="floats and complex")


include "reduce_lines.pxi"
include "reduce_products.pxi"
include "reduce_extremes.pxi"
include "reduce_spread.pxi"
include "reduce_segments.pxi"
