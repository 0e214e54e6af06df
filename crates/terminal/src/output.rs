//! Where bytes for a terminal go.

use alloc::vec::Vec;

/// Takes bytes for a terminal.
pub trait Output {
    /// Takes `bytes`.
    fn write(&mut self, bytes: &[u8]);
}

impl Output for Vec<u8> {
    fn write(&mut self, bytes: &[u8]) {
        self.extend_from_slice(bytes);
    }
}

/// Appends `bytes`, if there is memory.
pub(crate) fn append(to: &mut Vec<u8>, bytes: &[u8]) -> bool {
    let has_room = to.try_reserve(bytes.len()).is_ok();
    if has_room {
        to.extend_from_slice(bytes);
    }
    has_room
}

/// Writes the escape sequence of `count` and a last letter.
pub(crate) fn control_sequence(out: &mut dyn Output, mut count: usize, last: u8) {
    // The digits of a machine word, what stands before them, and the letter.
    let mut digits = [last; 24];
    let mut first = digits.len() - 1;
    loop {
        first -= 1;
        digits[first] = b'0' + (count % 10) as u8;
        count /= 10;
        if count == 0 {
            break;
        }
    }
    first -= 2;
    digits[first..first + 2].copy_from_slice(b"\x1b[");
    out.write(&digits[first..]);
}
