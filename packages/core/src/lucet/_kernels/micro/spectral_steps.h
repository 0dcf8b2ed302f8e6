/* The steps of spectral.h for one type: REAL, LANES, VEC and its functions, and SPECTRAL for names, are what spectral.h says. */

/* The reflection I - tau v v^T that makes x (count) zero but for x[pivot]: v in place of x, with v[pivot] = 1. */
static double SPECTRAL(spectral_reflector)(REAL *x, ptrdiff_t count, ptrdiff_t pivot, double *tau) {
    double sum = 0, alpha = (double)x[pivot], beta, factor;
    x[pivot] = 0;
    for (ptrdiff_t j = 0; j < count; j++) sum += (double)x[j] * (double)x[j];
    x[pivot] = 1;
    if (sum < 1e-280) { /* squares of such numbers have too few digits; they are nothing beside the others */
        *tau = 0;
        return alpha;
    }
    beta = sqrt(alpha * alpha + sum);
    beta = alpha < 0 ? beta : -beta;
    *tau = (beta - alpha) / beta;
    factor = 1 / (alpha - beta);
    for (ptrdiff_t j = 0; j < count; j++) x[j] = (REAL)((double)x[j] * factor);
    x[pivot] = 1;
    return beta;
}

VEC_INLINE REAL SPECTRAL(spectral_dot)(const REAL *a, const REAL *b, ptrdiff_t n) {
    VEC s0 = {0}, s1 = {0};
    ptrdiff_t j = 0;
    REAL tail = 0;
    for (; j + 2 * LANES <= n; j += 2 * LANES) {
        s0 += LOAD(a + j) * LOAD(b + j);
        s1 += LOAD(a + j + LANES) * LOAD(b + j + LANES);
    }
    for (; j < n; j++) tail += a[j] * b[j];
    return SUM(s0 + s1) + tail;
}

/* The part of one pass over row r, columns from..to: a -= v_r q + q_r v, p += a u_r; the sum of a u. */
VEC_INLINE REAL SPECTRAL(spectral_row)(REAL *a, ptrdiff_t from, ptrdiff_t to, const REAL *v, const REAL *q, const REAL *u, REAL *p, REAL vr,
                                       REAL qr, REAL ur) {
    REAL sum = 0;
    for (ptrdiff_t j = from; j < to; j++) {
        a[j] = a[j] - vr * q[j] - qr * v[j];
        sum += a[j] * u[j];
        p[j] += a[j] * ur;
    }
    return sum;
}

/* d and e of the lower triangle of a (n, n), rows ld apart; row i holds the reflector of columns 0..i - 1, with tau[i]. What one
 * step subtracts, v q^T + q v^T, is subtracted while the next one multiplies the matrix, so that it is read once. work: 2 n. */
static void SPECTRAL(spectral_tridiagonal)(void *matrix, ptrdiff_t n, ptrdiff_t ld, double *d, double *e, double *tau, void *work) {
    REAL *a = (REAL *)matrix, *p = (REAL *)work, *q = p + n;
    const REAL *v = q; /* of the step before; none at first */
    ptrdiff_t i, r, j;
    for (j = 0; j < n; j++) q[j] = 0;
    for (i = n - 1; i > 0; i--) {
        REAL *u = a + i * ld;
        REAL vr = v[i], qr = q[i];
        for (j = 0; j <= i; j++) u[j] = u[j] - vr * q[j] - qr * v[j];
        d[i] = u[i];
        e[i - 1] = SPECTRAL(spectral_reflector)(u, i, i - 1, tau + i);
        for (j = 0; j < i; j++) p[j] = 0;
        for (r = 0; r + 1 < i; r += 2) {
            REAL *a0 = a + r * ld, *a1 = a0 + ld;
            VEC s0 = {0}, s1 = {0};
            const VEC v0 = SPLAT(v[r]), v1 = SPLAT(v[r + 1]), q0 = SPLAT(q[r]), q1 = SPLAT(q[r + 1]), u0 = SPLAT(u[r]), u1 = SPLAT(u[r + 1]);
            for (j = 0; j + LANES <= r; j += LANES) {
                VEC vj = LOAD(v + j), qj = LOAD(q + j), uj = LOAD(u + j);
                VEC x0 = LOAD(a0 + j) - v0 * qj - q0 * vj, x1 = LOAD(a1 + j) - v1 * qj - q1 * vj;
                STORE(a0 + j, x0);
                STORE(a1 + j, x1);
                s0 += x0 * uj;
                s1 += x1 * uj;
                STORE(p + j, LOAD(p + j) + x0 * u0 + x1 * u1);
            }
            REAL t0 = SUM(s0) + SPECTRAL(spectral_row)(a0, j, r, v, q, u, p, v[r], q[r], u[r]);
            REAL t1 = SUM(s1) + SPECTRAL(spectral_row)(a1, j, r + 1, v, q, u, p, v[r + 1], q[r + 1], u[r + 1]);
            a0[r] = a0[r] - 2 * v[r] * q[r];
            a1[r + 1] = a1[r + 1] - 2 * v[r + 1] * q[r + 1];
            p[r] += t0 + a0[r] * u[r];
            p[r + 1] += t1 + a1[r + 1] * u[r + 1];
        }
        for (; r < i; r++) {
            REAL *a0 = a + r * ld;
            REAL t0 = SPECTRAL(spectral_row)(a0, 0, r, v, q, u, p, v[r], q[r], u[r]);
            a0[r] = a0[r] - 2 * v[r] * q[r];
            p[r] += t0 + a0[r] * u[r];
        }
        REAL t = (REAL)tau[i], half = t * t / 2 * SPECTRAL(spectral_dot)(p, u, i);
        for (j = 0; j < i; j++) p[j] = t * p[j] - half * u[j];
        v = u;
        REAL *other = p;
        p = q;
        q = other;
    }
    if (n > 0) d[0] = a[0] - (n > 1 ? 2 * v[0] * q[0] : 0);
    tau[0] = 0;
}

/* d and e of a (m, n), m >= n, rows ld apart, which is lost; the reflector of column k in row k of `left` (m wide), from k on, that of
 * row k in row k of `right` (n wide), from k + 1 on. work: 2 m + n. */
static void SPECTRAL(spectral_bidiagonal)(void *matrix, ptrdiff_t m, ptrdiff_t n, ptrdiff_t ld, double *d, double *e, void *lefts, void *rights,
                                          double *tau_left, double *tau_right, void *work) {
    REAL *a = (REAL *)matrix, *left = (REAL *)lefts, *right = (REAL *)rights, *x = (REAL *)work, *y = x + m, *zero = y + n;
    const REAL *v = zero, *u = zero;
    ptrdiff_t k, r, j, most = m > n ? m : n;
    for (j = 0; j < most; j++) zero[j] = 0;
    for (j = 0; j < m; j++) x[j] = 0;
    for (j = 0; j < n; j++) y[j] = 0;
    for (k = 0; k < n; k++) {
        REAL *vn = left + k * m, *un = right + k * n, *ak = a + k * ld;
        REAL yk = y[k], uk = u[k];
        for (r = k; r < m; r++) vn[r] = a[r * ld + k] - v[r] * yk - x[r] * uk;
        d[k] = SPECTRAL(spectral_reflector)(vn + k, m - k, 0, tau_left + k);
        if (k + 1 == n) {
            tau_right[k] = 0;
            break;
        }
        /* the matrix less what the step before subtracts, and the sums of its columns times the reflector */
        for (j = k + 1; j < n; j++) un[j] = 0;
        for (r = k; r + 1 < m; r += 2) {
            REAL *a0 = a + r * ld, *a1 = a0 + ld;
            const REAL v0 = v[r], v1 = v[r + 1], x0 = x[r], x1 = x[r + 1], w0 = vn[r], w1 = vn[r + 1];
            for (j = k + 1; j + LANES <= n; j += LANES) {
                VEC yj = LOAD(y + j), uj = LOAD(u + j);
                VEC b0 = LOAD(a0 + j) - SPLAT(v0) * yj - SPLAT(x0) * uj, b1 = LOAD(a1 + j) - SPLAT(v1) * yj - SPLAT(x1) * uj;
                STORE(a0 + j, b0);
                STORE(a1 + j, b1);
                STORE(un + j, LOAD(un + j) + b0 * SPLAT(w0) + b1 * SPLAT(w1));
            }
            for (; j < n; j++) {
                a0[j] = a0[j] - v0 * y[j] - x0 * u[j];
                a1[j] = a1[j] - v1 * y[j] - x1 * u[j];
                un[j] += a0[j] * w0 + a1[j] * w1;
            }
        }
        for (; r < m; r++)
            for (j = k + 1; j < n; j++) {
                a[r * ld + j] = a[r * ld + j] - v[r] * y[j] - x[r] * u[j];
                un[j] += a[r * ld + j] * vn[r];
            }
        REAL tl = (REAL)tau_left[k];
        for (j = k + 1; j < n; j++) y[j] = tl * un[j];
        for (j = k + 1; j < n; j++) un[j] = ak[j] - y[j];
        e[k] = SPECTRAL(spectral_reflector)(un + k + 1, n - k - 1, 0, tau_right + k);
        REAL tr = (REAL)tau_right[k], yu = SPECTRAL(spectral_dot)(y + k + 1, un + k + 1, n - k - 1);
        for (r = k + 1; r + 4 <= m; r += 4) {
            const REAL *a0 = a + r * ld, *a1 = a0 + ld, *a2 = a1 + ld, *a3 = a2 + ld;
            VEC s0 = {0}, s1 = {0}, s2 = {0}, s3 = {0};
            REAL t0 = 0, t1 = 0, t2 = 0, t3 = 0;
            for (j = k + 1; j + LANES <= n; j += LANES) {
                VEC uj = LOAD(un + j);
                s0 += LOAD(a0 + j) * uj;
                s1 += LOAD(a1 + j) * uj;
                s2 += LOAD(a2 + j) * uj;
                s3 += LOAD(a3 + j) * uj;
            }
            for (; j < n; j++) t0 += a0[j] * un[j], t1 += a1[j] * un[j], t2 += a2[j] * un[j], t3 += a3[j] * un[j];
            x[r] = tr * (SUM(s0) + t0 - vn[r] * yu);
            x[r + 1] = tr * (SUM(s1) + t1 - vn[r + 1] * yu);
            x[r + 2] = tr * (SUM(s2) + t2 - vn[r + 2] * yu);
            x[r + 3] = tr * (SUM(s3) + t3 - vn[r + 3] * yu);
        }
        for (; r < m; r++) x[r] = tr * (SPECTRAL(spectral_dot)(a + r * ld + k + 1, un + k + 1, n - k - 1) - vn[r] * yu);
        v = vn, u = un;
    }
}

/* `rows` rows of z (ld apart, `width` wide) times one reflection whose vector v stands at from..to. */
VEC_INLINE void SPECTRAL(spectral_reflect)(REAL *z, ptrdiff_t ld, ptrdiff_t rows, const REAL *v, ptrdiff_t from, ptrdiff_t to, REAL tau) {
    ptrdiff_t j;
    if (tau == 0) return;
    if (rows < 4) {
        for (ptrdiff_t r = 0; r < rows; r++) {
            REAL *a = z + r * ld, t = tau * SPECTRAL(spectral_dot)(a + from, v + from, to - from);
            for (j = from; j + LANES <= to; j += LANES) STORE(a + j, LOAD(a + j) - SPLAT(t) * LOAD(v + j));
            for (; j < to; j++) a[j] -= t * v[j];
        }
        return;
    }
    REAL *a0 = z, *a1 = z + ld, *a2 = a1 + ld, *a3 = a2 + ld;
    VEC s0 = {0}, s1 = {0}, s2 = {0}, s3 = {0};
    REAL t0 = 0, t1 = 0, t2 = 0, t3 = 0;
    for (j = from; j + LANES <= to; j += LANES) {
        VEC x = LOAD(v + j);
        s0 += LOAD(a0 + j) * x;
        s1 += LOAD(a1 + j) * x;
        s2 += LOAD(a2 + j) * x;
        s3 += LOAD(a3 + j) * x;
    }
    for (; j < to; j++) t0 += a0[j] * v[j], t1 += a1[j] * v[j], t2 += a2[j] * v[j], t3 += a3[j] * v[j];
    t0 = tau * (t0 + SUM(s0)), t1 = tau * (t1 + SUM(s1)), t2 = tau * (t2 + SUM(s2)), t3 = tau * (t3 + SUM(s3));
    for (j = from; j + LANES <= to; j += LANES) {
        VEC x = LOAD(v + j);
        STORE(a0 + j, LOAD(a0 + j) - SPLAT(t0) * x);
        STORE(a1 + j, LOAD(a1 + j) - SPLAT(t1) * x);
        STORE(a2 + j, LOAD(a2 + j) - SPLAT(t2) * x);
        STORE(a3 + j, LOAD(a3 + j) - SPLAT(t3) * x);
    }
    for (; j < to; j++) a0[j] -= t0 * v[j], a1[j] -= t1 * v[j], a2[j] -= t2 * v[j], a3[j] -= t3 * v[j];
}

/* Four rows of z times two reflections, that of v before that of u, in one pass less: both vectors stand at from..to, and at from - 1 there
 * is the 1 of the one that begins a place earlier, of v where `first`. */
VEC_INLINE void SPECTRAL(spectral_reflect_two)(REAL *z, ptrdiff_t ld, const REAL *v, const REAL *u, ptrdiff_t from, ptrdiff_t to, REAL tau_v,
                                               REAL tau_u, int first) {
    REAL *a[4] = {z, z + ld, z + 2 * ld, z + 3 * ld};
    REAL t[4] = {0, 0, 0, 0}, s[4] = {0, 0, 0, 0}, both = 0;
    VEC t0 = {0}, t1 = {0}, t2 = {0}, t3 = {0}, s0 = {0}, s1 = {0}, s2 = {0}, s3 = {0}, w = {0};
    ptrdiff_t j;
    int r;
    for (j = from; j + LANES <= to; j += LANES) {
        const VEC x = LOAD(v + j), y = LOAD(u + j), a0 = LOAD(a[0] + j), a1 = LOAD(a[1] + j), a2 = LOAD(a[2] + j), a3 = LOAD(a[3] + j);
        t0 += a0 * x;
        s0 += a0 * y;
        t1 += a1 * x;
        s1 += a1 * y;
        t2 += a2 * x;
        s2 += a2 * y;
        t3 += a3 * x;
        s3 += a3 * y;
        w += x * y;
    }
    for (; j < to; j++) {
        for (r = 0; r < 4; r++) t[r] += a[r][j] * v[j], s[r] += a[r][j] * u[j];
        both += v[j] * u[j];
    }
    both += SUM(w);
    t[0] += SUM(t0), t[1] += SUM(t1), t[2] += SUM(t2), t[3] += SUM(t3);
    s[0] += SUM(s0), s[1] += SUM(s1), s[2] += SUM(s2), s[3] += SUM(s3);
    for (r = 0; r < 4; r++) {
        REAL *lone = a[r] + from - 1;
        t[r] = tau_v * (t[r] + (first ? *lone : 0));
        s[r] = tau_u * (s[r] - t[r] * both + (first ? 0 : *lone));
        *lone -= first ? t[r] : s[r];
    }
    t0 = SPLAT(t[0]), t1 = SPLAT(t[1]), t2 = SPLAT(t[2]), t3 = SPLAT(t[3]);
    s0 = SPLAT(s[0]), s1 = SPLAT(s[1]), s2 = SPLAT(s[2]), s3 = SPLAT(s[3]);
    for (j = from; j + LANES <= to; j += LANES) {
        const VEC x = LOAD(v + j), y = LOAD(u + j);
        STORE(a[0] + j, LOAD(a[0] + j) - t0 * x - s0 * y);
        STORE(a[1] + j, LOAD(a[1] + j) - t1 * x - s1 * y);
        STORE(a[2] + j, LOAD(a[2] + j) - t2 * x - s2 * y);
        STORE(a[3] + j, LOAD(a[3] + j) - t3 * x - s3 * y);
    }
    for (; j < to; j++)
        for (r = 0; r < 4; r++) a[r][j] -= t[r] * v[j] + s[r] * u[j];
}

/* The reflectors from..to of a matrix whose columns are rows here (m apart and wide), as far as it is made triangular: row k keeps the
 * column of R above k, and from k on its reflector; R's diagonal goes to d. Rows from `to` on are left as they are. */
static void SPECTRAL(spectral_columns)(void *columns, ptrdiff_t from, ptrdiff_t to, ptrdiff_t m, double *d, double *tau) {
    REAL *a = (REAL *)columns;
    for (ptrdiff_t k = from; k < to; k++) {
        d[k] = SPECTRAL(spectral_reflector)(a + k * m + k, m - k, 0, tau + k);
        for (ptrdiff_t r = k + 1; r < to; r += 4)
            SPECTRAL(spectral_reflect)(a + r * m, m, to - r < 4 ? to - r : 4, a + k * m, k, m, (REAL)tau[k]);
    }
}

/* Rows first..last go through the reflectors from..to of spectral_columns. */
static void SPECTRAL(spectral_through)(void *columns, ptrdiff_t first, ptrdiff_t last, ptrdiff_t from, ptrdiff_t to, ptrdiff_t m,
                                       const double *tau) {
    REAL *a = (REAL *)columns;
    for (ptrdiff_t r = first; r < last; r += 4) {
        ptrdiff_t rows = last - r < 4 ? last - r : 4, k = from;
        for (; rows == 4 && k + 2 <= to; k += 2)
            SPECTRAL(spectral_reflect_two)(a + r * m, m, a + k * m, a + (k + 1) * m, k + 1, m, (REAL)tau[k], (REAL)tau[k + 1], 1);
        for (; k < to; k++) SPECTRAL(spectral_reflect)(a + r * m, m, rows, a + k * m, k, m, (REAL)tau[k]);
    }
}

/* Rows first..last of Q^T (ld apart, `width` wide), Q a product of reflectors whose vectors are rows of v (v_ld apart). Those of a
 * tridiagonal form (shift < 0): vector i at 0..i - 1, i = 1 .. count - 1, Q = H[count - 1] .. H[1]. Else vector k at k + shift ..
 * width - 1, Q = H[0] .. H[count - 1]. */
static void SPECTRAL(spectral_reflected)(void *rows_, ptrdiff_t first, ptrdiff_t last, ptrdiff_t ld, ptrdiff_t width, const void *reflectors,
                                         ptrdiff_t v_ld, const double *tau, ptrdiff_t count, ptrdiff_t shift) {
    REAL *z = (REAL *)rows_;
    const REAL *v = (const REAL *)reflectors;
    for (ptrdiff_t r = first; r < last; r += 4) {
        ptrdiff_t rows = last - r < 4 ? last - r : 4, i, j;
        REAL *at = z + r * ld;
        for (i = 0; i < rows; i++)
            for (j = 0; j < width; j++) at[i * ld + j] = j == r + i;
        if (shift < 0)
            for (i = r + 1; i < count; i++) SPECTRAL(spectral_reflect)(at, ld, rows, v + i * v_ld, 0, i, (REAL)tau[i]);
        else {
            for (i = (r + rows < count ? r + rows : count) - 1; rows == 4 && i >= 1; i -= 2)
                SPECTRAL(spectral_reflect_two)(at, ld, v + i * v_ld, v + (i - 1) * v_ld, i + shift, width, (REAL)tau[i], (REAL)tau[i - 1], 0);
            for (; i >= 0; i--) SPECTRAL(spectral_reflect)(at, ld, rows, v + i * v_ld, i + shift, width, (REAL)tau[i]);
        }
    }
}

/* Columns from..to of z, rows ld apart, turned as the log says: (x, y) of neighbouring rows becomes (c x + s y, c y - s x). */
static void SPECTRAL(spectral_rotated)(void *rows, ptrdiff_t ld, ptrdiff_t from, ptrdiff_t to, const spectral_sweep *sweep, ptrdiff_t sweeps,
                                       const double *log) {
    REAL *z = (REAL *)rows;
    for (; from + 4 * LANES <= to; from += 4 * LANES) {
        const double *at = log;
        for (ptrdiff_t k = 0; k < sweeps; k++) {
            REAL *a = z + sweep[k].first * ld + from;
            ptrdiff_t step = sweep[k].step * ld;
            VEC x0 = LOAD(a), x1 = LOAD(a + LANES), x2 = LOAD(a + 2 * LANES), x3 = LOAD(a + 3 * LANES);
            for (ptrdiff_t i = sweep[k].count; i > 0; i--, at += 2, a += step) {
                const VEC c = SPLAT((REAL)at[0]), s = SPLAT((REAL)at[1]);
                const REAL *b = a + step;
                VEC y0 = LOAD(b), y1 = LOAD(b + LANES), y2 = LOAD(b + 2 * LANES), y3 = LOAD(b + 3 * LANES);
                STORE(a, c * x0 + s * y0);
                STORE(a + LANES, c * x1 + s * y1);
                STORE(a + 2 * LANES, c * x2 + s * y2);
                STORE(a + 3 * LANES, c * x3 + s * y3);
                x0 = c * y0 - s * x0;
                x1 = c * y1 - s * x1;
                x2 = c * y2 - s * x2;
                x3 = c * y3 - s * x3;
            }
            STORE(a, x0);
            STORE(a + LANES, x1);
            STORE(a + 2 * LANES, x2);
            STORE(a + 3 * LANES, x3);
        }
    }
    for (; from < to; from += LANES) {
        ptrdiff_t some = to - from < LANES ? to - from : LANES;
        const double *at = log;
        for (ptrdiff_t k = 0; k < sweeps; k++) {
            REAL *a = z + sweep[k].first * ld + from;
            ptrdiff_t step = sweep[k].step * ld;
            if (some == LANES) {
                VEC x = LOAD(a);
                for (ptrdiff_t i = sweep[k].count; i > 0; i--, at += 2, a += step) {
                    const VEC c = SPLAT((REAL)at[0]), s = SPLAT((REAL)at[1]), y = LOAD(a + step);
                    STORE(a, c * x + s * y);
                    x = c * y - s * x;
                }
                STORE(a, x);
                continue;
            }
            const double *begin = at;
            for (ptrdiff_t j = 0; j < some; j++) {
                REAL *b = a + j, x = *b;
                at = begin;
                for (ptrdiff_t i = sweep[k].count; i > 0; i--, at += 2, b += step) {
                    const REAL c = (REAL)at[0], s = (REAL)at[1], y = b[step];
                    *b = c * x + s * y;
                    x = c * y - s * x;
                }
                *b = x;
            }
        }
    }
}

#undef SPECTRAL
#undef REAL
#undef LANES
#undef VEC
#undef LOAD
#undef STORE
#undef SPLAT
#undef SUM
