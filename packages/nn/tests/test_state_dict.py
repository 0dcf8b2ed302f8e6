"""state_dict and load_state_dict: names, what is shared, strictness, messages, versions, hooks."""

from collections import OrderedDict

import pytest

import lucet
from lucet import nn
from lucet._errors import LoadError
from lucet.nn.modules.utils import consume_prefix_in_state_dict_if_present


def net():
    return nn.Sequential(nn.Linear(2, 3), nn.BatchNorm1d(3))


def test_names_order_and_metadata():
    state = net().state_dict()
    assert type(state) is OrderedDict
    assert list(state) == [
        "0.weight",
        "0.bias",
        "1.weight",
        "1.bias",
        "1.running_mean",
        "1.running_var",
        "1.num_batches_tracked",
    ]
    assert state._metadata == {"": {"version": 1}, "0": {"version": 1}, "1": {"version": 2}}


def test_values_are_detached_and_share_memory():
    layer = nn.Linear(2, 1)
    state = layer.state_dict()
    assert type(state["weight"]) is lucet.Tensor and not state["weight"].requires_grad
    state["weight"].zero_()
    assert layer.weight.tolist() == [[0.0, 0.0]]
    assert layer.state_dict(keep_vars=True)["weight"] is layer.weight


def test_destination_and_prefix():
    filled = OrderedDict(first=1)
    assert nn.Linear(1, 1).state_dict(destination=filled, prefix="p.") is filled
    assert list(filled) == ["first", "p.weight", "p.bias"]
    with pytest.warns(FutureWarning, match="Positional args are being deprecated"):
        assert list(nn.Linear(1, 1).state_dict(OrderedDict(), "q.", True)) == ["q.weight", "q.bias"]


def test_loading_copies_into_the_same_parameters():
    source, target = net(), net()
    before = list(target.parameters())
    state = source.state_dict()
    assert repr(target.load_state_dict(state)) == "<All keys matched successfully>"
    assert all(a is b for a, b in zip(before, target.parameters(), strict=True))
    for name, value in target.state_dict().items():
        assert lucet.equal(value, state[name])
        assert value.data_ptr() != state[name].data_ptr()


def test_loading_converts_dtype():
    layer = nn.Linear(1, 1)
    layer.load_state_dict({"weight": lucet.ones(1, 1, dtype=lucet.int64), "bias": lucet.ones(1, dtype=lucet.float64)})
    assert layer.weight.dtype == lucet.float32 and layer.weight.item() == 1.0


def test_assign_puts_the_tensors_in_place():
    state = nn.Linear(2, 1).double().state_dict()
    layer = nn.Linear(2, 1, device="meta")
    layer.bias.requires_grad_(False)
    layer.load_state_dict(state, assign=True)
    assert isinstance(layer.weight, nn.Parameter) and layer.weight.dtype == lucet.float64
    assert layer.weight.data_ptr() == state["weight"].data_ptr()
    assert layer.weight.requires_grad and not layer.bias.requires_grad
    parameter = nn.Parameter(lucet.ones(1, 2))
    layer.load_state_dict({"weight": parameter, "bias": lucet.ones(1)}, assign=True)
    assert layer.weight is parameter


def test_assigning_leaves_no_trace_on_the_state_dict():
    state, layer = nn.Linear(1, 1).state_dict(), nn.Linear(1, 1)
    nn.Linear(1, 1).load_state_dict(state, assign=True)
    assert state._metadata == {"": {"version": 1}}
    layer.load_state_dict(state)
    assert layer.weight.data_ptr() != state["weight"].data_ptr()


def test_loading_into_meta_warns():
    with pytest.warns(UserWarning, match="copying from a non-meta parameter .* which is a no-op; assign=True"):
        nn.Linear(1, 1, device="meta").load_state_dict(nn.Linear(1, 1).state_dict())


def test_not_strict_returns_what_differs():
    result = net().load_state_dict({"0.weight": lucet.ones(3, 2), "x": 1, "0.y": 2, "9.z": 3}, strict=False)
    assert result.missing_keys[:2] == ["0.bias", "1.weight"]
    assert result.unexpected_keys == ["x", "9.z", "0.y"]
    assert repr(result).startswith("_IncompatibleKeys(missing_keys=['0.bias',")
    assert str(result) == repr(result)
    missing, unexpected = result
    assert len(missing) == 5 and len(unexpected) == 3  # without metadata, batches need not be counted


MESSAGES = {
    "missing and unexpected": (
        lambda: nn.Linear(1, 1).load_state_dict({"weight": lucet.ones(1, 1), "a": 1}),
        "load_state_dict: 1 missing, 1 unexpected, Linear expects none\n"
        "  Error(s) in loading state_dict for Linear:\n"
        '  Missing key(s) in state_dict: "bias"\n'
        '  Unexpected key(s) in state_dict: "a"',
    ),
    "size": (
        lambda: nn.Linear(1, 1).load_state_dict({"weight": lucet.ones(2, 1), "bias": lucet.ones(1)}),
        "load_state_dict: 1 not copied, Linear expects none\n"
        "  Error(s) in loading state_dict for Linear:\n"
        "  size mismatch for weight: copying a param with shape {size21} from checkpoint, "
        "the shape in current model is {size11}.",
    ),
    "no tensor": (
        lambda: nn.Linear(1, 1).load_state_dict({"weight": lucet.ones(1, 1), "bias": 3}),
        "load_state_dict: 1 not copied, Linear expects none\n"
        "  Error(s) in loading state_dict for Linear:\n"
        '  While copying the parameter named "bias", expected torch.Tensor or Tensor-like object from checkpoint but '
        "received <class 'int'>",
    ),
    "prefix": (
        lambda: nn.Linear(1, 1).load_state_dict({"module.weight": lucet.ones(1, 1), "module.bias": lucet.ones(1)}),
        'load_state_dict: 2 of 2 keys start with "module.", the model has none of them\n'
        '  first "module.weight" in the file, "weight" in Linear\n'
        "  Error(s) in loading state_dict for Linear:\n"
        '  Missing key(s) in state_dict: "weight", "bias"\n'
        '  Unexpected key(s) in state_dict: "module.weight", "module.bias"\n'
        '  fix   load_state_dict({k.removeprefix("module."): v for k, v in sd.items()})',
    ),
}


@pytest.mark.parametrize(("run", "text"), MESSAGES.values(), ids=MESSAGES.keys())
def test_messages(run, text):
    with pytest.raises(LoadError) as caught:
        run()
    assert isinstance(caught.value, RuntimeError)
    sizes = {"size21": lucet.ones(2, 1).shape, "size11": lucet.ones(1, 1).shape}
    assert str(caught.value) == (text.format(**sizes) if "{size" in text else text)


def test_long_lists_are_cut_and_kept_whole_on_the_error():
    many = nn.ModuleList([nn.Linear(1, 1) for _ in range(20)])
    with pytest.raises(LoadError, match="and 20 more") as caught:
        many.load_state_dict({})
    assert len(caught.value.missing_keys) == 40
    assert caught.value.unexpected_keys == []


def test_a_failed_load_copies_what_fits():
    layer = nn.Linear(2, 1)
    with pytest.raises(LoadError):
        layer.load_state_dict({"weight": lucet.ones(3, 3), "bias": lucet.full((1,), 7.0)})
    assert layer.bias.item() == 7.0


def test_sizes_count_without_strict_too():
    with pytest.raises(LoadError, match="size mismatch for weight"):
        nn.Linear(1, 1).load_state_dict({"weight": lucet.ones(2, 2)}, strict=False)


def test_state_dict_must_be_a_mapping():
    with pytest.raises(TypeError, match="Expected state_dict to be dict-like, got <class 'list'>"):
        nn.Linear(1, 1).load_state_dict([1])


def test_one_element_vectors_fill_scalars():
    norm = nn.BatchNorm1d(1)
    norm.load_state_dict({**norm.state_dict(), "num_batches_tracked": lucet.tensor([3])})
    assert norm.num_batches_tracked.item() == 3


def test_batch_norm_reads_its_first_version():
    norm, state = nn.BatchNorm1d(1), nn.BatchNorm1d(1).state_dict()
    del state["num_batches_tracked"]
    with pytest.raises(LoadError, match="num_batches_tracked"):
        norm.load_state_dict(state)
    state._metadata[""]["version"] = 1
    norm.load_state_dict(state)
    norm.load_state_dict(dict(state))  # without metadata it counts as old
    assert norm.num_batches_tracked.item() == 0


class Counting(nn.Module):
    def __init__(self):
        super().__init__()
        self.calls = 1

    def get_extra_state(self):
        return {"calls": self.calls}

    def set_extra_state(self, state):
        self.calls = state["calls"]


def test_extra_state_travels():
    model = nn.Sequential(Counting())
    assert model.state_dict() == {"0._extra_state": {"calls": 1}}
    model.load_state_dict({"0._extra_state": {"calls": 5}})
    assert model[0].calls == 5
    assert model.load_state_dict({}, strict=False).missing_keys == ["0._extra_state"]
    with pytest.raises(LoadError, match="Unexpected key"):
        nn.ReLU().load_state_dict({"_extra_state": 1})
    with pytest.raises(RuntimeError):
        nn.ReLU().get_extra_state()
    with pytest.raises(RuntimeError):
        nn.ReLU().set_extra_state(1)


def test_subclasses_read_older_layouts():
    class Renamed(nn.Linear):
        _version = 2

        def _load_from_state_dict(self, state_dict, prefix, local_metadata, *rest):
            if local_metadata.get("version", 1) < 2:
                state_dict[prefix + "weight"] = state_dict.pop(prefix + "w")
            super()._load_from_state_dict(state_dict, prefix, local_metadata, *rest)

    outer = nn.Sequential(Renamed(1, 1, bias=False))
    old = {"0.w": lucet.full((1, 1), 3.0)}
    outer.load_state_dict(old)
    assert outer[0].weight.item() == 3.0
    assert list(old) == ["0.w"]


def test_pre_hooks_of_saving_and_loading():
    log, layer = [], nn.Linear(1, 1)
    outer = nn.Sequential(layer)
    layer.register_state_dict_pre_hook(lambda m, prefix, keep_vars: log.append((m is layer, prefix, keep_vars)))
    state = outer.state_dict(prefix="p.")
    assert log == [(True, "p.0.", False)]
    layer.register_load_state_dict_pre_hook(lambda m, sd, prefix, *rest: log.append((m is layer, prefix, len(rest))))
    layer._register_load_state_dict_pre_hook(lambda sd, prefix, *rest: log.append((prefix, len(rest))))
    outer.load_state_dict({k.removeprefix("p."): v for k, v in state.items()})
    assert log[1:] == [(True, "0.", 5), ("0.", 5)]


def test_post_hooks_of_saving():
    layer = nn.Linear(1, 1)
    handle = layer.register_state_dict_post_hook(lambda m, sd, prefix, meta: sd.update(extra=prefix))
    assert layer.state_dict(prefix="a.")["extra"] == "a."
    handle.remove()
    handle = layer.register_state_dict_post_hook(lambda m, sd, prefix, meta: sd)
    with pytest.raises(RuntimeError, match="state_dict post-hook must return None"):
        layer.state_dict()
    handle.remove()
    layer._register_state_dict_hook(lambda m, sd, prefix, meta: {"other": 1})
    assert layer.state_dict() == {"other": 1}


def test_one_function_is_not_both_kinds_of_post_hook():
    def hook(*args):
        return None

    layer = nn.Linear(1, 1)
    layer.register_state_dict_post_hook(hook)
    with pytest.raises(RuntimeError, match="previously registered via register_state_dict_post_hook"):
        layer._register_state_dict_hook(hook)


def test_post_hooks_of_loading_may_change_the_lists():
    layer = nn.Linear(1, 1)
    handle = layer.register_load_state_dict_post_hook(lambda m, keys: keys.missing_keys.clear())
    assert repr(layer.load_state_dict({})) == "<All keys matched successfully>"
    handle.remove()
    layer.register_load_state_dict_post_hook(lambda m, keys: 1)
    with pytest.raises(AssertionError, match="not expected to return new values"):
        layer.load_state_dict(layer.state_dict())


def test_shared_parameters_appear_under_each_name():
    layer = nn.Linear(1, 1)
    both = nn.Sequential(layer, layer)
    assert list(both.state_dict()) == ["0.weight", "0.bias", "1.weight", "1.bias"]


def test_a_prefix_is_cut_off_in_place():
    wrapped = nn.Module()
    wrapped.module = nn.Sequential(nn.BatchNorm1d(1))
    state = wrapped.state_dict()
    consume_prefix_in_state_dict_if_present(state, "module.")
    assert state._metadata[""] == {"version": 1} and state._metadata["0"] == {"version": 2}
    assert repr(wrapped.module.load_state_dict(state)) == "<All keys matched successfully>"
