/* Scalar formulas that the kernel table names and C has no function for. Per type, so that vector code can inline them. */
#ifndef LUCET_SCALAR_H
#define LUCET_SCALAR_H
#include <math.h>
#include <stdint.h>
#include <complex.h>
#include "../half_scalar.h"

/* A real number as a complex one, its sign of zero kept: x + 0 * I would lose it. */
static inline float _Complex lx_complexf(float x) {
    union { float part[2]; float _Complex whole; } z = {{x, 0}};
    return z.whole;
}
static inline double _Complex lx_complex(double x) {
    union { double part[2]; double _Complex whole; } z = {{x, 0}};
    return z.whole;
}

#define LX_FLOATS(T, S)                                                                                        \
    static inline T lx_max##S(T a, T b) { return a > b ? a : b; }                                              \
    static inline T lx_min##S(T a, T b) { return a < b ? a : b; }                                              \
    /* Python's rules: the remainder has the sign of b, and a = b * floor_div + remainder up to rounding. */   \
    static inline T lx_remainder##S(T a, T b) {                                                                \
        T r = fmod##S(a, b);                                                                                   \
        return r != 0 && (b < 0) != (r < 0) ? r + b : r;                                                       \
    }                                                                                                          \
    static inline T lx_floor_div##S(T a, T b) {                                                                \
        if (b == 0) return a / b;                                                                              \
        T r = fmod##S(a, b), q = (a - r) / b;                                                                  \
        if (r != 0 && (b < 0) != (r < 0)) q -= 1;                                                              \
        if (q == 0) return copysign##S(0, a / b);                                                              \
        T whole = floor##S(q);                                                                                 \
        return q - whole > (T)0.5 ? whole + 1 : whole;                                                         \
    }                                                                                                          \
    static inline T lx_silu_grad##S(T g, T x) {                                                                \
        T s = 1 / (1 + exp##S(-x));                                                                            \
        return g * s * (1 + x * (1 - s));                                                                      \
    }                                                                                                          \
    static inline T lx_gelu_grad##S(T g, T x) {                                                                \
        T cdf = (T)0.5 * (1 + erf##S(x * (T)0.70710678118654752440));                                          \
        return g * (cdf + x * (T)0.39894228040143267794 * exp##S(-(T)0.5 * x * x));                            \
    }                                                                                                          \
    static inline T lx_gelu_tanh##S(T x) {                                                                     \
        T inner = (T)0.79788456080286535588 * (x + (T)0.044715 * x * x * x);                                   \
        return (T)0.5 * x * (1 + tanh##S(inner));                                                              \
    }                                                                                                          \
    static inline T lx_gelu_tanh_grad##S(T g, T x) {                                                           \
        T k = (T)0.79788456080286535588, c = (T)0.044715;                                                      \
        T t = tanh##S(k * (x + c * x * x * x));                                                                \
        return g * ((T)0.5 * (1 + t) + (T)0.5 * x * (1 - t * t) * k * (1 + 3 * c * x * x));                    \
    }
LX_FLOATS(float, f)
LX_FLOATS(double, )

/* Integer division in 64 bits; a zero divisor is reported through *failed, and -1 never traps. */
static inline int64_t lx_itrunc_div(int64_t a, int64_t b, int *failed) {
    if (b == 0) { *failed = 1; return 0; }
    return b == -1 ? (int64_t)(0 - (uint64_t)a) : a / b;
}
static inline int64_t lx_ifloor_div(int64_t a, int64_t b, int *failed) {
    if (b == 0) { *failed = 1; return 0; }
    if (b == -1) return (int64_t)(0 - (uint64_t)a);
    int64_t q = a / b;
    return a % b != 0 && (a < 0) != (b < 0) ? q - 1 : q;
}
static inline int64_t lx_ifmod(int64_t a, int64_t b, int *failed) {
    if (b == 0) { *failed = 1; return 0; }
    return b == -1 ? 0 : a % b;
}
static inline int64_t lx_iremainder(int64_t a, int64_t b, int *failed) {
    int64_t r = lx_ifmod(a, b, failed);
    return r != 0 && (r < 0) != (b < 0) ? r + b : r;
}
/* Integer powers wrap around; a negative exponent gives 0 except for bases 1 and -1, as integer division would. */
static inline int64_t lx_ipow(int64_t base, int64_t n) {
    if (n < 0) return base == 1 ? 1 : base == -1 ? (n & 1 ? -1 : 1) : 0;
    uint64_t x = (uint64_t)base, r = 1;
    for (; n; n >>= 1, x *= x)
        if (n & 1) r *= x;
    return (int64_t)r;
}
#define lx_lshift(a, b) ((b) < 0 || (b) >= (int)(8 * sizeof(a)) ? 0 : (int64_t)((uint64_t)(int64_t)(a) << (b)))
#define lx_rshift(a, b) ((a) >> ((b) < 0 || (b) >= (int)(8 * sizeof(a)) ? (int)(8 * sizeof(a)) - 1 : (b)))
#endif
