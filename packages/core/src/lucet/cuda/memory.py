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

caching_allocator_alloc = _cuda.caching_allocator_alloc
get_per_process_memory_fraction = _cuda.get_per_process_memory_fraction
list_gpu_processes = _cuda.list_gpu_processes
mem_get_info = _cuda.mem_get_info
memory_snapshot = _cuda.memory_snapshot
MemPool = _cuda.MemPool
set_per_process_memory_fraction = _cuda.set_per_process_memory_fraction

__all__ = [name for name in globals() if not name.startswith("_")]
