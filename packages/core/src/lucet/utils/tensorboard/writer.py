"""`SummaryWriter` with torch's methods for numbers, texts, histograms and pictures. What it writes is laid out in `_events`."""

import os
import socket
import struct
import time
import zlib
from datetime import datetime
from typing import Any

import numpy as np

from lucet._tensor import Tensor
from lucet.utils.tensorboard import _events

_made = [0]  # files of this process, each with a name of its own


def _array(values: Any) -> Any:
    """Numbers of any kind as a NumPy array."""
    return values.detach().float().numpy() if isinstance(values, Tensor) and values.is_floating_point() else np.asarray(values)


def _number(value: Any) -> float:
    array = _array(value)
    if array.size != 1:
        raise ValueError(f"add_scalar: expected one number, got {array.size}")
    return float(array.reshape(()))


def _png(pixels: Any) -> bytes:
    """A PNG of (height, width, channels) bytes: 1 grey, 3 colours, 4 with transparency."""
    height, width, channels = pixels.shape
    rows = b"".join(b"\0" + row.tobytes() for row in pixels)
    head = struct.pack(">2I5B", width, height, 8, {1: 0, 3: 2, 4: 6}[channels], 0, 0, 0)

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")


class _File:
    """One event file."""

    def __init__(self, folder: str, suffix: str):
        os.makedirs(folder, exist_ok=True)
        _made[0] += 1
        name = f"events.out.tfevents.{int(time.time()):010d}.{socket.gethostname()}.{os.getpid()}.{_made[0]}{suffix}"
        self.path = os.path.join(folder, name)
        self._file: Any = open(self.path, "wb")
        self.write(_events.message(3, "brain.Event:2"), None, None)

    def write(self, content: bytes, step: int | None, wall_time: float | None) -> None:
        self._file.write(_events.record(_events.event(time.time() if wall_time is None else wall_time, step, content)))

    def flush(self) -> None:
        self._file.flush()

    def close(self) -> None:
        self._file.close()


class SummaryWriter:
    """Writes numbers, texts, histograms and pictures of a run into `log_dir`, for `tensorboard --logdir`.

    Without `log_dir` a folder under `runs` named after the time and the machine. Also a context that closes at its end. Graphs, videos, sound,
    embeddings, meshes and custom layouts are not offered: NotImplementedError.

    >>> import lucet, tempfile, os
    >>> from lucet.utils.tensorboard import SummaryWriter
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     with SummaryWriter(folder) as writer:
    ...         writer.add_scalar("loss", lucet.tensor(0.5), 1)
    ...     len(os.listdir(folder))
    1
    """

    def __init__(
        self,
        log_dir: str | os.PathLike[str] | None = None,
        comment: str = "",
        purge_step: int | None = None,
        max_queue: int = 10,
        flush_secs: int = 120,
        filename_suffix: str = "",
    ):
        if not log_dir:
            log_dir = os.path.join("runs", datetime.now().strftime("%b%d_%H-%M-%S") + "_" + socket.gethostname() + comment)
        self.log_dir = os.fspath(log_dir)
        self.filename_suffix = filename_suffix
        self.max_queue, self.flush_secs = max_queue, flush_secs
        self._waiting, self._flushed = 0, time.monotonic()
        self._files = {self.log_dir: _File(self.log_dir, filename_suffix)}

    def _write(self, content: bytes, step: Any, wall_time: float | None, folder: str | None = None) -> None:
        folder = folder or self.log_dir
        if folder not in self._files:
            self._files[folder] = _File(folder, self.filename_suffix)
        self._files[folder].write(content, None if step is None else int(_number(step)), wall_time)
        self._waiting += 1
        if self._waiting >= self.max_queue or time.monotonic() - self._flushed >= self.flush_secs:
            self.flush()

    def get_logdir(self) -> str:
        """The folder."""
        return self.log_dir

    def add_scalar(
        self, tag: str, scalar_value: Any, global_step: int | None = None, walltime: float | None = None, new_style: bool = False, double_precision: bool = False
    ) -> None:
        """A number of a step."""
        self._write(_events.scalar(tag, _number(scalar_value)), global_step, walltime)

    def add_scalars(self, main_tag: str, tag_scalar_dict: dict[str, Any], global_step: int | None = None, walltime: float | None = None) -> None:
        """Several numbers of a step in one diagram; each goes into a folder of its own."""
        for name, value in tag_scalar_dict.items():
            folder = os.path.join(self.log_dir, main_tag.replace("/", "_") + "_" + name)
            self._write(_events.scalar(main_tag, _number(value)), global_step, walltime, folder)

    def add_text(self, tag: str, text_string: str, global_step: int | None = None, walltime: float | None = None) -> None:
        """A text, Markdown."""
        self._write(_events.text(tag, text_string), global_step, walltime)

    def add_histogram(
        self, tag: str, values: Any, global_step: int | None = None, bins: Any = "tensorflow", walltime: float | None = None, max_bins: int | None = None
    ) -> None:
        """How the values are distributed; `bins` as `numpy.histogram` takes them, or limits that grow by a tenth."""
        array = _array(values).astype(np.float64).reshape(-1)
        array = array[np.isfinite(array)]
        if array.size == 0:
            raise ValueError("The input has no element.")
        if bins == "tensorflow":
            rising = [1e-12]
            while rising[-1] < 1e20:
                rising.append(rising[-1] * 1.1)
            bins = [-limit for limit in reversed(rising)] + [0.0] + rising
        counts, limits = np.histogram(array, bins=bins)
        if max_bins is not None and len(counts) > max_bins:
            every = -(-len(counts) // max_bins)
            counts = np.add.reduceat(counts, range(0, len(counts), every))
            limits = np.append(limits[:-1:every], limits[-1])
        used = np.flatnonzero(counts)
        first, last = (used[0], used[-1] + 1) if len(used) else (0, 1)
        least, most, count, total, squares = map(float, (array.min(), array.max(), array.size, array.sum(), (array * array).sum()))
        content = _events.histogram(tag, least, most, count, total, squares, limits[first + 1 : last + 1].tolist(), counts[first:last].tolist())
        self._write(content, global_step, walltime)

    def add_image(self, tag: str, img_tensor: Any, global_step: int | None = None, walltime: float | None = None, dataformats: str = "CHW") -> None:
        """A picture: floats from 0 to 1, or bytes; `dataformats` names the axes, "CHW", "HWC" or "HW"."""
        array = _array(img_tensor)
        if array.dtype != np.uint8:
            array = (array * 255).clip(0, 255).astype(np.uint8)
        names = dataformats.upper()
        if array.ndim != len(names) or sorted(names) not in (["C", "H", "W"], ["H", "W"]):
            raise ValueError(f"add_image: a picture of shape {array.shape} does not have the axes {dataformats!r}")
        array = array[..., None] if "C" not in names else array.transpose([names.index(axis) for axis in "HWC"])
        if array.shape[2] not in (1, 3, 4):
            raise ValueError(f"add_image: {array.shape[2]} channels, expected 1, 3 or 4")
        height, width, channels = array.shape
        self._write(_events.image(tag, height, width, channels, _png(array)), global_step, walltime)

    def add_images(self, tag: str, img_tensor: Any, global_step: int | None = None, walltime: float | None = None, dataformats: str = "NCHW") -> None:
        """Pictures of one size, side by side."""
        array = np.moveaxis(_array(img_tensor), dataformats.upper().index("N"), 0)
        axes = dataformats.upper().replace("N", "")
        wide = np.concatenate(list(array), axis=axes.index("W"))
        self.add_image(tag, wide, global_step, walltime, axes)

    def add_hparams(
        self,
        hparam_dict: dict[str, Any],
        metric_dict: dict[str, Any],
        hparam_domain_discrete: Any = None,
        run_name: str | None = None,
        global_step: int | None = None,
    ) -> None:
        """The settings of a run as a table, and its results as numbers."""
        rows = "".join(f"|{name}|{value}|\n" for name, value in hparam_dict.items())
        self.add_text("hparams", f"|setting|value|\n|---|---|\n{rows}", global_step)
        for name, value in metric_dict.items():
            self.add_scalar(name, value, global_step)

    def _absent(self, *args: Any, **kwargs: Any) -> Any:
        raise NotImplementedError("SummaryWriter writes numbers, texts, histograms and pictures; graphs and others are not offered")

    add_graph = add_video = add_audio = add_embedding = add_mesh = add_pr_curve = add_custom_scalars = add_figure = add_tensor = _absent
    add_onnx_graph = add_image_with_boxes = add_histogram_raw = add_custom_scalars_multilinechart = add_custom_scalars_marginchart = _absent

    def flush(self) -> None:
        """Bring everything to the files."""
        for file in self._files.values():
            file.flush()
        self._waiting, self._flushed = 0, time.monotonic()

    def close(self) -> None:
        """Close the files; a later add opens new ones."""
        for file in self._files.values():
            file.close()
        self._files = {}

    def __enter__(self) -> "SummaryWriter":
        return self

    def __exit__(self, *exc: object) -> None:
        self.close()
