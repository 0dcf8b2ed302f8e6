/* Convolution over channels-last memory in float and double: forward, gradients of the input, of weight and of bias.
 *
 *   y[n][e][i][j][k] = bias[k] + sum over t, r, s, c of weight[k][c][t][r][s] *
 *                      x[n][e * stride_d - pad_d + t * dilation_d][i * stride_h ...][j * stride_w ...][group of k, c]
 *
 * x (n, d, h, w, c), y (n, od, oh, ow, k), weight (k, c / groups, t, r, s), bias (k), all dense; x is 0 outside.
 * Images are d = od = t = 1, sequences also h = oh = r = 1. The sizes of y are the caller's: pad_* are the zeros
 * before, those behind follow (so padding may be uneven). Fill in the first part of a conv_plan, then
 *
 *   conv_plan_f32(&p)                            sets p.steps, p.ntasks[], p.scratch_bytes, p.shared_bytes ...
 *   p.scratch, p.scratch_stride, p.shared        64-byte aligned memory: scratch_bytes per worker, shared_bytes once
 *   for (p.step = p.first_step; p.step < p.steps; p.step++)
 *       conv_run_f32(&p, task, worker)           for every task < p.ntasks[p.step], in any order, from any thread;
 *                                                all of a step before the next
 *
 *   CONV_FORWARD          x, weight, bias (or NULL)  -> y; max(0, y) with `relu`
 *   CONV_BACKWARD_DATA    y (the gradient), weight   -> x (the gradient); a bias (one per channel of x) is added when
 *                         not NULL, which makes it the transposed convolution's forward
 *   CONV_BACKWARD_WEIGHT  x, y (the gradient)        -> weight, bias (the gradients; either may be NULL)
 *
 * Step 0 of the first two prepares the weight in the first prepared_bytes of `shared` (0: it does something else); who
 * kept those may begin at first_step 1. The algorithm is chosen by shape, and so is every cut: the bits do not depend
 * on the number of threads.
 * Partial sums of the weight gradient are kept per group of images (at most 8 groups) and added in order in the last step.
 * The kernels allocate nothing, start no threads and touch no element outside the operands.
 *
 * How: pixels are the rows of a product, read by broadcasting; the weight, as panels two vectors of output channels
 * wide, is B. Forward and gradient of the input are one computation: `out[i] = sum over taps of weight *
 * source[i * stride + shift]`; for the gradient with stride s, each of the s (per axis) phases of the output has stride
 * 1 and its share of the taps. Since channels lie innermost, the taps of one kernel row are one contiguous
 * stretch of the source. Ways:
 *   rows       The register tiles run along rows of the image, in place or, where zeros are needed around it, over a
 *              frame: a copy of what a block of rows needs.
 *   gather     Patches are copied pixel by pixel, over several images: for images too small to fill the tiles.
 *   depthwise  One channel in, one out: vectors along channels. Groups of 2, 4 ... channels, fewer than a vector has
 *              lanes, alike: for each turn d of the groups' lanes, a sum of source times the weights that lead d lanes
 *              back; the sums are turned into place and added at the end.
 *   spread     Gradient of few channels, stride 1: what each pixel of y gives to each tap, as a matrix product, then
 *              the sum of what every pixel of x is given.
 *   columns    Few pixels and much weight: a product by gemm.h with the weight as it lies, so that it is read (or
 *              written) once; step 0 copies patches of x, or step 1 adds up those of x's gradient. All three passes.
 *   Winograd's algorithm, see winograd.h, for 3x3 in float where p.winograd allows it.
 * Weight gradient: x as the broadcast operand with its channels as rows, y as B, pixels as the sum. That of a pointwise
 * convolution of few pixels is one call of gemm.h. Filters fewer than a vector has lanes change places with the taps
 * (few filters): y is broadcast, and the stretch of x that a kernel row's taps see is B.
 *
 * This file includes itself once per element type: the part under CONV_REAL is the template.
 */
#ifndef CONV_REAL
#ifndef LUCET_CONV_H
#define LUCET_CONV_H
#include "gemm.h"
#include "winograd.h"

enum { CONV_SUM_BLOCK = 384, CONV_IMAGE_GROUPS = 8, CONV_DEPTHWISE_PIXELS = 8, CONV_DEPTHWISE_TAPS = 9,
       CONV_TURNED_SUMS = VEC_ROWS == 14 ? 24 : 12 };
enum { CONV_EMPTY, CONV_ROWS, CONV_GATHER, CONV_DEPTHWISE, CONV_PRODUCT, CONV_FEW_FILTERS, CONV_SPREAD, CONV_COLUMNS };

VEC_INLINE ptrdiff_t conv_max(ptrdiff_t a, ptrdiff_t b) { return a > b ? a : b; }

/* ---- geometry: three axes (depth, rows, columns) alike ---- */

typedef struct {
    ptrdiff_t n, in[3], out[3], kernel[3], stride[3], pad[3], dilation[3];
} conv_geometry;

/* Pointwise convolutions see their images (of the whole batch, unless `images`) as one long row. */
static conv_geometry conv_geometry_of(const conv_plan *p, int images) {
    conv_geometry g = {p->n, {p->d, p->h, p->w}, {p->od, p->oh, p->ow}, {p->t, p->r, p->s},
                       {p->stride_d, p->stride_h, p->stride_w}, {p->pad_d, p->pad_h, p->pad_w},
                       {p->dilation_d, p->dilation_h, p->dilation_w}};
    int pointwise = 1;
    for (int a = 0; a < 3; a++)
        pointwise &= g.kernel[a] == 1 && g.stride[a] == 1 && g.pad[a] == 0 && g.in[a] == g.out[a];
    if (!pointwise) return g;
    g.in[2] *= g.in[0] * g.in[1] * (images ? 1 : g.n);
    g.in[0] = g.in[1] = g.out[0] = g.out[1] = 1;
    g.out[2] = g.in[2];
    if (!images) g.n = 1;
    return g;
}

/* One axis of `out[i] = sum over t of weight[first + t * step] * source[i * stride + shift + t * shift_step]`. */
typedef struct {
    ptrdiff_t taps, first, step, shift, shift_step, stride;
    ptrdiff_t before;                                 /* taps of the phases before this one */
    ptrdiff_t grid, source;                           /* how many i, how many source elements */
    ptrdiff_t out_first, out_step, out_size;          /* where i lands in the output */
} conv_axis;

/* Taps that reach the output pixels phase, phase + stride ...: those for which stride divides phase + pad - tap *
 * dilation. Counted from the last one, the source is walked forwards. */
static conv_axis conv_axis_backward(const conv_geometry *g, int a, ptrdiff_t phase) {
    ptrdiff_t first = 0, step = 1, stride = g->stride[a], dilation = g->dilation[a], kernel = g->kernel[a];
    while (first < kernel && (phase + g->pad[a] - first * dilation) % stride) first++;
    while (step < kernel && step * dilation % stride) step++;
    conv_axis axis = {.taps = first < kernel ? (kernel - 1 - first) / step + 1 : 0, .step = -step, .stride = 1,
                      .shift_step = conv_max(1, step * dilation / stride), .source = g->out[a],
                      .grid = g->in[a] > phase ? (g->in[a] - phase - 1) / stride + 1 : 0,
                      .out_first = phase, .out_step = stride, .out_size = g->in[a]};
    if (!axis.taps) return axis;
    axis.first = first + (axis.taps - 1) * step;
    axis.shift = (phase + g->pad[a] - axis.first * dilation) / stride;
    return axis;
}

/* The phase whose pixels a tap reaches. */
VEC_INLINE ptrdiff_t conv_phase_of(const conv_geometry *g, int a, ptrdiff_t tap) {
    ptrdiff_t offset = (tap * g->dilation[a] - g->pad[a]) % g->stride[a];
    return offset < 0 ? offset + g->stride[a] : offset;
}

static conv_axis conv_axis_of(const conv_geometry *g, int backward, int a, ptrdiff_t phase) {
    if (!backward)
        return (conv_axis){.taps = g->kernel[a], .step = 1, .shift = -g->pad[a], .shift_step = g->dilation[a],
                           .stride = g->stride[a], .grid = g->out[a], .source = g->in[a], .out_step = 1,
                           .out_size = g->out[a]};
    conv_axis axis = conv_axis_backward(g, a, phase);
    for (ptrdiff_t t = 0; t < g->kernel[a]; t++) axis.before += conv_phase_of(g, a, t) < phase;
    return axis;
}

VEC_INLINE ptrdiff_t conv_phases(const conv_geometry *g, int backward, int a) {
    return backward ? conv_max(1, gemm_min(g->stride[a], g->in[a])) : 1;
}
VEC_INLINE ptrdiff_t conv_axis_high(const conv_axis *a) { return a->shift + (a->taps - 1) * a->shift_step; }

/* Taps [*low, *high) of element i lie inside the source. */
VEC_INLINE void conv_taps_inside(const conv_axis *a, ptrdiff_t i, ptrdiff_t *low, ptrdiff_t *high) {
    ptrdiff_t at = i * a->stride + a->shift;
    *low = at >= 0 ? 0 : gemm_min(a->taps, gemm_parts(-at, a->shift_step));
    *high = at >= a->source ? 0 : gemm_min(a->taps, (a->source - 1 - at) / a->shift_step + 1);
    if (*high < *low) *high = *low;
}

/* What all phases of an axis reach together; [low, high]: source offsets at i = 0. */
typedef struct {
    ptrdiff_t phases, grid, stride, source, low, high, most_taps;
    int inside;                                       /* no tap of any pixel is outside the source */
} conv_reach;

static conv_reach conv_reach_of(const conv_geometry *g, int backward, int a) {
    conv_reach r = {.phases = conv_phases(g, backward, a), .inside = 1};
    int any = 0;
    for (ptrdiff_t phase = 0; phase < r.phases; phase++) {
        conv_axis axis = conv_axis_of(g, backward, a, phase);
        if (!phase) r.grid = axis.grid, r.stride = axis.stride, r.source = axis.source;
        if (!axis.taps) continue;
        ptrdiff_t high = conv_axis_high(&axis);
        r.low = any ? gemm_min(r.low, axis.shift) : axis.shift;
        r.high = any ? conv_max(r.high, high) : high;
        r.most_taps = conv_max(r.most_taps, axis.taps);
        r.inside &= axis.shift >= 0 && (axis.grid - 1) * axis.stride + high < axis.source;
        any = 1;
    }
    return r;
}

/* Source elements that `count` neighbouring output elements need. */
VEC_INLINE ptrdiff_t conv_reach_extent(const conv_reach *r, ptrdiff_t count) {
    return (count - 1) * r->stride + r->high - r->low + 1;
}

/* ---- how a sum is cut, so that a panel of B stays in the first-level cache ---- */

/* `segments` stretches of `length` steps: several whole stretches are a part, or each is cut into `split` parts. */
typedef struct {
    ptrdiff_t segments, length, split, parts;
} conv_sum;
typedef struct {
    ptrdiff_t first, at, segments, length, begin;     /* from step `at` of segment `first`; begin: steps before it */
} conv_part;

static conv_sum conv_sum_of(ptrdiff_t segments, ptrdiff_t length, ptrdiff_t most) {
    conv_sum s = {segments, length, 1, 0};
    if (!segments || !length) return s;
    if (length > most) s.split = gemm_parts(length, most);
    s.parts = s.split > 1 ? segments * s.split : gemm_parts(segments, conv_max(1, most / length));
    return s;
}
static conv_part conv_part_of(const conv_sum *s, ptrdiff_t i) {
    conv_part part = {.segments = 1};
    if (s->split > 1) {
        part.first = i / s->split;
        part.at = gemm_cut(s->length, s->split, i % s->split);
        part.length = gemm_cut(s->length, s->split, i % s->split + 1) - part.at;
    } else {
        part.first = gemm_cut(s->segments, s->parts, i);
        part.segments = gemm_cut(s->segments, s->parts, i + 1) - part.first;
        part.length = s->length;
    }
    part.begin = part.first * s->length + part.at;
    return part;
}

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

/* ---- forward and gradient of the input: what a task works on ---- */

typedef struct {
    conv_geometry geometry;
    int backward;
    conv_reach reach[3];
    conv_axis axis[3];                                /* of the present phase */
    ptrdiff_t channels, rows;                         /* of the source and of the output, per group */
    ptrdiff_t source_channels, out_channels, rows_padded;
    const REAL *source, *bias, *prepared;
    REAL *out;
    conv_sum sum;
    ptrdiff_t *table;                                 /* segments (rows), or pixels (gather) */
    REAL *frame, *sums;
    ptrdiff_t framed;                                 /* which block the frame holds; -1 none */
    ptrdiff_t cell, pitch, plane, slice;              /* from pixel to pixel, row to row ... of the source or frame */
} NAME(conv_job);

static NAME(conv_job) NAME(conv_job_of)(const conv_plan *p, char *scratch) {
    NAME(conv_job) job;
    int backward = job.backward = p->pass == CONV_BACKWARD_DATA;
    ptrdiff_t c = p->c / p->groups, k = p->k / p->groups;
    job.geometry = conv_geometry_of(p, 0);
    for (int a = 0; a < 3; a++) job.reach[a] = conv_reach_of(&job.geometry, backward, a);
    job.channels = backward ? k : c, job.rows = backward ? c : k;
    job.rows_padded = gemm_round_up(job.rows, LANES);
    job.source_channels = backward ? p->k : p->c, job.out_channels = backward ? p->c : p->k;
    job.source = (const REAL *)(backward ? p->y : p->x), job.out = (REAL *)(backward ? p->x : p->y);
    job.bias = (const REAL *)p->bias, job.prepared = (const REAL *)p->shared;
    job.table = (ptrdiff_t *)scratch;
    job.frame = (REAL *)scratch + p->taps_size;
    job.sums = job.frame + p->frame_size;
    job.framed = -1;
    return job;
}

VEC_INLINE ptrdiff_t NAME(conv_job_taps)(const NAME(conv_job) * job) {
    return job->axis[0].taps * job->axis[1].taps * job->axis[2].taps;
}

/* Whether the taps of one kernel row are one stretch of the source. */
static int NAME(conv_contiguous)(const conv_plan *p, const conv_axis *w) {
    return (!p->in_place || p->groups == 1) && (w->taps == 1 || w->shift_step == 1);
}

static conv_sum NAME(conv_job_sum)(const conv_plan *p, const NAME(conv_job) * job) {
    const conv_axis *axis = job->axis;
    ptrdiff_t rows = axis[0].taps * axis[1].taps, most = CONV_SUM_BLOCK * (job->rows <= LANES ? 2 : 1);
    if (p->algorithm == CONV_GATHER) return conv_sum_of(1, rows * axis[2].taps * job->channels, most);
    if (NAME(conv_contiguous)(p, axis + 2)) return conv_sum_of(rows, axis[2].taps * job->channels, most);
    return conv_sum_of(rows * axis[2].taps, job->channels, most);
}

static void NAME(conv_job_phase)(const conv_plan *p, NAME(conv_job) * job, ptrdiff_t phase) {
    ptrdiff_t w = job->reach[2].phases, h = job->reach[1].phases;
    job->axis[2] = conv_axis_of(&job->geometry, job->backward, 2, phase % w);
    job->axis[1] = conv_axis_of(&job->geometry, job->backward, 1, phase / w % h);
    job->axis[0] = conv_axis_of(&job->geometry, job->backward, 0, phase / w / h);
    job->sum = NAME(conv_job_sum)(p, job);
}

/* Prepared weights: [group][taps, phase after phase][...]; this is how many taps come before those of a phase. */
static ptrdiff_t NAME(conv_taps_before)(const conv_geometry *g, const conv_axis *axis) {
    return axis[0].before * g->kernel[1] * g->kernel[2] + axis[0].taps * axis[1].before * g->kernel[2] +
           axis[0].taps * axis[1].taps * axis[2].before;
}

static REAL *NAME(conv_out_at)(const NAME(conv_job) * job, ptrdiff_t image, ptrdiff_t e, ptrdiff_t i, ptrdiff_t j) {
    const conv_axis *a = job->axis;
    ptrdiff_t slice = image * a[0].out_size + a[0].out_first + e * a[0].out_step;
    ptrdiff_t row = slice * a[1].out_size + a[1].out_first + i * a[1].out_step;
    return job->out + (row * a[2].out_size + a[2].out_first + j * a[2].out_step) * job->out_channels;
}

/* ---- preparing the weight ---- */

/* Where tap number `tap` of the weight belongs: in which phase, and which of its taps it is. 0: no pixel needs it. */
static int NAME(conv_tap_of)(NAME(conv_job) * job, const conv_plan *p, ptrdiff_t tap, ptrdiff_t *position) {
    const conv_geometry *g = &job->geometry;
    ptrdiff_t at[3] = {tap / g->kernel[2] / g->kernel[1], tap / g->kernel[2] % g->kernel[1], tap % g->kernel[2]};
    ptrdiff_t phase = 0;
    for (int a = 0; a < 3; a++) {
        ptrdiff_t mine = job->backward ? conv_phase_of(g, a, at[a]) : 0;
        if (mine >= job->reach[a].phases) return 0;
        phase = phase * job->reach[a].phases + mine;
    }
    NAME(conv_job_phase)(p, job, phase);
    *position = 0;
    for (int a = 0; a < 3; a++)
        *position = *position * job->axis[a].taps + (at[a] - job->axis[a].first) / job->axis[a].step;
    return 1;
}

/* Units: group, panel, block of source channels. A block is turned to [channel][tap][panel] and then dealt out, since
 * taps, channels and panels of the sum lie elsewhere than in the weight. */
static void NAME(conv_prepare_unit)(const conv_plan *p, NAME(conv_job) * job, ptrdiff_t group, ptrdiff_t m,
                                    ptrdiff_t c0, ptrdiff_t c1) {
    ptrdiff_t taps = p->t * p->r * p->s, width = gemm_min(2 * LANES, job->rows_padded - m), position;
    ptrdiff_t cols = gemm_min(width, job->rows - m), c = p->c / p->groups, k = p->k / p->groups;
    ptrdiff_t row = job->backward ? taps : c * taps, channel = job->backward ? c * taps : taps;
    const REAL *in = (const REAL *)p->weight + group * k * c * taps + m * row;
    REAL *turned = job->frame, *group_out = (REAL *)p->shared + group * taps * job->channels * job->rows_padded;
    if (channel == taps) {
        NAME(gemm_transpose)(in + c0 * channel, cols, (c1 - c0) * taps, row, turned, width);
    } else if (row == 1) {
        NAME(gemm_copy_rows)(in + c0 * channel, c1 - c0, cols, channel, turned, width);
    } else {
        for (ptrdiff_t q = c0; q < c1; q++) {
            for (ptrdiff_t j = 0; j < cols * taps; j += 64 / (ptrdiff_t)sizeof(REAL))          /* far apart, so ask */
                __builtin_prefetch(in + gemm_min(q + 2, c1 - 1) * channel + j);
            NAME(gemm_transpose)(in + q * channel, cols, taps, row, turned + (q - c0) * taps * width, width);
        }
    }
    for (ptrdiff_t tap = 0; tap < taps; tap++) {
        if (!NAME(conv_tap_of)(job, p, tap, &position)) continue;
        REAL *out = group_out + NAME(conv_taps_before)(&job->geometry, job->axis) * job->channels * job->rows_padded;
        ptrdiff_t step = position * job->channels + c0, i = 0;
        conv_part part = conv_part_of(&job->sum, 0);
        for (ptrdiff_t q = 0; q < c1 - c0; q++, step++) {
            while (step >= part.begin + part.segments * part.length) part = conv_part_of(&job->sum, ++i);
            REAL *to = out + part.begin * job->rows_padded + m * part.segments * part.length +
                       (step - part.begin) * width;
            const REAL *from = turned + (q * taps + tap) * width;
            for (ptrdiff_t j = 0; j < width; j += LANES) NAME(vec_store)(to + j, NAME(vec_load)(from + j));
        }
    }
}

static void NAME(conv_prepare)(const conv_plan *p, ptrdiff_t task, char *scratch) {
    NAME(conv_job) job = NAME(conv_job_of)(p, scratch);
    ptrdiff_t panels = gemm_parts(job.rows_padded, 2 * LANES), blocks = p->c_blocks;
    ptrdiff_t units = p->groups * panels * blocks;
    for (ptrdiff_t unit = gemm_cut(units, p->ntasks[0], task); unit < gemm_cut(units, p->ntasks[0], task + 1); unit++) {
        ptrdiff_t block = unit % blocks, panel = unit / blocks % panels, group = unit / blocks / panels;
        NAME(conv_prepare_unit)(p, &job, group, panel * 2 * LANES, gemm_cut(job.channels, blocks, block),
                                gemm_cut(job.channels, blocks, block + 1));
    }
}

/* ---- frames ---- */

/* A copy of `rows` x `cols` pixels from (row0, col0) on of one slice of the source, zeros outside it; of each pixel
 * `channels` from `source` on, out_channels apart; what lies between is left as it is. */
static void NAME(conv_fill_plane)(const REAL *source, ptrdiff_t source_channels, ptrdiff_t channels, ptrdiff_t height,
                                  ptrdiff_t width, ptrdiff_t row0, ptrdiff_t rows, ptrdiff_t col0, ptrdiff_t cols,
                                  ptrdiff_t out_channels, REAL *out) {
    ptrdiff_t before = gemm_min(cols, conv_max(0, -col0)), after = conv_max(before, gemm_min(cols, width - col0));
    size_t pixel = (size_t)out_channels * sizeof(REAL);
    for (ptrdiff_t i = row0; i < row0 + rows; i++, out += cols * out_channels) {
        if (i < 0 || i >= height || before == after) {
            memset(out, 0, (size_t)cols * pixel);
            continue;
        }
        const REAL *in = source + (i * width + col0 + before) * source_channels;
        if (before) memset(out, 0, (size_t)before * pixel);
        if (channels == source_channels && channels == out_channels) {
            memcpy(out + before * out_channels, in, (size_t)(after - before) * pixel);
        } else if (channels < LANES && channels == out_channels && source_channels >= LANES) {
            /* whole vectors; a pixel overwrites what was too much of the one before, and the last has no surplus */
            REAL *to = out + before * out_channels, *last = out + (after - 1) * out_channels;
            for (; last - to >= LANES; to += out_channels, in += source_channels)
                NAME(vec_store)(to, NAME(vec_load)(in));
            for (; to <= last; to += out_channels, in += source_channels)
                for (ptrdiff_t c = 0; c < channels; c++) to[c] = in[c];
        } else {
            REAL *to = out + before * out_channels;
            for (ptrdiff_t j = before; j < after; j++, to += out_channels, in += source_channels)
                NAME(gemm_move_row)(in, channels, to, 0);
        }
        if (after < cols) memset(out + after * out_channels, 0, (size_t)(cols - after) * pixel);
    }
}

/* ---- rows ---- */

/* `count` pixels of one panel, the tile being set for the first. `behind`: pixels that this panel will still store
 * right behind them; so a tile may store whole vectors beyond its last channels (`loose`), to be overwritten. */
static void NAME(conv_run_pixels)(NAME(gemm_tile) * t, ptrdiff_t wide, ptrdiff_t cols, ptrdiff_t count, int loose,
                                  ptrdiff_t behind) {
    ptrdiff_t tiles = gemm_parts(count, wide == 1 ? GEMM_MOST_ROWS : VEC_ROWS);
    ptrdiff_t whole = count / tiles, rest = count % tiles, height;
    ptrdiff_t left = count + behind, spill = wide * LANES - cols;
    for (ptrdiff_t i = 0; i < tiles; i++) {
        height = whole + (i < rest);
        left -= height;
        NAME(gemm_tile_fn) fn = NAME(gemm_plain_tiles)[wide][height];
        if (!spill || (loose && left * t->c_row >= spill)) fn(t);
        else NAME(gemm_run_ragged)(fn, t, height, cols, wide * LANES, 1);
        t->a += height * t->a_row;
        t->c += height * t->c_row;
    }
}

/* One block of a task. */
typedef struct {
    ptrdiff_t image, slice, i0, i1, j0, j1, group, m0, m1;
} NAME(conv_block);

/* Make the source ready for a block; what comes back is where the block's first output pixel begins to read. */
static const REAL *NAME(conv_block_source)(const conv_plan *p, NAME(conv_job) * job, const NAME(conv_block) * b,
                                           ptrdiff_t unit) {
    const conv_reach *d = job->reach, *h = d + 1, *w = d + 2;
    ptrdiff_t area = h->source * w->source;
    const REAL *source = job->source + b->group * job->channels;
    if (p->in_place) {
        job->cell = job->source_channels, job->pitch = w->source * job->cell, job->plane = area * job->cell;
        return source + ((b->image * d->source + b->slice * d->stride) * area + b->i0 * h->stride * w->source +
                         b->j0 * w->stride) * job->cell;
    }
    ptrdiff_t rows = conv_reach_extent(h, b->i1 - b->i0), cols = conv_reach_extent(w, b->j1 - b->j0);
    job->cell = job->channels, job->pitch = cols * job->cell, job->plane = rows * job->pitch;
    if (job->framed == unit) return job->frame;
    job->framed = unit;
    for (ptrdiff_t e = 0; e <= d->high - d->low; e++) {
        ptrdiff_t slice = b->slice * d->stride + d->low + e;
        int there = slice >= 0 && slice < d->source;
        NAME(conv_fill_plane)(there ? source + (b->image * d->source + slice) * area * job->source_channels : source,
                              job->source_channels, job->channels, there ? h->source : 0, w->source,
                              b->i0 * h->stride + h->low, rows, b->j0 * w->stride + w->low, cols, job->cell,
                              job->frame + e * job->plane);
    }
    return job->frame;
}

/* Offsets of the sum's segments from where a pixel begins to read. */
static void NAME(conv_segments)(const conv_plan *p, const NAME(conv_job) * job, ptrdiff_t *segments) {
    const conv_axis *a = job->axis;
    ptrdiff_t taps = NAME(conv_contiguous)(p, a + 2) ? 1 : a[2].taps, low[3], at = 0;
    for (int i = 0; i < 3; i++) low[i] = p->in_place ? 0 : job->reach[i].low;
    for (ptrdiff_t e = 0; e < a[0].taps; e++)
        for (ptrdiff_t i = 0; i < a[1].taps; i++)
            for (ptrdiff_t j = 0; j < taps; j++)
                segments[at++] = (a[0].shift + e * a[0].shift_step - low[0]) * job->plane +
                                 (a[1].shift + i * a[1].shift_step - low[1]) * job->pitch +
                                 (a[2].shift + j * a[2].shift_step - low[2]) * job->cell;
}

/* The bias of one panel, which a loose tile reads to the vector's end. */
VEC_INLINE const REAL *NAME(conv_panel_bias)(const REAL *bias, ptrdiff_t cols, ptrdiff_t width, REAL *copy) {
    if (cols == width || !bias) return bias;
    for (ptrdiff_t j = 0; j < width; j++) copy[j] = j < cols ? bias[j] : 0;
    return copy;
}

/* Output that no tap reaches. */
static void NAME(conv_fill_out)(const NAME(conv_job) * job, REAL *out, ptrdiff_t group, ptrdiff_t m0, ptrdiff_t m1,
                                ptrdiff_t count, ptrdiff_t out_row) {
    for (ptrdiff_t q = 0; q < count; q++)
        for (ptrdiff_t m = m0; m < m1; m++) out[q * out_row + m] = job->bias ? job->bias[group * job->rows + m] : 0;
}

static void NAME(conv_rows_phase)(const conv_plan *p, const NAME(conv_job) * job, const NAME(conv_block) * b,
                                  const REAL *source) {
    const conv_axis *axis = job->axis, *w = axis + 2;
    ptrdiff_t i1 = gemm_min(b->i1, axis[1].grid), j1 = gemm_min(b->j1, w->grid), count = j1 - b->j0;
    if (b->slice >= axis[0].grid || b->i0 >= i1 || count <= 0) return;
    REAL *out = NAME(conv_out_at)(job, b->image, b->slice, b->i0, b->j0) + b->group * job->rows, padded[2 * LANES];
    ptrdiff_t out_row = w->out_step * job->out_channels, out_line = axis[1].out_step * w->out_size * job->out_channels;
    if (!job->sum.parts) {
        for (ptrdiff_t i = b->i0; i < i1; i++, out += out_line)
            NAME(conv_fill_out)(job, out, b->group, b->m0, b->m1, count, out_row);
        return;
    }
    NAME(conv_segments)(p, job, job->table);
    const REAL *weight = job->prepared + (b->group * p->t * p->r * p->s +
                                          NAME(conv_taps_before)(&job->geometry, axis)) *
                                             job->channels * job->rows_padded;
    ptrdiff_t per_row = NAME(conv_contiguous)(p, w) ? 1 : w->taps;
    ptrdiff_t panels = gemm_parts(b->m1 - b->m0, 2 * LANES), adjacent = count == w->out_size && axis[1].out_step == 1;
    int loose = p->groups == 1 && p->m_blocks == 1 && w->out_step == 1 && job->sum.parts == 1;
    for (ptrdiff_t q = 0; q < job->sum.parts; q++) {
        conv_part part = conv_part_of(&job->sum, q);
        ptrdiff_t steps = part.segments * part.length;
        for (ptrdiff_t u = 0; u < panels; u++) {                   /* the last panel first: see `loose` */
            ptrdiff_t m = b->m0 + (u ? u - 1 : panels - 1) * 2 * LANES;
            ptrdiff_t width = gemm_min(2 * LANES, job->rows_padded - m), cols = gemm_min(width, job->rows - m);
            NAME(gemm_tile) t = {.length = part.length, .segments = part.segments, .a_row = w->stride * job->cell,
                                 .a_step = 1, .b_step = width, .c_row = out_row, .a_segments = job->table + part.first};
            t.b = weight + part.begin * job->rows_padded + m * steps;
            t.start = q ? GEMM_START_ADD : job->bias ? GEMM_START_COLUMN : GEMM_START_ZERO;
            if (job->bias) t.bias = NAME(conv_panel_bias)(job->bias + b->group * job->rows + m, cols, width, padded);
            t.relu = p->relu && q + 1 == job->sum.parts;
            const REAL *panel = t.b;
            for (ptrdiff_t i = b->i0; i < i1; i++) {
                if (axis[0].taps == 1) {                           /* leave out kernel rows that see only zeros */
                    ptrdiff_t low, high;
                    conv_taps_inside(axis + 1, i, &low, &high);
                    low = conv_max(low * per_row, part.first);
                    high = conv_max(low, gemm_min(high * per_row, part.first + part.segments));
                    t.a_segments = job->table + low;
                    t.segments = high - low;
                    t.b = panel + (low - part.first) * part.length * width;
                }
                t.a = source + part.at + (i - b->i0) * axis[1].stride * job->pitch;
                t.c = out + (i - b->i0) * out_line + m;
                NAME(conv_run_pixels)(&t, width / LANES, cols, count, loose, adjacent ? (i1 - 1 - i) * count : 0);
            }
        }
    }
}

/* Units: image, slice, block of rows, block of columns, group, block of output channels (the last runs fastest). */
static void NAME(conv_rows_task)(const conv_plan *p, ptrdiff_t task, char *scratch) {
    NAME(conv_job) job = NAME(conv_job_of)(p, scratch);
    const conv_reach *r = job.reach;
    ptrdiff_t ntasks = p->ntasks[1], phases = r[0].phases * r[1].phases * r[2].phases;
    ptrdiff_t panels = gemm_parts(job.rows, 2 * LANES);
    if (phases == 1) NAME(conv_job_phase)(p, &job, 0);
    for (ptrdiff_t unit = gemm_cut(p->units, ntasks, task); unit < gemm_cut(p->units, ntasks, task + 1); unit++) {
        ptrdiff_t rest = unit, mb = rest % p->m_blocks;
        NAME(conv_block) b = {.group = (rest /= p->m_blocks) % p->groups};
        ptrdiff_t jb = (rest /= p->groups) % p->column_blocks, ib = (rest /= p->column_blocks) % p->row_blocks;
        rest /= p->row_blocks;
        b.slice = rest % r[0].grid, b.image = rest / r[0].grid;
        b.i0 = gemm_cut(r[1].grid, p->row_blocks, ib), b.i1 = gemm_cut(r[1].grid, p->row_blocks, ib + 1);
        b.j0 = gemm_cut(r[2].grid, p->column_blocks, jb), b.j1 = gemm_cut(r[2].grid, p->column_blocks, jb + 1);
        b.m0 = gemm_cut(panels, p->m_blocks, mb) * 2 * LANES;
        b.m1 = gemm_min(job.rows, gemm_cut(panels, p->m_blocks, mb + 1) * 2 * LANES);
        const REAL *source = NAME(conv_block_source)(p, &job, &b, unit / p->m_blocks);
        for (ptrdiff_t phase = 0; phase < phases; phase++) {
            if (phases > 1) NAME(conv_job_phase)(p, &job, phase);
            NAME(conv_rows_phase)(p, &job, &b, source);
        }
    }
}

/* ---- gather ---- */

/* Where the taps of pixels [first, last) lie in the source, -1 if outside; pixels run over slices and images. */
static void NAME(conv_gather_table)(const NAME(conv_job) * job, ptrdiff_t first, ptrdiff_t last) {
    const conv_axis *d = job->axis, *h = d + 1, *w = d + 2;
    ptrdiff_t *at = job->table;
    for (ptrdiff_t q = first; q < last; q++) {
        ptrdiff_t j = q % w->grid, i = q / w->grid % h->grid, slice = q / w->grid / h->grid;
        ptrdiff_t e = slice % d->grid, image = slice / d->grid;
        for (ptrdiff_t t = 0; t < d->taps; t++) {
            ptrdiff_t depth = e * d->stride + d->shift + t * d->shift_step;
            for (ptrdiff_t r = 0; r < h->taps; r++) {
                ptrdiff_t row = i * h->stride + h->shift + r * h->shift_step;
                int there = depth >= 0 && depth < d->source && row >= 0 && row < h->source;
                for (ptrdiff_t s = 0; s < w->taps; s++) {
                    ptrdiff_t col = j * w->stride + w->shift + s * w->shift_step;
                    *at++ = there && col >= 0 && col < w->source
                                ? (((image * d->source + depth) * h->source + row) * w->source + col) *
                                      job->source_channels
                                : -1;
                }
            }
        }
    }
}

/* Steps [k0, k0 + length) of the patches of `count` pixels, one patch a row. */
static void NAME(conv_gather_patches)(const REAL *source, const ptrdiff_t *table, ptrdiff_t taps, ptrdiff_t channels,
                                      ptrdiff_t count, ptrdiff_t k0, ptrdiff_t length, REAL *out) {
    for (ptrdiff_t q = 0; q < count; q++, table += taps)
        for (ptrdiff_t k = k0, n; k < k0 + length; k += n, out += n) {
            ptrdiff_t tap = k / channels, c = k % channels;
            n = gemm_min(channels - c, k0 + length - k);
            if (table[tap] < 0) memset(out, 0, (size_t)n * sizeof(REAL));
            else NAME(gemm_move_row)(source + table[tap] + c, n, out, 0);
        }
}

static void NAME(conv_gather_block)(const conv_plan *p, const NAME(conv_job) * job, ptrdiff_t first, ptrdiff_t last,
                                    ptrdiff_t group, ptrdiff_t m0, ptrdiff_t m1) {
    const conv_axis *axis = job->axis;
    ptrdiff_t taps = NAME(conv_job_taps)(job), count = last - first, area = axis[1].grid * axis[2].grid;
    int direct = job->reach[0].phases * job->reach[1].phases * job->reach[2].phases == 1;
    REAL *out = direct ? job->out + first * job->out_channels + group * job->rows : job->sums, padded[2 * LANES];
    ptrdiff_t out_row = direct ? job->out_channels : job->rows;
    const REAL *weight = job->prepared + (group * p->t * p->r * p->s + NAME(conv_taps_before)(&job->geometry, axis)) *
                                             job->channels * job->rows_padded;
    ptrdiff_t panels = gemm_parts(m1 - m0, 2 * LANES);
    int loose = job->sum.parts == 1 && p->m_blocks == 1 && out_row == job->rows;
    if (!taps) NAME(conv_fill_out)(job, out, group, m0, m1, count, out_row);
    else NAME(conv_gather_table)(job, first, last);
    for (ptrdiff_t q = 0; q < job->sum.parts; q++) {
        conv_part part = conv_part_of(&job->sum, q);
        NAME(conv_gather_patches)(job->source + group * job->channels, job->table, taps, job->channels, count,
                                  part.begin, part.length, job->frame);
        for (ptrdiff_t u = 0; u < panels; u++) {
            ptrdiff_t m = m0 + (u ? u - 1 : panels - 1) * 2 * LANES;
            ptrdiff_t width = gemm_min(2 * LANES, job->rows_padded - m), cols = gemm_min(width, job->rows - m);
            NAME(gemm_tile) t = {.a = job->frame, .c = out + m, .length = part.length, .segments = 1,
                                 .a_segments = &GEMM_NO_OFFSET, .a_row = part.length, .a_step = 1, .b_step = width,
                                 .c_row = out_row};
            t.b = weight + part.begin * job->rows_padded + m * part.length;
            t.start = q ? GEMM_START_ADD : job->bias ? GEMM_START_COLUMN : GEMM_START_ZERO;
            if (job->bias) t.bias = NAME(conv_panel_bias)(job->bias + group * job->rows + m, cols, width, padded);
            t.relu = p->relu && q + 1 == job->sum.parts;
            NAME(conv_run_pixels)(&t, width / LANES, cols, count, loose, 0);
        }
    }
    for (ptrdiff_t q = first; !direct && q < last; q++) {
        ptrdiff_t slice = q / area;
        REAL *to = NAME(conv_out_at)(job, slice / axis[0].grid, slice % axis[0].grid, q % area / axis[2].grid,
                                     q % axis[2].grid);
        NAME(gemm_move_row)(job->sums + (q - first) * out_row + m0, m1 - m0, to + group * job->rows + m0, 0);
    }
}

/* Units: block of pixels, group, block of output channels (the last runs fastest); every phase of each. */
static void NAME(conv_gather_task)(const conv_plan *p, ptrdiff_t task, char *scratch) {
    NAME(conv_job) job = NAME(conv_job_of)(p, scratch);
    const conv_reach *r = job.reach;
    ptrdiff_t ntasks = p->ntasks[1], panels = gemm_parts(job.rows, 2 * LANES);
    for (ptrdiff_t unit = gemm_cut(p->units, ntasks, task); unit < gemm_cut(p->units, ntasks, task + 1); unit++) {
        ptrdiff_t mb = unit % p->m_blocks, group = unit / p->m_blocks % p->groups;
        ptrdiff_t block = unit / p->m_blocks / p->groups;
        ptrdiff_t m0 = gemm_cut(panels, p->m_blocks, mb) * 2 * LANES;
        ptrdiff_t m1 = gemm_min(job.rows, gemm_cut(panels, p->m_blocks, mb + 1) * 2 * LANES);
        for (ptrdiff_t phase = 0; phase < r[0].phases * r[1].phases * r[2].phases; phase++) {
            NAME(conv_job_phase)(p, &job, phase);
            ptrdiff_t pixels = job.geometry.n * job.axis[0].grid * job.axis[1].grid * job.axis[2].grid;
            ptrdiff_t first = gemm_cut(pixels, p->column_blocks, block);
            ptrdiff_t last = gemm_cut(pixels, p->column_blocks, block + 1);
            if (first < last) NAME(conv_gather_block)(p, &job, first, last, group, m0, m1);
        }
    }
}

/* ---- depthwise ---- */

/* P pixels of one row: out = bias + sum over taps (a: in the weight, b: in the source) of their products, channel by
 * channel. The last vector lies back over the one before. */
#define CONV_DEFINE_DEPTHWISE(P)                                                                                       \
    static void NAME(conv_depthwise_##P)(const NAME(gemm_tap) * taps, ptrdiff_t count, const REAL *x,                  \
                                         ptrdiff_t x_step, const REAL *weight, const REAL *bias, REAL *out,            \
                                         ptrdiff_t out_step, ptrdiff_t channels, int relu) {                           \
        for (ptrdiff_t begin = 0; begin < channels; begin += LANES) {                                                  \
            ptrdiff_t c = gemm_min(begin, channels - LANES);                                                           \
            VEC sum[P], start = bias ? NAME(vec_load)(bias + c) : (VEC){0};                                            \
            VEC_UNROLL for (int q = 0; q < P; q++) sum[q] = start;                                                     \
            for (ptrdiff_t t = 0; t < count; t++) {                                                                    \
                VEC w = NAME(vec_load)(weight + taps[t].a + c);                                                        \
                const REAL *from = x + taps[t].b + c;                                                                  \
                VEC_UNROLL for (int q = 0; q < P; q++) sum[q] += w * NAME(vec_load)(from + q * x_step);                \
            }                                                                                                          \
            if (relu) {                                                                                                \
                VEC_UNROLL for (int q = 0; q < P; q++) sum[q] = NAME(vec_select)(sum[q] < 0, (VEC){0}, sum[q]);        \
            }                                                                                                          \
            VEC_UNROLL for (int q = 0; q < P; q++) NAME(vec_store)(out + q * out_step + c, sum[q]);                    \
        }                                                                                                              \
    }
CONV_DEFINE_DEPTHWISE(1)
CONV_DEFINE_DEPTHWISE(2)
CONV_DEFINE_DEPTHWISE(3)
CONV_DEFINE_DEPTHWISE(4)
CONV_DEFINE_DEPTHWISE(5)
CONV_DEFINE_DEPTHWISE(6)
CONV_DEFINE_DEPTHWISE(7)
CONV_DEFINE_DEPTHWISE(8)

typedef void (*NAME(conv_depthwise_fn))(const NAME(gemm_tap) *, ptrdiff_t, const REAL *, ptrdiff_t, const REAL *,
                                        const REAL *, REAL *, ptrdiff_t, ptrdiff_t, int);
static const NAME(conv_depthwise_fn) NAME(conv_depthwise_tiles)[CONV_DEPTHWISE_PIXELS + 1] = {
    0, NAME(conv_depthwise_1), NAME(conv_depthwise_2), NAME(conv_depthwise_3), NAME(conv_depthwise_4),
    NAME(conv_depthwise_5), NAME(conv_depthwise_6), NAME(conv_depthwise_7), NAME(conv_depthwise_8)};

/* The same for groups of B channels; the weight lies [tap][vector][turn][LANES], see conv_prepare_turned. */
#define CONV_DEFINE_TURNED(P, B)                                                                                       \
    static void NAME(conv_turned_##B##_##P)(const NAME(gemm_tap) * taps, ptrdiff_t count, const REAL *x,               \
                                            ptrdiff_t x_step, const REAL *weight, const REAL *bias, REAL *out,         \
                                            ptrdiff_t out_step, ptrdiff_t channels, int relu) {                        \
        enum { N = P > 1 ? CONV_TURNED_SUMS / B : 1 };                                                                 \
        for (ptrdiff_t c = 0; c < channels; c += LANES) {                                                              \
            VEC sum[N][B];                                                                                             \
            VEC_UNROLL for (int q = 0; q < N; q++) VEC_UNROLL for (int d = 0; d < B; d++) sum[q][d] = (VEC){0};        \
            for (ptrdiff_t t = 0; t < count; t++) {                                                                    \
                const REAL *from = x + taps[t].b + c, *w = weight + (taps[t].a + c) * B;                               \
                VEC v[N];                                                                                              \
                VEC_UNROLL for (int q = 0; q < N; q++) v[q] = NAME(vec_load)(from + q * x_step);                       \
                VEC_UNROLL for (int d = 0; d < B; d++) {                                                               \
                    VEC_UNROLL for (int q = 0; q < N; q++) sum[q][d] += v[q] * NAME(vec_load)(w + d * LANES);          \
                }                                                                                                      \
            }                                                                                                          \
            VEC start = bias ? NAME(vec_load)(bias + c) : (VEC){0};                                                    \
            VEC_UNROLL for (int q = 0; q < N; q++) {                                                                   \
                VEC all = sum[q][B - 1];                                                                               \
                VEC_UNROLL for (int d = B - 2; d >= 0; d--) all = sum[q][d] + NAME(vec_next)(all, B);                  \
                all += start;                                                                                          \
                if (relu) all = NAME(vec_select)(all < 0, (VEC){0}, all);                                              \
                NAME(vec_store)(out + q * out_step + c, all);                                                          \
            }                                                                                                          \
        }                                                                                                              \
    }
CONV_DEFINE_TURNED(1, 2)
CONV_DEFINE_TURNED(2, 2)
CONV_DEFINE_TURNED(1, 4)
CONV_DEFINE_TURNED(2, 4)
CONV_DEFINE_TURNED(1, 8)
CONV_DEFINE_TURNED(2, 8)

/* For groups of `block` channels: one pixel, or CONV_TURNED_SUMS / block. */
VEC_INLINE NAME(conv_depthwise_fn) NAME(conv_turned_tile)(ptrdiff_t block, int several) {
    if (block == 2) return several ? NAME(conv_turned_2_2) : NAME(conv_turned_2_1);
    if (block == 4) return several ? NAME(conv_turned_4_2) : NAME(conv_turned_4_1);
    return several ? NAME(conv_turned_8_2) : NAME(conv_turned_8_1);
}

/* Groups, turn by turn: lane l of turn d leads from channel l of a group's source to its channel l - d. */
static void NAME(conv_prepare_turned)(const conv_plan *p) {
    ptrdiff_t taps = p->t * p->r * p->s, block = p->c / p->groups;
    const REAL *weight = (const REAL *)p->weight;
    REAL *out = (REAL *)p->shared;
    for (ptrdiff_t tap = 0; tap < taps; tap++)
        for (ptrdiff_t m = 0; m < p->c; m += LANES)
            for (ptrdiff_t d = 0; d < block; d++)
                for (ptrdiff_t q = m; q < m + LANES; q++) {
                    ptrdiff_t in = q % block, to = (in + block - d) % block;
                    ptrdiff_t k = p->pass == CONV_FORWARD ? to : in, c = in + to - k;
                    *out++ = weight[((q - in + k) * block + c) * taps + tap];
                }
}

/* Fewer channels than a vector has lanes. */
static void NAME(conv_depthwise_few)(const NAME(gemm_tap) * taps, ptrdiff_t count, const REAL *x, const REAL *weight,
                                     const REAL *bias, REAL *out, ptrdiff_t channels, int relu) {
    for (ptrdiff_t c = 0; c < channels; c++) {
        REAL sum = bias ? bias[c] : 0;
        for (ptrdiff_t t = 0; t < count; t++) sum += weight[taps[t].a + c] * x[taps[t].b + c];
        out[c] = relu && sum < 0 ? 0 : sum;
    }
}

/* The taps of one row of output that lie inside the source, their columns being [s0, s1). */
static ptrdiff_t NAME(conv_depthwise_list)(const NAME(conv_job) * job, const ptrdiff_t *range, ptrdiff_t s0,
                                           ptrdiff_t s1, NAME(gemm_tap) * taps) {
    const conv_axis *d = job->axis, *h = d + 1, *w = d + 2;
    const conv_geometry *g = &job->geometry;
    ptrdiff_t at = 0, channels = job->out_channels;
    for (ptrdiff_t t = range[0]; t < range[1]; t++)
        for (ptrdiff_t r = range[2]; r < range[3]; r++)
            for (ptrdiff_t s = s0; s < s1; s++, at++) {
                ptrdiff_t tap = ((d->first + t * d->step) * g->kernel[1] + h->first + r * h->step) * g->kernel[2];
                taps[at].a = (tap + w->first + s * w->step) * channels;
                taps[at].b = ((t * d->shift_step * h->source + r * h->shift_step) * w->source + s * w->shift_step) *
                             channels;
            }
    return at;
}

/* Row i, columns [j0, j1) of channels [c0, c1): all taps of the columns between, pixel by pixel at the border. */
static void NAME(conv_depthwise_row)(const conv_plan *p, const NAME(conv_job) * job, ptrdiff_t image, ptrdiff_t e,
                                     ptrdiff_t i, ptrdiff_t c0, ptrdiff_t c1) {
    const conv_axis *d = job->axis, *h = d + 1, *w = d + 2;
    ptrdiff_t range[4], channels = job->out_channels, j = 0, out_step = w->out_step * channels;
    conv_taps_inside(d, e, range, range + 1);
    conv_taps_inside(h, i, range + 2, range + 3);
    ptrdiff_t row = (image * d->source + e * d->stride + d->shift) * h->source + i * h->stride + h->shift;
    ptrdiff_t inner = w->shift >= 0 ? 0 : gemm_parts(-w->shift, w->stride), reach = conv_axis_high(w);
    ptrdiff_t outer = reach >= w->source ? 0 : gemm_min(w->grid, (w->source - 1 - reach) / w->stride + 1);
    NAME(gemm_tap) *taps = (NAME(gemm_tap) *)job->table;
    ptrdiff_t block = p->c / p->groups, most = block > 1 ? CONV_TURNED_SUMS / block : CONV_DEPTHWISE_PIXELS;
    const REAL *weight = job->prepared + c0 * block, *bias = job->bias ? job->bias + c0 : NULL;
    REAL *out = NAME(conv_out_at)(job, image, e, i, 0) + c0;
    while (j < w->grid) {
        ptrdiff_t s0 = 0, s1 = w->taps, count = 1;
        if (j >= inner && j < outer && c1 - c0 >= LANES) count = outer - j;
        else conv_taps_inside(w, j, &s0, &s1);
        ptrdiff_t listed = NAME(conv_depthwise_list)(job, range, s0, s1, taps), tiles, height;
        for (ptrdiff_t q = 0; q < listed; q++)                     /* row and column may begin outside the source */
            taps[q].b += (row * w->source + j * w->stride + w->shift) * channels + c0;
        if (block > 1) {                                           /* the last tile lies back over the one before */
            height = count >= most ? most : 1;
            for (ptrdiff_t u = 0; u < count; u += height) {
                ptrdiff_t q = gemm_min(u, count - height);
                NAME(conv_turned_tile)(block, height > 1)(taps, listed, job->source + q * w->stride * channels,
                                                          w->stride * channels, weight, bias, out + (j + q) * out_step,
                                                          out_step, c1 - c0, p->relu);
            }
            j += count;
            continue;
        }
        tiles = gemm_parts(count, most);
        for (ptrdiff_t u = 0, q = 0; u < tiles; u++, q += height) {
            height = count / tiles + (u < count % tiles);
            const REAL *x = job->source + q * w->stride * channels;
            if (c1 - c0 < LANES)
                NAME(conv_depthwise_few)(taps, listed, x, weight, bias, out + (j + q) * out_step, c1 - c0, p->relu);
            else
                NAME(conv_depthwise_tiles)[height](taps, listed, x, w->stride * channels, weight, bias,
                                                   out + (j + q) * out_step, out_step, c1 - c0, p->relu);
        }
        j += count;
    }
}

/* Ask for the row of the source that row i of the output is the first to need: the tiles read too many streams at once
 * for the hardware to see what comes next. */
static void NAME(conv_depthwise_ask)(const NAME(conv_job) * job, ptrdiff_t image, ptrdiff_t e, ptrdiff_t i,
                                     ptrdiff_t c0, ptrdiff_t c1) {
    const conv_axis *d = job->axis, *h = d + 1, *w = d + 2;
    ptrdiff_t slice = e * d->stride + conv_axis_high(d), line = 64 / sizeof(REAL), channels = job->source_channels;
    if (h->source * w->source * channels * (ptrdiff_t)sizeof(REAL) < 400 << 10) return;             /* near enough */
    for (ptrdiff_t back = h->stride - 1; back >= 0; back--) {
        ptrdiff_t row = i * h->stride + conv_axis_high(h) - back;
        if (slice < 0 || slice >= d->source || row < 0 || row >= h->source) continue;
        const REAL *at = job->source + ((image * d->source + slice) * h->source + row) * w->source * channels + c0;
        ptrdiff_t pixels = c1 - c0 == channels ? 1 : w->source, length = (w->source / pixels) * (c1 - c0);
        for (ptrdiff_t j = 0; j < pixels; j++, at += channels)
            for (ptrdiff_t c = 0; c < length; c += line) __builtin_prefetch(at + c, 0, 2);
    }
}

/* Units: image, slice, block of rows. */
static void NAME(conv_depthwise_task)(const conv_plan *p, ptrdiff_t task, char *scratch) {
    NAME(conv_job) job = NAME(conv_job_of)(p, scratch);
    const conv_reach *r = job.reach;
    ptrdiff_t ntasks = p->ntasks[1];
    for (ptrdiff_t unit = gemm_cut(p->units, ntasks, task); unit < gemm_cut(p->units, ntasks, task + 1); unit++) {
        ptrdiff_t ib = unit % p->row_blocks, slice = unit / p->row_blocks, image = slice / r[0].grid;
        ptrdiff_t i0 = gemm_cut(r[1].grid, p->row_blocks, ib), i1 = gemm_cut(r[1].grid, p->row_blocks, ib + 1);
        for (ptrdiff_t phase = 0; phase < r[0].phases * r[1].phases * r[2].phases; phase++) {
            NAME(conv_job_phase)(p, &job, phase);
            if (slice % r[0].grid >= job.axis[0].grid) continue;
            for (ptrdiff_t cb = 0; cb < p->c_blocks; cb++) {
                ptrdiff_t vectors = conv_max(1, p->c / LANES), c0 = gemm_cut(vectors, p->c_blocks, cb) * LANES;
                ptrdiff_t c1 = cb + 1 == p->c_blocks ? p->c : gemm_cut(vectors, p->c_blocks, cb + 1) * LANES;
                for (ptrdiff_t i = i0; i < gemm_min(i1, job.axis[1].grid); i++) {
                    if (i + 1 < i1) NAME(conv_depthwise_ask)(&job, image, slice % r[0].grid, i + 1, c0, c1);
                    NAME(conv_depthwise_row)(p, &job, image, slice % r[0].grid, i, c0, c1);
                }
            }
        }
    }
}

/* ---- spread ---- */

/* Prepared weight: panels [k][2 * LANES] over (tap, channel). */
static void NAME(conv_prepare_spread)(const conv_plan *p) {
    ptrdiff_t taps = p->r * p->s, k = p->k, c = p->c;
    const REAL *weight = (const REAL *)p->weight;
    REAL *out = (REAL *)p->shared;
    for (ptrdiff_t m = 0; m < p->k_padded; m += 2 * LANES)
        for (ptrdiff_t i = 0; i < k; i++)
            for (ptrdiff_t q = m; q < gemm_min(m + 2 * LANES, p->k_padded); q++)
                *out++ = q < taps * c ? weight[(i * c + q % c) * taps + q / c] : 0;
}

/* What the pixels of y give lies [row][column][tap][channel], between s - 1 columns of zeros on either side. */
VEC_INLINE ptrdiff_t NAME(conv_spread_columns)(const conv_plan *p) { return p->ow + 2 * (p->s - 1); }

/* x[i][j] = bias + the sum of what its taps were given. */
static void NAME(conv_spread_sum)(const conv_plan *p, const REAL *spread, NAME(gemm_tap) * taps, REAL *line,
                                  REAL *out) {
    ptrdiff_t step = p->k_padded, c = p->c, tiles = gemm_parts(p->w, CONV_DEPTHWISE_PIXELS);
    ptrdiff_t columns = NAME(conv_spread_columns)(p);
    REAL ones[LANES], bias[LANES] = {0};
    for (int q = 0; q < LANES; q++) ones[q] = 1;
    if (p->bias) memcpy(bias, p->bias, (size_t)c * sizeof(REAL));
    for (ptrdiff_t q = 0; q < p->r * p->s; q++)
        taps[q] = (NAME(gemm_tap)){0, (p->pad_w + p->s - 1 - q % p->s - q / p->s * columns) * step + q * c};
    for (ptrdiff_t i = 0; i < p->h; i++, out += p->w * c) {
        ptrdiff_t at = i + p->pad_h, first = conv_max(0, at - p->oh + 1);
        ptrdiff_t count = conv_max(0, gemm_min(p->r, at + 1) - first) * p->s;
        /* Pixels are stored as whole vectors, overwritten by the next; those of the last line elsewhere. */
        REAL *to = (p->h - 1 - i) * p->w * c >= LANES ? out : line;
        for (ptrdiff_t u = 0; u < tiles; u++) {
            ptrdiff_t j = gemm_cut(p->w, tiles, u), height = gemm_cut(p->w, tiles, u + 1) - j;
            const REAL *from = spread + (at * columns + j) * step;
            NAME(conv_depthwise_tiles)[height](taps + first * p->s, count, from, step, ones, bias, to + j * c, c, LANES,
                                               0);
        }
        if (to == line) memcpy(out, line, (size_t)(p->w * c) * sizeof(REAL));
    }
}

/* Units: image. */
static void NAME(conv_spread_task)(const conv_plan *p, ptrdiff_t task, char *scratch) {
    ptrdiff_t step = p->k_padded, columns = NAME(conv_spread_columns)(p), tiles = gemm_parts(p->ow, VEC_ROWS);
    REAL *spread = (REAL *)scratch + p->taps_size, *line = spread + p->frame_size;
    memset(spread, 0, (size_t)p->frame_size * sizeof(REAL));
    for (ptrdiff_t n = gemm_cut(p->n, p->ntasks[1], task); n < gemm_cut(p->n, p->ntasks[1], task + 1); n++) {
        for (ptrdiff_t m = 0; m < step; m += 2 * LANES) {
            ptrdiff_t width = gemm_min(2 * LANES, step - m);
            NAME(gemm_tile) t = {.b = (const REAL *)p->shared + m * p->k, .length = p->k, .segments = 1,
                                 .a_segments = &GEMM_NO_OFFSET, .a_row = p->k, .a_step = 1, .b_step = width,
                                 .c_row = step, .start = GEMM_START_ZERO};
            for (ptrdiff_t i = 0; i < p->oh; i++)
                for (ptrdiff_t u = 0; u < tiles; u++) {
                    ptrdiff_t j = gemm_cut(p->ow, tiles, u), height = gemm_cut(p->ow, tiles, u + 1) - j;
                    t.a = (const REAL *)p->y + ((n * p->oh + i) * p->ow + j) * p->k;
                    t.c = spread + (i * columns + p->s - 1 + j) * step + m;
                    NAME(gemm_plain_tiles)[width / LANES][height](&t);
                }
        }
        NAME(conv_spread_sum)(p, spread, (NAME(gemm_tap) *)scratch, line, (REAL *)p->x + n * p->h * p->w * p->c);
    }
}

/* ---- plan of forward and gradient of the input ---- */

static ptrdiff_t NAME(conv_wanted)(const conv_plan *p) {
    double macs = (double)p->n * p->k * (p->c / p->groups) * p->od * p->oh * p->ow * p->t * p->r * p->s;
    return (ptrdiff_t)gemm_wanted_tasks(macs / (GEMM_TASK_MACS * 4 / sizeof(REAL)));
}

/* Time of tiles along rows of `count` pixels, where tiles of full height take 1. A tile of few sums waits for them. */
static double NAME(conv_row_cost)(ptrdiff_t count) {
    ptrdiff_t tiles = gemm_parts(count, VEC_ROWS), low = conv_max(1, count / tiles);
    double uneven = count % tiles && low >= 4 ? (double)count / tiles / low : 1;
    return (double)tiles * conv_max(low, 4) / (double)count * uneven;
}

static void NAME(conv_plan_gather)(conv_plan *p, const NAME(conv_job) * job, ptrdiff_t wanted) {
    const conv_reach *r = job->reach;
    ptrdiff_t pixels = job->geometry.n * r[0].grid * r[1].grid * r[2].grid, panels = gemm_parts(job->rows, 2 * LANES);
    ptrdiff_t taps = r[0].most_taps * r[1].most_taps * r[2].most_taps;
    p->column_blocks = gemm_parts(pixels, VEC_ROWS * conv_max(1, 96 / VEC_ROWS));
    while (p->column_blocks * p->groups < wanted && gemm_parts(pixels, p->column_blocks * 2) >= 4 * VEC_ROWS)
        p->column_blocks *= 2;
    while (p->column_blocks * p->groups * p->m_blocks < wanted && p->m_blocks * 2 <= panels) p->m_blocks *= 2;
    p->units = p->column_blocks * p->groups * p->m_blocks;
    ptrdiff_t block = gemm_parts(pixels, p->column_blocks), length = taps * job->channels;
    conv_sum sum = conv_sum_of(1, length, CONV_SUM_BLOCK * (job->rows <= LANES ? 2 : 1));
    p->taps_size = gemm_round_up(block * taps * (ptrdiff_t)(sizeof(ptrdiff_t) / sizeof(REAL)), 16);
    p->frame_size = gemm_round_up(block * gemm_parts(length, conv_max(1, sum.parts)) + 2 * LANES, 16);
    p->out_size = r[0].phases * r[1].phases * r[2].phases > 1 ? gemm_round_up(block * job->rows + 2 * LANES, 16) : 0;
}

static void NAME(conv_plan_rows)(conv_plan *p, const NAME(conv_job) * job, ptrdiff_t wanted) {
    const conv_reach *r = job->reach;
    const ptrdiff_t frame_most = 192 * 1024 / sizeof(REAL), least = 8 * VEC_ROWS;
    ptrdiff_t slices = job->geometry.n * r[0].grid * p->groups, panels = gemm_parts(job->rows, 2 * LANES);
    ptrdiff_t depth = r[0].high - r[0].low + 1, channels = job->channels, rows = r[1].grid, cols = r[2].grid;
    ptrdiff_t phases = r[1].phases * r[2].phases;
    for (;;) {
        ptrdiff_t frame = depth * conv_reach_extent(r + 1, rows) * conv_reach_extent(r + 2, cols) * channels;
        ptrdiff_t units = slices * gemm_parts(r[1].grid, rows) * gemm_parts(r[2].grid, cols);
        ptrdiff_t out = rows * cols * phases * job->rows;
        if (frame <= frame_most && out <= frame_most && (units >= wanted || rows * cols <= least)) break;
        if (rows > 1) rows = (rows + 1) / 2;
        else if (cols > 2 * VEC_ROWS) cols = (cols + 1) / 2;
        else break;
    }
    p->row_blocks = gemm_parts(r[1].grid, rows), p->column_blocks = gemm_parts(r[2].grid, cols);
    slices *= p->row_blocks * p->column_blocks;
    while (slices * p->m_blocks < wanted && p->m_blocks * 2 <= panels) p->m_blocks *= 2;
    p->units = slices * p->m_blocks;
    ptrdiff_t taps = r[0].most_taps * r[1].most_taps * r[2].most_taps;
    p->taps_size = gemm_round_up(taps * (ptrdiff_t)(sizeof(ptrdiff_t) / sizeof(REAL)), 16);
    rows = gemm_parts(r[1].grid, p->row_blocks), cols = gemm_parts(r[2].grid, p->column_blocks);
    if (!p->in_place)
        p->frame_size = gemm_round_up(
            depth * conv_reach_extent(r + 1, rows) * conv_reach_extent(r + 2, cols) * channels + LANES, 16);
}

static void NAME(conv_plan_depthwise)(conv_plan *p, const NAME(conv_job) * job, ptrdiff_t wanted) {
    const conv_reach *r = job->reach;
    ptrdiff_t taps = p->t * p->r * p->s, slices = job->geometry.n * r[0].grid, block = p->c / p->groups;
    p->algorithm = CONV_DEPTHWISE;
    p->c_blocks = conv_max(1, p->c * block * taps * (ptrdiff_t)sizeof(REAL) / 16384);
    p->c_blocks = gemm_min(p->c_blocks, conv_max(1, p->c / LANES));
    p->row_blocks = gemm_min(r[1].grid, gemm_parts(wanted, slices));
    p->units = slices * p->row_blocks;
    p->taps_size = gemm_round_up(taps * (ptrdiff_t)(sizeof(NAME(gemm_tap)) / sizeof(REAL)), 16);
    p->prepared_size = gemm_round_up(taps * p->c * block + LANES, 16);
    p->ntasks[0] = 1;
}

/* Whether to spread: compares vector multiply-adds of an image. Tiles one vector wide are bound by broadcasting, which
 * costs those of 16 registers as much as two vectors do. */
static int NAME(conv_plan_spread)(conv_plan *p, ptrdiff_t wanted) {
    ptrdiff_t taps = p->r * p->s, area = p->h * p->w, pixels = p->oh * p->ow, vectors = gemm_parts(taps * p->c, LANES);
    ptrdiff_t size = p->oh * NAME(conv_spread_columns)(p) * vectors * LANES;
    ptrdiff_t cost = pixels * (p->k * vectors / (VEC_ROWS == 14 ? 2 : 1) + vectors) + area * taps * 5 / 4;
    if (p->pass != CONV_BACKWARD_DATA || p->groups > 1 || p->c >= LANES || p->d * p->od * p->t != 1 || p->pad_d ||
        p->stride_h * p->stride_w * p->dilation_h * p->dilation_w != 1 || p->n < wanted || size > 1 << 18 ||
        p->w + p->pad_w > p->ow + p->s - 1 || cost > area * taps * p->k * 3 / 10)
        return 0;
    p->algorithm = CONV_SPREAD;
    p->k_padded = vectors * LANES;
    p->prepared_size = gemm_round_up(p->k * p->k_padded, 16);
    p->taps_size = gemm_round_up(taps * (ptrdiff_t)(sizeof(NAME(gemm_tap)) / sizeof(REAL)), 16);
    p->frame_size = size + LANES;
    p->out_size = p->w * p->c + LANES;
    p->units = p->n;
    p->ntasks[0] = 1;
    return 1;
}

static void NAME(conv_plan_apply)(conv_plan *p) {
    ptrdiff_t taps = p->t * p->r * p->s, wanted = NAME(conv_wanted)(p);
    p->steps = 2;
    p->m_blocks = p->c_blocks = 1;
    if (p->n <= 0 || p->c <= 0 || p->k <= 0) return;
    NAME(conv_job) job = NAME(conv_job_of)(p, NULL);
    const conv_reach *r = job.reach;
    if (r[0].grid <= 0 || r[1].grid <= 0 || r[2].grid <= 0) return;
    p->in_place = r[0].inside && r[1].inside && r[2].inside;
    ptrdiff_t block = p->c / p->groups;
    int turned = p->c == p->k && p->c % LANES == 0 && block < LANES && (block == 2 || block == 4 || block == 8);
    if (turned || (p->c == p->groups && p->k == p->groups)) {
        NAME(conv_plan_depthwise)(p, &job, wanted);
    } else if (!NAME(conv_plan_spread)(p, wanted)) {
        ptrdiff_t cols = gemm_min(r[2].grid, 64), phases = r[0].phases * r[1].phases * r[2].phases;
        double gather = 1 + (phases > 1 ? .5 : .3) * 2 * LANES / (double)job.rows;
        p->algorithm = r[2].grid < 64 && NAME(conv_row_cost)(cols) > gather ? CONV_GATHER : CONV_ROWS;
        if (p->algorithm == CONV_GATHER) NAME(conv_plan_gather)(p, &job, wanted);
        else NAME(conv_plan_rows)(p, &job, wanted);
        ptrdiff_t panels = gemm_parts(job.rows_padded, 2 * LANES), fit = conv_max(1, 512 / taps);
        p->c_blocks = gemm_parts(job.channels, fit);
        p->prepared_size = gemm_round_up(p->groups * taps * job.channels * job.rows_padded, 16);
        p->ntasks[0] = gemm_min(p->groups * panels * p->c_blocks,
                                (ptrdiff_t)gemm_wanted_tasks((double)p->prepared_size * 16 / GEMM_TASK_MACS));
        p->frame_size = conv_max(p->frame_size, gemm_round_up(gemm_parts(job.channels, p->c_blocks) * taps * 2 * LANES +
                                                                  LANES, 16));
    }
    p->ntasks[1] = gemm_min(p->units, wanted);
    p->prepared_bytes = p->shared_bytes = p->prepared_size * (ptrdiff_t)sizeof(REAL);
    p->scratch_bytes = (p->taps_size + p->frame_size + p->out_size) * (ptrdiff_t)sizeof(REAL);
}

/* ---- gradient of weight and bias ---- */

/* Partial sums of a group of images: per group of channels [tap, channel of x][k_padded], and a last row: the bias. */
static REAL *NAME(conv_partial)(const conv_plan *p, ptrdiff_t image_group, ptrdiff_t group) {
    return (REAL *)p->shared + image_group * p->group_size + group * (p->group_size / p->groups);
}

/* What a unit works on: the source of a block of pixels, and the block's rows in it. */
typedef struct {
    const REAL *source;
    const ptrdiff_t *segments;                        /* where the block's rows begin */
    ptrdiff_t count, length, cell, pitch, plane, stride;           /* rows, pixels of each; steps of the source */
    int contiguous;                                   /* the taps of a kernel row are one stretch */
} NAME(conv_pixels);

/* Rows [q0, q1) of the result (taps and channels) for one panel of y. */
static void NAME(conv_weight_panel)(const conv_plan *p, const conv_geometry *g, const NAME(conv_pixels) * x,
                                    ptrdiff_t q0, ptrdiff_t q1, const REAL *b, ptrdiff_t b_step, ptrdiff_t wide,
                                    REAL *sums, int first) {
    ptrdiff_t c = p->c / p->groups, run = x->contiguous ? g->kernel[2] * c : c, height;
    NAME(gemm_tile) t = {.b = b, .length = x->length, .segments = x->count, .a_segments = x->segments, .a_row = 1,
                         .a_step = x->stride, .b_step = b_step, .c_row = p->k_padded,
                         .start = first ? GEMM_START_ZERO : GEMM_START_ADD};
    for (ptrdiff_t q = q0; q < q1;) {
        ptrdiff_t tap = q / run * (x->contiguous ? g->kernel[2] : 1), end = gemm_min(q1, (q / run + 1) * run);
        const REAL *a = x->source + tap / g->kernel[2] / g->kernel[1] * g->dilation[0] * x->plane +
                        tap / g->kernel[2] % g->kernel[1] * g->dilation[1] * x->pitch +
                        tap % g->kernel[2] * g->dilation[2] * x->cell + q % run;
        ptrdiff_t rows = end - q, tiles = gemm_parts(rows, wide == 1 ? GEMM_MOST_ROWS : VEC_ROWS);
        for (ptrdiff_t i = 0; i < tiles; i++, q += height, a += height) {
            height = rows / tiles + (i < rows % tiles);
            t.a = a, t.c = sums + q * p->k_padded;
            NAME(gemm_plain_tiles)[wide][height](&t);
        }
    }
}

static void NAME(conv_add_rows)(const REAL *b, ptrdiff_t rows, ptrdiff_t b_step, ptrdiff_t width, REAL *out,
                                int first) {
    for (ptrdiff_t j = 0; j < width; j += LANES) {
        VEC even = first ? (VEC){0} : NAME(vec_load)(out + j), odd = {0};
        ptrdiff_t i = 0;
        for (; i + 2 <= rows; i += 2) {
            even += NAME(vec_load)(b + i * b_step + j);
            odd += NAME(vec_load)(b + (i + 1) * b_step + j);
        }
        if (i < rows) even += NAME(vec_load)(b + i * b_step + j);
        NAME(vec_store)(out + j, even + odd);
    }
}

/* Distance of pixels in a frame of the weight gradient, whose tiles walk from pixel to pixel: where that would be a
 * multiple of 256 bytes, they would meet in few sets of the cache. */
VEC_INLINE ptrdiff_t NAME(conv_weight_cell)(ptrdiff_t channels) {
    ptrdiff_t line = 64 / sizeof(REAL);
    return channels % (4 * line) ? channels : channels + line;
}

/* The source of slices [z, z + slices), rows [i0, i1), columns [j0, j1) of y. */
static NAME(conv_pixels) NAME(conv_weight_source)(const conv_plan *p, const conv_geometry *g, const conv_reach *r,
                                                  ptrdiff_t group, ptrdiff_t z, ptrdiff_t slices, ptrdiff_t i0,
                                                  ptrdiff_t i1, ptrdiff_t j0, ptrdiff_t j1, char *scratch) {
    ptrdiff_t c = p->c / p->groups, *segments = (ptrdiff_t *)scratch, at = 0, area = r[1].source * r[2].source;
    REAL *frame = (REAL *)scratch + p->taps_size;
    const REAL *source = (const REAL *)p->x + group * c;
    NAME(conv_pixels) x = {.source = frame, .segments = segments, .count = slices * (i1 - i0), .length = j1 - j0};
    ptrdiff_t rows = conv_reach_extent(r + 1, i1 - i0), cols = conv_reach_extent(r + 2, j1 - j0);
    ptrdiff_t depth = r[0].high - r[0].low + 1;
    x.cell = p->in_place ? p->c : NAME(conv_weight_cell)(c);
    x.pitch = (p->in_place ? r[2].source : cols) * x.cell;
    x.plane = p->in_place ? area * x.cell : rows * x.pitch;
    x.stride = r[2].stride * x.cell;
    x.contiguous = x.cell == c && (g->kernel[2] == 1 || g->dilation[2] == 1);
    if (p->in_place) x.source = source;
    for (ptrdiff_t s = 0; s < slices; s++) {
        ptrdiff_t image = (z + s) / g->out[0], e = (z + s) % g->out[0] * r[0].stride;
        ptrdiff_t begin = p->in_place ? (image * r[0].source + e) * x.plane + i0 * r[1].stride * x.pitch +
                                            j0 * r[2].stride * x.cell
                                      : s * depth * x.plane;
        for (ptrdiff_t i = 0; i < i1 - i0; i++) segments[at++] = begin + i * r[1].stride * x.pitch;
        for (ptrdiff_t q = 0; !p->in_place && q < depth; q++) {
            ptrdiff_t slice = e + r[0].low + q;
            int there = slice >= 0 && slice < r[0].source;
            NAME(conv_fill_plane)(there ? source + (image * r[0].source + slice) * area * p->c : source, p->c, c,
                                  there ? r[1].source : 0, r[2].source, i0 * r[1].stride + r[1].low, rows,
                                  j0 * r[2].stride + r[2].low, cols, x.cell, frame + (s * depth + q) * x.plane);
        }
    }
    return x;
}

static void NAME(conv_weight_unit)(const conv_plan *p, const conv_geometry *g, const conv_reach *r,
                                   ptrdiff_t image_group, ptrdiff_t group, ptrdiff_t kb, ptrdiff_t qb, char *scratch) {
    ptrdiff_t k = p->k / p->groups, height = p->t * p->r * p->s * (p->c / p->groups);
    ptrdiff_t panels = gemm_parts(k, 2 * LANES), q0 = gemm_cut(height, p->c_blocks, qb);
    ptrdiff_t q1 = p->weight ? gemm_cut(height, p->c_blocks, qb + 1) : q0;
    ptrdiff_t k0 = gemm_cut(panels, p->k_blocks, kb) * 2 * LANES;
    ptrdiff_t k1 = gemm_min(k, gemm_cut(panels, p->k_blocks, kb + 1) * 2 * LANES);
    ptrdiff_t z1 = gemm_cut(g->n, p->image_groups, image_group + 1) * g->out[0];
    REAL *sums = NAME(conv_partial)(p, image_group, group), *turned = (REAL *)scratch + p->taps_size + p->frame_size;
    int first = 1;
    for (ptrdiff_t z = gemm_cut(g->n, p->image_groups, image_group) * g->out[0], slices; z < z1; z += slices) {
        slices = gemm_min(p->tile_block, z1 - z);
        for (ptrdiff_t ib = 0; ib < p->row_blocks; ib++)
            for (ptrdiff_t jb = 0; jb < p->column_blocks; jb++, first = 0) {
                ptrdiff_t i0 = gemm_cut(g->out[1], p->row_blocks, ib), i1 = gemm_cut(g->out[1], p->row_blocks, ib + 1);
                ptrdiff_t j0 = gemm_cut(g->out[2], p->column_blocks, jb);
                ptrdiff_t j1 = gemm_cut(g->out[2], p->column_blocks, jb + 1);
                ptrdiff_t pixels = slices * (i1 - i0) * (j1 - j0);
                const REAL *y = (const REAL *)p->y + ((z * g->out[1] + i0) * g->out[2] + j0) * p->k + group * k;
                NAME(conv_pixels) x = NAME(conv_weight_source)(p, g, r, group, z, slices, i0, i1, j0, j1, scratch);
                for (ptrdiff_t j = k0; j < k1; j += 2 * LANES) {
                    ptrdiff_t wide = k1 - j > LANES ? 2 : 1, cols = gemm_min(wide * LANES, k1 - j), step = p->k;
                    const REAL *b = y + j;
                    if (cols < wide * LANES || q1 - q0 > 64) {
                        step = wide * LANES;
                        NAME(gemm_copy_rows)(b, pixels, cols, p->k, turned, step);
                        b = turned;
                    }
                    NAME(conv_weight_panel)(p, g, &x, q0, q1, b, step, wide, sums + j, first);
                    if (!qb && p->bias)
                        NAME(conv_add_rows)(b, pixels, step, wide * LANES, sums + height * p->k_padded + j, first);
                }
            }
    }
}

/* ---- the same with few filters: sums [kernel row][filter][tap, channel of x], k_padded a filter; last, bias ---- */

static void NAME(conv_few_filters_unit)(const conv_plan *p, const conv_geometry *g, const conv_reach *r,
                                        ptrdiff_t image_group, ptrdiff_t group, char *scratch) {
    ptrdiff_t k = p->k / p->groups, c = p->c / p->groups, step = p->k_padded, tiles = gemm_parts(k, VEC_ROWS);
    ptrdiff_t kernel_rows = p->t * p->r, used = gemm_round_up(p->s * c, LANES), *lines = (ptrdiff_t *)scratch;
    REAL *sums = NAME(conv_partial)(p, image_group, group), ones[LANES];
    for (int q = 0; q < LANES; q++) ones[q] = 1;
    NAME(gemm_tile) t = {.a_row = 1, .a_step = p->k, .c_row = step, .start = GEMM_START_ZERO};
    for (ptrdiff_t z = gemm_cut(g->n, p->image_groups, image_group) * g->out[0];
         z < gemm_cut(g->n, p->image_groups, image_group + 1) * g->out[0]; z++)
        for (ptrdiff_t block = 0; block < p->row_blocks * p->column_blocks; block++, t.start = GEMM_START_ADD) {
            ptrdiff_t ib = block / p->column_blocks, jb = block % p->column_blocks;
            ptrdiff_t i0 = gemm_cut(g->out[1], p->row_blocks, ib), i1 = gemm_cut(g->out[1], p->row_blocks, ib + 1);
            ptrdiff_t j0 = gemm_cut(g->out[2], p->column_blocks, jb);
            ptrdiff_t j1 = gemm_cut(g->out[2], p->column_blocks, jb + 1);
            const REAL *y = (const REAL *)p->y + ((z * g->out[1] + i0) * g->out[2] + j0) * p->k + group * k;
            NAME(conv_pixels) x = NAME(conv_weight_source)(p, g, r, group, z, 1, i0, i1, j0, j1, scratch);
            for (ptrdiff_t i = 0; i < i1 - i0; i++) lines[i] = i * g->out[2] * p->k;
            t.a_segments = lines, t.length = j1 - j0, t.segments = i1 - i0;
            for (ptrdiff_t i = 0; i < tiles; i++) {
                ptrdiff_t row = gemm_cut(k, tiles, i), height = gemm_cut(k, tiles, i + 1) - row;
                t.a = y + row, t.b_step = x.stride, t.b_skip = r[1].stride * x.pitch - t.length * x.stride;
                for (ptrdiff_t q = 0; q < kernel_rows; q++)
                    for (ptrdiff_t j = 0; j < used; j += 2 * LANES) {
                        t.b = x.source + q / p->r * g->dilation[0] * x.plane + q % p->r * g->dilation[1] * x.pitch + j;
                        t.c = sums + (q * k + row) * step + j;
                        NAME(gemm_plain_tiles)[used - j > LANES ? 2 : 1][height](&t);
                    }
                t.b = ones, t.b_step = t.b_skip = 0, t.c = sums + (kernel_rows * k + row) * step;
                if (p->bias) NAME(gemm_plain_tiles)[1][height](&t);
            }
        }
}

/* Units: group. The groups of images are added in their order. */
static void NAME(conv_few_filters_reduce)(const conv_plan *p, ptrdiff_t task) {
    ptrdiff_t c = p->c / p->groups, k = p->k / p->groups, rows = p->t * p->r, taps = rows * p->s, step = p->k_padded;
    for (ptrdiff_t group = gemm_cut(p->groups, p->ntasks[1], task);
         group < gemm_cut(p->groups, p->ntasks[1], task + 1); group++) {
        REAL *sums = NAME(conv_partial)(p, 0, group);
        for (ptrdiff_t q = 0; p->image_groups > 1 && q < (rows + (p->bias != NULL)) * k * step; q += LANES) {
            VEC sum = NAME(vec_load)(sums + q);
            for (ptrdiff_t g = 1; g < p->image_groups; g++)
                sum += NAME(vec_load)(NAME(conv_partial)(p, g, group) + q);
            NAME(vec_store)(sums + q, sum);
        }
        for (ptrdiff_t i = 0; i < k; i++) {
            REAL *out = (REAL *)p->weight + (group * k + i) * c * taps;
            for (ptrdiff_t row = 0; row < rows; row++)
                for (ptrdiff_t tap = 0; tap < p->s; tap++)
                    for (ptrdiff_t q = 0; q < c; q++)
                        out[q * taps + row * p->s + tap] = sums[(row * k + i) * step + tap * c + q];
            if (p->bias) ((REAL *)p->bias)[group * k + i] = sums[(rows * k + i) * step];
        }
    }
}

/* Units: group of images, group, block of y's channels, block of the result's rows (the last runs fastest). */
static void NAME(conv_weight_task)(const conv_plan *p, ptrdiff_t task, char *scratch) {
    conv_geometry g = conv_geometry_of(p, 1);
    conv_reach r[3];
    for (int a = 0; a < 3; a++) r[a] = conv_reach_of(&g, 0, a);
    ptrdiff_t ntasks = p->ntasks[0];
    for (ptrdiff_t unit = gemm_cut(p->units, ntasks, task); unit < gemm_cut(p->units, ntasks, task + 1); unit++) {
        ptrdiff_t rest = unit, qb = rest % p->c_blocks, kb = (rest /= p->c_blocks) % p->k_blocks;
        ptrdiff_t group = (rest /= p->k_blocks) % p->groups;
        if (p->algorithm == CONV_FEW_FILTERS) NAME(conv_few_filters_unit)(p, &g, r, rest / p->groups, group, scratch);
        else NAME(conv_weight_unit)(p, &g, r, rest / p->groups, group, kb, qb, scratch);
    }
}

/* Add the groups of images in their order. */
VEC_INLINE VEC NAME(conv_add_partials)(const conv_plan *p, const REAL *first) {
    VEC sum = {0};
    for (ptrdiff_t g = 0; g < p->image_groups; g++) sum += NAME(vec_load)(first + g * p->group_size);
    return sum;
}

/* Elements [e0, e1) of each filter, counted (channel, tap): from [tap][channel][k] to (k, channel, tap). Some rows are
 * read along k side by side, as streams. */
static void NAME(conv_weight_reduce_block)(const conv_plan *p, ptrdiff_t group, ptrdiff_t e0, ptrdiff_t e1) {
    ptrdiff_t c = p->c / p->groups, k = p->k / p->groups, taps = p->t * p->r * p->s, ahead = 4 * LANES;
    for (ptrdiff_t e = e0; e < e1; e += LANES) {
        REAL *out = (REAL *)p->weight + group * k * c * taps + e;
        const REAL *rows[LANES];
        for (ptrdiff_t q = 0; q < LANES; q++) {
            ptrdiff_t at = gemm_min(e + q, e1 - 1);
            rows[q] = NAME(conv_partial)(p, 0, group) + (at % taps * c + at / taps) * p->k_padded;
        }
        for (ptrdiff_t j = 0; j < k; j += LANES, out += LANES * c * taps) {
            VEC v[LANES];
            for (int q = 0; q < LANES; q++) {
                v[q] = NAME(conv_add_partials)(p, rows[q] + j);
                __builtin_prefetch(rows[q] + j + 2 * ahead);
            }
            for (ptrdiff_t q = 0; j + ahead < k && q < LANES; q++)
                __builtin_prefetch(out + (ahead + gemm_min(q, k - j - ahead - 1)) * c * taps, 1);
            NAME(vec_transpose)(v);
            for (ptrdiff_t q = 0; q < LANES && j + q < k; q++) {
                if (e + LANES <= e1) NAME(vec_store)(out + q * c * taps, v[q]);
                else NAME(vec_store_some)(out + q * c * taps, v[q], e1 - e);
            }
        }
    }
}

/* Units: group, block of a filter's elements. The bias goes with a group's first block. */
static void NAME(conv_weight_reduce)(const conv_plan *p, ptrdiff_t task) {
    ptrdiff_t c = p->c / p->groups, k = p->k / p->groups, taps = p->t * p->r * p->s, blocks = p->tile_blocks;
    ptrdiff_t all = p->groups * blocks, vectors = gemm_parts(c * taps, LANES);
    for (ptrdiff_t unit = gemm_cut(all, p->ntasks[1], task); unit < gemm_cut(all, p->ntasks[1], task + 1); unit++) {
        ptrdiff_t group = unit / blocks, e0 = gemm_cut(vectors, blocks, unit % blocks) * LANES;
        ptrdiff_t e1 = gemm_min(c * taps, gemm_cut(vectors, blocks, unit % blocks + 1) * LANES);
        if (p->weight && e0 < e1) NAME(conv_weight_reduce_block)(p, group, e0, e1);
        for (ptrdiff_t j = 0; !e0 && p->bias && j < k; j += LANES) {
            VEC sum = NAME(conv_add_partials)(p, NAME(conv_partial)(p, 0, group) + taps * c * p->k_padded + j);
            NAME(vec_store_some)((REAL *)p->bias + group * k + j, sum, gemm_min(LANES, k - j));
        }
    }
}

/* ---- the same, depthwise ---- */

/* sums[tap][LANES] += over the block's pixels y times x moved by taps[tap]; at most CONV_DEPTHWISE_TAPS at a time. */
static void NAME(conv_depthwise_sums)(const NAME(conv_pixels) * x, const ptrdiff_t *taps, ptrdiff_t count,
                                      const REAL *y, ptrdiff_t y_step, REAL *sums) {
    enum { N = CONV_DEPTHWISE_TAPS };
    for (ptrdiff_t t = 0; t < count; t += N) {
        VEC sum[N];
        ptrdiff_t at[N];
        for (int q = 0; q < N; q++) at[q] = taps[gemm_min(t + q, count - 1)], sum[q] = (VEC){0};
        const REAL *v = y;
        for (ptrdiff_t i = 0; i < x->count; i++) {
            const REAL *from = x->source + x->segments[i];
            for (ptrdiff_t j = 0; j < x->length; j++, v += y_step, from += x->stride) {
                VEC g = NAME(vec_load)(v);
                VEC_UNROLL for (int q = 0; q < N; q++) sum[q] += g * NAME(vec_load)(from + at[q]);
            }
        }
        for (int q = 0; q < N && t + q < count; q++) {
            REAL *to = sums + (t + q) * LANES;
            NAME(vec_store)(to, NAME(vec_load)(to) + sum[q]);
        }
    }
}

/* Units: group of images, vector of channels. Partial sums: [vector][tap, then bias][LANES]. */
static void NAME(conv_depthwise_weight_task)(const conv_plan *p, ptrdiff_t task, char *scratch) {
    conv_geometry g = conv_geometry_of(p, 1);
    conv_reach r[3];
    for (int a = 0; a < 3; a++) r[a] = conv_reach_of(&g, 0, a);
    ptrdiff_t taps = p->t * p->r * p->s, vectors = gemm_parts(p->c, LANES), ntasks = p->ntasks[0];
    ptrdiff_t *segments = (ptrdiff_t *)scratch, *table = segments + p->tail_size, area = r[1].source * r[2].source;
    REAL *frame = (REAL *)scratch + p->taps_size, *turned = frame + p->frame_size;
    for (ptrdiff_t unit = gemm_cut(p->units, ntasks, task); unit < gemm_cut(p->units, ntasks, task + 1); unit++) {
        ptrdiff_t image_group = unit / vectors, c0 = unit % vectors * LANES, cols = gemm_min(LANES, p->c - c0);
        REAL *sums = (REAL *)p->shared + unit * (taps + 1) * LANES;
        for (ptrdiff_t q = 0; q < (taps + 1) * LANES; q++) sums[q] = 0;
        for (ptrdiff_t z = gemm_cut(g.n, p->image_groups, image_group) * g.out[0];
             z < gemm_cut(g.n, p->image_groups, image_group + 1) * g.out[0]; z++)
            for (ptrdiff_t ib = 0; ib < p->row_blocks; ib++) {
                ptrdiff_t i0 = gemm_cut(g.out[1], p->row_blocks, ib), i1 = gemm_cut(g.out[1], p->row_blocks, ib + 1);
                ptrdiff_t rows = conv_reach_extent(r + 1, i1 - i0), width = conv_reach_extent(r + 2, g.out[2]);
                ptrdiff_t depth = r[0].high - r[0].low + 1, pixels = (i1 - i0) * g.out[2];
                NAME(conv_pixels) x = {.source = frame, .segments = segments, .count = i1 - i0, .length = g.out[2],
                                       .cell = LANES, .pitch = width * LANES, .plane = rows * width * LANES,
                                       .stride = r[2].stride * LANES};
                const REAL *source = (const REAL *)p->x + c0;
                for (ptrdiff_t q = 0; q < depth; q++) {
                    ptrdiff_t slice = z % g.out[0] * r[0].stride + r[0].low + q;
                    int there = slice >= 0 && slice < r[0].source;
                    NAME(conv_fill_plane)(
                        there ? source + (z / g.out[0] * r[0].source + slice) * area * p->c : source, p->c, cols,
                        there ? r[1].source : 0, r[2].source, i0 * r[1].stride + r[1].low, rows, r[2].low, width, LANES,
                        frame + q * x.plane);
                }
                for (ptrdiff_t i = 0; i < i1 - i0; i++) segments[i] = i * r[1].stride * x.pitch;
                for (ptrdiff_t t = 0; t < taps; t++)
                    table[t] = t / p->s / p->r * g.dilation[0] * x.plane + t / p->s % p->r * g.dilation[1] * x.pitch +
                               t % p->s * g.dilation[2] * x.cell;
                const REAL *y = (const REAL *)p->y + (z * g.out[1] + i0) * g.out[2] * p->k + c0;
                NAME(gemm_copy_rows)(y, pixels, cols, p->k, turned, LANES);
                NAME(conv_depthwise_sums)(&x, table, taps, turned, LANES, sums);
                NAME(conv_add_rows)(turned, pixels, LANES, LANES, sums + taps * LANES, 0);
            }
    }
}

static void NAME(conv_depthwise_reduce)(const conv_plan *p) {
    ptrdiff_t taps = p->t * p->r * p->s, vectors = gemm_parts(p->c, LANES);
    for (ptrdiff_t v = 0; v < vectors; v++)
        for (ptrdiff_t t = 0; t <= taps; t++) {
            VEC sum = {0};
            for (ptrdiff_t g = 0; g < p->image_groups; g++)
                sum += NAME(vec_load)((REAL *)p->shared + ((g * vectors + v) * (taps + 1) + t) * LANES);
            REAL *out = t == taps ? (REAL *)p->bias : (REAL *)p->weight;
            for (ptrdiff_t q = 0; out && q < LANES && v * LANES + q < p->c; q++)
                out[t == taps ? v * LANES + q : (v * LANES + q) * taps + t] = sum[q];
        }
}

/* ---- the same, pointwise: weight (k x c) = y turned (k x pixels) * x (pixels x c) ---- */

static gemm_plan NAME(conv_product)(const conv_plan *p) {
    conv_geometry g = conv_geometry_of(p, 0);
    gemm_plan product = {.a = p->y, .b = p->x, .c = p->weight, .m = p->k, .n = p->c, .k = g.out[2], .a_row = 1,
                         .a_col = p->k, .b_row = p->c, .b_col = 1, .c_row = p->c, .batch = 1};
    NAME(gemm_plan)(&product);
    product.scratch = p->scratch, product.scratch_stride = p->scratch_stride;
    return product;
}

/* Sums of the columns of y. The last vector lies back over the one before. */
static void NAME(conv_product_bias)(const conv_plan *p) {
    ptrdiff_t pixels = p->n * p->od * p->oh * p->ow, k = p->k;
    const REAL *y = (const REAL *)p->y;
    REAL *out = (REAL *)p->bias;
    for (ptrdiff_t j = 0; k >= LANES && j < k; j += LANES) {
        ptrdiff_t at = gemm_min(j, k - LANES);
        NAME(conv_add_rows)(y + at, pixels, k, LANES, out + at, 1);
    }
    for (ptrdiff_t j = 0; k < LANES && j < k; j++) {
        out[j] = 0;
        for (ptrdiff_t i = 0; i < pixels; i++) out[j] += y[i * k + j];
    }
}

/* Whether the product alone gives work for all: it never cuts the sum over pixels. With many filters beside the
 * channels, turning y costs more than copying x. */
static int NAME(conv_plan_product)(conv_plan *p, ptrdiff_t wanted) {
    conv_geometry g = conv_geometry_of(p, 0);
    int pointwise = g.n == 1 && g.in[0] * g.in[1] == 1 && g.in[2] == g.out[2] && g.kernel[0] * g.kernel[1] == 1 &&
                    g.kernel[2] == 1 && g.stride[2] == 1 && g.pad[2] == 0;
    if (!pointwise || p->groups > 1 || !p->weight || g.out[2] > 2048 || g.out[2] > p->c * p->k / 32 ||
        (p->k > 2 * p->c && p->c * p->k <= 1 << 19)) return 0;
    gemm_plan product = NAME(conv_product)(p);
    if (product.ntasks < wanted) return 0;
    p->algorithm = CONV_PRODUCT;
    p->scratch_bytes = product.scratch_bytes;
    p->ntasks[0] = product.ntasks;
    p->ntasks[1] = p->bias != NULL;
    return 1;
}

/* ---- columns: all passes of images with few pixels and much weight ---- */

static gemm_plan NAME(conv_columns_product)(const conv_plan *p) {
    ptrdiff_t pixels = p->n * p->oh * p->ow, length = p->c * p->r * p->s;
    gemm_plan product = {.a = p->y, .b = p->weight, .c = p->shared, .m = pixels, .n = length, .k = p->k,
                         .a_row = p->k, .a_col = 1, .b_row = length, .b_col = 1, .c_row = length, .batch = 1};
    if (p->pass == CONV_FORWARD) {
        product.a = p->shared, product.a_row = length, product.k = length, product.n = p->k, product.c = p->y;
        product.c_row = p->k, product.b_row = 1, product.b_col = length, product.bias = p->bias;
        product.bias_kind = p->bias ? GEMM_BIAS_COLUMN : GEMM_BIAS_NONE;
    } else if (p->pass == CONV_BACKWARD_WEIGHT) {
        product.a_row = 1, product.a_col = p->k, product.m = p->k, product.k = pixels, product.b = p->shared;
        product.c = p->weight;
    }
    NAME(gemm_plan)(&product);
    product.scratch = p->scratch, product.scratch_stride = p->scratch_stride;
    return product;
}

/* Which element of x tap (r, s) of pixel `at` of y sees; -1 if none. */
VEC_INLINE ptrdiff_t NAME(conv_columns_seen)(const conv_plan *p, ptrdiff_t at, ptrdiff_t r, ptrdiff_t s) {
    ptrdiff_t i = at / p->ow % p->oh * p->stride_h - p->pad_h + r * p->dilation_h;
    ptrdiff_t j = at % p->ow * p->stride_w - p->pad_w + s * p->dilation_w, image = at / p->ow / p->oh;
    return i >= 0 && i < p->h && j >= 0 && j < p->w ? ((image * p->h + i) * p->w + j) * p->c : -1;
}

/* Patches [pixel of y][channel][tap]. */
static void NAME(conv_columns_patches)(const conv_plan *p, ptrdiff_t task) {
    ptrdiff_t taps = p->r * p->s, pixels = p->n * p->oh * p->ow;
    for (ptrdiff_t q = gemm_cut(pixels, p->ntasks[0], task); q < gemm_cut(pixels, p->ntasks[0], task + 1); q++)
        for (ptrdiff_t tap = 0; tap < taps; tap++) {
            REAL *out = (REAL *)p->shared + q * p->c * taps + tap;
            ptrdiff_t seen = NAME(conv_columns_seen)(p, q, tap / p->s, tap % p->s);
            for (ptrdiff_t c = 0; c < p->c; c++) out[c * taps] = seen < 0 ? 0 : ((const REAL *)p->x)[seen + c];
        }
}

/* Units: block of x's channels. */
static void NAME(conv_columns_sum)(const conv_plan *p, ptrdiff_t task) {
    ptrdiff_t taps = p->r * p->s, c0 = gemm_cut(p->c, p->ntasks[1], task), c1 = gemm_cut(p->c, p->ntasks[1], task + 1);
    REAL *x = (REAL *)p->x;
    for (ptrdiff_t q = 0; q < p->n * p->h * p->w; q++)
        for (ptrdiff_t c = c0; c < c1; c++) x[q * p->c + c] = p->bias ? ((const REAL *)p->bias)[c] : 0;
    for (ptrdiff_t q = 0; q < p->n * p->oh * p->ow; q++)
        for (ptrdiff_t tap = 0; tap < taps; tap++) {
            const REAL *in = (const REAL *)p->shared + q * p->c * taps + tap;
            ptrdiff_t seen = NAME(conv_columns_seen)(p, q, tap / p->s, tap % p->s);
            for (ptrdiff_t c = c0; seen >= 0 && c < c1; c++) x[seen + c] += in[c * taps];
        }
}

static void NAME(conv_columns_run)(const conv_plan *p, ptrdiff_t task, int worker) {
    gemm_plan product = NAME(conv_columns_product)(p);
    if (p->step == (p->pass != CONV_BACKWARD_DATA)) NAME(gemm_run)(&product, task, worker);
    else if (p->step == 0) NAME(conv_columns_patches)(p, task);
    else if (p->step == 1) NAME(conv_columns_sum)(p, task);
    else if (p->pass == CONV_BACKWARD_WEIGHT) NAME(conv_product_bias)(p);
    else {
        REAL *y = (REAL *)p->y;
        for (ptrdiff_t i = 0; i < product.m * product.n; i++) y[i] = y[i] < 0 ? 0 : y[i];
    }
}

static int NAME(conv_plan_columns)(conv_plan *p) {
    enum { MOST_PIXELS = 128, LEAST_WEIGHT = 1 << 17 };
    ptrdiff_t pixels = p->n * p->oh * p->ow, length = p->c * p->r * p->s, wanted = NAME(conv_wanted)(p);
    int pointwise = p->r * p->s * p->stride_h * p->stride_w == 1 && p->pass == CONV_BACKWARD_WEIGHT;
    if (p->groups > 1 || !p->weight || p->d * p->od * p->t != 1 || p->pad_d || pixels <= 0 || p->h * p->w <= 0 ||
        length * p->k < LEAST_WEIGHT || pointwise ||
        pixels > MOST_PIXELS << (p->pass == CONV_FORWARD ? 0 : p->pass == CONV_BACKWARD_DATA ? 1 : 2))
        return 0;
    gemm_plan product = NAME(conv_columns_product)(p);
    if (product.ntasks < gemm_min(wanted, 8)) return 0;
    int data = p->pass == CONV_BACKWARD_DATA;
    p->algorithm = CONV_COLUMNS;
    p->steps = data ? 2 : 3;
    p->ntasks[!data] = product.ntasks;
    p->ntasks[data] = gemm_min(data ? p->c : pixels,
                               (ptrdiff_t)gemm_wanted_tasks(20. * pixels * length / GEMM_TASK_MACS));
    p->ntasks[2] = p->pass == CONV_FORWARD ? p->relu : !data && p->bias;
    p->scratch_bytes = product.scratch_bytes;
    p->shared_bytes = gemm_round_up(pixels * length * (ptrdiff_t)sizeof(REAL), 64);
    return 1;
}

/* ---- plan of the weight gradient ---- */

static void NAME(conv_plan_depthwise_weight)(conv_plan *p, const conv_geometry *g, const conv_reach *r,
                                             ptrdiff_t wanted) {
    ptrdiff_t taps = p->t * p->r * p->s, width = conv_reach_extent(r + 2, g->out[2]), rows = g->out[1];
    ptrdiff_t depth = r[0].high - r[0].low + 1;
    p->algorithm = CONV_DEPTHWISE;
    while (rows > 1 && depth * conv_reach_extent(r + 1, rows) * width * LANES > 8192) rows = (rows + 1) / 2;
    p->row_blocks = gemm_parts(g->out[1], rows);
    rows = gemm_parts(g->out[1], p->row_blocks);
    p->units = p->image_groups * gemm_parts(p->c, LANES);
    p->tail_size = rows;
    p->taps_size = gemm_round_up((rows + taps) * (ptrdiff_t)(sizeof(ptrdiff_t) / sizeof(REAL)), 16);
    p->frame_size = gemm_round_up(depth * conv_reach_extent(r + 1, rows) * width * LANES, 16);
    p->scratch_bytes = (p->taps_size + p->frame_size + rows * g->out[2] * LANES) * (ptrdiff_t)sizeof(REAL);
    p->shared_bytes = gemm_round_up(p->units * (taps + 1) * LANES * (ptrdiff_t)sizeof(REAL), 64);
    p->ntasks[0] = gemm_min(p->units, wanted);
    p->ntasks[1] = 1;
}

/* Blocks of some pixels, so that a panel of y and the rows of x beside it stay in the first-level cache; whole images
 * where they are small. */
static void NAME(conv_plan_weight_blocks)(conv_plan *p, const conv_geometry *g, const conv_reach *r) {
    enum { FRAME = 98304 };
    const ptrdiff_t pixels = p->stride_w * p->c / p->groups <= 8 ? 256 : 128;
    ptrdiff_t channels = NAME(conv_weight_cell)(p->c / p->groups), depth = r[0].high - r[0].low + 1, frame;
    ptrdiff_t cols = g->out[2] <= 2 * pixels ? g->out[2] : gemm_parts(g->out[2], gemm_parts(g->out[2], pixels));
    ptrdiff_t rows = conv_max(1, gemm_min(g->out[1], pixels / cols)), slices;
    for (;; rows > 1 ? (rows = (rows + 1) / 2) : (cols = (cols + 1) / 2)) {
        frame = p->in_place ? 0 : depth * conv_reach_extent(r + 1, rows) * conv_reach_extent(r + 2, cols) * channels;
        if (frame <= FRAME || (rows == 1 && cols <= 16)) break;
    }
    p->row_blocks = gemm_parts(g->out[1], rows), p->column_blocks = gemm_parts(g->out[2], cols);
    rows = gemm_parts(g->out[1], p->row_blocks), cols = gemm_parts(g->out[2], p->column_blocks);
    if (!p->in_place) frame = depth * conv_reach_extent(r + 1, rows) * conv_reach_extent(r + 2, cols) * channels;
    slices = p->row_blocks * p->column_blocks > 1 ? 1 : conv_max(1, pixels / (rows * cols));
    while (slices > 1 && (slices * frame > FRAME || p->algorithm == CONV_FEW_FILTERS)) slices--;
    p->tile_block = slices;
    p->taps_size = gemm_round_up(slices * rows * (ptrdiff_t)(sizeof(ptrdiff_t) / sizeof(REAL)), 16);
    p->frame_size = gemm_round_up(slices * frame + LANES, 16);
    p->scratch_bytes =
        (p->taps_size + p->frame_size + slices * rows * cols * 2 * LANES) * (ptrdiff_t)sizeof(REAL);
}

/* Whether filters are so few that the taps of a kernel row make better use of the lanes. Compared are half cycles a
 * pixel: a tile takes at least 8 a step, and y's few channels would have to be copied. */
static int NAME(conv_few_filters)(const conv_plan *p, ptrdiff_t wanted) {
    ptrdiff_t c = p->c / p->groups, k = p->k / p->groups, run = c * p->s;
    return p->weight && k < LANES && p->image_groups * p->groups >= wanted && p->dilation_w == 1 &&
           NAME(conv_weight_cell)(c) == c &&
           p->t * p->r * conv_max(8 * gemm_parts(k, VEC_ROWS), k * gemm_parts(run, LANES)) <
               p->t * p->r * conv_max(8, run) + 4 * k;
}

static void NAME(conv_plan_weight)(conv_plan *p) {
    ptrdiff_t c = p->c / p->groups, k = p->k / p->groups, taps = p->t * p->r * p->s, wanted = NAME(conv_wanted)(p);
    p->steps = 2;
    if (p->k <= 0) return;
    conv_geometry g = conv_geometry_of(p, 1);
    conv_reach r[3];
    for (int a = 0; a < 3; a++) r[a] = conv_reach_of(&g, 0, a);
    p->in_place = r[0].inside && r[1].inside && r[2].inside && NAME(conv_weight_cell)(p->c) == p->c;
    p->image_groups = g.out[0] * g.out[1] * g.out[2] > 0 ? gemm_min(gemm_min(g.n, CONV_IMAGE_GROUPS), wanted) : 0;
    if (c == 1 && k == 1) {
        NAME(conv_plan_depthwise_weight)(p, &g, r, wanted);
        return;
    }
    if (p->image_groups && NAME(conv_plan_product)(p, wanted)) return;
    p->algorithm = CONV_ROWS;
    p->image_groups = gemm_min(p->image_groups, g.n * g.out[0] * g.out[1] * g.out[2] / 512 + 1);
    p->k_padded = gemm_round_up(k, LANES);
    p->group_size = p->groups * (taps * c + 1) * p->k_padded;
    if (NAME(conv_few_filters)(p, wanted)) {
        p->algorithm = CONV_FEW_FILTERS, p->in_place = 0;
        p->k_padded = gemm_round_up(p->s * c, LANES);
        p->group_size = p->groups * (p->t * p->r + 1) * k * p->k_padded;
    }
    while (p->image_groups > 1 && p->image_groups * p->group_size * (ptrdiff_t)sizeof(REAL) > 8 << 20)
        p->image_groups /= 2;
    p->k_blocks = p->c_blocks = 1;
    /* Blocks of the result each fill the frame anew: more than some only where that costs little beside the tiles. */
    ptrdiff_t units = p->image_groups * p->groups, panels = gemm_parts(k, 2 * LANES);
    double fill = (double)p->stride_d * p->stride_h * p->stride_w * (4 * gemm_parts(c, LANES) + 2);
    ptrdiff_t most = gemm_min(wanted, conv_max(8, (ptrdiff_t)(units * c * taps * (double)panels / (16 * fill))));
    if (p->algorithm == CONV_FEW_FILTERS) most = 0;
    while (units && units * p->k_blocks < most && p->k_blocks * 2 <= panels) p->k_blocks *= 2;
    while (units && units * p->k_blocks * p->c_blocks < most && c * taps / p->c_blocks > 2 * VEC_ROWS)
        p->c_blocks *= 2;
    p->units = units * p->k_blocks * p->c_blocks;
    p->ntasks[0] = gemm_min(p->units, wanted);
    double adds = (double)p->k * conv_max(1, c) * taps * (p->image_groups + 1) * 4;
    p->tile_blocks = gemm_min(conv_max(1, gemm_parts(c * taps, 4 * LANES)), 64);
    p->ntasks[1] = gemm_min(p->groups * p->tile_blocks, (ptrdiff_t)gemm_wanted_tasks(adds / GEMM_TASK_MACS));
    p->shared_bytes = gemm_round_up(p->image_groups * p->group_size * (ptrdiff_t)sizeof(REAL), 64);
    if (p->units) NAME(conv_plan_weight_blocks)(p, &g, r);
}

/* ---- plan and run ---- */

static void NAME(conv_plan)(conv_plan *p) {
    p->steps = 1;
    p->algorithm = CONV_EMPTY;
    p->units = p->scratch_bytes = p->shared_bytes = p->prepared_bytes = 0;
    p->taps_size = p->frame_size = p->out_size = p->prepared_size = 0;
    for (int i = 0; i < CONV_MAX_STEPS; i++) p->ntasks[i] = 0;
    if (p->winograd && sizeof(REAL) == sizeof(float) && winograd_wanted_f32(p)) {
        winograd_plan_f32(p);
        p->algorithm = CONV_WINOGRAD;
    } else if (NAME(conv_plan_columns)(p)) {
    } else if (p->pass == CONV_BACKWARD_WEIGHT) {
        NAME(conv_plan_weight)(p);
    } else {
        NAME(conv_plan_apply)(p);
    }
    p->scratch_bytes = gemm_round_up(p->scratch_bytes, 64);
}

static void NAME(conv_run)(void *plan, ptrdiff_t task, int worker) {
    const conv_plan *p = (const conv_plan *)plan;
    char *scratch = (char *)p->scratch + worker * p->scratch_stride;
    int weight = p->pass == CONV_BACKWARD_WEIGHT, depthwise = p->algorithm == CONV_DEPTHWISE;
    if (p->algorithm == CONV_WINOGRAD) {
        winograd_run_f32(p, task, scratch);
    } else if (p->algorithm == CONV_COLUMNS) {
        NAME(conv_columns_run)(p, task, worker);
    } else if (p->algorithm == CONV_PRODUCT) {
        gemm_plan product = NAME(conv_product)(p);
        if (!p->step) NAME(gemm_run)(&product, task, worker);
        else NAME(conv_product_bias)(p);
    } else if (weight && depthwise) {
        if (!p->step) NAME(conv_depthwise_weight_task)(p, task, scratch);
        else NAME(conv_depthwise_reduce)(p);
    } else if (weight) {
        if (!p->step) NAME(conv_weight_task)(p, task, scratch);
        else if (p->algorithm == CONV_FEW_FILTERS) NAME(conv_few_filters_reduce)(p, task);
        else NAME(conv_weight_reduce)(p, task);
    } else if (depthwise) {
        if (!p->step && p->c > p->groups) NAME(conv_prepare_turned)(p);
        else if (!p->step)
            NAME(gemm_transpose)((const REAL *)p->weight, p->c, p->t * p->r * p->s, p->t * p->r * p->s,
                                 (REAL *)p->shared, p->c);
        else NAME(conv_depthwise_task)(p, task, scratch);
    } else if (p->algorithm == CONV_SPREAD) {
        if (!p->step) NAME(conv_prepare_spread)(p);
        else NAME(conv_spread_task)(p, task, scratch);
    } else if (!p->step) {
        NAME(conv_prepare)(p, task, scratch);
    } else if (p->algorithm == CONV_GATHER) {
        NAME(conv_gather_task)(p, task, scratch);
    } else {
        NAME(conv_rows_task)(p, task, scratch);
    }
}

#undef NAME
#undef REAL
#undef VEC
#undef LANES
#endif
