//! Constants of a function, which lie before its code.

use alloc::vec::Vec;

use super::Code;
use super::encode::{Reg, j, ri16, write};

/// The constants of a function that no instruction can hold.
///
/// They lie between the jump with which the function begins and its code, so a walk makes room for as many as the walk before
/// it has met. In the first walk over a function, that is the last over another one.
#[derive(Debug, Default)]
pub(crate) struct Pool {
    /// The constants of this walk.
    values: Vec<u32>,
    /// How many there is room for.
    room: usize,
    /// Where in the code the room begins.
    start: u32,
}

impl Pool {
    /// Makes room for the constants, at the beginning of a function.
    pub fn enter(&mut self, code: &mut Code) {
        if self.room > 0 {
            let bytes = self.room * 4;
            write(code, j(bytes as i32));
            // The jump and this byte are a word.
            code.write(&[0]);
            self.start = code.position();
            code.write(&[0].repeat(bytes));
        }
    }

    /// Loads a constant.
    pub fn load(&mut self, code: &mut Code, dest: Reg, value: u32) {
        let place = self.start.wrapping_add(self.values.len() as u32 * 4);
        write(code, l32r(code.position(), dest, place));
        self.values.push(value);
    }

    /// Ends a walk: fills in the constants. Whether all of them had room, and all of the room was needed.
    pub fn finish(&mut self, code: &mut Code) -> bool {
        let fits = self.values.len() == self.room;
        if fits {
            for (place, value) in (self.start..).step_by(4).zip(&self.values) {
                code.overwrite(place, &value.to_le_bytes());
            }
        }
        self.room = self.values.len();
        self.values.clear();
        fits
    }
}

/// The instruction at `position` that loads the word at `place`, which is before it.
pub(crate) fn l32r(position: u32, dest: Reg, place: u32) -> u32 {
    let from = position.next_multiple_of(4);
    ri16(1, dest, (place.wrapping_sub(from) >> 2) as i32)
}
