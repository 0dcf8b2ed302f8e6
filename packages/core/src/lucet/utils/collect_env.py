"""What to tell in a report of a problem: `python -m lucet.utils.collect_env`."""

import os
import platform
import sys
from importlib import metadata

import lucet
from lucet.backends.cpu import get_cpu_capability

__all__ = ["get_env_info", "get_pretty_env_info", "main"]

_PACKAGES = ("lucet-core", "lucet-nn", "lucet-optim", "lucet-data", "lucet-vision", "numpy", "pillow", "safetensors", "tensorboard", "tqdm")


def get_env_info() -> dict[str, str]:
    """Facts about Python, the machine and the packages, by name."""
    facts = {
        "lucet": lucet.version.lucet,
        "Python": sys.version.replace("\n", " "),
        "platform": platform.platform(),
        "machine": platform.machine(),
        "CPUs": str(os.cpu_count()),
        "kernels": get_cpu_capability(),
        "threads": str(lucet.get_num_threads()),
        "CUDA": "none: lucet computes on the CPU",
    }
    facts |= {name: value for name, value in os.environ.items() if name.startswith("LUCET_") or name == "OMP_NUM_THREADS"}
    for name in _PACKAGES:
        try:
            facts[name] = metadata.version(name)
        except metadata.PackageNotFoundError:
            facts[name] = "not installed"
    return facts


def get_pretty_env_info() -> str:
    """The same as text.

    >>> from lucet.utils import collect_env
    >>> collect_env.get_pretty_env_info().splitlines()[0].startswith("lucet: ")
    True
    """
    return "\n".join(f"{name}: {value}" for name, value in get_env_info().items())


def main() -> None:
    """Print it."""
    print(get_pretty_env_info())


if __name__ == "__main__":
    main()
