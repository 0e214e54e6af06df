//! Variables.

use super::assembler::Assembler;
use super::registers::word;
use super::stack::{Place, Value};
use super::{Native, entry};
use crate::emit::GlobalKind;
use crate::error::Lossy;
use crate::names::Name;
use crate::viper::Type;

impl<A: Assembler> Native<'_, '_, A> {
    /// The type of a local variable.
    pub(super) fn local_type(&self, local: u16) -> Type {
        self.local_types.get(usize::from(local)).copied().unwrap_or_default()
    }

    /// The register that a local variable is in, if it is in one.
    fn local_register(&self, local: u16) -> Option<A::Reg> {
        if self.traits.has_register_locals() { Self::REGISTER_LOCALS.get(usize::from(local)).copied() } else { None }
    }

    pub(super) fn load_fast(&mut self, name: Name, local: u16) {
        let of = self.local_type(local);
        if of == Type::Unbound {
            let name = Lossy(self.tables.names.get(name));
            self.type_error(self.text(format_args!("local '{name}' used before type known")));
        }
        match self.local_register(local) {
            Some(register) => self.push(of, register),
            None => {
                self.free(A::TEMPS[0], None);
                let place = self.frame.local(local);
                self.load_state(A::TEMPS[0], place);
                self.push(of, A::TEMPS[0]);
            }
        }
    }

    pub(super) fn store_fast(&mut self, name: Name, local: u16) {
        let source = match self.local_register(local) {
            Some(register) => self.pop(register),
            None => {
                let source = self.pop(A::TEMPS[0]);
                let place = self.frame.local(local);
                self.store_state(place, A::TEMPS[0]);
                source
            }
        };
        let of = self.local_type(local);
        if of == Type::Unbound {
            // It gets the type of the first value that it has.
            if let Some(of) = self.local_types.get_mut(usize::from(local)) {
                *of = source;
            }
        } else if of != source {
            let (name, of, source) = (Lossy(self.tables.names.get(name)), of.name(), source.name());
            self.type_error(self.text(format_args!("local '{name}' has type '{of}' but source is '{source}'")));
        }
    }

    pub(super) fn load_cell(&mut self, name: Name, local: u16) {
        self.free(A::RET, None);
        self.load_fast(name, local);
        let (_, cell) = self.pop_somewhere(A::RET, &[]);
        self.asm().load_word(A::RET, cell, word::CELL_VALUE);
        self.push(Type::Object, A::RET);
    }

    pub(super) fn store_cell(&mut self, name: Name, local: u16) {
        self.free(A::TEMPS[0], None);
        self.free(A::TEMPS[1], None);
        self.load_fast(name, local);
        let (_, cell) = self.pop_somewhere(A::TEMPS[0], &[]);
        let (_, source) = self.pop_somewhere(A::TEMPS[1], &[cell]);
        self.asm().store_word(source, cell, word::CELL_VALUE);
    }

    pub(super) fn load_variable(&mut self, name: Name, kind: GlobalKind) {
        let entry = match kind {
            GlobalKind::Name => entry::LOAD_NAME,
            GlobalKind::Global => {
                let cast = Type::named(self.tables.names.get(name)).filter(|&t| t != Type::Object);
                if let Some(cast) = cast.filter(|_| self.traits.is_viper) {
                    let place = Place::Immediate(cast as i64);
                    self.stack.push(Value { cast: Some(cast), ..Value::new(Type::Cast, place) });
                    return;
                }
                entry::LOAD_GLOBAL
            }
        };
        self.call_with_name(entry, A::ARGS[0], name);
        self.push_result();
    }

    pub(super) fn store_variable(&mut self, name: Name, kind: GlobalKind) {
        match kind {
            GlobalKind::Name => {
                self.pop_object(A::ARGS[1]);
                self.call_with_name(entry::STORE_NAME, A::ARGS[0], name);
            }
            GlobalKind::Global => {
                if self.type_at(0) == Type::Object {
                    self.pop(A::ARGS[1]);
                } else {
                    let of = self.pop(A::ARGS[0]);
                    self.convert_to_object(of);
                    self.asm().copy(A::ARGS[1], A::RET);
                }
                self.call_with_name(entry::STORE_GLOBAL, A::ARGS[0], name);
            }
        }
    }

    pub(super) fn load_attribute(&mut self, name: Name) {
        self.pop_object(A::ARGS[0]);
        self.call_with_name(entry::LOAD_ATTR, A::ARGS[1], name);
        self.push_result();
    }

    pub(super) fn store_attribute(&mut self, name: Name) {
        let [base, _, value, _] = A::ARGS;
        if self.type_at(1) == Type::Object {
            self.pop_object(base);
            self.pop(value);
        } else {
            let of = self.access(1, A::ARGS[0]);
            self.convert_to_object(of);
            self.asm().copy(value, A::RET);
            self.pop_object(base);
            self.adjust(-1);
        }
        self.call_with_name(entry::STORE_ATTR, A::ARGS[1], name);
    }

    pub(super) fn delete_attribute(&mut self, name: Name) {
        self.pop_object(A::ARGS[0]);
        self.asm().clear(A::ARGS[2]);
        self.call_with_name(entry::STORE_ATTR, A::ARGS[1], name);
    }
}
