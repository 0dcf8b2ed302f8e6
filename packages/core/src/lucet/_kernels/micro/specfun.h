/* Special functions: gamma and its kin, Bessel functions of imaginary argument, the normal distribution. Computed in float64 for
 * both types, to some 1e-14 of the result (absolute near a zero). Arrays as in mathfun.h; what few programs call is a scalar loop.
 *
 * Sources: Abramowitz and Stegun, Handbook of Mathematical Functions, 1964 (6.1.40, 6.3.18, 23.2, 26.2); the polynomials are
 * Chebyshev interpolations at 32 digits.
 */
#ifndef LUCET_SPECFUN_H
#define LUCET_SPECFUN_H
#include "trigfun.h"

/* ---------------------------------------------------------------- gamma */

LM_INL lm_vd lm_full_log(lm_vd x) {           /* of positive normal numbers, to an ulp */
    lm_vd e, f = lm_log_reduced(x, &e);
    lm_vd s = f / (2.0 + f), z = s * s, h = 0.5 * f * f;
    lm_vd r = LM_POLY(z, 0.14811540452297575, 0.15312569816361965, 0.18183618992602282, 0.22222197587210257, 0.28571428751304978,
                      0.39999999999377966, 0.66666666666667396);
    return e * 0.693147180369123816490 - ((h - (s * (h + r * z) + e * 1.90821492927058770002e-10)) - f);
}

/* log Gamma(x) for x > 0: Stirling's series from 8 on, below it 8 steps of the recurrence first */
LM_INL lm_vd lm_vlgammad(lm_vd x) {
    lm_vl low = x < 8.0;
    lm_vd y = lm_seld(low, x + 8.0, x), p = x;
    _Pragma("GCC unroll 7") for (int k = 1; k < 8; k++) p *= x + (double)k;
    lm_vd r = 1.0 / y, z = r * r;
    lm_vd s = LM_POLY(z, 1.0 / 156, -691.0 / 360360, 1.0 / 1188, -1.0 / 1680, 1.0 / 1260, -1.0 / 360, 1.0 / 12) * r;
    lm_vd v = (y - 0.5) * lm_full_log(y) - y + 0.91893853320467274178 + s;
    return lm_seld(low, v - lm_full_log(lm_seld(low, p, lm_setd(1.0))), v);
}

/* its derivative, for x > 0 */
LM_INL lm_vd lm_vdigammad(lm_vd x) {
    lm_vl low = x < 8.0;
    lm_vd y = lm_seld(low, x + 8.0, x), p = x, d = lm_setd(1.0);             /* p the product, d its derivative */
    _Pragma("GCC unroll 7") for (int k = 1; k < 8; k++) {
        lm_vd f = x + (double)k;
        d = d * f + p;
        p *= f;
    }
    lm_vd r = 1.0 / y, z = r * r;
    lm_vd s = LM_POLY(z, 1.0 / 12, -691.0 / 32760, 1.0 / 132, -1.0 / 240, 1.0 / 252, -1.0 / 120, 1.0 / 12) * z;
    lm_vd v = lm_full_log(y) - 0.5 * r - s;
    return lm_seld(low, v - d / p, v);
}

/* sin(pi r) for |r| <= 1/2 */
LM_INL lm_vd lm_sinpi(lm_vd r) {
    lm_vd t = r * 3.14159265358979323846, z = t * t;
    lm_vd p = LM_POLY(z, 1.0 / 51090942171709440000.0, -1.0 / 121645100408832000.0, 1.0 / 355687428096000.0, -1.0 / 1307674368000.0,
                      1.0 / 6227020800.0, -1.0 / 39916800, 1.0 / 362880, -1.0 / 5040, 1.0 / 120, -1.0 / 6);
    return p * (z * t) + t;
}

/* The same two for all x, by reflection below 1/2; infinite or NaN where x is a whole number below 1 */
LM_INL lm_vd lm_vlgammad_any(lm_vd x) {
    lm_vl low = x < 0.5;
    lm_vd r = x - ((x + 6755399441055744.0) - 6755399441055744.0), s = lm_absd(lm_sinpi(r));
    lm_vd v = lm_vlgammad(lm_seld(low, 1.0 - x, x));
    return lm_seld(low, lm_seld(s == 0.0, lm_setd(INFINITY), 1.1447298858494001741 - lm_full_log(s) - v), v);
}

LM_INL lm_vd lm_vdigammad_any(lm_vd x) {
    lm_vl low = x < 0.5;
    lm_vd r = x - ((x + 6755399441055744.0) - 6755399441055744.0), s = lm_sinpi(r), c = lm_sinpi(0.5 - lm_absd(r));
    lm_vd v = lm_vdigammad(lm_seld(low, 1.0 - x, x));
    v = lm_seld(low, v - 3.14159265358979323846 * c / s, v);
    return lm_seld(r == 0.0, lm_seld(low, lm_seld(x == 0.0, lm_signofd(lm_setd(INFINITY), -x), lm_setd(NAN)), v), v);
}

LM_INL double lm_lgamma1(double x) { int sign; return lgamma_r(x, &sign); }

LM_INL double lm_digamma1(double x) {
    if (x == 0) return copysign(INFINITY, -x);
    if (x > 0) return x < INFINITY ? lm_vdigammad(lm_setd(x))[0] : x;
    double whole, part = modf(x, &whole);
    if (part == 0 || !(x > -INFINITY)) return NAN;
    return lm_vdigammad(lm_setd(1 - x))[0] - 3.1415926535897931 / tan(3.1415926535897931 * part);
}

/* Vectors for arguments from `least` to `most`; a block that has another one asks the scalar function for it. */
#define LM_WITHIN(name, T, least, most, vector, scalar)                                           \
    LM_FUN void name(const T *x, T *y, long n) {                                                    \
        for (long i = 0; i < n; i += 64) {                                                          \
            double t[64], r[64];                                                                    \
            T kept[64];                                                                             \
            int far = 0, k = n - i < 64 ? (int)(n - i) : 64;                                        \
            for (int j = 0; j < 64; j++) kept[j] = j < k ? x[i + j] : (T)1;                         \
            for (int j = 0; j < 64; j++) t[j] = kept[j];                                            \
            for (int j = 0; j < k; j++) far |= !(t[j] >= (least) && t[j] <= (most));                \
            for (int j = 0; j < k; j += LM_VD) lm_stored(r + j, vector(lm_loadd(t + j)));           \
            if (far)                                                                                \
                for (int j = 0; j < k; j++)                                                         \
                    if (!(t[j] >= (least) && t[j] <= (most))) r[j] = scalar(t[j]);                  \
            for (int j = 0; j < k; j++) y[i + j] = (T)r[j];                                         \
        }                                                                                           \
    }
LM_WITHIN(lm_lgamma_f32, float, -1e5, 1e37, lm_vlgammad_any, lm_lgamma1)
LM_WITHIN(lm_digamma_f32, float, -1e5, 1e37, lm_vdigammad_any, lm_digamma1)
LM_WITHIN(lm_digamma_f64, double, 1e-37, 1e37, lm_vdigammad, lm_digamma1)
LM_ARRAY_LIBM(lm_lgamma_f64, double, lm_lgamma1)

/* Hurwitz's zeta, sum over k of (q + k)^-x: Euler and Maclaurin's formula from the term on where q + k exceeds 9 */
LM_INL double lx_zeta(double x, double q) {
    static const double terms[] = {      /* B(2j) / (2j)! */
        1.0 / 12, -1.0 / 720, 1.0 / 30240, -1.0 / 1209600, 1.0 / 47900160, -691.0 / 1307674368000.0, 1.0 / 74724249600.0,
        -3617.0 / 10670622842880000.0, 43867.0 / 5109094217170944000.0, -174611.0 / 802857662698291200000.0};
    if (x == 1) return INFINITY;
    if (!(x > 1) || q != q) return NAN;
    if (q == INFINITY) return 0;
    if (q <= 0) {
        if (q == floor(q)) return INFINITY;
        if (x != floor(x)) return NAN;
    }
    double sum = 0, a = q;
    for (int k = 0; k < 9 || a <= 9; k++, a += 1) {
        double term = pow(a, -x);
        sum += term;
        if (fabs(term) < 1e-17 * fabs(sum)) return sum;
    }
    double power = pow(a, -x), factor = x, rest = a * power / (x - 1) + 0.5 * power;
    power /= a;
    for (int j = 0; j < 10; j++) {
        double term = factor * power * terms[j];
        rest += term;
        if (fabs(term) < 1e-17 * fabs(sum + rest)) break;
        factor *= (x + 2 * j + 1) * (x + 2 * j + 2);
        power /= a * a;
    }
    return sum + rest;
}

/* the derivative of order n of digamma */
LM_INL double lm_polygamma1(double x, double n) {
    if (n == 0) return lm_digamma1(x);
    double v = tgamma(n + 1) * lx_zeta(n + 1, x);
    return fmod(n, 2) == 0 ? -v : v;
}

LM_INL lm_vd lm_whole_power(lm_vd x, int n) {
    lm_vd y = n & 1 ? x : lm_setd(1.0);
    while (n >>= 1) {
        x *= x;
        if (n & 1) y *= x;
    }
    return y;
}

/* zeta(s, q) for a whole s > 1: terms up to `from`, 5 for `more` = 5 and 9 for 10, which `steps` must reach for every lane, and
 * `more` of Euler's and Maclaurin's. A lane stops by itself: its digits do not depend on the others. */
LM_INL lm_vd lm_whole_zeta(lm_vd q, int s, int steps, double from, int more) {
    static const double terms[] = {      /* B(2j) / (2j)! */
        1.0 / 12, -1.0 / 720, 1.0 / 30240, -1.0 / 1209600, 1.0 / 47900160, -691.0 / 1307674368000.0, 1.0 / 74724249600.0,
        -3617.0 / 10670622842880000.0, 43867.0 / 5109094217170944000.0, -174611.0 / 802857662698291200000.0};
    lm_vd sum = lm_setd(0.0), a = q + 0.0;                                  /* -0 becomes 0 */
    for (int k = 0; k < steps; k++) {
        lm_vl below = a < from;
        sum += lm_seld(below, lm_whole_power(1.0 / a, s), lm_setd(0.0));
        a += lm_seld(below, lm_setd(1.0), lm_setd(0.0));
    }
    lm_vd r = 1.0 / a, z = r * r, high = lm_whole_power(r, s - 1), tail = lm_setd(0.0), power = r;
    double factor = s;
    for (int j = 0; j < more; j++) {
        tail += power * (factor * terms[j]);
        power *= z;
        factor *= (s + 2 * j + 1) * (s + 2 * j + 2);
    }
    return sum + high * (1.0 / (s - 1) + r * (0.5 + tail));
}

/* Vectors for orders from 1 to 20 and arguments above -100; the least of them in a block says how many steps there are. */
#define LM_POLYGAMMA(name, T, from, more)                                                           \
    LM_FUN void name(const T *x, T *y, long n, double order) {                                      \
        int few = order >= 1 && order <= 20, s = few ? (int)order + 1 : 2;                          \
        double scale = few ? tgamma(order + 1) * (s & 1 ? -1 : 1) : 0;                              \
        for (long i = 0; i < n; i += 64) {                                                          \
            double t[64], r[64], least = 1;                                                         \
            int k = n - i < 64 ? (int)(n - i) : 64;                                                 \
            for (int j = 0; j < 64; j++) t[j] = 1;                                                  \
            for (int j = 0; j < k; j++) t[j] = (x[i + j] > -100) & (x[i + j] < 1e30f) ? x[i + j] : 1; \
            for (int j = 0; j < 64; j++) least = t[j] < least ? t[j] : least;                       \
            int steps = (from) - 1 + (int)ceil(1 - least);                                          \
            for (int j = 0; j < k; j += LM_VD) lm_stored(r + j, scale * lm_whole_zeta(lm_loadd(t + j), s, steps, from, more)); \
            for (int j = 0; j < k; j++)                                                             \
                if (!few || !((x[i + j] > -100) & (x[i + j] < 1e30f))) r[j] = lm_polygamma1(x[i + j], order); \
            for (int j = 0; j < k; j++) y[i + j] = (T)r[j];                                         \
        }                                                                                           \
    }
LM_POLYGAMMA(lm_polygamma_f32, float, 5, 5)
LM_POLYGAMMA(lm_polygamma_f64, double, 9, 10)

/* The lower (upper: 1) part of Gamma(a) by Gamma(a): a power series where x is small, a continued fraction elsewhere */
LM_INL double lx_gamma_part(double a, double x, int upper) {
    if (!(x >= 0) || !(a >= 0)) return NAN;
    if (a == 0) return x > 0 ? upper ? 0 : 1 : NAN;
    if (x == 0) return upper;
    if (a == INFINITY) return x == INFINITY ? NAN : upper;
    if (x == INFINITY) return !upper;
    int sign;
    double scale = exp(a * log(x) - x - lgamma_r(a, &sign));
    if (x <= 1 || x <= a) {
        double term = 1 / a, sum = term;
        for (int k = 1; k < 20000 && term > 1e-17 * sum; k++) sum += term *= x / (a + k);
        return upper ? 1 - scale * sum : scale * sum;
    }
    double b = x + 1 - a, c = 1e300, d = 1 / b, h = d;
    for (int k = 1; k < 20000; k++) {
        double an = -k * (k - a), step;
        b += 2;
        d = an * d + b;
        c = b + an / c;
        d = 1 / (fabs(d) < 1e-300 ? 1e-300 : d);
        h *= step = d * (fabs(c) < 1e-300 ? c = 1e-300 : c);
        if (fabs(step - 1) < 1e-16) break;
    }
    return upper ? scale * h : 1 - scale * h;
}
LM_INL double lx_igamma(double a, double x) { return lx_gamma_part(a, x, 0); }
LM_INL double lx_igammac(double a, double x) { return lx_gamma_part(a, x, 1); }

/* ---------------------------------------------------------------- Bessel functions of imaginary argument */

/* I0(x) exp(-x) for x >= 0 */
LM_INL lm_vd lm_core_i0e(lm_vd x) {
    lm_vd low = LM_POLY(x * 0.25 - 1.0, -1.1662904878442954e-9, 4.4693725818566154e-9, -7.8603697075082112e-9, 2.6273368345256395e-8,
        -1.1339523685907105e-7, 3.6755928932882931e-7, -1.0891964284507318e-6, 3.2293850630678377e-6, -9.2505971062553692e-6,
        2.5202271984440892e-5, -6.5509561306355137e-5, 0.00016240546727013591, -0.00038290150894575591, 0.00085631524839514468,
        -0.0018118870527295522, 0.0036171264596770618, -0.006792399792271578, 0.011960077903963349, -0.019682654708082412,
        0.03017791202356886, -0.042985949452267378, 0.056777032019843217, -0.069541195617423416, 0.079275225907168981,
        -0.084963380916151247, 0.08734341617552291, -0.089043441360759906, 0.094515628539951033, -0.11300432688620548,
        0.2070019212239867);
    lm_vd y = lm_seld(x > 8.0, x, lm_setd(8.0));
    lm_vd high = LM_POLY(16.0 / y - 1.0, -9.887045494234119e-11, 2.2647983050847026e-10, 7.1975353388519101e-10,
        -1.3320154353515484e-9, -2.6823200699003676e-9, 3.288502447159738e-9, 7.0158547506917786e-9, -2.9367707541630791e-9,
        -1.3186462179006827e-8, -7.7115477475107549e-9, 7.49757374815287e-9, 2.1786299920578251e-8, 3.9334363707293569e-8,
        8.8687564529641263e-8, 2.9735920977140179e-7, 1.4838501780330012e-6, 1.1143033809949616e-5, 0.00013621607431419544,
        0.0033605519836677823, 0.40217650944500847);
    return lm_seld(x > 8.0, high / lm_sqrtd(y), low);
}

/* I1(x) exp(-x) for x >= 0 */
LM_INL lm_vd lm_core_i1e(lm_vd x) {
    lm_vd low = LM_POLY(x * 0.25 - 1.0, -9.3657519097422365e-11, 3.7276304092377714e-10, -7.3792911303740426e-10,
        2.6037822441041466e-9, -1.1191257727176943e-8, 3.8028049651067334e-8, -1.2000364861910368e-7, 3.7594003760089223e-7,
        -1.1380759138279983e-6, 3.2938951625746042e-6, -9.1318463152736424e-6, 2.4233756432468165e-5, -6.1426513494941233e-5,
        0.00014842124144631648, -0.00034117474373539277, 0.00074451234528156603, -0.0015388749636515488, 0.003005762419557192,
        -0.0055345677605445821, 0.0095839621507740595, -0.01557130925657511, 0.023686016957724229, -0.03367135551994034,
        0.044674572621255067, -0.055280039227050581, 0.063767403713407195, -0.068482606205825496, 0.0680575999095116,
        -0.061124338029666293, 0.044687709875608832);
    lm_vd y = lm_seld(x > 8.0, x, lm_setd(8.0));
    lm_vd high = LM_POLY(16.0 / y - 1.0, 9.513613550778732e-11, -2.4036662111319177e-10, -7.0216665870129443e-10,
        1.4228551027156386e-9, 2.6674526848295201e-9, -3.5650627286296555e-9, -7.1475750445899222e-9, 3.3967168800246047e-9,
        1.382904454249201e-8, 7.741707171372476e-9, -8.3750601709231215e-9, -2.3622643337996461e-8, -4.3137041294482875e-8,
        -9.9976669372012737e-8, -3.4838497699922597e-7, -1.8349128646105303e-6, -1.50385472181121e-5, -0.00021923576375258431,
        -0.0097495771932356635, 0.38939845902587192);
    return lm_seld(x > 8.0, high / lm_sqrtd(y), low * x);
}

LM_INL lm_vd lm_vi0ed(lm_vd x) { return lm_core_i0e(lm_absd(x)); }
LM_INL lm_vd lm_vi1ed(lm_vd x) { return lm_signofd(lm_core_i1e(lm_absd(x)), x); }
LM_INL lm_vd lm_grown(lm_vd y, lm_vd a) { return lm_seld(a == INFINITY, a, y * lm_vexpd(a)); }      /* not 0 times infinity */
LM_INL lm_vd lm_vi0d(lm_vd x) { return lm_grown(lm_core_i0e(lm_absd(x)), lm_absd(x)); }
LM_INL lm_vd lm_vi1d(lm_vd x) { return lm_signofd(lm_grown(lm_core_i1e(lm_absd(x)), lm_absd(x)), x); }
#define LM_BESSEL(fn)                                                                               \
    LM_INL lm_vh lm_h##fn(lm_vh x) { return lm_narrow(lm_v##fn##d(lm_widen(x))); }                  \
    LM_ARRAY(lm_##fn##_f32, float, LM_VD, lm_loadh, lm_storeh, lm_h##fn)                            \
    LM_ARRAY(lm_##fn##_f64, double, LM_VD, lm_loadd, lm_stored, lm_v##fn##d)
LM_BESSEL(i0)
LM_BESSEL(i0e)
LM_BESSEL(i1)
LM_BESSEL(i1e)

/* ---------------------------------------------------------------- the normal distribution */

#define LM_SQRT_HALF 0.70710678118654752440

LM_INL double lm_entr1(double x) { return x > 0 ? -x * log(x) : x == 0 ? 0 : x < 0 ? -INFINITY : x; }

LM_INL double lm_erfcx1(double x) {
    if (x < 25) return x < -26.7 ? INFINITY : exp(x * x) * erfc(x);
    double r = 1 / x, z = 0.5 * r * r;
    return r * 0.56418958354775628695 * (1 - z * (1 - 3 * z * (1 - 5 * z * (1 - 7 * z))));
}

/* the same for a from 0 on, by its series in 1 / a above 10 */
LM_INL lm_vd lm_core_erfcx(lm_vd a) {
    lm_vl far = a > 10.0;
    lm_vd r = 1.0 / lm_seld(far, a, lm_setd(10.0)), z = 0.5 * r * r;
    lm_vd series = r * 0.56418958354775628695 * (1.0 - z * (1.0 - 3.0 * z * (1.0 - 5.0 * z * (1.0 - 7.0 * z))));
    return lm_seld(far, series, lm_core_erfcx_near(lm_seld(far, lm_setd(10.0), a)));
}
LM_INL lm_vh lm_herfcx(lm_vh x) {
    lm_vd w = lm_widen(x), a = lm_absd(w), s = w * w, y = lm_core_erfcx(a);
    s = lm_seld(s < 100.0, s, lm_setd(100.0));                         /* e^100 is beyond float32 */
    return lm_narrow(lm_seld(w < 0.0, 2.0 * lm_core_exp2(s * 1.4426950408889634) - y, y));
}
LM_INL lm_vh lm_hlog_ndtr(lm_vh x) {
    lm_vd w = lm_widen(x), t = w * LM_SQRT_HALF, low = lm_seld(w < -1.0, -t, lm_setd(1.0));
    lm_vd near = lm_core_log1p(-0.5 * lm_core_erfc(lm_seld(w < -1.0, lm_setd(0.0), t)));
    return lm_narrow(lm_seld(w < -1.0, lm_core_log(0.5 * lm_core_erfcx(low)) - t * t, near));
}

LM_INL double lm_ndtr1(double x) { return 0.5 * erfc(-x * LM_SQRT_HALF); }
LM_INL lm_vh lm_hndtr(lm_vh x) { return lm_narrow(0.5 * lm_core_erfc(lm_widen(x) * -LM_SQRT_HALF)); }

LM_INL double lm_log_ndtr1(double x) {
    double t = x * LM_SQRT_HALF;
    return x < -1 ? log(0.5 * lm_erfcx1(-t)) - t * t : log1p(-0.5 * erfc(t));
}

/* erfc(y) = q for small q: exp(-y y) / (y sqrt(pi)) = q is solved for y, then Newton's method */
LM_INL double lm_erfc_inverse(double q) {
    double l = -log(q), y = sqrt(l);
    for (int i = 0; i < 6; i++) y = sqrt(l - log(1.7724538509055160 * y));
    for (int i = 0; i < 4; i++) y += (lm_erfcx1(y) - q * exp(y * y)) * 0.88622692545275801;
    return y;
}

LM_INL double lm_ndtri1(double p) {
    if (!(p > 0 && p < 1)) return p == 0 ? -INFINITY : p == 1 ? INFINITY : NAN;
    if (p < 0.05) return -lm_erfc_inverse(2 * p) / LM_SQRT_HALF;
    if (p > 0.95) return lm_erfc_inverse(2 * (1 - p)) / LM_SQRT_HALF;
    return lm_erfinv1_f64(2 * p - 1) / LM_SQRT_HALF;
}

LM_INL lm_vd lm_vndtrid(lm_vd p) { return lm_core_erfinv_of(p + p - 1.0, 4.0 * p * (1.0 - p)) / LM_SQRT_HALF; }

#define LM_BOTH(fn)                                                                                 \
    LM_ARRAY_LIBM(lm_##fn##_f32, float, lm_##fn##1)                                                 \
    LM_ARRAY_LIBM(lm_##fn##_f64, double, lm_##fn##1)
LM_INL lm_vf lm_ventr(lm_vf x) {
    return lm_sel(x > 0.0f, -x * lm_vlog(x), lm_sel(x == 0.0f, lm_set(0.0f), lm_sel(x < 0.0f, lm_set(-INFINITY), x)));
}
LM_ARRAY(lm_entr_f32, float, LM_VL, lm_load, lm_store, lm_ventr)
LM_ARRAY_LIBM(lm_entr_f64, double, lm_entr1)
LM_ARRAY(lm_erfcx_f32, float, LM_VD, lm_loadh, lm_storeh, lm_herfcx)
LM_ARRAY_LIBM(lm_erfcx_f64, double, lm_erfcx1)
LM_ARRAY(lm_log_ndtr_f32, float, LM_VD, lm_loadh, lm_storeh, lm_hlog_ndtr)
LM_ARRAY_LIBM(lm_log_ndtr_f64, double, lm_log_ndtr1)
LM_WITHIN(lm_ndtri_f32, float, 2e-8, 0.99999999, lm_vndtrid, lm_ndtri1)
LM_ARRAY_LIBM(lm_ndtri_f64, double, lm_ndtri1)
LM_ARRAY(lm_ndtr_f32, float, LM_VD, lm_loadh, lm_storeh, lm_hndtr)
LM_ARRAY_LIBM(lm_ndtr_f64, double, lm_ndtr1)
#endif
