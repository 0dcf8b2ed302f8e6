"""Functions of networks under `lucet` itself, where torch has its inner forms: reductions by number, arguments in another order.

Those of nn.functional do the work.
"""

from typing import Any

from lucet._composed._define import composed
from lucet._composed._reductions import numbered
from lucet._registry import OPS
from lucet._tensor import Tensor


def _functional(name: str) -> Any:
    return OPS[name].function


@composed(
    name="binary_cross_entropy_with_logits", key="lucet.binary_cross_entropy_with_logits", family="loss", dtypes="floats",
    samples=lambda r: [(r(3, 4), r(3, 4)), (r(5), r(5), r(5), None, 2), (r(2, 3), r(2, 3), None, r(3), 0)],
)  # fmt: skip
def _with_logits(input: Tensor, target: Tensor, weight: Tensor | None = None, pos_weight: Tensor | None = None, reduction: int = 0) -> Tensor:
    """binary_cross_entropy_with_logits(input, target, weight=None, pos_weight=None, reduction=0) -> Tensor

    As the function of `nn.functional`, with the number of the reduction: 0 none, which is the default as torch's, 1 mean, 2 sum.

    >>> import lucet
    >>> lucet.binary_cross_entropy_with_logits(lucet.zeros(2), lucet.ones(2), None, None, 2)
    tensor(1.3863)
    """
    how = numbered("binary_cross_entropy_with_logits", reduction)
    return _functional("binary_cross_entropy_with_logits")(input, target, weight, reduction=how, pos_weight=pos_weight)


@composed(
    name="kl_div", key="lucet.kl_div", family="composed", dtypes="floats",
    samples=lambda r: [(r(3, 4), r(3, 4).abs() + 0.1), (r(3, 4), r(4).abs() + 0.1, 0), (r(2, 3), r(2, 3), 2, {"log_target": True})],
)  # fmt: skip
def _kl_div(input: Tensor, target: Tensor, reduction: int = 0, *, log_target: bool = False) -> Tensor:
    """kl_div(input, target, reduction=0, *, log_target=False) -> Tensor

    As the function of `nn.functional`, with the number of the reduction: 0 none, which is the default as torch's, 1 mean, 2 sum.

    >>> import lucet
    >>> lucet.kl_div(lucet.tensor([[0.5, 0.5]]).log(), lucet.tensor([[1.0, 0.0]]), 2)
    tensor(0.6931)
    """
    how = numbered("kl_div", reduction)
    terms = _functional("kl_div")(input, target, reduction="none", log_target=log_target)
    return terms if how == "none" else terms.mean() if how == "mean" else terms.sum()


@composed(
    name="instance_norm", key="lucet.instance_norm", family="norm", dtypes="floats",
    samples=lambda r: [
        (r(2, 3, 4), None, None, None, None, True, 0.1, 1e-5, False), (r(2, 3, 4), r(3), r(3), None, None, True, 0.1, 1e-3, True),
    ],
)  # fmt: skip
def _instance_norm(
    input: Tensor,
    weight: Tensor | None,
    bias: Tensor | None,
    running_mean: Tensor | None,
    running_var: Tensor | None,
    use_input_stats: bool,
    momentum: float,
    eps: float,
    cudnn_enabled: bool,
) -> Tensor:
    """instance_norm(input, weight, bias, running_mean, running_var, use_input_stats, momentum, eps, cudnn_enabled) -> Tensor

    As the function of `nn.functional`, with the arguments in another order; `cudnn_enabled` changes nothing.

    >>> import lucet
    >>> lucet.instance_norm(lucet.tensor([[[1., 3.]]]), None, None, None, None, True, 0.1, 0.0, False)
    tensor([[[-1.,  1.]]])
    """
    return _functional("instance_norm")(input, running_mean, running_var, weight, bias, use_input_stats, momentum, eps)
