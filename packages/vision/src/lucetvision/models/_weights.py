"""Trained weights: where they are, what they expect, how good they are. Networks live in files of their own."""

import os
from collections.abc import Callable
from enum import Enum
from functools import partial
from typing import Any

from lucet._errors import LoadError, error

__all__ = ["Weights", "WeightsEnum"]

_EMBEDDED = "embedded:"
_FOLDER = os.path.join(os.path.dirname(__file__), "weights")


class Weights:
    """One set of trained weights: `url` ("embedded:FILE" for one in the package), `transforms` that builds the
    preprocessing, `meta` with "categories", "num_params" and "_metrics", and the `sha256` of the file.

    >>> from lucetvision.models import LeNet_Weights
    >>> LeNet_Weights.DEFAULT.value.meta["categories"][1]
    'Trouser'
    """

    __slots__ = ("meta", "sha256", "transforms", "url")

    def __init__(self, url: str, transforms: Callable, meta: dict[str, Any], sha256: str = "") -> None:
        self.url = url
        self.transforms = transforms
        self.meta = meta
        self.sha256 = sha256

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Weights):
            return NotImplemented
        return (self.url, self.meta, self.sha256, _plain(self.transforms)) == (
            other.url,
            other.meta,
            other.sha256,
            _plain(other.transforms),
        )

    __hash__ = None  # type: ignore[assignment]  # mutable, like the reference's

    def __repr__(self) -> str:
        return f"Weights(url={self.url!r}, transforms={self.transforms!r}, meta={self.meta!r}, sha256={self.sha256!r})"


def _plain(transforms: Callable) -> object:
    """Something that compares equal for equal partials, which themselves never do after a deepcopy."""
    if isinstance(transforms, partial):
        return transforms.func, transforms.args, transforms.keywords
    return transforms


class WeightsEnum(Enum):
    """Base of the weights of one network; every member's value is a `Weights`.

    >>> from lucetvision.models import LeNet_Weights
    >>> LeNet_Weights.verify("FASHION_MNIST_MINI_V1")
    LeNet_Weights.FASHION_MNIST_MINI_V1
    """

    @classmethod
    def verify(cls, obj: Any) -> Any:
        """The member that `obj`, a member, its name or None, means; KeyError or TypeError for anything else."""
        if isinstance(obj, str):
            return cls[obj.removeprefix(f"{cls.__name__}.")]
        if obj is not None and not isinstance(obj, cls):
            raise TypeError(f"weights: got {type(obj).__name__}, expected {cls.__name__}")
        return obj

    def get_state_dict(self, progress: bool = True, check_hash: bool = False) -> dict[str, Any]:
        """The tensors by name; with `check_hash` the file is compared with its sha256 first (LoadError).

        Nothing is fetched, so there is no progress to show whatever `progress` says.
        """
        path = os.path.join(_FOLDER, self.url.removeprefix(_EMBEDDED))
        if check_hash:
            _check_sha256(path, self.value.sha256)
        import lucet

        return lucet.load(path, weights_only=True)

    def __repr__(self) -> str:
        return f"{type(self).__name__}.{self._name_}"

    @property
    def url(self) -> str:
        """Where the weights are."""
        return self.value.url

    @property
    def transforms(self) -> Callable:
        """Builds the preprocessing that the weights expect."""
        return self.value.transforms

    @property
    def meta(self) -> dict[str, Any]:
        """Facts about the weights."""
        return self.value.meta


def _check_sha256(path: str, expected: str) -> None:
    import hashlib

    with open(path, "rb") as file:
        found = hashlib.file_digest(file, "sha256").hexdigest()
    if found != expected:
        raise error(LoadError, f"weights: sha256 of {path} is {found}, expected {expected}")
