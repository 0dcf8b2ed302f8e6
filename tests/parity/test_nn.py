"""lucet.nn beside torch.nn: names, signatures, printed forms, initial weights, hooks, state dicts, errors and warnings."""



import copy
import inspect
import pickle
import warnings
from collections import OrderedDict

import numpy as np
import pytest
import torch
import torch.nn.modules.module as torch_module

import lucet
import lucet.nn.modules.module as lucet_module
from lucet import nn

PRIVATE_BUT_USED = [
    "_apply",
    "_get_name",
    "_load_from_state_dict",
    "_named_members",
    "_register_load_state_dict_pre_hook",
    "_register_state_dict_hook",
    "_save_to_state_dict",
    "_version",
]


def as_array(tensor):
    return tensor.detach().numpy()


def same(ours, theirs, rtol=0.0, atol=0.0):
    ours, theirs = as_array(ours), as_array(theirs)
    assert ours.dtype == theirs.dtype
    assert ours.shape == theirs.shape
    np.testing.assert_allclose(ours, theirs, rtol=rtol, atol=atol)


def parameters_of(function):
    return [(p.name, p.kind, p.default) for p in inspect.signature(function).parameters.values()]


def outcome(code, library, network, module_room):
    """What `code` gives: ("value", repr), or ("raise", class), and the classes of the warnings."""
    names = {
        "lib": library,
        "nn": network,
        "P": network.Parameter,
        "room": module_room,
        "OD": OrderedDict,
        "copy": copy,
        "pickle": pickle,
    }
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        try:
            *statements, last = code.split("; ")
            for statement in statements:
                exec(statement, names)
            result = "value", repr(eval(last, names)).replace("lucet", "torch")
        except Exception as problem:
            result = "raise", type(problem)
    return result, [w.category for w in caught if w.category is not DeprecationWarning]


def check_same_outcome(code):
    ours, our_warnings = outcome(code, lucet, nn, lucet_module)
    theirs, their_warnings = outcome(code, torch, torch.nn, torch_module)
    assert ours[0] == theirs[0], (ours, theirs)
    if ours[0] == "raise":
        assert issubclass(ours[1], theirs[1]), (ours, theirs)
    else:
        assert ours[1] == theirs[1]
    assert our_warnings == their_warnings


# Names and signatures


@pytest.mark.parametrize("name", sorted(n for n in nn.__all__ if isinstance(getattr(nn, n), type) and n not in ("Container", "strict")))
def test_constructor_signature_is_torchs(name):
    # torch's older NLLLoss2d hides its arguments, which are NLLLoss's
    theirs = parameters_of(getattr(torch.nn, name if name != "NLLLoss2d" else "NLLLoss"))
    ours = parameters_of(getattr(nn, name))
    assert [(n, kind, getattr(default, "__name__", default)) for n, kind, default in ours] == [
        (n, kind, getattr(default, "__name__", default)) for n, kind, default in theirs
    ]


@pytest.mark.parametrize("name", nn.init.__all__)
def test_init_signature_is_torchs(name):
    assert parameters_of(getattr(nn.init, name)) == parameters_of(getattr(torch.nn.init, name))


def test_init_has_every_function_of_torch():
    functions = [n for n, f in vars(torch.nn.init).items() if inspect.isfunction(f) and not n.startswith("_")]
    assert sorted(nn.init.__all__) == sorted(functions)


@pytest.mark.parametrize("name", [n for n in nn.utils.__all__ if callable(getattr(nn.utils, n))])
def test_utils_signature_is_torchs(name):
    assert parameters_of(getattr(nn.utils, name)) == parameters_of(getattr(torch.nn.utils, name))


# torch's are compiled and show no signature; these are the arguments they take.
COMPILED_ARGUMENTS = {
    "adaptive_avg_pool1d": ["input", "output_size"],
    "avg_pool1d": ["input", "kernel_size", "stride", "padding", "ceil_mode", "count_include_pad"],
    "conv1d": ["input", "weight", "bias", "stride", "padding", "dilation", "groups"],
    "avg_pool3d": ["input", "kernel_size", "stride", "padding", "ceil_mode", "count_include_pad", "divisor_override"],
    "logsigmoid": ["input"],
    "rrelu_": ["input", "lower", "upper", "training", "generator"],
    "scaled_dot_product_attention": ["query", "key", "value", "attn_mask", "dropout_p", "is_causal", "scale", "enable_gqa"],
    "softshrink": ["input", "lambd"],
    "avg_pool2d": ["input", "kernel_size", "stride", "padding", "ceil_mode", "count_include_pad", "divisor_override"],
    "conv2d": ["input", "weight", "bias", "stride", "padding", "dilation", "groups"],
    "conv3d": ["input", "weight", "bias", "stride", "padding", "dilation", "groups"],
    "conv_transpose1d": ["input", "weight", "bias", "stride", "padding", "output_padding", "groups", "dilation"],
    "conv_transpose2d": ["input", "weight", "bias", "stride", "padding", "output_padding", "groups", "dilation"],
    "conv_transpose3d": ["input", "weight", "bias", "stride", "padding", "output_padding", "groups", "dilation"],
    "elu_": ["input", "alpha"],
    "celu_": ["input", "alpha"],
    "selu_": ["input"],
    "hardshrink": ["input", "lambd"],
    "prelu": ["input", "weight"],
    "channel_shuffle": ["input", "groups"],
    "pixel_shuffle": ["input", "upscale_factor"],
    "pixel_unshuffle": ["input", "downscale_factor"],
    "cosine_similarity": ["x1", "x2", "dim", "eps"],
    "pairwise_distance": ["x1", "x2", "p", "eps", "keepdim"],
    "hardtanh_": ["input", "min_val", "max_val"],
    "leaky_relu_": ["input", "negative_slope"],
    "threshold_": ["input", "threshold", "value"],
    "gelu": ["input", "approximate"],
    "bilinear": ["input1", "input2", "weight", "bias"],
    "linear": ["input", "weight", "bias"],
    "one_hot": ["input", "num_classes"],
    "pdist": ["input", "p"],
    "relu_": ["input"],
    "softplus": ["input", "beta", "threshold"],
}


@pytest.mark.parametrize("name", nn.functional.__all__)
def test_functional_has_torchs_arguments(name):
    # one function serves `lucet` and nn.functional, so some take `out` where torch's functional form does not
    ours = [parameter for parameter in parameters_of(getattr(nn.functional, name)) if parameter[0] != "out"]
    if name in COMPILED_ARGUMENTS:
        assert [argument for argument, _, _ in ours] == COMPILED_ARGUMENTS[name]
        return
    # torch dispatches these on return_indices and shows (*args, **kwargs)
    pools = [f"{kind}max_pool{n}d" for kind in ("", "adaptive_", "fractional_") for n in (1, 2, 3)]
    shown = f"{name}_with_indices" if name in pools else name
    theirs = [parameter for parameter in parameters_of(getattr(torch.nn.functional, shown)) if parameter[0] != "out"]
    assert [(argument, default) for argument, _, default in ours] == [
        (argument, default) for argument, _, default in theirs
    ]


@pytest.mark.parametrize(
    "name", [n for n in dir(torch.nn.Module) if not n.startswith("_") and n != "T_destination"] + PRIVATE_BUT_USED
)
def test_module_method_signature_is_torchs(name):
    ours, theirs = getattr(nn.Module, name), getattr(torch.nn.Module, name)
    if callable(theirs):
        assert parameters_of(ours) == parameters_of(theirs)
    else:
        assert ours == theirs


@pytest.mark.parametrize("name", [n for n in dir(torch_module) if n.startswith("register_")])
def test_global_hook_signature_is_torchs(name):
    assert parameters_of(getattr(lucet_module, name)) == parameters_of(getattr(torch_module, name))


@pytest.mark.parametrize("name", sorted(n for n in nn.modules.__all__ if n not in ("Module", "Container")))
def test_constants_and_methods_are_torchs(name):
    ours, theirs = getattr(nn, name), getattr(torch.nn, name)
    assert getattr(ours, "__constants__", None) == getattr(theirs, "__constants__", None)
    public = {n for n in dir(theirs) if not n.startswith("_")} - {"T_destination"}
    assert public <= set(dir(ours))


# Printed forms, attributes, errors: the same expression on both sides

LAYERS = """
nn.Identity(3, a=2)
nn.Linear(2, 3)
nn.Linear(2, 3, bias=False)
nn.Linear(2, 3, dtype=lib.float64).weight.dtype
nn.Linear(2, 3, device="meta").weight.shape
nn.Linear(0, 3).bias
nn.Linear(3, 0)
nn.Linear(-1, 3)
nn.Linear("a", 3)
nn.Linear(2.0, 3)
nn.Flatten()
nn.Flatten(0, 2)
nn.Unflatten(1, (2, 3))
nn.Unflatten(1, [2, 3])
nn.Unflatten(1, 3)
nn.Unflatten(1, (2, "a"))
nn.Unflatten(1, (2, -1))(lib.ones(2, 6)).shape
nn.Unflatten(1, lib.Size([2, 3]))(lib.ones(2, 6)).shape
nn.Unflatten(1, (2, 4))(lib.ones(2, 6))
nn.Conv2d(4, 8, 3)
nn.Conv2d(4, 8, 3, 2, 1, 2, 2, False, "reflect")
nn.Conv2d(4, 8, (3, 2), padding="same")
nn.Conv2d(4, 8, [3, 2], stride=[1, 2], padding="valid")
nn.Conv2d(4, 4, 3, groups=0)
nn.Conv2d(4, 4, 3, groups=3)
nn.Conv2d(4, 3, 3, groups=2)
nn.Conv2d(4, 4, 3, padding="foo")
nn.Conv2d(4, 4, 3, padding="same", stride=2)
nn.Conv2d(4, 4, 3, padding="same", stride=(1, 2))
nn.Conv2d(4, 4, 3, padding_mode="foo")
nn.Conv2d(4, 0, 3)
nn.Conv2d(0, 4, 3)
nn.Conv2d(4, 4, "a")
nn.Conv2d(4, -1, 3)
nn.Conv2d(4, 4, 0)
nn.Conv2d(4, 4, 3, padding=-1)
m = nn.Conv2d(4, 4, [3, 2]); (m.kernel_size, m.stride, m.padding, m.dilation, m.transposed, m.output_padding, m.groups)
[nn.Conv2d(4, 4, 3, padding=(1, 2))._reversed_padding_repeated_twice]
list(nn.Conv2d(4, 4, 4, padding="same", dilation=(1, 3))._reversed_padding_repeated_twice)
nn.BatchNorm1d(3, bias=False)
nn.BatchNorm2d(3)
nn.BatchNorm3d(3, affine=False, track_running_stats=False, momentum=None)
list(nn.BatchNorm2d(3).state_dict())
list(nn.BatchNorm2d(3, bias=False).state_dict())
list(nn.BatchNorm2d(3, affine=False, track_running_stats=False).state_dict())
nn.BatchNorm1d(3)(lib.ones(2, 3, 4, 5))
nn.BatchNorm1d(3)(lib.ones(3))
nn.BatchNorm2d(3)(lib.ones(2, 3))
nn.BatchNorm3d(3)(lib.ones(2, 3, 4, 5))
nn.BatchNorm1d(3)(lib.ones(1, 3))
nn.BatchNorm2d(3)(lib.ones(2, 4, 2, 2))
nn.BatchNorm1d(3, dtype=lib.float64).running_var
nn.BatchNorm1d(3, dtype=lib.float64).num_batches_tracked
m = nn.BatchNorm1d(3); m.reset_running_stats(); m.running_mean
nn.Dropout()
nn.Dropout2d(0.3, True)
nn.Dropout(1.5)
nn.Dropout(-1)
nn.Dropout("a")
nn.AlphaDropout(0.2)
nn.ReLU()
nn.ReLU(True)
nn.ReLU6()
nn.ReLU6(True)
nn.LeakyReLU()
nn.LeakyReLU(0.2, True)
nn.ELU()
nn.ELU(2, True)
nn.Sigmoid()
nn.Tanh()
nn.Softmax()
nn.Softmax(1)
nn.LogSoftmax()
nn.LogSoftmax(-1)
nn.Softmax()(lib.zeros(2, 2))
nn.LogSoftmax()(lib.zeros(2, 2, 2))
nn.Softmax2d()
nn.Softmax2d()(lib.zeros(2, 2))
nn.Hardtanh()
nn.Hardtanh(-2, 2, True)
nn.Hardtanh(min_value=-2)
nn.Hardtanh(max_value=2)
nn.Hardtanh(1, 1)
nn.Softplus()
nn.SiLU(True)
nn.GELU()
nn.GELU("tanh")
nn.GELU("foo")(lib.ones(1))
nn.MaxPool2d(2)
nn.MaxPool2d((2, 3), 1, 1, 1, True, True)
nn.AvgPool2d(2)
nn.AvgPool2d((2, 3), 1, 1, True, False, 3)
nn.AvgPool2d(2, 0).stride
nn.AdaptiveAvgPool2d((None, 2))
nn.AdaptiveMaxPool2d(2, True)
nn.MSELoss(size_average=True).reduction
nn.MSELoss(size_average=False).reduction
nn.MSELoss(reduce=False).reduction
nn.MSELoss(reduce=True, size_average=False).reduction
nn.MSELoss(reduction="foo").reduction
nn.MSELoss(reduction="foo")(lib.ones(1), lib.ones(1))
nn.CrossEntropyLoss(weight=lib.ones(2))
nn.CrossEntropyLoss(weight=lib.ones(2)).state_dict()
nn.NLLLoss(reduce=False)
nn.L1Loss(reduction="sum")
nn.SmoothL1Loss(beta=2)(lib.ones(2), lib.zeros(2))
nn.SmoothL1Loss(size_average=False)(lib.ones(2), lib.zeros(2))
nn.SmoothL1Loss(beta=-1)(lib.ones(2), lib.zeros(2))
nn.HuberLoss(delta=2)(lib.ones(2), lib.zeros(2))
nn.HuberLoss(delta="a")
nn.HuberLoss(delta=0)(lib.ones(2), lib.zeros(2))
nn.HuberLoss(reduction="foo")(lib.ones(2), lib.zeros(2))
nn.KLDivLoss(log_target=True)
nn.KLDivLoss()(lib.ones(2, 3), lib.ones(2, 3))
nn.KLDivLoss(reduction="batchmean", log_target=True)(lib.ones(2, 3), lib.ones(2, 3) * 2)
nn.KLDivLoss(reduction="sum")(lib.ones(2, 3), lib.tensor([[0.0, -1.0, 2.0]]))
nn.KLDivLoss(reduction="none")(lib.ones(2, 3), lib.tensor([[0.0, -1.0, 2.0]]))
nn.KLDivLoss(reduction="batchmean")(lib.ones(2, 3).double(), lib.ones(3))
nn.KLDivLoss(reduction="batchmean")(lib.tensor(1.0), lib.tensor(1.0))
nn.KLDivLoss(reduction="batchmean")(lib.ones(0, 3), lib.ones(0, 3))
nn.KLDivLoss(reduction="foo")(lib.ones(2), lib.ones(2))
nn.KLDivLoss(size_average=False)(lib.ones(2), lib.ones(2))
nn.functional.kl_div(lib.ones(2), lib.ones(2), size_average=False)
nn.functional.kl_div(lib.ones(2).long(), lib.ones(2), reduction="sum")
nn.functional.kl_div(lib.ones(2), lib.ones(3), reduction="sum")
nn.functional.kl_div([1], lib.ones(3), reduction="sum")
y = lib.tensor([0.0, 0.5, 2.0], requires_grad=True); nn.functional.kl_div(lib.zeros(3), y, reduction="sum").backward(); y.grad
nn.BCELoss()(lib.tensor([0.0, 0.5]), lib.tensor([0.0, 1.0]))
nn.BCELoss(weight=lib.tensor([1.0, 3.0]), reduction="sum")(lib.tensor([0.1, 0.5]), lib.tensor([0.0, 1.0]))
nn.BCELoss()(lib.tensor([1.5]), lib.tensor([0.0]))
nn.BCELoss(weight=lib.ones(2)).state_dict()
nn.BCEWithLogitsLoss(pos_weight=lib.ones(2)).state_dict()
nn.BCEWithLogitsLoss(lib.tensor([2.0]), pos_weight=lib.tensor([3.0]))(lib.tensor([0.1, 100.0]), lib.tensor([1.0, 1.0]))
nn.Conv2d(3, 4, (3, 3, 3))
nn.Conv2d(3, 4, (3,))
nn.Conv2d(3, 4, 3, padding=(1, 1, 1))
nn.Conv2d(3, 4, 3, padding="same")
nn.Conv2d(3, 4, 3, stride=(1, 1, 1))
nn.modules.utils._pair(3), nn.modules.utils._triple([1, 2]), nn.modules.utils._single(4), nn.modules.utils._quadruple(1)
nn.modules.utils._reverse_repeat_tuple((1, 2), 2), nn.modules.utils._ntuple(2, "x").__name__
"""

ATTRIBUTES = """
m = nn.Linear(2, 3); m.foo
m = nn.Linear(2, 3); del m.foo
m = nn.Linear(2, 3); m.weight = 3; m
m = nn.Linear(2, 3); m.weight = lib.ones(3, 2); m
m = nn.Linear(2, 3); m.weight = None; m.weight
m = nn.Linear(2, 3); m.bias = None; m
m = nn.Linear(2, 3); del m.bias; list(m._parameters)
m = nn.Linear(2, 3); del m.bias; m.bias
m = nn.Linear(2, 3); m.register_parameter("z", P(lib.ones(1)) * 2)
m = nn.Linear(2, 3); m.register_parameter("z", lib.ones(1))
m = nn.Linear(2, 3); m.register_parameter(3, None)
m = nn.Linear(2, 3); m.register_parameter("a.b", None)
m = nn.Linear(2, 3); m.register_parameter("", None)
m = nn.Linear(2, 3); m.register_parameter("weight", P(lib.ones(1))); m.weight
m = nn.Linear(2, 3); m.register_parameter("training", None)
m = nn.Linear(2, 3); m.register_parameter("forward", None)
m = nn.Linear(2, 3); m.register_buffer(3, None)
m = nn.Linear(2, 3); m.register_buffer("a.b", None)
m = nn.Linear(2, 3); m.register_buffer("", None)
m = nn.Linear(2, 3); m.register_buffer("weight", lib.ones(1))
m = nn.Linear(2, 3); m.register_buffer("q", 3)
m = nn.Linear(2, 3); m.register_buffer("q", None); list(m.named_buffers())
m = nn.Linear(2, 3); m.add_module(3, nn.ReLU())
m = nn.Linear(2, 3); m.add_module("a.b", nn.ReLU())
m = nn.Linear(2, 3); m.add_module("", nn.ReLU())
m = nn.Linear(2, 3); m.add_module("weight", nn.ReLU())
m = nn.Linear(2, 3); m.add_module("q", 3)
m = nn.Linear(2, 3); m.add_module("q", nn.ReLU)
m = nn.Linear(2, 3); m.add_module("q", None); m
m = nn.Linear(2, 3); m.register_module("q", nn.ReLU()); m
m = nn.BatchNorm1d(2); m.running_mean = 3; m
m = nn.BatchNorm1d(2); m.running_mean = None; list(m.state_dict())
m = nn.BatchNorm1d(2); m.running_mean = lib.ones(2); list(m.named_buffers())
m = nn.BatchNorm1d(2); m.weight = nn.Buffer(lib.ones(2)); m
m = nn.BatchNorm1d(2); m.running_mean = P(lib.ones(2)); (list(m._parameters), list(m._buffers))
m = nn.Module(); m.a = nn.Buffer(lib.ones(1), persistent=False); (list(m.state_dict()), m.a)
m = nn.Module(); m.a = nn.Buffer(lib.ones(1)); m.a = nn.Buffer(lib.ones(1), persistent=False); list(m.state_dict())
m = nn.Module(); m.register_buffer("a", lib.ones(1), persistent=False); m.a = lib.zeros(1); list(m.state_dict())
m = nn.Module(); m.register_buffer("a", lib.ones(1), persistent=False); del m.a; m.register_buffer("a", lib.ones(1)); list(m.state_dict())
m = nn.Module(); m.a = 3; m.a = nn.ReLU(); (m, "a" in m._modules)
m = nn.Module(); m.a = nn.ReLU(); m.a = P(lib.ones(1)); (m, list(m._parameters))
m = nn.Module(); m.a = P(lib.ones(1)); m.a = nn.ReLU(); m
m = nn.Module(); m.a = lib.ones(1); m.a = P(lib.ones(1)); list(m._parameters)
m = nn.Module(); m.a = nn.ReLU(); m.a = lib.ones(1); m
m = nn.Module(); m.a = nn.ReLU(); m.a = None; m
m = nn.Sequential(nn.ReLU()); setattr(m, "0", 3); m
m = nn.Linear(2, 3); m._parameters["weight"] = P(lib.ones(1)); m.weight
m = nn.Linear(2, 3); m._parameters.pop("weight"); m.weight
m = nn.Linear(2, 3); m._parameters.clear(); hasattr(m, "bias")
m = nn.Linear(2, 3); m._buffers["x"] = lib.ones(1); (m.x, list(m.state_dict()))
m = nn.Linear(2, 3); m._modules["x"] = nn.ReLU(); (m.x, m)
m = nn.Linear(2, 3); m._parameters = {}; (list(m.parameters()), hasattr(m, "weight"))
m = nn.Linear(2, 3); m._parameters.update(x=P(lib.zeros(1))); m.x
m = nn.Linear(2, 3); m._parameters |= {"x": P(lib.zeros(1))}; m.x
nn.ReLU(1, 2, 3)
nn.Module(1)
nn.Module(k=1)
nn.Sigmoid(1)
nn.Module()(3)
N = type("N", (nn.Module,), {"__init__": lambda self: None}); N().foo
N = type("N", (nn.Module,), {"__init__": lambda self: None}); m = N(); m.a = P(lib.ones(1)); m
N = type("N", (nn.Module,), {"__init__": lambda self: None}); m = N(); m.a = nn.ReLU(); m
N = type("N", (nn.Module,), {"__init__": lambda self: None}); m = N(); m.a = nn.Buffer(lib.ones(1)); m
N = type("N", (nn.Module,), {"__init__": lambda self: None}); m = N(); m.register_buffer("a", None)
N = type("N", (nn.Module,), {"__init__": lambda self: None}); m = N(); m.register_parameter("a", None)
N = type("N", (nn.Module,), {"__init__": lambda self: None}); m = N(); m.add_module("a", None)
N = type("N", (nn.Module,), {"__init__": lambda self: None}); m = N(); m.a = 3; m.a
N = type("N", (nn.Module,), {"__init__": lambda self: None}); m = N(); m.a = lib.ones(1); m.a
N = type("N", (nn.Module,), {"__init__": lambda self: None}); repr(N())
C = type("C", (nn.Module,), {"foo": None, "bar": property(lambda self: 1)}); m = C(); m.foo = nn.ReLU(); m.foo
C = type("C", (nn.Module,), {"foo": None, "bar": property(lambda self: 1)}); m = C(); m.foo = P(lib.ones(1))
C = type("C", (nn.Module,), {"foo": None, "bar": property(lambda self: 1)}); m = C(); m.foo = nn.Buffer(lib.ones(1))
C = type("C", (nn.Module,), {"foo": None, "bar": property(lambda self: 1)}); m = C(); m.bar = nn.ReLU(); m.bar
C = type("C", (nn.Module,), {"foo": None, "bar": property(lambda self: 1)}); m = C(); m.bar = 3
[n for n in dir(nn.Sequential(nn.ReLU())) if n in ("0", "training", "_modules", "_forward_hooks")]
nn.Linear(2, 3).to("cuda")
nn.Linear(2, 3).to(lib.int64)
nn.Linear(2, 3).to("cpu", lib.int32)
nn.Linear(2, 3).to().weight.dtype
nn.Linear(2, 3).to("foo")
nn.Linear(2, 3).to(lib.channels_last)
nn.Linear(2, 3).to(lib.ones(1, dtype=lib.float64)).weight.dtype
nn.Linear(2, 3).to("cpu", lib.float64, True).weight.dtype
nn.Linear(2, 3).to(None, lib.float64).weight.dtype
nn.Linear(2, 3).to("meta").weight.device
nn.Linear(2, 3).to(lib.float64, True).weight.dtype
nn.Linear(2, 3).to(lib.float64, "cpu")
nn.Linear(2, 3).to(lib.ones(1, dtype=lib.int64))
nn.Linear(2, 3).to(dtype=lib.float64).bias.dtype
nn.Linear(2, 3).to(device="cpu", dtype=lib.float64, non_blocking=True).bias.dtype
nn.Linear(2, 3).to(foo=1)
nn.Linear(2, 3).to(copy=True)
nn.Linear(2, 3).to(other=lib.ones(1))
nn.Linear(2, 3).to(tensor=lib.ones(1, dtype=lib.float64)).bias.dtype
nn.Linear(2, 3).to(device=None).bias.dtype
nn.Linear(2, 3).to(dtype="float")
nn.Conv2d(2, 3, 3).to(memory_format=lib.channels_last).weight.stride()
nn.Linear(2, 3, device="meta").to("cpu")
nn.Linear(2, 3, device="meta").to_empty(device="cpu").weight.device
nn.Linear(2, 3).cuda()
nn.ReLU().cuda()
nn.Linear(2, 3).xpu()
nn.Linear(2, 3).ipu()
nn.Linear(2, 3).type(lib.float64).weight.dtype
nn.Linear(2, 3).type(lib.int32)
[t.dtype for t in nn.BatchNorm1d(2).half().state_dict().values()]
[t.dtype for t in nn.BatchNorm1d(2).bfloat16().state_dict().values()]
[t.dtype for t in nn.BatchNorm1d(2).double().float().state_dict().values()]
nn.Linear(2, 3).compile()
nn.Linear(2, 3).train(1)
nn.Linear(2, 3).train("x")
nn.Sequential(nn.ReLU(), nn.Dropout()).eval()[1].training
nn.Linear(2, 3).requires_grad_(False).weight.requires_grad
m = nn.Sequential(nn.Linear(2, 3)); m.x = 3; m.get_submodule("x")
m = nn.Sequential(nn.Linear(2, 3)); m.get_submodule("a.b")
m = nn.Sequential(nn.Linear(2, 3)); m.get_submodule("0.weight")
m = nn.Sequential(nn.Linear(2, 3)); m.get_submodule("0")
m = nn.Sequential(nn.Linear(2, 3)); m.get_submodule("") is m
m = nn.Sequential(nn.Linear(2, 3)); m.get_parameter("0.weight").shape
m = nn.Sequential(nn.Linear(2, 3)); m.get_parameter("0.q")
m = nn.Sequential(nn.Linear(2, 3)); m.get_parameter("0.in_features")
m = nn.Sequential(nn.Linear(2, 3)); m.get_parameter("")
nn.BatchNorm1d(2).get_buffer("running_mean")
nn.BatchNorm1d(2).get_buffer("q")
nn.BatchNorm1d(2).get_buffer("weight")
m = nn.Sequential(nn.Linear(2, 3)); m.set_submodule("", nn.ReLU())
m = nn.Sequential(nn.Linear(2, 3)); m.set_submodule("1", nn.ReLU()); m
m = nn.Sequential(nn.Linear(2, 3)); m.set_submodule("0", nn.ReLU(), strict=True); m
m = nn.Sequential(nn.Linear(2, 3)); m.set_submodule("9", nn.ReLU(), strict=True)
m = nn.Sequential(nn.Linear(2, 3)); m.set_submodule("0", 3)
m = nn.Sequential(nn.Linear(2, 3)); m.set_submodule("7.1", nn.ReLU())
m = nn.Sequential(nn.Linear(2, 3)); m.set_submodule("0.weight.b", nn.ReLU())
m = nn.Sequential(nn.Linear(2, 3)); m.set_submodule("0.weight", nn.ReLU())
nn.Module().get_extra_state()
nn.Module().set_extra_state(1)
m = nn.Linear(2, 3); m.register_backward_hook(lambda *a: None); m.register_full_backward_hook(lambda *a: None)
m = nn.Linear(2, 3); m.register_full_backward_hook(lambda *a: None); m.register_backward_hook(lambda *a: None)
a = nn.ReLU(); m = nn.Sequential(a, a); ([n for n, _ in m.named_modules()], [n for n, _ in m.named_modules(remove_duplicate=False)])
a = nn.Linear(1, 1); m = nn.Sequential(a, a); ([n for n, _ in m.named_parameters()], [n for n, _ in m.named_parameters(remove_duplicate=False)])
a = nn.BatchNorm1d(1); m = nn.Sequential(a, a); [n for n, _ in m.named_buffers("p", remove_duplicate=False)]
m = nn.Sequential(nn.Linear(1, 1)); list(m.named_parameters(recurse=False))
a = nn.ReLU(); m = nn.Sequential(a, a); (list(m.named_children()), len(list(m.modules())), len(list(m.modules(remove_duplicate=False))))
"""

PARAMETERS = """
P(lib.ones(2))
P()
P(None)
P(lib.ones(2), False)
P(lib.ones(2, dtype=lib.int64), False)
P(lib.ones(2, dtype=lib.int64))
P([1.0])
P(lib.ones(2, dtype=lib.float64))
P(lib.ones(3, 2) * 2).is_leaf
x = P(lib.ones(2)); copy.deepcopy(x)
x = P(lib.ones(2)); x.foo = 3; copy.deepcopy(x).__dict__
x = P(lib.ones(2)); x.foo = 3; pickle.loads(pickle.dumps(x)).foo
x = P(lib.ones(2)); pickle.loads(pickle.dumps(x))
x = P(lib.ones(2)); [type(y).__name__ for y in (x * 2, x.data, x.detach(), x[0], x.clone())]
(isinstance(lib.ones(1), P), isinstance(P(lib.ones(1)), lib.Tensor), isinstance(P(lib.ones(1)), nn.Buffer))
a = lib.ones(2); P(a).data_ptr() == a.data_ptr()
m = nn.Sequential(P(lib.ones(1)))
b = nn.Buffer(lib.ones(2)); (b, type(b).__name__, isinstance(b, nn.Buffer), b.persistent)
nn.Buffer()
nn.Buffer(lib.ones(2), persistent=False).persistent
nn.Buffer(lib.ones(2, requires_grad=True)).requires_grad
b = copy.deepcopy(nn.Buffer(lib.ones(2))); (isinstance(b, nn.Buffer), b.persistent)
"""

CONTAINERS = """
s = nn.Sequential(nn.ReLU(), nn.Tanh(), nn.Sigmoid()); (s[0], s[-1], s[0:2], s[::2])
s = nn.Sequential(nn.ReLU()); s[5]
s = nn.Sequential(nn.ReLU()); s[-5]
s = nn.Sequential(nn.ReLU()); s["a"]
s = nn.Sequential(nn.ReLU(), nn.Tanh()); s[0] = nn.ELU(); s
s = nn.Sequential(nn.ReLU()); s[9] = nn.ELU(); s
s = nn.Sequential(nn.ReLU(), nn.Tanh(), nn.Sigmoid()); del s[0]; s
s = nn.Sequential(nn.ReLU(), nn.Tanh(), nn.Sigmoid()); del s[0:2]; s
s = nn.Sequential(nn.ReLU()); del s[9]
nn.Sequential(nn.ReLU()) + nn.Sequential(nn.ELU())
nn.Sequential(nn.ReLU()) + [nn.ELU()]
nn.Sequential(nn.ReLU()) * 2
2 * nn.Sequential(nn.ReLU())
nn.Sequential(nn.ReLU()) * 0
nn.Sequential(nn.ReLU()) * 1.5
s = nn.Sequential(nn.ReLU()); s += nn.Sequential(nn.ELU()); s
s = nn.Sequential(nn.ReLU()); s += [1]; s
s = nn.Sequential(nn.ReLU()); s *= 3; s
s = nn.Sequential(nn.ReLU()); s *= 0; s
s = nn.Sequential(nn.ReLU()); s *= 1.5; s
nn.Sequential().append(nn.ELU())
nn.Sequential().append(3)
nn.Sequential(nn.ELU(), nn.ReLU()).insert(1, nn.Tanh())
nn.Sequential(nn.ELU(), nn.ReLU()).insert(-1, nn.Tanh())
nn.Sequential(nn.ELU(), nn.ReLU()).insert(-2, nn.Tanh())
nn.Sequential(nn.ELU(), nn.ReLU()).insert(2, nn.Tanh())
nn.Sequential(nn.ELU(), nn.ReLU()).insert(7, nn.Tanh())
nn.Sequential(nn.ELU(), nn.ReLU()).insert(-5, nn.Tanh())
nn.Sequential().insert(0, 3)
nn.Sequential().extend([nn.ELU(), nn.ReLU()])
nn.Sequential().extend(nn.Sequential(nn.ELU()))
s = nn.Sequential(nn.ReLU(), nn.Tanh()); (s.pop(0), s)
s = nn.Sequential(nn.ReLU(), nn.Tanh()); s.pop(9)
s = nn.Sequential(nn.ReLU(), nn.Tanh()); s.pop("0")
nn.Sequential(OD(a=nn.ReLU(), b=nn.Tanh()))
nn.Sequential(OD(a=nn.ReLU(), b=nn.Tanh()))[1:]
nn.Sequential(OD(a=nn.ReLU())).append(nn.Tanh())
s = nn.Sequential(OD(a=nn.ReLU(), b=nn.Tanh())); del s[0]; s
nn.Sequential(OD(a=nn.ReLU(), b=nn.Tanh())) + nn.Sequential(nn.ELU())
nn.Sequential({"a": nn.ReLU()})
nn.Sequential(3)
nn.Sequential(None)
nn.Sequential()(3)
list(nn.Sequential(nn.ReLU(), nn.Tanh()))
bool(nn.Sequential())
m = nn.ModuleList([nn.ReLU(), nn.Tanh(), nn.Sigmoid()]); (m[0], m[-1], m[0:2], len(m), list(m))
nn.ModuleList([nn.ReLU()])[5]
nn.ModuleList([nn.ReLU()])[-5]
nn.ModuleList([nn.ReLU()])["0"]
m = nn.ModuleList([nn.ReLU(), nn.Tanh()]); m[-1] = nn.ELU(); m
m = nn.ModuleList([nn.ReLU()]); m[7] = nn.ELU(); m
m = nn.ModuleList([nn.ReLU()]); m[0] = 3; m
m = nn.ModuleList([nn.ReLU(), nn.Tanh(), nn.Sigmoid()]); del m[0]; m
m = nn.ModuleList([nn.ReLU(), nn.Tanh(), nn.Sigmoid()]); del m[1:]; m
nn.ModuleList([nn.ReLU()]) + [nn.ELU()]
m = nn.ModuleList([nn.ReLU()]); m += [nn.ELU()]; m
m = nn.ModuleList([nn.ReLU()]); m.insert(0, nn.ELU()); m
nn.ModuleList().append(3)
nn.ModuleList().extend(3)
nn.ModuleList().extend({"a": nn.ReLU()})
nn.ModuleList().extend("ab")
m = nn.ModuleList([nn.ReLU(), nn.Tanh()]); (m.pop(0), m)
nn.ModuleList().pop(3)
nn.ModuleList()(3)
nn.ModuleList([nn.Linear(2, 3), nn.Linear(2, 3), nn.Linear(2, 3), nn.ReLU(), nn.Linear(2, 3)])
nn.ModuleList()
nn.ModuleList([nn.Sequential(nn.ReLU()), nn.Sequential(nn.ReLU())])
nn.ModuleList([None, nn.ReLU()])
d = nn.ModuleDict({"z": nn.ReLU(), "b": nn.Tanh()}); (d, len(d), list(d), list(d.items()), list(d.values()), "b" in d, d["b"])
nn.ModuleDict({"a": nn.ReLU()})["q"]
nn.ModuleDict({"a": nn.ReLU()})[0]
d = nn.ModuleDict(); d["z"] = 3; d
d = nn.ModuleDict(); d[3] = nn.ReLU(); d
d = nn.ModuleDict(); d["keys"] = nn.ReLU(); d
d = nn.ModuleDict({"a": nn.ReLU()}); del d["a"]; d
d = nn.ModuleDict({"a": nn.ReLU()}); del d["b"]; d
d = nn.ModuleDict({"a": nn.ReLU()}); (d.pop("a"), d)
nn.ModuleDict().pop("q")
d = nn.ModuleDict({"a": nn.ReLU()}); d.clear(); d
nn.ModuleDict([("x", nn.ReLU()), ["y", nn.Tanh()]])
nn.ModuleDict(3)
nn.ModuleDict([3])
nn.ModuleDict([(1, 2, 3)])
d = nn.ModuleDict(); d.update(nn.ModuleDict({"q": nn.ELU()})); d
nn.ModuleDict()(3)
nn.ModuleDict({"a": None})
nn.ParameterList([P(lib.ones(2, 3)), P(lib.ones(1))])
nn.ParameterList([P(lib.ones(2, 3))])
nn.ParameterList([lib.ones(2), 3, nn.ReLU(), P(lib.ones(1, dtype=lib.float64))])
p = nn.ParameterList([P(lib.ones(2, 3)), P(lib.ones(1))]); (p[-1], p[0:1], len(p), list(p.state_dict()))
nn.ParameterList()[7]
p = nn.ParameterList([P(lib.ones(2))]); p[0] = lib.zeros(1); p[0]
p = nn.ParameterList(); p[3] = lib.zeros(1); p
nn.ParameterList().append(lib.ones(1))
nn.ParameterList().extend(3)
nn.ParameterList().extend("ab")
nn.ParameterList(lib.ones(2))
p = nn.ParameterList(); p += [lib.ones(1)]; p
p = nn.ParameterList([1]); p()
p = nn.ParameterList([1]); del p[0]
nn.ParameterList([None])
nn.ParameterList([lib.ones(1, dtype=lib.int64)])
nn.ParameterDict({"a": P(lib.ones(2, 3)), "b": P(lib.ones(1))})
q = nn.ParameterDict({"a": P(lib.ones(1))}); (len(q), list(q), list(q.items()), list(q.values()), "a" in q, q.get("z"), q.get("z", 4))
nn.ParameterDict({"z": 1, "a": 2})
nn.ParameterDict({"a": 1})["z"]
q = nn.ParameterDict(); q[3] = 1; q
q = nn.ParameterDict(); q["keys"] = lib.ones(1); q
q = nn.ParameterDict(); q["a.b"] = lib.ones(1); q
q = nn.ParameterDict({"a": 1, "b": 2}); del q["a"]; q
q = nn.ParameterDict({"a": 1}); del q["z"]
q = nn.ParameterDict({"a": 1}); q.pop("z")
q = nn.ParameterDict({"a": 1, "b": 2}); (q.pop("a"), q.popitem(), len(q))
nn.ParameterDict().popitem()
q = nn.ParameterDict({"a": 1}); (q.setdefault("a"), q.setdefault("n"), q.setdefault("m", lib.ones(1)))
nn.ParameterDict({"a": 1}).copy()
nn.ParameterDict({"a": 1}) | nn.ParameterDict({"b": 2})
nn.ParameterDict({"a": 1}) | {"b": 2}
{"b": 2} | nn.ParameterDict({"a": 1})
q = nn.ParameterDict({"a": 1}); q |= {"b": 2}; q
list(reversed(nn.ParameterDict({"a": 1, "b": 2})))
nn.ParameterDict().fromkeys(["a", "b"], 3)
nn.ParameterDict(3)
nn.ParameterDict([3])
nn.ParameterDict([(1, 2, 3)])
nn.ParameterDict([("q", lib.ones(1)), ("c", 2)])
q = nn.ParameterDict({"a": 1}); q(1)
q = nn.ParameterDict({"a": 1}); q.clear(); q
q = nn.ParameterDict({"a": 1}); del q.a; list(q)
nn.Container(a=nn.ReLU())
"""

STATE = """
nn.Sequential(nn.Linear(1, 1), nn.BatchNorm1d(2)).state_dict()._metadata
nn.Linear(1, 1).state_dict(OD(), "p.", True).keys()
nn.Linear(1, 1).load_state_dict([1])
m = nn.Linear(1, 1); m.load_state_dict(m.state_dict())
m = nn.Linear(1, 1); m.load_state_dict({"a": 1}, strict=False)
m = nn.Linear(1, 1); str(m.load_state_dict({"a": 1}, strict=False))
m = nn.Linear(1, 1); m.load_state_dict({"a": 1})
m = nn.Linear(1, 1); m.load_state_dict({"weight": lib.ones(2, 2), "bias": lib.ones(1)})
m = nn.Linear(1, 1); m.load_state_dict({"weight": lib.ones(2, 2), "bias": lib.ones(1)}, strict=False)
m = nn.Linear(1, 1); m.load_state_dict({"weight": lib.ones(1, 1), "bias": 3})
m = nn.Linear(1, 1); m.load_state_dict({"weight": lib.ones(1, 1, device="meta"), "bias": lib.ones(1)})
m = nn.Linear(1, 1); m.load_state_dict({"weight": lib.ones(1, 1).numpy(), "bias": lib.ones(1)})
m = nn.BatchNorm1d(2); m.load_state_dict({**m.state_dict(), "num_batches_tracked": lib.tensor([3])}); m.num_batches_tracked
m = nn.BatchNorm1d(2); sd = m.state_dict(); sd._metadata[""]["version"] = 1; del sd["num_batches_tracked"]; m.load_state_dict(sd)
m = nn.BatchNorm1d(2); sd = m.state_dict(); del sd["num_batches_tracked"]; m.load_state_dict(sd)
m = nn.BatchNorm1d(2); m.load_state_dict({k: v for k, v in m.state_dict().items() if "num" not in k})
m = nn.Linear(1, 1, device="meta"); m.load_state_dict(nn.Linear(1, 1).state_dict())
m = nn.Linear(1, 1, device="meta"); sd = nn.Linear(1, 1).double().state_dict(); m.load_state_dict(sd, assign=True); (m.weight.dtype, m.weight.requires_grad, type(m.weight).__name__, sd["weight"].data_ptr() == m.weight.data_ptr())
m = nn.Linear(1, 1).requires_grad_(False); m.load_state_dict(nn.Linear(1, 1).state_dict(), assign=True); m.weight.requires_grad
m = nn.Linear(1, 1); m.load_state_dict({"weight": lib.ones(1, 1, dtype=lib.int64), "bias": lib.ones(1)}, assign=True)
m = nn.Linear(1, 1); m.load_state_dict({"weight": lib.ones(1, 1, dtype=lib.int64), "bias": lib.ones(1)}); m.weight
X = type("X", (nn.Module,), {"get_extra_state": lambda s: {"v": 1}, "set_extra_state": lambda s, st: setattr(s, "v", st)}); (X().state_dict(), nn.Sequential(X()).state_dict(), X().load_state_dict({}, strict=False))
X = type("X", (nn.Module,), {"get_extra_state": lambda s: {"v": 1}, "set_extra_state": lambda s, st: setattr(s, "v", st)}); X().load_state_dict({})
X = type("X", (nn.Module,), {"get_extra_state": lambda s: {"v": 1}, "set_extra_state": lambda s, st: setattr(s, "v", st)}); m = X(); m.load_state_dict({"_extra_state": 5}); m.v
nn.ReLU().load_state_dict({"_extra_state": 1})
nn.Sequential(nn.Linear(1, 1)).load_state_dict({"0.weight": lib.ones(1, 1), "0.bias": lib.ones(1), "0.x.y": 1, "q.z": 1}, strict=False)
m = nn.Linear(1, 1); h = m.register_state_dict_post_hook(lambda m, s, p, l: 3); m.state_dict()
m = nn.Linear(1, 1); h = m._register_state_dict_hook(lambda m, s, p, l: {"x": 1}); m.state_dict()
m = nn.Linear(1, 1); h = m.register_load_state_dict_post_hook(lambda m, i: 3); m.load_state_dict(m.state_dict())
m = nn.Linear(1, 1); h = m.register_load_state_dict_post_hook(lambda m, i: i.missing_keys.clear()); m.load_state_dict({})
m = nn.Linear(1, 1); log = []; h = m.register_load_state_dict_pre_hook(lambda m, *a: log.append((type(m).__name__, len(a)))); h = m._register_load_state_dict_pre_hook(lambda *a: log.append((type(a[0]).__name__, len(a)))); r = m.load_state_dict(m.state_dict()); log
m = nn.Linear(1, 1); log = []; h = m.register_state_dict_pre_hook(lambda *a: log.append(a[1:])); r = m.state_dict(prefix="q."); log
f = lambda *a: None; m = nn.Linear(1, 1); h = m.register_state_dict_post_hook(f); m._register_state_dict_hook(f)
f = lambda *a: None; m = nn.Linear(1, 1); h = m._register_state_dict_hook(f); h = m.register_state_dict_post_hook(f); 1
"""

INIT = """
[nn.init.calculate_gain(n) for n in ("linear", "conv2d", "conv_transpose2d", "sigmoid", "tanh", "relu", "leaky_relu", "selu")]
[nn.init.calculate_gain("leaky_relu", p) for p in (0.2, 1, 0)]
nn.init.calculate_gain("foo")
nn.init.calculate_gain("leaky_relu", True)
nn.init.calculate_gain("leaky_relu", "a")
nn.init.xavier_uniform_(lib.empty(3))
nn.init.xavier_uniform_(lib.empty(0, 0))
nn.init.kaiming_uniform_(lib.empty(3, 3), mode="foo")
nn.init.kaiming_uniform_(lib.empty(3, 3), nonlinearity="foo")
nn.init.kaiming_uniform_(lib.empty(0, 3))
nn.init.kaiming_normal_(lib.empty(0, 3))
nn.init.eye_(lib.empty(3))
nn.init.eye_(lib.empty(3, 2))
nn.init.eye_(P(lib.empty(2, 3)))
nn.init.dirac_(lib.empty(3, 3))
nn.init.dirac_(lib.empty(3, 3, 3), 2)
nn.init.dirac_(lib.empty(4, 2, 3, 2), 2)
nn.init.dirac_(lib.empty(2, 3, 3))
nn.init.orthogonal_(lib.empty(3))
nn.init.orthogonal_(lib.empty(0, 3))
nn.init.sparse_(lib.empty(3, 3, 3), 0.1)
nn.init.trunc_normal_(lib.empty(2), std=0)
nn.init.trunc_normal_(lib.empty(2), a=2, b=1)
nn.init.ones_(P(lib.empty(2)))
nn.init.zeros_(lib.empty(2))
nn.init.constant_(lib.empty(2, dtype=lib.float64), 0.3)
nn.init.constant(lib.empty(2), 0.3)
nn.init.dirac(lib.empty(2, 2, 1))
nn.init.eye(lib.empty(2, 2))
[f(lib.empty(2, 2)).shape for f in (nn.init.kaiming_normal, nn.init.kaiming_uniform, nn.init.normal, nn.init.uniform)]
[f(lib.empty(2, 2)).shape for f in (nn.init.xavier_normal, nn.init.xavier_uniform, nn.init.orthogonal)]
nn.init.sparse(lib.empty(2, 2), 0.5).shape
"""

UTILS = """
x = lib.ones(2, requires_grad=True); x.grad = lib.full((2,), 3.0); (nn.utils.clip_grad_norm_(x, 1.0), x.grad)
x = lib.ones(2, requires_grad=True); x.grad = lib.full((2,), 3.0); (nn.utils.clip_grad_norm_([x], 100.0), x.grad)
x = lib.ones(2, requires_grad=True); x.grad = lib.full((2,), 3.0); (nn.utils.clip_grad_norm_(iter([x]), 1.0, foreach=False), x.grad)
nn.utils.clip_grad_norm_([], 1.0)
nn.utils.clip_grad_norm_([lib.ones(1, requires_grad=True)], 1.0)
x = lib.ones(2, requires_grad=True); x.grad = lib.tensor([float("nan"), 1]); nn.utils.clip_grad_norm_(x, 1.0, error_if_nonfinite=True)
x = lib.ones(2, requires_grad=True); x.grad = lib.tensor([float("nan"), 1]); (nn.utils.clip_grad_norm_(x, 1.0), x.grad)
[nn.utils.get_total_norm([lib.ones(2), lib.full((3,), 2.0)], p) for p in (1, 2, 2.0, float("inf"), "inf", 0, -1, float("-inf"), 3)]
nn.utils.get_total_norm(lib.ones(2))
nn.utils.get_total_norm([])
nn.utils.get_total_norm([lib.ones(2), lib.ones(2, dtype=lib.float64)])
nn.utils.get_total_norm([lib.ones(2, dtype=lib.int64)])
x = lib.ones(2, requires_grad=True); x.grad = lib.tensor([3.0, -3.0]); (nn.utils.clip_grad_value_(x, 1.0), x.grad)
x = lib.ones(2, requires_grad=True); x.grad = lib.full((2,), 3.0); (nn.utils.clip_grads_with_norm_(x, 1.0, lib.tensor(10.0)), x.grad)
nn.utils.clip_grad_norm([], 1.0)
nn.utils.parameters_to_vector([lib.ones(2), lib.zeros(1, 1)])
nn.utils.parameters_to_vector([])
nn.utils.parameters_to_vector([lib.ones(1), lib.ones(1, device="meta")])
nn.utils.vector_to_parameters([1], [])
x = lib.ones(2, requires_grad=True); nn.utils.vector_to_parameters(lib.tensor([5.0, 6.0]), [x]); x
x = lib.ones(2, requires_grad=True); nn.utils.vector_to_parameters(lib.tensor([5.0]), [x]); x
x = lib.ones(2, requires_grad=True); nn.utils.vector_to_parameters(lib.tensor([5.0, 6.0, 7.0]), [x]); x
"""

HOOKS = """
m = nn.Identity(); h = m.register_forward_pre_hook(lambda m, a, k: 3, with_kwargs=True); m(1)
m = nn.Identity(); h = m.register_forward_pre_hook(lambda m, a, k: ((5,), {}), with_kwargs=True); m(1)
m = nn.Identity(); log = []; h = m.register_forward_pre_hook(lambda m, a: 5); h = m.register_forward_pre_hook(lambda m, a: log.append(a)); (m(1), log)
m = nn.Identity(); log = []; h = m.register_forward_hook(lambda m, a, o: log.append(1)); h = m.register_forward_hook(lambda m, a, o: log.append(2), prepend=True); r = m(1); log
m = nn.Identity(); log = []; h = m.register_forward_hook(lambda m, a, k, o: log.append((a, k, o)), with_kwargs=True); r = m(1); log
m = nn.Identity(); h = m.register_forward_hook(lambda m, a, o: 7); r = m(1); h.remove(); (r, m(1), len(m._forward_hooks))
m = nn.Identity(); m._forward_hooks[99] = lambda m, a, o: 8; m(1)
m = nn.Identity(); m._forward_pre_hooks = OD({3: lambda m, a: (9,)}); m(1)
m = nn.Identity(); m._forward_hooks.update({99: lambda m, a, o: 8}); m(1)
h = room.register_module_forward_hook(lambda m, a, o: o + 1); r = nn.Sequential(nn.Identity(), nn.Identity())(1); h.remove(); (r, nn.Identity()(1))
h = room.register_module_forward_pre_hook(lambda m, a: (a[0] * 2,)); r = nn.Identity()(3); h.remove(); r
log = []; h = room.register_module_parameter_registration_hook(lambda m, n, p: log.append((type(m).__name__, n))); m = nn.Linear(1, 1); h.remove(); log
log = []; h = room.register_module_buffer_registration_hook(lambda m, n, p: log.append((type(m).__name__, n))); m = nn.BatchNorm1d(1); h.remove(); log
log = []; h = room.register_module_module_registration_hook(lambda m, n, p: log.append((type(m).__name__, n))); m = nn.Sequential(nn.ReLU()); m.x = nn.ReLU(); h.remove(); log
m = nn.Linear(2, 2); log = []; h = m.register_full_backward_hook(lambda m, gi, go: log.append((gi, go))); m(lib.ones(1, 2)).sum().backward(); log
m = nn.Linear(2, 2); h = m.register_full_backward_hook(lambda m, gi, go: (go[0],)); m(lib.ones(1, 2)).sum().backward()
m = nn.Linear(2, 2); h = m.register_full_backward_hook(lambda m, gi, go: (gi[0], gi[0])); m(lib.ones(1, 2, requires_grad=True)).sum().backward()
m = nn.Linear(2, 2); h = m.register_full_backward_pre_hook(lambda m, go: (go[0], go[0])); m(lib.ones(1, 2, requires_grad=True)).sum().backward()
m = nn.Linear(2, 2); h = m.register_full_backward_hook(lambda *a: None); y = m(lib.ones(1, 2, requires_grad=True)); y.add_(1)
m = nn.Identity(); h = m.register_full_backward_hook(lambda *a: None); m({"a": lib.ones(1, requires_grad=True)})
m = nn.Identity(); h = m.register_full_backward_hook(lambda *a: None); m([lib.ones(1, requires_grad=True)])
m = nn.ReLU(); x = lib.ones(2, requires_grad=True); h = m.register_full_backward_hook(lambda m, gi, go: (gi[0] * 5,)); m(x).sum().backward(); x.grad
m = nn.ReLU(); x = lib.ones(2, requires_grad=True); h = m.register_full_backward_pre_hook(lambda m, go: (go[0] * 5,)); m(x).sum().backward(); x.grad
m = nn.ReLU(); log = []; h = [m.register_full_backward_hook(lambda m, gi, go, i=i: log.append(i), prepend=i == 2) for i in range(3)]; m(lib.ones(2, requires_grad=True)).sum().backward(); log
T = type("T", (nn.Module,), {"forward": lambda s, a, b: (a * 2, b * 3)}); m = T(); log = []; h = m.register_full_backward_hook(lambda m, gi, go: log.append((gi, go))); m(lib.ones(2, requires_grad=True), lib.ones(2))[0].sum().backward(); log
T = type("T", (nn.Module,), {"forward": lambda s, a, b: (a * 2, a * b)}); m = T(); log = []; h = m.register_full_backward_hook(lambda m, gi, go: log.append((gi, go))); m(lib.ones(2, requires_grad=True), 3)[0].sum().backward(); log
m = nn.ReLU(); log = []; h = m.register_full_backward_hook(lambda *a: log.append(1)); x = lib.ones(2); y = m(x); y.requires_grad
m = nn.ReLU(); log = []; h = m.register_backward_hook(lambda m, gi, go: log.append((gi, go))); m(lib.ones(2, requires_grad=True)).sum().backward(); log
T = type("T", (nn.Module,), {"forward": lambda s, a: (a * 2).exp()}); m = T(); log = []; h = m.register_backward_hook(lambda m, gi, go: log.append((gi, go))); m(lib.zeros(2, requires_grad=True)).sum().backward(); log
T = type("T", (nn.Module,), {"forward": lambda s, a: (a.tanh(), a.exp())}); m = T(); log = []; h = m.register_backward_hook(lambda m, gi, go: log.append((gi, go))); m(lib.zeros(2, requires_grad=True))[0].sum().backward(); log
T = type("T", (nn.Module,), {"forward": lambda s, a: [a.tanh()]}); m = T(); log = []; h = m.register_backward_hook(lambda m, gi, go: log.append((gi, go))); m(lib.zeros(2, requires_grad=True))[0].sum().backward(); log
T = type("T", (nn.Module,), {"forward": lambda s, a: a[0].tanh()}); m = T(); log = []; h = m.register_backward_hook(lambda m, gi, go: log.append((gi, go))); m([lib.zeros(2, requires_grad=True)]).sum().backward(); log
log = []; h = room.register_module_full_backward_hook(lambda m, gi, go: log.append(type(m).__name__)); nn.Sequential(nn.ReLU(), nn.Tanh())(lib.ones(2, requires_grad=True)).sum().backward(); h.remove(); log
log = []; h = room.register_module_full_backward_pre_hook(lambda m, go: log.append(type(m).__name__)); nn.Sequential(nn.ReLU(), nn.Tanh())(lib.ones(2, requires_grad=True)).sum().backward(); h.remove(); log
"""


def lines(table):
    return [line for line in table.strip().split("\n") if line]


@pytest.mark.parametrize(
    "code", [*lines(LAYERS), *lines(ATTRIBUTES), *lines(PARAMETERS), *lines(CONTAINERS), *lines(STATE), *lines(INIT)]
)
def test_same_expression_gives_the_same(code):
    check_same_outcome(code)


@pytest.mark.parametrize("code", [*lines(UTILS), *lines(HOOKS)])
def test_hooks_and_utilities_give_the_same(code):
    check_same_outcome(code)


# Initial weights

SEEDED = [
    ("Linear", (7, 3)),
    ("Linear", (784, 128)),
    ("Linear", (5, 2, False)),
    ("Conv2d", (1, 6, 5)),
    ("Conv2d", (6, 16, (3, 5), 2, 1, 1, 2)),
    ("BatchNorm2d", (4,)),
]


@pytest.mark.parametrize(("name", "arguments"), SEEDED)
@pytest.mark.parametrize("seed", [0, 1, 12345])
@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_initial_weights_are_torchs_bits(name, arguments, seed, dtype):
    lucet.manual_seed(seed)
    ours = getattr(nn, name)(*arguments, dtype=getattr(lucet, dtype)).state_dict()
    torch.manual_seed(seed)
    theirs = getattr(torch.nn, name)(*arguments, dtype=getattr(torch, dtype)).state_dict()
    assert list(ours) == list(theirs)
    for key in theirs:
        same(ours[key], theirs[key])


RANDOM_INIT = [
    ("uniform_", {}),
    ("uniform_", {"a": -3.0, "b": 0.5}),
    ("normal_", {"mean": 1.0, "std": 0.2}),
    ("trunc_normal_", {}),
    ("trunc_normal_", {"mean": 0.5, "std": 2.0, "a": -1.0, "b": 1.5}),
    ("trunc_normal_", {"a": 0.5, "b": 0.8}),
    ("trunc_normal_", {"mean": 4.0, "std": 2.0, "a": 1.0, "b": 3.0}),
    ("trunc_normal_", {"a": -0.1}),
    ("xavier_uniform_", {"gain": 0.7}),
    ("xavier_normal_", {}),
    ("kaiming_uniform_", {"a": 0.3, "mode": "fan_out"}),
    ("kaiming_uniform_", {"nonlinearity": "relu"}),
    ("kaiming_normal_", {"mode": "fan_out", "nonlinearity": "relu"}),
    ("orthogonal_", {"gain": 1.5}),
    ("sparse_", {"sparsity": 0.3}),
]


@pytest.mark.parametrize(("name", "options"), RANDOM_INIT)
@pytest.mark.parametrize("shape", [(6, 5), (3, 7)])
@pytest.mark.parametrize("own_generator", [False, True])
def test_initialisers_draw_torchs_stream(name, options, shape, own_generator):
    tensors = []
    for library in (lucet, torch):
        library.manual_seed(3)
        chosen = {"generator": library.Generator().manual_seed(11)} if own_generator else {}
        tensors.append(getattr(library.nn.init, name)(library.empty(shape), **options, **chosen))
        tensors.append(library.rand(3))  # where the global stream stands afterwards
    exact = name in ("uniform_", "xavier_uniform_", "kaiming_uniform_")
    same(tensors[0], tensors[2], rtol=0 if exact else 1e-5, atol=0 if exact else 2e-6)
    same(tensors[1], tensors[3])


# Networks


def small_network(library):
    layers = library.nn
    return layers.Sequential(
        layers.Conv2d(2, 4, 3, padding=1, padding_mode="circular"),
        layers.BatchNorm2d(4),
        layers.LeakyReLU(0.1),
        layers.MaxPool2d(2),
        layers.Conv2d(4, 4, 3, padding="same", groups=2, bias=False),
        layers.GELU(),
        layers.AdaptiveAvgPool2d(2),
        layers.Flatten(),
        layers.Dropout(0.25),
        layers.Linear(16, 5),
        layers.LogSoftmax(1),
    )


def one_step(library, network, images, labels):
    library.manual_seed(5)
    loss = library.nn.NLLLoss()(network(library.from_numpy(images)), library.from_numpy(labels))
    loss.backward()
    return loss


def test_a_network_computes_the_same_loss_gradients_and_statistics():
    rng = np.random.default_rng(0)
    images, labels = rng.standard_normal((6, 2, 8, 8)), rng.integers(0, 5, 6)
    networks = []
    for library in (lucet, torch):
        library.manual_seed(0)
        networks.append(small_network(library).double())
    losses = [one_step(lib, net, images, labels) for lib, net in zip((lucet, torch), networks, strict=True)]
    same(*losses, rtol=1e-10)
    for (name, ours), (their_name, theirs) in zip(
        networks[0].named_parameters(), networks[1].named_parameters(), strict=True
    ):
        assert name == their_name
        same(ours.grad, theirs.grad, rtol=1e-8, atol=1e-12)
    for ours, theirs in zip(networks[0].buffers(), networks[1].buffers(), strict=True):
        same(ours, theirs, rtol=1e-10)


@pytest.mark.parametrize("momentum", [0.1, 0.5, None])
@pytest.mark.parametrize("track", [True, False])
@pytest.mark.parametrize("affine", [True, False])
def test_batch_norm_statistics_follow_torchs(momentum, track, affine):
    rng = np.random.default_rng(1)
    batches = rng.standard_normal((3, 4, 2, 5))
    outputs = []
    for library in (lucet, torch):
        norm = library.nn.BatchNorm1d(2, momentum=momentum, track_running_stats=track, affine=affine).double()
        seen = [norm(library.from_numpy(batch)) for batch in batches]
        seen.append(norm.eval()(library.from_numpy(batches[0])))
        outputs.append([*seen, *norm.state_dict().values()])
    assert len(outputs[0]) == len(outputs[1])
    for ours, theirs in zip(*outputs, strict=True):
        same(ours, theirs, rtol=1e-9, atol=1e-12)


@pytest.mark.parametrize("mode", ["zeros", "reflect", "replicate", "circular"])
@pytest.mark.parametrize("padding", ["same", "valid", 1, (2, 1)])
@pytest.mark.parametrize("kernel", [3, (2, 3)])
def test_convolution_padding_follows_torchs(mode, padding, kernel):
    image = np.random.default_rng(2).standard_normal((2, 3, 6, 7))
    outputs = []
    for library in (lucet, torch):
        library.manual_seed(0)
        conv = library.nn.Conv2d(
            3, 4, kernel, padding=padding, padding_mode=mode, dilation=(1, 2), dtype=library.float64
        )
        outputs.append(conv(library.from_numpy(image)))
    same(*outputs, rtol=1e-10, atol=1e-12)


def test_state_dicts_go_both_ways():
    ours, theirs = small_network(lucet), small_network(torch)
    ours.load_state_dict({k: lucet.from_numpy(v.numpy().copy()) for k, v in theirs.state_dict().items()})
    for key, value in theirs.state_dict().items():
        same(ours.state_dict()[key], value)
    theirs.load_state_dict({k: torch.from_numpy(v.numpy().copy()) for k, v in ours.state_dict().items()})


def test_printed_network_is_torchs():
    assert repr(small_network(lucet)) == repr(small_network(torch))


# Hooks: every kind at once, in one log


def hook_log(library, room):
    log = []

    def note(name):
        return lambda *args: log.append((name, len(args)))

    network = library.nn.Sequential(library.nn.Linear(2, 2), library.nn.ReLU())
    handles = [
        network[0].register_forward_pre_hook(note("pre")),
        network[0].register_forward_pre_hook(note("pre kwargs first"), with_kwargs=True, prepend=True),
        network[0].register_forward_hook(note("forward")),
        network[0].register_forward_hook(note("always"), always_call=True, with_kwargs=True),
        network[1].register_full_backward_hook(note("backward 1")),
        network[0].register_full_backward_hook(note("backward 0")),
        network[0].register_full_backward_pre_hook(note("backward pre 0")),
        network.register_full_backward_hook(note("backward all")),
        room.register_module_forward_pre_hook(note("global pre")),
        room.register_module_forward_hook(note("global forward")),
        room.register_module_full_backward_pre_hook(note("global backward pre")),
    ]
    network(library.ones(1, 2, requires_grad=True)).sum().backward()
    for handle in handles:
        handle.remove()
    network(library.ones(1, 2, requires_grad=True)).sum().backward()
    return log


def test_hooks_fire_in_torchs_order():
    assert hook_log(lucet, lucet_module) == hook_log(torch, torch_module)


def test_always_called_hooks_after_errors_are_torchs():
    logs = []
    for library in (lucet, torch):
        log = []

        def fail(*args):
            raise KeyError("x")

        module = library.nn.Identity()
        module.register_forward_hook(lambda m, a, o, log=log: log.append(("one", o)), always_call=True)
        module.register_forward_hook(fail)
        module.register_forward_hook(lambda m, a, o, log=log: log.append(("two", o)), always_call=True)
        with pytest.raises(KeyError):
            module(1)
        logs.append(log)
    assert logs[0][0] == logs[1][0]
    assert [name for name, _ in logs[0]] == [name for name, _ in logs[1]]
