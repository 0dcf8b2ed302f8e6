"""Operations on tensors as plain functions: those that core's registry shows here; the arithmetic is in lucet's core.

Type checkers read functional.pyi, which tools/stubs.py writes.
"""

from lucet._registry import public_names

__all__ = sorted(public_names("nn.functional"))
globals().update(public_names("nn.functional"))
del public_names
