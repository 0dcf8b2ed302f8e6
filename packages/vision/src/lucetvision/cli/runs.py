"""The folder of a run: settings.json, checkpoint.pt and metrics.jsonl, each replaced whole or not at all."""

import fcntl
import json
import os
import shlex
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import lucet

from . import checkpoint
from .refusal import Refused, one_line

CHECKPOINT, METRICS, SETTINGS = checkpoint.NAME, "metrics.jsonl", "settings.json"


class Run:
    """A run's folder; inside `with` no other process can open it."""

    def __init__(self, folder: str, made: tuple[str, ...] = ()) -> None:
        self.folder = folder
        self._made = made
        self.checkpoint = os.path.join(folder, CHECKPOINT)
        self._lock = os.open(folder, os.O_RDONLY)
        try:
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as cause:
            os.close(self._lock)
            raise Refused(f"{folder} is being written by another process") from cause
        self._remove_parts()

    def __enter__(self) -> "Run":
        return self

    def __exit__(self, *exception: object) -> None:
        os.close(self._lock)

    def _remove_parts(self) -> None:
        """Delete what a killed process left half-written beside the files."""
        for entry in os.listdir(self.folder):
            if entry.startswith(tuple(f".{name}." for name in (CHECKPOINT, METRICS, SETTINGS))):
                os.unlink(os.path.join(self.folder, entry))

    def discard(self) -> None:
        """Remove what this run has made, its folders included: it did not begin."""
        with suppress(OSError):  # what was put there meanwhile stays
            for name in (CHECKPOINT, METRICS, SETTINGS):
                with suppress(FileNotFoundError):
                    os.unlink(os.path.join(self.folder, name))
            for folder in self._made:
                os.rmdir(folder)

    @property
    def resume_command(self) -> str:
        """What to type to go on with this run."""
        return f"lucetvision train --resume {shlex.quote(self.folder)}"

    def write_settings(self, settings: dict[str, Any]) -> None:
        """Write settings.json."""
        self._write(SETTINGS, lambda path: _write_text(path, json.dumps(settings, indent=2) + "\n"))

    def save(self, state: dict[str, Any]) -> None:
        """Write the checkpoint, then the metrics in it. Refused, with the old files whole, when that fails."""
        rows = "".join(json.dumps(row) + "\n" for row in state["metrics"])
        self._write(CHECKPOINT, lambda path: lucet.save(state, path))
        self._write(METRICS, lambda path: _write_text(path, rows))

    def _write(self, name: str, write: Callable[[str], None]) -> None:
        path = os.path.join(self.folder, name)
        try:
            write(path)
        except (OSError, RuntimeError) as cause:
            reason = cause.strerror if isinstance(cause, OSError) and cause.strerror else one_line(cause)
            kept = f"; what it held before is whole, go on with: {self.resume_command}" if os.path.exists(path) else ""
            raise Refused(f"cannot write {path}: {reason}{kept}") from cause


def create(parent: str, name: str | None, model: str) -> Run:
    """A new folder `parent`/`name`, by default the model's name and the first free number; Refused if it exists."""
    check_name(name)
    try:
        above = () if os.path.isdir(parent) else (parent,)
        os.makedirs(parent, exist_ok=True)
        if name is None:
            folder = _first_free(parent, model)
        else:
            folder = os.path.join(parent, name)
            os.mkdir(folder)
        return Run(folder, (folder, *above))
    except FileExistsError as cause:
        if not os.path.isdir(parent):
            raise Refused(f"{parent} is not a folder") from cause
        raise Refused(f"{folder} exists: give another --name, or --resume {shlex.quote(folder)}") from cause
    except OSError as cause:
        raise Refused(f"cannot make a folder in {parent}: {cause.strerror or cause}") from cause


def check_name(name: str | None) -> None:
    """Refused when `name` is no plain file name (None is fine)."""
    if name is not None and (name in ("", ".", "..") or "/" in name or "\0" in name or len(os.fsencode(name)) > 200):
        raise Refused(f"--name is {name!r}, expected a plain file name")


def _first_free(parent: str, model: str) -> str:
    number = 1
    while True:
        folder = os.path.join(parent, f"{model}-{number}")
        try:
            os.mkdir(folder)
            return folder
        except FileExistsError:
            number += 1


def find(parent: str, given: str) -> Run:
    """The run in the folder `given`, of that name in `parent`, or whose checkpoint it is; Refused when there is none."""
    if os.path.basename(given) == CHECKPOINT and os.path.isfile(given):
        given = os.path.dirname(given) or "."
    for folder in (given, os.path.join(parent, given)):
        if os.path.isfile(os.path.join(folder, SETTINGS)):
            return Run(os.path.normpath(folder))
    if not os.path.isdir(given) and not os.path.isdir(os.path.join(parent, given)):
        raise Refused(f"there is no run {given}")
    raise Refused(f"{given} holds no {SETTINGS}: it is not a run, or was stopped before it began")


def read_settings(run: Run) -> dict[str, Any]:
    """What settings.json of a run says; Refused when it is damaged."""
    path = os.path.join(run.folder, SETTINGS)
    try:
        with open(path, encoding="utf-8") as file:
            settings = json.load(file)
    except (OSError, ValueError, RecursionError) as cause:
        raise Refused(f"cannot read {path}: {one_line(cause)}") from cause
    if not isinstance(settings, dict):
        raise Refused(f"{path} holds {type(settings).__name__}, expected an object")
    return settings


def read_checkpoint(run: Run) -> dict[str, Any] | None:
    """The content of a run's checkpoint, or None when the run was stopped before the first."""
    return checkpoint.load(run.checkpoint) if os.path.exists(run.checkpoint) else None


def _write_text(path: str, text: str) -> None:
    folder, name = os.path.split(path)
    part = os.path.join(folder, f".{name}.{os.getpid()}")
    try:
        with open(part, "w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        os.replace(part, path)
    except BaseException:
        if os.path.exists(part):
            os.unlink(part)
        raise
