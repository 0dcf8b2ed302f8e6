# Counts: poisson and binomial, an element at a time in the order of the result.

cdef int no_derivative_vjp(Node n, Tensor g, Run run) except -1:
    raise RuntimeError("derivative for binomial is not implemented")


def poisson(Tensor input not None, Generator generator=None):
    """poisson(input, generator=None) -> Tensor

    Counts drawn from Poisson distributions whose rates stand in `input`, in its shape and dtype. The gradient is zero.
    Dtype: floating. Raises RuntimeError for a negative rate or NaN, DtypeError for other dtypes.

    Source: Hoermann, "The transformed rejection method for generating Poisson random variables" (1993).

    >>> import lucet
    >>> generator = lucet.manual_seed(0)
    >>> lucet.poisson(lucet.tensor([0., 4., 100.]))
    tensor([  0.,   7., 102.])
    """
    if intercepted(input):
        result = offer("poisson", (input,), generator, {})
        if result is not passed:
            return result
    cdef int code = FLOAT64 if input.code == FLOAT64 else FLOAT32
    cdef Tensor rates, y
    cdef Draw what
    if category_of[input.code] != CAT_FLOAT:
        raise error(DtypeError, f"poisson: not implemented for {dtype_object(input.code)._name}, expected a floating dtype")
    y = empty_tensor(input.code, input.ndim_, input.shape_, input.storage.device)
    if y.numel_ and not is_meta(input):
        rates = contiguous(converted(input, code))
        if not K.non_negative[code](data_of(rates), rates.numel_):
            raise RuntimeError("invalid Poisson rate, expected rate to be non-negative")
        what.p = data_of(rates)
        fill(y, source(generator), DRAW_POISSON, code, &what, 60)
    if recording(input):
        record(y, nothing_vjp, b"PoissonBackward0", input)
    return y


def binomial(Tensor count not None, Tensor prob not None, Generator generator=None):
    """binomial(count, prob, generator=None) -> Tensor

    How many of `count` trials succeed with probability `prob`, drawn for each element; the two broadcast. A probability below 0
    counts as 0, one above 1 as 1. Dtype: float32 or float64, the same for both. There is no derivative.
    Raises ValueError for counts that are not floating, DtypeError for other dtypes.

    Source: Hoermann, "The generation of binomial random variates" (1993).

    >>> import lucet
    >>> generator = lucet.manual_seed(0)
    >>> lucet.binomial(lucet.tensor([10., 10., 1000.]), lucet.tensor([0., 0.5, 0.5]))
    tensor([  0.,   7., 504.])
    """
    if intercepted(count) or not is_plain(prob):
        result = offer("binomial", (count, prob), generator, {})
        if result is not passed:
            return result
    cdef Py_ssize_t shape[64]
    cdef int ndim
    cdef Tensor counts, probabilities, y
    cdef Draw what
    if category_of[count.code] != CAT_FLOAT:
        raise ValueError(f"binomial only supports floating-point dtypes for count, got: {dtype_object(count.code)._name}")
    if prob.code != count.code:
        raise error(DtypeError, f"binomial: Found dtype {dtype_object(prob.code)._name} but expected {dtype_object(count.code)._name}")
    if count.code != FLOAT32 and count.code != FLOAT64:
        raise error(DtypeError, f"binomial: not implemented for {dtype_object(count.code)._name}")
    if count.storage.device != prob.storage.device:
        raise error(DeviceError, "binomial: Expected all tensors to be on the same device, but found at least two devices, meta and cpu!")
    ndim = broadcast2(count, prob, shape, b"binomial")
    y = empty_tensor(count.code, ndim, shape, count.storage.device)
    if y.numel_ and not is_meta(y):
        counts, probabilities = expanded_rows(count, y), expanded_rows(prob, y)
        what.p, what.q = data_of(probabilities), data_of(counts)
        fill(y, source(generator), DRAW_BINOMIAL, y.code, &what, 60)
    if recording2(count, prob):
        record(y, no_derivative_vjp, b"torch::autograd::NotImplemented", count, prob)
    return y


cdef Tensor expanded_rows(Tensor t, Tensor y):
    """t without gaps in the shape of y, to which it broadcasts."""
    if t.flags & F_CONTIGUOUS and same_shape(t, y):
        return t
    cdef Tensor each = empty_like(y, t.code)
    convert_into(each, t)
    return each


op(poisson, method=False, grad="no", dtypes="floats", family="random", samples=lambda r: [(r(3, 4).abs(),), (r(4, 3).abs().mul(40).t(),), (r().abs(),), (r(0, 2),)])
op(binomial, method=False, grad="no", dtypes="float32 float64", family="random", samples=lambda r: [
    (r(3, 4).abs().mul(100).round(), r(3, 4).abs().mul(0.3)), (r(3, 1).abs().mul(9).round(), r(4).abs().mul(0.3)), (r(0, 2), r(2)),
])
