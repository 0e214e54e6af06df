//! Facts about a module in words, for the text and the JSON alike.

use std::fmt::Write;

use berus_mpy::arch::Arch;
use berus_mpy::header::{Flavour, Header};
use berus_mpy::prelude::{Signature, scope_flag};

use crate::text::count;

/// The MicroPython releases whose format a header names, `None` if they are not known.
///
/// Without machine code the sub-version does not matter, and mpy-cross leaves it at 0 (MicroPython:
/// `docs/reference/mpyfiles.rst`).
pub fn releases(header: &Header) -> Option<&'static str> {
    match (header.flavour, header.arch, header.sub_version) {
        (Flavour::CircuitPython, ..) => None,
        (_, None, _) => Some("1.19 or later"),
        (_, _, 0) => Some("1.19"),
        (_, _, 1) => Some("1.20 or 1.21"),
        (_, _, 2) => Some("1.22"),
        _ => Some("1.23 or later"),
    }
}

/// The names of flags of RISC-V, from the lowest bit (MicroPython: `py/asmrv32.h`). No other architecture has any.
const RV32_FLAGS: [&str; 2] = ["zba", "zcmp"];

/// The flags of an architecture: `zba, zcmp (0x3)`.
pub fn arch_flags(header: &Header) -> Option<String> {
    let flags = header.arch_flags?;
    let known = if header.arch == Some(Arch::Rv32imc) { &RV32_FLAGS[..] } else { &[] };
    let names: Vec<_> = (0..).zip(known).filter(|(bit, _)| flags >> bit & 1 != 0).map(|(_, name)| *name).collect();
    Some(if names.is_empty() { format!("{flags:#x}") } else { format!("{} ({flags:#x})", names.join(", ")) })
}

/// What a signature says beside the arguments that it shows: `state 5, 1 exception block, generator`.
pub fn frame(signature: &Signature) -> String {
    let mut text = format!("state {}", signature.n_state);
    if signature.n_exc_stack > 0 {
        let _ = write!(text, ", {}", count(signature.n_exc_stack as usize, "exception block"));
    }
    for (flag, name) in [(scope_flag::GENERATOR, "generator"), (scope_flag::DEFKWARGS, "keyword-only defaults")] {
        if signature.scope_flags & flag != 0 {
            let _ = write!(text, ", {name}");
        }
    }
    text
}
