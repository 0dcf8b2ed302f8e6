"""What every registered op owes, checked from the registry: values, gradients of both orders, forms, meta, interception."""

import inspect
import random
import warnings

import numpy as np
import pytest

import lucet
from lucet import _modes
from lucet._registry import OPS

TOL = 1e-10  # float64 against NumPy
WITH_SAMPLES = sorted(key for key, entry in OPS.items() if entry.samples is not None)
NUMPY_NAMES = {name: getattr(np, name) for name in dir(np) if not name.startswith("_")}


def maker(seed):
    """r(*shape): a float64 tensor of distinct values away from zero, so that kinks and ties are not hit."""
    draw = random.Random(seed)

    def r(*shape):
        size = int(np.prod(shape)) if shape else 1
        steps = [(k + 0.2 + 0.6 * draw.random()) / max(size, 1) * 1.8 + 0.05 for k in range(size)]
        draw.shuffle(steps)
        values = [step * draw.choice((-1, 1)) for step in steps]
        return lucet.tensor(values, dtype=lucet.float64).reshape(shape)

    return r


def samples_of(entry, seed=0):
    """The registered argument tuples; every tensor in them is its own leaf."""
    for arguments in entry.samples(maker(seed)):
        yield tuple(a.detach().clone() if isinstance(a, lucet.Tensor) else a for a in arguments)


def tensors_in(value):
    if isinstance(value, lucet.Tensor):
        return [value]
    if isinstance(value, (list, tuple)):
        return [t for v in value for t in tensors_in(v)]
    return []


def close(actual, expected, tolerance=TOL):
    actual, expected = np.asarray(actual), np.asarray(expected)
    assert actual.shape == expected.shape
    np.testing.assert_allclose(actual.astype(float), expected.astype(float), rtol=tolerance, atol=tolerance)


def parameters_of(function):
    return [p.name for p in inspect.signature(function).parameters.values()]


@pytest.mark.parametrize("key", [key for key in WITH_SAMPLES if OPS[key].formula])
def test_values_equal_the_formula(key):
    entry = OPS[key]
    for arguments in samples_of(entry):
        bound = inspect.signature(entry.function).bind(*arguments)
        bound.apply_defaults()
        names = {n: v.numpy() if isinstance(v, lucet.Tensor) else v for n, v in bound.arguments.items()}
        with np.errstate(all="ignore"):
            expected = eval(entry.formula, {"__builtins__": {"sum": sum, "None": None}} | NUMPY_NAMES | names)
        close(entry.function(*arguments).numpy(), expected)


def differentiable(arguments):
    return [a.requires_grad_() if isinstance(a, lucet.Tensor) and a.is_floating_point() else a for a in arguments]


def flat_outputs(function):
    """Only the outputs that carry gradients: indices and masks do not."""

    def run(*arguments):
        return tuple(t for t in tensors_in(function(*arguments)) if t.is_floating_point())

    return run


@pytest.mark.parametrize("key", [key for key in WITH_SAMPLES if OPS[key].grad in ("yes", "once")])
def test_gradients_equal_finite_differences(key):
    entry = OPS[key]
    for arguments in samples_of(entry, seed=1):
        arguments = differentiable(arguments)
        if any(isinstance(a, lucet.Tensor) and a.requires_grad for a in arguments):
            assert lucet.autograd.gradcheck(flat_outputs(entry.function), arguments)


@pytest.mark.parametrize("key", [key for key in WITH_SAMPLES if OPS[key].grad == "yes"])
def test_second_gradients_equal_finite_differences(key):
    entry = OPS[key]
    for arguments in samples_of(entry, seed=2):
        arguments = differentiable(arguments)
        if any(isinstance(a, lucet.Tensor) and a.requires_grad and a.numel() for a in arguments):
            assert lucet.autograd.gradgradcheck(flat_outputs(entry.function), arguments, atol=1e-4)


@pytest.mark.parametrize("key", [key for key in WITH_SAMPLES if OPS[key].grad == "no"])
def test_results_without_a_gradient_never_require_one(key):
    entry = OPS[key]
    for arguments in samples_of(entry):
        assert not any(t.requires_grad for t in tensors_in(entry.function(*differentiable(arguments))))


@pytest.mark.parametrize("key", [key for key in WITH_SAMPLES if OPS[key].inplace is not None])
def test_in_place_form_writes_what_the_op_returns(key):
    entry = OPS[key]
    tried = 0
    for arguments in samples_of(entry):
        expected = entry.function(*arguments)
        target = arguments[0]
        if not isinstance(target, lucet.Tensor):
            continue
        version = target._version
        try:
            result = entry.inplace(*arguments)
        except RuntimeError:
            assert target.shape != expected.shape  # a result that does not fit is refused, and nothing written
            assert target._version == version
            continue
        tried += 1
        assert result is target
        assert target._version > version
        close(target.numpy(), expected.to(target.dtype).numpy())
    assert tried


@pytest.mark.parametrize("key", [key for key in WITH_SAMPLES if "out" in parameters_of(OPS[key].function)])
def test_out_receives_the_result(key):
    entry = OPS[key]
    for arguments in samples_of(entry):
        expected = entry.function(*arguments)
        if not isinstance(expected, lucet.Tensor):
            continue
        out = lucet.empty(0, dtype=expected.dtype)
        assert entry.function(*arguments, out=out) is out
        close(out.numpy(), expected.numpy())
        wrong = lucet.empty(5, 3, 1, 2, dtype=expected.dtype)
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            entry.function(*arguments, out=wrong)
        assert any("resized" in str(w.message) for w in caught) or wrong.shape == lucet.Size([5, 3, 1, 2])
        assert wrong.shape == expected.shape


@pytest.mark.parametrize("key", WITH_SAMPLES)
def test_strided_inputs_give_the_same_values(key):
    if key == "as_strided":  # it reads the storage, whatever the input's strides
        return
    entry = OPS[key]

    def strided(t):
        if not isinstance(t, lucet.Tensor) or t.dim() == 0:
            return t
        room = lucet.zeros(*t.shape, 2, dtype=t.dtype)
        room[..., 1].copy_(t)
        return room[..., 1]

    for arguments in samples_of(entry):
        expected = tensors_in(entry.function(*arguments))
        actual = tensors_in(entry.function(*map(strided, arguments)))
        for a, b in zip(actual, expected, strict=True):
            assert a.dtype is b.dtype
            close(a.numpy(), b.numpy(), 1e-9)


def to_meta(value):
    if isinstance(value, (list, tuple)):
        return type(value)(to_meta(v) for v in value)
    return value.to("meta") if isinstance(value, lucet.Tensor) else value


@pytest.mark.parametrize("key", WITH_SAMPLES)
def test_meta_tensors_infer_shape_and_type(key):
    entry = OPS[key]
    for arguments in samples_of(entry):
        if any(not t.is_floating_point() for t in tensors_in(arguments)):
            continue
        expected = tensors_in(entry.function(*arguments))
        meta = [to_meta(a) for a in arguments]
        for a, b in zip(tensors_in(entry.function(*meta)), expected, strict=True):
            assert a.is_meta
            assert a.shape == b.shape
            assert a.dtype is b.dtype


class Seen(lucet.Tensor):
    """Counts the ops that reach it."""

    calls: list = []

    @classmethod
    def __torch_function__(cls, func, types, args=(), kwargs=None):
        Seen.calls.append(func)
        return super().__torch_function__(func, types, args, kwargs)


@pytest.mark.parametrize("key", WITH_SAMPLES)
def test_subclasses_intercept_the_call(key):
    entry = OPS[key]
    arguments = next(iter(samples_of(entry)))
    wrapped = [a.as_subclass(Seen) if isinstance(a, lucet.Tensor) else a for a in arguments]
    if not any(isinstance(a, Seen) for a in wrapped):
        wrapped = [[x.as_subclass(Seen) for x in a] if isinstance(a, (list, tuple)) and tensors_in(a) else a for a in arguments]
    Seen.calls.clear()
    result = entry.function(*wrapped)
    assert Seen.calls, "the op did not offer the call to __torch_function__"
    for a, b in zip(tensors_in(result), tensors_in(entry.function(*arguments)), strict=True):
        close(a.as_subclass(lucet.Tensor).detach().numpy(), b.detach().numpy())


@pytest.mark.parametrize("key", WITH_SAMPLES)
def test_modes_see_the_call(key):
    entry = OPS[key]
    seen = []

    class Watch(_modes.TorchFunctionMode):
        def __torch_function__(self, func, types, args=(), kwargs=None):
            seen.append(func)
            return func(*args, **(kwargs or {}))

    arguments = next(iter(samples_of(entry)))
    with Watch():
        entry.function(*arguments)
    assert seen


@pytest.mark.parametrize("key", WITH_SAMPLES)
def test_inputs_stay_as_they_were(key):
    entry = OPS[key]
    for arguments in samples_of(entry):
        before = [t.clone() for t in tensors_in(arguments)]
        entry.function(*arguments)
        for t, copy in zip(tensors_in(arguments), before, strict=True):
            assert t._version == 0
            close(t.numpy(), copy.numpy(), 0)


def test_every_op_is_documented():
    missing = [key for key, entry in OPS.items() if not (entry.function.__doc__ or "").strip()]
    # Twins of one name in two homes point at each other instead of repeating the example.
    plain = [key for key, entry in OPS.items() if "lucet" in entry.also and ">>>" not in (entry.function.__doc__ or "")]
    assert not missing
    assert [key for key in plain if "nn.functional" not in OPS[key].function.__doc__] == []
