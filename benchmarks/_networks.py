"""The networks of the benchmarks, written once for both libraries: small ones for 28x28 and 32x32, two for 224x224."""


def modules(lib):
    """nn, functional, optim and data of a library."""
    name = lib.__name__
    __import__(f"{name}.nn.functional")
    __import__(f"{name}.optim")
    __import__(f"{name}.utils.data")
    return lib.nn, lib.nn.functional, lib.optim, lib.utils.data


def networks(lib):
    """{name: (maker, shape of one image, number of classes)}"""
    nn, F, _, _ = modules(lib)

    class MNISTNet(nn.Module):
        def __init__(self):
            super().__init__()
            self.conv1 = nn.Conv2d(1, 32, 3, 1)
            self.conv2 = nn.Conv2d(32, 64, 3, 1)
            self.dropout1 = nn.Dropout(0.25)
            self.dropout2 = nn.Dropout(0.5)
            self.fc1 = nn.Linear(9216, 128)
            self.fc2 = nn.Linear(128, 10)

        def forward(self, x):
            x = F.relu(self.conv2(F.relu(self.conv1(x))))
            x = lib.flatten(self.dropout1(F.max_pool2d(x, 2)), 1)
            x = self.dropout2(F.relu(self.fc1(x)))
            return F.log_softmax(self.fc2(x), dim=1)

    class Block(nn.Module):
        """Two 3x3 convolutions and a way around them, as in ResNet-18 and ResNet-20 (projection where the shape changes)."""

        def __init__(self, channels, width, stride):
            super().__init__()
            self.conv1 = nn.Conv2d(channels, width, 3, stride, 1, bias=False)
            self.bn1 = nn.BatchNorm2d(width)
            self.conv2 = nn.Conv2d(width, width, 3, 1, 1, bias=False)
            self.bn2 = nn.BatchNorm2d(width)
            self.relu = nn.ReLU(inplace=True)
            self.around = None
            if stride != 1 or channels != width:
                self.around = nn.Sequential(nn.Conv2d(channels, width, 1, stride, bias=False), nn.BatchNorm2d(width))

        def forward(self, x):
            y = self.bn2(self.conv2(self.relu(self.bn1(self.conv1(x)))))
            return self.relu(y + (x if self.around is None else self.around(x)))

    class Inverted(nn.Module):
        """MobileNetV2's block: widen, depthwise, narrow."""

        def __init__(self, channels, width, stride, factor):
            super().__init__()
            inner = channels * factor
            parts = [] if factor == 1 else [nn.Conv2d(channels, inner, 1, bias=False), nn.BatchNorm2d(inner), nn.ReLU6(inplace=True)]
            parts += [nn.Conv2d(inner, inner, 3, stride, 1, groups=inner, bias=False), nn.BatchNorm2d(inner), nn.ReLU6(inplace=True)]
            self.conv = nn.Sequential(*parts, nn.Conv2d(inner, width, 1, bias=False), nn.BatchNorm2d(width))
            self.around = stride == 1 and channels == width

        def forward(self, x):
            return x + self.conv(x) if self.around else self.conv(x)

    def mlp():
        return nn.Sequential(nn.Linear(784, 128), nn.ReLU(), nn.Linear(128, 10), nn.LogSoftmax(dim=1))

    def lenet():
        return nn.Sequential(
            nn.Conv2d(1, 6, 5, padding=2), nn.ReLU(), nn.MaxPool2d(2), nn.Conv2d(6, 16, 5), nn.ReLU(), nn.MaxPool2d(2), nn.Flatten(),
            nn.Linear(400, 120), nn.ReLU(), nn.Linear(120, 84), nn.ReLU(), nn.Linear(84, 10), nn.LogSoftmax(dim=1),
        )  # fmt: skip

    def vgg():
        parts, channels = [], 3
        for width in (32, 32, 0, 64, 64, 0, 128, 128, 0):
            if width:
                parts += [nn.Conv2d(channels, width, 3, padding=1), nn.BatchNorm2d(width), nn.ReLU(inplace=True)]
                channels = width
            else:
                parts += [nn.MaxPool2d(2)]
        parts += [nn.Flatten(), nn.Linear(2048, 256), nn.ReLU(inplace=True), nn.Dropout(0.5), nn.Linear(256, 10)]
        return nn.Sequential(*parts, nn.LogSoftmax(dim=1))

    def resnet(stem, widths, depth, classes):
        parts, channels = [*stem], widths[0]
        for i, width in enumerate(widths):
            for j in range(depth):
                parts.append(Block(channels, width, 2 if i and not j else 1))
                channels = width
        parts += [nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(channels, classes), nn.LogSoftmax(dim=1)]
        return nn.Sequential(*parts)

    def resnet20():
        stem = [nn.Conv2d(3, 16, 3, padding=1, bias=False), nn.BatchNorm2d(16), nn.ReLU(inplace=True)]
        return resnet(stem, (16, 32, 64), 3, 10)

    def resnet18():
        stem = [nn.Conv2d(3, 64, 7, 2, 3, bias=False), nn.BatchNorm2d(64), nn.ReLU(inplace=True), nn.MaxPool2d(3, 2, 1)]
        return resnet(stem, (64, 128, 256, 512), 2, 1000)

    def mobilenet():
        parts, channels = [nn.Conv2d(3, 32, 3, 2, 1, bias=False), nn.BatchNorm2d(32), nn.ReLU6(inplace=True)], 32
        for factor, width, count, stride in (
            (1, 16, 1, 1), (6, 24, 2, 2), (6, 32, 3, 2), (6, 64, 4, 2), (6, 96, 3, 1), (6, 160, 3, 2), (6, 320, 1, 1),
        ):  # fmt: skip
            for i in range(count):
                parts.append(Inverted(channels, width, 1 if i else stride, factor))
                channels = width
        parts += [nn.Conv2d(320, 1280, 1, bias=False), nn.BatchNorm2d(1280), nn.ReLU6(inplace=True), nn.AdaptiveAvgPool2d(1)]
        return nn.Sequential(*parts, nn.Flatten(), nn.Dropout(0.2), nn.Linear(1280, 1000), nn.LogSoftmax(dim=1))

    return {
        "MLP 784-128-10": (mlp, (784,), 10),
        "LeNet": (lenet, (1, 28, 28), 10),
        "MNIST network": (MNISTNet, (1, 28, 28), 10),
        "ResNet-20": (resnet20, (3, 32, 32), 10),
        "small VGG": (vgg, (3, 32, 32), 10),
        "ResNet-18": (resnet18, (3, 224, 224), 1000),
        "MobileNetV2": (mobilenet, (3, 224, 224), 1000),
    }
