"""Parameters to one vector and back."""

from collections.abc import Iterable

import lucet
from lucet import Tensor

__all__ = ["parameters_to_vector", "vector_to_parameters"]


def parameters_to_vector(parameters: Iterable[Tensor]) -> Tensor:
    """All parameters, flattened, one after another; gradients flow through it.

    Raises: ValueError for no parameters; RuntimeError for parameters on different devices.

    >>> import lucet
    >>> from lucet import nn
    >>> nn.utils.parameters_to_vector([lucet.ones(2), lucet.zeros(1, 1)])
    tensor([1., 1., 0.])
    """
    parameters = list(parameters)
    if not parameters:
        raise ValueError("parameters_to_vector: got no parameters, expected a non-empty list of Tensors")
    _one_device("parameters_to_vector", parameters)
    return lucet.cat([parameter.view(-1) for parameter in parameters])


def vector_to_parameters(vec: Tensor, parameters: Iterable[Tensor]) -> None:
    """Make each parameter a view of its part of `vec`, in order; what `vec` has beyond them is not used.

    Raises: TypeError for a `vec` that is no tensor; RuntimeError where it is too short.

    >>> import lucet
    >>> from lucet import nn
    >>> w = lucet.zeros(1, 2)
    >>> nn.utils.vector_to_parameters(lucet.tensor([5.0, 6.0]), [w])
    >>> w
    tensor([[5., 6.]])
    """
    if not isinstance(vec, Tensor):
        raise TypeError(f"vector_to_parameters: expected lucet.Tensor, but got: {type(vec).__name__}")
    parameters = list(parameters)
    _one_device("vector_to_parameters", parameters)
    start = 0
    for parameter in parameters:
        end = start + parameter.numel()
        parameter.data = vec[start:end].view_as(parameter).data
        start = end


def _one_device(name: str, parameters: list[Tensor]) -> None:
    devices = {parameter.device for parameter in parameters}
    if len(devices) > 1:
        raise RuntimeError(
            f"{name}: parameters are on different devices ({', '.join(map(str, devices))}), expected one"
        )
