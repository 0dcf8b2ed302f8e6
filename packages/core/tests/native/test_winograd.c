/* Winograd convolution against sums in double, on shapes that conv.h would leave to other kernels too: every pass, odd
 * sizes and channel counts, every padding, operands between guard pages, tasks in any order. */
#include "check.h"

#include "winograd.h"

static void run(void *plan, ptrdiff_t task, int worker) {
    const conv_plan *p = (const conv_plan *)plan;
    winograd_run_f32(p, task, (char *)p->scratch + worker * p->scratch_stride);
}

/* In parts of the largest sum of absolute values, for a pixel's error comes from its whole tile. */
static const double TOLERANCE = 2e-6;

static void check_shape(int pass, ptrdiff_t n, ptrdiff_t c, ptrdiff_t h, ptrdiff_t w, ptrdiff_t k, const ptrdiff_t *pad,
                        int bias, int relu) {
    conv_plan p = check_geometry(pass, n, c, h, w, k, 3, 3);
    p.pad_h = pad[0], p.pad_w = pad[1], p.winograd = 1, p.relu = relu && pass == CONV_FORWARD;
    if (!check_fits(&p, 0, pad[2], pad[3])) return;
    check_sizes(&p, 0, pad[2], pad[3]);
    p.weight = &p;
    check(winograd_possible(&p), "possible: %s", check_describe(&p, 0));
    check_conv(&p, 0, bias, TOLERANCE, winograd_plan_f32, run);
}

static void check_random_shapes(int count) {
    for (int i = 0; i < count; i++) {
        ptrdiff_t c = CHECK_PICK(16, 17, 18, 20, 23, 24, 29, 32, 33, 40, 47, 48, 50, 64);
        ptrdiff_t k = CHECK_PICK(16, 17, 18, 20, 23, 24, 29, 32, 33, 40, 47, 48, 50, 64);
        ptrdiff_t h = check_between(1, 14), w = check_between(1, 14), pad[4];
        for (int j = 0; j < 4; j++) pad[j] = check_between(0, 2);
        if (i % 8 == 0) h = check_between(15, 33), w = check_between(15, 33);
        for (int pass = CONV_FORWARD; pass <= CONV_BACKWARD_WEIGHT; pass++)
            check_shape(pass, check_between(1, 3), c, h, w, k, pad, (int)check_between(0, 1), (int)check_between(0, 1));
    }
}

/* Sizes at which work is cut otherwise: many channels, several blocks of tiles, several partial sums. */
static void check_cuts(void) {
    static const ptrdiff_t shapes[][5] = {{3, 16, 33, 30, 16}, {6, 16, 33, 33, 24}, {3, 64, 20, 20, 32},
                                          {2, 130, 6, 6, 150}, {1, 260, 6, 5, 144}, {1, 400, 5, 5, 24},
                                          {1, 24, 5, 5, 400},  {5, 20, 30, 30, 36}, {20, 33, 14, 14, 16},
                                          {1, 200, 7, 7, 264}, {1, 136, 9, 9, 136}, {5, 64, 13, 13, 136}};
    static const ptrdiff_t pads[][4] = {{1, 1, 1, 1}, {0, 0, 0, 0}, {2, 1, 0, 2}};
    for (size_t i = 0; i < sizeof shapes / sizeof *shapes; i++)
        for (int pass = CONV_FORWARD; pass <= CONV_BACKWARD_WEIGHT; pass++) {
            const ptrdiff_t *s = shapes[i];
            check_shape(pass, s[0], s[1], s[2], s[3], s[4], pads[i % 3], 1, i % 2);
        }
}

/* Largest error in parts of the largest result, as the tolerances of the library's users count it. */
static double largest_error(int pass, ptrdiff_t n, ptrdiff_t c, ptrdiff_t size) {
    conv_plan p = check_geometry(pass, n, c, size, size, c, 3, 3);
    p.pad_h = p.pad_w = 1;
    check_sizes(&p, 0, 1, 1);
    ptrdiff_t sizes[4] = {n * size * size * c, c * c * 9, c, n * size * size * c};
    void *operand[4];
    for (int which = 0; which < 4; which++) {
        operand[which] = check_place(which, (size_t)sizes[which] * sizeof(float), 1);
        for (ptrdiff_t i = 0; i < sizes[which]; i++) check_put(operand[which], i, check_uniform(), 0);
    }
    p.x = operand[CHECK_X], p.weight = operand[CHECK_WEIGHT], p.y = operand[CHECK_Y];
    int result = pass == CONV_FORWARD ? CHECK_Y : pass == CONV_BACKWARD_DATA ? CHECK_X : CHECK_WEIGHT;
    double *want = (double *)malloc((size_t)(sizes[result] + c) * sizeof *want), largest = 0, error = 0;
    double *reach = (double *)malloc((size_t)(sizes[result] + c) * sizeof *reach);
    winograd_plan_f32(&p);
    check_run_plan(&p, run, 0);
    check_reference(&p, 0, want, reach);
    for (ptrdiff_t i = 0; i < sizes[result]; i++) {
        double off = fabs(want[i] - check_get(operand[result], i, 0));
        if (fabs(want[i]) > largest) largest = fabs(want[i]);
        if (!(off <= error)) error = off;
    }
    free(want);
    free(reach);
    return error / largest;
}

static void check_errors(void) {
    static const ptrdiff_t channels[] = {16, 64, 200};
    for (int i = 0; i < 3; i++)
        for (int pass = CONV_FORWARD; pass <= CONV_BACKWARD_WEIGHT; pass++) {
            double error = largest_error(pass, 1, channels[i], 8);
            check(error <= 2.5e-6, "error %g of the largest result, pass %d, %td channels", error, pass, channels[i]);
        }
}

int main(void) {
    check_by_largest = 1;
    check_cuts();
    check_random_shapes(24);
    check_errors();
    return check_end();
}
