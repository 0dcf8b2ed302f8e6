"""The base of every dataset of images: root, transforms, printing. Reads no files."""

import os
from collections.abc import Callable
from typing import Any

from lucet.utils.data import Dataset

__all__ = ["StandardTransform", "VisionDataset"]


def _indented(transform: object, head: str) -> list[str]:
    first, *rest = repr(transform).splitlines()
    return [head + first, *(" " * len(head) + line for line in rest)]


class StandardTransform:
    """A transform of the image and one of the target, called together; either may be None.

    >>> from lucetvision.datasets.vision import StandardTransform
    >>> StandardTransform(target_transform=str)("image", 3)
    ('image', '3')
    """

    def __init__(self, transform: Callable | None = None, target_transform: Callable | None = None) -> None:
        self.transform = transform
        self.target_transform = target_transform

    def __call__(self, input: Any, target: Any) -> tuple[Any, Any]:
        if self.transform is not None:
            input = self.transform(input)
        if self.target_transform is not None:
            target = self.target_transform(target)
        return input, target

    def __repr__(self) -> str:
        lines = [type(self).__name__]
        if self.transform is not None:
            lines += _indented(self.transform, "Transform: ")
        if self.target_transform is not None:
            lines += _indented(self.target_transform, "Target transform: ")
        return "\n".join(lines)


class VisionDataset(Dataset):
    """Base of the datasets of images; a subclass defines `__getitem__` and `__len__`, and `extra_repr` if it likes.

    Either `transforms` (image and target together) or `transform` and `target_transform` may be given, else
    ValueError.

    >>> from lucetvision.datasets import VisionDataset
    >>> class Two(VisionDataset):
    ...     def __len__(self):
    ...         return 2
    >>> Two("data")
    Dataset Two
        Number of datapoints: 2
        Root location: data
    """

    _repr_indent = 4

    def __init__(
        self,
        root: str | os.PathLike | None = None,
        transforms: Callable | None = None,
        transform: Callable | None = None,
        target_transform: Callable | None = None,
    ) -> None:
        self.root: Any = os.path.expanduser(root) if isinstance(root, str) else root
        separate = transform is not None or target_transform is not None
        if transforms is not None and separate:
            raise ValueError(f"{type(self).__name__}: transforms is given, expected no transform or target_transform")
        self.transform = transform
        self.target_transform = target_transform
        self.transforms = StandardTransform(transform, target_transform) if separate else transforms

    def __getitem__(self, index: int) -> Any:
        raise NotImplementedError

    def __len__(self) -> int:
        raise NotImplementedError

    def __repr__(self) -> str:
        body = [f"Number of datapoints: {len(self)}"]
        if self.root is not None:
            body.append(f"Root location: {self.root}")
        body += self.extra_repr().splitlines()
        if self.transforms is not None:
            body.append(repr(self.transforms))
        # only the first line of a transform is indented, as torchvision prints it
        return "\n".join([f"Dataset {type(self).__name__}", *(" " * self._repr_indent + line for line in body)])

    def extra_repr(self) -> str:
        """Lines a subclass adds to its repr."""
        return ""
