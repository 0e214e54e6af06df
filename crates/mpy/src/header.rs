//! The header of a module: who made it, and for whom.

use alloc::vec::Vec;

use crate::arch::Arch;
use crate::error::{INCOMPATIBLE_ARCH, INCOMPATIBLE_FILE, NATIVE_UNSUPPORTED};
use crate::vuint;

/// The version of the format that this crate knows.
pub const VERSION: u8 = 6;
/// The sub-version of the format that this crate writes; older ones differ in machine code only.
pub const SUB_VERSION: u8 = 3;

/// Which Python a module was made for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Flavour {
    /// MicroPython: the file starts with `M`.
    #[default]
    MicroPython,
    /// CircuitPython: the file starts with `C`.
    CircuitPython,
}

impl Flavour {
    /// The first byte of the file.
    pub const fn magic(self) -> u8 {
        match self {
            Flavour::MicroPython => b'M',
            Flavour::CircuitPython => b'C',
        }
    }
}

/// The header: four bytes and, with bit 6 of the third set, flags of the architecture.
///
/// ```
/// use berus_mpy::header::Header;
/// assert_eq!(Header::default().to_bytes(), [b'M', 6, 0, 31]);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Header {
    /// Which Python the module was made for.
    pub flavour: Flavour,
    /// The sub-version, 0 to 3. It matters only for machine code; mpy-cross writes 0 for a module without any.
    pub sub_version: u8,
    /// The architecture of the module's machine code, if the module has any.
    pub arch: Option<Arch>,
    /// Extensions of the architecture that the machine code needs.
    pub arch_flags: Option<u32>,
    /// The bits of a small integer that the module relies on.
    pub small_int_bits: u8,
}

impl Default for Header {
    /// The header of a module of bytecode as mpy-cross writes it.
    fn default() -> Header {
        Header { flavour: Flavour::MicroPython, sub_version: 0, arch: None, arch_flags: None, small_int_bits: 31 }
    }
}

/// The bit of the feature byte that says that flags of the architecture follow the header.
pub(crate) const FEATURE_ARCH_FLAGS: u8 = 0x40;
/// The bit of the feature byte that loaders count to the architecture's number, so that no architecture matches.
const FEATURE_RESERVED: u8 = 0x80;

/// The sub-version and architecture in a feature byte; `Err` if there is no such architecture.
pub(crate) fn decode_feature(feature: u8) -> Result<(u8, Option<Arch>), ()> {
    let number = feature >> 2 & 0xf;
    let arch = match Arch::from_number(number) {
        None if number != 0 => return Err(()),
        arch => arch,
    };
    if feature & FEATURE_RESERVED != 0 { Err(()) } else { Ok((feature & 3, arch)) }
}

impl Header {
    /// The feature byte, third of the header.
    pub fn feature(&self) -> u8 {
        let flags = if self.arch_flags.is_some() { FEATURE_ARCH_FLAGS } else { 0 };
        flags | self.arch.map_or(0, |arch| (arch as u8) << 2) | self.sub_version
    }

    /// The header as it stands in a file.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut out = Vec::new();
        self.write(&mut out);
        out
    }

    /// The most bytes that a header takes.
    pub(crate) const MAX_LEN: usize = 4 + vuint::MAX_LEN;

    /// Appends the header as it stands in a file.
    pub(crate) fn write(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(&[self.flavour.magic(), VERSION, self.feature(), self.small_int_bits]);
        if let Some(flags) = self.arch_flags {
            vuint::write(out, flags);
        }
    }

    /// Whether `host` can load the module, or else the text of MicroPython's `ValueError`.
    ///
    /// # Errors
    /// MicroPython's message, if the module relies on more than the host has.
    pub fn check(&self, host: &Host) -> Result<(), &'static str> {
        if self.flavour != Flavour::MicroPython || self.small_int_bits > host.small_int_bits {
            return Err(INCOMPATIBLE_FILE);
        }
        if let Some(arch) = self.arch {
            if self.sub_version != SUB_VERSION {
                return Err(INCOMPATIBLE_FILE);
            }
            match host.arch {
                None => return Err(NATIVE_UNSUPPORTED),
                Some(own) if !own.runs(arch) => return Err(INCOMPATIBLE_ARCH),
                Some(_) => {}
            }
        }
        match self.arch_flags {
            Some(flags) if flags & !host.arch_flags != 0 || host.arch != Some(Arch::Rv32imc) => Err(INCOMPATIBLE_FILE),
            _ => Ok(()),
        }
    }
}

/// What an interpreter offers to the modules that it loads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Host {
    /// The architecture whose machine code the interpreter runs, if it runs any.
    pub arch: Option<Arch>,
    /// The extensions of that architecture that the machine has.
    pub arch_flags: u32,
    /// Bits of the interpreter's small integers.
    pub small_int_bits: u8,
}

#[cfg(test)]
mod tests {
    use super::*;

    const HOST: Host = Host { arch: Some(Arch::X64), arch_flags: 0, small_int_bits: 63 };

    #[test]
    fn feature_bytes_name_sub_version_and_architecture() {
        assert_eq!(decode_feature(0x00), Ok((0, None)));
        assert_eq!(decode_feature(0x0b), Ok((3, Some(Arch::X64))));
        assert_eq!(decode_feature(0x6f), Ok((3, Some(Arch::Rv32imc))));
        assert_eq!(decode_feature(0x38), Err(()));
        assert_eq!(decode_feature(0x8b), Err(()));
    }

    #[test]
    fn a_host_loads_what_it_can_run() {
        let bytecode = Header::default();
        assert_eq!(bytecode.check(&HOST), Ok(()));
        let native = Header { arch: Some(Arch::X64), sub_version: SUB_VERSION, ..bytecode };
        assert_eq!(native.check(&HOST), Ok(()));
        assert_eq!(native.check(&Host { arch: None, ..HOST }), Err(NATIVE_UNSUPPORTED));
        assert_eq!(Header { arch: Some(Arch::X86), ..native }.check(&HOST), Err(INCOMPATIBLE_ARCH));
        assert_eq!(Header { sub_version: 2, ..native }.check(&HOST), Err(INCOMPATIBLE_FILE));
        assert_eq!(Header { small_int_bits: 64, ..bytecode }.check(&HOST), Err(INCOMPATIBLE_FILE));
        assert_eq!(Header { arch_flags: Some(1), ..native }.check(&HOST), Err(INCOMPATIBLE_FILE));
        assert_eq!(Header { flavour: Flavour::CircuitPython, ..bytecode }.check(&HOST), Err(INCOMPATIBLE_FILE));
    }
}
