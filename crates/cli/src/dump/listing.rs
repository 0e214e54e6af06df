//! The view that one asks for first: header, tables, tree of functions, and the code of each.

use std::io::{self, Write};

use berus_mpy::disasm::text::Name;
use berus_mpy::disasm::{Label, LabelKind, Listing, Resolved, ScopeFlags, TargetName, mnemonic};
use berus_mpy::header::Flavour;
use berus_mpy::module::{CodeId, Kind, Qstr, RawCode};
use berus_mpy::reloc::Place;

use super::File;
use super::words::{arch_flags, frame, releases};
use crate::machine;
use crate::output::style::{ERROR, FAINT, LABEL, REMARK, STRONG, WORD};
use crate::text::{count, shortened};

/// Characters of a constant where it is used, and of its kind in its table.
const SHORT: usize = 60;
const LONG: usize = 1000;
/// How far functions in functions are indented, at most.
const MAX_INDENT: usize = 20;

/// Writes the listing of `file`.
pub fn write(file: &File<'_>, out: &mut impl Write) -> io::Result<()> {
    header(file, out)?;
    names(file, out)?;
    constants(file, out)?;
    functions(file, out)?;
    for id in 0..file.account.module().codes.len() as CodeId {
        writeln!(out)?;
        code(file, id, out)?;
    }
    Ok(())
}

fn header(file: &File<'_>, out: &mut impl Write) -> io::Result<()> {
    let module = file.account.module();
    let header = &module.header;
    writeln!(out, "{STRONG}{}{STRONG:#}: {}", file.name, count(file.bytes.len(), "byte"))?;
    let flavour = match header.flavour {
        Flavour::MicroPython => "MicroPython",
        Flavour::CircuitPython => "CircuitPython",
    };
    writeln!(out, "  format        {flavour} .mpy, version 6.{}", header.sub_version)?;
    if let Some(releases) = releases(header) {
        writeln!(out, "  made for      MicroPython {releases}")?;
    }
    match header.arch {
        Some(arch) => write!(out, "  machine code  {arch}")?,
        None => write!(out, "  machine code  none")?,
    }
    match arch_flags(header) {
        Some(flags) => writeln!(out, ", with {flags}")?,
        None => writeln!(out)?,
    }
    writeln!(out, "  small ints    {} bits", header.small_int_bits)?;
    writeln!(out, "  source file   {}", shortened(Name(module.source_name()), LONG))?;
    if let Some(last) = file.account.fields().last().filter(|field| field.name() == "trailing bytes") {
        writeln!(out, "  after it      {} that do not belong to the module", count(last.len, "byte"))?;
    }
    Ok(())
}

fn names(file: &File<'_>, out: &mut impl Write) -> io::Result<()> {
    let names = &file.account.module().qstrs;
    writeln!(out, "\n{STRONG}names ({}){STRONG:#}", names.len())?;
    for (i, name) in names.iter().enumerate() {
        let text = shortened(Name(name.as_bytes()), LONG);
        match name {
            Qstr::Static(id) => writeln!(out, "{i:6}  {text:<20}  {FAINT}static {id}{FAINT:#}")?,
            Qstr::Own(_) => writeln!(out, "{i:6}  {text}")?,
        }
    }
    Ok(())
}

fn constants(file: &File<'_>, out: &mut impl Write) -> io::Result<()> {
    let constants = &file.account.module().constants;
    if constants.is_empty() {
        return Ok(());
    }
    writeln!(out, "\n{STRONG}constants ({}){STRONG:#}", constants.len())?;
    for (i, constant) in constants.iter().enumerate() {
        writeln!(out, "{i:6}  {:<8}  {}", constant.kind_name(), shortened(constant, LONG))?;
    }
    Ok(())
}

fn functions(file: &File<'_>, out: &mut impl Write) -> io::Result<()> {
    let (module, outline) = (file.account.module(), file.account.outline());
    writeln!(out, "\n{STRONG}functions ({}){STRONG:#}", module.codes.len())?;
    for (id, code) in module.codes.iter().enumerate() {
        let depth = outline.get(id as CodeId).map_or(0, |entry| entry.depth as usize).min(MAX_INDENT);
        let signature = format!("{:indent$}{}", "", file.signature(id as CodeId), indent = 2 * depth);
        let kind = code.kind.name();
        let size = count(code.code.len(), "byte");
        writeln!(out, "{id:6}  {signature:<48}  {FAINT}{kind}, {size}{FAINT:#}")?;
    }
    Ok(())
}

fn code(file: &File<'_>, id: CodeId, out: &mut impl Write) -> io::Result<()> {
    let (module, outline) = (file.account.module(), file.account.outline());
    let code = &module.codes[id as usize];
    write!(out, "{STRONG}code {id}: {}{STRONG:#}", file.signature(id))?;
    match outline.get(id).and_then(|entry| entry.parent) {
        Some(0) | None => writeln!(out)?,
        Some(parent) => writeln!(out, "  {FAINT}in {}{FAINT:#}", file.path(parent))?,
    }
    let start = file.account.code_start(id).unwrap_or_default();
    write!(out, "  {}, {} at {start:04x}", code.kind.name(), count(code.code.len(), "byte"))?;
    match code.prelude() {
        Some(Ok(prelude)) => writeln!(out, "; {}", frame(&prelude.signature))?,
        Some(Err(error)) => writeln!(out, "\n  {ERROR}bad prelude:{ERROR:#} {error}")?,
        None => writeln!(out)?,
    }
    match &code.kind {
        Kind::Bytecode => {
            if let Some(listing) = file.account.listing(id) {
                bytecode(listing, out)?;
            }
            Ok(())
        }
        _ => native(file, code, out),
    }
}

/// Says which locals are cells: those that the function closes over come first, those that it makes are listed.
fn cells(closed_over: usize, made: &[u8], out: &mut impl Write) -> io::Result<()> {
    let mut parts = Vec::new();
    match closed_over {
        0 => {}
        1 => parts.push("closes over local 0".to_owned()),
        n => parts.push(format!("closes over locals 0 to {}", n - 1)),
    }
    if !made.is_empty() {
        let locals: Vec<_> = made.iter().map(u8::to_string).collect();
        parts.push(format!(
            "makes cells of {} {}",
            if made.len() == 1 { "local" } else { "locals" },
            locals.join(", ")
        ));
    }
    if parts.is_empty() { Ok(()) } else { writeln!(out, "  {}", parts.join("; ")) }
}

fn bytecode(listing: &Listing<'_>, out: &mut impl Write) -> io::Result<()> {
    let code = &listing.code().code;
    cells(listing.n_closed_over(), code.get(listing.prelude().cells_at.clone()).unwrap_or_default(), out)?;
    writeln!(out, "  {FAINT}line  offset  depth{FAINT:#}")?;
    let mut last_line = None;
    for row in listing.rows() {
        let instruction = &row.instruction;
        if let Some(label) = listing.label(instruction.offset) {
            label_line(label, out)?;
        }
        let line = row.line.filter(|_| row.line != last_line).map(|line| line.to_string()).unwrap_or_default();
        last_line = row.line;
        let depth = row.depth.map_or("-".to_owned(), |depth| depth.to_string());
        let name = mnemonic(instruction.op);
        write!(out, "{line:>6}    {FAINT}{:04x}  {depth:>5}{FAINT:#}  ", instruction.offset)?;
        match listing.resolve(instruction) {
            Resolved::Nothing => writeln!(out, "{WORD}{name}{WORD:#}")?,
            operand => writeln!(out, "{WORD}{name:<22}{WORD:#}  {}", shortened(operand, SHORT))?,
        }
    }
    match listing.undecoded() {
        Some(rest) => writeln!(out, "{:10}{:04x}  {ERROR}no instructions:{ERROR:#} {}", "", rest.offset, rest.error),
        None => Ok(()),
    }
}

fn label_line(label: Label, out: &mut impl Write) -> io::Result<()> {
    match label.kind {
        LabelKind::Jump => writeln!(out, "{LABEL}{label}:{LABEL:#}"),
        kind => writeln!(out, "{LABEL}{label}:{LABEL:#}  {FAINT}{}{FAINT:#}", kind.describe()),
    }
}

fn native(file: &File<'_>, code: &RawCode<'_>, out: &mut impl Write) -> io::Result<()> {
    let module = file.account.module();
    match (&code.kind, code.prelude()) {
        (Kind::Native { .. }, Some(Ok(prelude))) => {
            let prelude_offset = code.prelude_offset().unwrap_or(0);
            cells(0, code.code.get(prelude.cells_at.clone()).unwrap_or_default(), out)?;
            writeln!(out, "  prelude at {prelude_offset:04x}")?;
        }
        (Kind::Viper { scope_flags, .. } | Kind::Asm { scope_flags, .. }, _) if *scope_flags != 0 => {
            writeln!(out, "  flags: {}", ScopeFlags(*scope_flags))?;
        }
        _ => {}
    }
    if let Kind::Viper { bss: Some(bss), .. } = code.kind {
        writeln!(out, "  {} of zeroed data", count(bss as usize, "byte"))?;
    }
    if let Some(why) = machine::not_disassembled(module.header.arch) {
        writeln!(out, "  shown as bytes: {why}")?;
    }
    writeln!(out, "        {FAINT}offset{FAINT:#}")?;
    for line in machine::lines(module, code) {
        let machine::Line { offset, mnemonic, operands, .. } = &line;
        write!(out, "{:10}{FAINT}{offset:04x}{FAINT:#}  ", "")?;
        match &line.remark {
            Some(remark) => {
                writeln!(out, "{WORD}{mnemonic:<8}{WORD:#} {operands:<32}  {REMARK}; {remark}{REMARK:#}")?;
            }
            None if operands.is_empty() => writeln!(out, "{WORD}{mnemonic}{WORD:#}")?,
            None => writeln!(out, "{WORD}{mnemonic:<8}{WORD:#} {operands}")?,
        }
    }
    if let Kind::Viper { rodata: Some(rodata), .. } = &code.kind {
        writeln!(out, "  read-only data, {}", count(rodata.len(), "byte"))?;
        for (i, row) in rodata.chunks(16).enumerate() {
            let bytes: Vec<_> = row.iter().map(|byte| format!("{byte:02x}")).collect();
            writeln!(out, "{:10}{FAINT}{:04x}{FAINT:#}  {:<48} {}", "", 16 * i, bytes.join(" "), ascii(row))?;
        }
    }
    relocations(file, code, out)
}

fn relocations(file: &File<'_>, code: &RawCode<'_>, out: &mut impl Write) -> io::Result<()> {
    let header = &file.account.module().header;
    let Some(relocations) = code.kind.relocations() else { return Ok(()) };
    let word = header.arch.map_or(4, |arch| arch.word_bytes() as u64);
    let ended = if relocations.ended { "" } else { ", ended by the end of the file" };
    writeln!(out, "  relocations{ended}")?;
    for (place, relocation) in relocations.placed() {
        let (section, first) = match place {
            Place::Text(first) => ("code", first),
            Place::Rodata(first) => ("rodata", first),
        };
        let target = TargetName { header, target: relocation.target };
        let words = if relocation.count == 1 { String::new() } else { format!(", {} words", relocation.count) };
        let offset = u64::from(first) * word;
        writeln!(out, "{:10}{FAINT}{offset:04x}{FAINT:#}  {WORD}{section:<8}{WORD:#} {target}{words}", "")?;
    }
    Ok(())
}

/// Bytes as text, with dots for what is none.
pub fn ascii(bytes: &[u8]) -> String {
    bytes.iter().map(|&byte| if (b' '..=b'~').contains(&byte) { byte as char } else { '.' }).collect()
}
