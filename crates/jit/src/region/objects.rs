//! Items of lists and byte arrays, slices, and variables that functions share.

use berus_mpy::bytecode::Instruction;
use berus_mpy::opcode::Op;
use berus_runtime::interpret::tier;
use berus_runtime::interpret::tier::slice_function;

use crate::asm::{Alu, If, RAX, RBX, RCX, RDI, RDX, RSI, Reg, Rm, Shift};
use crate::context::{Place, Type};
use crate::region::{Maker, Operand, Step, Steps, Stop, effect, slot};

impl Maker<'_> {
    pub(super) fn load_subscr(&mut self, instruction: &Instruction) -> Steps {
        if self.is_object(1, self.facts.dict_type)? {
            return self.of_two(instruction, tier::item_of_dict as *const (), Type::Value);
        }
        if let Some((step, _)) = self.by_method(instruction, self.facts.entry_of_machine, |view, of| view.getter(of))? {
            return Ok(step);
        }
        match self.sequence_and_index(self.operand(1)?, self.operand(0)?, true)? {
            Known::Yes => {}
            Known::No => return self.generic(instruction),
            Known::Asked(step) => return Ok(step),
        }
        let (sequence, index) = (self.operand(1)?, self.operand(0)?);
        let Type::Object(ty) = self.type_of(sequence) else { return Err(Stop) };
        let item = self.gpr()?;
        let (ty, seen) = match (self.items_of(ty), self.bytes_of(ty)) {
            (Some(items), _) => {
                self.index(sequence, index, items.len)?;
                self.load_item(item, items);
                (Type::Value, self.seen(sequence).and_then(|word| self.view.item(word, self.seen(index))))
            }
            (None, Some(bytes)) => {
                self.index(sequence, index, bytes.len)?;
                self.asm.load(RAX, Rm::At(RAX, bytes.data));
                self.asm.load_byte(item, Rm::Indexed(RAX, RCX, 0, 0));
                self.asm.address(item, Rm::Indexed(item, item, 0, 1));
                (Type::Int, None)
            }
            (None, None) => return Err(Stop),
        };
        self.context.stack.truncate(self.context.stack.len() - 2);
        self.push_seen(ty, Place::Gpr(item), seen);
        Ok(Step::To(instruction.end()))
    }

    pub(super) fn store_subscr(&mut self, instruction: &Instruction) -> Steps {
        if self.is_object(1, self.facts.dict_type)? {
            return self.store_in_dict(instruction);
        }
        match self.sequence_and_index(self.operand(1)?, self.operand(0)?, false)? {
            Known::Yes => {}
            Known::No => return self.generic(instruction),
            Known::Asked(step) => return Ok(step),
        }
        if self.operand(2)?.value.place == Place::Word(0) {
            return self.generic(instruction);
        }
        if self.type_of(self.operand(1)?) == Type::Object(self.facts.bytearray_type) {
            return self.store_byte(instruction);
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
        self.index(list, index, self.facts.list_len as i32)?;
        self.asm.load(RAX, Rm::At(RAX, self.facts.list_items as i32));
        self.asm.store(Rm::Indexed(RAX, RCX, 3, 0), word);
        self.context.stack.truncate(self.context.stack.len() - 3);
        Ok(Step::To(instruction.end()))
    }

    /// Stores an item of a dict under a key that is there; a new key is for the interpreter.
    fn store_in_dict(&mut self, instruction: &Instruction) -> Steps {
        self.flush_all();
        self.asm.copy(RDI, RBX);
        self.asm.address(RSI, slot(self.operand(2)?.slot));
        self.asm.number(RAX, (tier::store_in_dict as *const ()).expose_provenance() as u64);
        self.asm.call(RAX);
        self.asm.test(RAX, RAX);
        self.done_or_own(instruction)
    }

    /// Whether operand `n` from the top is an object of the built-in type at `address`, or was one when the region was made:
    /// then the type is known from here on.
    pub(super) fn is_object(&mut self, n: usize, address: usize) -> Result<bool, Stop> {
        let operand = self.operand(n)?;
        let ty = Type::Object(address);
        if self.type_of(operand).is_unknown() && self.word_at(operand).is_some() && self.guess(operand) == Some(ty) {
            self.guard(operand, ty)?;
        }
        Ok(self.type_of(self.operand(n)?) == ty)
    }

    /// Has a function answer the value of an instruction with two operands, of a type that is known, or null if the
    /// instruction is to be done in another way.
    pub(super) fn of_two(&mut self, instruction: &Instruction, function: *const (), ty: Type) -> Steps {
        let result = self.call_of_two(function)?;
        let step = self.answer_or_own(instruction, result)?;
        if let Some(value) = self.context.stack.last_mut() {
            value.ty = ty;
        }
        Ok(step)
    }

    /// As [`Maker::of_two`], but where the function answers null, the interpreter does the instruction.
    pub(super) fn of_two_or_leave(&mut self, instruction: &Instruction, function: *const (), ty: Type) -> Steps {
        let result = self.call_of_two(function)?;
        let exit = self.exit(true);
        self.asm.jump_if(If::Equal, exit);
        self.asm.store(slot(result), RAX);
        effect(&mut self.context, instruction.effect());
        if let Some(value) = self.context.stack.last_mut() {
            value.ty = ty;
        }
        Ok(Step::To(instruction.end()))
    }

    /// Calls a function of two operands, whose answer is in `rax`, and tested: the slot for the result.
    fn call_of_two(&mut self, function: *const ()) -> Result<usize, Stop> {
        self.flush_all();
        let [left, right] = [self.operand(1)?, self.operand(0)?];
        self.asm.copy(RDI, RBX);
        self.asm.load(RSI, slot(left.slot));
        self.asm.load(RDX, slot(right.slot));
        self.asm.number(RAX, function.expose_provenance() as u64);
        self.asm.call(RAX);
        self.asm.test(RAX, RAX);
        Ok(left.slot)
    }

    /// Stores an int, if that is one of 8 bits, in a `bytearray`.
    fn store_byte(&mut self, instruction: &Instruction) -> Steps {
        let value = self.operand(2)?;
        match self.type_of(value) {
            ty if ty.is_int() => {}
            ty if ty.is_unknown() && self.word_at(value).is_some() && self.guesses() => self.guard(value, Type::Int)?,
            _ => return self.generic(instruction),
        }
        let (value, array, index) = (self.operand(2)?, self.operand(1)?, self.operand(0)?);
        let exit = self.exit(false);
        let byte = self.gpr()?;
        self.load(byte, value)?;
        self.asm.shift(Shift::Arithmetic, byte, 1);
        self.asm.alu_number(Alu::Cmp, byte, 0xff);
        self.asm.jump_if(If::Above, exit);
        self.index(array, index, self.facts.bytearray_len as i32)?;
        self.asm.load(RAX, Rm::At(RAX, self.facts.bytearray_items as i32));
        self.asm.store_byte(Rm::Indexed(RAX, RCX, 0, 0), byte);
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

    /// Where a bytes object or `bytearray`, by the address of the type, has its bytes.
    fn bytes_of(&self, ty: usize) -> Option<Bytes> {
        let facts = self.facts;
        let (len, data) = match ty {
            ty if ty == facts.bytes_type => (facts.bytes_len, facts.bytes_data),
            ty if ty == facts.bytearray_type => (facts.bytearray_len, facts.bytearray_items),
            _ => return None,
        };
        Some(Bytes { len: len as i32, data: data as i32 })
    }

    /// Loads item number `rcx` of the list or tuple at `rax`, which is used up.
    pub(super) fn load_item(&mut self, item: Reg, items: Items) {
        if items.is_list {
            self.asm.load(RAX, Rm::At(RAX, items.first));
        }
        let first = if items.is_list { 0 } else { items.first };
        self.asm.load(item, Rm::Indexed(RAX, RCX, 3, first));
    }

    /// Has the address of a sequence in `rax`, whose length is `len` from there, and in `rcx` the number of the item with
    /// an index that is within.
    fn index(&mut self, sequence: Operand, index: Operand, len: i32) -> Result<(), Stop> {
        let exit = self.exit(false);
        let len = Rm::At(RAX, len);
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

    /// Whether two operands are a list or a `bytearray`, or if that `may_be_fixed` a tuple or a bytes object, and a small
    /// int.
    fn sequence_and_index(&mut self, sequence: Operand, index: Operand, may_be_fixed: bool) -> Result<Known, Stop> {
        let facts = self.facts;
        let changeable = [facts.list_type, facts.bytearray_type].map(Type::Object);
        let fixed = [facts.tuple_type, facts.bytes_type].map(Type::Object);
        let is_sequence = |ty: Type| changeable.contains(&ty) || may_be_fixed && fixed.contains(&ty);
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

/// Where a bytes object or `bytearray` has its bytes.
struct Bytes {
    /// From the object to the number of bytes.
    len: i32,
    /// From the object to the address of the first byte.
    data: i32,
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
