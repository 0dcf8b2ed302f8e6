"""Random ops: drawn once, once for every sample, or refused."""

from collections.abc import Callable
from typing import Any

from lucet import _ops, random
from lucet._ops import empty, ones_like
from lucet.func._rules.kinds import Rule, bound, elementwise

RANDOM: dict[str, Rule] = {}
_RANDOM_ERROR = (
    "vmap: called random operation while in randomness error mode. Please either use the 'same' or 'different' randomness flags on vmap or "
    "perform the randomness operation out of vmap"
)


def _draws(*names: str) -> Callable[[Rule], Rule]:
    def enter(function: Rule) -> Rule:
        def checked(level: Any, func: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
            if level.randomness == "error":
                raise RuntimeError(_RANDOM_ERROR)
            return function(level, func, args, kwargs)

        RANDOM.update(dict.fromkeys(names, checked))
        return checked

    return enter


@_draws("rand", "randn", "randint", "randperm", "normal", "binomial")
def _made(level: Any, func: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    """Drawn once for all samples, or stacked over them."""
    if level.randomness == "same":
        if any(level.batched(x) for x in (*args, *kwargs.values())):
            raise RuntimeError(f"vmap: {func.__name__}: randomness='same' is not possible where an argument is batched")
        return func(*args, **kwargs)
    if func.__name__ == "normal" and any(level.batched(x) for x in (*args, *kwargs.values())):
        return elementwise(level, func, args, kwargs)
    return _each(level, func, args, kwargs)


@_draws("svd_lowrank", "pca_lowrank")
def _factored(level: Any, func: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    """What is drawn within does not depend on the sample: each starts from one state of the generator, or goes on."""
    if level.randomness == "same" and not any(level.batched(x) for x in (*args, *kwargs.values())):
        return func(*args, **kwargs)
    return _each(level, func, args, kwargs)


def _each(level: Any, func: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    """Stacked over the samples, which for "same" draw the same numbers."""
    state = random.get_rng_state() if level.randomness == "same" else None
    samples = []
    for index in range(level.size):
        if state is not None:
            random.set_rng_state(state)
        some, named = level.sample(index, (args, kwargs))
        samples.append(func(*some, **named))
    if isinstance(samples[0], tuple):
        return tuple(level.wrap(_ops.stack(parts)) for parts in zip(*samples, strict=True))
    return level.wrap(_ops.stack(samples))


@_draws("rand_like", "randn_like", "randint_like", "bernoulli", "multinomial", "poisson", "_standard_gamma", "_sample_dirichlet")
def _like(level: Any, func: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    x = args[0]
    if level.randomness == "different":
        return _each(level, func, args, kwargs) if func.__name__ in ("multinomial", "_sample_dirichlet") else level.wrap(func(level.value(x), *args[1:], **kwargs))
    if level.batched(x):
        if func.__name__ in ("bernoulli", "multinomial", "poisson", "_standard_gamma", "_sample_dirichlet"):
            raise RuntimeError(f"vmap: {func.__name__}: randomness='same' is not possible where an argument is batched")
        return func(empty(x.shape, dtype=x.dtype), *args[1:], **kwargs)
    return func(*args, **kwargs)


_UNBATCHED = (
    "vmap: Cannot ask for different inplace randomness on an unbatched tensor. This will appear like same randomness. If this is necessary "
    "for your usage, please file an issue with functorch. ({})"
)


@_draws("uniform_", "normal_", "bernoulli_", "random_", "exponential_", "geometric_", "cauchy_", "log_normal_")
def _drawn_into(level: Any, func: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    x, *rest = args
    given = any(level.batched(y) for y in (*rest, *kwargs.values()))  # a probability of each element
    if not level.batched(x):
        if level.randomness == "different":
            raise RuntimeError(_UNBATCHED.format(func.__name__))
        if given:
            raise RuntimeError(f"vmap: {func.__name__}: a tensor that is the same for all samples cannot be drawn with a batched argument")
        return func(*args, **kwargs)
    if level.randomness == "different":
        values = [level.value(y) if level.batched(y) else y for y in rest]
        func(x._value, *values, **{name: level.value(y) if level.batched(y) else y for name, y in kwargs.items()})
    elif given:
        raise RuntimeError(f"vmap: {func.__name__}: randomness='same' is not possible where an argument is batched")
    else:
        x._value.copy_(func(empty(x.shape, dtype=x.dtype), *rest, **kwargs))
    return x


_DROPOUTS = ("dropout", "alpha_dropout", "feature_alpha_dropout", "feature_dropout", "dropout1d", "dropout2d", "dropout3d")


@_draws(*_DROPOUTS, *(f"{name}_" for name in _DROPOUTS))
def _dropped(level: Any, func: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    x, rest = args[0], args[1:]
    plain = func.__name__ in ("dropout", "dropout_")  # drops each element by itself
    inplace = func.__name__.endswith("_") or bool(bound(func, args, kwargs).arguments.get("inplace"))
    if not level.batched(x):
        if level.randomness == "same":
            return func(*args, **kwargs)
        if inplace:
            raise RuntimeError(_UNBATCHED.format(func.__name__))
        return level.wrap(func(level.value(x), *rest, **kwargs)) if plain else _each(level, func, args, kwargs)
    if not plain:
        dropped = _each(level, func, args, kwargs)
    elif level.randomness == "different":
        dropped = level.wrap(func(x._value, *rest, **kwargs))
    else:
        mask = func(ones_like(x._value[0]), *rest, **kwargs)
        dropped = x if inplace else level.wrap(x._value * mask)
        if inplace:
            x._value.mul_(mask)
    return x if inplace else dropped


@_draws("rrelu", "rrelu_")
def _sloped(level: Any, func: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    x, rest = args[0], args[1:]
    inplace = func.__name__.endswith("_") or bool(bound(func, args, kwargs).arguments.get("inplace"))
    if level.randomness == "same":
        if level.batched(x):  # how many numbers are drawn depends on the sample
            raise RuntimeError(f"vmap: {func.__name__}: randomness='same' is not possible where an argument is batched")
        return func(*args, **kwargs)
    if inplace and not level.batched(x):
        raise RuntimeError(_UNBATCHED.format(func.__name__))
    result = func(level.value(x), *rest, **kwargs)
    return x if inplace else level.wrap(result)


def _unless_idle(checked: Rule) -> Rule:
    """Dropout that drops nothing, or all, draws nothing."""

    def run(level: Any, func: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        arguments = bound(func, args, kwargs).arguments
        training = arguments.get("training", arguments.get("train", True))
        if training and arguments.get("p", 0.5) not in (0, 1):
            return checked(level, func, args, kwargs)
        if training and arguments.get("p", 0.5) == 1 and level.batched(args[0]):
            dropped = level.wrap(func(args[0]._value, *args[1:], **kwargs))
            return args[0] if func.__name__.endswith("_") or arguments.get("inplace") else dropped
        if not level.batched(args[0]):
            return func(*args, **kwargs)
        return args[0] if func.__name__.endswith("_") or arguments.get("inplace") else level.wrap(args[0]._value.clone())

    return run


RANDOM.update({name: _unless_idle(RANDOM[name]) for name in RANDOM if "dropout" in name})


def _while_training(checked: Rule) -> Rule:
    """Slopes that stand fast draw nothing."""

    def run(level: Any, func: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        arguments = bound(func, args, kwargs).arguments
        if arguments["training"]:
            return checked(level, func, args, kwargs)
        result = elementwise(level, func, args, kwargs)
        return args[0] if func.__name__.endswith("_") or arguments.get("inplace") else result

    return run


RANDOM.update({name: _while_training(RANDOM[name]) for name in ("rrelu", "rrelu_")})
