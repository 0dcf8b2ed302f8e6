/* Activations and their gradients in float32, in vectors: out = f(a), or f(gradient a, input b).
 *
 *   la_gelu_f32(out, a, b, n, p)      contiguous, n elements; b unread where f has one operand; p[0..2] as in table.py
 *
 * The formulas are those of scalar.h, which serve the other types.
 */
#ifndef LUCET_ACTIVATIONS_H
#define LUCET_ACTIVATIONS_H
#include <stddef.h>
#include "mathfun.h"

/* Phi(x), the normal distribution, to 2e-7: 1/2 + x p(x^2) / q(x^2) on |x| <= 5.5, minimax for erf(x / sqrt(2)) / 2 */
LM_INL lm_vf la_phi(lm_vf x) {
    lm_vf z = x * x, w = z * z;
    lm_vf p = 2.4579279e-08f * z + 6.2074937e-06f, q = 1.2406565e-06f * z + 6.6324901e-05f;
    p = p * w + (0.00014562726f * z + 0.0045344918f);
    q = q * w + (0.0017519061f * z + 0.027330644f);
    p = p * w + (0.031564765f * z + 0.39894226f);
    q = q * w + (0.24578786f * z + 1.0f);
    return lm_sel(lm_abs(x) > 5.5f, lm_sel(x > 0.0f, lm_set(1.0f), lm_set(0.0f)), 0.5f + x * p / q);
}

LM_INL lm_vf la_gelu(lm_vf x, lm_vf b, const float *p) {
    (void)b, (void)p;
    return x * la_phi(x);
}

LM_INL lm_vf la_gelu_grad(lm_vf g, lm_vf x, const float *p) {
    (void)p;
    return g * (la_phi(x) + x * 0.39894228040143267794f * lm_vexp(-0.5f * x * x));
}

LM_INL lm_vf la_gelu_tanh(lm_vf x, lm_vf b, const float *p) {
    (void)b, (void)p;
    return 0.5f * x * (1.0f + lm_vtanh(0.79788456080286535588f * (x + 0.044715f * x * x * x)));
}

LM_INL lm_vf la_gelu_tanh_grad(lm_vf g, lm_vf x, const float *p) {
    (void)p;
    lm_vf z = x * x, t = lm_vtanh(0.79788456080286535588f * (x + 0.044715f * z * x));
    return g * (0.5f * (1.0f + t) + 0.5f * x * (1.0f - t * t) * 0.79788456080286535588f * (1.0f + 3 * 0.044715f * z));
}

LM_INL lm_vf la_silu(lm_vf x, lm_vf b, const float *p) {
    (void)b, (void)p;
    return x / (1.0f + lm_vexp(-x));
}

LM_INL lm_vf la_silu_grad(lm_vf g, lm_vf x, const float *p) {
    (void)p;
    lm_vf s = lm_vsigmoid(x);
    return g * s * (1.0f + x * (1.0f - s));
}

/* tanh(log(1 + e)) = n / (n + 2) with n = e (e + 2); above 20 it is 1 */
LM_INL lm_vf la_mish(lm_vf x, lm_vf b, const float *p) {
    (void)b, (void)p;
    lm_vf e = lm_vexp(x), n = e * (e + 2.0f);
    return lm_sel(x > 20.0f, x, x * (n / (n + 2.0f)));
}

LM_INL lm_vf la_mish_grad(lm_vf g, lm_vf x, const float *p) {
    (void)p;
    lm_vf e = lm_vexp(x), n = e * (e + 2.0f), m = n + 2.0f;
    return lm_sel(x > 20.0f, g, g * (n / m + x * (4.0f * (n + 1.0f) / (m * m)) * (e / (1.0f + e))));
}

LM_INL lm_vf la_log_sigmoid(lm_vf x, lm_vf b, const float *p) {
    (void)b, (void)p;
    return lm_sel(x < 0.0f, x, lm_set(0.0f)) - lm_vlog1p(lm_vexp(-lm_abs(x)));
}

LM_INL lm_vf la_log_sigmoid_grad(lm_vf g, lm_vf x, const float *p) {
    (void)p;
    return g * lm_vsigmoid(-x);
}

LM_INL lm_vf la_logit(lm_vf x, lm_vf b, const float *p) {
    (void)b;
    lm_vf low = lm_set(p[0]), high = lm_set(1.0f - p[0]);
    if (p[0] >= 0.0f) x = lm_sel(x < low, low, lm_sel(x > high, high, x));
    return lm_vlog(x / (1.0f - x));
}

LM_INL lm_vf la_elu(lm_vf x, lm_vf b, const float *p) {
    (void)b;
    return lm_sel(x <= 0.0f, lm_vexpm1(x * p[2]) * p[0], x * p[1]);
}

LM_INL lm_vf la_elu_grad(lm_vf g, lm_vf x, const float *p) {
    return lm_sel(x <= 0.0f, g * p[2] * p[0] * lm_vexp(x * p[2]), g * p[1]);
}

LM_INL lm_vf la_softplus(lm_vf x, lm_vf b, const float *p) {
    (void)b;
    return lm_sel(x * p[0] > p[1], x, lm_vlog1p(lm_vexp(x * p[0])) / p[0]);
}

LM_INL lm_vf la_softplus_grad(lm_vf g, lm_vf x, const float *p) {
    return lm_sel(x * p[0] > p[1], g, g / (1.0f + lm_vexp(-x * p[0])));
}

/* A short tail runs through the same vector code, so the bits of an element do not depend on where it stands. */
#define LA_ARRAY(name)                                                                                                 \
    LM_FUN void name##_f32(float *out, const float *a, const float *b, ptrdiff_t n, const float *p) {                  \
        float x[LM_VL] = {0}, y[LM_VL] = {0};                                                                          \
        ptrdiff_t i = 0;                                                                                               \
        for (; i + LM_VL <= n; i += LM_VL) lm_store(out + i, name(lm_load(a + i), lm_load(b + i), p));                 \
        if (i == n) return;                                                                                            \
        memcpy(x, a + i, (size_t)(n - i) * sizeof(float)), memcpy(y, b + i, (size_t)(n - i) * sizeof(float));          \
        lm_store(x, name(lm_load(x), lm_load(y), p));                                                                  \
        memcpy(out + i, x, (size_t)(n - i) * sizeof(float));                                                           \
    }
LA_ARRAY(la_gelu)
LA_ARRAY(la_gelu_grad)
LA_ARRAY(la_gelu_tanh)
LA_ARRAY(la_gelu_tanh_grad)
LA_ARRAY(la_silu)
LA_ARRAY(la_silu_grad)
LA_ARRAY(la_elu)
LA_ARRAY(la_elu_grad)
LA_ARRAY(la_logit)
LA_ARRAY(la_mish)
LA_ARRAY(la_mish_grad)
LA_ARRAY(la_log_sigmoid)
LA_ARRAY(la_log_sigmoid_grad)
LA_ARRAY(la_softplus)
LA_ARRAY(la_softplus_grad)
#endif
