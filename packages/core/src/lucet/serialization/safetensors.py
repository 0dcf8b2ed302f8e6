"""Safetensors files: `save_file`, `load_file` and their forms in memory, with the names of the `safetensors.torch` module.

The format is read and written here, so the library need not be installed. Eight bytes of length, a JSON header with type, sizes and place of
each tensor, then the elements, without gaps or overlaps. Nothing in it can run; what contradicts itself is a LoadError.
"""

import json
import math
import mmap
import os
from collections.abc import Mapping
from typing import Any

from lucet._dtype import DTYPES, dtype
from lucet._errors import error
from lucet.serialization import _tensors
from lucet.serialization._faults import SaveError, cut_off, damaged, refused
from lucet.serialization._files import label_of, writing

__all__ = ["load", "load_file", "save", "save_file"]

_CODES = {
    "bool": "BOOL", "uint8": "U8", "int8": "I8", "int16": "I16", "int32": "I32", "int64": "I64", "float16": "F16", "bfloat16": "BF16",
    "float32": "F32", "float64": "F64", "complex64": "C64",
}  # fmt: skip
_CODE_OF = {DTYPES[name]: code for name, code in _CODES.items()}
_TYPE_OF = {code: kind for kind, code in _CODE_OF.items()}
_LONGEST_HEADER = 100_000_000


def _laid_out(tensors: Mapping[str, _tensors.Tensor], metadata: Mapping[str, str] | None) -> tuple[bytes, list[_tensors.Tensor]]:
    """The length and header of a file, and the tensors in the order of their places: wide elements first, so each is aligned."""
    header: dict[str, Any] = {"__metadata__": dict(metadata)} if metadata else {}
    ordered = sorted(tensors.items(), key=lambda item: (-item[1].dtype.itemsize, item[0]))
    at, kept = 0, []
    storages: dict[int, str] = {}
    for name, tensor in ordered:
        code = _CODE_OF.get(tensor.dtype)
        if code is None or _tensors.is_meta(tensor):
            raise error(SaveError, f"save: {name!r} is {tensor.dtype} on {tensor.device}, which safetensors files do not hold")
        other = storages.setdefault(tensor.untyped_storage().data_ptr(), name)
        if other != name and tensor.numel():
            raise error(SaveError, f"save: {other!r} and {name!r} share memory, which safetensors files cannot say", fix="clone() one of them")
        size = tensor.numel() * tensor.dtype.itemsize
        header[name] = {"dtype": code, "shape": list(tensor.shape), "data_offsets": [at, at + size]}
        at += size
        kept.append(tensor)
    text = json.dumps(header, separators=(",", ":"), ensure_ascii=False).encode()
    text += b" " * (-len(text) % 8)
    return len(text).to_bytes(8, "little") + text, kept


def _bytes(tensor: _tensors.Tensor) -> memoryview:
    """The elements in order."""
    plain = tensor.detach().contiguous()
    at, size = plain.storage_offset() * plain.dtype.itemsize, plain.numel() * plain.dtype.itemsize
    return _tensors.bytes_of(plain.untyped_storage())[at : at + size]


def save_file(tensors: Mapping[str, _tensors.Tensor], filename: str | os.PathLike[str], metadata: Mapping[str, str] | None = None) -> None:
    """Write tensors by name; the file appears whole. Raises RuntimeError for tensors that share memory or are of a type the format lacks.

    >>> import lucet, tempfile, os
    >>> from lucet.serialization.safetensors import load_file, save_file
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = os.path.join(folder, "m.safetensors")
    ...     save_file({"w": lucet.ones(2)}, path)
    ...     load_file(path)
    {'w': tensor([1., 1.])}
    """
    head, kept = _laid_out(tensors, metadata)
    with writing(filename) as file:
        file.write(head)
        for tensor in kept:
            file.write(_bytes(tensor))


def save(tensors: Mapping[str, _tensors.Tensor], metadata: Mapping[str, str] | None = None) -> bytes:
    """The bytes of such a file."""
    head, kept = _laid_out(tensors, metadata)
    return b"".join([head, *map(_bytes, kept)])


def load_file(filename: str | os.PathLike[str], device: Any = "cpu") -> dict[str, _tensors.Tensor]:
    """The tensors of a file. They lie in a map of it: what is not read costs nothing, and writes stay with this process."""
    with open(filename, "rb") as file:
        size = os.fstat(file.fileno()).st_size
        view = memoryview(mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_COPY)) if size else memoryview(b"")
    return _read(view, label_of(filename), device)


def load(data: bytes) -> dict[str, _tensors.Tensor]:
    """The tensors of the bytes of a file."""
    return _read(memoryview(bytearray(data)), "the data", "cpu")


def _read(view: memoryview, label: str, device: Any) -> dict[str, _tensors.Tensor]:
    header, start = _header(view, label)
    found, ranges = {}, []
    for name, entry in header.items():
        if name == "__metadata__":
            continue
        kind, shape, first, last = _entry(name, entry, len(view) - start, label)
        ranges.append((first, last, name))
        found[name] = _over(view[start + first : start + last], kind, shape)
    at = 0
    for first, last, name in sorted(ranges):
        if first != at:
            raise damaged(f"load: {label} has {'a gap before' if first > at else 'an overlap at'} {name!r}", at=f"byte {start + first}")
        at = last
    if at != len(view) - start:
        raise damaged(f"load: {label} has {len(view) - start - at} bytes behind its tensors")
    place = _tensors.usable(device, "load")
    return found if place.type == "cpu" else {name: tensor.to(place) for name, tensor in found.items()}


def _header(view: memoryview, label: str) -> tuple[dict[str, Any], int]:
    if len(view) < 8:
        raise cut_off(f"load: {label} has {len(view)} bytes, no safetensors file is so short")
    length = int.from_bytes(view[:8], "little")
    if length > _LONGEST_HEADER:
        raise refused(f"load: {label} says its header has {length} bytes, expected at most {_LONGEST_HEADER}")
    if length > len(view) - 8:
        raise cut_off(f"load: {label} ends in its header of {length} bytes")
    try:
        header = json.loads(bytes(view[8 : 8 + length]).decode(), object_pairs_hook=_no_name_twice)
    except (ValueError, RecursionError) as problem:
        raise damaged(f"load: {label} has a header that is no JSON: {problem}") from None
    if not isinstance(header, dict):
        raise damaged(f"load: {label} has a header that is no object")
    return header, 8 + length


def _no_name_twice(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    made = dict(pairs)
    if len(made) != len(pairs):
        raise ValueError("a name stands in it twice")
    return made


def _entry(name: str, entry: Any, room: int, label: str) -> tuple[dtype, tuple[int, ...], int, int]:
    """Type, sizes and place of a tensor, checked."""
    try:
        code, shape, (first, last) = entry["dtype"], tuple(entry["shape"]), entry["data_offsets"]
        numbers = (*shape, first, last)
    except (TypeError, KeyError, ValueError):
        raise damaged(f"load: {label} tells {name!r} by {entry!r:.80}, expected dtype, shape and data_offsets") from None
    if not isinstance(code, str) or code not in _TYPE_OF:
        raise refused(f"load: {label} holds {name!r} as {code!r:.40}, a type that lucet does not have")
    if not all(type(number) is int and 0 <= number < 1 << 63 for number in numbers) or len(shape) > 64:
        raise damaged(f"load: {label} tells {name!r} by sizes that no tensor has")
    kind = _TYPE_OF[code]
    if last > room or last - first != math.prod(shape) * kind.itemsize:
        raise damaged(f"load: {label} places {name!r} {shape} at bytes {first} to {last} of {room}")
    return kind, shape, first, last


def _over(content: memoryview, kind: dtype, shape: tuple[int, ...]) -> _tensors.Tensor:
    strides, step = [], 1
    for size in reversed(shape):
        strides.append(step)
        step *= max(size, 1)
    storage = _tensors.mapped_storage(content) if len(content) else _tensors.new_storage(0)
    return _tensors.tensor_over(storage, kind, 0, shape, strides[::-1], False)
