//! Drawing: rectangles, lines, ellipses, text, other pictures.

use core::cell::Cell;

use berus_runtime::model::error::Res;
use berus_runtime::model::events::Poll;
use berus_runtime::model::vm::Vm;

use super::font;
use super::pixels::Layout;

/// Pixels to draw on, or to take.
pub struct Canvas<'a> {
    /// The interpreter, which counts the work.
    pub vm: &'a Vm,
    /// Where which pixel is.
    pub layout: Layout,
    /// The memory.
    pub cells: &'a [Cell<u8>],
}

/// A place: how many pixels to the right, and down.
pub type Point = (i64, i64);

impl Canvas<'_> {
    /// The place `(x, y)` as one in the picture, if it is.
    fn inside(&self, x: i64, y: i64) -> Option<(usize, usize)> {
        let is_inside = (0..self.layout.width.into()).contains(&x) && (0..self.layout.height.into()).contains(&y);
        is_inside.then_some((x as usize, y as usize))
    }

    /// The colour of a pixel, if there is one.
    pub fn pixel(&self, x: i64, y: i64) -> Option<u32> {
        self.inside(x, y).map(|(x, y)| self.layout.get(self.cells, x, y))
    }

    /// Gives a pixel a colour, if there is one.
    pub fn set_pixel(&self, x: i64, y: i64, colour: u32) {
        if let Some((x, y)) = self.inside(x, y) {
            self.layout.set(self.cells, x, y, colour);
        }
    }

    /// Fills what is in the picture of a rectangle.
    pub fn fill_rect(&self, x: i64, y: i64, width: i64, height: i64, colour: u32) -> Res<()> {
        let clip = |start: i64, len: i64, most: u16| {
            let end = start.saturating_add(len).clamp(0, most.into());
            (start.clamp(0, most.into()) as usize, end as usize)
        };
        let (start, end) = clip(x, width, self.layout.width);
        let (mut row, bottom) = clip(y, height, self.layout.height);
        if start >= end {
            return Ok(());
        }
        while row < bottom {
            self.vm.work_on_bytes(end - start)?;
            let next = self.layout.next_row(row).min(bottom);
            self.layout.fill(self.cells, start, end, row, next, colour);
            row = next;
        }
        Ok(())
    }

    /// Draws a rectangle, or fills one.
    pub fn rect(&self, x: i64, y: i64, width: i64, height: i64, colour: u32, is_filled: bool) -> Res<()> {
        if is_filled {
            return self.fill_rect(x, y, width, height, colour);
        }
        self.fill_rect(x, y, width, 1, colour)?;
        self.fill_rect(x, y.saturating_add(height).saturating_sub(1), width, 1, colour)?;
        self.fill_rect(x, y, 1, height, colour)?;
        self.fill_rect(x.saturating_add(width).saturating_sub(1), y, 1, height, colour)
    }

    /// Draws a line: along the longer of its two extents a pixel each, beside that as the error asks for (Bresenham).
    pub fn line(&self, from: Point, to: Point, colour: u32) -> Res<()> {
        let (x_len, y_len) = (to.0.abs_diff(from.0), to.1.abs_diff(from.1));
        let is_steep = y_len > x_len;
        let (long, short) = if is_steep { (y_len, x_len) } else { (x_len, y_len) };
        let (long, short) = (i128::from(long), i128::from(short));
        let x_step = if to.0 > from.0 { 1 } else { -1 };
        let y_step = if to.1 > from.1 { 1 } else { -1 };
        let (mut x, mut y) = from;
        let mut error = 2 * short - long;
        for _ in 0..long {
            self.vm.work(1)?;
            self.set_pixel(x, y, colour);
            let is_aside = error >= 0;
            if is_aside || !is_steep {
                x += x_step;
            }
            if is_aside || is_steep {
                y += y_step;
            }
            error += 2 * short - if is_aside { 2 * long } else { 0 };
        }
        self.set_pixel(to.0, to.1, colour);
        Ok(())
    }

    /// Draws an ellipse, or fills one: those of its quarters whose bits are set, from the upper right one on against the
    /// clock. The steep parts are drawn row by row and the flat ones column by column, each until the slope is that of the
    /// other.
    pub fn ellipse(&self, centre: Point, radii: Point, colour: u32, is_filled: bool, quarters: u8) -> Res<()> {
        if radii == (0, 0) {
            if quarters & 15 != 0 {
                self.set_pixel(centre.0, centre.1, colour);
            }
            return Ok(());
        }
        let steep = Arc::new(radii.0, radii.1);
        let flat = Arc::new(radii.1, radii.0);
        for (arc, is_flat) in [(steep, false), (flat, true)] {
            for (across, along) in arc {
                self.vm.work(1)?;
                let offset = if is_flat { (along, across) } else { (across, along) };
                self.quarters(centre, offset, colour, is_filled, quarters)?;
            }
        }
        Ok(())
    }

    /// Draws the four pixels that are `offset` away from `centre`, or rows from there to below or above the centre.
    fn quarters(&self, centre: Point, offset: Point, colour: u32, is_filled: bool, quarters: u8) -> Res<()> {
        let (x, y) = offset;
        for (number, (x_sign, y_sign)) in [(1, -1), (-1, -1), (-1, 1), (1, 1)].into_iter().enumerate() {
            if quarters >> number & 1 == 0 {
                continue;
            }
            let row = centre.1.wrapping_add(y_sign * y);
            let column = centre.0.wrapping_add(x_sign * x);
            if is_filled {
                self.fill_rect(column.min(centre.0), row, x.wrapping_add(1), 1, colour)?;
            } else {
                self.set_pixel(column, row, colour);
            }
        }
        Ok(())
    }

    /// Draws `from` with its upper left pixel at `to`. Pixels of the colour `key` are left out; a palette has the colour to
    /// be drawn for each.
    pub fn blit(&self, from: &Canvas<'_>, to: Point, key: u32, palette: Option<&Canvas<'_>>) -> Res<()> {
        let clip = |start: i64, len: u16, most: u16| {
            let end = start.saturating_add(len.into()).min(most.into());
            start.max(0)..end
        };
        for y in clip(to.1, from.layout.height, self.layout.height) {
            for x in clip(to.0, from.layout.width, self.layout.width) {
                self.vm.work(1)?;
                let colour = from.layout.get(from.cells, (x - to.0) as usize, (y - to.1) as usize);
                let colour = palette.map_or(colour, |palette| palette.layout.get(palette.cells, colour as usize, 0));
                if colour != key {
                    self.layout.set(self.cells, x as usize, y as usize, colour);
                }
            }
        }
        Ok(())
    }

    /// Moves the picture. What nothing comes to stays as it is.
    pub fn scroll(&self, x_step: i64, y_step: i64) -> Res<()> {
        let (width, height) = (i64::from(self.layout.width), i64::from(self.layout.height));
        if x_step.unsigned_abs() >= width as u64 || y_step.unsigned_abs() >= height as u64 {
            return Ok(());
        }
        // From the side on that the picture moves to, so that nothing is overwritten before it has moved.
        let nth = |number: i64, len: i64, step: i64| if step < 0 { number } else { len - 1 - number };
        for row in 0..height - y_step.abs() {
            let y = nth(row, height, y_step);
            for column in 0..width - x_step.abs() {
                self.vm.work(1)?;
                let x = nth(column, width, x_step);
                let colour = self.layout.get(self.cells, (x - x_step) as usize, (y - y_step) as usize);
                self.layout.set(self.cells, x as usize, y as usize, colour);
            }
        }
        Ok(())
    }

    /// Draws text, whose first byte has its upper left pixel at `(x, y)`, up to a zero byte.
    pub fn text(&self, text: &[u8], x: i64, y: i64, colour: u32) -> Res<()> {
        let (columns, rows) = (0..self.layout.width.into(), 0..self.layout.height.into());
        // The rows of letters that are in the picture, as the bits of a column.
        let visible =
            (0..8).filter(|row| rows.contains(&y.saturating_add(*row))).fold(0, |bits: u8, row| bits | 1 << row);
        let mut column = x;
        for byte in text.iter().take_while(|byte| **byte != 0) {
            self.vm.work(8)?;
            for dots in font::columns(*byte) {
                let mut dots = if columns.contains(&column) { dots & visible } else { 0 };
                while dots != 0 {
                    let row = y.saturating_add(dots.trailing_zeros().into());
                    self.layout.set(self.cells, column as usize, row as usize, colour);
                    dots &= dots - 1;
                }
                column = column.saturating_add(1);
            }
        }
        Ok(())
    }
}

/// The points of a quarter of an ellipse on which the distance along an axis grows by one each time, from the other axis
/// to where the slope is one: by how much the square of the distance is off decides when to step across.
struct Arc {
    across: i64,
    along: i64,
    /// Twice the squares of the radii, across and along.
    across_square: i128,
    along_square: i128,
    /// By how much a step changes the error.
    across_change: i128,
    along_change: i128,
    error: i128,
    /// The slope, as two numbers: the arc ends when the second is the larger one.
    across_slope: i128,
    along_slope: i128,
}

impl Arc {
    fn new(across: i64, along: i64) -> Arc {
        let (wide, tall) = (i128::from(across), i128::from(along));
        let square = |radius: i128| radius.wrapping_mul(radius);
        Arc {
            across,
            along: 0,
            across_square: square(wide).wrapping_mul(2),
            along_square: square(tall).wrapping_mul(2),
            across_change: square(tall).wrapping_mul(1 - 2 * wide),
            along_change: square(wide),
            error: 0,
            across_slope: square(tall).wrapping_mul(2).wrapping_mul(wide),
            along_slope: 0,
        }
    }
}

impl Iterator for Arc {
    type Item = (i64, i64);

    fn next(&mut self) -> Option<(i64, i64)> {
        if self.across_slope < self.along_slope {
            return None;
        }
        let point = (self.across, self.along);
        self.along = self.along.wrapping_add(1);
        self.along_slope = self.along_slope.wrapping_add(self.across_square);
        self.error = self.error.wrapping_add(self.along_change);
        self.along_change = self.along_change.wrapping_add(self.across_square);
        if self.error.wrapping_mul(2).wrapping_add(self.across_change) > 0 {
            self.across = self.across.wrapping_sub(1);
            self.across_slope = self.across_slope.wrapping_sub(self.along_square);
            self.error = self.error.wrapping_add(self.across_change);
            self.across_change = self.across_change.wrapping_add(self.along_square);
        }
        Some(point)
    }
}
