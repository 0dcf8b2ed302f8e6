"""Products with Jacobians and Hessians of functions, and the matrices themselves, by backward alone."""

from collections.abc import Callable, Sequence
from typing import Any

from lucet import _modes
from lucet._ops import stack, zeros_like
from lucet._tensor import Tensor
from lucet.autograd import grad
from lucet.autograd._places import Level, jacobians, swept
from lucet.autograd.grad_mode import enable_grad, set_grad_enabled

__all__ = ["hessian", "hvp", "jacobian", "jvp", "vhp", "vjp"]

Tensors = Tensor | tuple[Tensor, ...]
Found = Sequence[Tensor | None]


# --- arguments and results ------------------------------------------------------------------------------------------


def _as_tuple(value: Any, what: str, name: str) -> tuple[bool, tuple[Tensor, ...]]:
    """(whether it was a tuple, the tuple). TypeError for what is no tensor."""
    was_tuple = isinstance(value, tuple)
    tensors = value if was_tuple else (value,)
    for index, tensor in enumerate(tensors):
        if not isinstance(tensor, Tensor):
            where = f"value at index {index}" if was_tuple else f"given {what}"
            raise TypeError(f"The {what} given to {name} must be either a Tensor or a tuple of Tensors but the {where} has type {type(tensor)}.")
    return was_tuple, tensors


def _single(tensors: tuple[Any, ...], was_tuple: bool) -> Any:
    return tensors if was_tuple else tensors[0]


def _fresh(tensors: tuple[Tensor, ...], create_graph: bool, need_graph: bool) -> tuple[Tensor, ...]:
    """Tensors that are not the caller's: a function may use the very same tensor on its own account."""
    return tuple(
        tensor.view_as(tensor) if create_graph and tensor._is_recorded() else tensor.detach().requires_grad_(need_graph)
        for tensor in tensors
    )


def _released(tensors: tuple[Any, ...], create_graph: bool) -> tuple[Any, ...]:
    """Without history, unless it was asked for."""
    if create_graph:
        return tensors
    return tuple(tensor.detach() if isinstance(tensor, Tensor) else _released(tensor, False) for tensor in tensors)


def _vector(v: Any, like: tuple[Tensor, ...], like_is_tuple: bool, create_graph: bool, name: str, missing: str) -> tuple[Tensor, ...] | None:
    """The checked vector; None stands for 1, where `like` is a single element."""
    if v is None:
        if len(like) != 1 or like[0].numel() != 1:
            raise RuntimeError(f"The vector v can only be None if {missing}")
        return None
    vs = _fresh(_as_tuple(v, "v", name)[1], create_graph, False)
    if len(vs) != len(like):
        raise RuntimeError(
            f"v is a tuple of invalid length: should be {len(like)} but got {len(vs)}." if like_is_tuple
            else "The given v should contain a single Tensor."
        )  # fmt: skip
    for index, (one, other) in enumerate(zip(vs, like, strict=True)):
        if one.shape != other.shape:
            entry = f"Entry {index} in " if like_is_tuple else ""
            raise RuntimeError(f"{entry}v has invalid size: should be {other.shape} but got {one.shape}.")
    return vs


_ONE_INPUT = "the input to the user-provided function is a single Tensor with a single element."

# What `strict` says of a tensor that does not depend on the inputs.
_INDEPENDENT = {
    "outputs": "Output {} of the user-provided function does not require gradients. The outputs must be computed in a differentiable "
    "manner from the input when running in strict mode.",
    "grad_inputs": "The gradient with respect to input {} is independent of the inputs of the user-provided function. This is not allowed "
    "in strict mode.",
    "jacobian": "While computing the hessian, found that the jacobian of the user-provided function with respect to input {} is independent "
    "of the input. This is not allowed in strict mode. You should ensure that your function is twice differentiable and that the jacobian "
    "depends on the inputs (this would be violated by a linear function for example).",
    "hessian": "The hessian of the user-provided function with respect to input {} is independent of the input. This is not allowed in "
    "strict mode. You should ensure that your function is thrice differentiable and that the hessian depends on the inputs.",
}
_MISSING = {
    "back": "The output of the user-provided function is independent of input {}. This is not allowed in strict mode.",
    "back_trick": "The gradient with respect to the input is independent of entry {} in the grad_outputs when using the double backward "
    "trick to compute forward mode gradients. This is not allowed in strict mode.",
    "double_back": "The jacobian of the user-provided function is independent of input {}. This is not allowed in strict mode.",
    "double_back_trick": "The hessian of the user-provided function is independent of entry {} in the grad_jacobian. This is not allowed in "
    "strict mode as it prevents from using the double backward trick to replace forward mode AD.",
}


def _check_depends(tensors: Found, what: str, strict: bool) -> None:
    for index, tensor in enumerate(tensors if strict else ()):
        if tensor is None:
            raise RuntimeError(_MISSING["back"].format(index))
        if not tensor._is_recorded():
            raise RuntimeError(_INDEPENDENT[what].format(index))


def _gradients(outputs: Found, inputs: Sequence[Tensor], weights: Any = None, create_graph: bool = False, retain_graph: bool | None = None) -> Found:
    """Gradients of the outputs that have any; None where there is no path."""
    given = (None,) * len(outputs) if weights is None else weights
    pairs = [(y, w) for y, w in zip(outputs, given, strict=True) if y is not None and y._is_recorded()]
    if not pairs:
        return (None,) * len(inputs)
    ys, ws = zip(*pairs, strict=True)
    return grad(ys, inputs, ws, retain_graph, create_graph, allow_unused=True)


def _filled(found: Found, like: Sequence[Tensor], strict: bool, create_graph: bool, stage: str) -> tuple[Tensor, ...]:
    """Zeros where there is no gradient, or the error that `strict` asks for."""
    results = []
    for index, (gradient, reference) in enumerate(zip(found, like, strict=True)):
        if gradient is None:
            if strict:
                raise RuntimeError(_MISSING[stage].format(index))
            gradient = zeros_like(reference)
        elif strict and create_graph and not gradient._is_recorded():
            matrix = "hessian" if "double" in stage else "jacobian"
            raise RuntimeError(
                f"The {matrix} of the user-provided function is independent of input {index}. This is not allowed in strict mode when create_graph=True."
            )
        results.append(gradient)
    return tuple(results)


def _outputs(func: Callable[..., Any], inputs: tuple[Tensor, ...], name: str, strict: bool) -> tuple[bool, tuple[Tensor, ...]]:
    was_tuple, outputs = _as_tuple(func(*inputs), "outputs of the user-provided function", name)
    _check_depends(outputs, "outputs", strict)
    return was_tuple, outputs


def _scalar(func: Callable[..., Any], inputs: tuple[Tensor, ...], name: str, strict: bool) -> tuple[Tensor, ...]:
    """The single element that `func` returns, in a tuple."""
    was_tuple, outputs = _outputs(func, inputs, name, strict)
    if was_tuple:
        raise RuntimeError(f"The function given to {name} should return a single Tensor")
    if outputs[0].numel() != 1:
        raise RuntimeError(f"The Tensor returned by the function given to {name} should contain a single element")
    return outputs


def _graph_if(create_graph: bool) -> set_grad_enabled:
    return set_grad_enabled(create_graph or _modes.is_grad_enabled())


# --- products -------------------------------------------------------------------------------------------------------


def vjp(
    func: Callable[..., Tensors], inputs: Tensors, v: Tensors | None = None, create_graph: bool = False, strict: bool = False
) -> tuple[Tensors, Tensors]:
    """(func(*inputs), v^T J): the outputs, and the gradient of their products with `v`.

    `v` is shaped as the outputs; None is 1 for a single element. `create_graph` lets both be differentiated; `strict` raises
    RuntimeError where the outputs do not depend on an input, which otherwise gives zeros.

    >>> import lucet
    >>> lucet.autograd.functional.vjp(lambda x: x * x, lucet.tensor([1., 3.]), lucet.tensor([1., 1.]))
    (tensor([1., 9.]), tensor([2., 6.]))
    """
    with enable_grad():
        is_tuple, xs = _as_tuple(inputs, "inputs", "vjp")
        xs = _fresh(xs, create_graph, True)
        many, ys = _outputs(func, xs, "vjp", strict)
        vs = _vector(v, ys, many, create_graph, "vjp", "the user-provided function returns a single Tensor with a single element.")
    with _graph_if(create_graph):
        found = _filled(_gradients(ys, xs, vs, create_graph), xs, strict, create_graph, "back")
    return _single(_released(ys, create_graph), many), _single(_released(found, create_graph), is_tuple)


def jvp(
    func: Callable[..., Tensors], inputs: Tensors, v: Tensors | None = None, create_graph: bool = False, strict: bool = False
) -> tuple[Tensors, Tensors]:
    """(func(*inputs), J v), by going back twice. Arguments as in `vjp`; `v` is shaped as the inputs.

    >>> import lucet
    >>> lucet.autograd.functional.jvp(lambda x: x * x, lucet.tensor([1., 3.]), lucet.tensor([1., 0.5]))
    (tensor([1., 9.]), tensor([2., 3.]))
    """
    with enable_grad():
        is_tuple, xs = _as_tuple(inputs, "inputs", "jvp")
        xs = _fresh(xs, create_graph, True)
        vs = _vector(v, xs, is_tuple, create_graph, "jvp", _ONE_INPUT)
        many, ys = _outputs(func, xs, "jvp", strict)
        weights = tuple(zeros_like(y).requires_grad_() for y in ys)
        pulled = _gradients(ys, xs, weights, True)
        _check_depends(pulled, "grad_inputs", strict)
    with _graph_if(create_graph):
        found = _filled(_gradients(pulled, weights, vs, create_graph), ys, strict, create_graph, "back_trick")
    return _single(_released(ys, create_graph), many), _single(_released(found, create_graph), many)


def vhp(
    func: Callable[..., Tensor], inputs: Tensors, v: Tensors | None = None, create_graph: bool = False, strict: bool = False
) -> tuple[Tensor, Tensors]:
    """(func(*inputs), v^T H) of a function with a single element. Arguments as in `vjp`; `v` is shaped as the inputs.

    >>> import lucet
    >>> lucet.autograd.functional.vhp(lambda x: (x ** 3).sum(), lucet.tensor([1., 2.]), lucet.tensor([1., 1.]))[1]
    tensor([ 6., 12.])
    """
    with enable_grad():
        is_tuple, xs = _as_tuple(inputs, "inputs", "vhp")
        xs = _fresh(xs, create_graph, True)
        vs = _vector(v, xs, is_tuple, create_graph, "vhp", _ONE_INPUT)
        ys = _scalar(func, xs, "vhp", strict)
        slopes = _gradients(ys, xs, None, True)
        _check_depends(slopes, "jacobian", strict)
    with _graph_if(create_graph):
        found = _filled(_gradients(slopes, xs, vs, create_graph), xs, strict, create_graph, "double_back")
    return _released(ys, create_graph)[0], _single(_released(found, create_graph), is_tuple)


def hvp(
    func: Callable[..., Tensor], inputs: Tensors, v: Tensors | None = None, create_graph: bool = False, strict: bool = False
) -> tuple[Tensor, Tensors]:
    """(func(*inputs), H v): as `vhp` where H is symmetric, which is faster.

    >>> import lucet
    >>> lucet.autograd.functional.hvp(lambda x: (x ** 3).sum(), lucet.tensor([1., 2.]), lucet.tensor([1., 1.]))[1]
    tensor([ 6., 12.])
    """
    with enable_grad():
        is_tuple, xs = _as_tuple(inputs, "inputs", "hvp")
        xs = _fresh(xs, create_graph, True)
        vs = _vector(v, xs, is_tuple, create_graph, "hvp", _ONE_INPUT)
        ys = _scalar(func, xs, "hvp", strict)
        slopes = _gradients(ys, xs, None, True)
        _check_depends(slopes, "jacobian", strict)
        weights = tuple(zeros_like(x).requires_grad_() for x in xs)
        pulled = _gradients(slopes, xs, weights, True)
        _check_depends(slopes, "hessian", strict)
    with _graph_if(create_graph):
        found = _filled(_gradients(pulled, weights, vs, create_graph), xs, strict, create_graph, "double_back_trick")
    return _released(ys, create_graph)[0], _single(_released(found, create_graph), is_tuple)


# --- matrices -------------------------------------------------------------------------------------------------------


def jacobian(
    func: Callable[..., Tensors],
    inputs: Tensors,
    create_graph: bool = False,
    strict: bool = False,
    vectorize: bool = False,
    strategy: str = "reverse-mode",
) -> Any:
    """The Jacobian of `func` at `inputs`: output shape x input shape; tuples of outputs outside, of inputs inside.

    `strategy` is "reverse-mode", one backward for each element of the outputs, or "forward-mode", one for each element of the
    inputs, for which torch asks `vectorize=True`. The two cannot be had with `strict`. `vectorize` has no other effect.

    >>> import lucet
    >>> lucet.autograd.functional.jacobian(lambda x: x * x.sum(), lucet.tensor([1., 2.]))
    tensor([[4., 1.],
            [2., 5.]])
    """
    if strategy not in ("forward-mode", "reverse-mode"):
        raise AssertionError(
            'Expected strategy to be either "forward-mode" or "reverse-mode". Hint: If your function has more outputs than inputs, '
            '"forward-mode" tends to be more performant. Otherwise, prefer to use "reverse-mode".'
        )
    if strategy == "forward-mode":
        return _forward_jacobian(func, inputs, create_graph, strict, vectorize)
    with enable_grad():
        is_tuple, xs = _as_tuple(inputs, "inputs", "jacobian")
        xs = _fresh(xs, create_graph, True)
        many, ys = _outputs(func, xs, "jacobian", strict)
        if vectorize and strict:
            raise RuntimeError(
                "torch.autograd.functional.jacobian: `strict=True` and `vectorized=True` are not supported together. Please either set "
                "`strict=False` or `vectorize=False`."
            )
        rows = tuple(_rows(y, index, xs, create_graph, strict) for index, y in enumerate(ys))
    return _single(tuple(_single(row, is_tuple) for row in _released(rows, create_graph)), many)


def _rows(y: Tensor, index: int, xs: tuple[Tensor, ...], create_graph: bool, strict: bool) -> tuple[Tensor, ...]:
    """The Jacobian of one output with respect to each input."""
    columns: list[list[Tensor]] = [[] for _ in xs]
    for gradients in swept(y, xs, create_graph):
        for number, found in enumerate(gradients):
            if strict and found is None:
                raise RuntimeError(f"Output {index} of the user-provided function is independent of input {number}. This is not allowed in strict mode.")
            if strict and create_graph and found is not None and not found._is_recorded():
                raise RuntimeError(
                    f"The jacobian of the user-provided function is independent of input {number}. This is not allowed in strict mode when create_graph=True."
                )
            columns[number].append(zeros_like(xs[number]) if found is None else found)
    return tuple(
        stack(column).view(y.shape + x.shape) if column else x.new_zeros(y.shape + x.shape) for column, x in zip(columns, xs, strict=True)
    )


def _forward_jacobian(func: Callable[..., Tensors], inputs: Tensors, create_graph: bool, strict: bool, vectorize: bool) -> Any:
    name, ask = "torch.autograd.functional.jacobian", '`strategy="reverse-mode"`.'
    if create_graph:
        raise NotImplementedError(f'{name}: `create_graph=True` and `strategy="forward-mode"` are not supported together (yet). Please either set `create_graph=False` or {ask}')
    if strict:
        raise RuntimeError(f'{name}: `strict=True` and `strategy="forward-mode"` are not supported together (yet). Please either set `strict=False` or {ask}')
    if not vectorize:
        raise NotImplementedError("Computing Jacobian using forward-AD or forward-over-reverse Hessian isonly implemented for `vectorize=True`.")
    is_tuple, xs = _as_tuple(inputs, "inputs", "jacobian")
    with Level() as level:
        many, ys = _as_tuple(func(*map(level.free, xs)), "outputs", "jacobian")
        rows = jacobians(level, ys, xs, False)
    return _single(tuple(_single(row, is_tuple) for row in _released(rows, False)), many)


def hessian(
    func: Callable[..., Tensor],
    inputs: Tensors,
    create_graph: bool = False,
    strict: bool = False,
    vectorize: bool = False,
    outer_jacobian_strategy: str = "reverse-mode",
) -> Any:
    """The Hessian of a function with a single element: input shape x input shape, tuples of tuples for several inputs.

    It is the Jacobian, by `outer_jacobian_strategy`, of the Jacobian by reverse mode.

    >>> import lucet
    >>> lucet.autograd.functional.hessian(lambda x: x[0] * x[1] ** 2, lucet.tensor([1., 3.]))
    tensor([[0., 6.],
            [6., 2.]])
    """
    is_tuple, xs = _as_tuple(inputs, "inputs", "hessian")
    if outer_jacobian_strategy not in ("forward-mode", "reverse-mode"):
        raise AssertionError('Expected strategy to be either "forward-mode" or "reverse-mode".')

    def single(*args: Tensor) -> Tensor:
        return _scalar(func, args, "hessian", strict)[0].squeeze()

    def slopes(*args: Tensor) -> Tensors:
        found = jacobian(single, args, create_graph=True)
        _check_depends(found, "jacobian", strict)
        return found

    rows = jacobian(slopes, xs, create_graph, strict, vectorize, outer_jacobian_strategy)
    return _single(tuple(_single(row, is_tuple) for row in rows), is_tuple)
