"""Names of the sibling distributions, their version agreement, and what a missing one, or a missing extra, says; no other logic.

lucet is shipped as several distributions that share the `lucet` namespace. `import lucet` works with lucet-core alone,
so the core has to answer for rooms that are not there, in every spelling: `import lucet.nn`, `from lucet import nn`,
`lucet.nn`, `hasattr(lucet, "nn")`, `importlib.util.find_spec("lucet.nn")` and `try: ... except ImportError`.
"""

import re
import sys
import warnings
from collections.abc import Sequence
from importlib import import_module
from importlib.machinery import ModuleSpec
from types import ModuleType
from typing import Any, NoReturn

VERSION = "0.1.0"

ROOMS = {
    "lucet.nn": "lucet-nn",
    "lucet.optim": "lucet-optim",
    "lucet.utils.data": "lucet-data",
}

# Rooms of the core that few programs enter: imported when they are first asked for.
LATER = frozenset(
    "lucet.__config__ lucet.__future__ lucet._C lucet.amp lucet.autograd.forward_ad lucet.autograd.functional lucet.autograd.profiler lucet.autograd.profiler_util lucet.backends lucet.compiler lucet.cpu lucet.cpu.amp lucet.cuda.amp lucet.cuda.memory lucet.cuda.nvtx lucet.cuda.random "
    "lucet.debug lucet.distributed lucet.distributed.device_mesh lucet.func lucet.functional lucet.multiprocessing lucet.serialization lucet.utils.checkpoint "
    "lucet.ops lucet.overrides lucet.profiler lucet.testing lucet.types lucet.utils._pytree lucet.utils.benchmark lucet.utils.collect_env lucet.utils.deterministic lucet.utils.dlpack lucet.utils.hooks lucet.utils.tensorboard".split()
)

# Names that are written in such a room and found in `lucet` itself.
_FEW = {"GradScaler": "amp", "autocast": "amp", "from_file": "serialization", "load": "serialization", "save": "serialization", "vmap": "func"}
NAMES_LATER = {name: "lucet." + room for name, room in _FEW.items()} | dict.fromkeys(
    "autocast_decrement_nesting autocast_increment_nesting clear_autocast_cache get_autocast_cpu_dtype get_autocast_dtype get_autocast_gpu_dtype "
    "is_autocast_cache_enabled is_autocast_cpu_enabled is_autocast_enabled set_autocast_cache_enabled set_autocast_cpu_dtype "
    "set_autocast_cpu_enabled set_autocast_dtype set_autocast_enabled set_autocast_gpu_dtype".split(),
    "lucet.amp.autocast_mode",
)
NAMES_LATER |= {"Event": "lucet._streams", "Stream": "lucet._streams"}
NAMES_LATER |= dict.fromkeys(
    "SymBool SymFloat SymInt cond sym_constrain_range sym_constrain_range_for_size sym_float sym_fresh_size sym_int sym_ite sym_max sym_min sym_not "
    "sym_sqrt sym_sum while_loop".split(),
    "lucet._checks",
)
NAMES_LATER |= {"DisableTorchFunction": "lucet._C", "DisableTorchFunctionSubclass": "lucet._C"}
# The same of names that begin with an underscore, which are in no __all__; those of `_foreach` all begin with it.
_PRIVATE_LATER = dict.fromkeys(
    "_assert _check _check_index _check_is_size _check_not_implemented _check_tensor_all _check_tensor_all_with _check_type _check_value "
    "_check_with".split(),
    "lucet._checks",
)

# Old names that answer what a function answers, with a warning.
_REPLACED = {
    "has_cuda": "lucet.backends.cuda.is_built",
    "has_cudnn": "lucet.backends.cudnn.is_available",
    "has_mkldnn": "lucet.backends.mkldnn.is_available",
    "has_mps": "lucet.backends.mps.is_built",
}

# Rooms of torch that lucet leaves out, as docs/differences.md says, and what to do instead.
LEFT_OUT = {
    "lucet.ao": "there is no quantization",
    "lucet.autograd.profiler_legacy": "lucet.profiler measures",
    "lucet.backends.python_native": "there is nothing to choose between",
    "lucet.backends.quantized": "there is no quantization",
    "lucet.backends.xeon": "programs are started directly",
    "lucet.backends.xnnpack": "convolutions are lucet's own",
    "lucet.cuda.comm": "there is no GPU: lucet computes on the CPU",
    "lucet.cuda.gds": "there is no GPU: lucet computes on the CPU",
    "lucet.cuda.graphs": "there is no GPU: lucet computes on the CPU",
    "lucet.cuda.green_contexts": "there is no GPU: lucet computes on the CPU",
    "lucet.cuda.jiterator": "there is no GPU: lucet computes on the CPU",
    "lucet.cuda.nccl": "there is no GPU: lucet computes on the CPU",
    "lucet.cuda.profiler": "there is no GPU: lucet computes on the CPU",
    "lucet.cuda.sparse": "there is no GPU: lucet computes on the CPU",
    "lucet.cuda.streams": "there is no GPU: lucet computes on the CPU",
    "lucet.cuda.tunable": "there is no GPU: lucet computes on the CPU",
    "lucet.distributed.algorithms": "lucet.distributed is of one process",
    "lucet.distributed.argparse_util": "lucet.distributed is of one process",
    "lucet.distributed.autograd": "lucet.distributed is of one process",
    "lucet.distributed.c10d_logger": "lucet.distributed is of one process",
    "lucet.distributed.checkpoint": "lucet.distributed is of one process",
    "lucet.distributed.collective_utils": "lucet.distributed is of one process",
    "lucet.distributed.config": "lucet.distributed is of one process",
    "lucet.distributed.constants": "lucet.distributed is of one process",
    "lucet.distributed.debug": "lucet.distributed is of one process",
    "lucet.distributed.elastic": "lucet.distributed is of one process",
    "lucet.distributed.flight_recorder": "lucet.distributed is of one process",
    "lucet.distributed.fsdp": "lucet.distributed is of one process",
    "lucet.distributed.launch": "lucet.distributed is of one process",
    "lucet.distributed.launcher": "lucet.distributed is of one process",
    "lucet.distributed.logging_handlers": "lucet.distributed is of one process",
    "lucet.distributed.nn": "lucet.distributed is of one process",
    "lucet.distributed.optim": "lucet.distributed is of one process",
    "lucet.distributed.pipelining": "lucet.distributed is of one process",
    "lucet.distributed.remote_device": "lucet.distributed is of one process",
    "lucet.distributed.rendezvous": "lucet.distributed is of one process",
    "lucet.distributed.rpc": "lucet.distributed is of one process",
    "lucet.distributed.run": "lucet.distributed is of one process",
    "lucet.distributed.tensor": "lucet.distributed is of one process",
    "lucet.distributed.utils": "lucet.distributed is of one process",
    "lucet.distributions": "distributions are left out; lucet.randn, lucet.rand, lucet.multinomial and their kin draw samples",
    "lucet.export": "programs are not exported; lucet.save keeps state dicts",
    "lucet.futures": "futures are left out; concurrent.futures has them",
    "lucet.fx": "programs are not traced",
    "lucet.hub": "models are not fetched; lucetvision.models has some, and lucet.load reads files",
    "lucet.jit": "TorchScript is left out: models run directly; lucet.save keeps state dicts",
    "lucet.library": "operators are not registered from outside; lucet.autograd.Function makes new ones",
    "lucet.masked": "masked tensors are left out; lucet.where and masked_fill take masks",
    "lucet.monitor": "counters are left out; lucet.profiler measures",
    "lucet.mps": "there is no GPU: lucet computes on the CPU",
    "lucet.mtia": "there is no accelerator: lucet computes on the CPU",
    "lucet.nativert": "programs are not exported",
    "lucet.nested": "nested tensors are left out; pad to one size",
    "lucet.nn.backends": "there is nothing to choose between",
    "lucet.nn.cpp": "there are no modules of C++",
    "lucet.nn.intrinsic": "there is no quantization",
    "lucet.nn.qat": "there is no quantization",
    "lucet.nn.quantizable": "there is no quantization",
    "lucet.nn.quantized": "there is no quantization",
    "lucet.numa": "the scheduler of the system places threads",
    "lucet.onnx": "models are not exported to ONNX; lucet.save keeps state dicts",
    "lucet.package": "packages are left out; lucet.save keeps state dicts",
    "lucet.profiler.itt": "lucet.profiler measures",
    "lucet.profiler.python_tracer": "lucet.profiler measures",
    "lucet.quantization": "there is no quantization",
    "lucet.quasirandom": "quasirandom sequences are left out; lucet.rand draws",
    "lucet.sparse": "there are no sparse tensors",
    "lucet.utils.backcompat": "there are no old forms to warn of",
    "lucet.utils.backend_registration": "there are no other devices",
    "lucet.utils.bundled_inputs": "TorchScript is left out",
    "lucet.utils.cpp_backtrace": "errors have Python's traceback",
    "lucet.utils.cpp_extension": "extensions are not compiled; lucet.autograd.Function makes new operations",
    "lucet.utils.data.backward_compatibility": "data pipes are left out",
    "lucet.utils.data.datapipes": "data pipes are left out; lucet.utils.data has datasets",
    "lucet.utils.data.graph": "data pipes are left out",
    "lucet.utils.data.graph_settings": "data pipes are left out",
    "lucet.utils.file_baton": "extensions are not compiled",
    "lucet.utils.hipify": "there is no GPU: lucet computes on the CPU",
    "lucet.utils.jit": "TorchScript is left out",
    "lucet.utils.mkldnn": "layouts are chosen by the kernels",
    "lucet.utils.mobile_optimizer": "TorchScript is left out",
    "lucet.utils.model_dump": "TorchScript is left out",
    "lucet.utils.model_zoo": "models are not fetched; lucetvision.models has some, and lucet.load reads files",
    "lucet.utils.throughput_benchmark": "TorchScript is left out; lucet.utils.benchmark measures",
    "lucet.xpu": "there is no GPU: lucet computes on the CPU",
}


class MissingRoom(ModuleNotFoundError):
    """A sibling distribution that is not installed.

    `name` holds the distribution, not the module: the import system swallows a ModuleNotFoundError that carries the
    very name it was asked for, and puts "cannot import name" in its place.
    """

    def __init__(self, module: str):
        dist = ROOMS[module]
        folder = dist.removeprefix("lucet-")
        super().__init__(
            f"{module} is not installed: pip install {dist}, or from a clone pip install ./packages/{folder}", name=dist
        )


class MissingExtra(ModuleNotFoundError):
    """A library that a room is written with, and that only an extra of lucet-core installs. `name` is the library's."""

    def __init__(self, module: str, library: str):
        super().__init__(
            f"{module} needs {library}, which is not installed: pip install 'lucet-core[{library}]', or pip install {library}", name=library
        )


class LeftOut(ModuleNotFoundError):
    """A room of torch that lucet does not have on purpose. `name` is not the module's, for the reason above."""

    def __init__(self, module: str):
        super().__init__(f"{module} is not in lucet: {LEFT_OUT[module]} (docs/differences.md)", name="lucet")


def _missing(module: str) -> ModuleNotFoundError:
    return MissingRoom(module) if module in ROOMS else LeftOut(module)


class _MissingRooms:
    """Finder and loader behind all others on `sys.meta_path`: reached only when a room has no files."""

    def find_spec(self, fullname: str, path: Sequence[str] | None = None, target: object = None) -> ModuleSpec | None:
        if (fullname in ROOMS or fullname in LEFT_OUT) and _is_import(sys._getframe(1)):
            return ModuleSpec(fullname, self)  # type: ignore[arg-type]
        return None

    def create_module(self, spec: ModuleSpec) -> NoReturn:
        raise _missing(spec.name)

    def exec_module(self, module: ModuleType) -> NoReturn:
        raise _missing(module.__name__)


def _is_import(frame) -> bool:
    # Only an import may get the spec that raises: whoever merely asks (importlib.util.find_spec) must hear None. Both
    # reach a finder through importlib's _find_spec, so the function above that one tells them apart.
    caller = frame.f_back
    return caller is not None and caller.f_code.co_name == "_find_and_load_unlocked"


def install() -> None:
    """Put the finder at the end of `sys.meta_path`, once per process (the import system is process-wide itself)."""
    if not any(type(finder).__name__ == _MissingRooms.__name__ for finder in sys.meta_path):
        sys.meta_path.append(_MissingRooms())  # type: ignore[arg-type]


def missing_attribute(name: str, package: str = "lucet") -> Any:
    """Answer a package's `__getattr__`: import the room called `name`, or raise an AttributeError that names it."""
    full = f"{package}.{name}"
    module = sys.modules.get(package)
    if full in LATER:
        try:
            return import_module(full)
        except MissingExtra as missing:
            raise AttributeError(str(missing), obj=module) from None
    later = NAMES_LATER.get(name) or _PRIVATE_LATER.get(name) or ("lucet._foreach" if name.startswith("_foreach_") else None)
    if package == "lucet" and later is not None and hasattr(import_module(later), name):
        found = getattr(import_module(later), name)
        setattr(module, name, found)  # the next one who asks does not come here
        return found
    if package == "lucet" and name in _REPLACED:
        room, function = _REPLACED[name].rsplit(".", 1)
        warnings.warn(f"'{name}' is deprecated, please use '{_REPLACED[name].replace('lucet', 'torch', 1)}()'", stacklevel=3)
        return getattr(import_module(room), function)()
    if full in LEFT_OUT:
        raise AttributeError(str(LeftOut(full)), obj=module)
    if full in ROOMS:
        try:
            return import_module(full)
        except MissingRoom as missing:
            # without `name`, for Python would put "Did you mean: 'nan'?" behind it
            raise AttributeError(str(missing), obj=module) from None
    raise AttributeError(f"module {package!r} has no attribute {name!r}", name=name, obj=module)


def find(module: str) -> ModuleType | None:
    """A module of a room, imported if the room is installed, else None."""
    try:
        return import_module(module)
    except MissingRoom:
        return None


def extra(library: str, module: str) -> ModuleType:
    """The optional library that `module` is written with; raises MissingExtra, an ImportError, where it is not installed."""
    try:
        return import_module(library)
    except ModuleNotFoundError as problem:
        if problem.name != library:  # it is there, but something it needs is not
            raise
        raise MissingExtra(module, library) from None


def require(dist: str, version: str) -> None:
    """Raise ImportError in one line unless `dist`, at `version`, belongs to this lucet-core."""
    if version == VERSION:
        return
    old, new = ("lucet-core", version) if _order(version) > _order(VERSION) else (dist, VERSION)
    raise ImportError(f"{dist} is {version} but lucet-core is {VERSION}: pip install --upgrade {old}=={new}")


def _order(version: str) -> list[tuple[int, int, str]]:
    # 0.9.1 < 0.10.0, and 0.2.0.dev1 < 0.2.0rc1 < 0.2.0: a letter sorts before the end, the end before a number
    tokens = re.findall(r"\d+|[a-z]+", version)
    return [(2, int(token), "") if token.isdigit() else (0, 0, token) for token in tokens] + [(1, 0, "")]
