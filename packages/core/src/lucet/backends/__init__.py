"""Which libraries could compute here: none but lucet's own kernels. Settings of absent ones are kept, and change nothing."""

from lucet.backends import cpu as cpu
from lucet.backends import cuda as cuda
from lucet.backends import cudnn as cudnn
from lucet.backends import mkl as mkl
from lucet.backends import mkldnn as mkldnn
from lucet.backends import mps as mps
from lucet.backends import openmp as openmp
