"""NumPy arrays and buffers as tensors, and tensors as both, sharing memory."""

import array
import gc

import numpy as np
import pytest

import lucet

NAMES = "bool uint8 int8 int16 int32 int64 float16 float32 float64 complex64 complex128".split()


@pytest.mark.parametrize("name", NAMES)
def test_memory_is_shared_both_ways(name):
    a = np.arange(6).reshape(2, 3).astype(name)
    t = lucet.from_numpy(a)
    assert t.dtype is getattr(lucet, name)
    assert t.data_ptr() == a.ctypes.data
    assert t.numpy().ctypes.data == a.ctypes.data
    assert t.numpy().dtype == a.dtype
    a[0, 0] = 1
    assert t[0, 0].item() == a[0, 0]
    t.zero_()
    assert not a.any()


@pytest.mark.parametrize("view", [lambda a: a.T, lambda a: a[::2], lambda a: a[:, 1:3], lambda a: a[1:1], lambda a: a[None], lambda a: a[..., None], lambda a: a[2, 3]])
def test_strides_are_kept(view):
    a = np.arange(20.0).reshape(4, 5)
    b = np.asarray(view(a))
    t = lucet.from_numpy(b)
    assert t.tolist() == b.tolist()
    assert all(ours * 8 == theirs for ours, theirs, n in zip(t.stride(), b.strides, b.shape) if n > 1 and b.size)
    u = lucet.arange(20.0).double().view(4, 5)
    assert np.array_equal(u.t().numpy(), u.numpy().T)


def test_what_cannot_be_shared_is_refused():
    for bad in (np.arange(3)[::-1], np.zeros(2, dtype="U3"), np.zeros(2, dtype=object), np.zeros(2, dtype=">i4"), np.zeros(3, dtype="i2,i4")):
        with pytest.raises((TypeError, ValueError)):
            lucet.from_numpy(bad)
    packed = np.zeros(4, dtype=np.dtype("i1,i4"))["f1"]
    with pytest.raises((TypeError, ValueError)):
        lucet.from_numpy(packed)
    for other in ([1, 2], 3, "abc", None):
        with pytest.raises(TypeError):
            lucet.from_numpy(other)


def test_what_is_wrong_with_an_array_is_said():
    day = np.datetime64("2020-01-01")
    for make in (lucet.from_numpy, lucet.tensor, lucet.as_tensor, lucet.asarray):
        with pytest.raises(ValueError, match="byte order different from the native"):
            make(np.ones(2, np.dtype("f4").newbyteorder()))
        for bad, kind in ((np.array([day]), "datetime64"), (np.array([day - day]), "timedelta64"), (np.array(["a"]), "str_"), (np.array([None]), "object_")):
            with pytest.raises(TypeError, match=f"type numpy.{kind}. The only supported"):
                make(bad)
    for bad in (day, [day]):
        with pytest.raises(TypeError, match="type numpy.datetime64. The only supported"):
            lucet.tensor(bad)


def test_the_array_lives_as_long_as_the_tensor():
    t = lucet.from_numpy(np.full(1000, 7.0))
    gc.collect()
    assert t.sum().item() == 7000
    a = lucet.full((1000,), 3.0).numpy()
    gc.collect()
    assert a.sum() == 3000


def test_read_only_arrays_warn_and_stay_as_they_are():
    a = np.zeros(2)
    a.setflags(write=False)
    with pytest.warns(UserWarning, match="not writable"):
        t = lucet.from_numpy(a)
    assert t.sum().item() == 0
    with pytest.raises(RuntimeError, match="read-only"):
        t.add_(1)
    assert not a.any()


def test_numpy_of_recorded_tensors():
    x = lucet.ones(2, requires_grad=True)
    with pytest.raises(RuntimeError, match="detach"):
        x.numpy()
    assert x.numpy(force=True).tolist() == [1, 1]
    assert x.detach().numpy().tolist() == [1, 1]
    with pytest.raises(TypeError):
        lucet.ones(1, dtype=lucet.bfloat16).numpy()
    with pytest.raises(TypeError):
        lucet.ones(1, device="meta").numpy()


def test_numpy_functions_take_tensors():
    t = lucet.tensor([1.0, 4.0])
    assert np.asarray(t).tolist() == [1, 4]
    assert np.array(t, dtype=np.int64).dtype == np.int64
    assert isinstance(np.sqrt(t), (lucet.Tensor, np.ndarray))
    assert np.sqrt(t).tolist() == [1, 2]
    assert np.concatenate([t, t]).tolist() == [1, 4, 1, 4]
    assert (np.ones(2) + t.numpy()).tolist() == [2, 5]


def test_frombuffer():
    data = bytearray(np.arange(4, dtype=np.int32).tobytes())
    t = lucet.frombuffer(data, dtype=lucet.int32)
    assert t.tolist() == [0, 1, 2, 3]
    t[0] = 9
    assert data[0] == 9
    assert lucet.frombuffer(data, dtype=lucet.int32, offset=4, count=2).tolist() == [1, 2]
    assert lucet.frombuffer(array.array("f", [1.5]), dtype=lucet.float32).tolist() == [1.5]
    for wrong in ({"offset": 16}, {"offset": -1}, {"count": 5}, {"count": 0}, {"offset": 2, "count": 4}):
        with pytest.raises((ValueError, RuntimeError)):
            lucet.frombuffer(data, dtype=lucet.int32, **wrong)
    with pytest.raises((ValueError, TypeError)):
        lucet.frombuffer(object(), dtype=lucet.int32)


def test_numpy_numbers_and_arrays_as_operands():
    x = lucet.ones(2)
    assert (x * np.float64(2)).dtype is lucet.float32
    assert (np.float64(2) * x).tolist() == [2, 2]
    assert x[np.int64(1)].item() == 1
    assert x.sum(np.int64(0)).item() == 2
    assert lucet.zeros(tuple(np.array([2, 3]))).shape == (2, 3)


# --- operators with arrays ----------------------------------------------------------------------------------------------


def test_equality_with_an_array_is_elementwise():
    t, a = lucet.tensor([1, 2]), np.array([1.0, 3.0])
    for found in (t == a, a == t):
        assert found.tolist() == [True, False]
    for found in (t != a, a != t):
        assert found.tolist() == [False, True]
    assert (t == np.array(1)).tolist() == [True, False]
    with pytest.raises(RuntimeError, match="must match the size"):
        _ = t == np.array([1, 2, 3])
    assert (t == np.array(["a", "b"])) is False
    assert (t == np.array([1, None], dtype=object)) is False


def test_an_array_divided_by_a_tensor():
    found = np.array([2.0, 3.0]) / lucet.tensor([1.0, 2.0])
    assert found.dtype is lucet.float64
    assert found.tolist() == [2, 1.5]


def test_asarray_reads_the_bytes_of_buffers():
    assert lucet.asarray(bytearray(b"abcdefgh"), dtype=lucet.int32).tolist() == [1684234849, 1751606885]
    assert lucet.asarray(memoryview(array.array("f", [1.5, 2.5]))).tolist() == [1.5, 2.5]
    shared = bytearray(b"ab")
    lucet.asarray(shared, dtype=lucet.uint8)[0] = 99
    assert shared == b"cb"
    with pytest.warns(UserWarning, match="not writable"):
        lucet.asarray(b"ab", dtype=lucet.uint8)


def test_bytes_that_are_no_bools_are_not_viewed_as_such():
    with pytest.raises(RuntimeError, match="bytes other than 0 and 1"):
        lucet.tensor([0, 2], dtype=lucet.uint8).view(lucet.bool)
    bits = lucet.tensor([0, 1], dtype=lucet.uint8)
    bits.view(lucet.bool)[0] = True
    assert bits.tolist() == [1, 1]
