"""`from_file`: what reaches the file, what does not, and files that will not do."""

import os

import pytest

import lucet


def test_shared_writes_reach_the_file(tmp_path):
    path = tmp_path / "numbers"
    shared = lucet.from_file(path, shared=True, size=4, dtype=lucet.int32)
    assert shared.tolist() == [0, 0, 0, 0] and path.stat().st_size == 16
    shared[1:] += lucet.tensor([1, 2, 3], dtype=lucet.int32)
    assert path.read_bytes() == b"".join(n.to_bytes(4, "little") for n in range(4))
    assert lucet.from_file(str(path), True, 3, dtype=lucet.int32).tolist() == [0, 1, 2]
    longer = lucet.from_file(path, shared=True, size=6, dtype=lucet.int32)
    assert longer.tolist() == [0, 1, 2, 3, 0, 0] and path.stat().st_size == 24


@pytest.mark.parametrize("shared", [None, False])
def test_private_writes_do_not_reach_the_file(tmp_path, shared):
    path = tmp_path / "numbers"
    path.write_bytes(bytes(range(16)))
    os.chmod(path, 0o400)
    private = lucet.from_file(str(path), shared=shared, size=5, dtype=lucet.uint8)
    private.mul_(2)
    assert private.tolist() == [0, 2, 4, 6, 8]
    assert path.read_bytes() == bytes(range(16))


def test_outlives_the_name_and_takes_gradients(tmp_path):
    path = tmp_path / "numbers"
    lucet.from_file(path, shared=True, size=3).fill_(2)
    x = lucet.from_file(path, size=3, requires_grad=True)
    path.unlink()
    (x * x).sum().backward()
    assert x.grad.tolist() == [4, 4, 4]


def test_nothing_is_mapped_for_no_elements(tmp_path):
    empty = lucet.from_file(tmp_path / "none", dtype=lucet.float64)
    assert empty.shape == (0,) and empty.dtype == lucet.float64 and not (tmp_path / "none").exists()


def test_refuses(tmp_path):
    path = tmp_path / "numbers"
    path.write_bytes(bytes(16))
    with pytest.raises(lucet.errors.LoadError, match=r"'.*numbers' has 16 bytes, the tensor needs 32"):
        lucet.from_file(path, size=8)
    with pytest.raises(lucet.errors.LoadError, match="cannot open .*absent.*No such file"):
        lucet.from_file(tmp_path / "absent", size=1)
    with pytest.raises(lucet.errors.LoadError, match="cannot open"):
        lucet.from_file(tmp_path, shared=True, size=1)
    with pytest.raises(lucet.errors.LoadError, match="cannot map"):
        lucet.from_file(path, shared=True, size=2**62)
    with pytest.raises(ValueError, match="size must be a number of elements"):
        lucet.from_file(path, size=-1)
    with pytest.raises(TypeError):
        lucet.from_file(3.5, size=1)
    with pytest.raises(lucet.errors.DeviceError, match="only a tensor on the CPU"):
        lucet.from_file(path, size=1, device="meta")
    with pytest.raises(RuntimeError, match="cannot be pinned"):
        lucet.from_file(path, size=1, pin_memory=True)
    assert path.read_bytes() == bytes(16)
