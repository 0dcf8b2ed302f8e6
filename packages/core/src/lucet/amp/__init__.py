"""Mixed precision: `autocast`, loss scaling, and autocast in one's own Functions. Imported when it is first asked for."""

from lucet.amp.autocast_mode import autocast, custom_bwd, custom_fwd, is_autocast_available
from lucet.amp.grad_scaler import GradScaler

__all__ = ["GradScaler", "autocast", "custom_bwd", "custom_fwd", "is_autocast_available"]
