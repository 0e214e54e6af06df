//! What the first bytes of a file say of whom it is for, in all versions of the format.

use berus_mpy::arch::Arch;
use berus_mpy::header::{Flavour, Header, VERSION};

/// What a file demands of who loads it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Claims {
    /// What the file begins with.
    pub magic: Flavour,
    /// The version of the format.
    pub version: u8,
    /// The sub-version, from version 6 on.
    pub sub_version: u8,
    /// The architecture of the machine code, if the file has some.
    pub arch: Option<Arch>,
    /// The extensions of the architecture that the machine code needs.
    pub arch_flags: u32,
    /// The bits of the small ints that the file relies on.
    pub small_int_bits: u8,
    /// Whether there is a byte for a cache after instructions that look names up; up to version 5.
    pub caches: bool,
    /// Whether strings are Unicode; up to version 5, always so later.
    pub unicode: bool,
}

impl Claims {
    /// The claims of a file; `None` if it does not begin as `.mpy` files of any known version do.
    ///
    /// Up to version 5 the third byte has two flags and, in versions 4 and 5, the architecture above them (`py/persistentcode.h` at 1.9.3,
    /// 1.11 and 1.18).
    pub fn read(bytes: &[u8]) -> Option<Claims> {
        let &[magic, version, feature, small_int_bits, ..] = bytes else { return None };
        let magic = match magic {
            b'M' => Flavour::MicroPython,
            b'C' => Flavour::CircuitPython,
            _ => return None,
        };
        match version {
            VERSION => {
                let header = Header::from_bytes(bytes).ok()?;
                let Header { sub_version, arch, arch_flags, .. } = header;
                let arch_flags = arch_flags.unwrap_or_default();
                let (caches, unicode) = (false, true);
                Some(Claims { magic, version, sub_version, arch, arch_flags, small_int_bits, caches, unicode })
            }
            0..VERSION => {
                let arch = match (feature >> 2, Arch::from_number(feature >> 2)) {
                    (0, _) => None,
                    (_, Some(arch)) => Some(arch),
                    _ => return None,
                };
                let (caches, unicode) = (feature & 1 != 0, feature & 2 != 0);
                Some(Claims { magic, version, sub_version: 0, arch, arch_flags: 0, small_int_bits, caches, unicode })
            }
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn claims_of_each_version() {
        let claims = Claims::read(b"M\x05\x26\x1f").unwrap();
        assert_eq!((claims.version, claims.arch, claims.unicode, claims.caches), (5, Some(Arch::Xtensa), true, false));
        let claims = Claims::read(b"C\x06\x00\x1f").unwrap();
        assert_eq!((claims.magic, claims.version, claims.arch), (Flavour::CircuitPython, 6, None));
        for other in [&b"M"[..], b"\x7fELF", b"M\x07\x00\x1f", b"M\x06\x3c\x1f", b"M\x05\xf0\x1f", b"Made of text"] {
            assert_eq!(Claims::read(other), None, "{other:?}");
        }
    }
}
