"""The learning-rate range test: which rate a model trains with, found in some hundred batches that leave no trace."""

import copy
import math
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import lucet
from lucet import Tensor
from lucet._rooms import MissingExtra

from .optimizer import Optimizer, _as_float
from .sgd import SGD

__all__ = ["LRFindResult", "lr_find"]


@dataclass(frozen=True)
class LRFindResult:
    """What `lr_find` found.

    `lrs` are the rates that were tried, `losses` the smoothed losses at them, `raw_losses` those of single batches.
    `suggestion` is the rate at which the smoothed loss fell fastest (per factor of the rate) before its least value, None
    where it never fell. `diverged` says whether the test stopped because the loss grew.

    Example:
        >>> import lucet
        >>> result = lucet.optim.LRFindResult([0.01, 0.1, 1.0], [3.0, 2.0, 4.0], [3.0, 2.0, 4.0], diverged=True)
        >>> result.suggestion
        0.01
        >>> result
        LRFindResult(suggestion=0.01, 3 rates from 0.01 to 1, least loss 2 at 0.1, diverged)
    """

    lrs: list[float]
    losses: list[float]
    raw_losses: list[float] = field(repr=False)
    diverged: bool = False

    @property
    def suggestion(self) -> float | None:
        """The rate at which the smoothed loss fell fastest before its least value."""
        end = min(range(len(self.losses)), key=self.losses.__getitem__)
        falls = [(self.losses[i + 1] - self.losses[i], i) for i in range(end)]
        steepest, i = min(falls, default=(0.0, 0))
        return self.lrs[i] if steepest < 0 else None

    def __repr__(self) -> str:
        least = min(self.losses)
        at = self.lrs[self.losses.index(least)]
        suggestion = None if self.suggestion is None else float(f"{self.suggestion:.3g}")
        return (
            f"LRFindResult(suggestion={suggestion}, {len(self.lrs)} rates from {self.lrs[0]:.3g} to {self.lrs[-1]:.3g}, "
            f"least loss {least:.4g} at {at:.3g}{', diverged' if self.diverged else ''})"
        )

    def plot(self, ax: Any = None) -> Any:
        """Draw the smoothed loss over the rate, with the suggestion, into `ax` (None: axes of a new figure), and return it.

        Raises:
            ImportError: matplotlib is not installed.
        """
        if ax is None:
            try:
                from matplotlib import pyplot
            except ImportError:
                raise MissingExtra("LRFindResult.plot", "matplotlib") from None
            ax = pyplot.figure().add_subplot()
        ax.plot(self.lrs, self.losses)
        ax.set_xscale("log")
        ax.set_xlabel("learning rate")
        ax.set_ylabel("loss, smoothed")
        if self.suggestion is not None:
            ax.axvline(self.suggestion, linestyle="--", label=f"suggestion {self.suggestion:.2g}")
            ax.legend()
        return ax


def lr_find(
    model: Any,
    loss: Callable[[Any, Any], Tensor],
    loader: Iterable[Any],
    optimizer: Optimizer | None = None,
    *,
    start_lr: float = 1e-7,
    end_lr: float = 10.0,
    steps: int = 100,
    smoothing: float = 0.9,
    stop_factor: float = 4.0,
) -> LRFindResult:
    """Train `model` on up to `steps` batches with a rate that grows from `start_lr` to `end_lr`, and look at the loss.

    `loader` gives (input, target) pairs, as often as they are needed, and `loss(model(input), target)` is what falls.
    `optimizer` is stepped (None: SGD with momentum 0.9 on the parameters that require a gradient); the rates of all its
    groups follow the ramp. The loss is smoothed by a running mean with the weight `smoothing`, and the test ends when
    that is above `stop_factor` times its least value or is no number.

    Afterwards everything is as before, also after an error: parameters, buffers, gradients, modes of all submodules,
    state and options of the optimizer, and the random generators of lucet and of the loader.

    Raises:
        ValueError: rates that are not 0 < start_lr < end_lr, fewer than 2 steps, smoothing outside [0, 1), a stop_factor
            of 1 or less, a model without a parameter that requires a gradient, a loader without batches, or a loss that is
            no number at the first batch.
        TypeError: a batch that is not a pair.

    Source: Smith, "Cyclical learning rates for training neural networks", WACV 2017, section 3.3; the steepest fall as the
    suggestion: Gugger, "How do you find a good learning rate", 2018.

    Example:
        >>> import lucet
        >>> from lucet import nn
        >>> seed = lucet.manual_seed(0)
        >>> x = lucet.randn(64, 2)
        >>> batches = [(x, x.sum(1, keepdim=True))]
        >>> result = lucet.optim.lr_find(nn.Linear(2, 1), nn.MSELoss(), batches, start_lr=1e-4)
        >>> result.diverged, 1e-3 < result.suggestion < 1
        (True, True)
    """
    _check_options(start_lr, end_lr, steps, smoothing, stop_factor)
    if optimizer is None:
        params = [p for p in model.parameters() if p.requires_grad]
        if not params:
            raise ValueError("lr_find: the model has no parameter that requires a gradient, expected at least one")
        optimizer = SGD(params, lr=start_lr, momentum=0.9)
    lrs: list[float] = []
    raw: list[float] = []
    smooth: list[float] = []
    mean, diverged = 0.0, False
    with _left_as_it_was(model, optimizer, loader):
        model.train()
        for i, (inputs, target) in enumerate(_batches(_apart(loader), steps)):
            lr = start_lr * (end_lr / start_lr) ** (i / (steps - 1))
            value = _loss_of_step(model, loss, optimizer, inputs, target, lr)
            if not math.isfinite(value):
                diverged = True
                break
            mean = smoothing * mean + (1 - smoothing) * value
            lrs.append(lr)
            raw.append(value)
            smooth.append(mean / (1 - smoothing ** (i + 1)))
            if smooth[-1] > stop_factor * min(smooth):
                diverged = True
                break
    if not lrs:
        raise ValueError(
            f"lr_find: the loss is {value} at the first batch, before any step, expected a finite number\n"
            "  fix   look at the batch and at the model's output: no learning rate helps here"
        )
    return LRFindResult(lrs, smooth, raw, diverged)


def _check_options(start_lr: float, end_lr: float, steps: int, smoothing: float, stop_factor: float) -> None:
    if not 0 < start_lr < end_lr:
        raise ValueError(f"lr_find: start_lr is {start_lr} and end_lr {end_lr}, expected 0 < start_lr < end_lr")
    if steps < 2:
        raise ValueError(f"lr_find: steps is {steps}, expected at least 2")
    if not 0 <= smoothing < 1:
        raise ValueError(f"lr_find: smoothing is {smoothing}, expected 0 <= smoothing < 1")
    if not stop_factor > 1:
        raise ValueError(f"lr_find: stop_factor is {stop_factor}, expected above 1")


def _batches(loader: Iterable[Any], steps: int) -> Iterator[tuple[Any, Any]]:
    """`steps` pairs, from the start of the loader again where it ends."""
    given = 0
    while given < steps:
        before = given
        for batch in loader:
            if not isinstance(batch, (tuple, list)) or len(batch) != 2:
                what = f"{type(batch).__name__} of {len(batch)}" if isinstance(batch, (tuple, list)) else type(batch).__name__
                raise TypeError(f"lr_find: a batch is a {what}, expected a pair (input, target)")
            yield batch[0], batch[1]
            given += 1
            if given == steps:
                return
        if given == before:
            if given:  # an iterator that does not start again: the ramp ends where it did
                return
            raise ValueError("lr_find: the loader gave no batch, expected at least one")


def _apart(loader: Any) -> Any:
    """A loader of the same batches whose passes leave the place, the epoch and the workers of the given one alone."""
    if not hasattr(loader, "load_state_dict"):
        return loader
    twin = copy.copy(loader)
    twin._resume = None  # a place that was loaded is for the training
    return twin


def _loss_of_step(model: Any, loss: Any, optimizer: Optimizer, inputs: Any, target: Any, lr: float) -> float:
    """Step once with the rate `lr`; the loss before it."""
    for group in optimizer.param_groups:
        group["lr"] = lr
    found: list[float] = []

    def closure() -> Tensor:
        optimizer.zero_grad()
        value = loss(model(inputs), target)
        found.append(_as_float(value))
        if math.isfinite(found[-1]):  # else there are no gradients, and nothing is stepped
            value.backward()
        return value

    optimizer.step(closure)
    return found[0]


@contextmanager
def _left_as_it_was(model: Any, optimizer: Optimizer, loader: Any) -> Iterator[None]:
    """Put back, in the end, what training changes."""
    params = {id(p): p for p in model.parameters()}
    params |= {id(p): p for group in optimizer.param_groups for p in group["params"]}
    tensors = [*params.values(), *model.buffers()]
    values = [t.detach().clone() for t in tensors]
    saved = copy.deepcopy(model.state_dict())  # a module may put new tensors in the place of its buffers
    grads = [(p, p.grad) for p in params.values()]
    modes = [(module, module.training) for module in model.modules()]
    own_state, own_groups = optimizer.state, [dict(group) for group in optimizer.param_groups]
    called = optimizer.__dict__.get("_opt_called")
    batches = getattr(loader, "batch_sampler", None)
    owners = (loader, getattr(loader, "sampler", None), batches, getattr(batches, "sampler", None))
    generators = [lucet.default_generator, *(getattr(owner, "generator", None) for owner in owners)]
    drawn = [(g, g.get_state()) for g in generators if isinstance(g, lucet.Generator)]
    try:
        for p in params.values():
            p.grad = None
        optimizer.state = defaultdict(dict, {key: _copied(value) for key, value in own_state.items()})
        yield
    finally:
        with lucet.no_grad():
            for t, value in zip(tensors, values, strict=True):
                t.copy_(value)
        model.load_state_dict(saved)
        for p, grad in grads:
            p.grad = grad
        for module, mode in modes:
            module.training = mode
        optimizer.state = own_state
        if called is None:
            optimizer.__dict__.pop("_opt_called", None)
        else:
            optimizer.__dict__["_opt_called"] = called
        for group, own in zip(optimizer.param_groups, own_groups, strict=True):
            group.clear()
            group.update(own)
        for generator, state in drawn:
            generator.set_state(state)


def _copied(value: Any) -> Any:
    """State of one parameter, its tensors cloned."""
    if isinstance(value, Tensor):
        return value.clone()
    if isinstance(value, dict):
        return {key: _copied(item) for key, item in value.items()}
    return [_copied(item) for item in value] if isinstance(value, list) else copy.copy(value)
