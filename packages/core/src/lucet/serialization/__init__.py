"""Checkpoints: torch's files in both directions, read without running code, written all at once. Public names only.

`checkpoint.py` holds save and load; `zipfile.py` and `_legacy.py` the containers; `unpickle.py` and `pickling.py` the
structure inside; `_names.py` what names stand for; `_rebuild.py` how tensors are taken apart; `_tensors.py` is the one
place that touches them.
"""

from lucet.serialization._names import add_safe_globals, clear_safe_globals, get_safe_globals, safe_globals
from lucet.serialization.checkpoint import (
    DEFAULT_PROTOCOL,
    default_restore_location,
    get_unsafe_globals_in_checkpoint,
    load,
    save,
)
from lucet.serialization.mapped import from_file

__all__ = [
    "DEFAULT_PROTOCOL",
    "add_safe_globals",
    "clear_safe_globals",
    "default_restore_location",
    "from_file",
    "get_safe_globals",
    "get_unsafe_globals_in_checkpoint",
    "load",
    "safe_globals",
    "save",
]
