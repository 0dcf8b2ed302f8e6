/* Gradient of weight and bias: by register tiles, of few filters, depthwise, pointwise; and their plan.
 * A part of the template in conv.h, which includes it once for each element type. */

/* ---- gradient of weight and bias ---- */

/* Partial sums of a group of images: per group of channels [tap, channel of x][k_padded], and a last row: the bias. */
static REAL *NAME(conv_partial)(const conv_plan *p, ptrdiff_t image_group, ptrdiff_t group) {
    return (REAL *)p->shared + image_group * p->group_size + group * (p->group_size / p->groups);
}

/* What a unit works on: the source of a block of pixels, and the block's rows in it. */
typedef struct {
    const REAL *source;
    const ptrdiff_t *segments;                        /* where the block's rows begin */
    ptrdiff_t count, length, pitch, stride;           /* rows, pixels of each; from row to row, from pixel to pixel */
    ptrdiff_t tap[3];                                 /* from tap to tap */
    int contiguous;                                   /* the taps of a kernel row are one stretch */
} NAME(conv_pixels);

VEC_INLINE ptrdiff_t NAME(conv_tap_at)(const conv_geometry *g, const NAME(conv_pixels) * x, ptrdiff_t tap) {
    ptrdiff_t line = tap / g->kernel[2];
    return line / g->kernel[1] * x->tap[0] + line % g->kernel[1] * x->tap[1] + tap % g->kernel[2] * x->tap[2];
}

/* Rows [q0, q1) of the result (taps and channels) for one panel of y. */
static void NAME(conv_weight_panel)(const conv_plan *p, const conv_geometry *g, const NAME(conv_pixels) * x,
                                    ptrdiff_t q0, ptrdiff_t q1, const REAL *b, ptrdiff_t b_step, ptrdiff_t wide,
                                    REAL *sums, int first) {
    ptrdiff_t c = p->c / p->groups, run = x->contiguous ? g->kernel[2] * c : c, height;
    NAME(gemm_tile) t = {.b = b, .length = x->length, .segments = x->count, .a_segments = x->segments, .a_row = 1,
                         .a_step = x->stride, .b_step = b_step, .c_row = p->k_padded,
                         .start = first ? GEMM_START_ZERO : GEMM_START_ADD};
    for (ptrdiff_t q = q0; q < q1;) {
        ptrdiff_t tap = q / run * (x->contiguous ? g->kernel[2] : 1), end = gemm_min(q1, (q / run + 1) * run);
        const REAL *a = x->source + NAME(conv_tap_at)(g, x, tap) + q % run;
        ptrdiff_t rows = end - q, tiles = gemm_parts(rows, wide == 1 ? GEMM_MOST_ROWS : VEC_ROWS);
        for (ptrdiff_t i = 0; i < tiles; i++, q += height, a += height) {
            height = rows / tiles + (i < rows % tiles);
            t.a = a, t.c = sums + q * p->k_padded;
            NAME(gemm_plain_tiles)[wide][height](&t);
        }
    }
}

static void NAME(conv_add_rows)(const REAL *b, ptrdiff_t rows, ptrdiff_t b_step, ptrdiff_t width, REAL *out,
                                int first) {
    for (ptrdiff_t j = 0; j < width; j += LANES) {
        VEC even = first ? (VEC){0} : NAME(vec_load)(out + j), odd = {0};
        ptrdiff_t i = 0;
        for (; i + 2 <= rows; i += 2) {
            even += NAME(vec_load)(b + i * b_step + j);
            odd += NAME(vec_load)(b + (i + 1) * b_step + j);
        }
        if (i < rows) even += NAME(vec_load)(b + i * b_step + j);
        NAME(vec_store)(out + j, even + odd);
    }
}

/* Distance of pixels in a frame of the weight gradient, whose tiles walk from pixel to pixel: where that would be a
 * multiple of 256 bytes, they would meet in few sets of the cache. */
VEC_INLINE ptrdiff_t NAME(conv_weight_cell)(ptrdiff_t channels) {
    ptrdiff_t line = 64 / sizeof(REAL);
    return channels % (4 * line) ? channels : channels + line;
}

/* A frame of one slice of y: `channels` of each pixel of x from `first` (slice, row, column) on, `cell` apart. */
static void NAME(conv_fill_spans)(const conv_plan *p, const conv_geometry *g, const conv_span *span, const REAL *image,
                                  ptrdiff_t channels, const ptrdiff_t *first, ptrdiff_t cell, REAL *frame,
                                  ptrdiff_t ahead) {
    const conv_span *h = span + 1, *w = span + 2;
    ptrdiff_t pitch = w->extent * cell;
    for (ptrdiff_t e = 0; e < span->extent; e++, frame += h->extent * pitch) {
        ptrdiff_t slice = first[0] + e / span->piece * g->dilation[0] + e % span->piece;
        int there = slice >= 0 && slice < g->in[0];
        const REAL *source = there ? image + slice * g->in[1] * g->in[2] * p->c : image;
        for (ptrdiff_t i = 0; i < h->extent; i += h->piece)
            for (ptrdiff_t j = 0; j < w->extent; j += w->piece)
                NAME(conv_fill_plane)(source, p->c, channels, there ? g->in[1] : 0, g->in[2],
                                      first[1] + i / h->piece * g->dilation[1], h->piece,
                                      first[2] + j / w->piece * g->dilation[2], w->piece, cell, pitch,
                                      frame + i * pitch + j * cell, ahead);
    }
}

/* The source of slices [z, z + slices), rows [i0, i1), columns [j0, j1) of y. */
static NAME(conv_pixels) NAME(conv_weight_source)(const conv_plan *p, const conv_geometry *g, ptrdiff_t group,
                                                  ptrdiff_t z, ptrdiff_t slices, ptrdiff_t i0, ptrdiff_t i1,
                                                  ptrdiff_t j0, ptrdiff_t j1, char *scratch) {
    ptrdiff_t c = p->c / p->groups, *segments = (ptrdiff_t *)scratch, at = 0, area = g->in[1] * g->in[2];
    REAL *frame = (REAL *)scratch + p->taps_size;
    const REAL *source = (const REAL *)p->x + group * c;
    const conv_span span[3] = {conv_span_of(g, 0, 1), conv_span_of(g, 1, i1 - i0), conv_span_of(g, 2, j1 - j0)};
    ptrdiff_t cell = p->in_place ? p->c : NAME(conv_weight_cell)(c);
    ptrdiff_t pitch = (p->in_place ? g->in[2] : span[2].extent) * cell;
    ptrdiff_t plane = p->in_place ? area * cell : span[1].extent * pitch;
    NAME(conv_pixels) x = {.source = p->in_place ? source : frame, .segments = segments, .count = slices * (i1 - i0),
                           .length = j1 - j0, .pitch = pitch, .stride = g->stride[2] * cell};
    const ptrdiff_t steps[3] = {plane, pitch, cell};
    for (int a = 0; a < 3; a++) x.tap[a] = (p->in_place ? g->dilation[a] : span[a].tap) * steps[a];
    x.contiguous = cell == c && (g->kernel[2] == 1 || x.tap[2] == c);
    for (ptrdiff_t s = 0; s < slices; s++) {
        ptrdiff_t image = (z + s) / g->out[0], e = (z + s) % g->out[0] * g->stride[0];
        const ptrdiff_t first[3] = {e - g->pad[0], i0 * g->stride[1] - g->pad[1], j0 * g->stride[2] - g->pad[2]};
        ptrdiff_t begin = p->in_place ? (image * g->in[0] + e) * plane + i0 * g->stride[1] * pitch + j0 * x.stride
                                      : s * span[0].extent * plane;
        for (ptrdiff_t i = 0; i < i1 - i0; i++) segments[at++] = begin + i * g->stride[1] * pitch;
        if (!p->in_place)
            NAME(conv_fill_spans)(p, g, span, source + image * g->in[0] * area * p->c, c, first, cell, frame + begin,
                                  0);
    }
    return x;
}

static void NAME(conv_weight_unit)(const conv_plan *p, const conv_geometry *g, ptrdiff_t image_group, ptrdiff_t group,
                                   ptrdiff_t kb, ptrdiff_t qb, char *scratch) {
    ptrdiff_t k = p->k / p->groups, height = p->t * p->r * p->s * (p->c / p->groups);
    ptrdiff_t panels = gemm_parts(k, 2 * LANES), q0 = gemm_cut(height, p->c_blocks, qb);
    ptrdiff_t q1 = p->weight ? gemm_cut(height, p->c_blocks, qb + 1) : q0;
    ptrdiff_t k0 = gemm_cut(panels, p->k_blocks, kb) * 2 * LANES;
    ptrdiff_t k1 = gemm_min(k, gemm_cut(panels, p->k_blocks, kb + 1) * 2 * LANES);
    ptrdiff_t z1 = gemm_cut(g->n, p->image_groups, image_group + 1) * g->out[0];
    REAL *sums = NAME(conv_partial)(p, image_group, group), *turned = (REAL *)scratch + p->taps_size + p->frame_size;
    int first = 1;
    for (ptrdiff_t z = gemm_cut(g->n, p->image_groups, image_group) * g->out[0], slices; z < z1; z += slices) {
        slices = gemm_min(p->tile_block, z1 - z);
        for (ptrdiff_t ib = 0; ib < p->row_blocks; ib++)
            for (ptrdiff_t jb = 0; jb < p->column_blocks; jb++, first = 0) {
                ptrdiff_t i0 = gemm_cut(g->out[1], p->row_blocks, ib), i1 = gemm_cut(g->out[1], p->row_blocks, ib + 1);
                ptrdiff_t j0 = gemm_cut(g->out[2], p->column_blocks, jb);
                ptrdiff_t j1 = gemm_cut(g->out[2], p->column_blocks, jb + 1);
                ptrdiff_t pixels = slices * (i1 - i0) * (j1 - j0);
                const REAL *y = (const REAL *)p->y + ((z * g->out[1] + i0) * g->out[2] + j0) * p->k + group * k;
                NAME(conv_pixels) x = NAME(conv_weight_source)(p, g, group, z, slices, i0, i1, j0, j1, scratch);
                for (ptrdiff_t j = k0; j < k1; j += 2 * LANES) {
                    ptrdiff_t wide = k1 - j > LANES ? 2 : 1, cols = gemm_min(wide * LANES, k1 - j), step = p->k;
                    const REAL *b = y + j;
                    if (cols < wide * LANES || q1 - q0 > 64) {
                        step = wide * LANES;
                        NAME(gemm_copy_rows)(b, pixels, cols, p->k, turned, step);
                        b = turned;
                    }
                    NAME(conv_weight_panel)(p, g, &x, q0, q1, b, step, wide, sums + j, first);
                    if (!qb && p->bias)
                        NAME(conv_add_rows)(b, pixels, step, wide * LANES, sums + height * p->k_padded + j, first);
                }
            }
    }
}

/* ---- the same with few filters: sums [kernel row][filter][tap, channel of x], k_padded a filter; last, bias ---- */

static void NAME(conv_few_filters_unit)(const conv_plan *p, const conv_geometry *g, ptrdiff_t image_group,
                                        ptrdiff_t group, char *scratch) {
    ptrdiff_t k = p->k / p->groups, c = p->c / p->groups, step = p->k_padded, tiles = gemm_parts(k, VEC_ROWS);
    ptrdiff_t kernel_rows = p->t * p->r, used = gemm_round_up(p->s * c, LANES), *lines = (ptrdiff_t *)scratch;
    REAL *sums = NAME(conv_partial)(p, image_group, group), ones[LANES];
    for (int q = 0; q < LANES; q++) ones[q] = 1;
    NAME(gemm_tile) t = {.a_row = 1, .a_step = p->k, .c_row = step, .start = GEMM_START_ZERO};
    for (ptrdiff_t z = gemm_cut(g->n, p->image_groups, image_group) * g->out[0];
         z < gemm_cut(g->n, p->image_groups, image_group + 1) * g->out[0]; z++)
        for (ptrdiff_t block = 0; block < p->row_blocks * p->column_blocks; block++, t.start = GEMM_START_ADD) {
            ptrdiff_t ib = block / p->column_blocks, jb = block % p->column_blocks;
            ptrdiff_t i0 = gemm_cut(g->out[1], p->row_blocks, ib), i1 = gemm_cut(g->out[1], p->row_blocks, ib + 1);
            ptrdiff_t j0 = gemm_cut(g->out[2], p->column_blocks, jb);
            ptrdiff_t j1 = gemm_cut(g->out[2], p->column_blocks, jb + 1);
            const REAL *y = (const REAL *)p->y + ((z * g->out[1] + i0) * g->out[2] + j0) * p->k + group * k;
            NAME(conv_pixels) x = NAME(conv_weight_source)(p, g, group, z, 1, i0, i1, j0, j1, scratch);
            for (ptrdiff_t i = 0; i < i1 - i0; i++) lines[i] = i * g->out[2] * p->k;
            t.a_segments = lines, t.length = j1 - j0, t.segments = i1 - i0;
            for (ptrdiff_t i = 0; i < tiles; i++) {
                ptrdiff_t row = gemm_cut(k, tiles, i), height = gemm_cut(k, tiles, i + 1) - row;
                t.a = y + row, t.b_step = x.stride, t.b_skip = g->stride[1] * x.pitch - t.length * x.stride;
                for (ptrdiff_t q = 0; q < kernel_rows; q++)
                    for (ptrdiff_t j = 0; j < used; j += 2 * LANES) {
                        t.b = x.source + NAME(conv_tap_at)(g, &x, q * p->s) + j;
                        t.c = sums + (q * k + row) * step + j;
                        NAME(gemm_plain_tiles)[used - j > LANES ? 2 : 1][height](&t);
                    }
                t.b = ones, t.b_step = t.b_skip = 0, t.c = sums + (kernel_rows * k + row) * step;
                if (p->bias) NAME(gemm_plain_tiles)[1][height](&t);
            }
        }
}

/* Units: group. The groups of images are added in their order. */
static void NAME(conv_few_filters_reduce)(const conv_plan *p, ptrdiff_t task) {
    ptrdiff_t c = p->c / p->groups, k = p->k / p->groups, rows = p->t * p->r, taps = rows * p->s, step = p->k_padded;
    for (ptrdiff_t group = gemm_cut(p->groups, p->ntasks[1], task);
         group < gemm_cut(p->groups, p->ntasks[1], task + 1); group++) {
        REAL *sums = NAME(conv_partial)(p, 0, group);
        for (ptrdiff_t q = 0; p->image_groups > 1 && q < (rows + (p->bias != NULL)) * k * step; q += LANES) {
            VEC sum = NAME(vec_load)(sums + q);
            for (ptrdiff_t g = 1; g < p->image_groups; g++)
                sum += NAME(vec_load)(NAME(conv_partial)(p, g, group) + q);
            NAME(vec_store)(sums + q, sum);
        }
        for (ptrdiff_t i = 0; i < k; i++) {
            REAL *out = (REAL *)p->weight + (group * k + i) * c * taps;
            for (ptrdiff_t row = 0; row < rows; row++)
                for (ptrdiff_t tap = 0; tap < p->s; tap++)
                    for (ptrdiff_t q = 0; q < c; q++)
                        out[q * taps + row * p->s + tap] = sums[(row * k + i) * step + tap * c + q];
            if (p->bias) ((REAL *)p->bias)[group * k + i] = sums[(rows * k + i) * step];
        }
    }
}

/* Units: group of images, group, block of y's channels, block of the result's rows (the last runs fastest). */
static void NAME(conv_weight_task)(const conv_plan *p, ptrdiff_t task, char *scratch) {
    conv_geometry g = conv_geometry_of(p, 1);
    ptrdiff_t ntasks = p->ntasks[0];
    for (ptrdiff_t unit = gemm_cut(p->units, ntasks, task); unit < gemm_cut(p->units, ntasks, task + 1); unit++) {
        ptrdiff_t rest = unit, qb = rest % p->c_blocks, kb = (rest /= p->c_blocks) % p->k_blocks;
        ptrdiff_t group = (rest /= p->k_blocks) % p->groups;
        if (p->algorithm == CONV_FEW_FILTERS) NAME(conv_few_filters_unit)(p, &g, rest / p->groups, group, scratch);
        else NAME(conv_weight_unit)(p, &g, rest / p->groups, group, kb, qb, scratch);
    }
}

/* Add the groups of images in their order. */
VEC_INLINE VEC NAME(conv_add_partials)(const conv_plan *p, const REAL *first) {
    VEC sum = {0};
    for (ptrdiff_t g = 0; g < p->image_groups; g++) sum += NAME(vec_load)(first + g * p->group_size);
    return sum;
}

/* Elements [e0, e1) of each filter, counted (channel, tap): from [tap][channel][k] to (k, channel, tap). Some rows are
 * read along k side by side, as streams. */
static void NAME(conv_weight_reduce_block)(const conv_plan *p, ptrdiff_t group, ptrdiff_t e0, ptrdiff_t e1) {
    ptrdiff_t c = p->c / p->groups, k = p->k / p->groups, taps = p->t * p->r * p->s, ahead = 4 * LANES;
    for (ptrdiff_t e = e0; e < e1; e += LANES) {
        REAL *out = (REAL *)p->weight + group * k * c * taps + e;
        const REAL *rows[LANES];
        for (ptrdiff_t q = 0; q < LANES; q++) {
            ptrdiff_t at = gemm_min(e + q, e1 - 1);
            rows[q] = NAME(conv_partial)(p, 0, group) + (at % taps * c + at / taps) * p->k_padded;
        }
        for (ptrdiff_t j = 0; j < k; j += LANES, out += LANES * c * taps) {
            VEC v[LANES];
            for (int q = 0; q < LANES; q++) {
                v[q] = NAME(conv_add_partials)(p, rows[q] + j);
                __builtin_prefetch(rows[q] + j + 2 * ahead);
            }
            for (ptrdiff_t q = 0; j + ahead < k && q < LANES; q++)
                __builtin_prefetch(out + (ahead + gemm_min(q, k - j - ahead - 1)) * c * taps, 1);
            NAME(vec_transpose)(v);
            for (ptrdiff_t q = 0; q < LANES && j + q < k; q++) {
                if (e + LANES <= e1) NAME(vec_store)(out + q * c * taps, v[q]);
                else NAME(vec_store_some)(out + q * c * taps, v[q], e1 - e);
            }
        }
    }
}

/* Units: group, block of a filter's elements. The bias goes with a group's first block. */
static void NAME(conv_weight_reduce)(const conv_plan *p, ptrdiff_t task) {
    ptrdiff_t c = p->c / p->groups, k = p->k / p->groups, taps = p->t * p->r * p->s, blocks = p->tile_blocks;
    ptrdiff_t all = p->groups * blocks, vectors = gemm_parts(c * taps, LANES);
    for (ptrdiff_t unit = gemm_cut(all, p->ntasks[1], task); unit < gemm_cut(all, p->ntasks[1], task + 1); unit++) {
        ptrdiff_t group = unit / blocks, e0 = gemm_cut(vectors, blocks, unit % blocks) * LANES;
        ptrdiff_t e1 = gemm_min(c * taps, gemm_cut(vectors, blocks, unit % blocks + 1) * LANES);
        if (p->weight && e0 < e1) NAME(conv_weight_reduce_block)(p, group, e0, e1);
        for (ptrdiff_t j = 0; !e0 && p->bias && j < k; j += LANES) {
            VEC sum = NAME(conv_add_partials)(p, NAME(conv_partial)(p, 0, group) + taps * c * p->k_padded + j);
            NAME(vec_store_some)((REAL *)p->bias + group * k + j, sum, gemm_min(LANES, k - j));
        }
    }
}

/* ---- the same, depthwise ---- */

/* sums[tap][LANES] += over the block's pixels y times x moved by taps[tap]; at most CONV_DEPTHWISE_TAPS at a time. What
 * lies `ahead` of y is asked for. */
static void NAME(conv_depthwise_sums)(const NAME(conv_pixels) * x, const ptrdiff_t *taps, ptrdiff_t count,
                                      const REAL *y, ptrdiff_t y_step, REAL *sums, ptrdiff_t ahead) {
    enum { N = CONV_DEPTHWISE_TAPS };
    const ptrdiff_t stride = x->stride;
    for (ptrdiff_t t = 0; t < count; t += N) {
        VEC sum[N];
        ptrdiff_t at[N];
        for (int q = 0; q < N; q++) at[q] = taps[gemm_min(t + q, count - 1)], sum[q] = (VEC){0};
        const REAL *v = y;
        for (ptrdiff_t i = 0; i < x->count; i++) {
            const REAL *from = x->source + x->segments[i], *end = from + x->length * stride;
            for (; from != end; v += y_step, from += stride) {
                VEC g = NAME(vec_load)(v);
                __builtin_prefetch(v + ahead, 0, 2);
                VEC_UNROLL for (int q = 0; q < N; q++) sum[q] += g * NAME(vec_load)(from + at[q]);
            }
        }
        for (int q = 0; q < N && t + q < count; q++) {
            REAL *to = sums + (t + q) * LANES;
            NAME(vec_store)(to, NAME(vec_load)(to) + sum[q]);
        }
    }
}

/* Channels go by lines of the cache, so that each is read once. The last lies back over the one before. */
VEC_INLINE ptrdiff_t NAME(conv_line_at)(const conv_plan *p, ptrdiff_t line) {
    return conv_max(0, gemm_min(line * NAME(CONV_LINE), p->c - NAME(CONV_LINE)));
}

/* Rows [i0, i1) of slice z of y for lines [l0, l1) of channels. */
static void NAME(conv_depthwise_block)(const conv_plan *p, const conv_geometry *g, ptrdiff_t z, ptrdiff_t i0,
                                       ptrdiff_t i1, ptrdiff_t l0, ptrdiff_t l1, char *scratch, REAL *sums) {
    ptrdiff_t taps = p->t * p->r * p->s, cols = gemm_min(p->c, NAME(CONV_LINE)), vectors = gemm_parts(cols, LANES);
    ptrdiff_t cell = vectors * LANES, image = z / g->out[0], pixels = (i1 - i0) * g->out[2], step = p->k;
    ptrdiff_t *segments = (ptrdiff_t *)scratch, *table = segments + p->tail_size;
    REAL *frame = (REAL *)scratch + p->taps_size, *turned = frame + p->frame_size;
    const conv_span span[3] = {conv_span_of(g, 0, 1), conv_span_of(g, 1, i1 - i0), conv_span_of(g, 2, g->out[2])};
    const ptrdiff_t first[3] = {z % g->out[0] * g->stride[0] - g->pad[0], i0 * g->stride[1] - g->pad[1], -g->pad[2]};
    ptrdiff_t pitch = span[2].extent * cell, plane = span[1].extent * pitch;
    NAME(conv_pixels) x = {.segments = segments, .count = i1 - i0, .length = g->out[2], .stride = g->stride[2] * cell,
                           .tap = {span[0].tap * plane, span[1].tap * pitch, span[2].tap * cell}};
    for (ptrdiff_t i = 0; i < i1 - i0; i++) segments[i] = i * g->stride[1] * pitch;
    for (ptrdiff_t t = 0; t < taps; t++) table[t] = NAME(conv_tap_at)(g, &x, t);
    /* Line by line the hardware does not see what the next block needs: ask for it beside this one's if it is far. */
    int ask = (z + 1 < g->n * g->out[0] || i1 < g->out[1]) && g->in[0] == 1 &&
              g->in[1] * g->in[2] * p->c * (ptrdiff_t)sizeof(REAL) >= 400 << 10;
    ptrdiff_t x_ahead = ask * (i1 - i0) * g->stride[1] * g->in[2] * p->c, y_ahead = ask * pixels * p->k;
    for (ptrdiff_t line = l0; line < l1; line++, sums += vectors * (taps + 1) * LANES) {
        ptrdiff_t c0 = NAME(conv_line_at)(p, line);
        const REAL *source = (const REAL *)p->x + image * g->in[0] * g->in[1] * g->in[2] * p->c + c0;
        const REAL *y = (const REAL *)p->y + (z * g->out[1] + i0) * g->out[2] * p->k + c0;
        NAME(conv_fill_spans)(p, g, span, source, cols, first, cell, frame, x_ahead);
        if (cols < cell) {
            step = cell;
            NAME(gemm_copy_rows)(y, pixels, cols, p->k, turned, cell);
            y = turned;
        }
        for (ptrdiff_t v = 0; v < vectors; v++) {
            REAL *to = sums + v * (taps + 1) * LANES;
            x.source = frame + v * LANES;
            NAME(conv_depthwise_sums)(&x, table, taps, y + v * LANES, step, to, y_ahead);
            if (p->bias) NAME(conv_add_rows)(y + v * LANES, pixels, step, LANES, to + taps * LANES, 0);
        }
    }
}

/* Units: group of images, block of lines. Partial sums: [line][vector][tap, then bias][LANES]. */
static void NAME(conv_depthwise_weight_task)(const conv_plan *p, ptrdiff_t task, char *scratch) {
    conv_geometry g = conv_geometry_of(p, 1);
    ptrdiff_t lines = gemm_parts(p->c, NAME(CONV_LINE)), size = p->group_size / lines, ntasks = p->ntasks[0];
    for (ptrdiff_t unit = gemm_cut(p->units, ntasks, task); unit < gemm_cut(p->units, ntasks, task + 1); unit++) {
        ptrdiff_t image_group = unit / p->c_blocks, l0 = gemm_cut(lines, p->c_blocks, unit % p->c_blocks);
        ptrdiff_t l1 = gemm_cut(lines, p->c_blocks, unit % p->c_blocks + 1);
        REAL *sums = (REAL *)p->shared + image_group * p->group_size + l0 * size;
        memset(sums, 0, (size_t)((l1 - l0) * size) * sizeof(REAL));
        for (ptrdiff_t z = gemm_cut(g.n, p->image_groups, image_group) * g.out[0];
             z < gemm_cut(g.n, p->image_groups, image_group + 1) * g.out[0]; z++)
            for (ptrdiff_t ib = 0; ib < p->row_blocks; ib++)
                NAME(conv_depthwise_block)(p, &g, z, gemm_cut(g.out[1], p->row_blocks, ib),
                                           gemm_cut(g.out[1], p->row_blocks, ib + 1), l0, l1, scratch, sums);
    }
}

static void NAME(conv_depthwise_reduce)(const conv_plan *p) {
    ptrdiff_t taps = p->t * p->r * p->s, vectors = gemm_parts(gemm_min(p->c, NAME(CONV_LINE)), LANES);
    for (ptrdiff_t at = 0; at < p->group_size / LANES; at++) {
        ptrdiff_t t = at % (taps + 1), vector = at / (taps + 1);
        ptrdiff_t c = NAME(conv_line_at)(p, vector / vectors) + vector % vectors * LANES;
        REAL *out = t == taps ? (REAL *)p->bias : (REAL *)p->weight;
        VEC sum = NAME(conv_add_partials)(p, (const REAL *)p->shared + at * LANES);
        for (ptrdiff_t q = 0; out && q < gemm_min(LANES, p->c - c); q++)
            out[t == taps ? c + q : (c + q) * taps + t] = sum[q];
    }
}

/* ---- the same, pointwise: weight (k x c) = y turned (k x pixels) * x (pixels x c) ---- */

static gemm_plan NAME(conv_product)(const conv_plan *p) {
    conv_geometry g = conv_geometry_of(p, 0);
    gemm_plan product = {.a = p->y, .b = p->x, .c = p->weight, .m = p->k, .n = p->c, .k = g.out[2], .a_row = 1,
                         .a_col = p->k, .b_row = p->c, .b_col = 1, .c_row = p->c, .batch = 1};
    NAME(gemm_plan)(&product);
    product.scratch = p->scratch, product.scratch_stride = p->scratch_stride;
    return product;
}

/* Sums of the columns of y. The last vector lies back over the one before. */
static void NAME(conv_product_bias)(const conv_plan *p) {
    ptrdiff_t pixels = p->n * p->od * p->oh * p->ow, k = p->k;
    const REAL *y = (const REAL *)p->y;
    REAL *out = (REAL *)p->bias;
    for (ptrdiff_t j = 0; k >= LANES && j < k; j += LANES) {
        ptrdiff_t at = gemm_min(j, k - LANES);
        NAME(conv_add_rows)(y + at, pixels, k, LANES, out + at, 1);
    }
    for (ptrdiff_t j = 0; k < LANES && j < k; j++) {
        out[j] = 0;
        for (ptrdiff_t i = 0; i < pixels; i++) out[j] += y[i * k + j];
    }
}

/* Whether the product alone gives work for all: it never cuts the sum over pixels. With many filters beside the
 * channels, turning y costs more than copying x. */
static int NAME(conv_plan_product)(conv_plan *p, ptrdiff_t wanted) {
    conv_geometry g = conv_geometry_of(p, 0);
    int pointwise = g.n == 1 && g.in[0] * g.in[1] == 1 && g.in[2] == g.out[2] && g.kernel[0] * g.kernel[1] == 1 &&
                    g.kernel[2] == 1 && g.stride[2] == 1 && g.pad[2] == 0;
    if (!pointwise || p->groups > 1 || !p->weight || g.out[2] > 2048 || g.out[2] > p->c * p->k / 32 ||
        (p->k > 2 * p->c && p->c * p->k <= 1 << 19)) return 0;
    gemm_plan product = NAME(conv_product)(p);
    if (product.ntasks < wanted) return 0;
    p->algorithm = CONV_PRODUCT;
    p->scratch_bytes = product.scratch_bytes;
    p->ntasks[0] = product.ntasks;
    p->ntasks[1] = p->bias != NULL;
    return 1;
}

/* ---- plan of the weight gradient ---- */

static void NAME(conv_plan_depthwise_weight)(conv_plan *p, const conv_geometry *g, ptrdiff_t wanted) {
    ptrdiff_t taps = p->t * p->r * p->s, rows = g->out[1], lines = gemm_parts(p->c, NAME(CONV_LINE));
    ptrdiff_t cell = gemm_round_up(gemm_min(p->c, NAME(CONV_LINE)), LANES);
    ptrdiff_t row = conv_span_of(g, 0, 1).extent * conv_span_of(g, 2, g->out[2]).extent * cell;
    p->algorithm = CONV_DEPTHWISE;
    while (rows > 1 && conv_span_of(g, 1, rows).extent * row > 8192) rows = (rows + 1) / 2;
    p->row_blocks = gemm_parts(g->out[1], rows);
    rows = gemm_parts(g->out[1], p->row_blocks);
    p->c_blocks = gemm_min(lines, gemm_parts(wanted, conv_max(1, p->image_groups)));
    p->units = p->image_groups * p->c_blocks;
    p->group_size = lines * cell * (taps + 1);
    p->tail_size = rows;
    p->taps_size = gemm_round_up((rows + taps) * (ptrdiff_t)(sizeof(ptrdiff_t) / sizeof(REAL)), 16);
    p->frame_size = gemm_round_up(conv_span_of(g, 1, rows).extent * row, 16);
    p->out_size = p->c < cell ? rows * g->out[2] * cell : 0;
    p->scratch_bytes = (p->taps_size + p->frame_size + p->out_size) * (ptrdiff_t)sizeof(REAL);
    p->shared_bytes = gemm_round_up(p->image_groups * p->group_size * (ptrdiff_t)sizeof(REAL), 64);
    p->ntasks[0] = gemm_min(p->units, wanted);
    p->ntasks[1] = 1;
}

/* Blocks of some pixels, so that a panel of y and the rows of x beside it stay in the first-level cache; whole images
 * where they are small. */
static void NAME(conv_plan_weight_blocks)(conv_plan *p, const conv_geometry *g) {
    enum { FRAME = 98304 };
    const ptrdiff_t pixels = p->stride_w * p->c / p->groups <= 8 ? 256 : 128;
    ptrdiff_t cell = conv_span_of(g, 0, 1).extent * NAME(conv_weight_cell)(p->c / p->groups), frame;
    ptrdiff_t cols = g->out[2] <= 2 * pixels ? g->out[2] : gemm_parts(g->out[2], gemm_parts(g->out[2], pixels));
    ptrdiff_t rows = conv_max(1, gemm_min(g->out[1], pixels / cols)), slices;
    for (;; rows > 1 ? (rows = (rows + 1) / 2) : (cols = (cols + 1) / 2)) {
        frame = p->in_place ? 0 : conv_span_of(g, 1, rows).extent * conv_span_of(g, 2, cols).extent * cell;
        if (frame <= FRAME || (rows == 1 && cols <= 16)) break;
    }
    p->row_blocks = gemm_parts(g->out[1], rows), p->column_blocks = gemm_parts(g->out[2], cols);
    rows = gemm_parts(g->out[1], p->row_blocks), cols = gemm_parts(g->out[2], p->column_blocks);
    if (!p->in_place) frame = conv_span_of(g, 1, rows).extent * conv_span_of(g, 2, cols).extent * cell;
    slices = p->row_blocks * p->column_blocks > 1 ? 1 : conv_max(1, pixels / (rows * cols));
    while (slices > 1 && (slices * frame > FRAME || p->algorithm == CONV_FEW_FILTERS)) slices--;
    p->tile_block = slices;
    p->taps_size = gemm_round_up(slices * rows * (ptrdiff_t)(sizeof(ptrdiff_t) / sizeof(REAL)), 16);
    p->frame_size = gemm_round_up(slices * frame + LANES, 16);
    p->scratch_bytes =
        (p->taps_size + p->frame_size + slices * rows * cols * 2 * LANES) * (ptrdiff_t)sizeof(REAL);
}

/* Whether filters are so few that the taps of a kernel row make better use of the lanes. Compared are half cycles a
 * pixel: a tile takes at least 8 a step, and y's few channels would have to be copied. */
static int NAME(conv_few_filters)(const conv_plan *p, ptrdiff_t wanted) {
    ptrdiff_t c = p->c / p->groups, k = p->k / p->groups, run = c * p->s;
    return p->weight && k < LANES && p->image_groups * p->groups >= wanted && p->dilation_w == 1 &&
           NAME(conv_weight_cell)(c) == c &&
           p->t * p->r * conv_max(8 * gemm_parts(k, VEC_ROWS), k * gemm_parts(run, LANES)) <
               p->t * p->r * conv_max(8, run) + 4 * k;
}

static void NAME(conv_plan_weight)(conv_plan *p) {
    ptrdiff_t c = p->c / p->groups, k = p->k / p->groups, taps = p->t * p->r * p->s, wanted = NAME(conv_wanted)(p);
    p->steps = 2;
    if (p->k <= 0) return;
    conv_geometry g = conv_geometry_of(p, 1);
    p->in_place = NAME(conv_weight_cell)(p->c) == p->c;
    for (int a = 0; a < 3; a++) p->in_place &= conv_reach_of(&g, 0, a).inside;
    p->image_groups = g.out[0] * g.out[1] * g.out[2] > 0 ? gemm_min(gemm_min(g.n, CONV_IMAGE_GROUPS), wanted) : 0;
    if (c == 1 && k == 1) {
        NAME(conv_plan_depthwise_weight)(p, &g, wanted);
        return;
    }
    if (p->image_groups && NAME(conv_plan_product)(p, wanted)) return;
    p->algorithm = CONV_ROWS;
    p->image_groups = gemm_min(p->image_groups, g.n * g.out[0] * g.out[1] * g.out[2] / 512 + 1);
    p->k_padded = gemm_round_up(k, LANES);
    p->group_size = p->groups * (taps * c + 1) * p->k_padded;
    if (NAME(conv_few_filters)(p, wanted)) {
        p->algorithm = CONV_FEW_FILTERS, p->in_place = 0;
        p->k_padded = gemm_round_up(p->s * c, LANES);
        p->group_size = p->groups * (p->t * p->r + 1) * k * p->k_padded;
    }
    while (p->image_groups > 1 && p->image_groups * p->group_size * (ptrdiff_t)sizeof(REAL) > 8 << 20)
        p->image_groups /= 2;
    p->k_blocks = p->c_blocks = 1;
    /* Blocks of the result each fill the frame anew: more than some only where that costs little beside the tiles. */
    ptrdiff_t units = p->image_groups * p->groups, panels = gemm_parts(k, 2 * LANES);
    double fill = (double)p->stride_d * p->stride_h * p->stride_w * (4 * gemm_parts(c, LANES) + 2);
    ptrdiff_t most = gemm_min(wanted, conv_max(8, (ptrdiff_t)(units * c * taps * (double)panels / (16 * fill))));
    if (p->algorithm == CONV_FEW_FILTERS) most = 0;
    while (units && units * p->k_blocks < most && p->k_blocks * 2 <= panels) p->k_blocks *= 2;
    while (units && units * p->k_blocks * p->c_blocks < most && c * taps / p->c_blocks > 2 * VEC_ROWS)
        p->c_blocks *= 2;
    p->units = units * p->k_blocks * p->c_blocks;
    p->ntasks[0] = gemm_min(p->units, wanted);
    double adds = (double)p->k * conv_max(1, c) * taps * (p->image_groups + 1) * 4;
    p->tile_blocks = gemm_min(conv_max(1, gemm_parts(c * taps, 4 * LANES)), 64);
    p->ntasks[1] = gemm_min(p->groups * p->tile_blocks, (ptrdiff_t)gemm_wanted_tasks(adds / GEMM_TASK_MACS));
    p->shared_bytes = gemm_round_up(p->image_groups * p->group_size * (ptrdiff_t)sizeof(REAL), 64);
    if (p->units) NAME(conv_plan_weight_blocks)(p, &g);
}
