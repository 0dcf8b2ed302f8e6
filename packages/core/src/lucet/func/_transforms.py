"""Functions that return derivatives of functions: grad, vjp, jvp, Jacobians, Hessians. The derivatives themselves are the engine's."""

import functools
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from lucet import _engine, _modes
from lucet._ops import ones_like, stack, zeros_like
from lucet._tensor import Tensor
from lucet.autograd._places import Level, gradients, jacobians, settled, swept
from lucet.autograd.grad_mode import enable_grad, set_grad_enabled
from lucet.func._levels import Layout, active, batched_at, value_at, wrap
from lucet.utils._pytree import TreeSpec, tree_flatten, tree_leaves, tree_map, tree_unflatten

Argnums = int | tuple[int, ...]


# --- arguments ------------------------------------------------------------------------------------------------------


def _place_of_argument(argnum: Any, count: int) -> int:
    if not isinstance(argnum, int):
        raise RuntimeError(f"argnum must be int, got: {type(argnum)}")
    if not -count <= argnum < count:
        raise RuntimeError(f"Got argnum={argnum}, but only {count} positional inputs")
    return argnum % count


def _chosen(argnums: Any, args: tuple[Any, ...]) -> list[int]:
    """The positions of the arguments to differentiate with respect to."""
    if not isinstance(argnums, (int, tuple)):
        raise RuntimeError(f"argnums must be int or Tuple[int, ...], got: {type(argnums)}")
    if isinstance(argnums, int):
        return [_place_of_argument(argnums, len(args))]
    found = [_place_of_argument(argnum, len(args)) for argnum in argnums]
    if not found:
        raise RuntimeError("argnums must be non-empty")
    if len(set(found)) != len(found):
        raise RuntimeError(f"argnums elements must be unique, got {tuple(found)}")
    return found


def _pair(output: Any, name: str) -> tuple[Any, Any]:
    if not (isinstance(output, tuple) and len(output) == 2):
        raise RuntimeError(f"{name}: output of function f should be a tuple: (output, aux) if has_aux is True")
    return output


class _Star:
    def __repr__(self) -> str:
        return "*"


def _drawn(spec: TreeSpec) -> str:
    """A tree with stars for leaves, as torch's errors draw it."""
    return repr(tree_unflatten([_Star()] * spec.num_leaves, spec))


def _own(x: Tensor) -> Tensor:
    """The same output of the same node, as an object of ours: a forward-mode level that ends leaves it its history."""
    return x.as_subclass(Tensor)


class _Reverse:
    """One application of a function, recorded from places that stand for its arguments."""

    def __init__(self) -> None:
        self.layout = Layout()
        self.inputs: list[Tensor] = []  # plain
        self._nodes: list[Any] = []

    def place(self, x: Any) -> Any:
        if not isinstance(x, Tensor):
            raise ValueError(f"Thing passed to transform API must be Tensor, got {type(x)}")
        if not (x.is_floating_point() or x.is_complex()):
            raise RuntimeError("only Tensors of floating point and complex dtype can require gradients")
        made, node = _engine.place(self.layout.plain(x))
        self.inputs.append(_own(made))
        self._nodes.append(node)
        return self.layout.batched(made)

    def close(self) -> None:
        for node in self._nodes:
            _engine.set_open(node, False)

    def settled(self, x: Any) -> Any:
        """A result of the function, without what only this transform recorded."""
        if not isinstance(x, Tensor):
            return x
        return self.layout.batched(settled(self.layout.plain(x))) if self.layout.levels else settled(x)

    def pull(self, outputs: Sequence[Tensor], weights: Sequence[Tensor], retain_graph: bool) -> list[Tensor]:
        """Gradients of plain outputs, one for each place; recorded where somebody outside may ask for theirs."""
        recorded = _modes.is_grad_enabled() and any(_engine.leads_out(t) for t in (*outputs, *weights))
        with set_grad_enabled(recorded):
            found = gradients(outputs, self.inputs, weights, recorded, retain_graph or recorded)
            results = [zeros_like(x.detach()) if g is None else g for x, g in zip(self.inputs, found, strict=True)]
        return [self.layout.batched(settled(g)) for g in results]

    def rows(self, output: Tensor, shape: Sequence[int], inputs: Sequence[Tensor], chunk: int | None) -> list[Tensor]:
        """The Jacobians of a plain output, whose samples have `shape`, with respect to each place."""
        depth = len(self.layout.levels)
        recorded = _modes.is_grad_enabled() and _engine.leads_out(output)
        columns: list[list[Tensor]] = [[] for _ in inputs]
        with set_grad_enabled(recorded):
            for found in swept(output, self.inputs, recorded, shape if depth else None, chunk):
                for x, column, gradient in zip(self.inputs, columns, found, strict=True):
                    column.append(zeros_like(x.detach()) if gradient is None else gradient)
            joined = [
                stack(column, depth).reshape(*y.shape[:depth], *shape, *x.shape) if column else x.new_zeros((*y.shape[:depth], *shape, *x.shape))
                for column, x, y in zip(columns, inputs, self.inputs, strict=True)
            ]
        return [self.layout.batched(settled(x)) for x in joined]


def _argument_places(run: _Reverse, args: tuple[Any, ...], chosen: list[int]) -> tuple[tuple[Any, ...], TreeSpec]:
    """The arguments with places in the chosen positions, and the shape of the chosen ones."""
    new = list(args)
    specs = []
    for position in chosen:
        leaves, spec = tree_flatten(args[position])
        new[position] = tree_unflatten([run.place(leaf) for leaf in leaves], spec)
        specs.append(spec)
    return tuple(new), TreeSpec(tuple, None, tuple(specs))


# --- reverse mode ---------------------------------------------------------------------------------------------------


def grad_and_value(func: Callable[..., Any], argnums: Argnums = 0, has_aux: bool = False) -> Callable[..., Any]:
    """A function that returns the gradient of `func`, which returns a scalar, and its value: (gradient, value).

    With `has_aux`, `func` returns (value, aux) and the result is (gradient, (value, aux)). `argnums` names the arguments to
    differentiate with respect to (trees of tensors each); a tuple gives a tuple.

    >>> import lucet
    >>> lucet.func.grad_and_value(lambda x: (x * x).sum())(lucet.tensor([1., 3.]))
    (tensor([2., 6.]), tensor(10.))
    """

    @functools.wraps(func)
    def wrapper(*args: Any, **kwargs: Any) -> Any:
        name = "grad_and_value(f)(*args)"
        chosen = _chosen(argnums, args)
        run = _Reverse()
        aux = None
        with enable_grad():
            new, spec = _argument_places(run, args, chosen)
            output = func(*new, **kwargs)
            if has_aux:
                output, aux = _pair(output, name)
            if not isinstance(output, Tensor):
                raise RuntimeError(f"{name}: Expected f(*args) to return a Tensor, got {type(output)}")
            if output.dim() != 0:
                raise RuntimeError(
                    f"{name}: Expected f(*args) to return a scalar Tensor, got tensor with {output.dim()} dims. Maybe you wanted to use "
                    "the vjp or jacrev APIs instead?"
                )
            plain = run.layout.plain(output)
        run.close()
        found = tree_unflatten(run.pull([plain], [ones_like(plain.detach())], retain_graph=False), spec)
        gradient = found[0] if isinstance(argnums, int) else found
        value = run.settled(output)
        return (gradient, (value, tree_map(run.settled, aux))) if has_aux else (gradient, value)

    return wrapper


def grad(func: Callable[..., Any], argnums: Argnums = 0, has_aux: bool = False) -> Callable[..., Any]:
    """A function that returns the gradient of `func`, which returns a scalar. Arguments as in `grad_and_value`.

    With `has_aux`, `func` returns (value, aux) and the result is (gradient, aux). Gradients of gradients work, and so do
    gradients for each sample: `vmap(grad(f))`.

    >>> import lucet
    >>> lucet.func.grad(lambda x: (x * x).sum())(lucet.tensor([1., 3.]))
    tensor([2., 6.])
    """
    both = grad_and_value(func, argnums, has_aux)

    @functools.wraps(func)
    def wrapper(*args: Any, **kwargs: Any) -> Any:
        gradient, value = both(*args, **kwargs)
        return (gradient, value[1]) if has_aux else gradient

    return wrapper


def _tensor_outputs(output: Any, name: str) -> tuple[list[Tensor], TreeSpec]:
    leaves, spec = tree_flatten(output)
    if not leaves or len(leaves) == 1 and leaves[0] is None:
        raise RuntimeError(f"{name}: Expected f to be a function that has non-empty output (got output = {leaves})")
    for leaf in leaves:
        if not isinstance(leaf, Tensor):
            raise RuntimeError(f"{name}: expected f(*primals) to return only tensors, got unsupported type {type(leaf)}")
    return leaves, spec


def vjp(func: Callable[..., Any], *primals: Any, has_aux: bool = False) -> Any:
    """(func(*primals), vjp_fn), with `has_aux` (output, vjp_fn, aux): `vjp_fn(cotangents)` is a tuple of gradients, one a primal.

    `vjp_fn` may be called often. Its argument has the structure of the output.

    >>> import lucet
    >>> output, vjp_fn = lucet.func.vjp(lambda x: x * x, lucet.tensor([1., 3.]))
    >>> vjp_fn(lucet.ones(2))
    (tensor([2., 6.]),)
    """
    output, pull, aux = _vjp(func, primals, list(range(len(primals))), has_aux)
    return (output, pull, aux) if has_aux else (output, pull)


class _Recorded(NamedTuple):
    """What a function returned that was run from places."""

    leaves: list[Tensor]
    plain: list[Tensor]
    output_spec: TreeSpec
    aux: Any
    input_spec: TreeSpec
    output: Any


def _record(func: Callable[..., Any], primals: tuple[Any, ...], chosen: list[int], has_aux: bool) -> tuple[_Reverse, _Recorded]:
    run = _Reverse()
    aux = None
    with enable_grad():
        new, spec = _argument_places(run, primals, chosen)
        output = func(*new)
        if has_aux:
            output, aux = _pair(output, "vjp(f, *primals)")
        leaves, output_spec = _tensor_outputs(output, "vjp(f, *primals)")
        for leaf in leaves:
            if not (leaf.is_floating_point() or leaf.is_complex()):
                raise RuntimeError(f"vjp(f, ...): All outputs of f must be floating-point or complex Tensors, got Tensor with dtype {leaf.dtype}")
        plain = [_own(run.layout.plain(leaf)) for leaf in leaves]
    run.close()
    return run, _Recorded(leaves, plain, output_spec, aux, spec, output)


def _vjp(func: Callable[..., Any], primals: tuple[Any, ...], chosen: list[int], has_aux: bool) -> tuple[Any, Callable[..., Any], Any]:
    run, (leaves, plain, output_spec, aux, spec, output) = _record(func, primals, chosen, has_aux)

    def pull(*cotangents: Any, **kwargs: Any) -> Any:
        given = cotangents[0] if len(cotangents) == 1 and not (output_spec.type is tuple and tree_flatten(cotangents)[1] == output_spec) else cotangents
        weights, given_spec = tree_flatten(given)
        if given_spec != output_spec:
            raise RuntimeError(
                "Expected pytree structure of cotangents to be the same as pytree structure of outputs to the function. "
                f"cotangents: {_drawn(given_spec)}, primal output: {_drawn(output_spec)}"
            )
        for number, (weight, y) in enumerate(zip(weights, leaves, strict=True)):
            if weight.shape != y.shape:
                raise RuntimeError(f"Mismatch in shape: grad_output[{number}] has a shape of {weight.shape} and output[{number}] has a shape of {y.shape}.")
        return tree_unflatten(_pull_each(run, plain, weights, [level for level in active() if level not in run.layout.levels]), spec)

    return tree_map(run.settled, output), pull, tree_map(run.settled, aux)


def _pull_each(run: _Reverse, outputs: list[Tensor], weights: list[Tensor], levels: list[Any]) -> list[Tensor]:
    """`run.pull`, for each sample of the levels of vmap that the cotangents bring along."""
    for level in reversed(levels):
        if any(batched_at(weight, level) for weight in weights):
            rows = []
            for index in range(level.size):
                sample = [value_at(weight, level)[index] if batched_at(weight, level) else weight for weight in weights]
                rows.append(_pull_each(run, outputs, sample, levels[:-1]))
            return [wrap(stack(column), level) for column in zip(*rows, strict=True)]
        levels = levels[:-1]
    return run.pull(outputs, [run.layout.plain(weight) for weight in weights], retain_graph=True)


def _refuse_complex(name: str, tensors: Any, which: str) -> None:
    for index, leaf in enumerate(tree_leaves(tensors)):
        if isinstance(leaf, Tensor) and leaf.is_complex():
            raise RuntimeError(f"{name}: Expected all {which} to be real but received complex tensor at flattened input idx: {index}")


def jacrev(
    func: Callable[..., Any],
    argnums: Argnums = 0,
    *,
    has_aux: bool = False,
    chunk_size: int | None = None,
    _preallocate_and_copy: bool = False,
) -> Callable[..., Any]:
    """A function that returns the Jacobian of `func` by reverse mode, one backward for each element of the output.

    For each output the tree of the arguments that `argnums` names, of tensors shaped output x argument. With `has_aux`, `func`
    returns (output, aux) and the result is (Jacobian, aux). `chunk_size` says for how many elements the start is made at a time.

    >>> import lucet
    >>> lucet.func.jacrev(lambda x: x * x.sum())(lucet.tensor([1., 2.]))
    tensor([[4., 1.],
            [2., 5.]])
    """
    if chunk_size is not None and chunk_size <= 0:
        raise ValueError("jacrev: `chunk_size` should be greater than 0.")

    @functools.wraps(func)
    def wrapper(*args: Any) -> Any:
        _refuse_complex("jacrev", args, "inputs")
        chosen = _chosen(argnums, args)
        run, recorded = _record(func, args, chosen, has_aux)
        _refuse_complex("jacrev", recorded.leaves, "outputs")
        inputs, input_spec = tree_flatten(tuple(args[position] for position in chosen))
        rows = [run.rows(plain, leaf.shape, inputs, chunk_size) for plain, leaf in zip(recorded.plain, recorded.leaves, strict=True)]
        blocks = [tree_unflatten(row, input_spec) for row in rows]
        output_spec, aux = recorded.output_spec, tree_map(run.settled, recorded.aux)
        result = tree_unflatten([block[0] if isinstance(argnums, int) else block for block in blocks], output_spec)
        return (result, aux) if has_aux else result

    return wrapper


# --- forward mode ---------------------------------------------------------------------------------------------------


def _check_tensors(leaves: list[Any], name: str, what: str) -> None:
    if not leaves:
        raise RuntimeError(f"{name}: Expected {what} to contain at least one Tensor.")
    for leaf in leaves:
        if not isinstance(leaf, Tensor):
            raise RuntimeError(f"{name}: Expected {what} to only contain Tensors, got {type(leaf)}")


class _Forward:
    """One application of a function to duals."""

    def __init__(self, func: Callable[..., Any], args: tuple[Any, ...], chosen: list[int], tangents: list[Tensor] | None, has_aux: bool, level: Level):
        layout = self.layout = Layout()
        self.level = level
        new = list(args)
        self.inputs: list[Tensor] = []  # plain
        given = iter(tangents or ())
        for position in chosen:
            leaves, spec = tree_flatten(args[position])
            duals = []
            for leaf in leaves:
                plain = layout.plain(leaf)
                self.inputs.append(plain)
                dual = level.free(plain) if tangents is None else level.dual(plain, layout.plain(next(given)))
                duals.append(layout.batched(dual))
            new[position] = tree_unflatten(duals, spec)
        self.aux = None
        output = func(*new)
        if has_aux:
            output, self.aux = _pair(output, "jvp(f, primals, tangents)")
        self.leaves, self.spec = _tensor_outputs(output, "jvp(f, primals, tangents)")
        self.outputs = [layout.plain(leaf) for leaf in self.leaves]

    def settled(self, x: Any) -> Any:
        if not isinstance(x, Tensor):
            return x
        return self.layout.batched(self.level.settled(self.layout.plain(x)))


def jvp(func: Callable[..., Any], primals: Any, tangents: Any, *, strict: bool = False, has_aux: bool = False) -> Any:
    """(func(*primals), J @ tangents), with `has_aux` (output, product, aux). `tangents` has the structure of the tuple `primals`.

    `strict` raises RuntimeError where an output does not depend on the primals, which otherwise gives zeros.

    >>> import lucet
    >>> lucet.func.jvp(lambda x: x * x, (lucet.tensor([1., 3.]),), (lucet.tensor([1., 0.5]),))
    (tensor([1., 9.]), tensor([2., 3.]))
    """
    name = "jvp(f, primals, tangents)"
    if not isinstance(primals, tuple):
        raise RuntimeError(f"{name}: Expected primals to be a tuple. E.g. it should be valid to call f(*primals).")
    leaves, spec = tree_flatten(primals)
    directions, given_spec = tree_flatten(tangents)
    if spec != given_spec:
        raise RuntimeError(
            f"{name}: Expected primals and tangents to have the same python structure. For example, if primals is a tuple of 3 tensors, "
            f"tangents also must be. Got primals with structure {spec} and tangents with structure {given_spec}"
        )
    _check_tensors(leaves, name, "primals")
    _check_tensors(directions, name, "tangents")
    for leaf, direction in zip(leaves, directions, strict=True):
        if leaf.shape != direction.shape:
            raise RuntimeError(
                "Trying to set a forward gradient that has a different size than that of the original Tensor, this is not supported. "
                f"Tensor is of size {list(leaf.shape)} while the given forward gradient is of size {list(direction.shape)}."
            )
    with Level() as level:
        run = _Forward(func, primals, list(range(len(primals))), directions, has_aux, level)
        found = level.tangents(run.outputs)
        if strict and any(tangent is None for tangent in found):
            raise RuntimeError("jvp(f, primals, tangents, strict=True): The output of f is independent of the inputs. This is not allowed with strict=True.")
        products = [zeros_like(y.detach()) if tangent is None else level.settled(tangent) for y, tangent in zip(run.outputs, found, strict=True)]
        product = tree_unflatten([run.layout.batched(t) for t in products], run.spec)
        output = tree_unflatten([run.settled(leaf) for leaf in run.leaves], run.spec)
        aux = tree_map(run.settled, run.aux)
    return (output, product, aux) if has_aux else (output, product)


def jacfwd(func: Callable[..., Any], argnums: Argnums = 0, has_aux: bool = False, *, randomness: str = "error") -> Callable[..., Any]:
    """A function that returns the Jacobian of `func` by forward mode: `func` runs once, then one pass for each element of the inputs.

    Forward mode goes back twice, so where the outputs have no more elements the passes are backwards, one for each of them.

    Results as those of `jacrev`. `randomness` is accepted: there is one run to draw for.

    >>> import lucet
    >>> lucet.func.jacfwd(lambda x: x * x.sum())(lucet.tensor([1., 2.]))
    tensor([[4., 1.],
            [2., 5.]])
    """

    @functools.wraps(func)
    def wrapper(*args: Any) -> Any:
        _refuse_complex("jacfwd", args, "inputs")
        chosen = _chosen(argnums, args)
        inputs, input_spec = tree_flatten(tuple(args[position] for position in chosen))
        _check_tensors(inputs, "jacfwd", "primals")
        with Level() as level:
            run = _Forward(func, args, chosen, None, has_aux, level)
            _refuse_complex("jacfwd", run.leaves, "outputs")
            blocks = jacobians(level, run.outputs, inputs, _modes.is_grad_enabled(), len(run.layout.levels))
            results = [tree_unflatten([run.layout.batched(level.settled(block)) for block in row], input_spec) for row in blocks]
            aux = tree_map(run.settled, run.aux)
        result = tree_unflatten([row[0] if isinstance(argnums, int) else row for row in results], run.spec)
        return (result, aux) if has_aux else result

    return wrapper


def hessian(func: Callable[..., Any], argnums: Argnums = 0) -> Callable[..., Any]:
    """A function that returns the Hessian of `func`: the Jacobian, by forward mode, of the Jacobian by reverse mode.

    >>> import lucet
    >>> lucet.func.hessian(lambda x: x[0] * x[1] ** 2)(lucet.tensor([1., 3.]))
    tensor([[0., 6.],
            [6., 2.]])
    """
    return jacfwd(jacrev(func, argnums), argnums)


def linearize(func: Callable[..., Any], *primals: Any) -> tuple[Any, Callable[..., Any]]:
    """(func(*primals), jvp_fn): `jvp_fn(*tangents)` is J @ tangents, without another run of `func`.

    >>> import lucet
    >>> output, jvp_fn = lucet.func.linearize(lambda x: x * x, lucet.tensor([1., 3.]))
    >>> jvp_fn(lucet.tensor([1., 0.5]))
    tensor([2., 3.])
    """
    leaves, spec = tree_flatten(primals)
    _check_tensors(leaves, "linearize", "primals")
    with Level() as level:
        run = _Forward(func, primals, list(range(len(primals))), None, False, level)
        push = level.linear(run.outputs)
        output = tree_unflatten([run.settled(leaf) for leaf in run.leaves], run.spec)

    def jvp_fn(*tangents: Any) -> Any:
        given, given_spec = tree_flatten(tangents)
        if given_spec != spec:
            raise RuntimeError(f"Expected the tangents {given_spec} to have the same argspec as the primals {spec}")
        for index, (tangent, primal) in enumerate(zip(given, leaves, strict=True)):
            for what in ("shape", "device", "dtype"):
                if getattr(tangent, what) != getattr(primal, what):
                    raise RuntimeError(
                        f"tangent:{index} with {what} {getattr(tangent, what)} in flattened pytree doesn't match the {what} "
                        f"{getattr(primal, what)} of the corresponding primal."
                    )
        results = push([run.layout.plain(tangent) for tangent in given], _modes.is_grad_enabled())
        return tree_unflatten([run.layout.batched(settled(result)) for result in results], run.spec)

    return output, jvp_fn


def functionalize(func: Callable[..., Any], *, remove: str = "mutations") -> Callable[..., Any]:
    """A function that computes what `func` does. torch rewrites its writes in place for compilers; here there is nothing to rewrite."""
    if remove not in ("mutations", "mutations_and_views"):
        raise RuntimeError(
            f"functionalize(f, remove='mutations'): received invalid argument for remove={remove}. Valid options are:\n     remove='mutations': "
            "all inplace and out= operators will be removed from the program, and replaced with their out-of-place equivalents.\n     "
            "remove='mutations_and_views': In addition to the above, all aliasing operators {view} will be replaced with their non-aliasing "
            "counterparts, {view}_copy.\n"
        )

    @functools.wraps(func)
    def wrapper(*args: Any, **kwargs: Any) -> Any:
        return func(*args, **kwargs)

    return wrapper
