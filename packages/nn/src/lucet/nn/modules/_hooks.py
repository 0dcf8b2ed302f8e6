"""Hooks on all modules, and the boundary that lets backward hooks see a module's gradients.

Module's own are in module.py.
"""

import warnings
from collections import OrderedDict
from collections.abc import Callable
from typing import Any

from lucet import Tensor, is_grad_enabled, zeros
from lucet._hooks import RemovableHandle, add_hook
from lucet.autograd import Function

# Hooks on every module of the process, as torch has them: shared by all threads, meant for debugging and profiling.
_global_forward_pre_hooks: OrderedDict = OrderedDict()
_global_forward_hooks: OrderedDict = OrderedDict()
_global_forward_hooks_always_called: OrderedDict = OrderedDict()
_global_forward_hooks_with_kwargs: OrderedDict = OrderedDict()
_global_backward_pre_hooks: OrderedDict = OrderedDict()
_global_backward_hooks: OrderedDict = OrderedDict()
_global_buffer_registration_hooks: OrderedDict = OrderedDict()
_global_module_registration_hooks: OrderedDict = OrderedDict()
_global_parameter_registration_hooks: OrderedDict = OrderedDict()
# None until the first global backward hook says which of the two kinds is in use: [is_full].
_global_backward_kind: list[bool | None] = [None]


def register_module_buffer_registration_hook(hook: Callable[..., None]) -> RemovableHandle:
    """Call `hook(module, name, buffer)` when any module registers a buffer; a result that is not None is used instead.

    >>> from lucet.nn.modules.module import register_module_buffer_registration_hook
    >>> register_module_buffer_registration_hook(lambda module, name, buffer: None).remove()
    """
    return add_hook(_global_buffer_registration_hooks, hook)


def register_module_module_registration_hook(hook: Callable[..., None]) -> RemovableHandle:
    """Call `hook(module, name, submodule)` when any module registers a child; a result not None is used instead.

    >>> from lucet.nn.modules.module import register_module_module_registration_hook
    >>> register_module_module_registration_hook(lambda module, name, submodule: None).remove()
    """
    return add_hook(_global_module_registration_hooks, hook)


def register_module_parameter_registration_hook(hook: Callable[..., None]) -> RemovableHandle:
    """Call `hook(module, name, param)` when any module registers a parameter; a result not None is used instead.

    >>> from lucet.nn.modules.module import register_module_parameter_registration_hook
    >>> register_module_parameter_registration_hook(lambda module, name, param: None).remove()
    """
    return add_hook(_global_parameter_registration_hooks, hook)


def register_module_forward_pre_hook(hook: Callable[..., None]) -> RemovableHandle:
    """Call `hook(module, args)` before every module's `forward` and before its own hooks.

    A result that is not None replaces the positional arguments. Meant for debugging: it slows every module.

    >>> from lucet.nn.modules.module import register_module_forward_pre_hook
    >>> register_module_forward_pre_hook(lambda module, args: None).remove()
    """
    return add_hook(_global_forward_pre_hooks, hook)


def register_module_forward_hook(
    hook: Callable[..., None], *, with_kwargs: bool = False, always_call: bool = False
) -> RemovableHandle:
    """Call `hook(module, args, output)` after every module's `forward`, before its own hooks.

    `with_kwargs` passes the keyword arguments as third; `always_call` calls it also when `forward` raised. A result
    that is not None replaces the output.

    >>> from lucet import nn
    >>> from lucet.nn.modules.module import register_module_forward_hook
    >>> with register_module_forward_hook(lambda module, args, output: output * 2):
    ...     nn.Identity()(3)
    6
    """
    marks = [_global_forward_hooks_with_kwargs] * bool(with_kwargs)
    marks += [_global_forward_hooks_always_called] * bool(always_call)
    return add_hook(_global_forward_hooks, hook, marks=marks)


def register_module_full_backward_pre_hook(hook: Callable) -> RemovableHandle:
    """Call `hook(module, grad_output)` in backward of every module before its gradients are computed.

    >>> from lucet.nn.modules.module import register_module_full_backward_pre_hook
    >>> register_module_full_backward_pre_hook(lambda module, grad_output: None).remove()
    """
    return add_hook(_global_backward_pre_hooks, hook)


def register_module_full_backward_hook(hook: Callable) -> RemovableHandle:
    """Call `hook(module, grad_input, grad_output)` in backward of every module once its gradients are computed.

    Raises: RuntimeError where a hook of the older kind is registered for all modules.

    >>> from lucet.nn.modules.module import register_module_full_backward_hook
    >>> register_module_full_backward_hook(lambda module, grad_input, grad_output: None).remove()
    """
    return _add_global_backward_hook(hook, full=True)


def register_module_backward_hook(hook: Callable) -> RemovableHandle:
    """The older kind of backward hook, for every module; prefer `register_module_full_backward_hook`.

    Raises: RuntimeError where a full backward hook is registered for all modules.

    >>> from lucet.nn.modules.module import register_module_backward_hook
    >>> register_module_backward_hook(lambda module, grad_input, grad_output: None).remove()
    """
    return _add_global_backward_hook(hook, full=False)


def _add_global_backward_hook(hook: Callable, *, full: bool) -> RemovableHandle:
    if not _global_backward_hooks:
        _global_backward_kind[0] = None
    if _global_backward_kind[0] is (not full):
        raise RuntimeError(
            "register_module_backward_hook: Cannot use both regular backward hooks and full backward hooks as a "
            "global Module hook, expected one kind only"
        )
    _global_backward_kind[0] = full
    return add_hook(_global_backward_hooks, hook)


class BackwardHookFunction(Function):
    """Identity on some tensors, whose backward hands all their gradients to `seen` and passes on what that returns."""

    @staticmethod
    def forward(ctx: Any, seen: Callable, *tensors: Tensor) -> tuple[Tensor, ...]:
        ctx.set_materialize_grads(False)
        ctx.seen = seen
        return tensors

    @staticmethod
    def backward(ctx: Any, *gradients: Tensor | None) -> tuple:
        return None, *ctx.seen(gradients)


class BackwardHook:
    """One call of a module with backward hooks: identities around its inputs and its outputs catch the gradients.

    Positions that hold no tensor show None to the hooks. A tensor without a gradient shows zeros among the inputs and
    None among the outputs, as in torch.
    """

    def __init__(self, module: Any, hooks: list[Callable], pre_hooks: list[Callable]):
        self.module, self.hooks, self.pre_hooks = module, hooks, pre_hooks
        self.grad_outputs: tuple | None = None
        self.inputs_need_grad = False
        self.inputs: list[tuple | None] = []

    def around_inputs(self, args: tuple) -> tuple:
        """The arguments, passed through the inner boundary of the backward pass."""
        self.inputs = [(a.shape, a.dtype) if isinstance(a, Tensor) else None for a in args]
        args, at = _through_boundary(args, lambda gradients: self._at_inputs(gradients, at))
        self.inputs_need_grad = bool(at)
        return args

    def around_outputs(self, result: Any) -> Any:
        """The output, passed through the outer boundary, where the backward pass of the module starts."""
        if not isinstance(result, Tensor | tuple):
            return result
        outputs = result if isinstance(result, tuple) else (result,)
        outputs, at = _through_boundary(outputs, lambda gradients: self._at_outputs(gradients, at, len(outputs)))
        return outputs if isinstance(result, tuple) else outputs[0]

    def _at_outputs(self, gradients: tuple, at: list[int], count: int) -> tuple:
        grads = _spread(gradients, at, count)
        for hook in self.pre_hooks:
            grads = _replaced(hook(self.module, grads), grads, "Backward pre hook", "grad_output")
        self.grad_outputs = grads
        if self.hooks and not self.inputs_need_grad:
            self._without_inputs(grads)
        return tuple(grads[i] for i in at)

    def _without_inputs(self, grad_outputs: tuple) -> None:
        """No input leads to a gradient, so this is the last place that the module's hooks can be called from."""
        nothing = (None,) * len(self.inputs)
        warnings.warn(
            "full backward hook: called when the gradients of the module's outputs are known, "
            "since no inputs require gradients",
            stacklevel=2,
        )
        for hook in self.hooks:
            answer = hook(self.module, nothing, grad_outputs)
            if answer is not None and not (isinstance(answer, tuple) and all(g is None for g in answer)):
                raise RuntimeError(
                    "backward hook: returned a gradient, Backward hook for Modules where no input requires gradient "
                    "should always return None or None for all gradients"
                )
        self.grad_outputs = None

    def _at_inputs(self, gradients: tuple, at: list[int]) -> tuple:
        if self.grad_outputs is None:  # reached past the output, by a second derivative or a tensor kept in forward
            return gradients
        grads = _spread(gradients, at, len(self.inputs))
        grads = tuple(
            zeros(kind[0], dtype=kind[1]) if grad is None and kind is not None else grad
            for grad, kind in zip(grads, self.inputs, strict=True)
        )
        for hook in self.hooks:
            grads = _replaced(hook(self.module, grads, self.grad_outputs), grads, "Backward hook", "grad_input")
        self.grad_outputs = None
        return tuple(grads[i] for i in at)


def _through_boundary(values: tuple, seen: Callable) -> tuple[tuple, list[int]]:
    """`values` with the tensors that need a gradient passed through a boundary, and where those stand."""
    at = [i for i, value in enumerate(values) if isinstance(value, Tensor) and value.requires_grad]
    if not at or not is_grad_enabled():
        return values, []
    passed = dict(zip(at, BackwardHookFunction.apply(seen, *(values[i] for i in at)), strict=True))
    out = [passed.get(i, value) for i, value in enumerate(values)]
    return (type(values)(*out) if hasattr(values, "_fields") else tuple(out)), at


def _spread(gradients: tuple, at: list[int], count: int) -> tuple:
    """Gradients at the positions `at` of a tuple of `count`, None elsewhere."""
    out = [None] * count
    for i, gradient in zip(at, gradients, strict=True):
        out[i] = gradient
    return tuple(out)


def _replaced(answer: Any, grads: tuple, what: str, name: str) -> tuple:
    """What a hook made of `grads`: None leaves them as they are."""
    if answer is None:
        return grads
    answer = (answer,) if isinstance(answer, Tensor) else tuple(answer)
    if len(answer) != len(grads):
        raise RuntimeError(
            f"{what.lower()}: {what} returned an invalid number of {name}, got {len(answer)}, but expected {len(grads)}"
        )
    return answer
