"""examples/resume.py killed with SIGKILL at random moments: each time it goes on, and ends in the bits of a run that was left alone."""

import os
import random
import subprocess
import sys
import time
from pathlib import Path

import pytest

EXAMPLE = Path(__file__).parents[1] / "examples" / "resume.py"
KILLS = int(os.environ.get("LUCET_KILLS", "2"))  # moments for each kind of workers


def started(folder, name, kind):
    options = ["--epochs", "2", "--images", "320", "--worker-type", kind, "--checkpoint", name]
    return subprocess.Popen(
        [sys.executable, "-W", "ignore", str(EXAMPLE), *options], cwd=folder, stdout=subprocess.PIPE, text=True
    )


def end_of(child):
    out, _ = child.communicate(timeout=120)
    assert child.returncode == 0
    return out.splitlines()[-1]


@pytest.mark.parametrize("kind", ["thread", "process"])
def test_a_run_killed_at_random_moments_ends_in_the_same_bits(kind, tmp_path):
    began = time.monotonic()
    expected = end_of(started(tmp_path, "whole.pt", kind))
    whole_s = time.monotonic() - began
    assert expected.startswith("weights ")
    moments = random.Random(7)
    in_the_middle = 0
    for number in range(KILLS):
        name = f"{number}.pt"
        child = started(tmp_path, name, kind)
        try:
            child.wait(moments.uniform(0.2, 1) * whole_s)
        except subprocess.TimeoutExpired:
            in_the_middle += 1
            child.kill()
        child.communicate(timeout=60)  # ends when its workers have, which have its output too
        assert end_of(started(tmp_path, name, kind)) == expected, number
    assert in_the_middle
