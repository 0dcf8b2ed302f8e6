"""Short-time Fourier transforms: `stft` cuts a signal into windows and transforms each, `istft` adds them up again."""

import warnings
from typing import Any

from lucet import _ops
from lucet._composed._define import composed
from lucet._composed._matrices import real_of
from lucet._errors import DtypeError, ShapeError, error, warn_once
from lucet._ops.composing import recorded
from lucet._ops.create import ones, zeros
from lucet._ops.fourier import complex_to_complex, complex_to_real, real_to_complex
from lucet._ops.pad import pad_function
from lucet._tensor import Tensor

Rule = list[Tensor | None]


def _centred(window: Tensor, size: int) -> Tensor:
    """A window with zeros on both sides."""
    before = (size - window.shape[0]) // 2
    return pad_function(window, (before, size - window.shape[0] - before)) if window.shape[0] < size else window


def _warn_of_no_window(effect: str) -> None:
    warn_once(
        f"A window was not provided. A rectangular window will be applied, {effect}; window=torch.ones(n_fft) says that it is meant", stacklevel=5
    )


def _bordered(input: Tensor, width: int, mode: str) -> Tensor:
    if mode != "constant" and (input.dim() > 2 or not input.numel()):
        raise error(ShapeError, f"stft: expected a 1D or 2D tensor that is not empty, got {input.dim()}D of shape {list(input.shape)}")
    lead = input.unsqueeze(0) if input.dim() < 2 else input
    bordered = pad_function(lead.unsqueeze(0) if input.dim() == 0 else lead, (width, width), mode)
    return bordered.squeeze(0) if input.dim() < 2 else bordered


@composed(
    method=True, family="fft", dtypes="floats and complex",
    samples=lambda r: [
        (r(12), 4, {"return_complex": True}), (r(2, 13), 5, 2, 3, r(3), {"onesided": False, "return_complex": True}),
        (r(2, 13), 4, 3, 4, r(4), False, "reflect", True, True, True), (r(9), 5, 1, 3, r(3), False, "constant", False, True, True, True),
    ],
)  # fmt: skip
def stft(
    input: Tensor, n_fft: int, hop_length: int | None = None, win_length: int | None = None, window: Tensor | None = None, center: bool = True,
    pad_mode: str = "reflect", normalized: bool = False, onesided: bool | None = None, return_complex: bool | None = None,
    align_to_window: bool | None = None,
) -> Tensor:  # fmt: skip
    """stft(input, n_fft, hop_length=None, win_length=None, window=None, center=True, pad_mode="reflect", normalized=False, onesided=None, return_complex=None, align_to_window=None) -> Tensor

    The Fourier transforms of frames of `n_fft` elements, `hop_length` (n_fft // 4) apart, each times `window` of `win_length` (n_fft)
    elements, which is set in the middle of zeros. center=True: the signal gets borders of n_fft // 2 by `pad_mode`, so that frame t is
    centred at t * hop_length; else `align_to_window` sets the first window, not the first frame, on the first element.
    `normalized` divides by the root of n_fft. onesided=True, the default of real numbers: the first n_fft // 2 + 1 frequencies.
    return_complex=False gives real and imaginary parts as a last dimension, and warns.
    Shape: (L) or (B, L) gives (frequencies, frames) or (B, frequencies, frames). Raises: ShapeError for sizes that do not fit.

    >>> import lucet
    >>> lucet.stft(lucet.ones(8), 4, window=lucet.hann_window(4), return_complex=True).shape
    lucet.Size([3, 9])
    """
    if center and align_to_window is not None:
        raise RuntimeError("stft: stft align_to_window should only be set when center = false")
    if window is None:
        _warn_of_no_window("which leaks between frequencies, where torch.hann_window leaks less")
    is_complex = input.is_complex() or window is not None and window.is_complex()
    if return_complex is None and not is_complex:
        raise RuntimeError(
            "stft requires the return_complex parameter be given for real inputs, and will further require that return_complex=True in a future release."
        )
    return_complex = is_complex if return_complex is None else return_complex
    if center:
        input = _bordered(input, n_fft // 2, pad_mode)
    if not (input.is_floating_point() or input.is_complex()):
        raise error(DtypeError, f"stft: expected a tensor of floating point or complex values, got {input.dtype._name}")
    if not 1 <= input.dim() <= 2:
        raise error(ShapeError, f"stft: expected a 1D or 2D tensor, got {input.dim()}D")
    length = input.shape[-1]
    hop_length = n_fft // 4 if hop_length is None else hop_length
    win_length = n_fft if win_length is None else win_length
    if not 0 < n_fft <= length:
        raise error(ShapeError, f"stft: expected 0 < n_fft <= {length}, but got n_fft={n_fft}")
    if hop_length <= 0:
        raise RuntimeError(f"stft: expected hop_length > 0, but got hop_length={hop_length}")
    if not 0 < win_length <= n_fft:
        raise RuntimeError(f"stft: expected 0 < win_length <= n_fft, but got win_length={win_length}")
    if window is not None and tuple(window.shape) != (win_length,):
        raise error(ShapeError, f"stft: expected a 1D window tensor of size equal to win_length={win_length}, but got window with size {list(window.shape)}")
    if onesided and is_complex:
        raise RuntimeError("stft: Cannot have onesided output if window or input is complex")
    if window is None and win_length < n_fft:
        window = ones(win_length, dtype=input.dtype, device=input.device)
    if align_to_window:
        before = (n_fft - win_length) // 2
        input = pad_function(input, (before, n_fft - win_length - before))
    signal: Any = input
    frames = signal.unfold(-1, n_fft, hop_length)
    if window is not None:
        frames = frames * _centred(window, n_fft)
    norm = "ortho" if normalized else None
    half = not is_complex if onesided is None else onesided
    y = real_to_complex(frames, None, -1, norm, False, "stft") if half else complex_to_complex(frames, None, -1, norm, False)
    y = y.transpose(-2, -1)
    if return_complex:
        return y
    warn_once(
        "stft with return_complex=False is deprecated. In a future release all results are complex, and view_as_real brings them to this form",
        stacklevel=4,
    )
    return _ops.view_as_real(y)


def _added_up(frames: Tensor, step: int) -> Tensor:
    """(batch, count, size) frames that begin `step` apart, summed where they overlap: the adjoint of `unfold`. Recorded."""
    batch, count, size = frames.shape
    shifts = -(-size // step)
    parts = pad_function(frames.detach(), (0, shifts * step - size)).reshape(batch, count, shifts, step)
    total = zeros((batch, count + shifts - 1, step), dtype=frames.dtype, device=frames.device)
    for k in range(shifts):
        total.narrow(1, k, count).add_(parts.select(2, k))
    y = total.reshape(batch, -1).narrow(1, 0, (count - 1) * step + size).detach().contiguous()
    recorded("UnfoldBackwardBackward0", _added_up_rule, (frames,), (y,), (), (size, step))
    return y


def _added_up_rule(wanted: list[bool], grads: list[Any], kept: list[Tensor], options: tuple[int, int]) -> Rule:
    return [grads[0].unfold(-1, *options)]


def _check_frames(input: Tensor, n_fft: int, hop_length: int, win_length: int, window: Tensor | None, onesided: bool) -> None:
    if not input.is_complex():
        raise error(DtypeError, "istft requires a complex-valued input tensor matching the output from stft with return_complex=True.")
    if not input.numel():
        raise error(ShapeError, f"istft: input tensor cannot be empty, got shape {list(input.shape)}")
    if not 2 <= input.dim() <= 3:
        raise error(ShapeError, f"istft: expected a tensor with 2 or 3 dimensions, but got {input.dim()}")
    rows, what, wanted = (input.shape[-2], "n_fft / 2 + 1", n_fft // 2 + 1) if onesided else (input.shape[-2], "n_fft", n_fft)
    if rows != wanted:
        raise error(
            ShapeError, f"istft: expected the frequency dimension (2nd to the last) of the input tensor to match {what} when onesided={onesided}, but got {rows}"
        )
    if not 0 < hop_length <= win_length:
        raise RuntimeError(f"istft: expected 0 < hop_length <= win_length, but got hop_length={hop_length}, win_length={win_length}")
    if not 0 < win_length <= n_fft:
        raise RuntimeError(f"istft: expected 0 < win_length <= n_fft, but got win_length={win_length}")
    if window is not None and tuple(window.shape) != (win_length,):
        raise error(ShapeError, f"istft: Invalid window shape. window has to be 1D and length of `win_length`, got {list(window.shape)}")


@composed(
    method=True, family="fft", dtypes="complex",
    samples=lambda r: [
        (_ops.complex(r(3, 5), r(3, 5)), 4), (_ops.complex(r(2, 3, 4), r(2, 3, 4)), 5, 2, 3, r(3).abs() + 1),
        (_ops.complex(r(4, 4), r(4, 4)), 4, 2, 4, None, True, True, False, 7, True), (_ops.complex(r(3, 5), r(3, 5)), 4, 1, 4, r(4).abs() + 1, False),
    ],
)  # fmt: skip
def istft(
    input: Tensor, n_fft: int, hop_length: int | None = None, win_length: int | None = None, window: Tensor | None = None, center: bool = True,
    normalized: bool = False, onesided: bool | None = None, length: int | None = None, return_complex: bool = False,
) -> Tensor:  # fmt: skip
    """istft(input, n_fft, hop_length=None, win_length=None, window=None, center=True, normalized=False, onesided=None, length=None, return_complex=False) -> Tensor

    The signal whose `stft` with the same arguments is nearest to `input`: the inverse transforms times the window are added up and
    divided by the sum of the squares of the windows. center=True takes n_fft // 2 elements off both ends; `length` cuts the result, or
    follows it by zeros. `onesided` is by default told by the number of frequencies. return_complex=True: of a complex signal.
    Shape: (frequencies, frames) or (B, frequencies, frames) gives (L) or (B, L).
    Raises: RuntimeError where the windows leave a gap, ShapeError for sizes that do not fit.

    Source: D. Griffin, J. Lim, Signal estimation from modified short-time Fourier transform, 1984.

    >>> import lucet
    >>> window = lucet.hann_window(4)
    >>> lucet.istft(lucet.stft(lucet.ones(8), 4, window=window, return_complex=True), 4, window=window).shape
    lucet.Size([8])
    """
    hop_length = n_fft // 4 if hop_length is None else hop_length
    win_length = n_fft if win_length is None else win_length
    onesided = onesided if onesided is not None else input.dim() > 1 and input.shape[-2] != n_fft
    _check_frames(input, n_fft, hop_length, win_length, window, onesided)
    if return_complex and onesided:
        raise RuntimeError("istft: Cannot have onesided output if window or input is complex")
    if not return_complex and window is not None and window.is_complex():
        raise RuntimeError("istft: Complex windows are incompatible with return_complex=False")
    if window is None:
        _warn_of_no_window("which undoes stft only where that had none either")
        window = ones(win_length, dtype=input.dtype if return_complex else real_of(input), device=input.device)
    window = _centred(window, n_fft)
    spectra = (input if input.dim() == 3 else input.unsqueeze(0)).transpose(1, 2)
    norm = "ortho" if normalized else None
    if return_complex:
        frames = complex_to_complex(spectra, None, -1, norm, True)
    else:
        frames = complex_to_real(spectra.narrow(-1, 0, n_fft // 2 + 1), n_fft, -1, norm, True, "istft")
    y = _added_up(frames * window, hop_length)
    envelope = _added_up((window * window).expand(1, frames.shape[1], n_fft), hop_length)
    whole = y.shape[1]
    first = n_fft // 2 if center else 0
    end = first + length if length is not None else whole - first if center else whole
    y, envelope = y[:, first:end], envelope[:, first:end]
    if not envelope.is_meta and (not envelope.numel() or bool((envelope.detach().abs() < 1e-11).any())):
        raise RuntimeError("istft: window overlap add min: 1: the squares of the windows sum to 0 somewhere, or no element is left")
    y = y / envelope
    if end > whole:
        warnings.warn("istft: The length of signal is shorter than the length parameter. Result is being padded with zeros in the tail. Please check your "
                      "center and hop_length settings.", UserWarning, stacklevel=3)  # fmt: skip
        y = pad_function(y, (0, end - whole))
    return y if input.dim() == 3 else y.squeeze(0)
