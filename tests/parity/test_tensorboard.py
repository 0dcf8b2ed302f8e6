"""The events that a SummaryWriter writes, and safetensors files, beside those of torch's writers."""

import inspect

import numpy as np
import pytest
import safetensors.torch
import torch
import torch.utils.tensorboard
from matplotlib.figure import Figure
from PIL import Image
from tensorboard.backend.event_processing.event_file_loader import RawEventFileLoader
from tensorboard.compat.proto.event_pb2 import Event
from tensorboard.util.tensor_util import make_ndarray

import lucet
import lucet.utils.tensorboard
from lucet.serialization import safetensors as lucet_safetensors

rng = np.random.default_rng(0)
VALUES = rng.standard_normal((5, 7)).astype(np.float32)
IMAGES = rng.random((10, 3, 6, 5)).astype(np.float32)
LABELS, GUESSES = rng.integers(0, 2, 100), rng.random(100).astype(np.float32)
POINTS = rng.random((1, 4, 3)).astype(np.float32)


def figure():
    made = Figure(figsize=(2, 1), dpi=20)
    made.subplots().plot([1, 3, 2])
    return made


CALLS = {
    "scalar": lambda w, t: w.add_scalar("a/b", t(VALUES)[0, 0], 3),
    "scalar of the new style": lambda w, t: w.add_scalar("a", 0.1, 3, new_style=True),
    "scalar of double precision": lambda w, t: w.add_scalar("a", 0.1, 3, new_style=True, double_precision=True),
    "number": lambda w, t: w.add_scalar("a", np.float64(1e300)),
    "tensor": lambda w, t: w.add_tensor("a", t(VALUES)),
    "tensor of integers": lambda w, t: w.add_tensor("a", t(LABELS)),
    "histogram": lambda w, t: w.add_histogram("a", t(VALUES), 1),
    "histogram of few bins": lambda w, t: w.add_histogram("a", t(VALUES), 1, bins="auto", max_bins=3),
    "histogram in limits": lambda w, t: w.add_histogram("a", t(VALUES), 1, bins=[-9, -8, 0, 1, 9, 10]),
    "histogram with nan": lambda w, t: w.add_histogram("a", t(np.array([1.0, np.nan, np.inf]))),
    "histogram of bfloat16": lambda w, t: w.add_histogram("a", t(np.array([1.0, 0.5])).bfloat16()),
    "histogram counted elsewhere": lambda w, t: w.add_histogram_raw("a", 0.0, 1.0, 3, 2.0, 2.0, [0.5, 1.0], [1, 2]),
    "image": lambda w, t: w.add_image("a", t(IMAGES[0]), 1),
    "grey image": lambda w, t: w.add_image("a", t(IMAGES[0, 0]), 1, dataformats="WH"),
    "image of bytes": lambda w, t: w.add_image("a", t((IMAGES[0] * 255).astype(np.uint8)), 1, dataformats="CWH"),
    "images": lambda w, t: w.add_images("a", t(IMAGES), 1),
    "boxes": lambda w, t: w.add_image_with_boxes("a", t(IMAGES[:, 0].repeat(8, 1).repeat(8, 2)[:3]), t(np.array([[3, 4, 20, 30]])), labels=["cat"]),
    "rescaled": lambda w, t: w.add_image_with_boxes("a", t(IMAGES[0]), t(np.array([[0, 0, 2, 2]])), rescale=3),
    "figure": lambda w, t: w.add_figure("a", figure(), 1),
    "figures": lambda w, t: w.add_figure("a", [figure(), figure()], 1, close=False),
    "audio": lambda w, t: w.add_audio("a", t(GUESSES[None]), 2, 8000),
    "text": lambda w, t: w.add_text("a", "*ö*", 2),
    "precision and recall": lambda w, t: w.add_pr_curve("a", t(LABELS), t(GUESSES), 2, 20),
    "precision and recall, weighted": lambda w, t: w.add_pr_curve("a", t(LABELS), t(GUESSES), 2, 300, weights=GUESSES),
    "custom scalars": lambda w, t: w.add_custom_scalars({"x": {"y": ["Multiline", ["p", "q"]], "z": ["Margin", ["p", "q", "r"]]}}),
    "custom scalars, lines": lambda w, t: w.add_custom_scalars_multilinechart(["p", "q"], "c", "d"),
    "custom scalars, margin": lambda w, t: w.add_custom_scalars_marginchart(["p", "q", "r"]),
    "mesh": lambda w, t: w.add_mesh("a", t(POINTS), t((POINTS * 255).astype(np.uint8)), t(np.array([[[0, 1, 2]]])), {"cls": "x"}, 5),
    "hparams": lambda w, t: w.add_hparams({"lr": 0.1, "n": 3, "s": "x", "b": True, "none": None, "t": t(VALUES)[0, :1]}, {"m": 1.5}, {"s": ["x", "y"]}, "run", 4),
    "scalars": lambda w, t: w.add_scalars("a/b", {"x": 1.0, "y": t(VALUES)[0, 1]}, 3),
    "embedding": lambda w, t: w.add_embedding(t(VALUES), list("abcde"), t(IMAGES[:5, :, :5]), 3, "t/%"),
    "embedding with columns": lambda w, t: w.add_embedding(t(VALUES), [["a", i] for i in range(5)], metadata_header=["x", "y"]),
    "not one number": lambda w, t: w.add_scalar("a", t(VALUES)),
    "a list": lambda w, t: w.add_histogram("a", [1.0]),
    "nothing": lambda w, t: w.add_histogram("a", t(VALUES)[:0]),
    "no such axes": lambda w, t: w.add_image("a", t(VALUES)),
    "an axis twice": lambda w, t: w.add_image("a", t(VALUES), dataformats="HH"),
    "two channels of sound": lambda w, t: w.add_audio("a", t(VALUES)),
    "a setting of another kind": lambda w, t: w.add_hparams({"x": [1]}, {}),
    "a choice of another kind": lambda w, t: w.add_hparams({"x": 1}, {}, {"x": ["a"]}),
    "settings in a list": lambda w, t: w.add_hparams([], {}),
    "limits of another number": lambda w, t: w.add_histogram_raw("a", 0, 1, 1, 1, 1, [1], [1, 2]),
    "labels of another number": lambda w, t: w.add_embedding(t(VALUES), ["a"]),
    "a point that is none": lambda w, t: w.add_embedding(t(GUESSES)),
}


def written(kind, call, of, folder):
    """What a call leaves in a folder: events by folder without their times, other files by name; or the class of its error."""
    writer = kind(str(folder), purge_step=2)
    try:
        call(writer, of)
    except Exception as problem:
        return type(problem)
    finally:
        writer.close()
    found = {}
    for path in sorted(path for path in folder.rglob("*") if path.is_file()):
        if not path.name.startswith("events."):
            found[path.name] = np.asarray(Image.open(path)).tolist() if path.suffix == ".png" else path.read_text()
            continue
        for data in RawEventFileLoader(str(path)).Load():
            event = Event.FromString(data)
            arrays = []
            for value in event.summary.value:
                if value.HasField("tensor"):  # the same numbers may stand in fields of several kinds
                    array = make_ndarray(value.tensor)
                    arrays.append((array.dtype, array.ravel().tolist()))
                    value.ClearField("tensor")
            event.wall_time = 0
            found.setdefault(str(path.parent.relative_to(folder)), []).append((str(event), arrays))
    return found


@pytest.mark.parametrize("name", CALLS)
def test_the_same_call_writes_the_same_events(name, tmp_path):
    want = written(torch.utils.tensorboard.SummaryWriter, CALLS[name], torch.from_numpy, tmp_path / "torch")
    got = written(lucet.utils.tensorboard.SummaryWriter, CALLS[name], lucet.from_numpy, tmp_path / "lucet")
    assert got == want


@pytest.mark.parametrize("name", [name for name in vars(torch.utils.tensorboard.SummaryWriter) if not name.startswith("_")] + ["__init__"])
def test_methods_take_the_same_arguments(name):
    want = inspect.signature(getattr(torch.utils.tensorboard.SummaryWriter, name)).parameters.values()
    got = inspect.signature(getattr(lucet.utils.tensorboard.SummaryWriter, name)).parameters.values()
    assert [(p.name, p.default, p.kind) for p in got] == [(p.name, p.default, p.kind) for p in want]


@pytest.mark.parametrize("dtype", "bool uint8 int8 int16 int32 int64 float16 bfloat16 float32 float64 complex64".split())
def test_safetensors_files_are_read_on_either_side(dtype, tmp_path):
    plain = [[1, 0, 2], [3, 1, 0]]
    theirs = {"a": torch.tensor(plain).to(getattr(torch, dtype)), "empty": torch.zeros(0, 3).to(getattr(torch, dtype)), "none": torch.tensor(1).to(getattr(torch, dtype))}
    ours = {name: lucet.tensor(tensor.tolist(), dtype=getattr(lucet, dtype)).reshape(tensor.shape) for name, tensor in theirs.items()}
    safetensors.torch.save_file(theirs, tmp_path / "theirs", {"k": "v"})
    lucet_safetensors.save_file(ours, tmp_path / "ours", {"k": "v"})
    assert (tmp_path / "theirs").read_bytes() == (tmp_path / "ours").read_bytes()
    back = lucet_safetensors.load_file(tmp_path / "theirs")
    assert {name: (tensor.tolist(), tuple(tensor.shape), str(tensor.dtype).split(".")[1]) for name, tensor in back.items()} == {
        name: (tensor.tolist(), tuple(tensor.shape), dtype) for name, tensor in theirs.items()
    }
    told = []
    for opened in (safetensors.safe_open, lucet_safetensors.safe_open):
        with opened(tmp_path / "theirs", framework="pt") as file:
            part = file.get_slice("a")
            told.append((file.keys(), file.offset_keys(), file.metadata(), part.get_shape(), part.get_dtype(), part[1:, 0].tolist(), file.get_tensor("none").item()))
    assert told[0] == told[1]
