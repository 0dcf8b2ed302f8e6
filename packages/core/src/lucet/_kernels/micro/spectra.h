/* What the kernels of eigenvalues and singular values are told, and tell: all that the ops need to include. See spectral.h. */
#ifndef LUCET_SPECTRA_H
#define LUCET_SPECTRA_H
#include <stddef.h>

enum { SPECTRAL_DONE, SPECTRAL_FULL, SPECTRAL_FAILED };

typedef struct {
    ptrdiff_t first, step, count; /* rows first, first + step, ...: count rotations of neighbours in this order */
} spectral_sweep;

typedef struct {
    double *d, *e;          /* values on the diagonal and beside it */
    ptrdiff_t n;
    double eps;
    ptrdiff_t at, rounds;   /* where the iteration stands */
    int vectors;            /* whether there is a log */
    ptrdiff_t sweeps, used; /* of the log */
    ptrdiff_t room;         /* rotations that fit; more than n, and as many sweeps */
    spectral_sweep *sweep;
    double *left, *right;   /* cosine, sine of each rotation; `right` of singular vectors only */
} spectral_state;
#endif
