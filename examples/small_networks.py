"""Small networks, each written once for lucet and for torch: `networks(library)` gives {name: (maker, loss, learning rate)}.

python examples/small_networks.py          # their parameters
"""

from collections.abc import Callable
from typing import Any

Networks = dict[str, tuple[Callable[[], Any], Callable[..., Any], float]]


def networks(T: Any) -> Networks:  # T is lucet or torch
    nn, F = T.nn, T.nn.functional

    def classify(net: Any, x: Any, y: Any) -> Any:
        return F.cross_entropy(net(x), y)

    def rebuild(net: Any, x: Any, y: Any) -> Any:
        return F.mse_loss(net(x), x)

    def rows(net: Any, x: Any, y: Any) -> Any:
        """An image as a sequence of its rows; the last output is classified."""
        return F.cross_entropy(net[1](net[0](x.squeeze(1))[0][:, -1]), y)

    def words(x: Any) -> Any:
        """An image as 49 words of a vocabulary of 16: the means of its patches of 4 by 4."""
        return (F.avg_pool2d(x, 4).flatten(1) * 7 + 8).clamp(0, 15).long()

    def packed(net: Any, x: Any, y: Any) -> Any:
        lengths = T.arange(len(x)) % 20 + 9
        rnn = nn.utils.rnn
        found = net[0](rnn.pack_padded_sequence(x.squeeze(1), lengths, batch_first=True, enforce_sorted=False))[1]
        return F.cross_entropy(net[1](T.cat([found[0], found[1]], 1)), y)

    def read(net: Any, x: Any, y: Any) -> Any:
        return F.cross_entropy(net[2](net[1](net[0](words(x))).mean(1)), y)

    def translate(net: Any, x: Any, y: Any) -> Any:
        """Of 49 words the second half from the first."""
        w = words(x)
        mask = nn.Transformer.generate_square_subsequent_mask(24)
        out = net[2](net[1](net[0](w[:, :24]), net[0](w[:, 24:48]), tgt_mask=mask))
        return F.cross_entropy(out.flatten(0, 1), w[:, 25:].flatten())

    def patches(net: Any, x: Any, y: Any) -> Any:
        p = net[0](x).flatten(2).transpose(1, 2)
        return F.cross_entropy(net[2](net[1](p).mean(1)), y)

    def adversaries(net: Any, x: Any, y: Any) -> Any:
        fake = net[0](T.randn(len(x), 16)).view_as(x)
        real, made, fooled = net[1](x), net[1](fake.detach()), net[1](fake)
        one, zero = T.ones_like(real), T.zeros_like(real)
        bce = F.binary_cross_entropy_with_logits
        return bce(real, one) + bce(made, zero) + 0.1 * bce(fooled, one)

    def variational(net: Any, x: Any, y: Any) -> Any:
        mean, log_var = net[0](x).chunk(2, 1)
        seen = net[1](mean + T.randn_like(mean) * (log_var / 2).exp())
        return F.mse_loss(seen, x.flatten(1)) - 0.01 * (1 + log_var - mean**2 - log_var.exp()).mean()

    def triplets(net: Any, x: Any, y: Any) -> Any:
        z = net(x)
        return F.triplet_margin_loss(z[:5], z[5:10], z[10:15]) + F.cosine_embedding_loss(z[:8], z[8:16], T.where(y[:8] == y[8:16], 1, -1))

    Module: Any = nn.Module

    class Around(Module):  # type: ignore[misc]
        """How x and inner(x) become one: added, joined or multiplied."""

        def __init__(self, how: Callable[[Any, Any], Any], *inner: Any) -> None:
            super().__init__()
            self.how, self.inner = how, nn.Sequential(*inner)

        def forward(self, x: Any) -> Any:
            return self.how(x, self.inner(x))

    def joined(x: Any, y: Any) -> Any:
        return T.cat([x, y], 1)

    around: Any = Around
    S, L, C, B, R = nn.Sequential, nn.Linear, nn.Conv2d, nn.BatchNorm2d, nn.ReLU
    pool: Callable[..., Any] = lambda: (nn.AdaptiveAvgPool2d(1), nn.Flatten())
    stem: Callable[..., Any] = lambda n: (C(1, n, 3, 2, 1), B(n), R())
    deep: Callable[..., Any] = lambda: (C(8, 8, 3, padding=1, bias=False), B(8), R(), C(8, 8, 3, padding=1, bias=False), B(8))
    layer: Callable[..., Any] = lambda: nn.TransformerEncoderLayer(32, 4, 64, dropout=0.1, batch_first=True)
    return {
        "MLP": (lambda: S(nn.Flatten(), L(784, 64), R(), nn.Dropout(0.2), L(64, 10)), classify, 0.005),
        "LeNet": (lambda: S(C(1, 6, 5, padding=2), nn.Tanh(), nn.AvgPool2d(2), C(6, 16, 5), nn.Tanh(), nn.AvgPool2d(2), nn.Flatten(), L(400, 84), nn.Tanh(), L(84, 10)), classify, 0.005),
        "VGG": (lambda: S(C(1, 8, 3, padding=1), R(), nn.MaxPool2d(2), C(8, 16, 3, padding=1), R(), nn.MaxPool2d(2), nn.Flatten(), L(784, 32), R(), nn.Dropout(), L(32, 10)), classify, 0.002),
        "ResNet": (lambda: S(*stem(8), around(T.add, *deep()), R(), around(T.add, *deep()), R(), *pool(), L(8, 10)), classify, 0.002),
        "ResNeXt": (lambda: S(*stem(8), around(T.add, C(8, 16, 1), R(), C(16, 16, 3, padding=1, groups=4), R(), C(16, 8, 1)), *pool(), L(8, 10)), classify, 0.002),
        "DenseNet": (lambda: S(*stem(8), around(joined, B(8), R(), C(8, 4, 3, padding=1)), around(joined, B(12), R(), C(12, 4, 3, padding=1)), *pool(), L(16, 10)), classify, 0.002),
        "MobileNet": (lambda: S(*stem(8), around(T.add, C(8, 24, 1), B(24), nn.ReLU6(), C(24, 24, 3, padding=1, groups=24), B(24), nn.ReLU6(), C(24, 8, 1), B(8)), *pool(), L(8, 10)), classify, 0.002),
        "squeeze and excitation": (lambda: S(*stem(8), around(T.mul, nn.AdaptiveAvgPool2d(1), C(8, 2, 1), R(), C(2, 8, 1), nn.Sigmoid()), *pool(), L(8, 10)), classify, 0.002),
        "ConvNeXt": (lambda: S(C(1, 16, 4, 4), around(T.add, C(16, 16, 7, padding=3, groups=16), nn.GroupNorm(1, 16), C(16, 64, 1), nn.GELU(), C(64, 16, 1)), *pool(), nn.LayerNorm(16), L(16, 10)), classify, 0.002),
        "autoencoder": (lambda: S(C(1, 8, 3, 2, 1), R(), C(8, 4, 3, 2, 1), R(), nn.ConvTranspose2d(4, 8, 2, 2), R(), nn.ConvTranspose2d(8, 1, 2, 2)), rebuild, 0.002),
        "variational autoencoder": (lambda: nn.ModuleList([S(nn.Flatten(), L(784, 32), R(), L(32, 8)), S(L(4, 32), R(), L(32, 784))]), variational, 0.001),
        "GAN": (lambda: nn.ModuleList([S(L(16, 64), nn.LeakyReLU(0.2), L(64, 784), nn.Tanh()), S(nn.Flatten(), L(784, 32), nn.LeakyReLU(0.2), L(32, 1))]), adversaries, 0.0005),
        "RNN": (lambda: nn.ModuleList([nn.RNN(28, 32, batch_first=True), L(32, 10)]), rows, 0.002),
        "LSTM": (lambda: nn.ModuleList([nn.LSTM(28, 32, batch_first=True), L(32, 10)]), rows, 0.005),
        "GRU": (lambda: nn.ModuleList([nn.GRU(28, 32, 2, batch_first=True, dropout=0.1), L(32, 10)]), rows, 0.005),
        "bidirectional GRU of packed rows": (lambda: nn.ModuleList([nn.GRU(28, 16, bidirectional=True), L(32, 10)]), packed, 0.005),
        "transformer encoder": (lambda: nn.ModuleList([nn.Embedding(16, 32), nn.TransformerEncoder(layer(), 2), L(32, 10)]), read, 0.001),
        "transformer": (lambda: nn.ModuleList([nn.Embedding(16, 32), nn.Transformer(32, 4, 1, 1, 64, batch_first=True), L(32, 16)]), translate, 0.001),
        "ViT": (lambda: nn.ModuleList([C(1, 32, 7, 7), nn.TransformerEncoder(layer(), 2), L(32, 10)]), patches, 0.001),
        "triplets": (lambda: S(C(1, 8, 3, 2), R(), nn.Flatten(), L(1352, 16)), triplets, 0.001),
    }  # fmt: skip


def main() -> None:
    import lucet
    import lucet.nn.functional

    for name, (make, _, _) in networks(lucet).items():
        print(f"{name:34} {sum(p.numel() for p in make().parameters()):7,} parameters")


if __name__ == "__main__":
    main()
