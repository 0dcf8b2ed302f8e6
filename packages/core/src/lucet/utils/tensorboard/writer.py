"""`SummaryWriter` and `FileWriter`: where messages go, and when. What they say is made in `summary`, the files by the tensorboard library."""

import os
import socket
import time
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import numpy as np
from google.protobuf import text_format
from tensorboard.compat.proto.event_pb2 import Event, SessionLog
from tensorboard.plugins.projector.projector_config_pb2 import ProjectorConfig
from tensorboard.summary.writer.event_file_writer import EventFileWriter

from lucet.utils.tensorboard import summary


class FileWriter:
    """One event file in a folder; a thread of its own writes what it is given."""

    def __init__(self, log_dir: str | os.PathLike[str], max_queue: int = 10, flush_secs: float = 120, filename_suffix: str = ""):
        self.event_writer = EventFileWriter(str(log_dir), max_queue, flush_secs, filename_suffix)

    def get_logdir(self) -> str:
        """The folder."""
        return self.event_writer.get_logdir()

    def add_event(self, event: Any, step: Any = None, walltime: float | None = None) -> None:
        """Write an event, of now unless `walltime` (seconds since 1970) says otherwise."""
        event.wall_time = time.time() if walltime is None else walltime
        if step is not None:
            event.step = int(step)
        self.event_writer.add_event(event)

    def add_summary(self, summary: Any, global_step: Any = None, walltime: float | None = None) -> None:
        """Write a `Summary` message as an event."""
        self.add_event(Event(summary=summary), global_step, walltime)

    def flush(self) -> None:
        """Bring everything to the file."""
        self.event_writer.flush()

    def close(self) -> None:
        """Bring everything to the file and close it."""
        self.event_writer.close()


class SummaryWriter:
    """Writes numbers, texts, histograms, pictures and more of a run into `log_dir`, for `tensorboard --logdir`.

    Without `log_dir` a folder under `runs` named after the time, the machine and `comment`. `purge_step` hides what an earlier run, which broke off,
    had written of that step and later ones. At most `max_queue` events wait to be written, for at most `flush_secs` seconds. Also a context that
    closes at its end. Graphs are not offered, for programs are not traced: NotImplementedError.

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
        flush_secs: float = 120,
        filename_suffix: str = "",
    ):
        if not log_dir:
            log_dir = os.path.join("runs", datetime.now().strftime("%b%d_%H-%M-%S") + "_" + socket.gethostname() + comment)
        self.log_dir = log_dir
        self.purge_step = purge_step
        self.max_queue = max_queue
        self.flush_secs = flush_secs
        self.filename_suffix = filename_suffix
        self.file_writer: FileWriter | None = None
        self.all_writers: dict[str, FileWriter] | None = None  # by folder
        self._projector_config = ProjectorConfig()
        self._get_file_writer()
        rising = [1e-12]
        while rising[-1] * 1.1 < 1e20:
            rising.append(rising[-1] * 1.1)
        self.default_bins = [-limit for limit in reversed(rising)] + [0] + rising

    def _open(self, folder: str | os.PathLike[str]) -> FileWriter:
        return FileWriter(folder, self.max_queue, self.flush_secs, self.filename_suffix)

    def _get_file_writer(self) -> FileWriter:
        """The writer of `log_dir`, opened anew after `close`."""
        if self.file_writer is None:
            self.file_writer = self._open(self.log_dir)
            self.all_writers = {self.file_writer.get_logdir(): self.file_writer}
            if self.purge_step is not None:
                self.file_writer.add_event(Event(step=self.purge_step, file_version="brain.Event:2"))
                self.file_writer.add_event(Event(step=self.purge_step, session_log=SessionLog(status=SessionLog.START)))
                self.purge_step = None
        return self.file_writer

    def get_logdir(self) -> str | os.PathLike[str]:
        """The folder."""
        return self.log_dir

    def _add(self, message: Any, step: Any = None, walltime: float | None = None) -> None:
        self._get_file_writer().add_summary(message, step, walltime)

    def add_hparams(
        self,
        hparam_dict: dict[str, Any],
        metric_dict: dict[str, Any],
        hparam_domain_discrete: dict[str, list[Any]] | None = None,
        run_name: str | None = None,
        global_step: int | None = None,
    ) -> None:
        """The settings of a run and its results, for the table of runs; they go into a folder `run_name` of their own, or one named after the time."""
        if type(hparam_dict) is not dict or type(metric_dict) is not dict:
            raise TypeError("hparam_dict and metric_dict should be dictionary.")
        messages = summary.hparams(hparam_dict, metric_dict, hparam_domain_discrete)
        folder = os.path.join(self._get_file_writer().get_logdir(), run_name or str(time.time()))
        with SummaryWriter(folder) as writer:
            for message in messages:
                writer._add(message, global_step)
            for name, value in metric_dict.items():
                writer.add_scalar(name, value, global_step)

    def add_scalar(
        self,
        tag: str,
        scalar_value: Any,
        global_step: int | None = None,
        walltime: float | None = None,
        new_style: bool = False,
        double_precision: bool = False,
    ) -> None:
        """A number of a step; in the `new_style` it is a tensor, of float64 with `double_precision`."""
        self._add(summary.scalar(tag, scalar_value, new_style=new_style, double_precision=double_precision), global_step, walltime)

    def add_scalars(self, main_tag: str, tag_scalar_dict: Mapping[str, Any], global_step: int | None = None, walltime: float | None = None) -> None:
        """Several numbers of a step in one diagram; each goes into a folder of its own."""
        walltime = time.time() if walltime is None else walltime
        base = self._get_file_writer().get_logdir() + "/" + main_tag.replace("/", "_") + "_"
        assert self.all_writers is not None
        for tag, value in tag_scalar_dict.items():
            if base + tag not in self.all_writers:
                self.all_writers[base + tag] = self._open(base + tag)
            self.all_writers[base + tag].add_summary(summary.scalar(main_tag, value), global_step, walltime)

    def add_tensor(self, tag: str, tensor: Any, global_step: int | None = None, walltime: float | None = None) -> None:
        """A tensor, whole."""
        self._add(summary.tensor_proto(tag, tensor), global_step, walltime)

    def add_histogram(
        self, tag: str, values: Any, global_step: int | None = None, bins: Any = "tensorflow", walltime: float | None = None, max_bins: int | None = None
    ) -> None:
        """How the values are distributed; `bins` as `numpy.histogram` takes them, or limits that grow by a tenth."""
        bins = self.default_bins if isinstance(bins, str) and bins == "tensorflow" else bins
        self._add(summary.histogram(tag, values, bins, max_bins), global_step, walltime)

    def add_histogram_raw(
        self,
        tag: str,
        min: float,
        max: float,
        num: int,
        sum: float,
        sum_squares: float,
        bucket_limits: Any,
        bucket_counts: Any,
        global_step: int | None = None,
        walltime: float | None = None,
    ) -> None:
        """A histogram that was counted elsewhere: the upper limit of each bucket, and how many values lie in it."""
        if len(bucket_limits) != len(bucket_counts):
            raise ValueError("len(bucket_limits) != len(bucket_counts), see the document.")
        self._add(summary.histogram_raw(tag, min, max, num, sum, sum_squares, bucket_limits, bucket_counts), global_step, walltime)

    def add_image(self, tag: str, img_tensor: Any, global_step: int | None = None, walltime: float | None = None, dataformats: str = "CHW") -> None:
        """A picture: floats from 0 to 1, or bytes; `dataformats` names the axes, "CHW", "HWC", "HW" ..."""
        self._add(summary.image(tag, img_tensor, dataformats=dataformats), global_step, walltime)

    def add_images(self, tag: str, img_tensor: Any, global_step: int | None = None, walltime: float | None = None, dataformats: str = "NCHW") -> None:
        """Pictures of one size, eight in a row."""
        self._add(summary.image(tag, img_tensor, dataformats=dataformats), global_step, walltime)

    def add_image_with_boxes(
        self,
        tag: str,
        img_tensor: Any,
        box_tensor: Any,
        global_step: int | None = None,
        walltime: float | None = None,
        rescale: float = 1,
        dataformats: str = "CHW",
        labels: str | Sequence[str] | None = None,
    ) -> None:
        """A picture with boxes (n, 4) of pixels (left, top, right, bottom) drawn on it, and a label at each; labels of another number are left out."""
        labels = [labels] if isinstance(labels, str) else labels
        if labels is not None and len(labels) != box_tensor.shape[0]:
            labels = None
        self._add(summary.image_boxes(tag, img_tensor, box_tensor, rescale, dataformats, labels), global_step, walltime)

    def add_figure(self, tag: str, figure: Any, global_step: int | None = None, close: bool = True, walltime: float | None = None) -> None:
        """A Matplotlib figure, or a list of figures of one size, as a picture; they are closed unless `close` is false. Needs matplotlib."""
        if isinstance(figure, list):
            self.add_images(tag, np.stack([_drawn(each, close) for each in figure]), global_step, walltime, "NHWC")
        else:
            self.add_image(tag, _drawn(figure, close), global_step, walltime, "HWC")

    def add_video(self, tag: str, vid_tensor: Any, global_step: int | None = None, fps: float = 4, walltime: float | None = None) -> None:
        """Moving pictures (N, T, C, H, W): floats from 0 to 1, or bytes; `fps` pictures a second."""
        self._add(summary.video(tag, vid_tensor, fps), global_step, walltime)

    def add_audio(self, tag: str, snd_tensor: Any, global_step: int | None = None, sample_rate: int = 44100, walltime: float | None = None) -> None:
        """Sound (1, L) from -1 to 1, `sample_rate` numbers a second."""
        self._add(summary.audio(tag, snd_tensor, sample_rate), global_step, walltime)

    def add_text(self, tag: str, text_string: str, global_step: int | None = None, walltime: float | None = None) -> None:
        """A text, Markdown."""
        self._add(summary.text(tag, text_string), global_step, walltime)

    def add_graph(self, model: Any, input_to_model: Any = None, verbose: bool = False, use_strict_trace: bool = True) -> None:
        """Not offered: programs are not traced."""
        raise NotImplementedError("add_graph: there is no tracing in lucet, so no graph of a model to write")

    def add_onnx_graph(self, prototxt: Any) -> None:
        """Not offered: lucet has nothing to do with ONNX."""
        raise NotImplementedError("add_onnx_graph: lucet neither reads nor writes ONNX")

    def add_embedding(
        self,
        mat: Any,
        metadata: Sequence[Any] | None = None,
        label_img: Any = None,
        global_step: int | None = None,
        tag: str = "default",
        metadata_header: Sequence[str] | None = None,
    ) -> None:
        """Points (n, d) for the projector, each with a label, or with several under the names of `metadata_header`, and with a picture (C, H, W)."""
        points = summary.make_np(mat)
        if points.ndim != 2:
            raise AssertionError("mat should be 2D, where mat.size(0) is the number of data points")
        if metadata is not None and len(metadata) != len(points):
            raise AssertionError("#labels should equal with #data points")
        if label_img is not None and len(label_img) != len(points):
            raise AssertionError("#images should equal with #data points")
        if metadata and metadata_header and len(metadata_header) != len(metadata[0]):
            raise AssertionError("len of header must be equal to the number of columns in metadata")
        step = str(0 if global_step is None else global_step).zfill(5)
        place = f"{step}/{tag.replace('%', '%25').replace('/', '%2f').replace(chr(92), '%5c')}"
        base = self._get_file_writer().get_logdir()
        folder = os.path.join(base, place)
        os.makedirs(folder, exist_ok=True)
        info = self._projector_config.embeddings.add(tensor_name=f"{tag}:{step}", tensor_path=f"{place}/tensors.tsv")
        _table(os.path.join(folder, "tensors.tsv"), points.tolist())
        if metadata is not None:
            rows = [metadata_header, *metadata] if metadata_header else [[label] for label in metadata]
            _table(os.path.join(folder, "metadata.tsv"), rows)
            info.metadata_path = f"{place}/metadata.tsv"
        if label_img is not None:
            images = summary.make_np(label_img)
            summary.sprite(images).save(os.path.join(folder, "sprite.png"))
            info.sprite.image_path = f"{place}/sprite.png"
            info.sprite.single_image_dim.extend([images.shape[3], images.shape[2]])
        with open(os.path.join(base, "projector_config.pbtxt"), "w", encoding="utf-8") as file:
            file.write(text_format.MessageToString(self._projector_config))

    def add_pr_curve(
        self,
        tag: str,
        labels: Any,
        predictions: Any,
        global_step: int | None = None,
        num_thresholds: int = 127,
        weights: Any = None,
        walltime: float | None = None,
    ) -> None:
        """The curve of precision and recall over at most 127 thresholds; `labels` are 0 and 1, `predictions` from 0 to 1."""
        self._add(summary.pr_curve(tag, labels, predictions, num_thresholds, weights), global_step, walltime)

    def add_pr_curve_raw(
        self,
        tag: str,
        true_positive_counts: Any,
        false_positive_counts: Any,
        true_negative_counts: Any,
        false_negative_counts: Any,
        precision: Any,
        recall: Any,
        global_step: int | None = None,
        num_thresholds: int = 127,
        weights: Any = None,
        walltime: float | None = None,
    ) -> None:
        """A curve of precision and recall that was counted elsewhere."""
        counts = (true_positive_counts, false_positive_counts, true_negative_counts, false_negative_counts)
        self._add(summary.pr_curve_raw(tag, *counts, precision, recall, num_thresholds, weights), global_step, walltime)

    def add_custom_scalars_multilinechart(self, tags: Sequence[str], category: str = "default", title: str = "untitled") -> None:
        """A diagram of the numbers with these tags."""
        self._add(summary.custom_scalars({category: {title: ["Multiline", tags]}}))

    def add_custom_scalars_marginchart(self, tags: Sequence[str], category: str = "default", title: str = "untitled") -> None:
        """A diagram of three tags: a number, what lies below it and what above."""
        self._add(summary.custom_scalars({category: {title: ["Margin", tags]}}))

    def add_custom_scalars(self, layout: Mapping[str, Mapping[str, Sequence[Any]]]) -> None:
        """Which numbers share a diagram: {category: {title: ["Multiline" or "Margin", tags]}}; once for a writer."""
        self._add(summary.custom_scalars(layout))

    def add_mesh(
        self,
        tag: str,
        vertices: Any,
        colors: Any = None,
        faces: Any = None,
        config_dict: Any = None,
        global_step: int | None = None,
        walltime: float | None = None,
    ) -> None:
        """Points (N, n, 3) with colours (N, n, 3), and triangles (N, m, 3) of them; `config_dict` goes to the viewer."""
        self._add(summary.mesh(tag, vertices, colors, faces, config_dict), global_step, walltime)

    def flush(self) -> None:
        """Bring everything to the files."""
        for writer in (self.all_writers or {}).values():
            writer.flush()

    def close(self) -> None:
        """Close the files; a later add opens new ones."""
        for writer in (self.all_writers or {}).values():
            writer.close()
        self.file_writer = self.all_writers = None

    def __enter__(self) -> "SummaryWriter":
        return self

    def __exit__(self, *exc: object) -> None:
        self.close()


def _drawn(figure: Any, close: bool) -> Any:
    """A figure as (H, W, 3) bytes."""
    from matplotlib import pyplot
    from matplotlib.backends.backend_agg import FigureCanvasAgg

    canvas = FigureCanvasAgg(figure)
    canvas.draw()
    pixels = np.array(canvas.buffer_rgba())[:, :, :3]
    if close:
        pyplot.close(figure)
    return pixels


def _table(path: str, rows: Sequence[Sequence[Any]]) -> None:
    with open(path, "w", encoding="utf-8", newline="") as file:
        file.writelines("\t".join(map(str, row)) + "\n" for row in rows)
