"""lucet.utils.hooks: the handle that `register_*hook` functions return, and what is said of hooks that pickling leaves behind."""

from lucet._hooks import RemovableHandle as RemovableHandle
from lucet._hooks import unserializable_hook as unserializable_hook
from lucet._hooks import warn_if_has_hooks as warn_if_has_hooks

__all__ = ["RemovableHandle", "unserializable_hook", "warn_if_has_hooks"]
