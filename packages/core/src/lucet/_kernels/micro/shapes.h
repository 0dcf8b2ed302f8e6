/* What the kernels of images are told about their operands: all that the ops need to include. */
#ifndef LUCET_SHAPES_H
#define LUCET_SHAPES_H
#include <stddef.h>
#include <stdint.h>

/* Pooling of (h, w) to (oh, ow); `adaptive` windows follow from the sizes alone. */
typedef struct {
    ptrdiff_t channels;                               /* of images that lie channels-last; not used for planes */
    ptrdiff_t h, w, oh, ow, kernel_h, kernel_w, stride_h, stride_w, pad_h, pad_w, dilation_h, dilation_w;
    ptrdiff_t divisor;                                /* averages: 0 stands for the area of the window */
    int count_pad, adaptive;
} pool_shape;

/* One axis of an image that gets another size; see resample.h. */
typedef struct {
    ptrdiff_t n_in, n_out, taps;
    const int32_t *index;
    const void *weight;
    int padded;                                       /* some outputs have fewer taps than others */
} resample_axis;

typedef struct {
    resample_axis v, h;
    ptrdiff_t inner;
    int across_first;                                 /* only where v has at most 4 taps, and fewer than 2^24 inputs */
} resample_plan;

/* The same of bytes: output j is the sum over t < taps of weight[j * taps + t] * input[first[j] + t], in units of 2^-bits, rounded.
 * Without weights it is input[first[j]]. */
typedef struct {
    ptrdiff_t n_in, n_out, taps;
    const int32_t *first;
    const int16_t *weight;
    int bits;
} resample_bytes_axis;

typedef struct {
    resample_bytes_axis v, h;
    ptrdiff_t inner;
} resample_bytes_plan;

/* Elements of volumes (d, h, w), images (1, h, w) of `channels`, looked up at `points` places a sample; see grid.h. */
typedef struct {
    ptrdiff_t channels, size[3], points, group;
    int axes, mode, padding, align;
} grid_shape;
#endif
