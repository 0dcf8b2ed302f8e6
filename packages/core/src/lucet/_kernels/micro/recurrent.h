/* The steps of a recurrent layer in one direction, forward and backward.
 *
 *   recurrent_forward_f32(&pass, task, worker)           rows task * rows_per_task .. of the batch, all steps
 *   recurrent_backward_f32(&pass, task, worker)
 *
 * Sequences of a batch know nothing of each other, so a task has some of them from the first step to the last and waits for nobody.
 * A row's numbers are the same whatever rows share its task.
 *
 * Forward: `gates` (rows, G hidden) holds the inputs' part, biases included, and is replaced by the activations (LSTM: i, f, g, o; GRU: r,
 * z, n). `w` are panels of W_hh^T, of a GRU those of r and z alone, and `w_new` those of n. `h` and `c` run along: the state before the
 * first step, and afterwards that after each row's last. `cells`: of an LSTM its cells after each step, of a GRU W_hn h + b_hn.
 * `unprojected`: what an LSTM with a projection projects.
 *
 * Backward: `h` and `c` run along with the gradients of the states; `w` are panels of W_hh (G hidden, out), of a GRU its first two thirds,
 * and `w_new` the last. `dgates` becomes the gradient of the gates before their activation; of a GRU `dcells` that of W_hn h + b_hn;
 * with a projection `dout` that of the state. `before` (rows, out), if given, becomes the state before each step.
 *
 * This file includes itself once per element type: the part under RECURRENT_REAL is the template.
 */
#ifndef RECURRENT_REAL
#ifndef LUCET_RECURRENT_H
#define LUCET_RECURRENT_H
#include "mathfun.h"
#include "panels.h"

#define RECURRENT_REAL float
#define RECURRENT_F f32
#define RECURRENT_TANH_OF lm_vtanh
#define RECURRENT_SIGMOID_OF lm_vsigmoid
#include "recurrent.h"
#undef RECURRENT_REAL
#undef RECURRENT_F
#undef RECURRENT_TANH_OF
#undef RECURRENT_SIGMOID_OF
#define RECURRENT_REAL double
#define RECURRENT_F f64
#define RECURRENT_TANH_OF lm_vtanhd
#define RECURRENT_SIGMOID_OF lm_vsigmoidd
#include "recurrent.h"
#endif

#else /* ================================ template, once per element type ================================ */

#define NAME(x) GEMM_JOIN(x, RECURRENT_F)
#define REAL RECURRENT_REAL
#define VEC NAME(vec)
#define LANES NAME(VEC_LANES)
#define PRODUCT(a, a_row, rows, k, panels, cols, wide, c, c_row, start, bias)                                                                  \
    NAME(panels_product)(a, a_row, 1, rows, k, panels, k, cols, wide, c, c_row, start, bias)

/* ---- one row of one step, forward: gates, state h and c, and where results go ---- */

static void NAME(recurrent_lstm_row)(REAL *gates, REAL *c, REAL *cells, REAL *h, REAL *y, ptrdiff_t H) {
    for (ptrdiff_t j = 0; j < H; j += LANES) {
        ptrdiff_t n = H - j;
        VEC i = RECURRENT_SIGMOID_OF(NAME(panels_get)(gates + j, n));
        VEC f = RECURRENT_SIGMOID_OF(NAME(panels_get)(gates + H + j, n));
        VEC g = RECURRENT_TANH_OF(NAME(panels_get)(gates + 2 * H + j, n));
        VEC o = RECURRENT_SIGMOID_OF(NAME(panels_get)(gates + 3 * H + j, n));
        VEC cell = f * NAME(panels_get)(c + j, n) + i * g, out = o * RECURRENT_TANH_OF(cell);
        NAME(panels_put)(gates + j, i, n);
        NAME(panels_put)(gates + H + j, f, n);
        NAME(panels_put)(gates + 2 * H + j, g, n);
        NAME(panels_put)(gates + 3 * H + j, o, n);
        NAME(panels_put)(c + j, cell, n);
        NAME(panels_put)(cells + j, cell, n);
        NAME(panels_put)(h + j, out, n);
        if (y) NAME(panels_put)(y + j, out, n);
    }
}

static void NAME(recurrent_gru_row)(REAL *gates, const REAL *part, REAL *h, REAL *y, ptrdiff_t H) {
    for (ptrdiff_t j = 0; j < H; j += LANES) {
        ptrdiff_t n = H - j;
        VEC r = RECURRENT_SIGMOID_OF(NAME(panels_get)(gates + j, n));
        VEC z = RECURRENT_SIGMOID_OF(NAME(panels_get)(gates + H + j, n));
        VEC fresh = RECURRENT_TANH_OF(NAME(panels_get)(gates + 2 * H + j, n) + r * NAME(panels_get)(part + j, n));
        VEC out = fresh + z * (NAME(panels_get)(h + j, n) - fresh);
        NAME(panels_put)(gates + j, r, n);
        NAME(panels_put)(gates + H + j, z, n);
        NAME(panels_put)(gates + 2 * H + j, fresh, n);
        NAME(panels_put)(h + j, out, n);
        NAME(panels_put)(y + j, out, n);
    }
}

static void NAME(recurrent_plain_row)(REAL *gates, REAL *h, REAL *y, ptrdiff_t H, int relu) {
    for (ptrdiff_t j = 0; j < H; j += LANES) {
        ptrdiff_t n = H - j;
        VEC v = NAME(panels_get)(gates + j, n);
        v = relu ? NAME(vec_select)(v <= 0, (VEC){0}, v) : RECURRENT_TANH_OF(v);
        NAME(panels_put)(gates + j, v, n);
        NAME(panels_put)(h + j, v, n);
        NAME(panels_put)(y + j, v, n);
    }
}

static void NAME(recurrent_forward)(void *pass, ptrdiff_t task, int worker) {
    const recurrent_pass *p = (const recurrent_pass *)pass;
    const ptrdiff_t H = p->hidden, out = p->out, first = task * p->rows_per_task, G = p->kind == RECURRENT_LSTM ? 4 : p->kind == RECURRENT_GRU ? 3 : 1;
    (void)worker;
    for (ptrdiff_t s = 0; s < p->steps; s++) {
        ptrdiff_t t = p->backwards ? p->steps - 1 - s : s;
        ptrdiff_t rows = gemm_min(first + p->rows_per_task, p->sizes[t]) - first, at = p->starts[t] + first;
        if (rows <= 0) continue;
        REAL *gates = (REAL *)p->gates + at * G * H, *h = (REAL *)p->h + first * out, *y = (REAL *)p->y + at * p->y_row;
        REAL *cells = (REAL *)p->cells + at * H, *c = (REAL *)p->c + first * H;
        PRODUCT(h, out, rows, out, (const REAL *)p->w, (p->kind == RECURRENT_GRU ? 2 : G) * H, p->wide, gates, G * H, GEMM_START_ADD, NULL);
        if (p->kind == RECURRENT_GRU)
            PRODUCT(h, out, rows, out, (const REAL *)p->w_new, H, p->wide, cells, H,
                                    p->b_new ? GEMM_START_COLUMN : GEMM_START_ZERO, (const REAL *)p->b_new);
        for (ptrdiff_t r = 0; r < rows; r++) {
            REAL *g = gates + r * G * H;
            if (p->kind == RECURRENT_LSTM) {
                REAL *whole = p->w_projection ? (REAL *)p->unprojected + (at + r) * H : h + r * out;
                NAME(recurrent_lstm_row)(g, c + r * H, cells + r * H, whole, p->w_projection ? NULL : y + r * p->y_row, H);
            } else if (p->kind == RECURRENT_GRU) NAME(recurrent_gru_row)(g, cells + r * H, h + r * out, y + r * p->y_row, H);
            else if (p->kind == RECURRENT_TANH) NAME(recurrent_plain_row)(g, h + r * out, y + r * p->y_row, H, 0);
            else NAME(recurrent_plain_row)(g, h + r * out, y + r * p->y_row, H, 1);
        }
        if (p->w_projection) {
            PRODUCT((const REAL *)p->unprojected + at * H, H, rows, H, (const REAL *)p->w_projection, out, p->wide, h, out,
                                    GEMM_START_ZERO, NULL);
            for (ptrdiff_t r = 0; r < rows; r++) memcpy(y + r * p->y_row, h + r * out, out * sizeof(REAL));
        }
    }
}

/* ---- the same backward; dh: of the state after the step, which becomes what goes on to the state before ---- */

static void NAME(recurrent_lstm_back)(const REAL *gates, const REAL *cells, const REAL *c_before, const REAL *dh, REAL *dc, REAL *dg, ptrdiff_t H) {
    for (ptrdiff_t j = 0; j < H; j += LANES) {
        ptrdiff_t n = H - j;
        VEC i = NAME(panels_get)(gates + j, n), f = NAME(panels_get)(gates + H + j, n);
        VEC g = NAME(panels_get)(gates + 2 * H + j, n), o = NAME(panels_get)(gates + 3 * H + j, n);
        VEC d = NAME(panels_get)(dh + j, n), cell = RECURRENT_TANH_OF(NAME(panels_get)(cells + j, n));
        VEC dcell = NAME(panels_get)(dc + j, n) + d * o * (1 - cell * cell);
        NAME(panels_put)(dg + j, dcell * g * i * (1 - i), n);
        NAME(panels_put)(dg + H + j, dcell * NAME(panels_get)(c_before + j, n) * f * (1 - f), n);
        NAME(panels_put)(dg + 2 * H + j, dcell * i * (1 - g * g), n);
        NAME(panels_put)(dg + 3 * H + j, d * cell * o * (1 - o), n);
        NAME(panels_put)(dc + j, dcell * f, n);
    }
}

static void NAME(recurrent_gru_back)(const REAL *gates, const REAL *part, const REAL *h_before, REAL *dh, REAL *dg, REAL *dpart, ptrdiff_t H) {
    for (ptrdiff_t j = 0; j < H; j += LANES) {
        ptrdiff_t n = H - j;
        VEC r = NAME(panels_get)(gates + j, n), z = NAME(panels_get)(gates + H + j, n), fresh = NAME(panels_get)(gates + 2 * H + j, n);
        VEC d = NAME(panels_get)(dh + j, n), dn = d * (1 - z) * (1 - fresh * fresh);
        NAME(panels_put)(dg + j, dn * NAME(panels_get)(part + j, n) * r * (1 - r), n);
        NAME(panels_put)(dg + H + j, d * (NAME(panels_get)(h_before + j, n) - fresh) * z * (1 - z), n);
        NAME(panels_put)(dg + 2 * H + j, dn, n);
        NAME(panels_put)(dpart + j, dn * r, n);
        NAME(panels_put)(dh + j, d * z, n);
    }
}

static void NAME(recurrent_plain_back)(const REAL *gates, const REAL *dh, REAL *dg, ptrdiff_t H, int relu) {
    for (ptrdiff_t j = 0; j < H; j += LANES) {
        ptrdiff_t n = H - j;
        VEC v = NAME(panels_get)(gates + j, n), d = NAME(panels_get)(dh + j, n);
        NAME(panels_put)(dg + j, relu ? NAME(vec_select)(v <= 0, (VEC){0}, d) : d * (1 - v * v), n);
    }
}

static void NAME(recurrent_backward)(void *pass, ptrdiff_t task, int worker) {
    const recurrent_pass *p = (const recurrent_pass *)pass;
    const ptrdiff_t H = p->hidden, out = p->out, first = task * p->rows_per_task, G = p->kind == RECURRENT_LSTM ? 4 : p->kind == RECURRENT_GRU ? 3 : 1;
    REAL *unprojected = (REAL *)((char *)p->scratch + worker * p->scratch_stride);
    for (ptrdiff_t s = p->steps - 1; s >= 0; s--) {
        ptrdiff_t t = p->backwards ? p->steps - 1 - s : s, last = p->backwards ? t + 1 : t - 1;      /* `last`: the step before, in its order */
        ptrdiff_t rows = gemm_min(first + p->rows_per_task, p->sizes[t]) - first, at = p->starts[t] + first;
        ptrdiff_t from_step = last < 0 || last >= p->steps ? 0 : p->sizes[last] - first;              /* rows that had a step before */
        if (rows <= 0) continue;
        const REAL *gates = (const REAL *)p->gates + at * G * H, *cells = (const REAL *)p->cells + at * H;
        REAL *dh = (REAL *)p->h + first * out, *dc = (REAL *)p->c + first * H, *dg = (REAL *)p->dgates + at * G * H;
        REAL *dpart = (REAL *)p->dcells + at * H;
        for (ptrdiff_t r = 0; r < rows && p->dy; r++) {
            const REAL *dy = (const REAL *)p->dy + (at + r) * p->dy_row;
            REAL *d = dh + r * out;
            for (ptrdiff_t j = 0; j < out; j++) d[j] += dy[j];
        }
        const REAL *whole = dh;
        if (p->w_projection) {
            memcpy((REAL *)p->dout + at * out, dh, rows * out * sizeof(REAL));
            PRODUCT(dh, out, rows, out, (const REAL *)p->w_projection, H, p->wide, unprojected, H, GEMM_START_ZERO, NULL);
            whole = unprojected;
        }
        for (ptrdiff_t r = 0; r < rows; r++) {
            const REAL *h_before = (const REAL *)p->h0 + (first + r) * out, *c_before = (const REAL *)p->c0 + (first + r) * H;
            if (r < from_step) {
                ptrdiff_t row = p->starts[last] + first + r;
                h_before = (const REAL *)p->y + row * p->y_row;
                c_before = (const REAL *)p->cells + row * H;
            }
            if (p->before) memcpy((REAL *)p->before + (at + r) * out, h_before, out * sizeof(REAL));
            if (p->kind == RECURRENT_LSTM)
                NAME(recurrent_lstm_back)(gates + r * G * H, cells + r * H, c_before, whole + r * H, dc + r * H, dg + r * G * H, H);
            else if (p->kind == RECURRENT_GRU)
                NAME(recurrent_gru_back)(gates + r * G * H, cells + r * H, h_before, dh + r * H, dg + r * G * H, dpart + r * H, H);
            else if (p->kind == RECURRENT_TANH) NAME(recurrent_plain_back)(gates + r * H, dh + r * H, dg + r * H, H, 0);
            else NAME(recurrent_plain_back)(gates + r * H, dh + r * H, dg + r * H, H, 1);
        }
        PRODUCT(dg, G * H, rows, (p->kind == RECURRENT_GRU ? 2 : G) * H, (const REAL *)p->w, out, p->wide, dh, out,
                                p->kind == RECURRENT_GRU ? GEMM_START_ADD : GEMM_START_ZERO, NULL);
        if (p->kind == RECURRENT_GRU)
            PRODUCT(dpart, H, rows, H, (const REAL *)p->w_new, out, p->wide, dh, out, GEMM_START_ADD, NULL);
    }
}

#undef NAME
#undef REAL
#undef VEC
#undef LANES
#undef PRODUCT
#endif
