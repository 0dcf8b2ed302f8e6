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
 *   gather     Patches are copied pixel by pixel, over several images: for images too small to fill the tiles, and for
 *              taps so far apart that a frame would mostly hold what lies between them.
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
 * Its parts lie in conv_tiles.h, conv_depthwise.h, conv_spread.h, conv_weight.h and conv_columns.h.
 */
#ifndef CONV_REAL
#ifndef LUCET_CONV_H
#define LUCET_CONV_H
#include "gemm.h"
#include "winograd.h"

enum { CONV_SUM_BLOCK = 384, CONV_IMAGE_GROUPS = 8, CONV_DEPTHWISE_PIXELS = 8, CONV_DEPTHWISE_TAPS = 9,
       CONV_TURNED_SUMS = VEC_ROWS == 14 ? 24 : 12 };
enum { CONV_LINE_f32 = 16, CONV_LINE_f64 = 8 };       /* elements of a cache line */
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

/* One axis of a frame for the weight gradient of `count` neighbouring output elements: taps that lie further apart than
 * the block is long have a piece of their own each, so that a frame never holds more than all patches do. */
typedef struct {
    ptrdiff_t tap, piece, extent;                     /* from tap to tap; a stretch of the source; the whole axis */
} conv_span;

static conv_span conv_span_of(const conv_geometry *g, int a, ptrdiff_t count) {
    ptrdiff_t block = (count - 1) * g->stride[a] + 1, tap = gemm_min(g->dilation[a], block);
    ptrdiff_t extent = block + (g->kernel[a] - 1) * tap;
    return (conv_span){tap, tap < g->dilation[a] ? block : extent, extent};
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

#include "conv_tiles.h"
#include "conv_depthwise.h"
#include "conv_spread.h"

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
    p->algorithm = CONV_GATHER;
    p->m_blocks = 1;
    ptrdiff_t pixels = job->geometry.n * r[0].grid * r[1].grid * r[2].grid, panels = gemm_parts(job->rows, 2 * LANES);
    ptrdiff_t taps = r[0].most_taps * r[1].most_taps * r[2].most_taps;
    p->column_blocks = gemm_parts(pixels, VEC_ROWS * conv_max(1, 96 / VEC_ROWS));
    while (p->column_blocks * p->groups < wanted && gemm_parts(pixels, p->column_blocks * 2) >= 4 * VEC_ROWS)
        p->column_blocks *= 2;
    while (p->column_blocks * p->groups * p->m_blocks < wanted && p->m_blocks * 2 <= panels) p->m_blocks *= 2;
    p->units = p->column_blocks * p->groups * p->m_blocks;
    ptrdiff_t block = gemm_parts(pixels, p->column_blocks);
    /* The longest part of any phase's sum: that of most taps may be cut into shorter ones. */
    ptrdiff_t length = gemm_min(taps * job->channels, CONV_SUM_BLOCK * (job->rows <= LANES ? 2 : 1));
    p->taps_size = gemm_round_up(block * taps * (ptrdiff_t)(sizeof(ptrdiff_t) / sizeof(REAL)), 16);
    p->frame_size = gemm_round_up(block * length + 2 * LANES, 16);
    p->out_size = r[0].phases * r[1].phases * r[2].phases > 1 ? gemm_round_up(block * job->rows + 2 * LANES, 16) : 0;
}

/* 0 where the frames would hold much more than all patches do, as those of taps far apart would. */
static int NAME(conv_plan_rows)(conv_plan *p, const NAME(conv_job) * job, ptrdiff_t wanted) {
    const conv_reach *r = job->reach;
    p->algorithm = CONV_ROWS;
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
    if (p->in_place) return 1;
    ptrdiff_t frame = depth * conv_reach_extent(r + 1, rows) * conv_reach_extent(r + 2, cols);
    p->frame_size = gemm_round_up(frame * channels + LANES, 16);
    return (double)frame * slices <=
           2. * (double)(job->geometry.n * r[0].grid * r[1].grid * r[2].grid) * (p->groups * p->t * p->r * p->s);
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
        if ((r[2].grid < 64 && NAME(conv_row_cost)(cols) > gather) || !NAME(conv_plan_rows)(p, &job, wanted))
            NAME(conv_plan_gather)(p, &job, wanted);
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

#include "conv_weight.h"
#include "conv_columns.h"

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
