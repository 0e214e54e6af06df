//! The first look at a code object: its prelude, and each instruction on its own.
//!
//! The scan finds the labels, and how the code uses its locals. A function that closes over variables gets their cells
//! as its first arguments. How many there are shows only in how the function uses these arguments.

use alloc::vec::Vec;

use super::blocks::exception_test;
use super::error::{Checked, Fault, Reason, stopped};
use super::glance::Glance;
use super::labels::{BITS, Labels};
use super::refusal::whole;
use crate::bytecode::Instruction;
use crate::lines;
use crate::memory::Quota;
use crate::opcode::{Op, Operand};
use crate::prelude::{Prelude, Signature, scope_flag};

/// What can be said of a function without following its control flow.
#[derive(Clone, Copy)]
pub(super) struct Shape {
    pub signature: Signature,
    /// The offset of the first instruction.
    pub start: usize,
    /// Slots of the frame that hold locals.
    pub locals: u32,
    /// How many cells the function may be made with: at least and at most.
    pub cells: (u32, u32),
    own_cells: LocalSet,
}

impl Shape {
    /// Whether a local holds a cell.
    pub fn is_cell(&self, local: u32) -> bool {
        local < self.cells.0 || self.own_cells.contains(local)
    }
}

impl Contract {
    pub fn new(signature: &Signature, cells: (u32, u32)) -> Contract {
        Contract {
            cells,
            has_positional_defaults: signature.n_def_pos_args > 0,
            has_keyword_defaults: signature.scope_flags & scope_flag::DEFKWARGS != 0,
        }
    }
}

/// A set of locals whose numbers fit a byte.
#[derive(Clone, Copy, Default)]
struct LocalSet([usize; 256 / BITS]);

impl LocalSet {
    fn contains(&self, local: u32) -> bool {
        let local = local as usize;
        self.0.get(local / BITS).is_some_and(|word| word >> (local % BITS) & 1 != 0)
    }

    /// Adds a local, and answers whether the set did not have it yet.
    fn insert(&mut self, local: u8) -> bool {
        let was = self.contains(local.into());
        let local = usize::from(local);
        self.0[local / BITS] |= 1 << (local % BITS);
        !was
    }
}

/// What must be known of a code object to make functions of it.
#[derive(Clone, Copy)]
pub(super) struct Contract {
    /// How many cells the function may be made with: at least and at most.
    pub cells: (u32, u32),
    /// Whether the function has defaults for positional arguments.
    pub has_positional_defaults: bool,
    /// Whether the function has defaults for keyword-only arguments.
    pub has_keyword_defaults: bool,
}

/// The tables that the instructions' operands may refer to.
#[derive(Clone, Copy)]
pub(super) struct Tables<'a> {
    pub n_names: usize,
    /// For each constant, whether it is an object.
    pub constants: &'a [bool],
    /// How many constants are objects, up to the first that is not.
    #[cfg_attr(feature = "small", allow(dead_code))] // a glance asks
    pub n_objects: usize,
    pub n_children: usize,
}

/// Checks what a prelude says against itself and the tables. `code` is the code that the prelude was read from.
pub(super) fn check_prelude(prelude: &Prelude, code: &[u8], n_names: usize) -> Checked {
    let signature = &prelude.signature;
    if signature.n_def_pos_args > signature.n_pos_args {
        return Err(Reason::Defaults.into());
    }
    if let Some(name) = [prelude.name].into_iter().chain(prelude.arg_names(code)).find(|&i| i as usize >= n_names) {
        return Err(Reason::Name(name).into());
    }
    let table = &code[prelude.lines_at.clone()];
    if lines::steps(table).map(|(_, len)| len).sum::<usize>() != table.len() {
        return Err(Reason::Lines.into());
    }
    Ok(())
}

/// A scanner of code objects, which keeps its memory from one to the next.
pub(super) struct Scanner<'q> {
    quota: &'q Quota<'q>,
    /// The labels of the code that has been scanned last.
    pub labels: Labels,
    /// The locals that the unbroken row of `LOAD_FAST`s just before the present instruction loads.
    loads: Vec<u32>,
}

/// Bytes of code that are scanned in about the time of a step of work.
const BYTES_PER_STEP: usize = 8;

/// How a function uses its locals.
pub(super) struct Uses {
    is_generator: bool,
    own_cells: LocalSet,
    n_pos_args: u32,
    /// 1 more than the number of the last argument that is used as a cell.
    cells_min: u32,
    /// The number of the first argument that is used as an object, or how many positional arguments there are.
    cells_max: u32,
    /// 1 more than the number of the last local that is used at all.
    locals: u32,
}

impl Uses {
    fn object(&mut self, local: u32) {
        self.locals = self.locals.max(local.saturating_add(1));
        self.cells_max = self.cells_max.min(local);
    }

    fn cell(&mut self, local: u32) -> Checked {
        if self.own_cells.contains(local) {
            return Ok(());
        }
        if local >= self.n_pos_args {
            return Err(Reason::NotCell(local).into());
        }
        self.cells_min = self.cells_min.max(local + 1);
        Ok(())
    }

    fn load(&mut self, local: u32) {
        if !self.own_cells.contains(local) {
            self.object(local);
        }
    }

    fn store(&mut self, local: u32) -> Checked {
        if self.own_cells.contains(local) {
            return Err(Reason::CellAsObject(local).into());
        }
        self.object(local);
        Ok(())
    }
}

impl<'q> Scanner<'q> {
    /// A scanner that has scanned nothing.
    pub fn new(quota: &'q Quota<'q>) -> Scanner<'q> {
        Scanner { quota, labels: Labels::default(), loads: Vec::new() }
    }

    /// Looks at all of a bytecode object, and finds its labels.
    pub fn scan(&mut self, code: &[u8], tables: Tables<'_>, glance: Glance) -> Result<Shape, Fault> {
        // Longer code than a file can hold would not fit the numbers here.
        u32::try_from(code.len()).map_err(|_| whole(Reason::TooComplex))?;
        let prelude = Prelude::read(code, 0).map_err(|error| whole(Reason::Prelude(error)))?;
        check_prelude(&prelude, code, tables.n_names).map_err(|refusal| refusal.at(None))?;
        let signature = prelude.signature;
        let mut uses = Uses {
            is_generator: signature.is_generator(),
            own_cells: LocalSet::default(),
            n_pos_args: signature.n_pos_args,
            cells_min: 0,
            cells_max: signature.n_pos_args,
            locals: signature.n_args(),
        };
        for &local in &code[prelude.cells_at.clone()] {
            uses.object(local.into());
            if !uses.own_cells.insert(local) {
                return Err(whole(Reason::CellTwice(local)));
            }
        }

        let start = prelude.end();
        self.quota.steps(code.len() / BYTES_PER_STEP).map_err(stopped)?;
        self.labels.clear(code.len(), self.quota).map_err(stopped)?;
        self.loads.clear();
        if !self.labels.add(start) {
            return Err(whole(Reason::RunsOff));
        }
        self.instructions(start, code, tables, glance, &mut uses)?;
        if uses.locals > signature.n_state {
            return Err(whole(Reason::Frame(uses.locals, signature.n_state)));
        }
        if uses.cells_min > uses.cells_max {
            return Err(whole(Reason::CellAsObject(uses.cells_max)));
        }
        if !self.labels.complete(self.quota).map_err(stopped)? {
            let told = cfg!(feature = "reasons").then(|| misplaced_jump(code, start, &self.labels));
            return Err(told.unwrap_or_else(|| whole(Reason::RunsOff)));
        }
        let cells = (uses.cells_min, uses.cells_max);
        Ok(Shape { signature, start, locals: uses.locals, cells, own_cells: uses.own_cells })
    }

    /// Looks at each instruction on its own.
    fn instructions(
        &mut self,
        start: usize,
        code: &[u8],
        tables: Tables<'_>,
        glance: Glance,
        uses: &mut Uses,
    ) -> Result<(), Fault> {
        let mut offset = start;
        while offset < code.len() {
            self.labels.add_instruction(offset);
            offset += match self.pass_right(offset, code, &tables, glance, uses) {
                Some(len) => len,
                None => self.look_closer(offset, code, tables, uses)?,
            };
        }
        self.end_loads(uses);
        Ok(())
    }

    /// Checks an instruction and returns its length.
    fn look_closer(&mut self, offset: usize, code: &[u8], tables: Tables<'_>, uses: &mut Uses) -> Result<usize, Fault> {
        self.check(offset, code, tables, uses).map_err(|refusal| refusal.at(Some(offset)))
    }

    fn check(&mut self, offset: usize, code: &[u8], tables: Tables<'_>, uses: &mut Uses) -> Checked<usize> {
        let instruction = Instruction::decode(code, offset).map_err(Reason::Decode)?;
        let (op, index) = (instruction.op, instruction.index());
        match op.operand() {
            Operand::Closure => self.end_loads_with_cells(instruction.extra, uses)?,
            _ if matches!(op, Op::LoadFastMulti | Op::LoadFastN) => {
                self.note_load(index);
                return Ok(instruction.len);
            }
            _ => self.end_loads(uses),
        }
        match op.operand() {
            Operand::None if matches!(op, Op::YieldValue | Op::YieldFrom) && !uses.is_generator => {
                return Err(Reason::Yield.into());
            }
            Operand::None | Operand::SmallInt => {}
            Operand::Implied if op == Op::StoreFastMulti => uses.store(index)?,
            Operand::Implied => {}
            Operand::Qstr if index as usize >= tables.n_names => return Err(Reason::Name(index).into()),
            Operand::Qstr => {}
            Operand::Constant => match tables.constants.get(index as usize) {
                Some(true) => {}
                Some(false) => return Err(Reason::FunctionTable(index).into()),
                None => return Err(Reason::Constant(index).into()),
            },
            Operand::Local if matches!(op, Op::StoreFastN | Op::DeleteFast) => uses.store(index)?,
            Operand::Local => uses.cell(index)?,
            Operand::Count if op == Op::BuildSlice && !matches!(index, 2 | 3) => {
                return Err(Reason::SliceItems(index).into());
            }
            Operand::Count => {}
            Operand::Arguments | Operand::Starred if index > 0xff_ffff => {
                return Err(Reason::TooManyArguments(index).into());
            }
            Operand::Arguments | Operand::Starred => {}
            Operand::Collection if index & 3 > 2 => return Err(Reason::Collection(index & 3).into()),
            Operand::Collection => {}
            Operand::Child | Operand::Closure if index as usize >= tables.n_children => {
                return Err(Reason::Child(index).into());
            }
            Operand::Child | Operand::Closure => {}
            Operand::Jump | Operand::Forward | Operand::Unwind => self.jump(&instruction, code)?,
        }
        Ok(instruction.len)
    }

    /// Notes where a jump goes to.
    fn jump(&mut self, instruction: &Instruction, code: &[u8]) -> Checked {
        let target = instruction.target().filter(|&target| target < code.len() && self.labels.add(target));
        let target = target.ok_or(Reason::JumpOutside)?;
        if instruction.op == Op::SetupFinally
            && let Some(test) = exception_test(code, target)
            && !self.labels.add(test.entry.exception)
        {
            return Err(Reason::JumpOutside.into());
        }
        Ok(())
    }

    /// Notes that a `LOAD_FAST` loads a local.
    #[inline]
    pub(super) fn note_load(&mut self, local: u32) {
        self.quota.push_or_stop(&mut self.loads, local);
    }

    /// Ends a row of `LOAD_FAST`s, if there was one.
    #[inline]
    pub(super) fn end_loads(&mut self, uses: &mut Uses) {
        if !self.loads.is_empty() {
            self.loads.iter().for_each(|&local| uses.load(local));
            self.loads.clear();
        }
    }

    /// Ends a row of `LOAD_FAST`s at an instruction that takes the last `n_cells` of them as cells.
    fn end_loads_with_cells(&mut self, n_cells: u8, uses: &mut Uses) -> Checked {
        let n_objects = self.loads.len().checked_sub(n_cells.into()).ok_or(Reason::ClosureLoads)?;
        self.loads.drain(n_objects..).try_for_each(|local| uses.cell(local))?;
        self.end_loads(uses);
        Ok(())
    }
}

/// The first jump to where no instruction starts.
fn misplaced_jump(code: &[u8], start: usize, labels: &Labels) -> Fault {
    let mut offset = start;
    while let Ok(instruction) = Instruction::decode(code, offset) {
        if let Some(target) = instruction.target().filter(|&target| !labels.is_instruction(target)) {
            return (Some(offset), Reason::JumpInside(target));
        }
        offset = instruction.end();
    }
    (None, Reason::RunsOff)
}
