//! The bytecode emitter.
//!
//! It writes instructions to a buffer as they come, jumps without their offsets, and notes where jumps, labels and
//! lines are. That is enough to size the jumps at the end of the walk ([`jumps`]) and to put the function together, so one
//! walk is all it takes (MicroPython: `py/emitbc.c`).

mod instructions;
mod jumps;

use alloc::vec::Vec;

use berus_mpy::lines::{self, Step};
use berus_mpy::memory::{Quota, Stop};
use berus_mpy::opcode::{Op, Operand};
use berus_mpy::prelude::{Signature, write_sizes};
use berus_mpy::release::Release;
use berus_mpy::vuint;

use super::tables::Tables;
use super::{Arguments, Emit, EmitError, Label, Pass};
use crate::error::{CompileError, ErrorKind};
use crate::names::Name;
use crate::options::Options;
use crate::scope::Scope;
use crate::tree::Node;
use jumps::{Jump, Jumps, Offsets, Place};

/// What there is of the code of a function. The memory is kept from one function to the next.
#[derive(Debug, Default)]
pub(crate) struct Buffers {
    /// Indices in the qstr table: the function's name and its arguments'.
    own_names: Vec<u32>,
    /// Instructions, jumps without their offsets.
    code: Vec<u8>,
    jumps: Jumps,
    /// Where a later line begins, and that line.
    lines: Vec<(Place, u32)>,
}

impl Buffers {
    fn clear(&mut self) {
        self.own_names.clear();
        self.code.clear();
        self.jumps.list.clear();
        self.jumps.labels.clear();
        self.lines.clear();
    }

    /// Gives back the memory.
    pub fn retire(self, quota: &Quota<'_>) {
        quota.free(self.own_names);
        quota.free(self.code);
        quota.free(self.jumps.list);
        quota.free(self.jumps.labels);
        quota.free(self.lines);
    }
}

/// The most bytes of an instruction but for the offset of a jump.
const INSTRUCTION: usize = 16;

/// The most bytes of a prelude but for names, lines and cells.
const SIGNATURE: usize = 64;

/// Makes the bytecode of one function.
#[derive(Debug)]
pub(crate) struct Bytecode<'e, 't> {
    tables: &'e mut Tables<'t>,
    buffers: &'e mut Buffers,
    keep_lines: bool,
    pass: Pass,
    last_line: u32,
    /// Whether the last line begins with the next instruction that can fail.
    awaits_failure: bool,
    /// How many of the first locals are set all the time: parameters, unless the function deletes variables.
    always_set: u16,
    stack_size: i32,
    max_stack_size: i32,
    /// Whether control cannot get here: what is emitted up to the next label is dropped, but its names, constants and
    /// functions are not, nor the stack that it would need.
    unreachable: bool,
    /// Whether code that control cannot reach is kept, as before 1.20.
    keeps_unreachable: bool,
    /// What lies above all arguments of a call if some are starred: a bitmap or, before 1.19, a sequence and a dict.
    starred_slots: i32,
    /// Whether nothing follows a return.
    has_returned: bool,
    error: Option<EmitError>,
}

impl<'e, 't> Bytecode<'e, 't> {
    /// An emitter for one walk over `scope`. It enters names and constants in `tables`, first the names of the function
    /// and its arguments.
    pub fn new(
        tables: &'e mut Tables<'t>,
        buffers: &'e mut Buffers,
        options: &Options<'_>,
        pass: Pass,
        scope: &Scope,
    ) -> Bytecode<'e, 't> {
        buffers.clear();
        let quota = tables.quota;
        let arg_names = tables.arg_names(scope).unwrap_or_default();
        for &name in [scope.name].iter().chain(&arg_names) {
            quota.push_or_stop(&mut buffers.own_names, tables.qstr(name));
        }
        quota.free(arg_names);
        Bytecode {
            tables,
            buffers,
            keep_lines: options.source_lines && options.optimise < 3,
            pass,
            last_line: 1,
            awaits_failure: false,
            always_set: if scope.deletes { 0 } else { scope.num_pos_args + scope.num_kwonly_args },
            stack_size: 0,
            max_stack_size: 0,
            unreachable: false,
            keeps_unreachable: options.is_before(Release(1, 20, 0)),
            starred_slots: if options.is_before(Release(1, 19, 0)) { 2 } else { 1 },
            has_returned: false,
            error: None,
        }
    }

    fn place_here(&self) -> Place {
        Place { at: self.buffers.code.len() as u32, jumps: self.buffers.jumps.list.len() as u32 }
    }

    /// The code to append a part of an instruction to, unless control cannot get there or there is no room for it.
    fn room(&mut self) -> Option<&mut Vec<u8>> {
        let code = &mut self.buffers.code;
        let is_kept = !self.unreachable && self.tables.quota.reserve(code, INSTRUCTION).is_ok();
        is_kept.then_some(code)
    }

    /// Whether what is emitted is dropped, with its names and constants.
    fn leaves_no_trace(&self) -> bool {
        self.unreachable && self.tables.is_frugal()
    }

    fn byte(&mut self, byte: u8) {
        if let Some(code) = self.room() {
            code.push(byte);
        }
    }

    fn op(&mut self, op: Op, effect: i32) {
        self.op_of_group(op, 0, effect);
    }

    /// An opcode of a group.
    fn op_of_group(&mut self, group: Op, number: u8, effect: i32) {
        self.adjust_stack(effect);
        if can_fail(group) {
            self.may_fail();
        }
        self.byte(group as u8 + number);
    }

    fn op_uint(&mut self, op: Op, operand: u32, effect: i32) {
        self.op(op, effect);
        if let Some(code) = self.room() {
            vuint::write(code, operand);
        }
    }

    fn op_name(&mut self, op: Op, name: Name, effect: i32) {
        let index = if self.leaves_no_trace() { 0 } else { self.tables.qstr(name) };
        self.op_uint(op, index, effect);
    }

    fn op_constant(&mut self, node: Node) {
        if self.leaves_no_trace() {
            return self.op_uint(Op::LoadConstObj, 0, 1);
        }
        match self.tables.constant(node) {
            Some(index) => self.op_uint(Op::LoadConstObj, index, 1),
            None => self.error = Some(EmitError::too_deep()),
        }
    }

    fn op_jump(&mut self, op: Op, label: Label, effect: i32) {
        self.op(op, effect);
        if !self.unreachable {
            let signed = op.operand() != Operand::Forward;
            let jump = Jump { at: self.buffers.code.len() as u32, label: label.0, signed };
            self.tables.quota.push_or_stop(&mut self.buffers.jumps.list, jump);
        }
    }

    /// Says that control does not go on from here.
    fn leave(&mut self) {
        self.unreachable = !self.keeps_unreachable;
    }

    fn op_call(&mut self, plain: Op, starred: Op, arguments: Arguments, effect: i32) {
        let values = (arguments.positional + 2 * arguments.keyword) as i32;
        let operand = arguments.keyword << 8 | arguments.positional;
        if arguments.starred {
            self.op_uint(starred, operand, effect - values - self.starred_slots);
        } else {
            self.op_uint(plain, operand, effect - values);
        }
    }

    /// Says that the next instruction may raise an exception.
    fn may_fail(&mut self) {
        if self.awaits_failure && !self.unreachable {
            self.begin_line();
        }
    }

    /// Says that the last line begins here.
    fn begin_line(&mut self) {
        let here = self.place_here();
        self.tables.quota.push_or_stop(&mut self.buffers.lines, (here, self.last_line));
        self.awaits_failure = false;
    }

    /// The bytes of the line table.
    fn line_table(&self, offsets: &Offsets) -> Result<Vec<u8>, Stop> {
        let mut table = Vec::new();
        let (mut at, mut line) = (0, 1);
        for &(place, next_line) in &self.buffers.lines {
            let position = offsets.position(place);
            let step = Step { bytes: position.wrapping_sub(at), lines: next_line - line };
            self.tables.quota.reserve(&mut table, step.most_bytes())?;
            lines::write(&mut table, step);
            (at, line) = (position, next_line);
        }
        Ok(table)
    }

    /// The function: prelude and code.
    fn assemble(&self, scope: &Scope) -> Result<Vec<u8>, CompileError> {
        let overflow = || CompileError::new(ErrorKind::Runtime, "bytecode overflow");
        let quota = self.tables.quota;
        let offsets = self.buffers.jumps.resolve(quota)?.ok_or_else(overflow)?;
        let lines = self.line_table(&offsets)?;
        let n_info = self.buffers.own_names.iter().map(|&name| vuint::len(name)).sum::<usize>() + lines.len();
        let n_state = (u32::from(scope.num_locals) + self.max_stack_size as u32).max(1);
        if n_state > u16::MAX.into() {
            return Err(overflow());
        }
        let signature = Signature {
            n_state,
            n_exc_stack: scope.exc_stack_size.into(),
            scope_flags: scope.flags,
            n_pos_args: scope.num_pos_args.into(),
            n_kwonly_args: scope.num_kwonly_args.into(),
            n_def_pos_args: scope.num_def_pos_args.into(),
        };
        let mut prelude = quota.with_capacity(SIGNATURE + n_info)?;
        signature.write(&mut prelude);
        write_sizes(&mut prelude, n_info as u32, scope.cells().count() as u32);
        self.buffers.own_names.iter().for_each(|&name| vuint::write(&mut prelude, name));

        let cells = scope.cells().count();
        let size = prelude.len() + lines.len() + cells + self.buffers.code.len() + offsets.size() as usize;
        let mut out = quota.with_capacity(size)?;
        out.extend_from_slice(&prelude);
        out.extend_from_slice(&lines);
        out.extend(scope.cells().map(|local| local as u8));
        let mut done = 0;
        for (i, jump) in self.buffers.jumps.list.iter().enumerate() {
            out.extend_from_slice(&self.buffers.code[done..jump.at as usize]);
            done = jump.at as usize;
            offsets.write(&mut out, &self.buffers.jumps, i);
        }
        out.extend_from_slice(&self.buffers.code[done..]);
        quota.free(prelude);
        quota.free(lines);
        offsets.retire(quota);
        Ok(out)
    }
}

/// Whether an instruction may raise an exception, so that tracebacks ask for its line. Jumps may, where events are looked at; of variables that
/// are loaded, only the emitter knows.
fn can_fail(op: Op) -> bool {
    !matches!(
        op,
        Op::LoadConstFalse
            | Op::LoadConstNone
            | Op::LoadConstTrue
            | Op::LoadConstSmallInt
            | Op::LoadConstSmallIntMulti
            | Op::LoadConstString
            | Op::LoadConstObj
            | Op::LoadNull
            | Op::LoadFastN
            | Op::LoadFastMulti
            | Op::StoreFastN
            | Op::StoreFastMulti
            | Op::StoreDeref
            | Op::DupTop
            | Op::DupTopTwo
            | Op::PopTop
            | Op::RotTwo
            | Op::RotThree
            | Op::SetupExcept
            | Op::SetupFinally
            | Op::ReturnValue
    )
}
