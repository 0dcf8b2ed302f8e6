"""`DataParallel`: several devices of one process, of which there is one."""

from collections.abc import Sequence
from typing import Any

from lucet.nn.modules.module import Module

__all__ = ["DataParallel", "data_parallel"]


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
