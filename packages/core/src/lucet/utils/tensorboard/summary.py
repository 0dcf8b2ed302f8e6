"""The `Summary` messages of what a `SummaryWriter` adds, with torch's names: one function for each kind, nothing here touches a file.

Tags, plugins and numbers are those that `torch.utils.tensorboard.summary` makes; the messages are the tensorboard library's.
"""

import io
import json
import math
import warnings
import wave
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from PIL import Image, ImageDraw, ImageFont
from tensorboard.compat.proto.summary_pb2 import HistogramProto, Summary, SummaryMetadata
from tensorboard.compat.proto.tensor_pb2 import TensorProto
from tensorboard.compat.proto.tensor_shape_pb2 import TensorShapeProto
from tensorboard.compat.proto.types_pb2 import DT_BFLOAT16
from tensorboard.plugins.custom_scalar import layout_pb2
from tensorboard.plugins.hparams import api_pb2, plugin_data_pb2
from tensorboard.plugins.hparams import metadata as hparams_metadata
from tensorboard.plugins.mesh import metadata as mesh_metadata
from tensorboard.plugins.mesh.plugin_data_pb2 import MeshPluginData
from tensorboard.plugins.pr_curve.plugin_data_pb2 import PrCurvePluginData
from tensorboard.plugins.text.plugin_data_pb2 import TextPluginData
from tensorboard.util.tensor_util import make_tensor_proto

import lucet
from lucet._tensor import Tensor

_MOST_THRESHOLDS = 127  # what the plugin's message holds


def make_np(x: Any) -> Any:
    """A tensor, array or number as a NumPy array; bfloat16, which NumPy lacks, as float32."""
    if isinstance(x, np.ndarray):
        return x
    if np.isscalar(x):
        return np.array([x])
    if isinstance(x, Tensor):
        x = x.detach().cpu()
        return (x.float() if x.dtype is lucet.bfloat16 else x).numpy()
    raise NotImplementedError(f"Got {type(x)}, but numpy array or lucet tensor are expected.")


def _metadata(plugin: str, content: bytes = b"") -> Any:
    return SummaryMetadata(plugin_data=SummaryMetadata.PluginData(plugin_name=plugin, content=content))


def _of_tensor(tag: str, tensor: Any, plugin: str, content: bytes = b"") -> Any:
    return Summary(value=[Summary.Value(tag=tag, tensor=tensor, metadata=_metadata(plugin, content))])


def scalar(name: str, tensor: Any, collections: Any = None, new_style: bool = False, double_precision: bool = False) -> Any:
    """One number: a float32 field of its own, or in the `new_style` a tensor, of float64 with `double_precision`."""
    number = make_np(tensor).squeeze()
    if number.ndim:
        raise AssertionError(f"add_scalar: expected one number, got {number.size} in {number.ndim} dimensions")
    if not new_style:
        return Summary(value=[Summary.Value(tag=name, simple_value=float(number))])
    return _of_tensor(name, make_tensor_proto(float(number), dtype=np.float64 if double_precision else np.float32), "scalars")


def tensor_proto(tag: str, tensor: Tensor) -> Any:
    """A tensor, whole. Raises ValueError from 2 GiB on."""
    if tensor.numel() * tensor.itemsize >= 1 << 31:
        raise ValueError("tensor is bigger than protocol buffer's hard limit of 2GB in size")
    if tensor.dtype is not lucet.bfloat16:
        return _of_tensor(tag, make_tensor_proto(make_np(tensor)), "tensor")
    shape = TensorShapeProto(dim=[TensorShapeProto.Dim(size=size) for size in tensor.shape])
    bits = make_np(tensor.detach().contiguous().view(lucet.int16)).astype(np.uint16).ravel().tolist()
    return _of_tensor(tag, TensorProto(dtype=DT_BFLOAT16, tensor_shape=shape, half_val=bits), "tensor")


def histogram_raw(name: str, min: float, max: float, num: float, sum: float, sum_squares: float, bucket_limits: Any, bucket_counts: Any) -> Any:
    """A histogram that was counted elsewhere."""
    limits, counts = (values.tolist() if hasattr(values, "tolist") else values for values in (bucket_limits, bucket_counts))
    histo = HistogramProto(min=min, max=max, num=num, sum=sum, sum_squares=sum_squares, bucket_limit=limits, bucket=counts)
    return Summary(value=[Summary.Value(tag=name, histo=histo)])


def histogram(name: str, values: Any, bins: Any, max_bins: int | None = None) -> Any:
    """How values of any shape are distributed; `bins` as `numpy.histogram` takes them, joined until they are about `max_bins`."""
    array = make_np(values).astype(float).reshape(-1)
    if array.size == 0:
        raise ValueError("The input has no element.")
    counts, limits = np.histogram(array, bins=bins)
    if max_bins is not None and len(counts) > max_bins:
        joined = len(counts) // max_bins
        counts = np.add.reduceat(counts, range(0, len(counts), joined))
        limits = np.append(limits[:-1:joined], limits[-1])
    used = np.flatnonzero(counts)
    if not len(used):
        raise ValueError("add_histogram: no value lies in the bins")
    # A bucket is told by its upper limit: an empty one in front tells where the first that is used begins.
    first, last = used[0], used[-1] + 1
    counts = np.concatenate([[0], counts[first:last]])
    return histogram_raw(name, array.min(), array.max(), len(array), array.sum(), array.dot(array), limits[first : last + 1], counts)


def _grid(images: Any, columns: int) -> Any:
    """(N, C, H, W) as one picture (C, rows * H, columns * W); places without an image are zero."""
    n, c, h, w = images.shape
    columns = min(n, columns)
    rows = -(-n // columns)
    places = np.zeros((rows * columns, c, h, w), images.dtype)
    places[:n] = images
    return places.reshape(rows, columns, c, h, w).transpose(2, 0, 3, 1, 4).reshape(c, rows * h, columns * w)


def _in_colour(image: Any) -> Any:
    """(..., 1, H, W) as (..., 3, H, W)."""
    return np.repeat(image, 3, axis=-3) if image.shape[-3] == 1 else image


def _pixels(array: Any) -> Any:
    """Floats from 0 to 1, or bytes, as bytes."""
    return array if array.dtype == np.uint8 else (array.astype(np.float32) * 255).clip(0, 255).astype(np.uint8)


def _picture(array: Any, dataformats: str) -> Any:
    """(H, W, C) bytes of an array whose axes `dataformats` names: N images stand in a grid of eight columns."""
    axes = dataformats.upper()
    if len(set(axes)) != len(axes) or array.ndim != len(axes) or set(axes) not in (set("HW"), set("CHW"), set("NCHW")):
        raise AssertionError(f"add_image: a picture of shape {array.shape} does not have the axes {dataformats!r}")
    array = array.transpose([axes.index(axis) for axis in "NCHW" if axis in axes])
    array = _in_colour(array if "C" in axes else array[None])
    if array.ndim == 4:
        if array.shape[1] != 3 or not len(array):
            raise AssertionError(f"add_images: {array.shape} (N, C, H, W), expected at least one image of 1 or 3 channels")
        array = _grid(array, 8)
    return np.ascontiguousarray(_pixels(array.transpose(1, 2, 0)))


def _encoded(image: Any, **options: Any) -> bytes:
    file = io.BytesIO()
    image.save(file, **options)
    return file.getvalue()


def image(tag: str, tensor: Any, rescale: float = 1, dataformats: str = "NCHW") -> Any:
    """A picture of floats from 0 to 1, or of bytes, as PNG. Shape: the axes that `dataformats` names, "CHW", "HWC", "HW", "NCHW" ..."""
    return image_boxes(tag, tensor, None, rescale, dataformats)


def image_boxes(
    tag: str, tensor_image: Any, tensor_boxes: Any, rescale: float = 1, dataformats: str = "CHW", labels: Sequence[str] | None = None
) -> Any:
    """A picture with boxes (n, 4) of pixels (left, top, right, bottom) drawn on it, and a label at each."""
    pixels = _picture(make_np(tensor_image), dataformats)
    height, width, channels = pixels.shape
    picture = Image.fromarray(pixels)
    if tensor_boxes is not None:
        draw = ImageDraw.Draw(picture)
        for i, box in enumerate(make_np(tensor_boxes).tolist()):
            _draw_box(draw, box, None if labels is None else labels[i])
    if rescale != 1:
        picture = picture.resize((int(width * rescale), int(height * rescale)), Image.Resampling.LANCZOS)
    png = Summary.Image(height=height, width=width, colorspace=channels, encoded_image_string=_encoded(picture, format="PNG"))
    return Summary(value=[Summary.Value(tag=tag, image=png)])


def _draw_box(draw: Any, box: Sequence[float], label: str | None) -> None:
    left, top, right, bottom = box
    draw.line([(left, top), (left, bottom), (right, bottom), (right, top), (left, top)], width=2, fill="Red")
    if label:
        font = ImageFont.load_default()
        x, y, far_x, far_y = font.getbbox(label)
        wide, high = far_x - x, far_y - y
        margin = np.ceil(0.05 * high)
        draw.rectangle([(left, bottom - high - 2 * margin), (left + wide, bottom)], fill="Red")
        draw.text((left + margin, bottom - high - margin), label, fill="black", font=font)


def sprite(images: Any) -> Any:
    """The pictures (n, C, H, W) of n points as one for the projector: as many in a row as rows, black where there is none, at least as high as wide."""
    pixels = _picture(_grid(images, math.ceil(len(images) ** 0.5)), "CHW")
    height, width, channels = pixels.shape
    return Image.fromarray(np.concatenate([pixels, np.zeros((max(width - height, 0), width, channels), np.uint8)]))


def video(tag: str, tensor: Any, fps: float = 4) -> Any:
    """A moving picture as GIF. Shape: (N, T, C, H, W), the N videos side by side; floats from 0 to 1, or bytes; `fps` pictures a second."""
    array = _in_colour(make_np(tensor))
    if array.ndim != 5 or array.shape[2] != 3 or 0 in array.shape:
        raise AssertionError(f"add_video: shape {array.shape}, expected (N, T, C, H, W) with 1 or 3 channels")
    full = 1 << (len(array) - 1).bit_length()
    columns = full // (1 << (len(array).bit_length() - 1) // 2)
    padded = np.concatenate([array, np.zeros((full - len(array), *array.shape[1:]), array.dtype)])
    frames = [Image.fromarray(_pixels(_grid(frame, columns).transpose(1, 2, 0).copy())) for frame in padded.swapaxes(0, 1)]
    gif = _encoded(frames[0], format="GIF", save_all=True, append_images=frames[1:], duration=round(1000 / fps), loop=0)
    width, height = frames[0].size
    return Summary(value=[Summary.Value(tag=tag, image=Summary.Image(height=height, width=width, colorspace=3, encoded_image_string=gif))])


def audio(tag: str, tensor: Any, sample_rate: int = 44100) -> Any:
    """One channel of sound as WAV of 16 bits. Shape: (1, L) or (L,); from -1 to 1, `sample_rate` numbers a second."""
    array = np.atleast_1d(make_np(tensor).squeeze())
    if array.ndim != 1:
        raise AssertionError("input tensor should be 1 dimensional.")
    if len(array) and abs(array).max() > 1:
        warnings.warn("add_audio: the amplitude is out of range and cut to [-1, 1]", stacklevel=3)
        array = array.clip(-1, 1)
    file = io.BytesIO()
    with wave.open(file, "wb") as sound:
        sound.setnchannels(1)
        sound.setsampwidth(2)
        sound.setframerate(sample_rate)
        sound.writeframes((array * np.iinfo(np.int16).max).astype("<i2").tobytes())
    encoded = file.getvalue()
    content = Summary.Audio(sample_rate=sample_rate, num_channels=1, length_frames=len(array), encoded_audio_string=encoded, content_type="audio/wav")
    return Summary(value=[Summary.Value(tag=tag, audio=content)])


def text(tag: str, text: str) -> Any:
    """A text, Markdown."""
    content = TextPluginData(version=0).SerializeToString()
    return _of_tensor(f"{tag}/text_summary", make_tensor_proto([text.encode()]), "text", content)


def pr_curve_raw(
    tag: str, tp: Any, fp: Any, tn: Any, fn: Any, precision: Any, recall: Any, num_thresholds: int = 127, weights: Any = None
) -> Any:
    """A curve of precision and recall that was counted elsewhere; each argument has a number for each threshold."""
    content = PrCurvePluginData(version=0, num_thresholds=min(num_thresholds, _MOST_THRESHOLDS)).SerializeToString()
    rows = np.stack([make_np(row) for row in (tp, fp, tn, fn, precision, recall)])
    return _of_tensor(tag, make_tensor_proto(rows.astype(np.float32)), "pr_curves", content)


def pr_curve(tag: str, labels: Any, predictions: Any, num_thresholds: int = 127, weights: Any = None) -> Any:
    """The curve of precision and recall over the threshold: `labels` are 0 and 1, `predictions` from 0 to 1, `weights` how often each counts."""
    thresholds = min(num_thresholds, _MOST_THRESHOLDS)
    labels, predictions = make_np(labels).astype(np.float64), make_np(predictions)
    weights = 1.0 if weights is None else make_np(weights)
    buckets = np.floor(predictions * (thresholds - 1)).astype(np.int32)

    def above(amounts: Any) -> Any:
        counts, _ = np.histogram(buckets, bins=thresholds, range=(0, thresholds - 1), weights=amounts)
        return counts[::-1].cumsum()[::-1]

    tp, fp = above(labels * weights), above((1.0 - labels) * weights)
    tn, fn = fp[0] - fp, tp[0] - tp
    least = 1e-7  # instead of a division by nothing
    return pr_curve_raw(tag, tp, fp, tn, fn, tp / np.maximum(least, tp + fp), tp / np.maximum(least, tp + fn), thresholds)


def custom_scalars(layout: Mapping[str, Mapping[str, Sequence[Any]]]) -> Any:
    """Which numbers share a diagram: {category: {title: ["Multiline" or "Margin", tags]}}; a margin has three tags: value, lower, upper."""
    categories = []
    for category, diagrams in layout.items():
        charts = []
        for title, (kind, tags, *_) in diagrams.items():
            if kind != "Margin":
                charts.append(layout_pb2.Chart(title=title, multiline=layout_pb2.MultilineChartContent(tag=tags)))
                continue
            if len(tags) != 3:
                raise AssertionError(f"Expected 3 tags, got {len(tags)}.")
            series = layout_pb2.MarginChartContent.Series(value=tags[0], lower=tags[1], upper=tags[2])
            charts.append(layout_pb2.Chart(title=title, margin=layout_pb2.MarginChartContent(series=[series])))
        categories.append(layout_pb2.Category(title=category, chart=charts))
    told = layout_pb2.Layout(category=categories).SerializeToString()
    return _of_tensor("custom_scalars__config__", make_tensor_proto(told), "custom_scalars")


def mesh(
    tag: str, vertices: Any, colors: Any, faces: Any, config_dict: Any, display_name: str | None = None, description: str | None = None
) -> Any:
    """Points or triangles. Shape: (N, points, 3) positions, (N, points, 3) colours, (N, triangles, 3) numbers of points."""
    given = [
        (vertices, MeshPluginData.VERTEX),
        (faces, MeshPluginData.FACE),
        (colors, MeshPluginData.COLOR),
    ]
    parts = [(make_np(tensor), kind) for tensor, kind in given if tensor is not None]
    together = mesh_metadata.get_components_bitmask([kind for _, kind in parts])
    config = "{}" if config_dict is None else json.dumps(config_dict, sort_keys=True)
    values = []
    for array, kind in parts:
        told = mesh_metadata.create_summary_metadata(tag, display_name, kind, together, array.shape, description, json_config=config)
        content = make_tensor_proto(array.astype(np.float32))
        values.append(Summary.Value(tag=mesh_metadata.get_instance_name(tag, kind), tensor=content, metadata=told))
    return Summary(value=values)


def hparams(
    hparam_dict: dict[str, Any], metric_dict: dict[str, Any], hparam_domain_discrete: dict[str, list[Any]] | None = None
) -> tuple[Any, Any, Any]:
    """Three messages: the settings and metrics there are, the settings of this run, and that it ended well."""
    domains = {} if hparam_domain_discrete is None else hparam_domain_discrete
    for name, given in {"hparam_dict": hparam_dict, "metric_dict": metric_dict, "hparam_domain_discrete": domains}.items():
        if not isinstance(given, dict):
            raise TypeError(f"parameter: {name} should be a dictionary, nothing logged.")
    for name, choices in domains.items():
        if name not in hparam_dict or not isinstance(choices, list) or not all(isinstance(choice, type(hparam_dict[name])) for choice in choices):
            raise TypeError(f"parameter: hparam_domain_discrete[{name}] should be a list of same type as hparam_dict[{name}].")
    infos, start = [], plugin_data_pb2.SessionStartInfo()
    for name, value in hparam_dict.items():
        if value is None:
            continue
        if isinstance(value, str):
            field, kind = "string_value", api_pb2.DATA_TYPE_STRING
        elif isinstance(value, (int, float, Tensor)):
            field, kind, value = "number_value", api_pb2.DATA_TYPE_FLOAT64, float(value)
        else:
            raise ValueError("value should be one of int, float, str, bool, or lucet.Tensor")
        setattr(start.hparams[name], field, value)
        info = api_pb2.HParamInfo(name=name, type=kind)
        for choice in domains.get(name, ()):
            setattr(info.domain_discrete.values.add(), field, choice)
        infos.append(info)
    metrics = [api_pb2.MetricInfo(name=api_pb2.MetricName(tag=name)) for name in metric_dict]
    contents = {
        hparams_metadata.EXPERIMENT_TAG: {"experiment": api_pb2.Experiment(hparam_infos=infos, metric_infos=metrics)},
        hparams_metadata.SESSION_START_INFO_TAG: {"session_start_info": start},
        hparams_metadata.SESSION_END_INFO_TAG: {"session_end_info": plugin_data_pb2.SessionEndInfo(status=api_pb2.STATUS_SUCCESS)},
    }
    made = []
    for tag, content in contents.items():
        data = plugin_data_pb2.HParamsPluginData(version=hparams_metadata.PLUGIN_DATA_VERSION, **content).SerializeToString()
        made.append(Summary(value=[Summary.Value(tag=tag, metadata=_metadata(hparams_metadata.PLUGIN_NAME, data))]))
    return made[0], made[1], made[2]
