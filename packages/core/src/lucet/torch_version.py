"""Versions as programs compare them: with strings, tuples and the versions of `packaging`.

`lucet.__version__` is the torch whose names and numbers lucet has, with lucet's own version behind it, as torch puts its builds there
("2.13.0+cpu"): so that a program which asks how new its library is takes the way that it takes with that torch.
"""

import re
from typing import Any

__all__ = ["TorchVersion"]

# PEP 440, without what nobody gives a library
_FORM = r"v?(\d+(?:\.\d+)*)[-_.]?(?:(a|b|rc|alpha|beta|c|pre|preview)[-_.]?(\d*))?(?:[-_.]?(?:post|rev|r)[-_.]?(\d*))?(?:[-_.]?dev[-_.]?(\d*))?(?:\+([a-z0-9._-]+))?"


def _order(text: str) -> tuple[Any, ...] | None:
    """What versions are ordered by; None for a text that is no version."""
    found = re.fullmatch(_FORM, text.strip().lower())
    if found is None:
        return None
    release, phase, phase_number, post, dev, local = found.groups()
    numbers = [int(part) for part in release.split(".")]
    while len(numbers) > 1 and numbers[-1] == 0:
        numbers.pop()
    # before a release come its candidates, before these what is in development
    stage = (-2, "", 0) if phase is None and post is None and dev is not None else (0, "", 0)
    if phase is not None:
        stage = (-1, phase[0].replace("p", "r").replace("c", "r"), int(phase_number or 0))
    parts = [(1, int(part), "") if part.isdigit() else (0, 0, part) for part in re.split(r"[-_.]", local)] if local else []
    return numbers, stage, -1 if post is None else int(post or 0), float("inf") if dev is None else int(dev or 0), parts


class TorchVersion(str):
    """A version that is a string, and is compared as a version: with others, with strings, and with tuples of numbers.

    A string that is no version is compared as a string.

    >>> from lucet.torch_version import TorchVersion
    >>> TorchVersion("2.13.0+cpu") >= (1, 8), TorchVersion("2.13.0+cpu") > "2.9"
    (True, True)
    """

    __slots__ = ()

    def _pair(self, other: Any) -> tuple[Any, Any] | None:
        """What stands for both in a comparison; None where only strings can be compared, or nothing."""
        if hasattr(other, "release") and hasattr(other, "is_prerelease"):  # one of packaging's
            other = str(other)
        elif not isinstance(other, str):
            try:
                other = ".".join(str(part) for part in other)
            except TypeError:
                return None
        mine, its = _order(str.__str__(self)), _order(other)
        return None if mine is None or its is None else (mine, its)

    def __lt__(self, other: Any) -> bool:
        pair = self._pair(other)
        return super().__lt__(other) if pair is None else bool(pair[0] < pair[1])

    def __le__(self, other: Any) -> bool:
        pair = self._pair(other)
        return super().__le__(other) if pair is None else bool(pair[0] <= pair[1])

    def __gt__(self, other: Any) -> bool:
        pair = self._pair(other)
        return super().__gt__(other) if pair is None else bool(pair[0] > pair[1])

    def __ge__(self, other: Any) -> bool:
        pair = self._pair(other)
        return super().__ge__(other) if pair is None else bool(pair[0] >= pair[1])

    def __eq__(self, other: Any) -> bool:
        pair = self._pair(other)
        return super().__eq__(other) if pair is None else bool(pair[0] == pair[1])

    def __ne__(self, other: Any) -> bool:
        return not self == other

    __hash__ = str.__hash__
