"""Module: attributes and registries, walking, conversions, calling, copies, places in errors."""

import ast
import copy
import gc
import pickle
import weakref
from pathlib import Path

import pytest

import lucet
from lucet import nn
from lucet._errors import DtypeError, LucetError, ShapeError, error


class Small(nn.Module):
    """One of each kind of member."""

    def __init__(self):
        super().__init__()
        self.scale = nn.Parameter(lucet.ones(2))
        self.register_buffer("count", lucet.zeros(1))
        self.register_buffer("scratch", lucet.zeros(1), persistent=False)
        self.child = nn.Linear(2, 2)
        self.size = 3

    def forward(self, x):
        return self.child(x) * self.scale


# Attributes and registries


def test_members_are_plain_attributes():
    module = Small()
    for name in ("scale", "count", "child", "size"):
        assert name in vars(module)
    assert vars(module)["scale"] is module._parameters["scale"]


def parameter():
    return nn.Parameter(lucet.zeros(1))


WRITES = {
    "item": lambda p, new: p.__setitem__("scale", new),
    "update": lambda p, new: p.update(scale=new),
    "update from dict": lambda p, new: p.update({"scale": new}),
    "or": lambda p, new: p.__ior__({"scale": new}),
}


@pytest.mark.parametrize("write", WRITES.values(), ids=WRITES.keys())
def test_writing_into_the_registry_changes_the_attribute(write):
    module, new = Small(), parameter()
    write(module._parameters, new)
    assert module.scale is new
    assert dict(module.named_parameters())["scale"] is new


REMOVALS = {
    "del": lambda m: m._parameters.__delitem__("scale"),
    "pop": lambda m: m._parameters.pop("scale"),
    "popitem": lambda m: m._parameters.popitem(),
    "clear": lambda m: m._parameters.clear(),
    "delattr": lambda m: delattr(m, "scale"),
    "other dict": lambda m: setattr(m, "_parameters", {}),
}


@pytest.mark.parametrize("remove", REMOVALS.values(), ids=REMOVALS.keys())
def test_removing_from_the_registry_removes_the_attribute(remove):
    module = Small()
    remove(module)
    assert not hasattr(module, "scale")
    assert "scale" not in module._parameters
    assert "scale" not in dict(module.named_parameters())


def test_registry_reads_like_a_dict():
    module = Small()
    assert module._parameters.setdefault("scale", None) is module.scale
    new = parameter()
    assert module._parameters.setdefault("shift", new) is new is module.shift
    assert module._parameters.pop("nothing", 5) == 5
    with pytest.raises(KeyError):
        module._parameters.pop("nothing")
    with pytest.raises(KeyError):
        del module._parameters["nothing"]
    assert list(module._parameters) == ["scale", "shift"]
    assert type(module._parameters.copy()) is dict


def test_assigned_registry_is_bound():
    module, new = Small(), parameter()
    module._parameters = {"scale": new}
    assert module.scale is new
    module._parameters["shift"] = new
    assert module.shift is new


def test_bare_copy_of_the_dict_works_as_a_replica():
    module = Small()
    replica = Small.__new__(Small)
    replica.__dict__ = module.__dict__.copy()
    replica._parameters = {}
    replica._buffers = replica._buffers.copy()
    replica._modules = replica._modules.copy()
    replica._parameters["scale"] = parameter()
    assert module.scale.shape == (2,) and replica.scale.shape == (1,)
    replica.child = nn.Identity()
    assert isinstance(module.child, nn.Linear)


def test_members_survive_a_setstate_that_does_not_call_super():
    class Stubborn(nn.Linear):
        def __setstate__(self, state):
            self.__dict__.update(state)

    module = copy.deepcopy(Stubborn(2, 1))
    assert module.weight.shape == (1, 2)
    new = nn.Parameter(lucet.zeros(3, 2))
    module._parameters["weight"] = new
    assert module.weight is new
    assert module(lucet.zeros(4, 2)).shape == (4, 3)


def test_none_keeps_the_name():
    module = nn.Linear(2, 1)
    module.bias = None
    assert module.bias is None
    assert list(module._parameters) == ["weight", "bias"]
    assert list(module.state_dict()) == ["weight"]


def test_changing_the_kind_of_an_attribute_moves_it():
    module = Small()
    module.child = parameter()
    assert "child" in module._parameters and "child" not in module._modules
    module.count = parameter()
    assert "count" in module._parameters and "count" not in module._buffers
    module.size = nn.ReLU()
    assert "size" in module._modules
    del module.size
    module.size = 4
    assert module.size == 4 and "size" not in module._modules


def test_class_attribute_hides_a_child_of_the_same_name():
    class Has(nn.Module):
        norm = None

    module = Has()
    module.norm = nn.ReLU()
    assert module.norm is None and "norm" in module._modules


WRONG_ASSIGNMENTS = [
    ("scale", 3, "cannot assign 'int' as parameter 'scale'"),
    ("scale", "tensor", "as parameter 'scale'"),
    ("count", 3, "cannot assign 'int' as buffer 'count'"),
    ("child", 3, "cannot assign 'int' as child module 'child'"),
]


@pytest.mark.parametrize(("name", "value", "words"), WRONG_ASSIGNMENTS)
def test_wrong_assignments_are_refused(name, value, words):
    with pytest.raises(TypeError, match=words):
        setattr(Small(), name, lucet.ones(1) if value == "tensor" else value)


@pytest.mark.parametrize("what", ["parameter", "buffer", "module"])
@pytest.mark.parametrize(
    ("name", "kind", "words"),
    [
        (3, TypeError, "name should be a string. Got int"),
        ("a.b", KeyError, 'can\'t contain "."'),
        ("", KeyError, "can't be empty string"),
        ("size", KeyError, "attribute 'size' already exists"),
        ("forward", KeyError, "attribute 'forward' already exists"),
    ],
)
def test_names_are_checked(what, name, kind, words):
    with pytest.raises(kind) as caught:
        getattr(Small(), f"register_{what}")(name, None)
    assert words in str(caught.value.args[0])


def test_values_are_checked():
    module = Small()
    with pytest.raises(TypeError, match="cannot assign 'int' object to parameter 'x'"):
        module.register_parameter("x", 3)
    with pytest.raises(TypeError, match="cannot assign 'int' object to buffer 'x'"):
        module.register_buffer("x", 3)
    with pytest.raises(TypeError, match="int is not a Module subclass"):
        module.add_module("x", 3)
    with pytest.raises(TypeError, match="activation.ReLU is not a Module subclass"):
        module.add_module("x", nn.ReLU)


def test_forgotten_init_is_told():
    class Forgot(nn.Module):
        def __init__(self):
            pass

    for value, words in ((parameter(), "parameters"), (nn.ReLU(), "module"), (nn.Buffer(lucet.ones(1)), "buffer")):
        with pytest.raises(AttributeError, match=rf"cannot assign {words} before Module.__init__\(\) call"):
            Forgot().x = value
    with pytest.raises(AttributeError, match="'Forgot' object has no attribute '_parameters'"):
        list(Forgot().parameters())
    with pytest.raises(AttributeError):
        repr(Forgot())


def test_missing_attribute_names_class_and_attribute():
    with pytest.raises(AttributeError, match="'Linear' object has no attribute 'wieght'"):
        _ = nn.Linear(1, 1).wieght
    with pytest.raises(AttributeError, match="wieght"):
        del nn.Linear(1, 1).wieght


def test_getattr_may_be_extended():
    class Wrapper(nn.Module):
        def __init__(self, inner):
            super().__init__()
            self.inner = inner

        def __getattr__(self, name):
            try:
                return super().__getattr__(name)
            except AttributeError:
                return getattr(self.inner, name)

    wrapper = Wrapper(nn.Linear(3, 2))
    assert wrapper.in_features == 3
    with pytest.raises(AttributeError):
        _ = wrapper.nothing


def test_unexpected_constructor_arguments():
    with pytest.raises(TypeError, match=r"Module.__init__\(\) takes 1 positional argument but 2 were given"):
        nn.Module(1)
    with pytest.raises(TypeError, match=r"Module.__init__\(\) got an unexpected keyword argument 'k'"):
        nn.Module(k=1)


def test_call_super_init_reaches_the_next_class():
    class Mixin:
        def __init__(self, word):
            self.word = word

    class Both(nn.Module, Mixin):
        call_super_init = True

        def __init__(self):
            super().__init__(word="hello")

    assert Both().word == "hello"


def test_dir_lists_members_but_no_numbers():
    names = dir(nn.Sequential(nn.ReLU()))
    assert "0" not in names and "training" in names and "forward" in names
    assert {"scale", "count", "child"} <= set(dir(Small()))


def test_modules_die_by_reference_count():
    module = nn.Sequential(Small(), nn.Linear(2, 2))
    alive = weakref.ref(module), weakref.ref(module[0])
    gc.disable()
    try:
        del module
        assert [reference() for reference in alive] == [None, None]
    finally:
        gc.enable()


# Walking


def test_named_members_give_each_once_and_in_order():
    net = nn.Sequential(Small(), nn.BatchNorm1d(2))
    assert [n for n, _ in net.named_parameters()] == [
        "0.scale",
        "0.child.weight",
        "0.child.bias",
        "1.weight",
        "1.bias",
    ]
    assert [n for n, _ in net.named_buffers("net")] == [
        "net.0.count",
        "net.0.scratch",
        "net.1.running_mean",
        "net.1.running_var",
        "net.1.num_batches_tracked",
    ]
    assert [n for n, _ in net.named_modules()] == ["", "0", "0.child", "1"]
    assert [n for n, _ in net.named_children()] == ["0", "1"]
    assert [n for n, _ in net[0].named_parameters(recurse=False)] == ["scale"]
    assert len(list(net.buffers())) == 5 and len(list(net.children())) == 2


def test_shared_members_are_listed_once_unless_asked():
    layer = nn.Linear(2, 2)
    net = nn.Sequential(layer, layer)
    net.also = layer.weight
    assert [n for n, _ in net.named_parameters()] == ["also", "0.bias"]
    every = [n for n, _ in net.named_parameters(remove_duplicate=False)]
    assert every == ["also", "0.weight", "0.bias", "1.weight", "1.bias"]
    assert len(list(net.modules())) == 2
    assert len(list(net.modules(remove_duplicate=False))) == 3


def test_get_and_set_by_path():
    net = nn.Sequential(Small())
    assert net.get_submodule("0.child") is net[0].child
    assert net.get_parameter("0.child.bias") is net[0].child.bias
    assert net.get_buffer("0.count") is net[0].count
    net.set_submodule("0.child", nn.Identity())
    assert isinstance(net[0].child, nn.Identity)
    for call, kind, words in (
        (lambda: net.get_submodule("0.nothing"), AttributeError, "Small has no attribute `nothing`"),
        (lambda: net.get_submodule("0.scale"), AttributeError, "`scale` is not an nn.Module"),
        (lambda: net.get_parameter("0.size"), AttributeError, "`size` is not an nn.Parameter"),
        (lambda: net.get_buffer("0.scale"), AttributeError, "`scale` is not a buffer"),
        (lambda: net.set_submodule("", nn.ReLU()), ValueError, "without a target name"),
        (lambda: net.set_submodule("0", 3), ValueError, "is not an nn.Module"),
        (lambda: net.set_submodule("0.new", nn.ReLU(), strict=True), AttributeError, "no attribute `new`"),
    ):
        with pytest.raises(kind, match=words):
            call()


def test_apply_goes_from_the_leaves_up():
    seen = []
    net = nn.Sequential(Small(), nn.ReLU())
    assert net.apply(lambda m: seen.append(type(m).__name__)) is net
    assert seen == ["Linear", "Small", "ReLU", "Sequential"]


# Conversions


def test_conversions_keep_the_parameter_objects():
    module = Small()
    before = list(module.parameters())
    module(lucet.ones(1, 2)).sum().backward()
    module.double()
    assert all(a is b for a, b in zip(before, module.parameters(), strict=True))
    assert {p.dtype for p in module.parameters()} == {p.grad.dtype for p in module.parameters()} == {lucet.float64}
    assert all(p.requires_grad and p.is_leaf for p in module.parameters())
    assert module(lucet.ones(1, 2, dtype=lucet.float64)).dtype == lucet.float64


def test_only_floating_tensors_change_dtype():
    norm = nn.BatchNorm1d(2)
    for convert, dtype in (
        (norm.double, lucet.float64),
        (norm.half, lucet.float16),
        (norm.bfloat16, lucet.bfloat16),
        (norm.float, lucet.float32),
    ):
        convert()
        assert norm.running_mean.dtype == norm.weight.dtype == dtype
        assert norm.num_batches_tracked.dtype == lucet.int64


TO_FORMS = [
    ((lucet.float64,), {}),
    (("cpu", lucet.float64), {}),
    ((lucet.device("cpu"), lucet.float64, True), {}),
    ((None, lucet.float64), {}),
    ((lucet.zeros(1, dtype=lucet.float64),), {}),
    ((lucet.float64, True), {}),
    ((), {"dtype": lucet.float64}),
    ((), {"device": "cpu", "dtype": lucet.float64, "non_blocking": True}),
    ((), {"tensor": lucet.zeros(1, dtype=lucet.float64)}),
]


@pytest.mark.parametrize(("args", "kwargs"), TO_FORMS)
def test_to_takes_every_form(args, kwargs):
    module = nn.Linear(2, 1)
    assert module.to(*args, **kwargs) is module
    assert module.weight.dtype == lucet.float64


@pytest.mark.parametrize(
    ("args", "kwargs", "kind", "words"),
    [
        ((lucet.int64,), {}, TypeError, "only accepts floating point or complex dtypes, but got desired dtype"),
        (("cpu", lucet.int32), {}, TypeError, "only accepts floating point"),
        ((lucet.float64, "cpu"), {}, TypeError, "invalid combination of arguments"),
        ((), {"foo": 1}, TypeError, "invalid combination of arguments - got .foo=int"),
        (("cpu",), {"device": "cpu"}, TypeError, "invalid combination"),
        ((), {"dtype": "float"}, TypeError, "invalid combination"),
        ((1.5,), {}, TypeError, "invalid combination"),
        ((), {"copy": True}, RuntimeError, "does not accept copy"),
    ],
)
def test_to_refuses_other_forms(args, kwargs, kind, words):
    with pytest.raises(kind, match=words):
        nn.Linear(2, 1).to(*args, **kwargs)


def test_to_memory_format_touches_images_only():
    net = nn.Sequential(nn.Conv2d(2, 3, 3), nn.Linear(2, 2)).to(memory_format=lucet.channels_last)
    assert net[0].weight.stride() == (18, 1, 6, 2)
    assert net[1].weight.stride() == (2, 1)


def test_meta_and_back():
    net = nn.Linear(2, 3).to("meta")
    assert net.weight.is_meta and isinstance(net.weight, nn.Parameter) and net.weight.requires_grad
    with pytest.raises(NotImplementedError, match="Cannot copy out of meta tensor; no data!"):
        net.to("cpu")
    net.to_empty(device="cpu")
    assert not net.weight.is_meta and net.weight.shape == (3, 2)
    assert net.to_empty(device="meta", recurse=False).bias.is_meta


def test_accelerators_are_refused_by_name():
    for method in ("cuda", "xpu", "ipu", "mtia"):
        with pytest.raises(RuntimeError, match=f"Module.{method}: .*is not available, expected cpu") as caught:
            getattr(nn.Linear(1, 1), method)()
        assert isinstance(caught.value, AssertionError)  # what torch raises
        assert getattr(nn.CrossEntropyLoss(), method)() is not None
    assert nn.Linear(1, 1).cpu().weight.device.type == "cpu"


def test_zero_grad_drops_or_zeroes():
    layer = nn.Linear(2, 1)
    layer(lucet.ones(1, 2)).sum().backward()
    kept = layer.weight.grad
    layer.zero_grad(set_to_none=False)
    assert layer.weight.grad is kept and kept.tolist() == [[0.0, 0.0]]
    layer.zero_grad()
    assert layer.weight.grad is None


def test_train_checks_its_mode():
    with pytest.raises(ValueError, match="training mode is expected to be boolean"):
        nn.ReLU().train(1)


def test_requires_grad_reaches_all_parameters():
    net = nn.Sequential(nn.Linear(1, 1), nn.BatchNorm1d(1)).requires_grad_(False)
    assert not any(p.requires_grad for p in net.parameters())


def test_compile_does_nothing():
    module = nn.Linear(1, 1)
    assert module.compile(mode="max-autotune", fullgraph=True) is None
    assert module(lucet.ones(1, 1)).shape == (1, 1)


# Copies


@pytest.mark.parametrize("copied", [copy.deepcopy, lambda m: pickle.loads(pickle.dumps(m))])
def test_copies_keep_sharing_kinds_and_hooks(copied):
    net = nn.Sequential(Small(), nn.Linear(2, 2))
    net[1].weight = net[0].child.weight
    twin = copied(net)
    assert twin[1].weight is twin[0].child.weight
    assert [n for n, _ in twin.named_buffers()] == [n for n, _ in net.named_buffers()]
    assert list(twin.state_dict()) == list(net.state_dict())  # "scratch" is still left out
    twin[0].scale = None
    assert net[0].scale is not None
    twin[0]._parameters["scale"] = new = parameter()
    assert twin[0].scale is new


def test_shallow_copy_has_registries_of_its_own():
    module = Small()
    twin = copy.copy(module)
    assert twin.scale is module.scale
    twin.scale = parameter()
    assert module.scale.shape == (2,)


def test_state_of_a_module_is_torchs_layout():
    state = Small().__getstate__()
    assert type(state["_parameters"]) is dict and list(state["_parameters"]) == ["scale"]
    assert "scale" not in state and "child" not in state
    assert {"training", "_buffers", "_modules", "_forward_hooks", "_non_persistent_buffers_set"} <= set(state)


def double(module, args, output):
    return output * 2


def test_hooks_are_copied():
    module = nn.Identity()
    module.register_forward_hook(double)
    for twin in (copy.deepcopy(module), pickle.loads(pickle.dumps(module)), copy.copy(module)):
        assert twin(3) == 6
        twin._forward_hooks.clear()
        assert twin(3) == 3 and module(3) == 6


# Printing


def test_nested_printing():
    class Described(nn.Module):
        def __init__(self):
            super().__init__()
            self.inner = nn.Sequential(nn.ReLU())
            self.nothing = nn.ReLU()
            self.nothing = None

        def extra_repr(self):
            return "first line\nsecond line"

    assert repr(Described()) == (
        "Described(\n  first line\n  second line\n  (inner): Sequential(\n    (0): ReLU()\n  )\n  (nothing): None\n)"
    )
    assert repr(nn.Module()) == "Module()"


# Places in errors


class Refuses(nn.Module):
    def extra_repr(self):
        return "size=4"

    def forward(self, x):
        raise error(ShapeError, "refuse: input has 3, expected 4", fix="give it 4")


def test_error_carries_the_dotted_path_of_the_innermost_module():
    class Net(nn.Module):
        def __init__(self):
            super().__init__()
            self.classifier = nn.ModuleList([nn.Sequential(nn.Identity(), Refuses())])

        def forward(self, x):
            return self.classifier[0](x)

    with pytest.raises(ShapeError) as caught:
        Net()(lucet.ones(3))
    assert caught.value.at == "classifier.0.1: Refuses(size=4)"
    assert str(caught.value) == (
        "refuse: input has 3, expected 4\n  at    classifier.0.1: Refuses(size=4)\n  fix   give it 4"
    )


def test_error_of_a_lone_layer_names_the_layer():
    with pytest.raises(ShapeError) as caught:
        Refuses()(0)
    assert caught.value.at == "Refuses(size=4)"


def test_error_in_the_forward_of_a_container_names_its_class():
    class Net(nn.Module):
        def __init__(self):
            super().__init__()
            self.layer = nn.ReLU()

        def forward(self, x):
            raise error(DtypeError, "add: odd")

    with pytest.raises(DtypeError) as caught:
        nn.Sequential(Net())(0)
    assert caught.value.at == "0: Net"


def test_places_named_elsewhere_and_other_errors_are_left_alone():
    class Placed(nn.Module):
        def forward(self, x):
            raise error(ShapeError, "op: odd", at="train.py:3") if x else ValueError("plain")

    with pytest.raises(LucetError) as caught:
        nn.Sequential(Placed())(1)
    assert caught.value.at == "train.py:3"
    with pytest.raises(ValueError) as plain:
        nn.Sequential(Placed())(0)
    assert str(plain.value) == "plain"


def test_errors_of_python_carry_the_place_as_a_note():
    class Fails(nn.Module):
        def forward(self, x):
            raise x

    net = nn.Sequential(nn.Identity(), nn.Sequential(Fails()))
    for kind in (ValueError, IndexError, TypeError, RuntimeError, KeyError):
        with pytest.raises(kind) as caught:
            net(kind("plain"))
        assert caught.value.args == ("plain",)
        assert caught.value.__notes__ == ["  at    1.0: Fails()"]
        again = pickle.loads(pickle.dumps(caught.value))
        assert type(again.__notes__[0]) is str  # the note does not carry the network to another process

    class Signal(Exception):
        pass

    with pytest.raises(Signal) as caught:
        net(Signal())
    assert not hasattr(caught.value, "__notes__")


def test_errors_of_layers_name_the_layer():
    class Net(nn.Module):
        def __init__(self, layer):
            super().__init__()
            self.layer = layer

        def forward(self, *args):
            return self.layer(*args)

    x = lucet.ones(1, 3)
    for layer, args, line in (
        (nn.BatchNorm1d(3), (x,), "layer: BatchNorm1d(3, eps=1e-05"),
        (nn.CrossEntropyLoss(), (x, lucet.tensor([7])), "layer: CrossEntropyLoss()"),
        (nn.Flatten(5), (x,), "layer: Flatten(start_dim=5"),
    ):
        with pytest.raises((ValueError, IndexError)) as caught:
            Net(layer)(*args)
        (note,) = caught.value.__notes__
        assert note.startswith("  at    " + line), note


def test_an_array_for_a_tensor_is_told_with_op_argument_place_and_fix():
    with pytest.raises(TypeError) as caught:
        nn.Sequential(nn.Linear(2, 1))(memoryview(b"12"))
    assert str(caught.value) == (
        "linear: argument 'input' must be Tensor, not memoryview\n"
        "  at    0: Linear(in_features=2, out_features=1, bias=True)"
    )


def test_a_module_that_cannot_be_printed_does_not_hide_its_error():
    class Odd(nn.Module):
        def extra_repr(self):
            raise AttributeError("not built yet")

        def forward(self, x):
            raise ValueError("plain")

    with pytest.raises(ValueError, match="plain"):
        nn.Sequential(Odd())(0)


def test_place_is_named_through_hooks_and_kept_when_caught_and_raised_again():
    net = nn.Sequential(Refuses())
    net.register_forward_hook(lambda *a: None)
    with pytest.raises(ShapeError) as caught:
        net(0)
    assert caught.value.at == "0: Refuses(size=4)"


# The package


def test_package_imports_neither_numpy_nor_a_later_room():
    root = Path(nn.__file__).parent
    allowed = {"lucet", "collections", "contextlib", "functools", "itertools", "math", "operator", "types", "typing"}
    allowed |= {"abc", "copy", "copyreg", "dataclasses", "enum", "inspect", "numbers", "threading"}  # small, most loaded by core
    for file in root.rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text())):
            names = [a.name for a in node.names] if isinstance(node, ast.Import) else []
            names += [node.module] if isinstance(node, ast.ImportFrom) and node.module else []
            for name in names:
                assert name.split(".")[0] in allowed | {"warnings", "weakref"}, (file, name)
                assert not name.startswith(("lucet.optim", "lucet.utils.data", "lucetvision")), (file, name)


def test_every_public_name_is_documented_with_an_example():
    for name in nn.modules.__all__:
        kind = getattr(nn, name)
        assert ">>> " in kind.__doc__, name
        for method, function in vars(kind).items():
            if not method.startswith("_") and callable(function) and method != "forward":
                assert function.__doc__, (name, method)


def test_memory_is_not_said_to_be_shared():
    with pytest.raises(NotImplementedError, match="tensors cannot be shared between processes yet"):
        nn.Sequential(nn.Linear(2, 1)).share_memory()
    with pytest.raises(NotImplementedError, match="tensors cannot be shared"):
        nn.BatchNorm1d(2, affine=False).share_memory()
    assert not lucet.zeros(1).is_shared() and isinstance(nn.ReLU().share_memory(), nn.ReLU)
