//! Ints as bytes.

use crate::data::builder::Builder;
use crate::model::args::Args;
use crate::model::arity::CheckArguments;
use crate::model::buffer::Access;
use crate::model::error::{Raise, Res};
use crate::model::events::Poll;
use crate::model::protocols::{Ints, Strs};
use crate::model::vm::Vm;
use crate::model::word::Obj;
use crate::obj::exception;
use crate::obj::int::large;
use crate::ops::buffer::Buffers;
use crate::ops::convert::Convert;
use crate::ops::truth::Truth;
use crate::q;

fn is_little(vm: &Vm, order: Option<Obj>) -> bool {
    order.and_then(|order| vm.as_str(order)) == Some(b"little")
}

pub(super) fn from_bytes(vm: &Vm, args: Args<'_>) -> Res {
    vm.check_args(args, 2, 4, true)?;
    let order = args.pos().get(2).copied().or(args.keyword(q!("byteorder")));
    let signed = match args.keyword(q!("signed")) {
        Some(signed) => vm.truth(signed)?,
        None => false,
    };
    let bytes = vm.buffer(args.pos()[1], Access::Read)?.bytes();
    let little = is_little(vm, order);
    let negative = signed && (if little { bytes.last() } else { bytes.first() }).is_some_and(|byte| byte & 0x80 != 0);
    vm.work_on_bytes(4 * bytes.len())?;
    // A small number takes no memory, however many bytes it is written in.
    let sign = if negative { 0xff } else { 0 };
    let is_digit = |&byte: &u8| byte != sign;
    let digits = if little {
        &bytes[..bytes.iter().rposition(is_digit).map_or(0, |last| last + 1)]
    } else {
        &bytes[bytes.iter().position(is_digit).unwrap_or(bytes.len())..]
    };
    if digits.len() < size_of::<usize>() {
        let fold = |value: usize, &byte: &u8| value << 8 | usize::from(byte);
        let value = if little { digits.iter().rev().fold(0, fold) } else { digits.iter().fold(0, fold) } as isize;
        return vm.new_int(if negative { value - (1 << (8 * digits.len())) } else { value });
    }
    large::from_bytes(vm, bytes, little, negative)
}

pub(super) fn to_bytes(vm: &Vm, args: Args<'_>) -> Res {
    let [length, order, signed] = args.behind(1).by_name(vm, [q!("length"), q!("byteorder"), q!("signed")], 0)?;
    let length = match length {
        Some(length) => vm.int(length)?,
        None => 1,
    };
    // MicroPython takes `signed` by its name only.
    if args.n_pos() > 3 {
        return Err(vm.type_error(format_args!("extra positional arguments given")));
    }
    let range = match signed {
        Some(signed) if vm.truth(signed)? => Range::Signed,
        _ => Range::Unsigned,
    };
    let Ok(length) = usize::try_from(length) else {
        return Err(vm.error_with(&exception::VALUE_ERROR, &[]));
    };
    let mut out = Builder::with_capacity(vm, length)?;
    out.fill(vm, 0, length)?;
    write_bytes(vm, args.pos()[0], out.bytes_mut(), is_little(vm, order), range)?;
    out.into_bytes(vm)
}

/// Which numbers may be written into bytes.
#[derive(Clone, Copy, PartialEq)]
pub enum Range {
    /// Numbers that fit as two's complement.
    Signed,
    /// Numbers that are not negative, and fit without a sign bit.
    Unsigned,
    /// All numbers: bits beyond the bytes are lost.
    Wrapping,
}

/// Writes an integral object as two's complement into all of `bytes`, the least significant first if they are `little`
/// endian.
///
/// # Errors
/// `TypeError` if the object is not integral; `OverflowError` for a number outside of `range`.
pub fn write_bytes(vm: &Vm, object: Obj, bytes: &mut [u8], little: bool, range: Range) -> Res<()> {
    let int = vm.to_int(object)?;
    let negative = vm.int_is_negative(int);
    if negative && range == Range::Unsigned {
        return Err(vm.overflow_error(format_args!("can't convert negative int to unsigned")));
    }
    let fits = match int.as_small_int() {
        Some(value) => {
            let fill = if negative { 0xff } else { 0 };
            let digits = value.to_le_bytes();
            let (low, high) = digits.split_at(digits.len().min(bytes.len()));
            bytes[..low.len()].copy_from_slice(low);
            bytes[low.len()..].fill(fill);
            high.iter().all(|&byte| byte == fill)
        }
        None => large::write_bytes(vm, int, bytes)?,
    };
    let sign_bit = bytes.last().is_some_and(|byte| byte & 0x80 != 0);
    // No bytes at all have no sign bit, and hold 0 only.
    let wrong_sign = range == Range::Signed && sign_bit != negative;
    if range != Range::Wrapping && (!fits || wrong_sign) {
        let len = bytes.len();
        return Err(vm.overflow_error(format_args!("value would overflow a {len} byte buffer")));
    }
    if !little {
        bytes.reverse();
    }
    Ok(())
}
