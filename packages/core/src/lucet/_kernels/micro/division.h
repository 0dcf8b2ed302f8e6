/* What a division with a whole quotient leaves, float32 in vectors of float64: fmod, remainder, floor_div. Scalar forms, which serve
 * float64 and the quotients that are too long here, are in scalar.h.
 */
#ifndef LUCET_DIVISION_H
#define LUCET_DIVISION_H
#include "../scalar.h"
#include "trigfun.h"

/* a - n b for the whole number n nearest to a / b, exact while n has 29 bits at most; *n is that number. */
LM_INL lm_vd lm_core_rest(lm_vd a, lm_vd b, lm_vd *n) {
    *n = (a / b + 6755399441055744.0) - 6755399441055744.0;
    return a - *n * b;
}

/* `by` where the rest is on the other side of 0 than `as`, else 0 */
LM_INL lm_vd lm_core_wrap(lm_vd rest, lm_vd as, lm_vd by) {
    return lm_seld((rest != 0.0) & ((rest < 0.0) ^ (as < 0.0)), by, lm_setd(0.0));
}

LM_INL lm_vh lm_hfmod(lm_vh x, lm_vh y) {
    lm_vd n, a = lm_widen(x), b = lm_widen(y), r = lm_core_rest(a, b, &n);
    return lm_narrow(lm_signofd(r + lm_core_wrap(r, a, lm_signofd(lm_absd(b), a)), a));
}

LM_INL lm_vh lm_hremainder(lm_vh x, lm_vh y) {
    lm_vd n, a = lm_widen(x), b = lm_widen(y), r = lm_core_rest(a, b, &n);
    return lm_narrow(lm_seld(r == 0.0, lm_signofd(r, a), r + lm_core_wrap(r, b, b)));
}

LM_INL lm_vh lm_hfloor_div(lm_vh x, lm_vh y) {
    lm_vd n, a = lm_widen(x), b = lm_widen(y), r = lm_core_rest(a, b, &n);
    n += lm_core_wrap(r, b, lm_setd(-1.0));
    return lm_narrow(lm_signofd(n, (lm_vd)((lm_vl)a ^ (lm_vl)b)));
}

/* Whether the quotient is below `most`. From 2^22 on that of floor_div shows how its steps are rounded. */
#define LM_DIVIDES(x, y, most) ((fabsf(x) < (most) * fabsf(y)) & (fabsf(y) < INFINITY))
#define LM_LONG_FMOD(x, y) !LM_DIVIDES(x, y, 0x1p28f)
#define LM_LONG_FLOOR(x, y) !LM_DIVIDES(x, y, 0x1p22f)
LM_PAIRS_BUT(lm_fmod_f32s, lm_hfmod, LM_LONG_FMOD, lx_fmodf)
LM_PAIRS_BUT(lm_remainder_f32s, lm_hremainder, LM_LONG_FMOD, lx_remainderf)
LM_PAIRS_BUT(lm_floor_div_f32s, lm_hfloor_div, LM_LONG_FLOOR, lx_floor_divf)
#endif
