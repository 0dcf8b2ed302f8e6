/* The generator (MT19937), its state as bytes, and every fill drawn from it; no tensors, no choice of a dtype's rule.
 *
 * Streams equal those of the reference framework's CPU generator: a word is one 32-bit draw, a pair is two (high word
 * first), a float32 uniform the low 24 bits of a word, a float64 uniform the low 53 bits of a pair. Every fill writes n
 * contiguous elements unless it takes a stride. Results are the same bits on every instruction set: fused multiply-adds
 * are spelt out, all other products are exact or rounded before they are added. (Where libm is called, its last bit
 * is libm's.)
 * Source: Matsumoto and Nishimura, Mersenne Twister, ACM TOMACS 8 (1998); Box and Muller (1958).
 */
#ifndef LUCET_MT19937_H
#define LUCET_MT19937_H
#include <math.h>
#include <stdint.h>
#include <string.h>
#include "half.h"
#include "mathfun.h"

#define MT_N 624
#define MT_M 397
#define MT_INL static inline __attribute__((always_inline, unused))
#define MT_FUN static __attribute__((unused))
#define MT_PI 3.14159265358979323846

typedef struct {
    uint32_t s[MT_N];       /* the recurrence */
    uint32_t o[MT_N];       /* the same words tempered: what is handed out */
    uint64_t seed;          /* as given, all 64 bits */
    double next_normal;     /* the sine half of a Box-Muller pair, used first by the next small normal draw */
    int has_normal;
    int pos;                /* next word of o; MT_N: the block is used up */
    int fresh;              /* seeded and not drawn from yet; only the byte form tells this from pos == MT_N */
    int bare;               /* seeded, and only s[0] is there: mt_words_of_seed makes the rest when they are asked for */
    float next_float;       /* kept for the byte form only: nothing here draws it */
    int has_float;
} mt_state;

MT_FUN void mt_temper(mt_state *g) {
    for (int i = 0; i < MT_N; i++) {
        uint32_t y = g->s[i];
        y ^= y >> 11;
        y ^= (y << 7) & 0x9d2c5680u;
        y ^= (y << 15) & 0xefc60000u;
        g->o[i] = y ^ (y >> 18);
    }
}

MT_INL uint32_t mt_twist(uint32_t far, uint32_t u, uint32_t v) {
    return far ^ (((u & 0x80000000u) | (v & 0x7fffffffu)) >> 1) ^ (-(v & 1) & 0x9908b0dfu);
}

/* The words that follow s[0] after seeding. Seeding leaves them out: many a generator is seeded and never drawn from. */
MT_INL void mt_words_of_seed(mt_state *g) {
    if (!g->bare) return;
    for (uint32_t i = 1; i < MT_N; i++) g->s[i] = 1812433253u * (g->s[i - 1] ^ (g->s[i - 1] >> 30)) + i;
    g->bare = 0;
}

/* The next 624 words. In place: a step reads i, i+1 and i+397 (or i-227), all further away than a vector is long. */
MT_FUN void mt_block(mt_state *g) {
    uint32_t *s = g->s;
    mt_words_of_seed(g);
    for (int i = 0; i < MT_N - MT_M; i++) s[i] = mt_twist(s[i + MT_M], s[i], s[i + 1]);
    for (int i = MT_N - MT_M; i < MT_N - 1; i++) s[i] = mt_twist(s[i + MT_M - MT_N], s[i], s[i + 1]);
    s[MT_N - 1] = mt_twist(s[MT_M - 1], s[MT_N - 1], s[0]);
    mt_temper(g);
    g->pos = 0;
    g->fresh = 0;
}

MT_FUN void mt_seed(mt_state *g, uint64_t seed) {
    g->seed = seed;
    g->s[0] = (uint32_t)seed;
    g->next_normal = 0;
    g->next_float = 0;
    g->has_normal = g->has_float = 0;
    g->pos = MT_N;
    g->fresh = g->bare = 1;
}

/* ---------------------------------------------------------------- state as bytes */

#define MT_STATE_BYTES 5056
/* Little-endian fields and their offsets: the layout checkpoints of the reference framework hold. */
#define MT_AT_SEED 0            /* u64 */
#define MT_AT_LEFT 8            /* i32: words left in the block, plus one; 1 before the first draw */
#define MT_AT_SEEDED 12         /* i32: 1 */
#define MT_AT_NEXT 16           /* u64: index of the next word */
#define MT_AT_WORDS 24          /* 624 u64, each below 2^32 */
#define MT_AT_NORMAL 5024       /* f64 in the middle of three; the outer two are 0 */
#define MT_AT_HAS_NORMAL 5040   /* i32 */
#define MT_AT_FLOAT 5048        /* f32 */
#define MT_AT_HAS_FLOAT 5052    /* u8 */

MT_INL void mt_put(unsigned char *b, uint64_t v, int bytes) {
    for (int i = 0; i < bytes; i++) b[i] = (unsigned char)(v >> (8 * i));
}
MT_INL uint64_t mt_get(const unsigned char *b, int bytes) {
    uint64_t v = 0;
    for (int i = 0; i < bytes; i++) v |= (uint64_t)b[i] << (8 * i);
    return v;
}

MT_FUN void mt_get_state(mt_state *g, unsigned char *bytes) {
    uint64_t d;
    uint32_t f;
    mt_words_of_seed(g);
    memset(bytes, 0, MT_STATE_BYTES);
    mt_put(bytes + MT_AT_SEED, g->seed, 8);
    mt_put(bytes + MT_AT_LEFT, (uint64_t)(g->pos == MT_N ? 1 : MT_N + 1 - g->pos), 4);
    mt_put(bytes + MT_AT_SEEDED, 1, 4);
    mt_put(bytes + MT_AT_NEXT, g->fresh ? 0 : (uint64_t)g->pos, 8);
    for (int i = 0; i < MT_N; i++) mt_put(bytes + MT_AT_WORDS + 8 * i, g->s[i], 8);
    memcpy(&d, &g->next_normal, 8);
    memcpy(&f, &g->next_float, 4);
    mt_put(bytes + MT_AT_NORMAL, d, 8);
    mt_put(bytes + MT_AT_HAS_NORMAL, (uint64_t)g->has_normal, 4);
    mt_put(bytes + MT_AT_FLOAT, f, 4);
    mt_put(bytes + MT_AT_HAS_FLOAT, (uint64_t)g->has_float, 1);
}

/* 0, or what is wrong: 1 not seeded, 2 position impossible, 3 words above 2^32 or all zero, 4 cached normal nonsense.
 * On an error *g is left as it was. */
MT_FUN int mt_set_state(mt_state *g, const unsigned char *bytes) {
    mt_state t;
    uint64_t left = mt_get(bytes + MT_AT_LEFT, 4), next = mt_get(bytes + MT_AT_NEXT, 8), d, any = 0;
    uint64_t has = mt_get(bytes + MT_AT_HAS_NORMAL, 4), hasf = bytes[MT_AT_HAS_FLOAT];
    uint32_t f = (uint32_t)mt_get(bytes + MT_AT_FLOAT, 4);
    if (mt_get(bytes + MT_AT_SEEDED, 4) != 1) return 1;
    if (left < 1 || left > MT_N || next > MT_N || (next != MT_N + 1 - left && !(left == 1 && next == 0))) return 2;
    memset(&t, 0, sizeof t);
    for (int i = 0; i < MT_N; i++) {
        uint64_t w = mt_get(bytes + MT_AT_WORDS + 8 * i, 8);
        if (w >> 32) return 3;
        t.s[i] = (uint32_t)w;
        any |= i ? w : w >> 31;             /* the recurrence sees one bit of word 0 */
    }
    if (!any) return 3;
    d = mt_get(bytes + MT_AT_NORMAL, 8);
    memcpy(&t.next_normal, &d, 8);
    memcpy(&t.next_float, &f, 4);
    if (has > 1 || hasf > 1 || t.next_normal - t.next_normal != 0) return 4;
    t.seed = mt_get(bytes + MT_AT_SEED, 8);
    t.has_normal = (int)has;
    t.has_float = (int)hasf;
    t.fresh = next == 0;
    t.pos = t.fresh ? MT_N : (int)next;
    if (t.pos < MT_N) mt_temper(&t);
    *g = t;
    return 0;
}

/* ---------------------------------------------------------------- words and pairs */

/* up to `want` words of the current block; returns how many (at least 1) */
MT_INL long mt_words(mt_state *g, long want, const uint32_t **w) {
    if (g->pos == MT_N) mt_block(g);
    long k = MT_N - g->pos;
    if (k > want) k = want;
    *w = g->o + g->pos;
    g->pos += (int)k;
    return k;
}

/* up to `want` pairs; one that straddles two blocks comes alone, in tmp */
MT_INL long mt_pairs(mt_state *g, long want, const uint32_t **w, uint32_t *tmp) {
    if (g->pos == MT_N) mt_block(g);
    if (g->pos == MT_N - 1) {
        tmp[0] = g->o[MT_N - 1];
        mt_block(g);
        tmp[1] = g->o[g->pos++];
        *w = tmp;
        return 1;
    }
    long k = (MT_N - g->pos) / 2;
    if (k > want) k = want;
    *w = g->o + g->pos;
    g->pos += (int)(2 * k);
    return k;
}

/* for each run of words (pairs): k elements from w into out + i; `stmt` is the loop over j < k */
#define MT_EACH_WORD(stmt)                                                                          \
    for (long i = 0, k; i < n; i += k) {                                                            \
        const uint32_t *at;                                                                         \
        k = mt_words(g, n - i, &at);                                                                \
        const uint32_t *restrict w = at;                                                            \
        stmt                                                                                        \
    }
#define MT_EACH_PAIR(stmt)                                                                          \
    for (long i = 0, k; i < n; i += k) {                                                            \
        const uint32_t *at;                                                                         \
        uint32_t tmp[2];                                                                            \
        k = mt_pairs(g, n - i, &at, tmp);                                                           \
        const uint32_t *restrict w = at;                                                            \
        stmt                                                                                        \
    }

MT_INL uint32_t mt_next32(mt_state *g) { const uint32_t *w; mt_words(g, 1, &w); return *w; }
MT_INL uint64_t mt_next64(mt_state *g) { uint64_t h = mt_next32(g); return (h << 32) | mt_next32(g); }

MT_FUN void mt_u32(mt_state *g, uint32_t *out, long n) { MT_EACH_WORD(memcpy(out + i, w, (size_t)k * 4);) }
MT_FUN void mt_u64(mt_state *g, uint64_t *out, long n) {
    MT_EACH_PAIR(for (long j = 0; j < k; j++) out[i + j] = ((uint64_t)w[2 * j] << 32) | w[2 * j + 1];)
}

/* ---------------------------------------------------------------- uniforms */

/* x * r + a rounded once. Without the instruction: the product is exact in float64, the sum is rounded to odd, so
 * that the rounding to float32 sees whether anything was lost (Boldo and Melquiond, 2008). */
MT_INL float mt_fmaf(float x, float r, float a) {
#if defined(__FMA__) || defined(__aarch64__)
    return __builtin_fmaf(x, r, a);
#else
    double p = (double)x * r, s = p + a, b = s - p, e = (p - (s - b)) + (a - b);
    int64_t v;
    memcpy(&v, &s, 8);
    if ((e > 0 || e < 0) && !(v & 1)) v += (e > 0) == (s > 0) ? 1 : -1;
    memcpy(&s, &v, 8);
    return (float)s;
#endif
}

MT_INL float mt_unit32(uint32_t w) { return (float)(int32_t)(w & 0xffffff) * 5.9604644775390625e-8f; }

/* every step is exact; int32 conversions are the ones all instruction sets have */
MT_INL double mt_unit64(uint32_t h, uint32_t l) {
    double x = (double)(int32_t)(h & 0x1fffff) * 4294967296.0, y = (double)(int32_t)(l ^ 0x80000000u) + 2147483648.0;
    return (x + y) * 1.1102230246251565404e-16;
}

/* [0, 1) */
MT_FUN void mt_rand_f32(mt_state *g, float *restrict out, long n) {
    MT_EACH_WORD(for (long j = 0; j < k; j++) out[i + j] = mt_unit32(w[j]);)
}
MT_FUN void mt_rand_f64(mt_state *g, double *restrict out, long n) {
    MT_EACH_PAIR(for (long j = 0; j < k; j++) out[i + j] = mt_unit64(w[2 * j], w[2 * j + 1]);)
}

/* [a, b): what rounds up to b becomes a */
MT_FUN void mt_uniform_f32(mt_state *g, float a, float b, float *restrict out, long n) {
    float r = b - a;
    if (a == 0 && b == 1) { mt_rand_f32(g, out, n); return; }
    MT_EACH_WORD(for (long j = 0; j < k; j++) {
        float v = mt_fmaf(mt_unit32(w[j]), r, a);
        out[i + j] = v == b ? a : v;
    })
}
MT_FUN void mt_uniform_f64(mt_state *g, double a, double b, double *restrict out, long n) {
    double r = b - a;
    if (a == 0 && b == 1) { mt_rand_f64(g, out, n); return; }
    MT_EACH_PAIR(for (long j = 0; j < k; j++) {
        double v = fma(mt_unit64(w[2 * j], w[2 * j + 1]), r, a);
        out[i + j] = v == b ? a : v;
    })
}

/* float16 and bfloat16: the float32 value rounded; what rounds up to b becomes a here too */
#define MT_UNIFORM_HALF(sfx)                                                                        \
    MT_FUN void mt_uniform_##sfx(mt_state *g, float a, float b, uint16_t *restrict out, long n) {   \
        const uint16_t lo = lh_f32_to_##sfx(a), hi = lh_f32_to_##sfx(b);                            \
        for (long i = 0; i < n; i += 512) {                                                         \
            float t[512];                                                                           \
            long k = n - i < 512 ? n - i : 512;                                                     \
            mt_uniform_f32(g, a, b, t, k);                                                          \
            lh_f32_to_##sfx##_n(t, out + i, k);                                                     \
            for (long j = 0; j < k; j++) out[i + j] = out[i + j] == hi ? lo : out[i + j];           \
        }                                                                                           \
    }
MT_UNIFORM_HALF(f16)
MT_UNIFORM_HALF(bf16)

/* ---------------------------------------------------------------- normals */

/* Box-Muller on up to 32 blocks of 16 uniforms: the first 8 of a block give radii, the last 8 angles. Logarithm, sine
 * and cosine are taken in float64 and rounded, radius and angle are float32. */
MT_FUN void mt_box_muller_f32(float *x, int blocks, float mean, float std) {
    float r[256];
    int plain = mean == 0 && std == 1;
    for (int b = 0; b < blocks; b++)
        for (int j = 0; j < 8; j += LM_VD) {
            lm_vh u = 1.0f - lm_loadh(x + 16 * b + j);
            lm_storeh(r + 8 * b + j, -2.0f * lm_narrow(lm_core_log(lm_widen(u))));
        }
    for (int i = 0; i < 8 * blocks; i++) r[i] = sqrtf(r[i]);
    for (int b = 0; b < blocks; b++)
        for (int j = 0; j < 8; j += LM_VD) {
            lm_vd s, c;
            lm_vh t = lm_loadh(x + 16 * b + 8 + j) * 6.28318548f, q = lm_loadh(r + 8 * b + j);
            lm_core_sincos(lm_widen(t), &s, &c);
            lm_storeh(x + 16 * b + j, q * lm_narrow(c));
            lm_storeh(x + 16 * b + 8 + j, q * lm_narrow(s));
        }
    if (plain) for (int i = 0; i < 16 * blocks; i++) x[i] += 0.0f;      /* -0 becomes 0, as adding the mean would do */
    else for (int i = 0; i < 16 * blocks; i++) x[i] = mt_fmaf(x[i], std, mean);
}

MT_FUN void mt_box_muller_f64(double *x, int blocks, double mean, double std) {
    for (double *end = x + 16 * blocks; x < end; x += 16)
        for (int j = 0; j < 8; j++) {
            double r = sqrt(-2.0 * log(1.0 - x[j])), t = 2.0 * MT_PI * x[j + 8];
            x[j] = fma(r * cos(t), std, mean);
            x[j + 8] = fma(r * sin(t), std, mean);
        }
}

/* 16 or more contiguous elements. A last partial block is drawn, dropped, and the last 16 places are drawn anew. */
#define MT_NORMAL(sfx, T)                                                                           \
    MT_FUN void mt_normal_##sfx(mt_state *g, T mean, T std, T *out, long n) {                       \
        long full = n / 16 * 16;                                                                    \
        for (long i = 0; i < full; i += 512) {                                                      \
            long k = full - i < 512 ? full - i : 512;                                               \
            mt_rand_##sfx(g, out + i, k);                                                           \
            mt_box_muller_##sfx(out + i, (int)(k / 16), mean, std);                                 \
        }                                                                                           \
        if (n > full) {                                                                             \
            mt_rand_##sfx(g, out + full, n - full);                                                 \
            mt_rand_##sfx(g, out + n - 16, 16);                                                     \
            mt_box_muller_##sfx(out + n - 16, 1, mean, std);                                        \
        }                                                                                           \
    }
MT_NORMAL(f32, float)
MT_NORMAL(f64, double)

/* one standard normal by the small rule: two float64 uniforms a pair, the sine half is kept for the next call */
MT_FUN double mt_normal1(mt_state *g) {
    if (g->has_normal) { g->has_normal = 0; double z = g->next_normal; g->next_normal = 0; return z; }
    uint32_t a = mt_next32(g), b = mt_next32(g), c = mt_next32(g), d = mt_next32(g);
    double u1 = mt_unit64(a, b), u2 = mt_unit64(c, d);
    double r = sqrt(-2.0 * log1p(-u2)), t = 2.0 * MT_PI * u1;
    g->next_normal = r * sin(t);
    g->has_normal = 1;
    return r * cos(t);
}

/* fewer than 16 elements, or not contiguous: in the order given, steps in elements */
MT_FUN void mt_normal_small_f32(mt_state *g, double mean, double std, float *out, long step, long n) {
    for (long i = 0; i < n; i++) out[i * step] = (float)fma(mt_normal1(g), std, mean);
}
MT_FUN void mt_normal_small_f64(mt_state *g, double mean, double std, double *out, long step, long n) {
    for (long i = 0; i < n; i++) out[i * step] = fma(mt_normal1(g), std, mean);
}

/* ---------------------------------------------------------------- integers */

/* w % d for d <= 2^31: the estimate floor(w m / 2^32), m = floor(2^32 / d), is one short at most */
MT_INL uint32_t mt_mod(uint32_t w, uint32_t d, uint32_t m) {
    uint32_t r = w - (uint32_t)(((uint64_t)w * m) >> 32) * d;
    return r >= d ? r - d : r;
}
MT_INL uint32_t mt_mod_magic(uint32_t d) { return d == 1 ? 0xffffffffu : (uint32_t)(0x100000000u / d); }

/* lo + draw % range: below 2^28 one word an element, else a pair. Range 0 means 2^64: the pair itself, lo ignored. */
#define MT_BELOW(sfx, T)                                                                            \
    MT_FUN void mt_below_##sfx(mt_state *g, int64_t lo, uint64_t range, T *restrict out, long n) {  \
        uint64_t base = range ? (uint64_t)lo : 0;                                                   \
        if (range && range < (1u << 28)) {                                                          \
            uint32_t d = (uint32_t)range, m = mt_mod_magic(d), t[MT_N];                             \
            MT_EACH_WORD(                                                                           \
                for (long j = 0; j < k; j++) t[j] = mt_mod(w[j], d, m);                             \
                for (long j = 0; j < k; j++) out[i + j] = (T)(int64_t)(t[j] + base);)               \
        } else if ((range & (range - 1)) == 0) {                                                    \
            MT_EACH_PAIR(for (long j = 0; j < k; j++) {                                             \
                uint64_t v = ((uint64_t)w[2 * j] << 32) | w[2 * j + 1];                             \
                out[i + j] = (T)(int64_t)((v & (range - 1)) + base);                                \
            })                                                                                      \
        } else {                                                                                    \
            MT_EACH_PAIR(for (long j = 0; j < k; j++) {                                             \
                uint64_t v = ((uint64_t)w[2 * j] << 32) | w[2 * j + 1];                             \
                out[i + j] = (T)(int64_t)(v % range + base);                                        \
            })                                                                                      \
        }                                                                                           \
    }
MT_BELOW(i64, int64_t)
MT_BELOW(i32, int32_t)
MT_BELOW(i16, int16_t)
MT_BELOW(i8, int8_t)
MT_BELOW(u8, uint8_t)
MT_BELOW(f32, float)
MT_BELOW(f64, double)

/* random_() without bounds: the non-negative integers a type holds exactly. Booleans: mt_below_u8(g, 0, 2, ..);
 * float16: mt_below_f32(g, 0, 2049, ..); bfloat16: mt_below_f32(g, 0, 257, ..). */
MT_FUN void mt_random_i64(mt_state *g, int64_t *out, long n) { mt_below_i64(g, 0, 1ull << 63, out, n); }
MT_FUN void mt_random_i32(mt_state *g, int32_t *restrict out, long n) {
    MT_EACH_WORD(for (long j = 0; j < k; j++) out[i + j] = (int32_t)(w[j] & 0x7fffffff);)
}
MT_FUN void mt_random_i16(mt_state *g, int16_t *out, long n) { mt_below_i16(g, 0, 1 << 15, out, n); }
MT_FUN void mt_random_i8(mt_state *g, int8_t *out, long n) { mt_below_i8(g, 0, 1 << 7, out, n); }
MT_FUN void mt_random_u8(mt_state *g, uint8_t *out, long n) { mt_below_u8(g, 0, 1 << 8, out, n); }
MT_FUN void mt_random_f32(mt_state *g, float *out, long n) { mt_below_f32(g, 0, (1 << 24) + 1, out, n); }
MT_FUN void mt_random_f64(mt_state *g, double *out, long n) { mt_below_f64(g, 0, (1ull << 53) + 1, out, n); }

/* a permutation of 0..n-1: forward Fisher-Yates, one word a step */
MT_FUN void mt_randperm(mt_state *g, int64_t *p, long n) {
    for (long i = 0; i < n; i++) p[i] = i;
    for (long i = 0; i < n - 1; i++) {
        uint32_t w = mt_next32(g);
        long left = n - i, z = i + (left >> 32 ? (long)w : (long)(w % (uint32_t)left));
        int64_t t = p[i];
        p[i] = p[z];
        p[z] = t;
    }
}

/* ---------------------------------------------------------------- Bernoulli and dropout */

/* A float64 uniform k 2^-53 is below p exactly if the integer k is below this. */
MT_INL uint64_t mt_threshold(double p) { return (uint64_t)ceil(p * 9007199254740992.0); }

/* all ones if the pair's low 53 bits are below the threshold th:tl */
MT_INL uint32_t mt_hit(uint32_t h, uint32_t l, uint32_t th, uint32_t tl) {
    h &= 0x1fffff;
    return -(uint32_t)((h < th) | ((h == th) & (l < tl)));
}

#define MT_HITS                                                                                     \
    uint64_t thr = mt_threshold(p);                                                                 \
    const uint32_t th = (uint32_t)(thr >> 32), tl = (uint32_t)thr

/* 1 with probability p (0 <= p <= 1), else 0 */
MT_FUN void mt_bernoulli_u8(mt_state *g, double p, uint8_t *restrict out, long n) {
    MT_HITS;
    MT_EACH_PAIR(
        uint32_t t[MT_N / 2];
        for (long j = 0; j < k; j++) t[j] = mt_hit(w[2 * j], w[2 * j + 1], th, tl);
        for (long j = 0; j < k; j++) out[i + j] = (uint8_t)(t[j] & 1);)
}

/* `on` with probability p, else 0: with on = 1 / (1 - p_drop) and p = 1 - p_drop a scaled dropout mask */
MT_FUN void mt_bernoulli_f32(mt_state *g, double p, float on, float *restrict out, long n) {
    MT_HITS;
    uint32_t bits;
    memcpy(&bits, &on, 4);
    MT_EACH_PAIR(for (long j = 0; j < k; j++) {
        uint32_t v = mt_hit(w[2 * j], w[2 * j + 1], th, tl) & bits;
        memcpy(out + i + j, &v, 4);
    })
}
MT_FUN void mt_bernoulli_f64(mt_state *g, double p, double on, double *restrict out, long n) {
    MT_HITS;
    MT_EACH_PAIR(for (long j = 0; j < k; j++) out[i + j] = mt_hit(w[2 * j], w[2 * j + 1], th, tl) ? on : 0.0;)
}

/* y = x * (on or 0) and the mask as bytes, in one pass; y may be x */
MT_FUN void mt_dropout_f32(mt_state *g, double p, float on, const float *x, float *y, uint8_t *restrict mask, long n) {
    MT_HITS;
    uint32_t bits;
    memcpy(&bits, &on, 4);
    MT_EACH_PAIR(
        uint32_t t[MT_N / 2];
        float f[MT_N / 2];
        for (long j = 0; j < k; j++) t[j] = mt_hit(w[2 * j], w[2 * j + 1], th, tl);
        for (long j = 0; j < k; j++) { uint32_t v = t[j] & bits; memcpy(f + j, &v, 4); }
        for (long j = 0; j < k; j++) y[i + j] = x[i + j] * f[j];
        for (long j = 0; j < k; j++) mask[i + j] = (uint8_t)(t[j] & 1);)
}

/* a probability for each element: float32 ones are compared with a float32 uniform, float64 ones with a float64 */
MT_FUN void mt_bernoulli_p_f32(mt_state *g, const float *restrict p, uint8_t *restrict out, long n) {
    MT_EACH_WORD(for (long j = 0; j < k; j++) out[i + j] = mt_unit32(w[j]) < p[i + j];)
}
MT_FUN void mt_bernoulli_p_f64(mt_state *g, const double *restrict p, uint8_t *restrict out, long n) {
    MT_EACH_PAIR(for (long j = 0; j < k; j++) out[i + j] = mt_unit64(w[2 * j], w[2 * j + 1]) < p[i + j];)
}

/* ---------------------------------------------------------------- other distributions, from float64 uniforms */

/* runs f(buffer of k uniforms) over n elements: draws into u[256] */
#define MT_EACH_BUFFER(stmt)                                                                        \
    for (long i = 0; i < n; i += 256) {                                                             \
        double u[256];                                                                              \
        long k = n - i < 256 ? n - i : 256;                                                         \
        for (long j = k; j < 256; j++) u[j] = 0.5;                                                  \
        mt_rand_f64(g, u, k);                                                                       \
        stmt                                                                                        \
    }

/* -log(1 - u) / rate. 1 - u is exact, so the vector logarithm serves; float64 results take libm's last bit. */
MT_FUN void mt_exponential_f32(mt_state *g, double rate, float *out, long n) {
    lm_vd c = lm_setd(-1.0 / rate);
    MT_EACH_BUFFER(
        for (int j = 0; j < 256; j += LM_VD) lm_stored(u + j, lm_mul(lm_core_log(1.0 - lm_loadd(u + j)), c));
        for (long j = 0; j < k; j++) out[i + j] = (float)u[j];)
}
MT_FUN void mt_exponential_f64(mt_state *g, double rate, double *out, long n) {
    double c = -1.0 / rate;
    MT_EACH_BUFFER(for (long j = 0; j < k; j++) out[i + j] = c * log1p(-u[j]);)
}

/* how many trials up to the first success: ceil(log u / log(1 - p)), as a float64 to convert */
MT_FUN void mt_geometric_f64(mt_state *g, double p, double *out, long n) {
    double c = log(1.0 - p);
    MT_EACH_BUFFER(for (long j = 0; j < k; j++) out[i + j] = ceil(log(u[j]) / c);)
}

MT_FUN void mt_log_normal_f64(mt_state *g, double mean, double std, double *out, long n) {
    for (long i = 0; i < n; i++) out[i] = exp(fma(mt_normal1(g), std, mean));
}

MT_FUN void mt_cauchy_f64(mt_state *g, double median, double sigma, double *out, long n) {
    MT_EACH_BUFFER(for (long j = 0; j < k; j++) out[i + j] = fma(sigma, tan(MT_PI * (u[j] - 0.5)), median);)
}
#endif
