"""Ops written as sums of other ops, in plain Python: the time is in the parts. Importing this package registers them."""

from lucet._composed import calculus as calculus
from lucet._composed import distances as distances
from lucet._composed import divergence as divergence
from lucet._composed import places as places
from lucet._composed import questions as questions
from lucet._composed import statistics as statistics
