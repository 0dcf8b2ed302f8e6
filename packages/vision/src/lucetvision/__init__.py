"""The public rooms of lucetvision, imported when first used; no code of its own."""

from lucet._rooms import require

__version__ = "0.1.0"
require("lucet-vision", __version__)

_ROOMS = ("datasets", "io", "models", "transforms")

__all__ = ["__version__", *_ROOMS]


def __getattr__(name: str) -> object:
    if name in _ROOMS:
        import importlib

        return importlib.import_module(f"{__name__}.{name}")
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted({*globals(), *_ROOMS})
