"""Parts of the command that need no process: the split, the score's tables, run folders, one-line messages."""

import json
import os

import numpy as np
import pytest

from lucet._errors import LoadError, error
from lucetvision.cli import checkpoint, data, evaluate, runs
from lucetvision.cli.arguments import parse
from lucetvision.cli.refusal import Refused, one_line
from lucetvision.cli.score import Score
from lucetvision.cli.trainer import Trainer


def test_split_takes_the_last_tenth_of_every_class():
    targets = np.tile(np.arange(10), 100)
    train, validation = data.split(targets, 10)
    assert len(train) == 900 and len(validation) == 100
    assert sorted(train + validation) == list(range(1000)) and train == sorted(train)
    assert np.bincount(targets[validation]).tolist() == [10] * 10
    assert min(validation) == 900


def test_split_with_a_limit_takes_the_first_of_every_class():
    targets = np.repeat(np.arange(10), 50)
    train, validation = data.split(targets, 10, 60)
    assert len(train) == 50 and len(validation) == 10
    assert set(train) | set(validation) == {50 * number + index for number in range(10) for index in range(6)}
    with pytest.raises(Refused, match="class 0 has 1 training images"):
        data.split(targets, 10, 19)


def test_embedded_data_are_cut_9000_to_1000_and_only_training_images_are_flipped():
    parts = data.load_training(data.EMBEDDED, flip=True, limit=None)
    assert len(parts.train) == 9000 and len(parts.validation) == 1000
    assert "RandomHorizontalFlip" in repr(parts.train.dataset.transform)
    assert "RandomHorizontalFlip" not in repr(parts.validation.dataset.transform)
    assert parts.train.dataset.data is parts.validation.dataset.data


def test_tables_by_hand():
    result = Score(0.5, np.array([[8, 2], [1, 9]]))
    assert (result.correct, result.images, result.accuracy) == (17, 20, 0.85)
    assert evaluate.class_table(result, ["cat", "ox"]) == [
        "class  precision   recall       F1   images",
        "cat       88.89%   80.00%   84.21%       10",
        "ox        81.82%   90.00%   85.71%       10",
    ]
    assert evaluate.confusion_table(result.confusion, ["cat", "ox"]) == [
        "true class / predicted   0 1",
        "0 cat                    8 2",
        "1 ox                     1 9",
    ]


def test_a_class_without_images_or_answers_divides_by_nothing():
    result = Score(0.0, np.array([[3, 0], [0, 0]]))
    assert evaluate.class_table(result, ["a", "b"])[2].split() == ["b", "0.00%", "0.00%", "0.00%", "0"]


def test_run_folders_are_numbered_locked_and_cleaned(tmp_path):
    parent = str(tmp_path / "deep" / "runs")
    with runs.create(parent, None, "net") as first, runs.create(parent, None, "net") as second:
        assert [os.path.basename(run.folder) for run in (first, second)] == ["net-1", "net-2"]
        first.write_settings({"a": 1})
        with pytest.raises(Refused, match="net-1 is being written by another process"):
            runs.find(parent, "net-1")
    (tmp_path / "deep/runs/net-1/.checkpoint.pt.abc.tmp").write_text("half")
    with runs.find(parent, "net-1") as again:
        assert os.listdir(again.folder) == ["settings.json"]
        assert runs.read_settings(again) == {"a": 1} and runs.read_checkpoint(again) is None


@pytest.mark.parametrize("name", ["", ".", "..", "a/b", "a\0b", "x" * 201])
def test_names_of_runs_are_plain(tmp_path, name):
    with pytest.raises(Refused, match="expected a plain file name"):
        runs.create(str(tmp_path), name, "net")
    assert os.listdir(tmp_path) == []


def test_what_cannot_be_written_leaves_the_old_file(tmp_path, monkeypatch):
    with runs.create(str(tmp_path), "run", "net") as run:
        run.write_settings({"a": 1})

        def full(descriptor):
            raise OSError(28, "No space left on device")

        monkeypatch.setattr(os, "fsync", full)
        with pytest.raises(Refused, match="cannot write .*settings.json: No space left on device; what it held before"):
            run.write_settings({"a": 2})
        assert os.listdir(run.folder) == ["settings.json"]
        with open(os.path.join(run.folder, "settings.json"), encoding="utf-8") as file:
            assert json.load(file) == {"a": 1}


def test_one_line():
    assert one_line(error(LoadError, "load: bad", facts=["more"], fix="do this")) == "load: bad (do this)"
    assert one_line(FileNotFoundError(2, "No such file", "name")) == "name: No such file"
    assert one_line(ValueError("two\n  lines")) == "two lines" and one_line(KeyError()) == "KeyError"


SETTINGS = {"model": "lenet", "epochs": 2, "batch_size": 8, "lr": 1e-3, "schedule": "onecycle", "seed": 0}
POSITIONS = {
    "epoch too many": {"epoch": 1},
    "epoch of another type": {"epoch": "one"},
    "negative epoch": {"epoch": -1},
    "step too many": {"progress": [99, 0, 0, 0.0, 0.0]},
    "short progress": {"progress": [1]},
    "metrics of another type": {"metrics": [3]},
    "surplus metrics": {"metrics": [{"epoch": 1}]},
    "no loader": {"loader": None},
    "no optimizer": {"optimizer": {}},
    "no generator": {"generator": None},
}


@pytest.mark.parametrize("case", POSITIONS)
def test_a_checkpoint_with_wrong_parts_is_refused(case):
    parts = data.load_training(data.EMBEDDED, flip=False, limit=40)
    trainer = Trainer({**SETTINGS, "flip": False}, parts, workers=0)
    state = trainer.state()
    trainer.restore(state, "file")
    with pytest.raises(Refused, match="file does not fit this run"):
        trainer.restore({**state, **POSITIONS[case]}, "file")


def test_abbreviated_options_are_refused():
    with pytest.raises(Refused, match="unrecognized arguments: --epoch 3"):
        parse(["train", "--epoch", "3"])


def test_unknown_network_is_refused():
    with pytest.raises(Refused, match="no model is called 'x'"):
        checkpoint.build("x", 10)
