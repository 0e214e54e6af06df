//! The variable-length unsigned integer of the format.
//!
//! Seven bits a byte, most significant group first; bit 7 is set on all bytes but the last
//! (MicroPython: `py/persistentcode.c`, `read_uint`; `py/bc.c`, `mp_decode_uint`).

use alloc::vec::Vec;

/// The most bytes that a number takes.
pub const MAX_LEN: usize = 5;

/// Appends `value` in its shortest form.
///
/// ```
/// let mut out = Vec::new();
/// berus_mpy::vuint::write(&mut out, 300);
/// assert_eq!(out, [0x82, 0x2c]);
/// ```
pub fn write(out: &mut Vec<u8>, value: u32) {
    let groups = groups(value);
    for group in (1..groups).rev() {
        out.push(0x80 | (value >> (7 * group)) as u8);
    }
    out.push(value as u8 & 0x7f);
}

/// The number of bytes that [`write()`] appends for `value`.
pub fn len(value: u32) -> usize {
    groups(value) as usize
}

fn groups(value: u32) -> u32 {
    (32 - value.leading_zeros()).div_ceil(7).max(1)
}

/// Collects the bytes of a vuint one at a time.
///
/// Feeding stops at the first byte without bit 7. The shortest form is the only form: a file in any
/// other would not survive being read and written.
#[derive(Default)]
pub struct Decoder {
    value: u32,
    started: bool,
}

/// What a [`Decoder`] makes of a byte.
#[derive(Debug, PartialEq, Eq)]
pub enum Step {
    /// Another byte follows.
    More,
    /// The value is complete.
    Done(u32),
    /// The value does not fit 32 bits.
    TooBig,
    /// The first byte carries no bits, so the value has a shorter form.
    Overlong,
}

impl Decoder {
    /// Takes the next byte.
    pub fn push(&mut self, byte: u8) -> Step {
        if !self.started && byte == 0x80 {
            return Step::Overlong;
        }
        self.started = true;
        if self.value >> 25 != 0 {
            return Step::TooBig;
        }
        self.value = self.value << 7 | u32::from(byte & 0x7f);
        if byte & 0x80 == 0 { Step::Done(self.value) } else { Step::More }
    }
}

/// Decodes the vuint at the start of `bytes`: its value and its length in bytes. `None` if the vuint is cut off,
/// exceeds 32 bits or is not in its shortest form.
///
/// ```
/// assert_eq!(berus_mpy::vuint::read(&[0x82, 0x2c, 0xff]), Some((300, 2)));
/// assert_eq!(berus_mpy::vuint::read(&[0x82]), None);
/// ```
#[inline]
pub fn read(bytes: &[u8]) -> Option<(u32, usize)> {
    // Nearly all have one or two bytes.
    match *bytes {
        [byte, ..] if byte < 0x80 => Some((byte.into(), 1)),
        [high, low, ..] if high > 0x80 && low < 0x80 => Some((u32::from(high & 0x7f) << 7 | u32::from(low), 2)),
        _ => read_long(bytes),
    }
}

fn read_long(bytes: &[u8]) -> Option<(u32, usize)> {
    let mut decoder = Decoder::default();
    for (i, &byte) in bytes.iter().enumerate() {
        match decoder.push(byte) {
            Step::More => {}
            Step::Done(value) => return Some((value, i + 1)),
            Step::TooBig | Step::Overlong => return None,
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reading_inverts_writing() {
        for value in [0, 1, 0x7f, 0x80, 0x3fff, 0x4000, 0x1f_ffff, 0xfff_ffff, 0x1000_0000, u32::MAX] {
            let mut out = Vec::new();
            write(&mut out, value);
            assert_eq!(out.len(), len(value));
            assert_eq!(read(&out), Some((value, out.len())));
        }
    }

    #[test]
    fn other_forms_are_refused() {
        assert_eq!(read(&[]), None);
        assert_eq!(read(&[0x80, 0x01]), None);
        assert_eq!(read(&[0x90, 0x80, 0x80, 0x80, 0x00]), None);
        assert_eq!(read(&[0x8f, 0xff, 0xff, 0xff, 0x7f]), Some((u32::MAX, 5)));
    }
}
