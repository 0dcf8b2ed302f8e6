"""`SummaryWriter`: event files that TensorBoard reads, written here; nothing need be installed to write them."""

from lucet.utils.tensorboard.writer import SummaryWriter

__all__ = ["SummaryWriter"]
