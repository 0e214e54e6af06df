//! The part of Berus's types that C code reads: the slots that `dynruntime.h` takes from them.
//!
//! The slots work for every type, since they ask the interpreter.

use core::ffi::c_void;
use core::ptr;

use crate::data::bytes::Bytes;
use crate::model::args::Args;
use crate::model::error::Res;
use crate::model::machine::{Indices, PARENT, Slots};
use crate::model::object::Gc;
use crate::model::printer::Style;
use crate::model::protocols::Classes;
use crate::model::types::{Attr, AttrResult, Type};
use crate::model::vm::Vm;
use crate::model::word::{Obj, Slot};
use crate::native::border::serve;
use crate::native::foreign;
use crate::native::foreign::layout::Kind;
use crate::native::foreign::{SENTINEL, adopt, stand_in, streams};
use crate::native::table::values;
use crate::ops::call::Call;
use crate::ops::print::Print;
use crate::qstr::Qstr;

// Types have flags, name, indices and slots at the offsets where C code looks for them.
const _: () = {
    const WORD: usize = size_of::<usize>();
    const AFTER: usize = WORD + 2 * size_of::<u16>() + size_of::<Indices>();
    let [flags, name, indices, slots] = Type::PLACES_FOR_C;
    assert!(flags == WORD && name == WORD + 2 && indices == WORD + 4 && slots == AFTER.next_multiple_of(WORD));
};

/// For each kind of slot, the slot's number among the slots that types of Berus have, from 1.
pub(crate) const INDICES: Indices = {
    let mut indices = [0; 12];
    indices[Kind::MakeNew as usize] = 1;
    indices[Kind::Print as usize] = 2;
    indices[Kind::Attr as usize] = 3;
    indices[Kind::Protocol as usize] = 4;
    indices[Kind::Parent as usize] = PARENT as u8 + 1;
    indices
};

/// The slots of every type, without the base of a class.
pub(crate) const SLOTS: Slots = Slots([
    make_new as *const c_void,
    print as *const c_void,
    attr as *const c_void,
    (&raw const streams::STREAM).cast(),
    ptr::null(),
]);

/// Sets the slot for the base of a class.
pub(crate) fn set_parent(slots: &mut Slots, parent: Gc<Type>) {
    slots.0[PARENT] = foreign::to_c(parent).cast();
}

/// Whether `slot` of a C type is one that was taken from a type of Berus.
pub(super) fn is_of_berus(slot: *const c_void) -> bool {
    [make_new as *const c_void, print as *const c_void, attr as *const c_void].contains(&slot)
        || slot == (&raw const streams::STREAM).cast()
}

/// Makes an instance of `ty`. Without a type, makes an empty bytes object, since that is how C code gets at one.
unsafe extern "C" fn make_new(ty: Slot, n_pos: usize, n_kw: usize, args: *const Obj) -> Obj {
    // SAFETY: machine code called, and vouches for the arguments.
    unsafe {
        serve(|vm| match ty {
            Some(ty) => vm.call_with(adopt(vm, ty)?, Args::new(values(args, n_pos + 2 * n_kw), n_pos)),
            None => Ok(Bytes::new(vm, b"")?.obj()),
        })
    }
}

unsafe extern "C" fn print(out: *const streams::PrinterOfC, object: Obj, style: u32) {
    // SAFETY: machine code called.
    unsafe {
        serve(|vm| {
            let text = vm.text(object, style_of(style))?;
            let text = Bytes::new(vm, text.bytes())?;
            Ok(streams::Written { out, text })
        })
        .write();
    }
}

/// The style with this number.
fn style_of(number: u32) -> Style {
    match number {
        1 => Style::Repr,
        2 => Style::Exception,
        3 => Style::Json,
        4 => Style::Raw,
        _ => Style::Str,
    }
}

/// Loads, stores or deletes an attribute, by the two words at `words`.
unsafe extern "C" fn attr(object: Obj, name: usize, words: *mut [usize; 2]) {
    let name = Qstr::from_number(name as u32);
    // SAFETY: machine code called, and has two words at `words`.
    unsafe {
        let result = serve(|vm| {
            // SAFETY: the second word is a value, or null.
            let request = match words.read() {
                [SENTINEL, value] => Obj::from_bits(value).map_or(Attr::Delete, Attr::Store),
                _ => Attr::Load,
            };
            own_attr(vm, object, name, request)
        });
        match result {
            AttrResult::Missing => {}
            AttrResult::Value(value) => words.write([value.bits(), 0]),
            AttrResult::Method(function, this) => words.write([function.bits(), this.bits()]),
            AttrResult::Done => words.write([0, 0]),
        }
    }
}

fn own_attr(vm: &Vm, object: Obj, name: Qstr, request: Attr) -> Res<AttrResult> {
    match stand_in::inherited(vm.type_of(object)).slots.attr() {
        Some(attr) => attr(vm, object, name, request),
        None => Ok(AttrResult::Missing),
    }
}
