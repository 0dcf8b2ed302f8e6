"""What a gradient rule saved comes back otherwise, over all ops: other data in a leaf, an unpack hook that returns something else, a
gradient on another device. Nothing may be read that is not there: each call works or raises."""

import warnings

import pytest
from test_every_op import WITH_SAMPLES, calls, tensors_in

import lucet
from lucet._registry import OPS

DIFFERENTIABLE = [key for key in WITH_SAMPLES if OPS[key].grad != "no" and not key.endswith("_")]


def leaves_of(call):
    found = tensors_in([*call.arguments, *call.keywords.values()])
    return [t.requires_grad_() for t in found if t.is_floating_point() or t.is_complex()]


def results_of(call):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return [t for t in tensors_in(call.entry.function(*call.arguments, **call.keywords)) if t.requires_grad]


def backward(results, leaves):
    for y in results:
        try:
            lucet.autograd.grad(y, leaves, lucet.ones_like(y), allow_unused=True, retain_graph=True)
        except (RuntimeError, NotImplementedError, IndexError):
            continue


@pytest.mark.parametrize("key", DIFFERENTIABLE)
def test_data_of_another_shape(key):
    for call in calls(key):
        leaves = leaves_of(call)
        results = results_of(call)
        for leaf in leaves:
            leaf.data = lucet.ones(1, dtype=leaf.dtype)
        backward(results, leaves)


@pytest.mark.parametrize(
    "unpack",
    [
        lambda t: t.int() if t.dtype == lucet.int64 else t.to(lucet.float64) if t.is_floating_point() else t,
        lambda t: t.to("meta"),
        lambda t: t.reshape(-1)[:1],
        lambda t: t.expand(3, *t.shape),
    ],
    ids=["another type", "on meta", "smaller", "larger"],
)
def test_unpacked_otherwise(unpack):
    for key in DIFFERENTIABLE:
        for call in calls(key):
            leaves = leaves_of(call)
            with lucet.autograd.graph.saved_tensors_hooks(lambda t: t, unpack):
                results = results_of(call)
            backward(results, leaves)


class ToMeta(lucet.autograd.Function):
    """Its gradient is on meta, which nothing that it goes to is."""

    @staticmethod
    def forward(ctx, x):
        return x.clone()

    @staticmethod
    def backward(ctx, g):
        return g.to("meta")


def test_gradient_on_meta():
    for key in DIFFERENTIABLE:
        for call in calls(key):
            leaves = leaves_of(call)
            for y in results_of(call):
                with pytest.raises(RuntimeError, match="expected device cpu but got meta"):
                    lucet.autograd.grad(ToMeta.apply(y), leaves, lucet.ones_like(y), allow_unused=True)


def test_the_errors_name_what_was_saved():
    w = lucet.ones(3, 3, requires_grad=True)
    y = lucet.ones(3, 3) @ w
    w2 = lucet.ones(3, 3, requires_grad=True)
    z = w2 @ lucet.ones(3, 3, requires_grad=True)
    w2.data = lucet.ones(1)
    with pytest.raises(lucet.errors.VersionError, match="backward of MmBackward0: its saved input was changed"):
        z.sum().backward()
    w.data = lucet.full((3, 3), 2.0)                  # of the same shape: as torch, the rule reads the new elements
    assert w._version == 0
    y.sum().backward()
    x = lucet.ones(2, 3, requires_grad=True)
    with lucet.autograd.graph.saved_tensors_hooks(lambda t: t, lambda t: t[:1]):
        y = x.softmax(1)
    with pytest.raises(lucet.errors.ShapeError, match=r"SoftmaxBackward0: the unpack hook returned \(1, 3\) float32"):
        y.sum().backward()


def test_integers_of_another_type_are_brought_back():
    x = lucet.tensor([[1.0, 3.0, 2.0]], requires_grad=True)
    with lucet.autograd.graph.saved_tensors_hooks(lambda t: t, lambda t: t.int() if t.dtype == lucet.int64 else t):
        y = x.max(1)[0]
    y.sum().backward()
    assert x.grad.tolist() == [[0, 1, 0]]


def test_data_on_another_device_or_of_another_type_is_noticed_too():
    for data in (lucet.ones(3, 3, device="meta"), lucet.ones(3, 3, dtype=lucet.float64)):
        w = lucet.ones(3, 3, requires_grad=True)
        y = lucet.ones(3, 3, requires_grad=True) @ w
        w.data = data
        with pytest.raises(RuntimeError, match="was changed in place"):
            y.sum().backward()


@pytest.mark.parametrize("name, arguments", [
    ("max", (0,)), ("min", (0,)), ("sort", ()), ("topk", (2,)), ("kthvalue", (1,)), ("mode", ()), ("median", (0,)), ("nanmedian", (0,)),
])  # fmt: skip
def test_indices_that_reach_further_than_those_saved(name, arguments):
    x = lucet.tensor([1.0, 3.0, 2.0], requires_grad=True)
    with lucet.autograd.graph.saved_tensors_hooks(lambda t: t, lambda t: t if t.is_floating_point() else t + 10**6):
        y = getattr(x, name)(*arguments)
    with pytest.raises(IndexError, match="index out of bounds"):
        y[0].sum().backward()


@pytest.mark.parametrize("key", DIFFERENTIABLE)
def test_data_exchanged_behind_the_version_is_refused_or_harmless(key):
    """Other shapes and devices under `_unsafe_preserve_version_counter`, which keeps the version of other elements only."""
    count = len(leaves_of(next(iter(calls(key)))))
    for number in range(count):
        for other in (lambda t: lucet.empty(t.shape, dtype=t.dtype, device="meta"), lambda t: lucet.zeros((*t.shape, 1000), dtype=t.dtype)):
            call = next(iter(calls(key)))
            leaves = leaves_of(call)
            results = results_of(call)
            with lucet.autograd._unsafe_preserve_version_counter(leaves[number]):
                leaves[number].data = other(leaves[number])
            backward(results, leaves)


def F(name):  # as in programs
    return OPS.get(f"nn.functional.{name}", OPS.get(name)).function


@pytest.mark.parametrize("mode", ["nearest", "bilinear"])
@pytest.mark.parametrize("padding", ["zeros", "border", "reflection"])
def test_a_grid_over_more_places_than_float32_counts_stays_inside(mode, padding):
    size = 2**24 + 4
    around = lucet.zeros(size + 8)
    around[size:] = 99.0
    image = around[:size].view(1, 1, 1, size)
    places = lucet.tensor([[[[1.0, 0.0]]]])
    assert F("grid_sample")(image, places, mode=mode, padding_mode=padding, align_corners=True).item() == 0
    leaf = lucet.zeros(1, 1, 1, size, requires_grad=True)
    F("grid_sample")(leaf, places, mode=mode, padding_mode=padding, align_corners=True).sum().backward()
    assert leaf.grad.sum() == 1
