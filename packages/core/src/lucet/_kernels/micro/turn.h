/* Turning planes: out[j][i] = in[i][j] for a block of `rows` x `cols`, rows `in_row` and `out_row` elements apart. Every
 * element of the block is written and nothing else is touched. Between pixels-by-channels and channels-by-pixels, this
 * is what a hidden layout costs when somebody wants the plain one (see lucet/_layout.pxd).
 */
#ifndef LUCET_TURN_H
#define LUCET_TURN_H
#include "vec.h"

#define TURN_DEFINE(F, real)                                                                                           \
    static void turn_##F(const void *in_, void *out_, ptrdiff_t rows, ptrdiff_t cols, ptrdiff_t in_row,                \
                         ptrdiff_t out_row) {                                                                          \
        enum { N = VEC_LANES_##F };                                                                                    \
        const real *in = (const real *)in_;                                                                            \
        real *out = (real *)out_;                                                                                      \
        ptrdiff_t i = 0;                                                                                               \
        for (; i + N <= rows; i += N) {                                                                                \
            ptrdiff_t j = 0;                                                                                           \
            for (; j + N <= cols; j += N) {                                                                            \
                vec_##F v[N];                                                                                          \
                VEC_UNROLL for (int q = 0; q < N; q++) v[q] = vec_load_##F(in + (i + q) * in_row + j);                 \
                vec_transpose_##F(v);                                                                                  \
                VEC_UNROLL for (int q = 0; q < N; q++) vec_store_##F(out + (j + q) * out_row + i, v[q]);               \
            }                                                                                                          \
            for (; j < cols; j++)                                                                                      \
                for (int q = 0; q < N; q++) out[j * out_row + i + q] = in[(i + q) * in_row + j];                       \
        }                                                                                                              \
        for (; i < rows; i++)                                                                                          \
            for (ptrdiff_t j = 0; j < cols; j++) out[j * out_row + i] = in[i * in_row + j];                            \
    }
TURN_DEFINE(f32, float)
TURN_DEFINE(f64, double)
#endif
