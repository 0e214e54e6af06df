//! Exception blocks: what `SETUP_WITH`, `SETUP_EXCEPT` and `SETUP_FINALLY` open.
//!
//! A block is active once its handler runs. As in MicroPython, whether its handler runs is a matter of place: a block
//! is active if the instruction is not before the handler. (MicroPython: `py/vm.c`.)

use alloc::vec::Vec;

use crate::bytecode::Instruction;
use crate::memory::{Quota, Stop};
use crate::opcode::{BinaryOp, Op};

/// The offsets at which the handler of a `SETUP_FINALLY` is entered.
///
/// In most cases both are the offset of the handler itself. The handler of an `async with` starts with a test that
/// tells an exception from a pending return or jump by comparing it with `BaseException`. In verified code the test is
/// not run: an interpreter knows what is pending, and enters behind the test or where the test would jump to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FinallyEntry {
    /// The offset at which the handler is entered with an exception.
    pub exception: usize,
    /// The offset at which the handler is entered with a pending return or jump.
    pub unwind: usize,
}

/// Where the handler at `handler` of a `SETUP_FINALLY` in verified `code` is entered.
///
/// ```
/// use berus_mpy::verify::{FinallyEntry, finally_entry};
///
/// let plain = [0x51, 0x59, 0x5d]; // None; pop it; END_FINALLY
/// assert_eq!(finally_entry(&plain, 0), FinallyEntry { exception: 0, unwind: 0 });
/// let of_async_with = [0x57, 0x12, 0x05, 0xdf, 0x44, 0x43]; // DUP_TOP; BaseException; match; jump on by 3 if false
/// assert_eq!(finally_entry(&of_async_with, 0), FinallyEntry { exception: 6, unwind: 9 });
/// ```
pub fn finally_entry(code: &[u8], handler: usize) -> FinallyEntry {
    let plain = FinallyEntry { exception: handler, unwind: handler };
    exception_test(code, handler).map_or(plain, |test| test.entry)
}

/// The test at the start of the handler of an `async with`.
pub(super) struct ExceptionTest {
    /// The qstr index of the name of the type that the exception is compared with.
    pub name: u32,
    pub entry: FinallyEntry,
}

pub(super) fn exception_test(code: &[u8], handler: usize) -> Option<ExceptionTest> {
    let mut offset = handler;
    let mut next = |op| {
        let instruction = Instruction::decode(code, offset).ok().filter(|i| i.op == op)?;
        offset = instruction.end();
        Some(instruction)
    };
    next(Op::DupTop)?;
    let name = next(Op::LoadGlobal)?.index();
    next(Op::BinaryOpMulti).filter(|i| i.arg == BinaryOp::ExceptionMatch as i64)?;
    let jump = next(Op::PopJumpIfFalse)?;
    Some(ExceptionTest { name, entry: FinallyEntry { exception: jump.end(), unwind: jump.target()? } })
}

/// The kind of a block, by the instruction that opened it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum BlockKind {
    With,
    Except,
    Finally,
    /// A `SETUP_FINALLY` whose handler has the test of an `async with`.
    AsyncWith,
}

impl BlockKind {
    /// How many of the slots below it the block has used up when it ends: `__exit__` and its `self`, or the
    /// asynchronous context manager.
    pub fn reach(self) -> u32 {
        match self {
            BlockKind::With => 2,
            BlockKind::AsyncWith => 1,
            BlockKind::Except | BlockKind::Finally => 0,
        }
    }
}

/// An open block, with all blocks that are open around it.
#[derive(Clone, Copy)]
pub(super) struct Block {
    pub kind: BlockKind,
    /// The offset of the block's handler.
    pub handler: usize,
    /// The height of the stack that the handler finds, not counting what it is entered with.
    pub height: u32,
    /// The offset of the instruction that opens the block.
    pub opened_at: usize,
    /// The block around this one.
    pub parent: BlockId,
    /// How many blocks are open, with this one.
    pub depth: u32,
    /// The last handler of the active blocks around this one, and the first handler of the other blocks around. As long
    /// as this block is open, control stays between the two: not before the former, and before the latter.
    around: (usize, usize),
}

pub(super) type BlockId = u32;

impl Block {
    pub fn is_active(&self, pc: usize) -> bool {
        self.handler <= pc
    }

    /// The height down to which the stack is the block's while it is the innermost.
    pub fn floor(&self, pc: usize) -> u32 {
        if self.is_active(pc) { self.height - self.kind.reach() } else { self.height }
    }

    /// Whether all blocks around this one are as active at `offset` as they were when this block was opened.
    pub fn allows(&self, offset: usize) -> bool {
        self.around.0 <= offset && offset < self.around.1
    }
}

/// All blocks that the code opens. If there is no memory for a block, the quota says that the work has stopped.
pub(super) struct Blocks<'q> {
    quota: &'q Quota<'q>,
    all: Vec<Block>,
}

impl<'q> Blocks<'q> {
    /// No block is open. The entry of this state is an active block at the bottom of the stack.
    pub const NONE: BlockId = 0;

    pub fn new(quota: &'q Quota<'q>) -> Blocks<'q> {
        Blocks { quota, all: Vec::new() }
    }

    pub fn clear(&mut self) -> Result<(), Stop> {
        let (kind, around) = (BlockKind::Except, (0, usize::MAX));
        self.all.clear();
        let entry = Block { kind, handler: 0, height: 0, opened_at: 0, parent: 0, depth: 0, around };
        self.quota.push(&mut self.all, entry)
    }

    pub fn get(&self, id: BlockId) -> &Block {
        &self.all[id as usize]
    }

    /// A block that the instruction at `pc` opens inside `parent`.
    pub fn open(&mut self, parent: BlockId, pc: usize, kind: BlockKind, handler: usize, height: u32) -> BlockId {
        let outer = *self.get(parent);
        let around = if outer.is_active(pc) {
            (outer.handler.max(outer.around.0), outer.around.1)
        } else {
            (outer.around.0, outer.handler.min(outer.around.1))
        };
        let block = Block { kind, handler, height, opened_at: pc, parent, depth: outer.depth + 1, around };
        self.quota.push_or_stop(&mut self.all, block);
        self.all.len() as BlockId - 1
    }
}
