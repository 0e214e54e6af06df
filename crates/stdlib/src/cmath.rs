//! The module `cmath`.

use berus_runtime::host::math;
use berus_runtime::model::error::Res;
use berus_runtime::model::layout::Tuple;
use berus_runtime::model::module_def::ModuleDef;
use berus_runtime::model::vm::Vm;
use berus_runtime::model::word::Obj;
use berus_runtime::obj::complex::Complexes;
use berus_runtime::obj::float::{Float, Floats};

static E: Float = Float::constant(core::f64::consts::E);
static PI: Float = Float::constant(core::f64::consts::PI);

/// The module.
pub const MODULE: ModuleDef = ModuleDef::new("cmath", MEMBERS);

berus_runtime::members! {
    /// What the module has.
    static MEMBERS = {
        "e" => value(Obj::from_static(&E)),
        "pi" => value(Obj::from_static(&PI)),
        "phase" => f1(phase),
        "polar" => f1(polar),
        "rect" => f2(rect),
        "exp" => f1(exp),
        "log" => f1(log),
        "log10" => f1(log10),
        "sqrt" => f1(sqrt),
        "cos" => f1(cos),
        "sin" => f1(sin),
    }
}

/// Distance from 0 and angle.
fn to_polar((real, imaginary): (f64, f64)) -> (f64, f64) {
    (libm::sqrt(real * real + imaginary * imaginary), math::atan2(imaginary, real))
}

fn new_polar(vm: &Vm, distance: f64, angle: f64) -> Res {
    vm.new_complex(distance * math::cos(angle), distance * math::sin(angle))
}

fn phase(vm: &Vm, z: Obj) -> Res {
    vm.new_float(to_polar(vm.complex(z)?).1)
}

fn polar(vm: &Vm, z: Obj) -> Res {
    let (distance, angle) = to_polar(vm.complex(z)?);
    Ok(Tuple::new(vm, &[vm.new_float(distance)?, vm.new_float(angle)?])?.obj())
}

fn rect(vm: &Vm, distance: Obj, angle: Obj) -> Res {
    new_polar(vm, vm.float(distance)?, vm.float(angle)?)
}

fn exp(vm: &Vm, z: Obj) -> Res {
    let (real, imaginary) = vm.complex(z)?;
    new_polar(vm, math::exp(real), imaginary)
}

fn log(vm: &Vm, z: Obj) -> Res {
    let (distance, angle) = to_polar(vm.complex(z)?);
    vm.new_complex(math::log(distance), angle)
}

fn log10(vm: &Vm, z: Obj) -> Res {
    let (distance, angle) = to_polar(vm.complex(z)?);
    vm.new_complex(math::log10(distance), core::f64::consts::LOG10_E * angle)
}

fn sqrt(vm: &Vm, z: Obj) -> Res {
    let (distance, angle) = to_polar(vm.complex(z)?);
    new_polar(vm, libm::sqrt(distance), 0.5 * angle)
}

fn cos(vm: &Vm, z: Obj) -> Res {
    let (real, imaginary) = vm.complex(z)?;
    vm.new_complex(math::cos(real) * math::cosh(imaginary), -math::sin(real) * math::sinh(imaginary))
}

fn sin(vm: &Vm, z: Obj) -> Res {
    let (real, imaginary) = vm.complex(z)?;
    vm.new_complex(math::sin(real) * math::cosh(imaginary), math::cos(real) * math::sinh(imaginary))
}
