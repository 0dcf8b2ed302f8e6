"""Element types: the `dtype` objects, torch's promotion table, and Python numbers as C values. Knows no tensor."""

cimport cython
from cpython.float cimport PyFloat_AS_DOUBLE, PyFloat_CheckExact, PyFloat_Check
from cpython.long cimport PyLong_CheckExact, PyLong_Check, PyLong_AsLongLongAndOverflow
from cpython.bool cimport PyBool_Check
from cpython.complex cimport PyComplex_Check, PyComplex_RealAsDouble, PyComplex_ImagAsDouble
from libc.stdint cimport int8_t, int16_t, int32_t, uint8_t, uint16_t, uint64_t

from lucet._errors import DtypeError, RangeError, error

cdef extern from "half_scalar.h":
    uint16_t lucet_float_to_half(float x) nogil
    uint16_t lucet_float_to_bfloat(float x) nogil

_NAMES = (
    "bool", "uint8", "int8", "int16", "int32", "int64",
    "float16", "bfloat16", "float32", "float64", "complex64", "complex128",
)
_ALIASES = {
    "half": FLOAT16, "float": FLOAT32, "double": FLOAT64, "short": INT16, "int": INT32, "long": INT64,
    "cfloat": COMPLEX64, "cdouble": COMPLEX128,
}


@cython.binding(False)                       # methods that check their self, as written in C
@cython.embedsignature(True)
@cython.embedsignature.format("clinic")
cdef class dtype:
    """The element type of a tensor, such as `lucet.float32`. There is one object of each; compare with `is` or `==`.

    >>> import lucet
    >>> lucet.zeros(2).dtype, lucet.float64.itemsize
    (lucet.float32, 8)
    """

    def __init__(self):
        raise TypeError("dtype: cannot be created; use lucet.float32, lucet.int64 and the others")

    def __repr__(self):
        return f"lucet.{self._name}"

    def __reduce__(self):
        return self._name            # a global of this module: pickles and checkpoints refer to it by name

    def __copy__(self):
        return self

    def __deepcopy__(self, memo):
        return self

    @property
    def is_floating_point(self):
        """True for float16, bfloat16, float32 and float64."""
        return category_of[self.code] == CAT_FLOAT

    @property
    def is_complex(self):
        """True for complex64 and complex128."""
        return category_of[self.code] == CAT_COMPLEX

    @property
    def is_signed(self):
        """False for uint8 and bool."""
        return self.code != UINT8 and self.code != BOOL

    def to_real(self):
        """The real type of the same width: complex64 gives float32; real types give themselves."""
        return dtype_object(FLOAT32 if self.code == COMPLEX64 else FLOAT64 if self.code == COMPLEX128 else self.code)

    def to_complex(self):
        """The complex type of the same width: float32 gives complex64, and so does bfloat16. Raises RuntimeError for types that have none here."""
        if category_of[self.code] == CAT_COMPLEX:
            return self
        if self.code == FLOAT32 or self.code == BFLOAT16:
            return dtype_object(COMPLEX64)
        if self.code == FLOAT64:
            return dtype_object(COMPLEX128)
        raise error(DtypeError, f"to_complex: {self!r} has no complex type of its width")


cdef tuple _OBJECTS
cdef int _default = FLOAT32

# PROMOTE[a][b] for two codes of the same standing; complex and float absorb what is below them.
cdef signed char PROMOTE[NUM_CODES][NUM_CODES]


cdef int _promote_slow(int a, int b):
    cdef int t
    if a == b:
        return a
    if category_of[a] < category_of[b]:
        t = a
        a = b
        b = t
    if category_of[a] == CAT_COMPLEX:
        if a == COMPLEX128 or b == COMPLEX128 or b == FLOAT64:
            return COMPLEX128
        return COMPLEX64
    if category_of[a] == CAT_FLOAT:
        if category_of[b] != CAT_FLOAT:
            return a
        if (a == FLOAT16 and b == BFLOAT16) or (a == BFLOAT16 and b == FLOAT16):
            return FLOAT32
        return a if a > b else b
    if category_of[b] == CAT_BOOL:
        return a
    if a == UINT8 or b == UINT8:       # uint8 beside a signed type needs the next wider signed type
        t = b if a == UINT8 else a
        return INT16 if t == INT8 else t
    return a if a > b else b


def _fill():
    global _OBJECTS
    cdef int i, j
    cdef dtype d
    made = []
    for i in range(NUM_CODES):
        d = dtype.__new__(dtype)
        d.code = i
        d.itemsize = itemsize_of[i]
        d._name = _NAMES[i]
        made.append(d)
        for j in range(NUM_CODES):
            PROMOTE[i][j] = _promote_slow(i, j)
    _OBJECTS = tuple(made)


_fill()
globals().update(zip(_NAMES, _OBJECTS))
DTYPES = dict(zip(_NAMES, _OBJECTS)) | {alias: _OBJECTS[code] for alias, code in _ALIASES.items()}


cdef object dtype_object(int code):
    return <object>_OBJECTS[code]


cdef int code_of(object dt) except -1:
    if type(dt) is dtype:
        return (<dtype>dt).code
    if dt is float:
        return FLOAT64
    if dt is int:
        return INT64
    if dt is bool:
        return BOOL
    if dt is complex:
        return COMPLEX128
    raise TypeError(f"dtype must be a lucet.dtype, not {type(dt).__name__}")


cdef int default_code() noexcept:
    return _default


cdef int default_complex_code() noexcept:
    return COMPLEX128 if _default == FLOAT64 else COMPLEX64


def get_default_dtype() -> dtype:
    """The type of floating-point tensors made from Python numbers (float32 unless set).

    >>> import lucet
    >>> lucet.get_default_dtype()
    lucet.float32
    """
    return dtype_object(_default)


def set_default_dtype(d, /):
    """Set the type of floating-point tensors made from Python numbers. Raises TypeError for other than a floating dtype.

    >>> import lucet
    >>> lucet.set_default_dtype(lucet.float64); lucet.tensor(1.5).dtype; lucet.set_default_dtype(lucet.float32)
    lucet.float64
    """
    global _default
    if type(d) is type:
        raise TypeError("invalid dtype object: only floating-point types are supported as the default type")
    cdef int code = code_of(d)
    if category_of[code] != CAT_FLOAT:
        raise TypeError(f"set_default_dtype: only floating-point types are supported as the default type, got {d!r}")
    _default = code


cdef int promote(int a, int b) noexcept nogil:
    return PROMOTE[a][b]


cdef bint can_cast(int source, int target) noexcept nogil:
    """Whether a result of `source` may be stored as `target` (out= and in-place): never down a category."""
    if category_of[source] > category_of[target]:
        return False
    return True


def promote_types(type1, type2):
    """The smallest dtype that both types convert to without loss of category.

    >>> import lucet
    >>> lucet.promote_types(lucet.uint8, lucet.int8)
    lucet.int16
    """
    return dtype_object(PROMOTE[code_of(type1)][code_of(type2)])


def _can_cast(from_, to):
    return bool(can_cast(code_of(from_), code_of(to)))


cdef bint is_number(object x):
    """Python numbers, and NumPy's scalars (which subclass them or offer __float__ with a dtype of no dimensions)."""
    if PyFloat_CheckExact(x) or PyLong_CheckExact(x) or PyBool_Check(x) or PyComplex_Check(x):
        return True
    if PyFloat_Check(x) or PyLong_Check(x):
        return True
    cdef str module = type(x).__module__
    return module == "numpy" and hasattr(type(x), "item") and getattr(x, "ndim", -1) == 0 and type(x).__name__ != "ndarray"


cdef object _plain_number(object x):
    """The Python number in a NumPy scalar or a tensor of one element."""
    if not hasattr(type(x), "item"):
        raise TypeError(f"expected a number, got {type(x).__name__}")
    found = x.item()
    return found if isinstance(found, (bool, int, float, complex)) else float(found)      # longdouble.item() is itself


cdef bint is_wide(const Scalar* s) noexcept:
    """Whether it is an int that floating types hold and int64 does not."""
    return s.i < 0 < s.re


cdef int read_scalar(object x, Scalar* out) except -1:
    cdef int overflow = 0
    if PyFloat_CheckExact(x):
        out.category = CAT_FLOAT
        out.re = PyFloat_AS_DOUBLE(x)
        out.im = 0
        out.i = 0
        return 0
    if PyBool_Check(x):
        out.category = CAT_BOOL
        out.i = x is True
    elif PyLong_Check(x):
        out.category = CAT_INT
        out.i = PyLong_AsLongLongAndOverflow(x, &overflow)
        if overflow > 0 and int(x).bit_length() == 64:
            out.i = <int64_t><uint64_t>x
            out.re = <double><uint64_t>x
            out.im = 0
            return 0
        if overflow:
            raise error(RangeError, f"a Python int of {int(x).bit_length()} bits does not fit int64")
    elif PyComplex_Check(x):
        out.category = CAT_COMPLEX
        out.re = PyComplex_RealAsDouble(x)
        out.im = PyComplex_ImagAsDouble(x)
        out.i = 0
        return 0
    elif PyFloat_Check(x):
        out.category = CAT_FLOAT
        out.re = <double>x
        out.im = 0
        out.i = 0
        return 0
    else:
        return read_scalar(_plain_number(x), out)
    out.re = <double>out.i
    out.im = 0
    return 0


cdef int scalar_code(int category) noexcept:
    """The dtype that a Python number of this category has by itself."""
    if category == CAT_BOOL:
        return BOOL
    if category == CAT_INT:
        return INT64
    if category == CAT_FLOAT:
        return _default
    return default_complex_code()


cdef int store_scalar(const Scalar* s, int code, char* out, const char* op) except -1:
    """Write the number as `code` to `out` (up to 16 bytes). Raises where torch does: a complex into a real, overflow of integers."""
    cdef int64_t i
    if s.category == CAT_COMPLEX and category_of[code] != CAT_COMPLEX and code != BOOL:
        raise error(DtypeError, f"{op.decode()}: a complex number cannot be stored as {dtype_object(code)!r}")
    if code == FLOAT32:
        (<float*>out)[0] = <float>s.re
    elif code == FLOAT64:
        (<double*>out)[0] = s.re
    elif code == BOOL:
        (<uint8_t*>out)[0] = s.re != 0 or s.im != 0
    elif code == FLOAT16:
        (<uint16_t*>out)[0] = lucet_float_to_half(<float>s.re)
    elif code == BFLOAT16:
        (<uint16_t*>out)[0] = lucet_float_to_bfloat(<float>s.re)
    elif code == COMPLEX64:
        (<float*>out)[0] = <float>s.re
        (<float*>out)[1] = <float>s.im
    elif code == COMPLEX128:
        (<double*>out)[0] = s.re
        (<double*>out)[1] = s.im
    else:
        if s.category == CAT_FLOAT:
            if not (-9.3e18 < s.re < 9.3e18):
                raise error(RangeError, f"{op.decode()}: {s.re} cannot be converted to {dtype_object(code)!r} without overflow")
            i = <int64_t>s.re
        else:
            i = s.i
            if is_wide(s):
                raise error(RangeError, f"{op.decode()}: a Python int of 64 bits does not fit {dtype_object(code)._name}")
        if code == INT64:
            (<int64_t*>out)[0] = i
        elif code == INT32:
            (<int32_t*>out)[0] = <int32_t>i
        elif code == INT16:
            (<int16_t*>out)[0] = <int16_t>i
        else:
            (<int8_t*>out)[0] = <int8_t>i
    return 0
