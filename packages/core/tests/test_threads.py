"""The thread pool: each task runs once whoever calls, forks or exits; and how many threads it takes at start."""

import os
import subprocess
import sys
import threading
import time

import numpy as np
import pytest

import lucet
from lucet import _threads as pool


@pytest.fixture(autouse=True)
def keep_pool_size():
    before = pool.get_num_threads()
    yield
    pool.set_num_threads(before)


def each_task_ran_once(ntasks, **options):
    runs, workers, nested = pool._census(ntasks, **options)
    assert (runs == 1).all()
    assert (nested == options.get("nested", 0)).all()
    assert (workers < max(1, min(pool.get_num_threads(), ntasks))).all()
    return set(workers.tolist())


@pytest.mark.parametrize("threads", [1, 2, 3, 8, 40])
@pytest.mark.parametrize("ntasks", [0, 1, 2, 3, 7, 64, 5000])
@pytest.mark.parametrize("options", [{}, {"release_lock": False}, {"nested": 3}, {"spin": 200}], ids=str)
def test_every_task_runs_exactly_once(threads, ntasks, options):
    pool.set_num_threads(threads)
    for _ in range(5):
        each_task_ran_once(ntasks, **options)


def test_more_tasks_than_claim_words_count_run_once():
    pool.set_num_threads(3)
    each_task_ran_once(2**24 + 5)


def test_caller_that_owns_scratch_for_one_worker_gets_one():
    pool.set_num_threads(4)
    assert each_task_ran_once(50, workers=1, spin=1000) == {0}


def test_second_worker_takes_part_in_long_jobs():
    pool.set_num_threads(2)
    assert any(each_task_ran_once(64, spin=200_000) == {0, 1} for _ in range(20))


def in_threads(work, count=4):
    failures = []

    def guarded():
        try:
            work()
        except BaseException as failure:
            failures.append(failure)

    threads = [threading.Thread(target=guarded) for _ in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not failures


def test_concurrent_callers_do_not_mix_their_tasks():
    pool.set_num_threads(3)
    in_threads(lambda: [each_task_ran_once(50, spin=100) for _ in range(500)])


def test_pool_size_may_change_while_jobs_run():
    stop = threading.Event()

    def resize():
        while not stop.is_set():
            for threads in (1, 4, 2, 7):
                pool.set_num_threads(threads)

    changer = threading.Thread(target=resize)
    changer.start()
    try:
        for _ in range(300):
            runs, workers, _ = pool._census(40, spin=100, workers=3)
            assert (runs == 1).all() and (workers < 3).all()
    finally:
        stop.set()
        changer.join()


def others_ran_during(work, times, when=lambda: True):
    """Whether another thread could run, and find `when` true, in one of so many calls: only where the interpreter lock is released."""
    turns, alive, stop, before = [0], threading.Event(), threading.Event(), sys.getswitchinterval()

    def count():
        while not stop.is_set():
            turns[0] += when()
            alive.set()
            time.sleep(0)

    sys.setswitchinterval(1000)                            # nobody is made to give the lock away
    other = threading.Thread(target=count)
    try:
        other.start()
        alive.wait()
        for _ in range(times):
            reached = turns[0]
            work()
            if turns[0] != reached:
                return True
        return False
    finally:
        stop.set()
        sys.setswitchinterval(before)
        other.join()


def matrices(*shape):
    return lucet.from_numpy(np.random.default_rng(0).normal(size=(*shape, shape[-1])) + 4 * np.eye(shape[-1]))


OPS = {
    "eigvalsh": lucet.linalg.eigvalsh,
    "svd": lucet.linalg.svd,
    "inv": lucet.linalg.inv,
    "cholesky_ex": lucet.linalg.cholesky_ex,
    "solve_triangular": lambda a: lucet.linalg.solve_triangular(a, a, upper=True),
}


@pytest.mark.parametrize("name", OPS)
def test_short_work_on_matrices_keeps_the_interpreter_lock_and_long_work_does_not(name):
    for small in (matrices(4), matrices(5, 3)):
        assert not others_ran_during(lambda a=small: OPS[name](a), 2000)
    for large in (matrices(400), matrices(2000, 20)):
        assert others_ran_during(lambda a=large: OPS[name](a), 200)


@pytest.mark.parametrize("op", [lucet.nonzero, lucet.unique_consecutive])
def test_a_long_row_is_scanned_without_the_interpreter_lock(op):
    row = lucet.from_numpy(np.arange(1, 1_000_001))
    before = lucet.memory_stats()["live_bytes"]
    assert others_ran_during(lambda: op(row), 200, lambda: lucet.memory_stats()["live_bytes"] > before + 7_000_000)
    assert not others_ran_during(lambda: op(row[:1000]), 500)


def test_few_matrices_take_scratch_for_few_threads():
    code = """if True:
        import lucet
        lucet.set_num_threads(200)
        a = lucet.eye(64).repeat(2, 1, 1)
        lucet.linalg.eigh(a), lucet.linalg.svd(a)
        print(lucet.memory_stats()["live_bytes_peak"])
    """
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert int(found.stdout) < 4_000_000


def test_callers_with_small_stacks():
    before = threading.stack_size(64 * 1024)
    try:
        in_threads(lambda: each_task_ran_once(64, spin=1000))
    finally:
        threading.stack_size(before)


def child_exit_code(work):
    pid = os.fork()
    if pid == 0:
        code = 1
        try:
            work()
            code = 0
        finally:
            os._exit(code)
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
@pytest.mark.filterwarnings("ignore:This process.*is multi-threaded:DeprecationWarning")
def test_pool_works_in_a_forked_child_also_while_another_thread_runs_a_job():
    pool.set_num_threads(2)
    each_task_ran_once(64, spin=1000)
    stop = threading.Event()
    busy = threading.Thread(target=lambda: [pool._census(64, spin=2000) for _ in iter(stop.is_set, True)])
    busy.start()
    try:
        for _ in range(50):
            assert child_exit_code(lambda: [each_task_ran_once(64, spin=500) for _ in range(3)]) == 0
    finally:
        stop.set()
        busy.join()
    each_task_ran_once(64)


def run_python(code, **environment):
    return subprocess.run(
        [sys.executable, "-c", code], env={**os.environ, **environment}, capture_output=True, text=True, timeout=60
    )


def test_interpreter_exits_while_a_daemon_thread_is_inside_the_pool():
    code = """
import threading
from lucet import _threads as pool
pool.set_num_threads(2)
started = threading.Event()
def forever():
    while True:
        pool._census(64, spin=20000)
        started.set()
threading.Thread(target=forever, daemon=True).start()
started.wait()
"""
    for _ in range(5):
        done = run_python(code)
        assert (done.returncode, done.stderr) == (0, "")


SHOW = "from lucet import _threads; print(_threads.get_num_threads())"


def test_environment_lowers_the_size_but_never_raises_it():
    unset = {"LUCET_NUM_THREADS": "", "OMP_NUM_THREADS": ""}
    most = int(run_python(SHOW, **unset).stdout)
    assert run_python(SHOW, **unset | {"OMP_NUM_THREADS": "1,4"}).stdout == "1\n"
    assert run_python(SHOW, **unset | {"OMP_NUM_THREADS": "999"}).stdout == f"{most}\n"
    assert run_python(SHOW, LUCET_NUM_THREADS="1", OMP_NUM_THREADS="999").stdout == "1\n"
    assert run_python(SHOW, LUCET_NUM_THREADS="999", OMP_NUM_THREADS="1").stdout == f"{most}\n"
    assert run_python(SHOW, **unset | {"OMP_NUM_THREADS": "many"}).stdout == f"{most}\n"


def test_unreadable_environment_value_is_named_in_a_warning():
    done = run_python(SHOW, LUCET_NUM_THREADS="two")
    assert done.returncode == 0 and "LUCET_NUM_THREADS is 'two'" in done.stderr


@pytest.mark.skipif(not hasattr(os, "sched_setaffinity"), reason="needs CPU affinity")
def test_affinity_limits_the_size():
    code = "import os; os.sched_setaffinity(0, {min(os.sched_getaffinity(0))}); " + SHOW
    assert run_python(code).stdout == "1\n"


def make_cgroup(root, mountinfo, cgroup, files):
    for name, text in {"proc/self/mountinfo": mountinfo, "proc/self/cgroup": cgroup, **files}.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text)
    return pool._cgroup_quota(str(root))


V1 = "33 24 0:27 {inside} /sys/fs/cgroup/cpu,cpuacct rw,nosuid shared:9 - cgroup cgroup rw,cpu,cpuacct\n"
V2 = "31 23 0:26 / /sys/fs/cgroup rw,nosuid shared:4 - cgroup2 cgroup2 rw,nsdelegate\n"


def test_cgroup_v2_quota_is_the_tightest_on_the_way_up(tmp_path):
    files = {
        "sys/fs/cgroup/a/cpu.max": "250000 100000\n",
        "sys/fs/cgroup/a/b/cpu.max": "max 100000\n",
        "sys/fs/cgroup/cpu.max": "800000 100000\n",
    }
    assert make_cgroup(tmp_path, V2, "0::/a/b\n", files) == 2.5


def test_cgroup_v1_quota_in_a_container_that_sees_only_its_own_group(tmp_path):
    files = {
        "sys/fs/cgroup/cpu,cpuacct/cpu.cfs_quota_us": "150000\n",
        "sys/fs/cgroup/cpu,cpuacct/cpu.cfs_period_us": "100000\n",
    }
    cgroup = "4:memory:/docker/7\n3:cpu,cpuacct:/docker/7\n0::/\n"
    assert make_cgroup(tmp_path, V1.format(inside="/docker/7"), cgroup, files) == 1.5


@pytest.mark.parametrize("quota", ["-1\n", "0\n", "nonsense\n", ""])
def test_cgroup_v1_without_a_quota(tmp_path, quota):
    files = {
        "sys/fs/cgroup/cpu,cpuacct/g/cpu.cfs_quota_us": quota,
        "sys/fs/cgroup/cpu,cpuacct/g/cpu.cfs_period_us": "100000\n",
    }
    assert make_cgroup(tmp_path, V1.format(inside="/"), "3:cpu,cpuacct:/g\n", files) == float("inf")


def test_no_cgroup_at_all(tmp_path):
    assert pool._cgroup_quota(str(tmp_path)) == float("inf")


@pytest.mark.parametrize("name", ["set_num_threads", "set_num_interop_threads"])
def test_setters_refuse_what_is_no_positive_integer(name):
    setter = getattr(pool, name)
    for value in (0, -1):
        with pytest.raises(RuntimeError, match=f"{name}: got {value}, expected a positive integer"):
            setter(value)
    for value, kind in ((2.0, "float"), ("2", "str"), (True, "bool"), (None, "NoneType")):
        with pytest.raises(RuntimeError, match=f"{name}: got {kind}, expected an int"):
            setter(value)
    with pytest.raises(TypeError):
        setter()


def test_set_and_get_agree_up_to_the_pool_limit():
    numpy = pytest.importorskip("numpy")
    pool.set_num_threads(numpy.int64(3))
    assert pool.get_num_threads() == 3
    pool.set_num_threads(10**30)
    assert pool.get_num_threads() == pool.MAX_THREADS == 256


def test_interop_count_can_be_set_once():
    code = """
from lucet import _threads as pool
assert pool.get_num_interop_threads() == 1
pool.set_num_interop_threads(3)
assert pool.get_num_interop_threads() == 3
try:
    pool.set_num_interop_threads(2)
except RuntimeError as error:
    print(error)
"""
    assert run_python(code).stdout == "set_num_interop_threads: was called before, expected one call per process\n"
