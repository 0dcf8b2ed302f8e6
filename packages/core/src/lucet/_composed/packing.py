"""Sequences of different lengths: padded to one length, and packed step by step without the padding."""

from collections.abc import Sequence
from itertools import pairwise
from typing import Any

from lucet._composed._define import composed
from lucet._dtype import DTYPES
from lucet._errors import DtypeError, ShapeError, error
from lucet._ops.composing import named
from lucet._ops.create import arange, empty, full, tensor
from lucet._ops.indexing import index_copy, index_select
from lucet._tensor import Tensor


def _lengths_of(lengths: Tensor) -> list[int]:
    if lengths.dim() != 1 or lengths.dtype != DTYPES["int64"] or lengths.is_meta:
        kind = {"int64": "Long", "float32": "Float", "float64": "Double", "int32": "Int"}.get(
            name := str(lengths.dtype)[6:], name
        )
        raise error(
            DtypeError,
            f"'lengths' argument should be a 1D CPU int64 tensor, but got {lengths.dim()}D {lengths.device.type} {kind} tensor",
        )
    return lengths.tolist()


@composed(family="sequences", samples=lambda r: [(r(3, 2, 2), tensor([3, 1]), False), (r(2, 3), tensor([3, 2]), True)])
def _pack_padded_sequence(input: Tensor, lengths: Tensor, batch_first: bool) -> tuple[Tensor, Tensor]:
    """_pack_padded_sequence(input, lengths, batch_first) -> (Tensor, Tensor)

    The elements of padded sequences (steps, batch, ...), or (batch, steps, ...) with `batch_first`, step by step without the padding, and how
    many sequences each step has. `lengths`: (batch,) int64, positive, none larger than the one before.
    Raises: RuntimeError for other lengths.

    >>> import lucet
    >>> lucet._pack_padded_sequence(lucet.tensor([[1, 2], [3, 4]]), lucet.tensor([2, 1]), False)
    (tensor([1, 2, 3]), tensor([2, 1]))
    """
    counts = _lengths_of(lengths)
    if input.dim() < 2:
        raise error(ShapeError, f"_pack_padded_sequence: input must have 2 dimensions at least, got {input.dim()}")
    padded = input.transpose(0, 1) if batch_first else input
    steps, batch = padded.shape[:2]
    if not input.numel():
        raise RuntimeError("Cannot pack empty tensors.")
    if len(counts) != batch:
        raise error(
            ShapeError, f"Expected `len(lengths)` to be equal to batch_size, but got {len(counts)} (batch_size={batch})"
        )
    if counts[-1] <= 0 or min(counts) <= 0:
        raise RuntimeError(
            "Length of all samples has to be greater than 0, but found an element in 'lengths' that is <= 0"
        )
    if any(a < b for a, b in pairwise(counts)):
        raise RuntimeError(
            "`lengths` array must be sorted in decreasing order when `enforce_sorted` is True. You can pass `enforce_sorted=False` to "
            "pack_padded_sequence and/or pack_sequence to sidestep this requirement if you do not need ONNX exportability."
        )
    if counts[0] > steps:
        raise error(
            ShapeError, f"_pack_padded_sequence: the longest sequence has {counts[0]} steps, the input only {steps}"
        )
    sizes = _sizes(counts)
    flat = padded.reshape(steps * batch, *padded.shape[2:])
    if counts[-1] == steps:
        data = flat if flat is not input and not flat._is_view() else flat.clone()
    else:
        data = index_select(flat, 0, _places(sizes, batch))
    return named(data, "PackPaddedSequenceBackward0"), tensor(sizes)


def _sizes(lengths: Sequence[int]) -> list[int]:
    """How many of sequences, the longest first, have each step."""
    sizes, left = [], len(lengths)
    for step in range(lengths[0]):
        while lengths[left - 1] <= step:
            left -= 1
        sizes.append(left)
    return sizes


def _places(sizes: Sequence[int], batch: int) -> Tensor:
    """Where the packed elements lie among (steps, batch)."""
    places = arange(len(sizes) * batch).view(-1, batch)
    return places[arange(batch) < tensor(list(sizes)).unsqueeze(1)]


@composed(
    family="sequences",
    samples=lambda r: [(r(6, 2), tensor([2, 1, 1]), False, 0.5, 4), (r(4), tensor([2, 1]), True, 0, 2)],
)
def _pad_packed_sequence(
    data: Tensor, batch_sizes: Tensor, batch_first: bool, padding_value: Any, total_length: int
) -> tuple[Tensor, Tensor]:
    """_pad_packed_sequence(data, batch_sizes, batch_first, padding_value, total_length) -> (Tensor, Tensor)

    What was packed as (steps, batch, ...), or (batch, steps, ...) with `batch_first`, with `total_length` steps, or as many as there are if it
    is not positive; and the lengths.
    Raises: RuntimeError for sizes that grow, or do not add up to the rows of `data`.

    >>> import lucet
    >>> lucet._pad_packed_sequence(lucet.tensor([1, 2, 3]), lucet.tensor([2, 1]), True, 0, 2)
    (tensor([[1, 3],
            [2, 0]]), tensor([2, 1]))
    """
    sizes = _lengths_of(batch_sizes)
    steps = len(sizes)
    if total_length > 0:
        if total_length < steps:
            raise error(
                ShapeError,
                "Expected total_length to be at least the length of the longest sequence in input, but got "
                f"total_length={total_length} and max sequence length being {steps}",
            )
        steps = total_length
    if (
        not sizes
        or data.dim() == 0
        or any(n <= 0 for n in sizes)
        or any(a < b for a, b in pairwise(sizes))
        or sum(sizes) > data.shape[0]
    ):
        rows = data.shape[0] if data.dim() else 0
        raise error(
            ShapeError, "_pad_packed_sequence: batch_sizes must be positive, must not grow, and add up to the rows of data",
            facts=[f"{sum(sizes)} in all, {rows} rows"],
        )  # fmt: skip
    batch, rest = sizes[0], tuple(data.shape[1:])
    data = data[: sum(sizes)]
    if sizes[-1] == batch and steps == len(sizes):
        padded = data.reshape(steps, batch, *rest).clone()
    else:
        room = full((steps * batch, *rest), padding_value, dtype=data.dtype, device=data.device)
        padded = index_copy(room, 0, _places(sizes, batch), data).view(steps, batch, *rest)
    lengths = (tensor(sizes).unsqueeze(1) > arange(batch)).sum(0)
    return (padded.transpose(0, 1) if batch_first else padded), lengths


@composed(
    public=False,
    method=False,
    family="sequences",
    samples=lambda r: [([r(3, 2), r(1, 2)],), ([r(2), r(3)], True, 0.5, "left")],
)
def pad_sequence(
    sequences: Any, batch_first: bool = False, padding_value: float = 0.0, padding_side: str = "right"
) -> Tensor:
    """pad_sequence(sequences, batch_first=False, padding_value=0.0, padding_side="right") -> Tensor

    Sequences (steps, ...) side by side, (longest, batch, ...) or (batch, longest, ...) with `batch_first`, filled up with `padding_value`.
    Raises: RuntimeError for no sequences, or another side than "left" and "right".

    >>> from lucet._ops import pad_sequence
    >>> import lucet
    >>> pad_sequence([lucet.tensor([1, 2]), lucet.tensor([3])], True)
    tensor([[1, 2],
            [3, 0]])
    """
    if not isinstance(sequences, (tuple, list)) or not all(isinstance(t, Tensor) for t in sequences):
        raise TypeError(
            f"pad_sequence(): argument 'sequences' (position 1) must be tuple of Tensors, not {type(sequences).__name__}"
        )
    if not sequences:
        raise RuntimeError("received an empty list of sequences")
    if padding_side not in ("left", "right"):
        raise RuntimeError(f"Expected padding_side to be one of left or right, but got {padding_side}.")
    if any(t.dim() == 0 for t in sequences):
        raise error(ShapeError, "pad_sequence: a sequence has at least one dimension")
    first = sequences[0]
    longest, rest = max(t.shape[0] for t in sequences), tuple(first.shape[1:])
    lead = (len(sequences), longest) if batch_first else (longest, len(sequences))
    room = empty((*lead, *rest), dtype=first.dtype, device=first.device).fill_(padding_value)
    for i, t in enumerate(sequences):
        begin = longest - t.shape[0] if padding_side == "left" else 0
        place = room.select(0 if batch_first else 1, i).narrow(0, begin, t.shape[0])
        place.copy_(t)
    return room
