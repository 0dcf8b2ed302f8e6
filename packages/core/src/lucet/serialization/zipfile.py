"""The zip container of checkpoints: records stored as they are, each at a multiple of 64 bytes. Knows no pickles.

The reader takes no offset or size on trust: every record must lie inside the file, begin with a header that repeats its
name, and touch no other record, before any memory is asked for. The writer lays records out as torch does, to the byte.
"""

import struct
import zlib
from collections.abc import Iterator
from typing import Any, BinaryIO

from lucet.serialization._faults import cut_off, damaged, refused

ALIGNMENT = 64
WIDE = 0xFFFFFFFF  # sizes and offsets from here on are written as 64-bit numbers; a smaller value is for tests

_LOCAL = struct.Struct("<4s5H3I2H")
_DESCRIPTOR = struct.Struct("<4s3I")
_DESCRIPTOR_WIDE = struct.Struct("<4sI2Q")
_CENTRAL = struct.Struct("<4s6H3I5H2I")
_END = struct.Struct("<4s4H2IH")
_END_WIDE = struct.Struct("<4sQ2H2I4Q")
_LOCATOR = struct.Struct("<4sIQI")
_HAS_DESCRIPTOR, _UTF8, _ENCRYPTED = 8, 0x800, 1


# --- writing --------------------------------------------------------------------------------------------------------


class Writer:
    """Writes records to `file`, which only needs `write`; `folder` is the name that all of them start with."""

    def __init__(self, file: Any, folder: str):
        self.file = file
        self.folder = folder
        self.at = 0
        self.checksum = 0
        self.directory: list[bytes] = []

    def write(self, name: str, data: bytes | memoryview) -> None:
        """Add one record."""
        full, size, start = f"{self.folder}/{name}".encode(), len(data), self.at
        checksum = zlib.crc32(data)
        flags = _UTF8 | (_HAS_DESCRIPTOR if size else 0)
        wide = _wide_numbers(size if size >= WIDE else None, start if start >= WIDE else None)
        padding = _padding(start, len(full), len(wide))
        self._put(_LOCAL.pack(b"PK\3\4", 0, flags, 0, 0, 0, 0, 0, 0, len(full), len(wide) + len(padding)))
        self._put(full + wide + padding)
        self._put(data)
        if size:
            form = _DESCRIPTOR_WIDE if wide else _DESCRIPTOR
            self._put(form.pack(b"PK\7\x08", checksum, size, size))
        short, where = min(size, WIDE), min(start, WIDE)
        entry = (b"PK\1\2", 0, 0, flags, 0, 0, 0, checksum, short, short, len(full), len(wide), 0, 0, 0, 0, where)
        self.directory.append(_CENTRAL.pack(*entry) + full + wide)
        self.checksum = zlib.crc32(full + checksum.to_bytes(4, "little"), self.checksum)

    def close(self) -> None:
        """Write the directory. The file itself stays open."""
        start, count = self.at, len(self.directory)
        listing = b"".join(self.directory)
        self._put(listing)
        end = self.at
        self._put(_END_WIDE.pack(b"PK\6\6", 44, 0x31E, 45, 0, 0, count, count, len(listing), start))
        self._put(_LOCATOR.pack(b"PK\6\7", 0, end, 1))
        few, short, where = min(count, 0xFFFF), min(len(listing), WIDE), min(start, WIDE)
        self._put(_END.pack(b"PK\5\6", 0, 0, few, few, short, where, 0))

    def _put(self, data: bytes | memoryview) -> None:
        self.file.write(data)
        self.at += len(data)


def _wide_numbers(size: int | None, start: int | None) -> bytes:
    numbers = ([size, size] if size is not None else []) + ([start] if start is not None else [])
    return struct.pack(f"<2H{len(numbers)}Q", 1, 8 * len(numbers), *numbers) if numbers else b""


def _padding(start: int, name: int, wide: int) -> bytes:
    # an extra field "FB" that pushes the data to the next multiple of 64
    filler = -(start + _LOCAL.size + name + wide + 4) % ALIGNMENT
    return b"FB" + filler.to_bytes(2, "little") + b"Z" * filler


# --- reading --------------------------------------------------------------------------------------------------------


class Record:
    """Where one record's bytes lie, counted from the start of the archive."""

    __slots__ = ("checksum", "header", "name", "size", "start")

    def __init__(self, name: str, header: int, size: int, checksum: int):
        self.name = name
        self.header = header
        self.size = size
        self.checksum = checksum
        self.start = -1


class Reader:
    """The records of a zip archive that begins where `file` stands and ends with it.

    `records` maps names without the folder that all share. Raises LoadError, with `label` naming the file, for an
    archive that is cut off, contradicts itself, or uses what checkpoints do not: compression, encryption.
    """

    def __init__(self, file: BinaryIO, label: str):
        self.file = file
        self.label = label
        self.base = file.tell()
        self.size = file.seek(0, 2) - self.base
        found = list(self._directory())
        folders = {record.name.partition("/")[0] for record in found}
        if len(folders) != 1:
            raise damaged(f"load: {label} holds {len(folders)} folders, expected one that all records are in")
        self.folder = folders.pop()
        for record in found:
            record.start = self._data_start(record)
        self._check_apart(found)
        self.records = {record.name[len(self.folder) + 1 :]: record for record in found}

    def __contains__(self, name: str) -> bool:
        return name in self.records

    def record(self, name: str) -> Record:
        """The record called `name`."""
        if name not in self.records:
            raise damaged(
                f"load: {self.label} has no record {self.folder}/{name}", facts=[f"{len(self.records)} records"]
            )
        return self.records[name]

    def read(self, name: str) -> bytes:
        """The bytes of a record."""
        data = bytearray(self.record(name).size)
        self.read_into(name, memoryview(data))
        return bytes(data)

    def read_into(self, name: str, view: memoryview) -> None:
        """Fill `view` with the first bytes of a record; when that is all of them, the checksum must be right."""
        record = self.record(name)
        self._read_at(record.start, view)
        # writers that were told not to compute checksums leave a zero
        if record.checksum and len(view) == record.size and zlib.crc32(view) != record.checksum:
            raise damaged(f"load: {self.label} is damaged: the bytes of {record.name} do not have their checksum")

    # --- the directory ---

    def _directory(self) -> Iterator[Record]:
        start, listing, count = self._listing()
        self.listed_from = start
        at, names = 0, set()
        for _ in range(count):
            record, at = self._entry(listing, at)
            if record.name in names:
                raise damaged(f"load: {self.label} holds {record.name!r} twice")
            if record.header + _LOCAL.size > start:
                raise damaged(f"load: {self.label} is damaged: {record.name!r} lies outside the file")
            names.add(record.name)
            yield record
        if at != len(listing):
            raise damaged(f"load: {self.label} is damaged: its directory is longer than its {count} records")

    def _listing(self) -> tuple[int, bytes, int]:
        """Where the directory starts, its bytes, and how many records it lists."""
        tail = min(self.size, _END.size + 0xFFFF + _LOCATOR.size)
        last = self._bytes_at(self.size - tail, tail)
        at = _find_end(last)
        if at < 0:
            raise cut_off(f"load: {self.label} is cut off: a zip archive without its directory, which comes last")
        _, disk, first_disk, here, count, size, start, _ = _END.unpack_from(last, at)
        end = self.size - tail + at
        if at >= _LOCATOR.size and last[at - _LOCATOR.size :][:4] == b"PK\6\7":
            end, count, size, start = self._wide_end(_LOCATOR.unpack_from(last, at - _LOCATOR.size)[2], end)
        elif here != count or disk or first_disk:
            raise damaged(f"load: {self.label} is one part of an archive in several files")
        if start + size > end or count * _CENTRAL.size > size:
            raise damaged(f"load: {self.label} is damaged: its directory lies outside the file")
        return start, self._bytes_at(start, size), count

    def _wide_end(self, at: int, end: int) -> tuple[int, int, int, int]:
        if at + _END_WIDE.size > end - _LOCATOR.size:
            raise damaged(f"load: {self.label} is damaged: the end of its directory lies outside the file")
        numbers = _END_WIDE.unpack(self._bytes_at(at, _END_WIDE.size))
        if numbers[0] != b"PK\6\6":
            raise damaged(f"load: {self.label} is damaged: the end of its directory is not where it should be")
        return at, numbers[7], numbers[8], numbers[9]

    def _entry(self, listing: bytes, at: int) -> tuple[Record, int]:
        if at + _CENTRAL.size > len(listing):
            raise damaged(f"load: {self.label} is damaged: its directory ends in the middle of a record")
        fields = _CENTRAL.unpack_from(listing, at)
        signature, flags, method, checksum, packed, size = fields[0], fields[3], fields[4], *fields[7:10]
        lengths, header = fields[10:13], fields[16]
        after = at + _CENTRAL.size
        following = after + sum(lengths)
        if signature != b"PK\1\2" or following > len(listing):
            raise damaged(f"load: {self.label} is damaged: its directory holds something that is not a record")
        name = self._name(listing[after : after + lengths[0]])
        extra = listing[after + lengths[0] : after + lengths[0] + lengths[1]]
        size, packed, header = _widened(extra, size, packed, header)
        self._check_plain(name, flags, method, packed, size)
        return Record(name, header, size, checksum), following

    def _check_plain(self, name: str, flags: int, method: int, packed: int, size: int) -> None:
        if flags & _ENCRYPTED:
            raise refused(f"load: {self.label} holds {name!r} encrypted, which checkpoints are not")
        if method or packed != size:
            raise refused(
                f"load: {self.label} holds {name!r} compressed, checkpoints are stored as they are",
                fix="unpack the file and pack it again with: zip -0 -r",
            )

    def _name(self, raw: bytes) -> str:
        try:
            name = raw.decode()
        except UnicodeDecodeError:
            raise damaged(f"load: {self.label} holds a record whose name is not text: {raw[:40]!r}") from None
        parts = name.split("/")
        if len(parts) < 2 or any(part in ("", ".", "..") for part in parts) or "\\" in name or "\0" in name:
            raise refused(f"load: {self.label} holds a record with the name {name[:80]!r}, expected folder/name")
        return name

    def _data_start(self, record: Record) -> int:
        header = self._bytes_at(record.header, _LOCAL.size)
        fields = _LOCAL.unpack(header)
        name_length, extra_length = fields[9], fields[10]
        name = self._bytes_at(record.header + _LOCAL.size, name_length)
        if fields[0] != b"PK\3\4" or name != record.name.encode() or fields[3]:
            raise damaged(f"load: {self.label} is damaged: {record.name!r} does not begin where the directory says")
        return record.header + _LOCAL.size + name_length + extra_length

    def _check_apart(self, records: list[Record]) -> None:
        end, before = 0, ""
        for record in sorted(records, key=lambda record: record.header):
            if record.header < end:
                raise damaged(f"load: {self.label} is damaged: {record.name!r} overlaps {before!r}")
            end, before = record.start + record.size, record.name
        if end > self.listed_from:
            raise damaged(f"load: {self.label} is damaged: {before!r} reaches into the directory, or past the end")

    # --- bytes ---

    def _bytes_at(self, at: int, count: int) -> bytes:
        if at < 0 or at + count > self.size:
            raise cut_off(f"load: {self.label} is cut off: byte {at + count} is needed, the file has {self.size}")
        data = bytearray(count)
        self._read_at(at, memoryview(data))
        return bytes(data)

    def _read_at(self, at: int, view: memoryview) -> None:
        self.file.seek(self.base + at)
        if not fill(self.file, view):
            raise cut_off(f"load: {self.label} became shorter while it was read")


def fill(file: Any, view: memoryview) -> bool:
    """Read exactly as many bytes as `view` has; False where the file ends before."""
    done = 0
    while done < len(view):
        count = _read_some(file, view[done:])
        if not count:
            return False
        done += count
    return True


def _read_some(file: Any, view: memoryview) -> int:
    if hasattr(file, "readinto"):
        return file.readinto(view)
    data = file.read(min(len(view), 1 << 24))
    view[: len(data)] = data
    return len(data)


def _find_end(last: bytes) -> int:
    # the end record closes the file, so the length of its comment must lead exactly to the end
    at = last.rfind(b"PK\5\6")
    while at >= 0:
        if at + _END.size <= len(last) and at + _END.size + _END.unpack_from(last, at)[7] == len(last):
            return at
        at = last.rfind(b"PK\5\6", 0, at)
    return -1


def _widened(extra: bytes, size: int, packed: int, header: int) -> tuple[int, int, int]:
    """The size, packed size and offset of a record, taken from its zip64 field where the short ones say so."""
    at = 0
    while at + 4 <= len(extra):
        kind, length = struct.unpack_from("<2H", extra, at)
        if kind == 1:
            numbers = iter(struct.unpack_from(f"<{min(length, len(extra) - at - 4) // 8}Q", extra, at + 4))
            size = next(numbers, size) if size >= WIDE else size
            packed = next(numbers, packed) if packed >= WIDE else packed
            header = next(numbers, header) if header >= WIDE else header
        at += 4 + length
    return size, packed, header
