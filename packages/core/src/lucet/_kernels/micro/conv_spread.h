/* Gradient of the input where it has few channels.
 * A part of the template in conv.h, which includes it once for each element type. */

/* ---- spread ---- */

/* Prepared weight: panels [k][2 * LANES] over (tap, channel). */
static void NAME(conv_prepare_spread)(const conv_plan *p) {
    ptrdiff_t taps = p->r * p->s, k = p->k, c = p->c;
    const REAL *weight = (const REAL *)p->weight;
    REAL *out = (REAL *)p->shared;
    for (ptrdiff_t m = 0; m < p->k_padded; m += 2 * LANES)
        for (ptrdiff_t i = 0; i < k; i++)
            for (ptrdiff_t q = m; q < gemm_min(m + 2 * LANES, p->k_padded); q++)
                *out++ = q < taps * c ? weight[(i * c + q % c) * taps + q / c] : 0;
}

/* What the pixels of y give lies [row][column][tap][channel], between s - 1 columns of zeros on either side. */
VEC_INLINE ptrdiff_t NAME(conv_spread_columns)(const conv_plan *p) { return p->ow + 2 * (p->s - 1); }

/* x[i][j] = bias + the sum of what its taps were given. */
static void NAME(conv_spread_sum)(const conv_plan *p, const REAL *spread, NAME(gemm_tap) * taps, REAL *line,
                                  REAL *out) {
    ptrdiff_t step = p->k_padded, c = p->c, tiles = gemm_parts(p->w, CONV_DEPTHWISE_PIXELS);
    ptrdiff_t columns = NAME(conv_spread_columns)(p);
    REAL ones[LANES], bias[LANES] = {0};
    for (int q = 0; q < LANES; q++) ones[q] = 1;
    if (p->bias) memcpy(bias, p->bias, (size_t)c * sizeof(REAL));
    for (ptrdiff_t q = 0; q < p->r * p->s; q++)
        taps[q] = (NAME(gemm_tap)){0, (p->pad_w + p->s - 1 - q % p->s - q / p->s * columns) * step + q * c};
    for (ptrdiff_t i = 0; i < p->h; i++, out += p->w * c) {
        ptrdiff_t at = i + p->pad_h, first = conv_max(0, at - p->oh + 1);
        ptrdiff_t count = conv_max(0, gemm_min(p->r, at + 1) - first) * p->s;
        /* Pixels are stored as whole vectors, overwritten by the next; those of the last line elsewhere. */
        REAL *to = (p->h - 1 - i) * p->w * c >= LANES ? out : line;
        for (ptrdiff_t u = 0; u < tiles; u++) {
            ptrdiff_t j = gemm_cut(p->w, tiles, u), height = gemm_cut(p->w, tiles, u + 1) - j;
            const REAL *from = spread + (at * columns + j) * step;
            NAME(conv_depthwise_tiles)[height](taps + first * p->s, count, from, step, ones, bias, to + j * c, c, LANES,
                                               0);
        }
        if (to == line) memcpy(out, line, (size_t)(p->w * c) * sizeof(REAL));
    }
}

/* Units: image. */
static void NAME(conv_spread_task)(const conv_plan *p, ptrdiff_t task, char *scratch) {
    ptrdiff_t step = p->k_padded, columns = NAME(conv_spread_columns)(p), tiles = gemm_parts(p->ow, VEC_ROWS);
    REAL *spread = (REAL *)scratch + p->taps_size, *line = spread + p->frame_size;
    memset(spread, 0, (size_t)p->frame_size * sizeof(REAL));
    for (ptrdiff_t n = gemm_cut(p->n, p->ntasks[1], task); n < gemm_cut(p->n, p->ntasks[1], task + 1); n++) {
        for (ptrdiff_t m = 0; m < step; m += 2 * LANES) {
            ptrdiff_t width = gemm_min(2 * LANES, step - m);
            NAME(gemm_tile) t = {.b = (const REAL *)p->shared + m * p->k, .length = p->k, .segments = 1,
                                 .a_segments = &GEMM_NO_OFFSET, .a_row = p->k, .a_step = 1, .b_step = width,
                                 .c_row = step, .start = GEMM_START_ZERO};
            for (ptrdiff_t i = 0; i < p->oh; i++)
                for (ptrdiff_t u = 0; u < tiles; u++) {
                    ptrdiff_t j = gemm_cut(p->ow, tiles, u), height = gemm_cut(p->ow, tiles, u + 1) - j;
                    t.a = (const REAL *)p->y + ((n * p->oh + i) * p->ow + j) * p->k;
                    t.c = spread + (i * columns + p->s - 1 + j) * step + m;
                    NAME(gemm_plain_tiles)[width / LANES][height](&t);
                }
        }
        NAME(conv_spread_sum)(p, spread, (NAME(gemm_tap) *)scratch, line, (REAL *)p->x + n * p->h * p->w * p->c);
    }
}
