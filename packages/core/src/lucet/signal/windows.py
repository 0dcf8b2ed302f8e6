"""Window functions under torch's names: names only."""

from lucet._composed.windows import bartlett as bartlett
from lucet._composed.windows import blackman as blackman
from lucet._composed.windows import cosine as cosine
from lucet._composed.windows import exponential as exponential
from lucet._composed.windows import gaussian as gaussian
from lucet._composed.windows import general_cosine as general_cosine
from lucet._composed.windows import general_hamming as general_hamming
from lucet._composed.windows import hamming as hamming
from lucet._composed.windows import hann as hann
from lucet._composed.windows import kaiser as kaiser
from lucet._composed.windows import nuttall as nuttall

__all__ = [
    "bartlett", "blackman", "cosine", "exponential", "gaussian", "general_cosine", "general_hamming", "hamming", "hann", "kaiser", "nuttall",
]  # fmt: skip
