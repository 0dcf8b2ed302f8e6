/* Reflections and rotations. Eigenvalues of symmetric matrices and singular values, in three steps (G. H. Golub, C. F. Van Loan, Matrix Computations,
 * chapter 8): Householder reflections make the matrix tridiagonal (bidiagonal), rotations make that diagonal, and both are
 * applied to rows of the vectors. Numbers of the middle step are double for both types; its rotations are not applied one by one
 * but kept in a log, and a log at a time to a few columns of the vectors, which stay in the first cache meanwhile (F. G. Van Zee,
 * R. A. van de Geijn, G. Quintana-Orti, Restructuring the tridiagonal and bidiagonal QR algorithms for performance, 2014).
 *
 *   spectral_tridiagonal_f32(a, n, ...)        a symmetric matrix, its lower triangle -> d, e; reflectors in its rows
 *   spectral_bidiagonal_f32(a, m, n, ...)      m >= n -> d, e; reflectors in rows of two other matrices
 *   spectral_ql(...) spectral_qr(...)          d becomes the values; return when the log is full, or 0 at the end
 *   spectral_reflected_f32(...)                rows of the product of reflectors
 *   spectral_rotated_f32(...)                  the log applied to some columns
 *
 * and, for orthogonal factors of any matrix, whose columns are rows there (chapter 5):
 *
 *   spectral_columns_f32(a, from, to, ...)     reflectors of some columns, as far as R is in them
 *   spectral_through_f32(a, first, last, ...)  other columns through these reflectors
 */
#ifndef LUCET_SPECTRAL_H
#define LUCET_SPECTRAL_H
#include <float.h>
#include <math.h>
#include "spectra.h"
#include "vec.h"

/* c, s, r with c f + s g = r and c g - s f = 0 */
VEC_INLINE void spectral_rotation(double f, double g, double *c, double *s, double *r) {
    double q = f * f + g * g, scale = 1;
    if (!(q > 1e-280 && q < 1e280)) {
        double most = fabs(f) > fabs(g) ? fabs(f) : fabs(g);
        if (most == 0) {
            *c = 1, *s = 0, *r = 0;
            return;
        }
        scale = most;
        f /= most, g /= most;
        q = f * f + g * g;
    }
    q = sqrt(q);
    *c = f / q, *s = g / q, *r = q * scale;
}

VEC_INLINE void spectral_log(double *log, ptrdiff_t at, double c, double s) {
    log[2 * at] = c, log[2 * at + 1] = s;
}

/* Implicit QL; e[i] is beside d[i] and d[i + 1]. */
static int spectral_ql(spectral_state *t) {
    double *d = t->d, *e = t->e;
    ptrdiff_t n = t->n, l = t->at, m, i, k;
    for (; l < n; l++) {
        for (;;) {
            for (m = l; m + 1 < n; m++)
                if (fabs(e[m]) <= t->eps * (fabs(d[m]) + fabs(d[m + 1])) + DBL_MIN) {
                    e[m] = 0;
                    break;
                }
            if (m == l) break;
            if (t->vectors && (t->used + n > t->room || t->sweeps + 1 > t->room)) {
                t->at = l;
                return SPECTRAL_FULL;
            }
            if (t->rounds++ > 60 * n) return SPECTRAL_FAILED;
            double g = (d[l + 1] - d[l]) / (2 * e[l]), c = 1, s = 1, p = 0, r;
            r = fabs(g) > 1e150 ? fabs(g) : sqrt(g * g + 1);
            g = d[m] - d[l] + e[l] / (g + (g >= 0 ? r : -r));
            k = t->used;
            if (t->vectors) t->sweep[t->sweeps].first = m, t->sweep[t->sweeps].step = -1;
            for (i = m - 1; i >= l; i--) {
                double f = s * e[i], b = c * e[i];
                spectral_rotation(g, f, &c, &s, &r);
                if (i + 1 < m) e[i + 1] = r;
                g = d[i + 1] - p;
                r = (d[i] - g) * s + 2 * c * b;
                p = s * r;
                d[i + 1] = g + p;
                g = c * r - b;
                if (t->vectors) spectral_log(t->left, k++, c, s);
            }
            d[l] -= p;
            e[l] = g;
            if (t->vectors) t->sweep[t->sweeps++].count = m - l, t->used = k;
        }
    }
    t->at = n;
    return SPECTRAL_DONE;
}

VEC_INLINE void spectral_single(spectral_state *t, ptrdiff_t a, ptrdiff_t b, int of_right, double c, double s) {
    if (!t->vectors) return;
    t->sweep[t->sweeps].first = a, t->sweep[t->sweeps].step = b - a, t->sweep[t->sweeps++].count = 1;
    spectral_log(t->left, t->used, of_right ? 1 : c, of_right ? 0 : s);
    spectral_log(t->right, t->used++, of_right ? c : 1, of_right ? s : 0);
}

/* Implicit QR of an upper bidiagonal matrix; e[i] is right of d[i]. Values may come out negative. t->at is the number that are left. */
static int spectral_qr(spectral_state *t) {
    double *d = t->d, *e = t->e, c, s, r, f, g;
    ptrdiff_t p = t->at, k, j;
    while (p > 0) {
        if (t->vectors && (t->used + t->n > t->room || t->sweeps + t->n > t->room)) {
            t->at = p;
            return SPECTRAL_FULL;
        }
        for (k = p - 2; k >= 0; k--)
            if (fabs(e[k]) <= t->eps * (fabs(d[k]) + fabs(d[k + 1])) + DBL_MIN) {
                e[k] = 0;
                break;
            }
        k++; /* rows k .. p - 1 are one block */
        if (k == p - 1) {
            p--;
            continue;
        }
        if (t->rounds++ > 60 * t->n) return SPECTRAL_FAILED;
        /* a zero on the diagonal: its row, or at the end its column, is turned into the others, and the block falls apart */
        for (j = p - 1; j >= k; j--) {
            double beside = (j + 1 < p ? fabs(e[j]) : 0) + (j > k ? fabs(e[j - 1]) : 0);
            if (fabs(d[j]) <= t->eps * beside + DBL_MIN) break;
        }
        if (j == p - 1) {
            d[j] = 0;
            f = e[p - 2];
            e[p - 2] = 0;
            for (j = p - 2; j >= k; j--) {
                spectral_rotation(d[j], f, &c, &s, &r);
                d[j] = r;
                if (j > k) f = -s * e[j - 1], e[j - 1] = c * e[j - 1];
                spectral_single(t, j, p - 1, 1, c, s);
            }
            continue;
        }
        if (j >= k) {
            ptrdiff_t zero = j;
            d[zero] = 0;
            f = e[zero];
            e[zero] = 0;
            for (j = zero + 1; j < p; j++) {
                spectral_rotation(d[j], f, &c, &s, &r);
                d[j] = r;
                if (j + 1 < p) f = -s * e[j], e[j] = c * e[j];
                spectral_single(t, j, zero, 0, c, s);
            }
            continue;
        }
        double scale = 0;
        for (j = p - 2; j < p; j++) scale = fmax(scale, fabs(d[j]));
        scale = fmax(fmax(scale, fabs(e[p - 2])), fmax(fabs(d[k]), fabs(e[k])));
        double sp = d[p - 1] / scale, sq = d[p - 2] / scale, ep = e[p - 2] / scale, sk = d[k] / scale, ek = e[k] / scale;
        double b = ((sq + sp) * (sq - sp) + ep * ep) / 2, cc = (sp * ep) * (sp * ep), shift = 0;
        if (b != 0 || cc != 0) {
            shift = sqrt(b * b + cc);
            shift = cc / (b + (b < 0 ? -shift : shift));
        }
        f = (sk + sp) * (sk - sp) + shift;
        g = sk * ek;
        ptrdiff_t at = t->used;
        for (j = k; j < p - 1; j++) {
            spectral_rotation(f, g, &c, &s, &r);
            if (j > k) e[j - 1] = r;
            f = c * d[j] + s * e[j];
            e[j] = c * e[j] - s * d[j];
            g = s * d[j + 1];
            d[j + 1] = c * d[j + 1];
            if (t->vectors) spectral_log(t->right, at, c, s);
            spectral_rotation(f, g, &c, &s, &r);
            d[j] = r;
            f = c * e[j] + s * d[j + 1];
            d[j + 1] = c * d[j + 1] - s * e[j];
            g = s * e[j + 1];
            e[j + 1] = c * e[j + 1];
            if (t->vectors) spectral_log(t->left, at++, c, s);
        }
        e[p - 2] = f;
        if (t->vectors) {
            t->sweep[t->sweeps].first = k, t->sweep[t->sweeps].step = 1, t->sweep[t->sweeps++].count = p - 1 - k;
            t->used = at;
        }
    }
    t->at = 0;
    return SPECTRAL_DONE;
}

#define SPECTRAL(name) name##_f32
#define REAL float
#define LANES VEC_LANES_f32
#define VEC vec_f32
#define LOAD vec_load_f32
#define STORE vec_store_f32
#define SPLAT vec_splat_f32
#define SUM vec_sum_f32
#include "spectral_steps.h"
#define SPECTRAL(name) name##_f64
#define REAL double
#define LANES VEC_LANES_f64
#define VEC vec_f64
#define LOAD vec_load_f64
#define STORE vec_store_f64
#define SPLAT vec_splat_f64
#define SUM vec_sum_f64
#include "spectral_steps.h"
#endif
