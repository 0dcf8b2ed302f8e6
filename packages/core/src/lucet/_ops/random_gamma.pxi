# Gamma variates, and the points of a simplex that are made of them: an element at a time in the order of the result.

cdef extern from "micro/gamma.h" nogil:
    double mt_gamma_f32(mt_state*, float)
    double mt_gamma_f64(mt_state*, double)


cdef void draw_gamma_f32(void* g, const Draw* w, void* out, Py_ssize_t n) noexcept nogil:
    cdef Py_ssize_t i
    cdef float x
    for i in range(n):
        x = <float>mt_gamma_f32(<mt_state*>g, (<const float*>w.p)[i])
        (<float*>out)[i] = x if x > FLT_MIN else FLT_MIN


cdef void draw_gamma_f64(void* g, const Draw* w, void* out, Py_ssize_t n) noexcept nogil:
    cdef Py_ssize_t i
    cdef double x
    for i in range(n):
        x = mt_gamma_f64(<mt_state*>g, (<const double*>w.p)[i])
        (<double*>out)[i] = x if x > DBL_MIN else DBL_MIN


cdef Tensor gamma_of(Tensor shapes, Generator g, int code):
    """Variates of that type, drawn with shapes of the same type."""
    cdef Tensor y = empty_tensor(code, shapes.ndim_, shapes.shape_, shapes.storage.device), alpha
    cdef Draw what
    if y.numel_ and not is_meta(shapes):
        alpha = contiguous(converted(shapes, code))
        what.p = data_of(alpha)
        draw_run(g, draw_gamma_f64 if code == FLOAT64 else draw_gamma_f32, &what, data_of(y), y.numel_, 100)
    return y


cdef int _check_gamma(Tensor input, str name) except -1:
    if input.code != FLOAT32 and input.code != FLOAT64:
        raise error(DtypeError, f"{name}: not implemented for {dtype_object(input.code)._name}, expected float32 or float64")
    return 0


def _standard_gamma(Tensor input not None, Generator generator=None):
    """_standard_gamma(input, generator=None) -> Tensor

    Numbers drawn from gamma distributions of scale 1 whose shapes stand in `input`, at least the smallest normal number of the type.
    Differentiable once in `input`, by `_standard_gamma_grad`. Dtype: float32 or float64.

    Source: Marsaglia and Tsang, "A simple method for generating gamma variables" (2000).

    >>> import lucet
    >>> generator = lucet.manual_seed(0)
    >>> lucet._standard_gamma(lucet.tensor([1., 2., 20.]))
    tensor([ 2.8824,  1.3158, 15.2385])
    """
    cdef Tensor y
    cdef Node n
    if intercepted(input):
        result = offer("_standard_gamma", (input,), generator, {})
        if result is not passed:
            return result
    _check_gamma(input, "_standard_gamma")
    y = gamma_of(input, source(generator), input.code)
    if recording(input):
        n = record(y, standard_gamma_vjp, b"StandardGammaBackward0", input)
        save(n, 0, input)
        save(n, 1, y.detach())
    return y


cdef int standard_gamma_vjp(Node n, Tensor g, Run run) except -1:
    cdef Tensor slope = OPS["_standard_gamma_grad"].function(saved_tensor(n, 0), saved_tensor(n, 1))
    return give(run, n, 0, mul(g, slope))


def _sample_dirichlet(Tensor input not None, Generator generator=None):
    """_sample_dirichlet(input, generator=None) -> Tensor

    Points drawn from Dirichlet distributions whose concentrations stand along the last dimension of `input`: positive numbers that add
    up to 1 there. There is no derivative. Dtype: float32 or float64.

    >>> import lucet
    >>> generator = lucet.manual_seed(0)
    >>> lucet._sample_dirichlet(lucet.ones(2, 3)).sum(-1)
    tensor([1., 1.])
    """
    cdef Tensor parts, y
    cdef bint single = input.code == FLOAT32
    cdef double least = FLT_MIN if single else DBL_MIN, most = 1 - (2.0 ** -24 if single else 2.0 ** -53)
    if intercepted(input):
        result = offer("_sample_dirichlet", (input,), generator, {})
        if result is not passed:
            return result
    _check_gamma(input, "_sample_dirichlet")
    parts = gamma_of(input, source(generator), FLOAT64)
    if parts.ndim_:
        y = OPS["clamp"].function(converted(div(parts, OPS["sum"].function(parts, -1, True)), input.code), least, most)
    else:
        y = OPS["clamp"].function(converted(div(parts, parts), input.code), least, most)
    if recording(input):
        record(y, no_dirichlet_vjp, b"NotImplemented", input)
    return y


cdef int no_dirichlet_vjp(Node n, Tensor g, Run run) except -1:
    raise RuntimeError("derivative for _sample_dirichlet is not implemented")


op(_standard_gamma, method=False, grad="once", dtypes="float32 float64", family="random", samples=lambda r: [(r(3, 4).abs() + 0.1,), (r(4, 3).abs().mul(40).add(0.1).t(),), (r().abs() + 0.1,), (r(0, 2),)])
op(_sample_dirichlet, method=False, grad="no", dtypes="float32 float64", family="random", samples=lambda r: [(r(3, 4).abs() + 0.1,), (r(4, 3).abs().mul(40).add(0.1).t(),), (r().abs() + 0.1,), (r(0, 2),)])
