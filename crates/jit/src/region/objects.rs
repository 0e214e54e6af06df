//! Items of lists, slices, and variables that functions share.

use berus_mpy::bytecode::Instruction;
use berus_mpy::opcode::Op;
use berus_runtime::interpret::tier::slice_function;

use crate::asm::{Alu, If, RAX, RCX, Reg, Rm, Shift};
use crate::context::{Place, Type};
use crate::region::{Maker, Operand, Step, Steps, Stop, effect, slot};

impl Maker<'_> {
    pub(super) fn load_subscr(&mut self, instruction: &Instruction) -> Steps {
        match self.list_and_index(self.operand(1)?, self.operand(0)?, true)? {
            Known::Yes => {}
            Known::No => return self.generic(instruction),
            Known::Asked(step) => return Ok(step),
        }
        let (sequence, index) = (self.operand(1)?, self.operand(0)?);
        let Type::Object(ty) = self.type_of(sequence) else { return Err(Stop) };
        let items = self.items_of(ty).ok_or(Stop)?;
        let item = self.gpr()?;
        self.index(sequence, index, items)?;
        self.load_item(item, items);
        let seen = self.seen(sequence).and_then(|word| self.view.item(word, self.seen(index)));
        self.context.stack.truncate(self.context.stack.len() - 2);
        self.push_seen(Type::Value, Place::Gpr(item), seen);
        Ok(Step::To(instruction.end()))
    }

    pub(super) fn store_subscr(&mut self, instruction: &Instruction) -> Steps {
        match self.list_and_index(self.operand(1)?, self.operand(0)?, false)? {
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
        if self.type_of(value) == Type::Slot {
            // Null deletes.
            let exit = self.exit(false);
            self.asm.test(word, word);
            self.asm.jump_if(If::Equal, exit);
        }
        self.index(list, index, self.items_of(self.facts.list_type).ok_or(Stop)?)?;
        self.asm.load(RAX, Rm::At(RAX, self.facts.list_items as i32));
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

    /// The items of a list or tuple of the right length become operands, the first on top.
    pub(super) fn unpack_sequence(&mut self, instruction: &Instruction) -> Steps {
        const MOST: usize = 8;
        let n = instruction.index() as usize;
        let sequence = self.operand(0)?;
        let guess = match self.type_of(sequence) {
            ty if ty.is_unknown() && self.word_at(sequence).is_some() => self.guess(sequence),
            ty => Some(ty),
        };
        let Some(Type::Object(ty)) = guess.filter(|_| n <= MOST) else { return self.generic(instruction) };
        let Some(items) = self.items_of(ty) else { return self.generic(instruction) };
        if self.type_of(sequence).is_unknown() {
            self.guard(sequence, Type::Object(ty))?;
        }
        let exit = self.exit(false);
        self.load(RAX, sequence)?;
        self.asm.alu_number(Alu::Cmp, Rm::At(RAX, items.len), n as i32);
        self.asm.jump_if(If::NotEqual, exit);
        let first = if items.is_list { 0 } else { items.first };
        if items.is_list {
            self.asm.load(RAX, Rm::At(RAX, items.first));
        }
        let word = self.seen(sequence);
        self.context.stack.pop();
        for number in (0..n).rev() {
            self.asm.load(RCX, Rm::At(RAX, first + 8 * number as i32));
            self.asm.store(slot(sequence.slot + n - 1 - number), RCX);
            let seen = word.and_then(|word| self.view.item(word, Some(2 * number + 1)));
            self.push_seen(Type::Value, Place::Memory, seen);
        }
        Ok(Step::To(instruction.end()))
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
        let seen = self.context.locals.get(local).and_then(|variable| self.view.shared(variable.seen?));
        self.push_seen(Type::Value, Place::Gpr(value), seen);
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

    /// Where a list or tuple, by the address of the type, has its items.
    pub(super) fn items_of(&self, ty: usize) -> Option<Items> {
        let facts = self.facts;
        let is_list = ty == facts.list_type;
        let (len, first) =
            if is_list { (facts.list_len, facts.list_items) } else { (facts.tuple_len, facts.tuple_items) };
        (is_list || ty == facts.tuple_type).then_some(Items { len: len as i32, first: first as i32, is_list })
    }

    /// Loads item number `rcx` of the list or tuple at `rax`, which is used up.
    pub(super) fn load_item(&mut self, item: Reg, items: Items) {
        if items.is_list {
            self.asm.load(RAX, Rm::At(RAX, items.first));
        }
        let first = if items.is_list { 0 } else { items.first };
        self.asm.load(item, Rm::Indexed(RAX, RCX, 3, first));
    }

    /// Has the address of a list or tuple in `rax`, and in `rcx` the number of the item with an index that is within.
    fn index(&mut self, sequence: Operand, index: Operand, items: Items) -> Result<(), Stop> {
        let exit = self.exit(false);
        let len = Rm::At(RAX, items.len);
        self.load(RAX, sequence)?;
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
        Ok(())
    }

    /// Whether two operands are a list, or if that `may_be_tuple` a tuple, and a small int.
    fn list_and_index(&mut self, sequence: Operand, index: Operand, may_be_tuple: bool) -> Result<Known, Stop> {
        let [list, tuple] = [self.facts.list_type, self.facts.tuple_type].map(Type::Object);
        let is_sequence = |ty: Type| ty == list || may_be_tuple && ty == tuple;
        let ty = self.type_of(sequence);
        if !is_sequence(ty) {
            if !ty.is_unknown() || self.word_at(sequence).is_none() {
                return Ok(Known::No);
            }
            match self.guess(sequence) {
                Some(guess) if is_sequence(guess) => self.guard(sequence, guess)?,
                Some(_) => return Ok(Known::No),
                None => return Ok(self.ask().map_or(Known::No, Known::Asked)),
            }
        }
        let ty = self.type_of(index);
        if !ty.is_int() {
            let may_be = self.guess(index).is_none_or(|guess| guess == Type::Int);
            if !ty.is_unknown() || self.word_at(index).is_none() || !may_be || !self.guesses() {
                return Ok(Known::No);
            }
            self.guard(index, Type::Int)?;
        }
        Ok(Known::Yes)
    }
}

/// Where a list or tuple has its items.
#[derive(Clone, Copy)]
pub(super) struct Items {
    /// From the object to the number of items.
    pub len: i32,
    /// From the object to the first item, or if it `is_list` to the address of that.
    first: i32,
    is_list: bool,
}

enum Known {
    Yes,
    No,
    Asked(Step),
}
