"""The module in which torch keeps the names of `profiler`."""

from lucet.profiler import ProfilerAction as ProfilerAction
from lucet.profiler import ProfilerActivity as ProfilerActivity
from lucet.profiler import kineto_available as kineto_available
from lucet.profiler import profile as profile
from lucet.profiler import schedule as schedule
from lucet.profiler import supported_activities as supported_activities
from lucet.profiler import tensorboard_trace_handler as tensorboard_trace_handler
