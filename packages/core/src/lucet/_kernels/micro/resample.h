/* Images of another size: each output is a sum of a few inputs along one axis, then along the other, in float and double.
 *
 *   resample_f32(x, y, p, room, first, last)      rows first..last of the output, counted over all planes
 *
 * An axis is a table: output j is the sum over t < taps of weight[t * n_out + j] * input[index[t * n_out + j]]; taps that
 * an output does not have (of a padded table) come last, with weight 0, and are not read into it (0 times infinity is NaN). Without
 * weights there is one tap, copied. An axis of no taps stays as it is. `inner` elements lie together (channels of images
 * that lie channels-last). Forward and backward differ in their tables alone.
 *
 * Where the rows outnumber their sources, lines are mixed along the row first, each once, and kept in `room` while they
 * are needed; else rows are mixed first. `room` holds resample_room_f32(p) elements for each worker.
 *
 * This file includes itself once per element type: the part under RESAMPLE_REAL is the template.
 */
#ifndef RESAMPLE_REAL
#ifndef LUCET_RESAMPLE_H
#define LUCET_RESAMPLE_H
#include "shapes.h"
#include <stdint.h>
#include <string.h>

static inline ptrdiff_t resample_taps(const resample_axis *a, ptrdiff_t j, ptrdiff_t size, const void *weight) {
    /* how many taps output j really has: zeros at the end are left out */
    ptrdiff_t t = a->taps;
    const char *w = (const char *)weight;
    while (t > 1) {
        const char *one = w + ((t - 1) * a->n_out + j) * size;
        if (size == 4 ? *(const float *)one != 0 : *(const double *)one != 0) break;
        t--;
    }
    return t;
}

#define RESAMPLE_JOIN_(a, b) a##_##b
#define RESAMPLE_JOIN(a, b) RESAMPLE_JOIN_(a, b)

#define RESAMPLE_REAL float
#define RESAMPLE_F f32
#include "resample.h"
#undef RESAMPLE_REAL
#undef RESAMPLE_F
#define RESAMPLE_REAL double
#define RESAMPLE_F f64
#include "resample.h"
#undef RESAMPLE_REAL
#undef RESAMPLE_F
#endif
#else
#define REAL RESAMPLE_REAL
#define NAME(stem) RESAMPLE_JOIN(stem, RESAMPLE_F)

/* y = the sum of `count` <= 4 rows, or with `more` that added to y. */
static void NAME(mix_rows)(REAL *restrict y, ptrdiff_t n, const REAL *const *r, const REAL *w, ptrdiff_t count, int more) {
    const REAL *restrict a = r[0], *restrict b = r[1], *restrict c = r[2], *restrict d = r[3];
    REAL u = w[0], v = w[1], s = w[2], t = w[3];
    if (count == 2 && !more)
        for (ptrdiff_t j = 0; j < n; j++) y[j] = u * a[j] + v * b[j];
    else if (count == 4 && !more)
        for (ptrdiff_t j = 0; j < n; j++) y[j] = u * a[j] + v * b[j] + s * c[j] + t * d[j];
    else if (count == 4)
        for (ptrdiff_t j = 0; j < n; j++) y[j] += u * a[j] + v * b[j] + s * c[j] + t * d[j];
    else {
        if (!more)
            for (ptrdiff_t j = 0; j < n; j++) y[j] = u * a[j];
        else
            for (ptrdiff_t j = 0; j < n; j++) y[j] += u * a[j];
        for (ptrdiff_t k = 1; k < count; k++) {
            const REAL *restrict e = r[k];
            REAL f = w[k];
            for (ptrdiff_t j = 0; j < n; j++) y[j] += f * e[j];
        }
    }
}

/* Output i of an axis whose inputs are rows of n elements, `apart` elements from each other. */
static void NAME(mix_taps)(const REAL *x, REAL *y, ptrdiff_t apart, ptrdiff_t n, const resample_axis *a, ptrdiff_t i) {
    const int32_t *at = a->index + i;
    const REAL *w = (const REAL *)a->weight + i, *r[4];
    REAL part[4];
    ptrdiff_t taps = a->padded ? resample_taps(a, i, sizeof(REAL), a->weight) : a->taps, count;
    for (ptrdiff_t t = 0; t < taps; t += 4) {
        count = taps - t < 4 ? taps - t : 4;
        for (ptrdiff_t k = 0; k < 4; k++) {
            ptrdiff_t tap = k < count ? t + k : t;
            r[k] = x + at[tap * a->n_out] * apart;
            part[k] = w[tap * a->n_out];
        }
        NAME(mix_rows)(y, n, r, part, count, t > 0);
    }
}

/* One row along itself. */
static void NAME(mix_across)(const REAL *restrict x, REAL *restrict y, const resample_axis *a, ptrdiff_t inner) {
    const int32_t *restrict at = a->index;
    const REAL *restrict w = (const REAL *)a->weight;
    ptrdiff_t n = a->n_out, taps = a->taps;
    if (inner > 1) {
        for (ptrdiff_t j = 0; j < n; j++) {
            if (w == NULL && inner < 16)
                for (ptrdiff_t c = 0; c < inner; c++) y[j * inner + c] = x[at[j] * inner + c];
            else if (w == NULL)
                memcpy(y + j * inner, x + at[j] * inner, (size_t)inner * sizeof(REAL));
            else if (taps == 2 && inner < 16) {
                const REAL *p = x + at[j] * inner, *q = x + at[n + j] * inner;
                for (ptrdiff_t c = 0; c < inner; c++) y[j * inner + c] = w[j] * p[c] + w[n + j] * q[c];
            } else
                NAME(mix_taps)(x, y + j * inner, inner, inner, a, j);
        }
        return;
    }
    if (w == NULL)
        for (ptrdiff_t j = 0; j < n; j++) y[j] = x[at[j]];
    else if (taps == 2 && !a->padded)
        for (ptrdiff_t j = 0; j < n; j++) y[j] = w[j] * x[at[j]] + w[n + j] * x[at[n + j]];
    else if (taps == 4 && !a->padded)
        for (ptrdiff_t j = 0; j < n; j++)
            y[j] = w[j] * x[at[j]] + w[n + j] * x[at[n + j]] + w[2 * n + j] * x[at[2 * n + j]] + w[3 * n + j] * x[at[3 * n + j]];
    else
        for (ptrdiff_t t = 0; t < taps; t++, at += n, w += n) {
            if (t == 0)
                for (ptrdiff_t j = 0; j < n; j++) {
                    REAL v = w[j] * x[at[j]];
                    y[j] = w[j] == 0 ? 0 : v;
                }
            else
                for (ptrdiff_t j = 0; j < n; j++) {
                    REAL v = w[j] * x[at[j]];
                    y[j] += w[j] == 0 ? 0 : v;
                }
        }
}

static ptrdiff_t NAME(resample_room)(const resample_plan *p) {
    ptrdiff_t row = p->h.taps ? p->h.n_out : p->h.n_in;
    if (!p->v.taps || !p->v.weight) return 0;
    if (!p->across_first) return p->h.taps ? p->h.n_in * p->inner : 0;
    return p->v.taps * (row * p->inner + 1);
}

/* The line of source row `at`, mixed along itself: one of those in the room, or made in the place of one that output i does not need. */
static const REAL *NAME(line_of)(const REAL *x, const resample_plan *p, REAL *room, ptrdiff_t i, int32_t at) {
    ptrdiff_t taps = p->v.taps, n = p->h.n_out * p->inner, slot = -1;
    REAL *tag = room + taps * n; /* which row a line is of, exact up to 2^24 rows: larger ones are never kept */
    for (ptrdiff_t s = 0; s < taps; s++)
        if (tag[s] == (REAL)at) return room + s * n;
    for (ptrdiff_t s = 0; s < taps && slot < 0; s++) {
        int needed = 0;
        for (ptrdiff_t t = 0; t < taps; t++) needed |= tag[s] == (REAL)p->v.index[t * p->v.n_out + i];
        if (!needed) slot = s;
    }
    NAME(mix_across)(x + at * p->h.n_in * p->inner, room + slot * n, &p->h, p->inner);
    tag[slot] = (REAL)at;
    return room + slot * n;
}

static void NAME(resample)(const void *x_, void *y_, const resample_plan *p, void *room_, ptrdiff_t first, ptrdiff_t last) {
    const REAL *x = (const REAL *)x_;
    REAL *y = (REAL *)y_, *room = (REAL *)room_;
    const resample_axis *v = &p->v;
    ptrdiff_t rows_in = v->n_in, rows_out = v->taps ? v->n_out : v->n_in, row_in = p->h.n_in * p->inner;
    ptrdiff_t row_out = (p->h.taps ? p->h.n_out : p->h.n_in) * p->inner, plane = -1;
    for (ptrdiff_t row = first; row < last; row++) {
        ptrdiff_t i = row % rows_out;
        const REAL *from = x + row / rows_out * rows_in * row_in;
        REAL *to = y + row * row_out;
        if (!v->taps || !v->weight) {
            ptrdiff_t at = v->taps ? v->index[i] : i;
            if (v->taps && i > 0 && row > first && v->index[i - 1] == at)
                memcpy(to, to - row_out, (size_t)row_out * sizeof(REAL));
            else if (p->h.taps)
                NAME(mix_across)(from + at * row_in, to, &p->h, p->inner);
            else
                memcpy(to, from + at * row_in, (size_t)row_out * sizeof(REAL));
        } else if (!p->h.taps)
            NAME(mix_taps)(from, to, row_in, row_in, v, i);
        else if (!p->across_first) {
            NAME(mix_taps)(from, room, row_in, row_in, v, i);
            NAME(mix_across)(room, to, &p->h, p->inner);
        } else {
            const REAL *r[4];
            REAL w[4];
            if (plane != row / rows_out) {
                plane = row / rows_out;
                for (ptrdiff_t s = 0; s < v->taps; s++) room[v->taps * row_out + s] = -1;
            }
            for (ptrdiff_t t = 0; t < 4; t++) {
                ptrdiff_t tap = t < v->taps ? t : 0;
                r[t] = NAME(line_of)(from, p, room, i, v->index[tap * v->n_out + i]);
                w[t] = ((const REAL *)v->weight)[tap * v->n_out + i];
            }
            NAME(mix_rows)(to, row_out, r, w, v->taps, 0);
        }
    }
}

#undef REAL
#undef NAME
#endif
