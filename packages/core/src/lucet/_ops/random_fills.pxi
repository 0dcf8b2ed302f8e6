# In-place fills, bernoulli and multinomial: checks, one draw, version and history.

cdef int real_code(int code) noexcept:
    """A complex element is drawn as two real ones."""
    return FLOAT32 if code == COMPLEX64 else FLOAT64 if code == COMPLEX128 else code


cdef int fill(Tensor t, Generator g, int draw, int code, Draw* what, int cost_ns) except -1:
    """Draw all elements of `t`, in memory order, by the loop for `code`. No checks, no version, no history."""
    cdef draw_fn fn = K.draw[draw][code]
    cdef Py_ssize_t n = t.numel_
    cdef int stored = code
    cdef Tensor room = t
    if n == 0 or is_meta(t):
        return 0
    if category_of[t.code] == CAT_COMPLEX:
        n *= 2
        stored = t.code
    if t.code != stored and not (t.code == BOOL and stored == UINT8) or not is_dense(t):
        room = empty_like(t, stored)
    draw_run(g, fn, what, data_of(room), n, cost_ns)
    if room is not t:
        convert_into(t, room)
    return 0


cdef object offer(str name, tuple args, object generator, dict kwargs):
    """The slow way in: the call goes to a mode or a subclass, with the arguments that were given."""
    if generator is not None:
        kwargs = dict(kwargs, generator=generator)
    return slow_call((<object>OPS[name]).function, args, kwargs)


cdef inline bint intercepted(Tensor t) noexcept:
    return not is_plain(t) or thread_state().modes != 0


cdef int open_target(Tensor t, const char* name) except -1:
    """Check that `t` may be filled; returns whether the fill is to be recorded."""
    cdef bint will_record = recording(t)
    check_inplace(t, will_record, name)
    check_no_internal_overlap(t, name)
    return will_record


cdef Tensor filled(Tensor t, bint will_record, const char* name, const char* label):
    """Version and history after a fill."""
    cdef Node n
    bump(t, name)
    if will_record:
        n = new_node(nothing_vjp, label, 1)
        connect(n, 0, t)
        rebase(t, n)
    return t


cdef int nothing_vjp(Node n, Tensor g, Run run) except -1:
    """Random values do not depend on what was there: the gradient is zero."""
    cdef int i
    cdef Tensor zero
    for i in range(n.num_edges):
        if needs(n, i):
            zero = empty_like(g, g.code)
            fill_with(zero, 0, b"zeros")
            give(run, n, i, zero)
    return 0


cdef int need_float(int code, str name, bint complex_too, Py_ssize_t count=1) except -1:
    """Nothing at all may be filled in any type, as in torch."""
    if category_of[code] == CAT_FLOAT or complex_too and category_of[code] == CAT_COMPLEX or count == 0:
        return 0
    raise error(DtypeError, f"{name}: not implemented for {dtype_object(code)._name}, expected a floating dtype")


# --- uniform ----------------------------------------------------------------------------------------------------------

cdef double largest_of(int code) noexcept:
    code = real_code(code)
    return 65504.0 if code == FLOAT16 else 3.3895313892515355e38 if code == BFLOAT16 else 3.4028234663852886e38 if code == FLOAT32 else 1.7976931348623157e308


cdef int check_uniform(double a, double b, int code, str name) except -1:
    cdef double most = largest_of(code)
    need_float(code, name, True)
    if -most <= a <= b <= most and b - a <= most:
        return 0
    for side, x in (("from", a), ("to", b)):
        if not -most <= x <= most:
            raise RuntimeError(f"{name}: {side} is out of bounds for {dtype_object(code)._name}, got {x:g}")
    if a > b:
        raise RuntimeError(f"uniform_ expects to return a [from, to) range, but found from={a:g} > to={b:g}")
    if b - a > most:
        raise RuntimeError(
            f"uniform_ expects to-from <= std::numeric_limits<{dtype_object(code)._name}>::max(), but found to={b:g} and from={a:g} which result in to-from to exceed the limit"
        )
    return 0


cdef int draw_uniform(Tensor t, Generator g, double a, double b) except -1:
    cdef Draw what
    what.a = a
    what.b = b
    return fill(t, g, DRAW_UNIFORM, real_code(t.code), &what, 1)


def uniform_(Tensor self not None, *args, Generator generator=None, **bounds):
    """uniform_(from=0, to=1, *, generator=None) -> Tensor

    Fill with numbers drawn evenly from [from, to), in place. Dtype: floating or complex.
    Raises RuntimeError for bounds out of order or out of the dtype's range, DtypeError for other dtypes.

    >>> import lucet
    >>> generator = lucet.manual_seed(0)
    >>> lucet.empty(2).uniform_(-1, 1)
    tensor([-0.0075,  0.5364])
    """
    if intercepted(self):
        result = offer("uniform_", (self, *args), generator, bounds)
        if result is not passed:
            return result
    cdef double a = 0, b = 1
    if args or bounds:
        a, b = bounds_of("uniform_", args, bounds, (0, 1))
    cdef bint will_record = open_target(self, b"uniform_")
    check_uniform(a, b, self.code, "uniform_")
    draw_uniform(self, source(generator), a, b)
    return filled(self, will_record, b"uniform_", b"UniformBackward0")


cdef tuple bounds_of(str name, tuple args, dict named, tuple defaults):
    """`from` and `to`, which cannot be parameters here because `from` is a keyword of Python."""
    if not named and len(args) == 2:
        return args
    if len(args) > 2:
        raise TypeError(f"{name}() takes from 0 to 2 positional arguments but {len(args)} were given")
    values = dict(zip(("from", "to"), args))
    for key, value in named.items():
        if key not in ("from", "to") or key in values:
            raise TypeError(f"{name}() got an unexpected or repeated keyword argument '{key}'")
        values[key] = value
    return values.get("from", defaults[0]), values.get("to", defaults[1])


# --- normal -----------------------------------------------------------------------------------------------------------

cdef int check_normal(double std, int code, str name, Py_ssize_t count=1) except -1:
    need_float(code, name, True, count)
    if not std >= 0:
        raise RuntimeError(f"normal expects std >= 0.0, but found std {std:g}")
    return 0


cdef int draw_normal(Tensor t, Generator g, double mean, double std) except -1:
    cdef Draw what
    cdef int code = real_code(t.code)
    cdef Py_ssize_t n = t.numel_
    what.a = mean
    what.b = std
    if category_of[t.code] == CAT_COMPLEX:       # the variance is shared by both parts
        n *= 2
        what.b = std / sqrt(2.0)
    if n >= 16 and t.flags & F_CONTIGUOUS:
        return fill(t, g, DRAW_NORMAL, code, &what, 4)
    return fill(t, g, DRAW_NORMAL_SMALL, FLOAT64 if code == FLOAT64 else FLOAT32, &what, 30)


def normal_(Tensor self not None, double mean=0, double std=1, *, Generator generator=None):
    """normal_(mean=0, std=1, *, generator=None) -> Tensor

    Fill with numbers drawn from the normal distribution, in place. Dtype: floating or complex.
    Raises RuntimeError for a negative deviation, DtypeError for other dtypes.

    Source: Box and Muller, "A note on the generation of random normal deviates" (1958).

    >>> import lucet
    >>> generator = lucet.manual_seed(0)
    >>> lucet.empty(2).normal_(mean=10)
    tensor([11.5410,  9.7066])
    """
    if intercepted(self):
        result = offer("normal_", (self, mean, std), generator, {})
        if result is not passed:
            return result
    cdef bint will_record = open_target(self, b"normal_")
    check_normal(std, self.code, "normal_", self.numel_)
    draw_normal(self, source(generator), mean, std)
    return filled(self, will_record, b"normal_", b"NormalBackward0")


# --- integers ---------------------------------------------------------------------------------------------------------

cdef int64_t lowest_of(int code) noexcept:
    return 0 if code == BOOL or code == UINT8 else -(<int64_t>1 << 7) if code == INT8 else -(<int64_t>1 << 15) if code == INT16 else -(<int64_t>1 << 31) if code == INT32 else -9223372036854775807 - 1


cdef int64_t highest_of(int code) noexcept:
    return 1 if code == BOOL else 255 if code == UINT8 else 127 if code == INT8 else 32767 if code == INT16 else 2147483647 if code == INT32 else 9223372036854775807


cdef int digits_of(int code) noexcept:
    """How many bits of an integer a floating type holds exactly."""
    return 11 if code == FLOAT16 else 8 if code == BFLOAT16 else 24 if code == FLOAT32 else 53


cdef int64_t long_of(object x, str what) except? -1:
    cdef int overflow = 0
    cdef int64_t fits
    if PyLong_CheckExact(x):
        fits = PyLong_AsLongLongAndOverflow(x, &overflow)
        if not overflow:
            return fits
    if isinstance(x, (float, bool)) or not hasattr(x, "__index__"):
        raise TypeError(f"{what} must be int, not {type(x).__name__}")
    n = x.__index__()
    if not -2**63 <= n < 2**63:
        raise ValueError(f"Overflow when unpacking long long: {what} is {n}")
    return n


def rounded_int(n, bits):
    """An int rounded to `bits` significant bits, ties to even: what a floating type makes of it."""
    drop = max(0, abs(n).bit_length() - bits)
    whole, rest = divmod(abs(n), 1 << drop)
    half = (1 << drop) >> 1
    if drop and (rest > half or rest == half and whole & 1):
        whole += 1
    return (whole << drop) * (1 if n >= 0 else -1)


def float_bounds(low, high, digits):
    """Bounds [low, high) moved to where the values that `digits` bits can hold stay inside them."""
    up = rounded_int(low + 1, digits)
    if up < low:
        low = up + (1 << (abs(low + 1).bit_length() - digits))
    down = rounded_int(high - 1, digits)
    if down >= high:
        high = down - (1 << (abs(high - 1).bit_length() - digits))
    return low, high


cdef int whole_range(object low, object high, int code, str name, Draw* what) except -1:
    """Fill in `what` for integers from `low` up to but without `high` (None: up to what the type holds)."""
    cdef int64_t first = long_of(low, "from"), last, edge
    cdef bint is_float = category_of[code] == CAT_FLOAT
    if category_of[code] == CAT_COMPLEX:
        raise error(DtypeError, f"{name}: handles only integral, floating-point and boolean types, got {dtype_object(code)._name}")
    if high is not None:
        last = long_of(high, "to")
        if first >= last:
            raise RuntimeError(f"random_ expects 'from' to be less than 'to', but got from={first} >= to={last}")
        last -= 1
    elif is_float:
        last = <int64_t>1 << digits_of(code)
        if first >= last:
            raise RuntimeError(f"random_ expects 'from' casted to dtype to be less than or equal to 'to_inc' casted to dtype, but got from={first} > to_inc={last}")
    else:
        last = highest_of(code)
    if high is None and first == lowest_of(INT64):
        if code != INT64 and code != FLOAT32 and code != FLOAT64 and code != BFLOAT16:
            raise RuntimeError(f"{name}: the full range of 64 bits needs int64, float32, float64 or bfloat16, got {dtype_object(code)._name}")
        what.low = what.range = 0                              # a range of 0 stands for 2**64
        return 0
    if is_float:
        edge = <int64_t>1 << digits_of(code)
        if first < -edge or first > edge or last < -edge or last > edge:
            check_float_range(first, last, edge, code, name)
            low, high = float_bounds(first, last + 1, digits_of(code))
            if low >= high:
                raise RuntimeError(f"random_ expects 'from' casted to dtype to be less than 'to' casted to dtype, but got from={low} >= to={high}")
            first, last = low, high - 1
    elif first < lowest_of(code) or first > highest_of(code):
        raise RuntimeError(f"{name}: from is out of bounds for {dtype_object(code)._name}, got {first}")
    elif last > highest_of(code):
        raise RuntimeError(f"{name}: to - 1 is out of bounds for {dtype_object(code)._name}, got {last}")
    what.low = first
    what.range = <uint64_t>last - <uint64_t>first + 1
    return 0


cdef int check_float_range(int64_t first, int64_t last, int64_t edge, int code, str name) except -1:
    for side, x in (("from", first), ("to - 1", last)):
        if code == FLOAT16 and not -65504 <= x <= 65504:
            raise RuntimeError(f"{name}: {side} is out of bounds for float16, got {x}")
        if not -edge <= x <= edge:
            warnings.warn(
                f"{side} is out of bounds [-(2^{digits_of(code)}), 2^{digits_of(code)}]. Due to precision limitations {dtype_object(code)._name} can support discrete uniform "
                "distribution only within this range. This warning will become an error in a future release.",
                UserWarning, stacklevel=3,
            )
    return 0


cdef int draw_whole(Tensor t, Generator g, Draw* what) except -1:
    cdef int code = t.code
    if code == BOOL:
        code = UINT8
    elif code == FLOAT16 or code == BFLOAT16:
        code = FLOAT32
    return fill(t, g, DRAW_BELOW, code, what, 2)


def random_(Tensor self not None, *args, Generator generator=None, **bounds):
    """random_(from=0, to=None, *, generator=None) -> Tensor; random_(to, *, generator=None) -> Tensor

    Fill with integers drawn evenly from [from, to), in place; without bounds, from the non-negative integers that the dtype holds
    exactly. Dtype: any but complex. Raises RuntimeError for an empty range or one that the dtype does not hold.

    >>> import lucet
    >>> generator = lucet.manual_seed(0)
    >>> lucet.empty(3, dtype=lucet.int64).random_(1, 7)
    tensor([3, 4, 6])
    """
    if intercepted(self):
        result = offer("random_", (self, *args), generator, bounds)
        if result is not passed:
            return result
    cdef Draw what
    cdef bint will_record, bounded = bool(args or bounds)
    if bounded:
        if len(args) == 1 and not bounds:
            args = (0, args[0])
        if "from" in bounds and len(args) == 0 and "to" not in bounds:
            raise TypeError("random_() received an invalid combination of arguments: 'from' without 'to'")
        low, high = bounds_of("random_", args, bounds, (0, None))
    will_record = open_target(self, b"random_")
    if bounded:
        whole_range(low, high, self.code, "random_", &what)
        draw_whole(self, source(generator), &what)
    else:
        draw_unbounded(self, source(generator))
    return filled(self, will_record, b"random_", b"RandomBackward0")


cdef int draw_unbounded(Tensor t, Generator g) except -1:
    cdef Draw what
    if category_of[t.code] == CAT_COMPLEX and t.numel_:
        raise error(DtypeError, f"random_: not implemented for {dtype_object(t.code)._name}")
    if t.code == BOOL or t.code == FLOAT16 or t.code == BFLOAT16:
        what.low = 0
        what.range = 2 if t.code == BOOL else (1 << digits_of(t.code)) + 1
        return draw_whole(t, g, &what)
    return fill(t, g, DRAW_WHOLE, t.code, &what, 2)


# --- bernoulli --------------------------------------------------------------------------------------------------------

cdef int draw_bernoulli(Tensor t, Generator g, double p) except -1:
    cdef Draw what
    cdef int code = UINT8
    if category_of[t.code] == CAT_COMPLEX and t.numel_:
        raise error(DtypeError, f"bernoulli_: not implemented for {dtype_object(t.code)._name}")
    if not 0 <= p <= 1:
        raise RuntimeError(f"bernoulli_ expects p to be in [0, 1], but got p={p:g}")
    if t.code == FLOAT32 or t.code == FLOAT64:
        code = t.code
    what.a = p
    what.b = 1
    return fill(t, g, DRAW_BERNOULLI, code, &what, 2)


cdef int draw_bernoulli_each(Tensor t, Generator g, Tensor p) except -1:
    """1 with the probability that `p`, broadcast to t's shape, has for each element."""
    cdef Py_ssize_t shape[64]
    cdef Draw what
    cdef Tensor each, hits
    cdef int i, code = FLOAT64 if p.code == FLOAT64 else FLOAT32
    need_float(p.code, "bernoulli_", False, t.numel_)
    if category_of[t.code] == CAT_COMPLEX and t.numel_:
        raise error(DtypeError, f"bernoulli_: not implemented for {dtype_object(t.code)._name}")
    fits = p.ndim_ <= t.ndim_
    if fits and broadcast2(t, p, shape, b"bernoulli_") == t.ndim_:
        for i in range(t.ndim_):
            fits = fits and shape[i] == t.shape_[i]
    if not fits:
        raise error(ShapeError, f"bernoulli_: probabilities of shape {list(p.shape)} do not expand to the shape {list(t.shape)} of the filled tensor")
    if t.numel_ == 0 or is_meta(t) or is_meta(p):
        return 0
    each = empty_like(t, code)
    convert_into(each, p)
    if not K.probabilities[code](data_of(each), each.numel_):
        raise RuntimeError("bernoulli_: Expected p_in >= 0 && p_in <= 1 to be true, but got false: a probability is outside [0, 1]")
    hits = empty_like(t, UINT8)
    what.p = data_of(each)
    draw_run(g, K.draw[DRAW_BERNOULLI_EACH][code], &what, data_of(hits), hits.numel_, 2)
    return convert_into(t, hits)


def bernoulli_(Tensor self not None, p=0.5, *, Generator generator=None):
    """bernoulli_(p=0.5, *, generator=None) -> Tensor

    Fill with 1 with probability `p` (a number, or a floating tensor that expands to this shape), else 0, in place.
    Dtype: any but complex. Raises RuntimeError for a probability outside [0, 1].

    >>> import lucet
    >>> lucet.empty(3).bernoulli_(lucet.tensor([0., 1., 0.]))
    tensor([0., 1., 0.])
    """
    if intercepted(self) or isinstance(p, Tensor) and not is_plain(p):
        result = offer("bernoulli_", (self, p), generator, {})
        if result is not passed:
            return result
    cdef bint will_record = open_target(self, b"bernoulli_")
    if isinstance(p, Tensor):
        draw_bernoulli_each(self, source(generator), <Tensor>p)
        return filled(self, will_record, b"bernoulli_", b"BernoulliBackward1")
    draw_bernoulli(self, source(generator), p)
    return filled(self, will_record, b"bernoulli_", b"BernoulliBackward2")


def bernoulli(Tensor input not None, p=None, *, Generator generator=None, Tensor out=None):
    """bernoulli(input, *, generator=None, out=None) -> Tensor; bernoulli(input, p, *, generator=None) -> Tensor

    1 with the probability that stands in `input` (or with probability `p` everywhere), else 0, in input's shape and dtype.
    The gradient is zero. Raises RuntimeError for a probability outside [0, 1], DtypeError for `input` that is not floating.

    >>> import lucet
    >>> lucet.bernoulli(lucet.tensor([0., 1., 0.]))
    tensor([0., 1., 0.])
    """
    if intercepted(input):
        result = offer("bernoulli", (input,) if p is None else (input, p), generator, {} if out is None else {"out": out})
        if result is not passed:
            return result
    cdef bint will_record = recording(input)
    cdef Tensor y
    if isinstance(p, Tensor) or p is not None and out is not None:
        raise TypeError("bernoulli(): expected bernoulli(input, *, generator, out) or bernoulli(input, float p, *, generator)")
    if out is not None:
        check_out(out, will_record, b"bernoulli")
        if p is None:
            need_float(input.code, "bernoulli", False, input.numel_)
    # Drawn aside: a probability out of range is found on the way, and `out` must then be as it was.
    y = empty_tensor(input.code if out is None else out.code, input.ndim_, input.shape_, input.storage.device)
    if p is None:
        draw_bernoulli_each(y, source(generator), input)
    else:
        draw_bernoulli(y, source(generator), p)
    if out is not None:
        take_shape(out, input.ndim_, input.shape_)
        convert_into(out, y)
        bump(out, b"bernoulli")
        return out
    if will_record:
        record(y, nothing_vjp, b"BernoulliBackward0", input)
    return y


cdef int check_out(Tensor out, bint will_record, const char* name) except -1:
    if will_record or requires_grad(out) and thread_state().grad_enabled:
        raise RuntimeError(
            f"{name.decode()}(): functions with out=... arguments don't support automatic differentiation, but one of the arguments requires grad."
        )
    check_inplace(out, False, name)
    return check_no_internal_overlap(out, name)


cdef int take_shape(Tensor out, int ndim, const Py_ssize_t* shape) except -1:
    """Give `out` the shape if it has another; torch does not warn of it in these functions."""
    cdef int i
    cdef bint same = out.ndim_ == ndim
    for i in range(ndim if same else 0):
        same = same and out.shape_[i] == shape[i]
    if not same:
        out.resize_(tuple([shape[i] for i in range(ndim)]))
    return 0


# --- other distributions ----------------------------------------------------------------------------------------------

cdef int need_positive(double x, const char* rule, str name) except -1:
    if x > 0:
        return 0
    raise RuntimeError(f"{name} expects {rule.decode()}={x:g}")


def exponential_(Tensor self not None, double lambd=1, *, Generator generator=None):
    """exponential_(lambd=1, *, generator=None) -> Tensor

    Fill with numbers drawn from the exponential distribution of rate `lambd`, in place. Dtype: floating.
    Raises RuntimeError for a rate that is not positive.

    >>> import lucet
    >>> bool((lucet.empty(100).exponential_() >= 0).all())
    True
    """
    if intercepted(self):
        result = offer("exponential_", (self, lambd), generator, {})
        if result is not passed:
            return result
    cdef Draw what
    cdef bint will_record = open_target(self, b"exponential_")
    need_float(self.code, "exponential_", False, self.numel_)
    need_positive(lambd, b"lambda > 0.0, but found lambda", "exponential_")
    what.a = lambd
    fill(self, source(generator), DRAW_EXPONENTIAL, FLOAT64 if self.code == FLOAT64 else FLOAT32, &what, 6)
    return filled(self, will_record, b"exponential_", b"ExponentialBackward0")


def geometric_(Tensor self not None, double p, *, Generator generator=None):
    """geometric_(p, *, generator=None) -> Tensor

    Fill with the number of trials up to and with the first success of probability `p`, in place. Dtype: any but bool and complex.
    Raises RuntimeError for a probability outside (0, 1).

    >>> import lucet
    >>> bool((lucet.empty(100).geometric_(0.5) >= 1).all())
    True
    """
    if intercepted(self):
        result = offer("geometric_", (self, p), generator, {})
        if result is not passed:
            return result
    cdef Draw what
    cdef bint will_record = open_target(self, b"geometric_")
    if self.numel_ and (self.code == BOOL or category_of[self.code] == CAT_COMPLEX):
        raise error(DtypeError, f"geometric_: not implemented for {dtype_object(self.code)._name}")
    if not 0 < p < 1:
        raise RuntimeError(f"geometric_ expects p to be in (0, 1), but got p={p:g}")
    what.a = p
    fill(self, source(generator), DRAW_GEOMETRIC, FLOAT64, &what, 20)
    return filled(self, will_record, b"geometric_", b"GeometricBackward0")


def log_normal_(Tensor self not None, double mean=1, double std=2, *, Generator generator=None):
    """log_normal_(mean=1, std=2, *, generator=None) -> Tensor

    Fill with e to the power of normal numbers with this mean and deviation, in place. Dtype: floating.
    Raises RuntimeError for a deviation that is not positive.

    >>> import lucet
    >>> bool((lucet.empty(100).log_normal_() > 0).all())
    True
    """
    if intercepted(self):
        result = offer("log_normal_", (self, mean, std), generator, {})
        if result is not passed:
            return result
    cdef Draw what
    cdef bint will_record = open_target(self, b"log_normal_")
    need_positive(std, b"std > 0.0, but found std", "log_normal_")
    need_float(self.code, "log_normal_", False, self.numel_)
    what.a = mean
    what.b = std
    fill(self, source(generator), DRAW_LOG_NORMAL, FLOAT64, &what, 30)
    return filled(self, will_record, b"log_normal_", b"LogNormalBackward0")


def cauchy_(Tensor self not None, double median=0, double sigma=1, *, Generator generator=None):
    """cauchy_(median=0, sigma=1, *, generator=None) -> Tensor

    Fill with numbers drawn from the Cauchy distribution, in place. Dtype: floating.
    Raises RuntimeError for a scale that is not positive.

    >>> import lucet
    >>> lucet.empty(3).cauchy_().shape
    lucet.Size([3])
    """
    if intercepted(self):
        result = offer("cauchy_", (self, median, sigma), generator, {})
        if result is not passed:
            return result
    cdef Draw what
    cdef bint will_record = open_target(self, b"cauchy_")
    need_positive(sigma, b"sigma > 0.0, but found sigma", "cauchy_")
    need_float(self.code, "cauchy_", False)
    what.a = median
    what.b = sigma
    fill(self, source(generator), DRAW_CAUCHY, FLOAT64, &what, 20)
    return filled(self, will_record, b"cauchy_", b"CauchyBackward0")


# --- multinomial ------------------------------------------------------------------------------------------------------

def multinomial(Tensor input not None, num_samples, bint replacement=False, *, Generator generator=None, Tensor out=None):
    """multinomial(input, num_samples, replacement=False, *, generator=None, out=None) -> Tensor

    Indices drawn with probabilities in proportion to `input`, a vector or rows of weights that need not sum to 1; without
    `replacement` no index comes twice. Shape: (N) or (M, N) gives (num_samples) or (M, num_samples). Dtype: floating gives int64.
    Raises RuntimeError for negative, infinite or all-zero weights, and for more samples than weights without replacement.

    Source: without replacement, the largest w / q for q exponential: Efraimidis and Spirakis, "Weighted random sampling with a
    reservoir" (2006).

    >>> import lucet
    >>> lucet.multinomial(lucet.tensor([0., 3., 0.]), 1)
    tensor([1])
    """
    if intercepted(input):
        result = offer("multinomial", (input, num_samples, replacement), generator, {} if out is None else {"out": out})
        if result is not passed:
            return result
    cdef Py_ssize_t shape[2]
    cdef Py_ssize_t k = long_of(num_samples, "multinomial(): argument 'num_samples'"), n = check_weights(input, k, replacement)
    cdef Tensor y
    shape[0] = input.shape_[0]
    shape[input.ndim_ - 1] = k
    if out is not None and out.code != INT64:
        raise error(DtypeError, f"multinomial: expects Long tensor out, got {dtype_object(out.code)._name}")
    if out is not None:
        check_out(out, False, b"multinomial")
    y = empty_tensor(INT64, input.ndim_, shape, input.storage.device)
    if y.numel_ and not is_meta(input):
        if replacement and k > 1:
            pick_rows(y, input, source(generator), n, k)
        else:
            choose_rows(y, input, source(generator), n, k)
    if out is None:
        return y
    take_shape(out, y.ndim_, y.shape_)
    convert_into(out, y)
    bump(out, b"multinomial")
    return out


cdef Py_ssize_t check_weights(Tensor input, Py_ssize_t k, bint replacement) except -1:
    """What must hold of shapes and dtype; returns how many weights a row has."""
    if not 1 <= input.ndim_ <= 2:
        raise error(ShapeError, f"multinomial: prob_dist must be 1 or 2 dim, got {input.ndim_}", facts=[f"input {describe(input)}"])
    cdef Py_ssize_t n = input.shape_[input.ndim_ - 1]
    if category_of[input.code] != CAT_FLOAT:
        raise error(DtypeError, f"multinomial only supports floating-point dtypes for input, got: {dtype_object(input.code)._name}")
    if k <= 0:
        raise RuntimeError(f"cannot sample n_sample <= 0 samples, got {k}")
    if not replacement and k > n:
        raise RuntimeError(f"cannot sample n_sample > prob_dist.size(-1) samples without replacement, got {k} samples of {n}")
    if n == 0 and (input.ndim_ == 1 or input.shape_[0]):
        raise RuntimeError("multinomial: invalid distribution (sum of probabilities <= 0): a row has no weights")
    if n > 1 << 24:
        raise RuntimeError(f"number of categories cannot exceed 2^24, got {n}")
    return n


cdef int cumulate_rows(Tensor weights, Tensor room, Py_ssize_t n, bint replacement) except -1:
    """Running sums of each row; raises for weights that are no distribution."""
    cdef Py_ssize_t row, step = n * itemsize_of[weights.code]
    cdef int fault
    for row in range(weights.numel_ // n if n else 0):
        fault = K.cumulate[weights.code](data_of(weights) + row * step, data_of(room) + row * step, n)
        if fault == 3:
            raise RuntimeError("invalid multinomial distribution (sum of probabilities <= 0)")
        if fault and not replacement:
            raise RuntimeError("probability tensor contains either `inf`, `nan` or element < 0")
        if fault:
            raise RuntimeError(f"invalid multinomial distribution (encountering probability entry {'< 0' if fault == 1 else '= infinity or NaN'})")
    return 0


cdef int pick_rows(Tensor y, Tensor input, Generator g, Py_ssize_t n, Py_ssize_t k) except -1:
    cdef Tensor weights = contiguous(converted(input, FLOAT64 if input.code == FLOAT64 else FLOAT32))
    cdef Tensor sums = empty_like(weights, weights.code)
    cdef Py_ssize_t row
    if n == 0:
        raise RuntimeError("invalid multinomial distribution (sum of probabilities <= 0)")
    cumulate_rows(weights, sums, n, True)
    wait_for(g)
    for row in range(y.numel_ // k):
        K.choose[sums.code](&g.state, data_of(sums) + row * n * itemsize_of[sums.code], n, <int64_t*>data_of(y) + row * k, k)
    return 0


cdef int choose_rows(Tensor y, Tensor input, Generator g, Py_ssize_t n, Py_ssize_t k) except -1:
    cdef Tensor weights = contiguous(converted(input, FLOAT64)), q
    cdef Draw what
    cdef Py_ssize_t row
    cumulate_rows(weights, empty_like(weights, FLOAT64), n, False)
    q = empty_like(input, input.code)
    what.a = 1
    fill(q, g, DRAW_EXPONENTIAL, FLOAT64 if input.code == FLOAT64 else FLOAT32, &what, 6)
    q = contiguous(converted(div(input.detach(), q), FLOAT64))
    for row in range(y.numel_ // k):
        K.largest(<const double*>data_of(q) + row * n, n, k, <int64_t*>data_of(y) + row * k)
    return 0


def _fill_samples(r):
    return [(r(3, 4),), (r(3, 4), 1.0, 2.0), (r(0, 2),)]


for _function, _samples in (
    (uniform_, _fill_samples),
    (normal_, _fill_samples),
    (log_normal_, _fill_samples),
    (cauchy_, _fill_samples),
    (random_, lambda r: [(r(3, 4),), (r(3, 4), 10), (r(3, 4), -5, 5)]),
    (bernoulli_, lambda r: [(r(3, 4),), (r(3, 4), 0.3), (r(3, 4), r(3, 4).abs().mul(0.5))]),
    (exponential_, lambda r: [(r(3, 4),), (r(0, 2), 2.0)]),
    (geometric_, lambda r: [(r(3, 4), 0.5)]),
):
    op(_function, public=False, grad="no", samples=_samples, family="random")
op(bernoulli, grad="no", dtypes="floats", family="random", samples=lambda r: [(r(3, 4).abs().mul(0.5),), (r(3, 4), 0.3)])
op(multinomial, grad="no", dtypes="floats", family="random", samples=lambda r: [(r(5).abs(), 3), (r(2, 5).abs(), 7, True)])
