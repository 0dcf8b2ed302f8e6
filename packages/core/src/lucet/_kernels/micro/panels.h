/* Products with a matrix that many of them share, inside one task of a larger kernel: its panels are copied once.
 *
 *   panels_pack_f32(b, b_row, b_col, k, n, wide, out)    B[k][n], one of its strides 1; out: panels_size_f32(k, n) elements
 *   panels_product_f32(a, a_row, a_step, rows, k, panels, depth, cols, wide, c, c_row, start, bias)
 *
 * C (rows, cols) = start + A (rows, k) B; A[i][k] is a[i * a_row + k * a_step]. `depth` is the k that B was packed with, where the product
 * stops before its end; fewer columns than were packed must be a multiple of the widest panel. An element is summed in the order of k,
 * whatever rows and columns are computed with it.
 *
 * panels_get_f32 and panels_put_f32 move a vector of which n or more elements are there.
 */
#ifndef PANELS_REAL
#ifndef LUCET_PANELS_H
#define LUCET_PANELS_H
#include "gemm.h"
#define PANELS_REAL float
#define PANELS_F f32
#include "panels.h"
#undef PANELS_REAL
#undef PANELS_F
#define PANELS_REAL double
#define PANELS_F f64
#include "panels.h"
#undef PANELS_REAL
#undef PANELS_F
#endif

#else /* ================================ template, once per element type ================================ */

#define NAME(x) GEMM_JOIN(x, PANELS_F)
#define REAL PANELS_REAL
#define VEC NAME(vec)
#define LANES NAME(VEC_LANES)

VEC_INLINE VEC NAME(panels_get)(const REAL *p, ptrdiff_t n) {
    return __builtin_expect(n >= LANES, 1) ? NAME(vec_load)(p) : NAME(vec_load_some)(p, n);
}
VEC_INLINE void NAME(panels_put)(REAL *p, VEC v, ptrdiff_t n) {
    if (__builtin_expect(n >= LANES, 1)) NAME(vec_store)(p, v);
    else NAME(vec_store_some)(p, v, n);
}

/* The last panel may be filled up to two vectors, and copying runs over by up to four. */
VEC_INLINE ptrdiff_t NAME(panels_size)(ptrdiff_t k, ptrdiff_t n) { return gemm_round_up(n, 2 * LANES) * k + 4 * LANES; }

static void NAME(panels_pack)(const void *b, ptrdiff_t b_row, ptrdiff_t b_col, ptrdiff_t k, ptrdiff_t n, int wide, void *out) {
    NAME(gemm_pack_panels)((const REAL *)b, b_row, b_col, k, n, wide, (REAL *)out);
}

static void NAME(panels_product)(const REAL *a, ptrdiff_t a_row, ptrdiff_t a_step, ptrdiff_t rows, ptrdiff_t k, const REAL *panels,
                                 ptrdiff_t depth, ptrdiff_t cols, int wide, REAL *c, ptrdiff_t c_row, int start, const REAL *bias) {
    for (ptrdiff_t j = 0, width; j < cols; j += width) {
        ptrdiff_t vectors = NAME(gemm_width)(cols - j, wide), have;
        width = vectors * LANES;
        have = gemm_min(width, cols - j);
        NAME(gemm_tile) t = {.b = panels + j * depth, .bias = bias ? bias + j : NULL, .length = k, .segments = 1, .a_row = a_row,
                             .a_step = a_step, .b_step = width, .c_row = c_row, .a_segments = &GEMM_NO_OFFSET, .start = start};
        ptrdiff_t tiles = gemm_parts(rows, vectors == 4 ? GEMM_WIDE_ROWS : VEC_ROWS);
        for (ptrdiff_t i = 0; i < tiles; i++) {
            ptrdiff_t top = gemm_cut(rows, tiles, i), height = gemm_cut(rows, tiles, i + 1) - top;
            NAME(gemm_tile_fn) fn = NAME(gemm_plain_tiles)[vectors][height];
            t.a = a + top * a_row;
            t.c = c + top * c_row + j;
            if (have == width) fn(&t);
            else NAME(gemm_run_ragged)(fn, &t, height, have, width, 1);
        }
    }
}

#undef NAME
#undef REAL
#undef VEC
#undef LANES
#endif
