"""Loaders beside torch's: an epoch over tensors in memory, shuffled, and over 10,000 PNG files, small and larger, through transforms with two workers.

    python benchmarks/bench_loaders.py                lucet time / torch time, alternating child processes

torch's workers are processes, lucet's threads. The files are made once, in the system's folder for temporary files; the transforms (to a tensor, to floats,
normalised) are the same lines for both. What an epoch gives is compared before times: the sum of its labels, and of its images.
"""

import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
from _pair import main

SLICE_S = 0.5
FILES = 10_000


def pictures(side):
    """A folder of 10,000 files of so many pixels a side, in colour."""
    import numpy as np
    from PIL import Image

    folder = Path(tempfile.gettempdir()) / f"lucet-bench-{FILES}-{side}"
    done = folder / "complete"
    if not done.exists():
        folder.mkdir(exist_ok=True)
        draws = np.random.default_rng(0)
        for k in range(FILES):
            small = draws.integers(0, 256, (8, 8, 3), dtype=np.uint8)
            Image.fromarray(small).resize((side, side), Image.Resampling.BICUBIC).save(folder / f"{k:05}.png")
        done.touch()
    return folder


def cases(lib):
    import numpy as np
    from PIL import Image

    data = __import__(f"{lib.__name__}.utils.data", fromlist=["DataLoader"])
    mean, std = lib.tensor([0.5] * 3).view(3, 1, 1), lib.tensor([0.25] * 3).view(3, 1, 1)

    class Files(data.Dataset):
        def __init__(self, side):
            self.folder = pictures(side)

        def __len__(self):
            return FILES

        def __getitem__(self, index):
            with Image.open(self.folder / f"{index:05}.png") as image:
                x = lib.from_numpy(np.array(image.convert("RGB"))).permute(2, 0, 1).contiguous()
            return x.float().div(255).sub(mean).div(std), index % 10

    def epoch(loader):
        def run():
            labels = images = 0.0
            for x, y in loader:
                labels += y.sum().item()
                images += x[:, 0, 0].sum().item()
            return [labels, round(images)]

        return run

    lib.manual_seed(0)
    memory = data.TensorDataset(lib.rand(60_000, 1, 28, 28), lib.arange(60_000) % 10)
    return {
        "memory:60,000 images in order, batch 64": epoch(data.DataLoader(memory, batch_size=64)),
        "memory:60,000 images shuffled, batch 64": epoch(data.DataLoader(memory, batch_size=64, shuffle=True)),
        "memory:60,000 images shuffled, batch 64, 2 workers": epoch(
            data.DataLoader(memory, batch_size=64, shuffle=True, num_workers=2)
        ),
        "files:10,000 PNG of 32 by 32, batch 64, 2 workers": epoch(data.DataLoader(Files(32), batch_size=64, num_workers=2)),
        "files:10,000 PNG of 160 by 160, batch 64, 2 workers": epoch(data.DataLoader(Files(160), batch_size=64, num_workers=2)),
    }


if __name__ == "__main__":
    main(__file__, rounds=2, processes=2)
