"""The registry: what each public op is called, where it appears, how it is documented and tested. Standard library only."""

from collections.abc import Callable, Iterable
from typing import Any, NamedTuple

Samples = Callable[[Callable[..., Any]], Iterable[tuple[Any, ...]]]


class Op(NamedTuple):
    """One public operation.

    `samples(r)` yields argument tuples, at the end of each perhaps a dict of keyword arguments; `r(*shape)` makes a random
    float64 tensor.
    """

    name: str
    function: Callable[..., Any]
    inplace: Callable[..., Any] | None = None
    method: bool = True
    also: tuple[str, ...] = ()
    formula: str | None = None
    grad: str = "yes"
    samples: Samples | None = None
    dtypes: str = "all"
    family: str = ""
    numpy: bool = False


# The in-place forms that are functions as well, torch's list; of all other ops they are methods only.
INPLACE_FUNCTIONS = frozenset(
    "abs acos acosh addmv alpha_dropout arccos arccosh arcsin arcsinh arctan arctanh as_strided asin asinh atan atanh ceil celu clamp "
    "clamp_max clamp_min clip conj_physical cos cosh deg2rad dropout embedding_renorm erf erfc exp exp2 expm1 feature_alpha_dropout "
    "feature_dropout fix floor frac gcd i0 index_put lcm ldexp log log10 log1p log2 logit nan_to_num neg negative "
    "rad2deg reciprocal relu round rrelu rsqrt selu sigmoid sin sinc sinh sqrt square tan tanh threshold trunc xlogy".split()
)

OPS: dict[str, Op] = {}
_attach: Callable[[str, Any], None] | None = None
_name_in_errors: Callable[[Any], bool] = lambda function: False


def set_name_in_errors(name_in_errors: Callable[[Any], bool]) -> None:
    """Name the function that lets a compiled function call itself by its public name in errors (called once)."""
    global _name_in_errors
    _name_in_errors = name_in_errors


def set_attach(attach: Callable[[str, Any], None]) -> None:
    """Name the function that puts methods into the Tensor type (called once, by the ops package)."""
    global _attach
    _attach = attach


def dress(function: Any, name: str, doc: str | None, module: str = "lucet") -> Any:
    """Give a function its public name, in errors too, and docstring."""
    function.__name__ = name
    function.__qualname__ = name
    function.__module__ = module
    if doc is not None:
        function.__doc__ = doc
    _name_in_errors(function)
    return function


def op(
    function: Callable[..., Any],
    *,
    name: str | None = None,
    key: str | None = None,
    method: bool | str = True,
    inplace: Callable[..., Any] | None = None,
    also: str = "",
    public: bool = True,
    formula: str | None = None,
    grad: str = "yes",
    samples: Samples | None = None,
    dtypes: str = "all",
    family: str = "",
    numpy: bool = False,
) -> Callable[..., Any]:
    """Register `function` as a public op and attach its method and in-place method.

    `method` is False, True, or the method's name where it differs. `also` lists further homes ("nn.functional"), `public=False`
    keeps the name out of `lucet` itself. `grad` is "yes" (any order), "once" (first order only) or "no".
    `key` tells two ops of one name apart (`lucet.relu` and the `relu` of nn.functional, which takes `inplace`).
    `numpy` says that it computes through NumPy.
    `formula` is the op in NumPy names on its arguments, which the generic tests evaluate in float64.
    """
    label = name or function.__name__
    homes = (("lucet",) if public else ()) + tuple(also.split())
    entry = Op(label, function, inplace, bool(method), homes, formula, grad, samples, dtypes, family, numpy)
    if (key or label) in OPS:
        raise RuntimeError(f"op {key or label!r} is registered twice")
    OPS[key or label] = entry
    if getattr(function, "__module__", None) != "lucet":
        dress(function, label, None)
    if method and _attach is not None:
        _attach(method if isinstance(method, str) else label, function)
    if inplace is not None:
        dress(inplace, label + "_", f"In-place form of `{label}`.")
        if method and _attach is not None:
            _attach(label + "_", inplace)
    return function


def names_of(home: str) -> dict[str, Callable[..., Any]]:
    """The ops that appear in `home` ("lucet", "nn.functional", ...), with the in-place forms that are functions there.

    In "lucet" those are torch's; elsewhere, those that are no methods of a tensor.
    """
    found = {}
    for entry in OPS.values():
        if home in entry.also:
            found[entry.name] = entry.function
            if entry.inplace is not None and (entry.name in INPLACE_FUNCTIONS if home == "lucet" else not entry.method):
                found[entry.name + "_"] = entry.inplace
    return found


def export(namespace: dict[str, Any]) -> None:
    """Put every op into `namespace` (of `lucet._ops`), for siblings; where a name has two ops, the one of nn.functional."""
    for entry in sorted(OPS.values(), key=lambda entry: "nn.functional" in entry.also):
        namespace[entry.name] = entry.function
        if entry.inplace is not None:
            namespace[entry.name + "_"] = entry.inplace


def public_names(home: str) -> dict[str, Callable[..., Any]]:
    """`names_of` with the second names of its ops."""
    found = names_of(home)
    for new, old in ALIASES.items():
        if old in found:
            found[new] = found[old]
        if old + "_" in found and new in INPLACE_FUNCTIONS:
            found[new + "_"] = found[old + "_"]
    return found


def alias(new: str, old: str, *, method: bool = True) -> None:
    """A second public name for an op (`multiply` for `mul`): the same function object, not a second op."""
    entry = OPS[old]
    ALIASES[new] = old
    if method and _attach is not None:
        _attach(new, entry.function)
        if entry.inplace is not None:
            _attach(new + "_", entry.inplace)


ALIASES: dict[str, str] = {}
