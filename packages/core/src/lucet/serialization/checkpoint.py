"""save and load: which format a file is in, and where its storages go. The formats themselves are next door."""

import io
import mmap as mapping
import os
import pickle
import sys
import warnings
import zlib
from collections.abc import Callable
from typing import IO, Any

from lucet._errors import DeviceError, LoadError, error
from lucet.serialization import _files, _legacy, _names, _rebuild, _tensors, pickling
from lucet.serialization._faults import cut_off, damaged, refused
from lucet.serialization._tensors import Storage
from lucet.serialization.unpickle import Walker
from lucet.serialization.zipfile import ALIGNMENT, Reader, Writer

DEFAULT_PROTOCOL = 2
MapLocation = Callable[[Storage, str], Storage | None] | _tensors.device | str | dict[str, str] | None


def save(
    obj: object,
    f: str | os.PathLike[str] | IO[bytes],
    pickle_module: Any = pickle,
    pickle_protocol: int = DEFAULT_PROTOCOL,
    _use_new_zipfile_serialization: bool = True,
    _disable_byteorder_record: bool = False,
) -> None:
    """Write `obj` (tensors, modules' state, containers, numbers, any object that pickles) to a checkpoint file.

    The file is torch's, so `torch.load` reads it. Tensors that share memory share it in the file. A path gets its new
    content all at once: whatever happens, the old file or the new one is there, whole.

    `pickle_module` and `pickle_protocol` write the structure; `_use_new_zipfile_serialization=False` writes the format
    from before the zip container; `_disable_byteorder_record` leaves out the note of the byte order.
    Raises RuntimeError for a folder that does not exist, or one memory seen as two dtypes; OSError for a full disk.

    >>> import io, lucet
    >>> file = io.BytesIO()
    >>> lucet.save({"weight": lucet.ones(2), "epoch": 3}, file)
    >>> _ = file.seek(0)
    >>> lucet.load(file)
    {'weight': tensor([1., 1.]), 'epoch': 3}
    """
    with _files.writing(f) as file:
        if _use_new_zipfile_serialization:
            _write_zip(obj, file, _folder_name(f), pickle_module, pickle_protocol, not _disable_byteorder_record)
        else:
            _legacy.write(obj, file, pickle_module, pickle_protocol)


def _folder_name(f: Any) -> str:
    stem = os.path.splitext(os.path.basename(os.fspath(f)))[0] if _files.is_path(f) else ""
    return stem if stem.isascii() and stem.strip(".") and not set(stem) & set("\\\0") else "archive"


def _write_zip(obj: Any, file: Any, folder: str, module: Any, protocol: int, byteorder: bool) -> None:
    structure = io.BytesIO()
    storages = pickling.dump(obj, structure, module, protocol)
    writer = Writer(file, folder)
    writer.write("data.pkl", structure.getbuffer())
    writer.write(".format_version", b"1")
    writer.write(".storage_alignment", str(ALIGNMENT).encode())
    if byteorder:
        writer.write("byteorder", sys.byteorder.encode())
    for key, storage, _ in storages:
        writer.write(f"data/{key}", _tensors.bytes_of(storage))
    writer.write("version", b"3\n")
    # two numbers of twenty digits, made from the names and the content, that tell one file from another
    names = zlib.crc32(b"".join(writer.directory))
    writer.write(".data/serialization_id", f"{names:020d}{writer.checksum:020d}".encode())
    writer.close()


def load(
    f: str | os.PathLike[str] | IO[bytes],
    map_location: MapLocation = None,
    pickle_module: Any = None,
    *,
    weights_only: bool | None = None,
    mmap: bool | None = None,
    **pickle_load_args: Any,
) -> Any:
    """Read what `save` (or `torch.save`) wrote. A file cannot run code, unless `weights_only=False` lets it.

    By default the file is walked with a closed list of names: tensors, parameters, numbers, strings and containers, and
    what `add_safe_globals` adds. **`weights_only=False` is Python's unpickling, which runs whatever the file says: only
    for files you would run as programs.** It takes another `pickle_module`, and `pickle_load_args` such as `encoding`.

    `map_location` says where storages go: a device, a dict from places in the file to places here, or a function of
    (storage, place). `mmap=True` maps the file instead of reading it (zip files given by path): loading is instant,
    changes stay in memory, and another process that shortens the file ends this one.

    Raises LoadError (a RuntimeError) for a damaged file, also a pickle.UnpicklingError for what is refused; OSError for
    one that cannot be opened; RuntimeError for a place that is not here, such as "cuda".

    >>> import lucet, os, tempfile
    >>> path = os.path.join(tempfile.mkdtemp(), "model.pt")
    >>> lucet.save([lucet.zeros(2), "name"], path)
    >>> lucet.load(path, map_location="cpu", mmap=True)
    [tensor([0., 0.]), 'name']
    """
    safe = weights_only if weights_only is not None else pickle_module is None
    if safe and pickle_module is not None:
        raise error(
            LoadError,
            "load: pickle_module is given, but weights_only=True unpickles nothing",
            fix="weights_only=False, if you trust the file",
        )
    if safe and pickle_load_args:
        warnings.warn("load: arguments for the pickle module do nothing unless weights_only=False", stacklevel=2)
    if mmap and not _files.is_path(f):
        raise ValueError(f"load: mmap=True needs a path, got {type(f).__name__}")
    unpickle = _safe_unpickler if safe else _trusting_unpickler(pickle_module or pickle)
    arguments = {"encoding": "utf-8"} | pickle_load_args
    label = _files.label_of(f)
    with _files.reading(f) as file:
        start = _first_bytes(file, label)
        restore = _restorer(map_location)
        if start[:4] == b"PK\3\4":
            return _read_zip(file, label, restore, unpickle, arguments, bool(mmap))
        if mmap:
            raise error(LoadError, f"load: mmap=True needs a zip checkpoint, {label} is not one")
        _check_legacy(start, label)
        return _legacy.read(
            file, label, restore, lambda source, storages, part: unpickle(source, storages, part, label, **arguments)
        )


def _first_bytes(file: Any, label: str) -> bytes:
    at = file.tell()
    start = file.read(64)
    file.seek(at)
    if not start:
        raise cut_off(f"load: {label} is empty, expected a checkpoint")
    return start


_OTHER_FILES = {
    b"version https://git-lfs": "a pointer to a large file that git lfs has not fetched",
    b"<!DOCTYPE": "a web page, perhaps of a download that failed",
    b"<html": "a web page, perhaps of a download that failed",
    b"\x1f\x8b": "compressed with gzip",
    b"\xfd7zXZ": "compressed with xz",
    b"\x89HDF": "an HDF5 file",
    b"\x93NUMPY": "an array of NumPy: use numpy.load",
    b"PK\5\6": "an empty zip archive",
}


def _check_legacy(start: bytes, label: str) -> None:
    for sign, kind in _OTHER_FILES.items():
        if start.startswith(sign):
            raise refused(f"load: {label} is not a checkpoint: it is {kind}")
    if start[8:9] == b"{" and start[:8].rstrip(b"\0") and not start[4:8].strip(b"\0"):
        raise refused(f"load: {label} is not a checkpoint: it is a safetensors file")
    if start[:1] != b"\x80":
        raise refused(f"load: {label} is not a checkpoint: it begins with {start[:8]!r}")


# --- the zip format -------------------------------------------------------------------------------------------------


def _read_zip(file: Any, label: str, restore: Callable, unpickle: Callable, arguments: dict, mmap: bool) -> Any:
    archive = Reader(file, label)
    if "constants.pkl" in archive:
        raise refused(f"load: {label} is a compiled program (TorchScript), expected a checkpoint of save")
    data = archive.read("data.pkl")
    storages = _Storages(archive, restore, _map(file) if mmap else None)
    part = f"{archive.folder}/data.pkl"
    return unpickle(io.BytesIO(data), storages.persistent_load, part, label, **arguments)


def _map(file: Any) -> memoryview:
    # a private map: pages that are written become ours, the file stays as it is
    return memoryview(mapping.mmap(file.fileno(), 0, access=mapping.ACCESS_COPY))


class _Storages:
    """The storages of one zip checkpoint, each read when it is first referred to, and then shared."""

    def __init__(self, archive: Reader, restore: Callable, mapped: memoryview | None):
        self.archive = archive
        self.restore = restore
        self.mapped = mapped
        self.made: dict[str, Storage] = {}
        order = archive.read("byteorder") if "byteorder" in archive else b"little"
        if order not in (b"little", b"big"):
            raise damaged(f"load: {archive.label} has the byte order {order[:20]!r}, expected little or big")
        self.swapped = order.decode() != sys.byteorder

    def persistent_load(self, key: tuple) -> Any:
        """The storage for a persistent id."""
        _, kind, name, place, count = key if len(key) == 5 else (None,) * 5
        if not isinstance(kind, _names.StorageType) or type(count) is not int or count < 0:
            raise damaged(f"load: {self.archive.label} refers to a storage in an unknown way: {str(key)[:80]}")
        name = _legacy.as_text(name)
        self._check_size(name, count, kind.dtype.itemsize)
        if name not in self.made:
            nbytes = self.archive.record(f"data/{name}").size
            self.made[name] = self.restore(_legacy.as_text(place), nbytes, lambda: self._read(name, kind.dtype))
        storage = self.made[name]
        return storage if kind.is_untyped else _rebuild.TypedStorage(storage, kind.dtype)

    def _check_size(self, name: str, count: int, itemsize: int) -> None:
        record = self.archive.record(f"data/{name}")
        if not 0 <= record.size - count * itemsize < itemsize:
            raise damaged(
                f"load: {self.archive.label} is damaged: {record.name} has {record.size} bytes, "
                f"its tensors expect {count * itemsize}"
            )

    def _read(self, name: str, item: Any) -> Storage:
        record = self.archive.record(f"data/{name}")
        start = self.archive.base + record.start
        if self.mapped is not None and not self.swapped and record.size and start % item.itemsize == 0:
            mapped = _tensors.mapped_storage(self.mapped[start : start + record.size])
            if item is not _tensors.DTYPES["bool"] or _tensors.hold_truths(mapped):
                return mapped
        storage = _tensors.new_storage(record.size)
        self.archive.read_into(f"data/{name}", _tensors.bytes_of(storage))
        if self.swapped:
            _tensors.swap_bytes(storage, item)
        if item is _tensors.DTYPES["bool"] and not _tensors.hold_truths(storage):
            _tensors.make_truths(storage)
        return storage


# --- the two ways to read a pickle ----------------------------------------------------------------------------------


def _safe_unpickler(
    file: Any, persistent_load: Callable, part: str, label: str, *, encoding: str, **ignored: Any
) -> Any:
    at = file.tell()
    size = file.seek(0, 2)
    file.seek(at)
    return Walker(file, persistent_load, size=size, label=label, part=part, encoding=encoding).load()


def _trusting_unpickler(pickle_module: Any) -> Callable:
    """A reader that builds whatever the file names, by `pickle_module`: it runs the file's code."""

    class Unpickler(pickle_module.Unpickler):
        def find_class(self, module: str, name: str) -> Any:
            full = _names.canonical(module, name)
            known = _names.known(full)
            if known is None and full in _names.UNSUPPORTED:
                raise refused(f"load: the file holds {_names.UNSUPPORTED[full]}, which lucet does not have")
            if known is not None:
                return known
            return super().find_class(_names.ours(full).removesuffix(f".{name}"), name)

    def unpickle(file: Any, persistent_load: Callable, part: str, label: str, **arguments: Any) -> Any:
        reader = Unpickler(file, **arguments)
        reader.persistent_load = persistent_load
        return reader.load()

    return unpickle


# --- places ---------------------------------------------------------------------------------------------------------


def default_restore_location(storage: Storage, location: str) -> Storage:
    """`storage` where `location` says: "cpu" leaves it as it is, "meta" keeps its size only.

    Raises RuntimeError for a place that is not here.

    >>> import lucet
    >>> bytes_ = lucet.zeros(2).untyped_storage()
    >>> lucet.serialization.default_restore_location(bytes_, "cpu") is bytes_
    True
    """
    return _placed(location, storage.nbytes(), lambda: storage)


def _placed(location: str, nbytes: int, read: Callable[[], Storage]) -> Storage:
    try:
        place = _tensors.usable(location, "load")
    except DeviceError as problem:
        problem.fix = 'map_location="cpu" brings the tensors of the file here'
        raise
    except RuntimeError as problem:
        raise RuntimeError(f"load: don't know how to restore data location {location!r}: {problem}") from None
    return _tensors.new_storage(nbytes, meta=True) if place == _tensors.META_DEVICE else read()


def _restorer(map_location: MapLocation) -> Callable[[str, int, Callable[[], Storage]], Storage]:
    """A function of (place in the file, bytes, how to read them) that gives the storage to use."""
    if map_location is None:
        return _placed
    if isinstance(map_location, dict):
        return lambda place, nbytes, read: _placed(map_location.get(place, place), nbytes, read)
    if isinstance(map_location, (str, bytes, _tensors.device)):
        where = _legacy.as_text(map_location)
        return lambda place, nbytes, read: _placed(where, nbytes, read)

    def by_function(place: str, nbytes: int, read: Callable[[], Storage]) -> Storage:
        storage = read()
        moved = map_location(storage, place)
        return default_restore_location(storage, place) if moved is None else moved

    return by_function


# --- looking without loading ----------------------------------------------------------------------------------------


def get_unsafe_globals_in_checkpoint(f: str | os.PathLike[str] | IO[bytes]) -> list[str]:
    """The names in a zip checkpoint that `load` would refuse, as "module.name". Nothing is built or run.

    Raises ValueError for a file that is not a zip checkpoint.

    >>> import io, fractions, lucet
    >>> file = io.BytesIO()
    >>> lucet.save(fractions.Fraction(1, 2), file)
    >>> _ = file.seek(0)
    >>> lucet.serialization.get_unsafe_globals_in_checkpoint(file)
    ['fractions.Fraction']
    """
    with _files.reading(f) as file:
        label = _files.label_of(f)
        if _first_bytes(file, label)[:4] != b"PK\3\4":
            raise ValueError(f"get_unsafe_globals_in_checkpoint: {label} is not a zip checkpoint")
        archive = Reader(file, label)
        if "constants.pkl" in archive:
            raise ValueError(f"get_unsafe_globals_in_checkpoint: {label} is a compiled program (TorchScript)")
        named = _names_in(archive.read("data.pkl"), label)
    known = _names.closed_list() | _names.users_list()
    return [name for name in named if name not in known and _names.ours(name) not in known]


def _names_in(data: bytes, label: str) -> list[str]:
    """The full names that a pickle asks for, in order; texts are followed through the memo, as protocol 4 needs."""
    import pickletools  # only for this, and slow to import

    named: dict[str, None] = {}
    recent: list[Any] = []
    memo: dict[Any, Any] = {}
    try:
        for opcode, argument, _ in pickletools.genops(data):
            if opcode.name == "GLOBAL":
                named[_names.canonical(*str(argument).split(" ", 1))] = None
            elif opcode.name == "STACK_GLOBAL":
                named[_names.canonical(*map(str, recent[-2:]))] = None
            elif opcode.name in ("MEMOIZE", "BINPUT", "LONG_BINPUT"):
                memo[len(memo) if opcode.name == "MEMOIZE" else argument] = recent[-1] if recent else None
            else:
                recent.append(memo.get(argument) if opcode.name in ("BINGET", "LONG_BINGET") else argument)
    except (ValueError, TypeError, IndexError) as problem:
        raise damaged(f"load: {label} holds a pickle that makes no sense", facts=[str(problem)[:200]]) from None
    return list(named)
