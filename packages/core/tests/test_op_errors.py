"""What an op says when it cannot: its public name in front, whatever the function inside is called."""

import pickle
import traceback

import numpy as np
import pytest

import lucet
from lucet import _ops
from lucet._errors import ArgumentError, LucetError, ShapeError
from lucet._registry import OPS

x = lucet.ones(2, 3)


@pytest.mark.parametrize("key", OPS)
def test_an_unknown_argument_is_refused_in_the_ops_own_name(key):
    entry = OPS[key]
    functions = [entry.function] if entry.inplace is None else [entry.function, entry.inplace]
    for function in functions:
        with pytest.raises(TypeError) as caught:
            function(x, no_such_argument=1)
        told = str(caught.value)
        name = function.__name__
        assert told.startswith((f"{name}()", f"{name}:", f"{entry.name}()", f"{entry.name}:")), told
        assert name in (entry.name, entry.name + "_")


def test_methods_say_the_name_they_are_called_by():
    for call, name in (
        (lambda: x.sum(foo=1), "sum"),
        (lambda: x.exp(1, 2, 3), "exp"),
        (lambda: x.add_(foo=1), "add_"),
        (lambda: x.numpy(foo=1), "numpy"),
        (lambda: lucet.exp(), "exp"),
    ):
        with pytest.raises(TypeError, match=rf"^{name}\(\) "):
            call()


@pytest.mark.parametrize(
    ("given", "kind", "fix"),
    [
        (np.ones((2, 3), np.float32), "numpy.ndarray", "lucet.from_numpy(array)"),
        ([1.0], "list", "lucet.tensor(...)"),
        (1.0, "float", "lucet.tensor(...)"),
        (None, "NoneType", None),
        ("a", "str", None),
    ],
)
def test_what_is_no_tensor_is_named_with_the_argument_and_the_way_out(given, kind, fix):
    with pytest.raises(ArgumentError) as caught:
        _ops.linear(given, lucet.ones(4, 3))
    assert caught.value.headline == f"linear: argument 'input' must be Tensor, not {kind}"
    assert caught.value.fix == fix
    assert isinstance(caught.value, TypeError)
    with pytest.raises(ArgumentError, match="^linear: argument 'weight' must be Tensor"):
        _ops.linear(x, given)


@pytest.mark.parametrize(
    ("call", "kind", "told"),
    [
        (lambda: _ops.conv2d(x[None], x[None, None], stride=0), ShapeError, "conv2d: non-positive stride"),
        (lambda: _ops.conv2d(x[None], x[None, None], padding=-1), ShapeError, "conv2d: negative padding"),
        (lambda: _ops.conv2d(x[None], x[None, None], stride="a"), TypeError, "conv2d: stride must be an int"),
        (lambda: _ops.conv2d(x[None], x[None, None], padding=2**40), ShapeError, "conv2d: padding is too large"),
        (lambda: _ops.conv2d(x[None], x[None, None], padding="foo"), RuntimeError, "conv2d: Invalid padding string: 'foo'"),
        (lambda: _ops.mse_loss(x, x, reduction="foo"), ValueError, "mse_loss: foo is not a valid value for reduction"),
        (lambda: _ops.avg_pool2d(x[None], 2, divisor_override=0), RuntimeError, "avg_pool2d: divisor must be not zero"),
        (lambda: lucet.empty("a", 2), TypeError, "empty(): argument"),
        (lambda: x.flatten(5), IndexError, "flatten: Dimension out of range"),
        (lambda: _ops.cross_entropy(x, lucet.tensor([0, 7])), IndexError, "cross_entropy: Target 7 is out of bounds"),
        (lambda: lucet.stack([x, x[0]]), ShapeError, "stack expects each tensor to be equal size"),
        (lambda: lucet.stack([]), RuntimeError, "stack expects a non-empty TensorList"),
    ],
)  # fmt: skip
def test_every_message_begins_with_the_op(call, kind, told):
    with pytest.raises(kind) as caught:
        call()
    assert str(caught.value).startswith(told), str(caught.value)


def test_errors_keep_their_class_and_traceback():
    with pytest.raises(IndexError) as caught:
        x.flatten(5)
    assert type(caught.value) is IndexError
    with pytest.raises(ArgumentError) as caught:
        lucet.exp(3)
    assert caught.traceback[-1].path.name == "test_op_errors.py" or "pointwise" in str(caught.traceback[-1].path)


def test_errors_of_python_code_that_an_op_calls_are_its_own():
    class Loud(lucet.Tensor):
        @classmethod
        def __torch_function__(cls, func, types, args=(), kwargs=None):
            raise ValueError("boom")

    with pytest.raises(ValueError) as caught:
        lucet.exp(lucet.ones(1).as_subclass(Loud))
    assert str(caught.value) == "boom"

    class Index:
        def __index__(self):
            raise RuntimeError("mine")

    with pytest.raises(RuntimeError) as caught:
        lucet.zeros(Index())
    assert str(caught.value) == "mine"


def test_a_name_that_stands_in_front_is_not_doubled():
    with pytest.raises(LucetError) as caught:
        lucet.matmul(x, x)
    assert caught.value.headline.count("matmul") <= 1


def test_channels_of_a_convolution_are_told_as_the_user_gave_them():
    weight = lucet.ones(4, 2, 3, 3)
    with pytest.raises(ShapeError) as caught:
        _ops.conv2d(lucet.ones(3, 5, 5), weight, groups=2)  # 3 channels: no layer of two groups takes them
    assert caught.value.facts == ("input (3, 5, 5) float32, weight (4, 2, 3, 3) float32, groups 2",)
    assert caught.value.fix == "in_channels=3, groups=1 where the layer is made, or an input of 4 channels"
    with pytest.raises(ShapeError) as caught:
        _ops.conv2d(lucet.ones(1, 6, 5, 5), weight, groups=2)
    assert caught.value.fix == "in_channels=6 where the layer is made, or an input of 4 channels"
    with pytest.raises(ShapeError) as caught:
        _ops.conv1d(lucet.ones(3, 5), lucet.ones(4, 2, 3))
    assert caught.value.headline == (
        "conv1d: Given groups=1, weight of size [4, 2, 3], expected input[1, 3, 5] to have 2 channels, "
        "but got 3 channels instead"
    )
    assert caught.value.facts == ("input (3, 5) float32, weight (4, 2, 3) float32, groups 1",)


def test_the_classes_have_a_public_name_and_pickle_under_it():
    with pytest.raises(lucet.errors.ShapeError) as caught:
        lucet.ones(2, 3) @ lucet.ones(2, 3)
    assert traceback.format_exception_only(caught.value)[0].startswith("lucet.errors.ShapeError: matmul: ")
    again = pickle.loads(pickle.dumps(caught.value))
    assert type(again) is lucet.errors.ShapeError
    assert str(again) == str(caught.value)
    for name, kind in vars(lucet.errors).items():
        if isinstance(kind, type) and issubclass(kind, lucet.errors.LucetError):
            assert (kind.__module__, kind.__qualname__) == ("lucet.errors", name)
