/* Blocks of memory and the size-class cache that recycles them. One translation unit (_storage.pyx) includes this.
 *
 * A block is reference counted by hand under the interpreter lock. Kernels that run without the lock work on storages
 * that their callers hold; a block that is taken from under its storage meanwhile is kept (see _storage.pyx). Freed blocks go to a list of their size class (four classes per doubling, 64-byte
 * aligned) and are handed out again without touching the system, so a training step in steady state maps no pages.
 */
#ifndef LUCET_BLOCK_H
#define LUCET_BLOCK_H
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>
#if defined(__SANITIZE_ADDRESS__)
#include <sanitizer/asan_interface.h>
#endif

enum { LUCET_OWN = 0, LUCET_FOREIGN = 1 };            /* our cache; somebody else's memory kept alive by `owner` */

typedef struct lucet_block {
    char *data;
    size_t size;                                      /* bytes usable (own blocks: the size of the class) */
    long refs;
    int kind;
    int size_class;                                   /* -1: too large for the cache, or not ours */
    int readonly;
    void *owner;                                      /* foreign: what to release */
    void (*release)(void *owner);
    struct lucet_block *next;                         /* free list */
} lucet_block;

enum { LUCET_MIN_SHIFT = 6, LUCET_NUM_CLASSES = 4 * 42, LUCET_HEADER = 128, LUCET_RED = 64 };

typedef struct {
    lucet_block *free[LUCET_NUM_CLASSES];
    size_t cached, cached_cap;                        /* bytes on the free lists, and how many may stay there */
    size_t live, live_peak;                           /* bytes handed out */
    size_t reserved, reserved_peak;                   /* bytes asked of the system and not given back */
    uint64_t hits, misses, allocations;
    int debug;                                        /* no cache, red zones on both sides, poison on free */
} lucet_cache;

static lucet_cache lucet_the_cache;

/* Class c holds blocks of (4 + c % 4) * 2^(c / 4) * 16 bytes: 64, 80, 96, 112, 128, 160 ... */
static inline size_t lucet_class_size(int c) { return (size_t)(4 + (c & 3)) << (LUCET_MIN_SHIFT - 2 + (c >> 2)); }

static inline int lucet_class_of(size_t n) {
    if (n <= 64) return 0;
    int shift = 63 - __builtin_clzll(n - 1);          /* 2^shift <= n - 1 < 2^(shift + 1) */
    int quarter = (int)((n - 1) >> (shift - 2)) & 3;
    return ((shift - LUCET_MIN_SHIFT) << 2) + quarter + 1;
}

static void lucet_cache_trim(size_t keep) {
    lucet_cache *k = &lucet_the_cache;
    for (int c = LUCET_NUM_CLASSES - 1; c >= 0 && k->cached > keep; c--)
        while (k->free[c] && k->cached > keep) {
            lucet_block *b = k->free[c];
            k->free[c] = b->next;
            k->cached -= b->size;
            k->reserved -= b->size + LUCET_HEADER;
            free(b);
        }
}

/* Bytes the machine or the cgroup can still give, SIZE_MAX where that is unknown. Only asked before large requests. */
static size_t lucet_read_number(const char *path, const char *key) {
    char line[256];
    size_t value = SIZE_MAX;
    FILE *f = fopen(path, "r");
    if (!f) return SIZE_MAX;
    while (fgets(line, sizeof line, f)) {
        size_t length = strlen(key);
        if (strncmp(line, key, length) == 0 && sscanf(line + length, "%zu", &value) == 1) break;
    }
    fclose(f);
    return value;
}

static size_t lucet_memory_left(void) {
    size_t left = lucet_read_number("/proc/meminfo", "MemAvailable:");
    if (left != SIZE_MAX) left *= 1024;
    static const char *const limits[2][2] = {
        {"/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory.current"},
        {"/sys/fs/cgroup/memory/memory.limit_in_bytes", "/sys/fs/cgroup/memory/memory.usage_in_bytes"}};
    for (int i = 0; i < 2; i++) {
        size_t limit = lucet_read_number(limits[i][0], ""), used = lucet_read_number(limits[i][1], "");
        if (limit != SIZE_MAX && used != SIZE_MAX) {
            size_t rest = limit > used ? limit - used : 0;
            if (rest < left) left = rest;
        }
    }
    return left;
}

/* Blocks of a huge page and more start on one and ask for huge pages: passes over them miss the TLB 512 times less often,
 * and the first touch of a block takes 512 times fewer faults. */
#define LUCET_HUGE ((size_t)2 << 20)

static void *lucet_allocate(size_t total, int huge) {
    void *raw = NULL;
    if (posix_memalign(&raw, huge ? LUCET_HUGE : 64, total)) return NULL;
#if defined(MADV_HUGEPAGE)
    if (huge) madvise(raw, total, MADV_HUGEPAGE);
#endif
    return raw;
}

#define LUCET_LARGE ((size_t)256 << 20)
#define LUCET_SHARED ((size_t)256 << 10)              /* from here on blocks may serve smaller requests */

/* NULL when the memory is not to be had. The contents are undefined (poisoned in debug mode). */
static lucet_block *lucet_block_new(size_t nbytes) {
    lucet_cache *k = &lucet_the_cache;
    if (nbytes > (size_t)1 << 46) return NULL;
    int c = lucet_class_of(nbytes);
    size_t size = lucet_class_size(c);
    int from = c;                                     /* a large block may be up to a half too large before a new one is made */
    if (size >= LUCET_SHARED)
        while (from < c + 2 && !k->free[from]) from++;
    lucet_block *b = k->free[from];
    k->allocations++;
    if (b) {
        k->free[from] = b->next;
        k->cached -= b->size;
        k->hits++;
    } else {
        k->misses++;
        size_t pad = k->debug ? LUCET_RED : 0;
        if (k->debug) size = nbytes;
        if (size >= LUCET_LARGE) {
            size = (nbytes + 63) & ~(size_t)63;          /* a large request is exact: no quarter of it is wasted */
            c = -1;
            lucet_cache_trim(0);
            if (size > lucet_memory_left()) return NULL;
        }
        size_t total = (LUCET_HEADER + size + 2 * pad + 63) & ~(size_t)63;
        int huge = total > LUCET_HUGE && !k->debug;
        void *raw = lucet_allocate(total, huge);
        if (!raw) {
            lucet_cache_trim(0);
            if (!(raw = lucet_allocate(total, huge))) return NULL;
        }
        b = raw;
        b->data = (char *)raw + LUCET_HEADER + pad;
        b->size = size;
        b->kind = LUCET_OWN;
        b->size_class = k->debug ? -2 : c;
        b->readonly = 0;
        b->owner = NULL;
        b->release = NULL;
        k->reserved += size + LUCET_HEADER;
        if (k->reserved > k->reserved_peak) k->reserved_peak = k->reserved;
        if (k->debug) {
            memset((char *)raw + LUCET_HEADER, 0xFD, pad);
            memset(b->data, 0xCD, size);
            memset(b->data + size, 0xFD, total - LUCET_HEADER - pad - size);
        }
    }
    b->refs = 1;
    b->next = NULL;
    k->live += b->size;
    if (k->live > k->live_peak) k->live_peak = k->live;
    return b;
}

static lucet_block *lucet_block_foreign(char *data, size_t nbytes, int readonly, void *owner, void (*release)(void *)) {
    lucet_block *b = malloc(sizeof *b);
    if (!b) return NULL;
    b->data = data;
    b->size = nbytes;
    b->refs = 1;
    b->kind = LUCET_FOREIGN;
    b->size_class = -1;
    b->readonly = readonly;
    b->owner = owner;
    b->release = release;
    b->next = NULL;
    return b;
}

/* Give the whole pages inside n bytes at p back to the system; they stay mapped and read as zeros or as before. */
static void lucet_drop_pages(char *p, size_t n) {
#if defined(__linux__)
    uintptr_t page = (uintptr_t)sysconf(_SC_PAGESIZE), first = ((uintptr_t)p + page - 1) & ~(page - 1), end = ((uintptr_t)p + n) & ~(page - 1);
    if (first < end) madvise((void *)first, end - first, MADV_DONTNEED);
#else
    (void)p, (void)n;
#endif
}

static void lucet_block_check(lucet_block *b) {
    char *raw = (char *)b;
    size_t total = (LUCET_HEADER + b->size + 2 * LUCET_RED + 63) & ~(size_t)63;
    for (char *p = raw + LUCET_HEADER; p < b->data; p++)
        if (*p != (char)0xFD) { fprintf(stderr, "lucet: a kernel wrote %td bytes before a block of %zu\n", b->data - p, b->size); abort(); }
    for (char *p = b->data + b->size; p < raw + total; p++)
        if (*p != (char)0xFD) { fprintf(stderr, "lucet: a kernel wrote %td bytes past a block of %zu\n", p - b->data - (ptrdiff_t)b->size, b->size); abort(); }
}

static inline void lucet_block_incref(lucet_block *b) { b->refs++; }

static void lucet_block_decref(lucet_block *b) {
    lucet_cache *k = &lucet_the_cache;
    if (--b->refs) return;
    if (b->kind == LUCET_FOREIGN) {
        void *owner = b->owner;
        void (*release)(void *) = b->release;
        free(b);
        if (release) release(owner);
        return;
    }
    k->live -= b->size;
    if (b->size_class >= 0 && b->size <= k->cached_cap) {
        if (k->cached + b->size > k->cached_cap) lucet_cache_trim(k->cached_cap - b->size);
        b->next = k->free[b->size_class];
        k->free[b->size_class] = b;
        k->cached += b->size;
        return;
    }
    k->reserved -= b->size + LUCET_HEADER;
    if (b->size_class == -2) {
        lucet_block_check(b);
        memset(b->data, 0xDD, b->size);
    }
    free(b);
}

/* [rows][cols] to [cols][rows] where it lies, following the cycles of the permutation from the least index of each:
 * slow, and without memory. */
static void lucet_turn_in_place(char *data, size_t rows, size_t cols, size_t item) {
    size_t n = rows * cols;
    for (size_t start = 1; start + 1 < n; start++) {
        size_t at = start;
        do at = at % cols * rows + at / cols;          /* where the element at `at` belongs */
        while (at > start);
        if (at < start) continue;
        char held[16], next[16];
        memcpy(held, data + start * item, item);
        do {
            at = at % cols * rows + at / cols;
            memcpy(next, data + at * item, item);
            memcpy(data + at * item, held, item);
            memcpy(held, next, item);
        } while (at != start);
    }
}
#endif
