"""What autocast does on the CPU: torch's lists of ops by the type they run in, and the mode that casts their arguments.

The lists name ops as torch's dispatcher does (`linalg_qr`, `fft_rfft`). Below each stand the ops that torch carries out by ones of that
list and lucet as one op, so a mode sees them whole.
"""

import threading
from collections.abc import Callable
from typing import Any

from lucet._dtype import DTYPES, dtype
from lucet._modes import TorchFunctionMode, _adopt_modes, _modes_in_force, _push_mode, is_grad_enabled
from lucet._registry import OPS
from lucet._tensor import Tensor

LOWER = frozenset(
    "addbmm addmm baddbmm bmm conv1d conv2d conv3d conv_tbc conv_transpose1d conv_transpose2d conv_transpose3d linalg_vecdot linear matmul mm "
    "prelu scaled_dot_product_attention "
    "lstm multi_head_attention_forward rnn_relu rnn_relu_cell rnn_tanh rnn_tanh_cell affine_grid affine_grid_generator "
    "chain_matmul corrcoef cov einsum inner linalg_matmul linalg_matrix_power linalg_multi_dot matrix_power tensordot".split()
)
FLOAT32 = frozenset(
    "adaptive_avg_pool3d adaptive_max_pool3d avg_pool3d binary_cross_entropy binary_cross_entropy_with_logits cdist cholesky cholesky_inverse "
    "cholesky_solve cosine_embedding_loss cross_entropy_loss ctc_loss fft_fft fft_fft2 fft_fftn fft_hfft fft_ifft fft_ifft2 fft_ifftn fft_ihfft "
    "fft_irfft fft_irfft2 fft_irfftn fft_rfft fft_rfft2 fft_rfftn fractional_max_pool2d fractional_max_pool3d geqrf grid_sampler grid_sampler_2d "
    "grid_sampler_3d hinge_embedding_loss huber_loss inverse kl_div l1_loss linalg_cholesky linalg_cholesky_ex linalg_cond linalg_eig linalg_eigh "
    "linalg_eigvals linalg_eigvalsh linalg_householder_product linalg_inv linalg_inv_ex linalg_lstsq linalg_matrix_rank linalg_qr linalg_solve "
    "linalg_svd linalg_svdvals linalg_tensorinv linalg_tensorsolve lu_solve margin_ranking_loss max_pool3d max_unpool2d max_unpool3d mse_loss "
    "lu multi_margin_loss multilabel_margin_loss nanquantile nll_loss nll_loss2d orgqr ormqr pinverse poisson_nll_loss polar prod qr quantile "
    "reflection_pad1d reflection_pad2d replication_pad1d replication_pad2d replication_pad3d smooth_l1_loss soft_margin_loss stft svd trace "
    "triangular_solve triplet_margin_loss view_as_complex "
    "adaptive_max_pool3d_with_indices cross_entropy fft_hfft2 fft_hfftn fft_ihfft2 fft_ihfftn fractional_max_pool2d_with_indices "
    "fractional_max_pool3d_with_indices grid_sample linalg_pinv linear_cross_entropy lp_pool3d max_unpool1d view_as_complex_copy".split()
)
WIDEST = frozenset(
    "cat index_copy stack block_diag cartesian_prod column_stack dstack hstack row_stack vstack".split()
)

_Args = tuple[Any, ...]


class State(threading.local):
    """Autocast in this thread, for each type of device: whether it is on, and the type it casts to."""

    def __init__(self) -> None:
        self.enabled: dict[str, bool] = {}
        half, brain = DTYPES["float16"], DTYPES["bfloat16"]
        self.dtypes = dict.fromkeys(("cuda", "ipu", "mps", "mtia", "privateuseone", "xpu"), half)
        self.dtypes |= dict.fromkeys(("cpu", "hpu", "maia", "xla"), brain)
        self.caching = True
        self.nesting = 0
        self.cache: dict[tuple[int, int, bool], tuple[Tensor, Tensor]] = {}


state = State()


def _eligible(x: Any) -> bool:
    return isinstance(x, Tensor) and x.is_floating_point() and x.dtype is not DTYPES["float64"] and x.device.type == "cpu"


def _lowered(x: Tensor, to: dtype) -> Tensor:
    """`x` in the lower type. A float32 leaf that wants a gradient, a weight, is cast once in the outermost context."""
    if not (state.caching and x.dtype is DTYPES["float32"] and x.requires_grad and x.is_leaf and not x._is_view()):
        return x.to(to)
    key = (id(x), x._version, is_grad_enabled())
    kept = state.cache.get(key)
    if kept is None or kept[1].dtype is not to:
        kept = state.cache[key] = x, x.to(to)  # with x itself: its number stays taken
    return kept[1]


def _each(x: Any, change: Callable[[Any], Any]) -> Any:
    """`change` of an argument, or of each entry of a list or tuple of them."""
    return type(x)([change(item) for item in x]) if type(x) in (list, tuple) else change(x)


def _cast_all(args: _Args, kwargs: dict[str, Any], change: Callable[[Any], Any]) -> tuple[_Args, dict[str, Any]]:
    return tuple(_each(x, change) for x in args), {name: _each(x, change) for name, x in kwargs.items()}


def _to_lower(args: _Args, kwargs: dict[str, Any]) -> tuple[_Args, dict[str, Any]]:
    to = state.dtypes["cpu"]
    return _cast_all(args, kwargs, lambda x: _lowered(x, to) if _eligible(x) else x)


def _to_float32(args: _Args, kwargs: dict[str, Any]) -> tuple[_Args, dict[str, Any]]:
    return _cast_all(args, kwargs, lambda x: x.to(DTYPES["float32"]) if _eligible(x) else x)


def _to_widest(args: _Args, kwargs: dict[str, Any]) -> tuple[_Args, dict[str, Any]]:
    lower = state.dtypes["cpu"]
    found: set[dtype] = set()
    _cast_all(args, kwargs, lambda x: found.add(x.dtype) if _eligible(x) else None)
    if found - {lower, DTYPES["float32"]}:
        raise RuntimeError("Unexpected floating ScalarType in at::autocast::prioritize")
    to = DTYPES["float32"] if DTYPES["float32"] in found else lower
    return _cast_all(args, kwargs, lambda x: x.to(to) if _eligible(x) else x)


def _of_pad(args: _Args, kwargs: dict[str, Any]) -> tuple[_Args, dict[str, Any]]:
    """`pad` stands for several ops of torch: borders that repeat elements run in float32, but for reflection in three dimensions."""
    mode = kwargs.get("mode", args[2] if len(args) > 2 else "constant")
    sizes: Any = kwargs.get("pad", args[1] if len(args) > 1 else ())
    narrow = mode == "reflect" and len(sizes) < 6 or mode == "replicate"
    return _to_float32(args, kwargs) if narrow else (args, kwargs)


def _of_inner(args: _Args, kwargs: dict[str, Any]) -> tuple[_Args, dict[str, Any]]:
    """`inner` of two vectors is torch's `dot`, which runs as it is; of others a product of matrices."""
    dims = [x.dim() for x in (*args, *kwargs.values()) if isinstance(x, Tensor)]
    return _to_lower(args, kwargs) if max(dims, default=0) > 1 and min(dims) > 0 else (args, kwargs)


def _of_local_response_norm(args: _Args, kwargs: dict[str, Any]) -> tuple[_Args, dict[str, Any]]:
    """Averages over volumes run in float32, those of sequences as they are."""
    input = kwargs.get("input", args[0] if args else None)
    return _to_float32(args, kwargs) if isinstance(input, Tensor) and input.dim() > 3 else (args, kwargs)


def _of_max_pool3d(args: _Args, kwargs: dict[str, Any]) -> tuple[_Args, dict[str, Any]]:
    """Maxima with their places are another op of torch, which runs as it is."""
    told = kwargs.get("return_indices", args[6] if len(args) > 6 else False)
    return (args, kwargs) if told else _to_float32(args, kwargs)


def _of_matrix_power(args: _Args, kwargs: dict[str, Any]) -> tuple[_Args, dict[str, Any]]:
    """A negative power is one of the inverse, which is computed in float32."""
    power = kwargs.get("n", args[1] if len(args) > 1 else 0)
    if not isinstance(power, int) or power >= 0:
        return _to_lower(args, kwargs)
    args, kwargs = _to_float32(args, kwargs)
    if power == -1:
        return args, kwargs
    return _to_lower((OPS["linalg_inv"].function(kwargs.get("input", kwargs.get("A", args[0] if args else None))), -power), {})


def _table() -> dict[Any, Callable[[_Args, dict[str, Any]], tuple[_Args, dict[str, Any]]]]:
    """How the arguments of each op are cast, by its function."""
    casts: dict[Any, Any] = {}
    for entry in OPS.values():
        for listed, cast in ((LOWER, _to_lower), (FLOAT32, _to_float32), (WIDEST, _to_widest)):
            if entry.name in listed:
                casts[entry.function] = cast
    casts[OPS["pad"].function] = _of_pad
    casts[OPS["inner"].function] = _of_inner
    casts[OPS["local_response_norm"].function] = _of_local_response_norm
    casts[OPS["max_pool3d"].function] = _of_max_pool3d
    for name in ("matrix_power", "linalg_matrix_power"):
        casts[OPS[name].function] = _of_matrix_power
    return casts


class _Mode(TorchFunctionMode):
    """The one mode of autocast, of every thread: on a thread's stack while autocast to a lower type is on there."""

    casts: dict[Any, Any] | None = None

    def __torch_function__(self, func: Any, types: Any, args: _Args = (), kwargs: dict[str, Any] | None = None) -> Any:
        if self.casts is None:
            self.casts = _table()
        cast = self.casts.get(func)
        if cast is None or not state.enabled.get("cpu") or kwargs and kwargs.get("out") is not None:
            return func(*args, **(kwargs or {}))
        cast_args, cast_kwargs = cast(args, kwargs or {})
        return func(*cast_args, **cast_kwargs)


_mode = _Mode()


def enable(device_type: str, on: bool) -> None:
    """Switch autocast of a type of device on or off in this thread; only the CPU's has ops to change."""
    state.enabled[device_type] = on
    if device_type != "cpu":
        return
    grad, inference, no_subclass, stack = _modes_in_force()
    if on and _mode not in stack:
        _push_mode(_mode)
    elif not on and _mode in stack:
        _adopt_modes(grad, inference, no_subclass, tuple(mode for mode in stack if mode is not _mode))
