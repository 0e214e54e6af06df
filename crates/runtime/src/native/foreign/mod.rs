//! Objects and types of C code.
//!
//! C code makes types of MicroPython's layout: a head, which types of Berus share up to the name, and a table of the
//! slots that the type has. For each such type Berus makes a *stand-in*, a type of Berus whose slots call those of the
//! C type ([`stand_in`]). The header of a C type refers to its stand-in, once there is one. So the interpreter meets no
//! other types than its own: [`type_of`] answers the stand-in for objects of C types, and where C types come across the
//! border as values, [`adopt`] replaces them. C code in turn is given C types, and reads only those parts of a type of
//! Berus that [`head`] describes.

pub(in crate::native) mod functions;
mod head;
mod layout;
mod stand_in;
pub(in crate::native) mod streams;

use core::ptr::NonNull;

use crate::data::bytes::Bytes;
use crate::data::str::Str;
use crate::model::buffer::{Access, Buffer};
use crate::model::error::{Raise, Res};
use crate::model::layout::{Dict, List};
use crate::model::object::{Gc, Header};
use crate::model::protocols::{Classes, Strs};
use crate::model::types::{Type, flag};
use crate::model::vm::Vm;
use crate::model::word::{Obj, Slot};
pub(crate) use crate::native::foreign::head::{INDICES, SLOTS, set_parent};
pub(super) use crate::native::foreign::layout::MapOfC;
use crate::native::foreign::layout::{DictOfC, TypeOfC};
use crate::obj::{dict, exception};
use crate::services::raise::unset_local;
use crate::{define, q};

/// Whether objects may be of types of C code.
pub(crate) const EXIST: bool = true;

/// The word that stands for "load" where a value would be stored, and for "go on looking".
pub(super) const SENTINEL: usize = 4;

/// The type that C types name as their own, until they have a stand-in.
pub(super) static TYPE: Type = define!(Type::new(q!("type")).layout_flags(flag::FOREIGN));

/// The type of `object`, which is of a C type.
#[cold]
#[inline(never)]
pub(crate) fn type_of(vm: &Vm, object: Obj) -> Gc<Type> {
    match object.as_header() {
        // SAFETY: the object's type is one of C code, for the type lacks the flag of Berus.
        Some(header) => stand_in::of(vm, unsafe { header.cast::<NonNull<TypeOfC>>().read() }),
        None => Gc::from_static(&TYPE),
    }
}

/// The type of `object` as C code has it: a C type, or one of Berus.
pub(super) fn type_for_c(vm: &Vm, object: Obj) -> *const Type {
    match object.as_header() {
        // SAFETY: a pointer word points to a live object, whose first word is its type.
        Some(header) => to_c(unsafe { header.cast::<Gc<Type>>().read() }),
        None => to_c(vm.type_of(object)),
    }
}

/// A type as C code has it: a C type in place of its stand-in.
pub(super) fn to_c(ty: Gc<Type>) -> *const Type {
    match stand_in::original(ty) {
        Some(original) => original.as_ptr().cast(),
        None => ty.as_ptr().as_ptr(),
    }
}

/// `value` from machine code, as the interpreter has it: stand-ins in place of C types, and dicts of Berus in place of
/// constant dicts. Null is a local variable that is not set, which generated code does not notice.
///
/// # Errors
/// `NameError` for null, and `MemoryError`.
#[inline(always)]
pub(super) fn adopt(vm: &Vm, value: impl Into<Slot>) -> Res {
    let Some(value) = value.into() else { return Err(unset_local(vm)) };
    if vm.native.has_c_code() { adopt_from_c(vm, value) } else { Ok(value) }
}

#[inline(never)]
fn adopt_from_c(vm: &Vm, value: Obj) -> Res {
    match value.as_header() {
        // SAFETY: a pointer word points to a live object.
        Some(header) if is_foreign(unsafe { header.as_ref() }, value) => adopt_foreign(vm, value),
        _ => Ok(value),
    }
}

/// Whether `value`, which has this header, is a C type or a constant dict.
#[inline]
fn is_foreign(header: &Header, value: Obj) -> bool {
    header.has(flag::BERUS | flag::FOREIGN)
        || header.ty() == Gc::from_static(&dict::TYPE) && DictOfC::constant(value).is_some()
}

#[cold]
fn adopt_foreign(vm: &Vm, value: Obj) -> Res {
    if let Some(dict) = DictOfC::constant(value) {
        let own = Dict::new(vm)?;
        dict.copy_to(vm, &own)?;
        return Ok(own.obj());
    }
    match value.as_header() {
        Some(header) => Ok(stand_in::of(vm, header.cast()).obj()),
        None => Ok(value),
    }
}

/// Several values as of [`adopt`]. Values that need not be replaced stay where they are.
///
/// # Errors
/// As [`adopt`].
#[inline]
pub(super) fn adopt_all<'a>(vm: &Vm, values: &'a [Slot]) -> Res<&'a [Obj]> {
    if !vm.native.has_c_code() && values.iter().all(Option::is_some) {
        // SAFETY: none of the values is null.
        return Ok(unsafe { core::slice::from_raw_parts(values.as_ptr().cast(), values.len()) });
    }
    adopt_each(vm, values)
}

#[inline(never)]
fn adopt_each<'a>(vm: &Vm, values: &[Slot]) -> Res<&'a [Obj]> {
    let fine = |value: &Slot| {
        // SAFETY: a pointer word points to a live object.
        value.is_some_and(|value| value.as_header().is_none_or(|header| !is_foreign(unsafe { header.as_ref() }, value)))
    };
    if values.iter().all(fine) {
        // SAFETY: none of the values is null.
        return Ok(unsafe { core::slice::from_raw_parts(values.as_ptr().cast(), values.len()) });
    }
    let all = List::new(vm, &[])?;
    for value in values {
        all.append(vm, adopt(vm, *value)?)?;
    }
    let items = all.items();
    // SAFETY: nobody else knows the list, a cell has the layout of its value, and the collector sees the items as long
    // as somebody holds the slice.
    Ok(unsafe { core::slice::from_raw_parts(items.as_ptr().cast(), items.len()) })
}

/// The object that C code has returned in `word`; `None` for null.
///
/// # Errors
/// `MemoryError`.
pub(super) fn object(vm: &Vm, word: usize) -> Res {
    // SAFETY: machine code returns objects.
    match unsafe { Obj::from_bits(word) } {
        Some(value) => adopt(vm, value),
        None => Ok(Obj::NONE),
    }
}

/// The value that a function of machine code has returned in `word`.
///
/// # Errors
/// `NameError` for null, which is a local variable that is not set, and `MemoryError`.
#[inline(always)]
pub(super) fn result(vm: &Vm, word: usize) -> Res {
    // SAFETY: machine code returns objects.
    adopt(vm, unsafe { Obj::from_bits(word) })
}

/// A string of text from C code.
///
/// # Errors
/// `UnicodeError` if the text is not UTF-8, and `MemoryError`.
pub(super) fn new_str(vm: &Vm, text: &[u8]) -> Res {
    match core::str::from_utf8(text) {
        Ok(_) => vm.new_str(text),
        Err(_) => Err(vm.error(&exception::UNICODE_ERROR, format_args!(""))),
    }
}

/// The text of a string or bytes object, for C code, which expects a zero byte behind it; `None` for other objects, or
/// if the text is to be written to.
///
/// # Errors
/// `MemoryError`.
pub(super) fn text(vm: &Vm, object: Obj, access: Access) -> Res<Option<Buffer>> {
    if access == Access::Write {
        return Ok(None);
    }
    if let Some(bytes) = object.downcast::<Bytes>() {
        // Bytes objects on the heap have a zero byte; the constant one without bytes does not.
        return Ok(Some(Buffer::of(vm, if bytes.bytes().is_empty() { &b"\0"[..0] } else { bytes.bytes() })));
    }
    if let Some(string) = object.downcast::<Str>() {
        return Ok(Some(Buffer::of(vm, string.bytes())));
    }
    let Some(name) = object.as_qstr() else { return Ok(None) };
    // Not all names have a zero byte. The copies are kept, since C code may compare addresses.
    let copies = match vm.native.spellings.get() {
        Some(copies) => copies,
        None => Dict::new(vm)?,
    };
    vm.native.spellings.set(Some(copies));
    let copy = match copies.load(vm, name).and_then(|copy| copy.downcast::<Str>()) {
        Some(copy) => copy,
        None => {
            let copy = Str::new(vm, vm.spelling(name))?;
            copies.store(vm, name, copy.obj())?;
            copy
        }
    };
    Ok(Some(Buffer::of(vm, copy.bytes())))
}
