"""The random states of GPUs, under the name of that module: see `lucet.cuda`."""

from lucet import cuda as _cuda
from lucet.cuda import get_rng_state_all, manual_seed, manual_seed_all, seed, seed_all, set_rng_state_all

get_rng_state = _cuda.get_rng_state
initial_seed = _cuda.initial_seed
set_rng_state = _cuda.set_rng_state

__all__ = ["get_rng_state", "get_rng_state_all", "initial_seed", "manual_seed", "manual_seed_all", "seed", "seed_all", "set_rng_state", "set_rng_state_all"]
