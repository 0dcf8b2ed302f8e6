/* Bessel functions of real argument, modified ones of the second kind, Airy's function, and families of orthogonal polynomials:
 * scalar, in float64 for both types, to some 1e-15 (absolute near a zero; of the result for K and Ai to the right).
 *
 * Sources: Abramowitz and Stegun, Handbook of Mathematical Functions, 1964 (9.1, 9.2, 9.6, 10.4, 22.3, 22.7); the coefficients are
 * Chebyshev interpolations at 40 digits of what is named beside them.
 */
#ifndef LUCET_BESSEL_H
#define LUCET_BESSEL_H
#include "specfun.h"

/* A polynomial, highest power first; even and odd powers run beside each other. */
#define LM_AT(x, ...) lm_at(x, (const double[]){__VA_ARGS__}, sizeof((const double[]){__VA_ARGS__}) / sizeof(double))
LM_INL double lm_at(double x, const double *c, int n) {
    double z = x * x, a = c[0], b = n > 1 ? c[1] : 0;
    int i = 2;
    for (; i + 1 < n; i += 2) {
        a = a * z + c[i];
        b = b * z + c[i + 1];
    }
    return i < n ? (b * x + a * z) + c[i] : n > 1 ? a * x + b : a;
}

/* ---------------------------------------------------------------- J and Y */

/* For x >= 8: amplitude sqrt(2 / (pi x)), and the functions P and 8 / x Q of Hankel's form */
typedef struct { double p, q; } lm_hankel;
LM_INL lm_hankel lm_hankel0(double x) {
    double r = 8 / x, t = 2 * r * r - 1, a = sqrt(0.63661977236758134308 / x);
    return (lm_hankel){a * LM_AT(t,
        3.339452259070809e-14, -1.0251790052831013e-13, 2.4531772967345006e-13, -1.0157485021065676e-12,
        4.7869958213680279e-12, -2.4911465354716661e-11, 1.5500565496632597e-10, -1.2121098178951377e-9,
        1.280376144080092e-8, -2.0527448261170676e-7, 6.1374160801094975e-6, -0.00053636731921296725,
        0.99945727578825195),
        a * r * LM_AT(t,
        -5.0717620530037923e-15, 1.2731367623367944e-14, -1.642189437353317e-14, 5.7563255879959531e-14,
        -2.3420509294291198e-13, 8.6897323946903061e-13, -3.5884013838881432e-12, 1.7029372022291315e-11,
        -9.4704131236215e-11, 6.4327895033820068e-10, -5.6687160467042924e-9, 7.106214852192226e-8,
        -1.4771388326501219e-6, 6.8331490993440833e-5, -0.015555113879513519)};
}
LM_INL lm_hankel lm_hankel1(double x) {
    double r = 8 / x, t = 2 * r * r - 1, a = sqrt(0.63661977236758134308 / x);
    return (lm_hankel){a * LM_AT(t,
        -3.5455617466606254e-14, 1.0923713653079462e-13, -2.6335760672461096e-13, 1.0954826479277624e-12,
        -5.191158004646548e-12, 2.7234512682813399e-11, -1.7131074852941311e-10, 1.3602969253877949e-9,
        -1.4708512991275257e-8, 2.4536766333666929e-7, -7.9596946984383005e-6, 0.00089880494167051827,
        1.0009070262780822),
        a * r * LM_AT(t,
        5.344527277743522e-15, -1.3449019339973269e-14, 1.7495330566839966e-14, -6.1446757870956882e-14,
        2.5034109684582308e-13, -9.3313805971228697e-13, 3.8754560465382185e-12, -1.8520736145988994e-11,
        1.0395096687547827e-10, -7.151113611051071e-10, 6.4201324963389907e-9, -8.2919607013135174e-8,
        1.8212018512314265e-6, -9.621458822054633e-5, 0.046776874027448978)};
}
/* cos and sin of x - pi / 4 */
LM_INL double lm_cos_behind(double x) { return (cos(x) + sin(x)) * 0.70710678118654752440; }
LM_INL double lm_sin_behind(double x) { return (sin(x) - cos(x)) * 0.70710678118654752440; }

LM_INL double lm_bessel_j01(double x) {
    x = fabs(x);
    if (x < 8) return LM_AT(x * x / 32 - 1,
        4.0037632815796752e-13, -1.243301171273326e-11, 3.3634475788173604e-10, -7.9153230829520701e-9,
        1.5956109104549217e-7, -2.717749223632098e-6, 3.8473197855944363e-5, -0.00044354592243115029,
        0.0040580789891409909, -0.028472718610882046, 0.14598884856759264, -0.50746804584710004, 1.0383794611437211,
        -0.80808880766968721, -0.64846928308718364, 0.93030124729585712, 0.04582966485981377);
    if (!(x < INFINITY)) return x == INFINITY ? 0 : x;
    lm_hankel h = lm_hankel0(x);
    return h.p * lm_cos_behind(x) - h.q * lm_sin_behind(x);
}

LM_INL double lm_bessel_j11(double x) {
    double a = fabs(x), y;
    if (a < 8) return x * LM_AT(x * x / 32 - 1,
        -4.0045728425886456e-13, 1.1658972367678622e-11, -2.943013798001659e-10, 6.4311901772658356e-9,
        -1.1967081867878012e-7, 1.8684526037206012e-6, -2.404574865968694e-5, 0.00024949458135972608,
        -0.0020290394945705998, 0.012456814392263375, -0.054745818212847219, 0.15858376432721839,
        -0.25959486528593027, 0.15151665143806637, 0.081058660385897955, -0.05814382795599107);
    if (!(a < INFINITY)) return a == INFINITY ? 0 : x;
    lm_hankel h = lm_hankel1(a);
    y = h.p * lm_sin_behind(a) + h.q * lm_cos_behind(a);
    return x < 0 ? -y : y;
}

LM_INL double lm_bessel_y01(double x) {
    if (!(x > 0)) return x == 0 ? -INFINITY : NAN;
    if (x < 8) return 0.63661977236758134308 * log(x) * lm_bessel_j01(x) +
        LM_AT(x * x / 32 - 1,
        -8.8401120960731007e-13, 2.6926938054524058e-11, -7.13046146536789e-10, 1.6390875014077405e-8,
        -3.2185078445935925e-7, 5.3213188103997141e-6, -7.2795418824541152e-5, 0.00080615860596163598,
        -0.00702574105727097, 0.046367047681375126, -0.21895747096171629, 0.67217707834316788, -1.0775477338215995,
        0.14412632369302474, 1.6470964788745467, -0.82843589036045878, -0.38225065445942502);
    if (x == INFINITY) return 0;
    lm_hankel h = lm_hankel0(x);
    return h.p * lm_sin_behind(x) + h.q * lm_cos_behind(x);
}

LM_INL double lm_bessel_y11(double x) {
    if (!(x > 0)) return x == 0 ? -INFINITY : NAN;
    if (x < 8) return 0.63661977236758134308 * (log(x) * lm_bessel_j11(x) - 1 / x) + x *
        LM_AT(x * x / 32 - 1,
        8.7600011439778531e-13, -2.4995315461712489e-11, 6.1696880290669648e-10, -1.3153147367094951e-8,
        2.3804930420514178e-7, -3.6010000225904579e-6, 4.4674330126463649e-5, -0.00044381734344201469,
        0.0034224907399188497, -0.019628756833117111, 0.078547869222425315, -0.19639839859930204, 0.23507209206669754,
        0.023367571720993479, -0.24337743079193114, 0.070759858821180054);
    if (x == INFINITY) return 0;
    lm_hankel h = lm_hankel1(x);
    return h.q * lm_sin_behind(x) - h.p * lm_cos_behind(x);
}

LM_INL double lm_spherical_bessel_j01(double x) {
    if (fabs(x) == INFINITY) return 0;
    return fabs(x) < 0.01 ? 1 - x * x / 6 * (1 - x * x / 20) : sin(x) / x;
}

/* ---------------------------------------------------------------- K */

/* by exp(-x) where `scaled` is 0 */
LM_INL double lm_k0(double x, int scaled) {
    if (!(x > 0)) return x == 0 ? INFINITY : NAN;
    if (x <= 2) {
        double t = x * x / 2 - 1, i0 = LM_AT(t,
            1.5591722255510925e-14, 2.5398791970311192e-12, 3.2732478435364701e-10, 3.2362273523765379e-8,
            2.3575789878938216e-6, 0.0001198206858163441, 0.0039285651056368085, 0.073589868361053349,
            0.63586172815606856, 1.5660829297563505);
        double y = LM_AT(t,
            3.5186315158547223e-14, 5.4525646627725857e-12, 6.6230132727944524e-10, 6.0933618941721138e-8,
            4.054506619949891e-6, 0.0001828055582791554, 0.0050533926431960922, 0.071777010342405096,
            0.34049732101338059, -0.30362077291575547) - log(x / 2) * i0;
        return scaled ? y * exp(x) : y;
    }
    double y = LM_AT(4 / x - 1,
        -6.9104538756705714e-11, 1.0926983537268735e-10, 2.2137580975910079e-10, -3.119936129682105e-10,
        -5.5410514460656832e-10, 8.1339132054641146e-10, 1.7887095838476482e-10, 4.7575447057763741e-11,
        -1.9309444875845703e-9, 3.8083998599190429e-9, -7.2863809073376653e-9, 1.7047535884249696e-8,
        -4.1339230521043851e-8, 1.02954317593912e-7, -2.6890662472901611e-7, 7.4278012321900959e-7,
        -2.1911777880155279e-6, 7.002245645755651e-6, -2.4735204561466908e-5, 9.956054742029419e-5,
        -0.00047976905676623142, 0.0030328918102753206, -0.031071461824889518, 1.2185953385133905) / sqrt(x);
    return scaled ? y : x == INFINITY ? 0 : y * exp(-x);
}

LM_INL double lm_k1(double x, int scaled) {
    if (!(x > 0)) return x == 0 ? INFINITY : NAN;
    if (x <= 2) {
        double t = x * x / 2 - 1, i1 = x * LM_AT(t,
            1.4032637886429536e-13, 2.0319227592384768e-11, 2.2912734889380408e-9, 1.9417364085156807e-7,
            1.1787894939469931e-5, 0.00047928274326549766, 0.011785695316910425, 0.14717973672210669,
            0.63586172815606856);
        double y = 1 / x + log(x / 2) * i1 + x * LM_AT(t,
            -1.7896636751980971e-15, -3.0892180791024415e-13, -4.2354774875777466e-11, -4.4737089807404441e-9,
            -3.4958297951001923e-7, -1.9109762342344587e-5, -0.00067247466096531528, -0.013254642948920607,
            -0.10866462148495122, -0.057455856135205324);
        return scaled ? y * exp(x) : y;
    }
    double y = LM_AT(4 / x - 1,
        7.5247954863539399e-11, -1.1931668393112158e-10, -2.3993765958994639e-10, 3.3867804167808004e-10,
        6.0424822937828387e-10, -8.9085967109239057e-10, -1.7982138496175017e-10, -8.3362271959914565e-11,
        2.1757782025837175e-9, -4.3319399856586292e-9, 8.4093875653617695e-9, -1.9817577141591115e-8,
        4.8461952200091863e-8, -1.2203186351938404e-7, 3.2298119177151824e-7, -9.0670876333713933e-7,
        2.7300414335698029e-6, -8.9612073877500252e-6, 3.2843865558254533e-5, -0.00013959021956272224,
        0.00073572415490815014, -0.0055667298800745882, 0.10334973775386523, 1.363151890371342) / sqrt(x);
    return scaled ? y : x == INFINITY ? 0 : y * exp(-x);
}
LM_INL double lm_modified_bessel_k01(double x) { return lm_k0(x, 0); }
LM_INL double lm_modified_bessel_k11(double x) { return lm_k1(x, 0); }
LM_INL double lm_scaled_modified_bessel_k01(double x) { return lm_k0(x, 1); }
LM_INL double lm_scaled_modified_bessel_k11(double x) { return lm_k1(x, 1); }

/* ---------------------------------------------------------------- Airy's function */

LM_INL double lm_airy_ai1(double x) {
    if (x != x) return x;
    if (x >= -6 && x < 2) return LM_AT((x + 2) / 4,
        1.0850462166995344e-6, -1.6006404164733429e-6, -1.3352507656976583e-5, 3.2918574676197573e-5,
        5.0074178938201369e-5, -0.00028002653255405072, 0.00021485974246916217, 0.001051077895527655,
        -0.0031722619136127688, 0.0010669989082413754, 0.013351373960962949, -0.030490433557808932,
        -0.0030128089665784029, 0.13383461785093495, -0.21933441104249036, -0.13548827175654345, 0.9906189347044043,
        -1.0880898191338466, -1.4332886132698192, 5.1651843279929211, -3.2318542021421252, -8.4688461125953674,
        17.717602075529785, -3.2606506419241999, -29.418725142122198, 35.675068101604878, 9.8896979213622448,
        -55.731271621694611, 33.450887505252916, 30.632831452990038, -47.381264848819381, 5.5788941427493634,
        22.892242712427933, -10.763846541671449, -3.6385188512269687, 2.4730360829667643, 0.22740742820168558);
    double a = fabs(x), z = 2 * a * sqrt(a) / 3;
    if (a == INFINITY) return 0;
    if (x >= 2) return exp(-z) / sqrt(sqrt(a)) * LM_AT(3.7712361663282534636 / z - 1,
        -1.5345958367818005e-11, 2.3753313005391511e-11, 5.0803583637065996e-11, -7.0498914616296675e-11,
        -1.2269533339116624e-10, 1.749196885799203e-10, 5.6756644351428662e-11, -2.1434131696095418e-11,
        -3.6072835750548883e-10, 6.8185495005610526e-10, -1.2227775701965589e-9, 2.8166320000272916e-9,
        -6.719726003246205e-9, 1.6367236117824576e-8, -4.1784065501727924e-8, 1.1275577071064085e-7,
        -3.2469847170697343e-7, 1.0121089942839847e-6, -3.48510926832708e-6, 1.3671255956557226e-5,
        -6.4275922776394023e-5, 0.00039865677489458396, -0.0041223805958494925, 0.27749080246165457);
    double r = 9.7979589711327123928 / z, t = 2 * r * r - 1;
    double p = LM_AT(t,
        8.4604280281666606e-15, -3.9658815638081497e-14, 1.9284034677632627e-13, -1.2768564791801216e-12,
        1.0296655807519416e-11, -1.0613217188873169e-10, 1.5157653610153803e-9, -3.3807314728933822e-8,
        1.4520680395321557e-6, -0.00019039135708489403, 0.99980812113384884);
    double q = r * LM_AT(t,
        4.8484085120875795e-16, -1.7103408113073074e-15, 5.1871856331621047e-15, -2.4107190138378882e-14,
        1.2725119909163087e-13, -7.5819193865201115e-13, 5.3951938457394054e-12, -4.792955366762862e-11,
        5.6592696296228124e-10, -9.768215760062437e-9, 2.8815199025499763e-7, -1.9587944649536221e-5,
        0.007067757446640094);
    return (p * lm_cos_behind(z) + q * lm_sin_behind(z)) * 0.56418958354775628695 / sqrt(sqrt(a));
}
LM_BOTH(bessel_j0)
LM_BOTH(bessel_j1)
LM_BOTH(bessel_y0)
LM_BOTH(bessel_y1)
LM_INL lm_vh lm_hspherical_j0(lm_vh x) {
    lm_vd s, c, w = lm_widen(x), z = w * w;
    lm_core_sincos(w, &s, &c);
    return lm_narrow(lm_seld(z < 1e-4, 1.0 - z / 6.0 * (1.0 - z / 20.0), s / w));
}
LM_ARRAY(lm_spherical_j0_near, float, LM_VD, lm_loadh, lm_storeh, lm_hspherical_j0)
LM_TRIG(lm_spherical_bessel_j0_f32, lm_spherical_j0_near, lm_spherical_bessel_j01)
LM_ARRAY_LIBM(lm_spherical_bessel_j0_f64, double, lm_spherical_bessel_j01)
LM_BOTH(modified_bessel_k0)
LM_BOTH(modified_bessel_k1)
LM_BOTH(scaled_modified_bessel_k0)
LM_BOTH(scaled_modified_bessel_k1)
LM_BOTH(airy_ai)

/* ---------------------------------------------------------------- orthogonal polynomials of degree n (cut to a whole number; 0 below 0) */

#define LM_DEGREES 64                    /* recurrences up to here, closed forms above */
#define LM_MOST_DEGREES 100000           /* where there is no closed form: NaN above */

/* p(0) = 1, p(1) = `first`, p(k + 1) = 2 x p(k) - p(k - 1): the four kinds of Chebyshev's polynomials */
LM_INL double lm_chebyshev(double x, double first, int n) {
    double before = 1, p = n ? first : 1;
    for (int k = 1; k < n; k++) {
        double next = 2 * x * p - before;
        before = p;
        p = next;
    }
    return p;
}

LM_INL double lm_parity(double n) { return fmod(n, 2) == 0 ? 1 : -1; }

LM_INL double lx_chebyshev_t(double x, double n) {
    n = trunc(n);
    if (!(n >= 0)) return 0;
    if (n <= LM_DEGREES) return lm_chebyshev(x, x, (int)n);
    if (fabs(x) <= 1) return cos(n * acos(x));
    return x < 0 ? lm_parity(n) * cosh(n * acosh(-x)) : cosh(n * acosh(x));
}

LM_INL double lx_chebyshev_u(double x, double n) {
    n = trunc(n);
    if (!(n >= 0)) return 0;
    if (n <= LM_DEGREES) return lm_chebyshev(x, 2 * x, (int)n);
    double a = fabs(x), sign = x < 0 ? lm_parity(n) : 1, t = a < 1 ? acos(a) : acosh(a);
    return a == 1 ? sign * (n + 1) : sign * (a < 1 ? sin((n + 1) * t) / sin(t) : sinh((n + 1) * t) / sinh(t));
}

/* V(x) = (-1)^n W(-x): one of them from the side where its closed form is stable */
LM_INL double lm_chebyshev_vw(double x, double n, int w) {
    n = trunc(n);
    if (!(n >= 0)) return 0;
    if (n <= LM_DEGREES) return lm_chebyshev(x, w ? 2 * x + 1 : 2 * x - 1, (int)n);
    double a = fabs(x), t = 0.5 * (a < 1 ? acos(a) : acosh(a)), m = 2 * n + 1, sign = 1;
    if (x < 0) {
        w = !w;
        sign = lm_parity(n);
    }
    if (a == 1) return sign * (w ? m : 1);
    if (w) return sign * (a < 1 ? sin(m * t) / sin(t) : sinh(m * t) / sinh(t));
    return sign * (a < 1 ? cos(m * t) / cos(t) : cosh(m * t) / cosh(t));
}
LM_INL double lx_chebyshev_v(double x, double n) { return lm_chebyshev_vw(x, n, 0); }
LM_INL double lx_chebyshev_w(double x, double n) { return lm_chebyshev_vw(x, n, 1); }
LM_INL double lx_shifted_chebyshev_t(double x, double n) { return lx_chebyshev_t(2 * x - 1, n); }
LM_INL double lx_shifted_chebyshev_u(double x, double n) { return lx_chebyshev_u(2 * x - 1, n); }
LM_INL double lx_shifted_chebyshev_v(double x, double n) { return lx_chebyshev_v(2 * x - 1, n); }
LM_INL double lx_shifted_chebyshev_w(double x, double n) { return lx_chebyshev_w(2 * x - 1, n); }

/* p(0) = 1, p(1) = x `one`, p(k + 1) = `one` x p(k) - `two` k p(k - 1): Hermite's, of physics with 2 and 2, of probability with 1 and 1 */
LM_INL double lm_hermite(double x, double n, double one, double two) {
    n = trunc(n);
    if (!(n >= 0)) return 0;
    if (n > 512) return NAN;             /* beyond what float64 holds, but near the origin */
    double before = 1, p = n > 0 ? one * x : 1;
    for (int k = 1; k < n; k++) {
        double next = one * x * p - two * k * before;
        before = p;
        p = next;
    }
    return p;
}
LM_INL double lx_hermite_h(double x, double n) { return lm_hermite(x, n, 2, 2); }
LM_INL double lx_hermite_he(double x, double n) { return lm_hermite(x, n, 1, 1); }

LM_INL double lx_laguerre_l(double x, double n) {
    n = trunc(n);
    if (!(n >= 0)) return 0;
    if (x == 0 || n == 0) return 1;
    if (n > LM_MOST_DEGREES) return NAN;
    double before = 1, p = 1 - x;
    for (int k = 1; k < n && fabs(p) < INFINITY; k++) {
        double next = ((2 * k + 1 - x) * p - k * before) / (k + 1);
        before = p;
        p = next;
    }
    return p;
}

LM_INL double lx_legendre_p(double x, double n) {
    n = trunc(n);
    if (!(n >= 0)) return 0;
    if (fabs(x) == 1 || n == 0) return x < 0 ? lm_parity(n) : 1;
    if (n > LM_MOST_DEGREES) return NAN;
    double before = 1, p = x;
    for (int k = 1; k < n && fabs(p) < INFINITY; k++) {
        double next = ((2 * k + 1) * x * p - k * before) / (k + 1);
        before = p;
        p = next;
    }
    return p;
}

/* Float32 in vectors, by p(k + 1) = (a x + b) p(k) - c p(k - 1) with p(0) = 1, p(1) = first: a block goes on to its largest degree. Large
 * degrees and arguments are given to the functions above. */
#define LM_EASY_DEGREE(x, n) ((n > -1e9f) & (n < LM_DEGREES + 1) & (fabsf(x) < 1e4f))
#define LM_RECURRENCE(name, at, first, a, b, c)                                                     \
    LM_FUN void lm_##name##_f32s(const float *x, long sx, const float *n, long sn, float *z, long sz, long count) { \
        for (long i = 0; i < count; i += 64) {                                                      \
            float u[64] = {0}, v[64] = {0}, r[64];                                                  \
            int hard = 0, most = 0, m = count - i < 64 ? (int)(count - i) : 64;                     \
            for (int j = 0; j < m; j++) u[j] = x[(i + j) * sx];                                     \
            for (int j = 0; j < m; j++) v[j] = n[(i + j) * sn];                                     \
            for (int j = 0; j < 64; j++) {                                                          \
                int easy = LM_EASY_DEGREE(u[j], v[j]), degree = (int)(easy ? v[j] : 0.0f);          \
                hard |= !easy;                                                                      \
                most = degree > most ? degree : most;                                               \
            }                                                                                       \
            for (int j = 0; j < m; j += 2 * LM_VD) {                                                \
                lm_vd arg[2], degree[2], p[2], before[2];                                           \
                for (int l = 0; l < 2; l++) {                                                       \
                    lm_vd X = lm_widen(lm_loadh(u + j + l * LM_VD));                                \
                    arg[l] = X = at;                                                                \
                    degree[l] = lm_widen(lm_loadh(v + j + l * LM_VD));                              \
                    before[l] = lm_seld(degree[l] > -1.0, lm_setd(1.0), lm_setd(0.0));              \
                    p[l] = lm_seld(degree[l] >= 1.0, first, before[l]);                             \
                }                                                                                   \
                for (int k = 1; k < most; k++) {                                                    \
                    double per = 1.0 / (k + 1), A = a, B = b, C = c, least = k + 1;                  \
                    (void)per;                                                                       \
                    for (int l = 0; l < 2; l++) {                                                   \
                        lm_vd next = (A * arg[l] + B) * p[l] - C * before[l];                       \
                        before[l] = p[l];                                                           \
                        p[l] = lm_seld(degree[l] >= least, next, p[l]);                             \
                    }                                                                               \
                }                                                                                   \
                for (int l = 0; l < 2; l++) lm_storeh(r + j + l * LM_VD, lm_narrow(p[l]));          \
            }                                                                                       \
            if (hard)                                                                               \
                for (int j = 0; j < m; j++)                                                         \
                    if (!LM_EASY_DEGREE(u[j], v[j])) r[j] = (float)lx_##name(u[j], v[j]);           \
            for (int j = 0; j < m; j++) z[(i + j) * sz] = r[j];                                     \
        }                                                                                           \
    }
LM_RECURRENCE(chebyshev_t, X, X, 2, 0, 1)
LM_RECURRENCE(chebyshev_u, X, 2 * X, 2, 0, 1)
LM_RECURRENCE(chebyshev_v, X, 2 * X - 1, 2, 0, 1)
LM_RECURRENCE(chebyshev_w, X, 2 * X + 1, 2, 0, 1)
LM_RECURRENCE(shifted_chebyshev_t, 2 * X - 1, X, 2, 0, 1)
LM_RECURRENCE(shifted_chebyshev_u, 2 * X - 1, 2 * X, 2, 0, 1)
LM_RECURRENCE(shifted_chebyshev_v, 2 * X - 1, 2 * X - 1, 2, 0, 1)
LM_RECURRENCE(shifted_chebyshev_w, 2 * X - 1, 2 * X + 1, 2, 0, 1)
LM_RECURRENCE(hermite_h, X, 2 * X, 2, 0, 2 * k)
LM_RECURRENCE(hermite_he, X, X, 1, 0, k)
LM_RECURRENCE(laguerre_l, X, 1 - X, -per, (2 * k + 1) * per, k * per)
LM_RECURRENCE(legendre_p, X, X, (2 * k + 1) * per, 0, k * per)
#endif
