# Views of all elements: permute, transpose, squeeze, unsqueeze, expand. A block per op: gradient rule, view, registration.

cdef Tensor noted(Tensor y, Tensor a, vjp_fn vjp, const char* label, Py_ssize_t i0, Py_ssize_t i1):
    """`y`, recorded as a view of `a` if a graph is wanted; the two numbers are for the gradient rule."""
    cdef Node n
    if recording(a):
        record_view(y, a, vjp, label)
        n = <Node>y.node
        n.i0 = i0
        n.i1 = i1
    return y

cdef int shape_vjp(Node n, Tensor g, Run run) except -1:
    """For ops that only rename the shape: the gradient takes the input's."""
    cdef Py_ssize_t shape[64]
    cdef int ndim = edge_shape(n, 0, shape)
    return give(run, n, 0, reshape_to(g, ndim, shape))

cdef int same_vjp(Node n, Tensor g, Run run) except -1:
    return give(run, n, 0, g)

cdef Tensor shared(Tensor a):
    """A view of the whole tensor (x[...])."""
    return noted(view(a, a.ndim_, a.shape_, a.strides, a.offset), a, same_vjp, b"AliasBackward0", 0, 0)

cdef int conj_vjp(Node n, Tensor g, Run run) except -1:
    return give(run, n, 0, conj_of(g))

cdef Tensor conj_view(Tensor a):
    """The conjugate of a complex tensor: a view that says so, or no longer does."""
    cdef Tensor y = view(a, a.ndim_, a.shape_, a.strides, a.offset)
    y.flags ^= F_CONJ
    return noted(y, a, conj_vjp, b"ConjBackward0", 0, 0)

# transpose, t, T, mT, H, mH -------------------------------------------------------------------------------------------
cdef int transpose_vjp(Node n, Tensor g, Run run) except -1:
    return give(run, n, 0, transpose_of(g, <int>n.i0, <int>n.i1))

cdef Tensor swapped(Tensor a, int d0, int d1, const char* label):
    cdef Tensor y = view(a, a.ndim_, a.shape_, a.strides, a.offset)
    if d0 != d1:
        y.shape_[d0], y.shape_[d1] = a.shape_[d1], a.shape_[d0]
        y.strides[d0], y.strides[d1] = a.strides[d1], a.strides[d0]
        finish_geometry(y)
    return noted(y, a, transpose_vjp, label, d0, d1)

cdef Tensor transpose_of(Tensor a, int d0, int d1):
    return swapped(a, d0, d1, b"TransposeBackward0")

def transpose(Tensor input not None, dim0, dim1):
    """transpose(input, dim0, dim1) -> Tensor

    A view with two dimensions exchanged. IndexError for a dimension that is not there.

    >>> import lucet
    >>> lucet.transpose(lucet.tensor([[1, 2, 3], [4, 5, 6]]), 0, 1)
    tensor([[1, 4],
            [2, 5],
            [3, 6]])
    """
    if intercepted(input):
        result = view_call(transpose, (input, dim0, dim1), {})
        if result is not passed:
            return result
    cdef int d0 = dim_of(dim0, input.ndim_, b"transpose"), d1 = dim_of(dim1, input.ndim_, b"transpose")
    return transpose_of(input, d0, d1) if input.ndim_ else shared(input)

def swapaxes(Tensor input not None, axis0, axis1):
    """swapaxes(input, axis0, axis1) -> Tensor

    NumPy's name for `transpose`.

    >>> import lucet
    >>> lucet.swapaxes(lucet.zeros(2, 3), 0, 1).shape
    lucet.Size([3, 2])
    """
    return transpose(input, axis0, axis1)

def swapdims(Tensor input not None, dim0, dim1):
    """swapdims(input, dim0, dim1) -> Tensor

    Another name for `transpose`.

    >>> import lucet
    >>> lucet.swapdims(lucet.zeros(2, 3), 0, 1).shape
    lucet.Size([3, 2])
    """
    return transpose(input, dim0, dim1)

def t(Tensor input not None):
    """t(input) -> Tensor

    A matrix transposed, as a view; tensors of one or no dimension as they are. ShapeError for more than two dimensions.

    >>> import lucet
    >>> lucet.t(lucet.zeros(2, 3)).shape
    lucet.Size([3, 2])
    """
    if intercepted(input):
        result = view_call(t, (input,), {})
        if result is not passed:
            return result
    if input.ndim_ > 2:
        raise error(
            ShapeError,
            f"t() expects a tensor with <= 2 dimensions, but self is {input.ndim_}D",
            facts=[describe(input)], fix="mT, or transpose(dim0, dim1)",
        )
    return swapped(input, 0, input.ndim_ - 1 if input.ndim_ else 0, b"TBackward0") if input.ndim_ else shared(input)

cdef Tensor _matrix_transpose(Tensor a, str name):
    if intercepted(a):
        result = view_call(transpose, (a, -2, -1), {})
        if result is not passed:
            return result
    if a.ndim_ == 0:
        warn_once(f"Tensor.{name} is deprecated on 0-D tensors. " + ("Consider using x.conj()." if name == "mH" else "This function is the identity in these cases."))
        return shared(a)
    if a.ndim_ == 1:
        raise error(
            ShapeError,
            f"tensor.{name} is only supported on matrices or batches of matrices. Got 1-D tensor.",
            facts=[describe(a)],
        )
    return transpose_of(a, a.ndim_ - 2, a.ndim_ - 1)

def adjoint(Tensor input not None):
    """adjoint(input) -> Tensor

    The last two dimensions exchanged, of a complex tensor conjugated too, as a view (see `conj`). ShapeError for one dimension.

    >>> import lucet
    >>> lucet.adjoint(lucet.zeros(4, 2, 3)).shape
    lucet.Size([4, 3, 2])
    """
    return _adjoint(input, "mH")

cdef Tensor _adjoint(Tensor a, str name):
    if a.code < COMPLEX64:
        return _matrix_transpose(a, name)
    return conj_view(_matrix_transpose(a, name)) if is_plain(a) else OPS["conj"].function(_matrix_transpose(a, name))

def _get_t(Tensor self not None):
    if intercepted(self):
        result = view_call(permute, (self, tuple(range(self.ndim_ - 1, -1, -1))), {})
        if result is not passed:
            return result
    cdef int order[64]
    cdef int i
    if self.ndim_ != 2:
        warn_once(
            "The use of `x.T` on tensors of dimension other than 2 to reverse their shape is deprecated: `x.mT` transposes batches of matrices, "
            "`x.permute` takes any order"
        )
    for i in range(self.ndim_):
        order[i] = self.ndim_ - 1 - i
    return permute_by(self, order)

def _get_mt(Tensor self not None):
    return _matrix_transpose(self, "mT")

def _get_mh(Tensor self not None):
    return _adjoint(self, "mH")

def _get_h(Tensor self not None):
    if self.ndim_ == 1 or self.ndim_ > 2:
        raise error(
            ShapeError,
            f"tensor.H is only supported on matrices (2-D tensors). Got {self.ndim_}-D tensor.",
            facts=[describe(self)], fix="mH for batches of matrices",
        )
    return _adjoint(self, "H")

op(transpose, family="shape", formula="swapaxes(input, dim0, dim1)",
   samples=lambda r: [(r(2, 3, 4), 0, 2), (r(2, 3), -1, 0), (r(0, 2), 0, 1)])
op(swapaxes, family="shape", formula="swapaxes(input, axis0, axis1)", samples=lambda r: [(r(2, 3, 4), 0, 1)])
op(swapdims, family="shape", formula="swapaxes(input, dim0, dim1)", samples=lambda r: [(r(2, 3, 4), 0, 1)])
op(t, family="shape", formula="input.T", samples=lambda r: [(r(2, 3),), (r(3),), (r(),), (r(0, 2),)])
op(adjoint, family="shape", formula="conj(swapaxes(input, -2, -1))",
   samples=lambda r: [(r(2, 3),), (r(4, 2, 3),), (OPS["complex"].function(r(2, 3), r(2, 3)),)])
attach("T", property(_get_t, doc="The dimensions in reverse order, as a view."))
attach("mT", property(_get_mt, doc="The last two dimensions exchanged, as a view."))
attach("H", property(_get_h, doc="A matrix transposed and conjugated, as a view. Matrices only."))
attach("mH", property(_get_mh, doc="The last two dimensions exchanged and conjugated, as a view."))

# permute, movedim -----------------------------------------------------------------------------------------------------
cdef int permute_vjp(Node n, Tensor g, Run run) except -1:
    cdef int back[64]
    cdef int i
    order = <tuple>n.extra
    for i in range(len(order)):
        back[<int>order[i]] = i
    return give(run, n, 0, permute_by(g, back))

cdef Tensor permute_by(Tensor a, const int* order):
    """Dimension i of the result is dimension order[i] of `a`."""
    cdef Tensor y = view(a, a.ndim_, a.shape_, a.strides, a.offset)
    cdef int i
    for i in range(a.ndim_):
        y.shape_[i] = a.shape_[order[i]]
        y.strides[i] = a.strides[order[i]]
    finish_geometry(y)
    if recording(a):
        record_view(y, a, permute_vjp, b"PermuteBackward0")
        (<Node>y.node).extra = tuple([order[i] for i in range(a.ndim_)])
    return y

def permute(Tensor input not None, *args, dims=None):
    """permute(input, dims) -> Tensor

    A view with the dimensions in the order `dims`; as a method the dimensions may be given one by one.
    RuntimeError unless each dimension is named once.

    >>> import lucet
    >>> lucet.permute(lucet.zeros(2, 3, 4), (2, 0, 1)).shape
    lucet.Size([4, 2, 3])
    """
    if intercepted(input):
        result = view_call(permute, (input, *args), {} if dims is None else {"dims": dims})
        if result is not passed:
            return result
    cdef Py_ssize_t asked[64]
    cdef int order[64]
    cdef bint seen[64]
    cdef int i, n = ints_of(args, dims, asked, b"permute", b"dims")
    if n != input.ndim_:
        raise error(
            ShapeError,
            "permute: number of dimensions in the tensor input does not match the length of the desired ordering "
            f"of dimensions, {input.ndim_} and {n}",
            facts=[describe(input)],
        )
    for i in range(n):
        seen[i] = False
    for i in range(n):
        order[i] = dim_of(asked[i], n, b"permute")
        if seen[order[i]]:
            raise RuntimeError(f"permute: duplicate dims are not allowed, got {sizes_list(n, asked)}")
        seen[order[i]] = True
    return permute_by(input, order)

def movedim(Tensor input not None, source, destination):
    """movedim(input, source, destination) -> Tensor

    A view with the dimensions `source` moved to the positions `destination` (ints or tuples of one length), the others in order.
    RuntimeError for lengths that differ or a dimension named twice.

    >>> import lucet
    >>> lucet.movedim(lucet.zeros(2, 3, 4), 0, -1).shape
    lucet.Size([3, 4, 2])
    """
    if intercepted(input):
        result = view_call(movedim, (input, source, destination), {})
        if result is not passed:
            return result
    cdef int order[64]
    cdef int rest = 0, i
    sources = _moved(source, input.ndim_, "source")
    targets = _moved(destination, input.ndim_, "destination")
    if len(sources) != len(targets):
        raise RuntimeError(
            f"movedim: Invalid source or destination dims: source ({sources} dims) should contain the same number of dims as destination ({targets} dims)"
        )
    if input.ndim_ == 0:
        return shared(input)
    others = [d for d in range(input.ndim_) if d not in sources]
    places = dict(zip(targets, sources))
    for i in range(input.ndim_):
        if i in places:
            order[i] = places[i]
        else:
            order[i] = others[rest]
            rest += 1
    return permute_by(input, order)

cdef list _moved(object dims, int ndim, str what):
    found = [dim_of(d, ndim, b"movedim") for d in (dims if isinstance(dims, (tuple, list)) else (dims,))]
    if len(set(found)) != len(found):
        raise RuntimeError(f"movedim: repeated dim in `{what}` ({found})")
    return found

def moveaxis(Tensor input not None, source, destination):
    """moveaxis(input, source, destination) -> Tensor

    NumPy's name for `movedim`.

    >>> import lucet
    >>> lucet.moveaxis(lucet.zeros(2, 3, 4), (0, 1), (1, 0)).shape
    lucet.Size([3, 2, 4])
    """
    return movedim(input, source, destination)

op(permute, family="shape", formula="transpose(input, args[0])",
   samples=lambda r: [(r(2, 3, 4), (2, 0, 1)), (r(2, 3), (-1, 0)), (r(), ()), (r(0, 2), (1, 0))])
op(movedim, family="shape", formula="moveaxis(input, source, destination)",
   samples=lambda r: [(r(2, 3, 4), 0, 2), (r(2, 3, 4), (0, 1), (1, 2))])
op(moveaxis, family="shape", formula="moveaxis(input, source, destination)", samples=lambda r: [(r(2, 3, 4), 0, 2)])

# unsqueeze, squeeze ---------------------------------------------------------------------------------------------------
cdef Tensor _unsqueezed(Tensor a, int dim):
    """The view, not recorded."""
    cdef Py_ssize_t shape[65]
    cdef Py_ssize_t strides[65]
    cdef int i
    if a.ndim_ == MAX_DIMS:
        raise error(ShapeError, f"unsqueeze: {MAX_DIMS + 1} dimensions, at most {MAX_DIMS} are supported")
    for i in range(dim):
        shape[i] = a.shape_[i]
        strides[i] = a.strides[i]
    shape[dim] = 1
    strides[dim] = a.shape_[dim] * a.strides[dim] if dim < a.ndim_ else 1
    for i in range(dim, a.ndim_):
        shape[i + 1] = a.shape_[i]
        strides[i + 1] = a.strides[i]
    return view(a, a.ndim_ + 1, shape, strides, a.offset)

cdef Tensor unsqueeze_at(Tensor a, int dim):
    return noted(_unsqueezed(a, dim), a, shape_vjp, b"UnsqueezeBackward0", 0, 0)

cdef Tensor _squeezed(Tensor a, const bint* drop):
    """Without the dimensions of size 1 that are marked; not recorded."""
    cdef Py_ssize_t shape[64]
    cdef Py_ssize_t strides[64]
    cdef int i, n = 0
    for i in range(a.ndim_):
        if a.shape_[i] == 1 and drop[i]:
            continue
        shape[n] = a.shape_[i]
        strides[n] = a.strides[i]
        n += 1
    return view(a, n, shape, strides, a.offset)

cdef Tensor squeeze_at(Tensor a, int dim):
    cdef bint drop[64]
    cdef int i
    for i in range(a.ndim_):
        drop[i] = i == dim
    return noted(_squeezed(a, drop), a, shape_vjp, b"SqueezeBackward1", 0, 0)

def unsqueeze(Tensor input not None, dim):
    """unsqueeze(input, dim) -> Tensor

    A view with a dimension of size 1 put in at `dim`, -ndim - 1 <= dim <= ndim. IndexError for others.

    >>> import lucet
    >>> lucet.unsqueeze(lucet.zeros(2, 3), -1).shape
    lucet.Size([2, 3, 1])
    """
    if intercepted(input):
        result = view_call(unsqueeze, (input, dim), {})
        if result is not passed:
            return result
    return unsqueeze_at(input, dim_of(dim, input.ndim_ + 1, b"unsqueeze"))

cdef const char* _marked(object dim, int ndim, bint* drop, const char* op) except NULL:
    """Mark the dimensions to drop; returns torch's name for this form of squeeze."""
    cdef int dims[64]
    cdef int i, n
    for i in range(ndim):
        drop[i] = dim is None
    if dim is None:
        return b"SqueezeBackward0"
    n = dims_of(dim, ndim, dims, op)
    if ndim:
        for i in range(n):
            drop[dims[i]] = True
    return b"SqueezeBackward2" if isinstance(dim, (tuple, list)) else b"SqueezeBackward1"

def squeeze(Tensor input not None, dim=None):
    """squeeze(input, dim=None) -> Tensor

    A view without its dimensions of size 1: all, or those of `dim` (an int or a tuple) that have size 1.
    IndexError for a dimension that is not there, RuntimeError for one named twice.

    >>> import lucet
    >>> lucet.squeeze(lucet.zeros(1, 3, 1), 0).shape
    lucet.Size([3, 1])
    """
    if intercepted(input):
        result = view_call(squeeze, (input,) if dim is None else (input, dim), {})
        if result is not passed:
            return result
    cdef bint drop[64]
    cdef const char* label = _marked(dim, input.ndim_, drop, b"squeeze")
    return noted(_squeezed(input, drop), input, shape_vjp, label, 0, 0)

def unsqueeze_(Tensor input not None, dim):
    if intercepted(input):
        result = view_call(unsqueeze_, (input, dim), {})
        if result is not passed:
            return result
    return _inplace(input, _unsqueezed(input, dim_of(dim, input.ndim_ + 1, b"unsqueeze_")), shape_vjp, b"UnsqueezeBackward1", b"unsqueeze_", 0, 0)

def squeeze_(Tensor input not None, dim=None):
    if intercepted(input):
        result = view_call(squeeze_, (input,) if dim is None else (input, dim), {})
        if result is not passed:
            return result
    cdef bint drop[64]
    _marked(dim, input.ndim_, drop, b"squeeze_")
    return _inplace(input, _squeezed(input, drop), shape_vjp, b"SqueezeBackward3", b"squeeze_", 0, 0)

op(unsqueeze, inplace=unsqueeze_, family="shape", formula="expand_dims(input, dim)",
   samples=lambda r: [(r(2, 3), 0), (r(2, 3), -1), (r(), 0), (r(0, 2), 1)])
op(squeeze, inplace=squeeze_, family="shape", formula="squeeze(input, dim)",
   samples=lambda r: [(r(1, 3, 1),), (r(1, 3, 1), 0), (r(1, 3, 1), (0, 2)), (r(),)])

# The in-place forms change what the tensor is, not its elements --------------------------------------------------------
cdef object _inplace(Tensor a, Tensor changed, vjp_fn vjp, const char* label, const char* op, Py_ssize_t i0, Py_ssize_t i1, object extra=None):
    """Give `a` the geometry of `changed` (a view of it), recorded as an op in place."""
    cdef bint will_record = recording(a)
    cdef Node n = None
    check_change(a, will_record, op)
    if will_record:
        n = new_node(vjp, label, 1)
        connect(n, 0, a)
        n.i0 = i0
        n.i1 = i1
        n.extra = extra
    take_geometry(a, changed)
    a.accumulator = NULL                     # made for the old shape
    bump(a, op)
    if will_record:
        rebase(a, n)
    return a

def transpose_(Tensor input not None, dim0, dim1):
    """Exchange two dimensions of this tensor in place: it becomes what `transpose` returns."""
    if intercepted(input):
        result = view_call(transpose_, (input, dim0, dim1), {})
        if result is not passed:
            return result
    cdef int d0 = dim_of(dim0, input.ndim_, b"transpose_"), d1 = dim_of(dim1, input.ndim_, b"transpose_")
    return _inplace(input, _replayed_swap(input, d0, d1), transpose_vjp, b"TransposeBackward1", b"transpose_", d0, d1)

cdef Tensor _replayed_swap(Tensor a, int d0, int d1):
    """The swapped geometry over a plain alias, so that nothing is recorded."""
    return swapped(alias(a), d0, d1, b"") if a.ndim_ else alias(a)

def t_(Tensor input not None):
    """Transpose this matrix in place: it becomes what `t` returns."""
    if intercepted(input):
        result = view_call(t_, (input,), {})
        if result is not passed:
            return result
    if input.ndim_ > 2:
        raise error(
            ShapeError,
            f"t_() expects a tensor with <= 2 dimensions, but self is {input.ndim_}D",
            facts=[describe(input)],
        )
    cdef int last = input.ndim_ - 1 if input.ndim_ else 0
    return _inplace(input, _replayed_swap(input, 0, last), transpose_vjp, b"TBackward1", b"t_", 0, last)

def swapaxes_(Tensor input not None, axis0, axis1):
    """In-place form of `swapaxes`."""
    return transpose_(input, axis0, axis1)

def swapdims_(Tensor input not None, dim0, dim1):
    """In-place form of `swapdims`."""
    return transpose_(input, dim0, dim1)

for _form in (transpose_, t_, swapaxes_, swapdims_):
    attach(_form.__name__, _form)

# expand ---------------------------------------------------------------------------------------------------------------
cdef Tensor expand_to(Tensor a, int ndim, const Py_ssize_t* shape):
    """`a` broadcast to `shape` (-1 keeps a size), as a view with steps of 0; the gradient is summed where it is delivered."""
    cdef Py_ssize_t sizes[64]
    cdef Py_ssize_t strides[64]
    cdef Py_ssize_t size
    cdef int i = ndim - 1, lead
    if ndim < a.ndim_:
        raise error(
            ShapeError,
            f"expand: the number of sizes provided ({ndim}) must be greater or equal to the number of dimensions in "
            f"the tensor ({a.ndim_})",
            facts=[f"{describe(a)}, sizes {sizes_list(ndim, shape)}"],
        )
    while i >= 0:
        lead = i - (ndim - a.ndim_)
        if lead >= 0:
            size = a.shape_[lead]
            strides[i] = a.strides[lead]
        else:
            size = 1
            strides[i] = sizes[i + 1] * strides[i + 1] if a.ndim_ else 0
        sizes[i] = shape[i]
        if shape[i] == -1:
            if lead < 0:
                raise error(
                    ShapeError,
                    f"The expanded size of the tensor (-1) isn't allowed in a leading, non-existing dimension {i}",
                    facts=[describe(a)],
                )
            sizes[i] = size
        elif shape[i] != size:
            if size != 1 or shape[i] < 0:
                raise error(
                    ShapeError,
                    f"The expanded size of the tensor ({shape[i]}) must match the existing size ({size}) at non-singleton "
                    f"dimension {i}.  Target sizes: {sizes_list(ndim, shape)}.  Tensor sizes: {sizes_list(a.ndim_, a.shape_)}",
                )
            strides[i] = 0
        i -= 1
    checked_numel(ndim, sizes, a.code)
    return noted(view(a, ndim, sizes, strides, a.offset), a, same_vjp, b"ExpandBackward0", 0, 0)

def expand(Tensor input not None, *args, size=None, bint implicit=False):
    """expand(input, *size) -> Tensor

    A view of `input` with dimensions of size 1 repeated to `size`; -1 keeps a size, new dimensions come first. No memory is used.
    ShapeError for sizes that do not fit.

    >>> import lucet
    >>> lucet.tensor([[1], [2]]).expand(2, 3)
    tensor([[1, 1, 1],
            [2, 2, 2]])
    """
    if intercepted(input):
        result = view_call(expand, (input, *args), {} if size is None else {"size": size})
        if result is not passed:
            return result
    cdef Py_ssize_t shape[64]
    cdef int n = ints_of(args, size, shape, b"expand", b"size")
    return expand_to(input, n, shape)

def expand_as(Tensor input not None, Tensor other not None):
    """expand_as(input, other) -> Tensor

    `input` expanded to the shape of `other`, as a view.

    >>> import lucet
    >>> lucet.tensor([1, 2]).expand_as(lucet.zeros(3, 2)).shape
    lucet.Size([3, 2])
    """
    if intercepted(input) or not is_plain(other):
        result = view_call(expand_as, (input, other), {})
        if result is not passed:
            return result
    return expand_to(input, other.ndim_, other.shape_)

def broadcast_to(Tensor input not None, size):
    """broadcast_to(input, size) -> Tensor

    `input` expanded to `size`, as a view. ShapeError for sizes that do not fit.

    >>> import lucet
    >>> lucet.broadcast_to(lucet.tensor([1, 2]), (2, 2))
    tensor([[1, 2],
            [1, 2]])
    """
    if intercepted(input):
        result = view_call(broadcast_to, (input, size), {})
        if result is not passed:
            return result
    cdef Py_ssize_t shape[64]
    cdef int n = ints_of((), size, shape, b"broadcast_to", b"size")
    return expand_to(input, n, shape)

def _broadcast_method(Tensor input not None, *args, size=None):
    """The tensor expanded to `size`, as a view; sizes may be given one by one."""
    return broadcast_to(input, args[0] if len(args) == 1 and size is None else args if size is None else size)

op(expand, public=False, family="shape", formula="broadcast_to(input, args[0])",
   samples=lambda r: [(r(3, 1), (2, 3, 4)), (r(), (2,)), (r(1), (0,))])
op(expand_as, public=False, family="shape", formula="broadcast_to(input, other.shape)", samples=lambda r: [(r(3, 1), r(2, 3, 4))])
op(broadcast_to, method=False, family="shape", formula="broadcast_to(input, size)",
   samples=lambda r: [(r(3, 1), (2, 3, 4)), (r(), (2,))])
attach("broadcast_to", dress(_broadcast_method, "broadcast_to", None))
