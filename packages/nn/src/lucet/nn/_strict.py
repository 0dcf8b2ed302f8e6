"""`strict`: nine mistakes in training programs that raise nothing by themselves become errors.

What calls of losses and layers give away is in _mistakes.py; here is what only the order of events shows. Nothing is installed while
no `strict` is on.
"""

import threading
import weakref
from collections.abc import Iterable
from typing import Any

from lucet import Tensor, is_grad_enabled
from lucet._errors import MistakeError, error
from lucet._hooks import RemovableHandle, add_hook, optimizer_step_post_hooks, optimizer_step_pre_hooks, optimizers
from lucet.nn._mistakes import READS_SCORES, RESETS, SCALES, bytes_in_a_layer, check_loss, tensors_of
from lucet.nn.modules._hooks import register_module_forward_hook, register_module_forward_pre_hook
from lucet.nn.modules.batchnorm import _BatchNorm
from lucet.nn.modules.dropout import _DropoutNd
from lucet.nn.modules.module import Module
from lucet.overrides import TorchFunctionMode

__all__ = ["strict"]

CHECKS = ("broadcast", "softmax", "eval", "train", "zero_grad", "optimizer", "labels", "bytes", "dead")
DEAD_AFTER = 5  # batches in a row


class _State:
    """What has happened to a model that is called from outside."""

    trained = False  # a step in train mode
    validated = False  # since then a pass in eval mode without gradients
    training = True  # the mode of its last pass with gradients


class _Mode(TorchFunctionMode):
    """Shows every operation to a watcher, before it runs and after."""

    def __init__(self, watcher: "strict") -> None:
        super().__init__()
        self.watcher = watcher

    def __torch_function__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        kwargs = kwargs or {}
        name = getattr(func, "__name__", "")
        self.watcher._before(func, name, args, kwargs)
        result = func(*args, **kwargs)
        if name in ("relu", "relu_"):
            self.watcher._look_for_dead_units(result)
        return result


class strict:
    """A context in which nine silent mistakes of training programs raise errors that say what to change.

    Each is a MistakeError (a RuntimeError), and its name for `skip` stands in front:

    - "broadcast": a loss whose input and target have different shapes that broadcast;
    - "softmax": `cross_entropy` of probabilities, which takes scores;
    - "eval": scores of a model in train mode, with dropout or batch norms, that a loss, `argmax`, `topk` or
      `max` over a dimension reads under `no_grad`;
    - "train": a step of a model that went back to training in eval mode after it was validated;
    - "zero_grad": a step with gradients that were added to those of the step before;
    - "optimizer": a step while parameters of the model have gradients and are in no optimizer;
    - "labels": labels out of range, told with their place; targets outside 0 to 1 of `binary_cross_entropy_with_logits`;
      labels that are all ignored, whose mean loss is NaN;
    - "bytes": whole numbers up to 255 in the first convolution or linear layer of a model;
    - "dead": a ReLU whose output was 0 for all of five training batches in a row.

    It is for looking, not for production: each loss and layer is looked at. Outside it costs nothing, and it watches the
    thread that it was entered in. As a switch, `on()` and `off()` do what entering and leaving do. Gradient accumulation,
    several backwards before a step, is no mistake; `accumulate=True` says that gradients are also kept over steps on
    purpose. `skip` lists the names of checks to leave out.

    Raises: ValueError for another name; RuntimeError where it is on already.

    >>> import lucet
    >>> from lucet import nn
    >>> with nn.strict():
    ...     try:
    ...         nn.MSELoss()(lucet.zeros(4, 1), lucet.zeros(4))
    ...     except lucet.errors.MistakeError as mistake:
    ...         print(mistake.headline)
    mse_loss: input (4, 1) and target (4,) broadcast to (4, 4)
    """

    def __init__(self, *, accumulate: bool = False, skip: Iterable[str] = ()) -> None:
        left_out = {skip} if isinstance(skip, str) else set(skip)
        unknown = left_out - set(CHECKS)
        if unknown:
            raise ValueError(f"strict: no check is called {', '.join(map(repr, sorted(unknown)))}, expected some of {', '.join(CHECKS)}")
        if accumulate:
            left_out.add("zero_grad")
        self.checks = frozenset(CHECKS) - left_out
        self._mode: _Mode | None = None

    # Switching

    def __enter__(self) -> "strict":
        self.on()
        return self

    def __exit__(self, *exception: object) -> None:
        self.off()

    def on(self) -> None:
        """Begin to watch this thread."""
        if self._mode is not None:
            raise RuntimeError("strict: is on already\n  fix   another strict(), or off() before")
        self._thread = threading.get_ident()
        self._stack: list[Module] = []
        self._relus: dict[tuple[int, int], int] = {}  # (module, which of its calls) in this pass
        self._first = True  # no layer of this pass has been looked at
        self._states: weakref.WeakKeyDictionary[Module, _State] = weakref.WeakKeyDictionary()
        self._recent: weakref.WeakSet[Module] = weakref.WeakSet()
        self._dead: weakref.WeakKeyDictionary[Module, dict[int, int]] = weakref.WeakKeyDictionary()
        self._noisy: list[tuple[weakref.ref[Tensor], Module]] = []  # scores of models in train mode, without gradients
        self._after: dict[int, tuple[weakref.ref[Tensor], int]] = {}  # gradients as the last step left them
        self._reset: set[int] = set()  # where the memory of tensors is that were written over
        self._scaled: dict[int, int] = {}  # how often what lies there was scaled since the last step
        self._handles: list[RemovableHandle] = [
            register_module_forward_pre_hook(self._entered),
            register_module_forward_hook(self._left, always_call=True),
            add_hook(optimizer_step_pre_hooks, self._before_step),
            add_hook(optimizer_step_post_hooks, self._after_step),
        ]
        self._mode = _Mode(self)
        self._mode.__enter__()

    def off(self) -> None:
        """Stop; nothing is left installed. Harmless where it is off."""
        mode, self._mode = self._mode, None
        if mode is None:
            return
        for handle in self._handles:
            handle.remove()
        mode.__exit__(None, None, None)

    # Modules

    def _entered(self, module: Module, args: Any) -> None:
        if threading.get_ident() != self._thread:
            return
        if not self._stack:
            self._relus.clear()
            self._first = True
        self._stack.append(module)

    def _left(self, module: Module, args: Any, result: Any) -> None:
        if threading.get_ident() != self._thread or module not in self._stack:
            return
        while self._stack.pop() is not module:
            pass
        if not self._stack:
            self._passed(module, result)

    def _passed(self, model: Module, result: Any) -> None:
        """A model was called from outside, and has computed `result`."""
        state = self._states.setdefault(model, _State())
        if is_grad_enabled():
            state.training = model.training
            self._recent.add(model)
        elif not model.training:
            state.validated = True
        elif "eval" in self.checks and _is_noisy(model):
            self._noisy = [(tensor, model) for tensor, model in self._noisy if tensor() is not None]
            self._noisy += [(weakref.ref(tensor), model) for tensor in tensors_of(result)]

    # Operations

    def _before(self, func: Any, name: str, args: Any, kwargs: Any) -> None:
        if name in RESETS:
            self._reset.update(tensor.data_ptr() for tensor in tensors_of(args[:1]) if not tensor.is_meta)
        elif name in SCALES:
            for tensor in tensors_of(args[:1]):
                place = 0 if tensor.is_meta else tensor.data_ptr()
                self._scaled[place] = self._scaled.get(place, 0) + 1
        elif name in READS_SCORES and not is_grad_enabled() and (name != "max" or len(args) > 1 or "dim" in kwargs):
            self._check_mode(name, [*args, *kwargs.values()])
        check_loss(self.checks, func, name, args, kwargs)
        if self._first and self._stack and "bytes" in self.checks:
            self._first = not bytes_in_a_layer(func, name, args, kwargs)

    def _check_mode(self, name: str, values: list[Any]) -> None:
        for tensor in tensors_of(values):
            for scores, model in self._noisy:
                if scores() is tensor:
                    kind = type(model).__name__
                    raise error(
                        MistakeError,
                        f"{name}: scores of a model in train mode, without gradients",
                        facts=[f"{kind} has {_is_noisy(model)}, which works otherwise in train mode"],
                        fix='model.eval() before validation, model.train() after it; or skip=["eval"]',
                    )

    def _look_for_dead_units(self, result: Any) -> None:
        if "dead" not in self.checks or not self._stack or not isinstance(result, Tensor) or result.is_meta or not result.numel():
            return
        module = self._stack[-1]
        if next(self._stack[0].parameters(), None) is None:  # a hinge that is satisfied is no layer that is dead
            return
        if not (module.training and is_grad_enabled()):
            return
        number = self._relus[id(module), 0] = self._relus.get((id(module), 0), 0) + 1
        counts = self._dead.setdefault(module, {})
        counts[number] = 0 if bool((result.detach() > 0).any()) else counts.get(number, 0) + 1
        if counts[number] >= DEAD_AFTER:
            raise error(
                MistakeError,
                f"relu: no output was above 0 in {DEAD_AFTER} batches in a row",
                facts=[f"output {tuple(result.shape)}; no gradient passes, so the layers before it have stopped to learn"],
                fix="a smaller learning rate, normalised inputs, or LeakyReLU",
            )

    # Steps

    def _before_step(self, optimizer: Any, args: Any, kwargs: Any) -> None:
        if threading.get_ident() != self._thread:
            return
        own = _parameters(optimizer)
        if "zero_grad" in self.checks:
            self._check_reset(optimizer, own)
        for model in list(self._recent):
            self._check_model(optimizer, own, model)

    def _check_reset(self, optimizer: Any, own: list[Tensor]) -> None:
        added = 0
        for parameter in own:
            gradient: Tensor | None = parameter.grad
            before = self._after.get(id(parameter))
            if gradient is not None and before is not None and before[0]() is gradient:
                place = gradient.data_ptr()
                added += gradient._version > before[1] + self._scaled.get(place, 0) and place not in self._reset
        if added:
            raise error(
                MistakeError,
                f"{type(optimizer).__name__}.step: gradients were added to those of the step before",
                facts=[f"{added} of {len(own)} parameters; none was reset in between"],
                fix="optimizer.zero_grad() before backward, or strict(accumulate=True) where this is meant",
            )

    def _check_model(self, optimizer: Any, own: list[Tensor], model: Module) -> None:
        learned = {name: p for name, p in model.named_parameters() if p.requires_grad and p.grad is not None}
        mine = {id(p) for p in own}
        held = any(id(p) in mine for p in learned.values())
        if "optimizer" in self.checks:
            known = {id(p) for each in list(optimizers) for p in _parameters(each)}
            missing = [name for name, p in learned.items() if id(p) not in known]
            idle = all(p.grad is None for p in own)
            if missing and (held or idle):
                raise _missing(optimizer, model, missing, len(learned), idle)
        if held:
            self._check_training(optimizer, model)

    def _check_training(self, optimizer: Any, model: Module) -> None:
        state = self._states[model]
        if state.training:
            state.trained, state.validated = True, False
        elif "train" in self.checks and state.trained and state.validated and _noise(model):
            raise error(
                MistakeError,
                f"{type(optimizer).__name__}.step: {type(model).__name__} is in eval mode since it was validated, and was trained in train mode before",
                facts=[f"it has {_noise(model)}, which works otherwise in eval mode"],
                fix='model.train() after validation; or skip=["train"]',
            )

    def _after_step(self, optimizer: Any, args: Any, kwargs: Any) -> None:
        if threading.get_ident() != self._thread:
            return
        for parameter in _parameters(optimizer):
            gradient = parameter.grad
            if gradient is not None:
                self._after[id(parameter)] = weakref.ref(gradient), gradient._version
                self._reset.discard(gradient.data_ptr())
                self._scaled.pop(gradient.data_ptr(), None)
        mine = {id(p) for p in _parameters(optimizer)}
        for model in list(self._recent):
            if any(id(p) in mine for p in model.parameters()):
                self._recent.discard(model)


def _parameters(optimizer: Any) -> list[Tensor]:
    return [p for group in optimizer.param_groups for p in group["params"]]


def _noise(model: Module) -> str:
    """The first layer that works otherwise in train mode, in words; "" where there is none."""
    for name, module in model.named_modules():
        if isinstance(module, _BatchNorm) or isinstance(module, _DropoutNd) and module.p:
            return f"{type(module).__name__} {name}".rstrip()
    return ""


def _is_noisy(model: Module) -> str:
    """As `_noise`, of layers that are in train mode themselves."""
    for name, module in model.named_modules():
        if module.training and (isinstance(module, _BatchNorm) or isinstance(module, _DropoutNd) and module.p):
            return f"{type(module).__name__} {name}".rstrip()
    return ""


def _missing(optimizer: Any, model: Module, names: list[str], count: int, idle: bool) -> MistakeError:
    shown = ", ".join(names[:3]) + (f" and {len(names) - 3} more" if len(names) > 3 else "")
    kind = type(model).__name__
    if idle:
        headline = f"{type(optimizer).__name__}.step: holds no parameter with a gradient, {kind} has {count}"
        fix = "make the optimizer from the parameters of the model that is trained, after they are where they stay"
    else:
        headline = f"{type(optimizer).__name__}.step: {len(names)} parameters of {kind} have gradients and are in no optimizer"
        fix = "add_param_group for them, or requires_grad_(False) where they shall stay"
    return error(MistakeError, headline, facts=[f"not in an optimizer: {shown}"], fix=fix)
