//! What a module says, as text to be compared.

use std::collections::BTreeMap;

use berus_mpy::Module;
use berus_mpy::disasm::text::Name;
use berus_mpy::disasm::{Listing, Outline, Resolved, SignatureText, mnemonic};
use berus_mpy::module::{CodeId, Kind};

use super::align::Compare;
use crate::dump::words::{arch_flags, frame};
use crate::input::Input;
use crate::machine;
use crate::target::Claims;
use crate::text::{count, shortened};

/// Characters of an operand, and of a constant or name by itself.
const SHORT: usize = 60;
const LONG: usize = 1000;

/// One of the two modules.
pub struct Side {
    /// What to call the file, with its size.
    pub title: String,
    /// The facts of the header.
    pub header: Vec<String>,
    /// The names, in the order of their table.
    pub names: Vec<String>,
    /// The constants, in the order of their table.
    pub constants: Vec<String>,
    /// The functions, in their order, each with the path that it is known by.
    pub functions: Vec<(String, Function)>,
}

/// A function, class body, comprehension, or the module itself.
pub struct Function {
    /// What is known of it beside its code.
    pub facts: Vec<String>,
    /// Its instructions.
    pub rows: Vec<Row>,
}

/// An instruction.
pub struct Row {
    /// What is compared: the instruction without the label that it jumps to.
    key: String,
    /// The row that it jumps to.
    target: Option<usize>,
    /// The line of the source.
    pub line: Option<u32>,
    /// The instruction, with its offset.
    pub text: String,
}

impl Compare for Row {
    fn key(&self) -> &str {
        &self.key
    }

    fn target(&self) -> Option<usize> {
        self.target
    }
}

impl Side {
    /// What `module`, which is in `input`, says.
    pub fn of(input: &Input, module: &Module<'_>) -> Side {
        let outline = Outline::of(module);
        let mut times = BTreeMap::new();
        let functions = (0..module.codes.len() as CodeId).map(|id| {
            // Functions of one path are told apart by their order.
            let path = shortened(outline.path(id), LONG);
            let times = times.entry(path.clone()).or_insert(0_u32);
            *times += 1;
            let path = if *times == 1 { path } else { format!("{path} ({times})") };
            (path, function(module, &outline, id))
        });
        Side {
            title: format!("{}: {}", input.name, count(input.bytes.len(), "byte")),
            header: header(input, module),
            functions: functions.collect(),
            names: module.qstrs.iter().map(|name| shortened(Name(name.as_bytes()), LONG)).collect(),
            constants: module
                .constants
                .iter()
                .map(|constant| format!("{:<8}  {}", constant.kind_name(), shortened(constant, LONG)))
                .collect(),
        }
    }
}

fn header(input: &Input, module: &Module<'_>) -> Vec<String> {
    let header = &module.header;
    let version = Claims::read(&input.bytes).map_or(0, |claims| claims.version);
    let sub_version = if version < 6 { String::new() } else { format!(".{}", header.sub_version) };
    let arch = header.arch.map_or("none", |arch| arch.name());
    let flags = arch_flags(header).map_or(String::new(), |flags| format!(", with {flags}"));
    vec![
        format!("format        {} .mpy, version {version}{sub_version}", header.flavour.name()),
        format!("machine code  {arch}{flags}"),
        format!("small ints    {} bits", header.small_int_bits),
        format!("source file   {}", shortened(Name(module.source_name()), LONG)),
    ]
}

fn function(module: &Module<'_>, outline: &Outline<'_>, id: CodeId) -> Function {
    let code = &module.codes[id as usize];
    let mut facts = vec![format!("{}, {}", shortened(SignatureText::new(module, outline, id), LONG), code.kind.name())];
    match code.prelude() {
        Some(Ok(prelude)) => {
            facts.push(frame(&prelude.signature));
            let cells = code.code.get(prelude.cells_at).unwrap_or_default();
            if !cells.is_empty() {
                let cells: Vec<_> = cells.iter().map(u8::to_string).collect();
                facts.push(format!("makes cells of locals {}", cells.join(", ")));
            }
        }
        Some(Err(error)) => facts.push(error.to_string()),
        None => {}
    }
    let rows = match Listing::with_outline(module, outline, id) {
        Some(Ok(listing)) => bytecode(&listing),
        Some(Err(_)) => Vec::new(),
        None => machine_code(module, id),
    };
    Function { facts, rows }
}

fn bytecode(listing: &Listing<'_>) -> Vec<Row> {
    let rows = listing.rows();
    let text = |row: &berus_mpy::disasm::Row| {
        let instruction = &row.instruction;
        let name = mnemonic(instruction.op);
        let resolved = listing.resolve(instruction);
        let operand = match resolved {
            Resolved::Nothing => String::new(),
            operand => shortened(operand, SHORT),
        };
        let target =
            instruction.target().and_then(|to| rows.binary_search_by_key(&to, |row| row.instruction.offset).ok());
        let label = listing.label(instruction.offset).map(|label| format!("{label}:")).unwrap_or_default();
        let key = match resolved {
            // What else there is to the operand of a jump is a byte. Functions have other numbers where others came or went.
            _ if target.is_some() => format!("{name} {}", instruction.extra),
            Resolved::Child { name: Some(child), cells, .. } => {
                format!("{name} {} {cells:?}", shortened(Name(child), LONG))
            }
            _ => format!("{name} {operand}"),
        };
        let text = format!("{label:<6}{:04x}  {name:<22}  {operand}", instruction.offset);
        Row { key, target, line: row.line, text: text.trim_end().to_owned() }
    };
    let mut all: Vec<_> = rows.iter().map(text).collect();
    if let Some(rest) = listing.undecoded() {
        let text = format!("{:6}{:04x}  no instructions: {}", "", rest.offset, rest.error);
        all.push(Row { key: rest.error.to_string(), target: None, line: None, text });
    }
    all
}

fn machine_code(module: &Module<'_>, id: CodeId) -> Vec<Row> {
    let code = &module.codes[id as usize];
    let row = |line: machine::Line| {
        let key = format!("{:<8} {}", line.mnemonic, line.operands).trim_end().to_owned();
        Row { text: format!("{:6}{:04x}  {key}", "", line.offset), key, target: None, line: None }
    };
    let mut rows: Vec<_> = machine::lines(module, code).into_iter().map(row).collect();
    if let Kind::Viper { rodata: Some(rodata), .. } = &code.kind {
        rows.extend(rodata.chunks(16).enumerate().map(|(n, bytes)| {
            let bytes: Vec<_> = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
            let key = bytes.join(" ");
            Row { text: format!("{:6}{:04x}  {key}", "data", 16 * n), key, target: None, line: None }
        }));
    }
    rows
}
