"""Writes the checkpoints beside it with torch 2.13; run it where torch is installed. The tests only read the files.

    python packages/core/tests/checkpoints/make_checkpoints.py
"""

import collections
from pathlib import Path

import torch

HERE = Path(__file__).parent
DTYPES = "bool uint8 int8 int16 int32 int64 float16 bfloat16 float32 float64 complex64 complex128".split()


def everything() -> dict:
    """Each kind of value that a checkpoint may hold without being asked."""
    base = torch.arange(6.0).view(2, 3)
    state = collections.OrderedDict(weight=base, row=base[1], turned=base.t())
    state._metadata = collections.OrderedDict({"": {"version": 1}})  # type: ignore[attr-defined]
    return {
        "state": state,
        "param": torch.nn.Parameter(torch.tensor([1.5, -2.0])),
        "shape": torch.Size([2, 3]),
        "dtype": torch.bfloat16,
        "device": torch.device("cpu"),
        "layout": torch.strided,
        "empty": torch.empty(0, 3),
        "meta": torch.empty(2, 3, device="meta"),
        "epoch": 3,
        "lr": 0.1,
        "big": 2**70,
        "note": "été",
        "raw": b"\x00\xff",
        "bits": bytearray(b"ab"),
        "pair": (1, None),
        "flags": {True},
        "z": 1 - 2j,
    }


def numbers() -> dict:
    """The same five numbers in every dtype."""
    return {name: torch.tensor([0, 1, 2, 0, 1]).to(getattr(torch, name)) for name in DTYPES}


def main() -> None:
    torch.save(everything(), HERE / "everything.pt")
    torch.save(everything(), HERE / "legacy.pt", _use_new_zipfile_serialization=False)
    torch.save(numbers(), HERE / "dtypes.pt")


if __name__ == "__main__":
    main()
