"""Autocast beside torch: the lists of ops, and the type of every op's result under it."""

import inspect
import warnings

import numpy as np
import pytest
import torch

import lucet
from lucet._registry import OPS, names_of
from lucet.amp import _casts

TORCH_ONLY = {  # of torch's lists: inner functions and names that no program calls
    "_addmm_activation", "_convolution", "_grid_sampler_2d_cpu_fallback", "_lu_with_info", "_native_multi_head_attention", "fake_quantize_per_tensor_affine",
    "mkldnn_rnn_layer", "multilabel_margin_loss_forward",
}  # fmt: skip


def test_the_lists_hold_every_op_of_torchs():
    theirs = {name.removeprefix("aten::").partition(".")[0] for name in torch._C._dispatch_get_registrations_for_dispatch_key("AutocastCPU")}
    theirs = {name for name in theirs if "::" not in name}  # torchvision adds its own where it was imported
    assert theirs - TORCH_ONLY <= _casts.LOWER | _casts.FLOAT32 | _casts.WIDEST


def outcome(T, function, args, kwargs, low):
    """The types of the results under autocast; an error is one too."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            with T.autocast("cpu", dtype=low):
                got = function(*args, **kwargs)
        except Exception:
            return "error"
    parts = got if isinstance(got, (list, tuple)) else [got]
    return [str(part.dtype).partition(".")[2] for part in parts if hasattr(part, "dtype")]


def converted(T, value, kind):
    if isinstance(value, lucet.Tensor):
        made = T.tensor(value.tolist(), dtype=getattr(T, kind if value.is_floating_point() else str(value.dtype).partition(".")[2]))
        return made.reshape(tuple(value.shape))
    if isinstance(value, (list, tuple)) and any(isinstance(part, lucet.Tensor) for part in value):
        return type(value)(converted(T, part, kind) for part in value)
    return value


def cases():
    def random(*shape):
        return lucet.from_numpy(np.random.default_rng(0).standard_normal(shape))

    for home, place in (("lucet", torch), ("nn.functional", torch.nn.functional), ("linalg", torch.linalg), ("fft", getattr(torch, "fft", None)), ("special", torch.special)):
        for name, function in names_of(home).items():
            entry = next((entry for entry in OPS.values() if entry.function is function), None)
            theirs = getattr(place, name.removeprefix(f"{home}_"), None)
            if entry is None or entry.samples is None or theirs is None or name.endswith("_"):
                continue
            if home == "special" and "lucet" in entry.also or entry.family == "interop" or name in FACTORS | OF_NO_TYPE:
                continue
            yield pytest.param(theirs, function, entry.samples(random), id=f"{home}.{name}")


# Written in other ops, of which torch casts those that it meets: none for one matrix, a trace or a power of 0. Here the op decides.
DECIDE_ALONE = {"einsum", "matrix_power", "chain_matmul", "linalg_matrix_power", "linalg_multi_dot"}
# torch casts one of their products and so one of their results; here all have the precision of the decomposition.
FACTORS = {"svd_lowrank", "pca_lowrank", "lobpcg", "linalg_pinv"}
OF_NO_TYPE = {"hash_tensor"}  # uint64 in torch
RANDOM = {"rand_like", "randn_like", "empty_like", "normal", "bernoulli"}


@pytest.mark.parametrize("theirs,ours,samples", list(cases()))
def test_results_have_torchs_type(theirs, ours, samples):
    for sample in list(samples)[:6]:
        kwargs = sample[-1] if sample and isinstance(sample[-1], dict) else {}
        args = sample[:-1] if kwargs else sample
        if any(isinstance(value, lucet.dtype) or isinstance(value, lucet.Tensor) and value.numel() == 0 for value in (*args, *kwargs.values())):
            continue  # of no elements torch refuses no type
        for kind in ("float32", "bfloat16"):
            for low in ("bfloat16", "float16"):
                if (kind, low) == ("bfloat16", "float16"):
                    continue  # a mix that several of torch's kernels refuse
                got = [
                    outcome(T, function, [converted(T, value, kind) for value in args], {key: converted(T, value, kind) for key, value in kwargs.items()}, getattr(T, low))
                    for T, function in ((torch, theirs), (lucet, ours))
                ]
                if got[0] != "error" and (got[1] != [low] or ours.__name__ not in DECIDE_ALONE):
                    assert got[1] == got[0], (kind, low, args, kwargs)


def test_an_addition_of_arguments_and_signatures():
    for ours, theirs in (
        (lucet.autocast.__init__, torch.autocast.__init__),
        (lucet.amp.GradScaler.__init__, torch.amp.GradScaler.__init__),
        (lucet.amp.GradScaler.update, torch.amp.GradScaler.update),
        (lucet.amp.custom_fwd, torch.amp.custom_fwd),
        (lucet.amp.custom_bwd, torch.amp.custom_bwd),
        (lucet.cuda.amp.GradScaler.__init__, torch.cuda.amp.GradScaler.__init__),
    ):
        names = [(p.name, p.kind, str(p.default).replace("lucet", "torch")) for p in inspect.signature(ours).parameters.values()]
        assert names == [(p.name, p.kind, str(p.default)) for p in inspect.signature(theirs).parameters.values()]


@pytest.mark.parametrize("name", [name for name in dir(torch) if "autocast" in name and name[0] != "_" and not any(n in name for n in ("ipu", "xla"))])
def test_every_name_of_autocast_is_there(name):
    assert hasattr(lucet, name)


def test_training_under_autocast_follows_torchs_losses():
    losses = []
    for T in (torch, lucet):
        T.manual_seed(0)
        net = T.nn.Sequential(T.nn.Linear(8, 16), T.nn.ReLU(), T.nn.Linear(16, 3))
        optimizer = T.optim.SGD(net.parameters(), lr=0.5)
        scaler = T.amp.GradScaler("cpu", init_scale=128.0, growth_interval=3)
        x = T.tensor(np.random.default_rng(0).standard_normal((20, 8)).astype("float32").tolist())
        y = T.tensor([i % 3 for i in range(20)])
        for _ in range(8):
            optimizer.zero_grad()
            with T.autocast("cpu", dtype=T.bfloat16):
                loss = T.nn.functional.cross_entropy(net(x), y)
            scaler.scale(loss).backward()
            scaler.step(optimizer)
            scaler.update()
        losses.append((loss.item(), scaler.get_scale(), scaler.state_dict()))
    assert losses[1][0] == pytest.approx(losses[0][0], rel=0.02)
    assert losses[1][1:] == losses[0][1:]
