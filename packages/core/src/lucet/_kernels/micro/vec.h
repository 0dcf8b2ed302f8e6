/* Vectors of float and double, as wide as the level this file is compiled for: GCC vector extensions (gcc and clang,
 * x86 and aarch64), no intrinsics. Nothing here knows an operation.
 *
 *   vec_f32, vec_f64        VEC_LANES_f32 (VEC_LANES_f64) numbers; + - * / and comparisons work lane by lane
 *   mask_f32, mask_f64      what a comparison gives: integers, all ones or zero
 *   vec_load_f32(p) vec_store_f32(p, v) vec_splat_f32(x)         p needs the alignment of its element only
 *   vec_select_f32(mask, a, b)                                   mask ? a : b
 *   vec_max_f32(a, b)  a > b ? a : b                             so b where either is NaN, or for equal zeros
 *   vec_min_f32(a, b)  a < b ? a : b
 *   vec_sum_f32(v)                                               sum of the lanes, pairwise
 *   vec_even_f32(a, b)                                           lanes 0, 2, 4 ... of a and b together
 *   vec_next_f32(v, n)          each lane takes the next one of its block of n = 2, 4 ... < lanes, the last the first
 *   vec_transpose_f32(v)                                         in place: v[i][j] <-> v[j][i], lanes x lanes
 *   vec_load_some_f32(p, n) vec_store_some_f32(p, v, n)          the first n < lanes; lanes above are 0 / untouched
 *
 * `sum += a * b` fuses into one rounding where the level has FMA: build with -ffp-contract=fast (gcc's default outside
 * -std=c11) or =on (clang's default). Everything is static: several modules of one process include this at different
 * levels.
 */
#ifndef LUCET_VEC_H
#define LUCET_VEC_H
#include <stddef.h>
#include <stdint.h>
#include <string.h>

/* VEC_BYTES: width. VEC_ROWS: rows of a GEMM tile two vectors wide, so that the sums stay in registers. */
#if defined(__AVX512F__)
#define VEC_BYTES 64
#define VEC_ROWS 14
#elif defined(__AVX2__) && defined(__FMA__)
#define VEC_BYTES 32
#define VEC_ROWS 6
#elif defined(__aarch64__)
#define VEC_BYTES 16
#define VEC_ROWS 14
#else
#define VEC_BYTES 16
#define VEC_ROWS 6
#endif
#define VEC_LANES_f32 (VEC_BYTES / 4)
#define VEC_LANES_f64 (VEC_BYTES / 8)

#define VEC_INLINE static inline __attribute__((always_inline))
/* Unrolling of loops over registers; the bound must be a constant of at most 16. */
#define VEC_UNROLL _Pragma("GCC unroll 16")

#if defined(__clang__)
#define VEC_SHUFFLE(mask, a, b, ...) __builtin_shufflevector(a, b, __VA_ARGS__)
#else
#define VEC_SHUFFLE(mask, a, b, ...) __builtin_shuffle(a, b, (mask){__VA_ARGS__})
#endif

/* x - 0 is x for every x, so the compiler drops the subtraction; 0 + x would cost an instruction (-0 becomes 0). */
#define VEC_DEFINE(F, real, integer)                                                                                   \
    typedef real vec_##F __attribute__((vector_size(VEC_BYTES)));                                                      \
    typedef integer mask_##F __attribute__((vector_size(VEC_BYTES)));                                                  \
    typedef real vec_anywhere_##F __attribute__((vector_size(VEC_BYTES), aligned(sizeof(real)), may_alias));           \
    VEC_INLINE vec_##F vec_load_##F(const real *p) { return *(const vec_anywhere_##F *)p; }                            \
    VEC_INLINE void vec_store_##F(real *p, vec_##F v) { *(vec_anywhere_##F *)p = v; }                                  \
    VEC_INLINE vec_##F vec_splat_##F(real x) { return x - (vec_##F){0}; }                                              \
    VEC_INLINE vec_##F vec_select_##F(mask_##F m, vec_##F a, vec_##F b) {                                              \
        return (vec_##F)(((mask_##F)a & m) | ((mask_##F)b & ~m));                                                      \
    }                                                                                                                  \
    VEC_INLINE vec_##F vec_max_##F(vec_##F a, vec_##F b) { return vec_select_##F((mask_##F)(a > b), a, b); }           \
    VEC_INLINE vec_##F vec_min_##F(vec_##F a, vec_##F b) { return vec_select_##F((mask_##F)(a < b), a, b); }           \
    VEC_INLINE vec_##F vec_load_some_##F(const real *p, ptrdiff_t n) {                                                 \
        real t[VEC_LANES_##F] = {0};                                                                                   \
        for (ptrdiff_t i = 0; i < n; i++) t[i] = p[i];                                                                 \
        return vec_load_##F(t);                                                                                        \
    }                                                                                                                  \
    VEC_INLINE void vec_store_some_##F(real *p, vec_##F v, ptrdiff_t n) {                                              \
        real t[VEC_LANES_##F];                                                                                         \
        vec_store_##F(t, v);                                                                                           \
        for (ptrdiff_t i = 0; i < n; i++) p[i] = t[i];                                                                 \
    }
VEC_DEFINE(f32, float, int32_t)
VEC_DEFINE(f64, double, int64_t)

/* One round of a transpose: exchange the off-diagonal halves of all blocks of 2w x 2w. `low` and `high` are the lane
 * numbers that the upper and the lower row of a pair take from the two together. */
#define VEC_TRANSPOSE_ROUND(mask, v, lanes, w, low, high)                                                              \
    VEC_UNROLL for (int i = 0; i < (lanes); i++) if (!(i & (w))) {                                                     \
        __typeof__(v[0]) a = v[i], b = v[i + (w)];                                                                     \
        v[i] = low;                                                                                                    \
        v[i + (w)] = high;                                                                                             \
    }

#define VEC_TRANSPOSE_2(mask, v)                                                                                       \
    VEC_TRANSPOSE_ROUND(mask, v, 2, 1, VEC_SHUFFLE(mask, a, b, 0, 2), VEC_SHUFFLE(mask, a, b, 1, 3))
#define VEC_TRANSPOSE_4(mask, v)                                                                                       \
    VEC_TRANSPOSE_ROUND(mask, v, 4, 2, VEC_SHUFFLE(mask, a, b, 0, 1, 4, 5), VEC_SHUFFLE(mask, a, b, 2, 3, 6, 7))       \
    VEC_TRANSPOSE_ROUND(mask, v, 4, 1, VEC_SHUFFLE(mask, a, b, 0, 4, 2, 6), VEC_SHUFFLE(mask, a, b, 1, 5, 3, 7))
#define VEC_TRANSPOSE_8(mask, v)                                                                                       \
    VEC_TRANSPOSE_ROUND(mask, v, 8, 4, VEC_SHUFFLE(mask, a, b, 0, 1, 2, 3, 8, 9, 10, 11),                              \
                        VEC_SHUFFLE(mask, a, b, 4, 5, 6, 7, 12, 13, 14, 15))                                           \
    VEC_TRANSPOSE_ROUND(mask, v, 8, 2, VEC_SHUFFLE(mask, a, b, 0, 1, 8, 9, 4, 5, 12, 13),                              \
                        VEC_SHUFFLE(mask, a, b, 2, 3, 10, 11, 6, 7, 14, 15))                                           \
    VEC_TRANSPOSE_ROUND(mask, v, 8, 1, VEC_SHUFFLE(mask, a, b, 0, 8, 2, 10, 4, 12, 6, 14),                             \
                        VEC_SHUFFLE(mask, a, b, 1, 9, 3, 11, 5, 13, 7, 15))
#define VEC_TRANSPOSE_16(mask, v)                                                                                      \
    VEC_TRANSPOSE_ROUND(mask, v, 16, 8,                                                                                \
                        VEC_SHUFFLE(mask, a, b, 0, 1, 2, 3, 4, 5, 6, 7, 16, 17, 18, 19, 20, 21, 22, 23),               \
                        VEC_SHUFFLE(mask, a, b, 8, 9, 10, 11, 12, 13, 14, 15, 24, 25, 26, 27, 28, 29, 30, 31))         \
    VEC_TRANSPOSE_ROUND(mask, v, 16, 4,                                                                                \
                        VEC_SHUFFLE(mask, a, b, 0, 1, 2, 3, 16, 17, 18, 19, 8, 9, 10, 11, 24, 25, 26, 27),             \
                        VEC_SHUFFLE(mask, a, b, 4, 5, 6, 7, 20, 21, 22, 23, 12, 13, 14, 15, 28, 29, 30, 31))           \
    VEC_TRANSPOSE_ROUND(mask, v, 16, 2,                                                                                \
                        VEC_SHUFFLE(mask, a, b, 0, 1, 16, 17, 4, 5, 20, 21, 8, 9, 24, 25, 12, 13, 28, 29),             \
                        VEC_SHUFFLE(mask, a, b, 2, 3, 18, 19, 6, 7, 22, 23, 10, 11, 26, 27, 14, 15, 30, 31))           \
    VEC_TRANSPOSE_ROUND(mask, v, 16, 1,                                                                                \
                        VEC_SHUFFLE(mask, a, b, 0, 16, 2, 18, 4, 20, 6, 22, 8, 24, 10, 26, 12, 28, 14, 30),            \
                        VEC_SHUFFLE(mask, a, b, 1, 17, 3, 19, 5, 21, 7, 23, 9, 25, 11, 27, 13, 29, 15, 31))

#define VEC_FOLD_2(mask, v) v += VEC_SHUFFLE(mask, v, v, 1, 0);
#define VEC_FOLD_4(mask, v)                                                                                            \
    v += VEC_SHUFFLE(mask, v, v, 2, 3, 0, 1);                                                                          \
    v += VEC_SHUFFLE(mask, v, v, 1, 0, 3, 2);
#define VEC_FOLD_8(mask, v)                                                                                            \
    v += VEC_SHUFFLE(mask, v, v, 4, 5, 6, 7, 0, 1, 2, 3);                                                              \
    v += VEC_SHUFFLE(mask, v, v, 2, 3, 0, 1, 6, 7, 4, 5);                                                              \
    v += VEC_SHUFFLE(mask, v, v, 1, 0, 3, 2, 5, 4, 7, 6);
#define VEC_FOLD_16(mask, v)                                                                                           \
    v += VEC_SHUFFLE(mask, v, v, 8, 9, 10, 11, 12, 13, 14, 15, 0, 1, 2, 3, 4, 5, 6, 7);                                \
    v += VEC_SHUFFLE(mask, v, v, 4, 5, 6, 7, 0, 1, 2, 3, 12, 13, 14, 15, 8, 9, 10, 11);                                \
    v += VEC_SHUFFLE(mask, v, v, 2, 3, 0, 1, 6, 7, 4, 5, 10, 11, 8, 9, 14, 15, 12, 13);                                \
    v += VEC_SHUFFLE(mask, v, v, 1, 0, 3, 2, 5, 4, 7, 6, 9, 8, 11, 10, 13, 12, 15, 14);

#define VEC_EVEN_2(mask) VEC_SHUFFLE(mask, a, b, 0, 2)
#define VEC_EVEN_4(mask) VEC_SHUFFLE(mask, a, b, 0, 2, 4, 6)
#define VEC_EVEN_8(mask) VEC_SHUFFLE(mask, a, b, 0, 2, 4, 6, 8, 10, 12, 14)
#define VEC_EVEN_16(mask) VEC_SHUFFLE(mask, a, b, 0, 2, 4, 6, 8, 10, 12, 14, 16, 18, 20, 22, 24, 26, 28, 30)

#define VEC_NEXT_2(mask)
#define VEC_NEXT_4(mask) if (n == 2) return VEC_SHUFFLE(mask, v, v, 1, 0, 3, 2);
#define VEC_NEXT_8(mask)                                                                                               \
    if (n == 2) return VEC_SHUFFLE(mask, v, v, 1, 0, 3, 2, 5, 4, 7, 6);                                                \
    if (n == 4) return VEC_SHUFFLE(mask, v, v, 1, 2, 3, 0, 5, 6, 7, 4);
#define VEC_NEXT_16(mask)                                                                                              \
    if (n == 2) return VEC_SHUFFLE(mask, v, v, 1, 0, 3, 2, 5, 4, 7, 6, 9, 8, 11, 10, 13, 12, 15, 14);                  \
    if (n == 4) return VEC_SHUFFLE(mask, v, v, 1, 2, 3, 0, 5, 6, 7, 4, 9, 10, 11, 8, 13, 14, 15, 12);                  \
    if (n == 8) return VEC_SHUFFLE(mask, v, v, 1, 2, 3, 4, 5, 6, 7, 0, 9, 10, 11, 12, 13, 14, 15, 8);

#define VEC_DEFINE_ACROSS(F, real, lanes)                                                                              \
    VEC_INLINE vec_##F vec_even_##F(vec_##F a, vec_##F b) { return VEC_EVEN_##lanes(mask_##F); }                       \
    VEC_INLINE vec_##F vec_next_##F(vec_##F v, int n) {                                                                \
        (void)n;                                                                                                       \
        VEC_NEXT_##lanes(mask_##F) return v;                                                                           \
    }                                                                                                                  \
    VEC_INLINE void vec_transpose_##F(vec_##F *v) { VEC_TRANSPOSE_##lanes(mask_##F, v) }                               \
    VEC_INLINE real vec_sum_##F(vec_##F v) {                                                                           \
        VEC_FOLD_##lanes(mask_##F, v) return v[0];                                                                     \
    }
#if VEC_BYTES == 64
VEC_DEFINE_ACROSS(f32, float, 16)
VEC_DEFINE_ACROSS(f64, double, 8)
#elif VEC_BYTES == 32
VEC_DEFINE_ACROSS(f32, float, 8)
VEC_DEFINE_ACROSS(f64, double, 4)
#else
VEC_DEFINE_ACROSS(f32, float, 4)
VEC_DEFINE_ACROSS(f64, double, 2)
#endif
#endif
