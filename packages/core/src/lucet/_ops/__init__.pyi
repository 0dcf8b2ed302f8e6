# The ops by name, put here by the registry.
from typing import Any

def __getattr__(name: str) -> Any: ...
