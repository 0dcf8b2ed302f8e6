"""nn.functional.pad with borders that are not constant: against numpy.pad, which knows the same three; what is cut; gradients."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import lucet
from lucet._ops import pad

NUMPYS = {"reflect": "reflect", "replicate": "edge", "circular": "wrap"}


def numbered(shape, dtype=lucet.float32):
    return lucet.arange(np.prod(shape).item()).reshape(shape).to(dtype)


def numpys(x, pads, mode):
    widths = [(0, 0)] * (x.ndim - len(pads) // 2) + [(pads[i], pads[i + 1]) for i in range(len(pads) - 2, -1, -2)]
    return np.pad(x.numpy(), widths, mode=NUMPYS[mode])


@settings(deadline=None, max_examples=150)
@given(st.data(), st.sampled_from(sorted(NUMPYS)), st.integers(1, 3))
def test_borders_are_those_of_numpy(data, mode, padded):
    lead = data.draw(st.lists(st.integers(1, 3), min_size=1, max_size=2))
    sizes = data.draw(st.lists(st.integers(1, 9), min_size=padded, max_size=padded))
    pads = [data.draw(st.integers(0, size - (mode == "reflect"))) for size in reversed(sizes) for _ in "ab"]
    x = numbered((*lead, *sizes), data.draw(st.sampled_from([lucet.float32, lucet.int64, lucet.float16, lucet.bool])))
    if data.draw(st.booleans()):
        x = x.transpose(-1, 0).contiguous().transpose(-1, 0)
    assert np.array_equal(pad(x, pads, mode).numpy(), numpys(x, pads, mode))


@pytest.mark.parametrize("mode", NUMPYS)
def test_a_padded_image_keeps_its_memory_format_but_for_circular_borders(mode):
    x = numbered((2, 3, 8, 9)).contiguous(memory_format=lucet.channels_last)
    y = pad(x, (1, 2, 5, 6), mode)
    assert y.is_contiguous(memory_format=lucet.channels_last) is (mode != "circular")
    assert np.array_equal(y.numpy(), numpys(x, (1, 2, 5, 6), mode))


@pytest.mark.parametrize(
    "mode, pads, expected",
    [
        ("reflect", (-2, 3), [3, 4, 3, 2, 1]),  # shows what is cut on the other side
        ("reflect", (3, -2), [4, 3, 2, 1, 2]),
        ("replicate", (-2, 3), [3, 4, 4, 4, 4]),
        ("replicate", (-4, 2), [4, 4]),
        ("circular", (-2, 2), [3, 4, 3, 4]),
        ("circular", (2, -2), [1, 2, 1, 2]),
    ],
)
def test_negative_borders_cut(mode, pads, expected):
    assert pad(lucet.tensor([[1, 2, 3, 4]]), pads, mode).tolist() == [expected]


@pytest.mark.parametrize("pads", [(5, 0), (-2, 3), (3, -2)])
def test_circular_borders_wrap_once(pads):
    with pytest.raises(RuntimeError, match="wrapping around more than once"):
        pad(lucet.tensor([[1, 2, 3, 4]]), pads, "circular")


@pytest.mark.parametrize("mode", NUMPYS)
@pytest.mark.parametrize("pads", [(2, 1), (1, 2, 2, 0), (-1, 2), (1, -1, 0, 2)])
def test_gradients(mode, pads):
    lucet.manual_seed(0)
    x = lucet.rand(2, 3, 4, dtype=lucet.float64, requires_grad=True)
    assert lucet.autograd.gradcheck(lambda x: pad(x, pads, mode), (x,))
    assert lucet.autograd.gradgradcheck(lambda x: pad(x, pads, mode).square(), (x,))
