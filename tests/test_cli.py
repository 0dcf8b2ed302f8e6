"""The `lucetvision` command as a user meets it: what it prints, writes, refuses, and its exit codes."""

import json
import os
import pty
import re
import shlex
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

import lucet
from lucetvision import __main__, cli
from lucetvision.cli import runs, train, trainer
from lucetvision.cli.refusal import Refused
from lucetvision.datasets import FashionMNISTMini

TINY = ["--model", "lenet", "--epochs", "2", "--limit", "300", "--batch-size", "32", "--threads", "1"]


@pytest.fixture
def here(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture(scope="module")
def trained(tmp_path_factory):
    """The folder of a finished run."""
    parent = tmp_path_factory.mktemp("runs")
    assert cli.run(["train", *TINY, "--runs", str(parent), "--name", "done"]) == 0
    return parent / "done"


def child(*arguments, **options):
    command = [sys.executable, "-m", "lucetvision", *arguments]
    return subprocess.run(command, capture_output=True, text=True, timeout=300, **options)


def everything(folder):
    return {path: path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


def refused(capsys, *arguments):
    """The one line that a refused command prints."""
    capsys.readouterr()
    assert cli.run(list(arguments)) == 2
    out, err = capsys.readouterr()
    assert out == "" and err.count("\n") == 1 and err.endswith("\n")
    return err


# train


def test_train_as_a_process_shows_progress_and_the_way_on(here):
    done = child("train", *TINY)
    assert done.returncode == 0, done.stderr
    lines = done.stdout.splitlines()
    assert lines[0] == "training lenet on 270 images (30 more for validation), 2 epochs, in runs/lenet-1"
    assert lines[1].startswith("epoch 1/2  loss ") and "validation loss" in lines[2]
    assert lines[3].startswith("test accuracy ") and " on 2,000 images, saved runs/lenet-1/checkpoint.pt" in lines[3]
    assert lines[5] == "  lucetvision evaluate --checkpoint runs/lenet-1/checkpoint.pt"
    assert lines[6] == "  lucetvision predict --checkpoint runs/lenet-1/checkpoint.pt IMAGE..."
    bar = done.stderr.replace("\r", "\n").splitlines()[-1]
    assert bar.startswith("epoch 2/2: 100%") and "270/270" in bar and "images/s" in bar
    assert ", loss " in bar and ", accuracy " in bar
    assert sorted(path.name for path in (here / "runs/lenet-1").iterdir()) == [
        "checkpoint.pt",
        "metrics.jsonl",
        "settings.json",
    ]


def test_a_terminal_sees_a_moving_bar_even_if_it_does_not_know_its_size(here):
    leader, follower = pty.openpty()
    command = [sys.executable, "-m", "lucetvision", "train", *TINY]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=follower) as process:
        os.close(follower)
        shown = b""
        try:
            while chunk := os.read(leader, 4096):
                shown += chunk
        except OSError:  # how a terminal ends on Linux
            pass
    os.close(leader)
    assert process.returncode == 0
    assert re.search(rb"epoch 1/2: +\d+%\|.*/270 \[.*images/s, loss \d\.\d+, accuracy .*%\]", shown)


def test_metrics_settings_and_checkpoint_say_what_happened(trained):
    rows = [json.loads(line) for line in (trained / "metrics.jsonl").read_text().splitlines()]
    assert [row.get("epoch") for row in rows] == [1, 2, None]
    assert rows[0].keys() == {
        "epoch",
        "train_loss",
        "train_accuracy",
        "validation_loss",
        "validation_accuracy",
        "seconds",
        "images_per_second",
    }
    assert rows[2].keys() == {"test_loss", "test_accuracy", "test_images"}
    assert rows[1]["train_loss"] < rows[0]["train_loss"]
    settings = json.loads((trained / "settings.json").read_text())
    assert settings == {
        "data": "embedded",
        "model": "lenet",
        "epochs": 2,
        "batch_size": 32,
        "lr": 0.003,
        "schedule": "onecycle",
        "flip": True,
        "seed": 0,
        "limit": 300,
    }
    content = lucet.load(trained / "checkpoint.pt", weights_only=True)
    assert content["settings"] == settings and content["metrics"] == rows and content["epoch"] == 2
    assert content["classes"] == FashionMNISTMini.classes


def test_same_seed_same_bits_and_another_seed_others(here):
    for name, seed in (("a", "0"), ("b", "0"), ("c", "1")):
        assert cli.run(["train", *TINY, "--epochs", "1", "--seed", seed, "--name", name, "--no-flip"]) == 0
    a, b, c = (lucet.load(here / "runs" / name / "checkpoint.pt")["model"] for name in "abc")
    assert all(bool((a[key] == b[key]).all()) for key in a)
    assert not all(bool((a[key] == c[key]).all()) for key in a)


def test_runs_are_numbered_and_never_overwritten(here, capsys):
    for number in (1, 2):
        assert cli.run(["train", *TINY, "--epochs", "1"]) == 0
        assert (here / f"runs/lenet-{number}/checkpoint.pt").exists()
    before = everything(here)
    message = refused(capsys, "train", *TINY, "--name", "lenet-1")
    assert message == ("lucetvision train: runs/lenet-1 exists: give another --name, or --resume runs/lenet-1\n")
    assert everything(here) == before


def test_constant_schedule_and_mnistnet(here, capsys):
    arguments = ["--model", "mnistnet", "--limit", "40", "--epochs", "1", "--schedule", "constant", "--lr", "1e-3"]
    assert cli.run(["train", *arguments]) == 0
    assert lucet.load(here / "runs/mnistnet-1/checkpoint.pt")["schedule"] is None


def test_a_finished_run_is_not_touched_by_resuming(trained, capsys, monkeypatch):
    def read(*arguments):
        raise AssertionError("the test images are read once a run")

    before = everything(trained)
    monkeypatch.setattr(train, "load_test", read)
    assert cli.run(["train", "--resume", str(trained)]) == 0
    assert "test accuracy" in capsys.readouterr().out
    assert everything(trained) == before


def test_a_run_is_found_by_its_checkpoint_and_a_checkpoint_by_its_run(trained, boot, capsys, monkeypatch):
    assert cli.run(["train", "--resume", str(trained / "checkpoint.pt")]) == 0
    assert capsys.readouterr().out.startswith(f"{trained} is finished\ntest accuracy ")
    monkeypatch.chdir(trained)
    assert cli.run(["train", "--resume", "checkpoint.pt"]) == 0
    capsys.readouterr()
    for path in (".", "checkpoint.pt"):
        assert cli.run(["predict", "--checkpoint", path, str(boot)]) == 0
    first, second = capsys.readouterr().out.splitlines()
    assert first == second


def test_next_commands_can_be_typed_and_one_epoch_is_one(here, capsys):
    assert cli.run(["train", *TINY, "--epochs", "1", "--runs", "my runs"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].endswith(", 1 epoch, in my runs/lenet-1")
    assert lines[-1] == "  lucetvision predict --checkpoint 'my runs/lenet-1/checkpoint.pt' IMAGE..."


def test_an_interrupt_while_the_command_ends_keeps_the_exit_code(monkeypatch):
    def interrupted(arguments):
        raise KeyboardInterrupt

    monkeypatch.setattr(cli, "run", interrupted)
    before = signal.getsignal(signal.SIGINT)
    try:
        assert __main__.main() == 130
        assert signal.getsignal(signal.SIGINT) is signal.SIG_IGN  # one more cannot change it
    finally:
        signal.signal(signal.SIGINT, before)


def test_a_loss_that_runs_away_stays_readable():
    assert [train._figure(loss) for loss in (0.25, 9999.0, 9.9e33)] == ["0.2500", "9999.0000", "9.900e+33"]


def test_a_warning_is_one_line_about_the_command(here, capsys):
    assert cli.run(["train", *TINY, "--epochs", "1", "--workers", "300"]) == 0
    lines = [line for line in capsys.readouterr().err.splitlines() if "300 worker threads" in line]
    assert len(lines) == 1 and lines[0].startswith("lucetvision train: This DataLoader will create 300 worker threads")


def test_a_run_is_found_by_name(trained, capsys, monkeypatch):
    monkeypatch.chdir(trained.parent.parent)
    assert cli.run(["train", "--resume", "done", "--runs", trained.parent.name]) == 0
    assert "done/checkpoint.pt" in capsys.readouterr().out


# evaluate


def test_evaluate_prints_the_accuracy_of_the_run_and_both_tables(trained, capsys):
    assert cli.run(["evaluate", "--checkpoint", str(trained / "checkpoint.pt")]) == 0
    lines = capsys.readouterr().out.splitlines()
    row = json.loads((trained / "metrics.jsonl").read_text().splitlines()[-1])
    assert lines[0] == (
        f"accuracy {row['test_accuracy']:.2%} ({round(row['test_accuracy'] * 2000):,} of 2,000), "
        f"loss {row['test_loss']:.4f}"
    )
    assert lines[2].split() == ["class", "precision", "recall", "F1", "images"]
    assert [line.split()[-1] for line in lines[3:13]] == ["200"] * 10
    confusion = np.array([[int(cell) for cell in line.split()[-10:]] for line in lines[15:25]])
    assert (confusion.sum(1) == 200).all() and np.trace(confusion) == round(row["test_accuracy"] * 2000)
    recall = [float(line.split()[-3].rstrip("%")) for line in lines[3:13]]
    np.testing.assert_allclose(recall, np.diag(confusion) / 2, atol=0.006)


def test_evaluate_without_a_checkpoint_scores_the_built_in_network(capsys):
    assert cli.run(["evaluate"]) == 0
    assert float(capsys.readouterr().out.split()[1].rstrip("%")) > 85


# predict


@pytest.fixture(scope="module")
def boot(tmp_path_factory):
    """A picture of an ankle boot as a PNG file."""
    data = FashionMNISTMini(train=False)
    image = Image.fromarray(data.data[data.targets.tolist().index(9)].numpy())
    path = tmp_path_factory.mktemp("images") / "boot.png"
    image.save(path)
    return path


def variants(path, folder):
    image = Image.open(path)
    big = image.resize((280, 280))
    exif = Image.Exif()
    exif[0x0112] = 6
    made = {
        "big.jpg": (big, {}),
        "rgb.png": (image.convert("RGB"), {}),
        "palette.png": (image.convert("P"), {}),
        "alpha.png": (Image.merge("RGBA", [Image.new("L", image.size, 255)] * 3 + [image]), {}),
        "deep.png": (Image.fromarray(np.asarray(image).astype(np.uint16) * 257), {}),
        "cmyk.jpg": (big.convert("RGB").convert("CMYK"), {}),
        "turned.jpg": (big.transpose(Image.Transpose.ROTATE_90), {"exif": exif}),
    }
    for name, (picture, options) in made.items():
        picture.save(folder / name, **options)
    return [str(folder / name) for name in made]


def test_predict_as_a_process(boot):
    done = child("predict", str(boot))
    assert done.returncode == 0 and done.stderr == ""
    assert done.stdout.startswith(f"{boot}: Ankle boot ") and done.stdout.count("%") == 3


def test_predict_takes_files_of_every_mode_and_size(boot, here, capsys):
    paths = variants(boot, here)
    assert cli.run(["predict", "--top-k", "1", *paths]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert [line.partition(": Ankle boot ")[0] for line in lines] == paths


def test_predict_with_a_checkpoint(boot, trained, capsys):
    assert cli.run(["predict", "--checkpoint", str(trained / "checkpoint.pt"), "--top-k", "10", str(boot)]) == 0
    line = capsys.readouterr().out
    chances = [float(part.split()[-1].rstrip("%")) for part in line.rpartition(": ")[2].split(", ")]
    assert len(chances) == 10 and chances == sorted(chances, reverse=True) and abs(sum(chances) - 100) < 1


def test_predict_inverts_pictures_on_a_light_background(boot, here, capsys):
    Image.fromarray(255 - np.asarray(Image.open(boot))).save(here / "light.png")
    assert cli.run(["predict", str(boot)]) == cli.run(["predict", "--invert", "light.png"]) == 0
    dark, light = capsys.readouterr().out.splitlines()
    assert dark.split(": ")[1] == light.split(": ")[1]


def test_a_bad_image_does_not_keep_the_others_from_being_read(boot, here, capsys):
    (here / "bad.png").write_bytes(boot.read_bytes()[:60])
    assert cli.run(["predict", "bad.png", str(boot), "nothing.png"]) == 2
    out, err = capsys.readouterr()
    assert out.startswith(f"{boot}: Ankle boot") and out.count("\n") == 1
    first, second = err.splitlines()
    assert first.startswith("lucetvision predict: cannot decode bad.png: ")
    assert second == "lucetvision predict: cannot read nothing.png: No such file or directory"


def test_file_names_that_are_not_text(boot, here):
    name = b"caf\xe9.png"
    shutil.copy(boot, os.fsencode(here) + b"/" + name)
    done = subprocess.run([sys.executable, "-m", "lucetvision", "predict", name], capture_output=True, timeout=300)
    assert done.returncode == 0 and done.stdout.startswith(b"caf\\udce9.png: Ankle boot")


def test_predict_into_a_closed_pipe_is_quiet(boot):
    reading, writing = os.pipe()
    os.close(reading)
    command = [sys.executable, "-m", "lucetvision", "predict", *[str(boot)] * 20]
    done = subprocess.run(command, stdout=writing, stderr=subprocess.PIPE, timeout=300)
    os.close(writing)
    assert done.stderr == b""


def test_predict_does_not_import_what_training_needs():
    code = (
        "import sys, lucetvision.cli.predict; "
        "print([name for name in sys.modules if name.startswith(('tqdm', 'lucet.optim', 'lucet.utils.data', "
        "'lucetvision.datasets', 'PIL')) and not name.startswith('lucet.utils.data.') ])"
    )
    if hasattr(lucet, "__path__") and "standin" not in lucet.__file__:
        done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=300)
        assert done.stdout.strip() == "[]", done.stderr


# bad input


BAD = {
    "no verb": ([], "the following arguments are required"),
    "unknown verb": (["frob"], "invalid choice: 'frob'"),
    "unknown option": (["train", "--frob"], "unrecognized arguments: --frob"),
    "zero epochs": (["train", "--epochs", "0"], "argument --epochs: got '0', expected a whole number from 1"),
    "negative epochs": (["train", "--epochs", "-3"], "got '-3', expected a whole number from 1"),
    "epochs no number": (["train", "--epochs", "many"], "got 'many', expected a whole number from 1"),
    "half an epoch": (["train", "--epochs", "0.5"], "got '0.5', expected a whole number from 1"),
    "zero batch": (["train", "--batch-size", "0"], "argument --batch-size"),
    "zero rate": (["train", "--lr", "0"], "argument --lr: got '0', expected a number from 1e-12 to 1000000"),
    "nan rate": (["train", "--lr", "nan"], "got 'nan', expected a number from"),
    "infinite rate": (["train", "--lr", "inf"], "got 'inf', expected a number from"),
    "giant rate": (["train", "--lr", "1e10"], "got '1e10', expected a number from 1e-12 to 1000000"),
    "giant batch": (["train", "--batch-size", "9" * 21], f"got '{'9' * 21}', expected a whole number from 1 to 2147483647"),
    "limit above what there is": (["train", "--limit", "10001"], "--limit is 10001, there are 10,000 training images"),
    "negative workers": (["train", "--workers", "-1"], "argument --workers"),
    "zero threads": (["train", "--threads", "0"], "argument --threads"),
    "more threads than there can be": (["train", "--threads", "257"], "got '257', expected a whole number from 1 to 256"),
    "negative seed": (["train", "--seed", "-1"], "argument --seed"),
    "giant seed": (["train", "--seed", str(2**64)], "argument --seed"),
    "unknown model": (["train", "--model", "resnet"], "no model is called 'resnet', expected one of lenet, mnistnet"),
    "unknown schedule": (["train", "--schedule", "steps"], "invalid choice: 'steps'"),
    "tiny limit": (["train", "--limit", "15"], "class 0 has 1 training images, expected at least 2 (raise --limit)"),
    "missing data": (["train", "--data", "nowhere"], "nowhere does not exist: --data takes a folder with the four"),
    "data is a file": (["train", "--data", "file"], "file is not a folder: --data takes a folder with the four"),
    "empty data": (
        ["train", "--data", "."],
        "has no train-images-idx3-ubyte, plain, .gz or .xz: --data takes a folder with the four idx files of Fashion-MNIST",
    ),
    "name with a folder": (["train", "--name", "a/b"], "--name is 'a/b', expected a plain file name"),
    "name dots": (["train", "--name", ".."], "--name is '..', expected a plain file name"),
    "no run": (["train", "--resume", "nothing"], "there is no run nothing"),
    "no run in folder": (["train", "--resume", "."], "holds no settings.json"),
    "runs is a file": (["train", *TINY, "--runs", "file"], "file is not a folder"),
    "runs below a file": (
        ["train", *TINY, "--runs", "file/runs"],
        "cannot make a folder in file/runs: ",
    ),
    "no checkpoint": (["evaluate", "--checkpoint", "nothing"], "cannot read nothing: No such file or directory"),
    "checkpoint is a folder": (["evaluate", "--checkpoint", "."], ". is a folder, expected a checkpoint, or a run's folder with checkpoint.pt in"),
    "checkpoint is text": (["evaluate", "--checkpoint", "file"], "file is not a readable checkpoint"),
    "checkpoint is a picture": (["predict", "--checkpoint", "boot.png", "boot.png"], "not a readable checkpoint"),
    "evaluate no data": (["evaluate", "--data", "nowhere"], "--data nowhere does not exist"),
    "no image": (["predict"], "the following arguments are required: IMAGE"),
    "zero answers": (["predict", "--top-k", "0", "boot.png"], "argument --top-k"),
    "many answers": (["predict", "--top-k", "11", "boot.png"], "--top-k is 11, the network has 10 classes"),
    "image is a folder": (["predict", "."], "cannot read .: Is a directory"),
    "image without a name": (["predict", ""], "cannot read '': No such file or directory"),
    "image is text": (["predict", "file"], "file is neither a PNG nor a JPEG file"),
}


@pytest.mark.parametrize("case", BAD)
def test_bad_input_gets_one_line_and_writes_nothing(case, here, boot, capsys):
    arguments, message = BAD[case]
    (here / "file").write_text("hello\n")
    shutil.copy(boot, here / "boot.png")
    before = everything(here)
    line = refused(capsys, *arguments)
    verb = arguments[0] if arguments and arguments[0] != "frob" else ""
    assert line.startswith(f"lucetvision {verb}".rstrip() + ": ") and message in line
    assert everything(here) == before and not (here / "runs").exists()


def test_damaged_data_is_named(here, capsys):
    (here / "train-images-idx3-ubyte").write_bytes(b"\0\0\x08\x03" + bytes(100))
    line = refused(capsys, "train", "--data", str(here))
    assert "train-images-idx3-ubyte is damaged: its header promises 0 x 0 x 0 bytes, the file holds 88: --data" in line


def test_sound_files_of_another_size_are_not_called_damaged(here, capsys):
    (here / "train-images-idx3-ubyte").write_bytes(b"\0\0\x08\x03" + b"\0\0\0\2" * 3 + bytes(8))
    line = refused(capsys, "train", "--data", str(here))
    told = "is not the file of FashionMNIST: its header promises 2 x 2 x 2 bytes, expected 60000 x 28 x 28"
    assert f"train-images-idx3-ubyte {told}: --data takes a folder with the four idx files" in line


CHANGED = {
    "cut": lambda data, content: data[:1000],
    "cut near the end": lambda data, content: data[:-10],
    "empty": lambda data, content: b"",
}


@pytest.mark.parametrize("case", CHANGED)
def test_damaged_checkpoints_are_named(case, trained, here, boot, capsys):
    folder = shutil.copytree(trained, here / "run")
    path = folder / "checkpoint.pt"
    path.write_bytes(CHANGED[case](path.read_bytes(), None))
    before = everything(here)
    for arguments in (
        ["train", "--resume", "run"],
        ["evaluate", "--checkpoint", "run/checkpoint.pt"],
        ["predict", "--checkpoint", "run/checkpoint.pt", str(boot)],
    ):
        assert "run/checkpoint.pt is not a readable checkpoint: " in refused(capsys, *arguments)
    assert everything(here) == before


EDITS = {
    "a bare list": (lambda content: [1, 2], "holds an object of class list, expected a checkpoint of a lucetvision run"),
    "another dict": (lambda content: {"model": content["model"], "epoch": 3}, "holds a dict of 'model', 'epoch', expected"),
    "a state dict of another network": (
        lambda content: {f"module.{name}": value for name, value in content["model"].items()},
        "holds the weights of a network, from 'module.conv1.weight' on, that fit no network here: expected a checkpoint "
        "of a lucetvision run, or a state dict of one of lenet, mnistnet",
    ),
    "of a later version": (
        lambda content: {**content, "version": 2},
        "has checkpoint version 2, this",
    ),
    "without classes": (
        lambda content: {**content, "classes": None},
        "checkpoint: 'classes' is NoneType",
    ),
    "of another network": (
        lambda content: {**content, "settings": {**content["settings"], "model": "mnistnet"}},
        "does not fit the network 'mnistnet'",
    ),
    "of an unknown network": (
        lambda content: {**content, "settings": {**content["settings"], "model": "vgg"}},
        "no model is called 'vgg'",
    ),
    "of fewer classes": (lambda content: {**content, "classes": content["classes"][:3]}, "does not fit the network"),
}


@pytest.mark.parametrize("case", EDITS)
def test_other_files_are_not_taken_for_checkpoints(case, trained, here, boot, capsys):
    edit, message = EDITS[case]
    lucet.save(edit(lucet.load(trained / "checkpoint.pt")), str(here / "other.pt"))
    for arguments in (["evaluate", "--checkpoint", "other.pt"], ["predict", "--checkpoint", "other.pt", str(boot)]):
        assert message in refused(capsys, *arguments)


def test_a_bare_state_dict_of_a_known_network_is_used(trained, here, boot, capsys):
    content = lucet.load(trained / "checkpoint.pt")
    lucet.save(content["model"], "weights.pt")
    assert cli.run(["predict", "--checkpoint", str(trained / "checkpoint.pt"), str(boot)]) == 0
    whole = capsys.readouterr().out
    assert cli.run(["predict", "--checkpoint", "weights.pt", str(boot)]) == 0
    bare, note = capsys.readouterr()
    for number, name in enumerate(content["classes"]):
        bare = bare.replace(f" {number} ", f" {name} ")
    assert bare == whole
    assert note.count("\n") == 1 and "weights.pt holds the weights of a lenet and no more: classes are numbered" in note
    assert cli.run(["evaluate", "--checkpoint", "weights.pt"]) == 0
    assert "accuracy" in capsys.readouterr().out
    assert "not a checkpoint of a lucetvision run, it holds the weights" in refused_resume(trained, here, capsys)


def refused_resume(trained, here, capsys):
    """The line about a run whose checkpoint was replaced by weights."""
    folder = shutil.copytree(trained, here / "run")
    shutil.copy(here / "weights.pt", folder / "checkpoint.pt")
    return refused(capsys, "train", "--resume", "run")


# output


@pytest.mark.parametrize("arguments", [["predict", "boot.png"], ["evaluate"], ["train", *TINY], ["--help"], ["train", "-h"]])
def test_output_that_cannot_be_written_is_told_in_one_line(arguments, here, boot):
    shutil.copy(boot, here / "boot.png")
    verb = "" if arguments[0].startswith("-") or "-h" in arguments else f" {arguments[0]}"
    for redirect, reason in (("> /dev/full", "No space left on device"), (">&-", "standard output is closed")):
        command = shlex.join([sys.executable, "-m", "lucetvision", *arguments])
        done = subprocess.run(f"{command} {redirect}", shell=True, stderr=subprocess.PIPE, text=True, timeout=300)
        verb_told = verb if "full" in redirect else ""
        assert done.stderr.replace("\r", "\n").splitlines()[-1] == (
            f"lucetvision{verb_told}: cannot write the output: {reason}"
        )
        assert done.stderr.count("\n") == 1 and done.returncode == 2
    assert not (here / "runs").exists()


def test_a_closed_error_stream_does_not_mix_with_the_output(here, boot):
    command = shlex.join([sys.executable, "-m", "lucetvision", "predict", "nothing.png", str(boot)])
    done = subprocess.run(f"{command} 2>&-", shell=True, stdout=subprocess.PIPE, text=True, timeout=300)
    assert done.stdout.count("\n") == 1 and done.stdout.startswith(str(boot)) and done.returncode == 2


@pytest.mark.parametrize("name", ["settings.json", "checkpoint.pt", "metrics.jsonl"])
def test_a_run_that_cannot_begin_leaves_no_folder(name, here, capsys, monkeypatch):
    def full(self, path, write):
        if path == name:
            raise Refused(f"cannot write {path}: No space left on device")
        return original(self, path, write)

    original = runs.Run._write
    monkeypatch.setattr(runs.Run, "_write", full)
    assert "No space left on device" in refused(capsys, "train", *TINY, "--name", "a")
    assert not (here / "runs").exists()
    (here / "runs" / "other").mkdir(parents=True)
    refused(capsys, "train", *TINY, "--name", "a")
    assert [path.name for path in (here / "runs").iterdir()] == ["other"]


def test_resume_refuses_other_settings_and_other_checkpoints(trained, here, capsys):
    folder = shutil.copytree(trained, here / "run")
    before = everything(here)
    for arguments, message in (
        (["--epochs", "3"], "--epochs is 3, but run was begun with 2"),
        (["--model", "mnistnet"], "--model is mnistnet, but run was begun with lenet"),
        (["--no-flip"], "--flip is False, but run was begun with True"),
        (["--data", "."], "--data is ., but run was begun with embedded"),
        (["--name", "other"], "--name is given with --resume"),
    ):
        assert message in refused(capsys, "train", "--resume", "run", *arguments)
    assert everything(here) == before
    settings = json.loads((folder / "settings.json").read_text())
    for text, message in (
        (json.dumps({**settings, "seed": 5}), "run/checkpoint.pt is of another run than settings.json beside it"),
        ("[]", "run/settings.json holds list, expected an object"),
        ("{", "cannot read run/settings.json"),
        ("{}", "run/settings.json does not hold the settings of a run"),
    ):
        (folder / "settings.json").write_text(text)
        assert message in refused(capsys, "train", "--resume", "run")


def test_a_diverging_run_stops_with_one_line_and_keeps_its_checkpoint(here, capsys, monkeypatch):
    monkeypatch.setattr(trainer, "loss_function", lambda model: lambda output, targets: output.sum() * float("nan"))
    assert cli.run(["train", *TINY]) == 2
    last = capsys.readouterr().err.splitlines()[-1]
    assert last == "lucetvision train: the loss is nan in epoch 1, step 1: try a lower --lr"
    assert lucet.load(here / "runs/lenet-1/checkpoint.pt")["epoch"] == 0


def test_help_names_every_option(capsys):
    for verb in ("train", "evaluate", "predict"):
        with pytest.raises(SystemExit) as exit:
            cli.run([verb, "--help"])
        assert exit.value.code == 0
    assert "--checkpoint" in capsys.readouterr().out


# examples

EXAMPLES = Path(__file__).parents[1] / "examples"
REGRESSION = """\
Epoch 1: Loss = 41.0000
Epoch 2: Loss = 28.4531
Epoch 3: Loss = 19.7471
Epoch 4: Loss = 13.7062
Epoch 5: Loss = 9.5145
Epoch 6: Loss = 6.6059
Epoch 7: Loss = 4.5877
Epoch 8: Loss = 3.1873
Epoch 9: Loss = 2.2155
Epoch 10: Loss = 1.5412
Trained weight: 1.7572, Trained bias: 0.6071
"""


@pytest.mark.parametrize("name", sorted(path.name for path in EXAMPLES.glob("*.py")))
def test_examples_run_and_are_short(name, here):
    arguments = [] if name == "linear_regression.py" else ["--smoke"]
    command = [sys.executable, str(EXAMPLES / name), *arguments]
    done = subprocess.run(command, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0 and done.stderr == "", done.stderr
    assert done.stdout == REGRESSION or arguments
    assert (EXAMPLES / name).read_text(encoding="utf-8").count("\n") <= 120


def test_the_prediction_example_says_what_it_misses(here):
    for arguments, told in ((["nothing.png"], "cannot read nothing.png"), ([], "expected image files, or --smoke")):
        command = [sys.executable, str(EXAMPLES / "predict.py"), *arguments]
        done = subprocess.run(command, capture_output=True, text=True, timeout=300)
        assert done.returncode == 2 and told in done.stderr and "Traceback" not in done.stderr
