//! What each instruction needs and does.

use super::blocks::{BlockKind, exception_test};
use super::error::{Checked, Reason};
use super::stack::{Kind, Stack};
use super::walk::{After, State, Walk};
use crate::bytecode::Instruction;
use crate::opcode::{ITER_SLOTS, Op};

impl Walk<'_, '_> {
    /// Looks at the instruction at `pc`: checks what it needs, lets control go where the instruction may jump to, and
    /// changes the state to what the next instruction finds.
    pub fn step(&mut self, instruction: &Instruction) -> Checked<After> {
        let index = instruction.index();
        match instruction.op {
            Op::LoadConstNone => self.push(Kind::None, 1)?,
            Op::LoadNull => self.push(Kind::Null, 1)?,
            Op::LoadFastMulti | Op::LoadFastN => {
                let kind = if self.context.shape.is_cell(index) { Kind::Cell } else { Kind::Object };
                self.push(kind, 1)?;
            }
            Op::LoadMethod => self.load_method(1)?,
            Op::LoadSuperMethod => self.load_method(3)?,
            Op::StoreAttr => self.store(1)?,
            Op::StoreSubscr => self.store(2)?,
            Op::StoreComp => self.store_comp(instruction)?,
            Op::MakeFunction | Op::MakeFunctionDefargs | Op::MakeClosure | Op::MakeClosureDefargs => {
                self.make(instruction)?;
            }
            Op::CallMethod | Op::CallMethodVarKw | Op::CallFunctionVarKw => self.call(instruction)?,
            Op::DupTop => {
                let kind = self.object(0)?;
                self.push(kind, 1)?;
            }
            Op::DupTopTwo => {
                let (top, below) = (self.object(0)?, self.object(1)?);
                self.push(below, 1)?;
                self.push(top, 1)?;
            }
            Op::PopTop => self.pop_top()?,
            Op::RotTwo => self.rotate_two()?,
            Op::RotThree => self.rotate_three()?,
            Op::GetIterStack => self.get_iter()?,
            Op::ForIter => self.for_iter(instruction)?,
            Op::Jump => {
                self.jump(instruction, self.state)?;
                return Ok(After::Elsewhere);
            }
            Op::PopJumpIfTrue | Op::PopJumpIfFalse => {
                self.pop_objects(1)?;
                self.jump(instruction, self.state)?;
            }
            Op::JumpIfTrueOrPop | Op::JumpIfFalseOrPop => {
                self.object(0)?;
                self.jump(instruction, self.state)?;
                self.pop_objects(1)?;
            }
            Op::SetupWith => self.setup_with(instruction)?,
            Op::SetupExcept => self.setup_except(instruction)?,
            Op::SetupFinally => self.setup_finally(instruction)?,
            Op::PopExceptJump => {
                let block = self.block();
                if block.kind != BlockKind::Except || block.depth == 0 {
                    return Err(Reason::WrongBlock.into());
                }
                self.jump(instruction, State { block: block.parent, ..self.state })?;
                return Ok(After::Elsewhere);
            }
            Op::WithCleanup => self.with_cleanup(instruction)?,
            Op::EndFinally => return self.end_finally(),
            Op::UnwindJump => {
                self.unwind_jump(instruction)?;
                return Ok(After::Elsewhere);
            }
            Op::ReturnValue => {
                // A class body returns the cell of `__class__`.
                if self.kind(0)? != Kind::Cell {
                    self.object(0)?;
                }
                self.pop(1)?;
                return Ok(After::Elsewhere);
            }
            Op::RaiseLast | Op::RaiseObj | Op::RaiseFrom => {
                self.pop_objects(instruction.effect().pops)?;
                return Ok(After::Elsewhere);
            }
            _ => {
                let effect = instruction.effect();
                self.replace(effect.pops, effect.pushes)?;
            }
        }
        Ok(After::Next)
    }

    fn height(&self) -> u32 {
        self.state.stack.height
    }

    #[inline]
    fn push(&mut self, kind: Kind, n: u32) -> Checked {
        self.reserve(self.height().checked_add(n))?;
        self.memory.stacks.push(&mut self.state.stack, kind, n);
        Ok(())
    }

    /// The height below the top `n` slots, if the instruction may take them.
    fn below(&self, n: u32) -> Checked<u32> {
        match self.height().checked_sub(n) {
            Some(height) if height >= self.floor => Ok(height),
            _ => Err(Reason::StackEmpty.into()),
        }
    }

    fn pop(&mut self, n: u32) -> Checked {
        let height = self.below(n)?;
        self.memory.stacks.cut(&mut self.state.stack, height);
        Ok(())
    }

    fn pop_objects(&mut self, n: u32) -> Checked {
        if n == 0 {
            return Ok(());
        }
        let height = self.below(n)?;
        match self.memory.stacks.find_non_object(self.state.stack, height) {
            Some(kind) => Err(Reason::Needs("an object", kind).into()),
            None => self.pop(n),
        }
    }

    /// Takes objects and puts others on.
    fn replace(&mut self, pops: u32, pushes: u32) -> Checked {
        let height = self.below(pops)?;
        let stack = &mut self.state.stack;
        if pushes > 0 && self.memory.stacks.is_objects(*stack, height) {
            // Most instructions work on a run of objects.
            stack.height = height;
            self.reserve(height.checked_add(pushes))?;
            self.state.stack.height += pushes;
            return Ok(());
        }
        self.pop_objects(pops)?;
        self.push(Kind::Object, pushes)
    }

    /// The kind of the slot that has `n` slots above it. Looking does not take the slot, which may be below the floor.
    fn kind(&mut self, n: u32) -> Checked<Kind> {
        let slot = self.height().checked_sub(n.saturating_add(1)).ok_or(Reason::StackEmpty)?;
        Ok(self.memory.stacks.kind_of(self.state.stack, slot))
    }

    fn object(&mut self, n: u32) -> Checked<Kind> {
        let kind = self.kind(n)?;
        self.need(kind.is_object(), "an object", kind)?;
        Ok(kind)
    }

    fn need(&self, is_met: bool, what: &'static str, kind: Kind) -> Checked {
        if is_met { Ok(()) } else { Err(Reason::Needs(what, kind).into()) }
    }

    fn jump(&mut self, instruction: &Instruction, state: State) -> Checked {
        let target = self.target(instruction)?;
        self.flow(target, state)
    }

    /// The offset that an instruction jumps to, or that of the handler that it sets up. The scan has seen that the
    /// offset is in the code.
    fn target(&self, instruction: &Instruction) -> Checked<usize> {
        instruction.target().ok_or_else(|| Reason::JumpOutside.into())
    }

    fn load_method(&mut self, n_objects: u32) -> Checked {
        self.pop_objects(n_objects)?;
        self.push(Kind::Object, 1)?;
        self.push(Kind::SelfOrNull, 1)
    }

    /// Takes the operands of `STORE_ATTR` and `STORE_SUBSCR`, which delete if the value is null.
    fn store(&mut self, n_objects: u32) -> Checked {
        self.pop_objects(n_objects)?;
        let value = self.kind(0)?;
        self.need(value.is_object() || value == Kind::Null, "an object or null", value)?;
        self.pop(1)
    }

    /// Takes the operands of `STORE_COMP`. The collection has the iterators of the comprehension's loops above it, but
    /// nothing of unknown size.
    fn store_comp(&mut self, instruction: &Instruction) -> Checked {
        let distance = instruction.index() >> 2;
        let n_taken = instruction.effect().pops;
        if distance < n_taken {
            return Err(Reason::StackEmpty.into());
        }
        self.object(distance)?;
        let collection = self.height() - distance - 1;
        if self.memory.stacks.has_pending(self.state.stack, collection) {
            return Err(Reason::Needs("a known distance to the collection", Kind::Pending).into());
        }
        self.pop_objects(n_taken)
    }

    /// Makes a function: the child must take just these cells, and find the defaults that its prelude speaks of.
    fn make(&mut self, instruction: &Instruction) -> Checked {
        let child = instruction.index();
        let id = self.context.children.get(child as usize);
        let contract = id.and_then(|&id| *self.context.contracts.get(id as usize)?);
        let n_cells = u32::from(instruction.extra);
        if let Some(contract) = &contract
            && !(contract.cells.0..=contract.cells.1).contains(&n_cells)
        {
            return Err(Reason::Cells(child, n_cells).into());
        }
        for n in 0..n_cells {
            let kind = self.kind(n)?;
            self.need(kind == Kind::Cell, "a cell", kind)?;
        }
        self.pop(n_cells)?;
        if matches!(instruction.op, Op::MakeFunctionDefargs | Op::MakeClosureDefargs) {
            let wants_dict = contract.map(|contract| contract.has_keyword_defaults);
            let wants_tuple = contract.map(|contract| contract.has_positional_defaults);
            for wanted in [wants_dict, wants_tuple] {
                let kind = self.kind(0)?;
                self.need(kind == Kind::Null || wanted != Some(false), "null for no defaults", kind)?;
                self.need(kind.is_object() || wanted != Some(true), "default arguments", kind)?;
                self.need(kind.is_object() || kind == Kind::Null, "default arguments or null", kind)?;
                self.pop(1)?;
            }
        } else if contract.is_some_and(|contract| contract.has_positional_defaults || contract.has_keyword_defaults) {
            return Err(Reason::NeedsDefaults(child).into());
        }
        self.push(Kind::Object, 1)
    }

    /// Does a call that takes more than objects: a method has a `self` or null, a starred mapping has null for its
    /// keyword.
    fn call(&mut self, instruction: &Instruction) -> Checked {
        let (n_positional, n_keyword) = (instruction.index() & 0xff, instruction.index() >> 8);
        if matches!(instruction.op, Op::CallFunctionVarKw | Op::CallMethodVarKw) {
            self.pop_objects(1)?;
            for _ in 0..n_keyword {
                // A keyword may be null, as the value of a store may: null marks another meaning.
                self.store(1)?;
            }
            self.pop_objects(n_positional)?;
        } else {
            self.pop_objects(n_positional + 2 * n_keyword)?;
        }
        if matches!(instruction.op, Op::CallMethod | Op::CallMethodVarKw) {
            let kind = self.kind(0)?;
            let is_self = kind.is_object() || matches!(kind, Kind::Null | Kind::SelfOrNull);
            self.need(is_self, "a method's self", kind)?;
            self.pop(1)?;
        }
        self.pop_objects(1)?;
        self.push(Kind::Object, 1)
    }

    /// Pops a slot: an object, or a slot of an iterator, which a loop that is left by a jump drops slot by slot.
    fn pop_top(&mut self) -> Checked {
        let kind = self.kind(0)?;
        self.need(kind.is_object() || kind == Kind::Iter, "an object", kind)?;
        self.pop(1)
    }

    fn rotate_two(&mut self) -> Checked {
        let block = self.block();
        let stack = self.state.stack;
        if block.kind == BlockKind::AsyncWith && self.floor == block.height && self.height() == self.floor + 1 {
            // On the normal way out, `None` goes below the manager, which the handler of the block, still open, must
            // not find worse than it was.
            let (manager, top) = (self.memory.stacks.kind_of(stack, self.floor - 1), self.memory.stacks.top(stack));
            self.need(top == Kind::None, "None", top)?;
            self.memory.stacks.cut(&mut self.state.stack, self.floor - 1);
            self.push(top, 1)?;
            return self.push(manager, 1);
        }
        let (top, below) = (self.movable(0)?, self.movable(1)?);
        self.pop(2)?;
        self.push(top, 1)?;
        self.push(below, 1)
    }

    fn rotate_three(&mut self) -> Checked {
        let (top, below, lowest) = (self.movable(0)?, self.movable(1)?, self.movable(2)?);
        self.pop(3)?;
        if (top, lowest) == (Kind::Data, Kind::Cause) {
            // The pending value and its cause are together again, as the end of the block expects them.
            self.push(Kind::Pending, 2)?;
        } else {
            self.push(top, 1)?;
            self.push(lowest, 1)?;
        }
        self.push(below, 1)
    }

    fn movable(&mut self, n: u32) -> Checked<Kind> {
        let kind = self.kind(n)?;
        self.need(kind.is_movable(), "a slot of its own", kind)?;
        Ok(kind)
    }

    fn get_iter(&mut self) -> Checked {
        self.pop_objects(1)?;
        let stack = self.state.stack;
        if stack.height > 0 && self.memory.stacks.top(stack) == Kind::Iter {
            // On top of what is left of an iterator, a whole iterator would seem to start elsewhere.
            let is_whole = self.memory.stacks.top_run(stack).is_multiple_of(ITER_SLOTS);
            self.need(is_whole, "a whole iterator", Kind::Iter)?;
        }
        self.push(Kind::Iter, ITER_SLOTS)
    }

    /// Checks that a loop's iterator is on top of a stack, and returns the height below the iterator.
    fn iterator(&mut self, stack: Stack, floor: u32) -> Checked<u32> {
        let height = stack.height.checked_sub(ITER_SLOTS).filter(|&height| height >= floor);
        let height = height.ok_or(Reason::StackEmpty)?;
        let stacks = &mut self.memory.stacks;
        let top = stacks.top(stack);
        let is_iterator = match top {
            Kind::Iter => stacks.top_run(stack).is_multiple_of(ITER_SLOTS),
            // The iterator as a generator expression makes it of its argument.
            Kind::Null => {
                stacks.kind_of(stack, height + 2) == Kind::Null
                    && stacks.kind_of(stack, height + 1).is_object()
                    && stacks.kind_of(stack, height) == Kind::Null
            }
            _ => false,
        };
        self.need(is_iterator, "a loop's iterator", top)?;
        Ok(height)
    }

    fn for_iter(&mut self, instruction: &Instruction) -> Checked {
        let height = self.iterator(self.state.stack, self.floor)?;
        let mut state = self.state;
        self.memory.stacks.cut(&mut state.stack, height);
        self.jump(instruction, state)?;
        self.push(Kind::Object, 1)
    }

    fn setup_with(&mut self, instruction: &Instruction) -> Checked {
        self.pop_objects(1)?;
        self.push(Kind::Exit, 2)?;
        // Room for what is pending and, to call `__exit__` in place, for one slot more.
        self.reserve(self.height().checked_add(3))?;
        self.setup(instruction, BlockKind::With, Kind::Pending, 2)?;
        self.push(Kind::Object, 1)
    }

    fn setup_except(&mut self, instruction: &Instruction) -> Checked {
        self.reserve(self.height().checked_add(1))?;
        self.setup(instruction, BlockKind::Except, Kind::Exception, 1)
    }

    fn setup(&mut self, instruction: &Instruction, kind: BlockKind, entered_with: Kind, n: u32) -> Checked {
        let handler = self.target(instruction)?;
        let block = self.open(kind, handler, self.height())?;
        let mut stack = self.state.stack;
        self.memory.stacks.push(&mut stack, entered_with, n);
        self.arrive(handler, State { stack, block })?;
        self.state.block = block;
        self.find_floor();
        Ok(())
    }

    fn setup_finally(&mut self, instruction: &Instruction) -> Checked {
        self.reserve(self.height().checked_add(2))?;
        let handler = self.target(instruction)?;
        let test = exception_test(self.context.code, handler).filter(|test| {
            let name = self.context.names.get(test.name as usize);
            name.is_some_and(|name| name.as_bytes() == b"BaseException")
        });
        let Some(test) = test else {
            return self.setup(instruction, BlockKind::Finally, Kind::Pending, 2);
        };
        self.object(0)?;
        self.below(1)?;
        let block = self.open(BlockKind::AsyncWith, handler, self.height())?;
        let opened = *self.memory.blocks.get(block);
        let (mut exception, mut unwind) = (self.state.stack, self.state.stack);
        self.memory.stacks.push(&mut exception, Kind::Exception, 1);
        self.memory.stacks.push(&mut unwind, Kind::Data, 1);
        self.memory.stacks.push(&mut unwind, Kind::Cause, 1);
        for (offset, stack) in [(test.entry.exception, exception), (test.entry.unwind, unwind)] {
            if !opened.is_active(offset) || !opened.allows(offset) {
                return Err(Reason::PassesHandler.into());
            }
            self.arrive(offset, State { stack, block })?;
        }
        self.state.block = block;
        self.find_floor();
        Ok(())
    }

    /// Checks that the handler of the innermost block runs, and that on top is only what is pending, `reach` slots
    /// further down than the handler was entered with it. Returns the height below what is pending.
    fn pending(&mut self, reach: u32) -> Checked<u32> {
        let block = self.block();
        if block.depth == 0 {
            return Err(Reason::NoBlock.into());
        }
        if !block.is_active(self.pc) {
            return Err(Reason::BlockNotActive.into());
        }
        let (kind, slots) = if block.kind == BlockKind::Except { (Kind::Exception, 1) } else { (Kind::Pending, 2) };
        let height = block.height - reach;
        if self.height() != height + slots {
            return Err(Reason::BlockHeight(self.height(), height + slots).into());
        }
        let top = self.memory.stacks.top(self.state.stack);
        self.need(top == kind, "what a handler is entered with", top)?;
        Ok(height)
    }

    fn with_cleanup(&mut self, instruction: &Instruction) -> Checked {
        let block = self.block();
        if block.kind != BlockKind::With {
            return Err(Reason::WrongBlock.into());
        }
        let next = Instruction::decode(self.context.code, instruction.end());
        if !next.is_ok_and(|next| next.op == Op::EndFinally) {
            return Err(Reason::CleanupAlone.into());
        }
        let height = self.pending(0)?;
        self.memory.stacks.cut(&mut self.state.stack, height - block.kind.reach());
        self.push(Kind::Pending, 2)
    }

    fn end_finally(&mut self) -> Checked<After> {
        let block = self.block();
        let height = self.pending(block.kind.reach())?;
        if block.kind == BlockKind::Except {
            // No `except` has matched: the exception goes on.
            return Ok(After::Elsewhere);
        }
        self.memory.stacks.cut(&mut self.state.stack, height);
        self.state.block = block.parent;
        self.find_floor();
        Ok(After::Next)
    }

    /// Leaves blocks by way of their handlers, as if each handler had run and ended.
    fn unwind_jump(&mut self, instruction: &Instruction) -> Checked {
        let mut state = self.state;
        for _ in 0..instruction.extra & 0x7f {
            let block = *self.memory.blocks.get(state.block);
            if block.depth == 0 {
                return Err(Reason::NoBlock.into());
            }
            let is_active = block.is_active(self.pc);
            let height = match block.kind {
                BlockKind::Except => state.stack.height,
                _ if !is_active => block.height,
                // What is pending gives way to the jump.
                BlockKind::Finally => block.height + 2,
                BlockKind::With | BlockKind::AsyncWith => return Err(Reason::WrongBlock.into()),
            };
            if state.stack.height != height {
                return Err(Reason::BlockHeight(state.stack.height, height).into());
            }
            if block.kind != BlockKind::Except {
                if is_active {
                    let top = self.memory.stacks.top(state.stack);
                    self.need(top == Kind::Pending, "what a handler is entered with", top)?;
                }
                self.memory.stacks.cut(&mut state.stack, block.height - block.kind.reach());
            }
            state.block = block.parent;
            self.memory.stacks.work += 1;
        }
        if instruction.extra & 0x80 != 0 {
            let floor = self.memory.blocks.get(state.block).floor(self.pc);
            let height = self.iterator(state.stack, floor)?;
            self.memory.stacks.cut(&mut state.stack, height);
        }
        self.jump(instruction, state)
    }
}
