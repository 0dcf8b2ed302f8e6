"""Stores of keys and values, by which processes find one another; of one process they are dictionaries, and nothing is connected."""

import threading
import time
from collections.abc import Sequence
from datetime import timedelta
from typing import Any


class Store:
    """A dictionary of bytes that threads share: the base of the stores, which differ in what they are made with.

    A key that is not there is waited for, up to the timeout: DistStoreError then. TypeError for keys that are no strings.

    >>> from lucet.distributed import HashStore
    >>> store = HashStore(); store.set("epoch", "3"); store.get("epoch")
    b'3'
    """

    def __init__(self) -> None:
        self._content: dict[str, bytes] = {}
        self._changed = threading.Condition()
        self._timeout = timedelta(seconds=300)

    def _key(self, key: str) -> str:
        if not isinstance(key, str):
            raise TypeError(f"a store's keys are strings, got {type(key).__name__}")
        return key

    @staticmethod
    def _value(value: str | bytes) -> bytes:
        if not isinstance(value, str | bytes):
            raise TypeError(f"a store's values are strings, got {type(value).__name__}")
        return value.encode() if isinstance(value, str) else value

    def set(self, key: str, value: str | bytes) -> None:
        """Keep the value."""
        with self._changed:
            self._content[self._key(key)] = self._value(value)
            self._changed.notify_all()

    def get(self, key: str) -> bytes:
        """The value, waited for."""
        self.wait([key])
        return self._content[self._key(key)]

    def add(self, key: str, amount: int) -> int:
        """Count up a number, from 0; returns it."""
        with self._changed:
            total = int(self._content.get(self._key(key), b"0")) + amount
            self._content[self._key(key)] = str(total).encode()
            self._changed.notify_all()
        return total

    def append(self, key: str, value: str | bytes) -> None:
        """Put the value behind what is there."""
        with self._changed:
            self._content[self._key(key)] = self._content.get(self._key(key), b"") + self._value(value)
            self._changed.notify_all()

    def compare_set(self, key: str, expected_value: str, desired_value: str) -> bytes:
        """Keep `desired_value` if the key holds `expected_value`, or is new and that is empty; returns what the key holds then."""
        expected, desired = self._value(expected_value), self._value(desired_value)
        with self._changed:
            held = self._content.get(self._key(key))
            if held is None and expected:
                return expected
            if held is None or held == expected:
                self._content[self._key(key)] = held = desired
                self._changed.notify_all()
            return held

    def check(self, keys: Sequence[str]) -> bool:
        """Whether all keys are there."""
        return all(self._key(key) in self._content for key in keys)

    def wait(self, keys: Sequence[str], timeout: timedelta | None = None) -> None:
        """Return when all keys are there. DistStoreError after the timeout."""
        from lucet.distributed import DistStoreError

        end = time.monotonic() + (timeout or self._timeout).total_seconds()
        with self._changed:
            while not self.check(keys):
                if not self._changed.wait(end - time.monotonic()) and not self.check(keys):
                    raise DistStoreError(f"wait timeout: no value for {[key for key in keys if not self.check([key])]}")

    def delete_key(self, key: str) -> bool:
        """Forget the key; returns whether it was there."""
        with self._changed:
            return self._content.pop(self._key(key), None) is not None

    def multi_get(self, keys: Sequence[str]) -> list[bytes]:
        """The values, waited for."""
        return [self.get(key) for key in keys]

    def multi_set(self, keys: Sequence[str], values: Sequence[str | bytes]) -> None:
        """Keep the values."""
        for key, value in zip(keys, values, strict=True):
            self.set(key, value)

    def has_extended_api(self) -> bool:
        """True: `append`, `multi_get` and `multi_set` are there."""
        return True

    def list_keys(self) -> list[str]:
        """All keys."""
        return list(self._content)

    def num_keys(self) -> int:
        """How many keys there are."""
        return len(self._content)

    @property
    def timeout(self) -> timedelta:
        """How long a key is waited for."""
        return self._timeout

    def set_timeout(self, timeout: timedelta) -> None:
        """Wait that long for keys."""
        self._timeout = timeout


def _alone(world_size: int | None, call: str) -> None:
    from lucet.distributed import _more_than_one

    if world_size is not None and world_size > 1:
        _more_than_one(f"{call}: a world of {world_size} processes")


class HashStore(Store):
    """A store of this process's threads."""


class TCPStore(Store):
    """The store of a world of one process: no port is opened. RuntimeError for more processes, and for one that is not the master."""

    def __init__(
        self, host_name: str, port: int, world_size: int | None = None, is_master: bool = False, timeout: timedelta = timedelta(seconds=300),
        wait_for_workers: bool = True, multi_tenant: bool = False, master_listen_fd: Any = None, use_libuv: bool = True,
    ):  # fmt: skip
        _alone(world_size, "TCPStore")
        if not is_master:
            _alone(2, f"TCPStore: the master at {host_name}:{port} is another process, so this is")
        super().__init__()
        self.host, self.port = host_name, port
        self.set_timeout(timeout)


class FileStore(Store):
    """The store of a world of one process: the file is not written. RuntimeError for more processes."""

    def __init__(self, file_name: str, world_size: int = -1):
        _alone(world_size, "FileStore")
        super().__init__()
        self.path = file_name


class PrefixStore(Store):
    """Another store, in which each key has `prefix/` in front."""

    def __init__(self, prefix: str, store: Store):
        if not isinstance(store, Store):
            raise TypeError(f"PrefixStore: store must be a Store, not {type(store).__name__}")
        super().__init__()
        self._prefix, self.underlying_store = prefix, store
        self._content, self._changed, self._timeout = store._content, store._changed, store._timeout

    def _key(self, key: str) -> str:
        return self.underlying_store._key(f"{self._prefix}/{super()._key(key)}")
