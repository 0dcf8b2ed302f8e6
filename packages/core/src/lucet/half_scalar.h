/* float16 and bfloat16 one value at a time, for baseline code. Arrays of them: _kernels/micro/half.h. */
#ifndef LUCET_HALF_SCALAR_H
#define LUCET_HALF_SCALAR_H
#include <stdint.h>
#include <string.h>

static inline float lucet_bits_float(uint32_t u) { float f; memcpy(&f, &u, 4); return f; }
static inline uint32_t lucet_float_bits(float f) { uint32_t u; memcpy(&u, &f, 4); return u; }

static inline float lucet_bfloat_to_float(uint16_t h) { return lucet_bits_float((uint32_t)h << 16); }

/* Round to nearest, ties to even; NaN stays a (quiet) NaN. */
static inline uint16_t lucet_float_to_bfloat(float x) {
    uint32_t u = lucet_float_bits(x);
    if ((u & 0x7fffffffu) > 0x7f800000u) return 0x7fc0;
    return (uint16_t)((u + 0x7fffu + ((u >> 16) & 1u)) >> 16);
}

static inline float lucet_half_to_float(uint16_t h) {
    uint32_t sign = (uint32_t)(h & 0x8000u) << 16, exponent = (h >> 10) & 31u, mantissa = h & 1023u;
    if (exponent == 31) return lucet_bits_float(sign | 0x7f800000u | (mantissa << 13));
    if (exponent) return lucet_bits_float(sign | ((exponent + 112) << 23) | (mantissa << 13));
    float magnitude = (float)mantissa * 0x1p-24f;
    return lucet_bits_float(sign | lucet_float_bits(magnitude));
}

static inline uint16_t lucet_float_to_half(float x) {
    uint32_t u = lucet_float_bits(x), sign = (u >> 16) & 0x8000u, a = u & 0x7fffffffu;
    if (a > 0x7f800000u) return (uint16_t)(sign | 0x7e00u);
    if (a >= 0x477ff000u) return (uint16_t)(sign | 0x7c00u);          /* rounds to 65536 or above */
    if (a < 0x38800000u) {                                            /* below 2^-14: a multiple of 2^-24 */
        float scaled = lucet_bits_float(a) + 0.5f;                    /* the adder rounds to 2^-24 here */
        return (uint16_t)(sign | (lucet_float_bits(scaled) - 0x3f000000u));
    }
    a += 0xfffu + ((a >> 13) & 1u);
    return (uint16_t)(sign | ((a - 0x38000000u) >> 13));
}
#endif
