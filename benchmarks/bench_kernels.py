"""Kernels one by one: convolution passes, products, optimizers, and what is limited by memory at four million elements.

    python benchmarks/bench_kernels.py              lucet time / torch time, alternating child processes
    python benchmarks/bench_kernels.py --only conv
"""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
from _networks import modules, networks
from _pair import at_its_best, main

# n, c, h, k, kernel, stride, padding, groups
CONVOLUTIONS = {
    "conv3x3": [
        (64, 64, 32, 64, 3, 1, 1, 1),
        (64, 128, 16, 128, 3, 1, 1, 1),
        (64, 256, 8, 256, 3, 1, 1, 1),
        (64, 32, 26, 64, 3, 1, 0, 1),
        (64, 32, 32, 32, 3, 1, 1, 1),
        (128, 32, 16, 32, 3, 1, 1, 1),
        (128, 64, 8, 64, 3, 1, 1, 1),
        (8, 64, 56, 64, 3, 1, 1, 1),
        (8, 512, 7, 512, 3, 1, 1, 1),
        (1, 64, 56, 64, 3, 1, 1, 1),
        (1, 256, 14, 256, 3, 1, 1, 1),
    ],
    "conv3x3 of 16": [(64, 16, 32, 16, 3, 1, 1, 1), (128, 16, 32, 16, 3, 1, 1, 1), (32, 16, 32, 16, 3, 1, 1, 1)],
    "conv": [
        (64, 64, 32, 128, 3, 2, 1, 1),
        (8, 128, 28, 256, 3, 2, 1, 1),
        (1, 256, 14, 512, 3, 2, 1, 1),
        (64, 64, 32, 64, 1, 1, 0, 1),
        (64, 256, 8, 256, 1, 1, 0, 1),
        (8, 64, 56, 128, 1, 2, 0, 1),
        (8, 160, 7, 960, 1, 1, 0, 1),
        (8, 24, 56, 144, 1, 1, 0, 1),
        (64, 3, 32, 64, 3, 1, 1, 1),
        (64, 1, 28, 32, 3, 1, 0, 1),
        (64, 1, 28, 6, 5, 1, 2, 1),
        (64, 6, 14, 16, 5, 1, 0, 1),
        (8, 3, 224, 64, 7, 2, 3, 1),
        (8, 3, 224, 32, 3, 2, 1, 1),
        (8, 32, 112, 32, 3, 1, 1, 32),
        (8, 144, 56, 144, 3, 1, 1, 144),
        (8, 144, 56, 144, 3, 2, 1, 144),
        (8, 384, 14, 384, 3, 1, 1, 384),
        (8, 128, 28, 128, 3, 1, 1, 32),
        (16, 32, 32, 32, 3, 1, 1, 4),
    ],
}
MILLIONS = (64, 64, 32, 32)  # 4 Mi elements


def as_computed(lib, t):
    """`t` as an op of the library leaves its results in memory."""
    weight = lib.ones(t.shape[1], 1, 1, 1)
    with lib.no_grad():
        return modules(lib)[1].conv2d(t, weight, groups=t.shape[1])


def convolutions(lib):
    F, found = modules(lib)[1], {}
    for group, shapes in CONVOLUTIONS.items():
        for n, c, h, k, kernel, stride, padding, groups in shapes:
            lib.manual_seed(0)
            x = as_computed(lib, lib.rand(n, c, h, h) - 0.5).requires_grad_()
            w = (lib.rand(k, c // groups, kernel, kernel) - 0.5).requires_grad_()
            how = {"stride": stride, "padding": padding, "groups": groups}
            y = F.conv2d(x, w, **how)
            g = as_computed(lib, lib.rand(y.shape) - 0.5)
            name = f"{n}x{c}x{h}x{h}, {k} of {kernel}x{kernel}" + (f" /{stride}" if stride > 1 else "") + (f", {groups} groups" if groups > 1 else "")

            def forward(x=x, w=w, how=how):
                with lib.no_grad():
                    return F.conv2d(x, w, **how)

            found[f"{group}:forward {name}"] = forward
            if c > 3:
                found[f"{group}:input gradient {name}"] = lambda y=y, x=x, g=g: lib.autograd.grad(y, x, g, retain_graph=True)[0]
            found[f"{group}:weight gradient {name}"] = lambda y=y, w=w, g=g: lib.autograd.grad(y, w, g, retain_graph=True)[0]
    return found


def products(lib):
    F, found = modules(lib)[1], {}
    for n in (64, 128, 256, 512, 1024, 2048):
        group = "gemm" if n <= 512 else "gemm large"
        a, b = lib.rand(n, n) - 0.5, lib.rand(n, n) - 0.5
        found[f"{group}:{n} NN"] = lambda a=a, b=b: a @ b
        found[f"{group}:{n} NT"] = lambda a=a, b=b: a @ b.t()
        found[f"{group}:{n} TN"] = lambda a=a, b=b: a.t() @ b
    for batch, n in ((64, 64), (16, 128), (8, 256)):
        a, b = lib.rand(batch, n, n) - 0.5, lib.rand(batch, n, n) - 0.5
        found[f"gemm:{batch} of {n} NN"] = lambda a=a, b=b: a @ b
        found[f"gemm:{batch} of {n} NT"] = lambda a=a, b=b: a @ b.transpose(1, 2)
    a64, b64 = lib.rand(256, 256, dtype=lib.float64), lib.rand(256, 256, dtype=lib.float64)
    found["gemm:256 NN float64"] = lambda: a64 @ b64
    for rows, k, n in ((64, 784, 128), (64, 512, 512), (128, 256, 64), (64, 9216, 128)):
        x = (lib.rand(rows, k) - 0.5).requires_grad_()
        w, bias = (lib.rand(n, k) - 0.5).requires_grad_(), lib.rand(n).requires_grad_()

        def forward(x=x, w=w, bias=bias):
            with lib.no_grad():
                return F.linear(x, w, bias)

        y = F.linear(x, w, bias)
        g = lib.rand(y.shape) - 0.5
        group = "gemm" if k <= 784 else "gemm large"
        found[f"{group}:linear {rows}x{k} to {n}"] = forward
        found[f"{group}:linear {rows}x{k} to {n}, gradients"] = lambda y=y, x=x, w=w, bias=bias, g=g: lib.autograd.grad(y, (x, w, bias), g, retain_graph=True)
    return found


def memory_bound(lib):
    nn, F, _, _ = modules(lib)
    lib.manual_seed(0)
    a, b = lib.rand(*MILLIONS) - 0.5, lib.rand(*MILLIONS) + 0.5
    wide, order, mask = lib.rand(2048, 2048), lib.randperm(2048), lib.rand(*MILLIONS) > 0.5
    bytes_ = mask.to(lib.uint8)
    rows, labels = lib.rand(4096, 1000) - 0.5, lib.randint(0, 1000, (4096,))
    ones, zeros = lib.ones(64), lib.zeros(64)
    found = {
        "a + b": lambda: a + b,
        "a * 2": lambda: a * 2,
        "a / b": lambda: a / b,
        "a > b": lambda: a > b,
        "a += b": lambda: a.add_(b, alpha=0.0),
        "a + bias of channels": lambda: a + ones.view(1, 64, 1, 1),
        "relu": lambda: F.relu(a),
        "relu6": lambda: F.relu6(a),
        "exp": lambda: lib.exp(a),
        "log": lambda: lib.log(b),
        "tanh": lambda: lib.tanh(a),
        "sigmoid": lambda: lib.sigmoid(a),
        "sqrt": lambda: lib.sqrt(b),
        "erf": lambda: lib.erf(a),
        "gelu": lambda: F.gelu(a),
        "pow 3": lambda: b**3,
        "where": lambda: lib.where(mask, a, b),
        "clamp": lambda: a.clamp(-0.1, 0.1),
        "to int64": lambda: a.to(lib.int64),
        "to float64": lambda: a.double(),
        "uint8 to float": lambda: bytes_.float(),
        "sum": lambda: a.sum(),
        "mean of rows": lambda: wide.mean(1),
        "sum of columns": lambda: wide.sum(0),
        "max of rows": lambda: wide.max(1).values,
        "argmax of rows": lambda: wide.argmax(1),
        "var of rows": lambda: wide.var(1),
        "max": lambda: a.max(),
        "softmax": lambda: F.softmax(rows, 1),
        "log_softmax": lambda: F.log_softmax(rows, 1),
        "cross_entropy": lambda: F.cross_entropy(rows, labels),
        "layer_norm": lambda: F.layer_norm(wide, (2048,)),
        "batch_norm": lambda: F.batch_norm(a, None, None, ones, zeros, training=True),
        "batch_norm, evaluation": lambda: F.batch_norm(a, zeros, ones, ones, zeros),
        "max_pool2d": lambda: F.max_pool2d(a, 2),
        "max_pool2d 3 /2": lambda: F.max_pool2d(a, 3, 2, 1),
        "avg_pool2d": lambda: F.avg_pool2d(a, 2),
        "adaptive_avg_pool2d": lambda: F.adaptive_avg_pool2d(a, 1),
        "clone": lambda: a.clone(),
        "transposed copy": lambda: wide.t().contiguous(),
        "permuted copy": lambda: a.permute(0, 2, 3, 1).contiguous(),
        "cat": lambda: lib.cat([a, b], 1),
        "flip": lambda: a.flip(3),
        "rows by index": lambda: wide[order],
    }
    for name, f, inputs in (
        ("relu", F.relu, (a,)),
        ("tanh", lib.tanh, (a,)),
        ("a * b", lambda x, y: x * y, (a, b)),
        ("softmax", lambda x: F.softmax(x, 1), (rows,)),
        ("cross_entropy", lambda x: F.cross_entropy(x, labels), (rows,)),
        ("layer_norm", lambda x: F.layer_norm(x, (2048,)), (wide,)),
        ("batch_norm", lambda x: F.batch_norm(x, None, None, ones, zeros, training=True), (a,)),
        ("max_pool2d", lambda x: F.max_pool2d(x, 2), (a,)),
        ("avg_pool2d", lambda x: F.avg_pool2d(x, 2), (a,)),
    ):
        leaves = [x.detach().clone().requires_grad_() for x in inputs]
        y = f(*leaves)
        g = lib.rand(y.shape) - 0.5
        found[f"gradient of {name}"] = lambda y=y, leaves=leaves, g=g: lib.autograd.grad(y, leaves, g, retain_graph=True)
    c, d = as_computed(lib, a), as_computed(lib, b)
    statistics = lib.ones(64), lib.zeros(64)
    found |= {
        "computed images: a + b": lambda: c + d,
        "computed images: relu": lambda: F.relu(c),
        # with what reads the result: what nobody reads, lucet does not compute
        "computed images: batch_norm, relu, pool": lambda: F.max_pool2d(F.relu(F.batch_norm(c, None, None, ones, zeros, training=True)), 2),
        "computed images: evaluation of the three": lambda: F.max_pool2d(F.relu(F.batch_norm(c, *statistics[::-1], ones, zeros)), 2),
        "computed images: max_pool2d": lambda: F.max_pool2d(c, 2),
        "computed images: avg_pool2d": lambda: F.avg_pool2d(c, 2),
        "computed images: adaptive_avg_pool2d": lambda: F.adaptive_avg_pool2d(c, 1),
    }
    for name, f in (
        ("relu", F.relu),
        ("batch_norm", lambda x: F.batch_norm(x, None, None, ones, zeros, training=True)),
        ("max_pool2d", lambda x: F.max_pool2d(x, 2)),
    ):
        leaf = as_computed(lib, a).requires_grad_()
        y = f(leaf)
        g = as_computed(lib, lib.rand(y.shape) - 0.5)
        found[f"computed images: gradient of {name}"] = lambda y=y, leaf=leaf, g=g: lib.autograd.grad(y, leaf, g, retain_graph=True)[0]
    return {f"memory:{name}": f for name, f in found.items()}


def optimizers(lib):
    _, _, optim, _ = modules(lib)
    found = {}
    for name in ("MNIST network", "ResNet-20"):
        for rule, more in (("SGD", {"momentum": 0.9, "weight_decay": 1e-4}), ("Adam", {}), ("AdamW", {}), ("Adadelta", {})):
            if at_its_best(lib) and rule != "Adadelta":
                more = more | {"fused": True}
            lib.manual_seed(0)
            parameters = list(networks(lib)[name][0]().parameters())
            for p in parameters:
                p.grad = lib.rand(*p.shape) - 0.5
            optimizer = getattr(optim, rule)(parameters, lr=1e-6, **more)

            def step(optimizer=optimizer, p=parameters[0]):
                optimizer.step()
                return p

            found[f"optimizer:{rule}, {name}"] = step
    return found


def random_numbers(lib):
    F = modules(lib)[1]
    x = lib.ones(1 << 20)
    return {
        "random:rand": lambda: lib.rand(1 << 20),
        "random:randn": lambda: lib.randn(1 << 20),
        "random:randint": lambda: lib.randint(0, 10, (1 << 20,)),
        "random:randperm": lambda: lib.randperm(1 << 18),
        "random:bernoulli_": lambda: x.bernoulli_(0.5),
        "random:dropout": lambda: F.dropout(x, 0.5),
    }


def cases(lib):
    lib.manual_seed(0)
    return convolutions(lib) | products(lib) | memory_bound(lib) | optimizers(lib) | random_numbers(lib)


if __name__ == "__main__":
    main(__file__, rounds=3, processes=5)
