//! Calls and returns, variables of modules and attributes.
//!
//! A function in machine code is called without a call of the machine: its frame lies on the interpreter's stack of frames,
//! and says where the caller goes on. So calls may be nested as deep as the interpreter allows, and leaving needs to undo
//! nothing.

use berus_mpy::bytecode::Instruction;
use berus_mpy::opcode::Op;
use berus_runtime::interpret::tier::{self, Callee, RUN, View, WENT_ON};

use crate::asm::{Alu, If, Label, R8, R12, RAX, RBX, RCX, RDI, RDX, RSI, Reg, Rm};
use crate::context::{Place, Type};
use crate::links;
use crate::region::{Maker, NONE, Operand, Step, Steps, Stop, effect, slot};

/// Numbers below this are no addresses.
pub(super) const ADDRESSES: i32 = 256;

impl Maker<'_> {
    pub(super) fn call(&mut self, instruction: &Instruction) -> Steps {
        let is_method = instruction.op == Op::CallMethod;
        let taken = instruction.effect().pops as usize;
        let callee = self.operand(taken.checked_sub(1).ok_or(Stop)?)?;
        let known = match (callee.value.place, self.type_of(callee)) {
            (Place::Word(word), _) | (_, Type::Word(word)) => Some(word),
            _ => None,
        };
        self.flush_all();
        if let Some(word) = known
            && instruction.index() <= 0xff
            && let Some(way) = self.view.way_to_call(word, taken - 1)
        {
            self.call_in_way(callee.slot, taken - 1, way);
            effect(&mut self.context, instruction.effect());
            if let Some(result) = self.context.stack.last_mut() {
                result.ty = Type::Value;
            }
            return Ok(Step::To(instruction.end()));
        }
        let depth = self.context.stack.len().checked_sub(taken).ok_or(Stop)?;
        let base = self.context.locals.len() + depth;
        let resume = self.asm.label();
        let (slow, done) = (self.asm.label(), self.asm.label());
        let n = taken - 1;
        if let Some(callee) = self.context.seen(callee.value)
            && instruction.index() <= 0xff
            && !self.view.is_generator()
        {
            if let Some(function) = self.view.callee(callee, n) {
                self.is_callee(instruction, base, callee, slow);
                let made = Made { entry: self.facts.entry_of_machine, args: base + 1, n_args: n };
                self.push_frame(instruction, base, function, made, resume);
            } else if !is_method && let Some(init) = self.view.init(callee, n) {
                self.is_callee(instruction, base, callee, slow);
                self.no_changes(slow);
                let made = Made { entry: self.facts.entry_of_init, args: base, n_args: n + 1 };
                self.push_frame(instruction, base, init, made, resume);
            } else if !is_method && let Some((class, function)) = self.view.call_method(callee, n) {
                self.is_instance(base, class, slow);
                self.no_changes(slow);
                let made = Made { entry: self.facts.entry_of_machine, args: base, n_args: n + 1 };
                self.push_frame(instruction, base, function, made, resume);
            } else if let Some(way) = self.view.way_to_call(callee, n) {
                self.is_callee(instruction, base, callee, slow);
                self.call_in_way(base, n, way);
                self.asm.jump(done);
            }
        }
        self.asm.bind(slow);
        self.asm.copy(RDI, RBX);
        self.asm.number(RSI, (self.view.start() + self.at + 1) as u64);
        self.asm.address(RDX, slot(base));
        self.asm.address_of(RCX, resume);
        self.asm.number(R8, u64::from(is_method));
        self.asm.load(RAX, links::place(links::CALL));
        self.asm.call(RAX);
        let (own, ends) = (self.asm.label(), self.asm.label());
        const { assert!(WENT_ON == 0) };
        self.asm.test(RAX, RAX);
        self.asm.jump_if(If::Equal, done);
        self.asm.alu_number(Alu::Cmp, RAX, ADDRESSES);
        self.asm.jump_if(If::Below, ends);
        // The callee's frame is on top, and its arguments are behind the callee.
        self.asm.load(RCX, Rm::At(RBX, self.facts.top as i32));
        self.asm.load(R12, Rm::At(RCX, self.facts.frame_locals as i32));
        self.asm.jump_to(RAX);
        self.asm.bind(ends);
        self.asm.alu_number(Alu::Cmp, RAX, RUN as i32);
        self.asm.jump_if(If::Equal, own);
        self.asm.jump_to(links::place(links::FINISH));
        self.asm.bind(own);
        // What is behind the call has the same context whoever makes it.
        let step = self.generic(instruction)?;
        self.asm.bind(done);
        self.asm.bind(resume);
        Ok(step)
    }

    /// Calls the built-in function in slot `base`, which takes `n` arguments, in the `way` that it is called; of a method,
    /// `self` is one.
    fn call_in_way(&mut self, base: usize, n: usize, way: (usize, usize)) {
        self.asm.copy(RDI, RBX);
        self.asm.number(RSI, (self.view.start() + self.at + 1) as u64);
        self.asm.address(RDX, slot(base));
        self.asm.number(RCX, n as u64);
        self.asm.number(R8, way.1 as u64);
        self.asm.number(RAX, way.0 as u64);
        self.asm.call(RAX);
        self.asm.test(RAX, RAX);
        let ends = self.ends();
        self.asm.jump_if(If::NotEqual, ends);
    }

    /// Goes to `slow` unless the callee, in slot `base`, is an instance of the class at `class`.
    fn is_instance(&mut self, base: usize, class: usize, slow: Label) {
        let link = self.object(class);
        self.asm.load(RAX, slot(base));
        self.asm.test_bits(RAX.into(), 3);
        self.asm.jump_if(If::NotEqual, slow);
        self.asm.test(RAX, RAX);
        self.asm.jump_if(If::Equal, slow);
        self.asm.load(RCX, links::place(link));
        self.asm.alu(Alu::Cmp, RCX, Rm::At(RAX, 0));
        self.asm.jump_if(If::NotEqual, slow);
    }

    /// Goes to `slow` unless the callee, in slot `base`, is the object whose word is `callee`, and a method has `self`.
    fn is_callee(&mut self, instruction: &Instruction, base: usize, callee: usize, slow: Label) {
        let is_own = self.object(callee);
        self.asm.load(RAX, slot(base));
        self.asm.alu(Alu::Cmp, RAX, links::place(is_own));
        self.asm.jump_if(If::NotEqual, slow);
        if instruction.op == Op::CallMethod {
            self.asm.alu_number(Alu::Cmp, slot(base + 1), 0);
            self.asm.jump_if(If::Equal, slow);
        }
    }

    /// Has a function of a class do the instruction, whose left operand is an instance of the class or was one when the
    /// region was made: the one that `find` answers for the instance, if there is one. The frame has the entry `entry`.
    pub(super) fn by_method(
        &mut self,
        instruction: &Instruction,
        entry: u8,
        find: impl Fn(&View<'_>, usize) -> Option<Callee>,
    ) -> Result<Option<(Step, usize)>, Stop> {
        let object = self.operand(1)?;
        let sample = self.seen(object).filter(|_| !self.view.is_generator());
        let Some((sample, class)) = sample.and_then(|sample| Some((sample, self.view.class(sample)?))) else {
            return Ok(None);
        };
        let Some(function) = find(&self.view, sample) else { return Ok(None) };
        self.flush_all();
        let (slow, resume) = (self.asm.label(), self.asm.label());
        let base = object.slot;
        if self.type_of(self.operand(1)?) != Type::Instance(self.object(class)) {
            self.is_instance(base, class, slow);
        }
        self.no_changes(slow);
        // `NotImplemented` has the operands looked at again.
        let args = if entry == self.facts.entry_of_operator { base + 2 } else { base };
        self.push_frame(instruction, base, function, Made { entry, args, n_args: 2 }, resume);
        self.asm.bind(slow);
        let step = self.generic(instruction)?;
        self.asm.bind(resume);
        Ok(Some((step, sample)))
    }

    /// Pushes the frame of a function that is known, and goes on there; or comes behind this code, with nothing done. If the
    /// function is an `__init__`, makes the instance first, of the class in slot `base`; if it is the method of an operator,
    /// copies the operands, from slot `base` on.
    fn push_frame(&mut self, instruction: &Instruction, base: usize, callee: Callee, made: Made, resume: Label) {
        let (facts, top, new) = (self.facts, RCX, RDX);
        let own_bytes = facts.frame_bytes + self.view.n_blocks() * facts.block_bytes;
        let at = |reg: Reg, distance: usize| Rm::At(reg, distance as i32);
        let link = self.entry_link();
        let Made { entry, args, n_args } = made;
        let is_init = entry == facts.entry_of_init;
        let untick = self.asm.label();
        self.asm.alu_number_32(Alu::Sub, at(RBX, facts.ticks), 1);
        self.asm.jump_if(If::Below, untick);
        self.asm.load(top, at(RBX, facts.top));
        self.asm.address(new, at(top, own_bytes));
        self.asm.address(RAX, at(new, callee.bytes));
        self.asm.alu(Alu::Cmp, RAX, at(RBX, facts.frames_end));
        self.asm.jump_if(If::Above, untick);
        self.asm.address(RAX, slot(args + callee.n_slots));
        self.asm.alu(Alu::Cmp, RAX, at(RBX, facts.values_end));
        self.asm.jump_if(If::Above, untick);
        if is_init {
            self.asm.copy(RDI, RBX);
            self.asm.load(RSI, slot(base));
            self.asm.load(RAX, links::place(links::NEW_INSTANCE));
            self.asm.call(RAX);
            self.asm.test(RAX, RAX);
            self.asm.jump_if(If::Equal, untick);
            self.asm.store(slot(base), RAX);
            self.asm.load(top, at(RBX, facts.top));
            self.asm.address(new, at(top, own_bytes));
            self.asm.store(at(new, facts.frame_object), RAX);
            self.asm.address(RAX, slot(args + callee.n_slots));
        } else {
            if entry == facts.entry_of_operator {
                for operand in 0..n_args {
                    self.asm.load(RAX, slot(base + operand));
                    self.asm.store(slot(args + operand), RAX);
                }
                self.asm.address(RAX, slot(args + callee.n_slots));
            }
            self.asm.store_number(at(new, facts.frame_object), 0);
        }
        self.asm.store(at(new, facts.frame_end), RAX);
        self.asm.number(RAX, (self.view.start() + instruction.end()) as u64);
        self.asm.store(at(top, facts.frame_ip), RAX);
        self.asm.address(RAX, slot(base));
        self.asm.store(at(top, facts.frame_sp), RAX);
        self.asm.store(at(new, facts.frame_below), top);
        self.asm.number(RAX, callee.code as u64);
        self.asm.store(at(new, facts.frame_code), RAX);
        self.asm.number(RAX, callee.start as u64);
        self.asm.store(at(new, facts.frame_ip), RAX);
        self.asm.address(R12, slot(args));
        self.asm.store(at(new, facts.frame_locals), R12);
        self.asm.address(RAX, slot(callee.n_locals));
        self.asm.store(at(new, facts.frame_sp), RAX);
        self.asm.address(RAX, at(new, facts.frame_bytes));
        self.asm.store(at(new, facts.frame_blocks_end), RAX);
        self.asm.store_number(at(new, facts.frame_entry), entry.into());
        self.asm.address_of(RAX, resume);
        self.asm.store(at(new, facts.frame_resume), RAX);
        self.asm.store(at(RBX, facts.top), new);
        for local in n_args..callee.n_locals {
            let default = if local < callee.n_args { self.view.default_of(&callee, local) } else { None };
            self.store_word(slot(local), default.unwrap_or(0));
        }
        self.asm.jump_to(links::place(link));
        self.asm.bind(untick);
        self.asm.alu_number_32(Alu::Add, at(RBX, facts.ticks), 1);
    }

    /// Goes back to machine code, or has a function end the frame. A frame with floats that have no object is ended by the
    /// interpreter, to which its variables may matter.
    pub(super) fn return_value(&mut self) -> Steps {
        if self.context.xmm_of(self.operand(0)?.value).is_some() || self.view.is_generator() {
            self.flush_all();
        }
        let exit = self.exit(false);
        let value = self.operand(0)?;
        self.load(RAX, value)?;
        let other = self.asm.label();
        if !self.view.is_generator() {
            self.return_to_machine(other);
        }
        self.asm.bind(other);
        if self.context.values().any(|value| self.context.xmm_of(*value).is_some()) {
            self.asm.jump(exit);
            return Ok(Step::End);
        }
        self.context.stack.pop();
        // The value has been popped, but lies where the exit of an instruction would have it: nothing leaves from here on.
        self.asm.copy(RCX, RAX);
        self.flush_words();
        let slots = self.context.locals.len() + self.context.stack.len();
        self.call_function((tier::return_value as *const ()).expose_provenance(), slots);
        self.enter_or_end();
        Ok(Step::End)
    }

    /// Goes back with the value in `rax` to the machine code that has called, or to `other` if the call was another.
    fn return_to_machine(&mut self, other: Label) {
        let (plain, init) = (self.asm.label(), self.asm.label());
        self.asm.load(RDX, Rm::At(RBX, self.facts.top as i32));
        if self.view.n_blocks() > 0 {
            self.asm.address(RCX, Rm::At(RDX, self.facts.frame_bytes as i32));
            self.asm.alu(Alu::Cmp, RCX, Rm::At(RDX, self.facts.frame_blocks_end as i32));
            self.asm.jump_if(If::NotEqual, other);
        }
        self.asm.compare_byte(Rm::At(RDX, self.facts.frame_entry as i32), self.facts.entry_of_machine);
        self.asm.jump_if(If::Equal, plain);
        self.asm.compare_byte(Rm::At(RDX, self.facts.frame_entry as i32), self.facts.entry_of_operator);
        self.asm.jump_if(If::NotEqual, init);
        self.asm.number(RCX, self.facts.not_implemented as u64);
        self.asm.alu(Alu::Cmp, RAX, RCX);
        self.asm.jump_if(If::NotEqual, plain);
        self.asm.jump(other);
        self.asm.bind(init);
        self.asm.compare_byte(Rm::At(RDX, self.facts.frame_entry as i32), self.facts.entry_of_init);
        self.asm.jump_if(If::NotEqual, other);
        self.asm.alu_number(Alu::Cmp, RAX, NONE as i32);
        self.asm.jump_if(If::NotEqual, other);
        self.asm.load(RAX, Rm::At(RDX, self.facts.frame_object as i32));
        self.asm.bind(plain);
        self.asm.load(RSI, Rm::At(RDX, self.facts.frame_below as i32));
        self.asm.store(Rm::At(RBX, self.facts.top as i32), RSI);
        self.asm.load(RCX, Rm::At(RSI, self.facts.frame_sp as i32));
        self.asm.store(Rm::At(RCX, 0), RAX);
        self.asm.load(R12, Rm::At(RSI, self.facts.frame_locals as i32));
        self.asm.jump_to(Rm::At(RDX, self.facts.frame_resume as i32));
    }

    /// A variable of the module that stands where it stood when the region was made.
    pub(super) fn load_global(&mut self, instruction: &Instruction) -> Steps {
        let index = instruction.index() as usize;
        if let Some(word) = self.view.builtin(index).filter(|_| self.guesses()) {
            let exit = self.exit(true);
            self.asm.alu_number_32(Alu::Cmp, Rm::At(RBX, self.facts.hidings as i32), self.view.hidings() as i32);
            self.asm.jump_if(If::NotEqual, exit);
            self.push_word(Type::Value, word);
            return Ok(Step::To(instruction.end()));
        }
        let Some(place) = self.global(index) else {
            return self.by_function(instruction, links::LOAD_GLOBAL, false);
        };
        let value = self.gpr()?;
        self.asm.load(value, place);
        self.push_seen(Type::Value, Place::Gpr(value), self.view.global_word(index));
        Ok(Step::To(instruction.end()))
    }

    /// Stores a variable of the module that stands where it stood when the region was made.
    pub(super) fn store_global(&mut self, instruction: &Instruction) -> Steps {
        if self.context.xmm_of(self.operand(0)?.value).is_some() {
            self.flush_all();
        }
        let value = self.operand(0)?;
        let Some(place) = self.global(instruction.index() as usize) else { return self.generic(instruction) };
        self.asm.address(RCX, place);
        self.load(RAX, value)?;
        self.asm.store(Rm::At(RCX, 0), RAX);
        self.context.stack.pop();
        Ok(Step::To(instruction.end()))
    }

    /// The place, by way of `rax`, of the variable of the module that name `index` is, if the variable stands where it
    /// stood when the region was made; else machine code leaves. `None` if nothing is known of the variable.
    fn global(&mut self, index: usize) -> Option<Rm> {
        let (used, block, at) = self.view.global(index).filter(|_| self.guesses())?;
        let key = i32::try_from(self.view.name(index)).ok()?;
        let exit = self.exit(true);
        self.asm.number(RAX, used as u64);
        self.asm.alu_number_32(Alu::Cmp, Rm::At(RAX, 0), at as i32);
        self.asm.jump_if(If::BelowEqual, exit);
        self.asm.load(RAX, Rm::At(RAX, (block as isize - used as isize) as i32));
        self.entry(at, key, exit);
        Some(Rm::At(RAX, 16 * at as i32 + 8))
    }

    /// Leaves by `exit` unless `key` is the key of entry `at` of those at `rax`.
    fn entry(&mut self, at: usize, key: i32, exit: Label) {
        self.asm.alu_number(Alu::Cmp, Rm::At(RAX, 16 * at as i32), key);
        self.asm.jump_if(If::NotEqual, exit);
    }

    /// An attribute of an instance that stands where it stood when the region was made.
    pub(super) fn load_attr(&mut self, instruction: &Instruction) -> Steps {
        let index = instruction.index() as usize;
        let sample = match self.instance(self.operand(0)?)? {
            Class::Of(sample) => sample,
            Class::Asked(step) => return Ok(step),
            Class::None => return self.by_function(instruction, links::LOAD_ATTR, true),
        };
        let (Some(at), Ok(key)) = (self.member_of(sample, index), i32::try_from(self.view.name(index))) else {
            return self.by_function(instruction, links::LOAD_ATTR, true);
        };
        let value = self.gpr()?;
        let exit = self.exit(true);
        self.load(RAX, self.operand(0)?)?;
        self.member(at, key, exit);
        self.asm.load(value, Rm::At(RAX, 16 * at as i32 + 8));
        self.context.stack.pop();
        self.push_seen(Type::Value, Place::Gpr(value), self.view.attribute(sample, at));
        Ok(Step::To(instruction.end()))
    }

    /// The class of an operand that is an instance, by another instance of that class; what is not known of the operand is
    /// guessed.
    fn instance(&mut self, operand: Operand) -> Result<Class, Stop> {
        let ty = self.type_of(operand);
        if let Type::Instance(class) = ty {
            // What was seen is an instance of that class, or nothing: looks at it are all that relies on this.
            let is_one =
                |word: &usize| self.view.class(*word).and_then(|ty| self.knowledge.objects.get(&ty)) == Some(&class);
            return Ok(self.context.seen(operand.value).filter(is_one).map_or(Class::None, Class::Of));
        }
        if !ty.is_unknown() || self.word_at(operand).is_none() {
            return Ok(Class::None);
        }
        let Some(word) = self.seen(operand) else { return Ok(self.ask().map_or(Class::None, Class::Asked)) };
        let Some(address) = self.view.class(word) else { return Ok(Class::None) };
        let class = self.object(address);
        self.guard(operand, Type::Instance(class))?;
        Ok(Class::Of(word))
    }

    /// The number that name `index` of the module has among the attributes of an instance that was seen, the region's
    /// additions included.
    fn member_of(&self, sample: usize, index: usize) -> Option<usize> {
        let name = self.view.name(index);
        let added = self.added.iter().find(|(of, added, _)| *of == sample && *added == name);
        added.map(|(_, _, at)| *at).or_else(|| self.view.member(sample, index))
    }

    /// How many attributes the region has added to an instance that was seen.
    fn n_added(&self, sample: usize) -> usize {
        self.added.iter().filter(|(of, _, _)| *of == sample).count()
    }

    /// The number that another attribute of an instance that was seen would have, if there may be one.
    fn next_member(&self, sample: usize) -> Option<usize> {
        let at = self.view.members(sample)? + self.n_added(sample);
        (at < self.facts.members_plain as usize).then_some(at)
    }

    /// Has the address of the attributes of the instance in `rax` there, or goes to `other` unless attribute `at` is the one
    /// with the name `key`.
    fn member(&mut self, at: usize, key: i32, other: Label) {
        self.asm.alu_number_32(Alu::Cmp, Rm::At(RAX, self.facts.members_used as i32), at as i32);
        self.asm.jump_if(If::BelowEqual, other);
        self.asm.load(RAX, Rm::At(RAX, self.facts.members_block as i32));
        self.entry(at, key, other);
    }

    /// Makes room for attribute `at`, the last one, of the name `key`, for the instance in `rax`, and has the address of the
    /// attributes there; or goes to `other`, unless the instance has `at` attributes of other names, and room.
    fn new_member(&mut self, at: usize, key: i32, other: Label) {
        let facts = self.facts;
        let field = |distance: usize| Rm::At(RAX, distance as i32);
        self.asm.alu_number_32(Alu::Cmp, field(facts.members_used), at as i32);
        self.asm.jump_if(If::NotEqual, other);
        self.asm.alu_number_32(Alu::Cmp, field(facts.members_capacity), at as i32);
        self.asm.jump_if(If::BelowEqual, other);
        self.asm.alu_number_32(Alu::Cmp, field(facts.members_capacity), facts.members_plain as i32);
        self.asm.jump_if(If::Above, other);
        self.asm.load(RDX, field(facts.members_block));
        for before in 0..at {
            self.asm.alu_number(Alu::Cmp, Rm::At(RDX, 16 * before as i32), key);
            self.asm.jump_if(If::Equal, other);
        }
        self.asm.alu_number_32(Alu::Add, field(facts.members_used), 1);
        self.asm.alu_number_32(Alu::Add, field(facts.members_len), 1);
        self.asm.copy(RAX, RDX);
        self.asm.store_number(Rm::At(RAX, 16 * at as i32), key);
    }

    /// Goes to `other` if classes have changed since the region was made.
    fn no_changes(&mut self, other: Label) {
        self.asm.alu_number_32(Alu::Cmp, Rm::At(RBX, self.facts.changes as i32), self.view.changes() as i32);
        self.asm.jump_if(If::NotEqual, other);
    }

    /// A method of a class, which instances of the class with as many attributes do not have themselves; or any.
    pub(super) fn load_method(&mut self, instruction: &Instruction) -> Steps {
        const MOST: usize = 8;
        let index = instruction.index() as usize;
        if let Some(step) = self.plain_method(instruction)? {
            return Ok(step);
        }
        let sample = match self.instance(self.operand(0)?)? {
            Class::Of(sample) => sample,
            Class::Asked(step) => return Ok(step),
            Class::None => return self.in_place(instruction, links::LOAD_METHOD, 1),
        };
        let method = self.view.method(sample, index).map(|(function, n)| (function, n + self.n_added(sample)));
        let method = method.filter(|(_, n)| *n <= MOST);
        let (Some((function, n)), Ok(key)) = (method, i32::try_from(self.view.name(index))) else {
            return self.in_place(instruction, links::LOAD_METHOD, 1);
        };
        self.flush_all();
        let object = self.operand(0)?;
        let (slow, done) = (self.asm.label(), self.asm.label());
        self.no_changes(slow);
        self.asm.load(RAX, slot(object.slot));
        self.asm.alu_number_32(Alu::Cmp, Rm::At(RAX, self.facts.members_used as i32), n as i32);
        self.asm.jump_if(If::NotEqual, slow);
        if n > 0 {
            self.asm.load(RCX, Rm::At(RAX, self.facts.members_block as i32));
        }
        for at in 0..n {
            self.asm.alu_number(Alu::Cmp, Rm::At(RCX, 16 * at as i32), key);
            self.asm.jump_if(If::Equal, slow);
        }
        self.asm.store(slot(object.slot + 1), RAX);
        let link = self.object(function);
        self.asm.load(RAX, links::place(link));
        // The function is gone with its class only, or when that has changed.
        self.asm.store(slot(object.slot), RAX);
        self.asm.jump(done);
        self.asm.bind(slow);
        let step = self.in_place(instruction, links::LOAD_METHOD, 1)?;
        self.asm.bind(done);
        if let [.., method, this] = &mut self.context.stack[..] {
            (method.seen, this.seen) = (Some(function), Some(sample));
        }
        Ok(step)
    }

    /// A method of an object of a built-in type.
    fn plain_method(&mut self, instruction: &Instruction) -> Result<Option<Step>, Stop> {
        let operand = self.operand(0)?;
        let sample = match self.type_of(operand) {
            Type::Object(_) => self.context.seen(operand.value),
            ty if ty.is_unknown() && self.word_at(operand).is_some() => self.seen(operand),
            _ => None,
        };
        let method = sample.and_then(|sample| self.view.plain_method(sample, instruction.index() as usize));
        let method = method.filter(|(ty, _)| *ty != self.facts.float_type);
        let Some((ty, function)) = method else { return Ok(None) };
        match self.type_of(operand) {
            Type::Object(known) if known == ty => {}
            Type::Object(_) => return Ok(None),
            _ => self.guard(operand, Type::Object(ty))?,
        }
        self.lift(self.context.stack.len() - 1)?;
        let object = self.pop()?.value;
        self.push_word(Type::Value, function);
        self.context.stack.push(object);
        Ok(Some(Step::To(instruction.end())))
    }

    /// An attribute of an instance that has the attribute already, or any.
    pub(super) fn store_attr(&mut self, instruction: &Instruction) -> Steps {
        let index = instruction.index() as usize;
        let sample = match self.instance(self.operand(0)?)? {
            Class::Of(sample) => sample,
            Class::Asked(step) => return Ok(step),
            Class::None => return self.in_place(instruction, links::STORE_ATTR, 2),
        };
        let key = i32::try_from(self.view.name(index)).ok().filter(|_| self.view.stores_plainly(sample));
        let known = self.member_of(sample, index);
        let (Some(key), Some(at)) = (key, known.or_else(|| self.next_member(sample))) else {
            return self.in_place(instruction, links::STORE_ATTR, 2);
        };
        if known.is_none() {
            self.added.push((sample, self.view.name(index), at));
        }
        self.flush_all();
        let value = self.operand(1)?;
        let (slow, done) = (self.asm.label(), self.asm.label());
        self.no_changes(slow);
        self.asm.load(RAX, slot(self.operand(0)?.slot));
        self.asm.load(RCX, slot(value.slot));
        // Null deletes.
        self.asm.test(RCX, RCX);
        self.asm.jump_if(If::Equal, slow);
        match known {
            Some(_) => self.member(at, key, slow),
            None => self.new_member(at, key, slow),
        }
        self.asm.store(Rm::At(RAX, 16 * at as i32 + 8), RCX);
        self.asm.jump(done);
        self.asm.bind(slow);
        let step = self.in_place(instruction, links::STORE_ATTR, 2)?;
        self.asm.bind(done);
        Ok(step)
    }

    /// Has a function of the runtime do what the instruction does to the stack, from the operand number `n` from the top
    /// on; where the function answers 0, the interpreter runs the instruction.
    fn in_place(&mut self, instruction: &Instruction, function: usize, n: usize) -> Steps {
        self.flush_all();
        self.asm.copy(RDI, RBX);
        self.asm.number(RSI, (self.view.start() + self.at + 1) as u64);
        self.asm.address(RDX, slot(self.operand(n - 1)?.slot));
        self.asm.load(RAX, links::place(function));
        self.asm.call(RAX);
        self.asm.test(RAX, RAX);
        self.done_or_own(instruction)
    }

    /// Goes on behind the instruction, which a function has done unless its answer, just tested, is 0; then the interpreter
    /// runs the instruction.
    pub(super) fn done_or_own(&mut self, instruction: &Instruction) -> Steps {
        let done = self.asm.label();
        self.asm.jump_if(If::NotEqual, done);
        let step = self.generic(instruction)?;
        self.asm.bind(done);
        Ok(step)
    }

    /// Puts a function's answer in `rax`, just tested, in slot `result`; if the answer is null, the interpreter runs the
    /// instruction.
    pub(super) fn answer_or_own(&mut self, instruction: &Instruction, result: usize) -> Steps {
        let (own, done) = (self.asm.label(), self.asm.label());
        self.asm.jump_if(If::Equal, own);
        self.asm.store(slot(result), RAX);
        self.asm.jump(done);
        self.asm.bind(own);
        let step = self.generic(instruction)?;
        self.asm.bind(done);
        Ok(step)
    }

    /// Has a function of the runtime answer the value that the instruction puts on the stack, in the place of the operand
    /// on top if it `takes` one; where the function answers null, the interpreter runs the instruction.
    fn by_function(&mut self, instruction: &Instruction, function: usize, takes: bool) -> Steps {
        self.flush_all();
        self.asm.copy(RDI, RBX);
        self.asm.number(RSI, (self.view.start() + self.at + 1) as u64);
        if takes {
            self.asm.load(RDX, slot(self.operand(0)?.slot));
        }
        self.asm.load(RAX, links::place(function));
        self.asm.call(RAX);
        self.asm.test(RAX, RAX);
        let mut context = self.context.clone();
        effect(&mut context, instruction.effect());
        self.answer_or_own(instruction, self.context.locals.len() + context.stack.len() - 1)
    }
}

/// How a frame that machine code pushes begins.
struct Made {
    /// The frame's entry.
    entry: u8,
    /// The slot of the first argument, which is in the frame of the caller.
    args: usize,
    /// How many arguments there are.
    n_args: usize,
}

/// What is known of the class of an operand.
enum Class {
    /// The operand is an instance of the same class as this word.
    Of(usize),
    Asked(Step),
    None,
}
