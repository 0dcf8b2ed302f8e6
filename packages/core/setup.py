"""Builds lucet-core's extensions: renders the kernel templates, then one compile of the kernels per instruction set."""

import hashlib
import os
import platform
import sys
import sysconfig
from glob import glob
from pathlib import Path

import Cython
from Cython.Build import cythonize
from Cython.Tempita import Template
from setuptools import Extension, setup
from setuptools.command.build_ext import build_ext

os.chdir(Path(__file__).parent)
SOURCE = Path("src/lucet")
sys.path.insert(0, str(SOURCE / "_kernels"))
import table  # noqa: E402  (the kernel table: a build-time module without imports)

JOBS = int(os.environ.get("LUCET_BUILD_JOBS") or len(getattr(os, "sched_getaffinity", lambda _: [0])(0)))
CHECKED = bool(os.environ.get("LUCET_BUILD_CHECKED"))
SANITIZE = os.environ.get("LUCET_BUILD_SANITIZE", "")

# -ffp-contract=fast: products and sums may fuse; where a rounding is promised the source spells it out.
# No -ffast-math: infinities, NaN, signed zeros and denormals keep their meaning.
COMMON = ["-g0", "-fno-math-errno", "-fno-trapping-math", "-ffp-contract=fast", "-fno-strict-aliasing"]
COMMON += ["-Wno-unused-function", "-Wno-psabi", "-Wno-unused-but-set-variable", "-Wno-unused-const-variable"]
COMMON += ["-Werror=incompatible-pointer-types"]  # newer compilers refuse them anyway
COMMON += ["-fno-asynchronous-unwind-tables", "-fno-unwind-tables"]  # nothing here throws, and the wheel is smaller
LINK = ["-Wl,-s"] if sys.platform == "linux" else []
if SANITIZE:
    COMMON = [flag for flag in COMMON if flag != "-g0" and not flag.endswith("unwind-tables")]
    COMMON += ["-g1", f"-fsanitize={SANITIZE}", "-fno-omit-frame-pointer"]
    LINK = [f"-fsanitize={SANITIZE}"]

X86 = platform.machine().lower() in ("x86_64", "amd64")
ARM = platform.machine().lower() in ("aarch64", "arm64")
LEVELS = {"base": []}
if X86:
    LEVELS |= {"avx2": ["-march=x86-64-v3"], "avx512": ["-march=x86-64-v4", "-mprefer-vector-width=512"]}
if ARM:
    LEVELS |= {"neon": []}

# The kernels call nearly nothing of Python: built against its stable ABI, one file of them fits every Python from 3.11 on,
# so whoever builds for several Pythons compiles them once. A free-threaded Python has no stable ABI yet.
KEPT = Path("build/stable")
C_FILES = Path("build/cython")
STABLE = None if sysconfig.get_config_var("Py_GIL_DISABLED") else ("Py_LIMITED_API", "0x030B0000")

DIRECTIVES = {
    "language_level": 3,
    "boundscheck": CHECKED,
    "wraparound": False,
    "cdivision": True,
    "initializedcheck": CHECKED,
    "nonecheck": CHECKED,
    "binding": True,
    "embedsignature": False,
    "always_allow_keywords": True,
    "auto_pickle": False,
}


def render(source: Path, target: Path, **names) -> None:
    """Fill in one template; the target is written only when its text changes, so nothing rebuilds for free."""
    text = Template(source.read_text(), name=str(source), namespace=vars(table) | names).substitute()
    text = f"# generated from {source.name}: edit that\n{text}"
    if not target.exists() or target.read_text() != text:
        target.write_text(text)


def render_templates() -> None:
    """Kernel files (`.pxi.tp`) are rendered for all types (base) and for the common ones (every higher level)."""
    for source in sorted(SOURCE.rglob("*.tp")):
        target = source.with_suffix("")
        if target.suffix == ".pxi":
            render(source, target.with_suffix(".base.pxi"), LEVEL=False)
            render(source, target.with_suffix(".level.pxi"), LEVEL=True)
        else:
            render(source, target)


def extensions() -> list[Extension]:
    headers = [*glob(str(SOURCE / "*.h")), *glob(str(SOURCE / "_kernels/micro/*.h")), *glob(str(SOURCE / "_kernels/*.pxi"))]
    include = [str(SOURCE), str(SOURCE / "_kernels")]
    kernel_names = {"base", "avx2", "avx512", "neon"}
    made = []
    for path in sorted(SOURCE.rglob("*.pyx")):
        is_level = path.parent.name == "_kernels" and path.stem in kernel_names
        if is_level and path.stem not in LEVELS:
            continue
        made.append(
            Extension(
                ".".join(path.relative_to("src").with_suffix("").parts),
                [str(path)],
                include_dirs=include,
                depends=headers,
                define_macros=[STABLE] if is_level and STABLE else [],
                py_limited_api=bool(is_level and STABLE),
                extra_compile_args=[*COMMON, *optimisation(path, is_level), *(LEVELS[path.stem] if is_level else [])],
                extra_link_args=LINK,
            )
        )
    return made


# Ops whose own work outweighs the checking of their arguments: made small, which takes a quarter off their files and would cost the others a
# quarter of their speed.
LONG = set(
    "attention batch_norm complex_numbers conv elementary factor fourier histograms interop loss orthogonal pad polynomials pool random recurrent "
    "resample row_norms scans searching sorting special spectral update vectors".split()
)


def optimisation(path: Path, is_level: bool) -> list[str]:
    """How hard the compiler tries. Only the kernels gain from -O3; what checks arguments runs as fast at -O1 and compiles
    in half the time, and under a sanitizer anything more costs minutes a module."""
    if SANITIZE:
        return ["-O1"]
    if is_level:
        # Loops of a few instructions lose a third of their speed where they straddle a cache line: not left to chance.
        vectors = ["-O2", "-ftree-vectorize", "-fvect-cost-model=dynamic"] if path.stem == "base" and X86 else ["-O3"]
        return [*vectors, "-falign-loops=32"]
    if path.stem in LONG:
        return ["-Os"]
    return ["-O1"] if path.parent.name == "_ops" and not path.stem.startswith("_") else ["-O2"]


class BuildExt(build_ext):
    """build_ext that compiles as many extensions at once as there are cores, and what fits every Python once."""

    def finalize_options(self):
        super().finalize_options()
        self.parallel = self.parallel or JOBS
        if self.editable_mode:
            # where `build_ext --inplace` puts them, so that it finds them: pip's folder is gone afterwards
            self.build_lib = os.path.join("build", f"lib.{self.plat_name}-{sys.implementation.cache_tag}")

    def build_extension(self, ext):
        if not ext.py_limited_api:
            return super().build_extension(ext)
        kept, target = KEPT / fingerprint(ext) / (ext.name + ".so"), Path(self.get_ext_fullpath(ext.name))
        target.unlink(missing_ok=True)
        if kept.exists():
            self.mkpath(str(target.parent))
            self.copy_file(str(kept), str(target))
        else:
            super().build_extension(ext)
            for old in KEPT.glob(f"*/{kept.name}"):
                old.unlink()
            self.mkpath(str(kept.parent))
            self.copy_file(str(target), str(kept))


def digest(settings: list, *patterns: str) -> str:
    """Sixteen hex digits that change with `settings`, Cython, and the sources and headers that fit one of `patterns`."""
    content = hashlib.sha256(repr([settings, DIRECTIVES, Cython.__version__]).encode())
    files = {path for pattern in patterns for path in SOURCE.glob(pattern)}
    for path in sorted(path for path in files if path.suffix in {".pyx", ".pxd", ".pxi", ".h"}):
        content.update(f"{path.as_posix()}\0".encode() + path.read_bytes())
    return content.hexdigest()[:16]


def fingerprint(ext: Extension) -> str:
    """The digest of all that a kernel file is made from: sources, platform, the compiler that was asked for, flags."""
    flags = [sysconfig.get_platform(), ext.name, ext.define_macros, ext.extra_compile_args, ext.extra_link_args]
    flags += [os.environ.get(flag) for flag in ("CC", "CFLAGS", "CPPFLAGS", "LDFLAGS")]
    return digest(flags, "*.pxd", "*.h", "_kernels/**/*")


def compiled() -> list[Extension]:
    """The extensions as C; plain where only metadata or a source distribution is asked for, which need no C."""
    render_templates()
    made = extensions()
    if set(sys.argv[1:]) & {"sdist", "egg_info", "dist_info"}:
        return made
    # Cython goes by the age of files, its own included, which each isolated build installs anew: the content decides here.
    stamp, current = C_FILES / "digest", digest([], "**/*")
    written = {ext.name: (C_FILES / ext.sources[0]).with_suffix(".c") for ext in made}
    if stamp.exists() and stamp.read_text() == current and all(path.exists() for path in written.values()):
        for ext in made:
            ext.sources = [str(written[ext.name])]
        return made
    stamp.unlink(missing_ok=True)
    made = cythonize(made, nthreads=JOBS, build_dir=str(C_FILES), include_path=["src"], compiler_directives=DIRECTIVES)
    stamp.write_text(current)
    return made


setup(ext_modules=compiled(), cmdclass={"build_ext": BuildExt})
