"""Runs that are killed, interrupted or out of disk, and resumed, end in the same bits as one that was left alone.

A child process runs the command with a fault planted at an exact call, so that nothing depends on timing.
"""

import fcntl
import json
import os
import re
import resource
import shlex
import signal
import subprocess
import sys
import textwrap

import pytest

import lucet
from lucetvision.cli.trainer import TIMES

EPOCHS, STEPS = 2, 12  # 200 images, 180 of them to train on, 15 a batch
TRAIN = ["train", "--model", "mnistnet", "--epochs", str(EPOCHS), "--limit", "200", "--batch-size", "15"]

FAULTS = """
    import os, signal, sys
    from lucetvision import cli
    from lucetvision.cli import runs, score, trainer

    def plant(owner, name, call, number, when="before"):
        '''Send the signal `number` to this process before or after the given call of `owner.name`.'''
        original, calls = getattr(owner, name), iter(range(1, 10**9))
        def faulty(*arguments, **options):
            hit = next(calls) == call
            if hit and when == "before":
                os.kill(os.getpid(), number)
            result = original(*arguments, **options)
            if hit and when == "after":
                os.kill(os.getpid(), number)
            return result
        setattr(owner, name, faulty)
"""


def run(folder, arguments, fault="", limit=None):
    """The finished child of one command line, with `fault` planted and files of at most `limit` bytes."""
    code = f"{textwrap.dedent(FAULTS)}\n{fault}\nsys.exit(cli.run({arguments!r}))"
    files = (lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))) if limit else None
    return subprocess.run(
        [sys.executable, "-c", code], cwd=folder, capture_output=True, text=True, timeout=300, preexec_fn=files
    )


def content(folder, name="run"):
    """All that a run's files hold, without times."""
    checkpoint = lucet.load(folder / "runs" / name / "checkpoint.pt")
    rows = [json.loads(line) for line in (folder / "runs" / name / "metrics.jsonl").read_text().splitlines()]
    assert rows == checkpoint["metrics"]
    for row in checkpoint["metrics"]:
        for field in TIMES:
            row.pop(field, None)
    return checkpoint


def assert_same(left, right, path="checkpoint"):
    assert type(left) is type(right), path
    if isinstance(left, lucet.Tensor):
        assert left.dtype == right.dtype and left.shape == right.shape and bool((left == right).all()), path
    elif isinstance(left, dict):
        assert left.keys() == right.keys(), path
        for key in left:
            assert_same(left[key], right[key], f"{path}.{key}")
    elif isinstance(left, (list, tuple)):
        assert len(left) == len(right), path
        for number, (a, b) in enumerate(zip(left, right, strict=True)):
            assert_same(a, b, f"{path}[{number}]")
    else:
        assert left == right, path


@pytest.fixture(scope="module")
def unbroken(tmp_path_factory):
    folder = tmp_path_factory.mktemp("unbroken")
    done = run(folder, [*TRAIN, "--name", "run", "--threads", "1"])
    assert done.returncode == 0, done.stderr
    return content(folder)


def finish(folder, unbroken, *options):
    """Resume the run in `folder` and compare its end with the unbroken one's."""
    done = run(folder, ["train", "--resume", "runs/run", *options])
    assert done.returncode == 0, done.stderr
    assert_same(content(folder), unbroken)
    names = {path.name for path in (folder / "runs/run").iterdir()}
    assert names == {"checkpoint.pt", "metrics.jsonl", "settings.json"}


# kill -9

OFTEN = ["--checkpoint-every", "0", "--threads", "1"]  # a checkpoint after every step
KILLS = {
    "before the settings are in place": ("plant(os, 'replace', 1, signal.SIGKILL)", OFTEN),
    "before the first checkpoint is on disk": ("plant(os, 'fsync', 2, signal.SIGKILL)", OFTEN),
    "before the first checkpoint is in place": ("plant(os, 'replace', 2, signal.SIGKILL)", OFTEN),
    "before the first step": ("plant(trainer.Trainer, '_step', 1, signal.SIGKILL)", OFTEN),
    "in the first epoch": ("plant(trainer.Trainer, '_step', 5, signal.SIGKILL)", OFTEN),
    "after a step that is not saved": ("plant(trainer.Trainer, '_step', 9, signal.SIGKILL, 'after')", OFTEN),
    "between checkpoint and metrics": ("plant(runs, '_write_text', 6, signal.SIGKILL)", OFTEN),
    "while a later checkpoint is written": ("plant(os, 'fsync', 21, signal.SIGKILL)", OFTEN),
    "before a later checkpoint is in place": ("plant(os, 'replace', 18, signal.SIGKILL)", OFTEN),
    "before the validation": ("plant(trainer.Trainer, 'validate', 1, signal.SIGKILL)", OFTEN),
    "in the second epoch without a checkpoint in it": (
        f"plant(trainer.Trainer, '_step', {STEPS + 4}, signal.SIGKILL)",
        ["--threads", "1"],
    ),
    "before the test": ("plant(trainer.Trainer, 'test', 1, signal.SIGKILL)", OFTEN),
    "after the test": ("plant(trainer.Trainer, 'test', 1, signal.SIGKILL, 'after')", OFTEN),
}


@pytest.mark.parametrize("moment", KILLS)
def test_a_killed_run_ends_in_the_same_bits(moment, tmp_path, unbroken):
    fault, options = KILLS[moment]
    killed = run(tmp_path, [*TRAIN, "--name", "run", *options], fault)
    assert killed.returncode == -signal.SIGKILL, killed.stderr
    if moment == "before the settings are in place":
        again = run(tmp_path, ["train", "--resume", "runs/run"])
        assert again.returncode == 2 and "was stopped before it began" in again.stderr
        assert again.stderr.count("\n") == 1
        return
    finish(tmp_path, unbroken, "--workers", "2", "--threads", "2")


def test_many_kills_in_a_row(tmp_path, unbroken):
    arguments = [*TRAIN, "--name", "run"]
    for call in (1, 7, 4, 8, 3):
        killed = run(tmp_path, [*arguments, *OFTEN], f"plant(trainer.Trainer, '_step', {call}, signal.SIGKILL)")
        assert killed.returncode == -signal.SIGKILL, killed.stderr
        arguments = ["train", "--resume", "runs/run", "--workers", "1"]
    finish(tmp_path, unbroken)


# signals that ask

STOPS = {
    "at the first step": "plant(trainer.Trainer, '_step', 1, signal.{0}, 'after')",
    "in the first epoch": "plant(trainer.Trainer, '_step', 5, signal.{0})",
    "at the last step of an epoch": f"plant(trainer.Trainer, '_step', {STEPS}, signal.{{0}})",
    "in the validation": "plant(score, 'loss_function', 1, signal.{0})",
    "in the second epoch": f"plant(trainer.Trainer, '_step', {STEPS + 3}, signal.{{0}})",
    "in the test": "plant(trainer.Trainer, 'test', 1, signal.{0})",
}


@pytest.mark.parametrize("moment", STOPS)
def test_ctrl_c_saves_and_tells_how_to_go_on(moment, tmp_path, unbroken):
    stopped = run(tmp_path, [*TRAIN, "--name", "run", "--threads", "1"], STOPS[moment].format("SIGINT"))
    assert stopped.returncode == 130, stopped.stderr
    assert re.search(r"stopped in .*, saved runs/run/checkpoint.pt; go on with:", stopped.stdout)
    command = shlex.split(stopped.stdout.splitlines()[-1])
    assert command == ["lucetvision", "train", "--resume", "runs/run"]
    assert "Traceback" not in stopped.stderr
    before = lucet.load(tmp_path / "runs/run/checkpoint.pt")
    steps = before["epoch"] * STEPS + before["progress"][0]
    reached = {"at the first step": 1, "in the first epoch": 5, "in the second epoch": STEPS + 3}
    reached["in the test"] = 2 * STEPS
    assert steps == reached.get(moment, STEPS)
    finish(tmp_path, unbroken, "--workers", "1", "--threads", "2")


def test_sigterm_is_taken_the_same_way(tmp_path, unbroken):
    stopped = run(tmp_path, [*TRAIN, "--name", "run"], STOPS["in the first epoch"].format("SIGTERM"))
    assert stopped.returncode == 143 and "go on with:" in stopped.stdout
    finish(tmp_path, unbroken)


def test_a_second_ctrl_c_stops_at_once_and_keeps_the_last_checkpoint(tmp_path, unbroken):
    twice = "plant(trainer.Trainer, '_step', 6, signal.SIGINT); plant(trainer.Trainer, '_step', 6, signal.SIGINT)"
    stopped = run(tmp_path, [*TRAIN, "--name", "run", *OFTEN], twice)
    assert stopped.returncode == 130 and "Traceback" not in stopped.stderr
    assert stopped.stderr.splitlines()[-1] == "lucetvision train: interrupted"
    assert lucet.load(tmp_path / "runs/run/checkpoint.pt")["progress"][0] == 5
    finish(tmp_path, unbroken)


def test_a_finished_run_resumes_to_itself(tmp_path, unbroken):
    assert run(tmp_path, [*TRAIN, "--name", "run", "--workers", "2"]).returncode == 0
    finish(tmp_path, unbroken)


# a full disk


def test_a_full_disk_leaves_the_old_checkpoint_whole(tmp_path, unbroken):
    # without its moments the first checkpoint has 5 MB, all later ones 14 MB
    full = run(tmp_path, [*TRAIN, "--name", "run", *OFTEN], limit=8 << 20)
    assert full.returncode == 2
    line = full.stderr.replace("\r", "\n").splitlines()[-1]
    assert line.startswith("lucetvision train: cannot write runs/run/checkpoint.pt: ")
    assert line.endswith("what it held before is whole, go on with: lucetvision train --resume runs/run")
    assert "Traceback" not in full.stderr
    names = {path.name for path in (tmp_path / "runs/run").iterdir()}
    assert names == {"checkpoint.pt", "metrics.jsonl", "settings.json"}
    assert lucet.load(tmp_path / "runs/run/checkpoint.pt")["progress"][0] == 0
    finish(tmp_path, unbroken)


def test_a_disk_that_is_full_from_the_start(tmp_path):
    full = run(tmp_path, [*TRAIN, "--name", "run"], limit=1 << 20)
    assert full.returncode == 2
    assert full.stderr.splitlines()[-1].startswith("lucetvision train: cannot write runs/run/checkpoint.pt: ")
    assert not (tmp_path / "runs/run").exists()             # nothing to go on from, and the name stays free


def test_metrics_that_cannot_be_written(tmp_path, unbroken):
    fault = "\n".join(
        [
            "original = runs._write_text",
            "def full(path, text):",
            "    if '\"epoch\": 1' in text:",
            "        raise OSError(28, 'No space left on device', path)",
            "    original(path, text)",
            "runs._write_text = full",
        ]
    )
    full = run(tmp_path, [*TRAIN, "--name", "run"], fault)
    assert full.returncode == 2 and "cannot write runs/run/metrics.jsonl: No space left on device" in full.stderr
    finish(tmp_path, unbroken)


# one writer


def test_two_processes_cannot_share_a_run(tmp_path, unbroken):
    assert run(tmp_path, [*TRAIN, "--name", "run"], STOPS["in the first epoch"].format("SIGINT")).returncode == 130
    folder = os.open(tmp_path / "runs/run", os.O_RDONLY)
    try:
        fcntl.flock(folder, fcntl.LOCK_EX)
        refused = run(tmp_path, ["train", "--resume", "runs/run"])
        assert refused.returncode == 2
        assert refused.stderr == "lucetvision train: runs/run is being written by another process\n"
    finally:
        os.close(folder)
    finish(tmp_path, unbroken)
