"""Every argument of the command, its type and its help; no work is done here."""

import argparse
import math
from collections.abc import Callable, Sequence
from typing import Any, NoReturn

from lucet._threads import MAX_THREADS

from .. import __version__
from .refusal import Refused

MAX_SEED = 2**63 - 1
_FILES = (
    "The folder of --data holds train-images-idx3-ubyte, train-labels-idx1-ubyte, t10k-images-idx3-ubyte and "
    "t10k-labels-idx1-ubyte of https://github.com/zalandoresearch/fashion-mnist, plain, .gz or .xz; "
    'lucetvision.datasets.FashionMNIST("FOLDER", download=True) fetches them. Other images are not taken yet: '
    "train on those with a script."
)


class _Parser(argparse.ArgumentParser):
    """Reports a bad argument as a refusal instead of printing the usage; takes no abbreviations."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options, allow_abbrev=False)

    def error(self, message: str) -> NoReturn:
        raise Refused(f"{message} (see {self.prog} --help)", self.prog.removeprefix("lucetvision"))


def _number(kind: type, low: float, high: float, what: str) -> Callable[[str], Any]:
    what = f"{what} from {low} to {high}"

    def convert(text: str) -> Any:
        try:
            value = kind(text)
        except ValueError:
            value = math.nan
        if not low <= value <= high:
            raise argparse.ArgumentTypeError(f"got {text!r}, expected {what}")
        return value

    return convert


_COUNT = _number(int, 1, 2**31 - 1, "a whole number")
_WORKERS = _number(int, 0, 1024, "a whole number")
_THREADS = _number(int, 1, MAX_THREADS, "a whole number")
_SEED = _number(int, 0, MAX_SEED, "a whole number")
_RATE = _number(float, 1e-12, 1_000_000, "a number")
_SECONDS = _number(float, 0, 1_000_000_000, "a number of seconds")


def parse(arguments: Sequence[str]) -> argparse.Namespace:
    """The options of one command line; `verb` names the command. Refused when they cannot be understood."""
    parser = _Parser(prog="lucetvision", description="Train, evaluate and use image classifiers on a CPU.")
    parser.add_argument("--version", action="version", version=f"lucetvision {__version__}")
    verbs = parser.add_subparsers(dest="verb", required=True, metavar="{train,evaluate,predict}")
    _add_train(verbs.add_parser("train", help="train a network on the embedded images or a folder"))
    _add_evaluate(verbs.add_parser("evaluate", help="accuracy, per-class table, confusion matrix"))
    _add_predict(verbs.add_parser("predict", help="most likely classes of PNG and JPEG files"))
    options, unknown = parser.parse_known_args(arguments)
    if unknown:
        verbs.choices[options.verb].error(f"unrecognized arguments: {' '.join(unknown)}")
    return options


def _add_train(parser: argparse.ArgumentParser) -> None:
    parser.description = "Train a small network from random weights, keeping its latest checkpoint in runs/NAME/."
    parser.epilog = _FILES
    what = parser.add_argument_group("what is trained (fixed for a run)")
    what.add_argument("--data", metavar="FOLDER", help="with the idx files of Fashion-MNIST (default: embedded, a subset)")
    what.add_argument("--model", help="network (default: mnistnet)")
    what.add_argument("--epochs", type=_COUNT, metavar="N", help="passes over the images (default: 6)")
    what.add_argument("--batch-size", type=_COUNT, metavar="N", help="images a step (default: 64)")
    what.add_argument("--lr", type=_RATE, metavar="RATE", help="learning rate, with onecycle the peak (default: 3e-3)")
    what.add_argument("--schedule", choices=("onecycle", "constant"), help="of the learning rate (default: onecycle)")
    what.add_argument("--flip", action=argparse.BooleanOptionalAction, help="random mirroring (default: on)")
    what.add_argument("--seed", type=_SEED, metavar="N", help="of every random number (default: 0)")
    what.add_argument("--limit", type=_COUNT, metavar="N", help="use only N of the training images, evenly over classes")
    how = parser.add_argument_group("how (never changes the result)")
    how.add_argument("--workers", type=_WORKERS, metavar="N", help="threads that prepare batches (default: 0)")
    how.add_argument("--threads", type=_THREADS, metavar="N", help="threads that compute (default: all cores)")
    how.add_argument("--checkpoint-every", type=_SECONDS, default=30.0, metavar="SECONDS", help="(default: 30)")
    where = parser.add_argument_group("where")
    where.add_argument("--runs", default="runs", metavar="FOLDER", help="where runs are kept (default: runs)")
    where.add_argument("--name", help="of this run (default: the model and a number)")
    where.add_argument("--resume", metavar="RUN", help="go on with the run in folder RUN, or of that name")


def _add_evaluate(parser: argparse.ArgumentParser) -> None:
    parser.description = "Accuracy, per-class table and confusion matrix on the test images."
    parser.epilog = _FILES
    parser.add_argument("--checkpoint", metavar="FILE", help="of a run, or its folder (default: the built-in LeNet)")
    parser.add_argument("--data", metavar="FOLDER", help="with the idx files of Fashion-MNIST (default: those of the run)")
    parser.add_argument("--threads", type=_THREADS, metavar="N", help="threads that compute (default: all cores)")


def _add_predict(parser: argparse.ArgumentParser) -> None:
    parser.description = (
        "The most likely classes of PNG and JPEG files, one line each. The networks have seen one article of clothing on a "
        "black background, in grey, filling the picture: files are made grey, scaled and cropped to 28 x 28 pixels. They "
        "have an answer for any picture; it means something for pictures like those."
    )
    parser.add_argument("images", nargs="+", metavar="IMAGE")
    parser.add_argument("--invert", action="store_true", help="swap black and white first: for a light background")
    parser.add_argument("--checkpoint", metavar="FILE", help="of a run, or its folder (default: the built-in LeNet)")
    parser.add_argument("--top-k", type=_COUNT, default=3, metavar="K", help="classes to print (default: 3)")
