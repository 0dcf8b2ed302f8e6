"""Losses by their formulas, in numbers worked out by hand; arguments, warnings, and what they refuse. CTC is in core's tests."""

import math

import pytest

import lucet
import lucet.nn.functional as F
from lucet import nn

t = lucet.tensor

# name -> (module, arguments, the loss of each sample)
HAND = {
    "hinge embedding": (nn.HingeEmbeddingLoss(2.0, reduction="none"), (t([0.5, 0.5, 3.0]), t([1, -1, -1])), [0.5, 1.5, 0]),
    "margin ranking": (
        nn.MarginRankingLoss(0.5, reduction="none"),
        (t([1.0, 1.0, 2.0]), t([3.0, 3.0, 1.0]), t([1.0, -1.0, 1.0])),
        [2.5, 0, 0],
    ),
    "cosine embedding": (
        nn.CosineEmbeddingLoss(0.2, reduction="none"),
        (t([[1.0, 0.0], [1.0, 0.0], [1.0, 0.0]]), t([[0.0, 2.0], [2.0, 0.0], [0.0, 1.0]]), t([1, -1, -1])),
        [1, 0.8, 0],
    ),
    "soft margin": (
        nn.SoftMarginLoss(reduction="none"),
        (t([0.0, math.log(3)]), t([1.0, -1.0])),
        [math.log(2), math.log(4)],
    ),
    "multi margin": (
        nn.MultiMarginLoss(reduction="none"),
        (t([[0.5, 0.25, 2.0], [3.0, 0.0, 0.0]]), t([0, 0])),
        [(0.75 + 2.5) / 3, 0],
    ),
    "multi margin, squared and weighted": (
        nn.MultiMarginLoss(2, 0.5, t([2.0, 1.0]), reduction="none"),
        (t([[0.0, 0.25], [0.0, 1.0]]), t([0, 1])),
        [2 * 0.75**2 / 2, 0],
    ),
    "multilabel margin": (
        nn.MultiLabelMarginLoss(reduction="none"),
        (t([[0.1, 0.2, 0.4, 0.8]]), t([[3, 0, -1, 1]])),
        [0.25 * (0.4 + 0.6 + 1.1 + 1.3)],
    ),
    "multilabel soft margin": (
        nn.MultiLabelSoftMarginLoss(weight=t([2.0, 0.0]), reduction="none"),
        (t([[0.0, 5.0]]), t([[1.0, 0.0]])),
        [math.log(2)],
    ),
    "poisson": (nn.PoissonNLLLoss(reduction="none"), (t([0.0, 1.0]), t([1.0, 2.0])), [1, math.e - 2]),
    "poisson of rates": (
        nn.PoissonNLLLoss(False, True, eps=0, reduction="none"),
        (t([1.0, 2.0]), t([1.0, 3.0])),
        [1, 2 - 3 * math.log(2) + 3 * math.log(3) - 3 + 0.5 * math.log(6 * math.pi)],
    ),
    "gaussian": (
        nn.GaussianNLLLoss(full=True, reduction="none"),
        (t([[0.0, 1.0]]), t([[2.0, 1.0]]), t([[4.0]])),
        [0.5 * (math.log(4) + 1 + math.log(2 * math.pi)), 0.5 * (math.log(4) + math.log(2 * math.pi))],
    ),
    "gaussian of small variance": (
        nn.GaussianNLLLoss(eps=0.25, reduction="none"),
        (t([0.0]), t([1.0]), t([0.0])),
        [0.5 * (math.log(0.25) + 4)],
    ),
    "triplet": (
        nn.TripletMarginLoss(1.0, eps=0, reduction="none"),
        (t([[0.0, 0.0], [0.0, 0.0]]), t([[3.0, 4.0], [0.0, 1.0]]), t([[0.0, 2.0], [0.0, 5.0]])),
        [4, 0],
    ),
    "triplet with the negative's other distance": (
        nn.TripletMarginLoss(1.0, 1.0, eps=0, swap=True, reduction="none"),
        (t([[0.0, 0.0]]), t([[2.0, 0.0]]), t([[3.0, 0.0]])),
        [2],
    ),
    "triplet by another distance": (
        nn.TripletMarginWithDistanceLoss(distance_function=lambda a, b: (a - b).abs().amax(-1), reduction="none"),
        (t([[0.0, 0.0]]), t([[3.0, 4.0]]), t([[0.0, 2.0]])),
        [3],
    ),
    "linear cross-entropy": (
        nn.LinearCrossEntropyLoss(2, 3, reduction="none"),
        (lucet.zeros(2, 2), t([0, 2])),
        [math.log(3), math.log(3)],
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", HAND)
def test_each_loss_is_its_formula(name):
    module, arguments, expected = HAND[name]
    assert module(*arguments).flatten().tolist() == pytest.approx(expected, rel=1e-5, abs=1e-6)


@pytest.mark.parametrize("name", HAND)
@pytest.mark.parametrize("reduction", ["mean", "sum"])
def test_the_reduction_is_over_all_of_them(name, reduction):
    module, arguments, expected = HAND[name]
    module.reduction, before = reduction, module.reduction
    try:
        total = sum(expected) / (len(expected) if reduction == "mean" else 1)
        assert module(*arguments).item() == pytest.approx(total, rel=1e-5, abs=1e-6)
    finally:
        module.reduction = before


@pytest.mark.parametrize(
    "name",
    """hinge_embedding_loss margin_ranking_loss triplet_margin_loss cosine_embedding_loss poisson_nll_loss gaussian_nll_loss multi_margin_loss
    multilabel_margin_loss soft_margin_loss multilabel_soft_margin_loss triplet_margin_with_distance_loss ctc_loss""".split(),
)
def test_another_reduction_is_refused(name):
    x = lucet.ones(2, 2)
    arguments = {
        "multi_margin_loss": (x, t([0, 1])),
        "multilabel_margin_loss": (x, t([[0, 1], [1, -1]])),
        "cosine_embedding_loss": (x, x, lucet.ones(2)),
        "ctc_loss": (lucet.zeros(2, 1, 3), t([[1]]), (2,), (1,)),
    }.get(name, (x, x, x) if name.split("_")[0] in ("margin", "triplet", "gaussian") else (x, x))
    with pytest.raises(ValueError, match="most is not( a)? valid"):
        getattr(F, name)(*arguments, reduction="most")


KINDS = [
    nn.HingeEmbeddingLoss, nn.MarginRankingLoss, nn.TripletMarginLoss, nn.CosineEmbeddingLoss, nn.PoissonNLLLoss, nn.MultiMarginLoss,
    nn.MultiLabelMarginLoss, nn.MultiLabelSoftMarginLoss, nn.SoftMarginLoss,
]  # fmt: skip


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(("options", "meant"), [({"size_average": False}, "sum"), ({"reduce": False}, "none"), ({"reduce": True}, "mean")])
def test_older_reduction_arguments_warn_and_work(kind, options, meant):
    with pytest.warns(UserWarning, match=f"size_average and reduce args will be deprecated.*reduction='{meant}'"):
        assert kind(**options).reduction == meant


REFUSED = [
    (lambda: nn.MultiMarginLoss(p=3), ValueError, "only p == 1 and p == 2 supported"),
    (lambda: nn.MultiMarginLoss(weight=lucet.ones(2, 2)), ValueError, "expected weight to be None or 1D tensor, got 2D"),
    (lambda: nn.MultiMarginLoss()(lucet.ones(2, 3), t([0, 3])), RuntimeError, "target out of range"),
    (lambda: nn.MultiMarginLoss()(lucet.ones(2, 3), t([0, -1])), RuntimeError, "target out of range"),
    (lambda: nn.MultiMarginLoss()(lucet.ones(2, 3), t([0])), RuntimeError, r"Expected target size \[2\], but got \[1\]"),
    (lambda: nn.MultiMarginLoss()(lucet.ones(2, 3), t([0.0, 1.0])), RuntimeError, "expected scalar type Long but found float32"),
    (lambda: nn.MultiMarginLoss(weight=lucet.ones(2))(lucet.ones(2, 3), t([0, 1])), RuntimeError, "inconsistent weight size, expected 3"),
    (lambda: nn.MultiLabelMarginLoss()(lucet.ones(1, 3), t([[0, 3, 1]])), RuntimeError, "argument #2 'target' is out of range"),
    (lambda: nn.MultiLabelMarginLoss()(lucet.ones(1, 3), t([[0, 1]])), RuntimeError, r"inconsistent target size: \[1, 2\]"),
    (lambda: nn.CosineEmbeddingLoss()(lucet.ones(2), lucet.ones(2), t([1])), RuntimeError, "1D target tensor expects 2D input tensors"),
    (lambda: nn.MarginRankingLoss()(lucet.ones(2), lucet.ones(2), t(1)), RuntimeError, "should have same dimension"),
    (lambda: nn.TripletMarginLoss(0.0), ValueError, "expected margin to be greater than 0, got 0.0"),
    (lambda: nn.TripletMarginWithDistanceLoss(margin=-1), ValueError, "expected margin to be greater than 0, got -1"),
    (lambda: nn.TripletMarginLoss()(lucet.ones(1, 2), lucet.ones(1, 2), lucet.ones(2)), RuntimeError, "the same number of dimensions"),
    (lambda: nn.GaussianNLLLoss()(lucet.ones(2), lucet.ones(2), t([-1.0, 1.0])), ValueError, "var has negative entry/entries"),
    (lambda: nn.GaussianNLLLoss()(lucet.ones(2), lucet.ones(2), lucet.ones(3)), ValueError, "var is of incorrect size"),
    (lambda: nn.LinearCrossEntropyLoss(2, 3, weight=lucet.ones(2)), RuntimeError, r"expected weight shape to be \(3,\), got \(2,\)"),
    (lambda: nn.LinearCrossEntropyLoss(2, 3, label_smoothing=2), RuntimeError, r"label_smoothing to be in range \[0, 1\]"),
    (lambda: nn.LinearCrossEntropyOptions(acc_policy="x"), ValueError, "invalid acc_policy: 'x'"),
    (lambda: nn.LinearCrossEntropyOptions(chunking_method="x:2"), ValueError, "invalid chunking_method: 'x:2'"),
    (lambda: nn.LinearCrossEntropyOptions(batch_chunk_size=0), ValueError, "batch_chunk_size must be positive int or None, got 0"),
]


@pytest.mark.parametrize(("call", "kind", "told"), REFUSED)
def test_what_makes_no_sense_is_refused(call, kind, told):
    with pytest.raises(kind, match=told):
        call()


@pytest.mark.parametrize(
    ("layer", "inputs", "told"),
    [
        (nn.MultiMarginLoss(), (lucet.ones(2, 3), t([0, 3])), "labels from 0 to 3, classes 0 to 2"),
        (nn.CTCLoss(), (lucet.zeros(4, 1, 3), t([[3]]), (4,), (1,)), "there are 3 classes, 0 to 2"),
        (nn.CosineEmbeddingLoss(), (lucet.ones(2, 2), lucet.ones(2, 2), lucet.ones(2, 1)), r"target \(2, 1\)"),
        (nn.GLU(), (lucet.ones(2, 3),), r"input \(2, 3\)"),
    ],
)
def test_errors_name_the_module_and_the_facts(layer, inputs, told):
    class Net(nn.Module):
        def __init__(self):
            super().__init__()
            self.head = nn.ModuleDict({"loss": layer})

        def forward(self, *inputs):
            return self.head["loss"](*inputs)

    with pytest.raises(RuntimeError, match=told) as caught:
        Net()(*inputs)
    assert caught.value.at.startswith("head.loss: ")


def test_the_older_name_of_nll_warns():
    with pytest.warns(FutureWarning, match="`NLLLoss2d` has been deprecated"):
        loss = nn.NLLLoss2d()
    assert loss(t([[-0.5, -2.0]]), t([0])).item() == 0.5


@pytest.mark.parametrize("reduction", ["mean", "sum", "none"])
@pytest.mark.parametrize("weight", [None, t([1.0, 2.0, 0.5, 3.0])])
def test_pieces_of_a_batch_give_the_loss_and_gradients_of_the_whole(reduction, weight):
    lucet.manual_seed(0)
    whole = nn.LinearCrossEntropyLoss(3, 4, bias=True, reduction=reduction, weight=weight, ignore_index=2, dtype=lucet.float64)
    whole.weight = None if weight is None else weight.double()
    x, target = lucet.randn(7, 3, dtype=lucet.float64, requires_grad=True), t([0, 1, 2, 3, 3, 2, 1])
    found = []
    for options in (None, nn.LinearCrossEntropyOptions(batch_chunk_size=2), nn.LinearCrossEntropyOptions()):
        whole.options = options
        loss = whole(x, target)
        found.append((loss, *lucet.autograd.grad(loss.sum(), [x, *whole.parameters()])))
    for other in found[1:]:
        assert all(lucet.allclose(a, b, rtol=1e-10, atol=1e-12) for a, b in zip(other, found[0], strict=True))
    assert lucet.autograd.gradgradcheck(lambda x, w: F.linear_cross_entropy(x, w, target, reduction=reduction, options=options), (x, whole.linear.weight))


def test_options_that_disagree_are_refused():
    options = nn.LinearCrossEntropyOptions(batch_chunk_size=3, chunking_method="aspect_ratio")
    with pytest.raises(ValueError, match="give different chunk sizes"):
        F.linear_cross_entropy(lucet.ones(8, 2), lucet.ones(4, 2), lucet.zeros(8, dtype=lucet.int64), options=options)


def test_options_that_do_not_apply_warn():
    options = nn.LinearCrossEntropyOptions()
    with pytest.warns(UserWarning, match="``options`` ignored"):
        F.linear_cross_entropy(lucet.ones(8, 2), lucet.ones(4, 2), lucet.ones(8, 4) / 4, options=options)


def test_rrelu_draws_slopes_for_what_is_not_positive():
    layer, x = nn.RReLU(0.2, 0.4), lucet.tensor([-1.0, 2.0, 0.0, -3.0], requires_grad=True)
    y = layer(x)
    y.sum().backward()
    slopes = x.grad.tolist()
    assert slopes[1] == 1 and all(0.2 <= slopes[i] <= 0.4 for i in (0, 2, 3))
    assert y.tolist() == pytest.approx([-slopes[0], 2, 0, -3 * slopes[3]])
    assert layer.eval()(x).tolist() == pytest.approx([-0.3, 2, 0, -0.9])
    z = x.detach().clone()
    assert nn.RReLU(0.5, 0.5, inplace=True)(z) is z and z.tolist() == [-0.5, 2.0, 0.0, -1.5]
