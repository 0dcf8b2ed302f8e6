"""`SummaryWriter`: what a run tells TensorBoard, written with the `tensorboard` library, an optional extra of lucet-core."""

from lucet._rooms import extra

extra("tensorboard", "lucet.utils.tensorboard")

from tensorboard.summary.writer.record_writer import RecordWriter  # noqa: E402  (the line above tells what to install)

from lucet.utils.tensorboard.writer import FileWriter, SummaryWriter  # noqa: E402

__all__ = ["FileWriter", "RecordWriter", "SummaryWriter"]
