"""Checkpoints in a graph: keep the inputs of a function instead of what it saves for backward, and run it again when that is wanted."""

import contextlib
import enum
import warnings
import weakref
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from lucet import _engine, _modes, random
from lucet._modes import TorchFunctionMode
from lucet._tensor import Tensor
from lucet.amp import autocast_mode
from lucet.autograd import backward
from lucet.autograd.function import Function
from lucet.autograd.grad_mode import enable_grad, no_grad
from lucet.autograd.graph import saved_tensors_hooks

__all__ = [
    "CheckpointError", "CheckpointFunction", "CheckpointPolicy", "DefaultDeviceType", "GraphExecGroup", "SelectiveCheckpointContext",
    "check_backward_validity", "checkpoint", "checkpoint_sequential", "create_selective_checkpoint_contexts", "detach_variable",
    "get_device_states", "noop_context_fn", "set_checkpoint_debug_enabled", "set_checkpoint_early_stop", "set_device_states",
]  # fmt: skip

Contexts = tuple[contextlib.AbstractContextManager[Any], contextlib.AbstractContextManager[Any]]


class CheckpointError(RuntimeError):
    """The second run of a function did not save what the first did."""


# --- small parts of torch's module ----------------------------------------------------------------------------------


def detach_variable(inputs: tuple[Any, ...]) -> tuple[Any, ...]:
    """The tensors of a tuple as leaves that require a gradient where they did; other values as they are."""
    if not isinstance(inputs, tuple):
        raise RuntimeError(f"Only tuple of tensors is supported. Got Unsupported input type: {type(inputs).__name__}")
    return tuple(x.detach().requires_grad_(x.requires_grad) if isinstance(x, Tensor) else x for x in inputs)


def check_backward_validity(inputs: Iterable[Any]) -> None:
    """Warn where none of the inputs requires a gradient."""
    if not any(x.requires_grad for x in inputs if isinstance(x, Tensor)):
        warnings.warn("None of the inputs have requires_grad=True. Gradients will be None", stacklevel=2)


class DefaultDeviceType:
    """The device whose random state a checkpoint keeps beside the CPU's: there is none but the CPU here."""

    _name = "cpu"

    @staticmethod
    def set_device_type(device: str = "cuda") -> None:
        """Note a device; it has no effect."""
        DefaultDeviceType._name = device

    @staticmethod
    def get_device_type() -> str:
        """The device that was noted."""
        return DefaultDeviceType._name


def get_device_states(*args: Any) -> tuple[list[int], list[Tensor]]:
    """Random states of other devices than the CPU: none."""
    return [], []


def set_device_states(devices: Any, states: Any, *, device_type: str | None = None) -> None:
    """Nothing: the CPU has its state in `lucet.set_rng_state`."""


def noop_context_fn() -> Contexts:
    """Two contexts without effect."""
    return contextlib.nullcontext(), contextlib.nullcontext()


_early_stop: bool | None = None
_debug: bool | None = None


@contextlib.contextmanager
def set_checkpoint_early_stop(enable: bool) -> Iterator[None]:
    """Whether checkpoints made inside stop their second run when all that is wanted is there, whatever they ask for themselves."""
    global _early_stop
    before, _early_stop = _early_stop, enable
    try:
        yield
    finally:
        _early_stop = before


@contextlib.contextmanager
def set_checkpoint_debug_enabled(enabled: bool | None) -> Iterator[None]:
    """Whether checkpoints made inside note their ops for the error, whatever their `debug` says; None leaves it to them."""
    global _debug
    before, _debug = _debug, enabled
    try:
        yield
    finally:
        _debug = before


class GraphExecGroup:
    """Inside this context several backward runs over different parts of a graph run each checkpoint once."""

    _current: "GraphExecGroup | None" = None

    def __enter__(self) -> "GraphExecGroup":
        if GraphExecGroup._current is not None:
            raise RuntimeError(f"GraphExecGroup contexts cannot be nested. Already inside group {GraphExecGroup._current}")
        GraphExecGroup._current = self
        return self

    def __exit__(self, *args: object) -> None:
        GraphExecGroup._current = None


def _autocast_now() -> dict[str, Any]:
    """The arguments of `autocast` that bring back what is in force."""
    return {
        "enabled": autocast_mode.is_autocast_enabled("cpu"),
        "dtype": autocast_mode.get_autocast_dtype("cpu"),
        "cache_enabled": autocast_mode.is_autocast_cache_enabled(),
    }


@contextlib.contextmanager
def _as_in_first_run(state: Tensor | None, casts: dict[str, Any]) -> Iterator[None]:
    """Autocast as it was, and the generator at `state` inside, afterwards where it was; None leaves it alone."""
    with random.fork_rng(enabled=state is not None), autocast_mode.autocast("cpu", **casts):
        if state is not None:
            random.set_rng_state(state)
        yield


# --- use_reentrant=True: a Function whose backward records and walks a graph of its own -----------------------------


class CheckpointFunction(Function):
    """Runs a function without recording; its backward runs it once more, recorded, and goes back through that."""

    @staticmethod
    def forward(ctx: Any, run_function: Callable[..., Any], preserve_rng_state: bool, *args: Any) -> Any:
        check_backward_validity(args)
        ctx.run_function = run_function
        ctx.state = random.get_rng_state() if preserve_rng_state else None
        ctx.casts = _autocast_now()
        ctx.others = tuple(None if isinstance(arg, Tensor) else arg for arg in args)
        ctx.are_tensors = tuple(isinstance(arg, Tensor) for arg in args)
        ctx.save_for_backward(*(arg for arg in args if isinstance(arg, Tensor)))
        with no_grad():
            return run_function(*args)

    @staticmethod
    def backward(ctx: Any, *grads: Any) -> Any:
        if not _engine.run_is_whole():
            raise RuntimeError(
                "When use_reentrant=True, torch.utils.checkpoint is incompatible with .grad() or passing an `inputs` parameter to "
                ".backward(). To resolve this error, you can either set use_reentrant=False, or call .backward() without passing the "
                "`inputs` argument."
            )
        tensors = iter(ctx.saved_tensors)
        inputs = tuple(next(tensors) if is_tensor else other for is_tensor, other in zip(ctx.are_tensors, ctx.others, strict=True))
        detached = detach_variable(inputs)
        with _as_in_first_run(ctx.state, ctx.casts), enable_grad():
            outputs = ctx.run_function(*detached)
        outputs = outputs if isinstance(outputs, tuple) else (outputs,)
        pairs = [(y, g) for y, g in zip(outputs, grads, strict=True) if isinstance(y, Tensor) and y.requires_grad]
        if not pairs:
            raise RuntimeError("none of output has requires_grad=True, this checkpoint() is not necessary")
        ys, gs = zip(*pairs, strict=True)
        backward(ys, gs)
        return None, None, *(x.grad if isinstance(x, Tensor) else None for x in detached)


# --- use_reentrant=False: hooks on what the graph saves -------------------------------------------------------------


class _Stop(Exception):
    """Ends a second run early: all that is wanted is there."""


class _Holder:
    """Stands in the graph for one saved tensor: `keys` holds, for each run, the key of what was computed again, None once it is used."""

    def __init__(self) -> None:
        self.keys: dict[Any, _Key | None] = {}


class _Key:
    """Lives as long as a holder wants its tensor."""


_METADATA: dict[str, Callable[[Tensor], Any]] = {
    "default": lambda x: {"shape": x.shape, "dtype": x.dtype, "device": x.device},
    "none": lambda x: None,
}
_TIP = (
    "\nTip: To see a more detailed error message, either pass `debug=True` to\n`torch.utils.checkpoint.checkpoint(...)` or wrap the code "
    "block\nwith `with torch.utils.checkpoint.set_checkpoint_debug_enabled(True):` to\nenable checkpoint-debug mode globally.\n"
)


class _Frame:
    """One call of a function under a checkpoint: how to run it again, and what it saved."""

    def __init__(self, run: Callable[..., None], args: tuple[Any, ...], early_stop: bool, metadata: Callable[[Tensor], Any], explain: Any):
        self.run, self.early_stop, self.metadata, self.explain = run, early_stop, metadata, explain
        # inputs are saved as a node saves them, so an outer checkpoint keeps them in its own way
        self.args = [_Saved(arg) if isinstance(arg, Tensor) else arg for arg in args]
        self.holders: list[weakref.ref[_Holder]] = []
        self.seen: list[Any] = []
        self.again: defaultdict[Any, weakref.WeakKeyDictionary[_Key, Tensor]] = defaultdict(weakref.WeakKeyDictionary)
        self.counts: defaultdict[Any, int] = defaultdict(int)
        self.done: set[Any] = set()
        self.complete = False
        self.lenient = False

    def pack(self, x: Tensor) -> _Holder:
        holder = _Holder()
        self.holders.append(weakref.ref(holder))
        self.seen.append(self.metadata(x))
        return holder

    def unpack(self, holder: _Holder) -> Tensor:
        try:
            return self._unpack(holder)
        except CheckpointError as error:
            if self.explain is None:
                raise
            raise CheckpointError(self.explain()) from error

    def _unpack(self, holder: _Holder) -> Tensor:
        run: Any = GraphExecGroup._current
        if run is None:
            number = _engine.current_run()
            run = number if number >= 0 else object()  # looked at outside of any backward
        if run not in self.done:
            self._run_again(run)
        key = holder.keys.get(run)
        if key is None:
            group = (
                "Performing two backward calls that overlap (i.e. require the same saved activation in order to compute gradients) is not "
                "allowed while under the torch.utils.checkpoint.GraphExecGroup context. " if GraphExecGroup._current is not None else ""
            )  # fmt: skip
            raise CheckpointError(
                f"torch.utils.checkpoint: Unpack is being triggered for a tensor that was already unpacked once. {group}If you are calling "
                "ctx.saved_tensors in backward, make sure to do so only once. Otherwise please open an issue with details on your use case."
            )
        found = self.again[run][key]
        holder.keys[run] = None
        return found

    def _run_again(self, run: Any) -> None:
        args = [arg.tensor() if isinstance(arg, _Saved) else arg for arg in self.args]
        frame = weakref.proxy(self)
        with contextlib.suppress(_Stop), saved_tensors_hooks(lambda x: frame.keep(x, run), lambda x: x), enable_grad():
            self.run(*args)
        self.done.add(run)
        self._compare(run)

    def keep(self, x: Tensor, run: Any) -> Tensor:
        """A tensor that the second run saves."""
        x = x.detach()
        place = self.counts[run]
        self.counts[run] += 1
        if place >= len(self.holders):
            if not self.complete:  # a backward inside the function: the first run is not over
                self.lenient = True
                return x
            raise CheckpointError(f"torch.utils.checkpoint: trying to save more tensors during recomputation than during the original forward pass.\n{_TIP}")
        holder = self.holders[place]()
        if holder is not None:
            key = holder.keys[run] = _Key()
            self.again[run][key] = x
        if self.early_stop and self.counts[run] == len(self.holders):
            raise _Stop
        return x

    def _compare(self, run: Any) -> None:
        if self.lenient:
            return
        if len(self.holders) != self.counts[run]:
            raise CheckpointError(
                "torch.utils.checkpoint: A different number of tensors was saved during the original forward and recomputation.\n"
                f"Number of tensors saved during forward: {len(self.holders)}\n"
                f"Number of tensors saved during recomputation: {self.counts[run]}.\n{_TIP}"
            )
        text = ""
        for place, (reference, before) in enumerate(zip(self.holders, self.seen, strict=True)):
            holder = reference()
            key = holder.keys.get(run) if holder is not None else None
            now = self.metadata(self.again[run][key]) if key is not None else before
            if now != before:
                text += f"tensor at position {place}:\nsaved metadata: {before}\nrecomputed metadata: {now}\n"
        if text:
            raise CheckpointError(
                f"torch.utils.checkpoint: Recomputed values for the following tensors have different metadata than during the forward pass.\n{text}.\n{_TIP}"
            )


class _Saved:
    """An input of a checkpointed function, kept as the graph keeps saved tensors."""

    def __init__(self, tensor: Tensor):
        self._kept = _engine.pack_saved(tensor)

    def tensor(self) -> Tensor:
        return _engine.unpack_saved(self._kept) if _engine.is_packed(self._kept) else self._kept


class _Log(TorchFunctionMode):
    """Notes the ops that run inside."""

    def __init__(self) -> None:
        self.names: list[str] = []

    def __torch_function__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        self.names.append(func.__name__)
        return func(*args, **(kwargs or {}))


def _logs() -> tuple[Callable[[], Contexts], Callable[[], str]]:
    """Contexts that note the ops of both runs, and the text that an error says of them."""
    first, second = _Log(), _Log()

    def explain() -> str:
        ops = [f"{title}:\n" + "\n".join(f"  {name}" for name in log.names) for title, log in (("forward", first), ("recomputation", second))]
        return "An error happened while unpacking tensors. Operations of the original " + "\nOperations of the ".join(ops)

    return lambda: (first, second), explain


def _without_reentrant(
    function: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any], preserve: bool, context_fn: Callable[[], Contexts],
    determinism_check: str, debug: bool, early_stop: bool,
) -> Any:  # fmt: skip
    explain = None
    if debug if _debug is None else _debug:
        if context_fn is not noop_context_fn:
            raise ValueError("debug=True is incompatible with non-default context_fn")
        context_fn, explain = _logs()
    if determinism_check not in _METADATA:
        raise ValueError(f"determinism_check should be one of {list(_METADATA)}, but got {determinism_check}")
    forward_context, second_context = context_fn()
    if not _modes.is_grad_enabled():
        return function(*args, **kwargs)
    state, casts = random.get_rng_state() if preserve else None, _autocast_now()

    def run(*again: Any) -> None:
        with _as_in_first_run(state, casts), second_context:
            function(*again, **kwargs)

    frame = _Frame(run, args, early_stop if _early_stop is None else _early_stop, _METADATA[determinism_check], explain)
    with saved_tensors_hooks(frame.pack, frame.unpack), forward_context:
        result = function(*args, **kwargs)
        frame.complete = True
    if not frame.complete:
        raise RuntimeError(
            "torch.utils.checkpoint: the forward context provided by context_fn suppressed an exception raised during the checkpointed "
            "forward. This is not supported because checkpoint cannot return a value for a failed forward."
        )
    return result


def checkpoint(
    function: Callable[..., Any],
    *args: Any,
    use_reentrant: bool | None = None,
    context_fn: Callable[[], Contexts] = noop_context_fn,
    determinism_check: str = "default",
    debug: bool = False,
    early_stop: bool = True,
    **kwargs: Any,
) -> Any:
    """`function(*args, **kwargs)`, whose backward runs it again instead of keeping what it saved in between.

    `use_reentrant=False` records as usual and keeps inputs in place of saved tensors: backward, `grad`, keyword arguments, nested
    checkpoints all work, the second run stops early, and what it saves is compared with the first (`determinism_check`: "default"
    compares shapes and types, "none" nothing). `context_fn` makes two contexts, for the first and the second run.
    `use_reentrant=True` does not record at first and works with `backward()` without `inputs` only, where an argument and a result
    require a gradient. `preserve_rng_state` (True) draws the same random numbers in both runs.

    Raises: CheckpointError where the second run saves something else; ValueError for arguments that do not go together.

    >>> import lucet
    >>> from lucet.utils.checkpoint import checkpoint
    >>> x = lucet.tensor([3.], requires_grad=True)
    >>> checkpoint(lambda x: (x * x).exp().log(), x, use_reentrant=False).backward()
    >>> x.grad
    tensor([6.])
    """
    if use_reentrant is None:
        warnings.warn(
            "torch.utils.checkpoint: the use_reentrant parameter should be passed explicitly. Starting in PyTorch 2.9, calling checkpoint "
            "without use_reentrant will raise an exception. use_reentrant=False is recommended, but if you need to preserve the current "
            "default behavior, you can pass use_reentrant=True. Refer to docs for more details on the differences between the two variants.",
            stacklevel=2,
        )
        use_reentrant = True
    preserve = kwargs.pop("preserve_rng_state", True)
    if not use_reentrant:
        return _without_reentrant(function, args, kwargs, preserve, context_fn, determinism_check, debug, early_stop)
    if kwargs:
        raise ValueError("Unexpected keyword arguments: " + ",".join(kwargs))
    if context_fn is not noop_context_fn or debug is not False:
        raise ValueError("Passing `context_fn` or `debug` is only supported when use_reentrant=False.")
    return CheckpointFunction.apply(function, preserve, *args)


def checkpoint_sequential(functions: Any, segments: int, input: Any, use_reentrant: bool | None = None, **kwargs: Any) -> Any:
    """The functions (or the children of a Sequential) one after the other, in `segments` parts, all but the last checkpointed.

    >>> import lucet
    >>> from lucet.utils.checkpoint import checkpoint_sequential
    >>> x = lucet.tensor([1.], requires_grad=True)
    >>> checkpoint_sequential([lucet.exp, lucet.log, lucet.sin, lucet.cos], 2, x, use_reentrant=False)
    tensor([0.6664], grad_fn=<CosBackward0>)
    """
    if use_reentrant is None:
        warnings.warn(
            "torch.utils.checkpoint.checkpoint_sequential: the use_reentrant parameter should be passed explicitly. In version 2.9 we will "
            "raise an exception if use_reentrant is not passed. use_reentrant=False is recommended, but if you need to preserve the current "
            "default behavior, you can pass use_reentrant=True. Refer to docs for more details on the differences between the two variants.",
            stacklevel=2,
        )
        use_reentrant = True
    preserve = kwargs.pop("preserve_rng_state", True)
    if kwargs:
        raise ValueError("Unexpected keyword arguments: " + ",".join(kwargs))
    steps = list(functions.children()) if hasattr(functions, "children") and hasattr(functions, "append") else functions
    length, done = len(steps) // segments, 0
    for start in range(0, length * (segments - 1), length):
        done = start + length
        input = checkpoint(_chain(steps[start:done]), input, use_reentrant=use_reentrant, preserve_rng_state=preserve)
    return _chain(steps[done:])(input)


def _chain(steps: Any) -> Callable[[Any], Any]:
    def run(x: Any) -> Any:
        for step in steps:
            x = step(x)
        return x

    return run


# --- selective checkpoints ------------------------------------------------------------------------------------------


class CheckpointPolicy(enum.Enum):
    """What a selective checkpoint does with the result of an op."""

    MUST_SAVE = 0
    PREFER_SAVE = 1
    MUST_RECOMPUTE = 2
    PREFER_RECOMPUTE = 3
    MUST_CPU_OFFLOAD = 4
    PREFER_CPU_OFFLOAD = 5


class SelectiveCheckpointContext:
    """What a policy is told of a call: its result, and whether this is the second run (never: it is asked in the first)."""

    def __init__(self, *, is_recompute: bool, op_output: Any = None) -> None:
        self.is_recompute = is_recompute
        self.op_output = op_output


def create_selective_checkpoint_contexts(policy_fn_or_list: Any, allow_cache_entry_mutation: bool = False) -> Contexts:
    """What `context_fn` returns for a checkpoint that keeps some results: two contexts without effect, for everything is run again.

    Results and gradients do not depend on a policy, only memory and time do. TypeError for what is neither a function nor a list.
    """
    if not isinstance(policy_fn_or_list, list) and not callable(policy_fn_or_list):
        raise TypeError("policy_fn_or_list must be either a function or a list of ops.")
    return noop_context_fn()
