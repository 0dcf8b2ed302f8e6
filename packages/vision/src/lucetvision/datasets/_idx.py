"""idx files, the container of MNIST, plain, gzip or xz: bytes in, checked arrays out. Knows no dataset and no tensor.

A file is two zero bytes, the element type, the number of dimensions, each size as a big-endian uint32, then the
elements. Sizes are compared with what the file can hold before memory is asked for, and unpacking stops at them.
"""

import gzip
import hashlib
import lzma
import math
import os
import zlib
from collections.abc import Callable
from contextlib import closing
from typing import Any, NamedTuple

import numpy as np

from lucet._errors import LoadError, error

SUFFIXES = ("", ".gz", ".xz")
MAX_BYTES = 1 << 30  # of unpacked elements in a file of unknown size; the largest relative of MNIST has 0.6 GB
_CHUNK = 1 << 20
_XZ_MEMORY = 128 << 20  # what unpacking with the largest preset needs, with room; a file may ask for 4 GB
_UINT8 = 8


class Content(NamedTuple):
    """What an unpacked file must be: md5 of all its bytes, and the sizes in its header."""

    md5: str
    shape: tuple[int, ...]

    @property
    def size(self) -> int:
        """How many bytes it has, header included."""
        return 4 + 4 * len(self.shape) + math.prod(self.shape)


class Damaged(Exception):
    """The bytes are not the idx file they should be; the message says how."""


class Other(Damaged):
    """They are an idx file as far as can be told, but not the one that is known."""


class _XzReader:
    """The bytes of an xz file in order, with bounded memory (lzma.open has no limit to give)."""

    def __init__(self, path: str) -> None:
        self._file = open(path, "rb")
        self._unpacker = self._new()

    @staticmethod
    def _new() -> lzma.LZMADecompressor:
        return lzma.LZMADecompressor(lzma.FORMAT_XZ, memlimit=_XZ_MEMORY)

    def read(self, size: int) -> bytes:
        while True:
            if self._unpacker.eof:
                rest = self._unpacker.unused_data or self._file.read(_CHUNK)
                if not rest.strip(b"\0"):
                    return b""
                self._unpacker = self._new()
            else:
                rest = self._file.read(_CHUNK) if self._unpacker.needs_input else b""
                if self._unpacker.needs_input and not rest:
                    raise EOFError("the compressed data ends early")
            if chunk := self._unpacker.decompress(rest, size):
                return chunk

    def close(self) -> None:
        self._file.close()


def _open(path: str) -> Any:
    if path.endswith(".gz"):
        return gzip.open(path, "rb")
    return _XzReader(path) if path.endswith(".xz") else open(path, "rb")


def find(folders: tuple[str, ...], name: str) -> str | None:
    """The path of `name`, plain or packed, in the first of `folders` that has it."""
    candidates = (os.path.join(folder, name + suffix) for folder in folders for suffix in SUFFIXES)
    return next((path for path in candidates if os.path.isfile(path)), None)


def read(path: str, ndim: int, content: Content | None, dataset: str) -> np.ndarray:
    """The uint8 array of the idx file at `path`; LoadError naming the file when it is unreadable or damaged.

    The array has `ndim` dimensions and owns writable memory. With `content` its sizes and md5 are checked too.
    """
    try:
        with closing(_open(path)) as stream:
            plain_size = os.path.getsize(path) if not path.endswith(SUFFIXES[1:]) else None
            return _whole(stream.read, ndim, content, plain_size)
    except (Damaged, EOFError, gzip.BadGzipFile, lzma.LZMAError, zlib.error) as cause:
        what = f"not the file of {dataset}" if isinstance(cause, Other) else "damaged"
        raise error(LoadError, f"{dataset}: {path} is {what}: {cause}", fix="download=True fetches it again") from cause
    except OSError as cause:
        raise error(LoadError, f"{dataset}: cannot read {path}: {cause.strerror or cause}") from cause


def parse(read: Callable[[int], bytes], ndim: int) -> np.ndarray:
    """The array of the idx file that starts where `read(n)`, at most n bytes at a time, stands; other bytes may follow.

    Raises Damaged when it is not one.
    """
    return _parts(read, ndim, None, None)[2]


def _whole(read: Callable[[int], bytes], ndim: int, content: Content | None, plain_size: int | None) -> np.ndarray:
    header, body, array = _parts(read, ndim, content, plain_size)
    if read(1):
        raise Damaged("it goes on after its last element")
    if content is not None:
        _check_md5(content, header, body)
    return array


def _parts(
    read: Callable[[int], bytes], ndim: int, content: Content | None, plain_size: int | None
) -> tuple[bytearray, bytearray, np.ndarray]:
    """Header, elements, and the array over the elements."""
    header = _exactly(read, 4 + 4 * ndim)
    shape = _shape(bytes(header), ndim)
    size = _size(shape, len(header), content, plain_size)
    body = _exactly(read, size)
    return header, body, np.frombuffer(body, np.uint8).reshape(shape)


def _shape(header: bytes, ndim: int) -> tuple[int, ...]:
    if header[:2] != b"\0\0":
        raise Damaged(f"it starts with {header[:4].hex(' ')}, not an idx file")
    if header[2] != _UINT8:
        raise Damaged(f"its elements are of idx type {header[2]:#04x}, expected 0x08 (uint8)")
    if header[3] != ndim:
        raise Damaged(f"it has {header[3]} dimensions, expected {ndim}")
    return tuple(int.from_bytes(header[at : at + 4], "big") for at in range(4, len(header), 4))


def _size(shape: tuple[int, ...], header: int, content: Content | None, plain_size: int | None) -> int:
    size = math.prod(shape)
    promised = f"its header promises {_text(shape)} bytes"
    if plain_size is not None and header + size != plain_size:
        raise Damaged(f"{promised}, the file holds {plain_size - header:,}")
    if content is not None and shape != content.shape:
        raise Other(f"{promised}, expected {_text(content.shape)}")
    if size > MAX_BYTES:
        raise Damaged(f"{promised}, more than the limit of {MAX_BYTES:,}")
    return size


def _text(shape: tuple[int, ...]) -> str:
    return " x ".join(map(str, shape))


def _exactly(read: Callable[[int], bytes], size: int) -> bytearray:
    """`size` bytes; grows as they come, so that a lying header costs no more memory than the file has."""
    body = bytearray()
    while len(body) < size:
        chunk = read(min(size - len(body), _CHUNK))
        if not chunk:
            raise Damaged(f"it ends after {len(body):,} of {size:,} bytes")
        body += chunk
    return body


def _check_md5(content: Content, header: bytearray, body: bytearray) -> None:
    digest = hashlib.md5(header, usedforsecurity=False)
    digest.update(body)
    if digest.hexdigest() != content.md5:
        raise Other(f"md5 of its content is {digest.hexdigest()}, expected {content.md5}")
