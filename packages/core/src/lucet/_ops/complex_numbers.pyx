"""Complex numbers made of real ones and looked at: complex, polar, conj, angle, isreal. Their arithmetic is in the pointwise
families, the views of their parts in shape.pyx.

The conjugate of a complex tensor is a view with a bit that says so (`F_CONJ`). Views hand the bit on, copies carry it out, and all other
ops never see it: they are called with what `resolved_copy` gives (`_modes.resolved_call`). Gradient rules compute conjugates at once.
"""

from lucet._dtype cimport BOOL, FLOAT16, FLOAT32, FLOAT64, COMPLEX64, default_code, dtype_object
cimport lucet._modes as _modes
from lucet._engine cimport Node, Run, engine_ops, saved_tensor, needs, give
from lucet._kernels.kernels cimport *
from lucet._modes cimport thread_state, slow_call, view_call, passed
from lucet._ops._loops cimport DEAR
from lucet._ops.convert cimport cast_to, clone_of, copy_inplace, deliver
from lucet._ops.pointwise cimport (
    Rule, TO_COMPLEX, SAVE_OUT, ANGLE_RULE, CONJ_RULE, EQ_RULE, SGN_RULE, binary, conj_of, mul, of, rule, unary,
)
from lucet._ops.shape cimport conj_view, imag_of
from lucet._tensor cimport Tensor, F_INFERENCE, is_lazy, is_plain, same_shape, version_of

from lucet._errors import DtypeError, error
from lucet._ops.pointwise import also_complex, _complex, _singles, _tensor_pairs
from lucet._registry import OPS, op


# complex, polar -----------------------------------------------------------------------------------------------------
cdef int complex_vjp(Node n, Tensor g, Run run) except -1:
    give(run, n, 0, g)                       # a real input gets the real part
    if needs(n, 1):
        give(run, n, 1, imag_of(g))
    return 0

cdef int polar_vjp(Node n, Tensor g, Run run) except -1:
    """Along the direction of the number, and across it."""
    cdef Tensor y = saved_tensor(n, 2)
    if needs(n, 0):
        give(run, n, 0, mul(g, conj_of(of(SGN_RULE, y))))
    if needs(n, 1):
        give(run, n, 1, mul(g, conj_of(mul(y, 1j))))
    return 0

cdef Rule COMPLEX_RULE = rule("complex", COMPLEX, TO_COMPLEX, b"ComplexBackward0", complex_vjp)
cdef Rule POLAR_RULE = rule("polar", POLAR, TO_COMPLEX, b"PolarBackward0", polar_vjp, SAVE_OUT, DEAR)

cdef int _check_parts(Tensor a, Tensor b, Tensor out, str name) except -1:
    if a.code not in (FLOAT32, FLOAT64) or b.code not in (FLOAT32, FLOAT64):
        raise error(
            DtypeError, f"{name}: Expected both inputs to be float32 or float64 tensors but got {dtype_object(a.code)._name} and {dtype_object(b.code)._name}",
        )
    if a.code != b.code:
        raise error(DtypeError, f"{name}: Expected object of scalar type {dtype_object(a.code)._name} but got scalar type {dtype_object(b.code)._name} for second argument")
    if out is not None and out.dtype is not dtype_object(a.code).to_complex():
        raise error(DtypeError, f"{name}: Expected object of scalar type {dtype_object(a.code).to_complex()._name} but got scalar type {dtype_object(out.code)._name} for argument 'out'")
    return 0


def complex_function(Tensor real not None, Tensor imag not None, *, Tensor out=None):
    """complex(real, imag, *, out=None) -> Tensor

    Complex numbers of a real and an imaginary part each. Shapes broadcast. DtypeError for parts of two types, and for types but
    float32 and float64.

    >>> import lucet
    >>> lucet.complex(lucet.tensor([1., 2.]), lucet.tensor([3., 0.]))
    tensor([1.+3.j, 2.+0.j])
    """
    if not thread_state().modes and is_plain(real) and is_plain(imag):
        _check_parts(real, imag, out, "complex")
    return binary(COMPLEX_RULE, real, imag, out, False)


def polar(Tensor abs not None, Tensor angle not None, *, Tensor out=None):
    """polar(abs, angle, *, out=None) -> Tensor

    Complex numbers of a length and an angle in radians each: abs * (cos(angle) + 1j * sin(angle)). Shapes broadcast. DtypeError for
    operands of two types, and for types but float32 and float64.

    >>> import lucet
    >>> lucet.polar(lucet.tensor([2.]), lucet.tensor([0.]))
    tensor([2.+0.j])
    """
    if not thread_state().modes and is_plain(abs) and is_plain(angle):
        _check_parts(abs, angle, out, "polar")
    return binary(POLAR_RULE, abs, angle, out, False)


COMPLEX_RULE.fn = op(complex_function, name="complex", method=False, family="complex", formula="real + 1j * imag", samples=_tensor_pairs, dtypes="floats")
POLAR_RULE.fn = op(
    polar, method=False, family="complex", formula="abs * exp(1j * angle)", dtypes="floats",
    samples=lambda r: [(a.abs() + 0.5, b) for a, b in _tensor_pairs(r)],
)


# conj ---------------------------------------------------------------------------------------------------------------
def conj(Tensor input not None):
    """conj(input) -> Tensor

    The conjugates of complex numbers, as a view: `is_conj()` tells, `resolve_conj()` computes them, and what is written into the view
    is conjugated on its way to `input`. A real tensor itself.

    >>> import lucet
    >>> lucet.conj(lucet.tensor([1 + 2j]))
    tensor([1.-2.j])
    """
    if not is_plain(input) or thread_state().modes:
        result = view_call(conj, (input,), {})
        if result is not passed:
            return result
    return input if input.code < COMPLEX64 else conj_view(input)


def conj_physical(Tensor input not None, *, Tensor out=None):
    """conj_physical(input, *, out=None) -> Tensor

    The conjugates of complex numbers, in memory of their own; a real tensor itself.

    >>> import lucet
    >>> lucet.conj_physical(lucet.tensor([1 + 2j]))
    tensor([1.-2.j])
    """
    if not is_plain(input) or thread_state().modes:
        result = slow_call(conj_physical, (input,), {} if out is None else {"out": out})
        if result is not passed:
            return result
    if input.code < COMPLEX64:
        return deliver(input, out, "conj_physical")
    return unary(CONJ_RULE, input, out, False)


def conj_physical_(Tensor input not None):
    if not is_plain(input) or thread_state().modes:
        result = slow_call(conj_physical_, (input,), {})
        if result is not passed:
            return result
    return input if input.code < COMPLEX64 else unary(CONJ_RULE, input, input, True)


def resolve_conj(Tensor input not None):
    """resolve_conj(input) -> Tensor

    A copy of a conjugate that was not computed yet (`is_conj()`), which holds its elements; any other tensor itself.

    >>> import lucet
    >>> z = lucet.tensor([1 + 2j]).conj()
    >>> z.is_conj(), lucet.resolve_conj(z).is_conj()
    (True, False)
    """
    if not is_plain(input) or thread_state().modes:
        result = view_call(resolve_conj, (input,), {})
        if result is not passed:
            return result
    return clone_of(input) if is_lazy(input) else input


cdef object _resolved_copy(object lazy):
    cdef Tensor t = clone_of(<Tensor>lazy)
    t.flags &= ~F_INFERENCE                  # in inference mode too, its version tells whether the op wrote into it
    return t


cdef int _written(object copy, object lazy) except -1:
    """What an op changed in the resolved copy of a lazy conjugate, its shape or its elements, becomes so in that one."""
    cdef Tensor now = <Tensor>copy, target = <Tensor>lazy
    if version_of(now) == 0:
        return 0
    if not same_shape(now, target):
        target.resize_(now.shape)
    copy_inplace(target, now)
    return 0


_modes.resolved_copy = _resolved_copy
_modes.written = _written
engine_ops.resolve = clone_of
engine_ops.conj = conj_of


def resolve_neg(Tensor input not None):
    """resolve_neg(input) -> Tensor

    `input` itself: no tensor is the negative of its elements.

    >>> import lucet
    >>> lucet.resolve_neg(lucet.tensor([1.]))
    tensor([1.])
    """
    if not is_plain(input) or thread_state().modes:
        result = view_call(resolve_neg, (input,), {})
        if result is not passed:
            return result
    return input


CONJ_RULE.fn = conj_physical
CONJ_RULE.fn_inplace = conj_physical_
op(conj, family="complex", formula="conj(input)", samples=also_complex(_singles))
op(conj_physical, inplace=conj_physical_, family="complex", formula="conj(input)", samples=lambda r: also_complex(_singles)(r)[4:])
op(resolve_conj, family="complex", formula="input", samples=also_complex(_singles))
op(resolve_neg, family="complex", formula="input", samples=also_complex(_singles))


# angle, isreal ------------------------------------------------------------------------------------------------------
def angle(Tensor input not None, *, Tensor out=None):
    """angle(input, *, out=None) -> Tensor

    The angles of complex numbers in radians, in (-pi, pi]; of real ones 0, or pi below 0. Integers and bools give the default
    floating type.

    >>> import lucet
    >>> lucet.angle(lucet.tensor([1j, 2., -1.]))
    tensor([1.5708, 0.0000, 3.1416])
    """
    if not is_plain(input) or thread_state().modes:
        result = slow_call(angle, (input,), {} if out is None else {"out": out})
        if result is not passed:
            return result
    return unary(ANGLE_RULE, cast_to(input, default_code()) if input.code < FLOAT16 else input, out, False)


def isreal(Tensor input not None):
    """isreal(input) -> Tensor

    Whether each element has an imaginary part of zero, as a bool tensor.

    >>> import lucet
    >>> lucet.isreal(lucet.tensor([1 + 0j, 1j]))
    tensor([ True, False])
    """
    if not is_plain(input) or thread_state().modes:
        result = slow_call(isreal, (input,), {})
        if result is not passed:
            return result
    if input.code < COMPLEX64:
        return OPS["ones_like"].function(input, dtype=dtype_object(BOOL))
    return binary(EQ_RULE, imag_of(input.detach()), 0, None, False)


ANGLE_RULE.fn = angle
op(angle, family="complex", formula="angle(input)", samples=also_complex(_singles))
op(isreal, family="complex", grad="no", formula="isreal(input)", samples=lambda r: [*also_complex(_singles)(r), (_complex(r(3), r).real + 0j,)])
