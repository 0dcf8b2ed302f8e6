/* Convolution of images in float and double: forward, gradient of the input, gradient of weight and bias.
 *
 *   y[n][k][i][j] = bias[k] + sum over c, r, s of
 *                             weight[k][c][r][s] * x[n][c'][i * stride_h - pad_h + r * dilation_h][j * stride_w ...]
 *
 * x (n, c, h, w), y (n, k, oh, ow), weight (k, c / groups, r, s), all contiguous; x counts as 0 outside. 1-D is
 * h = oh = r = 1. oh and ow are the caller's: pad_h and pad_w are the zeros before the first row and column, those
 * behind the last follow from oh and ow (so padding may be uneven). Fill in the first part of a conv_plan, then
 *
 *   conv_plan_f32(&p)                            sets p.steps, p.ntasks[], p.scratch_bytes and p.shared_bytes
 *   p.scratch, p.scratch_stride, p.shared        64-byte aligned memory: scratch_bytes per worker, shared_bytes once
 *   for (p.step = 0; p.step < p.steps; p.step++)
 *       conv_run_f32(&p, task, worker)           for every task < p.ntasks[p.step], in any order, from any thread;
 *                                                all of a step before the next
 *
 *   CONV_FORWARD          x, weight, bias (or NULL)  -> y
 *   CONV_BACKWARD_DATA    y (the gradient), weight   -> x (the gradient); a bias (one per channel of x) is added when
 *                         not NULL, which makes it the transposed convolution's forward
 *   CONV_BACKWARD_WEIGHT  x, y (the gradient)        -> weight, bias (the gradients; either may be NULL)
 *
 * The algorithm is chosen by shape, and so is every cut: the bits do not depend on the number of threads. Partial sums
 * of the weight gradient are kept per group of images (at most 8 groups) and added in that order in the last step.
 * The kernels allocate nothing, start no threads and touch no element outside the operands.
 *
 * Forward, and gradient of the input, are one computation: `out[m][i][j] = sum over channels and taps of weight *
 * source[i * stride + shift]`; for the gradient with stride s, the s * s phases of the output are each one of stride 1
 * and their share of the taps. Two ways to run it, both on the register tiles of gemm.h:
 *   window   Output pixels are numbered along the rows of the *source*, so a tap is a constant distance and the source
 *            itself is B: nothing is copied. Columns that fall between the rows are computed and dropped. A source that
 *            needs a border, or whose stride is not 1, is first copied to a frame (one plane per stride phase).
 *   gather   Panels of B are collected pixel by pixel, over several images: for small images, where the window's
 *            dropped columns would cost more.
 * Weight gradient: per tap, x (broadcast, channels as rows) times y transposed to [pixel][channel]; depthwise, dot
 * products along the rows.
 *
 * This file includes itself once per element type: the part under CONV_REAL is the template.
 */
#ifndef CONV_REAL
#ifndef LUCET_CONV_H
#define LUCET_CONV_H
#include "gemm.h"

enum { CONV_MOST_TAPS = GEMM_K_BLOCK * 3 / 2, CONV_IMAGE_GROUPS = 8 };

enum { CONV_WINDOW, CONV_GATHER, CONV_GENERAL, CONV_DEPTHWISE };

/* One axis of `out[i] = sum over t of weight[first + t * step] * source[i * stride + shift + t * shift_step]`. */
typedef struct {
    ptrdiff_t taps, first, step, shift, shift_step, stride;
    ptrdiff_t grid, source;                           /* how many i, how many source elements */
    ptrdiff_t out_first, out_step, out_size;          /* where i lands in the output */
    ptrdiff_t low, high;                              /* least and greatest source offset at i = 0, in strides */
} conv_axis;

VEC_INLINE ptrdiff_t conv_floor_div(ptrdiff_t a, ptrdiff_t b) { return a / b - (a % b < 0); }
VEC_INLINE ptrdiff_t conv_max(ptrdiff_t a, ptrdiff_t b) { return a > b ? a : b; }

/* Into how many parts a sum over `length` taps is cut, so that a panel of B stays in the first-level cache. */
VEC_INLINE ptrdiff_t conv_sum_parts(ptrdiff_t length) {
    return conv_max(1, gemm_parts(length, CONV_MOST_TAPS));
}

static void conv_axis_bounds(conv_axis *a) {
    ptrdiff_t last = a->shift + (a->taps - 1) * a->shift_step;
    a->low = conv_floor_div(gemm_min(a->shift, last), a->stride);
    a->high = conv_floor_div(conv_max(a->shift, last), a->stride);
}

static conv_axis conv_axis_forward(ptrdiff_t in, ptrdiff_t out, ptrdiff_t kernel, ptrdiff_t stride, ptrdiff_t pad,
                                   ptrdiff_t dilation) {
    conv_axis a = {.taps = kernel, .step = 1, .shift = -pad, .shift_step = dilation, .stride = stride, .grid = out,
                   .source = in, .out_step = 1, .out_size = out};
    conv_axis_bounds(&a);
    return a;
}

/* Input pixels phase, phase + stride ...: reached by the taps for which stride divides phase + pad - tap * dilation. */
static conv_axis conv_axis_backward(ptrdiff_t in, ptrdiff_t out, ptrdiff_t kernel, ptrdiff_t stride, ptrdiff_t pad,
                                    ptrdiff_t dilation, ptrdiff_t phase) {
    ptrdiff_t first = 0, step = 1;
    while (first < kernel && (phase + pad - first * dilation) % stride) first++;
    while (step * dilation % stride) step++;
    conv_axis a = {.taps = first < kernel ? (kernel - 1 - first) / step + 1 : 0, .first = first, .step = step,
                   .shift = first < kernel ? (phase + pad - first * dilation) / stride : 0,
                   .shift_step = -(step * dilation / stride), .stride = 1,
                   .grid = in > phase ? (in - phase - 1) / stride + 1 : 0, .source = out,
                   .out_first = phase, .out_step = stride, .out_size = in};
    conv_axis_bounds(&a);
    return a;
}

/* Whether every tap of every pixel lies inside the source, at stride 1. */
VEC_INLINE int conv_axis_inside(const conv_axis *a) {
    return a->stride == 1 && a->low >= 0 && a->high + a->grid <= a->source;
}

/* Whether some tap's offset leaves remainder `phase` when divided by the stride. */
static int conv_axis_uses(const conv_axis *a, ptrdiff_t phase) {
    if (a->stride == 1) return 1;
    for (ptrdiff_t t = 0; t < a->taps; t++) {
        ptrdiff_t offset = a->shift + t * a->shift_step;
        if (offset - conv_floor_div(offset, a->stride) * a->stride == phase) return 1;
    }
    return 0;
}

static conv_axis conv_axis_h(const conv_plan *p, ptrdiff_t phase) {
    return p->pass == CONV_BACKWARD_DATA
               ? conv_axis_backward(p->h, p->oh, p->r, p->stride_h, p->pad_h, p->dilation_h, phase)
               : conv_axis_forward(p->h, p->oh, p->r, p->stride_h, p->pad_h, p->dilation_h);
}
static conv_axis conv_axis_w(const conv_plan *p, ptrdiff_t phase) {
    return p->pass == CONV_BACKWARD_DATA
               ? conv_axis_backward(p->w, p->ow, p->s, p->stride_w, p->pad_w, p->dilation_w, phase)
               : conv_axis_forward(p->w, p->ow, p->s, p->stride_w, p->pad_w, p->dilation_w);
}
/* ... and `a` made to reach as far as `other` does serves to size the buffers for both phases. */
static void conv_axis_widen(conv_axis *a, conv_axis other) {
    if (!other.taps) return;
    if (!a->taps) a->low = other.low, a->high = other.high;
    a->taps = conv_max(a->taps, other.taps);
    a->low = gemm_min(a->low, other.low);
    a->high = conv_max(a->high, other.high);
}
VEC_INLINE ptrdiff_t conv_phases_h(const conv_plan *p) { return p->pass == CONV_BACKWARD_DATA ? p->stride_h : 1; }
VEC_INLINE ptrdiff_t conv_phases_w(const conv_plan *p) { return p->pass == CONV_BACKWARD_DATA ? p->stride_w : 1; }

#define CONV_REAL float
#define CONV_F f32
#include "conv.h"
#undef CONV_REAL
#undef CONV_F
#define CONV_REAL double
#define CONV_F f64
#include "conv.h"
#undef CONV_REAL
#undef CONV_F
#endif /* LUCET_CONV_H */

#else /* ================================ template, once per element type ================================ */

#define NAME(x) GEMM_JOIN(x, CONV_F)
#define REAL CONV_REAL
#define VEC NAME(vec)
#define LANES NAME(VEC_LANES)

/* ---- what a unit of forward or backward-data works on ---- */

/* Source and output of one phase: filled in once per task and phase, then moved from unit to unit. */
typedef struct {
    conv_axis h, w;
    ptrdiff_t phase;                                  /* which phase the tables below were made for; -1 none */
    ptrdiff_t channels, rows;                         /* of the source and of the output, per group */
    ptrdiff_t source_channels, out_channels;          /* in all groups */
    const REAL *source, *weight, *bias;
    REAL *out;
    ptrdiff_t weight_row, weight_channel, weight_group;  /* distance of output rows, source channels, groups there */
    ptrdiff_t length;                                 /* channels * taps: the sum's length */
    ptrdiff_t pitch, frame_rows, reach;               /* reach: greatest offset of a tap from the first pixel */
    NAME(gemm_tap) * taps;
    REAL *frame, *sums, *tail;
} NAME(conv_job);

static void NAME(conv_job_begin)(const conv_plan *p, NAME(conv_job) * job, char *scratch) {
    int forward = p->pass == CONV_FORWARD;
    ptrdiff_t c = p->c / p->groups, k = p->k / p->groups;
    job->phase = -1;
    job->channels = forward ? c : k, job->rows = forward ? k : c;
    job->source_channels = forward ? p->c : p->k, job->out_channels = forward ? p->k : p->c;
    job->source = (const REAL *)(forward ? p->x : p->y), job->out = (REAL *)(forward ? p->y : p->x);
    job->weight = (const REAL *)p->weight, job->bias = (const REAL *)p->bias;
    job->weight_row = forward ? c * p->r * p->s : p->r * p->s;
    job->weight_channel = forward ? p->r * p->s : c * p->r * p->s;
    job->weight_group = k * c * p->r * p->s;
    job->taps = (NAME(gemm_tap) *)scratch;
    job->frame = (REAL *)scratch + p->taps_size;
    job->sums = job->frame + p->frame_size;
    job->tail = job->sums + p->out_size;
}

/* Distance of a tap from the first pixel, along one axis of the frame; `plane` is its stride phase. */
VEC_INLINE ptrdiff_t NAME(conv_tap_place)(const conv_axis *a, ptrdiff_t t, ptrdiff_t *plane) {
    ptrdiff_t offset = a->shift + t * a->shift_step, q = conv_floor_div(offset, a->stride);
    *plane = offset - q * a->stride;
    return q - a->low;
}

/* Geometry and the table of taps for one phase; the window's B offsets, the gather's (k0 is where its block begins). */
static void NAME(conv_job_phase)(const conv_plan *p, NAME(conv_job) * job, ptrdiff_t phase) {
    if (job->phase == phase) return;
    job->phase = phase;
    job->h = conv_axis_h(p, phase / conv_phases_w(p));
    job->w = conv_axis_w(p, phase % conv_phases_w(p));
    const conv_axis *h = &job->h, *w = &job->w;
    ptrdiff_t taps = h->taps * w->taps, blocks;
    job->length = job->channels * taps;
    job->pitch = p->in_place ? w->source : w->grid + w->high - w->low;
    job->frame_rows = p->row_block + h->high - h->low;
    blocks = conv_sum_parts(job->length);
    for (ptrdiff_t c = 0, at = 0, block = 0, k0 = 0; c < job->channels; c++)
        for (ptrdiff_t i = 0; i < h->taps; i++)
            for (ptrdiff_t j = 0; j < w->taps; j++, at++) {
                NAME(gemm_tap) *tap = job->taps + at;
                tap->a = c * job->weight_channel + (h->first + i * h->step) * p->s + w->first + j * w->step;
                if (p->algorithm == CONV_GATHER) {
                    if (at == gemm_cut(job->length, blocks, block + 1)) k0 = at, block++;
                    tap->b = (at - k0) * 2 * LANES;
                } else if (p->in_place) {
                    tap->b = (c * h->source + h->shift + i * h->shift_step) * w->source + w->shift + j * w->shift_step;
                } else {
                    ptrdiff_t plane_h, plane_w;
                    ptrdiff_t row = NAME(conv_tap_place)(h, i, &plane_h), col = NAME(conv_tap_place)(w, j, &plane_w);
                    tap->b =
                        (((plane_h * w->stride + plane_w) * job->channels + c) * job->frame_rows + row) * job->pitch +
                        col;
                }
            }
    job->reach = 0;
    for (ptrdiff_t t = 0; job->length && t < taps; t++)             /* the last channel's reach furthest */
        job->reach = conv_max(job->reach, job->taps[job->length - 1 - t].b);
}

/* ---- frames ---- */

VEC_INLINE void NAME(conv_copy)(REAL *out, const REAL *in, ptrdiff_t n) {
    ptrdiff_t j = 0;
    for (; j + LANES <= n; j += LANES) NAME(vec_store)(out + j, NAME(vec_load)(in + j));
    if (j < n && n >= LANES) NAME(vec_store)(out + n - LANES, NAME(vec_load)(in + n - LANES));
    else for (; j < n; j++) out[j] = in[j];
}

/* One row of a frame: source elements first, first + stride ...; zero where there is none. Zeros are stored as whole
 * vectors: the surplus is overwritten by what follows, and every frame has LANES of slack at its end. */
static void NAME(conv_frame_row)(REAL *out, const REAL *in, ptrdiff_t size, ptrdiff_t first, ptrdiff_t stride,
                                 ptrdiff_t n) {
    ptrdiff_t from = first >= 0 ? 0 : gemm_min(n, (-first - 1) / stride + 1);
    ptrdiff_t to = first >= size ? from : conv_max(from, gemm_min(n, (size - 1 - first) / stride + 1));
    for (ptrdiff_t j = 0; j < from; j += LANES) NAME(vec_store)(out + j, (VEC){0});
    if (stride == 1) NAME(conv_copy)(out + from, in + first + from, to - from);
    ptrdiff_t j = stride == 1 ? to : from;
    if (stride == 2)
        for (; j + LANES < to; j += LANES) {          /* one more pixel than is stored must exist: the last odd lane */
            const REAL *at = in + first + 2 * j;
            NAME(vec_store)(out + j, NAME(vec_even)(NAME(vec_load)(at), NAME(vec_load)(at + LANES)));
        }
    for (; j < to; j++) out[j] = in[first + j * stride];
    for (j = to; j < n; j += LANES) NAME(vec_store)(out + j, (VEC){0});
}

/* Copy what output rows [i0, i0 + rows) need of `channels` source channels: planes by stride phase, zeros around. */
static void NAME(conv_fill_frame)(const conv_axis *h, const conv_axis *w, const REAL *source, ptrdiff_t channels,
                                  ptrdiff_t i0, ptrdiff_t rows, ptrdiff_t frame_rows, ptrdiff_t pitch, REAL *frame) {
    ptrdiff_t need = rows + h->high - h->low;
    for (ptrdiff_t ph = 0; ph < h->stride; ph++) {
        if (!conv_axis_uses(h, ph)) continue;
        for (ptrdiff_t pw = 0; pw < w->stride; pw++) {
            if (!conv_axis_uses(w, pw)) continue;
            for (ptrdiff_t c = 0; c < channels; c++) {
                REAL *out = frame + ((ph * w->stride + pw) * channels + c) * frame_rows * pitch;
                const REAL *in = source + c * h->source * w->source;
                for (ptrdiff_t u = 0; u < need; u++, out += pitch) {
                    ptrdiff_t row = (i0 + h->low + u) * h->stride + ph;
                    int there = row >= 0 && row < h->source;
                    NAME(conv_frame_row)(out, there ? in + row * w->source : in, there ? w->source : 0,
                                         w->low * w->stride + pw, w->stride, pitch);
                }
            }
        }
    }
}

/* ---- the sums over taps: window and gather alike ---- */

/* One panel (`cols` of `wide` vectors) for rows [m0, m1): `length` taps, whose offsets in B count from b. */
static void NAME(conv_run_panel)(const NAME(conv_job) * job, const NAME(gemm_tap) * taps, ptrdiff_t length,
                                 const REAL *b, ptrdiff_t group, ptrdiff_t m0, ptrdiff_t m1, ptrdiff_t wide,
                                 ptrdiff_t cols, REAL *c, ptrdiff_t c_row, int first) {
    ptrdiff_t most = wide == 4 ? GEMM_WIDE_ROWS : VEC_ROWS, tiles = gemm_parts(m1 - m0, most), width = wide * LANES;
    const REAL *weight = job->weight + group * job->weight_group;
    NAME(gemm_tile) t = {.b = b, .taps = taps, .length = length, .a_row = job->weight_row, .c_row = c_row};
    ptrdiff_t whole = (m1 - m0) / tiles, rest = (m1 - m0) % tiles, height;
    for (ptrdiff_t i = 0, top = m0; i < tiles; i++, top += height) {
        height = whole + (i < rest);
        t.a = weight + top * job->weight_row;
        t.c = c + (top - m0) * c_row;
        t.bias = job->bias ? job->bias + group * job->rows + top : NULL;
        t.start = !first ? GEMM_START_C : t.bias ? GEMM_START_ROW : GEMM_START_ZERO;
        NAME(gemm_tile_fn) fn = NAME(gemm_taps_tiles)[wide][height];
        if (cols == width) fn(&t);
        else NAME(gemm_run_ragged)(fn, &t, height, cols, width, 1);
    }
}

static REAL *NAME(conv_out_at)(const NAME(conv_job) * job, ptrdiff_t image, ptrdiff_t group, ptrdiff_t m, ptrdiff_t i,
                               ptrdiff_t j) {
    ptrdiff_t channel = image * job->out_channels + group * job->rows + m;
    return job->out + (channel * job->h.out_size + job->h.out_first + i * job->h.out_step) * job->w.out_size +
           job->w.out_first + j * job->w.out_step;
}

/* Output that no tap reaches. */
static void NAME(conv_fill_out)(const NAME(conv_job) * job, ptrdiff_t image, ptrdiff_t group, ptrdiff_t m0,
                                ptrdiff_t m1, ptrdiff_t i0, ptrdiff_t i1) {
    for (ptrdiff_t m = m0; m < m1; m++) {
        REAL value = job->bias ? job->bias[group * job->rows + m] : 0;
        for (ptrdiff_t i = i0; i < i1; i++) {
            REAL *out = NAME(conv_out_at)(job, image, group, m, i, 0);
            for (ptrdiff_t j = 0; j < job->w.grid; j++) out[j * job->w.out_step] = value;
        }
    }
}

/* ---- window ---- */

/* The last panel of the last image, when reading whole vectors would leave the source: a copy of what exists. */
static const REAL *NAME(conv_tail_panel)(const NAME(conv_job) * job, const NAME(gemm_tap) * taps, ptrdiff_t length,
                                         const REAL *b, ptrdiff_t cols, ptrdiff_t width, NAME(gemm_tap) * *tail_taps) {
    NAME(gemm_tap) *copy = (NAME(gemm_tap) *)job->tail;
    REAL *panel = (REAL *)(copy + length);
    for (ptrdiff_t k = 0; k < length; k++) {
        copy[k].a = taps[k].a;
        copy[k].b = k * width;
        for (ptrdiff_t j = 0; j < width; j++) panel[k * width + j] = j < cols ? b[taps[k].b + j] : 0;
    }
    *tail_taps = copy;
    return panel;
}

static void NAME(conv_window_unit)(const conv_plan *p, const NAME(conv_job) * job, ptrdiff_t image, ptrdiff_t group,
                                   ptrdiff_t m0, ptrdiff_t m1, ptrdiff_t i0, ptrdiff_t i1) {
    const conv_axis *h = &job->h, *w = &job->w;
    ptrdiff_t area = h->source * w->source, rows = i1 - i0, pitch = job->pitch;
    const REAL *source = job->source + (image * job->source_channels + group * job->channels) * area, *b = job->frame;
    const REAL *end = job->source + p->n * job->source_channels * area;
    if (p->in_place) b = source + i0 * pitch;
    else NAME(conv_fill_frame)(h, w, source, job->channels, i0, rows, job->frame_rows, pitch, job->frame);

    ptrdiff_t columns = (rows - 1) * pitch + w->grid, blocks = conv_sum_parts(job->length);
    int direct = h->out_step == 1 && w->out_step == 1 && w->grid == w->out_size && (pitch == w->grid || rows == 1);
    REAL *sums = direct ? NAME(conv_out_at)(job, image, group, m0, i0, 0) : job->sums;
    ptrdiff_t sums_row = direct ? h->out_size * w->out_size : gemm_round_up(columns, 4 * LANES);
    for (ptrdiff_t block = 0; block < blocks; block++) {
        ptrdiff_t k0 = gemm_cut(job->length, blocks, block), length = gemm_cut(job->length, blocks, block + 1) - k0;
        for (ptrdiff_t j = 0, wide; j < columns; j += wide * LANES) {
            wide = NAME(gemm_width)(columns - j, m1 - m0);
            ptrdiff_t width = wide * LANES, cols = direct ? gemm_min(width, columns - j) : width;
            const REAL *panel = b + j;
            NAME(gemm_tap) *taps = job->taps + k0;
            if (p->in_place && end - panel < job->reach + width)
                panel = NAME(conv_tail_panel)(job, taps, length, panel, gemm_min(width, columns - j), width, &taps);
            NAME(conv_run_panel)(job, taps, length, panel, group, m0, m1, wide, cols, sums + j, sums_row, !block);
        }
    }
    for (ptrdiff_t m = m0; !direct && m < m1; m++) {
        REAL *out = NAME(conv_out_at)(job, image, group, m, i0, 0);
        const REAL *in = sums + (m - m0) * sums_row;
        for (ptrdiff_t i = 0; i < rows; i++, in += pitch, out += h->out_step * w->out_size)
            if (w->out_step == 1) NAME(conv_copy)(out, in, w->grid);
            else for (ptrdiff_t j = 0; j < w->grid; j++) out[j * w->out_step] = in[j];
    }
}

/* Units: phase, image, group, block of output rows, block of output channels (the last runs fastest). */
static void NAME(conv_window_task)(const conv_plan *p, ptrdiff_t task, char *scratch) {
    NAME(conv_job) job;
    NAME(conv_job_begin)(p, &job, scratch);
    ptrdiff_t ntasks = p->ntasks[0];
    for (ptrdiff_t unit = gemm_cut(p->units, ntasks, task); unit < gemm_cut(p->units, ntasks, task + 1); unit++) {
        ptrdiff_t rest = unit, mb = rest % p->m_blocks, rb = (rest /= p->m_blocks) % p->row_blocks;
        ptrdiff_t group = (rest /= p->row_blocks) % p->groups, image = (rest /= p->groups) % p->n, phase = rest / p->n;
        ptrdiff_t m0 = gemm_cut(job.rows, p->m_blocks, mb), m1 = gemm_cut(job.rows, p->m_blocks, mb + 1);
        NAME(conv_job_phase)(p, &job, phase);
        ptrdiff_t i0 = rb * p->row_block, i1 = gemm_min(job.h.grid, i0 + p->row_block);
        if (i0 >= i1 || !job.w.grid) continue;
        if (job.length) NAME(conv_window_unit)(p, &job, image, group, m0, m1, i0, i1);
        else NAME(conv_fill_out)(&job, image, group, m0, m1, i0, i1);
    }
}

/* ---- gather ---- */

/* Where each tap of the panel's pixels lies in the source (from the first channel of image 0), -1 if outside; and where
 * each pixel lands in the output. Pixels run over all images. */
static void NAME(conv_gather_table)(const NAME(conv_job) * job, ptrdiff_t group, ptrdiff_t first, ptrdiff_t cols,
                                    ptrdiff_t *from, ptrdiff_t *to) {
    const conv_axis *h = &job->h, *w = &job->w;
    ptrdiff_t area = h->source * w->source, taps = h->taps * w->taps, width = 2 * LANES;
    for (ptrdiff_t q = 0; q < width; q++) {
        ptrdiff_t pixel = first + q, j = pixel % w->grid, i = pixel / w->grid % h->grid,
                  image = pixel / w->grid / h->grid;
        if (q < cols) to[q] = NAME(conv_out_at)(job, image, group, 0, i, j) - job->out;
        ptrdiff_t base = (image * job->source_channels + group * job->channels) * area;
        for (ptrdiff_t t = 0; t < taps; t++) {
            ptrdiff_t row = i * h->stride + h->shift + t / w->taps * h->shift_step;
            ptrdiff_t col = j * w->stride + w->shift + t % w->taps * w->shift_step;
            int there = q < cols && row >= 0 && row < h->source && col >= 0 && col < w->source;
            from[t * width + q] = there ? base + row * w->source + col : -1;
        }
    }
}

static void NAME(conv_gather_panel)(const NAME(conv_job) * job, ptrdiff_t k0, ptrdiff_t k1, const ptrdiff_t *from,
                                    REAL *panel) {
    ptrdiff_t taps = job->h.taps * job->w.taps, area = job->h.source * job->w.source;
    for (ptrdiff_t k = k0; k < k1; k++, panel += 2 * LANES) {
        const REAL *source = job->source + k / taps * area;
        const ptrdiff_t *at = from + k % taps * 2 * LANES;
        for (int q = 0; q < 2 * LANES; q++) panel[q] = at[q] >= 0 ? source[at[q]] : 0;
    }
}

/* One block of pixels (over all images) for rows [m0, m1). */
static void NAME(conv_gather_unit)(const conv_plan *p, const NAME(conv_job) * job, ptrdiff_t group, ptrdiff_t m0,
                                   ptrdiff_t m1, ptrdiff_t first, ptrdiff_t last) {
    ptrdiff_t width = 2 * LANES, taps = job->h.taps * job->w.taps, blocks = conv_sum_parts(job->length);
    ptrdiff_t *to = (ptrdiff_t *)job->tail, *from = to + p->column_block, sums_row = p->column_block;
    REAL *panel = job->frame;
    for (ptrdiff_t j = first; j < last; j += width)
        NAME(conv_gather_table)(job, group, j, gemm_min(width, last - j), from + (j - first) * taps, to + (j - first));
    for (ptrdiff_t block = 0; block < blocks; block++) {
        ptrdiff_t k0 = gemm_cut(job->length, blocks, block), k1 = gemm_cut(job->length, blocks, block + 1);
        for (ptrdiff_t j = first; j < last; j += width) {
            NAME(conv_gather_panel)(job, k0, k1, from + (j - first) * taps, panel);
            NAME(conv_run_panel)(job, job->taps + k0, k1 - k0, panel, group, m0, m1, 2, width, job->sums + j - first,
                                 sums_row, !block);
        }
    }
    ptrdiff_t out_area = job->h.out_size * job->w.out_size;
    for (ptrdiff_t m = m0; m < m1; m++) {
        REAL *out = job->out + m * out_area;
        const REAL *in = job->sums + (m - m0) * sums_row;
        for (ptrdiff_t q = 0; q < last - first; q++) out[to[q]] = in[q];
    }
}

/* Units: group, phase, block of pixels, block of output channels (the last runs fastest). */
static void NAME(conv_gather_task)(const conv_plan *p, ptrdiff_t task, char *scratch) {
    NAME(conv_job) job;
    NAME(conv_job_begin)(p, &job, scratch);
    ptrdiff_t ntasks = p->ntasks[0];
    for (ptrdiff_t unit = gemm_cut(p->units, ntasks, task); unit < gemm_cut(p->units, ntasks, task + 1); unit++) {
        ptrdiff_t rest = unit, mb = rest % p->m_blocks, cb = (rest /= p->m_blocks) % p->column_blocks;
        ptrdiff_t group = (rest /= p->column_blocks) % p->groups, phase = rest / p->groups;
        ptrdiff_t m0 = gemm_cut(job.rows, p->m_blocks, mb), m1 = gemm_cut(job.rows, p->m_blocks, mb + 1);
        NAME(conv_job_phase)(p, &job, phase);
        ptrdiff_t first = cb * p->column_block;
        ptrdiff_t last = gemm_min(p->n * job.h.grid * job.w.grid, first + p->column_block);
        if (first >= last) continue;
        if (job.length) NAME(conv_gather_unit)(p, &job, group, m0, m1, first, last);
        else if (!cb)
            for (ptrdiff_t image = 0; image < p->n; image++)
                NAME(conv_fill_out)(&job, image, group, m0, m1, 0, job.h.grid);
    }
}

/* ---- plan of forward and backward-data ---- */

/* Columns that the window computes per image for each that counts, at `rows` output rows a block. */
static double NAME(conv_window_waste)(const conv_axis *h, const conv_axis *w, ptrdiff_t rows, int in_place) {
    ptrdiff_t pitch = in_place ? w->source : w->grid + w->high - w->low;
    double columns = 0;
    for (ptrdiff_t i = 0; i < h->grid; i += rows)
        columns += (double)gemm_round_up((gemm_min(rows, h->grid - i) - 1) * pitch + w->grid, LANES);
    return columns / ((double)h->grid * w->grid);
}

/* Output rows a block: few enough that frame and sums stay in the second-level cache and that there is work for all. */
static void NAME(conv_plan_window)(conv_plan *p, const conv_axis *h, const conv_axis *w, ptrdiff_t channels,
                                   ptrdiff_t m, ptrdiff_t phases, ptrdiff_t wanted) {
    const ptrdiff_t frame_most = 320 * 1024 / sizeof(REAL), out_most = 192 * 1024 / sizeof(REAL);
    int inside = p->in_place = conv_axis_inside(h) && conv_axis_inside(w);
    ptrdiff_t pitch = inside ? w->source : w->grid + w->high - w->low, halo = h->high - h->low,
              planes = h->stride * w->stride;
    ptrdiff_t rows = h->grid, images = p->n * p->groups * phases;
    if (!inside)
        while (rows > 1 && planes * channels * (rows + halo) * pitch > frame_most) rows = (rows + 1) / 2;
    while (rows > 1 && m * rows * pitch > out_most) rows = (rows + 1) / 2;
    while (rows > 1 && images * gemm_parts(h->grid, rows) < wanted && rows * pitch > 16 * LANES) rows = (rows + 1) / 2;
    p->row_block = rows;
    p->row_blocks = gemm_parts(h->grid, rows);
    p->m_blocks = 1;
    while (images * p->row_blocks * p->m_blocks < gemm_min(wanted, 16) && m / p->m_blocks > 4 * VEC_ROWS)
        p->m_blocks *= 2;
    p->units = images * p->row_blocks * p->m_blocks;
    p->frame_size = inside ? 0 : planes * channels * (rows + halo) * pitch + 4 * LANES;
    p->out_size = gemm_parts(m, p->m_blocks) * (gemm_round_up(rows * pitch, 4 * LANES) + 4 * LANES);
    p->tail_size = CONV_MOST_TAPS * (4 * LANES + (ptrdiff_t)(sizeof(NAME(gemm_tap)) / sizeof(REAL)));
}

static void NAME(conv_plan_gather)(conv_plan *p, const conv_axis *h, const conv_axis *w, ptrdiff_t m, ptrdiff_t phases,
                                   ptrdiff_t wanted) {
    ptrdiff_t pixels = p->n * h->grid * w->grid, width = 2 * LANES, most = 256 * 1024 / sizeof(REAL) / (m * width);
    p->m_blocks = 1;
    p->column_block = width * conv_max(1, gemm_min(most, gemm_min(8, gemm_parts(pixels, width))));
    while (p->column_block > width && phases * p->groups * gemm_parts(pixels, p->column_block) < wanted)
        p->column_block = gemm_round_up(p->column_block / 2, width);
    p->column_blocks = gemm_parts(pixels, p->column_block);
    while (phases * p->groups * p->column_blocks * p->m_blocks < gemm_min(wanted, 16) && m / p->m_blocks > 8 * VEC_ROWS)
        p->m_blocks *= 2;
    p->units = phases * p->groups * p->column_blocks * p->m_blocks;
    p->row_block = 1;
    p->in_place = 0;
    p->frame_size = CONV_MOST_TAPS * width;
    p->out_size = gemm_parts(m, p->m_blocks) * p->column_block;
    p->tail_size = p->column_block * (1 + p->r * p->s) * (ptrdiff_t)(sizeof(ptrdiff_t) / sizeof(REAL));
}

static void NAME(conv_plan_apply)(conv_plan *p) {
    int forward = p->pass == CONV_FORWARD;
    ptrdiff_t c = p->c / p->groups, k = p->k / p->groups, m = forward ? k : c,
              phases = conv_phases_h(p) * conv_phases_w(p);
    ptrdiff_t out = p->n * (forward ? p->k * p->oh * p->ow : p->c * p->h * p->w);
    p->steps = 1;
    if (out <= 0) return;
    conv_axis h = conv_axis_h(p, 0), w = conv_axis_w(p, 0);           /* phase 0 has the largest grid ... */
    for (ptrdiff_t i = 1; i < conv_phases_h(p); i++) conv_axis_widen(&h, conv_axis_h(p, i));
    for (ptrdiff_t i = 1; i < conv_phases_w(p); i++) conv_axis_widen(&w, conv_axis_w(p, i));
    double macs = (double)p->n * p->k * c * p->oh * p->ow * p->r * p->s + out;
    ptrdiff_t wanted = (ptrdiff_t)gemm_wanted_tasks(macs / (GEMM_TASK_MACS * 4 / sizeof(REAL)));
    ptrdiff_t channels = forward ? c : k;
    p->algorithm = CONV_WINDOW;
    NAME(conv_plan_window)(p, &h, &w, channels, m, phases, wanted);
    if ((NAME(conv_window_waste)(&h, &w, p->row_block, p->in_place) - 1) * m > 2.5 * LANES &&
        p->n * h.grid * w.grid >= LANES) {
        p->algorithm = CONV_GATHER;
        NAME(conv_plan_gather)(p, &h, &w, m, phases, wanted);
    }
    p->frame_size = gemm_round_up(p->frame_size, 16), p->out_size = gemm_round_up(p->out_size, 16);
    p->taps_size = gemm_round_up(channels * p->r * p->s * (ptrdiff_t)(sizeof(NAME(gemm_tap)) / sizeof(REAL)), 16);
    p->scratch_bytes = (p->taps_size + p->frame_size + p->out_size + p->tail_size) * (ptrdiff_t)sizeof(REAL);
    p->ntasks[0] = gemm_min(p->units, wanted);
}

/* ---- gradient of weight and bias ---- */

/* Partial sums, one set per group of images: [group][tap][channel of x][channel of y, padded], then the bias's. */
VEC_INLINE REAL *NAME(conv_partial)(const conv_plan *p, ptrdiff_t image_group, ptrdiff_t group) {
    ptrdiff_t taps = p->r * p->s, c = p->c / p->groups;
    return (REAL *)p->shared + image_group * p->group_size + group * (taps * c + 1) * p->k_padded;
}

/* Sum `rows` rows of `wide` vectors into out (or start it). */
static void NAME(conv_add_rows)(const REAL *in, ptrdiff_t rows, ptrdiff_t width, REAL *out, int first) {
    for (ptrdiff_t j = 0; j < width; j += LANES) {
        VEC a = {0}, b = {0};
        for (ptrdiff_t i = 0; i + 1 < rows; i += 2) {
            a += NAME(vec_load)(in + i * width + j);
            b += NAME(vec_load)(in + (i + 1) * width + j);
        }
        if (rows % 2) a += NAME(vec_load)(in + (rows - 1) * width + j);
        if (!first) b += NAME(vec_load)(out + j);
        NAME(vec_store)(out + j, a + b);
    }
}

/* One panel of y's gradient (transposed: all pixels of `segments` stretches, a few channels) times what it met in x:
 * for every tap, channels [c0, c1) as rows of the tile; or, where there are few channels, the taps along w as rows. */
static void NAME(conv_weight_panel)(const conv_plan *p, const REAL *x, ptrdiff_t pitch, ptrdiff_t x_channel,
                                    const ptrdiff_t *starts, ptrdiff_t segments, ptrdiff_t length, ptrdiff_t c0,
                                    ptrdiff_t c1, const REAL *y, ptrdiff_t wide, REAL *sums, int first) {
    ptrdiff_t c = p->c / p->groups, channels = c1 - c0;
    int along_s = channels < 4 && channels < p->s;
    NAME(gemm_tile) t = {.b = y, .length = length, .segments = segments, .a_segments = starts,
                         .a_row = along_s ? p->dilation_w : x_channel, .a_step = p->stride_w, .b_step = wide * LANES,
                         .c_row = (along_s ? c : 1) * p->k_padded, .start = first ? GEMM_START_ZERO : GEMM_START_C};
    ptrdiff_t high = along_s ? p->s : channels, tiles = gemm_parts(high, VEC_ROWS), whole = high / tiles,
              rest = high % tiles;
    for (ptrdiff_t r = 0; r < p->r; r++)
        for (ptrdiff_t other = 0; other < (along_s ? channels : p->s); other++)
            for (ptrdiff_t i = 0, top = 0, height; i < tiles; i++, top += height) {
                ptrdiff_t q = along_s ? other : top, s = along_s ? top : other;     /* channel from c0, tap along w */
                height = whole + (i < rest);
                t.a = x + q * x_channel + r * p->dilation_h * pitch + s * p->dilation_w;
                t.c = sums + ((r * p->s + s) * c + c0 + q) * p->k_padded;
                NAME(gemm_plain_tiles)[wide][height](&t);
            }
}

/* Axis of a frame in one plane: its pixels stay `stride` apart. */
static conv_axis NAME(conv_plain_axis)(ptrdiff_t in, ptrdiff_t out, ptrdiff_t kernel, ptrdiff_t stride, ptrdiff_t pad,
                                       ptrdiff_t dilation) {
    return conv_axis_forward(in, (out - 1) * stride + 1, kernel, 1, pad, dilation);
}

/* A block of pixels is some rows of one image, or several whole images. */
static void NAME(conv_weight_unit)(const conv_plan *p, ptrdiff_t image_group, ptrdiff_t group, ptrdiff_t kb,
                                   ptrdiff_t cb, char *scratch) {
    conv_axis h = NAME(conv_plain_axis)(p->h, p->oh, p->r, p->stride_h, p->pad_h, p->dilation_h);
    conv_axis w = NAME(conv_plain_axis)(p->w, p->ow, p->s, p->stride_w, p->pad_w, p->dilation_w);
    ptrdiff_t c = p->c / p->groups, k = p->k / p->groups, panels = gemm_parts(k, 2 * LANES), area = p->oh * p->ow;
    ptrdiff_t k0 = gemm_cut(panels, p->k_blocks, kb) * 2 * LANES;
    ptrdiff_t k1 = gemm_min(k, gemm_cut(panels, p->k_blocks, kb + 1) * 2 * LANES);
    ptrdiff_t c0 = gemm_cut(c, p->c_blocks, cb), c1 = gemm_cut(c, p->c_blocks, cb + 1);
    ptrdiff_t pitch = p->in_place ? p->w : w.grid + w.high - w.low, stretch = p->stride_h * pitch;
    ptrdiff_t frame_rows = (p->row_block - 1) * p->stride_h + 1 + h.high - h.low;
    ptrdiff_t x_channel = p->in_place ? p->h * p->w : frame_rows * pitch;
    ptrdiff_t x_image = p->in_place ? p->c * p->h * p->w : (c1 - c0) * x_channel;
    ptrdiff_t from = gemm_cut(p->n, p->image_groups, image_group),
              to = gemm_cut(p->n, p->image_groups, image_group + 1);
    int dense = p->ow * p->stride_w == stretch;       /* rows follow each other without a gap: one segment per image */
    REAL *sums = NAME(conv_partial)(p, image_group, group), *bias_sums = sums + p->r * p->s * c * p->k_padded;
    ptrdiff_t *starts = (ptrdiff_t *)scratch;
    REAL *frame = (REAL *)scratch + p->taps_size, *turned = frame + p->frame_size;
    int first = 1;
    for (ptrdiff_t image = from; image < to; image += p->column_block)
        for (ptrdiff_t i0 = 0; i0 < p->oh; i0 += p->row_block, first = 0) {
            ptrdiff_t rows = gemm_min(p->row_block, p->oh - i0), images = gemm_min(p->column_block, to - image),
                      segments = 0;
            const REAL *x = (const REAL *)p->x + (image * p->c + group * c + c0) * p->h * p->w;
            for (ptrdiff_t q = 0; q < images; q++) {
                if (!p->in_place)
                    NAME(conv_fill_frame)(&h, &w, x + q * p->c * p->h * p->w, c1 - c0, i0 * p->stride_h,
                                          (rows - 1) * p->stride_h + 1, frame_rows, pitch, frame + q * x_image);
                for (ptrdiff_t i = 0; i < (dense ? 1 : rows); i++) starts[segments++] = q * x_image + i * stretch;
            }
            x = p->in_place ? x + i0 * stretch : frame;
            for (ptrdiff_t j = k0; j < k1; j += 2 * LANES) {
                ptrdiff_t cols = gemm_min(2 * LANES, k1 - j), wide = cols > LANES ? 2 : 1;
                const REAL *y = (const REAL *)p->y + (image * p->k + group * k + j) * area + i0 * p->ow;
                for (ptrdiff_t q = 0; q < images; q++)
                    NAME(gemm_transpose)(y + q * p->k * area, cols, rows * p->ow, area,
                                         turned + q * rows * p->ow * wide * LANES, wide * LANES);
                if (!cb) NAME(conv_add_rows)(turned, images * rows * p->ow, wide * LANES, bias_sums + j, first);
                if (p->weight)
                    NAME(conv_weight_panel)(p, x, pitch, x_channel, starts, segments, dense ? rows * p->ow : p->ow, c0,
                                            c1, turned, wide, sums + j, first);
            }
        }
}

/* Units: group of images, group, block of y's channels, block of x's channels (the last runs fastest). */
static void NAME(conv_weight_task)(const conv_plan *p, ptrdiff_t task, char *scratch) {
    ptrdiff_t ntasks = p->ntasks[0];
    for (ptrdiff_t unit = gemm_cut(p->units, ntasks, task); unit < gemm_cut(p->units, ntasks, task + 1); unit++) {
        ptrdiff_t rest = unit, cb = rest % p->c_blocks, kb = (rest /= p->c_blocks) % p->k_blocks;
        ptrdiff_t group = (rest /= p->k_blocks) % p->groups;
        NAME(conv_weight_unit)(p, rest / p->groups, group, kb, cb, scratch);
    }
}

/* Add the groups of images in their order. */
VEC_INLINE VEC NAME(conv_add_partials)(const conv_plan *p, ptrdiff_t group, ptrdiff_t at) {
    VEC sum = {0};
    for (ptrdiff_t g = 0; g < p->image_groups; g++) sum += NAME(vec_load)(NAME(conv_partial)(p, g, group) + at);
    return sum;
}

/* Channels [c0, c1) of x: from [tap][c][k] to (k, c, r, s), through a block of LANES rows of the result, since rows of
 * the result lie far apart. */
static void NAME(conv_weight_reduce_block)(const conv_plan *p, ptrdiff_t group, ptrdiff_t c0, ptrdiff_t c1,
                                           REAL *block) {
    ptrdiff_t c = p->c / p->groups, k = p->k / p->groups, taps = p->r * p->s, row = (c1 - c0) * taps;
    for (ptrdiff_t j = 0; j < k; j += LANES) {
        ptrdiff_t rows = gemm_min(LANES, k - j);
        for (ptrdiff_t t = 0; t < taps; t++)
            for (ptrdiff_t q = c0; q < c1; q++) {
                VEC sum = NAME(conv_add_partials)(p, group, (t * c + q) * p->k_padded + j);
                REAL *at = block + (q - c0) * taps + t;
                VEC_UNROLL for (int lane = 0; lane < LANES; lane++) at[lane * row] = sum[lane];
            }
        for (ptrdiff_t i = 0; i < rows; i++)
            NAME(conv_copy)((REAL *)p->weight + ((group * k + j + i) * c + c0) * taps, block + i * row, row);
    }
}

/* Units: group, block of LANES channels of x. The bias goes with a group's first block. */
static void NAME(conv_weight_reduce)(const conv_plan *p, ptrdiff_t task, REAL *scratch) {
    ptrdiff_t c = p->c / p->groups, k = p->k / p->groups, blocks = conv_max(1, gemm_parts(c, LANES)),
              all = p->groups * blocks;
    for (ptrdiff_t unit = gemm_cut(all, p->ntasks[1], task); unit < gemm_cut(all, p->ntasks[1], task + 1); unit++) {
        ptrdiff_t group = unit / blocks, c0 = unit % blocks * LANES;
        if (p->weight && c0 < c) NAME(conv_weight_reduce_block)(p, group, c0, gemm_min(c, c0 + LANES), scratch);
        for (ptrdiff_t j = 0; !c0 && p->bias && j < k; j += LANES) {
            VEC sum = NAME(conv_add_partials)(p, group, p->r * p->s * c * p->k_padded + j);
            NAME(vec_store)(scratch, sum);
            for (ptrdiff_t i = 0; i < LANES && j + i < k; i++) ((REAL *)p->bias)[group * k + j + i] = scratch[i];
        }
    }
}

/* ---- the same, depthwise: one channel of x to one of y ---- */

/* out[t] += sum over the pixels of y times x moved by taps[t], five taps at a time. Lanes behind the row's end are
 * cleared on both sides, for 0 * infinity is not 0. */
static void NAME(conv_depthwise_sums)(const REAL *y, ptrdiff_t rows, ptrdiff_t cols, const REAL *x, ptrdiff_t pitch,
                                      const ptrdiff_t *taps, ptrdiff_t count, REAL *out) {
    NAME(mask) lane, rest;
    for (int q = 0; q < LANES; q++) lane[q] = q, rest[q] = cols % LANES;
    rest = (NAME(mask))(lane < rest);
    for (ptrdiff_t t = 0; t < count; t += 5) {
        VEC sum[5] = {{0}};
        const REAL *at[5];
        for (int q = 0; q < 5; q++) at[q] = x + taps[gemm_min(t + q, count - 1)];
        for (ptrdiff_t i = 0; i < rows; i++) {
            ptrdiff_t j = 0;
            for (; j + LANES <= cols; j += LANES) {
                VEC v = NAME(vec_load)(y + i * cols + j);
                VEC_UNROLL for (int q = 0; q < 5; q++) sum[q] += v * NAME(vec_load)(at[q] + i * pitch + j);
            }
            if (j == cols) continue;
            VEC v = (VEC)((NAME(mask))NAME(vec_load)(y + i * cols + j) & rest);
            VEC_UNROLL for (int q = 0; q < 5; q++)
                sum[q] += v * (VEC)((NAME(mask))NAME(vec_load)(at[q] + i * pitch + j) & rest);
        }
        for (ptrdiff_t q = 0; q < 5 && t + q < count; q++) out[t + q] += NAME(vec_sum)(sum[q]);
    }
}

static REAL NAME(conv_sum)(const REAL *in, ptrdiff_t n) {
    VEC sum = {0};
    ptrdiff_t j = 0;
    for (; j + LANES <= n; j += LANES) sum += NAME(vec_load)(in + j);
    REAL s = NAME(vec_sum)(sum);
    for (; j < n; j++) s += in[j];
    return s;
}

/* Units: group of images, channel. Partial sums: [channel][tap, then bias]. */
static void NAME(conv_depthwise_task)(const conv_plan *p, ptrdiff_t task, REAL *scratch) {
    conv_axis h = conv_axis_forward(p->h, p->oh, p->r, p->stride_h, p->pad_h, p->dilation_h);
    conv_axis w = conv_axis_forward(p->w, p->ow, p->s, p->stride_w, p->pad_w, p->dilation_w);
    ptrdiff_t taps = p->r * p->s, ntasks = p->ntasks[0], pitch = w.grid + w.high - w.low, area = p->oh * p->ow;
    ptrdiff_t frame_rows = p->row_block + h.high - h.low, plane, *table = (ptrdiff_t *)scratch;
    REAL *frame = scratch + p->taps_size, *y = frame + p->frame_size;
    for (ptrdiff_t t = 0; t < taps; t++) {
        ptrdiff_t row = NAME(conv_tap_place)(&h, t / p->s, &plane), high_plane = plane;
        ptrdiff_t col = NAME(conv_tap_place)(&w, t % p->s, &plane);
        table[t] = ((high_plane * w.stride + plane) * frame_rows + row) * pitch + col;
    }
    for (ptrdiff_t unit = gemm_cut(p->units, ntasks, task); unit < gemm_cut(p->units, ntasks, task + 1); unit++) {
        ptrdiff_t image_group = unit / p->c, channel = unit % p->c;
        REAL *sums = (REAL *)p->shared + unit * (taps + 1);
        for (ptrdiff_t t = 0; t <= taps; t++) sums[t] = 0;
        for (ptrdiff_t image = gemm_cut(p->n, p->image_groups, image_group);
             image < gemm_cut(p->n, p->image_groups, image_group + 1); image++)
            for (ptrdiff_t i0 = 0; i0 < p->oh; i0 += p->row_block) {
                ptrdiff_t rows = gemm_min(p->row_block, p->oh - i0);
                const REAL *x = (const REAL *)p->x + (image * p->c + channel) * p->h * p->w;
                NAME(conv_copy)(y, (const REAL *)p->y + (image * p->k + channel) * area + i0 * p->ow, rows * p->ow);
                sums[taps] += NAME(conv_sum)(y, rows * p->ow);
                if (!p->weight) continue;
                NAME(conv_fill_frame)(&h, &w, x, 1, i0, rows, frame_rows, pitch, frame);
                NAME(conv_depthwise_sums)(y, rows, p->ow, frame, pitch, table, taps, sums);
            }
    }
}

static void NAME(conv_depthwise_reduce)(const conv_plan *p) {
    ptrdiff_t taps = p->r * p->s;
    for (ptrdiff_t channel = 0; channel < p->c; channel++)
        for (ptrdiff_t t = 0; t <= taps; t++) {
            REAL sum = 0, *out = t == taps ? (REAL *)p->bias : (REAL *)p->weight;
            for (ptrdiff_t g = 0; g < p->image_groups; g++)
                sum += ((REAL *)p->shared)[(g * p->c + channel) * (taps + 1) + t];
            if (out) out[t == taps ? channel : channel * taps + t] = sum;
        }
}

/* ---- plan of the weight gradient ---- */

static void NAME(conv_plan_depthwise)(conv_plan *p, ptrdiff_t wanted) {
    conv_axis h = conv_axis_forward(p->h, p->oh, p->r, p->stride_h, p->pad_h, p->dilation_h);
    conv_axis w = conv_axis_forward(p->w, p->ow, p->s, p->stride_w, p->pad_w, p->dilation_w);
    ptrdiff_t taps = p->r * p->s, pitch = w.grid + w.high - w.low, planes = h.stride * w.stride;
    p->algorithm = CONV_DEPTHWISE;
    p->row_block = conv_max(1, p->oh);
    while (p->row_block > 1 && planes * (p->row_block + h.high - h.low) * pitch > 16384)
        p->row_block = (p->row_block + 1) / 2;
    p->units = p->image_groups * p->c;
    p->taps_size = gemm_round_up(taps * (ptrdiff_t)(sizeof(ptrdiff_t) / sizeof(REAL)), 16);
    p->frame_size = gemm_round_up(planes * (p->row_block + h.high - h.low) * pitch + 2 * LANES, 16);
    p->scratch_bytes = (p->taps_size + p->frame_size + p->row_block * p->ow + 2 * LANES) * (ptrdiff_t)sizeof(REAL);
    p->shared_bytes = p->units * (taps + 1) * (ptrdiff_t)sizeof(REAL);
    p->ntasks[0] = gemm_min(p->units, wanted);
    p->ntasks[1] = 1;
}

static void NAME(conv_plan_weight)(conv_plan *p) {
    ptrdiff_t c = p->c / p->groups, k = p->k / p->groups, taps = p->r * p->s;
    double macs = (double)p->n * p->k * c * p->oh * p->ow * taps;
    ptrdiff_t wanted = (ptrdiff_t)gemm_wanted_tasks(macs / (GEMM_TASK_MACS * 4 / sizeof(REAL)));
    p->steps = 2;
    if (p->k <= 0) return;
    p->image_groups = p->oh > 0 && p->ow > 0 ? gemm_min(gemm_min(p->n, CONV_IMAGE_GROUPS), wanted) : 0;
    if (c == 1 && k == 1) {
        NAME(conv_plan_depthwise)(p, wanted);
        return;
    }
    p->algorithm = CONV_GENERAL;
    p->k_padded = gemm_round_up(k, LANES);
    p->group_size = p->groups * (taps * c + 1) * p->k_padded;
    while (p->image_groups > 1 && p->image_groups * p->group_size * (ptrdiff_t)sizeof(REAL) > 8 << 20)
        p->image_groups /= 2;
    p->k_blocks = p->c_blocks = 1;
    ptrdiff_t units = p->image_groups * p->groups, panels = gemm_parts(k, 2 * LANES);
    while (units && units * p->k_blocks < wanted && p->k_blocks * 2 <= panels) p->k_blocks *= 2;
    while (units && units * p->k_blocks * p->c_blocks < wanted && c / p->c_blocks > 2 * VEC_ROWS) p->c_blocks *= 2;
    p->units = units * p->k_blocks * p->c_blocks;
    p->ntasks[0] = gemm_min(p->units, wanted);
    double adds = (double)p->k * conv_max(1, c) * taps * (p->image_groups + 1) * 4;
    p->ntasks[1] =
        gemm_min(p->groups * conv_max(1, gemm_parts(c, LANES)), (ptrdiff_t)gemm_wanted_tasks(adds / GEMM_TASK_MACS));
    p->shared_bytes = gemm_round_up(p->image_groups * p->group_size * (ptrdiff_t)sizeof(REAL), 64);
    ptrdiff_t reduce_bytes = (gemm_min(conv_max(1, c), LANES) * taps + 1) * LANES * (ptrdiff_t)sizeof(REAL);
    p->scratch_bytes = reduce_bytes;
    if (!p->units) return;
    conv_axis h = NAME(conv_plain_axis)(p->h, p->oh, p->r, p->stride_h, p->pad_h, p->dilation_h);
    conv_axis w = NAME(conv_plain_axis)(p->w, p->ow, p->s, p->stride_w, p->pad_w, p->dilation_w);
    ptrdiff_t pitch = w.grid + w.high - w.low, halo = h.high - h.low + 1, channels = gemm_parts(c, p->c_blocks);
    p->in_place = conv_axis_inside(&h) && conv_axis_inside(&w);
    p->row_block = conv_max(1, gemm_min(p->oh, 256 / p->ow));         /* y's panel stays in the first-level cache */
    while (!p->in_place && p->row_block > 1 && channels * (p->row_block * p->stride_h + halo) * pitch > 65536)
        p->row_block = (p->row_block + 1) / 2;
    ptrdiff_t frame = p->in_place ? 0 : channels * ((p->row_block - 1) * p->stride_h + halo) * pitch;
    p->column_block = p->row_block < p->oh ? 1 : conv_max(1, 256 / (p->oh * p->ow));               /* whole images */
    while (p->column_block > 1 && p->column_block * frame > 65536) p->column_block--;
    p->taps_size = gemm_round_up(p->column_block * p->row_block * (ptrdiff_t)(sizeof(ptrdiff_t) / sizeof(REAL)), 16);
    p->frame_size = gemm_round_up(p->column_block * frame + LANES, 16);
    ptrdiff_t turned = p->column_block * p->row_block * p->ow * 2 * LANES;
    p->scratch_bytes = conv_max(reduce_bytes, (p->taps_size + p->frame_size + turned) * (ptrdiff_t)sizeof(REAL));
}

/* ---- plan and run ---- */

static void NAME(conv_plan)(conv_plan *p) {
    p->steps = 1;
    p->units = p->scratch_bytes = p->shared_bytes = 0;
    for (int i = 0; i < CONV_MAX_STEPS; i++) p->ntasks[i] = 0;
    if (p->pass == CONV_BACKWARD_WEIGHT) NAME(conv_plan_weight)(p);
    else NAME(conv_plan_apply)(p);
    p->scratch_bytes = gemm_round_up(p->scratch_bytes, 64);
}

static void NAME(conv_run)(void *plan, ptrdiff_t task, int worker) {
    const conv_plan *p = (const conv_plan *)plan;
    char *scratch = (char *)p->scratch + worker * p->scratch_stride;
    switch (p->algorithm) {
    case CONV_WINDOW: NAME(conv_window_task)(p, task, scratch); break;
    case CONV_GATHER: NAME(conv_gather_task)(p, task, scratch); break;
    case CONV_GENERAL:
        if (!p->step) NAME(conv_weight_task)(p, task, scratch);
        else NAME(conv_weight_reduce)(p, task, (REAL *)scratch);
        break;
    case CONV_DEPTHWISE:
        if (!p->step) NAME(conv_depthwise_task)(p, task, (REAL *)scratch);
        else NAME(conv_depthwise_reduce)(p);
        break;
    }
}

#undef NAME
#undef REAL
#undef VEC
#undef LANES
#endif
