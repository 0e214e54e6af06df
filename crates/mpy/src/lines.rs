//! The line table: which instruction comes from which line of the source.
//!
//! An entry says how many bytes of code to go on and how many lines: `0LLBBBBB`, or `1LLLBBBB LLLLLLLL` with the
//! high bits of the lines first. Lines count from 1; code after the last entry is on the last line
//! (MicroPython: `py/bc.h`, `mp_bytecode_get_source_line`).

use alloc::vec::Vec;

/// A step of the table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Step {
    /// How many bytes of code the step goes on.
    pub bytes: u32,
    /// How many lines of the source the step goes on.
    pub lines: u32,
}

impl Step {
    /// The most bytes that the entries of the step take.
    pub fn most_bytes(self) -> usize {
        self.bytes as usize / 0x1f + 2 * (self.lines as usize / 0x7ff) + 6
    }
}

/// Appends the entries for a step, as few as the encoding allows without splitting it otherwise than mpy-cross does.
pub fn write(out: &mut Vec<u8>, step: Step) {
    let Step { mut bytes, mut lines } = step;
    while bytes > 0 || lines > 0 {
        if lines <= 6 || bytes > 0xf {
            let b = bytes.min(0x1f);
            // No line counts before all bytes are done.
            let l = if b < bytes { 0 } else { lines.min(3) };
            out.push((l << 5 | b) as u8);
            (bytes, lines) = (bytes - b, lines - l);
        } else {
            let l = lines.min(0x7ff);
            out.extend([0x80 | (l >> 4 & 0x70) as u8 | bytes as u8, l as u8]);
            (bytes, lines) = (0, lines - l);
        }
    }
}

/// The steps of a table, each with its length in the table. A table that ends inside an entry ends before that entry.
pub fn steps(table: &[u8]) -> impl Iterator<Item = (Step, usize)> + '_ {
    let mut rest = table;
    core::iter::from_fn(move || {
        let (step, len) = match *rest {
            [first, ..] if first & 0x80 == 0 => (Step { bytes: (first & 0x1f).into(), lines: (first >> 5).into() }, 1),
            [first, low, ..] => {
                (Step { bytes: (first & 0xf).into(), lines: u32::from(first & 0x70) << 4 | u32::from(low) }, 2)
            }
            _ => return None,
        };
        rest = &rest[len..];
        Some((step, len))
    })
}

/// The steps that the table was written for: entries that [`write()`] makes of one step are joined, as many as can be.
pub(crate) fn whole_steps(table: &[u8]) -> impl Iterator<Item = Step> + '_ {
    let mut rest = table;
    core::iter::from_fn(move || {
        let (mut whole, mut len) = steps(rest).next()?;
        // An entry of no lines is followed by the rest of its step, and one of no bytes may be such a rest.
        while let Some((next, next_len)) = steps(&rest[len..]).next() {
            let joined =
                Step { bytes: whole.bytes.saturating_add(next.bytes), lines: whole.lines.saturating_add(next.lines) };
            if whole.lines > 0 && !(next.bytes == 0 && is_written_as(joined, &rest[..len + next_len])) {
                break;
            }
            (whole, len) = (joined, len + next_len);
        }
        rest = &rest[len..];
        Some(whole)
    })
}

/// Whether [`write()`] makes `entries` of a step. Of steps over more than some thousand lines that is not looked into.
fn is_written_as(step: Step, entries: &[u8]) -> bool {
    let mut out = Vec::new();
    if step.lines <= 4 * 0x7ff {
        write(&mut out, step);
    }
    out == entries
}

/// The table for the same steps in code whose instructions have moved: `moved` tells the new offset of what was at an old one.
pub(crate) fn moved(table: &[u8], moved: impl Fn(usize) -> usize) -> Vec<u8> {
    let mut out = Vec::new();
    let (mut old, mut new) = (0_usize, 0);
    for step in whole_steps(table) {
        old = old.saturating_add(step.bytes as usize);
        let to = moved(old);
        write(&mut out, Step { bytes: to.saturating_sub(new) as u32, lines: step.lines });
        new = to;
    }
    out
}

/// The line of the instruction at `offset`, counted from the first instruction.
///
/// ```
/// let table = [0x25, 0x43]; // 5 bytes of line 1, 3 of line 2, the rest of line 4
/// assert_eq!(berus_mpy::lines::line_at(&table, 4), 1);
/// assert_eq!(berus_mpy::lines::line_at(&table, 7), 2);
/// assert_eq!(berus_mpy::lines::line_at(&table, 99), 4);
/// ```
pub fn line_at(table: &[u8], offset: usize) -> u32 {
    Lines::new(table).at(offset)
}

/// The lines of instructions that are asked for in the order of the code, so that all answers together go through the
/// table once.
#[derive(Clone, Debug)]
pub struct Lines<'t> {
    /// The entries that lie ahead.
    rest: &'t [u8],
    /// Where the code of those entries begins, and its line.
    start: usize,
    line: u32,
}

impl<'t> Lines<'t> {
    /// The lines by `table`.
    pub fn new(table: &'t [u8]) -> Lines<'t> {
        Lines { rest: table, start: 0, line: 1 }
    }

    /// The line of the instruction at `offset`, which is not before the last one that was asked for.
    ///
    /// ```
    /// let mut lines = berus_mpy::lines::Lines::new(&[0x25, 0x43]);
    /// assert_eq!([4, 7, 7, 99].map(|offset| lines.at(offset)), [1, 2, 2, 4]);
    /// ```
    pub fn at(&mut self, offset: usize) -> u32 {
        while let Some((step, len)) = steps(self.rest).next() {
            let end = self.start.saturating_add(step.bytes as usize);
            if end > offset {
                break;
            }
            self.rest = &self.rest[len..];
            self.start = end;
            self.line = self.line.saturating_add(step.lines);
        }
        self.line
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn steps_add_up_to_what_was_written() {
        for bytes in [0, 1, 15, 16, 31, 32, 100] {
            for lines in [0, 1, 3, 4, 6, 7, 8, 0x7ff, 0x800, 5000] {
                let mut out = Vec::new();
                write(&mut out, Step { bytes, lines });
                let sum = steps(&out).fold((0, 0), |sum, (s, _)| (sum.0 + s.bytes, sum.1 + s.lines));
                assert_eq!(sum, (bytes, lines));
                assert_eq!(steps(&out).map(|(_, len)| len).sum::<usize>(), out.len());
                assert_eq!(line_at(&out, bytes as usize), 1 + lines);
            }
        }
    }

    #[test]
    fn steps_come_back_whole() {
        let steps = [(5, 1), (0, 1), (0, 2), (40, 1), (3, 4), (70, 9), (0, 7), (15, 900), (16, 5000), (1, 2), (62, 3)];
        let steps = steps.map(|(bytes, lines)| Step { bytes, lines });
        let mut table = Vec::new();
        steps.iter().for_each(|&step| write(&mut table, step));
        assert_eq!(whole_steps(&table).collect::<Vec<_>>(), steps);
    }

    #[test]
    fn lines_in_order_are_the_lines_asked_for_one_by_one() {
        let mut table = Vec::new();
        for (bytes, lines) in [(3, 1), (0, 2), (40, 0), (1, 5000), (0, 0), (31, 1)] {
            write(&mut table, Step { bytes, lines });
        }
        let mut lines = Lines::new(&table);
        for offset in 0..90 {
            assert_eq!(lines.at(offset), line_at(&table, offset));
            assert_eq!(lines.at(offset), line_at(&table, offset));
        }
    }

    #[test]
    fn a_cut_off_entry_counts_for_nothing() {
        assert_eq!(steps(&[0x21, 0x90]).count(), 1);
        assert_eq!(line_at(&[0x21, 0x90], 50), 2);
    }
}
