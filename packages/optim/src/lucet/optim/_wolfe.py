"""A line search: how far to go along a direction until the strong Wolfe conditions hold. No parameters here, only functions of one number."""

from collections.abc import Callable
from typing import Any, NamedTuple

from lucet import Tensor

__all__: list[str] = []


class _Point(NamedTuple):
    """What is known at one distance: the loss, its gradient, and the slope along the direction."""

    t: Any
    loss: float
    grad: Tensor
    slope: Tensor


def _strong_wolfe(
    evaluate: Callable[[Any], tuple[float, Tensor]],
    start: _Point,
    t: Any,
    d: Tensor,
    most: int,
    tolerance: float,
    c1: float = 1e-4,
    c2: float = 0.9,
) -> tuple[_Point, int]:
    """The point found, and how often `evaluate(t)`, which gives loss and gradient, was called: at most `most` + 1 times.

    The loss has fallen by c1 of what the first slope promised, and the slope is at most c2 of the first. Source: Nocedal,
    Wright, "Numerical optimization", algorithms 3.5 and 3.6; limits on how the interval grows and shrinks as in
    Schmidt's minFunc.
    """

    def at(t: Any) -> _Point:
        loss, grad = evaluate(t)
        return _Point(t, loss, grad, grad.dot(d))

    def falls_short(point: _Point) -> bool:
        return bool(point.loss > start.loss + c1 * point.t * start.slope)

    def is_flat(point: _Point) -> bool:
        return bool(abs(point.slope) <= -c2 * start.slope)

    before, point, tries = start, at(t), 0
    ends: list[_Point] = []
    while tries < most:  # go on until a minimum lies between two points
        if falls_short(point) or (tries > 1 and point.loss >= before.loss):
            ends = [before, point]
        elif is_flat(point):
            return point, tries + 1
        elif point.slope >= 0:
            ends = [before, point]
        if ends:
            break
        further = (point.t + 0.01 * (point.t - before.t), point.t * 10)
        before, point = point, at(_cubic_minimum(before, point, further))
        tries += 1
    ends = ends or [start, point]
    low = _lower(ends)
    stuck = False
    while tries < most:  # shrink the interval between the two
        if abs(ends[1].t - ends[0].t) * d.abs().max() < tolerance:
            break
        t, stuck = _off_the_ends(_cubic_minimum(ends[0], ends[1]), ends, stuck)
        point = at(t)
        tries += 1
        if falls_short(point) or point.loss >= ends[low].loss:
            ends[1 - low] = point
            low = _lower(ends)
            continue
        if is_flat(point):
            return point, tries + 1
        if point.slope * (ends[1 - low].t - ends[low].t) >= 0:
            ends[1 - low] = ends[low]
        ends[low] = point
    return ends[low], tries + 1


def _lower(ends: list[_Point]) -> int:
    return 0 if ends[0].loss <= ends[1].loss else 1


def _off_the_ends(t: Any, ends: list[_Point], stuck: bool) -> tuple[Any, bool]:
    """Keep a tenth of the interval away from its ends at the second time that `t` is close to one, or if it is outside."""
    least, most = min(end.t for end in ends), max(end.t for end in ends)
    margin = 0.1 * (most - least)
    if min(most - t, t - least) >= margin:
        return t, False
    if not stuck and least < t < most:
        return t, True
    return (most - margin if abs(t - most) < abs(t - least) else least + margin), False


def _cubic_minimum(a: _Point, b: _Point, limits: tuple[Any, Any] | None = None) -> Any:
    """Where the cubic through both points and slopes is least, within `limits` (else between the points); or their middle."""
    if a.t > b.t:
        a, b = b, a
    least, most = limits or (a.t, b.t)
    bend = a.slope + b.slope - 3 * (a.loss - b.loss) / (a.t - b.t)
    square = bend**2 - a.slope * b.slope
    if not square >= 0:
        return (least + most) / 2.0
    root = square.sqrt()
    t = b.t - (b.t - a.t) * ((b.slope + root - bend) / (b.slope - a.slope + 2 * root))
    return min(max(t, least), most)
