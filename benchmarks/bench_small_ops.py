"""Small ops, where the way to the kernel is all the time: operator, method, function and out= forms, with and without grad.

    python benchmarks/bench_small_ops.py            lucet time / torch time, alternating child processes
"""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
from _pair import main


def inputs(lib, dtype, n, grad=False):
    values = [(i * 7 % 11) + 1 for i in range(n)]
    t = lib.tensor(values, dtype=dtype)
    return t.requires_grad_() if grad else t


def cases(lib):
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

    def chain(x):
        y = x
        for _ in range(10):
            y = y * 1.01 + x
            y = (y.relu() - 0.5) * 0.9
        return y.sum()

    start = inputs(lib, lib.float32, 4, grad=True)

    def forward_backward():
        start.grad = None
        chain(start).backward()
        return start.grad

    found["chain:40 small ops forward and backward"] = forward_backward
    return found


if __name__ == "__main__":
    main(__file__)
