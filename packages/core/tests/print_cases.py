"""Tensors to print, for lucet and torch alike: (name, function of the module giving a tensor or text)."""

import math

CASES = {}


def case(name, make):
    CASES[name] = make


def ramp(L, *shape, dtype=None):
    return L.arange(math.prod(shape)).reshape(shape).to(dtype or L.float32)


case("empty", lambda L: L.tensor([]))
case("empty of a shape", lambda L: L.zeros(0, 3))
case("empty in the middle", lambda L: L.zeros(2, 0, 3))
case("empty int", lambda L: L.zeros(0, dtype=L.int32))
case("scalar", lambda L: L.tensor(1.5))
case("scalar int", lambda L: L.tensor(7))
case("scalar bool", lambda L: L.tensor(True))
case("scalar large", lambda L: L.tensor(1e10))
case("scalar small", lambda L: L.tensor(1e-10))
case("one", lambda L: L.tensor([1.0]))
case("whole floats", lambda L: L.tensor([1.0, 2.0, 3.0]))
case("mixed floats", lambda L: L.tensor([1.0, 2.5, -3.25]))
case("negative zero", lambda L: L.tensor([-0.0, 0.0]))
case("nan and inf", lambda L: L.tensor([math.nan, math.inf, -math.inf, 1.0]))
case("only nan", lambda L: L.tensor([math.nan, math.nan]))
case("inf with fractions", lambda L: L.tensor([math.inf, 0.5, -100.25]))
case("wide range", lambda L: L.tensor([1e-5, 1.0, 1e5]))
case("wide whole range", lambda L: L.tensor([1.0, 2000.0]))
case("over 1e8", lambda L: L.tensor([1e9, 2e9]))
case("tiny", lambda L: L.tensor([1e-8, 2e-8]))
case("just above a thousand", lambda L: L.tensor([0.5, 501.0]))
case("float64", lambda L: L.tensor([1.0, 2.5], dtype=L.float64))
case("float16", lambda L: L.tensor([1.0, 2.5], dtype=L.float16))
case("bfloat16", lambda L: L.tensor([1.0, 2.5, 3.14159], dtype=L.bfloat16))
case("int64", lambda L: L.tensor([1, -20, 300]))
case("int8", lambda L: L.tensor([1, -20], dtype=L.int8))
case("uint8", lambda L: L.tensor([1, 255], dtype=L.uint8))
case("bools", lambda L: L.tensor([[True, False], [False, True]]))
case("complex", lambda L: L.tensor([1 + 2j, -0.5j]))
case("complex128", lambda L: L.tensor([1 + 2j], dtype=L.complex128))
case("complex scalar", lambda L: L.tensor(3 - 4j))
case("complex whole", lambda L: L.tensor([[1 + 1j, 20 + 300j], [0j, -1j]]))
case("matrix", lambda L: ramp(L, 3, 4) / 7)
case("matrix of whole numbers", lambda L: ramp(L, 3, 4))
case("cube", lambda L: ramp(L, 2, 3, 4))
case("four dimensions", lambda L: ramp(L, 2, 2, 2, 2))
case("ones in the shape", lambda L: ramp(L, 1, 1, 3))
case("long row", lambda L: ramp(L, 30))
case("long row of fractions", lambda L: ramp(L, 30) / 3)
case("wide matrix", lambda L: ramp(L, 2, 40))
case("summarised row", lambda L: ramp(L, 1001))
case("summarised matrix", lambda L: ramp(L, 100, 100))
case("summarised cube", lambda L: ramp(L, 20, 20, 20))
case("summarised ints", lambda L: L.arange(2000))
case("summarised thin", lambda L: ramp(L, 1001, 1))
case("summarised flat", lambda L: ramp(L, 1, 1001))
case("summarised four", lambda L: ramp(L, 7, 7, 7, 7))
case("just not summarised", lambda L: ramp(L, 10, 100))
case("requires grad", lambda L: L.tensor([1.0, 2.0], requires_grad=True))
case("grad_fn", lambda L: L.tensor([1.0, 2.0], requires_grad=True) * 2)
case("grad_fn of a view", lambda L: (L.tensor([1.0, 2.0], requires_grad=True) * 2).view(2, 1))
case("grad_fn and dtype", lambda L: L.ones(2, dtype=L.float64, requires_grad=True).exp())
case("long with grad_fn", lambda L: (ramp(L, 20).requires_grad_() / 3))
case("meta", lambda L: L.zeros(2, 3, device="meta"))
case("meta int", lambda L: L.zeros(2, 3, device="meta", dtype=L.int64))
case("meta scalar", lambda L: L.zeros((), device="meta"))
case("meta requires grad", lambda L: L.zeros(2, device="meta", requires_grad=True))
case("transposed", lambda L: ramp(L, 2, 3).t())
case("expanded", lambda L: L.tensor([[1.5], [2.5]]).expand(2, 3))
case("sliced", lambda L: ramp(L, 4, 4)[1:3, ::2])
case("format of a scalar", lambda L: f"{L.tensor(1.23456):.2f}|{L.tensor(7):5d}|{L.tensor(True)}|{L.tensor(1.5)}")
case("format of a tensor", lambda L: f"{L.tensor([1.5])}")
case("str of a list", lambda L: str([L.tensor(1.5), L.tensor([1])]))
case("size", lambda L: [repr(L.Size([2, 3])), repr(L.zeros(2, 3).shape), repr(L.zeros(()).shape), str(L.Size([1]) + L.Size([2]))])
case("dtypes", lambda L: [repr(getattr(L, n)) for n in "float32 float64 float16 bfloat16 int8 int16 int32 int64 uint8 bool complex64 complex128 half float double short int long cfloat".split()])
case("devices", lambda L: [repr(L.device("cpu")), str(L.device("meta")), repr(L.device("cpu", 0)), repr(L.zeros(1).device)])
case("formats", lambda L: [repr(L.contiguous_format), repr(L.channels_last), repr(L.preserve_format), repr(L.strided)])
case("storage", lambda L: repr(L.zeros(2).untyped_storage()).splitlines()[-1].split("Storage")[-1])
case("named results", lambda L: repr(L.tensor([[1.0, 3.0], [4.0, 2.0]]).max(1)))
case("sorted", lambda L: repr(L.sort(L.tensor([2, 1]))))


def with_options(L, options, make):
    L.set_printoptions(**options)
    try:
        return repr(make(L))
    finally:
        L.set_printoptions(profile="default")


for number, options in enumerate(
    (
        {"precision": 2},
        {"precision": 0},
        {"threshold": 5},
        {"threshold": 5, "edgeitems": 1},
        {"edgeitems": 2, "threshold": 10},
        {"linewidth": 30},
        {"linewidth": 200},
        {"sci_mode": True},
        {"sci_mode": False},
        {"profile": "short"},
        {"profile": "full"},
        {"precision": 10},
    )
):
    for what, make in (
        ("fractions", lambda L: ramp(L, 4, 5) / 7),
        ("whole", lambda L: ramp(L, 12)),
        ("ints", lambda L: L.arange(15)),
        ("wide", lambda L: L.tensor([1e-6, 1e6])),
        ("complex", lambda L: L.tensor([1.5 + 2j, 3 - 1e-3j])),
        ("big", lambda L: ramp(L, 40, 40)),
    ):
        case(f"options {number} {what}", lambda L, o=options, m=make: with_options(L, o, m))


def text_of(value, name):
    """What is compared: reprs with the module's name taken out."""
    text = value if isinstance(value, str) else str(value) if isinstance(value, list) else repr(value)
    return text.replace(name + ".", "L.")
