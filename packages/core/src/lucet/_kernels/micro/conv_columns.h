/* All passes of images with few pixels and much weight, by gemm.h.
 * A part of the template in conv.h, which includes it once for each element type. */

/* ---- columns: all passes of images with few pixels and much weight ---- */

static gemm_plan NAME(conv_columns_product)(const conv_plan *p) {
    ptrdiff_t pixels = p->n * p->oh * p->ow, length = p->c * p->r * p->s;
    gemm_plan product = {.a = p->y, .b = p->weight, .c = p->shared, .m = pixels, .n = length, .k = p->k,
                         .a_row = p->k, .a_col = 1, .b_row = length, .b_col = 1, .c_row = length, .batch = 1};
    if (p->pass == CONV_FORWARD) {
        product.a = p->shared, product.a_row = length, product.k = length, product.n = p->k, product.c = p->y;
        product.c_row = p->k, product.b_row = 1, product.b_col = length, product.bias = p->bias;
        product.bias_kind = p->bias ? GEMM_BIAS_COLUMN : GEMM_BIAS_NONE;
    } else if (p->pass == CONV_BACKWARD_WEIGHT) {
        product.a_row = 1, product.a_col = p->k, product.m = p->k, product.k = pixels, product.b = p->shared;
        product.c = p->weight;
    }
    NAME(gemm_plan)(&product);
    product.scratch = p->scratch, product.scratch_stride = p->scratch_stride;
    return product;
}

/* Which element of x tap (r, s) of pixel `at` of y sees; -1 if none. */
VEC_INLINE ptrdiff_t NAME(conv_columns_seen)(const conv_plan *p, ptrdiff_t at, ptrdiff_t r, ptrdiff_t s) {
    ptrdiff_t i = at / p->ow % p->oh * p->stride_h - p->pad_h + r * p->dilation_h;
    ptrdiff_t j = at % p->ow * p->stride_w - p->pad_w + s * p->dilation_w, image = at / p->ow / p->oh;
    return i >= 0 && i < p->h && j >= 0 && j < p->w ? ((image * p->h + i) * p->w + j) * p->c : -1;
}

/* Patches [pixel of y][channel][tap]. */
static void NAME(conv_columns_patches)(const conv_plan *p, ptrdiff_t task) {
    ptrdiff_t taps = p->r * p->s, pixels = p->n * p->oh * p->ow;
    for (ptrdiff_t q = gemm_cut(pixels, p->ntasks[0], task); q < gemm_cut(pixels, p->ntasks[0], task + 1); q++)
        for (ptrdiff_t tap = 0; tap < taps; tap++) {
            REAL *out = (REAL *)p->shared + q * p->c * taps + tap;
            ptrdiff_t seen = NAME(conv_columns_seen)(p, q, tap / p->s, tap % p->s);
            for (ptrdiff_t c = 0; c < p->c; c++) out[c * taps] = seen < 0 ? 0 : ((const REAL *)p->x)[seen + c];
        }
}

/* Units: block of x's channels. */
static void NAME(conv_columns_sum)(const conv_plan *p, ptrdiff_t task) {
    ptrdiff_t taps = p->r * p->s, c0 = gemm_cut(p->c, p->ntasks[1], task), c1 = gemm_cut(p->c, p->ntasks[1], task + 1);
    REAL *x = (REAL *)p->x;
    for (ptrdiff_t q = 0; q < p->n * p->h * p->w; q++)
        for (ptrdiff_t c = c0; c < c1; c++) x[q * p->c + c] = p->bias ? ((const REAL *)p->bias)[c] : 0;
    for (ptrdiff_t q = 0; q < p->n * p->oh * p->ow; q++)
        for (ptrdiff_t tap = 0; tap < taps; tap++) {
            const REAL *in = (const REAL *)p->shared + q * p->c * taps + tap;
            ptrdiff_t seen = NAME(conv_columns_seen)(p, q, tap / p->s, tap % p->s);
            for (ptrdiff_t c = c0; seen >= 0 && c < c1; c++) x[seen + c] += in[c * taps];
        }
}

static void NAME(conv_columns_run)(const conv_plan *p, ptrdiff_t task, int worker) {
    gemm_plan product = NAME(conv_columns_product)(p);
    if (p->step == (p->pass != CONV_BACKWARD_DATA)) NAME(gemm_run)(&product, task, worker);
    else if (p->step == 0) NAME(conv_columns_patches)(p, task);
    else if (p->step == 1) NAME(conv_columns_sum)(p, task);
    else if (p->pass == CONV_BACKWARD_WEIGHT) NAME(conv_product_bias)(p);
    else {
        REAL *y = (REAL *)p->y;
        for (ptrdiff_t i = 0; i < product.m * product.n; i++) y[i] = y[i] < 0 ? 0 : y[i];
    }
}

static int NAME(conv_plan_columns)(conv_plan *p) {
    enum { MOST_PIXELS = 128, LEAST_WEIGHT = 1 << 17 };
    ptrdiff_t pixels = p->n * p->oh * p->ow, length = p->c * p->r * p->s, wanted = NAME(conv_wanted)(p);
    int pointwise = p->r * p->s * p->stride_h * p->stride_w == 1 && p->pass == CONV_BACKWARD_WEIGHT;
    if (p->groups > 1 || !p->weight || p->d * p->od * p->t != 1 || p->pad_d || pixels <= 0 || p->h * p->w <= 0 ||
        length * p->k < LEAST_WEIGHT || pointwise ||
        pixels > MOST_PIXELS << (p->pass == CONV_FORWARD ? 0 : p->pass == CONV_BACKWARD_DATA ? 1 : 2))
        return 0;
    gemm_plan product = NAME(conv_columns_product)(p);
    if (product.ntasks < gemm_min(wanted, 8)) return 0;
    int data = p->pass == CONV_BACKWARD_DATA;
    p->algorithm = CONV_COLUMNS;
    p->steps = data ? 2 : 3;
    p->ntasks[!data] = product.ntasks;
    p->ntasks[data] = gemm_min(data ? p->c : pixels,
                               (ptrdiff_t)gemm_wanted_tasks(20. * pixels * length / GEMM_TASK_MACS));
    p->ntasks[2] = p->pass == CONV_FORWARD ? p->relu : !data && p->bias;
    p->scratch_bytes = product.scratch_bytes;
    p->shared_bytes = gemm_round_up(pixels * length * (ptrdiff_t)sizeof(REAL), 64);
    return 1;
}
