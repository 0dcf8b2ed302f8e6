"""lucet.func: functions of functions: derivatives, batches, modules called with other parameters. Names only."""

from lucet.func._modules import functional_call, replace_all_batch_norm_modules_, stack_module_state
from lucet.func._rearrange import rearrange
from lucet.func._transforms import functionalize, grad, grad_and_value, hessian, jacfwd, jacrev, jvp, linearize, vjp
from lucet.func._vmap import debug_unwrap, vmap

__all__ = [
    "debug_unwrap", "functional_call", "functionalize", "grad", "grad_and_value", "hessian", "jacfwd", "jacrev", "jvp", "linearize", "rearrange",
    "replace_all_batch_norm_modules_", "stack_module_state", "vjp", "vmap",
]  # fmt: skip

for _name in __all__:
    globals()[_name].__module__ = "lucet.func"
