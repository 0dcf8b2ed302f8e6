"""The questions about a GPU's memory, under the name of that module: see `lucet.cuda`."""

from lucet import cuda as _cuda
from lucet.cuda import (
    empty_cache,
    is_initialized,
    max_memory_allocated,
    max_memory_cached,
    max_memory_reserved,
    memory_allocated,
    memory_cached,
    memory_reserved,
    memory_stats,
    memory_stats_as_nested_dict,
    memory_summary,
    reset_accumulated_memory_stats,
    reset_max_memory_allocated,
    reset_max_memory_cached,
    reset_peak_memory_stats,
)

__all__ = [
    "MemPool", "caching_allocator_alloc", "empty_cache", "get_per_process_memory_fraction", "is_initialized", "list_gpu_processes",
    "max_memory_allocated", "max_memory_cached", "max_memory_reserved", "mem_get_info", "memory_allocated", "memory_cached",
    "memory_reserved", "memory_snapshot", "memory_stats", "memory_stats_as_nested_dict", "memory_summary", "reset_accumulated_memory_stats",
    "reset_max_memory_allocated", "reset_max_memory_cached", "reset_peak_memory_stats", "set_per_process_memory_fraction",
]  # fmt: skip

MemPool = _cuda.MemPool
caching_allocator_alloc = _cuda.caching_allocator_alloc
get_per_process_memory_fraction = _cuda.get_per_process_memory_fraction
list_gpu_processes = _cuda.list_gpu_processes
mem_get_info = _cuda.mem_get_info
memory_snapshot = _cuda.memory_snapshot
set_per_process_memory_fraction = _cuda.set_per_process_memory_fraction
