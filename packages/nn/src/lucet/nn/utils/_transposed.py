"""Which dimension of a layer's weight goes by its outputs."""

from lucet.nn.modules.module import Module

_TURNED = frozenset(("ConvTranspose1d", "ConvTranspose2d", "ConvTranspose3d"))


def output_dim(module: Module) -> int:
    """1 for transposed convolutions, whose weights begin with the inputs; 0 for all others."""
    return int(any(cls.__name__ in _TURNED and cls.__module__.startswith("lucet.nn.") for cls in type(module).__mro__))
