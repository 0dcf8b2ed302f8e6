"""Names for the types of arguments, for annotations."""

import os
from collections.abc import Sequence as Sequence
from typing import IO, TypeAlias

import lucet
from lucet._size import Size as Size
from lucet._storage import Storage as _UntypedStorage
from lucet._tensor import Tensor as Tensor
from lucet.storage import TypedStorage as _TypedStorage

__all__ = ["Number", "Device", "FileLike", "Storage"]

Number: TypeAlias = int | float | bool
Device: TypeAlias = lucet.device | str | int | None
FileLike: TypeAlias = str | os.PathLike[str] | IO[bytes]
Storage: TypeAlias = _UntypedStorage | _TypedStorage

_bool, _int, _float, _complex = bool, int, float, complex
_dtype, _device, _layout = lucet.dtype, lucet.device, lucet.layout
_size: TypeAlias = Size | list[int] | tuple[int, ...]
_TensorOrTensors: TypeAlias = Tensor | Sequence[Tensor]
