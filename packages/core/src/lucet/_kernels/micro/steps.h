/* Steps of the optimizers over n contiguous elements, one pass each. Every product and sum rounds by itself, as in torch's
 * default path, which makes an operation of each: these functions never contract a multiply with an add.
 *
 *   step_sgd_f32(p, g, buffer, n, c, sign, decays, buffered, nesterov)
 *       c: -lr, weight decay, momentum, 1 - dampening; buffered: 0 no momentum, 1 the first step of it, 2 a later one
 *   step_adam_f32(p, g, mean, square, top, n, c, sign, decays, amsgrad, shrinks)
 *       c: -step size, weight decay, 1 - beta1, beta2, 1 - beta2, sqrt(1 - beta2^t), eps, 1 - lr * weight decay
 *   step_adadelta_f32(p, g, square, moved, n, c, sign, decays)
 *       c: -lr, weight decay, rho, 1 - rho, eps
 *   step_adamax_f32(p, g, mean, largest, n, c, sign, decays)
 *       c: -step size, weight decay, 1 - beta1, beta2, eps
 *   step_nadam_f32(p, g, mean, square, n, c, sign, decays, shrinks)
 *       c: -rate of the gradient, weight decay, 1 - beta1, beta2, 1 - beta2, 1 - beta2^t, eps, 1 - lr * weight decay, -rate of the mean
 *   step_radam_f32(p, g, mean, square, n, c, sign, decays, shrinks, rectifies)
 *       c: lr, weight decay, 1 - beta1, beta2, 1 - beta2, 1 - beta1^t, eps, 1 - lr * weight decay, sqrt(1 - beta2^t), rectification
 *   step_rmsprop_f32(p, g, square, mean, buffer, n, c, sign, decays, centered, buffered)
 *       c: -lr, weight decay, alpha, 1 - alpha, eps, momentum
 *   step_adagrad_f32(p, g, sum, n, c, sign, decays)
 *       c: -rate, weight decay, eps
 *   step_asgd_f32(p, g, average, n, c, sign, decays, copies)
 *       c: -eta, weight decay, 1 - lambd * eta, mu; copies: the average is the parameter
 *   step_rprop_f32(p, g, before, size, n, c, sign)
 *       c: eta minus, eta plus, least and largest step
 *   step_adafactor_f32(p, g, row, col, square, sums, batch, rows, cols, c, sign)
 *       a parameter as `batch` matrices; row (batch, rows) and col (batch, cols) are what is kept of their squares, or, where they are
 *       NULL, square (batch, rows, cols) is the whole; sums: room for cols + batch numbers
 *       c: lr at this step, how much of the new squares is taken, eps1, eps2, d, 1 - lr * weight decay
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

/* torch's lerp starts from the nearer end: mean + (t - mean) * weight */
#define STEP_PULL(T, weight)                                                                                           \
    const int near = (T)(weight) < (T)0.5;                                                                             \
    const T pull = near ? (T)(weight) : (T)(weight)-1;
#define STEP_LERP(T, start, end) ((near ? (start) : (end)) + ((end) - (start)) * pull)

#define STEP_RMSPROP_LOOP(T, f, variance, move)                                                                        \
    STEP_LOOP(T, T s = square[i] * alpha; T u = fresh * t; s = s + u * t; square[i] = s; variance T root = sqrt##f(s) + eps; move)
#define STEP_MEAN_SQUARE(T) T m = STEP_LERP(T, mean[i], t); mean[i] = m; s = s - m * m;
#define STEP_BUFFERED(T) T b = buffer[i] * momentum; b = b + t / root; buffer[i] = b; p[i] = p[i] + b * rate;
#define STEP_STRAIGHT(T) p[i] = p[i] + rate * t / root;

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
    }                                                                                                                  \
    STEP_FN void step_adamax_##S(T *restrict p, const T *restrict g, T *restrict mean, T *restrict largest, ptrdiff_t n,\
                                 const double *c, T sign, int decays) {                                                \
        STEP_BODY const T rate = (T)c[0], decay = (T)c[1], beta2 = (T)c[3], eps = (T)c[4];                             \
        STEP_PULL(T, c[2])                                                                                             \
        STEP_LOOP(T, T m = STEP_LERP(T, mean[i], t); mean[i] = m; T old = largest[i] * beta2; T now = fabs##f(t) + eps;\
                  old = old > now || old != old ? old : now; largest[i] = old; p[i] = p[i] + rate * m / old;)          \
    }                                                                                                                  \
    STEP_FN void step_nadam_##S(T *restrict p, const T *restrict g, T *restrict mean, T *restrict square, ptrdiff_t n, \
                                const double *c, T sign, int decays, int shrinks) {                                    \
        STEP_BODY const T rate = (T)c[0], decay = (T)c[1], beta2 = (T)c[3], fresh = (T)c[4], correct = (T)c[5];        \
        const T eps = (T)c[6], shrink = shrinks ? (T)c[7] : 1, ahead = (T)c[8];                                        \
        STEP_PULL(T, c[2])                                                                                             \
        STEP_LOOP(T, T x = p[i] * shrink; T m = STEP_LERP(T, mean[i], t); mean[i] = m; T s = square[i] * beta2;        \
                  T u = fresh * t; s = s + u * t; square[i] = s; T root = sqrt##f(s / correct) + eps; x = x + rate * t / root;\
                  p[i] = x + ahead * m / root;)                                                                        \
    }                                                                                                                  \
    STEP_FN void step_radam_##S(T *restrict p, const T *restrict g, T *restrict mean, T *restrict square, ptrdiff_t n, \
                                const double *c, T sign, int decays, int shrinks, int rectifies) {                     \
        STEP_BODY const T rate = (T)c[0], decay = (T)c[1], beta2 = (T)c[3], fresh = (T)c[4], correct = (T)c[5];        \
        const T eps = (T)c[6], shrink = shrinks ? (T)c[7] : 1, root2 = rectifies ? (T)c[8] : 1, rect = rectifies ? (T)c[9] : 1;\
        STEP_PULL(T, c[2])                                                                                             \
        STEP_LOOP(T, T x = p[i] * shrink; T m = STEP_LERP(T, mean[i], t); mean[i] = m; T s = square[i] * beta2;        \
                  T u = fresh * t; s = s + u * t; square[i] = s; T d = m / correct * rate; T over = 1 / (sqrt##f(s) + eps) * root2;\
                  over = rectifies ? over : 1; d = d * over; p[i] = x - d * rect;)                                     \
    }                                                                                                                  \
    STEP_FN void step_rmsprop_##S(T *restrict p, const T *restrict g, T *restrict square, T *restrict mean, T *restrict buffer,\
                                  ptrdiff_t n, const double *c, T sign, int decays, int centered, int buffered) {      \
        STEP_BODY const T rate = (T)c[0], decay = (T)c[1], alpha = (T)c[2], fresh = (T)c[3], eps = (T)c[4], momentum = (T)c[5];\
        STEP_PULL(T, c[3])                                                                                             \
        if (centered && buffered) {                                                                                    \
            STEP_RMSPROP_LOOP(T, f, STEP_MEAN_SQUARE(T), STEP_BUFFERED(T))                                             \
        } else if (centered) {                                                                                         \
            STEP_RMSPROP_LOOP(T, f, STEP_MEAN_SQUARE(T), STEP_STRAIGHT(T))                                             \
        } else if (buffered) {                                                                                         \
            STEP_RMSPROP_LOOP(T, f, , STEP_BUFFERED(T))                                                                \
        } else {                                                                                                       \
            STEP_RMSPROP_LOOP(T, f, , STEP_STRAIGHT(T))                                                                \
        }                                                                                                              \
    }                                                                                                                  \
    STEP_FN void step_adagrad_##S(T *restrict p, const T *restrict g, T *restrict sum, ptrdiff_t n, const double *c, T sign,\
                                  int decays) {                                                                        \
        STEP_BODY const T rate = (T)c[0], decay = (T)c[1], eps = (T)c[2];                                              \
        STEP_LOOP(T, T s = sum[i] + t * t; sum[i] = s; p[i] = p[i] + rate * t / (sqrt##f(s) + eps);)                   \
    }                                                                                                                  \
    STEP_FN void step_asgd_##S(T *restrict p, const T *restrict g, T *restrict average, ptrdiff_t n, const double *c, T sign,\
                               int decays, int copies) {                                                               \
        STEP_BODY const T rate = (T)c[0], decay = (T)c[1], shrink = (T)c[2], mu = (T)c[3];                             \
        if (copies) {                                                                                                  \
            STEP_LOOP(T, T x = p[i] * shrink + t * rate; p[i] = x; average[i] = x;)                                    \
        } else {                                                                                                       \
            STEP_LOOP(T, T x = p[i] * shrink + t * rate; p[i] = x; T a = average[i]; average[i] = a + (x - a) * mu;)   \
        }                                                                                                              \
    }                                                                                                                  \
    STEP_FN void step_rprop_##S(T *restrict p, const T *restrict g, T *restrict before, T *restrict size, ptrdiff_t n, \
                                const double *c, T sign) {                                                             \
        STEP_BODY const T less = (T)c[0], more = (T)c[1], low = (T)c[2], high = (T)c[3];                               \
        for (ptrdiff_t i = 0; i < n; i++) {                                                                            \
            T t = g[i] * sign, turn = t * before[i];                                                                   \
            T s = size[i] * (turn > 0 ? more : turn < 0 ? less : 1);                                                   \
            s = s < low ? low : s;                                                                                     \
            s = s > high ? high : s;                                                                                   \
            size[i] = s;                                                                                               \
            t = turn < 0 ? 0 : t;                                                                                      \
            before[i] = t;                                                                                             \
            p[i] = p[i] - s * (t > 0 ? 1 : t < 0 ? -1 : 0);                                                            \
        }                                                                                                              \
    }                                                                                                                  \
    STEP_FN double adafactor_variance_##S(const T *restrict g, T *restrict row, T *restrict col, T *restrict square,   \
                                          double *restrict sums, ptrdiff_t rows, ptrdiff_t cols, const double *c) {    \
        /* Takes the squares of one matrix in; returns what row * col is divided by. */                                \
        STEP_BODY const double take = c[1];                                                                            \
        if (!row) {                                                                                                    \
            for (ptrdiff_t i = 0; i < rows * cols; i++) {                                                              \
                T t = g[i] * g[i];                                                                                     \
                square[i] = square[i] + (t - square[i]) * (T)take;                                                     \
            }                                                                                                          \
            return 1;                                                                                                  \
        }                                                                                                              \
        double mean = 0;                                                                                               \
        for (ptrdiff_t j = 0; j < cols; j++) sums[j] = 0;                                                              \
        for (ptrdiff_t i = 0; i < rows; i++) {                                                                         \
            double sum = 0;                                                                                            \
            for (ptrdiff_t j = 0; j < cols; j++) {                                                                     \
                double t = (double)g[i * cols + j];                                                                    \
                t = t * t;                                                                                             \
                sum += t;                                                                                              \
                sums[j] += t;                                                                                          \
            }                                                                                                          \
            row[i] = (T)(row[i] + (sum / cols - row[i]) * take);                                                       \
            mean += row[i];                                                                                            \
        }                                                                                                              \
        for (ptrdiff_t j = 0; j < cols; j++) col[j] = (T)(col[j] + (sums[j] / rows - col[j]) * take);                  \
        mean /= rows;                                                                                                  \
        return mean < c[2] ? c[2] : mean;                                                                              \
    }                                                                                                                  \
    STEP_FN double adafactor_move_##S(T *restrict p, const T *restrict g, const T *restrict row, const T *restrict col,\
                                      const T *restrict square, ptrdiff_t rows, ptrdiff_t cols, const double *c, double mean,\
                                      T rate, T shrink, int moves) {                                                   \
        /* The update of one matrix: its sum of squares, or, if it moves, the parameter with it added. */              \
        STEP_BODY const T floor = (T)(c[2] * c[2]), over = (T)mean;                                                    \
        double total = 0;                                                                                              \
        for (ptrdiff_t i = 0; i < rows; i++) {                                                                         \
            for (ptrdiff_t j = 0; j < cols; j++) {                                                                     \
                ptrdiff_t k = i * cols + j;                                                                            \
                T v = row ? row[i] * col[j] / over : square[k];                                                        \
                v = v < floor ? floor : v;                                                                             \
                T u = 1 / sqrt##f(v) * g[k];                                                                           \
                if (moves)                                                                                             \
                    p[k] = p[k] * shrink + u * rate;                                                                   \
                else                                                                                                   \
                    total += (double)u * (double)u;                                                                    \
            }                                                                                                          \
        }                                                                                                              \
        return total;                                                                                                  \
    }                                                                                                                  \
    STEP_FN void step_adafactor_##S(T *restrict p, const T *restrict g, T *restrict row, T *restrict col, T *restrict square,\
                                    double *restrict sums, ptrdiff_t batch, ptrdiff_t rows, ptrdiff_t cols, const double *c,\
                                    T sign) {                                                                          \
        const ptrdiff_t area = rows * cols, n = batch * area;                                                          \
        double size = 0, total = 0, *means = sums + cols;                                                              \
        for (ptrdiff_t i = 0; i < n; i++) size += (double)p[i] * (double)p[i];                                         \
        for (ptrdiff_t b = 0; b < batch; b++) {                                                                        \
            T *r = row ? row + b * rows : 0, *k = row ? col + b * cols : 0, *s = square ? square + b * area : 0;       \
            means[b] = adafactor_variance_##S(g + b * area, r, k, s, sums, rows, cols, c);                             \
            total += adafactor_move_##S(p + b * area, g + b * area, r, k, s, rows, cols, c, means[b], 0, 0, 0);        \
        }                                                                                                              \
        double scale = sqrt(size) / sqrt((double)n), clip = sqrt(total) / (sqrt((double)n) * c[4]);                    \
        double rate = (scale > c[3] ? scale : c[3]) * c[0] / (clip > 1 ? clip : 1);                                    \
        for (ptrdiff_t b = 0; b < batch; b++) {                                                                        \
            T *r = row ? row + b * rows : 0, *k = row ? col + b * cols : 0, *s = square ? square + b * area : 0;       \
            adafactor_move_##S(p + b * area, g + b * area, r, k, s, rows, cols, c, means[b], (T)(-rate) * sign, (T)c[5], 1);\
        }                                                                                                              \
    }
STEP_DEFINE(f32, float, f)
STEP_DEFINE(f64, double, )
#endif
