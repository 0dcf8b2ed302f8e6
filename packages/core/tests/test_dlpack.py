"""DLPack: memory given to other libraries and taken from them, once each, for as long as somebody uses it."""

import ctypes
import gc

import numpy as np
import pytest

import lucet

NAMES = "bool uint8 int8 int16 int32 int64 float16 float32 float64 complex64 complex128".split()

is_valid = ctypes.pythonapi.PyCapsule_IsValid
is_valid.restype, is_valid.argtypes = ctypes.c_int, [ctypes.py_object, ctypes.c_char_p]
pointer_of = ctypes.pythonapi.PyCapsule_GetPointer
pointer_of.restype, pointer_of.argtypes = ctypes.c_void_p, [ctypes.py_object, ctypes.c_char_p]
rename = ctypes.pythonapi.PyCapsule_SetName
rename.restype, rename.argtypes = ctypes.c_int, [ctypes.py_object, ctypes.c_char_p]


class Old:
    """A producer of before the arguments of version 1."""

    def __init__(self, x):
        self.x = x

    def __dlpack__(self, stream=None):
        return self.x.__dlpack__()

    def __dlpack_device__(self):
        return 1, 0


def live():
    gc.collect()
    return lucet.memory_stats()["live_bytes"]


@pytest.mark.parametrize("name", NAMES)
def test_memory_is_shared_both_ways(name):
    a = np.arange(6).reshape(2, 3).astype(name)
    t = lucet.from_dlpack(a)
    assert (t.dtype, tuple(t.shape), t.data_ptr()) == (getattr(lucet, name), (2, 3), a.ctypes.data)
    back = np.from_dlpack(t)
    assert (back.ctypes.data, back.dtype, back.tolist()) == (a.ctypes.data, a.dtype, a.tolist())


@pytest.mark.parametrize("version,kind", [(None, b"dltensor"), ((0, 8), b"dltensor"), ((1, 0), b"dltensor_versioned"), ((1, 3), b"dltensor_versioned")])
def test_the_consumer_chooses_the_layout(version, kind):
    t = lucet.arange(6.0).view(2, 3).t()
    capsule = t.__dlpack__(max_version=version)
    assert is_valid(capsule, kind)
    got = lucet.from_dlpack(capsule)
    assert is_valid(capsule, b"used_" + kind)
    assert (got.data_ptr(), got.stride(), got.tolist()) == (t.data_ptr(), t.stride(), t.tolist())
    with pytest.raises(RuntimeError, match="consumed only once"):
        lucet.from_dlpack(capsule)


def test_strides_are_kept_and_offsets_count():
    t = lucet.arange(20.0).view(4, 5)
    for view in (t[1:, ::2], t.t(), t[:, :0], t[2, 3], t[:1].expand(3, 5)):
        got = lucet.from_dlpack(view)
        assert (got.tolist(), tuple(got.shape), got.stride()) == (view.tolist(), tuple(view.shape), view.stride())
    with pytest.raises(ValueError, match="negative"):
        lucet.from_dlpack(np.arange(3)[::-1])


@pytest.mark.parametrize("version", [None, (1, 0)])
def test_memory_lives_as_long_as_a_capsule_or_a_consumer_and_no_longer(version):
    before = live()
    capsule = lucet.full((1000,), 2.0).__dlpack__(max_version=version)
    assert live() > before
    taken = lucet.from_dlpack(capsule)
    del capsule
    assert taken.sum().item() == 2000 and live() > before
    part = taken[:10]
    del taken
    assert part.tolist() == [2.0] * 10
    del part
    assert live() == before
    capsule = lucet.full((1000,), 2.0).__dlpack__(max_version=version)
    del capsule  # nobody took it
    assert live() == before


def test_the_deleter_of_a_taken_capsule_is_called_by_the_consumer():
    before = live()
    capsule = lucet.ones(500).__dlpack__()
    at = pointer_of(capsule, b"dltensor")
    used = ctypes.create_string_buffer(b"used_dltensor")
    rename(capsule, ctypes.cast(used, ctypes.c_char_p))
    del capsule
    assert live() > before  # it is ours now
    delete = ctypes.CFUNCTYPE(None, ctypes.c_void_p)(ctypes.c_void_p.from_address(at + 56).value)  # behind tensor and context
    delete(at)  # ctypes releases the lock meanwhile
    assert live() == before


def test_what_was_given_away_stays_through_resize_and_set():
    t = lucet.ones(4)
    a = np.from_dlpack(t)
    t.set_(lucet.zeros(2))
    assert a.tolist() == [1, 1, 1, 1]
    t = lucet.ones(4)
    a = np.from_dlpack(t)
    with pytest.raises(RuntimeError, match="cannot be resized"):
        t.resize_(400)
    assert a.tolist() == [1, 1, 1, 1]


def test_read_only_memory_stays_so():
    a = np.arange(3.0)
    a.setflags(write=False)
    t = lucet.from_dlpack(a)
    with pytest.raises(RuntimeError, match="read-only"):
        t.add_(1)
    assert not np.from_dlpack(t).flags.writeable
    with pytest.raises(BufferError, match="max_version"):
        t.__dlpack__()
    lucet.from_dlpack(t, copy=True).add_(1)
    assert a.tolist() == [0, 1, 2]


def test_copies_are_made_where_asked():
    t = lucet.ones(2)
    assert lucet.from_dlpack(t).data_ptr() == lucet.from_dlpack(t, copy=False).data_ptr() == t.data_ptr()
    assert lucet.from_dlpack(t, copy=True).data_ptr() != t.data_ptr()
    assert lucet.from_dlpack(Old(t), copy=True).data_ptr() != t.data_ptr()
    assert lucet.from_dlpack(Old(t)).data_ptr() == t.data_ptr()
    assert lucet.from_dlpack(t, device="cpu").data_ptr() == t.data_ptr()
    assert lucet.from_dlpack(t, device="meta").device.type == "meta"


def test_what_cannot_be_given_is_refused():
    t = lucet.ones(2)
    for bad, kind in ((lucet.ones(2, requires_grad=True), BufferError), (lucet.ones(2, device="meta"), BufferError)):
        with pytest.raises(kind):
            bad.__dlpack__()
    with pytest.raises(BufferError):
        t.__dlpack__(dl_device=(2, 0))
    with pytest.raises(ValueError):
        t.__dlpack__(dl_device=(2, 0), copy=False)
    with pytest.raises(TypeError):
        t.__dlpack__(stream="a")
    with pytest.raises(AssertionError):
        t.__dlpack__(stream=1)
    assert t.__dlpack_device__() == (lucet.utils.dlpack.DLDeviceType.kDLCPU, 0)


def test_what_cannot_be_taken_is_refused():
    for bad in (np.zeros(2, "uint16"), np.zeros(2, "uint64")):
        with pytest.raises(BufferError, match="no element type"):
            lucet.from_dlpack(bad)
    for bad in (3, None, "x", [1.0]):
        with pytest.raises(RuntimeError, match="invalid capsule"):
            lucet.from_dlpack(bad)
    with pytest.raises(AssertionError):
        lucet.from_dlpack(lucet.ones(2).__dlpack__(), copy=True)

    class Elsewhere(Old):
        def __dlpack_device__(self):
            return 2, 0

    with pytest.raises(BufferError, match="computes on the CPU"):
        lucet.from_dlpack(Elsewhere(lucet.ones(2)))


def test_the_factories_take_what_offers_its_memory():
    t = lucet.arange(3.0)
    assert lucet.as_tensor(Old(t)).data_ptr() == lucet.asarray(Old(t)).data_ptr() == t.data_ptr()
    assert lucet.tensor(Old(t)).tolist() == [0, 1, 2]
    assert lucet.tensor(Old(t)).data_ptr() != t.data_ptr()
    assert lucet.as_tensor(Old(t), dtype=lucet.int64).tolist() == [0, 1, 2]


def test_old_programs_pass_capsules():
    t = lucet.arange(3.0)
    assert lucet.utils.dlpack.from_dlpack(lucet.utils.dlpack.to_dlpack(t)).data_ptr() == t.data_ptr()


def test_a_hidden_layout_is_given_up_first():
    x = lucet.conv2d(lucet.rand(1, 3, 8, 8), lucet.rand(16, 3, 3, 3))
    assert np.from_dlpack(x).tolist() == x.tolist()
