/* Pooling of images that lie channels-last, [n][h][w][c], in float and double: vectors run along the channels.
 *
 *   image_max_pool_f32(x, y, winner, p, first, last)        rows first..last of the output, counted over all images
 *   image_max_pool_grad_f32(g, winner, x, p, first, last)   images first..last: every element of x is written
 *   image_avg_pool_f32(x, y, p, first, last)
 *   image_avg_pool_grad_f32(g, x, p, first, last)
 *
 * `winner` holds one byte an output element: which place of its window (row by row, the first of equal ones; NaN beats
 * everything) the maximum came from, so windows have at most 256 places. The order of sums is fixed by the shape. The
 * kernels touch nothing outside the operands; a winner that is no place of the window (somebody overwrote it) is
 * nobody's.
 *
 * This file includes itself once per element type: the part under POOL_REAL is the template.
 */
#ifndef POOL_REAL
#ifndef LUCET_IMAGE_POOL_H
#define LUCET_IMAGE_POOL_H
#include "shapes.h"
#include "vec.h"
#include <math.h>

/* Places first, first + step ... before last along one axis, of which the first is place number `skipped`. */
typedef struct {
    ptrdiff_t first, last, step, skipped;
} image_pool_span;

static image_pool_span image_pool_axis(ptrdiff_t i, ptrdiff_t size, ptrdiff_t out, ptrdiff_t kernel, ptrdiff_t stride,
                                       ptrdiff_t pad, ptrdiff_t dilation, int adaptive) {
    if (adaptive) return (image_pool_span){i * size / out, ((i + 1) * size + out - 1) / out, 1, 0};
    ptrdiff_t first = i * stride - pad, last = first + (kernel - 1) * dilation + 1;
    ptrdiff_t skipped = first < 0 ? (-first + dilation - 1) / dilation : 0;
    return (image_pool_span){first + skipped * dilation, last < size ? last : size, dilation, skipped};
}

#define IMAGE_POOL_H(p, i)                                                                                             \
    image_pool_axis(i, (p)->h, (p)->oh, (p)->kernel_h, (p)->stride_h, (p)->pad_h, (p)->dilation_h, (p)->adaptive)
#define IMAGE_POOL_W(p, j)                                                                                             \
    image_pool_axis(j, (p)->w, (p)->ow, (p)->kernel_w, (p)->stride_w, (p)->pad_w, (p)->dilation_w, (p)->adaptive)

/* What an average is divided by. */
static ptrdiff_t image_pool_share(const pool_shape *p, ptrdiff_t i, ptrdiff_t j, image_pool_span h,
                                  image_pool_span w) {
    if (p->divisor) return p->divisor;
    if (p->adaptive || !p->count_pad) return (h.last - h.first) * (w.last - w.first);
    ptrdiff_t h0 = i * p->stride_h - p->pad_h, w0 = j * p->stride_w - p->pad_w;
    ptrdiff_t h1 = h0 + p->kernel_h, w1 = w0 + p->kernel_w;
    if (h1 > p->h + p->pad_h) h1 = p->h + p->pad_h;
    if (w1 > p->w + p->pad_w) w1 = p->w + p->pad_w;
    return (h1 - h0) * (w1 - w0);
}

#define POOL_JOIN_(a, b) a##_##b
#define POOL_JOIN(a, b) POOL_JOIN_(a, b)

#define POOL_REAL float
#define POOL_F f32
#define POOL_INTEGER int32_t
#include "image_pool.h"
#undef POOL_REAL
#undef POOL_F
#undef POOL_INTEGER
#define POOL_REAL double
#define POOL_F f64
#define POOL_INTEGER int64_t
#include "image_pool.h"
#undef POOL_REAL
#undef POOL_F
#undef POOL_INTEGER
#endif /* LUCET_IMAGE_POOL_H */

#else /* ================================ template, once per element type ================================ */

#define NAME(x) POOL_JOIN(x, POOL_F)
#define REAL POOL_REAL
#define VEC NAME(vec)
#define MASK NAME(mask)
#define LANES NAME(VEC_LANES)

typedef uint8_t NAME(winners) __attribute__((vector_size(NAME(VEC_LANES))));
typedef uint8_t NAME(winners_anywhere) __attribute__((vector_size(NAME(VEC_LANES)), aligned(1), may_alias));

/* One output pixel, n channels. `whole`: a vector may be read and written, for n is one, or what lies behind the n channels
 * is in the same image and, of the output, written later by the same task. */
VEC_INLINE void NAME(image_max_pixel)(const REAL *x, REAL *y, uint8_t *winner, const pool_shape *p,
                                      image_pool_span h, image_pool_span w, ptrdiff_t n, int whole) {
    ptrdiff_t row = p->w * p->channels, place = h.skipped * p->kernel_w, width = p->adaptive ? w.last - w.first : p->kernel_w;
    VEC best = NAME(vec_splat)((REAL)-INFINITY);
    MASK at = (MASK){0} + (POOL_INTEGER)(place + w.skipped);
    if (p->adaptive) place = 0;
    for (ptrdiff_t r = h.first; r < h.last; r += h.step, place += width) {
        ptrdiff_t k = place + w.skipped;
        for (ptrdiff_t s = w.first; s < w.last; s += w.step, k++) {
            const REAL *from = x + r * row + s * p->channels;
            VEC v = whole ? NAME(vec_load)(from) : NAME(vec_load_some)(from, n);
            MASK wins = (MASK)(v > best) | (MASK)(v != v);
            best = NAME(vec_select)(wins, v, best);
            at = (((MASK){0} + (POOL_INTEGER)k) & wins) | (at & ~wins);
        }
    }
    NAME(winners) bytes = __builtin_convertvector(at, NAME(winners));
    if (whole) {
        NAME(vec_store)(y, best);
        if (winner) *(NAME(winners_anywhere) *)winner = bytes;
        return;
    }
    NAME(vec_store_some)(y, best, n);
    if (winner)
        for (ptrdiff_t q = 0; q < n; q++) winner[q] = bytes[q];
}

static void NAME(image_max_pool)(const void *x_, void *y_, uint8_t *winner, const pool_shape *p, ptrdiff_t first,
                                 ptrdiff_t last) {
    ptrdiff_t size = p->h * p->w * p->channels, end = last * p->ow * p->channels;
    for (ptrdiff_t line = first; line < last; line++) {
        const REAL *x = (const REAL *)x_ + line / p->oh * p->h * p->w * p->channels;
        image_pool_span h = IMAGE_POOL_H(p, line % p->oh);
        for (ptrdiff_t j = 0; j < p->ow; j++) {
            image_pool_span w = IMAGE_POOL_W(p, j);
            ptrdiff_t at = (line * p->ow + j) * p->channels, c = 0;
            ptrdiff_t reach = ((h.last - 1) * p->w + w.last - 1) * p->channels + LANES;
            for (; c + LANES <= p->channels; c += LANES)
                NAME(image_max_pixel)(x + c, (REAL *)y_ + at + c, winner ? winner + at + c : NULL, p, h, w, LANES, 1);
            if (c == p->channels) continue;
            if (reach + c <= size && at + c + LANES <= end)
                NAME(image_max_pixel)(x + c, (REAL *)y_ + at + c, winner ? winner + at + c : NULL, p, h, w, LANES, 1);
            else
                NAME(image_max_pixel)(x + c, (REAL *)y_ + at + c, winner ? winner + at + c : NULL, p, h, w,
                                      p->channels - c, 0);
        }
    }
}

/* The gradient of one output pixel, n channels, to the places of its window. `whole`: as above; nothing is added to what
 * lies behind the n channels. */
VEC_INLINE void NAME(image_max_spread)(const REAL *g, const uint8_t *winner, REAL *x, const pool_shape *p,
                                       image_pool_span h, image_pool_span w, ptrdiff_t n, int whole) {
    ptrdiff_t row = p->w * p->channels, width = p->adaptive ? w.last - w.first : p->kernel_w;
    ptrdiff_t place = p->adaptive ? 0 : h.skipped * p->kernel_w;
    VEC v = whole ? NAME(vec_load)(g) : NAME(vec_load_some)(g, n);
    NAME(winners) bytes = {0};
    if (whole) bytes = *(const NAME(winners_anywhere) *)winner;
    else
        for (ptrdiff_t q = 0; q < n; q++) bytes[q] = winner[q];
    MASK at = __builtin_convertvector(bytes, MASK);
    if (whole && n < LANES)
        for (ptrdiff_t q = 0; q < LANES; q++) at[q] = q < n ? at[q] : -1;
    for (ptrdiff_t r = h.first; r < h.last; r += h.step, place += width) {
        ptrdiff_t k = place + w.skipped;
        for (ptrdiff_t s = w.first; s < w.last; s += w.step, k++) {
            REAL *to = x + r * row + s * p->channels;
            VEC part = (VEC)((MASK)v & (MASK)(at == (POOL_INTEGER)k));
            if (whole) NAME(vec_store)(to, NAME(vec_load)(to) + part);
            else NAME(vec_store_some)(to, NAME(vec_load_some)(to, n) + part, n);
        }
    }
}

static void NAME(image_max_pool_grad)(const void *g_, const uint8_t *winner, void *x_, const pool_shape *p,
                                      ptrdiff_t first, ptrdiff_t last) {
    ptrdiff_t size = p->h * p->w * p->channels, out = p->oh * p->ow * p->channels;
    for (ptrdiff_t image = first; image < last; image++) {
        REAL *x = (REAL *)x_ + image * size;
        memset(x, 0, (size_t)size * sizeof(REAL));
        for (ptrdiff_t i = 0; i < p->oh; i++) {
            image_pool_span h = IMAGE_POOL_H(p, i);
            for (ptrdiff_t j = 0; j < p->ow; j++) {
                image_pool_span w = IMAGE_POOL_W(p, j);
                ptrdiff_t at = image * out + (i * p->ow + j) * p->channels, c = 0;
                for (; c + LANES <= p->channels; c += LANES)
                    NAME(image_max_spread)((const REAL *)g_ + at + c, winner + at + c, x + c, p, h, w, LANES, 1);
                if (c == p->channels) continue;
                ptrdiff_t reach = ((h.last - 1) * p->w + w.last - 1) * p->channels + LANES;
                if (reach + c <= size && at + c + LANES <= (image + 1) * out)
                    NAME(image_max_spread)((const REAL *)g_ + at + c, winner + at + c, x + c, p, h, w, p->channels - c,
                                           1);
                else
                    NAME(image_max_spread)((const REAL *)g_ + at + c, winner + at + c, x + c, p, h, w, p->channels - c,
                                           0);
            }
        }
    }
}

static void NAME(image_avg_pool)(const void *x_, void *y_, const pool_shape *p, ptrdiff_t first, ptrdiff_t last) {
    ptrdiff_t row = p->w * p->channels;
    for (ptrdiff_t line = first; line < last; line++) {
        const REAL *x = (const REAL *)x_ + line / p->oh * p->h * row;
        image_pool_span h = IMAGE_POOL_H(p, line % p->oh);
        for (ptrdiff_t j = 0; j < p->ow; j++) {
            image_pool_span w = IMAGE_POOL_W(p, j);
            REAL share = (REAL)image_pool_share(p, line % p->oh, j, h, w), *y = (REAL *)y_ + (line * p->ow + j) * p->channels;
            ptrdiff_t c = 0;
            for (; c + 4 * LANES <= p->channels; c += 4 * LANES) {  /* four sums at once: one waits for its last addition */
                VEC sum[4] = {{0}};
                for (ptrdiff_t r = h.first; r < h.last; r++)
                    for (ptrdiff_t s = w.first; s < w.last; s++)
                        VEC_UNROLL for (int k = 0; k < 4; k++)
                            sum[k] += NAME(vec_load)(x + r * row + s * p->channels + c + k * LANES);
                VEC_UNROLL for (int k = 0; k < 4; k++)
                    NAME(vec_store)(y + c + k * LANES, sum[k] / NAME(vec_splat)(share));
            }
            for (; c + LANES <= p->channels; c += LANES) {
                VEC sum = {0};
                for (ptrdiff_t r = h.first; r < h.last; r++)
                    for (ptrdiff_t s = w.first; s < w.last; s++) sum += NAME(vec_load)(x + r * row + s * p->channels + c);
                NAME(vec_store)(y + c, sum / NAME(vec_splat)(share));
            }
            for (; c < p->channels; c++) {
                REAL sum = 0;
                for (ptrdiff_t r = h.first; r < h.last; r++)
                    for (ptrdiff_t s = w.first; s < w.last; s++) sum += x[r * row + s * p->channels + c];
                y[c] = sum / share;
            }
        }
    }
}

static void NAME(image_avg_pool_grad)(const void *g_, void *x_, const pool_shape *p, ptrdiff_t first,
                                      ptrdiff_t last) {
    ptrdiff_t row = p->w * p->channels, size = p->h * row;
    for (ptrdiff_t image = first; image < last; image++) {
        REAL *x = (REAL *)x_ + image * size;
        memset(x, 0, (size_t)size * sizeof(REAL));
        for (ptrdiff_t i = 0; i < p->oh; i++) {
            image_pool_span h = IMAGE_POOL_H(p, i);
            for (ptrdiff_t j = 0; j < p->ow; j++) {
                image_pool_span w = IMAGE_POOL_W(p, j);
                const REAL *g = (const REAL *)g_ + ((image * p->oh + i) * p->ow + j) * p->channels;
                REAL share = (REAL)image_pool_share(p, i, j, h, w), part[256];
                for (ptrdiff_t c0 = 0; c0 < p->channels; c0 += 256) {
                    ptrdiff_t n = p->channels - c0 < 256 ? p->channels - c0 : 256;
                    for (ptrdiff_t c = 0; c < n; c++) part[c] = g[c0 + c] / share;
                    for (ptrdiff_t r = h.first; r < h.last; r++)
                        for (ptrdiff_t s = w.first; s < w.last; s++) {
                            REAL *to = x + r * row + s * p->channels + c0;
                            for (ptrdiff_t c = 0; c < n; c++) to[c] += part[c];
                        }
                }
            }
        }
    }
}

#undef NAME
#undef REAL
#undef VEC
#undef MASK
#undef LANES
#endif
