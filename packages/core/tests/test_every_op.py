"""What every registered op owes, checked from the registry: values, gradients of both orders, forms, meta, interception."""

import inspect
import os
import random
import warnings

import numpy as np
import pytest

import lucet
from lucet import _modes
from lucet._registry import OPS

TOL = 1e-10  # float64 against NumPy
NUMPY_NAMES = {name: getattr(np, name) for name in dir(np) if not name.startswith("_")}

# No samples: nothing can be called.
WITHOUT_SAMPLES = {"cuda": "always raises, there is no such device here", "pin_memory": "always raises, for the same reason"}
# What stands in the memory is the result: shapes and types are compared, elements are not.
UNINITIALISED = {"empty", "empty_permuted", "empty_strided", "empty_like", "new_empty", "new_empty_strided", "resize_", "resize_as_"}
# Meta tensors are refused: the result, or its shape, depends on elements.
NEEDS_ELEMENTS = {
    "_pack_padded_sequence": "lengths",
    "_pad_packed_sequence": "sizes of steps",
    "allclose": "a truth value",
    "bincount": "the largest element is the size",
    "equal": "a truth value",
    "histogram": "the extremes are the borders",
    "histogramdd": "the extremes are the borders",
    "is_nonzero": "a truth value",
    "masked_select": "as many elements as are true",
    "new": "old constructors are of main memory",
    "nonzero": "as many rows as are not zero",
    "argwhere": "as many rows as are not zero",
    "numpy": "an array of elements",
    "unique": "as many elements as differ",
    "unique_consecutive": "as many elements as differ",
    "sgd_step": "nothing to write",
    "adam_step": "nothing to write",
    "adadelta_step": "nothing to write",
    "adamax_step": "nothing to write",
    "nadam_step": "nothing to write",
    "radam_step": "nothing to write",
    "rmsprop_step": "nothing to write",
    "adagrad_step": "nothing to write",
    "asgd_step": "nothing to write",
    "rprop_step": "nothing to write",
    "adafactor_step": "nothing to write",
}
# Not calls that a mode or subclass could want to see: torch's are not offered either, or the op is our own.
NOT_OFFERED = {"broadcast_shapes", "from_numpy", "frombuffer", "sgd_step", "adam_step", "adadelta_step"}
NOT_OFFERED |= {"adamax_step", "nadam_step", "radam_step", "rmsprop_step", "adagrad_step", "asgd_step", "rprop_step", "adafactor_step"}
# About the storage itself, so that strides are part of the question; detach_ refuses views.
OF_STORAGE = ("detach_", "as_strided", "as_strided_copy", "as_strided_scatter", "slice_inverse", "set_", "resize_", "resize_as_", "view", "view_as", "view_as_complex", "view_as_complex_copy")
# Results that require a gradient all the same, which is zero, as torch has it.
ZERO_GRADIENT = {"bernoulli", "normal", "poisson"}
NO_DERIVATIVE = {"_sample_dirichlet", "binomial", "floor_divide", "heaviside", "linalg_ldl_factor", "linalg_ldl_factor_ex", "linalg_ldl_solve", "unique", "unique_consecutive"}  # recorded, as in torch, so that backward says what is missing
# They read one triangle of a symmetric matrix, and their gradient is that of the symmetric part.
OF_SYMMETRIC = {"cholesky", "linalg_cholesky", "linalg_cholesky_ex", "linalg_eigh", "linalg_eigvalsh"}
# They read one triangle of a factor, and their gradient is that of the whole matrix, of the square arguments.
OF_TRIANGULAR = {"cholesky_solve", "cholesky_inverse"}
# Their gradient is that of the scores whose log-softmax the log-probabilities are.
OF_LOG_PROBABILITIES = {"ctc_loss"}
# The moments beside their result have no gradient, as in torch.
FIRST_ALONE = {"native_layer_norm", "native_batch_norm"}
# Complex vectors, of which those with another phase would do as well: magnitudes are differentiated.
UP_TO_PHASE = {"linalg_eig"}
# Their samples have element types that finite differences are too coarse for.
COARSE = dict.fromkeys(("float", "half", "bfloat16", "cfloat"), "rounds to another type")
DRAWN = {"_standard_gamma"}  # differences of other draws say nothing; its gradient is looked at in test_gates.py
# Where NumPy is forbidden, what is said to compute through it is left to the refusal that test_proofs.py looks at.
WITHOUT_NUMPY = os.environ.get("LUCET_FORBID_NUMPY") == "1"
WITH_SAMPLES = sorted(key for key, entry in OPS.items() if entry.samples is not None and not (WITHOUT_NUMPY and entry.numpy))


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


def mapped(change, value):
    """`value` with every tensor in it, also inside lists, replaced by change(tensor)."""
    if isinstance(value, lucet.Tensor):
        return change(value)
    if isinstance(value, (list, tuple)) and tensors_in(value):
        return type(value)(mapped(change, part) for part in value)
    return value


def tensors_in(value):
    if isinstance(value, lucet.Tensor):
        return [value]
    if isinstance(value, (list, tuple)):
        return [t for v in value for t in tensors_in(v)]
    return []


def fresh(t):
    """A leaf with the same elements and strides."""
    return t.detach().clone()


class Call:
    """Arguments of one sample, with their own tensors."""

    def __init__(self, entry, arguments, keywords):
        self.entry, self.arguments, self.keywords = entry, arguments, keywords

    def run(self, function=None, **more):
        """The same random numbers each time."""
        lucet.manual_seed(0)
        return (function or self.entry.function)(*self.arguments, **self.keywords, **more)

    def with_tensors(self, change):
        """The same call on other tensors."""
        return Call(self.entry, tuple(mapped(change, a) for a in self.arguments), {k: mapped(change, v) for k, v in self.keywords.items()})

    @property
    def tensors(self):
        return tensors_in([*self.arguments, *self.keywords.values()])

    @property
    def changed(self):
        """The tensors that the op writes to."""
        if self.entry.family == "update":
            lists = [a for k, a in zip(parameters_of(self.entry.function), self.arguments, strict=False) if k != "grads"]
            return tensors_in(lists)
        return [self.arguments[0]] if self.entry.name.endswith("_") else []

    def __repr__(self):
        return f"{self.entry.name}{self.arguments} {self.keywords}"


def calls_of(key, seed=0):
    """The registered samples; a dict at the end of one holds keyword arguments."""
    entry = OPS[key]
    for sample in entry.samples(maker(seed)):
        keywords = sample[-1] if sample and isinstance(sample[-1], dict) else {}
        arguments = sample[:-1] if keywords else sample
        yield Call(entry, tuple(arguments), keywords).with_tensors(fresh)


def calls(key, seed=0):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # deprecations are told elsewhere
        yield from calls_of(key, seed)


def close(actual, expected, tolerance=TOL):
    actual, expected = np.asarray(actual), np.asarray(expected)
    assert actual.shape == expected.shape
    kind = complex if actual.dtype.kind == "c" else float
    np.testing.assert_allclose(actual.astype(kind), expected.astype(kind), rtol=tolerance, atol=tolerance)


def array(t):
    """The elements for comparison, bfloat16 too."""
    t = t.detach().as_subclass(lucet.Tensor)
    return (t.float() if t.dtype is lucet.bfloat16 else t).resolve_conj().numpy()


def same(actual, expected, key, tolerance=TOL):
    """Two results agree: types, shapes, and elements where there are any to speak of."""
    if not tensors_in(expected):
        assert type(actual) is type(expected)
        if isinstance(expected, np.ndarray):
            close(actual, expected, tolerance)
        elif not isinstance(expected, (list, tuple)):
            assert actual == expected
        return
    for a, b in zip(tensors_in(actual), tensors_in(expected), strict=True):
        assert a.dtype is b.dtype
        assert a.shape == b.shape
        if OPS[key].name not in UNINITIALISED:
            close(array(a), array(b), tolerance)


def parameters_of(function):
    return [p.name for p in inspect.signature(function).parameters.values()]


def keys_with(condition):
    return [key for key in WITH_SAMPLES if condition(OPS[key])]


def is_fine(t):
    """A tensor that finite differences can be taken of. Samples hold coarser floats where an op has no derivative."""
    return t.dtype in (lucet.float64, lucet.complex128)


def test_every_op_has_samples():
    missing = {key for key, entry in OPS.items() if entry.samples is None}
    assert missing == set(WITHOUT_SAMPLES)
    assert all(list(OPS[key].samples(maker(0))) for key in WITH_SAMPLES)


@pytest.mark.parametrize("key", keys_with(lambda entry: entry.formula))
def test_values_equal_the_formula(key):
    entry = OPS[key]
    for call in calls(key):
        bound = inspect.signature(entry.function).bind(*call.arguments, **call.keywords)
        bound.apply_defaults()
        names = {n: v.numpy() if isinstance(v, lucet.Tensor) else v for n, v in bound.arguments.items()}
        with np.errstate(all="ignore"):
            expected = eval(entry.formula, {"__builtins__": {"sum": sum, "None": None, "__import__": __import__}} | NUMPY_NAMES | names)
        close(call.run().resolve_conj().numpy(), expected)


def shaped(call, values):
    """The tensors as the op wants them: symmetric, or triangles."""
    if call.entry.name in OF_SYMMETRIC:
        return [(v + v.mT) / 2 for v in values]
    if call.entry.name in OF_LOG_PROBABILITIES:
        return [v.log_softmax(-1) for v in values]
    if call.entry.name in OF_TRIANGULAR:
        return [v if v.shape[-1] != v.shape[-2] else v.triu() if any(a is True for a in call.arguments) else v.tril() for v in values]
    return values


def as_function(call):
    """The call as a function of its float64 tensors, to those of its results; and these tensors, as leaves."""
    leaves = [t.detach().clone().requires_grad_() for t in call.tensors if is_fine(t)]

    def run(*values):
        given = iter(shaped(call, values))
        # an op that writes gets copies, for leaves cannot be written
        change = lambda t: next(given) * 1 if is_fine(t) and any(t is w for w in call.changed) else next(given) if is_fine(t) else t
        results = tuple(t for t in tensors_in(call.with_tensors(change).run()) if is_fine(t))
        results = results[:1] if call.entry.name in FIRST_ALONE else results
        return tuple(t.abs() for t in results) if call.entry.name in UP_TO_PHASE else results

    return run, leaves


@pytest.mark.parametrize("key", keys_with(lambda entry: entry.grad in ("yes", "once") and entry.name not in DRAWN and entry.name not in COARSE))
def test_gradients_equal_finite_differences(key):
    checked = 0
    for call in calls(key, seed=1):
        function, leaves = as_function(call)
        if any(t.requires_grad for t in function(*leaves)):
            assert lucet.autograd.gradcheck(function, leaves), call
            checked += 1
    assert checked


@pytest.mark.parametrize("key", keys_with(lambda entry: entry.grad == "yes" and entry.name not in COARSE))
def test_second_gradients_equal_finite_differences(key):
    for call in calls(key, seed=2):
        function, leaves = as_function(call)
        if any(t.requires_grad and t.numel() for t in function(*leaves)) and any(t.numel() for t in leaves):
            assert lucet.autograd.gradgradcheck(function, leaves, atol=1e-4), call


@pytest.mark.parametrize("key", sorted(COARSE))
def test_gradients_through_coarse_types_are_rounded_to_them(key):
    for call in calls(key):
        (x,) = (t.requires_grad_() for t in call.tensors)
        y = call.run()
        weight = fresh(x).to(y.dtype)
        (gradient,) = lucet.autograd.grad(y, x, weight, create_graph=True)
        assert gradient.dtype is x.dtype
        close(gradient.detach(), fresh(x).to(lucet.float32 if y.is_complex() else y.dtype).to(x.dtype))


@pytest.mark.parametrize("key", keys_with(lambda entry: entry.grad == "no" and entry.name not in ZERO_GRADIENT | NO_DERIVATIVE))
def test_results_without_a_gradient_never_require_one(key):
    for call in calls(key):
        if key in ("numpy", "map_", "map2_"):  # refuse tensors that require one
            continue
        written = call.changed
        leaves = call.with_tensors(lambda t: t.requires_grad_() if t.is_floating_point() and not any(t is w for w in written) else t)
        assert not any(t.requires_grad for t in tensors_in(leaves.run()))


@pytest.mark.parametrize("key", sorted(NO_DERIVATIVE))
def test_backward_names_the_op_that_has_no_derivative(key):
    for call in calls(key):
        leaves = call.with_tensors(lambda t: t.requires_grad_() if t.is_floating_point() else t)
        result = tensors_in(leaves.run())[0]
        if result.requires_grad:
            with pytest.raises(RuntimeError, match=rf"derivative for '?_?{key}\w*'? is not implemented"):
                result.sum().backward()


@pytest.mark.parametrize("key", sorted(ZERO_GRADIENT))
def test_gradients_of_draws_are_zero(key):
    for call in calls(key):
        leaves = [t.requires_grad_() for t in call.tensors]
        result = call.run()
        assert result.requires_grad == bool(leaves)
        if leaves:
            assert all(not gradient.any() for gradient in lucet.autograd.grad(result.sum(), leaves))


def spaced(t):
    """The same elements with gaps between them."""
    room = lucet.zeros(*t.shape, 2, dtype=t.dtype)
    room[..., 1].copy_(t)
    return room[..., 1]


def turned(t):
    """The same elements, the last dimension outermost in memory."""
    order = tuple(reversed(range(t.dim())))
    return t.permute(order).contiguous().permute(order)


def shifted(t):
    """The same elements behind others, so that nothing is aligned."""
    return lucet.cat([lucet.ones(1, dtype=t.dtype), t.reshape(-1)])[1:].view(t.shape)


def first_everywhere(t):
    """Its first row, expanded: every row is the same memory."""
    return t[:1].expand(t.shape) if t.dim() and t.shape[0] else t


LAYOUTS = {"spaced": spaced, "turned": turned, "shifted": shifted, "expanded": first_everywhere}


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("key", keys_with(lambda entry: entry.name not in OF_STORAGE))
def test_layouts_of_inputs_do_not_matter(key, layout):
    for call in calls(key):
        written = call.changed
        change = lambda t: t if layout == "expanded" and any(t is w for w in written) else LAYOUTS[layout](t)
        other = call.with_tensors(change)
        plain = other.with_tensors(lambda t: fresh(t).contiguous())
        try:
            expected = plain.run()
        except lucet.linalg.LinAlgError:  # equal rows make a singular matrix
            assert layout == "expanded"
            with pytest.raises(lucet.linalg.LinAlgError):
                other.run()
            continue
        if OPS[key].family == "random" and layout in ("turned", "expanded"):  # numbers are drawn in the order of memory
            assert [t.shape for t in tensors_in(other.run())] == [t.shape for t in tensors_in(expected)]
            continue
        same(other.run(), expected, key, 1e-9)
        for a, b in zip(other.changed, plain.changed, strict=True):
            close(array(a), array(b), 1e-9)


@pytest.mark.parametrize("key", keys_with(lambda entry: entry.inplace is not None))
def test_in_place_form_writes_what_the_op_returns(key):
    entry = OPS[key]
    tried = 0
    for layout in (fresh, spaced, turned):
        for call in calls(key):
            if not isinstance(call.arguments[0], lucet.Tensor):
                continue
            target, *others = call.arguments
            call = Call(entry, (layout(target), *others), call.keywords)
            expected = call.run()
            target = call.arguments[0]
            version, before = target._version, target.clone()
            try:
                result = call.run(entry.inplace)
            except RuntimeError:  # a result that does not fit is refused, and nothing written
                assert target.shape != expected.shape or not lucet.can_cast(expected.dtype, target.dtype) or entry.name == "abs" and target.is_complex()
                assert target._version == version
                close(array(target), array(before))
                continue
            tried += 1
            assert result is target
            if entry.family == "random" or entry.name == "addbmm":  # switched off they do nothing, and some take several steps
                assert target._version - version in (0, 1, 2, 3)
            else:
                assert target._version == version + 1
            close(array(target), array(expected.to(target.dtype)))
    assert tried


@pytest.mark.parametrize("key", keys_with(lambda entry: entry.inplace is not None and entry.grad != "no"))
def test_in_place_form_has_the_gradient_of_the_op(key):
    entry = OPS[key]
    for call in calls(key, seed=3):
        if not isinstance(call.arguments[0], lucet.Tensor):
            continue
        function, leaves = as_function(call)
        outputs = function(*leaves)
        if not (outputs and outputs[0].requires_grad and outputs[0].shape == call.arguments[0].shape):
            continue
        weight = maker(4)(*outputs[0].shape).to(outputs[0].dtype)
        written = call.arguments[0]
        if outputs[0].is_complex() != written.is_complex():  # does not fit, in place it is refused
            continue
        expected = lucet.autograd.grad(outputs[0].to(written.dtype), leaves, weight, allow_unused=True)
        given = iter(leaves)
        call = call.with_tensors(lambda t: next(given) * 1 if t is written and is_fine(t) else next(given) if is_fine(t) else t)
        actual = lucet.autograd.grad(call.run(entry.inplace), leaves, weight, allow_unused=True)
        for a, b in zip(actual, expected, strict=True):
            assert (a is None) == (b is None)
            if a is not None:
                close(a, b)


WITH_OUT = keys_with(lambda entry: "out" in parameters_of(entry.function))


def with_outs(key):
    """(call, expected results, a function that puts the tensors given into the form that `out` has)."""
    for call in calls(key):
        if key == "bernoulli" and len(call.arguments) == 2 or key == "normal" and len(call.arguments) == 2 and not isinstance(call.arguments[1], lucet.Tensor):
            continue  # these forms have no `out`, or take the shape from it
        expected = call.run()
        if isinstance(expected, lucet.Tensor):
            yield call, [expected], lambda outs: outs[0]
        elif tensors_in(expected) and len(tensors_in(expected)) == len(expected):
            yield call, tensors_in(expected), tuple


@pytest.mark.parametrize("key", WITH_OUT)
def test_out_receives_the_result(key):
    tried = 0
    for call, expected, form in with_outs(key):
        tried += 1
        for make in (lambda t: lucet.empty(0, dtype=t.dtype), lambda t: lucet.empty_like(t), lambda t: spaced(lucet.zeros_like(t))):
            outs = [make(t) for t in expected]
            strides = [out.stride() for out in outs]
            with warnings.catch_warnings():
                warnings.simplefilter("error")  # neither an empty `out` nor one that fits is worth a warning
                warnings.filterwarnings("ignore", message=".*deprecated")
                result = call.run(out=form(outs))
            assert all(a is b for a, b in zip(tensors_in(result), outs, strict=True))
            same(outs, expected, key)
            assert all(out.stride() == old for out, old in zip(outs, strides, strict=True) if len(old) == out.dim() and out.numel())
    assert tried


# Factories fill any `out`: its shape and type are what was asked for (arange alone warns, and counts whole numbers).
FACTORIES_WITH_OUT = {key for key in WITH_OUT if OPS[key].family == "create" or key in ("rand", "randn", "randint", "randperm")}
RESIZE_QUIETLY = FACTORIES_WITH_OUT - {"arange"} | {"bernoulli", "multinomial"}


@pytest.mark.parametrize("key", WITH_OUT)
def test_out_of_another_shape_is_resized_with_a_warning(key):
    for call, expected, form in with_outs(key):
        outs = [lucet.empty(5, 3, 1, 2, dtype=t.dtype) for t in expected]
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            call.run(out=form(outs))
        same(outs, expected, key)
        told = [w for w in caught if "An output with one or more elements was resized since it had shape [5, 3, 1, 2]" in str(w.message)]
        assert bool(told) == (key not in RESIZE_QUIETLY and (key != "normal" or bool(call.tensors)))
        assert all(w.category is UserWarning for w in told)


ANY_OUT = {"zeros", "ones", "full", "empty", "eye", "bernoulli", "sum", "prod", "nansum"}  # takes bools, as in torch (nansum by itself)


@pytest.mark.parametrize("key", sorted(set(WITH_OUT) - ANY_OUT))
def test_out_that_cannot_take_the_result_is_refused_unchanged(key):
    for call, expected, form in with_outs(key):
        lower = [lucet.bool if t.dtype is not lucet.bool else None for t in expected]
        if None in lower or OPS[key].family == "random" and not expected[0].numel():  # no numbers are drawn, no type is wrong
            continue
        outs = [lucet.ones(t.shape, dtype=d) for t, d in zip(expected, lower, strict=True)]
        with pytest.raises(RuntimeError):
            call.run(out=form(outs))
        assert all(out.shape == t.shape and bool(out.all()) and out._version == 0 for out, t in zip(outs, expected, strict=True))


@pytest.mark.parametrize("key", sorted(set(WITH_OUT) - {"zeros", "ones", "full", "empty", "eye", "bernoulli"}))  # torch lets these be
def test_out_that_overlaps_itself_is_refused(key):
    for call, expected, form in with_outs(key):
        if all(t.numel() > 1 for t in expected):
            outs = [lucet.ones(1, dtype=t.dtype).expand(t.shape) for t in expected]
            with pytest.raises(RuntimeError, match="more than one element of the written-to tensor refers to a single memory location"):
                call.run(out=form(outs))
            assert all(bool((array(out) == 1).all()) for out in outs)


@pytest.mark.parametrize("key", [key for key in WITH_OUT if OPS[key].grad != "no"])
def test_out_is_refused_while_recording(key):
    for call, expected, form in with_outs(key):
        leaves = call.with_tensors(lambda t: t.requires_grad_() if is_fine(t) else t)
        if any(is_fine(t) for t in call.tensors):
            outs = [lucet.ones_like(t) for t in expected]
            with pytest.raises(RuntimeError, match="don't support automatic differentiation, but one of the arguments requires grad"):
                leaves.run(out=form(outs))
            with lucet.no_grad():
                leaves.run(out=form(outs))
            same(outs, expected, key)


def laid_out(t):
    """The strides that matter: those of dimensions with more than one element."""
    return [step for step, size in zip(t.stride(), t.shape, strict=True) if size > 1] if t.numel() else []


@pytest.mark.parametrize("layout", ["plain", "turned", "spaced"])
@pytest.mark.parametrize("key", keys_with(lambda entry: entry.name not in NEEDS_ELEMENTS))
def test_meta_tensors_infer_what_the_op_returns(key, layout):
    for call in calls(key):
        if layout != "plain" and OPS[key].name not in OF_STORAGE:
            call = call.with_tensors(LAYOUTS[layout])
        meta = call.with_tensors(lambda t: t.to("meta") if layout == "plain" else lucet.empty_strided(t.shape, t.stride(), dtype=t.dtype, device="meta"))
        on_meta = {"device": "meta"} if "device" in parameters_of(OPS[key].function) and not call.tensors else {}
        expected = call.run()
        if not call.tensors and not on_meta or not tensors_in(expected) or key in ("to", "cpu"):
            continue
        if key == "one_hot" and len(call.arguments) == 1:  # counts the classes
            continue
        for a, b in zip(tensors_in(meta.run(**on_meta)), tensors_in(expected), strict=True):
            assert a.is_meta
            assert a.shape == b.shape
            assert a.dtype is b.dtype
            assert laid_out(a) == laid_out(b)
        for t in meta.tensors:
            assert t.is_meta


@pytest.mark.parametrize("key", sorted(NEEDS_ELEMENTS.keys() & OPS.keys()))
def test_meta_tensors_are_refused_where_elements_decide(key):
    for call in calls(key):
        if key == "equal" and call.arguments[0].shape != call.arguments[1].shape or key == "bincount" and not call.arguments[0].numel():
            continue  # the shape is the answer
        meta = call.with_tensors(lambda t: t.to("meta"))
        with pytest.raises((RuntimeError, TypeError)) as caught:
            meta.run()
        assert "meta" in str(caught.value)


class Seen(lucet.Tensor):
    """Counts the ops that reach it."""

    calls: list = []

    @classmethod
    def __torch_function__(cls, func, types, args=(), kwargs=None):
        Seen.calls.append(func)
        return super().__torch_function__(func, types, args, kwargs)


@pytest.mark.parametrize("key", [key for key in WITH_SAMPLES if key not in NOT_OFFERED and any(call.tensors for call in calls(key))])
def test_subclasses_intercept_the_call(key):
    call = next(call for call in calls(key) if call.tensors)
    wrapped = call.with_tensors(lambda t: fresh(t).as_subclass(Seen))
    expected = call.run()
    Seen.calls.clear()
    result = wrapped.run()
    assert Seen.calls, "the op did not offer the call to __torch_function__"
    same(mapped(lambda t: t.as_subclass(lucet.Tensor), result), expected, key)


@pytest.mark.parametrize("key", [key for key in WITH_SAMPLES if key not in NOT_OFFERED])
def test_modes_see_the_call(key):
    seen = []

    class Watch(_modes.TorchFunctionMode):
        def __torch_function__(self, func, types, args=(), kwargs=None):
            seen.append(func)
            return func(*args, **(kwargs or {}))

    call = next(calls(key))
    expected = call.run()
    call = next(calls(key))
    with Watch():
        result = call.run()
    assert seen
    same(result, expected, key)


@pytest.mark.parametrize("key", WITH_SAMPLES)
def test_inputs_stay_as_they_were(key):
    for call in calls(key):
        written = call.changed
        kept = [t for t in call.tensors if not any(t is w for w in written)]
        before = [t.clone() for t in kept]
        call.run()
        for t, copy in zip(kept, before, strict=True):
            assert t._version == 0
            close(array(t), array(copy), 0)
        assert all(t._version > 0 for t in written if OPS[key].name not in ("resize_", "resize_as_", "set_", "detach_"))


def spoilt(call):
    """The call with each tensor in turn replaced by one that may not fit, and with each number replaced."""
    strange = (
        lambda t: lucet.ones([n + 1 for n in t.shape] + [2], dtype=t.dtype),
        lambda t: t.detach().to(lucet.complex64),
        lambda t: t.detach() != 0,
        lambda t: t.detach().to("meta"),
        lambda t: t.detach()[:0] if t.dim() else t,
    )
    for position in range(len(call.tensors)):
        for make in strange:
            chosen = iter(range(len(call.tensors)))
            yield call.with_tensors(lambda t, make=make, chosen=chosen, position=position: make(t) if next(chosen) == position else fresh(t))
    for position, value in enumerate(call.arguments):
        if isinstance(value, int) and not isinstance(value, bool):
            changed = (*call.arguments[:position], -77, *call.arguments[position + 1 :])
            yield Call(call.entry, changed, call.keywords).with_tensors(fresh)


@pytest.mark.parametrize("key", WITH_SAMPLES)
def test_a_call_that_fails_changes_nothing(key):
    entry = OPS[key]
    forms = [(entry.function, False)] + [(entry.inplace, False)] * (entry.inplace is not None) + [(entry.function, True)] * (key in WITH_OUT)
    for base in calls(key):
        results = tensors_in(base.with_tensors(fresh).run()) if key in WITH_OUT else []
        for function, with_out in forms:
            for call in spoilt(base):
                outs = [lucet.ones(7, dtype=t.dtype) for t in results] if with_out else []
                more = {"out": outs[0] if len(outs) == 1 else tuple(outs)} if with_out else {}
                lucet.manual_seed(0)
                generator = lucet.get_rng_state()
                held = [t for t in call.tensors + outs if not t.is_meta]
                before = [(t.shape, t._version, t.tolist()) for t in held]
                try:
                    call.run(function, **more)
                except Exception:
                    assert [(t.shape, t._version, t.tolist()) for t in held] == before, (call, function)
                    assert lucet.get_rng_state().equal(generator)


@pytest.mark.parametrize("key", WITH_SAMPLES)
def test_empty_inputs_are_answered_or_refused_as_on_meta(key):
    """Every dimension in turn without elements: what meta tensors say of shape and type is what comes out."""
    entry = OPS[key]
    for call in calls(key):
        for dim in range(max((t.dim() for t in call.tensors), default=0)):
            empty = call.with_tensors(lambda t, dim=dim: fresh(t).narrow(dim, 0, 0) if dim < t.dim() else fresh(t))
            try:
                results = empty.run()
            except (RuntimeError, ValueError, IndexError, AssertionError) as problem:
                assert str(problem)
                continue
            if entry.name in NEEDS_ELEMENTS or key in ("to", "cpu", "as_strided", "as_strided_copy", "set_"):
                continue
            meta = empty.with_tensors(lambda t: t.to("meta"))
            for a, b in zip(tensors_in(meta.run()), tensors_in(results), strict=True):
                assert a.shape == b.shape
                assert a.dtype is b.dtype


def test_every_op_is_documented():
    missing = [key for key, entry in OPS.items() if not (entry.function.__doc__ or "").strip()]
    # Twins of one name in two homes point at each other instead of repeating the example.
    plain = [key for key, entry in OPS.items() if "lucet" in entry.also and ">>>" not in (entry.function.__doc__ or "")]
    assert not missing
    assert [key for key in plain if "nn.functional" not in OPS[key].function.__doc__] == []
