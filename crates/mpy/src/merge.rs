//! Several modules made into one, which runs their bodies one after another with the same global variables.
//!
//! The result is that of `mpy-tool.py --merge` of MicroPython. The names and constants of the modules follow each other
//! in one table, so bytecode that refers to them by index is rewritten, all but the first module's; rewritten code
//! loses its line numbers, as with that tool.

use alloc::vec::Vec;
use core::fmt;

use crate::bytecode::{DecodeError, Instruction, instructions};
use crate::header::{Header, SUB_VERSION};
use crate::module::{CodeId, Kind, Module, RawCode};
use crate::opcode::{Op, Operand};
use crate::prelude::{Prelude, PreludeError, Signature, write_sizes};
use crate::vuint;

/// Why modules cannot be merged.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MergeError {
    /// There are no modules.
    Nothing,
    /// More than one module has machine code.
    MachineCode,
    /// Some of the modules are for MicroPython, others for CircuitPython.
    Flavour,
    /// A code object has no prelude that can be read.
    Prelude(PreludeError),
    /// A code object is not made of instructions.
    Instruction(DecodeError),
    /// An index is beyond all tables.
    Index,
    /// A jump leads into an instruction, or out of the code.
    Target,
    /// A jump leads farther than an instruction can say.
    TooFar,
}

impl fmt::Display for MergeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            MergeError::Nothing => f.write_str("there is nothing to merge"),
            MergeError::MachineCode => f.write_str("more than one module has machine code"),
            MergeError::Flavour => f.write_str("modules of MicroPython and of CircuitPython do not go together"),
            MergeError::Prelude(error) => error.fmt(f),
            MergeError::Instruction(error) => error.fmt(f),
            MergeError::Index => f.write_str("an index is beyond all tables"),
            MergeError::Target => f.write_str("a jump leads to no instruction"),
            MergeError::TooFar => f.write_str("a jump would lead too far"),
        }
    }
}

impl core::error::Error for MergeError {}

/// Merges modules. The module with machine code, if there is one, runs first.
///
/// # Errors
/// If the modules cannot be merged; modules that [`crate::verify`] has found safe can, unless they are too large.
pub fn merge<'a>(modules: &[Module<'a>]) -> Result<Module<'a>, MergeError> {
    let mut modules: Vec<_> = modules.iter().collect();
    let with_machine_code = |module: &Module<'_>| module.header.arch.is_some();
    match modules.iter().filter(|module| with_machine_code(module)).count() {
        0 => {}
        1 => modules.sort_by_key(|module| !with_machine_code(module)),
        _ => return Err(MergeError::MachineCode),
    }
    let (first, rest) = modules.split_first().ok_or(MergeError::Nothing)?;
    if rest.is_empty() {
        return Ok((*first).clone());
    }
    if rest.iter().any(|module| module.header.flavour != first.header.flavour) {
        return Err(MergeError::Flavour);
    }
    let mut merged = Module {
        header: Header {
            sub_version: if first.header.arch.is_some() { SUB_VERSION } else { 0 },
            small_int_bits: modules.iter().map(|module| module.header.small_int_bits).max().unwrap_or_default(),
            ..first.header
        },
        qstrs: Vec::new(),
        constants: Vec::new(),
        codes: Vec::new(),
    };
    let mut children = Vec::new();
    merged.codes.push(RawCode {
        code: runs_children(modules.len()).into(),
        kind: Kind::Bytecode,
        children: Vec::new(),
    });
    for module in modules {
        let bases = Bases { qstrs: merged.qstrs.len() as u32, constants: merged.constants.len() as u32 };
        let first_code = merged.codes.len() as CodeId;
        children.push(first_code);
        for code in &module.codes {
            let mut code = code.clone();
            for child in &mut code.children {
                *child = child.checked_add(first_code).ok_or(MergeError::Index)?;
            }
            if first_code > 1 {
                code.code = bases.rewrite(&code.code)?.into();
            } else if let Kind::Native { relocations: Some(list), .. }
            | Kind::Viper { relocations: Some(list), .. }
            | Kind::Asm { relocations: Some(list), .. } = &mut code.kind
            {
                // The relocations may have ended with the file, where now other code follows.
                list.ended = true;
            }
            merged.codes.push(code);
        }
        merged.qstrs.extend_from_slice(&module.qstrs);
        merged.constants.extend_from_slice(&module.constants);
    }
    merged.codes[0].children = children;
    Ok(merged)
}

/// Code that runs `count` children. The code's name is the first in the table, which is the name of the first module's
/// source.
fn runs_children(count: usize) -> Vec<u8> {
    let mut code = Vec::new();
    Signature { n_state: 1, ..Signature::default() }.write(&mut code);
    write_sizes(&mut code, 1, 0);
    vuint::write(&mut code, 0);
    for child in 0..count as u32 {
        code.push(Op::MakeFunction as u8);
        vuint::write(&mut code, child);
        code.push(Op::CallFunction as u8);
        vuint::write(&mut code, 0);
        code.push(Op::PopTop as u8);
    }
    code.extend([Op::LoadConstNone as u8, Op::ReturnValue as u8]);
    code
}

/// How many names and constants come before a module's own in the merged tables.
#[derive(Clone, Copy)]
struct Bases {
    qstrs: u32,
    constants: u32,
}

impl Bases {
    /// A code object with its indices moved by the bases.
    fn rewrite(self, code: &[u8]) -> Result<Vec<u8>, MergeError> {
        let prelude = Prelude::read(code, 0).map_err(MergeError::Prelude)?;
        let mut names = Vec::new();
        for name in core::iter::once(prelude.name).chain(prelude.arg_names(code)) {
            vuint::write(&mut names, moved(name, self.qstrs)?);
        }
        let cells = code.get(prelude.cells_at.clone()).unwrap_or_default();
        let mut out = code.get(prelude.signature_at.clone()).unwrap_or_default().to_vec();
        write_sizes(&mut out, names.len() as u32, cells.len() as u32);
        out.extend(names);
        out.extend_from_slice(cells);
        out.extend(self.rewrite_instructions(code.get(prelude.end()..).unwrap_or_default())?);
        Ok(out)
    }

    fn rewrite_instructions(self, code: &[u8]) -> Result<Vec<u8>, MergeError> {
        let list: Vec<_> = instructions(code).collect::<Result<_, _>>().map_err(MergeError::Instruction)?;
        let mut targets = Vec::with_capacity(list.len());
        for instruction in &list {
            let target = match instruction.op.operand() {
                Operand::Jump | Operand::Forward | Operand::Unwind => {
                    let target = instruction.target().ok_or(MergeError::Target)?;
                    Some(list.binary_search_by_key(&target, |to| to.offset).map_err(|_| MergeError::Target)?)
                }
                _ => None,
            };
            targets.push(target);
        }
        // The length of a jump depends on how far its target is, which depends on the lengths of jumps, so the code is
        // laid out again until nothing moves.
        let mut offsets: Vec<_> = list.iter().map(|instruction| instruction.offset).collect();
        for _ in 0..=list.len() {
            let (mut out, mut moved, mut within_reach) = (Vec::with_capacity(code.len()), false, true);
            for (n, instruction) in list.iter().enumerate() {
                moved |= offsets[n] != out.len();
                offsets[n] = out.len();
                match targets[n] {
                    Some(target) => {
                        let distance = offsets[target] as i64 - out.len() as i64 - 2;
                        within_reach &= write_jump(instruction, distance, &mut out);
                    }
                    None => self.write(instruction, code, &mut out)?,
                }
            }
            if !moved {
                return if within_reach { Ok(out) } else { Err(MergeError::TooFar) };
            }
        }
        Err(MergeError::TooFar)
    }

    fn write(self, instruction: &Instruction, code: &[u8], out: &mut Vec<u8>) -> Result<(), MergeError> {
        let base = match instruction.op.operand() {
            Operand::Qstr => self.qstrs,
            Operand::Constant => self.constants,
            _ => {
                out.extend_from_slice(code.get(instruction.offset..instruction.end()).unwrap_or_default());
                return Ok(());
            }
        };
        out.push(instruction.op as u8);
        vuint::write(out, moved(instruction.index(), base)?);
        Ok(())
    }
}

fn moved(index: u32, base: u32) -> Result<u32, MergeError> {
    index.checked_add(base).ok_or(MergeError::Index)
}

/// Appends a jump that goes `distance` bytes from the end of its shortest form; `false` if the distance does not fit.
fn write_jump(instruction: &Instruction, distance: i64, out: &mut Vec<u8>) -> bool {
    let (short, long) = if instruction.op.operand() == Operand::Forward { (0, 0) } else { (0x40, 0x4000) };
    out.push(instruction.op as u8);
    let fits = match (distance + short, distance - 1 + long) {
        (short @ 0..0x80, _) => {
            out.push(short as u8);
            true
        }
        (_, long) => {
            out.extend([0x80 | long as u8, (long >> 7) as u8]);
            (0..0x8000).contains(&long)
        }
    };
    if instruction.op.has_extra() {
        out.push(instruction.extra);
    }
    fits
}
