"""Graph hooks, checkpoints, functional derivatives, forward mode and transforms beside torch: one program, run by both.

A program is a function of the library; its value is compared, and an error by its class and text.
"""

import importlib
import inspect
import math
import warnings

import pytest
import torch

import lucet
import lucet.nn

PROGRAMS = {}
SHOWN = ((torch, "torch"), (lucet, "lucet"))


def program(function):
    PROGRAMS[function.__name__] = function
    return function


def part(T, path):
    return importlib.import_module(f"{T.__name__}.{path}")


def plain(value):
    if isinstance(value, (torch.Tensor, lucet.Tensor)):
        return str(value.dtype).rpartition(".")[2], list(value.shape), plain(value.detach().tolist()), value.requires_grad
    if isinstance(value, dict):
        return {key: plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(item) for item in value]
    if isinstance(value, complex):
        return plain([value.real, value.imag])
    return value


def alike(ours, theirs):
    if isinstance(ours, (list, tuple)) and isinstance(theirs, (list, tuple)):
        return len(ours) == len(theirs) and all(map(alike, ours, theirs))
    if isinstance(ours, dict) and isinstance(theirs, dict):
        return list(ours) == list(theirs) and all(alike(ours[key], theirs[key]) for key in ours)
    if isinstance(ours, float) and isinstance(theirs, float):
        return math.isclose(ours, theirs, rel_tol=1e-5, abs_tol=1e-6) or ours != ours and theirs != theirs
    return ours == theirs


def outcome(function, T):
    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always")
        try:
            value = plain(function(T))
        except Exception as error:
            kinds = [kind.__name__ for kind in type(error).__mro__]
            return next(kind for kind in kinds if kind in KINDS), str(error).partition("\n")[0].partition(" has structure ")[0].replace("lucet", "torch")
    notes = [(warning.category.__name__, str(warning.message).replace("lucet", "torch")) for warning in told]
    return value, [note for note in notes if not any(word in note[1] for word in ("torch.jit", "GraphModule", "get_attr node"))]


KINDS = {"RuntimeError", "ValueError", "TypeError", "AssertionError", "NotImplementedError", "IndexError", "KeyError", "AttributeError"}


def d(T, values, grad=False):
    return T.tensor(values, dtype=T.float64).requires_grad_(grad)


# --- hooks on what is saved, and on several gradients ---------------------------------------------------------------


@program
def pack_hooks_see_each_saved_tensor_and_unpack_hooks_replace_it(T):
    x, seen = d(T, [1.0, 2.0], True), []
    with T.autograd.graph.saved_tensors_hooks(lambda t: seen.append(t.shape) or t.detach(), lambda t: t * 2):
        y = (x * x).exp().sum()
    y.backward()
    return len(seen), x.grad


@program
def unpacked_tensors_lead_back_into_the_graph(T):
    x = d(T, [1.0, 2.0], True)
    with T.autograd.graph.saved_tensors_hooks(lambda t: t.detach().clone(), lambda t: t):
        y = (x * 2) ** 3
    (g,) = T.autograd.grad(y.sum(), x, create_graph=True)
    return g, T.autograd.grad(g.sum(), x)


@program
def the_innermost_hooks_count(T):
    x, seen = d(T, [1.0], True), []
    hooks = T.autograd.graph.saved_tensors_hooks
    with hooks(lambda t: seen.append("outer") or t.detach(), lambda t: t):
        a = x * x
        with hooks(lambda t: seen.append("inner") or t.detach(), lambda t: t):
            b = x * x
        c = x.exp()
    (a + b + c).backward()
    return seen, x.grad


@program
def functions_save_through_hooks(T):
    class Cube(T.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            y = x**3
            ctx.save_for_backward(x, y)
            return y

        @staticmethod
        def backward(ctx, g):
            x, y = ctx.saved_tensors
            return g * 3 * x**2 + 0 * y

    x = d(T, [2.0], True)
    with T.autograd.graph.saved_tensors_hooks(lambda t: t.detach() * 10, lambda t: t / 10):
        y = Cube.apply(x)
    y.backward()
    return x.grad


@program
def a_pack_hook_may_not_write(T):
    with T.autograd.graph.saved_tensors_hooks(lambda t: t.mul_(2), lambda t: t):
        return d(T, [1.0], True).clone() ** 2


@program
def an_unpack_hook_returns_a_tensor(T):
    with T.autograd.graph.saved_tensors_hooks(lambda t: 1, lambda t: t):
        y = d(T, [1.0], True) ** 2
    y.backward()


@program
def hooks_can_be_refused(T):
    with T.autograd.graph.disable_saved_tensors_hooks("no hooks here"), T.autograd.graph.save_on_cpu():
        pass


@program
def hooks_are_allowed_again_after_a_refusal(T):
    with T.autograd.graph.disable_saved_tensors_hooks("outer"):
        with T.autograd.graph.disable_saved_tensors_hooks("inner"):
            pass
    with T.autograd.graph.save_on_cpu(pin_memory=False):
        y = d(T, [3.0], True) ** 2
    return y


@program
def saved_tensors_may_be_changed(T):
    x = d(T, [1.0, 2.0], True)
    with T.autograd.graph.allow_mutation_on_saved_tensors():
        a = x.clone()
        y = (a**2).sum() + a.exp().sum()
        a.sin_()
        a[0] = 5
        z = y + (a * a).sum()
        z.backward()
    return x.grad, a


@program
def changed_tensors_need_their_context(T):
    x = d(T, [1.0], True)
    with T.autograd.graph.allow_mutation_on_saved_tensors():
        y = x.clone() ** 2
    y.backward()


@program
def contexts_for_changes_do_not_nest(T):
    with T.autograd.graph.allow_mutation_on_saved_tensors(), T.autograd.graph.allow_mutation_on_saved_tensors():
        pass


@program
def a_hook_on_several_gradients_runs_once(T):
    a, b = d(T, [1.0], True), d(T, [2.0], True)
    c, e, seen = a * b, a + b, []
    handle = T.autograd.graph.register_multi_grad_hook((a, b, c, e), lambda grads: seen.append([g is not None for g in grads]))
    c.sum().backward(retain_graph=True)
    c.sum().backward(inputs=(a,), retain_graph=True)
    (c + e).sum().backward(retain_graph=True)
    handle.remove()
    c.sum().backward()
    return seen


@program
def a_hook_on_any_gradient_gets_the_first(T):
    a, b, seen = d(T, [1.0], True), d(T, [2.0], True), []
    T.autograd.graph.register_multi_grad_hook((a, b), lambda grad: seen.append(1), mode="any")
    for _ in range(2):
        (a * b).backward()
    return seen


@program
def hooks_know_two_modes(T):
    T.autograd.graph.register_multi_grad_hook((), print, mode="some")


@program
def nodes_have_hooks_before_and_after(T):
    x = d(T, [1.0, 2.0], True)
    y = x.exp()
    y.grad_fn.register_prehook(lambda grads: (grads[0] * 2,))
    y.grad_fn.register_hook(lambda inputs, outputs: (inputs[0] * 3,))
    y.sum().backward()
    return x.grad


# --- Function -------------------------------------------------------------------------------------------------------


@program
def vjp_is_a_second_name_of_backward(T):
    class Twice(T.autograd.Function):
        @staticmethod
        def forward(x):
            return x * 2

        @staticmethod
        def setup_context(ctx, inputs, output):
            pass

        @staticmethod
        def vjp(ctx, g):
            return g * 2

    x = d(T, [1.0], True)
    Twice.apply(x).backward()
    return x.grad


@program
def backward_and_vjp_exclude_each_other(T):
    class Both(T.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            return x * 2

        @staticmethod
        def backward(ctx, g):
            return g

        @staticmethod
        def vjp(ctx, g):
            return g

    Both.apply(d(T, [1.0], True)).backward()


@program
def setup_context_sees_defaults(T):
    class Scale(T.autograd.Function):
        @staticmethod
        def forward(x, factor=3.0):
            return x * factor

        @staticmethod
        def setup_context(ctx, inputs, output):
            ctx.inputs = len(inputs)
            ctx.factor = inputs[1]

        @staticmethod
        def backward(ctx, g):
            return g * ctx.factor * ctx.inputs, None

    x = d(T, [1.0], True)
    Scale.apply(x).backward()
    return x.grad


@program
def a_function_without_backward_says_so(T):
    class Forward(T.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            return x * 2

    Forward.apply(d(T, [1.0], True)).backward()


@program
def a_function_may_have_a_rule_for_forward_mode(T):
    fw = part(T, "autograd.forward_ad")

    class Odd(T.autograd.Function):
        @staticmethod
        def forward(x):
            return x**2

        @staticmethod
        def setup_context(ctx, inputs, output):
            ctx.save_for_forward(*inputs)
            ctx.save_for_backward(*inputs)

        @staticmethod
        def backward(ctx, g):
            return g * 2 * ctx.saved_tensors[0]

        @staticmethod
        def jvp(ctx, t):
            return t * 100 * ctx.saved_tensors[0]

    with fw.dual_level():
        y = Odd.apply(fw.make_dual(d(T, [1.0, 2.0]), d(T, [1.0, 1.0]))).exp()
        return tuple(fw.unpack_dual(y))


def batched_gradients(call):
    def run(T):
        x = d(T, [1.0, 2.0, 3.0], True)
        return call(T, x, x**2)

    return run


BATCHED = {
    "rows": lambda T, x, y: T.autograd.grad(y, x, T.eye(3, dtype=T.float64), is_grads_batched=True),
    "scalar": lambda T, x, y: T.autograd.grad(y.sum(), x, d(T, [1.0, 2.0]), is_grads_batched=True),
    "graph": lambda T, x, y: T.autograd.grad(y, x, T.eye(3, dtype=T.float64), is_grads_batched=True, create_graph=True),
    "unused": lambda T, x, y: T.autograd.grad(y, (x, d(T, [1.0], True)), T.eye(3, dtype=T.float64), is_grads_batched=True, allow_unused=True),
    "several": lambda T, x, y: T.autograd.grad((y, y.sum()), x, (T.eye(3, dtype=T.float64), d(T, [1.0, 2.0, 3.0])), is_grads_batched=True),
    "different_sizes": lambda T, x, y: T.autograd.grad((y, x.sum()), x, (T.eye(3, dtype=T.float64), d(T, [1.0])), is_grads_batched=True),
    "not_used": lambda T, x, y: T.autograd.grad(y, (x, d(T, [1.0], True)), T.eye(3, dtype=T.float64), is_grads_batched=True),
    "nothing": lambda T, x, y: T.autograd.grad(y, (), y),
}
PROGRAMS |= {f"batched_gradients_{key}": batched_gradients(call) for key, call in BATCHED.items()}


def function_program(**body):
    """A Function with the given static methods, called on x (1, 2); the outputs, and the gradients of their sum."""

    def run(T):
        methods = {name: staticmethod(method(T)) for name, method in body.items() if name != "call"}
        made = type("Made", (T.autograd.Function,), methods)
        x = d(T, [1.0, 2.0], True)
        return body["call"](T, made, x)

    return run


def forward_of(text):
    return lambda T: lambda ctx, x: text(T, ctx, x)


def summed(T, F, x):
    outputs = F.apply(x)
    outputs = outputs if isinstance(outputs, tuple) else (outputs,)
    kept = [y for y in outputs if isinstance(y, T.Tensor) and y.requires_grad]
    return outputs, T.autograd.grad(sum(y.sum() for y in kept), x)


def both_outputs(T, ctx, x):
    y, z = x * 2, x * 3
    ctx.mark_non_differentiable(z)
    return y, z


def without_zeros(T, ctx, x):
    ctx.set_materialize_grads(False)
    return x * 2, x * 3


def dirtied(T, ctx, x):
    x.mul_(2)
    ctx.mark_dirty(x)
    return x


FUNCTIONS = {
    "non_differentiable": {"forward": forward_of(both_outputs), "backward": lambda T: lambda ctx, g, h: g * 10 + h, "call": summed},
    "no_zeros": {
        "forward": forward_of(without_zeros),
        "backward": lambda T: lambda ctx, g, h: g * 10 if h is None else h,
        "call": lambda T, F, x: T.autograd.grad(F.apply(x)[0].sum(), x),
    },
    "zeros": {
        "forward": forward_of(lambda T, ctx, x: (x * 2, x * 3)),
        "backward": lambda T: lambda ctx, g, h: g * 10 + h + 1,
        "call": lambda T, F, x: T.autograd.grad(F.apply(x)[0].sum(), x),
    },
    "dirty": {"forward": forward_of(dirtied), "backward": lambda T: lambda ctx, g: g * 2, "call": lambda T, F, x: summed(T, F, x.clone())[0]},
    "dirty_not_returned": {
        "forward": forward_of(lambda T, ctx, x: (ctx.mark_dirty(x), x * 2)[1]),
        "backward": lambda T: lambda ctx, g: g,
        "call": lambda T, F, x: F.apply(x.clone()),
    },
    "input_returned": {"forward": forward_of(lambda T, ctx, x: x), "backward": lambda T: lambda ctx, g: g * 5, "call": summed},
    "once": {
        "forward": forward_of(lambda T, ctx, x: x * 2),
        "backward": lambda T: T.autograd.function.once_differentiable(lambda ctx, g: g * 2),
        "call": lambda T, F, x: T.autograd.grad(T.autograd.grad(F.apply(x).sum(), x, create_graph=True)[0].sum(), x),
    },
    "too_many_gradients": {"forward": forward_of(lambda T, ctx, x: x * 2), "backward": lambda T: lambda ctx, g: (g, g), "call": summed},
    "no_gradient": {"forward": forward_of(lambda T, ctx, x: x * 2), "backward": lambda T: lambda ctx, g: None, "call": lambda T, F, x: F.apply(x).sum().backward()},
    "saves_no_tensor": {"forward": forward_of(lambda T, ctx, x: (ctx.save_for_backward(3), x)[1]), "call": lambda T, F, x: F.apply(x)},
    "saves_no_tensor_forward": {"forward": forward_of(lambda T, ctx, x: (ctx.save_for_forward(3), x)[1]), "call": lambda T, F, x: F.apply(x)},
    "no_forward": {"call": lambda T, F, x: F.apply(x)},
    "no_grad_mode": {"forward": forward_of(lambda T, ctx, x: x * 2 if not T.is_grad_enabled() else x * 3), "call": lambda T, F, x: F.apply(x)},
    "needs": {
        "forward": forward_of(lambda T, ctx, x: x * 2),
        "backward": lambda T: lambda ctx, g: g * ctx.needs_input_grad[0],
        "call": summed,
    },
    "no_jvp": {
        "forward": forward_of(lambda T, ctx, x: x * 2),
        "call": lambda T, F, x: F.jvp(None, x),
    },
    "no_vmap": {"call": lambda T, F, x: F.vmap(None, (0,), x)},
}
PROGRAMS |= {f"function_{key}": function_program(**body) for key, body in FUNCTIONS.items()}


# --- autograd.functional --------------------------------------------------------------------------------------------


def functional_programs():
    names = ("vjp", "jvp", "vhp", "hvp", "jacobian", "hessian")

    def power(x):
        return (x**3).sum()

    def two(x, y):
        return (x * x * y).sum() + y.exp().sum()

    def pair(x, y):
        return x * y, (x + y).sum()

    def matrix(x):
        return x.exp().sum(1)

    calls = {}
    for name in names:
        scalar = name in ("vhp", "hvp", "hessian")
        for graph in (False, True):
            tag = f"{name}_{'graph' if graph else 'plain'}"
            if scalar:
                calls[f"{tag}_one"] = (name, power, ([1.0, 2.0],), ([1.0, -1.0],), {"create_graph": graph})
                calls[f"{tag}_two"] = (name, two, ([1.0, 2.0], [3.0, 4.0]), ([1.0, -1.0], [0.5, 2.0]), {"create_graph": graph})
            else:
                calls[f"{tag}_one"] = (name, matrix, ([[1.0, 2.0], [0.5, 0.1]],), ([1.0, 2.0] if name == "vjp" else [[1.0, 0.0], [2.0, 1.0]],), {"create_graph": graph})
                weights = ([1.0, 2.0], 3.0) if name == "vjp" else ([1.0, 0.0], [2.0, 1.0])
                calls[f"{tag}_two"] = (name, pair, ([1.0, 2.0], [0.5, 0.1]), weights, {"create_graph": graph})
    for name in ("jacobian", "hessian"):
        f, x = (matrix, [[1.0, 2.0], [0.5, 0.1]]) if name == "jacobian" else (power, [1.0, 2.0])
        calls[f"{name}_vectorize"] = (name, f, (x,), None, {"vectorize": True})
        key = "strategy" if name == "jacobian" else "outer_jacobian_strategy"
        calls[f"{name}_forward"] = (name, f, (x,), None, {"vectorize": True, key: "forward-mode"})
        calls[f"{name}_forward_unvectorized"] = (name, f, (x,), None, {key: "forward-mode"})
        calls[f"{name}_strategy"] = (name, f, (x,), None, {key: "sideways"})
        calls[f"{name}_strict_vectorize"] = (name, f, (x,), None, {"vectorize": True, "strict": True})
    calls["jacobian_forward_graph"] = ("jacobian", matrix, ([[1.0]],), None, {"strategy": "forward-mode", "create_graph": True})
    calls["jacobian_forward_strict"] = ("jacobian", matrix, ([[1.0]],), None, {"strategy": "forward-mode", "strict": True})
    for name in names:
        first = lambda x, y: (x * 2).sum()
        constant = lambda x: x.detach().sum()
        linear = lambda x: (x * 2).sum()
        v = ([1.0, 1.0], [1.0, 1.0]) if name != "vjp" else (1.0,)
        given = None if name in ("jacobian", "hessian") else v
        for strict in (False, True):
            for graph in (False, True):
                tag = f"{name}_{'strict' if strict else 'lenient'}_{graph}"
                options = {"strict": strict, "create_graph": graph}
                calls[f"{tag}_unused"] = (name, first, ([1.0, 2.0], [3.0, 4.0]), given, options)
                calls[f"{tag}_constant"] = (name, constant, ([1.0, 2.0],), given and given[:1], options)
                calls[f"{tag}_linear"] = (name, linear, ([1.0, 2.0],), given and given[:1], options)
        calls[f"{name}_no_tensor"] = (name, lambda x: 3, ([1.0, 2.0],), None, {})
        calls[f"{name}_no_input"] = (name, power, None, None, {})
        if given is not None:
            calls[f"{name}_without_v"] = (name, matrix if name == "vjp" else power, ([[1.0, 2.0], [3.0, 4.0]],), None, {})
            calls[f"{name}_v_of_another_size"] = (name, power, ([1.0, 2.0],), ([1.0, 2.0, 3.0],), {})
            calls[f"{name}_v_of_another_length"] = (name, two, ([1.0], [2.0]), ([1.0], [2.0], [3.0]), {})
        if scalar_only(name):
            calls[f"{name}_not_scalar"] = (name, lambda x: x * 2, ([1.0, 2.0],), given and given[:1], {})
            calls[f"{name}_tuple"] = (name, lambda x: (x.sum(),), ([1.0, 2.0],), given and given[:1], {})
    return calls


def scalar_only(name):
    return name in ("vhp", "hvp", "hessian")


def functional_program(name, func, inputs, v, options):
    def run(T):
        F = part(T, "autograd.functional")

        def tensors(values):
            if values is None:
                return None
            made = tuple(d(T, value, options.get("create_graph", False)) for value in values)
            return made[0] if len(made) == 1 else made

        args = [func, 3.0 if inputs is None else tensors(inputs)] + ([] if v is None or name in ("jacobian", "hessian") else [tensors(v)])
        result = getattr(F, name)(*args, **options)
        return result.detach() if "outer_jacobian_strategy" in options else result  # torch's still requires a gradient

    return run


PROGRAMS |= {f"functional_{key}": functional_program(*call) for key, call in functional_programs().items()}


# --- checkpoints ----------------------------------------------------------------------------------------------------


def network(T):
    T.manual_seed(0)
    model = T.nn.Sequential(T.nn.Linear(4, 8), T.nn.Tanh(), T.nn.Dropout(0.5), T.nn.Linear(8, 8), T.nn.ReLU(), T.nn.Linear(8, 2))
    return model, T.randn(3, 4).requires_grad_()


def checkpointed(way):
    def run(T):
        model, x = network(T)
        T.manual_seed(1)
        y = way(part(T, "utils.checkpoint"), model, x)
        (y * y).sum().backward()
        return x.grad, [p.grad for p in model.parameters()], T.rand(2)

    return run


WAYS = {
    "not_at_all": lambda C, m, x: m(x),
    "non_reentrant": lambda C, m, x: C.checkpoint(m, x, use_reentrant=False),
    "reentrant": lambda C, m, x: C.checkpoint(m, x, use_reentrant=True),
    "unsaid": lambda C, m, x: C.checkpoint(m, x),
    "sequential": lambda C, m, x: C.checkpoint_sequential(m, 3, x, use_reentrant=False),
    "sequential_reentrant": lambda C, m, x: C.checkpoint_sequential(m, 2, x, use_reentrant=True),
    "sequential_unsaid": lambda C, m, x: C.checkpoint_sequential(list(m.children()), 2, x),
    "nested": lambda C, m, x: C.checkpoint(
        lambda z: C.checkpoint(m[3:], C.checkpoint(m[:3], z, use_reentrant=False), use_reentrant=False), x, use_reentrant=False
    ),
    "drawing_on": lambda C, m, x: C.checkpoint(m, x, use_reentrant=False, preserve_rng_state=True),
    "unchecked": lambda C, m, x: C.checkpoint(m, x, use_reentrant=False, determinism_check="none"),
    "checked_wrongly": lambda C, m, x: C.checkpoint(m, x, use_reentrant=False, determinism_check="all"),
    "reentrant_with_keywords": lambda C, m, x: C.checkpoint(m, x, use_reentrant=True, other=1),
    "reentrant_with_debug": lambda C, m, x: C.checkpoint(m, x, use_reentrant=True, debug=True),
    "sequential_with_keywords": lambda C, m, x: C.checkpoint_sequential(m, 2, x, use_reentrant=True, other=1),
    "keywords": lambda C, m, x: C.checkpoint(lambda x, scale: m(x) * scale, x, scale=2.0, use_reentrant=False),
    "debug_with_contexts": lambda C, m, x: C.checkpoint(m, x, use_reentrant=False, debug=True, context_fn=lambda: 1),
    "not_reentrant_inputs": lambda C, m, x: C.checkpoint(m, x.detach(), use_reentrant=False),
}
PROGRAMS |= {f"checkpoint_{key}": checkpointed(way) for key, way in WAYS.items()}


@program
def checkpoint_reentrant_without_gradient(T):
    C = part(T, "utils.checkpoint")
    return C.checkpoint(lambda x: x * 2, d(T, [1.0]), use_reentrant=True)


@program
def checkpoint_reentrant_knows_backward_only(T):
    C = part(T, "utils.checkpoint")
    x = d(T, [1.0], True)
    return T.autograd.grad(C.checkpoint(lambda x: x * 2, x, use_reentrant=True), x)


@program
def checkpoint_reentrant_with_detached_result(T):
    C = part(T, "utils.checkpoint")
    C.checkpoint(lambda x: x.detach() * 2, d(T, [1.0], True), use_reentrant=True).backward()


def changing(first, second, **options):
    def run(T):
        C, calls = part(T, "utils.checkpoint"), []

        def function(x):
            calls.append(1)
            return (first if len(calls) == 1 else second)(x)

        C.checkpoint(function, d(T, [1.0, 2.0], True), use_reentrant=False, **options).sum().backward()

    return run


PROGRAMS["checkpoint_saves_fewer"] = changing(lambda x: x.exp().sin(), lambda x: x.exp())
PROGRAMS["checkpoint_saves_more"] = changing(lambda x: x.exp(), lambda x: x.exp().sin(), early_stop=False)
PROGRAMS["checkpoint_saves_other_shapes"] = changing(lambda x: x.exp().sin(), lambda x: x.repeat(2).exp().sin())
PROGRAMS["checkpoint_saves_other_shapes_unchecked"] = changing(lambda x: x.exp().sin(), lambda x: (x + 0).exp().sin(), determinism_check="none")


@program
def checkpoint_with_a_gradient_inside(T):
    C = part(T, "utils.checkpoint")
    x = d(T, [1.0, 2.0], True)

    def inside(x):
        y = x.sin()
        (g,) = T.autograd.grad(y.cos().sum(), x)
        return x.cos() * g

    C.checkpoint(inside, x, use_reentrant=False).sum().backward()
    return x.grad


@program
def checkpoint_backward_twice(T):
    C = part(T, "utils.checkpoint")
    x = d(T, [1.0, 2.0], True)
    y = C.checkpoint(lambda x: x.exp().sin(), x, use_reentrant=False)
    first = T.autograd.grad(y.sum(), x, retain_graph=True, create_graph=True)
    return first, T.autograd.grad(first[0].sum(), x, retain_graph=True), T.autograd.grad(y.sum(), x)


@program
def checkpoint_runs_its_contexts(T):
    import contextlib

    C, seen = part(T, "utils.checkpoint"), []

    @contextlib.contextmanager
    def noted(name):
        seen.append(name)
        yield

    x = d(T, [1.0], True)
    y = C.checkpoint(lambda x: x.exp().sin(), x, use_reentrant=False, context_fn=lambda: (noted("first"), noted("second")))
    y.backward()
    return seen, x.grad


@program
def checkpoint_early_stop_can_be_off(T):
    C, seen = part(T, "utils.checkpoint"), []

    def function(x):
        y = x.exp()
        seen.append(1)
        return y

    for stop in (True, False):
        with C.set_checkpoint_early_stop(stop):
            C.checkpoint(function, d(T, [1.0], True), use_reentrant=False).backward()
    return len(seen)


# --- forward mode ---------------------------------------------------------------------------------------------------


def dual_program(function):
    def run(T):
        fw = part(T, "autograd.forward_ad")
        with fw.dual_level():
            return function(T, fw, fw.make_dual(d(T, [1.0, 3.0]), d(T, [1.0, 0.5])))

    return run


def tangent_of(function):
    return dual_program(lambda T, fw, x: [plain(t)[:3] if t is not None else None for t in fw.unpack_dual(function(T, x))])


TANGENTS = {
    "square": lambda T, x: x * x,
    "itself": lambda T, x: x,
    "chain": lambda T, x: (x.exp().sin() * x).sum(),
    "compare": lambda T, x: x > 0,
    "floor": lambda T, x: x.floor(),
    "detach": lambda T, x: x.detach(),
    "inplace": lambda T, x: (x * 1).mul_(x),
    "written": lambda T, x: T.zeros(2, dtype=T.float64).copy_(x),
    "part": lambda T, x: T.stack([x[1], x[0] * 2]),
    "view": lambda T, x: x.view(2, 1) @ x.view(1, 2),
    "relu": lambda T, x: T.relu(x - 2),
    "softmax": lambda T, x: T.softmax(x, 0),
    "max": lambda T, x: x.max(),
    "cast": lambda T, x: x.to(T.float32) * 2,
    "complex": lambda T, x: x.to(T.complex128),
    "solve": lambda T, x: T.cumsum(x, 0) / x.prod(),
    "constant": lambda T, x: T.ones(2, dtype=T.float64),
}
PROGRAMS |= {f"tangent_{key}": tangent_of(function) for key, function in TANGENTS.items()}


@program
def no_grad_does_not_stop_tangents(T):
    fw = part(T, "autograd.forward_ad")
    with fw.dual_level():
        x = fw.make_dual(d(T, [2.0]), d(T, [1.0]))
        with T.no_grad():
            return tuple(fw.unpack_dual(x**3)), T.is_grad_enabled()


@program
def forward_mode_over_parameters_can_be_differentiated(T):
    fw = part(T, "autograd.forward_ad")
    w = d(T, [2.0, 1.0], True)
    with fw.dual_level():
        tangent = fw.unpack_dual((fw.make_dual(d(T, [3.0, 4.0]), d(T, [1.0, 1.0])) * w * w).sum()).tangent
    return tangent, T.autograd.grad(tangent, w)


@program
def duals_outside_of_a_level(T):
    part(T, "autograd.forward_ad").make_dual(d(T, [1.0]), d(T, [1.0]))


@program
def unpacking_outside_of_a_level(T):
    return tuple(part(T, "autograd.forward_ad").unpack_dual(d(T, [1.0])))


PROGRAMS["dual_of_a_dual"] = dual_program(lambda T, fw, x: fw.make_dual(x, x))
PROGRAMS["dual_of_ints"] = dual_program(lambda T, fw, x: fw.make_dual(T.tensor([1]), x))
PROGRAMS["tangent_of_ints"] = dual_program(lambda T, fw, x: fw.make_dual(d(T, [1.0]), T.tensor([1])))
PROGRAMS["tangent_of_another_size"] = dual_program(lambda T, fw, x: fw.make_dual(d(T, [1.0]), d(T, [1.0, 2.0])))
PROGRAMS["levels_do_not_nest"] = dual_program(lambda T, fw, x: fw.enter_dual_level())
PROGRAMS["levels_end_in_order"] = dual_program(lambda T, fw, x: fw.exit_dual_level(level=3))


@program
def tangents_end_with_the_level(T):
    fw = part(T, "autograd.forward_ad")
    with fw.dual_level():
        y = fw.make_dual(d(T, [1.0]), d(T, [1.0])) * 2
    return fw.unpack_dual(y).tangent


# --- func -----------------------------------------------------------------------------------------------------------


def f(T):
    return part(T, "func")


def xs(T):
    return d(T, [1.0, 3.0]), d(T, [0.5, 2.0])


FUNC = {
    "grad": lambda T, x, y: f(T).grad(lambda x: (x**3).sum())(x),
    "grad_of_grad": lambda T, x, y: f(T).grad(f(T).grad(lambda x: x**4))(x[1]),
    "grad_argnums": lambda T, x, y: f(T).grad(lambda x, y: (x * y * y).sum(), argnums=(1, 0))(x, y),
    "grad_argnum_negative": lambda T, x, y: f(T).grad(lambda x, y: (x * y * y).sum(), argnums=-1)(x, y),
    "grad_tree": lambda T, x, y: f(T).grad(lambda p: (p["a"] * p["b"][0]).sum())({"a": x, "b": [y]}),
    "grad_aux": lambda T, x, y: f(T).grad(lambda x: ((x * x).sum(), {"twice": x * 2}), has_aux=True)(x),
    "grad_and_value": lambda T, x, y: f(T).grad_and_value(lambda x: (x * x).sum())(x),
    "grad_and_value_aux": lambda T, x, y: f(T).grad_and_value(lambda x: ((x * x).sum(), x), has_aux=True)(x),
    "grad_unused": lambda T, x, y: f(T).grad(lambda x, y: y.sum())(x, y),
    "grad_no_scalar": lambda T, x, y: f(T).grad(lambda x: x * 2)(x),
    "grad_no_tensor": lambda T, x, y: f(T).grad(lambda x: 2.0)(x),
    "grad_no_aux": lambda T, x, y: f(T).grad(lambda x: x.sum(), has_aux=True)(x),
    "grad_argnums_twice": lambda T, x, y: f(T).grad(lambda x, y: x.sum(), argnums=(0, 0))(x, y),
    "grad_argnums_none": lambda T, x, y: f(T).grad(lambda x, y: x.sum(), argnums=())(x, y),
    "grad_argnum_beyond": lambda T, x, y: f(T).grad(lambda x: x.sum(), argnums=2)(x),
    "grad_argnum_kind": lambda T, x, y: f(T).grad(lambda x: x.sum(), argnums="x")(x),
    "grad_of_float": lambda T, x, y: f(T).grad(lambda x: x.sum())(3.0),
    "grad_in_no_grad": lambda T, x, y: T.no_grad()(lambda: f(T).grad(lambda x: (x * x).sum())(x))(),
    "grad_around_no_grad": lambda T, x, y: f(T).grad(lambda x: (x * T.no_grad()(lambda: x * x)()).sum())(x),
    "grad_recorded": lambda T, x, y: T.autograd.grad(f(T).grad(lambda x: (x**3).sum())(x.requires_grad_()).sum(), x),
    "vjp": lambda T, x, y: (lambda out, pull: (out, pull(x), pull(y)))(*f(T).vjp(lambda x: x * x, x)),
    "vjp_other_size": lambda T, x, y: f(T).vjp(lambda x: x * x, x)[1](x[:1]),
    "vjp_other_tree": lambda T, x, y: f(T).vjp(lambda x: (x * x, x), x)[1](x),
    "vjp_tree": lambda T, x, y: (lambda out, pull: (out, pull((x, {"a": x[0]}))))(*f(T).vjp(lambda x, y: (x * y, {"a": x.sum()}), x, y)),
    "vjp_aux": lambda T, x, y: (lambda out, pull, aux: (out, pull(x), aux))(*f(T).vjp(lambda x: (x * x, x + 1), x, has_aux=True)),
    "vjp_ints": lambda T, x, y: f(T).vjp(lambda x: x > 0, x),
    "vjp_no_output": lambda T, x, y: f(T).vjp(lambda x: None, x),
    "vjp_no_tensor": lambda T, x, y: f(T).vjp(lambda x: 3, x),
    "vjp_no_aux": lambda T, x, y: f(T).vjp(lambda x: x, x, has_aux=True),
    "jvp": lambda T, x, y: f(T).jvp(lambda x: x.sin() * x, (x,), (y,)),
    "jvp_two": lambda T, x, y: f(T).jvp(lambda a, b: (a * b, b.sum()), (x, y), (y, x)),
    "jvp_tree": lambda T, x, y: f(T).jvp(lambda p: {"r": p["a"] * p["b"]}, ({"a": x, "b": y},), ({"a": y, "b": x},)),
    "jvp_aux": lambda T, x, y: f(T).jvp(lambda x: (x * x, x + 1), (x,), (y,), has_aux=True),
    "jvp_constant": lambda T, x, y: f(T).jvp(lambda x: y * 1, (x,), (y,)),
    "jvp_strict": lambda T, x, y: f(T).jvp(lambda x: y * 1, (x,), (y,), strict=True),
    "jvp_no_tuple": lambda T, x, y: f(T).jvp(lambda x: x, x, (y,)),
    "jvp_no_tensors": lambda T, x, y: f(T).jvp(lambda x: x, (1.0,), (y,)),
    "jvp_no_primals": lambda T, x, y: f(T).jvp(lambda: x, (), ()),
    "jvp_no_tensor": lambda T, x, y: f(T).jvp(lambda x: 3, (x,), (y,)),
    "jvp_other_size": lambda T, x, y: f(T).jvp(lambda x: x, (x,), (y[:1],)),
    "jvp_of_grad": lambda T, x, y: f(T).jvp(f(T).grad(lambda x: (x**3).sum()), (x,), (y,)),
    "jvp_of_jvp": lambda T, x, y: f(T).jvp(lambda x: f(T).jvp(lambda z: z**3, (x,), (y,))[1], (x,), (y,)),
    "grad_of_jvp": lambda T, x, y: f(T).grad(lambda x: f(T).jvp(lambda z: z**3, (x,), (y,))[1].sum())(x),
    "jacrev": lambda T, x, y: f(T).jacrev(lambda x: x * x.sum())(x),
    "jacfwd": lambda T, x, y: f(T).jacfwd(lambda x: x * x.sum())(x),
    "jacrev_chunks": lambda T, x, y: f(T).jacrev(lambda x: x * x.sum(), chunk_size=1)(x),
    "jacrev_chunk_zero": lambda T, x, y: f(T).jacrev(lambda x: x * x.sum(), chunk_size=0)(x),
    "jacrev_tree": lambda T, x, y: f(T).jacrev(lambda x, y: {"a": x * y, "b": (x * x).sum()}, argnums=(0, 1))(x, y),
    "jacfwd_tree": lambda T, x, y: f(T).jacfwd(lambda x, y: {"a": x * y, "b": (x * x).sum()}, argnums=(0, 1))(x, y),
    "jacrev_aux": lambda T, x, y: f(T).jacrev(lambda x: (x * x, x + 1), has_aux=True)(x),
    "jacfwd_aux": lambda T, x, y: f(T).jacfwd(lambda x: (x * x, x + 1), has_aux=True)(x),
    "jacrev_complex": lambda T, x, y: f(T).jacrev(lambda x: x)(x.to(T.complex128)),
    "jacfwd_complex": lambda T, x, y: f(T).jacfwd(lambda x: x)(x.to(T.complex128)),
    "hessian": lambda T, x, y: f(T).hessian(lambda x: (x**3).sum() * x[0])(x),
    "hessian_two": lambda T, x, y: f(T).hessian(lambda x, y: (x * x * y).sum(), argnums=(0, 1))(x, y),
    "jacrev_of_jacrev": lambda T, x, y: f(T).jacrev(f(T).jacrev(lambda x: x[0] * x[1] ** 2))(x),
    "jacfwd_of_jacfwd": lambda T, x, y: f(T).jacfwd(f(T).jacfwd(lambda x: x[0] * x[1] ** 2))(x),
    "linearize": lambda T, x, y: (lambda out, push: (out, push(y), push(x)))(*f(T).linearize(lambda x: x.sin() * x, x)),
}
PROGRAMS |= {f"func_{key}": (lambda T, call=call: call(T, *xs(T))) for key, call in FUNC.items()}


def called(**changes):
    def run(T):
        T.manual_seed(0)
        model = T.nn.Sequential(T.nn.Linear(2, 2), T.nn.Linear(2, 2))
        model[1].weight = model[0].weight
        state = {name: p.detach() * 2 for name, p in model.named_parameters()} | changes.get("more", lambda T: {})(T)
        for name in changes.get("less", ()):
            del state[name]
        y = f(T).functional_call(model, (state, {}) if changes.get("tuple") else state, (T.ones(2),), strict=changes.get("strict", False), tie_weights=changes.get("tie", True))
        return y, list(model.parameters())

    return run


PROGRAMS["functional_call"] = called()
PROGRAMS["functional_call_tuple"] = called(tuple=True)
PROGRAMS["functional_call_untied"] = called(tie=False)
PROGRAMS["functional_call_strict"] = called(strict=True, tie=False)
PROGRAMS["functional_call_strict_tied"] = called(strict=True)
PROGRAMS["functional_call_missing"] = called(strict=True, less=["0.bias"])
PROGRAMS["functional_call_two_values"] = called(more=lambda T: {"1.weight": T.zeros(2, 2)})


@program
def functional_call_moves_buffers(T):
    model = T.nn.BatchNorm1d(2)
    state = {name: t.clone() for name, t in model.named_buffers()}
    f(T).functional_call(model, state, T.arange(6.0).view(3, 2))
    return state, model.running_mean


@program
def functional_call_takes_dictionaries_only(T):
    f(T).functional_call(T.nn.Linear(2, 2), 3, T.ones(2))


@program
def functional_call_with_a_name_in_two_dictionaries(T):
    f(T).functional_call(T.nn.Linear(2, 2), ({"weight": T.ones(2, 2)}, {"weight": T.ones(2, 2)}), T.ones(2))


@program
def stateless_functional_call_is_deprecated(T):
    return part(T, "nn.utils.stateless").functional_call(T.nn.Linear(2, 1, bias=False), {"weight": T.ones(1, 2)}, T.ones(2))


@program
def modules_stack(T):
    T.manual_seed(0)
    params, buffers = f(T).stack_module_state([T.nn.BatchNorm1d(2), T.nn.BatchNorm1d(2)])
    return params, buffers


PROGRAMS["stack_nothing"] = lambda T: f(T).stack_module_state([])
PROGRAMS["stack_different_kinds"] = lambda T: f(T).stack_module_state([T.nn.Linear(1, 1), T.nn.ReLU()])
PROGRAMS["stack_different_modes"] = lambda T: f(T).stack_module_state([T.nn.ReLU(), T.nn.ReLU().eval()])


REARRANGED = ["a b c -> c b a", "a b c -> a (b c)", "... c -> c ...", "a b c -> a b c 1", "a ... -> (a ...)", "a b c->b () a c", "a (b d) c -> d a (b c)",
              "a b c -> a b", "a b c", "a b c -> a b c d", "a b -> b a", "a b c -> a (...) b c", "(a b c -> a", "a a c -> a c", "a b c -> a b 2 c", "a b 1c -> a"]  # fmt: skip
PROGRAMS |= {
    f"rearrange_{number}": lambda T, p=pattern: f(T).rearrange(T.arange(24).view(2, 3, 4), p, **({"b": 3} if "(b d)" in p else {}))
    for number, pattern in enumerate(REARRANGED)
}
PROGRAMS["rearrange_list"] = lambda T: f(T).rearrange([T.arange(3), T.arange(3)], "a b -> b a")
PROGRAMS["rearrange_unknown_size"] = lambda T: f(T).rearrange(T.arange(4), "a -> a", z=1)
PROGRAMS["rearrange_no_size"] = lambda T: type(caught(lambda: f(T).rearrange(T.arange(4), "(a b) -> a b"))).__mro__[-3].__name__
PROGRAMS["functionalize"] = lambda T: f(T).functionalize(lambda x: x.clone().add_(1))(T.ones(2))
PROGRAMS["functionalize_remove"] = lambda T: f(T).functionalize(lambda x: x, remove="all")(T.ones(2))


def caught(call):
    try:
        call()
    except Exception as error:
        return error


# --- vmap -----------------------------------------------------------------------------------------------------------


def grid(T, *shape):
    n = math.prod(shape)
    return T.tensor([math.sin(0.7 * i) for i in range(n)], dtype=T.float64).reshape(shape)


VMAP = {
    "sum": lambda T, v: v(lambda r: r.sum())(grid(T, 3, 4)),
    "dims": lambda T, v: v(lambda a, b: a * b, (1, None))(grid(T, 3, 4), grid(T, 3)),
    "negative_dims": lambda T, v: v(lambda a: a * 2, -1, -1)(grid(T, 3, 4)),
    "out_dims": lambda T, v: v(lambda a: (a, a.sum()), 0, (1, 0))(grid(T, 3, 4)),
    "tree": lambda T, v: v(lambda d: {"s": d["a"] + d["b"][0]}, ({"a": 0, "b": [None]},))({"a": grid(T, 3, 4), "b": [grid(T, 4)]}),
    "keywords": lambda T, v: v(lambda a, scale: a * scale)(grid(T, 3, 4), scale=grid(T, 3)[0]),
    "unbatched_output": lambda T, v: v(lambda a: grid(T, 2))(grid(T, 3, 4)),
    "nested": lambda T, v: v(lambda a: v(lambda b: a @ b)(grid(T, 5, 4)))(grid(T, 3, 4)),
    "nested_dims": lambda T, v: v(v(lambda a, b: a + b, (None, 0)), (0, None))(grid(T, 3), grid(T, 4)),
    "chunks": lambda T, v: v(lambda a: a.exp(), chunk_size=2)(grid(T, 5, 2)),
    "grad": lambda T, v: v(f(T).grad(lambda x: (x**3).sum()))(grid(T, 3, 4)),
    "grad_and_value": lambda T, v: v(f(T).grad_and_value(lambda x: (x**3).sum()))(grid(T, 3, 4)),
    "grad_of_sum": lambda T, v: f(T).grad(lambda x: v(lambda r: r @ r)(x).sum())(grid(T, 3, 4)),
    "jacrev": lambda T, v: v(f(T).jacrev(lambda x: x * x.sum()))(grid(T, 3, 4)),
    "jacfwd": lambda T, v: v(f(T).jacfwd(lambda x: x * x.sum()))(grid(T, 3, 4)),
    "hessian": lambda T, v: v(f(T).hessian(lambda x: (x**3).sum() * x[0]))(grid(T, 3, 4)),
    "vjp": lambda T, v: v(f(T).vjp(lambda x: x * x.sum(), grid(T, 3))[1])(T.eye(3, dtype=T.float64)),
    "jvp": lambda T, v: v(lambda t: f(T).jvp(lambda x: x * x.sum(), (grid(T, 3),), (t,))[1])(T.eye(3, dtype=T.float64)),
    "inplace": lambda T, v: v(lambda a, b: a.clone().add_(b).mul_(2))(grid(T, 3, 4), grid(T, 3)),
    "inplace_transposed": lambda T, v: v(lambda a: a.clone().transpose_(0, 1).unsqueeze_(0))(grid(T, 3, 4, 2)),
    "subscripts": lambda T, v: v(lambda a: (a[0], a[..., -1], a[:, None], a[1:, ::2], a[T.tensor([1, 0])]))(grid(T, 3, 4, 2)),
    "subscript_batched": lambda T, v: v(lambda a, i: a[i])(grid(T, 3, 4), T.tensor([0, 3, 1])),
    "subscript_of_shared": lambda T, v: v(lambda i: grid(T, 4, 2)[i])(T.tensor([0, 3, 1])),
    "assigned": lambda T, v: v(lambda a, b: [c := a.clone(), c.__setitem__(1, b), c][2])(grid(T, 3, 4), grid(T, 3)),
    "views": lambda T, v: v(lambda a: (a.view(-1), a.reshape(2, 4), a.T, a.flatten(), a.permute(1, 0), a.expand(5, 4, 2), a.squeeze(), a.unsqueeze(-1)))(grid(T, 3, 4, 2)),
    "reductions": lambda T, v: v(lambda a: (a.mean(0), a.var(), a.max(), a.max(1), a.argmax(), a.amin((0, 1)), a.prod(), a.norm(), a.std(-1, keepdim=True)))(grid(T, 3, 4, 2)),
    "scalars": lambda T, v: v(lambda a: (a.sum(), a.max(), a.softmax(0), a.reshape(1), a.expand(2)))(grid(T, 3)),
    "joined": lambda T, v: v(lambda a, b: (T.cat([a, b, grid(T, 2)]), T.stack([a, b]), T.stack([a, a], -1)), (0, None))(grid(T, 3, 4), grid(T, 4)),
    "split": lambda T, v: v(lambda a: (a.split(2), a.chunk(2, -1), a.unbind(0), list(a)))(grid(T, 3, 4, 2)),
    "sorted": lambda T, v: v(lambda a: (a.sort(), a.topk(2), a.argsort(), a.cumsum(0), a.flip(0), a.roll(1)))(grid(T, 3, 4)),
    "products": lambda T, v: v(lambda a, b: (a @ b, a @ a, T.outer(a, b), T.dot(a, b), b @ grid(T, 4, 2), grid(T, 2, 4) @ b))(grid(T, 3, 4), grid(T, 3, 4)),
    "matrices": lambda T, v: v(lambda a: (a @ a.mT, T.bmm(a, a.mT), a @ grid(T, 2), a @ grid(T, 2, 2), T.addmm(grid(T, 4), a[0], a[0].T)))(grid(T, 3, 4, 4, 2)),
    "shared_matrix": lambda T, v: v(lambda w: grid(T, 5, 2) @ w)(grid(T, 3, 2, 2)),
    "types": lambda T, v: v(lambda a, b: (a.float(), a + 1, a.long() + 1, a.float() * b, (a > 0) & (b > 0)))(grid(T, 3, 4), grid(T, 3)),
    "like": lambda T, v: v(lambda a: (T.zeros_like(a), T.ones_like(a) + a, a.new_zeros(2), T.full_like(a, 2)))(grid(T, 3, 4)),
    "linear": lambda T, v: v(T.nn.functional.linear)(grid(T, 3, 5, 4), grid(T, 3, 2, 4), grid(T, 3, 2)),
    "linear_shared_input": lambda T, v: v(T.nn.functional.linear, (None, 0, 0))(grid(T, 5, 4), grid(T, 3, 2, 4), grid(T, 3, 2)),
    "conv": lambda T, v: v(lambda x, w: T.nn.functional.conv2d(x, w, padding=1))(grid(T, 3, 2, 4, 6, 6), grid(T, 3, 4, 4, 3, 3)),
    "conv_shared_weight": lambda T, v: v(lambda x: T.nn.functional.conv2d(x, grid(T, 4, 2, 3, 3), stride=2, groups=2))(grid(T, 3, 2, 4, 6, 6)),
    "conv_shared_input": lambda T, v: v(lambda w: T.nn.functional.conv1d(grid(T, 2, 4, 6), w))(grid(T, 3, 4, 4, 3)),
    "pools": lambda T, v: v(lambda x: (T.nn.functional.max_pool2d(x, 2), T.nn.functional.avg_pool2d(x, 2), T.nn.functional.adaptive_avg_pool2d(x, 1)))(grid(T, 3, 2, 4, 6, 6)),
    "norms": lambda T, v: v(lambda x, w: (T.nn.functional.layer_norm(x, (4,), w), T.nn.functional.group_norm(x, 2, w), T.nn.functional.batch_norm(x, None, None, w, training=True)))(grid(T, 3, 6, 4), grid(T, 3, 4)),
    "losses": lambda T, v: v(lambda x, y: [getattr(T.nn.functional, name)(x, y, reduction=r) for name in ("mse_loss", "l1_loss", "smooth_l1_loss") for r in ("mean", "sum", "none")])(grid(T, 3, 6, 4), grid(T, 3, 6, 4)),
    "classes": lambda T, v: v(lambda x, y: [T.nn.functional.cross_entropy(x, y, reduction=r, ignore_index=1) for r in ("mean", "sum", "none")])(grid(T, 3, 5, 4), T.tensor([[0, 1, 2, 3, 0]] * 3)),
    "class_weights": lambda T, v: v(lambda x, y: T.nn.functional.cross_entropy(x, y, label_smoothing=0.1))(grid(T, 3, 5, 4), T.tensor([[0, 1, 2, 3, 0]] * 3)),
    "embedding": lambda T, v: v(lambda i, w: T.nn.functional.embedding(i, w))(T.tensor([[0, 1], [2, 3], [1, 1]]), grid(T, 3, 4, 2)),
    "gather": lambda T, v: v(lambda a, i: a.gather(0, i))(grid(T, 3, 4), T.tensor([[0, 1], [2, 3], [1, 1]])),
    "index_select": lambda T, v: v(lambda a, i: a.index_select(0, i))(grid(T, 3, 4, 2), T.tensor([[0, 1], [2, 3], [1, 1]])),
    "where": lambda T, v: v(lambda a: T.where(a > 0, a, 0.0))(grid(T, 3, 4)),
    "masked_fill": lambda T, v: v(lambda a: a.masked_fill(a > 0, -1.0))(grid(T, 3, 4)),
    "dropout_off": lambda T, v: v(lambda a: T.nn.functional.dropout(a, training=False))(grid(T, 3, 4)),
    "dropout": lambda T, v: v(lambda a: T.nn.functional.dropout(a))(grid(T, 3, 4)),
    "random": lambda T, v: v(lambda a: a + T.rand(4))(grid(T, 3, 4)),
    "randomness": lambda T, v: v(lambda a: a, randomness="some")(grid(T, 3, 4)),
    "chunk_size": lambda T, v: v(lambda a: a, chunk_size=0)(grid(T, 3, 4)),
    "no_inputs": lambda T, v: v(lambda: 1)(),
    "no_batched": lambda T, v: v(lambda a: a, None)(grid(T, 3, 4)),
    "only_none": lambda T, v: v(lambda a: a, (None,))(grid(T, 3, 4)),
    "no_tensor": lambda T, v: v(lambda a: a)(3),
    "kind_of_dims": lambda T, v: v(lambda a: a, "x")(grid(T, 3, 4)),
    "structure_of_dims": lambda T, v: v(lambda a: a, (0, 0))(grid(T, 3, 4)),
    "kind_of_dim": lambda T, v: v(lambda a: a, ("x",))(grid(T, 3, 4)),
    "dim_beyond": lambda T, v: v(lambda a: a, 2)(grid(T, 3, 4)),
    "different_sizes": lambda T, v: v(lambda a, b: a)(grid(T, 3, 4), grid(T, 4)),
    "no_tensor_out": lambda T, v: v(lambda a: 3)(grid(T, 3, 4)),
    "out_none": lambda T, v: v(lambda a: a, 0, None)(grid(T, 3, 4)),
    "out_structure": lambda T, v: v(lambda a: (a, a), 0, (0, 0, 0))(grid(T, 3, 4)),
    "out_kind": lambda T, v: v(lambda a: a, 0, "x")(grid(T, 3, 4)),
    "truth": lambda T, v: v(lambda a: a if a.sum() > 0 else -a)(grid(T, 3, 4)),
    "item": lambda T, v: v(lambda a: a.sum().item())(grid(T, 3, 4)),
}
PROGRAMS |= {f"vmap_{key}": (lambda T, call=call: call(T, T.vmap)) for key, call in VMAP.items()}


@program
def vmap_over_models(T):
    T.manual_seed(0)
    models = [T.nn.Sequential(T.nn.Linear(4, 3), T.nn.ReLU(), T.nn.Linear(3, 2)) for _ in range(3)]
    params, buffers = f(T).stack_module_state(models)

    def call(p, b, x):
        return f(T).functional_call(models[0], (p, b), (x,))

    return T.vmap(call, (0, 0, None))(params, buffers, T.ones(5, 4))


@program
def gradients_of_samples_of_a_convolutional_network(T):
    T.manual_seed(0)
    N = T.nn
    model = N.Sequential(N.Conv2d(1, 4, 3), N.ReLU(), N.MaxPool2d(2), N.Flatten(), N.Linear(36, 5))
    params = {name: p.detach() for name, p in model.named_parameters()}
    x, y = T.randn(6, 1, 8, 8), T.tensor([0, 1, 2, 3, 4, 0])

    def loss(p, x, y):
        return N.functional.cross_entropy(f(T).functional_call(model, p, (x.unsqueeze(0),)), y.unsqueeze(0))

    return T.vmap(f(T).grad(loss), (None, 0, 0))(params, x, y)


@program
def duals_require_what_their_primals_do(T):
    fw = part(T, "autograd.forward_ad")
    w, found = T.ones(2, requires_grad=True), []

    def see(*tensors):
        found.extend((t.requires_grad, t.grad_fn is None, t.is_leaf) for t in tensors)

    with fw.dual_level():
        x = fw.make_dual(T.ones(2), T.ones(2))
        y, z = x.sin(), x * w
        row = y[0]
        see(x, y, z, row)
        inside = y.numpy().tolist()
        with T.no_grad():
            quiet = x * 2
        found.append(fw.unpack_dual(quiet).tangent)
        product = f(T).vjp(lambda k: k * k, x)[0]
        see(quiet, product)
    see(x, y, z, row, quiet, product, y * 2)
    return found, inside, y.numpy().tolist()


def jvp_program(materialize):
    def run(T):
        fw = part(T, "autograd.forward_ad")
        given = []

        class Double(T.autograd.Function):
            @staticmethod
            def forward(ctx, *args):
                if materialize is not None:
                    ctx.set_materialize_grads(materialize)
                return args[0] * 2

            @staticmethod
            def backward(ctx, g):
                return g

            @staticmethod
            def jvp(ctx, *tangents):
                given.extend(tangents)
                return tangents[0] * 2

        with fw.dual_level():
            x = fw.make_dual(T.ones(2), T.ones(2))
            Double.apply(x, T.ones(3), T.tensor([1]), 3, "text", T.ones(2, requires_grad=True), T.ones(1, dtype=T.complex64))
        return given

    return run


PROGRAMS |= {f"jvp_materializes_{way}": jvp_program(way) for way in (None, True, False)}


@program
def functions_that_hand_their_input_through(T):
    class One(T.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            return x

        @staticmethod
        def backward(ctx, g):
            return g

    class Two(T.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            return x, x * 2

        @staticmethod
        def backward(ctx, g, h):
            return g + 2 * h

    class View(T.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            return x.view(-1)

        @staticmethod
        def backward(ctx, g):
            return g

    found = []
    for wants in (True, False):
        for kind in (One, Two, View):
            x = T.ones(3, requires_grad=wants)
            outputs = kind.apply(x)
            for y in outputs if isinstance(outputs, tuple) else (outputs,):
                node = type(y.grad_fn)
                found.append((y._is_view(), y._base is x, y.requires_grad, node.__name__, node.__module__.replace("lucet", "torch")))
                try:
                    found.append((y.mul_(2).tolist(), x.tolist()))
                except RuntimeError as error:
                    found.append(str(error).removeprefix("mul_: ")[:60])
    with T.no_grad():
        found.append(One.apply(T.ones(3, requires_grad=True))._is_view())
    return found


@program
def a_generated_rule_runs_once(T):
    calls = []

    class Cube(T.autograd.Function):
        generate_vmap_rule = True

        @staticmethod
        def forward(x, w):
            calls.append("forward")
            return x**3 * w, x * 2

        @staticmethod
        def setup_context(ctx, inputs, output):
            ctx.save_for_backward(*inputs)
            ctx.save_for_forward(*inputs)

        @staticmethod
        def backward(ctx, g, h):
            calls.append("backward")
            x, w = ctx.saved_tensors
            return g * 3 * x**2 * w + 2 * h, g * x**3 if ctx.needs_input_grad[1] else None

        @staticmethod
        def jvp(ctx, x_tangent, w_tangent):
            calls.append("jvp")
            x, w = ctx.saved_tensors
            return 3 * x**2 * w * x_tangent + x**3 * w_tangent, 2 * x_tangent

    def value(x, w):
        a, b = Cube.apply(x, w)
        return (a.sin() + b).sum()

    F, x, w = f(T), T.arange(6.0).reshape(3, 2) / 5, T.tensor([1.0, 2.0])
    x2, w2 = x.clone().requires_grad_(), w.clone().requires_grad_()
    first = T.autograd.grad(T.vmap(value, (0, None))(x2, w2).sum(), (x2, w2), create_graph=True)
    found = [
        T.vmap(F.grad(value, (0, 1)), (0, None))(x, w),
        F.grad(lambda x, w: T.vmap(value, (0, None))(x, w).sum(), (0, 1))(x, w),
        T.vmap(lambda x: F.jvp(lambda x: value(x, w), (x,), (T.ones(2),)))(x),
        T.vmap(T.vmap(F.grad(value), (0, None)), (None, 0))(x, T.stack([w, w + 1])),
        T.autograd.grad(first[0].sum(), (x2, w2)),
        T.vmap(F.jacfwd(lambda x: Cube.apply(x, w)[0]))(x),
    ]
    return [part for each in found for part in (each if isinstance(each, tuple) else (each,))], calls


def dropping(name, randomness, inplace):
    def run(T):
        T.manual_seed(3)
        function = getattr(T, name + "_" * inplace)
        one = lambda x: (lambda c: (function(c, 0.4, True), c))(x.clone())[inplace]
        return T.vmap(one, randomness=randomness)(T.ones(4, 3, 5))

    return run


PROGRAMS |= {
    f"vmap_{name}_{randomness}_{inplace}": dropping(name, randomness, inplace)
    for name in ("dropout", "alpha_dropout", "feature_dropout", "feature_alpha_dropout")
    for randomness in ("same", "different", "error")
    for inplace in (False, True)
}

JACOBIANS = {
    "same": lambda T, x: x,
    "sum_of_itself": lambda T, x: x + x.sin(),
    "joined": lambda T, x: T.cat([x, x**2]),
    "reduced": lambda T, x: x.prod(),
    "product": lambda T, x: T.arange(12.0).reshape(4, 3) @ x,
}


def jacobian_program(function):
    def run(T):
        x, call = T.tensor([0.5, 1.0, 2.0]), lambda x: function(T, x)
        F, batch = f(T), T.stack([x, x + 1])
        rows = [F.jacrev(call, chunk_size=size)(x) for size in (None, 1, 2)]
        return [*rows, F.jacfwd(call)(x), T.vmap(F.jacrev(call))(batch), T.vmap(F.jacfwd(call))(batch), T.autograd.functional.jacobian(call, x)]

    return run


PROGRAMS |= {f"jacobians_{key}": jacobian_program(function) for key, function in JACOBIANS.items()}


@program
def names_of_methods_that_modes_see(T):
    overrides, seen = part(T, "overrides"), []

    class Seeing(overrides.TorchFunctionMode):
        def __torch_function__(self, func, types, args=(), kwargs=None):
            seen.append(func.__name__)
            return func(*args, **(kwargs or {}))

    with Seeing():
        T.ones(1).detach()
    names = "detach detach_ requires_grad_ register_hook retain_grad broadcast_to split unflatten".split()
    return [overrides.resolve_name(getattr(T.Tensor, name)) == f"{T.__name__}.Tensor.{name}" for name in names], seen


@pytest.mark.parametrize("name", PROGRAMS)
def test_both_do_the_same(name):
    ours, theirs = outcome(PROGRAMS[name], lucet), outcome(PROGRAMS[name], torch)
    assert alike(ours, theirs), f"{ours}\n{theirs}"


# --- signatures -----------------------------------------------------------------------------------------------------

PLACES = ["autograd.functional", "autograd.forward_ad", "autograd.graph", "utils.checkpoint", "func", "nn.utils.stateless"]
# Not offered, or of another making.
LEFT_OUT = {
    ("autograd.graph", "region_activation_memory_budget"): "of the compiler",
    ("autograd.graph", "set_warn_on_accumulate_grad_stream_mismatch"): "of accelerators",
    ("autograd.graph", "set_override_stale_capture_stream"): "of accelerators",
    ("utils.checkpoint", "SAC_IGNORED_OPS"): "of the dispatcher",
}
NAMES = [(place, name) for place in PLACES for name in part(torch, place).__all__ if (place, name) not in LEFT_OUT]


@pytest.mark.parametrize("place,name", NAMES)
def test_names_and_signatures(place, name):
    theirs, ours = getattr(part(torch, place), name), getattr(part(lucet, place), name)
    if inspect.isclass(theirs) and not inspect.isfunction(theirs.__init__):
        return

    def parameters(function):
        return [(p.name, p.kind) + (() if callable(p.default) else (p.default,)) for p in inspect.signature(function).parameters.values()]

    if name not in ("Node", "DefaultDeviceType", "GraphExecGroup", "CheckpointPolicy", "UnpackedDualTensor", "CheckpointFunction"):
        assert parameters(ours) == parameters(theirs)
