//! The processors and what is around them: timer, serial line, reset.
//!
//! Each has `CHIP`, and `start`, which is called once before all else.

#[cfg(target_arch = "arm")]
mod mps2;
#[cfg(target_arch = "riscv32")]
mod virt;

#[cfg(target_arch = "arm")]
pub use mps2::{CHIP, start};
#[cfg(target_arch = "riscv32")]
pub use virt::{CHIP, start};

use core::ptr::with_exposed_provenance_mut;

/// A register of the chip.
#[derive(Clone, Copy)]
pub struct Register<T = u32>(*mut T);

impl<T: Copy> Register<T> {
    /// The register at an address.
    ///
    /// # Safety
    /// There is one, and reading it, or writing what is written here, does what its user wants and nothing that Rust
    /// relies on.
    pub const unsafe fn at(address: usize) -> Register<T> {
        Register(with_exposed_provenance_mut(address))
    }

    pub fn read(self) -> T {
        // SAFETY: as `at` says.
        unsafe { self.0.read_volatile() }
    }

    pub fn write(self, value: T) {
        // SAFETY: as `at` says.
        unsafe { self.0.write_volatile(value) }
    }
}
