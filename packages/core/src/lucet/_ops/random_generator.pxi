# The generator, the default one, and who draws while the interpreter lock is released.
cimport cython


cdef enum:
    NOWAIT = 0

cdef unsigned long _epoch = 1        # counts forks: a fill that another thread ran at the fork does not run in the child


def _after_fork():
    global _epoch
    _epoch += 1


os.register_at_fork(after_in_child=_after_fork)


@cython.binding(False)                       # methods that check their self, as written in C
@cython.embedsignature(True)
@cython.embedsignature.format("clinic")
cdef class Generator:
    """Generator(device="cpu") -> Generator

    A source of random numbers with torch's streams: equal seeds give equal numbers, and states can be exchanged with torch.
    A new one has the seed 67280421310721. Draws from one generator in several threads follow one another, in no promised order.
    Raises RuntimeError for a device other than the CPU.

    Source: Matsumoto and Nishimura, "Mersenne Twister", ACM TOMACS 8 (1998).

    >>> import lucet
    >>> lucet.rand(2, generator=lucet.Generator().manual_seed(0))
    tensor([0.4963, 0.7682])
    """

    def __cinit__(self, device=None):
        if device is not None and usable(device, "Generator") is not CPU_DEVICE:
            raise RuntimeError("Generator: META device type not an accelerator, expected 'cpu'")
        self.lock = <void*>PyThread_allocate_lock()
        if self.lock == NULL:
            raise MemoryError
        mt_seed(&self.state, 67280421310721)

    def __dealloc__(self):
        if self.lock != NULL and self.busy == 0:
            PyThread_free_lock(<PyThread_type_lock>self.lock)

    @property
    def device(self):
        """Where its tensors are: always the CPU."""
        return CPU_DEVICE

    def manual_seed(self, seed):
        """Start the stream of `seed`, an int from -2**63 to 2**64 - 1 (negative ones count from 2**64 down); returns the generator.

        Raises RuntimeError for what is no int, ValueError for one out of range.
        """
        cdef int overflow = 0
        cdef uint64_t word
        if PyLong_CheckExact(seed):
            word = <uint64_t>PyLong_AsLongLongAndOverflow(seed, &overflow)
            if overflow:
                word = seed_word(seed)
        elif isinstance(seed, (bool, float, Tensor)) or not hasattr(seed, "__index__"):
            raise RuntimeError(f"manual_seed expected a long, but got {type(seed).__name__}")
        else:
            word = seed_word(seed.__index__())
        wait_for(self)
        mt_seed(&self.state, word)
        return self

    def seed(self):
        """Start the stream of a seed taken from the operating system; returns that seed."""
        value = int.from_bytes(os.urandom(8), "little")
        self.manual_seed(value)
        return value

    def initial_seed(self):
        """The seed that the stream started with, as an int from 0 to 2**64 - 1."""
        return seed_of(&self.state)

    def get_state(self):
        """The position in the stream: a uint8 tensor of 5056 bytes, the same as torch's."""
        cdef Py_ssize_t size = MT_STATE_BYTES
        cdef Tensor state = empty_tensor(UINT8, 1, &size, CPU)
        wait_for(self)
        mt_get_state(&self.state, <unsigned char*>data_of(state))
        return state

    def set_state(self, new_state):
        """Go to the position that `get_state` returned, here or in torch; returns the generator.

        Raises TypeError for what is no uint8 tensor, LoadError (a RuntimeError) for bytes that are no state.
        """
        if not isinstance(new_state, Tensor) or (<Tensor>new_state).code != UINT8 or is_meta(<Tensor>new_state):
            kind = (<Tensor>new_state).dtype if isinstance(new_state, Tensor) else type(new_state).__name__
            raise TypeError(f"RNG state must be a uint8 tensor, but got {kind}")
        cdef Tensor state = contiguous(<Tensor>new_state)
        if state.numel_ != MT_STATE_BYTES:
            raise error(LoadError, f"set_state: expected a CPUGeneratorImplState of size {MT_STATE_BYTES} but found the input RNG state size to be {state.numel_}")
        wait_for(self)
        cdef int fault = mt_set_state(&self.state, <const unsigned char*>data_of(state))
        if fault:
            what = ("it was never seeded", "its position is outside the block", "its words are no state of the recurrence", "its cached normal is no number")
            raise error(LoadError, f"set_state: Invalid mt19937 state: {what[fault - 1]}")
        return self

    def clone_state(self):
        """A new generator at the same position."""
        cdef Generator twin = Generator()
        wait_for(self)
        twin.state = self.state
        return twin

    def __reduce__(self):
        return type(self), (CPU_DEVICE,), (self.initial_seed(), None, self.get_state())

    def __setstate__(self, state):
        if not isinstance(state, tuple) or len(state) != 3:
            raise TypeError("Generator: a pickled state is a tuple of three")
        self.set_state(state[2])

    def __repr__(self):
        return f"<lucet.Generator object at {hex(id(self))}>"


cdef uint64_t seed_word(object seed) except? 0:
    if not -2**63 <= seed < 2**64:
        raise ValueError(f"Overflow when unpacking long long: manual_seed expects -2**63 to 2**64 - 1, got {seed}")
    return <uint64_t>(seed & 0xffffffffffffffff)


# --- one at a time ----------------------------------------------------------------------------------------------------

cdef int wait_for(Generator g) except -1:
    """Return when no other thread draws from `g`; the interpreter lock, held by the caller, keeps it so."""
    cdef PyThread_type_lock lock
    while g.busy == _epoch:
        lock = <PyThread_type_lock>g.lock
        with nogil:
            PyThread_acquire_lock(lock, WAIT_LOCK)
            PyThread_release_lock(lock)
    return 0


cdef int claim(Generator g) except -1:
    """Keep other threads from `g` until `let_go`, though the interpreter lock will be given away."""
    wait_for(g)
    if not PyThread_acquire_lock(<PyThread_type_lock>g.lock, NOWAIT):
        g.lock = <void*>PyThread_allocate_lock()      # held by a thread that the fork left behind, or by one just leaving wait_for
        if g.lock == NULL:
            raise MemoryError
        PyThread_acquire_lock(<PyThread_type_lock>g.lock, WAIT_LOCK)
    g.busy = _epoch
    return 0


cdef void let_go(Generator g) noexcept:
    g.busy = 0
    PyThread_release_lock(<PyThread_type_lock>g.lock)


cdef int draw_run(Generator g, draw_fn fn, const Draw* what, void* out, Py_ssize_t n, int cost_ns) except -1:
    """n elements from `g`, without the interpreter lock where that pays."""
    if n < HOLD_LOCK_NS // cost_ns:
        wait_for(g)
        fn(&g.state, what, out, n)
        return 0
    claim(g)
    begin_unlocked()
    with nogil:
        fn(&g.state, what, out, n)
    end_unlocked()
    let_go(g)
    return 0


# --- the default generator --------------------------------------------------------------------------------------------

default_generator = Generator()
default_generator.seed()
cdef Generator _default = default_generator


cdef Generator source(Generator generator):
    """The generator to draw from: the given one, else this thread's, else the default one."""
    if generator is not None:
        return generator
    if thread_state().generator != NULL:
        return <Generator?><object>thread_state().generator
    return _default


def manual_seed(seed):
    """manual_seed(seed) -> Generator

    Start the default generator's stream of `seed` (int, or what int() takes, from -2**63 to 2**64 - 1); returns the generator.

    >>> import lucet
    >>> generator = lucet.manual_seed(0)
    >>> lucet.rand(2)
    tensor([0.4963, 0.7682])
    """
    return source(None).manual_seed(int(seed))


def seed():
    """seed() -> int

    Seed the default generator from the operating system; returns the seed.

    >>> import lucet
    >>> lucet.seed() == lucet.initial_seed()
    True
    """
    return source(None).seed()


def initial_seed():
    """initial_seed() -> int

    The seed that the default generator's stream started with.

    >>> import lucet
    >>> generator = lucet.manual_seed(5)
    >>> lucet.initial_seed()
    5
    """
    return source(None).initial_seed()


def get_rng_state():
    """get_rng_state() -> Tensor

    The default generator's position in its stream: a uint8 tensor of 5056 bytes.

    >>> import lucet
    >>> lucet.get_rng_state().shape
    lucet.Size([5056])
    """
    return source(None).get_state()


def set_rng_state(new_state):
    """set_rng_state(new_state) -> None

    Bring the default generator to a position that `get_rng_state` returned. TypeError or LoadError for anything else.

    >>> import lucet
    >>> state = lucet.get_rng_state()
    >>> first = lucet.rand(3)
    >>> lucet.set_rng_state(state)
    >>> bool((lucet.rand(3) == first).all())
    True
    """
    source(None).set_state(new_state)


def thread_generator():
    """The generator that `item_stream` put in place of the default one in this thread, or None."""
    return None if thread_state().generator == NULL else <object>thread_state().generator


@cython.binding(False)                       # methods that check their self, as written in C
@cython.embedsignature(True)
@cython.embedsignature.format("clinic")
cdef class item_stream:
    """item_stream(seed) -> context manager

    Inside it, this thread's draws from the default generator come from a fresh generator with that seed; other threads, and the
    default generator itself, notice nothing. So do `manual_seed`, `get_rng_state` and their kin.

    >>> import lucet
    >>> from lucet.random import item_stream
    >>> with item_stream(0):
    ...     lucet.rand(2)
    tensor([0.4963, 0.7682])
    """
    cdef Generator generator
    cdef list before

    def __init__(self, seed):
        self.generator = Generator().manual_seed(seed)
        self.before = []

    def __enter__(self):
        self.before.append(_set_generator(self.generator))
        return self.generator

    def __exit__(self, *exc):
        _set_generator(self.before.pop())
