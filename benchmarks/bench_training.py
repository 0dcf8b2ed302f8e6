"""The main job from start to finish: a whole `lucetvision train`, beside the same run written with torch.

    python benchmarks/bench_training.py                       six epochs over the embedded images, the command's defaults
    python benchmarks/bench_training.py --data FOLDER         one epoch over Fashion-MNIST's idx files as well
                                                              (default: where Debian's dataset-fashion-mnist puts them)

Both train the MNIST network with Adam on a one-cycle schedule, from the same weights, over the same batches with the same
images mirrored, validate after each epoch and test at the end. torch's side is the leanest way to write that: images
normalised once, batches cut by index, no loader; lucet's is the command with its loader, transforms and checkpoints. Each
run is a process of its own, alternating, timed from start to exit; accuracies are compared before times are told.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).parent))
from _networks import networks
from _pair import about, need_torch

DEBIAN = Path("/usr/share/datasets/fashion-mnist")
EPOCHS = {"embedded": 6, "folder": 1}
LOSS_TOLERANCE = 0.02  # of the first epoch's mean loss, relative: rounding grows with every step
ACCURACY_TOLERANCE = 0.015  # of the test accuracy, absolute


# --- what both train on --------------------------------------------------------------------------------------------------


def record(data: str, epochs: int, limit: int | None, target: Path) -> None:
    """Write images, labels, and what lucet's loader draws with seed 0: the order of each epoch and who is mirrored."""
    import lucet
    from lucet.utils.data import DataLoader
    from lucetvision.cli.data import MEAN, STD, load_test, load_training

    parts = load_training(data, True, limit)
    dataset, test = parts.train.dataset, load_test(data)
    images, labels = dataset.data.numpy(), dataset.targets.numpy()
    dataset.data = lucet.zeros_like(dataset.data)
    dataset.data[:, :, 0] = 255  # tells a mirrored image
    dataset.targets = lucet.arange(len(labels))  # and which one it is
    loader = DataLoader(parts.train, 64, shuffle=True, generator=lucet.Generator().manual_seed(0))
    mirrored, order = [], []
    for _ in range(epochs):
        batches = [((x[:, 0, 0, 0] < x[:, 0, 0, -1]).numpy(), index.numpy()) for x, index in loader]
        mirrored.append(np.concatenate([batch[0] for batch in batches]))
        order.append(np.concatenate([batch[1] for batch in batches]))
    np.savez(
        target,
        images=images,
        labels=labels,
        test_images=test.data.numpy(),
        test_labels=test.targets.numpy(),
        order=np.stack(order),
        mirrored=np.stack(mirrored),
        validation=parts.validation.indices,
        scale=(MEAN, STD),
    )


# --- the two runs --------------------------------------------------------------------------------------------------------


def train_with_torch(file: Path, threads: int) -> None:
    """The run of `lucetvision train`, written with torch; prints the mean loss of the first epoch and the accuracy."""
    import torch
    import torch.nn.functional as F

    torch.set_num_threads(threads)
    saved = np.load(file)
    mean, std = saved["scale"].tolist()

    def batch_of(images, index, mirrored=None):
        chosen = images[index].unsqueeze(1).float().div_(255).sub_(mean).div_(std)
        return chosen if mirrored is None else torch.where(mirrored.view(-1, 1, 1, 1), chosen.flip(3), chosen)

    def accuracy(images, labels, indices):
        model.eval()
        with torch.no_grad():
            parts = indices.split(1000)
            return sum((model(batch_of(images, i)).argmax(1) == labels[i]).sum().item() for i in parts) / len(indices)

    images, labels = torch.from_numpy(saved["images"]), torch.from_numpy(saved["labels"]).long()
    test_images, test_labels = torch.from_numpy(saved["test_images"]), torch.from_numpy(saved["test_labels"]).long()
    orders, flips = torch.from_numpy(saved["order"]), torch.from_numpy(saved["mirrored"]).bool()
    torch.manual_seed(0)
    model = networks(torch)["MNIST network"][0]()
    optimizer = torch.optim.Adam(model.parameters(), lr=3e-3)
    steps = sum(len(order.split(64)) for order in orders)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, 3e-3, total_steps=steps)
    losses = []
    for order, mirrored in zip(orders, flips, strict=True):
        model.train()
        total = 0.0
        for index, flipped in zip(order.split(64), mirrored.split(64), strict=True):
            optimizer.zero_grad()
            loss = F.nll_loss(model(batch_of(images, index, flipped)), labels[index])
            total += loss.item() * len(index)
            loss.backward()
            optimizer.step()
            schedule.step()
        losses.append(total / len(order))
        accuracy(images, labels, torch.from_numpy(saved["validation"]))
    found = accuracy(test_images, test_labels, torch.arange(len(test_labels)))
    print(json.dumps({"loss": losses[0], "accuracy": found, "about": about("torch", torch)}))


def lucet_run(data: str, epochs: int, limit: int | None, threads: int, folder: str) -> tuple[dict, float, int]:
    command = ["-m", "lucetvision", "train", "--epochs", str(epochs), "--threads", str(threads), "--runs", folder]
    command += [] if data == "embedded" else ["--data", data]
    command += [] if limit is None else ["--limit", str(limit)]
    _, seconds, peak = timed([*command, "--name", "run"])
    rows = [json.loads(line) for line in Path(folder, "run", "metrics.jsonl").read_text().splitlines()]
    return {"loss": rows[0]["train_loss"], "accuracy": rows[-1]["test_accuracy"]}, seconds, peak


def torch_run(file: Path, threads: int) -> tuple[dict, float, int]:
    output, seconds, peak = timed([__file__, "--torch", str(file), "--threads", str(threads)])
    return json.loads(output.splitlines()[-1]), seconds, peak


def timed(arguments: list[str]) -> tuple[str, float, int]:
    """Output, seconds and peak memory in bytes of one Python process."""
    with tempfile.TemporaryFile("w+") as output, tempfile.TemporaryFile("w+") as complaints:
        start = time.perf_counter()
        child = subprocess.Popen([sys.executable, *arguments], stdout=output, stderr=complaints)
        _, status, usage = os.wait4(child.pid, 0)  # what this child alone has used
        seconds = time.perf_counter() - start
        child.returncode = os.waitstatus_to_exitcode(status)
        output.seek(0)
        complaints.seek(0)
        if child.returncode:
            raise SystemExit(f"{arguments}: exit code {child.returncode}\n{complaints.read()}")
        return output.read(), seconds, usage.ru_maxrss * (1 if sys.platform == "darwin" else 1024)


# --- comparison ----------------------------------------------------------------------------------------------------------


def compare(name: str, data: str, epochs: int, options: argparse.Namespace) -> None:
    """Run both in turn, compare what they learnt, then print times and memory."""
    ours, theirs = [], []
    with tempfile.TemporaryDirectory() as folder:
        recorded = Path(folder, "recorded.npz")
        limit = [] if options.limit is None else ["--limit", str(options.limit)]
        timed([__file__, "--epochs", str(epochs), *limit, "--record", data, str(recorded)])
        for turn in range(options.rounds):
            ours.append(lucet_run(data, epochs, options.limit, options.threads, f"{folder}/{turn}"))
            theirs.append(torch_run(recorded, options.threads))
    a, b = ours[0][0], theirs[0][0]
    print(f"{name}, {epochs} epoch(s), {options.threads} threads; {b['about']}")
    print(f"  loss of epoch 1    lucet {a['loss']:.5f}   torch {b['loss']:.5f}")
    print(f"  test accuracy      lucet {a['accuracy']:.2%}   torch {b['accuracy']:.2%}")
    if abs(a["loss"] / b["loss"] - 1) > LOSS_TOLERANCE or abs(a["accuracy"] - b["accuracy"]) > ACCURACY_TOLERANCE:
        raise SystemExit(f"{name}: the two did not learn the same")
    ratio = statistics.median(x[1] / y[1] for x, y in zip(ours, theirs, strict=True))
    print(f"  whole process      {ratio:.3f} (lucet time / torch time, median of {options.rounds})")
    for label, runs in (("lucet", ours), ("torch", theirs)):
        print(f"    {label:5} {min(run[1] for run in runs):7.1f} s   peak {max(run[2] for run in runs) / 1e6:7.0f} MB")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", default=str(DEBIAN), metavar="FOLDER")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--epochs", type=int, help="other than 6 and 1")
    parser.add_argument("--limit", type=int, help="training images, for a quick look")
    parser.add_argument("--record", nargs=2, metavar=("DATA", "FILE"), help=argparse.SUPPRESS)
    parser.add_argument("--torch", metavar="FILE", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.record:
        record(options.record[0], options.epochs, options.limit, Path(options.record[1]))
    elif options.torch:
        train_with_torch(Path(options.torch), options.threads)
    else:
        need_torch()
        compare("embedded images", "embedded", options.epochs or EPOCHS["embedded"], options)
        if Path(options.data).is_dir():
            compare("Fashion-MNIST", options.data, options.epochs or EPOCHS["folder"], options)
        else:
            print(f"Fashion-MNIST: left out, there is no {options.data}")


if __name__ == "__main__":
    main()
