"""Safetensors files: every type there and back, the layout of the format, and files that lie."""

import json

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import lucet
from lucet._errors import LoadError
from lucet.serialization import safetensors

DTYPES = "bool uint8 int8 int16 int32 int64 float16 bfloat16 float32 float64 complex64".split()


def file_of(header, data=b""):
    text = header if isinstance(header, bytes) else json.dumps(header).encode()
    return len(text).to_bytes(8, "little") + text + data


def test_every_type_comes_back(tmp_path):
    tensors = {name: lucet.tensor([[1, 0], [1, 1]]).to(getattr(lucet, name)) for name in DTYPES}
    tensors |= {"empty": lucet.zeros(0, 3), "none": lucet.tensor(2.5), "turned": lucet.arange(6.0).view(2, 3).t(), "part": lucet.arange(9.0)[3:5]}
    safetensors.save_file(tensors, tmp_path / "m.safetensors", {"by": "us"})
    for got in (safetensors.load_file(tmp_path / "m.safetensors"), safetensors.load(safetensors.save(tensors))):
        assert set(got) == set(tensors)
        for name, tensor in tensors.items():
            assert (got[name].dtype, got[name].shape, got[name].tolist()) == (tensor.dtype, tensor.shape, tensor.tolist())
        got["float32"].add_(1)  # the map is this process's own
    assert safetensors.load_file(tmp_path / "m.safetensors")["float32"].tolist() == [[1, 0], [1, 1]]
    assert safetensors.load_file(tmp_path / "m.safetensors", device="meta")["int8"].device.type == "meta"


def test_the_layout_is_that_of_the_format():
    data = safetensors.save({"b": lucet.tensor([1, 2], dtype=lucet.int16), "a": lucet.tensor([0.5])}, {"k": "v"})
    length = int.from_bytes(data[:8], "little")
    assert length % 8 == 0
    assert json.loads(data[8 : 8 + length]) == {
        "__metadata__": {"k": "v"},
        "a": {"dtype": "F32", "shape": [1], "data_offsets": [0, 4]},
        "b": {"dtype": "I16", "shape": [2], "data_offsets": [4, 8]},
    }
    assert data[8 + length :] == np.array([0.5], "<f4").tobytes() + np.array([1, 2], "<i2").tobytes()


def test_what_the_format_cannot_hold_is_refused():
    x = lucet.ones(4)
    for bad in ({"a": x, "b": x[:2]}, {"a": lucet.ones(1, device="meta")}, {"a": x.to(lucet.complex128)}):
        with pytest.raises(RuntimeError, match="save: "):
            safetensors.save(bad)


ONE = {"dtype": "F32", "shape": [2], "data_offsets": [0, 8]}
LIES = [
    b"", b"\0" * 7, b"\xff" * 8, (100).to_bytes(8, "little") + b"{}", file_of(b"{"), file_of(b"[]"), file_of(b"\xff\xfe"), file_of(b"[" * 100_000), file_of({"a": 3}),
    file_of({"a": {}}), file_of({"a": ONE}), file_of({"a": ONE}, b"\0" * 9), file_of({"a": ONE | {"shape": [3]}}, b"\0" * 8), file_of({"a": ONE | {"shape": [-2]}}, b"\0" * 8),
    file_of({"a": ONE | {"shape": [2.0]}}, b"\0" * 8), file_of({"a": ONE | {"shape": [1 << 62, 1 << 62]}}, b"\0" * 8), file_of({"a": ONE | {"data_offsets": [8, 0]}}, b"\0" * 8),
    file_of({"a": ONE | {"data_offsets": [1, 9]}}, b"\0" * 9), file_of({"a": ONE | {"dtype": "F8_E4M3"}}, b"\0" * 8), file_of({"a": ONE | {"dtype": ["F32"]}} , b"\0" * 8),
    file_of({"a": ONE, "b": ONE}, b"\0" * 8), file_of(b'{"a":1,"a":2}'), file_of({"a": ONE | {"data_offsets": [0]}}, b"\0" * 8), file_of({"a": ONE | {"shape": [True, 2]}}, b"\0" * 8),
    file_of({"a": ONE | {"shape": [1] * 65 + [2]}}, b"\0" * 8), file_of({"a": ONE | {"shape": "ab"}}, b"\0" * 8),
]  # fmt: skip


@pytest.mark.parametrize("data", LIES)
def test_a_file_that_lies_is_a_load_error(data, tmp_path):
    path = tmp_path / "m.safetensors"
    path.write_bytes(data)
    for attempt in (lambda: safetensors.load(data), lambda: safetensors.load_file(path)):
        with pytest.raises(LoadError, match="^load: "):
            attempt()


@settings(max_examples=200, deadline=None)
@given(st.data())
def test_a_file_with_changed_bytes_loads_or_says_so(data):
    content = bytearray(safetensors.save({"a": lucet.arange(6.0).view(2, 3), "b": lucet.tensor([True])}))
    for _ in range(data.draw(st.integers(1, 4))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    try:
        safetensors.load(bytes(content))
    except LoadError as problem:
        assert str(problem)
