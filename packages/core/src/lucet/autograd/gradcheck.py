"""gradcheck and gradgradcheck: gradient rules against finite differences.

A complex number counts as two real ones, in inputs and outputs. Then Jacobians are real, and a gradient, which is the derivative by
the real part plus 1j times that by the imaginary part, is one of their rows.
"""

import itertools
import math
import warnings
from collections.abc import Callable, Sequence
from typing import Any

from lucet._tensor import Tensor

_SHOWN = 16  # entries of a Jacobian that an error still prints


class GradcheckError(RuntimeError):
    """A gradient rule disagrees with finite differences."""


def _tensors(values: Any) -> tuple[Any, ...]:
    return (values,) if isinstance(values, Tensor) else tuple(values)


def _outputs(function: Callable[..., Any], inputs: Sequence[Any]) -> list[Tensor]:
    return [y for y in _tensors(function(*inputs)) if isinstance(y, Tensor) and (y.is_floating_point() or y.is_complex())]


def _numbers(t: Tensor) -> list[float]:
    """The elements one after the other, of complex ones both parts."""
    flat = t.detach().reshape(-1).tolist()
    return [part for value in flat for part in (value.real, value.imag)] if t.is_complex() else flat


def _units(t: Tensor) -> tuple[complex, ...]:
    """What an element can move by."""
    return (1, 1j) if t.is_complex() else (1,)


def _like(values: list[Any], t: Tensor) -> Tensor:
    """A tensor of the shape and type of `t` from its numbers."""
    from lucet._ops.create import tensor

    if t.is_complex():
        values = [complex(*pair) for pair in zip(values[::2], values[1::2], strict=True)]
    return tensor(values, dtype=t.dtype).view(t.shape)


def _dot(a: list[float], b: list[float]) -> float:
    return math.fsum(x * y for x, y in zip(a, b, strict=True))


def _numerical(function: Callable[..., Any], inputs: Sequence[Any], x: Tensor, which: int, eps: float) -> list[list[float]]:
    """d output / d x by central differences: one row per number of x."""
    from lucet.autograd.grad_mode import no_grad

    data, rows = x.data, []  # the same elements with a version of their own: saved uses stay valid
    with no_grad():
        for place in itertools.product(*map(range, x.shape)):
            before = data[place].item()
            for unit in _units(x):
                data[place] = before + eps * unit
                above = _numbers(_outputs(function, inputs)[which])
                data[place] = before - eps * unit
                below = _numbers(_outputs(function, inputs)[which])
                data[place] = before
                rows.append([(a - b) / (2 * eps) for a, b in zip(above, below, strict=True)])
    return rows


def _analytical(output: Tensor, x: Tensor) -> list[list[float]]:
    """The same matrix from the gradient rule, one backward per number of the output."""
    from lucet._ops.create import zeros_like
    from lucet.autograd import grad

    columns = []
    for place, unit in itertools.product(range(output.numel()), _units(output)):
        weight = zeros_like(output).contiguous()
        weight.view(-1)[place] = unit
        (g,) = grad(output, x, weight, retain_graph=True, allow_unused=True)
        columns.append([0.0] * _count(x) if g is None else _numbers(g))
    return [[column[row] for column in columns] for row in range(_count(x))]


def _count(t: Tensor) -> int:
    """How many real numbers a tensor holds."""
    return t.numel() * len(_units(t))


def _close(a: float, b: float, atol: float, rtol: float) -> bool:
    return a == b or abs(a - b) <= atol + rtol * abs(b) or (a != a and b != b)


def gradcheck(
    func: Callable[..., Any],
    inputs: Tensor | Sequence[Any],
    *,
    eps: float = 1e-6,
    atol: float = 1e-5,
    rtol: float = 1e-3,
    raise_exception: bool = True,
    nondet_tol: float = 0.0,
    check_undefined_grad: bool = True,
    check_grad_dtypes: bool = False,
    check_batched_grad: bool = False,
    check_batched_forward_grad: bool = False,
    check_forward_ad: bool = False,
    check_backward_ad: bool = True,
    fast_mode: bool = False,
    masked: bool | None = None,
) -> bool:
    """Compare the gradients of `func` with central finite differences of step `eps`, in float64.

    True when every entry of the Jacobian agrees within `atol + rtol * |numerical|`; otherwise GradcheckError (a RuntimeError), or
    False with raise_exception=False. Also checks that a repeated backward gives the same gradients within `nondet_tol`, and, with
    `check_undefined_grad`, that missing gradients of outputs are taken as zeros. `fast_mode` compares one random projection of the
    Jacobian only. `check_forward_ad` compares the Jacobian by forward mode too, `check_batched_grad` what `is_grads_batched` gives.
    ValueError for `masked`, which is of sparse tensors.

    >>> import lucet
    >>> x = lucet.tensor([0.3, 1.2], dtype=lucet.float64, requires_grad=True)
    >>> lucet.autograd.gradcheck(lambda x: x.exp() * x, (x,))
    True
    """
    if masked:
        raise ValueError("gradcheck: masked=True needs sparse tensors, which are not available")
    values = _tensors(inputs)
    try:
        _check(func, values, eps, atol, rtol, nondet_tol, check_undefined_grad, check_grad_dtypes, fast_mode, check_backward_ad)
        if check_forward_ad:
            _check_forward(func, values, eps, atol, rtol)
        if check_batched_grad:
            _check_batched(func, values, atol, rtol)
    except GradcheckError:
        if raise_exception:
            raise
        return False
    return True


def _check(func, inputs, eps, atol, rtol, nondet_tol, check_undefined_grad, check_grad_dtypes, fast_mode, check_backward_ad) -> None:
    wanted = [(place, x) for place, x in enumerate(inputs) if isinstance(x, Tensor) and x.requires_grad]
    if not wanted:
        raise ValueError("gradcheck expects at least one input tensor to require gradient, but none of the them have requires_grad=True.")
    for place, x in wanted:
        if x.dtype.to_real().itemsize < 8:
            warnings.warn(f"Input #{place} requires gradient and is not a double precision floating point. This check will likely fail if all the inputs are not of double precision floating point.", stacklevel=3)
    outputs = _outputs(func, inputs)
    if not check_backward_ad:
        return
    for which, output in enumerate(outputs):
        for place, x in wanted:
            if fast_mode:
                _compare_projection(func, inputs, outputs, which, place, x, eps, atol, rtol)
                continue
            numerical = _numerical(func, inputs, x, which, eps)
            analytical = _analytical(output, x) if output.requires_grad else [[0.0] * _count(output) for _ in range(_count(x))]
            _compare(analytical, numerical, which, place, atol, rtol)
            if output.requires_grad:
                _check_repeat(output, x, analytical, which, place, nondet_tol)
    if check_grad_dtypes:
        _check_types(outputs, wanted)
    if check_undefined_grad:
        _check_undefined(func, inputs, wanted)


def _check_forward(func, inputs, eps, atol, rtol) -> None:
    """The Jacobian by forward mode against finite differences."""
    from lucet.autograd._places import Level, jacobians

    for place, x in enumerate(inputs):
        if not isinstance(x, Tensor) or not x.requires_grad:
            continue
        with Level() as level:
            args = list(inputs)
            args[place] = level.free(x.detach().requires_grad_())
            outputs = _outputs(func, args)
            matrices = [row[0] for row in jacobians(level, outputs, [x.detach()], False, pushing=True)] if outputs else []
        for which, (output, matrix) in enumerate(zip(outputs, matrices, strict=True)):
            pushed = matrix.detach().reshape(output.numel(), x.numel()).t().tolist()
            _compare(pushed, _numerical(func, inputs, x, which, eps), which, place, atol, rtol, "Jacobian computed with forward mode mismatch")


def _check_batched(func, inputs, atol, rtol) -> None:
    """Gradients of several weights at once against those of each."""
    from lucet._ops import stack
    from lucet._ops.create import ones_like
    from lucet.autograd import grad

    wanted = [x for x in inputs if isinstance(x, Tensor) and x.requires_grad]
    for which, output in enumerate(_outputs(func, inputs)):
        if not output.requires_grad:
            continue
        weights = [ones_like(output.detach()), ones_like(output.detach()) * 2]
        together = grad(output, wanted, stack(weights), retain_graph=True, allow_unused=True, is_grads_batched=True)
        for number, weight in enumerate(weights):
            for place, (one, batch) in enumerate(zip(grad(output, wanted, weight, retain_graph=True, allow_unused=True), together, strict=True)):
                pairs = [] if one is None or batch is None else zip(one.reshape(-1).tolist(), batch[number].reshape(-1).tolist(), strict=True)
                if (one is None) != (batch is None) or any(not _close(a, b, atol, rtol) for a, b in pairs):
                    raise GradcheckError(f"gradcheck or gradgradcheck failed while testing batched gradient computation: output {which}, input {place}")


def _compare(
    analytical, numerical, which: int, place: int, atol: float, rtol: float, what: str = "Jacobian mismatch"
) -> None:
    wrong = [
        (row, column, a, n)
        for row, (a_row, n_row) in enumerate(zip(analytical, numerical, strict=True))
        for column, (a, n) in enumerate(zip(a_row, n_row, strict=True))
        if not _close(a, n, atol, rtol)
    ]
    if not wrong:
        return
    row, column, a, n = wrong[0]
    raise GradcheckError(
        f"{what} for output {which} with respect to input {place}: entry ({row}, {column}) is {a} by the gradient rule, "
        f"{n} by finite differences\n{_both(analytical, numerical, wrong)}"
    )


def _both(analytical, numerical, wrong) -> str:
    """Both Jacobians while they are small, else how many entries differ and where most."""
    entries = len(numerical) * len(numerical[0])
    if entries <= _SHOWN:
        return f"  numerical: {numerical}\n  analytical: {analytical}"
    row, column, a, n = max(wrong, key=lambda entry: abs(entry[2] - entry[3]) if entry[2] == entry[2] and entry[3] == entry[3] else math.inf)
    return f"  {len(wrong)} of {entries} entries ({len(numerical)} x {len(numerical[0])}) differ, most at ({row}, {column}): {a} and {n}"


def _compare_projection(func, inputs, outputs, which, place, x, eps, atol, rtol) -> None:
    """u^T J v by the rule and by one difference along u, for fixed u and v of unit length."""
    import random

    from lucet.autograd import grad
    from lucet.autograd.grad_mode import no_grad

    output, draw = outputs[which], random.Random(0)
    u = _unit([draw.gauss(0, 1) for _ in range(_count(x))])
    v = _unit([draw.gauss(0, 1) for _ in range(_count(output))])
    step, weight = _like(u, x), _like(v, output)
    with no_grad():
        saved = x.detach().clone()
        x.data.copy_(saved + step * eps)
        above = _numbers(_outputs(func, inputs)[which])
        x.data.copy_(saved - step * eps)
        below = _numbers(_outputs(func, inputs)[which])
        x.data.copy_(saved)
        numerical = _dot([(a - b) / (2 * eps) for a, b in zip(above, below, strict=True)], v)
    analytical = 0.0
    if output.requires_grad:
        (g,) = grad(output, x, weight, retain_graph=True, allow_unused=True)
        analytical = 0.0 if g is None else _dot(_numbers(g), u)
    if not _close(analytical, numerical, atol, rtol):
        raise GradcheckError(f"Jacobian mismatch for output {which} with respect to input {place}: a random projection is {analytical} by the gradient rule, {numerical} by finite differences")


def _unit(values: list[float]) -> list[float]:
    length = sum(value * value for value in values) ** 0.5 or 1.0
    return [value / length for value in values]


def _check_repeat(output, x, first, which: int, place: int, nondet_tol: float) -> None:
    again = _analytical(output, x)
    for a_row, b_row in zip(first, again, strict=True):
        for a, b in zip(a_row, b_row, strict=True):
            if abs(a - b) > nondet_tol:
                raise GradcheckError(f"Backward is not reentrant, i.e., running backward with same input and grad_output multiple times gives different values: output {which}, input {place}, {a} and {b}")


def _check_types(outputs, wanted) -> None:
    from lucet._ops.create import ones_like
    from lucet.autograd import grad

    for output in outputs:
        if output.requires_grad:
            for (place, x), g in zip(wanted, grad(output, [x for _, x in wanted], ones_like(output), retain_graph=True, allow_unused=True), strict=True):
                if g is not None and g.dtype is not x.dtype:
                    raise GradcheckError(f"Expected the gradient of input {place} to be {x.dtype}, got {g.dtype}")


def _check_undefined(func, inputs, wanted) -> None:
    """A zero weight on every output gives zero gradients."""
    from lucet._ops.create import zeros_like
    from lucet.autograd import grad

    outputs = [y for y in _outputs(func, inputs) if y.requires_grad]
    if not outputs:
        return
    found = grad(outputs, [x for _, x in wanted], [zeros_like(y) for y in outputs], allow_unused=True)
    for (place, _), g in zip(wanted, found, strict=True):
        if g is not None and any(value != 0 for value in _numbers(g)):
            raise GradcheckError(f"Expected zero gradients for input {place} when the gradients of all outputs are zero")


def gradgradcheck(
    func: Callable[..., Any],
    inputs: Tensor | Sequence[Any],
    grad_outputs: Tensor | Sequence[Tensor] | None = None,
    *,
    eps: float = 1e-6,
    atol: float = 1e-5,
    rtol: float = 1e-3,
    gen_non_contig_grad_outputs: bool = False,
    raise_exception: bool = True,
    nondet_tol: float = 0.0,
    check_undefined_grad: bool = True,
    check_grad_dtypes: bool = False,
    check_batched_grad: bool = False,
    check_fwd_over_rev: bool = False,
    check_rev_over_rev: bool = True,
    fast_mode: bool = False,
    masked: bool = False,
) -> bool:
    """gradcheck of the gradients themselves: second derivatives of `func` against finite differences.

    Weights for the outputs are drawn unless `grad_outputs` is given; `gen_non_contig_grad_outputs` makes the drawn ones strided.

    >>> import lucet
    >>> x = lucet.tensor([0.3, 1.2], dtype=lucet.float64, requires_grad=True)
    >>> lucet.autograd.gradgradcheck(lambda x: x ** 3, (x,))
    True
    """
    values = _tensors(inputs)
    outputs = _outputs(func, values)
    weights = _weights(outputs, gen_non_contig_grad_outputs) if grad_outputs is None else _tensors(grad_outputs)
    count = len(values)
    wanted = [place for place, x in enumerate(values) if isinstance(x, Tensor) and x.requires_grad]

    def gradients(*args: Any) -> tuple[Tensor, ...]:
        from lucet.autograd import enable_grad, grad

        args, given = args[:count], args[count:]
        with enable_grad():  # finite differences run without recording, these gradients need it
            results = _outputs(func, args)
        keep = [(y, w) for y, w in zip(results, given, strict=True) if y.requires_grad]
        found = grad([y for y, _ in keep], [args[place] for place in wanted], [w for _, w in keep], create_graph=True, allow_unused=True)
        return tuple(g for g in found if g is not None)

    return gradcheck(
        gradients, (*values, *weights), eps=eps, atol=atol, rtol=rtol, raise_exception=raise_exception, nondet_tol=nondet_tol,
        check_undefined_grad=check_undefined_grad, check_grad_dtypes=check_grad_dtypes, check_batched_grad=check_batched_grad, fast_mode=fast_mode,
        masked=masked or None, check_forward_ad=check_fwd_over_rev, check_backward_ad=check_rev_over_rev,
    )  # fmt: skip


def _weights(outputs: list[Tensor], strided: bool) -> tuple[Tensor, ...]:
    import random

    draw = random.Random(1)
    made = []
    for output in outputs:
        weight = _like([draw.uniform(-1, 1) for _ in range(_count(output))], output)
        if strided and output.dim() >= 2:
            weight = weight.transpose(0, 1).contiguous().transpose(0, 1)
        made.append(weight.requires_grad_())
    return tuple(made)
