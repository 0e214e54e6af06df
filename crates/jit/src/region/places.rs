//! Moving values between registers and the frame, and finding out their types.

use alloc::vec::Vec;

use crate::asm::{Alu, If, RAX, RBX, RCX, RDI, RSI, RSP, Reg, Rm, Xmm};
use crate::context::{Place, Type, Value};
use crate::enter::XMM;
use crate::jit::Why;
use crate::links;
use crate::region::{FALSE, GPRS, HOMES, Maker, NAME, NAME_BITS, NONE, Operand, Restore, Stop, TRUE, XMMS, slot};

impl Maker<'_> {
    pub(super) fn push(&mut self, ty: Type, place: Place) {
        self.push_seen(ty, place, None);
    }

    /// Pushes a value that would be `seen` if the frame went on now.
    pub(super) fn push_seen(&mut self, ty: Type, place: Place, seen: Option<usize>) {
        self.context.stack.push(Value { ty, place, seen });
    }

    pub(super) fn push_word(&mut self, ty: Type, word: usize) {
        self.push(ty, Place::Word(word));
    }

    /// The operand `n` below the top.
    pub(super) fn operand(&self, n: usize) -> Result<Operand, Stop> {
        let index = self.context.stack.len().checked_sub(n + 1).ok_or(Stop)?;
        let value = *self.context.stack.get(index).ok_or(Stop)?;
        Ok(Operand { value, slot: self.context.locals.len() + index })
    }

    pub(super) fn pop(&mut self) -> Result<Operand, Stop> {
        let operand = self.operand(0)?;
        self.context.stack.pop();
        Ok(operand)
    }

    pub(super) fn type_of(&self, operand: Operand) -> Type {
        self.context.type_of(operand.value)
    }

    /// A register for a word, which the instruction's exits do not use.
    pub(super) fn gpr(&mut self) -> Result<Reg, Stop> {
        let free = |reg: &Reg| self.gprs & 1 << reg.0 == 0 && !self.context.holds(*reg) && !self.start.holds(*reg);
        let reg = GPRS.into_iter().find(free).ok_or(Stop)?;
        self.gprs |= 1 << reg.0;
        Ok(reg)
    }

    /// A register for a float, which the instruction's exits do not use.
    pub(super) fn xmm(&mut self) -> Result<Xmm, Stop> {
        let free =
            |xmm: &Xmm| self.xmms & 1 << xmm.0 == 0 && self.context.uses(*xmm) == 0 && self.start.uses(*xmm) == 0;
        let xmm = XMMS.map(Xmm).find(free).ok_or(Stop)?;
        self.xmms |= 1 << xmm.0;
        Ok(xmm)
    }

    /// Where the word of an operand is, if that is a register or memory.
    pub(super) fn word_at(&self, operand: Operand) -> Option<Rm> {
        match operand.value.place {
            Place::Memory => Some(slot(operand.slot)),
            Place::Gpr(reg) => Some(reg.into()),
            Place::Local(local) => match self.context.locals.get(usize::from(local))?.place {
                Place::Memory => Some(slot(local.into())),
                _ => None,
            },
            Place::Word(_) | Place::Xmm(_) => None,
        }
    }

    /// Loads the word of an operand that is not a float without an object.
    pub(super) fn load(&mut self, dest: Reg, operand: Operand) -> Result<(), Stop> {
        match (operand.value.place, self.word_at(operand)) {
            (Place::Word(word), _) => self.asm.number(dest, word as u64),
            (Place::Gpr(reg), _) => self.asm.copy(dest, reg),
            (_, Some(from)) => self.asm.load(dest, from),
            _ => return Err(Stop),
        }
        Ok(())
    }

    /// Loads a number into a register for floats; the register may be the operand's own.
    pub(super) fn load_float(&mut self, scratch: Xmm, operand: Operand) -> Result<Xmm, Stop> {
        if let Some(xmm) = self.context.xmm_of(operand.value) {
            return Ok(xmm);
        }
        self.load(RAX, operand)?;
        if self.type_of(operand) == Type::Float {
            self.asm.load_float(scratch, Rm::At(RAX, self.facts.float_value as i32));
        } else {
            self.asm.shift(crate::asm::Shift::Arithmetic, RAX, 1);
            self.asm.float_of(scratch, RAX);
        }
        Ok(scratch)
    }

    /// The type of a value whose word is `word`.
    pub(super) fn type_of_word(&self, word: usize) -> Type {
        if word & 1 != 0 {
            return Type::Int;
        }
        match (word, self.view.type_at(word)) {
            (TRUE | FALSE, _) => Type::Bool,
            (0, _) => Type::Slot,
            _ if word & NAME_BITS == NAME => Type::Name,
            (_, 0) => Type::Value,
            (_, ty) if ty == self.facts.float_type => Type::Float,
            (_, ty) => Type::Object(ty),
        }
    }

    /// The type that a value had when the region was made, or would have had.
    pub(super) fn guess(&self, operand: Operand) -> Option<Type> {
        self.seen(operand).map(|word| self.type_of_word(word))
    }

    /// The type of a value, or where nothing is known, the one that the value had when the region was made.
    pub(super) fn probable(&self, operand: Operand) -> Type {
        let ty = self.type_of(operand);
        if ty.is_unknown() { self.guess(operand).unwrap_or(ty) } else { ty }
    }

    /// The word that a value had when the region was made, or would have had, as long as that is to be counted on.
    pub(super) fn seen(&self, operand: Operand) -> Option<usize> {
        self.context.seen(operand.value).filter(|_| self.guesses())
    }

    /// Leaves unless a value, not null, has a type that is not an unknown one; the type is known from there on.
    pub(super) fn guard(&mut self, operand: Operand, ty: Type) -> Result<(), Stop> {
        let exit = self.exit(true);
        match ty {
            Type::Int => {
                let word = self.word_at(operand).ok_or(Stop)?;
                self.asm.test_bits(word, 1);
                self.asm.jump_if(If::Equal, exit);
            }
            Type::Bool => {
                self.load(RAX, operand)?;
                self.asm.alu_number(Alu::And, RAX, !((TRUE ^ FALSE) as i32));
                self.asm.alu_number(Alu::Cmp, RAX, FALSE as i32);
                self.asm.jump_if(If::NotEqual, exit);
            }
            Type::Name => {
                self.load(RAX, operand)?;
                self.asm.alu_number(Alu::And, RAX, NAME_BITS as i32);
                self.asm.alu_number(Alu::Cmp, RAX, NAME as i32);
                self.asm.jump_if(If::NotEqual, exit);
            }
            Type::Float | Type::Object(_) | Type::Instance(_) => {
                self.load(RAX, operand)?;
                self.asm.test_bits(RAX.into(), 3);
                self.asm.jump_if(If::NotEqual, exit);
                if self.type_of(operand) == Type::Slot {
                    self.asm.test(RAX, RAX);
                    self.asm.jump_if(If::Equal, exit);
                }
                match ty {
                    Type::Instance(link) => self.asm.load(RCX, links::place(link)),
                    Type::Object(address) => self.asm.number(RCX, address as u64),
                    _ => self.asm.number(RCX, self.facts.float_type as u64),
                }
                self.asm.alu(Alu::Cmp, RCX, Rm::At(RAX, 0));
                self.asm.jump_if(If::NotEqual, exit);
            }
            Type::Word(word) => {
                let at = self.word_at(operand).ok_or(Stop)?;
                let word = i32::try_from(word).map_err(|_| Stop)?;
                self.asm.alu_number(Alu::Cmp, at, word);
                self.asm.jump_if(If::NotEqual, exit);
            }
            Type::Slot | Type::Value => return Err(Stop),
        }
        self.learn(operand, ty);
        Ok(())
    }

    /// Notes the type of an operand, which may be on the stack still.
    pub(super) fn learn(&mut self, operand: Operand, ty: Type) {
        if let Place::Local(local) = operand.value.place {
            if let Some(local) = self.context.local_mut(usize::from(local)) {
                local.ty = ty;
            }
            return;
        }
        let index = operand.slot.wrapping_sub(self.context.locals.len());
        if let Some(value) = self.context.stack.get_mut(index) {
            value.ty = ty;
        }
    }

    pub(super) fn load_fast(&mut self, local: usize) {
        let Some(value) = self.context.locals.get(local).copied() else { return self.leave(Why::Interpreter) };
        let place = Place::Local(local as u16);
        if value.ty == Type::Slot {
            let operand = Operand { value: Value { place, ..value }, slot: local };
            let guess = self.guess(operand);
            let known = match guess {
                Some(ty @ (Type::Int | Type::Float)) => self.guard(operand, ty).is_ok(),
                Some(ty @ Type::Object(address)) if address == self.facts.list_type => self.guard(operand, ty).is_ok(),
                _ => false,
            };
            if !known {
                let exit = self.exit(false);
                self.asm.alu_number(Alu::Cmp, slot(local), 0);
                self.asm.jump_if(If::Equal, exit);
                self.learn(operand, Type::Value);
            }
        }
        self.push(Type::Value, place);
    }

    pub(super) fn store_fast(&mut self, local: usize) -> Result<(), Stop> {
        let top = self.operand(0)?;
        let shared = self.context.xmm_of(top.value).is_some_and(|xmm| self.context.uses(xmm) > 1);
        let no_home = self.context.xmm_of(top.value).is_some() && self.home(local).is_none();
        if shared || no_home {
            // Two variables with one float are to have one object.
            self.flush_all();
        }
        let top = self.pop()?;
        self.detach(local)?;
        let old = *self.context.locals.get(local).ok_or(Stop)?;
        if let (Some(xmm), Some(home)) = (self.context.xmm_of(top.value), self.home(local)) {
            self.asm.copy_float(home, xmm);
            if old.place == Place::Memory && (old.ty.is_unknown() || matches!(old.ty, Type::Object(_))) {
                // What the variable was before is to be kept alive no longer.
                self.asm.store_number(slot(local), 1);
            }
            *self.context.local_mut(local).ok_or(Stop)? =
                Value { ty: Type::Float, place: Place::Xmm(home), seen: None };
            return Ok(());
        }
        let (ty, seen) = (self.type_of(top), self.context.seen(top.value));
        let to = slot(local);
        match top.value.place {
            Place::Gpr(reg) => self.asm.store(to, reg),
            Place::Word(word) if i32::try_from(word as isize).is_ok() => self.asm.store_number(to, word as i32),
            _ => {
                self.load(RAX, top)?;
                self.asm.store(to, RAX);
            }
        }
        *self.context.local_mut(local).ok_or(Stop)? = Value { ty, place: Place::Memory, seen };
        Ok(())
    }

    /// The register of a local variable that is a float.
    fn home(&mut self, local: usize) -> Option<Xmm> {
        let homes = &mut self.knowledge.homes;
        if let Some(home) = homes.get(&local) {
            return Some(*home);
        }
        let home = HOMES.map(Xmm).find(|xmm| homes.values().all(|home| home != xmm))?;
        homes.insert(local, home);
        Some(home)
    }

    /// Has operands that are the value of a local variable keep that value.
    fn detach(&mut self, local: usize) -> Result<(), Stop> {
        for index in 0..self.context.stack.len() {
            let place = Place::Local(local as u16);
            if self.context.stack[index].place != place {
                continue;
            }
            let variable = self.context.locals[local];
            self.context.stack[index] = match variable.place {
                Place::Xmm(xmm) => {
                    let copy = self.xmm()?;
                    self.asm.copy_float(copy, xmm);
                    Value { ty: Type::Float, place: Place::Xmm(copy), seen: None }
                }
                _ => {
                    let reg = self.gpr()?;
                    self.asm.load(reg, slot(local));
                    Value { place: Place::Gpr(reg), ..variable }
                }
            };
        }
        Ok(())
    }

    /// Has an operand lie where it can be moved from.
    pub(super) fn lift(&mut self, index: usize) -> Result<(), Stop> {
        if self.context.stack[index].place == Place::Memory {
            let reg = self.gpr()?;
            self.asm.load(reg, slot(self.context.locals.len() + index));
            self.context.stack[index].place = Place::Gpr(reg);
        }
        Ok(())
    }

    pub(super) fn duplicate(&mut self, n: usize) -> Result<(), Stop> {
        let first = self.context.stack.len().checked_sub(n).ok_or(Stop)?;
        for index in first..first + n {
            self.lift(index)?;
        }
        self.context.stack.extend_from_within(first..);
        Ok(())
    }

    pub(super) fn rotate(&mut self, n: usize) -> Result<(), Stop> {
        let first = self.context.stack.len().checked_sub(n).ok_or(Stop)?;
        for index in first..first + n {
            self.lift(index)?;
        }
        self.context.stack[first..].rotate_right(1);
        Ok(())
    }

    /// Stores a word that is known, by way of `rax`.
    pub(super) fn store_word(&mut self, to: Rm, word: usize) {
        match i32::try_from(word as isize) {
            Ok(number) => self.asm.store_number(to, number),
            Err(_) => {
                self.asm.number(RAX, word as u64);
                self.asm.store(to, RAX);
            }
        }
    }

    /// Puts all operands that are words into memory.
    pub(super) fn flush_words(&mut self) {
        for index in 0..self.context.stack.len() {
            let value = self.context.stack[index];
            let operand = Operand { value, slot: self.context.locals.len() + index };
            if value.place == Place::Memory || self.context.xmm_of(value).is_some() {
                continue;
            }
            let (mut ty, seen) = (self.type_of(operand), self.context.seen(value));
            let to = slot(operand.slot);
            match value.place {
                Place::Gpr(reg) => self.asm.store(to, reg),
                Place::Word(word) => {
                    self.store_word(to, word);
                    // What is to be called is known still when the arguments have been calculated.
                    ty = if ty == Type::Value { Type::Word(word) } else { ty };
                }
                Place::Local(local) => {
                    self.asm.load(RAX, slot(local.into()));
                    self.asm.store(to, RAX);
                }
                Place::Memory | Place::Xmm(_) => {}
            }
            self.context.stack[index] = Value { ty, place: Place::Memory, seen };
        }
        self.settle();
    }

    /// Puts all values into memory, before an instruction does anything. Where there is no memory for a float, the
    /// interpreter runs the instruction.
    pub(super) fn flush_all(&mut self) {
        self.flush_words();
        let mut floats: Vec<Xmm> = self.context.values().filter_map(|value| self.context.xmm_of(*value)).collect();
        floats.sort();
        floats.dedup();
        if floats.is_empty() {
            return;
        }
        let saved = |xmm: Xmm| Rm::At(RSP, XMM + 8 * i32::from(xmm.0));
        for xmm in &floats {
            self.asm.store_float(saved(*xmm), *xmm);
        }
        let exit = self.exit(false);
        let label = self.asm.label();
        self.restores.push(Restore { label, floats: floats.clone(), exit });
        let n_locals = self.context.locals.len();
        for xmm in floats {
            self.asm.copy(RDI, RBX);
            self.asm.load(RSI, saved(xmm));
            self.asm.load(RAX, links::place(links::MAKE_FLOAT));
            self.asm.call(RAX);
            self.asm.test(RAX, RAX);
            self.asm.jump_if(If::Equal, label);
            let now = self.start.clone();
            for (number, value) in now.values().enumerate() {
                if now.xmm_of(*value) == Some(xmm) {
                    self.asm.store(slot(number), RAX);
                    let boxed = Value::in_memory(Type::Float);
                    let place = match number.checked_sub(n_locals) {
                        None => self.context.local_mut(number),
                        Some(index) => self.context.stack.get_mut(index),
                    };
                    place.into_iter().for_each(|place| *place = boxed);
                }
            }
        }
        self.settle();
    }

    /// Has exits of the instruction leave with the context as it is now.
    fn settle(&mut self) {
        if self.start != self.context {
            self.start = self.context.clone();
            self.exits = [None; 4];
        }
    }
}

/// Whether a word is one of those whose truth is known.
pub(super) fn truth(word: usize) -> Option<bool> {
    match word {
        TRUE => Some(true),
        FALSE | NONE | 1 => Some(false),
        _ if word & 1 != 0 => Some(true),
        _ => None,
    }
}
