/* Discrete Fourier transforms of lines of numbers (plans: fourier_plan.h). Complex numbers lie as pairs, a vector holds several of
 * one place in several lines, or of several columns of one line: so passes need no shuffle but the exchange of the two parts.
 *
 *   fourier_columns_f32(job, line, first, last, room)   complex lines side by side: columns 8 first..8 last
 *   fourier_lines_f32(job, first, last, room)           any lines, one after the other or a vector of them at a time
 *   fourier_phase_f32(job, task, room)                  a part of a step of one long line
 *   fourier_room_f32(job) fourier_shared_f32(job)       bytes of room for any of these, of what the phases share
 *
 * x and y of complex lines may be the same.
 */
#ifndef LUCET_FOURIER_H
#define LUCET_FOURIER_H
#include "fourier_plan.h"
#include "vec.h"

/* The same for pairs of numbers: a broadcast pair, transposes, reversals, parts that are doubled. */
#if VEC_BYTES == 64
#define FOURIER_PAIR_f64(p) (vec_f64){(p)[0], (p)[1], (p)[0], (p)[1], (p)[0], (p)[1], (p)[0], (p)[1]}
#define FOURIER_BACK_f32(v) VEC_SHUFFLE(mask_f32, v, v, 14, 15, 12, 13, 10, 11, 8, 9, 6, 7, 4, 5, 2, 3, 0, 1)
#define FOURIER_BACK_f64(v) VEC_SHUFFLE(mask_f64, v, v, 6, 7, 4, 5, 2, 3, 0, 1)
#define FOURIER_RE_f32(v) VEC_SHUFFLE(mask_f32, v, v, 0, 0, 2, 2, 4, 4, 6, 6, 8, 8, 10, 10, 12, 12, 14, 14)
#define FOURIER_RE_f64(v) VEC_SHUFFLE(mask_f64, v, v, 0, 0, 2, 2, 4, 4, 6, 6)
#define FOURIER_IM_f32(v) VEC_SHUFFLE(mask_f32, v, v, 1, 1, 3, 3, 5, 5, 7, 7, 9, 9, 11, 11, 13, 13, 15, 15)
#define FOURIER_IM_f64(v) VEC_SHUFFLE(mask_f64, v, v, 1, 1, 3, 3, 5, 5, 7, 7)
VEC_INLINE void fourier_turn_f64(vec_f64 *v) {
    VEC_TRANSPOSE_ROUND(mask_f64, v, 4, 2, VEC_SHUFFLE(mask_f64, a, b, 0, 1, 2, 3, 8, 9, 10, 11),
                        VEC_SHUFFLE(mask_f64, a, b, 4, 5, 6, 7, 12, 13, 14, 15))
    VEC_TRANSPOSE_ROUND(mask_f64, v, 4, 1, VEC_SHUFFLE(mask_f64, a, b, 0, 1, 8, 9, 4, 5, 12, 13),
                        VEC_SHUFFLE(mask_f64, a, b, 2, 3, 10, 11, 6, 7, 14, 15))
}
#elif VEC_BYTES == 32
#define FOURIER_PAIR_f64(p) (vec_f64){(p)[0], (p)[1], (p)[0], (p)[1]}
#define FOURIER_BACK_f32(v) VEC_SHUFFLE(mask_f32, v, v, 6, 7, 4, 5, 2, 3, 0, 1)
#define FOURIER_BACK_f64(v) VEC_SHUFFLE(mask_f64, v, v, 2, 3, 0, 1)
#define FOURIER_RE_f32(v) VEC_SHUFFLE(mask_f32, v, v, 0, 0, 2, 2, 4, 4, 6, 6)
#define FOURIER_RE_f64(v) VEC_SHUFFLE(mask_f64, v, v, 0, 0, 2, 2)
#define FOURIER_IM_f32(v) VEC_SHUFFLE(mask_f32, v, v, 1, 1, 3, 3, 5, 5, 7, 7)
#define FOURIER_IM_f64(v) VEC_SHUFFLE(mask_f64, v, v, 1, 1, 3, 3)
VEC_INLINE void fourier_turn_f64(vec_f64 *v) {
    VEC_TRANSPOSE_ROUND(mask_f64, v, 2, 1, VEC_SHUFFLE(mask_f64, a, b, 0, 1, 4, 5), VEC_SHUFFLE(mask_f64, a, b, 2, 3, 6, 7))
}
#else
#define FOURIER_PAIR_f64(p) vec_load_f64(p)
#define FOURIER_SWAP_f64(v) VEC_SHUFFLE(mask_f64, v, v, 1, 0)
#define FOURIER_BACK_f32(v) VEC_SHUFFLE(mask_f32, v, v, 2, 3, 0, 1)
#define FOURIER_BACK_f64(v) (v)
#define FOURIER_RE_f32(v) VEC_SHUFFLE(mask_f32, v, v, 0, 0, 2, 2)
#define FOURIER_RE_f64(v) VEC_SHUFFLE(mask_f64, v, v, 0, 0)
#define FOURIER_IM_f32(v) VEC_SHUFFLE(mask_f32, v, v, 1, 1, 3, 3)
#define FOURIER_IM_f64(v) VEC_SHUFFLE(mask_f64, v, v, 1, 1)
VEC_INLINE void fourier_turn_f64(vec_f64 *v) { (void)v; }
#endif
VEC_INLINE vec_f32 fourier_pair_f32(const float *p) {
    double both;
    memcpy(&both, p, 8);
    return (vec_f32)vec_splat_f64(both);
}
#define FOURIER_PAIR_f32(p) fourier_pair_f32(p)
#ifndef FOURIER_SWAP_f64
#define FOURIER_SWAP_f64(v) vec_next_f64(v, 2)
#endif
VEC_INLINE void fourier_turn_f32(vec_f32 *v) { vec_transpose_f64((vec_f64 *)v); }

/* Where the loops of a pass go: m groups, q rows, v vectors, with their steps. */
typedef struct {
    ptrdiff_t m, q, v, in_k, in_p, in_q, out_j, out_p, out_q;
} fourier_loops;

#define FOURIER(name) name##_f32
#define REAL float
#define WIDTH (VEC_LANES_f32 / 2)
#define VEC vec_f32
#define MASK mask_f32
#define LOAD vec_load_f32
#define STORE vec_store_f32
#define SPLAT vec_splat_f32
#define SWAP(x) vec_next_f32(x, 2)
#define PAIR(p) FOURIER_PAIR_f32(p)
#define BACK(v) FOURIER_BACK_f32(v)
#define RE(v) FOURIER_RE_f32(v)
#define IM(v) FOURIER_IM_f32(v)
#define TURN fourier_turn_f32
#include "fourier_passes.h"
#include "fourier_lines.h"
#define FOURIER(name) name##_f64
#define REAL double
#define WIDTH (VEC_LANES_f64 / 2)
#define VEC vec_f64
#define MASK mask_f64
#define LOAD vec_load_f64
#define STORE vec_store_f64
#define SPLAT vec_splat_f64
#define SWAP(x) FOURIER_SWAP_f64(x)
#define PAIR(p) FOURIER_PAIR_f64(p)
#define BACK(v) FOURIER_BACK_f64(v)
#define RE(v) FOURIER_RE_f64(v)
#define IM(v) FOURIER_IM_f64(v)
#define TURN fourier_turn_f64
#include "fourier_passes.h"
#include "fourier_lines.h"
#endif
