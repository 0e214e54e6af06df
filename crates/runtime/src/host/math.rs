//! Functions of floats whose last digit depends on who computes them: the C library's with the feature `std`, so that
//! results are those of other programs of the machine, and those of the crate `libm` where there is none.

macro_rules! functions {
    ($($(#[$doc:meta])* $name:ident($($x:ident),+);)*) => {
        $(
            $(#[$doc])*
            #[inline]
            pub fn $name($($x: f64),+) -> f64 {
                numbers::$name($($x),+)
            }
        )*

        #[cfg(all(feature = "std", any(unix, windows)))]
        mod numbers {
            // SAFETY: the C library, which the standard library is linked with, has these functions. They take and answer
            // numbers, and change nothing but the number of the thread's last error.
            unsafe extern "C" {
                $(pub safe fn $name($($x: f64),+) -> f64;)*
            }
        }
    };
}

functions! {
    /// The angle whose cosine `x` is.
    acos(x);
    /// The number whose hyperbolic cosine `x` is.
    acosh(x);
    /// The angle whose sine `x` is.
    asin(x);
    /// The number whose hyperbolic sine `x` is.
    asinh(x);
    /// The angle whose tangent `x` is.
    atan(x);
    /// The angle of the point `(x, y)`.
    atan2(y, x);
    /// The number whose hyperbolic tangent `x` is.
    atanh(x);
    /// The cosine of an angle.
    cos(x);
    /// The hyperbolic cosine.
    cosh(x);
    /// The error function.
    erf(x);
    /// What the error function leaves to 1.
    erfc(x);
    /// The power `x` of e.
    exp(x);
    /// The power `x` of e, less 1.
    expm1(x);
    /// The distance of the point `(x, y)`.
    hypot(x, y);
    /// The natural logarithm.
    log(x);
    /// The logarithm to the base 10.
    log10(x);
    /// The natural logarithm of 1 more than `x`.
    log1p(x);
    /// The logarithm to the base 2.
    log2(x);
    /// The power `y` of `x`.
    pow(x, y);
    /// The sine of an angle.
    sin(x);
    /// The hyperbolic sine.
    sinh(x);
    /// The tangent of an angle.
    tan(x);
    /// The hyperbolic tangent.
    tanh(x);
    /// The gamma function.
    tgamma(x);
}

/// The natural logarithm of the size of the gamma function.
pub fn lgamma(x: f64) -> f64 {
    log_gamma::log_gamma(x)
}

#[cfg(not(all(feature = "std", any(unix, windows))))]
use libm as numbers;

#[cfg(all(feature = "std", unix))]
mod log_gamma {
    use core::ffi::c_int;

    unsafe extern "C" {
        fn lgamma_r(x: f64, sign: *mut c_int) -> f64;
    }

    /// By the function that keeps the sign of the gamma function for its caller, not for the whole process.
    pub fn log_gamma(x: f64) -> f64 {
        let mut sign = 0;
        // SAFETY: the C library has this function, which changes what `sign` points to and no other memory that is shared.
        unsafe { lgamma_r(x, &raw mut sign) }
    }
}

#[cfg(all(feature = "std", windows))]
mod log_gamma {
    // SAFETY: the C library has this function, which takes and answers numbers.
    unsafe extern "C" {
        #[link_name = "lgamma"]
        pub safe fn log_gamma(x: f64) -> f64;
    }
}

#[cfg(not(all(feature = "std", any(unix, windows))))]
mod log_gamma {
    pub use libm::lgamma as log_gamma;
}
