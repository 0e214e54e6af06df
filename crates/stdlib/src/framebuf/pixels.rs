//! Where pixels are in memory, in each format.

use core::cell::Cell;

use berus_runtime::model::word::Obj;

/// How pixels are kept. Those of fewer bits than a byte lie side by side in bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// One bit; a byte is eight pixels below each other, the uppermost in its lowest bit.
    Vertical = 0,
    /// Five bits of red, six of green, five of blue, in two bytes as the processor has them.
    Rgb = 1,
    /// Four bits, of two pixels the left one in the high bits.
    Grey4 = 2,
    /// One bit, of eight pixels the leftmost in the highest bit.
    FirstIsHigh = 3,
    /// One bit, of eight pixels the leftmost in the lowest bit.
    FirstIsLow = 4,
    /// Two bits, of four pixels the leftmost in the lowest bits.
    Grey2 = 5,
    /// A byte.
    Grey8 = 6,
}

impl Format {
    /// The number that programs know the format by.
    pub const fn number(self) -> Obj {
        Obj::small_int_wrapping(self as isize)
    }

    /// The format with a number.
    pub fn from_number(number: isize) -> Option<Format> {
        use Format::{FirstIsHigh, FirstIsLow, Grey2, Grey4, Grey8, Rgb, Vertical};
        let formats = [Vertical, Rgb, Grey4, FirstIsHigh, FirstIsLow, Grey2, Grey8];
        formats.into_iter().find(|format| *format as isize == number)
    }

    /// Bits of a pixel.
    const fn bits(self) -> usize {
        match self {
            Format::Vertical | Format::FirstIsHigh | Format::FirstIsLow => 1,
            Format::Grey2 => 2,
            Format::Grey4 => 4,
            Format::Grey8 => 8,
            Format::Rgb => 16,
        }
    }

    /// A byte, or two, full of pixels of a colour.
    const fn pattern(self, colour: u32) -> u16 {
        match self {
            Format::Vertical | Format::FirstIsHigh | Format::FirstIsLow => (colour != 0) as u16 * 0xff,
            Format::Grey2 => (colour & 3) as u16 * 0x55,
            Format::Grey4 => (colour & 15) as u16 * 0x11,
            Format::Grey8 => (colour & 0xff) as u16,
            Format::Rgb => colour as u16,
        }
    }

    /// Whether the leftmost of the pixels of a byte is in the byte's high bits.
    const fn first_is_high(self) -> bool {
        matches!(self, Format::FirstIsHigh | Format::Grey4)
    }

    /// The bits of a byte that pixels take which begin at bit `start`, counted from the left one, and end before bit `end`.
    const fn mask(self, start: usize, end: usize) -> u8 {
        let bits = 0xff >> (8 - (end - start));
        if self.first_is_high() { bits << (8 - end) } else { bits << start }
    }
}

/// Where which pixel is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Layout {
    format: Format,
    /// Pixels beside each other.
    pub width: u16,
    /// Pixels below each other.
    pub height: u16,
    /// Pixels from one to the one below it; for [`Format::Vertical`], bytes from one to the one eight pixels below it.
    stride: usize,
}

impl Layout {
    /// The layout of a picture of `width` by `height` pixels in memory that is `stride` pixels wide.
    pub fn new(format: Format, width: u16, height: u16, stride: u16) -> Layout {
        let stride = match format {
            Format::Vertical => stride.into(),
            format => usize::from(stride).next_multiple_of(8usize.div_ceil(format.bits())),
        };
        Layout { format, width, height, stride }
    }

    /// The bytes that the pixels take.
    pub fn len(self) -> usize {
        let (width, height) = (usize::from(self.width), usize::from(self.height));
        match self.format {
            Format::Vertical => (height.div_ceil(8) - 1) * self.stride + width,
            format => {
                let last = width.next_multiple_of(8usize.div_ceil(format.bits()));
                ((height - 1) * self.stride + last) * format.bits() / 8
            }
        }
    }

    /// The byte that the pixel at `(x, y)` is in, or begins with, and the pixel's bits.
    fn place(self, x: usize, y: usize) -> (usize, u8) {
        match self.format {
            Format::Vertical => ((y >> 3) * self.stride + x, 1 << (y & 7)),
            format => {
                let at = (x + y * self.stride) * format.bits();
                let start = at & 7;
                (at >> 3, format.mask(start, (start + format.bits()).min(8)))
            }
        }
    }

    /// The colour of the pixel at `(x, y)`; 0 where there is no memory for the pixel.
    pub fn get(self, cells: &[Cell<u8>], x: usize, y: usize) -> u32 {
        let (at, mask) = self.place(x, y);
        match (self.format, cells.get(at..)) {
            (Format::Rgb, Some([low, high, ..])) => u16::from_ne_bytes([low.get(), high.get()]).into(),
            (Format::Rgb, _) | (_, None | Some([])) => 0,
            (_, Some([cell, ..])) => u32::from((cell.get() & mask) >> mask.trailing_zeros()),
        }
    }

    /// Gives the pixel at `(x, y)` a colour.
    #[inline]
    pub fn set(self, cells: &[Cell<u8>], x: usize, y: usize, colour: u32) {
        let (at, mask) = self.place(x, y);
        let pattern = self.format.pattern(colour);
        match (self.format, cells.get(at..)) {
            (Format::Rgb, Some([low, high, ..])) => {
                let bytes = pattern.to_ne_bytes();
                low.set(bytes[0]);
                high.set(bytes[1]);
            }
            (Format::Rgb, _) | (_, None | Some([])) => {}
            (_, Some([cell, ..])) => change(cell, mask, pattern as u8),
        }
    }

    /// Gives the pixels from `start` up to `end` of the rows `top` to `bottom` a colour, where `bottom` is the next row or,
    /// for [`Format::Vertical`], one in the same row of bytes.
    pub fn fill(self, cells: &[Cell<u8>], start: usize, end: usize, top: usize, bottom: usize, colour: u32) {
        let pattern = self.format.pattern(colour);
        let bytes = |start: usize, end: usize| cells.get(start..end).unwrap_or_default();
        match self.format {
            Format::Vertical => {
                let row = (top >> 3) * self.stride;
                let mask = (0xff >> (8 - (bottom - top))) << (top & 7);
                bytes(row + start, row + end).iter().for_each(|cell| change(cell, mask, pattern as u8));
            }
            Format::Rgb => {
                let row = top * self.stride;
                let pixel = pattern.to_ne_bytes();
                for cells in bytes((row + start) * 2, (row + end) * 2).chunks_exact(2) {
                    cells[0].set(pixel[0]);
                    cells[1].set(pixel[1]);
                }
            }
            format => {
                let row = top * self.stride;
                let (start, end) = ((row + start) * format.bits(), (row + end) * format.bits());
                let (first, last) = (start >> 3, end >> 3);
                let edge = |at: usize, from: usize, to: usize| {
                    if from < to
                        && let Some(cell) = cells.get(at)
                    {
                        change(cell, format.mask(from, to), pattern as u8);
                    }
                };
                if first == last {
                    return edge(first, start & 7, end & 7);
                }
                edge(first, start & 7, 8);
                bytes(first + 1, last).iter().for_each(|cell| cell.set(pattern as u8));
                edge(last, 0, end & 7);
            }
        }
    }

    /// The row behind the last of those that [`fill`](Layout::fill) can fill at once from row `top` on.
    pub fn next_row(self, top: usize) -> usize {
        if self.format == Format::Vertical { (top | 7) + 1 } else { top + 1 }
    }
}

/// Gives the bits `mask` of a byte those of `pattern`.
fn change(cell: &Cell<u8>, mask: u8, pattern: u8) {
    cell.set(cell.get() & !mask | pattern & mask);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn filling_is_setting_each_pixel() {
        for number in 0..7 {
            let format = Format::from_number(number).expect("there are seven formats");
            let layout = Layout::new(format, 21, 13, 23);
            let memory = || std::vec![Cell::new(0b0110_1001); layout.len()];
            for (start, end, top, bottom) in [(0, 21, 0, 13), (3, 4, 2, 3), (1, 20, 5, 12), (7, 9, 0, 8), (8, 16, 7, 9)]
            {
                let (filled, set) = (memory(), memory());
                let mut row = top;
                while row < bottom {
                    let next = layout.next_row(row).min(bottom);
                    layout.fill(&filled, start, end, row, next, 0x12345);
                    row = next;
                }
                for y in top..bottom {
                    (start..end).for_each(|x| layout.set(&set, x, y, 0x12345));
                }
                assert_eq!(filled, set, "{format:?} {start} {end} {top} {bottom}");
            }
        }
    }
}
