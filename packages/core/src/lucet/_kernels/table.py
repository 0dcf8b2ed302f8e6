"""The kernel table: which elementwise loops exist, for which element types, by which formula. Read at build time only.

A row is (NAME, inputs, result, types, formula). The formula is Cython on the values `a`, `b`, `c` of the loop's type T and the
parameters `p0`..`p3`; `{f}` is "f" for float32 and "" for float64 (so `sqrt{f}` is the right function of C), `{T}` the C type.
`result` is "same", "bool", "real", the type of the parts of a complex number, or "complex", that of one with such parts. Types: f float32 and float64, i the integers, b bool,
c the complex ones, whose parameters are real. Where one name needs another formula for another class of types, it has another row.
"""

CTYPES = {
    "bool": "uint8_t", "uint8": "uint8_t", "int8": "int8_t", "int16": "int16_t", "int32": "int32_t", "int64": "int64_t",
    "float16": "uint16_t", "bfloat16": "uint16_t", "float32": "float", "float64": "double",
    "complex64": "cfloat", "complex128": "cdouble",
}
CODES = {name: name.upper() for name in CTYPES}
COPIES = ((1, "uint8_t"), (2, "uint16_t"), (4, "uint32_t"), (8, "uint64_t"), (16, "cdouble"))  # (bytes, a C type that keeps them)
SIZES = dict(zip(CTYPES, (1, 1, 1, 2, 4, 8, 2, 2, 4, 8, 8, 16)))
CLASSES = {
    "f": ("float32", "float64"), "i": ("uint8", "int8", "int16", "int32", "int64"), "b": ("bool",), "c": ("complex64", "complex128"),
}
PARTS = {"complex64": "float32", "complex128": "float64"}      # what a complex number consists of

# Functions that bessel.h computes: of one operand, and of an argument and a degree.
BESSEL = [
    "bessel_j0", "bessel_j1", "bessel_y0", "bessel_y1", "spherical_bessel_j0", "modified_bessel_k0", "modified_bessel_k1",
    "scaled_modified_bessel_k0", "scaled_modified_bessel_k1", "airy_ai",
]
POLYNOMIALS = [
    "chebyshev_t", "chebyshev_u", "chebyshev_v", "chebyshev_w", "shifted_chebyshev_t", "shifted_chebyshev_u",
    "shifted_chebyshev_v", "shifted_chebyshev_w", "hermite_h", "hermite_he", "laguerre_l", "legendre_p",
]

BOOL_COMBINE = {"add": "|", "mul": "&"}  # sums and products of bools

POINTWISE = [
    # arithmetic
    ("ADD", 2, "same", "fic", "a + b"),
    ("ADD", 2, "same", "b", "a | b"),
    ("ADD_SCALED", 2, "same", "f", "fma{f}(b, p0, a)"),
    ("ADD_SCALED", 2, "same", "c", "lx_cadd{f}(a, b, p0)"),
    ("ADD_SCALED", 2, "same", "i", "a + p0 * b"),
    ("ADD_SCALED", 2, "same", "b", "a | (p0 & b)"),
    ("SUB", 2, "same", "fic", "a - b"),
    ("MUL", 2, "same", "fi", "a * b"),
    ("MUL", 2, "same", "b", "a & b"),
    ("DIV", 2, "same", "f", "a / b"),
    ("DIV", 2, "same", "c", "lx_cdiv{f}(a, b)"),
    ("FLOOR_DIV", 2, "same", "f", "lx_floor_div{f}(a, b)"),
    ("FLOOR_DIV", 2, "same", "i", "lx_ifloor_div(a, b, &args.failed)"),
    ("TRUNC_DIV", 2, "same", "f", "trunc{f}(a / b)"),
    ("TRUNC_DIV", 2, "same", "i", "lx_itrunc_div(a, b, &args.failed)"),
    ("REMAINDER", 2, "same", "f", "lx_remainder{f}(a, b)"),
    ("REMAINDER", 2, "same", "i", "lx_iremainder(a, b, &args.failed)"),
    ("FMOD", 2, "same", "f", "lx_fmod{f}(a, b)"),
    ("FMOD", 2, "same", "i", "lx_ifmod(a, b, &args.failed)"),
    ("POW", 2, "same", "f", "pow{f}(a, b)"),
    ("POW", 2, "same", "c", "lx_cpow{f}(a, b)"),
    ("POW", 2, "same", "i", "lx_ipow(a, b)"),
    ("MAXIMUM", 2, "same", "f", "a if (a > b) | (a != a) else b"),
    ("MAXIMUM", 2, "same", "ib", "a if a > b else b"),
    ("MINIMUM", 2, "same", "f", "a if (a < b) | (a != a) else b"),
    ("MINIMUM", 2, "same", "ib", "a if a < b else b"),
    ("ATAN2", 2, "same", "f", "atan2{f}(a, b)"),
    ("HYPOT", 2, "same", "f", "lx_hypot{f}(a, b)"),
    ("COPYSIGN", 2, "same", "f", "copysign{f}(a, b)"),
    ("NEXTAFTER", 2, "same", "f", "lx_nextafter{f}(a, b)"),
    ("FMAX", 2, "same", "f", "a if (a > b) | (b != b) else b"),
    ("FMIN", 2, "same", "f", "a if (a < b) | (b != b) else b"),
    ("FMAX", 2, "same", "ib", "a if a > b else b"),
    ("FMIN", 2, "same", "ib", "a if a < b else b"),
    ("ZETA", 2, "same", "f", "<{T}>lx_zeta(a, b)"),
    ("IGAMMA", 2, "same", "f", "<{T}>lx_igamma(a, b)"),
    ("IGAMMAC", 2, "same", "f", "<{T}>lx_igammac(a, b)"),
    *((name.upper(), 2, "same", "f", f"<{{T}}>lx_{name}(a, b)") for name in POLYNOMIALS),
    ("GCD", 2, "same", "i", "lx_gcd(a, b)"),
    ("LCM", 2, "same", "i", "lx_lcm(a, b)"),
    ("HEAVISIDE", 2, "same", "fib", "b if a == 0 else (1 if a > 0 else 0)"),
    ("LDEXP", 2, "same", "f", "a * exp2{f}(b)"),
    ("XLOGY", 2, "same", "f", "lx_xlogy{f}(a, b)"),
    ("XLOG1PY", 2, "same", "f", "lx_xlog1py{f}(a, b)"),
    ("LOGADDEXP", 2, "same", "f", "lx_logaddexp{f}(a, b)"),
    ("LOGADDEXP2", 2, "same", "f", "lx_logaddexp2{f}(a, b)"),
    # comparison and logic
    ("EQ", 2, "bool", "fibc", "a == b"),
    ("NE", 2, "bool", "fibc", "a != b"),
    ("LT", 2, "bool", "fib", "a < b"),
    ("LE", 2, "bool", "fib", "a <= b"),
    ("GT", 2, "bool", "fib", "a > b"),
    ("GE", 2, "bool", "fib", "a >= b"),
    ("LOGICAL_AND", 2, "bool", "fibc", "(a != 0) & (b != 0)"),
    ("LOGICAL_OR", 2, "bool", "fibc", "(a != 0) | (b != 0)"),
    ("LOGICAL_XOR", 2, "bool", "fibc", "(a != 0) ^ (b != 0)"),
    ("LOGICAL_NOT", 1, "bool", "fibc", "a == 0"),
    ("AND", 2, "same", "ib", "a & b"),
    ("OR", 2, "same", "ib", "a | b"),
    ("XOR", 2, "same", "ib", "a ^ b"),
    ("INVERT", 1, "same", "i", "~a"),
    ("INVERT", 1, "same", "b", "a ^ 1"),
    ("LSHIFT", 2, "same", "i", "lx_lshift(a, b)"),
    ("RSHIFT", 2, "same", "i", "lx_rshift(a, b)"),
    ("ISNAN", 1, "bool", "fc", "a != a"),
    ("ISINF", 1, "bool", "f", "fabs{f}(a) == INFINITY"),
    ("ISFINITE", 1, "bool", "f", "fabs{f}(a) < INFINITY"),
    ("ISINF", 1, "bool", "c", "lx_cisinf{f}(a)"),
    ("ISFINITE", 1, "bool", "c", "lx_cisfinite{f}(a)"),
    ("ISPOSINF", 1, "bool", "f", "a == INFINITY"),
    ("ISPOSINF", 1, "bool", "ib", "0"),
    ("ISNEGINF", 1, "bool", "f", "a == -INFINITY"),
    ("ISNEGINF", 1, "bool", "ib", "0"),
    ("SIGNBIT", 1, "bool", "f", "copysign{f}(1, a) < 0"),
    ("SIGNBIT", 1, "bool", "ib", "a < 0"),
    # one operand
    ("NEG", 1, "same", "fic", "-a"),
    ("ABS", 1, "same", "f", "fabs{f}(a)"),
    ("ABS", 1, "same", "i", "-a if a < 0 else a"),
    ("ABS", 1, "real", "c", "lx_cabs{f}(a)"),
    ("ANGLE", 1, "real", "f", "a if a != a else (<{T}>3.14159265358979323846 if a < 0 else 0)"),
    ("ANGLE", 1, "real", "c", "carg{f}(a)"),
    ("CONJ", 1, "same", "c", "lx_conj{f}(a)"),
    ("COMPLEX", 2, "complex", "f", "lx_cmake{f}(a, b)"),
    ("POLAR", 2, "complex", "f", "lx_polar{f}(a, b)"),
    ("SGN", 1, "same", "fi", "(a > 0) - (a < 0)"),
    ("SGN", 1, "same", "b", "a"),
    ("SGN", 1, "same", "c", "lx_sgn{f}(a)"),
    ("SIGN", 1, "same", "f", "(a > 0) - (a < 0)"),
    ("SIGN", 1, "same", "i", "(a > 0) - (a < 0)"),
    ("SIGN", 1, "same", "b", "a"),
    ("SQRT", 1, "same", "f", "sqrt{f}(a)"),
    ("RSQRT", 1, "same", "f", "1 / sqrt{f}(a)"),
    ("RECIPROCAL", 1, "same", "f", "1 / a"),
    ("SQRT", 1, "same", "c", "csqrt{f}(a)"),
    ("RSQRT", 1, "same", "c", "lx_cinv{f}(csqrt{f}(a))"),
    ("RECIPROCAL", 1, "same", "c", "lx_cinv{f}(a)"),
    ("SQUARE", 1, "same", "c", "lx_cmul{f}(a, a)"),
    ("CUBE", 1, "same", "c", "lx_cmul{f}(lx_cmul{f}(a, a), a)"),
    ("SQUARE", 1, "same", "fi", "a * a"),
    ("CUBE", 1, "same", "fi", "a * a * a"),
    ("FLOOR", 1, "same", "f", "floor{f}(a)"),
    ("FLOOR", 1, "same", "i", "a"),
    ("CEIL", 1, "same", "f", "ceil{f}(a)"),
    ("CEIL", 1, "same", "i", "a"),
    ("TRUNC", 1, "same", "f", "trunc{f}(a)"),
    ("TRUNC", 1, "same", "i", "a"),
    ("ROUND", 1, "same", "f", "rint{f}(a)"),
    ("ROUND", 1, "same", "i", "a"),
    ("FRAC", 1, "same", "f", "a - trunc{f}(a)"),
    ("MANTISSA", 1, "same", "f", "lx_mantissa{f}(a)"),
    ("EXPONENT", 1, "same", "f", "lx_exponent{f}(a)"),
    ("SCALE", 1, "same", "f", "a * p0"),
    # functions of complex numbers; those of real ones are in MATH
    ("EXP", 1, "same", "c", "cexp{f}(a)"),
    ("EXP2", 1, "same", "c", "lx_cexp2{f}(a)"),
    ("EXPM1", 1, "same", "c", "lx_cexpm1{f}(a)"),
    ("LOG", 1, "same", "c", "clog{f}(a)"),
    ("LOG1P", 1, "same", "c", "lx_clog1p{f}(a)"),
    ("LOG2", 1, "same", "c", "lx_clog2{f}(a)"),
    ("LOG10", 1, "same", "c", "lx_clog10{f}(a)"),
    ("SIN", 1, "same", "c", "csin{f}(a)"),
    ("COS", 1, "same", "c", "ccos{f}(a)"),
    ("TAN", 1, "same", "c", "ctan{f}(a)"),
    ("SINH", 1, "same", "c", "csinh{f}(a)"),
    ("COSH", 1, "same", "c", "ccosh{f}(a)"),
    ("TANH", 1, "same", "c", "ctanh{f}(a)"),
    ("ASIN", 1, "same", "c", "casin{f}(a)"),
    ("ACOS", 1, "same", "c", "cacos{f}(a)"),
    ("ATAN", 1, "same", "c", "catan{f}(a)"),
    ("ASINH", 1, "same", "c", "casinh{f}(a)"),
    ("ACOSH", 1, "same", "c", "cacosh{f}(a)"),
    ("ATANH", 1, "same", "c", "catanh{f}(a)"),
    ("SIGMOID", 1, "same", "c", "lx_csigmoid{f}(a)"),
    ("SINC", 1, "same", "c", "lx_csinc{f}(a)"),
    ("SILU", 1, "same", "c", "lx_cmul{f}(a, lx_csigmoid{f}(a))"),
    ("LDEXP", 2, "same", "c", "lx_cmul{f}(a, lx_cexp2{f}(b))"),
    ("LOGADDEXP", 2, "same", "c", "lx_clogaddexp{f}(a, b)"),
    ("NAN_TO_NUM", 1, "same", "f", "p0 if a != a else (p1 if a == INFINITY else (p2 if a == -INFINITY else a))"),
    ("NAN_TO_NUM", 1, "same", "ib", "a"),
    # comparisons with parameters
    ("CLAMP", 1, "same", "f", "lx_min{f}(p1, lx_max{f}(p0, a))"),     # the second operand of both where it is NaN
    ("CLAMP", 1, "same", "i", "p0 if a < p0 else (p1 if a > p1 else a)"),
    ("CLAMP_GRAD", 2, "same", "f", "a if (b >= p0) & (b <= p1) else 0"),
    # activations (a is the gradient and b the input or output in the *_GRAD rows)
    ("RELU", 1, "same", "fi", "0 if a <= 0 else a"),
    ("RELU_GRAD", 2, "same", "f", "0 if b <= 0 else a"),
    ("THRESHOLD", 1, "same", "fi", "p1 if a <= p0 else a"),
    ("THRESHOLD_GRAD", 2, "same", "f", "a if b > p0 else 0"),
    ("LEAKY_RELU", 1, "same", "f", "a if a > 0 else a * p0"),
    ("PRELU", 2, "same", "f", "a if a > 0 else a * b"),
    ("HARDSHRINK", 1, "same", "f", "0 if (a >= -p0) & (a <= p0) else a"),
    ("HARDSHRINK_GRAD", 2, "same", "f", "0 if (b >= -p0) & (b <= p0) else a"),
    ("LEAKY_RELU_GRAD", 2, "same", "f", "a if b > 0 else a * p0"),
    ("HARDTANH_GRAD", 2, "same", "f", "a if (b > p0) & (b < p1) else 0"),
    ("SIGMOID_GRAD", 2, "same", "f", "a * (1 - b) * b"),
    ("TANH_GRAD", 2, "same", "f", "a * (1 - b * b)"),
    ("ELU", 1, "same", "f", "expm1{f}(a * p2) * p0 if a <= 0 else a * p1"),
    ("ELU_GRAD", 2, "same", "f", "a * p2 * p0 * exp{f}(b * p2) if b <= 0 else a * p1"),
    ("SILU", 1, "same", "f", "a / (1 + exp{f}(-a))"),
    ("SILU_GRAD", 2, "same", "f", "lx_silu_grad{f}(a, b)"),
    ("LOGIT", 1, "same", "f", "lx_logit{f}(a, p0)"),
    ("LOGIT_GRAD", 2, "same", "f", "lx_logit_grad{f}(a, b, p0)"),
    ("SOFTPLUS", 1, "same", "f", "a if a * p0 > p1 else log1p{f}(exp{f}(a * p0)) / p0"),
    ("SOFTPLUS_GRAD", 2, "same", "f", "a if b * p0 > p1 else a / (1 + exp{f}(-b * p0))"),
    ("MISH", 1, "same", "f", "lx_mish{f}(a)"),
    ("MISH_GRAD", 2, "same", "f", "lx_mish_grad{f}(a, b)"),
    ("HARDSIGMOID", 1, "same", "f", "(0 if a <= -3 else (6 if a >= 3 else a + 3)) * <{T}>(1.0 / 6)"),
    ("HARDSIGMOID_GRAD", 2, "same", "f", "a * <{T}>(1.0 / 6) if (b > -3) & (b < 3) else 0"),
    ("HARDSWISH", 1, "same", "f", "a * (0 if a <= -3 else (6 if a >= 3 else a + 3)) * <{T}>(1.0 / 6)"),
    ("HARDSWISH_GRAD", 2, "same", "f", "0 if b <= -3 else (a if b >= 3 else a * (b / 3 + <{T}>0.5))"),
    ("SOFTSHRINK", 1, "same", "f", "a - p0 if a > p0 else (a + p0 if a < -p0 else a * 0)"),
    ("LOG_SIGMOID", 1, "same", "f", "(a if a < 0 else 0) - log1p{f}(exp{f}(-fabs{f}(a)))"),
    ("LOG_SIGMOID_GRAD", 2, "same", "f", "a / (1 + exp{f}(b))"),
    ("GELU", 1, "same", "f", "<{T}>0.5 * a * (1 + erf{f}(a * <{T}>0.70710678118654752440))"),
    ("GELU_GRAD", 2, "same", "f", "lx_gelu_grad{f}(a, b)"),
    ("GELU_TANH", 1, "same", "f", "lx_gelu_tanh{f}(a)"),
    ("GELU_TANH_GRAD", 2, "same", "f", "lx_gelu_tanh_grad{f}(a, b)"),
    # three operands
    ("ADDCMUL", 3, "same", "f", "a + p0 * b * c"),
    ("ADDCDIV", 3, "same", "f", "a + p0 * b / c"),
    ("LERP", 3, "same", "f", "(a if fabs{f}(c) < 0.5 else b) + (c if fabs{f}(c) < 0.5 else c - 1) * (b - a)"),
]

# Functions of one operand that mathfun.h, trigfun.h, specfun.h and bessel.h compute: (NAME, its name there).
MATH = [
    ("EXP", "exp"), ("EXPM1", "expm1"), ("LOG", "log"), ("LOG1P", "log1p"), ("LOG2", "log2"), ("LOG10", "log10"),
    ("SIN", "sin"), ("COS", "cos"), ("TANH", "tanh"), ("SIGMOID", "sigmoid"), ("ERF", "erf"),
    ("EXP2", "exp2"), ("TAN", "tan"), ("ASIN", "asin"), ("ACOS", "acos"), ("ATAN", "atan"), ("SINH", "sinh"), ("COSH", "cosh"),
    ("ASINH", "asinh"), ("ACOSH", "acosh"), ("ATANH", "atanh"), ("SINC", "sinc"), ("ERFC", "erfc"), ("ERFINV", "erfinv"),
    ("LGAMMA", "lgamma"), ("DIGAMMA", "digamma"), ("I0", "i0"), ("I0E", "i0e"), ("I1", "i1"), ("I1E", "i1e"), ("ENTR", "entr"),
    ("ERFCX", "erfcx"), ("NDTR", "ndtr"), ("LOG_NDTR", "log_ndtr"), ("NDTRI", "ndtri"),
    *((name.upper(), name) for name in BESSEL),
    ("POLYGAMMA", "polygamma"),
]
ORDERED = {"POLYGAMMA"}            # those with an order, the parameter p0

# Activations of float32 that activations.h computes in vectors: (NAME, inputs); their rows above serve float64.
ACTIVATIONS = [
    ("ELU", 1), ("ELU_GRAD", 2), ("SILU", 1), ("SILU_GRAD", 2), ("SOFTPLUS", 1), ("SOFTPLUS_GRAD", 2),
    ("LOGIT", 1), ("MISH", 1), ("MISH_GRAD", 2), ("LOG_SIGMOID", 1), ("LOG_SIGMOID_GRAD", 2), ("GELU", 1), ("GELU_GRAD", 2), ("GELU_TANH", 1), ("GELU_TANH_GRAD", 2),
]

# Loops of float32 that headers of micro/ have whole, steps included: their rows above serve float64.
STEPPED = [
    ("POW", "pow"), ("ATAN2", "atan2"), ("XLOGY", "xlogy"), ("XLOG1PY", "xlog1py"), ("LOGADDEXP", "logaddexp"),
    ("LOGADDEXP2", "logaddexp2"), ("LDEXP", "ldexp"), ("FMOD", "fmod"), ("REMAINDER", "remainder"), ("FLOOR_DIV", "floor_div"),
    *((name.upper(), name) for name in POLYNOMIALS),
]

NAMES = list(dict.fromkeys([row[0] for row in POINTWISE] + [name for name, _ in MATH]))


# Folds of many elements into one, in reduce.pxi.tp.
REDUCTIONS = [
    "SUM", "PROD", "NONZERO", "MAX", "MIN", "ARGMAX", "ARGMIN", "SUMSQ", "SUMABS", "SUMPOW", "NANSUM", "MAXABS", "MINABS", "DEV",
]

# (dtype, C type, suffix in micro/sums.h, suffix of C's functions)
FOLD_FLOATS = [("float32", "float", "f32", "f"), ("float64", "double", "f64", "")]
SORT_KEYS = [                      # (dtype, key joined with a position, bits of the position)
    ("float32", "uint64_t", 32), ("float64", "lucet_u128", 64), ("int64", "lucet_u128", 64), ("int32", "uint64_t", 32),
    ("int16", "uint64_t", 32), ("int8", "uint64_t", 32), ("uint8", "uint64_t", 32),
]
FOLD_INTS = [(d, CTYPES[d], d[0] + d.lstrip("uint"), "") for d in ("int64", "int32", "int16", "int8", "uint8")]


# Integers that hardly any program computes in: built at the base only.
NARROW = ("int8", "int16")


def fold_ints(level):
    """The integer types whose reductions a build has."""
    return [row for row in FOLD_INTS if not (level and row[0] in NARROW)]


def product_ints(level):
    """The integer types whose matrix product a build has."""
    return [dtype for dtype in CLASSES["i"] if not (level and dtype in NARROW)]


# Loops that no instruction set turns into vectors (one division or multiplication chain an element) or that only copy.
SCALAR = {
    "FLOOR_DIV", "TRUNC_DIV", "REMAINDER", "FMOD", "POW", "FLOOR", "CEIL", "TRUNC", "ROUND", "GCD", "LCM", "HEAVISIDE", "ISPOSINF",
    "ISNEGINF", "SIGNBIT", "NAN_TO_NUM", "MANTISSA", "EXPONENT", "POLAR",
}

# The same of loops over floats: series and recurrences whose length the numbers decide, as fast at the base, and in one loop for
# whichever way the operands lie.
SCALAR_FLOATS = {"ZETA", "IGAMMA", "IGAMMAC", *(name.upper() for name in POLYNOMIALS)}


# Loops over complex numbers that a compiler turns into vectors: the others call a function of C for each element.
COMPLEX_VECTORS = {"ADD", "ADD_SCALED", "SUB", "DIV", "EQ", "NE", "NEG", "ABS", "CONJ", "SGN", "RECIPROCAL", "SQUARE", "CUBE"}


def pointwise_rows(level):
    """(row name, dtype, C type, formula, inputs, result) of every loop in a build; above the base those that gain from it."""
    for name, inputs, result, classes, formula in POINTWISE:
        for cls in classes:
            if level and (name not in COMPLEX_VECTORS if cls == "c" else name in (SCALAR_FLOATS if cls == "f" else SCALAR)):
                continue
            for dtype in CLASSES[cls]:
                if (name, dtype) == ("ANGLE", "complex64"):      # a loop of trigfun.h
                    continue
                if level and dtype in NARROW or dtype == "float32" and ((name, inputs) in ACTIVATIONS or name in dict(STEPPED)):
                    continue
                f = "f" if dtype in ("float32", "complex64") else ""
                yield name, dtype, CTYPES[dtype], formula.format(f=f, T=CTYPES[dtype]), inputs, result


def result_type(dtype, result):
    """The C type that a loop writes."""
    wholes = {part: whole for whole, part in PARTS.items()}
    return {"bool": "uint8_t", "real": CTYPES[PARTS.get(dtype, dtype)], "complex": CTYPES[wholes.get(dtype, dtype)]}.get(result, CTYPES[dtype])


def contiguous_test(inputs, out_type, in_type):
    """The condition that every operand of a loop is a dense run."""
    return " and ".join(f"steps[{k}] == sizeof({in_type if k else out_type})" for k in range(inputs + 1))


_LEVEL_CASTS = ("bool", "uint8", "int32", "int64", "float16", "bfloat16", "float32", "float64")


def cast_rows(level):
    """(source, target) of every loop in a build that converts."""
    for source in CTYPES:
        for target in CTYPES:
            if source != target and (not level or source in _LEVEL_CASTS and target in _LEVEL_CASTS):
                yield source, target


def conversion(source, target):
    """The Cython expression that turns `x` of type `source` into `target`."""
    x = {"float16": "lh_f16_to_f32(x)", "bfloat16": "lh_bf16_to_f32(x)"}.get(source, "x")
    if source.startswith("complex") and not target.startswith("complex") and target != "bool":
        x = "x.real"
    if target == "bool":
        return "x.real != 0 or x.imag != 0" if source.startswith("complex") else f"{x} != 0"
    if target == "float16":
        return f"lh_f32_to_f16(<float>{x})"
    if target == "bfloat16":
        return f"lh_f32_to_bf16(<float>{x})"
    if target.startswith("complex") and not source.startswith("complex"):
        return f"lx_complexf(<float>{x})" if target == "complex64" else f"lx_complex(<double>{x})"
    is_float = source.startswith(("float", "bfloat", "complex"))
    if is_float and target.startswith(("int", "uint")) and target not in ("int32", "int64"):
        return f"<{CTYPES[target]}><int64_t>{x}"       # wraps modulo the width, as conversion instructions do
    return f"<{CTYPES[target]}>{x}"
