//! Jumps and loops.

use berus_mpy::bytecode::Instruction;
use berus_mpy::opcode::{ITER_SLOTS, Op};

use berus_runtime::interpret::tier::{JUMPED, function_of, generators};

use crate::asm::{Alu, If, Label, R12, RAX, RBX, RCX, Rm, Shift};
use crate::context::{Context, Place, Type, Value};
use crate::jit::Why;
use crate::links;
use crate::region::calls::ADDRESSES;
use crate::region::objects::Items;
use crate::region::places::truth;
use crate::region::{Edge, FALSE, Maker, NONE, Operand, Step, Steps, Stop, TRUE, VERSIONS, Version, effect, slot};

/// What the machine's flags say of a comparison.
#[derive(Clone, Copy)]
pub(super) enum Test {
    If(If),
    FloatsEqual,
    FloatsDiffer,
}

impl Test {
    /// The test that comes out the other way.
    pub(super) fn not(self) -> Test {
        match self {
            Test::If(condition) => Test::If(condition.not()),
            Test::FloatsEqual => Test::FloatsDiffer,
            Test::FloatsDiffer => Test::FloatsEqual,
        }
    }
}

impl Maker<'_> {
    /// Jumps to a label if a test comes out as `wanted`.
    pub(super) fn jump_on(&mut self, test: Test, wanted: bool, to: Label) {
        match (test, wanted) {
            (Test::If(condition), true) => self.asm.jump_if(condition, to),
            (Test::If(condition), false) => self.asm.jump_if(condition.not(), to),
            (Test::FloatsEqual, true) | (Test::FloatsDiffer, false) => {
                let no = self.asm.label();
                self.asm.jump_if(If::Parity, no);
                self.asm.jump_if(If::Equal, to);
                self.asm.bind(no);
            }
            (Test::FloatsEqual, false) | (Test::FloatsDiffer, true) => {
                self.asm.jump_if(If::Parity, to);
                self.asm.jump_if(If::NotEqual, to);
            }
        }
    }

    /// Goes on both ways from a jump whose condition, not on the stack, the machine's flags tell.
    pub(super) fn branch(&mut self, jump: &Instruction, test: Test) -> Steps {
        let wanted = jump.op == Op::PopJumpIfTrue;
        let label = self.asm.label();
        self.jump_on(test, wanted, label);
        self.edge_of(jump, label, wanted)?;
        Ok(Step::To(jump.end()))
    }

    /// Has code come later, at `label`, for a jump that is taken when its condition, not on the stack, is `truth`.
    fn edge_of(&mut self, jump: &Instruction, label: Label, truth: bool) -> Result<(), Stop> {
        let target = jump.target().ok_or(Stop)?;
        let tick = (jump.arg < 0).then(|| {
            let mut before = self.context.clone();
            let (ty, word) = (Type::Bool, if truth { TRUE } else { FALSE });
            before.stack.push(Value { ty, place: Place::Word(word), seen: None });
            (jump.offset, before)
        });
        self.edges.push(Edge { label, target, context: self.context.clone(), tick });
        Ok(())
    }

    /// Makes the code for an edge.
    pub(super) fn edge(&mut self, edge: Edge) {
        self.asm.bind(edge.label);
        self.context = edge.context;
        self.come_to(edge.target);
        self.stretches.push((self.asm.len(), edge.target));
        if let Some((jump, before)) = edge.tick {
            self.tick(jump, before);
        }
        if self.arrive(edge.target) {
            self.path(edge.target);
        }
    }

    /// Counts a backward jump; where it is time to look at events, the interpreter jumps.
    fn tick(&mut self, jump: usize, before: Context) {
        let exit = self.exit_at(jump, before, Why::Events);
        let label = self.asm.label();
        self.asm.alu_number_32(Alu::Sub, Rm::At(RBX, self.facts.ticks as i32), 1);
        self.asm.jump_if(If::Below, label);
        self.ticks.push((label, exit));
    }

    /// Comes to `target`, where control comes together: jumps to a version of the code that is there, or answers that
    /// one begins here.
    pub(super) fn arrive(&mut self, target: usize) -> bool {
        self.come_to(target);
        self.begin_arrival();
        self.flush_words();
        if self.jump_to_version(target, |known, now| known == now) {
            return false;
        }
        let made = self.made.iter().filter(|version| version.offset == target).count();
        let known = self.knowledge.versions.iter().filter(|version| version.offset == target).count();
        if made + known >= VERSIONS {
            if self.jump_to_version(target, Context::admits) {
                return false;
            }
            self.flush_all();
            self.context.forget();
            if self.jump_to_version(target, Context::admits) {
                return false;
            }
        }
        let label = self.asm.label();
        self.asm.bind(label);
        self.made.push(Version { offset: target, context: self.context.clone(), place: label });
        true
    }

    /// Exits from here on leave with the context as it is.
    fn begin_arrival(&mut self) {
        self.start = self.context.clone();
        self.exits = [None; 4];
    }

    fn jump_to_version(&mut self, target: usize, fits: fn(&Context, &Context) -> bool) -> bool {
        let now = &self.context;
        if let Some(version) = self.made.iter().find(|made| made.offset == target && fits(&made.context, now)) {
            let place = version.place;
            self.asm.jump(place);
            return true;
        }
        let known = &self.knowledge.versions;
        if let Some(version) = known.iter().find(|known| known.offset == target && fits(&known.context, now)) {
            self.asm.number(RAX, version.place as u64);
            self.asm.jump_to(RAX);
            return true;
        }
        false
    }

    pub(super) fn jump(&mut self, jump: &Instruction) -> Steps {
        let target = jump.target().ok_or(Stop)?;
        if jump.arg < 0 {
            let before = self.context.clone();
            self.tick(jump.offset, before);
        }
        Ok(Step::To(target))
    }

    pub(super) fn pop_jump_if(&mut self, jump: &Instruction) -> Steps {
        let operand = self.operand(0)?;
        let wanted = jump.op == Op::PopJumpIfTrue;
        if let Place::Word(word) = operand.value.place
            && let Some(truth) = truth(word)
        {
            let before = self.context.clone();
            self.context.stack.pop();
            if truth != wanted {
                return Ok(Step::To(jump.end()));
            }
            let target = jump.target().ok_or(Stop)?;
            if jump.arg < 0 {
                self.tick(jump.offset, before);
            }
            return Ok(Step::To(target));
        }
        if self.type_of(operand).is_unknown()
            && self.word_at(operand).is_some()
            && let Some(ty @ (Type::Int | Type::Bool)) = self.guess(operand)
        {
            self.guard(operand, ty)?;
        }
        let operand = self.operand(0)?;
        let ty = self.type_of(operand);
        let test = match ty {
            Type::Bool => {
                self.compare(operand, TRUE as i32)?;
                If::Equal
            }
            ty if ty.is_int() => {
                self.compare(operand, 1)?;
                If::NotEqual
            }
            _ => return self.jump_by_function(jump),
        };
        self.context.stack.pop();
        self.branch(jump, Test::If(test))
    }

    /// A jump by a condition of which too little is known: what is no object needs no function.
    fn jump_by_function(&mut self, jump: &Instruction) -> Steps {
        let function = function_of(jump.op).ok_or(Stop)?;
        self.flush_all();
        let operand = self.operand(0)?;
        let exit = self.exit(false);
        let slots = self.context.locals.len() + self.context.stack.len();
        self.load(RAX, operand)?;
        self.context.stack.pop();
        let (yes, no, taken, on) = (self.asm.label(), self.asm.label(), self.asm.label(), self.asm.label());
        for (word, label) in [(TRUE, yes), (FALSE, no), (NONE, no), (1, no)] {
            self.asm.alu_number(Alu::Cmp, RAX, word as i32);
            self.asm.jump_if(If::Equal, label);
        }
        self.asm.test_bits(RAX.into(), 1);
        self.asm.jump_if(If::NotEqual, yes);
        if jump.arg < 0 {
            // The interpreter looks at events.
            self.asm.jump(exit);
        } else {
            self.call_function(function, slots);
            self.asm.jump_if(If::Equal, on);
            self.asm.alu_number(Alu::Cmp, RAX, JUMPED as i32);
            self.asm.jump_if(If::Equal, taken);
            self.asm.jump_to(links::place(links::FINISH));
        }
        let wanted = jump.op == Op::PopJumpIfTrue;
        self.asm.bind(if wanted { yes } else { no });
        self.asm.jump(taken);
        self.asm.bind(if wanted { no } else { yes });
        self.asm.bind(on);
        self.edge_of(jump, taken, wanted)?;
        Ok(Step::To(jump.end()))
    }

    fn compare(&mut self, operand: Operand, word: i32) -> Result<(), Stop> {
        match self.word_at(operand) {
            Some(at) => self.asm.alu_number(Alu::Cmp, at, word),
            None => {
                self.load(RAX, operand)?;
                self.asm.alu_number(Alu::Cmp, RAX, word);
            }
        }
        Ok(())
    }

    /// The next turn of a loop: over a range with a known step, or over a list, without the interpreter.
    pub(super) fn for_iter(&mut self, instruction: &Instruction) -> Steps {
        const N: usize = ITER_SLOTS as usize;
        self.flush_words();
        let first = self.operand(N - 1)?;
        if self.context.stack.iter().rev().take(N).any(|value| value.place != Place::Memory) {
            return Err(Stop);
        }
        if self.type_of(first).is_unknown() {
            match self.guess(first) {
                Some(ty @ Type::Int) => self.guard(first, ty)?,
                Some(ty @ Type::Object(address)) if self.items_of(address).is_some() => self.guard(first, ty)?,
                Some(_) => return self.for_iter_by_function(instruction),
                None => match self.ask() {
                    Some(step) => return Ok(step),
                    None => return self.for_iter_by_function(instruction),
                },
            }
        }
        match self.type_of(self.operand(N - 1)?) {
            ty if ty.is_int() => self.for_range(instruction),
            Type::Object(address) => match self.items_of(address) {
                Some(items) => self.for_items(instruction, items),
                None => self.for_iter_by_function(instruction),
            },
            _ => self.for_iter_by_function(instruction),
        }
    }

    fn for_range(&mut self, instruction: &Instruction) -> Steps {
        let (next, stop, step) = (self.operand(3)?, self.operand(2)?, self.operand(1)?);
        if self.type_of(step).is_unknown() {
            match self.seen(step).filter(|word| word & 1 != 0 && i32::try_from(*word as isize).is_ok()) {
                Some(word) if i32::try_from(word).is_ok() => self.guard(step, Type::Word(word))?,
                _ => return self.for_iter_by_function(instruction),
            }
        }
        let Type::Word(by) = self.type_of(self.operand(1)?) else { return self.for_iter_by_function(instruction) };
        let by = by as isize as i32 - 1;
        if by <= 0 {
            return self.for_iter_by_function(instruction);
        }
        let exit = self.exit(false);
        let value = self.gpr()?;
        let end = self.asm.label();
        self.asm.load(value, slot(next.slot));
        self.asm.alu(Alu::Cmp, value, slot(stop.slot));
        self.asm.jump_if(If::GreaterEqual, end);
        self.asm.address(RAX, Rm::At(value, by));
        // Beyond the last small int: seldom, and the interpreter knows.
        self.asm.alu(Alu::Cmp, RAX, value);
        self.asm.jump_if(If::Less, exit);
        self.asm.store(slot(next.slot), RAX);
        self.end_of_loop(instruction, end)?;
        self.push(Type::Int, Place::Gpr(value));
        Ok(Step::To(instruction.end()))
    }

    fn for_items(&mut self, instruction: &Instruction, items: Items) -> Steps {
        let (sequence, index) = (self.operand(3)?, self.operand(2)?);
        let item = self.gpr()?;
        let end = self.asm.label();
        self.asm.load(RAX, slot(sequence.slot));
        self.asm.load(RCX, slot(index.slot));
        self.asm.shift(Shift::Arithmetic, RCX, 1);
        self.asm.alu(Alu::Cmp, RCX, Rm::At(RAX, items.len));
        self.asm.jump_if(If::AboveEqual, end);
        self.load_item(item, items);
        self.asm.alu_number(Alu::Add, slot(index.slot), 2);
        self.end_of_loop(instruction, end)?;
        let seen = self.seen(sequence).and_then(|word| self.view.item(word, self.seen(index)));
        self.push_seen(Type::Value, Place::Gpr(item), seen);
        Ok(Step::To(instruction.end()))
    }

    fn end_of_loop(&mut self, instruction: &Instruction, label: Label) -> Result<(), Stop> {
        let target = instruction.target().ok_or(Stop)?;
        let mut context = self.context.clone();
        context.stack.truncate(context.stack.len() - ITER_SLOTS as usize);
        self.edges.push(Edge { label, target, context, tick: None });
        Ok(())
    }

    /// The next turn of a loop over anything. A generator goes on in machine code, and comes back behind the instruction.
    fn for_iter_by_function(&mut self, instruction: &Instruction) -> Steps {
        self.flush_all();
        let state = self.context.stack.len().checked_sub(ITER_SLOTS as usize).ok_or(Stop)?;
        let item = self.context.locals.len() + self.context.stack.len();
        let resume = self.asm.label();
        self.call_to_enter(generators::for_iter as *const (), item, resume);
        let (went_on, other) = (self.asm.label(), self.asm.label());
        let ended = self.jumped(instruction).ok_or(Stop)?;
        self.asm.jump_if(If::Equal, went_on);
        self.asm.alu_number(Alu::Cmp, RAX, JUMPED as i32);
        self.asm.jump_if(If::NotEqual, other);
        self.asm.jump(ended);
        self.asm.bind(other);
        self.enter_or_end();
        self.asm.bind(resume);
        // The generator has left an item, or null.
        self.asm.alu_number(Alu::Cmp, slot(item), 0);
        self.asm.jump_if(If::Equal, ended);
        self.asm.bind(went_on);
        let seen = self.context.stack.get(state).copied().and_then(|first| self.view.item(first.seen?, None));
        self.push_seen(Type::Value, Place::Memory, seen);
        Ok(Step::To(instruction.end()))
    }

    /// Calls a function that may push the frame of a generator, with which machine code goes on at the answer, and at
    /// `resume` with this one; the frame is all in memory and uses `slots` slots. The answer is tested.
    fn call_to_enter(&mut self, function: *const (), slots: usize, resume: Label) {
        self.asm.address_of(RCX, resume);
        self.call_function(function.expose_provenance(), slots);
    }

    /// Goes on with the frame on top at the address in `rax`, or ends with the number there.
    pub(super) fn enter_or_end(&mut self) {
        let ends = self.ends();
        self.asm.alu_number(Alu::Cmp, RAX, ADDRESSES);
        self.asm.jump_if(If::Below, ends);
        self.asm.load(RCX, Rm::At(RBX, self.facts.top as i32));
        self.asm.load(R12, Rm::At(RCX, self.facts.frame_locals as i32));
        self.asm.jump_to(RAX);
    }

    /// The generator gives a value to whoever resumed it; later it goes on behind the instruction as in a new region.
    pub(super) fn yield_value(&mut self) -> Steps {
        self.flush_all();
        let slots = self.context.locals.len() + self.context.stack.len();
        self.call_function((generators::yield_value as *const ()).expose_provenance(), slots);
        self.enter_or_end();
        Ok(Step::End)
    }

    /// The generator goes on with another, which comes back when it has ended.
    pub(super) fn yield_from(&mut self, instruction: &Instruction) -> Steps {
        self.flush_all();
        let slots = self.context.locals.len() + self.context.stack.len();
        let (resume, went_on) = (self.asm.label(), self.asm.label());
        self.call_to_enter(generators::yield_from as *const (), slots, resume);
        self.asm.jump_if(If::Equal, went_on);
        self.enter_or_end();
        self.asm.bind(resume);
        self.asm.bind(went_on);
        effect(&mut self.context, instruction.effect());
        if let Some(value) = self.context.stack.last_mut() {
            value.ty = Type::Value;
        }
        Ok(Step::To(instruction.end()))
    }
}
