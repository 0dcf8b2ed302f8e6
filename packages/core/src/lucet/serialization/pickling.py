"""The pickle of a checkpoint: torch's names for tensors and their parts, and storages left out for the container."""

import pickle
from types import FunctionType
from typing import Any

from lucet._errors import error
from lucet.serialization import _names, _rebuild, _tensors
from lucet.serialization._faults import SaveError

LEGACY_EXTRA = (None,)  # the legacy format has one more item in a storage's id: where a view lies in its root


class Storages:
    """The storages that a pickle has referred to so far, each with its key and the type it was first seen with."""

    def __init__(self) -> None:
        self.by_identity: dict[int, tuple[str, _tensors.Storage, _names.StorageType]] = {}

    def identify(self, thing: Any) -> tuple | None:
        """The persistent id of a storage; None for everything else."""
        if type(thing) is _rebuild.TypedStorage:
            return self._identify(thing.storage, _names.TYPE_OF_DTYPE[thing.dtype])
        if type(thing) is _tensors.Storage:
            return self._identify(thing, _names.UNTYPED)
        return None

    def _identify(self, storage: Any, kind: _names.StorageType) -> tuple:
        if storage.device.type == "meta":
            raise error(SaveError, "save: a storage on the meta device has no bytes to write")
        known = self.by_identity.setdefault(id(storage), (str(len(self.by_identity)), storage, kind))
        if known[2].dtype is not kind.dtype:
            raise error(
                SaveError,
                f"save: one storage is seen as {known[2].dtype} and as {kind.dtype}, the format has one dtype for each",
                fix="clone() one of the tensors",
            )
        return "storage", kind, known[0], "cpu", storage.nbytes() // kind.dtype.itemsize

    def __iter__(self):
        """Keys, storages and types, in the order they were met."""
        return iter(self.by_identity.values())


class _Names:
    """Mixed into a pickler written in Python: writes the names in `_names.WRITTEN` as torch has them."""

    def save_global(self, obj: Any, name: str | None = None) -> None:
        written = _written_name(obj, name)
        if obj is _tensors.strided:
            self.save_reduce(_rebuild._get_layout, ("torch.strided",), obj=obj)  # type: ignore[attr-defined]
        elif written is None:
            super().save_global(obj, name)  # type: ignore[misc]
        else:
            self._save_name(obj, *written)

    def _save_name(self: Any, obj: Any, module: str, name: str) -> None:
        if self.proto >= 4:
            self.save(module)
            self.save(name)
            self.write(pickle.STACK_GLOBAL)
        else:
            self.write(pickle.GLOBAL + f"{module}\n{name}\n".encode())
        self.memoize(obj)


def _save_function(otherwise: Any) -> Any:
    # picklers send functions past save_global, by their table of types
    def save(pickler: Any, function: Any, *rest: Any) -> None:
        if _written_name(function, None):
            pickler.save_global(function)
        else:
            otherwise(pickler, function, *rest)

    return save


def _written_name(obj: Any, name: str | None) -> tuple[str, str] | None:
    name = name or getattr(obj, "__qualname__", None)
    module = getattr(obj, "__module__", None) or type(obj).__module__
    return _names.WRITTEN.get((module, name))  # type: ignore[arg-type]


def dump(obj: Any, file: Any, pickle_module: Any, protocol: int, extra: tuple = ()) -> Storages:
    """Pickle `obj` into `file` and return the storages it refers to. `extra` is added to each storage's id.

    Python's own pickle and modules built on its Python part (dill) write torch's names. A module with a pickler of its
    own (cloudpickle) writes lucet's, which `lucet.load` reads too.
    """
    # the C pickler looks every name up in its module, so torch's names need the one in Python
    base = pickle._Pickler if pickle_module is pickle else pickle_module.Pickler  # type: ignore[attr-defined]
    storages = Storages()

    def persistent_id(self: Any, thing: Any) -> tuple | None:
        key = storages.identify(thing)
        return key and key + extra

    content: dict[str, Any] = {"persistent_id": persistent_id}
    mixins: tuple = (base,)
    if hasattr(base, "save_global"):
        mixins = (_Names, base)
        content["dispatch"] = base.dispatch | {FunctionType: _save_function(base.dispatch[FunctionType])}
    pickler = type("CheckpointPickler", mixins, content)
    pickler(file, protocol=protocol).dump(obj)  # type: ignore[call-arg]
    return storages
