"""What errors say, whole: each case's class and text stand in tests/errors/NAME.txt, to be read and reviewed as text.

python tests/test_error_texts.py        writes them anew, for the changes to be looked at with `git diff`
"""

import re
import sys
import tempfile
from pathlib import Path

import pytest

import lucet
import lucet.nn.functional as F
from lucet import nn
from lucet.utils.data import DataLoader, Dataset
from lucetvision import datasets

FOLDER = Path(__file__).parent / "errors"


class Classifier(nn.Module):
    def __init__(self):
        super().__init__()
        self.features = nn.Sequential(nn.Conv2d(3, 8, 3), nn.BatchNorm2d(8), nn.ReLU())
        self.head = nn.Linear(400, 10)

    def forward(self, x):
        return self.head(lucet.flatten(self.features(x), 1))


class Ragged(Dataset):
    def __len__(self):
        return 4

    def __getitem__(self, i):
        return lucet.ones(i + 1)


class Failing(Dataset):
    def __len__(self):
        return 4

    def __getitem__(self, i):
        raise ValueError(f"no label for sample {i}")


def changed_in_place(x):
    y = x * 2
    z = y * y
    y.relu_()
    z.sum().backward()


def changed_under_anomaly_mode(x):
    with pytest.warns(UserWarning), lucet.autograd.detect_anomaly():
        changed_in_place(x)


def backward_twice(x):
    y = (x * x).sum()
    y.backward()
    y.backward()


def class_in_a_checkpoint(folder):
    import datetime
    import pickle

    (folder / "model.pt").write_bytes(pickle.dumps({"when": datetime.date(2020, 1, 1)}))
    lucet.load(folder / "model.pt")


def no_checkpoint(folder):
    (folder / "notes.txt").write_text("hello")
    lucet.load(folder / "notes.txt")


def leaf():
    return lucet.ones(2, 3, requires_grad=True)


CASES = {
    "linear_features": lambda _: Classifier()(lucet.ones(2, 3, 10, 10)),
    "conv_channels": lambda _: Classifier()(lucet.ones(2, 1, 10, 10)),
    "conv_dtype": lambda _: Classifier()(lucet.ones(2, 3, 10, 10, dtype=lucet.uint8)),
    "conv_kernel_larger_than_input": lambda _: F.conv2d(lucet.ones(1, 1, 2, 2), lucet.ones(1, 1, 3, 3)),
    "batch_norm_one_value": lambda _: nn.BatchNorm1d(3)(lucet.ones(1, 3)),
    "max_pool_empty_result": lambda _: F.max_pool2d(lucet.ones(1, 1, 2, 2), 3),
    "cross_entropy_class": lambda _: F.cross_entropy(lucet.ones(2, 3), lucet.tensor([0, 3])),
    "cross_entropy_batch": lambda _: F.cross_entropy(lucet.ones(2, 3), lucet.tensor([0, 1, 2])),
    "matmul_sizes": lambda _: lucet.ones(2, 3) @ lucet.ones(4, 5),
    "matmul_types": lambda _: lucet.ones(2, 3) @ lucet.ones(3, 2, dtype=lucet.float64),
    "add_sizes": lambda _: lucet.ones(2, 3) + lucet.ones(4),
    "add_object": lambda _: lucet.add(lucet.ones(2), "1"),
    "cat_sizes": lambda _: lucet.cat([lucet.ones(2, 3), lucet.ones(2, 4)]),
    "view_size": lambda _: lucet.ones(2, 3).view(4),
    "view_strides": lambda _: lucet.ones(2, 3).t().view(6),
    "index_out_of_range": lambda _: lucet.ones(3)[5],
    "indices_out_of_range": lambda _: lucet.ones(3)[lucet.tensor([0, 7])],
    "dimension_out_of_range": lambda _: lucet.ones(2, 3).sum(2),
    "bool_difference": lambda _: lucet.tensor([True]) - lucet.tensor([True]),
    "number_that_does_not_fit": lambda _: lucet.tensor([300], dtype=lucet.uint8),
    "array_for_a_tensor": lambda _: lucet.relu([1.0]),
    "cuda": lambda _: lucet.ones(2, device="cuda"),
    "leaf_written_in_place": lambda _: leaf().add_(1),
    "no_gradient": lambda _: lucet.ones(2).sum().backward(),
    "gradient_of_no_scalar": lambda _: (leaf() * 2).backward(),
    "backward_twice": lambda _: backward_twice(leaf()),
    "changed_in_place": lambda _: changed_in_place(leaf()),
    "changed_under_anomaly_mode": lambda _: changed_under_anomaly_mode(leaf()),
    "numpy_of_a_variable": lambda _: leaf().numpy(),
    "numpy_of_a_conjugate": lambda _: lucet.tensor([1j]).conj().numpy(),
    "state_dict_with_a_prefix": lambda _: Classifier().load_state_dict(
        {f"module.{k}": v for k, v in Classifier().state_dict().items()}
    ),
    "state_dict_of_another_size": lambda _: nn.Linear(2, 3).load_state_dict(nn.Linear(2, 4).state_dict()),
    "no_parameters": lambda _: lucet.optim.SGD([], lr=0.1),
    "learning_rate": lambda _: lucet.optim.Adam(nn.Linear(1, 1).parameters(), lr=-1.0),
    "attribute_of_a_module": lambda _: Classifier().backbone,
    "ragged_batch": lambda _: next(iter(DataLoader(Ragged(), batch_size=2))),
    "failing_sample_in_a_worker": lambda _: next(iter(DataLoader(Failing(), batch_size=2, num_workers=1))),
    "class_in_a_checkpoint": class_in_a_checkpoint,
    "no_checkpoint": no_checkpoint,
    "no_dataset": lambda folder: datasets.FashionMNIST(folder),
}


def text_of(name):
    """Class, message and notes of a case, without what differs from run to run."""
    with tempfile.TemporaryDirectory() as folder:
        lucet.manual_seed(0)
        with pytest.raises(Exception) as caught:
            CASES[name](Path(folder))
        lines = [f"{type(caught.value).__name__}: {caught.value}", *getattr(caught.value, "__notes__", [])]
        text = "\n".join(lines).replace(folder, "FOLDER").replace(str(Path(__file__).parent), "TESTS")
    return re.sub(r"(test_error_texts\.py:)\d+", r"\1LINE", text) + "\n"


@pytest.mark.parametrize("name", CASES)
def test_text(name):
    assert text_of(name) == (FOLDER / f"{name}.txt").read_text()


def test_no_text_without_a_case():
    assert {path.stem for path in FOLDER.glob("*.txt")} == set(CASES)


if __name__ == "__main__":
    FOLDER.mkdir(exist_ok=True)
    for path in FOLDER.glob("*.txt"):
        path.unlink()
    for each in CASES:
        (FOLDER / f"{each}.txt").write_text(text_of(each))
    sys.exit(0)
