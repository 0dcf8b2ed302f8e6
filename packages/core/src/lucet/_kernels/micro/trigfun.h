/* Vectorised trigonometric, hyperbolic and error functions, and functions of two numbers: float32 computed in float64,
 * within 0.51 ulp of the exact result (exp2 in float32, within 1.01); float64 by libm. Arrays as in mathfun.h. Polynomials are near-minimax (Chebyshev interpolation at
 * 40 digits) of the function named beside them, relative error below 4e-9.
 *
 * Here products and sums may fuse: the result may differ by an ulp between instruction sets.
 */
#ifndef LUCET_TRIGFUN_H
#define LUCET_TRIGFUN_H
#include "mathfun.h"

LM_INL lm_vd lm_sqrtd(lm_vd x) {
    lm_vd y;
    _Pragma("GCC unroll 8") for (int i = 0; i < LM_VD; i++) y[i] = sqrt(x[i]);
    return y;
}

LM_INL lm_vd lm_exp_clamped(lm_vd x) {       /* exp(x) as float32 holds it: 2^+-200 are its infinity and its zero */
    lm_vd t = x * 1.4426950408889634;
    t = lm_seld(t > 200.0, lm_setd(200.0), t);
    return lm_core_exp2(lm_seld(t < -200.0, lm_setd(-200.0), t));
}

LM_INL lm_vf lm_vexp2(lm_vf x) {               /* an ulp */
    lm_vf t = lm_sel(x > 130.0f, lm_set(130.0f), lm_sel(x < -152.0f, lm_set(-152.0f), x));
    lm_vf n = t + 12582912.0f, r = (t - (n - 12582912.0f)) * 0.693147181f;
    lm_vf z = r * r, p = (lm_exp_tail(r, z) * z + r) + 1.0f;
    lm_vw k = (lm_vw)n - 0x4b400000u, h = (lm_vw)((lm_vi)k >> 1);
    return p * (lm_vf)((h + 127) << 23) * (lm_vf)((k - h + 127) << 23);
}

/* |x| below 2^20 */
LM_INL lm_vh lm_htan(lm_vh x) {
    lm_vd q, s, c, w = lm_widen(x), r = lm_core_quadrant(w, &q);
    lm_core_sincos_poly(r, &s, &c);
    lm_vl turned = -(lm_vl)((lm_vu)q & 1);
    lm_vd y = lm_seld(turned, -c, s) / lm_seld(turned, s, c);
    return lm_narrow(lm_seld(w == 0.0, w, y));
}

/* atan(t) for |t| below tan(pi / 8) */
LM_INL lm_vd lm_core_atan(lm_vd t) {
    lm_vd z = t * t;
    lm_vd p = LM_POLY(z, -0.04043145455885223, 0.07135287552145222, -0.09028976882102907, 0.11107494602671182,
                      -0.1428561249224054, 0.1999999891704028, -0.3333333333144022);
    return p * (z * t) + t;
}

/* atan(t) = base + atan(n / d) with |n / d| below tan(pi / 8) */
LM_INL lm_vh lm_hatan(lm_vh x) {
    lm_vd w = lm_widen(x), a = lm_absd(w);
    lm_vl low = a <= 0.41421356237309503, middle = a <= 2.4142135623730949;
    lm_vd n = lm_seld(low, a, lm_seld(middle, a - 1.0, lm_setd(-1.0)));
    lm_vd d = lm_seld(low, lm_setd(1.0), lm_seld(middle, a + 1.0, a));
    lm_vd base = lm_seld(low, lm_setd(0.0), lm_seld(middle, lm_setd(0.78539816339744831), lm_setd(1.5707963267948966)));
    return lm_narrow(lm_signofd(base + lm_core_atan(n / d), w));
}

/* The angle of the point (x, y): that of the smaller part by the larger one, mirrored into its octant. */
LM_INL lm_vh lm_hatan2(lm_vh y, lm_vh x) {
    lm_vd w = lm_widen(y), v = lm_widen(x), a = lm_absd(w), b = lm_absd(v);
    lm_vl steep = a > b, both = (a == INFINITY) & (b == INFINITY);
    lm_vd large = lm_seld(both, lm_setd(1.0), lm_seld(steep, a, b)), small = lm_seld(both, lm_setd(1.0), lm_seld(steep, b, a));
    lm_vl low = small <= large * 0.41421356237309503;
    lm_vd n = lm_seld(low, small, small - large), d = lm_seld(low, lm_seld(large == 0.0, lm_setd(1.0), large), small + large);
    lm_vd t = n / d, r = lm_seld(low, lm_setd(0.0), lm_setd(0.78539816339744831)) + lm_core_atan(t);
    r = lm_seld(steep, 1.5707963267948966 - r, r);
    r = lm_seld((lm_vl)v < 0, 3.1415926535897931 - r, r);
    return lm_narrow(lm_signofd(r, w));
}

/* asin(s) for 0 <= s <= 1/2, z = s s */
LM_INL lm_vd lm_core_asin(lm_vd s, lm_vd z) {
    lm_vd p = LM_POLY(z, 0.030974540371355073, 0.010574415516912908, 0.02361181700889175, 0.03026913872858918,
                      0.044647663888134845, 0.07499992404401838, 0.16666666686085645);
    return p * (z * s) + s;
}

LM_INL lm_vh lm_hasin(lm_vh x) {
    lm_vd w = lm_widen(x), a = lm_absd(w);
    lm_vl big = a > 0.5;
    lm_vd z = lm_seld(big, 0.5 - 0.5 * a, a * a), p = lm_core_asin(lm_seld(big, lm_sqrtd(z), a), z);
    return lm_narrow(lm_signofd(lm_seld(big, 1.5707963267948966 - 2.0 * p, p), w));
}

LM_INL lm_vh lm_hacos(lm_vh x) {
    lm_vd w = lm_widen(x), a = lm_absd(w);
    lm_vl big = a > 0.5;
    lm_vd z = lm_seld(big, 0.5 - 0.5 * a, a * a), p = lm_core_asin(lm_seld(big, lm_sqrtd(z), a), z);
    lm_vd outer = lm_seld(w > 0.0, 2.0 * p, 3.1415926535897931 - 2.0 * p);
    return lm_narrow(lm_seld(big, outer, 1.5707963267948966 - lm_signofd(p, w)));
}

LM_INL lm_vh lm_hsinh(lm_vh x) {
    lm_vd w = lm_widen(x), a = lm_absd(w), z = a * a, e = lm_exp_clamped(a);
    lm_vd p = LM_POLY(z, 1.0 / 39916800, 1.0 / 362880, 1.0 / 5040, 1.0 / 120, 1.0 / 6);
    return lm_narrow(lm_signofd(lm_seld(a < 1.0, p * (z * a) + a, 0.5 * e - 0.5 / e), w));
}

LM_INL lm_vh lm_hcosh(lm_vh x) {
    lm_vd e = lm_exp_clamped(lm_absd(lm_widen(x)));
    return lm_narrow(0.5 * e + 0.5 / e);
}

LM_INL lm_vh lm_hasinh(lm_vh x) {
    lm_vd w = lm_widen(x), a = lm_absd(w), z = a * a;
    lm_vd small = LM_POLY(z, 3.0 / 40, -1.0 / 6) * (z * a) + a, y = lm_core_log(a + lm_sqrtd(z + 1.0));
    y = lm_seld(a < 1e-3, small, lm_seld(a < INFINITY, y, a));
    return lm_narrow(lm_signofd(y, w));
}

LM_INL lm_vh lm_hacosh(lm_vh x) {
    lm_vd w = lm_widen(x), y = lm_core_log(w + lm_sqrtd((w - 1.0) * (w + 1.0)));
    return lm_narrow(lm_seld(w < 1.0, lm_setd(NAN), lm_seld(w < INFINITY, y, w)));
}

LM_INL lm_vh lm_hatanh(lm_vh x) {
    lm_vd w = lm_widen(x), a = lm_absd(w), z = a * a;
    lm_vd small = LM_POLY(z, 1.0 / 5, 1.0 / 3) * (z * a) + a, y = 0.5 * lm_core_log((1.0 + a) / (1.0 - a));
    y = lm_seld(a < 1e-3, small, lm_seld(a < 1.0, y, lm_seld(a == 1.0, lm_setd(INFINITY), lm_setd(NAN))));
    return lm_narrow(lm_signofd(y, w));
}

/* erfc(a) exp(a a) for a from 0 to 11: a polynomial in 2 / (2 + a) */
LM_INL lm_vd lm_core_erfcx_near(lm_vd a) {
    return LM_POLY(2.0 / (2.0 + a), 0.009773130365225422, -0.10645766974932306, 0.49404465552381887, -1.2823772384318628,
                   2.022008362393169, -1.9504877509356167, 1.1482207985617302, -0.5462544788648556, 0.2586979900570747,
                   0.13598430654364502, 0.2533011493504546, 0.28141030792945931, 0.28213763520109081, -1.1979518574811798e-6);
}
LM_INL lm_vd lm_core_erfc(lm_vd w) {
    lm_vd a = lm_absd(w);
    a = lm_seld(a > 11.0, lm_setd(11.0), a);
    lm_vd y = lm_core_erfcx_near(a) * lm_core_exp2(a * a * -1.4426950408889634);
    return lm_seld(w < 0.0, 2.0 - y, y);
}
LM_INL lm_vh lm_herfc(lm_vh x) { return lm_narrow(lm_core_erfc(lm_widen(x))); }

/* erfinv(x) / x is a function of w = -log(1 - x x), fitted up to w = 5 and from there to the last float below 1 */
LM_INL lm_vd lm_core_erfinv_of(lm_vd v, lm_vd c) {                         /* c = 1 - v v */
    lm_vd w = -lm_core_log(c);
    lm_vd p = LM_POLY(w - 2.5, 1.23465771145025733e-10, 4.3406268038539929e-10, -1.086176127159434269e-8, 1.650364404121373e-8,
                      4.786897084558858e-7, -3.426266209734268e-6, -4.9960001101439555e-6, 0.00021826412522152256,
                      -0.0012527079573557702, -0.004177325080457763, 0.24664027674858424, 1.5014093517481764);
    lm_vd q = LM_POLY(lm_sqrtd(w) - 3.0, -3.457193456220322641e-05, 0.0001685323878082093, -0.0002722651475565203,
                      -0.0001313107350119176, 0.0014737405850257594, -0.003561681243194325, 0.0056876894850519125,
                      -0.007643745478906239, 0.009445322788206345, 1.001675285314737, 2.8329768011622325);
    lm_vd y = v * lm_seld(w < 5.0, p, q);
    return lm_seld(c > 0.0, y, lm_seld(c == 0.0, v * INFINITY, lm_setd(NAN)));
}
LM_INL lm_vd lm_core_erfinv(lm_vd v) { return lm_core_erfinv_of(v, (1.0 - v) * (1.0 + v)); }
LM_INL lm_vh lm_herfinv(lm_vh x) { return lm_narrow(lm_core_erfinv(lm_widen(x))); }

/* log(1 + x) for x above -1 */
LM_INL lm_vd lm_core_log1p(lm_vd x) {
    lm_vd u = 1.0 + x;
    return lm_core_log(u) + (x - (u - 1.0)) / u;       /* what rounding 1 + x lost */
}

LM_INL lm_vd lm_core_xlog(lm_vd x, lm_vd y, lm_vd log) {
    return lm_seld(y == y, lm_seld(x == 0.0, lm_setd(0.0), x * log), y);
}

LM_INL lm_vh lm_hxlogy(lm_vh x, lm_vh y) {
    lm_vd v = lm_widen(y);
    lm_vd l = lm_seld((v > 0.0) & (v < INFINITY), lm_core_log(v), lm_log_edged(v));
    return lm_narrow(lm_core_xlog(lm_widen(x), v, l));
}

LM_INL lm_vh lm_hxlog1py(lm_vh x, lm_vh y) {
    lm_vd v = lm_widen(y);
    lm_vd l = lm_seld((v > -1.0) & (v < INFINITY), lm_core_log1p(v), lm_log_edged(1.0 + v));
    return lm_narrow(lm_core_xlog(lm_widen(x), v, l));
}

/* max(a, b) + log(1 + e) / log(base) with e = base^-|a - b| */
LM_INL lm_vd lm_core_logaddexp(lm_vd a, lm_vd b, lm_vd e, double per_log) {
    lm_vd large = lm_seld(a > b, a, b), y = large + lm_core_log1p(e) * per_log;
    return lm_seld(a == b, a + per_log * 0.69314718055994531, lm_seld((a == a) & (b == b), y, a + b));
}

LM_INL lm_vh lm_hlogaddexp(lm_vh x, lm_vh y) {
    lm_vd a = lm_widen(x), b = lm_widen(y);
    return lm_narrow(lm_core_logaddexp(a, b, lm_exp_clamped(-lm_absd(a - b)), 1.0));
}

LM_INL lm_vh lm_hlogaddexp2(lm_vh x, lm_vh y) {
    lm_vd a = lm_widen(x), b = lm_widen(y);
    return lm_narrow(lm_core_logaddexp(a, b, lm_exp_clamped(lm_absd(a - b) * -0.69314718055994531), 1.4426950408889634));
}

/* sin(pi x) / (pi x), |x| below 2^20: the quadrant is taken from x, which is exact */
LM_INL lm_vh lm_hsinc(lm_vh x) {
    lm_vd s, c, w = lm_widen(x), q = w + w + 6755399441055744.0;
    lm_core_sincos_poly((w - 0.5 * (q - 6755399441055744.0)) * 3.1415926535897931, &s, &c);
    lm_vu n = (lm_vu)q;
    s = (lm_vd)((lm_vu)lm_seld(-(lm_vl)(n & 1), c, s) ^ ((n & 2) << 62));
    return lm_narrow(lm_seld(w == 0.0, lm_setd(1.0), s / (w * 3.1415926535897931)));
}

LM_ARRAY(lm_exp2_f32, float, LM_VL, lm_load, lm_store, lm_vexp2)
LM_ARRAY(lm_tan_near, float, LM_VD, lm_loadh, lm_storeh, lm_htan)
LM_ARRAY(lm_asin_f32, float, LM_VD, lm_loadh, lm_storeh, lm_hasin)
LM_ARRAY(lm_acos_f32, float, LM_VD, lm_loadh, lm_storeh, lm_hacos)
LM_ARRAY(lm_atan_f32, float, LM_VD, lm_loadh, lm_storeh, lm_hatan)
LM_ARRAY(lm_sinh_f32, float, LM_VD, lm_loadh, lm_storeh, lm_hsinh)
LM_ARRAY(lm_cosh_f32, float, LM_VD, lm_loadh, lm_storeh, lm_hcosh)
LM_ARRAY(lm_asinh_f32, float, LM_VD, lm_loadh, lm_storeh, lm_hasinh)
LM_ARRAY(lm_acosh_f32, float, LM_VD, lm_loadh, lm_storeh, lm_hacosh)
LM_ARRAY(lm_atanh_f32, float, LM_VD, lm_loadh, lm_storeh, lm_hatanh)
LM_ARRAY(lm_erfc_f32, float, LM_VD, lm_loadh, lm_storeh, lm_herfc)
LM_ARRAY(lm_erfinv_f32, float, LM_VD, lm_loadh, lm_storeh, lm_herfinv)
LM_TRIG(lm_tan_f32, lm_tan_near, tan)
LM_ARRAY(lm_sinc_near, float, LM_VD, lm_loadh, lm_storeh, lm_hsinc)
LM_INL double lm_sinc1_f64(double x) { return x == 0 ? 1 : sin(3.1415926535897931 * x) / (3.1415926535897931 * x); }
LM_TRIG(lm_sinc_f32, lm_sinc_near, lm_sinc1_f64)

/* z = f(x, y) with steps in elements; a step of 0 broadcasts one operand */
#define LM_PAIRS(name, fn)                                                                          \
    LM_FUN void name(const float *x, long sx, const float *y, long sy, float *z, long sz, long n) { \
        for (long i = 0; i < n; i += 64) {                                                          \
            float a[64] = {0}, b[64] = {0}, r[64];                                                  \
            int k = n - i < 64 ? (int)(n - i) : 64;                                                 \
            for (int j = 0; j < k; j++) a[j] = x[(i + j) * sx];                                     \
            for (int j = 0; j < k; j++) b[j] = y[(i + j) * sy];                                     \
            for (int j = 0; j < k; j += LM_VD) lm_storeh(r + j, fn(lm_loadh(a + j), lm_loadh(b + j))); \
            for (int j = 0; j < k; j++) z[(i + j) * sz] = r[j];                                     \
        }                                                                                           \
    }
/* Pairs for which `hard` holds are given to a scalar function: a block that has none does not ask. */
#define LM_PAIRS_BUT(name, fn, hard, scalar)                                                        \
    LM_FUN void name(const float *x, long sx, const float *y, long sy, float *z, long sz, long n) { \
        for (long i = 0; i < n; i += 64) {                                                          \
            float a[64], b[64], r[64];                                                              \
            int any = 0, k = n - i < 64 ? (int)(n - i) : 64;                                        \
            for (int j = 0; j < k; j++) a[j] = x[(i + j) * sx];                                     \
            for (int j = 0; j < k; j++) b[j] = y[(i + j) * sy];                                     \
            for (int j = k; j < 64; j++) a[j] = b[j] = 1;                                           \
            for (int j = 0; j < k; j++) any |= hard(a[j], b[j]);                                    \
            for (int j = 0; j < k; j += LM_VD) lm_storeh(r + j, fn(lm_loadh(a + j), lm_loadh(b + j))); \
            if (any)                                                                                \
                for (int j = 0; j < k; j++)                                                         \
                    if (hard(a[j], b[j])) r[j] = scalar(a[j], b[j]);                                \
            for (int j = 0; j < k; j++) z[(i + j) * sz] = r[j];                                     \
        }                                                                                           \
    }

/* x 2^y */
LM_FUN void lm_ldexp_f32s(const float *x, long sx, const float *y, long sy, float *z, long sz, long n) {
    for (long i = 0; i < n; i += 64) {
        float a[64], b[64] = {0};
        int k = n - i < 64 ? (int)(n - i) : 64;
        for (int j = 0; j < k; j++) a[j] = x[(i + j) * sx];
        for (int j = 0; j < k; j++) b[j] = y[(i + j) * sy];
        for (int j = 0; j < k; j += LM_VL) lm_store(b + j, lm_vexp2(lm_load(b + j)));
        for (int j = 0; j < k; j++) z[(i + j) * sz] = a[j] * b[j];
    }
}

LM_PAIRS(lm_atan2_f32s, lm_hatan2)
LM_PAIRS(lm_xlogy_f32s, lm_hxlogy)
LM_PAIRS(lm_xlog1py_f32s, lm_hxlog1py)
LM_PAIRS(lm_logaddexp_f32s, lm_hlogaddexp)
LM_PAIRS(lm_logaddexp2_f32s, lm_hlogaddexp2)

/* erfinv in float64: Newton's method on whichever of erf and erfc keeps the digits, from what serves float32 or, nearer to 1,
 * from erfc(y) = exp(-y y) / (y sqrt(pi)) solved for y. */
LM_INL double lm_erfinv1_f64(double x) {
    double a = fabs(x), y;
    if (!(a < 1)) return a == 1 ? copysign(INFINITY, x) : NAN;
    if (a < 0.9999999) {
        y = lm_core_erfinv(lm_setd(a))[0];
    } else {
        double l = -log(1 - a);
        y = sqrt(l);
        for (int i = 0; i < 4; i++) y = sqrt(l - log(1.7724538509055160 * y));
    }
    for (int i = 0; i < 3; i++) y += (a < 0.5 ? a - erf(y) : erfc(y) - (1 - a)) * 0.88622692545275801 * exp(y * y);
    return copysign(y, x);
}
LM_ARRAY_LIBM(lm_exp2_f64, double, exp2)
LM_ARRAY_LIBM(lm_tan_f64, double, tan)
LM_ARRAY_LIBM(lm_sinc_f64, double, lm_sinc1_f64)
LM_ARRAY_LIBM(lm_asin_f64, double, asin)
LM_ARRAY_LIBM(lm_acos_f64, double, acos)
LM_ARRAY_LIBM(lm_atan_f64, double, atan)
LM_ARRAY_LIBM(lm_sinh_f64, double, sinh)
LM_ARRAY_LIBM(lm_cosh_f64, double, cosh)
LM_ARRAY_LIBM(lm_asinh_f64, double, asinh)
LM_ARRAY_LIBM(lm_acosh_f64, double, acosh)
LM_ARRAY_LIBM(lm_atanh_f64, double, atanh)
LM_ARRAY_LIBM(lm_erfc_f64, double, erfc)
LM_ARRAY_LIBM(lm_erfinv_f64, double, lm_erfinv1_f64)
#endif
