"""Short programs about recording and backward, written for lucet and torch alike: each takes the module and returns plain values.

`test_engine.py` compares them with goldens/engine.json (recorded from torch by tools/goldens_core.py), tests/parity with torch itself.
"""

import copy
import pickle

CASES = {}


def case(function):
    CASES[function.__name__] = function
    return function


def v(t):
    """A tensor's values, None for None."""
    return None if t is None else t.detach().tolist()


def kind(call, *args, **kwargs):
    """Which of torch's classes the call raises; "fine" when it does not."""
    try:
        call(*args, **kwargs)
    except Exception as e:
        return next(c.__name__ for c in (IndexError, ValueError, TypeError, NotImplementedError, RuntimeError, Exception) if isinstance(e, c))
    return "fine"


def leaf(L, *values):
    return L.tensor(list(values), dtype=L.float64, requires_grad=True)


def names(node, depth=4):
    """The names along the first inputs."""
    found = []
    while node is not None and depth:
        found.append(node.name().split("::")[-1])
        node = node.next_functions[0][0] if node.next_functions else None
        depth -= 1
    return found


# --- walking --------------------------------------------------------------------------------------------------------


@case
def backward_adds_to_grad(L):
    x = leaf(L, 1, 2)
    y = (x * x).sum()
    y.backward(retain_graph=True)
    first = x.grad
    once = v(x.grad)
    y.backward()
    return once, v(x.grad), first is x.grad


@case
def a_graph_is_freed(L):
    x = leaf(L, 1, 2)
    y = (x * x).sum()
    y.backward()
    return kind(y.backward), v(x.grad)


@case
def a_graph_that_saves_nothing_can_be_walked_again(L):
    x = leaf(L, 1, 2)
    y = (x + x).sum()
    y.backward()
    return kind(y.backward), v(x.grad)


@case
def create_graph_gives_second_and_third_derivatives(L):
    x = leaf(L, 2, 3)
    found = []
    y = (x**4).sum()
    for _ in range(4):
        (y,) = L.autograd.grad(y.sum(), x, create_graph=True)
        found.append(v(y))
    return found, y.requires_grad


@case
def inputs_chooses_leaves(L):
    a, b = leaf(L, 1), leaf(L, 2)
    (a * b).backward(inputs=[a])
    return v(a.grad), v(b.grad)


@case
def inputs_may_be_intermediate(L):
    x = leaf(L, 3)
    y = x * 2
    (y * y).backward(inputs=[y])
    return v(y.grad), v(x.grad), y.retains_grad


@case
def inputs_leaf_and_intermediate(L):
    x = leaf(L, 3)
    y = x * 2
    (y * y * x).sum().backward(inputs=(x, y))
    return v(y.grad), v(x.grad)


@case
def inputs_must_not_be_empty(L):
    x = leaf(L, 3)
    return kind(x.sum().backward, inputs=[]), kind(L.autograd.grad, x.sum(), [])


@case
def grad_of_leaves_and_intermediates(L):
    x = leaf(L, 1, 2)
    y = x * 3
    z = y * y
    found = L.autograd.grad(z.sum(), [x, y, z])
    return [v(g) for g in found], x.grad is None


@case
def grad_of_a_tensor_by_itself(L):
    x = leaf(L, 5)
    (g,) = L.autograd.grad(x, x)
    y = x * 2
    (h,) = L.autograd.grad(y, y)
    return v(g), v(h)


@case
def backward_of_a_leaf(L):
    x = leaf(L, 5)
    x.backward()
    return v(x.grad)


@case
def grad_with_an_input_twice(L):
    x = leaf(L, 1, 2)
    return [v(g) for g in L.autograd.grad((x * x).sum(), (x, x))]


@case
def grad_with_an_output_twice(L):
    x = leaf(L, 1, 2)
    y = (x * x).sum()
    return [v(g) for g in L.autograd.grad((y, y), x)]


@case
def grad_of_unused_inputs(L):
    x, z = leaf(L, 1), leaf(L, 2)
    return (
        kind(L.autograd.grad, x * 2, (x, z)),
        [v(g) for g in L.autograd.grad(x * 2, (x, z), allow_unused=True)],
        [v(g) for g in L.autograd.grad(x * 2, (x, z), materialize_grads=True)],
        kind(L.autograd.grad, x * 2, (x, z), allow_unused=False, materialize_grads=True),
    )


@case
def grad_of_what_wants_none(L):
    x, z = leaf(L, 1), L.ones(1)
    return kind(L.autograd.grad, x * 2, z), kind(L.autograd.grad, z * 2, x), kind((z * 2).backward)


@case
def grads_batched(L):
    x = leaf(L, 1, 2)
    y = x * x
    (g,) = L.autograd.grad(y, x, L.eye(2, dtype=L.float64), is_grads_batched=True)
    return v(g)


@case
def several_roots_with_weights(L):
    x = leaf(L, 1, 2)
    a, b = x * 2, (x * 3).sum()
    L.autograd.backward([a, b], [L.tensor([1.0, 10.0], dtype=L.float64), None])
    return v(x.grad)


@case
def one_root_is_inside_the_graph_of_another(L):
    x = leaf(L, 1, 2)
    a = x * 2
    b = (a * a).sum()
    L.autograd.backward([a.sum(), b])
    return v(x.grad)


@case
def start_gradients_are_checked(L):
    x = leaf(L, 1, 2)
    return (
        kind((x * 2).backward),
        kind((x * 2).backward, L.ones(3, dtype=L.float64)),
        kind((x * 2).backward, 3),
        kind(L.autograd.grad, x * 2, x),
        kind((x * 2).backward, L.ones(2)),
    )


@case
def only_one_of_several_outputs_is_used(L):
    x = leaf(L, 1, 2, 3, 4)
    a, b = x.split(2)
    (b * 2).sum().backward()
    return v(x.grad)


@case
def shared_subgraph_diamond(L):
    x = leaf(L, 2)
    a = x * x
    b, c = a * 3, a * a
    (b * c).sum().backward()
    return v(x.grad)


@case
def broadcast_gradients_are_summed(L):
    a, b = leaf(L, 2), L.ones(3, 1, dtype=L.float64, requires_grad=True)
    c = L.ones(2, 3, 4, dtype=L.float64)
    (a * b * c).sum().backward()
    return v(a.grad), v(b.grad)


@case
def gradients_have_the_dtype_of_their_leaf(L):
    a = L.ones(2, requires_grad=True)
    b = L.ones(2, dtype=L.float64, requires_grad=True)
    (a * b).sum().backward()
    return str(a.grad.dtype).split(".")[1], str(b.grad.dtype).split(".")[1]


@case
def integers_take_no_part(L):
    return (
        kind(L.ones(2, dtype=L.int64).requires_grad_),
        kind(L.tensor, [1, 2], requires_grad=True),
        (leaf(L, 1) * L.tensor(2)).requires_grad,
        (leaf(L, 1) > 0).requires_grad,
    )


@case
def names_of_nodes(L):
    x = leaf(L, 1, 2)
    y = ((x + 1) * 2).exp().view(2, 1).sum()
    return names(y.grad_fn, 6), x.grad_fn is None, x.is_leaf, y.is_leaf, y.output_nr


@case
def a_detached_tensor_is_a_leaf(L):
    x = leaf(L, 1)
    y = (x * 2).detach()
    return y.requires_grad, y.is_leaf, y.grad_fn is None


# --- accumulation ---------------------------------------------------------------------------------------------------


@case
def grad_never_aliases_what_the_user_holds(L):
    found = []
    for make in (lambda x: x * 1, lambda x: x + 0, lambda x: x.clone()):
        x = leaf(L, 1, 2)
        g = L.ones(2, dtype=L.float64)
        make(x).backward(g)
        g.add_(100)
        found.append(v(x.grad))
    return found


@case
def two_leaves_never_share_a_grad(L):
    a, b = leaf(L, 1, 2), leaf(L, 3, 4)
    (a + b).backward(L.ones(2, dtype=L.float64))
    a.grad.add_(5)
    return v(a.grad), v(b.grad)


@case
def grad_of_a_leaf_given_by_hook_is_not_aliased(L):
    x = leaf(L, 1, 2)
    kept = []
    x.register_hook(kept.append)
    (x * 2).sum().backward()
    x.grad.add_(7)
    return v(kept[0]), v(x.grad)


@case
def second_backward_adds_in_place(L):
    x = leaf(L, 1, 2)
    (x * 2).sum().backward()
    before = x.grad
    (x * 3).sum().backward()
    return before is x.grad, v(before), before._version


@case
def with_create_graph_the_sum_is_new(L):
    x = leaf(L, 1, 2)
    (x * x).sum().backward(create_graph=True)
    before = x.grad
    (x * x).sum().backward(create_graph=True)
    return before is x.grad, v(before), v(x.grad), x.grad.requires_grad


@case
def a_grad_set_by_hand_is_added_to(L):
    x = leaf(L, 1, 2)
    mine = L.full((2,), 10.0, dtype=L.float64)
    x.grad = mine
    (x * 2).sum().backward()
    return v(mine), x.grad is mine


@case
def grad_is_checked_when_set(L):
    x = leaf(L, 1, 2)
    results = [kind(setattr, x, "grad", value) for value in (L.ones(3, dtype=L.float64), L.ones(2), 5, x, None)]
    x.grad = L.ones(2, dtype=L.float64)
    del x.grad
    return results, x.grad is None


@case
def expanded_start_gradient(L):
    x = leaf(L, 1, 2, 3)
    (x * 1).backward(L.ones(1, dtype=L.float64).expand(3))
    x.grad[0] = 5
    return v(x.grad), x.grad.stride()


@case
def grad_strides_follow_the_leaf(L):
    x = L.arange(6, dtype=L.float64).view(2, 3).t().contiguous().t().requires_grad_()
    (x * 2).sum().backward()
    return x.stride(), x.grad.stride(), v(x.grad)


# --- hooks ----------------------------------------------------------------------------------------------------------


@case
def hooks_run_in_order_and_replace(L):
    x = leaf(L, 1)
    seen = []
    x.register_hook(lambda g: (seen.append(g.item()), g * 2)[1])
    x.register_hook(lambda g: seen.append(g.item()))
    x.register_hook(lambda g: (seen.append(g.item()), g + 1)[1])
    (x * 3).backward()
    return seen, v(x.grad)


@case
def a_leaf_used_twice_calls_its_hook_once(L):
    x = leaf(L, 1)
    seen = []
    x.register_hook(lambda g: seen.append(g.item()))
    (x * 3 + x * 4).backward()
    return seen


@case
def hooks_are_removed(L):
    x = leaf(L, 1)
    seen = []
    handles = [x.register_hook(lambda g, k=k: seen.append(k)) for k in range(4)]
    handles[1].remove()
    handles[1].remove()
    with x.register_hook(lambda g: seen.append("context")):
        (x * 1).backward()
    (x * 1).backward()
    return seen


@case
def a_hook_may_remove_itself(L):
    x = leaf(L, 1)
    seen = []
    handle = []

    def hook(g):
        seen.append(1)
        handle[0].remove()

    handle.append(x.register_hook(hook))
    x.register_hook(lambda g: seen.append(2))
    (x * 1).backward()
    (x * 1).backward()
    return seen


@case
def hooks_on_intermediate_tensors(L):
    x = leaf(L, 1)
    y = x * 2
    seen = []
    y.register_hook(lambda g: (seen.append(g.item()), g * 10)[1])
    (y * 3).backward()
    return seen, v(x.grad)


@case
def retain_grad_sees_what_hooks_made(L):
    x = leaf(L, 1)
    y = x * 2
    y.retain_grad()
    y.register_hook(lambda g: g * 10)
    z = y * 3
    z.backward()
    return v(y.grad), v(x.grad), y.retains_grad, x.retains_grad


@case
def retain_grad_of_others(L):
    x = leaf(L, 1)
    x.retain_grad()
    x.retain_grad()
    return x.retains_grad, kind(L.ones(1).retain_grad), kind(L.ones(1).register_hook, print)


@case
def retain_grad_adds_up(L):
    x = leaf(L, 1)
    y = x * 2
    y.retain_grad()
    (y * 3).backward(retain_graph=True)
    (y * 3).backward()
    return v(y.grad)


@case
def hook_before_and_after_an_in_place_change(L):
    x = leaf(L, 1)
    y = x * 2
    seen = []
    y.register_hook(lambda g: seen.append(("before", g.item())))
    y.mul_(5)
    y.register_hook(lambda g: seen.append(("after", g.item())))
    y.backward()
    return seen, v(x.grad)


@case
def retain_grad_follows_an_in_place_change(L):
    x = leaf(L, 1)
    y = x * 2
    y.retain_grad()
    y.mul_(5)
    (y * 3).backward()
    return v(y.grad), v(x.grad)


@case
def node_hooks(L):
    x = leaf(L, 1, 2)
    y = (x * 2).sum()
    seen = []
    y.grad_fn.register_prehook(lambda grads: (seen.append(("pre", v(grads[0]))), (grads[0] * 10,))[1])
    y.grad_fn.register_hook(lambda ins, outs: seen.append(("post", v(ins[0]), v(outs[0]))))
    y.grad_fn.next_functions[0][0].register_hook(lambda ins, outs: (ins[0] + 1, None)[: len(ins)])
    y.backward()
    return seen, v(x.grad)


@case
def a_hook_on_an_accumulator(L):
    x = leaf(L, 1)
    y = x * 2
    accumulator = y.grad_fn.next_functions[0][0]
    seen = []
    accumulator.register_hook(lambda ins, outs: seen.append((len(ins), v(outs[0]), v(x.grad))))
    accumulator.register_prehook(lambda grads: seen.append((v(grads[0]), v(x.grad))))
    y.backward()
    return seen, accumulator.variable is x


@case
def post_accumulate_hooks_see_the_sum(L):
    x = leaf(L, 1)
    seen = []

    def step(p):
        seen.append(v(p.grad))
        p.grad = None

    x.register_post_accumulate_grad_hook(step)
    (x * 2).backward()
    (x * 3).backward()
    return seen, x.grad is None, kind((x * 2).register_post_accumulate_grad_hook, step)


@case
def hooks_fire_for_captured_inputs(L):
    x = leaf(L, 1)
    y = x * 2
    seen = []
    x.register_hook(lambda g: (seen.append(("x", g.item())), g * 2)[1])
    y.register_hook(lambda g: (seen.append(("y", g.item())), g * 3)[1])
    found = L.autograd.grad(y * 5, (x, y))
    return seen, [v(g) for g in found]


@case
def post_accumulate_hooks_do_not_fire_for_grad(L):
    x = leaf(L, 1)
    seen = []
    x.register_post_accumulate_grad_hook(lambda p: seen.append(1))
    L.autograd.grad(x * 2, x)
    (x * 2).backward(inputs=[x])
    return seen


@case
def what_hooks_may_return(L):
    def attempt(result):
        x = leaf(L, 1, 2)
        x.register_hook(lambda g: result)
        return kind((x * 1).sum().backward)

    return [attempt(r) for r in (None, L.ones(2, dtype=L.float64), L.ones(3, dtype=L.float64), L.ones(2), 5)]


@case
def an_error_in_a_hook_passes_through(L):
    x = leaf(L, 1)

    def hook(g):
        raise KeyError("mine")

    x.register_hook(hook)
    y = x * x
    try:
        y.backward()
    except KeyError as e:
        return str(e), x.grad is None, L.is_grad_enabled()
    return "no error"


@case
def grad_inside_a_hook(L):
    x = leaf(L, 2)
    y = x * x
    seen = []

    def hook(g):
        if seen:  # the inner run comes through here too
            return
        with L.enable_grad():
            z = leaf(L, 3)
            seen.append(v(L.autograd.grad(z**3, z)[0]))
        seen.append(v(L.autograd.grad(y, x, retain_graph=True)[0]))

    y.register_hook(hook)
    (y * 5).backward()
    return seen, v(x.grad)


@case
def backward_inside_a_hook_over_the_same_graph(L):
    x = leaf(L, 2)
    y = x * x
    z = y * 3
    calls = []

    def hook(g):
        if not calls:
            calls.append(1)
            y.backward(retain_graph=True)

    z.register_hook(hook)
    z.backward()
    return v(x.grad), calls


# --- in place, views ------------------------------------------------------------------------------------------------


@case
def in_place_history(L):
    x = leaf(L, 1, 2)
    y = x * 2
    y.add_(1).mul_(3)
    y.sum().backward()
    return v(y), v(x.grad), names(y.grad_fn)


@case
def leaves_cannot_be_written(L):
    x = leaf(L, 1, 2)
    with L.no_grad():
        x.add_(1)
    return kind(x.add_, 1), kind(x.view(2).add_, 1), kind(x.__setitem__, 0, 1.0), v(x), x._version, kind(x.zero_)


@case
def saved_inputs_are_guarded(L):
    def attempt(change):
        x = leaf(L, 1, 2)
        y = x * 2
        z = y * y
        change(y)
        return kind(z.sum().backward)

    return [
        attempt(c)
        for c in (
            lambda y: None,
            lambda y: y.add_(1),
            lambda y: y.detach().add_(1),
            lambda y: y.data.add_(1),
            lambda y: y.view(2).add_(1),
            lambda y: y[0].zero_(),
            lambda y: y.copy_(L.ones(2)),
            lambda y: y.__setitem__(0, 5.0),
        )
    ]


@case
def saved_outputs_are_guarded(L):
    x = leaf(L, 1, 2)
    y = x.exp()
    y.mul_(2)
    z = x.exp()
    z.detach().zero_()
    return kind(y.sum().backward), kind(z.sum().backward)


@case
def out_of_an_op_counts_as_a_change(L):
    x = leaf(L, 1, 2)
    y = x * 2
    z = y * y
    with L.no_grad():
        L.add(L.ones(2), 1, out=y)
    return kind(z.sum().backward), y._version


@case
def versions_are_shared_by_views(L):
    x = L.zeros(4)
    a, b, d = x.view(2, 2), x[1:], x.detach()
    data = x.data
    a.add_(1)
    b[0] = 3
    return x._version, a._version, b._version, d._version, data._version


@case
def a_view_written_in_place(L):
    x = leaf(L, 1, 2, 3)
    base = x * 1
    view = base[1:]
    view.mul_(10)
    base.sum().backward()
    return v(base), v(x.grad), names(base.grad_fn), names(view.grad_fn, 2)


@case
def a_view_of_a_view_written(L):
    x = leaf(L, 1, 2, 3, 4, 5, 6)
    base = x * 1
    view = base.view(2, 3)[1][1:]
    view.mul_(view.clone())
    (base * base).sum().backward()
    return v(base), v(x.grad)


@case
def a_view_sees_what_its_base_got(L):
    x = leaf(L, 1, 2, 3)
    base = x * 1
    view = base[:2]
    base.mul_(5)
    other = leaf(L, 10, 20)
    (view * other).sum().backward()
    return v(view), v(x.grad), v(other.grad), names(view.grad_fn, 2)


@case
def siblings_see_each_others_writes(L):
    x = leaf(L, 1, 2, 3)
    base = x * 1
    a, b = base[:2], base[1:]
    a.mul_(3)
    b.add_(a.clone())
    (a * b).sum().backward()
    return v(a), v(b), v(base), v(x.grad)


@case
def grad_through_a_view_rebuilt_after_the_write(L):
    x = leaf(L, 1, 2)
    base = x * 1
    view = base.view(2)
    base.mul_(2)
    return v(L.autograd.grad((view * 3).sum(), x)[0])


@case
def write_a_recorded_value_into_a_plain_base(L):
    base = L.zeros(4, dtype=L.float64)
    x = leaf(L, 1, 2)
    base[1:3] = x * 3
    base.sum().backward()
    return v(base), v(x.grad), base.requires_grad, names(base.grad_fn, 1)


@case
def write_through_a_view_of_a_plain_base(L):
    base = L.zeros(4, dtype=L.float64)
    view, late = base[:2], base[1:]
    x = leaf(L, 1, 2)
    view.copy_(x)
    (base * base).sum().backward(retain_graph=True)
    return v(x.grad), view.requires_grad, late.requires_grad, base.requires_grad


@case
def transposed_views_written(L):
    x = L.arange(6, dtype=L.float64).view(2, 3).requires_grad_()
    base = x * 1
    base.t()[1].mul_(L.tensor([10.0, 100.0], dtype=L.float64))
    (base * base).sum().backward()
    return v(base), v(x.grad)


@case
def view_of_a_transposed_base_written(L):
    x = L.arange(6, dtype=L.float64).view(2, 3).requires_grad_()
    base = (x * 1).t().clone()
    base.view(-1)[1:3].mul_(3) if base.is_contiguous() else base[1].mul_(3)
    (base * base).sum().backward()
    return v(base), v(x.grad)


@case
def in_place_write_whose_rule_saves_its_input(L):
    x = leaf(L, 1, 2, 3)
    base = x * 1
    base[:2].mul_(base[1:].clone())
    base.sum().backward()
    return v(base), v(x.grad)


@case
def views_of_several_outputs_cannot_be_written(L):
    x = leaf(L, 1, 2, 3, 4)
    base = x * 1
    found = [kind(base.split(2)[0].add_, 1), kind(base.unbind()[0].add_, 1), kind(base.chunk(2)[0].add_, 1)]
    with L.no_grad():
        found.append(kind(base.split(2)[0].add_, 1))
    return found


@case
def views_made_without_recording(L):
    x = leaf(L, 1, 2)
    base = x * 1
    with L.no_grad():
        view = base[:1]
    found = [kind(view.add_, 1)]
    with L.no_grad():
        found.append(kind(view.add_, 1))
    return found, v(base)


@case
def is_view_and_base(L):
    x = leaf(L, 1, 2)
    y = x * 1
    a = y[:1][0]
    return a._base is y, y._base is None, a._is_view(), y.detach()._is_view(), x.view(2)._base is x


@case
def retained_gradient_of_a_view(L):
    x = leaf(L, 1, 2)
    y = (x * 2)[1:]
    y.retain_grad()
    (y * 3).sum().backward()
    return v(y.grad), v(x.grad)


@case
def detach_in_place(L):
    x = leaf(L, 1, 2)
    y = x * 2
    y.detach_()
    z = x * 2
    return y.requires_grad, y.grad_fn is None, kind(z.view(2).detach_), kind(z[0].detach_)


@case
def setting_requires_grad(L):
    x = leaf(L, 1)
    y = x * 2
    z = L.ones(1)
    z.requires_grad = True
    found = [kind(setattr, y, "requires_grad", False), kind(setattr, y, "requires_grad", True), kind(y.requires_grad_, False)]
    x.requires_grad_(False)
    return found, z.requires_grad, x.requires_grad


@case
def setting_data(L):
    x = leaf(L, 1, 2)
    (x * 2).sum().backward()
    x.data = L.ones(3, dtype=L.float64)
    x.grad = None
    (x * 2).sum().backward()
    return v(x), v(x.grad), x.requires_grad, kind(setattr, x, "data", L.ones(3, dtype=L.int64)), kind(setattr, x, "data", 5)


@case
def data_is_outside_the_graph(L):
    x = leaf(L, 1, 2)
    x.data.mul_(5)
    x.data[0] = 7
    return v(x), x._version, x.data.requires_grad


# --- modes ----------------------------------------------------------------------------------------------------------


@case
def recording_switches(L):
    x = leaf(L, 1)
    found = []
    with L.no_grad():
        found.append((x * 1).requires_grad)
        with L.enable_grad():
            found.append((x * 1).requires_grad)
        with L.set_grad_enabled(True):
            found.append((x * 1).requires_grad)
        found.append((x * 1).requires_grad)
        found.append(x.requires_grad)
    L.set_grad_enabled(False)
    found.append((x * 1).requires_grad)
    L.set_grad_enabled(True)
    found.append((x * 1).requires_grad)
    return found


@case
def recording_switches_as_decorators(L):
    x = leaf(L, 1)

    @L.no_grad()
    def a():
        return (x * 1).requires_grad

    @L.no_grad
    def b():
        return (x * 1).requires_grad

    @L.set_grad_enabled(False)
    def c():
        return (x * 1).requires_grad

    @L.no_grad()
    def d():
        yield (x * 1).requires_grad
        yield (x * 1).requires_grad

    @L.inference_mode()
    def e():
        return (x * 1).is_inference()

    stream = d()
    return a(), b(), c(), next(stream), (x * 1).requires_grad, next(stream), e(), L.is_grad_enabled()


@case
def an_error_restores_the_switch(L):
    try:
        with L.no_grad():
            raise ValueError
    except ValueError:
        pass
    return L.is_grad_enabled()


@case
def inference_tensors(L):
    x = leaf(L, 1, 2)
    with L.inference_mode():
        y = x * 2
        z = L.ones(2, dtype=L.float64)
        view = x.view(2)
        inside = (y.requires_grad, y.is_inference(), z.is_inference(), view.is_inference(), L.is_inference_mode_enabled())
        y.add_(1)
        with L.inference_mode(False):
            inside += ((x * 2).is_inference(), (x * 2).requires_grad)
    return (
        inside,
        kind(lambda: y._version),
        kind(lambda: x * z),
        kind(lambda: x + z),
        kind(lambda: (z * 2).is_inference()),
        (z * 2).is_inference(),
        kind(z.add_, 1),
        kind(z.requires_grad_),
        kind(lambda: (z.clone() * x).sum().backward()),
        kind(lambda: z[0:1]),
        z.view(2).is_inference(),
        kind(view.add_, 1),
        x.grad is None,
    )


@case
def inference_tensors_in_place(L):
    with L.inference_mode():
        z = L.ones(2, dtype=L.float64)
    x = leaf(L, 1, 2)
    found = [kind(z.mul_, 2), kind(z.mul_, x), kind(z.copy_, x.detach())]
    with L.inference_mode():
        found.append(kind(z.mul_, 2))
    return found


# --- Function -------------------------------------------------------------------------------------------------------


def scaled(L):
    class Scaled(L.autograd.Function):
        @staticmethod
        def forward(ctx, x, factor):
            ctx.factor = factor
            ctx.save_for_backward(x)
            return x * factor

        @staticmethod
        def backward(ctx, g):
            return g * ctx.factor, None

    return Scaled


@case
def a_function(L):
    x = leaf(L, 1, 2)
    y = scaled(L).apply(x, 3)
    y.sum().backward()
    return v(y), v(x.grad), y.grad_fn.name(), y.requires_grad


@case
def a_function_of_tensors_that_want_nothing(L):
    y = scaled(L).apply(L.ones(2), 3)
    with L.no_grad():
        z = scaled(L).apply(leaf(L, 1), 3)
    return y.requires_grad, z.requires_grad


@case
def a_function_is_not_instantiated(L):
    return kind(scaled(L)), kind(scaled(L).apply), kind(L.autograd.Function.apply, leaf(L, 1))


@case
def needs_input_grad(L):
    seen = []

    class F(L.autograd.Function):
        @staticmethod
        def forward(ctx, a, b, c, d):
            seen.append(ctx.needs_input_grad)
            return a * b

        @staticmethod
        def backward(ctx, g):
            seen.append(ctx.needs_input_grad)
            return g, g, None, None

    F.apply(leaf(L, 1), L.ones(1, dtype=L.float64), 5, None).backward()
    return seen


@case
def wrong_returns_of_backward(L):
    def attempt(result):
        class F(L.autograd.Function):
            @staticmethod
            def forward(ctx, a, b):
                return a + b

            @staticmethod
            def backward(ctx, g):
                return result(g)

        a = leaf(L, 1, 2)
        return kind(F.apply(a, leaf(L, 3, 4)).sum().backward), v(a.grad)

    return [
        attempt(r)
        for r in (
            lambda g: g,
            lambda g: (g,),
            lambda g: (g, g, g),
            lambda g: (g, g, None),
            lambda g: (g, 5),
            lambda g: (g, None),
            lambda g: (None, None),
            lambda g: (L.ones(3, dtype=L.float64), g),
            lambda g: (g.float(), g),
            lambda g: [g, g],
        )
    ]


@case
def gradients_that_broadcast(L):
    class F(L.autograd.Function):
        @staticmethod
        def forward(ctx, a):
            return a * 1

        @staticmethod
        def backward(ctx, g):
            return L.ones(4, 2, dtype=L.float64)

    a = leaf(L, 1, 2)
    return kind(F.apply(a).sum().backward), v(a.grad)


@case
def several_outputs_and_missing_gradients(L):
    seen = []

    def attempt(materialize):
        class F(L.autograd.Function):
            @staticmethod
            def forward(ctx, a):
                ctx.set_materialize_grads(materialize)
                return a * 2, a * 3, "text", 5

            @staticmethod
            def backward(ctx, g, h, *rest):
                seen.append([v(g), v(h), [r is None for r in rest]])
                return g if h is None else h

        a = leaf(L, 1, 2)
        F.apply(a)[0].sum().backward()
        return v(a.grad)

    return attempt(True), attempt(False), seen


@case
def non_differentiable_outputs(L):
    class F(L.autograd.Function):
        @staticmethod
        def forward(ctx, a):
            index, values = a > 1, a * 2
            ctx.mark_non_differentiable(index)
            return values, index, a.argmax()

        @staticmethod
        def backward(ctx, g, h, i):
            return g * 2

    a = leaf(L, 1, 2)
    values, index, at = F.apply(a)
    values.sum().backward()
    return values.requires_grad, index.requires_grad, at.requires_grad, v(a.grad)


@case
def a_function_that_writes_in_place(L):
    class F(L.autograd.Function):
        @staticmethod
        def forward(ctx, a):
            ctx.mark_dirty(a)
            return a.mul_(3)

        @staticmethod
        def backward(ctx, g):
            return g * 3

    x = leaf(L, 1, 2)
    y = x * 2
    z = F.apply(y)
    z.sum().backward()
    base = x * 1
    part = base[1:]
    F.apply(part)
    found = v(L.autograd.grad(base.sum(), x)[0])
    return z is y, v(y), v(x.grad), y._version, kind(F.apply, leaf(L, 1)), found


@case
def dirty_but_not_returned(L):
    class F(L.autograd.Function):
        @staticmethod
        def forward(ctx, a):
            ctx.mark_dirty(a)
            a.mul_(3)
            return a * 1

        @staticmethod
        def backward(ctx, g):
            return g * 3

    return kind(F.apply, leaf(L, 1) * 2)


@case
def a_function_that_returns_its_input(L):
    class F(L.autograd.Function):
        @staticmethod
        def forward(ctx, a):
            return a

        @staticmethod
        def backward(ctx, g):
            return g * 5

    x = leaf(L, 1)
    y = F.apply(x)
    y.backward()
    return y is x, v(x.grad), y.is_leaf


@case
def a_function_that_returns_a_view(L):
    class F(L.autograd.Function):
        @staticmethod
        def forward(ctx, a):
            return a.view(2, 1)

        @staticmethod
        def backward(ctx, g):
            return g.view(2) * 5

    x = leaf(L, 1, 2)
    y = F.apply(x * 1)
    y.sum().backward()
    return v(y), v(x.grad)


@case
def saved_outputs_of_a_function(L):
    class Exp(L.autograd.Function):
        @staticmethod
        def forward(ctx, a):
            y = a.exp()
            ctx.save_for_backward(y, None)
            return y

        @staticmethod
        def backward(ctx, g):
            y, nothing = ctx.saved_tensors
            return g * y

    x = leaf(L, 0, 1)
    (g,) = L.autograd.grad(Exp.apply(x).sum(), x, create_graph=True)
    (h,) = L.autograd.grad(g.sum(), x)
    y = Exp.apply(x)
    y.mul_(2)
    z = Exp.apply(x).sum()
    z.backward()
    return v(g), v(h), kind(y.sum().backward), kind(z.backward)


@case
def double_backward_through_a_function(L):
    class Cube(L.autograd.Function):
        @staticmethod
        def forward(ctx, a):
            ctx.save_for_backward(a)
            return a**3

        @staticmethod
        def backward(ctx, g):
            (a,) = ctx.saved_tensors
            return g * 3 * a**2

    x = leaf(L, 2)
    (g,) = L.autograd.grad(Cube.apply(x), x, create_graph=True)
    (h,) = L.autograd.grad(g, x, create_graph=True)
    return v(g), v(h)


@case
def once_differentiable(L):
    from importlib import import_module

    once = import_module(L.__name__ + ".autograd.function").once_differentiable

    class F(L.autograd.Function):
        @staticmethod
        def forward(ctx, a):
            ctx.save_for_backward(a)
            return a * a

        @staticmethod
        @once
        def backward(ctx, g):
            (a,) = ctx.saved_tensors
            return g * 2 * a

    x = leaf(L, 2)
    (g,) = L.autograd.grad(F.apply(x), x, create_graph=True)
    return v(g), g.requires_grad, kind(L.autograd.grad, g, x)


@case
def setup_context_keeps_things(L):
    class F(L.autograd.Function):
        @staticmethod
        def forward(a, factor):
            return a * factor

        @staticmethod
        def setup_context(ctx, inputs, output):
            a, ctx.factor = inputs
            ctx.save_for_backward(a, output)

        @staticmethod
        def backward(ctx, g):
            a, y = ctx.saved_tensors
            return g * ctx.factor + 0 * y, None

    x = leaf(L, 2)
    F.apply(x, 4).backward()
    return v(x.grad)


@case
def forward_runs_without_recording(L):
    seen = []

    class F(L.autograd.Function):
        @staticmethod
        def forward(ctx, a):
            seen.append((L.is_grad_enabled(), (a * 2).requires_grad, a.requires_grad))
            return a * 2

        @staticmethod
        def backward(ctx, g):
            seen.append(L.is_grad_enabled())
            return g * 2

    x = leaf(L, 2)
    F.apply(x).backward()
    L.autograd.grad(F.apply(x), x, create_graph=True)
    return seen


@case
def lists_of_tensors_are_not_seen(L):
    class F(L.autograd.Function):
        @staticmethod
        def forward(ctx, tensors):
            return tensors[0] * 2

        @staticmethod
        def backward(ctx, g):
            return (g,)

    return F.apply([leaf(L, 1)]).requires_grad


@case
def save_for_backward_takes_tensors(L):
    class F(L.autograd.Function):
        @staticmethod
        def forward(ctx, a):
            ctx.save_for_backward(5)
            return a * 2

        @staticmethod
        def backward(ctx, g):
            return g

    return kind(F.apply, leaf(L, 1))


@case
def a_function_whose_backward_is_missing(L):
    class F(L.autograd.Function):
        @staticmethod
        def forward(ctx, a):
            return a * 2

    return kind(F.apply(leaf(L, 1)).backward)


@case
def an_error_in_backward_passes_through(L):
    class F(L.autograd.Function):
        @staticmethod
        def forward(ctx, a):
            return a * 2

        @staticmethod
        def backward(ctx, g):
            raise KeyError("mine")

    try:
        F.apply(leaf(L, 1)).backward()
    except KeyError as e:
        return str(e)
    return "no error"


# --- copies and pickles ---------------------------------------------------------------------------------------------


@case
def deep_copies(L):
    x = leaf(L, 1, 2)
    (x * 2).sum().backward()
    y = copy.deepcopy(x)
    y.data.add_(1)
    a = L.arange(4.0)
    both = copy.deepcopy([a, a[1:], a])
    both[0][1] = 50
    return v(y), v(y.grad), v(x), y.requires_grad, kind(copy.deepcopy, x * 1), v(both[1]), both[0] is both[2]


@case
def shallow_copies(L):
    x = L.arange(3.0)
    y = copy.copy(x)
    y[0] = 9
    return v(x), y is x


@case
def pickles(L):
    a = L.arange(6.0).view(2, 3)
    b = a.t()
    x = leaf(L, 1, 2)
    made = pickle.loads(pickle.dumps([a, b, x, a[1]]))
    return [v(t) for t in made], made[1].stride(), made[2].requires_grad, made[3].storage_offset()


@case
def attributes_travel(L):
    x = L.ones(1)
    x.note = "kept"
    return pickle.loads(pickle.dumps(x)).note, copy.deepcopy(x).note, copy.copy(x).note


# --- gradients that never arrive ------------------------------------------------------------------------------------


def _gives_none(L):
    class GivesNone(L.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            return x * 2

        @staticmethod
        def backward(ctx, g):
            return None

    return GivesNone


@case
def functions_run_though_no_gradient_reached_them(L):
    seen = []

    class Upstream(L.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            return x.clone()

        @staticmethod
        def backward(ctx, g):
            seen.append(v(g))
            return g

    x = leaf(L, 1, 2)
    _gives_none(L).apply(Upstream.apply(x)).sum().backward()
    return seen, v(x.grad)


@case
def hooks_run_though_no_gradient_reached_them(L):
    seen = []
    x = leaf(L, 1, 2)
    h = x * 3
    h.retain_grad()
    h.register_hook(lambda g: seen.append(("hook", g)))
    h.grad_fn.register_prehook(lambda g: seen.append(("before", g)))
    h.grad_fn.register_hook(lambda gi, go: seen.append(("after", gi[0], go)))
    x.register_hook(lambda g: seen.append(("leaf", g)))
    x.register_post_accumulate_grad_hook(lambda t: seen.append(("accumulated", t.grad)))
    _gives_none(L).apply(h).sum().backward()
    return seen, v(h.grad), v(x.grad)


@case
def grad_of_what_no_gradient_reached(L):
    x = leaf(L, 1, 2)
    y = _gives_none(L).apply(x * 3).sum()
    grad = L.autograd.grad
    return (
        kind(grad, y, x, retain_graph=True),
        [v(g) for g in grad(y, x, allow_unused=True, retain_graph=True)],
        [v(g) for g in grad(y, x, materialize_grads=True)],
    )


@case
def post_accumulate_hooks_come_before_those_of_the_accumulator(L):
    seen = []
    x = leaf(L, 1)
    x.register_post_accumulate_grad_hook(lambda t: seen.append("accumulated"))
    x.register_hook(lambda g: seen.append("tensor"))
    accumulator = (x * 1).grad_fn.next_functions[0][0]
    accumulator.register_hook(lambda gi, go: seen.append(("after", len(gi), len(go))))
    accumulator.register_prehook(lambda go: seen.append("before"))
    (x * 2 + x).sum().backward()
    return seen


@case
def retain_grad_follows_a_view_whose_base_is_written(L):
    x = leaf(L, 1, 2)
    y = x * 2
    w = y[0]
    w.retain_grad()
    y.mul_(2)
    (w * 3).backward()
    return v(w.grad), v(x.grad)


@case
def dirty_tensors_must_be_returned_though_nothing_is_recorded(L):
    class Dirty(L.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            x.mul_(2)
            ctx.mark_dirty(x)
            return x.clone()

    return kind(Dirty.apply, L.ones(1))


@case
def outputs_without_a_gradient_get_zeros(L):
    seen = []

    class F(L.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            double, whole = x.detach() * 2, x.long()
            ctx.mark_non_differentiable(double)
            return x * 3, double, whole

        @staticmethod
        def backward(ctx, *grads):
            seen.append([(v(g), str(g.dtype).partition(".")[2]) for g in grads])
            return grads[0] * 3

    x = leaf(L, 1, 2)
    F.apply(x)[0].sum().backward()
    return seen, v(x.grad)


@case
def a_gradient_for_what_is_no_tensor(L):
    class F(L.autograd.Function):
        @staticmethod
        def forward(ctx, x, k):
            return x * k

        @staticmethod
        def backward(ctx, g):
            return g, g

    return kind(F.apply(leaf(L, 1, 2), 3).sum().backward)


@case
def grad_on_another_device(L):
    x = leaf(L, 1, 2)
    return kind(setattr, x, "grad", L.ones(2, dtype=L.float64, device="meta"))


@case
def roots_without_history_are_told_apart(L):
    x = leaf(L, 1)
    try:
        L.autograd.backward([x * 1, L.ones(1)])
    except RuntimeError as e:
        return str(e), v(x.grad)


@case
def gradient_edges_stand_for_tensors(L):
    x = leaf(L, 1, 2)
    y = x * 2
    edge = L.autograd.graph.get_gradient_edge(y)
    z = (y * 3).sum()
    found = [v(g) for g in L.autograd.grad(z, [edge, x], retain_graph=True)]
    unused = L.autograd.grad((x * 1).sum(), edge, allow_unused=True)
    refused = kind(L.autograd.grad, (x * 1).sum(), edge, materialize_grads=True)
    L.autograd.backward(edge, L.full((2,), 5.0, dtype=L.float64))
    return found, list(unused), refused, v(x.grad), kind(L.autograd.backward, edge)


# --- anomaly mode ---------------------------------------------------------------------------------------------------


@case
def anomaly_mode_stops_at_nan(L):
    import warnings

    x = leaf(L, -1)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        with L.autograd.detect_anomaly():
            found = kind((x.sqrt()).sum().backward)
        with L.autograd.detect_anomaly(check_nan=False):
            other = kind((x.sqrt()).sum().backward)
        with L.autograd.set_detect_anomaly(True):
            third = kind((x.sqrt()).sum().backward)
    return found, other, third, kind((x.sqrt()).sum().backward)


# --- gradients that do not change ------------------------------------------------------------------------------------


def twice(L, f, *leaves):
    """First gradients, whether they can be differentiated, and the derivatives of their sum."""
    first = L.autograd.grad(f(*leaves).sum(), leaves, create_graph=True, allow_unused=True)
    asked = [g is not None and g.requires_grad for g in first]
    total = sum(g.sum() for g in first if g is not None)
    found = L.autograd.grad(total, leaves, allow_unused=True) if total.requires_grad else [None] * len(leaves)
    return [v(g) for g in first], asked, [v(None if g is None else g + 0) for g in found]


@case
def linear_pieces_have_second_derivatives_of_zero(L):
    def x():
        return L.tensor([[[-2.0, 1.0, 3.0, -4.0]]], dtype=L.float64, requires_grad=True)

    ops = L.relu, lambda x: L.threshold(x, 0.5, 2.0), lambda x: L.max_pool1d(x, 2), lambda x: L.avg_pool1d(x, 2), lambda x: L.adaptive_avg_pool1d(x, 2)
    return [twice(L, op, x()) for op in ops], [twice(L, lambda x, op=op: op(x * x), x()) for op in ops]


@case
def a_convolution_with_a_constant_weight_is_linear(L):
    x = L.tensor([[[1.0, 2.0, 4.0]]], dtype=L.float64, requires_grad=True)
    w = L.tensor([[[3.0, -1.0]]], dtype=L.float64)
    b = L.tensor([0.5], dtype=L.float64, requires_grad=True)
    image = x.detach().unsqueeze(2).requires_grad_()
    return (
        twice(L, lambda x: L.conv1d(x, w), x),
        twice(L, lambda x: L.conv2d(x, w.unsqueeze(2)), image),
        twice(L, lambda x, b: L.conv1d(x, w, b), x, b),
        twice(L, lambda x: L.conv_transpose1d(x, w), x),
    )


@case
def a_penalty_on_the_gradient_of_a_frozen_net(L):
    x = L.tensor([[1.0, -2.0]], dtype=L.float64, requires_grad=True)
    w = L.tensor([[1.0, 2.0], [3.0, -1.0]], dtype=L.float64)
    (g,) = L.autograd.grad((L.relu(x @ w) @ w).sum(), x, create_graph=True)
    ((g.norm() - 1) ** 2).backward()
    return v(g), v(x.grad)


@case
def parameters_that_a_penalty_does_not_move_get_zeros(L):
    x = L.tensor([[1.0, -2.0]], dtype=L.float64, requires_grad=True)
    w, b = L.ones(2, 2, dtype=L.float64, requires_grad=True), L.zeros(2, dtype=L.float64, requires_grad=True)
    (g,) = L.autograd.grad(L.relu(L.addmm(b, x, w)).sum(), x, create_graph=True)
    (g**2).sum().backward()
    return v(w.grad), v(b.grad), v(x.grad)


@case
def third_derivatives_through_relu(L):
    x = leaf(L, -1, 2)
    (g,) = L.autograd.grad((L.relu(x) ** 3).sum(), x, create_graph=True)
    (h,) = L.autograd.grad(g.sum(), x, create_graph=True)
    (k,) = L.autograd.grad(h.sum(), x)
    return v(g), v(h), v(k)


@case
def second_derivatives_stop_where_the_graph_was_freed(L):
    x = leaf(L, -1, 2)
    (g,) = L.autograd.grad(L.relu(x * x).sum(), x, create_graph=True)
    g.sum().backward()
    return v(x.grad), kind(g.sum().backward)


@case
def gradients_that_may_be_written(L):
    x = leaf(L, 1, 2, 3)
    (mean,) = L.autograd.grad(x.mean(), x)
    (total,) = L.autograd.grad(x.sum(), x)
    (rows,) = L.autograd.grad((x.view(3, 1) * 1).mean(0).sum(), x)
    return v(mean.mul_(2)), mean.stride(), kind(total.mul_, 2), total.stride(), v(rows.mul_(2))


@case
def a_median_shares_its_gradient(L):
    x = leaf(L, 2, 1, 2, 3, float("nan"))
    y = leaf(L, 2, 1, 2, 2, 3)
    return v(L.autograd.grad(x.median(), x)[0]), v(L.autograd.grad(y.median(), y)[0]), y.median().grad_fn.name()


@case
def reading_grad_of_a_result_warns(L):
    import warnings

    x = leaf(L, 1)
    y, kept, view = x * 2, x * 3, x.view(1)
    kept.retain_grad()
    with warnings.catch_warnings(record=True) as seen:
        warnings.simplefilter("always")
        found = x.grad, kept.grad, (x * 2).detach().grad, x.data.view(1).grad
        quiet = len(seen)
        found += y.grad, view.grad
    return found, quiet, [(w.category.__name__, str(w.message).split(" (Triggered")[0]) for w in seen]


# --- nodes by name ---------------------------------------------------------------------------------------------------


@case
def nodes_have_types_of_their_own(L):
    x = leaf(L, 1, 2)
    y = x * 2
    base = L.zeros(3, dtype=L.float64)
    base[1:] += x
    nodes = y.grad_fn, y.grad_fn.next_functions[0][0], scaled(L).apply(x, 2).grad_fn, base.grad_fn
    return [(type(n).__name__, n.name(), repr(n).split(" ")[0].split(".")[-1].strip("<")) for n in nodes], type(y.grad_fn) is type((x * 3).grad_fn)


@case
def operations_are_called_as_in_torch(L):
    x, m, t = leaf(L, 1, 2), L.ones(2, 2, dtype=L.float64, requires_grad=True), L.ones(3, 2, 2, dtype=L.float64, requires_grad=True)
    made = (
        1 - x, 2 / x, 2**x, x % 2, x % x, L.rsub(x, x), L.rsub(x, 2, alpha=3), L.rsub(x, x, alpha=3), x @ x, m @ x, x @ m, t @ x, t @ m, t @ t,
        L.addmm(x, m, m), L.dot(x, x), L.mv(m, x), L.conv1d(t, m.unsqueeze(2)), x.masked_select(x > 1), m.take(L.tensor([0])), L.fmod(x, x),
    )  # fmt: skip
    return [(y.grad_fn.name(), v(y), v(L.autograd.grad(y.sum(), x, allow_unused=True)[0])) for y in made]


@case
def addmm_scales_both_terms(L):
    def result(**factors):
        leaves = [L.tensor(values, dtype=L.float64, requires_grad=True) for values in ([1.0, 2.0], [[1.0, 2.0], [3.0, 4.0]], [[5.0, 6.0], [7.0, 8.0]])]
        y = L.addmm(*leaves, **factors)
        return v(y), [v(g) for g in L.autograd.grad((y * y).sum(), leaves)]

    return result(), result(alpha=2), result(beta=3), result(beta=0, alpha=0.5)


@case
def batched_gradients_need_a_batch(L):
    x = leaf(L, 1, 2)
    y = x * x
    return kind(L.autograd.grad, y.sum(), x, is_grads_batched=True), kind(L.autograd.grad, y, x, is_grads_batched=True), kind(
        L.autograd.grad, [y, y], x, [L.ones(2, 2), L.ones(3, 2)], is_grads_batched=True
    )
