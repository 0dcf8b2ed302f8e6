"""The dict of DataLoader.state_dict: what it tells of its loader, and the check of one that is to be loaded."""

from collections.abc import Callable, Mapping
from typing import Any, NoReturn

import lucet

from ._order import epoch_sampler

FORMAT = 1  # of the dict

_MAX = 2**63 - 1
_INSIDE = (
    "epoch",
    "base_seed",
    "done",
    "ahead",
    "begun",
    "sampler_epoch",
    "before_iter",
    "before_first",
)  # what Order.state tells


def traits(loader: Any) -> dict[str, Any]:
    """What has to be equal in two loaders for a place in the one to be a place in the other; None: cannot be told."""
    sampler, batches = loader.sampler, loader.batch_sampler
    size = getattr(batches, "batch_size", None)
    told = {
        "dataset_length": None if loader._is_iterable else _length(loader.dataset),
        "batches": None if loader._is_iterable else _length(loader._index_sampler),
        "batch_size": size if type(size) is int else None,
        "drop_last": bool(getattr(batches, "drop_last", loader.drop_last)),
        "sampler": type(getattr(batches, "sampler", sampler)).__name__,
        "batch_sampler": None if batches is None else type(batches).__name__,
        "rng": loader.rng,
    }
    if loader._is_iterable:
        told["iterable_workers"] = max(1, loader.num_workers)
    return told


def _length(thing: Any) -> int | None:
    try:
        return len(thing)
    except (TypeError, NotImplementedError):  # no length, or one that its class leaves to subclasses
        return None


def checked(state: Any, loader: Any, generators: int) -> dict[str, Any]:
    """A copy of `state` if it is a place in `loader`, which draws from that many generators; else a ValueError."""
    if not isinstance(state, Mapping) or state.get("format") != FORMAT:
        found = f"a dict with {sorted(map(str, state))}" if isinstance(state, Mapping) else f"a {type(state).__name__}"
        raise ValueError(
            f"DataLoader.load_state_dict: expected a dict of DataLoader.state_dict with format {FORMAT}, found {found}"
        )
    _check(state, "running", _is_bool, "True or False")
    own = traits(loader)
    of_workers = {"epoch", "base_seed"}  # which persistent ones keep between epochs
    more = {*own, *_INSIDE} if state["running"] else of_workers if of_workers & set(state) else set()
    _check_names(state, {"format", "running", *more})
    for name in sorted(of_workers & more):
        _check(state, name, _is_count, "a whole number from 0")
    if state["running"]:
        _check_traits(state, own)
        _check_position(state)
        if epoch_sampler(loader) is None:
            _check(state, "sampler_epoch", lambda value: value is None, "None: no sampler of this loader has an epoch")
        else:
            _check(state, "sampler_epoch", _is_count, "the epoch of the sampler, a whole number from 0")
        for name in ("before_iter", "before_first"):
            _check_generators(state, name, generators)
    return {name: list(value) if isinstance(value, list) else value for name, value in state.items()}


def _fail(name: str, found: str, expected: str, fix: str = "") -> NoReturn:
    advice = f"\n  fix   {fix}" if fix else ""
    raise ValueError(f"DataLoader.load_state_dict: {name} is {found}, expected {expected}{advice}")


def _check(state: Mapping, name: str, is_right: Callable[[Any], bool], expected: str) -> None:
    if name not in state:
        _fail(name, "missing", expected)
    if not is_right(state[name]):
        _fail(name, repr(state[name]), expected)


def _is_bool(value: Any) -> bool:
    return isinstance(value, bool)


def _is_count(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= _MAX


def _check_names(state: Mapping, wanted: set[str]) -> None:
    for name in sorted(wanted - set(state)):
        if name == "iterable_workers":
            _fail(name, "missing", "a number: the loader has an iterable dataset, the saved one has not")
        _fail(name, "missing", f"the fields {', '.join(sorted(wanted))}")
    for name in sorted(set(state) - wanted, key=str):
        if name == "iterable_workers":
            _fail(name, repr(state[name]), "none: the loader has a dataset with indices")
        _fail(name, "there", f"only the fields {', '.join(sorted(wanted))}")


def _check_traits(state: Mapping, own: dict[str, Any]) -> None:
    for name, value in own.items():
        # compared with its type, since True == 1
        if type(state[name]) is not type(value) or state[name] != value:
            _fail(name, repr(state[name]), f"{value!r} as in this loader", "make the loader as the saved one was made")


def _check_position(state: Mapping) -> None:
    _check(state, "done", _is_count, "a whole number from 0")
    _check(state, "begun", _is_bool, "True or False")
    done, ahead, batches = state["done"], state["ahead"], state["batches"]
    if not isinstance(ahead, list) or not all(map(_is_count, ahead)):
        _fail("ahead", repr(ahead), "a list of the numbers of batches")
    if batches is not None and done > batches:
        _fail("done", str(done), f"at most the {batches} batches of an epoch")
    last = _MAX if batches is None else batches - 1
    if ahead != sorted(set(ahead)) or (ahead and not done < ahead[0] <= ahead[-1] <= last):
        _fail("ahead", repr(ahead), f"rising numbers of batches beyond {done}" + (f", up to {last}" if batches else ""))
    if (done or ahead) and not state["begun"]:
        _fail("begun", "False", "True where batches were handed out")


def _check_generators(state: Mapping, name: str, generators: int) -> None:
    states = state[name]
    if not isinstance(states, list):
        _fail(name, f"a {type(states).__name__}", "a list of generator states")
    if len(states) != generators + 1:
        _fail(
            name,
            f"of {len(states) - 1} generators besides the global one",
            f"{generators}",
            "give the loader the samplers and generators it had when it was saved",
        )
    for index, one in enumerate(states):
        try:
            lucet.Generator().set_state(one)
        except (TypeError, RuntimeError) as error:
            _fail(f"{name}[{index}]", f"no generator's state ({str(error).splitlines()[0]})", "what get_state returned")
