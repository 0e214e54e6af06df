//! Machine code in the making, and the labels in it.

use alloc::format;
use alloc::vec::Vec;

use berus_mpy::memory::Quota;

use super::Label;
use crate::error::{CompileError, ErrorKind};

/// The most bytes that directives may make room for.
const MAX_ROOM: u64 = 1 << 24;

/// The code that one walk over a function makes.
///
/// A function is walked over several times. In all walks but the last, only labels that are placed already have a
/// position; so a jump knows whether it goes back, and how far, and takes the same size in each. In the last walk,
/// all labels have the positions that the walk before has found; its bytes alone are kept, those of the others are
/// counted.
#[derive(Debug, Default)]
pub(crate) struct Code {
    bytes: Vec<u8>,
    /// The bytes so far, kept or not.
    position: u32,
    labels: Vec<Option<u32>>,
    is_last: bool,
    /// Whether a label was not where the walk before has found it, in the last walk.
    has_moved: bool,
    /// Whether control cannot get here: what is written up to the next label is dropped.
    unreachable: bool,
    /// Whether there was no memory for something.
    is_cut_short: bool,
}

/// Bytes that are enough for nearly all that an emitter writes in one go.
const ROOM: usize = 64;

impl Code {
    /// Begins a walk; `is_last` says that the code of this one counts.
    pub fn begin(&mut self, is_last: bool) {
        self.bytes.clear();
        self.position = 0;
        self.is_last = is_last;
        self.has_moved = false;
        self.unreachable = false;
        self.is_cut_short = false;
        if !is_last {
            self.labels.clear();
        }
    }

    /// The bytes so far.
    pub fn position(&self) -> u32 {
        self.position
    }

    /// Puts `label` here, from where on control can go on.
    pub fn place(&mut self, label: Label) {
        self.unreachable = false;
        let number = label.0 as usize;
        if number >= self.labels.len() {
            if self.labels.try_reserve(number + 1 - self.labels.len()).is_err() {
                self.is_cut_short = true;
                return;
            }
            self.labels.resize(number + 1, None);
        }
        let position = Some(self.position());
        self.has_moved |= self.is_last && self.labels[number] != position;
        self.labels[number] = position;
    }

    /// Whether the last walk found a label elsewhere than the one before, so that jumps to it are wrong.
    pub fn has_moved(&self) -> bool {
        self.has_moved
    }

    /// Makes room within a quota for an instruction, and for the labels whose numbers are below `labels`: they may be
    /// placed in any order.
    #[inline]
    pub fn make_room(&mut self, quota: &Quota<'_>, labels: u32) {
        let room = if self.is_last { ROOM } else { 0 };
        if self.bytes.capacity() - self.bytes.len() < room || self.labels.capacity() < labels as usize {
            let more = (labels as usize).saturating_sub(self.labels.len());
            let is_had = quota.reserve(&mut self.bytes, room).and_then(|()| quota.reserve(&mut self.labels, more));
            self.is_cut_short |= is_had.is_err();
        }
    }

    /// Whether something is missing, because there was no memory for it.
    pub fn is_cut_short(&self) -> bool {
        self.is_cut_short
    }

    /// The position of `label`, if it is known.
    pub fn label(&self, label: Label) -> Option<u32> {
        self.labels.get(label.0 as usize).copied().flatten()
    }

    /// How far it is to `label` from `size` bytes after here; 0 if that is not known yet.
    pub fn distance(&self, label: Label, size: u32) -> i32 {
        self.label(label).map_or(0, |to| to.wrapping_sub(self.position()).wrapping_sub(size) as i32)
    }

    /// Says that control does not go on from here.
    pub fn leave(&mut self) {
        self.unreachable = true;
    }

    /// Whether control cannot get here.
    pub fn is_unreachable(&self) -> bool {
        self.unreachable
    }

    /// Writes bytes.
    #[inline]
    pub fn write(&mut self, bytes: &[u8]) {
        if self.unreachable {
            return;
        }
        self.position = self.position.saturating_add(bytes.len() as u32);
        if self.is_last {
            self.keep(bytes);
        }
    }

    fn keep(&mut self, bytes: &[u8]) {
        match self.bytes.try_reserve(bytes.len()) {
            Ok(()) => self.bytes.extend_from_slice(bytes),
            Err(_) => self.is_cut_short = true,
        }
    }

    /// Writes the lowest `bytes` bytes of a number, least significant first.
    #[inline]
    pub fn write_number(&mut self, bytes: usize, value: u64) {
        self.write(&value.to_le_bytes()[..bytes.min(8)]);
    }

    /// Makes room up to the next multiple of `align`, a power of two. Of other numbers it is the bits that count, as they do for
    /// MicroPython.
    ///
    /// # Errors
    /// A `MemoryError` if that would be far too much.
    pub fn align(&mut self, align: u32) -> Result<(), CompileError> {
        let mask = u64::from(align.wrapping_sub(1));
        let to = (u64::from(self.position) + u64::from(align)).wrapping_sub(1) & !mask;
        let to = room(to)?;
        self.fill(to);
        Ok(())
    }

    /// Writes a number of `bytes` bytes, least significant first; those beyond the eighth are zero.
    ///
    /// # Errors
    /// A `MemoryError` if that would be far too many.
    pub fn write_wide(&mut self, bytes: u32, value: u64) -> Result<(), CompileError> {
        let end = room(u64::from(self.position) + u64::from(bytes))?;
        self.write_number(bytes as usize, value);
        self.fill(end);
        Ok(())
    }

    /// Writes zeros up to position `end`.
    fn fill(&mut self, end: u32) {
        let zeros = end.saturating_sub(self.position) as usize;
        self.position = end;
        if !self.is_last {
            return;
        }
        match self.bytes.try_reserve(zeros) {
            Ok(()) => self.bytes.resize(self.bytes.len() + zeros, 0),
            Err(_) => self.is_cut_short = true,
        }
    }

    /// Writes over bytes that are there, if they are kept.
    pub fn overwrite(&mut self, at: u32, bytes: &[u8]) {
        if let Some(place) = self.bytes.get_mut(at as usize..).and_then(|rest| rest.get_mut(..bytes.len())) {
            place.copy_from_slice(bytes);
        }
    }

    /// Whether the code of the walk counts.
    pub fn is_last(&self) -> bool {
        self.is_last
    }

    /// The code of the walk, to keep.
    #[cfg(feature = "asm")]
    pub fn into_bytes(self) -> Vec<u8> {
        self.bytes
    }

    /// The code of the walk.
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }
}

/// `bytes`, if so many can be made room for.
fn room(bytes: u64) -> Result<u32, CompileError> {
    if bytes <= MAX_ROOM {
        return Ok(bytes as u32);
    }
    Err(CompileError::new(ErrorKind::Memory, format!("memory allocation failed, allocating {bytes} bytes")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_label_has_a_position_once_it_is_placed_and_in_the_last_walk() {
        let mut code = Code::default();
        for is_last in [false, false, true] {
            code.begin(is_last);
            assert_eq!(code.label(Label(1)), is_last.then_some(3));
            code.write(&[1, 2, 3]);
            code.place(Label(1));
            assert_eq!(code.label(Label(1)), Some(3));
            assert_eq!(code.distance(Label(1), 2), -2);
            assert_eq!((code.position(), code.bytes().len()), (3, if is_last { 3 } else { 0 }));
        }
    }

    #[test]
    fn what_control_cannot_reach_is_dropped() {
        let mut code = Code::default();
        code.begin(true);
        code.write_number(2, 0x1234);
        code.leave();
        code.write(&[1]);
        code.place(Label(0));
        code.write(&[2]);
        assert_eq!(code.bytes(), [0x34, 0x12, 2]);
    }

    #[test]
    fn directives_make_room_within_reason() {
        let mut code = Code::default();
        code.begin(true);
        code.write(&[1]);
        code.align(4).unwrap();
        code.write_wide(10, u64::MAX).unwrap();
        assert_eq!(code.bytes(), [1, 0, 0, 0, 255, 255, 255, 255, 255, 255, 255, 255, 0, 0]);
        assert_eq!(code.write_wide(u32::MAX, 1).unwrap_err().kind, ErrorKind::Memory);
        assert_eq!(code.align(1 << 31).unwrap_err().kind, ErrorKind::Memory);
        assert_eq!(code.position(), 14);
    }
}
