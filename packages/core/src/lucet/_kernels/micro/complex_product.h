/* Products of complex numbers that lie as pairs of float or double, each part by its formula. All four products are rounded before
 * two of them are added: fused, the imaginary part of z * conj(z) would be what the rounding of a product left, not zero.
 * (Compilers fuse where a language would not, and a loop they turn into vectors has no words against it.)
 *
 *   lm_mul_c64s(x, sx, y, sy, z, sz, n)     z = x y, steps counted in numbers; a step of 0 repeats one number
 *   lm_mul_c128s(...)
 */
#ifndef LUCET_COMPLEX_PRODUCT_H
#define LUCET_COMPLEX_PRODUCT_H
#include "mathfun.h"
#include "vec.h"

#if LM_VL == 16
#  define LP_LANES_OF_FLOAT(f) f(0), f(1), f(2), f(3), f(4), f(5), f(6), f(7), f(8), f(9), f(10), f(11), f(12), f(13), f(14), f(15)
#  define LP_LANES_OF_DOUBLE(f) f(0), f(1), f(2), f(3), f(4), f(5), f(6), f(7)
#elif LM_VL == 8
#  define LP_LANES_OF_FLOAT(f) f(0), f(1), f(2), f(3), f(4), f(5), f(6), f(7)
#  define LP_LANES_OF_DOUBLE(f) f(0), f(1), f(2), f(3)
#else
#  define LP_LANES_OF_FLOAT(f) f(0), f(1), f(2), f(3)
#  define LP_LANES_OF_DOUBLE(f) f(0), f(1)
#endif
#define LP_REAL(i) ((i) & ~1)
#define LP_IMAG(i) ((i) | 1)
#define LP_OTHER(i) ((i) ^ 1)
#define LP_SIGN(i) ((i) % 2 ? 0.0f : -0.0f)

#define LP_PRODUCT(S, T, V, M, W, LANES, load, store)                                                                   \
    LM_INL V lp_mul_##S(V x, V y) {                                                                                     \
        V p = VEC_SHUFFLE(M, x, x, LANES(LP_REAL)) * y;                                                                 \
        V q = VEC_SHUFFLE(M, x, x, LANES(LP_IMAG)) * VEC_SHUFFLE(M, y, y, LANES(LP_OTHER));                             \
        const V sign = {LANES(LP_SIGN)};                                                                                \
        LM_ROUND(p);                                                                                                    \
        LM_ROUND(q);                                                                                                    \
        return p + (V)((M)q ^ (M)sign);                                                                                 \
    }                                                                                                                   \
    /* Up to W / 2 numbers, what is missing being zero. */                                                              \
    LM_INL V lp_some_##S(const T *x, long step, long n) {                                                               \
        T t[W] = {0};                                                                                                   \
        for (long i = 0; i < n; i++) memcpy(t + 2 * i, x + 2 * i * step, 2 * sizeof(T));                                \
        return load(t);                                                                                                 \
    }                                                                                                                   \
    LM_FUN void lm_mul_##S##s(const T *x, long sx, const T *y, long sy, T *z, long sz, long n) {                        \
        V a = lp_some_##S(x, 0, n ? W / 2 : 0), b = lp_some_##S(y, 0, n ? W / 2 : 0);                                   \
        long i = 0;                                                                                                     \
        if (sz == 1 && (sx == 0 || sx == 1) && (sy == 0 || sy == 1))                                                    \
            for (; i + W / 2 <= n; i += W / 2) {                                                                        \
                if (sx) a = load(x + 2 * i);                                                                            \
                if (sy) b = load(y + 2 * i);                                                                            \
                store(z + 2 * i, lp_mul_##S(a, b));                                                                     \
            }                                                                                                           \
        for (; i < n; i += W / 2) {                                                                                     \
            long some = n - i < W / 2 ? n - i : W / 2;                                                                  \
            T t[W];                                                                                                     \
            store(t, lp_mul_##S(lp_some_##S(x + 2 * i * sx, sx, some), lp_some_##S(y + 2 * i * sy, sy, some)));         \
            for (long j = 0; j < some; j++) memcpy(z + 2 * (i + j) * sz, t + 2 * j, 2 * sizeof(T));                     \
        }                                                                                                               \
    }
LP_PRODUCT(c64, float, lm_vf, lm_vi, LM_VL, LP_LANES_OF_FLOAT, lm_load, lm_store)
LP_PRODUCT(c128, double, lm_vd, lm_vl, LM_VD, LP_LANES_OF_DOUBLE, lm_loadd, lm_stored)
#endif
