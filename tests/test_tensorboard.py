"""Event files, read back by TensorBoard's own reader: what each kind of thing tells, and where it lies."""

import io

import numpy as np
import pytest

pytest.importorskip("tensorboard")  # an extra of lucet-core; what its absence says is in packages/core/tests/test_rooms_missing.py
pytest.importorskip("matplotlib")

from matplotlib.figure import Figure
from PIL import Image
from tensorboard.backend.event_processing.event_file_loader import RawEventFileLoader
from tensorboard.compat.proto.event_pb2 import Event, SessionLog
from tensorboard.plugins.custom_scalar.layout_pb2 import Layout
from tensorboard.plugins.hparams.plugin_data_pb2 import HParamsPluginData
from tensorboard.util.tensor_util import make_ndarray

import lucet
from lucet.utils.tensorboard import SummaryWriter


def events(folder):
    """All of the files in a folder."""
    for path in sorted(path for path in folder.iterdir() if path.name.startswith("events.")):
        for data in RawEventFileLoader(str(path)).Load():
            yield Event.FromString(data)


def told(folder):
    """(step, value) of each summary."""
    return [(event.step, value) for event in events(folder) for value in event.summary.value]


def pixels(value):
    return np.asarray(Image.open(io.BytesIO(value.image.encoded_image_string)))


@pytest.fixture
def writer(tmp_path):
    with SummaryWriter(tmp_path) as made:
        yield made


def read(writer):
    writer.close()
    return told(writer.log_dir)


def test_numbers_and_texts(writer):
    writer.add_scalar("loss", 0.5, 1)
    writer.add_scalar("loss", lucet.tensor([[0.25]], requires_grad=True), lucet.tensor(300))
    writer.add_scalar("half", lucet.tensor(1e30, dtype=lucet.bfloat16))
    writer.add_text("note", "*hello*", 2)
    first, second, big, (step, text) = read(writer)
    assert (first[0], first[1].tag, first[1].simple_value) == (1, "loss", 0.5)
    assert (second[0], second[1].simple_value) == (300, 0.25)
    assert (big[0], big[1].simple_value) == (0, pytest.approx(1e30, rel=1e-2))
    assert (step, text.tag, make_ndarray(text.tensor).tolist(), text.metadata.plugin_data.plugin_name) == (2, "note/text_summary", [b"*hello*"], "text")
    for bad, kind in ((lucet.ones(2), AssertionError), ([1.0], NotImplementedError), ("no number", ValueError)):
        with pytest.raises(kind):
            writer.add_scalar("bad", bad)


def test_numbers_of_the_new_style_are_tensors_single_or_double(writer):
    writer.add_scalar("x", 0.1, new_style=True)
    writer.add_scalar("x", 0.1, new_style=True, double_precision=True)
    single, double = (make_ndarray(value.tensor) for _, value in read(writer))
    assert (single.dtype, single.item(), double.dtype, double.item()) == (np.float32, np.float32(0.1), np.float64, 0.1)


def test_the_time_is_that_of_the_call_unless_told(writer):
    writer.add_scalar("x", 1, walltime=12.5)
    writer.flush()
    assert [event.wall_time for event in events(writer.log_dir)][1:] == [12.5]


def test_a_run_that_goes_on_hides_what_came_after_the_step(tmp_path):
    with SummaryWriter(tmp_path, purge_step=7, filename_suffix=".end"):
        pass
    assert [path.suffix for path in tmp_path.iterdir()] == [".end"]
    assert [(event.step, event.session_log.status) for event in events(tmp_path)][-1] == (7, SessionLog.START)


def test_several_numbers_go_into_folders_and_a_closed_writer_opens_again(tmp_path):
    writer = SummaryWriter(tmp_path)
    writer.add_scalars("a/cc", {"train": 0.5, "test": 0.25}, 7)
    writer.close()
    assert [(step, value.tag, value.simple_value) for step, value in told(tmp_path / "a_cc_test")] == [(7, "a/cc", 0.25)]
    writer.add_scalar("later", 1)
    writer.close()
    writer.close()
    assert [value.tag for _, value in told(tmp_path)] == ["later"]


def test_without_a_folder_it_is_named_after_time_and_machine(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    SummaryWriter(comment="_lr1").close()
    (folder,) = (tmp_path / "runs").iterdir()
    assert folder.name.endswith("_lr1")


def test_histograms_count_every_value(writer):
    x = lucet.tensor([0.0, 1.0, 1.0, -2.0])
    writer.add_histogram("w", x, 3)
    writer.add_histogram("v", x, bins=2)
    writer.add_histogram("joined", x, bins=[-4, -3, -2, -1, 0, 1, 2], max_bins=3)
    writer.add_histogram_raw("raw", 0, 1, 3, 2, 2, lucet.tensor([0.5, 1.0]), np.array([1, 2]))
    with pytest.raises(ValueError, match="no element"):
        writer.add_histogram("empty", lucet.ones(0))
    with pytest.raises(ValueError, match="no value lies in the bins"):
        writer.add_histogram("outside", x, bins=[5, 6])
    with pytest.raises(ValueError, match="bucket_limits"):
        writer.add_histogram_raw("raw", 0, 1, 3, 2, 2, [1], [1, 2])
    w, v, joined, raw = [value.histo for _, value in read(writer)]
    assert (w.min, w.max, w.num, w.sum, w.sum_squares, sum(w.bucket)) == (-2, 1, 4, 0, 6, 4)
    assert (list(v.bucket_limit), list(v.bucket)) == ([-2, -0.5, 1], [0, 1, 3])
    assert (list(joined.bucket_limit), list(joined.bucket)) == ([-2, 0, 2], [0, 1, 3])
    assert (list(raw.bucket_limit), list(raw.bucket), raw.num) == ([0.5, 1], [1, 2], 3)


def test_pictures_are_pngs(writer):
    writer.add_image("grey", lucet.tensor([[[0.0, 0.5, 1.0], [1.0, 2.0, -1.0]]]), 1)
    writer.add_image("turned", np.arange(6, dtype=np.uint8).reshape(2, 3), dataformats="WH")
    writer.add_images("grid", lucet.ones(9, 3, 4, 5))
    writer.add_image_with_boxes("boxes", lucet.zeros(3, 40, 40), lucet.tensor([[5, 5, 30, 30]]), labels="cat", rescale=2)
    for bad, axes in ((lucet.ones(2, 2), "CHW"), (lucet.ones(2, 2, 2), "HHW"), (lucet.ones(1, 2, 2, 2), "NCHW")):
        with pytest.raises(AssertionError):
            writer.add_image("bad", bad, dataformats=axes)
    grey, turned, grid, boxes = [value for _, value in read(writer)]
    assert (grey.image.height, grey.image.width, grey.image.colorspace) == (2, 3, 3)
    assert pixels(grey).tolist() == [[[0] * 3, [127] * 3, [255] * 3], [[255] * 3, [255] * 3, [0] * 3]]
    assert pixels(turned)[:, :, 0].tolist() == [[0, 3], [1, 4], [2, 5]]
    assert pixels(grid).shape == (8, 40, 3) and pixels(grid).sum() == 9 * 3 * 4 * 5 * 255
    drawn = pixels(boxes)
    assert drawn.shape == (80, 80, 3) and drawn[:, :, 0].max() > 200 and not drawn[:, :, 1:].any()


def test_figures_are_drawn(writer):
    def figure():
        made = Figure(figsize=(2, 1), dpi=10, facecolor="blue")
        return made

    writer.add_figure("one", figure())
    writer.add_figure("two", [figure(), figure()], close=False)
    one, two = [pixels(value) for _, value in read(writer)]
    assert one.tolist() == [[[0, 0, 255]] * 20] * 10
    assert two.shape == (10, 40, 3)


def test_videos_are_gifs_and_sounds_are_wavs(writer):
    frames = lucet.zeros(3, 5, 1, 2, 4)
    for i in range(5):
        frames[0, i] = i / 4
    writer.add_video("v", frames, fps=10)
    writer.add_audio("a", lucet.tensor([[0.0, 1.0, -1.0]]), sample_rate=8000)
    with pytest.warns(UserWarning, match="out of range"):
        writer.add_audio("loud", lucet.tensor([2.0]))
    for bad in (lambda: writer.add_video("bad", lucet.ones(1, 2, 3, 4)), lambda: writer.add_audio("bad", lucet.ones(2, 2))):
        with pytest.raises(AssertionError):
            bad()
    video, sound, _ = [value for _, value in read(writer)]
    moving = Image.open(io.BytesIO(video.image.encoded_image_string))
    assert (moving.n_frames, moving.size, moving.info["duration"]) == (5, (16, 2), 100)
    assert (sound.audio.sample_rate, sound.audio.length_frames, sound.audio.content_type) == (8000, 3, "audio/wav")
    assert np.frombuffer(sound.audio.encoded_audio_string[-6:], "<i2").tolist() == [0, 32767, -32767]


@pytest.mark.parametrize("dtype", "bool uint8 int8 int16 int32 int64 float16 float32 float64 complex64 complex128".split())
def test_tensors_are_told_whole(writer, dtype):
    x = lucet.tensor([[1, 0, 1], [0, 1, 1]]).to(getattr(lucet, dtype)).t()
    writer.add_tensor("x", x)
    ((_, value),) = read(writer)
    got = make_ndarray(value.tensor)
    assert (got.dtype, got.tolist()) == (np.dtype(dtype), x.tolist())


def test_bfloat16_tensors_are_told_by_their_bits(writer):
    writer.add_tensor("x", lucet.tensor([1.0, -2.0], dtype=lucet.bfloat16))
    ((_, value),) = read(writer)
    assert list(value.tensor.half_val) == [0x3F80, 0xC000]


def test_curves_of_precision_and_recall(writer):
    writer.add_pr_curve("c", lucet.tensor([0, 1, 1, 0]), lucet.tensor([0.0, 0.4, 1.0, 0.6]), num_thresholds=3, weights=np.array([1.0, 1.0, 2.0, 1.0]))
    writer.add_pr_curve_raw("raw", *np.arange(12).reshape(6, 2), num_thresholds=2)
    (_, curve), (_, raw) = read(writer)
    assert curve.metadata.plugin_data.plugin_name == "pr_curves"
    # thresholds 0, 1/2, 1: true and false positives, true and false negatives, precision, recall
    want = [[3, 2, 2], [2, 1, 0], [0, 1, 2], [0, 1, 1], [3 / 5, 2 / 3, 1], [1, 2 / 3, 2 / 3]]
    np.testing.assert_allclose(make_ndarray(curve.tensor), want, rtol=1e-6)
    assert make_ndarray(raw.tensor).tolist() == np.arange(12).reshape(6, 2).tolist()


def test_settings_and_results_of_a_run(writer, tmp_path):
    writer.add_hparams({"lr": 0.1, "name": "a", "on": True, "t": lucet.tensor(2.0), "none": None}, {"acc": 0.9}, {"name": ["a", "b"], "lr": [0.1]}, "run", 4)
    writer.add_hparams({}, {})
    for settings, results, choices, kind in (([], {}, None, TypeError), ({"x": []}, {}, None, ValueError), ({"x": 1}, {}, {"x": [1.5]}, TypeError)):
        with pytest.raises(kind):
            writer.add_hparams(settings, results, choices)
    *messages, (step, result) = told(tmp_path / "run")
    experiment, start, end = [HParamsPluginData.FromString(value.metadata.plugin_data.content) for _, value in messages]
    assert {name: value.number_value or value.string_value for name, value in start.session_start_info.hparams.items()} == {
        "lr": 0.1, "name": "a", "on": 1, "t": 2,
    }  # fmt: skip
    told_of = {info.name: info for info in experiment.experiment.hparam_infos}
    assert [value.string_value for value in told_of["name"].domain_discrete.values] == ["a", "b"]
    assert [info.name.tag for info in experiment.experiment.metric_infos] == ["acc"]
    assert end.session_end_info.status == 1
    assert (step, result.tag, result.simple_value) == (4, "acc", pytest.approx(0.9))


def test_diagrams_of_several_numbers(writer):
    writer.add_custom_scalars({"c": {"m": ["Margin", ["a", "b", "c"]], "l": ["Multiline", ["a"]]}})
    writer.add_custom_scalars_multilinechart(["x", "y"])
    writer.add_custom_scalars_marginchart(["x", "y", "z"], title="t")
    with pytest.raises(AssertionError, match="3 tags"):
        writer.add_custom_scalars_marginchart(["x"])
    whole, lines, margin = [Layout.FromString(make_ndarray(value.tensor).item()) for _, value in read(writer)]
    assert [chart.title for chart in whole.category[0].chart] == ["m", "l"]
    assert list(lines.category[0].chart[0].multiline.tag) == ["x", "y"]
    assert margin.category[0].chart[0].margin.series[0].lower == "y"


def test_meshes(writer):
    points = lucet.tensor([[[1, 1, 1], [-1, -1, 1], [1, -1, -1], [-1, 1, -1]]], dtype=lucet.float32)
    faces = lucet.tensor([[[0, 2, 3], [0, 3, 1]]])
    writer.add_mesh("m", points, faces=faces, config_dict={"camera": {"fov": 75}})
    vertices, triangles = [value for _, value in read(writer)]
    assert (vertices.tag, triangles.tag) == ("m_VERTEX", "m_FACE")
    assert make_ndarray(triangles.tensor).tolist() == faces.tolist()


def test_points_of_the_projector(writer, tmp_path):
    images = lucet.zeros(5, 3, 2, 4)
    images[4] = 1
    writer.add_embedding(lucet.arange(10.0).view(5, 2), list("abcde"), images, 3, "t/x")
    writer.add_embedding(np.ones((1, 2)), [["a", 1]], metadata_header=["name", "number"])
    folder = tmp_path / "00003" / "t%2fx"
    assert (folder / "tensors.tsv").read_text().splitlines()[1] == "2.0\t3.0"
    assert (folder / "metadata.tsv").read_text() == "a\nb\nc\nd\ne\n"
    assert (tmp_path / "00000" / "default" / "metadata.tsv").read_text() == "name\tnumber\na\t1\n"
    sprite = np.asarray(Image.open(folder / "sprite.png"))
    assert sprite.shape == (12, 12, 3) and (sprite[2:4, 4:8] == 255).all() and sprite.sum() == 24 * 255
    config = (tmp_path / "projector_config.pbtxt").read_text()
    assert 'tensor_name: "t/x:00003"' in config and "single_image_dim: 4" in config and "00000/default/metadata.tsv" in config
    for bad in (dict(mat=lucet.ones(2)), dict(mat=lucet.ones(2, 2), metadata=["a"]), dict(mat=lucet.ones(2, 2), label_img=images)):
        with pytest.raises(AssertionError):
            writer.add_embedding(**bad)


def test_what_is_not_offered_says_so(writer):
    for method in (writer.add_graph, writer.add_onnx_graph):
        with pytest.raises(NotImplementedError, match=method.__name__):
            method(None)
