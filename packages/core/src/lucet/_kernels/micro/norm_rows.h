/* Scale and shift of channels that lie side by side, with what follows in the same pass:
 *
 *   norm_rows_f32(y, x, rows, channels, mean, scale, shift, other, mean2, scale2, shift2, act, low, high)
 *
 *   y = act((x - mean) * scale + shift [+ other, or + (other - mean2) * scale2 + shift2 where mean2 is given])
 *
 * act: 0 nothing, 1 relu, 2 clamp to low..high; NaN passes both. Each step rounds as it does in a loop of its own, so the
 * result has the bits of the same steps one after the other. y may be x or other.
 */
#ifndef LUCET_NORM_ROWS_H
#define LUCET_NORM_ROWS_H
#include "vec.h"

#define NORM_ROWS_DEFINE(F, real)                                                                                      \
    VEC_INLINE vec_##F norm_act_##F(vec_##F v, int act, vec_##F low, vec_##F high) {                                   \
        vec_##F zero = {0};                                                                                            \
        if (act == 1) return vec_select_##F((mask_##F)(v <= zero), zero, v);                                           \
        if (act == 2)                                                                                                  \
            return vec_select_##F((mask_##F)(v < low), low, vec_select_##F((mask_##F)(v > high), high, v));            \
        return v;                                                                                                      \
    }                                                                                                                  \
    VEC_INLINE real norm_act_one_##F(real v, int act, real low, real high) {                                           \
        if (act == 1) return v <= 0 ? 0 : v;                                                                           \
        if (act == 2) return v < low ? low : v > high ? high : v;                                                      \
        return v;                                                                                                      \
    }                                                                                                                  \
    /* others (0, 1, 2 constants) and act are constants where this is inlined */                                       \
    VEC_INLINE void norm_rows_of_##F(real *y, const real *x, ptrdiff_t rows, ptrdiff_t channels, const real *mean,     \
                                     const real *scale, const real *shift, const real *z, const real *mean2,           \
                                     const real *scale2, const real *shift2, int others, int act, real low,            \
                                     real high) {                                                                      \
        const vec_##F least = vec_splat_##F(low), most = vec_splat_##F(high);                                          \
        for (ptrdiff_t r = 0; r < rows; r++, x += channels, y += channels, z += others ? channels : 0) {               \
            ptrdiff_t c = 0;                                                                                           \
            for (; c + VEC_LANES_##F <= channels; c += VEC_LANES_##F) {                                                \
                vec_##F v = (vec_load_##F(x + c) - vec_load_##F(mean + c)) * vec_load_##F(scale + c)                   \
                            + vec_load_##F(shift + c);                                                                 \
                if (others == 1) v = v + vec_load_##F(z + c);                                                          \
                if (others == 2)                                                                                       \
                    v = v + ((vec_load_##F(z + c) - vec_load_##F(mean2 + c)) * vec_load_##F(scale2 + c)                \
                             + vec_load_##F(shift2 + c));                                                              \
                vec_store_##F(y + c, norm_act_##F(v, act, least, most));                                               \
            }                                                                                                          \
            for (; c < channels; c++) {                                                                                \
                real v = (x[c] - mean[c]) * scale[c] + shift[c];                                                       \
                if (others == 1) v = v + z[c];                                                                         \
                if (others == 2) v = v + ((z[c] - mean2[c]) * scale2[c] + shift2[c]);                                  \
                y[c] = norm_act_one_##F(v, act, low, high);                                                            \
            }                                                                                                          \
        }                                                                                                              \
    }                                                                                                                  \
    static void norm_rows_##F(real *y, const real *x, ptrdiff_t rows, ptrdiff_t channels, const real *mean,            \
                              const real *scale, const real *shift, const real *other, const real *mean2,              \
                              const real *scale2, const real *shift2, int act, real low, real high) {                  \
        switch ((!other ? 0 : !mean2 ? 1 : 2) * 3 + act) {                                                             \
            NORM_ROWS_CASES(F)                                                                                         \
        }                                                                                                              \
    }

#define NORM_ROWS_CASE(F, others, act_)                                                                                \
    case others * 3 + act_:                                                                                            \
        norm_rows_of_##F(y, x, rows, channels, mean, scale, shift, other, mean2, scale2, shift2, others, act_, low,    \
                         high);                                                                                        \
        break;
#define NORM_ROWS_CASES(F)                                                                                             \
    NORM_ROWS_CASE(F, 0, 0) NORM_ROWS_CASE(F, 0, 1) NORM_ROWS_CASE(F, 0, 2)                                            \
    NORM_ROWS_CASE(F, 1, 0) NORM_ROWS_CASE(F, 1, 1) NORM_ROWS_CASE(F, 1, 2)                                            \
    NORM_ROWS_CASE(F, 2, 0) NORM_ROWS_CASE(F, 2, 1) NORM_ROWS_CASE(F, 2, 2)

NORM_ROWS_DEFINE(f32, float)
NORM_ROWS_DEFINE(f64, double)
#endif
