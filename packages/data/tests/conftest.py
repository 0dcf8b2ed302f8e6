"""Gives the tests a thread-safe `lucet.random.item_stream` where the core in use has none."""

import contextlib
import threading

import lucet
from lucet import random

_one_at_a_time = threading.RLock()


@contextlib.contextmanager
def _item_stream(seed):
    with _one_at_a_time:
        before = lucet.get_rng_state()
        lucet.manual_seed(seed)
        try:
            yield
        finally:
            lucet.set_rng_state(before)


if not hasattr(random, "item_stream"):
    random.item_stream = _item_stream
