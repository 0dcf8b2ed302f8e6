/* The thread pool of the process: C11 threads of our own, no OpenMP. Included by _threads.pyx alone, so that its state
 * exists once; other modules cimport `parallel_for` from there.
 *
 *   lucet_pool_run(ntasks, max_workers, fn, ctx)   run fn(ctx, task, worker) for every task, return when all are done
 *
 * Tasks 0..ntasks-1 are cut into one contiguous range per worker (so the same worker sees the same data in the next
 * operation and finds it in its cache). A worker that is through with its range takes tasks from the others'. The
 * caller is worker 0 and never waits for a worker that has claimed nothing: on a busy machine it does all by itself.
 *
 * One job runs at a time. A call that finds the pool busy (nested in a task, or from another thread) runs serially in
 * its own thread as worker 0. Which worker runs a task must not matter for its result: that is up to the tasks.
 *
 * Claims carry the number of their job, so a worker that slept through a job can neither take a task of a later one
 * by mistake nor touch the arguments of a finished one: whatever it read before is thrown away when its claim fails.
 * For that, all ranges of the old job are closed before the first argument of the new one is written.
 *
 * Fork: the child has no workers, so its pool starts anew at its next job. No lock is ever held, so it does not matter
 * what another thread was doing with the pool when the process forked.
 */
#ifndef LUCET_POOL_H
#define LUCET_POOL_H
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <time.h>
#if defined(__linux__)
#include <linux/futex.h>
#include <sys/syscall.h>
#include <unistd.h>
#endif

typedef void (*lucet_task_fn)(void *ctx, ptrdiff_t task, int worker);

enum { LUCET_MAX_WORKERS = 256, LUCET_WAKE_FANOUT = 8, LUCET_WORKER_STACK = 1 << 20 };
enum { LUCET_SPIN_WORKER_NS = 3000, LUCET_SPIN_WORKER_MOST_NS = 100000, LUCET_SPIN_CALLER_NS = 20000, LUCET_WAKE_NS = 50000 };

/* A claim word holds the job's number and the next unclaimed unit of one range: | job: 40 bits | unit: 24 bits |. */
enum { LUCET_UNIT_BITS = 24 };
static const uint64_t LUCET_UNIT_MASK = ((uint64_t)1 << LUCET_UNIT_BITS) - 1;

typedef struct {
    _Alignas(64) _Atomic uint64_t claim;              /* range w of the running job belongs to worker w first */
    _Atomic uint32_t parked;                          /* 1 while the worker sleeps (or is about to) */
} lucet_lane;

static struct {
    lucet_lane lanes[LUCET_MAX_WORKERS];
    _Alignas(64) _Atomic uint64_t job;                /* number of the latest job */
    _Atomic(lucet_task_fn) fn;                        /* the job's arguments: written before `job`, read after it */
    _Atomic(void *) ctx;
    _Atomic ptrdiff_t ntasks, grain;                  /* a unit is `grain` tasks (1 unless there are millions) */
    _Atomic int width;                                /* how many workers, the caller included, may take part */
    _Alignas(64) _Atomic ptrdiff_t unfinished;        /* units not done yet */
    _Atomic uint32_t caller_waits;                    /* 1 while the caller sleeps until `unfinished` is 0 */
    _Alignas(64) _Atomic int busy;                    /* a job is running */
    _Atomic int size;                                 /* threads that a job may use; what get_num_threads says */
    int started;                                      /* workers that exist; changed by the owner of `busy` only */
    int start_failed;                                 /* the system refused a thread: do not ask at each job */
} lucet_pool = {.size = 1};

/* ---- sleeping and waking: a futex, or one mutex and condition for all where there is none ---- */

#if defined(__linux__)
static void lucet_sleep_while(_Atomic uint32_t *word, uint32_t value) {
    syscall(SYS_futex, word, FUTEX_WAIT_PRIVATE, value, NULL, NULL, 0);
}
static void lucet_wake(_Atomic uint32_t *word) {
    syscall(SYS_futex, word, FUTEX_WAKE_PRIVATE, 1, NULL, NULL, 0);
}
static void lucet_sleep_reset(void) {}
#else
static pthread_mutex_t lucet_sleep_mutex = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t lucet_sleep_cond = PTHREAD_COND_INITIALIZER;
static void lucet_sleep_while(_Atomic uint32_t *word, uint32_t value) {
    pthread_mutex_lock(&lucet_sleep_mutex);
    if (atomic_load(word) == value) pthread_cond_wait(&lucet_sleep_cond, &lucet_sleep_mutex);
    pthread_mutex_unlock(&lucet_sleep_mutex);
}
static void lucet_wake(_Atomic uint32_t *word) {
    (void)word;
    pthread_mutex_lock(&lucet_sleep_mutex);
    pthread_cond_broadcast(&lucet_sleep_cond);
    pthread_mutex_unlock(&lucet_sleep_mutex);
}
static void lucet_sleep_reset(void) {
    pthread_mutex_init(&lucet_sleep_mutex, NULL);
    pthread_cond_init(&lucet_sleep_cond, NULL);
}
#endif

static inline void lucet_pause(void) {
#if defined(__x86_64__) || defined(__i386__)
    __builtin_ia32_pause();
#elif defined(__aarch64__)
    __asm__ __volatile__("isb" ::: "memory");         /* about as long as x86's pause; yield is a no-op on most cores */
#endif
}

static inline int64_t lucet_now_ns(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

/* ---- claiming and running ---- */

/* First unit of range w when `units` are cut into `width` ranges. */
static inline uint64_t lucet_range_start(uint64_t units, int width, int w) {
    return units * (uint64_t)w / (uint64_t)width;
}

/* Claim one unit of range w of job `job`; -1 if none is left or the job is over. */
static inline int64_t lucet_claim(uint64_t job, int w, uint64_t end) {
    _Atomic uint64_t *word = &lucet_pool.lanes[w].claim;
    uint64_t seen = atomic_load_explicit(word, memory_order_relaxed);
    while (seen >> LUCET_UNIT_BITS == (job & (UINT64_MAX >> LUCET_UNIT_BITS)) && (seen & LUCET_UNIT_MASK) < end)
        if (atomic_compare_exchange_weak_explicit(word, &seen, seen + 1, memory_order_acq_rel, memory_order_relaxed))
            return (int64_t)(seen & LUCET_UNIT_MASK);
    return -1;
}

/* Take part in job `job`: the own range first, then the others' in turn. */
static void lucet_work(uint64_t job, int worker) {
    int width = atomic_load_explicit(&lucet_pool.width, memory_order_acquire);
    ptrdiff_t ntasks = atomic_load_explicit(&lucet_pool.ntasks, memory_order_acquire);
    ptrdiff_t grain = atomic_load_explicit(&lucet_pool.grain, memory_order_acquire);
    lucet_task_fn fn = atomic_load_explicit(&lucet_pool.fn, memory_order_acquire);
    void *ctx = atomic_load_explicit(&lucet_pool.ctx, memory_order_acquire);
    if (worker >= width || grain < 1) return;
    uint64_t units = (uint64_t)((ntasks - 1) / grain + 1);
    ptrdiff_t done = 0;
    for (int turn = 0; turn < width; turn++) {
        int w = worker + turn < width ? worker + turn : worker + turn - width;
        uint64_t end = lucet_range_start(units, width, w + 1);
        for (int64_t unit; (unit = lucet_claim(job, w, end)) >= 0; done++) {
            /* claimed, so the range was not closed yet and all that was read above belongs to this job */
            ptrdiff_t last = (ptrdiff_t)unit * grain + grain;
            if (last > ntasks) last = ntasks;
            for (ptrdiff_t task = (ptrdiff_t)unit * grain; task < last; task++) fn(ctx, task, worker);
        }
    }
    if (!done) return;
    if (atomic_fetch_sub(&lucet_pool.unfinished, done) == done && worker && atomic_load(&lucet_pool.caller_waits)) {
        atomic_store(&lucet_pool.caller_waits, 0);
        lucet_wake(&lucet_pool.caller_waits);
    }
}

/* ---- workers ---- */

/* Wake the parked workers below `worker` in a tree of fan-out 8: a hundred sleepers cost the caller eight calls. */
static void lucet_wake_children(int worker) {
    int width = atomic_load_explicit(&lucet_pool.width, memory_order_relaxed);
    for (int i = 1; i <= LUCET_WAKE_FANOUT; i++) {
        int child = worker * LUCET_WAKE_FANOUT + i;
        if (child >= width || child >= LUCET_MAX_WORKERS) return;
        if (atomic_load(&lucet_pool.lanes[child].parked) && atomic_exchange(&lucet_pool.lanes[child].parked, 0))
            lucet_wake(&lucet_pool.lanes[child].parked);
    }
}

/* How long a worker spins at most for the next job after it worked for `worked` on one. The next operation follows soon where
 * there was one, but workers are never through at the same time, and a long job makes that difference long; who parks
 * makes the caller wait for his wake. Who spins as long as he worked doubles his time at worst. */
static inline int64_t lucet_spin_ns(int64_t worked) {
    int64_t spin = LUCET_SPIN_WORKER_NS + worked;
    return spin < LUCET_SPIN_WORKER_MOST_NS ? spin : LUCET_SPIN_WORKER_MOST_NS;
}

/* Wait for a job after `seen`: spin until `deadline`, then park until one is announced. */
static uint64_t lucet_next_job(uint64_t seen, int worker, int64_t deadline) {
    _Atomic uint32_t *parked = &lucet_pool.lanes[worker].parked;
    uint64_t job;
    for (int i = 1; (job = atomic_load(&lucet_pool.job)) == seen; i++) {
        lucet_pause();
        if (i % 8 || lucet_now_ns() < deadline) continue;
        atomic_store(parked, 1);
        while (atomic_load(&lucet_pool.job) == seen && atomic_load(parked)) lucet_sleep_while(parked, 1);
        atomic_store(parked, 0);
    }
    return job;
}

static void *lucet_worker_main(void *arg) {
    int worker = (int)(intptr_t)arg;
    uint64_t seen = 0;
    int64_t end = 0, spin = 0, share = 1;
    for (;;) {
        seen = lucet_next_job(seen, worker, end + spin / share);
        int64_t begin = lucet_now_ns();
        share = begin - end < spin + LUCET_WAKE_NS ? 1 : 4;        /* jobs come as they came: after a long pause, another */
        lucet_wake_children(worker);
        lucet_work(seen, worker);
        end = lucet_now_ns();
        spin = lucet_spin_ns(end - begin);
    }
    return NULL;
}

/* Leave nothing to claim in the first `width` ranges: job number 0 is never used. */
static void lucet_close_ranges(int width) {
    for (int w = 0; w < width; w++) atomic_store_explicit(&lucet_pool.lanes[w].claim, 0, memory_order_relaxed);
}

static void lucet_after_fork_in_child(void) {
    lucet_pool.started = 0;
    lucet_pool.start_failed = 0;
    lucet_close_ranges(LUCET_MAX_WORKERS);            /* another thread's job may have been under way */
    for (int w = 0; w < LUCET_MAX_WORKERS; w++) atomic_store(&lucet_pool.lanes[w].parked, 0);
    atomic_store(&lucet_pool.caller_waits, 0);
    lucet_sleep_reset();
    atomic_store(&lucet_pool.busy, 0);
}

/* Bring workers 1..width-1 into being; returns how many may take part (fewer if the system refuses threads). */
static int lucet_start_workers(int width) {
    if (lucet_pool.started >= width - 1 || lucet_pool.start_failed)
        return width <= lucet_pool.started + 1 ? width : lucet_pool.started + 1;
    pthread_attr_t attributes;
    sigset_t all, before;
    pthread_attr_init(&attributes);
    pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED);
    pthread_attr_setstacksize(&attributes, LUCET_WORKER_STACK);
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);      /* signals belong to the interpreter's threads */
    while (lucet_pool.started < width - 1 && !lucet_pool.start_failed) {
        pthread_t thread;
        intptr_t worker = lucet_pool.started + 1;
        if (pthread_create(&thread, &attributes, lucet_worker_main, (void *)worker)) lucet_pool.start_failed = 1;
        else lucet_pool.started++;
    }
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    pthread_attr_destroy(&attributes);
    return lucet_pool.started + 1 < width ? lucet_pool.started + 1 : width;
}

/* Wait until every claimed unit is done: those left are running right now in some worker. */
static void lucet_wait_finished(void) {
    int64_t deadline = 0;
    for (int i = 1; atomic_load(&lucet_pool.unfinished); i++) {
        lucet_pause();
        if (i % 8) continue;
        int64_t now = lucet_now_ns();
        if (!deadline) deadline = now + LUCET_SPIN_CALLER_NS;
        if (now < deadline) continue;
        atomic_store(&lucet_pool.caller_waits, 1);
        while (atomic_load(&lucet_pool.unfinished) && atomic_load(&lucet_pool.caller_waits))
            lucet_sleep_while(&lucet_pool.caller_waits, 1);
        atomic_store(&lucet_pool.caller_waits, 0);
    }
}

static void lucet_run_serial(ptrdiff_t ntasks, lucet_task_fn fn, void *ctx) {
    for (ptrdiff_t task = 0; task < ntasks; task++) fn(ctx, task, 0);
}

static void lucet_pool_run(ptrdiff_t ntasks, int max_workers, lucet_task_fn fn, void *ctx) {
    int width = atomic_load_explicit(&lucet_pool.size, memory_order_relaxed), idle = 0;
    if (width > max_workers) width = max_workers;
    if (width > ntasks) width = (int)ntasks;
    if (width <= 1 || !atomic_compare_exchange_strong(&lucet_pool.busy, &idle, 1)) {
        lucet_run_serial(ntasks, fn, ctx);
        return;
    }
    width = lucet_start_workers(width);
    ptrdiff_t grain = (ntasks - 1) / (ptrdiff_t)LUCET_UNIT_MASK + 1;
    uint64_t units = (uint64_t)((ntasks - 1) / grain + 1);
    uint64_t job = atomic_load_explicit(&lucet_pool.job, memory_order_relaxed) + 1;
    lucet_close_ranges(atomic_load_explicit(&lucet_pool.width, memory_order_relaxed));
    atomic_store_explicit(&lucet_pool.fn, fn, memory_order_release);
    atomic_store_explicit(&lucet_pool.ctx, ctx, memory_order_release);
    atomic_store_explicit(&lucet_pool.ntasks, ntasks, memory_order_release);
    atomic_store_explicit(&lucet_pool.grain, grain, memory_order_release);
    atomic_store_explicit(&lucet_pool.width, width, memory_order_release);
    atomic_store_explicit(&lucet_pool.unfinished, (ptrdiff_t)units, memory_order_release);
    for (int w = 0; w < width; w++)
        atomic_store_explicit(&lucet_pool.lanes[w].claim, job << LUCET_UNIT_BITS | lucet_range_start(units, width, w),
                              memory_order_release);
    atomic_store(&lucet_pool.job, job);               /* announces the job to the spinning workers ... */
    lucet_wake_children(0);                           /* ... and to the parked ones */
    lucet_work(job, 0);
    lucet_wait_finished();
    atomic_store(&lucet_pool.busy, 0);
}

/* Once per process, before the first job. */
static int lucet_pool_init(void) { return pthread_atfork(NULL, NULL, lucet_after_fork_in_child); }

static int lucet_pool_size(void) { return atomic_load_explicit(&lucet_pool.size, memory_order_relaxed); }

static void lucet_pool_resize(int size) {
    atomic_store(&lucet_pool.size, size < 1 ? 1 : size > LUCET_MAX_WORKERS ? LUCET_MAX_WORKERS : size);
}
#endif
