/* Vectorised elementary functions (float32 by own polynomials, float64 partly libm); no reductions, no random numbers.
 *
 * Everything is one vector expression per function, written once in GCC/clang vector extensions and compiled per
 * instruction set: `lm_vf` holds LM_VL floats, `lm_vd` LM_VL/2 doubles, both one native register wide. The array forms
 * take n elements, may run in place, and have a strided twin that gives the same bits. Polynomials are minimax fits
 * (Remez exchange at 200 bits) of the function named beside them. Infinities, NaN, denormals and signed zeros come out
 * as IEEE 754 wants; nothing relies on the rounding mode being anything but to nearest.
 *
 * The functions that work through float64 inside (log2, log10, sin, cos, pow) and the `lm_core_` ones never contract
 * a multiply with an add, so they give the same bits on every instruction set. The others differ by an ulp at most.
 */
#ifndef LUCET_MATHFUN_H
#define LUCET_MATHFUN_H
#include <math.h>
#include <stdint.h>
#include <string.h>
#if defined(__x86_64__)
#  include <immintrin.h>
#elif defined(__aarch64__)
#  include <arm_neon.h>
#endif

#if defined(__AVX512F__) && defined(__AVX512DQ__)
#  define LM_VL 16
#elif defined(__AVX2__)
#  define LM_VL 8
#else
#  define LM_VL 4
#endif
#define LM_VD (LM_VL / 2)

typedef float lm_vf __attribute__((vector_size(LM_VL * 4)));
typedef int32_t lm_vi __attribute__((vector_size(LM_VL * 4)));
typedef uint32_t lm_vw __attribute__((vector_size(LM_VL * 4)));
typedef double lm_vd __attribute__((vector_size(LM_VL * 4)));
typedef int64_t lm_vl __attribute__((vector_size(LM_VL * 4)));
typedef uint64_t lm_vu __attribute__((vector_size(LM_VL * 4)));
typedef float lm_vh __attribute__((vector_size(LM_VL * 2)));      /* half a register: the floats of one lm_vd */
typedef float lm_vfu __attribute__((vector_size(LM_VL * 4), aligned(4), may_alias));
typedef double lm_vdu __attribute__((vector_size(LM_VL * 4), aligned(8), may_alias));
typedef float lm_vhu __attribute__((vector_size(LM_VL * 2), aligned(4), may_alias));

#define LM_INL static inline __attribute__((always_inline, unused))
#define LM_FUN static __attribute__((unused))

LM_INL lm_vf lm_load(const float *p) { return *(const lm_vfu *)p; }
LM_INL void lm_store(float *p, lm_vf v) { *(lm_vfu *)p = v; }
LM_INL lm_vd lm_loadd(const double *p) { return *(const lm_vdu *)p; }
LM_INL void lm_stored(double *p, lm_vd v) { *(lm_vdu *)p = v; }
LM_INL lm_vh lm_loadh(const float *p) { return *(const lm_vhu *)p; }
LM_INL void lm_storeh(float *p, lm_vh v) { *(lm_vhu *)p = v; }
LM_INL lm_vf lm_set(float x) { return x - (lm_vf){0}; }
LM_INL lm_vd lm_setd(double x) { return x - (lm_vd){0}; }
LM_INL lm_vd lm_widen(lm_vh v) { return __builtin_convertvector(v, lm_vd); }
LM_INL lm_vh lm_narrow(lm_vd v) { return __builtin_convertvector(v, lm_vh); }
LM_INL lm_vf lm_sel(lm_vi m, lm_vf a, lm_vf b) { return (lm_vf)((m & (lm_vi)a) | (~m & (lm_vi)b)); }
LM_INL lm_vd lm_seld(lm_vl m, lm_vd a, lm_vd b) { return (lm_vd)((m & (lm_vl)a) | (~m & (lm_vl)b)); }
LM_INL lm_vf lm_abs(lm_vf x) { return (lm_vf)((lm_vi)x & 0x7fffffff); }
LM_INL lm_vf lm_signof(lm_vf mag, lm_vf sgn) { return (lm_vf)((lm_vi)mag | ((lm_vi)sgn & INT32_MIN)); }
LM_INL lm_vd lm_absd(lm_vd x) { return (lm_vd)((lm_vl)x & INT64_MAX); }
LM_INL lm_vd lm_signofd(lm_vd mag, lm_vd sgn) { return (lm_vd)((lm_vl)mag | ((lm_vl)sgn & INT64_MIN)); }

/* Whether the comparison holds in every lane; x where it is below c, else (NaN too) c. */
#if LM_VL == 16
LM_INL int lm_all(lm_vi m) { return _mm512_movepi32_mask((__m512i)m) == 0xffff; }
LM_INL lm_vf lm_below(lm_vf x, float c) { return (lm_vf)_mm512_min_ps((__m512)x, _mm512_set1_ps(c)); }
#elif LM_VL == 8
LM_INL int lm_all(lm_vi m) { return _mm256_movemask_ps((__m256)m) == 0xff; }
LM_INL lm_vf lm_below(lm_vf x, float c) { return (lm_vf)_mm256_min_ps((__m256)x, _mm256_set1_ps(c)); }
#else
#  if defined(__x86_64__)
LM_INL int lm_all(lm_vi m) { return _mm_movemask_ps((__m128)m) == 0xf; }
#  elif defined(__aarch64__)
LM_INL int lm_all(lm_vi m) { return vminvq_u32((uint32x4_t)m) != 0; }
#  else
LM_INL int lm_all(lm_vi m) { return (m[0] & m[1] & m[2] & m[3]) != 0; }
#  endif
LM_INL lm_vf lm_below(lm_vf x, float c) { return lm_sel(x < c, x, lm_set(c)); }
#endif

/* A product the compiler must round: it cannot see through the empty asm, so it cannot fuse a following add. */
#if defined(__x86_64__) && defined(__AVX512F__)
#  define LM_ROUND(v) __asm__("" : "+v"(v))
#elif defined(__x86_64__)
#  define LM_ROUND(v) __asm__("" : "+x"(v))
#elif defined(__aarch64__)
#  define LM_ROUND(v) __asm__("" : "+w"(v))
#else
#  define LM_ROUND(v) __asm__("" : "+m"(v))
#endif
LM_INL lm_vd lm_mul(lm_vd a, lm_vd b) { lm_vd p = a * b; LM_ROUND(p); return p; }

/* ---------------------------------------------------------------- float32, in float32 */

/* x = n ln 2 + r + lo; returns r, *n as the float 1.5 * 2^23 + n, whose low bits are n */
LM_INL lm_vf lm_exp_reduce(lm_vf x, lm_vf *n, lm_vf *lo) {
    *n = x * 1.44269504f + 12582912.0f;
    lm_vf k = *n - 12582912.0f, a = x - k * 0.693359375f, r = a - k * -2.12194440e-4f;
    *lo = (a - r) - k * -2.12194440e-4f;
    return r;
}

/* (exp(r) - 1 - r) / r^2 for |r| <= ln(2)/2 */
LM_INL lm_vf lm_exp_tail(lm_vf r, lm_vf z) {
    lm_vf p = 0.00138131448f * r + 0.00836941879f;              /* in pairs: the chain of sums decides the time */
    p = p * z + (0.041668456f * r + 0.166665152f);
    return p * r + 0.49999994f;
}

/* exp(r + lo) - 1 for |r| <= ln(2)/2 */
LM_INL lm_vf lm_expm1_poly(lm_vf r, lm_vf lo) {
    lm_vf z = r * r;
    return (lm_exp_tail(r, z) * z + lo) + r;
}

/* exp(x) 2^-n, *n as in lm_exp_reduce */
LM_INL lm_vf lm_exp_parts(lm_vf x, lm_vf *n) {
    *n = x * 1.44269504f + 12582912.0f;
    lm_vf k = *n - 12582912.0f, r = (x - k * 0.693359375f) - k * -2.12194440e-4f;
    lm_vf z = r * r;
    return (lm_exp_tail(r, z) * z + r) + 1.0f;
}

/* exp(x) for |x| < 87: nothing overflows, nothing is denormal, so n is added to the exponent */
LM_INL lm_vf lm_exp_near(lm_vf x) {
    lm_vf n, p = lm_exp_parts(x, &n);
    return (lm_vf)((lm_vw)p + ((lm_vw)n << 23));
}

LM_INL lm_vf lm_vexp(lm_vf x) {
    if (__builtin_expect(lm_all(lm_abs(x) < 87.0f), 1)) return lm_exp_near(x);
    lm_vf n, p = lm_exp_parts(x, &n);
    lm_vw k = (lm_vw)n - 0x4b400000u, h = (lm_vw)((lm_vi)k >> 1);
    p = p * (lm_vf)((h + 127) << 23) * (lm_vf)((k - h + 127) << 23);       /* may be denormal or inf; NaN stays */
    return lm_sel(lm_abs(x) > 104.0f, lm_sel(x > 0.0f, lm_set(INFINITY), lm_set(0.0f)), p);
}

LM_INL lm_vf lm_vexpm1(lm_vf x0) {
    lm_vf n, lo, r, x = x0;
    x = lm_sel(x > 89.0f, lm_set(89.0f), x);
    x = lm_sel(x < -20.0f, lm_set(-20.0f), x);
    r = lm_exp_reduce(x, &n, &lo);
    lm_vf q = lm_expm1_poly(r, lo);
    lm_vf s = (lm_vf)((((lm_vw)n - 0x4b400000u) + 126) << 23);  /* 2^(k-1), so that k = 128 stays finite */
    lm_vf y = (s * q + (s - 0.5f)) * 2.0f;
    return lm_sel(lm_abs(x0) < 2.98e-8f, x0, y);                /* also keeps -0 and denormals */
}

/* log(1 + f) - f for sqrt(1/2) - 1 <= f <= sqrt(2) - 1, plus lo */
LM_INL lm_vf lm_log_poly(lm_vf f, lm_vf lo) {
    lm_vf z = f * f, p = 0.0674664676f * f - 0.116756544f;
    p = p * z + (0.118881606f * f - 0.124055885f);
    p = p * z + (0.142195523f * f - 0.166679963f);
    p = p * z + (0.200021192f * f - 0.250000089f);
    p = p * f + 0.333333135f;
    return (p * f) * z + lo - 0.5f * z;
}

/* x = 2^e m with sqrt(1/2) <= m < sqrt(2); returns m - 1 */
LM_INL lm_vf lm_log_reduce(lm_vf x, lm_vi *e) {
    lm_vw b = (lm_vw)x - 0x3f3504f3u;
    *e = (lm_vi)b >> 23;
    return (lm_vf)((b & 0x7fffff) + 0x3f3504f3u) - 1.0f;
}

/* log of what is not a positive finite number */
LM_INL lm_vf lm_log_edge(lm_vf x) {
    return lm_sel(x == 0.0f, lm_set(-INFINITY), lm_sel(x < 0.0f, lm_set(NAN), x));
}

/* log(2^lift x) - lift ln 2 for positive, normal, finite 2^lift x, which is given */
LM_INL lm_vf lm_log_normal(lm_vf x, lm_vi lift) {
    lm_vi e;
    lm_vf f = lm_log_reduce(x, &e), k = __builtin_convertvector(e - lift, lm_vf);
    return (f + lm_log_poly(f, k * -2.12194440e-4f)) + k * 0.693359375f;
}

LM_INL lm_vf lm_vlog(lm_vf x) {
    lm_vi common = (lm_vi)((lm_vw)x + 0x00800000u) > 0x00ffffff;           /* positive, normal and finite */
    if (__builtin_expect(lm_all(common), 1)) return lm_log_normal(x, (lm_vi){0});
    lm_vi tiny = x < 1.17549435e-38f;
    lm_vf y = lm_log_normal(lm_sel(tiny, x * 8388608.0f, x), tiny & 23);
    return lm_sel((x > 0.0f) & (x < INFINITY), y, lm_log_edge(x));
}

LM_INL lm_vf lm_vlog1p(lm_vf x) {
    lm_vf u = 1.0f + x;
    lm_vi e;
    lm_vf f = lm_log_reduce(u, &e), k = __builtin_convertvector(e, lm_vf);
    lm_vf c = lm_sel(x > 1.0f, 1.0f - (u - x), x - (u - 1.0f)) / u;   /* what rounding 1 + x lost */
    lm_vi near = e == 0;
    f = lm_sel(near, x, f);
    lm_vf lo = lm_sel(near, lm_set(0.0f), k * -2.12194440e-4f + c);
    lm_vf y = (f + lm_log_poly(f, lo)) + k * 0.693359375f;
    y = lm_sel((u > 0.0f) & (u < INFINITY), y, lm_log_edge(u));
    return lm_sel(lm_abs(x) < 2.98e-8f, x, y);
}

LM_INL lm_vf lm_vtanh(lm_vf x) {
    lm_vf a = lm_abs(x), z = x * x;
    lm_vf p = -0.0057170433f * z + 0.0206505861f;
    p = p * z - 0.0537434965f;
    p = p * z + 0.133314908f;
    p = p * z - 0.333332837f;
    lm_vf small = (p * z) * a + a;
    lm_vf t = lm_below(a, 10.0f), n = t * 2.88539008f + 12582912.0f;
    lm_vf r = t - (n - 12582912.0f) * 0.34657359f;                  /* exp(2 t) = 2^n exp(2 r); of it few digits matter */
    lm_vf q = 0.0884041267f * r + 0.267821401f;
    q = q * r + 0.666695296f;
    q = q * r + 1.33332122f;
    q = q * r + 1.99999976f;
    q = q * r + 2.0f;
    q = q * r + 1.0f;
    lm_vf big = 1.0f - 2.0f / ((lm_vf)((lm_vw)q + ((lm_vw)n << 23)) + 1.0f);   /* 1 from 9.01 on */
    return lm_signof(lm_sel(a > 0.625f, big, small), x);
}

LM_INL lm_vf lm_vsigmoid(lm_vf x) {
    lm_vf e = lm_vexp(-lm_abs(x));                                  /* at most 1: no overflow, a true tail at -103 */
    return lm_sel(x < 0.0f, e, lm_set(1.0f)) / (1.0f + e);
}

LM_INL lm_vf lm_verf(lm_vf x) {
    lm_vf a = lm_abs(x), z = x * x;
    lm_vf w = z * z, s = 8.29661294e-05f * z - 0.000812580751f;     /* erf(x) / x - 1 on |x| <= 0.9375 */
    s = s * w + (0.00519960001f * z - 0.0268588513f);
    s = s * w + (0.11283686f * z - 0.376126319f);
    s = s * z + 0.128379166f;
    s = s * x + x;
    lm_vf t = lm_below(a, 4.0f);
    lm_vf q = t * t, g = -2.12178547e-05f * t + 0.000435883994f;    /* log(1 - erf(t)) on 0.93..4 */
    g = g * q + (-0.0041779587f * t + 0.0251376126f);
    g = g * q + (-0.108308256f * t - 0.633321285f);
    g = g * q + (-1.12952769f * t + 0.000177333714f);
    return lm_sel(a > 0.9375f, lm_signof(1.0f - lm_exp_near(g), x), s);
}

/* ---------------------------------------------------------------- float64, one ulp */

LM_INL lm_vd lm_exp_reduced(lm_vd x, lm_vd *k) {
    *k = (x * 1.4426950408889634 + 6755399441055744.0) - 6755399441055744.0;
    lm_vd r = (x - *k * 0.693147180369123816490) - *k * 1.90821492927058770002e-10;
    lm_vd p = 2.499899334683048e-08 * r + 2.7631687247598059e-07;
    p = p * r + 2.7557597185019756e-06;
    p = p * r + 2.4801489352590996e-05;
    p = p * r + 0.0001984126948616296;
    p = p * r + 0.001388888894691959;
    p = p * r + 0.0083333333335076608;
    p = p * r + 0.041666666666519157;
    p = p * r + 0.16666666666666385;
    p = p * r + 0.50000000000000122;
    return p * (r * r) + r;
}

/* v 2^k, |k| <= 2 * 1022, with one rounding; k holds an integer. There is no 64-bit arithmetic shift before AVX-512. */
LM_INL lm_vd lm_scale(lm_vd v, lm_vd k) {
    lm_vd z = k * 0.5 + 6755399441055744.0, rest = (k - (z - 6755399441055744.0)) + 6755399441055744.0;
    return v * (lm_vd)(((lm_vu)z + 1023) << 52) * (lm_vd)(((lm_vu)rest + 1023) << 52);
}

LM_INL lm_vd lm_vexpd(lm_vd x) {
    lm_vd k;
    x = lm_seld(x > 710.0, lm_setd(710.0), x);
    x = lm_seld(x < -746.0, lm_setd(-746.0), x);
    lm_vd p = lm_exp_reduced(x, &k) + 1.0;
    return lm_scale(p, k);
}

/* x = 2^e m with sqrt(1/2) <= m < sqrt(2), x positive and normal; returns m - 1 */
LM_INL lm_vd lm_log_reduced(lm_vd x, lm_vd *e) {
    lm_vu b = (lm_vu)x + (0x3ff0000000000000u - 0x3fe6a09e667f3bcdu);
    *e = (lm_vd)((b >> 52) | 0x4330000000000000u) - (4503599627370496.0 + 1023.0);
    return (lm_vd)((b & 0xfffffffffffffu) + 0x3fe6a09e667f3bcdu) - 1.0;
}

LM_INL lm_vd lm_log_edged(lm_vd x) {
    return lm_seld(x == 0.0, lm_setd(-INFINITY), lm_seld(x < 0.0, lm_setd(NAN), x));
}

LM_INL lm_vd lm_vlogd(lm_vd x) {
    lm_vd e, tiny_e;
    lm_vl tiny = x < 2.2250738585072014e-308;
    lm_vd f = lm_log_reduced(lm_seld(tiny, x * 18014398509481984.0, x), &e);
    tiny_e = lm_seld(tiny, lm_setd(54.0), lm_setd(0.0));
    e -= tiny_e;
    lm_vd s = f / (2.0 + f), z = s * s, h = 0.5 * f * f;
    lm_vd r = 0.14811540452297575 * z + 0.15312569816361965;         /* log((1 + s) / (1 - s)) = 2 s + s z r(z) */
    r = r * z + 0.18183618992602282;
    r = r * z + 0.22222197587210257;
    r = r * z + 0.28571428751304978;
    r = r * z + 0.39999999999377966;
    r = r * z + 0.66666666666667396;
    lm_vd y = e * 0.693147180369123816490 - ((h - (s * (h + r * z) + e * 1.90821492927058770002e-10)) - f);
    return lm_seld((x > 0.0) & (x < INFINITY), y, lm_log_edged(x));
}

LM_INL lm_vd lm_vtanhd(lm_vd x) {
    lm_vd a = lm_absd(x), z = x * x;
    lm_vd p = 6.0556422468496531e-06 * z - 3.0217983623330165e-05;
    p = p * z + 9.158981628061372e-05;
    p = p * z - 0.00023703012795361835;
    p = p * z + 0.00058945862428118193;
    p = p * z - 0.0014557276171654244;
    p = p * z + 0.0035921142713517206;
    p = p * z - 0.0088632343415095162;
    p = p * z + 0.021869488470654466;
    p = p * z - 0.05396825396613443;
    p = p * z + 0.13333333333329889;
    p = p * z - 0.33333333333333315;
    lm_vd small = (p * z) * a + a;
    lm_vd big = 1.0 - 2.0 / (lm_vexpd(a + a) + 1.0);
    return lm_signofd(lm_seld(a > 0.625, big, small), x);
}

LM_INL lm_vd lm_vsigmoidd(lm_vd x) {
    lm_vd e = lm_vexpd(-lm_absd(x));
    return lm_seld(x < 0.0, e, lm_setd(1.0)) / (1.0 + e);
}

/* Horner's rule, highest power first. */
#define LM_POLY(x, ...) lm_poly(x, (const double[]){__VA_ARGS__}, sizeof((const double[]){__VA_ARGS__}) / sizeof(double))
LM_INL lm_vd lm_poly(lm_vd x, const double *c, int n) {
    lm_vd p = lm_setd(c[0]);
    _Pragma("GCC unroll 32") for (int i = 1; i < n; i++) p = p * x + c[i];
    return p;
}

/* ---------------------------------------------------------------- float64 cores of float32 results */

/* log(x) to 1e-15 relative for positive normal x; *e gets the exponent if the caller wants another base */
LM_INL lm_vd lm_core_log_parts(lm_vd x, lm_vd *e) {
    lm_vd f = lm_log_reduced(x, e), s = f / (2.0 + f), z = lm_mul(s, s);
    lm_vd r = lm_mul(lm_setd(0.16835014806239798), z) + 0.18122427239541342;
    r = lm_mul(r, z) + 0.2222340755440593;
    r = lm_mul(r, z) + 0.28571416653919079;
    r = lm_mul(r, z) + 0.40000000054995249;
    r = lm_mul(r, z) + 0.66666666666582231;
    return s + s + lm_mul(s, lm_mul(r, z));
}

LM_INL lm_vd lm_core_log(lm_vd x) {
    lm_vd e, l = lm_core_log_parts(x, &e);
    return lm_mul(e, lm_setd(0.693147180559945309417)) + l;
}

/* quadrant and remainder for |x| below 2^20: the first part of pi/2 has 33 bits, so its product is exact */
LM_INL lm_vd lm_core_quadrant(lm_vd x, lm_vd *q) {
    *q = lm_mul(x, lm_setd(0.63661977236758134308)) + 6755399441055744.0;
    lm_vd k = *q - 6755399441055744.0;
    return (x - lm_mul(k, lm_setd(1.57079632673412561417))) - lm_mul(k, lm_setd(6.07710050650619224932e-11));
}

/* sin and cos of r in [-pi/4, pi/4] to 5e-12 relative */
LM_INL void lm_core_sincos_poly(lm_vd r, lm_vd *sn, lm_vd *cs) {
    lm_vd z = lm_mul(r, r);
    lm_vd s = lm_mul(lm_setd(2.7182372725444611e-06), z) - 0.00019839327136080627;
    s = lm_mul(s, z) + 0.0083333293622788168;
    s = lm_mul(s, z) - 0.16666666641426509;
    *sn = lm_mul(lm_mul(s, z), r) + r;
    lm_vd c = lm_mul(lm_setd(-2.720954798173343e-07), z) + 2.4799511766987675e-05;
    c = lm_mul(c, z) - 0.0013888883722636973;
    c = lm_mul(c, z) + 0.041666666622477214;
    *cs = lm_mul(lm_mul(c, z), z) + (1.0 - lm_mul(lm_setd(0.5), z));
}

/* sin(x) and cos(x), |x| below 2^20 */
LM_INL void lm_core_sincos(lm_vd x, lm_vd *sn, lm_vd *cs) {
    lm_vd q, s, c, r = lm_core_quadrant(x, &q);
    lm_core_sincos_poly(r, &s, &c);
    lm_vu n = (lm_vu)q;
    lm_vl swap = -(lm_vl)(n & 1);
    *sn = (lm_vd)((lm_vu)lm_seld(swap, c, s) ^ ((n & 2) << 62));
    *cs = (lm_vd)((lm_vu)lm_seld(swap, s, c) ^ (((n + 1) & 2) << 62));
}

/* 2^t for |t| <= 1000 to 1e-12 relative */
LM_INL lm_vd lm_core_exp2(lm_vd t) {
    lm_vd n = t + 6755399441055744.0, r = lm_mul(t - (n - 6755399441055744.0), lm_setd(0.693147180559945309417));
    lm_vd p = lm_mul(lm_setd(2.4706433935980309e-05), r) + 0.00019910295277964421;
    p = lm_mul(p, r) + 0.0013889209592567915;
    p = lm_mul(p, r) + 0.0083332797245145186;
    p = lm_mul(p, r) + 0.041666664266376621;
    p = lm_mul(p, r) + 0.16666666791648208;
    p = lm_mul(p, r) + 0.50000000004620793;
    p = lm_mul(p, lm_mul(r, r)) + r + 1.0;
    return p * (lm_vd)(((lm_vu)n + 1023) << 52);
}

LM_INL lm_vd lm_core_logbase(lm_vd x, double scale_e, double scale_m) {
    lm_vd e, l = lm_core_log_parts(x, &e);
    lm_vd y = lm_mul(e, lm_setd(scale_e)) + lm_mul(l, lm_setd(scale_m));
    return lm_seld((x > 0.0) & (x < INFINITY), y, lm_log_edged(x));
}

LM_INL lm_vh lm_hlog2(lm_vh x) {
    return lm_narrow(lm_core_logbase(lm_widen(x), 1.0, 1.4426950408889634074));
}
LM_INL lm_vh lm_hlog10(lm_vh x) {
    return lm_narrow(lm_core_logbase(lm_widen(x), 0.30102999566398119521, 0.43429448190325182765));
}

/* |x| below 2^20 */
LM_INL lm_vh lm_hsin(lm_vh x) {
    lm_vd s, c, w = lm_widen(x);
    lm_core_sincos(w, &s, &c);
    return lm_narrow(lm_seld(w == 0.0, w, s));
}

LM_INL lm_vh lm_hcos(lm_vh x) {
    lm_vd s, c;
    lm_core_sincos(lm_widen(x), &s, &c);
    return lm_narrow(c);
}

/* x^y = 2^(y log2 x) for positive finite x and |y| < 1e30 */
LM_INL lm_vh lm_hpow(lm_vh x, lm_vh y) {
    lm_vd e, l = lm_core_log_parts(lm_widen(x), &e);
    lm_vd t = lm_mul(e + lm_mul(l, lm_setd(1.4426950408889634074)), lm_widen(y));
    t = lm_seld(t > 300.0, lm_setd(300.0), t);
    t = lm_seld(t < -300.0, lm_setd(-300.0), t);
    return lm_narrow(lm_core_exp2(t));
}

/* ---------------------------------------------------------------- arrays */

/* `name`: contiguous; `names`: steps in elements. A short tail runs through the same vector code in a padded buffer,
 * so the bits of an element do not depend on where it stands. */
#define LM_ARRAY(name, T, W, load, store, fn)                                                       \
    LM_FUN void name(const T *x, T *y, long n) {                                                    \
        long i = 0;                                                                                 \
        for (; i + (W) <= n; i += (W)) store(y + i, fn(load(x + i)));                               \
        if (i < n) {                                                                                \
            T t[W] = {0};                                                                           \
            for (long j = 0; j < n - i; j++) t[j] = x[i + j];                                       \
            store(t, fn(load(t)));                                                                  \
            for (long j = 0; j < n - i; j++) y[i + j] = t[j];                                       \
        }                                                                                           \
    }                                                                                               \
    LM_FUN void name##s(const T *x, long sx, T *y, long sy, long n) {                               \
        if (sx == 1 && sy == 1) { name(x, y, n); return; }                                          \
        for (long i = 0; i < n; i += 64) {                                                          \
            T t[64];                                                                                \
            long k = n - i < 64 ? n - i : 64;                                                       \
            for (long j = 0; j < k; j++) t[j] = x[(i + j) * sx];                                    \
            name(t, t, k);                                                                          \
            for (long j = 0; j < k; j++) y[(i + j) * sy] = t[j];                                    \
        }                                                                                           \
    }
#define LM_ARRAY_LIBM(name, T, fn)                                                                  \
    LM_FUN void name(const T *x, T *y, long n) { for (long i = 0; i < n; i++) y[i] = fn(x[i]); }    \
    LM_FUN void name##s(const T *x, long sx, T *y, long sy, long n) {                               \
        for (long i = 0; i < n; i++) y[i * sy] = fn(x[i * sx]);                                     \
    }

LM_ARRAY(lm_exp_f32, float, LM_VL, lm_load, lm_store, lm_vexp)
LM_ARRAY(lm_expm1_f32, float, LM_VL, lm_load, lm_store, lm_vexpm1)
LM_ARRAY(lm_log_f32, float, LM_VL, lm_load, lm_store, lm_vlog)
LM_ARRAY(lm_log1p_f32, float, LM_VL, lm_load, lm_store, lm_vlog1p)
LM_ARRAY(lm_tanh_f32, float, LM_VL, lm_load, lm_store, lm_vtanh)
LM_ARRAY(lm_sigmoid_f32, float, LM_VL, lm_load, lm_store, lm_vsigmoid)
LM_ARRAY(lm_erf_f32, float, LM_VL, lm_load, lm_store, lm_verf)
LM_ARRAY(lm_log2_f32, float, LM_VD, lm_loadh, lm_storeh, lm_hlog2)
LM_ARRAY(lm_log10_f32, float, LM_VD, lm_loadh, lm_storeh, lm_hlog10)
LM_ARRAY(lm_sin_near, float, LM_VD, lm_loadh, lm_storeh, lm_hsin)
LM_ARRAY(lm_cos_near, float, LM_VD, lm_loadh, lm_storeh, lm_hcos)
LM_ARRAY_LIBM(lm_sqrt_f32, float, sqrtf)
LM_INL float lm_rsqrt1_f32(float x) { return 1.0f / sqrtf(x); }
LM_INL double lm_rsqrt1_f64(double x) { return 1.0 / sqrt(x); }
LM_ARRAY_LIBM(lm_rsqrt_f32, float, lm_rsqrt1_f32)

LM_ARRAY(lm_exp_f64, double, LM_VD, lm_loadd, lm_stored, lm_vexpd)
LM_ARRAY(lm_log_f64, double, LM_VD, lm_loadd, lm_stored, lm_vlogd)
LM_ARRAY(lm_tanh_f64, double, LM_VD, lm_loadd, lm_stored, lm_vtanhd)
LM_ARRAY(lm_sigmoid_f64, double, LM_VD, lm_loadd, lm_stored, lm_vsigmoidd)
LM_ARRAY_LIBM(lm_expm1_f64, double, expm1)
LM_ARRAY_LIBM(lm_log1p_f64, double, log1p)
LM_ARRAY_LIBM(lm_erf_f64, double, erf)
LM_ARRAY_LIBM(lm_log2_f64, double, log2)
LM_ARRAY_LIBM(lm_log10_f64, double, log10)
LM_ARRAY_LIBM(lm_sqrt_f64, double, sqrt)
LM_ARRAY_LIBM(lm_rsqrt_f64, double, lm_rsqrt1_f64)

/* Arguments from 2^20 on (and inf, NaN) need hundreds of digits of pi: a block that has one asks libm for those. */
#define LM_TRIG_OF(name, T, size, near, libm)                                                       \
    LM_FUN void name##s(const T *x, long sx, T *y, long sy, long n) {                               \
        for (long i = 0; i < n; i += 64) {                                                          \
            T t[64], r[64];                                                                         \
            int far = 0, k = n - i < 64 ? (int)(n - i) : 64;                                        \
            for (int j = 0; j < k; j++) t[j] = x[(i + j) * sx];                                     \
            for (int j = 0; j < k; j++) far |= !(size(t[j]) < (T)1048576);                          \
            near(t, r, k);                                                                          \
            if (far)                                                                                \
                for (int j = 0; j < k; j++)                                                         \
                    if (!(size(t[j]) < (T)1048576)) r[j] = (T)libm((double)t[j]);                   \
            for (int j = 0; j < k; j++) y[(i + j) * sy] = r[j];                                     \
        }                                                                                           \
    }                                                                                               \
    LM_FUN void name(const T *x, T *y, long n) { name##s(x, 1, y, 1, n); }
#define LM_TRIG(name, near, libm) LM_TRIG_OF(name, float, fabsf, near, libm)
LM_TRIG(lm_sin_f32, lm_sin_near, sin)
LM_TRIG(lm_cos_f32, lm_cos_near, cos)

/* sin and cos of x, |x| below 2^20, to the last digit: x less q quarter turns in two numbers r + t, pi / 2 in three parts whose
 * products with q are exact; then the polynomials of fdlibm for r, with what t adds to first order. */
LM_INL void lm_full_sincos(lm_vd x, lm_vd *sn, lm_vd *cs) {
    lm_vd q = lm_mul(x, lm_setd(0.63661977236758134308)) + 6755399441055744.0, k = q - 6755399441055744.0;
    lm_vd a = x - lm_mul(k, lm_setd(1.57079632673412561417)), b = lm_mul(k, lm_setd(6.07710050630396597660e-11));
    lm_vd d = a - b, v = d - a, lost = (a - (d - v)) - (b + v), c = lost - lm_mul(k, lm_setd(2.02226624879595063154e-21));
    lm_vd r = d + c, t = c - (r - d), z = lm_mul(r, r), cube = lm_mul(z, r);
    lm_vd s = LM_POLY(z, 1.58969099521155010221e-10, -2.50507602534068634195e-08, 2.75573137070700676789e-06, -1.98412698298579493134e-04,
                        8.33333333332248946124e-03);
    s = r - ((lm_mul(z, 0.5 * t - lm_mul(cube, s)) - t) + lm_mul(cube, lm_setd(1.66666666666666324348e-01)));
    lm_vd p = LM_POLY(z, -1.13596475577881948265e-11, 2.08757232129817482790e-09, -2.75573143513906633035e-07, 2.48015872894767294178e-05,
                        -1.38888888888741095749e-03, 4.16666666666666019037e-02);
    lm_vd half = 0.5 * z, w = 1.0 - half;
    p = w + (((1.0 - w) - half) + (lm_mul(lm_mul(z, z), p) - lm_mul(r, t)));
    lm_vu n = (lm_vu)q;
    lm_vl swap = -(lm_vl)(n & 1);
    *sn = (lm_vd)((lm_vu)lm_seld(swap, p, s) ^ ((n & 2) << 62));
    *cs = (lm_vd)((lm_vu)lm_seld(swap, s, p) ^ (((n + 1) & 2) << 62));
}
LM_INL lm_vd lm_vsind(lm_vd x) {
    lm_vd s, c;
    lm_full_sincos(x, &s, &c);
    return lm_seld(x == 0.0, x, s);
}
LM_INL lm_vd lm_vcosd(lm_vd x) {
    lm_vd s, c;
    lm_full_sincos(x, &s, &c);
    return c;
}
LM_ARRAY(lm_sin_near_f64, double, LM_VD, lm_loadd, lm_stored, lm_vsind)
LM_ARRAY(lm_cos_near_f64, double, LM_VD, lm_loadd, lm_stored, lm_vcosd)
LM_TRIG_OF(lm_sin_f64, double, fabs, lm_sin_near_f64, sin)
LM_TRIG_OF(lm_cos_f64, double, fabs, lm_cos_near_f64, cos)

LM_INL int lm_pow_hard(float x, float y) { return !((x != 0.0f) & (fabsf(x) < INFINITY) & (fabsf(y) < 1e30f)); }

/* x^y for x < 0, from |x|^y */
LM_INL float lm_pow_below(float r, float y) {
    float half = 0.5f * y;
    return y != rintf(y) ? NAN : half != rintf(half) ? -r : r;
}

LM_INL void lm_pow_loop(const float *x, long sx, const float *y, long sy, float *z, long sz, long n) {
    for (long i = 0; i < n; i += 64) {
        float a[64] = {0}, b[64] = {0}, c[64], r[64];
        int hard = 0, below = 0, k = n - i < 64 ? (int)(n - i) : 64;
        for (int j = 0; j < k; j++) a[j] = x[(i + j) * sx];
        for (int j = 0; j < k; j++) b[j] = y[(i + j) * sy];
        for (int j = 0; j < k; j++) hard |= lm_pow_hard(a[j], b[j]);
        for (int j = 0; j < 64; j++) {
            c[j] = fabsf(a[j]);
            below |= a[j] < 0.0f;
        }
        for (int j = 0; j < k; j += LM_VD) lm_storeh(r + j, lm_hpow(lm_loadh(c + j), lm_loadh(b + j)));
        if (below)
            for (int j = 0; j < k; j++) r[j] = a[j] < 0.0f ? lm_pow_below(r[j], b[j]) : r[j];
        if (hard)
            for (int j = 0; j < k; j++)
                if (lm_pow_hard(a[j], b[j])) r[j] = powf(a[j], b[j]);
        for (int j = 0; j < k; j++) z[(i + j) * sz] = r[j];
    }
}

/* z = x^y with steps; a step of 0 broadcasts one operand */
LM_FUN void lm_pow_f32s(const float *x, long sx, const float *y, long sy, float *z, long sz, long n) {
    if (sx == 1 && sy == 1 && sz == 1) lm_pow_loop(x, 1, y, 1, z, 1, n);
    else if (sx == 1 && sy == 0 && sz == 1) lm_pow_loop(x, 1, y, 0, z, 1, n);
    else lm_pow_loop(x, sx, y, sy, z, sz, n);
}
#endif
