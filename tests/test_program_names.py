"""The names of core that public training programs use (counted in 32 of them): each is there, with an honest answer for what a CPU has not."""

import importlib

import pytest

import lucet

# Everything of `torch` outside nn, optim, utils.data that those programs name.
NAMES = """
no_grad save load device manual_seed cat randn tensor cuda.is_available accelerator.current_accelerator accelerator.is_available zeros float
backends.cudnn.benchmark arange Tensor float32 ones rand long max int64 exp log tril cuda.set_device distributed.init_process_group matmul from_numpy
inference_mode randint LongTensor Generator backends.cudnn.deterministic cos cuda.amp.GradScaler cuda.max_memory_allocated distributed.all_reduce empty
randperm sin sum double clamp distributed.get_rank distributed.is_available autograd.Function autograd.Variable distributed.barrier
distributed.get_world_size FloatTensor full stack topk HalfTensor cuda.amp.autocast cuda.device_count distributed.is_initialized flatten multinomial
serialization.default_restore_location serialization.safe_globals use_deterministic_algorithms autograd.gradcheck mean ones_like
accelerator.set_device_index autograd.function.once_differentiable cuda.memory_allocated meshgrid sqrt accelerator.device_count add amp.autocast argmax
autograd.grad backends.cuda.matmul.allow_tf32 backends.cudnn.allow_tf32 backends.cudnn.enabled backends.cudnn.version backends.mps.is_available bfloat16
compile cuda.FloatTensor cuda.is_bf16_supported cuda.manual_seed cuda.manual_seed_all cuda.memory_summary cuda.reset_peak_memory_stats
distributed.ReduceOp.SUM distributed.destroy_process_group erf eye float16 gather linspace multiprocessing.spawn pow randn_like set_grad_enabled sigmoid
tanh where utils.tensorboard.SummaryWriter set_num_threads
""".split()


def found(path):
    thing = lucet
    for depth, name in enumerate(parts := path.split(".")):
        try:
            thing = getattr(thing, name)
        except AttributeError:
            thing = importlib.import_module("lucet." + ".".join(parts[: depth + 1]))
    return thing


@pytest.mark.parametrize("path", NAMES)
def test_the_name_is_there(path):
    if path.startswith("utils.tensorboard"):  # what it says without its library is tested with core alone
        pytest.importorskip("tensorboard")
    found(path)


def test_questions_about_accelerators_are_answered():
    assert not lucet.cuda.is_available() and lucet.cuda.device_count() == 0 and not lucet.cuda.is_bf16_supported()
    assert not lucet.accelerator.is_available() and lucet.accelerator.current_accelerator() is None
    assert not lucet.backends.mps.is_available() and lucet.backends.cudnn.version() is None
    assert lucet.cuda.max_memory_allocated() == lucet.cuda.memory_allocated() == 0
    assert "CPU" in lucet.cuda.memory_summary()
    lucet.cuda.manual_seed_all(1)
    lucet.cuda.reset_peak_memory_stats()
    lucet.cuda.empty_cache()
    with lucet.cuda.device(None), lucet.cuda.stream(None), lucet.cuda.device(-1):
        pass
    for refused in (lambda: lucet.cuda.set_device(0), lambda: lucet.cuda.Event(), lambda: lucet.cuda.device(0), lambda: lucet.cuda.current_stream()):
        with pytest.raises(lucet.errors.DeviceError, match="no CUDA device"):
            refused()
    with pytest.raises(RuntimeError, match="accelerator device when none is available"):
        lucet.accelerator.set_device_index(0)
    assert not isinstance(lucet.ones(1), lucet.cuda.FloatTensor)
    with pytest.raises(TypeError, match="not available"):
        lucet.cuda.FloatTensor(2)
    with pytest.raises(AttributeError, match="has no attribute 'nonsense'"):
        _ = lucet.cuda.nonsense
    assert lucet.cpu.is_available() and lucet.cpu.device_count() == 1
    assert not lucet.compiler.is_compiling()
