//! What the bytes of source text are good for.

/// White space within a line.
const BLANK: u8 = 1;
const LINE_END: u8 = 32;
const DIGIT: u8 = 2;
const HEX: u8 = 4;
const LETTER: u8 = 8;
/// A letter, `_`, or any byte from 0x80: text that is not ASCII is taken as a name, whatever it spells.
const NAME_START: u8 = 16;

static CLASSES: [u8; 256] = {
    let mut classes = [0; 256];
    let mut b = 0;
    while b < 256 {
        classes[b] = match b as u8 {
            b'\n' | b'\r' => LINE_END,
            b'\t' | 0x0b | 0x0c | b' ' => BLANK,
            b'0'..=b'9' => DIGIT | HEX,
            b'A'..=b'F' | b'a'..=b'f' => LETTER | NAME_START | HEX,
            b'A'..=b'Z' | b'a'..=b'z' => LETTER | NAME_START,
            b'_' | 0x80.. => NAME_START,
            _ => 0,
        };
        b += 1;
    }
    classes
};

pub(super) fn is_blank(b: u8) -> bool {
    CLASSES[usize::from(b)] & BLANK != 0
}

pub(super) fn is_space(b: u8) -> bool {
    CLASSES[usize::from(b)] & (BLANK | LINE_END) != 0
}

pub(super) fn is_digit(b: u8) -> bool {
    CLASSES[usize::from(b)] & DIGIT != 0
}

pub(super) fn is_letter(b: u8) -> bool {
    CLASSES[usize::from(b)] & LETTER != 0
}

pub(super) fn is_name_start(b: u8) -> bool {
    CLASSES[usize::from(b)] & NAME_START != 0
}

pub(super) fn is_name(b: u8) -> bool {
    CLASSES[usize::from(b)] & (NAME_START | DIGIT) != 0
}

/// The value of a hexadecimal digit.
pub(super) fn hex_value(b: u8) -> Option<u32> {
    if CLASSES[usize::from(b)] & HEX == 0 { None } else { char::from(b).to_digit(16) }
}
