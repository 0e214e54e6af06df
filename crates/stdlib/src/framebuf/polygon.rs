//! Polygons.

use alloc::vec::Vec;

use berus_mpy::memory::Quota;
use berus_runtime::model::buffer::Access;
use berus_runtime::model::error::{Raise, Res};
use berus_runtime::model::events::Poll;
use berus_runtime::model::vm::Vm;
use berus_runtime::model::word::Obj;
use berus_runtime::obj::binary::{LITTLE, load, native_size};
use berus_runtime::ops::buffer::Buffers;
use berus_runtime::ops::convert::Convert;

use super::draw::{Canvas, Point};

/// The points whose coordinates are the numbers of the array `object`, in turn.
pub fn points(vm: &Vm, object: Obj) -> Res<Vec<Point>> {
    let buffer = vm.buffer(object, Access::Read)?;
    let Some(size) = native_size(buffer.typecode()) else { return Err(vm.value_error(format_args!("bad typecode"))) };
    let count = buffer.len() / size / 2;
    let (mut points, grants) = (Vec::new(), vm.grants());
    let quota = Quota::new(&grants);
    for number in 0..count {
        vm.work(1)?;
        let coordinate = |number: usize| -> Res<i64> {
            // Anew each time, since the numbers of an array of objects may be of any class.
            let buffer = vm.buffer(object, Access::Read)?.part(number * size, size);
            Ok(vm.int(load(vm, buffer.typecode(), buffer.bytes(), LITTLE)?)? as i64)
        };
        let point = (coordinate(2 * number)?, coordinate(2 * number + 1)?);
        quota.push(&mut points, point).map_err(|stop| grants.raise(stop))?;
    }
    Ok(points)
}

/// The edges of a polygon, each from a point to the one before it.
fn edges(points: &[Point]) -> impl Iterator<Item = (Point, Point)> + '_ {
    let starts = points.iter().take(1).chain(points.iter().rev());
    starts.copied().zip(points.iter().rev().copied())
}

fn moved(point: Point, by: Point) -> Point {
    (point.0.wrapping_add(by.0), point.1.wrapping_add(by.1))
}

impl Canvas<'_> {
    /// Draws the edges of a polygon, whose points are as far from `at` as `points` says.
    pub fn polygon(&self, at: Point, points: &[Point], colour: u32) -> Res<()> {
        edges(points).try_for_each(|(from, to)| self.line(moved(from, at), moved(to, at), colour))
    }

    /// Fills a polygon: in each row, what is between the first and the second edge, the third and the fourth, and so on.
    pub fn fill_polygon(&self, at: Point, points: &[Point], colour: u32) -> Res<()> {
        let rows = || points.iter().map(|point| point.1);
        let (Some(top), Some(bottom)) = (rows().min(), rows().max()) else { return Ok(()) };
        let (mut crossings, grants) = (Vec::new(), self.vm.grants());
        let quota = Quota::new(&grants);
        for row in top..=bottom {
            crossings.clear();
            for (from, to) in edges(points) {
                self.vm.work(1)?;
                if (from.1 > row) != (to.1 > row) {
                    quota.push(&mut crossings, crossing(from, to, row)).map_err(|stop| grants.raise(stop))?;
                } else if row == from.1.max(to.1) {
                    // The lower end of an edge is none of its crossings, so that it does not cross twice where another
                    // begins. What this leaves out is drawn here.
                    let (from, to) = (moved(from, at), moved(to, at));
                    match from.1.cmp(&to.1) {
                        core::cmp::Ordering::Less => self.set_pixel(to.0, to.1, colour),
                        core::cmp::Ordering::Greater => self.set_pixel(from.0, from.1, colour),
                        core::cmp::Ordering::Equal => self.line(from, to, colour)?,
                    }
                }
            }
            crossings.sort_unstable();
            for pair in crossings.chunks_exact(2) {
                let (start, y) = moved((pair[0], row), at);
                self.fill_rect(start, y, pair[1].wrapping_sub(pair[0]).wrapping_add(1), 1, colour)?;
            }
        }
        Ok(())
    }
}

/// Where an edge crosses a row, rounded from a 32nd of a pixel.
fn crossing(from: Point, to: Point, row: i64) -> i64 {
    let wide = i128::from;
    let aside = 32 * (wide(to.0) - wide(from.0)) * (wide(row) - wide(from.1)) / (wide(to.1) - wide(from.1));
    ((32 * wide(from.0) + aside + 16) / 32) as i64
}
