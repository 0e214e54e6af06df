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
pub(crate) fn control_sequence(out: &mut dyn Output, count: usize, last: u8) {
    out.write(b"\x1b[");
    digits(out, count);
    out.write(&[last]);
}

fn digits(out: &mut dyn Output, number: usize) {
    if number >= 10 {
        digits(out, number / 10);
    }
    out.write(&[b'0' + (number % 10) as u8]);
}
