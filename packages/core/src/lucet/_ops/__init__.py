"""The ops: the only callers of kernels. Importing this package registers every op and attaches the methods of Tensor."""

from lucet import _registry, _tensor

_registry.set_attach(_tensor.attach)

from lucet._ops import pointwise  # noqa: E402
