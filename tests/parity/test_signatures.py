"""Names, argument names, order and defaults of every registered op beside torch's schemas, and the table of what differs."""

import inspect
import re

import pytest
import torch
from test_bad_input import base_calls, called_with
from test_core import attempt, to_torch, torchs

import lucet
from lucet._registry import OPS

# Argument of a schema -> why lucet's function does not take it under that name.
DIFFERENT = {
    ("copy_", "src"): "the Python method calls it other, and so does lucet",
    ("embedding", "indices"): "torch.nn.functional calls it input",
    ("split", "split_size"): "of the method, which has it",
    ("split", "split_sizes"): "of the method, which has it",
    ("to", "other"): "taken by position",
    ("resize_", "size"): "taken by position",
    ("resize", "size"): "taken by position, as by torch's method",
    ("resize", "memory_format"): "not of torch's method",
    ("resize_as", "the_template"): "the method calls it tensor",
    ("resize_as", "memory_format"): "not of torch's method",
    ("random_", "from"): "no Python identifier: taken as **bounds",
    ("random_", "to"): "taken as **bounds",
    ("uniform_", "from"): "no Python identifier: taken as **bounds",
    ("uniform_", "to"): "taken as **bounds",
}
DIFFERENT["rrelu", "generator"] = "nn.functional's takes none; lucet.rrelu does"
FUNCTIONAL = "nn.functional spells it so; the schema is of an inner function"
for _name in ("dropout", "alpha_dropout", "feature_alpha_dropout"):
    DIFFERENT[_name, "train"] = FUNCTIONAL
for _name in ("elu", "elu_"):
    DIFFERENT |= {(_name, "scale"): FUNCTIONAL, (_name, "input_scale"): FUNCTIONAL}
for _name in ("hsplit", "vsplit", "dsplit"):
    DIFFERENT |= {(_name, "sections"): "indices_or_sections", (_name, "indices"): "indices_or_sections"}
for _name in ("batch_norm", "instance_norm", "group_norm"):
    DIFFERENT[_name, "cudnn_enabled"] = FUNCTIONAL
DIFFERENT["layer_norm", "cudnn_enable"] = FUNCTIONAL
for _name in ("tensordot", "other"), ("tensordot", "dims_self"), ("tensordot", "dims_other"):
    DIFFERENT[_name] = "a, b and dims, as of torch's Python function"
for _name in ("lstm", "gru", "rnn_tanh", "rnn_relu"):
    for _argument in (
        "input data batch_sizes hx params has_biases num_layers dropout train bidirectional batch_first".split()
    ):
        DIFFERENT[_name, _argument] = "two forms under one name: *args, **kwargs"
DIFFERENT["embedding_bag", "indices"] = FUNCTIONAL
for _name in ("fractional_max_pool2d", "fractional_max_pool3d"):
    DIFFERENT[_name, "random_samples"] = FUNCTIONAL
for _argument in ("dimension", "size", "step"):
    DIFFERENT["unfold", _argument] = "of the method, which has it"
DIFFERENT["chain_matmul", "matrices"] = "collected from the positions, as by torch's Python function"
for _name in ("atleast_1d", "atleast_2d", "atleast_3d", "block_diag", "broadcast_tensors", "cartesian_prod", "meshgrid"):
    DIFFERENT[_name, "tensors"] = "collected from the positions, as by torch's Python function"
for _name in ("mm", "bmm", "addmm", "baddbmm"):
    DIFFERENT[_name, "out_dtype"] = "products that accumulate in another type exist on accelerators only"

# Defaults that are spelled differently and mean the same.
SAME = [("[]", "None"), ("[]", "()"), ("1", "'mean'"), ("-1", "None"), ("4", "None"), ("None", "lucet.contiguous_format"), ("0", "lucet.contiguous_format")]
OTHER_DEFAULTS = {
    ("norm", "p"): "'fro', as in torch's Python function",
    ("embedding_bag", "mode"): "'mean', as in nn.functional",
    ("normal", "std"): "None stands for 1",
    ("arange", "step"): "None stands for 1",
    ("to_dense", "masked_grad"): "True, as in torch's method",
    ("var", "unbiased"): "None: correction=1",
    ("std", "unbiased"): "None: correction=1",
    ("var_mean", "unbiased"): "None: correction=1",
    ("std_mean", "unbiased"): "None: correction=1",
    ("conv1d", "padding"): "0; the schema with a string says valid",
    ("conv2d", "padding"): "0; the schema with a string says valid",
    ("conv3d", "padding"): "0; the schema with a string says valid",
}
for _name in ("binary_cross_entropy_with_logits", "cosine_embedding_loss", "ctc_loss", "hinge_embedding_loss", "kl_div", "margin_ranking_loss", "triplet_margin_loss"):
    OTHER_DEFAULTS[_name, "reduction"] = "0, which torch's function takes where none is given, whatever its schema says"


def functions():
    for entry in OPS.values():
        if entry.family == "update":
            continue
        yield entry.name, entry.function
        if entry.inplace is not None:
            yield entry.name + "_", entry.inplace


FUNCTIONS = list(functions())
FIRST = {"A", "LU", "self", "input", "tensors", "condition", "size", "data", "start", "end", "n", "low", "high", "mean", "indices", "weight"}
RESULTS = {"out", "values", "max", "max_values", "min", "min_indices", "indices"}


def schemas_of(name):
    """The schemas that Python can call: not those of scripts over plain numbers, of lists, of named dimensions, of out=."""
    for schema in torch._C._jit_get_all_schemas():
        if schema.name != f"aten::{name}" or "out" in schema.overload_name or schema.overload_name.endswith(("_t", "_", "str", "t")):
            continue
        arguments = schema.arguments
        if not arguments or arguments[0].name not in FIRST or any("Dimname" in str(a.type) or a.name in ("a", "t", "l") for a in arguments):
            continue
        if name == "sort" and any(a.name == "reverse" for a in arguments):
            continue
        yield schema


def takes(parameters, name):
    """Whether an argument may be given by that name: one that only collects positions has none."""
    return name == "self" or name in parameters and parameters[name].kind in (inspect.Parameter.POSITIONAL_OR_KEYWORD, inspect.Parameter.KEYWORD_ONLY)


def is_result(schema, argument):
    """`values` and `indices` of an out= form."""
    return argument.is_out or argument.name in RESULTS and ("values" in schema.overload_name or schema.overload_name.startswith("dim_m"))


@pytest.mark.parametrize("name,function", FUNCTIONS, ids=[name for name, _ in FUNCTIONS])
def test_takes_the_arguments_of_torchs_schemas(name, function):
    parameters = inspect.signature(function).parameters
    for schema in schemas_of(name):
        for argument in schema.arguments:
            if is_result(schema, argument) or (name, argument.name) in DIFFERENT:
                continue
            assert takes(parameters, argument.name), f"{schema}: no argument {argument.name} in {list(parameters)}"


KEYS = [key for key, entry in OPS.items() if entry.family not in ("random", "update")]


@pytest.mark.parametrize("key", KEYS)
def test_arguments_go_by_the_names_of_torchs_schemas(key):
    """Every sample called once more with all arguments named: where torch takes a schema's names, lucet does."""
    entry = OPS[key]
    for base in base_calls(key, entry):
        for schema in schemas_of(entry.name):
            names = [argument.name for argument in schema.arguments]
            arguments, keywords = called_with(base)
            if len(arguments) > len(names):
                continue
            first = [arguments.pop(0)] if names[0] == "self" and arguments else []
            named = dict(zip(names[len(first) :], arguments)) | keywords
            if any((entry.name, name) in DIFFERENT for name in named):
                continue
            result, refused = attempt(torchs(entry), [to_torch(x) for x in first], {name: to_torch(x) for name, x in named.items()})
            if refused is None:
                ours, error = attempt(entry.function, first, named)
                assert error is None, (schema, named, error)
                assert getattr(ours, "shape", None) == getattr(result, "shape", None)


NUMPYS = {"dim": ("axis",), "keepdim": ("keepdims",), "input": ("x", "a", "x1"), "other": ("x2",)}


@pytest.mark.parametrize("key", KEYS)
def test_arguments_go_by_numpys_names_where_torchs_do(key):
    entry = OPS[key]
    parameters = inspect.signature(entry.function).parameters
    if any(parameter.kind == parameter.VAR_POSITIONAL for parameter in parameters.values()):
        return
    for base in base_calls(key, entry)[:2]:
        arguments, keywords = called_with(base)
        named = dict(zip(parameters, arguments)) | keywords
        for name, other in ((name, other) for name, others in NUMPYS.items() for other in others if name in named and other not in parameters):
            given = {other if n == name else n: value for n, value in named.items()}
            result, refused = attempt(torchs(entry), [], {n: to_torch(value) for n, value in given.items()})
            if refused is None:
                ours, error = attempt(entry.function, [], given)
                assert error is None, (given, error)
                assert getattr(ours, "shape", None) == getattr(result, "shape", None)


@pytest.mark.parametrize("name,function", FUNCTIONS, ids=[name for name, _ in FUNCTIONS])
def test_defaults_are_torchs(name, function):
    parameters = inspect.signature(function).parameters
    for schema in schemas_of(name):
        for argument in schema.arguments:
            parameter = parameters.get(argument.name)
            if parameter is None or not argument.has_default_value() or parameter.default is parameter.empty:
                continue
            ours, torchs = parameter.default, argument.default_value
            alike = ours == torchs or torchs is None and ours in (None, False) or (repr(torchs), repr(ours)) in SAME
            alike = alike or isinstance(torchs, list) and (tuple(torchs) == ours or len(set(torchs)) == 1 and torchs[0] == ours)
            assert alike or (name, argument.name) in OTHER_DEFAULTS, f"{schema}: {argument.name}={ours!r}, torch has {torchs!r}"


def test_the_table_of_differences_has_no_dead_rows():
    names = {name for name, _ in FUNCTIONS}
    for name, argument in [*DIFFERENT, *OTHER_DEFAULTS]:
        assert name in names, name
        schemas = [s for s in torch._C._jit_get_all_schemas() if s.name == f"aten::{name}"]
        assert any(a.name == argument for s in schemas for a in s.arguments), (name, argument)


@pytest.mark.parametrize("name,function", FUNCTIONS, ids=[name for name, _ in FUNCTIONS])
def test_positions_are_those_of_torchs_documentation(name, function):
    """The parameters that may be given by position, as the first line of torch's docstring lists them."""
    documented = getattr(torch, name, None)
    first = ((documented.__doc__ if documented is not None else "") or "").strip().splitlines()[:1]
    match = re.match(rf"{re.escape(name)}\(([^*)]*)", first[0]) if first else None
    if match is None:
        return
    torchs = [re.split(r"[=: ]", part.strip())[0] for part in match[1].split(",") if part.strip()]
    torchs = [part for part in torchs if part.isidentifier()]
    parameters = list(inspect.signature(function).parameters.values())
    if any(p.kind == p.VAR_POSITIONAL for p in parameters):
        return
    ours = [p.name for p in parameters if p.kind in (p.POSITIONAL_ONLY, p.POSITIONAL_OR_KEYWORD)]
    aliases = {"self": "input", "tensor": "input", "A": "input"}
    ours, torchs = [[aliases.get(n, n) for n in side] for side in (ours, torchs)]
    shared = [n for n in torchs if n in ours]
    assert [n for n in ours if n in shared] == shared, (first[0], ours)


def test_every_op_exists_in_torch():
    unknown = []
    for key, entry in OPS.items():
        homes = [torch if home == "lucet" else getattr(torch, home, None) for home in entry.also if "." not in home]
        homes += [torch.nn.functional] if "nn.functional" in entry.also else []
        homes += [torch.linalg] if "linalg" in entry.also else []
        if entry.also and not any(hasattr(home, entry.name.removeprefix("linalg_").removeprefix("fft_")) for home in homes if home is not None):
            unknown.append(key)
    assert not unknown


def test_methods_exist_in_torch():
    own = {"names"}  # which torch has on instances only
    for name in vars(lucet.Tensor):
        if not name.startswith("_") and name not in own:
            assert hasattr(torch.Tensor, name), name


def test_every_op_that_torch_lets_subclasses_override_is_an_op_here():
    """Of torch's overridable functions that lucet has at all, the ones that are no registered op, method or property."""
    registered = {entry.name for entry in OPS.values()} | {entry.name + "_" for entry in OPS.values() if entry.inplace is not None}
    overridable = {f.__name__ for f in torch.overrides.get_testing_overrides() if hasattr(f, "__name__")}
    named = {n for n in dir(lucet) if n in overridable and inspect.isroutine(getattr(lucet, n))}
    from lucet._registry import ALIASES

    spare = named - registered - set(ALIASES) - {new + "_" for new in ALIASES}
    of_numbers = {"sym_float", "sym_int", "sym_ite", "sym_max", "sym_min", "sym_not", "sym_sqrt", "sym_sum"}  # which ask the protocol themselves
    assert spare <= of_numbers | {"is_complex", "is_floating_point", "is_inference", "is_nonzero", "numel", "result_type", "can_cast"}, spare


# What `lucet` has and torch has not: the block cache's reports, the classes of errors, the search for NaN, and the modules of the package.
OWN = {"debug", "empty_cache", "errors", "memory_stats", "serialization"}


def test_no_public_name_that_torch_does_not_have():
    assert {name for name in dir(lucet) if not name.startswith("_") and not hasattr(torch, name)} <= OWN


def test_in_place_forms_are_functions_where_torch_has_them():
    theirs = {name for name in dir(torch) if name.endswith("_") and not name.startswith("_")}
    assert [name for name in theirs if not hasattr(lucet, name) and hasattr(lucet, name[:-1])] == []
    assert [name for name in dir(torch.Tensor) if name.endswith("_") and not name.startswith("_") and hasattr(lucet.Tensor, name[:-1]) and not hasattr(lucet.Tensor, name)] == []


def test_no_method_that_torch_does_not_have():
    assert [name for name in dir(lucet.Tensor) if not name.startswith("_") and not hasattr(torch.Tensor, name)] == []


@pytest.mark.parametrize("name", ["Tensor", "dtype", "device", "Size", "layout", "memory_format"])
def test_types_show_themselves_as_torchs(name):
    assert repr(getattr(lucet, name)) == repr(getattr(torch, name)).replace("torch", "lucet")
