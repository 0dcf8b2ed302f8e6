"""Limits, promotion, casts, defaults, print options and the old constructors, all of them, beside torch."""

import itertools
import warnings

import pytest
import torch

import lucet

NAMES = "bool uint8 int8 int16 int32 int64 float16 bfloat16 float32 float64 complex64 complex128".split()
NUMBERS = (True, 1, 1.5, 1j)


@pytest.fixture(autouse=True)
def defaults():
    yield
    for T in (torch, lucet):
        T.set_default_dtype(T.float32)
        T.set_default_device(None)
        T.set_printoptions(profile="default")


def told(T, function):
    """What comes out, as text in one spelling; of errors the class that programs catch."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            return repr(function(T)).replace("lucet", "torch")
        except Exception as problem:
            return next(kind for kind in type(problem).__mro__ if kind in (TypeError, ValueError, RuntimeError, AttributeError, AssertionError))


def same(function, *kinds):
    theirs, ours = told(torch, function), told(lucet, function)
    if isinstance(theirs, type) and not isinstance(ours, str):
        try:
            function(lucet)
        except Exception as problem:
            assert isinstance(problem, theirs)
        return
    if isinstance(theirs, str) and "complex32" in theirs:
        theirs = theirs.replace("complex32", "complex64")  # which lucet does not have
    assert ours == theirs


@pytest.mark.parametrize("kind", ["finfo", "iinfo"])
@pytest.mark.parametrize("name", NAMES)
def test_limits(kind, name):
    same(lambda T: getattr(T, kind)(getattr(T, name)))
    for at in "bits eps max min tiny smallest_normal resolution dtype".split():
        same(lambda T: getattr(getattr(T, kind)(getattr(T, name)), at))


@pytest.mark.parametrize("kind", ["finfo", "iinfo"])
def test_limits_of_other_things(kind):
    for thing in (float, int, bool, complex, "float32", None, 3):
        same(lambda T: getattr(T, kind)(thing))
    same(lambda T: getattr(T, kind)())


@pytest.mark.parametrize("one,other", list(itertools.product(NAMES, NAMES)))
def test_promotion_and_casts(one, other):
    same(lambda T: T.promote_types(getattr(T, one), getattr(T, other)))
    same(lambda T: T.can_cast(getattr(T, one), getattr(T, other)))
    for a, b in itertools.product((0, 1), (0, 1)):
        same(lambda T: T.result_type(T.ones((2,) * a).to(getattr(T, one)), T.ones((2,) * b).to(getattr(T, other))))


@pytest.mark.parametrize("name", NAMES)
def test_promotion_with_numbers(name):
    for number, dims in itertools.product(NUMBERS, (0, 1)):
        same(lambda T: T.result_type(T.ones((2,) * dims).to(getattr(T, name)), number))
        same(lambda T: T.result_type(number, T.ones((2,) * dims).to(getattr(T, name))))
    for one, other in itertools.product((*NUMBERS, "a", None, [1]), NUMBERS):
        same(lambda T: T.result_type(one, other))


@pytest.mark.parametrize("kind", [*NAMES, "float32 as text", None, 3, float])
def test_default_types(kind):
    if kind in ("float16", "bfloat16"):
        # complex numbers of half types are complex64 here, complex32 or an error in torch
        same(lambda T: (T.set_default_dtype(getattr(T, kind)), T.get_default_dtype(), T.tensor(1.5).dtype, T.zeros(1).dtype, T.finfo()))
        return
    same(lambda T: (T.set_default_dtype(getattr(T, kind) if kind in NAMES else kind), T.get_default_dtype()))
    same(lambda T: (T.tensor(1.5).dtype, T.tensor(1j).dtype, T.zeros(1).dtype, T.result_type(T.tensor(1), 1.5), T.finfo(), T.Tensor(2).dtype))


def test_default_devices():
    same(lambda T: (T.set_default_device("meta"), T.get_default_device(), T.zeros(2).device, T.tensor([1.0]).device))
    same(lambda T: (T.set_default_device(None), T.get_default_device()))
    for bad in ("cuda", "nonsense"):
        same(lambda T: (T.set_default_device(bad), T.zeros(1)))
    for T in (torch, lucet):
        T.set_default_device(None)
        with T.device("meta"):
            assert T.zeros(2).device.type == "meta"
        assert T.zeros(2).device.type == "cpu"


TENSORS = """
T.tensor([1.123456789, 2e-8, 3e9])
T.tensor([1.5, float('nan'), float('inf')])
T.arange(2000.).view(40, 50)
T.tensor([[1, 2], [3, 100000]])
T.tensor([1e-5])
T.tensor(3.14159)
T.zeros(0, 3)
T.arange(20) > 3
T.tensor([1.5]).half()
T.tensor([1 + 2j])
T.zeros(3, 3, 3) + 1 / 3
T.tensor([123456.789])
""".strip().splitlines()
OPTIONS = [
    {}, {"precision": 2}, {"threshold": 5}, {"edgeitems": 1, "threshold": 5}, {"linewidth": 40}, {"profile": "short"}, {"profile": "full"}, {"sci_mode": True},
    {"sci_mode": False}, {"precision": 10, "linewidth": 30, "sci_mode": False}, {"profile": "default", "precision": 1}, {"profile": "nonsense"},
]  # fmt: skip


@pytest.mark.parametrize("options", OPTIONS, ids=str)
@pytest.mark.parametrize("text", TENSORS)
def test_print_options(text, options):
    if options.get("profile") == "nonsense":
        return  # torch takes it and changes nothing; lucet says so
    same(lambda T: (T.set_printoptions(**options), eval(text, {"T": T})))


OLD = "FloatTensor DoubleTensor HalfTensor BFloat16Tensor LongTensor IntTensor ShortTensor CharTensor ByteTensor BoolTensor Tensor".split()
CALLS = """
X(2, 3).shape
X([1, 2])
X((2, 3))
X().shape
X(2).dtype
X(T.Size([2, 1])).shape
X(T.tensor([1.]))
X(1.5)
X([[1], [2]])
X(2, device='cpu').shape
X(2, device='meta').shape
X(T.tensor(2.))
X('a')
X(None)
X([])
isinstance(T.ones(1), X)
X(range(3))
X(T.ones(2).long())
X(-1)
X(2, 'a')
X(size=(2, 3)).shape
X(0)
""".strip().splitlines()


@pytest.mark.parametrize("name", OLD)
@pytest.mark.parametrize("call", CALLS)
def test_old_constructors(name, call):
    same(lambda T: eval(call, {"T": T, "X": getattr(T, name)}))
