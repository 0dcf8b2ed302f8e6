/* What the C tests of the convolution kernels share: operands between guard pages, a reference in double, and
 * `check_conv`, which runs one plan in every way that must give the same bits. Needs POSIX; no Python. */
#ifndef LUCET_CHECK_H
#define LUCET_CHECK_H
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include <math.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "plans.h"

static long check_passed, check_failed;

static void check(int ok, const char *format, ...) {
    if (ok) {
        check_passed++;
        return;
    }
    if (++check_failed > 40) return;
    va_list args;
    va_start(args, format);
    printf("FAILED ");
    vprintf(format, args);
    printf("\n");
    va_end(args);
    fflush(stdout);
}

/* The last line of a test program, and its exit code. */
static int check_end(void) {
    printf("%ld passed, %ld failed\n", check_passed, check_failed);
    return check_failed || !check_passed;
}

/* ---- random numbers, the same everywhere ---- */

static uint64_t check_state = 0x9e3779b97f4a7c15u;
static uint32_t check_random(void) {
    check_state = check_state * 6364136223846793005u + 1442695040888963407u;
    return (uint32_t)(check_state >> 33);
}
static double check_uniform(void) { return check_random() / 1073741824.0 - 1; }            /* [-1, 1) */
static ptrdiff_t check_between(ptrdiff_t low, ptrdiff_t high) {
    return low + (ptrdiff_t)(check_random() % (uint32_t)(high - low + 1));
}
#define CHECK_PICK(...)                                                                                                \
    ((const ptrdiff_t[]){__VA_ARGS__})[check_random() % (sizeof((const ptrdiff_t[]){__VA_ARGS__}) / sizeof(ptrdiff_t))]

/* ---- memory whose ends are watched ---- */

/* Pages that may be touched, with a page that may not at either end. An operand lies at the very end (reading past it
 * is a crash, and it starts at an odd place) or at the very start, by turns; what is left is filled with a pattern. */
typedef struct {
    char *start;
    size_t size;
} check_arena;

enum { CHECK_X, CHECK_WEIGHT, CHECK_BIAS, CHECK_Y, CHECK_SCRATCH, CHECK_SHARED, CHECK_ARENAS };
enum { CHECK_WORKERS = 3, CHECK_PATTERN = 0xa5 };
static check_arena check_arenas[CHECK_ARENAS];

static char *check_place(int which, size_t bytes, int at_end) {
    check_arena *a = check_arenas + which;
    size_t page = (size_t)sysconf(_SC_PAGESIZE);
    if (a->size < bytes || !a->start) {
        if (a->start) munmap(a->start - page, a->size + 2 * page);
        a->size = (bytes / page + 17) * page * 2;
        char *map = (char *)mmap(NULL, a->size + 2 * page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        if (map == MAP_FAILED) {
            printf("no memory\n");
            exit(2);
        }
        mprotect(map, page, PROT_NONE);
        mprotect(map + page + a->size, page, PROT_NONE);
        a->start = map + page;
    }
    char *at = at_end ? a->start + a->size - bytes : a->start;
    memset(at_end ? a->start + (a->size - bytes > 256 ? a->size - bytes - 256 : 0) : at + bytes, CHECK_PATTERN,
           a->size - bytes > 256 ? 256 : a->size - bytes);
    return at;
}

/* Whether the pattern beside an operand is still there. */
static int check_intact(int which, size_t bytes, int at_end) {
    check_arena *a = check_arenas + which;
    size_t around = a->size - bytes > 256 ? 256 : a->size - bytes;
    const unsigned char *p = (const unsigned char *)(at_end ? a->start + a->size - bytes - around : a->start + bytes);
    for (size_t i = 0; i < around; i++)
        if (p[i] != CHECK_PATTERN) return 0;
    return 1;
}

/* ---- numbers of either type ---- */

static double check_get(const void *p, ptrdiff_t i, int is_double) {
    return is_double ? ((const double *)p)[i] : (double)((const float *)p)[i];
}
static void check_put(void *p, ptrdiff_t i, double v, int is_double) {
    if (is_double) ((double *)p)[i] = v;
    else ((float *)p)[i] = (float)v;
}

/* ---- the reference ---- */

/* out = the pass's result (bias gradient behind the weight gradient), reach = sums of absolute values. Relu is left out.
 * x (n, d, h, w, c), y (n, od, oh, ow, k), weight (k, c / groups, t, r, s). */
static void check_reference(const conv_plan *p, int is_double, double *out, double *reach) {
    ptrdiff_t cg = p->c / p->groups, kg = p->k / p->groups, taps = p->t * p->r * p->s;
    ptrdiff_t pixels = p->n * p->od * p->oh * p->ow;
    int pass = p->pass;
    ptrdiff_t size = pass == CONV_FORWARD         ? pixels * p->k
                     : pass == CONV_BACKWARD_DATA ? p->n * p->d * p->h * p->w * p->c
                                                  : p->k * cg * taps + p->k;
    for (ptrdiff_t i = 0; i < size; i++) {
        ptrdiff_t channel = pass == CONV_FORWARD ? i % p->k : pass == CONV_BACKWARD_DATA ? i % p->c : 0;
        out[i] = pass != CONV_BACKWARD_WEIGHT && p->bias ? check_get(p->bias, channel, is_double) : 0;
        reach[i] = fabs(out[i]);
    }
    for (ptrdiff_t q = 0; q < pixels; q++) {
        ptrdiff_t j = q % p->ow, i = q / p->ow % p->oh, e = q / p->ow / p->oh % p->od, n = q / p->ow / p->oh / p->od;
        for (ptrdiff_t t = 0; t < taps; t++) {
            ptrdiff_t col = j * p->stride_w - p->pad_w + t % p->s * p->dilation_w;
            ptrdiff_t row = i * p->stride_h - p->pad_h + t / p->s % p->r * p->dilation_h;
            ptrdiff_t slice = e * p->stride_d - p->pad_d + t / p->s / p->r * p->dilation_d;
            if (col < 0 || col >= p->w || row < 0 || row >= p->h || slice < 0 || slice >= p->d) continue;
            ptrdiff_t at = ((n * p->d + slice) * p->h + row) * p->w + col;
            for (ptrdiff_t k = 0; k < p->k; k++)
                for (ptrdiff_t c = 0; c < cg; c++) {
                    ptrdiff_t xi = at * p->c + k / kg * cg + c, wi = (k * cg + c) * taps + t, yi = q * p->k + k;
                    ptrdiff_t to = pass == CONV_FORWARD ? yi : pass == CONV_BACKWARD_DATA ? xi : wi;
                    double a = pass == CONV_FORWARD ? check_get(p->x, xi, is_double) : check_get(p->y, yi, is_double);
                    double b = pass == CONV_BACKWARD_WEIGHT ? check_get(p->x, xi, is_double)
                                                            : check_get(p->weight, wi, is_double);
                    out[to] += a * b;
                    reach[to] += fabs(a * b);
                }
        }
        for (ptrdiff_t k = 0; pass == CONV_BACKWARD_WEIGHT && k < p->k; k++) {
            double g = check_get(p->y, q * p->k + k, is_double);
            out[p->k * cg * taps + k] += g;
            reach[p->k * cg * taps + k] += fabs(g);
        }
    }
}

/* ---- one case ---- */

/* Set where a result's error comes from more numbers than its own: errors then count in parts of the largest sum of
 * absolute values rather than of their own. */
static int check_by_largest;

typedef void (*check_plan_fn)(conv_plan *);
typedef void (*check_run_fn)(void *, ptrdiff_t, int);

static const char *check_describe(const conv_plan *p, int is_double) {
    static char text[400];
    snprintf(text, sizeof text,
             "%s %s n %td c %td k %td groups %td, x %tdx%tdx%td y %tdx%tdx%td kernel %tdx%tdx%td, stride %td %td %td, "
             "pad %td %td %td, dilation %td %td %td, bias %d relu %d, algorithm %d",
             p->pass == CONV_FORWARD         ? "forward"
             : p->pass == CONV_BACKWARD_DATA ? "data"
                                             : "weight",
             is_double ? "double" : "float", p->n, p->c, p->k, p->groups, p->d, p->h, p->w, p->od, p->oh, p->ow, p->t,
             p->r, p->s, p->stride_d, p->stride_h, p->stride_w, p->pad_d, p->pad_h, p->pad_w, p->dilation_d,
             p->dilation_h, p->dilation_w, p->bias != NULL, p->relu, p->algorithm);
    return text;
}

/* Run all steps. `shuffled`: tasks in random order over CHECK_WORKERS workers, else in order on one. */
static int check_run_plan(conv_plan *p, check_run_fn run, int shuffled) {
    enum { BESIDE = 64 };                             /* between the workers' memory */
    size_t scratch = (size_t)(p->scratch_bytes + BESIDE) * CHECK_WORKERS;
    p->scratch_stride = p->scratch_bytes + BESIDE;
    p->scratch = check_place(CHECK_SCRATCH, scratch, 1);
    memset(p->scratch, 0xff, scratch);                /* NaN */
    if (!p->first_step) {
        p->shared = check_place(CHECK_SHARED, (size_t)(p->shared_bytes + 63) / 64 * 64, 1);
        memset(p->shared, 0xff, (size_t)p->shared_bytes);
    }
    for (p->step = p->first_step; p->step < p->steps; p->step++) {
        ptrdiff_t n = p->ntasks[p->step], *order = (ptrdiff_t *)malloc((size_t)(n + 1) * sizeof *order);
        for (ptrdiff_t i = 0; i < n; i++) order[i] = i;
        for (ptrdiff_t i = n - 1; shuffled && i > 0; i--) {
            ptrdiff_t j = check_between(0, i), t = order[i];
            order[i] = order[j], order[j] = t;
        }
        for (ptrdiff_t i = 0; i < n; i++) run(p, order[i], shuffled ? (int)check_between(0, CHECK_WORKERS - 1) : 0);
        free(order);
    }
    for (int worker = 0; worker < CHECK_WORKERS; worker++) {
        const unsigned char *beside = (const unsigned char *)p->scratch + worker * p->scratch_stride + p->scratch_bytes;
        for (int i = 0; i < BESIDE; i++)
            if (beside[i] != 0xff) return 0;
    }
    return 1;
}

/* Fill in the geometry (all but operands) of *p first. tolerance: error allowed, in parts of the sum of absolute values
 * (see check_by_largest).
 * The operands get random numbers; the results must agree with the reference, be the same bits in whatever order and on
 * whichever worker the tasks run and with prepared weights kept, and nothing else may be read or written. */
static void check_conv(conv_plan *p, int is_double, int with_bias, double tolerance, check_plan_fn plan,
                       check_run_fn run) {
    size_t unit = is_double ? sizeof(double) : sizeof(float);
    ptrdiff_t weights = p->k * (p->c / p->groups) * p->t * p->r * p->s;
    ptrdiff_t sizes[4] = {p->n * p->d * p->h * p->w * p->c, weights, p->pass == CONV_BACKWARD_DATA ? p->c : p->k,
                          p->n * p->od * p->oh * p->ow * p->k};
    int result = p->pass == CONV_FORWARD ? CHECK_Y : p->pass == CONV_BACKWARD_DATA ? CHECK_X : CHECK_WEIGHT;
    int at_end = (int)check_between(0, 1);
    void *operand[4];
    for (int which = 0; which < 4; which++) {
        operand[which] = check_place(which, (size_t)sizes[which] * unit, at_end);
        int is_result = which == result || (which == CHECK_BIAS && result == CHECK_WEIGHT);
        if (is_result) memset(operand[which], 0xff, (size_t)sizes[which] * unit);
        for (ptrdiff_t i = 0; !is_result && i < sizes[which]; i++)
            check_put(operand[which], i, check_uniform(), is_double);
    }
    p->x = operand[CHECK_X], p->weight = operand[CHECK_WEIGHT], p->y = operand[CHECK_Y];
    p->bias = with_bias ? operand[CHECK_BIAS] : NULL;
    p->first_step = 0;
    plan(p);
    check(p->steps >= 1 && p->steps <= CONV_MAX_STEPS && p->scratch_bytes % 64 == 0 &&
              p->prepared_bytes <= p->shared_bytes,
          "plan of %s", check_describe(p, is_double));
    check(check_run_plan(p, run, 0), "scratch overrun, %s", check_describe(p, is_double));

    ptrdiff_t total = sizes[result] + (result == CHECK_WEIGHT ? p->k : 0);
    double *want = (double *)malloc((size_t)(total + 1) * sizeof *want);
    double *reach = (double *)malloc((size_t)(total + 1) * sizeof *reach);
    check_reference(p, is_double, want, reach);
    double worst = 0, largest = 0;
    ptrdiff_t where = -1;
    for (ptrdiff_t i = 0; i < sizes[result]; i++) largest = reach[i] > largest ? reach[i] : largest;
    for (ptrdiff_t i = 0; i < total; i++) {
        int in_bias = i >= sizes[result];
        if (in_bias && !with_bias) continue;
        double got = in_bias ? check_get(p->bias, i - sizes[result], is_double)
                             : check_get(operand[result], i, is_double);
        double right = p->relu && want[i] < 0 ? 0 : want[i];
        double error = fabs(got - right) / ((check_by_largest && !in_bias ? largest : reach[i]) + 1e-30);
        if (!(error <= worst)) worst = error, where = i;
        if (worst != worst) break;
    }
    check(worst <= tolerance, "error %g at %td of %td, %s", worst, where, total, check_describe(p, is_double));
    free(want);
    free(reach);

    /* the same bits once more, and from prepared weights */
    size_t bytes = (size_t)sizes[result] * unit, bias_bytes = result == CHECK_WEIGHT && with_bias ? p->k * unit : 0;
    char *first = (char *)malloc(bytes + bias_bytes + 1);
    memcpy(first, operand[result], bytes);
    memcpy(first + bytes, bias_bytes ? p->bias : first, bias_bytes);
    for (int again = 0; again < (p->prepared_bytes ? 2 : 1); again++) {
        memset(operand[result], 0xff, bytes);
        if (bias_bytes) memset(p->bias, 0xff, bias_bytes);
        p->first_step = again;
        if (again) memset((char *)p->shared + p->prepared_bytes, 0xff, (size_t)(p->shared_bytes - p->prepared_bytes));
        check(check_run_plan(p, run, 1), "scratch overrun, %s", check_describe(p, is_double));
        check(!memcmp(first, operand[result], bytes) && (!bias_bytes || !memcmp(first + bytes, p->bias, bias_bytes)),
              "other bits %s, %s", again ? "from prepared weights" : "in another order", check_describe(p, is_double));
    }
    p->first_step = 0;
    free(first);
    for (int which = 0; which < 4; which++)
        check(check_intact(which, (size_t)sizes[which] * unit, at_end), "wrote beside operand %d, %s", which,
              check_describe(p, is_double));
}

/* A geometry: images of any size, all else 1 or absent; to be changed before check_conv. `end_*`: zeros behind. */
static void check_sizes(conv_plan *p, ptrdiff_t end_d, ptrdiff_t end_h, ptrdiff_t end_w) {
    p->od = (p->d + p->pad_d + end_d - (p->t - 1) * p->dilation_d - 1) / p->stride_d + 1;
    p->oh = (p->h + p->pad_h + end_h - (p->r - 1) * p->dilation_h - 1) / p->stride_h + 1;
    p->ow = (p->w + p->pad_w + end_w - (p->s - 1) * p->dilation_w - 1) / p->stride_w + 1;
}
static int check_fits(const conv_plan *p, ptrdiff_t end_d, ptrdiff_t end_h, ptrdiff_t end_w) {
    return p->d + p->pad_d + end_d > (p->t - 1) * p->dilation_d && p->h + p->pad_h + end_h > (p->r - 1) * p->dilation_h &&
           p->w + p->pad_w + end_w > (p->s - 1) * p->dilation_w;
}
static conv_plan check_geometry(int pass, ptrdiff_t n, ptrdiff_t c, ptrdiff_t h, ptrdiff_t w, ptrdiff_t k, ptrdiff_t r,
                                ptrdiff_t s) {
    conv_plan p;
    memset(&p, 0, sizeof p);
    p.pass = pass, p.n = n, p.c = c, p.h = h, p.w = w, p.k = k, p.r = r, p.s = s;
    p.groups = p.stride_h = p.stride_w = p.dilation_h = p.dilation_w = 1;
    p.d = p.od = p.t = p.stride_d = p.dilation_d = 1;
    return p;
}
static double check_macs(const conv_plan *p) {
    return (double)p->n * p->od * p->oh * p->ow * p->k * (p->c / p->groups) * p->t * p->r * p->s;
}
#endif
