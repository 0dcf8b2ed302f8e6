"""Chooses the kernels once, at import: the base table, overlaid by the best level the CPU has (or `LUCET_ISA` names)."""

from cpython.pycapsule cimport PyCapsule_GetPointer
from lucet._kernels.kernels cimport KernelTable

import importlib
import os

ctypedef void (*fill_fn)(KernelTable*) noexcept nogil

cdef extern from *:
    """
    static const char *lucet_cpu_level(void) {
    #if defined(__x86_64__)
        __builtin_cpu_init();
        int v3 = __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma") && __builtin_cpu_supports("bmi")
              && __builtin_cpu_supports("bmi2");
        int v4 = v3 && __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw")
              && __builtin_cpu_supports("avx512cd") && __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl");
        return v4 ? "avx512" : v3 ? "avx2" : "base";
    #elif defined(__aarch64__)
        return "neon";
    #else
        return "base";
    #endif
    }
    """
    const char* cpu_level "lucet_cpu_level"()

cdef KernelTable K

LEVELS = ("base", "avx2", "avx512") if cpu_level() != b"neon" else ("base", "neon")


def _fill(str name):
    module = importlib.import_module("lucet._kernels." + name)
    cdef fill_fn fill = <fill_fn>PyCapsule_GetPointer(module.filler, "lucet.kernels")
    fill(&K)


def available_levels() -> tuple:
    """The instruction set levels that this CPU runs, lowest first."""
    return LEVELS[: LEVELS.index(cpu_level().decode()) + 1]


def _choose() -> str:
    wanted = os.environ.get("LUCET_ISA") or cpu_level().decode()
    if wanted not in available_levels():
        raise ImportError(f"LUCET_ISA={wanted}: this CPU offers {', '.join(available_levels())}")
    _fill("base")
    if wanted != "base":
        _fill(wanted)
    return wanted


level = _choose()
