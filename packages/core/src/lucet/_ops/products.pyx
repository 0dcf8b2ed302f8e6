"""Matrix products: mm, bmm, mv, dot, matmul, addmm and kin, linear. All of them end in `product`, which calls the GEMM kernels."""

from libc.string cimport memset
from lucet._dtype cimport BOOL, FLOAT16, BFLOAT16, FLOAT32, FLOAT64, COMPLEX64, COMPLEX128, CAT_INT, Scalar, category_of, dtype_object, itemsize_of, read_scalar, real_of
from lucet._engine cimport (
    Node, Run, vjp_fn, recording, recording2, new_node, connect, set_history, record, named, save, saved, needs, give,
)
from lucet._kernels.dispatch cimport K
from lucet._kernels.kernels cimport gemm_plan, GEMM_BIAS_NONE, GEMM_BIAS_COLUMN, GEMM_BIAS_ROW
from lucet._modes cimport thread_state, slow_call, passed
from lucet._ops._loops cimport converted, contiguous
from lucet._ops._plans cimport run_gemm
from lucet._ops.convert cimport cast_to, copy_inplace, deliver
from lucet._ops.create cimport check_range
from lucet._ops.pointwise cimport add, are_half, conj_of, conj_or_number, mul, single
from lucet._ops.reduce cimport sum_dims
from lucet._ops.shape cimport reshape_to, expand_to, transpose_of, unsqueeze_at, squeeze_at
from lucet._tensor cimport (
    Tensor, bare_tensor, empty_tensor, finish_geometry, view, is_plain, is_meta, data_of, describe, slots, SLOT_MATMUL, CPU, META,
)
from lucet._threads cimport run_unlocked

from lucet._errors import DtypeError, ShapeError, error
from lucet._ops._loops import out_apart
from lucet._ops.pointwise import also_complex, _complex
from lucet._registry import op


cdef enum:
    INTEGER_TASK = 1 << 18        # multiplications per task


# --- the one product ------------------------------------------------------------------------------------------------

cdef Tensor _gemm_operand(Tensor a):
    """A (.., rows, columns) tensor of which one of the last two strides is 1; batches may have any stride."""
    cdef Py_ssize_t rows = a.shape_[a.ndim_ - 2], columns = a.shape_[a.ndim_ - 1]
    if a.strides[a.ndim_ - 1] == 1 or columns == 1 or a.strides[a.ndim_ - 2] == 1 or rows == 1:
        if (columns == 1 or a.strides[a.ndim_ - 1] == 1) and (rows == 1 or a.strides[a.ndim_ - 2] >= 0):
            return a
        if a.strides[a.ndim_ - 2] == 1 or rows == 1:
            return a
    return contiguous(a)


cdef Tensor product(Tensor a, Tensor b, Tensor bias, bint bias_is_row):
    """(.., m, k) times (.., k, n), 2-d or 3-d with equal batches, plus a bias over columns (or rows); same type, no history."""
    cdef Py_ssize_t shape[3]
    cdef int nd = a.ndim_, code = a.code
    cdef gemm_plan p
    cdef Tensor c, x, y, z
    shape[0] = a.shape_[0]
    shape[nd - 2] = a.shape_[nd - 2]
    shape[nd - 1] = b.shape_[nd - 1]
    if is_meta(a) or is_meta(b):
        return empty_tensor(code, nd, shape, META)
    if code == FLOAT16 or code == BFLOAT16:
        return converted(product(converted(a, FLOAT32), converted(b, FLOAT32), None if bias is None else converted(bias, FLOAT32), bias_is_row), code)
    if category_of[code] == CAT_INT:
        return _integer_product(a, b, bias, shape)
    if code >= COMPLEX64:
        return _complex_product(a, b, bias, bias_is_row)
    if code != FLOAT32 and code != FLOAT64:
        raise error(DtypeError, f"matmul: not implemented for {dtype_object(code)._name}")
    c = empty_tensor(code, nd, shape, CPU)
    x = _gemm_operand(a)
    y = _gemm_operand(b)
    z = None if bias is None else contiguous(bias)
    memset(&p, 0, sizeof(p))
    p.a = data_of(x)
    p.b = data_of(y)
    p.c = data_of(c)
    p.bias = NULL if z is None else data_of(z)
    p.bias_kind = GEMM_BIAS_NONE if z is None else GEMM_BIAS_ROW if bias_is_row else GEMM_BIAS_COLUMN
    p.m = shape[nd - 2]
    p.n = shape[nd - 1]
    p.k = a.shape_[nd - 1]
    p.a_row = x.strides[nd - 2]
    p.a_col = x.strides[nd - 1]
    p.b_row = y.strides[nd - 2]
    p.b_col = y.strides[nd - 1]
    p.c_row = c.strides[nd - 2]
    p.batch = shape[0] if nd == 3 else 1
    p.a_batch = x.strides[0] if nd == 3 else 0
    p.b_batch = y.strides[0] if nd == 3 else 0
    p.c_batch = c.strides[0] if nd == 3 else 0
    p.accumulate = 0
    if c.numel_:
        run_gemm(&p, code == FLOAT64)
    return c


cdef struct IntegerProduct:
    const char* a
    const char* b
    char* c
    int code
    Py_ssize_t size, m, n, k, rows, blocks      # `blocks` tasks of `rows` rows a matrix


cdef void _integer_task(void* context, Py_ssize_t task, int worker) noexcept nogil:
    cdef IntegerProduct* p = <IntegerProduct*>context
    cdef Py_ssize_t i = task // p.blocks, first = task % p.blocks * p.rows
    cdef Py_ssize_t rows = p.rows if first + p.rows < p.m else p.m - first
    K.int_gemm[p.code](
        p.a + (i * p.m + first) * p.k * p.size, p.b + i * p.k * p.n * p.size, p.c + (i * p.m + first) * p.n * p.size, rows, p.n, p.k
    )


cdef Tensor _integer_product(Tensor a, Tensor b, Tensor bias, const Py_ssize_t* shape):
    cdef int nd = a.ndim_
    cdef Tensor c = empty_tensor(a.code, nd, shape, CPU), x = contiguous(a), y = contiguous(b)
    cdef IntegerProduct p
    p.code, p.size = a.code, itemsize_of[a.code]
    p.m, p.n, p.k = shape[nd - 2], shape[nd - 1], a.shape_[nd - 1]
    if c.numel_ == 0:
        return c if bias is None else add(c, bias)
    p.a, p.b, p.c = data_of(x), data_of(y), data_of(c)
    p.rows = min(p.m, INTEGER_TASK // (p.n * max(p.k, 1)) + 1)
    p.blocks = (p.m + p.rows - 1) // p.rows
    run_unlocked((shape[0] if nd == 3 else 1) * p.blocks, _integer_task, &p)
    return c if bias is None else add(c, bias)


cdef int _same_type(Tensor a, Tensor b, str op) except -1:
    if a.code != b.code:
        raise error(
            DtypeError,
            f"{op}: expected m1 and m2 to have the same dtype, but got: {dtype_object(a.code)._name} != {dtype_object(b.code)._name}",
            facts=[f"mat1 {describe(a)}, mat2 {describe(b)}"],
            fix="mat2.to(mat1.dtype), or the other way round",
        )
    return 0


include "products_complex.pxi"


# --- mm, bmm --------------------------------------------------------------------------------------------------------

cdef int mm_vjp(Node n, Tensor g, Run run) except -1:
    """Also of bmm: the last two dimensions take part."""
    cdef Tensor a = saved(n, 0), b = saved(n, 1)
    if needs(n, 0):
        give(run, n, 0, mm_of(g, transpose_of(conj_of(b), b.ndim_ - 2, b.ndim_ - 1)))
    if needs(n, 1):
        give(run, n, 1, mm_of(transpose_of(conj_of(a), a.ndim_ - 2, a.ndim_ - 1), g))
    return 0


cdef Tensor mm_of(Tensor a, Tensor b):
    """Recorded product of two matrices, or of two batches of equal size."""
    return _recorded(product(a, b, None, False), mm_vjp, b"MmBackward0" if a.ndim_ == 2 else b"BmmBackward0", a, b)


cdef int _check_mm(Tensor a, Tensor b, str op) except -1:
    if a.ndim_ != 2:
        raise error(ShapeError, f"{op}: self must be a matrix, got {a.ndim_} dimensions", facts=[f"mat1 {describe(a)}, mat2 {describe(b)}"])
    if b.ndim_ != 2:
        raise error(ShapeError, f"{op}: mat2 must be a matrix, got {b.ndim_} dimensions", facts=[f"mat1 {describe(a)}, mat2 {describe(b)}"])
    if a.shape_[1] != b.shape_[0]:
        raise error(
            ShapeError,
            f"{op}: mat1 and mat2 shapes cannot be multiplied ({a.shape_[0]}x{a.shape_[1]} and {b.shape_[0]}x{b.shape_[1]})",
            facts=[f"mat1 {describe(a)}, mat2 {describe(b)}"],
        )
    _same_type(a, b, op)
    return 0


def mm(Tensor input not None, Tensor mat2 not None, *, Tensor out=None):
    """mm(input, mat2, *, out=None) -> Tensor

    The matrix product of (n, k) `input` and (k, m) `mat2`. ShapeError for other shapes, DtypeError for different types.

    >>> import lucet
    >>> lucet.mm(lucet.tensor([[1., 2.]]), lucet.tensor([[3.], [4.]]))
    tensor([[11.]])
    """
    if not is_plain(input) or not is_plain(mat2) or thread_state().modes:
        result = slow_call(mm, (input, mat2), {} if out is None else {"out": out})
        if result is not passed:
            return result
    _check_mm(input, mat2, "mm")
    return deliver(mm_of(input, mat2), out, "mm")


def bmm(Tensor input not None, Tensor mat2 not None, *, Tensor out=None):
    """bmm(input, mat2, *, out=None) -> Tensor

    The products of matrices in two batches, (b, n, k) and (b, k, m). ShapeError for other shapes.

    >>> import lucet
    >>> lucet.bmm(lucet.ones(2, 1, 3), lucet.ones(2, 3, 1)).flatten()
    tensor([3., 3.])
    """
    if not is_plain(input) or not is_plain(mat2) or thread_state().modes:
        result = slow_call(bmm, (input, mat2), {} if out is None else {"out": out})
        if result is not passed:
            return result
    if input.ndim_ != 3 or mat2.ndim_ != 3:
        raise error(ShapeError, "bmm: batch1 and batch2 must be 3D tensors", facts=[f"input {describe(input)}, mat2 {describe(mat2)}"])
    if input.shape_[0] != mat2.shape_[0] or input.shape_[2] != mat2.shape_[1]:
        raise error(
            ShapeError,
            f"bmm: Expected size for first two dimensions of batch2 tensor to be: [{input.shape_[0]}, {input.shape_[2]}] but got: [{mat2.shape_[0]}, {mat2.shape_[1]}].",
            facts=[f"input {describe(input)}, mat2 {describe(mat2)}"],
        )
    _same_type(input, mat2, "bmm")
    return deliver(mm_of(input, mat2), out, "bmm")


# --- vectors --------------------------------------------------------------------------------------------------------

def mv(Tensor input not None, Tensor vec not None, *, Tensor out=None):
    """mv(input, vec, *, out=None) -> Tensor

    The product of an (n, m) matrix and an (m,) vector: (n,).

    >>> import lucet
    >>> lucet.mv(lucet.tensor([[1., 2.]]), lucet.tensor([3., 4.]))
    tensor([11.])
    """
    if not is_plain(input) or not is_plain(vec) or thread_state().modes:
        result = slow_call(mv, (input, vec), {} if out is None else {"out": out})
        if result is not passed:
            return result
    if input.ndim_ != 2 or vec.ndim_ != 1:
        raise error(ShapeError, f"mv: vector + matrix @ vector expected, got {vec.ndim_}, {input.ndim_}, {vec.ndim_}", facts=[f"input {describe(input)}, vec {describe(vec)}"])
    if input.shape_[1] != vec.shape_[0]:
        raise error(ShapeError, f"mv: size mismatch, got input ({input.shape_[0]}x{input.shape_[1]}), vec ({vec.shape_[0]})")
    _same_type(input, vec, "mv")
    return deliver(_mv(input, vec), out, "mv")


cdef Tensor _line(Tensor x, bint upright):
    """A vector as a row, or as a column; no history."""
    cdef Py_ssize_t shape[2]
    cdef Py_ssize_t strides[2]
    shape[0] = x.shape_[0] if upright else 1
    shape[1] = 1 if upright else x.shape_[0]
    strides[0] = x.strides[0] if upright else x.shape_[0]
    strides[1] = 1 if upright else x.strides[0]
    return view(x, 2, shape, strides, x.offset)


cdef int mv_vjp(Node n, Tensor g, Run run) except -1:
    cdef Tensor a = saved(n, 0), x = saved(n, 1)
    if needs(n, 0):
        give(run, n, 0, mul(unsqueeze_at(g, 1), conj_of(x)))
    if needs(n, 1):
        give(run, n, 1, _mv(transpose_of(conj_of(a), 0, 1), g))
    return 0


cdef Tensor _mv(Tensor a, Tensor x):
    """Recorded product of a matrix and a vector."""
    cdef Tensor column = product(a, _line(x, True), None, False)
    return _recorded(_detached(view(column, 1, column.shape_, column.strides, 0)), mv_vjp, b"MvBackward0", a, x)


cdef Tensor _recorded(Tensor y, vjp_fn vjp, const char* label, Tensor a, Tensor b):
    """y with its history as a product, where one is wanted: each operand is the other's slope."""
    cdef Node n
    if recording2(a, b):
        n = record(y, vjp, label, a, b)
        save(n, 0, a if needs(n, 1) else None)
        save(n, 1, b if needs(n, 0) else None)
    return y


def dot(Tensor input not None, Tensor tensor not None, *, Tensor out=None):
    """dot(input, tensor, *, out=None) -> Tensor

    The sum of products of two (n,) vectors. ShapeError for other shapes.

    >>> import lucet
    >>> lucet.dot(lucet.tensor([1., 2.]), lucet.tensor([3., 4.]))
    tensor(11.)
    """
    if not is_plain(input) or not is_plain(tensor) or thread_state().modes:
        result = slow_call(dot, (input, tensor), {} if out is None else {"out": out})
        if result is not passed:
            return result
    _check_vectors(input, tensor, "dot")
    return deliver(_dot(input, tensor), out, "dot")


cdef int _check_vectors(Tensor a, Tensor b, str op) except -1:
    if a.ndim_ != 1 or b.ndim_ != 1:
        raise error(ShapeError, f"{op}: 1D tensors expected, but got {a.ndim_}D and {b.ndim_}D tensors")
    if a.shape_[0] != b.shape_[0]:
        raise error(ShapeError, f"{op}: inconsistent tensor size, expected tensor [{a.shape_[0]}] and src [{b.shape_[0]}] to have the same number of elements")
    if a.code != b.code:
        raise error(DtypeError, f"{op}: expected both vectors to have same dtype, but found {dtype_object(a.code)._name} and {dtype_object(b.code)._name}")
    return 0


cdef int dot_vjp(Node n, Tensor g, Run run) except -1:
    cdef Tensor a = saved(n, 0), b = saved(n, 1)
    if needs(n, 0):
        give(run, n, 0, mul(g, conj_of(b)))
    if needs(n, 1):
        give(run, n, 1, mul(g, conj_of(a)))
    return 0


cdef Tensor _dot(Tensor a, Tensor b):
    """Recorded product of two vectors."""
    cdef Tensor y = product(_line(a, False), _line(b, True), None, False)
    return _recorded(_detached(view(y, 0, NULL, NULL, 0)), dot_vjp, b"DotBackward0", a, b)


def vdot(Tensor input not None, Tensor other not None, *, Tensor out=None):
    """vdot(input, other, *, out=None) -> Tensor

    The sum of products of two (n,) vectors, the first one conjugated. ShapeError for other shapes.

    >>> import lucet
    >>> lucet.vdot(lucet.tensor([1j, 2.]), lucet.tensor([1j, 1.]))
    tensor(3.+0.j)
    """
    if not is_plain(input) or not is_plain(other) or thread_state().modes:
        result = slow_call(vdot, (input, other), {} if out is None else {"out": out})
        if result is not passed:
            return result
    _check_vectors(input, other, "vdot")
    return deliver(named(_dot(conj_of(input), other), b"VdotBackward0"), out, "vdot")


def outer(Tensor input not None, Tensor vec2 not None, *, Tensor out=None):
    """outer(input, vec2, *, out=None) -> Tensor

    The products of all pairs of elements of two vectors, (n,) and (m,): (n, m).

    >>> import lucet
    >>> lucet.outer(lucet.tensor([1., 2.]), lucet.tensor([3., 4.]))
    tensor([[3., 4.],
            [6., 8.]])
    """
    if not is_plain(input) or not is_plain(vec2) or thread_state().modes:
        result = slow_call(outer, (input, vec2), {} if out is None else {"out": out})
        if result is not passed:
            return result
    if input.ndim_ != 1 or vec2.ndim_ != 1:
        raise error(ShapeError, f"outer: Expected 1-D argument self and vec2, but got {input.ndim_}-D and {vec2.ndim_}-D")
    out_apart(out, "outer", input, vec2)
    return deliver(mul(unsqueeze_at(input, 1), vec2), out, "outer", True)


# --- matmul ---------------------------------------------------------------------------------------------------------

cdef Tensor _matmul(Tensor a, Tensor b):
    """numpy's rules: vectors lose the dimension they gained, leading dimensions broadcast."""
    cdef Py_ssize_t lead[64]
    cdef Py_ssize_t shape[64]
    cdef int nd, i
    cdef Py_ssize_t batch = 1, rows = 1
    cdef Tensor x, y, r
    if a.ndim_ == 0 or b.ndim_ == 0:
        raise error(ShapeError, f"both arguments to matmul need to be at least 1D, but they are {a.ndim_}D and {b.ndim_}D")
    _same_type(a, b, "matmul")
    _check_inner(a, b)
    if a.ndim_ == 2 and b.ndim_ == 2:
        return mm_of(a, b)
    if a.ndim_ == 1 and b.ndim_ == 1:
        return _dot(a, b)
    if a.ndim_ == 1 and b.ndim_ == 2:
        return named(squeeze_at(mm_of(unsqueeze_at(a, 0), b), 0), b"SqueezeBackward4")
    if a.ndim_ == 1:
        return named(_detached(squeeze_at(_matmul(unsqueeze_at(a, 0), b), b.ndim_ - 2)), b"UnsafeViewBackward0")
    if b.ndim_ == 1 and a.ndim_ == 2:
        return _mv(a, b)
    if b.ndim_ <= 2:                         # fold the leading dimensions of a into rows: one product
        for i in range(a.ndim_ - 1):
            rows *= a.shape_[i]
            lead[i] = a.shape_[i]
        shape[0] = rows
        shape[1] = a.shape_[a.ndim_ - 1]
        x = reshape_to(a, 2, shape)
        if b.ndim_ == 1:
            return _unfolded(_mv(x, b), a.ndim_ - 1, lead)
        lead[a.ndim_ - 1] = b.shape_[1]
        return _unfolded(mm_of(x, b), a.ndim_, lead)
    nd = (a.ndim_ if a.ndim_ > b.ndim_ else b.ndim_) - 2
    _broadcast_batches(a, b, nd, lead)
    for i in range(nd):
        batch *= lead[i]
    x = _as_batch(a, nd, lead, batch)
    y = _as_batch(b, nd, lead, batch)
    r = mm_of(x, y)
    lead[nd] = a.shape_[a.ndim_ - 2]
    lead[nd + 1] = b.shape_[b.ndim_ - 1]
    return _unfolded(r, nd + 2, lead)


cdef Tensor _unfolded(Tensor y, int ndim, const Py_ssize_t* shape):
    """A result that only this function has seen, with its final dimensions."""
    return named(_detached(reshape_to(y, ndim, shape)), b"UnsafeViewBackward0")


cdef int _check_inner(Tensor a, Tensor b) except -1:
    cdef Py_ssize_t inner = b.shape_[0] if b.ndim_ == 1 else b.shape_[b.ndim_ - 2]
    if a.shape_[a.ndim_ - 1] == inner:
        return 0
    if a.ndim_ <= 2 and b.ndim_ <= 2:
        left = "x".join([str(a.shape_[i]) for i in range(a.ndim_)])
        right = "x".join([str(b.shape_[i]) for i in range(b.ndim_)])
        headline = f"matmul: mat1 and mat2 shapes cannot be multiplied ({left if a.ndim_ == 2 else '1x' + left} and {right if b.ndim_ == 2 else right + 'x1'})"
    else:
        headline = f"matmul: the last dimension of input ({a.shape_[a.ndim_ - 1]}) must match the second last of other ({inner})"
    raise error(ShapeError, headline, facts=[f"input {describe(a)}, other {describe(b)}"])


cdef int _broadcast_batches(Tensor a, Tensor b, int nd, Py_ssize_t* lead) except -1:
    cdef int i, da, db
    cdef Py_ssize_t m, n
    for i in range(nd):
        da = i - nd + a.ndim_ - 2
        db = i - nd + b.ndim_ - 2
        m = a.shape_[da] if da >= 0 else 1
        n = b.shape_[db] if db >= 0 else 1
        if m != n and m != 1 and n != 1:
            raise error(
                ShapeError,
                f"matmul: the size of tensor a ({m}) must match the size of tensor b ({n}) at non-singleton dimension {i}",
                facts=[f"input {describe(a)}, other {describe(b)}"],
            )
        lead[i] = n if m == 1 else m
    return 0


cdef Tensor _as_batch(Tensor t, int nd, const Py_ssize_t* lead, Py_ssize_t batch):
    """(lead..., rows, columns) as (batch, rows, columns); a batch dimension that is only repeated keeps stride 0."""
    cdef Py_ssize_t shape[64]
    cdef int i
    for i in range(nd):
        shape[i] = lead[i]
    shape[nd] = t.shape_[t.ndim_ - 2]
    shape[nd + 1] = t.shape_[t.ndim_ - 1]
    t = expand_to(t, nd + 2, shape)
    shape[0] = batch
    shape[1] = t.shape_[nd]
    shape[2] = t.shape_[nd + 1]
    return reshape_to(t, 3, shape)


def matmul(Tensor input not None, Tensor other not None, *, Tensor out=None):
    """matmul(input, other, *, out=None) -> Tensor

    Matrix product as NumPy's `@`: vectors count as one row or column, leading dimensions are batches and broadcast.
    ShapeError where the inner sizes differ, DtypeError for different element types.

    >>> import lucet
    >>> lucet.matmul(lucet.ones(2, 3), lucet.ones(3)).shape
    lucet.Size([2])
    """
    if not is_plain(input) or not is_plain(other) or thread_state().modes:
        result = slow_call(matmul, (input, other), {} if out is None else {"out": out})
        if result is not passed:
            return result
    return deliver(_matmul(input, other), out, "matmul")


cdef object slot_matmul(object a, object b):
    if not isinstance(a, Tensor) or not isinstance(b, Tensor):
        return NotImplemented
    if not is_plain(a) or not is_plain(b) or thread_state().modes:
        return matmul(a, b)
    return _matmul(<Tensor>a, <Tensor>b)


slots().binary[SLOT_MATMUL] = slot_matmul


# --- addmm and kin --------------------------------------------------------------------------------------------------

cdef Tensor _scaled(Tensor t, object factor):
    return t if factor == 1 else mul(t, factor)


cdef Tensor _plus_product(Tensor input, Tensor result, object beta, object alpha, str op):
    """beta * input + alpha * result; a beta of 0 ignores `input`, NaN and all. Of integers the factors are whole numbers too."""
    cdef int i
    _same_type(input, result, op)
    if input.ndim_ > result.ndim_:
        raise error(ShapeError, f"{op}: input has {input.ndim_} dimensions, the product {result.ndim_}", facts=[f"input {describe(input)}, product {describe(result)}"])
    for i in range(1, input.ndim_ + 1):
        if input.shape_[input.ndim_ - i] != 1 and input.shape_[input.ndim_ - i] != result.shape_[result.ndim_ - i]:
            raise error(
                ShapeError,
                f"{op}: The expanded size of the tensor ({result.shape_[result.ndim_ - i]}) must match the existing size ({input.shape_[input.ndim_ - i]}) at non-singleton dimension {result.ndim_ - i}",
                facts=[f"input {describe(input)}, product {describe(result)}"],
            )
    if category_of[result.code] == CAT_INT:
        beta, alpha = _whole(beta, result.code, op), _whole(alpha, result.code, op)
    elif result.code == BOOL:
        beta, alpha = beta != 0, alpha != 0
    if beta == 0:
        result = _scaled(result, alpha)
        if not recording(input):
            return result
        return add(input.masked_fill(input.detach().new_ones((), dtype=dtype_object(BOOL)), 0), result)       # with a gradient of zeros
    return add(_scaled(input, beta), _scaled(result, alpha))


cdef object _whole(object factor, int code, str op):
    """A factor of integers, which their type has to hold, without its fraction."""
    cdef Scalar number
    read_scalar(factor, &number)
    check_range(&number, code, op.encode())
    return int(factor) if isinstance(factor, float) else factor


cdef Tensor _rounded_once(object op, Tensor input, Tensor a, Tensor b, object beta, object alpha):
    """The op of half types in float32, recorded; only its result is rounded."""
    return cast_to(op(single(input), single(a), single(b), beta=beta, alpha=alpha), input.code)


cdef object _offered(object fn, Tensor input, Tensor a, Tensor b, object beta, object alpha, Tensor out):
    """What a mode or subclass makes of the call; `passed` where nobody takes it."""
    if is_plain(input) and is_plain(a) and is_plain(b) and not thread_state().modes:
        return passed
    named = {name: factor for name, factor in (("beta", beta), ("alpha", alpha)) if type(factor) is not int or factor != 1}
    return slow_call(fn, (input, a, b), named if out is None else named | {"out": out})


def addmm(Tensor input not None, Tensor mat1 not None, Tensor mat2 not None, *, beta=1, alpha=1, Tensor out=None):
    """addmm(input, mat1, mat2, *, beta=1, alpha=1, out=None) -> Tensor

    beta * input + alpha * (mat1 @ mat2), for (n, k) and (k, m) matrices and an input that broadcasts to (n, m).
    With beta=0 `input` is not read.

    >>> import lucet
    >>> lucet.addmm(lucet.ones(1), lucet.tensor([[1., 2.]]), lucet.tensor([[3.], [4.]]), alpha=2)
    tensor([[23.]])
    """
    result = _offered(addmm, input, mat1, mat2, beta, alpha, out)
    if result is not passed:
        return result
    _check_mm(mat1, mat2, "addmm")
    _same_type(input, mat1, "addmm")
    out_apart(out, "addmm", input)
    return deliver(_addmm(input, mat1, mat2, beta, alpha), out, "addmm")


cdef int addmm_vjp(Node n, Tensor g, Run run) except -1:
    cdef Tensor a = saved(n, 0), b = saved(n, 1)
    beta, alpha = n.extra
    if needs(n, 0):
        give(run, n, 0, _scaled(g, conj_or_number(beta)))
    if needs(n, 1):
        give(run, n, 1, _scaled(mm_of(g, transpose_of(conj_of(b), 0, 1)), conj_or_number(alpha)))
    if needs(n, 2):
        give(run, n, 2, _scaled(mm_of(transpose_of(conj_of(a), 0, 1), g), conj_or_number(alpha)))
    return 0


cdef Tensor _addmm(Tensor input, Tensor a, Tensor b, object beta, object alpha):
    """Recorded beta * input + alpha * (a @ b) of checked matrices."""
    cdef int before = thread_state().grad_enabled
    cdef bint will_record = recording_any(input, a, b)
    cdef Tensor y
    cdef Node n
    thread_state().grad_enabled = 0
    try:
        if beta == 1 and alpha == 1 and input.ndim_ == 1 and input.shape_[0] == b.shape_[1]:
            y = product(a, b, input, False)
        else:
            if are_half(input, a, b):
                y = converted(_plus_product(converted(input, FLOAT32), product(converted(a, FLOAT32), converted(b, FLOAT32), None, False), beta, alpha, "addmm"), input.code)
            else:
                y = _plus_product(input, product(a, b, None, False), beta, alpha, "addmm")
    finally:
        thread_state().grad_enabled = before
    if will_record:
        n = record(y, addmm_vjp, b"AddmmBackward0", input, a, b)
        save(n, 0, a if needs(n, 2) else None)
        save(n, 1, b if needs(n, 1) else None)
        n.extra = (beta, alpha)
    return y


cdef bint recording_any(Tensor a, Tensor b, Tensor c):
    return recording2(a, b) or recording(c)


def addmv(Tensor input not None, Tensor mat not None, Tensor vec not None, *, beta=1, alpha=1, Tensor out=None):
    """addmv(input, mat, vec, *, beta=1, alpha=1, out=None) -> Tensor

    beta * input + alpha * (mat @ vec), for an (n, m) matrix and an (m,) vector.

    >>> import lucet
    >>> lucet.addmv(lucet.ones(1), lucet.tensor([[1., 2.]]), lucet.tensor([3., 4.]))
    tensor([12.])
    """
    result = _offered(addmv, input, mat, vec, beta, alpha, out)
    if result is not passed:
        return result
    out_apart(out, "addmv", input)
    if are_half(input, mat, vec):
        return deliver(_rounded_once(addmv, input, mat, vec, beta, alpha), out, "addmv")
    return deliver(named(_plus_product(input, mv(mat, vec), beta, alpha, "addmv"), b"AddmvBackward0"), out, "addmv")


def baddbmm(Tensor input not None, Tensor batch1 not None, Tensor batch2 not None, *, beta=1, alpha=1, Tensor out=None):
    """baddbmm(input, batch1, batch2, *, beta=1, alpha=1, out=None) -> Tensor

    beta * input + alpha * bmm(batch1, batch2).

    >>> import lucet
    >>> lucet.baddbmm(lucet.zeros(1), lucet.ones(2, 1, 3), lucet.ones(2, 3, 1)).flatten()
    tensor([3., 3.])
    """
    result = _offered(baddbmm, input, batch1, batch2, beta, alpha, out)
    if result is not passed:
        return result
    out_apart(out, "baddbmm", input)
    if are_half(input, batch1, batch2):
        return deliver(_rounded_once(baddbmm, input, batch1, batch2, beta, alpha), out, "baddbmm")
    return deliver(named(_plus_product(input, bmm(batch1, batch2), beta, alpha, "baddbmm"), b"BaddbmmBackward0"), out, "baddbmm")


def addr(Tensor input not None, Tensor vec1 not None, Tensor vec2 not None, *, beta=1, alpha=1, Tensor out=None):
    """addr(input, vec1, vec2, *, beta=1, alpha=1, out=None) -> Tensor

    beta * input + alpha * outer(vec1, vec2).

    >>> import lucet
    >>> lucet.addr(lucet.zeros(1), lucet.tensor([1., 2.]), lucet.tensor([3.]))
    tensor([[3.],
            [6.]])
    """
    result = _offered(addr, input, vec1, vec2, beta, alpha, out)
    if result is not passed:
        return result
    out_apart(out, "addr", input, vec1, vec2)
    if category_of[input.code] <= CAT_INT and category_of[vec1.code] <= CAT_INT and category_of[vec2.code] <= CAT_INT:
        for name, factor in (("beta", beta), ("alpha", alpha)):
            if isinstance(factor, float):
                raise RuntimeError(f"For integral input tensors, argument {name} must not be a floating point number.")
    if are_half(input, vec1, vec2):
        return deliver(_rounded_once(addr, input, vec1, vec2, beta, alpha), out, "addr", True)
    return deliver(named(_plus_product(input, outer(vec1, vec2), beta, alpha, "addr"), b"AddrBackward0"), out, "addr", True)


def addmm_(Tensor self not None, Tensor mat1 not None, Tensor mat2 not None, *, beta=1, alpha=1):
    result = _offered(addmm_, self, mat1, mat2, beta, alpha, None)
    if result is not passed:
        return result
    return copy_inplace(self, addmm(self, mat1, mat2, beta=beta, alpha=alpha))


def addmv_(Tensor self not None, Tensor mat not None, Tensor vec not None, *, beta=1, alpha=1):
    result = _offered(addmv_, self, mat, vec, beta, alpha, None)
    if result is not passed:
        return result
    return copy_inplace(self, addmv(self, mat, vec, beta=beta, alpha=alpha))


def baddbmm_(Tensor self not None, Tensor batch1 not None, Tensor batch2 not None, *, beta=1, alpha=1):
    result = _offered(baddbmm_, self, batch1, batch2, beta, alpha, None)
    if result is not passed:
        return result
    return copy_inplace(self, baddbmm(self, batch1, batch2, beta=beta, alpha=alpha))


def addr_(Tensor self not None, Tensor vec1 not None, Tensor vec2 not None, *, beta=1, alpha=1):
    result = _offered(addr_, self, vec1, vec2, beta, alpha, None)
    if result is not passed:
        return result
    out_apart(self, "addr_", vec1, vec2)
    return copy_inplace(self, addr(self, vec1, vec2, beta=beta, alpha=alpha))


# --- linear ---------------------------------------------------------------------------------------------------------

cdef int linear_vjp(Node n, Tensor g, Run run) except -1:
    """x (rows, k), weight (n, k), bias (n,): all three gradients are products or sums of g (rows, n)."""
    cdef Tensor x = saved(n, 0), weight = saved(n, 1)
    cdef Tensor flat_g = _as_matrix(g), flat_x
    cdef int first = n.i0                      # the input, after the bias where there is one
    if needs(n, first):
        x_grad = mm_of(flat_g, conj_of(weight))
        give(run, n, first, x_grad if g.ndim_ == 2 else _like_rows(x_grad, g))
    if needs(n, first + 1):
        flat_x = conj_of(_as_matrix(x))
        give(run, n, first + 1, mm_of(transpose_of(flat_g, 0, 1), flat_x))
    if first and needs(n, 0):
        give(run, n, 0, sum_dims(flat_g, 1, False))
    return 0


cdef Tensor _as_matrix(Tensor t):
    cdef Py_ssize_t shape[2]
    cdef int i
    if t.ndim_ == 2:
        return t
    shape[0] = 1
    for i in range(t.ndim_ - 1):
        shape[0] *= t.shape_[i]
    shape[1] = t.shape_[t.ndim_ - 1]
    return reshape_to(t, 2, shape)


cdef Tensor _like_rows(Tensor matrix, Tensor g):
    """(rows, k) with the leading dimensions of g."""
    cdef Py_ssize_t shape[64]
    cdef int i
    for i in range(g.ndim_ - 1):
        shape[i] = g.shape_[i]
    shape[g.ndim_ - 1] = matrix.shape_[1]
    return reshape_to(matrix, g.ndim_, shape)


cdef Tensor linear_of(Tensor x, Tensor weight, Tensor bias):
    """Recorded x @ weight.T + bias for checked operands; x (..., k), weight (n, k)."""
    cdef Py_ssize_t flipped_shape[2]
    cdef Py_ssize_t flipped_strides[2]
    cdef Tensor flat, y, flipped
    cdef Node n
    cdef bint will_record = recording2(x, weight) or bias is not None and recording(bias)
    cdef int before = thread_state().grad_enabled
    flipped_shape[0] = weight.shape_[1]
    flipped_shape[1] = weight.shape_[0]
    flipped_strides[0] = weight.strides[1]
    flipped_strides[1] = weight.strides[0]
    thread_state().grad_enabled = 0
    try:
        flipped = view(weight, 2, flipped_shape, flipped_strides, weight.offset)
        flat = _as_matrix(x)
        y = product(flat, flipped, bias, False)
        if x.ndim_ != 2:
            y = _detached(_like_rows(y, x))
    finally:
        thread_state().grad_enabled = before
    if will_record:
        n = new_node(linear_vjp, _linear_label(x.ndim_ == 2, bias is not None), 2 if bias is None else 3)
        if bias is not None:
            connect(n, 0, bias)
            n.i0 = 1
        connect(n, n.i0, x)
        connect(n, n.i0 + 1, weight)
        save(n, 0, x if needs(n, n.i0 + 1) else None)
        save(n, 1, weight if needs(n, n.i0) else None)
        set_history(n, y, 0)
    return y


cdef const char* _linear_label(bint matrix, bint biased) noexcept:
    """What torch's last step is called: the product, or that of its rows brought to the input's dimensions."""
    if matrix:
        return b"AddmmBackward0" if biased else b"MmBackward0"
    return b"ViewBackward0" if biased else b"UnsafeViewBackward0"


cdef Tensor _detached(Tensor t):
    """A result that was reshaped inside an op is no view of anything the user sees."""
    t.base = None
    t.flags &= ~16
    return t


def linear(Tensor input not None, Tensor weight not None, Tensor bias=None, *, Tensor out=None):
    """linear(input, weight, bias=None, *, out=None) -> Tensor

    input @ weight.T + bias: (..., k) with an (n, k) weight gives (..., n). ShapeError where the features differ, DtypeError for
    different element types.

    >>> import lucet, lucet.nn.functional as F
    >>> F.linear(lucet.ones(2, 3), lucet.ones(1, 3), lucet.ones(1))
    tensor([[4.],
            [4.]])
    """
    if not is_plain(input) or not is_plain(weight) or bias is not None and not is_plain(bias) or thread_state().modes:
        result = slow_call(linear, (input, weight, bias), {} if out is None else {"out": out})
        if result is not passed:
            return result
    return _linear(input, weight, bias) if out is None else deliver(_linear(input, weight, bias), out, "linear")


cdef Tensor _linear(Tensor input, Tensor weight, Tensor bias):
    if weight.ndim_ == 1:
        y = _matmul(input, weight)
        return y if bias is None else add(y, bias)
    _check_linear(input, weight, bias)
    if input.ndim_ == 1:
        row = squeeze_at(linear_of(unsqueeze_at(input, 0), weight, _row_bias(bias, weight)), 0)
        return named(row, b"SqueezeBackward4" if bias is None else b"ViewBackward0")
    return linear_of(input, weight, _row_bias(bias, weight))


cdef Tensor _row_bias(Tensor bias, Tensor weight):
    """A bias of one element stands for one per feature."""
    cdef Py_ssize_t n = weight.shape_[0]
    if bias is None or bias.ndim_ == 1 and bias.shape_[0] == n:
        return bias
    return expand_to(bias, 1, &n)


cdef int _check_linear(Tensor x, Tensor weight, Tensor bias) except -1:
    if (
        weight.ndim_ == 2 and x.ndim_ > 0 and x.shape_[x.ndim_ - 1] == weight.shape_[1] and x.code == weight.code
        and (bias is None or bias.code == weight.code and (bias.ndim_ == 0 or bias.ndim_ == 1 and bias.shape_[0] in (1, weight.shape_[0])))
    ):
        return 0
    facts = [f"input {describe(x)}, weight {describe(weight)}" + ("" if bias is None else f", bias {describe(bias)}")]
    if weight.ndim_ != 2:
        raise error(ShapeError, f"linear: weight must have 1 or 2 dimensions, got {weight.ndim_}", facts=facts)
    if x.ndim_ == 0:
        raise error(ShapeError, "both arguments to linear need to be at least 1D, but they are 0D and 2D", facts=facts)
    if x.shape_[x.ndim_ - 1] != weight.shape_[1]:
        rows = 1
        for i in range(x.ndim_ - 1):
            rows *= x.shape_[i]
        raise error(
            ShapeError,
            f"linear: input has {x.shape_[x.ndim_ - 1]} features, weight expects {weight.shape_[1]}",
            facts=[*facts, f"mat1 and mat2 shapes cannot be multiplied ({rows}x{x.shape_[x.ndim_ - 1]} and {weight.shape_[1]}x{weight.shape_[0]})"],
            fix=f"Linear({x.shape_[x.ndim_ - 1]}, {weight.shape_[0]}), or bring the input to {weight.shape_[1]} features before it",
        )
    if x.code != weight.code or bias is not None and bias.code != weight.code:
        raise error(
            DtypeError,
            f"linear: mat1 and mat2 must have the same dtype, but got {dtype_object(x.code)._name} and {dtype_object(weight.code)._name}",
            facts=facts,
            fix=f"input.to({dtype_object(weight.code)!r})",
        )
    raise error(ShapeError, f"linear: bias has shape {[bias.shape_[i] for i in range(bias.ndim_)]}, expected [{weight.shape_[0]}]", facts=facts)


op(mm, formula="input @ mat2", samples=also_complex(lambda r: [(r(3, 4), r(4, 2)), (r(0, 3), r(3, 2)), (r(2, 0), r(0, 3))]), family="linear", dtypes="no bool")
op(bmm, formula="input @ mat2", samples=also_complex(lambda r: [(r(2, 3, 4), r(2, 4, 2)), (r(0, 3, 4), r(0, 4, 2))]), family="linear", dtypes="no bool")
op(mv, formula="input @ vec", samples=also_complex(lambda r: [(r(3, 4), r(4))]), family="linear", dtypes="no bool")
op(dot, formula="input @ tensor", samples=also_complex(lambda r: [(r(4), r(4)), (r(0), r(0))]), family="linear", dtypes="no bool")
op(vdot, formula="vdot(input, other)", samples=also_complex(lambda r: [(r(4), r(4)), (r(0), r(0))]), family="linear", dtypes="no bool")
op(outer, formula="outer(input, vec2)", samples=also_complex(lambda r: [(r(3), r(4))]), family="linear")
op(matmul, formula="input @ other", family="linear", dtypes="no bool",
   samples=also_complex(lambda r: [(r(3, 4), r(4, 2)), (r(4), r(4)), (r(2, 3, 4), r(4)), (r(4), r(2, 4, 3)), (r(2, 3, 4), r(4, 5)), (r(3, 1, 2, 4), r(2, 4, 3))]))
op(addmm, inplace=addmm_, formula="input + mat1 @ mat2", samples=also_complex(lambda r: [(r(3, 2), r(3, 4), r(4, 2)), (r(2), r(3, 4), r(4, 2))]), family="linear", dtypes="no bool")
op(addmv, inplace=addmv_, formula="input + mat @ vec", samples=also_complex(lambda r: [(r(3), r(3, 4), r(4))]), family="linear", dtypes="no bool")
op(baddbmm, inplace=baddbmm_, formula="input + batch1 @ batch2", samples=also_complex(lambda r: [(r(2, 3, 2), r(2, 3, 4), r(2, 4, 2))]), family="linear", dtypes="no bool")
op(addr, inplace=addr_, formula="input + outer(vec1, vec2)", samples=also_complex(lambda r: [(r(3, 2), r(3), r(2))]), family="linear")
op(linear, method=False, public=False, also="nn.functional", formula="input @ weight.T + (0 if bias is None else bias)", family="linear", dtypes="no bool",
   samples=also_complex(lambda r: [(r(3, 4), r(2, 4), r(2)), (r(4), r(2, 4)), (r(2, 3, 4), r(5, 4), r(5)), (r(0, 4), r(2, 4), r(2))]))
