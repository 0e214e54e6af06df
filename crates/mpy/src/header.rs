//! The header of a module: who made it, and for whom.

use alloc::vec::Vec;
use core::fmt;

use crate::arch::Arch;
use crate::error::{INCOMPATIBLE_ARCH, INCOMPATIBLE_FILE, NATIVE_UNSUPPORTED};
use crate::release::who_reads;
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
    /// What every module of MicroPython begins with: its magic byte and the version.
    pub const MAGIC: [u8; 2] = [Flavour::MicroPython.magic(), VERSION];

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

    /// The bytes that the header takes in a file.
    pub(crate) fn encoded_len(&self) -> usize {
        4 + self.arch_flags.map_or(0, vuint::len)
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

    /// Whether `host` can load the module.
    ///
    /// # Errors
    /// If the module relies on more than the host has.
    pub fn check(&self, host: &Host) -> Result<(), Unfit> {
        if self.flavour != Flavour::MicroPython {
            return Err(Unfit::Flavour);
        }
        if self.small_int_bits > host.small_int_bits {
            return Err(Unfit::SmallInts(self.small_int_bits, host.small_int_bits));
        }
        if let Some(arch) = self.arch {
            if self.sub_version != SUB_VERSION {
                return Err(Unfit::SubVersion(self.sub_version));
            }
            match host.arch {
                None => return Err(Unfit::MachineCode(arch)),
                Some(own) if !own.runs(arch) => return Err(Unfit::Arch(arch, own)),
                Some(_) => {}
            }
        }
        match self.arch_flags {
            Some(flags) if flags & !host.arch_flags != 0 || host.arch != Some(Arch::Rv32imc) => {
                Err(Unfit::ArchFlags(flags & !host.arch_flags))
            }
            _ => Ok(()),
        }
    }
}

/// Why a host cannot load a module that is as it should be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Unfit {
    /// The module was made for CircuitPython.
    Flavour,
    /// The module relies on small ints of so many bits, the first number; the host's have the second.
    SmallInts(u8, u8),
    /// The module's machine code is of this sub-version, not of [`SUB_VERSION`].
    SubVersion(u8),
    /// The module has machine code for this architecture; the host runs none.
    MachineCode(Arch),
    /// The module's machine code is for the first architecture; the host's is the second.
    Arch(Arch, Arch),
    /// The module's machine code needs these extensions, by their bits, which the host does not have.
    ArchFlags(u32),
}

impl Unfit {
    /// The text of MicroPython's `ValueError`.
    pub fn value_error(self) -> &'static str {
        match self {
            Unfit::MachineCode(_) => NATIVE_UNSUPPORTED,
            Unfit::Arch(..) => INCOMPATIBLE_ARCH,
            Unfit::Flavour | Unfit::SmallInts(..) | Unfit::SubVersion(_) | Unfit::ArchFlags(_) => INCOMPATIBLE_FILE,
        }
    }
}

impl fmt::Display for Unfit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Unfit::Flavour => f.write_str("made for CircuitPython, not MicroPython"),
            Unfit::SmallInts(needed, there) => {
                write!(f, "made for small ints of {needed} bits, here they have {there}")
            }
            Unfit::SubVersion(version) => {
                let readers = who_reads(Flavour::MicroPython, VERSION, Some(*version));
                write!(
                    f,
                    "machine code of version {VERSION}.{version}, which is for {readers}; expected {VERSION}.{SUB_VERSION}"
                )
            }
            Unfit::MachineCode(arch) => write!(f, "machine code for {}, none may run here", arch.name()),
            Unfit::Arch(arch, own) => write!(f, "machine code for {}, expected {}", arch.name(), own.name()),
            Unfit::ArchFlags(flags) => write!(f, "machine code that needs extensions {flags:#x}, which are not here"),
        }
    }
}

impl core::error::Error for Unfit {}

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
        assert_eq!(native.check(&Host { arch: None, ..HOST }), Err(Unfit::MachineCode(Arch::X64)));
        assert_eq!(Header { arch: Some(Arch::X86), ..native }.check(&HOST), Err(Unfit::Arch(Arch::X86, Arch::X64)));
        assert_eq!(Header { sub_version: 2, ..native }.check(&HOST), Err(Unfit::SubVersion(2)));
        assert_eq!(Header { small_int_bits: 64, ..bytecode }.check(&HOST), Err(Unfit::SmallInts(64, 63)));
        assert_eq!(Header { arch_flags: Some(1), ..native }.check(&HOST), Err(Unfit::ArchFlags(1)));
        assert_eq!(Header { flavour: Flavour::CircuitPython, ..bytecode }.check(&HOST), Err(Unfit::Flavour));
    }
}
