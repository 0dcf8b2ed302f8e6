"""Random numbers as `lucet.random`: the generator, seeding and states. Names only; the arithmetic is in _ops/random.pyx."""

import contextlib
from collections.abc import Iterable, Iterator
from typing import Any

from lucet._ops.random import (
    Generator,
    default_generator,
    get_rng_state,
    initial_seed,
    item_stream,
    manual_seed,
    seed,
    set_rng_state,
    thread_generator,
)

__all__ = [
    "Generator",
    "default_generator",
    "fork_rng",
    "get_rng_state",
    "initial_seed",
    "item_stream",
    "manual_seed",
    "seed",
    "set_rng_state",
    "thread_safe_generator",
]


@contextlib.contextmanager
def fork_rng(
    devices: Iterable[Any] | None = None,
    enabled: bool = True,
    _caller: str = "fork_rng",
    _devices_kw: str = "devices",
    device_type: str | None = None,
) -> Iterator[None]:
    """Draw inside this context as outside, and put the default generator back where it was at the end.

    `enabled=False` puts nothing back, nor does `device_type="meta"`. There are no other devices with generators here:
    RuntimeError if `devices` names any.

    Example:
        >>> import lucet
        >>> with lucet.random.fork_rng():
        ...     inside = lucet.rand(2)
        >>> bool((lucet.rand(2) == inside).all())
        True
    """
    if devices is not None and list(devices):
        raise RuntimeError(f"{_caller}: {_devices_kw} names accelerators, expected none: lucet computes on the CPU")
    if not enabled or device_type == "meta":
        yield
        return
    state = get_rng_state()
    try:
        yield
    finally:
        set_rng_state(state)


def thread_safe_generator() -> Generator | None:
    """Return the generator that serves this thread alone (see `item_stream`), or None where the default one does.

    Example:
        >>> import lucet
        >>> lucet.random.thread_safe_generator() is None
        True
    """
    return thread_generator()
