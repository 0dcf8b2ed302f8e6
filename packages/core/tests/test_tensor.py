"""Tensor itself: geometry, elements, attributes, subclasses, copies, what is refused."""

import copy
import gc
import math
import pickle
import subprocess
import sys
import weakref

import pytest

import lucet
from lucet._errors import LucetError, ShapeError
from lucet._tensor import attach, tensor_from_storage


def test_geometry():
    x = lucet.zeros(2, 3, 4)
    assert x.shape == (2, 3, 4)
    assert isinstance(x.shape, lucet.Size)
    assert x.stride() == (12, 4, 1)
    assert x.stride(-1) == 1
    assert x.size(1) == 3
    assert (x.dim(), x.ndim, x.ndimension()) == (3, 3, 3)
    assert (x.numel(), x.nelement(), len(x)) == (24, 24, 2)
    assert (x.itemsize, x.element_size(), x.nbytes) == (4, 4, 96)
    assert x.storage_offset() == 0
    y = x[1, 1:]
    assert y.storage_offset() == 16
    assert y.data_ptr() == x.data_ptr() + 64
    assert x.get_device() == -1


@pytest.mark.parametrize("dim", [3, -4, 2**40])
def test_dimensions_are_checked(dim):
    x = lucet.zeros(2, 3, 4)
    for ask in (x.size, x.stride):
        with pytest.raises(IndexError, match="Dimension out of range"):
            ask(dim)


def test_scalars_accept_dimension_zero_and_minus_one():
    x = lucet.tensor(1.0)
    with pytest.raises(TypeError):
        len(x)
    with pytest.raises(TypeError):
        iter(x)
    assert x.sum(0).item() == x.sum(-1).item() == 1.0


def test_up_to_64_dimensions():
    x = lucet.ones((1,) * 64)
    assert x.dim() == 64
    assert x.sum().item() == 1
    with pytest.raises(ShapeError, match="at most 64"):
        lucet.ones((1,) * 65)
    with pytest.raises(LucetError):
        x.unsqueeze(0)


@pytest.mark.parametrize("shape", [(2**62,), (2**31, 2**31), (2**40, 2**40, 2), (2**63 - 1, 2)])
def test_sizes_that_overflow_are_refused_before_memory_is_asked_for(shape):
    with pytest.raises(RuntimeError):
        lucet.empty(shape)
    with pytest.raises(RuntimeError):
        lucet.zeros(1).expand(shape) + 1


def test_a_zero_size_makes_any_other_size_harmless():
    x = lucet.empty(0, 2**40, dtype=lucet.float64)
    assert x.numel() == 0
    assert (x + 1).shape == (0, 2**40)
    assert x.sum().item() == 0


def test_contiguity():
    x = lucet.zeros(2, 3)
    assert x.is_contiguous()
    assert not x.t().is_contiguous()
    assert lucet.zeros(1, 3).t().is_contiguous()
    assert lucet.zeros(0, 3).t().is_contiguous()
    image = lucet.zeros(2, 3, 4, 5).to(memory_format=lucet.channels_last)
    assert image.stride() == (60, 1, 15, 3)
    assert image.is_contiguous(memory_format=lucet.channels_last)
    assert not image.is_contiguous()
    assert (image + 1).stride() == image.stride()


def test_outputs_keep_the_dimension_order_of_their_input():
    x = lucet.rand(2, 3, 4).permute(2, 0, 1)
    assert x.exp().stride() == x.stride()
    assert (x + 1).stride() == x.stride()
    assert (x + lucet.ones(1)).stride() == x.stride()
    assert lucet.empty_like(x).stride() == x.stride()


@pytest.mark.parametrize("value", [1.5, -0.0, math.inf, 7, True, 3 - 4j])
def test_item_gives_python_numbers(value):
    x = lucet.tensor(value)
    assert type(x.item()) is type(value)
    assert x.item() == value
    assert x.reshape(1, 1).item() == value


def test_numbers_in_and_out_of_one_element():
    assert float(lucet.tensor(2)) == 2.0
    assert int(lucet.tensor(2.9)) == 2
    assert complex(lucet.tensor(2)) == 2 + 0j
    assert bool(lucet.tensor(0.5)) and not lucet.tensor([0])
    assert [10, 20, 30][lucet.tensor(1)] == 20
    assert f"{int(lucet.tensor(5)):d}" == "5"
    with pytest.raises(TypeError):
        [1][lucet.tensor(0.0)]
    for bad in (lucet.ones(2), lucet.ones(0)):
        with pytest.raises(RuntimeError):
            bool(bad)
        with pytest.raises(RuntimeError):
            bad.item()


def test_tolist_walks_any_strides():
    x = lucet.arange(6).view(2, 3)
    assert x.t().tolist() == [[0, 3], [1, 4], [2, 5]]
    assert x[:, ::2].tolist() == [[0, 2], [3, 5]]
    assert lucet.tensor(5).tolist() == 5
    assert lucet.zeros(2, 0).tolist() == [[], []]


def test_meta_tensors_have_no_elements():
    x = lucet.empty(2, 3, device="meta")
    assert x.is_meta and x.device == lucet.device("meta")
    assert (x @ x.t()).shape == (2, 2)
    for read in (x.tolist, x.sum().item, lambda: bool(x.sum()), x.numpy):
        with pytest.raises((RuntimeError, TypeError)):
            read()


def test_iteration_and_membership():
    x = lucet.arange(6).view(2, 3)
    assert [row.tolist() for row in x] == [[0, 1, 2], [3, 4, 5]]
    assert 5 in x and 9 not in x
    with pytest.raises(RuntimeError):
        "a" in x  # noqa: B015
    with pytest.raises(TypeError):
        del x[0]


def test_comparison_is_elementwise_and_hashing_by_identity():
    x, y = lucet.tensor([1, 2]), lucet.tensor([1, 3])
    assert (x == y).tolist() == [True, False]
    assert (x != y).tolist() == [False, True]
    assert len({x, y, x}) == 2
    assert (x == None) is False  # noqa: E711
    assert hash(x) == hash(x)


def test_attributes_weak_references_and_slots():
    x = lucet.ones(1)
    x.note = [1]
    assert x.note == [1]
    gone = weakref.ref(x)
    del x
    assert gone() is None


def test_an_uninitialised_tensor_is_empty_not_dangerous():
    x = lucet.Tensor.__new__(lucet.Tensor)
    assert x.shape == (0,)
    assert x.sum().item() == 0
    assert (x + 1).shape == (0,)
    assert repr(x) == "tensor([])"


def test_methods_check_what_they_are_called_on():
    for method in (lucet.Tensor.numel, lucet.Tensor.item, lucet.Tensor.tolist, lucet.Tensor.add, lucet.Tensor.sum):
        for other in ((), "text", None, 3):
            with pytest.raises(TypeError):
                method(other)


def test_subclasses_stay_subclasses():
    class Sub(lucet.Tensor):
        def twice(self):
            return self * 2

    x = lucet.ones(2).as_subclass(Sub)
    y = x.twice() + 1
    assert type(y) is Sub
    assert y.tolist() == [3.0, 3.0]
    assert type(x[0]) is Sub
    assert type(x.sum()) is Sub
    assert x.as_subclass(lucet.Tensor).__class__ is lucet.Tensor
    assert all(type(t) is Sub for t in x.split(1))
    assert type(lucet.Tensor._make_subclass(Sub, lucet.ones(1), True)) is Sub
    assert lucet.Tensor._make_subclass(Sub, lucet.ones(1), True).requires_grad
    with pytest.raises(TypeError):
        lucet.Tensor._make_subclass(int, lucet.ones(1))
    with pytest.raises(RuntimeError):
        lucet.Tensor._make_subclass(Sub, lucet.ones(1, dtype=lucet.int64), True)


def test_the_subclass_of_either_operand_answers():
    calls = []

    class Sub(lucet.Tensor):
        @classmethod
        def __torch_function__(cls, func, types, args=(), kwargs=None):
            calls.append(func.__name__)
            return super().__torch_function__(func, types, args, kwargs)

    x = lucet.ones(2).as_subclass(Sub)
    for act in (lambda: 1 + x, lambda: lucet.ones(2) * x, lambda: lucet.cat([lucet.ones(1), x]), lambda: x @ x, lambda: -x):
        calls.clear()
        act()
        assert calls


def test_duck_types_with_torch_function_are_asked():
    class Duck:
        @classmethod
        def __torch_function__(cls, func, types, args=(), kwargs=None):
            return func.__name__

    assert lucet.add(lucet.ones(1), Duck()) == "add"
    assert lucet.ones(1).mul(Duck()) == "mul"


def test_refusing_subclasses_give_a_type_error():
    class Refuses(lucet.Tensor):
        @classmethod
        def __torch_function__(cls, func, types, args=(), kwargs=None):
            return NotImplemented

    with pytest.raises(TypeError, match="no implementation found"):
        lucet.add(lucet.ones(1).as_subclass(Refuses), 1)


def test_attach_adds_methods_to_the_type():
    attach("_times_seven", lambda self: self * 7)
    assert lucet.ones(1)._times_seven().item() == 7


def test_shared_storages_stay_shared_in_copies_and_pickles():
    a = lucet.arange(6.0).view(2, 3)
    b, c = a.t(), a[1]
    for make in (copy.deepcopy, lambda ts: pickle.loads(pickle.dumps(ts))):
        x, y, z = make([a, b, c])
        x[1, 2] = 99
        assert y[2, 1].item() == 99
        assert z.tolist() == [3, 4, 99]
        assert y.stride() == (1, 3)
        assert x.untyped_storage().data_ptr() != a.untyped_storage().data_ptr()
    assert a[1, 2].item() == 5


@pytest.mark.parametrize("protocol", range(2, 6))
def test_pickles_of_every_dtype_and_protocol(protocol):
    for name in "bool uint8 int8 int16 int32 int64 float16 bfloat16 float32 float64 complex64 complex128".split():
        x = lucet.tensor([0, 1, 1]).to(getattr(lucet, name))
        y = pickle.loads(pickle.dumps(x, protocol))
        assert y.dtype is x.dtype
        assert y.tolist() == x.tolist()
    for x in (lucet.zeros(0, 3), lucet.tensor(1.5), lucet.empty(2, device="meta"), lucet.ones(1, requires_grad=True)):
        y = pickle.loads(pickle.dumps(x, protocol))
        assert (y.shape, y.dtype, y.device, y.requires_grad) == (x.shape, x.dtype, x.device, x.requires_grad)


def test_tensor_from_storage_stays_inside():
    storage = lucet.arange(4.0).untyped_storage()
    assert tensor_from_storage(storage, lucet.float32, 1, (2,), (2,)).tolist() == [1.0, 3.0]
    for offset, size, stride in ((3, (2,), (1,)), (0, (5,), (1,)), (0, (2,), (2**62,)), (-1, (1,), (1,)), (0, (2,), (-1,)), (2**62, (1,), (1,))):
        with pytest.raises((RuntimeError, OverflowError)):
            tensor_from_storage(storage, lucet.float32, offset, size, stride)


def test_as_strided_stays_inside():
    x = lucet.arange(4.0)
    assert x.as_strided((2, 2), (1, 2)).tolist() == [[0, 2], [1, 3]]
    for arguments in (((5,), (1,)), ((2,), (4,)), ((2, 2**62), (1, 4)), ((1,), (1,), 4), ((1,), (1,), -1), ((2,), (-1,))):
        with pytest.raises(RuntimeError):
            x.as_strided(*arguments)


def test_size_is_a_tuple_of_ints():
    size = lucet.Size([2, 3])
    assert size == (2, 3)
    assert size.numel() == 6
    assert type(size[:1]) is lucet.Size
    assert type(size + (4,)) is lucet.Size
    assert pickle.loads(pickle.dumps(size)) == size


# --- names, warnings, what is refused --------------------------------------------------------------------------------

TYPES = ["Tensor", "dtype", "device", "Size", "Generator", "layout", "memory_format", "UntypedStorage"]


@pytest.mark.parametrize("name", TYPES)
def test_types_go_by_their_public_names(name):
    kind = getattr(lucet, name)
    assert repr(kind) == f"<class 'lucet.{name}'>"
    assert (kind.__module__, kind.__qualname__) == ("lucet", name)
    assert pickle.loads(pickle.dumps(kind)) is kind


def test_a_subclass_keeps_its_own_name():
    class Mine(lucet.Tensor):
        pass

    assert Mine.__module__ == __name__
    assert lucet.zeros(2).as_subclass(Mine).__class__.__qualname__.endswith("Mine")


def test_node_of_a_leaf_shows_its_short_name():
    x = lucet.ones(2, requires_grad=True)
    node = (x * 2).grad_fn.next_functions[0][0]
    assert repr(node).startswith("<AccumulateGrad object at 0x")
    assert node.name() == "torch::autograd::AccumulateGrad"
    assert repr(type(node)) == "<class 'AccumulateGrad'>" and isinstance(node, lucet.autograd.graph.Node)


ONCE = """
import math, warnings
import lucet
x = lucet.ones(1, requires_grad=True)
with warnings.catch_warnings(record=True) as said:
    warnings.simplefilter("always")
    {quiet}
    assert not said, [str(w.message) for w in said]
    {loud}
    {loud}
assert [w.category for w in said] == [UserWarning], said
assert {text!r} in str(said[0].message)
assert said[0].filename == "<string>", said[0].filename
"""


@pytest.mark.parametrize(
    ("quiet", "loud", "text"),
    [
        ("x.item(); int(x); bool(x); x.tolist(); f'{x.sum():.1f}'; float(x.detach())", "float(x)", "requires_grad=True to a scalar"),
        ("lucet.no_grad()(lambda x: float(x))(x); float(lucet.ones(1))", "math.sqrt(x * 2)", "requires_grad=True to a scalar"),
        ("x.long()", "complex(x.view(1)[0])", "requires_grad=True to a scalar"),
        ("lucet.autograd.grad((x * x).sum(), x, create_graph=True); (x * x).sum().backward()",
         "lucet.autograd.backward((x * x).sum(), create_graph=True)", "reference cycle"),
    ],
)
def test_lost_gradients_and_cycles_are_told_once(quiet, loud, text):
    done = subprocess.run([sys.executable, "-c", ONCE.format(quiet=quiet, loud=loud, text=text)], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


def test_numbers_come_from_one_element():
    for convert in (int, float, complex):
        with pytest.raises(ValueError, match="only one element"):
            convert(lucet.ones(2))
    assert float(lucet.tensor(2 + 0j)) == 2.0
    with pytest.raises(RuntimeError, match="without overflow"):
        float(lucet.tensor(2j))
    assert [1, 2][lucet.tensor([True])] == 2


def test_an_array_of_the_elements_fixes_the_storage():
    x = lucet.ones(3)
    array = x.numpy()
    with pytest.raises(RuntimeError, match="resized"):
        x.resize_(1000)
    assert x.resize_(2).shape == (2,)
    x[0] = 5
    assert array.tolist() == [5, 1, 1]
    del x
    assert array.tolist() == [5, 1, 1]


def test_memory_of_a_tensor_that_wants_a_gradient_is_not_exchanged():
    x = lucet.ones(2, requires_grad=True)
    with pytest.raises(RuntimeError, match="leaf tensor"):
        x.set_(lucet.zeros(3))
    assert x.tolist() == [1, 1]
    with lucet.no_grad():
        assert x.set_(lucet.zeros(3)).shape == (3,)


def test_is_set_to():
    x = lucet.arange(6.0)
    assert x.is_set_to(x.view(6)) and not x.is_set_to(x.view(2, 3)) and not x.is_set_to(x.clone())
    assert x.view(2, 3).is_same_size(lucet.ones(2, 3)) and not x.is_same_size(lucet.ones(5))
    assert reversed(x).tolist() == [5, 4, 3, 2, 1, 0]
    assert x.new_empty_strided((2, 3), (1, 2), dtype=lucet.int8).stride() == (1, 2)


@pytest.mark.parametrize(
    ("data", "kind", "says"),
    [
        (["a"], ValueError, "too many dimensions"),
        ([["a"]], ValueError, "too many dimensions"),
        ("a", TypeError, "invalid data type"),
        ([1, "a"], TypeError, "invalid data type"),
        (None, RuntimeError, "Could not infer dtype of NoneType"),
        ([object()], RuntimeError, "Could not infer dtype of object"),
        (2**63, ValueError, "does not fit int64"),
        ([-(2**63) - 1], OverflowError, "does not fit int64"),
    ],
)
def test_data_that_makes_no_tensor(data, kind, says):
    with pytest.raises(kind, match=says):
        lucet.tensor(data)


@pytest.mark.parametrize("make", [lambda: lucet.full((2,), 1e39), lambda: lucet.ones(2).fill_(-1e39), lambda: lucet.full((2,), 2**63)])
def test_fills_out_of_range_are_refused(make):
    with pytest.raises(RuntimeError):
        make()


def test_infinity_is_no_overflow():
    assert lucet.full((1,), float("inf")).item() == lucet.inf
    assert lucet.full((1,), 1e39, dtype=lucet.float64).item() == 1e39


class Named(lucet.Tensor):
    pass


@pytest.mark.parametrize("make", [lambda: lucet.ones(2), lambda: lucet.ones(2).as_subclass(Named)])
def test_attributes_of_an_instance(make):
    x = make()
    with pytest.raises(AttributeError, match="nope"):
        x.nope
    assert vars(x) == {}
    x.mark = 1
    assert x.mark == 1 and vars(x) == {"mark": 1} and "mark" in dir(x)
    assert vars(copy.deepcopy(x)) == vars(copy.copy(x)) == {"mark": 1}
    del x.mark
    assert vars(x) == {} and vars(make()) == {}
    x.__dict__ = {"other": 2}
    assert x.other == 2
    with pytest.raises(TypeError):
        x.__dict__ = 3
    dead = weakref.ref(x)
    x.myself = [x]
    del x
    gc.collect()
    assert dead() is None


def test_attributes_do_not_outlive_their_tensor():
    class Thing:
        pass

    x, thing = lucet.ones(2), Thing()
    x.thing, dead = thing, weakref.ref(thing)
    del thing, x
    assert dead() is None


def test_a_size_holds_ints():
    assert lucet.Size([True, lucet.tensor(2), 3]) == (1, 2, 3)
    for bad, words in ((["a"], "item 0 is 'str'"), ([1, 2.5], "item 1 is 'float'"), (["a", 1], "item 0"), ("ab", "item 0 is 'str'")):
        with pytest.raises(TypeError, match=words):
            lucet.Size(bad)
    with pytest.raises(TypeError, match="not iterable"):
        lucet.Size(3)


def test_requires_grad_is_a_bool():
    x = lucet.ones(1)
    for value in ("a", 1, None, lucet.tensor(True)):
        with pytest.raises(RuntimeError, match="must be a bool"):
            x.requires_grad = value
        with pytest.raises(TypeError, match="must be bool"):
            x.requires_grad_(value)
    assert not x.requires_grad


def test_only_a_number_has_a_format():
    assert f"{lucet.tensor(1.25):.1f}|{lucet.ones(2)}" == "1.2|tensor([1., 1.])"
    for x in (lucet.ones(2), lucet.ones(1)):
        with pytest.raises(TypeError, match="unsupported format string passed to Tensor.__format__"):
            f"{x:.2f}"
