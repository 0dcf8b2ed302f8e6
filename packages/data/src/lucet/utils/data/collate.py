"""Collating: a list of items becomes one batch. Which items, and in which thread, is _fetch.py's business."""

import copy
from collections.abc import Callable, Mapping, MutableMapping, MutableSequence, Sequence
from typing import Any

import numpy as np

import lucet
from lucet import Tensor

__all__ = ["collate", "default_collate", "default_collate_fn_map", "default_convert"]

CollateMap = dict[type | tuple[type, ...], Callable]


def _unfit(found: Any) -> TypeError:
    return TypeError(
        f"default_collate: batch must contain tensors, numpy arrays, numbers, dicts or lists; found {found}\n"
        "  fix   convert the items in the dataset, or pass a collate_fn"
    )


def _holds_no_numbers(dtype: np.dtype) -> bool:
    return any(code in dtype.str for code in "SaUO")


def _rebuilt_mapping(elem: Mapping, values: dict) -> Any:
    """`values` in a mapping like `elem`, attributes included; a plain dict where its class cannot be made so."""
    try:
        if isinstance(elem, MutableMapping):
            clone = copy.copy(elem)
            clone.update(values)
            return clone
        return type(elem)(values)  # type: ignore[call-arg]
    except TypeError:
        return values


def _rebuilt_sequence(elem: Sequence, values: list) -> Any:
    try:
        if isinstance(elem, MutableSequence):
            clone = copy.copy(elem)
            for i, value in enumerate(values):
                clone[i] = value
            return clone
        return type(elem)(values)  # type: ignore[call-arg]
    except TypeError:
        return values


def default_convert(data: Any) -> Any:
    """Turn NumPy arrays and scalars into tensors, also inside mappings and sequences; leave everything else.

    Tuples come back as lists, named tuples as they are. What a loader does to single items with batch_size=None.

    Example:
        >>> import numpy
        >>> from lucet.utils.data import default_convert
        >>> default_convert({"x": numpy.array([1, 2]), "name": "a"})
        {'x': tensor([1, 2]), 'name': 'a'}
    """
    if isinstance(data, Tensor):
        return data
    kind = type(data)
    if kind.__module__ == "numpy" and kind.__name__ not in ("str_", "string_"):
        if isinstance(data, np.ndarray) and _holds_no_numbers(data.dtype):
            return data
        return lucet.as_tensor(np.array(data) if isinstance(data, np.generic) else data)
    if isinstance(data, Mapping):
        return _rebuilt_mapping(data, {key: default_convert(data[key]) for key in data})
    if isinstance(data, tuple):
        parts = [default_convert(d) for d in data]
        return kind(*parts) if hasattr(data, "_fields") else parts
    if isinstance(data, Sequence) and not isinstance(data, (str, bytes)):
        return _rebuilt_sequence(data, [default_convert(d) for d in data])
    return data


def collate(batch: list[Any], *, collate_fn_map: CollateMap | None = None) -> Any:
    """Join a list of items into one batch, by the type of the first.

    The map says how items of a type are joined: its function gets the list and `collate_fn_map`. An exact type comes
    first, then the first entry that the item is an instance of. Mappings, named tuples and sequences are joined part by
    part: tuples become lists, other containers keep their class where it can be made again.

    Raises:
        TypeError: no rule for the type.
        RuntimeError: sequences of different lengths.

    Example:
        >>> from lucet.utils.data.collate import collate, default_collate_fn_map
        >>> class Word(str): pass
        >>> collate([Word("a"), Word("b")], collate_fn_map={Word: lambda words, collate_fn_map: "".join(words)})
        'ab'
    """
    elem = batch[0]
    rule = _rule_for(elem, collate_fn_map)
    if rule is not None:
        return rule(batch, collate_fn_map=collate_fn_map)

    def joined(parts: Any) -> Any:
        return collate(parts, collate_fn_map=collate_fn_map)

    if isinstance(elem, Mapping):
        return _rebuilt_mapping(elem, {key: joined([d[key] for d in batch]) for key in elem})
    if isinstance(elem, tuple) and hasattr(elem, "_fields"):
        return type(elem)(*(joined(parts) for parts in zip(*batch, strict=False)))
    if not isinstance(elem, Sequence):
        raise _unfit(type(elem))
    for i, other in enumerate(batch):
        if len(other) != len(elem):
            raise RuntimeError(
                f"default_collate: each element in list of batch should be of equal size, found {len(elem)} parts in "
                f"item 0 and {len(other)} in item {i}"
            )
    columns = [joined(parts) for parts in zip(*batch, strict=True)]
    return columns if isinstance(elem, tuple) else _rebuilt_sequence(elem, columns)


def _rule_for(elem: Any, collate_fn_map: CollateMap | None) -> Callable | None:
    if collate_fn_map is None:
        return None
    rule = collate_fn_map.get(type(elem))
    if rule is not None:
        return rule
    return next((fn for kinds, fn in collate_fn_map.items() if isinstance(elem, kinds)), None)


def collate_tensor_fn(batch: list[Tensor], *, collate_fn_map: CollateMap | None = None) -> Tensor:
    """Stack tensors of equal shape along a new first dimension.

    Example:
        >>> import lucet
        >>> from lucet.utils.data.collate import collate_tensor_fn
        >>> tuple(collate_tensor_fn([lucet.zeros(2), lucet.ones(2)]).shape)
        (2, 2)
    """
    return lucet.stack(batch, 0)  # type: ignore[arg-type]


def collate_numpy_array_fn(batch: list[Any], *, collate_fn_map: CollateMap | None = None) -> Any:
    """Turn arrays into tensors and stack them.

    Example:
        >>> import numpy
        >>> from lucet.utils.data.collate import collate_numpy_array_fn, default_collate_fn_map
        >>> collate_numpy_array_fn([numpy.zeros(2), numpy.ones(2)], collate_fn_map=default_collate_fn_map).tolist()
        [[0.0, 0.0], [1.0, 1.0]]
    """
    if _holds_no_numbers(batch[0].dtype):
        raise _unfit(batch[0].dtype)
    return collate([lucet.as_tensor(array) for array in batch], collate_fn_map=collate_fn_map)


def collate_numpy_scalar_fn(batch: list[Any], *, collate_fn_map: CollateMap | None = None) -> Tensor:
    """Make a one-dimensional tensor of NumPy scalars, in their dtype.

    Example:
        >>> import numpy
        >>> from lucet.utils.data.collate import collate_numpy_scalar_fn
        >>> collate_numpy_scalar_fn([numpy.float32(1), numpy.float32(2)])
        tensor([1., 2.])
    """
    return lucet.as_tensor(np.array(batch) if all(isinstance(x, np.generic) for x in batch) else batch)


def collate_float_fn(batch: list[float], *, collate_fn_map: CollateMap | None = None) -> Tensor:
    """Make a one-dimensional float64 tensor.

    Example:
        >>> from lucet.utils.data.collate import collate_float_fn
        >>> collate_float_fn([0.5, 1.0]).tolist()
        [0.5, 1.0]
    """
    return lucet.tensor(batch, dtype=lucet.float64)


def collate_int_fn(batch: list[int], *, collate_fn_map: CollateMap | None = None) -> Tensor:
    """Make a one-dimensional tensor: int64, or bool for truth values.

    Example:
        >>> from lucet.utils.data.collate import collate_int_fn
        >>> collate_int_fn([1, 2])
        tensor([1, 2])
    """
    return lucet.tensor(batch)


def collate_str_fn(batch: Any, *, collate_fn_map: CollateMap | None = None) -> Any:
    """Leave text and bytes as they are.

    Example:
        >>> from lucet.utils.data.collate import collate_str_fn
        >>> collate_str_fn(["a", "b"])
        ['a', 'b']
    """
    return batch


# Process-wide on purpose: programs add rules for their own types here.
default_collate_fn_map: CollateMap = {
    Tensor: collate_tensor_fn,
    np.ndarray: collate_numpy_array_fn,
    (np.bool_, np.number, np.object_): collate_numpy_scalar_fn,
    float: collate_float_fn,
    int: collate_int_fn,
    str: collate_str_fn,
    bytes: collate_str_fn,
}


def default_collate(batch: list[Any]) -> Any:
    """Join items into a batch: `collate` with `default_collate_fn_map`.

    Tensors and arrays are stacked, numbers become tensors (float64, int64, bool), text stays a list, and containers are
    joined part by part. Programs add rules for their own types to the map.

    Example:
        >>> import lucet
        >>> from lucet.utils.data import default_collate
        >>> default_collate([(lucet.tensor([0.0]), 3), (lucet.tensor([1.0]), 4)])
        [tensor([[0.], [1.]]), tensor([3, 4])]
    """
    return collate(batch, collate_fn_map=default_collate_fn_map)
