"""Checkpoint files: what a run's file must hold, and the classifier in it. Who writes them is in trainer.py."""

import os
from typing import Any, NamedTuple

import lucet
from lucet.nn import Module

from ..models import LeNet_Weights, get_model, list_models
from .refusal import Refused, one_line

NAME = "checkpoint.pt"  # in the folder of a run
FORMAT = "lucetvision checkpoint"
VERSION = 1
_MAX_CLASSES = 100_000  # of a state dict's network: a few bytes of a file can claim any size
_FIELDS = {"settings": dict, "classes": list, "mean": float, "std": float, "model": dict}


class Classifier(NamedTuple):
    """A trained network in eval mode with all that using it needs; `settings` is empty where no run is known.

    `note` says what was assumed, for the user.
    """

    model: Module
    classes: list[str]
    mean: float
    std: float
    settings: dict[str, Any]
    note: str = ""


def load(path: str) -> dict[str, Any]:
    """The content of the checkpoint at `path`; Refused when it is missing, damaged, or not of a lucetvision run."""
    content = _read(path)
    if not _is_of_a_run(content):
        raise Refused(f"{path} is not a checkpoint of a lucetvision run, it holds {_kind(content)}")
    return _checked(content, path)


def _read(path: str) -> Any:
    if os.path.isdir(path):
        raise Refused(f"{path} is a folder, expected a checkpoint, or a run's folder with {NAME} in it")
    try:
        content = lucet.load(path, weights_only=True)
    except OSError as cause:
        raise Refused(f"cannot read {path}: {cause.strerror or cause}") from cause
    except Exception as cause:  # a reader of hostile files may fail in any way
        raise Refused(f"{path} is not a readable checkpoint: {one_line(cause)}") from cause
    return content


def _is_of_a_run(content: Any) -> bool:
    return isinstance(content, dict) and content.get("format") == FORMAT


def _is_state_dict(content: Any) -> bool:
    return isinstance(content, dict) and bool(content) and all(isinstance(v, lucet.Tensor) for v in content.values())


def _kind(content: Any) -> str:
    """What a file that is no run's checkpoint holds."""
    if _is_state_dict(content):
        return f"the weights of a network, from {next(iter(content))!r} on"
    if isinstance(content, dict) and content:
        names = [repr(key) for key in content]
        return "a dict of " + ", ".join(names[:5]) + (", ..." if len(names) > 5 else "")
    return f"an object of class {type(content).__name__}"


def _checked(content: dict[str, Any], path: str) -> dict[str, Any]:
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
    """The network of the checkpoint or the state dict at `path`, which may be a run's folder, or the built-in LeNet."""
    if path is None:
        return _built_in()
    inside = os.path.join(path, NAME)
    path = inside if os.path.isfile(inside) else path
    content = _read(path)
    if not _is_of_a_run(content):
        return _with_weights(content, path)
    content = _checked(content, path)
    model = build(content["settings"].get("model"), len(content["classes"]))
    load_weights(model, content, path)
    return Classifier(model.eval(), content["classes"], content["mean"], content["std"], content["settings"])


def _with_weights(content: Any, path: str) -> Classifier:
    """The network that a bare state dict belongs to, told by names and shapes; all else is taken from the built-in one."""
    advice = "expected a checkpoint of a lucetvision run, or a state dict of one of " + ", ".join(list_models())
    if not _is_state_dict(content):
        raise Refused(f"{path} holds {_kind(content)}, {advice}")
    last = [*content.values()][-1]
    classes = len(last) if last.dim() else 1
    shapes = {name: tensor.shape for name, tensor in content.items()}
    for name in list_models() if classes <= _MAX_CLASSES else ():
        model = build(name, classes)
        if {key: value.shape for key, value in model.state_dict().items()} == shapes:
            model.load_state_dict(content)
            preset = LeNet_Weights.DEFAULT.transforms()
            note = f"{path} holds the weights of a {name} and no more: classes are numbered, images normalized as built in"
            numbers = [str(number) for number in range(classes)]
            return Classifier(model.eval(), numbers, preset.mean[0], preset.std[0], {}, note)
    raise Refused(f"{path} holds {_kind(content)}, that fit no network here: {advice}")


def _built_in() -> Classifier:
    weights = LeNet_Weights.DEFAULT
    model = build("lenet", len(weights.meta["categories"]))
    model.load_state_dict(weights.get_state_dict())
    preset = weights.transforms()
    return Classifier(model.eval(), weights.meta["categories"], preset.mean[0], preset.std[0], {})
