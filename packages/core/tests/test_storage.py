"""Storage: bytes with an owner, the cache of blocks behind them, resizing, read-only memory, accounting."""

import copy
import ctypes
import gc
import mmap
import os
import pickle
import random
import re
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

import lucet
from lucet import UntypedStorage


def test_a_new_storage_is_zero():
    s = UntypedStorage(16)
    assert (s.nbytes(), s.size(), len(s), s.element_size()) == (16, 16, 16, 1)
    assert s.tolist() == [0] * 16
    assert s.device == lucet.device("cpu")


def test_bytes_are_read_and_written():
    x = lucet.tensor([1, 2], dtype=lucet.int32)
    s = x.untyped_storage()
    s[0] = 7
    s[-1] = 1
    assert x.tolist() == [7, 2 + (1 << 24)]
    for index in (8, -9, 2**40):
        with pytest.raises(IndexError):
            s[index]
    with pytest.raises(TypeError):
        s["a"]


def test_views_share_their_storage_and_copies_do_not():
    x = lucet.arange(6.0)
    assert x[2:].untyped_storage() is x.untyped_storage()
    assert x.clone().untyped_storage() is not x.untyped_storage()
    assert x.detach().untyped_storage() is x.untyped_storage()


def test_growing_keeps_the_content():
    x = lucet.arange(4.0)
    s = x.untyped_storage()
    s.resize_(64)
    assert s.nbytes() == 64
    assert x.tolist() == [0.0, 1.0, 2.0, 3.0]


def test_a_smaller_storage_refuses_tensors_that_reach_beyond_it():
    x = lucet.arange(4.0)
    head, version = x[:2], x._version
    x.untyped_storage().resize_(8)
    for use in (lambda: x + 1, x.sum, x.tolist, lambda: repr(x), lambda: x.add_(1), lambda: lucet.cat([x, x]).sum()):
        with pytest.raises(RuntimeError, match="resized to 8 bytes"):
            use()
    assert head.tolist() == [0.0, 1.0]
    assert (head + 1).tolist() == [1.0, 2.0]
    assert x.detach().shape == (4,)
    assert x._version == version
    x.untyped_storage().resize_(16)
    assert x[:2].tolist() == [0.0, 1.0]
    x.zero_()
    assert x.tolist() == [0.0] * 4


def test_what_backward_saved_may_be_taken_away_and_is_then_refused():
    x = lucet.ones(1000, requires_grad=True)
    y = x * 2
    z = (y * y).sum()
    y.untyped_storage().resize_(0)
    with pytest.raises(RuntimeError, match="resized to 0 bytes"):
        z.backward()


def test_numpy_views_outlive_a_resize():
    x = lucet.arange(4.0)
    a = np.frombuffer(x.untyped_storage(), np.float32)
    x.untyped_storage().resize_(1 << 20)
    a[0] = 5
    assert a.tolist() == [5.0, 1.0, 2.0, 3.0]
    x.untyped_storage().resize_(0)
    assert a.tolist() == [5.0, 1.0, 2.0, 3.0]


def test_a_tensor_seen_by_numpy_keeps_its_size():
    x = lucet.arange(4.0)
    a = x.numpy()
    with pytest.raises(RuntimeError, match="cannot be resized"):
        x.untyped_storage().resize_(1 << 20)
    with pytest.raises(RuntimeError):
        x.resize_(100)
    a[0] = 5
    assert x.tolist() == [5.0, 1.0, 2.0, 3.0]


def test_foreign_memory_cannot_be_resized():
    x = lucet.from_numpy(np.zeros(3))
    assert not x.untyped_storage().resizable()
    with pytest.raises(RuntimeError, match="another owner"):
        x.untyped_storage().resize_(100)
    with pytest.raises(RuntimeError):
        x.resize_(100)


@pytest.mark.filterwarnings("ignore:The given buffer")
def test_read_only_memory_is_not_written():
    pages = mmap.mmap(-1, 4096, prot=mmap.PROT_READ)
    s = UntypedStorage.from_buffer(pages)
    assert s.is_readonly
    with pytest.raises(RuntimeError):
        s[0] = 1
    with pytest.raises(RuntimeError):
        s.fill_(1)
    with pytest.raises(RuntimeError):
        s.copy_(UntypedStorage(4096))
    assert memoryview(s).readonly
    assert not np.frombuffer(s, dtype=np.uint8).flags.writeable
    with pytest.raises(TypeError):
        (ctypes.c_char * 1).from_buffer(s)
    for write in (lambda x: x.add_(1), lambda x: x.zero_(), lambda x: lucet.neg(lucet.ones(4), out=x), lambda x: x.__setitem__(0, 1.0)):
        with pytest.raises(RuntimeError, match="read-only"):
            write(lucet.frombuffer(pages, dtype=lucet.float32, count=4))


def test_from_buffer_shares():
    data = bytearray(8)
    s = UntypedStorage.from_buffer(data)
    s[0] = 9
    assert data[0] == 9
    assert not s.is_readonly
    assert UntypedStorage.from_buffer(b"abc").is_readonly
    assert UntypedStorage.from_buffer(data, readonly=True).is_readonly
    with pytest.raises((BufferError, TypeError)):
        UntypedStorage.from_buffer(object())
    with pytest.raises(BufferError):
        data.append(1)  # exported as long as the storage lives
    del s
    gc.collect()


def test_copies_and_pickles():
    s = lucet.arange(4, dtype=lucet.uint8).untyped_storage()
    for made in (s.clone(), copy.copy(s), copy.deepcopy(s), pickle.loads(pickle.dumps(s))):
        assert made.tolist() == [0, 1, 2, 3]
        assert made.data_ptr() != s.data_ptr()
    with pytest.raises(RuntimeError, match="sizes differ"):
        s.copy_(UntypedStorage(3))


def test_meta_storages_have_a_size_only():
    s = lucet.empty(1000, device="meta").untyped_storage()
    assert s.nbytes() == 4000
    assert s.data_ptr() == 0
    with pytest.raises(BufferError):
        memoryview(s)
    with pytest.raises(RuntimeError):
        s[0]
    s.resize_(2**50)
    assert s.nbytes() == 2**50


def test_wrong_sizes():
    with pytest.raises(ValueError):
        UntypedStorage(-1)
    with pytest.raises(ValueError):
        UntypedStorage(4).resize_(-1)
    with pytest.raises(MemoryError):
        UntypedStorage(2**60)
    with pytest.raises(RuntimeError):
        UntypedStorage(2**60)
    with pytest.raises(OverflowError):
        UntypedStorage(2**70)
    with pytest.raises(RuntimeError):
        UntypedStorage(1, device="cuda")


kept = pytest.mark.skipif(os.environ.get("LUCET_DEBUG_ALLOC", "0") not in ("", "0"), reason="nothing is kept for reuse then")


@kept
def test_memory_is_accounted_and_reused():
    lucet.empty_cache()
    before = lucet.memory_stats()
    assert before["cached_bytes"] == 0
    x = lucet.empty(1000)
    during = lucet.memory_stats()
    assert 4000 <= during["live_bytes"] - before["live_bytes"] <= 5120
    assert during["misses"] == before["misses"] + 1
    at = x.data_ptr()
    del x
    assert lucet.memory_stats()["live_bytes"] == before["live_bytes"]
    assert lucet.memory_stats()["cached_bytes"] >= 4000
    y = lucet.empty(1000)
    assert y.data_ptr() == at
    assert lucet.memory_stats()["hits"] == during["hits"] + 1
    del y
    lucet.empty_cache()
    after = lucet.memory_stats()
    assert after["cached_bytes"] == 0
    assert after["reserved_bytes"] == before["reserved_bytes"]


CUT_AND_JOINED = """
import lucet
first = lucet.memory_stats()
a, b, c = (lucet.empty(n) for n in (2_000_000, 3_000_000, 1_000_000))
at, full = a.data_ptr(), lucet.memory_stats()
held = full["reserved_bytes"] - first["reserved_bytes"]
assert 24_000_000 <= held < 24_010_000 and full["live_bytes"] - first["live_bytes"] < 24_010_000
del a
small, other = lucet.empty(500_000), lucet.empty(1_400_000)  # what a had, in two
assert small.data_ptr() == at and at < other.data_ptr() < at + 8_000_000
del b, small, other
whole = lucet.empty(4_900_000)  # the three together
assert whole.data_ptr() == at
del c, whole
last = lucet.memory_stats()
assert last["misses"] == full["misses"] and last["reserved_bytes"] == full["reserved_bytes"]
assert last["live_bytes"] == first["live_bytes"] and last["cached_bytes"] == held
lucet.empty_cache()
last = lucet.memory_stats()
assert last["cached_bytes"] == 0 and last["reserved_bytes"] == first["reserved_bytes"]
"""


@kept
def test_large_blocks_are_cut_from_and_joined_to_what_is_free():
    subprocess.run([sys.executable, "-c", CUT_AND_JOINED], check=True)


def test_blocks_of_all_sizes_never_overlap():
    rng = random.Random(0)
    live = {}
    for i in range(3_000):
        if len(live) < 20 or rng.random() < 0.5:
            n = int(4 ** rng.uniform(4, 10))
            live[i] = lucet.full((n,), i)
            assert live[i].data_ptr() % 64 == 0
        else:
            key = rng.choice(list(live))
            x = live.pop(key)
            assert (x == key).all()
        if i % 500 == 0:
            lucet.empty_cache()
    assert all((x == key).all() for key, x in live.items())


@kept
@pytest.mark.skipif(not os.path.exists("/proc/self/statm"), reason="the resident size is read from /proc")
def test_emptying_the_cache_gives_pages_back():
    def resident():
        with open("/proc/self/statm") as file:
            return int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")

    blocks = [lucet.ones(1_000_000) for _ in range(20)]
    full = resident()
    keep = blocks[10]
    del blocks
    lucet.empty_cache()
    assert resident() < full - 70_000_000
    assert (keep == 1).all()
    again = [lucet.ones(1_000_000) for _ in range(19)]
    assert all((x == 1).all() for x in (*again, keep))


def test_blocks_are_aligned_to_64_bytes():
    assert all(lucet.empty(n).data_ptr() % 64 == 0 for n in range(1, 300, 7))


@kept
@pytest.mark.skipif(not Path("/sys/kernel/mm/transparent_hugepage").exists(), reason="a system without such pages")
def test_large_blocks_ask_for_huge_pages():
    at = lucet.empty(4 << 20, dtype=lucet.uint8).data_ptr()
    flags, inside = "", False
    for line in Path("/proc/self/smaps").read_text().splitlines():
        if bounds := re.match(r"([0-9a-f]+)-([0-9a-f]+) ", line):
            inside = int(bounds[1], 16) <= at < int(bounds[2], 16)
        elif inside and line.startswith("VmFlags:"):
            flags = line.split()
    assert "hg" in flags


def test_a_thousand_shapes_do_not_pile_up():
    lucet.empty_cache()
    before = lucet.memory_stats()["reserved_bytes"]
    for n in range(1, 20_000, 20):
        lucet.empty(n)
    assert lucet.memory_stats()["reserved_bytes"] - before < 1 << 20  # as one block of every size class


def test_requests_above_the_machine_are_refused_with_advice():
    with pytest.raises(MemoryError) as caught:
        lucet.empty(2**45)
    assert "bytes asked for" in str(caught.value)
    assert isinstance(caught.value, RuntimeError)
