"""`multiprocessing` and `distributed` of one process."""

import sys

import pytest

import lucet
import lucet.distributed as dist
from lucet import multiprocessing as mp

WORK = """
import os
import lucet


def double(i, queue, x):
    queue.put((i, x * 2))


def fail(i):
    if i == 1:
        raise ValueError("no luck")
    lucet.ones(1)


def leave(i):
    os._exit(3)
"""


@pytest.fixture
def work(tmp_path, monkeypatch):
    """A module that other processes can import, however the tests were started."""
    (tmp_path / "spawned_work.py").write_text(WORK)
    monkeypatch.syspath_prepend(tmp_path)
    import spawned_work

    yield spawned_work
    del sys.modules["spawned_work"]


def test_tensors_go_to_other_processes_by_copy(work):
    context = mp.get_context("spawn")
    queue = context.SimpleQueue()
    x = lucet.arange(3.0)
    mp.spawn(work.double, args=(queue, x), nprocs=1)
    i, got = queue.get()
    assert (i, got.tolist(), x.tolist()) == (0, [0, 2, 4], [0, 1, 2])


def test_the_first_failure_is_raised_with_its_traceback(work):
    with pytest.raises(mp.ProcessRaisedException, match="(?s)Process 1 terminated.*ValueError: no luck") as caught:
        mp.spawn(work.fail, nprocs=2)
    assert caught.value.error_index == 1
    with pytest.raises(mp.ProcessExitedException, match="exit code 3") as caught:
        mp.spawn(work.leave)
    assert caught.value.exit_code == 3


def test_a_context_is_joined_later(work):
    context = mp.spawn(work.fail, nprocs=1, join=False)
    assert len(context.pids()) == 1
    while not context.join():
        pass


def test_pythons_names_are_there():
    for name in ("Process", "Queue", "Pool", "Lock", "Event", "Manager", "get_context", "cpu_count", "set_start_method"):
        assert hasattr(mp, name)
    assert mp.get_sharing_strategy() in mp.get_all_sharing_strategies()
    with pytest.raises(AssertionError):
        mp.set_sharing_strategy("telepathy")


@pytest.fixture
def group():
    dist.init_process_group("gloo", world_size=1, rank=0)
    yield
    if dist.is_initialized():
        dist.destroy_process_group()


def test_a_group_of_one_gives_back_what_it_got(group):
    assert (dist.get_rank(), dist.get_world_size(), dist.get_backend(), dist.group.WORLD.size()) == (0, 1, "gloo", 1)
    x = lucet.ones(2)
    for op in (dist.ReduceOp.SUM, dist.ReduceOp.AVG, dist.ReduceOp.MAX):
        assert dist.all_reduce(x, op=op) is None
    assert dist.all_reduce(x, async_op=True).wait()
    dist.broadcast(x, src=0)
    dist.reduce(x, 0)
    dist.barrier()
    out = [lucet.zeros(2)]
    dist.all_gather(out, x)
    assert (out[0].tolist(), x.tolist()) == ([1, 1], [1, 1])
    dist.scatter(x, [lucet.full((2,), 3.0)])
    assert x.tolist() == [3, 3]
    stacked = lucet.zeros(1, 2)
    dist.all_gather_into_tensor(stacked, x)
    assert stacked.tolist() == [[3, 3]]
    things = [None]
    dist.all_gather_object(things, {"a": 1})
    assert things == [{"a": 1}]
    assert dist.get_world_size(dist.new_group([0])) == 1
    assert dist.get_rank(dist.new_group([])) == -1


def test_there_is_no_other_process(group):
    x = lucet.ones(2)
    for call in (dist.send, dist.recv, dist.isend, dist.irecv):
        with pytest.raises(RuntimeError, match="one process"):
            call(x, 1)
    with pytest.raises(ValueError, match="expected 0"):
        dist.broadcast(x, 1)
    with pytest.raises(ValueError, match="within the world_size"):
        dist.new_group([0, 1])
    with pytest.raises(ValueError, match="one for each process"):
        dist.all_gather([lucet.zeros(2)] * 2, x)
    with pytest.raises(TypeError, match="Expected parameter `tensor`"):
        dist.all_reduce([1])
    with pytest.raises(ValueError, match="twice"):
        dist.init_process_group("gloo", world_size=1, rank=0)


def test_more_than_one_process_is_refused_plainly(monkeypatch):
    with pytest.raises(ValueError, match="has not been initialized"):
        dist.get_rank()
    with pytest.raises(RuntimeError, match="a world of 2 processes"):
        dist.init_process_group("gloo", world_size=2, rank=1)
    with pytest.raises(RuntimeError, match="needs GPUs"):
        dist.init_process_group("nccl", world_size=1, rank=0)
    with pytest.raises(ValueError, match="WORLD_SIZE expected"):
        dist.init_process_group("gloo")
    assert not dist.is_initialized()
    monkeypatch.setenv("WORLD_SIZE", "4")
    monkeypatch.setenv("RANK", "2")
    with pytest.raises(RuntimeError, match="a world of 4 processes, this one of rank 2"):
        dist.init_process_group()
    monkeypatch.setenv("WORLD_SIZE", "1")
    monkeypatch.setenv("RANK", "0")
    dist.init_process_group()
    dist.destroy_process_group()


def test_the_report_of_the_environment_names_what_matters():
    from lucet.utils import collect_env

    text = collect_env.get_pretty_env_info()
    assert f"lucet: {lucet.version.lucet}" in text and "numpy: " in text and "kernels: " in text
