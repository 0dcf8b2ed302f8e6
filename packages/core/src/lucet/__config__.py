"""How this lucet was built and what it runs on, as text."""

import platform

from lucet import _rooms
from lucet._threads import get_num_threads
from lucet.backends.cpu import get_cpu_capability


def show() -> str:
    """Version, kernels and threads, a line each.

    >>> import lucet
    >>> lucet.__config__.show().splitlines()[0]
    'lucet built with:'
    """
    lines = [
        f"lucet {_rooms.VERSION}, {platform.python_implementation()} {platform.python_version()}",
        f"{platform.system()} {platform.machine()}",
        f"CPU capability usage: {get_cpu_capability()}",
        "Own kernels and thread pool: no BLAS, oneDNN, OpenMP or CUDA",
    ]
    return "lucet built with:\n" + "".join(f"  - {line}\n" for line in lines)


def parallel_info() -> str:
    """Threads an operation may use."""
    return f"lucet/_threads:\n\tget_num_threads() : {get_num_threads()}\nparallel backend: lucet's own pool\n"
