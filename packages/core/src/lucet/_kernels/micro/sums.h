/* Reductions of one axis in a fixed order: sums, dot products, moments, max/min, argmax/argmin; nothing elementwise.
 *
 * The order of additions depends on the length alone, never on the instruction set, the stride or (if the caller cuts
 * work into LS_CHUNK pieces) the number of threads, so results are the same bits everywhere.
 *
 * float32: element i belongs to lane i mod 16. Four rows of 16 are added as a tree and then to the lane sums; after
 * LS_BLOCK elements the lane sums go into float64 lanes and start again, so an error never sees more than about 34
 * float32 roundings. float64: the same with 8 lanes and a second level that is emptied every 64 blocks.
 * A term is rounded before it is added: no fused multiply-add, whatever the compiler flags say.
 * Float sums return float64; the caller rounds once.
 */
#ifndef LUCET_SUMS_H
#define LUCET_SUMS_H
#include <math.h>
#include <stdint.h>
#include <string.h>

#if defined(__AVX512F__)
#  define LS_BYTES 64
#elif defined(__AVX2__)
#  define LS_BYTES 32
#else
#  define LS_BYTES 16
#endif
#define LS_BLOCK 2048          /* elements between two flushes of the float32 lanes */
#define LS_CHUNK 65536         /* piece for parallel sums: partial results go to an array, ls_sum_f64 adds that */
#define LS_COLS 256            /* columns handled together when rows are added */
#define LS_ROWS 128            /* rows between two flushes there */

#define LS_INL static inline __attribute__((always_inline, unused))
#define LS_FUN static __attribute__((unused))

#if defined(__x86_64__) && defined(__AVX512F__)
#  define LS_ROUND(v) __asm__("" : "+v"(v))
#elif defined(__x86_64__)
#  define LS_ROUND(v) __asm__("" : "+x"(v))
#elif defined(__aarch64__)
#  define LS_ROUND(v) __asm__("" : "+w"(v))
#else
#  define LS_ROUND(v) __asm__("" : "+m"(v))
#endif

typedef float ls_vf __attribute__((vector_size(LS_BYTES)));
typedef double ls_vd __attribute__((vector_size(LS_BYTES)));
typedef float ls_vfu __attribute__((vector_size(LS_BYTES), aligned(4), may_alias));
typedef double ls_vdu __attribute__((vector_size(LS_BYTES), aligned(8), may_alias));
#define LS_NF (LS_BYTES / 4)
#define LS_ND (LS_BYTES / 8)

/* What is added: x, x*x, x*y, (x-m)^2, x-m, (x-m)*y. a, b: elements; m: the constant. Products are rounded first. */
#define LS_TERM_SUM(V, a, b, m) (a)
#define LS_TERM_SQ(V, a, b, m) ({ V ls_p = (a) * (a); LS_ROUND(ls_p); ls_p; })
#define LS_TERM_DOT(V, a, b, m) ({ V ls_p = (a) * (b); LS_ROUND(ls_p); ls_p; })
#define LS_TERM_DEV(V, a, b, m) ({ V ls_q = (a) - (m), ls_p = ls_q * ls_q; LS_ROUND(ls_p); ls_p; })
#define LS_TERM_OFF(V, a, b, m) ((a) - (m))
#define LS_TERM_DEVDOT(V, a, b, m) ({ V ls_p = ((a) - (m)) * (b); LS_ROUND(ls_p); ls_p; })

/* One family per term. T: element type, L: lanes (16 or 8), VT/VU/N: vector type, unaligned twin, its length.
 * `name_lanes` adds k elements (k <= LS_BLOCK) into L sums in acc; the general entry gathers strides into a buffer
 * first, so a strided sum equals the sum of a contiguous copy. */
#define LS_FAMILY(name, T, L, VT, VU, N, TERM, TWO)                                                    \
    LS_FUN void name##_lanes(const T *x, const T *y, double mean, long k, T *acc) {                    \
        VT a[L / N], m = (T)mean - (VT){0};                                                            \
        long i = 0;                                                                                    \
        (void)y; (void)m;                                                                              \
        _Pragma("GCC unroll 8") for (int v = 0; v < L / N; v++) a[v] = (VT){0};                        \
        for (; i + 4 * L <= k; i += 4 * L)                                                             \
            _Pragma("GCC unroll 8") for (int v = 0; v < L / N; v++) {                                  \
                const T *p = x + i + v * N, *q = (TWO) ? y + i + v * N : p;                            \
                (void)q;                                                                               \
                VT t0 = TERM(VT, (*(const VU *)p), (*(const VU *)q), m);                               \
                VT t1 = TERM(VT, (*(const VU *)(p + L)), (*(const VU *)(q + L)), m);                   \
                VT t2 = TERM(VT, (*(const VU *)(p + 2 * L)), (*(const VU *)(q + 2 * L)), m);           \
                VT t3 = TERM(VT, (*(const VU *)(p + 3 * L)), (*(const VU *)(q + 3 * L)), m);           \
                a[v] += (t0 + t1) + (t2 + t3);                                                         \
            }                                                                                          \
        for (; i + L <= k; i += L)                                                                     \
            _Pragma("GCC unroll 8") for (int v = 0; v < L / N; v++) {                                  \
                const T *p = x + i + v * N, *q = (TWO) ? y + i + v * N : p;                            \
                (void)q;                                                                               \
                a[v] += TERM(VT, (*(const VU *)p), (*(const VU *)q), m);                               \
            }                                                                                          \
        _Pragma("GCC unroll 8") for (int v = 0; v < L / N; v++) *(VU *)(acc + v * N) = a[v];           \
        for (int l = 0; i < k; i++, l++) {                                                             \
            T s = (T)mean, e = x[i], f = (TWO) ? y[i] : e;                                             \
            (void)s; (void)f;                                                                          \
            acc[l] += TERM(T, e, f, s);                                                                \
        }                                                                                              \
    }                                                                                                  \
    LS_FUN double name##_any(const T *x, long sx, const T *y, long sy, double mean, long n) {          \
        double lo[L], hi[L];                                                                           \
        T bx[LS_BLOCK], by[(TWO) ? LS_BLOCK : 1];                                                      \
        if (n <= LS_BLOCK && sx == 1 && (!(TWO) || sy == 1)) {                                         \
            T acc[L];                                                                                  \
            name##_lanes(x, (TWO) ? y : x, mean, n, acc);                                              \
            for (int l = 0; l < L / 2; l++) lo[l] = (double)acc[l] + (double)acc[l + L / 2];           \
            for (int h = L / 4; h > 0; h /= 2) for (int l = 0; l < h; l++) lo[l] += lo[l + h];         \
            return lo[0];                                                                              \
        }                                                                                              \
        for (int l = 0; l < L; l++) lo[l] = hi[l] = 0;                                                 \
        for (long i = 0, b = 1; i < n; i += LS_BLOCK, b++) {                                           \
            long k = n - i < LS_BLOCK ? n - i : LS_BLOCK;                                              \
            const T *p = x + i * sx, *q = (TWO) ? y + i * sy : p;                                      \
            T acc[L];                                                                                  \
            if (sx != 1) { for (long j = 0; j < k; j++) bx[j] = p[j * sx]; p = bx; }                   \
            if ((TWO) && sy != 1) { for (long j = 0; j < k; j++) by[j] = q[j * sy]; q = by; }          \
            name##_lanes(p, q, mean, k, acc);                                                          \
            for (int l = 0; l < L; l++) lo[l] += (double)acc[l];                                       \
            if (b % 64 == 0) for (int l = 0; l < L; l++) { hi[l] += lo[l]; lo[l] = 0; }                \
        }                                                                                              \
        for (int l = 0; l < L; l++) lo[l] += hi[l];                                                    \
        for (int h = L / 2; h > 0; h /= 2) for (int l = 0; l < h; l++) lo[l] += lo[l + h];             \
        return lo[0];                                                                                  \
    }

#define LS_FAMILIES(sfx, T, L, VT, VU, N)                                                              \
    LS_FAMILY(ls_f_sum_##sfx, T, L, VT, VU, N, LS_TERM_SUM, 0)                                         \
    LS_FAMILY(ls_f_sq_##sfx, T, L, VT, VU, N, LS_TERM_SQ, 0)                                           \
    LS_FAMILY(ls_f_dot_##sfx, T, L, VT, VU, N, LS_TERM_DOT, 1)                                         \
    LS_FAMILY(ls_f_dev_##sfx, T, L, VT, VU, N, LS_TERM_DEV, 0)                                         \
    LS_FAMILY(ls_f_off_##sfx, T, L, VT, VU, N, LS_TERM_OFF, 0)                                         \
    LS_FAMILY(ls_f_devdot_##sfx, T, L, VT, VU, N, LS_TERM_DEVDOT, 1)                                   \
    /* sum of x over n elements, sx apart; short runs skip the lanes (still an order fixed by n) */    \
    LS_FUN double ls_sum_##sfx(const T *x, long sx, long n) {                                          \
        if (n >= 64) return ls_f_sum_##sfx##_any(x, sx, 0, 0, 0, n);                                   \
        double s[4] = {0};                                                                             \
        long i = 0;                                                                                    \
        for (; i + 4 <= n; i += 4) for (int l = 0; l < 4; l++) s[l] += (double)x[(i + l) * sx];        \
        for (; i < n; i++) s[0] += (double)x[i * sx];                                                  \
        return (s[0] + s[1]) + (s[2] + s[3]);                                                          \
    }                                                                                                  \
    /* sums of the even and the odd of n elements, added to out: lanes keep them apart */             \
    LS_FUN void ls_pairs_##sfx(const T *x, long n, double *out) {                                      \
        double lo[L] = {0}, hi[L] = {0};                                                               \
        for (long i = 0, b = 1; i < n; i += LS_BLOCK, b++) {                                           \
            T acc[L];                                                                                  \
            ls_f_sum_##sfx##_lanes(x + i, x + i, 0, n - i < LS_BLOCK ? n - i : LS_BLOCK, acc);         \
            for (int l = 0; l < L; l++) lo[l] += (double)acc[l];                                       \
            if (b % 64 == 0) for (int l = 0; l < L; l++) { hi[l] += lo[l]; lo[l] = 0; }                \
        }                                                                                              \
        for (int l = 0; l < L; l++) lo[l] += hi[l];                                                    \
        for (int h = L / 2; h > 1; h /= 2) for (int l = 0; l < h; l++) lo[l] += lo[l + h];             \
        out[0] += lo[0];                                                                               \
        out[1] += lo[1];                                                                               \
    }                                                                                                  \
    LS_FUN double ls_sumsq_##sfx(const T *x, long sx, long n) {                                        \
        return ls_f_sq_##sfx##_any(x, sx, 0, 0, 0, n);                                                 \
    }                                                                                                  \
    LS_FUN double ls_dot_##sfx(const T *x, long sx, const T *y, long sy, long n) {                     \
        return ls_f_dot_##sfx##_any(x, sx, y, sy, 0, n);                                               \
    }                                                                                                  \
    /* sum of (x - m)^2 and of (x - m) * y, m rounded to the element type first */                     \
    LS_FUN double ls_sumdev_##sfx(const T *x, long sx, double m, long n) {                             \
        return ls_f_dev_##sfx##_any(x, sx, 0, 0, m, n);                                                \
    }                                                                                                  \
    LS_FUN double ls_devdot_##sfx(const T *x, long sx, double m, const T *y, long sy, long n) {        \
        return ls_f_devdot_##sfx##_any(x, sx, y, sy, m, n);                                            \
    }                                                                                                  \
    LS_FUN double ls_mean_##sfx(const T *x, long sx, long n) { return ls_sum_##sfx(x, sx, n) / (double)n; } \
    /* mean and sum of squared deviations from it; a second look at the mean takes out what the first rounded away */ \
    LS_FUN double ls_moments_##sfx(const T *x, long sx, long n, double *mean) {                        \
        double m = (double)(T)ls_mean_##sfx(x, sx, n);                                                 \
        if (n < 2 || m - m != 0) { *mean = m; return n == 1 && m - m == 0 ? 0.0 : (double)NAN; }         \
        double d = ls_f_off_##sfx##_any(x, sx, 0, 0, m, n), s = ls_sumdev_##sfx(x, sx, m, n);          \
        double e = d * d / (double)n;                                                                  \
        *mean = m + d / (double)n;                                                                     \
        return s < e ? 0.0 : s - e;                                                                    \
    }                                                                                                  \
    /* out[c] = sum over rows r of x[r * rs + c]: the rows of four are added as a tree, LS_ROWS rows go to float64 */ \
    LS_FUN void ls_rows_add_##sfx(const T *x, long rs, long rows, long cols, double *acc) {            \
        for (long c0 = 0; c0 < cols; c0 += LS_COLS) {                                                  \
            long w = cols - c0 < LS_COLS ? cols - c0 : LS_COLS;                                        \
            const T *base = x + c0;                                                                    \
            double *restrict o = acc + c0;                                                             \
            T t[LS_COLS];                                                                              \
            for (long r0 = 0; r0 < rows; r0 += LS_ROWS) {                                              \
                long r = r0, r1 = rows - r0 < LS_ROWS ? rows : r0 + LS_ROWS;                           \
                for (long c = 0; c < w; c++) t[c] = 0;                                                 \
                for (; r + 4 <= r1; r += 4) {                                                          \
                    const T *p = base + r * rs, *q = p + rs, *u = q + rs, *v = u + rs;                 \
                    for (long c = 0; c < w; c++) t[c] += (p[c] + q[c]) + (u[c] + v[c]);                \
                }                                                                                      \
                for (; r < r1; r++) for (long c = 0; c < w; c++) t[c] += base[r * rs + c];             \
                for (long c = 0; c < w; c++) o[c] += (double)t[c];                                     \
            }                                                                                          \
        }                                                                                              \
    }                                                                                                  \
    /* out[c] = what ls_rows_add gives for at most LS_ROWS rows, by `count`: one pass, where the rows are few */ \
    LS_FUN void ls_rows_sum_##sfx(const T *x, long rs, long rows, long cols, double count, T *out) {   \
        long c = 0;                                                                                    \
        for (; c + 2 * N <= cols; c += 2 * N) {                                                        \
            VT s = (VT){0}, t = (VT){0}, by = (T)count - (VT){0};                                      \
            long r = 0;                                                                                \
            for (; r + 4 <= rows; r += 4) {                                                            \
                const T *p = x + r * rs + c, *q = p + rs, *u = q + rs, *v = u + rs;                    \
                s += (*(const VU *)p + *(const VU *)q) + (*(const VU *)u + *(const VU *)v);            \
                t += (*(const VU *)(p + N) + *(const VU *)(q + N)) + (*(const VU *)(u + N) + *(const VU *)(v + N)); \
            }                                                                                          \
            for (; r < rows; r++) s += *(const VU *)(x + r * rs + c), t += *(const VU *)(x + r * rs + c + N); \
            *(VU *)(out + c) = count == 1 ? s : s / by;                                                \
            *(VU *)(out + c + N) = count == 1 ? t : t / by;                                            \
        }                                                                                              \
        for (; c < cols; c++) {                                                                        \
            T t = 0;                                                                                   \
            long r = 0;                                                                                \
            for (; r + 4 <= rows; r += 4) {                                                            \
                const T *p = x + r * rs + c;                                                           \
                t += (p[0] + p[rs]) + (p[2 * rs] + p[3 * rs]);                                         \
            }                                                                                          \
            for (; r < rows; r++) t += x[r * rs + c];                                                  \
            out[c] = count == 1 ? t : t / (T)count;                                                    \
        }                                                                                              \
    }                                                                                                  \
    /* acc[c] += sum over rows of (x[r * rs + c] - mean[c])^2, for variances along an outer axis */    \
    LS_FUN void ls_rows_dev_##sfx(const T *x, long rs, long rows, long cols, const T *mean, double *acc) { \
        for (long c0 = 0; c0 < cols; c0 += LS_COLS) {                                                  \
            long w = cols - c0 < LS_COLS ? cols - c0 : LS_COLS;                                        \
            T t[LS_COLS + N];                                                                          \
            for (long r0 = 0; r0 < rows; r0 += LS_ROWS) {                                              \
                long r1 = rows - r0 < LS_ROWS ? rows : r0 + LS_ROWS;                                   \
                for (long c = 0; c < w; c++) t[c] = 0;                                                 \
                for (long r = r0; r < r1; r++) {                                                       \
                    const T *p = x + c0 + r * rs, *m = mean + c0;                                      \
                    long c = 0;                                                                        \
                    for (; c + N <= w; c += N) {                                                       \
                        VT e = *(const VU *)(p + c) - *(const VU *)(m + c), s = e * e;                 \
                        LS_ROUND(s);                                                                   \
                        *(VU *)(t + c) += s;                                                           \
                    }                                                                                  \
                    for (; c < w; c++) { T e = p[c] - m[c], s = e * e; LS_ROUND(s); t[c] += s; }       \
                }                                                                                      \
                for (long c = 0; c < w; c++) acc[c0 + c] += (double)t[c];                              \
            }                                                                                          \
        }                                                                                              \
    }

LS_FAMILIES(f32, float, 16, ls_vf, ls_vfu, LS_NF)
LS_FAMILIES(f64, double, 8, ls_vd, ls_vdu, LS_ND)

/* ---------------------------------------------------------------- integers: exact modulo 2^64 */

#define LS_INT_SUM(sfx, T)                                                                             \
    LS_FUN int64_t ls_sum_##sfx(const T *x, long sx, long n) {                                         \
        uint64_t s = 0;                                                                                \
        if (sx == 1) for (long i = 0; i < n; i++) s += (uint64_t)(int64_t)x[i];                        \
        else for (long i = 0; i < n; i++) s += (uint64_t)(int64_t)x[i * sx];                           \
        return (int64_t)s;                                                                             \
    }                                                                                                  \
    LS_FUN void ls_rows_add_##sfx(const T *x, long rs, long rows, long cols, int64_t *acc) {           \
        for (long r = 0; r < rows; r++)                                                                \
            for (long c = 0; c < cols; c++)                                                            \
                acc[c] = (int64_t)((uint64_t)acc[c] + (uint64_t)(int64_t)x[r * rs + c]);               \
    }
LS_INT_SUM(i64, int64_t)
LS_INT_SUM(i32, int32_t)
LS_INT_SUM(i16, int16_t)
LS_INT_SUM(i8, int8_t)
LS_INT_SUM(u8, uint8_t)

/* ---------------------------------------------------------------- extrema: NaN wins, the first index wins */

/* x beats m: larger (smaller), or NaN while m is not. For integers the second half folds away. */
#define LS_GT(x, m) (((x) > (m)) | (((x) != (x)) & ((m) == (m))))
#define LS_LT(x, m) (((x) < (m)) | (((x) != (x)) & ((m) == (m))))
#define LS_SAME(x, m) (((x) == (m)) | (((x) != (x)) & ((m) != (m))))

/* Lane by lane: x where it beats m. A NaN in m stays, since nothing compares greater and only a NaN replaces it. */
#define LS_VSEL(VT, k, x, m) ((VT)(((__typeof__(k))(x) & (k)) | ((__typeof__(k))(m) & ~(k))))
#define LS_VGT(x, m) (((x) > (m)) | ((x) != (x)))
#define LS_VLT(x, m) (((x) < (m)) | ((x) != (x)))

/* ls_v_<name>: contiguous, n >= one vector. The last step overlaps the one before: extrema do not mind. Among equal
 * candidates of different bits (two zeros, two NaNs) the first is looked up, whatever lane won. n >= 1 elsewhere. */
#define LS_EXTREME(name, T, BEATS, VBEATS)                                                             \
    typedef T ls_t_##name __attribute__((vector_size(LS_BYTES)));                                      \
    typedef T ls_u_##name __attribute__((vector_size(LS_BYTES), aligned(sizeof(T)), may_alias));       \
    LS_FUN T ls_v_##name(const T *x, long n) {                                                         \
        enum { N = LS_BYTES / sizeof(T) };                                                             \
        ls_t_##name m0 = *(const ls_u_##name *)x, m1 = m0, m2 = m0, m3 = m0, v;                        \
        long i = N;                                                                                    \
        for (; i + 4 * N <= n; i += 4 * N) {                                                           \
            v = *(const ls_u_##name *)(x + i), m0 = LS_VSEL(ls_t_##name, VBEATS(v, m0), v, m0);        \
            v = *(const ls_u_##name *)(x + i + N), m1 = LS_VSEL(ls_t_##name, VBEATS(v, m1), v, m1);    \
            v = *(const ls_u_##name *)(x + i + 2 * N), m2 = LS_VSEL(ls_t_##name, VBEATS(v, m2), v, m2);\
            v = *(const ls_u_##name *)(x + i + 3 * N), m3 = LS_VSEL(ls_t_##name, VBEATS(v, m3), v, m3);\
        }                                                                                              \
        m0 = LS_VSEL(ls_t_##name, VBEATS(m1, m0), m1, m0);                                             \
        m2 = LS_VSEL(ls_t_##name, VBEATS(m3, m2), m3, m2);                                             \
        m0 = LS_VSEL(ls_t_##name, VBEATS(m2, m0), m2, m0);                                             \
        for (; i < n; i += N) {                                                                        \
            v = *(const ls_u_##name *)(x + (i + N <= n ? i : n - N));                                  \
            m0 = LS_VSEL(ls_t_##name, VBEATS(v, m0), v, m0);                                           \
        }                                                                                              \
        T t[N], m;                                                                                     \
        *(ls_u_##name *)t = m0;                                                                        \
        m = t[0];                                                                                      \
        for (int l = 1; l < N; l++) m = BEATS(t[l], m) ? t[l] : m;                                     \
        return m;                                                                                      \
    }                                                                                                  \
    LS_FUN T ls_##name(const T *x, long sx, long n) {                                                  \
        enum { N = LS_BYTES / sizeof(T) };                                                             \
        T m = x[0];                                                                                    \
        if (sizeof(T) <= 2 && sx == 1) {                              /* compilers do well on these */       \
            for (long i = 1; i < n; i++) m = BEATS(x[i], m) ? x[i] : m;                                \
            return m;                                                                                  \
        }                                                                                              \
        if (n < N) {                                                                                   \
            for (long i = 1; i < n; i++) m = BEATS(x[i * sx], m) ? x[i * sx] : m;                      \
            return m;                                                                                  \
        }                                                                                              \
        if (sx == 1) m = ls_v_##name(x, n);                                                            \
        else for (long i = 0; i < n; i += 256) {                                                       \
            T t[256], v;                                                                               \
            long from = n < 256 || i + 256 <= n ? i : n - 256, k = n < 256 ? n : 256;                  \
            for (long j = 0; j < k; j++) t[j] = x[(from + j) * sx];                                    \
            v = ls_v_##name(t, k);                                                                     \
            m = BEATS(v, m) ? v : m;                                                                   \
        }                                                                                              \
        if ((T)0.5 != 0 && (m == 0 || m != m)) {                                                       \
            long i = 0;                                                                                \
            while (!LS_SAME(x[i * sx], m)) i++;                                                        \
            m = x[i * sx];                                                                             \
        }                                                                                              \
        return m;                                                                                      \
    }                                                                                                  \
    LS_FUN long ls_arg##name(const T *x, long sx, long n) {                                            \
        T m = ls_##name(x, sx, n);                                                                     \
        long i = 0;                                                                                    \
        if (sx == 1)                                                                                   \
            for (; i + 64 <= n; i += 64) {                                                             \
                int hit = 0;                                                                           \
                for (int l = 0; l < 64; l++) hit |= LS_SAME(x[i + l], m);                              \
                if (hit) break;                                                                        \
            }                                                                                          \
        while (i < n - 1 && !LS_SAME(x[i * sx], m)) i++;                                               \
        return i;                                                                                      \
    }                                                                                                  \
    /* out[c] (and idx[c], if not null) over the rows of a column; rows >= 1 */                        \
    LS_FUN void ls_rows_##name(const T *x, long rs, long rows, long cols, T *out) {                    \
        for (long c = 0; c < cols; c++) out[c] = x[c];                                                 \
        for (long r = 1; r < rows; r++) {                                                              \
            const T *p = x + r * rs;                                                                   \
            for (long c = 0; c < cols; c++) out[c] = BEATS(p[c], out[c]) ? p[c] : out[c];              \
        }                                                                                              \
    }                                                                                                  \
    LS_FUN void ls_rows_arg##name(const T *x, long rs, long rows, long cols, T *out, int64_t *idx) {   \
        for (long c0 = 0; c0 < cols; c0 += 64) {                                                       \
            long w = cols - c0 < 64 ? cols - c0 : 64;                                                  \
            T m[64];                                                                                   \
            int64_t at[64];                                                                            \
            for (long c = 0; c < w; c++) { m[c] = x[c0 + c]; at[c] = 0; }                              \
            for (long r = 1; r < rows; r++) {                                                          \
                const T *p = x + c0 + r * rs;                                                          \
                for (long c = 0; c < w; c++) {                                                         \
                    int b = BEATS(p[c], m[c]);                                                         \
                    m[c] = b ? p[c] : m[c];                                                            \
                    at[c] = b ? r : at[c];                                                             \
                }                                                                                      \
            }                                                                                          \
            for (long c = 0; c < w; c++) { if (out) out[c0 + c] = m[c]; idx[c0 + c] = at[c]; }         \
        }                                                                                              \
    }
#define LS_EXTREMA(sfx, T) LS_EXTREME(max_##sfx, T, LS_GT, LS_VGT) LS_EXTREME(min_##sfx, T, LS_LT, LS_VLT)
LS_EXTREMA(f32, float)
LS_EXTREMA(f64, double)
LS_EXTREMA(i64, int64_t)
LS_EXTREMA(i32, int32_t)
LS_EXTREMA(i16, int16_t)
LS_EXTREMA(i8, int8_t)
LS_EXTREMA(u8, uint8_t)
#endif
