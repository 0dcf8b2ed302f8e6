"""Fetching one file over HTTP, checked and whole or not at all: the only user of the network."""

import hashlib
import http.client
import os
import urllib.error
import urllib.request
from collections.abc import Iterable
from typing import BinaryIO

from lucet._errors import LoadError, error

_CHUNK = 1 << 16
_AGENT = "lucetvision"


class _Refused(Exception):
    """What a mirror sent is not the file; the message says why."""


def fetch(urls: Iterable[str], path: str, *, md5: str, max_bytes: int, timeout_s: float = 30.0) -> None:
    """Write the file that the first good one of `urls` serves to `path`, replacing what is there.

    It must have the `md5` and at most `max_bytes` bytes. It is written beside `path` and renamed when complete, so
    `path` never holds a part of it. Raises LoadError, with one line a mirror, when none serves it.
    """
    failures = []
    for url in urls:
        try:
            return _fetch_one(url, path, md5, max_bytes, timeout_s)
        except (_Refused, urllib.error.URLError, http.client.HTTPException, TimeoutError, ConnectionError) as cause:
            failures.append(f"{url}: {cause}")
    raise error(LoadError, f"download: no mirror serves {os.path.basename(path)}", facts=failures)


def _fetch_one(url: str, path: str, md5: str, max_bytes: int, timeout_s: float) -> None:
    if not url.startswith(("http://", "https://")):
        raise _Refused("not an http or https address")
    request = urllib.request.Request(url, headers={"User-Agent": _AGENT})
    part = f"{path}.part-{os.getpid()}"
    try:
        with urllib.request.urlopen(request, timeout=timeout_s) as response, open(part, "wb") as file:
            _copy(response, file, md5, max_bytes)
            file.flush()
            os.fsync(file.fileno())
        os.replace(part, path)
    finally:
        if os.path.exists(part):
            os.unlink(part)


def _copy(response: http.client.HTTPResponse, file: BinaryIO, md5: str, max_bytes: int) -> None:
    promised = response.length
    if promised is not None and promised > max_bytes:
        raise _Refused(f"it has {promised:,} bytes, expected at most {max_bytes:,}")
    digest, size = hashlib.md5(usedforsecurity=False), 0
    while chunk := response.read(_CHUNK):
        size += len(chunk)
        if size > max_bytes:
            raise _Refused(f"it has more than the expected {max_bytes:,} bytes")
        digest.update(chunk)
        file.write(chunk)
    if promised is not None and size != promised:
        raise _Refused(f"the connection ended after {size:,} of {promised:,} bytes")
    if digest.hexdigest() != md5:
        raise _Refused(f"its md5 is {digest.hexdigest()}, expected {md5}")
