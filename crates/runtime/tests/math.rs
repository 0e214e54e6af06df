//! With the standard library, functions of floats are the C library's, to the last digit.

#![cfg(all(feature = "std", feature = "float", any(unix, windows)))]

use berus_runtime::host::math;

/// Numbers of many sizes, of both signs.
fn numbers() -> impl Iterator<Item = f64> {
    let mut bits = 0x9e37_79b9_7f4a_7c15_u64;
    (0..20_000).map(move |turn| {
        bits = bits.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        let unit = (bits >> 11) as f64 / (1_u64 << 53) as f64 * 2.0 - 1.0;
        unit * 4.0_f64.powi(turn % 8 - 4)
    })
}

#[track_caller]
fn same(ours: fn(f64) -> f64, c: fn(f64) -> f64) {
    for x in numbers() {
        let (ours, c) = (ours(x), c(x));
        assert!(ours.to_bits() == c.to_bits() || ours.is_nan() && c.is_nan(), "{x:?}: {ours:?} {c:?}");
    }
}

#[test]
fn functions_are_those_of_the_c_library() {
    same(math::exp, f64::exp);
    same(math::expm1, f64::exp_m1);
    same(math::log, f64::ln);
    same(math::log2, f64::log2);
    same(math::log10, f64::log10);
    same(math::log1p, f64::ln_1p);
    same(math::sinh, f64::sinh);
    same(math::cosh, f64::cosh);
    same(math::tanh, f64::tanh);
    same(math::sin, f64::sin);
    same(math::cos, f64::cos);
    same(math::tan, f64::tan);
    same(math::asin, f64::asin);
    same(math::acos, f64::acos);
    same(math::atan, f64::atan);
    for (x, y) in numbers().zip(numbers().skip(1)) {
        assert_eq!(math::atan2(x, y).to_bits(), x.atan2(y).to_bits(), "{x:?} {y:?}");
        assert_eq!(math::pow(x.abs(), y).to_bits(), x.abs().powf(y).to_bits(), "{x:?} {y:?}");
        assert_eq!(math::hypot(x, y).to_bits(), x.hypot(y).to_bits(), "{x:?} {y:?}");
    }
}

#[test]
fn functions_that_rust_has_no_names_for_have_known_values() {
    let near = |x: f64, y: f64| assert!((x - y).abs() <= 2.0 * f64::EPSILON * y.abs(), "{x:?} {y:?}");
    near(math::erf(0.5), 0.5204998778130465);
    near(math::erfc(2.0), 0.004677734981047266);
    near(math::tgamma(6.0), 120.0);
    near(math::lgamma(10.0), 12.801827480081469);
    near(math::acosh(2.0), 1.3169578969248166);
    near(math::asinh(2.0), 1.4436354751788103);
    near(math::atanh(0.5), 0.5493061443340548);
    assert!(math::lgamma(-1.0).is_infinite());
}
