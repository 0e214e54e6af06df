//! Facts about a module in words, for the text and the JSON alike.

use std::fmt::Write;

use berus_mpy::header::{Flavour, Header};
use berus_mpy::prelude::{Signature, scope_flag};

use crate::extensions;
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

/// The flags of an architecture: `zba, zcmp (0x3)`.
pub fn arch_flags(header: &Header) -> Option<String> {
    let flags = header.arch_flags?;
    let names = header.arch.map(|arch| extensions::names(arch, flags, ", ")).filter(|names| !names.is_empty());
    Some(names.map_or_else(|| format!("{flags:#x}"), |names| format!("{names} ({flags:#x})")))
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
