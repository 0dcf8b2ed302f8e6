"""Safetensors files: `save_file`, `load_file`, their forms in memory and `safe_open`, with the names of the safetensors library.

The safetensors library, an optional extra of lucet-core, writes and checks; here its names of types and places in memory become tensors.
"""

import contextlib
import math
import mmap
import os
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from lucet._dtype import dtype
from lucet._errors import LoadError, LucetError, error
from lucet._rooms import extra
from lucet.serialization import _tensors
from lucet.serialization._faults import SaveError, damaged, refused
from lucet.serialization._files import label_of, writing

extra("safetensors", "lucet.serialization.safetensors")

import safetensors  # noqa: E402  (the line above tells what to install)

__all__ = ["load", "load_file", "safe_open", "save", "save_file"]

_CODES = {
    "bool": "BOOL", "uint8": "U8", "int8": "I8", "int16": "I16", "int32": "I32", "int64": "I64", "float16": "F16", "bfloat16": "BF16",
    "float32": "F32", "float64": "F64", "complex64": "C64",
}  # fmt: skip
_FRAMEWORKS = ("pt", "torch", "pytorch", "lucet")
_NAME_OF = {_tensors.DTYPES[name]: name for name in _CODES}
_TYPE_OF = {code: _tensors.DTYPES[name] for name, code in _CODES.items()}


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
    content = save(tensors, metadata)
    with writing(os.fspath(filename)) as file:  # the library's own way to write files takes away their mode, and links
        file.write(content)


def save(tensors: Mapping[str, _tensors.Tensor], metadata: Mapping[str, str] | None = None) -> bytes:
    """The bytes of such a file."""
    plain = _in_order(tensors)
    with _library_says(SaveError, "save"):
        return safetensors.serialize(_specs(plain), None if metadata is None else dict(metadata))


def load_file(filename: str | os.PathLike[str], device: Any = "cpu", *, backend: str = "mmap") -> dict[str, _tensors.Tensor]:
    """The tensors of a file. They lie in a map of it: what is not read costs nothing, and writes stay with this process; with "pread" it is read."""
    with safe_open(filename, device=device, backend=backend) as file:
        return file.get_tensors()


class safe_open:
    """A file whose tensors are asked for one by one; also a context that closes at its end, tensors it gave stay. Arguments as `load_file`.

    >>> import lucet, tempfile, os
    >>> from lucet.serialization.safetensors import safe_open, save_file
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = os.path.join(folder, "m.safetensors")
    ...     save_file({"w": lucet.arange(6).view(2, 3)}, path, {"made": "here"})
    ...     with safe_open(path, framework="pt") as file:
    ...         print(file.keys(), file.metadata(), file.get_slice("w")[:, 1:])
    ['w'] {'made': 'here'} tensor([[1, 2],
            [4, 5]])
    """

    def __init__(self, filename: str | os.PathLike[str], framework: str = "pt", device: Any = "cpu", *, backend: str = "mmap"):
        if framework not in _FRAMEWORKS:
            raise ValueError(f"safe_open: framework is {framework!r}, expected 'pt': the tensors are lucet's")
        self._device = _tensors.usable(device, "load")
        path = os.fspath(filename)
        self._label = label_of(filename)
        with open(path, "rb") as file, _library_says(LoadError, f"load: {self._label}"):
            told = safetensors.safe_open(path, framework="numpy", backend=backend)
            self._keys, self._metadata = told.keys(), told.metadata()
            slices = [(name, told.get_slice(name)) for name in told.offset_keys()]
            content = memoryview(bytearray(file.read()) if backend == "pread" else mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_COPY))
        # The library has seen that the tensors lie behind the header one after the other, without gaps, to the end of the file.
        self._content: memoryview | None = content
        self._parts: dict[str, _Part] = {}
        at = 8 + int.from_bytes(content[:8], "little")
        for name, part in slices:
            shape, kind = part.get_shape(), _type_of(name, part.get_dtype(), self._label)
            size = math.prod(_measured(name, shape, kind, self._label)) * kind.itemsize
            self._parts[name] = _Part(part.get_dtype(), kind, shape, at, size)
            at += size

    def keys(self) -> list[str]:
        """The names of the tensors, sorted."""
        return list(self._keys)

    def offset_keys(self) -> list[str]:
        """The names of the tensors in the order in which they lie."""
        return list(self._parts)

    def metadata(self) -> dict[str, str] | None:
        """What `save_file` was given as metadata."""
        return self._metadata

    def get_tensor(self, name: str) -> _tensors.Tensor:
        """A tensor by its name."""
        part = self._part(name)
        assert self._content is not None
        tensor = _over(self._content[part.at : part.at + part.size], part.kind, part.shape)
        return tensor if self._device.type == "cpu" else tensor.to(self._device)

    def get_tensors(self) -> dict[str, _tensors.Tensor]:
        """All tensors by name."""
        return {name: self.get_tensor(name) for name in self._parts}

    def get_slice(self, name: str) -> "_Slice":
        """A tensor that says what it is before it is indexed: `get_shape()`, `get_dtype()`, then `[...]` as of a tensor."""
        return _Slice(self, name, self._part(name))

    def _part(self, name: str) -> "_Part":
        if self._content is None:
            raise error(LoadError, f"load: {self._label} is closed")
        if name not in self._parts:
            raise error(LoadError, f"load: {self._label} holds no tensor {name!r}")
        return self._parts[name]

    def __enter__(self) -> "safe_open":
        return self

    def __exit__(self, *exc: object) -> None:
        self._content = None


class _Part(NamedTuple):
    """What a file tells of a tensor: the name of its type there, its type here, its sizes, and the bytes it takes."""

    code: str
    kind: dtype
    shape: list[int]
    at: int
    size: int


class _Slice:
    """A tensor of a file, not read yet."""

    def __init__(self, file: safe_open, name: str, part: _Part):
        self._file, self._name, self._part = file, name, part

    def get_shape(self) -> list[int]:
        """The sizes."""
        return list(self._part.shape)

    def get_dtype(self) -> str:
        """The type by its name in the file: "F32", "BF16" ..."""
        return self._part.code

    def __getitem__(self, index: Any) -> _tensors.Tensor:
        return self._file.get_tensor(self._name)[index]


def load(data: bytes) -> dict[str, _tensors.Tensor]:
    """The tensors of the bytes of a file."""
    with _library_says(LoadError, "load: the data"):
        entries = safetensors.deserialize(data)
    found = {}
    for name, entry in entries:
        kind = _type_of(name, entry["dtype"], "the data")
        found[name] = _over(entry["data"], kind, _measured(name, entry["shape"], kind, "the data"))
    return found


def _measured(name: str, shape: list[int], kind: dtype, label: str) -> list[int]:
    """`shape`, if its steps can be counted; one with a size of 0 may name any others."""
    if math.prod(size for size in shape if size) * kind.itemsize >= 1 << 63:
        raise damaged(f"load: {label} holds a tensor {name!r} of shape {shape}, whose steps cannot be counted")
    return shape


@contextlib.contextmanager
def _library_says(kind: type[LucetError], what: str) -> Iterator[None]:
    """What the library finds wrong as an error of lucet."""
    try:
        yield
    except safetensors.SafetensorError as problem:
        raise error(kind, f"{what}: {problem}") from None


def _in_order(tensors: Mapping[str, _tensors.Tensor]) -> dict[str, _tensors.Tensor]:
    """The same tensors, each with its elements one after the other; raises for those that a file cannot hold."""
    if not isinstance(tensors, Mapping):
        raise ValueError(f"save: {type(tensors).__name__}, expected a dict of tensors by name")
    plain: dict[str, _tensors.Tensor] = {}
    for name, tensor in tensors.items():
        if not isinstance(tensor, _tensors.Tensor):
            raise ValueError(f"save: {name!r} is {type(tensor).__name__}, expected a lucet.Tensor")
        if tensor.dtype not in _NAME_OF or _tensors.is_meta(tensor):
            raise error(SaveError, f"save: {name!r} is {tensor.dtype} on {tensor.device}, which safetensors files do not hold")
        plain[name] = tensor.detach().resolve_conj().contiguous()
    end, last = 0, ""
    for start, stop, name in sorted(_place(tensor, name) for name, tensor in tensors.items() if tensor.numel()):
        if start < end:
            raise error(SaveError, f"save: {last!r} and {name!r} share memory, which safetensors files cannot say", fix="clone() one of them")
        end, last = stop, name
    return plain


def _place(tensor: _tensors.Tensor, name: str) -> tuple[int, int, str]:
    """Where in memory the elements lie: the first byte, and the one behind the last."""
    reach = 1 + sum((size - 1) * step for size, step in zip(tensor.shape, tensor.stride(), strict=True))
    start = tensor.data_ptr()
    return start, start + reach * tensor.dtype.itemsize, name


def _specs(plain: Mapping[str, _tensors.Tensor]) -> dict[str, safetensors.TensorSpec]:
    """What the library writes; it reads the memory of the tensors, which whoever calls keeps alive."""
    return {
        name: safetensors.TensorSpec(
            dtype=_NAME_OF[tensor.dtype], shape=tuple(tensor.shape), data_ptr=tensor.data_ptr(), data_len=tensor.numel() * tensor.dtype.itemsize
        )
        for name, tensor in plain.items()
    }


def _type_of(name: str, code: str, label: str) -> dtype:
    kind = _TYPE_OF.get(code)
    if kind is None:
        raise refused(f"load: {label} holds {name!r} as {code}, a type that lucet does not have")
    return kind


def _over(content: memoryview, kind: dtype, shape: Sequence[int]) -> _tensors.Tensor:
    if len(shape) > 64:
        raise damaged(f"load: {len(shape)} dimensions, no tensor has so many")
    strides, step = [], 1
    for size in reversed(shape):
        strides.append(step)
        step *= max(size, 1)
    storage = _tensors.mapped_storage(content) if len(content) else _tensors.new_storage(0)
    return _tensors.tensor_over(storage, kind, 0, shape, strides[::-1], False)
