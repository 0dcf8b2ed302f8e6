/* Lines of fourier.h for one type, as fourier_passes.h. */

/* Vectors of columns that are made at a time: so many that both buffers stay in the first cache, and whole cache lines. */
VEC_INLINE ptrdiff_t FOURIER(fourier_abreast)(ptrdiff_t n) {
    ptrdiff_t v = 12288 / (n * (ptrdiff_t)sizeof(VEC)), least = 64 / (ptrdiff_t)sizeof(VEC);
    return v < least ? least : v > 16 ? 16 : v;
}

VEC_INLINE ptrdiff_t FOURIER(fourier_whole)(ptrdiff_t numbers) { return (numbers + 31) / 16 * 16; } /* cache lines, and one */

/* Real numbers in one of the buffers of the passes. */
static ptrdiff_t FOURIER(fourier_buffer)(const fourier_plan *p) {
    ptrdiff_t a, b;
    if (p->kind == FOURIER_CHIRP) return FOURIER(fourier_buffer)(p->inner);
    a = p->rows.n * FOURIER(fourier_abreast)(p->rows.n) * VR;
    if (p->kind == FOURIER_STEPS) return FOURIER(fourier_whole)(a);
    b = p->columns.n * FOURIER(fourier_abreast)(p->columns.n) * VR;
    return FOURIER(fourier_whole)(a > b ? a : b);
}

static ptrdiff_t FOURIER(fourier_turned)(const fourier_plan *p) {
    if (p->kind == FOURIER_CHIRP) return FOURIER(fourier_turned)(p->inner) + 2 * FOURIER(fourier_whole)(2 * p->inner->n);
    return p->kind == FOURIER_SPLIT ? FOURIER(fourier_whole)(2 * p->columns.n * p->stride) : 0;
}

/* ---- SPLIT ---- */

/* Columns first..last of x as rows, transformed and times their factors, turned into rows of `turned`; vectors of columns, the last
 * of which overlaps its neighbour where they are no whole number. */
static void FOURIER(fourier_first)(const fourier_plan *p, const REAL *x, REAL *turned, ptrdiff_t first, ptrdiff_t last, REAL *room, int inverse) {
    ptrdiff_t R = p->rows.n, C = p->columns.n, most = FOURIER(fourier_abreast)(R), size = FOURIER(fourier_buffer)(p), v;
    REAL *b0 = room, *b1 = room + size, *b2 = p->rows.count % 2 ? b0 : b1;
    VEC sign = -FOURIER(fourier_sign)(inverse);
    for (ptrdiff_t at = first; at < last; at += v) {
        ptrdiff_t c = at * WIDTH;
        v = last - at < most ? last - at : most;
        if (c + v * WIDTH > C) {
            if (v > 1) v--;
            else c = C - WIDTH;
        }
        FOURIER(fourier_run)(&p->rows, x + 2 * c, 2 * C, b2, v * VR, v, b0, b1, inverse, 1);
        for (ptrdiff_t i = 0; i < v; i++, c += WIDTH)
            for (ptrdiff_t k = 0; k < R; k += WIDTH) {
                VEC t[WIDTH];
                VEC_UNROLL for (int l = 0; l < WIDTH; l++) t[l] = LOAD(b2 + ((k + l < R ? k + l : R - 1) * v + i) * VR);
                TURN(t);
                VEC_UNROLL for (int l = 0; l < WIDTH; l++) {
                    VEC w = LOAD((const REAL *)p->turns + 2 * ((c + l) * p->padded + k));
                    STORE(turned + 2 * ((c + l) * p->stride + k), t[l] * RE(w) + SWAP(t[l]) * (IM(w) * sign));
                }
            }
    }
}

/* Columns first..last of `turned`, transformed into those of y. */
static void FOURIER(fourier_second)(const fourier_plan *p, const REAL *turned, REAL *y, ptrdiff_t first, ptrdiff_t last, REAL *room, int inverse, REAL scale) {
    ptrdiff_t R = p->rows.n, most = FOURIER(fourier_abreast)(p->columns.n), v;
    REAL *b0 = room, *b1 = room + FOURIER(fourier_buffer)(p);
    for (ptrdiff_t at = first; at < last; at += v) {
        ptrdiff_t c = at * WIDTH;
        v = last - at < most ? last - at : most;
        if (c + v * WIDTH > R) {
            if (v > 1) v--;
            else c = R - WIDTH;
        }
        FOURIER(fourier_run)(&p->columns, turned + 2 * c, 2 * p->stride, y + 2 * c, 2 * R, v, b0, b1, inverse, scale);
    }
}

VEC_INLINE ptrdiff_t FOURIER(fourier_vectors)(ptrdiff_t columns) { return (columns + WIDTH - 1) / WIDTH; }

/* ---- CHIRP ---- */

/* first..last of y = x times the chirp, zeros behind it. */
static void FOURIER(fourier_enter)(const fourier_plan *p, const REAL *x, REAL *y, ptrdiff_t first, ptrdiff_t last, int inverse) {
    const REAL *w = p->turns;
    VEC flip = inverse ? FOURIER(fourier_sign)(0) : SPLAT(1);
    ptrdiff_t i = first, end = last < p->n ? last : p->n;
    for (; i + WIDTH <= end; i += WIDTH) STORE(y + 2 * i, FOURIER(fourier_product)(LOAD(x + 2 * i) * flip, LOAD(w + 2 * i)));
    for (; i < end; i++) {
        REAL a = x[2 * i], b = inverse ? -x[2 * i + 1] : x[2 * i + 1];
        y[2 * i] = a * w[2 * i] - b * w[2 * i + 1], y[2 * i + 1] = a * w[2 * i + 1] + b * w[2 * i];
    }
    for (; i < last; i++) y[2 * i] = y[2 * i + 1] = 0;
}

/* first..last of the conjugates of x times the answer, in place. */
static void FOURIER(fourier_answer)(const fourier_plan *p, REAL *x, ptrdiff_t first, ptrdiff_t last) {
    const REAL *w = p->answer;
    VEC flip = FOURIER(fourier_sign)(0);
    ptrdiff_t i = first;
    for (; i + WIDTH <= last; i += WIDTH) STORE(x + 2 * i, FOURIER(fourier_product)(LOAD(x + 2 * i), LOAD(w + 2 * i)) * flip);
    for (; i < last; i++) {
        REAL a = x[2 * i], b = x[2 * i + 1];
        x[2 * i] = a * w[2 * i] - b * w[2 * i + 1], x[2 * i + 1] = -(a * w[2 * i + 1] + b * w[2 * i]);
    }
}

/* first..last of y = the conjugates of x times the chirp. */
static void FOURIER(fourier_leave)(const fourier_plan *p, const REAL *x, REAL *y, ptrdiff_t first, ptrdiff_t last, int inverse, REAL scale) {
    const REAL *w = p->turns;
    VEC flip = FOURIER(fourier_sign)(0), then = inverse ? flip * SPLAT(scale) : SPLAT(scale);
    ptrdiff_t i = first;
    for (; i + WIDTH <= last; i += WIDTH) STORE(y + 2 * i, FOURIER(fourier_product)(LOAD(x + 2 * i) * flip, LOAD(w + 2 * i)) * then);
    for (; i < last; i++) {
        REAL a = x[2 * i], b = -x[2 * i + 1], c = a * w[2 * i + 1] + b * w[2 * i];
        y[2 * i] = (a * w[2 * i] - b * w[2 * i + 1]) * scale, y[2 * i + 1] = (inverse ? -c : c) * scale;
    }
}

/* ---- lines of complex numbers without gaps ---- */

/* Up to WIDTH lines in STEPS. room: three buffers. */
static void FOURIER(fourier_together)(const fourier_steps *f, const REAL *const *x, REAL *const *y, ptrdiff_t lines, REAL *room, ptrdiff_t size, int inverse, REAL scale) {
    REAL *b0 = room, *b1 = room + size, *in = room + 2 * size, *out = f->count == 1 ? b0 : in;
    const REAL *from[WIDTH];
    ptrdiff_t n = f->n, k = 0;
    for (ptrdiff_t l = 0; l < WIDTH; l++) from[l] = x[l < lines ? l : 0];
    VEC t[WIDTH];
    if (lines > 1)
        for (; k + WIDTH <= n; k += WIDTH) {
            VEC_UNROLL for (int l = 0; l < WIDTH; l++) t[l] = LOAD(from[l] + 2 * k);
            TURN(t);
            VEC_UNROLL for (int l = 0; l < WIDTH; l++) STORE(in + (k + l) * VR, t[l]);
        }
    for (; k < n; k++)
        for (ptrdiff_t l = 0; l < WIDTH; l++) in[k * VR + 2 * l] = from[l][2 * k], in[k * VR + 2 * l + 1] = from[l][2 * k + 1];
    FOURIER(fourier_run)(f, in, VR, out, VR, 1, b0, b1, inverse, scale);
    k = 0;
    if (lines > 1)
        for (; k + WIDTH <= n; k += WIDTH) {
            VEC_UNROLL for (int l = 0; l < WIDTH; l++) t[l] = LOAD(out + (k + l) * VR);
            TURN(t);
            VEC_UNROLL for (int l = 0; l < WIDTH; l++) if (l < lines) STORE(y[l] + 2 * k, t[l]);
        }
    for (; k < n; k++)
        for (ptrdiff_t l = 0; l < lines; l++) y[l][2 * k] = out[k * VR + 2 * l], y[l][2 * k + 1] = out[k * VR + 2 * l + 1];
}

/* One line; x and y may be the same. room: what `fourier_turned` says, then three buffers. */
static void FOURIER(fourier_line)(const fourier_plan *p, const REAL *x, REAL *y, REAL *room, int inverse, REAL scale) {
    REAL *rest = room + FOURIER(fourier_turned)(p);
    if (p->kind == FOURIER_STEPS) {
        FOURIER(fourier_together)(&p->rows, &x, &y, 1, rest, FOURIER(fourier_buffer)(p), inverse, scale);
    } else if (p->kind == FOURIER_SPLIT) {
        FOURIER(fourier_first)(p, x, room, 0, FOURIER(fourier_vectors)(p->columns.n), rest, inverse);
        FOURIER(fourier_second)(p, room, y, 0, FOURIER(fourier_vectors)(p->rows.n), rest, inverse, scale);
    } else {
        ptrdiff_t m = p->inner->n;
        REAL *a = room, *b = a + FOURIER(fourier_whole)(2 * m), *inner = b + FOURIER(fourier_whole)(2 * m);
        FOURIER(fourier_enter)(p, x, a, 0, m, inverse);
        FOURIER(fourier_line)(p->inner, a, b, inner, 0, 1);
        FOURIER(fourier_answer)(p, b, 0, m);
        FOURIER(fourier_line)(p->inner, b, a, inner, 0, 1);
        FOURIER(fourier_leave)(p, a, y, 0, p->n, inverse, scale);
    }
}

/* ---- real numbers ---- */

/* Pairs k, h - k of first..last, 1 <= first, last <= h / 2 + 1: sums e = a + conj(b) and differences d = a - conj(b) of x become s e + w d
 * and the conjugate of s e - w d, w the halves. y = x, or elsewhere. `u` and `v` are conjugations of x, y (1, or -1 as sign of imaginary parts). */
static void FOURIER(fourier_mix)(const REAL *x, REAL *y, const REAL *halves, ptrdiff_t h, ptrdiff_t first, ptrdiff_t last, REAL s, REAL d, REAL u, REAL v, REAL turn) {
    VEC minus = FOURIER(fourier_sign)(0), su = u < 0 ? minus : SPLAT(1), sv = v < 0 ? minus : SPLAT(1), st = turn < 0 ? minus : SPLAT(1);
    ptrdiff_t k = first;
    for (; k + WIDTH <= last && k + WIDTH - 1 < h - k - WIDTH + 1; k += WIDTH) {
        VEC a = LOAD(x + 2 * k) * su, b = LOAD(x + 2 * (h - k - WIDTH + 1)) * su * minus;
        b = BACK(b);
        VEC e = (a + b) * SPLAT(s), t = FOURIER(fourier_product)((a - b) * SPLAT(d), LOAD(halves + 2 * k) * st);
        a = (e + t) * sv, b = (e - t) * sv * minus;
        STORE(y + 2 * k, a), STORE(y + 2 * (h - k - WIDTH + 1), BACK(b));
    }
    for (; k < last; k++) {
        REAL ar = x[2 * k], ai = u * x[2 * k + 1], br = x[2 * (h - k)], bi = -u * x[2 * (h - k) + 1], wr = halves[2 * k], wi = turn * halves[2 * k + 1];
        REAL er = (ar + br) * s, ei = (ai + bi) * s, dr = (ar - br) * d, di = (ai - bi) * d;
        REAL tr = dr * wr - di * wi, ti = dr * wi + di * wr;
        y[2 * k] = er + tr, y[2 * k + 1] = v * (ei + ti), y[2 * (h - k)] = er - tr, y[2 * (h - k) + 1] = -v * (ei - ti);
    }
}

/* The spectrum y (h + 1) of 2 h real numbers from that of h complex ones. */
static void FOURIER(fourier_unfold)(const fourier_job *j, const REAL *z, REAL *y, ptrdiff_t first, ptrdiff_t last) {
    ptrdiff_t h = j->plan->n;
    REAL scale = (REAL)j->scale, s = (REAL)(j->scale * j->weight), v = j->inverse ? (REAL)-1 : (REAL)1;
    if (first == 0) {
        REAL a = z[0], b = z[1];
        y[0] = (a + b) * scale, y[1] = 0, y[2 * h] = (a - b) * scale, y[2 * h + 1] = 0;
        first = 1;
    }
    FOURIER(fourier_mix)(z, y, j->plan->halves, h, first, last, s / 2, s, 1, v, 1);
}

/* h complex numbers whose transform is 2 h real ones, from half their spectrum x (h + 1). Always for the inverse transform. */
static void FOURIER(fourier_fold)(const fourier_job *j, const REAL *x, REAL *z, ptrdiff_t first, ptrdiff_t last) {
    ptrdiff_t h = j->plan->n;
    REAL s = (REAL)(j->weight / 2), u = j->inverse ? (REAL)1 : (REAL)-1;
    if (first == 0) {
        REAL a = x[0], b = x[2 * h];
        z[0] = a + b, z[1] = a - b;
        first = 1;
    }
    FOURIER(fourier_mix)(x, z, j->plan->halves, h, first, last, s, 2 * s, u, 1, -1);
}

/* The other half of a spectrum of n real numbers. */
static void FOURIER(fourier_mirror)(REAL *y, ptrdiff_t n) {
    VEC minus = FOURIER(fourier_sign)(0);
    ptrdiff_t k = 1, last = (n + 1) / 2;
    for (; k + WIDTH <= last; k += WIDTH) {
        VEC a = LOAD(y + 2 * k) * minus;
        STORE(y + 2 * (n - k - WIDTH + 1), BACK(a));
    }
    for (; k < last; k++) y[2 * (n - k)] = y[2 * k], y[2 * (n - k) + 1] = -y[2 * k + 1];
}

/* ---- lines as they come ---- */

static void FOURIER(fourier_spread)(const REAL *x, REAL *y, ptrdiff_t step, ptrdiff_t n, int pair) {
    if (pair)
        for (ptrdiff_t k = 0; k < n; k++) y[2 * k * step] = x[2 * k], y[2 * k * step + 1] = x[2 * k + 1];
    else
        for (ptrdiff_t k = 0; k < n; k++) y[k * step] = x[k];
}

static void FOURIER(fourier_gather)(const REAL *x, ptrdiff_t step, REAL *y, ptrdiff_t n, int pair) {
    if (pair)
        for (ptrdiff_t k = 0; k < n; k++) y[2 * k] = x[2 * k * step], y[2 * k + 1] = x[2 * k * step + 1];
    else
        for (ptrdiff_t k = 0; k < n; k++) y[k] = x[k * step];
}

/* Where a line of complex numbers without gaps is: in x itself, or in `room`. */
static const REAL *FOURIER(fourier_read)(const fourier_job *j, const REAL *x, REAL *room) {
    ptrdiff_t n = j->n, half = n / 2;
    int even = n % 2 == 0;
    if (j->mode == FOURIER_COMPLEX) {
        if (j->x_step == 1) return x;
        FOURIER(fourier_gather)(x, j->x_step, room, n, 1);
    } else if (j->mode != FOURIER_REAL && even) {
        if (j->x_step == 1) return x;
        FOURIER(fourier_gather)(x, j->x_step, room, n, 0);
    } else if (j->mode != FOURIER_REAL) {
        for (ptrdiff_t k = 0; k < n; k++) room[2 * k] = x[k * j->x_step], room[2 * k + 1] = 0;
    } else if (even) {
        if (j->x_step != 1) FOURIER(fourier_gather)(x, j->x_step, room, half + 1, 1), x = room;
        FOURIER(fourier_fold)(j, x, room, 0, half / 2 + 1);
    } else {
        REAL w = (REAL)(j->weight / 2), u = j->inverse ? (REAL)1 : (REAL)-1;
        room[0] = x[0], room[1] = 0;
        for (ptrdiff_t k = 1; k <= half; k++) {
            REAL a = w * x[2 * k * j->x_step], b = u * w * x[2 * k * j->x_step + 1];
            room[2 * k] = room[2 * (n - k)] = a, room[2 * k + 1] = b, room[2 * (n - k) + 1] = -b;
        }
    }
    return room;
}

/* Where the transform of a line is to be written: y itself, or `room`, which is then copied by `fourier_write`. */
static REAL *FOURIER(fourier_target)(const fourier_job *j, REAL *y, REAL *room) {
    int direct = j->y_step == 1 && (j->mode == FOURIER_COMPLEX || j->mode == FOURIER_WHOLE || j->n % 2 == 0);
    return direct ? y : room;
}

static void FOURIER(fourier_write)(const fourier_job *j, REAL *z, REAL *y) {
    ptrdiff_t n = j->n, half = n / 2;
    int even = n % 2 == 0;
    if (j->mode == FOURIER_WHOLE && even) FOURIER(fourier_mirror)(z, n);
    if (j->mode == FOURIER_HALF && !even)
        for (ptrdiff_t k = 2; k < n + 1; k++) z[k] *= (REAL)j->weight;
    if (z == y) return;
    if (j->mode == FOURIER_REAL && !even)
        for (ptrdiff_t k = 0; k < n; k++) y[k * j->y_step] = z[2 * k];
    else FOURIER(fourier_spread)(z, y, j->y_step, j->mode == FOURIER_HALF ? half + 1 : n, j->mode != FOURIER_REAL);
}

/* Whether the passes go the way of the inverse, and their factor: a real transform of even length is conjugated at its end. */
VEC_INLINE int FOURIER(fourier_way)(const fourier_job *j) {
    return j->mode == FOURIER_COMPLEX ? j->inverse : j->mode == FOURIER_REAL ? 1 : j->n % 2 ? j->inverse : 0;
}

VEC_INLINE REAL FOURIER(fourier_factor)(const fourier_job *j) {
    return (j->mode == FOURIER_HALF || j->mode == FOURIER_WHOLE) && j->n % 2 == 0 ? 1 : (REAL)j->scale;
}

VEC_INLINE ptrdiff_t FOURIER(fourier_long)(const fourier_job *j) { return FOURIER(fourier_whole)(2 * j->n + 2); }

static void FOURIER(fourier_places)(const fourier_job *j, ptrdiff_t line, const REAL **x, REAL **y) {
    ptrdiff_t a = 0, b = 0;
    for (int d = j->dims - 1; d >= 0; d--) {
        ptrdiff_t i = line % j->size[d];
        line /= j->size[d];
        a += i * j->x_stride[d], b += i * j->y_stride[d];
    }
    *x = (const REAL *)j->x + a * (j->mode == FOURIER_HALF || j->mode == FOURIER_WHOLE ? 1 : 2);
    *y = (REAL *)j->y + b * (j->mode == FOURIER_REAL ? 1 : 2);
}

static ptrdiff_t FOURIER(fourier_room)(const fourier_job *j) {
    ptrdiff_t lines = j->plan->kind == FOURIER_STEPS ? WIDTH : 1;
    return (ptrdiff_t)sizeof(REAL) * (FOURIER(fourier_turned)(j->plan) + 3 * FOURIER(fourier_buffer)(j->plan) + 2 * lines * FOURIER(fourier_long)(j));
}

/* Asks for the lines of cache that a line will be read from, or written to: passes go through it in strides, which no hardware foresees. */
VEC_INLINE void FOURIER(fourier_expect)(const REAL *x, ptrdiff_t numbers, int written) {
    if (numbers * (ptrdiff_t)sizeof(REAL) > 32768) return;
    for (ptrdiff_t i = 0; i < numbers; i += 64 / (ptrdiff_t)sizeof(REAL)) {
        if (written) __builtin_prefetch(x + i, 1, 2);
        else __builtin_prefetch(x + i, 0, 2);
    }
}

/* What the phases of a long line share. */
static ptrdiff_t FOURIER(fourier_shared)(const fourier_job *j) {
    return (ptrdiff_t)sizeof(REAL) * (FOURIER(fourier_turned)(j->plan) + 2 * FOURIER(fourier_long)(j));
}

static void FOURIER(fourier_lines)(const fourier_job *j, ptrdiff_t first, ptrdiff_t last, void *memory) {
    const fourier_plan *p = j->plan;
    ptrdiff_t size = FOURIER(fourier_long)(j), most = p->kind == FOURIER_STEPS ? WIDTH : 1, lines;
    REAL *room = memory, *ins = room + FOURIER(fourier_turned)(p) + 3 * FOURIER(fourier_buffer)(p), *outs = ins + most * size;
    int way = FOURIER(fourier_way)(j), unfolded = (j->mode == FOURIER_HALF || j->mode == FOURIER_WHOLE) && j->n % 2 == 0;
    REAL scale = FOURIER(fourier_factor)(j), *y[WIDTH], *z[WIDTH];
    const REAL *x[WIDTH];
    for (ptrdiff_t i = first; i < last; i += lines) {
        lines = last - i < most ? last - i : most;
        for (ptrdiff_t l = 0; l < lines; l++) {
            FOURIER(fourier_places)(j, i + l, &x[l], &y[l]);
            x[l] = FOURIER(fourier_read)(j, x[l], ins + l * size);
            z[l] = FOURIER(fourier_target)(j, y[l], outs + l * size);
        }
        if (most == 1) {
            const REAL *next;
            REAL *target;
            FOURIER(fourier_places)(j, i + 1 < last ? i + 1 : i, &next, &target);
            if (z[0] == y[0]) FOURIER(fourier_expect)(z[0], 2 * p->n, 1);
            if (j->x_step == 1) FOURIER(fourier_expect)(next, 2 * p->n, 0);
        }
        if (p->kind == FOURIER_STEPS) FOURIER(fourier_together)(&p->rows, x, z, lines, room, FOURIER(fourier_buffer)(p), way, scale);
        else FOURIER(fourier_line)(p, x[0], z[0], room, way, scale);
        for (ptrdiff_t l = 0; l < lines; l++) {
            if (unfolded) FOURIER(fourier_unfold)(j, z[l], z[l], 0, p->n / 2 + 1);
            FOURIER(fourier_write)(j, z[l], y[l]);
        }
    }
}

/* A part of a step of one long line, of which all is shared but the buffers of passes. Parts do not depend on the number of threads. */
static void FOURIER(fourier_phase)(const fourier_job *j, ptrdiff_t task, void *memory) {
    const fourier_plan *p = j->plan, *inner = p->kind == FOURIER_CHIRP ? p->inner : p;
    ptrdiff_t n = j->n, m = inner->n, total, parts[2];
    int chirp = p->kind == FOURIER_CHIRP, way = FOURIER(fourier_way)(j), even = n % 2 == 0;
    REAL *turned = j->shared, *a = turned + FOURIER(fourier_turned)(inner), *b = a + FOURIER(fourier_whole)(2 * m);
    REAL *in = turned + FOURIER(fourier_turned)(p), *out = in + FOURIER(fourier_long)(j), *room = memory, *y, *z, scale = FOURIER(fourier_factor)(j);
    const REAL *x, *line = in;
    FOURIER(fourier_places)(j, j->line, &x, &y);
    z = FOURIER(fourier_target)(j, y, out);
    if (j->x_step == 1 && (j->mode == FOURIER_COMPLEX || (even && j->mode != FOURIER_REAL))) line = x;
    switch (j->phase) {
    case FOURIER_READ: case FOURIER_UNFOLD: total = p->n / 2 + 1; break;
    case FOURIER_FIRST: case FOURIER_FIRST_AGAIN: total = FOURIER(fourier_vectors)(inner->columns.n); break;
    case FOURIER_SECOND: case FOURIER_SECOND_AGAIN: total = FOURIER(fourier_vectors)(inner->rows.n); break;
    case FOURIER_LEAVE: total = p->n; break;
    default: total = m; break;
    }
    for (int i = 0; i < 2; i++) parts[i] = task + i == j->tasks ? total : total * (task + i) / j->tasks / FOURIER_WIDEST * FOURIER_WIDEST;
    switch (j->phase) {
    case FOURIER_READ:
        if (j->mode == FOURIER_REAL && even && j->x_step == 1) FOURIER(fourier_fold)(j, x, in, parts[0], parts[1]);
        else if (task == 0) FOURIER(fourier_read)(j, x, in);
        break;
    case FOURIER_ENTER: FOURIER(fourier_enter)(p, line, a, parts[0], parts[1], way); break;
    case FOURIER_FIRST: FOURIER(fourier_first)(inner, chirp ? a : line, turned, parts[0], parts[1], room, chirp ? 0 : way); break;
    case FOURIER_SECOND:
        FOURIER(fourier_second)(inner, turned, chirp ? b : z, parts[0], parts[1], room, chirp ? 0 : way, chirp ? 1 : scale);
        break;
    case FOURIER_ANSWER: FOURIER(fourier_answer)(p, b, parts[0], parts[1]); break;
    case FOURIER_FIRST_AGAIN: FOURIER(fourier_first)(inner, b, turned, parts[0], parts[1], room, 0); break;
    case FOURIER_SECOND_AGAIN: FOURIER(fourier_second)(inner, turned, a, parts[0], parts[1], room, 0, 1); break;
    case FOURIER_LEAVE: FOURIER(fourier_leave)(p, a, z, parts[0], parts[1], way, scale); break;
    case FOURIER_UNFOLD:
        if (j->mode != FOURIER_COMPLEX && j->mode != FOURIER_REAL && even) FOURIER(fourier_unfold)(j, z, z, parts[0], parts[1]);
        break;
    default:
        if (task == 0) FOURIER(fourier_write)(j, z, y);
    }
}

/* Lines side by side, in STEPS: blocks first..last of FOURIER_WIDEST of j->columns; the rest of a vector goes through a buffer. */
static void FOURIER(fourier_columns)(const fourier_job *j, ptrdiff_t line, ptrdiff_t first, ptrdiff_t last, void *memory) {
    const fourier_steps *f = &j->plan->rows;
    ptrdiff_t n = f->n, most = FOURIER(fourier_abreast)(n), size = FOURIER(fourier_buffer)(j->plan), v;
    REAL *b0 = memory, *b1 = b0 + size, *in = b1 + size, *out = f->count == 1 ? b0 : in, *y;
    const REAL *x;
    FOURIER(fourier_places)(j, line, &x, &y);
    first *= FOURIER_WIDEST / WIDTH, last *= FOURIER_WIDEST / WIDTH;
    if (last > FOURIER(fourier_vectors)(j->columns)) last = FOURIER(fourier_vectors)(j->columns);
    for (ptrdiff_t at = first; at < last; at += v) {
        ptrdiff_t c = at * WIDTH, some = j->columns - c;
        v = last - at < most ? last - at : most;
        if (v > some / WIDTH) v = some / WIDTH;
        if (v) {
            FOURIER(fourier_run)(f, x + 2 * c, 2 * j->x_step, y + 2 * c, 2 * j->y_step, v, b0, b1, j->inverse, (REAL)j->scale);
            continue;
        }
        v = 1;
        for (ptrdiff_t k = 0; k < n; k++)
            for (ptrdiff_t l = 0; l < VR; l++) in[k * VR + l] = l < 2 * some ? x[2 * (c + k * j->x_step) + l] : 0;
        FOURIER(fourier_run)(f, in, VR, out, VR, 1, b0, b1, j->inverse, (REAL)j->scale);
        for (ptrdiff_t k = 0; k < n; k++)
            for (ptrdiff_t l = 0; l < 2 * some; l++) y[2 * (c + k * j->y_step) + l] = out[k * VR + l];
    }
}

#undef FOURIER
#undef REAL
#undef WIDTH
#undef VEC
#undef MASK
#undef LOAD
#undef STORE
#undef SPLAT
#undef SWAP
#undef PAIR
#undef BACK
#undef RE
#undef IM
#undef TURN
#undef VR
