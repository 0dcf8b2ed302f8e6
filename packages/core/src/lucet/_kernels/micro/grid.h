/* Elements of images and volumes at places between pixels, in float and double.
 *
 *   grid_sample_f32(x, grid, NULL, y, p, first, last)     blocks of points first..last, counted over all samples
 *   grid_slope_f32(x, grid, g, to_grid, p, first, last)   the gradient of the places, in the same blocks
 *   grid_scatter_f32(NULL, grid, g, to_x, p, first, last) the gradient of the elements: groups of channels first..last
 *
 * A place has one coordinate an axis, the last axis first, from -1 to 1. It is turned into a table of taps for GRID_BLOCK points at a
 * time: an index and a weight each. A tap outside the image has weight 0 and index 0, and is not read into the sum.
 *
 * This file includes itself once per element type: the part under GRID_REAL is the template.
 */
#ifndef GRID_REAL
#ifndef LUCET_GRID_H
#define LUCET_GRID_H
#include "shapes.h"
#include <math.h>
#include <stdint.h>
#include <string.h>

enum { GRID_BILINEAR, GRID_NEAREST, GRID_BICUBIC };
enum { GRID_ZEROS, GRID_BORDER, GRID_REFLECTION };
enum { GRID_BLOCK = 64, GRID_TAPS = 16 };

#define GRID_JOIN_(a, b) a##_##b
#define GRID_JOIN(a, b) GRID_JOIN_(a, b)

#define GRID_REAL float
#define GRID_F f32
#define GRID_FN(function) function##f
#include "grid.h"
#undef GRID_REAL
#undef GRID_F
#undef GRID_FN
#define GRID_REAL double
#define GRID_F f64
#define GRID_FN(function) function
#include "grid.h"
#undef GRID_REAL
#undef GRID_F
#undef GRID_FN
#endif
#else
#define REAL GRID_REAL
#define NAME(stem) GRID_JOIN(stem, GRID_F)

typedef struct {
    int32_t index[GRID_TAPS][GRID_BLOCK];
    REAL weight[GRID_TAPS][GRID_BLOCK];
    REAL slope[3][GRID_TAPS][GRID_BLOCK]; /* of the weights, by coordinate; only for gradients */
} NAME(grid_table);

/* What lies beyond the ends as something within, and by how much that moves with the place. */
static inline REAL NAME(grid_inside)(REAL at, ptrdiff_t size, const grid_shape *p, REAL *turn) {
    REAL most = (REAL)(size - 1), way = 1;
    if (p->padding == GRID_REFLECTION) {
        REAL low = p->align ? 0 : (REAL)-0.5, span = p->align ? most : (REAL)size, far = at - low;
        way = far < 0 ? -1 : 1;
        far = far < 0 ? -far : far;
        REAL flips = span > 0 ? GRID_FN(floor)(far / span) : 0, over = span > 0 ? far - flips * span : 0;
        int odd = flips - 2 * GRID_FN(floor)(flips / 2) != 0;
        at = (odd ? span - over : over) + low;
        way = odd ? -way : way;
    }
    at = at != at && p->axes == 3 ? most : at; /* NaN: as torch has it */
    *turn = at > 0 && at < most ? way : 0;
    return at > 0 ? at < most ? at : most : 0;
}

/* Of one coordinate, for GRID_BLOCK points. */
typedef struct {
    int32_t at[4][GRID_BLOCK]; /* -1: outside */
    REAL weight[4][GRID_BLOCK], slope[4][GRID_BLOCK];
} NAME(grid_line);

/* A place that is at most size - 1 as REAL has it, which rounds numbers beyond 2^24. */
static inline int32_t NAME(grid_place)(REAL at, ptrdiff_t size) {
    ptrdiff_t place = (ptrdiff_t)at;
    return (int32_t)(place < size ? place : size - 1);
}

/* The taps of one coordinate of `count` points, `apart` from each other: how many, where, their weights and the slopes of these. */
static int NAME(grid_axis)(const REAL *places, ptrdiff_t apart, ptrdiff_t count, ptrdiff_t size, const grid_shape *p, NAME(grid_line) * line) {
    const REAL stretch = p->align ? (REAL)(size - 1) / 2 : (REAL)size / 2, most = (REAL)(size - 1), A = (REAL)-0.75;
    const int into = p->mode != GRID_BICUBIC && p->padding != GRID_ZEROS, plane = p->axes == 2;
    REAL x[GRID_BLOCK], turn[GRID_BLOCK];
    for (ptrdiff_t j = 0; j < count; j++) {
        REAL place = places[j * apart];
        x[j] = p->align ? (place + 1) / 2 * most : ((place + 1) * (REAL)size - 1) / 2;
        turn[j] = 1;
    }
    if (into)
        for (ptrdiff_t j = 0; j < count; j++) x[j] = NAME(grid_inside)(x[j], size, p, &turn[j]);
    if (p->mode == GRID_NEAREST) {
        for (ptrdiff_t j = 0; j < count; j++) {
            REAL near = GRID_FN(nearbyint)(x[j]);
            int there = near >= 0 && near <= most;
            line->at[0][j] = there ? NAME(grid_place)(near, size) : -1;
            line->weight[0][j] = 1;
            line->slope[0][j] = 0;
        }
        return 1;
    }
    if (p->mode == GRID_BILINEAR) {
        for (ptrdiff_t j = 0; j < count; j++) {
            REAL floored = GRID_FN(floor)(x[j]), t = x[j] - floored, step = stretch * turn[j];
            int32_t low = floored >= -2 && floored <= most ? NAME(grid_place)(floored, size) : -2, none = t != t && plane ? 0 : -1;
            line->at[0][j] = low >= 0 ? low : none;
            line->at[1][j] = low >= -1 && low < size - 1 ? low + 1 : none;
            line->weight[0][j] = 1 - t;
            line->weight[1][j] = t;
            line->slope[0][j] = -step;
            line->slope[1][j] = step;
        }
        return 2;
    }
    for (int k = 0; k < 4; k++) /* Keys, Cubic convolution interpolation for digital image processing, 1981, equation 15 */
        for (ptrdiff_t j = 0; j < count; j++) {
            REAL floored = GRID_FN(floor)(x[j]), t = x[j] - floored, signed_away = t + 1 - (REAL)k, unused;
            REAL away = GRID_FN(fabs)(signed_away), side = signed_away < 0 ? -stretch : stretch, near = floored - 1 + (REAL)k;
            if (k == 1 || k == 2) {
                line->weight[k][j] = ((A + 2) * away - (A + 3)) * away * away + 1;
                line->slope[k][j] = (3 * (A + 2) * away - 2 * (A + 3)) * away * side;
            } else {
                line->weight[k][j] = ((A * away - 5 * A) * away + 8 * A) * away - 4 * A;
                line->slope[k][j] = ((3 * A * away - 10 * A) * away + 8 * A) * side;
            }
            if (p->padding != GRID_ZEROS) near = NAME(grid_inside)(near, size, p, &unused);
            line->at[k][j] = near >= 0 && near <= most ? NAME(grid_place)(near, size) : t != t ? 0 : -1; /* of a place that is no number, NaN */
        }
    return 4;
}

/* The taps of `count` points; returns how many each has. `outside` tells whether some of them are. */
static int NAME(grid_taps)(const REAL *grid, ptrdiff_t count, const grid_shape *p, NAME(grid_table) * table, int slopes, int *outside) {
    NAME(grid_line) line[3];
    int taps = 0, n[3] = {1, 1, 1}, out = 0, first = 3 - p->axes;
    for (int a = first; a < 3; a++) n[a] = NAME(grid_axis)(grid + 2 - a, p->axes, count, p->size[a], p, &line[a]);
    for (int d = 0; d < n[0]; d++)
        for (int h = 0; h < n[1]; h++)
            for (int i = 0; i < n[2]; i++, taps++) {
                int32_t *index = table->index[taps];
                REAL *weight = table->weight[taps];
                if (first == 1)
                    for (ptrdiff_t j = 0; j < count; j++) {
                        int32_t y = line[1].at[h][j], x = line[2].at[i][j];
                        int there = (y | x) >= 0;
                        index[j] = there ? y * (int32_t)p->size[2] + x : 0;
                        weight[j] = there ? line[1].weight[h][j] * line[2].weight[i][j] : 0;
                        out |= !there;
                    }
                else
                    for (ptrdiff_t j = 0; j < count; j++) {
                        int32_t z = line[0].at[d][j], y = line[1].at[h][j], x = line[2].at[i][j];
                        int there = (z | y | x) >= 0;
                        index[j] = there ? (z * (int32_t)p->size[1] + y) * (int32_t)p->size[2] + x : 0;
                        weight[j] = there ? line[0].weight[d][j] * line[1].weight[h][j] * line[2].weight[i][j] : 0;
                        out |= !there;
                    }
                for (int a = first; slopes && a < 3; a++) {
                    REAL *slope = table->slope[2 - a][taps];
                    for (ptrdiff_t j = 0; j < count; j++) {
                        REAL wz = first == 1 ? 1 : a == 0 ? line[0].slope[d][j] : line[0].weight[d][j];
                        REAL wy = a == 1 ? line[1].slope[h][j] : line[1].weight[h][j], wx = a == 2 ? line[2].slope[i][j] : line[2].weight[i][j];
                        int there = (line[1].at[h][j] | line[2].at[i][j] | (first == 1 ? 0 : line[0].at[d][j])) >= 0;
                        slope[j] = there ? wz * wy * wx : 0;
                    }
                }
            }
    *outside = out;
    return taps;
}

static void NAME(grid_sample)(const void *x_, const void *grid_, const void *unused, void *y_, const grid_shape *p, ptrdiff_t first, ptrdiff_t last) {
    NAME(grid_table) table;
    int outside;
    ptrdiff_t blocks = (p->points + GRID_BLOCK - 1) / GRID_BLOCK, plane = p->size[0] * p->size[1] * p->size[2];
    (void)unused;
    for (ptrdiff_t unit = first; unit < last; unit++) {
        ptrdiff_t sample = unit / blocks, start = unit % blocks * GRID_BLOCK;
        ptrdiff_t n = p->points - start < GRID_BLOCK ? p->points - start : GRID_BLOCK;
        int taps = NAME(grid_taps)((const REAL *)grid_ + (sample * p->points + start) * p->axes, n, p, &table, 0, &outside);
        for (ptrdiff_t c = 0; c < p->channels; c++) {
            const REAL *restrict x = (const REAL *)x_ + (sample * p->channels + c) * plane;
            REAL *restrict y = (REAL *)y_ + (sample * p->channels + c) * p->points + start;
            int safe = !outside || x[0] - x[0] == 0; /* 0 times what stands at index 0 is 0 */
            if (!outside && taps == 1) {
                for (ptrdiff_t j = 0; j < n; j++) y[j] = x[table.index[0][j]];
                continue;
            }
            if (safe && taps % 4 == 0) {
                for (int t = 0; t < taps; t += 4)
                    for (ptrdiff_t j = 0; j < n; j++) {
                        REAL v = table.weight[t][j] * x[table.index[t][j]] + table.weight[t + 1][j] * x[table.index[t + 1][j]]
                               + table.weight[t + 2][j] * x[table.index[t + 2][j]] + table.weight[t + 3][j] * x[table.index[t + 3][j]];
                        y[j] = t == 0 ? v : y[j] + v;
                    }
                continue;
            }
            for (ptrdiff_t j = 0; j < n; j++) {
                REAL v = table.weight[0][j] * x[table.index[0][j]];
                y[j] = table.weight[0][j] == 0 ? 0 : v;
            }
            for (int t = 1; t < taps; t++)
                for (ptrdiff_t j = 0; j < n; j++) {
                    REAL v = table.weight[t][j] * x[table.index[t][j]];
                    y[j] += table.weight[t][j] == 0 ? 0 : v;
                }
        }
    }
}

static void NAME(grid_slope)(const void *x_, const void *grid_, const void *g_, void *to_, const grid_shape *p, ptrdiff_t first, ptrdiff_t last) {
    NAME(grid_table) table;
    REAL sum[GRID_TAPS][GRID_BLOCK];
    int outside;
    ptrdiff_t blocks = (p->points + GRID_BLOCK - 1) / GRID_BLOCK, plane = p->size[0] * p->size[1] * p->size[2];
    for (ptrdiff_t unit = first; unit < last; unit++) {
        ptrdiff_t sample = unit / blocks, start = unit % blocks * GRID_BLOCK;
        ptrdiff_t n = p->points - start < GRID_BLOCK ? p->points - start : GRID_BLOCK;
        int taps = NAME(grid_taps)((const REAL *)grid_ + (sample * p->points + start) * p->axes, n, p, &table, 1, &outside);
        memset(sum, 0, sizeof(sum));
        for (ptrdiff_t c = 0; c < p->channels; c++) {
            const REAL *restrict x = (const REAL *)x_ + (sample * p->channels + c) * plane;
            const REAL *restrict g = (const REAL *)g_ + (sample * p->channels + c) * p->points + start;
            for (int t = 0; t < taps; t++)
                for (ptrdiff_t j = 0; j < n; j++) sum[t][j] += g[j] * x[table.index[t][j]];
        }
        REAL *to = (REAL *)to_ + (sample * p->points + start) * p->axes;
        for (ptrdiff_t j = 0; j < n; j++)
            for (int a = 0; a < p->axes; a++) {
                REAL total = 0;
                for (int t = 0; t < taps; t++) total += table.slope[a][t][j] == 0 ? 0 : table.slope[a][t][j] * sum[t][j];
                to[j * p->axes + a] = total;
            }
    }
}

static void NAME(grid_scatter)(const void *unused, const void *grid_, const void *g_, void *to_, const grid_shape *p, ptrdiff_t first, ptrdiff_t last) {
    NAME(grid_table) table;
    int outside;
    ptrdiff_t groups = (p->channels + p->group - 1) / p->group, plane = p->size[0] * p->size[1] * p->size[2];
    (void)unused;
    for (ptrdiff_t unit = first; unit < last; unit++) {
        ptrdiff_t sample = unit / groups, c0 = unit % groups * p->group, c1 = c0 + p->group < p->channels ? c0 + p->group : p->channels;
        memset((REAL *)to_ + (sample * p->channels + c0) * plane, 0, (size_t)((c1 - c0) * plane) * sizeof(REAL));
        for (ptrdiff_t start = 0; start < p->points; start += GRID_BLOCK) {
            ptrdiff_t n = p->points - start < GRID_BLOCK ? p->points - start : GRID_BLOCK;
            int taps = NAME(grid_taps)((const REAL *)grid_ + (sample * p->points + start) * p->axes, n, p, &table, 0, &outside);
            for (ptrdiff_t c = c0; c < c1; c++) {
                const REAL *restrict g = (const REAL *)g_ + (sample * p->channels + c) * p->points + start;
                REAL *to = (REAL *)to_ + (sample * p->channels + c) * plane;
                for (int t = 0; t < taps; t++)
                    for (ptrdiff_t j = 0; j < n; j++)
                        if (table.weight[t][j] != 0) to[table.index[t][j]] += table.weight[t][j] * g[j];
            }
        }
    }
}

#undef REAL
#undef NAME
#endif
