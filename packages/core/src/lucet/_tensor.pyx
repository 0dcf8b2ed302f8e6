"""Tensor: element type, shape, strides and offset over a storage; views, versions, operator slots, element access.

Ops are attached from above (`attach`, `slots`); nothing here knows an op or the graph.
"""

cimport cython
from cpython.object cimport PyObject, PyTypeObject, Py_LT, Py_LE, Py_EQ, Py_NE, Py_GT
from cpython.ref cimport Py_INCREF, Py_DECREF
from cpython.mem cimport PyMem_Malloc, PyMem_Free, PyMem_Realloc
from cpython.long cimport PyLong_Check, PyLong_CheckExact, PyLong_AsLongLongAndOverflow
from cpython.list cimport PyList_New, PyList_SET_ITEM
from cpython.tuple cimport PyTuple_SET_ITEM
from libc.stdint cimport int8_t, int16_t, int32_t, int64_t, uint8_t, uint16_t
from lucet._dtype cimport (
    BOOL, UINT8, INT8, INT16, INT32, INT64, FLOAT16, BFLOAT16, FLOAT32, FLOAT64, COMPLEX64,
    dtype_object, code_of,
)
from lucet._storage cimport new_storage
cimport lucet._modes as _modes_c
from lucet._modes cimport thread_state

from lucet import _modes
from lucet._errors import DeviceError, DtypeError, RangeError, ShapeError, error, warn_once
from lucet._size import Size

cdef extern from "dealloc.h":
    ctypedef void (*Dealloc "destructor")(PyObject*) noexcept
    Dealloc set_dealloc "lucet_set_dealloc"(PyObject*, Dealloc) noexcept
    void forget "PyObject_GC_UnTrack"(PyObject*) noexcept

cdef extern from "half_scalar.h":
    float lucet_half_to_float(uint16_t h) nogil
    float lucet_bfloat_to_float(uint16_t h) nogil

cdef extern from "Python.h":
    void PyType_Modified(PyTypeObject*)
    void Py_CLEAR(PyObject*)
    object PyObject_GenericGetDict(object, void*)
    int PyObject_GenericSetDict(object, object, void*) except -1
    ctypedef struct TypeWithDict "PyTypeObject":
        PyObject* tp_dict
        const char* tp_name
    bint PyType_HasFeature(PyTypeObject*, unsigned long)
    unsigned long Py_TPFLAGS_HEAPTYPE

cdef extern from *:
    """
    /* The instance's dictionary is made when it is first asked for: Cython's own `__dict__` would be made and freed with every
       tensor, a fifth of the time of a small op. These two stand before the type's own traverse and clear. */
    static Py_ssize_t lucet_attributes_at;
    static traverseproc lucet_traverse_rest;
    static inquiry lucet_clear_rest;
    #define LUCET_ATTRIBUTES(o) (*(PyObject **)((char *)(o) + lucet_attributes_at))
    static int lucet_traverse(PyObject *o, visitproc visit, void *arg) {
        Py_VISIT(LUCET_ATTRIBUTES(o));
        return lucet_traverse_rest(o, visit, arg);
    }
    static int lucet_clear(PyObject *o) {
        Py_CLEAR(LUCET_ATTRIBUTES(o));
        return lucet_clear_rest(o);
    }
    static void lucet_lazy_attributes(PyObject *example, PyObject **field) {
        PyTypeObject *type = Py_TYPE(example);
        lucet_attributes_at = type->tp_dictoffset = (char *)field - (char *)example;
        lucet_traverse_rest = type->tp_traverse;
        lucet_clear_rest = type->tp_clear;
        type->tp_traverse = lucet_traverse;
        type->tp_clear = lucet_clear;
        PyType_Modified(type);
    }
    static lucet_version *lucet_free_versions = NULL;
    static lucet_version *lucet_version_new(void) {
        lucet_version *v = lucet_free_versions;
        if (v) lucet_free_versions = v->next;
        else v = PyMem_Malloc(sizeof *v);
        if (v) { v->refs = 1; v->value = 0; v->op = NULL; }
        return v;
    }
    static void lucet_version_decref(lucet_version *v) {
        if (v && --v->refs == 0) { v->next = lucet_free_versions; lucet_free_versions = v; }
    }
    /* A tuple of a subtype that adds nothing, to be filled. */
    static PyObject *lucet_new_tuple(PyObject *type, Py_ssize_t n) { return ((PyTypeObject *)type)->tp_alloc((PyTypeObject *)type, n); }
    """
    object new_tuple "lucet_new_tuple"(object, Py_ssize_t)
    void lazy_attributes "lucet_lazy_attributes"(object, PyObject**)
    Version* version_new "lucet_version_new"()
    void version_decref "lucet_version_decref"(Version*)


# --- release without recursion --------------------------------------------------------------------------------------
# A graph is a chain of nodes that own each other through saved tensors; releasing it by plain reference counts would
# recurse once per op. Whoever dies here hands its last references to this stack, and the outermost death empties it.
cdef PyObject** _graves = NULL
cdef Py_ssize_t _num_graves = 0, _room = 0
cdef bint _draining = False


cdef void bury(object thing) noexcept:
    """Drop one reference to `thing` (which the caller is about to drop too), later if it would be the last."""
    global _graves, _num_graves, _room
    cdef PyObject** grown
    if _num_graves == _room:
        grown = <PyObject**>PyMem_Realloc(_graves, (_room * 2 + 64) * sizeof(PyObject*))
        if grown == NULL:
            return
        _graves = grown
        _room = _room * 2 + 64
    Py_INCREF(thing)
    _graves[_num_graves] = <PyObject*>thing
    _num_graves += 1


cdef void drain() noexcept:
    global _num_graves, _draining
    if _draining:
        return
    _draining = True
    while _num_graves:
        _num_graves -= 1
        Py_DECREF(<object>_graves[_num_graves])
    _draining = False


# --- operator slots -------------------------------------------------------------------------------------------------
cdef Slots _slots
cdef PyTypeObject* parameter_type = NULL


cdef object _no_binary(object a, object b):
    return NotImplemented


cdef object _no_unary(Tensor a):
    raise TypeError("this operator is not defined for tensors")


cdef object _no_index(Tensor a, object index, object value):
    raise TypeError("indexing is not available")


def _init_slots():
    cdef int i
    for i in range(NUM_BINARY_SLOTS):
        _slots.binary[i] = _no_binary
    for i in range(NUM_UNARY_SLOTS):
        _slots.unary[i] = _no_unary
    _slots.getitem = _no_index
    _slots.setitem = _no_index


_init_slots()


cdef Slots* slots() noexcept:
    return &_slots


def attach(str name, thing) -> None:
    """Put a function or property into the Tensor type under `name`; it behaves as if written in the class."""
    cdef PyTypeObject* kind = <PyTypeObject*>Tensor
    (<dict><object>(<TypeWithDict*>kind).tp_dict)[name] = thing
    PyType_Modified(kind)


cdef list _shown_names = []             # the bytes that renamed types point to


def show_as(kind, str name) -> None:
    """Let a class of this package go by its public name ("lucet.Tensor"): in repr, messages, documentation and pickles."""
    cdef PyTypeObject* t = <PyTypeObject*>kind
    module, _, short = name.rpartition(".")
    if PyType_HasFeature(t, Py_TPFLAGS_HEAPTYPE):
        kind.__module__, kind.__name__, kind.__qualname__ = module, short, short
        return
    cdef bytes full = name.encode()
    _shown_names.append(full)
    (<TypeWithDict*>t).tp_name = full       # a static type, as Cython makes them, has one field for both
    (<dict><object>(<TypeWithDict*>t).tp_dict)["__module__"] = module
    PyType_Modified(t)


def register_exact_type(kind) -> None:
    """Name the one subclass (Parameter) whose instances ops treat as plain tensors."""
    global parameter_type
    if not issubclass(kind, Tensor):
        raise TypeError(f"register_exact_type: {kind!r} is not a subclass of Tensor")
    Py_INCREF(kind)
    parameter_type = <PyTypeObject*>kind
    _modes.plain_types.add(kind)


@cython.binding(False)                       # methods that check their self, as written in C
@cython.embedsignature(True)
@cython.embedsignature.format("clinic")
@cython.freelist(512)
cdef class Tensor:
    """An n-dimensional array of one element type, possibly part of a graph of operations.

    Made by `lucet.tensor`, `lucet.zeros` and the other factories. `Tensor(2, 3)` gives an uninitialised float tensor of
    that shape, `Tensor(data)` a float copy of nested sequences.

    >>> import lucet
    >>> lucet.tensor([[1., 2.], [3., 4.]]).sum(0)
    tensor([4., 6.])
    """

    def __cinit__(self):
        self.shape_ = self.dims
        self.strides = self.dims + INLINE_DIMS
        self.storage = _nothing
        self.code = FLOAT32
        self.ndim_ = 1
        self.strides[0] = 1
        self.flags = F_CONTIGUOUS

    def __init__(self, *args, dtype=None, device=None, size=None):
        if self.storage is _nothing:
            from lucet._ops.create import _legacy_new
            _adopt(self, _legacy_new(args if size is None else tuple(size), dtype, device))

    # --- what a tensor is ---
    @property
    def __dict__(self):
        return PyObject_GenericGetDict(self, NULL)

    @__dict__.setter
    def __dict__(self, value):
        PyObject_GenericSetDict(self, value, NULL)

    @property
    def shape(self):
        """The sizes of the dimensions, a `lucet.Size`."""
        return shape_tuple(self)

    @property
    def dtype(self):
        """The element type, such as `lucet.float32`."""
        return dtype_object(self.code)

    @property
    def ndim(self):
        """Number of dimensions."""
        return self.ndim_

    @property
    def device(self):
        """Where the elements live: `device(type='cpu')`, or `meta` for tensors without elements."""
        return _META if is_meta(self) else _CPU

    @property
    def layout(self):
        """Always `lucet.strided`."""
        return _strided

    @property
    def itemsize(self):
        """Bytes of one element."""
        return itemsize_of[self.code]

    @property
    def nbytes(self):
        """Bytes of all elements, without gaps."""
        return self.numel_ * itemsize_of[self.code]

    def element_size(self):
        """Bytes of one element."""
        return itemsize_of[self.code]

    def numel(self):
        """Number of elements."""
        return self.numel_

    def nelement(self):
        """Number of elements."""
        return self.numel_

    def dim(self):
        """Number of dimensions."""
        return self.ndim_

    def ndimension(self):
        """Number of dimensions."""
        return self.ndim_

    def size(self, dim=None):
        """The shape, or the size of dimension `dim` as an int. Raises IndexError for a dimension that is not there."""
        if dim is None:
            return shape_tuple(self)
        return self.shape_[_own_dim(dim, self.ndim_, "size")]

    def stride(self, dim=None):
        """Steps in elements between neighbours along each dimension, as a tuple, or along `dim`."""
        cdef int i
        if dim is None:
            return tuple([self.strides[i] for i in range(self.ndim_)])
        return self.strides[_own_dim(dim, self.ndim_, "stride")]

    def storage_offset(self):
        """Position of the first element in the storage, in elements."""
        return self.offset

    def untyped_storage(self):
        """The storage: the memory that this tensor shares with its views."""
        return self.storage

    def data_ptr(self):
        """Address of the first element; 0 for meta and empty tensors."""
        return 0 if is_meta(self) or self.numel_ == 0 else <size_t>data_of(self)

    def const_data_ptr(self):
        """`data_ptr`, for who only reads."""
        return self.data_ptr()

    def get_device(self):
        """-1: no device index on CPU."""
        return -1

    def is_contiguous(self, *, memory_format=None):
        """Whether the elements lie in row-major order without gaps, or in the given `memory_format`."""
        if memory_format is None or memory_format is _contiguous_format:
            return is_contiguous(self)
        return _is_in_format(self, memory_format)

    def is_floating_point(self):
        """True for float16, bfloat16, float32 and float64."""
        return FLOAT16 <= self.code <= FLOAT64

    def is_complex(self):
        """True for complex64 and complex128."""
        return self.code >= COMPLEX64

    def is_signed(self):
        """False for uint8 and bool."""
        return self.code != UINT8 and self.code != BOOL

    def is_inference(self):
        """Whether the tensor was made in inference mode."""
        return (self.flags & F_INFERENCE) != 0

    def is_shared(self):
        """Whether other processes see the memory: never, in this release."""
        return False

    def share_memory_(self):
        """Not offered yet: there is no memory that processes share. Raises NotImplementedError.

        >>> import lucet
        >>> lucet.zeros(2).share_memory_()
        Traceback (most recent call last):
            ...
        NotImplementedError: share_memory_: tensors cannot be shared between processes yet; pickled, or put in a queue, they are copied
        """
        raise NotImplementedError(
            "share_memory_: tensors cannot be shared between processes yet; pickled, or put in a queue, they are copied"
        )

    def is_same_size(self, Tensor other not None):
        """Whether `other` has the same shape."""
        return same_shape(self, other)

    def is_set_to(self, Tensor tensor not None):
        """Whether `tensor` shows the same elements of the same storage in the same shape and strides."""
        cdef int i
        if self.storage is not tensor.storage or self.offset != tensor.offset or not same_shape(self, tensor):
            return False
        if is_lazy(self) != is_lazy(tensor):
            return False
        for i in range(self.ndim_):
            if self.strides[i] != tensor.strides[i]:
                return False
        return True

    def is_distributed(self):
        """False: tensors live in one process."""
        return False

    def is_pinned(self, device=None):
        """False: there is no page-locked memory without an accelerator."""
        return False

    def is_conj(self):
        """Whether the elements are the conjugates of what the storage holds: of `conj` of a complex tensor, and views of it.

        >>> import lucet
        >>> lucet.tensor([1 + 2j]).conj().is_conj()
        True
        """
        return is_lazy(self)

    def is_neg(self):
        """False: negation is never lazy here."""
        return False

    is_cuda = property(lambda self: False, doc="False: there is no such device here.")
    is_cpu = property(lambda self: self.device is _CPU, doc="Whether the elements are in main memory.")
    is_meta = property(lambda self: self.device is _META, doc="Whether the tensor has a shape but no elements.")
    is_mps = property(lambda self: False, doc="False: there is no such device here.")
    is_xpu = property(lambda self: False, doc="False: there is no such device here.")
    is_sparse = property(lambda self: False, doc="False: tensors are dense.")
    is_sparse_csr = property(lambda self: False, doc="False: tensors are dense.")
    is_quantized = property(lambda self: False, doc="False: tensors are not quantized.")
    is_nested = property(lambda self: False, doc="False: tensors are not nested.")
    is_mkldnn = property(lambda self: False, doc="False: there is one memory layout.")
    is_vulkan = property(lambda self: False, doc="False: there is no such device here.")
    is_maia = property(lambda self: False, doc="False: there is no such device here.")
    is_ipu = property(lambda self: False, doc="False: there is no such device here.")
    is_xla = property(lambda self: False, doc="False: there is no such device here.")
    is_mtia = property(lambda self: False, doc="False: there is no such device here.")
    name = property(lambda self: None, doc="None: tensors carry no name.")

    # --- versions and views ---
    @property
    def _version(self):
        """How often the elements were changed in place, shared with views."""
        if self.flags & F_INFERENCE:
            raise RuntimeError("inference tensors do not track a version counter")
        return version_of(self)

    @property
    def _base(self):
        """The tensor that this one is a view of, or None."""
        return self.base

    def _is_view(self):
        """Whether this tensor is a view of another."""
        return self.base is not None

    # --- elements ---
    def item(self):
        """The one element as a Python number. Raises RuntimeError for a tensor of any other size.

        >>> import lucet
        >>> lucet.tensor([2.5]).item()
        2.5
        """
        if self.numel_ != 1:
            raise error(
                ShapeError,
                f"item: a Tensor with {self.numel_} elements cannot be converted to Scalar",
                facts=[describe(self)],
                fix="index one element first, or tolist()",
            )
        _needs_elements(self, "item")
        return _element(self, data_of(self))

    def tolist(self):
        """The elements as nested lists of Python numbers; a number for a tensor without dimensions."""
        _needs_elements(self, "tolist")
        return _tolist(self, 0, data_of(self) if self.numel_ else NULL)

    def __bool__(self):
        if self.numel_ == 0:
            raise RuntimeError("Boolean value of Tensor with no values is ambiguous")
        if self.numel_ > 1:
            raise RuntimeError("Boolean value of Tensor with more than one value is ambiguous")
        _needs_elements(self, "bool")
        return bool(read_element(data_of(self), self.code))

    def __float__(self):
        _note_lost_gradient(self)
        return float(_real_element(self, "double"))

    def __complex__(self):
        _note_lost_gradient(self)
        return complex(_only_element(self))

    def __int__(self):
        return int(_real_element(self, "int64_t"))

    def __index__(self):
        if self.numel_ != 1 or self.code > INT64:
            raise TypeError("only integer tensors of a single element can be converted to an index")
        return int(self.item())

    def __len__(self):
        if self.ndim_ == 0:
            raise TypeError("len() of a 0-d tensor")
        return self.shape_[0]

    def __hash__(self):
        return <size_t><PyObject*>self >> 4

    def __repr__(self):
        from lucet._print import tensor_text
        return tensor_text(self)

    def __format__(self, str spec not None):
        if self.ndim_ == 0 and not is_meta(self) and type(self) is Tensor:
            return format(self.item(), spec)
        if spec:
            raise TypeError(f"unsupported format string passed to {type(self).__name__}.__format__")
        return str(self)

    # --- operators ---
    def __add__(self, other): return _slots.binary[SLOT_ADD](self, other)
    def __radd__(self, other): return _slots.binary[SLOT_ADD](other, self)
    def __sub__(self, other): return _slots.binary[SLOT_SUB](self, other)
    def __rsub__(self, other): return _slots.binary[SLOT_SUB](other, self)
    def __mul__(self, other): return _slots.binary[SLOT_MUL](self, other)
    def __rmul__(self, other): return _slots.binary[SLOT_MUL](other, self)
    def __truediv__(self, other): return _slots.binary[SLOT_TRUEDIV](self, other)

    def __rtruediv__(self, other):
        result = _slots.binary[SLOT_TRUEDIV](other, self)
        return self.reciprocal() * other if result is NotImplemented and _is_array(other) else result

    def __rdiv__(self, other): return _slots.binary[SLOT_TRUEDIV](other, self)
    def __floordiv__(self, other): return _slots.binary[SLOT_FLOORDIV](self, other)
    def __rfloordiv__(self, other): return _slots.binary[SLOT_FLOORDIV](other, self)
    def __mod__(self, other): return _slots.binary[SLOT_MOD](self, other)
    def __rmod__(self, other): return _slots.binary[SLOT_MOD](other, self)
    def __pow__(self, other, modulo): return _slots.binary[SLOT_POW](self, other)
    def __rpow__(self, other, modulo): return _slots.binary[SLOT_POW](other, self)
    def __matmul__(self, other): return _slots.binary[SLOT_MATMUL](self, other)
    def __rmatmul__(self, other): return _slots.binary[SLOT_MATMUL](other, self)
    def __and__(self, other): return _slots.binary[SLOT_AND](self, other)
    def __rand__(self, other): return _slots.binary[SLOT_AND](other, self)
    def __or__(self, other): return _slots.binary[SLOT_OR](self, other)
    def __ror__(self, other): return _slots.binary[SLOT_OR](other, self)
    def __xor__(self, other): return _slots.binary[SLOT_XOR](self, other)
    def __rxor__(self, other): return _slots.binary[SLOT_XOR](other, self)
    def __lshift__(self, other): return _slots.binary[SLOT_LSHIFT](self, other)
    def __rlshift__(self, other): return _slots.binary[SLOT_LSHIFT](other, self)
    def __rshift__(self, other): return _slots.binary[SLOT_RSHIFT](self, other)
    def __rrshift__(self, other): return _slots.binary[SLOT_RSHIFT](other, self)
    def __iadd__(self, other): return _slots.binary[SLOT_IADD](self, other)
    def __isub__(self, other): return _slots.binary[SLOT_ISUB](self, other)
    def __imul__(self, other): return _slots.binary[SLOT_IMUL](self, other)
    def __itruediv__(self, other): return _slots.binary[SLOT_ITRUEDIV](self, other)
    def __ifloordiv__(self, other): return _slots.binary[SLOT_IFLOORDIV](self, other)
    def __imod__(self, other): return _slots.binary[SLOT_IMOD](self, other)
    def __ipow__(self, other): return _slots.binary[SLOT_IPOW](self, other)
    def __iand__(self, other): return _slots.binary[SLOT_IAND](self, other)
    def __ior__(self, other): return _slots.binary[SLOT_IOR](self, other)
    def __ixor__(self, other): return _slots.binary[SLOT_IXOR](self, other)
    def __ilshift__(self, other): return _slots.binary[SLOT_ILSHIFT](self, other)
    def __irshift__(self, other): return _slots.binary[SLOT_IRSHIFT](self, other)
    def __neg__(self): return _slots.unary[SLOT_NEG](self)
    def __pos__(self): return _slots.unary[SLOT_POS](self)
    def __abs__(self): return _slots.unary[SLOT_ABS](self)
    def __invert__(self): return _slots.unary[SLOT_INVERT](self)
    def __getitem__(self, index): return _slots.getitem(self, index, None)
    def __setitem__(self, index, value): _slots.setitem(self, index, value)

    def __iter__(self):
        if self.ndim_ == 0:
            raise TypeError("iteration over a 0-d tensor")
        return iter(self.unbind(0))

    def __reversed__(self):
        return self.flip(0) if self.ndim_ else self

    def __contains__(self, element):
        if not isinstance(element, (Tensor, int, float, complex)):
            raise RuntimeError(f"Tensor.__contains__ only supports Tensor or scalar, but you passed in a {type(element)}.")
        return bool((self == element).any().item())

    def __delitem__(self, index):
        raise TypeError("Tensor does not support deleting items")

    def __richcmp__(self, other, int op):
        cdef int slot = (
            SLOT_LT if op == Py_LT else SLOT_LE if op == Py_LE else SLOT_EQ if op == Py_EQ
            else SLOT_NE if op == Py_NE else SLOT_GT if op == Py_GT else SLOT_GE
        )
        result = _slots.binary[slot](self, other)
        if result is NotImplemented and (op == Py_EQ or op == Py_NE) and _is_array(other):     # NumPy would answer with one bool
            from lucet import tensor
            return _slots.binary[slot](self, tensor(other))
        return result

    # --- copies and pickles ---
    def __reduce_ex__(self, protocol):
        from lucet.serialization._rebuild import reduce_tensor
        return reduce_tensor(self, protocol)

    def __deepcopy__(self, memo):
        cdef Tensor t
        if id(self) in memo:
            return memo[id(self)]
        if self.node is not None:
            raise RuntimeError(
                "Only Tensors created explicitly by the user (graph leaves) support the deepcopy protocol at the moment; detach() it first"
            )
        t = Tensor.__new__(type(self))
        plain = self.detach().resolve_conj() if is_lazy(self) else self      # as in torch, the copy of a lazy conjugate is none
        take_geometry(t, plain)
        t.code = self.code
        t.flags |= self.flags & (F_REQUIRES_GRAD | F_INFERENCE)
        t.storage = (<Tensor>plain).storage.__deepcopy__(memo)
        memo[id(self)] = t
        if self.grad_ is not None:
            t.grad_ = (<Tensor>self.grad_).__deepcopy__(memo)
        attributes = vars(self)
        if attributes:
            from copy import deepcopy
            vars(t).update(deepcopy(attributes, memo))
        return t

    def __copy__(self):
        cdef Tensor t = Tensor.__new__(type(self))
        _adopt(t, self)
        t.flags |= self.flags & F_REQUIRES_GRAD
        t.node = self.node
        t.output_nr = self.output_nr
        vars(t).update(vars(self))
        return t

    # --- subclasses ---
    @staticmethod
    def _make_subclass(cls, Tensor data not None, bint require_grad=False):
        """A tensor of type `cls` over the elements of `data`, a leaf that requires a gradient if asked."""
        if not (isinstance(cls, type) and issubclass(cls, Tensor)):
            raise TypeError(f"_make_subclass: cls must be a subclass of Tensor, got {cls!r}")
        cdef Tensor t = Tensor.__new__(cls)
        _adopt(t, alias(data))
        if require_grad:
            if t.code < FLOAT16:
                raise RuntimeError("Only Tensors of floating point and complex dtype can require gradients")
            t.flags |= F_REQUIRES_GRAD
        return t

    def as_subclass(self, cls):
        """A tensor of type `cls` that shares elements (and history) with this one."""
        cdef Tensor t = Tensor.__new__(cls)
        _adopt(t, alias(self))
        t.node = self.node
        t.output_nr = self.output_nr
        t.base = self.base
        t.attr_version = self.attr_version
        t.flags = self.flags
        return t

    @classmethod
    def __torch_function__(cls, func, types, args=(), kwargs=None):
        """Run `func` on the arguments as plain tensors and give the results this subclass."""
        if not all(issubclass(cls, t) for t in types):
            return NotImplemented
        result = _modes._disabled_torch_function_impl(func, types, args, kwargs)
        return result if cls is Tensor else _as_subclass(result, cls)


def _as_subclass(result, cls):
    if isinstance(result, Tensor) and not isinstance(result, cls):
        return result.as_subclass(cls)
    if type(result) in (tuple, list) or isinstance(result, tuple) and type(result).__module__ == "lucet.return_types":
        return type(result)(_as_subclass(r, cls) for r in result)
    return result


cdef Storage _nothing = new_storage(0, CPU)
from lucet._device import CPU_DEVICE as _CPU, META_DEVICE as _META, strided as _strided, contiguous_format as _contiguous_format
from lucet._device import channels_last as _channels_last
_modes.plain_types.add(Tensor)


cdef bint _is_in_format(Tensor t, memory_format):
    """Whether the strides are those of channels_last (4-D) or channels_last_3d (5-D)."""
    cdef int want = 4 if memory_format is _channels_last else 5
    cdef Py_ssize_t step = 1
    cdef int k, d
    if t.ndim_ != want:
        return False
    for k in range(want):
        d = 1 if k == 0 else (want - k if k < want - 1 else 0)      # C, then W, H (, D), then N
        if t.shape_[d] != 1 and t.strides[d] != step:
            return False
        step *= t.shape_[d]
    return True


cdef int _adopt(Tensor t, Tensor source) except -1:
    """Make `t` what `source` is: geometry, storage, version. History stays behind."""
    take_geometry(t, source)
    t.storage = source.storage
    t.code = source.code
    t.flags = source.flags & ~F_REQUIRES_GRAD
    share_version(source, t)
    return 0


# --- making tensors -------------------------------------------------------------------------------------------------

cdef int set_dims(Tensor t, int ndim) except -1:
    """Make room for `ndim` sizes and strides."""
    cdef Py_ssize_t* room
    if ndim > INLINE_DIMS and (t.shape_ == t.dims or ndim > t.ndim_):
        if ndim > MAX_DIMS:
            raise error(ShapeError, f"tensor: {ndim} dimensions, at most {MAX_DIMS} are supported")
        room = <Py_ssize_t*>PyMem_Malloc(2 * ndim * sizeof(Py_ssize_t))
        if room == NULL:
            raise MemoryError
        if t.shape_ != t.dims:
            PyMem_Free(t.shape_)
        t.shape_ = room
        t.strides = room + ndim
    t.ndim_ = ndim
    return 0


cdef Tensor _example = Tensor.__new__(Tensor)
lazy_attributes(_example, &_example.attributes)

cdef Dealloc _dealloc_rest


cdef void _dealloc_tensor(PyObject* o) noexcept:
    """What a tensor owns goes, then the tensor: `__dealloc__` without what Cython puts around it (see dealloc.h)."""
    if (<Tensor>o).attributes != NULL or (<Tensor>o).node is not None:
        forget(o)                            # the garbage collector must not meet it half empty
        Py_CLEAR((<Tensor>o).attributes)
        if (<Tensor>o).node is not None:
            bury((<Tensor>o).node)
            (<Tensor>o).node = None
            drain()
    if (<Tensor>o).version != NULL:
        version_decref((<Tensor>o).version)
    if (<Tensor>o).shape_ != (<Tensor>o).dims:
        PyMem_Free((<Tensor>o).shape_)
    _dealloc_rest(o)


_dealloc_rest = set_dealloc(<PyObject*>Tensor, _dealloc_tensor)


cdef Tensor bare_tensor(int code, int ndim):
    """A tensor with room for `ndim` dimensions and nothing else set."""
    cdef Tensor t = Tensor.__new__(Tensor)
    t.code = code
    if ndim > INLINE_DIMS:
        set_dims(t, ndim)
    else:
        t.ndim_ = ndim
    if thread_state().inference:
        t.flags |= F_INFERENCE
    return t


cdef Py_ssize_t checked_numel(int ndim, const Py_ssize_t* shape, int code) except -1:
    """Product of the sizes; raises for negative sizes and for byte counts that overflow."""
    cdef Py_ssize_t n = 1, limit = (<Py_ssize_t>1 << 62) // itemsize_of[code]
    cdef bint empty = False
    cdef int i
    for i in range(ndim):
        if shape[i] < 0:
            raise RuntimeError(
                f"Trying to create tensor with negative dimension {shape[i]}: {[shape[k] for k in range(ndim)]}"
            )
        if shape[i] == 0:
            empty = True
    if empty:
        return 0
    for i in range(ndim):
        if n > limit // shape[i]:
            raise error(
                ShapeError,
                f"tensor: the storage size of shape {[shape[k] for k in range(ndim)]} overflows",
                facts=[f"elements of {itemsize_of[code]} bytes"],
            )
        n *= shape[i]
    return n


cdef void set_contiguous(Tensor t) noexcept:
    """Row-major strides for the shape already there; a dimension of size 0 counts as 1, as in torch."""
    cdef Py_ssize_t step = 1
    cdef int i = t.ndim_ - 1
    while i >= 0:
        t.strides[i] = step
        if t.shape_[i] > 1:
            step *= t.shape_[i]
        i -= 1
    t.flags |= F_CONTIGUOUS


cdef bint strides_are_contiguous(int ndim, const Py_ssize_t* shape, const Py_ssize_t* strides) noexcept nogil:
    cdef Py_ssize_t step = 1
    cdef int i
    for i in range(ndim):
        if shape[i] == 0:
            return True
    i = ndim - 1
    while i >= 0:
        if shape[i] != 1:
            if strides[i] != step:
                return False
            step *= shape[i]
        i -= 1
    return True


cdef void finish_geometry(Tensor t) noexcept:
    """Count elements and look for contiguity after shape and strides were written."""
    cdef int i
    t.numel_ = 1
    for i in range(t.ndim_):
        t.numel_ *= t.shape_[i]
    if strides_are_contiguous(t.ndim_, t.shape_, t.strides):
        t.flags |= F_CONTIGUOUS
    else:
        t.flags &= ~F_CONTIGUOUS


cdef Tensor empty_tensor(int code, int ndim, const Py_ssize_t* shape, int device=CPU):
    """An uninitialised contiguous tensor."""
    cdef Tensor t = bare_tensor(code, ndim)
    cdef int i
    t.numel_ = checked_numel(ndim, shape, code)
    for i in range(ndim):
        t.shape_[i] = shape[i]
    set_contiguous(t)
    t.storage = new_storage(t.numel_ * itemsize_of[code], device)
    return t


cdef Tensor empty_permuted(int code, int ndim, const Py_ssize_t* shape, const int* order, int device):
    """An uninitialised dense tensor whose dimension order[0] is the outermost in memory, order[ndim-1] the innermost."""
    cdef Tensor t = bare_tensor(code, ndim)
    cdef Py_ssize_t step = 1
    cdef int i = ndim - 1
    t.numel_ = checked_numel(ndim, shape, code)
    while i >= 0:
        t.shape_[order[i]] = shape[order[i]]
        t.strides[order[i]] = step
        if shape[order[i]] > 1:
            step *= shape[order[i]]
        i -= 1
    finish_geometry(t)
    t.storage = new_storage(t.numel_ * itemsize_of[code], device)
    return t


cdef void innermost_first(Tensor t, int* order) noexcept:
    """The dimensions by their strides, the smallest first; among equal ones the last dimension first."""
    cdef int i, k
    for i in range(t.ndim_):
        k = i
        while k > 0 and t.strides[order[k - 1]] > t.strides[t.ndim_ - 1 - i]:
            order[k] = order[k - 1]
            k -= 1
        order[k] = t.ndim_ - 1 - i


cdef bint is_dense(Tensor t) noexcept:
    """Whether the elements fill one run of memory without gaps or overlap, in any dimension order."""
    cdef int order[64]
    cdef int i, j
    cdef Py_ssize_t step = 1
    if t.flags & F_CONTIGUOUS:
        return True
    innermost_first(t, order)
    for j in range(t.ndim_):
        i = order[j]
        if t.shape_[i] == 1:
            continue
        if t.strides[i] != step:
            return False
        step *= t.shape_[i]
    return True


cdef int _memory_order(int ndim, const Py_ssize_t* shape, Tensor a, Tensor b, Tensor c, int* order) noexcept:
    """The dimensions of an elementwise result from the outermost in memory to the innermost, as torch's TensorIterator finds them.

    The first operand whose strides tell two dimensions apart decides; a step of 0 (expanded, broadcast) tells nothing, equal
    steps put the smaller size inside, and what nobody decides stays row-major.
    """
    cdef int i, j, k, inner, outer, where, verdict
    cdef Py_ssize_t one, other
    cdef Tensor t
    for i in range(ndim):                    # built from the inside: order[ndim-1] is the innermost
        order[ndim - 1 - i] = ndim - 1 - i
    for i in range(1, ndim):
        where = i
        j = i - 1
        while j >= 0:
            inner = order[ndim - 1 - j]
            outer = order[ndim - 1 - where]
            verdict = 0
            for k in range(3):
                t = a if k == 0 else b if k == 1 else c
                if t is None:
                    continue
                one = _step_of(t, ndim, shape, inner)
                other = _step_of(t, ndim, shape, outer)
                if one == 0 or other == 0:
                    continue
                if one != other:
                    verdict = -1 if one < other else 1
                    break
                if shape[inner] > shape[outer]:
                    verdict = 1
                    break
            if verdict < 0:
                break
            if verdict > 0:
                order[ndim - 1 - j] = outer
                order[ndim - 1 - where] = inner
                where = j
            j -= 1
    return 0


cdef inline Py_ssize_t _step_of(Tensor t, int ndim, const Py_ssize_t* shape, int dim) noexcept:
    """The step of `t`, broadcast to `shape`, along a dimension."""
    cdef int own = dim - ndim + t.ndim_
    return 0 if own < 0 or t.shape_[own] == 1 and shape[dim] != 1 else t.strides[own]


cdef Tensor empty_result(int code, int ndim, const Py_ssize_t* shape, int device, Tensor a, Tensor b=None, Tensor c=None):
    """An uninitialised output of an elementwise op on operands that broadcast to `shape`, in the order in memory that they suggest."""
    cdef int order[64]
    if (
        (a is None or a.flags & F_CONTIGUOUS) and (b is None or b.flags & F_CONTIGUOUS) and (c is None or c.flags & F_CONTIGUOUS)
    ):
        return empty_tensor(code, ndim, shape, device)
    _memory_order(ndim, shape, a, b, c, order)
    return empty_permuted(code, ndim, shape, order, device)


cdef Tensor empty_like(Tensor a, int code):
    """An uninitialised tensor of the shape of `a`: with its strides where `a` is dense, else in the order that they suggest."""
    if a.flags & F_CONTIGUOUS:
        return empty_tensor(code, a.ndim_, a.shape_, a.storage.device)
    if is_dense(a):
        return _empty_as(a, code)
    return empty_result(code, a.ndim_, a.shape_, a.storage.device, a)


cdef Tensor empty_preserved(Tensor a, int code):
    """`empty_like` for copies (torch's preserve_format), which keep the strides of dimensions of one element too."""
    return _empty_as(a, code) if a.flags & F_CONTIGUOUS else empty_like(a, code)


cdef Tensor _empty_as(Tensor a, int code):
    cdef Tensor t = bare_tensor(code, a.ndim_)
    cdef int i
    for i in range(a.ndim_):
        t.shape_[i] = a.shape_[i]
        t.strides[i] = a.strides[i]
    t.numel_ = a.numel_
    t.flags = (t.flags & ~F_CONTIGUOUS) | (a.flags & F_CONTIGUOUS)
    t.storage = new_storage(a.numel_ * itemsize_of[code], a.storage.device)
    return t


cdef Tensor scalar_tensor(int code):
    """An uninitialised tensor without dimensions."""
    cdef Tensor t = bare_tensor(code, 0)
    t.numel_ = 1
    t.storage = new_storage(itemsize_of[code], CPU)
    return t


cdef int take_geometry(Tensor t, Tensor source) except -1:
    cdef int i
    set_dims(t, source.ndim_)
    for i in range(source.ndim_):
        t.shape_[i] = source.shape_[i]
        t.strides[i] = source.strides[i]
    t.numel_ = source.numel_
    t.offset = source.offset
    t.flags = (t.flags & ~F_CONTIGUOUS) | (source.flags & F_CONTIGUOUS)
    return 0


cdef Tensor alias(Tensor a):
    """The same elements and version under a new tensor without history."""
    cdef Tensor t = bare_tensor(a.code, a.ndim_)
    cdef int i
    for i in range(a.ndim_):
        t.shape_[i] = a.shape_[i]
        t.strides[i] = a.strides[i]
    t.numel_ = a.numel_
    t.offset = a.offset
    t.flags = (a.flags & (F_CONTIGUOUS | F_INFERENCE | F_CONJ))
    t.storage = a.storage
    if not a.flags & F_INFERENCE:
        share_version(a, t)
    return t


cdef Tensor view(Tensor a, int ndim, const Py_ssize_t* shape, const Py_ssize_t* strides, Py_ssize_t offset):
    """A view of `a` with another geometry. The caller has checked that it stays inside the storage, and records it if needed."""
    cdef Tensor t = bare_tensor(a.code, ndim)
    cdef int i
    cdef Py_ssize_t n = 1
    for i in range(ndim):
        t.shape_[i] = shape[i]
        t.strides[i] = strides[i]
        n *= shape[i]
    t.numel_ = n
    t.offset = offset
    if not strides_are_contiguous(ndim, shape, strides):
        t.flags &= ~F_CONTIGUOUS
    t.storage = a.storage
    t.flags |= a.flags & F_CONJ
    if a.flags & F_INFERENCE:
        t.flags |= F_INFERENCE
        return t
    t.flags &= ~F_INFERENCE
    share_version(a, t)
    t.attr_version = t.version.value
    t.base = a if a.base is None else a.base
    if a.base is not None:
        t.flags |= a.flags & (F_NO_GRAD_VIEW | F_MULTI_VIEW | F_INFERENCE_VIEW)
    if thread_state().inference:
        t.flags |= F_INFERENCE_VIEW
    elif not thread_state().grad_enabled:
        t.flags |= F_NO_GRAD_VIEW
    return t


cdef Tensor strided_over(Storage storage, int code, Py_ssize_t offset, int ndim, const Py_ssize_t* shape, const Py_ssize_t* strides):
    """A tensor of any geometry over `storage`; raises when an element would lie outside it or a size overflows."""
    cdef Tensor t
    cdef Py_ssize_t last = offset, room = storage.used // itemsize_of[code]
    cdef int i
    cdef bint empty = False
    checked_numel(ndim, shape, code)
    for i in range(ndim):
        if strides[i] < 0:
            raise RuntimeError(f"as_strided: Negative strides are not supported at the moment, got strides: {[strides[k] for k in range(ndim)]}")
        if shape[i] == 0:
            empty = True
    if offset < 0:
        raise RuntimeError(f"Tensor: invalid storage offset {offset}")
    if not empty:
        for i in range(ndim):
            if shape[i] > 1 and strides[i] > ((<Py_ssize_t>1 << 62) - last) // (shape[i] - 1):
                raise error(ShapeError, "as_strided: sizes and strides overflow", facts=_geometry_facts(ndim, shape, strides, offset))
            last += (shape[i] - 1) * strides[i]
        if last >= room:
            raise error(
                ShapeError,
                f"setStorage: sizes and strides need {(last + 1) * itemsize_of[code]} bytes, which is out of bounds for storage of size {storage.used}",
                facts=_geometry_facts(ndim, shape, strides, offset),
            )
    t = bare_tensor(code, ndim)
    for i in range(ndim):
        t.shape_[i] = shape[i]
        t.strides[i] = strides[i]
    t.offset = offset
    finish_geometry(t)
    t.storage = storage
    return t


cdef list _geometry_facts(int ndim, const Py_ssize_t* shape, const Py_ssize_t* strides, Py_ssize_t offset):
    return [f"size {[shape[i] for i in range(ndim)]}, strides {[strides[i] for i in range(ndim)]}, storage offset {offset}"]


def tensor_from_storage(Storage storage not None, dtype, Py_ssize_t offset, size, stride, bint requires_grad=False):
    """A tensor over part of `storage`, as checkpoints and pickles describe it; raises where it would reach outside."""
    cdef Py_ssize_t shape[64]
    cdef Py_ssize_t strides[64]
    cdef int i, ndim = len(size)
    if ndim > MAX_DIMS or len(stride) != ndim:
        raise error(ShapeError, f"tensor: {ndim} sizes with {len(stride)} strides (at most {MAX_DIMS} dimensions)")
    for i in range(ndim):
        shape[i] = read_size(size[i], "size")
        strides[i] = read_size(stride[i], "stride")
    cdef Tensor t = strided_over(storage, code_of(dtype), offset, ndim, shape, strides)
    if requires_grad:
        t.flags |= F_REQUIRES_GRAD
    return t


def set_conj(Tensor t not None, bint lazy):
    """Say of a complex tensor whether its elements are the conjugates of what its storage holds, as files and copies tell."""
    if t.code < COMPLEX64:
        raise error(DtypeError, "only complex tensors are conjugates of what they hold", facts=[describe(t)])
    t.flags = t.flags | F_CONJ if lazy else t.flags & ~F_CONJ
    return t


# --- versions -------------------------------------------------------------------------------------------------------

cdef void share_version(Tensor source, Tensor target):
    """Give `target` the version counter of `source`, making one if it had none yet."""
    if source.version == NULL:
        source.version = version_new()
    if source.version == target.version:
        return
    source.version.refs += 1
    if target.version != NULL:
        version_decref(target.version)
    target.version = source.version


cdef object _on_write = None         # anomaly mode notes who writes, by version counter and value


cdef void bump(Tensor t, const char* op):
    """Note that `op` changes the elements of `t` in place; the name is kept for errors and has to stay where it is."""
    if t.flags & F_INFERENCE:
        return
    if t.version == NULL:
        t.version = version_new()
    t.version.value += 1
    t.version.op = op
    if _on_write is not None:
        _on_write(<size_t>t.version, t.version.value)


def _last_writer(Tensor t not None):
    """The op that changed the elements of `t`, or of a tensor that shares them, last, as `(name, counter, value)`."""
    if t.version == NULL or t.version.op == NULL:
        return None
    return t.version.op.decode(), <size_t>t.version, t.version.value


def _watch_writes(watch):
    """Call `watch(counter, value)` at every change in place; None ends it."""
    global _on_write
    _on_write = watch


def _fresh_version(Tensor t not None):
    """A private version counter for `t`, for `.data` and `set_data`."""
    if t.version != NULL:
        version_decref(t.version)
    t.version = NULL


cdef int move_version(Tensor t, const char* op) except -1:
    """A private counter that is one further: `op` gives t other elements, those that it has shared so far stay as they are."""
    cdef unsigned version = version_of(t)
    _fresh_version(t)
    bump(t, op)
    if t.version != NULL:
        t.version.value = version + 1
    return 0


def _set_version(Tensor t not None, unsigned value):
    """Say that the elements of `t` were changed in place that often, whatever happened to them."""
    if t.version != NULL:
        t.version.value = value


def _bump_version(Tensor t not None):
    bump(t, b"_bump_version")


# --- reading --------------------------------------------------------------------------------------------------------

cdef object shape_tuple(Tensor t):
    cdef object sizes = new_tuple(Size, t.ndim_)
    cdef object n            # an object: the tuple takes over the reference made here
    cdef int i
    for i in range(t.ndim_):
        n = t.shape_[i]
        Py_INCREF(n)
        PyTuple_SET_ITEM(sizes, i, n)
    return sizes


cdef object read_element(const char* at, int code):
    if code == FLOAT32:
        return <double>(<const float*>at)[0]
    if code == FLOAT64:
        return (<const double*>at)[0]
    if code == INT64:
        return (<const int64_t*>at)[0]
    if code == INT32:
        return (<const int32_t*>at)[0]
    if code == BOOL:
        return (<const uint8_t*>at)[0] != 0
    if code == UINT8:
        return (<const uint8_t*>at)[0]
    if code == INT8:
        return (<const int8_t*>at)[0]
    if code == INT16:
        return (<const int16_t*>at)[0]
    if code == FLOAT16:
        return <double>lucet_half_to_float((<const uint16_t*>at)[0])
    if code == BFLOAT16:
        return <double>lucet_bfloat_to_float((<const uint16_t*>at)[0])
    if code == COMPLEX64:
        return complex((<const float*>at)[0], (<const float*>at)[1])
    return complex((<const double*>at)[0], (<const double*>at)[1])


cdef inline object _element(Tensor t, const char* at):
    """An element of `t` as a Python number."""
    return read_element(at, t.code).conjugate() if is_lazy(t) else read_element(at, t.code)


cdef object _tolist(Tensor t, int dim, const char* at):
    cdef Py_ssize_t i, step
    if dim == t.ndim_:
        return _element(t, at)
    step = t.strides[dim] * itemsize_of[t.code]
    cdef list items = PyList_New(t.shape_[dim])
    for i in range(t.shape_[dim]):
        item = _element(t, at + i * step) if dim + 1 == t.ndim_ else _tolist(t, dim + 1, at + i * step)
        Py_INCREF(item)      # the list takes over one reference
        PyList_SET_ITEM(items, i, item)
    return items


cdef int _needs_elements(Tensor t, str op) except -1:
    if is_meta(t):
        raise error(DeviceError, f"{op}: a meta tensor has no elements", facts=[describe(t)])
    return check_reach(t)


cdef int _note_lost_gradient(Tensor t) except -1:
    """Say once that a number has no gradient, where a tensor that wants one becomes a float while recording."""
    if (t.flags & F_REQUIRES_GRAD or t.base is not None) and thread_state().grad_enabled and t.requires_grad:
        warn_once(
            "Converting a tensor with requires_grad=True to a scalar may lead to unexpected behavior.\n"
            "Consider using tensor.detach() first."
        )
    return 0


cdef object _only_element(Tensor t):
    if t.numel_ != 1:
        raise ValueError("only one element tensors can be converted to Python scalars")
    return t.item()


cdef object _real_element(Tensor t, str kind):
    """A complex number counts as real where its imaginary part is zero, as in torch."""
    x = _only_element(t)
    if t.code < COMPLEX64:
        return x
    if x.imag:
        raise error(RangeError, f"value cannot be converted to type {kind} without overflow", facts=[f"{x} has an imaginary part"])
    return x.real


cdef bint _is_array(object x):
    """Whether `x` is a NumPy array of numbers."""
    return hasattr(x, "__array_interface__") and hasattr(x, "dtype") and x.dtype.kind in "biufc"


cdef int check_argument(object t) except -1:
    """`check_reach` of what an op is called with; which of `Argument` it is."""
    check_reach(t)
    if not isinstance(t, Tensor):
        return 0
    if is_meta(<Tensor>t):
        return _modes_c.ON_META
    return (_modes_c.IS_LAZY if is_lazy(<Tensor>t) else 0) | (_modes_c.ON_CPU if (<Tensor>t).ndim_ else 0)


cdef int check_reach(object t) except -1:
    """Raise for a tensor that reaches beyond the end of a storage that was made smaller."""
    cdef Tensor a
    cdef Py_ssize_t last
    cdef int i
    if not isinstance(t, Tensor):
        return 0
    a = <Tensor>t
    if not a.storage.guarded or is_meta(a) or a.numel_ == 0:
        return 0
    last = a.offset
    for i in range(a.ndim_):
        last += (a.shape_[i] - 1) * a.strides[i]
    if (last + 1) * itemsize_of[a.code] > a.storage.used:
        raise error(
            ShapeError,
            f"tensor: its elements end at byte {(last + 1) * itemsize_of[a.code]}, its storage was resized to {a.storage.used} bytes",
            facts=[describe(a)],
            fix="untyped_storage().resize_() back before the tensor is used",
        )
    return 0


_modes_c.check_argument = check_argument


cdef str describe(Tensor t):
    """'(64, 512) float32', for error messages."""
    sizes = tuple([t.shape_[i] for i in range(t.ndim_)])
    return f"{sizes} {dtype_object(t.code)._name}"


cdef int _own_dim(object dim, int ndim, const char* op) except -1:
    """`wrap_dim` of what a tensor without dimensions has not."""
    if ndim == 0 and isinstance(dim, int):
        raise IndexError(f"{op.decode()}: Dimension specified as {dim} but tensor has no dimensions")
    return wrap_dim(dim, ndim, op)


cdef int wrap_dim(object dim, int ndim, const char* op) except -1:
    """A dimension index as a non-negative int; 0-d tensors accept 0 and -1, as in torch."""
    cdef int room = ndim if ndim > 0 else 1, overflow = 0
    cdef long long small
    if PyLong_CheckExact(dim):
        small = PyLong_AsLongLongAndOverflow(dim, &overflow)
        if not overflow and -room <= small < room:
            return <int>(small + room if small < 0 else small)
    if not PyLong_Check(dim) and not hasattr(dim, "__index__"):
        raise TypeError(f"{op.decode()}: dim must be an int, got {type(dim).__name__}")
    at = int(dim.__index__())
    if not -room <= at < room:
        raise IndexError(f"Dimension out of range (expected to be in range of [{-room}, {room - 1}], but got {at})")
    return at + room if at < 0 else at


cdef Py_ssize_t read_size(object x, const char* what) except? -9223372036854775807:
    """A size, stride or index as a C integer; TypeError for what is no integer, RuntimeError when it does not fit."""
    cdef int overflow = 0
    cdef long long small
    if PyLong_CheckExact(x):
        small = PyLong_AsLongLongAndOverflow(x, &overflow)
        if not overflow and small >= -0x7fffffffffffffff:
            return small
    if not PyLong_Check(x) and not hasattr(x, "__index__"):
        raise TypeError(f"{what.decode()} must be an int, got {type(x).__name__}")
    n = x.__index__()
    if not -0x7fffffffffffffff <= n <= 0x7fffffffffffffff:
        raise RuntimeError(f"{what.decode()} {n} does not fit a 64-bit integer")
    return n
