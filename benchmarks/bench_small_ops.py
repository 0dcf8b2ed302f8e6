"""Small ops, where the way to the kernel is all the time: operator, method, function and out= forms, with and without grad.

    python benchmarks/bench_small_ops.py            lucet time / torch time, alternating child processes

`small` and `chain` are the figures in the README; the other groups are what else a training script calls on small tensors.
"""

import sys
from pathlib import Path

import numpy

sys.path.insert(0, str(Path(__file__).parent))
from _pair import main


def inputs(lib, dtype, n, grad=False):
    values = [(i * 7 % 11) + 1 for i in range(n)]
    t = lib.tensor(values, dtype=dtype)
    return t.requires_grad_() if grad else t


def cases(lib):
    lib.manual_seed(0)          # random cases are compared too, in one order
    found = small(lib) | chain(lib)
    for group in (random, make, leave, shape, pick, reduce, choose, network, backward, module):
        found |= {f"{group.__name__}:{name}": case for name, case in group(lib).items()}
    return found


def small(lib):
    found = {}
    for n in (1, 10, 1000):
        for name in ("float32", "float64", "int64"):
            dtype = getattr(lib, name)
            a, b, out = inputs(lib, dtype, n), inputs(lib, dtype, n), inputs(lib, dtype, n)
            tag = f"small:{name} n={n}"
            found |= {
                f"{tag} a + b": lambda a=a, b=b: a + b,
                f"{tag} a * 2": lambda a=a: a * 2,
                f"{tag} 2 * a": lambda a=a: 2 * a,
                f"{tag} a > b": lambda a=a, b=b: a > b,
                f"{tag} add(a, b)": lambda a=a, b=b: lib.add(a, b),
                f"{tag} a.add(b)": lambda a=a, b=b: a.add(b),
                f"{tag} add out=": lambda a=a, b=b, out=out: lib.add(a, b, out=out),
                f"{tag} relu(a)": lambda a=a: lib.relu(a),
                f"{tag} a.relu()": lambda a=a: a.relu(),
                f"{tag} sum(a)": lambda a=a: lib.sum(a),
                f"{tag} a.sum()": lambda a=a: a.sum(),
            }
        a, b = inputs(lib, lib.float32, n), inputs(lib, lib.int64, n)
        found[f"small:mixed n={n} f32 + i64"] = lambda a=a, b=b: a + b
        z = lib.tensor(2.0, dtype=lib.float64)
        found[f"small:mixed n={n} f32 + 0-dim f64"] = lambda a=a, z=z: a + z
        g = inputs(lib, lib.float32, n, grad=True)
        found |= {
            f"small:grad n={n} g + a": lambda g=g, a=a: g + a,
            f"small:grad n={n} g * 2": lambda g=g: g * 2,
            f"small:grad n={n} 2 * g": lambda g=g: 2 * g,
            f"small:grad n={n} relu(g)": lambda g=g: lib.relu(g),
            f"small:grad n={n} g.sum()": lambda g=g: g.sum(),
        }
    row, column = inputs(lib, lib.float32, 10), inputs(lib, lib.float32, 10).view(10, 1)
    scalar = lib.tensor(3.0)
    grid = inputs(lib, lib.float32, 100).view(10, 10)
    rows = lib.tensor([1, 3, 5])
    gradient = inputs(lib, lib.float32, 10, grad=True)
    found |= {
        "small:broadcast (10,1) + (10,)": lambda: column + row,
        "small:broadcast (10,10) + (10,)": lambda: grid + row,
        "small:0-dim + 0-dim": lambda: scalar + scalar,
        "small:view x.view(2, 5)": lambda: row.view(2, 5),
        "small:view x.t()": lambda: grid.t(),
        "small:view x[:, None]": lambda: row[:, None],
        "small:view x.reshape(-1)": lambda: grid.reshape(-1),
        "small:view x.unsqueeze(0)": lambda: row.unsqueeze(0),
        "small:view transpose": lambda: grid.transpose(0, 1),
        "small:view permute": lambda: grid.permute(1, 0),
        "small:view grad x.view(2, 5)": lambda: gradient.view(2, 5),
        "small:index x[0]": lambda: grid[0],
        "small:index x[2, 3]": lambda: grid[2, 3],
        "small:index x[1:7]": lambda: row[1:7],
        "small:index x[:, 2]": lambda: grid[:, 2],
        "small:index x[rows]": lambda: grid[rows],
    }
    return found


def chain(lib):
    start = inputs(lib, lib.float32, 4, grad=True)

    def forward_backward():
        start.grad = None
        y = start
        for _ in range(10):
            y = y * 1.01 + start
            y = (y.relu() - 0.5) * 0.9
        y.sum().backward()
        return start.grad

    return {"chain:40 small ops forward and backward": forward_backward}


def random(lib):
    x, weights = inputs(lib, lib.float32, 10), inputs(lib, lib.float32, 10)
    generator = lib.Generator()
    return {
        "rand(10)": lambda: lib.rand(10),
        "rand(2, 3)": lambda: lib.rand(2, 3),
        "randn(10)": lambda: lib.randn(10),
        "randn(64)": lambda: lib.randn(64),
        "randint(10, (10,))": lambda: lib.randint(10, (10,)),
        "randperm(10)": lambda: lib.randperm(10),
        "rand_like": lambda: lib.rand_like(x),
        "uniform_": lambda: x.uniform_(),
        "normal_": lambda: x.normal_(),
        "bernoulli_": lambda: x.bernoulli_(0.5),
        "multinomial": lambda: lib.multinomial(weights, 3),
        "manual_seed": lambda: generator.manual_seed(7).initial_seed(),
        "Generator().manual_seed": lambda: lib.Generator().manual_seed(7).initial_seed(),
        "Generator().manual_seed, rand": lambda: lib.rand(2, generator=lib.Generator().manual_seed(7)),
    }


def make(lib):
    x = inputs(lib, lib.float32, 10)
    numbers, rows, whole = [1.0, 2.0, 3.0], [[1.0, 2.0], [3.0, 4.0]], list(range(10))
    array = numpy.arange(10, dtype=numpy.float32)
    return {
        "empty(10)": lambda: (lib.empty(10), None)[1],
        "empty_like": lambda: (lib.empty_like(x), None)[1],
        "zeros(10)": lambda: lib.zeros(10),
        "zeros(2, 3, dtype=)": lambda: lib.zeros(2, 3, dtype=lib.int64),
        "zeros_like": lambda: lib.zeros_like(x),
        "ones(10)": lambda: lib.ones(10),
        "full((10,), 2.0)": lambda: lib.full((10,), 2.0),
        "arange(10)": lambda: lib.arange(10),
        "linspace(0, 1, 10)": lambda: lib.linspace(0, 1, 10),
        "eye(3)": lambda: lib.eye(3),
        "tensor(1.0)": lambda: lib.tensor(1.0),
        "tensor([3 floats])": lambda: lib.tensor(numbers),
        "tensor([[4 floats]])": lambda: lib.tensor(rows),
        "tensor([10 ints])": lambda: lib.tensor(whole),
        "tensor(array)": lambda: lib.tensor(array),
        "from_numpy": lambda: lib.from_numpy(array),
        "as_tensor(array)": lambda: lib.as_tensor(array),
        "clone": lambda: x.clone(),
        "copy_": lambda: x.copy_(x),
        "fill_": lambda: x.fill_(1.0),
        "zero_": lambda: x.zero_(),
    }


def leave(lib):
    x, one, whole = inputs(lib, lib.float32, 10), lib.tensor(2.5), lib.arange(10)
    grid, g = inputs(lib, lib.float32, 100).view(10, 10), inputs(lib, lib.float32, 10, grad=True)
    return {
        "item": lambda: one.item(),
        "float(x)": lambda: float(one),
        "bool(x)": lambda: bool(one),
        "tolist": lambda: x.tolist(),
        "tolist (10, 10)": lambda: grid.tolist(),
        "numpy": lambda: x.numpy(),
        "shape": lambda: (x.shape, None)[1],
        "size(0)": lambda: x.size(0),
        "numel": lambda: x.numel(),
        "len": lambda: len(x),
        "double": lambda: x.double(),
        "int to float": lambda: whole.float(),
        "to(float32), as it is": lambda: x.to(lib.float32),
        "detach": lambda: g.detach(),
        "requires_grad": lambda: g.requires_grad,
    }


def shape(lib):
    x, grid, line = inputs(lib, lib.float32, 10), inputs(lib, lib.float32, 100).view(10, 10), inputs(lib, lib.float32, 10).view(1, 10)
    image, g = inputs(lib, lib.float32, 48).view(1, 3, 4, 4), inputs(lib, lib.float32, 10, grad=True)
    turned = grid.t()
    return {
        "contiguous, as it is": lambda: grid.contiguous(),
        "contiguous, turned": lambda: turned.contiguous(),
        "reshape(5, 20)": lambda: grid.reshape(5, 20),
        "reshape, copying": lambda: turned.reshape(-1),
        "expand": lambda: line.expand(10, 10),
        "flatten(1)": lambda: image.flatten(1),
        "squeeze": lambda: line.squeeze(0),
        "narrow": lambda: x.narrow(0, 1, 3),
        "cat two": lambda: lib.cat([x, x]),
        "cat two, dim=1": lambda: lib.cat((grid, grid), dim=1),
        "cat grad": lambda: lib.cat([g, g]),
        "stack three": lambda: lib.stack([x, x, x]),
        "split(5)": lambda: x.split(5),
        "chunk(2)": lambda: x.chunk(2),
        "unbind": lambda: line.unbind(1),
        "repeat": lambda: x.repeat(2),
        "flip": lambda: x.flip(0),
        "tril": lambda: grid.tril(),
    }


def pick(lib):
    x, grid, rows = inputs(lib, lib.float32, 10), inputs(lib, lib.float32, 100).view(10, 10), lib.tensor([1, 3, 5])
    mask, at, value = x > 5, lib.tensor([[1], [3], [5]]), lib.tensor(1.0)
    g = inputs(lib, lib.float32, 10, grad=True)

    def put(key, what):
        def run():
            x[key] = what
            return x

        return run

    return {
        "x[:, rows]": lambda: grid[:, rows],
        "x[rows, rows]": lambda: grid[rows, rows],
        "x[mask]": lambda: x[mask],
        "x[..., None]": lambda: x[..., None],
        "x[list]": lambda: grid[[1, 3, 5]],
        "grad x[2]": lambda: g[2],
        "grad x[rows]": lambda: g[rows],
        "x[2] = 1.0": put(2, 1.0),
        "x[2] = tensor": put(2, value),
        "x[1:4] = 1.0": put(slice(1, 4), 1.0),
        "x[rows] = 1.0": put(rows, 1.0),
        "x[mask] = 1.0": put(mask, 1.0),
        "masked_select": lambda: lib.masked_select(x, mask),
        "masked_fill": lambda: x.masked_fill(mask, 0.0),
        "gather": lambda: lib.gather(grid[:3], 1, at),
        "scatter_": lambda: grid.scatter_(1, at, 1.0),
        "index_select": lambda: lib.index_select(grid, 0, rows),
        "nonzero": lambda: lib.nonzero(mask),
        "where": lambda: lib.where(mask, x, x),
        "where, number": lambda: lib.where(mask, x, 0.0),
        "one_hot": lambda: lib.nn.functional.one_hot(rows, 10),
    }


def reduce(lib):
    x, grid = inputs(lib, lib.float32, 10), inputs(lib, lib.float32, 100).view(10, 10)
    mask, g = x > 5, inputs(lib, lib.float32, 10, grad=True)
    return {
        "sum(1)": lambda: grid.sum(1),
        "mean": lambda: x.mean(),
        "mean(0)": lambda: grid.mean(0),
        "max": lambda: x.max(),
        "max(1)": lambda: grid.max(1),
        "min(1)": lambda: grid.min(1),
        "argmax": lambda: x.argmax(),
        "argmax(1)": lambda: grid.argmax(1),
        "amax(1)": lambda: grid.amax(1),
        "var": lambda: x.var(),
        "std(0)": lambda: grid.std(0),
        "norm": lambda: x.norm(),
        "prod": lambda: x.prod(),
        "any": lambda: mask.any(),
        "all": lambda: mask.all(),
        "mask.sum()": lambda: mask.sum(),
        "cumsum": lambda: x.cumsum(0),
        "softmax": lambda: lib.softmax(grid, 1),
        "log_softmax": lambda: lib.log_softmax(grid, 1),
        "grad log_softmax": lambda: lib.log_softmax(g, 0),
        "logsumexp": lambda: lib.logsumexp(grid, 1),
        "grad mean": lambda: g.mean(),
    }


def choose(lib):
    x, y, grid = inputs(lib, lib.float32, 10), inputs(lib, lib.float32, 10), inputs(lib, lib.float32, 100).view(10, 10)
    g = inputs(lib, lib.float32, 10, grad=True)
    return {
        "clamp(0, 5)": lambda: x.clamp(0, 5),
        "clamp_(min=0)": lambda: x.clamp_(min=0),
        "grad clamp": lambda: g.clamp(0, 5),
        "maximum": lambda: lib.maximum(x, y),
        "topk": lambda: grid.topk(3, 1)[0],
        "sort": lambda: x.sort(),
        "argsort": lambda: y.argsort(stable=True),
        "equal": lambda: lib.equal(y, y),
        "allclose": lambda: lib.allclose(y, y),
        "isnan": lambda: x.isnan(),
        "unique": lambda: y.unique(),
        "exp": lambda: y.exp(),
        "sigmoid": lambda: y.sigmoid(),
        "tanh": lambda: y.tanh(),
        "sqrt": lambda: y.sqrt(),
        "pow 2": lambda: y**2,
        "mul_ add_": lambda: x.mul_(0.5).add_(y, alpha=0.1),
        "a @ b": lambda: grid @ grid,
        "mv": lambda: grid @ y,
        "addmm": lambda: lib.addmm(y, grid, grid),
    }


def net(lib, grad):
    """Layers of a small network: {name: (function, the tensors it is differentiated by)}."""
    f = lib.nn.functional
    batch = (inputs(lib, lib.float32, 80) / 10).view(8, 10)
    image = (inputs(lib, lib.float32, 2 * 3 * 8 * 8) / 10).view(2, 3, 8, 8)
    weight, bias = (inputs(lib, lib.float32, 50) / 10).view(5, 10), inputs(lib, lib.float32, 5)
    kernel, scale, shift = (inputs(lib, lib.float32, 4 * 3 * 9) / 10).view(4, 3, 3, 3), lib.ones(3), lib.zeros(3)
    mean, var = lib.zeros(3), lib.ones(3)
    target, wanted = lib.arange(8), lib.ones(8, 10)
    if grad:
        for t in (batch, image, weight, bias, kernel, scale, shift):
            t.requires_grad_()
    return {
        "linear": (lambda: f.linear(batch, weight, bias), (batch, weight, bias)),
        "relu": (lambda: f.relu(batch), (batch,)),
        "gelu": (lambda: f.gelu(batch), (batch,)),
        "softmax": (lambda: f.softmax(batch, 1), (batch,)),
        "cross_entropy": (lambda: f.cross_entropy(batch, target), (batch,)),
        "nll_loss": (lambda: f.nll_loss(batch, target), (batch,)),
        "mse_loss": (lambda: f.mse_loss(batch, wanted), (batch,)),
        "dropout": (lambda: f.dropout(batch, 0.5), (batch,)),
        "conv2d": (lambda: f.conv2d(image, kernel, None, 1, 1), (image, kernel)),
        "max_pool2d": (lambda: f.max_pool2d(image, 2), (image,)),
        "avg_pool2d": (lambda: f.avg_pool2d(image, 2), (image,)),
        "adaptive_avg_pool2d": (lambda: f.adaptive_avg_pool2d(image, 1), (image,)),
        "batch_norm": (lambda: f.batch_norm(image, mean, var, scale, shift, True, 0.0), (image, scale, shift)),
        "batch_norm, eval": (lambda: f.batch_norm(image, mean, var, scale, shift), (image, scale, shift)),
        "layer_norm": (lambda: f.layer_norm(batch, (10,)), (batch,)),
        "embedding": (lambda: f.embedding(target, batch), (batch,)),
        "pad": (lambda: f.pad(image, (1, 1, 1, 1)), (image,)),
    }


def network(lib):
    plain, recorded = net(lib, grad=False), net(lib, grad=True)
    return {name: call for name, (call, _) in plain.items()} | {f"grad {name}": call for name, (call, _) in recorded.items()}


def backward(lib):
    """The way back alone, through a graph that is kept."""

    def back(result, leaves):
        gradient = lib.ones_like(result)

        def run():
            for leaf in leaves:
                leaf.grad = None
            result.backward(gradient, retain_graph=True)
            return [leaf.grad for leaf in leaves]

        return run

    x, grid = inputs(lib, lib.float32, 10, grad=True), (inputs(lib, lib.float32, 100) / 10).view(10, 10).requires_grad_()
    rows, at, mask = lib.tensor([1, 3, 5]), lib.tensor([[1], [3], [5]]), grid.detach() > 0.5
    results = {
        "add": (x + x, x),
        "mul": (x * x, x),
        "sum": (x.sum(), x),
        "mean(1)": (grid.mean(1), grid),
        "max(1)": (grid.max(1)[0], grid),
        "var": (x.var(), x),
        "std(0)": (grid.std(0), grid),
        "where": (lib.where(mask, grid, 0.0), grid),
        "clamp": (x.clamp(2, 5), x),
        "log_softmax": (lib.log_softmax(grid, 1), grid),
        "gather": (grid[:3].gather(1, at), grid),
        "index_select": (grid.index_select(0, rows), grid),
        "x[2]": (grid[2], grid),
        "x[rows]": (grid[rows], grid),
        "x[:, rows]": (grid[:, rows], grid),
        "masked_select": (grid[mask], grid),
        "view": (grid.view(-1), grid),
        "transpose": (grid.t(), grid),
        "expand": (x.expand(3, 10), x),
        "cat": (lib.cat([x, x]), x),
        "stack": (lib.stack([x, x]), x),
        "clone": (x.clone(), x),
        "matmul": (grid @ grid, grid),
        "double": (x.double(), x),
    }
    found = {name: back(result, (leaf,)) for name, (result, leaf) in results.items()}
    return found | {name: back(call(), leaves) for name, (call, leaves) in net(lib, grad=True).items()}


def module(lib):
    nn = lib.nn
    x, target = (inputs(lib, lib.float32, 80) / 10).view(8, 10), lib.arange(8) % 5
    relu, identity, linear, drop, loss = nn.ReLU(), nn.Identity(), nn.Linear(10, 5), nn.Dropout().eval(), nn.CrossEntropyLoss()
    three = nn.Sequential(nn.Linear(10, 10), nn.ReLU(), nn.Linear(10, 5))
    sgd = lib.optim.SGD(three.parameters(), lr=0.0)

    def modes():
        with lib.no_grad():
            pass

    def unrecorded():
        with lib.no_grad():
            return three(x)

    def step():
        sgd.zero_grad()
        result = loss(three(x), target)
        result.backward()
        sgd.step()
        return result

    return {
        "ReLU": lambda: relu(x),
        "Identity": lambda: identity(x),
        "Linear": lambda: linear(x),
        "Dropout eval": lambda: drop(x),
        "Sequential of three": lambda: three(x),
        "Sequential of three, no_grad": unrecorded,
        "CrossEntropyLoss": lambda: loss(linear(x), target),
        "no_grad": modes,
        "zero_grad, no gradients": lambda: three.zero_grad(),
        "parameters": lambda: len(list(three.parameters())),
        "training step": step,
    }


if __name__ == "__main__":
    main(__file__)
