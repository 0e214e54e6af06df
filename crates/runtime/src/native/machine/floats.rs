//! Floats as C code passes them to functions and gets them back.
//!
//! Modules for armv6 and rv64imc are compiled for processors without registers for floats, and pass a float as an integer
//! of its bits. The processor that the runtime is built for can have such registers.

#[cfg(not(any(berus_machine = "armv6", berus_machine = "rv64")))]
mod passed {
    pub type Single = f32;
    pub type Double = f64;

    pub fn of_single(passed: Single) -> f32 {
        passed
    }

    pub fn of_double(passed: Double) -> f64 {
        passed
    }

    pub fn single(value: f32) -> Single {
        value
    }

    pub fn double(value: f64) -> Double {
        value
    }
}

#[cfg(any(berus_machine = "armv6", berus_machine = "rv64"))]
mod passed {
    pub type Single = u32;
    pub type Double = u64;

    pub fn of_single(passed: Single) -> f32 {
        f32::from_bits(passed)
    }

    pub fn of_double(passed: Double) -> f64 {
        f64::from_bits(passed)
    }

    pub fn single(value: f32) -> Single {
        value.to_bits()
    }

    pub fn double(value: f64) -> Double {
        value.to_bits()
    }
}

pub(in crate::native) use passed::*;
