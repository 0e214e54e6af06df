//! The code of regular expressions: what the compiler writes and the matcher reads.
//!
//! A number is written in groups of seven bits, the last group first; the top bit of a byte says that more follow. A
//! jump is the distance from behind its operand, in [`JUMP_LEN`] bytes. Characters are UTF-8.

use berus_runtime::text::utf8;

/// Instructions.
pub mod op {
    /// This character.
    pub const CHAR: u8 = 0;
    /// Any character.
    pub const ANY: u8 = 1;
    /// One of a class, or none of it: the number of bytes, then pairs of the least and the greatest character. A pair
    /// of a letter and the character 0 is the class of that letter.
    pub const CLASS: u8 = 2;
    pub const NOT_CLASS: u8 = 3;
    /// One of the class of this letter.
    pub const NAMED: u8 = 4;
    /// The beginning and the end of the subject.
    pub const BEGIN: u8 = 5;
    pub const END: u8 = 6;
    /// Between a character of a word and one of none, or not so.
    pub const BOUNDARY: u8 = 7;
    pub const NOT_BOUNDARY: u8 = 8;
    /// The text of the group with this number once more.
    pub const GROUP: u8 = 9;
    /// A group begins or ends here: twice its number, and 1 more for the end.
    pub const SAVE: u8 = 10;
    pub const JUMP: u8 = 11;
    /// Goes on, and if that fails jumps; or the other way round.
    pub const SPLIT: u8 = 12;
    pub const SPLIT_LAZY: u8 = 13;
    /// The instruction for one character that follows, repeated: how often at least, and one more than at most, or 0
    /// for any number.
    pub const REPEAT: u8 = 14;
    pub const REPEAT_LAZY: u8 = 15;
    /// A loop with this number begins.
    pub const LOOP: u8 = 16;
    /// What follows, up to a jump back here, is repeated as often as the two numbers of `REPEAT` say: the loop's
    /// number, these two, and a jump out.
    pub const TURN: u8 = 17;
    pub const TURN_LAZY: u8 = 18;
    pub const MATCH: u8 = 19;
    /// Where a line begins, and where one ends.
    pub const LINE_BEGIN: u8 = 20;
    pub const LINE_END: u8 = 21;
    /// The instruction for one character that follows, where the case of letters does not count.
    pub const ANY_CASE: u8 = 22;
    /// As `GROUP`, where the case of letters does not count.
    pub const GROUP_ANY_CASE: u8 = 23;
}

/// Bytes of a jump.
pub const JUMP_LEN: usize = 3;

/// The classes with names, as `\d`; those of upper-case letters are the rest.
pub const NAMED_CLASSES: &[u8] = b"dDsSwW";

/// The first character of `bytes`, and its length.
pub fn next_character(bytes: &[u8], is_text: bool) -> Option<(u32, usize)> {
    let &first = bytes.first()?;
    if !is_text || first < 0x80 {
        return Some((first.into(), 1));
    }
    Some((utf8::decode_at(bytes, 0), utf8::width_at(bytes, 0)))
}

/// A number as code has it.
pub fn number(mut value: u32) -> impl Iterator<Item = u8> {
    let mut more = true;
    core::iter::from_fn(move || {
        let byte = (value & 0x7f) as u8;
        value >>= 7;
        let byte = more.then_some(if value > 0 { byte | 0x80 } else { byte });
        more = value > 0 && more;
        byte
    })
}

/// Code that is being read. What is beyond its end reads as zeros.
#[derive(Clone, Copy)]
pub struct Code<'a>(pub &'a [u8]);

impl<'a> Code<'a> {
    fn rest(self, at: usize) -> &'a [u8] {
        self.0.get(at..).unwrap_or_default()
    }

    /// The byte at `at`, which moves behind it.
    pub fn byte(self, at: &mut usize) -> u8 {
        let byte = self.0.get(*at).copied().unwrap_or(op::MATCH);
        *at += 1;
        byte
    }

    /// The number at `at`.
    pub fn number(self, at: &mut usize) -> usize {
        let (mut value, mut shift) = (0, 0);
        loop {
            let byte = self.byte(at);
            value |= u32::from(byte & 0x7f) << shift;
            shift = (shift + 7).min(28);
            if byte & 0x80 == 0 {
                return value as usize;
            }
        }
    }

    /// Where the jump at `at` leads.
    pub fn target(self, at: &mut usize) -> usize {
        let bytes = [self.byte(at), self.byte(at), self.byte(at)];
        let distance = i32::from_le_bytes([0, bytes[0], bytes[1], bytes[2]]) >> 8;
        at.wrapping_add_signed(distance as isize)
    }

    /// What the instruction `op`, whose operand is at `at`, takes for a character.
    pub fn one(self, op: u8, at: &mut usize) -> One<'a> {
        let has_any_case = op == op::ANY_CASE;
        let op = if has_any_case { self.byte(at) } else { op };
        let kind = match op {
            op::ANY => Kind::Any,
            op::NAMED => Kind::Named(self.byte(at)),
            op::CLASS | op::NOT_CLASS => {
                let len = self.number(at);
                let class = self.0.get(*at..*at + len).unwrap_or_default();
                *at += len;
                Kind::Class(class)
            }
            _ => {
                let (character, len) = next_character(self.rest(*at), true).unwrap_or((0, 1));
                *at += len;
                Kind::Char(character)
            }
        };
        One { kind, is_negated: op == op::NOT_CLASS, has_any_case }
    }
}

/// What takes one character.
#[derive(Clone, Copy)]
pub struct One<'a> {
    kind: Kind<'a>,
    /// Whether it takes those that `kind` has not.
    is_negated: bool,
    /// Whether letters count in their other cases, too.
    has_any_case: bool,
}

#[derive(Clone, Copy)]
enum Kind<'a> {
    /// This one.
    Char(u32),
    /// Each.
    Any,
    /// Those of a class with a letter.
    Named(u8),
    /// Those that are in the pairs of a class.
    Class(&'a [u8]),
}

impl One<'_> {
    /// Whether it takes `character`.
    pub fn takes(self, character: u32) -> bool {
        let has =
            self.kind.has(character) || self.has_any_case && cases(character).iter().any(|&other| self.kind.has(other));
        has != self.is_negated
    }
}

impl Kind<'_> {
    fn has(self, character: u32) -> bool {
        match self {
            Kind::Char(wanted) => wanted == character,
            Kind::Any => true,
            Kind::Named(letter) => is_named(letter, character),
            Kind::Class(class) => contains(class, character),
        }
    }
}

/// The lower and the upper case of a letter, as far as that is one letter; of all else what it is.
pub fn cases(character: u32) -> [u32; 2] {
    let Some(letter) = char::from_u32(character) else { return [character; 2] };
    if letter.is_ascii() || cfg!(not(feature = "python")) {
        return [letter.to_ascii_lowercase().into(), letter.to_ascii_uppercase().into()];
    }
    [single(letter.to_lowercase(), character), single(letter.to_uppercase(), character)]
}

/// The letter that `letters` are if there is one, or else `other`.
fn single(mut letters: impl Iterator<Item = char>, other: u32) -> u32 {
    match (letters.next(), letters.next()) {
        (Some(letter), None) => letter.into(),
        _ => other,
    }
}

fn contains(mut class: &[u8], character: u32) -> bool {
    while let Some((least, len)) = next_character(class, true) {
        class = &class[len..];
        let Some((greatest, len)) = next_character(class, true) else { break };
        class = &class[len..];
        let is_in = match greatest {
            0 if least != 0 => is_named(least as u8, character),
            _ => (least..=greatest).contains(&character),
        };
        if is_in {
            return true;
        }
    }
    false
}

/// Whether a character is in the class with a letter; only ASCII is.
pub fn is_named(letter: u8, character: u32) -> bool {
    let byte = u8::try_from(character).unwrap_or(0x80);
    let is_in = match letter.to_ascii_lowercase() {
        b'd' => byte.is_ascii_digit(),
        b's' => matches!(byte, b' ' | b'\t'..=b'\r'),
        _ => byte.is_ascii_alphanumeric() || byte == b'_',
    };
    is_in == letter.is_ascii_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::vec::Vec;

    #[test]
    fn numbers_are_read_as_they_were_written() {
        for value in [0, 1, 0x7f, 0x80, 0x3fff, 0x4000, 1 << 21, u32::MAX >> 1, u32::MAX] {
            let bytes: Vec<u8> = number(value).collect();
            let mut at = 0;
            assert_eq!((Code(&bytes).number(&mut at), at), (value as usize, bytes.len()));
        }
    }
}
