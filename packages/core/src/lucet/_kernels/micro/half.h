/* float16 and bfloat16 to float32 and back, rounded to nearest even; no arithmetic on them.
 *
 * A half is a uint16_t. NaNs stay NaN: widening keeps the payload (quietened, as the hardware does for float16),
 * narrowing to float16 keeps its upper bits and sets the quiet bit, narrowing to bfloat16 gives 0x7fc0. A float64 goes
 * through float32, two roundings, as in the reference framework. The array forms may not overlap.
 */
#ifndef LUCET_HALF_H
#define LUCET_HALF_H
#include <stdint.h>
#include <string.h>
#if defined(__F16C__) || defined(__AVX512F__)
#  include <immintrin.h>
#  define LH_F16C 1
#elif defined(__aarch64__)
#  include <arm_neon.h>
#endif

#define LH_INL static inline __attribute__((always_inline, unused))
#define LH_FUN static __attribute__((unused))

LH_INL uint32_t lh_bits(float f) { uint32_t u; memcpy(&u, &f, 4); return u; }
LH_INL float lh_float(uint32_t u) { float f; memcpy(&f, &u, 4); return f; }

/* Branch-free, so that a loop over it becomes vectors. Denormals: the ten bits as an integer, times 2^-24. */
LH_INL float lh_f16_to_f32(uint16_t h) {
    uint32_t s = (uint32_t)(h & 0x8000) << 16, m = (uint32_t)(h & 0x7fff);
    uint32_t normal = (m << 13) + ((127u - 15) << 23);
    uint32_t special = (m << 13) | 0x7f800000u | (m > 0x7c00 ? 0x400000u : 0);
    uint32_t tiny = lh_bits((float)(int32_t)m * 5.9604644775390625e-8f);
    uint32_t v = m >= 0x7c00 ? special : normal;
    return lh_float(s | (m < 0x400 ? tiny : v));
}

/* Normal: add half an ulp of the result, less one if its last bit is even, and cut. Denormal: adding 1/2 lines the
 * bits up at 2^-24, where the float addition rounds them. */
LH_INL uint16_t lh_f32_to_f16(float f) {
    uint32_t u = lh_bits(f), s = (u >> 16) & 0x8000, a = u & 0x7fffffff;
    uint32_t normal = (a - ((127u - 15) << 23) + 0xfff + ((a >> 13) & 1)) >> 13;
    uint32_t tiny = lh_bits(lh_float(a) + 0.5f) - 0x3f000000u;
    uint32_t nan = 0x7e00 | ((a >> 13) & 0x3ff);
    uint32_t big = a > 0x7f800000u ? nan : 0x7c00;
    uint32_t v = a >= 0x47800000u ? big : normal;            /* from 65536 on; 65520 rounds up by itself */
    return (uint16_t)(s | (a < 0x38800000u ? tiny : v));
}

LH_INL float lh_bf16_to_f32(uint16_t h) { return lh_float((uint32_t)h << 16); }

LH_INL uint16_t lh_f32_to_bf16(float f) {
    uint32_t u = lh_bits(f), r = (u + 0x7fff + ((u >> 16) & 1)) >> 16;
    return (uint16_t)((u & 0x7fffffff) > 0x7f800000u ? 0x7fc0 : r);
}

LH_FUN void lh_f16_to_f32_n(const uint16_t *restrict x, float *restrict y, long n) {
    long i = 0;
#if defined(__AVX512F__)
    for (; i + 16 <= n; i += 16) _mm512_storeu_ps(y + i, _mm512_cvtph_ps(_mm256_loadu_si256((const __m256i *)(x + i))));
#elif defined(LH_F16C)
    for (; i + 8 <= n; i += 8) _mm256_storeu_ps(y + i, _mm256_cvtph_ps(_mm_loadu_si128((const __m128i *)(x + i))));
#elif defined(__aarch64__)
    for (; i + 4 <= n; i += 4) vst1q_f32(y + i, vcvt_f32_f16(vreinterpret_f16_u16(vld1_u16(x + i))));
#endif
    for (; i < n; i++) y[i] = lh_f16_to_f32(x[i]);
}

LH_FUN void lh_f32_to_f16_n(const float *restrict x, uint16_t *restrict y, long n) {
    long i = 0;
#if defined(__AVX512F__)
    for (; i + 16 <= n; i += 16) _mm256_storeu_si256((__m256i *)(y + i), _mm512_cvtps_ph(_mm512_loadu_ps(x + i), 0));
#elif defined(LH_F16C)
    for (; i + 8 <= n; i += 8) _mm_storeu_si128((__m128i *)(y + i), _mm256_cvtps_ph(_mm256_loadu_ps(x + i), 0));
#elif defined(__aarch64__)
    for (; i + 4 <= n; i += 4) vst1_u16(y + i, vreinterpret_u16_f16(vcvt_f16_f32(vld1q_f32(x + i))));
#endif
    for (; i < n; i++) y[i] = lh_f32_to_f16(x[i]);
}

LH_FUN void lh_bf16_to_f32_n(const uint16_t *restrict x, float *restrict y, long n) {
    for (long i = 0; i < n; i++) y[i] = lh_bf16_to_f32(x[i]);
}

LH_FUN void lh_f32_to_bf16_n(const float *restrict x, uint16_t *restrict y, long n) {
    for (long i = 0; i < n; i++) y[i] = lh_f32_to_bf16(x[i]);
}
#endif
