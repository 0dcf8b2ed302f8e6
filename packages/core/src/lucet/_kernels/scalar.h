/* Scalar formulas that the kernel table names and C has no function for. Per type, so that vector code can inline them. */
#ifndef LUCET_SCALAR_H
#define LUCET_SCALAR_H
#include <math.h>
#include <stdint.h>
#include <string.h>
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

/* The exact remainder of a / b with the sign of a. libm's takes a step for each few bits of the quotient; here the quotient
   comes from one division, which is off by one at most, and the remainder of that is exact: in double for float, with one
   rounding by fma for double. Quotients too long for that, infinities and NaN are libm's. */
static inline float lx_fmodf(float a, float b) {
    double q = (double)a / b;
    if (!(fabs(q) < 0x1p29 && fabsf(b) < INFINITY)) return fmodf(a, b);
    double r = a - trunc(q) * b;
    if (r != 0 && (r < 0) != (a < 0)) r += (a < 0) == (b < 0) ? b : -(double)b;
    return copysignf((float)r, a);
}
static inline double lx_fmod(double a, double b) {
#if defined(__FMA__) || defined(__aarch64__)
    double q = trunc(a / b);
    if (fabs(q) < 0x1p53 && fabs(b) < INFINITY) {
        double r = fma(-q, b, a);
        if (r != 0 && (r < 0) != (a < 0)) r += (a < 0) == (b < 0) ? b : -b;
        return copysign(r, a);
    }
#endif
    return fmod(a, b);
}

#define LX_FLOATS(T, S)                                                                                        \
    static inline T lx_max##S(T a, T b) { return a > b ? a : b; }                                              \
    static inline T lx_min##S(T a, T b) { return a < b ? a : b; }                                              \
    /* Python's rules: the remainder has the sign of b, and a = b * floor_div + remainder up to rounding. */   \
    /* Which elements need the last step is as good as random: it is added (-0 is none), not jumped over. */   \
    static inline int lx_wraps##S(T r, T b) { return (r != 0) & ((b < 0) != (r < 0)); }                        \
    static inline T lx_remainder##S(T a, T b) {                                                                \
        const T step[2] = {(T)-0.0, b};                                                                        \
        T r = lx_fmod##S(a, b);                                                                                \
        return r + step[lx_wraps##S(r, b)];                                                                    \
    }                                                                                                          \
    static inline T lx_floor_div##S(T a, T b) {                                                                \
        if (b == 0) return a / b;                                                                              \
        T r = lx_fmod##S(a, b), q = (a - r) / b - lx_wraps##S(r, b), whole = floor##S(q);                      \
        return copysign##S(whole + (q - whole > (T)0.5), copysign##S(1, a) * b);                               \
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
    }                                                                                                          \
    /* tanh(log(1 + e)) = n / (n + 2) with n = e (e + 2); above 20 it is 1 */                                  \
    static inline T lx_mish##S(T x) {                                                                          \
        T e = exp##S(x), n = e * (e + 2);                                                                      \
        return x > 20 ? x : x * (n / (n + 2));                                                                 \
    }                                                                                                          \
    static inline T lx_mish_grad##S(T g, T x) {                                                                \
        T e = exp##S(x), n = e * (e + 2), m = n + 2;                                                           \
        return x > 20 ? g : g * (n / m + x * (4 * (n + 1) / (m * m)) * (e / (1 + e)));                         \
    }                                                                                                          \
    static inline T lx_xlogy##S(T x, T y) { return y != y ? y : x == 0 ? 0 : x * log##S(y); }                  \
    static inline T lx_xlog1py##S(T x, T y) { return y != y ? y : x == 0 ? 0 : x * log1p##S(y); }              \
    static inline T lx_logaddexp##S(T a, T b) {                                                                \
        if (a == b) return a + (T)0.69314718055994530942;                                                      \
        return a != a || b != b ? a + b : (a > b ? a : b) + log1p##S(exp##S(-fabs##S(a - b)));                 \
    }                                                                                                          \
    static inline T lx_logaddexp2##S(T a, T b) {                                                               \
        if (a == b) return a + 1;                                                                              \
        T e = exp2##S(-fabs##S(a - b));                                                                        \
        return a != a || b != b ? a + b : (a > b ? a : b) + log1p##S(e) * (T)1.44269504088896340736;           \
    }                                                                                                          \
    /* eps < 0: no bounds */                                                                                   \
    static inline T lx_logit##S(T x, T eps) {                                                                  \
        if (eps >= 0) x = x < eps ? eps : x > 1 - eps ? 1 - eps : x;                                           \
        return log##S(x / (1 - x));                                                                            \
    }                                                                                                          \
    static inline T lx_logit_grad##S(T g, T x, T eps) {                                                        \
        if (eps < 0) return x < 0 || x > 1 ? (T)NAN : x == 0 || x == 1 ? g * (T)INFINITY : g / (x * (1 - x));  \
        return x < eps || x > 1 - eps ? 0 : g / (x * (1 - x));                                                 \
    }
LX_FLOATS(float, f)
LX_FLOATS(double, )

/* What is done to the bits of a number, without a branch: I integers as wide as T with M bits of mantissa, whose smallest exponent is LOW. */
#define LX_BITS(T, S, I, M, LOW)                                                                               \
    static inline I lx_bits##S(T x) { I u; memcpy(&u, &x, sizeof u); return u; }                               \
    static inline T lx_of_bits##S(I u) { T x; memcpy(&x, &u, sizeof x); return x; }                            \
    static inline T lx_normal##S(T x) { return fabs##S(x) < LOW ? x * ((I)1 << M) : x; }                       \
    static inline T lx_mantissa##S(T x) {                                                                      \
        I half = lx_bits##S((T)0.5), exponents = lx_bits##S((T)INFINITY);                                      \
        T m = lx_of_bits##S((lx_bits##S(lx_normal##S(x)) & ~exponents) | half);                                \
        return (x != 0) & (fabs##S(x) < INFINITY) ? m : x;                                                     \
    }                                                                                                          \
    static inline T lx_exponent##S(T x) {                                                                      \
        I exponents = lx_bits##S((T)INFINITY), e = (lx_bits##S(lx_normal##S(x)) & exponents) >> M;             \
        T shift = (T)(((I)1 << (8 * sizeof(T) - M - 2)) - 2);                                                  \
        T found = (T)(int)e - shift - (fabs##S(x) < LOW ? (T)M : 0);                                           \
        return (x != 0) & (fabs##S(x) < INFINITY) ? found : 0;                                                 \
    }                                                                                                          \
    static inline T lx_nextafter##S(T a, T b) {                                                                \
        T next = lx_of_bits##S(lx_bits##S(a) + ((a < b) == (a > 0) ? 1 : -1));                                 \
        next = a == 0 ? copysign##S(lx_of_bits##S(1), b) : next;                                               \
        next = a == b ? b : next;                                                                              \
        return (a != a) | (b != b) ? a + b : next;                                                             \
    }
LX_BITS(float, f, int32_t, 23, 0x1p-126f)
LX_BITS(double, , int64_t, 52, 0x1p-1022)

/* The squares of floats fit into double. */
static inline float lx_hypotf(float a, float b) {
    float r = (float)sqrt((double)a * a + (double)b * b);
    return fabsf(a) == INFINITY || fabsf(b) == INFINITY ? INFINITY : r;
}
static inline double lx_hypot(double a, double b) { return hypot(a, b); }

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
static inline int64_t lx_gcd(int64_t a, int64_t b) {
    uint64_t x = a < 0 ? 0 - (uint64_t)a : (uint64_t)a, y = b < 0 ? 0 - (uint64_t)b : (uint64_t)b;
    while (y) {
        uint64_t r = x % y;
        x = y;
        y = r;
    }
    return (int64_t)x;
}
static inline int64_t lx_lcm(int64_t a, int64_t b) {
    int64_t g = lx_gcd(a, b);
    uint64_t m = g == 0 ? 0 : (uint64_t)(a / g) * (uint64_t)b;
    return (int64_t)((int64_t)m < 0 ? 0 - m : m);
}
#define lx_lshift(a, b) ((b) < 0 || (b) >= (int)(8 * sizeof(a)) ? 0 : (int64_t)((uint64_t)(int64_t)(a) << (b)))
#define lx_rshift(a, b) ((b) < 0 || (b) >= (int)(8 * sizeof(a)) ? ((a) < 0 ? -1 : 0) : (a) >> (b))
#endif
