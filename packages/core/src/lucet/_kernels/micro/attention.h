/* Scaled dot-product attention: softmax(q k^T scale + mask) v, some rows of queries at a time, so that scores never leave the cache.
 *
 *   attention_room_f32(&pass, backward)          bytes of scratch for each worker
 *   attention_forward_f32(&pass, task, worker)   blocks_per_task blocks of queries of one head; tasks: batches * heads * shared * tasks_per_head
 *   attention_backward_f32(&pass, task, worker)  all queries of one head of keys; tasks: batches * heads
 *
 * `mask` is added to the scaled scores; `causal` hides the keys behind a query's own place. `logs` holds for each query the logarithm of the
 * sum of the exponentials of its scores: what the backward needs to find the weights again (Dao et al., FlashAttention, 2022). A query
 * that sees no key gets zeros. dq, dk and dv are written whole.
 *
 * This file includes itself once per element type: the part under ATTENTION_REAL is the template.
 */
#ifndef ATTENTION_REAL
#ifndef LUCET_ATTENTION_H
#define LUCET_ATTENTION_H
#include "mathfun.h"
#include "panels.h"

#define ATTENTION_REAL float
#define ATTENTION_F f32
#define ATTENTION_EXP lm_vexp
#include "attention.h"
#undef ATTENTION_REAL
#undef ATTENTION_F
#undef ATTENTION_EXP
#define ATTENTION_REAL double
#define ATTENTION_F f64
#define ATTENTION_EXP lm_vexpd
#include "attention.h"
#undef ATTENTION_REAL
#undef ATTENTION_F
#undef ATTENTION_EXP
#endif

#else /* ================================ template, once per element type ================================ */

#define NAME(x) GEMM_JOIN(x, ATTENTION_F)
#define REAL ATTENTION_REAL
#define VEC NAME(vec)
#define LANES NAME(VEC_LANES)

VEC_INLINE REAL *NAME(attention_at)(const attention_operand *o, ptrdiff_t batch, ptrdiff_t head, ptrdiff_t row) {
    return (REAL *)o->at + batch * o->batch + head * o->head + row * o->row;
}

/* From one row of scores to the next: whole vectors, and no multiple of 4096 bytes. */
VEC_INLINE ptrdiff_t NAME(attention_row)(const attention_pass *p) { return gemm_round_up(p->keys, 2 * LANES) + LANES; }

static ptrdiff_t NAME(attention_room)(const attention_pass *p, int backward) {
    ptrdiff_t scores = p->block * NAME(attention_row)(p), E = p->width, V = p->value_width, S = p->keys, n;
    if (!backward) n = NAME(panels_size)(E, S) + NAME(panels_size)(S, V) + scores;
    else n = NAME(panels_size)(E, S) + NAME(panels_size)(V, S) + NAME(panels_size)(S, E) + 2 * scores + NAME(panels_size)(p->block, E)
             + NAME(panels_size)(p->block, V);
    return gemm_round_up(n * (ptrdiff_t)sizeof(REAL), 64);
}

/* How many keys a block of queries that ends before `end` computes with, and how many query `row` sees. */
VEC_INLINE ptrdiff_t NAME(attention_reach)(const attention_pass *p, ptrdiff_t end) {
    return p->causal ? gemm_min(p->keys, gemm_round_up(end, 2 * LANES)) : p->keys;
}
VEC_INLINE ptrdiff_t NAME(attention_seen)(const attention_pass *p, ptrdiff_t row) { return p->causal ? gemm_min(p->keys, row + 1) : p->keys; }

/* s[0 .. n) = s * scale + mask; the rest of its last vector is hidden. */
VEC_INLINE void NAME(attention_scale)(const attention_pass *p, REAL *s, const REAL *mask, ptrdiff_t n) {
    const VEC scale = NAME(vec_splat)((REAL)p->scale);
    for (ptrdiff_t j = 0; j < n; j += LANES) {
        VEC v = NAME(vec_load)(s + j) * scale;
        if (mask) v += p->mask_column ? NAME(panels_get)(mask + j, n - j) : NAME(vec_splat)(*mask);
        NAME(vec_store)(s + j, v);
    }
    for (ptrdiff_t j = n; j < gemm_round_up(n, LANES); j++) s[j] = -INFINITY;
}

/* The exponentials of the scores of a query that sees the first `seen` of `n` keys; returns what they are to be multiplied by. */
static REAL NAME(attention_weights)(const attention_pass *p, REAL *s, const REAL *mask, ptrdiff_t seen, ptrdiff_t n, REAL *log_of_sum) {
    ptrdiff_t end = gemm_round_up(seen, LANES);
    VEC most = NAME(vec_splat)(-INFINITY), total = {0};
    REAL m = -INFINITY, sum;
    NAME(attention_scale)(p, s, mask, seen);
    for (ptrdiff_t j = 0; j < end; j += LANES) most = NAME(vec_max)(NAME(vec_load)(s + j), most);
    for (ptrdiff_t j = 0; j < LANES; j++) m = most[j] > m ? most[j] : m;
    for (ptrdiff_t j = seen; j < n; j++) s[j] = 0;
    if (m == -INFINITY) {
        int nan = 0;
        for (ptrdiff_t j = 0; j < seen; j++) nan |= s[j] != s[j];
        for (ptrdiff_t j = 0; j < seen; j++) s[j] = nan ? NAN : 0;
        *log_of_sum = nan ? NAN : -INFINITY;
        return 1;
    }
    const VEC shift = NAME(vec_splat)(m);
    for (ptrdiff_t j = 0; j < seen; j += LANES) {
        VEC e = ATTENTION_EXP(NAME(panels_get)(s + j, seen - j) - shift);
        if (seen - j < LANES) {
            REAL some[LANES];
            NAME(vec_store)(some, e);
            for (ptrdiff_t i = seen - j; i < LANES; i++) some[i] = 0;
            e = NAME(vec_load)(some);
        }
        total += e;
        NAME(panels_put)(s + j, e, seen - j);
    }
    sum = NAME(vec_sum)(total);
    *log_of_sum = m + (REAL)log(sum);
    return 1 / sum;
}

static void NAME(attention_forward)(void *pass, ptrdiff_t task, int worker) {
    const attention_pass *p = (const attention_pass *)pass;
    const ptrdiff_t E = p->width, V = p->value_width, S = p->keys, row = NAME(attention_row)(p), heads = p->heads * p->shared;
    const ptrdiff_t part = task % p->tasks_per_head, unit = task / p->tasks_per_head, b = unit / heads, h = unit % heads, kh = h / p->shared;
    REAL *keys = (REAL *)((char *)p->scratch + worker * p->scratch_stride);
    REAL *values = keys + NAME(panels_size)(E, S), *scores = values + NAME(panels_size)(S, V);
    NAME(panels_pack)(NAME(attention_at)(&p->k, b, kh, 0), 1, p->k.row, E, S, 0, keys);
    NAME(panels_pack)(NAME(attention_at)(&p->v, b, kh, 0), p->v.row, 1, S, V, 0, values);
    for (ptrdiff_t i = part * p->blocks_per_task; i < (part + 1) * p->blocks_per_task; i++) {
        ptrdiff_t first = i * p->block, end = gemm_min(first + p->block, p->queries), n = NAME(attention_reach)(p, end);
        if (first >= end) break;
        REAL *y = NAME(attention_at)(&p->y, b, h, first);
        NAME(panels_product)(NAME(attention_at)(&p->q, b, h, first), p->q.row, 1, end - first, E, keys, E, n, 0, scores, row, GEMM_START_ZERO, NULL);
        REAL by[64];
        for (ptrdiff_t r = first; r < end; r++) {
            const REAL *mask = p->mask.at ? NAME(attention_at)(&p->mask, b, h, r) : NULL;
            by[r - first] = NAME(attention_weights)(p, scores + (r - first) * row, mask, NAME(attention_seen)(p, r), n,
                                                    (REAL *)p->logs + unit * p->queries + r);
        }
        NAME(panels_product)(scores, row, 1, end - first, n, values, S, V, 0, y, p->y.row, GEMM_START_ZERO, NULL);
        for (ptrdiff_t r = 0; r < end - first; r++)
            for (ptrdiff_t j = 0; j < V; j++) y[r * p->y.row + j] *= by[r];
    }
}

/* Of one row: the weights, from the scores; and the gradient of the scaled scores before the scale, from that of the weights. */
static void NAME(attention_slopes)(const attention_pass *p, REAL *s, REAL *d, const REAL *mask, ptrdiff_t seen, ptrdiff_t n, REAL log_of_sum,
                                   REAL delta) {
    const VEC shift = NAME(vec_splat)(log_of_sum), scale = NAME(vec_splat)((REAL)p->scale), less = NAME(vec_splat)(delta);
    if (log_of_sum == -INFINITY) seen = 0;
    if (seen) NAME(attention_scale)(p, s, mask, seen);
    for (ptrdiff_t j = 0; j < seen; j += LANES) {
        VEC e = ATTENTION_EXP(NAME(panels_get)(s + j, seen - j) - shift);
        NAME(panels_put)(s + j, e, seen - j);
        NAME(panels_put)(d + j, e * (NAME(panels_get)(d + j, seen - j) - less) * scale, seen - j);
    }
    for (ptrdiff_t j = seen; j < n; j++) s[j] = d[j] = 0;
}

static void NAME(attention_backward)(void *pass, ptrdiff_t task, int worker) {
    const attention_pass *p = (const attention_pass *)pass;
    const ptrdiff_t E = p->width, V = p->value_width, S = p->keys, row = NAME(attention_row)(p), heads = p->heads * p->shared;
    const ptrdiff_t b = task / p->heads, kh = task % p->heads;
    REAL *keys = (REAL *)((char *)p->scratch + worker * p->scratch_stride), *values = keys + NAME(panels_size)(E, S);
    REAL *upright = values + NAME(panels_size)(V, S), *scores = upright + NAME(panels_size)(S, E), *slopes = scores + p->block * row;
    REAL *some_q = slopes + p->block * row, *some_dy = some_q + NAME(panels_size)(p->block, E);
    REAL *dk = NAME(attention_at)(&p->dk, b, kh, 0), *dv = NAME(attention_at)(&p->dv, b, kh, 0);
    NAME(panels_pack)(NAME(attention_at)(&p->k, b, kh, 0), 1, p->k.row, E, S, 0, keys);
    NAME(panels_pack)(NAME(attention_at)(&p->v, b, kh, 0), 1, p->v.row, V, S, 0, values);
    NAME(panels_pack)(NAME(attention_at)(&p->k, b, kh, 0), p->k.row, 1, S, E, 0, upright);
    for (ptrdiff_t j = 0; j < S; j++) {
        memset(dk + j * p->dk.row, 0, E * sizeof(REAL));
        memset(dv + j * p->dv.row, 0, V * sizeof(REAL));
    }
    for (ptrdiff_t h = kh * p->shared; h < (kh + 1) * p->shared; h++)
        for (ptrdiff_t first = 0; first < p->queries; first += p->block) {
            ptrdiff_t rows = gemm_min(p->block, p->queries - first), n = NAME(attention_reach)(p, first + rows);
            const REAL *q = NAME(attention_at)(&p->q, b, h, first), *y = NAME(attention_at)(&p->y, b, h, first);
            const REAL *dy = NAME(attention_at)(&p->dy, b, h, first), *logs = (const REAL *)p->logs + (b * heads + h) * p->queries + first;
            NAME(panels_product)(q, p->q.row, 1, rows, E, keys, E, n, 0, scores, row, GEMM_START_ZERO, NULL);
            NAME(panels_product)(dy, p->dy.row, 1, rows, V, values, V, n, 0, slopes, row, GEMM_START_ZERO, NULL);
            for (ptrdiff_t r = 0; r < rows; r++) {
                VEC delta = {0};
                for (ptrdiff_t j = 0; j < V; j += LANES)
                    delta += NAME(panels_get)(y + r * p->y.row + j, V - j) * NAME(panels_get)(dy + r * p->dy.row + j, V - j);
                const REAL *mask = p->mask.at ? NAME(attention_at)(&p->mask, b, h, first + r) : NULL;
                NAME(attention_slopes)(p, scores + r * row, slopes + r * row, mask, NAME(attention_seen)(p, first + r), n, logs[r], NAME(vec_sum)(delta));
            }
            NAME(panels_pack)(q, p->q.row, 1, rows, E, 0, some_q);
            NAME(panels_pack)(dy, p->dy.row, 1, rows, V, 0, some_dy);
            NAME(panels_product)(scores, 1, row, n, rows, some_dy, rows, V, 0, dv, p->dv.row, GEMM_START_ADD, NULL);
            NAME(panels_product)(slopes, 1, row, n, rows, some_q, rows, E, 0, dk, p->dk.row, GEMM_START_ADD, NULL);
            NAME(panels_product)(slopes, row, 1, rows, n, upright, S, E, 0, NAME(attention_at)(&p->dq, b, h, first), p->dq.row, GEMM_START_ZERO, NULL);
        }
}

#undef NAME
#undef REAL
#undef VEC
#undef LANES
#endif
