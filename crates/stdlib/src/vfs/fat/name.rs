//! Names: short ones of eight and three characters, and long ones in entries before the short.
//!
//! Long names are UTF-16 on the device, and compared without regard to case. A long name has a short one, too, that no
//! other entry has.

use alloc::string::String;
use alloc::vec::Vec;

use super::device::{Error, Result};
use crate::vfs::memory;

/// The most UTF-16 units of a long name.
pub const MAX_UNITS: usize = 255;
/// Units in one entry, and where they are.
pub const UNITS: usize = 13;
pub const UNIT_OFFSETS: [usize; UNITS] = [1, 3, 5, 7, 9, 14, 16, 18, 20, 22, 24, 28, 30];

/// What a name becomes on the device.
pub struct Encoded {
    /// The short name, padded with spaces.
    pub short: [u8; 11],
    /// The long name, if the short one is not all.
    pub long: Option<Vec<u16>>,
    /// The bits that say that parts of a short name are in lower case.
    pub case: u8,
}

/// Bits of [`Encoded::case`].
const LOWER_BASE: u8 = 0x08;
const LOWER_END: u8 = 0x10;

/// Whether two names are the same.
pub fn same(a: &str, b: &str) -> bool {
    fn folded(name: &str) -> impl Iterator<Item = char> + '_ {
        name.chars().flat_map(char::to_uppercase)
    }
    folded(a).eq(folded(b))
}

/// A name as it is given: without the dots and spaces at its end, which do not count.
///
/// # Errors
/// `EINVAL` if it cannot be the name of anything.
pub fn checked(name: &str) -> Result<&str> {
    let name = name.trim_end_matches(['.', ' ']);
    let is_bad = |c: char| c < ' ' || c == '\x7f' || "\"*:<>?|\\/".contains(c);
    if name.is_empty() || name.chars().any(is_bad) || name.encode_utf16().count() > MAX_UNITS {
        return Err(Error::INVALID);
    }
    Ok(name)
}

/// Characters that a short name can have.
fn is_short(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"!#$%&'()-@^_`{}~".contains(&byte)
}

/// What `name` becomes; of a long name the short one is a beginning.
pub fn encode(name: &str) -> Result<Encoded> {
    let (base, end) = match name.rsplit_once('.') {
        Some((base, end)) if !base.is_empty() => (base, end),
        _ => (name, ""),
    };
    let mut short = [b' '; 11];
    let mut is_exact = base.len() <= 8 && end.len() <= 3 && !base.starts_with('.');
    let mut put = |part: &str, place: &mut [u8]| {
        let mut at = 0;
        for byte in part.bytes() {
            if byte == b' ' || byte == b'.' {
                is_exact = false;
            } else if at < place.len() {
                is_exact &= is_short(byte);
                place[at] = if is_short(byte) { byte.to_ascii_uppercase() } else { b'_' };
                at += 1;
            }
        }
    };
    let (first, second) = short.split_at_mut(8);
    put(base, first);
    put(end, second);
    let has = |part: &str, test: fn(&u8) -> bool| part.bytes().any(|byte| test(&byte));
    let mixed = |part: &str| has(part, u8::is_ascii_uppercase) && has(part, u8::is_ascii_lowercase);
    if is_exact && !mixed(base) && !mixed(end) {
        let lower = |part: &str, bit: u8| if has(part, u8::is_ascii_lowercase) { bit } else { 0 };
        return Ok(Encoded { short, long: None, case: lower(base, LOWER_BASE) | lower(end, LOWER_END) });
    }
    Ok(Encoded { short, long: Some(memory::collect(name.encode_utf16())?), case: 0 })
}

/// The `number`th short name that stands for a long one: with a tilde and the number.
pub fn numbered(short: &[u8; 11], number: u32) -> [u8; 11] {
    let mut digits = [0; 8];
    let (mut left, mut at) = (number, digits.len());
    while left > 0 && at > 1 {
        at -= 1;
        digits[at] = b'0' + (left % 10) as u8;
        left /= 10;
    }
    at -= 1;
    digits[at] = b'~';
    let tail = &digits[at..];
    let base = short[..8].iter().position(|byte| *byte == b' ').unwrap_or(8).min(8 - tail.len());
    let mut numbered = *short;
    numbered[base..8].fill(b' ');
    numbered[base..base + tail.len()].copy_from_slice(tail);
    numbered
}

/// The name that a short one spells.
pub fn decode(short: &[u8; 11], case: u8) -> Result<String> {
    let mut name = String::new();
    name.try_reserve(MOST_BYTES)?;
    // A name that would start like a removed entry has another byte in place of the first.
    let first = if short[0] == 0x05 { 0xe5 } else { short[0] };
    let mut base = [0; 8];
    base.copy_from_slice(&short[..8]);
    base[0] = first;
    spell(&base, case & LOWER_BASE != 0, &mut name);
    let base = name.len();
    name.push('.');
    spell(&short[8..], case & LOWER_END != 0, &mut name);
    if name.len() == base + 1 {
        name.pop();
    }
    Ok(name)
}

/// The name that UTF-16 spells.
pub fn of_units(units: &[u16]) -> Result<String> {
    let mut name = String::new();
    // A unit takes three bytes at most.
    name.try_reserve(3 * units.len())?;
    name.extend(char::decode_utf16(units.iter().copied()).map(|c| c.unwrap_or(char::REPLACEMENT_CHARACTER)));
    Ok(name)
}

/// The most bytes of a short name: a point, and characters of up to three bytes.
const MOST_BYTES: usize = 1 + 11 * 3;

/// Appends the characters of a part of a short name, without the spaces at its end.
fn spell(part: &[u8], lower: bool, out: &mut String) {
    let len = part.iter().rposition(|byte| *byte != b' ').map_or(0, |last| last + 1);
    out.extend(part[..len].iter().map(|&byte| match byte {
        0..0x80 if lower => char::from(byte.to_ascii_lowercase()),
        0..0x80 => char::from(byte),
        _ => CODE_PAGE_437.chars().nth(usize::from(byte - 0x80)).unwrap_or('_'),
    }));
}

/// The characters of bytes 128 and up in short names.
const CODE_PAGE_437: &str = "ÇüéâäàåçêëèïîìÄÅÉæÆôöòûùÿÖÜ¢£¥₧ƒáíóúñÑªº¿⌐¬½¼¡«»░▒▓│┤╡╢╖╕╣║╗╝╜╛┐└┴┬├─┼╞╟╚╔╩╦╠═╬╧╨╤╥╙╘╒╓╫╪┘┌█▄▌▐▀\
αßΓπΣσµτΦΘΩδ∞φε∩≡±≥≤⌠⌡÷≈°∙·√ⁿ²■\u{a0}";

/// What entries of a long name carry so that they can be told to belong to their short one.
pub fn checksum(short: &[u8; 11]) -> u8 {
    short.iter().fold(0u8, |sum, byte| sum.rotate_right(1).wrapping_add(*byte))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn short_names_keep_their_case() {
        for (name, short, case) in [
            ("FILE.TXT", b"FILE    TXT", 0),
            ("file.txt", b"FILE    TXT", 0x18),
            ("FILE.txt", b"FILE    TXT", 0x10),
            ("a", b"A          ", 8),
        ] {
            let encoded = encode(name).unwrap();
            assert_eq!((&encoded.short, encoded.case), (short, case), "{name}");
            assert!(encoded.long.is_none(), "{name}");
            assert_eq!(decode(short, case).unwrap(), name);
        }
    }

    #[test]
    fn other_names_are_long() {
        for (name, short) in [
            ("File.txt", b"FILE    TXT"),
            ("longer_than_eight", b"LONGER_T   "),
            ("two.dots.py", b"TWODOTS PY "),
            (".hidden", b"HIDDEN     "),
            ("a b", b"AB         "),
            ("long.extension", b"LONG    EXT"),
        ] {
            let encoded = encode(name).unwrap();
            assert_eq!(&encoded.short, short, "{name}");
            assert_eq!(encoded.long, Some(name.encode_utf16().collect()));
        }
        assert!(encode("größe").unwrap().long.is_some());
    }

    #[test]
    fn numbers_make_short_names_distinct() {
        assert_eq!(&numbered(b"LONGER_TTXT", 1), b"LONGER~1TXT");
        assert_eq!(&numbered(b"LONGER_TTXT", 123), b"LONG~123TXT");
        assert_eq!(&numbered(b"AB         ", 12), b"AB~12      ");
    }

    #[test]
    fn what_is_no_name() {
        for name in ["", ".", "a/b", "a:b", "tab\t"] {
            assert!(checked(name).is_err(), "{name}");
        }
        assert_eq!(checked("name. .").ok(), Some("name"));
    }

    #[test]
    fn the_code_page_is_whole() {
        assert_eq!(CODE_PAGE_437.chars().count(), 128);
    }
}
