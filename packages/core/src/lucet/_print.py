"""How tensors print: the same text as torch's, character for character. Reads elements, computes nothing."""

import math
from typing import Any

from lucet._modes import DisableTorchFunctionSubclass


class _Options:
    """What set_printoptions changes; one for the process."""

    def __init__(
        self, precision: int = 4, threshold: float = 1000, edgeitems: int = 3, linewidth: int = 80, sci_mode: bool | None = None
    ) -> None:
        self.precision, self.threshold, self.edgeitems, self.linewidth, self.sci_mode = precision, threshold, edgeitems, linewidth, sci_mode


OPTIONS = _Options()
_PROFILES = {
    "default": _Options(),
    "short": _Options(precision=2, edgeitems=2),
    "full": _Options(threshold=math.inf),
}


def set_printoptions(
    precision: int | None = None,
    threshold: float | None = None,
    edgeitems: int | None = None,
    linewidth: int | None = None,
    profile: str | None = None,
    sci_mode: bool | None = None,
) -> None:
    """Change how tensors print.

    `precision` digits after the point (4), summaries above `threshold` elements (1000), `edgeitems` at each end of a summarised
    dimension (3), `linewidth` characters (80), `profile` one of "default", "short", "full", `sci_mode` forces or forbids exponents.

    >>> import lucet
    >>> lucet.set_printoptions(precision=2); print(lucet.tensor([1.12345])); lucet.set_printoptions(profile="default")
    tensor([1.12])
    """
    if profile is not None:
        if profile not in _PROFILES:
            raise ValueError(f"set_printoptions: profile is {profile!r}, expected one of {', '.join(_PROFILES)}")
        OPTIONS.__dict__.update(_PROFILES[profile].__dict__)
    changes = {"precision": precision, "threshold": threshold, "edgeitems": edgeitems, "linewidth": linewidth}
    OPTIONS.__dict__.update({name: value for name, value in changes.items() if value is not None})
    OPTIONS.sci_mode = sci_mode


class _Formatter:
    """One width and one notation for all elements that are shown."""

    def __init__(self, values: list[Any], floating: bool):
        self.floating = floating
        self.int_mode, self.sci_mode, self.width = True, False, 1
        if not floating:
            self.width = max((len(str(value)) for value in values), default=1)
            return
        shown = [value for value in values if value != 0 and math.isfinite(value)]
        if shown:
            self._choose(shown)

    def _choose(self, shown: list[float]) -> None:
        low, high = min(map(abs, shown)), max(map(abs, shown))
        self.int_mode = all(value == math.ceil(value) for value in shown)
        wide = high / low > 1000.0 or high > 1.0e8
        self.sci_mode = OPTIONS.sci_mode if OPTIONS.sci_mode is not None else wide or not self.int_mode and low < 1.0e-4
        if self.sci_mode:
            widths = [len(f"{value:.{OPTIONS.precision}e}") for value in shown]
        elif self.int_mode:
            widths = [len(f"{value:.0f}") + 1 for value in shown]
        else:
            widths = [len(f"{value:.{OPTIONS.precision}f}") for value in shown]
        self.width = max(self.width, *widths)

    def format(self, value: Any) -> str:
        if not self.floating:
            text = str(value)
        elif self.sci_mode:
            text = f"{value:.{OPTIONS.precision}e}"
        elif self.int_mode:
            text = f"{value:.0f}" + ("." if math.isfinite(value) else "")
        else:
            text = f"{value:.{OPTIONS.precision}f}"
        return text.rjust(self.width)


class _ComplexFormatter:
    """Real and imaginary parts with a width and notation each."""

    def __init__(self, values: list[complex]):
        self.real = _Formatter([value.real for value in values], True)
        self.imag = _Formatter([value.imag for value in values], True)
        self.width = self.real.width + self.imag.width + 1

    def format(self, value: complex) -> str:
        imag = self.imag.format(value.imag).lstrip()
        return self.real.format(value.real) + ("" if imag.startswith("-") else "+") + imag + "j"


def _edges(size: int, summarize: bool) -> list[int | None]:
    """Positions to show along a dimension; None stands for the dots."""
    if not summarize or size <= 2 * OPTIONS.edgeitems:
        return list(range(size))
    edge = OPTIONS.edgeitems
    return [*range(edge), None, *range(size - edge, size)]


def _rows(tensor: Any, summarize: bool) -> Any:
    """Nested lists of the elements to show, None where dots go."""
    if tensor.dim() == 0:
        return tensor.item()
    places = _edges(tensor.shape[0], summarize)
    if None not in places and not summarize:
        return tensor.tolist()
    return [None if place is None else _rows(tensor[place], summarize) for place in places]


def _flat(rows: Any) -> list[Any]:
    if not isinstance(rows, list):
        return [rows]
    return [value for row in rows if row is not None for value in _flat(row)]


def _vector(row: list[Any], indent: int, formatter: Any) -> str:
    per_line = max(1, (OPTIONS.linewidth - indent) // (formatter.width + 2))
    cells = [" ..." if value is None else formatter.format(value) for value in row]
    lines = [", ".join(cells[start : start + per_line]) for start in range(0, len(cells), per_line)]
    return "[" + (",\n" + " " * (indent + 1)).join(lines or [""]) + "]"


def _nested(rows: Any, dim: int, indent: int, formatter: Any) -> str:
    if dim == 0:
        return formatter.format(rows)
    if dim == 1:
        return _vector(rows, indent, formatter)
    parts = ["..." if row is None else _nested(row, dim - 1, indent + 1, formatter) for row in rows]
    return "[" + ("," + "\n" * (dim - 1) + " " * (indent + 1)).join(parts) + "]"


def _body(tensor: Any, indent: int) -> str:
    if not OPTIONS.edgeitems and tensor.numel() > OPTIONS.threshold:
        return "[...]"
    rows = _rows(tensor, tensor.numel() > OPTIONS.threshold)
    values = _flat(rows)
    formatter = _ComplexFormatter(values) if tensor.is_complex() else _Formatter(values, tensor.is_floating_point())
    return _nested(rows, tensor.dim(), indent, formatter)


def _suffixes(tensor: Any) -> list[str]:
    from lucet._dtype import DTYPES, get_default_dtype

    default = get_default_dtype()
    plain = {default, DTYPES["int64"], DTYPES["bool"], default.to_complex() if default.itemsize >= 4 else default}
    found = []
    if tensor.is_meta:
        found += ["device='meta'", f"size={tuple(tensor.shape)}"]
        plain = {default}
    elif tensor.numel() == 0:
        if tensor.dim() != 1:
            found.append(f"size={tuple(tensor.shape)}")
        plain = {default}
    elif not OPTIONS.edgeitems:  # a summary would show nothing of the shape
        found.append(f"size={tuple(tensor.shape)}")
    if tensor.dtype not in plain:
        found.append(f"dtype={tensor.dtype}")
    if tensor.grad_fn is not None:
        found.append(f"grad_fn=<{tensor.grad_fn.name().rpartition('::')[2]}>")
    elif tensor.requires_grad:
        found.append("requires_grad=True")
    return found


def tensor_text(tensor: Any) -> str:
    """The repr of a tensor."""
    with DisableTorchFunctionSubclass():
        return _tensor_text(tensor)


def _tensor_text(tensor: Any) -> str:
    from lucet._tensor import Tensor

    kind = type(tensor)
    prefix = "tensor(" if kind is Tensor or kind.__name__ == "Parameter" else f"{kind.__name__}("
    suffixes = _suffixes(tensor)
    plain = tensor.detach()
    if kind is not Tensor:
        plain = plain.as_subclass(Tensor)
    text = "..." if tensor.is_meta else "[]" if tensor.numel() == 0 else _body(plain, len(prefix))
    parts = [prefix + text]
    last = len(parts[0]) - parts[0].rfind("\n") + 1
    for suffix in suffixes:
        if last + len(suffix) + 2 > OPTIONS.linewidth:
            parts.append(",\n" + " " * len(prefix) + suffix)
            last = len(prefix) + len(suffix)
        else:
            parts.append(", " + suffix)
            last += len(suffix) + 2
    return "".join(parts) + ")"
