"""The profiler beside torch: the same columns, arguments and schedules."""

import inspect
import itertools

import pytest
import torch

import lucet


def table_of(T, **how):
    with T.profiler.profile(activities=[T.profiler.ProfilerActivity.CPU], **how) as prof:
        T.ones(2, 3)
        T.zeros(4)
    return prof.key_averages(group_by_input_shape=how.get("record_shapes", False)).table(sort_by="cpu_time_total", row_limit=10)


@pytest.mark.parametrize("memory,shapes", list(itertools.product([False, True], repeat=2)))
def test_the_table_has_the_same_columns(memory, shapes):
    rows = []
    for T in (torch, lucet):
        lines = table_of(T, profile_memory=memory, record_shapes=shapes).splitlines()
        titles = [title.strip() for title in lines[1].split("  ") if title.strip()]
        rows.append((titles, lines[-1].split(":")[0], lines[0].rstrip("- ") == "", [len(part) for part in lines[0].split("  ")][1:7]))
    if shapes and "Input Shapes" not in rows[0][0]:
        rows[1] = (rows[1][0][:-1], *rows[1][1:])
    assert rows[1] == rows[0]


@pytest.mark.parametrize("wait,warmup,active,repeat,first", list(itertools.product([0, 2], [1, 2], [1, 3], [0, 2], [0, 3])))
def test_schedules_are_torchs(wait, warmup, active, repeat, first):
    plans = [[T.profiler.schedule(wait=wait, warmup=warmup, active=active, repeat=repeat, skip_first=first)(i).name for i in range(30)] for T in (torch, lucet)]
    assert plans[1] == plans[0]


@pytest.mark.parametrize("path", ["profiler.profile", "profiler.record_function", "profiler.schedule", "profiler.tensorboard_trace_handler", "autograd.profiler.profile"])
def test_arguments_are_torchs(path):
    found = []
    for thing in (torch, lucet):
        for name in path.split("."):
            thing = getattr(thing, name)
        found.append([(p.name, p.kind, p.default) for p in inspect.signature(thing).parameters.values()])
    assert found[1] == found[0]


def test_a_sum_has_the_fields_that_programs_read():
    found = []
    for T in (torch, lucet):
        with T.profiler.profile(record_shapes=True) as prof:
            T.ones(2)
        found.append({name for name in dir(prof.key_averages()[0]) if not name.startswith("_")})
    assert found[0] - found[1] <= {"cpu_children", "device_type", "scope"}


def test_steps_are_summed_as_one_and_recording_can_be_stopped_in_between():
    found = []
    for T in (torch, lucet):
        plan = T.profiler.schedule(wait=0, warmup=1, active=3)
        CPU = T.profiler.ProfilerActivity.CPU
        with T.profiler.profile(activities=[CPU], schedule=plan) as prof:
            for step in range(4):
                T.ones(2)
                if step < 3:
                    prof.step()
        sums = {event.key: event.count for event in prof.key_averages()}
        with T.profiler.profile(activities=[CPU]) as prof:
            T.ones(2)
            prof.toggle_collection_dynamic(False, [CPU])
            T.zeros(2)
            prof.toggle_collection_dynamic(True, [CPU])
            T.rand(2)
        seen = {event.key for event in prof.key_averages()} & {"aten::ones", "aten::zeros", "aten::rand"}
        found.append((sums["ProfilerStep*"], sums["aten::ones"], sorted(seen)))
    assert found[0] == found[1] == (3, 3, ["aten::ones", "aten::rand"])
