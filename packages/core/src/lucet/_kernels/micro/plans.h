/* The plans by which ops call matrix products and convolutions: what to compute, and how the kernels will cut it.
 * How they are used is told in gemm.h and conv.h; this file is all that the callers need to include. */
#ifndef LUCET_PLANS_H
#define LUCET_PLANS_H
#include <stddef.h>

enum { GEMM_BIAS_NONE = 0, GEMM_BIAS_COLUMN = 1, GEMM_BIAS_ROW = 2 };     /* COLUMN: bias[n], ROW: bias[m] */

typedef struct {
    /* what to compute: filled in by the caller */
    const void *a, *b, *bias;
    void *c;
    ptrdiff_t m, n, k;
    ptrdiff_t a_row, a_col;                           /* A[i][k] is a[i * a_row + k * a_col] */
    ptrdiff_t b_row, b_col;                           /* B[k][j] is b[k * b_row + j * b_col] */
    ptrdiff_t c_row;                                  /* C[i][j] is c[i * c_row + j] */
    ptrdiff_t batch, a_batch, b_batch, c_batch;       /* how many products, and from one to the next */
    int bias_kind, accumulate;
    int workers;                                      /* how many threads may run tasks; 0: unknown */
    /* how it is cut: filled in by gemm_plan */
    ptrdiff_t ntasks, scratch_bytes;
    /* filled in by the caller between plan and run */
    void *scratch;
    ptrdiff_t scratch_stride;
    /* private */
    int path, pack_a, pack_b, copying, tile_rows;
    ptrdiff_t c_col, m_blocks, n_blocks, batch_blocks, k_block, m_cache, n_cache;
} gemm_plan;

enum { CONV_FORWARD = 0, CONV_BACKWARD_DATA = 1, CONV_BACKWARD_WEIGHT = 2 };
enum { CONV_MAX_STEPS = 4 };
enum { CONV_WINOGRAD = 100 };                         /* an `algorithm` that is winograd.h's */

typedef struct {
    /* what to compute: filled in by the caller */
    int pass;
    void *x, *weight, *bias, *y;                      /* the pass says which of them are results */
    ptrdiff_t n, c, h, w, k, oh, ow, r, s, groups;
    ptrdiff_t stride_h, stride_w, pad_h, pad_w, dilation_h, dilation_w;
    /* the same, channels-last kernels only */
    ptrdiff_t d, od, t, stride_d, pad_d, dilation_d;  /* depth; 1, 1, 1, 1, 0, 1 for images */
    int winograd;                                     /* whether Winograd's algorithm may be chosen */
    int relu;                                         /* forward: store max(0, y); NaN stays NaN */
    /* how it is cut: filled in by conv_plan */
    int steps;
    ptrdiff_t ntasks[CONV_MAX_STEPS], scratch_bytes, shared_bytes;
    ptrdiff_t prepared_bytes;                         /* leading part of `shared` that depends on the weight alone */
    /* filled in by the caller between plan and run */
    void *scratch, *shared;
    ptrdiff_t scratch_stride;
    int step;
    int first_step;                                   /* 1: shared holds the prepared_bytes of an earlier run */
    /* private */
    int algorithm;
    int in_place;                                     /* the source needs no frame */
    ptrdiff_t units, row_block, row_blocks, m_blocks, column_block, column_blocks;
    ptrdiff_t frame_size, out_size, taps_size, tail_size;          /* parts of the scratch, in elements */
    ptrdiff_t image_groups, k_blocks, c_blocks, k_padded, group_size;
    ptrdiff_t sum_parts, prepared_size;               /* channels-last: cuts of a sum; prepared weights, in elements */
    ptrdiff_t tile_block, tile_blocks;                /* ... weight gradient: slices at once; units of the last step */
} conv_plan;

enum { RECURRENT_LSTM = 0, RECURRENT_GRU = 1, RECURRENT_TANH = 2, RECURRENT_RELU = 3 };

/* One direction of a recurrent layer over a batch whose sequences lie by steps: at step t those of rows 0 .. sizes[t] - 1 are
 * there, sizes never grow, and the row of sequence b is starts[t] + b. What the fields hold is told in recurrent.h. */
typedef struct {
    int kind, backwards;                              /* backwards: from the last step to the first */
    int wide;                                         /* panels four vectors wide */
    ptrdiff_t steps, hidden, out;                     /* out: width of h, less than `hidden` with a projection */
    const ptrdiff_t *sizes, *starts;
    ptrdiff_t rows_per_task;
    void *gates, *cells, *unprojected, *y, *h, *c;
    ptrdiff_t y_row;
    const void *w, *w_new, *w_projection, *b_new;     /* panels from panels_pack; bias */
    const void *dy, *h0, *c0;
    ptrdiff_t dy_row;
    void *dgates, *dcells, *dout, *before;
    void *scratch;
    ptrdiff_t scratch_stride;                         /* in bytes, one part for each worker */
} recurrent_pass;

/* Scaled dot-product attention over groups of heads: see attention.h. Steps are in elements, from one batch, head and row to the
 * next; the elements of a row lie side by side, except those of `mask`. */
typedef struct {
    const void *at;
    ptrdiff_t batch, head, row;
} attention_operand;

typedef struct {
    ptrdiff_t batches, heads, shared;                 /* heads of keys and values; `shared` heads of queries each */
    ptrdiff_t queries, keys, width, value_width;
    attention_operand q, k, v, mask, y, dy, dq, dk, dv;
    ptrdiff_t mask_column;
    double scale;
    int causal;
    void *logs;                                       /* (batches, heads * shared, queries) */
    ptrdiff_t block, blocks_per_task, tasks_per_head; /* rows of queries at once */
    void *scratch;
    ptrdiff_t scratch_stride;                         /* in bytes */
} attention_pass;
#endif
