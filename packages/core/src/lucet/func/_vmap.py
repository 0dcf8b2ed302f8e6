"""vmap: a function of one sample run on a batch. Which op does what with batches is in `_rules`."""

import functools
import warnings
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, NamedTuple

from lucet import _modes
from lucet._modes import TorchFunctionMode
from lucet._ops import cat, stack
from lucet._registry import OPS
from lucet._tensor import Tensor
from lucet.autograd import function
from lucet.autograd.function import Function
from lucet.func._levels import DATA_DEPENDENT, Batched, active, batched_at, become, value_at, wrap
from lucet.func._prefixes import broadcast
from lucet.func._rules import ASKS, DYNAMIC, RANDOM, RULES, Unruled
from lucet.utils._pytree import tree_flatten, tree_leaves, tree_map, tree_unflatten

# In-place forms that change the shape of a tensor, not its elements.
RESHAPING = {"transpose", "swapaxes", "swapdims", "t", "squeeze", "unsqueeze", "resize", "resize_as", "set", "as_strided", "detach"}


def _name_of(func: Any) -> str:
    if isinstance(func, functools.partial):
        return f"functools.partial({_name_of(func.func)}, ...)"
    return getattr(func, "__name__", None) or repr(func)


class Level(TorchFunctionMode):
    """One `vmap` at work: sees every op of its function, and answers those that get a batched tensor."""

    def __init__(self, size: int, randomness: str):
        self.size = size
        self.randomness = randomness

    def __enter__(self) -> "Level":
        active().append(self)
        super().__enter__()
        return self

    def __exit__(self, *exception: object) -> None:
        super().__exit__(*exception)
        active().remove(self)

    @contextmanager
    def inside(self) -> Iterator[None]:
        """Answer ops while a rule runs that is written in them."""
        TorchFunctionMode.__enter__(self)
        try:
            yield
        finally:
            TorchFunctionMode.__exit__(self)

    def batched(self, x: Any) -> bool:
        return batched_at(x, self)

    def value(self, x: Tensor) -> Tensor:
        """With the batch dimension in front, whether `x` is batched or the same for all."""
        return value_at(x, self)

    def _is_in(self, values: Any) -> bool:
        """Whether a tensor batched at this level is among the values, or in their lists, tuples and dicts."""
        for x in values:
            if type(x) is Batched:
                if x._level is self:
                    return True
            elif isinstance(x, (list, tuple, dict)) and self._is_in(x.values() if isinstance(x, dict) else x):
                return True
        return False

    def sample(self, index: int, tree: Any) -> Any:
        """The arguments of one sample."""
        return tree_map(lambda x: x._value[index] if batched_at(x, self) else x, tree)

    def wrap(self, result: Any) -> Any:
        """Tensors of a result, which have the batch dimension in front, as tensors of one sample."""
        if isinstance(result, Tensor):
            return wrap(result, self)
        return tree_map(lambda x: wrap(x, self) if isinstance(x, Tensor) else x, result)

    def __torch_function__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        kwargs = kwargs or {}
        name = func.__name__
        if name in RANDOM:
            return RANDOM[name](self, func, args, kwargs)
        if not self._is_in((*args, *kwargs.values())):
            return func(*args, **kwargs)
        if name in DYNAMIC:
            raise RuntimeError(
                f"vmap: We do not support batching operators that can output dynamic shape. Attempted to vmap over {name}: its result has "
                "another shape for every sample."
            )
        if name in ASKS:
            raise RuntimeError(DATA_DEPENDENT)
        if kwargs.get("out") is not None:
            raise RuntimeError(f"vmap: {name}: out= is not possible with batched tensors")
        inplace = name.endswith("_") and not name.endswith("__") or name == "setitem"
        if inplace and not self.batched(args[0]):
            raise RuntimeError(
                f"vmap: {name}(self, *extra_args) is not possible because there exists a Tensor `other` in extra_args that has more elements "
                "than `self`. This happened due to `other` being vmapped over but `self` not being vmapped over in a vmap. Please try to use "
                f"out-of-place operators instead of {name}. If said operator is being called inside the PyTorch framework, please file a bug "
                "report instead."
            )
        if inplace and name[:-1] in RESHAPING:
            if name[:-1] not in RULES:
                raise RuntimeError(f"vmap: {name} is not possible on a batched tensor")
            become(args[0], RULES[name[:-1]](self, OPS[name[:-1]].function, args, kwargs))
            return args[0]
        rule = RULES.get(name)
        if rule is not None:
            try:
                result = rule(self, func, args, kwargs)
            except Unruled:
                result = self._one_by_one(func, args, kwargs, warn=True)
        else:
            result = self._one_by_one(func, args, kwargs, warn=True)
        return args[0] if inplace else result

    def _one_by_one(self, func: Any, args: Any, kwargs: Any, warn: bool) -> Any:
        """The op on every sample, for want of a rule."""
        if warn:
            warnings.warn(
                f"There is a performance drop because we have not yet implemented the batching rule for {func.__name__}: "
                "it runs once for every sample.",
                stacklevel=5,
            )
        results = []
        for index in range(self.size):
            sample_args, sample_kwargs = self.sample(index, (args, kwargs))
            results.append(tree_flatten(func(*sample_args, **sample_kwargs)))
        if not results:
            raise RuntimeError(f"vmap: {func.__name__} has no batching rule, and cannot run on a batch of no samples")
        spec = results[0][1]
        columns = zip(*(leaves for leaves, _ in results), strict=True)
        return tree_unflatten([self._joined(func, column) for column in columns], spec)

    def _joined(self, func: Any, column: tuple[Any, ...]) -> Any:
        if isinstance(column[0], Tensor):
            if any(x.shape != column[0].shape for x in column):
                raise RuntimeError(f"vmap: {func.__name__}: its result has another shape for every sample")
            return wrap(stack(column), self)
        if any(x != column[0] for x in column):
            raise RuntimeError(f"vmap: {func.__name__}: its result is no tensor and differs between samples")
        return column[0]


# --- Functions ------------------------------------------------------------------------------------------------------


class VmapInfo(NamedTuple):
    """What a Function's `vmap` is told."""

    batch_size: int
    randomness: str


class _Call(NamedTuple):
    """One application of a Function to batches: what its forward and backward are told, besides tensors."""

    function: type[Function]
    level: Level
    batched: list[bool]  # for each argument
    kwargs: dict[str, Any]
    outputs: list[bool]  # whether each is batched; filled by forward

    @contextmanager
    def open_level(self) -> Iterator[Level]:
        """The level itself, or one like it when the vmap is over: backward may come later."""
        if self.level in _modes._modes_in_force()[3]:
            yield self.level
        else:
            with Level(self.level.size, self.level.randomness) as level:
                yield level


def _as_samples(level: Level, values: Sequence[Any], batched: Sequence[bool]) -> list[Any]:
    return [wrap(x, level) if is_batched and x is not None else x for x, is_batched in zip(values, batched, strict=True)]


def _bare(level: Level, x: Any) -> Any:
    return x._value if batched_at(x, level) else x


class _InBatches(Function):
    """A Function with `generate_vmap_rule`: its forward and its backward run once each, on tensors of the level."""

    generate_vmap_rule = True

    @staticmethod
    def forward(ctx: Any, call: _Call, *values: Any) -> Any:
        cls, level = call.function, call.level
        inner = ctx.inner = cls._backward_cls()
        inner.needs_input_grad = ctx.needs_input_grad[1:]
        args = _as_samples(level, values, call.batched)
        if cls.setup_context is Function.setup_context:
            outputs = cls.forward(inner, *args, **call.kwargs)
        else:
            outputs = cls.forward(*args)
            cls.setup_context(inner, tuple(args), outputs)
        flat = outputs if isinstance(outputs, tuple) else (outputs,)
        call.outputs[:] = [batched_at(y, level) for y in flat]
        results = tuple(_bare(level, y) for y in flat)
        ctx.set_materialize_grads(inner._materialize_grads)
        ctx.mark_dirty(*(_bare(level, x) for x in inner._dirty))
        ctx.mark_non_differentiable(*(y for y, before in zip(results, flat, strict=True) if id(before) in inner._non_differentiable))
        ctx.call, ctx.kept = call, [batched_at(x, level) for x in inner._to_save]
        ctx.save_for_backward(*(_bare(level, x) for x in inner._to_save))
        if inner.saved_for_forward is not None:
            ctx.kept_for_jvp = [batched_at(x, level) for x in inner.saved_for_forward]
            ctx.save_for_forward(*(_bare(level, x) for x in inner.saved_for_forward))
        return results if isinstance(outputs, tuple) else results[0]

    @staticmethod
    def backward(ctx: Any, *grads: Any) -> Any:
        call, inner = ctx.call, ctx.inner
        with call.open_level() as level:
            inner._saved = [(x, 0 if x is None else x._version, None) for x in _as_samples(level, ctx.saved_tensors, ctx.kept)]
            found = inner._call_backward(_as_samples(level, grads, call.outputs))
        results: list[Tensor | None] = []
        for g, is_batched in zip(found, call.batched, strict=False):
            if g is None:
                results.append(None)
            elif is_batched:
                results.append(level.value(g))
            else:
                results.append(g._value.sum(0) if level.batched(g) else g)
        return None, *results, *found[len(results) :]


class _InBatchesForward(_InBatches):
    """The same with a rule for forward mode."""

    @staticmethod
    def jvp(ctx: Any, call: _Call, *tangents: Any) -> Any:
        call, inner = ctx.call, ctx.inner
        with call.open_level() as level:
            if inner.saved_for_forward is not None:
                inner.saved_for_forward = tuple(_as_samples(level, ctx.saved_tensors, ctx.kept_for_jvp))
            inner._in_jvp = True
            try:
                found = call.function.jvp(inner, *_as_samples(level, tangents, call.batched))
            finally:
                inner._in_jvp = False
            flat = found if isinstance(found, tuple) else (found,)
            results = tuple(
                level.value(x) if is_batched and x is not None else _bare(level, x) for x, is_batched in zip(flat, call.outputs, strict=False)
            )
        return results if isinstance(found, tuple) else results[0]


def _generated(cls: type[Function], level: Level, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    """A Function by the rule that is made from its forward and backward."""
    if cls.setup_context is not Function.setup_context:
        bound = function._signature(cls.forward).bind(*args, **kwargs)
        bound.apply_defaults()
        args, kwargs = bound.args, bound.kwargs
    call = _Call(cls, level, [batched_at(x, level) for x in args], kwargs, [])
    kind = _InBatches if cls.jvp is Function.jvp else _InBatchesForward
    found = kind.apply(call, *(_bare(level, x) for x in args))
    results = _as_samples(level, found if isinstance(found, tuple) else (found,), call.outputs)
    return tuple(results) if isinstance(found, tuple) else results[0]


def _function_in_batches(cls: type[Function], args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    """A Function whose arguments are batched: by its own rule, or sample by sample. NotImplemented where none is."""
    level = next((level for level in reversed(active()) if any(batched_at(arg, level) for arg in args)), None)
    if level is None:
        return NotImplemented
    name, ruled = cls.__name__, cls.vmap is not Function.vmap
    if ruled and cls.generate_vmap_rule:
        raise RuntimeError(
            f"You tried to vmap over {name}, but it has both generate_vmap_rule=True and an overridden vmap staticmethod. Please set "
            "generate_vmap_rule=False or delete the overridden vmap staticmethod to avoid ambiguity. For more details, please see "
            "https://pytorch.org/docs/main/notes/extending.func.html"
        )
    if cls.generate_vmap_rule:
        return _generated(cls, level, args, kwargs)
    if not ruled:
        raise RuntimeError(
            f"You tried to vmap over {name}, but it does not have vmap support. Please override and implement the vmap staticmethod or set "
            "generate_vmap_rule=True. For more details, please see https://pytorch.org/docs/main/notes/extending.func.html"
        )
    in_dims = tuple(0 if batched_at(arg, level) else None for arg in args)
    values = [arg._value if batched_at(arg, level) else arg for arg in args]
    outputs, out_dims = cls.vmap(VmapInfo(level.size, level.randomness), in_dims, *values, **kwargs)
    places = broadcast(out_dims, outputs)
    found, spec = tree_flatten(outputs)
    if places is None:
        raise RuntimeError(f"{name}.vmap: out_dims {out_dims} is not compatible with the structure of its outputs")
    return tree_unflatten([y if dim is None else wrap(y.movedim(dim, 0), level) for y, dim in zip(found, places, strict=True)], spec)


function.in_batches = _function_in_batches


# --- in and out -----------------------------------------------------------------------------------------------------


def _dims_in(func: Any, in_dims: Any, args: tuple[Any, ...]) -> tuple[int, list[int | None], list[Any], Any]:
    """(batch size, the dimension of each leaf or None, the leaves, their tree)."""
    name = f"vmap({_name_of(func)}, in_dims={in_dims}, ...)(<inputs>)"
    if not isinstance(in_dims, (int, tuple)):
        raise ValueError(f"{name}: expected `in_dims` to be int or a (potentially nested) tuple matching the structure of inputs, got: {type(in_dims)}.")
    if not args:
        raise ValueError(
            f"vmap({_name_of(func)})(<inputs>): got no inputs. Maybe you forgot to add inputs, or you are trying to vmap over a function with "
            "no inputs. The latter is unsupported."
        )
    leaves, spec = tree_flatten(args)
    dims = broadcast(in_dims, args)
    if dims is None:
        raise ValueError(
            f"{name}: in_dims is not compatible with the structure of `inputs`. in_dims has structure {tree_flatten(in_dims)[1]} but inputs has "
            f"structure {spec}."
        )
    for place, (leaf, dim) in enumerate(zip(leaves, dims, strict=True)):
        if dim is None:
            continue
        if not isinstance(dim, int):
            raise ValueError(f"{name}: Got in_dim={dim} for an input but in_dim must be either an integer dimension or None.")
        if not isinstance(leaf, Tensor):
            raise ValueError(
                f"{name}: Got in_dim={dim} for an input but the input is of type {type(leaf)}. We cannot vmap over non-Tensor arguments, "
                "please use None as the respective in_dim"
            )
        if not -leaf.dim() <= dim < leaf.dim():
            raise ValueError(
                f"{name}: Got in_dim={dim} for some input, but that input is a Tensor of dimensionality {leaf.dim()} so expected in_dim to "
                f"satisfy -{leaf.dim()} <= in_dim < {leaf.dim()}."
            )
        dims[place] = dim % leaf.dim()
    sizes = [leaf.size(dim) for leaf, dim in zip(leaves, dims, strict=True) if dim is not None]
    if not sizes:
        raise ValueError("vmap: Expected at least one Tensor to vmap over")
    if any(size != sizes[0] for size in sizes):
        raise ValueError(f"vmap: Expected all tensors to have the same size in the mapped dimension, got sizes {sizes} for the mapped dimension")
    return sizes[0], dims, leaves, spec


def _dims_out(func: Any, out_dims: Any, output: Any) -> list[int | None]:
    if isinstance(output, Tensor):
        if isinstance(out_dims, int) or out_dims is None:
            return [out_dims]
        found = list(out_dims) if isinstance(out_dims, tuple) and len(out_dims) == 1 else None
    else:
        found = broadcast(out_dims, output)
    if found is None:
        raise ValueError(
            f"vmap({_name_of(func)}, ..., out_dims={out_dims})(<inputs>): out_dims is not compatible with the structure of `outputs`. out_dims "
            f"has structure {tree_flatten(out_dims)[1]} but outputs has structure {tree_flatten(output)[1]}."
        )
    return found


def _plain(func: Any, level: Level, x: Any, dim: int | None) -> Any:
    """An output with the batch at `dim`."""
    name = _name_of(func)
    if dim is None:
        if level.batched(x):
            raise ValueError(f"vmap({name}, ...): `{name}` can not return a BatchedTensor when out_dim is None")
        return x
    if not isinstance(x, Tensor):
        raise ValueError(f"vmap({name}, ...): `{name}` must only return Tensors, got type {type(x)}. Did you mean to set out_dims= to None for output?")
    if x.is_meta and not level.batched(x):
        raise RuntimeError(f"vmap({name}, ...): an op took a batched tensor for one sample without saying so; its result has no elements")
    value = level.value(x)
    if not -value.dim() <= dim < value.dim():
        raise IndexError(f"Dimension out of range (expected to be in range of [{-value.dim()}, {value.dim() - 1}], but got {dim})")
    return value if dim == 0 else value.movedim(0, dim)


def _mapped(
    func: Any, size: int, dims: list[int | None], leaves: list[Any], spec: Any, out_dims: Any, randomness: str, kwargs: dict[str, Any]
) -> tuple[list[Any], list[int | None], Any]:
    """(output leaves, where their batch is, their tree)."""
    level = Level(size, randomness)
    inputs = [
        leaf if dim is None else wrap(leaf if dim == 0 else leaf.movedim(dim, 0), level) for leaf, dim in zip(leaves, dims, strict=True)
    ]
    with level:
        output = func(*tree_unflatten(inputs, spec), **kwargs)
    places = _dims_out(func, out_dims, output)
    found, out_spec = tree_flatten(output)
    return [_plain(func, level, x, dim) for x, dim in zip(found, places, strict=True)], places, out_spec


def vmap(
    func: Callable[..., Any], in_dims: Any = 0, out_dims: Any = 0, randomness: str = "error", *, chunk_size: int | None = None
) -> Callable[..., Any]:
    """A function that runs `func`, written for one sample, on a batch.

    `in_dims` says which dimension of each argument (a tree as the arguments, None for one that all samples share) is the batch, and
    `out_dims` where it goes in the outputs. Random ops raise with randomness="error", draw once with "same", once a sample with
    "different". `chunk_size` runs that many samples at a time. Ops that have no rule for batches run once for every sample, with a
    warning; those whose result has another shape for every sample, `.item()` and `if` on a batched tensor are RuntimeErrors.

    >>> import lucet
    >>> lucet.vmap(lucet.dot)(lucet.ones(2, 3), lucet.ones(2, 3))
    tensor([3., 3.])
    >>> x = lucet.tensor([1., 2., 3.])
    >>> lucet.vmap(lucet.func.grad(lambda x: x ** 3))(x)
    tensor([ 3., 12., 27.])
    """
    if randomness not in ("error", "different", "same"):
        raise RuntimeError(f"Only allowed values for randomness are 'error', 'different', or 'same'. Got {randomness}")
    if chunk_size is not None and chunk_size <= 0:
        raise ValueError(f"vmap: chunk_size should be None or greater than 0. (got {chunk_size})")

    @functools.wraps(func)
    def wrapper(*args: Any, **kwargs: Any) -> Any:
        for dim in tree_leaves(out_dims):
            if not isinstance(dim, int) and dim is not None:
                raise ValueError(
                    f"vmap({_name_of(func)}, ..., out_dims={out_dims}): `out_dims` must be an int, None or a python collection of ints "
                    "representing where in the outputs the vmapped dimension should appear."
                )
        size, dims, leaves, spec = _dims_in(func, in_dims, args)
        if chunk_size is None or chunk_size >= size:
            found, _, out_spec = _mapped(func, size, dims, leaves, spec, out_dims, randomness, kwargs)
            return tree_unflatten(found, out_spec)
        return _in_chunks(func, size, chunk_size, dims, leaves, spec, out_dims, randomness, kwargs)

    return wrapper


def _in_chunks(func, size, chunk, dims, leaves, spec, out_dims, randomness, kwargs) -> Any:
    columns: list[list[Any]] = []
    state = None
    for start in range(0, size, chunk):
        length = min(chunk, size - start)
        part = [leaf if dim is None else leaf.narrow(dim, start, length) for leaf, dim in zip(leaves, dims, strict=True)]
        if randomness == "same":
            from lucet import random

            if state is None:
                state = random.get_rng_state()
            else:
                random.set_rng_state(state)
        found, places, out_spec = _mapped(func, length, dims, part, spec, out_dims, randomness, kwargs)
        columns.append(found)
    joined = [column[0] if dim is None else cat(column, dim) for column, dim in zip(zip(*columns, strict=True), places, strict=True)]
    return tree_unflatten(joined, out_spec)


def debug_unwrap(tensor: Tensor, *, recurse: bool = True) -> Tensor:
    """The value of a batched tensor, batch in front, for a look at it in a debugger; other tensors as they are."""
    if not isinstance(tensor, Batched):
        return tensor
    return debug_unwrap(tensor._value) if recurse else tensor._value
