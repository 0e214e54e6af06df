//! Calls and returns, variables of modules and attributes.
//!
//! A function in machine code is called without a call of the machine: its frame lies on the interpreter's stack of frames,
//! and says where the caller goes on. So calls may be nested as deep as the interpreter allows, and leaving needs to undo
//! nothing.

use berus_mpy::bytecode::Instruction;
use berus_mpy::opcode::Op;
use berus_runtime::interpret::tier::{RUN, WENT_ON};

use crate::asm::{Alu, If, Label, R8, R12, RAX, RBX, RCX, RDI, RDX, RSI, Rm};
use crate::context::{Place, Type};
use crate::links;
use crate::region::{Maker, NONE, Operand, Step, Steps, Stop, effect, slot};

/// Numbers below this are no addresses.
const ADDRESSES: i32 = 256;

impl Maker<'_> {
    pub(super) fn call(&mut self, instruction: &Instruction) -> Steps {
        self.flush_all();
        let is_method = instruction.op == Op::CallMethod;
        let taken = instruction.effect().pops as usize;
        let depth = self.context.stack.len().checked_sub(taken).ok_or(Stop)?;
        let base = self.context.locals.len() + depth;
        let resume = self.asm.label();
        self.asm.copy(RDI, RBX);
        self.asm.number(RSI, (self.view.start() + self.at + 1) as u64);
        self.asm.address(RDX, slot(base));
        self.asm.address_of(RCX, resume);
        self.asm.number(R8, u64::from(is_method));
        self.asm.load(RAX, links::place(links::CALL));
        self.asm.call(RAX);
        let (done, own, ends) = (self.asm.label(), self.asm.label(), self.asm.label());
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

    pub(super) fn return_value(&mut self) -> Steps {
        if self.context.xmm_of(self.operand(0)?.value).is_some() {
            self.flush_all();
        }
        let exit = self.exit(false);
        let value = self.operand(0)?;
        self.load(RAX, value)?;
        self.asm.load(RDX, Rm::At(RBX, self.facts.top as i32));
        let plain = self.asm.label();
        self.asm.compare_byte(Rm::At(RDX, self.facts.frame_entry as i32), self.facts.entry_of_machine);
        self.asm.jump_if(If::Equal, plain);
        self.asm.compare_byte(Rm::At(RDX, self.facts.frame_entry as i32), self.facts.entry_of_init);
        self.asm.jump_if(If::NotEqual, exit);
        self.asm.alu_number(Alu::Cmp, RAX, NONE as i32);
        self.asm.jump_if(If::NotEqual, exit);
        self.asm.load(RAX, Rm::At(RDX, self.facts.frame_object as i32));
        self.asm.bind(plain);
        if self.view.n_blocks() > 0 {
            self.asm.address(RCX, Rm::At(RDX, self.facts.frame_bytes as i32));
            self.asm.alu(Alu::Cmp, RCX, Rm::At(RDX, self.facts.frame_blocks_end as i32));
            self.asm.jump_if(If::NotEqual, exit);
        }
        self.asm.load(RSI, Rm::At(RDX, self.facts.frame_below as i32));
        self.asm.store(Rm::At(RBX, self.facts.top as i32), RSI);
        self.asm.load(RCX, Rm::At(RSI, self.facts.frame_sp as i32));
        self.asm.store(Rm::At(RCX, 0), RAX);
        self.asm.load(R12, Rm::At(RSI, self.facts.frame_locals as i32));
        self.asm.jump_to(Rm::At(RDX, self.facts.frame_resume as i32));
        Ok(Step::End)
    }

    /// A variable of the module that stands where it stood when the region was made.
    pub(super) fn load_global(&mut self, instruction: &Instruction) -> Steps {
        let index = instruction.index() as usize;
        let found = self.view.global(index).filter(|_| self.guesses());
        let (Some((used, block, at)), Ok(key)) = (found, i32::try_from(self.view.name(index))) else {
            return self.by_function(instruction, links::LOAD_GLOBAL, false);
        };
        let exit = self.exit(true);
        let value = self.gpr()?;
        self.asm.number(RAX, used as u64);
        self.asm.alu_number_32(Alu::Cmp, Rm::At(RAX, 0), at as i32);
        self.asm.jump_if(If::BelowEqual, exit);
        self.asm.load(RAX, Rm::At(RAX, (block as isize - used as isize) as i32));
        self.entry(at, key, exit);
        self.asm.load(value, Rm::At(RAX, 16 * at as i32 + 8));
        self.push(Type::Value, Place::Gpr(value));
        Ok(Step::To(instruction.end()))
    }

    /// Leaves by `exit` unless `key` is the key of entry `at` of those at `rax`.
    fn entry(&mut self, at: usize, key: i32, exit: Label) {
        self.asm.alu_number(Alu::Cmp, Rm::At(RAX, 16 * at as i32), key);
        self.asm.jump_if(If::NotEqual, exit);
    }

    /// An attribute of an instance that stands where it stood when the region was made.
    pub(super) fn load_attr(&mut self, instruction: &Instruction) -> Steps {
        let index = instruction.index() as usize;
        let operand = self.operand(0)?;
        if !self.type_of(operand).is_unknown() || self.word_at(operand).is_none() {
            return self.by_function(instruction, links::LOAD_ATTR, true);
        }
        let Some(word) = self.seen(operand) else {
            return match self.ask() {
                Some(step) => Ok(step),
                None => self.by_function(instruction, links::LOAD_ATTR, true),
            };
        };
        let (Some(at), Ok(key)) = (self.view.member(word, index), i32::try_from(self.view.name(index))) else {
            return self.by_function(instruction, links::LOAD_ATTR, true);
        };
        let value = self.gpr()?;
        self.members(operand, at, key)?;
        self.asm.load(value, Rm::At(RAX, 16 * at as i32 + 8));
        self.context.stack.pop();
        self.push(Type::Value, Place::Gpr(value));
        Ok(Step::To(instruction.end()))
    }

    /// Has the address of the attributes of `operand` in `rax`, or leaves unless the operand is an instance of which
    /// attribute `at` is the one with the name `key`.
    fn members(&mut self, operand: Operand, at: usize, key: i32) -> Result<(), Stop> {
        let exit = self.exit(true);
        self.load(RAX, operand)?;
        self.asm.test_bits(RAX.into(), 3);
        self.asm.jump_if(If::NotEqual, exit);
        if self.type_of(operand).may_be_null() {
            self.asm.test(RAX, RAX);
            self.asm.jump_if(If::Equal, exit);
        }
        let flags = i32::from(self.facts.instance_flags);
        self.asm.load(RCX, Rm::At(RAX, 0));
        self.asm.load_half(RCX, Rm::At(RCX, self.facts.type_flags as i32));
        self.asm.alu_number_32(Alu::And, RCX, flags);
        self.asm.alu_number_32(Alu::Cmp, RCX, flags);
        self.asm.jump_if(If::NotEqual, exit);
        self.asm.alu_number_32(Alu::Cmp, Rm::At(RAX, self.facts.members_used as i32), at as i32);
        self.asm.jump_if(If::BelowEqual, exit);
        self.asm.load(RAX, Rm::At(RAX, self.facts.members_block as i32));
        self.entry(at, key, exit);
        Ok(())
    }

    /// A method of a built-in type or of a class.
    pub(super) fn load_method(&mut self, instruction: &Instruction) -> Steps {
        self.in_place(instruction, links::LOAD_METHOD, 1)
    }

    /// An attribute of an instance.
    pub(super) fn store_attr(&mut self, instruction: &Instruction) -> Steps {
        self.in_place(instruction, links::STORE_ATTR, 2)
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
        let done = self.asm.label();
        self.asm.jump_if(If::NotEqual, done);
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
        let (own, done) = (self.asm.label(), self.asm.label());
        let mut context = self.context.clone();
        effect(&mut context, instruction.effect());
        let result = self.context.locals.len() + context.stack.len() - 1;
        self.asm.jump_if(If::Equal, own);
        self.asm.store(slot(result), RAX);
        self.asm.jump(done);
        self.asm.bind(own);
        let step = self.generic(instruction)?;
        self.asm.bind(done);
        Ok(step)
    }
}
