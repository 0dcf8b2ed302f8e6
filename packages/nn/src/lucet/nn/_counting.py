"""Multiply-adds of the operations that run inside modules, counted as they are called."""

import inspect
import math
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from lucet import Tensor
from lucet.nn.modules.module import Module
from lucet.overrides import TorchFunctionMode


def _of_filter(given: dict[str, Any], result: Tensor) -> int:
    """Each element of the result is a product with one filter."""
    weight = given["weight"]
    return result.numel() * math.prod(weight.shape[1:])


def _of_spread(given: dict[str, Any], result: Tensor) -> int:
    """Each element of the input is multiplied with the filters of its channel."""
    weight = given["weight"]
    return given["input"].numel() * math.prod(weight.shape[1:])


def _of_rows(first: str) -> Callable[[dict[str, Any], Tensor], int]:
    """Each element of the result is a product of a row of the operand `first`."""

    def count(given: dict[str, Any], result: Tensor) -> int:
        return result.numel() * given[first].shape[-1]

    return count


def _of_attention(given: dict[str, Any], result: Tensor) -> int:
    """Scores, and their sums of values."""
    query, key, value = given["query"], given["key"], given["value"]
    pairs = math.prod(query.shape[:-1]) * key.shape[-2]
    return pairs * (query.shape[-1] + value.shape[-1])


def _rows_of(x: Tensor) -> int:
    return x.numel() // max(1, x.shape[-1])


def _of_recurrent(given: dict[str, Any], result: Any) -> int:
    """Every row of a sequence is multiplied once with each matrix; sequences are padded or packed, so the weights stand third or fourth."""
    data, second, third, fourth = given["args"][:4]
    weights = third if isinstance(fourth, bool) else fourth
    return _rows_of(data) * sum(w.numel() for w in weights if w.dim() == 2)


def _of_cell(given: dict[str, Any], result: Any) -> int:
    return _rows_of(given["input"]) * (given["w_ih"].numel() + given["w_hh"].numel())


def _of_heads(given: dict[str, Any], result: Any) -> int:
    """Four projections, the scores, and their sums of values."""
    query, key, value = given["query"], given["key"], given["value"]
    width, keys = query.shape[-1], key.shape[0]
    projections = 2 * query.numel() * width + key.numel() * width + value.numel() * width
    return projections + 2 * _rows_of(query) * keys * width


def _of_bilinear(given: dict[str, Any], result: Tensor) -> int:
    return result.numel() * math.prod(given["weight"].shape[1:])


COUNTS: dict[str, Callable[[dict[str, Any], Any], int]] = {
    **dict.fromkeys(("conv1d", "conv2d", "conv3d"), _of_filter),
    **dict.fromkeys(("conv_transpose1d", "conv_transpose2d", "conv_transpose3d"), _of_spread),
    "linear": _of_rows("input"),
    "matmul": _of_rows("input"),
    "mm": _of_rows("input"),
    "bmm": _of_rows("input"),
    "mv": _of_rows("input"),
    "dot": _of_rows("input"),
    "addmm": _of_rows("mat1"),
    "baddbmm": _of_rows("batch1"),
    "addmv": _of_rows("mat"),
    "scaled_dot_product_attention": _of_attention,
    "multi_head_attention_forward": _of_heads,
    "bilinear": _of_bilinear,
    **dict.fromkeys(("lstm", "gru", "rnn_tanh", "rnn_relu"), _of_recurrent),
    **dict.fromkeys(("lstm_cell", "gru_cell", "rnn_tanh_cell", "rnn_relu_cell"), _of_cell),
}


class Counting(TorchFunctionMode):
    """A mode that adds up multiply-adds by the module inside which they happen; `found` has them by the module's id."""

    def __init__(self) -> None:
        super().__init__()
        self.found: dict[int, int] = {}
        self.inside: list[int] = []

    @contextmanager
    def watched(self, module: Module) -> Iterator[None]:
        """While it lasts, calls of `module` are known."""
        enter = module.register_forward_pre_hook(lambda module, args: self.inside.append(id(module)))
        leave = module.register_forward_hook(lambda module, args, result: self._leave(), always_call=True)
        try:
            yield
        finally:
            enter.remove()
            leave.remove()

    def _leave(self) -> None:
        if self.inside:
            self.inside.pop()

    def __torch_function__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        kwargs = kwargs or {}
        result = func(*args, **kwargs)
        count = COUNTS.get(getattr(func, "__name__", ""))
        if count is not None and self.inside:
            given = inspect.signature(func).bind(*args, **kwargs).arguments
            self.found[self.inside[-1]] = self.found.get(self.inside[-1], 0) + count(given, result)
        return result
