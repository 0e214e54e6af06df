//! Objects as numbers: what the code `O` of `struct` and arrays stores.
//!
//! A number is the word of a value. Anything may have been written into the memory that a number is read from, so that
//! a pointer counts only if it has been given out before; and an object that has been given out stays alive.

use crate::model::error::{Raise, Res};
use crate::model::expose::Expose;
use crate::model::layout::Dict;
use crate::model::vm::Vm;
use crate::model::word::Obj;

impl Expose for Vm {
    fn expose(&self, object: Obj) -> Res<usize> {
        if object.is_pointer() {
            let known = match self.exposed.get() {
                Some(known) => known,
                None => Dict::new(self)?,
            };
            self.exposed.set(Some(known));
            known.map.store(self, key(object.bits()), object)?;
        }
        Ok(object.bits())
    }

    fn exposed(&self, bits: usize) -> Res {
        let known = match self.exposed.get() {
            Some(known) if bits & 0b11 == 0 => known.map.get(self, key(bits))?,
            _ => None,
        };
        match known.or_else(|| immediate(self, bits)) {
            Some(object) => Ok(object),
            None => Err(self.value_error(format_args!("no such object"))),
        }
    }
}

/// The value whose word is `bits`, if the word is no pointer.
fn immediate(vm: &Vm, bits: usize) -> Option<Obj> {
    if bits & 1 != 0 {
        return Some(Obj::small_int_wrapping(bits as isize >> 1));
    }
    let constants = [Obj::NONE, Obj::FALSE, Obj::TRUE].into_iter();
    let names = vm.qstrs.all().map(Obj::qstr);
    constants.chain(names).find(|object| object.bits() == bits)
}

/// A key for a pointer: pointers are multiples of four.
fn key(bits: usize) -> Obj {
    Obj::small_int_wrapping((bits >> 2) as isize)
}
