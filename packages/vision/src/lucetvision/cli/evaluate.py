"""`lucetvision evaluate`: a checkpoint against the test images, as text."""

import argparse
import sys

import numpy as np

import lucet

from .checkpoint import classifier
from .data import EMBEDDED, load_test
from .refusal import Refused
from .score import Score, score


def run(options: argparse.Namespace) -> int:
    """Print accuracy, per-class table and confusion matrix."""
    if options.threads is not None:
        lucet.set_num_threads(options.threads)
    net = classifier(options.checkpoint)
    if net.note:
        print(f"lucetvision evaluate: {net.note}", file=sys.stderr)
    dataset = load_test(options.data or net.settings.get("data", EMBEDDED), net.mean, net.std)
    if len(net.classes) != len(dataset.classes):
        raise Refused(f"the checkpoint has {len(net.classes)} classes, the test images have {len(dataset.classes)}")
    result = score(net.model, dataset, len(net.classes))
    print(f"accuracy {result.accuracy:.2%} ({result.correct:,} of {result.images:,}), loss {result.loss:.4f}")
    print()
    print("\n".join(class_table(result, net.classes)))
    print()
    print("\n".join(confusion_table(result.confusion, net.classes)))
    return 0


def class_table(result: Score, classes: list[str]) -> list[str]:
    """Lines with precision, recall, F1 and number of images of every class."""
    width = max(map(len, ["class", *classes]))
    lines = [f"{'class':{width}}  precision   recall       F1   images"]
    right, true, predicted = np.diag(result.confusion), result.confusion.sum(1), result.confusion.sum(0)
    for name, hits, wanted, found in zip(classes, right, true, predicted, strict=True):
        precision, recall = hits / max(found, 1), hits / max(wanted, 1)
        f1 = 2 * hits / max(wanted + found, 1)
        lines.append(f"{name:{width}}  {precision:9.2%}  {recall:7.2%}  {f1:7.2%}  {wanted:7,}")
    return lines


def confusion_table(confusion: np.ndarray, classes: list[str]) -> list[str]:
    """Lines of the confusion matrix, true classes down, predicted ones across by number."""
    corner = "true class / predicted"
    width = max(len(corner), *(len(f"{number} {name}") for number, name in enumerate(classes)))
    cell = max(len(str(confusion.max())), len(str(len(classes)))) + 1
    across = "".join(f"{number:{cell}}" for number in range(len(classes)))
    lines = [f"{corner:{width}}  {across}"]
    for number, (name, row) in enumerate(zip(classes, confusion, strict=True)):
        lines.append(f"{f'{number} {name}':{width}}  " + "".join(f"{count:{cell}}" for count in row))
    return lines
