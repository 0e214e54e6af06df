//! Text of bounded length.

use core::fmt;

/// The text of a float: ASCII, kept without an allocation.
#[derive(Clone, Copy)]
pub struct Text {
    bytes: [u8; CAPACITY],
    len: usize,
}

/// The longest text has a sign, two digits and a point, 33 digits and zeros, and an exponent of five characters.
const CAPACITY: usize = 48;

impl Text {
    pub(super) const fn new() -> Text {
        Text { bytes: [0; CAPACITY], len: 0 }
    }

    pub(super) fn push(&mut self, byte: u8) {
        if let Some(slot) = self.bytes.get_mut(self.len) {
            *slot = byte;
            self.len += 1;
        }
    }

    pub(super) fn push_all(&mut self, bytes: &[u8]) {
        bytes.iter().for_each(|&byte| self.push(byte));
    }

    pub(super) fn pop(&mut self) {
        self.len = self.len.saturating_sub(1);
    }

    pub(super) fn last(&self) -> Option<u8> {
        self.as_bytes().last().copied()
    }

    pub(super) fn make_uppercase(&mut self) {
        self.bytes.make_ascii_uppercase();
    }

    /// The text of an integer.
    ///
    /// ```
    /// assert_eq!(berus_mpy::number::Text::of_int(-12).as_str(), "-12");
    /// ```
    pub fn of_int(value: i64) -> Text {
        let mut text = Text::new();
        let mut rest = value.unsigned_abs();
        let mut digits = [0; 20];
        let mut first = digits.len();
        for digit in digits.iter_mut().rev() {
            *digit = b'0' + (rest % 10) as u8;
            rest /= 10;
            first -= 1;
            if rest == 0 {
                break;
            }
        }
        if value < 0 {
            text.push(b'-');
        }
        text.push_all(digits.get(first..).unwrap_or_default());
        text
    }

    /// The text behind a sign, if there is one.
    pub(super) fn signed(self, sign: Option<u8>) -> Text {
        let mut text = Text::new();
        sign.into_iter().for_each(|sign| text.push(sign));
        text.push_all(self.as_bytes());
        text
    }

    /// The text of a number whose imaginary part this text is.
    #[must_use]
    pub fn imaginary(mut self) -> Text {
        self.push(b'j');
        self
    }

    /// The bytes of the text.
    pub fn as_bytes(&self) -> &[u8] {
        self.bytes.get(..self.len).unwrap_or_default()
    }

    /// The text as a string.
    pub fn as_str(&self) -> &str {
        core::str::from_utf8(self.as_bytes()).unwrap_or_default()
    }
}

impl fmt::Display for Text {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}
