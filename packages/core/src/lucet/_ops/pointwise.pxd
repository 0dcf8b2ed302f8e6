# Pointwise families for other ops: the rules by which each is called, and the C-level calls that gradient rules are written in.
from lucet._dtype cimport COMPLEX64
from lucet._engine cimport Node, Run, vjp_fn
from lucet._tensor cimport Tensor

cdef enum Kind:
    ARITH            # result and computation in the promoted type
    REAL             # integers are promoted to the default floating type
    COMPARE          # computed in the promoted type, result bool
    TO_COMPLEX       # computed in the promoted type, result complex
    TO_REAL          # computed in the promoted type, result real: the type of the parts of a complex number

cdef enum Saves:
    SAVE_NOTHING = 0
    A_FOR_B = 1      # input 0, if input 1 wants a gradient
    B_FOR_A = 2      # input 1, if input 0 wants a gradient
    SAVE_A = 4
    SAVE_B = 8
    SAVE_OUT = 16

cdef class Rule:
    cdef int kernel
    cdef int kind
    cdef int saves
    cdef int cost
    cdef bint exact              # `out=` has to have the type of the result
    cdef vjp_fn vjp
    cdef bytes name
    cdef bytes name_in_place
    cdef bytes label
    cdef bytes label_of_two      # the name for two tensors, where a number as the second operand has another
    cdef object fn               # the public function and its in-place form, for the interception point
    cdef object fn_inplace

# Rules that the gradients of other functions are written with.
cdef Rule EXP_RULE, LOG_RULE, LOG1P_RULE, SIN_RULE, COS_RULE, RSQRT_RULE, EQ_RULE, NE_RULE, GE_RULE, LE_RULE, ISNAN_RULE, ISFINITE_RULE
cdef Rule ABS_RULE, SGN_RULE, CONJ_RULE, ANGLE_RULE

cdef Rule rule(str name, int kernel, int kind, bytes label=*, vjp_fn vjp=*, int saves=*, int cost=*)
cdef Rule exactly(Rule r)
cdef Tensor zeros_of(Tensor g)
cdef Tensor unary(Rule r, Tensor a, Tensor out, bint inplace)
cdef inline Tensor of(Rule r, object x):
    """The function of a rule at x, recorded."""
    return unary(r, <Tensor>x, None, False)

cdef inline Tensor conj_of(Tensor t):
    """The conjugate, recorded: what a gradient rule multiplies by in place of a derivative. A real tensor is its own."""
    return t if t.code < COMPLEX64 else unary(CONJ_RULE, t, None, False)

cdef object conj_or_number(object x)             # the same of what may be a Python number

cdef Tensor unary_p(Rule r, Tensor a, Tensor out, bint inplace, double p0, double p1, double p2)
cdef object binary(Rule r, object a, object b, Tensor out, bint inplace)
cdef Tensor binary_kernel(int kernel, Tensor a, Tensor b, double p0=*, double p1=*, double p2=*)
cdef object without_tensor(str name, object x, object z, dict options=*, str second=*)
cdef int result_code(object a, object b) except -1

# Half types that several steps work on: in float32, recorded, and rounded once at the end.
cdef bint are_half(Tensor a, Tensor b, Tensor c) noexcept
cdef Tensor single(Tensor a)

cdef Tensor add(object a, object b)
cdef Tensor sub(object a, object b)
cdef Tensor mul(object a, object b)
cdef Tensor div(object a, object b)
cdef Tensor neg(Tensor a)
cdef Tensor where(Tensor condition, object a, object b)
