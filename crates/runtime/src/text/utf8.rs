//! UTF-8 as Python strings need it: code points by number, and the classes of characters.
//!
//! MicroPython knows the classes of ASCII characters only (`py/unicode.c`), and so does Berus.

/// Whether `byte` starts a character.
#[cfg_attr(not(feature = "small"), inline(always))]
pub const fn is_start(byte: u8) -> bool {
    byte & 0xc0 != 0x80
}

/// How many code points `text` has.
pub fn count(text: &[u8]) -> usize {
    text.iter().filter(|&&byte| is_start(byte)).count()
}

/// How many bytes a character has by its first byte; 1 for a byte that begins no character.
const fn announced(first: u8) -> usize {
    match first {
        0..0xc0 | 0xf8.. => 1,
        0xc0..0xe0 => 2,
        0xe0..0xf0 => 3,
        0xf0..0xf8 => 4,
    }
}

/// Characters that are wanted of text that comes piece by piece.
pub struct Wanted {
    /// Offset in bytes of the start of the next character; `left` characters are wanted from there on.
    at: usize,
    left: usize,
}

impl Wanted {
    /// The next `count` characters of a text.
    pub fn new(count: usize) -> Wanted {
        Wanted { at: 0, left: count }
    }

    /// How many more bytes at least `text` needs so that it holds all the wanted characters, the last of them whole; 0
    /// if it holds them. `text` begins with the text of the call before. The bytes need not be UTF-8: a character is as
    /// long as its first byte announces.
    pub fn missing(&mut self, text: &[u8]) -> usize {
        while self.left > 0
            && let Some(&first) = text.get(self.at)
        {
            self.at += announced(first);
            self.left -= 1;
        }
        self.left + self.at.saturating_sub(text.len())
    }
}

/// How many bytes the character has that starts at `at`: at least one, whatever the bytes are.
pub fn width_at(text: &[u8], at: usize) -> usize {
    let rest = text.get(at + 1..).unwrap_or_default();
    1 + rest.iter().take_while(|&&byte| !is_start(byte)).count()
}

/// Where the code point with number `index` starts; the length of `text` if it has just that many.
pub fn offset_of(text: &[u8], index: usize) -> Option<usize> {
    if index == 0 {
        return Some(0);
    }
    // Code points that are far away are counted a block of bytes at a time.
    const BLOCK: usize = 256;
    let (mut start, mut left) = (1, index);
    while let Some(block) = text.get(start..start + BLOCK) {
        let count = count(block);
        if count >= left {
            break;
        }
        (start, left) = (start + BLOCK, left - count);
    }
    let rest = text.get(start..).unwrap_or_default();
    for (at, _) in rest.iter().enumerate().filter(|(_, byte)| is_start(**byte)) {
        left -= 1;
        if left == 0 {
            return Some(start + at);
        }
    }
    (left == 1 && !text.is_empty()).then_some(text.len())
}

/// The code point that starts at `at`; 0 if `text` ends before.
pub fn decode_at(text: &[u8], at: usize) -> u32 {
    let Some(&first) = text.get(at) else { return 0 };
    let mut point = match first {
        0..0x80 => return u32::from(first),
        0x80..0xe0 => u32::from(first & 0x1f),
        0xe0..0xf0 => u32::from(first & 0x0f),
        _ => u32::from(first & 0x07),
    };
    for &byte in &text[at + 1..at + width_at(text, at)] {
        point = point << 6 | u32::from(byte & 0x3f);
    }
    point
}

/// The bytes of code point `point`, surrogates included, and their number.
pub fn encode(point: u32) -> ([u8; 4], usize) {
    let tail = |shift: u32| 0x80 | (point >> shift & 0x3f) as u8;
    match point {
        0..0x80 => ([point as u8, 0, 0, 0], 1),
        0x80..0x800 => ([0xc0 | (point >> 6) as u8, tail(0), 0, 0], 2),
        0x800..0x1_0000 => ([0xe0 | (point >> 12) as u8, tail(6), tail(0), 0], 3),
        _ => ([0xf0 | (point >> 18 & 7) as u8, tail(12), tail(6), tail(0)], 4),
    }
}

/// The first byte that is not part of well-formed UTF-8, in MicroPython's lenient sense: lead bytes have as many
/// continuation bytes as they announce. `None` if all is well.
pub fn first_invalid(text: &[u8]) -> Option<usize> {
    let mut at = 0;
    while let Some(&first) = text.get(at) {
        if matches!(first, 0x80..0xc0 | 0xf8..) {
            return Some(at);
        }
        let more = announced(first) - 1;
        match text.get(at + 1..=at + more) {
            Some(rest) if rest.iter().all(|&byte| !is_start(byte)) => at += 1 + more,
            _ => return Some(at),
        }
    }
    None
}

/// The text without white space at its end.
#[cfg(feature = "python")]
pub(crate) fn trim_end(text: &[u8]) -> &[u8] {
    let end = text.iter().rposition(|byte| !is_space(*byte)).map_or(0, |last| last + 1);
    &text[..end]
}

/// White space: space, tab, newline, carriage return, vertical tab and form feed.
pub const fn is_space(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t'..=b'\r')
}

/// `text` without white space at either end.
pub fn trim(text: &[u8]) -> &[u8] {
    let start = text.iter().position(|&byte| !is_space(byte)).unwrap_or(text.len());
    let end = text.iter().rposition(|&byte| !is_space(byte)).map_or(start, |last| last + 1);
    &text[start..end]
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::string::ToString;
    use alloc::vec::Vec;

    #[test]
    fn code_points_are_found_by_number() {
        let text = "aé€𝄞z".as_bytes();
        assert_eq!(count(text), 5);
        let starts: Vec<_> = (0..=6).map(|index| offset_of(text, index)).collect();
        assert_eq!(starts, [Some(0), Some(1), Some(3), Some(6), Some(10), Some(11), None]);
        for (index, point) in "aé€𝄞z".chars().enumerate() {
            let at = offset_of(text, index).unwrap();
            assert_eq!(decode_at(text, at), point as u32);
            let (bytes, len) = encode(point as u32);
            assert_eq!(&bytes[..len], point.to_string().as_bytes());
        }
        assert_eq!(offset_of(b"", 1), None);
        let text = "aé€𝄞z".repeat(500);
        let starts: Vec<_> = text.char_indices().map(|(at, _)| at).chain([text.len()]).collect();
        assert!(starts.iter().enumerate().all(|(index, at)| offset_of(text.as_bytes(), index) == Some(*at)));
        assert_eq!(offset_of(text.as_bytes(), starts.len()), None);
    }

    #[test]
    fn bytes_are_missing_until_characters_are_whole() {
        let text = "aé€𝄞".as_bytes();
        let of = |text: &[u8], count| Wanted::new(count).missing(text);
        let missing = |len: usize, count| of(&text[..len], count);
        assert_eq!([missing(0, 0), missing(0, 3), missing(1, 1), missing(2, 2), missing(3, 2)], [0, 3, 0, 1, 0]);
        assert_eq!([missing(4, 3), missing(6, 4), missing(7, 4), missing(10, 4), missing(10, 2)], [2, 1, 3, 0, 0]);
        assert_eq!([of(b"\xc3a", 1), of(b"\x80\xff", 3), of(b"\xf0", 2)], [0, 1, 4]);
    }

    #[test]
    fn broken_sequences_are_found() {
        assert_eq!(first_invalid("aé€𝄞z".as_bytes()), None);
        assert_eq!(first_invalid(b"a\xff"), Some(1));
        assert_eq!(first_invalid(b"ab\xc3"), Some(2));
        assert_eq!(first_invalid(b"\x80"), Some(0));
    }
}
