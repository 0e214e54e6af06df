//! The bytecode of one code object, a row for each instruction.

use alloc::vec::Vec;
use core::cmp::Reverse;
use core::fmt;

use super::depth::depths;
use super::operand::{Resolved, mnemonic};
use super::outline::Outline;
use super::signature::{UNNAMED, arg_names, n_cells};
use crate::bytecode::{DecodeError, Instruction};
use crate::lines;
use crate::module::{CodeId, Kind, Module, Qstr, RawCode};
use crate::opcode::{Flow, Op};
use crate::prelude::{Prelude, PreludeError, scope_flag};

/// The bytecode of one code object.
#[derive(Clone, Debug)]
pub struct Listing<'m> {
    module: &'m Module<'m>,
    code: &'m RawCode<'m>,
    prelude: Prelude,
    locals: Vec<Option<&'m [u8]>>,
    n_cells: usize,
    child_names: Vec<(CodeId, Option<&'m [u8]>)>,
    rows: Vec<Row>,
    labels: Vec<(usize, LabelKind)>,
    undecoded: Option<Undecoded>,
}

/// An instruction and what is known of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Row {
    /// The instruction.
    pub instruction: Instruction,
    /// The line of the source that the instruction comes from; `None` if the code has no line table.
    pub line: Option<u32>,
    /// How many slots of the value stack are in use before the instruction, as far as the effects of instructions tell;
    /// `None` if control never comes to it.
    pub depth: Option<u32>,
}

/// A place that jumps go to. As text: `L1`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Label {
    /// The label's number, counted from 1 in the order of the code.
    pub number: usize,
    /// How control comes to the label.
    pub kind: LabelKind,
}

/// How control comes to a label. A handler may be the target of jumps as well.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum LabelKind {
    /// Control comes by a jump.
    Jump,
    /// Control comes by an exception: the label is an `except` part.
    Except,
    /// Control comes however the block before is left: the label is a `finally` part.
    Finally,
    /// Control comes however the block before is left: the label is the end of a `with` statement.
    With,
}

/// Bytes at the end of a code object that are no instructions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Undecoded {
    /// The offset at which the bytes start.
    pub offset: usize,
    /// Why there is no instruction at that offset.
    pub error: DecodeError,
}

impl<'m> Listing<'m> {
    /// The listing of code object `id`, or what is wrong with its prelude. `None` if the code object is not bytecode,
    /// or does not exist.
    ///
    /// Children are called by the names in their preludes only; [`Listing::with_outline`] knows more names.
    pub fn of(module: &'m Module<'m>, id: CodeId) -> Option<Result<Listing<'m>, PreludeError>> {
        let code = module.codes.get(id as usize)?;
        if code.kind != Kind::Bytecode {
            return None;
        }
        Some(code.prelude()?.map(|prelude| Listing::new(module, code, prelude)))
    }

    /// As [`Listing::of`], with children called as in `outline`, the outline of `module`.
    pub fn with_outline(
        module: &'m Module<'m>,
        outline: &Outline<'m>,
        id: CodeId,
    ) -> Option<Result<Listing<'m>, PreludeError>> {
        let mut listing = Listing::of(module, id)?;
        if let Ok(listing) = &mut listing {
            for (child, name) in &mut listing.child_names {
                *name = outline.get(*child).and_then(|entry| entry.name);
            }
        }
        Some(listing)
    }

    fn new(module: &'m Module<'m>, code: &'m RawCode<'m>, prelude: Prelude) -> Listing<'m> {
        let (instructions, undecoded) = decode(&code.code, prelude.end());
        let depths = depths(&instructions);
        let lines = line_of_each(&code.code, &prelude, &instructions);
        let labels = find_labels(&instructions);
        let rows = instructions
            .into_iter()
            .zip(depths)
            .zip(lines)
            .map(|((instruction, depth), line)| Row { instruction, line, depth })
            .collect();
        let mut locals: Vec<_> = arg_names(module, &code.code, &prelude).collect();
        let name = module.qstrs.get(prelude.name as usize).map(Qstr::as_bytes);
        let n_cells = n_cells(name, &locals);
        for local in locals.iter_mut().filter(|local| **local == Some(UNNAMED)) {
            *local = None;
        }
        for (flag, name) in [(scope_flag::VARARGS, &b"*args"[..]), (scope_flag::VARKEYWORDS, b"**kwargs")] {
            if prelude.signature.scope_flags & flag != 0 {
                locals.push(Some(name));
            }
        }
        let child_name = |id: CodeId| {
            let child = module.codes.get(id as usize)?;
            let name = child.prelude()?.ok()?.name;
            Some(module.qstrs.get(name as usize)?.as_bytes())
        };
        let child_names = code.children.iter().map(|&id| (id, child_name(id))).collect();
        Listing { module, code, prelude, locals, n_cells, child_names, rows, labels, undecoded }
    }

    /// The module.
    pub fn module(&self) -> &'m Module<'m> {
        self.module
    }

    /// The code object. Offsets count from the start of its code, prelude included.
    pub fn code(&self) -> &'m RawCode<'m> {
        self.code
    }

    /// The prelude.
    pub fn prelude(&self) -> &Prelude {
        &self.prelude
    }

    /// How many cells the function closes over: they are its first locals.
    pub fn n_closed_over(&self) -> usize {
        self.n_cells
    }

    /// The instructions.
    pub fn rows(&self) -> &[Row] {
        &self.rows
    }

    /// The bytes behind the last instruction, if there are any.
    pub fn undecoded(&self) -> Option<Undecoded> {
        self.undecoded
    }

    /// The label of the instruction at `offset`, if it has one.
    pub fn label(&self, offset: usize) -> Option<Label> {
        let index = self.labels.binary_search_by_key(&offset, |label| label.0).ok()?;
        Some(Label { number: index + 1, kind: self.labels[index].1 })
    }

    /// What the operand of an instruction of this listing stands for.
    pub fn resolve(&self, instruction: &Instruction) -> Resolved<'m> {
        Resolved::new(self, instruction)
    }

    /// The name of a local variable, which only arguments have.
    pub fn local_name(&self, number: u32) -> Option<&'m [u8]> {
        self.locals.get(number as usize).copied().flatten()
    }

    pub(super) fn child_name(&self, id: CodeId) -> Option<&'m [u8]> {
        // Children have rising numbers in a module that was read.
        let index = self.child_names.binary_search_by_key(&id, |child| child.0).ok()?;
        self.child_names[index].1
    }
}

/// The instructions of `code` from `offset` on, and what stops them before its end.
fn decode(code: &[u8], mut offset: usize) -> (Vec<Instruction>, Option<Undecoded>) {
    let mut instructions = Vec::new();
    while offset < code.len() {
        match Instruction::decode(code, offset) {
            Ok(instruction) => {
                offset = instruction.end();
                instructions.push(instruction);
            }
            Err(error) => return (instructions, Some(Undecoded { offset, error })),
        }
    }
    (instructions, None)
}

fn line_of_each(code: &[u8], prelude: &Prelude, instructions: &[Instruction]) -> Vec<Option<u32>> {
    let table = code.get(prelude.lines_at.clone()).unwrap_or_default();
    let mut steps = lines::steps(table).map(|(step, _)| step);
    let mut step = steps.next();
    let has_lines = step.is_some();
    let (mut line, mut line_end) = (1u32, prelude.end());
    let of_one = |instruction: &Instruction| {
        while let Some(now) = step {
            if line_end + now.bytes as usize > instruction.offset {
                break;
            }
            line_end += now.bytes as usize;
            line = line.saturating_add(now.lines);
            step = steps.next();
        }
        has_lines.then_some(line)
    };
    instructions.iter().map(of_one).collect()
}

/// The offsets that jumps and handlers lead to, in ascending order, as far as instructions start there.
fn find_labels(instructions: &[Instruction]) -> Vec<(usize, LabelKind)> {
    let mut labels: Vec<_> = instructions
        .iter()
        .filter_map(|i| Some((i.target()?, label_kind(i.op))))
        .filter(|label| instructions.binary_search_by_key(&label.0, |i| i.offset).is_ok())
        .collect();
    // Of all the kinds of a label the highest, a handler if there is any, comes first and stays.
    labels.sort_unstable_by_key(|&(offset, kind)| (offset, Reverse(kind)));
    labels.dedup_by_key(|label| label.0);
    labels
}

fn label_kind(op: Op) -> LabelKind {
    match (op.flow(), op) {
        (Flow::Setup, Op::SetupExcept) => LabelKind::Except,
        (Flow::Setup, Op::SetupWith) => LabelKind::With,
        (Flow::Setup, _) => LabelKind::Finally,
        _ => LabelKind::Jump,
    }
}

impl LabelKind {
    /// What the label is, in words; empty for the target of jumps.
    pub const fn describe(self) -> &'static str {
        match self {
            LabelKind::Jump => "",
            LabelKind::Except => "except handler",
            LabelKind::Finally => "finally handler",
            LabelKind::With => "with handler",
        }
    }
}

impl fmt::Display for Label {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "L{}", self.number)
    }
}

/// A plain listing: label, line where it changes, offset, opcode and operand of each instruction.
impl fmt::Display for Listing<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut last_line = None;
        for row in &self.rows {
            let offset = row.instruction.offset;
            if let Some(label) = self.label(offset) {
                writeln!(f, "{label}:")?;
            }
            match row.line.filter(|_| row.line != last_line) {
                Some(line) => write!(f, "{line:6}")?,
                None => write!(f, "{:6}", "")?,
            }
            last_line = row.line;
            let operand = self.resolve(&row.instruction);
            match (operand, mnemonic(row.instruction.op)) {
                (Resolved::Nothing, name) => writeln!(f, "  {offset:04x}  {name}")?,
                (operand, name) => writeln!(f, "  {offset:04x}  {name:<24} {operand}")?,
            }
        }
        match self.undecoded {
            Some(rest) => writeln!(f, "        {:04x}  no instructions: {}", rest.offset, rest.error),
            None => Ok(()),
        }
    }
}
