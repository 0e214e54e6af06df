//! The walk over all paths of a code object, by abstract interpretation.
//!
//! Each label keeps what is known of the stack and the open blocks wherever control reaches it from. Labels whose
//! state has changed are walked from, the first in the code first, until none is left. No recursion, and a bound on
//! the work that is linear in the code's size.

use alloc::vec::Vec;

use super::UNCOUNTED_SLOTS;
use super::blocks::{Block, BlockId, BlockKind, Blocks};
use super::error::{Checked, Fault, Reason, stopped};
use super::glance::Glance;
use super::labels::{Labels, Pending};
use super::scan::{Contract, Shape};
use super::stack::{Kind, Stack, Stacks};
use crate::bytecode::Instruction;
use crate::memory::{Quota, Stop};
use crate::module::{CodeId, Qstr};

/// What is known where an instruction starts.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) struct State {
    pub stack: Stack,
    /// The innermost open exception block.
    pub block: BlockId,
}

/// What the verifier keeps for a label.
#[derive(Clone, Copy)]
struct LabelState {
    /// What is known at the label; `None` as long as no path reaches it.
    state: Option<State>,
    /// The block whose handler starts at the label.
    handler_of: BlockId,
}

/// The memory of a walk, kept from one code object to the next.
pub(super) struct Memory<'q> {
    quota: &'q Quota<'q>,
    states: Vec<LabelState>,
    pending: Pending,
    pub stacks: Stacks<'q>,
    pub blocks: Blocks<'q>,
}

impl<'q> Memory<'q> {
    pub fn new(quota: &'q Quota<'q>) -> Memory<'q> {
        let (stacks, blocks) = (Stacks::new(quota), Blocks::new(quota));
        Memory { quota, states: Vec::new(), pending: Pending::default(), stacks, blocks }
    }

    /// Forgets all, and makes room for `n_labels` labels.
    fn clear(&mut self, n_labels: usize) -> Result<(), Stop> {
        self.states.clear();
        self.quota.resize(&mut self.states, n_labels, LabelState { state: None, handler_of: Blocks::NONE })?;
        self.pending.clear(n_labels, self.quota)?;
        self.stacks.clear()?;
        self.blocks.clear()
    }
}

/// What is known before the walk of the code object and its module.
#[derive(Clone, Copy)]
pub(super) struct Context<'a> {
    pub code: &'a [u8],
    pub labels: &'a Labels,
    pub names: &'a [Qstr<'a>],
    pub shape: Shape,
    pub children: &'a [CodeId],
    /// By index in the module, what must be known to make functions of its code objects; `None` for machine code
    /// without a prelude.
    pub contracts: &'a [Option<Contract>],
    pub glance: Glance,
}

/// A walk over a code object.
pub(super) struct Walk<'a, 'q> {
    pub context: Context<'a>,
    pub memory: &'a mut Memory<'q>,
    pub state: State,
    /// The offset of the instruction that is looked at.
    pub pc: usize,
    /// The height down to which the instruction may take slots.
    pub floor: u32,
    /// The height of the stack that the frame has room for.
    pub room: u32,
    /// The height of the stack that has been needed so far.
    pub highest: u32,
}

/// Where control goes after an instruction.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum After {
    Next,
    Elsewhere,
}

/// Units of work that a walk may take for each byte of code, beside those that it may take for any code. Real code
/// takes less than a tenth.
const WORK_PER_BYTE: usize = 64;
const WORK_AT_LEAST: usize = 1024;

impl<'a, 'q> Walk<'a, 'q> {
    /// Walks over all of the code. Returns the height that its stack needs.
    pub fn all(context: Context<'a>, memory: &'a mut Memory<'q>) -> Result<u32, Fault> {
        memory.clear(context.labels.len()).map_err(stopped)?;
        let state = State { stack: Stack::EMPTY, block: Blocks::NONE };
        let signature = &context.shape.signature;
        let uncounted = signature.n_exc_stack.saturating_mul(UNCOUNTED_SLOTS);
        let room = (signature.n_state - context.shape.locals).saturating_add(uncounted);
        let pc = context.shape.start;
        let mut walk = Walk { context, memory, state, pc, floor: 0, room, highest: 0 };
        match walk.run() {
            Ok(()) => Ok(walk.highest),
            Err(refusal) => Err(refusal.at(Some(walk.pc))),
        }
    }

    fn run(&mut self) -> Checked {
        let Context { code, labels, .. } = self.context;
        let limit = code.len().saturating_mul(WORK_PER_BYTE).saturating_add(WORK_AT_LEAST);
        self.arrive(self.pc, self.state)?;
        while let Some(number) = self.memory.pending.take_first(&mut self.memory.stacks.work) {
            let Some(state) = self.memory.states[number].state else { continue };
            self.state = state;
            self.pc = labels.offset(number);
            self.find_floor();
            let before = self.memory.stacks.work;
            self.follow(labels.offset(number + 1))?;
            self.memory.quota.steps(self.memory.stacks.work - before)?;
            if self.memory.stacks.work > limit {
                return Err(Reason::TooComplex.into());
            }
        }
        Ok(())
    }

    /// Follows control from a label until it reaches the next one, or goes elsewhere.
    fn follow(&mut self, next_label: usize) -> Checked {
        let code = self.context.code;
        loop {
            self.pass_plain(next_label.min(code.len()));
            let instruction = Instruction::decode(code, self.pc).map_err(Reason::Decode)?;
            let after = self.step(&instruction)?;
            self.memory.stacks.work += 1;
            let next = instruction.end();
            if after == After::Elsewhere {
                return Ok(());
            }
            if next == next_label {
                return self.flow(next, self.state);
            }
            if next == code.len() {
                return Err(Reason::RunsOff.into());
            }
            self.pc = next;
        }
    }

    pub fn block(&self) -> Block {
        *self.memory.blocks.get(self.state.block)
    }

    /// Finds the floor of the innermost block, after another block has become the innermost.
    pub fn find_floor(&mut self) {
        self.floor = self.memory.blocks.get(self.state.block).floor(self.pc);
    }

    /// Makes sure that the frame has room for a stack of this height.
    pub fn reserve(&mut self, height: Option<u32>) -> Checked {
        match height {
            Some(height) if height <= self.room => {
                self.highest = self.highest.max(height);
                Ok(())
            }
            _ => Err(Reason::StackFull(self.room).into()),
        }
    }

    /// Lets control go from the present instruction to a label.
    pub fn flow(&mut self, to: usize, mut state: State) -> Checked {
        if state.block == Blocks::NONE {
            return self.arrive(to, state);
        }
        let block = *self.memory.blocks.get(state.block);
        if !block.allows(to) {
            return Err(Reason::PassesHandler.into());
        }
        match (block.is_active(self.pc), block.is_active(to)) {
            (false, false) => {}
            (false, true) => self.enter_normally(&block, &mut state.stack)?,
            (true, true) => self.settle(&block, &mut state.stack),
            (true, false) => return Err(Reason::PassesHandler.into()),
        }
        self.arrive(to, state)
    }

    /// Lets control go on into the handler of a `finally` or a context manager, with nothing pending.
    fn enter_normally(&mut self, block: &Block, stack: &mut Stack) -> Checked {
        let stacks = &mut self.memory.stacks;
        if block.kind == BlockKind::Except || stack.height != block.height + 1 {
            return Err(Reason::EntersHandler.into());
        }
        let top = stacks.top(*stack);
        if block.kind == BlockKind::AsyncWith {
            // `None` lies below the manager, which the code before has moved up to call its `__aexit__`.
            if !top.is_object() || stacks.kind_of(*stack, block.height - 1) != Kind::None {
                return Err(Reason::EntersHandler.into());
            }
            stacks.cut(stack, block.height - 1);
            stacks.push(stack, Kind::Pending, 2);
            stacks.push(stack, top, 1);
        } else {
            if top != Kind::None {
                return Err(Reason::EntersHandler.into());
            }
            stacks.cut(stack, block.height);
            stacks.push(stack, Kind::Pending, 2);
        }
        self.reserve(Some(stack.height))
    }

    /// Lets what is pending have any of its forms where the paths of an `async with`'s handler come together.
    fn settle(&mut self, block: &Block, stack: &mut Stack) {
        let stacks = &mut self.memory.stacks;
        if block.kind == BlockKind::AsyncWith
            && stack.height == block.height
            && matches!(stacks.top(*stack), Kind::None | Kind::Exception)
        {
            stacks.cut(stack, block.height - 1);
            stacks.push(stack, Kind::Pending, 2);
        }
    }

    /// Notes that control reaches a label: what is known at the label becomes what all paths have in common.
    pub fn arrive(&mut self, label: usize, new: State) -> Checked {
        let number = self.context.labels.number(label);
        let state = match self.memory.states[number].state {
            None => new,
            Some(old) => {
                if old.block != new.block {
                    return Err(Reason::Blocks.into());
                }
                if old.stack.height != new.stack.height {
                    return Err(Reason::Heights(old.stack.height, new.stack.height).into());
                }
                let joined = self.memory.stacks.join(old.stack, new.stack);
                let stack = joined.map_err(|clash| Reason::Kinds(clash.slot, clash.kinds.0, clash.kinds.1))?;
                if stack == old.stack {
                    return Ok(());
                }
                State { stack, block: old.block }
            }
        };
        self.memory.states[number].state = Some(state);
        self.memory.pending.insert(number);
        Ok(())
    }

    /// The block that the instruction opens with the handler at `handler`: found again if the walk has been here
    /// before.
    pub fn open(&mut self, kind: BlockKind, handler: usize, height: u32) -> Checked<BlockId> {
        let number = self.context.labels.number(handler);
        let known = self.memory.states[number].handler_of;
        let blocks = &mut self.memory.blocks;
        if known != Blocks::NONE {
            let block = blocks.get(known);
            let is_same = block.opened_at == self.pc && block.parent == self.state.block && block.height == height;
            return if is_same { Ok(known) } else { Err(Reason::SharedHandler(handler).into()) };
        }
        let parent = blocks.get(self.state.block);
        let limit = self.context.shape.signature.n_exc_stack;
        if parent.depth >= limit {
            return Err(Reason::TooManyBlocks(limit).into());
        }
        if !parent.allows(handler) || !parent.is_active(self.pc) && parent.is_active(handler) {
            return Err(Reason::PassesHandler.into());
        }
        let id = blocks.open(self.state.block, self.pc, kind, handler, height);
        self.memory.states[number].handler_of = id;
        Ok(id)
    }
}
