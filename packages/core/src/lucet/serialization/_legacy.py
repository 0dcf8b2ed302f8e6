"""The format before the zip container: five pickles one after another, then the bytes of the storages."""

import io
import pickle
import struct
import sys
from collections.abc import Callable
from typing import Any

from lucet.serialization import _names, _rebuild, _tensors, pickling
from lucet.serialization._faults import cut_off, damaged, refused
from lucet.serialization.zipfile import fill

MAGIC = 0x1950A86A20F9469CFC6C
VERSION = 1001
_SIZES = {"short": 2, "int": 4, "long": 4}


def write(obj: Any, file: Any, pickle_module: Any, protocol: int) -> None:
    """Write `obj` to `file`, which only needs `write`."""
    info = {"protocol_version": VERSION, "little_endian": sys.byteorder == "little", "type_sizes": _SIZES}
    for head in (MAGIC, VERSION, info):
        file.write(pickle.dumps(head, protocol=protocol))
    content = io.BytesIO()
    storages = list(pickling.dump(obj, content, pickle_module, protocol, pickling.LEGACY_EXTRA))
    file.write(content.getbuffer())
    file.write(pickle.dumps([key for key, _, _ in storages], protocol=protocol))
    for _, storage, kind in storages:
        file.write(struct.pack("<q", storage.nbytes() // kind.dtype.itemsize))
        file.write(_tensors.bytes_of(storage))


class Pieces:
    """What the pickles of one file refer to, made empty while they are read and filled from the bytes after them."""

    def __init__(self, restore: Callable, *, size: int, label: str):
        self.restore = restore
        self.left = size  # no storage can be larger than the file
        self.label = label
        self.roots: dict[str, tuple[_tensors.Storage, _tensors.Storage, Any]] = {}

    def persistent_load(self, key: tuple) -> Any:
        """The storage for a persistent id."""
        if key[0] in ("module", b"module") and len(key) == 4:
            return key[1]  # a class with its source text, which is of no use here
        if len(key) != 6 or not isinstance(key[1], _names.StorageType) or type(key[4]) is not int:
            raise damaged(f"load: {self.label} refers to a storage in an unknown way: {str(key)[:80]}")
        _, kind, name, place, count, view = key
        storage = self._root(name, kind.dtype, as_text(place), count)
        start = 0 if view is None else self._view_start(view, count)
        return storage if kind.is_untyped else _rebuild.TypedStorage(storage, kind.dtype, start)

    def _view_start(self, view: Any, count: int) -> int:
        if type(view) is not tuple or len(view) != 3 or any(type(n) is not int for n in view[1:]):
            raise damaged(f"load: {self.label} holds a view of a storage without its place")
        _, start, length = view
        if start < 0 or length < 0 or start + length > count:
            raise damaged(f"load: {self.label} holds a view that reaches outside its storage")
        return start

    def _root(self, name: Any, item: Any, place: str, count: int) -> _tensors.Storage:
        name = as_text(name)
        if name not in self.roots:
            nbytes = count * item.itemsize
            if count < 0 or nbytes > self.left:
                raise cut_off(f"load: {self.label} is cut off: storage {name} has {nbytes} bytes, {self.left} are left")
            self.left -= nbytes
            fresh = _tensors.new_storage(nbytes)
            self.roots[name] = fresh, self.restore(place, nbytes, lambda: fresh), item
        return self.roots[name][1]

    def read(self, file: Any, keys: Any) -> None:
        """Fill the storages that `keys` names, in that order."""
        if type(keys) is not list:
            raise damaged(f"load: {self.label} has no list of its storages")
        for name in map(as_text, keys):
            if name not in self.roots:
                raise damaged(f"load: {self.label} lists storage {name[:80]!r}, which nothing in it refers to")
            self._read_one(file, name)
        if len(set(keys)) != len(self.roots):
            raise cut_off(f"load: {self.label} refers to {len(self.roots)} storages, it holds {len(set(keys))}")

    def _read_one(self, file: Any, name: str) -> None:
        head = bytearray(8)
        fresh, _, item = self.roots[name]
        if not fill(file, memoryview(head)):
            raise cut_off(f"load: {self.label} is cut off before storage {name}")
        count = struct.unpack("<q", head)[0]
        if count * item.itemsize != fresh.nbytes():
            raise damaged(
                f"load: {self.label} is damaged: storage {name} has {count} elements, "
                f"its tensors expect {fresh.nbytes() // item.itemsize}"
            )
        if not fill(file, _tensors.bytes_of(fresh)):
            raise cut_off(f"load: {self.label} is cut off in storage {name}")
        if sys.byteorder == "big":
            _tensors.swap_bytes(fresh, item)
        if item is _tensors.DTYPES["bool"] and not _tensors.hold_truths(fresh):
            _tensors.make_truths(fresh)


def as_text(value: Any) -> str:
    """A string that Python 2 may have written as bytes."""
    return value.decode("ascii", "replace") if isinstance(value, bytes) else str(value)


def read(file: Any, label: str, restore: Callable, unpickle: Callable[..., Any]) -> Any:
    """Read the object in `file`; `unpickle(file, persistent_load, part)` reads one pickle from where it stands."""
    at = file.tell()
    size = file.seek(0, 2) - at
    file.seek(at)
    pieces = Pieces(restore, size=size, label=label)

    def nothing(key: tuple) -> None:
        raise refused(f"load: {label} refers to storages in its head")

    if unpickle(file, nothing, "magic number") != MAGIC:
        raise damaged(f"load: {label} is not a checkpoint: it begins like a pickle but not with the magic number")
    version = unpickle(file, nothing, "version")
    if version != VERSION:
        raise refused(f"load: {label} is of the legacy format {version!r}, expected {VERSION}")
    unpickle(file, nothing, "machine")
    result = unpickle(file, pieces.persistent_load, "object")
    pieces.read(file, unpickle(file, nothing, "list of storages"))
    return result
