"""The learning-rate range test: what it finds, that it leaves no trace, and what it refuses."""

import copy
import math

import pytest

import lucet
from lucet import nn, optim
from lucet.utils.data import DataLoader, TensorDataset


def setting(batch=8):
    lucet.manual_seed(3)
    x = lucet.randn(64, 4)
    data = TensorDataset(x, (x.sum(1, keepdim=True) > 0).float())
    net = nn.Sequential(nn.Linear(4, 8), nn.BatchNorm1d(8), nn.Dropout(0.1), nn.Linear(8, 1), nn.Sigmoid())
    return net, DataLoader(data, batch_size=batch, shuffle=True)


def test_the_suggestion_trains_and_far_above_it_the_loss_grows():
    net, loader = setting()
    result = optim.lr_find(net, nn.MSELoss(), loader, start_lr=1e-5, end_lr=1e5, steps=60, stop_factor=2)
    assert 1e-4 < result.suggestion < 10
    assert result.diverged and len(result.lrs) == len(result.losses) == len(result.raw_losses) < 60
    assert result.lrs == sorted(result.lrs) and result.lrs[0] == pytest.approx(1e-5)
    assert "suggestion=" in repr(result) and "diverged" in repr(result)


def snapshot(net, opt, loader):
    return (
        copy.deepcopy(net.state_dict()),
        [p.grad for p in net.parameters()],
        [m.training for m in net.modules()],
        copy.deepcopy(opt.state_dict()),
        lucet.get_rng_state().tolist(),
    )


def same(a, b):
    if isinstance(a, lucet.Tensor):
        return a is b or (isinstance(b, lucet.Tensor) and a.tolist() == b.tolist())
    if isinstance(a, dict):
        return a.keys() == b.keys() and all(same(a[k], b[k]) for k in a)
    if isinstance(a, (list, tuple)):
        return len(a) == len(b) and all(map(same, a, b))
    return a == b


@pytest.mark.parametrize("kind", ["SGD", "Adam", "LBFGS", "RMSprop"])
@pytest.mark.parametrize("fails", [False, True])
def test_nothing_is_changed(kind, fails):
    net, loader = setting()
    net[1].eval()
    opt = getattr(optim, kind)(net.parameters(), lr=0.02)
    for x, y in list(loader)[:2]:

        def closure(x=x, y=y):
            opt.zero_grad()
            loss = ((net(x) - y) ** 2).mean()
            loss.backward()
            return loss

        opt.step(closure)
    before = snapshot(net, opt, loader)
    calls = []

    def loss(output, target):
        calls.append(1)
        if fails and len(calls) > 5:
            raise KeyError("from the loss")
        return ((output - target) ** 2).mean()

    if fails:
        with pytest.raises(KeyError, match="from the loss"):
            optim.lr_find(net, loss, loader, opt, steps=20)
    else:
        optim.lr_find(net, loss, loader, opt, steps=20)
    assert same(before, snapshot(net, opt, loader))


@pytest.mark.parametrize("options", [{}, {"num_workers": 2, "persistent_workers": True}])
def test_the_loader_goes_on_as_if_nothing_had_been_tested(options):
    def start():
        lucet.manual_seed(5)
        x = lucet.arange(64.0).reshape(64, 1)
        return DataLoader(TensorDataset(x, x), batch_size=8, shuffle=True, generator=lucet.Generator().manual_seed(1), **options)

    def rest(loader):
        return [x.flatten().tolist() for x, _ in loader]

    tested, plain = start(), start()
    for loader in (tested, plain):
        next(iter(loader))
        place = loader.state_dict()
        loader.load_state_dict(place)
        if loader is tested:
            optim.lr_find(nn.Linear(1, 1), nn.MSELoss(), loader, steps=12)
            assert str(loader.state_dict()) == str(place)
    assert rest(tested) == rest(plain)
    assert tested.state_dict()["running"] is False
    assert rest(tested) == rest(plain)


def test_an_iterator_that_ends_shortens_the_ramp():
    x = lucet.ones(4, 1)
    assert len(optim.lr_find(nn.Linear(1, 1), nn.MSELoss(), iter([(x, x)] * 3), steps=9).lrs) == 3


def test_a_loss_that_is_no_number_ends_the_test():
    net, loader = setting()
    seen = []

    def loss(output, target):
        seen.append(1)
        return (output - target).square().mean() * (math.nan if len(seen) > 7 else 1.0)

    result = optim.lr_find(net, loss, loader, steps=50)
    assert result.diverged and len(result.lrs) == 7


def test_plot_draws_the_losses():
    matplotlib = pytest.importorskip("matplotlib")
    matplotlib.use("agg")
    ax = optim.LRFindResult([0.01, 0.1, 1.0], [3.0, 2.0, 4.0], [3.0, 2.0, 4.0]).plot()
    assert ax.get_xscale() == "log" and list(ax.lines[0].get_ydata()) == [3.0, 2.0, 4.0]
    assert ax.lines[1].get_xdata()[0] == 0.01
    assert optim.LRFindResult([0.1, 1.0], [3.0, 4.0], [3.0, 4.0]).plot(ax) is ax


@pytest.mark.parametrize(
    "options, kind, text",
    [
        ({"start_lr": 0.0}, ValueError, "0 < start_lr < end_lr"),
        ({"start_lr": 1.0, "end_lr": 0.5}, ValueError, "0 < start_lr < end_lr"),
        ({"steps": 1}, ValueError, "at least 2"),
        ({"smoothing": 1.0}, ValueError, "0 <= smoothing < 1"),
        ({"stop_factor": 1.0}, ValueError, "above 1"),
        ({"loader": []}, ValueError, "gave no batch"),
        ({"loader": [lucet.ones(2, 4)]}, TypeError, "expected a pair"),
        ({"loader": [(1, 2, 3)]}, TypeError, "tuple of 3"),
        ({"loss": lambda output, target: output.mean() * math.nan}, ValueError, "nan at the first batch"),
        ({"model": nn.Identity()}, ValueError, "no parameter"),
    ],
)
def test_what_cannot_be_tested_is_refused(options, kind, text):
    net, loader = setting()
    arguments = {"model": net, "loss": nn.MSELoss(), "loader": loader} | options
    with pytest.raises(kind, match=text):
        optim.lr_find(**arguments)
