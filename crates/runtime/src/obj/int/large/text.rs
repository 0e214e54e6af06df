//! Large ints as text, and back.

use berus_integer::radix;

use crate::data::builder::Builder;
use crate::model::error::Res;
use crate::model::printer::Printer;
use crate::model::vm::Vm;
use crate::model::word::Obj;
use crate::obj::int::large::memory::{build, with_scratch, working};
use crate::obj::int::large::number;

/// Reads digits of `base`, with `_` between them.
///
/// # Errors
/// `MemoryError`, and what [`Vm::work`] raises.
pub fn parse(vm: &Vm, negative: bool, digits: &[u8], base: u32) -> Res {
    let count = working(vm, |work| {
        let mut count = 0;
        for piece in digits.chunks(1 << 12) {
            count += piece.iter().filter(|&&byte| byte != b'_').count();
            work.count(piece.len() / 8)?;
        }
        Ok(count)
    })?;
    let room = radix::read_room(count, base);
    build(vm, room.result, room.scratch, |result, scratch, work| {
        radix::read(digits, base, result, scratch, work)?;
        Ok(negative)
    })
}

/// Prints the digits of the number in `base`: 2, 8, 10 or 16.
///
/// # Errors
/// `MemoryError`, what [`Vm::work`] raises, and what writing raises.
pub fn print(vm: &Vm, object: Obj, base: u32, out: &mut dyn Printer) -> Res<()> {
    let mut small = 0;
    let Some(number) = number(object, &mut small) else { return Ok(()) };
    if number.negative {
        out.write(vm, b"-")?;
    }
    let (len, scratch) = radix::write_room(number.words, base);
    let mut text = Builder::with_capacity(vm, len)?;
    text.fill(vm, b'0', len)?;
    let written =
        with_scratch(vm, scratch, |scratch, work| radix::write(number.words, base, text.bytes_mut(), scratch, work));
    let written = written.and_then(|start| out.write(vm, &text.bytes()[start..]));
    text.discard(vm);
    written
}
