/* Gamma variates drawn from a generator, one element after the other from float64 normals and uniforms.
 *
 * Streams equal those of the reference framework's CPU generator: what is of the element's type T is rounded to it, as there.
 * Source: G. Marsaglia and W. W. Tsang, A simple method for generating gamma variables (2000).
 */
#ifndef LUCET_GAMMA_H
#define LUCET_GAMMA_H
#include "mt19937.h"

MT_INL double mt_gamma_uniform(mt_state *g) {
    uint32_t h = mt_next32(g);
    return 1 - mt_unit64(h, mt_next32(g));
}

/* Shapes that are no positive numbers give 0: the method would not end. */
#define MT_GAMMA(sfx, T)                                                                     \
    MT_FUN double mt_gamma_##sfx(mt_state *g, T alpha) {                                     \
        double scale = 1;                                                                    \
        if (!(alpha > 0)) return 0;                                                          \
        if (alpha == (T)INFINITY) return alpha;                                              \
        if (alpha < 1) {                                                                     \
            scale = pow(mt_gamma_uniform(g), (T)1 / alpha);                                  \
            alpha += 1;                                                                      \
        }                                                                                    \
        double d = (T)(alpha - (T)(1.0f / 3.0f)), c = 1 / sqrt(9 * d);                       \
        for (;;) {                                                                           \
            double x, y;                                                                     \
            do {                                                                             \
                x = mt_normal1(g);                                                           \
                y = c * x;                                                                   \
                LM_ROUND(y);                                                                 \
                y += 1;                                                                      \
            } while (y <= 0);                                                                \
            double v = y * y * y, u = mt_gamma_uniform(g), square = x * x;                   \
            double quick = (double)0.0331f * square * square, slow = d * (1 - v + log(v));   \
            LM_ROUND(quick);                                                                 \
            LM_ROUND(slow);                                                                  \
            double half = 0.5 * square;                                                      \
            LM_ROUND(half);                                                                  \
            if (u < 1 - quick || log(u) < half + slow) return scale * d * v;                 \
        }                                                                                    \
    }
MT_GAMMA(f32, float)
MT_GAMMA(f64, double)
#undef MT_GAMMA
#endif
