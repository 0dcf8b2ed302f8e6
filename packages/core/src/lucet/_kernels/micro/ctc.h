/* Connectionist temporal classification of one sequence in log space (Graves et al., 2006, equations 6 to 15).
 *
 *   nll = ctc_forward_f32(x, step, labels, count, times, blank, alpha, room)
 *   ctc_backward_f32(x, step, labels, count, times, blank, classes, alpha, nll, g, dx, room)
 *
 * x: log-probabilities, a row for each time, `step` elements apart, dx alike. A path walks over S = 2 count + 1 places, which
 * are the labels with blanks before, between and behind them. alpha (times, S): the log of the sum over all beginnings of paths.
 * room: (6 S + classes) numbers. A row is one pass of vector exponentials and logarithms.
 */
#ifndef LUCET_CTC_H
#define LUCET_CTC_H
#include <math.h>
#include <stddef.h>
#include <stdint.h>
#include "mathfun.h"

#define CTC_LABEL(s) ((s) & 1 ? labels[(s) / 2] : blank)

#define CTC_FLOATS(T, F)                                                                                               \
    /* out[s] = log(exp a[s] + exp a[s - d] + exp(a[s - 2 d] where `skip` lets it)) + row at the label of s */         \
    LM_FUN void ctc_row_##F(const T *a, ptrdiff_t d, const T *row, const int64_t *labels, ptrdiff_t S, ptrdiff_t blank, \
                            const T *skip, T *out, T *room) {                                                          \
        T *x = room, *y = x + S, *z = y + S, *m = z + S;                                                               \
        for (ptrdiff_t s = 0; s < S; s++) {                                                                            \
            ptrdiff_t one = s - d, two = s - 2 * d;                                                                    \
            T p = a[s], q = one >= 0 && one < S ? a[one] : -(T)INFINITY;                                               \
            T r = two >= 0 && two < S ? a[two] + skip[d > 0 ? s : two] : -(T)INFINITY;                                 \
            T top = p > q ? p : q;                                                                                     \
            top = top > r ? top : r;                                                                                   \
            top = top == -(T)INFINITY ? 0 : top;                                                                       \
            x[s] = p - top, y[s] = q - top, z[s] = r - top, m[s] = top;                                                \
        }                                                                                                              \
        lm_exp_##F(x, x, (long)(3 * S));                                                                               \
        for (ptrdiff_t s = 0; s < S; s++) x[s] += y[s] + z[s];                                                         \
        lm_log_##F(x, x, (long)S);                                                                                     \
        for (ptrdiff_t s = 0; s < S; s++) out[s] = x[s] + m[s] + row[CTC_LABEL(s)];                                    \
    }                                                                                                                  \
    /* 0 where a path may come to s from s - 2, past a blank between two labels that differ */                         \
    LM_FUN void ctc_skips_##F(const int64_t *labels, ptrdiff_t S, T *skip) {                                           \
        for (ptrdiff_t s = 0; s < S; s++)                                                                              \
            skip[s] = (s & 1) && s > 1 && labels[s / 2] != labels[s / 2 - 1] ? 0 : -(T)INFINITY;                       \
    }                                                                                                                  \
    LM_FUN T ctc_plus_##F(T a, T b) {                                                                                  \
        T top = a > b ? a : b;                                                                                         \
        top = top == -(T)INFINITY ? 0 : top;                                                                           \
        return top + (T)log(exp((double)(a - top)) + exp((double)(b - top)));                                          \
    }                                                                                                                  \
    LM_FUN double ctc_forward_##F(const void *x_, ptrdiff_t step, const int64_t *labels, ptrdiff_t count,              \
                                  ptrdiff_t times, ptrdiff_t blank, void *alpha_, void *room_) {                       \
        const T *x = (const T *)x_;                                                                                    \
        T *alpha = (T *)alpha_, *room = (T *)room_, *skip = room + 4 * (2 * count + 1);                                \
        ptrdiff_t S = 2 * count + 1;                                                                                   \
        if (times == 0) return count ? INFINITY : -0.0;                                                                \
        ctc_skips_##F(labels, S, skip);                                                                                \
        for (ptrdiff_t s = 0; s < S; s++) alpha[s] = s < 2 ? x[CTC_LABEL(s)] : -(T)INFINITY;                           \
        for (ptrdiff_t t = 1; t < times; t++)                                                                          \
            ctc_row_##F(alpha + (t - 1) * S, 1, x + t * step, labels, S, blank, skip, alpha + t * S, room);            \
        alpha += (times - 1) * S;                                                                                      \
        return -(S > 1 ? ctc_plus_##F(alpha[S - 1], alpha[S - 2]) : alpha[0]);                                         \
    }                                                                                                                  \
    /* dx = (exp x - the share of paths that go through each class) g: the gradient by scores whose log-softmax x is */ \
    LM_FUN void ctc_backward_##F(const void *x_, ptrdiff_t step, const int64_t *labels, ptrdiff_t count,               \
                                 ptrdiff_t times, ptrdiff_t blank, ptrdiff_t classes, const void *alpha_, double nll_, \
                                 double g_, void *dx_, void *room_) {                                                  \
        const T *x = (const T *)x_, *alpha = (const T *)alpha_;                                                        \
        ptrdiff_t S = 2 * count + 1;                                                                                   \
        T *dx = (T *)dx_, *room = (T *)room_, *skip = room + 4 * S, *beta = skip + S, *p = beta + S;                   \
        T nll = (T)nll_, g = (T)g_;                                                                                    \
        ctc_skips_##F(labels, S, skip);                                                                                \
        for (ptrdiff_t t = times - 1; t >= 0; t--) {                                                                   \
            const T *row = x + t * step;                                                                               \
            if (t == times - 1)                                                                                        \
                for (ptrdiff_t s = 0; s < S; s++) beta[s] = s > S - 3 ? row[CTC_LABEL(s)] : -(T)INFINITY;              \
            else                                                                                                       \
                ctc_row_##F(beta, -1, row, labels, S, blank, skip, beta, room);                                        \
            for (ptrdiff_t s = 0; s < S; s++) {                                                                        \
                T both = alpha[t * S + s] + beta[s];                                                                   \
                room[s] = both == -(T)INFINITY && nll < (T)INFINITY ? both : both - row[CTC_LABEL(s)] + nll;           \
            }                                                                                                          \
            lm_exp_##F(room, room, (long)S);                                                                           \
            lm_exp_##F(row, p, (long)classes);                                                                         \
            for (ptrdiff_t s = 0; s < S; s++) p[CTC_LABEL(s)] -= room[s];                                              \
            for (ptrdiff_t c = 0; c < classes; c++) dx[t * step + c] = (nll == (T)INFINITY ? (T)NAN : p[c]) * g;       \
        }                                                                                                              \
    }
CTC_FLOATS(float, f32)
CTC_FLOATS(double, f64)
#endif
