/* Complex numbers for the kernel table. Products and quotients take each part by its formula, as torch does: C's own operators
   would call a function for each element that looks for infinities. What is written here without a branch turns into vectors.
   The op `mul` is in micro/complex_product.h. */
#ifndef LUCET_COMPLEXFUN_H
#define LUCET_COMPLEXFUN_H
#include <complex.h>
#include <math.h>
#include "scalar.h"

#define LX_COMPLEX(T, S)                                                                                       \
    static inline T _Complex lx_cmake##S(T re, T im) {                                                         \
        T _Complex z;                                                                                          \
        __real__ z = re;                                                                                       \
        __imag__ z = im;                                                                                       \
        return z;                                                                                              \
    }                                                                                                          \
    static inline T _Complex lx_polar##S(T r, T angle) { return lx_cmake##S(r * cos##S(angle), r * sin##S(angle)); } \
    static inline T _Complex lx_conj##S(T _Complex a) { return lx_cmake##S(__real__ a, -__imag__ a); }         \
    static inline T _Complex lx_cmul##S(T _Complex a, T _Complex b) {                                          \
        T c = __real__ a, d = __imag__ a, e = __real__ b, f = __imag__ b;                                      \
        return lx_cmake##S(c * e - d * f, c * f + d * e);                                                      \
    }                                                                                                          \
    static inline T _Complex lx_cadd##S(T _Complex a, T _Complex b, T p) {                                     \
        return lx_cmake##S(fma##S(__real__ b, p, __real__ a), fma##S(__imag__ b, p, __imag__ a));              \
    }                                                                                                          \
    /* Smith, Algorithm 116: Complex division, 1962. A divisor of zero gives infinities, and NaN for 0 / 0. */ \
    static inline T _Complex lx_cdiv##S(T _Complex a, T _Complex b) {                                          \
        T c = __real__ b, d = __imag__ b, x = __real__ a, y = __imag__ a;                                      \
        int first = fabs##S(c) >= fabs##S(d);                                                                  \
        T p = first ? c : d, q = first ? d : c, u = first ? x : y, v = first ? y : x;                          \
        T ratio = q / p;                                                                                       \
        ratio = p == 0 ? 0 : ratio;                                                                            \
        p = p == 0 ? 0 : p;                                                  /* and no sign of it */           \
        T scale = 1 / (p + q * ratio), im = (v - u * ratio) * scale;                                           \
        return lx_cmake##S((u + v * ratio) * scale, first ? im : -im);                                         \
    }                                                                                                          \
    static inline T _Complex lx_cinv##S(T _Complex a) { return lx_cdiv##S(lx_cmake##S(1, 0), a); }             \
    static inline T _Complex lx_sgn##S(T _Complex a) {                                                         \
        T size = lx_cabs##S(a), re = __real__ a / size, im = __imag__ a / size;                                \
        return lx_cmake##S(size == 0 ? __real__ a : re, size == 0 ? __imag__ a : im);                          \
    }                                                                                                          \
    static inline int lx_cisinf##S(T _Complex a) {                                                             \
        return (fabs##S(__real__ a) == INFINITY) | (fabs##S(__imag__ a) == INFINITY);                          \
    }                                                                                                          \
    static inline int lx_cisfinite##S(T _Complex a) {                                                          \
        return (fabs##S(__real__ a) < INFINITY) & (fabs##S(__imag__ a) < INFINITY);                            \
    }                                                                                                          \
    /* exp(z) - 1 = expm1(x) cos(y) - 2 sin(y / 2)**2 + i exp(x) sin(y) */                                     \
    static inline T _Complex lx_cexpm1##S(T _Complex a) {                                                      \
        T x = __real__ a, y = __imag__ a, h = sin##S(y / 2);                                                   \
        return lx_cmake##S(expm1##S(x) * cos##S(y) - 2 * h * h, exp##S(x) * sin##S(y));                        \
    }                                                                                                          \
    /* log|1 + z| from x (x + 2) + y**2, which does not cancel near 0 */                                       \
    static inline T _Complex lx_clog1p##S(T _Complex a) {                                                      \
        T x = __real__ a, y = __imag__ a, angle = atan2##S(y, x + 1), r = x * (2 + x) + y * y;                 \
        if (!(lx_cabs##S(a) < (T)0.5)) return lx_cmake##S(log##S(hypot##S(x + 1, y)), angle);                  \
        return lx_cmake##S(r == 0 ? x : (T)0.5 * log1p##S(r), angle);                                          \
    }                                                                                                          \
    /* 0 to a power is what it is for real numbers, not the NaN of exp(b log(0)) */                            \
    static inline T _Complex lx_cpow##S(T _Complex a, T _Complex b) {                                          \
        if (b == 0) return lx_cmake##S(1, 0);                                                                  \
        if (b == 1) return a;                                                                                  \
        if (b == -1) return lx_cinv##S(a);                                                                     \
        if (a == 0 && __imag__ b == 0 && __real__ b > 0) return a;                                             \
        return cpow##S(a, b);                                                                                  \
    }                                                                                                          \
    static inline T _Complex lx_cscale##S(T _Complex a, T p) { return lx_cmake##S(__real__ a * p, __imag__ a * p); } \
    static inline T _Complex lx_clog2##S(T _Complex a) { return lx_cscale##S(clog##S(a), (T)1.44269504088896340736); } \
    static inline T _Complex lx_clog10##S(T _Complex a) { return lx_cscale##S(clog##S(a), (T)0.43429448190325182765); } \
    static inline T _Complex lx_cexp2##S(T _Complex a) { return cexp##S(lx_cscale##S(a, (T)0.69314718055994530942)); } \
    static inline T _Complex lx_csigmoid##S(T _Complex a) {                                                    \
        T _Complex e = cexp##S(-a);                                                                            \
        return lx_cinv##S(lx_cmake##S(1 + __real__ e, __imag__ e));                                            \
    }                                                                                                          \
    static inline T _Complex lx_clogaddexp##S(T _Complex a, T _Complex b) {                                    \
        int first = __real__ a >= __real__ b;                                                                  \
        T _Complex high = first ? a : b, low = first ? b : a;                                                  \
        if (__real__ high == -INFINITY) return high;                                                           \
        return high + lx_clog1p##S(cexp##S(low - high));                                                       \
    }                                                                                                          \
    static inline T _Complex lx_csinc##S(T _Complex a) {                                                       \
        T _Complex t = lx_cscale##S(a, (T)3.14159265358979323846);                                             \
        return a == 0 ? lx_cmake##S(1, 0) : lx_cdiv##S(csin##S(t), t);                                         \
    }

static inline float lx_cabsf(float _Complex a) { return lx_hypotf(__real__ a, __imag__ a); }
static inline double lx_cabs(double _Complex a) {
    double x = fabs(__real__ a), y = fabs(__imag__ a), u = x > y ? x : y, v = x > y ? y : x, ratio = v / u;
    double r = u * sqrt(1 + ratio * ratio);
    r = u == 0 ? 0 : r;
    r = x != x ? x : y != y ? y : r;
    return (x == INFINITY) | (y == INFINITY) ? INFINITY : r;
}
LX_COMPLEX(float, f)
LX_COMPLEX(double, )
#endif
