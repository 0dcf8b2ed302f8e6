"""Batches of sequences of different lengths: padded, packed, and back. What moves elements is in core."""

from collections.abc import Callable, Iterable
from typing import Any, NamedTuple, Self

import lucet
from lucet import Tensor, _pack_padded_sequence, _pad_packed_sequence
from lucet._ops import pad_sequence as _pad_sequence

__all__ = [
    "PackedSequence",
    "invert_permutation",
    "pack_padded_sequence",
    "pack_sequence",
    "pad_packed_sequence",
    "pad_sequence",
    "unpack_sequence",
    "unpad_sequence",
]


class PackedSequence_(NamedTuple):
    """The fields of a packed batch."""

    data: Tensor
    batch_sizes: Tensor
    sorted_indices: Tensor | None
    unsorted_indices: Tensor | None


def bind(optional: Any, fn: Callable[[Any], Any]) -> Any:
    """`fn` of what is there; None of None."""
    return None if optional is None else fn(optional)


class PackedSequence(PackedSequence_):
    """A batch of sequences without padding, as `pack_padded_sequence` and `pack_sequence` make it: not made by hand.

    Shape: data (sum of lengths, *), first all sequences' first steps, then their second ...; batch_sizes (longest), how many sequences
    each step has, int64 on the CPU; sorted_indices (batch), where the sequence at each place was before they were sorted by length, and
    unsorted_indices its inverse; None where they were sorted already.

    >>> import lucet
    >>> from lucet.nn.utils.rnn import pack_sequence
    >>> packed = pack_sequence([lucet.tensor([1, 2, 3]), lucet.tensor([4])])
    >>> packed.data, packed.batch_sizes
    (tensor([1, 4, 2, 3]), tensor([2, 1, 1]))
    """

    def __new__(
        cls,
        data: Tensor,
        batch_sizes: Tensor | None = None,
        sorted_indices: Tensor | None = None,
        unsorted_indices: Tensor | None = None,
    ) -> Self:
        return super().__new__(cls, *_fields(data, batch_sizes, sorted_indices, unsorted_indices))

    def pin_memory(self) -> Self:
        """The same with pinned memory, which on a CPU is any."""
        return type(self)(
            self.data.pin_memory(),
            self.batch_sizes,
            bind(self.sorted_indices, Tensor.pin_memory),
            bind(self.unsorted_indices, Tensor.pin_memory),
        )

    def to(self, *args: Any, **kwargs: Any) -> Self:
        """The batch with data of another type or device, arguments as of `Tensor.to`; itself where that changes nothing."""
        data = self.data.to(*args, **kwargs)
        if data is self.data:
            return self

        def moved(indices: Tensor) -> Tensor:
            return indices.to(data.device)

        return type(self)(data, self.batch_sizes, bind(self.sorted_indices, moved), bind(self.unsorted_indices, moved))

    def cuda(self, *args: Any, **kwargs: Any) -> Self:
        """`to` the device "cuda", which is not there: RuntimeError, as of `Tensor.cuda`."""
        self.data.cuda(*args, **kwargs)
        return self

    def cpu(self, *args: Any, **kwargs: Any) -> Self:
        """`to` the CPU."""
        return self.to("cpu", *args, **kwargs)

    def double(self) -> Self:
        """The batch with float64 data."""
        return self.to(dtype=lucet.double)

    def float(self) -> Self:
        """The batch with float32 data."""
        return self.to(dtype=lucet.float)

    def half(self) -> Self:
        """The batch with float16 data."""
        return self.to(dtype=lucet.half)

    def long(self) -> Self:
        """The batch with int64 data."""
        return self.to(dtype=lucet.long)

    def int(self) -> Self:
        """The batch with int32 data."""
        return self.to(dtype=lucet.int)

    def short(self) -> Self:
        """The batch with int16 data."""
        return self.to(dtype=lucet.short)

    def char(self) -> Self:
        """The batch with int8 data."""
        return self.to(dtype=lucet.int8)

    def byte(self) -> Self:
        """The batch with uint8 data."""
        return self.to(dtype=lucet.uint8)

    @property
    def is_cuda(self) -> bool:
        """False."""
        return self.data.is_cuda

    def is_pinned(self) -> bool:
        """What `data` says of itself."""
        return self.data.is_pinned()


def _fields(
    data: Any, batch_sizes: Tensor | None, sorted_indices: Tensor | None, unsorted_indices: Tensor | None
) -> tuple[Any, Any, Any, Any]:
    if unsorted_indices is None:
        unsorted_indices = invert_permutation(sorted_indices)
    if batch_sizes is not None:
        if batch_sizes.device.type != "cpu":
            raise ValueError(
                "batch_sizes should always be on CPU. PackedSequence is made by pack_sequence and its kin, not by hand"
            )
        return data, batch_sizes, sorted_indices, unsorted_indices
    if not (isinstance(data, (list, tuple)) and len(data) == 2):
        raise AssertionError("Expected data to be a list or tuple of length 2")
    return data[0], data[1], sorted_indices, unsorted_indices


def invert_permutation(permutation: Tensor | None) -> Tensor | None:
    """The permutation that undoes another; None of None.

    >>> import lucet
    >>> from lucet.nn.utils.rnn import invert_permutation
    >>> invert_permutation(lucet.tensor([2, 0, 1]))
    tensor([1, 2, 0])
    """
    if permutation is None:
        return None
    places = lucet.arange(0, permutation.numel(), device=permutation.device)
    return lucet.empty_like(permutation).scatter_(0, permutation, places)


def pack_padded_sequence(
    input: Tensor, lengths: Tensor | list[int], batch_first: bool = False, enforce_sorted: bool = True
) -> PackedSequence:
    """Pack padded sequences, which steps beyond `lengths` are not part of.

    Shape: input (steps, batch, *), or (batch, steps, *) with `batch_first`; lengths (batch). With `enforce_sorted` the lengths must fall;
    else sequences are sorted first, and put back by `pad_packed_sequence`.
    Raises: RuntimeError for lengths that are not positive, not sorted, or not as many as there are sequences.

    >>> import lucet
    >>> from lucet.nn.utils.rnn import pack_padded_sequence
    >>> pack_padded_sequence(lucet.tensor([[1, 3], [2, 0]]), [2, 1]).data
    tensor([1, 3, 2])
    """
    if isinstance(lengths, Tensor):
        lengths = lengths.to(dtype=lucet.int64)
    else:
        lengths = lucet.as_tensor(lengths, dtype=lucet.int64, device="cpu")
    order = None
    if not enforce_sorted:
        lengths, order = lucet.sort(lengths, descending=True)
        order = order.to(input.device)
        input = input.index_select(0 if batch_first else 1, order)
    data, sizes = _pack_padded_sequence(input, lengths, batch_first)
    return PackedSequence(data, sizes, order, None)


def pad_packed_sequence(
    sequence: PackedSequence, batch_first: bool = False, padding_value: float = 0.0, total_length: int | None = None
) -> tuple[Tensor, Tensor]:
    """Padded sequences from packed ones, in the order that they had, and their lengths.

    Shape: (longest, batch, *), or (batch, longest, *) with `batch_first`; `total_length` stands for the longest.
    Raises: ValueError where `total_length` is less.

    >>> import lucet
    >>> from lucet.nn.utils.rnn import pack_sequence, pad_packed_sequence
    >>> pad_packed_sequence(pack_sequence([lucet.tensor([1, 2]), lucet.tensor([3])]), batch_first=True)
    (tensor([[1, 2],
            [3, 0]]), tensor([2, 1]))
    """
    longest = sequence.batch_sizes.size(0)
    if total_length is not None:
        if total_length < longest:
            raise ValueError(
                "Expected total_length to be at least the length of the longest sequence in input, but got "
                f"total_length={total_length} and max sequence length being {longest}"
            )
        longest = total_length
    padded, lengths = _pad_packed_sequence(sequence.data, sequence.batch_sizes, batch_first, padding_value, longest)
    order = sequence.unsorted_indices
    if order is None:
        return padded, lengths
    return padded.index_select(0 if batch_first else 1, order), lengths[order.cpu()]


def pad_sequence(
    sequences: Iterable[Tensor], batch_first: bool = False, padding_value: float = 0.0, padding_side: str = "right"
) -> Tensor:
    """Sequences of different lengths side by side, filled up at one side.

    Shape: sequences (length, *) to (longest, batch, *), or (batch, longest, *) with `batch_first`. The type is that of the first.
    Raises: RuntimeError for no sequences, for what cannot be iterated, and for a `padding_side` other than "left" and "right".

    >>> import lucet
    >>> from lucet.nn.utils.rnn import pad_sequence
    >>> pad_sequence([lucet.tensor([1, 2]), lucet.tensor([3])], batch_first=True, padding_side="left")
    tensor([[1, 2],
            [0, 3]])
    """
    if not isinstance(sequences, Iterable):
        raise RuntimeError(
            f"pad_sequence: Expected iterable for input sequences, but got arg of type: {type(sequences)}"
        )
    return _pad_sequence(tuple(sequences), batch_first, padding_value, padding_side)


def unpad_sequence(padded_sequences: Tensor, lengths: Tensor, batch_first: bool = False) -> list[Tensor]:
    """The sequences that `pad_sequence` has put side by side (at the right), each with its length.

    >>> import lucet
    >>> from lucet.nn.utils.rnn import unpad_sequence
    >>> unpad_sequence(lucet.tensor([[1, 2], [3, 0]]), lucet.tensor([2, 1]), batch_first=True)
    [tensor([1, 2]), tensor([3])]
    """
    if not batch_first:
        padded_sequences.transpose_(0, 1)  # torch turns the argument itself
    steps = lucet.arange(padded_sequences.shape[1], device=lengths.device)
    return [sequence[steps < length] for sequence, length in zip(padded_sequences, lengths, strict=True)]


def pack_sequence(sequences: list[Tensor], enforce_sorted: bool = True) -> PackedSequence:
    """Pack sequences (length, *), the longest first if `enforce_sorted`.

    >>> import lucet
    >>> from lucet.nn.utils.rnn import pack_sequence
    >>> pack_sequence([lucet.tensor([3]), lucet.tensor([1, 2])], enforce_sorted=False).sorted_indices
    tensor([1, 0])
    """
    lengths = lucet.as_tensor([sequence.size(0) for sequence in sequences])
    return pack_padded_sequence(pad_sequence(sequences), lengths, enforce_sorted=enforce_sorted)


def unpack_sequence(packed_sequences: PackedSequence) -> list[Tensor]:
    """The sequences that were packed.

    >>> import lucet
    >>> from lucet.nn.utils.rnn import pack_sequence, unpack_sequence
    >>> unpack_sequence(pack_sequence([lucet.tensor([1, 2]), lucet.tensor([3])]))
    [tensor([1, 2]), tensor([3])]
    """
    padded, lengths = pad_packed_sequence(packed_sequences, batch_first=True)
    return unpad_sequence(padded, lengths, batch_first=True)
