//! Bytes as hexadecimal digits.

use crate::data::builder::Builder;
use crate::model::arity::nth_argument;
use crate::model::buffer::Access;
use crate::model::error::{Raise, Res};
use crate::model::events::Poll;
use crate::model::protocols::Strs;
use crate::model::types::Type;
use crate::model::vm::Vm;
use crate::model::word::Obj;
use crate::ops::buffer::Buffers;
use crate::q;
use crate::text::utf8::is_space;

pub(crate) fn hex(vm: &Vm, args: &[Obj]) -> Res {
    let digits = hex_digits(vm, args)?;
    // The separator is a single byte, and may be only the beginning of a character.
    if digits.bytes().is_ascii() {
        digits.into_str(vm)
    } else {
        Err(vm.value_error(format_args!("sep must be ASCII.")))
    }
}

/// The hexadecimal digits of the bytes `args[0]`, with the separator `args[1]`, if there is one, between each two.
///
/// # Errors
/// `TypeError` if `args[0]` has no bytes, or the separator is neither a string nor bytes; `ValueError` if the separator
/// is empty, which MicroPython reads beyond.
pub fn hex_digits(vm: &Vm, args: &[Obj]) -> Res<Builder> {
    let bytes = vm.buffer(nth_argument(vm, args, 0)?, Access::Read)?.bytes();
    let separator = match args.get(1) {
        Some(&separator) => match vm.str_or_bytes(separator)?.first() {
            Some(&separator) => Some(separator),
            None => return Err(vm.value_error(format_args!("sep must be length 1."))),
        },
        None => None,
    };
    let digits = bytes.len().saturating_mul(2 + usize::from(separator.is_some()));
    let mut out = Builder::with_capacity(vm, digits.saturating_sub(usize::from(separator.is_some())))?;
    for (at, byte) in bytes.iter().enumerate() {
        vm.work(1)?;
        if let Some(separator) = separator.filter(|_| at > 0) {
            out.push(vm, separator)?;
        }
        let digit = |nibble: u8| b"0123456789abcdef"[usize::from(nibble)];
        out.extend(vm, &[digit(byte >> 4), digit(byte & 15)])?;
    }
    Ok(out)
}

/// `bytes.fromhex(text)` and `bytearray.fromhex(text)`; a `class` that is no type stands for `bytes`.
///
/// # Errors
/// `ValueError` if `data` has something else than pairs of digits and white space, `TypeError` if `data` has no bytes.
pub fn fromhex(vm: &Vm, class: Obj, data: Obj) -> Res {
    let text = vm.buffer(data, Access::Read)?.bytes();
    let digit = |byte: Option<&u8>| byte.and_then(|&byte| char::from(byte).to_digit(16));
    let mut out = Builder::with_capacity(vm, text.len() / 2)?;
    let mut bytes = text.iter();
    while let Some(byte) = bytes.next() {
        vm.work(1)?;
        if is_space(*byte) {
            continue;
        }
        match (digit(Some(byte)), digit(bytes.next())) {
            (Some(high), Some(low)) => out.push(vm, (high << 4 | low) as u8)?,
            _ => return Err(vm.value_error(format_args!("non-hex digit"))),
        }
    }
    let is_bytes = class.downcast::<Type>().is_none_or(|ty| ty.name().qstr() == Some(q!("bytes")));
    if is_bytes { out.into_bytes(vm) } else { out.into_bytearray(vm) }
}
