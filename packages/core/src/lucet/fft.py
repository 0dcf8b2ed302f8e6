"""Discrete Fourier transforms under the names of `torch.fft`: names only, the functions are ops of the core."""

from lucet._composed.fourier import fft as fft
from lucet._composed.fourier import fft2 as fft2
from lucet._composed.fourier import fftfreq as fftfreq
from lucet._composed.fourier import fftn as fftn
from lucet._composed.fourier import fftshift as fftshift
from lucet._composed.fourier import hfft as hfft
from lucet._composed.fourier import hfft2 as hfft2
from lucet._composed.fourier import hfftn as hfftn
from lucet._composed.fourier import ifft as ifft
from lucet._composed.fourier import ifft2 as ifft2
from lucet._composed.fourier import ifftn as ifftn
from lucet._composed.fourier import ifftshift as ifftshift
from lucet._composed.fourier import ihfft as ihfft
from lucet._composed.fourier import ihfft2 as ihfft2
from lucet._composed.fourier import ihfftn as ihfftn
from lucet._composed.fourier import irfft as irfft
from lucet._composed.fourier import irfft2 as irfft2
from lucet._composed.fourier import irfftn as irfftn
from lucet._composed.fourier import rfft as rfft
from lucet._composed.fourier import rfft2 as rfft2
from lucet._composed.fourier import rfftfreq as rfftfreq
from lucet._composed.fourier import rfftn as rfftn
from lucet._tensor import Tensor as Tensor

__all__ = [
    "fft", "fft2", "fftfreq", "fftn", "fftshift", "hfft", "hfft2", "hfftn", "ifft", "ifft2", "ifftn", "ifftshift", "ihfft", "ihfft2", "ihfftn",
    "irfft", "irfft2", "irfftn", "rfft", "rfft2", "rfftfreq", "rfftn",
]  # fmt: skip
