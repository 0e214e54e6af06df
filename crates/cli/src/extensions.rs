//! Extensions of an architecture, on command lines and in words.

use berus_mpy::arch::Arch;
use berus_mpy::header::Header;

/// The flags that `text` names: extensions of rv32imc with commas between, or the sum of their numbers.
///
/// # Errors
/// What is wrong with it.
pub fn parse(text: &str) -> Result<u32, String> {
    let known = Arch::Rv32imc.extensions();
    let number = match text.get(..2) {
        Some("0x" | "0X") => u32::from_str_radix(&text[2..], 16),
        Some("0b" | "0B") => u32::from_str_radix(&text[2..], 2),
        _ => text.parse(),
    };
    match number {
        Ok(number) if number >> known.len() == 0 => Ok(number),
        Ok(number) => Err(format!("{number} has bits beyond those of {}", known.join(" and "))),
        Err(_) => text.split(',').try_fold(0, |sum, name| flag(name).map(|flag| sum | flag)),
    }
}

/// The flag of an extension of rv32imc.
fn flag(name: &str) -> Result<u32, String> {
    let known = Arch::Rv32imc.extensions();
    let bit = known.iter().position(|known| known.eq_ignore_ascii_case(name));
    bit.map(|bit| 1 << bit).ok_or_else(|| format!("{name:?} is none of the extensions {}", known.join(", ")))
}

/// The names of the extensions of `arch` that `flags` stand for, with `between` between them.
pub fn names(arch: Arch, flags: u32, between: &str) -> String {
    let known = (0..).zip(arch.extensions());
    let names: Vec<_> = known.filter(|(bit, _)| flags >> bit & 1 != 0).map(|(_, name)| *name).collect();
    names.join(between)
}

/// Has a module's machine code need the extensions of `flags`, and no others.
///
/// # Errors
/// Why the module cannot say that.
pub fn set(header: &mut Header, flags: u32) -> Result<(), String> {
    match header.arch {
        None => return Err("without machine code it needs no extensions".into()),
        Some(arch) if arch.extensions().is_empty() && flags != 0 => {
            return Err(format!("its machine code is for {arch}, which has no extensions with flags"));
        }
        Some(_) => {}
    }
    header.arch_flags = (flags != 0).then_some(flags);
    Ok(())
}
