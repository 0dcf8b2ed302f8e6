"""Parametrizations: registered, stacked, cached, removed, transferred; the ready ones, and the older hooks."""

import copy
import pickle
import warnings

import pytest

import lucet
from lucet import nn
from lucet.nn.utils import parametrizations, parametrize


class Symmetric(nn.Module):
    def forward(self, x):
        return x.triu() + x.triu(1).mT

    def right_inverse(self, x):
        return x.triu()


class Doubled(nn.Module):
    def forward(self, x):
        return 2 * x

    def right_inverse(self, x):
        return x / 2


class Summed(nn.Module):
    """Of two originals."""

    def forward(self, a, b):
        return a + b

    def right_inverse(self, x):
        return x / 4, x * 3 / 4


class OneWay(nn.Module):
    def forward(self, x):
        return x.exp()


def test_the_attribute_is_computed_and_the_original_is_the_parameter():
    layer = nn.Linear(3, 3)
    weight = layer.weight
    assert parametrize.register_parametrization(layer, "weight", Doubled()) is layer
    assert type(layer).__name__ == "ParametrizedLinear" and isinstance(layer, nn.Linear)
    assert parametrize.type_before_parametrizations(layer) is nn.Linear
    assert layer.parametrizations.weight.original is weight
    assert lucet.equal(layer.weight, 2 * weight)
    assert list(layer.state_dict()) == ["bias", "parametrizations.weight.original"]
    layer(lucet.ones(1, 3)).sum().backward()
    assert lucet.equal(weight.grad, lucet.full((3, 3), 2.0))


def test_the_value_stays_where_the_inverse_is_known():
    layer = nn.Linear(3, 3)
    before = layer.weight.detach().clone()
    parametrize.register_parametrization(layer, "weight", Doubled())
    assert lucet.equal(layer.weight, before)


def test_several_parametrizations_follow_one_another():
    layer = nn.Linear(3, 3)
    parametrize.register_parametrization(layer, "weight", Symmetric())
    parametrize.register_parametrization(layer, "weight", Doubled())
    parts = layer.parametrizations.weight
    assert len(parts) == 2
    assert lucet.equal(layer.weight, 2 * Symmetric()(parts.original))
    layer.weight = lucet.full((3, 3), 4.0)
    assert lucet.equal(layer.weight, lucet.full((3, 3), 4.0))
    assert lucet.equal(parts.original, lucet.full((3, 3), 2.0).triu())


def test_several_originals_are_parameters_of_their_own():
    layer = nn.Linear(2, 2, bias=False)
    before = layer.weight.detach().clone()
    parametrize.register_parametrization(layer, "weight", Summed())
    assert [name for name, _ in layer.named_parameters()] == ["parametrizations.weight.original0", "parametrizations.weight.original1"]
    assert lucet.allclose(layer.weight, before)
    layer.weight = lucet.ones(2, 2)
    assert lucet.equal(layer.parametrizations.weight.original1, lucet.full((2, 2), 0.75))
    with pytest.raises(ValueError, match="Cannot leave unparametrized"):
        parametrize.remove_parametrizations(layer, "weight", leave_parametrized=False)
    parametrize.remove_parametrizations(layer, "weight")
    assert type(layer) is nn.Linear and isinstance(layer.weight, nn.Parameter)
    assert lucet.equal(layer.weight, lucet.ones(2, 2))


def test_buffers_can_be_parametrized():
    layer = nn.BatchNorm1d(2)
    parametrize.register_parametrization(layer, "running_mean", Doubled())
    assert "parametrizations.running_mean.original" in layer.state_dict()
    assert [name for name, _ in layer.named_parameters()] == ["weight", "bias"]
    parametrize.remove_parametrizations(layer, "running_mean")
    assert list(layer.state_dict())[-1] == "running_mean" and "running_mean" in layer._buffers


@pytest.mark.parametrize("leave", [True, False])
def test_removal_leaves_what_it_was_computed_as_or_the_original(leave):
    layer = nn.Linear(3, 3)
    parametrize.register_parametrization(layer, "weight", Symmetric())
    original = layer.parametrizations.weight.original
    expected = (layer.weight if leave else original).detach().clone()
    assert parametrize.remove_parametrizations(layer, "weight", leave) is layer
    assert layer.weight is original and lucet.equal(layer.weight, expected)
    assert type(layer) is nn.Linear and not parametrize.is_parametrized(layer) and not hasattr(layer, "parametrizations")


def test_other_modules_of_the_class_stay_as_they_are():
    one, other = nn.Linear(2, 2), nn.Linear(2, 2)
    parametrize.register_parametrization(one, "weight", Symmetric())
    assert type(other) is nn.Linear and isinstance(other.weight, nn.Parameter)
    assert parametrize.is_parametrized(one, "weight") and not parametrize.is_parametrized(one, "bias")
    assert not parametrize.is_parametrized(other)


def test_inside_cached_a_tensor_is_computed_once():
    class Counted(Doubled):
        calls = 0

        def forward(self, x):
            Counted.calls += 1
            return super().forward(x)

    layer = nn.Linear(2, 2)
    parametrize.register_parametrization(layer, "weight", Counted())
    Counted.calls = 0
    with parametrize.cached():
        first = layer.weight
        with parametrize.cached():
            assert layer.weight is first
        assert layer.weight is first
    assert Counted.calls == 1
    assert layer.weight is not first and not parametrize._cache


def test_copies_are_deep_and_pickles_refused():
    layer = parametrize.register_parametrization(nn.Linear(2, 2), "weight", Symmetric())
    twin = copy.deepcopy(layer)
    assert lucet.equal(twin.weight, layer.weight) and twin.parametrizations.weight.original is not layer.parametrizations.weight.original
    twin.weight = lucet.zeros(2, 2)
    assert layer.weight.any()
    with pytest.raises(RuntimeError, match="only supported through state_dict"):
        pickle.dumps(layer)


def test_transfer_shares_the_originals():
    one, other = nn.Linear(2, 2), nn.Linear(2, 2)
    parametrize.register_parametrization(one, "weight", Doubled())
    parametrize.register_parametrization(one, "bias", Doubled())
    assert parametrize.transfer_parametrizations_and_params(one, other, "weight") is other
    assert other.parametrizations.weight.original is one.parametrizations.weight.original
    assert not parametrize.is_parametrized(other, "bias")
    bare = parametrize.transfer_parametrizations_and_params(one, nn.Identity())
    assert lucet.equal(bare.weight, one.weight) and lucet.equal(bare.bias, one.bias)


def test_networks_work_with_parametrized_layers():
    net = nn.Sequential(parametrizations.weight_norm(nn.Linear(3, 4)), nn.ReLU(), nn.Linear(4, 1))
    assert len(net.double().state_dict()) == 5 and net(lucet.ones(2, 3, dtype=lucet.float64)).dtype is lucet.float64
    assert all(p.dtype is lucet.float64 for p in net.parameters())
    assert not net.eval()[0].parametrizations.weight[0].training


class ChangesShape(nn.Module):
    def forward(self, x):
        return x[:1]


class ChangesType(nn.Module):
    def forward(self, x):
        return x.double()


class NoTensor(nn.Module):
    def forward(self, x):
        return [x]


@pytest.mark.parametrize("first", [True, False])
@pytest.mark.parametrize(
    "part,told",
    [
        (ChangesShape(), "may not change the shape of the tensor, unless the `unsafe` flag"),
        (ChangesType(), "may not change the dtype of the tensor, unless the `unsafe` flag"),
        (NoTensor(), "A parametrization must return a tensor. Got list."),
    ],
)
def test_what_changes_the_kind_of_the_tensor_is_refused(part, told, first):
    layer = nn.Linear(2, 2)
    if not first:
        parametrize.register_parametrization(layer, "weight", Doubled())
    before = list(layer.state_dict())
    with pytest.raises(ValueError, match=told):
        parametrize.register_parametrization(layer, "weight", part)
    assert list(layer.state_dict()) == before
    if not isinstance(part, NoTensor):
        parametrize.register_parametrization(layer, "weight", part, unsafe=True)


def test_names_and_values_that_do_not_fit_are_refused():
    layer = nn.Linear(2, 2)
    with pytest.raises(ValueError, match="does not have a parameter, a buffer, or a parametrized element with name 'w'"):
        parametrize.register_parametrization(layer, "w", Doubled())
    with pytest.raises(ValueError, match="does not have a parametrization on weight"):
        parametrize.remove_parametrizations(layer, "weight")
    with pytest.raises(ValueError, match="requires one or more modules"):
        parametrize.ParametrizationList([], layer.weight)
    parametrize.register_parametrization(layer, "weight", OneWay())
    with pytest.raises(RuntimeError, match="parametrization OneWay does not implement right_inverse"):
        layer.weight = lucet.ones(2, 2)


# --- the ready ones --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("trivial", [True, False])
@pytest.mark.parametrize("shape", [(3, 3), (5, 3), (3, 5)])
@pytest.mark.parametrize("how", ["matrix_exp", "cayley", "householder"])
def test_orthogonal_matrices_stay_orthogonal(how, shape, trivial):
    lucet.manual_seed(0)
    layer = nn.Linear(shape[1], shape[0], dtype=lucet.float64)
    parametrizations.orthogonal(layer, orthogonal_map=how, use_trivialization=trivial)
    optimizer_step = lambda p: p.data.sub_(p.grad, alpha=0.1)
    for _ in range(3):
        layer(lucet.ones(1, shape[1], dtype=lucet.float64)).square().sum().backward()
        for p in layer.parameters():
            optimizer_step(p)
        W = layer.weight
        unit = W @ W.mT if shape[0] < shape[1] else W.mT @ W
        assert lucet.allclose(unit, lucet.eye(min(shape), dtype=lucet.float64), atol=1e-10)


def test_orthogonal_takes_any_value():
    layer = parametrizations.orthogonal(nn.Linear(3, 3, dtype=lucet.float64))
    turn = lucet.linalg.qr(lucet.randn(3, 3, dtype=lucet.float64)).Q
    layer.weight = turn
    assert lucet.allclose(layer.weight, turn, atol=1e-12)
    stiff = parametrizations.orthogonal(nn.Linear(3, 3), use_trivialization=False)
    with pytest.raises(NotImplementedError, match="not possible to assign to the matrix exponential"):
        stiff.weight = lucet.eye(3)
    with pytest.raises(ValueError, match="Expected a matrix or batch of matrices of shape"):
        layer.weight = lucet.eye(2)


def test_orthogonal_refuses_what_it_cannot_do():
    with pytest.raises(ValueError, match="has no parameter or buffer with name 'w'"):
        parametrizations.orthogonal(nn.Linear(2, 2), "w")
    with pytest.raises(ValueError, match="Expected a matrix or batch of matrices. Got a tensor of 1 dimensions"):
        parametrizations.orthogonal(nn.Linear(2, 2), "bias")
    with pytest.raises(ValueError, match='orthogonal_map has to be one of "matrix_exp"'):
        parametrizations.orthogonal(nn.Linear(2, 2), orthogonal_map="lu")
    with pytest.raises(ValueError, match="does not support complex tensors"):
        parametrizations.orthogonal(nn.Linear(2, 2, dtype=lucet.complex64), orthogonal_map="householder")


@pytest.mark.parametrize("dim", [0, 1, None])
def test_weight_norm_keeps_the_value_and_loads_the_older_form(dim):
    lucet.manual_seed(0)
    layer = nn.Linear(3, 4)
    before = layer.weight.detach().clone()
    parametrizations.weight_norm(layer, dim=dim)
    assert lucet.allclose(layer.weight, before)
    with pytest.warns(FutureWarning, match="weight_norm` is deprecated"):
        old = nn.utils.weight_norm(nn.Linear(3, 4), dim=dim)
    assert list(old.state_dict()) == ["bias", "weight_g", "weight_v"]
    layer.load_state_dict(old.state_dict())
    assert lucet.allclose(layer.weight, old.weight)


def test_the_older_weight_norm_computes_before_each_call_and_goes():
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        layer = nn.utils.weight_norm(nn.Linear(2, 3))
        with pytest.raises(RuntimeError, match="Cannot register two weight_norm hooks on the same parameter weight"):
            nn.utils.weight_norm(layer)
    x = lucet.ones(1, 2)
    before = layer(x)
    with lucet.no_grad():
        layer.weight_g.mul_(2)
        layer.bias.zero_()
        doubled = layer(x)
    assert lucet.allclose(doubled, 2 * (layer(x) / 2)) and not lucet.allclose(doubled, before)
    assert nn.utils.remove_weight_norm(layer) is layer
    assert lucet.allclose(layer(x), doubled) and sorted(layer.state_dict()) == ["bias", "weight"]
    with pytest.raises(ValueError, match="weight_norm of 'weight' not found"):
        nn.utils.remove_weight_norm(layer)


@pytest.mark.parametrize("new", [True, False])
def test_spectral_norm_brings_the_largest_singular_value_to_one(new):
    lucet.manual_seed(0)
    register = parametrizations.spectral_norm if new else nn.utils.spectral_norm
    layer = register(nn.Linear(4, 3, dtype=lucet.float64), n_power_iterations=50)
    layer(lucet.ones(1, 4, dtype=lucet.float64))
    assert lucet.linalg.matrix_norm(layer.weight, 2).item() == pytest.approx(1, abs=1e-6)
    layer.eval()
    u = (layer.parametrizations.weight[0]._u if new else layer.weight_u).clone()
    layer(lucet.ones(1, 4, dtype=lucet.float64))
    assert lucet.equal(u, layer.parametrizations.weight[0]._u if new else layer.weight_u)


def test_spectral_norm_of_a_vector_is_its_direction():
    layer = parametrizations.spectral_norm(nn.Linear(2, 2), "bias")
    assert layer.bias.norm().item() == pytest.approx(1)


def test_the_older_spectral_norm_goes_and_completes_checkpoints():
    layer = nn.utils.spectral_norm(nn.Linear(4, 3))
    with pytest.raises(RuntimeError, match="Cannot register two spectral_norm hooks on the same parameter weight"):
        nn.utils.spectral_norm(layer)
    x = lucet.ones(1, 4)
    layer.eval()
    expected = layer(x)
    state = layer.state_dict()
    assert state._metadata[""]["spectral_norm"] == {"weight.version": 1}
    old = {name: value.clone() for name, value in state.items() if name != "weight_v"} | {"weight": layer.weight.detach().clone()}
    other = nn.utils.spectral_norm(nn.Linear(4, 3)).eval()
    other.load_state_dict(old)
    assert lucet.allclose(other(x), expected, atol=1e-5)
    nn.utils.remove_spectral_norm(layer)
    assert lucet.allclose(layer(x), expected) and sorted(layer.state_dict()) == ["bias", "weight"]
    assert not layer._forward_pre_hooks and not layer._state_dict_hooks and not layer._load_state_dict_pre_hooks
    with pytest.raises(ValueError, match="spectral_norm of 'weight' not found"):
        nn.utils.remove_spectral_norm(layer)


@pytest.mark.parametrize("register", [parametrizations.spectral_norm, nn.utils.spectral_norm])
def test_spectral_norm_needs_iterations(register):
    with pytest.raises(ValueError, match="Expected n_power_iterations to be positive, but got n_power_iterations=0"):
        register(nn.Linear(2, 2), n_power_iterations=0)


# --- fusion, skip_init, layouts --------------------------------------------------------------------------------------


def trained_norm(norm):
    """With statistics, weights and biases of its own, in eval mode."""
    for tensor in norm.state_dict().values():
        if tensor.is_floating_point():
            tensor.uniform_(0.5, 2)
    return norm.double().eval()


@pytest.mark.parametrize("bias", [True, False])
@pytest.mark.parametrize("affine", [True, False])
def test_fused_convolutions_compute_both(bias, affine):
    lucet.manual_seed(0)
    conv, norm = nn.Conv2d(2, 3, 3, bias=bias).double().eval(), trained_norm(nn.BatchNorm2d(3, affine=affine))
    x = lucet.randn(2, 2, 5, 5, dtype=lucet.float64)
    fused = nn.utils.fuse_conv_bn_eval(conv, norm)
    assert lucet.allclose(fused(x), norm(conv(x)), atol=1e-12) and fused is not conv
    assert (conv.bias is not None) == bias


@pytest.mark.parametrize("features", [1, 4])
def test_fused_linear_layers_compute_both(features):
    lucet.manual_seed(0)
    layer, norm = nn.Linear(3, 4).double().eval(), trained_norm(nn.BatchNorm1d(features))
    x = lucet.randn(5, 3, dtype=lucet.float64)
    y = layer(x)
    expected = norm(y) if features == 4 else norm(y.unsqueeze(1)).squeeze(1)
    assert lucet.allclose(nn.utils.fuse_linear_bn_eval(layer, norm)(x), expected, atol=1e-12)


def test_fusion_needs_eval_mode_and_statistics():
    for fuse, layer, norm in (
        (nn.utils.fuse_conv_bn_eval, nn.Conv2d(1, 2, 1), nn.BatchNorm2d(2)),
        (nn.utils.fuse_linear_bn_eval, nn.Linear(1, 2), nn.BatchNorm1d(2)),
    ):
        with pytest.raises(AssertionError, match="Fusion only for eval!"):
            fuse(layer, norm.eval())
        norm.running_mean = None
        with pytest.raises(AssertionError, match="must not be None"):
            fuse(layer.eval(), norm)
    with pytest.raises(AssertionError, match="To fuse, linear.out_features == bn.num_features"):
        nn.utils.fuse_linear_bn_eval(nn.Linear(1, 2).eval(), nn.BatchNorm1d(3).eval())


def test_skip_init_draws_nothing():
    state = lucet.get_rng_state()
    layer = nn.utils.skip_init(nn.Linear, 3, out_features=2, dtype=lucet.float64)
    assert lucet.equal(lucet.get_rng_state(), state)
    assert layer.weight.shape == (2, 3) and layer.weight.dtype is lucet.float64 and not layer.weight.is_meta
    assert nn.utils.skip_init(nn.Linear, 3, 2, device="meta").weight.is_meta
    with pytest.raises(RuntimeError, match="Module must support a 'device' arg"):
        nn.utils.skip_init(nn.ReLU)
    with pytest.raises(RuntimeError, match="Expected a Module; got"):
        nn.utils.skip_init(int)


def test_weights_of_convolutions_are_laid_out_as_asked():
    net = nn.Sequential(nn.Conv2d(8, 4, 3), nn.Linear(2, 2))
    before = net[0].weight.detach().clone()
    assert nn.utils.convert_conv2d_weight_memory_format(net, lucet.channels_last) is net
    assert net[0].weight.stride() == (72, 1, 24, 8) and lucet.equal(net[0].weight, before)
