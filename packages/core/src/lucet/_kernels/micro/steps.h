/* Steps of the optimizers over n contiguous elements, one pass each. Every product and sum rounds by itself, as in torch's
 * default path, which makes an operation of each: these functions never contract a multiply with an add.
 *
 *   step_sgd_f32(p, g, buffer, n, c, sign, decays, buffered, nesterov)
 *       c: -lr, weight decay, momentum, 1 - dampening; buffered: 0 no momentum, 1 the first step of it, 2 a later one
 *   step_adam_f32(p, g, mean, square, top, n, c, sign, decays, amsgrad, shrinks)
 *       c: -step size, weight decay, 1 - beta1, beta2, 1 - beta2, sqrt(1 - beta2^t), eps, 1 - lr * weight decay
 *   step_adadelta_f32(p, g, square, moved, n, c, sign, decays)
 *       c: -lr, weight decay, rho, 1 - rho, eps
 *
 * sign: -1 to maximise, else 1. No two arrays overlap; those that the flags leave out may be NULL.
 */
#ifndef LUCET_STEPS_H
#define LUCET_STEPS_H
#include <math.h>
#include <stddef.h>

#if defined(__clang__)
#define STEP_FN static
#define STEP_BODY _Pragma("clang fp contract(off)")
#else
#define STEP_FN static __attribute__((optimize("fp-contract=off")))
#define STEP_BODY
#endif

/* The loop twice, so that weight decay is decided outside it: t + p * 0 is not t where p is infinite. */
#define STEP_LOOP(T, ...)                                                                                              \
    if (decays) {                                                                                                      \
        for (ptrdiff_t i = 0; i < n; i++) {                                                                            \
            T t = g[i] * sign;                                                                                         \
            t = t + p[i] * decay;                                                                                      \
            __VA_ARGS__                                                                                                \
        }                                                                                                              \
    } else {                                                                                                           \
        for (ptrdiff_t i = 0; i < n; i++) {                                                                            \
            T t = g[i] * sign;                                                                                         \
            __VA_ARGS__                                                                                                \
        }                                                                                                              \
    }

#define STEP_ADAM_LOOP(T, f, largest)                                                                                  \
    STEP_LOOP(T, T x = p[i] * shrink; T m = mean[i]; T d = t - m; m = (near ? m : t) + d * pull; mean[i] = m;          \
              T s = square[i] * beta2; T u = fresh * t; s = s + u * t; square[i] = s; largest                          \
              T root = sqrt##f(s) / correct + eps; p[i] = x + rate * m / root;)

#define STEP_DEFINE(S, T, f)                                                                                           \
    STEP_FN void step_sgd_##S(T *restrict p, const T *restrict g, T *restrict b, ptrdiff_t n, const double *c, T sign, \
                              int decays, int buffered, int nesterov) {                                                \
        STEP_BODY const T rate = (T)c[0], decay = (T)c[1], momentum = (T)c[2], fresh = (T)c[3];                        \
        if (!buffered) {                                                                                               \
            STEP_LOOP(T, p[i] = p[i] + t * rate;)                                                                      \
        } else if (buffered == 1) {                                                                                    \
            STEP_LOOP(T, b[i] = t; T m = t * momentum; t = nesterov ? t + m : t; p[i] = p[i] + t * rate;)              \
        } else if (nesterov) {                                                                                         \
            STEP_LOOP(T, T m = b[i] * momentum; m = m + t * fresh; b[i] = m; t = t + m * momentum;                     \
                      p[i] = p[i] + t * rate;)                                                                         \
        } else {                                                                                                       \
            STEP_LOOP(T, T m = b[i] * momentum; m = m + t * fresh; b[i] = m; p[i] = p[i] + m * rate;)                  \
        }                                                                                                              \
    }                                                                                                                  \
    STEP_FN void step_adam_##S(T *restrict p, const T *restrict g, T *restrict mean, T *restrict square,               \
                               T *restrict top, ptrdiff_t n, const double *c, T sign, int decays, int amsgrad,         \
                               int shrinks) {                                                                          \
        STEP_BODY const T rate = (T)c[0], decay = (T)c[1], beta2 = (T)c[3], fresh = (T)c[4], correct = (T)c[5];        \
        const T eps = (T)c[6], shrink = shrinks ? (T)c[7] : 1;                                                         \
        const int near = (T)c[2] < (T)0.5; /* torch's lerp starts from the nearer end */                               \
        const T pull = near ? (T)c[2] : (T)c[2] - 1;                                                                   \
        if (amsgrad) {                                                                                                 \
            STEP_ADAM_LOOP(T, f, s = s > top[i] || s != s ? s : top[i]; top[i] = s;)                                   \
        } else {                                                                                                       \
            STEP_ADAM_LOOP(T, f, )                                                                                     \
        }                                                                                                              \
    }                                                                                                                  \
    STEP_FN void step_adadelta_##S(T *restrict p, const T *restrict g, T *restrict square, T *restrict moved,          \
                                   ptrdiff_t n, const double *c, T sign, int decays) {                                 \
        STEP_BODY const T rate = (T)c[0], decay = (T)c[1], rho = (T)c[2], fresh = (T)c[3], eps = (T)c[4];              \
        STEP_LOOP(T, T s = square[i] * rho; T u = fresh * t; s = s + u * t; square[i] = s;                             \
                  T d = sqrt##f(moved[i] + eps) / sqrt##f(s + eps) * t; T m = moved[i] * rho; u = fresh * d;           \
                  moved[i] = m + u * d; p[i] = p[i] + d * rate;)                                                       \
    }
STEP_DEFINE(f32, float, f)
STEP_DEFINE(f64, double, )
#endif
