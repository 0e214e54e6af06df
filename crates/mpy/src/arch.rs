//! The architectures for which a module can carry machine code.

use core::fmt;
use core::str::FromStr;

/// An architecture, by its number in the header of a module.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
#[allow(missing_docs)] // the names are those of mpy-cross's -march option
pub enum Arch {
    X86 = 1,
    X64 = 2,
    Armv6 = 3,
    Armv6m = 4,
    Armv7m = 5,
    Armv7em = 6,
    Armv7emsp = 7,
    Armv7emdp = 8,
    Xtensa = 9,
    Xtensawin = 10,
    Rv32imc = 11,
    Rv64imc = 12,
    /// No real architecture: mpy-cross lists what an emitter does, and writes modules whose machine code is empty.
    Debug = 13,
}

use Arch::*;

impl Arch {
    /// Every architecture that there is code for, in the order of the numbers.
    pub const ALL: [Arch; 12] =
        [X86, X64, Armv6, Armv6m, Armv7m, Armv7em, Armv7emsp, Armv7emdp, Xtensa, Xtensawin, Rv32imc, Rv64imc];

    /// The architecture with number `number`; 0 means "no machine code" and is not one.
    pub fn from_number(number: u8) -> Option<Arch> {
        if number == Debug as u8 {
            return Some(Debug);
        }
        Arch::ALL.get(usize::from(number).checked_sub(1)?).copied()
    }

    /// The architecture's name, as `mpy-cross -march` spells it.
    pub const fn name(self) -> &'static str {
        match self {
            X86 => "x86",
            X64 => "x64",
            Armv6 => "armv6",
            Armv6m => "armv6m",
            Armv7m => "armv7m",
            Armv7em => "armv7em",
            Armv7emsp => "armv7emsp",
            Armv7emdp => "armv7emdp",
            Xtensa => "xtensa",
            Xtensawin => "xtensawin",
            Rv32imc => "rv32imc",
            Rv64imc => "rv64imc",
            Debug => "debug",
        }
    }

    /// The extensions of the architecture that flags of a header stand for, from the lowest bit (MicroPython: `py/asmrv32.h`).
    pub const fn extensions(self) -> &'static [&'static str] {
        match self {
            Rv32imc => &["zba", "zcmp"],
            _ => &[],
        }
    }

    /// Bytes in a machine word.
    pub const fn word_bytes(self) -> usize {
        match self {
            X64 | Rv64imc | Debug => 8,
            _ => 4,
        }
    }

    /// Whether a host of architecture `self` runs code made for `code`.
    ///
    /// A Thumb host runs every Thumb architecture up to its own, any other host only its own
    /// (MicroPython: `py/persistentcode.h`, `MPY_FEATURE_ARCH_TEST`).
    pub fn runs(self, code: Arch) -> bool {
        self == code || (Armv6m <= code && code <= self && self <= Armv7emdp)
    }
}

impl fmt::Display for Arch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// The error for a name that no architecture has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct UnknownArch;

impl FromStr for Arch {
    type Err = UnknownArch;

    fn from_str(name: &str) -> Result<Arch, UnknownArch> {
        Arch::ALL.into_iter().find(|arch| arch.name() == name).ok_or(UnknownArch)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_and_names_identify_architectures() {
        for arch in Arch::ALL {
            assert_eq!(Arch::from_number(arch as u8), Some(arch));
            assert_eq!(arch.name().parse(), Ok(arch));
        }
        assert_eq!(Arch::from_number(13), Some(Debug));
        assert_eq!(Arch::from_number(0), None);
        assert_eq!(Arch::from_number(14), None);
    }

    #[test]
    fn thumb_hosts_run_lesser_thumb_code() {
        assert!(Armv7em.runs(Armv6m));
        assert!(!Armv7em.runs(Armv7emsp));
        assert!(!Armv7em.runs(Armv6));
        assert!(!X64.runs(X86));
        assert!(!Xtensa.runs(Armv6m));
    }
}
