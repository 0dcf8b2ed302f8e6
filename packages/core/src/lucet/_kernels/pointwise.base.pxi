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
cdef void add_uint8(char** data, const Py_ssize_t* steps, Py_ssize_t n, LoopArgs* args) noexcept nogil:
    cdef uint8_t* o = <uint8_t*>data[0]
    cdef uint8_t* a_at = <uint8_t*>data[1]
    cdef uint8_t a
    cdef uint8_t* b_at = <uint8_t*>data[2]
    cdef uint8_t b
    cdef Py_ssize_t i
    if steps[0] == sizeof(uint8_t) and steps[1] == sizeof(uint8_t) and steps[2] == sizeof(uint8_t):
        for i in range(n):
            a = a_at[i]
            b = b_at[i]
            o[i] = a + b
    elif steps[0] == sizeof(uint8_t) and steps[1] == sizeof(uint8_t) and steps[2] == 0:
        b = b_at[0]
        for i in range(n):
            a = a_at[i]
            o[i] = a + b
    elif steps[0] == sizeof(uint8_t) and steps[1] == 0 and steps[2] == sizeof(uint8_t):
        a = a_at[0]
        for i in range(n):
            b = b_at[i]
            o[i] = a + b
    else:
        for i in range(n):
            a = a_at[0]
            a_at = <uint8_t*>(<char*>a_at + steps[1])
            b = b_at[0]
            b_at = <uint8_t*>(<char*>b_at + steps[2])
            o[0] = a + b
            o = <uint8_t*>(<char*>o + steps[0])
cdef void add_int8(char** data, const Py_ssize_t* steps, Py_ssize_t n, LoopArgs* args) noexcept nogil:
    cdef int8_t* o = <int8_t*>data[0]
    cdef int8_t* a_at = <int8_t*>data[1]
    cdef int8_t a
    cdef int8_t* b_at = <int8_t*>data[2]
    cdef int8_t b
    cdef Py_ssize_t i
    if steps[0] == sizeof(int8_t) and steps[1] == sizeof(int8_t) and steps[2] == sizeof(int8_t):
        for i in range(n):
            a = a_at[i]
            b = b_at[i]
            o[i] = a + b
    elif steps[0] == sizeof(int8_t) and steps[1] == sizeof(int8_t) and steps[2] == 0:
        b = b_at[0]
        for i in range(n):
            a = a_at[i]
            o[i] = a + b
    elif steps[0] == sizeof(int8_t) and steps[1] == 0 and steps[2] == sizeof(int8_t):
        a = a_at[0]
        for i in range(n):
            b = b_at[i]
            o[i] = a + b
    else:
        for i in range(n):
            a = a_at[0]
            a_at = <int8_t*>(<char*>a_at + steps[1])
            b = b_at[0]
            b_at = <int8_t*>(<char*>b_at + steps[2])
            o[0] = a + b
            o = <int8_t*>(<char*>o + steps[0])
cdef void add_int16(char** data, const Py_ssize_t* steps, Py_ssize_t n, LoopArgs* args) noexcept nogil:
    cdef int16_t* o = <int16_t*>data[0]
    cdef int16_t* a_at = <int16_t*>data[1]
    cdef int16_t a
    cdef int16_t* b_at = <int16_t*>data[2]
    cdef int16_t b
    cdef Py_ssize_t i
    if steps[0] == sizeof(int16_t) and steps[1] == sizeof(int16_t) and steps[2] == sizeof(int16_t):
        for i in range(n):
            a = a_at[i]
            b = b_at[i]
            o[i] = a + b
    elif steps[0] == sizeof(int16_t) and steps[1] == sizeof(int16_t) and steps[2] == 0:
        b = b_at[0]
        for i in range(n):
            a = a_at[i]
            o[i] = a + b
    elif steps[0] == sizeof(int16_t) and steps[1] == 0 and steps[2] == sizeof(int16_t):
        a = a_at[0]
        for i in range(n):
            b = b_at[i]
            o[i] = a + b
    else:
        for i in range(n):
            a = a_at[0]
            a_at = <int16_t*>(<char*>a_at + steps[1])
            b = b_at[0]
            b_at = <int16_t*>(<char*>b_at + steps[2])
            o[0] = a + b
            o = <int16_t*>(<char*>o + steps[0])
cdef void add_int32(char** data, const Py_ssize_t* steps, Py_ssize_t n, LoopArgs* args) noexcept nogil:
    cdef int32_t* o = <int32_t*>data[0]
    cdef int32_t* a_at = <int32_t*>data[1]
    cdef int32_t a
    cdef int32_t* b_at = <int32_t*>data[2]
    cdef int32_t b
    cdef Py_ssize_t i
    if steps[0] == sizeof(int32_t) and steps[1] == sizeof(int32_t) and steps[2] == sizeof(int32_t):
        for i in range(n):
            a = a_at[i]
            b = b_at[i]
            o[i] = a + b
    elif steps[0] == sizeof(int32_t) and steps[1] == sizeof(int32_t) and steps[2] == 0:
        b = b_at[0]
        for i in range(n):
            a = a_at[i]
            o[i] = a + b
    elif steps[0] == sizeof(int32_t) and steps[1] == 0 and steps[2] == sizeof(int32_t):
        a = a_at[0]
        for i in range(n):
            b = b_at[i]
            o[i] = a + b
    else:
        for i in range(n):
            a = a_at[0]
            a_at = <int32_t*>(<char*>a_at + steps[1])
            b = b_at[0]
            b_at = <int32_t*>(<char*>b_at + steps[2])
            o[0] = a + b
            o = <int32_t*>(<char*>o + steps[0])
cdef void add_int64(char** data, const Py_ssize_t* steps, Py_ssize_t n, LoopArgs* args) noexcept nogil:
    cdef int64_t* o = <int64_t*>data[0]
    cdef int64_t* a_at = <int64_t*>data[1]
    cdef int64_t a
    cdef int64_t* b_at = <int64_t*>data[2]
    cdef int64_t b
    cdef Py_ssize_t i
    if steps[0] == sizeof(int64_t) and steps[1] == sizeof(int64_t) and steps[2] == sizeof(int64_t):
        for i in range(n):
            a = a_at[i]
            b = b_at[i]
            o[i] = a + b
    elif steps[0] == sizeof(int64_t) and steps[1] == sizeof(int64_t) and steps[2] == 0:
        b = b_at[0]
        for i in range(n):
            a = a_at[i]
            o[i] = a + b
    elif steps[0] == sizeof(int64_t) and steps[1] == 0 and steps[2] == sizeof(int64_t):
        a = a_at[0]
        for i in range(n):
            b = b_at[i]
            o[i] = a + b
    else:
        for i in range(n):
            a = a_at[0]
            a_at = <int64_t*>(<char*>a_at + steps[1])
            b = b_at[0]
            b_at = <int64_t*>(<char*>b_at + steps[2])
            o[0] = a + b
            o = <int64_t*>(<char*>o + steps[0])
cdef void add_bool(char** data, const Py_ssize_t* steps, Py_ssize_t n, LoopArgs* args) noexcept nogil:
    cdef uint8_t* o = <uint8_t*>data[0]
    cdef uint8_t* a_at = <uint8_t*>data[1]
    cdef uint8_t a
    cdef uint8_t* b_at = <uint8_t*>data[2]
    cdef uint8_t b
    cdef Py_ssize_t i
    if steps[0] == sizeof(uint8_t) and steps[1] == sizeof(uint8_t) and steps[2] == sizeof(uint8_t):
        for i in range(n):
            a = a_at[i]
            b = b_at[i]
            o[i] = a | b
    elif steps[0] == sizeof(uint8_t) and steps[1] == sizeof(uint8_t) and steps[2] == 0:
        b = b_at[0]
        for i in range(n):
            a = a_at[i]
            o[i] = a | b
    elif steps[0] == sizeof(uint8_t) and steps[1] == 0 and steps[2] == sizeof(uint8_t):
        a = a_at[0]
        for i in range(n):
            b = b_at[i]
            o[i] = a | b
    else:
        for i in range(n):
            a = a_at[0]
            a_at = <uint8_t*>(<char*>a_at + steps[1])
            b = b_at[0]
            b_at = <uint8_t*>(<char*>b_at + steps[2])
            o[0] = a | b
            o = <uint8_t*>(<char*>o + steps[0])
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
cdef void add_scaled_uint8(char** data, const Py_ssize_t* steps, Py_ssize_t n, LoopArgs* args) noexcept nogil:
    cdef uint8_t* o = <uint8_t*>data[0]
    cdef uint8_t* a_at = <uint8_t*>data[1]
    cdef uint8_t a
    cdef uint8_t* b_at = <uint8_t*>data[2]
    cdef uint8_t b
    cdef uint8_t p0 = <uint8_t>args.i[0]
    cdef Py_ssize_t i
    if steps[0] == sizeof(uint8_t) and steps[1] == sizeof(uint8_t) and steps[2] == sizeof(uint8_t):
        for i in range(n):
            a = a_at[i]
            b = b_at[i]
            o[i] = a + p0 * b
    elif steps[0] == sizeof(uint8_t) and steps[1] == sizeof(uint8_t) and steps[2] == 0:
        b = b_at[0]
        for i in range(n):
            a = a_at[i]
            o[i] = a + p0 * b
    elif steps[0] == sizeof(uint8_t) and steps[1] == 0 and steps[2] == sizeof(uint8_t):
        a = a_at[0]
        for i in range(n):
            b = b_at[i]
            o[i] = a + p0 * b
    else:
        for i in range(n):
            a = a_at[0]
            a_at = <uint8_t*>(<char*>a_at + steps[1])
            b = b_at[0]
            b_at = <uint8_t*>(<char*>b_at + steps[2])
            o[0] = a + p0 * b
            o = <uint8_t*>(<char*>o + steps[0])
cdef void add_scaled_int8(char** data, const Py_ssize_t* steps, Py_ssize_t n, LoopArgs* args) noexcept nogil:
    cdef int8_t* o = <int8_t*>data[0]
    cdef int8_t* a_at = <int8_t*>data[1]
    cdef int8_t a
    cdef int8_t* b_at = <int8_t*>data[2]
    cdef int8_t b
    cdef int8_t p0 = <int8_t>args.i[0]
    cdef Py_ssize_t i
    if steps[0] == sizeof(int8_t) and steps[1] == sizeof(int8_t) and steps[2] == sizeof(int8_t):
        for i in range(n):
            a = a_at[i]
            b = b_at[i]
            o[i] = a + p0 * b
    elif steps[0] == sizeof(int8_t) and steps[1] == sizeof(int8_t) and steps[2] == 0:
        b = b_at[0]
        for i in range(n):
            a = a_at[i]
            o[i] = a + p0 * b
    elif steps[0] == sizeof(int8_t) and steps[1] == 0 and steps[2] == sizeof(int8_t):
        a = a_at[0]
        for i in range(n):
            b = b_at[i]
            o[i] = a + p0 * b
    else:
        for i in range(n):
            a = a_at[0]
            a_at = <int8_t*>(<char*>a_at + steps[1])
            b = b_at[0]
            b_at = <int8_t*>(<char*>b_at + steps[2])
            o[0] = a + p0 * b
            o = <int8_t*>(<char*>o + steps[0])
cdef void add_scaled_int16(char** data, const Py_ssize_t* steps, Py_ssize_t n, LoopArgs* args) noexcept nogil:
    cdef int16_t* o = <int16_t*>data[0]
    cdef int16_t* a_at = <int16_t*>data[1]
    cdef int16_t a
    cdef int16_t* b_at = <int16_t*>data[2]
    cdef int16_t b
    cdef int16_t p0 = <int16_t>args.i[0]
    cdef Py_ssize_t i
    if steps[0] == sizeof(int16_t) and steps[1] == sizeof(int16_t) and steps[2] == sizeof(int16_t):
        for i in range(n):
            a = a_at[i]
            b = b_at[i]
            o[i] = a + p0 * b
    elif steps[0] == sizeof(int16_t) and steps[1] == sizeof(int16_t) and steps[2] == 0:
        b = b_at[0]
        for i in range(n):
            a = a_at[i]
            o[i] = a + p0 * b
    elif steps[0] == sizeof(int16_t) and steps[1] == 0 and steps[2] == sizeof(int16_t):
        a = a_at[0]
        for i in range(n):
            b = b_at[i]
            o[i] = a + p0 * b
    else:
        for i in range(n):
            a = a_at[0]
            a_at = <int16_t*>(<char*>a_at + steps[1])
            b = b_at[0]
            b_at = <int16_t*>(<char*>b_at + steps[2])
            o[0] = a + p0 * b
            o = <int16_t*>(<char*>o + steps[0])
cdef void add_scaled_int32(char** data, const Py_ssize_t* steps, Py_ssize_t n, LoopArgs* args) noexcept nogil:
    cdef int32_t* o = <int32_t*>data[0]
    cdef int32_t* a_at = <int32_t*>data[1]
    cdef int32_t a
    cdef int32_t* b_at = <int32_t*>data[2]
    cdef int32_t b
    cdef int32_t p0 = <int32_t>args.i[0]
    cdef Py_ssize_t i
    if steps[0] == sizeof(int32_t) and steps[1] == sizeof(int32_t) and steps[2] == sizeof(int32_t):
        for i in range(n):
            a = a_at[i]
            b = b_at[i]
            o[i] = a + p0 * b
    elif steps[0] == sizeof(int32_t) and steps[1] == sizeof(int32_t) and steps[2] == 0:
        b = b_at[0]
        for i in range(n):
            a = a_at[i]
            o[i] = a + p0 * b
    elif steps[0] == sizeof(int32_t) and steps[1] == 0 and steps[2] == sizeof(int32_t):
        a = a_at[0]
        for i in range(n):
            b = b_at[i]
            o[i] = a + p0 * b
    else:
        for i in range(n):
            a = a_at[0]
            a_at = <int32_t*>(<char*>a_at + steps[1])
            b = b_at[0]
            b_at = <int32_t*>(<char*>b_at + steps[2])
            o[0] = a + p0 * b
            o = <int32_t*>(<char*>o + steps[0])
cdef void add_scaled_int64(char** data, const Py_ssize_t* steps, Py_ssize_t n, LoopArgs* args) noexcept nogil:
    cdef int64_t* o = <int64_t*>data[0]
    cdef int64_t* a_at = <int64_t*>data[1]
    cdef int64_t a
    cdef int64_t* b_at = <int64_t*>data[2]
    cdef int64_t b
    cdef int64_t p0 = <int64_t>args.i[0]
    cdef Py_ssize_t i
    if steps[0] == sizeof(int64_t) and steps[1] == sizeof(int64_t) and steps[2] == sizeof(int64_t):
        for i in range(n):
            a = a_at[i]
            b = b_at[i]
            o[i] = a + p0 * b
    elif steps[0] == sizeof(int64_t) and steps[1] == sizeof(int64_t) and steps[2] == 0:
        b = b_at[0]
        for i in range(n):
            a = a_at[i]
            o[i] = a + p0 * b
    elif steps[0] == sizeof(int64_t) and steps[1] == 0 and steps[2] == sizeof(int64_t):
        a = a_at[0]
        for i in range(n):
            b = b_at[i]
            o[i] = a + p0 * b
    else:
        for i in range(n):
            a = a_at[0]
            a_at = <int64_t*>(<char*>a_at + steps[1])
            b = b_at[0]
            b_at = <int64_t*>(<char*>b_at + steps[2])
            o[0] = a + p0 * b
            o = <int64_t*>(<char*>o + steps[0])
cdef void add_scaled_bool(char** data, const Py_ssize_t* steps, Py_ssize_t n, LoopArgs* args) noexcept nogil:
    cdef uint8_t* o = <uint8_t*>data[0]
    cdef uint8_t* a_at = <uint8_t*>data[1]
    cdef uint8_t a
    cdef uint8_t* b_at = <uint8_t*>data[2]
    cdef uint8_t b
    cdef uint8_t p0 = <uint8_t>args.i[0]
    cdef Py_ssize_t i
    if steps[0] == sizeof(uint8_t) and steps[1] == sizeof(uint8_t) and steps[2] == sizeof(uint8_t):
        for i in range(n):
            a = a_at[i]
            b = b_at[i]
            o[i] = a | (p0 & b)
    elif steps[0] == sizeof(uint8_t) and steps[1] == sizeof(uint8_t) and steps[2] == 0:
        b = b_at[0]
        for i in range(n):
            a = a_at[i]
            o[i] = a | (p0 & b)
    elif steps[0] == sizeof(uint8_t) and steps[1] == 0 and steps[2] == sizeof(uint8_t):
        a = a_at[0]
        for i in range(n):
            b = b_at[i]
            o[i] = a | (p0 & b)
    else:
        for i in range(n):
            a = a_at[0]
            a_at = <uint8_t*>(<char*>a_at + steps[1])
            b = b_at[0]
            b_at = <uint8_t*>(<char*>b_at + steps[2])
            o[0] = a | (p0 & b)
            o = <uint8_t*>(<char*>o + steps[0])
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
cdef void sub_uint8(char** data, const Py_ssize_t* steps, Py_ssize_t n, LoopArgs* args) noexcept nogil:
    cdef uint8_t* o = <uint8_t*>data[0]
    cdef uint8_t* a_at = <uint8_t*>data[1]
    cdef uint8_t a
    cdef uint8_t* b_at = <uint8_t*>data[2]
    cdef uint8_t b
    cdef Py_ssize_t i
    if steps[0] == sizeof(uint8_t) and steps[1] == sizeof(uint8_t) and steps[2] == sizeof(uint8_t):
        for i in range(n):
            a = a_at[i]
            b = b_at[i]
            o[i] = a - b
    elif steps[0] == sizeof(uint8_t) and steps[1] == sizeof(uint8_t) and steps[2] == 0:
        b = b_at[0]
        for i in range(n):
            a = a_at[i]
            o[i] = a - b
    elif steps[0] == sizeof(uint8_t) and steps[1] == 0 and steps[2] == sizeof(uint8_t):
        a = a_at[0]
        for i in range(n):
            b = b_at[i]
            o[i] = a - b
    else:
        for i in range(n):
            a = a_at[0]
            a_at = <uint8_t*>(<char*>a_at + steps[1])
            b = b_at[0]
            b_at = <uint8_t*>(<char*>b_at + steps[2])
            o[0] = a - b
            o = <uint8_t*>(<char*>o + steps[0])
cdef void sub_int8(char** data, const Py_ssize_t* steps, Py_ssize_t n, LoopArgs* args) noexcept nogil:
    cdef int8_t* o = <int8_t*>data[0]
    cdef int8_t* a_at = <int8_t*>data[1]
    cdef int8_t a
    cdef int8_t* b_at = <int8_t*>data[2]
    cdef int8_t b
    cdef Py_ssize_t i
    if steps[0] == sizeof(int8_t) and steps[1] == sizeof(int8_t) and steps[2] == sizeof(int8_t):
        for i in range(n):
            a = a_at[i]
            b = b_at[i]
            o[i] = a - b
    elif steps[0] == sizeof(int8_t) and steps[1] == sizeof(int8_t) and steps[2] == 0:
        b = b_at[0]
        for i in range(n):
            a = a_at[i]
            o[i] = a - b
    elif steps[0] == sizeof(int8_t) and steps[1] == 0 and steps[2] == sizeof(int8_t):
        a = a_at[0]
        for i in range(n):
            b = b_at[i]
            o[i] = a - b
    else:
        for i in range(n):
            a = a_at[0]
            a_at = <int8_t*>(<char*>a_at + steps[1])
            b = b_at[0]
            b_at = <int8_t*>(<char*>b_at + steps[2])
            o[0] = a - b
            o = <int8_t*>(<char*>o + steps[0])
cdef void sub_int16(char** data, const Py_ssize_t* steps, Py_ssize_t n, LoopArgs* args) noexcept nogil:
    cdef int16_t* o = <int16_t*>data[0]
    cdef int16_t* a_at = <int16_t*>data[1]
    cdef int16_t a
    cdef int16_t* b_at = <int16_t*>data[2]
    cdef int16_t b
    cdef Py_ssize_t i
    if steps[0] == sizeof(int16_t) and steps[1] == sizeof(int16_t) and steps[2] == sizeof(int16_t):
        for i in range(n):
            a = a_at[i]
            b = b_at[i]
            o[i] = a - b
    elif steps[0] == sizeof(int16_t) and steps[1] == sizeof(int16_t) and steps[2] == 0:
        b = b_at[0]
        for i in range(n):
            a = a_at[i]
            o[i] = a - b
    elif steps[0] == sizeof(int16_t) and steps[1] == 0 and steps[2] == sizeof(int16_t):
        a = a_at[0]
        for i in range(n):
            b = b_at[i]
            o[i] = a - b
    else:
        for i in range(n):
            a = a_at[0]
            a_at = <int16_t*>(<char*>a_at + steps[1])
            b = b_at[0]
            b_at = <int16_t*>(<char*>b_at + steps[2])
            o[0] = a - b
            o = <int16_t*>(<char*>o + steps[0])
cdef void sub_int32(char** data, const Py_ssize_t* steps, Py_ssize_t n, LoopArgs* args) noexcept nogil:
    cdef int32_t* o = <int32_t*>data[0]
    cdef int32_t* a_at = <int32_t*>data[1]
    cdef int32_t a
    cdef int32_t* b_at = <int32_t*>data[2]
    cdef int32_t b
    cdef Py_ssize_t i
    if steps[0] == sizeof(int32_t) and steps[1] == sizeof(int32_t) and steps[2] == sizeof(int32_t):
        for i in range(n):
            a = a_at[i]
            b = b_at[i]
            o[i] = a - b
    elif steps[0] == sizeof(int32_t) and steps[1] == sizeof(int32_t) and steps[2] == 0:
        b = b_at[0]
        for i in range(n):
            a = a_at[i]
            o[i] = a - b
    elif steps[0] == sizeof(int32_t) and steps[1] == 0 and steps[2] == sizeof(int32_t):
        a = a_at[0]
        for i in range(n):
            b = b_at[i]
            o[i] = a - b
    else:
        for i in range(n):
            a = a_at[0]
            a_at = <int32_t*>(<char*>a_at + steps[1])
            b = b_at[0]
            b_at = <int32_t*>(<char*>b_at + steps[2])
            o[0] = a - b
            o = <int32_t*>(<char*>o + steps[0])
cdef void sub_int64(char** data, const Py_ssize_t* steps, Py_ssize_t n, LoopArgs* args) noexcept nogil:
    cdef int64_t* o = <int64_t*>data[0]
    cdef int64_t* a_at = <int64_t*>data[1]
    cdef int64_t a
    cdef int64_t* b_at = <int64_t*>data[2]
    cdef int64_t b
    cdef Py_ssize_t i
    if steps[0] == sizeof(int64_t) and steps[1] == sizeof(int64_t) and steps[2] == sizeof(int64_t):
        for i in range(n):
            a = a_at[i]
            b = b_at[i]
            o[i] = a - b
    elif steps[0] == sizeof(int64_t) and steps[1] == sizeof(int64_t) and steps[2] == 0:
        b = b_at[0]
        for i in range(n):
            a = a_at[i]
            o[i] = a - b
    elif steps[0] == sizeof(int64_t) and steps[1] == 0 and steps[2] == sizeof(int64_t):
        a = a_at[0]
        for i in range(n):
            b = b_at[i]
            o[i] = a - b
    else:
        for i in range(n):
            a = a_at[0]
            a_at = <int64_t*>(<char*>a_at + steps[1])
            b = b_at[0]
            b_at = <int64_t*>(<char*>b_at + steps[2])
            o[0] = a - b
            o = <int64_t*>(<char*>o + steps[0])
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
cdef void mul_uint8(char** data, const Py_ssize_t* steps, Py_ssize_t n, LoopArgs* args) noexcept nogil:
    cdef uint8_t* o = <uint8_t*>data[0]
    cdef uint8_t* a_at = <uint8_t*>data[1]
    cdef uint8_t a
    cdef uint8_t* b_at = <uint8_t*>data[2]
    cdef uint8_t b
    cdef Py_ssize_t i
    if steps[0] == sizeof(uint8_t) and steps[1] == sizeof(uint8_t) and steps[2] == sizeof(uint8_t):
        for i in range(n):
            a = a_at[i]
            b = b_at[i]
            o[i] = a * b
    elif steps[0] == sizeof(uint8_t) and steps[1] == sizeof(uint8_t) and steps[2] == 0:
        b = b_at[0]
        for i in range(n):
            a = a_at[i]
            o[i] = a * b
    elif steps[0] == sizeof(uint8_t) and steps[1] == 0 and steps[2] == sizeof(uint8_t):
        a = a_at[0]
        for i in range(n):
            b = b_at[i]
            o[i] = a * b
    else:
        for i in range(n):
            a = a_at[0]
            a_at = <uint8_t*>(<char*>a_at + steps[1])
            b = b_at[0]
            b_at = <uint8_t*>(<char*>b_at + steps[2])
            o[0] = a * b
            o = <uint8_t*>(<char*>o + steps[0])
cdef void mul_int8(char** data, const Py_ssize_t* steps, Py_ssize_t n, LoopArgs* args) noexcept nogil:
    cdef int8_t* o = <int8_t*>data[0]
    cdef int8_t* a_at = <int8_t*>data[1]
    cdef int8_t a
    cdef int8_t* b_at = <int8_t*>data[2]
    cdef int8_t b
    cdef Py_ssize_t i
    if steps[0] == sizeof(int8_t) and steps[1] == sizeof(int8_t) and steps[2] == sizeof(int8_t):
        for i in range(n):
            a = a_at[i]
            b = b_at[i]
            o[i] = a * b
    elif steps[0] == sizeof(int8_t) and steps[1] == sizeof(int8_t) and steps[2] == 0:
        b = b_at[0]
        for i in range(n):
            a = a_at[i]
            o[i] = a * b
    elif steps[0] == sizeof(int8_t) and steps[1] == 0 and steps[2] == sizeof(int8_t):
        a = a_at[0]
        for i in range(n):
            b = b_at[i]
            o[i] = a * b
    else:
        for i in range(n):
            a = a_at[0]
            a_at = <int8_t*>(<char*>a_at + steps[1])
            b = b_at[0]
            b_at = <int8_t*>(<char*>b_at + steps[2])
            o[0] = a * b
            o = <int8_t*>(<char*>o + steps[0])
cdef void mul_int16(char** data, const Py_ssize_t* steps, Py_ssize_t n, LoopArgs* args) noexcept nogil:
    cdef int16_t* o = <int16_t*>data[0]
    cdef int16_t* a_at = <int16_t*>data[1]
    cdef int16_t a
    cdef int16_t* b_at = <int16_t*>data[2]
    cdef int16_t b
    cdef Py_ssize_t i
    if steps[0] == sizeof(int16_t) and steps[1] == sizeof(int16_t) and steps[2] == sizeof(int16_t):
        for i in range(n):
            a = a_at[i]
            b = b_at[i]
            o[i] = a * b
    elif steps[0] == sizeof(int16_t) and steps[1] == sizeof(int16_t) and steps[2] == 0:
        b = b_at[0]
        for i in range(n):
            a = a_at[i]
            o[i] = a * b
    elif steps[0] == sizeof(int16_t) and steps[1] == 0 and steps[2] == sizeof(int16_t):
        a = a_at[0]
        for i in range(n):
            b = b_at[i]
            o[i] = a * b
    else:
        for i in range(n):
            a = a_at[0]
            a_at = <int16_t*>(<char*>a_at + steps[1])
            b = b_at[0]
            b_at = <int16_t*>(<char*>b_at + steps[2])
            o[0] = a * b
            o = <int16_t*>(<char*>o + steps[0])
cdef void mul_int32(char** data, const Py_ssize_t* steps, Py_ssize_t n, LoopArgs* args) noexcept nogil:
    cdef int32_t* o = <int32_t*>data[0]
    cdef int32_t* a_at = <int32_t*>data[1]
    cdef int32_t a
    cdef int32_t* b_at = <int32_t*>data[2]
    cdef int32_t b
    cdef Py_ssize_t i
    if steps[0] == sizeof(int32_t) and steps[1] == sizeof(int32_t) and steps[2] == sizeof(int32_t):
        for i in range(n):
            a = a_at[i]
            b = b_at[i]
            o[i] = a * b
    elif steps[0] == sizeof(int32_t) and steps[1] == sizeof(int32_t) and steps[2] == 0:
        b = b_at[0]
        for i in range(n):
            a = a_at[i]
            o[i] = a * b
    elif steps[0] == sizeof(int32_t) and steps[1] == 0 and steps[2] == sizeof(int32_t):
        a = a_at[0]
        for i in range(n):
            b = b_at[i]
            o[i] = a * b
    else:
        for i in range(n):
            a = a_at[0]
            a_at = <int32_t*>(<char*>a_at + steps[1])
            b = b_at[0]
            b_at = <int32_t*>(<char*>b_at + steps[2])
            o[0] = a * b
            o = <int32_t*>(<char*>o + steps[0])
cdef void mul_int64(char** data, const Py_ssize_t* steps, Py_ssize_t n, LoopArgs* args) noexcept nogil:
    cdef int64_t* o = <int64_t*>data[0]
    cdef int64_t* a_at = <int64_t*>data[1]
    cdef int64_t a
    cdef int64_t* b_at = <int64_t*>data[2]
    cdef int64_t b
    cdef Py_ssize_t i
    if steps[0] == sizeof(int64_t) and steps[1] == sizeof(int64_t) and steps[2] == sizeof(int64_t):
        for i in range(n):
            a = a_at[i]
            b = b_at[i]
            o[i] = a * b
    elif steps[0] == sizeof(int64_t) and steps[1] == sizeof(int64_t) and steps[2] == 0:
        b = b_at[0]
        for i in range(n):
            a = a_at[i]
            o[i] = a * b
    elif steps[0] == sizeof(int64_t) and steps[1] == 0 and steps[2] == sizeof(int64_t):
        a = a_at[0]
        for i in range(n):
            b = b_at[i]
            o[i] = a * b
    else:
        for i in range(n):
            a = a_at[0]
            a_at = <int64_t*>(<char*>a_at + steps[1])
            b = b_at[0]
            b_at = <int64_t*>(<char*>b_at + steps[2])
            o[0] = a * b
            o = <int64_t*>(<char*>o + steps[0])
cdef void mul_bool(char** data, const Py_ssize_t* steps, Py_ssize_t n, LoopArgs* args) noexcept nogil:
    cdef uint8_t* o = <uint8_t*>data[0]
    cdef uint8_t* a_at = <uint8_t*>data[1]
    cdef uint8_t a
    cdef uint8_t* b_at = <uint8_t*>data[2]
    cdef uint8_t b
    cdef Py_ssize_t i
    if steps[0] == sizeof(uint8_t) and steps[1] == sizeof(uint8_t) and steps[2] == sizeof(uint8_t):
        for i in range(n):
            a = a_at[i]
            b = b_at[i]
            o[i] = a & b
    elif steps[0] == sizeof(uint8_t) and steps[1] == sizeof(uint8_t) and steps[2] == 0:
        b = b_at[0]
        for i in range(n):
            a = a_at[i]
            o[i] = a & b
    elif steps[0] == sizeof(uint8_t) and steps[1] == 0 and steps[2] == sizeof(uint8_t):
        a = a_at[0]
        for i in range(n):
            b = b_at[i]
            o[i] = a & b
    else:
        for i in range(n):
            a = a_at[0]
            a_at = <uint8_t*>(<char*>a_at + steps[1])
            b = b_at[0]
            b_at = <uint8_t*>(<char*>b_at + steps[2])
            o[0] = a & b
            o = <uint8_t*>(<char*>o + steps[0])
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
cdef void floor_div_uint8(char** data, const Py_ssize_t* steps, Py_ssize_t n, LoopArgs* args) noexcept nogil:
    cdef uint8_t* o = <uint8_t*>data[0]
    cdef uint8_t* a_at = <uint8_t*>data[1]
    cdef uint8_t a
    cdef uint8_t* b_at = <uint8_t*>data[2]
    cdef uint8_t b
    cdef Py_ssize_t i
    if steps[0] == sizeof(uint8_t) and steps[1] == sizeof(uint8_t) and steps[2] == sizeof(uint8_t):
        for i in range(n):
            a = a_at[i]
            b = b_at[i]
            o[i] = lx_ifloor_div(a, b, &args.failed)
    elif steps[0] == sizeof(uint8_t) and steps[1] == sizeof(uint8_t) and steps[2] == 0:
        b = b_at[0]
        for i in range(n):
            a = a_at[i]
            o[i] = lx_ifloor_div(a, b, &args.failed)
    elif steps[0] == sizeof(uint8_t) and steps[1] == 0 and steps[2] == sizeof(uint8_t):
        a = a_at[0]
        for i in range(n):
            b = b_at[i]
            o[i] = lx_ifloor_div(a, b, &args.failed)
    else:
        for i in range(n):
            a = a_at[0]
            a_at = <uint8_t*>(<char*>a_at + steps[1])
            b = b_at[0]
            b_at = <uint8_t*>(<char*>b_at + steps[2])
            o[0] = lx_ifloor_div(a, b, &args.failed)
            o = <uint8_t*>(<char*>o + steps[0])
cdef void floor_div_int8(char** data, const Py_ssize_t* steps, Py_ssize_t n, LoopArgs* args) noexcept nogil:
    cdef int8_t* o = <int8_t*>data[0]
    cdef int8_t* a_at = <int8_t*>data[1]
    cdef int8_t a
    cdef int8_t* b_at = <int8_t*>data[2]
    cdef int8_t b
    cdef Py_ssize_t i
    if steps[0] == sizeof(int8_t) and steps[1] == sizeof(int8_t) and steps[2] == sizeof(int8_t):
        for i in range(n):
            a = a_at[i]
            b = b_at[i]
            o[i] = lx_ifloor_div(a, b, &args.failed)
    elif steps[0] == sizeof(int8_t) and steps[1] == sizeof(int8_t) and steps[2] == 0:
        b = b_at[0]
        for i in range(n):
            a = a_at[i]
            o[i] = lx_ifloor_div(a, b, &args.failed)
    elif steps[0] == sizeof(int8_t) and steps[1] == 0 and steps[2] == sizeof(int8_t):
        a = a_at[0]
        for i in range(n):
            b = b_at[i]
            o[i] = lx_ifloor_div(a, b, &args.failed)
    else:
        for i in range(n):
            a = a_at[0]
            a_at = <int8_t*>(<char*>a_at + steps[1])
            b = b_at[0]
            b_at = <int8_t*>(<char*>b_at + steps[2])
            o[0] = lx_ifloor_div(a, b, &args.failed)
            o = <int8_t*>(<char*>o + steps[0])
cdef void floor_div_int16(char** data, const Py_ssize_t* steps, Py_ssize_t n, LoopArgs* args) noexcept nogil:
    cdef int16_t* o = <int16_t*>data[0]
    cdef int16_t* a_at = <int16_t*>data[1]
    cdef int16_t a
    cdef int16_t* b_at = <int16_t*>data[2]
    cdef int16_t b
    cdef Py_ssize_t i
    if steps[0] == sizeof(int16_t) and steps[1] == sizeof(int16_t) and steps[2] == sizeof(int16_t):
        for i in range(n):
            a = a_at[i]
            b = b_at[i]
            o[i] = lx_ifloor_div(a, b, &args.failed)
    elif steps[0] == sizeof(int16_t) and steps[1] == sizeof(int16_t) and steps[2] == 0:
        b = b_at[0]
        for i in range(n):
            a = a_at[i]
            o[i] = lx_ifloor_div(a, b, &args.failed)
    elif steps[0] == sizeof(int16_t) and steps[1] == 0 and steps[2] == sizeof(int16_t):
        a = a_at[0]
        for i in range(n):
            b = b_at[i]
            o[i] = lx_ifloor_div(a, b, &args.failed)
    else:
        for i in range(n):
            a = a_at[0]
            a_at = <int16_t*>(<char*>a_at + steps[1])
            b = b_at[0]
            b_at = <int16_t*>(<char*>b_at + steps[2])
            o[0] = lx_ifloor_div(a, b, &args.failed)
            o = <int16_t*>(<char*>o + steps[0])
cdef void floor_div_int32(char** data, const Py_ssize_t* steps, Py_ssize_t n, LoopArgs* args) noexcept nogil:
    cdef int32_t* o = <int32_t*>data[0]
    cdef int32_t* a_at = <int32_t*>data[1]
    cdef int32_t a
    cdef int32_t* b_at = <int32_t*>data[2]
    cdef int32_t b
    cdef Py_ssize_t i
    if steps[0] == sizeof(int32_t) and steps[1] == sizeof(int32_t) and steps[2] == sizeof(int32_t):
        for i in range(n):
            a = a_at[i]
            b = b_at[i]
            o[i] = lx_ifloor_div(a, b, &args.failed)
    elif steps[0] == sizeof(int32_t) and steps[1] == sizeof(int32_t) and steps[2] == 0:
        b = b_at[0]
        for i in range(n):
            a = a_at[i]
            o[i] = lx_ifloor_div(a, b, &args.failed)
    elif steps[0] == sizeof(int32_t) and steps[1] == 0 and steps[2] == sizeof(int32_t):
        a = a_at[0]
        for i in range(n):
            b = b_at[i]
            o[i] = lx_ifloor_div(a, b, &args.failed)
    else:
        for i in range(n):
            a = a_at[0]
            a_at = <int32_t*>(<char*>a_at + steps[1])
            b = b_at[0]
            b_at = <int32_t*>(<char*>b_at + steps[2])
            o[0] = lx_ifloor_div(a, b, &args.failed)
            o = <int32_t*>(<char*>o + steps[0])
cdef void floor_div_int64(char** data, const Py_ssize_t* steps, Py_ssize_t n, LoopArgs* args) noexcept nogil:
    cdef int64_t* o = <int64_t*>data[0]
    cdef int64_t* a_at = <int64_t*>data[1]
    cdef int64_t a
    cdef int64_t* b_at = <int64_t*>data[2]
    cdef int64_t b
    cdef Py_ssize_t i
    if steps[0] == sizeof(int64_t) and steps[1] == sizeof(int64_t) and steps[2] == sizeof(int64_t):
        for i in range(n):
            a = a_at[i]
            b = b_at[i]
            o[i] = lx_ifloor_div(a, b, &args.failed)
    elif steps[0] == sizeof(int64_t) and steps[1] == sizeof(int64_t) and steps[2] == 0:
        b = b_at[0]
        for i in range(n):
            a = a_at[i]
            o[i] = lx_ifloor_div(a, b, &args.failed)
    elif steps[0] == sizeof(int64_t) and steps[1] == 0 and steps[2] == sizeof(int64_t):
        a = a_at[0]
        for i in range(n):
            b = b_at[i]
            o[i] = lx_ifloor_div(a, b, &args.failed)
    else:
        for i in range(n):
            a = a_at[0]
            a_at = <int64_t*>(<char*>a_at + steps[1])
            b = b_at[0]
            b_at = <int64_t*>(<char*>b_at + steps[2])
            o[0] = lx_ifloor_div(a, b, &args.failed)
            o = <int64_t*>(<char*>o + steps[0])
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
cdef void trunc_div_uint8(char** data, const Py_ssize_t* steps, Py_ssize_t n, LoopArgs* args) noexcept nogil:
    cdef uint8_t* o = <uint8_t*>data[0]
    cdef uint8_t* a_at = <uint8_t*>data[1]
    cdef uint8_t a
    cdef uint8_t* b_at = <uint8_t*>data[2]
    cdef uint8_t b
    cdef Py_ssize_t i
    if steps[0] == sizeof(uint8_t) and steps[1] == sizeof(uint8_t) and steps[2] == sizeof(uint8_t):
        for i in range(n):
            a = a_at[i]
            b = b_at[i]
            o[i] = lx_itrunc_div(a, b, &args.failed)
    elif steps[0] == sizeof(uint8_t) and steps[1] == sizeof(uint8_t) and steps[2] == 0:
        b = b_at[0]
        for i in range(n):
            a = a_at[i]
            o[i] = lx_itrunc_div(a, b, &args.failed)
    elif steps[0] == sizeof(uint8_t) and steps[1] == 0 and steps[2] == sizeof(uint8_t):
        a = a_at[0]
        for i in range(n):
            b = b_at[i]
            o[i] = lx_itrunc_div(a, b, &args.failed)
    else:
        for i in range(n):
            a = a_at[0]
            a_at = <uint8_t*>(<char*>a_at + steps[1])
            b = b_at[0]
            b_at = <uint8_t*>(<char*>b_at + steps[2])
            o[0] = lx_itrunc_div(a, b, &args.failed)
            o = <uint8_t*>(<char*>o + steps[0])
cdef void trunc_div_int8(char** data, const Py_ssize_t* steps, Py_ssize_t n, LoopArgs* args) noexcept nogil:
    cdef int8_t* o = <int8_t*>data[0]
    cdef int8_t* a_at = <int8_t*>data[1]
    cdef int8_t a
    cdef int8_t* b_at = <int8_t*>data[2]
    cdef int8_t b
    cdef Py_ssize_t i
    if steps[0] == sizeof(int8_t) and steps[1] == sizeof(int8_t) and steps[2] == sizeof(int8_t):
        for i in range(n):
            a = a_at[i]
            b = b_at[i]
            o[i] = lx_itrunc_div(a, b, &args.failed)
    elif steps[0] == sizeof(int8_t) and steps[1] == sizeof(int8_t) and steps[2] == 0:
        b = b_at[0]
        for i in range(n):
            a = a_at[i]
            o[i] = lx_itrunc_div(a, b, &args.failed)
    elif steps[0] == sizeof(int8_t) and steps[1] == 0 and steps[2] == sizeof(int8_t):
        a = a_at[0]
        for i in range(n):
            b = b_at[i]
            o[i] = lx_itrunc_div(a, b, &args.failed)
    else:
        for i in range(n):
            a = a_at[0]
            a_at = <int8_t*>(<char*>a_at + steps[1])
            b = b_at[0]
            b_at = <int8_t*>(<char*>b_at + steps[2])
            o[0] = lx_itrunc_div(a, b, &args.failed)
            o = <int8_t*>(<char*>o + steps[0])
cdef void trunc_div_int16(char** data, const Py_ssize_t* steps, Py_ssize_t n, LoopArgs* args) noexcept nogil:
    cdef int16_t* o = <int16_t*>data[0]
    cdef int16_t* a_at = <int16_t*>data[1]
    cdef int16_t a
    cdef int16_t* b_at = <int16_t*>data[2]
    cdef int16_t b
    cdef Py_ssize_t i
    if steps[0] == sizeof(int16_t) and steps[1] == sizeof(int16_t) and steps[2] == sizeof(int16_t):
        for i in range(n):
            a = a_at[i]
            b = b_at[i]
            o[i] = lx_itrunc_div(a, b, &args.failed)
    elif steps[0] == sizeof(int16_t) and steps[1] == sizeof(int16_t) and steps[2] == 0:
        b = b_at[0]
        for i in range(n):
            a = a_at[i]
            o[i] = lx_itrunc_div(a, b, &args.failed)
    elif steps[0] == sizeof(int16_t) and steps[1] == 0 and steps[2] == sizeof(int16_t):
        a = a_at[0]
        for i in range(n):
            b = b_at[i]
            o[i] = lx_itrunc_div(a, b, &args.failed)
    else:
        for i in range(n):
            a = a_at[0]
            a_at = <int16_t*>(<char*>a_at + steps[1])
            b = b_at[0]
            b_at = <int16_t*>(<char*>b_at + steps[2])
            o[0] = lx_itrunc_div(a, b, &args.failed)
            o = <int16_t*>(<char*>o + steps[0])
cdef void trunc_div_int32(char** data, const Py_ssize_t* steps, Py_ssize_t n, LoopArgs* args) noexcept nogil:
    cdef int32_t* o = <int32_t*>data[0]
    cdef int32_t* a_at = <int32_t*>data[1]
    cdef int32_t a
    cdef int32_t* b_at = <int32_t*>data[2]
    cdef int32_t b
    cdef Py_ssize_t i
    if steps[0] == sizeof(int32_t) and steps[1] == sizeof(int32_t) and steps[2] == sizeof(int32_t):
        for i in range(n):
            a = a_at[i]
            b = b_at[i]
            o[i] = lx_itrunc_div(a, b, &args.failed)
    elif steps[0] == sizeof(int32_t) and steps[1] == sizeof(int32_t) and steps[2] == 0:
        b = b_at[0]
        for i in range(n):
            a = a_at[i]
            o[i] = lx_itrunc_div(a, b, &args.failed)
    elif steps[0] == sizeof(int32_t) and steps[1] == 0 and steps[2] == sizeof(int32_t):
        a = a_at[0]
        for i in range(n):
            b = b_at[i]
            o[i] = lx_itrunc_div(a, b, &args.failed)
    else:
        for i in range(n):
            a = a_at[0]
            a_at = <int32_t*>(<char*>a_at + steps[1])
            b = b_at[0]
            b_at = <int32_t*>(<char*>b_at + steps[2])
            o[0] = lx_itrunc_div(a, b, &args.failed)
            o = <int32_t*>(<char*>o + steps[0])
cdef void trunc_div_int64(char** data, const Py_ssize_t* steps, Py_ssize_t n, LoopArgs* args) noexcept nogil:
    cdef int64_t* o = <int64_t*>data[0]
    cdef int64_t* a_at = <int64_t*>data[1]
    cdef int64_t a
    cdef int64_t* b_at = <int64_t*>data[2]
    cdef int64_t b
    cdef Py_ssize_t i
    if steps[0] == sizeof(int64_t) and steps[1] == sizeof(int64_t) and steps[2] == sizeof(int64_t):
        for i in range(n):
            a = a_at[i]
            b = b_at[i]
            o[i] = lx_itrunc_div(a, b, &args.failed)
    elif steps[0] == sizeof(int64_t) and steps[1] == sizeof(int64_t) and steps[2] == 0:
        b = b_at[0]
        for i in range(n):
            a = a_at[i]
            o[i] = lx_itrunc_div(a, b, &args.failed)
    elif steps[0] == sizeof(int64_t) and steps[1] == 0 and steps[2] == sizeof(int64_t):
        a = a_at[0]
        for i in range(n):
            b = b_at[i]
            o[i] = lx_itrunc_div(a, b, &args.failed)
    else:
        for i in range(n):
            a = a_at[0]
            a_at = <int64_t*>(<char*>a_at + steps[1])
            b = b_at[0]
            b_at = <int64_t*>(<char*>b_at + steps[2])
            o[0] = lx_itrunc_div(a, b, &args.failed)
            o = <int64_t*>(<char*>o + steps[0])
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
cdef void remainder_uint8(char** data, const Py_ssize_t* steps, Py_ssize_t n, LoopArgs* args) noexcept nogil:
    cdef uint8_t* o = <uint8_t*>data[0]
    cdef uint8_t* a_at = <uint8_t*>data[1]
    cdef uint8_t a
    cdef uint8_t* b_at = <uint8_t*>data[2]
    cdef uint8_t b
    cdef Py_ssize_t i
    if steps[0] == sizeof(uint8_t) and steps[1] == sizeof(uint8_t) and steps[2] == sizeof(uint8_t):
        for i in range(n):
            a = a_at[i]
            b = b_at[i]
            o[i] = lx_iremainder(a, b, &args.failed)
    elif steps[0] == sizeof(uint8_t) and steps[1] == sizeof(uint8_t) and steps[2] == 0:
        b = b_at[0]
        for i in range(n):
            a = a_at[i]
            o[i] = lx_iremainder(a, b, &args.failed)
    elif steps[0] == sizeof(uint8_t) and steps[1] == 0 and steps[2] == sizeof(uint8_t):
        a = a_at[0]
        for i in range(n):
            b = b_at[i]
            o[i] = lx_iremainder(a, b, &args.failed)
    else:
        for i in range(n):
            a = a_at[0]
            a_at = <uint8_t*>(<char*>a_at + steps[1])
            b = b_at[0]
            b_at = <uint8_t*>(<char*>b_at + steps[2])
            o[0] = lx_iremainder(a, b, &args.failed)
            o = <uint8_t*>(<char*>o + steps[0])
cdef void remainder_int8(char** data, const Py_ssize_t* steps, Py_ssize_t n, LoopArgs* args) noexcept nogil:
    cdef int8_t* o = <int8_t*>data[0]
    cdef int8_t* a_at = <int8_t*>data[1]
    cdef int8_t a
    cdef int8_t* b_at = <int8_t*>data[2]
    cdef int8_t b
    cdef Py_ssize_t i
    if steps[0] == sizeof(int8_t) and steps[1] == sizeof(int8_t) and steps[2] == sizeof(int8_t):
        for i in range(n):
            a = a_at[i]
            b = b_at[i]
            o[i] = lx_iremainder(a, b, &args.failed)
    elif steps[0] == sizeof(int8_t) and steps[1] == sizeof(int8_t) and steps[2] == 0:
        b = b_at[0]
        for i in range(n):
            a = a_at[i]
            o[i] = lx_iremainder(a, b, &args.failed)
    elif steps[0] == sizeof(int8_t) and steps[1] == 0 and steps[2] == sizeof(int8_t):
        a = a_at[0]
        for i in range(n):
            b = b_at[i]
            o[i] = lx_iremainder(a, b, &args.failed)
    else:
        for i in range(n):
            a = a_at[0]
            a_at = <int8_t*>(<char*>a_at + steps[1])
            b = b_at[0]
            b_at = <int8_t*>(<char*>b_at + steps[2])
            o[0] = lx_iremainder(a, b, &args.failed)
            o = <int8_t*>(<char*>o + steps[0])
cdef void remainder_int16(char** data, const Py_ssize_t* steps, Py_ssize_t n, LoopArgs* args) noexcept nogil:
    cdef int16_t* o = <int16_t*>data[0]
    cdef int16_t* a_at = <int16_t*>data[1]
    cdef int16_t a
    cdef int16_t* b_at = <int16_t*>data[2]
    cdef int16_t b
    cdef Py_ssize_t i
    if steps[0] == sizeof(int16_t) and steps[1] == sizeof(int16_t) and steps[2] == sizeof(int16_t):
        for i in range(n):
            a = a_at[i]
            b = b_at[i]
            o[i] = lx_iremainder(a, b, &args.failed)
    elif steps[0] == sizeof(int16_t) and steps[1] == sizeof(int16_t) and steps[2] == 0:
        b = b_at[0]
        for i in range(n):
            a = a_at[i]
            o[i] = lx_iremainder(a, b, &args.failed)
    elif steps[0] == sizeof(int16_t) and steps[1] == 0 and steps[2] == sizeof(int16_t):
        a = a_at[0]
        for i in range(n):
            b = b_at[i]
            o[i] = lx_iremainder(a, b, &args.failed)
    else:
        for i in range(n):
            a = a_at[0]
            a_at = <int16_t*>(<char*>a_at + steps[1])
            b = b_at[0]
            b_at = <int16_t*>(<char*>b_at + steps[2])
            o[0] = lx_iremainder(a, b, &args.failed)
            o = <int16_t*>(<char*>o + steps[0])
cdef void remainder_int32(char** data, const Py_ssize_t* steps, Py_ssize_t n, LoopArgs* args) noexcept nogil:
    cdef int32_t* o = <int32_t*>data[0]
    cdef int32_t* a_at = <int32_t*>data[1]
    cdef int32_t a
    cdef int32_t* b_at = <int32_t*>data[2]
    cdef int32_t b
    cdef Py_ssize_t i
    if steps[0] == sizeof(int32_t) and steps[1] == sizeof(int32_t) and steps[2] == sizeof(int32_t):
        for i in range(n):
            a = a_at[i]
            b = b_at[i]
            o[i] = lx_iremainder(a, b, &args.failed)
    elif steps[0] == sizeof(int32_t) and steps[1] == sizeof(int32_t) and steps[2] == 0:
        b = b_at[0]
        for i in range(n):
            a = a_at[i]
            o[i] = lx_iremainder(a, b, &args.failed)
    elif steps[0] == sizeof(int32_t) and steps[1] == 0 and steps[2] == sizeof(int32_t):
        a = a_at[0]
        for i in range(n):
            b = b_at[i]
            o[i] = lx_iremainder(a, b, &args.failed)
    else:
        for i in range(n):
            a = a_at[0]
            a_at = <int32_t*>(<char*>a_at + steps[1])
            b = b_at[0]
            b_at = <int32_t*>(<char*>b_at + steps[2])
            o[0] = lx_iremainder(a, b, &args.failed)
            o = <int32_t*>(<char*>o + steps[0])
cdef void remainder_int64(char** data, const Py_ssize_t* steps, Py_ssize_t n, LoopArgs* args) noexcept nogil:
    cdef int64_t* o = <int64_t*>data[0]
    cdef int64_t* a_at = <int64_t*>data[1]
    cdef int64_t a
    cdef int64_t* b_at = <int64_t*>data[2]
    cdef int64_t b
    cdef Py_ssize_t i
    if steps[0] == sizeof(int64_t) and steps[1] == sizeof(int64_t) and steps[2] == sizeof(int64_t):
        for i in range(n):
            a = a_at[i]
            b = b_at[i]
            o[i] = lx_iremainder(a, b, &args.failed)
    elif steps[0] == sizeof(int64_t) and steps[1] == sizeof(int64_t) and steps[2] == 0:
        b = b_at[0]
        for i in range(n):
            a = a_at[i]
            o[i] = lx_iremainder(a, b, &args.failed)
    elif steps[0] == sizeof(int64_t) and steps[1] == 0 and steps[2] == sizeof(int64_t):
        a = a_at[0]
        for i in range(n):
            b = b_at[i]
            o[i] = lx_iremainder(a, b, &args.failed)
    else:
        for i in range(n):
            a = a_at[0]
            a_at = <int64_t*>(<char*>a_at + steps[1])
            b = b_at[0]
            b_at = <int64_t*>(<char*>b_at + steps[2])
            o[0] = lx_iremainder(a, b, &args.failed)
            o = <int64_t*>(<char*>o + steps[0])
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
cdef void fmod_uint8(char** data, const Py_ssize_t* steps, Py_ssize_t n, LoopArgs* args) noexcept nogil:
    cdef uint8_t* o = <uint8_t*>data[0]
    cdef uint8_t* a_at = <uint8_t*>data[1]
    cdef uint8_t a
    cdef uint8_t* b_at = <uint8_t*>data[2]
    cdef uint8_t b
    cdef Py_ssize_t i
    if steps[0] == sizeof(uint8_t) and steps[1] == sizeof(uint8_t) and steps[2] == sizeof(uint8_t):
        for i in range(n):
            a = a_at[i]
            b = b_at[i]
            o[i] = lx_ifmod(a, b, &args.failed)
    elif steps[0] == sizeof(uint8_t) and steps[1] == sizeof(uint8_t) and steps[2] == 0:
        b = b_at[0]
        for i in range(n):
            a = a_at[i]
            o[i] = lx_ifmod(a, b, &args.failed)
    elif steps[0] == sizeof(uint8_t) and steps[1] == 0 and steps[2] == sizeof(uint8_t):
        a = a_at[0]
        for i in range(n):
            b = b_at[i]
            o[i] = lx_ifmod(a, b, &args.failed)
    else:
        for i in range(n):
            a = a_at[0]
            a_at = <uint8_t*>(<char*>a_at + steps[1])
            b = b_at[0]
            b_at = <uint8_t*>(<char*>b_at + steps[2])
            o[0] = lx_ifmod(a, b, &args.failed)
            o = <uint8_t*>(<char*>o + steps[0])
cdef void fmod_int8(char** data, const Py_ssize_t* steps, Py_ssize_t n, LoopArgs* args) noexcept nogil:
    cdef int8_t* o = <int8_t*>data[0]
    cdef int8_t* a_at = <int8_t*>data[1]
    cdef int8_t a
    cdef int8_t* b_at = <int8_t*>data[2]
    cdef int8_t b
    cdef Py_ssize_t i
    if steps[0] == sizeof(int8_t) and steps[1] == sizeof(int8_t) and steps[2] == sizeof(int8_t):
        for i in range(n):
            a = a_at[i]
            b = b_at[i]
            o[i] = lx_ifmod(a, b, &args.failed)
    elif steps[0] == sizeof(int8_t) and steps[1] == sizeof(int8_t) and steps[2] == 0:
        b = b_at[0]
        for i in range(n):
            a = a_at[i]
            o[i] = lx_ifmod(a, b, &args.failed)
    elif steps[0] == sizeof(int8_t) and steps[1] == 0 and steps[2] == sizeof(int8_t):
        a = a_at[0]
        for i in range(n):
            b = b_at[i]
            o[i] = lx_ifmod(a, b, &args.failed)
    else:
        for i in range(n):
            a = a_at[0]
            a_at = <int8_t*>(<char*>a_at + steps[1])
            b = b_at[0]
            b_at = <int8_t*>(<char*>b_at + steps[2])
            o[0] = lx_ifmod(a, b, &args.failed)
            o = <int8_t*>(<char*>o + steps[0])
cdef void fmod_int16(char** data, const Py_ssize_t* steps, Py_ssize_t n, LoopArgs* args) noexcept nogil:
    cdef int16_t* o = <int16_t*>data[0]
    cdef int16_t* a_at = <int16_t*>data[1]
    cdef int16_t a
    cdef int16_t* b_at = <int16_t*>data[2]
    cdef int16_t b
    cdef Py_ssize_t i
    if steps[0] == sizeof(int16_t) and steps[1] == sizeof(int16_t) and steps[2] == sizeof(int16_t):
        for i in range(n):
            a = a_at[i]
            b = b_at[i]
            o[i] = lx_ifmod(a, b, &args.failed)
    elif steps[0] == sizeof(int16_t) and steps[1] == sizeof(int16_t) and steps[2] == 0:
        b = b_at[0]
        for i in range(n):
            a = a_at[i]
            o[i] = lx_ifmod(a, b, &args.failed)
    elif steps[0] == sizeof(int16_t) and steps[1] == 0 and steps[2] == sizeof(int16_t):
        a = a_at[0]
        for i in range(n):
            b = b_at[i]
            o[i] = lx_ifmod(a, b, &args.failed)
    else:
        for i in range(n):
            a = a_at[0]
            a_at = <int16_t*>(<char*>a_at + steps[1])
            b = b_at[0]
            b_at = <int16_t*>(<char*>b_at + steps[2])
            o[0] = lx_ifmod(a, b, &args.failed)
            o = <int16_t*>(<char*>o + steps[0])
cdef void fmod_int32(char** data, const Py_ssize_t* steps, Py_ssize_t n, LoopArgs* args) noexcept nogil:
    cdef int32_t* o = <int32_t*>data[0]
    cdef int32_t* a_at = <int32_t*>data[1]
    cdef int32_t a
    cdef int32_t* b_at = <int32_t*>data[2]
    cdef int32_t b
    cdef Py_ssize_t i
    if steps[0] == sizeof(int32_t) and steps[1] == sizeof(int32_t) and steps[2] == sizeof(int32_t):
        for i in range(n):
            a = a_at[i]
            b = b_at[i]
            o[i] = lx_ifmod(a, b, &args.failed)
    elif steps[0] == sizeof(int32_t) and steps[1] == sizeof(int32_t) and steps[2] == 0:
        b = b_at[0]
        for i in range(n):
            a = a_at[i]
            o[i] = lx_ifmod(a, b, &args.failed)
    elif steps[0] == sizeof(int32_t) and steps[1] == 0 and steps[2] == sizeof(int32_t):
        a = a_at[0]
        for i in range(n):
            b = b_at[i]
            o[i] = lx_ifmod(a, b, &args.failed)
    else:
        for i in range(n):
            a = a_at[0]
            a_at = <int32_t*>(<char*>a_at + steps[1])
            b = b_at[0]
            b_at = <int32_t*>(<char*>b_at + steps[2])
            o[0] = lx_ifmod(a, b, &args.failed)
            o = <int32_t*>(<char*>o + steps[0])
cdef void fmod_int64(char** data, const Py_ssize_t* steps, Py_ssize_t n, LoopArgs* args) noexcept nogil:
    cdef int64_t* o = <int64_t*>data[0]
    cdef int64_t* a_at = <int64_t*>data[1]
    cdef int64_t a
    cdef int64_t* b_at = <int64_t*>data[2]
    cdef int64_t b
    cdef Py_ssize_t i
    if steps[0] == sizeof(int64_t) and steps[1] == sizeof(int64_t) and steps[2] == sizeof(int64_t):
        for i in range(n):
            a = a_at[i]
            b = b_at[i]
            o[i] = lx_ifmod(a, b, &args.failed)
    elif steps[0] == sizeof(int64_t) and steps[1] == sizeof(int64_t) and steps[2] == 0:
        b = b_at[0]
        for i in range(n):
            a = a_at[i]
            o[i] = lx_ifmod(a, b, &args.failed)
    elif steps[0] == sizeof(int64_t) and steps[1] == 0 and steps[2] == sizeof(int64_t):
        a = a_at[0]
        for i in range(n):
            b = b_at[i]
            o[i] = lx_ifmod(a, b, &args.failed)
    else:
        for i in range(n):
            a = a_at[0]
            a_at = <int64_t*>(<char*>a_at + steps[1])
            b = b_at[0]
            b_at = <int64_t*>(<char*>b_at + steps[2])
            o[0] = lx_ifmod(a, b, &args.failed)
            o = <int64_t*>(<char*>o + steps[0])
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
cdef void pow_uint8(char** data, const Py_ssize_t* steps, Py_ssize_t n, LoopArgs* args) noexcept nogil:
    cdef uint8_t* o = <uint8_t*>data[0]
    cdef uint8_t* a_at = <uint8_t*>data[1]
    cdef uint8_t a
    cdef uint8_t* b_at = <uint8_t*>data[2]
    cdef uint8_t b
    cdef Py_ssize_t i
    if steps[0] == sizeof(uint8_t) and steps[1] == sizeof(uint8_t) and steps[2] == sizeof(uint8_t):
        for i in range(n):
            a = a_at[i]
            b = b_at[i]
            o[i] = lx_ipow(a, b)
    elif steps[0] == sizeof(uint8_t) and steps[1] == sizeof(uint8_t) and steps[2] == 0:
        b = b_at[0]
        for i in range(n):
            a = a_at[i]
            o[i] = lx_ipow(a, b)
    elif steps[0] == sizeof(uint8_t) and steps[1] == 0 and steps[2] == sizeof(uint8_t):
        a = a_at[0]
        for i in range(n):
            b = b_at[i]
            o[i] = lx_ipow(a, b)
    else:
        for i in range(n):
            a = a_at[0]
            a_at = <uint8_t*>(<char*>a_at + steps[1])
            b = b_at[0]
            b_at = <uint8_t*>(<char*>b_at + steps[2])
            o[0] = lx_ipow(a, b)
            o = <uint8_t*>(<char*>o + steps[0])
cdef void pow_int8(char** data, const Py_ssize_t* steps, Py_ssize_t n, LoopArgs* args) noexcept nogil:
    cdef int8_t* o = <int8_t*>data[0]
    cdef int8_t* a_at = <int8_t*>data[1]
    cdef int8_t a
    cdef int8_t* b_at = <int8_t*>data[2]
    cdef int8_t b
    cdef Py_ssize_t i
    if steps[0] == sizeof(int8_t) and steps[1] == sizeof(int8_t) and steps[2] == sizeof(int8_t):
        for i in range(n):
            a = a_at[i]
            b = b_at[i]
            o[i] = lx_ipow(a, b)
    elif steps[0] == sizeof(int8_t) and steps[1] == sizeof(int8_t) and steps[2] == 0:
        b = b_at[0]
        for i in range(n):
            a = a_at[i]
            o[i] = lx_ipow(a, b)
    elif steps[0] == sizeof(int8_t) and steps[1] == 0 and steps[2] == sizeof(int8_t):
        a = a_at[0]
        for i in range(n):
            b = b_at[i]
            o[i] = lx_ipow(a, b)
    else:
        for i in range(n):
            a = a_at[0]
            a_at = <int8_t*>(<char*>a_at + steps[1])
            b = b_at[0]
            b_at = <int8_t*>(<char*>b_at + steps[2])
            o[0] = lx_ipow(a, b)
            o = <int8_t*>(<char*>o + steps[0])
cdef void pow_int16(char** data, const Py_ssize_t* steps, Py_ssize_t n, LoopArgs* args) noexcept nogil:
    cdef int16_t* o = <int16_t*>data[0]
    cdef int16_t* a_at = <int16_t*>data[1]
    cdef int16_t a
    cdef int16_t* b_at = <int16_t*>data[2]
    cdef int16_t b
    cdef Py_ssize_t i
    if steps[0] == sizeof(int16_t) and steps[1] == sizeof(int16_t) and steps[2] == sizeof(int16_t):
        for i in range(n):
            a = a_at[i]
            b = b_at[i]
            o[i] = lx_ipow(a, b)
    elif steps[0] == sizeof(int16_t) and steps[1] == sizeof(int16_t) and steps[2] == 0:
        b = b_at[0]
        for i in range(n):
            a = a_at[i]
            o[i] = lx_ipow(a, b)
    elif steps[0] == sizeof(int16_t) and steps[1] == 0 and steps[2] == sizeof(int16_t):
        a = a_at[0]
        for i in range(n):
            b = b_at[i]
            o[i] = lx_ipow(a, b)
    else:
        for i in range(n):
            a = a_at[0]
            a_at = <int16_t*>(<char*>a_at + steps[1])
            b = b_at[0]
            b_at = <int16_t*>(<char*>b_at + steps[2])
            o[0] = lx_ipow(a, b)
            o = <int16_t*>(<char*>o + steps[0])
cdef void pow_int32(char** data, const Py_ssize_t* steps, Py_ssize_t n, LoopArgs* args) noexcept nogil:
    cdef int32_t* o = <int32_t*>data[0]
    cdef int32_t* a_at = <int32_t*>data[1]
    cdef int32_t a
    cdef int32_t* b_at = <int32_t*>data[2]
    cdef int32_t b
    cdef Py_ssize_t i
    if steps[0] == sizeof(int32_t) and steps[1] == sizeof(int32_t) and steps[2] == sizeof(int32_t):
        for i in range(n):
            a = a_at[i]
            b = b_at[i]
            o[i] = lx_ipow(a, b)
    elif steps[0] == sizeof(int32_t) and steps[1] == sizeof(int32_t) and steps[2] == 0:
        b = b_at[0]
        for i in range(n):
            a = a_at[i]
            o[i] = lx_ipow(a, b)
    elif steps[0] == sizeof(int32_t) and steps[1] == 0 and steps[2] == sizeof(int32_t):
        a = a_at[0]
        for i in range(n):
            b = b_at[i]
            o[i] = lx_ipow(a, b)
    else:
        for i in range(n):
            a = a_at[0]
            a_at = <int32_t*>(<char*>a_at + steps[1])
            b = b_at[0]
            b_at = <int32_t*>(<char*>b_at + steps[2])
            o[0] = lx_ipow(a, b)
            o = <int32_t*>(<char*>o + steps[0])
cdef void pow_int64(char** data, const Py_ssize_t* steps, Py_ssize_t n, LoopArgs* args) noexcept nogil:
    cdef int64_t* o = <int64_t*>data[0]
    cdef int64_t* a_at = <int64_t*>data[1]
    cdef int64_t a
    cdef int64_t* b_at = <int64_t*>data[2]
    cdef int64_t b
    cdef Py_ssize_t i
    if steps[0] == sizeof(int64_t) and steps[1] == sizeof(int64_t) and steps[2] == sizeof(int64_t):
        for i in range(n):
            a = a_at[i]
            b = b_at[i]
            o[i] = lx_ipow(a, b)
    elif steps[0] == sizeof(int64_t) and steps[1] == sizeof(int64_t) and steps[2] == 0:
        b = b_at[0]
        for i in range(n):
            a = a_at[i]
            o[i] = lx_ipow(a, b)
    elif steps[0] == sizeof(int64_t) and steps[1] == 0 and steps[2] == sizeof(int64_t):
        a = a_at[0]
        for i in range(n):
            b = b_at[i]
            o[i] = lx_ipow(a, b)
    else:
        for i in range(n):
            a = a_at[0]
            a_at = <int64_t*>(<char*>a_at + steps[1])
            b = b_at[0]
            b_at = <int64_t*>(<char*>b_at + steps[2])
            o[0] = lx_ipow(a, b)
            o = <int64_t*>(<char*>o + steps[0])
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
cdef void maximum_uint8(char** data, const Py_ssize_t* steps, Py_ssize_t n, LoopArgs* args) noexcept nogil:
    cdef uint8_t* o = <uint8_t*>data[0]
    cdef uint8_t* a_at = <uint8_t*>data[1]
    cdef uint8_t a
    cdef uint8_t* b_at = <uint8_t*>data[2]
    cdef uint8_t b
    cdef Py_ssize_t i
    if steps[0] == sizeof(uint8_t) and steps[1] == sizeof(uint8_t) and steps[2] == sizeof(uint8_t):
        for i in range(n):
            a = a_at[i]
            b = b_at[i]
            o[i] = a if a > b else b
    elif steps[0] == sizeof(uint8_t) and steps[1] == sizeof(uint8_t) and steps[2] == 0:
        b = b_at[0]
        for i in range(n):
            a = a_at[i]
            o[i] = a if a > b else b
    elif steps[0] == sizeof(uint8_t) and steps[1] == 0 and steps[2] == sizeof(uint8_t):
        a = a_at[0]
        for i in range(n):
            b = b_at[i]
            o[i] = a if a > b else b
    else:
        for i in range(n):
            a = a_at[0]
            a_at = <uint8_t*>(<char*>a_at + steps[1])
            b = b_at[0]
            b_at = <uint8_t*>(<char*>b_at + steps[2])
            o[0] = a if a > b else b
            o = <uint8_t*>(<char*>o + steps[0])
cdef void maximum_int8(char** data, const Py_ssize_t* steps, Py_ssize_t n, LoopArgs* args) noexcept nogil:
    cdef int8_t* o = <int8_t*>data[0]
    cdef int8_t* a_at = <int8_t*>data[1]
    cdef int8_t a
    cdef int8_t* b_at = <int8_t*>data[2]
    cdef int8_t b
    cdef Py_ssize_t i
    if steps[0] == sizeof(int8_t) and steps[1] == sizeof(int8_t) and steps[2] == sizeof(int8_t):
        for i in range(n):
            a = a_at[i]
            b = b_at[i]
            o[i] = a if a > b else b
    elif steps[0] == sizeof(int8_t) and steps[1] == sizeof(int8_t) and steps[2] == 0:
        b = b_at[0]
        for i in range(n):
            a = a_at[i]
            o[i] = a if a > b else b
    elif steps[0] == sizeof(int8_t) and steps[1] == 0 and steps[2] == sizeof(int8_t):
        a = a_at[0]
        for i in range(n):
            b = b_at[i]
            o[i] = a if a > b else b
    else:
        for i in range(n):
            a = a_at[0]
            a_at = <int8_t*>(<char*>a_at + steps[1])
            b = b_at[0]
            b_at = <int8_t*>(<char*>b_at + steps[2])
            o[0] = a if a > b else b
            o = <int8_t*>(<char*>o + steps[0])
cdef void maximum_int16(char** data, const Py_ssize_t* steps, Py_ssize_t n, LoopArgs* args) noexcept nogil:
    cdef int16_t* o = <int16_t*>data[0]
    cdef int16_t* a_at = <int16_t*>data[1]
    cdef int16_t a
    cdef int16_t* b_at = <int16_t*>data[2]
    cdef int16_t b
    cdef Py_ssize_t i
    if steps[0] == sizeof(int16_t) and steps[1] == sizeof(int16_t) and steps[2] == sizeof(int16_t):
        for i in range(n):
            a = a_at[i]
            b = b_at[i]
            o[i] = a if a > b else b
    elif steps[0] == sizeof(int16_t) and steps[1] == sizeof(int16_t) and steps[2] == 0:
        b = b_at[0]
        for i in range(n):
            a = a_at[i]
            o[i] = a if a > b else b
    elif steps[0] == sizeof(int16_t) and steps[1] == 0 and steps[2] == sizeof(int16_t):
        a = a_at[0]
        for i in range(n):
            b = b_at[i]
            o[i] = a if a > b else b
    else:
        for i in range(n):
            a = a_at[0]
            a_at = <int16_t*>(<char*>a_at + steps[1])
            b = b_at[0]
            b_at = <int16_t*>(<char*>b_at + steps[2])
            o[0] = a if a > b else b
            o = <int16_t*>(<char*>o + steps[0])
cdef void maximum_int32(char** data, const Py_ssize_t* steps, Py_ssize_t n, LoopArgs* args) noexcept nogil:
    cdef int32_t* o = <int32_t*>data[0]
    cdef int32_t* a_at = <int32_t*>data[1]
    cdef int32_t a
    cdef int32_t* b_at = <int32_t*>data[2]
    cdef int32_t b
    cdef Py_ssize_t i
    if steps[0] == sizeof(int32_t) and steps[1] == sizeof(int32_t) and steps[2] == sizeof(int32_t):
        for i in range(n):
            a = a_at[i]
            b = b_at[i]
            o[i] = a if a > b else b
    elif steps[0] == sizeof(int32_t) and steps[1] == sizeof(int32_t) and steps[2] == 0:
        b = b_at[0]
        for i in range(n):
            a = a_at[i]
            o[i] = a if a > b else b
    elif steps[0] == sizeof(int32_t) and steps[1] == 0 and steps[2] == sizeof(int32_t):
        a = a_at[0]
        for i in range(n):
            b = b_at[i]
            o[i] = a if a > b else b
    else:
        for i in range(n):
            a = a_at[0]
            a_at = <int32_t*>(<char*>a_at + steps[1])
            b = b_at[0]
            b_at = <int32_t*>(<char*>b_at + steps[2])
            o[0] = a if a > b else b
            o = <int32_t*>(<char*>o + steps[0])
cdef void maximum_int64(char** data, const Py_ssize_t* steps, Py_ssize_t n, LoopArgs* args) noexcept nogil:
    cdef int64_t* o = <int64_t*>data[0]
    cdef int64_t* a_at = <int64_t*>data[1]
    cdef int64_t a
    cdef int64_t* b_at = <int64_t*>data[2]
    cdef int64_t b
    cdef Py_ssize_t i
    if steps[0] == sizeof(int64_t) and steps[1] == sizeof(int64_t) and steps[2] == sizeof(int64_t):
        for i in range(n):
            a = a_at[i]
            b = b_at[i]
            o[i] = a if a > b else b
    elif steps[0] == sizeof(int64_t) and steps[1] == sizeof(int64_t) and steps[2] == 0:
        b = b_at[0]
        for i in range(n):
            a = a_at[i]
            o[i] = a if a > b else b
    elif steps[0] == sizeof(int64_t) and steps[1] == 0 and steps[2] == sizeof(int64_t):
        a = a_at[0]
        for i in range(n):
            b = b_at[i]
            o[i] = a if a > b else b
    else:
        for i in range(n):
            a = a_at[0]
            a_at = <int64_t*>(<char*>a_at + steps[1])
            b = b_at[0]
            b_at = <int64_t*>(<char*>b_at + steps[2])
            o[0] = a if a > b else b
            o = <int64_t*>(<char*>o + steps[0])
cdef void maximum_bool(char** data, const Py_ssize_t* steps, Py_ssize_t n, LoopArgs* args) noexcept nogil:
    cdef uint8_t* o = <uint8_t*>data[0]
    cdef uint8_t* a_at = <uint8_t*>data[1]
    cdef uint8_t a
    cdef uint8_t* b_at = <uint8_t*>data[2]
    cdef uint8_t b
    cdef Py_ssize_t i
    if steps[0] == sizeof(uint8_t) and steps[1] == sizeof(uint8_t) and steps[2] == sizeof(uint8_t):
        for i in range(n):
            a = a_at[i]
            b = b_at[i]
            o[i] = a if a > b else b
    elif steps[0] == sizeof(uint8_t) and steps[1] == sizeof(uint8_t) and steps[2] == 0:
        b = b_at[0]
        for i in range(n):
            a = a_at[i]
            o[i] = a if a > b else b
    elif steps[0] == sizeof(uint8_t) and steps[1] == 0 and steps[2] == sizeof(uint8_t):
        a = a_at[0]
        for i in range(n):
            b = b_at[i]
            o[i] = a if a > b else b
    else:
        for i in range(n):
            a = a_at[0]
            a_at = <uint8_t*>(<char*>a_at + steps[1])
            b = b_at[0]
            b_at = <uint8_t*>(<char*>b_at + steps[2])
            o[0] = a if a > b else b
            o = <uint8_t*>(<char*>o + steps[0])
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
cdef void minimum_uint8(char** data, const Py_ssize_t* steps, Py_ssize_t n, LoopArgs* args) noexcept nogil:
    cdef uint8_t* o = <uint8_t*>data[0]
    cdef uint8_t* a_at = <uint8_t*>data[1]
    cdef uint8_t a
    cdef uint8_t* b_at = <uint8_t*>data[2]
    cdef uint8_t b
    cdef Py_ssize_t i
    if steps[0] == sizeof(uint8_t) and steps[1] == sizeof(uint8_t) and steps[2] == sizeof(uint8_t):
        for i in range(n):
            a = a_at[i]
            b = b_at[i]
            o[i] = a if a < b else b
    elif steps[0] == sizeof(uint8_t) and steps[1] == sizeof(uint8_t) and steps[2] == 0:
        b = b_at[0]
        for i in range(n):
            a = a_at[i]
            o[i] = a if a < b else b
    elif steps[0] == sizeof(uint8_t) and steps[1] == 0 and steps[2] == sizeof(uint8_t):
        a = a_at[0]
        for i in range(n):
            b = b_at[i]
            o[i] = a if a < b else b
    else:
        for i in range(n):
            a = a_at[0]
            a_at = <uint8_t*>(<char*>a_at + steps[1])
            b = b_at[0]
            b_at = <uint8_t*>(<char*>b_at + steps[2])
            o[0] = a if a < b else b
            o = <uint8_t*>(<char*>o + steps[0])
cdef void minimum_int8(char** data, const Py_ssize_t* steps, Py_ssize_t n, LoopArgs* args) noexcept nogil:
    cdef int8_t* o = <int8_t*>data[0]
    cdef int8_t* a_at = <int8_t*>data[1]
    cdef int8_t a
    cdef int8_t* b_at = <int8_t*>data[2]
    cdef int8_t b
    cdef Py_ssize_t i
    if steps[0] == sizeof(int8_t) and steps[1] == sizeof(int8_t) and steps[2] == sizeof(int8_t):
        for i in range(n):
            a = a_at[i]
            b = b_at[i]
            o[i] = a if a < b else b
    elif steps[0] == sizeof(int8_t) and steps[1] == sizeof(int8_t) and steps[2] == 0:
        b = b_at[0]
        for i in range(n):
            a = a_at[i]
            o[i] = a if a < b else b
    elif steps[0] == sizeof(int8_t) and steps[1] == 0 and steps[2] == sizeof(int8_t):
        a = a_at[0]
        for i in range(n):
            b = b_at[i]
            o[i] = a if a < b else b
    else:
        for i in range(n):
            a = a_at[0]
            a_at = <int8_t*>(<char*>a_at + steps[1])
            b = b_at[0]
            b_at = <int8_t*>(<char*>b_at + steps[2])
            o[0] = a if a < b else b
            o = <int8_t*>(<char*>o + steps[0])
cdef void minimum_int16(char** data, const Py_ssize_t* steps, Py_ssize_t n, LoopArgs* args) noexcept nogil:
    cdef int16_t* o = <int16_t*>data[0]
    cdef int16_t* a_at = <int16_t*>data[1]
    cdef int16_t a
    cdef int16_t* b_at = <int16_t*>data[2]
    cdef int16_t b
    cdef Py_ssize_t i
    if steps[0] == sizeof(int16_t) and steps[1] == sizeof(int16_t) and steps[2] == sizeof(int16_t):
        for i in range(n):
            a = a_at[i]
            b = b_at[i]
            o[i] = a if a < b else b
    elif steps[0] == sizeof(int16_t) and steps[1] == sizeof(int16_t) and steps[2] == 0:
        b = b_at[0]
        for i in range(n):
            a = a_at[i]
            o[i] = a if a < b else b
    elif steps[0] == sizeof(int16_t) and steps[1] == 0 and steps[2] == sizeof(int16_t):
        a = a_at[0]
        for i in range(n):
            b = b_at[i]
            o[i] = a if a < b else b
    else:
        for i in range(n):
            a = a_at[0]
            a_at = <int16_t*>(<char*>a_at + steps[1])
            b = b_at[0]
            b_at = <int16_t*>(<char*>b_at + steps[2])
            o[0] = a if a < b else b
            o = <int16_t*>(<char*>o + steps[0])
cdef void minimum_int32(char** data, const Py_ssize_t* steps, Py_ssize_t n, LoopArgs* args) noexcept nogil:
    cdef int32_t* o = <int32_t*>data[0]
    cdef int32_t* a_at = <int32_t*>data[1]
    cdef int32_t a
    cdef int32_t* b_at = <int32_t*>data[2]
    cdef int32_t b
    cdef Py_ssize_t i
    if steps[0] == sizeof(int32_t) and steps[1] == sizeof(int32_t) and steps[2] == sizeof(int32_t):
        for i in range(n):
            a = a_at[i]
            b = b_at[i]
            o[i] = a if a < b else b
    elif steps[0] == sizeof(int32_t) and steps[1] == sizeof(int32_t) and steps[2] == 0:
        b = b_at[0]
        for i in range(n):
            a = a_at[i]
            o[i] = a if a < b else b
    elif steps[0] == sizeof(int32_t) and steps[1] == 0 and steps[2] == sizeof(int32_t):
        a = a_at[0]
        for i in range(n):
            b = b_at[i]
            o[i] = a if a < b else b
    else:
        for i in range(n):
            a = a_at[0]
            a_at = <int32_t*>(<char*>a_at + steps[1])
            b = b_at[0]
            b_at = <int32_t*>(<char*>b_at + steps[2])
            o[0] = a if a < b else b
            o = <int32_t*>(<char*>o + steps[0])
cdef void minimum_int64(char** data, const Py_ssize_t* steps, Py_ssize_t n, LoopArgs* args) noexcept nogil:
    cdef int64_t* o = <int64_t*>data[0]
    cdef int64_t* a_at = <int64_t*>data[1]
    cdef int64_t a
    cdef int64_t* b_at = <int64_t*>data[2]
    cdef int64_t b
    cdef Py_ssize_t i
    if steps[0] == sizeof(int64_t) and steps[1] == sizeof(int64_t) and steps[2] == sizeof(int64_t):
        for i in range(n):
            a = a_at[i]
            b = b_at[i]
            o[i] = a if a < b else b
    elif steps[0] == sizeof(int64_t) and steps[1] == sizeof(int64_t) and steps[2] == 0:
        b = b_at[0]
        for i in range(n):
            a = a_at[i]
            o[i] = a if a < b else b
    elif steps[0] == sizeof(int64_t) and steps[1] == 0 and steps[2] == sizeof(int64_t):
        a = a_at[0]
        for i in range(n):
            b = b_at[i]
            o[i] = a if a < b else b
    else:
        for i in range(n):
            a = a_at[0]
            a_at = <int64_t*>(<char*>a_at + steps[1])
            b = b_at[0]
            b_at = <int64_t*>(<char*>b_at + steps[2])
            o[0] = a if a < b else b
            o = <int64_t*>(<char*>o + steps[0])
cdef void minimum_bool(char** data, const Py_ssize_t* steps, Py_ssize_t n, LoopArgs* args) noexcept nogil:
    cdef uint8_t* o = <uint8_t*>data[0]
    cdef uint8_t* a_at = <uint8_t*>data[1]
    cdef uint8_t a
    cdef uint8_t* b_at = <uint8_t*>data[2]
    cdef uint8_t b
    cdef Py_ssize_t i
    if steps[0] == sizeof(uint8_t) and steps[1] == sizeof(uint8_t) and steps[2] == sizeof(uint8_t):
        for i in range(n):
            a = a_at[i]
            b = b_at[i]
            o[i] = a if a < b else b
    elif steps[0] == sizeof(uint8_t) and steps[1] == sizeof(uint8_t) and steps[2] == 0:
        b = b_at[0]
        for i in range(n):
            a = a_at[i]
            o[i] = a if a < b else b
    elif steps[0] == sizeof(uint8_t) and steps[1] == 0 and steps[2] == sizeof(uint8_t):
        a = a_at[0]
        for i in range(n):
            b = b_at[i]
            o[i] = a if a < b else b
    else:
        for i in range(n):
            a = a_at[0]
            a_at = <uint8_t*>(<char*>a_at + steps[1])
            b = b_at[0]
            b_at = <uint8_t*>(<char*>b_at + steps[2])
            o[0] = a if a < b else b
            o = <uint8_t*>(<char*>o + steps[0])
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
cdef void eq_uint8(char** data, const Py_ssize_t* steps, Py_ssize_t n, LoopArgs* args) noexcept nogil:
    cdef uint8_t* o = <uint8_t*>data[0]
    cdef uint8_t* a_at = <uint8_t*>data[1]
    cdef uint8_t a
    cdef uint8_t* b_at = <uint8_t*>data[2]
    cdef uint8_t b
    cdef Py_ssize_t i
    if steps[0] == sizeof(uint8_t) and steps[1] == sizeof(uint8_t) and steps[2] == sizeof(uint8_t):
        for i in range(n):
            a = a_at[i]
            b = b_at[i]
            o[i] = a == b
    elif steps[0] == sizeof(uint8_t) and steps[1] == sizeof(uint8_t) and steps[2] == 0:
        b = b_at[0]
        for i in range(n):
            a = a_at[i]
            o[i] = a == b
    elif steps[0] == sizeof(uint8_t) and steps[1] == 0 and steps[2] == sizeof(uint8_t):
        a = a_at[0]
        for i in range(n):
            b = b_at[i]
            o[i] = a == b
    else:
        for i in range(n):
            a = a_at[0]
            a_at = <uint8_t*>(<char*>a_at + steps[1])
            b = b_at[0]
            b_at = <uint8_t*>(<char*>b_at + steps[2])
            o[0] = a == b
            o = <uint8_t*>(<char*>o + steps[0])
cdef void eq_int8(char** data, const Py_ssize_t* steps, Py_ssize_t n, LoopArgs* args) noexcept nogil:
    cdef uint8_t* o = <uint8_t*>data[0]
    cdef int8_t* a_at = <int8_t*>data[1]
    cdef int8_t a
    cdef int8_t* b_at = <int8_t*>data[2]
    cdef int8_t b
    cdef Py_ssize_t i
    if steps[0] == sizeof(uint8_t) and steps[1] == sizeof(int8_t) and steps[2] == sizeof(int8_t):
        for i in range(n):
            a = a_at[i]
            b = b_at[i]
            o[i] = a == b
    elif steps[0] == sizeof(uint8_t) and steps[1] == sizeof(int8_t) and steps[2] == 0:
        b = b_at[0]
        for i in range(n):
            a = a_at[i]
            o[i] = a == b
    elif steps[0] == sizeof(uint8_t) and steps[1] == 0 and steps[2] == sizeof(int8_t):
        a = a_at[0]
        for i in range(n):
            b = b_at[i]
            o[i] = a == b
    else:
        for i in range(n):
            a = a_at[0]
            a_at = <int8_t*>(<char*>a_at + steps[1])
            b = b_at[0]
            b_at = <int8_t*>(<char*>b_at + steps[2])
            o[0] = a == b
            o = <uint8_t*>(<char*>o + steps[0])
cdef void eq_int16(char** data, const Py_ssize_t* steps, Py_ssize_t n, LoopArgs* args) noexcept nogil:
    cdef uint8_t* o = <uint8_t*>data[0]
    cdef int16_t* a_at = <int16_t*>data[1]
    cdef int16_t a
    cdef int16_t* b_at = <int16_t*>data[2]
    cdef int16_t b
    cdef Py_ssize_t i
    if steps[0] == sizeof(uint8_t) and steps[1] == sizeof(int16_t) and steps[2] == sizeof(int16_t):
        for i in range(n):
            a = a_at[i]
            b = b_at[i]
            o[i] = a == b
    elif steps[0] == sizeof(uint8_t) and steps[1] == sizeof(int16_t) and steps[2] == 0:
        b = b_at[0]
        for i in range(n):
            a = a_at[i]
            o[i] = a == b
    elif steps[0] == sizeof(uint8_t) and steps[1] == 0 and steps[2] == sizeof(int16_t):
        a = a_at[0]
        for i in range(n):
            b = b_at[i]
            o[i] = a == b
    else:
        for i in range(n):
            a = a_at[0]
            a_at = <int16_t*>(<char*>a_at + steps[1])
            b = b_at[0]
            b_at = <int16_t*>(<char*>b_at + steps[2])
            o[0] = a == b
            o = <uint8_t*>(<char*>o + steps[0])
cdef void eq_int32(char** data, const Py_ssize_t* steps, Py_ssize_t n, LoopArgs* args) noexcept nogil:
    cdef uint8_t* o = <uint8_t*>data[0]
    cdef int32_t* a_at = <int32_t*>data[1]
    cdef int32_t a
    cdef int32_t* b_at = <int32_t*>data[2]
    cdef int32_t b
    cdef Py_ssize_t i
    if steps[0] == sizeof(uint8_t) and steps[1] == sizeof(int32_t) and steps[2] == sizeof(int32_t):
        for i in range(n):
            a = a_at[i]
            b = b_at[i]
            o[i] = a == b
    elif steps[0] == sizeof(uint8_t) and steps[1] == sizeof(int32_t) and steps[2] == 0:
        b = b_at[0]
        for i in range(n):
            a = a_at[i]
            o[i] = a == b
    elif steps[0] == sizeof(uint8_t) and steps[1] == 0 and steps[2] == sizeof(int32_t):
        a = a_at[0]
        for i in range(n):
            b = b_at[i]
            o[i] = a == b
    else:
        for i in range(n):
            a = a_at[0]
            a_at = <int32_t*>(<char*>a_at + steps[1])
            b = b_at[0]
            b_at = <int32_t*>(<char*>b_at + steps[2])
            o[0] = a == b
            o = <uint8_t*>(<char*>o + steps[0])
cdef void eq_int64(char** data, const Py_ssize_t* steps, Py_ssize_t n, LoopArgs* args) noexcept nogil:
    cdef uint8_t* o = <uint8_t*>data[0]
    cdef int64_t* a_at = <int64_t*>data[1]
    cdef int64_t a
    cdef int64_t* b_at = <int64_t*>data[2]
    cdef int64_t b
    cdef Py_ssize_t i
    if steps[0] == sizeof(uint8_t) and steps[1] == sizeof(int64_t) and steps[2] == sizeof(int64_t):
        for i in range(n):
            a = a_at[i]
            b = b_at[i]
            o[i] = a == b
    elif steps[0] == sizeof(uint8_t) and steps[1] == sizeof(int64_t) and steps[2] == 0:
        b = b_at[0]
        for i in range(n):
            a = a_at[i]
            o[i] = a == b
    elif steps[0] == sizeof(uint8_t) and steps[1] == 0 and steps[2] == sizeof(int64_t):
        a = a_at[0]
        for i in range(n):
            b = b_at[i]
            o[i] = a == b
    else:
        for i in range(n):
            a = a_at[0]
            a_at = <int64_t*>(<char*>a_at + steps[1])
            b = b_at[0]
            b_at = <int64_t*>(<char*>b_at + steps[2])
            o[0] = a == b
            o = <uint8_t*>(<char*>o + steps[0])
cdef void eq_bool(char** data, const Py_ssize_t* steps, Py_ssize_t n, LoopArgs* args) noexcept nogil:
    cdef uint8_t* o = <uint8_t*>data[0]
    cdef uint8_t* a_at = <uint8_t*>data[1]
    cdef uint8_t a
    cdef uint8_t* b_at = <uint8_t*>data[2]
    cdef uint8_t b
    cdef Py_ssize_t i
    if steps[0] == sizeof(uint8_t) and steps[1] == sizeof(uint8_t) and steps[2] == sizeof(uint8_t):
        for i in range(n):
            a = a_at[i]
            b = b_at[i]
            o[i] = a == b
    elif steps[0] == sizeof(uint8_t) and steps[1] == sizeof(uint8_t) and steps[2] == 0:
        b = b_at[0]
        for i in range(n):
            a = a_at[i]
            o[i] = a == b
    elif steps[0] == sizeof(uint8_t) and steps[1] == 0 and steps[2] == sizeof(uint8_t):
        a = a_at[0]
        for i in range(n):
            b = b_at[i]
            o[i] = a == b
    else:
        for i in range(n):
            a = a_at[0]
            a_at = <uint8_t*>(<char*>a_at + steps[1])
            b = b_at[0]
            b_at = <uint8_t*>(<char*>b_at + steps[2])
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
cdef void ne_uint8(char** data, const Py_ssize_t* steps, Py_ssize_t n, LoopArgs* args) noexcept nogil:
    cdef uint8_t* o = <uint8_t*>data[0]
    cdef uint8_t* a_at = <uint8_t*>data[1]
    cdef uint8_t a
    cdef uint8_t* b_at = <uint8_t*>data[2]
    cdef uint8_t b
    cdef Py_ssize_t i
    if steps[0] == sizeof(uint8_t) and steps[1] == sizeof(uint8_t) and steps[2] == sizeof(uint8_t):
        for i in range(n):
            a = a_at[i]
            b = b_at[i]
            o[i] = a != b
    elif steps[0] == sizeof(uint8_t) and steps[1] == sizeof(uint8_t) and steps[2] == 0:
        b = b_at[0]
        for i in range(n):
            a = a_at[i]
            o[i] = a != b
    elif steps[0] == sizeof(uint8_t) and steps[1] == 0 and steps[2] == sizeof(uint8_t):
        a = a_at[0]
        for i in range(n):
            b = b_at[i]
            o[i] = a != b
    else:
        for i in range(n):
            a = a_at[0]
            a_at = <uint8_t*>(<char*>a_at + steps[1])
            b = b_at[0]
            b_at = <uint8_t*>(<char*>b_at + steps[2])
            o[0] = a != b
            o = <uint8_t*>(<char*>o + steps[0])
cdef void ne_int8(char** data, const Py_ssize_t* steps, Py_ssize_t n, LoopArgs* args) noexcept nogil:
    cdef uint8_t* o = <uint8_t*>data[0]
    cdef int8_t* a_at = <int8_t*>data[1]
    cdef int8_t a
    cdef int8_t* b_at = <int8_t*>data[2]
    cdef int8_t b
    cdef Py_ssize_t i
    if steps[0] == sizeof(uint8_t) and steps[1] == sizeof(int8_t) and steps[2] == sizeof(int8_t):
        for i in range(n):
            a = a_at[i]
            b = b_at[i]
            o[i] = a != b
    elif steps[0] == sizeof(uint8_t) and steps[1] == sizeof(int8_t) and steps[2] == 0:
        b = b_at[0]
        for i in range(n):
            a = a_at[i]
            o[i] = a != b
    elif steps[0] == sizeof(uint8_t) and steps[1] == 0 and steps[2] == sizeof(int8_t):
        a = a_at[0]
        for i in range(n):
            b = b_at[i]
            o[i] = a != b
    else:
        for i in range(n):
            a = a_at[0]
            a_at = <int8_t*>(<char*>a_at + steps[1])
            b = b_at[0]
            b_at = <int8_t*>(<char*>b_at + steps[2])
            o[0] = a != b
            o = <uint8_t*>(<char*>o + steps[0])
cdef void ne_int16(char** data, const Py_ssize_t* steps, Py_ssize_t n, LoopArgs* args) noexcept nogil:
    cdef uint8_t* o = <uint8_t*>data[0]
    cdef int16_t* a_at = <int16_t*>data[1]
    cdef int16_t a
    cdef int16_t* b_at = <int16_t*>data[2]
    cdef int16_t b
    cdef Py_ssize_t i
    if steps[0] == sizeof(uint8_t) and steps[1] == sizeof(int16_t) and steps[2] == sizeof(int16_t):
        for i in range(n):
            a = a_at[i]
            b = b_at[i]
            o[i] = a != b
    elif steps[0] == sizeof(uint8_t) and steps[1] == sizeof(int16_t) and steps[2] == 0:
        b = b_at[0]
        for i in range(n):
            a = a_at[i]
            o[i] = a != b
    elif steps[0] == sizeof(uint8_t) and steps[1] == 0 and steps[2] == sizeof(int16_t):
        a = a_at[0]
        for i in range(n):
            b = b_at[i]
            o[i] = a != b
    else:
        for i in range(n):
            a = a_at[0]
            a_at = <int16_t*>(<char*>a_at + steps[1])
            b = b_at[0]
            b_at = <int16_t*>(<char*>b_at + steps[2])
            o[0] = a != b
            o = <uint8_t*>(<char*>o + steps[0])
cdef void ne_int32(char** data, const Py_ssize_t* steps, Py_ssize_t n, LoopArgs* args) noexcept nogil:
    cdef uint8_t* o = <uint8_t*>data[0]
    cdef int32_t* a_at = <int32_t*>data[1]
    cdef int32_t a
    cdef int32_t* b_at = <int32_t*>data[2]
    cdef int32_t b
    cdef Py_ssize_t i
    if steps[0] == sizeof(uint8_t) and steps[1] == sizeof(int32_t) and steps[2] == sizeof(int32_t):
        for i in range(n):
            a = a_at[i]
            b = b_at[i]
            o[i] = a != b
    elif steps[0] == sizeof(uint8_t) and steps[1] == sizeof(int32_t) and steps[2] == 0:
        b = b_at[0]
        for i in range(n):
            a = a_at[i]
            o[i] = a != b
    elif steps[0] == sizeof(uint8_t) and steps[1] == 0 and steps[2] == sizeof(int32_t):
        a = a_at[0]
        for i in range(n):
            b = b_at[i]
            o[i] = a != b
    else:
        for i in range(n):
            a = a_at[0]
            a_at = <int32_t*>(<char*>a_at + steps[1])
            b = b_at[0]
            b_at = <int32_t*>(<char*>b_at + steps[2])
            o[0] = a != b
            o = <uint8_t*>(<char*>o + steps[0])
cdef void ne_int64(char** data, const Py_ssize_t* steps, Py_ssize_t n, LoopArgs* args) noexcept nogil:
    cdef uint8_t* o = <uint8_t*>data[0]
    cdef int64_t* a_at = <int64_t*>data[1]
    cdef int64_t a
    cdef int64_t* b_at = <int64_t*>data[2]
    cdef int64_t b
    cdef Py_ssize_t i
    if steps[0] == sizeof(uint8_t) and steps[1] == sizeof(int64_t) and steps[2] == sizeof(int64_t):
        for i in range(n):
            a = a_at[i]
            b = b_at[i]
            o[i] = a != b
    elif steps[0] == sizeof(uint8_t) and steps[1] == sizeof(int64_t) and steps[2] == 0:
        b = b_at[0]
        for i in range(n):
            a = a_at[i]
            o[i] = a != b
    elif steps[0] == sizeof(uint8_t) and steps[1] == 0 and steps[2] == sizeof(int64_t):
        a = a_at[0]
        for i in range(n):
            b = b_at[i]
            o[i] = a != b
    else:
        for i in range(n):
            a = a_at[0]
            a_at = <int64_t*>(<char*>a_at + steps[1])
            b = b_at[0]
            b_at = <int64_t*>(<char*>b_at + steps[2])
            o[0] = a != b
            o = <uint8_t*>(<char*>o + steps[0])
cdef void ne_bool(char** data, const Py_ssize_t* steps, Py_ssize_t n, LoopArgs* args) noexcept nogil:
    cdef uint8_t* o = <uint8_t*>data[0]
    cdef uint8_t* a_at = <uint8_t*>data[1]
    cdef uint8_t a
    cdef uint8_t* b_at = <uint8_t*>data[2]
    cdef uint8_t b
    cdef Py_ssize_t i
    if steps[0] == sizeof(uint8_t) and steps[1] == sizeof(uint8_t) and steps[2] == sizeof(uint8_t):
        for i in range(n):
            a = a_at[i]
            b = b_at[i]
            o[i] = a != b
    elif steps[0] == sizeof(uint8_t) and steps[1] == sizeof(uint8_t) and steps[2] == 0:
        b = b_at[0]
        for i in range(n):
            a = a_at[i]
            o[i] = a != b
    elif steps[0] == sizeof(uint8_t) and steps[1] == 0 and steps[2] == sizeof(uint8_t):
        a = a_at[0]
        for i in range(n):
            b = b_at[i]
            o[i] = a != b
    else:
        for i in range(n):
            a = a_at[0]
            a_at = <uint8_t*>(<char*>a_at + steps[1])
            b = b_at[0]
            b_at = <uint8_t*>(<char*>b_at + steps[2])
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
cdef void lt_uint8(char** data, const Py_ssize_t* steps, Py_ssize_t n, LoopArgs* args) noexcept nogil:
    cdef uint8_t* o = <uint8_t*>data[0]
    cdef uint8_t* a_at = <uint8_t*>data[1]
    cdef uint8_t a
    cdef uint8_t* b_at = <uint8_t*>data[2]
    cdef uint8_t b
    cdef Py_ssize_t i
    if steps[0] == sizeof(uint8_t) and steps[1] == sizeof(uint8_t) and steps[2] == sizeof(uint8_t):
        for i in range(n):
            a = a_at[i]
            b = b_at[i]
            o[i] = a < b
    elif steps[0] == sizeof(uint8_t) and steps[1] == sizeof(uint8_t) and steps[2] == 0:
        b = b_at[0]
        for i in range(n):
            a = a_at[i]
            o[i] = a < b
    elif steps[0] == sizeof(uint8_t) and steps[1] == 0 and steps[2] == sizeof(uint8_t):
        a = a_at[0]
        for i in range(n):
            b = b_at[i]
            o[i] = a < b
    else:
        for i in range(n):
            a = a_at[0]
            a_at = <uint8_t*>(<char*>a_at + steps[1])
            b = b_at[0]
            b_at = <uint8_t*>(<char*>b_at + steps[2])
            o[0] = a < b
            o = <uint8_t*>(<char*>o + steps[0])
cdef void lt_int8(char** data, const Py_ssize_t* steps, Py_ssize_t n, LoopArgs* args) noexcept nogil:
    cdef uint8_t* o = <uint8_t*>data[0]
    cdef int8_t* a_at = <int8_t*>data[1]
    cdef int8_t a
    cdef int8_t* b_at = <int8_t*>data[2]
    cdef int8_t b
    cdef Py_ssize_t i
    if steps[0] == sizeof(uint8_t) and steps[1] == sizeof(int8_t) and steps[2] == sizeof(int8_t):
        for i in range(n):
            a = a_at[i]
            b = b_at[i]
            o[i] = a < b
    elif steps[0] == sizeof(uint8_t) and steps[1] == sizeof(int8_t) and steps[2] == 0:
        b = b_at[0]
        for i in range(n):
            a = a_at[i]
            o[i] = a < b
    elif steps[0] == sizeof(uint8_t) and steps[1] == 0 and steps[2] == sizeof(int8_t):
        a = a_at[0]
        for i in range(n):
            b = b_at[i]
            o[i] = a < b
    else:
        for i in range(n):
            a = a_at[0]
            a_at = <int8_t*>(<char*>a_at + steps[1])
            b = b_at[0]
            b_at = <int8_t*>(<char*>b_at + steps[2])
            o[0] = a < b
            o = <uint8_t*>(<char*>o + steps[0])
cdef void lt_int16(char** data, const Py_ssize_t* steps, Py_ssize_t n, LoopArgs* args) noexcept nogil:
    cdef uint8_t* o = <uint8_t*>data[0]
    cdef int16_t* a_at = <int16_t*>data[1]
    cdef int16_t a
    cdef int16_t* b_at = <int16_t*>data[2]
    cdef int16_t b
    cdef Py_ssize_t i
    if steps[0] == sizeof(uint8_t) and steps[1] == sizeof(int16_t) and steps[2] == sizeof(int16_t):
        for i in range(n):
            a = a_at[i]
            b = b_at[i]
            o[i] = a < b
    elif steps[0] == sizeof(uint8_t) and steps[1] == sizeof(int16_t) and steps[2] == 0:
        b = b_at[0]
        for i in range(n):
            a = a_at[i]
            o[i] = a < b
    elif steps[0] == sizeof(uint8_t) and steps[1] == 0 and steps[2] == sizeof(int16_t):
        a = a_at[0]
        for i in range(n):
            b = b_at[i]
            o[i] = a < b
    else:
        for i in range(n):
            a = a_at[0]
            a_at = <int16_t*>(<char*>a_at + steps[1])
            b = b_at[0]
            b_at = <int16_t*>(<char*>b_at + steps[2])
            o[0] = a < b
            o = <uint8_t*>(<char*>o + steps[0])
cdef void lt_int32(char** data, const Py_ssize_t* steps, Py_ssize_t n, LoopArgs* args) noexcept nogil:
    cdef uint8_t* o = <uint8_t*>data[0]
    cdef int32_t* a_at = <int32_t*>data[1]
    cdef int32_t a
    cdef int32_t* b_at = <int32_t*>data[2]
    cdef int32_t b
    cdef Py_ssize_t i
    if steps[0] == sizeof(uint8_t) and steps[1] == sizeof(int32_t) and steps[2] == sizeof(int32_t):
        for i in range(n):
            a = a_at[i]
            b = b_at[i]
            o[i] = a < b
    elif steps[0] == sizeof(uint8_t) and steps[1] == sizeof(int32_t) and steps[2] == 0:
        b = b_at[0]
        for i in range(n):
            a = a_at[i]
            o[i] = a < b
    elif steps[0] == sizeof(uint8_t) and steps[1] == 0 and steps[2] == sizeof(int32_t):
        a = a_at[0]
        for i in range(n):
            b = b_at[i]
            o[i] = a < b
    else:
        for i in range(n):
            a = a_at[0]
            a_at = <int32_t*>(<char*>a_at + steps[1])
            b = b_at[0]
            b_at = <int32_t*>(<char*>b_at + steps[2])
            o[0] = a < b
            o = <uint8_t*>(<char*>o + steps[0])
cdef void lt_int64(char** data, const Py_ssize_t* steps, Py_ssize_t n, LoopArgs* args) noexcept nogil:
    cdef uint8_t* o = <uint8_t*>data[0]
    cdef int64_t* a_at = <int64_t*>data[1]
    cdef int64_t a
    cdef int64_t* b_at = <int64_t*>data[2]
    cdef int64_t b
    cdef Py_ssize_t i
    if steps[0] == sizeof(uint8_t) and steps[1] == sizeof(int64_t) and steps[2] == sizeof(int64_t):
        for i in range(n):
            a = a_at[i]
            b = b_at[i]
            o[i] = a < b
    elif steps[0] == sizeof(uint8_t) and steps[1] == sizeof(int64_t) and steps[2] == 0:
        b = b_at[0]
        for i in range(n):
            a = a_at[i]
            o[i] = a < b
    elif steps[0] == sizeof(uint8_t) and steps[1] == 0 and steps[2] == sizeof(int64_t):
        a = a_at[0]
        for i in range(n):
            b = b_at[i]
            o[i] = a < b
    else:
        for i in range(n):
            a = a_at[0]
            a_at = <int64_t*>(<char*>a_at + steps[1])
            b = b_at[0]
            b_at = <int64_t*>(<char*>b_at + steps[2])
            o[0] = a < b
            o = <uint8_t*>(<char*>o + steps[0])
cdef void lt_bool(char** data, const Py_ssize_t* steps, Py_ssize_t n, LoopArgs* args) noexcept nogil:
    cdef uint8_t* o = <uint8_t*>data[0]
    cdef uint8_t* a_at = <uint8_t*>data[1]
    cdef uint8_t a
    cdef uint8_t* b_at = <uint8_t*>data[2]
    cdef uint8_t b
    cdef Py_ssize_t i
    if steps[0] == sizeof(uint8_t) and steps[1] == sizeof(uint8_t) and steps[2] == sizeof(uint8_t):
        for i in range(n):
            a = a_at[i]
            b = b_at[i]
            o[i] = a < b
    elif steps[0] == sizeof(uint8_t) and steps[1] == sizeof(uint8_t) and steps[2] == 0:
        b = b_at[0]
        for i in range(n):
            a = a_at[i]
            o[i] = a < b
    elif steps[0] == sizeof(uint8_t) and steps[1] == 0 and steps[2] == sizeof(uint8_t):
        a = a_at[0]
        for i in range(n):
            b = b_at[i]
            o[i] = a < b
    else:
        for i in range(n):
            a = a_at[0]
            a_at = <uint8_t*>(<char*>a_at + steps[1])
            b = b_at[0]
            b_at = <uint8_t*>(<char*>b_at + steps[2])
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
cdef void le_uint8(char** data, const Py_ssize_t* steps, Py_ssize_t n, LoopArgs* args) noexcept nogil:
    cdef uint8_t* o = <uint8_t*>data[0]
    cdef uint8_t* a_at = <uint8_t*>data[1]
    cdef uint8_t a
    cdef uint8_t* b_at = <uint8_t*>data[2]
    cdef uint8_t b
    cdef Py_ssize_t i
    if steps[0] == sizeof(uint8_t) and steps[1] == sizeof(uint8_t) and steps[2] == sizeof(uint8_t):
        for i in range(n):
            a = a_at[i]
            b = b_at[i]
            o[i] = a <= b
    elif steps[0] == sizeof(uint8_t) and steps[1] == sizeof(uint8_t) and steps[2] == 0:
        b = b_at[0]
        for i in range(n):
            a = a_at[i]
            o[i] = a <= b
    elif steps[0] == sizeof(uint8_t) and steps[1] == 0 and steps[2] == sizeof(uint8_t):
        a = a_at[0]
        for i in range(n):
            b = b_at[i]
            o[i] = a <= b
    else:
        for i in range(n):
            a = a_at[0]
            a_at = <uint8_t*>(<char*>a_at + steps[1])
            b = b_at[0]
            b_at = <uint8_t*>(<char*>b_at + steps[2])
            o[0] = a <= b
            o = <uint8_t*>(<char*>o + steps[0])
cdef void le_int8(char** data, const Py_ssize_t* steps, Py_ssize_t n, LoopArgs* args) noexcept nogil:
    cdef uint8_t* o = <uint8_t*>data[0]
    cdef int8_t* a_at = <int8_t*>data[1]
    cdef int8_t a
    cdef int8_t* b_at = <int8_t*>data[2]
    cdef int8_t b
    cdef Py_ssize_t i
    if steps[0] == sizeof(uint8_t) and steps[1] == sizeof(int8_t) and steps[2] == sizeof(int8_t):
        for i in range(n):
            a = a_at[i]
            b = b_at[i]
            o[i] = a <= b
    elif steps[0] == sizeof(uint8_t) and steps[1] == sizeof(int8_t) and steps[2] == 0:
        b = b_at[0]
        for i in range(n):
            a = a_at[i]
            o[i] = a <= b
    elif steps[0] == sizeof(uint8_t) and steps[1] == 0 and steps[2] == sizeof(int8_t):
        a = a_at[0]
        for i in range(n):
            b = b_at[i]
            o[i] = a <= b
    else:
        for i in range(n):
            a = a_at[0]
            a_at = <int8_t*>(<char*>a_at + steps[1])
            b = b_at[0]
            b_at = <int8_t*>(<char*>b_at + steps[2])
            o[0] = a <= b
            o = <uint8_t*>(<char*>o + steps[0])
cdef void le_int16(char** data, const Py_ssize_t* steps, Py_ssize_t n, LoopArgs* args) noexcept nogil:
    cdef uint8_t* o = <uint8_t*>data[0]
    cdef int16_t* a_at = <int16_t*>data[1]
    cdef int16_t a
    cdef int16_t* b_at = <int16_t*>data[2]
    cdef int16_t b
    cdef Py_ssize_t i
    if steps[0] == sizeof(uint8_t) and steps[1] == sizeof(int16_t) and steps[2] == sizeof(int16_t):
        for i in range(n):
            a = a_at[i]
            b = b_at[i]
            o[i] = a <= b
    elif steps[0] == sizeof(uint8_t) and steps[1] == sizeof(int16_t) and steps[2] == 0:
        b = b_at[0]
        for i in range(n):
            a = a_at[i]
            o[i] = a <= b
    elif steps[0] == sizeof(uint8_t) and steps[1] == 0 and steps[2] == sizeof(int16_t):
        a = a_at[0]
        for i in range(n):
            b = b_at[i]
            o[i] = a <= b
    else:
        for i in range(n):
            a = a_at[0]
            a_at = <int16_t*>(<char*>a_at + steps[1])
            b = b_at[0]
            b_at = <int16_t*>(<char*>b_at + steps[2])
            o[0] = a <= b
            o = <uint8_t*>(<char*>o + steps[0])
cdef void le_int32(char** data, const Py_ssize_t* steps, Py_ssize_t n, LoopArgs* args) noexcept nogil:
    cdef uint8_t* o = <uint8_t*>data[0]
    cdef int32_t* a_at = <int32_t*>data[1]
    cdef int32_t a
    cdef int32_t* b_at = <int32_t*>data[2]
    cdef int32_t b
    cdef Py_ssize_t i
    if steps[0] == sizeof(uint8_t) and steps[1] == sizeof(int32_t) and steps[2] == sizeof(int32_t):
        for i in range(n):
            a = a_at[i]
            b = b_at[i]
            o[i] = a <= b
    elif steps[0] == sizeof(uint8_t) and steps[1] == sizeof(int32_t) and steps[2] == 0:
        b = b_at[0]
        for i in range(n):
            a = a_at[i]
            o[i] = a <= b
    elif steps[0] == sizeof(uint8_t) and steps[1] == 0 and steps[2] == sizeof(int32_t):
        a = a_at[0]
        for i in range(n):
            b = b_at[i]
            o[i] = a <= b
    else:
        for i in range(n):
            a = a_at[0]
            a_at = <int32_t*>(<char*>a_at + steps[1])
            b = b_at[0]
            b_at = <int32_t*>(<char*>b_at + steps[2])
            o[0] = a <= b
            o = <uint8_t*>(<char*>o + steps[0])
cdef void le_int64(char** data, const Py_ssize_t* steps, Py_ssize_t n, LoopArgs* args) noexcept nogil:
    cdef uint8_t* o = <uint8_t*>data[0]
    cdef int64_t* a_at = <int64_t*>data[1]
    cdef int64_t a
    cdef int64_t* b_at = <int64_t*>data[2]
    cdef int64_t b
    cdef Py_ssize_t i
    if steps[0] == sizeof(uint8_t) and steps[1] == sizeof(int64_t) and steps[2] == sizeof(int64_t):
        for i in range(n):
            a = a_at[i]
            b = b_at[i]
            o[i] = a <= b
    elif steps[0] == sizeof(uint8_t) and steps[1] == sizeof(int64_t) and steps[2] == 0:
        b = b_at[0]
        for i in range(n):
            a = a_at[i]
            o[i] = a <= b
    elif steps[0] == sizeof(uint8_t) and steps[1] == 0 and steps[2] == sizeof(int64_t):
        a = a_at[0]
        for i in range(n):
            b = b_at[i]
            o[i] = a <= b
    else:
        for i in range(n):
            a = a_at[0]
            a_at = <int64_t*>(<char*>a_at + steps[1])
            b = b_at[0]
            b_at = <int64_t*>(<char*>b_at + steps[2])
            o[0] = a <= b
            o = <uint8_t*>(<char*>o + steps[0])
cdef void le_bool(char** data, const Py_ssize_t* steps, Py_ssize_t n, LoopArgs* args) noexcept nogil:
    cdef uint8_t* o = <uint8_t*>data[0]
    cdef uint8_t* a_at = <uint8_t*>data[1]
    cdef uint8_t a
    cdef uint8_t* b_at = <uint8_t*>data[2]
    cdef uint8_t b
    cdef Py_ssize_t i
    if steps[0] == sizeof(uint8_t) and steps[1] == sizeof(uint8_t) and steps[2] == sizeof(uint8_t):
        for i in range(n):
            a = a_at[i]
            b = b_at[i]
            o[i] = a <= b
    elif steps[0] == sizeof(uint8_t) and steps[1] == sizeof(uint8_t) and steps[2] == 0:
        b = b_at[0]
        for i in range(n):
            a = a_at[i]
            o[i] = a <= b
    elif steps[0] == sizeof(uint8_t) and steps[1] == 0 and steps[2] == sizeof(uint8_t):
        a = a_at[0]
        for i in range(n):
            b = b_at[i]
            o[i] = a <= b
    else:
        for i in range(n):
            a = a_at[0]
            a_at = <uint8_t*>(<char*>a_at + steps[1])
            b = b_at[0]
            b_at = <uint8_t*>(<char*>b_at + steps[2])
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
cdef void gt_uint8(char** data, const Py_ssize_t* steps, Py_ssize_t n, LoopArgs* args) noexcept nogil:
    cdef uint8_t* o = <uint8_t*>data[0]
    cdef uint8_t* a_at = <uint8_t*>data[1]
    cdef uint8_t a
    cdef uint8_t* b_at = <uint8_t*>data[2]
    cdef uint8_t b
    cdef Py_ssize_t i
    if steps[0] == sizeof(uint8_t) and steps[1] == sizeof(uint8_t) and steps[2] == sizeof(uint8_t):
        for i in range(n):
            a = a_at[i]
            b = b_at[i]
            o[i] = a > b
    elif steps[0] == sizeof(uint8_t) and steps[1] == sizeof(uint8_t) and steps[2] == 0:
        b = b_at[0]
        for i in range(n):
            a = a_at[i]
            o[i] = a > b
    elif steps[0] == sizeof(uint8_t) and steps[1] == 0 and steps[2] == sizeof(uint8_t):
        a = a_at[0]
        for i in range(n):
            b = b_at[i]
            o[i] = a > b
    else:
        for i in range(n):
            a = a_at[0]
            a_at = <uint8_t*>(<char*>a_at + steps[1])
            b = b_at[0]
            b_at = <uint8_t*>(<char*>b_at + steps[2])
            o[0] = a > b
            o = <uint8_t*>(<char*>o + steps[0])
cdef void gt_int8(char** data, const Py_ssize_t* steps, Py_ssize_t n, LoopArgs* args) noexcept nogil:
    cdef uint8_t* o = <uint8_t*>data[0]
    cdef int8_t* a_at = <int8_t*>data[1]
    cdef int8_t a
    cdef int8_t* b_at = <int8_t*>data[2]
    cdef int8_t b
    cdef Py_ssize_t i
    if steps[0] == sizeof(uint8_t) and steps[1] == sizeof(int8_t) and steps[2] == sizeof(int8_t):
        for i in range(n):
            a = a_at[i]
            b = b_at[i]
            o[i] = a > b
    elif steps[0] == sizeof(uint8_t) and steps[1] == sizeof(int8_t) and steps[2] == 0:
        b = b_at[0]
        for i in range(n):
            a = a_at[i]
            o[i] = a > b
    elif steps[0] == sizeof(uint8_t) and steps[1] == 0 and steps[2] == sizeof(int8_t):
        a = a_at[0]
        for i in range(n):
            b = b_at[i]
            o[i] = a > b
    else:
        for i in range(n):
            a = a_at[0]
            a_at = <int8_t*>(<char*>a_at + steps[1])
            b = b_at[0]
            b_at = <int8_t*>(<char*>b_at + steps[2])
            o[0] = a > b
            o = <uint8_t*>(<char*>o + steps[0])
cdef void gt_int16(char** data, const Py_ssize_t* steps, Py_ssize_t n, LoopArgs* args) noexcept nogil:
    cdef uint8_t* o = <uint8_t*>data[0]
    cdef int16_t* a_at = <int16_t*>data[1]
    cdef int16_t a
    cdef int16_t* b_at = <int16_t*>data[2]
    cdef int16_t b
    cdef Py_ssize_t i
    if steps[0] == sizeof(uint8_t) and steps[1] == sizeof(int16_t) and steps[2] == sizeof(int16_t):
        for i in range(n):
            a = a_at[i]
            b = b_at[i]
            o[i] = a > b
    elif steps[0] == sizeof(uint8_t) and steps[1] == sizeof(int16_t) and steps[2] == 0:
        b = b_at[0]
        for i in range(n):
            a = a_at[i]
            o[i] = a > b
    elif steps[0] == sizeof(uint8_t) and steps[1] == 0 and steps[2] == sizeof(int16_t):
        a = a_at[0]
        for i in range(n):
            b = b_at[i]
            o[i] = a > b
    else:
        for i in range(n):
            a = a_at[0]
            a_at = <int16_t*>(<char*>a_at + steps[1])
            b = b_at[0]
            b_at = <int16_t*>(<char*>b_at + steps[2])
            o[0] = a > b
            o = <uint8_t*>(<char*>o + steps[0])
cdef void gt_int32(char** data, const Py_ssize_t* steps, Py_ssize_t n, LoopArgs* args) noexcept nogil:
    cdef uint8_t* o = <uint8_t*>data[0]
    cdef int32_t* a_at = <int32_t*>data[1]
    cdef int32_t a
    cdef int32_t* b_at = <int32_t*>data[2]
    cdef int32_t b
    cdef Py_ssize_t i
    if steps[0] == sizeof(uint8_t) and steps[1] == sizeof(int32_t) and steps[2] == sizeof(int32_t):
        for i in range(n):
            a = a_at[i]
            b = b_at[i]
            o[i] = a > b
    elif steps[0] == sizeof(uint8_t) and steps[1] == sizeof(int32_t) and steps[2] == 0:
        b = b_at[0]
        for i in range(n):
            a = a_at[i]
            o[i] = a > b
    elif steps[0] == sizeof(uint8_t) and steps[1] == 0 and steps[2] == sizeof(int32_t):
        a = a_at[0]
        for i in range(n):
            b = b_at[i]
            o[i] = a > b
    else:
        for i in range(n):
            a = a_at[0]
            a_at = <int32_t*>(<char*>a_at + steps[1])
            b = b_at[0]
            b_at = <int32_t*>(<char*>b_at + steps[2])
            o[0] = a > b
            o = <uint8_t*>(<char*>o + steps[0])
cdef void gt_int64(char** data, const Py_ssize_t* steps, Py_ssize_t n, LoopArgs* args) noexcept nogil:
    cdef uint8_t* o = <uint8_t*>data[0]
    cdef int64_t* a_at = <int64_t*>data[1]
    cdef int64_t a
    cdef int64_t* b_at = <int64_t*>data[2]
    cdef int64_t b
    cdef Py_ssize_t i
    if steps[0] == sizeof(uint8_t) and steps[1] == sizeof(int64_t) and steps[2] == sizeof(int64_t):
        for i in range(n):
            a = a_at[i]
            b = b_at[i]
            o[i] = a > b
    elif steps[0] == sizeof(uint8_t) and steps[1] == sizeof(int64_t) and steps[2] == 0:
        b = b_at[0]
        for i in range(n):
            a = a_at[i]
            o[i] = a > b
    elif steps[0] == sizeof(uint8_t) and steps[1] == 0 and steps[2] == sizeof(int64_t):
        a = a_at[0]
        for i in range(n):
            b = b_at[i]
            o[i] = a > b
    else:
        for i in range(n):
            a = a_at[0]
            a_at = <int64_t*>(<char*>a_at + steps[1])
            b = b_at[0]
            b_at = <int64_t*>(<char*>b_at + steps[2])
            o[0] = a > b
            o = <uint8_t*>(<char*>o + steps[0])
cdef void gt_bool(char** data, const Py_ssize_t* steps, Py_ssize_t n, LoopArgs* args) noexcept nogil:
    cdef uint8_t* o = <uint8_t*>data[0]
    cdef uint8_t* a_at = <uint8_t*>data[1]
    cdef uint8_t a
    cdef uint8_t* b_at = <uint8_t*>data[2]
    cdef uint8_t b
    cdef Py_ssize_t i
    if steps[0] == sizeof(uint8_t) and steps[1] == sizeof(uint8_t) and steps[2] == sizeof(uint8_t):
        for i in range(n):
            a = a_at[i]
            b = b_at[i]
            o[i] = a > b
    elif steps[0] == sizeof(uint8_t) and steps[1] == sizeof(uint8_t) and steps[2] == 0:
        b = b_at[0]
        for i in range(n):
            a = a_at[i]
            o[i] = a > b
    elif steps[0] == sizeof(uint8_t) and steps[1] == 0 and steps[2] == sizeof(uint8_t):
        a = a_at[0]
        for i in range(n):
            b = b_at[i]
            o[i] = a > b
    else:
        for i in range(n):
            a = a_at[0]
            a_at = <uint8_t*>(<char*>a_at + steps[1])
            b = b_at[0]
            b_at = <uint8_t*>(<char*>b_at + steps[2])
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
cdef void ge_uint8(char** data, const Py_ssize_t* steps, Py_ssize_t n, LoopArgs* args) noexcept nogil:
    cdef uint8_t* o = <uint8_t*>data[0]
    cdef uint8_t* a_at = <uint8_t*>data[1]
    cdef uint8_t a
    cdef uint8_t* b_at = <uint8_t*>data[2]
    cdef uint8_t b
    cdef Py_ssize_t i
    if steps[0] == sizeof(uint8_t) and steps[1] == sizeof(uint8_t) and steps[2] == sizeof(uint8_t):
        for i in range(n):
            a = a_at[i]
            b = b_at[i]
            o[i] = a >= b
    elif steps[0] == sizeof(uint8_t) and steps[1] == sizeof(uint8_t) and steps[2] == 0:
        b = b_at[0]
        for i in range(n):
            a = a_at[i]
            o[i] = a >= b
    elif steps[0] == sizeof(uint8_t) and steps[1] == 0 and steps[2] == sizeof(uint8_t):
        a = a_at[0]
        for i in range(n):
            b = b_at[i]
            o[i] = a >= b
    else:
        for i in range(n):
            a = a_at[0]
            a_at = <uint8_t*>(<char*>a_at + steps[1])
            b = b_at[0]
            b_at = <uint8_t*>(<char*>b_at + steps[2])
            o[0] = a >= b
            o = <uint8_t*>(<char*>o + steps[0])
cdef void ge_int8(char** data, const Py_ssize_t* steps, Py_ssize_t n, LoopArgs* args) noexcept nogil:
    cdef uint8_t* o = <uint8_t*>data[0]
    cdef int8_t* a_at = <int8_t*>data[1]
    cdef int8_t a
    cdef int8_t* b_at = <int8_t*>data[2]
    cdef int8_t b
    cdef Py_ssize_t i
    if steps[0] == sizeof(uint8_t) and steps[1] == sizeof(int8_t) and steps[2] == sizeof(int8_t):
        for i in range(n):
            a = a_at[i]
            b = b_at[i]
            o[i] = a >= b
    elif steps[0] == sizeof(uint8_t) and steps[1] == sizeof(int8_t) and steps[2] == 0:
        b = b_at[0]
        for i in range(n):
            a = a_at[i]
            o[i] = a >= b
    elif steps[0] == sizeof(uint8_t) and steps[1] == 0 and steps[2] == sizeof(int8_t):
        a = a_at[0]
        for i in range(n):
            b = b_at[i]
            o[i] = a >= b
    else:
        for i in range(n):
            a = a_at[0]
            a_at = <int8_t*>(<char*>a_at + steps[1])
            b = b_at[0]
            b_at = <int8_t*>(<char*>b_at + steps[2])
            o[0] = a >= b
            o = <uint8_t*>(<char*>o + steps[0])
cdef void ge_int16(char** data, const Py_ssize_t* steps, Py_ssize_t n, LoopArgs* args) noexcept nogil:
    cdef uint8_t* o = <uint8_t*>data[0]
    cdef int16_t* a_at = <int16_t*>data[1]
    cdef int16_t a
    cdef int16_t* b_at = <int16_t*>data[2]
    cdef int16_t b
    cdef Py_ssize_t i
    if steps[0] == sizeof(uint8_t) and steps[1] == sizeof(int16_t) and steps[2] == sizeof(int16_t):
        for i in range(n):
            a = a_at[i]
            b = b_at[i]
            o[i] = a >= b
    elif steps[0] == sizeof(uint8_t) and steps[1] == sizeof(int16_t) and steps[2] == 0:
        b = b_at[0]
        for i in range(n):
            a = a_at[i]
            o[i] = a >= b
    elif steps[0] == sizeof(uint8_t) and steps[1] == 0 and steps[2] == sizeof(int16_t):
        a = a_at[0]
        for i in range(n):
            b = b_at[i]
            o[i] = a >= b
    else:
        for i in range(n):
            a = a_at[0]
            a_at = <int16_t*>(<char*>a_at + steps[1])
            b = b_at[0]
            b_at = <int16_t*>(<char*>b_at + steps[2])
            o[0] = a >= b
            o = <uint8_t*>(<char*>o + steps[0])
cdef void ge_int32(char** data, const Py_ssize_t* steps, Py_ssize_t n, LoopArgs* args) noexcept nogil:
    cdef uint8_t* o = <uint8_t*>data[0]
    cdef int32_t* a_at = <int32_t*>data[1]
    cdef int32_t a
    cdef int32_t* b_at = <int32_t*>data[2]
    cdef int32_t b
    cdef Py_ssize_t i
    if steps[0] == sizeof(uint8_t) and steps[1] == sizeof(int32_t) and steps[2] == sizeof(int32_t):
        for i in range(n):
            a = a_at[i]
            b = b_at[i]
            o[i] = a >= b
    elif steps[0] == sizeof(uint8_t) and steps[1] == sizeof(int32_t) and steps[2] == 0:
        b = b_at[0]
        for i in range(n):
            a = a_at[i]
            o[i] = a >= b
    elif steps[0] == sizeof(uint8_t) and steps[1] == 0 and steps[2] == sizeof(int32_t):
        a = a_at[0]
        for i in range(n):
            b = b_at[i]
            o[i] = a >= b
    else:
        for i in range(n):
            a = a_at[0]
            a_at = <int32_t*>(<char*>a_at + steps[1])
            b = b_at[0]
            b_at = <int32_t*>(<char*>b_at + steps[2])
            o[0] = a >= b
            o = <uint8_t*>(<char*>o + steps[0])
cdef void ge_int64(char** data, const Py_ssize_t* steps, Py_ssize_t n, LoopArgs* args) noexcept nogil:
    cdef uint8_t* o = <uint8_t*>data[0]
    cdef int64_t* a_at = <int64_t*>data[1]
    cdef int64_t a
    cdef int64_t* b_at = <int64_t*>data[2]
    cdef int64_t b
    cdef Py_ssize_t i
    if steps[0] == sizeof(uint8_t) and steps[1] == sizeof(int64_t) and steps[2] == sizeof(int64_t):
        for i in range(n):
            a = a_at[i]
            b = b_at[i]
            o[i] = a >= b
    elif steps[0] == sizeof(uint8_t) and steps[1] == sizeof(int64_t) and steps[2] == 0:
        b = b_at[0]
        for i in range(n):
            a = a_at[i]
            o[i] = a >= b
    elif steps[0] == sizeof(uint8_t) and steps[1] == 0 and steps[2] == sizeof(int64_t):
        a = a_at[0]
        for i in range(n):
            b = b_at[i]
            o[i] = a >= b
    else:
        for i in range(n):
            a = a_at[0]
            a_at = <int64_t*>(<char*>a_at + steps[1])
            b = b_at[0]
            b_at = <int64_t*>(<char*>b_at + steps[2])
            o[0] = a >= b
            o = <uint8_t*>(<char*>o + steps[0])
cdef void ge_bool(char** data, const Py_ssize_t* steps, Py_ssize_t n, LoopArgs* args) noexcept nogil:
    cdef uint8_t* o = <uint8_t*>data[0]
    cdef uint8_t* a_at = <uint8_t*>data[1]
    cdef uint8_t a
    cdef uint8_t* b_at = <uint8_t*>data[2]
    cdef uint8_t b
    cdef Py_ssize_t i
    if steps[0] == sizeof(uint8_t) and steps[1] == sizeof(uint8_t) and steps[2] == sizeof(uint8_t):
        for i in range(n):
            a = a_at[i]
            b = b_at[i]
            o[i] = a >= b
    elif steps[0] == sizeof(uint8_t) and steps[1] == sizeof(uint8_t) and steps[2] == 0:
        b = b_at[0]
        for i in range(n):
            a = a_at[i]
            o[i] = a >= b
    elif steps[0] == sizeof(uint8_t) and steps[1] == 0 and steps[2] == sizeof(uint8_t):
        a = a_at[0]
        for i in range(n):
            b = b_at[i]
            o[i] = a >= b
    else:
        for i in range(n):
            a = a_at[0]
            a_at = <uint8_t*>(<char*>a_at + steps[1])
            b = b_at[0]
            b_at = <uint8_t*>(<char*>b_at + steps[2])
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
cdef void logical_and_uint8(char** data, const Py_ssize_t* steps, Py_ssize_t n, LoopArgs* args) noexcept nogil:
    cdef uint8_t* o = <uint8_t*>data[0]
    cdef uint8_t* a_at = <uint8_t*>data[1]
    cdef uint8_t a
    cdef uint8_t* b_at = <uint8_t*>data[2]
    cdef uint8_t b
    cdef Py_ssize_t i
    if steps[0] == sizeof(uint8_t) and steps[1] == sizeof(uint8_t) and steps[2] == sizeof(uint8_t):
        for i in range(n):
            a = a_at[i]
            b = b_at[i]
            o[i] = (a != 0) & (b != 0)
    elif steps[0] == sizeof(uint8_t) and steps[1] == sizeof(uint8_t) and steps[2] == 0:
        b = b_at[0]
        for i in range(n):
            a = a_at[i]
            o[i] = (a != 0) & (b != 0)
    elif steps[0] == sizeof(uint8_t) and steps[1] == 0 and steps[2] == sizeof(uint8_t):
        a = a_at[0]
        for i in range(n):
            b = b_at[i]
            o[i] = (a != 0) & (b != 0)
    else:
        for i in range(n):
            a = a_at[0]
            a_at = <uint8_t*>(<char*>a_at + steps[1])
            b = b_at[0]
            b_at = <uint8_t*>(<char*>b_at + steps[2])
            o[0] = (a != 0) & (b != 0)
            o = <uint8_t*>(<char*>o + steps[0])
cdef void logical_and_int8(char** data, const Py_ssize_t* steps, Py_ssize_t n, LoopArgs* args) noexcept nogil:
    cdef uint8_t* o = <uint8_t*>data[0]
    cdef int8_t* a_at = <int8_t*>data[1]
    cdef int8_t a
    cdef int8_t* b_at = <int8_t*>data[2]
    cdef int8_t b
    cdef Py_ssize_t i
    if steps[0] == sizeof(uint8_t) and steps[1] == sizeof(int8_t) and steps[2] == sizeof(int8_t):
        for i in range(n):
            a = a_at[i]
            b = b_at[i]
            o[i] = (a != 0) & (b != 0)
    elif steps[0] == sizeof(uint8_t) and steps[1] == sizeof(int8_t) and steps[2] == 0:
        b = b_at[0]
        for i in range(n):
            a = a_at[i]
            o[i] = (a != 0) & (b != 0)
    elif steps[0] == sizeof(uint8_t) and steps[1] == 0 and steps[2] == sizeof(int8_t):
        a = a_at[0]
        for i in range(n):
            b = b_at[i]
            o[i] = (a != 0) & (b != 0)
    else:
        for i in range(n):
            a = a_at[0]
            a_at = <int8_t*>(<char*>a_at + steps[1])
            b = b_at[0]
            b_at = <int8_t*>(<char*>b_at + steps[2])
            o[0] = (a != 0) & (b != 0)
            o = <uint8_t*>(<char*>o + steps[0])
cdef void logical_and_int16(char** data, const Py_ssize_t* steps, Py_ssize_t n, LoopArgs* args) noexcept nogil:
    cdef uint8_t* o = <uint8_t*>data[0]
    cdef int16_t* a_at = <int16_t*>data[1]
    cdef int16_t a
    cdef int16_t* b_at = <int16_t*>data[2]
    cdef int16_t b
    cdef Py_ssize_t i
    if steps[0] == sizeof(uint8_t) and steps[1] == sizeof(int16_t) and steps[2] == sizeof(int16_t):
        for i in range(n):
            a = a_at[i]
            b = b_at[i]
            o[i] = (a != 0) & (b != 0)
    elif steps[0] == sizeof(uint8_t) and steps[1] == sizeof(int16_t) and steps[2] == 0:
        b = b_at[0]
        for i in range(n):
            a = a_at[i]
            o[i] = (a != 0) & (b != 0)
    elif steps[0] == sizeof(uint8_t) and steps[1] == 0 and steps[2] == sizeof(int16_t):
        a = a_at[0]
        for i in range(n):
            b = b_at[i]
            o[i] = (a != 0) & (b != 0)
    else:
        for i in range(n):
            a = a_at[0]
            a_at = <int16_t*>(<char*>a_at + steps[1])
            b = b_at[0]
            b_at = <int16_t*>(<char*>b_at + steps[2])
            o[0] = (a != 0) & (b != 0)
            o = <uint8_t*>(<char*>o + steps[0])
cdef void logical_and_int32(char** data, const Py_ssize_t* steps, Py_ssize_t n, LoopArgs* args) noexcept nogil:
    cdef uint8_t* o = <uint8_t*>data[0]
    cdef int32_t* a_at = <int32_t*>data[1]
    cdef int32_t a
    cdef int32_t* b_at = <int32_t*>data[2]
    cdef int32_t b
    cdef Py_ssize_t i
    if steps[0] == sizeof(uint8_t) and steps[1] == sizeof(int32_t) and steps[2] == sizeof(int32_t):
        for i in range(n):
            a = a_at[i]
            b = b_at[i]
            o[i] = (a != 0) & (b != 0)
    elif steps[0] == sizeof(uint8_t) and steps[1] == sizeof(int32_t) and steps[2] == 0:
        b = b_at[0]
        for i in range(n):
            a = a_at[i]
            o[i] = (a != 0) & (b != 0)
    elif steps[0] == sizeof(uint8_t) and steps[1] == 0 and steps[2] == sizeof(int32_t):
        a = a_at[0]
        for i in range(n):
            b = b_at[i]
            o[i] = (a != 0) & (b != 0)
    else:
        for i in range(n):
            a = a_at[0]
            a_at = <int32_t*>(<char*>a_at + steps[1])
            b = b_at[0]
            b_at = <int32_t*>(<char*>b_at + steps[2])
            o[0] = (a != 0) & (b != 0)
            o = <uint8_t*>(<char*>o + steps[0])
cdef void logical_and_int64(char** data, const Py_ssize_t* steps, Py_ssize_t n, LoopArgs* args) noexcept nogil:
    cdef uint8_t* o = <uint8_t*>data[0]
    cdef int64_t* a_at = <int64_t*>data[1]
    cdef int64_t a
    cdef int64_t* b_at = <int64_t*>data[2]
    cdef int64_t b
    cdef Py_ssize_t i
    if steps[0] == sizeof(uint8_t) and steps[1] == sizeof(int64_t) and steps[2] == sizeof(int64_t):
        for i in range(n):
            a = a_at[i]
            b = b_at[i]
            o[i] = (a != 0) & (b != 0)
    elif steps[0] == sizeof(uint8_t) and steps[1] == sizeof(int64_t) and steps[2] == 0:
        b = b_at[0]
        for i in range(n):
            a = a_at[i]
            o[i] = (a != 0) & (b != 0)
    elif steps[0] == sizeof(uint8_t) and steps[1] == 0 and steps[2] == sizeof(int64_t):
        a = a_at[0]
        for i in range(n):
            b = b_at[i]
            o[i] = (a != 0) & (b != 0)
    else:
        for i in range(n):
            a = a_at[0]
            a_at = <int64_t*>(<char*>a_at + steps[1])
            b = b_at[0]
            b_at = <int64_t*>(<char*>b_at + steps[2])
            o[0] = (a != 0) & (b != 0)
            o = <uint8_t*>(<char*>o + steps[0])
cdef void logical_and_bool(char** data, const Py_ssize_t* steps, Py_ssize_t n, LoopArgs* args) noexcept nogil:
    cdef uint8_t* o = <uint8_t*>data[0]
    cdef uint8_t* a_at = <uint8_t*>data[1]
    cdef uint8_t a
    cdef uint8_t* b_at = <uint8_t*>data[2]
    cdef uint8_t b
    cdef Py_ssize_t i
    if steps[0] == sizeof(uint8_t) and steps[1] == sizeof(uint8_t) and steps[2] == sizeof(uint8_t):
        for i in range(n):
            a = a_at[i]
            b = b_at[i]
            o[i] = (a != 0) & (b != 0)
    elif steps[0] == sizeof(uint8_t) and steps[1] == sizeof(uint8_t) and steps[2] == 0:
        b = b_at[0]
        for i in range(n):
            a = a_at[i]
            o[i] = (a != 0) & (b != 0)
    elif steps[0] == sizeof(uint8_t) and steps[1] == 0 and steps[2] == sizeof(uint8_t):
        a = a_at[0]
        for i in range(n):
            b = b_at[i]
            o[i] = (a != 0) & (b != 0)
    else:
        for i in range(n):
            a = a_at[0]
            a_at = <uint8_t*>(<char*>a_at + steps[1])
            b = b_at[0]
            b_at = <uint8_t*>(<char*>b_at + steps[2])
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
cdef void logical_or_uint8(char** data, const Py_ssize_t* steps, Py_ssize_t n, LoopArgs* args) noexcept nogil:
    cdef uint8_t* o = <uint8_t*>data[0]
    cdef uint8_t* a_at = <uint8_t*>data[1]
    cdef uint8_t a
    cdef uint8_t* b_at = <uint8_t*>data[2]
    cdef uint8_t b
    cdef Py_ssize_t i
    if steps[0] == sizeof(uint8_t) and steps[1] == sizeof(uint8_t) and steps[2] == sizeof(uint8_t):
        for i in range(n):
            a = a_at[i]
            b = b_at[i]
            o[i] = (a != 0) | (b != 0)
    elif steps[0] == sizeof(uint8_t) and steps[1] == sizeof(uint8_t) and steps[2] == 0:
        b = b_at[0]
        for i in range(n):
            a = a_at[i]
            o[i] = (a != 0) | (b != 0)
    elif steps[0] == sizeof(uint8_t) and steps[1] == 0 and steps[2] == sizeof(uint8_t):
        a = a_at[0]
        for i in range(n):
            b = b_at[i]
            o[i] = (a != 0) | (b != 0)
    else:
        for i in range(n):
            a = a_at[0]
            a_at = <uint8_t*>(<char*>a_at + steps[1])
            b = b_at[0]
            b_at = <uint8_t*>(<char*>b_at + steps[2])
            o[0] = (a != 0) | (b != 0)
            o = <uint8_t*>(<char*>o + steps[0])
cdef void logical_or_int8(char** data, const Py_ssize_t* steps, Py_ssize_t n, LoopArgs* args) noexcept nogil:
    cdef uint8_t* o = <uint8_t*>data[0]
    cdef int8_t* a_at = <int8_t*>data[1]
    cdef int8_t a
    cdef int8_t* b_at = <int8_t*>data[2]
    cdef int8_t b
    cdef Py_ssize_t i
    if steps[0] == sizeof(uint8_t) and steps[1] == sizeof(int8_t) and steps[2] == sizeof(int8_t):
        for i in range(n):
            a = a_at[i]
            b = b_at[i]
            o[i] = (a != 0) | (b != 0)
    elif steps[0] == sizeof(uint8_t) and steps[1] == sizeof(int8_t) and steps[2] == 0:
        b = b_at[0]
        for i in range(n):
            a = a_at[i]
            o[i] = (a != 0) | (b != 0)
    elif steps[0] == sizeof(uint8_t) and steps[1] == 0 and steps[2] == sizeof(int8_t):
        a = a_at[0]
        for i in range(n):
            b = b_at[i]
            o[i] = (a != 0) | (b != 0)
    else:
        for i in range(n):
            a = a_at[0]
            a_at = <int8_t*>(<char*>a_at + steps[1])
            b = b_at[0]
            b_at = <int8_t*>(<char*>b_at + steps[2])
            o[0] = (a != 0) | (b != 0)
            o = <uint8_t*>(<char*>o + steps[0])
cdef void logical_or_int16(char** data, const Py_ssize_t* steps, Py_ssize_t n, LoopArgs* args) noexcept nogil:
    cdef uint8_t* o = <uint8_t*>data[0]
    cdef int16_t* a_at = <int16_t*>data[1]
    cdef int16_t a
    cdef int16_t* b_at = <int16_t*>data[2]
    cdef int16_t b
    cdef Py_ssize_t i
    if steps[0] == sizeof(uint8_t) and steps[1] == sizeof(int16_t) and steps[2] == sizeof(int16_t):
        for i in range(n):
            a = a_at[i]
            b = b_at[i]
            o[i] = (a != 0) | (b != 0)
    elif steps[0] == sizeof(uint8_t) and steps[1] == sizeof(int16_t) and steps[2] == 0:
        b = b_at[0]
        for i in range(n):
            a = a_at[i]
            o[i] = (a != 0) | (b != 0)
    elif steps[0] == sizeof(uint8_t) and steps[1] == 0 and steps[2] == sizeof(int16_t):
        a = a_at[0]
        for i in range(n):
            b = b_at[i]
            o[i] = (a != 0) | (b != 0)
    else:
        for i in range(n):
            a = a_at[0]
            a_at = <int16_t*>(<char*>a_at + steps[1])
            b = b_at[0]
            b_at = <int16_t*>(<char*>b_at + steps[2])
            o[0] = (a != 0) | (b != 0)
            o = <uint8_t*>(<char*>o + steps[0])
cdef void logical_or_int32(char** data, const Py_ssize_t* steps, Py_ssize_t n, LoopArgs* args) noexcept nogil:
    cdef uint8_t* o = <uint8_t*>data[0]
    cdef int32_t* a_at = <int32_t*>data[1]
    cdef int32_t a
    cdef int32_t* b_at = <int32_t*>data[2]
    cdef int32_t b
    cdef Py_ssize_t i
    if steps[0] == sizeof(uint8_t) and steps[1] == sizeof(int32_t) and steps[2] == sizeof(int32_t):
        for i in range(n):
            a = a_at[i]
            b = b_at[i]
            o[i] = (a != 0) | (b != 0)
    elif steps[0] == sizeof(uint8_t) and steps[1] == sizeof(int32_t) and steps[2] == 0:
        b = b_at[0]
        for i in range(n):
            a = a_at[i]
            o[i] = (a != 0) | (b != 0)
    elif steps[0] == sizeof(uint8_t) and steps[1] == 0 and steps[2] == sizeof(int32_t):
        a = a_at[0]
        for i in range(n):
            b = b_at[i]
            o[i] = (a != 0) | (b != 0)
    else:
        for i in range(n):
            a = a_at[0]
            a_at = <int32_t*>(<char*>a_at + steps[1])
            b = b_at[0]
            b_at = <int32_t*>(<char*>b_at + steps[2])
            o[0] = (a != 0) | (b != 0)
            o = <uint8_t*>(<char*>o + steps[0])
cdef void logical_or_int64(char** data, const Py_ssize_t* steps, Py_ssize_t n, LoopArgs* args) noexcept nogil:
    cdef uint8_t* o = <uint8_t*>data[0]
    cdef int64_t* a_at = <int64_t*>data[1]
    cdef int64_t a
    cdef int64_t* b_at = <int64_t*>data[2]
    cdef int64_t b
    cdef Py_ssize_t i
    if steps[0] == sizeof(uint8_t) and steps[1] == sizeof(int64_t) and steps[2] == sizeof(int64_t):
        for i in range(n):
            a = a_at[i]
            b = b_at[i]
            o[i] = (a != 0) | (b != 0)
    elif steps[0] == sizeof(uint8_t) and steps[1] == sizeof(int64_t) and steps[2] == 0:
        b = b_at[0]
        for i in range(n):
            a = a_at[i]
            o[i] = (a != 0) | (b != 0)
    elif steps[0] == sizeof(uint8_t) and steps[1] == 0 and steps[2] == sizeof(int64_t):
        a = a_at[0]
        for i in range(n):
            b = b_at[i]
            o[i] = (a != 0) | (b != 0)
    else:
        for i in range(n):
            a = a_at[0]
            a_at = <int64_t*>(<char*>a_at + steps[1])
            b = b_at[0]
            b_at = <int64_t*>(<char*>b_at + steps[2])
            o[0] = (a != 0) | (b != 0)
            o = <uint8_t*>(<char*>o + steps[0])
cdef void logical_or_bool(char** data, const Py_ssize_t* steps, Py_ssize_t n, LoopArgs* args) noexcept nogil:
    cdef uint8_t* o = <uint8_t*>data[0]
    cdef uint8_t* a_at = <uint8_t*>data[1]
    cdef uint8_t a
    cdef uint8_t* b_at = <uint8_t*>data[2]
    cdef uint8_t b
    cdef Py_ssize_t i
    if steps[0] == sizeof(uint8_t) and steps[1] == sizeof(uint8_t) and steps[2] == sizeof(uint8_t):
        for i in range(n):
            a = a_at[i]
            b = b_at[i]
            o[i] = (a != 0) | (b != 0)
    elif steps[0] == sizeof(uint8_t) and steps[1] == sizeof(uint8_t) and steps[2] == 0:
        b = b_at[0]
        for i in range(n):
            a = a_at[i]
            o[i] = (a != 0) | (b != 0)
    elif steps[0] == sizeof(uint8_t) and steps[1] == 0 and steps[2] == sizeof(uint8_t):
        a = a_at[0]
        for i in range(n):
            b = b_at[i]
            o[i] = (a != 0) | (b != 0)
    else:
        for i in range(n):
            a = a_at[0]
            a_at = <uint8_t*>(<char*>a_at + steps[1])
            b = b_at[0]
            b_at = <uint8_t*>(<char*>b_at + steps[2])
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
cdef void logical_xor_uint8(char** data, const Py_ssize_t* steps, Py_ssize_t n, LoopArgs* args) noexcept nogil:
    cdef uint8_t* o = <uint8_t*>data[0]
    cdef uint8_t* a_at = <uint8_t*>data[1]
    cdef uint8_t a
    cdef uint8_t* b_at = <uint8_t*>data[2]
    cdef uint8_t b
    cdef Py_ssize_t i
    if steps[0] == sizeof(uint8_t) and steps[1] == sizeof(uint8_t) and steps[2] == sizeof(uint8_t):
        for i in range(n):
            a = a_at[i]
            b = b_at[i]
            o[i] = (a != 0) ^ (b != 0)
    elif steps[0] == sizeof(uint8_t) and steps[1] == sizeof(uint8_t) and steps[2] == 0:
        b = b_at[0]
        for i in range(n):
            a = a_at[i]
            o[i] = (a != 0) ^ (b != 0)
    elif steps[0] == sizeof(uint8_t) and steps[1] == 0 and steps[2] == sizeof(uint8_t):
        a = a_at[0]
        for i in range(n):
            b = b_at[i]
            o[i] = (a != 0) ^ (b != 0)
    else:
        for i in range(n):
            a = a_at[0]
            a_at = <uint8_t*>(<char*>a_at + steps[1])
            b = b_at[0]
            b_at = <uint8_t*>(<char*>b_at + steps[2])
            o[0] = (a != 0) ^ (b != 0)
            o = <uint8_t*>(<char*>o + steps[0])
cdef void logical_xor_int8(char** data, const Py_ssize_t* steps, Py_ssize_t n, LoopArgs* args) noexcept nogil:
    cdef uint8_t* o = <uint8_t*>data[0]
    cdef int8_t* a_at = <int8_t*>data[1]
    cdef int8_t a
    cdef int8_t* b_at = <int8_t*>data[2]
    cdef int8_t b
    cdef Py_ssize_t i
    if steps[0] == sizeof(uint8_t) and steps[1] == sizeof(int8_t) and steps[2] == sizeof(int8_t):
        for i in range(n):
            a = a_at[i]
            b = b_at[i]
            o[i] = (a != 0) ^ (b != 0)
    elif steps[0] == sizeof(uint8_t) and steps[1] == sizeof(int8_t) and steps[2] == 0:
        b = b_at[0]
        for i in range(n):
            a = a_at[i]
            o[i] = (a != 0) ^ (b != 0)
    elif steps[0] == sizeof(uint8_t) and steps[1] == 0 and steps[2] == sizeof(int8_t):
        a = a_at[0]
        for i in range(n):
            b = b_at[i]
            o[i] = (a != 0) ^ (b != 0)
    else:
        for i in range(n):
            a = a_at[0]
            a_at = <int8_t*>(<char*>a_at + steps[1])
            b = b_at[0]
            b_at = <int8_t*>(<char*>b_at + steps[2])
            o[0] = (a != 0) ^ (b != 0)
            o = <uint8_t*>(<char*>o + steps[0])
cdef void logical_xor_int16(char** data, const Py_ssize_t* steps, Py_ssize_t n, LoopArgs* args) noexcept nogil:
    cdef uint8_t* o = <uint8_t*>data[0]
    cdef int16_t* a_at = <int16_t*>data[1]
    cdef int16_t a
    cdef int16_t* b_at = <int16_t*>data[2]
    cdef int16_t b
    cdef Py_ssize_t i
    if steps[0] == sizeof(uint8_t) and steps[1] == sizeof(int16_t) and steps[2] == sizeof(int16_t):
        for i in range(n):
            a = a_at[i]
            b = b_at[i]
            o[i] = (a != 0) ^ (b != 0)
    elif steps[0] == sizeof(uint8_t) and steps[1] == sizeof(int16_t) and steps[2] == 0:
        b = b_at[0]
        for i in range(n):
            a = a_at[i]
            o[i] = (a != 0) ^ (b != 0)
    elif steps[0] == sizeof(uint8_t) and steps[1] == 0 and steps[2] == sizeof(int16_t):
        a = a_at[0]
        for i in range(n):
            b = b_at[i]
            o[i] = (a != 0) ^ (b != 0)
    else:
        for i in range(n):
            a = a_at[0]
            a_at = <int16_t*>(<char*>a_at + steps[1])
            b = b_at[0]
            b_at = <int16_t*>(<char*>b_at + steps[2])
            o[0] = (a != 0) ^ (b != 0)
            o = <uint8_t*>(<char*>o + steps[0])
cdef void logical_xor_int32(char** data, const Py_ssize_t* steps, Py_ssize_t n, LoopArgs* args) noexcept nogil:
    cdef uint8_t* o = <uint8_t*>data[0]
    cdef int32_t* a_at = <int32_t*>data[1]
    cdef int32_t a
    cdef int32_t* b_at = <int32_t*>data[2]
    cdef int32_t b
    cdef Py_ssize_t i
    if steps[0] == sizeof(uint8_t) and steps[1] == sizeof(int32_t) and steps[2] == sizeof(int32_t):
        for i in range(n):
            a = a_at[i]
            b = b_at[i]
            o[i] = (a != 0) ^ (b != 0)
    elif steps[0] == sizeof(uint8_t) and steps[1] == sizeof(int32_t) and steps[2] == 0:
        b = b_at[0]
        for i in range(n):
            a = a_at[i]
            o[i] = (a != 0) ^ (b != 0)
    elif steps[0] == sizeof(uint8_t) and steps[1] == 0 and steps[2] == sizeof(int32_t):
        a = a_at[0]
        for i in range(n):
            b = b_at[i]
            o[i] = (a != 0) ^ (b != 0)
    else:
        for i in range(n):
            a = a_at[0]
            a_at = <int32_t*>(<char*>a_at + steps[1])
            b = b_at[0]
            b_at = <int32_t*>(<char*>b_at + steps[2])
            o[0] = (a != 0) ^ (b != 0)
            o = <uint8_t*>(<char*>o + steps[0])
cdef void logical_xor_int64(char** data, const Py_ssize_t* steps, Py_ssize_t n, LoopArgs* args) noexcept nogil:
    cdef uint8_t* o = <uint8_t*>data[0]
    cdef int64_t* a_at = <int64_t*>data[1]
    cdef int64_t a
    cdef int64_t* b_at = <int64_t*>data[2]
    cdef int64_t b
    cdef Py_ssize_t i
    if steps[0] == sizeof(uint8_t) and steps[1] == sizeof(int64_t) and steps[2] == sizeof(int64_t):
        for i in range(n):
            a = a_at[i]
            b = b_at[i]
            o[i] = (a != 0) ^ (b != 0)
    elif steps[0] == sizeof(uint8_t) and steps[1] == sizeof(int64_t) and steps[2] == 0:
        b = b_at[0]
        for i in range(n):
            a = a_at[i]
            o[i] = (a != 0) ^ (b != 0)
    elif steps[0] == sizeof(uint8_t) and steps[1] == 0 and steps[2] == sizeof(int64_t):
        a = a_at[0]
        for i in range(n):
            b = b_at[i]
            o[i] = (a != 0) ^ (b != 0)
    else:
        for i in range(n):
            a = a_at[0]
            a_at = <int64_t*>(<char*>a_at + steps[1])
            b = b_at[0]
            b_at = <int64_t*>(<char*>b_at + steps[2])
            o[0] = (a != 0) ^ (b != 0)
            o = <uint8_t*>(<char*>o + steps[0])
cdef void logical_xor_bool(char** data, const Py_ssize_t* steps, Py_ssize_t n, LoopArgs* args) noexcept nogil:
    cdef uint8_t* o = <uint8_t*>data[0]
    cdef uint8_t* a_at = <uint8_t*>data[1]
    cdef uint8_t a
    cdef uint8_t* b_at = <uint8_t*>data[2]
    cdef uint8_t b
    cdef Py_ssize_t i
    if steps[0] == sizeof(uint8_t) and steps[1] == sizeof(uint8_t) and steps[2] == sizeof(uint8_t):
        for i in range(n):
            a = a_at[i]
            b = b_at[i]
            o[i] = (a != 0) ^ (b != 0)
    elif steps[0] == sizeof(uint8_t) and steps[1] == sizeof(uint8_t) and steps[2] == 0:
        b = b_at[0]
        for i in range(n):
            a = a_at[i]
            o[i] = (a != 0) ^ (b != 0)
    elif steps[0] == sizeof(uint8_t) and steps[1] == 0 and steps[2] == sizeof(uint8_t):
        a = a_at[0]
        for i in range(n):
            b = b_at[i]
            o[i] = (a != 0) ^ (b != 0)
    else:
        for i in range(n):
            a = a_at[0]
            a_at = <uint8_t*>(<char*>a_at + steps[1])
            b = b_at[0]
            b_at = <uint8_t*>(<char*>b_at + steps[2])
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
cdef void logical_not_uint8(char** data, const Py_ssize_t* steps, Py_ssize_t n, LoopArgs* args) noexcept nogil:
    cdef uint8_t* o = <uint8_t*>data[0]
    cdef uint8_t* a_at = <uint8_t*>data[1]
    cdef uint8_t a
    cdef Py_ssize_t i
    if steps[0] == sizeof(uint8_t) and steps[1] == sizeof(uint8_t):
        for i in range(n):
            a = a_at[i]
            o[i] = a == 0
    else:
        for i in range(n):
            a = a_at[0]
            a_at = <uint8_t*>(<char*>a_at + steps[1])
            o[0] = a == 0
            o = <uint8_t*>(<char*>o + steps[0])
cdef void logical_not_int8(char** data, const Py_ssize_t* steps, Py_ssize_t n, LoopArgs* args) noexcept nogil:
    cdef uint8_t* o = <uint8_t*>data[0]
    cdef int8_t* a_at = <int8_t*>data[1]
    cdef int8_t a
    cdef Py_ssize_t i
    if steps[0] == sizeof(uint8_t) and steps[1] == sizeof(int8_t):
        for i in range(n):
            a = a_at[i]
            o[i] = a == 0
    else:
        for i in range(n):
            a = a_at[0]
            a_at = <int8_t*>(<char*>a_at + steps[1])
            o[0] = a == 0
            o = <uint8_t*>(<char*>o + steps[0])
cdef void logical_not_int16(char** data, const Py_ssize_t* steps, Py_ssize_t n, LoopArgs* args) noexcept nogil:
    cdef uint8_t* o = <uint8_t*>data[0]
    cdef int16_t* a_at = <int16_t*>data[1]
    cdef int16_t a
    cdef Py_ssize_t i
    if steps[0] == sizeof(uint8_t) and steps[1] == sizeof(int16_t):
        for i in range(n):
            a = a_at[i]
            o[i] = a == 0
    else:
        for i in range(n):
            a = a_at[0]
            a_at = <int16_t*>(<char*>a_at + steps[1])
            o[0] = a == 0
            o = <uint8_t*>(<char*>o + steps[0])
cdef void logical_not_int32(char** data, const Py_ssize_t* steps, Py_ssize_t n, LoopArgs* args) noexcept nogil:
    cdef uint8_t* o = <uint8_t*>data[0]
    cdef int32_t* a_at = <int32_t*>data[1]
    cdef int32_t a
    cdef Py_ssize_t i
    if steps[0] == sizeof(uint8_t) and steps[1] == sizeof(int32_t):
        for i in range(n):
            a = a_at[i]
            o[i] = a == 0
    else:
        for i in range(n):
            a = a_at[0]
            a_at = <int32_t*>(<char*>a_at + steps[1])
            o[0] = a == 0
            o = <uint8_t*>(<char*>o + steps[0])
cdef void logical_not_int64(char** data, const Py_ssize_t* steps, Py_ssize_t n, LoopArgs* args) noexcept nogil:
    cdef uint8_t* o = <uint8_t*>data[0]
    cdef int64_t* a_at = <int64_t*>data[1]
    cdef int64_t a
    cdef Py_ssize_t i
    if steps[0] == sizeof(uint8_t) and steps[1] == sizeof(int64_t):
        for i in range(n):
            a = a_at[i]
            o[i] = a == 0
    else:
        for i in range(n):
            a = a_at[0]
            a_at = <int64_t*>(<char*>a_at + steps[1])
            o[0] = a == 0
            o = <uint8_t*>(<char*>o + steps[0])
cdef void logical_not_bool(char** data, const Py_ssize_t* steps, Py_ssize_t n, LoopArgs* args) noexcept nogil:
    cdef uint8_t* o = <uint8_t*>data[0]
    cdef uint8_t* a_at = <uint8_t*>data[1]
    cdef uint8_t a
    cdef Py_ssize_t i
    if steps[0] == sizeof(uint8_t) and steps[1] == sizeof(uint8_t):
        for i in range(n):
            a = a_at[i]
            o[i] = a == 0
    else:
        for i in range(n):
            a = a_at[0]
            a_at = <uint8_t*>(<char*>a_at + steps[1])
            o[0] = a == 0
            o = <uint8_t*>(<char*>o + steps[0])
cdef void and_uint8(char** data, const Py_ssize_t* steps, Py_ssize_t n, LoopArgs* args) noexcept nogil:
    cdef uint8_t* o = <uint8_t*>data[0]
    cdef uint8_t* a_at = <uint8_t*>data[1]
    cdef uint8_t a
    cdef uint8_t* b_at = <uint8_t*>data[2]
    cdef uint8_t b
    cdef Py_ssize_t i
    if steps[0] == sizeof(uint8_t) and steps[1] == sizeof(uint8_t) and steps[2] == sizeof(uint8_t):
        for i in range(n):
            a = a_at[i]
            b = b_at[i]
            o[i] = a & b
    elif steps[0] == sizeof(uint8_t) and steps[1] == sizeof(uint8_t) and steps[2] == 0:
        b = b_at[0]
        for i in range(n):
            a = a_at[i]
            o[i] = a & b
    elif steps[0] == sizeof(uint8_t) and steps[1] == 0 and steps[2] == sizeof(uint8_t):
        a = a_at[0]
        for i in range(n):
            b = b_at[i]
            o[i] = a & b
    else:
        for i in range(n):
            a = a_at[0]
            a_at = <uint8_t*>(<char*>a_at + steps[1])
            b = b_at[0]
            b_at = <uint8_t*>(<char*>b_at + steps[2])
            o[0] = a & b
            o = <uint8_t*>(<char*>o + steps[0])
cdef void and_int8(char** data, const Py_ssize_t* steps, Py_ssize_t n, LoopArgs* args) noexcept nogil:
    cdef int8_t* o = <int8_t*>data[0]
    cdef int8_t* a_at = <int8_t*>data[1]
    cdef int8_t a
    cdef int8_t* b_at = <int8_t*>data[2]
    cdef int8_t b
    cdef Py_ssize_t i
    if steps[0] == sizeof(int8_t) and steps[1] == sizeof(int8_t) and steps[2] == sizeof(int8_t):
        for i in range(n):
            a = a_at[i]
            b = b_at[i]
            o[i] = a & b
    elif steps[0] == sizeof(int8_t) and steps[1] == sizeof(int8_t) and steps[2] == 0:
        b = b_at[0]
        for i in range(n):
            a = a_at[i]
            o[i] = a & b
    elif steps[0] == sizeof(int8_t) and steps[1] == 0 and steps[2] == sizeof(int8_t):
        a = a_at[0]
        for i in range(n):
            b = b_at[i]
            o[i] = a & b
    else:
        for i in range(n):
            a = a_at[0]
            a_at = <int8_t*>(<char*>a_at + steps[1])
            b = b_at[0]
            b_at = <int8_t*>(<char*>b_at + steps[2])
            o[0] = a & b
            o = <int8_t*>(<char*>o + steps[0])
cdef void and_int16(char** data, const Py_ssize_t* steps, Py_ssize_t n, LoopArgs* args) noexcept nogil:
    cdef int16_t* o = <int16_t*>data[0]
    cdef int16_t* a_at = <int16_t*>data[1]
    cdef int16_t a
    cdef int16_t* b_at = <int16_t*>data[2]
    cdef int16_t b
    cdef Py_ssize_t i
    if steps[0] == sizeof(int16_t) and steps[1] == sizeof(int16_t) and steps[2] == sizeof(int16_t):
        for i in range(n):
            a = a_at[i]
            b = b_at[i]
            o[i] = a & b
    elif steps[0] == sizeof(int16_t) and steps[1] == sizeof(int16_t) and steps[2] == 0:
        b = b_at[0]
        for i in range(n):
            a = a_at[i]
            o[i] = a & b
    elif steps[0] == sizeof(int16_t) and steps[1] == 0 and steps[2] == sizeof(int16_t):
        a = a_at[0]
        for i in range(n):
            b = b_at[i]
            o[i] = a & b
    else:
        for i in range(n):
            a = a_at[0]
            a_at = <int16_t*>(<char*>a_at + steps[1])
            b = b_at[0]
            b_at = <int16_t*>(<char*>b_at + steps[2])
            o[0] = a & b
            o = <int16_t*>(<char*>o + steps[0])
cdef void and_int32(char** data, const Py_ssize_t* steps, Py_ssize_t n, LoopArgs* args) noexcept nogil:
    cdef int32_t* o = <int32_t*>data[0]
    cdef int32_t* a_at = <int32_t*>data[1]
    cdef int32_t a
    cdef int32_t* b_at = <int32_t*>data[2]
    cdef int32_t b
    cdef Py_ssize_t i
    if steps[0] == sizeof(int32_t) and steps[1] == sizeof(int32_t) and steps[2] == sizeof(int32_t):
        for i in range(n):
            a = a_at[i]
            b = b_at[i]
            o[i] = a & b
    elif steps[0] == sizeof(int32_t) and steps[1] == sizeof(int32_t) and steps[2] == 0:
        b = b_at[0]
        for i in range(n):
            a = a_at[i]
            o[i] = a & b
    elif steps[0] == sizeof(int32_t) and steps[1] == 0 and steps[2] == sizeof(int32_t):
        a = a_at[0]
        for i in range(n):
            b = b_at[i]
            o[i] = a & b
    else:
        for i in range(n):
            a = a_at[0]
            a_at = <int32_t*>(<char*>a_at + steps[1])
            b = b_at[0]
            b_at = <int32_t*>(<char*>b_at + steps[2])
            o[0] = a & b
            o = <int32_t*>(<char*>o + steps[0])
cdef void and_int64(char** data, const Py_ssize_t* steps, Py_ssize_t n, LoopArgs* args) noexcept nogil:
    cdef int64_t* o = <int64_t*>data[0]
    cdef int64_t* a_at = <int64_t*>data[1]
    cdef int64_t a
    cdef int64_t* b_at = <int64_t*>data[2]
    cdef int64_t b
    cdef Py_ssize_t i
    if steps[0] == sizeof(int64_t) and steps[1] == sizeof(int64_t) and steps[2] == sizeof(int64_t):
        for i in range(n):
            a = a_at[i]
            b = b_at[i]
            o[i] = a & b
    elif steps[0] == sizeof(int64_t) and steps[1] == sizeof(int64_t) and steps[2] == 0:
        b = b_at[0]
        for i in range(n):
            a = a_at[i]
            o[i] = a & b
    elif steps[0] == sizeof(int64_t) and steps[1] == 0 and steps[2] == sizeof(int64_t):
        a = a_at[0]
        for i in range(n):
            b = b_at[i]
            o[i] = a & b
    else:
        for i in range(n):
            a = a_at[0]
            a_at = <int64_t*>(<char*>a_at + steps[1])
            b = b_at[0]
            b_at = <int64_t*>(<char*>b_at + steps[2])
            o[0] = a & b
            o = <int64_t*>(<char*>o + steps[0])
cdef void and_bool(char** data, const Py_ssize_t* steps, Py_ssize_t n, LoopArgs* args) noexcept nogil:
    cdef uint8_t* o = <uint8_t*>data[0]
    cdef uint8_t* a_at = <uint8_t*>data[1]
    cdef uint8_t a
    cdef uint8_t* b_at = <uint8_t*>data[2]
    cdef uint8_t b
    cdef Py_ssize_t i
    if steps[0] == sizeof(uint8_t) and steps[1] == sizeof(uint8_t) and steps[2] == sizeof(uint8_t):
        for i in range(n):
            a = a_at[i]
            b = b_at[i]
            o[i] = a & b
    elif steps[0] == sizeof(uint8_t) and steps[1] == sizeof(uint8_t) and steps[2] == 0:
        b = b_at[0]
        for i in range(n):
            a = a_at[i]
            o[i] = a & b
    elif steps[0] == sizeof(uint8_t) and steps[1] == 0 and steps[2] == sizeof(uint8_t):
        a = a_at[0]
        for i in range(n):
            b = b_at[i]
            o[i] = a & b
    else:
        for i in range(n):
            a = a_at[0]
            a_at = <uint8_t*>(<char*>a_at + steps[1])
            b = b_at[0]
            b_at = <uint8_t*>(<char*>b_at + steps[2])
            o[0] = a & b
            o = <uint8_t*>(<char*>o + steps[0])
cdef void or_uint8(char** data, const Py_ssize_t* steps, Py_ssize_t n, LoopArgs* args) noexcept nogil:
    cdef uint8_t* o = <uint8_t*>data[0]
    cdef uint8_t* a_at = <uint8_t*>data[1]
    cdef uint8_t a
    cdef uint8_t* b_at = <uint8_t*>data[2]
    cdef uint8_t b
    cdef Py_ssize_t i
    if steps[0] == sizeof(uint8_t) and steps[1] == sizeof(uint8_t) and steps[2] == sizeof(uint8_t):
        for i in range(n):
            a = a_at[i]
            b = b_at[i]
            o[i] = a | b
    elif steps[0] == sizeof(uint8_t) and steps[1] == sizeof(uint8_t) and steps[2] == 0:
        b = b_at[0]
        for i in range(n):
            a = a_at[i]
            o[i] = a | b
    elif steps[0] == sizeof(uint8_t) and steps[1] == 0 and steps[2] == sizeof(uint8_t):
        a = a_at[0]
        for i in range(n):
            b = b_at[i]
            o[i] = a | b
    else:
        for i in range(n):
            a = a_at[0]
            a_at = <uint8_t*>(<char*>a_at + steps[1])
            b = b_at[0]
            b_at = <uint8_t*>(<char*>b_at + steps[2])
            o[0] = a | b
            o = <uint8_t*>(<char*>o + steps[0])
cdef void or_int8(char** data, const Py_ssize_t* steps, Py_ssize_t n, LoopArgs* args) noexcept nogil:
    cdef int8_t* o = <int8_t*>data[0]
    cdef int8_t* a_at = <int8_t*>data[1]
    cdef int8_t a
    cdef int8_t* b_at = <int8_t*>data[2]
    cdef int8_t b
    cdef Py_ssize_t i
    if steps[0] == sizeof(int8_t) and steps[1] == sizeof(int8_t) and steps[2] == sizeof(int8_t):
        for i in range(n):
            a = a_at[i]
            b = b_at[i]
            o[i] = a | b
    elif steps[0] == sizeof(int8_t) and steps[1] == sizeof(int8_t) and steps[2] == 0:
        b = b_at[0]
        for i in range(n):
            a = a_at[i]
            o[i] = a | b
    elif steps[0] == sizeof(int8_t) and steps[1] == 0 and steps[2] == sizeof(int8_t):
        a = a_at[0]
        for i in range(n):
            b = b_at[i]
            o[i] = a | b
    else:
        for i in range(n):
            a = a_at[0]
            a_at = <int8_t*>(<char*>a_at + steps[1])
            b = b_at[0]
            b_at = <int8_t*>(<char*>b_at + steps[2])
            o[0] = a | b
            o = <int8_t*>(<char*>o + steps[0])
cdef void or_int16(char** data, const Py_ssize_t* steps, Py_ssize_t n, LoopArgs* args) noexcept nogil:
    cdef int16_t* o = <int16_t*>data[0]
    cdef int16_t* a_at = <int16_t*>data[1]
    cdef int16_t a
    cdef int16_t* b_at = <int16_t*>data[2]
    cdef int16_t b
    cdef Py_ssize_t i
    if steps[0] == sizeof(int16_t) and steps[1] == sizeof(int16_t) and steps[2] == sizeof(int16_t):
        for i in range(n):
            a = a_at[i]
            b = b_at[i]
            o[i] = a | b
    elif steps[0] == sizeof(int16_t) and steps[1] == sizeof(int16_t) and steps[2] == 0:
        b = b_at[0]
        for i in range(n):
            a = a_at[i]
            o[i] = a | b
    elif steps[0] == sizeof(int16_t) and steps[1] == 0 and steps[2] == sizeof(int16_t):
        a = a_at[0]
        for i in range(n):
            b = b_at[i]
            o[i] = a | b
    else:
        for i in range(n):
            a = a_at[0]
            a_at = <int16_t*>(<char*>a_at + steps[1])
            b = b_at[0]
            b_at = <int16_t*>(<char*>b_at + steps[2])
            o[0] = a | b
            o = <int16_t*>(<char*>o + steps[0])
cdef void or_int32(char** data, const Py_ssize_t* steps, Py_ssize_t n, LoopArgs* args) noexcept nogil:
    cdef int32_t* o = <int32_t*>data[0]
    cdef int32_t* a_at = <int32_t*>data[1]
    cdef int32_t a
    cdef int32_t* b_at = <int32_t*>data[2]
    cdef int32_t b
    cdef Py_ssize_t i
    if steps[0] == sizeof(int32_t) and steps[1] == sizeof(int32_t) and steps[2] == sizeof(int32_t):
        for i in range(n):
            a = a_at[i]
            b = b_at[i]
            o[i] = a | b
    elif steps[0] == sizeof(int32_t) and steps[1] == sizeof(int32_t) and steps[2] == 0:
        b = b_at[0]
        for i in range(n):
            a = a_at[i]
            o[i] = a | b
    elif steps[0] == sizeof(int32_t) and steps[1] == 0 and steps[2] == sizeof(int32_t):
        a = a_at[0]
        for i in range(n):
            b = b_at[i]
            o[i] = a | b
    else:
        for i in range(n):
            a = a_at[0]
            a_at = <int32_t*>(<char*>a_at + steps[1])
            b = b_at[0]
            b_at = <int32_t*>(<char*>b_at + steps[2])
            o[0] = a | b
            o = <int32_t*>(<char*>o + steps[0])
cdef void or_int64(char** data, const Py_ssize_t* steps, Py_ssize_t n, LoopArgs* args) noexcept nogil:
    cdef int64_t* o = <int64_t*>data[0]
    cdef int64_t* a_at = <int64_t*>data[1]
    cdef int64_t a
    cdef int64_t* b_at = <int64_t*>data[2]
    cdef int64_t b
    cdef Py_ssize_t i
    if steps[0] == sizeof(int64_t) and steps[1] == sizeof(int64_t) and steps[2] == sizeof(int64_t):
        for i in range(n):
            a = a_at[i]
            b = b_at[i]
            o[i] = a | b
    elif steps[0] == sizeof(int64_t) and steps[1] == sizeof(int64_t) and steps[2] == 0:
        b = b_at[0]
        for i in range(n):
            a = a_at[i]
            o[i] = a | b
    elif steps[0] == sizeof(int64_t) and steps[1] == 0 and steps[2] == sizeof(int64_t):
        a = a_at[0]
        for i in range(n):
            b = b_at[i]
            o[i] = a | b
    else:
        for i in range(n):
            a = a_at[0]
            a_at = <int64_t*>(<char*>a_at + steps[1])
            b = b_at[0]
            b_at = <int64_t*>(<char*>b_at + steps[2])
            o[0] = a | b
            o = <int64_t*>(<char*>o + steps[0])
cdef void or_bool(char** data, const Py_ssize_t* steps, Py_ssize_t n, LoopArgs* args) noexcept nogil:
    cdef uint8_t* o = <uint8_t*>data[0]
    cdef uint8_t* a_at = <uint8_t*>data[1]
    cdef uint8_t a
    cdef uint8_t* b_at = <uint8_t*>data[2]
    cdef uint8_t b
    cdef Py_ssize_t i
    if steps[0] == sizeof(uint8_t) and steps[1] == sizeof(uint8_t) and steps[2] == sizeof(uint8_t):
        for i in range(n):
            a = a_at[i]
            b = b_at[i]
            o[i] = a | b
    elif steps[0] == sizeof(uint8_t) and steps[1] == sizeof(uint8_t) and steps[2] == 0:
        b = b_at[0]
        for i in range(n):
            a = a_at[i]
            o[i] = a | b
    elif steps[0] == sizeof(uint8_t) and steps[1] == 0 and steps[2] == sizeof(uint8_t):
        a = a_at[0]
        for i in range(n):
            b = b_at[i]
            o[i] = a | b
    else:
        for i in range(n):
            a = a_at[0]
            a_at = <uint8_t*>(<char*>a_at + steps[1])
            b = b_at[0]
            b_at = <uint8_t*>(<char*>b_at + steps[2])
            o[0] = a | b
            o = <uint8_t*>(<char*>o + steps[0])
cdef void xor_uint8(char** data, const Py_ssize_t* steps, Py_ssize_t n, LoopArgs* args) noexcept nogil:
    cdef uint8_t* o = <uint8_t*>data[0]
    cdef uint8_t* a_at = <uint8_t*>data[1]
    cdef uint8_t a
    cdef uint8_t* b_at = <uint8_t*>data[2]
    cdef uint8_t b
    cdef Py_ssize_t i
    if steps[0] == sizeof(uint8_t) and steps[1] == sizeof(uint8_t) and steps[2] == sizeof(uint8_t):
        for i in range(n):
            a = a_at[i]
            b = b_at[i]
            o[i] = a ^ b
    elif steps[0] == sizeof(uint8_t) and steps[1] == sizeof(uint8_t) and steps[2] == 0:
        b = b_at[0]
        for i in range(n):
            a = a_at[i]
            o[i] = a ^ b
    elif steps[0] == sizeof(uint8_t) and steps[1] == 0 and steps[2] == sizeof(uint8_t):
        a = a_at[0]
        for i in range(n):
            b = b_at[i]
            o[i] = a ^ b
    else:
        for i in range(n):
            a = a_at[0]
            a_at = <uint8_t*>(<char*>a_at + steps[1])
            b = b_at[0]
            b_at = <uint8_t*>(<char*>b_at + steps[2])
            o[0] = a ^ b
            o = <uint8_t*>(<char*>o + steps[0])
cdef void xor_int8(char** data, const Py_ssize_t* steps, Py_ssize_t n, LoopArgs* args) noexcept nogil:
    cdef int8_t* o = <int8_t*>data[0]
    cdef int8_t* a_at = <int8_t*>data[1]
    cdef int8_t a
    cdef int8_t* b_at = <int8_t*>data[2]
    cdef int8_t b
    cdef Py_ssize_t i
    if steps[0] == sizeof(int8_t) and steps[1] == sizeof(int8_t) and steps[2] == sizeof(int8_t):
        for i in range(n):
            a = a_at[i]
            b = b_at[i]
            o[i] = a ^ b
    elif steps[0] == sizeof(int8_t) and steps[1] == sizeof(int8_t) and steps[2] == 0:
        b = b_at[0]
        for i in range(n):
            a = a_at[i]
            o[i] = a ^ b
    elif steps[0] == sizeof(int8_t) and steps[1] == 0 and steps[2] == sizeof(int8_t):
        a = a_at[0]
        for i in range(n):
            b = b_at[i]
            o[i] = a ^ b
    else:
        for i in range(n):
            a = a_at[0]
            a_at = <int8_t*>(<char*>a_at + steps[1])
            b = b_at[0]
            b_at = <int8_t*>(<char*>b_at + steps[2])
            o[0] = a ^ b
            o = <int8_t*>(<char*>o + steps[0])
cdef void xor_int16(char** data, const Py_ssize_t* steps, Py_ssize_t n, LoopArgs* args) noexcept nogil:
    cdef int16_t* o = <int16_t*>data[0]
    cdef int16_t* a_at = <int16_t*>data[1]
    cdef int16_t a
    cdef int16_t* b_at = <int16_t*>data[2]
    cdef int16_t b
    cdef Py_ssize_t i
    if steps[0] == sizeof(int16_t) and steps[1] == sizeof(int16_t) and steps[2] == sizeof(int16_t):
        for i in range(n):
            a = a_at[i]
            b = b_at[i]
            o[i] = a ^ b
    elif steps[0] == sizeof(int16_t) and steps[1] == sizeof(int16_t) and steps[2] == 0:
        b = b_at[0]
        for i in range(n):
            a = a_at[i]
            o[i] = a ^ b
    elif steps[0] == sizeof(int16_t) and steps[1] == 0 and steps[2] == sizeof(int16_t):
        a = a_at[0]
        for i in range(n):
            b = b_at[i]
            o[i] = a ^ b
    else:
        for i in range(n):
            a = a_at[0]
            a_at = <int16_t*>(<char*>a_at + steps[1])
            b = b_at[0]
            b_at = <int16_t*>(<char*>b_at + steps[2])
            o[0] = a ^ b
            o = <int16_t*>(<char*>o + steps[0])
cdef void xor_int32(char** data, const Py_ssize_t* steps, Py_ssize_t n, LoopArgs* args) noexcept nogil:
    cdef int32_t* o = <int32_t*>data[0]
    cdef int32_t* a_at = <int32_t*>data[1]
    cdef int32_t a
    cdef int32_t* b_at = <int32_t*>data[2]
    cdef int32_t b
    cdef Py_ssize_t i
    if steps[0] == sizeof(int32_t) and steps[1] == sizeof(int32_t) and steps[2] == sizeof(int32_t):
        for i in range(n):
            a = a_at[i]
            b = b_at[i]
            o[i] = a ^ b
    elif steps[0] == sizeof(int32_t) and steps[1] == sizeof(int32_t) and steps[2] == 0:
        b = b_at[0]
        for i in range(n):
            a = a_at[i]
            o[i] = a ^ b
    elif steps[0] == sizeof(int32_t) and steps[1] == 0 and steps[2] == sizeof(int32_t):
        a = a_at[0]
        for i in range(n):
            b = b_at[i]
            o[i] = a ^ b
    else:
        for i in range(n):
            a = a_at[0]
            a_at = <int32_t*>(<char*>a_at + steps[1])
            b = b_at[0]
            b_at = <int32_t*>(<char*>b_at + steps[2])
            o[0] = a ^ b
            o = <int32_t*>(<char*>o + steps[0])
cdef void xor_int64(char** data, const Py_ssize_t* steps, Py_ssize_t n, LoopArgs* args) noexcept nogil:
    cdef int64_t* o = <int64_t*>data[0]
    cdef int64_t* a_at = <int64_t*>data[1]
    cdef int64_t a
    cdef int64_t* b_at = <int64_t*>data[2]
    cdef int64_t b
    cdef Py_ssize_t i
    if steps[0] == sizeof(int64_t) and steps[1] == sizeof(int64_t) and steps[2] == sizeof(int64_t):
        for i in range(n):
            a = a_at[i]
            b = b_at[i]
            o[i] = a ^ b
    elif steps[0] == sizeof(int64_t) and steps[1] == sizeof(int64_t) and steps[2] == 0:
        b = b_at[0]
        for i in range(n):
            a = a_at[i]
            o[i] = a ^ b
    elif steps[0] == sizeof(int64_t) and steps[1] == 0 and steps[2] == sizeof(int64_t):
        a = a_at[0]
        for i in range(n):
            b = b_at[i]
            o[i] = a ^ b
    else:
        for i in range(n):
            a = a_at[0]
            a_at = <int64_t*>(<char*>a_at + steps[1])
            b = b_at[0]
            b_at = <int64_t*>(<char*>b_at + steps[2])
            o[0] = a ^ b
            o = <int64_t*>(<char*>o + steps[0])
cdef void xor_bool(char** data, const Py_ssize_t* steps, Py_ssize_t n, LoopArgs* args) noexcept nogil:
    cdef uint8_t* o = <uint8_t*>data[0]
    cdef uint8_t* a_at = <uint8_t*>data[1]
    cdef uint8_t a
    cdef uint8_t* b_at = <uint8_t*>data[2]
    cdef uint8_t b
    cdef Py_ssize_t i
    if steps[0] == sizeof(uint8_t) and steps[1] == sizeof(uint8_t) and steps[2] == sizeof(uint8_t):
        for i in range(n):
            a = a_at[i]
            b = b_at[i]
            o[i] = a ^ b
    elif steps[0] == sizeof(uint8_t) and steps[1] == sizeof(uint8_t) and steps[2] == 0:
        b = b_at[0]
        for i in range(n):
            a = a_at[i]
            o[i] = a ^ b
    elif steps[0] == sizeof(uint8_t) and steps[1] == 0 and steps[2] == sizeof(uint8_t):
        a = a_at[0]
        for i in range(n):
            b = b_at[i]
            o[i] = a ^ b
    else:
        for i in range(n):
            a = a_at[0]
            a_at = <uint8_t*>(<char*>a_at + steps[1])
            b = b_at[0]
            b_at = <uint8_t*>(<char*>b_at + steps[2])
            o[0] = a ^ b
            o = <uint8_t*>(<char*>o + steps[0])
cdef void invert_uint8(char** data, const Py_ssize_t* steps, Py_ssize_t n, LoopArgs* args) noexcept nogil:
    cdef uint8_t* o = <uint8_t*>data[0]
    cdef uint8_t* a_at = <uint8_t*>data[1]
    cdef uint8_t a
    cdef Py_ssize_t i
    if steps[0] == sizeof(uint8_t) and steps[1] == sizeof(uint8_t):
        for i in range(n):
            a = a_at[i]
            o[i] = ~a
    else:
        for i in range(n):
            a = a_at[0]
            a_at = <uint8_t*>(<char*>a_at + steps[1])
            o[0] = ~a
            o = <uint8_t*>(<char*>o + steps[0])
cdef void invert_int8(char** data, const Py_ssize_t* steps, Py_ssize_t n, LoopArgs* args) noexcept nogil:
    cdef int8_t* o = <int8_t*>data[0]
    cdef int8_t* a_at = <int8_t*>data[1]
    cdef int8_t a
    cdef Py_ssize_t i
    if steps[0] == sizeof(int8_t) and steps[1] == sizeof(int8_t):
        for i in range(n):
            a = a_at[i]
            o[i] = ~a
    else:
        for i in range(n):
            a = a_at[0]
            a_at = <int8_t*>(<char*>a_at + steps[1])
            o[0] = ~a
            o = <int8_t*>(<char*>o + steps[0])
cdef void invert_int16(char** data, const Py_ssize_t* steps, Py_ssize_t n, LoopArgs* args) noexcept nogil:
    cdef int16_t* o = <int16_t*>data[0]
    cdef int16_t* a_at = <int16_t*>data[1]
    cdef int16_t a
    cdef Py_ssize_t i
    if steps[0] == sizeof(int16_t) and steps[1] == sizeof(int16_t):
        for i in range(n):
            a = a_at[i]
            o[i] = ~a
    else:
        for i in range(n):
            a = a_at[0]
            a_at = <int16_t*>(<char*>a_at + steps[1])
            o[0] = ~a
            o = <int16_t*>(<char*>o + steps[0])
cdef void invert_int32(char** data, const Py_ssize_t* steps, Py_ssize_t n, LoopArgs* args) noexcept nogil:
    cdef int32_t* o = <int32_t*>data[0]
    cdef int32_t* a_at = <int32_t*>data[1]
    cdef int32_t a
    cdef Py_ssize_t i
    if steps[0] == sizeof(int32_t) and steps[1] == sizeof(int32_t):
        for i in range(n):
            a = a_at[i]
            o[i] = ~a
    else:
        for i in range(n):
            a = a_at[0]
            a_at = <int32_t*>(<char*>a_at + steps[1])
            o[0] = ~a
            o = <int32_t*>(<char*>o + steps[0])
cdef void invert_int64(char** data, const Py_ssize_t* steps, Py_ssize_t n, LoopArgs* args) noexcept nogil:
    cdef int64_t* o = <int64_t*>data[0]
    cdef int64_t* a_at = <int64_t*>data[1]
    cdef int64_t a
    cdef Py_ssize_t i
    if steps[0] == sizeof(int64_t) and steps[1] == sizeof(int64_t):
        for i in range(n):
            a = a_at[i]
            o[i] = ~a
    else:
        for i in range(n):
            a = a_at[0]
            a_at = <int64_t*>(<char*>a_at + steps[1])
            o[0] = ~a
            o = <int64_t*>(<char*>o + steps[0])
cdef void invert_bool(char** data, const Py_ssize_t* steps, Py_ssize_t n, LoopArgs* args) noexcept nogil:
    cdef uint8_t* o = <uint8_t*>data[0]
    cdef uint8_t* a_at = <uint8_t*>data[1]
    cdef uint8_t a
    cdef Py_ssize_t i
    if steps[0] == sizeof(uint8_t) and steps[1] == sizeof(uint8_t):
        for i in range(n):
            a = a_at[i]
            o[i] = a ^ 1
    else:
        for i in range(n):
            a = a_at[0]
            a_at = <uint8_t*>(<char*>a_at + steps[1])
            o[0] = a ^ 1
            o = <uint8_t*>(<char*>o + steps[0])
cdef void lshift_uint8(char** data, const Py_ssize_t* steps, Py_ssize_t n, LoopArgs* args) noexcept nogil:
    cdef uint8_t* o = <uint8_t*>data[0]
    cdef uint8_t* a_at = <uint8_t*>data[1]
    cdef uint8_t a
    cdef uint8_t* b_at = <uint8_t*>data[2]
    cdef uint8_t b
    cdef Py_ssize_t i
    if steps[0] == sizeof(uint8_t) and steps[1] == sizeof(uint8_t) and steps[2] == sizeof(uint8_t):
        for i in range(n):
            a = a_at[i]
            b = b_at[i]
            o[i] = lx_lshift(a, b)
    elif steps[0] == sizeof(uint8_t) and steps[1] == sizeof(uint8_t) and steps[2] == 0:
        b = b_at[0]
        for i in range(n):
            a = a_at[i]
            o[i] = lx_lshift(a, b)
    elif steps[0] == sizeof(uint8_t) and steps[1] == 0 and steps[2] == sizeof(uint8_t):
        a = a_at[0]
        for i in range(n):
            b = b_at[i]
            o[i] = lx_lshift(a, b)
    else:
        for i in range(n):
            a = a_at[0]
            a_at = <uint8_t*>(<char*>a_at + steps[1])
            b = b_at[0]
            b_at = <uint8_t*>(<char*>b_at + steps[2])
            o[0] = lx_lshift(a, b)
            o = <uint8_t*>(<char*>o + steps[0])
cdef void lshift_int8(char** data, const Py_ssize_t* steps, Py_ssize_t n, LoopArgs* args) noexcept nogil:
    cdef int8_t* o = <int8_t*>data[0]
    cdef int8_t* a_at = <int8_t*>data[1]
    cdef int8_t a
    cdef int8_t* b_at = <int8_t*>data[2]
    cdef int8_t b
    cdef Py_ssize_t i
    if steps[0] == sizeof(int8_t) and steps[1] == sizeof(int8_t) and steps[2] == sizeof(int8_t):
        for i in range(n):
            a = a_at[i]
            b = b_at[i]
            o[i] = lx_lshift(a, b)
    elif steps[0] == sizeof(int8_t) and steps[1] == sizeof(int8_t) and steps[2] == 0:
        b = b_at[0]
        for i in range(n):
            a = a_at[i]
            o[i] = lx_lshift(a, b)
    elif steps[0] == sizeof(int8_t) and steps[1] == 0 and steps[2] == sizeof(int8_t):
        a = a_at[0]
        for i in range(n):
            b = b_at[i]
            o[i] = lx_lshift(a, b)
    else:
        for i in range(n):
            a = a_at[0]
            a_at = <int8_t*>(<char*>a_at + steps[1])
            b = b_at[0]
            b_at = <int8_t*>(<char*>b_at + steps[2])
            o[0] = lx_lshift(a, b)
            o = <int8_t*>(<char*>o + steps[0])
cdef void lshift_int16(char** data, const Py_ssize_t* steps, Py_ssize_t n, LoopArgs* args) noexcept nogil:
    cdef int16_t* o = <int16_t*>data[0]
    cdef int16_t* a_at = <int16_t*>data[1]
    cdef int16_t a
    cdef int16_t* b_at = <int16_t*>data[2]
    cdef int16_t b
    cdef Py_ssize_t i
    if steps[0] == sizeof(int16_t) and steps[1] == sizeof(int16_t) and steps[2] == sizeof(int16_t):
        for i in range(n):
            a = a_at[i]
            b = b_at[i]
            o[i] = lx_lshift(a, b)
    elif steps[0] == sizeof(int16_t) and steps[1] == sizeof(int16_t) and steps[2] == 0:
        b = b_at[0]
        for i in range(n):
            a = a_at[i]
            o[i] = lx_lshift(a, b)
    elif steps[0] == sizeof(int16_t) and steps[1] == 0 and steps[2] == sizeof(int16_t):
        a = a_at[0]
        for i in range(n):
            b = b_at[i]
            o[i] = lx_lshift(a, b)
    else:
        for i in range(n):
            a = a_at[0]
            a_at = <int16_t*>(<char*>a_at + steps[1])
            b = b_at[0]
            b_at = <int16_t*>(<char*>b_at + steps[2])
            o[0] = lx_lshift(a, b)
            o = <int16_t*>(<char*>o + steps[0])
cdef void lshift_int32(char** data, const Py_ssize_t* steps, Py_ssize_t n, LoopArgs* args) noexcept nogil:
    cdef int32_t* o = <int32_t*>data[0]
    cdef int32_t* a_at = <int32_t*>data[1]
    cdef int32_t a
    cdef int32_t* b_at = <int32_t*>data[2]
    cdef int32_t b
    cdef Py_ssize_t i
    if steps[0] == sizeof(int32_t) and steps[1] == sizeof(int32_t) and steps[2] == sizeof(int32_t):
        for i in range(n):
            a = a_at[i]
            b = b_at[i]
            o[i] = lx_lshift(a, b)
    elif steps[0] == sizeof(int32_t) and steps[1] == sizeof(int32_t) and steps[2] == 0:
        b = b_at[0]
        for i in range(n):
            a = a_at[i]
            o[i] = lx_lshift(a, b)
    elif steps[0] == sizeof(int32_t) and steps[1] == 0 and steps[2] == sizeof(int32_t):
        a = a_at[0]
        for i in range(n):
            b = b_at[i]
            o[i] = lx_lshift(a, b)
    else:
        for i in range(n):
            a = a_at[0]
            a_at = <int32_t*>(<char*>a_at + steps[1])
            b = b_at[0]
            b_at = <int32_t*>(<char*>b_at + steps[2])
            o[0] = lx_lshift(a, b)
            o = <int32_t*>(<char*>o + steps[0])
cdef void lshift_int64(char** data, const Py_ssize_t* steps, Py_ssize_t n, LoopArgs* args) noexcept nogil:
    cdef int64_t* o = <int64_t*>data[0]
    cdef int64_t* a_at = <int64_t*>data[1]
    cdef int64_t a
    cdef int64_t* b_at = <int64_t*>data[2]
    cdef int64_t b
    cdef Py_ssize_t i
    if steps[0] == sizeof(int64_t) and steps[1] == sizeof(int64_t) and steps[2] == sizeof(int64_t):
        for i in range(n):
            a = a_at[i]
            b = b_at[i]
            o[i] = lx_lshift(a, b)
    elif steps[0] == sizeof(int64_t) and steps[1] == sizeof(int64_t) and steps[2] == 0:
        b = b_at[0]
        for i in range(n):
            a = a_at[i]
            o[i] = lx_lshift(a, b)
    elif steps[0] == sizeof(int64_t) and steps[1] == 0 and steps[2] == sizeof(int64_t):
        a = a_at[0]
        for i in range(n):
            b = b_at[i]
            o[i] = lx_lshift(a, b)
    else:
        for i in range(n):
            a = a_at[0]
            a_at = <int64_t*>(<char*>a_at + steps[1])
            b = b_at[0]
            b_at = <int64_t*>(<char*>b_at + steps[2])
            o[0] = lx_lshift(a, b)
            o = <int64_t*>(<char*>o + steps[0])
cdef void rshift_uint8(char** data, const Py_ssize_t* steps, Py_ssize_t n, LoopArgs* args) noexcept nogil:
    cdef uint8_t* o = <uint8_t*>data[0]
    cdef uint8_t* a_at = <uint8_t*>data[1]
    cdef uint8_t a
    cdef uint8_t* b_at = <uint8_t*>data[2]
    cdef uint8_t b
    cdef Py_ssize_t i
    if steps[0] == sizeof(uint8_t) and steps[1] == sizeof(uint8_t) and steps[2] == sizeof(uint8_t):
        for i in range(n):
            a = a_at[i]
            b = b_at[i]
            o[i] = lx_rshift(a, b)
    elif steps[0] == sizeof(uint8_t) and steps[1] == sizeof(uint8_t) and steps[2] == 0:
        b = b_at[0]
        for i in range(n):
            a = a_at[i]
            o[i] = lx_rshift(a, b)
    elif steps[0] == sizeof(uint8_t) and steps[1] == 0 and steps[2] == sizeof(uint8_t):
        a = a_at[0]
        for i in range(n):
            b = b_at[i]
            o[i] = lx_rshift(a, b)
    else:
        for i in range(n):
            a = a_at[0]
            a_at = <uint8_t*>(<char*>a_at + steps[1])
            b = b_at[0]
            b_at = <uint8_t*>(<char*>b_at + steps[2])
            o[0] = lx_rshift(a, b)
            o = <uint8_t*>(<char*>o + steps[0])
cdef void rshift_int8(char** data, const Py_ssize_t* steps, Py_ssize_t n, LoopArgs* args) noexcept nogil:
    cdef int8_t* o = <int8_t*>data[0]
    cdef int8_t* a_at = <int8_t*>data[1]
    cdef int8_t a
    cdef int8_t* b_at = <int8_t*>data[2]
    cdef int8_t b
    cdef Py_ssize_t i
    if steps[0] == sizeof(int8_t) and steps[1] == sizeof(int8_t) and steps[2] == sizeof(int8_t):
        for i in range(n):
            a = a_at[i]
            b = b_at[i]
            o[i] = lx_rshift(a, b)
    elif steps[0] == sizeof(int8_t) and steps[1] == sizeof(int8_t) and steps[2] == 0:
        b = b_at[0]
        for i in range(n):
            a = a_at[i]
            o[i] = lx_rshift(a, b)
    elif steps[0] == sizeof(int8_t) and steps[1] == 0 and steps[2] == sizeof(int8_t):
        a = a_at[0]
        for i in range(n):
            b = b_at[i]
            o[i] = lx_rshift(a, b)
    else:
        for i in range(n):
            a = a_at[0]
            a_at = <int8_t*>(<char*>a_at + steps[1])
            b = b_at[0]
            b_at = <int8_t*>(<char*>b_at + steps[2])
            o[0] = lx_rshift(a, b)
            o = <int8_t*>(<char*>o + steps[0])
cdef void rshift_int16(char** data, const Py_ssize_t* steps, Py_ssize_t n, LoopArgs* args) noexcept nogil:
    cdef int16_t* o = <int16_t*>data[0]
    cdef int16_t* a_at = <int16_t*>data[1]
    cdef int16_t a
    cdef int16_t* b_at = <int16_t*>data[2]
    cdef int16_t b
    cdef Py_ssize_t i
    if steps[0] == sizeof(int16_t) and steps[1] == sizeof(int16_t) and steps[2] == sizeof(int16_t):
        for i in range(n):
            a = a_at[i]
            b = b_at[i]
            o[i] = lx_rshift(a, b)
    elif steps[0] == sizeof(int16_t) and steps[1] == sizeof(int16_t) and steps[2] == 0:
        b = b_at[0]
        for i in range(n):
            a = a_at[i]
            o[i] = lx_rshift(a, b)
    elif steps[0] == sizeof(int16_t) and steps[1] == 0 and steps[2] == sizeof(int16_t):
        a = a_at[0]
        for i in range(n):
            b = b_at[i]
            o[i] = lx_rshift(a, b)
    else:
        for i in range(n):
            a = a_at[0]
            a_at = <int16_t*>(<char*>a_at + steps[1])
            b = b_at[0]
            b_at = <int16_t*>(<char*>b_at + steps[2])
            o[0] = lx_rshift(a, b)
            o = <int16_t*>(<char*>o + steps[0])
cdef void rshift_int32(char** data, const Py_ssize_t* steps, Py_ssize_t n, LoopArgs* args) noexcept nogil:
    cdef int32_t* o = <int32_t*>data[0]
    cdef int32_t* a_at = <int32_t*>data[1]
    cdef int32_t a
    cdef int32_t* b_at = <int32_t*>data[2]
    cdef int32_t b
    cdef Py_ssize_t i
    if steps[0] == sizeof(int32_t) and steps[1] == sizeof(int32_t) and steps[2] == sizeof(int32_t):
        for i in range(n):
            a = a_at[i]
            b = b_at[i]
            o[i] = lx_rshift(a, b)
    elif steps[0] == sizeof(int32_t) and steps[1] == sizeof(int32_t) and steps[2] == 0:
        b = b_at[0]
        for i in range(n):
            a = a_at[i]
            o[i] = lx_rshift(a, b)
    elif steps[0] == sizeof(int32_t) and steps[1] == 0 and steps[2] == sizeof(int32_t):
        a = a_at[0]
        for i in range(n):
            b = b_at[i]
            o[i] = lx_rshift(a, b)
    else:
        for i in range(n):
            a = a_at[0]
            a_at = <int32_t*>(<char*>a_at + steps[1])
            b = b_at[0]
            b_at = <int32_t*>(<char*>b_at + steps[2])
            o[0] = lx_rshift(a, b)
            o = <int32_t*>(<char*>o + steps[0])
cdef void rshift_int64(char** data, const Py_ssize_t* steps, Py_ssize_t n, LoopArgs* args) noexcept nogil:
    cdef int64_t* o = <int64_t*>data[0]
    cdef int64_t* a_at = <int64_t*>data[1]
    cdef int64_t a
    cdef int64_t* b_at = <int64_t*>data[2]
    cdef int64_t b
    cdef Py_ssize_t i
    if steps[0] == sizeof(int64_t) and steps[1] == sizeof(int64_t) and steps[2] == sizeof(int64_t):
        for i in range(n):
            a = a_at[i]
            b = b_at[i]
            o[i] = lx_rshift(a, b)
    elif steps[0] == sizeof(int64_t) and steps[1] == sizeof(int64_t) and steps[2] == 0:
        b = b_at[0]
        for i in range(n):
            a = a_at[i]
            o[i] = lx_rshift(a, b)
    elif steps[0] == sizeof(int64_t) and steps[1] == 0 and steps[2] == sizeof(int64_t):
        a = a_at[0]
        for i in range(n):
            b = b_at[i]
            o[i] = lx_rshift(a, b)
    else:
        for i in range(n):
            a = a_at[0]
            a_at = <int64_t*>(<char*>a_at + steps[1])
            b = b_at[0]
            b_at = <int64_t*>(<char*>b_at + steps[2])
            o[0] = lx_rshift(a, b)
            o = <int64_t*>(<char*>o + steps[0])
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
cdef void neg_uint8(char** data, const Py_ssize_t* steps, Py_ssize_t n, LoopArgs* args) noexcept nogil:
    cdef uint8_t* o = <uint8_t*>data[0]
    cdef uint8_t* a_at = <uint8_t*>data[1]
    cdef uint8_t a
    cdef Py_ssize_t i
    if steps[0] == sizeof(uint8_t) and steps[1] == sizeof(uint8_t):
        for i in range(n):
            a = a_at[i]
            o[i] = -a
    else:
        for i in range(n):
            a = a_at[0]
            a_at = <uint8_t*>(<char*>a_at + steps[1])
            o[0] = -a
            o = <uint8_t*>(<char*>o + steps[0])
cdef void neg_int8(char** data, const Py_ssize_t* steps, Py_ssize_t n, LoopArgs* args) noexcept nogil:
    cdef int8_t* o = <int8_t*>data[0]
    cdef int8_t* a_at = <int8_t*>data[1]
    cdef int8_t a
    cdef Py_ssize_t i
    if steps[0] == sizeof(int8_t) and steps[1] == sizeof(int8_t):
        for i in range(n):
            a = a_at[i]
            o[i] = -a
    else:
        for i in range(n):
            a = a_at[0]
            a_at = <int8_t*>(<char*>a_at + steps[1])
            o[0] = -a
            o = <int8_t*>(<char*>o + steps[0])
cdef void neg_int16(char** data, const Py_ssize_t* steps, Py_ssize_t n, LoopArgs* args) noexcept nogil:
    cdef int16_t* o = <int16_t*>data[0]
    cdef int16_t* a_at = <int16_t*>data[1]
    cdef int16_t a
    cdef Py_ssize_t i
    if steps[0] == sizeof(int16_t) and steps[1] == sizeof(int16_t):
        for i in range(n):
            a = a_at[i]
            o[i] = -a
    else:
        for i in range(n):
            a = a_at[0]
            a_at = <int16_t*>(<char*>a_at + steps[1])
            o[0] = -a
            o = <int16_t*>(<char*>o + steps[0])
cdef void neg_int32(char** data, const Py_ssize_t* steps, Py_ssize_t n, LoopArgs* args) noexcept nogil:
    cdef int32_t* o = <int32_t*>data[0]
    cdef int32_t* a_at = <int32_t*>data[1]
    cdef int32_t a
    cdef Py_ssize_t i
    if steps[0] == sizeof(int32_t) and steps[1] == sizeof(int32_t):
        for i in range(n):
            a = a_at[i]
            o[i] = -a
    else:
        for i in range(n):
            a = a_at[0]
            a_at = <int32_t*>(<char*>a_at + steps[1])
            o[0] = -a
            o = <int32_t*>(<char*>o + steps[0])
cdef void neg_int64(char** data, const Py_ssize_t* steps, Py_ssize_t n, LoopArgs* args) noexcept nogil:
    cdef int64_t* o = <int64_t*>data[0]
    cdef int64_t* a_at = <int64_t*>data[1]
    cdef int64_t a
    cdef Py_ssize_t i
    if steps[0] == sizeof(int64_t) and steps[1] == sizeof(int64_t):
        for i in range(n):
            a = a_at[i]
            o[i] = -a
    else:
        for i in range(n):
            a = a_at[0]
            a_at = <int64_t*>(<char*>a_at + steps[1])
            o[0] = -a
            o = <int64_t*>(<char*>o + steps[0])
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
cdef void abs_uint8(char** data, const Py_ssize_t* steps, Py_ssize_t n, LoopArgs* args) noexcept nogil:
    cdef uint8_t* o = <uint8_t*>data[0]
    cdef uint8_t* a_at = <uint8_t*>data[1]
    cdef uint8_t a
    cdef Py_ssize_t i
    if steps[0] == sizeof(uint8_t) and steps[1] == sizeof(uint8_t):
        for i in range(n):
            a = a_at[i]
            o[i] = -a if a < 0 else a
    else:
        for i in range(n):
            a = a_at[0]
            a_at = <uint8_t*>(<char*>a_at + steps[1])
            o[0] = -a if a < 0 else a
            o = <uint8_t*>(<char*>o + steps[0])
cdef void abs_int8(char** data, const Py_ssize_t* steps, Py_ssize_t n, LoopArgs* args) noexcept nogil:
    cdef int8_t* o = <int8_t*>data[0]
    cdef int8_t* a_at = <int8_t*>data[1]
    cdef int8_t a
    cdef Py_ssize_t i
    if steps[0] == sizeof(int8_t) and steps[1] == sizeof(int8_t):
        for i in range(n):
            a = a_at[i]
            o[i] = -a if a < 0 else a
    else:
        for i in range(n):
            a = a_at[0]
            a_at = <int8_t*>(<char*>a_at + steps[1])
            o[0] = -a if a < 0 else a
            o = <int8_t*>(<char*>o + steps[0])
cdef void abs_int16(char** data, const Py_ssize_t* steps, Py_ssize_t n, LoopArgs* args) noexcept nogil:
    cdef int16_t* o = <int16_t*>data[0]
    cdef int16_t* a_at = <int16_t*>data[1]
    cdef int16_t a
    cdef Py_ssize_t i
    if steps[0] == sizeof(int16_t) and steps[1] == sizeof(int16_t):
        for i in range(n):
            a = a_at[i]
            o[i] = -a if a < 0 else a
    else:
        for i in range(n):
            a = a_at[0]
            a_at = <int16_t*>(<char*>a_at + steps[1])
            o[0] = -a if a < 0 else a
            o = <int16_t*>(<char*>o + steps[0])
cdef void abs_int32(char** data, const Py_ssize_t* steps, Py_ssize_t n, LoopArgs* args) noexcept nogil:
    cdef int32_t* o = <int32_t*>data[0]
    cdef int32_t* a_at = <int32_t*>data[1]
    cdef int32_t a
    cdef Py_ssize_t i
    if steps[0] == sizeof(int32_t) and steps[1] == sizeof(int32_t):
        for i in range(n):
            a = a_at[i]
            o[i] = -a if a < 0 else a
    else:
        for i in range(n):
            a = a_at[0]
            a_at = <int32_t*>(<char*>a_at + steps[1])
            o[0] = -a if a < 0 else a
            o = <int32_t*>(<char*>o + steps[0])
cdef void abs_int64(char** data, const Py_ssize_t* steps, Py_ssize_t n, LoopArgs* args) noexcept nogil:
    cdef int64_t* o = <int64_t*>data[0]
    cdef int64_t* a_at = <int64_t*>data[1]
    cdef int64_t a
    cdef Py_ssize_t i
    if steps[0] == sizeof(int64_t) and steps[1] == sizeof(int64_t):
        for i in range(n):
            a = a_at[i]
            o[i] = -a if a < 0 else a
    else:
        for i in range(n):
            a = a_at[0]
            a_at = <int64_t*>(<char*>a_at + steps[1])
            o[0] = -a if a < 0 else a
            o = <int64_t*>(<char*>o + steps[0])
cdef void abs_bool(char** data, const Py_ssize_t* steps, Py_ssize_t n, LoopArgs* args) noexcept nogil:
    cdef uint8_t* o = <uint8_t*>data[0]
    cdef uint8_t* a_at = <uint8_t*>data[1]
    cdef uint8_t a
    cdef Py_ssize_t i
    if steps[0] == sizeof(uint8_t) and steps[1] == sizeof(uint8_t):
        for i in range(n):
            a = a_at[i]
            o[i] = a
    else:
        for i in range(n):
            a = a_at[0]
            a_at = <uint8_t*>(<char*>a_at + steps[1])
            o[0] = a
            o = <uint8_t*>(<char*>o + steps[0])
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
cdef void sign_uint8(char** data, const Py_ssize_t* steps, Py_ssize_t n, LoopArgs* args) noexcept nogil:
    cdef uint8_t* o = <uint8_t*>data[0]
    cdef uint8_t* a_at = <uint8_t*>data[1]
    cdef uint8_t a
    cdef Py_ssize_t i
    if steps[0] == sizeof(uint8_t) and steps[1] == sizeof(uint8_t):
        for i in range(n):
            a = a_at[i]
            o[i] = (a > 0) - (a < 0)
    else:
        for i in range(n):
            a = a_at[0]
            a_at = <uint8_t*>(<char*>a_at + steps[1])
            o[0] = (a > 0) - (a < 0)
            o = <uint8_t*>(<char*>o + steps[0])
cdef void sign_int8(char** data, const Py_ssize_t* steps, Py_ssize_t n, LoopArgs* args) noexcept nogil:
    cdef int8_t* o = <int8_t*>data[0]
    cdef int8_t* a_at = <int8_t*>data[1]
    cdef int8_t a
    cdef Py_ssize_t i
    if steps[0] == sizeof(int8_t) and steps[1] == sizeof(int8_t):
        for i in range(n):
            a = a_at[i]
            o[i] = (a > 0) - (a < 0)
    else:
        for i in range(n):
            a = a_at[0]
            a_at = <int8_t*>(<char*>a_at + steps[1])
            o[0] = (a > 0) - (a < 0)
            o = <int8_t*>(<char*>o + steps[0])
cdef void sign_int16(char** data, const Py_ssize_t* steps, Py_ssize_t n, LoopArgs* args) noexcept nogil:
    cdef int16_t* o = <int16_t*>data[0]
    cdef int16_t* a_at = <int16_t*>data[1]
    cdef int16_t a
    cdef Py_ssize_t i
    if steps[0] == sizeof(int16_t) and steps[1] == sizeof(int16_t):
        for i in range(n):
            a = a_at[i]
            o[i] = (a > 0) - (a < 0)
    else:
        for i in range(n):
            a = a_at[0]
            a_at = <int16_t*>(<char*>a_at + steps[1])
            o[0] = (a > 0) - (a < 0)
            o = <int16_t*>(<char*>o + steps[0])
cdef void sign_int32(char** data, const Py_ssize_t* steps, Py_ssize_t n, LoopArgs* args) noexcept nogil:
    cdef int32_t* o = <int32_t*>data[0]
    cdef int32_t* a_at = <int32_t*>data[1]
    cdef int32_t a
    cdef Py_ssize_t i
    if steps[0] == sizeof(int32_t) and steps[1] == sizeof(int32_t):
        for i in range(n):
            a = a_at[i]
            o[i] = (a > 0) - (a < 0)
    else:
        for i in range(n):
            a = a_at[0]
            a_at = <int32_t*>(<char*>a_at + steps[1])
            o[0] = (a > 0) - (a < 0)
            o = <int32_t*>(<char*>o + steps[0])
cdef void sign_int64(char** data, const Py_ssize_t* steps, Py_ssize_t n, LoopArgs* args) noexcept nogil:
    cdef int64_t* o = <int64_t*>data[0]
    cdef int64_t* a_at = <int64_t*>data[1]
    cdef int64_t a
    cdef Py_ssize_t i
    if steps[0] == sizeof(int64_t) and steps[1] == sizeof(int64_t):
        for i in range(n):
            a = a_at[i]
            o[i] = (a > 0) - (a < 0)
    else:
        for i in range(n):
            a = a_at[0]
            a_at = <int64_t*>(<char*>a_at + steps[1])
            o[0] = (a > 0) - (a < 0)
            o = <int64_t*>(<char*>o + steps[0])
cdef void sign_bool(char** data, const Py_ssize_t* steps, Py_ssize_t n, LoopArgs* args) noexcept nogil:
    cdef uint8_t* o = <uint8_t*>data[0]
    cdef uint8_t* a_at = <uint8_t*>data[1]
    cdef uint8_t a
    cdef Py_ssize_t i
    if steps[0] == sizeof(uint8_t) and steps[1] == sizeof(uint8_t):
        for i in range(n):
            a = a_at[i]
            o[i] = a
    else:
        for i in range(n):
            a = a_at[0]
            a_at = <uint8_t*>(<char*>a_at + steps[1])
            o[0] = a
            o = <uint8_t*>(<char*>o + steps[0])
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
cdef void square_uint8(char** data, const Py_ssize_t* steps, Py_ssize_t n, LoopArgs* args) noexcept nogil:
    cdef uint8_t* o = <uint8_t*>data[0]
    cdef uint8_t* a_at = <uint8_t*>data[1]
    cdef uint8_t a
    cdef Py_ssize_t i
    if steps[0] == sizeof(uint8_t) and steps[1] == sizeof(uint8_t):
        for i in range(n):
            a = a_at[i]
            o[i] = a * a
    else:
        for i in range(n):
            a = a_at[0]
            a_at = <uint8_t*>(<char*>a_at + steps[1])
            o[0] = a * a
            o = <uint8_t*>(<char*>o + steps[0])
cdef void square_int8(char** data, const Py_ssize_t* steps, Py_ssize_t n, LoopArgs* args) noexcept nogil:
    cdef int8_t* o = <int8_t*>data[0]
    cdef int8_t* a_at = <int8_t*>data[1]
    cdef int8_t a
    cdef Py_ssize_t i
    if steps[0] == sizeof(int8_t) and steps[1] == sizeof(int8_t):
        for i in range(n):
            a = a_at[i]
            o[i] = a * a
    else:
        for i in range(n):
            a = a_at[0]
            a_at = <int8_t*>(<char*>a_at + steps[1])
            o[0] = a * a
            o = <int8_t*>(<char*>o + steps[0])
cdef void square_int16(char** data, const Py_ssize_t* steps, Py_ssize_t n, LoopArgs* args) noexcept nogil:
    cdef int16_t* o = <int16_t*>data[0]
    cdef int16_t* a_at = <int16_t*>data[1]
    cdef int16_t a
    cdef Py_ssize_t i
    if steps[0] == sizeof(int16_t) and steps[1] == sizeof(int16_t):
        for i in range(n):
            a = a_at[i]
            o[i] = a * a
    else:
        for i in range(n):
            a = a_at[0]
            a_at = <int16_t*>(<char*>a_at + steps[1])
            o[0] = a * a
            o = <int16_t*>(<char*>o + steps[0])
cdef void square_int32(char** data, const Py_ssize_t* steps, Py_ssize_t n, LoopArgs* args) noexcept nogil:
    cdef int32_t* o = <int32_t*>data[0]
    cdef int32_t* a_at = <int32_t*>data[1]
    cdef int32_t a
    cdef Py_ssize_t i
    if steps[0] == sizeof(int32_t) and steps[1] == sizeof(int32_t):
        for i in range(n):
            a = a_at[i]
            o[i] = a * a
    else:
        for i in range(n):
            a = a_at[0]
            a_at = <int32_t*>(<char*>a_at + steps[1])
            o[0] = a * a
            o = <int32_t*>(<char*>o + steps[0])
cdef void square_int64(char** data, const Py_ssize_t* steps, Py_ssize_t n, LoopArgs* args) noexcept nogil:
    cdef int64_t* o = <int64_t*>data[0]
    cdef int64_t* a_at = <int64_t*>data[1]
    cdef int64_t a
    cdef Py_ssize_t i
    if steps[0] == sizeof(int64_t) and steps[1] == sizeof(int64_t):
        for i in range(n):
            a = a_at[i]
            o[i] = a * a
    else:
        for i in range(n):
            a = a_at[0]
            a_at = <int64_t*>(<char*>a_at + steps[1])
            o[0] = a * a
            o = <int64_t*>(<char*>o + steps[0])
cdef void square_bool(char** data, const Py_ssize_t* steps, Py_ssize_t n, LoopArgs* args) noexcept nogil:
    cdef uint8_t* o = <uint8_t*>data[0]
    cdef uint8_t* a_at = <uint8_t*>data[1]
    cdef uint8_t a
    cdef Py_ssize_t i
    if steps[0] == sizeof(uint8_t) and steps[1] == sizeof(uint8_t):
        for i in range(n):
            a = a_at[i]
            o[i] = a
    else:
        for i in range(n):
            a = a_at[0]
            a_at = <uint8_t*>(<char*>a_at + steps[1])
            o[0] = a
            o = <uint8_t*>(<char*>o + steps[0])
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
cdef void cube_uint8(char** data, const Py_ssize_t* steps, Py_ssize_t n, LoopArgs* args) noexcept nogil:
    cdef uint8_t* o = <uint8_t*>data[0]
    cdef uint8_t* a_at = <uint8_t*>data[1]
    cdef uint8_t a
    cdef Py_ssize_t i
    if steps[0] == sizeof(uint8_t) and steps[1] == sizeof(uint8_t):
        for i in range(n):
            a = a_at[i]
            o[i] = a * a * a
    else:
        for i in range(n):
            a = a_at[0]
            a_at = <uint8_t*>(<char*>a_at + steps[1])
            o[0] = a * a * a
            o = <uint8_t*>(<char*>o + steps[0])
cdef void cube_int8(char** data, const Py_ssize_t* steps, Py_ssize_t n, LoopArgs* args) noexcept nogil:
    cdef int8_t* o = <int8_t*>data[0]
    cdef int8_t* a_at = <int8_t*>data[1]
    cdef int8_t a
    cdef Py_ssize_t i
    if steps[0] == sizeof(int8_t) and steps[1] == sizeof(int8_t):
        for i in range(n):
            a = a_at[i]
            o[i] = a * a * a
    else:
        for i in range(n):
            a = a_at[0]
            a_at = <int8_t*>(<char*>a_at + steps[1])
            o[0] = a * a * a
            o = <int8_t*>(<char*>o + steps[0])
cdef void cube_int16(char** data, const Py_ssize_t* steps, Py_ssize_t n, LoopArgs* args) noexcept nogil:
    cdef int16_t* o = <int16_t*>data[0]
    cdef int16_t* a_at = <int16_t*>data[1]
    cdef int16_t a
    cdef Py_ssize_t i
    if steps[0] == sizeof(int16_t) and steps[1] == sizeof(int16_t):
        for i in range(n):
            a = a_at[i]
            o[i] = a * a * a
    else:
        for i in range(n):
            a = a_at[0]
            a_at = <int16_t*>(<char*>a_at + steps[1])
            o[0] = a * a * a
            o = <int16_t*>(<char*>o + steps[0])
cdef void cube_int32(char** data, const Py_ssize_t* steps, Py_ssize_t n, LoopArgs* args) noexcept nogil:
    cdef int32_t* o = <int32_t*>data[0]
    cdef int32_t* a_at = <int32_t*>data[1]
    cdef int32_t a
    cdef Py_ssize_t i
    if steps[0] == sizeof(int32_t) and steps[1] == sizeof(int32_t):
        for i in range(n):
            a = a_at[i]
            o[i] = a * a * a
    else:
        for i in range(n):
            a = a_at[0]
            a_at = <int32_t*>(<char*>a_at + steps[1])
            o[0] = a * a * a
            o = <int32_t*>(<char*>o + steps[0])
cdef void cube_int64(char** data, const Py_ssize_t* steps, Py_ssize_t n, LoopArgs* args) noexcept nogil:
    cdef int64_t* o = <int64_t*>data[0]
    cdef int64_t* a_at = <int64_t*>data[1]
    cdef int64_t a
    cdef Py_ssize_t i
    if steps[0] == sizeof(int64_t) and steps[1] == sizeof(int64_t):
        for i in range(n):
            a = a_at[i]
            o[i] = a * a * a
    else:
        for i in range(n):
            a = a_at[0]
            a_at = <int64_t*>(<char*>a_at + steps[1])
            o[0] = a * a * a
            o = <int64_t*>(<char*>o + steps[0])
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
cdef void clamp_uint8(char** data, const Py_ssize_t* steps, Py_ssize_t n, LoopArgs* args) noexcept nogil:
    cdef uint8_t* o = <uint8_t*>data[0]
    cdef uint8_t* a_at = <uint8_t*>data[1]
    cdef uint8_t a
    cdef uint8_t p0 = <uint8_t>args.i[0]
    cdef uint8_t p1 = <uint8_t>args.i[1]
    cdef Py_ssize_t i
    if steps[0] == sizeof(uint8_t) and steps[1] == sizeof(uint8_t):
        for i in range(n):
            a = a_at[i]
            o[i] = p0 if a < p0 else (p1 if a > p1 else a)
    else:
        for i in range(n):
            a = a_at[0]
            a_at = <uint8_t*>(<char*>a_at + steps[1])
            o[0] = p0 if a < p0 else (p1 if a > p1 else a)
            o = <uint8_t*>(<char*>o + steps[0])
cdef void clamp_int8(char** data, const Py_ssize_t* steps, Py_ssize_t n, LoopArgs* args) noexcept nogil:
    cdef int8_t* o = <int8_t*>data[0]
    cdef int8_t* a_at = <int8_t*>data[1]
    cdef int8_t a
    cdef int8_t p0 = <int8_t>args.i[0]
    cdef int8_t p1 = <int8_t>args.i[1]
    cdef Py_ssize_t i
    if steps[0] == sizeof(int8_t) and steps[1] == sizeof(int8_t):
        for i in range(n):
            a = a_at[i]
            o[i] = p0 if a < p0 else (p1 if a > p1 else a)
    else:
        for i in range(n):
            a = a_at[0]
            a_at = <int8_t*>(<char*>a_at + steps[1])
            o[0] = p0 if a < p0 else (p1 if a > p1 else a)
            o = <int8_t*>(<char*>o + steps[0])
cdef void clamp_int16(char** data, const Py_ssize_t* steps, Py_ssize_t n, LoopArgs* args) noexcept nogil:
    cdef int16_t* o = <int16_t*>data[0]
    cdef int16_t* a_at = <int16_t*>data[1]
    cdef int16_t a
    cdef int16_t p0 = <int16_t>args.i[0]
    cdef int16_t p1 = <int16_t>args.i[1]
    cdef Py_ssize_t i
    if steps[0] == sizeof(int16_t) and steps[1] == sizeof(int16_t):
        for i in range(n):
            a = a_at[i]
            o[i] = p0 if a < p0 else (p1 if a > p1 else a)
    else:
        for i in range(n):
            a = a_at[0]
            a_at = <int16_t*>(<char*>a_at + steps[1])
            o[0] = p0 if a < p0 else (p1 if a > p1 else a)
            o = <int16_t*>(<char*>o + steps[0])
cdef void clamp_int32(char** data, const Py_ssize_t* steps, Py_ssize_t n, LoopArgs* args) noexcept nogil:
    cdef int32_t* o = <int32_t*>data[0]
    cdef int32_t* a_at = <int32_t*>data[1]
    cdef int32_t a
    cdef int32_t p0 = <int32_t>args.i[0]
    cdef int32_t p1 = <int32_t>args.i[1]
    cdef Py_ssize_t i
    if steps[0] == sizeof(int32_t) and steps[1] == sizeof(int32_t):
        for i in range(n):
            a = a_at[i]
            o[i] = p0 if a < p0 else (p1 if a > p1 else a)
    else:
        for i in range(n):
            a = a_at[0]
            a_at = <int32_t*>(<char*>a_at + steps[1])
            o[0] = p0 if a < p0 else (p1 if a > p1 else a)
            o = <int32_t*>(<char*>o + steps[0])
cdef void clamp_int64(char** data, const Py_ssize_t* steps, Py_ssize_t n, LoopArgs* args) noexcept nogil:
    cdef int64_t* o = <int64_t*>data[0]
    cdef int64_t* a_at = <int64_t*>data[1]
    cdef int64_t a
    cdef int64_t p0 = <int64_t>args.i[0]
    cdef int64_t p1 = <int64_t>args.i[1]
    cdef Py_ssize_t i
    if steps[0] == sizeof(int64_t) and steps[1] == sizeof(int64_t):
        for i in range(n):
            a = a_at[i]
            o[i] = p0 if a < p0 else (p1 if a > p1 else a)
    else:
        for i in range(n):
            a = a_at[0]
            a_at = <int64_t*>(<char*>a_at + steps[1])
            o[0] = p0 if a < p0 else (p1 if a > p1 else a)
            o = <int64_t*>(<char*>o + steps[0])
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
cdef void relu_uint8(char** data, const Py_ssize_t* steps, Py_ssize_t n, LoopArgs* args) noexcept nogil:
    cdef uint8_t* o = <uint8_t*>data[0]
    cdef uint8_t* a_at = <uint8_t*>data[1]
    cdef uint8_t a
    cdef Py_ssize_t i
    if steps[0] == sizeof(uint8_t) and steps[1] == sizeof(uint8_t):
        for i in range(n):
            a = a_at[i]
            o[i] = 0 if a <= 0 else a
    else:
        for i in range(n):
            a = a_at[0]
            a_at = <uint8_t*>(<char*>a_at + steps[1])
            o[0] = 0 if a <= 0 else a
            o = <uint8_t*>(<char*>o + steps[0])
cdef void relu_int8(char** data, const Py_ssize_t* steps, Py_ssize_t n, LoopArgs* args) noexcept nogil:
    cdef int8_t* o = <int8_t*>data[0]
    cdef int8_t* a_at = <int8_t*>data[1]
    cdef int8_t a
    cdef Py_ssize_t i
    if steps[0] == sizeof(int8_t) and steps[1] == sizeof(int8_t):
        for i in range(n):
            a = a_at[i]
            o[i] = 0 if a <= 0 else a
    else:
        for i in range(n):
            a = a_at[0]
            a_at = <int8_t*>(<char*>a_at + steps[1])
            o[0] = 0 if a <= 0 else a
            o = <int8_t*>(<char*>o + steps[0])
cdef void relu_int16(char** data, const Py_ssize_t* steps, Py_ssize_t n, LoopArgs* args) noexcept nogil:
    cdef int16_t* o = <int16_t*>data[0]
    cdef int16_t* a_at = <int16_t*>data[1]
    cdef int16_t a
    cdef Py_ssize_t i
    if steps[0] == sizeof(int16_t) and steps[1] == sizeof(int16_t):
        for i in range(n):
            a = a_at[i]
            o[i] = 0 if a <= 0 else a
    else:
        for i in range(n):
            a = a_at[0]
            a_at = <int16_t*>(<char*>a_at + steps[1])
            o[0] = 0 if a <= 0 else a
            o = <int16_t*>(<char*>o + steps[0])
cdef void relu_int32(char** data, const Py_ssize_t* steps, Py_ssize_t n, LoopArgs* args) noexcept nogil:
    cdef int32_t* o = <int32_t*>data[0]
    cdef int32_t* a_at = <int32_t*>data[1]
    cdef int32_t a
    cdef Py_ssize_t i
    if steps[0] == sizeof(int32_t) and steps[1] == sizeof(int32_t):
        for i in range(n):
            a = a_at[i]
            o[i] = 0 if a <= 0 else a
    else:
        for i in range(n):
            a = a_at[0]
            a_at = <int32_t*>(<char*>a_at + steps[1])
            o[0] = 0 if a <= 0 else a
            o = <int32_t*>(<char*>o + steps[0])
cdef void relu_int64(char** data, const Py_ssize_t* steps, Py_ssize_t n, LoopArgs* args) noexcept nogil:
    cdef int64_t* o = <int64_t*>data[0]
    cdef int64_t* a_at = <int64_t*>data[1]
    cdef int64_t a
    cdef Py_ssize_t i
    if steps[0] == sizeof(int64_t) and steps[1] == sizeof(int64_t):
        for i in range(n):
            a = a_at[i]
            o[i] = 0 if a <= 0 else a
    else:
        for i in range(n):
            a = a_at[0]
            a_at = <int64_t*>(<char*>a_at + steps[1])
            o[0] = 0 if a <= 0 else a
            o = <int64_t*>(<char*>o + steps[0])
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
cdef void threshold_uint8(char** data, const Py_ssize_t* steps, Py_ssize_t n, LoopArgs* args) noexcept nogil:
    cdef uint8_t* o = <uint8_t*>data[0]
    cdef uint8_t* a_at = <uint8_t*>data[1]
    cdef uint8_t a
    cdef uint8_t p0 = <uint8_t>args.i[0]
    cdef uint8_t p1 = <uint8_t>args.i[1]
    cdef Py_ssize_t i
    if steps[0] == sizeof(uint8_t) and steps[1] == sizeof(uint8_t):
        for i in range(n):
            a = a_at[i]
            o[i] = p1 if a <= p0 else a
    else:
        for i in range(n):
            a = a_at[0]
            a_at = <uint8_t*>(<char*>a_at + steps[1])
            o[0] = p1 if a <= p0 else a
            o = <uint8_t*>(<char*>o + steps[0])
cdef void threshold_int8(char** data, const Py_ssize_t* steps, Py_ssize_t n, LoopArgs* args) noexcept nogil:
    cdef int8_t* o = <int8_t*>data[0]
    cdef int8_t* a_at = <int8_t*>data[1]
    cdef int8_t a
    cdef int8_t p0 = <int8_t>args.i[0]
    cdef int8_t p1 = <int8_t>args.i[1]
    cdef Py_ssize_t i
    if steps[0] == sizeof(int8_t) and steps[1] == sizeof(int8_t):
        for i in range(n):
            a = a_at[i]
            o[i] = p1 if a <= p0 else a
    else:
        for i in range(n):
            a = a_at[0]
            a_at = <int8_t*>(<char*>a_at + steps[1])
            o[0] = p1 if a <= p0 else a
            o = <int8_t*>(<char*>o + steps[0])
cdef void threshold_int16(char** data, const Py_ssize_t* steps, Py_ssize_t n, LoopArgs* args) noexcept nogil:
    cdef int16_t* o = <int16_t*>data[0]
    cdef int16_t* a_at = <int16_t*>data[1]
    cdef int16_t a
    cdef int16_t p0 = <int16_t>args.i[0]
    cdef int16_t p1 = <int16_t>args.i[1]
    cdef Py_ssize_t i
    if steps[0] == sizeof(int16_t) and steps[1] == sizeof(int16_t):
        for i in range(n):
            a = a_at[i]
            o[i] = p1 if a <= p0 else a
    else:
        for i in range(n):
            a = a_at[0]
            a_at = <int16_t*>(<char*>a_at + steps[1])
            o[0] = p1 if a <= p0 else a
            o = <int16_t*>(<char*>o + steps[0])
cdef void threshold_int32(char** data, const Py_ssize_t* steps, Py_ssize_t n, LoopArgs* args) noexcept nogil:
    cdef int32_t* o = <int32_t*>data[0]
    cdef int32_t* a_at = <int32_t*>data[1]
    cdef int32_t a
    cdef int32_t p0 = <int32_t>args.i[0]
    cdef int32_t p1 = <int32_t>args.i[1]
    cdef Py_ssize_t i
    if steps[0] == sizeof(int32_t) and steps[1] == sizeof(int32_t):
        for i in range(n):
            a = a_at[i]
            o[i] = p1 if a <= p0 else a
    else:
        for i in range(n):
            a = a_at[0]
            a_at = <int32_t*>(<char*>a_at + steps[1])
            o[0] = p1 if a <= p0 else a
            o = <int32_t*>(<char*>o + steps[0])
cdef void threshold_int64(char** data, const Py_ssize_t* steps, Py_ssize_t n, LoopArgs* args) noexcept nogil:
    cdef int64_t* o = <int64_t*>data[0]
    cdef int64_t* a_at = <int64_t*>data[1]
    cdef int64_t a
    cdef int64_t p0 = <int64_t>args.i[0]
    cdef int64_t p1 = <int64_t>args.i[1]
    cdef Py_ssize_t i
    if steps[0] == sizeof(int64_t) and steps[1] == sizeof(int64_t):
        for i in range(n):
            a = a_at[i]
            o[i] = p1 if a <= p0 else a
    else:
        for i in range(n):
            a = a_at[0]
            a_at = <int64_t*>(<char*>a_at + steps[1])
            o[0] = p1 if a <= p0 else a
            o = <int64_t*>(<char*>o + steps[0])
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
cdef void addcmul_uint8(char** data, const Py_ssize_t* steps, Py_ssize_t n, LoopArgs* args) noexcept nogil:
    cdef uint8_t* o = <uint8_t*>data[0]
    cdef uint8_t* a_at = <uint8_t*>data[1]
    cdef uint8_t a
    cdef uint8_t* b_at = <uint8_t*>data[2]
    cdef uint8_t b
    cdef uint8_t* c_at = <uint8_t*>data[3]
    cdef uint8_t c
    cdef uint8_t p0 = <uint8_t>args.i[0]
    cdef Py_ssize_t i
    if steps[0] == sizeof(uint8_t) and steps[1] == sizeof(uint8_t) and steps[2] == sizeof(uint8_t) and steps[3] == sizeof(uint8_t):
        for i in range(n):
            a = a_at[i]
            b = b_at[i]
            c = c_at[i]
            o[i] = a + p0 * b * c
    else:
        for i in range(n):
            a = a_at[0]
            a_at = <uint8_t*>(<char*>a_at + steps[1])
            b = b_at[0]
            b_at = <uint8_t*>(<char*>b_at + steps[2])
            c = c_at[0]
            c_at = <uint8_t*>(<char*>c_at + steps[3])
            o[0] = a + p0 * b * c
            o = <uint8_t*>(<char*>o + steps[0])
cdef void addcmul_int8(char** data, const Py_ssize_t* steps, Py_ssize_t n, LoopArgs* args) noexcept nogil:
    cdef int8_t* o = <int8_t*>data[0]
    cdef int8_t* a_at = <int8_t*>data[1]
    cdef int8_t a
    cdef int8_t* b_at = <int8_t*>data[2]
    cdef int8_t b
    cdef int8_t* c_at = <int8_t*>data[3]
    cdef int8_t c
    cdef int8_t p0 = <int8_t>args.i[0]
    cdef Py_ssize_t i
    if steps[0] == sizeof(int8_t) and steps[1] == sizeof(int8_t) and steps[2] == sizeof(int8_t) and steps[3] == sizeof(int8_t):
        for i in range(n):
            a = a_at[i]
            b = b_at[i]
            c = c_at[i]
            o[i] = a + p0 * b * c
    else:
        for i in range(n):
            a = a_at[0]
            a_at = <int8_t*>(<char*>a_at + steps[1])
            b = b_at[0]
            b_at = <int8_t*>(<char*>b_at + steps[2])
            c = c_at[0]
            c_at = <int8_t*>(<char*>c_at + steps[3])
            o[0] = a + p0 * b * c
            o = <int8_t*>(<char*>o + steps[0])
cdef void addcmul_int16(char** data, const Py_ssize_t* steps, Py_ssize_t n, LoopArgs* args) noexcept nogil:
    cdef int16_t* o = <int16_t*>data[0]
    cdef int16_t* a_at = <int16_t*>data[1]
    cdef int16_t a
    cdef int16_t* b_at = <int16_t*>data[2]
    cdef int16_t b
    cdef int16_t* c_at = <int16_t*>data[3]
    cdef int16_t c
    cdef int16_t p0 = <int16_t>args.i[0]
    cdef Py_ssize_t i
    if steps[0] == sizeof(int16_t) and steps[1] == sizeof(int16_t) and steps[2] == sizeof(int16_t) and steps[3] == sizeof(int16_t):
        for i in range(n):
            a = a_at[i]
            b = b_at[i]
            c = c_at[i]
            o[i] = a + p0 * b * c
    else:
        for i in range(n):
            a = a_at[0]
            a_at = <int16_t*>(<char*>a_at + steps[1])
            b = b_at[0]
            b_at = <int16_t*>(<char*>b_at + steps[2])
            c = c_at[0]
            c_at = <int16_t*>(<char*>c_at + steps[3])
            o[0] = a + p0 * b * c
            o = <int16_t*>(<char*>o + steps[0])
cdef void addcmul_int32(char** data, const Py_ssize_t* steps, Py_ssize_t n, LoopArgs* args) noexcept nogil:
    cdef int32_t* o = <int32_t*>data[0]
    cdef int32_t* a_at = <int32_t*>data[1]
    cdef int32_t a
    cdef int32_t* b_at = <int32_t*>data[2]
    cdef int32_t b
    cdef int32_t* c_at = <int32_t*>data[3]
    cdef int32_t c
    cdef int32_t p0 = <int32_t>args.i[0]
    cdef Py_ssize_t i
    if steps[0] == sizeof(int32_t) and steps[1] == sizeof(int32_t) and steps[2] == sizeof(int32_t) and steps[3] == sizeof(int32_t):
        for i in range(n):
            a = a_at[i]
            b = b_at[i]
            c = c_at[i]
            o[i] = a + p0 * b * c
    else:
        for i in range(n):
            a = a_at[0]
            a_at = <int32_t*>(<char*>a_at + steps[1])
            b = b_at[0]
            b_at = <int32_t*>(<char*>b_at + steps[2])
            c = c_at[0]
            c_at = <int32_t*>(<char*>c_at + steps[3])
            o[0] = a + p0 * b * c
            o = <int32_t*>(<char*>o + steps[0])
cdef void addcmul_int64(char** data, const Py_ssize_t* steps, Py_ssize_t n, LoopArgs* args) noexcept nogil:
    cdef int64_t* o = <int64_t*>data[0]
    cdef int64_t* a_at = <int64_t*>data[1]
    cdef int64_t a
    cdef int64_t* b_at = <int64_t*>data[2]
    cdef int64_t b
    cdef int64_t* c_at = <int64_t*>data[3]
    cdef int64_t c
    cdef int64_t p0 = <int64_t>args.i[0]
    cdef Py_ssize_t i
    if steps[0] == sizeof(int64_t) and steps[1] == sizeof(int64_t) and steps[2] == sizeof(int64_t) and steps[3] == sizeof(int64_t):
        for i in range(n):
            a = a_at[i]
            b = b_at[i]
            c = c_at[i]
            o[i] = a + p0 * b * c
    else:
        for i in range(n):
            a = a_at[0]
            a_at = <int64_t*>(<char*>a_at + steps[1])
            b = b_at[0]
            b_at = <int64_t*>(<char*>b_at + steps[2])
            c = c_at[0]
            c_at = <int64_t*>(<char*>c_at + steps[3])
            o[0] = a + p0 * b * c
            o = <int64_t*>(<char*>o + steps[0])
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
cdef void clamp3_uint8(char** data, const Py_ssize_t* steps, Py_ssize_t n, LoopArgs* args) noexcept nogil:
    cdef uint8_t* o = <uint8_t*>data[0]
    cdef uint8_t* a_at = <uint8_t*>data[1]
    cdef uint8_t a
    cdef uint8_t* b_at = <uint8_t*>data[2]
    cdef uint8_t b
    cdef uint8_t* c_at = <uint8_t*>data[3]
    cdef uint8_t c
    cdef Py_ssize_t i
    if steps[0] == sizeof(uint8_t) and steps[1] == sizeof(uint8_t) and steps[2] == sizeof(uint8_t) and steps[3] == sizeof(uint8_t):
        for i in range(n):
            a = a_at[i]
            b = b_at[i]
            c = c_at[i]
            o[i] = (c if (b if a < b else a) > c else (b if a < b else a))
    else:
        for i in range(n):
            a = a_at[0]
            a_at = <uint8_t*>(<char*>a_at + steps[1])
            b = b_at[0]
            b_at = <uint8_t*>(<char*>b_at + steps[2])
            c = c_at[0]
            c_at = <uint8_t*>(<char*>c_at + steps[3])
            o[0] = (c if (b if a < b else a) > c else (b if a < b else a))
            o = <uint8_t*>(<char*>o + steps[0])
cdef void clamp3_int8(char** data, const Py_ssize_t* steps, Py_ssize_t n, LoopArgs* args) noexcept nogil:
    cdef int8_t* o = <int8_t*>data[0]
    cdef int8_t* a_at = <int8_t*>data[1]
    cdef int8_t a
    cdef int8_t* b_at = <int8_t*>data[2]
    cdef int8_t b
    cdef int8_t* c_at = <int8_t*>data[3]
    cdef int8_t c
    cdef Py_ssize_t i
    if steps[0] == sizeof(int8_t) and steps[1] == sizeof(int8_t) and steps[2] == sizeof(int8_t) and steps[3] == sizeof(int8_t):
        for i in range(n):
            a = a_at[i]
            b = b_at[i]
            c = c_at[i]
            o[i] = (c if (b if a < b else a) > c else (b if a < b else a))
    else:
        for i in range(n):
            a = a_at[0]
            a_at = <int8_t*>(<char*>a_at + steps[1])
            b = b_at[0]
            b_at = <int8_t*>(<char*>b_at + steps[2])
            c = c_at[0]
            c_at = <int8_t*>(<char*>c_at + steps[3])
            o[0] = (c if (b if a < b else a) > c else (b if a < b else a))
            o = <int8_t*>(<char*>o + steps[0])
cdef void clamp3_int16(char** data, const Py_ssize_t* steps, Py_ssize_t n, LoopArgs* args) noexcept nogil:
    cdef int16_t* o = <int16_t*>data[0]
    cdef int16_t* a_at = <int16_t*>data[1]
    cdef int16_t a
    cdef int16_t* b_at = <int16_t*>data[2]
    cdef int16_t b
    cdef int16_t* c_at = <int16_t*>data[3]
    cdef int16_t c
    cdef Py_ssize_t i
    if steps[0] == sizeof(int16_t) and steps[1] == sizeof(int16_t) and steps[2] == sizeof(int16_t) and steps[3] == sizeof(int16_t):
        for i in range(n):
            a = a_at[i]
            b = b_at[i]
            c = c_at[i]
            o[i] = (c if (b if a < b else a) > c else (b if a < b else a))
    else:
        for i in range(n):
            a = a_at[0]
            a_at = <int16_t*>(<char*>a_at + steps[1])
            b = b_at[0]
            b_at = <int16_t*>(<char*>b_at + steps[2])
            c = c_at[0]
            c_at = <int16_t*>(<char*>c_at + steps[3])
            o[0] = (c if (b if a < b else a) > c else (b if a < b else a))
            o = <int16_t*>(<char*>o + steps[0])
cdef void clamp3_int32(char** data, const Py_ssize_t* steps, Py_ssize_t n, LoopArgs* args) noexcept nogil:
    cdef int32_t* o = <int32_t*>data[0]
    cdef int32_t* a_at = <int32_t*>data[1]
    cdef int32_t a
    cdef int32_t* b_at = <int32_t*>data[2]
    cdef int32_t b
    cdef int32_t* c_at = <int32_t*>data[3]
    cdef int32_t c
    cdef Py_ssize_t i
    if steps[0] == sizeof(int32_t) and steps[1] == sizeof(int32_t) and steps[2] == sizeof(int32_t) and steps[3] == sizeof(int32_t):
        for i in range(n):
            a = a_at[i]
            b = b_at[i]
            c = c_at[i]
            o[i] = (c if (b if a < b else a) > c else (b if a < b else a))
    else:
        for i in range(n):
            a = a_at[0]
            a_at = <int32_t*>(<char*>a_at + steps[1])
            b = b_at[0]
            b_at = <int32_t*>(<char*>b_at + steps[2])
            c = c_at[0]
            c_at = <int32_t*>(<char*>c_at + steps[3])
            o[0] = (c if (b if a < b else a) > c else (b if a < b else a))
            o = <int32_t*>(<char*>o + steps[0])
cdef void clamp3_int64(char** data, const Py_ssize_t* steps, Py_ssize_t n, LoopArgs* args) noexcept nogil:
    cdef int64_t* o = <int64_t*>data[0]
    cdef int64_t* a_at = <int64_t*>data[1]
    cdef int64_t a
    cdef int64_t* b_at = <int64_t*>data[2]
    cdef int64_t b
    cdef int64_t* c_at = <int64_t*>data[3]
    cdef int64_t c
    cdef Py_ssize_t i
    if steps[0] == sizeof(int64_t) and steps[1] == sizeof(int64_t) and steps[2] == sizeof(int64_t) and steps[3] == sizeof(int64_t):
        for i in range(n):
            a = a_at[i]
            b = b_at[i]
            c = c_at[i]
            o[i] = (c if (b if a < b else a) > c else (b if a < b else a))
    else:
        for i in range(n):
            a = a_at[0]
            a_at = <int64_t*>(<char*>a_at + steps[1])
            b = b_at[0]
            b_at = <int64_t*>(<char*>b_at + steps[2])
            c = c_at[0]
            c_at = <int64_t*>(<char*>c_at + steps[3])
            o[0] = (c if (b if a < b else a) > c else (b if a < b else a))
            o = <int64_t*>(<char*>o + steps[0])
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
cdef void cast_bool_bool(char** data, const Py_ssize_t* steps, Py_ssize_t n, LoopArgs* args) noexcept nogil:
    cdef uint8_t* o = <uint8_t*>data[0]
    cdef uint8_t* a = <uint8_t*>data[1]
    cdef uint8_t x
    cdef Py_ssize_t i
    if steps[0] == sizeof(uint8_t) and steps[1] == sizeof(uint8_t):
        for i in range(n):
            x = a[i]
            o[i] = x
    else:
        for i in range(n):
            x = a[0]
            o[0] = x
            o = <uint8_t*>(<char*>o + steps[0])
            a = <uint8_t*>(<char*>a + steps[1])
cdef void cast_bool_uint8(char** data, const Py_ssize_t* steps, Py_ssize_t n, LoopArgs* args) noexcept nogil:
    cdef uint8_t* o = <uint8_t*>data[0]
    cdef uint8_t* a = <uint8_t*>data[1]
    cdef uint8_t x
    cdef Py_ssize_t i
    if steps[0] == sizeof(uint8_t) and steps[1] == sizeof(uint8_t):
        for i in range(n):
            x = a[i]
            o[i] = <uint8_t>x
    else:
        for i in range(n):
            x = a[0]
            o[0] = <uint8_t>x
            o = <uint8_t*>(<char*>o + steps[0])
            a = <uint8_t*>(<char*>a + steps[1])
cdef void cast_bool_int8(char** data, const Py_ssize_t* steps, Py_ssize_t n, LoopArgs* args) noexcept nogil:
    cdef int8_t* o = <int8_t*>data[0]
    cdef uint8_t* a = <uint8_t*>data[1]
    cdef uint8_t x
    cdef Py_ssize_t i
    if steps[0] == sizeof(int8_t) and steps[1] == sizeof(uint8_t):
        for i in range(n):
            x = a[i]
            o[i] = <int8_t>x
    else:
        for i in range(n):
            x = a[0]
            o[0] = <int8_t>x
            o = <int8_t*>(<char*>o + steps[0])
            a = <uint8_t*>(<char*>a + steps[1])
cdef void cast_bool_int16(char** data, const Py_ssize_t* steps, Py_ssize_t n, LoopArgs* args) noexcept nogil:
    cdef int16_t* o = <int16_t*>data[0]
    cdef uint8_t* a = <uint8_t*>data[1]
    cdef uint8_t x
    cdef Py_ssize_t i
    if steps[0] == sizeof(int16_t) and steps[1] == sizeof(uint8_t):
        for i in range(n):
            x = a[i]
            o[i] = <int16_t>x
    else:
        for i in range(n):
            x = a[0]
            o[0] = <int16_t>x
            o = <int16_t*>(<char*>o + steps[0])
            a = <uint8_t*>(<char*>a + steps[1])
cdef void cast_bool_int32(char** data, const Py_ssize_t* steps, Py_ssize_t n, LoopArgs* args) noexcept nogil:
    cdef int32_t* o = <int32_t*>data[0]
    cdef uint8_t* a = <uint8_t*>data[1]
    cdef uint8_t x
    cdef Py_ssize_t i
    if steps[0] == sizeof(int32_t) and steps[1] == sizeof(uint8_t):
        for i in range(n):
            x = a[i]
            o[i] = <int32_t>x
    else:
        for i in range(n):
            x = a[0]
            o[0] = <int32_t>x
            o = <int32_t*>(<char*>o + steps[0])
            a = <uint8_t*>(<char*>a + steps[1])
cdef void cast_bool_int64(char** data, const Py_ssize_t* steps, Py_ssize_t n, LoopArgs* args) noexcept nogil:
    cdef int64_t* o = <int64_t*>data[0]
    cdef uint8_t* a = <uint8_t*>data[1]
    cdef uint8_t x
    cdef Py_ssize_t i
    if steps[0] == sizeof(int64_t) and steps[1] == sizeof(uint8_t):
        for i in range(n):
            x = a[i]
            o[i] = <int64_t>x
    else:
        for i in range(n):
            x = a[0]
            o[0] = <int64_t>x
            o = <int64_t*>(<char*>o + steps[0])
            a = <uint8_t*>(<char*>a + steps[1])
cdef void cast_bool_float16(char** data, const Py_ssize_t* steps, Py_ssize_t n, LoopArgs* args) noexcept nogil:
    cdef uint16_t* o = <uint16_t*>data[0]
    cdef uint8_t* a = <uint8_t*>data[1]
    cdef uint8_t x
    cdef Py_ssize_t i
    if steps[0] == sizeof(uint16_t) and steps[1] == sizeof(uint8_t):
        for i in range(n):
            x = a[i]
            o[i] = lucet_float_to_half(<float>x)
    else:
        for i in range(n):
            x = a[0]
            o[0] = lucet_float_to_half(<float>x)
            o = <uint16_t*>(<char*>o + steps[0])
            a = <uint8_t*>(<char*>a + steps[1])
cdef void cast_bool_bfloat16(char** data, const Py_ssize_t* steps, Py_ssize_t n, LoopArgs* args) noexcept nogil:
    cdef uint16_t* o = <uint16_t*>data[0]
    cdef uint8_t* a = <uint8_t*>data[1]
    cdef uint8_t x
    cdef Py_ssize_t i
    if steps[0] == sizeof(uint16_t) and steps[1] == sizeof(uint8_t):
        for i in range(n):
            x = a[i]
            o[i] = lucet_float_to_bfloat(<float>x)
    else:
        for i in range(n):
            x = a[0]
            o[0] = lucet_float_to_bfloat(<float>x)
            o = <uint16_t*>(<char*>o + steps[0])
            a = <uint8_t*>(<char*>a + steps[1])
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
cdef void cast_bool_complex64(char** data, const Py_ssize_t* steps, Py_ssize_t n, LoopArgs* args) noexcept nogil:
    cdef cfloat* o = <cfloat*>data[0]
    cdef uint8_t* a = <uint8_t*>data[1]
    cdef uint8_t x
    cdef Py_ssize_t i
    if steps[0] == sizeof(cfloat) and steps[1] == sizeof(uint8_t):
        for i in range(n):
            x = a[i]
            o[i] = <cfloat>x
    else:
        for i in range(n):
            x = a[0]
            o[0] = <cfloat>x
            o = <cfloat*>(<char*>o + steps[0])
            a = <uint8_t*>(<char*>a + steps[1])
cdef void cast_bool_complex128(char** data, const Py_ssize_t* steps, Py_ssize_t n, LoopArgs* args) noexcept nogil:
    cdef cdouble* o = <cdouble*>data[0]
    cdef uint8_t* a = <uint8_t*>data[1]
    cdef uint8_t x
    cdef Py_ssize_t i
    if steps[0] == sizeof(cdouble) and steps[1] == sizeof(uint8_t):
        for i in range(n):
            x = a[i]
            o[i] = <cdouble>x
    else:
        for i in range(n):
            x = a[0]
            o[0] = <cdouble>x
            o = <cdouble*>(<char*>o + steps[0])
            a = <uint8_t*>(<char*>a + steps[1])
cdef void cast_uint8_bool(char** data, const Py_ssize_t* steps, Py_ssize_t n, LoopArgs* args) noexcept nogil:
    cdef uint8_t* o = <uint8_t*>data[0]
    cdef uint8_t* a = <uint8_t*>data[1]
    cdef uint8_t x
    cdef Py_ssize_t i
    if steps[0] == sizeof(uint8_t) and steps[1] == sizeof(uint8_t):
        for i in range(n):
            x = a[i]
            o[i] = x != 0
    else:
        for i in range(n):
            x = a[0]
            o[0] = x != 0
            o = <uint8_t*>(<char*>o + steps[0])
            a = <uint8_t*>(<char*>a + steps[1])
cdef void cast_uint8_uint8(char** data, const Py_ssize_t* steps, Py_ssize_t n, LoopArgs* args) noexcept nogil:
    cdef uint8_t* o = <uint8_t*>data[0]
    cdef uint8_t* a = <uint8_t*>data[1]
    cdef uint8_t x
    cdef Py_ssize_t i
    if steps[0] == sizeof(uint8_t) and steps[1] == sizeof(uint8_t):
        for i in range(n):
            x = a[i]
            o[i] = x
    else:
        for i in range(n):
            x = a[0]
            o[0] = x
            o = <uint8_t*>(<char*>o + steps[0])
            a = <uint8_t*>(<char*>a + steps[1])
cdef void cast_uint8_int8(char** data, const Py_ssize_t* steps, Py_ssize_t n, LoopArgs* args) noexcept nogil:
    cdef int8_t* o = <int8_t*>data[0]
    cdef uint8_t* a = <uint8_t*>data[1]
    cdef uint8_t x
    cdef Py_ssize_t i
    if steps[0] == sizeof(int8_t) and steps[1] == sizeof(uint8_t):
        for i in range(n):
            x = a[i]
            o[i] = <int8_t>x
    else:
        for i in range(n):
            x = a[0]
            o[0] = <int8_t>x
            o = <int8_t*>(<char*>o + steps[0])
            a = <uint8_t*>(<char*>a + steps[1])
cdef void cast_uint8_int16(char** data, const Py_ssize_t* steps, Py_ssize_t n, LoopArgs* args) noexcept nogil:
    cdef int16_t* o = <int16_t*>data[0]
    cdef uint8_t* a = <uint8_t*>data[1]
    cdef uint8_t x
    cdef Py_ssize_t i
    if steps[0] == sizeof(int16_t) and steps[1] == sizeof(uint8_t):
        for i in range(n):
            x = a[i]
            o[i] = <int16_t>x
    else:
        for i in range(n):
            x = a[0]
            o[0] = <int16_t>x
            o = <int16_t*>(<char*>o + steps[0])
            a = <uint8_t*>(<char*>a + steps[1])
cdef void cast_uint8_int32(char** data, const Py_ssize_t* steps, Py_ssize_t n, LoopArgs* args) noexcept nogil:
    cdef int32_t* o = <int32_t*>data[0]
    cdef uint8_t* a = <uint8_t*>data[1]
    cdef uint8_t x
    cdef Py_ssize_t i
    if steps[0] == sizeof(int32_t) and steps[1] == sizeof(uint8_t):
        for i in range(n):
            x = a[i]
            o[i] = <int32_t>x
    else:
        for i in range(n):
            x = a[0]
            o[0] = <int32_t>x
            o = <int32_t*>(<char*>o + steps[0])
            a = <uint8_t*>(<char*>a + steps[1])
cdef void cast_uint8_int64(char** data, const Py_ssize_t* steps, Py_ssize_t n, LoopArgs* args) noexcept nogil:
    cdef int64_t* o = <int64_t*>data[0]
    cdef uint8_t* a = <uint8_t*>data[1]
    cdef uint8_t x
    cdef Py_ssize_t i
    if steps[0] == sizeof(int64_t) and steps[1] == sizeof(uint8_t):
        for i in range(n):
            x = a[i]
            o[i] = <int64_t>x
    else:
        for i in range(n):
            x = a[0]
            o[0] = <int64_t>x
            o = <int64_t*>(<char*>o + steps[0])
            a = <uint8_t*>(<char*>a + steps[1])
cdef void cast_uint8_float16(char** data, const Py_ssize_t* steps, Py_ssize_t n, LoopArgs* args) noexcept nogil:
    cdef uint16_t* o = <uint16_t*>data[0]
    cdef uint8_t* a = <uint8_t*>data[1]
    cdef uint8_t x
    cdef Py_ssize_t i
    if steps[0] == sizeof(uint16_t) and steps[1] == sizeof(uint8_t):
        for i in range(n):
            x = a[i]
            o[i] = lucet_float_to_half(<float>x)
    else:
        for i in range(n):
            x = a[0]
            o[0] = lucet_float_to_half(<float>x)
            o = <uint16_t*>(<char*>o + steps[0])
            a = <uint8_t*>(<char*>a + steps[1])
cdef void cast_uint8_bfloat16(char** data, const Py_ssize_t* steps, Py_ssize_t n, LoopArgs* args) noexcept nogil:
    cdef uint16_t* o = <uint16_t*>data[0]
    cdef uint8_t* a = <uint8_t*>data[1]
    cdef uint8_t x
    cdef Py_ssize_t i
    if steps[0] == sizeof(uint16_t) and steps[1] == sizeof(uint8_t):
        for i in range(n):
            x = a[i]
            o[i] = lucet_float_to_bfloat(<float>x)
    else:
        for i in range(n):
            x = a[0]
            o[0] = lucet_float_to_bfloat(<float>x)
            o = <uint16_t*>(<char*>o + steps[0])
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
cdef void cast_uint8_complex64(char** data, const Py_ssize_t* steps, Py_ssize_t n, LoopArgs* args) noexcept nogil:
    cdef cfloat* o = <cfloat*>data[0]
    cdef uint8_t* a = <uint8_t*>data[1]
    cdef uint8_t x
    cdef Py_ssize_t i
    if steps[0] == sizeof(cfloat) and steps[1] == sizeof(uint8_t):
        for i in range(n):
            x = a[i]
            o[i] = <cfloat>x
    else:
        for i in range(n):
            x = a[0]
            o[0] = <cfloat>x
            o = <cfloat*>(<char*>o + steps[0])
            a = <uint8_t*>(<char*>a + steps[1])
cdef void cast_uint8_complex128(char** data, const Py_ssize_t* steps, Py_ssize_t n, LoopArgs* args) noexcept nogil:
    cdef cdouble* o = <cdouble*>data[0]
    cdef uint8_t* a = <uint8_t*>data[1]
    cdef uint8_t x
    cdef Py_ssize_t i
    if steps[0] == sizeof(cdouble) and steps[1] == sizeof(uint8_t):
        for i in range(n):
            x = a[i]
            o[i] = <cdouble>x
    else:
        for i in range(n):
            x = a[0]
            o[0] = <cdouble>x
            o = <cdouble*>(<char*>o + steps[0])
            a = <uint8_t*>(<char*>a + steps[1])
cdef void cast_int8_bool(char** data, const Py_ssize_t* steps, Py_ssize_t n, LoopArgs* args) noexcept nogil:
    cdef uint8_t* o = <uint8_t*>data[0]
    cdef int8_t* a = <int8_t*>data[1]
    cdef int8_t x
    cdef Py_ssize_t i
    if steps[0] == sizeof(uint8_t) and steps[1] == sizeof(int8_t):
        for i in range(n):
            x = a[i]
            o[i] = x != 0
    else:
        for i in range(n):
            x = a[0]
            o[0] = x != 0
            o = <uint8_t*>(<char*>o + steps[0])
            a = <int8_t*>(<char*>a + steps[1])
cdef void cast_int8_uint8(char** data, const Py_ssize_t* steps, Py_ssize_t n, LoopArgs* args) noexcept nogil:
    cdef uint8_t* o = <uint8_t*>data[0]
    cdef int8_t* a = <int8_t*>data[1]
    cdef int8_t x
    cdef Py_ssize_t i
    if steps[0] == sizeof(uint8_t) and steps[1] == sizeof(int8_t):
        for i in range(n):
            x = a[i]
            o[i] = <uint8_t>x
    else:
        for i in range(n):
            x = a[0]
            o[0] = <uint8_t>x
            o = <uint8_t*>(<char*>o + steps[0])
            a = <int8_t*>(<char*>a + steps[1])
cdef void cast_int8_int8(char** data, const Py_ssize_t* steps, Py_ssize_t n, LoopArgs* args) noexcept nogil:
    cdef int8_t* o = <int8_t*>data[0]
    cdef int8_t* a = <int8_t*>data[1]
    cdef int8_t x
    cdef Py_ssize_t i
    if steps[0] == sizeof(int8_t) and steps[1] == sizeof(int8_t):
        for i in range(n):
            x = a[i]
            o[i] = x
    else:
        for i in range(n):
            x = a[0]
            o[0] = x
            o = <int8_t*>(<char*>o + steps[0])
            a = <int8_t*>(<char*>a + steps[1])
cdef void cast_int8_int16(char** data, const Py_ssize_t* steps, Py_ssize_t n, LoopArgs* args) noexcept nogil:
    cdef int16_t* o = <int16_t*>data[0]
    cdef int8_t* a = <int8_t*>data[1]
    cdef int8_t x
    cdef Py_ssize_t i
    if steps[0] == sizeof(int16_t) and steps[1] == sizeof(int8_t):
        for i in range(n):
            x = a[i]
            o[i] = <int16_t>x
    else:
        for i in range(n):
            x = a[0]
            o[0] = <int16_t>x
            o = <int16_t*>(<char*>o + steps[0])
            a = <int8_t*>(<char*>a + steps[1])
cdef void cast_int8_int32(char** data, const Py_ssize_t* steps, Py_ssize_t n, LoopArgs* args) noexcept nogil:
    cdef int32_t* o = <int32_t*>data[0]
    cdef int8_t* a = <int8_t*>data[1]
    cdef int8_t x
    cdef Py_ssize_t i
    if steps[0] == sizeof(int32_t) and steps[1] == sizeof(int8_t):
        for i in range(n):
            x = a[i]
            o[i] = <int32_t>x
    else:
        for i in range(n):
            x = a[0]
            o[0] = <int32_t>x
            o = <int32_t*>(<char*>o + steps[0])
            a = <int8_t*>(<char*>a + steps[1])
cdef void cast_int8_int64(char** data, const Py_ssize_t* steps, Py_ssize_t n, LoopArgs* args) noexcept nogil:
    cdef int64_t* o = <int64_t*>data[0]
    cdef int8_t* a = <int8_t*>data[1]
    cdef int8_t x
    cdef Py_ssize_t i
    if steps[0] == sizeof(int64_t) and steps[1] == sizeof(int8_t):
        for i in range(n):
            x = a[i]
            o[i] = <int64_t>x
    else:
        for i in range(n):
            x = a[0]
            o[0] = <int64_t>x
            o = <int64_t*>(<char*>o + steps[0])
            a = <int8_t*>(<char*>a + steps[1])
cdef void cast_int8_float16(char** data, const Py_ssize_t* steps, Py_ssize_t n, LoopArgs* args) noexcept nogil:
    cdef uint16_t* o = <uint16_t*>data[0]
    cdef int8_t* a = <int8_t*>data[1]
    cdef int8_t x
    cdef Py_ssize_t i
    if steps[0] == sizeof(uint16_t) and steps[1] == sizeof(int8_t):
        for i in range(n):
            x = a[i]
            o[i] = lucet_float_to_half(<float>x)
    else:
        for i in range(n):
            x = a[0]
            o[0] = lucet_float_to_half(<float>x)
            o = <uint16_t*>(<char*>o + steps[0])
            a = <int8_t*>(<char*>a + steps[1])
cdef void cast_int8_bfloat16(char** data, const Py_ssize_t* steps, Py_ssize_t n, LoopArgs* args) noexcept nogil:
    cdef uint16_t* o = <uint16_t*>data[0]
    cdef int8_t* a = <int8_t*>data[1]
    cdef int8_t x
    cdef Py_ssize_t i
    if steps[0] == sizeof(uint16_t) and steps[1] == sizeof(int8_t):
        for i in range(n):
            x = a[i]
            o[i] = lucet_float_to_bfloat(<float>x)
    else:
        for i in range(n):
            x = a[0]
            o[0] = lucet_float_to_bfloat(<float>x)
            o = <uint16_t*>(<char*>o + steps[0])
            a = <int8_t*>(<char*>a + steps[1])
cdef void cast_int8_float32(char** data, const Py_ssize_t* steps, Py_ssize_t n, LoopArgs* args) noexcept nogil:
    cdef float* o = <float*>data[0]
    cdef int8_t* a = <int8_t*>data[1]
    cdef int8_t x
    cdef Py_ssize_t i
    if steps[0] == sizeof(float) and steps[1] == sizeof(int8_t):
        for i in range(n):
            x = a[i]
            o[i] = <float>x
    else:
        for i in range(n):
            x = a[0]
            o[0] = <float>x
            o = <float*>(<char*>o + steps[0])
            a = <int8_t*>(<char*>a + steps[1])
cdef void cast_int8_float64(char** data, const Py_ssize_t* steps, Py_ssize_t n, LoopArgs* args) noexcept nogil:
    cdef double* o = <double*>data[0]
    cdef int8_t* a = <int8_t*>data[1]
    cdef int8_t x
    cdef Py_ssize_t i
    if steps[0] == sizeof(double) and steps[1] == sizeof(int8_t):
        for i in range(n):
            x = a[i]
            o[i] = <double>x
    else:
        for i in range(n):
            x = a[0]
            o[0] = <double>x
            o = <double*>(<char*>o + steps[0])
            a = <int8_t*>(<char*>a + steps[1])
cdef void cast_int8_complex64(char** data, const Py_ssize_t* steps, Py_ssize_t n, LoopArgs* args) noexcept nogil:
    cdef cfloat* o = <cfloat*>data[0]
    cdef int8_t* a = <int8_t*>data[1]
    cdef int8_t x
    cdef Py_ssize_t i
    if steps[0] == sizeof(cfloat) and steps[1] == sizeof(int8_t):
        for i in range(n):
            x = a[i]
            o[i] = <cfloat>x
    else:
        for i in range(n):
            x = a[0]
            o[0] = <cfloat>x
            o = <cfloat*>(<char*>o + steps[0])
            a = <int8_t*>(<char*>a + steps[1])
cdef void cast_int8_complex128(char** data, const Py_ssize_t* steps, Py_ssize_t n, LoopArgs* args) noexcept nogil:
    cdef cdouble* o = <cdouble*>data[0]
    cdef int8_t* a = <int8_t*>data[1]
    cdef int8_t x
    cdef Py_ssize_t i
    if steps[0] == sizeof(cdouble) and steps[1] == sizeof(int8_t):
        for i in range(n):
            x = a[i]
            o[i] = <cdouble>x
    else:
        for i in range(n):
            x = a[0]
            o[0] = <cdouble>x
            o = <cdouble*>(<char*>o + steps[0])
            a = <int8_t*>(<char*>a + steps[1])
cdef void cast_int16_bool(char** data, const Py_ssize_t* steps, Py_ssize_t n, LoopArgs* args) noexcept nogil:
    cdef uint8_t* o = <uint8_t*>data[0]
    cdef int16_t* a = <int16_t*>data[1]
    cdef int16_t x
    cdef Py_ssize_t i
    if steps[0] == sizeof(uint8_t) and steps[1] == sizeof(int16_t):
        for i in range(n):
            x = a[i]
            o[i] = x != 0
    else:
        for i in range(n):
            x = a[0]
            o[0] = x != 0
            o = <uint8_t*>(<char*>o + steps[0])
            a = <int16_t*>(<char*>a + steps[1])
cdef void cast_int16_uint8(char** data, const Py_ssize_t* steps, Py_ssize_t n, LoopArgs* args) noexcept nogil:
    cdef uint8_t* o = <uint8_t*>data[0]
    cdef int16_t* a = <int16_t*>data[1]
    cdef int16_t x
    cdef Py_ssize_t i
    if steps[0] == sizeof(uint8_t) and steps[1] == sizeof(int16_t):
        for i in range(n):
            x = a[i]
            o[i] = <uint8_t>x
    else:
        for i in range(n):
            x = a[0]
            o[0] = <uint8_t>x
            o = <uint8_t*>(<char*>o + steps[0])
            a = <int16_t*>(<char*>a + steps[1])
cdef void cast_int16_int8(char** data, const Py_ssize_t* steps, Py_ssize_t n, LoopArgs* args) noexcept nogil:
    cdef int8_t* o = <int8_t*>data[0]
    cdef int16_t* a = <int16_t*>data[1]
    cdef int16_t x
    cdef Py_ssize_t i
    if steps[0] == sizeof(int8_t) and steps[1] == sizeof(int16_t):
        for i in range(n):
            x = a[i]
            o[i] = <int8_t>x
    else:
        for i in range(n):
            x = a[0]
            o[0] = <int8_t>x
            o = <int8_t*>(<char*>o + steps[0])
            a = <int16_t*>(<char*>a + steps[1])
cdef void cast_int16_int16(char** data, const Py_ssize_t* steps, Py_ssize_t n, LoopArgs* args) noexcept nogil:
    cdef int16_t* o = <int16_t*>data[0]
    cdef int16_t* a = <int16_t*>data[1]
    cdef int16_t x
    cdef Py_ssize_t i
    if steps[0] == sizeof(int16_t) and steps[1] == sizeof(int16_t):
        for i in range(n):
            x = a[i]
            o[i] = x
    else:
        for i in range(n):
            x = a[0]
            o[0] = x
            o = <int16_t*>(<char*>o + steps[0])
            a = <int16_t*>(<char*>a + steps[1])
cdef void cast_int16_int32(char** data, const Py_ssize_t* steps, Py_ssize_t n, LoopArgs* args) noexcept nogil:
    cdef int32_t* o = <int32_t*>data[0]
    cdef int16_t* a = <int16_t*>data[1]
    cdef int16_t x
    cdef Py_ssize_t i
    if steps[0] == sizeof(int32_t) and steps[1] == sizeof(int16_t):
        for i in range(n):
            x = a[i]
            o[i] = <int32_t>x
    else:
        for i in range(n):
            x = a[0]
            o[0] = <int32_t>x
            o = <int32_t*>(<char*>o + steps[0])
            a = <int16_t*>(<char*>a + steps[1])
cdef void cast_int16_int64(char** data, const Py_ssize_t* steps, Py_ssize_t n, LoopArgs* args) noexcept nogil:
    cdef int64_t* o = <int64_t*>data[0]
    cdef int16_t* a = <int16_t*>data[1]
    cdef int16_t x
    cdef Py_ssize_t i
    if steps[0] == sizeof(int64_t) and steps[1] == sizeof(int16_t):
        for i in range(n):
            x = a[i]
            o[i] = <int64_t>x
    else:
        for i in range(n):
            x = a[0]
            o[0] = <int64_t>x
            o = <int64_t*>(<char*>o + steps[0])
            a = <int16_t*>(<char*>a + steps[1])
cdef void cast_int16_float16(char** data, const Py_ssize_t* steps, Py_ssize_t n, LoopArgs* args) noexcept nogil:
    cdef uint16_t* o = <uint16_t*>data[0]
    cdef int16_t* a = <int16_t*>data[1]
    cdef int16_t x
    cdef Py_ssize_t i
    if steps[0] == sizeof(uint16_t) and steps[1] == sizeof(int16_t):
        for i in range(n):
            x = a[i]
            o[i] = lucet_float_to_half(<float>x)
    else:
        for i in range(n):
            x = a[0]
            o[0] = lucet_float_to_half(<float>x)
            o = <uint16_t*>(<char*>o + steps[0])
            a = <int16_t*>(<char*>a + steps[1])
cdef void cast_int16_bfloat16(char** data, const Py_ssize_t* steps, Py_ssize_t n, LoopArgs* args) noexcept nogil:
    cdef uint16_t* o = <uint16_t*>data[0]
    cdef int16_t* a = <int16_t*>data[1]
    cdef int16_t x
    cdef Py_ssize_t i
    if steps[0] == sizeof(uint16_t) and steps[1] == sizeof(int16_t):
        for i in range(n):
            x = a[i]
            o[i] = lucet_float_to_bfloat(<float>x)
    else:
        for i in range(n):
            x = a[0]
            o[0] = lucet_float_to_bfloat(<float>x)
            o = <uint16_t*>(<char*>o + steps[0])
            a = <int16_t*>(<char*>a + steps[1])
cdef void cast_int16_float32(char** data, const Py_ssize_t* steps, Py_ssize_t n, LoopArgs* args) noexcept nogil:
    cdef float* o = <float*>data[0]
    cdef int16_t* a = <int16_t*>data[1]
    cdef int16_t x
    cdef Py_ssize_t i
    if steps[0] == sizeof(float) and steps[1] == sizeof(int16_t):
        for i in range(n):
            x = a[i]
            o[i] = <float>x
    else:
        for i in range(n):
            x = a[0]
            o[0] = <float>x
            o = <float*>(<char*>o + steps[0])
            a = <int16_t*>(<char*>a + steps[1])
cdef void cast_int16_float64(char** data, const Py_ssize_t* steps, Py_ssize_t n, LoopArgs* args) noexcept nogil:
    cdef double* o = <double*>data[0]
    cdef int16_t* a = <int16_t*>data[1]
    cdef int16_t x
    cdef Py_ssize_t i
    if steps[0] == sizeof(double) and steps[1] == sizeof(int16_t):
        for i in range(n):
            x = a[i]
            o[i] = <double>x
    else:
        for i in range(n):
            x = a[0]
            o[0] = <double>x
            o = <double*>(<char*>o + steps[0])
            a = <int16_t*>(<char*>a + steps[1])
cdef void cast_int16_complex64(char** data, const Py_ssize_t* steps, Py_ssize_t n, LoopArgs* args) noexcept nogil:
    cdef cfloat* o = <cfloat*>data[0]
    cdef int16_t* a = <int16_t*>data[1]
    cdef int16_t x
    cdef Py_ssize_t i
    if steps[0] == sizeof(cfloat) and steps[1] == sizeof(int16_t):
        for i in range(n):
            x = a[i]
            o[i] = <cfloat>x
    else:
        for i in range(n):
            x = a[0]
            o[0] = <cfloat>x
            o = <cfloat*>(<char*>o + steps[0])
            a = <int16_t*>(<char*>a + steps[1])
cdef void cast_int16_complex128(char** data, const Py_ssize_t* steps, Py_ssize_t n, LoopArgs* args) noexcept nogil:
    cdef cdouble* o = <cdouble*>data[0]
    cdef int16_t* a = <int16_t*>data[1]
    cdef int16_t x
    cdef Py_ssize_t i
    if steps[0] == sizeof(cdouble) and steps[1] == sizeof(int16_t):
        for i in range(n):
            x = a[i]
            o[i] = <cdouble>x
    else:
        for i in range(n):
            x = a[0]
            o[0] = <cdouble>x
            o = <cdouble*>(<char*>o + steps[0])
            a = <int16_t*>(<char*>a + steps[1])
cdef void cast_int32_bool(char** data, const Py_ssize_t* steps, Py_ssize_t n, LoopArgs* args) noexcept nogil:
    cdef uint8_t* o = <uint8_t*>data[0]
    cdef int32_t* a = <int32_t*>data[1]
    cdef int32_t x
    cdef Py_ssize_t i
    if steps[0] == sizeof(uint8_t) and steps[1] == sizeof(int32_t):
        for i in range(n):
            x = a[i]
            o[i] = x != 0
    else:
        for i in range(n):
            x = a[0]
            o[0] = x != 0
            o = <uint8_t*>(<char*>o + steps[0])
            a = <int32_t*>(<char*>a + steps[1])
cdef void cast_int32_uint8(char** data, const Py_ssize_t* steps, Py_ssize_t n, LoopArgs* args) noexcept nogil:
    cdef uint8_t* o = <uint8_t*>data[0]
    cdef int32_t* a = <int32_t*>data[1]
    cdef int32_t x
    cdef Py_ssize_t i
    if steps[0] == sizeof(uint8_t) and steps[1] == sizeof(int32_t):
        for i in range(n):
            x = a[i]
            o[i] = <uint8_t>x
    else:
        for i in range(n):
            x = a[0]
            o[0] = <uint8_t>x
            o = <uint8_t*>(<char*>o + steps[0])
            a = <int32_t*>(<char*>a + steps[1])
cdef void cast_int32_int8(char** data, const Py_ssize_t* steps, Py_ssize_t n, LoopArgs* args) noexcept nogil:
    cdef int8_t* o = <int8_t*>data[0]
    cdef int32_t* a = <int32_t*>data[1]
    cdef int32_t x
    cdef Py_ssize_t i
    if steps[0] == sizeof(int8_t) and steps[1] == sizeof(int32_t):
        for i in range(n):
            x = a[i]
            o[i] = <int8_t>x
    else:
        for i in range(n):
            x = a[0]
            o[0] = <int8_t>x
            o = <int8_t*>(<char*>o + steps[0])
            a = <int32_t*>(<char*>a + steps[1])
cdef void cast_int32_int16(char** data, const Py_ssize_t* steps, Py_ssize_t n, LoopArgs* args) noexcept nogil:
    cdef int16_t* o = <int16_t*>data[0]
    cdef int32_t* a = <int32_t*>data[1]
    cdef int32_t x
    cdef Py_ssize_t i
    if steps[0] == sizeof(int16_t) and steps[1] == sizeof(int32_t):
        for i in range(n):
            x = a[i]
            o[i] = <int16_t>x
    else:
        for i in range(n):
            x = a[0]
            o[0] = <int16_t>x
            o = <int16_t*>(<char*>o + steps[0])
            a = <int32_t*>(<char*>a + steps[1])
cdef void cast_int32_int32(char** data, const Py_ssize_t* steps, Py_ssize_t n, LoopArgs* args) noexcept nogil:
    cdef int32_t* o = <int32_t*>data[0]
    cdef int32_t* a = <int32_t*>data[1]
    cdef int32_t x
    cdef Py_ssize_t i
    if steps[0] == sizeof(int32_t) and steps[1] == sizeof(int32_t):
        for i in range(n):
            x = a[i]
            o[i] = x
    else:
        for i in range(n):
            x = a[0]
            o[0] = x
            o = <int32_t*>(<char*>o + steps[0])
            a = <int32_t*>(<char*>a + steps[1])
cdef void cast_int32_int64(char** data, const Py_ssize_t* steps, Py_ssize_t n, LoopArgs* args) noexcept nogil:
    cdef int64_t* o = <int64_t*>data[0]
    cdef int32_t* a = <int32_t*>data[1]
    cdef int32_t x
    cdef Py_ssize_t i
    if steps[0] == sizeof(int64_t) and steps[1] == sizeof(int32_t):
        for i in range(n):
            x = a[i]
            o[i] = <int64_t>x
    else:
        for i in range(n):
            x = a[0]
            o[0] = <int64_t>x
            o = <int64_t*>(<char*>o + steps[0])
            a = <int32_t*>(<char*>a + steps[1])
cdef void cast_int32_float16(char** data, const Py_ssize_t* steps, Py_ssize_t n, LoopArgs* args) noexcept nogil:
    cdef uint16_t* o = <uint16_t*>data[0]
    cdef int32_t* a = <int32_t*>data[1]
    cdef int32_t x
    cdef Py_ssize_t i
    if steps[0] == sizeof(uint16_t) and steps[1] == sizeof(int32_t):
        for i in range(n):
            x = a[i]
            o[i] = lucet_float_to_half(<float>x)
    else:
        for i in range(n):
            x = a[0]
            o[0] = lucet_float_to_half(<float>x)
            o = <uint16_t*>(<char*>o + steps[0])
            a = <int32_t*>(<char*>a + steps[1])
cdef void cast_int32_bfloat16(char** data, const Py_ssize_t* steps, Py_ssize_t n, LoopArgs* args) noexcept nogil:
    cdef uint16_t* o = <uint16_t*>data[0]
    cdef int32_t* a = <int32_t*>data[1]
    cdef int32_t x
    cdef Py_ssize_t i
    if steps[0] == sizeof(uint16_t) and steps[1] == sizeof(int32_t):
        for i in range(n):
            x = a[i]
            o[i] = lucet_float_to_bfloat(<float>x)
    else:
        for i in range(n):
            x = a[0]
            o[0] = lucet_float_to_bfloat(<float>x)
            o = <uint16_t*>(<char*>o + steps[0])
            a = <int32_t*>(<char*>a + steps[1])
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
cdef void cast_int32_complex64(char** data, const Py_ssize_t* steps, Py_ssize_t n, LoopArgs* args) noexcept nogil:
    cdef cfloat* o = <cfloat*>data[0]
    cdef int32_t* a = <int32_t*>data[1]
    cdef int32_t x
    cdef Py_ssize_t i
    if steps[0] == sizeof(cfloat) and steps[1] == sizeof(int32_t):
        for i in range(n):
            x = a[i]
            o[i] = <cfloat>x
    else:
        for i in range(n):
            x = a[0]
            o[0] = <cfloat>x
            o = <cfloat*>(<char*>o + steps[0])
            a = <int32_t*>(<char*>a + steps[1])
cdef void cast_int32_complex128(char** data, const Py_ssize_t* steps, Py_ssize_t n, LoopArgs* args) noexcept nogil:
    cdef cdouble* o = <cdouble*>data[0]
    cdef int32_t* a = <int32_t*>data[1]
    cdef int32_t x
    cdef Py_ssize_t i
    if steps[0] == sizeof(cdouble) and steps[1] == sizeof(int32_t):
        for i in range(n):
            x = a[i]
            o[i] = <cdouble>x
    else:
        for i in range(n):
            x = a[0]
            o[0] = <cdouble>x
            o = <cdouble*>(<char*>o + steps[0])
            a = <int32_t*>(<char*>a + steps[1])
cdef void cast_int64_bool(char** data, const Py_ssize_t* steps, Py_ssize_t n, LoopArgs* args) noexcept nogil:
    cdef uint8_t* o = <uint8_t*>data[0]
    cdef int64_t* a = <int64_t*>data[1]
    cdef int64_t x
    cdef Py_ssize_t i
    if steps[0] == sizeof(uint8_t) and steps[1] == sizeof(int64_t):
        for i in range(n):
            x = a[i]
            o[i] = x != 0
    else:
        for i in range(n):
            x = a[0]
            o[0] = x != 0
            o = <uint8_t*>(<char*>o + steps[0])
            a = <int64_t*>(<char*>a + steps[1])
cdef void cast_int64_uint8(char** data, const Py_ssize_t* steps, Py_ssize_t n, LoopArgs* args) noexcept nogil:
    cdef uint8_t* o = <uint8_t*>data[0]
    cdef int64_t* a = <int64_t*>data[1]
    cdef int64_t x
    cdef Py_ssize_t i
    if steps[0] == sizeof(uint8_t) and steps[1] == sizeof(int64_t):
        for i in range(n):
            x = a[i]
            o[i] = <uint8_t>x
    else:
        for i in range(n):
            x = a[0]
            o[0] = <uint8_t>x
            o = <uint8_t*>(<char*>o + steps[0])
            a = <int64_t*>(<char*>a + steps[1])
cdef void cast_int64_int8(char** data, const Py_ssize_t* steps, Py_ssize_t n, LoopArgs* args) noexcept nogil:
    cdef int8_t* o = <int8_t*>data[0]
    cdef int64_t* a = <int64_t*>data[1]
    cdef int64_t x
    cdef Py_ssize_t i
    if steps[0] == sizeof(int8_t) and steps[1] == sizeof(int64_t):
        for i in range(n):
            x = a[i]
            o[i] = <int8_t>x
    else:
        for i in range(n):
            x = a[0]
            o[0] = <int8_t>x
            o = <int8_t*>(<char*>o + steps[0])
            a = <int64_t*>(<char*>a + steps[1])
cdef void cast_int64_int16(char** data, const Py_ssize_t* steps, Py_ssize_t n, LoopArgs* args) noexcept nogil:
    cdef int16_t* o = <int16_t*>data[0]
    cdef int64_t* a = <int64_t*>data[1]
    cdef int64_t x
    cdef Py_ssize_t i
    if steps[0] == sizeof(int16_t) and steps[1] == sizeof(int64_t):
        for i in range(n):
            x = a[i]
            o[i] = <int16_t>x
    else:
        for i in range(n):
            x = a[0]
            o[0] = <int16_t>x
            o = <int16_t*>(<char*>o + steps[0])
            a = <int64_t*>(<char*>a + steps[1])
cdef void cast_int64_int32(char** data, const Py_ssize_t* steps, Py_ssize_t n, LoopArgs* args) noexcept nogil:
    cdef int32_t* o = <int32_t*>data[0]
    cdef int64_t* a = <int64_t*>data[1]
    cdef int64_t x
    cdef Py_ssize_t i
    if steps[0] == sizeof(int32_t) and steps[1] == sizeof(int64_t):
        for i in range(n):
            x = a[i]
            o[i] = <int32_t>x
    else:
        for i in range(n):
            x = a[0]
            o[0] = <int32_t>x
            o = <int32_t*>(<char*>o + steps[0])
            a = <int64_t*>(<char*>a + steps[1])
cdef void cast_int64_int64(char** data, const Py_ssize_t* steps, Py_ssize_t n, LoopArgs* args) noexcept nogil:
    cdef int64_t* o = <int64_t*>data[0]
    cdef int64_t* a = <int64_t*>data[1]
    cdef int64_t x
    cdef Py_ssize_t i
    if steps[0] == sizeof(int64_t) and steps[1] == sizeof(int64_t):
        for i in range(n):
            x = a[i]
            o[i] = x
    else:
        for i in range(n):
            x = a[0]
            o[0] = x
            o = <int64_t*>(<char*>o + steps[0])
            a = <int64_t*>(<char*>a + steps[1])
cdef void cast_int64_float16(char** data, const Py_ssize_t* steps, Py_ssize_t n, LoopArgs* args) noexcept nogil:
    cdef uint16_t* o = <uint16_t*>data[0]
    cdef int64_t* a = <int64_t*>data[1]
    cdef int64_t x
    cdef Py_ssize_t i
    if steps[0] == sizeof(uint16_t) and steps[1] == sizeof(int64_t):
        for i in range(n):
            x = a[i]
            o[i] = lucet_float_to_half(<float>x)
    else:
        for i in range(n):
            x = a[0]
            o[0] = lucet_float_to_half(<float>x)
            o = <uint16_t*>(<char*>o + steps[0])
            a = <int64_t*>(<char*>a + steps[1])
cdef void cast_int64_bfloat16(char** data, const Py_ssize_t* steps, Py_ssize_t n, LoopArgs* args) noexcept nogil:
    cdef uint16_t* o = <uint16_t*>data[0]
    cdef int64_t* a = <int64_t*>data[1]
    cdef int64_t x
    cdef Py_ssize_t i
    if steps[0] == sizeof(uint16_t) and steps[1] == sizeof(int64_t):
        for i in range(n):
            x = a[i]
            o[i] = lucet_float_to_bfloat(<float>x)
    else:
        for i in range(n):
            x = a[0]
            o[0] = lucet_float_to_bfloat(<float>x)
            o = <uint16_t*>(<char*>o + steps[0])
            a = <int64_t*>(<char*>a + steps[1])
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
cdef void cast_int64_complex64(char** data, const Py_ssize_t* steps, Py_ssize_t n, LoopArgs* args) noexcept nogil:
    cdef cfloat* o = <cfloat*>data[0]
    cdef int64_t* a = <int64_t*>data[1]
    cdef int64_t x
    cdef Py_ssize_t i
    if steps[0] == sizeof(cfloat) and steps[1] == sizeof(int64_t):
        for i in range(n):
            x = a[i]
            o[i] = <cfloat>x
    else:
        for i in range(n):
            x = a[0]
            o[0] = <cfloat>x
            o = <cfloat*>(<char*>o + steps[0])
            a = <int64_t*>(<char*>a + steps[1])
cdef void cast_int64_complex128(char** data, const Py_ssize_t* steps, Py_ssize_t n, LoopArgs* args) noexcept nogil:
    cdef cdouble* o = <cdouble*>data[0]
    cdef int64_t* a = <int64_t*>data[1]
    cdef int64_t x
    cdef Py_ssize_t i
    if steps[0] == sizeof(cdouble) and steps[1] == sizeof(int64_t):
        for i in range(n):
            x = a[i]
            o[i] = <cdouble>x
    else:
        for i in range(n):
            x = a[0]
            o[0] = <cdouble>x
            o = <cdouble*>(<char*>o + steps[0])
            a = <int64_t*>(<char*>a + steps[1])
cdef void cast_float16_bool(char** data, const Py_ssize_t* steps, Py_ssize_t n, LoopArgs* args) noexcept nogil:
    cdef uint8_t* o = <uint8_t*>data[0]
    cdef uint16_t* a = <uint16_t*>data[1]
    cdef uint16_t x
    cdef Py_ssize_t i
    if steps[0] == sizeof(uint8_t) and steps[1] == sizeof(uint16_t):
        for i in range(n):
            x = a[i]
            o[i] = lucet_half_to_float(x) != 0
    else:
        for i in range(n):
            x = a[0]
            o[0] = lucet_half_to_float(x) != 0
            o = <uint8_t*>(<char*>o + steps[0])
            a = <uint16_t*>(<char*>a + steps[1])
cdef void cast_float16_uint8(char** data, const Py_ssize_t* steps, Py_ssize_t n, LoopArgs* args) noexcept nogil:
    cdef uint8_t* o = <uint8_t*>data[0]
    cdef uint16_t* a = <uint16_t*>data[1]
    cdef uint16_t x
    cdef Py_ssize_t i
    if steps[0] == sizeof(uint8_t) and steps[1] == sizeof(uint16_t):
        for i in range(n):
            x = a[i]
            o[i] = <uint8_t><int64_t>lucet_half_to_float(x)
    else:
        for i in range(n):
            x = a[0]
            o[0] = <uint8_t><int64_t>lucet_half_to_float(x)
            o = <uint8_t*>(<char*>o + steps[0])
            a = <uint16_t*>(<char*>a + steps[1])
cdef void cast_float16_int8(char** data, const Py_ssize_t* steps, Py_ssize_t n, LoopArgs* args) noexcept nogil:
    cdef int8_t* o = <int8_t*>data[0]
    cdef uint16_t* a = <uint16_t*>data[1]
    cdef uint16_t x
    cdef Py_ssize_t i
    if steps[0] == sizeof(int8_t) and steps[1] == sizeof(uint16_t):
        for i in range(n):
            x = a[i]
            o[i] = <int8_t><int64_t>lucet_half_to_float(x)
    else:
        for i in range(n):
            x = a[0]
            o[0] = <int8_t><int64_t>lucet_half_to_float(x)
            o = <int8_t*>(<char*>o + steps[0])
            a = <uint16_t*>(<char*>a + steps[1])
cdef void cast_float16_int16(char** data, const Py_ssize_t* steps, Py_ssize_t n, LoopArgs* args) noexcept nogil:
    cdef int16_t* o = <int16_t*>data[0]
    cdef uint16_t* a = <uint16_t*>data[1]
    cdef uint16_t x
    cdef Py_ssize_t i
    if steps[0] == sizeof(int16_t) and steps[1] == sizeof(uint16_t):
        for i in range(n):
            x = a[i]
            o[i] = <int16_t><int64_t>lucet_half_to_float(x)
    else:
        for i in range(n):
            x = a[0]
            o[0] = <int16_t><int64_t>lucet_half_to_float(x)
            o = <int16_t*>(<char*>o + steps[0])
            a = <uint16_t*>(<char*>a + steps[1])
cdef void cast_float16_int32(char** data, const Py_ssize_t* steps, Py_ssize_t n, LoopArgs* args) noexcept nogil:
    cdef int32_t* o = <int32_t*>data[0]
    cdef uint16_t* a = <uint16_t*>data[1]
    cdef uint16_t x
    cdef Py_ssize_t i
    if steps[0] == sizeof(int32_t) and steps[1] == sizeof(uint16_t):
        for i in range(n):
            x = a[i]
            o[i] = <int32_t><int64_t>lucet_half_to_float(x)
    else:
        for i in range(n):
            x = a[0]
            o[0] = <int32_t><int64_t>lucet_half_to_float(x)
            o = <int32_t*>(<char*>o + steps[0])
            a = <uint16_t*>(<char*>a + steps[1])
cdef void cast_float16_int64(char** data, const Py_ssize_t* steps, Py_ssize_t n, LoopArgs* args) noexcept nogil:
    cdef int64_t* o = <int64_t*>data[0]
    cdef uint16_t* a = <uint16_t*>data[1]
    cdef uint16_t x
    cdef Py_ssize_t i
    if steps[0] == sizeof(int64_t) and steps[1] == sizeof(uint16_t):
        for i in range(n):
            x = a[i]
            o[i] = <int64_t>lucet_half_to_float(x)
    else:
        for i in range(n):
            x = a[0]
            o[0] = <int64_t>lucet_half_to_float(x)
            o = <int64_t*>(<char*>o + steps[0])
            a = <uint16_t*>(<char*>a + steps[1])
cdef void cast_float16_float16(char** data, const Py_ssize_t* steps, Py_ssize_t n, LoopArgs* args) noexcept nogil:
    cdef uint16_t* o = <uint16_t*>data[0]
    cdef uint16_t* a = <uint16_t*>data[1]
    cdef uint16_t x
    cdef Py_ssize_t i
    if steps[0] == sizeof(uint16_t) and steps[1] == sizeof(uint16_t):
        for i in range(n):
            x = a[i]
            o[i] = x
    else:
        for i in range(n):
            x = a[0]
            o[0] = x
            o = <uint16_t*>(<char*>o + steps[0])
            a = <uint16_t*>(<char*>a + steps[1])
cdef void cast_float16_bfloat16(char** data, const Py_ssize_t* steps, Py_ssize_t n, LoopArgs* args) noexcept nogil:
    cdef uint16_t* o = <uint16_t*>data[0]
    cdef uint16_t* a = <uint16_t*>data[1]
    cdef uint16_t x
    cdef Py_ssize_t i
    if steps[0] == sizeof(uint16_t) and steps[1] == sizeof(uint16_t):
        for i in range(n):
            x = a[i]
            o[i] = lucet_float_to_bfloat(<float>lucet_half_to_float(x))
    else:
        for i in range(n):
            x = a[0]
            o[0] = lucet_float_to_bfloat(<float>lucet_half_to_float(x))
            o = <uint16_t*>(<char*>o + steps[0])
            a = <uint16_t*>(<char*>a + steps[1])
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
cdef void cast_float16_complex64(char** data, const Py_ssize_t* steps, Py_ssize_t n, LoopArgs* args) noexcept nogil:
    cdef cfloat* o = <cfloat*>data[0]
    cdef uint16_t* a = <uint16_t*>data[1]
    cdef uint16_t x
    cdef Py_ssize_t i
    if steps[0] == sizeof(cfloat) and steps[1] == sizeof(uint16_t):
        for i in range(n):
            x = a[i]
            o[i] = <cfloat>lucet_half_to_float(x)
    else:
        for i in range(n):
            x = a[0]
            o[0] = <cfloat>lucet_half_to_float(x)
            o = <cfloat*>(<char*>o + steps[0])
            a = <uint16_t*>(<char*>a + steps[1])
cdef void cast_float16_complex128(char** data, const Py_ssize_t* steps, Py_ssize_t n, LoopArgs* args) noexcept nogil:
    cdef cdouble* o = <cdouble*>data[0]
    cdef uint16_t* a = <uint16_t*>data[1]
    cdef uint16_t x
    cdef Py_ssize_t i
    if steps[0] == sizeof(cdouble) and steps[1] == sizeof(uint16_t):
        for i in range(n):
            x = a[i]
            o[i] = <cdouble>lucet_half_to_float(x)
    else:
        for i in range(n):
            x = a[0]
            o[0] = <cdouble>lucet_half_to_float(x)
            o = <cdouble*>(<char*>o + steps[0])
            a = <uint16_t*>(<char*>a + steps[1])
cdef void cast_bfloat16_bool(char** data, const Py_ssize_t* steps, Py_ssize_t n, LoopArgs* args) noexcept nogil:
    cdef uint8_t* o = <uint8_t*>data[0]
    cdef uint16_t* a = <uint16_t*>data[1]
    cdef uint16_t x
    cdef Py_ssize_t i
    if steps[0] == sizeof(uint8_t) and steps[1] == sizeof(uint16_t):
        for i in range(n):
            x = a[i]
            o[i] = lucet_bfloat_to_float(x) != 0
    else:
        for i in range(n):
            x = a[0]
            o[0] = lucet_bfloat_to_float(x) != 0
            o = <uint8_t*>(<char*>o + steps[0])
            a = <uint16_t*>(<char*>a + steps[1])
cdef void cast_bfloat16_uint8(char** data, const Py_ssize_t* steps, Py_ssize_t n, LoopArgs* args) noexcept nogil:
    cdef uint8_t* o = <uint8_t*>data[0]
    cdef uint16_t* a = <uint16_t*>data[1]
    cdef uint16_t x
    cdef Py_ssize_t i
    if steps[0] == sizeof(uint8_t) and steps[1] == sizeof(uint16_t):
        for i in range(n):
            x = a[i]
            o[i] = <uint8_t><int64_t>lucet_bfloat_to_float(x)
    else:
        for i in range(n):
            x = a[0]
            o[0] = <uint8_t><int64_t>lucet_bfloat_to_float(x)
            o = <uint8_t*>(<char*>o + steps[0])
            a = <uint16_t*>(<char*>a + steps[1])
cdef void cast_bfloat16_int8(char** data, const Py_ssize_t* steps, Py_ssize_t n, LoopArgs* args) noexcept nogil:
    cdef int8_t* o = <int8_t*>data[0]
    cdef uint16_t* a = <uint16_t*>data[1]
    cdef uint16_t x
    cdef Py_ssize_t i
    if steps[0] == sizeof(int8_t) and steps[1] == sizeof(uint16_t):
        for i in range(n):
            x = a[i]
            o[i] = <int8_t><int64_t>lucet_bfloat_to_float(x)
    else:
        for i in range(n):
            x = a[0]
            o[0] = <int8_t><int64_t>lucet_bfloat_to_float(x)
            o = <int8_t*>(<char*>o + steps[0])
            a = <uint16_t*>(<char*>a + steps[1])
cdef void cast_bfloat16_int16(char** data, const Py_ssize_t* steps, Py_ssize_t n, LoopArgs* args) noexcept nogil:
    cdef int16_t* o = <int16_t*>data[0]
    cdef uint16_t* a = <uint16_t*>data[1]
    cdef uint16_t x
    cdef Py_ssize_t i
    if steps[0] == sizeof(int16_t) and steps[1] == sizeof(uint16_t):
        for i in range(n):
            x = a[i]
            o[i] = <int16_t><int64_t>lucet_bfloat_to_float(x)
    else:
        for i in range(n):
            x = a[0]
            o[0] = <int16_t><int64_t>lucet_bfloat_to_float(x)
            o = <int16_t*>(<char*>o + steps[0])
            a = <uint16_t*>(<char*>a + steps[1])
cdef void cast_bfloat16_int32(char** data, const Py_ssize_t* steps, Py_ssize_t n, LoopArgs* args) noexcept nogil:
    cdef int32_t* o = <int32_t*>data[0]
    cdef uint16_t* a = <uint16_t*>data[1]
    cdef uint16_t x
    cdef Py_ssize_t i
    if steps[0] == sizeof(int32_t) and steps[1] == sizeof(uint16_t):
        for i in range(n):
            x = a[i]
            o[i] = <int32_t><int64_t>lucet_bfloat_to_float(x)
    else:
        for i in range(n):
            x = a[0]
            o[0] = <int32_t><int64_t>lucet_bfloat_to_float(x)
            o = <int32_t*>(<char*>o + steps[0])
            a = <uint16_t*>(<char*>a + steps[1])
cdef void cast_bfloat16_int64(char** data, const Py_ssize_t* steps, Py_ssize_t n, LoopArgs* args) noexcept nogil:
    cdef int64_t* o = <int64_t*>data[0]
    cdef uint16_t* a = <uint16_t*>data[1]
    cdef uint16_t x
    cdef Py_ssize_t i
    if steps[0] == sizeof(int64_t) and steps[1] == sizeof(uint16_t):
        for i in range(n):
            x = a[i]
            o[i] = <int64_t>lucet_bfloat_to_float(x)
    else:
        for i in range(n):
            x = a[0]
            o[0] = <int64_t>lucet_bfloat_to_float(x)
            o = <int64_t*>(<char*>o + steps[0])
            a = <uint16_t*>(<char*>a + steps[1])
cdef void cast_bfloat16_float16(char** data, const Py_ssize_t* steps, Py_ssize_t n, LoopArgs* args) noexcept nogil:
    cdef uint16_t* o = <uint16_t*>data[0]
    cdef uint16_t* a = <uint16_t*>data[1]
    cdef uint16_t x
    cdef Py_ssize_t i
    if steps[0] == sizeof(uint16_t) and steps[1] == sizeof(uint16_t):
        for i in range(n):
            x = a[i]
            o[i] = lucet_float_to_half(<float>lucet_bfloat_to_float(x))
    else:
        for i in range(n):
            x = a[0]
            o[0] = lucet_float_to_half(<float>lucet_bfloat_to_float(x))
            o = <uint16_t*>(<char*>o + steps[0])
            a = <uint16_t*>(<char*>a + steps[1])
cdef void cast_bfloat16_bfloat16(char** data, const Py_ssize_t* steps, Py_ssize_t n, LoopArgs* args) noexcept nogil:
    cdef uint16_t* o = <uint16_t*>data[0]
    cdef uint16_t* a = <uint16_t*>data[1]
    cdef uint16_t x
    cdef Py_ssize_t i
    if steps[0] == sizeof(uint16_t) and steps[1] == sizeof(uint16_t):
        for i in range(n):
            x = a[i]
            o[i] = x
    else:
        for i in range(n):
            x = a[0]
            o[0] = x
            o = <uint16_t*>(<char*>o + steps[0])
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
cdef void cast_bfloat16_complex64(char** data, const Py_ssize_t* steps, Py_ssize_t n, LoopArgs* args) noexcept nogil:
    cdef cfloat* o = <cfloat*>data[0]
    cdef uint16_t* a = <uint16_t*>data[1]
    cdef uint16_t x
    cdef Py_ssize_t i
    if steps[0] == sizeof(cfloat) and steps[1] == sizeof(uint16_t):
        for i in range(n):
            x = a[i]
            o[i] = <cfloat>lucet_bfloat_to_float(x)
    else:
        for i in range(n):
            x = a[0]
            o[0] = <cfloat>lucet_bfloat_to_float(x)
            o = <cfloat*>(<char*>o + steps[0])
            a = <uint16_t*>(<char*>a + steps[1])
cdef void cast_bfloat16_complex128(char** data, const Py_ssize_t* steps, Py_ssize_t n, LoopArgs* args) noexcept nogil:
    cdef cdouble* o = <cdouble*>data[0]
    cdef uint16_t* a = <uint16_t*>data[1]
    cdef uint16_t x
    cdef Py_ssize_t i
    if steps[0] == sizeof(cdouble) and steps[1] == sizeof(uint16_t):
        for i in range(n):
            x = a[i]
            o[i] = <cdouble>lucet_bfloat_to_float(x)
    else:
        for i in range(n):
            x = a[0]
            o[0] = <cdouble>lucet_bfloat_to_float(x)
            o = <cdouble*>(<char*>o + steps[0])
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
cdef void cast_float32_int8(char** data, const Py_ssize_t* steps, Py_ssize_t n, LoopArgs* args) noexcept nogil:
    cdef int8_t* o = <int8_t*>data[0]
    cdef float* a = <float*>data[1]
    cdef float x
    cdef Py_ssize_t i
    if steps[0] == sizeof(int8_t) and steps[1] == sizeof(float):
        for i in range(n):
            x = a[i]
            o[i] = <int8_t><int64_t>x
    else:
        for i in range(n):
            x = a[0]
            o[0] = <int8_t><int64_t>x
            o = <int8_t*>(<char*>o + steps[0])
            a = <float*>(<char*>a + steps[1])
cdef void cast_float32_int16(char** data, const Py_ssize_t* steps, Py_ssize_t n, LoopArgs* args) noexcept nogil:
    cdef int16_t* o = <int16_t*>data[0]
    cdef float* a = <float*>data[1]
    cdef float x
    cdef Py_ssize_t i
    if steps[0] == sizeof(int16_t) and steps[1] == sizeof(float):
        for i in range(n):
            x = a[i]
            o[i] = <int16_t><int64_t>x
    else:
        for i in range(n):
            x = a[0]
            o[0] = <int16_t><int64_t>x
            o = <int16_t*>(<char*>o + steps[0])
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
cdef void cast_float32_complex64(char** data, const Py_ssize_t* steps, Py_ssize_t n, LoopArgs* args) noexcept nogil:
    cdef cfloat* o = <cfloat*>data[0]
    cdef float* a = <float*>data[1]
    cdef float x
    cdef Py_ssize_t i
    if steps[0] == sizeof(cfloat) and steps[1] == sizeof(float):
        for i in range(n):
            x = a[i]
            o[i] = <cfloat>x
    else:
        for i in range(n):
            x = a[0]
            o[0] = <cfloat>x
            o = <cfloat*>(<char*>o + steps[0])
            a = <float*>(<char*>a + steps[1])
cdef void cast_float32_complex128(char** data, const Py_ssize_t* steps, Py_ssize_t n, LoopArgs* args) noexcept nogil:
    cdef cdouble* o = <cdouble*>data[0]
    cdef float* a = <float*>data[1]
    cdef float x
    cdef Py_ssize_t i
    if steps[0] == sizeof(cdouble) and steps[1] == sizeof(float):
        for i in range(n):
            x = a[i]
            o[i] = <cdouble>x
    else:
        for i in range(n):
            x = a[0]
            o[0] = <cdouble>x
            o = <cdouble*>(<char*>o + steps[0])
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
cdef void cast_float64_int8(char** data, const Py_ssize_t* steps, Py_ssize_t n, LoopArgs* args) noexcept nogil:
    cdef int8_t* o = <int8_t*>data[0]
    cdef double* a = <double*>data[1]
    cdef double x
    cdef Py_ssize_t i
    if steps[0] == sizeof(int8_t) and steps[1] == sizeof(double):
        for i in range(n):
            x = a[i]
            o[i] = <int8_t><int64_t>x
    else:
        for i in range(n):
            x = a[0]
            o[0] = <int8_t><int64_t>x
            o = <int8_t*>(<char*>o + steps[0])
            a = <double*>(<char*>a + steps[1])
cdef void cast_float64_int16(char** data, const Py_ssize_t* steps, Py_ssize_t n, LoopArgs* args) noexcept nogil:
    cdef int16_t* o = <int16_t*>data[0]
    cdef double* a = <double*>data[1]
    cdef double x
    cdef Py_ssize_t i
    if steps[0] == sizeof(int16_t) and steps[1] == sizeof(double):
        for i in range(n):
            x = a[i]
            o[i] = <int16_t><int64_t>x
    else:
        for i in range(n):
            x = a[0]
            o[0] = <int16_t><int64_t>x
            o = <int16_t*>(<char*>o + steps[0])
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
cdef void cast_float64_complex64(char** data, const Py_ssize_t* steps, Py_ssize_t n, LoopArgs* args) noexcept nogil:
    cdef cfloat* o = <cfloat*>data[0]
    cdef double* a = <double*>data[1]
    cdef double x
    cdef Py_ssize_t i
    if steps[0] == sizeof(cfloat) and steps[1] == sizeof(double):
        for i in range(n):
            x = a[i]
            o[i] = <cfloat>x
    else:
        for i in range(n):
            x = a[0]
            o[0] = <cfloat>x
            o = <cfloat*>(<char*>o + steps[0])
            a = <double*>(<char*>a + steps[1])
cdef void cast_float64_complex128(char** data, const Py_ssize_t* steps, Py_ssize_t n, LoopArgs* args) noexcept nogil:
    cdef cdouble* o = <cdouble*>data[0]
    cdef double* a = <double*>data[1]
    cdef double x
    cdef Py_ssize_t i
    if steps[0] == sizeof(cdouble) and steps[1] == sizeof(double):
        for i in range(n):
            x = a[i]
            o[i] = <cdouble>x
    else:
        for i in range(n):
            x = a[0]
            o[0] = <cdouble>x
            o = <cdouble*>(<char*>o + steps[0])
            a = <double*>(<char*>a + steps[1])
cdef void cast_complex64_bool(char** data, const Py_ssize_t* steps, Py_ssize_t n, LoopArgs* args) noexcept nogil:
    cdef uint8_t* o = <uint8_t*>data[0]
    cdef cfloat* a = <cfloat*>data[1]
    cdef cfloat x
    cdef Py_ssize_t i
    if steps[0] == sizeof(uint8_t) and steps[1] == sizeof(cfloat):
        for i in range(n):
            x = a[i]
            o[i] = x.real != 0 or x.imag != 0
    else:
        for i in range(n):
            x = a[0]
            o[0] = x.real != 0 or x.imag != 0
            o = <uint8_t*>(<char*>o + steps[0])
            a = <cfloat*>(<char*>a + steps[1])
cdef void cast_complex64_uint8(char** data, const Py_ssize_t* steps, Py_ssize_t n, LoopArgs* args) noexcept nogil:
    cdef uint8_t* o = <uint8_t*>data[0]
    cdef cfloat* a = <cfloat*>data[1]
    cdef cfloat x
    cdef Py_ssize_t i
    if steps[0] == sizeof(uint8_t) and steps[1] == sizeof(cfloat):
        for i in range(n):
            x = a[i]
            o[i] = <uint8_t><int64_t>x.real
    else:
        for i in range(n):
            x = a[0]
            o[0] = <uint8_t><int64_t>x.real
            o = <uint8_t*>(<char*>o + steps[0])
            a = <cfloat*>(<char*>a + steps[1])
cdef void cast_complex64_int8(char** data, const Py_ssize_t* steps, Py_ssize_t n, LoopArgs* args) noexcept nogil:
    cdef int8_t* o = <int8_t*>data[0]
    cdef cfloat* a = <cfloat*>data[1]
    cdef cfloat x
    cdef Py_ssize_t i
    if steps[0] == sizeof(int8_t) and steps[1] == sizeof(cfloat):
        for i in range(n):
            x = a[i]
            o[i] = <int8_t><int64_t>x.real
    else:
        for i in range(n):
            x = a[0]
            o[0] = <int8_t><int64_t>x.real
            o = <int8_t*>(<char*>o + steps[0])
            a = <cfloat*>(<char*>a + steps[1])
cdef void cast_complex64_int16(char** data, const Py_ssize_t* steps, Py_ssize_t n, LoopArgs* args) noexcept nogil:
    cdef int16_t* o = <int16_t*>data[0]
    cdef cfloat* a = <cfloat*>data[1]
    cdef cfloat x
    cdef Py_ssize_t i
    if steps[0] == sizeof(int16_t) and steps[1] == sizeof(cfloat):
        for i in range(n):
            x = a[i]
            o[i] = <int16_t><int64_t>x.real
    else:
        for i in range(n):
            x = a[0]
            o[0] = <int16_t><int64_t>x.real
            o = <int16_t*>(<char*>o + steps[0])
            a = <cfloat*>(<char*>a + steps[1])
cdef void cast_complex64_int32(char** data, const Py_ssize_t* steps, Py_ssize_t n, LoopArgs* args) noexcept nogil:
    cdef int32_t* o = <int32_t*>data[0]
    cdef cfloat* a = <cfloat*>data[1]
    cdef cfloat x
    cdef Py_ssize_t i
    if steps[0] == sizeof(int32_t) and steps[1] == sizeof(cfloat):
        for i in range(n):
            x = a[i]
            o[i] = <int32_t><int64_t>x.real
    else:
        for i in range(n):
            x = a[0]
            o[0] = <int32_t><int64_t>x.real
            o = <int32_t*>(<char*>o + steps[0])
            a = <cfloat*>(<char*>a + steps[1])
cdef void cast_complex64_int64(char** data, const Py_ssize_t* steps, Py_ssize_t n, LoopArgs* args) noexcept nogil:
    cdef int64_t* o = <int64_t*>data[0]
    cdef cfloat* a = <cfloat*>data[1]
    cdef cfloat x
    cdef Py_ssize_t i
    if steps[0] == sizeof(int64_t) and steps[1] == sizeof(cfloat):
        for i in range(n):
            x = a[i]
            o[i] = <int64_t>x.real
    else:
        for i in range(n):
            x = a[0]
            o[0] = <int64_t>x.real
            o = <int64_t*>(<char*>o + steps[0])
            a = <cfloat*>(<char*>a + steps[1])
cdef void cast_complex64_float16(char** data, const Py_ssize_t* steps, Py_ssize_t n, LoopArgs* args) noexcept nogil:
    cdef uint16_t* o = <uint16_t*>data[0]
    cdef cfloat* a = <cfloat*>data[1]
    cdef cfloat x
    cdef Py_ssize_t i
    if steps[0] == sizeof(uint16_t) and steps[1] == sizeof(cfloat):
        for i in range(n):
            x = a[i]
            o[i] = lucet_float_to_half(<float>x.real)
    else:
        for i in range(n):
            x = a[0]
            o[0] = lucet_float_to_half(<float>x.real)
            o = <uint16_t*>(<char*>o + steps[0])
            a = <cfloat*>(<char*>a + steps[1])
cdef void cast_complex64_bfloat16(char** data, const Py_ssize_t* steps, Py_ssize_t n, LoopArgs* args) noexcept nogil:
    cdef uint16_t* o = <uint16_t*>data[0]
    cdef cfloat* a = <cfloat*>data[1]
    cdef cfloat x
    cdef Py_ssize_t i
    if steps[0] == sizeof(uint16_t) and steps[1] == sizeof(cfloat):
        for i in range(n):
            x = a[i]
            o[i] = lucet_float_to_bfloat(<float>x.real)
    else:
        for i in range(n):
            x = a[0]
            o[0] = lucet_float_to_bfloat(<float>x.real)
            o = <uint16_t*>(<char*>o + steps[0])
            a = <cfloat*>(<char*>a + steps[1])
cdef void cast_complex64_float32(char** data, const Py_ssize_t* steps, Py_ssize_t n, LoopArgs* args) noexcept nogil:
    cdef float* o = <float*>data[0]
    cdef cfloat* a = <cfloat*>data[1]
    cdef cfloat x
    cdef Py_ssize_t i
    if steps[0] == sizeof(float) and steps[1] == sizeof(cfloat):
        for i in range(n):
            x = a[i]
            o[i] = <float>x.real
    else:
        for i in range(n):
            x = a[0]
            o[0] = <float>x.real
            o = <float*>(<char*>o + steps[0])
            a = <cfloat*>(<char*>a + steps[1])
cdef void cast_complex64_float64(char** data, const Py_ssize_t* steps, Py_ssize_t n, LoopArgs* args) noexcept nogil:
    cdef double* o = <double*>data[0]
    cdef cfloat* a = <cfloat*>data[1]
    cdef cfloat x
    cdef Py_ssize_t i
    if steps[0] == sizeof(double) and steps[1] == sizeof(cfloat):
        for i in range(n):
            x = a[i]
            o[i] = <double>x.real
    else:
        for i in range(n):
            x = a[0]
            o[0] = <double>x.real
            o = <double*>(<char*>o + steps[0])
            a = <cfloat*>(<char*>a + steps[1])
cdef void cast_complex64_complex64(char** data, const Py_ssize_t* steps, Py_ssize_t n, LoopArgs* args) noexcept nogil:
    cdef cfloat* o = <cfloat*>data[0]
    cdef cfloat* a = <cfloat*>data[1]
    cdef cfloat x
    cdef Py_ssize_t i
    if steps[0] == sizeof(cfloat) and steps[1] == sizeof(cfloat):
        for i in range(n):
            x = a[i]
            o[i] = x
    else:
        for i in range(n):
            x = a[0]
            o[0] = x
            o = <cfloat*>(<char*>o + steps[0])
            a = <cfloat*>(<char*>a + steps[1])
cdef void cast_complex64_complex128(char** data, const Py_ssize_t* steps, Py_ssize_t n, LoopArgs* args) noexcept nogil:
    cdef cdouble* o = <cdouble*>data[0]
    cdef cfloat* a = <cfloat*>data[1]
    cdef cfloat x
    cdef Py_ssize_t i
    if steps[0] == sizeof(cdouble) and steps[1] == sizeof(cfloat):
        for i in range(n):
            x = a[i]
            o[i] = <cdouble>x
    else:
        for i in range(n):
            x = a[0]
            o[0] = <cdouble>x
            o = <cdouble*>(<char*>o + steps[0])
            a = <cfloat*>(<char*>a + steps[1])
cdef void cast_complex128_bool(char** data, const Py_ssize_t* steps, Py_ssize_t n, LoopArgs* args) noexcept nogil:
    cdef uint8_t* o = <uint8_t*>data[0]
    cdef cdouble* a = <cdouble*>data[1]
    cdef cdouble x
    cdef Py_ssize_t i
    if steps[0] == sizeof(uint8_t) and steps[1] == sizeof(cdouble):
        for i in range(n):
            x = a[i]
            o[i] = x.real != 0 or x.imag != 0
    else:
        for i in range(n):
            x = a[0]
            o[0] = x.real != 0 or x.imag != 0
            o = <uint8_t*>(<char*>o + steps[0])
            a = <cdouble*>(<char*>a + steps[1])
cdef void cast_complex128_uint8(char** data, const Py_ssize_t* steps, Py_ssize_t n, LoopArgs* args) noexcept nogil:
    cdef uint8_t* o = <uint8_t*>data[0]
    cdef cdouble* a = <cdouble*>data[1]
    cdef cdouble x
    cdef Py_ssize_t i
    if steps[0] == sizeof(uint8_t) and steps[1] == sizeof(cdouble):
        for i in range(n):
            x = a[i]
            o[i] = <uint8_t><int64_t>x.real
    else:
        for i in range(n):
            x = a[0]
            o[0] = <uint8_t><int64_t>x.real
            o = <uint8_t*>(<char*>o + steps[0])
            a = <cdouble*>(<char*>a + steps[1])
cdef void cast_complex128_int8(char** data, const Py_ssize_t* steps, Py_ssize_t n, LoopArgs* args) noexcept nogil:
    cdef int8_t* o = <int8_t*>data[0]
    cdef cdouble* a = <cdouble*>data[1]
    cdef cdouble x
    cdef Py_ssize_t i
    if steps[0] == sizeof(int8_t) and steps[1] == sizeof(cdouble):
        for i in range(n):
            x = a[i]
            o[i] = <int8_t><int64_t>x.real
    else:
        for i in range(n):
            x = a[0]
            o[0] = <int8_t><int64_t>x.real
            o = <int8_t*>(<char*>o + steps[0])
            a = <cdouble*>(<char*>a + steps[1])
cdef void cast_complex128_int16(char** data, const Py_ssize_t* steps, Py_ssize_t n, LoopArgs* args) noexcept nogil:
    cdef int16_t* o = <int16_t*>data[0]
    cdef cdouble* a = <cdouble*>data[1]
    cdef cdouble x
    cdef Py_ssize_t i
    if steps[0] == sizeof(int16_t) and steps[1] == sizeof(cdouble):
        for i in range(n):
            x = a[i]
            o[i] = <int16_t><int64_t>x.real
    else:
        for i in range(n):
            x = a[0]
            o[0] = <int16_t><int64_t>x.real
            o = <int16_t*>(<char*>o + steps[0])
            a = <cdouble*>(<char*>a + steps[1])
cdef void cast_complex128_int32(char** data, const Py_ssize_t* steps, Py_ssize_t n, LoopArgs* args) noexcept nogil:
    cdef int32_t* o = <int32_t*>data[0]
    cdef cdouble* a = <cdouble*>data[1]
    cdef cdouble x
    cdef Py_ssize_t i
    if steps[0] == sizeof(int32_t) and steps[1] == sizeof(cdouble):
        for i in range(n):
            x = a[i]
            o[i] = <int32_t><int64_t>x.real
    else:
        for i in range(n):
            x = a[0]
            o[0] = <int32_t><int64_t>x.real
            o = <int32_t*>(<char*>o + steps[0])
            a = <cdouble*>(<char*>a + steps[1])
cdef void cast_complex128_int64(char** data, const Py_ssize_t* steps, Py_ssize_t n, LoopArgs* args) noexcept nogil:
    cdef int64_t* o = <int64_t*>data[0]
    cdef cdouble* a = <cdouble*>data[1]
    cdef cdouble x
    cdef Py_ssize_t i
    if steps[0] == sizeof(int64_t) and steps[1] == sizeof(cdouble):
        for i in range(n):
            x = a[i]
            o[i] = <int64_t>x.real
    else:
        for i in range(n):
            x = a[0]
            o[0] = <int64_t>x.real
            o = <int64_t*>(<char*>o + steps[0])
            a = <cdouble*>(<char*>a + steps[1])
cdef void cast_complex128_float16(char** data, const Py_ssize_t* steps, Py_ssize_t n, LoopArgs* args) noexcept nogil:
    cdef uint16_t* o = <uint16_t*>data[0]
    cdef cdouble* a = <cdouble*>data[1]
    cdef cdouble x
    cdef Py_ssize_t i
    if steps[0] == sizeof(uint16_t) and steps[1] == sizeof(cdouble):
        for i in range(n):
            x = a[i]
            o[i] = lucet_float_to_half(<float>x.real)
    else:
        for i in range(n):
            x = a[0]
            o[0] = lucet_float_to_half(<float>x.real)
            o = <uint16_t*>(<char*>o + steps[0])
            a = <cdouble*>(<char*>a + steps[1])
cdef void cast_complex128_bfloat16(char** data, const Py_ssize_t* steps, Py_ssize_t n, LoopArgs* args) noexcept nogil:
    cdef uint16_t* o = <uint16_t*>data[0]
    cdef cdouble* a = <cdouble*>data[1]
    cdef cdouble x
    cdef Py_ssize_t i
    if steps[0] == sizeof(uint16_t) and steps[1] == sizeof(cdouble):
        for i in range(n):
            x = a[i]
            o[i] = lucet_float_to_bfloat(<float>x.real)
    else:
        for i in range(n):
            x = a[0]
            o[0] = lucet_float_to_bfloat(<float>x.real)
            o = <uint16_t*>(<char*>o + steps[0])
            a = <cdouble*>(<char*>a + steps[1])
cdef void cast_complex128_float32(char** data, const Py_ssize_t* steps, Py_ssize_t n, LoopArgs* args) noexcept nogil:
    cdef float* o = <float*>data[0]
    cdef cdouble* a = <cdouble*>data[1]
    cdef cdouble x
    cdef Py_ssize_t i
    if steps[0] == sizeof(float) and steps[1] == sizeof(cdouble):
        for i in range(n):
            x = a[i]
            o[i] = <float>x.real
    else:
        for i in range(n):
            x = a[0]
            o[0] = <float>x.real
            o = <float*>(<char*>o + steps[0])
            a = <cdouble*>(<char*>a + steps[1])
cdef void cast_complex128_float64(char** data, const Py_ssize_t* steps, Py_ssize_t n, LoopArgs* args) noexcept nogil:
    cdef double* o = <double*>data[0]
    cdef cdouble* a = <cdouble*>data[1]
    cdef cdouble x
    cdef Py_ssize_t i
    if steps[0] == sizeof(double) and steps[1] == sizeof(cdouble):
        for i in range(n):
            x = a[i]
            o[i] = <double>x.real
    else:
        for i in range(n):
            x = a[0]
            o[0] = <double>x.real
            o = <double*>(<char*>o + steps[0])
            a = <cdouble*>(<char*>a + steps[1])
cdef void cast_complex128_complex64(char** data, const Py_ssize_t* steps, Py_ssize_t n, LoopArgs* args) noexcept nogil:
    cdef cfloat* o = <cfloat*>data[0]
    cdef cdouble* a = <cdouble*>data[1]
    cdef cdouble x
    cdef Py_ssize_t i
    if steps[0] == sizeof(cfloat) and steps[1] == sizeof(cdouble):
        for i in range(n):
            x = a[i]
            o[i] = <cfloat>x
    else:
        for i in range(n):
            x = a[0]
            o[0] = <cfloat>x
            o = <cfloat*>(<char*>o + steps[0])
            a = <cdouble*>(<char*>a + steps[1])
cdef void cast_complex128_complex128(char** data, const Py_ssize_t* steps, Py_ssize_t n, LoopArgs* args) noexcept nogil:
    cdef cdouble* o = <cdouble*>data[0]
    cdef cdouble* a = <cdouble*>data[1]
    cdef cdouble x
    cdef Py_ssize_t i
    if steps[0] == sizeof(cdouble) and steps[1] == sizeof(cdouble):
        for i in range(n):
            x = a[i]
            o[i] = x
    else:
        for i in range(n):
            x = a[0]
            o[0] = x
            o = <cdouble*>(<char*>o + steps[0])
            a = <cdouble*>(<char*>a + steps[1])
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
    table.pointwise[ADD][UINT8] = add_uint8
    table.pointwise[ADD][INT8] = add_int8
    table.pointwise[ADD][INT16] = add_int16
    table.pointwise[ADD][INT32] = add_int32
    table.pointwise[ADD][INT64] = add_int64
    table.pointwise[ADD][BOOL] = add_bool
    table.pointwise[ADD_SCALED][FLOAT32] = add_scaled_float32
    table.pointwise[ADD_SCALED][FLOAT64] = add_scaled_float64
    table.pointwise[ADD_SCALED][UINT8] = add_scaled_uint8
    table.pointwise[ADD_SCALED][INT8] = add_scaled_int8
    table.pointwise[ADD_SCALED][INT16] = add_scaled_int16
    table.pointwise[ADD_SCALED][INT32] = add_scaled_int32
    table.pointwise[ADD_SCALED][INT64] = add_scaled_int64
    table.pointwise[ADD_SCALED][BOOL] = add_scaled_bool
    table.pointwise[SUB][FLOAT32] = sub_float32
    table.pointwise[SUB][FLOAT64] = sub_float64
    table.pointwise[SUB][UINT8] = sub_uint8
    table.pointwise[SUB][INT8] = sub_int8
    table.pointwise[SUB][INT16] = sub_int16
    table.pointwise[SUB][INT32] = sub_int32
    table.pointwise[SUB][INT64] = sub_int64
    table.pointwise[MUL][FLOAT32] = mul_float32
    table.pointwise[MUL][FLOAT64] = mul_float64
    table.pointwise[MUL][UINT8] = mul_uint8
    table.pointwise[MUL][INT8] = mul_int8
    table.pointwise[MUL][INT16] = mul_int16
    table.pointwise[MUL][INT32] = mul_int32
    table.pointwise[MUL][INT64] = mul_int64
    table.pointwise[MUL][BOOL] = mul_bool
    table.pointwise[DIV][FLOAT32] = div_float32
    table.pointwise[DIV][FLOAT64] = div_float64
    table.pointwise[FLOOR_DIV][FLOAT32] = floor_div_float32
    table.pointwise[FLOOR_DIV][FLOAT64] = floor_div_float64
    table.pointwise[FLOOR_DIV][UINT8] = floor_div_uint8
    table.pointwise[FLOOR_DIV][INT8] = floor_div_int8
    table.pointwise[FLOOR_DIV][INT16] = floor_div_int16
    table.pointwise[FLOOR_DIV][INT32] = floor_div_int32
    table.pointwise[FLOOR_DIV][INT64] = floor_div_int64
    table.pointwise[TRUNC_DIV][FLOAT32] = trunc_div_float32
    table.pointwise[TRUNC_DIV][FLOAT64] = trunc_div_float64
    table.pointwise[TRUNC_DIV][UINT8] = trunc_div_uint8
    table.pointwise[TRUNC_DIV][INT8] = trunc_div_int8
    table.pointwise[TRUNC_DIV][INT16] = trunc_div_int16
    table.pointwise[TRUNC_DIV][INT32] = trunc_div_int32
    table.pointwise[TRUNC_DIV][INT64] = trunc_div_int64
    table.pointwise[REMAINDER][FLOAT32] = remainder_float32
    table.pointwise[REMAINDER][FLOAT64] = remainder_float64
    table.pointwise[REMAINDER][UINT8] = remainder_uint8
    table.pointwise[REMAINDER][INT8] = remainder_int8
    table.pointwise[REMAINDER][INT16] = remainder_int16
    table.pointwise[REMAINDER][INT32] = remainder_int32
    table.pointwise[REMAINDER][INT64] = remainder_int64
    table.pointwise[FMOD][FLOAT32] = fmod_float32
    table.pointwise[FMOD][FLOAT64] = fmod_float64
    table.pointwise[FMOD][UINT8] = fmod_uint8
    table.pointwise[FMOD][INT8] = fmod_int8
    table.pointwise[FMOD][INT16] = fmod_int16
    table.pointwise[FMOD][INT32] = fmod_int32
    table.pointwise[FMOD][INT64] = fmod_int64
    table.pointwise[POW][FLOAT32] = pow_float32
    table.pointwise[POW][FLOAT64] = pow_float64
    table.pointwise[POW][UINT8] = pow_uint8
    table.pointwise[POW][INT8] = pow_int8
    table.pointwise[POW][INT16] = pow_int16
    table.pointwise[POW][INT32] = pow_int32
    table.pointwise[POW][INT64] = pow_int64
    table.pointwise[MAXIMUM][FLOAT32] = maximum_float32
    table.pointwise[MAXIMUM][FLOAT64] = maximum_float64
    table.pointwise[MAXIMUM][UINT8] = maximum_uint8
    table.pointwise[MAXIMUM][INT8] = maximum_int8
    table.pointwise[MAXIMUM][INT16] = maximum_int16
    table.pointwise[MAXIMUM][INT32] = maximum_int32
    table.pointwise[MAXIMUM][INT64] = maximum_int64
    table.pointwise[MAXIMUM][BOOL] = maximum_bool
    table.pointwise[MINIMUM][FLOAT32] = minimum_float32
    table.pointwise[MINIMUM][FLOAT64] = minimum_float64
    table.pointwise[MINIMUM][UINT8] = minimum_uint8
    table.pointwise[MINIMUM][INT8] = minimum_int8
    table.pointwise[MINIMUM][INT16] = minimum_int16
    table.pointwise[MINIMUM][INT32] = minimum_int32
    table.pointwise[MINIMUM][INT64] = minimum_int64
    table.pointwise[MINIMUM][BOOL] = minimum_bool
    table.pointwise[ATAN2][FLOAT32] = atan2_float32
    table.pointwise[ATAN2][FLOAT64] = atan2_float64
    table.pointwise[EQ][FLOAT32] = eq_float32
    table.pointwise[EQ][FLOAT64] = eq_float64
    table.pointwise[EQ][UINT8] = eq_uint8
    table.pointwise[EQ][INT8] = eq_int8
    table.pointwise[EQ][INT16] = eq_int16
    table.pointwise[EQ][INT32] = eq_int32
    table.pointwise[EQ][INT64] = eq_int64
    table.pointwise[EQ][BOOL] = eq_bool
    table.pointwise[NE][FLOAT32] = ne_float32
    table.pointwise[NE][FLOAT64] = ne_float64
    table.pointwise[NE][UINT8] = ne_uint8
    table.pointwise[NE][INT8] = ne_int8
    table.pointwise[NE][INT16] = ne_int16
    table.pointwise[NE][INT32] = ne_int32
    table.pointwise[NE][INT64] = ne_int64
    table.pointwise[NE][BOOL] = ne_bool
    table.pointwise[LT][FLOAT32] = lt_float32
    table.pointwise[LT][FLOAT64] = lt_float64
    table.pointwise[LT][UINT8] = lt_uint8
    table.pointwise[LT][INT8] = lt_int8
    table.pointwise[LT][INT16] = lt_int16
    table.pointwise[LT][INT32] = lt_int32
    table.pointwise[LT][INT64] = lt_int64
    table.pointwise[LT][BOOL] = lt_bool
    table.pointwise[LE][FLOAT32] = le_float32
    table.pointwise[LE][FLOAT64] = le_float64
    table.pointwise[LE][UINT8] = le_uint8
    table.pointwise[LE][INT8] = le_int8
    table.pointwise[LE][INT16] = le_int16
    table.pointwise[LE][INT32] = le_int32
    table.pointwise[LE][INT64] = le_int64
    table.pointwise[LE][BOOL] = le_bool
    table.pointwise[GT][FLOAT32] = gt_float32
    table.pointwise[GT][FLOAT64] = gt_float64
    table.pointwise[GT][UINT8] = gt_uint8
    table.pointwise[GT][INT8] = gt_int8
    table.pointwise[GT][INT16] = gt_int16
    table.pointwise[GT][INT32] = gt_int32
    table.pointwise[GT][INT64] = gt_int64
    table.pointwise[GT][BOOL] = gt_bool
    table.pointwise[GE][FLOAT32] = ge_float32
    table.pointwise[GE][FLOAT64] = ge_float64
    table.pointwise[GE][UINT8] = ge_uint8
    table.pointwise[GE][INT8] = ge_int8
    table.pointwise[GE][INT16] = ge_int16
    table.pointwise[GE][INT32] = ge_int32
    table.pointwise[GE][INT64] = ge_int64
    table.pointwise[GE][BOOL] = ge_bool
    table.pointwise[LOGICAL_AND][FLOAT32] = logical_and_float32
    table.pointwise[LOGICAL_AND][FLOAT64] = logical_and_float64
    table.pointwise[LOGICAL_AND][UINT8] = logical_and_uint8
    table.pointwise[LOGICAL_AND][INT8] = logical_and_int8
    table.pointwise[LOGICAL_AND][INT16] = logical_and_int16
    table.pointwise[LOGICAL_AND][INT32] = logical_and_int32
    table.pointwise[LOGICAL_AND][INT64] = logical_and_int64
    table.pointwise[LOGICAL_AND][BOOL] = logical_and_bool
    table.pointwise[LOGICAL_OR][FLOAT32] = logical_or_float32
    table.pointwise[LOGICAL_OR][FLOAT64] = logical_or_float64
    table.pointwise[LOGICAL_OR][UINT8] = logical_or_uint8
    table.pointwise[LOGICAL_OR][INT8] = logical_or_int8
    table.pointwise[LOGICAL_OR][INT16] = logical_or_int16
    table.pointwise[LOGICAL_OR][INT32] = logical_or_int32
    table.pointwise[LOGICAL_OR][INT64] = logical_or_int64
    table.pointwise[LOGICAL_OR][BOOL] = logical_or_bool
    table.pointwise[LOGICAL_XOR][FLOAT32] = logical_xor_float32
    table.pointwise[LOGICAL_XOR][FLOAT64] = logical_xor_float64
    table.pointwise[LOGICAL_XOR][UINT8] = logical_xor_uint8
    table.pointwise[LOGICAL_XOR][INT8] = logical_xor_int8
    table.pointwise[LOGICAL_XOR][INT16] = logical_xor_int16
    table.pointwise[LOGICAL_XOR][INT32] = logical_xor_int32
    table.pointwise[LOGICAL_XOR][INT64] = logical_xor_int64
    table.pointwise[LOGICAL_XOR][BOOL] = logical_xor_bool
    table.pointwise[LOGICAL_NOT][FLOAT32] = logical_not_float32
    table.pointwise[LOGICAL_NOT][FLOAT64] = logical_not_float64
    table.pointwise[LOGICAL_NOT][UINT8] = logical_not_uint8
    table.pointwise[LOGICAL_NOT][INT8] = logical_not_int8
    table.pointwise[LOGICAL_NOT][INT16] = logical_not_int16
    table.pointwise[LOGICAL_NOT][INT32] = logical_not_int32
    table.pointwise[LOGICAL_NOT][INT64] = logical_not_int64
    table.pointwise[LOGICAL_NOT][BOOL] = logical_not_bool
    table.pointwise[AND][UINT8] = and_uint8
    table.pointwise[AND][INT8] = and_int8
    table.pointwise[AND][INT16] = and_int16
    table.pointwise[AND][INT32] = and_int32
    table.pointwise[AND][INT64] = and_int64
    table.pointwise[AND][BOOL] = and_bool
    table.pointwise[OR][UINT8] = or_uint8
    table.pointwise[OR][INT8] = or_int8
    table.pointwise[OR][INT16] = or_int16
    table.pointwise[OR][INT32] = or_int32
    table.pointwise[OR][INT64] = or_int64
    table.pointwise[OR][BOOL] = or_bool
    table.pointwise[XOR][UINT8] = xor_uint8
    table.pointwise[XOR][INT8] = xor_int8
    table.pointwise[XOR][INT16] = xor_int16
    table.pointwise[XOR][INT32] = xor_int32
    table.pointwise[XOR][INT64] = xor_int64
    table.pointwise[XOR][BOOL] = xor_bool
    table.pointwise[INVERT][UINT8] = invert_uint8
    table.pointwise[INVERT][INT8] = invert_int8
    table.pointwise[INVERT][INT16] = invert_int16
    table.pointwise[INVERT][INT32] = invert_int32
    table.pointwise[INVERT][INT64] = invert_int64
    table.pointwise[INVERT][BOOL] = invert_bool
    table.pointwise[LSHIFT][UINT8] = lshift_uint8
    table.pointwise[LSHIFT][INT8] = lshift_int8
    table.pointwise[LSHIFT][INT16] = lshift_int16
    table.pointwise[LSHIFT][INT32] = lshift_int32
    table.pointwise[LSHIFT][INT64] = lshift_int64
    table.pointwise[RSHIFT][UINT8] = rshift_uint8
    table.pointwise[RSHIFT][INT8] = rshift_int8
    table.pointwise[RSHIFT][INT16] = rshift_int16
    table.pointwise[RSHIFT][INT32] = rshift_int32
    table.pointwise[RSHIFT][INT64] = rshift_int64
    table.pointwise[ISNAN][FLOAT32] = isnan_float32
    table.pointwise[ISNAN][FLOAT64] = isnan_float64
    table.pointwise[ISINF][FLOAT32] = isinf_float32
    table.pointwise[ISINF][FLOAT64] = isinf_float64
    table.pointwise[ISFINITE][FLOAT32] = isfinite_float32
    table.pointwise[ISFINITE][FLOAT64] = isfinite_float64
    table.pointwise[NEG][FLOAT32] = neg_float32
    table.pointwise[NEG][FLOAT64] = neg_float64
    table.pointwise[NEG][UINT8] = neg_uint8
    table.pointwise[NEG][INT8] = neg_int8
    table.pointwise[NEG][INT16] = neg_int16
    table.pointwise[NEG][INT32] = neg_int32
    table.pointwise[NEG][INT64] = neg_int64
    table.pointwise[ABS][FLOAT32] = abs_float32
    table.pointwise[ABS][FLOAT64] = abs_float64
    table.pointwise[ABS][UINT8] = abs_uint8
    table.pointwise[ABS][INT8] = abs_int8
    table.pointwise[ABS][INT16] = abs_int16
    table.pointwise[ABS][INT32] = abs_int32
    table.pointwise[ABS][INT64] = abs_int64
    table.pointwise[ABS][BOOL] = abs_bool
    table.pointwise[SIGN][FLOAT32] = sign_float32
    table.pointwise[SIGN][FLOAT64] = sign_float64
    table.pointwise[SIGN][UINT8] = sign_uint8
    table.pointwise[SIGN][INT8] = sign_int8
    table.pointwise[SIGN][INT16] = sign_int16
    table.pointwise[SIGN][INT32] = sign_int32
    table.pointwise[SIGN][INT64] = sign_int64
    table.pointwise[SIGN][BOOL] = sign_bool
    table.pointwise[SQRT][FLOAT32] = sqrt_float32
    table.pointwise[SQRT][FLOAT64] = sqrt_float64
    table.pointwise[RSQRT][FLOAT32] = rsqrt_float32
    table.pointwise[RSQRT][FLOAT64] = rsqrt_float64
    table.pointwise[RECIPROCAL][FLOAT32] = reciprocal_float32
    table.pointwise[RECIPROCAL][FLOAT64] = reciprocal_float64
    table.pointwise[SQUARE][FLOAT32] = square_float32
    table.pointwise[SQUARE][FLOAT64] = square_float64
    table.pointwise[SQUARE][UINT8] = square_uint8
    table.pointwise[SQUARE][INT8] = square_int8
    table.pointwise[SQUARE][INT16] = square_int16
    table.pointwise[SQUARE][INT32] = square_int32
    table.pointwise[SQUARE][INT64] = square_int64
    table.pointwise[SQUARE][BOOL] = square_bool
    table.pointwise[CUBE][FLOAT32] = cube_float32
    table.pointwise[CUBE][FLOAT64] = cube_float64
    table.pointwise[CUBE][UINT8] = cube_uint8
    table.pointwise[CUBE][INT8] = cube_int8
    table.pointwise[CUBE][INT16] = cube_int16
    table.pointwise[CUBE][INT32] = cube_int32
    table.pointwise[CUBE][INT64] = cube_int64
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
    table.pointwise[CLAMP][UINT8] = clamp_uint8
    table.pointwise[CLAMP][INT8] = clamp_int8
    table.pointwise[CLAMP][INT16] = clamp_int16
    table.pointwise[CLAMP][INT32] = clamp_int32
    table.pointwise[CLAMP][INT64] = clamp_int64
    table.pointwise[CLAMP_GRAD][FLOAT32] = clamp_grad_float32
    table.pointwise[CLAMP_GRAD][FLOAT64] = clamp_grad_float64
    table.pointwise[RELU][FLOAT32] = relu_float32
    table.pointwise[RELU][FLOAT64] = relu_float64
    table.pointwise[RELU][UINT8] = relu_uint8
    table.pointwise[RELU][INT8] = relu_int8
    table.pointwise[RELU][INT16] = relu_int16
    table.pointwise[RELU][INT32] = relu_int32
    table.pointwise[RELU][INT64] = relu_int64
    table.pointwise[RELU_GRAD][FLOAT32] = relu_grad_float32
    table.pointwise[RELU_GRAD][FLOAT64] = relu_grad_float64
    table.pointwise[THRESHOLD][FLOAT32] = threshold_float32
    table.pointwise[THRESHOLD][FLOAT64] = threshold_float64
    table.pointwise[THRESHOLD][UINT8] = threshold_uint8
    table.pointwise[THRESHOLD][INT8] = threshold_int8
    table.pointwise[THRESHOLD][INT16] = threshold_int16
    table.pointwise[THRESHOLD][INT32] = threshold_int32
    table.pointwise[THRESHOLD][INT64] = threshold_int64
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
    table.pointwise[ADDCMUL][UINT8] = addcmul_uint8
    table.pointwise[ADDCMUL][INT8] = addcmul_int8
    table.pointwise[ADDCMUL][INT16] = addcmul_int16
    table.pointwise[ADDCMUL][INT32] = addcmul_int32
    table.pointwise[ADDCMUL][INT64] = addcmul_int64
    table.pointwise[ADDCDIV][FLOAT32] = addcdiv_float32
    table.pointwise[ADDCDIV][FLOAT64] = addcdiv_float64
    table.pointwise[LERP][FLOAT32] = lerp_float32
    table.pointwise[LERP][FLOAT64] = lerp_float64
    table.pointwise[CLAMP3][FLOAT32] = clamp3_float32
    table.pointwise[CLAMP3][FLOAT64] = clamp3_float64
    table.pointwise[CLAMP3][UINT8] = clamp3_uint8
    table.pointwise[CLAMP3][INT8] = clamp3_int8
    table.pointwise[CLAMP3][INT16] = clamp3_int16
    table.pointwise[CLAMP3][INT32] = clamp3_int32
    table.pointwise[CLAMP3][INT64] = clamp3_int64
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
    table.cast[BOOL][BOOL] = cast_bool_bool
    table.cast[BOOL][UINT8] = cast_bool_uint8
    table.cast[BOOL][INT8] = cast_bool_int8
    table.cast[BOOL][INT16] = cast_bool_int16
    table.cast[BOOL][INT32] = cast_bool_int32
    table.cast[BOOL][INT64] = cast_bool_int64
    table.cast[BOOL][FLOAT16] = cast_bool_float16
    table.cast[BOOL][BFLOAT16] = cast_bool_bfloat16
    table.cast[BOOL][FLOAT32] = cast_bool_float32
    table.cast[BOOL][FLOAT64] = cast_bool_float64
    table.cast[BOOL][COMPLEX64] = cast_bool_complex64
    table.cast[BOOL][COMPLEX128] = cast_bool_complex128
    table.cast[UINT8][BOOL] = cast_uint8_bool
    table.cast[UINT8][UINT8] = cast_uint8_uint8
    table.cast[UINT8][INT8] = cast_uint8_int8
    table.cast[UINT8][INT16] = cast_uint8_int16
    table.cast[UINT8][INT32] = cast_uint8_int32
    table.cast[UINT8][INT64] = cast_uint8_int64
    table.cast[UINT8][FLOAT16] = cast_uint8_float16
    table.cast[UINT8][BFLOAT16] = cast_uint8_bfloat16
    table.cast[UINT8][FLOAT32] = cast_uint8_float32
    table.cast[UINT8][FLOAT64] = cast_uint8_float64
    table.cast[UINT8][COMPLEX64] = cast_uint8_complex64
    table.cast[UINT8][COMPLEX128] = cast_uint8_complex128
    table.cast[INT8][BOOL] = cast_int8_bool
    table.cast[INT8][UINT8] = cast_int8_uint8
    table.cast[INT8][INT8] = cast_int8_int8
    table.cast[INT8][INT16] = cast_int8_int16
    table.cast[INT8][INT32] = cast_int8_int32
    table.cast[INT8][INT64] = cast_int8_int64
    table.cast[INT8][FLOAT16] = cast_int8_float16
    table.cast[INT8][BFLOAT16] = cast_int8_bfloat16
    table.cast[INT8][FLOAT32] = cast_int8_float32
    table.cast[INT8][FLOAT64] = cast_int8_float64
    table.cast[INT8][COMPLEX64] = cast_int8_complex64
    table.cast[INT8][COMPLEX128] = cast_int8_complex128
    table.cast[INT16][BOOL] = cast_int16_bool
    table.cast[INT16][UINT8] = cast_int16_uint8
    table.cast[INT16][INT8] = cast_int16_int8
    table.cast[INT16][INT16] = cast_int16_int16
    table.cast[INT16][INT32] = cast_int16_int32
    table.cast[INT16][INT64] = cast_int16_int64
    table.cast[INT16][FLOAT16] = cast_int16_float16
    table.cast[INT16][BFLOAT16] = cast_int16_bfloat16
    table.cast[INT16][FLOAT32] = cast_int16_float32
    table.cast[INT16][FLOAT64] = cast_int16_float64
    table.cast[INT16][COMPLEX64] = cast_int16_complex64
    table.cast[INT16][COMPLEX128] = cast_int16_complex128
    table.cast[INT32][BOOL] = cast_int32_bool
    table.cast[INT32][UINT8] = cast_int32_uint8
    table.cast[INT32][INT8] = cast_int32_int8
    table.cast[INT32][INT16] = cast_int32_int16
    table.cast[INT32][INT32] = cast_int32_int32
    table.cast[INT32][INT64] = cast_int32_int64
    table.cast[INT32][FLOAT16] = cast_int32_float16
    table.cast[INT32][BFLOAT16] = cast_int32_bfloat16
    table.cast[INT32][FLOAT32] = cast_int32_float32
    table.cast[INT32][FLOAT64] = cast_int32_float64
    table.cast[INT32][COMPLEX64] = cast_int32_complex64
    table.cast[INT32][COMPLEX128] = cast_int32_complex128
    table.cast[INT64][BOOL] = cast_int64_bool
    table.cast[INT64][UINT8] = cast_int64_uint8
    table.cast[INT64][INT8] = cast_int64_int8
    table.cast[INT64][INT16] = cast_int64_int16
    table.cast[INT64][INT32] = cast_int64_int32
    table.cast[INT64][INT64] = cast_int64_int64
    table.cast[INT64][FLOAT16] = cast_int64_float16
    table.cast[INT64][BFLOAT16] = cast_int64_bfloat16
    table.cast[INT64][FLOAT32] = cast_int64_float32
    table.cast[INT64][FLOAT64] = cast_int64_float64
    table.cast[INT64][COMPLEX64] = cast_int64_complex64
    table.cast[INT64][COMPLEX128] = cast_int64_complex128
    table.cast[FLOAT16][BOOL] = cast_float16_bool
    table.cast[FLOAT16][UINT8] = cast_float16_uint8
    table.cast[FLOAT16][INT8] = cast_float16_int8
    table.cast[FLOAT16][INT16] = cast_float16_int16
    table.cast[FLOAT16][INT32] = cast_float16_int32
    table.cast[FLOAT16][INT64] = cast_float16_int64
    table.cast[FLOAT16][FLOAT16] = cast_float16_float16
    table.cast[FLOAT16][BFLOAT16] = cast_float16_bfloat16
    table.cast[FLOAT16][FLOAT32] = cast_float16_float32
    table.cast[FLOAT16][FLOAT64] = cast_float16_float64
    table.cast[FLOAT16][COMPLEX64] = cast_float16_complex64
    table.cast[FLOAT16][COMPLEX128] = cast_float16_complex128
    table.cast[BFLOAT16][BOOL] = cast_bfloat16_bool
    table.cast[BFLOAT16][UINT8] = cast_bfloat16_uint8
    table.cast[BFLOAT16][INT8] = cast_bfloat16_int8
    table.cast[BFLOAT16][INT16] = cast_bfloat16_int16
    table.cast[BFLOAT16][INT32] = cast_bfloat16_int32
    table.cast[BFLOAT16][INT64] = cast_bfloat16_int64
    table.cast[BFLOAT16][FLOAT16] = cast_bfloat16_float16
    table.cast[BFLOAT16][BFLOAT16] = cast_bfloat16_bfloat16
    table.cast[BFLOAT16][FLOAT32] = cast_bfloat16_float32
    table.cast[BFLOAT16][FLOAT64] = cast_bfloat16_float64
    table.cast[BFLOAT16][COMPLEX64] = cast_bfloat16_complex64
    table.cast[BFLOAT16][COMPLEX128] = cast_bfloat16_complex128
    table.cast[FLOAT32][BOOL] = cast_float32_bool
    table.cast[FLOAT32][UINT8] = cast_float32_uint8
    table.cast[FLOAT32][INT8] = cast_float32_int8
    table.cast[FLOAT32][INT16] = cast_float32_int16
    table.cast[FLOAT32][INT32] = cast_float32_int32
    table.cast[FLOAT32][INT64] = cast_float32_int64
    table.cast[FLOAT32][FLOAT16] = cast_float32_float16
    table.cast[FLOAT32][BFLOAT16] = cast_float32_bfloat16
    table.cast[FLOAT32][FLOAT32] = cast_float32_float32
    table.cast[FLOAT32][FLOAT64] = cast_float32_float64
    table.cast[FLOAT32][COMPLEX64] = cast_float32_complex64
    table.cast[FLOAT32][COMPLEX128] = cast_float32_complex128
    table.cast[FLOAT64][BOOL] = cast_float64_bool
    table.cast[FLOAT64][UINT8] = cast_float64_uint8
    table.cast[FLOAT64][INT8] = cast_float64_int8
    table.cast[FLOAT64][INT16] = cast_float64_int16
    table.cast[FLOAT64][INT32] = cast_float64_int32
    table.cast[FLOAT64][INT64] = cast_float64_int64
    table.cast[FLOAT64][FLOAT16] = cast_float64_float16
    table.cast[FLOAT64][BFLOAT16] = cast_float64_bfloat16
    table.cast[FLOAT64][FLOAT32] = cast_float64_float32
    table.cast[FLOAT64][FLOAT64] = cast_float64_float64
    table.cast[FLOAT64][COMPLEX64] = cast_float64_complex64
    table.cast[FLOAT64][COMPLEX128] = cast_float64_complex128
    table.cast[COMPLEX64][BOOL] = cast_complex64_bool
    table.cast[COMPLEX64][UINT8] = cast_complex64_uint8
    table.cast[COMPLEX64][INT8] = cast_complex64_int8
    table.cast[COMPLEX64][INT16] = cast_complex64_int16
    table.cast[COMPLEX64][INT32] = cast_complex64_int32
    table.cast[COMPLEX64][INT64] = cast_complex64_int64
    table.cast[COMPLEX64][FLOAT16] = cast_complex64_float16
    table.cast[COMPLEX64][BFLOAT16] = cast_complex64_bfloat16
    table.cast[COMPLEX64][FLOAT32] = cast_complex64_float32
    table.cast[COMPLEX64][FLOAT64] = cast_complex64_float64
    table.cast[COMPLEX64][COMPLEX64] = cast_complex64_complex64
    table.cast[COMPLEX64][COMPLEX128] = cast_complex64_complex128
    table.cast[COMPLEX128][BOOL] = cast_complex128_bool
    table.cast[COMPLEX128][UINT8] = cast_complex128_uint8
    table.cast[COMPLEX128][INT8] = cast_complex128_int8
    table.cast[COMPLEX128][INT16] = cast_complex128_int16
    table.cast[COMPLEX128][INT32] = cast_complex128_int32
    table.cast[COMPLEX128][INT64] = cast_complex128_int64
    table.cast[COMPLEX128][FLOAT16] = cast_complex128_float16
    table.cast[COMPLEX128][BFLOAT16] = cast_complex128_bfloat16
    table.cast[COMPLEX128][FLOAT32] = cast_complex128_float32
    table.cast[COMPLEX128][FLOAT64] = cast_complex128_float64
    table.cast[COMPLEX128][COMPLEX64] = cast_complex128_complex64
    table.cast[COMPLEX128][COMPLEX128] = cast_complex128_complex128
    table.where[0] = where_0
    table.where[1] = where_1
    table.where[2] = where_2
    table.where[3] = where_3
    table.where[4] = where_4
