"""Bad input: mutated calls of every op, in child processes with a memory limit. None may crash, hang, or fail unclearly.

Every argument of every registered op (and of what is callable besides) is replaced by strange values: other shapes and types, sizes
that overflow, views at the edge of a storage, storages made smaller, uninitialised subclasses, objects that lie. A call must return
a tensor that lies inside its storage, or raise one of the classes in CLEAR and leave its arguments as they were. The children run with
LUCET_DEBUG_ALLOC=1, so a write outside a block ends them. `python test_bad_input.py OP...` runs single ops in this process.
"""

import collections
import gc
import inspect
import json
import math
import mmap
import os
import random
import resource
import signal
import struct
import subprocess
import sys
import time
import warnings
from functools import partial
from pathlib import Path

import pytest

import lucet
from lucet._registry import OPS

CLEAR = (TypeError, ValueError, RuntimeError, IndexError, OverflowError, MemoryError, BufferError, AssertionError)
GROUPS = 6
MEMORY_LIMIT = 3 << 30
CALL_LIMIT_S = 20  # a call that takes longer hangs
RANDOM_CALLS = 60
DTYPES = sorted({d for d in vars(lucet).values() if isinstance(d, lucet.dtype)}, key=str)


class Sub(lucet.Tensor):
    """A subclass; made by `Tensor.__new__` alone it was never initialised."""


class Refuses(lucet.Tensor):
    @classmethod
    def __torch_function__(cls, func, types, args=(), kwargs=None):
        return NotImplemented


class Lies(lucet.Tensor):
    @classmethod
    def __torch_function__(cls, func, types, args=(), kwargs=None):
        return "no tensor"


class IndexRaises:
    def __index__(self):
        raise ValueError("no index today")


class HugeIndex:
    def __index__(self):
        return 2**70


class WrongIndex:
    def __index__(self):
        return "seven"


class FloatRaises:
    def __float__(self):
        raise ValueError("no float today")


class LyingList(list):
    """Says it has more entries than it has."""

    def __len__(self):
        return 50


class Growing:
    """A sequence that has more entries each time it is read."""

    def __init__(self):
        self.reads = 0

    def __len__(self):
        return 2

    def __iter__(self):
        self.reads += 1
        return iter([1.5] * (2 if self.reads == 1 else 5000))

    def __getitem__(self, at):
        return 1.5


def growing_by_index():
    """A list that one of its entries makes longer while it is read."""
    made = [1.5]

    class Grows:
        def __index__(self):
            made.extend([1.5] * 3000)
            return 1

    made.append(Grows())
    return made


class Overstated:
    """A sequence of 100 entries whose length says otherwise."""

    def __len__(self):
        return 2**62

    def __getitem__(self, at):
        if at >= 100:
            raise IndexError(at)
        return 1


def circular():
    made = [1]
    made.append(made)
    return made


def deep():
    made = [1.0]
    for _ in range(3000):
        made = [made]
    return made


PLAIN = {
    "None": lambda: None,
    "str": lambda: "abc",
    "empty str": lambda: "",
    "bytes": lambda: b"\xff\x00",
    "True": lambda: True,
    "0": lambda: 0,
    "1": lambda: 1,
    "-1": lambda: -1,
    "3": lambda: 3,
    "-7": lambda: -7,
    "100000": lambda: 100000,
    "2**31": lambda: 2**31,
    "2**40": lambda: 2**40,
    "2**62": lambda: 2**62,
    "2**63-1": lambda: 2**63 - 1,
    "-2**63": lambda: -(2**63),
    "2**63": lambda: 2**63,
    "2**64": lambda: 2**64,
    "-10**30": lambda: -(10**30),
    "0.5": lambda: 0.5,
    "-1e308": lambda: -1e308,
    "nan": lambda: math.nan,
    "inf": lambda: math.inf,
    "1j": lambda: 1j,
    "()": lambda: (),
    "[]": list,
    "(1, 2)": lambda: (1, 2),
    "(0, 0)": lambda: (0, 0),
    "(-1, -1)": lambda: (-1, -1),
    "(0, -1, 1)": lambda: (0, -1, 1),
    "(2**62, 4)": lambda: (2**62, 4),
    "(2**31, 2**31, 2**31)": lambda: (2**31, 2**31, 2**31),
    "(2**40, 0)": lambda: (2**40, 0),
    "(-2**63,)": lambda: (-(2**63),),
    "(2**70,)": lambda: (2**70,),
    "[None]": lambda: [None],
    "['a']": lambda: ["a"],
    "[0.5, nan]": lambda: [0.5, math.nan],
    "[1, [2]]": lambda: [1, [2]],
    "100 ones": lambda: (1,) * 100,
    "list of tensors": lambda: [lucet.ones(2), lucet.ones(3, 4)],
    "circular list": circular,
    "deep list": deep,
    "lying list": lambda: LyingList([1, 2]),
    "growing": Growing,
    "growing by index": growing_by_index,
    "overstated": Overstated,
    "{}": dict,
    "object": object,
    "index raises": IndexRaises,
    "huge index": HugeIndex,
    "wrong index": WrongIndex,
    "float raises": FloatRaises,
    "slice": lambda: slice(None, None, -1),
    "range": lambda: range(5),
    "Ellipsis": lambda: ...,
    "type": lambda: int,
    "function": lambda: print,
    "dtype": lambda: lucet.int32,
    "complex dtype": lambda: lucet.complex64,
    "device": lambda: lucet.device("meta"),
    "cuda": lambda: "cuda:0",
    "uninitialised dtype": lambda: lucet.dtype.__new__(lucet.dtype),
    "generator": lambda: lucet.Generator() if hasattr(lucet, "Generator") else None,
    "storage": lambda: lucet.ones(2).untyped_storage(),
}


def contiguous_strides(shape):
    strides, step = [], 1
    for size in reversed(shape):
        strides.insert(0, step)
        step *= max(size, 1)
    return strides


def at_the_edge(t):
    """The same elements at the very end of a storage without slack."""
    n = t.numel()
    room = lucet.empty(n + 3, dtype=t.dtype)
    made = room.as_strided(t.shape, contiguous_strides(t.shape), 3)
    made.copy_(t.detach())
    return made


def shrunk(t, share):
    made = t.detach().clone()
    made.untyped_storage().resize_(int(made.untyped_storage().nbytes() * share))
    return made


def grown_back(t):
    made = shrunk(t, 0)
    made.untyped_storage().resize_(t.numel() * t.element_size())
    return made


def read_only(t):
    """Over pages that the system protects: a write would end the process."""
    n = max(t.numel(), 1)
    pages = mmap.mmap(-1, max(n * t.element_size(), 1), prot=mmap.PROT_READ)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return lucet.frombuffer(pages, dtype=t.dtype, count=n).as_strided(t.shape, contiguous_strides(t.shape))


def inference(t):
    with lucet.inference_mode():
        return t.detach().clone()


def non_leaf(t):
    return t.detach().clone().requires_grad_() * 1 if t.is_floating_point() else t


def wide(t):
    return lucet.ones((1,) * 60, dtype=t.dtype)


TENSOR = {
    **{f"as {str(d).partition('.')[2]}": lambda t, d=d: t.detach().to(d) for d in DTYPES},
    "meta": lambda t: t.detach().to("meta"),
    "one dimension more": lambda t: t.detach().unsqueeze(0),
    "one at the end": lambda t: t.detach().unsqueeze(-1),
    "one dimension less": lambda t: t.detach().select(0, 0),
    "last element": lambda t: t.detach().reshape(-1).select(0, -1),
    "flat": lambda t: t.detach().reshape(-1),
    "empty": lambda t: t.detach().narrow(0, 0, 0),
    "no dimensions": lambda t: lucet.tensor(1, dtype=t.dtype),
    "other sizes": lambda t: lucet.ones([n + 1 for n in t.shape], dtype=t.dtype),
    "big": lambda t: lucet.ones(70000, dtype=t.dtype),
    "all one element": lambda t: t.detach().as_strided(t.shape, (0,) * t.dim()),
    "overlapping": lambda t: t.detach().as_strided(t.shape, (1,) * t.dim()),
    "huge meta": lambda t: lucet.ones(1, dtype=t.dtype, device="meta").expand(2**30, 2**30),
    "zero sizes, huge other": lambda t: lucet.empty((0, 2**40), dtype=t.dtype),
    "turned": lambda t: t.detach().permute(*reversed(range(t.dim()))),
    "every second": lambda t: lucet.ones([2 * n for n in t.shape], dtype=t.dtype).as_strided(t.shape, [2 * s for s in t.stride()]),
    "at the edge": at_the_edge,
    "60 dimensions": wide,
    "storage gone": lambda t: shrunk(t, 0),
    "storage halved": lambda t: shrunk(t, 0.5),
    "storage grown back": grown_back,
    "nan": lambda t: lucet.full(t.shape, math.nan).to(t.dtype),
    "inf": lambda t: lucet.full(t.shape, math.inf).to(t.dtype),
    "most": lambda t: lucet.full(t.shape, 1e300, dtype=lucet.float64).to(t.dtype),
    "zeros": lambda t: lucet.zeros(t.shape, dtype=t.dtype),
    "int64 min": lambda t: lucet.full(t.shape, -(2**63), dtype=lucet.int64),
    "int64 max": lambda t: lucet.full(t.shape, 2**63 - 1, dtype=lucet.int64),
    "minus one": lambda t: lucet.full(t.shape, -1, dtype=lucet.int64),
    "int64 zeros": lambda t: lucet.zeros(t.shape, dtype=lucet.int64),
    "int32 min": lambda t: lucet.full(t.shape, -(2**31), dtype=lucet.int32),
    "leaf": lambda t: t.detach().clone().to(lucet.float64).requires_grad_(),
    "non-leaf": non_leaf,
    "view of a leaf": lambda t: t.detach().clone().to(lucet.float64).requires_grad_().view(t.shape),
    "read-only": read_only,
    "inference": inference,
    "subclass": lambda t: t.detach().as_subclass(Sub),
    "uninitialised": lambda t: lucet.Tensor.__new__(Sub),
    "uninitialised plain": lambda t: lucet.Tensor.__new__(lucet.Tensor),
    "refusing subclass": lambda t: t.detach().as_subclass(Refuses),
    "lying subclass": lambda t: t.detach().as_subclass(Lies),
    "numpy array": lambda t: t.detach().numpy(),
    "its list": lambda t: t.tolist(),
}


def maker(seed):
    draw = random.Random(seed)

    def r(*shape):
        values = [draw.uniform(-1, 1) for _ in range(math.prod(shape))]
        return lucet.tensor(values, dtype=lucet.float64).reshape(shape)

    return r


def x():
    return lucet.arange(12).to(lucet.float32).reshape(3, 4)


def index():
    return lucet.tensor([0, 2, 1])


class Keywords(dict):
    """At the end of a base call: its keyword arguments."""


def ints():
    return lucet.arange(12).reshape(3, 4)


ALWAYS_FAIL = {"cuda", "pin_memory"}


def fresh(value):
    """Base arguments that are functions of this file are made anew for every call."""
    if inspect.isfunction(value) and value.__module__ == __name__:
        return value()
    if isinstance(value, (list, tuple)):
        return type(value)([fresh(part) for part in value]) if tensors_in(value) else value
    return value.detach().clone() if isinstance(value, lucet.Tensor) else value


class Target:
    """Something to call, with argument tuples that work."""

    def __init__(self, name, function, bases, draws=False):
        self.name, self.function, self.bases, self.draws = name, function, bases, draws
        try:
            parameters = list(inspect.signature(function).parameters.values())
        except (TypeError, ValueError):
            parameters = []
        self.positional = [p.name for p in parameters if p.kind in (p.POSITIONAL_ONLY, p.POSITIONAL_OR_KEYWORD)]
        self.keywords = [p.name for p in parameters if p.kind == p.KEYWORD_ONLY]
        self.variadic = any(p.kind == p.VAR_POSITIONAL for p in parameters)

    def places(self):
        """Every argument: a position where some base call has one (or a variadic call may), else a keyword."""
        most = max((len(base) - bool(base and isinstance(base[-1], Keywords)) for base in self.bases), default=0) + self.variadic
        count = max(most, len(self.positional))
        return [*range(count), *self.keywords]

    def label(self, place):
        if isinstance(place, str):
            return place
        return self.positional[place] if place < len(self.positional) else f"*{place}"


def base_calls(key, entry):
    """The registered samples; a dict at the end of one holds keyword arguments."""
    calls = [tuple(call) for call in entry.samples(maker(key))] if entry.samples is not None else [(x,)]
    return [(*call[:-1], Keywords(call[-1])) if call and isinstance(call[-1], dict) else call for call in calls]


def op_targets():
    for key, entry in OPS.items():
        bases = base_calls(key, entry)
        yield Target(key, entry.function, bases, entry.family == "random")
        if entry.inplace is not None:
            yield Target(key + "_", entry.inplace, bases, entry.family == "random")


class Square(lucet.autograd.Function):
    @staticmethod
    def forward(ctx, value):
        ctx.save_for_backward(value)
        return value * value

    @staticmethod
    def backward(ctx, grad):
        return grad * 2 * ctx.saved_tensors[0]


def assign(name):
    def set_attribute(tensor, value):
        refuse_others(tensor)
        setattr(tensor, name, value)

    return set_attribute


def refuse_others(tensor):
    if not isinstance(tensor, lucet.Tensor) or type(tensor) is Lies:
        raise TypeError("not a tensor")


def run_backward_with_hook(tensor, result):
    """Whatever a hook returns."""
    refuse_others(tensor)
    tensor = tensor.detach().clone().requires_grad_()
    middle = tensor * 2
    middle.register_hook(lambda grad: result)
    middle.grad_fn.register_prehook(lambda grads: result)
    middle.grad_fn.register_hook(lambda grads, outputs: result)
    middle.sum().backward()


def function_backward_returns(tensor, result):
    class Odd(lucet.autograd.Function):
        @staticmethod
        def forward(ctx, value):
            return value * 1

        @staticmethod
        def backward(ctx, grad):
            return result

    refuse_others(tensor)
    Odd.apply(tensor.detach().clone().requires_grad_()).sum().backward()


def generator():
    return lucet.Generator()


def storage():
    return x().untyped_storage()


METHODS = {
    "_make_subclass": [(Sub, x, False)],
    "as_subclass": [(x, Sub)],
    "backward": [(lambda: non_leaf(x()).sum(),)],
    "broadcast_to": [(x, (2, 3, 4)), (x, 2, 3, 4)],
    "item": [(lambda: lucet.tensor(1.5),)],
    "register_hook": [(lambda: non_leaf(x()), print)],
    "register_post_accumulate_grad_hook": [(lambda: x().requires_grad_(), print)],
    "retain_grad": [(lambda: non_leaf(x()),)],
    "split": [(x, 2), (x, [1, 2])],
    "swapaxes_": [(x, 0, 1)],
    "swapdims_": [(x, 0, 1)],
    "transpose_": [(x, 0, 1)],
    "unflatten": [(x, 1, (2, 2))],
    "where": [(x, lambda: x() > 2, x)],
    "__getitem__": [(x, 0), (x, index), (x, (slice(1, 3), 0)), (x, lambda: x() > 2), (x, (None, ..., 1)), (x, (index, index))],
    "__setitem__": [(x, 0, 1.0), (x, index, x), (x, lambda: x() > 3, 0), (x, (slice(None), 1), 5.0), (x, (index, index), 2.0)],
    "__deepcopy__": [(x, dict)],
    "__format__": [(x, "")],
    "__array_wrap__": [(x, lambda: x().numpy())],
}


def other_targets():
    """What can be called besides the ops: methods of tensors and storages, assignments, autograd."""
    known = {id(entry.function) for entry in OPS.values()} | {id(entry.inplace) for entry in OPS.values()}
    skip = {"__new__", "__init__", "__init_subclass__", "__subclasshook__", "__class__", "__dir__", "__getattribute__"}
    skip |= {"__setattr__", "__delattr__", "__getattr__", "__class_getitem__", "__sizeof__", "__torch_function__"}
    for name in sorted(set(dir(lucet.Tensor)) - skip):
        method = getattr(lucet.Tensor, name)
        if callable(method) and id(method) not in known:
            yield Target(f"Tensor.{name}", method, METHODS.get(name) or [(x,), (x, 2), (x, x), (ints, ints)] if name.startswith("__") else METHODS.get(name, [(x,)]))
    for name in sorted(set(dir(lucet.UntypedStorage)) - skip - {"__new__"}):
        method = getattr(lucet.UntypedStorage, name)
        if callable(method):
            yield Target(f"Storage.{name}", method, [(storage,), (storage, 0), (storage, storage), (storage, 0, 1)])
    yield Target("Storage", lucet.UntypedStorage, [(16,)])
    node = type(non_leaf(x()).grad_fn)
    for name in sorted(set(dir(node)) - skip):
        if callable(getattr(node, name)):
            bases = [(made, *rest) for made in (lambda: non_leaf(x()).grad_fn, lambda: node.__new__(node)) for rest in ((), (print,))]
            yield Target(f"Node.{name}", getattr(node, name), bases)
    yield Target("Tensor", lucet.Tensor, [(2, 3), ([1.0],)])
    for name in ("grad", "data", "requires_grad"):
        yield Target(f"Tensor.{name} =", assign(name), [(x, x)])
    yield Target("grad", lucet.autograd.grad, [(lambda: non_leaf(x()).sum(), x)])
    yield Target("backward", lucet.autograd.backward, [(lambda: non_leaf(x()).sum(),)])
    yield Target("Function.apply", Square.apply, [(x,)])
    yield Target("hook result", run_backward_with_hook, [(x, None)])
    yield Target("Function gradient", function_backward_returns, [(x, x)])
    names = "device Size Generator promote_types result_type can_cast is_tensor numel set_printoptions manual_seed set_rng_state"
    for name in names.split():
        if hasattr(lucet, name):
            yield Target(name, getattr(lucet, name), [("cpu",), (2,), (x,), (x, index), (lucet.float32, lucet.int64)])
    for name in sorted(set(dir(lucet.Generator)) - skip):
        if callable(getattr(lucet.Generator, name)):
            yield Target(f"Generator.{name}", getattr(lucet.Generator, name), [(generator,), (generator, 3), (generator, lucet.get_rng_state)])


def calls_of(target):
    """(argument, what is done to it, function that builds arguments and keywords) for each mutated call, always in the same order."""
    for place in target.places():
        for number, (what, make) in enumerate((*TENSOR.items(), *PLAIN.items())):
            base = target.bases[number % len(target.bases)]
            yield target.label(place), what, partial(_mutated, target, base, {place: (what, make)})
    for what, change in TENSOR.items():
        for base in target.bases[:2]:
            yield "all", what, partial(_mutated, target, base, dict.fromkeys(range(len(base)), (what, change)), True)
    draw = random.Random(target.name)
    everything = [*TENSOR.items(), *PLAIN.items()]
    for number in range(RANDOM_CALLS):
        base = draw.choice(target.bases)
        places = draw.sample(target.places(), min(len(target.places()), draw.choice((2, 2, 3))))
        yield "random", number, partial(_mutated, target, base, {place: draw.choice(everything) for place in places})


def called_with(base):
    """Positional and keyword arguments of a base call, made anew."""
    keywords = dict(base[-1]) if base and isinstance(base[-1], Keywords) else {}
    return [fresh(value) for value in base if not isinstance(value, Keywords)], keywords


def _mutated(target, base, changes, tensors_only=False):
    arguments, keywords = called_with(base)
    for place, (what, make) in changes.items():
        before = arguments[place] if isinstance(place, int) and place < len(arguments) else None
        if tensors_only and not tensors_in(before):
            continue
        value = make() if what in PLAIN and PLAIN[what] is make else _changed(make, before)
        if isinstance(place, str):
            keywords[place] = value
        elif place < len(arguments):
            arguments[place] = value
        elif place == len(arguments):
            arguments.append(value)
        elif place < len(target.positional):
            keywords[target.positional[place]] = value
        else:
            arguments.append(value)
    return arguments, keywords


def _changed(make, before):
    if isinstance(before, (list, tuple)) and before and isinstance(before[0], lucet.Tensor):
        return type(before)([_changed(make, before[0]), *before[1:]])
    t = before if isinstance(before, lucet.Tensor) else x()
    try:
        return make(t)
    except CLEAR:  # such a value cannot be made of this tensor
        return make(x())


# --- in the child ---------------------------------------------------------------------------------------------------


def tensors_in(value, depth=0):
    if isinstance(value, lucet.Tensor):
        return [value]
    if isinstance(value, (list, tuple)) and depth < 3:
        return [t for v in (*value,) for t in tensors_in(v, depth + 1)]
    return []


def reach_of(t):
    """Bytes of the storage that the tensor's elements span."""
    if t.numel() == 0:
        return 0
    last = t.storage_offset() + sum((n - 1) * s for n, s in zip(t.shape, t.stride()))
    return (last + 1) * t.element_size()


def state_of(t):
    content = None
    storage = t.untyped_storage()
    if not t.is_meta and storage.nbytes() <= 4096:
        content = bytes(memoryview(storage)) if storage.nbytes() else b""
    version = None if t.is_inference() else t._version
    return tuple(t.shape), t.stride(), t.storage_offset(), t.dtype, t.requires_grad, version, content


def look_inside(result, given):
    """Whether results lie inside their storages; results that are, or share with, an argument are as good as that was."""
    for t in tensors_in(result):
        if any(t is known or t.untyped_storage() is known.untyped_storage() for known in given):
            continue
        assert math.prod(t.shape) == t.numel(), f"result of shape {tuple(t.shape)} counts {t.numel()} elements"
        if t.is_meta:
            continue
        room = t.untyped_storage().nbytes()
        assert reach_of(t) <= room or t.storage_offset() < 0, f"result of shape {tuple(t.shape)} reaches beyond its storage of {room} bytes"
        if t.numel() <= 64 and math.prod(n for n in t.shape if n) <= 10000:
            t.tolist()


def attempt(target, arguments, keywords):
    """None when the call behaved, else what it did wrong."""
    given = [t for t in tensors_in([*arguments, *keywords.values()]) if type(t) in (lucet.Tensor, Sub)]
    lied = any(type(value) in (Lies, Refuses) for value in (*arguments, *keywords.values()))
    before = [state_of(t) for t in given]
    stream = bytes(lucet.get_rng_state().untyped_storage()) if target.draws else b""
    try:
        result = target.function(*arguments, **keywords)
    except CLEAR as exception:
        if not str(exception).strip() and type(exception) is not MemoryError:
            return f"{type(exception).__name__} without a message"
        for t, state in zip(given, before):
            if state_of(t) != state:
                return f"failed ({type(exception).__name__}: {str(exception).splitlines()[0]}) but changed {_difference(state, state_of(t))}"
        if target.draws and not lied and bytes(lucet.get_rng_state().untyped_storage()) != stream:
            return f"failed ({type(exception).__name__}: {str(exception).splitlines()[0]}) but drew from the generator"
        return None
    except AttributeError as exception:  # of what a subclass gave back for a tensor
        return None if lied else f"AttributeError: {exception}"
    except BaseException as exception:
        return f"{type(exception).__name__}: {exception}"
    try:
        look_inside(result, given)
        go_back(result)
    except Exception as exception:
        return f"result: {type(exception).__name__}: {exception}"
    return None


def wants_gradients(arguments):
    for t in tensors_in(arguments):
        if type(t) is lucet.Tensor and t.is_leaf and t.is_floating_point() and not t.is_inference() and t._base is None:
            t.requires_grad_()


def go_back(result):
    """Backward from whatever came out; it may refuse, clearly."""
    for t in tensors_in(result):
        if type(t) is lucet.Tensor and t.requires_grad and not t.is_meta and t.numel() < 10000:
            try:
                t.backward(lucet.ones_like(t), retain_graph=True)
            except CLEAR:
                pass


def _difference(before, after):
    names = ("shape", "strides", "offset", "dtype", "requires_grad", "version", "elements")
    return ", ".join(name for name, a, b in zip(names, before, after) if a != b) + " of an argument"


def run_targets(targets, start, progress, found):
    """Make the calls from number `start` on; the number of the one under way is in `progress`."""
    number = -1
    for target in targets:
        first = number + 1
        for argument, what, build in calls_of(target):
            number += 1
            if number < start:
                continue
            arguments, keywords = build()
            if argument == "random" and what % 2:
                wants_gradients(arguments)
            os.pwrite(progress, struct.pack("q", number), 0)
            found["at"] = f"{target.name}: {argument} = {what}"
            signal.setitimer(signal.ITIMER_REAL, CALL_LIMIT_S)
            began = time.perf_counter()
            wrong = attempt(target, arguments, keywords)
            took = time.perf_counter() - began
            if took > 1:
                found["slow"].append((round(took, 1), found["at"]))
            found["counts"][target.name][argument] += 1
            if wrong is not None:
                found["wrong"].append([f"{target.name}: {argument} = {what}", wrong])
        if number >= max(start, first):
            gc.collect()


def all_targets():
    return [*op_targets(), *other_targets()]


def share(group):
    """The targets of one group, dealt out like cards so that groups take about as long as each other."""
    return all_targets()[group::GROUPS]


def child(group, start, folder):
    if "ASAN_OPTIONS" not in os.environ:  # the sanitizer's shadow memory takes terabytes of addresses
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY_LIMIT, MEMORY_LIMIT))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    warnings.simplefilter("ignore")
    progress = os.open(f"{folder}/progress", os.O_RDWR | os.O_CREAT)
    found = {"counts": collections.defaultdict(collections.Counter), "wrong": [], "slow": []}
    run_targets(share(group), start, progress, found)
    Path(f"{folder}/found").write_text(json.dumps(found))
    os._exit(0)  # what is left is freed with the process


def call_number(group, wanted):
    """What the call of that number was, found by counting."""
    number = -1
    for target in share(group):
        for argument, what, _ in calls_of(target):
            number += 1
            if number == wanted:
                return f"{target.name}: {argument} = {what}"
    return f"call {wanted}"


def run_group(group, folder):
    """All calls of a group; a child that dies is followed by one that goes on behind the call that killed it."""
    counts, wrong, start = collections.defaultdict(collections.Counter), [], 0
    environment = os.environ | {"LUCET_DEBUG_ALLOC": "1", "LUCET_NUM_THREADS": "2", "PYTHONFAULTHANDLER": "", "PYTHONWARNINGS": "ignore"}
    for _ in range(40):
        command = [sys.executable, __file__, "--child", str(group), str(start), str(folder)]
        done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
        if done.returncode == 0:
            found = json.loads((folder / "found").read_text())
            for name, arguments in found["counts"].items():
                counts[name].update(arguments)
            for took, at in found["slow"]:
                print(f"slow: {took} s, {at}")
            return counts, wrong + found["wrong"]
        if done.returncode > 0:
            return counts, [*wrong, ["the child itself failed", done.stderr[-2000:]]]
        number = struct.unpack("q", (folder / "progress").read_bytes())[0]
        death = signal.Signals(-done.returncode).name
        said = [line for line in done.stderr.splitlines() if line.startswith("lucet:") or "ERROR: AddressSanitizer" in line or "runtime error" in line]
        wrong.append([call_number(group, number), f"{'hang' if death == 'SIGALRM' else 'crash'}: {death} {' '.join(said)}"])
        start = number + 1
    return counts, wrong


@pytest.mark.parametrize("group", range(GROUPS))
def test_strange_arguments_are_refused_clearly(group, tmp_path):
    counts, wrong = run_group(group, tmp_path)
    for name, arguments in sorted(counts.items()):
        print(f"{name}: {sum(arguments.values())} calls ({', '.join(f'{a} {n}' for a, n in arguments.items())})")
    assert not wrong, f"{len(wrong)} calls misbehaved:\n" + "\n".join(f"  {where}: {how}" for where, how in wrong[:60])


def test_calls_of_every_op_start_from_one_that_works():
    """Else the mutated ones would be refused at the door and reach nothing."""
    for target in op_targets():
        failures = []
        for base in target.bases:
            arguments, keywords = called_with(base)
            try:
                with warnings.catch_warnings():
                    warnings.simplefilter("ignore")
                    target.function(*arguments, **keywords)
            except Exception as exception:
                failures.append(exception)
        assert len(failures) < len(target.bases) or target.name in ALWAYS_FAIL, (target.name, failures)


def test_every_argument_of_every_op_is_tried_at_least_twenty_times():
    strange = len(TENSOR) + len(PLAIN)
    assert strange >= 20
    targets = {target.name: target for target in op_targets()}
    assert targets.keys() >= OPS.keys()
    for target in targets.values():
        labels = [target.label(place) for place in target.places()]
        missing = [p for p in (*target.positional, *target.keywords) if p not in labels]
        assert not missing, (target.name, missing)


if __name__ == "__main__":
    if sys.argv[1] == "--child":
        child(int(sys.argv[2]), int(sys.argv[3]), sys.argv[4])
    warnings.simplefilter("ignore")
    wanted = sys.argv[1:]
    chosen = [target for target in all_targets() if target.name in wanted]
    report = {"counts": collections.defaultdict(collections.Counter), "wrong": [], "slow": []}
    run_targets(chosen, 0, os.open("/dev/null", os.O_RDWR), report)
    print(*report["wrong"], *report["slow"], sep="\n")
