//! Writing a file of version 5.

use alloc::vec::Vec;
use core::fmt;

use super::read::{CACHES, UNICODE, VERSION};
use super::window::{self, Window};
use crate::bytecode::{Instruction, instructions};
use crate::constant::Constant;
use crate::header::Flavour;
use crate::lines;
use crate::module::{CodeId, Kind, Module, Qstr, RawCode};
use crate::opcode::{Op, Operand};
use crate::prelude::{Prelude, write_sizes};
use crate::vuint;

/// Why a module cannot be written as a file of version 5.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct WriteError {
    /// The code object that stands in the way, by its index in [`Module::codes`].
    pub code: CodeId,
    /// What is wrong with it.
    pub kind: WriteErrorKind,
}

/// What of a code object cannot be written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum WriteErrorKind {
    /// It is machine code.
    MachineCode,
    /// It is not valid: its prelude, an instruction, or what an instruction refers to.
    Invalid,
    /// An `and` or `or` jumps over more than 32 kilobytes. All other jumps reach as far as in version 6, or farther.
    TooFar,
    /// A constant of this kind, a tuple for example, is not known to version 5.
    Constant(&'static str),
}

impl fmt::Display for WriteError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.kind {
            WriteErrorKind::MachineCode => f.write_str("machine code is not made for version 5 of the format"),
            WriteErrorKind::Invalid => write!(f, "code object {} is not valid", self.code),
            WriteErrorKind::TooFar => f.write_str("bytecode overflow"),
            WriteErrorKind::Constant(kind) => write!(f, "version 5 of the format has no constants like this: {kind}"),
        }
    }
}

impl core::error::Error for WriteError {}

/// The module as a file of version 5.
///
/// `module` has the bytecode of version 6 but for calls with starred arguments, which are as version 5 has them, with a sequence and a dict
/// (either may be null) above all other arguments: so the compiler makes modules for releases before 1.19. `caches` says whether there is
/// a byte for a cache after each instruction that looks a name up, which the unix and Windows ports of 1.12 to 1.17 demand.
///
/// ```
/// use berus_mpy::{Module, v5};
///
/// let module = Module::from_bytes(b"M\x06\x00\x1f\x02\x00\x08x.py\x00\x0f\x28\x00\x02\x01\x51\x63").unwrap().0;
/// assert_eq!(v5::write(&module, false).unwrap(), b"M\x05\x02\x1f\x20\x24\x00\x0a\x00\x07\x08x.py\x00\x51\x63\x00\x00");
/// ```
///
/// # Errors
/// If the module has what version 5 cannot say.
pub fn write(module: &Module<'_>, caches: bool) -> Result<Vec<u8>, WriteError> {
    let magic = match module.header.flavour {
        Flavour::MicroPython => b'M',
        Flavour::CircuitPython => b'C',
    };
    let feature = if caches { CACHES | UNICODE } else { UNICODE };
    let mut writer = Writer { module, caches, out: Vec::new(), window: Window::default() };
    writer.out.extend([magic, VERSION, feature, module.header.small_int_bits]);
    vuint::write(&mut writer.out, window::SIZE as u32);
    for (id, code) in (0..).zip(&module.codes) {
        writer.code(code).map_err(|kind| WriteError { code: id, kind })?;
    }
    Ok(writer.out)
}

type Written<T = ()> = Result<T, WriteErrorKind>;

struct Writer<'m> {
    module: &'m Module<'m>,
    caches: bool,
    out: Vec<u8>,
    /// The names that were written last.
    window: Window,
}

/// The instructions of a function, as they lie in the memory of a release that reads version 5.
struct Body<'c> {
    code: &'c [u8],
    instructions: Vec<Instruction>,
    /// Where each instruction goes, and the end of all.
    places: Vec<usize>,
    /// The number of the first constant and of the first child, which count on from the arguments.
    first_constant: u32,
    first_child: u32,
    caches: bool,
}

impl<'c> Body<'c> {
    fn new(code: &'c [u8], n_arguments: u32, caches: bool) -> Written<Body<'c>> {
        let instructions = instructions(code).collect::<Result<Vec<_>, _>>().map_err(|_| WriteErrorKind::Invalid)?;
        let n_constants = instructions.iter().filter(|instruction| is_constant(instruction)).count() as u32;
        let first_child = n_arguments.checked_add(n_constants).ok_or(WriteErrorKind::Invalid)?;
        let mut body =
            Body { code, instructions, places: Vec::new(), first_constant: n_arguments, first_child, caches };
        body.place();
        Ok(body)
    }

    fn place(&mut self) {
        let mut next_constant = self.first_constant;
        let mut end = 0;
        for instruction in &self.instructions {
            self.places.push(end);
            let extra = usize::from(instruction.op.has_extra());
            end += match instruction.op.operand() {
                Operand::Qstr => 3 + usize::from(self.has_cache(instruction.op)),
                Operand::Jump | Operand::Forward | Operand::Unwind => 3 + extra,
                Operand::Constant => {
                    next_constant += 1;
                    1 + vuint::len(next_constant - 1)
                }
                Operand::Child | Operand::Closure => {
                    1 + vuint::len(self.first_child.saturating_add(instruction.index())) + extra
                }
                _ => instruction.len,
            };
        }
        self.places.push(end);
    }

    fn has_cache(&self, op: Op) -> bool {
        self.caches && matches!(op, Op::LoadName | Op::LoadGlobal | Op::LoadAttr | Op::StoreAttr)
    }

    /// Where the instruction that was at `offset` goes; for an offset within one, where the next goes.
    fn moved(&self, offset: usize) -> usize {
        self.places[self.instructions.partition_point(|instruction| instruction.offset < offset)]
    }

    /// The operand of jump number `n`.
    fn distance(&self, n: usize) -> Written<[u8; 2]> {
        let jump = &self.instructions[n];
        let target = jump.target().ok_or(WriteErrorKind::Invalid)?;
        let from = self.places[n + 1] - usize::from(jump.op.has_extra());
        let biased =
            jump.op.operand() != Operand::Forward || matches!(jump.op, Op::JumpIfTrueOrPop | Op::JumpIfFalseOrPop);
        let distance = self.moved(target) as i64 - from as i64 + if biased { 0x8000 } else { 0 };
        u16::try_from(distance).map(u16::to_le_bytes).map_err(|_| WriteErrorKind::TooFar)
    }
}

fn is_constant(instruction: &Instruction) -> bool {
    instruction.op.operand() == Operand::Constant
}

impl Writer<'_> {
    fn code(&mut self, code: &RawCode<'_>) -> Written {
        if code.kind != Kind::Bytecode {
            return Err(WriteErrorKind::MachineCode);
        }
        let bytes = &*code.code;
        let prelude = Prelude::read(bytes, 0).map_err(|_| WriteErrorKind::Invalid)?;
        let signature = prelude.signature;
        let body = Body::new(&bytes[prelude.end()..], signature.n_named_args(), self.caches)?;

        let mut head = Vec::new();
        signature.write(&mut head);
        let mut lines = lines::moved(&bytes[prelude.lines_at.clone()], |offset| body.moved(offset));
        lines.push(0);
        // In memory a name takes two bytes: those of the function and of its source.
        let names = 4;
        write_sizes(&mut head, (names + lines.len()) as u32, prelude.cells_at.len() as u32);
        let len = head.len() + names + lines.len() + prelude.cells_at.len() + body.places[body.instructions.len()];
        vuint::write(&mut self.out, (len as u32) << 2);
        self.out.extend(head);
        self.name(prelude.name)?;
        self.name(0)?;
        self.out.extend(lines);
        self.out.extend_from_slice(&bytes[prelude.cells_at.clone()]);
        self.instructions(&body)?;

        vuint::write(&mut self.out, body.first_child - body.first_constant);
        vuint::write(&mut self.out, code.children.len() as u32);
        for name in prelude.arg_names(bytes) {
            self.name(name)?;
        }
        for load in body.instructions.iter().filter(|instruction| is_constant(instruction)) {
            self.constant(load.index())?;
        }
        Ok(())
    }

    fn instructions(&mut self, body: &Body<'_>) -> Written {
        let mut next_constant = body.first_constant;
        for (n, instruction) in body.instructions.iter().enumerate() {
            let op = instruction.op;
            let bytes = &body.code[instruction.offset..instruction.end()];
            match op.operand() {
                Operand::Qstr => {
                    self.out.push(op as u8);
                    self.name(instruction.index())?;
                    self.out.extend(body.has_cache(op).then_some(0));
                    continue;
                }
                Operand::Jump | Operand::Forward | Operand::Unwind => {
                    self.out.push(op as u8);
                    self.out.extend(body.distance(n)?);
                }
                Operand::Constant => {
                    self.out.push(op as u8);
                    vuint::write(&mut self.out, next_constant);
                    next_constant += 1;
                }
                Operand::Child | Operand::Closure => {
                    self.out.push(op as u8);
                    vuint::write(&mut self.out, body.first_child.saturating_add(instruction.index()));
                }
                _ => {
                    self.out.extend_from_slice(bytes);
                    continue;
                }
            }
            self.out.extend(op.has_extra().then_some(instruction.extra));
        }
        Ok(())
    }

    /// Writes a name by its number in the table.
    fn name(&mut self, number: u32) -> Written {
        match self.module.qstrs.get(number as usize).ok_or(WriteErrorKind::Invalid)? {
            Qstr::Static(id) => self.out.extend([0, *id as u8]),
            Qstr::Own(text) => match self.window.place(number) {
                Some(place) => vuint::write(&mut self.out, place << 1 | 1),
                None => {
                    vuint::write(&mut self.out, (text.len() as u32) << 1);
                    self.out.extend_from_slice(text);
                }
            },
        }
        Ok(())
    }

    /// Writes a constant by its number in the table.
    fn constant(&mut self, number: u32) -> Written {
        let constant = self.module.constants.get(number as usize).ok_or(WriteErrorKind::Invalid)?;
        let (kind, text) = match constant {
            Constant::Ellipsis => {
                self.out.push(b'e');
                return Ok(());
            }
            Constant::Str(text) => (b's', text),
            Constant::Bytes(text) => (b'b', text),
            Constant::Int(text) => (b'i', text),
            Constant::Float(text) => (b'f', text),
            Constant::Complex(text) => (b'c', text),
            other => return Err(WriteErrorKind::Constant(other.kind_name())),
        };
        self.out.push(kind);
        vuint::write(&mut self.out, text.len() as u32);
        self.out.extend_from_slice(text);
        Ok(())
    }
}
