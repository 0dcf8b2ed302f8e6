"""Opening what the user named, and writing so that the old file or the new one is there, whole, at every moment."""

import contextlib
import errno
import os
import stat
from collections.abc import Iterator
from typing import Any

from lucet._errors import error
from lucet.serialization._faults import SaveError


def is_path(f: Any) -> bool:
    """Whether `f` names a file (str or os.PathLike), rather than being one."""
    return isinstance(f, (str, os.PathLike))


def label_of(f: Any) -> str:
    """How errors name `f`."""
    if is_path(f):
        return os.fspath(f)
    name = getattr(f, "name", None)
    return name if isinstance(name, str) else f"the {type(f).__name__}"


@contextlib.contextmanager
def reading(f: Any) -> Iterator[Any]:
    """`f` as a binary file that can seek; closed again only if it was opened here."""
    if is_path(f):
        with open(f, "rb") as file:
            yield file
        return
    missing = [name for name in ("read", "seek", "tell") if not hasattr(f, name)]
    if missing:
        raise AttributeError(
            f"load: {type(f).__name__} has no {' and no '.join(missing)}, expected a path or a file that can seek; "
            "read it into an io.BytesIO first"
        )
    try:
        f.seek(f.tell())
    except OSError as problem:  # io.UnsupportedOperation is one
        raise type(problem)(f"load: {label_of(f)} cannot seek; read it into an io.BytesIO first") from problem
    yield f


@contextlib.contextmanager
def writing(f: Any) -> Iterator[Any]:
    """`f` as a binary file to write; a path gets its new content all at once, when the block ends without an error."""
    if is_path(f):
        with replacing(os.fspath(f)) as file:
            yield file
        return
    if not hasattr(f, "write"):
        raise AttributeError(f"save: f is {type(f).__name__}, expected a path or a file with a write method")
    yield f
    if hasattr(f, "flush"):
        f.flush()


@contextlib.contextmanager
def replacing(path: str) -> Iterator[Any]:
    """A new file that takes the place of `path` when the block ends, and is removed when it fails.

    The content is on the disk before the name points to it, and the name before this returns. A link is followed, so
    the file it points to is replaced; the mode of a file that was there is kept; a pipe or device is written directly.
    """
    target = os.path.realpath(path)
    folder, name = os.path.split(target)
    if not os.path.isdir(folder):
        raise error(SaveError, f"save: the folder {folder} does not exist, expected a place for {name}")
    mode = _mode_of(target)
    if mode is not None and not stat.S_ISREG(mode):
        with open(target, "wb") as file:
            yield file
        return
    temporary = os.path.join(folder, f".{name[:100]}.{os.getpid()}-{os.urandom(4).hex()}.tmp")
    handle = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o666)
    try:
        with open(handle, "wb") as file:
            if mode is not None:
                os.fchmod(handle, stat.S_IMODE(mode))
            yield file
            file.flush()
            os.fsync(file.fileno())
        os.replace(temporary, target)
    except BaseException:
        with contextlib.suppress(FileNotFoundError):
            os.unlink(temporary)
        raise
    _sync_folder(folder)


def _mode_of(path: str) -> int | None:
    try:
        return os.stat(path).st_mode
    except FileNotFoundError:
        return None


def _sync_folder(folder: str) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    except OSError as problem:
        # some network file systems have no such call for folders; the file is in place all the same
        if problem.errno not in (errno.EINVAL, errno.ENOTSUP):
            raise
    finally:
        os.close(handle)
