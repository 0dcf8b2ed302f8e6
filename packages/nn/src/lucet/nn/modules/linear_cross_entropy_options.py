"""How `linear_cross_entropy` cuts its batch: the options that torch has, of which the size of the pieces counts here."""

from dataclasses import dataclass, replace
from typing import Any, Literal

import lucet

__all__ = ["LinearCrossEntropyOptions"]

_FLOATS = (lucet.float16, lucet.bfloat16, lucet.float32, lucet.float64)
_HALVES = (lucet.float16, lucet.bfloat16)


@dataclass(slots=True, frozen=True)
class LinearCrossEntropyOptions:
    """How many samples `linear_cross_entropy` makes scores for at a time, so that those of a large batch never exist together.

    `batch_chunk_size` is that number; `chunking_method` finds one from the sizes: "aspect_ratio" takes so many that their
    scores are about as large as the input, "aspect_ratio:n" one in n of that, "auto" is one of these. Backward computes
    the scores of a piece anew, so it can run again and be differentiated, whatever `allow_retain_graph` says. Sums are
    kept in the type that the ops keep them in; `acc_policy` and `acc_dtype` are checked, and change nothing.

    Raises: ValueError for a word, number or type that is not one of these; from the call where size and method disagree.

    >>> from lucet import nn
    >>> nn.LinearCrossEntropyOptions(batch_chunk_size=64).batch_chunk_size
    64
    """

    allow_retain_graph: bool = False
    batch_chunk_size: int | None = None
    chunking_method: str | None = "auto"
    acc_policy: Literal["accurate", "balanced", "compact", "auto"] = "auto"
    acc_dtype: lucet.dtype | None = None

    def __post_init__(self) -> None:
        if self.acc_policy not in ("auto", "accurate", "balanced", "compact"):
            raise ValueError(f"invalid acc_policy: {self.acc_policy!r}")
        if self.chunking_method not in (None, "auto"):
            name, colon, factor = self.chunking_method.partition(":")
            if name != "aspect_ratio" or colon and not (factor.isdigit() and int(factor) > 0):
                raise ValueError(f"invalid chunking_method: {self.chunking_method!r}")
        size = self.batch_chunk_size
        if size is not None and not (isinstance(size, int) and size > 0):
            raise ValueError(f"batch_chunk_size must be positive int or None, got {size!r}")
        if self.acc_dtype is not None and self.acc_dtype not in _FLOATS:
            raise ValueError(f"acc_dtype must be a floating type or None, got {self.acc_dtype!r}")

    def _adjust(
        self, num_batches: int, in_features: int, num_classes: int, dtype: Any, device: Any = None
    ) -> "LinearCrossEntropyOptions":
        """The same with everything decided for one call."""
        of_halves = device is not None and dtype in _HALVES
        method = self.chunking_method
        if method == "auto":
            method = None if self.batch_chunk_size is not None else "aspect_ratio" if of_halves else "aspect_ratio:2"
        policy = self.acc_policy if self.acc_policy != "auto" else "accurate" if of_halves else "compact"
        size = num_batches if self.batch_chunk_size is None else min(self.batch_chunk_size, num_batches)
        if method is not None:
            found = _piece(num_batches, in_features, num_classes, int(method.partition(":")[2] or 1))
            if self.batch_chunk_size is not None and size != found:
                raise ValueError(
                    f"batch_chunk_size (={self.batch_chunk_size}) and chunking_method ('{method}') give different chunk sizes "
                    f"({self.batch_chunk_size} vs {found}); pass only one."
                )
            size = found
        kept = self.acc_dtype or (lucet.float32 if of_halves and self.acc_policy == "auto" else dtype)
        return replace(
            self, acc_policy=policy, chunking_method=method, batch_chunk_size=max(1, size), acc_dtype=kept
        )


def _piece(batches: int, features: int, classes: int, factor: int) -> int:
    """The power of two above `batches` times `features` by `classes`, by `factor`."""
    target = -(-batches // max(1, -(-classes // max(1, features))))
    return min((1 << max(target - 1, 0).bit_length()) // factor, batches)
