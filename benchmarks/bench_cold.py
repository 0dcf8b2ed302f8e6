"""Cold start and size: what a process pays before its first tensor, and what an installation takes.

    python benchmarks/bench_cold.py              times of fresh processes, alternating, and sizes of wheels and packages
    python benchmarks/bench_cold.py --no-wheels  without building the wheels

`import lucet` is measured against `import numpy`, and `lucetvision predict` on one image against importing NumPy and Pillow,
without which no such program starts. torch's import stands beside them where torch is installed.
"""

import argparse
import importlib.util
import json
import statistics
import subprocess
import sys
import tempfile
import zipfile
from importlib import metadata
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
from bench_training import timed

TOOL = Path(__file__).parent.parent / "tools" / "install_local.py"
OTHERS = ("numpy", "pillow", "tqdm")


def compare(label: str, ours: list[str], theirs: list[str], rounds: int) -> None:
    """Run two commands alternately, the first time unmeasured, and print how they relate."""
    pairs = [(timed(ours), timed(theirs)) for _ in range(rounds + 1)][1:]
    ratio = statistics.median(a[1] / b[1] for a, b in pairs)
    a, b = ([min(pair[side][what] for pair in pairs) for what in (1, 2)] for side in (0, 1))
    print(
        f"{ratio:8.2f}  {label}: {a[0] * 1e3:.0f} and {b[0] * 1e3:.0f} ms, peak {a[1] / 1e6:.0f} and {b[1] / 1e6:.0f} MB"
    )


def image(folder: str) -> str:
    """A picture to look at, and a check that the answer is right before anything is timed."""
    path = f"{folder}/shoe.png"
    code = f"from lucetvision.datasets import FashionMNISTMini as F; F(train=False)[0][0].save({path!r})"
    subprocess.run([sys.executable, "-c", code], check=True)
    answer = timed(["-m", "lucetvision", "predict", path])[0]
    if "Ankle boot" not in answer:
        raise SystemExit(f"predict: expected an ankle boot, found {answer}")
    return path


def sizes() -> None:
    """Bytes of the wheels, of what they unpack to, and of the third-party packages beside them."""
    command = [sys.executable, str(TOOL), "--build", "vision"]
    found = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout.split()
    wheels = [Path(line) for line in found if line.endswith(".whl")]
    total = 0
    for wheel in wheels:
        with zipfile.ZipFile(wheel) as archive:
            unpacked = sum(info.file_size for info in archive.infolist())
        total += unpacked
        print(f"{wheel.stat().st_size / 1e6:8.2f} MB wheel, {unpacked / 1e6:6.2f} MB unpacked  {wheel.name}")
    beside = {name: installed(name) for name in OTHERS}
    print(f"{total / 1e6:8.1f} MB  the five, unpacked")
    print(
        f"{(total + sum(beside.values())) / 1e6:8.1f} MB  with {json.dumps({n: round(v / 1e6, 1) for n, v in beside.items()})}"
    )


def installed(name: str) -> int:
    """Bytes of an installed distribution, compiled Python left out."""
    files = metadata.files(name) or []
    paths = [Path(file.locate()) for file in files if file.suffix != ".pyc"]
    return sum(path.stat().st_size for path in paths if path.is_file())


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=11)
    parser.add_argument("--no-wheels", action="store_true")
    options = parser.parse_args()
    print("ratio of times (median), then the least time and memory of either")
    compare("import lucet / import numpy", ["-c", "import lucet"], ["-c", "import numpy"], options.rounds)
    with tempfile.TemporaryDirectory() as folder:
        ours = ["-m", "lucetvision", "predict", image(folder)]
        theirs = ["-c", "import numpy, PIL.Image"]
        compare("lucetvision predict / import numpy, PIL.Image", ours, theirs, options.rounds)
    if importlib.util.find_spec("torch"):
        compare("import lucet / import torch", ["-c", "import lucet"], ["-c", "import torch"], options.rounds)
    if not options.no_wheels:
        sizes()


if __name__ == "__main__":
    main()
