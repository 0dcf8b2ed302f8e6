"""Training steps of recurrent networks and transformer encoder layers.

    python benchmarks/bench_sequences.py            lucet time / torch time, alternating child processes
    python benchmarks/bench_sequences.py --best     against torch at its best (see _pair.py)

A step is zero_grad, forward, loss.item(), backward, step; the loss is that of a linear layer on the last state, or on the mean over
places. Losses of five steps are compared before times.
"""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
from _networks import modules
from _pair import at_its_best, main

# (kind, steps, batch, features, width, more)
RECURRENT = [
    ("LSTM", 28, 64, 28, 128, {}),
    ("GRU", 28, 64, 28, 128, {}),
    ("LSTM", 50, 32, 128, 256, {"num_layers": 2, "dropout": 0.2}),
    ("GRU", 50, 32, 128, 256, {"num_layers": 2, "dropout": 0.2}),
    ("LSTM", 100, 16, 64, 64, {"bidirectional": True}),
    ("GRU", 100, 16, 64, 64, {"bidirectional": True}),
    ("LSTM", 35, 20, 200, 512, {}),
    ("GRU", 35, 20, 200, 512, {}),
]
# (places, batch, width, heads, inner width, dropout)
TRANSFORMER = [
    (28, 64, 64, 4, 128, 0.1),
    (65, 64, 128, 4, 256, 0.1),
    (128, 16, 256, 8, 1024, 0.1),
    (128, 16, 256, 8, 1024, 0.0),
    (512, 4, 256, 8, 512, 0.0),
]


def trained(lib, body, x, width):
    """One step of `body` (to a vector for each sequence), a linear layer and cross-entropy, by Adam."""
    nn, F, optim, _ = modules(lib)
    head = nn.Linear(width, 10)
    parameters = [*body.parameters(), *head.parameters()]
    optimizer = optim.Adam(parameters, lr=1e-4, **({"fused": True} if at_its_best(lib) else {}))
    y = lib.randint(0, 10, (x.shape[0],))

    def step():
        optimizer.zero_grad()
        loss = F.cross_entropy(head(body(x)), y)
        value = loss.item()
        loss.backward()
        optimizer.step()
        return value

    return step


def recurrent(lib, kind, steps, batch, features, width, more):
    nn = modules(lib)[0]

    class Last(nn.Module):
        def __init__(self):
            super().__init__()
            self.layers = getattr(nn, kind)(features, width, batch_first=True, **more)

        def forward(self, x):
            return self.layers(x)[0][:, -1]

    lib.manual_seed(0)
    return trained(lib, Last(), lib.rand(batch, steps, features), width * (2 if "bidirectional" in more else 1))


def transformer(lib, places, batch, width, heads, inner, dropout):
    nn = modules(lib)[0]

    class Mean(nn.Module):
        def __init__(self):
            super().__init__()
            self.layer = nn.TransformerEncoderLayer(width, heads, inner, dropout, batch_first=True)

        def forward(self, x):
            return self.layer(x).mean(1)

    lib.manual_seed(0)
    return trained(lib, Mean(), lib.rand(batch, places, width), width)


def cases(lib):
    found = {}
    for kind, steps, batch, features, width, more in RECURRENT:
        name = f"{kind.lower()}:{steps} steps, batch {batch}, {features} to {width}" + "".join(f", {key} {value}" for key, value in more.items())
        found[name] = recurrent(lib, kind, steps, batch, features, width, more)
    for places, batch, width, heads, inner, dropout in TRANSFORMER:
        name = f"transformer:{places} places, batch {batch}, width {width}, {heads} heads, inner {inner}, dropout {dropout}"
        found[name] = transformer(lib, places, batch, width, heads, inner, dropout)
    return found


if __name__ == "__main__":
    main(__file__, tolerance=1e-3, rounds=5)
