"""The bytes of event files: TensorBoard's records of protocol buffers, as far as `SummaryWriter` needs them."""

import struct
from collections.abc import Iterable, Sequence

_TABLE: list[int] = []  # of CRC-32C, made when the first record is written


def _crc(data: bytes) -> int:
    """CRC-32C, masked as records want it."""
    if not _TABLE:
        for byte in range(256):
            value = byte
            for _ in range(8):
                value = value >> 1 ^ (0x82F63B78 if value & 1 else 0)
            _TABLE.append(value)
    crc = 0xFFFFFFFF
    for byte in data:
        crc = crc >> 8 ^ _TABLE[(crc ^ byte) & 255]
    crc ^= 0xFFFFFFFF
    return ((crc >> 15 | crc << 17) + 0xA282EAD8) & 0xFFFFFFFF


def record(data: bytes) -> bytes:
    """One record of a file: length, its checksum, the data, their checksum."""
    length = struct.pack("<Q", len(data))
    return b"".join((length, struct.pack("<I", _crc(length)), data, struct.pack("<I", _crc(data))))


def _varint(value: int) -> bytes:
    value &= (1 << 64) - 1
    out = bytearray()
    while value > 127:
        out.append(value & 127 | 128)
        value >>= 7
    out.append(value)
    return bytes(out)


def integer(field: int, value: int) -> bytes:
    """A field of an integer."""
    return _varint(field << 3) + _varint(value)


def double(field: int, value: float) -> bytes:
    """A field of a float64."""
    return _varint(field << 3 | 1) + struct.pack("<d", value)


def single(field: int, value: float) -> bytes:
    """A field of a float32; what does not fit is infinite."""
    limit = 3.4028234663852886e38
    value = value if -limit <= value <= limit or value != value else float("inf") if value > 0 else -float("inf")
    return _varint(field << 3 | 5) + struct.pack("<f", value)


def message(field: int, content: bytes | str) -> bytes:
    """A field of text, bytes or a message."""
    content = content.encode() if isinstance(content, str) else content
    return _varint(field << 3 | 2) + _varint(len(content)) + content


def doubles(field: int, values: Iterable[float]) -> bytes:
    """A field of many float64."""
    return message(field, b"".join(struct.pack("<d", value) for value in values))


def event(wall_time: float, step: int | None, content: bytes) -> bytes:
    """An event: when, in which step, and a field more."""
    return double(1, wall_time) + (b"" if not step else integer(2, step)) + content


def _value(tag: str, content: bytes, plugin: str | None = None, data: bytes = b"") -> bytes:
    """The summary of one tag, as a field of an event."""
    meta = b"" if plugin is None else message(9, message(1, message(1, plugin) + (message(2, data) if data else b"")))
    return message(5, message(1, message(1, tag) + content + meta))


def scalar(tag: str, value: float) -> bytes:
    """A number."""
    return _value(tag, single(2, value))


def text(tag: str, value: str) -> bytes:
    """A text, Markdown."""
    shape = message(2, integer(1, 1))
    tensor = integer(1, 7) + message(2, shape) + message(8, value)
    return _value(f"{tag}/text_summary", message(8, tensor), "text")


def image(tag: str, height: int, width: int, channels: int, png: bytes) -> bytes:
    """A picture."""
    return _value(tag, message(4, integer(1, height) + integer(2, width) + integer(3, channels) + message(4, png)))


def histogram(tag: str, low: float, high: float, count: float, total: float, squares: float, limits: Sequence[float], counts: Sequence[float]) -> bytes:
    """How many values lie below each limit and above the one before."""
    content = b"".join(double(i, value) for i, value in enumerate((low, high, count, total, squares), 1))
    return _value(tag, message(5, content + doubles(6, limits) + doubles(7, counts)))
