"""The usual transforms of gray images, run over a whole batch; datasets fall back to single items for all others."""

from collections.abc import Callable
from typing import Any

import lucet
from lucet import Tensor

from ..transforms import Compose, Normalize, RandomHorizontalFlip, ToTensor


def _flip(transform: RandomHorizontalFlip, images: Tensor) -> Tensor:
    # n numbers in one draw are the n numbers of n draws
    chosen = lucet.rand(len(images)) < transform.p
    return lucet.where(chosen.view(-1, 1, 1, 1), images.flip(-1), images)


def _to_tensor(transform: ToTensor, images: Tensor) -> Tensor:
    return images.to(lucet.get_default_dtype()).div_(255)


def _normalize(transform: Normalize, images: Tensor) -> Tensor:
    return transform(images)


_STEPS: dict[type, Callable[[Any, Tensor], Tensor]] = {
    RandomHorizontalFlip: _flip,
    ToTensor: _to_tensor,
    Normalize: _normalize,
}


def batch_transform(transform: object) -> Callable[[Tensor], Tensor] | None:
    """A function from images (N, 1, H, W) uint8 to what `transform` makes of each PIL image, or None if unknown.

    Known are flip, ToTensor and Normalize themselves, not subclasses, in an order that works for single images, with
    one random step at most: with two, drawing for all items first would change the order of the draws.
    """
    steps = list(transform.transforms) if type(transform) is Compose else [transform]
    kinds = [type(step) for step in steps]
    if any(kind not in _STEPS for kind in kinds) or kinds.count(ToTensor) != 1 or kinds.count(RandomHorizontalFlip) > 1:
        return None
    if Normalize in kinds[: kinds.index(ToTensor)] or any(_is_changed(step) for step in steps):
        return None

    def run(images: Tensor) -> Tensor:
        for step, kind in zip(steps, kinds, strict=True):
            images = _STEPS[kind](step, images)
        return images

    return run


def _is_changed(step: Any) -> bool:
    """Whether the instance does something of its own: a hook, or a method replaced."""
    state = vars(step)
    return any(state.get(hooks) for hooks in ("_forward_hooks", "_forward_pre_hooks")) or "forward" in state
