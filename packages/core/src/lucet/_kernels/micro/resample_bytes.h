/* Images of bytes of another size, in whole numbers, as Pillow and torch compute them: along the rows first, rounded to bytes, then
 * across them. The tables' weights are multiples of 2^-bits.
 *
 *   resample_bytes(x, y, p, room, first, last)       rows first..last of the output, counted over all planes
 *
 * `room` holds resample_bytes_room(p) bytes: the lines that the current output needs, and four bytes for each that say whose they are. */
#ifndef LUCET_RESAMPLE_BYTES_H
#define LUCET_RESAMPLE_BYTES_H
#include "shapes.h"
#include <stdint.h>
#include <string.h>

enum { BYTES_BLOCK = 256 };

static inline uint8_t resample_byte(int32_t sum, int bits) {
    sum >>= bits;
    return (uint8_t)(sum < 0 ? 0 : sum > 255 ? 255 : sum);
}

/* `inner` and `taps` are constants where it is called for the common ones: the compiler unrolls. */
static inline __attribute__((always_inline)) void bytes_line(
    const uint8_t *restrict x, uint8_t *restrict y, const resample_bytes_axis *a, const ptrdiff_t inner, const ptrdiff_t taps) {
    int32_t half = 1 << (a->bits - 1);
    for (ptrdiff_t j = 0; j < a->n_out; j++) {
        const uint8_t *from = x + a->first[j] * inner;
        const int16_t *w = a->weight + j * taps;
        int32_t sum[4] = {half, half, half, half};
        for (ptrdiff_t t = 0; t < taps; t++)
            for (ptrdiff_t c = 0; c < inner; c++) sum[c] += from[t * inner + c] * w[t];
        for (ptrdiff_t c = 0; c < inner; c++) y[j * inner + c] = resample_byte(sum[c], a->bits);
    }
}

static void bytes_across(const uint8_t *restrict x, uint8_t *restrict y, const resample_bytes_axis *a, ptrdiff_t inner) {
    if (!a->weight) {
        if (inner == 1)
            for (ptrdiff_t j = 0; j < a->n_out; j++) y[j] = x[a->first[j]];
        else
            for (ptrdiff_t j = 0; j < a->n_out; j++)
                for (ptrdiff_t c = 0; c < inner; c++) y[j * inner + c] = x[a->first[j] * inner + c];
        return;
    }
#define BYTES_LINE(count)                                                                                              \
    if (inner == count) {                                                                                              \
        if (a->taps == 2)                                                                                              \
            bytes_line(x, y, a, count, 2);                                                                             \
        else if (a->taps == 4)                                                                                         \
            bytes_line(x, y, a, count, 4);                                                                             \
        else                                                                                                           \
            bytes_line(x, y, a, count, a->taps);                                                                       \
        return;                                                                                                        \
    }
    BYTES_LINE(1)
    BYTES_LINE(3)
    BYTES_LINE(4)
#undef BYTES_LINE
    for (ptrdiff_t j = 0; j < a->n_out; j++) {
        const uint8_t *from = x + a->first[j] * inner;
        const int16_t *w = a->weight + j * a->taps;
        for (ptrdiff_t c0 = 0; c0 < inner; c0 += BYTES_BLOCK) {
            int32_t sum[BYTES_BLOCK];
            ptrdiff_t n = inner - c0 < BYTES_BLOCK ? inner - c0 : BYTES_BLOCK;
            for (ptrdiff_t c = 0; c < n; c++) sum[c] = 1 << (a->bits - 1);
            for (ptrdiff_t t = 0; t < a->taps; t++)
                for (ptrdiff_t c = 0; c < n; c++) sum[c] += from[t * inner + c0 + c] * w[t];
            for (ptrdiff_t c = 0; c < n; c++) y[j * inner + c0 + c] = resample_byte(sum[c], a->bits);
        }
    }
}

static ptrdiff_t resample_bytes_room(const resample_bytes_plan *p) {
    if (!p->v.taps || !p->v.weight) return 0;
    return p->v.taps * ((p->h.taps ? p->h.n_out : 0) * p->inner + 4) + 4;
}

static void resample_bytes(const void *x_, void *y_, const resample_bytes_plan *p, void *room, ptrdiff_t first, ptrdiff_t last) {
    const uint8_t *x = (const uint8_t *)x_;
    uint8_t *y = (uint8_t *)y_, *lines = (uint8_t *)room;
    const resample_bytes_axis *v = &p->v;
    ptrdiff_t rows_in = v->n_in, rows_out = v->taps ? v->n_out : v->n_in, row_in = p->h.n_in * p->inner, plane = -1;
    ptrdiff_t row_out = (p->h.taps ? p->h.n_out : p->h.n_in) * p->inner, slots = v->taps;
    int32_t *tag = NULL;
    if (v->taps && v->weight) {
        ptrdiff_t size = slots * (p->h.taps ? row_out : 0);
        tag = (int32_t *)(lines + ((size + 3) & ~(ptrdiff_t)3));
    }
    for (ptrdiff_t row = first; row < last; row++) {
        ptrdiff_t i = row % rows_out;
        const uint8_t *from = x + row / rows_out * rows_in * row_in;
        uint8_t *to = y + row * row_out;
        if (tag == NULL) {
            const uint8_t *line = from + (v->taps ? v->first[i] : i) * row_in;
            if (p->h.taps)
                bytes_across(line, to, &p->h, p->inner);
            else
                memcpy(to, line, (size_t)row_out);
            continue;
        }
        if (plane != row / rows_out) {
            plane = row / rows_out;
            for (ptrdiff_t s = 0; s < slots; s++) tag[s] = -1;
        }
        ptrdiff_t top = v->first[i];
        if (p->h.taps)                                /* row r of the source is kept in line r modulo their number */
            for (ptrdiff_t t = 0; t < slots; t++) {
                ptrdiff_t s = (top + t) % slots;
                if (tag[s] == (int32_t)(top + t)) continue;
                bytes_across(from + (top + t) * row_in, lines + s * row_out, &p->h, p->inner);
                tag[s] = (int32_t)(top + t);
            }
        for (ptrdiff_t c0 = 0; c0 < row_out; c0 += BYTES_BLOCK) {
            int32_t sum[BYTES_BLOCK];
            ptrdiff_t n = row_out - c0 < BYTES_BLOCK ? row_out - c0 : BYTES_BLOCK;
            const int16_t *w = v->weight + i * slots;
#define BYTES_ROW(t) ((p->h.taps ? lines + (top + (t)) % slots * row_out : from + (top + (t)) * row_in) + c0)
            if (slots == 2) {                         /* no sums between */
                const uint8_t *restrict a = BYTES_ROW(0), *restrict b = BYTES_ROW(1);
                int32_t u = w[0], s = w[1], half = 1 << (v->bits - 1);
                for (ptrdiff_t c = 0; c < n; c++) to[c0 + c] = resample_byte(half + a[c] * u + b[c] * s, v->bits);
                continue;
            }
            for (ptrdiff_t c = 0; c < n; c++) sum[c] = 1 << (v->bits - 1);
            for (ptrdiff_t t = 0; t < slots; t++) {
                const uint8_t *restrict line = BYTES_ROW(t);
                int32_t share = w[t];
                for (ptrdiff_t c = 0; c < n; c++) sum[c] += line[c] * share;
            }
#undef BYTES_ROW
            for (ptrdiff_t c = 0; c < n; c++) to[c0 + c] = resample_byte(sum[c], v->bits);
        }
    }
}
#endif
