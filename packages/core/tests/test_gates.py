"""What programs ask a library before they use it: versions, old forms of calls, names of devices, warnings of what is going away."""

import math
import subprocess
import sys
import warnings

import pytest

import lucet
from lucet.torch_version import TorchVersion

# --- versions --------------------------------------------------------------------------------------------------------


def test_gates_of_programs_take_the_way_of_the_torch_whose_names_lucet_has():
    version = lucet.__version__
    assert version >= (1, 8) and version > "1.13.1" and version < (3,) and not version < (2, 0)
    assert [int(part) for part in version.split(".")[:2]] >= [1, 8] and version.split("+")[0] == "2.13.0" and version[0] == "2"
    assert version.endswith(lucet.version.lucet) and isinstance(lucet.version.git_version, str)
    assert isinstance(version, TorchVersion) and hash(version) == hash(str(version)) and f"{version}" == str(version)


@pytest.mark.parametrize(
    "order",
    [["1.9", "1.9.1", "1.10.0.dev1", "1.10.0a1", "1.10.0b2", "1.10.0rc1", "1.10", "1.10+cpu", "1.10.post1", "1.11", "2.0.0.dev20230101", "2.0"]],
)
def test_versions_are_ordered_as_versions(order):
    for i, one in enumerate(order):
        for j, other in enumerate(order):
            mine = TorchVersion(one)
            assert ((mine < other), (mine <= other), (mine == other), (mine != other), (mine >= other), (mine > other)) == (
                i < j, i <= j, i == j, i != j, i >= j, i > j
            ), (one, other)  # fmt: skip
    assert TorchVersion("1.10.0") == "1.10" == TorchVersion("v1.10") and TorchVersion("1.2") == (1, 2, 0)
    assert TorchVersion("1.2") > "parrot" or TorchVersion("1.2") < "parrot"  # as strings
    with pytest.raises(TypeError):
        TorchVersion("1.2") < 3  # noqa: B015


# --- determinism -----------------------------------------------------------------------------------------------------


@pytest.fixture
def deterministic():
    lucet.use_deterministic_algorithms(True)
    yield
    lucet.use_deterministic_algorithms(False)
    lucet.utils.deterministic.fill_uninitialized_memory = True


def test_deterministic_algorithms_fill_what_nobody_has_written(deterministic):
    for made in (
        lucet.empty(3), lucet.empty_like(lucet.ones(3)), lucet.ones(1).new_empty(3), lucet.Tensor(3), lucet.FloatTensor(3), lucet.empty_strided((3,), (2,)),
        lucet.empty_permuted((1, 3), (1, 0)), lucet.ones(1).new_empty_strided((3,), (1,)), lucet.empty(3, out=lucet.ones(3)), lucet.ones(0).resize_(3),
        lucet.ones(0).resize_as_(lucet.ones(3)), lucet.empty(3, dtype=lucet.bfloat16), lucet.empty(3, dtype=lucet.complex64),
    ):  # fmt: skip
        assert made.isnan().all() and made.numel() == 3
    for kind in (lucet.uint8, lucet.int8, lucet.int16, lucet.int32, lucet.int64):
        assert lucet.empty(2, dtype=kind).tolist() == [lucet.iinfo(kind).max] * 2
    assert lucet.empty(2, dtype=lucet.bool).tolist() == [True, True]
    assert lucet.ones(2).resize_(2, 2).isnan().tolist() == [[False, False], [True, True]]
    assert lucet.empty(2, device="meta").shape == (2,)
    lucet.utils.deterministic.fill_uninitialized_memory = False
    assert not lucet.ones(1000).mul_(0).add(lucet.empty(1000).mul(0).nan_to_num()).isnan().any()
    with pytest.raises(RuntimeError, match="expected a bool"):
        lucet.utils.deterministic.fill_uninitialized_memory = 1


def test_deterministic_algorithms_refuse_or_warn_of_put(deterministic):
    index = lucet.tensor([0, 1])
    for call in (lambda: lucet.ones(2).put_(index, lucet.ones(2)), lambda: lucet.put(lucet.ones(2), index, lucet.ones(2))):
        with pytest.raises(RuntimeError, match="put_ does not have a deterministic implementation"):
            call()
    assert lucet.ones(2).put_(index, lucet.ones(2), accumulate=True).tolist() == [2, 2]
    lucet.use_deterministic_algorithms(True, warn_only=True)
    with pytest.warns(UserWarning, match="deterministic"):
        assert lucet.zeros(2).put_(index, lucet.ones(2)).tolist() == [1, 1]


# --- old forms of calls ----------------------------------------------------------------------------------------------


def test_a_scale_factor_may_stand_before_what_it_scales():
    a, b, c = lucet.tensor([1.0, 2.0]), lucet.tensor([3.0, 4.0]), lucet.tensor([2.0, 0.5])
    with warnings.catch_warnings(action="ignore"):
        assert lucet.add(a, 2, b).tolist() == a.add(2, b).tolist() == [7, 10]
        assert lucet.add(a, 1, 2).tolist() == [3, 4] and lucet.add(a, 2, b, out=lucet.empty(2)).tolist() == [7, 10]
        assert lucet.sub(a, 2, b).tolist() == lucet.subtract(a, lucet.tensor(2), b).tolist() == [-5, -6] and lucet.rsub(a, 3, 2).tolist() == [1, -1]
        assert a.clone().add_(2, b).tolist() == [7, 10] and a.clone().sub_(2, b).tolist() == [-5, -6]
        assert lucet.addcmul(a, 2, b, c).tolist() == a.clone().addcmul_(2, b, c).tolist() == [13, 6]
        assert lucet.addcdiv(a, 2, b, c).tolist() == a.clone().addcdiv_(2, b, c).tolist() == [4, 18]
    for call in (
        lambda: lucet.add(a, 1, 2, 3), lambda: lucet.add(a, 1, b, alpha=2), lambda: lucet.add(a, b, 1), lambda: lucet.add(a, "a", b),
        lambda: lucet.addcmul(a, b, c, 2), lambda: lucet.addcmul(a, b, b, c), lambda: lucet.addcmul(a, 2, b, c, value=3), lambda: lucet.addcmul(a, 2, b),
    ):  # fmt: skip
        with pytest.raises(TypeError):
            call()


def test_sizes_are_no_bools_and_of_full_no_bare_numbers():
    for call in (
        lambda: lucet.zeros(True), lambda: lucet.ones((True,)), lambda: lucet.empty(True), lambda: lucet.rand(True), lambda: lucet.eye(True), lambda: lucet.randperm(True),
        lambda: lucet.full(2, 1), lambda: lucet.full((True,), 1), lambda: lucet.ones(2).new_full(2, 1), lambda: lucet.ones(2).new_zeros(True),
        lambda: lucet.empty_strided(2, 1), lambda: lucet.Tensor(True), lambda: lucet.linspace(0, 1, True),
    ):  # fmt: skip
        with pytest.raises(TypeError):
            call()
    assert lucet.zeros(2, True).shape == (2, 1)  # torch looks at the first


def test_types_of_other_devices_are_refused():
    for kind in ("torch.cuda.FloatTensor", "torch.sparse.FloatTensor", lucet.cuda.FloatTensor):
        with pytest.raises(RuntimeError):
            lucet.ones(2).type(kind)
    with pytest.raises(ValueError, match="invalid type"):
        lucet.ones(2).type("FloatTensor")
    assert lucet.ones(2).type("torch.LongTensor").dtype is lucet.int64


# --- numbers ---------------------------------------------------------------------------------------------------------


def test_complex_numbers_are_spaced_evenly():
    assert lucet.linspace(0, 1j, 3).tolist() == [0, 0.5j, 1j]
    assert lucet.linspace(lucet.tensor(1 + 0j), lucet.tensor(1j), 3, dtype=lucet.complex128).tolist() == [1, 0.5 + 0.5j, 1j]
    assert lucet.linspace(0, 1j, 1).tolist() == [0] and lucet.linspace(0, 1j, 0).dtype is lucet.complex64
    assert lucet.linspace(0, 2j, 2, out=lucet.empty(0, dtype=lucet.complex128)).tolist() == [0, 2j]
    spaced = lucet.logspace(0, 1j, 3, dtype=lucet.complex128)
    expected = [10 ** (0.5j * k) for k in range(3)]
    assert all(abs(x - y) < 1e-15 for x, y in zip(spaced.tolist(), expected, strict=True))
    for call in (lambda: lucet.linspace(0, 1j, 3, dtype=lucet.float32), lambda: lucet.linspace(0, 1j, 3, out=lucet.empty(3)), lambda: lucet.linspace(lucet.ones(2), 1, 3)):
        with pytest.raises(RuntimeError):
            call()
    with pytest.raises(TypeError):
        lucet.logspace(0, 1j, 3, base=2j)


def test_a_slice_of_nothing_starts_where_it_was_asked_to():
    x, y = lucet.arange(10.0), lucet.ones(3, 4)
    assert [x[20:].storage_offset(), x[5:2].storage_offset(), x[3:3, None].storage_offset(), y[5:, 1:].storage_offset(), y[:, 7:].storage_offset()] == [10, 5, 3, 13, 4]
    for empty in (x[20:], y[5:, 1:], y[:, 7:]):
        assert empty.numpy().size == 0 and empty.clone().numel() == 0 and empty.sum() == 0 and empty.add(1).numel() == 0 and empty.tolist() in ([], [[], [], []])


def test_losses_of_a_tensor_without_dimensions_are_of_the_wider_type():
    half, one = lucet.zeros(2).half().requires_grad_(), lucet.tensor(1.0, requires_grad=True)
    with warnings.catch_warnings(action="ignore"):
        for name in ("mse_loss", "l1_loss", "smooth_l1_loss"):
            loss = getattr(lucet._ops, name)(half, one)
            assert loss.dtype is lucet.float32
            grads = lucet.autograd.grad(loss, (half, one), create_graph=True)
            assert [g.dtype for g in grads] == [lucet.float16, lucet.float32]
        assert lucet._ops.mse_loss(lucet.ones(2), lucet.tensor(1.0).double()).dtype is lucet.float64


def test_old_factors_of_singular_matrices():
    with warnings.catch_warnings(action="ignore"):
        LU, pivots = lucet.lu(lucet.ones(2, 3))
        assert LU.tolist() == [[1, 1, 1], [1, 0, 0]] and pivots.tolist() == [1, 2]
        assert lucet.lu(lucet.zeros(2, 2), get_infos=True).info == 1
    with pytest.raises(lucet.linalg.LinAlgError, match="diagonal element 2 is zero"):
        lucet.cholesky_inverse(lucet.diag(lucet.tensor([1.0, 0.0])))
    with pytest.raises(lucet.linalg.LinAlgError, match="Batch element 1"):
        lucet.cholesky_inverse(lucet.stack([lucet.eye(2), lucet.zeros(2, 2)]))
    with pytest.raises(RuntimeError, match="input.dim"):
        lucet.linalg.lstsq(lucet.eye(2), lucet.ones(2, 2, 1))


def test_results_written_into_out_say_so_in_their_type():
    x, values, indices = lucet.tensor([[1.0, 2.0]]), lucet.empty(1), lucet.empty(1, dtype=lucet.int64)
    for name, found in (
        ("max", lucet.max(x, 1, out=(values, indices))), ("median", lucet.median(x, 1, out=(values, indices))), ("cummax", lucet.cummax(x, 1, out=(lucet.empty(1, 2), lucet.empty(1, 2).long()))),
        ("topk", lucet.topk(x, 1, out=(lucet.empty(1, 1), lucet.empty(1, 1).long()))), ("frexp", lucet.frexp(x, out=(lucet.empty(1, 2), lucet.empty(1, 2).int()))),
        ("aminmax", lucet.aminmax(x, dim=1, out=(values, lucet.empty(1)))), ("linalg_eigh", lucet.linalg.eigh(lucet.eye(2), out=(lucet.empty(2), lucet.empty(2, 2)))),
    ):  # fmt: skip
        assert type(found) is getattr(lucet.return_types, f"{name}_out") and repr(found).startswith(f"lucet.return_types.{name}_out(")
    assert lucet.max(x, 1, out=(values, indices)).values is values


# --- gamma -----------------------------------------------------------------------------------------------------------


def test_gamma_variates_have_the_moments_of_their_distribution():
    lucet.manual_seed(0)
    for alpha in (0.1, 0.7, 1.0, 5.0, 80.0):
        x = lucet._standard_gamma(lucet.full((40000,), alpha, dtype=lucet.float64))
        assert abs(x.mean().item() - alpha) < 4 * math.sqrt(alpha / 40000) and abs(x.var().item() / alpha - 1) < 0.3
        assert x.min() > 0
    x = lucet._sample_dirichlet(lucet.tensor([1.0, 2.0, 5.0]).expand(20000, 3))
    assert (x.sum(-1) - 1).abs().max() < 1e-6 and (x.mean(0) - lucet.tensor([1 / 8, 2 / 8, 5 / 8])).abs().max() < 0.01


def test_gamma_variates_of_what_is_no_shape_end():
    assert lucet._standard_gamma(lucet.tensor([0.0, -1.0, math.nan])).tolist() == [lucet.finfo(lucet.float32).tiny] * 3
    assert lucet._standard_gamma(lucet.tensor([math.inf])).tolist() == [math.inf]
    for call in (lambda: lucet._standard_gamma(lucet.ones(2).half()), lambda: lucet._sample_dirichlet(lucet.ones(2).long())):
        with pytest.raises(RuntimeError):
            call()
    assert lucet._standard_gamma(lucet.ones(2, device="meta")).shape == (2,)


def test_gamma_variates_move_with_their_shape():
    # an independent derivative: that of the distribution function, by differences, over the density
    for alpha in (0.01, 0.5, 1.0, 3.0, 40.0, 1000.0):
        a = lucet.full((20,), alpha, dtype=lucet.float64)
        z = lucet._standard_gamma(a)
        z = z[z > 1e-200]
        a, h = a[: len(z)], 1e-4 * alpha
        upper = z > alpha
        cdf = lambda shape, upper=upper, z=z: lucet.where(upper, -lucet.special.gammaincc(shape, z), lucet.special.gammainc(shape, z))
        slope = (8 * (cdf(a + h) - cdf(a - h)) - (cdf(a + 2 * h) - cdf(a - 2 * h))) / (12 * h)
        expected = -slope / ((a - 1) * z.log() - z - a.lgamma()).exp()
        assert ((lucet._standard_gamma_grad(a, z) / expected - 1).abs() < 1e-5).all()
    a = lucet.tensor([2.0, 3.0], requires_grad=True)
    x = lucet._standard_gamma(a)
    (x * lucet.tensor([1.0, 10.0])).sum().backward()
    assert a.grad.tolist() == (lucet._standard_gamma_grad(a.detach(), x.detach()) * lucet.tensor([1.0, 10.0])).tolist()
    with pytest.raises(RuntimeError, match="_sample_dirichlet"):
        lucet._sample_dirichlet(a).sum().backward()


# --- warnings --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "code",
    [
        "lucet.cross(lucet.ones(2, 3), lucet.ones(2, 3))", "lucet.cholesky(lucet.eye(2))", "lucet.qr(lucet.eye(2))", "lucet.lu(lucet.eye(2))",
        "lucet.triangular_solve(lucet.ones(2, 1), lucet.eye(2))", "lucet.lu_solve(lucet.ones(2, 1), *lucet.linalg.lu_factor(lucet.eye(2)))",
        "lucet.where(lucet.ones(2).byte(), lucet.ones(2), 0)", "lucet.searchsorted(lucet.arange(6).view(3, 2).t(), lucet.ones(2, 1))",
        "lucet.bucketize(lucet.ones(3, 2).t(), lucet.arange(3))", "lucet.add(lucet.ones(2), 1, lucet.ones(2))", "lucet.FloatStorage(2)", "lucet.ones(2).storage()",
    ],
)  # fmt: skip
def test_what_is_going_away_warns_once_at_the_line_that_calls_it(code):
    program = f"import lucet, warnings\nwith warnings.catch_warnings(record=True) as w:\n    warnings.simplefilter('always')\n    for _ in range(2):\n        {code}\nprint([(x.category.__name__, x.filename, x.lineno) for x in w])"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=120, check=True)
    assert done.stdout.strip() == "[('UserWarning', '<string>', 5)]", done.stdout


def test_switches_of_recording_on_classes_warn():
    for switch in (lucet.no_grad, lucet.no_grad(), lucet.enable_grad(), lucet.inference_mode(), lucet.set_grad_enabled(True)):
        with pytest.warns(FutureWarning, match="Decorating classes"):
            made = switch(type("Made", (), {"__init__": lambda self: setattr(self, "recorded", lucet.is_grad_enabled())}))()
        assert isinstance(made.recorded, bool)
    assert lucet.is_grad_enabled()
