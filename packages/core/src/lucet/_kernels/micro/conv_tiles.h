/* Forward and gradient of the input by register tiles: what a task works on, the prepared weight, frames, rows, gather.
 * A part of the template in conv.h, which includes it once for each element type. */

/* ---- forward and gradient of the input: what a task works on ---- */

typedef struct {
    conv_geometry geometry;
    int backward;
    conv_reach reach[3];
    conv_axis axis[3];                                /* of the present phase */
    ptrdiff_t channels, rows;                         /* of the source and of the output, per group */
    ptrdiff_t source_channels, out_channels, rows_padded;
    const REAL *source, *bias, *prepared;
    REAL *out;
    conv_sum sum;
    ptrdiff_t *table;                                 /* segments (rows), or pixels (gather) */
    REAL *frame, *sums;
    ptrdiff_t framed;                                 /* which block the frame holds; -1 none */
    ptrdiff_t cell, pitch, plane, slice;              /* from pixel to pixel, row to row ... of the source or frame */
} NAME(conv_job);

static NAME(conv_job) NAME(conv_job_of)(const conv_plan *p, char *scratch) {
    NAME(conv_job) job;
    int backward = job.backward = p->pass == CONV_BACKWARD_DATA;
    ptrdiff_t c = p->c / p->groups, k = p->k / p->groups;
    job.geometry = conv_geometry_of(p, 0);
    for (int a = 0; a < 3; a++) job.reach[a] = conv_reach_of(&job.geometry, backward, a);
    job.channels = backward ? k : c, job.rows = backward ? c : k;
    job.rows_padded = gemm_round_up(job.rows, LANES);
    job.source_channels = backward ? p->k : p->c, job.out_channels = backward ? p->c : p->k;
    job.source = (const REAL *)(backward ? p->y : p->x), job.out = (REAL *)(backward ? p->x : p->y);
    job.bias = (const REAL *)p->bias, job.prepared = (const REAL *)p->shared;
    job.table = (ptrdiff_t *)scratch;
    job.frame = (REAL *)scratch + p->taps_size;
    job.sums = job.frame + p->frame_size;
    job.framed = -1;
    return job;
}

VEC_INLINE ptrdiff_t NAME(conv_job_taps)(const NAME(conv_job) * job) {
    return job->axis[0].taps * job->axis[1].taps * job->axis[2].taps;
}

/* Whether the taps of one kernel row are one stretch of the source. */
static int NAME(conv_contiguous)(const conv_plan *p, const conv_axis *w) {
    return (!p->in_place || p->groups == 1) && (w->taps == 1 || w->shift_step == 1);
}

static conv_sum NAME(conv_job_sum)(const conv_plan *p, const NAME(conv_job) * job) {
    const conv_axis *axis = job->axis;
    ptrdiff_t rows = axis[0].taps * axis[1].taps, most = CONV_SUM_BLOCK * (job->rows <= LANES ? 2 : 1);
    if (p->algorithm == CONV_GATHER) return conv_sum_of(1, rows * axis[2].taps * job->channels, most);
    if (NAME(conv_contiguous)(p, axis + 2)) return conv_sum_of(rows, axis[2].taps * job->channels, most);
    return conv_sum_of(rows * axis[2].taps, job->channels, most);
}

static void NAME(conv_job_phase)(const conv_plan *p, NAME(conv_job) * job, ptrdiff_t phase) {
    ptrdiff_t w = job->reach[2].phases, h = job->reach[1].phases;
    job->axis[2] = conv_axis_of(&job->geometry, job->backward, 2, phase % w);
    job->axis[1] = conv_axis_of(&job->geometry, job->backward, 1, phase / w % h);
    job->axis[0] = conv_axis_of(&job->geometry, job->backward, 0, phase / w / h);
    job->sum = NAME(conv_job_sum)(p, job);
}

/* Prepared weights: [group][taps, phase after phase][...]; this is how many taps come before those of a phase. */
static ptrdiff_t NAME(conv_taps_before)(const conv_geometry *g, const conv_axis *axis) {
    return axis[0].before * g->kernel[1] * g->kernel[2] + axis[0].taps * axis[1].before * g->kernel[2] +
           axis[0].taps * axis[1].taps * axis[2].before;
}

static REAL *NAME(conv_out_at)(const NAME(conv_job) * job, ptrdiff_t image, ptrdiff_t e, ptrdiff_t i, ptrdiff_t j) {
    const conv_axis *a = job->axis;
    ptrdiff_t slice = image * a[0].out_size + a[0].out_first + e * a[0].out_step;
    ptrdiff_t row = slice * a[1].out_size + a[1].out_first + i * a[1].out_step;
    return job->out + (row * a[2].out_size + a[2].out_first + j * a[2].out_step) * job->out_channels;
}

/* ---- preparing the weight ---- */

/* Where tap number `tap` of the weight belongs: in which phase, and which of its taps it is. 0: no pixel needs it. */
static int NAME(conv_tap_of)(NAME(conv_job) * job, const conv_plan *p, ptrdiff_t tap, ptrdiff_t *position) {
    const conv_geometry *g = &job->geometry;
    ptrdiff_t at[3] = {tap / g->kernel[2] / g->kernel[1], tap / g->kernel[2] % g->kernel[1], tap % g->kernel[2]};
    ptrdiff_t phase = 0;
    for (int a = 0; a < 3; a++) {
        ptrdiff_t mine = job->backward ? conv_phase_of(g, a, at[a]) : 0;
        if (mine >= job->reach[a].phases) return 0;
        phase = phase * job->reach[a].phases + mine;
    }
    NAME(conv_job_phase)(p, job, phase);
    *position = 0;
    for (int a = 0; a < 3; a++)
        *position = *position * job->axis[a].taps + (at[a] - job->axis[a].first) / job->axis[a].step;
    return 1;
}

/* Units: group, panel, block of source channels. A block is turned to [channel][tap][panel] and then dealt out, since
 * taps, channels and panels of the sum lie elsewhere than in the weight. */
static void NAME(conv_prepare_unit)(const conv_plan *p, NAME(conv_job) * job, ptrdiff_t group, ptrdiff_t m,
                                    ptrdiff_t c0, ptrdiff_t c1) {
    ptrdiff_t taps = p->t * p->r * p->s, width = gemm_min(2 * LANES, job->rows_padded - m), position;
    ptrdiff_t cols = gemm_min(width, job->rows - m), c = p->c / p->groups, k = p->k / p->groups;
    ptrdiff_t row = job->backward ? taps : c * taps, channel = job->backward ? c * taps : taps;
    const REAL *in = (const REAL *)p->weight + group * k * c * taps + m * row;
    REAL *turned = job->frame, *group_out = (REAL *)p->shared + group * taps * job->channels * job->rows_padded;
    if (channel == taps) {
        NAME(gemm_transpose)(in + c0 * channel, cols, (c1 - c0) * taps, row, turned, width);
    } else if (row == 1) {
        NAME(gemm_copy_rows)(in + c0 * channel, c1 - c0, cols, channel, turned, width);
    } else {
        for (ptrdiff_t q = c0; q < c1; q++) {
            for (ptrdiff_t j = 0; j < cols * taps; j += 64 / (ptrdiff_t)sizeof(REAL))          /* far apart, so ask */
                __builtin_prefetch(in + gemm_min(q + 2, c1 - 1) * channel + j);
            NAME(gemm_transpose)(in + q * channel, cols, taps, row, turned + (q - c0) * taps * width, width);
        }
    }
    for (ptrdiff_t tap = 0; tap < taps; tap++) {
        if (!NAME(conv_tap_of)(job, p, tap, &position)) continue;
        REAL *out = group_out + NAME(conv_taps_before)(&job->geometry, job->axis) * job->channels * job->rows_padded;
        ptrdiff_t step = position * job->channels + c0, i = 0;
        conv_part part = conv_part_of(&job->sum, 0);
        for (ptrdiff_t q = 0; q < c1 - c0; q++, step++) {
            while (step >= part.begin + part.segments * part.length) part = conv_part_of(&job->sum, ++i);
            REAL *to = out + part.begin * job->rows_padded + m * part.segments * part.length +
                       (step - part.begin) * width;
            const REAL *from = turned + (q * taps + tap) * width;
            for (ptrdiff_t j = 0; j < width; j += LANES) NAME(vec_store)(to + j, NAME(vec_load)(from + j));
        }
    }
}

static void NAME(conv_prepare)(const conv_plan *p, ptrdiff_t task, char *scratch) {
    NAME(conv_job) job = NAME(conv_job_of)(p, scratch);
    ptrdiff_t panels = gemm_parts(job.rows_padded, 2 * LANES), blocks = p->c_blocks;
    ptrdiff_t units = p->groups * panels * blocks;
    for (ptrdiff_t unit = gemm_cut(units, p->ntasks[0], task); unit < gemm_cut(units, p->ntasks[0], task + 1); unit++) {
        ptrdiff_t block = unit % blocks, panel = unit / blocks % panels, group = unit / blocks / panels;
        NAME(conv_prepare_unit)(p, &job, group, panel * 2 * LANES, gemm_cut(job.channels, blocks, block),
                                gemm_cut(job.channels, blocks, block + 1));
    }
}

/* ---- frames ---- */

/* A copy of `rows` x `cols` pixels from (row0, col0) on of one slice of the source, zeros outside it; of each pixel
 * `channels` from `source` on, out_channels apart, rows `pitch` apart; what lies between is left as it is. Lines
 * of the cache are asked for `ahead` of those copied. */
static void NAME(conv_fill_plane)(const REAL *source, ptrdiff_t source_channels, ptrdiff_t channels, ptrdiff_t height,
                                  ptrdiff_t width, ptrdiff_t row0, ptrdiff_t rows, ptrdiff_t col0, ptrdiff_t cols,
                                  ptrdiff_t out_channels, ptrdiff_t pitch, REAL *out, ptrdiff_t ahead) {
    ptrdiff_t before = gemm_min(cols, conv_max(0, -col0)), after = conv_max(before, gemm_min(cols, width - col0));
    size_t pixel = (size_t)out_channels * sizeof(REAL);
    for (ptrdiff_t i = row0; i < row0 + rows; i++, out += pitch) {
        if (i < 0 || i >= height || before == after) {
            memset(out, 0, (size_t)cols * pixel);
            continue;
        }
        const REAL *in = source + (i * width + col0 + before) * source_channels;
        if (before) memset(out, 0, (size_t)before * pixel);
        if (channels == source_channels && channels == out_channels) {
            memcpy(out + before * out_channels, in, (size_t)(after - before) * pixel);
        } else if (channels < LANES && channels == out_channels && source_channels >= LANES) {
            /* whole vectors; a pixel overwrites what was too much of the one before, and the last has no surplus */
            REAL *to = out + before * out_channels, *last = out + (after - 1) * out_channels;
            for (; last - to >= LANES; to += out_channels, in += source_channels)
                NAME(vec_store)(to, NAME(vec_load)(in));
            for (; to <= last; to += out_channels, in += source_channels)
                for (ptrdiff_t c = 0; c < channels; c++) to[c] = in[c];
        } else if (channels == NAME(CONV_LINE)) {                  /* a number that the compiler knows */
            REAL *to = out + before * out_channels;
            for (ptrdiff_t j = before; j < after; j++, to += out_channels, in += source_channels) {
                __builtin_prefetch(in + ahead, 0, 2);
                NAME(gemm_move_row)(in, NAME(CONV_LINE), to, 0);
            }
        } else {
            REAL *to = out + before * out_channels;
            for (ptrdiff_t j = before; j < after; j++, to += out_channels, in += source_channels)
                NAME(gemm_move_row)(in, channels, to, 0);
        }
        if (after < cols) memset(out + after * out_channels, 0, (size_t)(cols - after) * pixel);
    }
}

/* ---- rows ---- */

/* `count` pixels of one panel, the tile being set for the first. `behind`: pixels that this panel will still store
 * right behind them; so a tile may store whole vectors beyond its last channels (`loose`), to be overwritten. */
static void NAME(conv_run_pixels)(NAME(gemm_tile) * t, ptrdiff_t wide, ptrdiff_t cols, ptrdiff_t count, int loose,
                                  ptrdiff_t behind) {
    ptrdiff_t tiles = gemm_parts(count, wide == 1 ? GEMM_MOST_ROWS : VEC_ROWS);
    ptrdiff_t whole = count / tiles, rest = count % tiles, height;
    ptrdiff_t left = count + behind, spill = wide * LANES - cols;
    for (ptrdiff_t i = 0; i < tiles; i++) {
        height = whole + (i < rest);
        left -= height;
        NAME(gemm_tile_fn) fn = NAME(gemm_plain_tiles)[wide][height];
        if (!spill || (loose && left * t->c_row >= spill)) fn(t);
        else NAME(gemm_run_ragged)(fn, t, height, cols, wide * LANES, 1);
        t->a += height * t->a_row;
        t->c += height * t->c_row;
    }
}

/* One block of a task. */
typedef struct {
    ptrdiff_t image, slice, i0, i1, j0, j1, group, m0, m1;
} NAME(conv_block);

/* Make the source ready for a block; what comes back is where the block's first output pixel begins to read. */
static const REAL *NAME(conv_block_source)(const conv_plan *p, NAME(conv_job) * job, const NAME(conv_block) * b,
                                           ptrdiff_t unit) {
    const conv_reach *d = job->reach, *h = d + 1, *w = d + 2;
    ptrdiff_t area = h->source * w->source;
    const REAL *source = job->source + b->group * job->channels;
    if (p->in_place) {
        job->cell = job->source_channels, job->pitch = w->source * job->cell, job->plane = area * job->cell;
        return source + ((b->image * d->source + b->slice * d->stride) * area + b->i0 * h->stride * w->source +
                         b->j0 * w->stride) * job->cell;
    }
    ptrdiff_t rows = conv_reach_extent(h, b->i1 - b->i0), cols = conv_reach_extent(w, b->j1 - b->j0);
    job->cell = job->channels, job->pitch = cols * job->cell, job->plane = rows * job->pitch;
    if (job->framed == unit) return job->frame;
    job->framed = unit;
    for (ptrdiff_t e = 0; e <= d->high - d->low; e++) {
        ptrdiff_t slice = b->slice * d->stride + d->low + e;
        int there = slice >= 0 && slice < d->source;
        NAME(conv_fill_plane)(there ? source + (b->image * d->source + slice) * area * job->source_channels : source,
                              job->source_channels, job->channels, there ? h->source : 0, w->source,
                              b->i0 * h->stride + h->low, rows, b->j0 * w->stride + w->low, cols, job->cell,
                              job->pitch, job->frame + e * job->plane, 0);
    }
    return job->frame;
}

/* Offsets of the sum's segments from where a pixel begins to read. */
static void NAME(conv_segments)(const conv_plan *p, const NAME(conv_job) * job, ptrdiff_t *segments) {
    const conv_axis *a = job->axis;
    ptrdiff_t taps = NAME(conv_contiguous)(p, a + 2) ? 1 : a[2].taps, low[3], at = 0;
    for (int i = 0; i < 3; i++) low[i] = p->in_place ? 0 : job->reach[i].low;
    for (ptrdiff_t e = 0; e < a[0].taps; e++)
        for (ptrdiff_t i = 0; i < a[1].taps; i++)
            for (ptrdiff_t j = 0; j < taps; j++)
                segments[at++] = (a[0].shift + e * a[0].shift_step - low[0]) * job->plane +
                                 (a[1].shift + i * a[1].shift_step - low[1]) * job->pitch +
                                 (a[2].shift + j * a[2].shift_step - low[2]) * job->cell;
}

/* The bias of one panel, which a loose tile reads to the vector's end. */
VEC_INLINE const REAL *NAME(conv_panel_bias)(const REAL *bias, ptrdiff_t cols, ptrdiff_t width, REAL *copy) {
    if (cols == width || !bias) return bias;
    for (ptrdiff_t j = 0; j < width; j++) copy[j] = j < cols ? bias[j] : 0;
    return copy;
}

/* Output that no tap reaches. */
static void NAME(conv_fill_out)(const NAME(conv_job) * job, REAL *out, ptrdiff_t group, ptrdiff_t m0, ptrdiff_t m1,
                                ptrdiff_t count, ptrdiff_t out_row, int relu) {
    for (ptrdiff_t q = 0; q < count; q++)
        for (ptrdiff_t m = m0; m < m1; m++) {
            REAL value = job->bias ? job->bias[group * job->rows + m] : 0;
            out[q * out_row + m] = relu && value < 0 ? 0 : value;
        }
}

static void NAME(conv_rows_phase)(const conv_plan *p, const NAME(conv_job) * job, const NAME(conv_block) * b,
                                  const REAL *source) {
    const conv_axis *axis = job->axis, *w = axis + 2;
    ptrdiff_t i1 = gemm_min(b->i1, axis[1].grid), j1 = gemm_min(b->j1, w->grid), count = j1 - b->j0;
    if (b->slice >= axis[0].grid || b->i0 >= i1 || count <= 0) return;
    REAL *out = NAME(conv_out_at)(job, b->image, b->slice, b->i0, b->j0) + b->group * job->rows, padded[2 * LANES];
    ptrdiff_t out_row = w->out_step * job->out_channels, out_line = axis[1].out_step * w->out_size * job->out_channels;
    if (!job->sum.parts) {
        for (ptrdiff_t i = b->i0; i < i1; i++, out += out_line)
            NAME(conv_fill_out)(job, out, b->group, b->m0, b->m1, count, out_row, p->relu);
        return;
    }
    NAME(conv_segments)(p, job, job->table);
    const REAL *weight = job->prepared + (b->group * p->t * p->r * p->s +
                                          NAME(conv_taps_before)(&job->geometry, axis)) *
                                             job->channels * job->rows_padded;
    ptrdiff_t per_row = NAME(conv_contiguous)(p, w) ? 1 : w->taps;
    ptrdiff_t panels = gemm_parts(b->m1 - b->m0, 2 * LANES), adjacent = count == w->out_size && axis[1].out_step == 1;
    int loose = p->groups == 1 && p->m_blocks == 1 && w->out_step == 1 && job->sum.parts == 1;
    for (ptrdiff_t q = 0; q < job->sum.parts; q++) {
        conv_part part = conv_part_of(&job->sum, q);
        ptrdiff_t steps = part.segments * part.length;
        for (ptrdiff_t u = 0; u < panels; u++) {                   /* the last panel first: see `loose` */
            ptrdiff_t m = b->m0 + (u ? u - 1 : panels - 1) * 2 * LANES;
            ptrdiff_t width = gemm_min(2 * LANES, job->rows_padded - m), cols = gemm_min(width, job->rows - m);
            NAME(gemm_tile) t = {.length = part.length, .segments = part.segments, .a_row = w->stride * job->cell,
                                 .a_step = 1, .b_step = width, .c_row = out_row, .a_segments = job->table + part.first};
            t.b = weight + part.begin * job->rows_padded + m * steps;
            t.start = q ? GEMM_START_ADD : job->bias ? GEMM_START_COLUMN : GEMM_START_ZERO;
            if (job->bias) t.bias = NAME(conv_panel_bias)(job->bias + b->group * job->rows + m, cols, width, padded);
            t.relu = p->relu && q + 1 == job->sum.parts;
            const REAL *panel = t.b;
            for (ptrdiff_t i = b->i0; i < i1; i++) {
                if (axis[0].taps == 1) {                           /* leave out kernel rows that see only zeros */
                    ptrdiff_t low, high;
                    conv_taps_inside(axis + 1, i, &low, &high);
                    low = conv_max(low * per_row, part.first);
                    high = conv_max(low, gemm_min(high * per_row, part.first + part.segments));
                    t.a_segments = job->table + low;
                    t.segments = high - low;
                    t.b = panel + (low - part.first) * part.length * width;
                }
                t.a = source + part.at + (i - b->i0) * axis[1].stride * job->pitch;
                t.c = out + (i - b->i0) * out_line + m;
                NAME(conv_run_pixels)(&t, width / LANES, cols, count, loose, adjacent ? (i1 - 1 - i) * count : 0);
            }
        }
    }
}

/* Units: image, slice, block of rows, block of columns, group, block of output channels (the last runs fastest). */
static void NAME(conv_rows_task)(const conv_plan *p, ptrdiff_t task, char *scratch) {
    NAME(conv_job) job = NAME(conv_job_of)(p, scratch);
    const conv_reach *r = job.reach;
    ptrdiff_t ntasks = p->ntasks[1], phases = r[0].phases * r[1].phases * r[2].phases;
    ptrdiff_t panels = gemm_parts(job.rows, 2 * LANES);
    if (phases == 1) NAME(conv_job_phase)(p, &job, 0);
    for (ptrdiff_t unit = gemm_cut(p->units, ntasks, task); unit < gemm_cut(p->units, ntasks, task + 1); unit++) {
        ptrdiff_t rest = unit, mb = rest % p->m_blocks;
        NAME(conv_block) b = {.group = (rest /= p->m_blocks) % p->groups};
        ptrdiff_t jb = (rest /= p->groups) % p->column_blocks, ib = (rest /= p->column_blocks) % p->row_blocks;
        rest /= p->row_blocks;
        b.slice = rest % r[0].grid, b.image = rest / r[0].grid;
        b.i0 = gemm_cut(r[1].grid, p->row_blocks, ib), b.i1 = gemm_cut(r[1].grid, p->row_blocks, ib + 1);
        b.j0 = gemm_cut(r[2].grid, p->column_blocks, jb), b.j1 = gemm_cut(r[2].grid, p->column_blocks, jb + 1);
        b.m0 = gemm_cut(panels, p->m_blocks, mb) * 2 * LANES;
        b.m1 = gemm_min(job.rows, gemm_cut(panels, p->m_blocks, mb + 1) * 2 * LANES);
        const REAL *source = NAME(conv_block_source)(p, &job, &b, unit / p->m_blocks);
        for (ptrdiff_t phase = 0; phase < phases; phase++) {
            if (phases > 1) NAME(conv_job_phase)(p, &job, phase);
            NAME(conv_rows_phase)(p, &job, &b, source);
        }
    }
}

/* ---- gather ---- */

/* Where the taps of pixels [first, last) lie in the source, -1 if outside; pixels run over slices and images. 0: all
 * lie outside. */
static int NAME(conv_gather_table)(const NAME(conv_job) * job, ptrdiff_t first, ptrdiff_t last) {
    const conv_axis *d = job->axis, *h = d + 1, *w = d + 2;
    ptrdiff_t *at = job->table, j = first % w->grid, i = first / w->grid % h->grid;
    ptrdiff_t e = first / w->grid / h->grid % d->grid, image = first / w->grid / h->grid / d->grid;
    int any = 0;
    for (ptrdiff_t q = first; q < last; q++) {
        for (ptrdiff_t t = 0; t < d->taps; t++) {
            ptrdiff_t depth = e * d->stride + d->shift + t * d->shift_step;
            for (ptrdiff_t r = 0; r < h->taps; r++) {
                ptrdiff_t row = i * h->stride + h->shift + r * h->shift_step;
                int there = depth >= 0 && depth < d->source && row >= 0 && row < h->source;
                ptrdiff_t line = ((image * d->source + depth) * h->source + row) * w->source;
                for (ptrdiff_t s = 0; s < w->taps; s++) {
                    ptrdiff_t col = j * w->stride + w->shift + s * w->shift_step;
                    int seen = there && col >= 0 && col < w->source;
                    *at++ = seen ? (line + col) * job->source_channels : -1;
                    any |= seen;
                }
            }
        }
        if (++j < w->grid) continue;
        j = 0;
        if (++i < h->grid) continue;
        i = 0;
        if (++e == d->grid) e = 0, image++;
    }
    return any;
}

/* Steps [k0, k0 + length) of the patches of `count` pixels, one patch a row. */
static void NAME(conv_gather_patches)(const REAL *source, const ptrdiff_t *table, ptrdiff_t taps, ptrdiff_t channels,
                                      ptrdiff_t count, ptrdiff_t k0, ptrdiff_t length, REAL *out) {
    for (ptrdiff_t q = 0; q < count; q++, table += taps)
        for (ptrdiff_t k = k0, n; k < k0 + length; k += n, out += n) {
            ptrdiff_t tap = k / channels, c = k % channels;
            n = gemm_min(channels - c, k0 + length - k);
            if (table[tap] < 0) memset(out, 0, (size_t)n * sizeof(REAL));
            else NAME(gemm_move_row)(source + table[tap] + c, n, out, 0);
        }
}

static void NAME(conv_gather_block)(const conv_plan *p, const NAME(conv_job) * job, ptrdiff_t first, ptrdiff_t last,
                                    ptrdiff_t group, ptrdiff_t m0, ptrdiff_t m1) {
    const conv_axis *axis = job->axis;
    ptrdiff_t taps = NAME(conv_job_taps)(job), count = last - first, area = axis[1].grid * axis[2].grid;
    int direct = job->reach[0].phases * job->reach[1].phases * job->reach[2].phases == 1;
    REAL *out = direct ? job->out + first * job->out_channels + group * job->rows : job->sums, padded[2 * LANES];
    ptrdiff_t out_row = direct ? job->out_channels : job->rows;
    const REAL *weight = job->prepared + (group * p->t * p->r * p->s + NAME(conv_taps_before)(&job->geometry, axis)) *
                                             job->channels * job->rows_padded;
    ptrdiff_t panels = gemm_parts(m1 - m0, 2 * LANES);
    int loose = job->sum.parts == 1 && p->m_blocks == 1 && out_row == job->rows;
    int any = taps && NAME(conv_gather_table)(job, first, last);
    if (!any) NAME(conv_fill_out)(job, out, group, m0, m1, count, out_row, p->relu);
    for (ptrdiff_t q = 0; any && q < job->sum.parts; q++) {
        conv_part part = conv_part_of(&job->sum, q);
        NAME(conv_gather_patches)(job->source + group * job->channels, job->table, taps, job->channels, count,
                                  part.begin, part.length, job->frame);
        for (ptrdiff_t u = 0; u < panels; u++) {
            ptrdiff_t m = m0 + (u ? u - 1 : panels - 1) * 2 * LANES;
            ptrdiff_t width = gemm_min(2 * LANES, job->rows_padded - m), cols = gemm_min(width, job->rows - m);
            NAME(gemm_tile) t = {.a = job->frame, .c = out + m, .length = part.length, .segments = 1,
                                 .a_segments = &GEMM_NO_OFFSET, .a_row = part.length, .a_step = 1, .b_step = width,
                                 .c_row = out_row};
            t.b = weight + part.begin * job->rows_padded + m * part.length;
            t.start = q ? GEMM_START_ADD : job->bias ? GEMM_START_COLUMN : GEMM_START_ZERO;
            if (job->bias) t.bias = NAME(conv_panel_bias)(job->bias + group * job->rows + m, cols, width, padded);
            t.relu = p->relu && q + 1 == job->sum.parts;
            NAME(conv_run_pixels)(&t, width / LANES, cols, count, loose, 0);
        }
    }
    for (ptrdiff_t q = first; !direct && q < last; q++) {
        ptrdiff_t slice = q / area;
        REAL *to = NAME(conv_out_at)(job, slice / axis[0].grid, slice % axis[0].grid, q % area / axis[2].grid,
                                     q % axis[2].grid);
        NAME(gemm_move_row)(job->sums + (q - first) * out_row + m0, m1 - m0, to + group * job->rows + m0, 0);
    }
}

/* Units: block of pixels, group, block of output channels (the last runs fastest); every phase of each. */
static void NAME(conv_gather_task)(const conv_plan *p, ptrdiff_t task, char *scratch) {
    NAME(conv_job) job = NAME(conv_job_of)(p, scratch);
    const conv_reach *r = job.reach;
    ptrdiff_t ntasks = p->ntasks[1], panels = gemm_parts(job.rows, 2 * LANES);
    for (ptrdiff_t unit = gemm_cut(p->units, ntasks, task); unit < gemm_cut(p->units, ntasks, task + 1); unit++) {
        ptrdiff_t mb = unit % p->m_blocks, group = unit / p->m_blocks % p->groups;
        ptrdiff_t block = unit / p->m_blocks / p->groups;
        ptrdiff_t m0 = gemm_cut(panels, p->m_blocks, mb) * 2 * LANES;
        ptrdiff_t m1 = gemm_min(job.rows, gemm_cut(panels, p->m_blocks, mb + 1) * 2 * LANES);
        for (ptrdiff_t phase = 0; phase < r[0].phases * r[1].phases * r[2].phases; phase++) {
            NAME(conv_job_phase)(p, &job, phase);
            ptrdiff_t pixels = job.geometry.n * job.axis[0].grid * job.axis[1].grid * job.axis[2].grid;
            ptrdiff_t first = gemm_cut(pixels, p->column_blocks, block);
            ptrdiff_t last = gemm_cut(pixels, p->column_blocks, block + 1);
            if (first < last) NAME(conv_gather_block)(p, &job, first, last, group, m0, m1);
        }
    }
}
