"""ctc_loss against the sum over all alignments, its gradient through log_softmax, and lengths and labels that do not fit."""

import itertools
import math

import pytest

import lucet
from lucet._ops import ctc_loss


def merged(path, blank):
    """The labels that an alignment stands for: repetitions once, blanks out."""
    return tuple(label for label, _ in itertools.groupby(path) if label != blank)


def summed(log_probs, labels, blank):
    """The negative logarithm of the probability of all alignments of the labels, one by one."""
    times, classes = log_probs.shape
    rows = log_probs.tolist()
    total = sum(
        math.exp(sum(rows[t][c] for t, c in enumerate(path)))
        for path in itertools.product(range(classes), repeat=times)
        if merged(path, blank) == tuple(labels)
    )
    return -math.log(total) if total else math.inf


def scores(*shape, seed=0):
    lucet.manual_seed(seed)
    return lucet.randn(shape, dtype=lucet.float64)


@pytest.mark.parametrize("blank", [0, 2])
@pytest.mark.parametrize("labels", [(), (1,), (1, 1), (1, 3), (3, 1, 3), (1, 1, 1, 1), (1, 1, 1)])
def test_the_loss_is_the_sum_over_all_alignments(labels, blank):
    x = scores(5, 1, 4).log_softmax(-1)
    loss = ctc_loss(x, lucet.tensor([labels], dtype=lucet.int64), (5,), (len(labels),), blank, "none")
    assert loss.item() == pytest.approx(summed(x[:, 0], labels, blank), rel=1e-12)


@pytest.mark.parametrize("dtype,tolerance", [(lucet.float64, 1e-9), (lucet.float32, 1e-5)])
def test_sequences_of_a_batch_do_not_see_each_other(dtype, tolerance):
    x = scores(6, 3, 5).log_softmax(-1).to(dtype)
    targets, of_input, of_target = lucet.tensor([[1, 2, 2], [4, 0, 0], [3, 3, 1]]), (6, 3, 5), (3, 1, 2)
    together = ctc_loss(x, targets, of_input, of_target, 0, "none")
    rows = lucet.cat([targets[n, :k] for n, k in enumerate(of_target)])
    assert lucet.equal(ctc_loss(x, rows, lucet.tensor(of_input), lucet.tensor(of_target), 0, "none"), together)
    for n in range(3):
        alone = summed(x[: of_input[n], n].double(), targets[n, : of_target[n]].tolist(), 0)
        assert together[n].item() == pytest.approx(alone, rel=tolerance)


def test_the_gradient_is_that_of_the_scores():
    z = scores(6, 2, 4).requires_grad_()

    def loss(z):
        return ctc_loss(z.log_softmax(-1), lucet.tensor([[1, 2], [3, 3]]), (6, 5), (2, 2))

    assert lucet.autograd.gradcheck(loss, z)


def test_times_behind_the_length_have_no_gradient():
    x = scores(5, 2, 4).log_softmax(-1).requires_grad_()
    ctc_loss(x, lucet.tensor([[1], [2]]), (3, 0), (1, 1), 0, "none", True).sum().backward()
    assert not x.grad[3:].any() and not x.grad[:, 1].any() and x.grad[:3, 0].any()


def test_what_no_alignment_fits_is_infinite_or_zero():
    x = scores(2, 1, 4).log_softmax(-1).requires_grad_()
    target = lucet.tensor([[1, 2, 3]])
    loss = ctc_loss(x, target, (2,), (3,), 0, "sum")
    assert loss.item() == math.inf
    (gradient,) = lucet.autograd.grad(loss, x)
    assert gradient.isnan().all()
    loss = ctc_loss(x, target, (2,), (3,), 0, "sum", True)
    assert loss.item() == 0
    (gradient,) = lucet.autograd.grad(loss, x)
    assert not gradient.any()


def test_long_sequences_stay_finite():
    x = (scores(2000, 1, 6) * 20).log_softmax(-1).float().requires_grad_()
    labels = lucet.randint(1, 6, (1, 300))
    loss = ctc_loss(x, labels, (2000,), (300,))
    loss.backward()
    assert loss.isfinite() and x.grad.isfinite().all()


def test_the_mean_divides_by_the_lengths_of_targets():
    x = scores(6, 2, 4).log_softmax(-1)
    targets = lucet.tensor([[1, 2, 3], [2, 0, 0]])
    each = ctc_loss(x, targets, (6, 6), (3, 0), 0, "none")
    assert ctc_loss(x, targets, (6, 6), (3, 0)).item() == pytest.approx((each[0] / 3 + each[1]).item() / 2)


def test_one_sequence_needs_no_batch():
    x = scores(6, 4).log_softmax(-1)
    alone = ctc_loss(x, lucet.tensor([1, 2]), lucet.tensor(6), lucet.tensor(2), 0, "none")
    assert alone.shape == ()
    assert alone.item() == ctc_loss(x.unsqueeze(1), lucet.tensor([[1, 2]]), (6,), (2,), 0, "none").item()


def test_results_do_not_depend_on_the_number_of_threads():
    x = scores(120, 16, 30).log_softmax(-1).requires_grad_()
    targets = lucet.randint(1, 30, (16, 25))
    before, found = lucet.get_num_threads(), []
    try:
        for threads in (1, 2):
            lucet.set_num_threads(threads)
            loss = ctc_loss(x, targets, (120,) * 16, (25,) * 16)
            found.append((loss.detach(), lucet.autograd.grad(loss, x)[0]))
    finally:
        lucet.set_num_threads(before)
    assert all(lucet.equal(a, b) for a, b in zip(*found, strict=True))


@pytest.mark.parametrize(
    "change,kind,told",
    [
        ({"targets": [[1, 4]]}, lucet.errors.RangeError, "label 4 of sequence 0 is out of range"),
        ({"targets": [[-1, 2]]}, lucet.errors.RangeError, "label -1 of sequence 0 is out of range"),
        ({"input_lengths": (6,)}, RuntimeError, "Expected input_lengths to have value at most 5, but got value 6"),
        ({"input_lengths": (-1,)}, RuntimeError, "Expected input_lengths to have value at least 0, but got value -1"),
        ({"target_lengths": (3,)}, RuntimeError, "Expected tensor to have size at least 3 at dimension 1, but got size 2"),
        ({"target_lengths": (-1,)}, RuntimeError, "Expected target_lengths to have value at least 0, but got value -1"),
        ({"input_lengths": (5, 5)}, RuntimeError, "input_lengths must be of size batch_size"),
        ({"target_lengths": (2, 2)}, RuntimeError, "target_lengths must be of size batch_size"),
        ({"blank": 4}, RuntimeError, "blank must be in label range"),
        ({"blank": -1}, RuntimeError, "blank must be in label range"),
        ({"targets": [1, 2, 3]}, RuntimeError, "Expected tensor to have size 2 at dimension 0, but got size 3"),
        ({"targets": [[1, 2], [1, 2]]}, RuntimeError, "Expected tensor to have size 1 at dimension 0, but got size 2"),
        ({"targets": [[[1], [2]]]}, RuntimeError, "Expected 1 to 2 dimensions, but got 3-dimensional"),
        ({"reduction": "most"}, ValueError, "most is not a valid value for reduction"),
        ({"input_lengths": 5}, TypeError, "argument 'input_lengths' must be tuple of ints or Tensor"),
        ({"input_lengths": (5.0,)}, TypeError, "argument 'input_lengths' must be tuple of ints or Tensor"),
    ],
)
def test_what_does_not_fit_is_refused(change, kind, told):
    given = {"targets": [[1, 2]], "input_lengths": (5,), "target_lengths": (2,)} | change
    given["targets"] = lucet.tensor(given["targets"])
    with pytest.raises(kind, match=told):
        ctc_loss(scores(5, 1, 4).log_softmax(-1), **given)


def test_labels_changed_afterwards_change_nothing():
    x, labels = scores(5, 1, 4).log_softmax(-1).requires_grad_(), lucet.tensor([[1, 2]])
    loss = ctc_loss(x, labels, (5,), (2,))
    expected = lucet.autograd.grad(loss, x, retain_graph=True)[0]
    labels.fill_(1 << 40)
    assert lucet.equal(lucet.autograd.grad(loss, x)[0], expected)


def test_the_gradient_has_no_derivative():
    x = scores(5, 1, 4).log_softmax(-1).requires_grad_()
    (gradient,) = lucet.autograd.grad(ctc_loss(x, lucet.tensor([[1, 2]]), (5,), (2,)), x, create_graph=True)
    with pytest.raises(RuntimeError, match="derivative for aten::_ctc_loss_backward is not implemented"):
        gradient.sum().backward()
