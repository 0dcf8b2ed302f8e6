/* Plans of discrete Fourier transforms: how a length falls apart, and the roots of unity for that. Made once for a length and
 * an element type, by level-independent code; the kernels of fourier.h read them.
 *
 * A length is one of three kinds. STEPS: the product of radices, each a pass over the data (Stockham). SPLIT: rows * columns,
 * each in STEPS (the four steps of Gentleman and Sande 1966; D. H. Bailey, FFTs in external or hierarchical memory, 1990).
 * CHIRP: a large prime is among the factors, and the transform becomes a convolution of another length (L. I. Bluestein 1970).
 */
#ifndef LUCET_FOURIER_PLAN_H
#define LUCET_FOURIER_PLAN_H
#include <math.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

enum { FOURIER_STEPS, FOURIER_SPLIT, FOURIER_CHIRP };
enum { FOURIER_COMPLEX, FOURIER_HALF, FOURIER_WHOLE, FOURIER_REAL }; /* complex; real to half a spectrum, to all of it; half to real */
enum { FOURIER_RADICES = 64, FOURIER_PRIME = 61, FOURIER_DIMS = 64 };
enum { FOURIER_WIDEST = 8 };           /* complex numbers in the widest vector */
enum { FOURIER_SPLIT_FROM = 64 };      /* shorter transforms are not split */
enum { FOURIER_COLUMNS_MOST = 8192 };  /* longer transforms are not made beside each other */

typedef struct {
    ptrdiff_t n;
    int count, radix[FOURIER_RADICES];
    void *roots[FOURIER_RADICES];  /* of pass i with m groups: (m, radix - 1) of cos, sin, -sin, sin of the angle -2 pi p j / (radix m) */
    void *circle[FOURIER_RADICES]; /* odd radix: cosines, then sines, of 2 pi i / radix */
} fourier_steps;

typedef struct fourier_plan {
    ptrdiff_t n;
    int kind, size;               /* bytes of a real number */
    fourier_steps rows, columns;  /* STEPS: rows alone. Columns of length rows.n are transformed first */
    ptrdiff_t padded, stride;     /* SPLIT: length of a row of turned numbers, and from row to row */
    void *turns;                  /* SPLIT: (columns.n, padded) factors between the two; CHIRP: n factors */
    void *answer;                 /* CHIRP: the transform of the chirp, of inner->n numbers, divided by that */
    struct fourier_plan *inner;   /* CHIRP */
    void *halves;                 /* n factors of a real transform of 2 n numbers */
    size_t bytes;
} fourier_plan;

/* Lines of numbers, steps and strides in elements of x and y. */
typedef struct {
    const fourier_plan *plan;
    int mode, inverse;
    double scale, weight;         /* weight: of all but the first and, of even lengths, the last of half a spectrum */
    ptrdiff_t n;                  /* real or complex numbers that are transformed */
    const char *x;
    char *y;
    ptrdiff_t x_step, y_step;
    int dims;
    ptrdiff_t size[FOURIER_DIMS], x_stride[FOURIER_DIMS], y_stride[FOURIER_DIMS];
    ptrdiff_t columns;            /* fourier_columns: lines side by side */
    ptrdiff_t line, tasks;        /* fourier_phase: which line, and in how many parts */
    int phase;
    void *shared;
} fourier_job;

/* Steps of one long line; those from ENTER to LEAVE are CHIRP's, but for FIRST and SECOND. */
enum {
    FOURIER_READ, FOURIER_ENTER, FOURIER_FIRST, FOURIER_SECOND, FOURIER_ANSWER, FOURIER_FIRST_AGAIN, FOURIER_SECOND_AGAIN,
    FOURIER_LEAVE, FOURIER_UNFOLD, FOURIER_WRITE
};

/* ---- roots of unity: products of two short tables, in extended precision where there is one ---- */

typedef struct {
    ptrdiff_t n, low;
    long double *table;           /* cos, sin of low numbers, then of every low-th */
} fourier_roots;

static inline void fourier_angle(ptrdiff_t k, ptrdiff_t n, long double *c, long double *s) {
    /* in the first eighth of the circle, so that symmetric numbers are equal */
    const long double tau = 6.28318530717958647692528676655900577L;
    int flip = 0, half = 0, diagonal = 0;
    if (2 * k > n) k = n - k, flip = 1;
    if (4 * k > n) half = 1;
    /* numerators over 2 n: the mirror images of k at a quarter and an eighth may be no whole numbers */
    ptrdiff_t a = half ? n - 2 * k : 2 * k;
    if (4 * a > n) a = n - 2 * a, diagonal = 1; /* over 4 n below: quarter minus angle */
    long double x = diagonal ? tau * (long double)a / (4 * (long double)n) : tau * (long double)a / (2 * (long double)n);
    long double p = cosl(x), q = sinl(x);
    if (diagonal) { long double t = p; p = q, q = t; }
    *c = half ? -p : p;
    *s = flip ? -q : q;
}

static inline int fourier_roots_make(fourier_roots *r, ptrdiff_t n) {
    ptrdiff_t i, low = 1;
    while (low * low < n) low *= 2;
    r->n = n, r->low = low;
    r->table = malloc((size_t)(low + n / low + 1) * 2 * sizeof(long double));
    if (!r->table) return -1;
    for (i = 0; i < low; i++) fourier_angle(i % n, n, r->table + 2 * i, r->table + 2 * i + 1);
    for (i = 0; i <= n / low; i++) fourier_angle(i * low % n, n, r->table + 2 * (low + i), r->table + 2 * (low + i) + 1);
    return 0;
}

/* exp(-2 pi i k / n), 0 <= k < n */
static inline void fourier_root(const fourier_roots *r, ptrdiff_t k, long double *c, long double *s) {
    const long double *a = r->table + 2 * (k & (r->low - 1)), *b = r->table + 2 * (r->low + k / r->low);
    *c = a[0] * b[0] - a[1] * b[1];
    *s = -(a[0] * b[1] + a[1] * b[0]);
}

static inline void fourier_put(void *table, int size, ptrdiff_t at, long double x) {
    if (size == 4) ((float *)table)[at] = (float)x;
    else ((double *)table)[at] = (double)x;
}

static inline void *fourier_table(fourier_plan *p, ptrdiff_t numbers) {
    size_t bytes = ((size_t)numbers * (size_t)p->size + 127) / 64 * 64;
    void *table = aligned_alloc(64, bytes);
    if (table) memset(table, 0, bytes), p->bytes += bytes;
    return table;
}

/* ---- making ---- */

/* The radices of n; 0 where a prime is too large. */
static inline int fourier_factors(ptrdiff_t n, int *radix) {
    static const int first[] = {8, 4, 2, 5, 3, 7};
    int count = 0, i, p;
    for (i = 0; i < 6; i++)
        while (n % first[i] == 0) radix[count++] = first[i], n /= first[i];
    for (p = 11; p <= FOURIER_PRIME; p += 2)
        while (n % p == 0) radix[count++] = p, n /= p;
    for (i = 0; i + 1 < count && radix[i] == 8; i++)
        if (radix[i + 1] == 2) radix[i] = radix[i + 1] = 4; /* two passes of 4 are shorter than one of 8 and one of 2 */
    if (n > 1) return 0;
    if (!count) radix[count++] = 1;
    return count;
}

/* Vector operations of the passes of length n, about, a number. */
static inline double fourier_cost(ptrdiff_t n) {
    int radix[FOURIER_RADICES], i, count = fourier_factors(n, radix);
    double cost = 0;
    for (i = 0; i < count; i++)
        switch (radix[i]) {
        case 1: cost += 2; break;
        case 2: case 3: case 4: cost += 5.5; break;
        case 5: cost += 7; break;
        case 7: cost += 9; break;
        case 8: cost += 7.5; break;
        default: cost += 5 + 0.6 * radix[i]; break;
        }
    return cost * (double)n;
}

static inline int fourier_steps_make(fourier_plan *p, fourier_steps *f, ptrdiff_t n) {
    ptrdiff_t rest = n, m, k, at;
    long double c, s;
    fourier_roots roots;
    int i, j, r;
    f->n = n;
    f->count = fourier_factors(n, f->radix);
    if (fourier_roots_make(&roots, n)) return -1;
    for (i = 0; i < f->count; i++, rest = m) {
        r = f->radix[i], m = rest / r;
        if (r % 2 && r > 1) {
            if (!(f->circle[i] = fourier_table(p, 2 * r))) goto out;
            for (j = 0; j < r; j++) {
                fourier_angle(j, r, &c, &s);
                fourier_put(f->circle[i], p->size, j, c), fourier_put(f->circle[i], p->size, r + j, s);
            }
        }
        if (m == 1) continue;
        if (!(f->roots[i] = fourier_table(p, m * (r - 1) * 4))) goto out;
        for (k = at = 0; k < m; k++)
            for (j = 1; j < r; j++, at += 4) {
                fourier_root(&roots, k * j * (n / rest) % n, &c, &s);
                fourier_put(f->roots[i], p->size, at, c), fourier_put(f->roots[i], p->size, at + 1, -s);
                fourier_put(f->roots[i], p->size, at + 2, s), fourier_put(f->roots[i], p->size, at + 3, -s);
            }
    }
    free(roots.table);
    return 0;
out:
    free(roots.table);
    return -1;
}

/* The best number of rows to split n into; 0 if it had better be left whole. */
static inline ptrdiff_t fourier_split(ptrdiff_t n) {
    ptrdiff_t r, c, best = 0, w = 4;
    double cost, least = n > 1024 ? 1e300 : fourier_cost(n);
    if (n < FOURIER_SPLIT_FROM) return 0;
    for (r = FOURIER_WIDEST; r * FOURIER_WIDEST <= n; r++) {
        if (n % r || (c = n / r) < FOURIER_WIDEST) continue;
        cost = fourier_cost(r) * (double)((c + w - 1) / w) + fourier_cost(c) * (double)((r + w - 1) / w);
        cost += (double)(r > c ? r : c) * 2; /* near to the root: buffers stay small */
        if (n > 16384 && (r > c ? r : c) > 4096) cost *= (double)(r > c ? r : c) / 4096;
        if (cost < least) least = cost, best = r;
    }
    return best;
}

static inline void fourier_plan_free(fourier_plan *p) {
    int i;
    if (!p) return;
    for (i = 0; i < FOURIER_RADICES; i++) {
        free(p->rows.roots[i]), free(p->rows.circle[i]);
        free(p->columns.roots[i]), free(p->columns.circle[i]);
    }
    free(p->turns), free(p->answer), free(p->halves);
    fourier_plan_free(p->inner);
    free(p);
}

/* The length of the convolution for n numbers. */
static inline ptrdiff_t fourier_longer(ptrdiff_t n) {
    ptrdiff_t m, best = 0, least = 2 * n - 1;
    double cost = 1e300, c;
    ptrdiff_t a, b, d;
    for (a = 1; a < 2 * least; a *= 2)
        for (b = a; b < 2 * least; b *= 3)
            for (d = b; d < 2 * least; d *= 5) {
                m = d;
                if (m < least || (m >= FOURIER_SPLIT_FROM && m <= 1024 && !fourier_split(m))) continue;
                c = (double)m * (1 + 0.002 * (double)(m & 15));
                if (c < cost) cost = c, best = m;
            }
    return best;
}

/* What the `answer` of a CHIRP is the transform of: inner->n numbers. */
static inline void fourier_chirp(const fourier_plan *p, void *line) {
    ptrdiff_t i, m = p->inner->n;
    memset(line, 0, (size_t)(2 * m * p->size));
    for (i = 0; i < 2 * p->n; i++) {
        long double x = p->size == 4 ? (long double)((float *)p->turns)[i] : (long double)((double *)p->turns)[i];
        if (i % 2) x = -x;
        fourier_put(line, p->size, i, x);
        if (i > 1) fourier_put(line, p->size, 2 * (m - i / 2) + i % 2, x);
    }
}

/* NULL where there is no memory. `beside`: in STEPS, for lines side by side, whatever the length; where that cannot be, NULL as well.
 * `halves`: with what real numbers of twice the length need. The `answer` of a CHIRP is left to be made, from `turns`. */
static inline fourier_plan *fourier_plan_make(ptrdiff_t n, int size, int beside, int halves) {
    fourier_plan *p = calloc(1, sizeof(fourier_plan));
    fourier_roots roots;
    long double c, s;
    int radix[FOURIER_RADICES];
    ptrdiff_t i, k, r;
    if (!p) return NULL;
    p->n = n, p->size = size, p->bytes = sizeof(fourier_plan);
    r = fourier_factors(n, radix);
    if (!r && beside) goto out;
    if (!r) {
        p->kind = FOURIER_CHIRP;
        if (!(p->inner = fourier_plan_make(fourier_longer(n), size, 0, 0))) goto out;
        p->bytes += p->inner->bytes;
        if (!(p->turns = fourier_table(p, 2 * n)) || !(p->answer = fourier_table(p, 2 * p->inner->n))) goto out;
        if (fourier_roots_make(&roots, 2 * n)) goto out;
        for (i = k = 0; i < n; i++) { /* k = i * i modulo 2 n */
            fourier_root(&roots, k, &c, &s);
            fourier_put(p->turns, size, 2 * i, c), fourier_put(p->turns, size, 2 * i + 1, s);
            k += 2 * i + 1;
            if (k >= 2 * n) k -= 2 * n;
        }
        free(roots.table);
    } else if (!beside && (r = fourier_split(n))) {
        p->kind = FOURIER_SPLIT;
        if (fourier_steps_make(p, &p->rows, r) || fourier_steps_make(p, &p->columns, n / r)) goto out;
        p->padded = (r + FOURIER_WIDEST - 1) / FOURIER_WIDEST * FOURIER_WIDEST;
        p->stride = p->padded / FOURIER_WIDEST % 2 ? p->padded : p->padded + FOURIER_WIDEST;
        if (!(p->turns = fourier_table(p, 2 * p->padded * p->columns.n)) || fourier_roots_make(&roots, n)) goto out;
        for (i = 0; i < p->columns.n; i++)
            for (k = 0; k < r; k++) {
                fourier_root(&roots, i * k, &c, &s);
                fourier_put(p->turns, size, 2 * (i * p->padded + k), c), fourier_put(p->turns, size, 2 * (i * p->padded + k) + 1, s);
            }
        free(roots.table);
    } else {
        p->kind = FOURIER_STEPS;
        if (fourier_steps_make(p, &p->rows, n)) goto out;
    }
    if (halves) {
        if (!(p->halves = fourier_table(p, 2 * n)) || fourier_roots_make(&roots, 2 * n)) goto out;
        for (i = 0; i < n; i++) { /* -i / 2 exp(-2 pi i k / 2 n) */
            fourier_root(&roots, i, &c, &s);
            fourier_put(p->halves, size, 2 * i, s / 2), fourier_put(p->halves, size, 2 * i + 1, -c / 2);
        }
        free(roots.table);
    }
    return p;
out:
    fourier_plan_free(p);
    return NULL;
}
#endif
