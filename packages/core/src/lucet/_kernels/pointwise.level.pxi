# generated from pointwise.pxi.tp: edit that
# Elementwise loops, made from the kernel table. Contiguous operands and repeated scalars get a loop the compiler vectorises.

cdef extern from "scalar.h" nogil:
    int64_t lx_itrunc_div(int64_t, int64_t, int*)
    int64_t lx_ifloor_div(int64_t, int64_t, int*)
    int64_t lx_ifmod(int64_t, int64_t, int*)
    int64_t lx_iremainder(int64_t, int64_t, int*)
    int64_t lx_ipow(int64_t, int64_t)
    int64_t lx_lshift(int64_t, int64_t)
    int64_t lx_rshift(int64_t, int64_t)
    float lucet_half_to_float(uint16_t)
    float lucet_bfloat_to_float(uint16_t)
    uint16_t lucet_float_to_half(float)
    uint16_t lucet_float_to_bfloat(float)
    float lx_remainderf(float, float)
    float lx_floor_divf(float, float)
    float lx_maxf(float, float)
    float lx_minf(float, float)
    float lx_silu_gradf(float, float)
    float lx_gelu_gradf(float, float)
    float lx_gelu_tanhf(float)
    float lx_gelu_tanh_gradf(float, float)
    double lx_remainder(double, double)
    double lx_floor_div(double, double)
    double lx_max(double, double)
    double lx_min(double, double)
    double lx_silu_grad(double, double)
    double lx_gelu_grad(double, double)
    double lx_gelu_tanh(double)
    double lx_gelu_tanh_grad(double, double)

ctypedef float complex cfloat
ctypedef double complex cdouble

cdef extern from "micro/mathfun.h" nogil:
    void lm_exp_f32(const float*, float*, long)
    void lm_exp_f64(const double*, double*, long)
    void lm_expm1_f32(const float*, float*, long)
    void lm_expm1_f64(const double*, double*, long)
    void lm_log_f32(const float*, float*, long)
    void lm_log_f64(const double*, double*, long)
    void lm_log1p_f32(const float*, float*, long)
    void lm_log1p_f64(const double*, double*, long)
    void lm_log2_f32(const float*, float*, long)
    void lm_log2_f64(const double*, double*, long)
    void lm_log10_f32(const float*, float*, long)
    void lm_log10_f64(const double*, double*, long)
    void lm_sin_f32(const float*, float*, long)
    void lm_sin_f64(const double*, double*, long)
    void lm_cos_f32(const float*, float*, long)
    void lm_cos_f64(const double*, double*, long)
    void lm_tanh_f32(const float*, float*, long)
    void lm_tanh_f64(const double*, double*, long)
    void lm_sigmoid_f32(const float*, float*, long)
    void lm_sigmoid_f64(const double*, double*, long)
    void lm_erf_f32(const float*, float*, long)
    void lm_erf_f64(const double*, double*, long)
cdef void add_float32(char** data, const Py_ssize_t* steps, Py_ssize_t n, LoopArgs* args) noexcept nogil:
    cdef float* o = <float*>data[0]
    cdef float* a_at = <float*>data[1]
    cdef float a
    cdef float* b_at = <float*>data[2]
    cdef float b
    cdef Py_ssize_t i
    if steps[0] == sizeof(float) and steps[1] == sizeof(float) and steps[2] == sizeof(float):
        for i in range(n):
            a = a_at[i]
            b = b_at[i]
            o[i] = a + b
    elif steps[0] == sizeof(float) and steps[1] == sizeof(float) and steps[2] == 0:
        b = b_at[0]
        for i in range(n):
            a = a_at[i]
            o[i] = a + b
    elif steps[0] == sizeof(float) and steps[1] == 0 and steps[2] == sizeof(float):
        a = a_at[0]
        for i in range(n):
            b = b_at[i]
            o[i] = a + b
    else:
        for i in range(n):
            a = a_at[0]
            a_at = <float*>(<char*>a_at + steps[1])
            b = b_at[0]
            b_at = <float*>(<char*>b_at + steps[2])
            o[0] = a + b
            o = <float*>(<char*>o + steps[0])
cdef void add_float64(char** data, const Py_ssize_t* steps, Py_ssize_t n, LoopArgs* args) noexcept nogil:
    cdef double* o = <double*>data[0]
    cdef double* a_at = <double*>data[1]
    cdef double a
    cdef double* b_at = <double*>data[2]
    cdef double b
    cdef Py_ssize_t i
    if steps[0] == sizeof(double) and steps[1] == sizeof(double) and steps[2] == sizeof(double):
        for i in range(n):
            a = a_at[i]
            b = b_at[i]
            o[i] = a + b
    elif steps[0] == sizeof(double) and steps[1] == sizeof(double) and steps[2] == 0:
        b = b_at[0]
        for i in range(n):
            a = a_at[i]
            o[i] = a + b
    elif steps[0] == sizeof(double) and steps[1] == 0 and steps[2] == sizeof(double):
        a = a_at[0]
        for i in range(n):
            b = b_at[i]
            o[i] = a + b
    else:
        for i in range(n):
            a = a_at[0]
            a_at = <double*>(<char*>a_at + steps[1])
            b = b_at[0]
            b_at = <double*>(<char*>b_at + steps[2])
            o[0] = a + b
            o = <double*>(<char*>o + steps[0])
cdef void add_scaled_float32(char** data, const Py_ssize_t* steps, Py_ssize_t n, LoopArgs* args) noexcept nogil:
    cdef float* o = <float*>data[0]
    cdef float* a_at = <float*>data[1]
    cdef float a
    cdef float* b_at = <float*>data[2]
    cdef float b
    cdef float p0 = <float>args.d[0]
    cdef Py_ssize_t i
    if steps[0] == sizeof(float) and steps[1] == sizeof(float) and steps[2] == sizeof(float):
        for i in range(n):
            a = a_at[i]
            b = b_at[i]
            o[i] = fmaf(b, p0, a)
    elif steps[0] == sizeof(float) and steps[1] == sizeof(float) and steps[2] == 0:
        b = b_at[0]
        for i in range(n):
            a = a_at[i]
            o[i] = fmaf(b, p0, a)
    elif steps[0] == sizeof(float) and steps[1] == 0 and steps[2] == sizeof(float):
        a = a_at[0]
        for i in range(n):
            b = b_at[i]
            o[i] = fmaf(b, p0, a)
    else:
        for i in range(n):
            a = a_at[0]
            a_at = <float*>(<char*>a_at + steps[1])
            b = b_at[0]
            b_at = <float*>(<char*>b_at + steps[2])
            o[0] = fmaf(b, p0, a)
            o = <float*>(<char*>o + steps[0])
cdef void add_scaled_float64(char** data, const Py_ssize_t* steps, Py_ssize_t n, LoopArgs* args) noexcept nogil:
    cdef double* o = <double*>data[0]
    cdef double* a_at = <double*>data[1]
    cdef double a
    cdef double* b_at = <double*>data[2]
    cdef double b
    cdef double p0 = <double>args.d[0]
    cdef Py_ssize_t i
    if steps[0] == sizeof(double) and steps[1] == sizeof(double) and steps[2] == sizeof(double):
        for i in range(n):
            a = a_at[i]
            b = b_at[i]
            o[i] = fma(b, p0, a)
    elif steps[0] == sizeof(double) and steps[1] == sizeof(double) and steps[2] == 0:
        b = b_at[0]
        for i in range(n):
            a = a_at[i]
            o[i] = fma(b, p0, a)
    elif steps[0] == sizeof(double) and steps[1] == 0 and steps[2] == sizeof(double):
        a = a_at[0]
        for i in range(n):
            b = b_at[i]
            o[i] = fma(b, p0, a)
    else:
        for i in range(n):
            a = a_at[0]
            a_at = <double*>(<char*>a_at + steps[1])
            b = b_at[0]
            b_at = <double*>(<char*>b_at + steps[2])
            o[0] = fma(b, p0, a)
            o = <double*>(<char*>o + steps[0])
cdef void sub_float32(char** data, const Py_ssize_t* steps, Py_ssize_t n, LoopArgs* args) noexcept nogil:
    cdef float* o = <float*>data[0]
    cdef float* a_at = <float*>data[1]
    cdef float a
    cdef float* b_at = <float*>data[2]
    cdef float b
    cdef Py_ssize_t i
    if steps[0] == sizeof(float) and steps[1] == sizeof(float) and steps[2] == sizeof(float):
        for i in range(n):
            a = a_at[i]
            b = b_at[i]
            o[i] = a - b
    elif steps[0] == sizeof(float) and steps[1] == sizeof(float) and steps[2] == 0:
        b = b_at[0]
        for i in range(n):
            a = a_at[i]
            o[i] = a - b
    elif steps[0] == sizeof(float) and steps[1] == 0 and steps[2] == sizeof(float):
        a = a_at[0]
        for i in range(n):
            b = b_at[i]
            o[i] = a - b
    else:
        for i in range(n):
            a = a_at[0]
            a_at = <float*>(<char*>a_at + steps[1])
            b = b_at[0]
            b_at = <float*>(<char*>b_at + steps[2])
            o[0] = a - b
            o = <float*>(<char*>o + steps[0])
cdef void sub_float64(char** data, const Py_ssize_t* steps, Py_ssize_t n, LoopArgs* args) noexcept nogil:
    cdef double* o = <double*>data[0]
    cdef double* a_at = <double*>data[1]
    cdef double a
    cdef double* b_at = <double*>data[2]
    cdef double b
    cdef Py_ssize_t i
    if steps[0] == sizeof(double) and steps[1] == sizeof(double) and steps[2] == sizeof(double):
        for i in range(n):
            a = a_at[i]
            b = b_at[i]
            o[i] = a - b
    elif steps[0] == sizeof(double) and steps[1] == sizeof(double) and steps[2] == 0:
        b = b_at[0]
        for i in range(n):
            a = a_at[i]
            o[i] = a - b
    elif steps[0] == sizeof(double) and steps[1] == 0 and steps[2] == sizeof(double):
        a = a_at[0]
        for i in range(n):
            b = b_at[i]
            o[i] = a - b
    else:
        for i in range(n):
            a = a_at[0]
            a_at = <double*>(<char*>a_at + steps[1])
            b = b_at[0]
            b_at = <double*>(<char*>b_at + steps[2])
            o[0] = a - b
            o = <double*>(<char*>o + steps[0])
cdef void mul_float32(char** data, const Py_ssize_t* steps, Py_ssize_t n, LoopArgs* args) noexcept nogil:
    cdef float* o = <float*>data[0]
    cdef float* a_at = <float*>data[1]
    cdef float a
    cdef float* b_at = <float*>data[2]
    cdef float b
    cdef Py_ssize_t i
    if steps[0] == sizeof(float) and steps[1] == sizeof(float) and steps[2] == sizeof(float):
        for i in range(n):
            a = a_at[i]
            b = b_at[i]
            o[i] = a * b
    elif steps[0] == sizeof(float) and steps[1] == sizeof(float) and steps[2] == 0:
        b = b_at[0]
        for i in range(n):
            a = a_at[i]
            o[i] = a * b
    elif steps[0] == sizeof(float) and steps[1] == 0 and steps[2] == sizeof(float):
        a = a_at[0]
        for i in range(n):
            b = b_at[i]
            o[i] = a * b
    else:
        for i in range(n):
            a = a_at[0]
            a_at = <float*>(<char*>a_at + steps[1])
            b = b_at[0]
            b_at = <float*>(<char*>b_at + steps[2])
            o[0] = a * b
            o = <float*>(<char*>o + steps[0])
cdef void mul_float64(char** data, const Py_ssize_t* steps, Py_ssize_t n, LoopArgs* args) noexcept nogil:
    cdef double* o = <double*>data[0]
    cdef double* a_at = <double*>data[1]
    cdef double a
    cdef double* b_at = <double*>data[2]
    cdef double b
    cdef Py_ssize_t i
    if steps[0] == sizeof(double) and steps[1] == sizeof(double) and steps[2] == sizeof(double):
        for i in range(n):
            a = a_at[i]
            b = b_at[i]
            o[i] = a * b
    elif steps[0] == sizeof(double) and steps[1] == sizeof(double) and steps[2] == 0:
        b = b_at[0]
        for i in range(n):
            a = a_at[i]
            o[i] = a * b
    elif steps[0] == sizeof(double) and steps[1] == 0 and steps[2] == sizeof(double):
        a = a_at[0]
        for i in range(n):
            b = b_at[i]
            o[i] = a * b
    else:
        for i in range(n):
            a = a_at[0]
            a_at = <double*>(<char*>a_at + steps[1])
            b = b_at[0]
            b_at = <double*>(<char*>b_at + steps[2])
            o[0] = a * b
            o = <double*>(<char*>o + steps[0])
cdef void div_float32(char** data, const Py_ssize_t* steps, Py_ssize_t n, LoopArgs* args) noexcept nogil:
    cdef float* o = <float*>data[0]
    cdef float* a_at = <float*>data[1]
    cdef float a
    cdef float* b_at = <float*>data[2]
    cdef float b
    cdef Py_ssize_t i
    if steps[0] == sizeof(float) and steps[1] == sizeof(float) and steps[2] == sizeof(float):
        for i in range(n):
            a = a_at[i]
            b = b_at[i]
            o[i] = a / b
    elif steps[0] == sizeof(float) and steps[1] == sizeof(float) and steps[2] == 0:
        b = b_at[0]
        for i in range(n):
            a = a_at[i]
            o[i] = a / b
    elif steps[0] == sizeof(float) and steps[1] == 0 and steps[2] == sizeof(float):
        a = a_at[0]
        for i in range(n):
            b = b_at[i]
            o[i] = a / b
    else:
        for i in range(n):
            a = a_at[0]
            a_at = <float*>(<char*>a_at + steps[1])
            b = b_at[0]
            b_at = <float*>(<char*>b_at + steps[2])
            o[0] = a / b
            o = <float*>(<char*>o + steps[0])
cdef void div_float64(char** data, const Py_ssize_t* steps, Py_ssize_t n, LoopArgs* args) noexcept nogil:
    cdef double* o = <double*>data[0]
    cdef double* a_at = <double*>data[1]
    cdef double a
    cdef double* b_at = <double*>data[2]
    cdef double b
    cdef Py_ssize_t i
    if steps[0] == sizeof(double) and steps[1] == sizeof(double) and steps[2] == sizeof(double):
        for i in range(n):
            a = a_at[i]
            b = b_at[i]
            o[i] = a / b
    elif steps[0] == sizeof(double) and steps[1] == sizeof(double) and steps[2] == 0:
        b = b_at[0]
        for i in range(n):
            a = a_at[i]
            o[i] = a / b
    elif steps[0] == sizeof(double) and steps[1] == 0 and steps[2] == sizeof(double):
        a = a_at[0]
        for i in range(n):
            b = b_at[i]
            o[i] = a / b
    else:
        for i in range(n):
            a = a_at[0]
            a_at = <double*>(<char*>a_at + steps[1])
            b = b_at[0]
            b_at = <double*>(<char*>b_at + steps[2])
            o[0] = a / b
            o = <double*>(<char*>o + steps[0])
cdef void floor_div_float32(char** data, const Py_ssize_t* steps, Py_ssize_t n, LoopArgs* args) noexcept nogil:
    cdef float* o = <float*>data[0]
    cdef float* a_at = <float*>data[1]
    cdef float a
    cdef float* b_at = <float*>data[2]
    cdef float b
    cdef Py_ssize_t i
    if steps[0] == sizeof(float) and steps[1] == sizeof(float) and steps[2] == sizeof(float):
        for i in range(n):
            a = a_at[i]
            b = b_at[i]
            o[i] = lx_floor_divf(a, b)
    elif steps[0] == sizeof(float) and steps[1] == sizeof(float) and steps[2] == 0:
        b = b_at[0]
        for i in range(n):
            a = a_at[i]
            o[i] = lx_floor_divf(a, b)
    elif steps[0] == sizeof(float) and steps[1] == 0 and steps[2] == sizeof(float):
        a = a_at[0]
        for i in range(n):
            b = b_at[i]
            o[i] = lx_floor_divf(a, b)
    else:
        for i in range(n):
            a = a_at[0]
            a_at = <float*>(<char*>a_at + steps[1])
            b = b_at[0]
            b_at = <float*>(<char*>b_at + steps[2])
            o[0] = lx_floor_divf(a, b)
            o = <float*>(<char*>o + steps[0])
cdef void floor_div_float64(char** data, const Py_ssize_t* steps, Py_ssize_t n, LoopArgs* args) noexcept nogil:
    cdef double* o = <double*>data[0]
    cdef double* a_at = <double*>data[1]
    cdef double a
    cdef double* b_at = <double*>data[2]
    cdef double b
    cdef Py_ssize_t i
    if steps[0] == sizeof(double) and steps[1] == sizeof(double) and steps[2] == sizeof(double):
        for i in range(n):
            a = a_at[i]
            b = b_at[i]
            o[i] = lx_floor_div(a, b)
    elif steps[0] == sizeof(double) and steps[1] == sizeof(double) and steps[2] == 0:
        b = b_at[0]
        for i in range(n):
            a = a_at[i]
            o[i] = lx_floor_div(a, b)
    elif steps[0] == sizeof(double) and steps[1] == 0 and steps[2] == sizeof(double):
        a = a_at[0]
        for i in range(n):
            b = b_at[i]
            o[i] = lx_floor_div(a, b)
    else:
        for i in range(n):
            a = a_at[0]
            a_at = <double*>(<char*>a_at + steps[1])
            b = b_at[0]
            b_at = <double*>(<char*>b_at + steps[2])
            o[0] = lx_floor_div(a, b)
            o = <double*>(<char*>o + steps[0])
cdef void trunc_div_float32(char** data, const Py_ssize_t* steps, Py_ssize_t n, LoopArgs* args) noexcept nogil:
    cdef float* o = <float*>data[0]
    cdef float* a_at = <float*>data[1]
    cdef float a
    cdef float* b_at = <float*>data[2]
    cdef float b
    cdef Py_ssize_t i
    if steps[0] == sizeof(float) and steps[1] == sizeof(float) and steps[2] == sizeof(float):
        for i in range(n):
            a = a_at[i]
            b = b_at[i]
            o[i] = truncf(a / b)
    elif steps[0] == sizeof(float) and steps[1] == sizeof(float) and steps[2] == 0:
        b = b_at[0]
        for i in range(n):
            a = a_at[i]
            o[i] = truncf(a / b)
    elif steps[0] == sizeof(float) and steps[1] == 0 and steps[2] == sizeof(float):
        a = a_at[0]
        for i in range(n):
            b = b_at[i]
            o[i] = truncf(a / b)
    else:
        for i in range(n):
            a = a_at[0]
            a_at = <float*>(<char*>a_at + steps[1])
            b = b_at[0]
            b_at = <float*>(<char*>b_at + steps[2])
            o[0] = truncf(a / b)
            o = <float*>(<char*>o + steps[0])
cdef void trunc_div_float64(char** data, const Py_ssize_t* steps, Py_ssize_t n, LoopArgs* args) noexcept nogil:
    cdef double* o = <double*>data[0]
    cdef double* a_at = <double*>data[1]
    cdef double a
    cdef double* b_at = <double*>data[2]
    cdef double b
    cdef Py_ssize_t i
    if steps[0] == sizeof(double) and steps[1] == sizeof(double) and steps[2] == sizeof(double):
        for i in range(n):
            a = a_at[i]
            b = b_at[i]
            o[i] = trunc(a / b)
    elif steps[0] == sizeof(double) and steps[1] == sizeof(double) and steps[2] == 0:
        b = b_at[0]
        for i in range(n):
            a = a_at[i]
            o[i] = trunc(a / b)
    elif steps[0] == sizeof(double) and steps[1] == 0 and steps[2] == sizeof(double):
        a = a_at[0]
        for i in range(n):
            b = b_at[i]
            o[i] = trunc(a / b)
    else:
        for i in range(n):
            a = a_at[0]
            a_at = <double*>(<char*>a_at + steps[1])
            b = b_at[0]
            b_at = <double*>(<char*>b_at + steps[2])
            o[0] = trunc(a / b)
            o = <double*>(<char*>o + steps[0])
cdef void remainder_float32(char** data, const Py_ssize_t* steps, Py_ssize_t n, LoopArgs* args) noexcept nogil:
    cdef float* o = <float*>data[0]
    cdef float* a_at = <float*>data[1]
    cdef float a
    cdef float* b_at = <float*>data[2]
    cdef float b
    cdef Py_ssize_t i
    if steps[0] == sizeof(float) and steps[1] == sizeof(float) and steps[2] == sizeof(float):
        for i in range(n):
            a = a_at[i]
            b = b_at[i]
            o[i] = lx_remainderf(a, b)
    elif steps[0] == sizeof(float) and steps[1] == sizeof(float) and steps[2] == 0:
        b = b_at[0]
        for i in range(n):
            a = a_at[i]
            o[i] = lx_remainderf(a, b)
    elif steps[0] == sizeof(float) and steps[1] == 0 and steps[2] == sizeof(float):
        a = a_at[0]
        for i in range(n):
            b = b_at[i]
            o[i] = lx_remainderf(a, b)
    else:
        for i in range(n):
            a = a_at[0]
            a_at = <float*>(<char*>a_at + steps[1])
            b = b_at[0]
            b_at = <float*>(<char*>b_at + steps[2])
            o[0] = lx_remainderf(a, b)
            o = <float*>(<char*>o + steps[0])
cdef void remainder_float64(char** data, const Py_ssize_t* steps, Py_ssize_t n, LoopArgs* args) noexcept nogil:
    cdef double* o = <double*>data[0]
    cdef double* a_at = <double*>data[1]
    cdef double a
    cdef double* b_at = <double*>data[2]
    cdef double b
    cdef Py_ssize_t i
    if steps[0] == sizeof(double) and steps[1] == sizeof(double) and steps[2] == sizeof(double):
        for i in range(n):
            a = a_at[i]
            b = b_at[i]
            o[i] = lx_remainder(a, b)
    elif steps[0] == sizeof(double) and steps[1] == sizeof(double) and steps[2] == 0:
        b = b_at[0]
        for i in range(n):
            a = a_at[i]
            o[i] = lx_remainder(a, b)
    elif steps[0] == sizeof(double) and steps[1] == 0 and steps[2] == sizeof(double):
        a = a_at[0]
        for i in range(n):
            b = b_at[i]
            o[i] = lx_remainder(a, b)
    else:
        for i in range(n):
            a = a_at[0]
            a_at = <double*>(<char*>a_at + steps[1])
            b = b_at[0]
            b_at = <double*>(<char*>b_at + steps[2])
            o[0] = lx_remainder(a, b)
            o = <double*>(<char*>o + steps[0])
cdef void fmod_float32(char** data, const Py_ssize_t* steps, Py_ssize_t n, LoopArgs* args) noexcept nogil:
    cdef float* o = <float*>data[0]
    cdef float* a_at = <float*>data[1]
    cdef float a
    cdef float* b_at = <float*>data[2]
    cdef float b
    cdef Py_ssize_t i
    if steps[0] == sizeof(float) and steps[1] == sizeof(float) and steps[2] == sizeof(float):
        for i in range(n):
            a = a_at[i]
            b = b_at[i]
            o[i] = fmodf(a, b)
    elif steps[0] == sizeof(float) and steps[1] == sizeof(float) and steps[2] == 0:
        b = b_at[0]
        for i in range(n):
            a = a_at[i]
            o[i] = fmodf(a, b)
    elif steps[0] == sizeof(float) and steps[1] == 0 and steps[2] == sizeof(float):
        a = a_at[0]
        for i in range(n):
            b = b_at[i]
            o[i] = fmodf(a, b)
    else:
        for i in range(n):
            a = a_at[0]
            a_at = <float*>(<char*>a_at + steps[1])
            b = b_at[0]
            b_at = <float*>(<char*>b_at + steps[2])
            o[0] = fmodf(a, b)
            o = <float*>(<char*>o + steps[0])
cdef void fmod_float64(char** data, const Py_ssize_t* steps, Py_ssize_t n, LoopArgs* args) noexcept nogil:
    cdef double* o = <double*>data[0]
    cdef double* a_at = <double*>data[1]
    cdef double a
    cdef double* b_at = <double*>data[2]
    cdef double b
    cdef Py_ssize_t i
    if steps[0] == sizeof(double) and steps[1] == sizeof(double) and steps[2] == sizeof(double):
        for i in range(n):
            a = a_at[i]
            b = b_at[i]
            o[i] = fmod(a, b)
    elif steps[0] == sizeof(double) and steps[1] == sizeof(double) and steps[2] == 0:
        b = b_at[0]
        for i in range(n):
            a = a_at[i]
            o[i] = fmod(a, b)
    elif steps[0] == sizeof(double) and steps[1] == 0 and steps[2] == sizeof(double):
        a = a_at[0]
        for i in range(n):
            b = b_at[i]
            o[i] = fmod(a, b)
    else:
        for i in range(n):
            a = a_at[0]
            a_at = <double*>(<char*>a_at + steps[1])
            b = b_at[0]
            b_at = <double*>(<char*>b_at + steps[2])
            o[0] = fmod(a, b)
            o = <double*>(<char*>o + steps[0])
cdef void pow_float32(char** data, const Py_ssize_t* steps, Py_ssize_t n, LoopArgs* args) noexcept nogil:
    cdef float* o = <float*>data[0]
    cdef float* a_at = <float*>data[1]
    cdef float a
    cdef float* b_at = <float*>data[2]
    cdef float b
    cdef Py_ssize_t i
    if steps[0] == sizeof(float) and steps[1] == sizeof(float) and steps[2] == sizeof(float):
        for i in range(n):
            a = a_at[i]
            b = b_at[i]
            o[i] = powf(a, b)
    elif steps[0] == sizeof(float) and steps[1] == sizeof(float) and steps[2] == 0:
        b = b_at[0]
        for i in range(n):
            a = a_at[i]
            o[i] = powf(a, b)
    elif steps[0] == sizeof(float) and steps[1] == 0 and steps[2] == sizeof(float):
        a = a_at[0]
        for i in range(n):
            b = b_at[i]
            o[i] = powf(a, b)
    else:
        for i in range(n):
            a = a_at[0]
            a_at = <float*>(<char*>a_at + steps[1])
            b = b_at[0]
            b_at = <float*>(<char*>b_at + steps[2])
            o[0] = powf(a, b)
            o = <float*>(<char*>o + steps[0])
cdef void pow_float64(char** data, const Py_ssize_t* steps, Py_ssize_t n, LoopArgs* args) noexcept nogil:
    cdef double* o = <double*>data[0]
    cdef double* a_at = <double*>data[1]
    cdef double a
    cdef double* b_at = <double*>data[2]
    cdef double b
    cdef Py_ssize_t i
    if steps[0] == sizeof(double) and steps[1] == sizeof(double) and steps[2] == sizeof(double):
        for i in range(n):
            a = a_at[i]
            b = b_at[i]
            o[i] = pow(a, b)
    elif steps[0] == sizeof(double) and steps[1] == sizeof(double) and steps[2] == 0:
        b = b_at[0]
        for i in range(n):
            a = a_at[i]
            o[i] = pow(a, b)
    elif steps[0] == sizeof(double) and steps[1] == 0 and steps[2] == sizeof(double):
        a = a_at[0]
        for i in range(n):
            b = b_at[i]
            o[i] = pow(a, b)
    else:
        for i in range(n):
            a = a_at[0]
            a_at = <double*>(<char*>a_at + steps[1])
            b = b_at[0]
            b_at = <double*>(<char*>b_at + steps[2])
            o[0] = pow(a, b)
            o = <double*>(<char*>o + steps[0])
cdef void maximum_float32(char** data, const Py_ssize_t* steps, Py_ssize_t n, LoopArgs* args) noexcept nogil:
    cdef float* o = <float*>data[0]
    cdef float* a_at = <float*>data[1]
    cdef float a
    cdef float* b_at = <float*>data[2]
    cdef float b
    cdef Py_ssize_t i
    if steps[0] == sizeof(float) and steps[1] == sizeof(float) and steps[2] == sizeof(float):
        for i in range(n):
            a = a_at[i]
            b = b_at[i]
            o[i] = a if a > b or a != a else b
    elif steps[0] == sizeof(float) and steps[1] == sizeof(float) and steps[2] == 0:
        b = b_at[0]
        for i in range(n):
            a = a_at[i]
            o[i] = a if a > b or a != a else b
    elif steps[0] == sizeof(float) and steps[1] == 0 and steps[2] == sizeof(float):
        a = a_at[0]
        for i in range(n):
            b = b_at[i]
            o[i] = a if a > b or a != a else b
    else:
        for i in range(n):
            a = a_at[0]
            a_at = <float*>(<char*>a_at + steps[1])
            b = b_at[0]
            b_at = <float*>(<char*>b_at + steps[2])
            o[0] = a if a > b or a != a else b
            o = <float*>(<char*>o + steps[0])
cdef void maximum_float64(char** data, const Py_ssize_t* steps, Py_ssize_t n, LoopArgs* args) noexcept nogil:
    cdef double* o = <double*>data[0]
    cdef double* a_at = <double*>data[1]
    cdef double a
    cdef double* b_at = <double*>data[2]
    cdef double b
    cdef Py_ssize_t i
    if steps[0] == sizeof(double) and steps[1] == sizeof(double) and steps[2] == sizeof(double):
        for i in range(n):
            a = a_at[i]
            b = b_at[i]
            o[i] = a if a > b or a != a else b
    elif steps[0] == sizeof(double) and steps[1] == sizeof(double) and steps[2] == 0:
        b = b_at[0]
        for i in range(n):
            a = a_at[i]
            o[i] = a if a > b or a != a else b
    elif steps[0] == sizeof(double) and steps[1] == 0 and steps[2] == sizeof(double):
        a = a_at[0]
        for i in range(n):
            b = b_at[i]
            o[i] = a if a > b or a != a else b
    else:
        for i in range(n):
            a = a_at[0]
            a_at = <double*>(<char*>a_at + steps[1])
            b = b_at[0]
            b_at = <double*>(<char*>b_at + steps[2])
            o[0] = a if a > b or a != a else b
            o = <double*>(<char*>o + steps[0])
cdef void minimum_float32(char** data, const Py_ssize_t* steps, Py_ssize_t n, LoopArgs* args) noexcept nogil:
    cdef float* o = <float*>data[0]
    cdef float* a_at = <float*>data[1]
    cdef float a
    cdef float* b_at = <float*>data[2]
    cdef float b
    cdef Py_ssize_t i
    if steps[0] == sizeof(float) and steps[1] == sizeof(float) and steps[2] == sizeof(float):
        for i in range(n):
            a = a_at[i]
            b = b_at[i]
            o[i] = a if a < b or a != a else b
    elif steps[0] == sizeof(float) and steps[1] == sizeof(float) and steps[2] == 0:
        b = b_at[0]
        for i in range(n):
            a = a_at[i]
            o[i] = a if a < b or a != a else b
    elif steps[0] == sizeof(float) and steps[1] == 0 and steps[2] == sizeof(float):
        a = a_at[0]
        for i in range(n):
            b = b_at[i]
            o[i] = a if a < b or a != a else b
    else:
        for i in range(n):
            a = a_at[0]
            a_at = <float*>(<char*>a_at + steps[1])
            b = b_at[0]
            b_at = <float*>(<char*>b_at + steps[2])
            o[0] = a if a < b or a != a else b
            o = <float*>(<char*>o + steps[0])
cdef void minimum_float64(char** data, const Py_ssize_t* steps, Py_ssize_t n, LoopArgs* args) noexcept nogil:
    cdef double* o = <double*>data[0]
    cdef double* a_at = <double*>data[1]
    cdef double a
    cdef double* b_at = <double*>data[2]
    cdef double b
    cdef Py_ssize_t i
    if steps[0] == sizeof(double) and steps[1] == sizeof(double) and steps[2] == sizeof(double):
        for i in range(n):
            a = a_at[i]
            b = b_at[i]
            o[i] = a if a < b or a != a else b
    elif steps[0] == sizeof(double) and steps[1] == sizeof(double) and steps[2] == 0:
        b = b_at[0]
        for i in range(n):
            a = a_at[i]
            o[i] = a if a < b or a != a else b
    elif steps[0] == sizeof(double) and steps[1] == 0 and steps[2] == sizeof(double):
        a = a_at[0]
        for i in range(n):
            b = b_at[i]
            o[i] = a if a < b or a != a else b
    else:
        for i in range(n):
            a = a_at[0]
            a_at = <double*>(<char*>a_at + steps[1])
            b = b_at[0]
            b_at = <double*>(<char*>b_at + steps[2])
            o[0] = a if a < b or a != a else b
            o = <double*>(<char*>o + steps[0])
cdef void atan2_float32(char** data, const Py_ssize_t* steps, Py_ssize_t n, LoopArgs* args) noexcept nogil:
    cdef float* o = <float*>data[0]
    cdef float* a_at = <float*>data[1]
    cdef float a
    cdef float* b_at = <float*>data[2]
    cdef float b
    cdef Py_ssize_t i
    if steps[0] == sizeof(float) and steps[1] == sizeof(float) and steps[2] == sizeof(float):
        for i in range(n):
            a = a_at[i]
            b = b_at[i]
            o[i] = atan2f(a, b)
    elif steps[0] == sizeof(float) and steps[1] == sizeof(float) and steps[2] == 0:
        b = b_at[0]
        for i in range(n):
            a = a_at[i]
            o[i] = atan2f(a, b)
    elif steps[0] == sizeof(float) and steps[1] == 0 and steps[2] == sizeof(float):
        a = a_at[0]
        for i in range(n):
            b = b_at[i]
            o[i] = atan2f(a, b)
    else:
        for i in range(n):
            a = a_at[0]
            a_at = <float*>(<char*>a_at + steps[1])
            b = b_at[0]
            b_at = <float*>(<char*>b_at + steps[2])
            o[0] = atan2f(a, b)
            o = <float*>(<char*>o + steps[0])
cdef void atan2_float64(char** data, const Py_ssize_t* steps, Py_ssize_t n, LoopArgs* args) noexcept nogil:
    cdef double* o = <double*>data[0]
    cdef double* a_at = <double*>data[1]
    cdef double a
    cdef double* b_at = <double*>data[2]
    cdef double b
    cdef Py_ssize_t i
    if steps[0] == sizeof(double) and steps[1] == sizeof(double) and steps[2] == sizeof(double):
        for i in range(n):
            a = a_at[i]
            b = b_at[i]
            o[i] = atan2(a, b)
    elif steps[0] == sizeof(double) and steps[1] == sizeof(double) and steps[2] == 0:
        b = b_at[0]
        for i in range(n):
            a = a_at[i]
            o[i] = atan2(a, b)
    elif steps[0] == sizeof(double) and steps[1] == 0 and steps[2] == sizeof(double):
        a = a_at[0]
        for i in range(n):
            b = b_at[i]
            o[i] = atan2(a, b)
    else:
        for i in range(n):
            a = a_at[0]
            a_at = <double*>(<char*>a_at + steps[1])
            b = b_at[0]
            b_at = <double*>(<char*>b_at + steps[2])
            o[0] = atan2(a, b)
            o = <double*>(<char*>o + steps[0])
cdef void eq_float32(char** data, const Py_ssize_t* steps, Py_ssize_t n, LoopArgs* args) noexcept nogil:
    cdef uint8_t* o = <uint8_t*>data[0]
    cdef float* a_at = <float*>data[1]
    cdef float a
    cdef float* b_at = <float*>data[2]
    cdef float b
    cdef Py_ssize_t i
    if steps[0] == sizeof(uint8_t) and steps[1] == sizeof(float) and steps[2] == sizeof(float):
        for i in range(n):
            a = a_at[i]
            b = b_at[i]
            o[i] = a == b
    elif steps[0] == sizeof(uint8_t) and steps[1] == sizeof(float) and steps[2] == 0:
        b = b_at[0]
        for i in range(n):
            a = a_at[i]
            o[i] = a == b
    elif steps[0] == sizeof(uint8_t) and steps[1] == 0 and steps[2] == sizeof(float):
        a = a_at[0]
        for i in range(n):
            b = b_at[i]
            o[i] = a == b
    else:
        for i in range(n):
            a = a_at[0]
            a_at = <float*>(<char*>a_at + steps[1])
            b = b_at[0]
            b_at = <float*>(<char*>b_at + steps[2])
            o[0] = a == b
            o = <uint8_t*>(<char*>o + steps[0])
cdef void eq_float64(char** data, const Py_ssize_t* steps, Py_ssize_t n, LoopArgs* args) noexcept nogil:
    cdef uint8_t* o = <uint8_t*>data[0]
    cdef double* a_at = <double*>data[1]
    cdef double a
    cdef double* b_at = <double*>data[2]
    cdef double b
    cdef Py_ssize_t i
    if steps[0] == sizeof(uint8_t) and steps[1] == sizeof(double) and steps[2] == sizeof(double):
        for i in range(n):
            a = a_at[i]
            b = b_at[i]
            o[i] = a == b
    elif steps[0] == sizeof(uint8_t) and steps[1] == sizeof(double) and steps[2] == 0:
        b = b_at[0]
        for i in range(n):
            a = a_at[i]
            o[i] = a == b
    elif steps[0] == sizeof(uint8_t) and steps[1] == 0 and steps[2] == sizeof(double):
        a = a_at[0]
        for i in range(n):
            b = b_at[i]
            o[i] = a == b
    else:
        for i in range(n):
            a = a_at[0]
            a_at = <double*>(<char*>a_at + steps[1])
            b = b_at[0]
            b_at = <double*>(<char*>b_at + steps[2])
            o[0] = a == b
            o = <uint8_t*>(<char*>o + steps[0])
cdef void ne_float32(char** data, const Py_ssize_t* steps, Py_ssize_t n, LoopArgs* args) noexcept nogil:
    cdef uint8_t* o = <uint8_t*>data[0]
    cdef float* a_at = <float*>data[1]
    cdef float a
    cdef float* b_at = <float*>data[2]
    cdef float b
    cdef Py_ssize_t i
    if steps[0] == sizeof(uint8_t) and steps[1] == sizeof(float) and steps[2] == sizeof(float):
        for i in range(n):
            a = a_at[i]
            b = b_at[i]
            o[i] = a != b
    elif steps[0] == sizeof(uint8_t) and steps[1] == sizeof(float) and steps[2] == 0:
        b = b_at[0]
        for i in range(n):
            a = a_at[i]
            o[i] = a != b
    elif steps[0] == sizeof(uint8_t) and steps[1] == 0 and steps[2] == sizeof(float):
        a = a_at[0]
        for i in range(n):
            b = b_at[i]
            o[i] = a != b
    else:
        for i in range(n):
            a = a_at[0]
            a_at = <float*>(<char*>a_at + steps[1])
            b = b_at[0]
            b_at = <float*>(<char*>b_at + steps[2])
            o[0] = a != b
            o = <uint8_t*>(<char*>o + steps[0])
cdef void ne_float64(char** data, const Py_ssize_t* steps, Py_ssize_t n, LoopArgs* args) noexcept nogil:
    cdef uint8_t* o = <uint8_t*>data[0]
    cdef double* a_at = <double*>data[1]
    cdef double a
    cdef double* b_at = <double*>data[2]
    cdef double b
    cdef Py_ssize_t i
    if steps[0] == sizeof(uint8_t) and steps[1] == sizeof(double) and steps[2] == sizeof(double):
        for i in range(n):
            a = a_at[i]
            b = b_at[i]
            o[i] = a != b
    elif steps[0] == sizeof(uint8_t) and steps[1] == sizeof(double) and steps[2] == 0:
        b = b_at[0]
        for i in range(n):
            a = a_at[i]
            o[i] = a != b
    elif steps[0] == sizeof(uint8_t) and steps[1] == 0 and steps[2] == sizeof(double):
        a = a_at[0]
        for i in range(n):
            b = b_at[i]
            o[i] = a != b
    else:
        for i in range(n):
            a = a_at[0]
            a_at = <double*>(<char*>a_at + steps[1])
            b = b_at[0]
            b_at = <double*>(<char*>b_at + steps[2])
            o[0] = a != b
            o = <uint8_t*>(<char*>o + steps[0])
cdef void lt_float32(char** data, const Py_ssize_t* steps, Py_ssize_t n, LoopArgs* args) noexcept nogil:
    cdef uint8_t* o = <uint8_t*>data[0]
    cdef float* a_at = <float*>data[1]
    cdef float a
    cdef float* b_at = <float*>data[2]
    cdef float b
    cdef Py_ssize_t i
    if steps[0] == sizeof(uint8_t) and steps[1] == sizeof(float) and steps[2] == sizeof(float):
        for i in range(n):
            a = a_at[i]
            b = b_at[i]
            o[i] = a < b
    elif steps[0] == sizeof(uint8_t) and steps[1] == sizeof(float) and steps[2] == 0:
        b = b_at[0]
        for i in range(n):
            a = a_at[i]
            o[i] = a < b
    elif steps[0] == sizeof(uint8_t) and steps[1] == 0 and steps[2] == sizeof(float):
        a = a_at[0]
        for i in range(n):
            b = b_at[i]
            o[i] = a < b
    else:
        for i in range(n):
            a = a_at[0]
            a_at = <float*>(<char*>a_at + steps[1])
            b = b_at[0]
            b_at = <float*>(<char*>b_at + steps[2])
            o[0] = a < b
            o = <uint8_t*>(<char*>o + steps[0])
cdef void lt_float64(char** data, const Py_ssize_t* steps, Py_ssize_t n, LoopArgs* args) noexcept nogil:
    cdef uint8_t* o = <uint8_t*>data[0]
    cdef double* a_at = <double*>data[1]
    cdef double a
    cdef double* b_at = <double*>data[2]
    cdef double b
    cdef Py_ssize_t i
    if steps[0] == sizeof(uint8_t) and steps[1] == sizeof(double) and steps[2] == sizeof(double):
        for i in range(n):
            a = a_at[i]
            b = b_at[i]
            o[i] = a < b
    elif steps[0] == sizeof(uint8_t) and steps[1] == sizeof(double) and steps[2] == 0:
        b = b_at[0]
        for i in range(n):
            a = a_at[i]
            o[i] = a < b
    elif steps[0] == sizeof(uint8_t) and steps[1] == 0 and steps[2] == sizeof(double):
        a = a_at[0]
        for i in range(n):
            b = b_at[i]
            o[i] = a < b
    else:
        for i in range(n):
            a = a_at[0]
            a_at = <double*>(<char*>a_at + steps[1])
            b = b_at[0]
            b_at = <double*>(<char*>b_at + steps[2])
            o[0] = a < b
            o = <uint8_t*>(<char*>o + steps[0])
cdef void le_float32(char** data, const Py_ssize_t* steps, Py_ssize_t n, LoopArgs* args) noexcept nogil:
    cdef uint8_t* o = <uint8_t*>data[0]
    cdef float* a_at = <float*>data[1]
    cdef float a
    cdef float* b_at = <float*>data[2]
    cdef float b
    cdef Py_ssize_t i
    if steps[0] == sizeof(uint8_t) and steps[1] == sizeof(float) and steps[2] == sizeof(float):
        for i in range(n):
            a = a_at[i]
            b = b_at[i]
            o[i] = a <= b
    elif steps[0] == sizeof(uint8_t) and steps[1] == sizeof(float) and steps[2] == 0:
        b = b_at[0]
        for i in range(n):
            a = a_at[i]
            o[i] = a <= b
    elif steps[0] == sizeof(uint8_t) and steps[1] == 0 and steps[2] == sizeof(float):
        a = a_at[0]
        for i in range(n):
            b = b_at[i]
            o[i] = a <= b
    else:
        for i in range(n):
            a = a_at[0]
            a_at = <float*>(<char*>a_at + steps[1])
            b = b_at[0]
            b_at = <float*>(<char*>b_at + steps[2])
            o[0] = a <= b
            o = <uint8_t*>(<char*>o + steps[0])
cdef void le_float64(char** data, const Py_ssize_t* steps, Py_ssize_t n, LoopArgs* args) noexcept nogil:
    cdef uint8_t* o = <uint8_t*>data[0]
    cdef double* a_at = <double*>data[1]
    cdef double a
    cdef double* b_at = <double*>data[2]
    cdef double b
    cdef Py_ssize_t i
    if steps[0] == sizeof(uint8_t) and steps[1] == sizeof(double) and steps[2] == sizeof(double):
        for i in range(n):
            a = a_at[i]
            b = b_at[i]
            o[i] = a <= b
    elif steps[0] == sizeof(uint8_t) and steps[1] == sizeof(double) and steps[2] == 0:
        b = b_at[0]
        for i in range(n):
            a = a_at[i]
            o[i] = a <= b
    elif steps[0] == sizeof(uint8_t) and steps[1] == 0 and steps[2] == sizeof(double):
        a = a_at[0]
        for i in range(n):
            b = b_at[i]
            o[i] = a <= b
    else:
        for i in range(n):
            a = a_at[0]
            a_at = <double*>(<char*>a_at + steps[1])
            b = b_at[0]
            b_at = <double*>(<char*>b_at + steps[2])
            o[0] = a <= b
            o = <uint8_t*>(<char*>o + steps[0])
cdef void gt_float32(char** data, const Py_ssize_t* steps, Py_ssize_t n, LoopArgs* args) noexcept nogil:
    cdef uint8_t* o = <uint8_t*>data[0]
    cdef float* a_at = <float*>data[1]
    cdef float a
    cdef float* b_at = <float*>data[2]
    cdef float b
    cdef Py_ssize_t i
    if steps[0] == sizeof(uint8_t) and steps[1] == sizeof(float) and steps[2] == sizeof(float):
        for i in range(n):
            a = a_at[i]
            b = b_at[i]
            o[i] = a > b
    elif steps[0] == sizeof(uint8_t) and steps[1] == sizeof(float) and steps[2] == 0:
        b = b_at[0]
        for i in range(n):
            a = a_at[i]
            o[i] = a > b
    elif steps[0] == sizeof(uint8_t) and steps[1] == 0 and steps[2] == sizeof(float):
        a = a_at[0]
        for i in range(n):
            b = b_at[i]
            o[i] = a > b
    else:
        for i in range(n):
            a = a_at[0]
            a_at = <float*>(<char*>a_at + steps[1])
            b = b_at[0]
            b_at = <float*>(<char*>b_at + steps[2])
            o[0] = a > b
            o = <uint8_t*>(<char*>o + steps[0])
cdef void gt_float64(char** data, const Py_ssize_t* steps, Py_ssize_t n, LoopArgs* args) noexcept nogil:
    cdef uint8_t* o = <uint8_t*>data[0]
    cdef double* a_at = <double*>data[1]
    cdef double a
    cdef double* b_at = <double*>data[2]
    cdef double b
    cdef Py_ssize_t i
    if steps[0] == sizeof(uint8_t) and steps[1] == sizeof(double) and steps[2] == sizeof(double):
        for i in range(n):
            a = a_at[i]
            b = b_at[i]
            o[i] = a > b
    elif steps[0] == sizeof(uint8_t) and steps[1] == sizeof(double) and steps[2] == 0:
        b = b_at[0]
        for i in range(n):
            a = a_at[i]
            o[i] = a > b
    elif steps[0] == sizeof(uint8_t) and steps[1] == 0 and steps[2] == sizeof(double):
        a = a_at[0]
        for i in range(n):
            b = b_at[i]
            o[i] = a > b
    else:
        for i in range(n):
            a = a_at[0]
            a_at = <double*>(<char*>a_at + steps[1])
            b = b_at[0]
            b_at = <double*>(<char*>b_at + steps[2])
            o[0] = a > b
            o = <uint8_t*>(<char*>o + steps[0])
cdef void ge_float32(char** data, const Py_ssize_t* steps, Py_ssize_t n, LoopArgs* args) noexcept nogil:
    cdef uint8_t* o = <uint8_t*>data[0]
    cdef float* a_at = <float*>data[1]
    cdef float a
    cdef float* b_at = <float*>data[2]
    cdef float b
    cdef Py_ssize_t i
    if steps[0] == sizeof(uint8_t) and steps[1] == sizeof(float) and steps[2] == sizeof(float):
        for i in range(n):
            a = a_at[i]
            b = b_at[i]
            o[i] = a >= b
    elif steps[0] == sizeof(uint8_t) and steps[1] == sizeof(float) and steps[2] == 0:
        b = b_at[0]
        for i in range(n):
            a = a_at[i]
            o[i] = a >= b
    elif steps[0] == sizeof(uint8_t) and steps[1] == 0 and steps[2] == sizeof(float):
        a = a_at[0]
        for i in range(n):
            b = b_at[i]
            o[i] = a >= b
    else:
        for i in range(n):
            a = a_at[0]
            a_at = <float*>(<char*>a_at + steps[1])
            b = b_at[0]
            b_at = <float*>(<char*>b_at + steps[2])
            o[0] = a >= b
            o = <uint8_t*>(<char*>o + steps[0])
cdef void ge_float64(char** data, const Py_ssize_t* steps, Py_ssize_t n, LoopArgs* args) noexcept nogil:
    cdef uint8_t* o = <uint8_t*>data[0]
    cdef double* a_at = <double*>data[1]
    cdef double a
    cdef double* b_at = <double*>data[2]
    cdef double b
    cdef Py_ssize_t i
    if steps[0] == sizeof(uint8_t) and steps[1] == sizeof(double) and steps[2] == sizeof(double):
        for i in range(n):
            a = a_at[i]
            b = b_at[i]
            o[i] = a >= b
    elif steps[0] == sizeof(uint8_t) and steps[1] == sizeof(double) and steps[2] == 0:
        b = b_at[0]
        for i in range(n):
            a = a_at[i]
            o[i] = a >= b
    elif steps[0] == sizeof(uint8_t) and steps[1] == 0 and steps[2] == sizeof(double):
        a = a_at[0]
        for i in range(n):
            b = b_at[i]
            o[i] = a >= b
    else:
        for i in range(n):
            a = a_at[0]
            a_at = <double*>(<char*>a_at + steps[1])
            b = b_at[0]
            b_at = <double*>(<char*>b_at + steps[2])
            o[0] = a >= b
            o = <uint8_t*>(<char*>o + steps[0])
cdef void logical_and_float32(char** data, const Py_ssize_t* steps, Py_ssize_t n, LoopArgs* args) noexcept nogil:
    cdef uint8_t* o = <uint8_t*>data[0]
    cdef float* a_at = <float*>data[1]
    cdef float a
    cdef float* b_at = <float*>data[2]
    cdef float b
    cdef Py_ssize_t i
    if steps[0] == sizeof(uint8_t) and steps[1] == sizeof(float) and steps[2] == sizeof(float):
        for i in range(n):
            a = a_at[i]
            b = b_at[i]
            o[i] = (a != 0) & (b != 0)
    elif steps[0] == sizeof(uint8_t) and steps[1] == sizeof(float) and steps[2] == 0:
        b = b_at[0]
        for i in range(n):
            a = a_at[i]
            o[i] = (a != 0) & (b != 0)
    elif steps[0] == sizeof(uint8_t) and steps[1] == 0 and steps[2] == sizeof(float):
        a = a_at[0]
        for i in range(n):
            b = b_at[i]
            o[i] = (a != 0) & (b != 0)
    else:
        for i in range(n):
            a = a_at[0]
            a_at = <float*>(<char*>a_at + steps[1])
            b = b_at[0]
            b_at = <float*>(<char*>b_at + steps[2])
            o[0] = (a != 0) & (b != 0)
            o = <uint8_t*>(<char*>o + steps[0])
cdef void logical_and_float64(char** data, const Py_ssize_t* steps, Py_ssize_t n, LoopArgs* args) noexcept nogil:
    cdef uint8_t* o = <uint8_t*>data[0]
    cdef double* a_at = <double*>data[1]
    cdef double a
    cdef double* b_at = <double*>data[2]
    cdef double b
    cdef Py_ssize_t i
    if steps[0] == sizeof(uint8_t) and steps[1] == sizeof(double) and steps[2] == sizeof(double):
        for i in range(n):
            a = a_at[i]
            b = b_at[i]
            o[i] = (a != 0) & (b != 0)
    elif steps[0] == sizeof(uint8_t) and steps[1] == sizeof(double) and steps[2] == 0:
        b = b_at[0]
        for i in range(n):
            a = a_at[i]
            o[i] = (a != 0) & (b != 0)
    elif steps[0] == sizeof(uint8_t) and steps[1] == 0 and steps[2] == sizeof(double):
        a = a_at[0]
        for i in range(n):
            b = b_at[i]
            o[i] = (a != 0) & (b != 0)
    else:
        for i in range(n):
            a = a_at[0]
            a_at = <double*>(<char*>a_at + steps[1])
            b = b_at[0]
            b_at = <double*>(<char*>b_at + steps[2])
            o[0] = (a != 0) & (b != 0)
            o = <uint8_t*>(<char*>o + steps[0])
cdef void logical_or_float32(char** data, const Py_ssize_t* steps, Py_ssize_t n, LoopArgs* args) noexcept nogil:
    cdef uint8_t* o = <uint8_t*>data[0]
    cdef float* a_at = <float*>data[1]
    cdef float a
    cdef float* b_at = <float*>data[2]
    cdef float b
    cdef Py_ssize_t i
    if steps[0] == sizeof(uint8_t) and steps[1] == sizeof(float) and steps[2] == sizeof(float):
        for i in range(n):
            a = a_at[i]
            b = b_at[i]
            o[i] = (a != 0) | (b != 0)
    elif steps[0] == sizeof(uint8_t) and steps[1] == sizeof(float) and steps[2] == 0:
        b = b_at[0]
        for i in range(n):
            a = a_at[i]
            o[i] = (a != 0) | (b != 0)
    elif steps[0] == sizeof(uint8_t) and steps[1] == 0 and steps[2] == sizeof(float):
        a = a_at[0]
        for i in range(n):
            b = b_at[i]
            o[i] = (a != 0) | (b != 0)
    else:
        for i in range(n):
            a = a_at[0]
            a_at = <float*>(<char*>a_at + steps[1])
            b = b_at[0]
            b_at = <float*>(<char*>b_at + steps[2])
            o[0] = (a != 0) | (b != 0)
            o = <uint8_t*>(<char*>o + steps[0])
cdef void logical_or_float64(char** data, const Py_ssize_t* steps, Py_ssize_t n, LoopArgs* args) noexcept nogil:
    cdef uint8_t* o = <uint8_t*>data[0]
    cdef double* a_at = <double*>data[1]
    cdef double a
    cdef double* b_at = <double*>data[2]
    cdef double b
    cdef Py_ssize_t i
    if steps[0] == sizeof(uint8_t) and steps[1] == sizeof(double) and steps[2] == sizeof(double):
        for i in range(n):
            a = a_at[i]
            b = b_at[i]
            o[i] = (a != 0) | (b != 0)
    elif steps[0] == sizeof(uint8_t) and steps[1] == sizeof(double) and steps[2] == 0:
        b = b_at[0]
        for i in range(n):
            a = a_at[i]
            o[i] = (a != 0) | (b != 0)
    elif steps[0] == sizeof(uint8_t) and steps[1] == 0 and steps[2] == sizeof(double):
        a = a_at[0]
        for i in range(n):
            b = b_at[i]
            o[i] = (a != 0) | (b != 0)
    else:
        for i in range(n):
            a = a_at[0]
            a_at = <double*>(<char*>a_at + steps[1])
            b = b_at[0]
            b_at = <double*>(<char*>b_at + steps[2])
            o[0] = (a != 0) | (b != 0)
            o = <uint8_t*>(<char*>o + steps[0])
cdef void logical_xor_float32(char** data, const Py_ssize_t* steps, Py_ssize_t n, LoopArgs* args) noexcept nogil:
    cdef uint8_t* o = <uint8_t*>data[0]
    cdef float* a_at = <float*>data[1]
    cdef float a
    cdef float* b_at = <float*>data[2]
    cdef float b
    cdef Py_ssize_t i
    if steps[0] == sizeof(uint8_t) and steps[1] == sizeof(float) and steps[2] == sizeof(float):
        for i in range(n):
            a = a_at[i]
            b = b_at[i]
            o[i] = (a != 0) ^ (b != 0)
    elif steps[0] == sizeof(uint8_t) and steps[1] == sizeof(float) and steps[2] == 0:
        b = b_at[0]
        for i in range(n):
            a = a_at[i]
            o[i] = (a != 0) ^ (b != 0)
    elif steps[0] == sizeof(uint8_t) and steps[1] == 0 and steps[2] == sizeof(float):
        a = a_at[0]
        for i in range(n):
            b = b_at[i]
            o[i] = (a != 0) ^ (b != 0)
    else:
        for i in range(n):
            a = a_at[0]
            a_at = <float*>(<char*>a_at + steps[1])
            b = b_at[0]
            b_at = <float*>(<char*>b_at + steps[2])
            o[0] = (a != 0) ^ (b != 0)
            o = <uint8_t*>(<char*>o + steps[0])
cdef void logical_xor_float64(char** data, const Py_ssize_t* steps, Py_ssize_t n, LoopArgs* args) noexcept nogil:
    cdef uint8_t* o = <uint8_t*>data[0]
    cdef double* a_at = <double*>data[1]
    cdef double a
    cdef double* b_at = <double*>data[2]
    cdef double b
    cdef Py_ssize_t i
    if steps[0] == sizeof(uint8_t) and steps[1] == sizeof(double) and steps[2] == sizeof(double):
        for i in range(n):
            a = a_at[i]
            b = b_at[i]
            o[i] = (a != 0) ^ (b != 0)
    elif steps[0] == sizeof(uint8_t) and steps[1] == sizeof(double) and steps[2] == 0:
        b = b_at[0]
        for i in range(n):
            a = a_at[i]
            o[i] = (a != 0) ^ (b != 0)
    elif steps[0] == sizeof(uint8_t) and steps[1] == 0 and steps[2] == sizeof(double):
        a = a_at[0]
        for i in range(n):
            b = b_at[i]
            o[i] = (a != 0) ^ (b != 0)
    else:
        for i in range(n):
            a = a_at[0]
            a_at = <double*>(<char*>a_at + steps[1])
            b = b_at[0]
            b_at = <double*>(<char*>b_at + steps[2])
            o[0] = (a != 0) ^ (b != 0)
            o = <uint8_t*>(<char*>o + steps[0])
cdef void logical_not_float32(char** data, const Py_ssize_t* steps, Py_ssize_t n, LoopArgs* args) noexcept nogil:
    cdef uint8_t* o = <uint8_t*>data[0]
    cdef float* a_at = <float*>data[1]
    cdef float a
    cdef Py_ssize_t i
    if steps[0] == sizeof(uint8_t) and steps[1] == sizeof(float):
        for i in range(n):
            a = a_at[i]
            o[i] = a == 0
    else:
        for i in range(n):
            a = a_at[0]
            a_at = <float*>(<char*>a_at + steps[1])
            o[0] = a == 0
            o = <uint8_t*>(<char*>o + steps[0])
cdef void logical_not_float64(char** data, const Py_ssize_t* steps, Py_ssize_t n, LoopArgs* args) noexcept nogil:
    cdef uint8_t* o = <uint8_t*>data[0]
    cdef double* a_at = <double*>data[1]
    cdef double a
    cdef Py_ssize_t i
    if steps[0] == sizeof(uint8_t) and steps[1] == sizeof(double):
        for i in range(n):
            a = a_at[i]
            o[i] = a == 0
    else:
        for i in range(n):
            a = a_at[0]
            a_at = <double*>(<char*>a_at + steps[1])
            o[0] = a == 0
            o = <uint8_t*>(<char*>o + steps[0])
cdef void isnan_float32(char** data, const Py_ssize_t* steps, Py_ssize_t n, LoopArgs* args) noexcept nogil:
    cdef uint8_t* o = <uint8_t*>data[0]
    cdef float* a_at = <float*>data[1]
    cdef float a
    cdef Py_ssize_t i
    if steps[0] == sizeof(uint8_t) and steps[1] == sizeof(float):
        for i in range(n):
            a = a_at[i]
            o[i] = a != a
    else:
        for i in range(n):
            a = a_at[0]
            a_at = <float*>(<char*>a_at + steps[1])
            o[0] = a != a
            o = <uint8_t*>(<char*>o + steps[0])
cdef void isnan_float64(char** data, const Py_ssize_t* steps, Py_ssize_t n, LoopArgs* args) noexcept nogil:
    cdef uint8_t* o = <uint8_t*>data[0]
    cdef double* a_at = <double*>data[1]
    cdef double a
    cdef Py_ssize_t i
    if steps[0] == sizeof(uint8_t) and steps[1] == sizeof(double):
        for i in range(n):
            a = a_at[i]
            o[i] = a != a
    else:
        for i in range(n):
            a = a_at[0]
            a_at = <double*>(<char*>a_at + steps[1])
            o[0] = a != a
            o = <uint8_t*>(<char*>o + steps[0])
cdef void isinf_float32(char** data, const Py_ssize_t* steps, Py_ssize_t n, LoopArgs* args) noexcept nogil:
    cdef uint8_t* o = <uint8_t*>data[0]
    cdef float* a_at = <float*>data[1]
    cdef float a
    cdef Py_ssize_t i
    if steps[0] == sizeof(uint8_t) and steps[1] == sizeof(float):
        for i in range(n):
            a = a_at[i]
            o[i] = fabsf(a) == INFINITY
    else:
        for i in range(n):
            a = a_at[0]
            a_at = <float*>(<char*>a_at + steps[1])
            o[0] = fabsf(a) == INFINITY
            o = <uint8_t*>(<char*>o + steps[0])
cdef void isinf_float64(char** data, const Py_ssize_t* steps, Py_ssize_t n, LoopArgs* args) noexcept nogil:
    cdef uint8_t* o = <uint8_t*>data[0]
    cdef double* a_at = <double*>data[1]
    cdef double a
    cdef Py_ssize_t i
    if steps[0] == sizeof(uint8_t) and steps[1] == sizeof(double):
        for i in range(n):
            a = a_at[i]
            o[i] = fabs(a) == INFINITY
    else:
        for i in range(n):
            a = a_at[0]
            a_at = <double*>(<char*>a_at + steps[1])
            o[0] = fabs(a) == INFINITY
            o = <uint8_t*>(<char*>o + steps[0])
cdef void isfinite_float32(char** data, const Py_ssize_t* steps, Py_ssize_t n, LoopArgs* args) noexcept nogil:
    cdef uint8_t* o = <uint8_t*>data[0]
    cdef float* a_at = <float*>data[1]
    cdef float a
    cdef Py_ssize_t i
    if steps[0] == sizeof(uint8_t) and steps[1] == sizeof(float):
        for i in range(n):
            a = a_at[i]
            o[i] = fabsf(a) < INFINITY
    else:
        for i in range(n):
            a = a_at[0]
            a_at = <float*>(<char*>a_at + steps[1])
            o[0] = fabsf(a) < INFINITY
            o = <uint8_t*>(<char*>o + steps[0])
cdef void isfinite_float64(char** data, const Py_ssize_t* steps, Py_ssize_t n, LoopArgs* args) noexcept nogil:
    cdef uint8_t* o = <uint8_t*>data[0]
    cdef double* a_at = <double*>data[1]
    cdef double a
    cdef Py_ssize_t i
    if steps[0] == sizeof(uint8_t) and steps[1] == sizeof(double):
        for i in range(n):
            a = a_at[i]
            o[i] = fabs(a) < INFINITY
    else:
        for i in range(n):
            a = a_at[0]
            a_at = <double*>(<char*>a_at + steps[1])
            o[0] = fabs(a) < INFINITY
            o = <uint8_t*>(<char*>o + steps[0])
cdef void neg_float32(char** data, const Py_ssize_t* steps, Py_ssize_t n, LoopArgs* args) noexcept nogil:
    cdef float* o = <float*>data[0]
    cdef float* a_at = <float*>data[1]
    cdef float a
    cdef Py_ssize_t i
    if steps[0] == sizeof(float) and steps[1] == sizeof(float):
        for i in range(n):
            a = a_at[i]
            o[i] = -a
    else:
        for i in range(n):
            a = a_at[0]
            a_at = <float*>(<char*>a_at + steps[1])
            o[0] = -a
            o = <float*>(<char*>o + steps[0])
cdef void neg_float64(char** data, const Py_ssize_t* steps, Py_ssize_t n, LoopArgs* args) noexcept nogil:
    cdef double* o = <double*>data[0]
    cdef double* a_at = <double*>data[1]
    cdef double a
    cdef Py_ssize_t i
    if steps[0] == sizeof(double) and steps[1] == sizeof(double):
        for i in range(n):
            a = a_at[i]
            o[i] = -a
    else:
        for i in range(n):
            a = a_at[0]
            a_at = <double*>(<char*>a_at + steps[1])
            o[0] = -a
            o = <double*>(<char*>o + steps[0])
cdef void abs_float32(char** data, const Py_ssize_t* steps, Py_ssize_t n, LoopArgs* args) noexcept nogil:
    cdef float* o = <float*>data[0]
    cdef float* a_at = <float*>data[1]
    cdef float a
    cdef Py_ssize_t i
    if steps[0] == sizeof(float) and steps[1] == sizeof(float):
        for i in range(n):
            a = a_at[i]
            o[i] = fabsf(a)
    else:
        for i in range(n):
            a = a_at[0]
            a_at = <float*>(<char*>a_at + steps[1])
            o[0] = fabsf(a)
            o = <float*>(<char*>o + steps[0])
cdef void abs_float64(char** data, const Py_ssize_t* steps, Py_ssize_t n, LoopArgs* args) noexcept nogil:
    cdef double* o = <double*>data[0]
    cdef double* a_at = <double*>data[1]
    cdef double a
    cdef Py_ssize_t i
    if steps[0] == sizeof(double) and steps[1] == sizeof(double):
        for i in range(n):
            a = a_at[i]
            o[i] = fabs(a)
    else:
        for i in range(n):
            a = a_at[0]
            a_at = <double*>(<char*>a_at + steps[1])
            o[0] = fabs(a)
            o = <double*>(<char*>o + steps[0])
cdef void sign_float32(char** data, const Py_ssize_t* steps, Py_ssize_t n, LoopArgs* args) noexcept nogil:
    cdef float* o = <float*>data[0]
    cdef float* a_at = <float*>data[1]
    cdef float a
    cdef Py_ssize_t i
    if steps[0] == sizeof(float) and steps[1] == sizeof(float):
        for i in range(n):
            a = a_at[i]
            o[i] = (a > 0) - (a < 0)
    else:
        for i in range(n):
            a = a_at[0]
            a_at = <float*>(<char*>a_at + steps[1])
            o[0] = (a > 0) - (a < 0)
            o = <float*>(<char*>o + steps[0])
cdef void sign_float64(char** data, const Py_ssize_t* steps, Py_ssize_t n, LoopArgs* args) noexcept nogil:
    cdef double* o = <double*>data[0]
    cdef double* a_at = <double*>data[1]
    cdef double a
    cdef Py_ssize_t i
    if steps[0] == sizeof(double) and steps[1] == sizeof(double):
        for i in range(n):
            a = a_at[i]
            o[i] = (a > 0) - (a < 0)
    else:
        for i in range(n):
            a = a_at[0]
            a_at = <double*>(<char*>a_at + steps[1])
            o[0] = (a > 0) - (a < 0)
            o = <double*>(<char*>o + steps[0])
cdef void sqrt_float32(char** data, const Py_ssize_t* steps, Py_ssize_t n, LoopArgs* args) noexcept nogil:
    cdef float* o = <float*>data[0]
    cdef float* a_at = <float*>data[1]
    cdef float a
    cdef Py_ssize_t i
    if steps[0] == sizeof(float) and steps[1] == sizeof(float):
        for i in range(n):
            a = a_at[i]
            o[i] = sqrtf(a)
    else:
        for i in range(n):
            a = a_at[0]
            a_at = <float*>(<char*>a_at + steps[1])
            o[0] = sqrtf(a)
            o = <float*>(<char*>o + steps[0])
cdef void sqrt_float64(char** data, const Py_ssize_t* steps, Py_ssize_t n, LoopArgs* args) noexcept nogil:
    cdef double* o = <double*>data[0]
    cdef double* a_at = <double*>data[1]
    cdef double a
    cdef Py_ssize_t i
    if steps[0] == sizeof(double) and steps[1] == sizeof(double):
        for i in range(n):
            a = a_at[i]
            o[i] = sqrt(a)
    else:
        for i in range(n):
            a = a_at[0]
            a_at = <double*>(<char*>a_at + steps[1])
            o[0] = sqrt(a)
            o = <double*>(<char*>o + steps[0])
cdef void rsqrt_float32(char** data, const Py_ssize_t* steps, Py_ssize_t n, LoopArgs* args) noexcept nogil:
    cdef float* o = <float*>data[0]
    cdef float* a_at = <float*>data[1]
    cdef float a
    cdef Py_ssize_t i
    if steps[0] == sizeof(float) and steps[1] == sizeof(float):
        for i in range(n):
            a = a_at[i]
            o[i] = 1 / sqrtf(a)
    else:
        for i in range(n):
            a = a_at[0]
            a_at = <float*>(<char*>a_at + steps[1])
            o[0] = 1 / sqrtf(a)
            o = <float*>(<char*>o + steps[0])
cdef void rsqrt_float64(char** data, const Py_ssize_t* steps, Py_ssize_t n, LoopArgs* args) noexcept nogil:
    cdef double* o = <double*>data[0]
    cdef double* a_at = <double*>data[1]
    cdef double a
    cdef Py_ssize_t i
    if steps[0] == sizeof(double) and steps[1] == sizeof(double):
        for i in range(n):
            a = a_at[i]
            o[i] = 1 / sqrt(a)
    else:
        for i in range(n):
            a = a_at[0]
            a_at = <double*>(<char*>a_at + steps[1])
            o[0] = 1 / sqrt(a)
            o = <double*>(<char*>o + steps[0])
cdef void reciprocal_float32(char** data, const Py_ssize_t* steps, Py_ssize_t n, LoopArgs* args) noexcept nogil:
    cdef float* o = <float*>data[0]
    cdef float* a_at = <float*>data[1]
    cdef float a
    cdef Py_ssize_t i
    if steps[0] == sizeof(float) and steps[1] == sizeof(float):
        for i in range(n):
            a = a_at[i]
            o[i] = 1 / a
    else:
        for i in range(n):
            a = a_at[0]
            a_at = <float*>(<char*>a_at + steps[1])
            o[0] = 1 / a
            o = <float*>(<char*>o + steps[0])
cdef void reciprocal_float64(char** data, const Py_ssize_t* steps, Py_ssize_t n, LoopArgs* args) noexcept nogil:
    cdef double* o = <double*>data[0]
    cdef double* a_at = <double*>data[1]
    cdef double a
    cdef Py_ssize_t i
    if steps[0] == sizeof(double) and steps[1] == sizeof(double):
        for i in range(n):
            a = a_at[i]
            o[i] = 1 / a
    else:
        for i in range(n):
            a = a_at[0]
            a_at = <double*>(<char*>a_at + steps[1])
            o[0] = 1 / a
            o = <double*>(<char*>o + steps[0])
cdef void square_float32(char** data, const Py_ssize_t* steps, Py_ssize_t n, LoopArgs* args) noexcept nogil:
    cdef float* o = <float*>data[0]
    cdef float* a_at = <float*>data[1]
    cdef float a
    cdef Py_ssize_t i
    if steps[0] == sizeof(float) and steps[1] == sizeof(float):
        for i in range(n):
            a = a_at[i]
            o[i] = a * a
    else:
        for i in range(n):
            a = a_at[0]
            a_at = <float*>(<char*>a_at + steps[1])
            o[0] = a * a
            o = <float*>(<char*>o + steps[0])
cdef void square_float64(char** data, const Py_ssize_t* steps, Py_ssize_t n, LoopArgs* args) noexcept nogil:
    cdef double* o = <double*>data[0]
    cdef double* a_at = <double*>data[1]
    cdef double a
    cdef Py_ssize_t i
    if steps[0] == sizeof(double) and steps[1] == sizeof(double):
        for i in range(n):
            a = a_at[i]
            o[i] = a * a
    else:
        for i in range(n):
            a = a_at[0]
            a_at = <double*>(<char*>a_at + steps[1])
            o[0] = a * a
            o = <double*>(<char*>o + steps[0])
cdef void cube_float32(char** data, const Py_ssize_t* steps, Py_ssize_t n, LoopArgs* args) noexcept nogil:
    cdef float* o = <float*>data[0]
    cdef float* a_at = <float*>data[1]
    cdef float a
    cdef Py_ssize_t i
    if steps[0] == sizeof(float) and steps[1] == sizeof(float):
        for i in range(n):
            a = a_at[i]
            o[i] = a * a * a
    else:
        for i in range(n):
            a = a_at[0]
            a_at = <float*>(<char*>a_at + steps[1])
            o[0] = a * a * a
            o = <float*>(<char*>o + steps[0])
cdef void cube_float64(char** data, const Py_ssize_t* steps, Py_ssize_t n, LoopArgs* args) noexcept nogil:
    cdef double* o = <double*>data[0]
    cdef double* a_at = <double*>data[1]
    cdef double a
    cdef Py_ssize_t i
    if steps[0] == sizeof(double) and steps[1] == sizeof(double):
        for i in range(n):
            a = a_at[i]
            o[i] = a * a * a
    else:
        for i in range(n):
            a = a_at[0]
            a_at = <double*>(<char*>a_at + steps[1])
            o[0] = a * a * a
            o = <double*>(<char*>o + steps[0])
cdef void floor_float32(char** data, const Py_ssize_t* steps, Py_ssize_t n, LoopArgs* args) noexcept nogil:
    cdef float* o = <float*>data[0]
    cdef float* a_at = <float*>data[1]
    cdef float a
    cdef Py_ssize_t i
    if steps[0] == sizeof(float) and steps[1] == sizeof(float):
        for i in range(n):
            a = a_at[i]
            o[i] = floorf(a)
    else:
        for i in range(n):
            a = a_at[0]
            a_at = <float*>(<char*>a_at + steps[1])
            o[0] = floorf(a)
            o = <float*>(<char*>o + steps[0])
cdef void floor_float64(char** data, const Py_ssize_t* steps, Py_ssize_t n, LoopArgs* args) noexcept nogil:
    cdef double* o = <double*>data[0]
    cdef double* a_at = <double*>data[1]
    cdef double a
    cdef Py_ssize_t i
    if steps[0] == sizeof(double) and steps[1] == sizeof(double):
        for i in range(n):
            a = a_at[i]
            o[i] = floor(a)
    else:
        for i in range(n):
            a = a_at[0]
            a_at = <double*>(<char*>a_at + steps[1])
            o[0] = floor(a)
            o = <double*>(<char*>o + steps[0])
cdef void ceil_float32(char** data, const Py_ssize_t* steps, Py_ssize_t n, LoopArgs* args) noexcept nogil:
    cdef float* o = <float*>data[0]
    cdef float* a_at = <float*>data[1]
    cdef float a
    cdef Py_ssize_t i
    if steps[0] == sizeof(float) and steps[1] == sizeof(float):
        for i in range(n):
            a = a_at[i]
            o[i] = ceilf(a)
    else:
        for i in range(n):
            a = a_at[0]
            a_at = <float*>(<char*>a_at + steps[1])
            o[0] = ceilf(a)
            o = <float*>(<char*>o + steps[0])
cdef void ceil_float64(char** data, const Py_ssize_t* steps, Py_ssize_t n, LoopArgs* args) noexcept nogil:
    cdef double* o = <double*>data[0]
    cdef double* a_at = <double*>data[1]
    cdef double a
    cdef Py_ssize_t i
    if steps[0] == sizeof(double) and steps[1] == sizeof(double):
        for i in range(n):
            a = a_at[i]
            o[i] = ceil(a)
    else:
        for i in range(n):
            a = a_at[0]
            a_at = <double*>(<char*>a_at + steps[1])
            o[0] = ceil(a)
            o = <double*>(<char*>o + steps[0])
cdef void trunc_float32(char** data, const Py_ssize_t* steps, Py_ssize_t n, LoopArgs* args) noexcept nogil:
    cdef float* o = <float*>data[0]
    cdef float* a_at = <float*>data[1]
    cdef float a
    cdef Py_ssize_t i
    if steps[0] == sizeof(float) and steps[1] == sizeof(float):
        for i in range(n):
            a = a_at[i]
            o[i] = truncf(a)
    else:
        for i in range(n):
            a = a_at[0]
            a_at = <float*>(<char*>a_at + steps[1])
            o[0] = truncf(a)
            o = <float*>(<char*>o + steps[0])
cdef void trunc_float64(char** data, const Py_ssize_t* steps, Py_ssize_t n, LoopArgs* args) noexcept nogil:
    cdef double* o = <double*>data[0]
    cdef double* a_at = <double*>data[1]
    cdef double a
    cdef Py_ssize_t i
    if steps[0] == sizeof(double) and steps[1] == sizeof(double):
        for i in range(n):
            a = a_at[i]
            o[i] = trunc(a)
    else:
        for i in range(n):
            a = a_at[0]
            a_at = <double*>(<char*>a_at + steps[1])
            o[0] = trunc(a)
            o = <double*>(<char*>o + steps[0])
cdef void round_float32(char** data, const Py_ssize_t* steps, Py_ssize_t n, LoopArgs* args) noexcept nogil:
    cdef float* o = <float*>data[0]
    cdef float* a_at = <float*>data[1]
    cdef float a
    cdef Py_ssize_t i
    if steps[0] == sizeof(float) and steps[1] == sizeof(float):
        for i in range(n):
            a = a_at[i]
            o[i] = rintf(a)
    else:
        for i in range(n):
            a = a_at[0]
            a_at = <float*>(<char*>a_at + steps[1])
            o[0] = rintf(a)
            o = <float*>(<char*>o + steps[0])
cdef void round_float64(char** data, const Py_ssize_t* steps, Py_ssize_t n, LoopArgs* args) noexcept nogil:
    cdef double* o = <double*>data[0]
    cdef double* a_at = <double*>data[1]
    cdef double a
    cdef Py_ssize_t i
    if steps[0] == sizeof(double) and steps[1] == sizeof(double):
        for i in range(n):
            a = a_at[i]
            o[i] = rint(a)
    else:
        for i in range(n):
            a = a_at[0]
            a_at = <double*>(<char*>a_at + steps[1])
            o[0] = rint(a)
            o = <double*>(<char*>o + steps[0])
cdef void clamp_float32(char** data, const Py_ssize_t* steps, Py_ssize_t n, LoopArgs* args) noexcept nogil:
    cdef float* o = <float*>data[0]
    cdef float* a_at = <float*>data[1]
    cdef float a
    cdef float p0 = <float>args.d[0]
    cdef float p1 = <float>args.d[1]
    cdef Py_ssize_t i
    if steps[0] == sizeof(float) and steps[1] == sizeof(float):
        for i in range(n):
            a = a_at[i]
            o[i] = a if a != a else (p0 if a < p0 else (p1 if a > p1 else a))
    else:
        for i in range(n):
            a = a_at[0]
            a_at = <float*>(<char*>a_at + steps[1])
            o[0] = a if a != a else (p0 if a < p0 else (p1 if a > p1 else a))
            o = <float*>(<char*>o + steps[0])
cdef void clamp_float64(char** data, const Py_ssize_t* steps, Py_ssize_t n, LoopArgs* args) noexcept nogil:
    cdef double* o = <double*>data[0]
    cdef double* a_at = <double*>data[1]
    cdef double a
    cdef double p0 = <double>args.d[0]
    cdef double p1 = <double>args.d[1]
    cdef Py_ssize_t i
    if steps[0] == sizeof(double) and steps[1] == sizeof(double):
        for i in range(n):
            a = a_at[i]
            o[i] = a if a != a else (p0 if a < p0 else (p1 if a > p1 else a))
    else:
        for i in range(n):
            a = a_at[0]
            a_at = <double*>(<char*>a_at + steps[1])
            o[0] = a if a != a else (p0 if a < p0 else (p1 if a > p1 else a))
            o = <double*>(<char*>o + steps[0])
cdef void clamp_grad_float32(char** data, const Py_ssize_t* steps, Py_ssize_t n, LoopArgs* args) noexcept nogil:
    cdef float* o = <float*>data[0]
    cdef float* a_at = <float*>data[1]
    cdef float a
    cdef float* b_at = <float*>data[2]
    cdef float b
    cdef float p0 = <float>args.d[0]
    cdef float p1 = <float>args.d[1]
    cdef Py_ssize_t i
    if steps[0] == sizeof(float) and steps[1] == sizeof(float) and steps[2] == sizeof(float):
        for i in range(n):
            a = a_at[i]
            b = b_at[i]
            o[i] = a if b >= p0 and b <= p1 else 0
    elif steps[0] == sizeof(float) and steps[1] == sizeof(float) and steps[2] == 0:
        b = b_at[0]
        for i in range(n):
            a = a_at[i]
            o[i] = a if b >= p0 and b <= p1 else 0
    elif steps[0] == sizeof(float) and steps[1] == 0 and steps[2] == sizeof(float):
        a = a_at[0]
        for i in range(n):
            b = b_at[i]
            o[i] = a if b >= p0 and b <= p1 else 0
    else:
        for i in range(n):
            a = a_at[0]
            a_at = <float*>(<char*>a_at + steps[1])
            b = b_at[0]
            b_at = <float*>(<char*>b_at + steps[2])
            o[0] = a if b >= p0 and b <= p1 else 0
            o = <float*>(<char*>o + steps[0])
cdef void clamp_grad_float64(char** data, const Py_ssize_t* steps, Py_ssize_t n, LoopArgs* args) noexcept nogil:
    cdef double* o = <double*>data[0]
    cdef double* a_at = <double*>data[1]
    cdef double a
    cdef double* b_at = <double*>data[2]
    cdef double b
    cdef double p0 = <double>args.d[0]
    cdef double p1 = <double>args.d[1]
    cdef Py_ssize_t i
    if steps[0] == sizeof(double) and steps[1] == sizeof(double) and steps[2] == sizeof(double):
        for i in range(n):
            a = a_at[i]
            b = b_at[i]
            o[i] = a if b >= p0 and b <= p1 else 0
    elif steps[0] == sizeof(double) and steps[1] == sizeof(double) and steps[2] == 0:
        b = b_at[0]
        for i in range(n):
            a = a_at[i]
            o[i] = a if b >= p0 and b <= p1 else 0
    elif steps[0] == sizeof(double) and steps[1] == 0 and steps[2] == sizeof(double):
        a = a_at[0]
        for i in range(n):
            b = b_at[i]
            o[i] = a if b >= p0 and b <= p1 else 0
    else:
        for i in range(n):
            a = a_at[0]
            a_at = <double*>(<char*>a_at + steps[1])
            b = b_at[0]
            b_at = <double*>(<char*>b_at + steps[2])
            o[0] = a if b >= p0 and b <= p1 else 0
            o = <double*>(<char*>o + steps[0])
cdef void relu_float32(char** data, const Py_ssize_t* steps, Py_ssize_t n, LoopArgs* args) noexcept nogil:
    cdef float* o = <float*>data[0]
    cdef float* a_at = <float*>data[1]
    cdef float a
    cdef Py_ssize_t i
    if steps[0] == sizeof(float) and steps[1] == sizeof(float):
        for i in range(n):
            a = a_at[i]
            o[i] = 0 if a <= 0 else a
    else:
        for i in range(n):
            a = a_at[0]
            a_at = <float*>(<char*>a_at + steps[1])
            o[0] = 0 if a <= 0 else a
            o = <float*>(<char*>o + steps[0])
cdef void relu_float64(char** data, const Py_ssize_t* steps, Py_ssize_t n, LoopArgs* args) noexcept nogil:
    cdef double* o = <double*>data[0]
    cdef double* a_at = <double*>data[1]
    cdef double a
    cdef Py_ssize_t i
    if steps[0] == sizeof(double) and steps[1] == sizeof(double):
        for i in range(n):
            a = a_at[i]
            o[i] = 0 if a <= 0 else a
    else:
        for i in range(n):
            a = a_at[0]
            a_at = <double*>(<char*>a_at + steps[1])
            o[0] = 0 if a <= 0 else a
            o = <double*>(<char*>o + steps[0])
cdef void relu_grad_float32(char** data, const Py_ssize_t* steps, Py_ssize_t n, LoopArgs* args) noexcept nogil:
    cdef float* o = <float*>data[0]
    cdef float* a_at = <float*>data[1]
    cdef float a
    cdef float* b_at = <float*>data[2]
    cdef float b
    cdef Py_ssize_t i
    if steps[0] == sizeof(float) and steps[1] == sizeof(float) and steps[2] == sizeof(float):
        for i in range(n):
            a = a_at[i]
            b = b_at[i]
            o[i] = a if b > 0 else 0
    elif steps[0] == sizeof(float) and steps[1] == sizeof(float) and steps[2] == 0:
        b = b_at[0]
        for i in range(n):
            a = a_at[i]
            o[i] = a if b > 0 else 0
    elif steps[0] == sizeof(float) and steps[1] == 0 and steps[2] == sizeof(float):
        a = a_at[0]
        for i in range(n):
            b = b_at[i]
            o[i] = a if b > 0 else 0
    else:
        for i in range(n):
            a = a_at[0]
            a_at = <float*>(<char*>a_at + steps[1])
            b = b_at[0]
            b_at = <float*>(<char*>b_at + steps[2])
            o[0] = a if b > 0 else 0
            o = <float*>(<char*>o + steps[0])
cdef void relu_grad_float64(char** data, const Py_ssize_t* steps, Py_ssize_t n, LoopArgs* args) noexcept nogil:
    cdef double* o = <double*>data[0]
    cdef double* a_at = <double*>data[1]
    cdef double a
    cdef double* b_at = <double*>data[2]
    cdef double b
    cdef Py_ssize_t i
    if steps[0] == sizeof(double) and steps[1] == sizeof(double) and steps[2] == sizeof(double):
        for i in range(n):
            a = a_at[i]
            b = b_at[i]
            o[i] = a if b > 0 else 0
    elif steps[0] == sizeof(double) and steps[1] == sizeof(double) and steps[2] == 0:
        b = b_at[0]
        for i in range(n):
            a = a_at[i]
            o[i] = a if b > 0 else 0
    elif steps[0] == sizeof(double) and steps[1] == 0 and steps[2] == sizeof(double):
        a = a_at[0]
        for i in range(n):
            b = b_at[i]
            o[i] = a if b > 0 else 0
    else:
        for i in range(n):
            a = a_at[0]
            a_at = <double*>(<char*>a_at + steps[1])
            b = b_at[0]
            b_at = <double*>(<char*>b_at + steps[2])
            o[0] = a if b > 0 else 0
            o = <double*>(<char*>o + steps[0])
cdef void threshold_float32(char** data, const Py_ssize_t* steps, Py_ssize_t n, LoopArgs* args) noexcept nogil:
    cdef float* o = <float*>data[0]
    cdef float* a_at = <float*>data[1]
    cdef float a
    cdef float p0 = <float>args.d[0]
    cdef float p1 = <float>args.d[1]
    cdef Py_ssize_t i
    if steps[0] == sizeof(float) and steps[1] == sizeof(float):
        for i in range(n):
            a = a_at[i]
            o[i] = p1 if a <= p0 else a
    else:
        for i in range(n):
            a = a_at[0]
            a_at = <float*>(<char*>a_at + steps[1])
            o[0] = p1 if a <= p0 else a
            o = <float*>(<char*>o + steps[0])
cdef void threshold_float64(char** data, const Py_ssize_t* steps, Py_ssize_t n, LoopArgs* args) noexcept nogil:
    cdef double* o = <double*>data[0]
    cdef double* a_at = <double*>data[1]
    cdef double a
    cdef double p0 = <double>args.d[0]
    cdef double p1 = <double>args.d[1]
    cdef Py_ssize_t i
    if steps[0] == sizeof(double) and steps[1] == sizeof(double):
        for i in range(n):
            a = a_at[i]
            o[i] = p1 if a <= p0 else a
    else:
        for i in range(n):
            a = a_at[0]
            a_at = <double*>(<char*>a_at + steps[1])
            o[0] = p1 if a <= p0 else a
            o = <double*>(<char*>o + steps[0])
cdef void threshold_grad_float32(char** data, const Py_ssize_t* steps, Py_ssize_t n, LoopArgs* args) noexcept nogil:
    cdef float* o = <float*>data[0]
    cdef float* a_at = <float*>data[1]
    cdef float a
    cdef float* b_at = <float*>data[2]
    cdef float b
    cdef float p0 = <float>args.d[0]
    cdef Py_ssize_t i
    if steps[0] == sizeof(float) and steps[1] == sizeof(float) and steps[2] == sizeof(float):
        for i in range(n):
            a = a_at[i]
            b = b_at[i]
            o[i] = a if b > p0 else 0
    elif steps[0] == sizeof(float) and steps[1] == sizeof(float) and steps[2] == 0:
        b = b_at[0]
        for i in range(n):
            a = a_at[i]
            o[i] = a if b > p0 else 0
    elif steps[0] == sizeof(float) and steps[1] == 0 and steps[2] == sizeof(float):
        a = a_at[0]
        for i in range(n):
            b = b_at[i]
            o[i] = a if b > p0 else 0
    else:
        for i in range(n):
            a = a_at[0]
            a_at = <float*>(<char*>a_at + steps[1])
            b = b_at[0]
            b_at = <float*>(<char*>b_at + steps[2])
            o[0] = a if b > p0 else 0
            o = <float*>(<char*>o + steps[0])
cdef void threshold_grad_float64(char** data, const Py_ssize_t* steps, Py_ssize_t n, LoopArgs* args) noexcept nogil:
    cdef double* o = <double*>data[0]
    cdef double* a_at = <double*>data[1]
    cdef double a
    cdef double* b_at = <double*>data[2]
    cdef double b
    cdef double p0 = <double>args.d[0]
    cdef Py_ssize_t i
    if steps[0] == sizeof(double) and steps[1] == sizeof(double) and steps[2] == sizeof(double):
        for i in range(n):
            a = a_at[i]
            b = b_at[i]
            o[i] = a if b > p0 else 0
    elif steps[0] == sizeof(double) and steps[1] == sizeof(double) and steps[2] == 0:
        b = b_at[0]
        for i in range(n):
            a = a_at[i]
            o[i] = a if b > p0 else 0
    elif steps[0] == sizeof(double) and steps[1] == 0 and steps[2] == sizeof(double):
        a = a_at[0]
        for i in range(n):
            b = b_at[i]
            o[i] = a if b > p0 else 0
    else:
        for i in range(n):
            a = a_at[0]
            a_at = <double*>(<char*>a_at + steps[1])
            b = b_at[0]
            b_at = <double*>(<char*>b_at + steps[2])
            o[0] = a if b > p0 else 0
            o = <double*>(<char*>o + steps[0])
cdef void leaky_relu_float32(char** data, const Py_ssize_t* steps, Py_ssize_t n, LoopArgs* args) noexcept nogil:
    cdef float* o = <float*>data[0]
    cdef float* a_at = <float*>data[1]
    cdef float a
    cdef float p0 = <float>args.d[0]
    cdef Py_ssize_t i
    if steps[0] == sizeof(float) and steps[1] == sizeof(float):
        for i in range(n):
            a = a_at[i]
            o[i] = a if a > 0 else a * p0
    else:
        for i in range(n):
            a = a_at[0]
            a_at = <float*>(<char*>a_at + steps[1])
            o[0] = a if a > 0 else a * p0
            o = <float*>(<char*>o + steps[0])
cdef void leaky_relu_float64(char** data, const Py_ssize_t* steps, Py_ssize_t n, LoopArgs* args) noexcept nogil:
    cdef double* o = <double*>data[0]
    cdef double* a_at = <double*>data[1]
    cdef double a
    cdef double p0 = <double>args.d[0]
    cdef Py_ssize_t i
    if steps[0] == sizeof(double) and steps[1] == sizeof(double):
        for i in range(n):
            a = a_at[i]
            o[i] = a if a > 0 else a * p0
    else:
        for i in range(n):
            a = a_at[0]
            a_at = <double*>(<char*>a_at + steps[1])
            o[0] = a if a > 0 else a * p0
            o = <double*>(<char*>o + steps[0])
cdef void leaky_relu_grad_float32(char** data, const Py_ssize_t* steps, Py_ssize_t n, LoopArgs* args) noexcept nogil:
    cdef float* o = <float*>data[0]
    cdef float* a_at = <float*>data[1]
    cdef float a
    cdef float* b_at = <float*>data[2]
    cdef float b
    cdef float p0 = <float>args.d[0]
    cdef Py_ssize_t i
    if steps[0] == sizeof(float) and steps[1] == sizeof(float) and steps[2] == sizeof(float):
        for i in range(n):
            a = a_at[i]
            b = b_at[i]
            o[i] = a if b > 0 else a * p0
    elif steps[0] == sizeof(float) and steps[1] == sizeof(float) and steps[2] == 0:
        b = b_at[0]
        for i in range(n):
            a = a_at[i]
            o[i] = a if b > 0 else a * p0
    elif steps[0] == sizeof(float) and steps[1] == 0 and steps[2] == sizeof(float):
        a = a_at[0]
        for i in range(n):
            b = b_at[i]
            o[i] = a if b > 0 else a * p0
    else:
        for i in range(n):
            a = a_at[0]
            a_at = <float*>(<char*>a_at + steps[1])
            b = b_at[0]
            b_at = <float*>(<char*>b_at + steps[2])
            o[0] = a if b > 0 else a * p0
            o = <float*>(<char*>o + steps[0])
cdef void leaky_relu_grad_float64(char** data, const Py_ssize_t* steps, Py_ssize_t n, LoopArgs* args) noexcept nogil:
    cdef double* o = <double*>data[0]
    cdef double* a_at = <double*>data[1]
    cdef double a
    cdef double* b_at = <double*>data[2]
    cdef double b
    cdef double p0 = <double>args.d[0]
    cdef Py_ssize_t i
    if steps[0] == sizeof(double) and steps[1] == sizeof(double) and steps[2] == sizeof(double):
        for i in range(n):
            a = a_at[i]
            b = b_at[i]
            o[i] = a if b > 0 else a * p0
    elif steps[0] == sizeof(double) and steps[1] == sizeof(double) and steps[2] == 0:
        b = b_at[0]
        for i in range(n):
            a = a_at[i]
            o[i] = a if b > 0 else a * p0
    elif steps[0] == sizeof(double) and steps[1] == 0 and steps[2] == sizeof(double):
        a = a_at[0]
        for i in range(n):
            b = b_at[i]
            o[i] = a if b > 0 else a * p0
    else:
        for i in range(n):
            a = a_at[0]
            a_at = <double*>(<char*>a_at + steps[1])
            b = b_at[0]
            b_at = <double*>(<char*>b_at + steps[2])
            o[0] = a if b > 0 else a * p0
            o = <double*>(<char*>o + steps[0])
cdef void hardtanh_grad_float32(char** data, const Py_ssize_t* steps, Py_ssize_t n, LoopArgs* args) noexcept nogil:
    cdef float* o = <float*>data[0]
    cdef float* a_at = <float*>data[1]
    cdef float a
    cdef float* b_at = <float*>data[2]
    cdef float b
    cdef float p0 = <float>args.d[0]
    cdef float p1 = <float>args.d[1]
    cdef Py_ssize_t i
    if steps[0] == sizeof(float) and steps[1] == sizeof(float) and steps[2] == sizeof(float):
        for i in range(n):
            a = a_at[i]
            b = b_at[i]
            o[i] = a if b > p0 and b < p1 else 0
    elif steps[0] == sizeof(float) and steps[1] == sizeof(float) and steps[2] == 0:
        b = b_at[0]
        for i in range(n):
            a = a_at[i]
            o[i] = a if b > p0 and b < p1 else 0
    elif steps[0] == sizeof(float) and steps[1] == 0 and steps[2] == sizeof(float):
        a = a_at[0]
        for i in range(n):
            b = b_at[i]
            o[i] = a if b > p0 and b < p1 else 0
    else:
        for i in range(n):
            a = a_at[0]
            a_at = <float*>(<char*>a_at + steps[1])
            b = b_at[0]
            b_at = <float*>(<char*>b_at + steps[2])
            o[0] = a if b > p0 and b < p1 else 0
            o = <float*>(<char*>o + steps[0])
cdef void hardtanh_grad_float64(char** data, const Py_ssize_t* steps, Py_ssize_t n, LoopArgs* args) noexcept nogil:
    cdef double* o = <double*>data[0]
    cdef double* a_at = <double*>data[1]
    cdef double a
    cdef double* b_at = <double*>data[2]
    cdef double b
    cdef double p0 = <double>args.d[0]
    cdef double p1 = <double>args.d[1]
    cdef Py_ssize_t i
    if steps[0] == sizeof(double) and steps[1] == sizeof(double) and steps[2] == sizeof(double):
        for i in range(n):
            a = a_at[i]
            b = b_at[i]
            o[i] = a if b > p0 and b < p1 else 0
    elif steps[0] == sizeof(double) and steps[1] == sizeof(double) and steps[2] == 0:
        b = b_at[0]
        for i in range(n):
            a = a_at[i]
            o[i] = a if b > p0 and b < p1 else 0
    elif steps[0] == sizeof(double) and steps[1] == 0 and steps[2] == sizeof(double):
        a = a_at[0]
        for i in range(n):
            b = b_at[i]
            o[i] = a if b > p0 and b < p1 else 0
    else:
        for i in range(n):
            a = a_at[0]
            a_at = <double*>(<char*>a_at + steps[1])
            b = b_at[0]
            b_at = <double*>(<char*>b_at + steps[2])
            o[0] = a if b > p0 and b < p1 else 0
            o = <double*>(<char*>o + steps[0])
cdef void sigmoid_grad_float32(char** data, const Py_ssize_t* steps, Py_ssize_t n, LoopArgs* args) noexcept nogil:
    cdef float* o = <float*>data[0]
    cdef float* a_at = <float*>data[1]
    cdef float a
    cdef float* b_at = <float*>data[2]
    cdef float b
    cdef Py_ssize_t i
    if steps[0] == sizeof(float) and steps[1] == sizeof(float) and steps[2] == sizeof(float):
        for i in range(n):
            a = a_at[i]
            b = b_at[i]
            o[i] = a * (1 - b) * b
    elif steps[0] == sizeof(float) and steps[1] == sizeof(float) and steps[2] == 0:
        b = b_at[0]
        for i in range(n):
            a = a_at[i]
            o[i] = a * (1 - b) * b
    elif steps[0] == sizeof(float) and steps[1] == 0 and steps[2] == sizeof(float):
        a = a_at[0]
        for i in range(n):
            b = b_at[i]
            o[i] = a * (1 - b) * b
    else:
        for i in range(n):
            a = a_at[0]
            a_at = <float*>(<char*>a_at + steps[1])
            b = b_at[0]
            b_at = <float*>(<char*>b_at + steps[2])
            o[0] = a * (1 - b) * b
            o = <float*>(<char*>o + steps[0])
cdef void sigmoid_grad_float64(char** data, const Py_ssize_t* steps, Py_ssize_t n, LoopArgs* args) noexcept nogil:
    cdef double* o = <double*>data[0]
    cdef double* a_at = <double*>data[1]
    cdef double a
    cdef double* b_at = <double*>data[2]
    cdef double b
    cdef Py_ssize_t i
    if steps[0] == sizeof(double) and steps[1] == sizeof(double) and steps[2] == sizeof(double):
        for i in range(n):
            a = a_at[i]
            b = b_at[i]
            o[i] = a * (1 - b) * b
    elif steps[0] == sizeof(double) and steps[1] == sizeof(double) and steps[2] == 0:
        b = b_at[0]
        for i in range(n):
            a = a_at[i]
            o[i] = a * (1 - b) * b
    elif steps[0] == sizeof(double) and steps[1] == 0 and steps[2] == sizeof(double):
        a = a_at[0]
        for i in range(n):
            b = b_at[i]
            o[i] = a * (1 - b) * b
    else:
        for i in range(n):
            a = a_at[0]
            a_at = <double*>(<char*>a_at + steps[1])
            b = b_at[0]
            b_at = <double*>(<char*>b_at + steps[2])
            o[0] = a * (1 - b) * b
            o = <double*>(<char*>o + steps[0])
cdef void tanh_grad_float32(char** data, const Py_ssize_t* steps, Py_ssize_t n, LoopArgs* args) noexcept nogil:
    cdef float* o = <float*>data[0]
    cdef float* a_at = <float*>data[1]
    cdef float a
    cdef float* b_at = <float*>data[2]
    cdef float b
    cdef Py_ssize_t i
    if steps[0] == sizeof(float) and steps[1] == sizeof(float) and steps[2] == sizeof(float):
        for i in range(n):
            a = a_at[i]
            b = b_at[i]
            o[i] = a * (1 - b * b)
    elif steps[0] == sizeof(float) and steps[1] == sizeof(float) and steps[2] == 0:
        b = b_at[0]
        for i in range(n):
            a = a_at[i]
            o[i] = a * (1 - b * b)
    elif steps[0] == sizeof(float) and steps[1] == 0 and steps[2] == sizeof(float):
        a = a_at[0]
        for i in range(n):
            b = b_at[i]
            o[i] = a * (1 - b * b)
    else:
        for i in range(n):
            a = a_at[0]
            a_at = <float*>(<char*>a_at + steps[1])
            b = b_at[0]
            b_at = <float*>(<char*>b_at + steps[2])
            o[0] = a * (1 - b * b)
            o = <float*>(<char*>o + steps[0])
cdef void tanh_grad_float64(char** data, const Py_ssize_t* steps, Py_ssize_t n, LoopArgs* args) noexcept nogil:
    cdef double* o = <double*>data[0]
    cdef double* a_at = <double*>data[1]
    cdef double a
    cdef double* b_at = <double*>data[2]
    cdef double b
    cdef Py_ssize_t i
    if steps[0] == sizeof(double) and steps[1] == sizeof(double) and steps[2] == sizeof(double):
        for i in range(n):
            a = a_at[i]
            b = b_at[i]
            o[i] = a * (1 - b * b)
    elif steps[0] == sizeof(double) and steps[1] == sizeof(double) and steps[2] == 0:
        b = b_at[0]
        for i in range(n):
            a = a_at[i]
            o[i] = a * (1 - b * b)
    elif steps[0] == sizeof(double) and steps[1] == 0 and steps[2] == sizeof(double):
        a = a_at[0]
        for i in range(n):
            b = b_at[i]
            o[i] = a * (1 - b * b)
    else:
        for i in range(n):
            a = a_at[0]
            a_at = <double*>(<char*>a_at + steps[1])
            b = b_at[0]
            b_at = <double*>(<char*>b_at + steps[2])
            o[0] = a * (1 - b * b)
            o = <double*>(<char*>o + steps[0])
cdef void elu_float32(char** data, const Py_ssize_t* steps, Py_ssize_t n, LoopArgs* args) noexcept nogil:
    cdef float* o = <float*>data[0]
    cdef float* a_at = <float*>data[1]
    cdef float a
    cdef float p0 = <float>args.d[0]
    cdef float p1 = <float>args.d[1]
    cdef float p2 = <float>args.d[2]
    cdef Py_ssize_t i
    if steps[0] == sizeof(float) and steps[1] == sizeof(float):
        for i in range(n):
            a = a_at[i]
            o[i] = expm1f(a * p2) * p0 if a <= 0 else a * p1
    else:
        for i in range(n):
            a = a_at[0]
            a_at = <float*>(<char*>a_at + steps[1])
            o[0] = expm1f(a * p2) * p0 if a <= 0 else a * p1
            o = <float*>(<char*>o + steps[0])
cdef void elu_float64(char** data, const Py_ssize_t* steps, Py_ssize_t n, LoopArgs* args) noexcept nogil:
    cdef double* o = <double*>data[0]
    cdef double* a_at = <double*>data[1]
    cdef double a
    cdef double p0 = <double>args.d[0]
    cdef double p1 = <double>args.d[1]
    cdef double p2 = <double>args.d[2]
    cdef Py_ssize_t i
    if steps[0] == sizeof(double) and steps[1] == sizeof(double):
        for i in range(n):
            a = a_at[i]
            o[i] = expm1(a * p2) * p0 if a <= 0 else a * p1
    else:
        for i in range(n):
            a = a_at[0]
            a_at = <double*>(<char*>a_at + steps[1])
            o[0] = expm1(a * p2) * p0 if a <= 0 else a * p1
            o = <double*>(<char*>o + steps[0])
cdef void elu_grad_float32(char** data, const Py_ssize_t* steps, Py_ssize_t n, LoopArgs* args) noexcept nogil:
    cdef float* o = <float*>data[0]
    cdef float* a_at = <float*>data[1]
    cdef float a
    cdef float* b_at = <float*>data[2]
    cdef float b
    cdef float p0 = <float>args.d[0]
    cdef float p1 = <float>args.d[1]
    cdef float p2 = <float>args.d[2]
    cdef Py_ssize_t i
    if steps[0] == sizeof(float) and steps[1] == sizeof(float) and steps[2] == sizeof(float):
        for i in range(n):
            a = a_at[i]
            b = b_at[i]
            o[i] = a * p2 * p0 * expf(b * p2) if b <= 0 else a * p1
    elif steps[0] == sizeof(float) and steps[1] == sizeof(float) and steps[2] == 0:
        b = b_at[0]
        for i in range(n):
            a = a_at[i]
            o[i] = a * p2 * p0 * expf(b * p2) if b <= 0 else a * p1
    elif steps[0] == sizeof(float) and steps[1] == 0 and steps[2] == sizeof(float):
        a = a_at[0]
        for i in range(n):
            b = b_at[i]
            o[i] = a * p2 * p0 * expf(b * p2) if b <= 0 else a * p1
    else:
        for i in range(n):
            a = a_at[0]
            a_at = <float*>(<char*>a_at + steps[1])
            b = b_at[0]
            b_at = <float*>(<char*>b_at + steps[2])
            o[0] = a * p2 * p0 * expf(b * p2) if b <= 0 else a * p1
            o = <float*>(<char*>o + steps[0])
cdef void elu_grad_float64(char** data, const Py_ssize_t* steps, Py_ssize_t n, LoopArgs* args) noexcept nogil:
    cdef double* o = <double*>data[0]
    cdef double* a_at = <double*>data[1]
    cdef double a
    cdef double* b_at = <double*>data[2]
    cdef double b
    cdef double p0 = <double>args.d[0]
    cdef double p1 = <double>args.d[1]
    cdef double p2 = <double>args.d[2]
    cdef Py_ssize_t i
    if steps[0] == sizeof(double) and steps[1] == sizeof(double) and steps[2] == sizeof(double):
        for i in range(n):
            a = a_at[i]
            b = b_at[i]
            o[i] = a * p2 * p0 * exp(b * p2) if b <= 0 else a * p1
    elif steps[0] == sizeof(double) and steps[1] == sizeof(double) and steps[2] == 0:
        b = b_at[0]
        for i in range(n):
            a = a_at[i]
            o[i] = a * p2 * p0 * exp(b * p2) if b <= 0 else a * p1
    elif steps[0] == sizeof(double) and steps[1] == 0 and steps[2] == sizeof(double):
        a = a_at[0]
        for i in range(n):
            b = b_at[i]
            o[i] = a * p2 * p0 * exp(b * p2) if b <= 0 else a * p1
    else:
        for i in range(n):
            a = a_at[0]
            a_at = <double*>(<char*>a_at + steps[1])
            b = b_at[0]
            b_at = <double*>(<char*>b_at + steps[2])
            o[0] = a * p2 * p0 * exp(b * p2) if b <= 0 else a * p1
            o = <double*>(<char*>o + steps[0])
cdef void silu_float32(char** data, const Py_ssize_t* steps, Py_ssize_t n, LoopArgs* args) noexcept nogil:
    cdef float* o = <float*>data[0]
    cdef float* a_at = <float*>data[1]
    cdef float a
    cdef Py_ssize_t i
    if steps[0] == sizeof(float) and steps[1] == sizeof(float):
        for i in range(n):
            a = a_at[i]
            o[i] = a / (1 + expf(-a))
    else:
        for i in range(n):
            a = a_at[0]
            a_at = <float*>(<char*>a_at + steps[1])
            o[0] = a / (1 + expf(-a))
            o = <float*>(<char*>o + steps[0])
cdef void silu_float64(char** data, const Py_ssize_t* steps, Py_ssize_t n, LoopArgs* args) noexcept nogil:
    cdef double* o = <double*>data[0]
    cdef double* a_at = <double*>data[1]
    cdef double a
    cdef Py_ssize_t i
    if steps[0] == sizeof(double) and steps[1] == sizeof(double):
        for i in range(n):
            a = a_at[i]
            o[i] = a / (1 + exp(-a))
    else:
        for i in range(n):
            a = a_at[0]
            a_at = <double*>(<char*>a_at + steps[1])
            o[0] = a / (1 + exp(-a))
            o = <double*>(<char*>o + steps[0])
cdef void silu_grad_float32(char** data, const Py_ssize_t* steps, Py_ssize_t n, LoopArgs* args) noexcept nogil:
    cdef float* o = <float*>data[0]
    cdef float* a_at = <float*>data[1]
    cdef float a
    cdef float* b_at = <float*>data[2]
    cdef float b
    cdef Py_ssize_t i
    if steps[0] == sizeof(float) and steps[1] == sizeof(float) and steps[2] == sizeof(float):
        for i in range(n):
            a = a_at[i]
            b = b_at[i]
            o[i] = lx_silu_gradf(a, b)
    elif steps[0] == sizeof(float) and steps[1] == sizeof(float) and steps[2] == 0:
        b = b_at[0]
        for i in range(n):
            a = a_at[i]
            o[i] = lx_silu_gradf(a, b)
    elif steps[0] == sizeof(float) and steps[1] == 0 and steps[2] == sizeof(float):
        a = a_at[0]
        for i in range(n):
            b = b_at[i]
            o[i] = lx_silu_gradf(a, b)
    else:
        for i in range(n):
            a = a_at[0]
            a_at = <float*>(<char*>a_at + steps[1])
            b = b_at[0]
            b_at = <float*>(<char*>b_at + steps[2])
            o[0] = lx_silu_gradf(a, b)
            o = <float*>(<char*>o + steps[0])
cdef void silu_grad_float64(char** data, const Py_ssize_t* steps, Py_ssize_t n, LoopArgs* args) noexcept nogil:
    cdef double* o = <double*>data[0]
    cdef double* a_at = <double*>data[1]
    cdef double a
    cdef double* b_at = <double*>data[2]
    cdef double b
    cdef Py_ssize_t i
    if steps[0] == sizeof(double) and steps[1] == sizeof(double) and steps[2] == sizeof(double):
        for i in range(n):
            a = a_at[i]
            b = b_at[i]
            o[i] = lx_silu_grad(a, b)
    elif steps[0] == sizeof(double) and steps[1] == sizeof(double) and steps[2] == 0:
        b = b_at[0]
        for i in range(n):
            a = a_at[i]
            o[i] = lx_silu_grad(a, b)
    elif steps[0] == sizeof(double) and steps[1] == 0 and steps[2] == sizeof(double):
        a = a_at[0]
        for i in range(n):
            b = b_at[i]
            o[i] = lx_silu_grad(a, b)
    else:
        for i in range(n):
            a = a_at[0]
            a_at = <double*>(<char*>a_at + steps[1])
            b = b_at[0]
            b_at = <double*>(<char*>b_at + steps[2])
            o[0] = lx_silu_grad(a, b)
            o = <double*>(<char*>o + steps[0])
cdef void softplus_float32(char** data, const Py_ssize_t* steps, Py_ssize_t n, LoopArgs* args) noexcept nogil:
    cdef float* o = <float*>data[0]
    cdef float* a_at = <float*>data[1]
    cdef float a
    cdef float p0 = <float>args.d[0]
    cdef float p1 = <float>args.d[1]
    cdef Py_ssize_t i
    if steps[0] == sizeof(float) and steps[1] == sizeof(float):
        for i in range(n):
            a = a_at[i]
            o[i] = a if a * p0 > p1 else log1pf(expf(a * p0)) / p0
    else:
        for i in range(n):
            a = a_at[0]
            a_at = <float*>(<char*>a_at + steps[1])
            o[0] = a if a * p0 > p1 else log1pf(expf(a * p0)) / p0
            o = <float*>(<char*>o + steps[0])
cdef void softplus_float64(char** data, const Py_ssize_t* steps, Py_ssize_t n, LoopArgs* args) noexcept nogil:
    cdef double* o = <double*>data[0]
    cdef double* a_at = <double*>data[1]
    cdef double a
    cdef double p0 = <double>args.d[0]
    cdef double p1 = <double>args.d[1]
    cdef Py_ssize_t i
    if steps[0] == sizeof(double) and steps[1] == sizeof(double):
        for i in range(n):
            a = a_at[i]
            o[i] = a if a * p0 > p1 else log1p(exp(a * p0)) / p0
    else:
        for i in range(n):
            a = a_at[0]
            a_at = <double*>(<char*>a_at + steps[1])
            o[0] = a if a * p0 > p1 else log1p(exp(a * p0)) / p0
            o = <double*>(<char*>o + steps[0])
cdef void softplus_grad_float32(char** data, const Py_ssize_t* steps, Py_ssize_t n, LoopArgs* args) noexcept nogil:
    cdef float* o = <float*>data[0]
    cdef float* a_at = <float*>data[1]
    cdef float a
    cdef float* b_at = <float*>data[2]
    cdef float b
    cdef float p0 = <float>args.d[0]
    cdef float p1 = <float>args.d[1]
    cdef Py_ssize_t i
    if steps[0] == sizeof(float) and steps[1] == sizeof(float) and steps[2] == sizeof(float):
        for i in range(n):
            a = a_at[i]
            b = b_at[i]
            o[i] = a if b * p0 > p1 else a / (1 + expf(-b * p0))
    elif steps[0] == sizeof(float) and steps[1] == sizeof(float) and steps[2] == 0:
        b = b_at[0]
        for i in range(n):
            a = a_at[i]
            o[i] = a if b * p0 > p1 else a / (1 + expf(-b * p0))
    elif steps[0] == sizeof(float) and steps[1] == 0 and steps[2] == sizeof(float):
        a = a_at[0]
        for i in range(n):
            b = b_at[i]
            o[i] = a if b * p0 > p1 else a / (1 + expf(-b * p0))
    else:
        for i in range(n):
            a = a_at[0]
            a_at = <float*>(<char*>a_at + steps[1])
            b = b_at[0]
            b_at = <float*>(<char*>b_at + steps[2])
            o[0] = a if b * p0 > p1 else a / (1 + expf(-b * p0))
            o = <float*>(<char*>o + steps[0])
cdef void softplus_grad_float64(char** data, const Py_ssize_t* steps, Py_ssize_t n, LoopArgs* args) noexcept nogil:
    cdef double* o = <double*>data[0]
    cdef double* a_at = <double*>data[1]
    cdef double a
    cdef double* b_at = <double*>data[2]
    cdef double b
    cdef double p0 = <double>args.d[0]
    cdef double p1 = <double>args.d[1]
    cdef Py_ssize_t i
    if steps[0] == sizeof(double) and steps[1] == sizeof(double) and steps[2] == sizeof(double):
        for i in range(n):
            a = a_at[i]
            b = b_at[i]
            o[i] = a if b * p0 > p1 else a / (1 + exp(-b * p0))
    elif steps[0] == sizeof(double) and steps[1] == sizeof(double) and steps[2] == 0:
        b = b_at[0]
        for i in range(n):
            a = a_at[i]
            o[i] = a if b * p0 > p1 else a / (1 + exp(-b * p0))
    elif steps[0] == sizeof(double) and steps[1] == 0 and steps[2] == sizeof(double):
        a = a_at[0]
        for i in range(n):
            b = b_at[i]
            o[i] = a if b * p0 > p1 else a / (1 + exp(-b * p0))
    else:
        for i in range(n):
            a = a_at[0]
            a_at = <double*>(<char*>a_at + steps[1])
            b = b_at[0]
            b_at = <double*>(<char*>b_at + steps[2])
            o[0] = a if b * p0 > p1 else a / (1 + exp(-b * p0))
            o = <double*>(<char*>o + steps[0])
cdef void gelu_float32(char** data, const Py_ssize_t* steps, Py_ssize_t n, LoopArgs* args) noexcept nogil:
    cdef float* o = <float*>data[0]
    cdef float* a_at = <float*>data[1]
    cdef float a
    cdef Py_ssize_t i
    if steps[0] == sizeof(float) and steps[1] == sizeof(float):
        for i in range(n):
            a = a_at[i]
            o[i] = <float>0.5 * a * (1 + erff(a * <float>0.70710678118654752440))
    else:
        for i in range(n):
            a = a_at[0]
            a_at = <float*>(<char*>a_at + steps[1])
            o[0] = <float>0.5 * a * (1 + erff(a * <float>0.70710678118654752440))
            o = <float*>(<char*>o + steps[0])
cdef void gelu_float64(char** data, const Py_ssize_t* steps, Py_ssize_t n, LoopArgs* args) noexcept nogil:
    cdef double* o = <double*>data[0]
    cdef double* a_at = <double*>data[1]
    cdef double a
    cdef Py_ssize_t i
    if steps[0] == sizeof(double) and steps[1] == sizeof(double):
        for i in range(n):
            a = a_at[i]
            o[i] = <double>0.5 * a * (1 + erf(a * <double>0.70710678118654752440))
    else:
        for i in range(n):
            a = a_at[0]
            a_at = <double*>(<char*>a_at + steps[1])
            o[0] = <double>0.5 * a * (1 + erf(a * <double>0.70710678118654752440))
            o = <double*>(<char*>o + steps[0])
cdef void gelu_grad_float32(char** data, const Py_ssize_t* steps, Py_ssize_t n, LoopArgs* args) noexcept nogil:
    cdef float* o = <float*>data[0]
    cdef float* a_at = <float*>data[1]
    cdef float a
    cdef float* b_at = <float*>data[2]
    cdef float b
    cdef Py_ssize_t i
    if steps[0] == sizeof(float) and steps[1] == sizeof(float) and steps[2] == sizeof(float):
        for i in range(n):
            a = a_at[i]
            b = b_at[i]
            o[i] = lx_gelu_gradf(a, b)
    elif steps[0] == sizeof(float) and steps[1] == sizeof(float) and steps[2] == 0:
        b = b_at[0]
        for i in range(n):
            a = a_at[i]
            o[i] = lx_gelu_gradf(a, b)
    elif steps[0] == sizeof(float) and steps[1] == 0 and steps[2] == sizeof(float):
        a = a_at[0]
        for i in range(n):
            b = b_at[i]
            o[i] = lx_gelu_gradf(a, b)
    else:
        for i in range(n):
            a = a_at[0]
            a_at = <float*>(<char*>a_at + steps[1])
            b = b_at[0]
            b_at = <float*>(<char*>b_at + steps[2])
            o[0] = lx_gelu_gradf(a, b)
            o = <float*>(<char*>o + steps[0])
cdef void gelu_grad_float64(char** data, const Py_ssize_t* steps, Py_ssize_t n, LoopArgs* args) noexcept nogil:
    cdef double* o = <double*>data[0]
    cdef double* a_at = <double*>data[1]
    cdef double a
    cdef double* b_at = <double*>data[2]
    cdef double b
    cdef Py_ssize_t i
    if steps[0] == sizeof(double) and steps[1] == sizeof(double) and steps[2] == sizeof(double):
        for i in range(n):
            a = a_at[i]
            b = b_at[i]
            o[i] = lx_gelu_grad(a, b)
    elif steps[0] == sizeof(double) and steps[1] == sizeof(double) and steps[2] == 0:
        b = b_at[0]
        for i in range(n):
            a = a_at[i]
            o[i] = lx_gelu_grad(a, b)
    elif steps[0] == sizeof(double) and steps[1] == 0 and steps[2] == sizeof(double):
        a = a_at[0]
        for i in range(n):
            b = b_at[i]
            o[i] = lx_gelu_grad(a, b)
    else:
        for i in range(n):
            a = a_at[0]
            a_at = <double*>(<char*>a_at + steps[1])
            b = b_at[0]
            b_at = <double*>(<char*>b_at + steps[2])
            o[0] = lx_gelu_grad(a, b)
            o = <double*>(<char*>o + steps[0])
cdef void gelu_tanh_float32(char** data, const Py_ssize_t* steps, Py_ssize_t n, LoopArgs* args) noexcept nogil:
    cdef float* o = <float*>data[0]
    cdef float* a_at = <float*>data[1]
    cdef float a
    cdef Py_ssize_t i
    if steps[0] == sizeof(float) and steps[1] == sizeof(float):
        for i in range(n):
            a = a_at[i]
            o[i] = lx_gelu_tanhf(a)
    else:
        for i in range(n):
            a = a_at[0]
            a_at = <float*>(<char*>a_at + steps[1])
            o[0] = lx_gelu_tanhf(a)
            o = <float*>(<char*>o + steps[0])
cdef void gelu_tanh_float64(char** data, const Py_ssize_t* steps, Py_ssize_t n, LoopArgs* args) noexcept nogil:
    cdef double* o = <double*>data[0]
    cdef double* a_at = <double*>data[1]
    cdef double a
    cdef Py_ssize_t i
    if steps[0] == sizeof(double) and steps[1] == sizeof(double):
        for i in range(n):
            a = a_at[i]
            o[i] = lx_gelu_tanh(a)
    else:
        for i in range(n):
            a = a_at[0]
            a_at = <double*>(<char*>a_at + steps[1])
            o[0] = lx_gelu_tanh(a)
            o = <double*>(<char*>o + steps[0])
cdef void gelu_tanh_grad_float32(char** data, const Py_ssize_t* steps, Py_ssize_t n, LoopArgs* args) noexcept nogil:
    cdef float* o = <float*>data[0]
    cdef float* a_at = <float*>data[1]
    cdef float a
    cdef float* b_at = <float*>data[2]
    cdef float b
    cdef Py_ssize_t i
    if steps[0] == sizeof(float) and steps[1] == sizeof(float) and steps[2] == sizeof(float):
        for i in range(n):
            a = a_at[i]
            b = b_at[i]
            o[i] = lx_gelu_tanh_gradf(a, b)
    elif steps[0] == sizeof(float) and steps[1] == sizeof(float) and steps[2] == 0:
        b = b_at[0]
        for i in range(n):
            a = a_at[i]
            o[i] = lx_gelu_tanh_gradf(a, b)
    elif steps[0] == sizeof(float) and steps[1] == 0 and steps[2] == sizeof(float):
        a = a_at[0]
        for i in range(n):
            b = b_at[i]
            o[i] = lx_gelu_tanh_gradf(a, b)
    else:
        for i in range(n):
            a = a_at[0]
            a_at = <float*>(<char*>a_at + steps[1])
            b = b_at[0]
            b_at = <float*>(<char*>b_at + steps[2])
            o[0] = lx_gelu_tanh_gradf(a, b)
            o = <float*>(<char*>o + steps[0])
cdef void gelu_tanh_grad_float64(char** data, const Py_ssize_t* steps, Py_ssize_t n, LoopArgs* args) noexcept nogil:
    cdef double* o = <double*>data[0]
    cdef double* a_at = <double*>data[1]
    cdef double a
    cdef double* b_at = <double*>data[2]
    cdef double b
    cdef Py_ssize_t i
    if steps[0] == sizeof(double) and steps[1] == sizeof(double) and steps[2] == sizeof(double):
        for i in range(n):
            a = a_at[i]
            b = b_at[i]
            o[i] = lx_gelu_tanh_grad(a, b)
    elif steps[0] == sizeof(double) and steps[1] == sizeof(double) and steps[2] == 0:
        b = b_at[0]
        for i in range(n):
            a = a_at[i]
            o[i] = lx_gelu_tanh_grad(a, b)
    elif steps[0] == sizeof(double) and steps[1] == 0 and steps[2] == sizeof(double):
        a = a_at[0]
        for i in range(n):
            b = b_at[i]
            o[i] = lx_gelu_tanh_grad(a, b)
    else:
        for i in range(n):
            a = a_at[0]
            a_at = <double*>(<char*>a_at + steps[1])
            b = b_at[0]
            b_at = <double*>(<char*>b_at + steps[2])
            o[0] = lx_gelu_tanh_grad(a, b)
            o = <double*>(<char*>o + steps[0])
cdef void addcmul_float32(char** data, const Py_ssize_t* steps, Py_ssize_t n, LoopArgs* args) noexcept nogil:
    cdef float* o = <float*>data[0]
    cdef float* a_at = <float*>data[1]
    cdef float a
    cdef float* b_at = <float*>data[2]
    cdef float b
    cdef float* c_at = <float*>data[3]
    cdef float c
    cdef float p0 = <float>args.d[0]
    cdef Py_ssize_t i
    if steps[0] == sizeof(float) and steps[1] == sizeof(float) and steps[2] == sizeof(float) and steps[3] == sizeof(float):
        for i in range(n):
            a = a_at[i]
            b = b_at[i]
            c = c_at[i]
            o[i] = a + p0 * b * c
    else:
        for i in range(n):
            a = a_at[0]
            a_at = <float*>(<char*>a_at + steps[1])
            b = b_at[0]
            b_at = <float*>(<char*>b_at + steps[2])
            c = c_at[0]
            c_at = <float*>(<char*>c_at + steps[3])
            o[0] = a + p0 * b * c
            o = <float*>(<char*>o + steps[0])
cdef void addcmul_float64(char** data, const Py_ssize_t* steps, Py_ssize_t n, LoopArgs* args) noexcept nogil:
    cdef double* o = <double*>data[0]
    cdef double* a_at = <double*>data[1]
    cdef double a
    cdef double* b_at = <double*>data[2]
    cdef double b
    cdef double* c_at = <double*>data[3]
    cdef double c
    cdef double p0 = <double>args.d[0]
    cdef Py_ssize_t i
    if steps[0] == sizeof(double) and steps[1] == sizeof(double) and steps[2] == sizeof(double) and steps[3] == sizeof(double):
        for i in range(n):
            a = a_at[i]
            b = b_at[i]
            c = c_at[i]
            o[i] = a + p0 * b * c
    else:
        for i in range(n):
            a = a_at[0]
            a_at = <double*>(<char*>a_at + steps[1])
            b = b_at[0]
            b_at = <double*>(<char*>b_at + steps[2])
            c = c_at[0]
            c_at = <double*>(<char*>c_at + steps[3])
            o[0] = a + p0 * b * c
            o = <double*>(<char*>o + steps[0])
cdef void addcdiv_float32(char** data, const Py_ssize_t* steps, Py_ssize_t n, LoopArgs* args) noexcept nogil:
    cdef float* o = <float*>data[0]
    cdef float* a_at = <float*>data[1]
    cdef float a
    cdef float* b_at = <float*>data[2]
    cdef float b
    cdef float* c_at = <float*>data[3]
    cdef float c
    cdef float p0 = <float>args.d[0]
    cdef Py_ssize_t i
    if steps[0] == sizeof(float) and steps[1] == sizeof(float) and steps[2] == sizeof(float) and steps[3] == sizeof(float):
        for i in range(n):
            a = a_at[i]
            b = b_at[i]
            c = c_at[i]
            o[i] = a + p0 * b / c
    else:
        for i in range(n):
            a = a_at[0]
            a_at = <float*>(<char*>a_at + steps[1])
            b = b_at[0]
            b_at = <float*>(<char*>b_at + steps[2])
            c = c_at[0]
            c_at = <float*>(<char*>c_at + steps[3])
            o[0] = a + p0 * b / c
            o = <float*>(<char*>o + steps[0])
cdef void addcdiv_float64(char** data, const Py_ssize_t* steps, Py_ssize_t n, LoopArgs* args) noexcept nogil:
    cdef double* o = <double*>data[0]
    cdef double* a_at = <double*>data[1]
    cdef double a
    cdef double* b_at = <double*>data[2]
    cdef double b
    cdef double* c_at = <double*>data[3]
    cdef double c
    cdef double p0 = <double>args.d[0]
    cdef Py_ssize_t i
    if steps[0] == sizeof(double) and steps[1] == sizeof(double) and steps[2] == sizeof(double) and steps[3] == sizeof(double):
        for i in range(n):
            a = a_at[i]
            b = b_at[i]
            c = c_at[i]
            o[i] = a + p0 * b / c
    else:
        for i in range(n):
            a = a_at[0]
            a_at = <double*>(<char*>a_at + steps[1])
            b = b_at[0]
            b_at = <double*>(<char*>b_at + steps[2])
            c = c_at[0]
            c_at = <double*>(<char*>c_at + steps[3])
            o[0] = a + p0 * b / c
            o = <double*>(<char*>o + steps[0])
cdef void lerp_float32(char** data, const Py_ssize_t* steps, Py_ssize_t n, LoopArgs* args) noexcept nogil:
    cdef float* o = <float*>data[0]
    cdef float* a_at = <float*>data[1]
    cdef float a
    cdef float* b_at = <float*>data[2]
    cdef float b
    cdef float* c_at = <float*>data[3]
    cdef float c
    cdef Py_ssize_t i
    if steps[0] == sizeof(float) and steps[1] == sizeof(float) and steps[2] == sizeof(float) and steps[3] == sizeof(float):
        for i in range(n):
            a = a_at[i]
            b = b_at[i]
            c = c_at[i]
            o[i] = a + c * (b - a) if fabsf(c) < 0.5 else b - (b - a) * (1 - c)
    else:
        for i in range(n):
            a = a_at[0]
            a_at = <float*>(<char*>a_at + steps[1])
            b = b_at[0]
            b_at = <float*>(<char*>b_at + steps[2])
            c = c_at[0]
            c_at = <float*>(<char*>c_at + steps[3])
            o[0] = a + c * (b - a) if fabsf(c) < 0.5 else b - (b - a) * (1 - c)
            o = <float*>(<char*>o + steps[0])
cdef void lerp_float64(char** data, const Py_ssize_t* steps, Py_ssize_t n, LoopArgs* args) noexcept nogil:
    cdef double* o = <double*>data[0]
    cdef double* a_at = <double*>data[1]
    cdef double a
    cdef double* b_at = <double*>data[2]
    cdef double b
    cdef double* c_at = <double*>data[3]
    cdef double c
    cdef Py_ssize_t i
    if steps[0] == sizeof(double) and steps[1] == sizeof(double) and steps[2] == sizeof(double) and steps[3] == sizeof(double):
        for i in range(n):
            a = a_at[i]
            b = b_at[i]
            c = c_at[i]
            o[i] = a + c * (b - a) if fabs(c) < 0.5 else b - (b - a) * (1 - c)
    else:
        for i in range(n):
            a = a_at[0]
            a_at = <double*>(<char*>a_at + steps[1])
            b = b_at[0]
            b_at = <double*>(<char*>b_at + steps[2])
            c = c_at[0]
            c_at = <double*>(<char*>c_at + steps[3])
            o[0] = a + c * (b - a) if fabs(c) < 0.5 else b - (b - a) * (1 - c)
            o = <double*>(<char*>o + steps[0])
cdef void clamp3_float32(char** data, const Py_ssize_t* steps, Py_ssize_t n, LoopArgs* args) noexcept nogil:
    cdef float* o = <float*>data[0]
    cdef float* a_at = <float*>data[1]
    cdef float a
    cdef float* b_at = <float*>data[2]
    cdef float b
    cdef float* c_at = <float*>data[3]
    cdef float c
    cdef Py_ssize_t i
    if steps[0] == sizeof(float) and steps[1] == sizeof(float) and steps[2] == sizeof(float) and steps[3] == sizeof(float):
        for i in range(n):
            a = a_at[i]
            b = b_at[i]
            c = c_at[i]
            o[i] = a if a != a else (b if b != b else (c if c != c else lx_minf(lx_maxf(a, b), c)))
    else:
        for i in range(n):
            a = a_at[0]
            a_at = <float*>(<char*>a_at + steps[1])
            b = b_at[0]
            b_at = <float*>(<char*>b_at + steps[2])
            c = c_at[0]
            c_at = <float*>(<char*>c_at + steps[3])
            o[0] = a if a != a else (b if b != b else (c if c != c else lx_minf(lx_maxf(a, b), c)))
            o = <float*>(<char*>o + steps[0])
cdef void clamp3_float64(char** data, const Py_ssize_t* steps, Py_ssize_t n, LoopArgs* args) noexcept nogil:
    cdef double* o = <double*>data[0]
    cdef double* a_at = <double*>data[1]
    cdef double a
    cdef double* b_at = <double*>data[2]
    cdef double b
    cdef double* c_at = <double*>data[3]
    cdef double c
    cdef Py_ssize_t i
    if steps[0] == sizeof(double) and steps[1] == sizeof(double) and steps[2] == sizeof(double) and steps[3] == sizeof(double):
        for i in range(n):
            a = a_at[i]
            b = b_at[i]
            c = c_at[i]
            o[i] = a if a != a else (b if b != b else (c if c != c else lx_min(lx_max(a, b), c)))
    else:
        for i in range(n):
            a = a_at[0]
            a_at = <double*>(<char*>a_at + steps[1])
            b = b_at[0]
            b_at = <double*>(<char*>b_at + steps[2])
            c = c_at[0]
            c_at = <double*>(<char*>c_at + steps[3])
            o[0] = a if a != a else (b if b != b else (c if c != c else lx_min(lx_max(a, b), c)))
            o = <double*>(<char*>o + steps[0])
cdef void exp_float32(char** data, const Py_ssize_t* steps, Py_ssize_t n, LoopArgs* args) noexcept nogil:
    cdef float room[256]
    cdef Py_ssize_t i, k, start
    if steps[0] == sizeof(float) and steps[1] == sizeof(float):
        lm_exp_f32(<const float*>data[1], <float*>data[0], n)
        return
    start = 0
    while start < n:
        k = n - start if n - start < 256 else 256
        for i in range(k):
            room[i] = (<float*>(data[1] + (start + i) * steps[1]))[0]
        lm_exp_f32(room, room, k)
        for i in range(k):
            (<float*>(data[0] + (start + i) * steps[0]))[0] = room[i]
        start += k
cdef void exp_float64(char** data, const Py_ssize_t* steps, Py_ssize_t n, LoopArgs* args) noexcept nogil:
    cdef double room[256]
    cdef Py_ssize_t i, k, start
    if steps[0] == sizeof(double) and steps[1] == sizeof(double):
        lm_exp_f64(<const double*>data[1], <double*>data[0], n)
        return
    start = 0
    while start < n:
        k = n - start if n - start < 256 else 256
        for i in range(k):
            room[i] = (<double*>(data[1] + (start + i) * steps[1]))[0]
        lm_exp_f64(room, room, k)
        for i in range(k):
            (<double*>(data[0] + (start + i) * steps[0]))[0] = room[i]
        start += k
cdef void expm1_float32(char** data, const Py_ssize_t* steps, Py_ssize_t n, LoopArgs* args) noexcept nogil:
    cdef float room[256]
    cdef Py_ssize_t i, k, start
    if steps[0] == sizeof(float) and steps[1] == sizeof(float):
        lm_expm1_f32(<const float*>data[1], <float*>data[0], n)
        return
    start = 0
    while start < n:
        k = n - start if n - start < 256 else 256
        for i in range(k):
            room[i] = (<float*>(data[1] + (start + i) * steps[1]))[0]
        lm_expm1_f32(room, room, k)
        for i in range(k):
            (<float*>(data[0] + (start + i) * steps[0]))[0] = room[i]
        start += k
cdef void expm1_float64(char** data, const Py_ssize_t* steps, Py_ssize_t n, LoopArgs* args) noexcept nogil:
    cdef double room[256]
    cdef Py_ssize_t i, k, start
    if steps[0] == sizeof(double) and steps[1] == sizeof(double):
        lm_expm1_f64(<const double*>data[1], <double*>data[0], n)
        return
    start = 0
    while start < n:
        k = n - start if n - start < 256 else 256
        for i in range(k):
            room[i] = (<double*>(data[1] + (start + i) * steps[1]))[0]
        lm_expm1_f64(room, room, k)
        for i in range(k):
            (<double*>(data[0] + (start + i) * steps[0]))[0] = room[i]
        start += k
cdef void log_float32(char** data, const Py_ssize_t* steps, Py_ssize_t n, LoopArgs* args) noexcept nogil:
    cdef float room[256]
    cdef Py_ssize_t i, k, start
    if steps[0] == sizeof(float) and steps[1] == sizeof(float):
        lm_log_f32(<const float*>data[1], <float*>data[0], n)
        return
    start = 0
    while start < n:
        k = n - start if n - start < 256 else 256
        for i in range(k):
            room[i] = (<float*>(data[1] + (start + i) * steps[1]))[0]
        lm_log_f32(room, room, k)
        for i in range(k):
            (<float*>(data[0] + (start + i) * steps[0]))[0] = room[i]
        start += k
cdef void log_float64(char** data, const Py_ssize_t* steps, Py_ssize_t n, LoopArgs* args) noexcept nogil:
    cdef double room[256]
    cdef Py_ssize_t i, k, start
    if steps[0] == sizeof(double) and steps[1] == sizeof(double):
        lm_log_f64(<const double*>data[1], <double*>data[0], n)
        return
    start = 0
    while start < n:
        k = n - start if n - start < 256 else 256
        for i in range(k):
            room[i] = (<double*>(data[1] + (start + i) * steps[1]))[0]
        lm_log_f64(room, room, k)
        for i in range(k):
            (<double*>(data[0] + (start + i) * steps[0]))[0] = room[i]
        start += k
cdef void log1p_float32(char** data, const Py_ssize_t* steps, Py_ssize_t n, LoopArgs* args) noexcept nogil:
    cdef float room[256]
    cdef Py_ssize_t i, k, start
    if steps[0] == sizeof(float) and steps[1] == sizeof(float):
        lm_log1p_f32(<const float*>data[1], <float*>data[0], n)
        return
    start = 0
    while start < n:
        k = n - start if n - start < 256 else 256
        for i in range(k):
            room[i] = (<float*>(data[1] + (start + i) * steps[1]))[0]
        lm_log1p_f32(room, room, k)
        for i in range(k):
            (<float*>(data[0] + (start + i) * steps[0]))[0] = room[i]
        start += k
cdef void log1p_float64(char** data, const Py_ssize_t* steps, Py_ssize_t n, LoopArgs* args) noexcept nogil:
    cdef double room[256]
    cdef Py_ssize_t i, k, start
    if steps[0] == sizeof(double) and steps[1] == sizeof(double):
        lm_log1p_f64(<const double*>data[1], <double*>data[0], n)
        return
    start = 0
    while start < n:
        k = n - start if n - start < 256 else 256
        for i in range(k):
            room[i] = (<double*>(data[1] + (start + i) * steps[1]))[0]
        lm_log1p_f64(room, room, k)
        for i in range(k):
            (<double*>(data[0] + (start + i) * steps[0]))[0] = room[i]
        start += k
cdef void log2_float32(char** data, const Py_ssize_t* steps, Py_ssize_t n, LoopArgs* args) noexcept nogil:
    cdef float room[256]
    cdef Py_ssize_t i, k, start
    if steps[0] == sizeof(float) and steps[1] == sizeof(float):
        lm_log2_f32(<const float*>data[1], <float*>data[0], n)
        return
    start = 0
    while start < n:
        k = n - start if n - start < 256 else 256
        for i in range(k):
            room[i] = (<float*>(data[1] + (start + i) * steps[1]))[0]
        lm_log2_f32(room, room, k)
        for i in range(k):
            (<float*>(data[0] + (start + i) * steps[0]))[0] = room[i]
        start += k
cdef void log2_float64(char** data, const Py_ssize_t* steps, Py_ssize_t n, LoopArgs* args) noexcept nogil:
    cdef double room[256]
    cdef Py_ssize_t i, k, start
    if steps[0] == sizeof(double) and steps[1] == sizeof(double):
        lm_log2_f64(<const double*>data[1], <double*>data[0], n)
        return
    start = 0
    while start < n:
        k = n - start if n - start < 256 else 256
        for i in range(k):
            room[i] = (<double*>(data[1] + (start + i) * steps[1]))[0]
        lm_log2_f64(room, room, k)
        for i in range(k):
            (<double*>(data[0] + (start + i) * steps[0]))[0] = room[i]
        start += k
cdef void log10_float32(char** data, const Py_ssize_t* steps, Py_ssize_t n, LoopArgs* args) noexcept nogil:
    cdef float room[256]
    cdef Py_ssize_t i, k, start
    if steps[0] == sizeof(float) and steps[1] == sizeof(float):
        lm_log10_f32(<const float*>data[1], <float*>data[0], n)
        return
    start = 0
    while start < n:
        k = n - start if n - start < 256 else 256
        for i in range(k):
            room[i] = (<float*>(data[1] + (start + i) * steps[1]))[0]
        lm_log10_f32(room, room, k)
        for i in range(k):
            (<float*>(data[0] + (start + i) * steps[0]))[0] = room[i]
        start += k
cdef void log10_float64(char** data, const Py_ssize_t* steps, Py_ssize_t n, LoopArgs* args) noexcept nogil:
    cdef double room[256]
    cdef Py_ssize_t i, k, start
    if steps[0] == sizeof(double) and steps[1] == sizeof(double):
        lm_log10_f64(<const double*>data[1], <double*>data[0], n)
        return
    start = 0
    while start < n:
        k = n - start if n - start < 256 else 256
        for i in range(k):
            room[i] = (<double*>(data[1] + (start + i) * steps[1]))[0]
        lm_log10_f64(room, room, k)
        for i in range(k):
            (<double*>(data[0] + (start + i) * steps[0]))[0] = room[i]
        start += k
cdef void sin_float32(char** data, const Py_ssize_t* steps, Py_ssize_t n, LoopArgs* args) noexcept nogil:
    cdef float room[256]
    cdef Py_ssize_t i, k, start
    if steps[0] == sizeof(float) and steps[1] == sizeof(float):
        lm_sin_f32(<const float*>data[1], <float*>data[0], n)
        return
    start = 0
    while start < n:
        k = n - start if n - start < 256 else 256
        for i in range(k):
            room[i] = (<float*>(data[1] + (start + i) * steps[1]))[0]
        lm_sin_f32(room, room, k)
        for i in range(k):
            (<float*>(data[0] + (start + i) * steps[0]))[0] = room[i]
        start += k
cdef void sin_float64(char** data, const Py_ssize_t* steps, Py_ssize_t n, LoopArgs* args) noexcept nogil:
    cdef double room[256]
    cdef Py_ssize_t i, k, start
    if steps[0] == sizeof(double) and steps[1] == sizeof(double):
        lm_sin_f64(<const double*>data[1], <double*>data[0], n)
        return
    start = 0
    while start < n:
        k = n - start if n - start < 256 else 256
        for i in range(k):
            room[i] = (<double*>(data[1] + (start + i) * steps[1]))[0]
        lm_sin_f64(room, room, k)
        for i in range(k):
            (<double*>(data[0] + (start + i) * steps[0]))[0] = room[i]
        start += k
cdef void cos_float32(char** data, const Py_ssize_t* steps, Py_ssize_t n, LoopArgs* args) noexcept nogil:
    cdef float room[256]
    cdef Py_ssize_t i, k, start
    if steps[0] == sizeof(float) and steps[1] == sizeof(float):
        lm_cos_f32(<const float*>data[1], <float*>data[0], n)
        return
    start = 0
    while start < n:
        k = n - start if n - start < 256 else 256
        for i in range(k):
            room[i] = (<float*>(data[1] + (start + i) * steps[1]))[0]
        lm_cos_f32(room, room, k)
        for i in range(k):
            (<float*>(data[0] + (start + i) * steps[0]))[0] = room[i]
        start += k
cdef void cos_float64(char** data, const Py_ssize_t* steps, Py_ssize_t n, LoopArgs* args) noexcept nogil:
    cdef double room[256]
    cdef Py_ssize_t i, k, start
    if steps[0] == sizeof(double) and steps[1] == sizeof(double):
        lm_cos_f64(<const double*>data[1], <double*>data[0], n)
        return
    start = 0
    while start < n:
        k = n - start if n - start < 256 else 256
        for i in range(k):
            room[i] = (<double*>(data[1] + (start + i) * steps[1]))[0]
        lm_cos_f64(room, room, k)
        for i in range(k):
            (<double*>(data[0] + (start + i) * steps[0]))[0] = room[i]
        start += k
cdef void tanh_float32(char** data, const Py_ssize_t* steps, Py_ssize_t n, LoopArgs* args) noexcept nogil:
    cdef float room[256]
    cdef Py_ssize_t i, k, start
    if steps[0] == sizeof(float) and steps[1] == sizeof(float):
        lm_tanh_f32(<const float*>data[1], <float*>data[0], n)
        return
    start = 0
    while start < n:
        k = n - start if n - start < 256 else 256
        for i in range(k):
            room[i] = (<float*>(data[1] + (start + i) * steps[1]))[0]
        lm_tanh_f32(room, room, k)
        for i in range(k):
            (<float*>(data[0] + (start + i) * steps[0]))[0] = room[i]
        start += k
cdef void tanh_float64(char** data, const Py_ssize_t* steps, Py_ssize_t n, LoopArgs* args) noexcept nogil:
    cdef double room[256]
    cdef Py_ssize_t i, k, start
    if steps[0] == sizeof(double) and steps[1] == sizeof(double):
        lm_tanh_f64(<const double*>data[1], <double*>data[0], n)
        return
    start = 0
    while start < n:
        k = n - start if n - start < 256 else 256
        for i in range(k):
            room[i] = (<double*>(data[1] + (start + i) * steps[1]))[0]
        lm_tanh_f64(room, room, k)
        for i in range(k):
            (<double*>(data[0] + (start + i) * steps[0]))[0] = room[i]
        start += k
cdef void sigmoid_float32(char** data, const Py_ssize_t* steps, Py_ssize_t n, LoopArgs* args) noexcept nogil:
    cdef float room[256]
    cdef Py_ssize_t i, k, start
    if steps[0] == sizeof(float) and steps[1] == sizeof(float):
        lm_sigmoid_f32(<const float*>data[1], <float*>data[0], n)
        return
    start = 0
    while start < n:
        k = n - start if n - start < 256 else 256
        for i in range(k):
            room[i] = (<float*>(data[1] + (start + i) * steps[1]))[0]
        lm_sigmoid_f32(room, room, k)
        for i in range(k):
            (<float*>(data[0] + (start + i) * steps[0]))[0] = room[i]
        start += k
cdef void sigmoid_float64(char** data, const Py_ssize_t* steps, Py_ssize_t n, LoopArgs* args) noexcept nogil:
    cdef double room[256]
    cdef Py_ssize_t i, k, start
    if steps[0] == sizeof(double) and steps[1] == sizeof(double):
        lm_sigmoid_f64(<const double*>data[1], <double*>data[0], n)
        return
    start = 0
    while start < n:
        k = n - start if n - start < 256 else 256
        for i in range(k):
            room[i] = (<double*>(data[1] + (start + i) * steps[1]))[0]
        lm_sigmoid_f64(room, room, k)
        for i in range(k):
            (<double*>(data[0] + (start + i) * steps[0]))[0] = room[i]
        start += k
cdef void erf_float32(char** data, const Py_ssize_t* steps, Py_ssize_t n, LoopArgs* args) noexcept nogil:
    cdef float room[256]
    cdef Py_ssize_t i, k, start
    if steps[0] == sizeof(float) and steps[1] == sizeof(float):
        lm_erf_f32(<const float*>data[1], <float*>data[0], n)
        return
    start = 0
    while start < n:
        k = n - start if n - start < 256 else 256
        for i in range(k):
            room[i] = (<float*>(data[1] + (start + i) * steps[1]))[0]
        lm_erf_f32(room, room, k)
        for i in range(k):
            (<float*>(data[0] + (start + i) * steps[0]))[0] = room[i]
        start += k
cdef void erf_float64(char** data, const Py_ssize_t* steps, Py_ssize_t n, LoopArgs* args) noexcept nogil:
    cdef double room[256]
    cdef Py_ssize_t i, k, start
    if steps[0] == sizeof(double) and steps[1] == sizeof(double):
        lm_erf_f64(<const double*>data[1], <double*>data[0], n)
        return
    start = 0
    while start < n:
        k = n - start if n - start < 256 else 256
        for i in range(k):
            room[i] = (<double*>(data[1] + (start + i) * steps[1]))[0]
        lm_erf_f64(room, room, k)
        for i in range(k):
            (<double*>(data[0] + (start + i) * steps[0]))[0] = room[i]
        start += k
cdef void cast_bool_float32(char** data, const Py_ssize_t* steps, Py_ssize_t n, LoopArgs* args) noexcept nogil:
    cdef float* o = <float*>data[0]
    cdef uint8_t* a = <uint8_t*>data[1]
    cdef uint8_t x
    cdef Py_ssize_t i
    if steps[0] == sizeof(float) and steps[1] == sizeof(uint8_t):
        for i in range(n):
            x = a[i]
            o[i] = <float>x
    else:
        for i in range(n):
            x = a[0]
            o[0] = <float>x
            o = <float*>(<char*>o + steps[0])
            a = <uint8_t*>(<char*>a + steps[1])
cdef void cast_bool_float64(char** data, const Py_ssize_t* steps, Py_ssize_t n, LoopArgs* args) noexcept nogil:
    cdef double* o = <double*>data[0]
    cdef uint8_t* a = <uint8_t*>data[1]
    cdef uint8_t x
    cdef Py_ssize_t i
    if steps[0] == sizeof(double) and steps[1] == sizeof(uint8_t):
        for i in range(n):
            x = a[i]
            o[i] = <double>x
    else:
        for i in range(n):
            x = a[0]
            o[0] = <double>x
            o = <double*>(<char*>o + steps[0])
            a = <uint8_t*>(<char*>a + steps[1])
cdef void cast_uint8_float32(char** data, const Py_ssize_t* steps, Py_ssize_t n, LoopArgs* args) noexcept nogil:
    cdef float* o = <float*>data[0]
    cdef uint8_t* a = <uint8_t*>data[1]
    cdef uint8_t x
    cdef Py_ssize_t i
    if steps[0] == sizeof(float) and steps[1] == sizeof(uint8_t):
        for i in range(n):
            x = a[i]
            o[i] = <float>x
    else:
        for i in range(n):
            x = a[0]
            o[0] = <float>x
            o = <float*>(<char*>o + steps[0])
            a = <uint8_t*>(<char*>a + steps[1])
cdef void cast_uint8_float64(char** data, const Py_ssize_t* steps, Py_ssize_t n, LoopArgs* args) noexcept nogil:
    cdef double* o = <double*>data[0]
    cdef uint8_t* a = <uint8_t*>data[1]
    cdef uint8_t x
    cdef Py_ssize_t i
    if steps[0] == sizeof(double) and steps[1] == sizeof(uint8_t):
        for i in range(n):
            x = a[i]
            o[i] = <double>x
    else:
        for i in range(n):
            x = a[0]
            o[0] = <double>x
            o = <double*>(<char*>o + steps[0])
            a = <uint8_t*>(<char*>a + steps[1])
cdef void cast_int32_float32(char** data, const Py_ssize_t* steps, Py_ssize_t n, LoopArgs* args) noexcept nogil:
    cdef float* o = <float*>data[0]
    cdef int32_t* a = <int32_t*>data[1]
    cdef int32_t x
    cdef Py_ssize_t i
    if steps[0] == sizeof(float) and steps[1] == sizeof(int32_t):
        for i in range(n):
            x = a[i]
            o[i] = <float>x
    else:
        for i in range(n):
            x = a[0]
            o[0] = <float>x
            o = <float*>(<char*>o + steps[0])
            a = <int32_t*>(<char*>a + steps[1])
cdef void cast_int32_float64(char** data, const Py_ssize_t* steps, Py_ssize_t n, LoopArgs* args) noexcept nogil:
    cdef double* o = <double*>data[0]
    cdef int32_t* a = <int32_t*>data[1]
    cdef int32_t x
    cdef Py_ssize_t i
    if steps[0] == sizeof(double) and steps[1] == sizeof(int32_t):
        for i in range(n):
            x = a[i]
            o[i] = <double>x
    else:
        for i in range(n):
            x = a[0]
            o[0] = <double>x
            o = <double*>(<char*>o + steps[0])
            a = <int32_t*>(<char*>a + steps[1])
cdef void cast_int64_float32(char** data, const Py_ssize_t* steps, Py_ssize_t n, LoopArgs* args) noexcept nogil:
    cdef float* o = <float*>data[0]
    cdef int64_t* a = <int64_t*>data[1]
    cdef int64_t x
    cdef Py_ssize_t i
    if steps[0] == sizeof(float) and steps[1] == sizeof(int64_t):
        for i in range(n):
            x = a[i]
            o[i] = <float>x
    else:
        for i in range(n):
            x = a[0]
            o[0] = <float>x
            o = <float*>(<char*>o + steps[0])
            a = <int64_t*>(<char*>a + steps[1])
cdef void cast_int64_float64(char** data, const Py_ssize_t* steps, Py_ssize_t n, LoopArgs* args) noexcept nogil:
    cdef double* o = <double*>data[0]
    cdef int64_t* a = <int64_t*>data[1]
    cdef int64_t x
    cdef Py_ssize_t i
    if steps[0] == sizeof(double) and steps[1] == sizeof(int64_t):
        for i in range(n):
            x = a[i]
            o[i] = <double>x
    else:
        for i in range(n):
            x = a[0]
            o[0] = <double>x
            o = <double*>(<char*>o + steps[0])
            a = <int64_t*>(<char*>a + steps[1])
cdef void cast_float16_float32(char** data, const Py_ssize_t* steps, Py_ssize_t n, LoopArgs* args) noexcept nogil:
    cdef float* o = <float*>data[0]
    cdef uint16_t* a = <uint16_t*>data[1]
    cdef uint16_t x
    cdef Py_ssize_t i
    if steps[0] == sizeof(float) and steps[1] == sizeof(uint16_t):
        for i in range(n):
            x = a[i]
            o[i] = <float>lucet_half_to_float(x)
    else:
        for i in range(n):
            x = a[0]
            o[0] = <float>lucet_half_to_float(x)
            o = <float*>(<char*>o + steps[0])
            a = <uint16_t*>(<char*>a + steps[1])
cdef void cast_float16_float64(char** data, const Py_ssize_t* steps, Py_ssize_t n, LoopArgs* args) noexcept nogil:
    cdef double* o = <double*>data[0]
    cdef uint16_t* a = <uint16_t*>data[1]
    cdef uint16_t x
    cdef Py_ssize_t i
    if steps[0] == sizeof(double) and steps[1] == sizeof(uint16_t):
        for i in range(n):
            x = a[i]
            o[i] = <double>lucet_half_to_float(x)
    else:
        for i in range(n):
            x = a[0]
            o[0] = <double>lucet_half_to_float(x)
            o = <double*>(<char*>o + steps[0])
            a = <uint16_t*>(<char*>a + steps[1])
cdef void cast_bfloat16_float32(char** data, const Py_ssize_t* steps, Py_ssize_t n, LoopArgs* args) noexcept nogil:
    cdef float* o = <float*>data[0]
    cdef uint16_t* a = <uint16_t*>data[1]
    cdef uint16_t x
    cdef Py_ssize_t i
    if steps[0] == sizeof(float) and steps[1] == sizeof(uint16_t):
        for i in range(n):
            x = a[i]
            o[i] = <float>lucet_bfloat_to_float(x)
    else:
        for i in range(n):
            x = a[0]
            o[0] = <float>lucet_bfloat_to_float(x)
            o = <float*>(<char*>o + steps[0])
            a = <uint16_t*>(<char*>a + steps[1])
cdef void cast_bfloat16_float64(char** data, const Py_ssize_t* steps, Py_ssize_t n, LoopArgs* args) noexcept nogil:
    cdef double* o = <double*>data[0]
    cdef uint16_t* a = <uint16_t*>data[1]
    cdef uint16_t x
    cdef Py_ssize_t i
    if steps[0] == sizeof(double) and steps[1] == sizeof(uint16_t):
        for i in range(n):
            x = a[i]
            o[i] = <double>lucet_bfloat_to_float(x)
    else:
        for i in range(n):
            x = a[0]
            o[0] = <double>lucet_bfloat_to_float(x)
            o = <double*>(<char*>o + steps[0])
            a = <uint16_t*>(<char*>a + steps[1])
cdef void cast_float32_bool(char** data, const Py_ssize_t* steps, Py_ssize_t n, LoopArgs* args) noexcept nogil:
    cdef uint8_t* o = <uint8_t*>data[0]
    cdef float* a = <float*>data[1]
    cdef float x
    cdef Py_ssize_t i
    if steps[0] == sizeof(uint8_t) and steps[1] == sizeof(float):
        for i in range(n):
            x = a[i]
            o[i] = x != 0
    else:
        for i in range(n):
            x = a[0]
            o[0] = x != 0
            o = <uint8_t*>(<char*>o + steps[0])
            a = <float*>(<char*>a + steps[1])
cdef void cast_float32_uint8(char** data, const Py_ssize_t* steps, Py_ssize_t n, LoopArgs* args) noexcept nogil:
    cdef uint8_t* o = <uint8_t*>data[0]
    cdef float* a = <float*>data[1]
    cdef float x
    cdef Py_ssize_t i
    if steps[0] == sizeof(uint8_t) and steps[1] == sizeof(float):
        for i in range(n):
            x = a[i]
            o[i] = <uint8_t><int64_t>x
    else:
        for i in range(n):
            x = a[0]
            o[0] = <uint8_t><int64_t>x
            o = <uint8_t*>(<char*>o + steps[0])
            a = <float*>(<char*>a + steps[1])
cdef void cast_float32_int32(char** data, const Py_ssize_t* steps, Py_ssize_t n, LoopArgs* args) noexcept nogil:
    cdef int32_t* o = <int32_t*>data[0]
    cdef float* a = <float*>data[1]
    cdef float x
    cdef Py_ssize_t i
    if steps[0] == sizeof(int32_t) and steps[1] == sizeof(float):
        for i in range(n):
            x = a[i]
            o[i] = <int32_t><int64_t>x
    else:
        for i in range(n):
            x = a[0]
            o[0] = <int32_t><int64_t>x
            o = <int32_t*>(<char*>o + steps[0])
            a = <float*>(<char*>a + steps[1])
cdef void cast_float32_int64(char** data, const Py_ssize_t* steps, Py_ssize_t n, LoopArgs* args) noexcept nogil:
    cdef int64_t* o = <int64_t*>data[0]
    cdef float* a = <float*>data[1]
    cdef float x
    cdef Py_ssize_t i
    if steps[0] == sizeof(int64_t) and steps[1] == sizeof(float):
        for i in range(n):
            x = a[i]
            o[i] = <int64_t>x
    else:
        for i in range(n):
            x = a[0]
            o[0] = <int64_t>x
            o = <int64_t*>(<char*>o + steps[0])
            a = <float*>(<char*>a + steps[1])
cdef void cast_float32_float16(char** data, const Py_ssize_t* steps, Py_ssize_t n, LoopArgs* args) noexcept nogil:
    cdef uint16_t* o = <uint16_t*>data[0]
    cdef float* a = <float*>data[1]
    cdef float x
    cdef Py_ssize_t i
    if steps[0] == sizeof(uint16_t) and steps[1] == sizeof(float):
        for i in range(n):
            x = a[i]
            o[i] = lucet_float_to_half(<float>x)
    else:
        for i in range(n):
            x = a[0]
            o[0] = lucet_float_to_half(<float>x)
            o = <uint16_t*>(<char*>o + steps[0])
            a = <float*>(<char*>a + steps[1])
cdef void cast_float32_bfloat16(char** data, const Py_ssize_t* steps, Py_ssize_t n, LoopArgs* args) noexcept nogil:
    cdef uint16_t* o = <uint16_t*>data[0]
    cdef float* a = <float*>data[1]
    cdef float x
    cdef Py_ssize_t i
    if steps[0] == sizeof(uint16_t) and steps[1] == sizeof(float):
        for i in range(n):
            x = a[i]
            o[i] = lucet_float_to_bfloat(<float>x)
    else:
        for i in range(n):
            x = a[0]
            o[0] = lucet_float_to_bfloat(<float>x)
            o = <uint16_t*>(<char*>o + steps[0])
            a = <float*>(<char*>a + steps[1])
cdef void cast_float32_float32(char** data, const Py_ssize_t* steps, Py_ssize_t n, LoopArgs* args) noexcept nogil:
    cdef float* o = <float*>data[0]
    cdef float* a = <float*>data[1]
    cdef float x
    cdef Py_ssize_t i
    if steps[0] == sizeof(float) and steps[1] == sizeof(float):
        for i in range(n):
            x = a[i]
            o[i] = x
    else:
        for i in range(n):
            x = a[0]
            o[0] = x
            o = <float*>(<char*>o + steps[0])
            a = <float*>(<char*>a + steps[1])
cdef void cast_float32_float64(char** data, const Py_ssize_t* steps, Py_ssize_t n, LoopArgs* args) noexcept nogil:
    cdef double* o = <double*>data[0]
    cdef float* a = <float*>data[1]
    cdef float x
    cdef Py_ssize_t i
    if steps[0] == sizeof(double) and steps[1] == sizeof(float):
        for i in range(n):
            x = a[i]
            o[i] = <double>x
    else:
        for i in range(n):
            x = a[0]
            o[0] = <double>x
            o = <double*>(<char*>o + steps[0])
            a = <float*>(<char*>a + steps[1])
cdef void cast_float64_bool(char** data, const Py_ssize_t* steps, Py_ssize_t n, LoopArgs* args) noexcept nogil:
    cdef uint8_t* o = <uint8_t*>data[0]
    cdef double* a = <double*>data[1]
    cdef double x
    cdef Py_ssize_t i
    if steps[0] == sizeof(uint8_t) and steps[1] == sizeof(double):
        for i in range(n):
            x = a[i]
            o[i] = x != 0
    else:
        for i in range(n):
            x = a[0]
            o[0] = x != 0
            o = <uint8_t*>(<char*>o + steps[0])
            a = <double*>(<char*>a + steps[1])
cdef void cast_float64_uint8(char** data, const Py_ssize_t* steps, Py_ssize_t n, LoopArgs* args) noexcept nogil:
    cdef uint8_t* o = <uint8_t*>data[0]
    cdef double* a = <double*>data[1]
    cdef double x
    cdef Py_ssize_t i
    if steps[0] == sizeof(uint8_t) and steps[1] == sizeof(double):
        for i in range(n):
            x = a[i]
            o[i] = <uint8_t><int64_t>x
    else:
        for i in range(n):
            x = a[0]
            o[0] = <uint8_t><int64_t>x
            o = <uint8_t*>(<char*>o + steps[0])
            a = <double*>(<char*>a + steps[1])
cdef void cast_float64_int32(char** data, const Py_ssize_t* steps, Py_ssize_t n, LoopArgs* args) noexcept nogil:
    cdef int32_t* o = <int32_t*>data[0]
    cdef double* a = <double*>data[1]
    cdef double x
    cdef Py_ssize_t i
    if steps[0] == sizeof(int32_t) and steps[1] == sizeof(double):
        for i in range(n):
            x = a[i]
            o[i] = <int32_t><int64_t>x
    else:
        for i in range(n):
            x = a[0]
            o[0] = <int32_t><int64_t>x
            o = <int32_t*>(<char*>o + steps[0])
            a = <double*>(<char*>a + steps[1])
cdef void cast_float64_int64(char** data, const Py_ssize_t* steps, Py_ssize_t n, LoopArgs* args) noexcept nogil:
    cdef int64_t* o = <int64_t*>data[0]
    cdef double* a = <double*>data[1]
    cdef double x
    cdef Py_ssize_t i
    if steps[0] == sizeof(int64_t) and steps[1] == sizeof(double):
        for i in range(n):
            x = a[i]
            o[i] = <int64_t>x
    else:
        for i in range(n):
            x = a[0]
            o[0] = <int64_t>x
            o = <int64_t*>(<char*>o + steps[0])
            a = <double*>(<char*>a + steps[1])
cdef void cast_float64_float16(char** data, const Py_ssize_t* steps, Py_ssize_t n, LoopArgs* args) noexcept nogil:
    cdef uint16_t* o = <uint16_t*>data[0]
    cdef double* a = <double*>data[1]
    cdef double x
    cdef Py_ssize_t i
    if steps[0] == sizeof(uint16_t) and steps[1] == sizeof(double):
        for i in range(n):
            x = a[i]
            o[i] = lucet_float_to_half(<float>x)
    else:
        for i in range(n):
            x = a[0]
            o[0] = lucet_float_to_half(<float>x)
            o = <uint16_t*>(<char*>o + steps[0])
            a = <double*>(<char*>a + steps[1])
cdef void cast_float64_bfloat16(char** data, const Py_ssize_t* steps, Py_ssize_t n, LoopArgs* args) noexcept nogil:
    cdef uint16_t* o = <uint16_t*>data[0]
    cdef double* a = <double*>data[1]
    cdef double x
    cdef Py_ssize_t i
    if steps[0] == sizeof(uint16_t) and steps[1] == sizeof(double):
        for i in range(n):
            x = a[i]
            o[i] = lucet_float_to_bfloat(<float>x)
    else:
        for i in range(n):
            x = a[0]
            o[0] = lucet_float_to_bfloat(<float>x)
            o = <uint16_t*>(<char*>o + steps[0])
            a = <double*>(<char*>a + steps[1])
cdef void cast_float64_float32(char** data, const Py_ssize_t* steps, Py_ssize_t n, LoopArgs* args) noexcept nogil:
    cdef float* o = <float*>data[0]
    cdef double* a = <double*>data[1]
    cdef double x
    cdef Py_ssize_t i
    if steps[0] == sizeof(float) and steps[1] == sizeof(double):
        for i in range(n):
            x = a[i]
            o[i] = <float>x
    else:
        for i in range(n):
            x = a[0]
            o[0] = <float>x
            o = <float*>(<char*>o + steps[0])
            a = <double*>(<char*>a + steps[1])
cdef void cast_float64_float64(char** data, const Py_ssize_t* steps, Py_ssize_t n, LoopArgs* args) noexcept nogil:
    cdef double* o = <double*>data[0]
    cdef double* a = <double*>data[1]
    cdef double x
    cdef Py_ssize_t i
    if steps[0] == sizeof(double) and steps[1] == sizeof(double):
        for i in range(n):
            x = a[i]
            o[i] = x
    else:
        for i in range(n):
            x = a[0]
            o[0] = x
            o = <double*>(<char*>o + steps[0])
            a = <double*>(<char*>a + steps[1])
cdef void where_0(char** data, const Py_ssize_t* steps, Py_ssize_t n, LoopArgs* args) noexcept nogil:
    cdef uint8_t* o = <uint8_t*>data[0]
    cdef uint8_t* c = <uint8_t*>data[1]
    cdef uint8_t* a = <uint8_t*>data[2]
    cdef uint8_t* b = <uint8_t*>data[3]
    cdef uint8_t x, y
    cdef Py_ssize_t i
    if steps[0] == sizeof(uint8_t) and steps[1] == 1 and steps[2] == sizeof(uint8_t) and steps[3] == sizeof(uint8_t):
        for i in range(n):
            x = a[i]
            y = b[i]
            o[i] = x if c[i] else y
    else:
        for i in range(n):
            x = a[0]
            y = b[0]
            o[0] = x if c[0] else y
            o = <uint8_t*>(<char*>o + steps[0])
            c += steps[1]
            a = <uint8_t*>(<char*>a + steps[2])
            b = <uint8_t*>(<char*>b + steps[3])
cdef void where_1(char** data, const Py_ssize_t* steps, Py_ssize_t n, LoopArgs* args) noexcept nogil:
    cdef uint16_t* o = <uint16_t*>data[0]
    cdef uint8_t* c = <uint8_t*>data[1]
    cdef uint16_t* a = <uint16_t*>data[2]
    cdef uint16_t* b = <uint16_t*>data[3]
    cdef uint16_t x, y
    cdef Py_ssize_t i
    if steps[0] == sizeof(uint16_t) and steps[1] == 1 and steps[2] == sizeof(uint16_t) and steps[3] == sizeof(uint16_t):
        for i in range(n):
            x = a[i]
            y = b[i]
            o[i] = x if c[i] else y
    else:
        for i in range(n):
            x = a[0]
            y = b[0]
            o[0] = x if c[0] else y
            o = <uint16_t*>(<char*>o + steps[0])
            c += steps[1]
            a = <uint16_t*>(<char*>a + steps[2])
            b = <uint16_t*>(<char*>b + steps[3])
cdef void where_2(char** data, const Py_ssize_t* steps, Py_ssize_t n, LoopArgs* args) noexcept nogil:
    cdef uint32_t* o = <uint32_t*>data[0]
    cdef uint8_t* c = <uint8_t*>data[1]
    cdef uint32_t* a = <uint32_t*>data[2]
    cdef uint32_t* b = <uint32_t*>data[3]
    cdef uint32_t x, y
    cdef Py_ssize_t i
    if steps[0] == sizeof(uint32_t) and steps[1] == 1 and steps[2] == sizeof(uint32_t) and steps[3] == sizeof(uint32_t):
        for i in range(n):
            x = a[i]
            y = b[i]
            o[i] = x if c[i] else y
    else:
        for i in range(n):
            x = a[0]
            y = b[0]
            o[0] = x if c[0] else y
            o = <uint32_t*>(<char*>o + steps[0])
            c += steps[1]
            a = <uint32_t*>(<char*>a + steps[2])
            b = <uint32_t*>(<char*>b + steps[3])
cdef void where_3(char** data, const Py_ssize_t* steps, Py_ssize_t n, LoopArgs* args) noexcept nogil:
    cdef uint64_t* o = <uint64_t*>data[0]
    cdef uint8_t* c = <uint8_t*>data[1]
    cdef uint64_t* a = <uint64_t*>data[2]
    cdef uint64_t* b = <uint64_t*>data[3]
    cdef uint64_t x, y
    cdef Py_ssize_t i
    if steps[0] == sizeof(uint64_t) and steps[1] == 1 and steps[2] == sizeof(uint64_t) and steps[3] == sizeof(uint64_t):
        for i in range(n):
            x = a[i]
            y = b[i]
            o[i] = x if c[i] else y
    else:
        for i in range(n):
            x = a[0]
            y = b[0]
            o[0] = x if c[0] else y
            o = <uint64_t*>(<char*>o + steps[0])
            c += steps[1]
            a = <uint64_t*>(<char*>a + steps[2])
            b = <uint64_t*>(<char*>b + steps[3])
cdef void where_4(char** data, const Py_ssize_t* steps, Py_ssize_t n, LoopArgs* args) noexcept nogil:
    cdef cdouble* o = <cdouble*>data[0]
    cdef uint8_t* c = <uint8_t*>data[1]
    cdef cdouble* a = <cdouble*>data[2]
    cdef cdouble* b = <cdouble*>data[3]
    cdef cdouble x, y
    cdef Py_ssize_t i
    if steps[0] == sizeof(cdouble) and steps[1] == 1 and steps[2] == sizeof(cdouble) and steps[3] == sizeof(cdouble):
        for i in range(n):
            x = a[i]
            y = b[i]
            o[i] = x if c[i] else y
    else:
        for i in range(n):
            x = a[0]
            y = b[0]
            o[0] = x if c[0] else y
            o = <cdouble*>(<char*>o + steps[0])
            c += steps[1]
            a = <cdouble*>(<char*>a + steps[2])
            b = <cdouble*>(<char*>b + steps[3])

cdef void fill_pointwise(KernelTable* table) noexcept nogil:
    table.pointwise[ADD][FLOAT32] = add_float32
    table.pointwise[ADD][FLOAT64] = add_float64
    table.pointwise[ADD_SCALED][FLOAT32] = add_scaled_float32
    table.pointwise[ADD_SCALED][FLOAT64] = add_scaled_float64
    table.pointwise[SUB][FLOAT32] = sub_float32
    table.pointwise[SUB][FLOAT64] = sub_float64
    table.pointwise[MUL][FLOAT32] = mul_float32
    table.pointwise[MUL][FLOAT64] = mul_float64
    table.pointwise[DIV][FLOAT32] = div_float32
    table.pointwise[DIV][FLOAT64] = div_float64
    table.pointwise[FLOOR_DIV][FLOAT32] = floor_div_float32
    table.pointwise[FLOOR_DIV][FLOAT64] = floor_div_float64
    table.pointwise[TRUNC_DIV][FLOAT32] = trunc_div_float32
    table.pointwise[TRUNC_DIV][FLOAT64] = trunc_div_float64
    table.pointwise[REMAINDER][FLOAT32] = remainder_float32
    table.pointwise[REMAINDER][FLOAT64] = remainder_float64
    table.pointwise[FMOD][FLOAT32] = fmod_float32
    table.pointwise[FMOD][FLOAT64] = fmod_float64
    table.pointwise[POW][FLOAT32] = pow_float32
    table.pointwise[POW][FLOAT64] = pow_float64
    table.pointwise[MAXIMUM][FLOAT32] = maximum_float32
    table.pointwise[MAXIMUM][FLOAT64] = maximum_float64
    table.pointwise[MINIMUM][FLOAT32] = minimum_float32
    table.pointwise[MINIMUM][FLOAT64] = minimum_float64
    table.pointwise[ATAN2][FLOAT32] = atan2_float32
    table.pointwise[ATAN2][FLOAT64] = atan2_float64
    table.pointwise[EQ][FLOAT32] = eq_float32
    table.pointwise[EQ][FLOAT64] = eq_float64
    table.pointwise[NE][FLOAT32] = ne_float32
    table.pointwise[NE][FLOAT64] = ne_float64
    table.pointwise[LT][FLOAT32] = lt_float32
    table.pointwise[LT][FLOAT64] = lt_float64
    table.pointwise[LE][FLOAT32] = le_float32
    table.pointwise[LE][FLOAT64] = le_float64
    table.pointwise[GT][FLOAT32] = gt_float32
    table.pointwise[GT][FLOAT64] = gt_float64
    table.pointwise[GE][FLOAT32] = ge_float32
    table.pointwise[GE][FLOAT64] = ge_float64
    table.pointwise[LOGICAL_AND][FLOAT32] = logical_and_float32
    table.pointwise[LOGICAL_AND][FLOAT64] = logical_and_float64
    table.pointwise[LOGICAL_OR][FLOAT32] = logical_or_float32
    table.pointwise[LOGICAL_OR][FLOAT64] = logical_or_float64
    table.pointwise[LOGICAL_XOR][FLOAT32] = logical_xor_float32
    table.pointwise[LOGICAL_XOR][FLOAT64] = logical_xor_float64
    table.pointwise[LOGICAL_NOT][FLOAT32] = logical_not_float32
    table.pointwise[LOGICAL_NOT][FLOAT64] = logical_not_float64
    table.pointwise[ISNAN][FLOAT32] = isnan_float32
    table.pointwise[ISNAN][FLOAT64] = isnan_float64
    table.pointwise[ISINF][FLOAT32] = isinf_float32
    table.pointwise[ISINF][FLOAT64] = isinf_float64
    table.pointwise[ISFINITE][FLOAT32] = isfinite_float32
    table.pointwise[ISFINITE][FLOAT64] = isfinite_float64
    table.pointwise[NEG][FLOAT32] = neg_float32
    table.pointwise[NEG][FLOAT64] = neg_float64
    table.pointwise[ABS][FLOAT32] = abs_float32
    table.pointwise[ABS][FLOAT64] = abs_float64
    table.pointwise[SIGN][FLOAT32] = sign_float32
    table.pointwise[SIGN][FLOAT64] = sign_float64
    table.pointwise[SQRT][FLOAT32] = sqrt_float32
    table.pointwise[SQRT][FLOAT64] = sqrt_float64
    table.pointwise[RSQRT][FLOAT32] = rsqrt_float32
    table.pointwise[RSQRT][FLOAT64] = rsqrt_float64
    table.pointwise[RECIPROCAL][FLOAT32] = reciprocal_float32
    table.pointwise[RECIPROCAL][FLOAT64] = reciprocal_float64
    table.pointwise[SQUARE][FLOAT32] = square_float32
    table.pointwise[SQUARE][FLOAT64] = square_float64
    table.pointwise[CUBE][FLOAT32] = cube_float32
    table.pointwise[CUBE][FLOAT64] = cube_float64
    table.pointwise[FLOOR][FLOAT32] = floor_float32
    table.pointwise[FLOOR][FLOAT64] = floor_float64
    table.pointwise[CEIL][FLOAT32] = ceil_float32
    table.pointwise[CEIL][FLOAT64] = ceil_float64
    table.pointwise[TRUNC][FLOAT32] = trunc_float32
    table.pointwise[TRUNC][FLOAT64] = trunc_float64
    table.pointwise[ROUND][FLOAT32] = round_float32
    table.pointwise[ROUND][FLOAT64] = round_float64
    table.pointwise[CLAMP][FLOAT32] = clamp_float32
    table.pointwise[CLAMP][FLOAT64] = clamp_float64
    table.pointwise[CLAMP_GRAD][FLOAT32] = clamp_grad_float32
    table.pointwise[CLAMP_GRAD][FLOAT64] = clamp_grad_float64
    table.pointwise[RELU][FLOAT32] = relu_float32
    table.pointwise[RELU][FLOAT64] = relu_float64
    table.pointwise[RELU_GRAD][FLOAT32] = relu_grad_float32
    table.pointwise[RELU_GRAD][FLOAT64] = relu_grad_float64
    table.pointwise[THRESHOLD][FLOAT32] = threshold_float32
    table.pointwise[THRESHOLD][FLOAT64] = threshold_float64
    table.pointwise[THRESHOLD_GRAD][FLOAT32] = threshold_grad_float32
    table.pointwise[THRESHOLD_GRAD][FLOAT64] = threshold_grad_float64
    table.pointwise[LEAKY_RELU][FLOAT32] = leaky_relu_float32
    table.pointwise[LEAKY_RELU][FLOAT64] = leaky_relu_float64
    table.pointwise[LEAKY_RELU_GRAD][FLOAT32] = leaky_relu_grad_float32
    table.pointwise[LEAKY_RELU_GRAD][FLOAT64] = leaky_relu_grad_float64
    table.pointwise[HARDTANH_GRAD][FLOAT32] = hardtanh_grad_float32
    table.pointwise[HARDTANH_GRAD][FLOAT64] = hardtanh_grad_float64
    table.pointwise[SIGMOID_GRAD][FLOAT32] = sigmoid_grad_float32
    table.pointwise[SIGMOID_GRAD][FLOAT64] = sigmoid_grad_float64
    table.pointwise[TANH_GRAD][FLOAT32] = tanh_grad_float32
    table.pointwise[TANH_GRAD][FLOAT64] = tanh_grad_float64
    table.pointwise[ELU][FLOAT32] = elu_float32
    table.pointwise[ELU][FLOAT64] = elu_float64
    table.pointwise[ELU_GRAD][FLOAT32] = elu_grad_float32
    table.pointwise[ELU_GRAD][FLOAT64] = elu_grad_float64
    table.pointwise[SILU][FLOAT32] = silu_float32
    table.pointwise[SILU][FLOAT64] = silu_float64
    table.pointwise[SILU_GRAD][FLOAT32] = silu_grad_float32
    table.pointwise[SILU_GRAD][FLOAT64] = silu_grad_float64
    table.pointwise[SOFTPLUS][FLOAT32] = softplus_float32
    table.pointwise[SOFTPLUS][FLOAT64] = softplus_float64
    table.pointwise[SOFTPLUS_GRAD][FLOAT32] = softplus_grad_float32
    table.pointwise[SOFTPLUS_GRAD][FLOAT64] = softplus_grad_float64
    table.pointwise[GELU][FLOAT32] = gelu_float32
    table.pointwise[GELU][FLOAT64] = gelu_float64
    table.pointwise[GELU_GRAD][FLOAT32] = gelu_grad_float32
    table.pointwise[GELU_GRAD][FLOAT64] = gelu_grad_float64
    table.pointwise[GELU_TANH][FLOAT32] = gelu_tanh_float32
    table.pointwise[GELU_TANH][FLOAT64] = gelu_tanh_float64
    table.pointwise[GELU_TANH_GRAD][FLOAT32] = gelu_tanh_grad_float32
    table.pointwise[GELU_TANH_GRAD][FLOAT64] = gelu_tanh_grad_float64
    table.pointwise[ADDCMUL][FLOAT32] = addcmul_float32
    table.pointwise[ADDCMUL][FLOAT64] = addcmul_float64
    table.pointwise[ADDCDIV][FLOAT32] = addcdiv_float32
    table.pointwise[ADDCDIV][FLOAT64] = addcdiv_float64
    table.pointwise[LERP][FLOAT32] = lerp_float32
    table.pointwise[LERP][FLOAT64] = lerp_float64
    table.pointwise[CLAMP3][FLOAT32] = clamp3_float32
    table.pointwise[CLAMP3][FLOAT64] = clamp3_float64
    table.pointwise[EXP][FLOAT32] = exp_float32
    table.pointwise[EXP][FLOAT64] = exp_float64
    table.pointwise[EXPM1][FLOAT32] = expm1_float32
    table.pointwise[EXPM1][FLOAT64] = expm1_float64
    table.pointwise[LOG][FLOAT32] = log_float32
    table.pointwise[LOG][FLOAT64] = log_float64
    table.pointwise[LOG1P][FLOAT32] = log1p_float32
    table.pointwise[LOG1P][FLOAT64] = log1p_float64
    table.pointwise[LOG2][FLOAT32] = log2_float32
    table.pointwise[LOG2][FLOAT64] = log2_float64
    table.pointwise[LOG10][FLOAT32] = log10_float32
    table.pointwise[LOG10][FLOAT64] = log10_float64
    table.pointwise[SIN][FLOAT32] = sin_float32
    table.pointwise[SIN][FLOAT64] = sin_float64
    table.pointwise[COS][FLOAT32] = cos_float32
    table.pointwise[COS][FLOAT64] = cos_float64
    table.pointwise[TANH][FLOAT32] = tanh_float32
    table.pointwise[TANH][FLOAT64] = tanh_float64
    table.pointwise[SIGMOID][FLOAT32] = sigmoid_float32
    table.pointwise[SIGMOID][FLOAT64] = sigmoid_float64
    table.pointwise[ERF][FLOAT32] = erf_float32
    table.pointwise[ERF][FLOAT64] = erf_float64
    table.cast[BOOL][FLOAT32] = cast_bool_float32
    table.cast[BOOL][FLOAT64] = cast_bool_float64
    table.cast[UINT8][FLOAT32] = cast_uint8_float32
    table.cast[UINT8][FLOAT64] = cast_uint8_float64
    table.cast[INT32][FLOAT32] = cast_int32_float32
    table.cast[INT32][FLOAT64] = cast_int32_float64
    table.cast[INT64][FLOAT32] = cast_int64_float32
    table.cast[INT64][FLOAT64] = cast_int64_float64
    table.cast[FLOAT16][FLOAT32] = cast_float16_float32
    table.cast[FLOAT16][FLOAT64] = cast_float16_float64
    table.cast[BFLOAT16][FLOAT32] = cast_bfloat16_float32
    table.cast[BFLOAT16][FLOAT64] = cast_bfloat16_float64
    table.cast[FLOAT32][BOOL] = cast_float32_bool
    table.cast[FLOAT32][UINT8] = cast_float32_uint8
    table.cast[FLOAT32][INT32] = cast_float32_int32
    table.cast[FLOAT32][INT64] = cast_float32_int64
    table.cast[FLOAT32][FLOAT16] = cast_float32_float16
    table.cast[FLOAT32][BFLOAT16] = cast_float32_bfloat16
    table.cast[FLOAT32][FLOAT32] = cast_float32_float32
    table.cast[FLOAT32][FLOAT64] = cast_float32_float64
    table.cast[FLOAT64][BOOL] = cast_float64_bool
    table.cast[FLOAT64][UINT8] = cast_float64_uint8
    table.cast[FLOAT64][INT32] = cast_float64_int32
    table.cast[FLOAT64][INT64] = cast_float64_int64
    table.cast[FLOAT64][FLOAT16] = cast_float64_float16
    table.cast[FLOAT64][BFLOAT16] = cast_float64_bfloat16
    table.cast[FLOAT64][FLOAT32] = cast_float64_float32
    table.cast[FLOAT64][FLOAT64] = cast_float64_float64
    table.where[0] = where_0
    table.where[1] = where_1
    table.where[2] = where_2
    table.where[3] = where_3
    table.where[4] = where_4
