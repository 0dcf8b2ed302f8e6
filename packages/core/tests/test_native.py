"""The convolution kernels as C programs without Python: built for each level a compiler here knows, run where the CPU or qemu can."""

import platform
import shutil
import subprocess
from pathlib import Path

import pytest

NATIVE = Path(__file__).parent / "native"
HEADERS = Path(__file__).parents[1] / "src/lucet/_kernels/micro"
PROGRAMS = sorted(path.stem for path in NATIVE.glob("test_*.c"))

# -O1 instead of the library's -O3: the kernels unroll by themselves, and this compiles in a third of the time.
FLAGS = ["-O1", "-ffp-contract=fast", "-fno-math-errno", "-fno-trapping-math", "-fno-strict-aliasing"]
FLAGS += ["-Wall", "-Wextra", "-Werror", "-Wno-unused-function", "-Wno-psabi", "-Wno-unused-but-set-variable"]
X86 = platform.machine().lower() in ("x86_64", "amd64")
CROSS = "aarch64-linux-gnu-gcc"

# level: the compiler, its flags, what the CPU must have to run the result, and what runs it
LEVELS = {
    "plain": ("cc", [], None, []),
    "avx2": ("cc", ["-march=x86-64-v3"], "avx2", []),
    "avx512": ("cc", ["-march=x86-64-v4", "-mprefer-vector-width=512"], "avx512vl", []),
    "aarch64": (CROSS, ["-static"], None, ["qemu-aarch64"]),
}


def _cpu_has(feature: str) -> bool:
    info = Path("/proc/cpuinfo")
    return info.exists() and f" {feature} " in info.read_text().replace("\n", " ")


@pytest.mark.parametrize("level", LEVELS)
@pytest.mark.parametrize("program", PROGRAMS)
def test_kernels_agree_with_the_reference_and_stay_inside_their_operands(program, level, tmp_path):
    compiler, flags, feature, runner = LEVELS[level]
    if shutil.which(compiler) is None or (runner and shutil.which(runner[0]) is None):
        pytest.skip(f"no {compiler}" + (f" or {runner[0]}" if runner else ""))
    if feature and not X86:
        pytest.skip(f"{level} is x86's")
    binary = tmp_path / program
    source = NATIVE / f"{program}.c"
    subprocess.run([compiler, *FLAGS, *flags, f"-I{HEADERS}", str(source), "-o", str(binary), "-lm"], check=True)
    if feature and not _cpu_has(feature):
        return  # that it compiles without a warning is what can be asked here
    cases = "40" if runner else "100"
    ran = subprocess.run([*runner, str(binary), cases], capture_output=True, text=True)
    assert ran.returncode == 0 and ran.stdout.strip().endswith(" 0 failed"), ran.stdout[-4000:] + ran.stderr


def test_a_wrong_kernel_is_noticed(tmp_path):
    """The programs' own check: a reference that is off by one tap must fail."""
    if shutil.which("cc") is None:
        pytest.skip("no cc")
    check = (NATIVE / "check.h").read_text()
    wrong = check.replace("col = j * p->stride_w - p->pad_w", "col = j * p->stride_w - p->pad_w + 1")
    assert wrong != check
    (tmp_path / "check.h").write_text(wrong)
    (tmp_path / "test_conv.c").write_text((NATIVE / "test_conv.c").read_text())
    binary = tmp_path / "wrong"
    command = ["cc", "-O1", f"-I{HEADERS}", str(tmp_path / "test_conv.c"), "-o", str(binary), "-lm", "-Wno-psabi"]
    subprocess.run(command, check=True)
    ran = subprocess.run([str(binary), "20"], capture_output=True, text=True)
    assert ran.returncode == 1 and "FAILED error" in ran.stdout
