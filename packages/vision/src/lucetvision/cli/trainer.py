"""The training loop and all of its state, which a checkpoint holds whole. Prints nothing, writes no files."""

import math
import time
from collections.abc import Callable, Iterator
from typing import Any

import lucet
from lucet.optim import Adam
from lucet.optim.lr_scheduler import OneCycleLR
from lucet.utils.data import DataLoader, Dataset

from . import checkpoint
from .data import MEAN, STD, TrainingData
from .refusal import Refused, one_line
from .score import Score, loss_function, score

TIMES = ("seconds", "images_per_second")  # the fields of a metrics row that two equal runs need not share


class Trainer:
    """One run: network, optimizer, schedule, loader, position and the metrics so far."""

    def __init__(self, settings: dict[str, Any], data: TrainingData, workers: int) -> None:
        self.settings = settings
        self.data = data
        lucet.manual_seed(settings["seed"])
        self.model = checkpoint.build(settings["model"], len(data.classes))
        self.loss_of = loss_function(self.model)
        # the loader has a generator of its own, so the model's draws do not depend on when batches are prepared
        self.order = lucet.Generator().manual_seed(settings["seed"])
        self.loader = DataLoader(
            data.train, settings["batch_size"], shuffle=True, num_workers=workers, generator=self.order
        )
        self.optimizer = Adam(self.model.parameters(), lr=settings["lr"])
        self.schedule = None
        if settings["schedule"] == "onecycle":
            steps = settings["epochs"] * len(self.loader)
            self.schedule = OneCycleLR(self.optimizer, settings["lr"], total_steps=steps)
        self.epoch = 0
        self.metrics: list[dict[str, Any]] = []
        self._start_epoch()

    def _start_epoch(self) -> None:
        self.step, self.images, self.correct = 0, 0, 0
        self.loss_sum, self.seconds = 0.0, 0.0

    @property
    def trained(self) -> bool:
        """Whether all epochs are done; the test may still be missing."""
        return self.epoch >= self.settings["epochs"]

    @property
    def finished(self) -> bool:
        """Whether nothing is left to do, the test included."""
        return self.trained and "test_accuracy" in self.metrics[-1]

    @property
    def loss(self) -> float:
        """Mean training loss of the epoch so far."""
        return self.loss_sum / max(self.images, 1)

    @property
    def accuracy(self) -> float:
        """Share of the epoch's images so far that were classified right when they were trained on."""
        return self.correct / max(self.images, 1)

    def batches(self) -> Iterator[int]:
        """Train on what is left of the epoch; yields the number of images after each whole step, where it may stop."""
        if self.step == len(self.loader):
            return
        self.model.train()
        started, batches = time.monotonic(), iter(self.loader)
        for images, targets in batches:
            self._step(images, targets)
            if self.step == len(self.loader):
                next(batches, None)  # nothing comes, but the loader's state now says that its pass is over
            now = time.monotonic()
            self.seconds, started = self.seconds + now - started, now
            yield len(targets)

    def _step(self, images: lucet.Tensor, targets: lucet.Tensor) -> None:
        self.optimizer.zero_grad()
        output = self.model(images)
        loss = self.loss_of(output, targets)
        value = loss.item()
        if not math.isfinite(value):
            raise Refused(f"the loss is {value} in epoch {self.epoch + 1}, step {self.step + 1}: try a lower --lr")
        loss.backward()
        self.optimizer.step()
        if self.schedule is not None:
            self.schedule.step()
        self.step += 1
        self.images += len(targets)
        self.loss_sum += value * len(targets)
        self.correct += int((output.detach().argmax(1) == targets).sum())

    def validate(self, after_batch: Callable[[], None]) -> dict[str, Any]:
        """End the epoch: score the validation images and return the epoch's row of metrics."""
        result = score(self.model, self.data.validation, len(self.data.classes), after_batch)
        row = {
            "epoch": self.epoch + 1,
            "train_loss": self.loss,
            "train_accuracy": self.accuracy,
            "validation_loss": result.loss,
            "validation_accuracy": result.accuracy,
            "seconds": round(self.seconds, 3),
            "images_per_second": round(self.images / max(self.seconds, 1e-9), 1),
        }
        self.metrics.append(row)
        self.epoch += 1
        self._start_epoch()
        return row

    def test(self, dataset: Dataset, after_batch: Callable[[], None]) -> Score:
        """Score the test images and add the row of metrics that ends the run."""
        result = score(self.model, dataset, len(self.data.classes), after_batch)
        self.metrics.append({"test_loss": result.loss, "test_accuracy": result.accuracy, "test_images": result.images})
        return result

    def state(self) -> dict[str, Any]:
        """All that going on to the same bits needs, as a checkpoint's content."""
        return {
            "format": checkpoint.FORMAT,
            "version": checkpoint.VERSION,
            "settings": self.settings,
            "classes": self.data.classes,
            "mean": MEAN,
            "std": STD,
            "model": self.model.state_dict(),
            "optimizer": self.optimizer.state_dict(),
            "schedule": None if self.schedule is None else self.schedule.state_dict(),
            "generator": lucet.get_rng_state(),
            "order": self.order.get_state(),
            "loader": self.loader.state_dict(),
            "epoch": self.epoch,
            "metrics": self.metrics,
            "progress": [self.step, self.images, self.correct, self.loss_sum, self.seconds],
        }

    def restore(self, content: dict[str, Any], path: str) -> None:
        """Go back to the state in a checkpoint; Refused, naming `path`, when it does not fit this run."""
        checkpoint.load_weights(self.model, content, path)
        try:
            self.optimizer.load_state_dict(content["optimizer"])
            if self.schedule is not None:
                self.schedule.load_state_dict(content["schedule"])
            self.order.set_state(content["order"])
            self.loader.load_state_dict(content["loader"])
            self._set_position(content["epoch"], content["metrics"], content["progress"])
            lucet.set_rng_state(content["generator"])
        except Exception as cause:
            raise Refused(f"{path} does not fit this run: {one_line(cause)}") from cause

    def _set_position(self, epoch: int, metrics: list[dict[str, Any]], progress: list[Any]) -> None:
        self.epoch, self.metrics = epoch, metrics
        self.step, self.images, self.correct, self.loss_sum, self.seconds = progress
        rows = [row.get("epoch") for row in metrics]
        if rows[:epoch] != list(range(1, epoch + 1)) or len(rows) > epoch + self.trained:
            raise ValueError(f"its metrics have epochs {rows}, its position is epoch {epoch}")
        if not 0 <= self.step <= len(self.loader):
            raise ValueError(f"its position is step {self.step} of {len(self.loader)}")
