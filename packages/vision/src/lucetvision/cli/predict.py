"""`lucetvision predict`: the most likely classes of image files. Imports no loader and no dataset, to start fast."""

import argparse
import sys

import lucet
from lucet import Tensor
from lucet._errors import LoadError

from ..io import open_image
from ..transforms.presets import GrayscaleClassification
from .checkpoint import Classifier, classifier
from .refusal import Refused, one_line

_SIDE = 28  # pixels, of the images that all networks here are trained on


def run(options: argparse.Namespace) -> int:
    """Print one line an image; files that cannot be read get a line on stderr and exit code 2 at the end."""
    net = classifier(options.checkpoint)
    if options.top_k > len(net.classes):
        raise Refused(f"--top-k is {options.top_k}, the network has {len(net.classes)} classes")
    if net.note:
        print(f"lucetvision predict: {net.note}", file=sys.stderr)
    preset = GrayscaleClassification(crop_size=_SIDE, mean=(net.mean,), std=(net.std,))
    code = 0
    for path in options.images:
        try:
            image = open_image(path, "L")
            if options.invert:
                image = image.point(range(255, -1, -1))
            print(f"{path}: {_answer(preset(image), net, options.top_k)}")
        except LoadError as cause:
            print(f"lucetvision predict: {one_line(cause).removeprefix('open_image: ')}", file=sys.stderr)
            code = 2
    return code


def _answer(image: Tensor, net: Classifier, k: int) -> str:
    with lucet.no_grad():
        chances, numbers = net.model(image.unsqueeze(0)).softmax(1).topk(k)
    ranked = zip(chances[0].tolist(), numbers[0].tolist(), strict=True)
    return ", ".join(f"{net.classes[number]} {chance:.1%}" for chance, number in ranked)
