/* Matrix products in float and double, and the register tiles that convolution is made of as well.
 *
 *   C[i][j] = sum over k of A[i][k] * B[k][j]   (+ bias[j] or bias[i])   (+ C[i][j] as it was, when `accumulate`)
 *
 * for a batch of them. Fill in the first part of a gemm_plan, then
 *
 *   gemm_plan_f32(&p)                 sets p.ntasks and p.scratch_bytes
 *   p.scratch, p.scratch_stride       64-byte aligned memory; scratch_stride: at least scratch_bytes, a multiple of 64
 *   gemm_run_f32(&p, task, worker)    for every task in any order and from any thread
 *
 * A and B are given by element strides of which one per operand is 1 (any value where the dimension has one element);
 * the columns of C lie side by side. Batch strides may be 0 to reuse an operand. C must not overlap the operands.
 *
 * Sums are cut by shape alone, and none between tasks, so the bits do not depend on the number of threads, though the
 * number of tasks may (`workers`); they do depend on the level (width of the vectors, FMA). The kernels allocate
 * nothing, start no threads and touch no element outside the operands. Needs -ffp-contract=fast or =on.
 *
 * How: panels of B (four vectors wide where 32 registers allow tiles of 6 x 4, else two) are copied dense (transposed
 * in registers where k runs along the row; by the first tile in passing where B is small), or read in place when few
 * rows use them; A is read by broadcasting scalars,
 * in place or, where its columns are contiguous, mostly from a dense copy; see `gemm_setup` and `gemm_plan`.
 * Products with few rows or columns run as dot products instead, so that nothing is copied.
 *
 * This file includes itself once per element type: the part under GEMM_REAL is the template.
 */
#ifndef GEMM_REAL
#ifndef LUCET_GEMM_H
#define LUCET_GEMM_H
#include "plans.h"
#include "vec.h"

enum { GEMM_PATH_FILL, GEMM_PATH_TILES, GEMM_PATH_DOT, GEMM_PATH_STREAM };
/* What a tile's sum begins with. ADD begins with zero and adds C at the end: the rounding errors of a long sum stay
 * those of its parts. */
enum { GEMM_START_ZERO, GEMM_START_COLUMN, GEMM_START_ROW, GEMM_START_ADD };

enum {
    GEMM_M_CACHE = 96,                                /* rows (of float) in a block of A */
    GEMM_N_CACHE = 512,                               /* columns (of float) whose panels are kept for all such blocks */
    GEMM_STREAM_COLUMNS = 1024,                       /* that one row times a matrix adds to at once */
    GEMM_GROUP = 16,                                  /* vectors of panels copied together */
    GEMM_PACKED_ROWS = 6,                             /* of a tile of a copied block of A, at most */
    GEMM_WORKER_TASKS = 2,                            /* tasks for each thread; more would only copy more */
    GEMM_NEAR_BYTES = 1 << 18,                        /* of B, that may be read line by line, in no order of memory */
    GEMM_READ_MACS = 6,                               /* multiply-adds in the time that an element takes to be read */
    GEMM_DOT_ROWS = 4,                                /* rows and columns of the dot-product tile */
#if VEC_ROWS == 14
    GEMM_DOT_COLS = 6,
    GEMM_K_BLOCK = 384,                               /* k is cut into equal parts of at most 3/2 of this */
    GEMM_PANEL = 4,                                   /* vectors in a panel: 6x4 reads few rows of A, so in place */
    GEMM_WIDE_ROWS = 6,                               /* rows of the tile four vectors wide */
    GEMM_MOST_ROWS = 14,                              /* of the tile one vector wide, where few registers allow more */
    GEMM_COPYING = 0,                                 /* whether tiles copy B in passing: measured with AVX2 only */
#else
    GEMM_DOT_COLS = 2,
    GEMM_K_BLOCK = 256,                               /* a panel two vectors wide stays in the first cache */
    GEMM_PANEL = 2,
    GEMM_WIDE_ROWS = 2,
    GEMM_MOST_ROWS = 12,
    GEMM_COPYING = 1,
#endif
};

/* Multiply-adds of float that take about 25 us on one core of this level; less is never a task of its own. */
#if defined(__AVX512F__)
static const double GEMM_TASK_MACS = 2e6;
#elif defined(__AVX2__)
static const double GEMM_TASK_MACS = 1.2e6;
#else
static const double GEMM_TASK_MACS = 0.4e6;
#endif

/* From one packed tile of A to the next: not a multiple of 4096 bytes. */
#define GEMM_TILE_STEP_A(k) (((k) * GEMM_PACKED_ROWS + 31) / 16 * 16)

static const ptrdiff_t GEMM_NO_OFFSET = 0;

/* Where part i begins when `total` things are cut into `parts` equal parts. */
VEC_INLINE ptrdiff_t gemm_cut(ptrdiff_t total, ptrdiff_t parts, ptrdiff_t i) {
    ptrdiff_t whole = total / parts, rest = total % parts;
    return i * whole + (i < rest ? i : rest);
}
VEC_INLINE ptrdiff_t gemm_parts(ptrdiff_t total, ptrdiff_t most) { return (total + most - 1) / most; }
VEC_INLINE ptrdiff_t gemm_min(ptrdiff_t a, ptrdiff_t b) { return a < b ? a : b; }
VEC_INLINE ptrdiff_t gemm_round_up(ptrdiff_t n, ptrdiff_t unit) { return (n + unit - 1) / unit * unit; }

/* How many tasks (a power of two) for work that could be `pieces` smallest ones. Each cut costs some copying and cache
 * misses, so tasks grow beyond 4, and 64 is the most. */
VEC_INLINE double gemm_wanted_tasks(double pieces) {
    double tasks = 1;
    while (tasks < 64 && pieces >= 2 * tasks * (tasks < 4 ? 1 : tasks < 16 ? 2 : 8)) tasks *= 2;
    return tasks;
}

/* X(rows) for every height of a register tile. */
#if VEC_ROWS == 14
#define GEMM_ALL_ROWS(X, ...)                                                                                          \
    X(1, __VA_ARGS__) X(2, __VA_ARGS__) X(3, __VA_ARGS__) X(4, __VA_ARGS__) X(5, __VA_ARGS__) X(6, __VA_ARGS__)        \
    X(7, __VA_ARGS__) X(8, __VA_ARGS__) X(9, __VA_ARGS__) X(10, __VA_ARGS__) X(11, __VA_ARGS__) X(12, __VA_ARGS__)     \
    X(13, __VA_ARGS__) X(14, __VA_ARGS__)
#define GEMM_TALL_ROWS(X, ...)
#define GEMM_COPYING_ROWS(X, ...)
#define GEMM_WIDE_ALL_ROWS(X, ...)                                                                                     \
    X(1, __VA_ARGS__) X(2, __VA_ARGS__) X(3, __VA_ARGS__) X(4, __VA_ARGS__) X(5, __VA_ARGS__) X(6, __VA_ARGS__)
#else
#define GEMM_ALL_ROWS(X, ...)                                                                                          \
    X(1, __VA_ARGS__) X(2, __VA_ARGS__) X(3, __VA_ARGS__) X(4, __VA_ARGS__) X(5, __VA_ARGS__) X(6, __VA_ARGS__)
#define GEMM_TALL_ROWS(X, ...)                                                                                         \
    X(7, __VA_ARGS__) X(8, __VA_ARGS__) X(9, __VA_ARGS__) X(10, __VA_ARGS__) X(11, __VA_ARGS__) X(12, __VA_ARGS__)
#define GEMM_COPYING_ROWS GEMM_ALL_ROWS
#define GEMM_WIDE_ALL_ROWS(X, ...) X(1, __VA_ARGS__) X(2, __VA_ARGS__)
#endif

#define GEMM_JOIN_(a, b) a##_##b
#define GEMM_JOIN(a, b) GEMM_JOIN_(a, b)

#define GEMM_REAL float
#define GEMM_F f32
#include "gemm.h"
#undef GEMM_REAL
#undef GEMM_F
#define GEMM_REAL double
#define GEMM_F f64
#include "gemm.h"
#undef GEMM_REAL
#undef GEMM_F
#endif /* LUCET_GEMM_H */

#else /* ================================ template, once per element type ================================ */

#define NAME(x) GEMM_JOIN(x, GEMM_F)
#define REAL GEMM_REAL
#define VEC NAME(vec)
#define LANES NAME(VEC_LANES)

/* ---- register tiles ---- */

/* What a tile computes: C (rows x vectors) = start + sum of A * B, with A broadcast and B as vectors along the row. In
 * the plain tiles the sum runs over `segments` stretches of `length` steps each: B goes on through all of them, leaving
 * out b_skip elements after each, A begins each at an offset of its own. In the taps tiles, step k reads A at taps[k].a
 * and B at taps[k].b. */
typedef struct {
    ptrdiff_t a, b;
} NAME(gemm_tap);

typedef struct {
    const REAL *a, *b, *bias;
    REAL *c;
    ptrdiff_t length, segments;
    ptrdiff_t a_row, a_step, b_step, b_skip, c_row;
    const ptrdiff_t *a_segments;
    const NAME(gemm_tap) * taps;
    REAL *copy;                                       /* copying tiles leave the rows of B here, side by side */
    int start, relu;                                  /* relu: store max(0, sum); NaN stays NaN */
} NAME(gemm_tile);

typedef void (*NAME(gemm_tile_fn))(const NAME(gemm_tile) *);

#define GEMM_EACH_SUM(rows, width) VEC_UNROLL for (int i = 0; i < rows; i++) VEC_UNROLL for (int j = 0; j < width; j++)
#define GEMM_TILE_START(rows, width)                                                                                   \
    VEC sum[rows][width];                                                                                              \
    if (t->start == GEMM_START_ZERO || t->start == GEMM_START_ADD) {                                                   \
        GEMM_EACH_SUM(rows, width) sum[i][j] = (VEC){0};                                                               \
    } else if (t->start == GEMM_START_COLUMN) {                                                                        \
        GEMM_EACH_SUM(rows, width) sum[i][j] = NAME(vec_load)(t->bias + j * LANES);                                    \
    } else {                                                                                                           \
        GEMM_EACH_SUM(rows, width) sum[i][j] = NAME(vec_splat)(t->bias[i]);                                            \
    }
#define GEMM_TILE_STEP(rows, width, a_row)                                                                             \
    VEC b[width];                                                                                                      \
    VEC_UNROLL for (int j = 0; j < width; j++) b[j] = NAME(vec_load)(bk + j * LANES);                                  \
    VEC_UNROLL for (int i = 0; i < rows; i++) {                                                                        \
        VEC x = NAME(vec_splat)(ak[i * (a_row)]);                                                                      \
        VEC_UNROLL for (int j = 0; j < width; j++) sum[i][j] += x * b[j];                                              \
    }
#define GEMM_TILE_END(rows, width)                                                                                     \
    if (t->start == GEMM_START_ADD) {                                                                                  \
        GEMM_EACH_SUM(rows, width) sum[i][j] += NAME(vec_load)(t->c + i * t->c_row + j * LANES);                       \
    }                                                                                                                  \
    if (t->relu) {                                                                                                     \
        GEMM_EACH_SUM(rows, width) sum[i][j] = NAME(vec_select)(sum[i][j] < 0, (VEC){0}, sum[i][j]);                   \
    }                                                                                                                  \
    GEMM_EACH_SUM(rows, width) NAME(vec_store)(t->c + i * t->c_row + j * LANES, sum[i][j]);

#define GEMM_DEFINE_TILE(rows, width)                                                                                  \
    static void NAME(gemm_plain_##rows##x##width)(const NAME(gemm_tile) * t) {                                         \
        GEMM_TILE_START(rows, width)                                                                                   \
        const ptrdiff_t a_row = t->a_row, a_step = t->a_step, b_step = t->b_step;                                      \
        const REAL *bk = t->b;                                                                                         \
        for (ptrdiff_t s = 0; s < t->segments; s++, bk += t->b_skip) {                                                 \
            const REAL *ak = t->a + t->a_segments[s];                                                                  \
            for (ptrdiff_t k = t->length; k > 0; k--, ak += a_step, bk += b_step) {                                    \
                GEMM_TILE_STEP(rows, width, a_row)                                                                     \
            }                                                                                                          \
        }                                                                                                              \
        GEMM_TILE_END(rows, width)                                                                                     \
    }
#define GEMM_DEFINE_COPYING(rows, width)                                                                               \
    static void NAME(gemm_copying_##rows##x##width)(const NAME(gemm_tile) * t) {                                       \
        GEMM_TILE_START(rows, width)                                                                                   \
        const ptrdiff_t a_row = t->a_row, a_step = t->a_step, b_step = t->b_step;                                      \
        const REAL *ak = t->a, *bk = t->b;                                                                             \
        REAL *copy = t->copy;                                                                                          \
        for (ptrdiff_t k = t->length; k > 0; k--, ak += a_step, bk += b_step, copy += width * LANES) {                 \
            GEMM_TILE_STEP(rows, width, a_row)                                                                         \
            VEC_UNROLL for (int j = 0; j < width; j++) NAME(vec_store)(copy + j * LANES, b[j]);                        \
        }                                                                                                              \
        GEMM_TILE_END(rows, width)                                                                                     \
    }
#define GEMM_DEFINE_TAPS(rows, width)                                                                                  \
    static void NAME(gemm_taps_##rows##x##width)(const NAME(gemm_tile) * t) {                                          \
        GEMM_TILE_START(rows, width)                                                                                   \
        const ptrdiff_t a_row = t->a_row;                                                                              \
        const NAME(gemm_tap) *tap = t->taps, *end = tap + t->length;                                                   \
        for (; tap < end; tap++) {                                                                                     \
            const REAL *ak = t->a + tap->a, *bk = t->b + tap->b;                                                       \
            GEMM_TILE_STEP(rows, width, a_row)                                                                         \
        }                                                                                                              \
        GEMM_TILE_END(rows, width)                                                                                     \
    }
GEMM_ALL_ROWS(GEMM_DEFINE_TILE, 1)
GEMM_TALL_ROWS(GEMM_DEFINE_TILE, 1)
GEMM_ALL_ROWS(GEMM_DEFINE_TILE, 2)
GEMM_WIDE_ALL_ROWS(GEMM_DEFINE_TILE, 4)
GEMM_COPYING_ROWS(GEMM_DEFINE_COPYING, 2)
GEMM_ALL_ROWS(GEMM_DEFINE_TAPS, 1)
GEMM_ALL_ROWS(GEMM_DEFINE_TAPS, 2)
GEMM_WIDE_ALL_ROWS(GEMM_DEFINE_TAPS, 4)

/* [vectors wide][rows] */
#define GEMM_ENTRY(rows, kind, width) NAME(gemm_##kind##_##rows##x##width),
static const NAME(gemm_tile_fn) NAME(gemm_plain_tiles)[5][GEMM_MOST_ROWS + 1] = {
    {0}, {0, GEMM_ALL_ROWS(GEMM_ENTRY, plain, 1) GEMM_TALL_ROWS(GEMM_ENTRY, plain, 1)}, {0, GEMM_ALL_ROWS(GEMM_ENTRY, plain, 2)}, {0},
    {0, GEMM_WIDE_ALL_ROWS(GEMM_ENTRY, plain, 4)}};
static const NAME(gemm_tile_fn) NAME(gemm_copying_tiles)[VEC_ROWS + 1] = {0, GEMM_COPYING_ROWS(GEMM_ENTRY, copying, 2)};
static const NAME(gemm_tile_fn) NAME(gemm_taps_tiles)[5][VEC_ROWS + 1] = {
    {0}, {0, GEMM_ALL_ROWS(GEMM_ENTRY, taps, 1)}, {0, GEMM_ALL_ROWS(GEMM_ENTRY, taps, 2)}, {0},
    {0, GEMM_WIDE_ALL_ROWS(GEMM_ENTRY, taps, 4)}};

/* ---- dense copies ---- */

/* out[j][i] = in[i][j] for `rows` x `cols`, rows of `out` out_row apart. Rows go in groups of one vector's lanes; the
 * last group is filled up with zeros and stored whole, so `out` is written up to the next multiple of LANES in each of
 * its rows. Where out_row is smaller than that, the surplus of one row is overwritten by the next (groups run downwards
 * for that) and only the last row's stays: `out` needs LANES of slack. */
static void NAME(gemm_transpose)(const REAL *in, ptrdiff_t rows, ptrdiff_t cols, ptrdiff_t in_row, REAL *out,
                                 ptrdiff_t out_row) {
    for (ptrdiff_t i = gemm_round_up(rows, LANES) - LANES; i >= 0; i -= LANES) {
        const REAL *from = in + i * in_row;
        ptrdiff_t have = gemm_min(LANES, rows - i), j = 0;
        for (; j + LANES <= cols; j += LANES) {
            VEC v[LANES];
            if (have == LANES) {
                VEC_UNROLL for (int q = 0; q < LANES; q++) v[q] = NAME(vec_load)(from + q * in_row + j);
            } else {
                VEC_UNROLL for (int q = 0; q < LANES; q++)
                    v[q] = q < have ? NAME(vec_load)(from + q * in_row + j) : (VEC){0};
            }
            NAME(vec_transpose)(v);
            VEC_UNROLL for (int q = 0; q < LANES; q++) NAME(vec_store)(out + (j + q) * out_row + i, v[q]);
        }
        if (3 * (cols - j) > LANES && in_row >= cols) {            /* the same, reading into the next row */
            VEC v[LANES];
            for (ptrdiff_t q = 0; q < LANES; q++) {
                const REAL *at = from + q * in_row + j;
                v[q] = q >= have ? (VEC){0}
                       : (have - 1 - q) * in_row + cols - j >= LANES ? NAME(vec_load)(at)
                                                                     : NAME(vec_load_some)(at, cols - j);
            }
            NAME(vec_transpose)(v);
            for (ptrdiff_t q = 0; j < cols; j++, q++) NAME(vec_store)(out + j * out_row + i, v[q]);
        }
        for (; j < cols; j++)
            for (int q = 0; q < LANES; q++) out[j * out_row + i + q] = q < have ? from[q * in_row + j] : 0;
    }
}

/* Copy rows of `cols` elements into rows of `width`, the rest zero. */
static void NAME(gemm_copy_rows)(const REAL *in, ptrdiff_t rows, ptrdiff_t cols, ptrdiff_t in_row, REAL *out,
                                 ptrdiff_t width) {
    for (ptrdiff_t i = 0; i < rows; i++, in += in_row, out += width) {
        ptrdiff_t j = 0;
        for (; j + LANES <= cols; j += LANES) NAME(vec_store)(out + j, NAME(vec_load)(in + j));
        for (; j < cols; j++) out[j] = in[j];
        for (; j < width; j++) out[j] = 0;
    }
}

/* Move one row of a tile; `fast` allows to read and write up to a vector's end. */
VEC_INLINE void NAME(gemm_move_row)(const REAL *in, ptrdiff_t n, REAL *out, int fast) {
    ptrdiff_t j = 0;
    for (; j + LANES <= n; j += LANES) NAME(vec_store)(out + j, NAME(vec_load)(in + j));
    if (fast && j < n) NAME(vec_store)(out + j, NAME(vec_load)(in + j));
    else for (; j < n; j++) out[j] = in[j];
}

/* How many vectors wide the panel that begins `left` columns before the end is. */
VEC_INLINE ptrdiff_t NAME(gemm_width)(ptrdiff_t left, int wide) {
    if (wide && left >= 4 * LANES) return 4;
    return left > LANES ? 2 : 1;
}

/* Panels of B, one behind the other: `k` rows of a multiple of LANES elements each, anything behind the last of `cols`
 * columns. Whole panels are copied together, row by row: parts of a row that lie apart cost a cache miss each. */
static void NAME(gemm_pack_panels)(const REAL *b, ptrdiff_t b_row, ptrdiff_t b_col, ptrdiff_t k, ptrdiff_t cols,
                                   int wide, REAL *out) {
    ptrdiff_t j = 0, width = NAME(gemm_width)(cols, wide) * LANES;
    if (b_col == 1 && width > LANES) {
        const REAL *row = b;
        for (ptrdiff_t q = 0; q < k; q++, row += b_row)
            for (j = 0; j + width <= cols; j += width)
                for (ptrdiff_t v = 0; v < width; v += 2 * LANES) {
                    REAL *to = out + j * k + q * width + v;
                    VEC one = NAME(vec_load)(row + j + v), two = NAME(vec_load)(row + j + v + LANES);
                    NAME(vec_store)(to, one);
                    NAME(vec_store)(to + LANES, two);
                }
    }
    for (; j < cols; j += width) {
        width = NAME(gemm_width)(cols - j, wide) * LANES;
        ptrdiff_t have = gemm_min(width, cols - j);
        if (b_col == 1) {                             /* the surplus of a row is the begin of the next */
            ptrdiff_t q = 0;
            for (; q + 1 < k && b_row >= LANES; q++)
                NAME(gemm_move_row)(b + j + q * b_row, have, out + j * k + q * width, 1);
            NAME(gemm_copy_rows)(b + j + q * b_row, k - q, have, b_row, out + j * k + q * width, width);
        } else NAME(gemm_transpose)(b + j * b_col, have, k, b_col, out + j * k, width);
    }
}

/* A block of A whose columns are contiguous, as tiles [k][rows of the tile], at most 6 rows high and tile_step apart.
 * Reading is sequential, and large strides, which would map to the same few cache sets, do not hurt. Eight elements
 * move at once: the surplus of a row is overwritten by the row of the next k. */
static void NAME(gemm_pack_a)(const REAL *a, ptrdiff_t a_col, ptrdiff_t rows, ptrdiff_t k, REAL *out,
                              ptrdiff_t tile_step) {
    ptrdiff_t tiles = gemm_parts(rows, GEMM_PACKED_ROWS), height = rows / tiles, rest = rows % tiles;
    for (ptrdiff_t q = 0; q < k; q++, a += a_col) {
        const REAL *from = a;
        REAL *to = out + q * (height + 1);
        if (q + 1 < k && a_col >= 8) {
            const REAL *high = a + rest * (height + 1), *end = a + rows;
            for (; from < high; from += height + 1, to += tile_step) memcpy(to, from, 8 * sizeof(REAL));
            for (to -= q; from < end; from += height, to += tile_step) memcpy(to, from, 8 * sizeof(REAL));
        } else {
            for (ptrdiff_t t = 0; t < tiles; t++, to += tile_step) {
                if (t == rest) to -= q;
                for (ptrdiff_t i = 0; i < height + (t < rest); i++) to[i] = *from++;
            }
        }
    }
}

/* ---- tiles path ---- */

/* A tile whose columns are not all there, or not side by side in C, goes through a small array of its own. */
static void NAME(gemm_run_ragged)(NAME(gemm_tile_fn) fn, const NAME(gemm_tile) * whole, ptrdiff_t rows, ptrdiff_t cols,
                                  ptrdiff_t width, ptrdiff_t c_col) {
    REAL sums[VEC_ROWS * 4 * LANES], bias[4 * LANES];
    NAME(gemm_tile) t = *whole;
    t.c = sums;
    t.c_row = width;
    if (t.start == GEMM_START_ADD)
        for (ptrdiff_t i = 0; i < rows; i++)
            for (ptrdiff_t j = 0; j < width; j++)
                sums[i * width + j] = j < cols ? whole->c[i * whole->c_row + j * c_col] : 0;
    if (t.start == GEMM_START_COLUMN) {
        for (ptrdiff_t j = 0; j < width; j++) bias[j] = j < cols ? whole->bias[j] : 0;
        t.bias = bias;
    }
    fn(&t);
    if (c_col == 1) {
        for (ptrdiff_t i = 0; i < rows; i++)
            for (ptrdiff_t j = 0; j < cols; j++) whole->c[i * whole->c_row + j] = sums[i * width + j];
    } else {
        for (ptrdiff_t j = 0; j < cols; j++)
            for (ptrdiff_t i = 0; i < rows; i++) whole->c[i * whole->c_row + j * c_col] = sums[i * width + j];
    }
}

/* Some rows of one panel, whose k rows lie at t->b, b_step apart; a_block is packed or in place. With t->copy, the
 * first tile leaves the panel there, and the others read it there. */
static void NAME(gemm_run_panel)(const gemm_plan *p, NAME(gemm_tile) * t, const REAL *a_block, ptrdiff_t rows,
                                 ptrdiff_t cols, ptrdiff_t wide, REAL *c, const REAL *row_bias) {
    ptrdiff_t tiles = gemm_parts(rows, p->tile_rows), width = wide * LANES;
    ptrdiff_t whole = rows / tiles, rest = rows % tiles, height;
    for (ptrdiff_t i = 0, top = 0; i < tiles; i++, top += height) {
        height = whole + (i < rest);
        t->a = a_block + (p->pack_a ? i * GEMM_TILE_STEP_A(t->length) : top * p->a_row);
        t->a_row = p->pack_a ? 1 : p->a_row;
        t->a_step = p->pack_a ? height : p->a_col;
        t->c = c + top * p->c_row;
        t->c_row = p->c_row;
        if (t->start == GEMM_START_ROW) t->bias = row_bias + top;
        NAME(gemm_tile_fn) fn = NAME(gemm_plain_tiles)[wide][height];
        if (t->copy) fn = NAME(gemm_copying_tiles)[height];
        if (cols == width && p->c_col == 1) {
            if (t->start == GEMM_START_ADD)           /* read when the sums are done: by then it is there */
                for (ptrdiff_t q = 0; q < height; q++)
                    for (ptrdiff_t v = 0; v < wide; v++) __builtin_prefetch(t->c + q * t->c_row + v * LANES, 1);
            fn(t);
        } else {
            NAME(gemm_run_ragged)(fn, t, height, cols, width, p->c_col);
        }
        if (t->copy) {
            t->b = t->copy;
            t->b_step = width;
            t->copy = NULL;
        }
    }
}

VEC_INLINE ptrdiff_t NAME(gemm_a_copy_size)(const gemm_plan *p) {
    return p->pack_a ? gemm_parts(p->m_cache, GEMM_PACKED_ROWS) * GEMM_TILE_STEP_A(p->k_block) : 0;
}

/* One task's part of one product: rows [m0, m1) and columns [n0, n1) over all of k. */
static void NAME(gemm_tiles_block)(const gemm_plan *p, const REAL *a, const REAL *b, REAL *c, ptrdiff_t m0,
                                   ptrdiff_t m1, ptrdiff_t n0, ptrdiff_t n1, REAL *scratch) {
    const REAL *bias = p->bias_kind && !p->accumulate ? (const REAL *)p->bias : NULL;
    ptrdiff_t k_parts = gemm_parts(p->k, p->k_block), m_parts = gemm_parts(m1 - m0, p->m_cache), rows = m1 - m0;
    ptrdiff_t group = p->copying ? 2 * LANES : GEMM_GROUP * LANES;
    int wide = p->tile_rows == GEMM_WIDE_ROWS;
    REAL *a_copy = scratch, *b_copy = scratch + NAME(gemm_a_copy_size)(p);
    for (ptrdiff_t kp = 0; kp < k_parts; kp++) {
        ptrdiff_t k0 = gemm_cut(p->k, k_parts, kp), k = gemm_cut(p->k, k_parts, kp + 1) - k0;
        NAME(gemm_tile) t = {.length = k, .segments = 1, .a_segments = &GEMM_NO_OFFSET};
        t.start = kp || p->accumulate ? GEMM_START_ADD : !bias ? GEMM_START_ZERO : GEMM_START_ROW;
        if (t.start == GEMM_START_ROW && p->bias_kind == GEMM_BIAS_COLUMN) t.start = GEMM_START_COLUMN;
        for (ptrdiff_t nc = n0; nc < n1; nc += p->n_cache) {
            ptrdiff_t n_end = gemm_min(n1, nc + p->n_cache);
            for (ptrdiff_t mp = 0; mp < m_parts; mp++) {
                ptrdiff_t i0 = m0 + gemm_cut(rows, m_parts, mp), height = m0 + gemm_cut(rows, m_parts, mp + 1) - i0;
                const REAL *a_block = a + i0 * p->a_row + k0 * p->a_col;
                if (p->pack_a) {
                    NAME(gemm_pack_a)(a_block, p->a_col, height, k, a_copy, GEMM_TILE_STEP_A(k));
                    a_block = a_copy;
                }
                for (ptrdiff_t j = nc, width; j < n_end; j += width) {
                    ptrdiff_t vectors = NAME(gemm_width)(n_end - j, wide), cols = gemm_min(vectors * LANES, n_end - j);
                    const REAL *b_block = b + k0 * p->b_row + j * p->b_col;
                    width = vectors * LANES;
                    if (!p->pack_b && cols == width) {
                        t.b = b_block;
                        t.b_step = p->b_row;
                    } else {
                        ptrdiff_t at = p->pack_b ? (j - nc) % group : 0;
                        REAL *panel = b_copy + (p->pack_b && m_parts > 1 ? j - nc : at) * k;
                        t.b = panel;
                        t.b_step = width;
                        if (!mp && p->copying && cols == width && vectors == 2) {
                            t.b = b_block;
                            t.b_step = p->b_row;
                            t.copy = panel;
                        } else if (!mp && !at) {
                            NAME(gemm_pack_panels)(b_block, p->b_row, p->b_col, k,
                                                   p->pack_b ? gemm_min(group, n_end - j) : cols, wide, panel);
                        }
                    }
                    if (t.start == GEMM_START_COLUMN) t.bias = bias + j;
                    NAME(gemm_run_panel)(p, &t, a_block, height, cols, vectors, c + i0 * p->c_row + j * p->c_col,
                                         bias ? bias + i0 : NULL);
                }
            }
        }
    }
}

/* ---- one row times a matrix: B streams through once, eight of its rows at a time ---- */

static void NAME(gemm_stream_rows)(const REAL *a, ptrdiff_t a_col, const REAL *b, ptrdiff_t b_row, ptrdiff_t k,
                                   ptrdiff_t n, REAL *c) {
    ptrdiff_t j = 0;
    if (k == 8) {
        VEC x[8];
        VEC_UNROLL for (int q = 0; q < 8; q++) x[q] = NAME(vec_splat)(a[q * a_col]);
        for (; j + LANES <= n; j += LANES) {
            VEC even = NAME(vec_load)(c + j), odd = {0};
            VEC_UNROLL for (int q = 0; q < 8; q += 2) {
                even += x[q] * NAME(vec_load)(b + q * b_row + j);
                odd += x[q + 1] * NAME(vec_load)(b + (q + 1) * b_row + j);
            }
            NAME(vec_store)(c + j, even + odd);
        }
    }
    for (; j < n; j++) {
        REAL even = c[j], odd = 0;
        for (ptrdiff_t q = 0; q < k; q += 2) even += a[q * a_col] * b[q * b_row + j];
        for (ptrdiff_t q = 1; q < k; q += 2) odd += a[q * a_col] * b[q * b_row + j];
        c[j] = even + odd;
    }
}

static void NAME(gemm_stream_block)(const gemm_plan *p, const REAL *a, const REAL *b, REAL *c, ptrdiff_t n0,
                                    ptrdiff_t n1) {
    const REAL *bias = p->bias_kind ? (const REAL *)p->bias : NULL;
    for (ptrdiff_t nc = n0, n; nc < n1; nc += n) {
        n = gemm_min(n1 - nc, GEMM_STREAM_COLUMNS);
        for (ptrdiff_t j = nc; !p->accumulate && j < nc + n; j++)
            c[j] = !bias ? 0 : bias[p->bias_kind == GEMM_BIAS_COLUMN ? j : 0];
        for (ptrdiff_t k = 0; k < p->k; k += 8)
            NAME(gemm_stream_rows)(a + k * p->a_col, p->a_col, b + k * p->b_row + nc, p->b_row, gemm_min(8, p->k - k),
                                   n, c + nc);
    }
}

/* ---- dot-product path: both operands run along k ---- */

#define GEMM_DEFINE_DOT(rows, cols)                                                                                    \
    static void NAME(gemm_dot_##rows##x##cols)(const REAL *a, ptrdiff_t a_row, const REAL *b, ptrdiff_t b_col,         \
                                               ptrdiff_t k, REAL *out) {                                               \
        VEC sum[rows][cols];                                                                                           \
        GEMM_EACH_SUM(rows, cols) sum[i][j] = (VEC){0};                                                                \
        ptrdiff_t q = 0;                                                                                               \
        for (; q + LANES <= k; q += LANES) {                                                                           \
            VEC y[cols];                                                                                               \
            VEC_UNROLL for (int j = 0; j < cols; j++) y[j] = NAME(vec_load)(b + j * b_col + q);                        \
            VEC_UNROLL for (int i = 0; i < rows; i++) {                                                                \
                VEC x = NAME(vec_load)(a + i * a_row + q);                                                             \
                VEC_UNROLL for (int j = 0; j < cols; j++) sum[i][j] += x * y[j];                                       \
            }                                                                                                          \
        }                                                                                                              \
        for (int i = 0; i < rows; i++)                                                                                 \
            for (int j = 0; j < cols; j++) {                                                                           \
                REAL s = NAME(vec_sum)(sum[i][j]);                                                                     \
                for (ptrdiff_t r = q; r < k; r++) s += a[i * a_row + r] * b[j * b_col + r];                            \
                out[i * GEMM_DOT_COLS + j] = s;                                                                        \
            }                                                                                                          \
    }
#if VEC_ROWS == 14
#define GEMM_ALL_DOT_COLS(X, rows) X(rows, 1) X(rows, 2) X(rows, 3) X(rows, 4) X(rows, 5) X(rows, 6)
#else
#define GEMM_ALL_DOT_COLS(X, rows) X(rows, 1) X(rows, 2)
#endif
#define GEMM_ALL_DOTS(X) GEMM_ALL_DOT_COLS(X, 1) GEMM_ALL_DOT_COLS(X, 2) GEMM_ALL_DOT_COLS(X, 3) GEMM_ALL_DOT_COLS(X, 4)
GEMM_ALL_DOTS(GEMM_DEFINE_DOT)
#define GEMM_DOT_ENTRY(rows, cols) NAME(gemm_dot_##rows##x##cols),
static void (*const NAME(gemm_dots)[GEMM_DOT_ROWS][GEMM_DOT_COLS])(const REAL *, ptrdiff_t, const REAL *, ptrdiff_t,
                                                                   ptrdiff_t, REAL *) = {
    {GEMM_ALL_DOT_COLS(GEMM_DOT_ENTRY, 1)},
    {GEMM_ALL_DOT_COLS(GEMM_DOT_ENTRY, 2)},
    {GEMM_ALL_DOT_COLS(GEMM_DOT_ENTRY, 3)},
    {GEMM_ALL_DOT_COLS(GEMM_DOT_ENTRY, 4)}};

static void NAME(gemm_dot_block)(const gemm_plan *p, const REAL *a, const REAL *b, REAL *c, ptrdiff_t m0, ptrdiff_t m1,
                                 ptrdiff_t n0, ptrdiff_t n1, REAL *scratch) {
    const REAL *bias = p->bias_kind && !p->accumulate ? (const REAL *)p->bias : NULL;
    ptrdiff_t a_row = p->a_row, b_col = p->b_col;
    REAL out[GEMM_DOT_ROWS * GEMM_DOT_COLS];
    if (p->pack_b) {                                  /* few columns: one short transposed copy pays */
        b_col = p->k;
        for (ptrdiff_t j = n0; j < n1; j++)
            for (ptrdiff_t k = 0; k < p->k; k++) scratch[(j - n0) * b_col + k] = b[k * p->b_row + j];
        b = scratch;
    } else {
        b += n0 * b_col;
    }
    ptrdiff_t m_parts = gemm_parts(m1 - m0, GEMM_DOT_ROWS), n_parts = gemm_parts(n1 - n0, GEMM_DOT_COLS);
    for (ptrdiff_t np = 0; np < n_parts; np++) {
        ptrdiff_t j = n0 + gemm_cut(n1 - n0, n_parts, np), cols = n0 + gemm_cut(n1 - n0, n_parts, np + 1) - j;
        for (ptrdiff_t mp = 0; mp < m_parts; mp++) {
            ptrdiff_t i = m0 + gemm_cut(m1 - m0, m_parts, mp), rows = m0 + gemm_cut(m1 - m0, m_parts, mp + 1) - i;
            NAME(gemm_dots)[rows - 1][cols - 1](a + i * a_row, a_row, b + (j - n0) * b_col, b_col, p->k, out);
            for (ptrdiff_t y = 0; y < rows; y++)
                for (ptrdiff_t x = 0; x < cols; x++) {
                    REAL *at = c + (i + y) * p->c_row + (j + x) * p->c_col, s = out[y * GEMM_DOT_COLS + x];
                    if (bias) s += bias[p->bias_kind == GEMM_BIAS_ROW ? i + y : j + x];
                    *at = p->accumulate ? *at + s : s;
                }
        }
    }
}

/* ---- what needs no product: k = 0, and the rare bias on top of accumulation ---- */

static void NAME(gemm_fill_block)(const gemm_plan *p, REAL *c, ptrdiff_t m0, ptrdiff_t m1, ptrdiff_t n0, ptrdiff_t n1) {
    const REAL *bias = (const REAL *)p->bias;
    for (ptrdiff_t i = m0; i < m1; i++)
        for (ptrdiff_t j = n0; j < n1; j++) {
            REAL *at = c + i * p->c_row + j * p->c_col, start = p->accumulate ? *at : 0;
            *at = p->bias_kind == GEMM_BIAS_NONE ? start : start + bias[p->bias_kind == GEMM_BIAS_ROW ? i : j];
        }
}

/* ---- plan and run ---- */

static void NAME(gemm_swap)(gemm_plan *p) {           /* C' = B' A': the same numbers with rows and columns exchanged */
    gemm_plan q = *p;
    p->a = q.b, p->a_row = q.b_col, p->a_col = q.b_row, p->a_batch = q.b_batch;
    p->b = q.a, p->b_row = q.a_col, p->b_col = q.a_row, p->b_batch = q.a_batch;
    p->m = q.n, p->n = q.m, p->c_row = q.c_col, p->c_col = q.c_row;
    if (q.bias_kind) p->bias_kind = GEMM_BIAS_COLUMN + GEMM_BIAS_ROW - q.bias_kind;
}

/* Choose the way by shape and layout. */
static void NAME(gemm_setup)(gemm_plan *p) {
    p->c_col = 1;
    if (p->m == 1) p->a_row = p->a_col == 1 ? p->k : 1;            /* strides of single rows and columns are noise */
    if (p->k == 1) p->a_col = p->a_row == 1 ? p->m : 1, p->b_row = p->b_col == 1 ? p->n : 1;
    if (p->n == 1) p->b_col = p->b_row == 1 ? p->k : 1;
    if (p->batch > 1 && !p->b_batch && p->a_col == 1 && p->a_batch == p->m * p->a_row &&
        p->c_batch == p->m * p->c_row && p->bias_kind != GEMM_BIAS_ROW) {
        p->m *= p->batch;                                          /* one matrix for all: one tall product */
        p->batch = 1;
    }
    p->k_block = p->k <= GEMM_K_BLOCK * 3 / 2 ? p->k : GEMM_K_BLOCK * 3 / 2;
    if (p->k > p->k_block) p->k_block = gemm_parts(p->k, gemm_parts(p->k, GEMM_K_BLOCK));
    p->m_cache = GEMM_M_CACHE * 4 / (ptrdiff_t)sizeof(REAL);
    p->n_cache = GEMM_N_CACHE * 4 / (ptrdiff_t)sizeof(REAL);
    p->pack_a = p->pack_b = p->copying = 0;
    if (p->k == 0) {
        p->path = GEMM_PATH_FILL;
        return;
    }
    if (p->n <= 4 && p->m > p->n && p->a_row == 1 && p->a_col != 1) NAME(gemm_swap)(p);
    int a_along_k = p->a_col == 1, b_along_k = p->b_row == 1;
    if (a_along_k && ((b_along_k && p->m <= 8) || p->n <= 4)) {
        p->path = GEMM_PATH_DOT;
        p->pack_b = !b_along_k;
        return;
    }
    p->path = p->m == 1 && p->b_col == 1 && p->c_col == 1 ? GEMM_PATH_STREAM : GEMM_PATH_TILES;
}

/* Whether tasks `n` wide copy A. It is read once for each panel: few passes over A as it is cost less than a copy,
 * unless its rows fall on the same few sets of the first cache, which then holds none of them until the next tile. */
VEC_INLINE int NAME(gemm_copies_a)(const gemm_plan *p, ptrdiff_t n) {
    int crowded = p->a_col * (ptrdiff_t)sizeof(REAL) % 2048 == 0;
    ptrdiff_t vectors = GEMM_PANEL == 4 ? (p->k > 128 ? 4 : 8) : crowded ? 4 : 16;
    return p->a_row == 1 && p->a_col != 1 && p->k > (GEMM_PANEL == 4 ? 64 : 32) && n > vectors * LANES;
}

/* Whether the first tile of a panel copies it in passing, which costs next to nothing. */
VEC_INLINE int NAME(gemm_copies_in_passing)(const gemm_plan *p) {
    return GEMM_COPYING && p->b_col == 1 && p->k_block * p->b_row * (ptrdiff_t)sizeof(REAL) <= GEMM_NEAR_BYTES;
}

/* Cut the work into tasks: first between the products of the batch, then where it costs least. */
static void NAME(gemm_cut_tasks)(gemm_plan *p, ptrdiff_t *m, ptrdiff_t *n) {
    ptrdiff_t rows = p->m < GEMM_READ_MACS ? GEMM_READ_MACS : p->m, cols = p->n < GEMM_READ_MACS ? GEMM_READ_MACS : p->n;
    double task = GEMM_TASK_MACS / 2 * 4 / sizeof(REAL), work = (double)rows * cols * (p->k + 1);
    double wanted = gemm_wanted_tasks(work * p->batch / task);
    if (p->workers && wanted > GEMM_WORKER_TASKS * p->workers) wanted = GEMM_WORKER_TASKS * p->workers;
    p->batch_blocks = gemm_min(p->batch, (ptrdiff_t)wanted);
    p->m_blocks = p->n_blocks = 1;
    for (ptrdiff_t blocks = p->batch_blocks * 2;; blocks *= 2) {
        *m = gemm_parts(p->m, p->m_blocks), *n = gemm_parts(p->n, p->n_blocks);
        if (blocks > wanted) break;
        int keep = NAME(gemm_copies_a)(p, *n) && (*m >= *n || NAME(gemm_copies_in_passing)(p));
        if (*n >= 8 * LANES && *n >= *m / 4 && !keep)
            p->n_blocks *= 2;                         /* copying A costs more than copying B */
        else if (*m > 8 * VEC_ROWS) p->m_blocks *= 2;
        else if (*n > 4 * LANES) p->n_blocks *= 2;
        else break;
    }
    p->ntasks = p->batch_blocks * p->m_blocks * p->n_blocks;
}

static void NAME(gemm_plan)(gemm_plan *p) {
    p->ntasks = p->scratch_bytes = 0;
    if (p->m <= 0 || p->n <= 0 || p->batch <= 0) return;
    NAME(gemm_setup)(p);
    ptrdiff_t m, n, elements = 0;
    NAME(gemm_cut_tasks)(p, &m, &n);
    p->m_cache = gemm_min(p->m_cache, m);
    if (p->path == GEMM_PATH_DOT && p->pack_b) elements = (n + LANES) * p->k;
    if (p->path == GEMM_PATH_TILES) {
        int wide = n >= 4 * LANES && (m <= GEMM_WIDE_ROWS || (GEMM_PANEL == 4 && m > VEC_ROWS));
        p->tile_rows = wide ? GEMM_WIDE_ROWS : VEC_ROWS;
        p->pack_b = p->b_col != 1 || m > VEC_ROWS;
        p->pack_a = m > VEC_ROWS && NAME(gemm_copies_a)(p, n);
        p->copying = p->pack_b && NAME(gemm_copies_in_passing)(p);
        ptrdiff_t columns = gemm_min(gemm_round_up(n + LANES, 4 * LANES),        /* blocks end between vectors */
                                     m <= p->m_cache ? GEMM_GROUP * LANES : p->n_cache);
        elements = columns * p->k_block + NAME(gemm_a_copy_size)(p);
    }
    p->scratch_bytes = gemm_round_up(elements * (ptrdiff_t)sizeof(REAL), 64);
}

static void NAME(gemm_run)(void *plan, ptrdiff_t task, int worker) {
    const gemm_plan *p = (const gemm_plan *)plan;
    REAL *scratch = (REAL *)((char *)p->scratch + worker * p->scratch_stride);
    ptrdiff_t nb = task % p->n_blocks, mb = task / p->n_blocks % p->m_blocks, bb = task / p->n_blocks / p->m_blocks;
    ptrdiff_t m0 = gemm_cut(p->m, p->m_blocks, mb), m1 = gemm_cut(p->m, p->m_blocks, mb + 1);
    ptrdiff_t vectors = gemm_parts(p->n, LANES);      /* columns are cut between vectors */
    ptrdiff_t n0 = gemm_cut(vectors, p->n_blocks, nb) * LANES;
    ptrdiff_t n1 = gemm_min(p->n, gemm_cut(vectors, p->n_blocks, nb + 1) * LANES);
    for (ptrdiff_t q = gemm_cut(p->batch, p->batch_blocks, bb); q < gemm_cut(p->batch, p->batch_blocks, bb + 1); q++) {
        const REAL *a = (const REAL *)p->a + q * p->a_batch, *b = (const REAL *)p->b + q * p->b_batch;
        REAL *c = (REAL *)p->c + q * p->c_batch;
        if (p->path == GEMM_PATH_FILL || (p->accumulate && p->bias_kind)) NAME(gemm_fill_block)(p, c, m0, m1, n0, n1);
        if (p->path == GEMM_PATH_TILES) NAME(gemm_tiles_block)(p, a, b, c, m0, m1, n0, n1, scratch);
        if (p->path == GEMM_PATH_STREAM && m0 < m1) NAME(gemm_stream_block)(p, a, b, c, n0, n1);
        if (p->path == GEMM_PATH_DOT) NAME(gemm_dot_block)(p, a, b, c, m0, m1, n0, n1, scratch);
    }
}

#undef NAME
#undef REAL
#undef VEC
#undef LANES
#endif
