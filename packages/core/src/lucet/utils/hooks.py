"""lucet.utils.hooks: the public name of the handle that `register_*hook` functions return."""

from lucet._hooks import RemovableHandle

__all__ = ["RemovableHandle"]
