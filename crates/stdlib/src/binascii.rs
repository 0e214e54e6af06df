//! The module `binascii`: bytes as text (facts: `extmod/modbinascii.c` of MicroPython).

use berus_runtime::data::builder::Builder;
use berus_runtime::model::args::Args;
use berus_runtime::model::buffer::Access;
use berus_runtime::model::error::{Raise, Res};
use berus_runtime::model::events::Poll;
use berus_runtime::model::module_def::ModuleDef;
use berus_runtime::model::protocols::Ints;
use berus_runtime::model::vm::Vm;
use berus_runtime::model::word::Obj;
use berus_runtime::obj::bytes::{fromhex, hex_digits};
use berus_runtime::ops::buffer::Buffers;
use berus_runtime::ops::truth::Truth;
use berus_runtime::q;

use crate::crc32::Hasher;

/// The module.
pub const MODULE: ModuleDef = ModuleDef::new("binascii", MEMBERS).extensible();

berus_runtime::members! {
    static MEMBERS = {
        "hexlify" => var(1, 2, hexlify),
        "unhexlify" => f1(unhexlify),
        "a2b_base64" => f1(a2b_base64),
        "b2a_base64" => kw(1, b2a_base64),
        "crc32" => var(1, 2, crc32),
    }
}

const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

fn hexlify(vm: &Vm, args: &[Obj]) -> Res {
    hex_digits(vm, args)?.into_bytes(vm)
}

fn unhexlify(vm: &Vm, digits: Obj) -> Res {
    fromhex(vm, Obj::NONE, digits)
}

/// Characters that are no digits are skipped; the text ends where it is padded to groups of four.
fn a2b_base64(vm: &Vm, text: Obj) -> Res {
    let text = vm.buffer(text, Access::Read)?.bytes();
    let mut out = Builder::with_capacity(vm, text.len() / 4 * 3)?;
    let (mut bits, mut n_bits) = (0u32, 0);
    let mut pads = 0;
    for &byte in text {
        vm.work(1)?;
        if byte == b'=' {
            pads += 1;
            // Two digits are a byte and four bits, three are two bytes and two bits.
            if n_bits == 2 || n_bits == 4 && pads == 2 {
                n_bits = 0;
                break;
            }
        }
        let Some(digit) = DIGITS.iter().position(|&digit| digit == byte) else { continue };
        pads = 0;
        bits = bits << 6 | digit as u32;
        n_bits += 6;
        if n_bits >= 8 {
            n_bits -= 8;
            out.push(vm, (bits >> n_bits) as u8)?;
        }
    }
    if n_bits != 0 {
        return Err(vm.value_error(format_args!("incorrect padding")));
    }
    out.into_bytes(vm)
}

fn b2a_base64(vm: &Vm, args: Args<'_>) -> Res {
    let [newline] = args.behind(1).by_name(vm, [q!("newline")], 0)?;
    let newline = newline.map_or(Ok(true), |newline| vm.truth(newline))?;
    let bytes = vm.buffer(args.pos()[0], Access::Read)?.bytes();
    let mut out = Builder::with_capacity(vm, bytes.len().div_ceil(3).saturating_mul(4).saturating_add(1))?;
    for group in bytes.chunks(3) {
        vm.work(1)?;
        let bits = group.iter().fold(0, |bits, &byte| bits << 8 | u32::from(byte)) << (8 * (3 - group.len()));
        for place in 0..4 {
            let digit = DIGITS[(bits >> (18 - 6 * place) & 63) as usize];
            out.push(vm, if place <= group.len() { digit } else { b'=' })?;
        }
    }
    if newline {
        out.push(vm, b'\n')?;
    }
    out.into_bytes(vm)
}

fn crc32(vm: &Vm, args: &[Obj]) -> Res {
    let start = args.get(1).map_or(Ok(0), |&start| vm.int_truncated(start))?;
    let bytes = vm.buffer(args[0], Access::Read)?.bytes();
    let mut hasher = Hasher::new_with_initial(start as u32);
    for piece in vm.pieces(bytes) {
        hasher.update(piece?);
    }
    vm.new_u64(hasher.finalize().into())
}
