"""L-BFGS: steps from a closure that is asked again and again. The line search is in _wolfe.py."""

from collections.abc import Callable, Iterator
from typing import Any

import lucet
from lucet import Tensor

from ._rules import _check_lr, _pairs
from ._wolfe import _Point, _strong_wolfe
from .optimizer import Optimizer, ParamsT, _to_scalar

__all__ = ["LBFGS"]

_KEPT = ("d", "t", "old_dirs", "old_stps", "ro", "H_diag", "prev_flat_grad", "prev_loss")
_LEAST_CURVATURE = 1e-10


class LBFGS(Optimizer):
    """L-BFGS: a quasi-Newton method that keeps the last `history_size` changes of gradient and parameters.

    One `step` makes up to `max_iter` iterations and asks `closure` up to `max_eval` times (None: max_iter * 5 / 4). It
    stops where no gradient is above `tolerance_grad`, or the loss or all parameters change by less than
    `tolerance_change`. `lr` is the length of each iteration's step; with line_search_fn="strong_wolfe" it is where the
    search for a length begins. All parameters are one vector, so there is one group.

    1. y = g - g of before, s = t * d; kept if y.s > 1e-10
    2. d = -H g by two loops over the kept pairs, H from y.s / y.y of the last
    3. t = lr, at the very first min(1, 1 / sum(abs(g))) * lr, or what the search finds
    4. p = p + t * d

    State, kept under the first parameter: `func_evals`, `n_iter`, `d`, `t`, `old_dirs`, `old_stps`, `ro`, `H_diag`,
    `prev_flat_grad`, `prev_loss`, `al`.

    Raises:
        ValueError: a negative rate, a tensor lr of more than one element, more than one group.
        RuntimeError: at `step`, a line_search_fn other than "strong_wolfe" or None.

    Source: Liu, Nocedal, "On the limited memory BFGS method for large scale optimization", 1989; Nocedal, Wright,
    "Numerical optimization", algorithms 7.4 and 7.5.

    Example:
        >>> import lucet
        >>> w = lucet.tensor([3.0, -2.0], requires_grad=True)
        >>> opt = lucet.optim.LBFGS([w], line_search_fn="strong_wolfe")
        >>> def closure():
        ...     opt.zero_grad()
        ...     loss = ((w - lucet.tensor([1.0, 2.0])) ** 2).sum()
        ...     loss.backward()
        ...     return loss
        >>> loss = opt.step(closure)
        >>> [round(x, 4) for x in w.tolist()]
        [1.0, 2.0]
    """

    def __init__(
        self,
        params: ParamsT,
        lr: float | Tensor = 1,
        max_iter: int = 20,
        max_eval: int | None = None,
        tolerance_grad: float = 1e-7,
        tolerance_change: float = 1e-9,
        history_size: int = 100,
        line_search_fn: str | None = None,
    ) -> None:
        _check_lr("LBFGS", lr)
        defaults = {
            "lr": lr,
            "max_iter": max_iter,
            "max_eval": max_iter * 5 // 4 if max_eval is None else max_eval,
            "tolerance_grad": tolerance_grad,
            "tolerance_change": tolerance_change,
            "history_size": history_size,
            "line_search_fn": line_search_fn,
        }
        super().__init__(params, defaults)
        if len(self.param_groups) != 1:
            raise ValueError(
                "LBFGS doesn't support per-parameter options (parameter groups): "
                f"found {len(self.param_groups)} groups, expected 1"
            )

    @property
    def _params(self) -> list[Tensor]:
        return self.param_groups[0]["params"]  # type: ignore[no-any-return]

    @lucet.no_grad()
    def step(self, closure: Callable[[], Any]) -> Any:  # type: ignore[override]
        """Make up to max_iter iterations; `closure` computes the gradients anew and returns the loss. Returns the first loss."""
        if len(self.param_groups) != 1:
            raise AssertionError(f"Expected exactly one param_group, but got {len(self.param_groups)}")
        closure = lucet.enable_grad()(closure)
        group, state = self.param_groups[0], self.state[self._params[0]]
        state.setdefault("func_evals", 0)
        state.setdefault("n_iter", 0)
        first_loss = closure()
        loss, grad, evals = float(first_loss), self._flat_grad(), 1
        state["func_evals"] += 1
        if grad.abs().max() <= group["tolerance_grad"]:
            return first_loss
        kept = {name: state.get(name) for name in _KEPT}
        for n in range(1, group["max_iter"] + 1):
            state["n_iter"] += 1
            self._turn(kept, state, grad, group["history_size"])
            if kept["prev_flat_grad"] is None:
                kept["prev_flat_grad"] = grad.clone()
            else:
                kept["prev_flat_grad"].copy_(grad)
            kept["prev_loss"] = loss
            t = _to_scalar(group["lr"])
            if state["n_iter"] == 1:
                t = min(1.0, 1.0 / grad.abs().sum()) * t
            kept["t"] = t
            slope = grad.dot(kept["d"])
            if slope > -group["tolerance_change"]:
                break
            is_last = n == group["max_iter"]
            loss, grad, asked = self._go(closure, kept, _Point(0, loss, grad, slope), group, evals, is_last)
            evals += asked
            state["func_evals"] += asked
            if is_last or evals >= group["max_eval"] or self._is_done(kept, loss, grad, group):
                break
        state.update(kept)
        return first_loss

    def _turn(self, kept: dict[str, Any], state: dict[str, Any], grad: Tensor, history: int) -> None:
        """Take the last step into the history and set the direction."""
        if state["n_iter"] == 1:
            kept.update(d=-grad, old_dirs=[], old_stps=[], ro=[], H_diag=1)
            return
        y, s = grad - kept["prev_flat_grad"], kept["d"] * kept["t"]
        curvature = y.dot(s)
        changes, steps, inverse = kept["old_dirs"], kept["old_stps"], kept["ro"]
        if curvature > _LEAST_CURVATURE:
            if len(changes) == history:
                for column in (changes, steps, inverse):
                    column.pop(0)
            changes.append(y)
            steps.append(s)
            inverse.append(1.0 / curvature)
            kept["H_diag"] = curvature / y.dot(y)
        shares = state.setdefault("al", [None] * history)
        q = -grad
        for i in reversed(range(len(changes))):
            shares[i] = steps[i].dot(q) * inverse[i]
            q.add_(changes[i] * -shares[i])
        r = q * kept["H_diag"]
        for i in range(len(changes)):
            r.add_(steps[i] * (shares[i] - changes[i].dot(r) * inverse[i]))
        kept["d"] = r

    def _go(
        self,
        closure: Callable[[], Any],
        kept: dict[str, Any],
        start: _Point,
        group: dict[str, Any],
        evals: int,
        is_last: bool,
    ) -> tuple[float, Tensor, int]:
        """Move the parameters; the loss and gradient there, and how often the closure was asked. Unasked, they are old."""
        d = kept["d"]
        if group["line_search_fn"] is None:
            self._move(kept["t"], d)
            if is_last:
                return start.loss, start.grad, 0
            return float(closure()), self._flat_grad(), 1
        if group["line_search_fn"] != "strong_wolfe":
            raise RuntimeError(f"only 'strong_wolfe' is supported, found line_search_fn={group['line_search_fn']!r}")
        before = [p.clone() for p in self._params]

        def evaluate(t: Any) -> tuple[float, Tensor]:
            self._move(t, d)
            found = float(closure()), self._flat_grad()
            for p, value in zip(self._params, before, strict=True):
                p.copy_(value)
            return found

        point, asked = _strong_wolfe(
            evaluate, start, kept["t"], d, group["max_eval"] - evals, group["tolerance_change"]
        )
        kept["t"] = point.t
        self._move(point.t, d)
        return point.loss, point.grad, asked

    def _is_done(self, kept: dict[str, Any], loss: float, grad: Tensor, group: dict[str, Any]) -> bool:
        least = group["tolerance_change"]
        if grad.abs().max() <= group["tolerance_grad"] or abs(loss - kept["prev_loss"]) < least:
            return True
        return bool((kept["d"] * kept["t"]).abs().max() <= least)

    def _flat(self) -> Iterator[Tensor]:
        for p in self._params:
            yield p.grad if p.grad is not None else lucet.zeros_like(p)

    def _flat_grad(self) -> Tensor:
        """All gradients as one vector, zeros where there are none, complex ones as pairs of reals."""
        return lucet.cat([_pairs(grad).reshape(-1) for grad in self._flat()], 0)

    def _move(self, t: Any, d: Tensor) -> None:
        """p = p + t * d."""
        start = 0
        for p in map(_pairs, self._params):
            p.add_(d[start : start + p.numel()].view_as(p) * t)
            start += p.numel()
