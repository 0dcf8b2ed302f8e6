"""What programs ask about CUDA before they train, answered honestly: there is none here.

What needs a device raises DeviceError; what a torch without CUDA answers with nothing does so here. `amp`, the tensor types and the
functions that can only raise are made when they are asked for.
"""

from typing import Any, NoReturn

from lucet import _rooms
from lucet._errors import DeviceError, error

default_generators = ()
has_half = True
has_magma = False


def is_available() -> bool:
    """False: lucet computes on the CPU.

    >>> import lucet
    >>> lucet.cuda.is_available()
    False
    """
    return False


def device_count() -> int:
    """0."""
    return 0


def is_initialized() -> bool:
    """False."""
    return False


def is_bf16_supported(including_emulation: bool = True) -> bool:
    """False."""
    return False


def _absent(name: str) -> NoReturn:
    raise error(DeviceError, f"cuda.{name}: no CUDA device is available, lucet computes on the CPU", fix='device="cpu"')


def current_device() -> int:
    """Raises DeviceError: there is no device."""
    _absent("current_device")


def set_device(device: Any) -> None:
    """Raises DeviceError: there is no device."""
    _absent("set_device")


def get_device_name(device: Any = None) -> str:
    """Raises DeviceError: there is no device."""
    _absent("get_device_name")


def get_device_properties(device: Any = None) -> Any:
    """Raises DeviceError: there is no device."""
    _absent("get_device_properties")


def get_device_capability(device: Any = None) -> tuple[int, int]:
    """Raises DeviceError: there is no device."""
    _absent("get_device_capability")


def manual_seed(seed: int) -> None:
    """No device, no generator to seed: as in a torch without CUDA, nothing happens."""


def manual_seed_all(seed: int) -> None:
    """No device, no generator to seed: as in a torch without CUDA, nothing happens."""


def empty_cache() -> None:
    """Nothing is cached on a device; `lucet.empty_cache()` is the CPU's."""


def synchronize(device: Any = None) -> None:
    """Raises DeviceError: there is no device to wait for."""
    _absent("synchronize")


def memory_allocated(device: Any = None) -> int:
    """0 bytes."""
    return 0


def max_memory_allocated(device: Any = None) -> int:
    """0 bytes."""
    return 0


def memory_reserved(device: Any = None) -> int:
    """0 bytes."""
    return 0


def max_memory_reserved(device: Any = None) -> int:
    """0 bytes."""
    return 0


memory_cached, max_memory_cached = memory_reserved, max_memory_reserved


def memory_stats(device: Any = None) -> dict[str, Any]:
    """No numbers."""
    return {}


memory_stats_as_nested_dict = memory_stats


def memory_summary(device: Any = None, abbreviated: bool = False) -> str:
    """A line that says there is nothing to tell; `lucet.memory_stats()` is the CPU's.

    >>> import lucet
    >>> lucet.cuda.memory_summary()
    'no CUDA device: lucet computes on the CPU'
    """
    return "no CUDA device: lucet computes on the CPU"


def reset_peak_memory_stats(device: Any = None) -> None:
    """Nothing to reset."""


reset_accumulated_memory_stats = reset_max_memory_allocated = reset_max_memory_cached = reset_peak_memory_stats


def get_arch_list() -> list[str]:
    """No architectures."""
    return []


def get_gencode_flags() -> str:
    """No flags."""
    return ""


def get_rng_state_all() -> list[Any]:
    """No device, no states."""
    return []


def set_rng_state_all(new_states: Any) -> None:
    """Sets nothing; DeviceError if there is a state of some device."""
    if list(new_states):
        _absent("set_rng_state_all")


def seed() -> None:
    """No device, no generator to seed."""


seed_all = seed


def is_tf32_supported() -> bool:
    """False."""
    return False


def is_current_stream_capturing() -> bool:
    """False."""
    return False


class device:
    """A context that chooses a device: without one it changes nothing, and DeviceError for an index from 0 on."""

    def __init__(self, device: Any):
        if isinstance(device, int) and device >= 0 or isinstance(device, str) and device.startswith("cuda"):
            _absent("device")

    def __enter__(self) -> None:
        pass

    def __exit__(self, *exc: object) -> None:
        pass


class device_of(device):
    """The context of a tensor's device, which is never one of CUDA."""

    def __init__(self, obj: Any):
        super().__init__(None)
        self.idx = self.prev_idx = -1


class StreamContext:
    """A context that chooses a stream: None changes nothing."""

    def __init__(self, stream: Any):
        if stream is not None:
            _absent("stream")

    def __enter__(self) -> None:
        pass

    def __exit__(self, *exc: object) -> None:
        pass


def stream(stream: Any) -> StreamContext:
    """`StreamContext(stream)`."""
    return StreamContext(stream)


class OutOfMemoryError(RuntimeError):
    """What a full device raises in torch: never raised here (a full machine is `lucet.errors.OutOfMemory`)."""


class AcceleratorError(RuntimeError):
    """What a failing device raises in torch: never raised here."""


# What needs a device, whatever its arguments.
_ABSENT = frozenset(
    "caching_allocator_alloc can_device_access_peer clock_rate cudart current_blas_handle "
    "current_stream default_stream device_memory_used get_per_process_memory_fraction get_rng_state get_stream_from_external get_sync_debug_mode "
    "graph_pool_handle init initial_seed ipc_collect list_gpu_processes make_graphed_callables mem_get_info memory_snapshot memory_usage "
    "power_draw set_per_process_memory_fraction set_rng_state set_stream set_sync_debug_mode temperature utilization".split()
)

_CLASSES = frozenset("CUDAGraph Event ExternalStream GreenContext MemPool Stream".split())  # of which nothing is an instance


class _TypeOfNothing(type):
    """The type of `cuda.FloatTensor` and its kin: no tensor is one, and calling it raises TypeError."""

    is_cuda = True

    def __instancecheck__(cls, instance: object) -> bool:
        return False

    def __call__(cls, *args: Any, **kwargs: Any) -> NoReturn:
        raise TypeError(f"type lucet.cuda.{cls.__name__} not available: lucet computes on the CPU")


def __getattr__(name: str) -> Any:
    if name in _CLASSES:

        def refuse(cls: type, *args: Any, **kwargs: Any) -> NoReturn:
            _absent(name)

        made: Any = type(name, (), {"__new__": refuse, "__module__": __name__, "__doc__": "Raises DeviceError: there is no device."})
    elif name in _ABSENT:

        def absent(*args: Any, **kwargs: Any) -> NoReturn:
            _absent(name)

        absent.__name__ = absent.__qualname__ = name
        absent.__doc__ = "Raises DeviceError: there is no device."
        made = absent
    else:
        from lucet._legacy import TENSOR_TYPES
        from lucet.storage import STORAGE_TYPES

        if name not in TENSOR_TYPES and name not in STORAGE_TYPES:
            return _rooms.missing_attribute(name, __name__)
        made = _TypeOfNothing(name, (), {"__module__": __name__, "__doc__": "Tensors on a CUDA device: there are none."})
    globals()[name] = made
    return made
