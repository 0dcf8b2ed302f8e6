"""What programs ask and set before they train: backends, determinism, precision, compile, limits of types, old types."""

import builtins
import pickle
import subprocess
import sys
import types

import pytest

import lucet
from lucet.autograd import Variable


def test_no_public_function_reads_a_builtin_that_lucet_has_hidden():
    hidden = {name for name in vars(builtins) if name in vars(lucet)} - {"__doc__", "__name__", "__spec__", "__loader__", "__package__"}
    assert {"bool", "int", "float", "sum", "compile"} <= hidden
    checked = 0
    for thing in vars(lucet).values():
        if isinstance(thing, types.FunctionType) and thing.__globals__ is vars(lucet):
            checked += 1
            assert not hidden & set(thing.__code__.co_names), thing.__name__
    assert checked


def test_is_nonzero():
    assert lucet.is_nonzero(lucet.tensor([0.5])) is True
    assert lucet.is_nonzero(lucet.tensor(0)) is False
    assert lucet.tensor([[True]]).is_nonzero() is True
    for size in (0, 2):
        with pytest.raises(RuntimeError, match="Boolean value of Tensor with"):
            lucet.ones(size).is_nonzero()
    with pytest.raises(TypeError, match="must be Tensor, not int"):
        lucet.is_nonzero(1)


# backends


def test_backends_say_that_only_the_cpu_computes():
    import lucet.backends.cudnn as cudnn

    assert cudnn is lucet.backends.cudnn
    assert not cudnn.is_available() and cudnn.version() is None and not cudnn.is_acceptable(lucet.ones(1))
    for room in (lucet.backends.mkldnn, lucet.backends.mkl, lucet.backends.openmp, lucet.backends.mps):
        assert room.is_available() is False
    assert lucet.backends.mps.is_built() is lucet.backends.cuda.is_built() is False
    assert lucet.backends.cpu.get_cpu_capability() in ("DEFAULT", "AVX2", "AVX512", "NEON")


def test_switches_of_absent_libraries_are_kept():
    from lucet.backends import cuda, cudnn, mkldnn

    cudnn.benchmark = True
    with cudnn.flags(enabled=False, deterministic=True):
        assert (cudnn.enabled, cudnn.benchmark, cudnn.deterministic, cudnn.benchmark_limit) == (False, False, True, 10)
    assert (cudnn.enabled, cudnn.benchmark, cudnn.deterministic, cudnn.allow_tf32) == (True, True, False, True)
    cudnn.benchmark = False
    with pytest.raises(ZeroDivisionError), mkldnn.flags(enabled=False):
        assert not mkldnn.enabled
        1 / 0
    assert mkldnn.enabled
    before = cudnn.set_flags(_benchmark=True)
    assert cudnn.benchmark and before == (True, False, None, False, True, "none")
    cudnn.set_flags(_benchmark=False)
    cuda.matmul.allow_tf32 = True
    assert cuda.matmul.allow_tf32
    cuda.matmul.allow_tf32 = False
    with pytest.raises(AttributeError):
        cuda.matmul.no_such_switch = True


def test_rooms_that_few_enter_are_imported_when_asked_for():
    code = (
        "import sys, lucet; names = ['backends', 'overrides', 'serialization', 'types', '__config__']; "
        "assert not [n for n in names if 'lucet.' + n in sys.modules]; "
        "assert all(hasattr(lucet, n) for n in names); assert all('lucet.' + n in sys.modules for n in names)"
    )
    assert subprocess.run([sys.executable, "-c", code], timeout=120).returncode == 0


def test_import_is_light():
    slow = {"dataclasses", "hashlib", "numpy", "pathlib", "pickle", "secrets", "tempfile", "traceback"}
    code = f"import sys; before = {{*sys.modules}}; import lucet; print(sorted({slow} & ({{*sys.modules}} - before)))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=120, check=True)
    assert done.stdout.strip() == "[]"


def test_names_that_come_when_asked_for_are_listed_and_imported_by_star():
    code = "import lucet; assert {'autocast', 'load', 'save', 'ones'} <= {*dir(lucet)}; from lucet import *; load, save, autocast, ones, Tensor"
    assert subprocess.run([sys.executable, "-c", code], timeout=120).returncode == 0


def test_version_and_config():
    assert lucet.version.__version__ == lucet.__version__
    assert lucet.version.cuda is lucet.version.hip is None
    assert lucet.version.lucet in lucet.__config__.show() and "CPU capability usage" in lucet.__config__.show()
    assert str(lucet.get_num_threads()) in lucet.__config__.parallel_info()


# settings


def test_determinism_is_kept_as_asked():
    assert not lucet.are_deterministic_algorithms_enabled() and lucet.get_deterministic_debug_mode() == 0
    lucet.use_deterministic_algorithms(True, warn_only=True)
    assert lucet.are_deterministic_algorithms_enabled() and lucet.is_deterministic_algorithms_warn_only_enabled()
    assert lucet.get_deterministic_debug_mode() == 1
    lucet.set_deterministic_debug_mode("error")
    assert lucet.get_deterministic_debug_mode() == 2
    assert not lucet.is_deterministic_algorithms_warn_only_enabled()
    lucet.use_deterministic_algorithms(False)
    for bad in (1, "a", None):
        with pytest.raises(TypeError, match="'mode' must be bool"):
            lucet.use_deterministic_algorithms(bad)
    for bad in (5, "x"):
        with pytest.raises(RuntimeError, match="invalid value of debug_mode"):
            lucet.set_deterministic_debug_mode(bad)
    assert not lucet.are_deterministic_algorithms_enabled()


def test_matmul_precision_is_kept_as_asked():
    assert lucet.get_float32_matmul_precision() == "highest"
    lucet.set_float32_matmul_precision("medium")
    with pytest.warns(UserWarning, match="foo is not one of 'highest', 'high', or 'medium'"):
        lucet.set_float32_matmul_precision("foo")
    assert lucet.get_float32_matmul_precision() == "medium"
    lucet.set_float32_matmul_precision("highest")


def test_compile_returns_its_argument_and_says_so_once():
    code = (
        "import warnings, lucet\n"
        "with warnings.catch_warnings(record=True) as caught:\n"
        "    warnings.simplefilter('always')\n"
        "    assert lucet.compile(len) is len and lucet.compile(len, mode='max-autotune') is len\n"
        "    @lucet.compile\n"
        "    def f(): return 1\n"
        "    @lucet.compile(fullgraph=True)\n"
        "    def g(): return 2\n"
        "assert (f(), g()) == (1, 2)\n"
        "assert len(caught) == 1 and 'no compiler' in str(caught[0].message), caught\n"
    )
    assert subprocess.run([sys.executable, "-c", code], timeout=120).returncode == 0


# limits of types


def test_limits_of_floating_types():
    info = lucet.finfo(lucet.float16)
    assert (info.bits, info.max, info.min, info.eps, info.tiny) == (16, 65504.0, -65504.0, 2.0**-10, 2.0**-14)
    assert lucet.finfo().dtype == "float32" and lucet.finfo(float).dtype == "float64"
    assert lucet.finfo(lucet.complex64) == lucet.finfo(lucet.float32) != lucet.finfo(lucet.float64)
    for kind in (lucet.float32, lucet.float64, lucet.bfloat16, lucet.float16):
        info = lucet.finfo(kind)
        one = lucet.ones((), dtype=kind)
        assert (one + info.eps > one).item() and (one + info.eps / 4 == one).item()
        assert lucet.tensor(info.max, dtype=kind).item() == info.max
        assert lucet.tensor(info.smallest_normal, dtype=kind).item() == info.smallest_normal > 0


def test_limits_of_integer_types():
    info = lucet.iinfo(lucet.int64)
    assert (info.bits, info.min, info.max) == (64, -(2**63), 2**63 - 1)
    assert repr(info) == "iinfo(min=-9.22337e+18, max=9.22337e+18, dtype=int64)"
    assert (lucet.iinfo(lucet.uint8).min, lucet.iinfo(int).dtype) == (0, "int64")


@pytest.mark.parametrize("call", [lambda: lucet.finfo(lucet.int32), lambda: lucet.finfo(3), lambda: lucet.iinfo(lucet.float32),
                                  lambda: lucet.iinfo(lucet.bool), lambda: lucet.iinfo(), lambda: hash(lucet.finfo())])  # fmt: skip
def test_types_without_limits_are_refused(call):
    with pytest.raises(TypeError):
        call()


# old types


def test_old_types_construct_convert_and_answer_isinstance():
    assert lucet.FloatTensor([1, 2]).dtype is lucet.float32
    assert lucet.LongTensor([1.5]).tolist() == [1]
    assert lucet.DoubleTensor(2, 3).shape == (2, 3) and lucet.ByteTensor().numel() == 0
    assert lucet.IntTensor(size=(2,)).shape == (2,) and lucet.BoolTensor(lucet.Size([2, 2])).dtype is lucet.bool
    x = lucet.ones(2)
    assert isinstance(x, lucet.FloatTensor) and not isinstance(x, lucet.LongTensor) and not isinstance(1, lucet.LongTensor)
    assert x.type() == "lucet.FloatTensor"
    assert x.type(lucet.LongTensor).dtype is x.type("lucet.LongTensor").dtype is lucet.int64
    assert lucet.FloatTensor.dtype is lucet.float32 and not lucet.FloatTensor.is_cuda
    assert repr(lucet.FloatTensor) == "<class 'lucet.FloatTensor'>"
    assert pickle.loads(pickle.dumps(lucet.HalfTensor)) is lucet.HalfTensor
    shared = lucet.FloatTensor(x)
    shared[0] = 5
    assert x[0] == 5
    for call in (
        lambda: lucet.LongTensor(x),
        lambda: lucet.FloatTensor(3.5),
        lambda: lucet.FloatTensor("a"),
        lambda: lucet.FloatTensor(2, "a"),
        lambda: lucet.FloatTensor(foo=1),
    ):
        with pytest.raises(TypeError):
            call()
    with pytest.raises(RuntimeError):
        lucet.FloatTensor([1, 2], device="cuda")


def test_default_tensor_type_sets_the_default_dtype():
    lucet.set_warn_always(True)  # it is said once a process
    try:
        with pytest.warns(UserWarning, match="deprecated"):
            lucet.set_default_tensor_type("lucet.DoubleTensor")
    finally:
        lucet.set_warn_always(False)
    assert lucet.get_default_dtype() is lucet.float64
    lucet.set_default_tensor_type(lucet.FloatTensor)
    assert lucet.get_default_dtype() is lucet.float32
    for bad in (lucet.LongTensor, "lucet.FooTensor", 3, "torch.cuda.FloatTensor", lucet.cuda.FloatTensor):
        with pytest.raises(TypeError):
            lucet.set_default_tensor_type(bad)


def test_variable_is_a_tensor_outside_the_graph():
    x = lucet.ones(2, requires_grad=True)
    v = Variable(x * 2)
    assert type(v) is lucet.Tensor and v.is_leaf and not v.requires_grad
    assert Variable(x).data_ptr() == x.data_ptr() and Variable(lucet.ones(1), requires_grad=True).requires_grad
    assert isinstance(x, Variable) and not isinstance(1, Variable) and Variable().numel() == 0
    with pytest.raises(TypeError, match="Variable data has to be a tensor, but got list"):
        Variable([1])
    with pytest.raises(RuntimeError):
        Variable(lucet.ones(1, dtype=lucet.int64), requires_grad=True)
    with pytest.warns(UserWarning, match="volatile was removed"):
        Variable(lucet.ones(1), volatile=True)


def test_memory_cannot_be_pinned():
    assert lucet.ones(1).is_pinned() is False
    with pytest.raises(RuntimeError, match="Cannot access accelerator device when none is available"):
        lucet.ones(1).pin_memory()


def test_switches_of_recording_print_themselves():
    assert repr(lucet.set_grad_enabled(True)) == "lucet.autograd.grad_mode.set_grad_enabled(mode=True)"


# overrides


class Loud(lucet.Tensor):
    @classmethod
    def __torch_function__(cls, func, types, args=(), kwargs=None):
        return ("taken", func.__name__)


def test_own_functions_can_be_overridden():
    from lucet import overrides

    @overrides.wrap_torch_function(lambda x, y: (x, y))
    def mine(x, y):
        return x + y

    loud = lucet.ones(1).as_subclass(Loud)
    assert loud.is_nonzero() == ("taken", "is_nonzero")
    assert mine(loud, 1) == mine(1, loud) == ("taken", "mine")
    assert mine(1, 2) == 3
    assert overrides.has_torch_function((1, loud)) and not overrides.has_torch_function((lucet.ones(1), 1))
    with lucet._modes.DisableTorchFunctionSubclass():
        assert not overrides.has_torch_function((loud,))
    with pytest.raises(TypeError, match="no implementation found"):
        overrides.handle_torch_function(mine, (1,), 1)

    class Mode(overrides.TorchFunctionMode):
        def __torch_function__(self, func, types, args=(), kwargs=None):
            return "mode"

    with Mode():
        assert overrides.has_torch_function(()) and mine(1, 2) == "mode"


def test_overridable_functions_really_are():
    from lucet import overrides

    found = overrides.get_overridable_functions()
    loud = lucet.ones(1).as_subclass(Loud)
    for name in ("exp", "add", "sum", "reshape"):
        function = getattr(lucet, name)
        assert function in found[lucet]
        assert function(loud, *((1,) if name == "add" else ((1,),) if name == "reshape" else ()))[0] == "taken"
    assert lucet.manual_seed in overrides.get_ignored_functions() and lucet.exp not in overrides.get_ignored_functions()
    assert overrides.resolve_name(lucet.exp) == "lucet.exp" and overrides.resolve_name(len) is None
    assert overrides.is_tensor_like(loud) and overrides.is_tensor_like(lucet.ones(1)) and not overrides.is_tensor_like([])


def test_devices_that_are_not_there_have_no_memory_and_no_states():
    with pytest.raises(RuntimeError, match="no|none|None"):
        lucet.accelerator.get_memory_info()
    assert lucet.cuda.get_arch_list() == lucet.cuda.get_rng_state_all() == []
    assert lucet.cuda.get_gencode_flags() == ""
    with lucet.cuda.device_of(lucet.ones(1)) as entered:
        assert entered is None
    assert lucet.cuda.device_of(lucet.ones(1)).idx == -1
