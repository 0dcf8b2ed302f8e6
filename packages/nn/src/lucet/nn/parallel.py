"""Wrappers that scripts for several devices put around a model. There is one device and one process here: they pass everything on."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from lucet.nn.modules.module import Module

__all__ = ["DataParallel", "DistributedDataParallel", "data_parallel"]


class DataParallel(Module):
    """Calls `module` with what it is called with; names in its state dict begin with `module.`, as torch's do.

    `device_ids`, `output_device` and `dim` are accepted, and `device_ids` is empty afterwards, as in torch without a GPU: the
    batch is not divided, since the kernels already use all cores.

    >>> from lucet import nn
    >>> net = nn.DataParallel(nn.Linear(2, 1), device_ids=[0, 1])
    >>> list(net.state_dict()), net.device_ids
    (['module.weight', 'module.bias'], [])
    """

    def __init__(
        self,
        module: Module,
        device_ids: Sequence[Any] | None = None,
        output_device: Any = None,
        dim: int = 0,
    ) -> None:
        super().__init__()
        self.module = module
        self.device_ids: list[Any] = []

    def forward(self, *inputs: Any, **kwargs: Any) -> Any:
        """What the module gives."""
        return self.module(*inputs, **kwargs)


class DistributedDataParallel(Module):
    """DataParallel for scripts that start several processes; of the one that there is, gradients need no averaging.

    All arguments of torch's are accepted. `no_sync()` is a context in which nothing is different.

    >>> from lucet import nn
    >>> net = nn.parallel.DistributedDataParallel(nn.Linear(2, 1))
    >>> with net.no_sync():
    ...     list(net.state_dict())
    ['module.weight', 'module.bias']
    """

    def __init__(
        self,
        module: Module,
        device_ids: Sequence[Any] | None = None,
        output_device: Any = None,
        dim: int = 0,
        broadcast_buffers: bool = True,
        init_sync: bool = True,
        process_group: Any = None,
        bucket_cap_mb: float | None = None,
        find_unused_parameters: bool = False,
        check_reduction: bool = False,
        gradient_as_bucket_view: bool = False,
        static_graph: bool = False,
        **kwargs: Any,
    ) -> None:
        super().__init__()
        self.module = module
        self.device_ids = None
        self.output_device = None
        self.dim = dim
        self.broadcast_buffers = broadcast_buffers
        self.find_unused_parameters = find_unused_parameters
        self.require_backward_grad_sync = True

    @contextmanager
    def no_sync(self) -> Iterator[None]:
        """Steps that accumulate gradients without averaging them over processes: here, all steps."""
        before, self.require_backward_grad_sync = self.require_backward_grad_sync, False
        try:
            yield
        finally:
            self.require_backward_grad_sync = before

    def forward(self, *inputs: Any, **kwargs: Any) -> Any:
        """What the module gives."""
        return self.module(*inputs, **kwargs)


def data_parallel(
    module: Module,
    inputs: Any,
    device_ids: Sequence[Any] | None = None,
    output_device: Any = None,
    dim: int = 0,
    module_kwargs: dict[str, Any] | None = None,
) -> Any:
    """Call `module` with `inputs`, a tuple of arguments or one, and `module_kwargs`.

    >>> import lucet
    >>> from lucet import nn
    >>> nn.parallel.data_parallel(nn.ReLU(), lucet.tensor([-1.0, 2.0]))
    tensor([0., 2.])
    """
    arguments = inputs if isinstance(inputs, tuple) else () if inputs is None else (inputs,)
    return module(*arguments, **(module_kwargs or {}))
