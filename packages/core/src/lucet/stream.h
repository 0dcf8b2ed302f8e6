/* Stores that pass by the cache: a result too large to stay there need not be read into it before it is written.
 *
 *   lucet_stream(to, from, bytes)   copies; whole cache lines go past the cache where `to` lies on a line
 *   lucet_stream_end()              before another thread may read what was stored
 */
#ifndef LUCET_STREAM_H
#define LUCET_STREAM_H
#include <stddef.h>
#include <string.h>

enum { LUCET_LINE = 64 };

#if defined(__x86_64__)
#include <emmintrin.h>
enum { LUCET_STREAMS = 1 };
static inline void lucet_stream(char *to, const char *from, ptrdiff_t bytes) {
    ptrdiff_t i = 0;
    for (; i + LUCET_LINE <= bytes; i += LUCET_LINE) {
        const __m128i *in = (const __m128i *)(from + i);
        __m128i *out = (__m128i *)(to + i);
        __m128i a = _mm_loadu_si128(in), b = _mm_loadu_si128(in + 1), c = _mm_loadu_si128(in + 2), d = _mm_loadu_si128(in + 3);
        _mm_stream_si128(out, a);
        _mm_stream_si128(out + 1, b);
        _mm_stream_si128(out + 2, c);
        _mm_stream_si128(out + 3, d);
    }
    if (i < bytes) memcpy(to + i, from + i, (size_t)(bytes - i));
}
static inline void lucet_stream_end(void) { _mm_sfence(); }
#else
enum { LUCET_STREAMS = 0 };
static inline void lucet_stream(char *to, const char *from, ptrdiff_t bytes) { memcpy(to, from, (size_t)bytes); }
static inline void lucet_stream_end(void) {}
#endif
#endif
