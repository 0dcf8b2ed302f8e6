"""A program with types, checked by `dev.py types` in mypy's strict mode: what users can rely on."""

import lucet
import lucet.nn.functional as F
from lucet import Tensor, nn, optim


class Net(nn.Module):
    def __init__(self, features: int) -> None:
        super().__init__()
        self.fc = nn.Linear(features, 10)
        self.scale: Tensor = lucet.ones(10)

    def forward(self, x: Tensor) -> Tensor:
        hidden: Tensor = self.fc(x)
        return hidden.relu() * self.scale


class Cube(lucet.autograd.Function):
    @staticmethod
    def forward(ctx: lucet.autograd.function.FunctionCtx, x: Tensor) -> Tensor:
        ctx.save_for_backward(x)
        return x**3


def sizes(x: Tensor) -> tuple[int, lucet.Size, list[int]]:
    n: int = x.size(0)
    shape: lucet.Size = x.shape
    return n, shape, [int(s) for s in x.stride()]


def reductions(x: Tensor) -> Tensor:
    values, indices = x.max(dim=1)
    best: Tensor = lucet.topk(x, 2).values
    whole: Tensor = x.max()
    parts: tuple[Tensor, ...] = lucet.split(x, 2)
    places: tuple[Tensor, ...] = x.nonzero(as_tuple=True)
    close: bool = lucet.allclose(x, x)
    return values.sum() + best.sum() + whole + indices.float().mean() + len(parts) + len(places) + close


def kinds(x: Tensor) -> lucet.dtype:
    y: Tensor = x.to(lucet.float64).float().to("cpu")
    z: Tensor = lucet.where(x > 0, x, 0.0) + lucet.zeros(2, 3, dtype=lucet.int64) + lucet.full((3,), 1.5)
    part: Tensor = z[0, None, ..., 1:]
    number: float = float(part.sum().item())
    y.mul_(number).requires_grad_()
    return y.dtype if y.is_floating_point() else lucet.int64


def step(net: Net, optimizer: optim.Optimizer, x: Tensor, target: Tensor) -> float:
    optimizer.zero_grad()
    loss = F.cross_entropy(net(x), target)
    loss.backward()
    with lucet.no_grad():
        for parameter in net.parameters():
            if parameter.grad is not None:
                parameter.grad.clamp_(-1, 1)
    optimizer.step()
    return float(loss)


def main() -> None:
    lucet.manual_seed(0)
    net = Net(4)
    x, target = lucet.randn(8, 4), lucet.randint(0, 10, (8,))
    print(step(net, optim.SGD(net.parameters(), lr=0.1), x, target), reductions(x), kinds(x), sizes(x))
    lucet.save(net.state_dict(), "net.pt")


if __name__ == "__main__":
    main()
