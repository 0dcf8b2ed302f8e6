"""Tables whose rows are looked up, one by one or in bags. The arithmetic is in the ops `embedding` and `embedding_bag`."""

from typing import Any, Self

import lucet
from lucet import Tensor
from lucet.nn import init
from lucet.nn.functional import embedding, embedding_bag
from lucet.nn.modules.module import Module
from lucet.nn.parameter import Parameter

__all__ = ["Embedding", "EmbeddingBag"]


def _wrapped(padding_idx: int | None, rows: int, name: str) -> int | None:
    """`padding_idx` counted from the first row; AssertionError where there is no such row."""
    if padding_idx is None:
        return None
    if padding_idx >= max(rows, 1) or padding_idx < -rows:
        raise AssertionError(f"{name} must be within num_embeddings")
    return padding_idx + rows if padding_idx < 0 else padding_idx


def _given(weight: Tensor, rows: int, width: int) -> Tensor:
    if list(weight.shape) != [rows, width]:
        raise AssertionError("Shape of weight does not match num_embeddings and embedding_dim")
    return weight


class _Table(Module):
    """What both share: a weight (num_embeddings, embedding_dim), drawn from the normal distribution, the padding row 0."""

    num_embeddings: int
    embedding_dim: int
    padding_idx: int | None
    max_norm: float | None
    norm_type: float
    scale_grad_by_freq: bool
    weight: Tensor
    sparse: bool

    def reset_parameters(self) -> None:
        """Draw the rows from the normal distribution; the padding row is 0."""
        init.normal_(self.weight)
        self._fill_padding_idx_with_zero()

    def _fill_padding_idx_with_zero(self) -> None:
        if self.padding_idx is not None:
            with lucet.no_grad():
                self.weight[self.padding_idx].fill_(0)


class Embedding(_Table):
    """Rows of a table, by their numbers.

    Shape: input (*) int64 or int32 to (*, embedding_dim); weight (num_embeddings, embedding_dim). Row `padding_idx` begins as 0 and gets no
    gradient; rows longer than `max_norm` are shortened, in place, when they are looked up; `scale_grad_by_freq` divides a row's gradient by
    how often it was looked up. `sparse` is kept; the gradient is dense.
    Raises: AssertionError for a `padding_idx` that is no row; IndexError for an index that is none.

    >>> import lucet
    >>> from lucet import nn
    >>> tuple(nn.Embedding(10, 3)(lucet.tensor([[1, 2], [4, 9]])).shape)
    (2, 2, 3)
    """

    __constants__ = [
        "num_embeddings",
        "embedding_dim",
        "padding_idx",
        "max_norm",
        "norm_type",
        "scale_grad_by_freq",
        "sparse",
    ]
    freeze: bool

    def __init__(
        self,
        num_embeddings: int,
        embedding_dim: int,
        padding_idx: int | None = None,
        max_norm: float | None = None,
        norm_type: float = 2.0,
        scale_grad_by_freq: bool = False,
        sparse: bool = False,
        _weight: Tensor | None = None,
        _freeze: bool = False,
        device: Any = None,
        dtype: Any = None,
    ) -> None:
        super().__init__()
        self.num_embeddings = num_embeddings
        self.embedding_dim = embedding_dim
        self.padding_idx = _wrapped(padding_idx, num_embeddings, "Padding_idx")
        self.max_norm = max_norm
        self.norm_type = norm_type
        self.scale_grad_by_freq = scale_grad_by_freq
        if _weight is None:
            room = lucet.empty((num_embeddings, embedding_dim), device=device, dtype=dtype)
            self.weight = Parameter(room, requires_grad=not _freeze)
            self.reset_parameters()
        else:
            self.weight = Parameter(_given(_weight, num_embeddings, embedding_dim), requires_grad=not _freeze)
        self.sparse = sparse

    def forward(self, input: Tensor) -> Tensor:
        """The rows that `input` names."""
        return embedding(
            input,
            self.weight,
            self.padding_idx,
            self.max_norm,
            self.norm_type,
            self.scale_grad_by_freq,
            self.sparse,
        )

    def extra_repr(self) -> str:
        """The constructor arguments that differ from the defaults."""
        text = f"{self.num_embeddings}, {self.embedding_dim}"
        if self.padding_idx is not None:
            text += f", padding_idx={self.padding_idx}"
        if self.max_norm is not None:
            text += f", max_norm={self.max_norm}"
        if self.norm_type != 2:
            text += f", norm_type={self.norm_type}"
        if self.scale_grad_by_freq is not False:
            text += f", scale_grad_by_freq={self.scale_grad_by_freq}"
        return text + (", sparse=True" if self.sparse is not False else "")

    @classmethod
    def from_pretrained(
        cls,
        embeddings: Tensor,
        freeze: bool = True,
        padding_idx: int | None = None,
        max_norm: float | None = None,
        norm_type: float = 2.0,
        scale_grad_by_freq: bool = False,
        sparse: bool = False,
    ) -> Self:
        """A module with `embeddings` (rows, width) as its table, which learns nothing unless `freeze` is False.

        >>> import lucet
        >>> from lucet import nn
        >>> nn.Embedding.from_pretrained(lucet.tensor([[1.0, 2.0]]))(lucet.tensor([0]))
        tensor([[1., 2.]])
        """
        if embeddings.dim() != 2:
            raise AssertionError("Embeddings parameter is expected to be 2-dimensional")
        rows, width = embeddings.shape
        return cls(
            rows,
            width,
            _weight=embeddings,
            _freeze=freeze,
            padding_idx=padding_idx,
            max_norm=max_norm,
            norm_type=norm_type,
            scale_grad_by_freq=scale_grad_by_freq,
            sparse=sparse,
        )


class EmbeddingBag(_Table):
    """Sums, means or largest elements of rows of a table, bag by bag, without the rows in memory one by one.

    Shape: input (bags, size) or (n,) with `offsets` (bags,), where each bag begins; the result is (bags, embedding_dim), zeros for an empty
    bag. `per_sample_weights`, as input, multiply rows in mode "sum". Other arguments as of `nn.functional.embedding_bag`.
    Raises: ValueError, RuntimeError and IndexError as there; AssertionError for a `padding_idx` that is no row.

    >>> import lucet
    >>> from lucet import nn
    >>> bag = nn.EmbeddingBag.from_pretrained(lucet.tensor([[1.0], [3.0]]), mode="sum")
    >>> bag(lucet.tensor([0, 1, 1]), lucet.tensor([0, 2]))
    tensor([[4.],
            [3.]])
    """

    __constants__ = [
        "num_embeddings",
        "embedding_dim",
        "max_norm",
        "norm_type",
        "scale_grad_by_freq",
        "mode",
        "sparse",
        "include_last_offset",
        "padding_idx",
    ]
    mode: str
    include_last_offset: bool

    def __init__(
        self,
        num_embeddings: int,
        embedding_dim: int,
        max_norm: float | None = None,
        norm_type: float = 2.0,
        scale_grad_by_freq: bool = False,
        mode: str = "mean",
        sparse: bool = False,
        _weight: Tensor | None = None,
        include_last_offset: bool = False,
        padding_idx: int | None = None,
        device: Any = None,
        dtype: Any = None,
    ) -> None:
        super().__init__()
        self.num_embeddings = num_embeddings
        self.embedding_dim = embedding_dim
        self.max_norm = max_norm
        self.norm_type = norm_type
        self.scale_grad_by_freq = scale_grad_by_freq
        self.padding_idx = _wrapped(padding_idx, num_embeddings, "padding_idx")
        if _weight is None:
            self.weight = Parameter(lucet.empty((num_embeddings, embedding_dim), device=device, dtype=dtype))
            self.reset_parameters()
        else:
            self.weight = Parameter(_given(_weight, num_embeddings, embedding_dim))
        self.mode = mode
        self.sparse = sparse
        self.include_last_offset = include_last_offset

    def forward(self, input: Tensor, offsets: Tensor | None = None, per_sample_weights: Tensor | None = None) -> Tensor:
        """One row for each bag."""
        return embedding_bag(
            input,
            self.weight,
            offsets,
            self.max_norm,
            self.norm_type,
            self.scale_grad_by_freq,
            self.mode,
            self.sparse,
            per_sample_weights,
            self.include_last_offset,
            self.padding_idx,
        )

    def extra_repr(self) -> str:
        """The constructor arguments that differ from the defaults, and the mode."""
        text = f"{self.num_embeddings!r}, {self.embedding_dim!r}"
        if self.max_norm is not None:
            text += f", max_norm={self.max_norm!r}"
        if self.norm_type != 2:
            text += f", norm_type={self.norm_type!r}"
        if self.scale_grad_by_freq is not False:
            text += f", scale_grad_by_freq={self.scale_grad_by_freq!r}"
        text += f", mode={self.mode!r}"
        return text + (f", padding_idx={self.padding_idx!r}" if self.padding_idx is not None else "")

    @classmethod
    def from_pretrained(
        cls,
        embeddings: Tensor,
        freeze: bool = True,
        max_norm: float | None = None,
        norm_type: float = 2.0,
        scale_grad_by_freq: bool = False,
        mode: str = "mean",
        sparse: bool = False,
        include_last_offset: bool = False,
        padding_idx: int | None = None,
    ) -> Self:
        """A module with `embeddings` (rows, width) as its table, which learns nothing unless `freeze` is False."""
        if embeddings.dim() != 2:
            raise AssertionError("Embeddings parameter is expected to be 2-dimensional")
        rows, width = embeddings.shape
        bag = cls(
            rows,
            width,
            _weight=embeddings,
            max_norm=max_norm,
            norm_type=norm_type,
            scale_grad_by_freq=scale_grad_by_freq,
            mode=mode,
            sparse=sparse,
            include_last_offset=include_last_offset,
            padding_idx=padding_idx,
        )
        bag.weight.requires_grad = not freeze
        return bag
