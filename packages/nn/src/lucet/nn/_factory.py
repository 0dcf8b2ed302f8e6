"""Arguments of constructors that say where and of which type tensors are made."""

from typing import Any

_SIMPLE = ("device", "dtype", "memory_format")


def factory_kwargs(kwargs: dict[str, Any] | None) -> dict[str, Any]:
    """`device`, `dtype` and `memory_format` of `kwargs`, for `lucet.empty` and its kin; those in `factory_kwargs` of it count too.

    Raises: TypeError for another key, and for one that is given both ways.

    >>> from lucet import nn
    >>> nn.factory_kwargs({"dtype": None, "factory_kwargs": {"device": "meta"}})
    {'device': 'meta', 'dtype': None}
    """
    if kwargs is None:
        return {}
    unexpected = kwargs.keys() - {*_SIMPLE, "factory_kwargs"}
    if unexpected:
        raise TypeError(f"unexpected kwargs {unexpected}")
    found = dict(kwargs.get("factory_kwargs", {}))
    for key in _SIMPLE:
        if key in kwargs and key in found:
            raise TypeError(f"{key} specified twice, in **kwargs and in factory_kwargs")
        if key in kwargs:
            found[key] = kwargs[key]
    return found
