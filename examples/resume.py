"""A training run that can be killed at any moment and goes on where it was, to the same bits.

python examples/resume.py --checkpoint run.pt            # kill it, start it again, as often as you like
python examples/resume.py --checkpoint run.pt --smoke    # a few seconds

Everything that decides how the run continues is in the checkpoint: weights, optimizer, schedule, the loader's place in the epoch, and the
random stream. `lucet.save` writes beside the old file and renames, so there is a whole checkpoint at every moment.
"""

import argparse
import hashlib
from pathlib import Path
from typing import Any

import lucet
import lucet.nn.functional as F
from lucet import nn, optim
from lucet.optim.lr_scheduler import CosineAnnealingLR
from lucet.utils.data import DataLoader, Subset
from lucetvision import transforms
from lucetvision.datasets import FashionMNISTMini


def shifted(image: lucet.Tensor) -> lucet.Tensor:
    """The image moved by up to two pixels each way: a random transform of one's own."""
    down, right = lucet.randint(0, 5, (2,)).tolist()
    return F.pad(image, (2, 2, 2, 2))[:, down : down + 28, right : right + 28]


class Run:
    """All that a run consists of, and how it is saved and taken up again."""

    def __init__(self, args: argparse.Namespace) -> None:
        lucet.manual_seed(args.seed)
        augment = transforms.Compose([transforms.RandomHorizontalFlip(), transforms.ToTensor(), shifted])
        images = Subset(FashionMNISTMini(train=True, transform=augment), range(args.images))
        self.model = nn.Sequential(
            nn.Conv2d(1, 8, 3, 2), nn.BatchNorm2d(8), nn.ReLU(), nn.Conv2d(8, 16, 3, 2), nn.ReLU(), nn.Dropout(0.2), nn.Flatten(), nn.Linear(576, 10)
        )  # fmt: skip
        self.loader: DataLoader[Any] = DataLoader(
            images,
            batch_size=32,
            shuffle=True,
            num_workers=args.workers,
            worker_type=args.worker_type if args.workers else None,
        )
        self.optimizer = optim.SGD(self.model.parameters(), lr=0.05, momentum=0.9)
        self.schedule = CosineAnnealingLR(self.optimizer, args.epochs * len(self.loader))
        self.epoch = 0

    def parts(self) -> dict[str, Any]:
        return {"model": self.model, "optimizer": self.optimizer, "schedule": self.schedule, "loader": self.loader}

    def save(self, path: Path) -> None:
        state = {name: part.state_dict() for name, part in self.parts().items()}
        lucet.save(state | {"epoch": self.epoch, "random": lucet.get_rng_state()}, path)

    def load(self, path: Path) -> None:
        state = lucet.load(path)
        for name, part in self.parts().items():
            part.load_state_dict(state[name])
        self.epoch = state["epoch"]
        lucet.set_rng_state(state["random"])

    def step(self, images: lucet.Tensor, labels: lucet.Tensor) -> float:
        self.optimizer.zero_grad()
        loss = F.cross_entropy(self.model(images), labels)
        loss.backward()
        self.optimizer.step()
        self.schedule.step()
        return float(loss.item())

    def digest(self) -> str:
        """A fingerprint of all weights, buffers and optimizer states."""
        found = hashlib.sha256()
        for tensor in [
            *self.model.state_dict().values(),
            *(t for s in self.optimizer.state.values() for t in s.values()),
        ]:
            if isinstance(tensor, lucet.Tensor):
                found.update(tensor.numpy().tobytes())
        return found.hexdigest()


def main() -> None:
    parser = argparse.ArgumentParser(description="a training run that can be killed and resumed")
    parser.add_argument("--checkpoint", type=Path, default=Path("run.pt"), metavar="FILE")
    parser.add_argument("--epochs", type=int, default=4, metavar="N")
    parser.add_argument("--images", type=int, default=1000, metavar="N", help="to train on (default: 1000)")
    parser.add_argument("--workers", type=int, default=2, metavar="N")
    parser.add_argument("--worker-type", choices=["thread", "process"], default="thread")
    parser.add_argument("--every", type=int, default=1, metavar="N", help="steps between checkpoints (default: 1)")
    parser.add_argument("--seed", type=int, default=1, metavar="S")
    parser.add_argument("--smoke", action="store_true", help="a few seconds, to see it run")
    args = parser.parse_args()
    if args.smoke:
        args.epochs, args.images = 2, 320
    run = Run(args)
    if args.checkpoint.exists():
        run.load(args.checkpoint)
        print(f"going on in epoch {run.epoch}, behind batch {run.loader.state_dict().get('done', 0)}", flush=True)
    while run.epoch < args.epochs:
        loss = float("nan")  # stays so where the last run was killed behind the last batch
        for number, (images, labels) in enumerate(run.loader, 1):
            loss = run.step(images, labels)
            if number % args.every == 0:
                run.save(args.checkpoint)
        run.epoch += 1
        run.save(args.checkpoint)
        print(f"epoch {run.epoch}  loss {loss:.4f}", flush=True)
    print(f"weights {run.digest()}")


if __name__ == "__main__":
    main()
