"""The profiler: what it counts, its table, schedules and traces, and that nothing is left behind."""

import gzip
import json
import threading

import pytest

import lucet
from lucet import _modes
from lucet.autograd import _watch
from lucet.profiler import (
    ProfilerAction,
    ProfilerActivity,
    profile,
    record_function,
    schedule,
    tensorboard_trace_handler,
)


def test_ops_and_gradient_rules_are_counted():
    w = lucet.ones(4, 4, requires_grad=True)
    with profile(activities=[ProfilerActivity.CPU], record_shapes=True, profile_memory=True) as prof:
        with record_function("forward"):
            y = (lucet.ones(3, 4) @ w).relu().sum()
        y.backward()
    rows = {event.key: event for event in prof.key_averages()}
    assert {"forward", "aten::ones", "aten::matmul", "aten::relu", "aten::sum"} <= set(rows)
    assert rows["autograd::engine::evaluate_function: ReluBackward0"].count == 1
    events = prof.events()
    product = next(event for event in events if event.name == "aten::matmul")
    assert product.input_shapes == [[3, 4], [4, 4]]
    assert product.cpu_memory_usage == 64  # three by four, in the smallest class of blocks
    assert product.cpu_parent.name == "forward" and product in product.cpu_parent.cpu_children
    assert product.cpu_parent.cpu_time_total >= product.cpu_time_total > 0
    assert rows["forward"].self_cpu_time_total < rows["forward"].cpu_time_total
    assert [event.name for event in events if event.cpu_parent is None][0] == "forward"
    assert prof.key_averages().self_cpu_time_total == pytest.approx(events.total_average().self_cpu_time_total)


def test_nothing_is_asked_outside_and_nothing_left_behind():
    with pytest.raises(KeyError), profile():
        assert len(_modes._modes_in_force()[3]) == 1 and len(_watch._watches) == 1
        raise KeyError
    assert _modes._modes_in_force()[3] == () and _watch._watches == ()
    with record_function("nobody listens"):
        pass


def test_other_modes_and_watches_go_on_beside_it():
    x = lucet.tensor([1.0], requires_grad=True)
    with lucet.autograd.set_detect_anomaly(True), profile() as prof, lucet.debug.first_nonfinite(), lucet.autocast("cpu"):
        y = x.view(1, 1) @ lucet.ones(1, 1)
        y.float().sum().backward()
    assert y.dtype is lucet.bfloat16
    assert {"aten::matmul", "autograd::engine::evaluate_function: MmBackward0"} <= {event.name for event in prof.events()}


def test_a_function_that_is_decorated_has_a_row():
    @record_function("mine")
    def work():
        return lucet.ones(1)

    with profile() as prof:
        work()
        work()
    assert next(event for event in prof.key_averages() if event.key == "mine").count == 2


def test_the_table_has_torchs_columns():
    with profile(record_shapes=True, profile_memory=True, with_stack=True) as prof:
        for _ in range(3):
            lucet.ones(300, 300).exp()
    sums = prof.key_averages(group_by_input_shape=True, group_by_stack_n=1)
    text = sums.table(sort_by="count", row_limit=1, header="TITLE")
    lines = text.splitlines()
    assert lines[1] == "TITLE"
    titles = [part for part in lines[3].split("  ") if part.strip()]
    assert [part.strip() for part in titles] == [
        "Name", "Self CPU %", "Self CPU", "CPU total %", "CPU total", "CPU time avg", "CPU Mem", "Self CPU Mem", "# of Calls", "Input Shapes", "Source Location",
    ]  # fmt: skip
    assert lines[-1].startswith("Self CPU time total: ")
    assert len(lines) == 8 and len({len(line) for line in lines[2:7]}) == 1
    assert "1.03 MB" in sums.table(sort_by="self_cpu_memory_usage")
    assert __file__[-30:] in text
    assert len(sums.table(row_limit=-1).splitlines()) == 5 + len(sums)
    with pytest.raises(AttributeError):
        sums.table(sort_by="beauty")
    with pytest.raises(AssertionError):
        profile().key_averages()


def test_times_and_sizes_are_shown_as_torch_shows_them():
    from lucet.autograd._profile_events import _memory, _share, _time

    assert [_time(us) for us in (0.5, 999.0, 1000.0, 1.5e6)] == ["0.500us", "999.000us", "1.000ms", "1.500s"]
    assert [_memory(n) for n in (0, 1023, -2048, 3 << 20, 5 << 30)] == ["0 B", "1023 B", "-2.00 KB", "3.00 MB", "5.00 GB"]
    assert (_share(1, 4), _share(0, 0), _share(1, 0)) == ("25.00%", "NaN", "inf")


def test_a_schedule_records_some_steps_and_hands_them_on(tmp_path):
    seen = []
    plan = schedule(wait=1, warmup=1, active=2, repeat=2, skip_first=1)
    assert [plan(i).value for i in range(11)] == [0, 0, 1, 2, 3, 0, 1, 2, 3, 0, 0]
    with profile(schedule=plan, on_trace_ready=lambda prof: seen.append([event.trace_name for event in prof.events()])) as prof:
        for step in range(11):
            lucet.ones(1)
            if step >= 3:
                lucet.zeros(1)
            prof.step()
    assert seen == [
        ["ProfilerStep#3", "aten::ones", "aten::zeros", "ProfilerStep#4", "aten::ones", "aten::zeros"],
        ["ProfilerStep#7", "aten::ones", "aten::zeros", "ProfilerStep#8", "aten::ones", "aten::zeros"],
    ]
    assert plan(4) is ProfilerAction.RECORD_AND_SAVE
    with pytest.raises(AssertionError):
        schedule(wait=0, warmup=1, active=0)
    with pytest.warns(UserWarning, match="warmup"):
        schedule(wait=0, warmup=0, active=1)


@pytest.mark.parametrize("zipped", [False, True])
def test_traces_are_read_by_chrome(tmp_path, zipped):
    with profile(record_shapes=True, on_trace_ready=tensorboard_trace_handler(str(tmp_path / "log"), "me", zipped)) as prof:
        prof.add_metadata("who", "me")
        lucet.ones(2, 3).exp()
    (file,) = (tmp_path / "log").iterdir()
    assert file.name.startswith("me.") and file.name.endswith(".pt.trace.json.gz" if zipped else ".pt.trace.json")
    trace = json.loads(gzip.open(file).read() if zipped else file.read_text())
    assert trace["who"] == "me"
    spans = {event["name"]: event for event in trace["traceEvents"] if event["ph"] == "X"}
    assert spans["aten::exp"]["args"]["Input Dims"] == [[2, 3]]
    assert spans["aten::exp"]["ts"] >= spans["aten::ones"]["ts"] + spans["aten::ones"]["dur"]


def test_stacks_are_written_for_flame_graphs(tmp_path):
    with profile(with_stack=True) as prof:
        for _ in range(50):
            lucet.ones(1000).exp()
    prof.export_stacks(str(tmp_path / "stacks"), "self_cpu_time_total")
    line, weight = (tmp_path / "stacks").read_text().splitlines()[0].rsplit(" ", 1)
    assert int(weight) > 0 and "test_stacks_are_written_for_flame_graphs" in line.split(";")[-1]


def test_backward_in_another_thread_is_seen():
    x = lucet.ones(2, requires_grad=True)
    with profile() as prof:
        y = x.exp().sum()
        thread = threading.Thread(target=y.backward)
        thread.start()
        thread.join()
    rules = [event for event in prof.events() if event.name == "ExpBackward0"]
    assert len(rules) == 1 and rules[0].thread != threading.get_native_id()


def test_the_older_profile_has_the_same_table():
    with lucet.autograd.profiler.profile(record_shapes=True) as prof:
        lucet.ones(2) + 1
    assert str(prof) == prof.table()
    assert "aten::add" in prof.key_averages().table(sort_by="self_cpu_time_total")
    assert prof.self_cpu_time_total > 0
    with pytest.raises(RuntimeError, match="didn't finish"):
        lucet.autograd.profiler.profile().table()
    with lucet.autograd.profiler.profile(enabled=False) as off:
        lucet.ones(1)
    assert off.function_events is None


def test_a_rule_stands_inside_its_evaluation():
    x = lucet.ones(3, requires_grad=True)
    with profile(record_shapes=True) as prof:
        (x * 2).sum().backward()
    rules = {event.name: event for event in prof.events() if event.scope == 1}
    assert set(rules) == {"SumBackward0", "MulBackward0", "torch::autograd::AccumulateGrad"}
    for name, event in rules.items():
        assert event.cpu_parent.name == f"autograd::engine::evaluate_function: {name}"
        assert event.cpu_parent.start_ns <= event.start_ns <= event.end_ns <= event.cpu_parent.end_ns
    assert rules["MulBackward0"].input_shapes == [[3]]
    averages = {each.key: each for each in prof.key_averages()}
    assert averages["MulBackward0"].count == 1
    assert str(averages["MulBackward0"].device_type) == "DeviceType.CPU" and averages["MulBackward0"].cpu_children == []
