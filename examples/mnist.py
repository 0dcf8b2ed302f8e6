"""The well-known MNIST training script: a small CNN, Adadelta, a learning rate that falls every epoch.

python examples/mnist.py --data DIR         # MNIST idx files in DIR/MNIST/raw, fetched when missing
python examples/mnist.py --embedded         # the Fashion-MNIST subset inside lucetvision, nothing to fetch
"""

import argparse
from typing import Any

import lucet
import lucet.nn.functional as F
from lucet import nn, optim
from lucet.optim.lr_scheduler import StepLR
from lucet.utils.data import DataLoader, Subset
from lucetvision import datasets, transforms
from lucetvision.models import MNISTNet

Images = datasets.MNIST | datasets.FashionMNISTMini | Subset[Any]


def train(
    args: argparse.Namespace, model: nn.Module, loader: DataLoader[Any], optimizer: optim.Optimizer, epoch: int
) -> None:
    model.train()
    for batch, (data, target) in enumerate(loader):
        optimizer.zero_grad()
        loss = F.nll_loss(model(data), target)
        loss.backward()
        optimizer.step()
        if batch % args.log_interval == 0:
            done, total = batch * len(data), len(loader.dataset)  # type: ignore[arg-type]  # not every Dataset has a length
            print(f"Train Epoch: {epoch} [{done}/{total} ({100 * batch / len(loader):.0f}%)]\tLoss: {loss.item():.6f}")
        if args.dry_run:
            break


def test(model: nn.Module, loader: DataLoader[Any]) -> None:
    model.eval()
    loss, correct = 0.0, 0
    with lucet.no_grad():
        for data, target in loader:
            output = model(data)
            loss += F.nll_loss(output, target, reduction="sum").item()
            pred = output.argmax(dim=1, keepdim=True)
            correct += pred.eq(target.view_as(pred)).sum().item()
    total = len(loader.dataset)  # type: ignore[arg-type]
    print(f"\nTest set: Average loss: {loss / total:.4f}, Accuracy: {correct}/{total} ({100 * correct / total:.0f}%)\n")


def parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="lucet MNIST example")
    parser.add_argument("--batch-size", type=int, default=64, metavar="N", help="for training (default: 64)")
    parser.add_argument("--test-batch-size", type=int, default=1000, metavar="N", help="for testing (default: 1000)")
    parser.add_argument("--epochs", type=int, default=14, metavar="N", help="to train (default: 14)")
    parser.add_argument("--lr", type=float, default=1.0, metavar="LR", help="learning rate (default: 1.0)")
    parser.add_argument("--gamma", type=float, default=0.7, metavar="M", help="learning rate factor (default: 0.7)")
    parser.add_argument("--dry-run", action="store_true", help="stop after one batch")
    parser.add_argument("--seed", type=int, default=1, metavar="S", help="random seed (default: 1)")
    parser.add_argument("--log-interval", type=int, default=10, metavar="N", help="batches between lines (default: 10)")
    parser.add_argument("--save-model", action="store_true", help="write mnist_cnn.pt")
    parser.add_argument("--data", default="data", metavar="DIR", help="where MNIST is or goes (default: data)")
    parser.add_argument("--embedded", action="store_true", help="train on the embedded images instead")
    parser.add_argument("--smoke", action="store_true", help="a few seconds on the embedded images, to see it run")
    return parser.parse_args()


def load(args: argparse.Namespace) -> tuple[Images, Images]:
    transform = transforms.Compose([transforms.ToTensor(), transforms.Normalize((0.1307,), (0.3081,))])
    train_set: Images
    test_set: Images
    if args.embedded or args.smoke:
        train_set = datasets.FashionMNISTMini(train=True, transform=transform)
        test_set = datasets.FashionMNISTMini(train=False, transform=transform)
    else:
        train_set = datasets.MNIST(args.data, train=True, download=True, transform=transform)
        test_set = datasets.MNIST(args.data, train=False, transform=transform)
    if args.smoke:
        train_set, test_set = Subset(train_set, range(256)), Subset(test_set, range(200))
    return train_set, test_set


def main() -> None:
    args = parse()
    if args.smoke:
        args.epochs = 1
    lucet.manual_seed(args.seed)
    train_set, test_set = load(args)
    train_loader = DataLoader(train_set, batch_size=args.batch_size, shuffle=True)
    test_loader = DataLoader(test_set, batch_size=args.test_batch_size)

    model = MNISTNet()
    optimizer = optim.Adadelta(model.parameters(), lr=args.lr)
    scheduler = StepLR(optimizer, step_size=1, gamma=args.gamma)
    for epoch in range(1, args.epochs + 1):
        train(args, model, train_loader, optimizer, epoch)
        test(model, test_loader)
        scheduler.step()

    if args.save_model:
        lucet.save(model.state_dict(), "mnist_cnn.pt")


if __name__ == "__main__":
    main()
