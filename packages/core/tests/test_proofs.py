"""A slice of the suite again under the switches that prove something: no NumPy in ops, red zones around blocks, other levels."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from lucet._kernels.dispatch import available_levels, level

HERE = Path(__file__).parent
SWITCHES = [{"LUCET_FORBID_NUMPY": "1"}, {"LUCET_DEBUG_ALLOC": "1"}]
LEVELS = [{"LUCET_ISA": name} for name in available_levels() if name != level]
OPS = ["test_every_op.py", "test_pointwise.py"]
# the fast ones of the rest; those that are left out start processes, look at texts alone, or take long
FAST = """conv convert create function interop join loss normalization pool products reduce shape softmax sorting storage tensor
update views""".split()


@pytest.mark.parametrize("switch", SWITCHES + LEVELS, ids=str)
def test_fast_tests_pass_under(switch):
    files = OPS + ([f"test_{name}.py" for name in FAST] if switch in SWITCHES else [])
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-k", "not second", *files]
    done = subprocess.run(command, cwd=HERE, env=os.environ | switch, capture_output=True, text=True, timeout=600)
    assert done.returncode == 0, done.stdout[-4000:]
    assert " passed" in done.stdout


def test_the_slow_way_raises_when_it_is_forbidden():
    code = "import lucet; lucet.linalg.eigvals(lucet.ones(2, 2))"
    done = subprocess.run(
        [sys.executable, "-c", code], env=os.environ | {"LUCET_FORBID_NUMPY": "1"}, capture_output=True, text=True, timeout=60
    )
    assert done.returncode != 0
    assert "LUCET_FORBID_NUMPY" in done.stderr


def test_importing_lucet_leaves_numpy_alone():
    code = "import sys, lucet; x = (lucet.ones(2, requires_grad=True) * 2).sum(); x.backward(); print(x); assert 'numpy' not in sys.modules"
    subprocess.run([sys.executable, "-c", code], check=True, timeout=60)


def test_an_unknown_level_is_refused():
    done = subprocess.run(
        [sys.executable, "-c", "import lucet"], env=os.environ | {"LUCET_ISA": "mmx"}, capture_output=True, text=True, timeout=60
    )
    assert "LUCET_ISA=mmx" in done.stderr
