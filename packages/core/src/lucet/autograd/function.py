"""Function: differentiable operations written in Python. The node that runs their backward is in the engine."""

import functools
import inspect
import warnings
import weakref
from collections.abc import Callable, Sequence
from typing import Any

import lucet._engine as _engine
import lucet._modes as _modes
from lucet._errors import VersionError, error
from lucet._ops.create import zeros_like
from lucet._tensor import Tensor


class FunctionCtx:
    """What `forward` leaves for `backward`: saved tensors, flags, and any attribute set on it."""

    _materialize_grads = True
    _in_jvp = False
    _node: Callable[[], Any]  # the node that runs the backward; the engine sets it

    def __init__(self) -> None:
        self._to_save: tuple[Tensor | None, ...] = ()
        self._saved: list[tuple[Any, int, int | None]] | None = []
        self.saved_for_forward: tuple[Tensor | None, ...] | None = None
        self._dirty: tuple[Tensor, ...] = ()
        self._non_differentiable: set[int] = set()
        self._differentiable: list[bool] = []
        self.needs_input_grad: tuple[bool, ...] = ()

    def save_for_backward(self, *tensors: Tensor | None) -> None:
        """Keep inputs, outputs or intermediate tensors for `backward`, where `saved_tensors` gives them back, checked for changes."""
        for number, tensor in enumerate(tensors):
            if tensor is not None and not isinstance(tensor, Tensor):
                raise TypeError(f"save_for_backward can only save variables, but argument {number} is of type {type(tensor).__name__}")
        self._to_save = tensors

    def save_for_forward(self, *tensors: Tensor | None) -> None:
        """Keep tensors for a forward-mode rule: in `jvp`, `saved_tensors` gives these back."""
        if any(tensor is not None and not isinstance(tensor, Tensor) for tensor in tensors):
            raise AssertionError("save_for_forward expects all arguments to be tensors; you should save non-tensors as attributes on ctx.")
        self.saved_for_forward = tensors

    def mark_dirty(self, *tensors: Tensor) -> None:
        """Name the inputs that `forward` changed in place; each must be among the outputs."""
        self._dirty = tensors

    def mark_non_differentiable(self, *tensors: Tensor) -> None:
        """Name the outputs that have no gradient."""
        self._non_differentiable = {id(tensor) for tensor in tensors}

    def set_materialize_grads(self, value: bool) -> None:
        """Whether `backward` gets zeros (the default) or None for outputs without a gradient, and `jvp` for arguments without a tangent."""
        self._materialize_grads = value

    @property
    def saved_tensors(self) -> tuple[Tensor | None, ...]:
        """The tensors of `save_for_backward`. RuntimeError when backward freed them or an in-place operation changed one."""
        if self._in_jvp:
            return self.saved_for_forward or ()
        if self._saved is None:
            raise RuntimeError(
                "Trying to backward through the graph a second time (or directly access saved tensors after they have "
                "already been freed). Saved intermediate values of the graph are freed when you call .backward() or "
                "autograd.grad(). Specify retain_graph=True if you need to backward through the graph a second time."
            )
        return tuple(self._unpack(*entry) for entry in self._saved)

    def _unpack(self, tensor: Any, version: int, output_nr: int | None) -> Tensor | None:
        if tensor is None:
            return None
        if _engine.is_packed(tensor):
            tensor = _engine.unpack_saved(tensor)
        elif not tensor.is_inference() and tensor._version != version:
            raise error(
                VersionError,
                f"backward of {type(self).__name__}: a saved tensor was changed in place afterwards",
                facts=[
                    "one of the variables needed for gradient computation has been modified by an inplace operation: "
                    f"{tuple(tensor.shape)} is at version {tensor._version}; expected version {version} instead",
                    _engine.last_change(tensor),
                ],
                fix="clone() it before the change, or save a clone",
            )
        if output_nr is not None and _modes.is_grad_enabled():
            tensor = tensor.detach()
            _engine.set_function_output(self._node(), tensor, output_nr)
        return tensor

    def _release_saved(self) -> None:
        self._saved = None


class BackwardCFunction(FunctionCtx):
    """The context as `backward` sees it; a subclass named FooBackward is made for every Function Foo."""

    _forward_class: "type[Function]"

    def _call_backward(self, grads: Sequence[Tensor | None]) -> tuple[Any, ...]:
        rule = self._forward_class.backward
        if self._forward_class.vjp is not Function.vjp:
            if rule is not Function.backward:
                raise RuntimeError("Implementing both 'backward' and 'vjp' for a custom Function is not allowed. You should only implement one of them.")
            rule = self._forward_class.vjp
        result = rule(self, *grads)
        return result if isinstance(result, tuple) else (result,)


_signatures: weakref.WeakKeyDictionary[Any, inspect.Signature] = weakref.WeakKeyDictionary()


def _signature(function: Callable[..., Any]) -> inspect.Signature:
    if function not in _signatures:
        _signatures[function] = inspect.signature(function)
    return _signatures[function]


def _places() -> Any:
    """Forward mode: asked only by Functions that have a rule for it."""
    from lucet.autograd import _places

    return _places


def _has_tangent(arg: Any) -> bool:
    return isinstance(arg, Tensor) and (arg.is_floating_point() or arg.is_complex())


def _flatten(outputs: Any) -> tuple[Any, ...]:
    return outputs if isinstance(outputs, tuple) else (outputs,)


def _view_of(tensor: Tensor) -> Tensor:
    _modes._set_grad_enabled(False)
    try:
        return tensor.view_as(tensor)
    finally:
        _modes._set_grad_enabled(True)


class FunctionMeta(type):
    """The type of Functions: it makes each one's class of contexts."""

    _backward_cls: type[BackwardCFunction]

    def __init__(cls, name: str, bases: tuple[type, ...], namespace: dict[str, Any], **kwargs: Any) -> None:
        super().__init__(name, bases, namespace, **kwargs)
        cls._backward_cls = type(f"{name}Backward", (BackwardCFunction,), {"_forward_class": cls, "__module__": __name__})


class Function(metaclass=FunctionMeta):
    """A differentiable operation of your own: subclass it, write `forward` and `backward`, call it by `apply`.

    `forward(ctx, *args)` computes the outputs and keeps what `backward` needs by `ctx.save_for_backward`; or it leaves the
    context out and `setup_context(ctx, inputs, output)` does the keeping. `backward(ctx, *grad_outputs)` returns a gradient
    (or None) for every argument of `forward`.

    >>> import lucet
    >>> class Double(lucet.autograd.Function):
    ...     @staticmethod
    ...     def forward(ctx, x):
    ...         return x * 2
    ...     @staticmethod
    ...     def backward(ctx, g):
    ...         return g * 2
    >>> x = lucet.ones(1, requires_grad=True); Double.apply(x).backward(); x.grad
    tensor([2.])
    """

    generate_vmap_rule = False  # whether `vmap` may run forward and backward as they are written, on batches

    def __init__(self, *args: Any, **kwargs: Any):
        warnings.warn(f"{type(self).__name__} should not be instantiated. Methods on autograd functions are all static, so you should invoke them on the class itself: {type(self).__name__}.apply(...)", DeprecationWarning, stacklevel=2)

    @staticmethod
    def forward(*args: Any, **kwargs: Any) -> Any:
        """Compute the outputs; to be overridden."""
        raise NotImplementedError("You must implement the forward function for custom autograd.Function.")

    @staticmethod
    def setup_context(ctx: Any, inputs: tuple[Any, ...], output: Any) -> Any:
        """Keep what `backward` needs when `forward` takes no context; to be overridden."""
        raise NotImplementedError("setup_context is not implemented.")

    @staticmethod
    def backward(ctx: Any, *grad_outputs: Any) -> Any:
        """Return a gradient or None for every argument of `forward`; to be overridden."""
        raise NotImplementedError("You must implement either the backward or vjp method for your custom autograd.Function to use it with backward mode AD.")

    vjp = backward  # a second name for it: a subclass defines one of them

    @staticmethod
    def jvp(ctx: Any, *grad_inputs: Any) -> Any:
        """Return the tangents of the outputs, given those of the arguments (None for what is no tensor); to be overridden."""
        raise NotImplementedError("You must implement the jvp function for custom autograd.Function to use it with forward mode AD.")

    @staticmethod
    def vmap(info: Any, in_dims: tuple[int | None, ...], *args: Any) -> Any:
        """Return (outputs, their batch dimensions) for arguments with batch dimensions `in_dims`; to be overridden."""
        raise NotImplementedError("To use autograd.Function with vmap, you must either override the vmap staticmethod or set generate_vmap_rule=True.")

    @classmethod
    def apply(cls, *args: Any, **kwargs: Any) -> Any:
        """Run `forward` and record it."""
        if in_batches is not None:
            result = in_batches(cls, args, kwargs)
            if result is not NotImplemented:
                return result
        own_context = cls.setup_context is not Function.setup_context
        if own_context:
            bound = _signature(cls.forward).bind(*args, **kwargs)
            bound.apply_defaults()
            args, kwargs = bound.args, bound.kwargs
        ctx = cls._backward_cls()
        ctx.needs_input_grad = tuple(isinstance(arg, Tensor) and arg._is_recorded() for arg in args)
        before = _modes.is_grad_enabled()
        pushes = cls.jvp is not Function.jvp and any(ctx.needs_input_grad) and bool(_places().open_levels())
        records = any(ctx.needs_input_grad) and (before or pushes)
        _modes._set_grad_enabled(False)
        try:
            if own_context:
                outputs = cls.forward(*args, **kwargs)
                cls.setup_context(ctx, args, outputs)
            else:
                outputs = cls.forward(ctx, *args, **kwargs)
        finally:
            _modes._set_grad_enabled(before)
        flat = [cls._own(ctx, output, args) for output in _flatten(outputs)]
        if any(not any(tensor is output for output in flat) for tensor in ctx._dirty):
            raise RuntimeError("Some elements marked as dirty during the forward method were not returned as output. The inputs that are modified inplace must all be outputs of the Function.")
        if records:
            cls._record(ctx, args, flat)
        if pushes:
            flat = cls._push(ctx, args, flat)
        return tuple(flat) if isinstance(outputs, tuple) else flat[0]

    @classmethod
    def _push(cls, ctx: Any, args: tuple[Any, ...], outputs: list[Any]) -> list[Any]:
        """The outputs with the tangents that `jvp` gives them, where an argument has one."""
        level = _places().open_levels()[-1]
        places = [place for place, needed in enumerate(ctx.needs_input_grad) if needed]
        given: list[Tensor | None] = [None] * len(args)
        for place, tangent in zip(places, level.tangents([args[place] for place in places]), strict=True):
            given[place] = tangent
        if all(tangent is None for tangent in given):
            return outputs
        if ctx._materialize_grads:
            given = [zeros_like(arg) if tangent is None and _has_tangent(arg) else tangent for arg, tangent in zip(args, given, strict=True)]
        ctx._in_jvp = True
        try:
            tangents = _flatten(cls.jvp(ctx, *given))
        finally:
            ctx._in_jvp = False
        if len(tangents) != len(outputs):
            raise RuntimeError(f"{cls.__name__}.jvp returned {len(tangents)} tangents for {len(outputs)} outputs")
        return [
            output if tangent is None else level.dual(output, tangent) for output, tangent in zip(outputs, tangents, strict=True)
        ]

    @staticmethod
    def _own(ctx: FunctionCtx, output: Any, args: tuple[Any, ...]) -> Any:
        """An output that is an input, unchanged, becomes a view of it, so that the two can have different histories."""
        if isinstance(output, Tensor) and any(output is arg for arg in args) and not any(output is d for d in ctx._dirty):
            output = _view_of(output) if _modes.is_grad_enabled() else output.detach()
        return output

    @classmethod
    def _record(cls, ctx: Any, args: tuple[Any, ...], outputs: list[Any]) -> None:
        for tensor in ctx._dirty:
            _engine.check_function_inplace(tensor)
        node = _engine.record_function(ctx, args)
        ctx._node = _weakly(node)
        ctx._takes_tensor = tuple(isinstance(arg, Tensor) for arg in args)
        ctx._is_tensor = tuple(isinstance(output, Tensor) for output in outputs)
        for tensor in ctx._dirty:
            _engine.bump_version(tensor)
        for number, output in enumerate(outputs):
            if not isinstance(output, Tensor):
                ctx._differentiable.append(False)
                continue
            differentiable = id(output) not in ctx._non_differentiable and (output.is_floating_point() or output.is_complex())
            ctx._differentiable.append(differentiable)
            if not differentiable:
                _engine.note_untracked_output(node, output, number)
            elif any(output is dirty for dirty in ctx._dirty):
                _engine.set_function_output_inplace(node, output, number)
            else:
                _engine.set_function_output(node, output, number)
                if output._is_view():  # a write in place would go round the Function's backward
                    _engine.mark_function_view(output, sum(ctx._is_tensor) > 1)
        ctx._saved = [cls._save(tensor, outputs, ctx) for tensor in ctx._to_save]
        ctx._to_save = ()

    @staticmethod
    def _save(tensor: Tensor | None, outputs: list[Any], ctx: FunctionCtx) -> tuple[Any, int, int | None]:
        if tensor is None:
            return None, 0, None
        version = 0 if tensor.is_inference() else tensor._version
        for number, output in enumerate(outputs):
            if output is tensor and ctx._differentiable[number]:
                return _engine.pack_saved(tensor.detach()), version, number  # without its node, else the two keep each other alive
        return _engine.pack_saved(tensor), version, None


in_batches: Callable[..., Any] | None = None  # what `vmap` does with a Function: see func/_vmap.py


def _weakly(node: Any) -> Callable[[], Any]:
    return weakref.ref(node)


def once_differentiable(function: Callable[..., Any]) -> Callable[..., Any]:
    """Decorate a `backward` whose own result cannot be differentiated: a second derivative raises instead of being wrong."""

    @functools.wraps(function)
    def inside(ctx: Any, *grads: Any) -> Any:
        before = _modes.is_grad_enabled()
        _modes._set_grad_enabled(False)
        try:
            results = function(ctx, *grads)
        finally:
            _modes._set_grad_enabled(before)
        if not before or not any(isinstance(grad, Tensor) and grad.requires_grad for grad in grads):
            return results
        flat = _flatten(results)
        blocked = [_Blocked.apply(grads[0], result) if isinstance(result, Tensor) else result for result in flat]
        return tuple(blocked) if isinstance(results, tuple) else blocked[0]

    return inside


class _Blocked(Function):
    """Passes a value on and refuses to be differentiated."""

    generate_vmap_rule = True

    @staticmethod
    def forward(ctx: Any, anchor: Tensor, value: Tensor) -> Tensor:
        return value.clone()

    @staticmethod
    def backward(ctx: Any, grad: Tensor) -> Any:
        raise RuntimeError("trying to differentiate twice a function that was marked with @once_differentiable")


class InplaceFunction(Function):
    """A Function with a place for an `inplace` flag; kept for old code."""
