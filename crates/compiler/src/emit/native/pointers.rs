//! Subscripts: of objects, and of viper's pointers.

use super::assembler::{Assembler, Width};
use super::stack::{Place, Value};
use super::{Native, entry};
use crate::viper::Type;

/// How MicroPython tells the runtime to load rather than to store or delete.
const SENTINEL: i64 = 4;

impl<A: Assembler> Native<'_, '_, A> {
    /// How wide what a pointer points to is. Notes an error, that `what` cannot be done to it, if the type is no such
    /// pointer.
    fn width(&mut self, base: Type, what: &str) -> Option<Width> {
        let width = match base {
            Type::Ptr8 => Some(Width::Byte),
            Type::Ptr16 => Some(Width::Half),
            Type::Ptr32 => Some(Width::Word32),
            _ => None,
        };
        if width.is_none() {
            self.type_error(self.text(format_args!("can't {what} '{}'", base.name())));
        }
        width
    }

    /// The index on top, if it is a number.
    fn index_number(&self) -> Option<i64> {
        match self.stack.peek(0) {
            Value { of: Type::Int, place: Place::Immediate(index), .. } => Some(index),
            _ => None,
        }
    }

    /// Notes an error if a type is none that an index can have.
    fn want_index(&mut self, of: Type, what: &str) {
        if !of.is_integer() {
            self.type_error(self.text(format_args!("can't {what} with '{}' index", of.name())));
        }
    }

    pub(super) fn load_subscript(&mut self) {
        if self.type_at(1) == Type::Object {
            let index = self.type_at(0);
            if index == Type::Object {
                self.pop(A::ARGS[1]);
            } else {
                let index = self.pop(A::ARGS[0]);
                self.convert_to_object(index);
                self.asm().copy(A::ARGS[1], A::RET);
            }
            self.pop(A::ARGS[0]);
            self.call_with(entry::SUBSCRIPT, &[(A::ARGS[2], SENTINEL)]);
            self.push_result();
            return;
        }
        if let Some(index) = self.index_number() {
            self.drop_top();
            let (of, base) = self.pop_somewhere(A::ARGS[0], &[A::ARGS[1]]);
            self.free(A::RET, None);
            if let Some(width) = self.width(of, "load from") {
                if let Some(changed) = A::load_changes(width, index) {
                    self.free(changed, None);
                }
                self.asm().load(width, A::RET, base, index);
            }
        } else {
            let (index_type, index) = self.pop_somewhere(A::ARGS[1], &[A::ARGS[0]]);
            let of = self.pop(A::ARGS[0]);
            self.free(A::RET, None);
            self.want_index(index_type, "load");
            if let Some(width) = self.width(of, "load from") {
                self.asm().load_indexed(width, A::RET, A::ARGS[0], index);
            }
        }
        self.push(Type::Int, A::RET);
    }

    pub(super) fn store_subscript(&mut self) {
        let [base, index, value, _] = A::ARGS;
        if self.type_at(1) == Type::Object {
            if self.type_at(0) != Type::Object || self.type_at(2) != Type::Object {
                self.pop_array(base, 3);
                self.adjust(3);
            }
            self.pop(index);
            self.pop(base);
            self.pop(value);
            self.call(entry::SUBSCRIPT);
        } else if let Some(number) = self.index_number() {
            self.drop_top();
            let (of, base) = self.pop_somewhere(base, &[index, value]);
            let value = self.pop_stored(base, index);
            if let Some(width) = self.width(of, "store to") {
                self.asm().store(width, value, base, number);
            }
        } else {
            let (index_type, index) = self.pop_somewhere(index, &[base, value]);
            let of = self.pop(base);
            self.want_index(index_type, "store");
            let value = self.pop_stored(base, index);
            if let Some(width) = self.width(of, "store to") {
                self.asm().store_indexed(width, value, base, index);
            }
        }
    }

    /// Pops a value to store by a pointer, into a register that is neither the base's nor the index's.
    fn pop_stored(&mut self, base: A::Reg, index: A::Reg) -> A::Reg {
        let (of, register) = if A::STORES_FROM_FEW {
            (self.pop(A::ARGS[2]), A::ARGS[2])
        } else {
            self.pop_somewhere(A::ARGS[2], &[base, index])
        };
        if of != Type::Bool && !of.is_integer() {
            self.type_error(self.text(format_args!("can't store '{}'", of.name())));
        }
        register
    }

    pub(super) fn delete_subscript(&mut self) {
        self.pop_object(A::ARGS[1]);
        self.pop_object(A::ARGS[0]);
        self.call_with(entry::SUBSCRIPT, &[(A::ARGS[2], 0)]);
    }
}
