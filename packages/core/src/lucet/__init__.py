"""lucet: tensors, autograd and kernels on the CPU, with torch's names. No logic here: names only."""

__path__ = __import__("pkgutil").extend_path(__path__, __name__)
__version__ = "0.1.0"

from lucet import _rooms

_rooms.install()

from lucet import _ops  # noqa: E402  (registers the ops and attaches the methods of Tensor)
from lucet._device import (  # noqa: E402
    channels_last,
    channels_last_3d,
    contiguous_format,
    device,
    get_default_device,
    layout,
    memory_format,
    preserve_format,
    set_default_device,
    strided,
)
from lucet._dtype import DTYPES, dtype, get_default_dtype, promote_types, set_default_dtype  # noqa: E402
from lucet._modes import is_grad_enabled, is_inference_mode_enabled  # noqa: E402
from lucet._registry import ALIASES, names_of  # noqa: E402
from lucet._size import Size  # noqa: E402
from lucet._storage import Storage as UntypedStorage  # noqa: E402
from lucet._storage import empty_cache, memory_stats  # noqa: E402
from lucet._tensor import Tensor  # noqa: E402
from lucet._threads import get_num_threads, set_num_threads  # noqa: E402

globals().update(DTYPES)
globals().update(names_of("lucet"))
globals().update({new: names_of("lucet")[old] for new, old in ALIASES.items()})
