"""Checkpoint files: what a run's file must hold, and the classifier in it. Who writes them is in trainer.py."""

from typing import Any, NamedTuple

import lucet
from lucet.nn import Module

from ..models import LeNet_Weights, get_model
from .refusal import Refused, one_line

FORMAT = "lucetvision checkpoint"
VERSION = 1
_FIELDS = {"settings": dict, "classes": list, "mean": float, "std": float, "model": dict}


class Classifier(NamedTuple):
    """A trained network in eval mode with all that using it needs; `settings` is empty for the built-in one."""

    model: Module
    classes: list[str]
    mean: float
    std: float
    settings: dict[str, Any]


def load(path: str) -> dict[str, Any]:
    """The content of the checkpoint at `path`; Refused when it is missing, damaged, or not of a lucetvision run."""
    try:
        content = lucet.load(path, weights_only=True)
    except OSError as cause:
        raise Refused(f"cannot read {path}: {cause.strerror or cause}") from cause
    except Exception as cause:  # a reader of hostile files may fail in any way
        raise Refused(f"{path} is not a readable checkpoint: {one_line(cause)}") from cause
    if not isinstance(content, dict) or content.get("format") != FORMAT:
        raise Refused(f"{path} is not a checkpoint of a lucetvision run")
    if content.get("version") != VERSION:
        raise Refused(f"{path} has checkpoint version {content.get('version')}, this lucetvision reads {VERSION}")
    for field, kind in _FIELDS.items():
        if not isinstance(content.get(field), kind):
            raise Refused(f"{path} is not a whole checkpoint: {field!r} is {type(content.get(field)).__name__}")
    return content


def load_weights(model: Module, content: dict[str, Any], path: str) -> None:
    """Put the tensors of a checkpoint into `model`; Refused when they belong to another network."""
    try:
        model.load_state_dict(content["model"])
    except Exception as cause:
        name = content["settings"].get("model")
        raise Refused(f"{path} does not fit the network {name!r}: {one_line(cause)}") from cause


def build(name: object, classes: int) -> Module:
    """A network by name with random weights; Refused when there is no such network."""
    try:
        return get_model(str(name), num_classes=classes)
    except ValueError as cause:
        raise Refused(one_line(cause)) from cause


def classifier(path: str | None) -> Classifier:
    """The network of the checkpoint at `path`, or the built-in LeNet."""
    if path is None:
        return _built_in()
    content = load(path)
    model = build(content["settings"].get("model"), len(content["classes"]))
    load_weights(model, content, path)
    return Classifier(model.eval(), content["classes"], content["mean"], content["std"], content["settings"])


def _built_in() -> Classifier:
    weights = LeNet_Weights.DEFAULT
    model = build("lenet", len(weights.meta["categories"]))
    model.load_state_dict(weights.get_state_dict())
    preset = weights.transforms()
    return Classifier(model.eval(), weights.meta["categories"], preset.mean[0], preset.std[0], {})
