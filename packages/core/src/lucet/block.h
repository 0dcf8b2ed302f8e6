/* Blocks of memory and the caches that recycle them. One translation unit (_storage.pyx) includes this.
 *
 * A block is reference counted by hand under the interpreter lock. Kernels that run without the lock work on storages
 * that their callers hold; a block that is taken from under its storage meanwhile is kept (see _storage.pyx).
 *
 * Small blocks, once freed, go to a list of their size class (four classes per doubling) and are handed out again as
 * they are. From LUCET_SHARED on blocks are parts of regions, wide stretches of addresses that become memory where they
 * are first touched: a request takes the smallest free part that holds it and leaves the rest, freed neighbours join
 * again. So the memory of one layer's activations serves the next one's gradients whatever their sizes, and a training
 * step in steady state maps no pages. All data are 64-byte aligned.
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
    size_t size;                                      /* bytes usable (small blocks: the size of the class) */
    long refs;                                        /* 0: free */
    int kind;
    int size_class;                                   /* or one of the numbers below */
    int readonly;
    void *owner;                                      /* foreign: what to release */
    void (*release)(void *owner);
    struct lucet_block *next;                         /* free list */
    struct lucet_block *last;                         /* parts of regions: the free list backwards, */
    struct lucet_block *before;                       /* the neighbour at lower addresses (NULL: none), */
    size_t held;                                      /* and how many bytes of a free one are memory, not just addresses */
} lucet_block;

enum { LUCET_ALONE = -1, LUCET_DEBUG = -2, LUCET_PART = -3 };    /* not kept; with red zones; part of a region */
enum { LUCET_MIN_SHIFT = 6, LUCET_NUM_CLASSES = 4 * 42, LUCET_HEADER = 128, LUCET_RED = 64 };
enum {
    LUCET_SHARED = 256 << 10,                         /* from here on blocks are parts of regions */
    LUCET_LARGE = 256 << 20,                          /* from here on they are made one by one and not kept */
    LUCET_REGION = 1 << 30,
    LUCET_REST = 64 << 10,                            /* a smaller rest stays with its block */
};

typedef struct {
    lucet_block *free[LUCET_NUM_CLASSES];             /* small blocks */
    lucet_block *parts[LUCET_NUM_CLASSES];            /* free parts of regions, of the class's size and more */
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

/* Give the whole pages inside n bytes at p back to the system; they stay mapped and read as zeros or as before. */
static void lucet_drop_pages(char *p, size_t n) {
#if defined(__linux__)
    uintptr_t page = (uintptr_t)sysconf(_SC_PAGESIZE), first = ((uintptr_t)p + page - 1) & ~(page - 1), end = ((uintptr_t)p + n) & ~(page - 1);
    if (first < end) madvise((void *)first, end - first, MADV_DONTNEED);
#else
    (void)p, (void)n;
#endif
}

/* Regions, and blocks of 2 MiB and more that stand alone, start on a huge page and ask for such pages: passes over them miss
 * the TLB 512 times less often, and the first touch of a stretch takes 512 times fewer faults. */
#define LUCET_HUGE ((size_t)2 << 20)

static void *lucet_allocate(size_t total, int huge) {
    void *raw = NULL;
    if (posix_memalign(&raw, huge ? LUCET_HUGE : 64, total)) return NULL;
#if defined(MADV_HUGEPAGE)
    if (huge) madvise(raw, total, MADV_HUGEPAGE);
#endif
    return raw;
}

static void lucet_cache_trim(size_t keep);

/* ---- parts of regions ---- */

static inline lucet_block *lucet_part_after(lucet_block *b) { return (lucet_block *)(b->data + b->size); }

/* The list of a free part: the largest class that it can serve. */
static inline lucet_block **lucet_part_list(const lucet_block *b) {
    int c = lucet_class_of(b->size);
    return lucet_the_cache.parts + (lucet_class_size(c) > b->size ? c - 1 : c);
}

static void lucet_part_enlist(lucet_block *b) {
    lucet_block **list = lucet_part_list(b);
    b->last = NULL;
    b->next = *list;
    if (b->next) b->next->last = b;
    *list = b;
    lucet_the_cache.cached += b->held;
}

static void lucet_part_unlist(lucet_block *b) {
    if (b->last) b->last->next = b->next;
    else *lucet_part_list(b) = b->next;
    if (b->next) b->next->last = b->last;
    lucet_the_cache.cached -= b->held;
}

/* A header at `raw`, for `size` bytes behind it. */
static lucet_block *lucet_part_at(char *raw, size_t size, lucet_block *before, size_t held) {
    lucet_block *b = (lucet_block *)raw;
    *b = (lucet_block){.data = raw + LUCET_HEADER, .size = size, .kind = LUCET_OWN, .size_class = LUCET_PART,
                       .before = before, .held = held};
    return b;
}

/* A new region: one free part, and at its end a header of size 0 that is never free. */
static lucet_block *lucet_region_new(size_t size) {
    size_t total = LUCET_REGION;
    void *raw = lucet_allocate(total, 1);
    if (!raw) {
        total = size + 2 * LUCET_HEADER;
        if (!(raw = lucet_allocate(total, total >= LUCET_HUGE))) return NULL;
    }
    lucet_block *b = lucet_part_at(raw, total - 2 * LUCET_HEADER, NULL, 0);
    lucet_part_at(b->data + b->size, 0, b, 0)->refs = 1;
    lucet_part_enlist(b);
    return b;
}

/* The smallest free part of at least `size` bytes, of equal ones the lowest. */
static lucet_block *lucet_part_find(size_t size) {
    lucet_block *best = NULL;
    for (int c = lucet_class_of(size) - 1; !best && c < LUCET_NUM_CLASSES; c++)
        for (lucet_block *b = lucet_the_cache.parts[c]; b; b = b->next)
            if (b->size >= size && (!best || b->size < best->size || (b->size == best->size && b < best))) best = b;
    return best;
}

/* The beginning of a free part; of a part that is only partly memory, that is taken to be the beginning. */
static lucet_block *lucet_part_new(size_t nbytes) {
    lucet_cache *k = &lucet_the_cache;
    size_t size = (nbytes + 63) & ~(size_t)63, left = 0;
    lucet_block *b = lucet_part_find(size);
    if (!b && !(b = lucet_region_new(size))) {
        lucet_cache_trim(0);
        if (!(b = lucet_region_new(size))) return NULL;
    }
    lucet_part_unlist(b);
    if (b->size >= size + LUCET_HEADER + LUCET_REST) {
        size_t span = size + LUCET_HEADER;
        left = b->held > span ? b->held - span : 0;
        lucet_block *rest = lucet_part_at(b->data + size, b->size - span, b, left);
        lucet_part_after(rest)->before = rest;
        lucet_part_enlist(rest);
        b->size = size;
    }
    size_t fresh = LUCET_HEADER + b->size + left - b->held;
    k->reserved += fresh;
    if (fresh) k->misses++;
    else k->hits++;
    return b;
}

/* A part that is no longer used joins its free neighbours. */
static void lucet_part_free(lucet_block *b) {
    lucet_block *after = lucet_part_after(b), *before = b->before;
    b->held = LUCET_HEADER + b->size;
    if (!after->refs) {
        lucet_part_unlist(after);
        b->size += LUCET_HEADER + after->size;
        b->held += after->held;
    }
    if (before && !before->refs) {
        lucet_part_unlist(before);
        before->size += LUCET_HEADER + b->size;
        before->held += b->held;
        b = before;
    }
    lucet_part_after(b)->before = b;
    lucet_part_enlist(b);
}

/* Give up to n bytes of a free part back to the system, from its end; a whole region where nothing else is in it. */
static void lucet_part_drop(lucet_block *b, size_t n) {
    lucet_cache *k = &lucet_the_cache;
    lucet_part_unlist(b);
    if (n >= b->held && !b->before && !lucet_part_after(b)->size) {
        k->reserved -= b->held;
        free(b);
        return;
    }
    if (n >= b->held || b->held < LUCET_HEADER + b->size) n = b->held;     /* where the rest lies is not known */
    k->reserved -= n;
    b->held -= n;
    char *from = b->held ? (char *)b + b->held : b->data;
    lucet_drop_pages(from, (size_t)(b->data + b->size - from));
    lucet_part_enlist(b);
}

/* ---- blocks ---- */

static void lucet_cache_trim(size_t keep) {
    lucet_cache *k = &lucet_the_cache;
    for (int c = LUCET_NUM_CLASSES - 1; c >= 0 && k->cached > keep; c--) {
        for (lucet_block *b = k->parts[c], *next; b && k->cached > keep; b = next) {
            next = b->next;
            if (b->held) lucet_part_drop(b, k->cached - keep);
        }
        while (k->free[c] && k->cached > keep) {
            lucet_block *b = k->free[c];
            k->free[c] = b->next;
            k->cached -= b->size;
            k->reserved -= b->size + LUCET_HEADER;
            free(b);
        }
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

/* NULL when the memory is not to be had. The contents are undefined (poisoned in debug mode). */
static lucet_block *lucet_block_new(size_t nbytes) {
    lucet_cache *k = &lucet_the_cache;
    if (nbytes > (size_t)1 << 46) return NULL;
    int c = lucet_class_of(nbytes);
    size_t size = lucet_class_size(c);
    lucet_block *b = size < LUCET_SHARED ? k->free[c] : NULL;
    k->allocations++;
    if (b) {
        k->free[c] = b->next;
        k->cached -= b->size;
        k->hits++;
    } else if (size >= LUCET_SHARED && nbytes < LUCET_LARGE && !k->debug) {
        if (!(b = lucet_part_new(nbytes))) return NULL;
    } else {
        k->misses++;
        size_t pad = k->debug ? LUCET_RED : 0;
        if (k->debug) size = nbytes, c = LUCET_DEBUG;
        if (nbytes >= LUCET_LARGE) {
            size = (nbytes + 63) & ~(size_t)63;
            if (!k->debug) c = LUCET_ALONE;
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
        *b = (lucet_block){.data = (char *)raw + LUCET_HEADER + pad, .size = size, .kind = LUCET_OWN, .size_class = c};
        k->reserved += size + LUCET_HEADER;
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
    if (k->reserved > k->reserved_peak) k->reserved_peak = k->reserved;
    return b;
}

static lucet_block *lucet_block_foreign(char *data, size_t nbytes, int readonly, void *owner, void (*release)(void *)) {
    lucet_block *b = malloc(sizeof *b);
    if (!b) return NULL;
    b->data = data;
    b->size = nbytes;
    b->refs = 1;
    b->kind = LUCET_FOREIGN;
    b->size_class = LUCET_ALONE;
    b->readonly = readonly;
    b->owner = owner;
    b->release = release;
    b->next = NULL;
    return b;
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
    if (b->size_class == LUCET_PART) {
        lucet_part_free(b);
        if (k->cached > k->cached_cap) lucet_cache_trim(k->cached_cap);
        return;
    }
    if (b->size_class >= 0) {
        if (k->cached + b->size > k->cached_cap) lucet_cache_trim(k->cached_cap - b->size);
        b->next = k->free[b->size_class];
        k->free[b->size_class] = b;
        k->cached += b->size;
        return;
    }
    k->reserved -= b->size + LUCET_HEADER;
    if (b->size_class == LUCET_DEBUG) {
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
