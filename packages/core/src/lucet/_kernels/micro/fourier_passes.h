/* The passes of fourier.h for one type: REAL, VEC of WIDTH complex numbers and its functions are what fourier.h says.
 *
 * A pass of radix r takes the numbers p + m k, k < r, of each group p < m: their transform of length r, times roots of unity, becomes
 * the numbers r p + j (T. G. Stockham 1966, decimation in frequency). `sign` is (1, -1, ...), for the inverse (-1, 1, ...): SWAP(x) *
 * sign is -i x, or i x.
 */
#define VR (2 * WIDTH) /* numbers in a vector */

VEC_INLINE VEC FOURIER(fourier_sign)(int inverse) {
    REAL pair[2] = {inverse ? (REAL)-1 : (REAL)1, inverse ? (REAL)1 : (REAL)-1};
    return PAIR(pair);
}

VEC_INLINE VEC FOURIER(fourier_product)(VEC x, VEC w) { return x * RE(w) + SWAP(x) * (IM(w) * -FOURIER(fourier_sign)(0)); }

VEC_INLINE void FOURIER(fourier_two)(VEC *x) {
    VEC a = x[0];
    x[0] = a + x[1], x[1] = a - x[1];
}

VEC_INLINE void FOURIER(fourier_four)(VEC *x, VEC sign) {
    VEC a = x[0] + x[2], b = x[0] - x[2], c = x[1] + x[3], d = SWAP(x[1] - x[3]);
    x[0] = a + c, x[1] = b + d * sign, x[2] = a - c, x[3] = b - d * sign;
}

VEC_INLINE void FOURIER(fourier_eight)(VEC *x, VEC sign) {
    VEC e[4] = {x[0], x[2], x[4], x[6]}, o[4] = {x[1], x[3], x[5], x[7]}, root = SPLAT((REAL)0.707106781186547524400844362104849039);
    FOURIER(fourier_four)(e, sign), FOURIER(fourier_four)(o, sign);
    VEC a = o[1] + SWAP(o[1]) * sign, b = SWAP(o[2]), c = SWAP(o[3]) * sign - o[3];
    x[0] = e[0] + o[0], x[4] = e[0] - o[0];
    x[1] = e[1] + a * root, x[5] = e[1] - a * root;
    x[2] = e[2] + b * sign, x[6] = e[2] - b * sign;
    x[3] = e[3] + c * root, x[7] = e[3] - c * root;
}

/* An odd radix that the compiler knows: sums and differences of pairs times half the circle. */
VEC_INLINE void FOURIER(fourier_odd)(VEC *x, int r, const REAL *circle, VEC sign) {
    VEC plus[6], minus[6], first = x[0];
    VEC_UNROLL for (int k = 1; k <= r / 2; k++) {
        plus[k - 1] = x[k] + x[r - k], minus[k - 1] = x[k] - x[r - k];
        x[0] += plus[k - 1];
    }
    VEC_UNROLL for (int j = 1; j <= r / 2; j++) {
        VEC a = first + plus[0] * SPLAT(circle[j]), b = minus[0] * SPLAT(circle[r + j]);
        VEC_UNROLL for (int k = 2; k <= r / 2; k++) {
            int i = j * k % r, low = i > r / 2 ? r - i : i;
            a += plus[k - 1] * SPLAT(circle[low]);
            if (low == i) b += minus[k - 1] * SPLAT(circle[r + low]);
            else b -= minus[k - 1] * SPLAT(circle[r + low]);
        }
        b = SWAP(b);
        x[j] = a + b * sign, x[r - j] = a - b * sign;
    }
}

/* Any odd radix. */
VEC_INLINE void FOURIER(fourier_any)(VEC *x, int r, const REAL *circle, VEC sign) {
    VEC plus[FOURIER_PRIME / 2], minus[FOURIER_PRIME / 2], first = x[0], sum = first;
    int half = r / 2;
    for (int k = 0; k < half; k++) {
        plus[k] = x[k + 1] + x[r - 1 - k], minus[k] = x[k + 1] - x[r - 1 - k];
        sum += plus[k];
    }
    x[0] = sum;
    for (int j = 1; j <= half; j += 2) { /* two at a time; where half is odd the last one is made twice */
        int l = j < half ? j + 1 : j, at = 0, to = 0;
        VEC a = first, b = {0}, c = first, d = {0};
        for (int k = 0; k < half; k++) {
            at += j, to += l;
            if (at >= r) at -= r;
            if (to >= r) to -= r;
            a += plus[k] * SPLAT(circle[at]), b += minus[k] * SPLAT(circle[r + at]);
            c += plus[k] * SPLAT(circle[to]), d += minus[k] * SPLAT(circle[r + to]);
        }
        b = SWAP(b), d = SWAP(d);
        x[j] = a + b * sign, x[r - j] = a - b * sign;
        x[l] = c + d * sign, x[r - l] = c - d * sign;
    }
}

#define FOURIER_PASS(name, most, r, UNROLL, butterfly)                                                                 \
    static void FOURIER(fourier_pass_##name)(const REAL *x, REAL *y, const fourier_loops *s, int radix,                \
                                             const REAL *roots, const REAL *circle, int inverse, REAL scale) {         \
        VEC sign = FOURIER(fourier_sign)(inverse), factor = SPLAT(scale), t[most];                                     \
        ptrdiff_t in_k = s->in_k, out_j = s->out_j, count = s->v * VR;                                                 \
        (void)radix, (void)circle, (void)sign;                                                                         \
        if (s->m == 1) {                                                                                               \
            for (ptrdiff_t q = 0; q < s->q; q++) {                                                                     \
                const REAL *a = x + q * s->in_q;                                                                       \
                REAL *b = y + q * s->out_q;                                                                            \
                for (ptrdiff_t v = 0; v < count; v += VR) {                                                            \
                    UNROLL for (int k = 0; k < r; k++) t[k] = LOAD(a + v + k * in_k);                                  \
                    butterfly;                                                                                         \
                    UNROLL for (int j = 0; j < r; j++) STORE(b + v + j * out_j, t[j] * factor);                        \
                }                                                                                                      \
            }                                                                                                          \
            return;                                                                                                    \
        }                                                                                                              \
        for (ptrdiff_t p = 0; p < s->m; p++) {                                                                         \
            const REAL *a = x + p * s->in_p, *w = roots + p * 4 * (r - 1) - 4;                                         \
            REAL *b = y + p * s->out_p;                                                                                \
            for (ptrdiff_t v = 0; v < count; v += VR) {                                                                \
                UNROLL for (int k = 0; k < r; k++) t[k] = LOAD(a + v + k * in_k);                                      \
                butterfly;                                                                                             \
                STORE(b + v, t[0]);                                                                                    \
                UNROLL for (int j = 1; j < r; j++) {                                                                   \
                    VEC z = t[j] * SPLAT(w[4 * j]) + SWAP(t[j]) * PAIR(w + 4 * j + 1 + inverse);                       \
                    STORE(b + v + j * out_j, z);                                                                       \
                }                                                                                                      \
            }                                                                                                          \
        }                                                                                                              \
    }

FOURIER_PASS(1, 1, 1, VEC_UNROLL, (void)0)
FOURIER_PASS(2, 2, 2, VEC_UNROLL, FOURIER(fourier_two)(t))
FOURIER_PASS(3, 3, 3, VEC_UNROLL, FOURIER(fourier_odd)(t, 3, circle, sign))
FOURIER_PASS(4, 4, 4, VEC_UNROLL, FOURIER(fourier_four)(t, sign))
FOURIER_PASS(5, 5, 5, VEC_UNROLL, FOURIER(fourier_odd)(t, 5, circle, sign))
FOURIER_PASS(7, 7, 7, VEC_UNROLL, FOURIER(fourier_odd)(t, 7, circle, sign))
FOURIER_PASS(8, 8, 8, VEC_UNROLL, FOURIER(fourier_eight)(t, sign))
FOURIER_PASS(any, FOURIER_PRIME, radix, , FOURIER(fourier_any)(t, radix, circle, sign))
#undef FOURIER_PASS

/* All passes over f->n rows of v vectors, in_row and out_row numbers apart. b0 and b1 take as many rows without gaps. */
static void FOURIER(fourier_run)(const fourier_steps *f, const REAL *x, ptrdiff_t in_row, REAL *y, ptrdiff_t out_row, ptrdiff_t v,
                                 REAL *b0, REAL *b1, int inverse, REAL scale) {
    ptrdiff_t row = v * VR, done = 1, rest = f->n;
    for (int i = 0; i < f->count; i++) {
        int r = f->radix[i], last = i + 1 == f->count;
        ptrdiff_t m = rest / r, step = i ? done * row : in_row;
        fourier_loops s = {m, 1, i ? done * v : v, m * step, step, 0, done * row, r * done * row, 0};
        REAL *target = last ? y : i % 2 ? b1 : b0;
        if (last && (out_row != row || !i)) s.q = done, s.v = v, s.in_q = row, s.out_q = out_row, s.out_j = done * out_row;
#define PASS(name) FOURIER(fourier_pass_##name)(x, target, &s, r, f->roots[i], f->circle[i], inverse, scale)
        switch (r) {
        case 1: PASS(1); break;
        case 2: PASS(2); break;
        case 3: PASS(3); break;
        case 4: PASS(4); break;
        case 5: PASS(5); break;
        case 7: PASS(7); break;
        case 8: PASS(8); break;
        default: PASS(any); break;
        }
#undef PASS
        x = target, rest = m, done *= r;
    }
}
