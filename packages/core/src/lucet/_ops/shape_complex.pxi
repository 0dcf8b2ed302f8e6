# Complex numbers as pairs of real ones: view_as_real, view_as_complex, real, imag. The same elements in another type.

cdef Tensor parts_of(Tensor a):
    """A complex tensor as a real one with a last dimension of two: real and imaginary part. No history."""
    cdef Tensor t
    cdef int i
    if a.ndim_ == MAX_DIMS:
        raise error(ShapeError, f"{MAX_DIMS} dimensions of complex numbers, at most {MAX_DIMS - 1} are supported")
    t = bare_tensor(real_of[a.code], a.ndim_ + 1)
    for i in range(a.ndim_):
        t.shape_[i] = a.shape_[i]
        t.strides[i] = 2 * a.strides[i]
    t.shape_[a.ndim_] = 2
    t.strides[a.ndim_] = 1
    t.offset = 2 * a.offset
    t.storage = a.storage
    finish_geometry(t)
    return t

cdef object not_pairs(Tensor a):
    """Why the last dimension of a real tensor cannot be seen as complex numbers, or None where it can."""
    cdef int i, last = a.ndim_ - 1
    if a.ndim_ == 0:
        return "Input tensor must have one or more dimensions"
    if a.shape_[last] != 2:
        return "Tensor must have a last dimension of size 2"
    if a.strides[last] != 1:
        return "Tensor must have a last dimension with stride 1"
    for i in range(last):
        if a.strides[i] % 2:
            return "Tensor must have a stride divisible by 2 for all but last dimension"
    if a.offset % 2:
        return "Tensor must have a storage_offset divisible by 2"
    return None

cdef int view_as_real_vjp(Node n, Tensor g, Run run) except -1:
    return give(run, n, 0, joined(g))

cdef int view_as_complex_vjp(Node n, Tensor g, Run run) except -1:
    return give(run, n, 0, view_as_real_of(g))

cdef Tensor view_as_real_of(Tensor a):
    cdef Py_ssize_t shape[64]
    cdef Py_ssize_t strides[64]
    cdef int i
    cdef Tensor y
    if a.ndim_ == MAX_DIMS:
        raise error(ShapeError, f"view_as_real: {MAX_DIMS} dimensions of complex numbers, at most {MAX_DIMS - 1} are supported")
    for i in range(a.ndim_):
        shape[i] = a.shape_[i]
        strides[i] = 2 * a.strides[i]
    shape[a.ndim_], strides[a.ndim_] = 2, 1
    y = view(a, a.ndim_ + 1, shape, strides, 2 * a.offset)
    y.code = real_of[a.code]
    y.flags &= ~F_CONJ                       # of a lazy conjugate, only the real parts may be shown
    return noted(y, a, view_as_real_vjp, b"ViewAsRealBackward0", 0, 0)

cdef Tensor view_as_complex_of(Tensor a):
    """Of a tensor that `not_pairs` has nothing against."""
    cdef Py_ssize_t strides[64]
    cdef int i
    cdef Tensor y
    for i in range(a.ndim_ - 1):
        strides[i] = a.strides[i] // 2
    y = view(a, a.ndim_ - 1, a.shape_, strides, a.offset // 2)
    y.code = COMPLEX64 if a.code == FLOAT32 else COMPLEX128
    return noted(y, a, view_as_complex_vjp, b"ViewAsComplexBackward0", 0, 0)

cdef Tensor joined(Tensor a):
    """Pairs as complex numbers, wherever they lie; recorded."""
    if not_pairs(a) is not None:
        a = clone_of(a) if a.flags & F_CONTIGUOUS else contiguous_of(a)
    return view_as_complex_of(a)

def view_as_real(Tensor input not None):
    """view_as_real(input) -> Tensor

    A view of a complex tensor as real numbers, with a last dimension of two more: real and imaginary part. DtypeError for real tensors,
    RuntimeError for a conjugate that is a view (`is_conj()`).

    >>> import lucet
    >>> lucet.view_as_real(lucet.tensor([1 + 2j]))
    tensor([[1., 2.]])
    """
    if intercepted(input):
        result = view_call(view_as_real, (input,), {})
        if result is not passed:
            return result
    if input.code < COMPLEX64:
        raise error(DtypeError, "view_as_real is only supported for complex tensors", facts=[describe(input)])
    if is_lazy(input):
        raise RuntimeError(
            "view_as_real doesn't work on unresolved conjugated tensors.  To resolve the conjugate tensor so you can view it as real, use "
            "self.resolve_conj(); however, be warned that the resulting tensor will NOT alias the original."
        )
    return view_as_real_of(input)

def view_as_complex(Tensor input not None):
    """view_as_complex(input) -> Tensor

    A view of pairs of real numbers, in the last dimension, as complex numbers. The pairs have to lie side by side: ShapeError for a last
    dimension of another size or step, and for odd steps or an odd start elsewhere. DtypeError for types but float32 and float64.

    >>> import lucet
    >>> lucet.view_as_complex(lucet.tensor([[1., 2.]]))
    tensor([1.+2.j])
    """
    if intercepted(input):
        result = slow_call(view_as_complex, (input,), {})
        if result is not passed:
            return result
    if input.code != FLOAT32 and input.code != FLOAT64:
        raise error(DtypeError, f"view_as_complex is only supported for float32 and float64 tensors, but got {dtype_object(input.code)._name}")
    problem = not_pairs(input)
    if problem is not None:
        raise error(ShapeError, f"view_as_complex: {problem}", facts=[f"{describe(input)} with strides {input.stride()}"], fix="contiguous(), or lucet.complex(real, imag)")
    return view_as_complex_of(input)

def real(Tensor input not None):
    """real(input) -> Tensor

    The real parts of a complex tensor, as a view; a real tensor itself. `x.real = ...` writes them.

    >>> import lucet
    >>> lucet.real(lucet.tensor([1 + 2j]))
    tensor([1.])
    """
    if intercepted(input):
        result = view_call(real, (input,), {})
        if result is not passed:
            return result
    return input if input.code < COMPLEX64 else select_at(view_as_real_of(input), input.ndim_, 0)

def imag(Tensor input not None):
    """imag(input) -> Tensor

    The imaginary parts of a complex tensor, as a view; of a conjugate that is a view (`is_conj()`), as a new tensor. DtypeError for a real
    one. `x.imag = ...` writes them.

    >>> import lucet
    >>> lucet.imag(lucet.tensor([1 + 2j]))
    tensor([2.])
    """
    if intercepted(input):
        result = view_call(imag, (input,), {})
        if result is not passed:
            return result
    if input.code < COMPLEX64:
        raise error(DtypeError, "imag is not implemented for tensors with non-complex dtypes.", facts=[describe(input)])
    if is_lazy(input):
        return neg(imag_of(conj_view(input)))
    return imag_of(input)

cdef Tensor imag_of(Tensor a):
    """The imaginary parts of what the storage holds."""
    return select_at(view_as_real_of(a), a.ndim_, 1)

def _set_real(Tensor self not None, value):
    real(self).copy_(value)

def _set_imag(Tensor self not None, value):
    if is_lazy(self):
        imag(conj_view(self)).copy_(-value)
    else:
        imag(self).copy_(value)

def _complex_samples(r):
    return [(OPS["complex"].function(r(3, 4), r(3, 4)),), (OPS["complex"].function(r(), r()),), (OPS["complex"].function(r(0, 2), r(0, 2)),)]

op(view_as_real, method=False, family="shape", formula="stack([input.real, input.imag], -1)", samples=_complex_samples)
op(view_as_complex, method=False, family="shape", formula="input[..., 0] + 1j * input[..., 1]", samples=lambda r: [(r(3, 2),), (r(2),), (r(0, 2),)])
op(real, method=False, family="shape", formula="input.real", samples=lambda r: [*_complex_samples(r), (r(3),)])
op(imag, method=False, family="shape", formula="input.imag", samples=_complex_samples)
attach("real", property(real, _set_real, doc="The real parts, as a view; of a real tensor itself. May be assigned."))
attach("imag", property(imag, _set_imag, doc="The imaginary parts of a complex tensor, as a view. May be assigned."))

# --- views of one kind over a base of the other, for the engine --------------------------------------------------------

cdef bint of_two_kinds(Tensor geometry) noexcept:
    """Whether a view shows a complex base as real numbers, or the other way round; the engine hangs the base on it then."""
    return geometry.base is not None and (geometry.code >= COMPLEX64) != (geometry.base.code >= COMPLEX64)

cdef tuple in_parts(Tensor geometry):
    """(place, layout) of such a view and its base, both told in real numbers."""
    cdef Tensor base = geometry.base, place, layout
    if base.code >= COMPLEX64:
        place, layout = layout_of(geometry), parts_of(layout_of(base))
        place.offset = geometry.offset - 2 * base.offset
    else:
        place, layout = parts_of(layout_of(geometry)), layout_of(base)
        place.offset = 2 * geometry.offset - base.offset
    return place, layout

cdef inline Tensor of_kind(Tensor a, bint is_complex):
    """Real numbers, as pairs that are complex numbers where those are asked for."""
    return joined(a) if is_complex else a

cdef inline Tensor as_real(Tensor a):
    return view_as_real_of(a) if a.code >= COMPLEX64 else a
