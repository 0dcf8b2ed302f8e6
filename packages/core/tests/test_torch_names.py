"""Names of torch that programs ask for and a CPU has little use for: each answers honestly, or says what is missing when it is used."""

import copy
import importlib
import pickle
import warnings
from collections import OrderedDict, defaultdict, deque, namedtuple
from datetime import timedelta

import pytest

import lucet
from lucet import distributed
from lucet.utils import _pytree, benchmark

MODULES = "cuda.memory cuda.random backends.opt_einsum backends.mha backends.nnpack types storage functional utils.benchmark utils._pytree __future__ autograd.profiler_util utils.deterministic distributed.device_mesh _C torch_version version".split()


@pytest.mark.parametrize("name", MODULES)
def test_modules_are_there_in_both_spellings(name):
    module = importlib.import_module(f"lucet.{name}")
    found = lucet
    for part in name.split("."):
        found = getattr(found, part)
    assert found is module and module.__doc__


# --- storages --------------------------------------------------------------------------------------------------------


@pytest.fixture
def quiet():
    with warnings.catch_warnings(action="ignore"):
        yield


def test_storages_of_a_type_share_the_memory_of_tensors(quiet):
    x = lucet.arange(6.0).view(2, 3)
    storage = x[1].storage()
    assert len(storage) == storage.size() == 6 and storage.nbytes() == 24 and storage.dtype is lucet.float32 and storage[4] == 4
    storage[0] = 9
    assert x[0, 0] == 9 and storage.untyped() is not None and storage.data_ptr() == x.data_ptr() and storage == x.storage()
    assert storage.fill_(2) is storage and x.eq(2).all() and list(storage) == [2.0] * 6
    assert storage.double().dtype is lucet.float64 and storage.type() == "lucet.FloatStorage" and storage.type(lucet.LongStorage).tolist() == [2] * 6
    copied = copy.deepcopy(storage)
    copied[0] = 5
    assert storage[0] == 2 and copied.clone().tolist()[0] == 5
    copied.resize_(8)
    assert len(copied) == 8 and not copied.is_cuda and not copied.is_shared() and not lucet.ones(1).untyped_storage().is_cuda


def test_the_classes_of_storages_are_those_of_their_types(quiet):
    assert lucet.LongStorage([1, 2]).tolist() == [1, 2] and lucet.FloatStorage(3).size() == 3 and lucet.FloatStorage().size() == 0
    assert isinstance(lucet.ones(2).storage(), lucet.FloatStorage) and not isinstance(lucet.ones(2).storage(), lucet.LongStorage)
    assert isinstance(lucet.IntStorage(2), lucet.TypedStorage) and isinstance(lucet.TypedStorage(2), lucet.FloatStorage)
    bytes_ = lucet.ones(2).untyped_storage()
    assert lucet.IntStorage(bytes_).tolist() == [0x3F800000] * 2 == lucet.IntStorage(wrap_storage=bytes_).tolist()
    for call in (lambda: lucet.FloatStorage(1, 2), lambda: lucet.TypedStorage(wrap_storage=bytes_), lambda: lucet.FloatStorage(2)["a"]):
        with pytest.raises(TypeError):
            call()
    with pytest.raises(RuntimeError):
        lucet.FloatStorage(2, device="cuda")
    with pytest.raises(IndexError):
        lucet.FloatStorage(2)[2]


# --- streams, errors, precision, settings ------------------------------------------------------------------------------


def test_streams_and_events_of_the_cpu_have_nothing_to_wait_for():
    stream, event = lucet.Stream(), lucet.Event(enable_timing=True)
    with stream as entered:
        assert entered is stream and stream.query() and event.query() and stream == lucet.Stream("cpu") and stream.device.type == "cpu"
    assert stream.synchronize() is event.synchronize() is event.wait() is None
    for call in (event.record, stream.record_event, lambda: stream.wait_stream(stream), lambda: stream.wait_event(event), lambda: lucet.Stream("cuda"), lambda: lucet.Event("cuda")):
        with pytest.raises(RuntimeError):
            call()
    with pytest.raises(ValueError, match="recorded"):
        event.elapsed_time(event)


def test_errors_of_devices_are_classes_of_their_own():
    assert lucet.cuda.OutOfMemoryError is lucet.OutOfMemoryError and issubclass(lucet.OutOfMemoryError, RuntimeError)
    assert issubclass(lucet.AcceleratorError, RuntimeError) and pickle.loads(pickle.dumps(lucet.AcceleratorError("a"))).args == ("a",)
    assert lucet.cuda.memory.memory_allocated() == 0 and lucet.cuda.random.get_rng_state_all() == []
    for call in (lucet.cuda.memory.mem_get_info, lucet.cuda.random.get_rng_state):
        with pytest.raises(RuntimeError, match="no CUDA"):
            call()


def test_settings_of_what_is_not_here_are_kept_or_refused():
    backends = lucet.backends
    for place in (backends, backends.mkldnn.matmul, backends.mkldnn.conv, backends.cudnn.rnn):
        assert place.fp32_precision == "none"
        place.fp32_precision = "ieee"
        assert place.fp32_precision == "ieee"
        place.fp32_precision = "none"
        with pytest.raises(RuntimeError, match="Unknown precision"):
            place.fp32_precision = "half"
    assert not backends.opt_einsum.is_available() and backends.opt_einsum.get_opt_einsum() is None and not backends.nnpack.is_available()
    with backends.nnpack.flags(enabled=False), pytest.raises(ValueError):
        assert backends.nnpack.enabled is False
        backends.opt_einsum.set_flags(True)
    with pytest.warns(FutureWarning), backends.cuda.sdp_kernel(enable_flash=False):
        assert not backends.cuda.flash_sdp_enabled() and backends.cuda.math_sdp_enabled()
    assert backends.cuda.flash_sdp_enabled() and not backends.cuda.is_flash_attention_available()
    assert backends.cuda.preferred_linalg_library() == backends.cuda.preferred_linalg_library("default")
    for word in ("cusolver", "nothing"):
        with pytest.raises(RuntimeError):
            backends.cuda.preferred_linalg_library(word)
    with pytest.raises(AssertionError):
        backends.cuda.cufft_plan_cache.clear()
    with pytest.raises(RuntimeError):
        backends.cuda.cufft_plan_cache[0]
    backends.mha.set_fastpath_enabled(False)
    assert backends.mha.get_fastpath_enabled() is False
    backends.mha.set_fastpath_enabled(True)
    future = lucet.__future__
    future.set_swap_module_params_on_conversion(False)
    assert future.get_overwrite_module_params_on_conversion() is False
    for setter in (future.set_swap_module_params_on_conversion, future.set_overwrite_module_params_on_conversion):
        with pytest.raises(NotImplementedError):
            setter(True)


# --- tensors ---------------------------------------------------------------------------------------------------------


def test_tensors_show_their_hooks_and_the_dtype_of_their_gradient():
    x = lucet.ones(2, requires_grad=True)
    assert x._backward_hooks is None and x._post_accumulate_grad_hooks is None
    hook = lambda gradient: gradient
    handle = x.register_hook(hook)
    assert list(x._backward_hooks.values()) == [hook] and x._post_accumulate_grad_hooks is None
    y = x * 2
    assert y._backward_hooks is None
    y.register_hook(hook)
    assert list(y._backward_hooks.values()) == [hook]
    handle.remove()
    assert not x._backward_hooks
    x.grad_dtype = lucet.float32
    assert x.grad_dtype is lucet.float32
    with pytest.raises(NotImplementedError):
        x.grad_dtype = lucet.float64
    with pytest.raises(RuntimeError, match="leaf"):
        y.grad_dtype


def test_module_load_copies_or_assigns():
    x, other = lucet.zeros(2), lucet.ones(2)
    assert x.module_load(other).tolist() == [1, 1] and x.tolist() == [1, 1]
    assert x.module_load(other, assign=True).data_ptr() == other.data_ptr()


def test_versions_are_kept_while_that_is_asked_for():
    x = lucet.ones(2, requires_grad=True)
    y = x * 1
    z = y * y
    with lucet.autograd._unsafe_preserve_version_counter(y.detach()):
        y.data.fill_(0)
    with lucet.autograd._unsafe_preserve_version_counter((y,)), lucet.no_grad():
        y.fill_(5)
    assert y._version == 0
    z.sum().backward()
    assert x.grad.tolist() == [10, 10]  # of the new elements


# --- overrides -------------------------------------------------------------------------------------------------------


def test_testing_overrides_have_the_arguments_of_what_they_stand_for():
    found = lucet.overrides.get_testing_overrides()
    assert found[lucet.add](lucet.ones(1), 2, alpha=3) == -1 and found[lucet.Tensor.add_](1, 2) == -1
    with pytest.raises(TypeError):
        found[lucet.add](lucet.ones(1), 2, nothing=3)
    assert lucet.overrides.is_tensor_method_or_property(lucet.Tensor.shape.__get__) and not lucet.overrides.is_tensor_method_or_property(lucet.ones)
    with lucet._C.DisableTorchFunctionSubclass():
        pass


# --- trees -----------------------------------------------------------------------------------------------------------

Point = namedtuple("Point", "x y")


@pytest.mark.parametrize(
    "tree",
    [
        {"a": [1, (2, None)], "b": 3}, OrderedDict(b=1, a=2), deque([1, 2], maxlen=3), defaultdict(list, {"z": 1}), Point(1, [2]), [], (), None, 5, lucet.Size([1, 2]),
        lucet.return_types.max((1, 2)),
    ],
)  # fmt: skip
def test_trees_come_back_from_their_leaves(tree):
    leaves, spec = _pytree.tree_flatten(tree)
    made = spec.unflatten(leaves)
    assert made == tree and type(made) is type(tree) and spec.num_leaves == len(leaves) and spec == _pytree.tree_structure(tree)
    if isinstance(tree, deque):
        assert made.maxlen == 3
    with pytest.raises(ValueError, match="holds"):
        spec.unflatten([*leaves, 1])


def test_trees_are_mapped_together():
    assert _pytree.tree_map(lambda a, b: a + b, {"a": 1, "b": [2]}, {"b": [20], "a": 10}) == {"a": 11, "b": [22]}
    assert _pytree.tree_map_only(int, lambda x: -x, [1, "a", (2.0,)]) == [-1, "a", (2.0,)]
    assert _pytree.tree_map(len, [[1, 2], [3]], is_leaf=lambda x: isinstance(x, list) and x and isinstance(x[0], int)) == [2, 1]
    assert _pytree.tree_any_only(int, lambda x: x > 1, [1, 2.0]) is False and _pytree.tree_all(bool, [1, [2]])
    assert [(_pytree.keystr(path), leaf) for path, leaf in _pytree.tree_flatten_with_path({"a": [1, Point(2, 3)]})[0]] == [("['a'][0]", 1), ("['a'][1].x", 2), ("['a'][1].y", 3)]
    assert _pytree.tree_map_with_path(lambda path, x, y: (len(path), x + y), [[1]], [[2]]) == [[(2, 3)]]
    for other in ([1], (1, 2), [1, 2, 3]):
        with pytest.raises(ValueError, match="mismatch"):
            _pytree.tree_map(lambda a, b: a, [1, 2], other)


class Pair:
    def __init__(self, one, two):
        self.one, self.two = one, two


def test_classes_of_ones_own_are_nodes_for_transforms_too():
    _pytree.register_pytree_node(Pair, lambda pair: ([pair.one, pair.two], None), lambda parts, _: Pair(*parts))
    try:
        made = _pytree.tree_map(lambda x: x + 1, [Pair(1, (2,))])
        assert (made[0].one, made[0].two) == (2, (3,))
        with pytest.raises(ValueError, match="already registered"):
            _pytree.register_pytree_node(Pair, list, list)
        with pytest.raises(ValueError, match="flatten_with_keys_fn"):
            _pytree.tree_flatten_with_path(Pair(1, 2))
        out = lucet.vmap(lambda pair: Pair(pair.one + pair.two, deque([pair.one])))(Pair(lucet.arange(3), lucet.ones(3)))
        assert out.one.tolist() == [1, 2, 3] and out.two[0].tolist() == [0, 1, 2]
    finally:
        del _pytree.SUPPORTED_NODES[Pair]


# --- distributed -----------------------------------------------------------------------------------------------------


def test_stores_of_one_process_keep_values(tmp_path):
    for store in (distributed.HashStore(), distributed.TCPStore("localhost", 0, 1, True), distributed.FileStore(str(tmp_path / "store"), 1), distributed.PrefixStore("p", distributed.HashStore())):
        assert isinstance(store, distributed.Store)
        store.set("a", "b")
        assert store.get("a") == b"b" and store.add("n", 3) == 3 and store.add("n", 2) == 5 and store.get("n") == b"5"
        assert store.compare_set("k", "x", "y") == b"x" and store.compare_set("k", "", "y") == b"y" and store.compare_set("k", "y", "z") == b"z"
        store.append("a", "c")
        assert store.multi_get(["a", "k"]) == [b"bc", b"z"] and store.check(["a"]) and not store.check(["a", "zz"]) and store.num_keys() == 3
        assert store.delete_key("a") and not store.delete_key("a")
        store.set_timeout(timedelta(milliseconds=1))
        with pytest.raises(distributed.DistStoreError):
            store.get("nothing")
        with pytest.raises(TypeError):
            store.set("a", 1)
    outer = distributed.HashStore()
    distributed.PrefixStore("x", distributed.PrefixStore("y", outer)).set("k", "v")
    assert outer.get("y/x/k") == b"v"
    for call in (lambda: distributed.TCPStore("localhost", 0, 2, True), lambda: distributed.TCPStore("localhost", 0, 1, False), lambda: distributed.FileStore("f", 2)):
        with pytest.raises(RuntimeError, match="expected one process"):
            call()


def test_a_mesh_is_of_one_process():
    mesh = distributed.init_device_mesh("cpu", (1, 1), mesh_dim_names=("data", "model"))
    try:
        assert distributed.is_initialized() and mesh.shape == (1, 1) and mesh.size() == mesh.size(0) == 1 and mesh.get_rank() == mesh.get_local_rank("data") == 0
        assert mesh["data"].ndim == 1 and mesh["data"].get_group() is distributed.group.WORLD and mesh.get_coordinate() == [0, 0]
        with pytest.raises(KeyError):
            mesh["pipe"]
        with pytest.raises(ValueError, match="p2p_op_list"):
            distributed.batch_isend_irecv([])
        with pytest.raises(RuntimeError, match="no other process"):
            distributed.batch_isend_irecv([distributed.P2POp(distributed.isend, lucet.ones(1), 1)])
        with pytest.raises(ValueError, match="Invalid ``op``"):
            distributed.P2POp(distributed.broadcast, lucet.ones(1), 0)
    finally:
        distributed.destroy_process_group()
    for call in (lambda: distributed.init_device_mesh("cpu", (2,)), lambda: distributed.init_device_mesh("cuda", (1,)), lambda: distributed.init_device_mesh("cpu", (1,), mesh_dim_names=("a", "b"))):
        with pytest.raises(RuntimeError):
            call()
    assert not distributed.is_initialized()


# --- times -----------------------------------------------------------------------------------------------------------


def counting_clock(step):
    now = [0.0]

    def clock():
        now[0] += step
        return now[0]

    return clock


def test_a_timer_runs_the_statement_with_its_names_and_threads():
    ran = []
    threads = lucet.get_num_threads()
    timer = benchmark.Timer("ran.append(lucet.get_num_threads())", "ran.append('setup')", globals={"ran": ran}, timer=counting_clock(0.5), num_threads=1)
    found = timer.timeit(4)
    assert found.raw_times == [0.5] and found.times == [0.125] and found.number_per_run == 4 and ran[-4:] == [1] * 4 and ran[0] == "setup"
    assert lucet.get_num_threads() == threads
    assert len(timer.blocked_autorange(min_run_time=2).raw_times) == 4
    assert len(timer.adaptive_autorange().raw_times) == 4  # all alike, so four tell enough
    for call in (timer.repeat, timer.autorange, timer.collect_callgrind):
        with pytest.raises(NotImplementedError):
            call()
    for options in ({"language": "cpp"}, {"global_setup": "#include"}):
        with pytest.raises(RuntimeError):
            benchmark.Timer(**options)


def test_measurements_tell_their_middle_and_spread():
    spec = benchmark.TaskSpec("x + y", "x = 1", label="sum", sub_label="ints")
    found = benchmark.Measurement(2, [2e-3, 4e-3, 6e-3, 8e-3, 10e-3], spec)
    assert found.median == found.mean == 3e-3 and found.iqr == pytest.approx(2e-3) and found.has_warnings and not found.meets_confidence()
    assert repr(found).splitlines()[1:] == [
        "sum: ints", "setup: x = 1", "  Median: 3.00 ms", "  IQR:    2.00 ms (2.00 to 4.00)", "  5 measurements, 2 runs per measurement, 1 thread",
        "  WARNING: Interquartile range is 66.7% of the median measurement.",
    ]  # fmt: skip
    merged = benchmark.Measurement.merge([found, benchmark.Measurement(2, [1.0], spec), benchmark.Measurement(3, [1.0], spec)])
    assert [len(each.raw_times) for each in merged] == [6, 1] and found.as_row_name == "ints"


def test_measurements_are_compared_in_a_table():
    spec = lambda sub, description, threads=1: benchmark.TaskSpec("s", "pass", label="L", sub_label=sub, description=description, num_threads=threads)
    table = benchmark.Compare([benchmark.Measurement(1, [t], spec(*where)) for t, *where in ((2e-8, "S", "D"), (3e-8, "S2", "D2"), (3.2e-8, "S2", "D", 2))])
    assert str(table).splitlines()[1:7] == ["      |    D|   D2", "1 threads: -------", "  S   | 20.0|     ", "  S2  |     | 30.0", "2 threads: -------", "  S2  | 32.0|     "]
    assert "nanoseconds" in str(table)
    table.colorize()
    assert "\033[32m 20.0\033[0m" in str(table)
    with pytest.raises(ValueError):
        table.extend_results([1])
