"""The methods of pruning: which elements of a tensor a mask leaves. prune.py has their names and functions."""

import numbers
from abc import ABC, abstractmethod
from collections.abc import Iterator
from typing import Any, ClassVar

import lucet
from lucet import Tensor
from lucet.nn.modules.module import Module

# --- amounts ---------------------------------------------------------------------------------------------------------


def _check_amount(amount: Any) -> None:
    if not isinstance(amount, numbers.Real):
        raise TypeError(f"Invalid type for amount: {amount}. Must be int or float.")
    if int(amount) < 0 if isinstance(amount, numbers.Integral) else not 0 <= float(amount) <= 1:
        raise ValueError(f"amount={amount} should either be a float in the range [0, 1] or a non-negative integer")


def _count(amount: Any, size: int) -> int:
    """How many of `size` are to go."""
    if not isinstance(amount, numbers.Integral):
        return round(amount * size)
    if int(amount) > size:
        raise ValueError(f"amount={amount} should be smaller than the number of parameters to prune={size}")
    return int(amount)


def _check_channels(t: Tensor, dim: int) -> None:
    if t.dim() <= 1:
        raise ValueError(
            f"Structured pruning can only be applied to multidimensional tensors. Found tensor of shape {t.shape} with {t.dim()} dims"
        )
    if dim >= t.dim():
        raise IndexError(f"Invalid index {dim} for tensor of size {t.shape}")


def _along(t: Tensor, dim: int, index: Any) -> tuple[Any, ...]:
    """The subscript that picks channels `index` of `dim`."""
    at: list[Any] = [slice(None)] * t.dim()
    at[dim] = index
    return tuple(at)


# --- the base --------------------------------------------------------------------------------------------------------


class BasePruningMethod(ABC):
    """A method of pruning, and the hook that applies its mask. Subclasses say `compute_mask` and PRUNING_TYPE.

    PRUNING_TYPE is "unstructured", "structured" (with a `dim`) or "global": what of a tensor that is masked already a
    further method sees.

    >>> import lucet
    >>> from lucet import nn
    >>> from lucet.nn.utils import prune
    >>> class Negatives(prune.BasePruningMethod):
    ...     PRUNING_TYPE = "unstructured"
    ...     def compute_mask(self, t, default_mask):
    ...         return default_mask * (t > 0)
    >>> layer = nn.Linear(2, 1)
    >>> _ = layer.weight.data.copy_(lucet.tensor([[-1.0, 1.0]]))
    >>> _ = Negatives.apply(layer, "weight")
    >>> layer.weight.detach()
    tensor([[-0., 1.]])
    """

    PRUNING_TYPE: ClassVar[str]
    _tensor_name: str

    def __call__(self, module: Module, inputs: Any) -> None:
        setattr(module, self._tensor_name, self.apply_mask(module))

    @abstractmethod
    def compute_mask(self, t: Tensor, default_mask: Tensor) -> Tensor:
        """The mask for a tensor of scores, which leaves out what `default_mask` does too."""

    def apply_mask(self, module: Module) -> Tensor:
        """The original times the mask; gradients flow to the original."""
        assert self._tensor_name is not None, f"Module {module} has to be pruned"
        mask, original = (getattr(module, self._tensor_name + suffix) for suffix in ("_mask", "_orig"))
        return mask.to(dtype=original.dtype) * original

    @classmethod
    def apply(
        cls, module: Module, name: str, *args: Any, importance_scores: Tensor | None = None, **kwargs: Any
    ) -> "BasePruningMethod":
        """Mask parameter `name` by this method with `args`, on top of what masked it before; returns the hook."""
        method = cls._joined(module, name, *args, **kwargs)
        tensor = getattr(module, name)
        if importance_scores is not None and importance_scores.shape != tensor.shape:
            raise AssertionError(
                f"importance_scores should have the same shape as parameter {name} of {module}, "
                f"got {importance_scores.shape} vs {tensor.shape}"
            )
        scores = tensor if importance_scores is None else importance_scores
        again = isinstance(method, PruningContainer)
        if again:
            before = getattr(module, name + "_mask").detach().clone(memory_format=lucet.contiguous_format)
        else:
            module.register_parameter(name + "_orig", tensor)
            del module._parameters[name]
            before = lucet.ones_like(tensor)
        try:
            module.register_buffer(name + "_mask", method.compute_mask(scores, default_mask=before))
            setattr(module, name, method.apply_mask(module))
            module.register_forward_pre_hook(method)
        except Exception:
            if not again:
                module.register_parameter(name, getattr(module, name + "_orig"))
                del module._parameters[name + "_orig"]
            raise
        return method

    @classmethod
    def _joined(cls, module: Module, name: str, *args: Any, **kwargs: Any) -> "BasePruningMethod":
        """The new method, in a container where the parameter has one already, whose hook goes."""
        hooks = module._forward_pre_hooks
        old = [key for key, hook in hooks.items() if isinstance(hook, BasePruningMethod) and hook._tensor_name == name]
        if len(old) > 1:
            raise AssertionError(
                f"Avoid adding multiple pruning hooks to the same tensor {name} of module {module}. Use a PruningContainer."
            )
        method: BasePruningMethod = cls(*args, **kwargs)
        method._tensor_name = name
        if not old:
            return method
        earlier = hooks.pop(old[0])
        container = earlier if isinstance(earlier, PruningContainer) else PruningContainer(earlier)
        container.add_pruning_method(method)
        return container

    def prune(self, t: Tensor, default_mask: Tensor | None = None, importance_scores: Tensor | None = None) -> Tensor:
        """`t` times the mask, for tensors that are no parameters."""
        if importance_scores is not None and importance_scores.shape != t.shape:
            raise AssertionError(
                f"importance_scores should have the same shape as tensor t, got {importance_scores.shape} vs {t.shape}"
            )
        scores = t if importance_scores is None else importance_scores
        before = lucet.ones_like(t) if default_mask is None else default_mask
        return t * self.compute_mask(scores, default_mask=before)

    def remove(self, module: Module) -> None:
        """Put what is left back as the parameter; the hook itself stays."""
        name = self._tensor_name
        assert name is not None, f"Module {module} has to be pruned before pruning can be removed"
        weight = self.apply_mask(module)
        if hasattr(module, name):
            delattr(module, name)
        original = module._parameters[name + "_orig"]
        assert original is not None
        original.data = weight.data
        del module._parameters[name + "_orig"]
        del module._buffers[name + "_mask"]
        setattr(module, name, original)


class PruningContainer(BasePruningMethod):
    """Several methods on one parameter, one after another; the last says what goes next.

    >>> from lucet import nn
    >>> from lucet.nn.utils import prune
    >>> layer = prune.identity(prune.identity(nn.Linear(2, 2), "bias"), "bias")
    >>> [len(hook) for hook in layer._forward_pre_hooks.values()]
    [2]
    """

    def __init__(self, *args: BasePruningMethod) -> None:
        self._pruning_methods: tuple[BasePruningMethod, ...] = ()
        if len(args) == 1:
            self._tensor_name = args[0]._tensor_name
        for method in args:
            self.add_pruning_method(method)

    def add_pruning_method(self, method: BasePruningMethod | None) -> None:
        """Add one for the same parameter. Raises: TypeError for no method, ValueError for one of another parameter."""
        if method is not None and not isinstance(method, BasePruningMethod):
            raise TypeError(f"{type(method)} is not a BasePruningMethod subclass")
        if method is not None and self._tensor_name != method._tensor_name:
            raise ValueError(
                f"Can only add pruning methods acting on the parameter named '{self._tensor_name}' to PruningContainer {self}."
                f" Found '{method._tensor_name}'"
            )
        self._pruning_methods += (method,)  # type: ignore[operator]

    def __len__(self) -> int:
        return len(self._pruning_methods)

    def __iter__(self) -> Iterator[BasePruningMethod]:
        return iter(self._pruning_methods)

    def __getitem__(self, idx: int) -> BasePruningMethod:
        return self._pruning_methods[idx]

    def compute_mask(self, t: Tensor, default_mask: Tensor) -> Tensor:
        """The mask of the last method on what `default_mask` leaves."""
        method = self._pruning_methods[-1]
        mask = default_mask.to(dtype=t.dtype)
        at: Any
        if method.PRUNING_TYPE == "unstructured":
            at = default_mask == 1
        elif method.PRUNING_TYPE == "structured":
            if not hasattr(method, "dim"):
                raise AttributeError('Pruning methods of PRUNING_TYPE "structured" need to have the attribute `dim` defined.')
            dim = method.dim + t.dim() if method.dim < 0 else method.dim
            if dim < 0:
                raise IndexError(f"Index is out of bounds for tensor with dimensions {t.dim()}")
            left = default_mask.sum(dim=[d for d in range(t.dim()) if d != dim]) != 0
            at = _along(t, dim, left)
        elif method.PRUNING_TYPE == "global":
            at = (slice(None),) * t.dim()
        else:
            raise ValueError(f"Unrecognized PRUNING_TYPE {method.PRUNING_TYPE}")
        mask[at] = method.compute_mask(t[at], default_mask=default_mask[at]).to(dtype=mask.dtype)
        return mask


# --- methods ---------------------------------------------------------------------------------------------------------


class Identity(BasePruningMethod):
    """Nothing goes.

    >>> import lucet
    >>> from lucet.nn.utils import prune
    >>> prune.Identity().prune(lucet.ones(2))
    tensor([1., 1.])
    """

    PRUNING_TYPE = "unstructured"

    def compute_mask(self, t: Tensor, default_mask: Tensor) -> Tensor:
        """The mask that there is."""
        return default_mask

    @classmethod
    def apply(cls, module: Module, name: str) -> BasePruningMethod:  # type: ignore[override]
        """See `prune.identity`."""
        return super().apply(module, name)


class RandomUnstructured(BasePruningMethod):
    """Elements at random, `amount` of them.

    >>> import lucet
    >>> from lucet.nn.utils import prune
    >>> prune.RandomUnstructured(3).prune(lucet.ones(4)).sum()
    tensor(1.)
    """

    PRUNING_TYPE = "unstructured"

    def __init__(self, amount: float) -> None:
        _check_amount(amount)
        self.amount = amount

    def compute_mask(self, t: Tensor, default_mask: Tensor) -> Tensor:
        """Without those that draw the largest numbers."""
        count = _count(self.amount, t.nelement())
        mask = default_mask.clone(memory_format=lucet.contiguous_format)
        if count:
            drawn = lucet.rand_like(t)
            mask.view(-1)[lucet.topk(drawn.view(-1), k=count).indices] = 0
        return mask

    @classmethod
    def apply(cls, module: Module, name: str, amount: float) -> BasePruningMethod:  # type: ignore[override]
        """See `prune.random_unstructured`."""
        return super().apply(module, name, amount=amount)


class L1Unstructured(BasePruningMethod):
    """The elements nearest to 0, `amount` of them.

    >>> import lucet
    >>> from lucet.nn.utils import prune
    >>> prune.L1Unstructured(1).prune(lucet.tensor([3.0, -0.5, 1.0]))
    tensor([3., -0., 1.])
    """

    PRUNING_TYPE = "unstructured"

    def __init__(self, amount: float) -> None:
        _check_amount(amount)
        self.amount = amount

    def compute_mask(self, t: Tensor, default_mask: Tensor) -> Tensor:
        """Without the smallest."""
        count = _count(self.amount, t.nelement())
        mask = default_mask.clone(memory_format=lucet.contiguous_format)
        if count:
            mask.view(-1)[lucet.topk(t.abs().view(-1), k=count, largest=False).indices] = 0
        return mask

    @classmethod
    def apply(  # type: ignore[override]
        cls, module: Module, name: str, amount: float, importance_scores: Tensor | None = None
    ) -> BasePruningMethod:
        """See `prune.l1_unstructured`."""
        return super().apply(module, name, amount=amount, importance_scores=importance_scores)


class RandomStructured(BasePruningMethod):
    """Channels along `dim` at random, `amount` of them.

    >>> import lucet
    >>> from lucet.nn.utils import prune
    >>> prune.RandomStructured(1, dim=0).prune(lucet.ones(3, 2)).sum()
    tensor(4.)
    """

    PRUNING_TYPE = "structured"

    def __init__(self, amount: float, dim: int = -1) -> None:
        _check_amount(amount)
        self.amount = amount
        self.dim = dim

    def compute_mask(self, t: Tensor, default_mask: Tensor) -> Tensor:
        """Without the channels that draw the smallest numbers."""
        _check_channels(t, self.dim)
        channels = t.shape[self.dim]
        count = _count(self.amount, channels)
        if not count:
            return default_mask
        drawn = lucet.rand(channels)
        mask = lucet.zeros_like(t)
        mask[_along(t, self.dim, drawn > lucet.kthvalue(drawn, k=count).values)] = 1
        return mask.mul_(default_mask.to(dtype=mask.dtype))

    @classmethod
    def apply(cls, module: Module, name: str, amount: float, dim: int = -1) -> BasePruningMethod:  # type: ignore[override]
        """See `prune.random_structured`."""
        return super().apply(module, name, amount=amount, dim=dim)


class LnStructured(BasePruningMethod):
    """The channels along `dim` of the smallest n-norm, `amount` of them.

    >>> import lucet
    >>> from lucet.nn.utils import prune
    >>> prune.LnStructured(1, n=1, dim=0).prune(lucet.tensor([[1.0, 1.0], [3.0, 0.0]]))
    tensor([[0., 0.],
            [3., 0.]])
    """

    PRUNING_TYPE = "structured"

    def __init__(self, amount: float, n: Any, dim: int = -1) -> None:
        _check_amount(amount)
        self.amount = amount
        self.n = n
        self.dim = dim

    def compute_mask(self, t: Tensor, default_mask: Tensor) -> Tensor:
        """With the channels of the largest norms."""
        _check_channels(t, self.dim)
        channels = t.shape[self.dim]
        count = _count(self.amount, channels)
        others = [d for d in range(t.dim()) if d != self.dim % t.dim()]
        kept = lucet.topk(lucet.norm(t, p=self.n, dim=others), k=channels - count, largest=True).indices
        if not count:
            return default_mask
        mask = lucet.zeros_like(t)
        mask[_along(t, self.dim, kept)] = 1
        return mask.mul_(default_mask.to(dtype=mask.dtype))

    @classmethod
    def apply(  # type: ignore[override]
        cls, module: Module, name: str, amount: float, n: Any, dim: int, importance_scores: Tensor | None = None
    ) -> BasePruningMethod:
        """See `prune.ln_structured`."""
        return super().apply(module, name, amount=amount, n=n, dim=dim, importance_scores=importance_scores)


class CustomFromMask(BasePruningMethod):
    """What a given mask says.

    >>> import lucet
    >>> from lucet.nn.utils import prune
    >>> prune.CustomFromMask(lucet.tensor([0, 1])).prune(lucet.ones(2))
    tensor([0., 1.])
    """

    PRUNING_TYPE = "global"

    def __init__(self, mask: Tensor) -> None:
        self.mask = mask

    def compute_mask(self, t: Tensor, default_mask: Tensor) -> Tensor:
        """Both masks. Raises: AssertionError for one of another shape."""
        assert default_mask.shape == self.mask.shape, (
            f"default_mask shape {default_mask.shape} must match self.mask shape {self.mask.shape}"
        )
        return default_mask * self.mask.to(dtype=default_mask.dtype)

    @classmethod
    def apply(cls, module: Module, name: str, mask: Tensor) -> BasePruningMethod:  # type: ignore[override]
        """See `prune.custom_from_mask`."""
        return super().apply(module, name, mask=mask)
