/* Counts drawn from a generator: Poisson and binomial, one element after the other from float64 uniforms.
 *
 * Streams equal those of the reference framework's CPU generator. Products are rounded before they are added (mt_times), so
 * that a compiler which fuses multiply-adds draws the same counts.
 * Sources: W. Hoermann, The transformed rejection method for generating Poisson random variables (1993), and The generation
 * of binomial random variates (1993); L. Devroye, Non-uniform random variate generation (1986), X.4.
 */
#ifndef LUCET_COUNTS_H
#define LUCET_COUNTS_H
#include "mt19937.h"

MT_INL double mt_times(double a, double b) {
    double p = a * b;
    LM_ROUND(p);
    return p;
}
#define mt_times_f64 mt_times
MT_INL double mt_times_f32(float a, float b) { return a * b; }      /* rounded where it is converted */
MT_INL double mt_uniform1(mt_state *g) {
    uint32_t h = mt_next32(g);
    return mt_unit64(h, mt_next32(g));
}

/* Algorithm PTRS, for rates of 10 and more */
MT_FUN double mt_poisson_large(mt_state *g, double rate) {
    double log_rate = log(rate);
    double b = 0.931 + mt_times(2.53, sqrt(rate)), a = -0.059 + mt_times(0.02483, b);
    double inverse_alpha = 1.1239 + 1.1328 / (b - 3.4), v_r = 0.9277 - 3.6224 / (b - 2);
    for (;;) {
        double u = mt_uniform1(g) - 0.5, v = mt_uniform1(g), us = 0.5 - fabs(u);
        double k = floor(mt_times(2 * a / us + b, u) + rate + 0.43);
        if (us >= 0.07 && v <= v_r) return k;
        if (k < 0 || (us < 0.013 && v > us)) continue;
        if (log(v) + log(inverse_alpha) - log(a / mt_times(us, us) + b) <= -rate + mt_times(k, log_rate) - lgamma(k + 1)) return k;
    }
}

/* below 10: uniforms until their product falls to exp(-rate) */
MT_FUN double mt_poisson1(mt_state *g, double rate) {
    if (rate >= 10) return rate == INFINITY ? rate : mt_poisson_large(g, rate);
    if (rate == 0) return 0;
    double least = exp(-rate), product = mt_uniform1(g), count = 0;
    for (; product > least; product *= mt_uniform1(g)) count++;
    return count;
}

/* log k! less Stirling's formula */
MT_FUN double mt_stirling_tail(double k) {
    static const double tail[] = {0.0810614667953272, 0.0413406959554092, 0.0276779256849983, 0.02079067210376509, 0.0166446911898211,
                                  0.0138761288230707, 0.0118967099458917, 0.0104112652619720, 0.00925546218271273, 0.00833056343336287};
    if (k <= 9) return tail[(int)k];
    double square = mt_times(k + 1, k + 1);
    return (1.0 / 12 - (1.0 / 360 - 1.0 / 1260 / square) / square) / (k + 1);
}

/* What is of the element's type T is rounded to it, as the reference framework does.
 * binomial_large: algorithm BTRS, for count * p of 10 and more and p up to 1/2; binomial_small: otherwise, how many waits for a
 * success fit into `count` trials. */
#define MT_BINOMIAL(sfx, T, f)                                                                                                  \
    MT_FUN T mt_binomial_large_##sfx(mt_state *g, T count, T p) {                                                               \
        double deviation = sqrt##f(count * p * (1 - p)), b = 1.15 + mt_times(2.53, deviation);                                  \
        double a = -0.0873 + mt_times(0.0248, b) + mt_times(0.01, p), c = mt_times_##sfx(count, p) + 0.5, v_r = 0.92 - 4.2 / b; \
        double r = p / (1 - p), alpha = (2.83 + 5.1 / b) * deviation, m = floor##f((count + 1) * p);                            \
        for (;;) {                                                                                                              \
            double u = mt_uniform1(g) - 0.5, v = mt_uniform1(g), us = 0.5 - fabs(u);                                            \
            T k = (T)floor(mt_times(2 * a / us + b, u) + c);                                                                    \
            if (k < 0 || k > count) continue;                                                                                   \
            if (us >= 0.07 && v <= v_r) return k;                                                                               \
            v = log(v * alpha / (a / mt_times(us, us) + b));                                                                    \
            double bound = mt_times(m + 0.5, log((m + 1) / mt_times(r, count - m + 1))) +                                       \
                           mt_times(count + 1, log((count - m + 1) / (count - k + 1))) +                                        \
                           mt_times(k + 0.5, log(mt_times(r, count - k + 1) / (k + 1))) + mt_stirling_tail(m) +                 \
                           mt_stirling_tail(count - m) - mt_stirling_tail(k) - mt_stirling_tail(count - k);                     \
            if (v <= bound) return k;                                                                                           \
        }                                                                                                                       \
    }                                                                                                                           \
    MT_FUN T mt_binomial_small_##sfx(mt_state *g, T count, T p) {                                                               \
        double log_failure = log1p##f(-p), trials = 0;                                                                          \
        for (T successes = 0;; successes++) {                                                                                   \
            trials += ceil(log(mt_uniform1(g)) / log_failure);                                                                  \
            if (!(trials <= count)) return successes;                                                                           \
        }                                                                                                                       \
    }                                                                                                                           \
    MT_FUN T mt_binomial_##sfx(mt_state *g, T count, T p) {                                                                     \
        if (count <= 0 || p <= 0) return 0;                                                                                     \
        if (p >= 1) return count;                                                                                               \
        if (!(p == p && count < INFINITY)) return p == p ? count : (T)NAN;                                                      \
        T q = p <= 0.5 ? p : (T)(1.0 - p);                                                                                      \
        T k = count * q >= 10 ? mt_binomial_large_##sfx(g, count, q) : mt_binomial_small_##sfx(g, count, q);                    \
        return p <= 0.5 ? k : count - k;                                                                                        \
    }
MT_BINOMIAL(f32, float, f)
MT_BINOMIAL(f64, double, )
#endif
