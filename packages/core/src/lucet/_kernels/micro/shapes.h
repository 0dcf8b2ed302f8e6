/* What the kernels of images are told about their operands: all that the ops need to include. */
#ifndef LUCET_SHAPES_H
#define LUCET_SHAPES_H
#include <stddef.h>

/* Pooling of (h, w) to (oh, ow); `adaptive` windows follow from the sizes alone. */
typedef struct {
    ptrdiff_t channels;                               /* of images that lie channels-last; not used for planes */
    ptrdiff_t h, w, oh, ow, kernel_h, kernel_w, stride_h, stride_w, pad_h, pad_w, dilation_h, dilation_w;
    ptrdiff_t divisor;                                /* averages: 0 stands for the area of the window */
    int count_pad, adaptive;
} pool_shape;
#endif
