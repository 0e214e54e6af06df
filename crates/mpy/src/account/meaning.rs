//! What the bytes of a field say, in words.

use core::fmt;

use super::{Account, Field, Item};
use crate::constant::Constant;
use crate::disasm::text::Name;
use crate::disasm::{Resolved, ScopeFlags, TargetName, native_type_name};
use crate::header::{Flavour, Header};
use crate::module::{CodeId, Module, Qstr};
use crate::prelude::Signature;
use crate::reloc::{Place, Relocation};

pub(super) fn write(f: &mut fmt::Formatter<'_>, account: &Account<'_>, field: &Field<'_>) -> fmt::Result {
    let module = account.module();
    match field.item {
        Item::Magic(header) => f.write_str(match header.flavour {
            Flavour::MicroPython => "M: MicroPython",
            Flavour::CircuitPython => "C: CircuitPython",
        }),
        Item::Version => write!(f, "{}", crate::header::VERSION),
        Item::Feature(header) => feature(f, &header),
        Item::SmallIntBits(n) => write!(f, "{n}"),
        Item::Cell(local) => write!(f, "local {local}"),
        Item::ArchFlags(flags) => write!(f, "{flags:#x}"),
        Item::NameCount(n) | Item::ConstantCount(n) | Item::ArgumentCount(n) | Item::ChildCount(n) => write!(f, "{n}"),
        Item::Name { index, qstr } => {
            write!(f, "{index}: {}", Name(qstr.as_bytes()))?;
            match qstr {
                Qstr::Static(id) => write!(f, ", static name {id}"),
                Qstr::Own(_) if index == 0 => f.write_str(", the source file"),
                Qstr::Own(_) => Ok(()),
            }
        }
        Item::Constant { index, depth: 0, constant: Constant::Tuple(items) } => {
            write!(f, "{index}: tuple of {}", items.len())
        }
        Item::Constant { index, depth: 0, constant } => write!(f, "{index}: {constant}"),
        Item::Constant { constant: Constant::Tuple(items), .. } => write!(f, "in it: tuple of {}", items.len()),
        Item::Constant { constant, .. } => write!(f, "in it: {constant}"),
        Item::Head => head(f, account, field.owner),
        Item::Signature(signature) => signature_facts(f, &signature),
        Item::PreludeSizes { info, cells } => write!(f, "names and lines {}, cells {cells}", Bytes(info)),
        Item::FunctionName(index) => write!(f, "{}", name(module, index)),
        Item::ArgumentName { number, index } => write!(f, "{number}: {}", name(module, index)),
        Item::Line { step, line } => write!(f, "after {} more: line {line}", Bytes(step.bytes as usize)),
        Item::BadPrelude(error) => write!(f, "{error}"),
        Item::Undecoded(error) => write!(f, "{error}"),
        Item::Instruction(instruction) => {
            let Some(id) = field.owner else { return Ok(()) };
            let Some(listing) = account.listing(id) else { return Ok(()) };
            match listing.resolve(&instruction) {
                // The rest of the account counts from the start of the file, so jumps do so too.
                Resolved::Target { offset: Some(target), label: Some(_), unwind } => {
                    let start = account.code_start(id).unwrap_or_default();
                    write!(f, "to {:04x}{unwind}", start + target)
                }
                operand => write!(f, "{operand}"),
            }
        }
        Item::PreludeOffset(offset) => write!(f, "{offset:#x} into the machine code"),
        Item::ScopeFlags(flags) => write!(f, "{}", ScopeFlags(flags)),
        Item::RodataSize(n) | Item::BssSize(n) => write!(f, "{}", Bytes(n as usize)),
        Item::ResultType(number) => f.write_str(native_type_name(number)),
        Item::Relocation { relocation, place } => relocated(f, &module.header, &relocation, place),
        Item::LineRest
        | Item::MachineCode
        | Item::AfterPrelude
        | Item::Rodata
        | Item::RelocationEnd
        | Item::Trailing => write!(f, "{}", Bytes(field.len)),
    }
}

/// A number of bytes.
struct Bytes(usize);

impl fmt::Display for Bytes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} byte{}", self.0, if self.0 == 1 { "" } else { "s" })
    }
}

fn feature(f: &mut fmt::Formatter<'_>, header: &Header) -> fmt::Result {
    write!(f, "sub-version {}, ", header.sub_version)?;
    match header.arch {
        Some(arch) => write!(f, "machine code for {arch}")?,
        None => f.write_str("no machine code")?,
    }
    if header.arch_flags.is_some() { f.write_str(", flags follow") } else { Ok(()) }
}

fn name<'m>(module: &'m Module<'_>, index: u32) -> Name<'m> {
    Name(module.qstrs.get(index as usize).map_or(b"?", Qstr::as_bytes))
}

fn head(f: &mut fmt::Formatter<'_>, account: &Account<'_>, owner: Option<CodeId>) -> fmt::Result {
    let Some(code) = owner.and_then(|id| account.module().codes.get(id as usize)) else { return Ok(()) };
    let children = if code.children.is_empty() { "" } else { ", has children" };
    write!(f, "{}, {}{children}", code.kind.name(), Bytes(code.code.len()))
}

fn signature_facts(f: &mut fmt::Formatter<'_>, signature: &Signature) -> fmt::Result {
    let &Signature { n_state, n_exc_stack, scope_flags, n_pos_args, n_kwonly_args, n_def_pos_args } = signature;
    write!(f, "state {n_state}, exception blocks {n_exc_stack}, arguments {n_pos_args}")?;
    for (what, n) in [("keyword-only", n_kwonly_args), ("defaults", n_def_pos_args)] {
        if n > 0 {
            write!(f, ", {what} {n}")?;
        }
    }
    if scope_flags != 0 { write!(f, ", {}", ScopeFlags(scope_flags)) } else { Ok(()) }
}

fn relocated(f: &mut fmt::Formatter<'_>, header: &Header, relocation: &Relocation, place: Place) -> fmt::Result {
    let (section, word) = match place {
        Place::Text(word) => ("machine code", word),
        Place::Rodata(word) => ("rodata", word),
    };
    let bytes = header.arch.map_or(4, |arch| arch.word_bytes() as u64);
    write!(f, "{section} {:04x}", u64::from(word) * bytes)?;
    if relocation.count != 1 {
        write!(f, ", {} words", relocation.count)?;
    }
    write!(f, ": add {}", TargetName { header, target: relocation.target })
}
