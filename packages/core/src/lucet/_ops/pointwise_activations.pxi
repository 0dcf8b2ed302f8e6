# Activations that came later: mish, hardsigmoid, hardswish, softshrink, logsigmoid. The others are in pointwise_functions.pxi.

cdef int mish_vjp(Node n, Tensor g, Run run) except -1:
    cdef Tensor x = saved_tensor(n, 0), s, t
    if recording2(g, x):
        s = unary(SIGMOID_RULE, x, None, False)
        t = unary(TANH_RULE, unary_p(SOFTPLUS_RULE, x, None, False, 1, 20, 0), None, False)
        return give(run, n, 0, mul(g, add(t, mul(mul(x, s), sub(1, mul(t, t))))))
    return give(run, n, 0, binary_kernel(MISH_GRAD, g, x))

cdef int hardsigmoid_vjp(Node n, Tensor g, Run run) except -1:
    return give_sloped(run, n, g, binary_kernel(HARDSIGMOID_GRAD, g, saved_tensor(n, 0)), b"HardsigmoidBackwardBackward0")

cdef int hardswish_vjp(Node n, Tensor g, Run run) except -1:
    cdef Tensor x = saved_tensor(n, 0)
    if recording2(g, x):
        slope = where(binary(GE_RULE, x.detach(), 3, None, False), 1.0, add(mul(x, 1 / 3.0), 0.5))
        return give(run, n, 0, mul(g, where(binary(LE_RULE, x.detach(), -3, None, False), 0.0, slope)))
    return give(run, n, 0, binary_kernel(HARDSWISH_GRAD, g, x))

cdef int softshrink_vjp(Node n, Tensor g, Run run) except -1:
    return give_sloped(run, n, g, binary_kernel(HARDSHRINK_GRAD, g, saved_tensor(n, 0), n.d0), b"SoftshrinkBackwardBackward0")

cdef int logsigmoid_vjp(Node n, Tensor g, Run run) except -1:
    cdef Tensor x = saved_tensor(n, 0)
    if recording2(g, x):
        return give(run, n, 0, mul(g, unary(SIGMOID_RULE, neg(x), None, False)))
    return give(run, n, 0, binary_kernel(LOG_SIGMOID_GRAD, g, x))

cdef Rule MISH_RULE = rule("mish", MISH, ARITH, b"MishBackward0", mish_vjp, SAVE_A, MATH)
cdef Rule HARDSIGMOID_RULE = rule("hardsigmoid", HARDSIGMOID, ARITH, b"HardsigmoidBackward0", hardsigmoid_vjp, SAVE_A)
cdef Rule HARDSWISH_RULE = rule("hardswish", HARDSWISH, ARITH, b"HardswishBackward0", hardswish_vjp, SAVE_A)
cdef Rule SOFTSHRINK_RULE = rule("softshrink", SOFTSHRINK, ARITH, b"SoftshrinkBackward0", softshrink_vjp, SAVE_A)
cdef Rule LOGSIGMOID_RULE = rule("logsigmoid", LOG_SIGMOID, ARITH, b"LogSigmoidBackward0", logsigmoid_vjp, SAVE_A, MATH)

def mish(Tensor input not None, bint inplace=False):
    """mish(input, inplace=False) -> Tensor

    input * tanh(log(1 + exp(input))), elementwise.
    Source: Misra, Mish: a self regularized non-monotonic neural activation function, 2019.

    >>> import lucet.nn.functional as F, lucet
    >>> F.mish(lucet.tensor([0., 1.]))
    tensor([0.0000, 0.8651])
    """
    return activation(MISH_RULE, input, inplace, 0, 0, 0, {})

def hardsigmoid(Tensor input not None, bint inplace=False):
    """hardsigmoid(input, inplace=False) -> Tensor

    min(max(input + 3, 0), 6) / 6, elementwise.
    Source: Courbariaux, Bengio and David, BinaryConnect, 2015, section 2.3, with the limits of Howard et al., 2019.

    >>> import lucet.nn.functional as F, lucet
    >>> F.hardsigmoid(lucet.tensor([-4., 0., 1.5]))
    tensor([0.0000, 0.5000, 0.7500])
    """
    return activation(HARDSIGMOID_RULE, input, inplace, 0, 0, 0, {})

def hardswish(Tensor input not None, bint inplace=False):
    """hardswish(input, inplace=False) -> Tensor

    input * min(max(input + 3, 0), 6) / 6, elementwise.
    Source: Howard et al., Searching for MobileNetV3, 2019, section 5.2.

    >>> import lucet.nn.functional as F, lucet
    >>> F.hardswish(lucet.tensor([-3., 1.5, 4.]))
    tensor([-0.0000,  1.1250,  4.0000])
    """
    return activation(HARDSWISH_RULE, input, inplace, 0, 0, 0, {})

cdef dict _SPOKEN = {"float32": "Float", "float64": "Double", "float16": "Half", "bfloat16": "BFloat16"}       # as torch's message has them

def softshrink(Tensor input not None, double lambd=0.5, *, Tensor out=None):
    """softshrink(input, lambd=0.5, *, out=None) -> Tensor

    input brought nearer to 0 by `lambd`, and 0 where it is within, elementwise. RuntimeError for a negative `lambd`.

    >>> import lucet.nn.functional as F, lucet
    >>> F.softshrink(lucet.tensor([-1., 0.3, 2.]))
    tensor([-0.5000,  0.0000,  1.5000])
    """
    if input.code >= FLOAT16 and input.code <= FLOAT64 and not lambd >= 0:
        raise error(RangeError, f"lambda must be in range [0, {finfo(dtype_object(input.code)).max:g}] for input dtype {_SPOKEN[dtype_object(input.code)._name]}, but found {lambd:g}")
    return activation(SOFTSHRINK_RULE, input, False, lambd, 0, 0, {"lambd": lambd}, out)

def logsigmoid(Tensor input not None, *, Tensor out=None):
    """logsigmoid(input, *, out=None) -> Tensor

    -log(1 + exp(-input)), elementwise, without overflow.

    >>> import lucet.nn.functional as F, lucet
    >>> F.logsigmoid(lucet.tensor([0., -1000.]))
    tensor([-6.9315e-01, -1.0000e+03])
    """
    return activation(LOGSIGMOID_RULE, input, False, 0, 0, 0, {}, out)

def _wide_singles(r):
    """Samples that reach beyond the corners at 3."""
    return [(x * 3,) for (x,) in _singles(r)]

for _rule_, _function, _formula in (
    (MISH_RULE, mish, "input * tanh(log1p(exp(input)))"),
    (HARDSIGMOID_RULE, hardsigmoid, "clip(input + 3, 0, 6) / 6"),
    (HARDSWISH_RULE, hardswish, "input * clip(input + 3, 0, 6) / 6"),
    (SOFTSHRINK_RULE, softshrink, "sign(input) * maximum(abs(input) - 0.5, 0)"),
    (LOGSIGMOID_RULE, logsigmoid, "-log1p(exp(-input))"),
):
    (<Rule>_rule_).fn = op(_function, method=False, public=False, also="nn.functional", formula=_formula, samples=_wide_singles, family="pointwise", dtypes="floats")
