//! Items of lists, slices, and variables that functions share.

use berus_mpy::bytecode::Instruction;
use berus_mpy::opcode::Op;
use berus_runtime::interpret::tier::slice_function;

use crate::asm::{Alu, If, RAX, RCX, Rm, Shift};
use crate::context::{Place, Type};
use crate::region::{Maker, Operand, Step, Steps, Stop, effect, slot};

impl Maker<'_> {
    pub(super) fn load_subscr(&mut self, instruction: &Instruction) -> Steps {
        match self.list_and_index(self.operand(1)?, self.operand(0)?)? {
            Known::Yes => {}
            Known::No => return self.generic(instruction),
            Known::Asked(step) => return Ok(step),
        }
        let (list, index) = (self.operand(1)?, self.operand(0)?);
        let item = self.gpr()?;
        self.item(list, index)?;
        self.asm.load(item, Rm::Indexed(RAX, RCX, 3, 0));
        self.context.stack.truncate(self.context.stack.len() - 2);
        self.push(Type::Value, Place::Gpr(item));
        Ok(Step::To(instruction.end()))
    }

    pub(super) fn store_subscr(&mut self, instruction: &Instruction) -> Steps {
        match self.list_and_index(self.operand(1)?, self.operand(0)?)? {
            Known::Yes => {}
            Known::No => return self.generic(instruction),
            Known::Asked(step) => return Ok(step),
        }
        if self.operand(2)?.value.place == Place::Word(0) {
            return self.generic(instruction);
        }
        if self.context.xmm_of(self.operand(2)?.value).is_some() {
            self.flush_all();
        }
        let (value, list, index) = (self.operand(2)?, self.operand(1)?, self.operand(0)?);
        let word = self.gpr()?;
        self.load(word, value)?;
        if self.type_of(value).may_be_null() {
            // Null deletes.
            let exit = self.exit(false);
            self.asm.test(word, word);
            self.asm.jump_if(If::Equal, exit);
        }
        self.item(list, index)?;
        self.asm.store(Rm::Indexed(RAX, RCX, 3, 0), word);
        self.context.stack.truncate(self.context.stack.len() - 3);
        Ok(Step::To(instruction.end()))
    }

    /// A slice that the next instruction uses is no object.
    pub(super) fn build_slice(&mut self, instruction: &Instruction) -> Steps {
        let use_of_slice = Instruction::decode(self.code, instruction.end()).ok().filter(|next| {
            matches!(next.op, Op::LoadSubscr | Op::StoreSubscr) && !self.knowledge.targets.contains(&next.offset)
        });
        let Some(next) = use_of_slice else { return self.generic(instruction) };
        self.direct(instruction, slice_function(next.op == Op::LoadSubscr))?;
        effect(&mut self.context, instruction.effect());
        effect(&mut self.context, next.effect());
        if next.op == Op::LoadSubscr
            && let Some(items) = self.context.stack.last_mut()
        {
            items.ty = Type::Value;
        }
        Ok(Step::To(next.end()))
    }

    /// The cell of a variable that functions share, in `rax`.
    fn cell(&mut self, local: usize) -> Result<Rm, Stop> {
        let variable = self.context.locals.get(local).ok_or(Stop)?;
        if variable.place != Place::Memory {
            return Err(Stop);
        }
        self.asm.load(RAX, slot(local));
        Ok(Rm::At(RAX, self.facts.cell_value as i32))
    }

    pub(super) fn load_deref(&mut self, local: usize) -> Result<(), Stop> {
        let exit = self.exit(false);
        let value = self.gpr()?;
        let cell = self.cell(local)?;
        self.asm.load(value, cell);
        self.asm.test(value, value);
        self.asm.jump_if(If::Equal, exit);
        self.push(Type::Value, Place::Gpr(value));
        Ok(())
    }

    pub(super) fn store_deref(&mut self, local: usize) -> Result<(), Stop> {
        if self.context.xmm_of(self.operand(0)?.value).is_some() {
            self.flush_all();
        }
        let value = self.pop()?;
        self.load(RCX, value)?;
        let cell = self.cell(local)?;
        self.asm.store(cell, RCX);
        Ok(())
    }

    /// Has the address of a list's items in `rax`, and in `rcx` the number of the item with an index that the list has.
    fn item(&mut self, list: Operand, index: Operand) -> Result<(), Stop> {
        let exit = self.exit(false);
        let len = Rm::At(RAX, self.facts.list_len as i32);
        self.load(RAX, list)?;
        self.load(RCX, index)?;
        self.asm.shift(Shift::Arithmetic, RCX, 1);
        let within = self.asm.label();
        self.asm.alu(Alu::Cmp, RCX, len);
        self.asm.jump_if(If::Below, within);
        // A negative index counts from the end; one beyond the end stays there.
        self.asm.alu(Alu::Add, RCX, len);
        self.asm.alu(Alu::Cmp, RCX, len);
        self.asm.jump_if(If::AboveEqual, exit);
        self.asm.bind(within);
        self.asm.load(RAX, Rm::At(RAX, self.facts.list_items as i32));
        Ok(())
    }

    /// Whether two operands are a list and a small int.
    fn list_and_index(&mut self, list: Operand, index: Operand) -> Result<Known, Stop> {
        let wanted = Type::Object(self.facts.list_type);
        for (operand, wanted) in [(list, wanted), (index, Type::Int)] {
            let ty = self.type_of(operand);
            if ty == wanted || wanted == Type::Int && ty.is_int() {
                continue;
            }
            if !ty.is_unknown() || self.word_at(operand).is_none() {
                return Ok(Known::No);
            }
            match self.guess(operand) {
                Some(guess) if guess == wanted => self.guard(operand, wanted)?,
                Some(_) => return Ok(Known::No),
                None => return Ok(self.ask().map_or(Known::No, Known::Asked)),
            }
        }
        Ok(Known::Yes)
    }
}

enum Known {
    Yes,
    No,
    Asked(Step),
}
