"""Losses and activations as modules, and nn.utils, beside torch: values, gradients of inputs and parameters, text, state, warnings, errors."""

import inspect
import warnings

import numpy as np
import pytest
import torch
from torch.nn.utils import parametrizations as torch_parametrizations
from torch.nn.utils import prune as torch_prune

import lucet
import lucet.nn
from lucet.nn.utils import parametrizations, prune

# (module, inputs): N samples, D numbers each, C classes; see `inputs_of`
ACTIVATIONS = [
    "PReLU()", "PReLU(3, init=0.1)", "CELU()", "CELU(0.5)", "SELU()", "GLU(2)", "GLU(dim=0)", "Mish()", "Hardsigmoid()", "Hardswish()",
    "Hardshrink()", "Hardshrink(0.1)", "Softshrink()", "Softshrink(0.1)", "Tanhshrink()", "Softmin(1)", "Softsign()", "LogSigmoid()",
    "Threshold(0.1, 20)", "RReLU()", "RReLU(0.1, 0.2)", "ELU()", "GELU()", "SiLU()", "LeakyReLU()", "Softplus()",
]  # fmt: skip
REDUCTIONS = ["reduction='mean'", "reduction='sum'", "reduction='none'", "size_average=False", "reduce=False"]
PAIRS = {
    "HingeEmbeddingLoss": ["x signs", "margin=0.3"],
    "SoftMarginLoss": ["x signs", ""],
    "PoissonNLLLoss": ["x counts", "full=True", "log_input=False, eps=1e-2"],
    "MultiLabelSoftMarginLoss": ["x bits", "weight=T.tensor([1.0, 0.5, 2.0, 0.0])"],
    "MultiLabelMarginLoss": ["x lists", ""],
    "MultiMarginLoss": ["x labels", "p=2", "margin=0.4", "weight=T.tensor([1.0, 0.5, 2.0, 0.0])"],
    "MarginRankingLoss": ["a b s", "margin=0.4"],
    "CosineEmbeddingLoss": ["x y s", "margin=0.1"],
    "TripletMarginLoss": ["x y z", "margin=2.0", "p=1", "swap=True, eps=1e-3"],
    "NLLLoss": ["x labels", "ignore_index=1", "weight=T.tensor([1.0, 0.5, 2.0, 0.0])"],
    "CrossEntropyLoss": ["x labels", "label_smoothing=0.2", "ignore_index=1"],
    "BCEWithLogitsLoss": ["x bits", "pos_weight=T.tensor([1.0, 0.5, 2.0, 0.0])"],
    "L1Loss": ["x y", ""], "MSELoss": ["x y", ""], "SmoothL1Loss": ["x y", "beta=0.3"], "KLDivLoss": ["x bits", "log_target=True"],
}  # fmt: skip
SINGLE = {
    "GaussianNLLLoss": ["x y v", "full=True", "eps=0.5"],
    "TripletMarginWithDistanceLoss": ["x y z", "swap=True", "margin=0.5", "distance_function=T.nn.PairwiseDistance(1.0)"],
    "PairwiseDistance": ["x y", "p=1.0", "eps=0.1, keepdim=True"],
    "CosineSimilarity": ["x y", "dim=0", "eps=2.0"],
    "CTCLoss": ["logs ctc three two", "blank=3", "zero_infinity=True", "reduction='sum'", "reduction='none'"],
}


def cases():
    for name, (inputs, *options) in PAIRS.items():
        for option in options:
            for reduction in REDUCTIONS:
                if not (name == "KLDivLoss" and "mean" in reduction):
                    yield f"{name}({', '.join(part for part in (option, reduction) if part)})", inputs
    for name, (inputs, *options) in SINGLE.items():
        for option in ["", *options]:
            yield f"{name}({option})", inputs


CASES = [*cases(), *((text, "cube") for text in ACTIVATIONS)]
LIBRARIES = {torch: torch.nn, lucet: lucet.nn}


def inputs_of(names, T, dtype):
    rng = np.random.default_rng(0)
    real = lambda *shape: T.tensor(rng.standard_normal(shape).tolist(), dtype=dtype)
    world = {"x": real(5, 4), "y": real(5, 4), "z": real(5, 4), "a": real(5), "b": real(5), "cube": real(4, 3, 6)}
    world |= {"v": real(5, 4).abs(), "signs": real(5, 4).sign(), "s": real(5).sign(), "counts": (real(5, 4).abs() * 3).round()}
    world |= {"bits": (real(5, 4) > 0).to(dtype), "labels": T.tensor([0, 3, 1, 1, 2]), "logs": real(6, 3, 4).log_softmax(-1)}
    world |= {"lists": T.tensor([[0, -1, 2, 1], [3, 1, -1, -1], [-1, 0, 0, 0], [0, 1, 2, 3], [2, 2, -1, 0]])}
    world |= {"ctc": T.tensor([[1, 2], [2, 2], [2, 1]]), "three": (6, 5, 3), "two": (2, 2, 1)}
    return [world[name] for name in names.split()]


def outcome(text, names, T, dtype, training=True):
    """Values and gradients as arrays, text and state; or the error."""
    T.manual_seed(0)
    arguments = inputs_of(names, T, dtype)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        module = eval(text, {"T": T} | {name: getattr(LIBRARIES[T], name) for name in dir(LIBRARIES[T])}).to(dtype).train(training)
    real = [x for name, x in zip(names.split(), arguments, strict=True) if name in "x y z a b v cube logs"]  # of others some have no derivative
    leaves = [x.requires_grad_() for x in real]
    T.manual_seed(1)
    y = module(*arguments)
    weights = T.tensor(np.cos(np.arange(y.numel())).tolist(), dtype=dtype).reshape(y.shape)
    leaves = [*leaves, *module.parameters()]
    gradients = T.autograd.grad((y * weights).sum(), leaves, allow_unused=True)
    arrays = [y.detach().numpy(), *(np.zeros(tuple(x.shape)) if g is None else g.numpy() for x, g in zip(leaves, gradients, strict=True))]
    return arrays, repr(module), {name: tuple(t.shape) for name, t in module.state_dict().items()}, tuple(y.shape)


@pytest.mark.parametrize("training", [True, False], ids=["train", "eval"])
@pytest.mark.parametrize("kind,tolerance", [("float64", 1e-9), ("float32", 2e-5)])
@pytest.mark.parametrize("text,names", CASES, ids=[text for text, _ in CASES])
def test_modules_give_torchs_values_and_gradients(text, names, kind, tolerance, training):
    ours = outcome(text, names, lucet, getattr(lucet, kind), training)
    theirs = outcome(text, names, torch, getattr(torch, kind), training)
    assert ours[1:] == theirs[1:]
    if text == "Hardsigmoid()":
        tolerance = max(tolerance, 5e-8)  # torch's sixth is a float32
    for a, b in zip(ours[0], theirs[0], strict=True):
        assert a.dtype == b.dtype or a.dtype == np.float64  # zeros that stand for no gradient
        np.testing.assert_allclose(a, b, rtol=tolerance, atol=tolerance)


KINDS = sorted({text.split("(")[0] for text, _ in CASES} | {"LinearCrossEntropyLoss", "DataParallel"})


@pytest.mark.parametrize("name", KINDS)
def test_constructors_and_calls_are_torchs(name):
    ours, theirs = getattr(lucet.nn, name), getattr(torch.nn, name)
    parameters = lambda function: [(p.name, p.kind, p.default) for p in inspect.signature(function).parameters.values()]
    assert parameters(ours) == parameters(theirs)
    assert [p[:2] for p in parameters(ours.forward)] == [p[:2] for p in parameters(theirs.forward)]
    assert getattr(ours, "__constants__", None) == getattr(theirs, "__constants__", None)


def test_the_cross_entropy_of_a_linear_layer():
    for options in ("", ", options=nn.LinearCrossEntropyOptions(batch_chunk_size=2)", ", label_smoothing=0.1, bias=True", ", out_features=(2,), bias=True"):
        for reduction in ("mean", "sum", "none"):
            found = []
            for T, nn in LIBRARIES.items():
                T.manual_seed(0)
                loss = eval(f"nn.LinearCrossEntropyLoss(4, 6, reduction='{reduction}'{options})", {"nn": nn}).to(T.float64)
                x = inputs_of("x", T, T.float64)[0].requires_grad_()
                target = T.tensor([[0, 5], [1, 2], [3, 3], [4, 0], [5, 5]]) if "out_features" in options else T.tensor([0, 5, 1, 2, 3])
                y = loss(x, target)
                y.sum().backward()
                found.append([y.detach().numpy(), x.grad.numpy(), *(p.grad.numpy() for p in loss.parameters()), *(p.detach().numpy() for p in loss.parameters())])
            for a, b in zip(*found, strict=True):
                np.testing.assert_allclose(a, b, rtol=1e-9, atol=1e-12)


@pytest.mark.parametrize("dtype", ["float32", "float64", "bfloat16"])
def test_rrelu_draws_from_torchs_stream(dtype):
    found = []
    for T, nn in LIBRARIES.items():
        T.manual_seed(3)
        x = T.tensor(np.sin(np.arange(60)).tolist(), dtype=getattr(T, dtype)).reshape(3, 4, 5).transpose(0, 2).requires_grad_()
        y = nn.RReLU()(x)
        y.sum().backward()
        z = T.rrelu_(x.detach().clone(), training=True)
        found.append((y.tolist(), x.grad.tolist(), z.tolist(), T.rand(2).tolist()))
    assert found[0] == found[1]


# --- nn.utils --------------------------------------------------------------------------------------------------------


def layers(nn):
    return [nn.Linear(4, 3), nn.Linear(3, 4), nn.Linear(3, 3), nn.Conv2d(2, 3, 3)]


WRAPPERS = {
    "weight_norm": (lambda u: u.parametrizations.weight_norm, ["", "dim=1", "dim=None"]),
    "spectral_norm": (lambda u: u.parametrizations.spectral_norm, ["", "n_power_iterations=3, dim=1"]),
    "older weight_norm": (lambda u: u.weight_norm, ["", "dim=1", "dim=None"]),
    "older spectral_norm": (lambda u: u.spectral_norm, ["", "n_power_iterations=3"]),
    "orthogonal": (
        lambda u: u.parametrizations.orthogonal,
        ["", "orthogonal_map='cayley'", "orthogonal_map='householder'", "orthogonal_map='householder', use_trivialization=False"],
    ),
}


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("k", range(4))
@pytest.mark.parametrize("name,options", [(name, option) for name, (_, options) in WRAPPERS.items() for option in options])
def test_wrapped_weights_are_torchs(name, options, k):
    found = []
    for T, nn in LIBRARIES.items():
        T.manual_seed(0)
        layer = layers(nn)[k].to(T.float64)
        wrapped = eval(f"wrap(layer, {options})", {"wrap": WRAPPERS[name][0](nn.utils), "layer": layer})
        x = T.tensor(np.sin(np.arange(2 * 5 * 5 * 2)).tolist(), dtype=T.float64)
        x = x.reshape(2, 2, 5, 5) if k == 3 else x[: 6 * layer.in_features].reshape(6, -1)
        x.requires_grad_()
        for _ in range(2):
            y = wrapped(x)
            y.square().sum().backward()
        state = {key: t.numpy() for key, t in wrapped.state_dict().items()}
        found.append((state, y.detach().numpy(), x.grad.numpy(), {n: p.grad.numpy() for n, p in wrapped.named_parameters()}, repr(wrapped)))
    ours, theirs = found[1], found[0]
    assert list(ours[0]) == list(theirs[0]) and ours[4] == theirs[4] and list(ours[3]) == list(theirs[3])
    for a, b in [(ours[0][n], theirs[0][n]) for n in ours[0]] + [(ours[3][n], theirs[3][n]) for n in ours[3]] + [*zip(ours[1:3], theirs[1:3], strict=True)]:
        np.testing.assert_allclose(a, b, rtol=1e-7, atol=1e-9)


PRUNED = [
    "random_unstructured(layer, 'weight', 0.3)", "random_unstructured(layer, 'weight', 2)", "l1_unstructured(layer, 'weight', 0.5)",
    "random_structured(layer, 'weight', 1, dim=0)", "random_structured(layer, 'weight', 0.5, dim=1)", "ln_structured(layer, 'weight', 0.4, n=2, dim=0)",
    "ln_structured(layer, 'weight', 1, n=float('inf'), dim=1)", "identity(layer, 'bias')",
]  # fmt: skip


@pytest.mark.parametrize("second", ["", "l1_unstructured(layer, 'weight', 0.3)", "random_structured(layer, 'weight', 1, dim=-1)"])
@pytest.mark.parametrize("first", PRUNED)
def test_masks_are_torchs(first, second):
    found = []
    for T, (nn, library) in {torch: (torch.nn, torch_prune), lucet: (lucet.nn, prune)}.items():
        T.manual_seed(0)
        names = {name: getattr(library, name) for name in library.__dict__ if name[0] != "_"} | {"layer": nn.Linear(5, 4)}
        eval(first, names)
        if second:
            eval(second, names)
        layer = names["layer"]
        found.append({name: t.numpy() for name, t in layer.state_dict().items()} | {"weight": layer.weight.detach().numpy()})
    assert list(found[0]) == list(found[1])
    for name, value in found[0].items():
        np.testing.assert_array_equal(found[1][name], value)


@pytest.mark.parametrize("room", ["parametrize", "parametrizations", "prune", "fusion", "init", "memory_format", "weight_norm", "spectral_norm"])
def test_functions_of_utils_have_torchs_arguments(room):
    import importlib

    ours, theirs = importlib.import_module(f"lucet.nn.utils.{room}"), importlib.import_module(f"torch.nn.utils.{room}")
    names = [name for name in vars(theirs) if name[0] != "_" and inspect.isfunction(getattr(theirs, name)) and getattr(theirs, name).__module__ == theirs.__name__]
    assert names
    for name in names:
        parameters = lambda function: [(p.name, p.kind, p.default) for p in inspect.signature(function).parameters.values()]
        assert parameters(getattr(ours, name)) == parameters(getattr(theirs, name)), name


def test_checkpoints_go_both_ways_between_wrapped_layers():
    for ours, theirs in ((parametrizations.weight_norm, torch_parametrizations.weight_norm), (parametrizations.spectral_norm, torch_parametrizations.spectral_norm)):
        mine, other = ours(lucet.nn.Linear(4, 3)), theirs(torch.nn.Linear(4, 3))
        mine.load_state_dict({name: lucet.tensor(t.tolist()) for name, t in other.state_dict().items()})
        x = np.ones((2, 4), dtype=np.float32)
        np.testing.assert_allclose(mine.eval()(lucet.from_numpy(x)).detach(), other.eval()(torch.from_numpy(x)).detach(), rtol=1e-5, atol=1e-6)
        other.load_state_dict({name: torch.tensor(t.tolist()) for name, t in ours(lucet.nn.Linear(4, 3)).state_dict().items()})


def test_ctc_of_impossible_log_probabilities():
    """torch's gradient is NaN there, in docs/differences.md."""
    found = []
    for T in LIBRARIES:
        x = T.zeros(4, 1, 3, dtype=T.float64).log_softmax(-1)
        x[:, :, 2] = -float("inf")
        x.requires_grad_()
        T.nn.functional.ctc_loss(x, T.tensor([[1]]), (4,), (1,)).backward()
        found.append(x.grad.numpy())
    assert np.isnan(found[0][..., 2]).all() and not found[1][..., 2].any()
    np.testing.assert_allclose(found[1][..., :2], found[0][..., :2], atol=1e-12)
