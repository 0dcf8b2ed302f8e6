/* Forward and gradient of the input of groups of one channel, or of a few that share a vector.
 * A part of the template in conv.h, which includes it once for each element type. */

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
