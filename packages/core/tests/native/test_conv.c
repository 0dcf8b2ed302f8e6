/* The direct convolution kernels against the reference: every pass, both types, odd sizes and edges. */
#include "check.h"
#include "conv.h"

enum { FLOAT_PARTS = 4 };                             /* error allowed, in epsilons of the sum of absolute values */

static void every_type(conv_plan p, int with_bias) {
    p.winograd = 0;
    conv_plan q = p;
    check_conv(&p, 0, with_bias, FLOAT_PARTS * 1.2e-7, conv_plan_f32, conv_run_f32);
    check_conv(&q, 1, with_bias, FLOAT_PARTS * 2.3e-16, conv_plan_f64, conv_run_f64);
}

static void every_pass(conv_plan p) {
    for (int pass = CONV_FORWARD; pass <= CONV_BACKWARD_WEIGHT; pass++) {
        p.pass = pass;
        p.relu = pass == CONV_FORWARD && check_between(0, 2) == 0;
        every_type(p, (int)check_between(0, 1));
    }
}

/* Random geometries; those that do not fit or would take long are drawn anew. */
static void random_case(int what) {
    enum { IMAGE, GROUPS, DEPTHWISE, DEPTH, LINE, POINTWISE, FAR_TAPS, KINDS };
    for (;;) {
        conv_plan p = check_geometry(0, check_between(0, 3), 0, 0, 0, 0, CHECK_PICK(1, 2, 3, 3, 3, 5, 7),
                                     CHECK_PICK(1, 2, 3, 3, 3, 5, 7));
        p.h = CHECK_PICK(1, 2, 3, 4, 5, 7, 8, 12, 13, 17, 28, 33), p.w = CHECK_PICK(1, 2, 3, 4, 5, 7, 8, 12, 13, 17, 28, 33);
        p.c = CHECK_PICK(1, 2, 3, 5, 8, 16, 17, 20, 33, 64), p.k = CHECK_PICK(1, 2, 3, 5, 8, 16, 17, 20, 33, 64);
        p.stride_h = CHECK_PICK(1, 1, 1, 2, 3), p.stride_w = CHECK_PICK(1, 1, 1, 2, 3);
        p.pad_h = check_between(0, 2), p.pad_w = check_between(0, 2);
        p.dilation_h = CHECK_PICK(1, 1, 1, 2, 3), p.dilation_w = CHECK_PICK(1, 1, 1, 2, 3);
        ptrdiff_t end_d = 0, end_h = check_between(0, 2), end_w = check_between(0, 2);
        if (what % KINDS == GROUPS) {
            p.groups = check_between(2, 4);
            p.c = p.groups * CHECK_PICK(1, 2, 3, 4, 8, 16), p.k = p.groups * CHECK_PICK(1, 2, 3, 4, 8, 16, 17);
        }
        if (what % KINDS == DEPTHWISE) {
            p.groups = p.k = p.c;
            if (check_between(0, 3) == 0) p.k *= check_between(2, 3);
        }
        if (what % KINDS == DEPTH) {
            p.d = check_between(1, 6), p.t = check_between(1, 3), p.stride_d = check_between(1, 2);
            p.pad_d = check_between(0, 1), p.dilation_d = check_between(1, 2), end_d = check_between(0, 1);
            if (check_between(0, 3) == 0) p.groups = p.k = p.c;
        }
        if (what % KINDS == LINE) {
            p.h = p.r = p.stride_h = p.dilation_h = 1, p.pad_h = end_h = 0;
            p.w = check_between(1, 300);
        }
        if (what % KINDS == POINTWISE) {
            p.r = p.s = 1;
            if (check_between(0, 1)) p.stride_h = p.stride_w = 1, p.pad_h = p.pad_w = end_h = end_w = 0;
        }
        if (what % KINDS == FAR_TAPS) {               /* further apart than the image, or a block of it, is long */
            p.dilation_h = check_between(1, 60), p.dilation_w = check_between(1, 200);
            p.pad_h = check_between(0, (p.r - 1) * p.dilation_h), end_h = (p.r - 1) * p.dilation_h - p.pad_h;
            p.pad_w = check_between(0, (p.s - 1) * p.dilation_w), end_w = (p.s - 1) * p.dilation_w - p.pad_w;
            if (check_between(0, 2) == 0)
                p.t = 2, p.d = check_between(1, 4), p.pad_d = p.dilation_d = check_between(2, 9);
            if (check_between(0, 2) == 0) p.groups = p.k = p.c;
        }
        if (!check_fits(&p, end_d, end_h, end_w)) continue;
        check_sizes(&p, end_d, end_h, end_w);
        if (check_macs(&p) > 1.5e6) continue;
        every_pass(p);
        return;
    }
}

/* Larger than one block of everything: many parts of the sum, blocks of rows and columns, tasks. */
static void large_cases(void) {
    static const ptrdiff_t sizes[][10] = {            /* n, c, h, w, k, r, s, stride, pad, groups */
        {2, 256, 8, 8, 40, 3, 3, 1, 1, 1}, {2, 64, 14, 15, 64, 3, 3, 2, 1, 1},   {1, 3, 64, 70, 24, 7, 7, 2, 3, 1},
        {9, 6, 14, 14, 16, 5, 5, 1, 0, 1}, {1, 400, 2, 2, 70, 3, 3, 1, 1, 1},    {5, 16, 28, 28, 96, 1, 1, 1, 0, 1},
        {1, 7, 1, 3000, 9, 1, 9, 1, 4, 1}, {1, 70, 40, 41, 70, 3, 3, 1, 1, 70},  {2, 64, 9, 9, 64, 3, 3, 1, 1, 4},
        {17, 1, 28, 28, 6, 5, 5, 1, 2, 1}, {40, 8, 3, 3, 40, 3, 3, 1, 1, 1},     {1, 900, 3, 3, 17, 1, 1, 2, 0, 1},
        {3, 40, 21, 20, 40, 3, 3, 2, 1, 40}, {2, 33, 20, 20, 65, 2, 2, 2, 0, 1}, {1, 2, 90, 300, 3, 3, 3, 1, 1, 1},
        {1, 600, 7, 7, 600, 3, 3, 1, 1, 600},
        {3, 64, 9, 13, 64, 3, 3, 1, 1, 16}, {2, 32, 12, 13, 32, 3, 3, 2, 1, 4},   {2, 32, 7, 40, 32, 5, 3, 1, 1, 16},
        {3, 16, 9, 30, 16, 1, 1, 1, 0, 8},  {5, 8, 20, 24, 4, 3, 3, 1, 1, 1},     {6, 3, 18, 32, 3, 3, 5, 1, 2, 1},
        {7, 5, 11, 16, 24, 3, 5, 1, 1, 1},  {20, 2, 12, 9, 12, 5, 5, 1, 2, 1},    {1, 160, 6, 5, 100, 3, 3, 1, 1, 1},
        {2, 133, 9, 8, 117, 3, 3, 2, 1, 1}, {1, 380, 3, 4, 390, 1, 1, 1, 0, 1},   {3, 40, 9, 9, 200, 5, 5, 2, 2, 1},
        {6, 50, 4, 4, 44, 5, 5, 2, 2, 1}};
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        const ptrdiff_t *s = sizes[i];
        conv_plan p = check_geometry(0, s[0], s[1], s[2], s[3], s[4], s[5], s[6]);
        p.stride_h = p.stride_w = s[7], p.pad_w = s[8], p.pad_h = p.h > 1 ? s[8] : 0, p.groups = s[9];
        check_sizes(&p, 0, p.pad_h, p.pad_w);
        every_pass(p);
    }
}

/* Winograd's algorithm is taken where allowed and possible, in float only. */
static void winograd_case(void) {
    check_by_largest = 1;
    for (int pass = CONV_FORWARD; pass <= CONV_BACKWARD_WEIGHT; pass++)
        for (int allowed = 0; allowed < 2; allowed++) {
            conv_plan p = check_geometry(pass, 2, 32, 17, 18, 48, 3, 3), q;
            p.pad_h = p.pad_w = 1, p.winograd = allowed;
            check_sizes(&p, 0, 1, 1);
            q = p;
            check_conv(&p, 0, 1, 1e-6, conv_plan_f32, conv_run_f32);
            check((p.algorithm == CONV_WINOGRAD) == allowed, "choice of %s", check_describe(&p, 0));
            check_conv(&q, 1, 1, 1e-15, conv_plan_f64, conv_run_f64);
            check(q.algorithm != CONV_WINOGRAD, "choice of %s", check_describe(&q, 1));
        }
    check_by_largest = 0;
}

/* Relu keeps NaN, and padding lanes of a product never reach a result. */
static void nan_case(void) {
    conv_plan p = check_geometry(CONV_FORWARD, 1, 1, 1, 9, 3, 1, 1);
    float x[9], y[27], weight[3] = {1, -1, NAN}, scratch[4096], shared[4096];
    for (int i = 0; i < 9; i++) x[i] = (float)(i - 4);
    p.x = x, p.y = y, p.weight = weight, p.relu = 1;
    check_sizes(&p, 0, 0, 0);
    conv_plan_f32(&p);
    p.scratch = scratch, p.shared = shared;
    check(p.scratch_bytes <= (ptrdiff_t)sizeof scratch && p.shared_bytes <= (ptrdiff_t)sizeof shared, "small plan");
    for (p.step = 0; p.step < p.steps; p.step++)
        for (ptrdiff_t i = 0; i < p.ntasks[p.step]; i++) conv_run_f32(&p, i, 0);
    for (int i = 0; i < 9; i++) {
        check(y[3 * i] == (i > 4 ? x[i] : 0) && y[3 * i + 1] == (i < 4 ? -x[i] : 0), "relu of %g", x[i]);
        check(y[3 * i + 2] != y[3 * i + 2], "relu of NaN");
    }
}

int main(int argc, char **argv) {
    int cases = argc > 1 ? atoi(argv[1]) : 600;
    for (int i = 0; i < cases; i++) random_case(i);
    large_cases();
    nan_case();
    winograd_case();
    return check_end();
}
