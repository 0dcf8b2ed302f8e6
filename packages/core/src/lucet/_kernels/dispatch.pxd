# The filled table. Ops cimport K; its entries are those of the best level this CPU has.
from lucet._kernels.kernels cimport KernelTable

cdef KernelTable K
