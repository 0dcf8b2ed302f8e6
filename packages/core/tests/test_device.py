"""Devices: cpu and meta, and what programs ask before they train."""

import pickle

import pytest

import lucet


def test_device_is_a_value():
    cpu = lucet.device("cpu")
    assert cpu.type == "cpu"
    assert cpu.index is None
    assert cpu == lucet.device("cpu") and hash(cpu) == hash(lucet.device("cpu"))
    assert lucet.device(cpu) == cpu
    assert lucet.device("cpu:0").index == 0
    assert lucet.device("cpu", 0) == lucet.device("cpu:0") != cpu
    assert (str(lucet.device("cpu:0")), repr(cpu)) == ("cpu:0", "device(type='cpu')")
    assert pickle.loads(pickle.dumps(cpu)) == cpu
    with pytest.raises((AttributeError, TypeError)):
        cpu.type = "meta"


@pytest.mark.parametrize("text", ["", "cpu:", "cpu:x", "nonsense", "cpu:-1", "cpu:99999999999"])
def test_wrong_names_are_refused(text):
    with pytest.raises(RuntimeError):
        lucet.device(text)


@pytest.mark.parametrize("value", [1.5, None, [], object()])
def test_wrong_kinds_are_refused(value):
    with pytest.raises((TypeError, RuntimeError)):
        lucet.device(value)


def test_programs_that_ask_for_cuda_stay_on_the_cpu():
    assert not lucet.cuda.is_available()
    assert lucet.cuda.device_count() == 0
    device = lucet.device("cuda" if lucet.cuda.is_available() else "cpu")
    x = lucet.zeros(2, device=device).to(device)
    assert not x.is_cuda and x.is_cpu
    assert x.cpu() is x
    lucet.cuda.manual_seed_all(0)
    lucet.cuda.empty_cache()
    assert lucet.device("cuda").type == "cuda"


@pytest.mark.parametrize("use", [lambda: lucet.zeros(1, device="cuda"), lambda: lucet.zeros(1).to("cuda"), lambda: lucet.zeros(1).cuda(), lambda: lucet.rand(1, device="cuda:0")])
def test_cuda_for_data_is_a_clear_error(use):
    with pytest.raises(RuntimeError, match="cuda") as caught:
        use()
    assert isinstance(caught.value, AssertionError)


def test_meta_and_cpu_do_not_mix():
    a, b = lucet.ones(2), lucet.ones(2, device="meta")
    with pytest.raises(RuntimeError):
        a + b
    with pytest.raises((RuntimeError, NotImplementedError)):
        b.to("cpu")
    assert a.to("meta").is_meta
    assert (b * 2).is_meta
    assert (b + 1).shape == (2,)


def test_the_default_device_rules_factories():
    lucet.set_default_device("meta")
    try:
        assert lucet.zeros(2).is_meta
        assert lucet.get_default_device() == lucet.device("meta")
        assert lucet.zeros(2, device="cpu").is_cpu
    finally:
        lucet.set_default_device(None)
    assert lucet.zeros(2).is_cpu


# --- devices do not mix -------------------------------------------------------------------------------------------------

X, M = lucet.ones(3, 3), lucet.ones(3, 3, device="meta")


@pytest.mark.parametrize(
    "call",
    [
        lambda: X + M,
        lambda: M @ X,
        lambda: lucet._ops.linear(X, M),
        lambda: lucet.cat([X, M]),
        lambda: lucet.stack([M, X]),
        lambda: lucet._ops.mse_loss(X, M),
        lambda: lucet.where(X > 0, M, M),
        lambda: lucet._ops.batch_norm(X, M[0], M[0]),
        lambda: lucet._ops.batch_norm(X, lucet.zeros(3), M[0], training=True),
        lambda: X.fill_(M[0, 0]),
        lambda: X.masked_fill(X > 0, M[0, 0]),
        lambda: X.index_fill(0, lucet.tensor([0]), M[0, 0]),
        lambda: lucet.bincount(lucet.tensor([1]), M[0, :1]),
        lambda: lucet.meshgrid(X[0], M[0], indexing="ij"),
        lambda: lucet.ones(3).set_(M[0]),
    ],
)
def test_a_meta_tensor_does_not_meet_others(call):
    with pytest.raises(RuntimeError, match="same device|on cpu, where the tensor is"):
        call()


def test_a_number_on_cpu_goes_with_meta():
    assert (M * lucet.tensor(2.0)).is_meta
    assert lucet.zeros(2, 2).copy_(lucet.tensor(1.0)).sum() == 4
    with pytest.raises(NotImplementedError, match="Cannot copy out of meta tensor"):
        lucet.tensor(1.0).copy_(M[0, 0])
    assert lucet.result_type(M, X) is lucet.float32


def test_gradients_stay_on_their_device():
    x = lucet.ones(2, requires_grad=True)
    with pytest.raises(RuntimeError, match="expected device cpu but got meta"):
        (x * 2).backward(lucet.ones(2, device="meta"))
    y = x * 2
    y.register_hook(lambda g: g.to("meta"))
    with pytest.raises(RuntimeError, match="hook has changed the device of value"):
        y.sum().backward()


def test_indices_on_cpu_pick_from_meta():
    index = lucet.zeros(2, dtype=lucet.int64)
    assert M.index_select(0, index).is_meta
    assert lucet._ops.embedding(index, M).shape == (2, 3)
    with pytest.raises(RuntimeError, match="same device"):
        X.index_select(0, index.to("meta"))
    with pytest.raises(RuntimeError, match="same device"):
        lucet.gather(X, 0, index.view(1, 2), out=lucet.empty(1, 2, device="meta"))
    with pytest.raises(RuntimeError, match="same device"):
        lucet.take_along_dim(X, index.view(1, 2), 0, out=lucet.empty(1, 2, device="meta"))
