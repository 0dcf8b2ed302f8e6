# Connectionist temporal classification: the passes over a batch of sequences, without history. `_composed/ctc.py` checks and records.

cdef struct Sequences:
    const char* x             # (T, N, C)
    char* dx                  # alike; NULL on the way forward
    const int64_t* labels
    const int64_t* starts     # of each sequence's labels
    const int64_t* times
    const int64_t* counts
    char* alpha               # (N, T, S)
    char* room
    double* nll
    const double* g
    Py_ssize_t T, N, C, S, blank
    int slot, size, forgive


cdef void _ctc_task(void* context, Py_ssize_t n, int worker) noexcept nogil:
    cdef Sequences* j = <Sequences*>context
    cdef Py_ssize_t step = j.N * j.C, t
    cdef const char* x = j.x + n * j.C * j.size
    cdef char* alpha = j.alpha + n * j.T * j.S * j.size
    cdef char* room = j.room + n * (6 * j.S + j.C) * j.size
    if j.dx == NULL:
        j.nll[n] = K.ctc_forward[j.slot](x, step, j.labels + j.starts[n], j.counts[n], j.times[n], j.blank, alpha, room)
    elif not j.forgive or j.nll[n] != INFINITY:
        K.ctc_backward[j.slot](
            x, step, j.labels + j.starts[n], j.counts[n], j.times[n], j.blank, j.C, alpha, j.nll[n], j.g[n], j.dx + n * j.C * j.size, room
        )


cdef int _lengths_fit(Sequences* j, Tensor labels, Tensor starts, Tensor times, Tensor counts) except -1:
    """What kernels rely on, looked at once more behind everything that Python could change."""
    cdef Py_ssize_t n, i
    for t in (labels, starts, times, counts):
        if (<Tensor>t).code != INT64 or (<Tensor>t).ndim_ != 1 or is_meta(<Tensor>t):
            raise RuntimeError("ctc_loss: labels and lengths are vectors of int64")
    if starts.numel_ != j.N or times.numel_ != j.N or counts.numel_ != j.N:
        raise RuntimeError("ctc_loss: a length for each sequence")
    j.labels, j.starts, j.times, j.counts = <const int64_t*>data_of(labels), <const int64_t*>data_of(starts), <const int64_t*>data_of(times), <const int64_t*>data_of(counts)
    for n in range(j.N):
        if not 0 <= j.times[n] <= j.T or not 0 <= 2 * j.counts[n] + 1 <= j.S or j.starts[n] < 0 or j.starts[n] + j.counts[n] > labels.numel_:
            raise RuntimeError("ctc_loss: a length is out of range")
        for i in range(j.counts[n]):
            if not 0 <= j.labels[j.starts[n] + i] < j.C:
                raise error(
                    RangeError, f"ctc_loss: label {j.labels[j.starts[n] + i]} of sequence {n} is out of range",
                    facts=[f"there are {j.C} classes, 0 to {j.C - 1}"],
                )
    if not 0 <= j.blank < j.C:
        raise RuntimeError("ctc_loss: the blank is out of range")
    return 0


cdef int _scores_fit(Tensor x) except -1:
    if x.ndim_ != 3 or is_meta(x) or x.code != FLOAT32 and x.code != FLOAT64:
        raise RuntimeError(f"ctc_loss: log_probs are (T, N, C) in float32 or float64, got {describe(x)}")
    return 0


cdef int _run_sequences(Sequences* j, int code) except -1:
    cdef Py_ssize_t shape = j.N * (6 * j.S + j.C)
    cdef Tensor room = empty_tensor(code, 1, &shape, CPU)
    j.room = data_of(room)
    if j.N * j.T * j.S <= SERIAL // 8:
        for n in range(j.N):
            _ctc_task(j, n, 0)
    else:
        run_unlocked(j.N, _ctc_task, j)
    return 0


def ctc_forward(Tensor x not None, Tensor labels not None, Tensor starts not None, Tensor times not None, Tensor counts not None, Py_ssize_t longest, Py_ssize_t blank):
    """(N,) float64 negative log-likelihoods and alpha (N, T, S) of (T, N, C) log-probabilities in float32 or float64."""
    cdef Sequences j
    cdef Tensor wide, nll, alpha
    cdef Py_ssize_t shape[3]
    _scores_fit(x)
    wide = contiguous(x.detach())
    j.T, j.N, j.C, j.S, j.blank, j.dx, j.forgive = x.shape_[0], x.shape_[1], x.shape_[2], 2 * longest + 1, blank, NULL, 0
    j.x, j.slot, j.size = data_of(wide), _slot(x.code), itemsize_of[x.code]
    shape[0], shape[1], shape[2] = j.N, j.T, j.S
    _lengths_fit(&j, labels, starts, times, counts)
    alpha = empty_tensor(x.code, 3, shape, CPU)
    nll = empty_tensor(FLOAT64, 1, shape, CPU)
    j.alpha, j.nll = data_of(alpha), <double*>data_of(nll)
    _run_sequences(&j, x.code)
    return nll, alpha


def ctc_backward(
    Tensor x not None, Tensor g not None, Tensor nll not None, Tensor alpha not None, Tensor labels not None, Tensor starts not None,
    Tensor times not None, Tensor counts not None, Py_ssize_t longest, Py_ssize_t blank, bint forgive,
):
    """The gradient of `ctc_forward` by x; with `forgive` sequences that no path fits have none."""
    cdef Sequences j
    cdef Tensor wide, weights, dx
    _scores_fit(x)
    if is_meta(g) or is_meta(nll) or is_meta(alpha):
        raise RuntimeError("ctc_loss: what was saved does not fit")
    wide, weights = contiguous(x.detach()), contiguous(converted(g.detach(), FLOAT64))
    j.T, j.N, j.C, j.S, j.blank, j.forgive = x.shape_[0], x.shape_[1], x.shape_[2], 2 * longest + 1, blank, forgive
    j.x, j.slot, j.size = data_of(wide), _slot(x.code), itemsize_of[x.code]
    _lengths_fit(&j, labels, starts, times, counts)
    if weights.numel_ != j.N or nll.numel_ != j.N or nll.code != FLOAT64 or alpha.code != x.code or alpha.numel_ != j.N * j.T * j.S:
        raise RuntimeError("ctc_loss: what was saved does not fit")
    nll, alpha = contiguous(nll), contiguous(alpha)
    dx = filled(x.code, 3, x.shape_, 0)
    j.dx, j.g, j.nll, j.alpha = data_of(dx), <const double*>data_of(weights), <double*>data_of(nll), data_of(alpha)
    _run_sequences(&j, x.code)
    return dx
