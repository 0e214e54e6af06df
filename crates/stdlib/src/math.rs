//! The module `math`.

use berus_runtime::host::math;
use berus_runtime::model::args::Args;
use berus_runtime::model::arity::CheckArguments;
use berus_runtime::model::error::{Raise, Raised, Res};
use berus_runtime::model::events::Poll;
use berus_runtime::model::layout::Tuple;
use berus_runtime::model::module_def::ModuleDef;
use berus_runtime::model::protocols::{Ints, Strs};
use berus_runtime::model::vm::Vm;
use berus_runtime::model::word::Obj;
use berus_runtime::obj::float;
use berus_runtime::obj::float::{Float, Floats};
use berus_runtime::ops::arithmetic::Arithmetic;
use berus_runtime::ops::convert::Convert;

static E: Float = Float::constant(core::f64::consts::E);
static PI: Float = Float::constant(core::f64::consts::PI);
static TAU: Float = Float::constant(core::f64::consts::TAU);
static INFINITY: Float = Float::constant(f64::INFINITY);
static NAN: Float = Float::constant(f64::NAN);

macro_rules! functions {
    ($($name:ident = |$($x:ident),*| $value:expr;)*) => {
        $(fn $name(vm: &Vm, $($x: Obj),*) -> Res {
            $(let $x = vm.float($x)?;)*
            let value: f64 = $value;
            // A result that is not finite, of arguments that are, is an error.
            if !value.is_finite() && true $(&& $x.is_finite())* || value.is_nan() && true $(&& !$x.is_nan())* {
                return Err(domain_error(vm));
            }
            vm.new_float(value)
        })*
    };
}

#[cfg(feature = "python")]
mod more;

/// The module.
pub const MODULE: ModuleDef = ModuleDef::new("math", MEMBERS);

berus_runtime::members! {
    /// What the module has.
    static MEMBERS = {
        "e" => value(Obj::from_static(&E)),
        "pi" => value(Obj::from_static(&PI)),
        "tau" => value(Obj::from_static(&TAU)),
        "inf" => value(Obj::from_static(&INFINITY)),
        "nan" => value(Obj::from_static(&NAN)),
        "sqrt" => f1(sqrt),
        "pow" => f2(pow),
        "exp" => f1(exp),
        "expm1" => f1(expm1),
        "log" => var(1, 2, log),
        "log2" => f1(log2),
        "log10" => f1(log10),
        "cosh" => f1(cosh),
        "sinh" => f1(sinh),
        "tanh" => f1(tanh),
        "acosh" => f1(acosh),
        "asinh" => f1(asinh),
        "atanh" => f1(atanh),
        "cos" => f1(cos),
        "sin" => f1(sin),
        "tan" => f1(tan),
        "acos" => f1(acos),
        "asin" => f1(asin),
        "atan" => f1(atan),
        "atan2" => f2(atan2),
        "ceil" => f1(ceil),
        "copysign" => f2(copysign),
        "fabs" => f1(fabs),
        "floor" => f1(floor),
        "fmod" => f2(fmod),
        "frexp" => f1(frexp),
        "ldexp" => f2(ldexp),
        "modf" => f1(modf),
        "isfinite" => f1(isfinite),
        "isinf" => f1(isinf),
        "isnan" => f1(isnan),
        "isclose" => kw(2, isclose),
        "trunc" => f1(trunc),
        "radians" => f1(radians),
        "degrees" => f1(degrees),
        "erf" => f1(erf),
        "erfc" => f1(erfc),
        "gamma" => f1(gamma),
        "lgamma" => f1(lgamma),
        "factorial" => f1(factorial),
        #[cfg(feature = "python")]
        "comb" => f2(more::comb),
        #[cfg(feature = "python")]
        "gcd" => var(0, u8::MAX, more::gcd),
        #[cfg(feature = "python")]
        "hypot" => var(0, u8::MAX, more::hypot),
        #[cfg(feature = "python")]
        "isqrt" => f1(more::isqrt),
        #[cfg(feature = "python")]
        "lcm" => var(0, u8::MAX, more::lcm),
        #[cfg(feature = "python")]
        "log1p" => f1(more::log1p),
        #[cfg(feature = "python")]
        "perm" => var(1, 2, more::perm),
        #[cfg(feature = "python")]
        "prod" => kw(1, more::prod),
    }
}

#[cold]
fn domain_error(vm: &Vm) -> Raised {
    vm.value_error(format_args!("math domain error"))
}

functions! {
    sqrt = |x| libm::sqrt(x);
    pow = |x, y| float::power(x, y);
    exp = |x| math::exp(x);
    expm1 = |x| math::expm1(x);
    log2 = |x| math::log2(x);
    log10 = |x| math::log10(x);
    cosh = |x| math::cosh(x);
    sinh = |x| math::sinh(x);
    tanh = |x| math::tanh(x);
    acosh = |x| math::acosh(x);
    asinh = |x| math::asinh(x);
    atanh = |x| math::atanh(x);
    cos = |x| math::cos(x);
    sin = |x| math::sin(x);
    tan = |x| math::tan(x);
    acos = |x| math::acos(x);
    asin = |x| math::asin(x);
    atan = |x| math::atan(x);
    atan2 = |x, y| math::atan2(x, y);
    copysign = |x, y| libm::copysign(x, y);
    fabs = |x| libm::fabs(x);
    fmod = |x, y| float::remainder(x, y);
    radians = |x| x * (core::f64::consts::PI / 180.0);
    degrees = |x| x * (180.0 / core::f64::consts::PI);
    erf = |x| math::erf(x);
    erfc = |x| math::erfc(x);
    gamma = |x| if x == f64::NEG_INFINITY || x < 0.0 && libm::floor(x) == x { f64::NAN } else { math::tgamma(x) };
    lgamma = |x| if x.is_infinite() { f64::INFINITY } else { math::lgamma(x) };
}

fn log(vm: &Vm, args: &[Obj]) -> Res {
    let x = vm.float(args[0])?;
    if x <= 0.0 {
        return Err(domain_error(vm));
    }
    let Some(&base) = args.get(1) else { return vm.new_float(math::log(x)) };
    let base = vm.float(base)?;
    if base <= 0.0 {
        return Err(domain_error(vm));
    }
    if base == 1.0 {
        return Err(vm.zero_division(format_args!("divide by zero")));
    }
    vm.new_float(math::log(x) / math::log(base))
}

fn ceil(vm: &Vm, x: Obj) -> Res {
    let x = vm.float(x)?;
    vm.int_of_float(libm::ceil(x))
}

fn floor(vm: &Vm, x: Obj) -> Res {
    let x = vm.float(x)?;
    vm.int_of_float(libm::floor(x))
}

fn trunc(vm: &Vm, x: Obj) -> Res {
    let x = vm.float(x)?;
    vm.int_of_float(x)
}

fn frexp(vm: &Vm, x: Obj) -> Res {
    let (mantissa, exponent) = libm::frexp(vm.float(x)?);
    Ok(Tuple::new(vm, &[vm.new_float(mantissa)?, Obj::small_int_wrapping(exponent as isize)])?.obj())
}

fn ldexp(vm: &Vm, x: Obj, exponent: Obj) -> Res {
    let (x, exponent) = (vm.float(x)?, vm.int(exponent)?);
    let value = libm::ldexp(x, exponent.clamp(-5000, 5000) as i32);
    if value.is_infinite() && x.is_finite() {
        return Err(domain_error(vm));
    }
    vm.new_float(value)
}

fn modf(vm: &Vm, x: Obj) -> Res {
    let x = vm.float(x)?;
    let whole = libm::trunc(x);
    let fraction = if x.is_infinite() { 0.0 } else { x - whole };
    Ok(Tuple::new(vm, &[vm.new_float(libm::copysign(fraction, x))?, vm.new_float(whole)?])?.obj())
}

fn isfinite(vm: &Vm, x: Obj) -> Res {
    Ok(Obj::bool(vm.float(x)?.is_finite()))
}

fn isinf(vm: &Vm, x: Obj) -> Res {
    Ok(Obj::bool(vm.float(x)?.is_infinite()))
}

fn isnan(vm: &Vm, x: Obj) -> Res {
    Ok(Obj::bool(vm.float(x)?.is_nan()))
}

fn isclose(vm: &Vm, args: Args<'_>) -> Res {
    vm.check_args(args, 2, 2, true)?;
    let (a, b) = (vm.float(args.pos()[0])?, vm.float(args.pos()[1])?);
    let (mut relative, mut absolute) = (1e-9, 0.0);
    for (name, value) in args.kw() {
        match vm.as_str(name) {
            Some(b"rel_tol") => relative = vm.float(value)?,
            Some(b"abs_tol") => absolute = vm.float(value)?,
            _ => return Err(vm.type_error(format_args!("extra keyword arguments given"))),
        }
    }
    if relative < 0.0 || absolute < 0.0 {
        return Err(domain_error(vm));
    }
    if a == b {
        return Ok(Obj::TRUE);
    }
    let difference = (a - b).abs();
    let close = difference.is_finite() && (difference <= absolute || difference <= relative * a.abs().max(b.abs()));
    Ok(Obj::bool(close))
}

fn factorial(vm: &Vm, x: Obj) -> Res {
    let count = vm.int(x)?;
    if count < 0 {
        return Err(vm.value_error(format_args!("negative value")));
    }
    // The greater half of the factors alone has so many bits.
    let half = count / 2;
    vm.check_memory((half as usize).saturating_mul(half.max(1).ilog2() as usize) / 8)?;
    product(vm, 1, count.max(1))
}

/// The product of the ints from `first` to `last`: of factors of one length, since short ones times a long one take
/// longer.
fn product(vm: &Vm, first: isize, last: isize) -> Res {
    vm.work(1)?;
    if last - first < 4 {
        let short = (first..=last).try_fold(1isize, isize::checked_mul);
        if let Some(product) = short {
            return vm.new_int(product);
        }
    }
    if first == last {
        return vm.new_int(first);
    }
    let middle = first + (last - first) / 2;
    let (low, high) = (product(vm, first, middle)?, product(vm, middle + 1, last)?);
    vm.binary_op(berus_mpy::opcode::BinaryOp::Multiply, low, high)
}
