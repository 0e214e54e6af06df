//! A code object as JSON.

use berus_mpy::disasm::{Entry, LabelKind, Listing, Role, TargetName, mnemonic};
use berus_mpy::module::{CodeId, Kind, RawCode};
use berus_mpy::prelude::{Prelude, scope_flag};
use berus_mpy::reloc::Place;
use serde::Serialize;

use super::operand::Operand;
use super::{File, Text, hex};
use crate::machine;

#[derive(Serialize)]
pub struct Code<'f> {
    id: CodeId,
    parent: Option<CodeId>,
    children: &'f [CodeId],
    kind: &'static str,
    role: &'static str,
    name: Option<Text<'f>>,
    signature: String,
    offset: usize,
    size: usize,
    prelude: Option<PreludeFacts<'f>>,
    prelude_error: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    bytecode: Option<Bytecode<'f>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    native: Option<Native>,
}

#[derive(Serialize)]
struct PreludeFacts<'f> {
    offset: usize,
    state: u32,
    exception_blocks: u32,
    flags: Vec<&'static str>,
    positional_arguments: u32,
    keyword_only_arguments: u32,
    defaults: u32,
    argument_names: Vec<Option<Text<'f>>>,
    cells: Vec<u8>,
}

#[derive(Serialize)]
struct Bytecode<'f> {
    closed_over: usize,
    instructions: Vec<Row<'f>>,
    error: Option<CodeError>,
}

#[derive(Serialize)]
struct CodeError {
    offset: usize,
    message: String,
}

#[derive(Serialize)]
struct Row<'f> {
    offset: usize,
    length: usize,
    line: Option<u32>,
    depth: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    label: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    handler: Option<&'static str>,
    op: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    operand: Option<Operand<'f>>,
}

#[derive(Serialize)]
struct Native {
    flags: Vec<&'static str>,
    instructions: Vec<MachineRow>,
    #[serde(skip_serializing_if = "Option::is_none")]
    arguments: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    result_type: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    rodata: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    bss: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    relocations: Option<Vec<RelocationRow>>,
}

#[derive(Serialize)]
struct MachineRow {
    offset: usize,
    length: usize,
    mnemonic: String,
    operands: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    remark: Option<String>,
}

#[derive(Serialize)]
struct RelocationRow {
    section: &'static str,
    word: u32,
    count: u32,
    target: String,
}

impl<'f> Code<'f> {
    pub fn new(file: &'f File<'_>, id: CodeId) -> Code<'f> {
        let account = &file.account;
        let (module, outline) = (account.module(), account.outline());
        let code = &module.codes[id as usize];
        let entry = outline.get(id);
        let (prelude, prelude_error) = match code.prelude() {
            None => (None, None),
            Some(Ok(prelude)) => (Some(prelude_facts(file, code, &prelude)), None),
            Some(Err(error)) => (None, Some(error.to_string())),
        };
        Code {
            id,
            parent: entry.and_then(|entry| entry.parent),
            children: &code.children,
            kind: code.kind.name(),
            role: entry.map_or("unknown", role),
            name: entry.and_then(|entry| entry.name).map(Text::mention),
            signature: file.signature(id),
            offset: account.code_start(id).unwrap_or_default(),
            size: code.code.len(),
            prelude,
            prelude_error,
            bytecode: account.listing(id).map(bytecode),
            native: (code.kind != Kind::Bytecode).then(|| native(file, code)),
        }
    }
}

fn role(entry: &Entry<'_>) -> &'static str {
    match entry.role {
        Role::Module => "module",
        Role::Function => "function",
        Role::Class => "class",
        Role::Lambda => "lambda",
        Role::Comprehension => "comprehension",
        Role::Unknown => "unknown",
    }
}

fn flags(flags: u32) -> Vec<&'static str> {
    const NAMES: [(u32, &str); 7] = [
        (scope_flag::GENERATOR, "generator"),
        (scope_flag::VARARGS, "varargs"),
        (scope_flag::VARKEYWORDS, "varkeywords"),
        (scope_flag::DEFKWARGS, "defkwargs"),
        (scope_flag::VIPERRELOC, "viperreloc"),
        (scope_flag::VIPERRODATA, "viperrodata"),
        (scope_flag::VIPERBSS, "viperbss"),
    ];
    NAMES.iter().filter(|(flag, _)| flags & flag != 0).map(|&(_, name)| name).collect()
}

fn prelude_facts<'f>(file: &'f File<'_>, code: &'f RawCode<'_>, prelude: &Prelude) -> PreludeFacts<'f> {
    let names = &file.account.module().qstrs;
    let signature = &prelude.signature;
    PreludeFacts {
        offset: prelude.signature_at.start,
        state: signature.n_state,
        exception_blocks: signature.n_exc_stack,
        flags: flags(signature.scope_flags),
        positional_arguments: signature.n_pos_args,
        keyword_only_arguments: signature.n_kwonly_args,
        defaults: signature.n_def_pos_args,
        argument_names: prelude
            .arg_names(&code.code)
            .map(|index| names.get(index as usize).map(|name| Text::mention(name.as_bytes())))
            .collect(),
        cells: code.code.get(prelude.cells_at.clone()).unwrap_or_default().to_vec(),
    }
}

fn bytecode<'f>(listing: &'f Listing<'f>) -> Bytecode<'f> {
    let row = |row: &berus_mpy::disasm::Row| {
        let label = listing.label(row.instruction.offset);
        Row {
            offset: row.instruction.offset,
            length: row.instruction.len,
            line: row.line,
            depth: row.depth,
            label: label.map(|label| label.to_string()),
            handler: label.and_then(|label| match label.kind {
                LabelKind::Jump => None,
                LabelKind::Except => Some("except"),
                LabelKind::Finally => Some("finally"),
                LabelKind::With => Some("with"),
            }),
            op: mnemonic(row.instruction.op),
            operand: Operand::new(listing, &row.instruction),
        }
    };
    Bytecode {
        closed_over: listing.n_closed_over(),
        instructions: listing.rows().iter().map(row).collect(),
        error: listing.undecoded().map(|rest| CodeError { offset: rest.offset, message: rest.error.to_string() }),
    }
}

fn native(file: &File<'_>, code: &RawCode<'_>) -> Native {
    let module = file.account.module();
    let row = |line: machine::Line| MachineRow {
        offset: line.offset,
        length: line.len,
        mnemonic: line.mnemonic,
        operands: line.operands,
        remark: line.remark,
    };
    let relocations = code.kind.relocations().map(|relocations| {
        let row = |(place, relocation): (Place, berus_mpy::reloc::Relocation)| {
            let (section, word) = match place {
                Place::Text(word) => ("code", word),
                Place::Rodata(word) => ("rodata", word),
            };
            let target = TargetName { header: &module.header, target: relocation.target }.to_string();
            RelocationRow { section, word, count: relocation.count, target }
        };
        relocations.placed().map(row).collect()
    });
    let mut native = Native {
        flags: Vec::new(),
        instructions: machine::lines(module, code).into_iter().map(row).collect(),
        arguments: None,
        result_type: None,
        rodata: None,
        bss: None,
        relocations,
    };
    match &code.kind {
        Kind::Viper { scope_flags, rodata, bss, .. } => {
            native.flags = flags(*scope_flags);
            native.rodata = rodata.as_deref().map(hex);
            native.bss = *bss;
        }
        Kind::Asm { scope_flags, n_pos_args, type_sig, .. } => {
            native.flags = flags(*scope_flags);
            native.arguments = Some(*n_pos_args);
            native.result_type = Some(*type_sig);
        }
        Kind::Bytecode | Kind::Native { .. } => {}
    }
    native
}
