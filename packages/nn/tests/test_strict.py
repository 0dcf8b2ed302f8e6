"""strict: each of its mistakes is told with advice, correct programs pass, and nothing stays installed. Steps are in tests/test_strict_training.py."""

import threading

import pytest

import lucet
import lucet.nn.functional as F
from lucet import _hooks, nn
from lucet.errors import MistakeError
from lucet.nn.modules import _hooks as module_hooks

t = lucet.tensor
TABLES = [
    module_hooks._global_forward_pre_hooks,
    module_hooks._global_forward_hooks,
    module_hooks._global_forward_hooks_always_called,
    _hooks.optimizer_step_pre_hooks,
    _hooks.optimizer_step_post_hooks,
]


@pytest.fixture(autouse=True)
def nothing_stays_installed():
    yield
    assert [len(table) for table in TABLES] == [0] * len(TABLES)
    assert not lucet._modes._modes_in_force()[3]


def mistake(call, told, **settings):
    """The error that strict raises from the call, which raises none without it."""
    call()
    with nn.strict(**settings), pytest.raises(MistakeError, match=told) as caught:
        call()
    assert caught.value.fix
    return caught.value


# --- losses ----------------------------------------------------------------------------------------------------------


@pytest.mark.filterwarnings("ignore:Using a target size")
@pytest.mark.parametrize("name", ["mse_loss", "l1_loss", "smooth_l1_loss", "huber_loss", "hinge_embedding_loss", "poisson_nll_loss"])
def test_shapes_that_broadcast(name):
    call = lambda: getattr(F, name)(lucet.ones(4, 1), lucet.ones(4))
    found = mistake(call, rf"{name}: input \(4, 1\) and target \(4,\) broadcast to \(4, 4\)")
    assert found.fix == "input.squeeze(-1), or target.unsqueeze(-1)"
    with nn.strict(skip=["broadcast"]):
        call()


def test_the_error_names_the_module():
    class Net(nn.Module):
        def __init__(self):
            super().__init__()
            self.loss = nn.MSELoss()

        def forward(self, x):
            return self.loss(x, lucet.ones(3))

    with nn.strict(), pytest.raises(MistakeError) as caught:
        Net()(lucet.ones(3, 1))
    assert caught.value.at == "loss: MSELoss()"


def test_equal_shapes_and_single_numbers_pass():
    with nn.strict():
        F.mse_loss(lucet.ones(4, 1), lucet.ones(4, 1))
        with pytest.warns(UserWarning):
            F.mse_loss(lucet.ones(4), t(1.0))
        with pytest.raises(lucet.errors.ShapeError), pytest.warns(UserWarning):  # no broadcast: the loss says so itself
            F.mse_loss(lucet.ones(4), lucet.ones(3))


@pytest.mark.parametrize("grad", [True, False])
def test_softmax_before_cross_entropy(grad):
    scores = lucet.randn(4, 3, requires_grad=grad)
    call = lambda: F.cross_entropy(scores.softmax(1), t([0, 1, 2, 0]))
    found = mistake(call, "cross_entropy: input holds probabilities, expected scores")
    assert "leave the softmax out" in found.fix
    with nn.strict(skip="softmax"):
        call()


def test_scores_pass():
    with nn.strict():
        F.cross_entropy(lucet.randn(4, 3), t([0, 1, 2, 0]))
        F.cross_entropy(lucet.randn(4, 3).log_softmax(1), t([0, 1, 2, 0]))
        F.cross_entropy(lucet.rand(4, 3), t([0, 1, 2, 0]))
        F.cross_entropy(lucet.eye(3), t([0, 1, 2]))
        F.cross_entropy(lucet.randn(3), t(1))
        F.cross_entropy(lucet.randn(4, 3), lucet.rand(4, 3).softmax(1))
        F.cross_entropy(lucet.zeros(0, 3), lucet.zeros(0, dtype=lucet.int64), reduction="sum")
        F.nll_loss(lucet.randn(4, 3).log_softmax(1), t([0, 1, 2, 0]))


@pytest.mark.parametrize(
    "labels,told,fix",
    [
        ([1, 2, 3], "label 3 at 2 is out of range for 3 classes", "target - 1: labels count from 0"),
        ([0, 5, 1], "label 5 at 1 is out of range for 3 classes", "a last layer with 6 outputs, or labels below 3"),
        ([0, -1, 1], "label -1 at 1 is out of range for 3 classes", "ignore_index=-1 where that label means none"),
        ([-100, 0, 3], "label 3 at 2 is out of range for 3 classes", "a last layer with 4 outputs, or labels below 3"),
    ],
)
@pytest.mark.parametrize("loss", [F.cross_entropy, F.nll_loss])
def test_labels_out_of_range(loss, labels, told, fix):
    with nn.strict(), pytest.raises(MistakeError, match=told) as caught:
        loss(lucet.randn(3, 3), t(labels))
    assert caught.value.fix == fix


def test_labels_of_images_are_told_by_their_place():
    labels = lucet.zeros(2, 4, 4, dtype=lucet.int64)
    labels[1, 2, 3] = 255
    with nn.strict(), pytest.raises(MistakeError, match=r"label 255 at \(1, 2, 3\) is out of range for 3 classes"):
        F.cross_entropy(lucet.randn(2, 3, 4, 4), labels)
    with nn.strict():
        F.cross_entropy(lucet.randn(2, 3, 4, 4), labels, ignore_index=255)


def test_labels_that_are_all_ignored():
    call = lambda: F.cross_entropy(lucet.randn(2, 3), t([-100, -100]))
    mistake(call, "every label is ignore_index -100, so the mean loss is NaN")
    with nn.strict():
        F.cross_entropy(lucet.randn(2, 3), t([-100, 1]))
        F.cross_entropy(lucet.randn(2, 3), t([-100, -100]), reduction="sum")


def test_binary_targets_outside_the_unit():
    call = lambda: F.binary_cross_entropy_with_logits(lucet.randn(3), t([0.0, 1.0, 2.0]))
    mistake(call, "targets from 0 to 2, expected 0 to 1")
    with nn.strict():
        F.binary_cross_entropy_with_logits(lucet.randn(3), t([0.0, 1.0, 0.3]))


# --- layers ----------------------------------------------------------------------------------------------------------


def images(n=2):
    return lucet.randint(0, 256, (n, 3, 8, 8)).float()


@pytest.mark.parametrize(
    "net,shape",
    [(nn.Conv2d(3, 4, 3), (3, 8, 8)), (nn.Sequential(nn.Flatten(), nn.Linear(192, 2)), (3, 8, 8)), (nn.Conv2d(1, 1, 3), (1, 16, 16))],
)
def test_bytes_of_images(net, shape):
    x = lucet.randint(0, 256, (2, *shape)).float()
    found = mistake(lambda: net(x), "input holds whole numbers up to 2")
    assert "/ 255" in found.fix
    with nn.strict(skip=["bytes"]):
        net(x)


def test_bytes_themselves():
    with nn.strict(), pytest.raises(MistakeError, match="conv2d: input holds bytes") as caught:
        nn.Sequential(nn.Conv2d(3, 4, 3))(images().to(lucet.uint8))
    assert caught.value.at.startswith("0: Conv2d")


def test_normalised_images_and_counts_pass():
    with nn.strict():
        nn.Conv2d(3, 4, 3)(images() / 255)
        nn.Conv2d(3, 4, 3)((images() / 255 - 0.5) / 0.5)
        nn.Linear(4, 2)(t([[200.0, 3.0, 0.0, 7.0]]))
        nn.Linear(100, 2)(lucet.zeros(2, 100))
        nn.Linear(100, 2)(lucet.randint(0, 2, (2, 100)).float())
        nn.Sequential(nn.BatchNorm2d(3), nn.Conv2d(3, 4, 3))(images())
        nn.Sequential(nn.Conv2d(3, 64, 3), nn.Flatten(), nn.Linear(2304, 2))(images() / 255)


class Dead(nn.Module):
    def __init__(self, bias):
        super().__init__()
        self.fc, self.act = nn.Linear(2, 4), nn.ReLU()
        nn.init.constant_(self.fc.bias, bias)

    def forward(self, x):
        return self.act(self.act(self.fc(x)) * 0 + 1)


def test_a_relu_that_is_dead():
    net = Dead(-100.0)
    with nn.strict():
        for _ in range(4):
            net(lucet.rand(3, 2))
        with pytest.raises(MistakeError, match="relu: no output was above 0 in 5 batches in a row") as caught:
            net(lucet.rand(3, 2))
    assert caught.value.at == "act: ReLU()" and "learning rate" in caught.value.fix


def test_a_relu_that_lives_again_or_is_not_trained_passes():
    net = Dead(-100.0)
    with nn.strict():
        for step in range(12):
            net(lucet.rand(3, 2) + (1000 if step % 4 == 0 else 0) * net.fc.weight.detach().sign()[:1])
        with lucet.no_grad():
            for _ in range(8):
                net(lucet.rand(3, 2))
        net.eval()
        for _ in range(8):
            net(lucet.rand(3, 2))
    with nn.strict(skip=["dead"]):
        for _ in range(8):
            net.train()(lucet.rand(3, 2))


# --- validation ------------------------------------------------------------------------------------------------------


def noisy():
    return nn.Sequential(nn.Linear(4, 3), nn.BatchNorm1d(3))


X, Y = lucet.rand(8, 4), t([0, 1, 2, 0, 1, 2, 0, 1])


@pytest.mark.parametrize("net", [noisy(), nn.Sequential(nn.Linear(4, 3), nn.Dropout(0.5))])
@pytest.mark.parametrize(
    "read", [lambda y: F.cross_entropy(y, Y), lambda y: y.argmax(1), lambda y: y.max(1), lambda y: y.topk(1)]
)
@pytest.mark.parametrize("context", [lucet.no_grad, lucet.inference_mode])
def test_eval_forgotten_at_validation(net, read, context):
    def call():
        with context():
            read(net(X))

    found = mistake(call, "scores of a model in train mode, without gradients")
    assert found.facts[0].startswith("Sequential has") and "model.eval()" in found.fix
    with nn.strict(skip=["eval"]):
        call()


def test_validation_as_it_should_be_and_passes_without_a_reader_pass():
    net = noisy()
    with nn.strict():
        with lucet.no_grad():
            F.cross_entropy(net.eval()(X), Y)
            net.train()(X)  # statistics are renewed
        fake = net(X).detach()
        F.mse_loss(fake, lucet.zeros(8, 3))
        with lucet.no_grad():
            nn.Sequential(nn.Linear(4, 3))(X).argmax(1)
            teacher = net(X)
        F.mse_loss(nn.Linear(4, 3)(X), teacher)  # read with gradients


# --- the switch ------------------------------------------------------------------------------------------------------


def test_as_a_switch():
    watch = nn.strict()
    watch.on()
    with pytest.raises(RuntimeError, match="is on already"):
        watch.on()
    with pytest.raises(MistakeError):
        F.mse_loss(lucet.ones(4, 1), lucet.ones(4))
    watch.off()
    watch.off()
    with pytest.warns(UserWarning):
        F.mse_loss(lucet.ones(4, 1), lucet.ones(4))
    with watch, pytest.raises(MistakeError):
        F.mse_loss(lucet.ones(4, 1), lucet.ones(4))


def test_unknown_checks_are_refused():
    with pytest.raises(ValueError, match="no check is called 'zeros', expected some of broadcast, softmax"):
        nn.strict(skip=["zeros"])


def test_other_threads_are_not_watched():
    found = []

    def work():
        try:
            nn.Sequential(nn.Conv2d(3, 4, 3))(images())
        except MistakeError as problem:
            found.append(problem)

    with nn.strict():
        thread = threading.Thread(target=work)
        thread.start()
        thread.join()
    assert not found


def test_an_error_in_a_model_leaves_the_watch_in_order():
    with nn.strict() as watch:
        with pytest.raises(RuntimeError):
            nn.Sequential(nn.Linear(4, 3))(lucet.ones(1, 5))
        assert watch._stack == []
        with pytest.raises(MistakeError):
            nn.Sequential(nn.Conv2d(3, 4, 3))(images())


def test_ways_to_reset_and_to_clip_gradients_are_no_mistakes():
    for reset in (
        lambda p: p.grad.data.zero_(),
        lambda p: p.grad.__setitem__(..., 0.0),
        lambda p: p.grad.fill_(0),
    ):
        net = nn.Linear(3, 1)
        step = stepped(net)
        with nn.strict(skip=["optimizer"]):
            for _ in range(3):
                if net.weight.grad is not None:
                    for p in net.parameters():
                        reset(p)
                step()
    net = nn.Linear(3, 1)
    step = stepped(net)
    with nn.strict(skip=["optimizer"]):
        step()
        nn.utils.clip_grad_norm_(net.parameters(), 1e-3)
        step.optimizer()
        with pytest.raises(lucet.errors.MistakeError, match="added to those of the step before"):
            step()


class stepped:
    """One step of training without a reset of gradients; its optimizer is a stand-in that fires the hooks."""

    def __init__(self, net):
        self.net = net

        class Optimizer:
            param_groups = [{"params": list(net.parameters())}]

        self.own = Optimizer()

    def optimizer(self):
        for hook in list(_hooks.optimizer_step_pre_hooks.values()):
            hook(self.own, (), {})
        for hook in list(_hooks.optimizer_step_post_hooks.values()):
            hook(self.own, (), {})

    def __call__(self):
        self.net(lucet.ones(2, 3)).sum().backward()
        self.optimizer()


def test_a_satisfied_hinge_is_no_dead_layer():
    class Hinge(nn.Module):
        def forward(self, good, bad):
            return nn.functional.relu(1 - (good - bad)).mean()

    with nn.strict():
        for _ in range(7):
            Hinge()(lucet.full((3,), 5.0, requires_grad=True), lucet.zeros(3)).backward()


def test_rounded_labels_and_single_targets_pass_and_other_dimensions_of_softmax_too():
    with nn.strict():
        nn.functional.binary_cross_entropy_with_logits(lucet.zeros(2), lucet.tensor([0.0, 1.0000001]))
        nn.MSELoss()(lucet.zeros(3, 1), lucet.zeros(1))
        nn.functional.cross_entropy(lucet.randn(2, 3, 4).softmax(2), lucet.zeros(2, 4, dtype=lucet.int64))
