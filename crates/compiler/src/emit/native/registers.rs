//! Moving values between the frame, the stack and registers.

use super::assembler::{Arithmetic, Assembler, Width};
use super::stack::{Place, Value};
use super::{Native, entry};
use crate::emit::EmitError;
use crate::names::Name;
use crate::tree::Node;
use crate::viper::Type;

/// Words of the objects that code finds its way through.
pub(super) mod word {
    /// Of a function: the module that it is of.
    pub const FUNCTION_CONTEXT: u32 = 1;
    /// Of a function: its children.
    pub const FUNCTION_CHILDREN: u32 = 2;
    /// Of a module: its globals.
    pub const CONTEXT_GLOBALS: u32 = 1;
    /// Of a module: its table of names.
    pub const CONTEXT_QSTRS: u32 = 2;
    /// Of a module: its table of constants.
    pub const CONTEXT_CONSTANTS: u32 = 3;
    /// Of a cell: what is in it.
    pub const CELL_VALUE: u32 = 1;
}

impl<A: Assembler> Native<'_, '_, A> {
    /// Keeps the state of a generator.
    pub(super) const GENERATOR: A::Reg = A::LOCALS[1];
    /// Keeps the table of names.
    pub(super) const QSTRS: A::Reg = A::LOCALS[2];

    /// Loads a word of the state: of the frame, or of what a generator has in its place.
    pub(super) fn load_state(&mut self, dest: A::Reg, index: u32) {
        if self.traits.is_generator {
            self.asm().load_word(dest, Self::GENERATOR, index);
        } else {
            self.asm().load_local(dest, index);
        }
    }

    /// Stores a word of the state.
    pub(super) fn store_state(&mut self, index: u32, source: A::Reg) {
        if self.traits.is_generator {
            self.asm().store_word(source, Self::GENERATOR, index);
        } else {
            self.asm().store_local(index, source);
        }
    }

    fn state_address(&mut self, dest: A::Reg, index: u32) {
        if self.traits.is_generator {
            self.asm().load_number(dest, i64::from(index) * i64::from(A::WORD));
            self.asm().arithmetic(Arithmetic::Add, dest, Self::GENERATOR);
        } else {
            self.asm().local_address(dest, index);
        }
    }

    /// Sets a word of the frame to null.
    pub(super) fn clear_local(&mut self, local: u32, temporary: A::Reg) {
        match A::ZERO {
            Some(zero) => self.asm().store_local(local, zero),
            None => {
                self.asm().clear(temporary);
                self.asm().store_local(local, temporary);
            }
        }
    }

    /// Loads an object that is an entry of the table of functions.
    pub(super) fn load_entry(&mut self, dest: A::Reg, number: u32) {
        self.asm().load_word(dest, A::FUNCTION_TABLE, number);
    }

    /// Loads the number of a name.
    pub(super) fn load_qstr(&mut self, dest: A::Reg, name: Name) {
        let index = self.tables.qstr(name);
        self.asm().load(Width::Half, dest, Self::QSTRS, index.into());
    }

    /// Loads a constant.
    pub(super) fn load_constant(&mut self, dest: A::Reg, node: Node) {
        self.kept.has_constants = true;
        let Some(index) = self.tables.constant(node) else {
            self.error.get_or_insert(EmitError::too_deep());
            return;
        };
        let function = self.frame.function();
        self.load_state(A::TEMPS[0], function);
        self.asm().load_word(A::TEMPS[0], A::TEMPS[0], word::FUNCTION_CONTEXT);
        self.asm().load_word(A::TEMPS[0], A::TEMPS[0], word::CONTEXT_CONSTANTS);
        self.asm().load_word(dest, A::TEMPS[0], index);
    }

    /// The slot in the state of the value `depth` below the top of the stack.
    fn slot(&self, depth: usize) -> u32 {
        self.frame.stack + self.stack.slot(depth)
    }

    /// The type of the value `depth` below the top. Only viper knows any but objects.
    pub(super) fn type_at(&self, depth: usize) -> Type {
        if self.traits.is_viper { self.stack.peek(depth).of } else { Type::Object }
    }

    /// Says that there are `delta` values more on the stack, as they were when they were last there, or less.
    pub(super) fn adjust(&mut self, delta: isize) {
        if !self.stack.adjust(delta) && self.error.is_none() {
            self.type_error("stack underflow");
        }
    }

    /// Puts what is in `register` into the frame, but for the value `except` below the top.
    pub(super) fn free(&mut self, register: A::Reg, except: Option<usize>) {
        self.spill(Some(register), except);
    }

    /// Puts what is in registers into the frame.
    pub(super) fn free_all(&mut self) {
        self.spill(None, None);
    }

    /// Puts values in one register, or in any, into the frame, lowest first.
    #[inline]
    fn spill(&mut self, which: Option<A::Reg>, except: Option<usize>) {
        let first = self.stack.free_of(which);
        if first < self.stack.size() {
            self.spill_from(first, which, except);
        }
    }

    /// The same from value number `first` from the bottom on.
    fn spill_from(&mut self, first: usize, which: Option<A::Reg>, except: Option<usize>) {
        let size = self.stack.size();
        let mut free = size;
        for i in first..size {
            let depth = size - 1 - i;
            let Value { of, place: Place::Register(register), .. } = self.stack.peek(depth) else { continue };
            if which.is_some_and(|which| which != register) {
                continue;
            }
            if except == Some(depth) {
                free = free.min(i);
            } else {
                self.stack.set(depth, Value::in_frame(of));
                let slot = self.slot(depth);
                self.store_state(slot, register);
            }
        }
        self.stack.note_free_of(which, free);
    }

    /// Loads a number of type `of` into a register; as an object if it must be one. Returns what type that is.
    fn load_immediate(&mut self, dest: A::Reg, of: Type, value: i64, as_object: bool) -> Type {
        if self.traits.is_viper && !as_object {
            self.asm().load_number(dest, value);
            return of;
        }
        match of {
            Type::Object => self.asm().load_number(dest, value),
            Type::Bool => self.load_entry(dest, entry::FALSE.wrapping_add(value as u32)),
            // As a small integer.
            Type::Int | Type::Uint => self.asm().load_number(dest, value << 1 | 1),
            Type::None => self.load_entry(dest, entry::NONE),
            _ => self.refuse("conversion to object"),
        }
        Type::Object
    }

    /// Puts all values into the frame, because control comes here, or goes on from here, elsewhere. It changes the
    /// second temporary register only.
    pub(super) fn settle(&mut self) {
        self.free_all();
        let size = self.stack.size();
        for depth in (0..size - self.stack.settled()).rev() {
            let value = self.stack.peek(depth);
            let Place::Immediate(number) = value.place else { continue };
            let of = self.load_immediate(A::TEMPS[1], value.of, number, false);
            self.stack.set(depth, Value { of, place: Place::Frame, ..value });
            let slot = self.slot(depth);
            self.store_state(slot, A::TEMPS[1]);
        }
        self.stack.note_settled();
    }

    /// Loads the value `depth` below the top and returns its type.
    pub(super) fn access(&mut self, depth: usize, dest: A::Reg) -> Type {
        self.access_as(depth, dest, false)
    }

    /// The same, where a number becomes an object if `as_object`.
    fn access_as(&mut self, depth: usize, dest: A::Reg, as_object: bool) -> Type {
        self.free(dest, Some(depth));
        let value = self.stack.peek(depth);
        match value.place {
            Place::Frame => {
                let slot = self.slot(depth);
                self.load_state(dest, slot);
                value.of
            }
            Place::Register(register) => {
                if register != dest {
                    self.asm().copy(dest, register);
                }
                value.of
            }
            Place::Immediate(number) => self.load_immediate(dest, value.of, number, as_object),
        }
    }

    /// Pops the top into a register.
    pub(super) fn pop(&mut self, dest: A::Reg) -> Type {
        let of = self.access(0, dest);
        self.adjust(-1);
        of
    }

    /// Pops the top, which must be an object, into a register.
    pub(super) fn pop_object(&mut self, dest: A::Reg) {
        let of = self.pop(dest);
        self.want_object(of);
    }

    /// Pops the top, which must be an object or a number that can become one, into a register.
    pub(super) fn pop_as_object(&mut self, dest: A::Reg) {
        let of = self.access_as(0, dest, true);
        self.adjust(-1);
        self.want_object(of);
    }

    /// Pops the top into `dest`, unless it is in a register other than those to avoid. Returns where it is.
    pub(super) fn pop_somewhere(&mut self, dest: A::Reg, avoid: &[A::Reg]) -> (Type, A::Reg) {
        let value = self.stack.peek(0);
        match value.place {
            Place::Register(register) if !avoid.contains(&register) => {
                self.free(register, Some(0));
                self.adjust(-1);
                (value.of, register)
            }
            _ => (self.pop(dest), dest),
        }
    }

    /// Drops the top.
    pub(super) fn drop_top(&mut self) {
        self.adjust(-1);
    }

    /// Drops the value below the top. If the top is in the frame it is then in `register`.
    pub(super) fn drop_below(&mut self, register: A::Reg) {
        let mut top = self.stack.peek(0);
        if top.place == Place::Frame {
            let slot = self.slot(0);
            self.load_state(register, slot);
            top.place = Place::Register(register);
        }
        self.adjust(-1);
        self.stack.set(0, top);
    }

    /// Pushes what is in a register.
    pub(super) fn push(&mut self, of: Type, register: A::Reg) {
        self.stack.push(Value::new(of, Place::Register(register)));
    }

    /// Pushes the object that a call has returned.
    pub(super) fn push_result(&mut self) {
        self.push(Type::Object, A::RET);
    }

    /// Pushes a number.
    pub(super) fn push_number(&mut self, of: Type, number: i64) {
        self.stack.push(Value::new(of, Place::Immediate(number)));
    }

    /// Calls an entry of the table of functions.
    pub(super) fn call(&mut self, number: u32) {
        self.free_all();
        self.asm().call(number);
    }

    /// Calls with numbers as some of the arguments.
    pub(super) fn call_with(&mut self, number: u32, arguments: &[(A::Reg, i64)]) {
        self.free_all();
        for &(register, value) in arguments {
            self.asm().load_number(register, value);
        }
        self.asm().call(number);
    }

    /// Calls with the number of a name as an argument.
    pub(super) fn call_with_name(&mut self, number: u32, register: A::Reg, name: Name) {
        self.free_all();
        self.load_qstr(register, name);
        self.asm().call(number);
    }

    /// Makes an object of the value of type `of` in the first argument's register.
    pub(super) fn convert_to_object(&mut self, of: Type) {
        self.call_with(entry::TO_OBJECT, &[(A::ARGS[1], of as i64)]);
    }

    /// Pops `count` values, which become objects, and loads the address of the first. Uses the first two arguments'
    /// registers where values must be converted.
    pub(super) fn pop_array(&mut self, dest: A::Reg, count: usize) {
        self.free_all();
        for depth in 0..count {
            if let Value { of, place: Place::Immediate(number), .. } = self.stack.peek(depth) {
                let of = self.load_immediate(dest, of, number, true);
                self.stack.set(depth, Value::in_frame(of));
                let slot = self.slot(depth);
                self.store_state(slot, dest);
            }
        }
        for depth in 0..count {
            let of = self.stack.peek(depth).of;
            if of != Type::Object {
                let slot = self.slot(depth);
                self.load_state(A::ARGS[0], slot);
                self.convert_to_object(of);
                self.store_state(slot, A::RET);
                self.stack.set(depth, Value::in_frame(Type::Object));
            }
        }
        self.adjust(-(count as isize));
        let first = self.frame.stack + self.stack.size() as u32;
        self.state_address(dest, first);
    }

    /// Pushes `count` objects, which a call will store, and loads the address of the first.
    pub(super) fn push_array(&mut self, dest: A::Reg, count: usize) {
        self.free_all();
        let first = self.frame.stack + self.stack.size() as u32;
        (0..count).for_each(|_| self.stack.push(Value::in_frame(Type::Object)));
        self.state_address(dest, first);
    }
}
