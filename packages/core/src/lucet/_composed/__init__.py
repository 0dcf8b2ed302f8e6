"""Ops written as sums of other ops, in plain Python: the time is in the parts. Importing this package registers them."""

from lucet._composed import arrangements as arrangements
from lucet._composed import by_element as by_element
from lucet._composed import calculus as calculus
from lucet._composed import cholesky as cholesky
from lucet._composed import copies as copies
from lucet._composed import distances as distances
from lucet._composed import divergence as divergence
from lucet._composed import factors as factors
from lucet._composed import fixed_sizes as fixed_sizes
from lucet._composed import fourier as fourier
from lucet._composed import functions as functions
from lucet._composed import hermitian as hermitian
from lucet._composed import low_rank as low_rank
from lucet._composed import old_norms as old_norms
from lucet._composed import partings as partings
from lucet._composed import places as places
from lucet._composed import products as products
from lucet._composed import questions as questions
from lucet._composed import short_fourier as short_fourier
from lucet._composed import singular as singular
from lucet._composed import spectra as spectra
from lucet._composed import statistics as statistics
from lucet._composed import windows as windows
