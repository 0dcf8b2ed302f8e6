/* Convolution of images by Winograd's F(4x4, 3x3), float only: forward, gradient of the input, gradients of weight and
 * bias, for 3x3 kernels of stride 1 without dilation or groups. conv.h chooses and calls it; see there for the plan,
 * and for what the steps, tasks, scratch and shared memory of a plan are.
 *
 *   winograd_possible(&p)                 whether the shape is one for this file
 *   winograd_wanted_f32(&p)               whether that, and faster than the direct kernels
 *   winograd_plan_f32(&p)                 sets p.steps, p.ntasks[], p.scratch_bytes, p.shared_bytes, p.prepared_bytes
 *   winograd_run_f32(&p, task, scratch)   one task of step p.step
 *
 * Activations are channels-last: x (n, h, w, c), y (n, oh, ow, k); the weight is plain (k, c, 3, 3). Any padding, and
 * any number of channels from one vector up: a ragged count ends in a vector that overlaps the one before.
 *
 * A tile of 4x4 results comes from a patch of 6x6 source pixels (Lavin and Gray, "Fast algorithms for convolutional
 * neural networks", 2015), one dimension of which is  y = A^T ((G g) * (B^T d)):  36 products of numbers a tile, and
 * for all tiles and channels 36 matrix products
 *
 *   forward           M[q] (tiles x k) = V[q] (tiles x c) * U[q] (c x k),   V = B^T d B,  U = G g G^T,  y = A^T M A
 *   backward data     the same with x and y exchanged, taps reversed, and padding 2 - pad
 *   backward weight   dU[q] (c x k) = V[q]^T (c x tiles) * D[q] (tiles x k),   D = A dy A^T,   dg = G^T dU G
 *
 * The points are 0, +-3/4, +-3/2 and infinity rather than the textbook's 0, +-1, +-2: as many operations, and a quarter
 * of the rounding error. The six values of a dimension are kept in the order 0, infinity, 3/4, -3/4, 3/2, -3/2, so that
 * each pair shares its arithmetic; plane q = 6 * (place down) + (place across).
 *
 * Tiles are numbered through the batch and worked on in blocks whose planes fit the second-level cache. Distances that
 * would be multiples of a large power of two are made odd numbers of cache lines, since 36 planes are written at once.
 */
#ifndef LUCET_WINOGRAD_H
#define LUCET_WINOGRAD_H
#include "gemm.h"

enum {
    WINOGRAD_PLANES = 36,
    WINOGRAD_GROUPS = 8,                              /* most partial sums of the weight gradient */
    WINOGRAD_LINE = 16,                               /* floats in a cache line */
    WINOGRAD_PANEL = 2 * VEC_LANES_f32,
    WINOGRAD_CACHE = 384 << 10,                       /* bytes of planes to keep, and how many tiles that may make */
    WINOGRAD_LEAST_TILES = 48,
    WINOGRAD_MOST_TILES = 84,
    WINOGRAD_M_CACHE = 128 << 10,                     /* bytes of M between output transforms */
    WINOGRAD_K_BLOCK = 128,                           /* about how much of k a task of the weight gradient takes */
    WINOGRAD_FEW_TILES = 64,                          /* see winograd_few_product */
    WINOGRAD_U_PER_TILE = 64 << 10,                   /* bytes of U for each of the least tiles in a task */
    WINOGRAD_FEW_BYTES = 1 << 20,
    WINOGRAD_FEW_C_BLOCK = 48,
    WINOGRAD_FEW_PANELS = 2,
    WINOGRAD_DU_C_BLOCK = 64,                         /* by two panels; of so few tiles or fewer, twice as many by one: */
    WINOGRAD_NARROW_TILES = 16,                       /* V is read in longer stretches then */
    WINOGRAD_C_BLOCK = 96,                            /* channels summed at once: more would cost accuracy */
};

/* Sizes and places, the same in plan and run. "Source" and "out" are x and y of the forward pass; of backward data they
 * are the gradients y and x. The weight gradient reads both. */
typedef struct {
    const float *source;
    float *out;
    ptrdiff_t n, c, h, w, k, oh, ow, pad_h, pad_w;
    ptrdiff_t across, per_image, tiles;               /* tiles in a row, in an image, in all */
    int few;                                          /* tiles, but many channels */
    ptrdiff_t block;                                  /* most tiles worked on at once */
    ptrdiff_t panels, panel_block, c_block;           /* of k, two vectors wide; how many, and channels, between output transforms */
    ptrdiff_t v_row, v_plane, m_row, m_plane;         /* distances in the planes of V, and of M or D */
    ptrdiff_t u_plane, u_panel;                       /* U: [panel][plane][c][2 vectors];  dU: [group][plane][c][k] */
    ptrdiff_t tile_tasks, k_parts;                    /* forward: cuts of the tiles, and of the panels */
    ptrdiff_t groups, k_blocks, pair_blocks, u_row, u_group;       /* weight gradient */
} winograd_shape;

/* ---- one dimension of each transform; everything in the order 0, infinity, 3/4, -3/4, 3/2, -3/2 ---- */

static const float WINOGRAD_P = 0.75f, WINOGRAD_Q = 1.5f, WINOGRAD_P2 = 0.5625f, WINOGRAD_Q2 = 2.25f,
                   WINOGRAD_P3 = 0.421875f, WINOGRAD_Q3 = 3.375f, WINOGRAD_P2Q2 = 1.265625f,
                   WINOGRAD_P2_AND_Q2 = 2.8125f;
/* G's rows are divided by these products of differences of the points; they are not exact in binary */
static const float WINOGRAD_G0 = 1.f / 1.265625f, WINOGRAD_GP = 1.f / (2 * 0.5625f * (0.5625f - 2.25f)),
                   WINOGRAD_GQ = 1.f / (2 * 2.25f * (2.25f - 0.5625f));

/* Two of the six results of B^T d: `pair` 0 is 0 and infinity, 1 is +-3/4, 2 is +-3/2. */
VEC_INLINE void winograd_bt(int pair, const vec_f32 *d, ptrdiff_t step, vec_f32 *first, vec_f32 *second) {
    if (pair == 0) {
        *first = WINOGRAD_P2Q2 * d[0] + d[4 * step] - WINOGRAD_P2_AND_Q2 * d[2 * step];
        *second = WINOGRAD_P2Q2 * d[step] + d[5 * step] - WINOGRAD_P2_AND_Q2 * d[3 * step];
    } else {
        float other = pair == 1 ? WINOGRAD_Q2 : WINOGRAD_P2, point = pair == 1 ? WINOGRAD_P : WINOGRAD_Q;
        vec_f32 even = d[4 * step] - other * d[2 * step], odd = d[3 * step] - other * d[step];
        *first = even + point * odd;
        *second = even - point * odd;
    }
}

/* Two of the six results of A y, for four values. */
VEC_INLINE void winograd_a(int pair, const vec_f32 *y, ptrdiff_t step, vec_f32 *first, vec_f32 *second) {
    if (pair == 0) {
        *first = y[0];
        *second = y[3 * step];
    } else {
        float one = pair == 1 ? WINOGRAD_P : WINOGRAD_Q, two = pair == 1 ? WINOGRAD_P2 : WINOGRAD_Q2;
        vec_f32 even = y[0] + two * y[2 * step], odd = y[step] + two * y[3 * step];
        *first = even + one * odd;
        *second = even - one * odd;
    }
}

/* The four results of A^T m. */
VEC_INLINE void winograd_at(const vec_f32 *m, ptrdiff_t step, vec_f32 *y, ptrdiff_t y_step) {
    vec_f32 p = m[2 * step] + m[3 * step], p_odd = m[2 * step] - m[3 * step];
    vec_f32 q = m[4 * step] + m[5 * step], q_odd = m[4 * step] - m[5 * step];
    y[0] = m[0] + p + q;
    y[y_step] = WINOGRAD_P * p_odd + WINOGRAD_Q * q_odd;
    y[2 * y_step] = WINOGRAD_P2 * p + WINOGRAD_Q2 * q;
    y[3 * y_step] = WINOGRAD_P3 * p_odd + (WINOGRAD_Q3 * q_odd + m[step]);
}

/* The six results of G g. */
VEC_INLINE void winograd_g(vec_f32 a, vec_f32 b, vec_f32 c, vec_f32 *u) {
    vec_f32 p = WINOGRAD_GP * (a + WINOGRAD_P2 * c), p_odd = (WINOGRAD_GP * WINOGRAD_P) * b;
    vec_f32 q = WINOGRAD_GQ * (a + WINOGRAD_Q2 * c), q_odd = (WINOGRAD_GQ * WINOGRAD_Q) * b;
    u[0] = WINOGRAD_G0 * a, u[1] = c;
    u[2] = p + p_odd, u[3] = p - p_odd;
    u[4] = q + q_odd, u[5] = q - q_odd;
}

/* The three results of G^T u. */
VEC_INLINE void winograd_gt(const vec_f32 *u, ptrdiff_t step, vec_f32 *g, ptrdiff_t g_step) {
    vec_f32 p = WINOGRAD_GP * (u[2 * step] + u[3 * step]), q = WINOGRAD_GQ * (u[4 * step] + u[5 * step]);
    vec_f32 p_odd = (WINOGRAD_GP * WINOGRAD_P) * (u[2 * step] - u[3 * step]);
    vec_f32 q_odd = (WINOGRAD_GQ * WINOGRAD_Q) * (u[4 * step] - u[5 * step]);
    g[0] = WINOGRAD_G0 * u[0] + (p + q);
    g[g_step] = p_odd + q_odd;
    g[2 * g_step] = WINOGRAD_P2 * p + (WINOGRAD_Q2 * q + u[step]);
}

/* ---- tiles ---- */

/* Where the 6x6 (`size` 6, from row and column 4 * tile - pad) or 4x4 pixels of a tile are; `zero` outside. */
VEC_INLINE void winograd_pixels(const winograd_shape *s, ptrdiff_t tile, const float *image0, ptrdiff_t h, ptrdiff_t w,
                                ptrdiff_t channels, ptrdiff_t pad_h, ptrdiff_t pad_w, int size, const float *zero,
                                const float **at) {
    ptrdiff_t image = tile / s->per_image, rest = tile % s->per_image;
    ptrdiff_t top = rest / s->across * 4 - pad_h, left = rest % s->across * 4 - pad_w;
    const float *base = image0 + image * h * w * channels;
    for (int i = 0; i < size; i++) {
        int row_there = top + i >= 0 && top + i < h;
        for (int j = 0; j < size; j++)
            at[i * size + j] = row_there && left + j >= 0 && left + j < w
                                   ? base + ((top + i) * w + left + j) * channels : zero;
    }
}

/* Where a loop over vectors of `n` channels stands: the last vector overlaps the one before when n is ragged. */
#define WINOGRAD_EACH_VECTOR(c, n)                                                                                     \
    for (ptrdiff_t next_ = 0, c; next_ < (n) && (c = gemm_min(next_, (n) - VEC_LANES_f32), 1); next_ += VEC_LANES_f32)

/* Ask for a tile's right neighbour's line of pixels: the caches' own prefetching does not see through 16 to 36 streams
 * of short runs. Addresses outside the operand do no harm. */
VEC_INLINE void winograd_ahead(const float *const *at, int size, int first, ptrdiff_t distance) {
    VEC_UNROLL for (int i = 0; i < size; i++) VEC_UNROLL for (int j = first; j < size; j++)
        __builtin_prefetch(at[i * size + j] + distance);
}

/* V of one tile, all planes. */
static void winograd_input(const float *const *at, ptrdiff_t channels, float *v, ptrdiff_t plane) {
    WINOGRAD_EACH_VECTOR(c, channels) {
        vec_f32 m[6][6];
        if (next_ % WINOGRAD_LINE == 0) winograd_ahead(at, 6, 2, c + 4 * channels);
        VEC_UNROLL for (int j = 0; j < 6; j++) {
            vec_f32 d[6];
            VEC_UNROLL for (int i = 0; i < 6; i++) d[i] = vec_load_f32(at[i * 6 + j] + c);
            VEC_UNROLL for (int p = 0; p < 3; p++) winograd_bt(p, d, 1, &m[2 * p][j], &m[2 * p + 1][j]);
        }
        VEC_UNROLL for (int i = 0; i < 6; i++) VEC_UNROLL for (int p = 0; p < 3; p++) {
            vec_f32 first, second;
            winograd_bt(p, m[i], 1, &first, &second);
            vec_store_f32(v + (i * 6 + 2 * p) * plane + c, first);
            vec_store_f32(v + (i * 6 + 2 * p + 1) * plane + c, second);
        }
    }
}

/* The 12 planes of rows 2 * pair and 2 * pair + 1 only. */
VEC_INLINE void winograd_input_pair(int pair, const float *const *at, ptrdiff_t channels, float *v, ptrdiff_t plane) {
    WINOGRAD_EACH_VECTOR(c, channels) {
        vec_f32 m[2][6];
        VEC_UNROLL for (int j = 0; j < 6; j++) {
            vec_f32 d[6];
            VEC_UNROLL for (int i = 0; i < 6; i++) d[i] = vec_load_f32(at[i * 6 + j] + c);
            winograd_bt(pair, d, 1, &m[0][j], &m[1][j]);
        }
        VEC_UNROLL for (int i = 0; i < 2; i++) VEC_UNROLL for (int p = 0; p < 3; p++) {
            vec_f32 first, second;
            winograd_bt(p, m[i], 1, &first, &second);
            vec_store_f32(v + (i * 6 + 2 * p) * plane + c, first);
            vec_store_f32(v + (i * 6 + 2 * p + 1) * plane + c, second);
        }
    }
}

/* The same of D, from 16 pixels of y's gradient; their sum is added to `sums` unless NULL. */
VEC_INLINE void winograd_gradient_pair(int pair, const float *const *at, ptrdiff_t channels, float *v, ptrdiff_t plane,
                                       float *sums) {
    WINOGRAD_EACH_VECTOR(c, channels) {
        vec_f32 m[2][4], total = {0};
        VEC_UNROLL for (int j = 0; j < 4; j++) {
            vec_f32 d[4];
            VEC_UNROLL for (int i = 0; i < 4; i++) d[i] = vec_load_f32(at[i * 4 + j] + c);
            winograd_a(pair, d, 1, &m[0][j], &m[1][j]);
            if (sums) total += (d[0] + d[1]) + (d[2] + d[3]);
        }
        VEC_UNROLL for (int i = 0; i < 2; i++) VEC_UNROLL for (int p = 0; p < 3; p++) {
            vec_f32 first, second;
            winograd_a(p, m[i], 1, &first, &second);
            vec_store_f32(v + (i * 6 + 2 * p) * plane + c, first);
            vec_store_f32(v + (i * 6 + 2 * p + 1) * plane + c, second);
        }
        if (sums) {                                   /* by whole vectors: lanes that overlap are kept apart */
            float *to = sums + next_;
            vec_store_f32(to, vec_load_f32(to) + total);
        }
    }
}

/* y of one tile, channels [k0, k1), from M. */
VEC_INLINE void winograd_output_rows(const vec_f32 r[4][6], ptrdiff_t rows, ptrdiff_t cols, int relu, vec_f32 bias,
                                     float *to, ptrdiff_t pitch, ptrdiff_t channels) {
    VEC_UNROLL for (int i = 0; i < 4; i++) {
        vec_f32 y[4];
        winograd_at(r[i], 1, y, 1);
        VEC_UNROLL for (int j = 0; j < 4; j++) {
            y[j] += bias;
            if (relu) y[j] = vec_max_f32((vec_f32){0}, y[j]);
            if (i < rows && j < cols) vec_store_f32(to + i * pitch + j * channels, y[j]);
        }
    }
}

static void winograd_output(const winograd_shape *s, ptrdiff_t tile, const float *m, ptrdiff_t k0, ptrdiff_t k1,
                            const float *bias, int relu) {
    ptrdiff_t image = tile / s->per_image, rest = tile % s->per_image;
    ptrdiff_t top = rest / s->across * 4, left = rest % s->across * 4;
    ptrdiff_t rows = gemm_min(4, s->oh - top), cols = gemm_min(4, s->ow - left), pitch = s->ow * s->k;
    float *out = s->out + ((image * s->oh + top) * s->ow + left) * s->k;
    for (ptrdiff_t next = k0; next < k1; next += VEC_LANES_f32) {
        ptrdiff_t k = gemm_min(next, s->k - VEC_LANES_f32);
        if (next % WINOGRAD_LINE == 0)
            VEC_UNROLL for (int i = 0; i < 4; i++) VEC_UNROLL for (int j = 0; j < 4; j++)
                __builtin_prefetch(out + i * pitch + (j + 4) * s->k + k, 1);
        vec_f32 r[4][6], b = bias ? vec_load_f32(bias + k) : (vec_f32){0};
        VEC_UNROLL for (int j = 0; j < 6; j++) {
            vec_f32 d[6];
            VEC_UNROLL for (int i = 0; i < 6; i++) d[i] = vec_load_f32(m + (i * 6 + j) * s->m_plane + k - k0);
            winograd_at(d, 1, &r[0][j], 6);
        }
        if (rows == 4 && cols == 4) winograd_output_rows(r, 4, 4, relu, b, out + k, pitch, s->k);
        else winograd_output_rows(r, rows, cols, relu, b, out + k, pitch, s->k);
    }
}

VEC_INLINE ptrdiff_t winograd_max(ptrdiff_t a, ptrdiff_t b) { return a > b ? a : b; }

/* Whether the last panel of k holds less than one vector. It is then worked on together with the panel before, from
 * which its overlapping vector takes the other lanes. */
VEC_INLINE ptrdiff_t winograd_last_is_narrow(const winograd_shape *s) {
    ptrdiff_t rest = s->k % WINOGRAD_PANEL;
    return rest > 0 && rest < VEC_LANES_f32 && s->panels > 1;
}

/* The end of the group of panels that begins with `first`, where a task ends at `end`. */
VEC_INLINE ptrdiff_t winograd_last_panel(const winograd_shape *s, ptrdiff_t first, ptrdiff_t end) {
    ptrdiff_t last = gemm_min(end, first + s->panel_block);
    return last >= s->panels - winograd_last_is_narrow(s) ? s->panels : last;
}

/* How many groups of panels there are for few tiles. */
VEC_INLINE ptrdiff_t winograd_few_groups(const winograd_shape *s) {
    return gemm_parts(s->panels - winograd_last_is_narrow(s), s->panel_block);
}

/* ---- forward and backward data ---- */

/* From one vector's worth of weights of `lanes` results, (9 taps for each of `count` source channels): the same as
 * [channel][tap][lane]. */
static void winograd_turn_weights(const conv_plan *p, const winograd_shape *s, ptrdiff_t k, ptrdiff_t c,
                                  ptrdiff_t count, float *out) {
    ptrdiff_t lanes = gemm_min(VEC_LANES_f32, s->k - k);
    const float *weight = (const float *)p->weight;
    if (p->pass == CONV_FORWARD) {
        gemm_transpose_f32(weight + (k * s->c + c) * 9, lanes, count * 9, s->c * 9, out, VEC_LANES_f32);
        return;
    }
    for (ptrdiff_t i = 0; i < count; i++, out += 9 * VEC_LANES_f32) {       /* lane after lane, 9 numbers each */
        ptrdiff_t first = ((c + i) * s->k + k) * 9, left = s->c * s->k * 9 - first;
        VEC_UNROLL for (int part = 0; part < 9; part += VEC_LANES_f32) {
            int tap = part + VEC_LANES_f32 > 9 && VEC_LANES_f32 < 9 ? 9 - VEC_LANES_f32 : part;
            vec_f32 v[VEC_LANES_f32];
            VEC_UNROLL for (int q = 0; q < VEC_LANES_f32; q++) {
                const float *at = weight + first + q * 9 + tap;
                if (q >= lanes) v[q] = (vec_f32){0};
                else if (VEC_LANES_f32 < 9 || left - q * 9 >= VEC_LANES_f32) v[q] = vec_load_f32(at);
                else v[q] = vec_load_some_f32(at, 9);
            }
            vec_transpose_f32(v);
            VEC_UNROLL for (int q = 0; q < VEC_LANES_f32; q++)
                if (tap + q < 9) vec_store_f32(out + (8 - tap - q) * VEC_LANES_f32, v[q]);
        }
    }
}

/* Vectors in a panel of k. */
VEC_INLINE ptrdiff_t winograd_panel_width(const winograd_shape *s, ptrdiff_t panel) {
    return s->k - panel * WINOGRAD_PANEL > VEC_LANES_f32 ? 2 : 1;
}

/* U for one panel, source channels [c0, c0 + count) with count <= VEC_LANES_f32. `turned`: 2 * 9 vectors a channel. */
static void winograd_weights(const conv_plan *p, const winograd_shape *s, ptrdiff_t panel, ptrdiff_t c0,
                             ptrdiff_t count, float *u, float *turned) {
    ptrdiff_t wide = winograd_panel_width(s, panel), part = 9 * VEC_LANES_f32 * VEC_LANES_f32;
    for (ptrdiff_t v = 0; v < wide; v++)
        winograd_turn_weights(p, s, panel * WINOGRAD_PANEL + v * VEC_LANES_f32, c0, count, turned + v * part);
    for (ptrdiff_t c = 0; c < count; c++)
        for (ptrdiff_t v = 0; v < wide; v++, u += VEC_LANES_f32) {
            const float *g = turned + v * part + c * 9 * VEC_LANES_f32;
            vec_f32 m[3][6];
            VEC_UNROLL for (int j = 0; j < 3; j++)
                winograd_g(vec_load_f32(g + j * VEC_LANES_f32), vec_load_f32(g + (3 + j) * VEC_LANES_f32),
                           vec_load_f32(g + (6 + j) * VEC_LANES_f32), m[j]);
            VEC_UNROLL for (int i = 0; i < 6; i++) {
                vec_f32 o[6];
                winograd_g(m[0][i], m[1][i], m[2][i], o);
                VEC_UNROLL for (int j = 0; j < 6; j++) vec_store_f32(u + (i * 6 + j) * s->u_plane, o[j]);
            }
        }
}

/* M for some tiles, one panel and one plane, from `count` source channels: rows of V times U. */
VEC_INLINE void winograd_product(const winograd_shape *s, const float *v, ptrdiff_t tiles, const float *u,
                                 ptrdiff_t count, ptrdiff_t wide, float *m, int start) {
    ptrdiff_t heights = gemm_parts(tiles, VEC_ROWS), whole = tiles / heights, rest = tiles % heights;
    gemm_tile_f32 t = {.a = v, .b = u, .c = m, .length = count, .segments = 1, .a_row = s->v_row, .a_step = 1,
                       .b_step = wide * VEC_LANES_f32, .c_row = s->m_row, .a_segments = &GEMM_NO_OFFSET,
                       .start = start};
    for (ptrdiff_t i = 0; i < heights; i++) {
        ptrdiff_t height = whole + (i < rest);
        gemm_plain_tiles_f32[wide][height](&t);
        t.a += height * t.a_row, t.c += height * t.c_row;
    }
}

/* Where part i of `tiles` begins, cut between rows of register tiles. */
VEC_INLINE ptrdiff_t winograd_cut(ptrdiff_t tiles, ptrdiff_t parts, ptrdiff_t i) {
    return gemm_min(tiles, gemm_cut(gemm_parts(tiles, VEC_ROWS), parts, i) * VEC_ROWS);
}

/* Step 0: U, in shared. */
static void winograd_weight_task(const conv_plan *p, const winograd_shape *s, ptrdiff_t task, float *scratch) {
    ptrdiff_t blocks = gemm_parts(s->c, VEC_LANES_f32), units = s->panels * blocks;
    for (ptrdiff_t unit = gemm_cut(units, p->ntasks[0], task); unit < gemm_cut(units, p->ntasks[0], task + 1); unit++) {
        ptrdiff_t panel = unit / blocks, c0 = unit % blocks * VEC_LANES_f32;
        float *u = (float *)p->shared + panel * s->u_panel + c0 * winograd_panel_width(s, panel) * VEC_LANES_f32;
        winograd_weights(p, s, panel, c0, gemm_min(VEC_LANES_f32, s->c - c0), u, scratch);
    }
}

VEC_INLINE void winograd_input_tiles(const winograd_shape *s, ptrdiff_t t0, ptrdiff_t tiles, const float *zero,
                                     float *v) {
    for (ptrdiff_t t = 0; t < tiles; t++) {
        const float *at[36];
        winograd_pixels(s, t0 + t, s->source, s->h, s->w, s->c, s->pad_h, s->pad_w, 6, zero, at);
        winograd_input(at, s->c, v + t * s->v_row, s->v_plane);
    }
}

/* M of panels [first, last), for source channels from c0 on, `count` of them. */
VEC_INLINE void winograd_products(const winograd_shape *s, const float *v, ptrdiff_t tiles, const float *u,
                                  ptrdiff_t first, ptrdiff_t last, ptrdiff_t count, float *m, int start) {
    for (int q = 0; q < WINOGRAD_PLANES; q++)
        for (ptrdiff_t j = first; j < last; j++)
            winograd_product(s, v + q * s->v_plane, tiles, u + (j - first) * s->u_panel + q * s->u_plane, count,
                             winograd_panel_width(s, j), m + q * s->m_plane + (j - first) * WINOGRAD_PANEL, start);
}

VEC_INLINE void winograd_output_tiles(const conv_plan *p, const winograd_shape *s, ptrdiff_t t0, ptrdiff_t tiles,
                                      ptrdiff_t first, ptrdiff_t last, const float *m) {
    for (ptrdiff_t t = 0; t < tiles; t++)
        winograd_output(s, t0 + t, m + t * s->m_row, first * WINOGRAD_PANEL, gemm_min(s->k, last * WINOGRAD_PANEL),
                        (const float *)p->bias, p->relu);
}

/* Step 1: some tiles, all the way, but maybe some panels only. */
static void winograd_tiles_task(const conv_plan *p, const winograd_shape *s, ptrdiff_t task, float *scratch) {
    float *zero = scratch, *v = zero + gemm_round_up(s->c, WINOGRAD_LINE), *m = v + WINOGRAD_PLANES * s->v_plane;
    ptrdiff_t cut = task / s->k_parts, from = winograd_cut(s->tiles, s->tile_tasks, cut);
    ptrdiff_t to = winograd_cut(s->tiles, s->tile_tasks, cut + 1), panels = s->panels - winograd_last_is_narrow(s);
    ptrdiff_t panel0 = gemm_cut(panels, s->k_parts, task % s->k_parts);
    ptrdiff_t panel1 = gemm_cut(panels, s->k_parts, task % s->k_parts + 1);
    ptrdiff_t blocks = gemm_parts(to - from, s->block), sums = gemm_parts(s->c, WINOGRAD_C_BLOCK);
    for (ptrdiff_t c = 0; c < s->c; c++) zero[c] = 0;
    for (ptrdiff_t b = 0; b < blocks; b++) {
        ptrdiff_t t0 = from + winograd_cut(to - from, blocks, b);
        ptrdiff_t tiles = from + winograd_cut(to - from, blocks, b + 1) - t0;
        winograd_input_tiles(s, t0, tiles, zero, v);
        for (ptrdiff_t first = panel0, last; first < panel1; first = last) {
            last = winograd_last_panel(s, first, panel1);
            for (int q = 0; q < WINOGRAD_PLANES; q++)
                for (ptrdiff_t j = first; j < last; j++) {
                    const float *u = (const float *)p->shared + j * s->u_panel + q * s->u_plane;
                    float *to_m = m + q * s->m_plane + (j - first) * WINOGRAD_PANEL;
                    ptrdiff_t wide = winograd_panel_width(s, j);
                    for (ptrdiff_t part = 0; part < sums; part++) {
                        ptrdiff_t c0 = gemm_cut(s->c, sums, part), count = gemm_cut(s->c, sums, part + 1) - c0;
                        winograd_product(s, v + q * s->v_plane + c0, tiles, u + c0 * wide * VEC_LANES_f32, count, wide,
                                         to_m, part ? GEMM_START_ADD : GEMM_START_ZERO);
                    }
                }
            winograd_output_tiles(p, s, t0, tiles, first, last, m);
        }
    }
}

/* The same for few tiles and so many channels that U would cost more to store and to read again than to make: V of all
 * tiles is made first, and U in pieces where it is used. */

/* Step 0: V, in shared. */
static void winograd_few_input(const conv_plan *p, const winograd_shape *s, ptrdiff_t task, float *zero) {
    ptrdiff_t from = gemm_cut(s->tiles, p->ntasks[0], task), to = gemm_cut(s->tiles, p->ntasks[0], task + 1);
    for (ptrdiff_t c = 0; c < s->c; c++) zero[c] = 0;
    winograd_input_tiles(s, from, to - from, zero, (float *)p->shared + from * s->v_row);
}

/* Step 1: some panels of k. */
static void winograd_few_product(const conv_plan *p, const winograd_shape *s, ptrdiff_t task, float *scratch) {
    ptrdiff_t first = task * s->panel_block, last = winograd_last_panel(s, first, s->panels);
    ptrdiff_t sums = gemm_parts(s->c, s->c_block), panels = last - first;
    float *u = scratch, *m = u + panels * s->u_panel, *turned = m + WINOGRAD_PLANES * s->m_plane;
    for (ptrdiff_t part = 0; part < sums; part++) {
        ptrdiff_t c0 = gemm_cut(s->c, sums, part), c1 = gemm_cut(s->c, sums, part + 1);
        for (ptrdiff_t j = first; j < last; j++)
            for (ptrdiff_t c = c0; c < c1; c += VEC_LANES_f32)
                winograd_weights(p, s, j, c, gemm_min(VEC_LANES_f32, c1 - c),
                                 u + (j - first) * s->u_panel + (c - c0) * winograd_panel_width(s, j) * VEC_LANES_f32,
                                 turned);
        winograd_products(s, (const float *)p->shared + c0, s->tiles, u, first, last, c1 - c0, m,
                          part ? GEMM_START_ADD : GEMM_START_ZERO);
    }
    winograd_output_tiles(p, s, 0, s->tiles, first, last, m);
}

/* ---- backward weight ---- */

/* Partial sums of a group: dU, then the bias sums. */
VEC_INLINE float *winograd_partial(const conv_plan *p, const winograd_shape *s, ptrdiff_t group) {
    return (float *)p->shared + group * s->u_group;
}

VEC_INLINE void winograd_gradient_tiles(const conv_plan *p, const winograd_shape *s, int pair, ptrdiff_t t0,
                                        ptrdiff_t tiles, ptrdiff_t k0, ptrdiff_t k1, const float *zero, float *v,
                                        float *d, float *sums) {
    for (ptrdiff_t t = 0; t < tiles; t++) {
        const float *at[36];
        winograd_pixels(s, t0 + t, s->source, s->h, s->w, s->c, s->pad_h, s->pad_w, 6, zero, at);
        winograd_input_pair(pair, at, s->c, v + t * s->v_row, s->v_plane);
        winograd_pixels(s, t0 + t, (const float *)p->y + k0, s->oh, s->ow, s->k, 0, 0, 4, zero, at);
        winograd_gradient_pair(pair, at, k1 - k0, d + t * s->m_row, s->m_plane, sums);
    }
}

/* dU += V^T D in 12 planes, for panels [first, last) of k. */
static void winograd_gradient_product(const winograd_shape *s, const float *v, ptrdiff_t channels, const float *d,
                                      ptrdiff_t tiles, ptrdiff_t first, ptrdiff_t last, float *u, int start) {
    ptrdiff_t heights = gemm_parts(channels, VEC_ROWS), whole = channels / heights, rest = channels % heights;
    for (int q = 0; q < 12; q++)
        for (ptrdiff_t j = first; j < last; j++) {
            ptrdiff_t wide = winograd_panel_width(s, j), column = (j - first) * WINOGRAD_PANEL;
            gemm_tile_f32 t = {.a = v + q * s->v_plane, .b = d + q * s->m_plane + column,
                               .c = u + q * s->u_plane + column, .length = tiles, .segments = 1, .a_row = 1,
                               .a_step = s->v_row, .b_step = s->m_row, .c_row = s->u_row,
                               .a_segments = &GEMM_NO_OFFSET, .start = start};
            for (ptrdiff_t i = 0; i < heights; i++) {
                ptrdiff_t height = whole + (i < rest);
                gemm_plain_tiles_f32[wide][height](&t);
                t.a += height, t.c += height * t.c_row;
            }
        }
}

/* Step 0. Units: group of tiles, block of k, and pairs of rows of planes: all three in turn for a block of tiles, while
 * it is in the cache, or one of them where units are few. */
static void winograd_gradient_unit(const conv_plan *p, const winograd_shape *s, ptrdiff_t unit, float *scratch) {
    ptrdiff_t pair0 = unit % s->pair_blocks, kb = unit / s->pair_blocks % s->k_blocks;
    ptrdiff_t group = unit / s->pair_blocks / s->k_blocks;
    ptrdiff_t panels = s->panels - winograd_last_is_narrow(s);
    ptrdiff_t first = gemm_cut(panels, s->k_blocks, kb), last = gemm_cut(panels, s->k_blocks, kb + 1);
    if (last == panels) last = s->panels;
    ptrdiff_t k0 = first * WINOGRAD_PANEL, k1 = gemm_min(s->k, last * WINOGRAD_PANEL);
    ptrdiff_t from = gemm_cut(s->tiles, s->groups, group), to = gemm_cut(s->tiles, s->groups, group + 1);
    ptrdiff_t blocks = gemm_parts(to - from, s->block), most = winograd_max(s->c, s->k);
    float *zero = scratch, *v = zero + gemm_round_up(most, WINOGRAD_LINE), *d = v + 12 * s->v_plane;
    float *u = winograd_partial(p, s, group) + k0, *sums = u + WINOGRAD_PLANES * s->u_plane;
    for (ptrdiff_t c = 0; c < most; c++) zero[c] = 0;
    for (ptrdiff_t k = 0; !pair0 && k < gemm_round_up(k1 - k0, VEC_LANES_f32); k++) sums[k] = 0;
    if (k1 % VEC_LANES_f32)                           /* lanes behind the last channel: multiplied, never used */
        for (int q = 0; q < 12; q++)
            for (ptrdiff_t t = 0, at = (k1 - k0) / VEC_LANES_f32 * VEC_LANES_f32; t < s->block; t++)
                vec_store_f32(d + q * s->m_plane + t * s->m_row + at, (vec_f32){0});
    for (ptrdiff_t b = 0; b < blocks; b++) {
        ptrdiff_t t0 = from + gemm_cut(to - from, blocks, b), tiles = from + gemm_cut(to - from, blocks, b + 1) - t0;
        for (ptrdiff_t pair = pair0; pair < 3; pair += s->pair_blocks) {
            if (pair == 0) winograd_gradient_tiles(p, s, 0, t0, tiles, k0, k1, zero, v, d, sums);
            else if (pair == 1) winograd_gradient_tiles(p, s, 1, t0, tiles, k0, k1, zero, v, d, NULL);
            else winograd_gradient_tiles(p, s, 2, t0, tiles, k0, k1, zero, v, d, NULL);
            winograd_gradient_product(s, v, s->c, d, tiles, first, last, u + pair * 12 * s->u_plane,
                                      b ? GEMM_START_ADD : GEMM_START_ZERO);
        }
    }
}

/* Weights of LANES of k and source channels [c, c + count) from dU, given where their first number is. The groups are
 * added in their order. `scratch`: 18 * LANES vectors. */
static void winograd_gradient_block(const conv_plan *p, const winograd_shape *s, const float *u, ptrdiff_t groups,
                                    ptrdiff_t k, ptrdiff_t c, ptrdiff_t count, float *scratch) {
    float *rows = scratch + 9 * VEC_LANES_f32 * VEC_LANES_f32, *to = (float *)p->weight + (k * s->c + c) * 9;
    for (ptrdiff_t i = 0; i < count; i++, u += s->u_row) {                  /* [channel][tap][lane] */
        vec_f32 m[3][6], g[9];
        VEC_UNROLL for (int j = 0; j < 6; j++) {
            vec_f32 column[6], down[3];
            for (int q = 0; q < 6; q++) {
                const float *at = u + (q * 6 + j) * s->u_plane;
                column[q] = vec_load_f32(at);
                for (ptrdiff_t group = 1; group < groups; group++) column[q] += vec_load_f32(at + group * s->u_group);
            }
            winograd_gt(column, 1, down, 1);
            VEC_UNROLL for (int q = 0; q < 3; q++) m[q][j] = down[q];
        }
        VEC_UNROLL for (int q = 0; q < 3; q++) winograd_gt(m[q], 1, g + 3 * q, 1);
        VEC_UNROLL for (int q = 0; q < 9; q++) vec_store_f32(scratch + (i * 9 + q) * VEC_LANES_f32, g[q]);
    }
    if (count == VEC_LANES_f32) {
        gemm_transpose_f32(scratch, count * 9, VEC_LANES_f32, VEC_LANES_f32, to, s->c * 9);
        return;
    }
    gemm_transpose_f32(scratch, count * 9, VEC_LANES_f32, VEC_LANES_f32, rows, 9 * VEC_LANES_f32);
    for (ptrdiff_t i = 0; i < VEC_LANES_f32; i++)
        memcpy(to + i * s->c * 9, rows + i * 9 * VEC_LANES_f32, count * 9 * sizeof(float));
}

/* The bias gradient of channels [k0, k1) from its partial sums, which lie by whole vectors `distance` apart. */
static void winograd_gradient_bias(const conv_plan *p, const winograd_shape *s, const float *sums, ptrdiff_t distance,
                                   ptrdiff_t k0, ptrdiff_t k1) {
    for (ptrdiff_t next = k0; p->bias && next < k1; next += VEC_LANES_f32) {
        vec_f32 sum = {0};
        for (ptrdiff_t group = 0; group < s->groups; group++) sum += vec_load_f32(sums + group * distance + next);
        vec_store_f32((float *)p->bias + gemm_min(next, s->k - VEC_LANES_f32), sum);
    }
}

/* Step 1. Units: LANES source channels. */
static void winograd_gradient_reduce(const conv_plan *p, const winograd_shape *s, ptrdiff_t task, float *scratch) {
    ptrdiff_t units = gemm_parts(s->c, VEC_LANES_f32);
    const float *u = (const float *)p->shared;
    for (ptrdiff_t unit = gemm_cut(units, p->ntasks[1], task); unit < gemm_cut(units, p->ntasks[1], task + 1); unit++) {
        ptrdiff_t c = unit * VEC_LANES_f32, count = gemm_min(VEC_LANES_f32, s->c - c);
        WINOGRAD_EACH_VECTOR(k, s->k)
            winograd_gradient_block(p, s, u + c * s->u_row + k, s->groups, k, c, count, scratch);
        if (!unit) winograd_gradient_bias(p, s, u + WINOGRAD_PLANES * s->u_plane, s->u_group, 0, s->k);
    }
}

/* The same for few tiles and many channels: V and D of all tiles are made first, then dU in pieces that go on to the
 * weights at once. Shared: V, D, partial sums of the bias. */

/* Step 0: some tiles. */
static void winograd_few_gradient(const conv_plan *p, const winograd_shape *s, ptrdiff_t task, float *zero) {
    ptrdiff_t from = gemm_cut(s->tiles, s->groups, task), to = gemm_cut(s->tiles, s->groups, task + 1);
    float *v = (float *)p->shared + from * s->v_row, *d = (float *)p->shared + WINOGRAD_PLANES * s->v_plane;
    float *sums = d + WINOGRAD_PLANES * s->m_plane + task * s->m_row;
    d += from * s->m_row;
    for (ptrdiff_t c = 0; c < s->c || c < s->k; c++) zero[c] = 0;
    for (ptrdiff_t k = 0; k < s->m_row; k++) sums[k] = 0;
    if (s->k % VEC_LANES_f32)                         /* lanes behind the last channel: multiplied, never used */
        for (int q = 0; q < WINOGRAD_PLANES; q++)
            for (ptrdiff_t t = 0, at = s->k / VEC_LANES_f32 * VEC_LANES_f32; t < to - from; t++)
                vec_store_f32(d + q * s->m_plane + t * s->m_row + at, (vec_f32){0});
    winograd_gradient_tiles(p, s, 0, from, to - from, 0, s->k, zero, v, d, sums);
    v += 12 * s->v_plane, d += 12 * s->m_plane;
    winograd_gradient_tiles(p, s, 1, from, to - from, 0, s->k, zero, v, d, NULL);
    v += 12 * s->v_plane, d += 12 * s->m_plane;
    winograd_gradient_tiles(p, s, 2, from, to - from, 0, s->k, zero, v, d, NULL);
}

/* Step 1. Units: group of panels of k, block of source channels (runs fastest). */
static void winograd_few_weights(const conv_plan *p, const winograd_shape *s, ptrdiff_t task, float *u) {
    ptrdiff_t blocks = gemm_parts(s->c, s->c_block), units = winograd_few_groups(s) * blocks;
    const float *v = (const float *)p->shared, *d = v + WINOGRAD_PLANES * s->v_plane;
    float *turned = u + WINOGRAD_PLANES * s->u_plane;
    for (ptrdiff_t unit = gemm_cut(units, p->ntasks[1], task); unit < gemm_cut(units, p->ntasks[1], task + 1); unit++) {
        ptrdiff_t first = unit / blocks * s->panel_block, last = winograd_last_panel(s, first, s->panels);
        ptrdiff_t k0 = first * WINOGRAD_PANEL, k1 = gemm_min(s->k, last * WINOGRAD_PANEL);
        ptrdiff_t c0 = unit % blocks * s->c_block, c1 = gemm_min(s->c, c0 + s->c_block);
        for (int part = 0; part < 3; part++)
            winograd_gradient_product(s, v + part * 12 * s->v_plane + c0, c1 - c0, d + part * 12 * s->m_plane + k0,
                                      s->tiles, first, last, u + part * 12 * s->u_plane, GEMM_START_ZERO);
        for (ptrdiff_t c = c0; c < c1; c += VEC_LANES_f32)
            for (ptrdiff_t next = k0; next < k1; next += VEC_LANES_f32) {
                ptrdiff_t k = gemm_min(next, s->k - VEC_LANES_f32);
                winograd_gradient_block(p, s, u + (c - c0) * s->u_row + k - k0, 1, k, c,
                                        gemm_min(VEC_LANES_f32, c1 - c), turned);
            }
        if (!c0) winograd_gradient_bias(p, s, d + WINOGRAD_PLANES * s->m_plane, s->m_row, k0, k1);
    }
}

/* ---- plan and run ---- */

/* A distance of at least `n` floats, an odd number of cache lines. */
VEC_INLINE ptrdiff_t winograd_distance(ptrdiff_t n) {
    ptrdiff_t lines = gemm_parts(n, WINOGRAD_LINE);
    return (lines + 1 - lines % 2) * WINOGRAD_LINE;
}

/* Rows of tiles in a plane: whole vectors, and no multiple of 64 floats. */
VEC_INLINE ptrdiff_t winograd_row(ptrdiff_t n) {
    ptrdiff_t row = gemm_round_up(n, VEC_LANES_f32);
    return row % 64 ? row : row + WINOGRAD_LINE;
}

/* How many tiles of so many floats to work on at once. */
VEC_INLINE ptrdiff_t winograd_block(ptrdiff_t floats) {
    ptrdiff_t block = WINOGRAD_CACHE / (floats * (ptrdiff_t)sizeof(float));
    block = gemm_min(winograd_max(block, WINOGRAD_LEAST_TILES), WINOGRAD_MOST_TILES);
    return block - block % VEC_ROWS;
}

static void winograd_setup_gradient(winograd_shape *s, ptrdiff_t wanted) {
    ptrdiff_t narrow = winograd_last_is_narrow(s), panels = s->panels - narrow;
    if (s->few) {
        s->block = s->tiles;
        s->groups = gemm_min(gemm_min(s->tiles, WINOGRAD_GROUPS), wanted);
        int narrowly = s->tiles <= WINOGRAD_NARROW_TILES;
        s->panel_block = gemm_min(panels, narrowly ? WINOGRAD_FEW_PANELS / 2 : WINOGRAD_FEW_PANELS);
        s->c_block = narrowly ? 2 * WINOGRAD_DU_C_BLOCK : WINOGRAD_DU_C_BLOCK;
        s->m_row = winograd_row(s->panels * WINOGRAD_PANEL);
        s->u_row = (s->panel_block + narrow) * WINOGRAD_PANEL;
        s->u_plane = winograd_distance(s->c_block * s->u_row);
        return;
    }
    s->u_row = gemm_round_up(s->k, VEC_LANES_f32);
    s->u_plane = winograd_distance(s->c * s->u_row);
    s->u_group = WINOGRAD_PLANES * s->u_plane + gemm_round_up(s->k, WINOGRAD_LINE) + WINOGRAD_LINE;
    s->groups = gemm_min(WINOGRAD_GROUPS, gemm_min(s->tiles / 128 + 1, wanted));
    s->k_blocks = gemm_min(panels, gemm_parts(s->k, WINOGRAD_K_BLOCK));
    s->pair_blocks = s->groups * s->k_blocks >= gemm_min(WINOGRAD_GROUPS, wanted) ? 1 : 3;
    s->m_row = winograd_row((gemm_parts(panels, s->k_blocks) + narrow) * WINOGRAD_PANEL);
    s->block = winograd_block(12 * (s->v_row + s->m_row));
}

static void winograd_setup_apply(winograd_shape *s, ptrdiff_t wanted) {
    ptrdiff_t narrow = winograd_last_is_narrow(s), panels = s->panels - narrow, bytes = sizeof(float);
    ptrdiff_t least = WINOGRAD_PLANES * s->c * s->k * bytes / WINOGRAD_U_PER_TILE;
    if (s->few) {
        s->block = s->tiles;
        s->panel_block = gemm_min(panels, WINOGRAD_FEW_PANELS);
        s->c_block = WINOGRAD_FEW_C_BLOCK;
        s->u_plane = winograd_distance(s->c_block * WINOGRAD_PANEL);
    } else {
        s->block = winograd_block(WINOGRAD_PLANES * s->v_row);
        s->panel_block =
            gemm_min(panels, WINOGRAD_M_CACHE / (WINOGRAD_PLANES * s->block * WINOGRAD_PANEL * bytes) + 1);
        s->u_plane = winograd_distance(s->c * WINOGRAD_PANEL);
        /* every task reads all of U: the larger that is, the more tiles have to pay for it */
        least = gemm_min(winograd_max(least, 2 * VEC_ROWS), WINOGRAD_MOST_TILES);
        s->tile_tasks = gemm_min(gemm_parts(s->tiles, least), wanted);
        s->k_parts = 1;
        while (s->tile_tasks * s->k_parts < gemm_min(8, wanted) && panels / s->k_parts >= 8) s->k_parts *= 2;
    }
    s->u_panel = WINOGRAD_PLANES * s->u_plane;
    s->m_row = winograd_row((s->panel_block + narrow) * WINOGRAD_PANEL);
}

static winograd_shape winograd_setup(const conv_plan *p) {
    int data = p->pass == CONV_BACKWARD_DATA;
    winograd_shape s = {.source = (const float *)(data ? p->y : p->x), .out = (float *)(data ? p->x : p->y), .n = p->n,
                        .c = data ? p->k : p->c, .k = data ? p->c : p->k, .h = data ? p->oh : p->h,
                        .w = data ? p->ow : p->w, .oh = data ? p->h : p->oh, .ow = data ? p->w : p->ow,
                        .pad_h = data ? 2 - p->pad_h : p->pad_h, .pad_w = data ? 2 - p->pad_w : p->pad_w};
    ptrdiff_t u_bytes = WINOGRAD_PLANES * s.c * s.k * (ptrdiff_t)sizeof(float);
    s.across = gemm_parts(s.ow, 4);
    s.per_image = gemm_parts(s.oh, 4) * s.across;
    s.tiles = s.n * s.per_image;
    s.panels = gemm_parts(s.k, WINOGRAD_PANEL);
    s.v_row = winograd_row(s.c);
    s.few = s.tiles <= WINOGRAD_FEW_TILES &&
            u_bytes > (p->pass == CONV_BACKWARD_WEIGHT ? WINOGRAD_FEW_BYTES / 4 : WINOGRAD_FEW_BYTES);
    double wanted = gemm_wanted_tasks((double)WINOGRAD_PLANES * s.tiles * s.c * s.k / GEMM_TASK_MACS);
    if (p->pass == CONV_BACKWARD_WEIGHT) winograd_setup_gradient(&s, (ptrdiff_t)wanted);
    else winograd_setup_apply(&s, (ptrdiff_t)wanted);
    s.v_plane = winograd_distance(s.block * s.v_row);
    s.m_plane = winograd_distance(s.block * s.m_row);
    return s;
}

/* Whether the shape is one for this file. */
static int winograd_possible(const conv_plan *p) {
    return p->r == 3 && p->s == 3 && p->t == 1 && p->d == 1 && p->od == 1 && p->pad_d == 0 && p->groups == 1 &&
           p->stride_h == 1 && p->stride_w == 1 && p->dilation_h == 1 && p->dilation_w == 1 && p->c >= 16 &&
           p->k >= 16 && p->n > 0 && p->h > 0 && p->w > 0 && p->oh > 0 && p->ow > 0 &&
           (p->pass != CONV_BACKWARD_WEIGHT || p->weight);
}

/* Costs in multiply-adds, as measured on AVX2: per tile and channel on either side for the transforms of activations,
 * and per weight for those of weights. Maps of 2x2 or 5x5 pixels, which leave most of their tiles empty, fall through,
 * and few channels on small maps; one tenth in doubt goes to the direct kernels, whose errors are smaller. */
static int winograd_wanted_f32(const conv_plan *p) {
    if (!winograd_possible(p)) return 0;
    int data = p->pass == CONV_BACKWARD_DATA;
    double pixels = (double)p->n * (data ? p->h * p->w : p->oh * p->ow), pairs = (double)p->c * p->k;
    double tiles = (double)p->n * (data ? gemm_parts(p->h, 4) * gemm_parts(p->w, 4)
                                        : gemm_parts(p->oh, 4) * gemm_parts(p->ow, 4));
    double per_tile = p->pass == CONV_BACKWARD_WEIGHT ? 600 : 480, per_weight = 200;
    double cost = tiles * (WINOGRAD_PLANES * pairs + per_tile * (double)(p->c + p->k)) + per_weight * pairs;
    return 1.1 * cost < 9 * pixels * pairs;
}

static void winograd_plan_f32(conv_plan *p) {
    winograd_shape s = winograd_setup(p);
    ptrdiff_t line = WINOGRAD_LINE, turned = 2 * 9 * VEC_LANES_f32 * VEC_LANES_f32, elements;
    p->steps = 2;
    p->prepared_bytes = 0;
    if (p->pass == CONV_BACKWARD_WEIGHT && s.few) {
        ptrdiff_t units = winograd_few_groups(&s) * gemm_parts(s.c, s.c_block);
        p->ntasks[0] = s.groups;
        p->ntasks[1] = gemm_min(units, 64);
        elements = winograd_max(WINOGRAD_PLANES * s.u_plane + turned, gemm_round_up(winograd_max(s.c, s.k), line));
        p->shared_bytes = (WINOGRAD_PLANES * (s.v_plane + s.m_plane) + s.groups * s.m_row) * (ptrdiff_t)sizeof(float);
    } else if (p->pass == CONV_BACKWARD_WEIGHT) {
        p->ntasks[0] = s.groups * s.k_blocks * s.pair_blocks;
        p->ntasks[1] = gemm_min(gemm_parts(s.c, VEC_LANES_f32), (ptrdiff_t)gemm_wanted_tasks(
                                    (double)WINOGRAD_PLANES * s.c * s.k * (s.groups + 4) / GEMM_TASK_MACS));
        elements = gemm_round_up(winograd_max(s.c, s.k), line) + 12 * (s.v_plane + s.m_plane);
        p->shared_bytes = s.groups * s.u_group * (ptrdiff_t)sizeof(float);
    } else if (s.few) {
        ptrdiff_t narrow = winograd_last_is_narrow(&s);
        p->ntasks[0] = gemm_min(s.tiles, (ptrdiff_t)gemm_wanted_tasks(
                                    (double)WINOGRAD_PLANES * 32 * s.c * s.tiles / GEMM_TASK_MACS));
        p->ntasks[1] = gemm_parts(s.panels - narrow, s.panel_block);
        elements = (s.panel_block + narrow) * s.u_panel + WINOGRAD_PLANES * s.m_plane + turned;
        elements = winograd_max(elements, gemm_round_up(s.c, line));
        p->shared_bytes = WINOGRAD_PLANES * s.v_plane * (ptrdiff_t)sizeof(float);
    } else {
        p->ntasks[0] = gemm_min(s.panels * gemm_parts(s.c, VEC_LANES_f32), (ptrdiff_t)gemm_wanted_tasks(
                                    (double)WINOGRAD_PLANES * 8 * s.c * s.k / GEMM_TASK_MACS));
        p->ntasks[1] = s.tile_tasks * s.k_parts;
        elements = gemm_round_up(s.c, line) + WINOGRAD_PLANES * (s.v_plane + s.m_plane);
        p->shared_bytes = p->prepared_bytes = s.panels * s.u_panel * (ptrdiff_t)sizeof(float);
    }
    if (elements < turned) elements = turned;
    p->scratch_bytes = gemm_round_up(elements * (ptrdiff_t)sizeof(float), 64);
}

static void winograd_run_f32(const conv_plan *p, ptrdiff_t task, char *scratch) {
    winograd_shape s = winograd_setup(p);
    float *mine = (float *)scratch;
    if (p->pass == CONV_BACKWARD_WEIGHT && s.few) {
        if (p->step == 0) winograd_few_gradient(p, &s, task, mine);
        else winograd_few_weights(p, &s, task, mine);
    } else if (p->pass == CONV_BACKWARD_WEIGHT) {
        if (p->step == 0) winograd_gradient_unit(p, &s, task, mine);
        else winograd_gradient_reduce(p, &s, task, mine);
    } else if (s.few) {
        if (p->step == 0) winograd_few_input(p, &s, task, mine);
        else winograd_few_product(p, &s, task, mine);
    } else {
        if (p->step == 0) winograd_weight_task(p, &s, task, mine);
        else winograd_tiles_task(p, &s, task, mine);
    }
}
#endif
