"""`lucetvision train`: settings, progress on the terminal, when to save. The loop itself is in trainer.py."""

import argparse
import os
import shlex
import sys
import time
from contextlib import ExitStack
from typing import Any

from tqdm import tqdm

import lucet

from . import checkpoint, runs
from .data import EMBEDDED, load_test, load_training
from .refusal import Refused
from .runs import Run
from .stop import Stopped, StopSignal
from .trainer import Trainer

DEFAULTS: dict[str, Any] = {
    "data": EMBEDDED,
    "model": "mnistnet",
    "epochs": 6,
    "batch_size": 64,
    "lr": 3e-3,
    "schedule": "onecycle",
    "flip": True,
    "seed": 0,
    "limit": None,
}
_MOVABLE = "data"  # its files are checked, so they may lie elsewhere when a run goes on
_LOG_INTERVAL_S = 10.0  # between the bar's lines when it goes to a file
_COLUMNS = 110  # of the bar where no terminal says how many it has
_EXIT_SIGNAL = 128


def run(options: argparse.Namespace) -> int:
    """Train a new run or go on with an old one; the exit code is 0, or 128 and the number of the stopping signal."""
    if options.threads is not None:
        lucet.set_num_threads(options.threads)
    with StopSignal() as stop, ExitStack() as stack:
        begin = _start if options.resume is None else _resume
        folder, trainer = begin(options, stack)
        try:
            _finish(folder, trainer, stop, options.checkpoint_every)
        except Stopped:
            folder.save(trainer.state())
            print(f"stopped in {_position(trainer)}, saved {folder.checkpoint}; go on with:")
            print(f"  {folder.resume_command}")
            return _EXIT_SIGNAL + stop.number
    _print_end(folder, trainer)
    return 0


def _start(options: argparse.Namespace, stack: ExitStack) -> tuple[Run, Trainer]:
    given = {name: getattr(options, name) for name in DEFAULTS}
    settings = {name: DEFAULTS[name] if value is None else value for name, value in given.items()}
    runs.check_name(options.name)
    if settings["data"] != EMBEDDED:
        settings["data"] = os.path.abspath(settings["data"])
    trainer = _trainer(settings, options.workers)
    folder = stack.enter_context(runs.create(options.runs, options.name, settings["model"]))
    plural = "s" if settings["epochs"] > 1 else ""
    size = f"{len(trainer.data.train):,} images ({len(trainer.data.validation):,} more for validation)"
    try:
        folder.write_settings(settings)
        folder.save(trainer.state())
        print(
            f"training {settings['model']} on {size}, {settings['epochs']} epoch{plural}, in {folder.folder}", flush=True
        )
    except BaseException:
        folder.discard()
        raise
    return folder, trainer


def _resume(options: argparse.Namespace, stack: ExitStack) -> tuple[Run, Trainer]:
    folder = stack.enter_context(runs.find(options.runs, options.resume))
    if options.name is not None:
        raise Refused("--name is given with --resume, expected only one of them")
    settings = runs.read_settings(folder)
    _check_settings(settings, options, folder)
    content = runs.read_checkpoint(folder)
    if content is not None and content["settings"] != settings:
        raise Refused(f"{folder.checkpoint} is of another run than {runs.SETTINGS} beside it")
    moved = dict(settings, data=options.data or settings["data"])
    trainer = _trainer(moved, options.workers)
    trainer.settings = settings
    if content is not None:
        trainer.restore(content, folder.checkpoint)
    print(
        f"{folder.folder} is finished"
        if trainer.finished
        else f"going on with {folder.folder} in {_position(trainer)}",
        flush=True,
    )
    return folder, trainer


def _check_settings(settings: dict[str, Any], options: argparse.Namespace, folder: Run) -> None:
    if settings.keys() != DEFAULTS.keys():
        raise Refused(f"{folder.folder}/{runs.SETTINGS} does not hold the settings of a run")
    for name in DEFAULTS:
        value = getattr(options, name)
        if value is not None and value != settings[name] and name != _MOVABLE:
            flag = "--" + name.replace("_", "-")
            raise Refused(f"{flag} is {value}, but {folder.folder} was begun with {settings[name]}")
    if (options.data or settings["data"]) != settings["data"] and EMBEDDED in (options.data, settings["data"]):
        raise Refused(f"--data is {options.data}, but {folder.folder} was begun with {settings['data']}")


def _trainer(settings: dict[str, Any], workers: int | None) -> Trainer:
    checkpoint.build(settings["model"], 2)  # an unknown name is told before the data is read
    try:
        data = load_training(settings["data"], settings["flip"], settings["limit"])
        return Trainer(settings, data, workers or 0)
    except (TypeError, ValueError, KeyError) as cause:
        raise Refused(f"the settings cannot be used: {cause}") from cause


def _finish(folder: Run, trainer: Trainer, stop: StopSignal, every_s: float) -> None:
    """Train the epochs that are left and test, saving as it goes."""
    while not trainer.trained:
        _train_epoch(folder, trainer, stop, every_s)
        row = trainer.validate(stop.check)
        folder.save(trainer.state())
        _print_epoch(row, trainer.settings["epochs"])
    if not trainer.finished:
        trainer.test(load_test(trainer.settings["data"]), stop.check)
        folder.save(trainer.state())


def _train_epoch(folder: Run, trainer: Trainer, stop: StopSignal, every_s: float) -> None:
    saved = time.monotonic()
    with _bar(trainer) as bar:
        for images in trainer.batches():
            bar.set_postfix_str(f"loss {_figure(trainer.loss)}, accuracy {trainer.accuracy:.1%}", refresh=False)
            bar.update(images)
            stop.check()
            if time.monotonic() - saved >= every_s:
                folder.save(trainer.state())
                saved = time.monotonic()


def _bar(trainer: Trainer) -> tqdm:
    known = _columns() > 0
    interval = 0.1 if sys.stderr.isatty() else _LOG_INTERVAL_S
    return tqdm(
        total=len(trainer.data.train),
        initial=trainer.images,
        desc=f"epoch {trainer.epoch + 1}/{trainer.settings['epochs']}",
        unit=" images",
        mininterval=interval,
        maxinterval=max(interval, 10.0),
        dynamic_ncols=known,
        ncols=None if known else _COLUMNS,
        nrows=None if known else 20,
        file=sys.stderr,
    )


def _columns() -> int:
    """Columns of the terminal; 0 when there is none, or one that does not know its size (tqdm would show nothing)."""
    try:
        return os.get_terminal_size(sys.stderr.fileno()).columns
    except (OSError, ValueError):
        return 0


def _position(trainer: Trainer) -> str:
    if trainer.trained:
        return "the test"
    return f"epoch {trainer.epoch + 1} of {trainer.settings['epochs']}, step {trainer.step} of {len(trainer.loader)}"


def _figure(loss: float) -> str:
    return f"{loss:.4f}" if loss < 1e4 else f"{loss:.3e}"  # a loss that runs away can have 30 digits


def _print_epoch(row: dict[str, Any], epochs: int) -> None:
    print(
        f"epoch {row['epoch']}/{epochs}  loss {_figure(row['train_loss'])}  accuracy {row['train_accuracy']:.2%}  "
        f"validation loss {_figure(row['validation_loss'])}  accuracy {row['validation_accuracy']:.2%}  "
        f"{row['seconds']:.1f} s",
        flush=True,
    )


def _print_end(folder: Run, trainer: Trainer) -> None:
    row = trainer.metrics[-1]
    print(f"test accuracy {row['test_accuracy']:.2%} on {row['test_images']:,} images, saved {folder.checkpoint}")
    file = shlex.quote(folder.checkpoint)
    print("next:")
    print(f"  lucetvision evaluate --checkpoint {file}")
    print(f"  lucetvision predict --checkpoint {file} IMAGE...")
