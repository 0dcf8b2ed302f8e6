"""The averaged copy of a module, and its batch norms' statistics: what of swa_utils needs lucet.nn, which only this file imports."""

import itertools
from collections.abc import Callable, Iterable
from copy import deepcopy
from typing import Any

import lucet
from lucet import Tensor
from lucet.nn import Module
from lucet.nn.modules.batchnorm import _BatchNorm

from .swa_utils import PARAM_LIST, get_swa_avg_fn

__all__ = ["AveragedModel", "update_bn"]


class AveragedModel(Module):
    """A copy of a module whose parameters are averages of those it was shown with `update_parameters`.

    The first call copies; each later one averages equally, or as `avg_fn(average, current, n)` returns, or as
    `multi_avg_fn(averages, currents, n)` moves lists of one dtype: see `get_ema_multi_avg_fn` and its kin. Buffers are
    copied, or averaged too with `use_buffers`. Forward is the copy's. `n_averaged` counts.

    Raises:
        AssertionError: both avg_fn and multi_avg_fn.

    Source: Izmailov, Podoprikhin, Garipov, Vetrov, Wilson, "Averaging weights leads to wider optima and better
    generalization", UAI 2018, algorithm 1.

    Example:
        >>> import lucet
        >>> from lucet.optim.swa_utils import AveragedModel
        >>> net = lucet.nn.Linear(1, 1)
        >>> average = AveragedModel(net)
        >>> for value in (1.0, 3.0):
        ...     unused = lucet.nn.init.constant_(net.weight, value)
        ...     average.update_parameters(net)
        >>> average.module.weight.item(), average.n_averaged.item()
        (2.0, 2)
    """

    n_averaged: Tensor

    def __init__(
        self,
        model: Module,
        device: Any = None,
        avg_fn: Callable[[Tensor, Tensor, Tensor | int], Tensor] | None = None,
        multi_avg_fn: Callable[[PARAM_LIST, PARAM_LIST, Tensor | int], None] | None = None,
        use_buffers: bool = False,
    ) -> None:
        super().__init__()
        if avg_fn is not None and multi_avg_fn is not None:
            raise AssertionError("Only one of avg_fn and multi_avg_fn should be provided")
        self.module = deepcopy(model)
        if device is not None:
            self.module = self.module.to(device)
        self.register_buffer("n_averaged", lucet.tensor(0, dtype=lucet.long, device=device))
        self.avg_fn = avg_fn
        self.multi_avg_fn = multi_avg_fn
        self.use_buffers = use_buffers

    def forward(self, *args: Any, **kwargs: Any) -> Any:
        """What the averaged copy computes."""
        return self.module(*args, **kwargs)

    def update_parameters(self, model: Module) -> None:
        """Take the present parameters of `model` into the averages."""
        averages = [p.detach() for p in self._averaged(self.module)]
        currents = [p.detach().to(average.device) for p, average in zip(self._averaged(model), averages, strict=False)]
        with lucet.no_grad():
            if self.n_averaged == 0:
                for average, current in zip(averages, currents, strict=False):
                    average.copy_(current)
            elif self.multi_avg_fn is not None:
                for same in _by_dtype(averages, currents):
                    self.multi_avg_fn(*same, self.n_averaged)
            else:
                average_of = self.avg_fn or get_swa_avg_fn()
                for average, current in zip(averages, currents, strict=False):
                    average.copy_(average_of(average, current, self.n_averaged))
            if not self.use_buffers:
                for mine, theirs in zip(self.module.buffers(), model.buffers(), strict=True):
                    mine.copy_(theirs)
            self.n_averaged += 1

    def _averaged(self, model: Module) -> Iterable[Tensor]:
        return itertools.chain(model.parameters(), model.buffers()) if self.use_buffers else model.parameters()


def _by_dtype(averages: list[Tensor], currents: list[Tensor]) -> Iterable[tuple[list[Tensor], list[Tensor]]]:
    found: dict[Any, tuple[list[Tensor], list[Tensor]]] = {}
    for average, current in zip(averages, currents, strict=False):
        same = found.setdefault(average.dtype, ([], []))
        same[0].append(average)
        same[1].append(current)
    return found.values()


@lucet.no_grad()
def update_bn(loader: Iterable[Any], model: Module, device: Any = None) -> None:
    """Compute the running statistics of all batch norms of `model` anew, in one pass over the batches of `loader`.

    A batch is the input, or a list or tuple that begins with it. A model without batch norms is left alone, and so is the
    loader.

    Example:
        >>> import lucet
        >>> net = lucet.nn.BatchNorm1d(1)
        >>> lucet.optim.swa_utils.update_bn([lucet.tensor([[1.0], [3.0]])], net)
        >>> net.running_mean
        tensor([2.])
    """
    momenta = {module: module.momentum for module in model.modules() if isinstance(module, _BatchNorm)}
    if not momenta:
        return
    was_training = model.training
    model.train()
    for module in momenta:
        module.reset_running_stats()
        module.momentum = None  # the plain mean of all batches
    for batch in loader:
        inputs = batch[0] if isinstance(batch, (list, tuple)) else batch
        model(inputs if device is None else inputs.to(device))
    for module, momentum in momenta.items():
        module.momentum = momentum
    model.train(was_training)
