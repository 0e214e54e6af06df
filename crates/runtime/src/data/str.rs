//! Strings: their layout, and objects as strings.

use core::cell::Cell;
use core::ptr::NonNull;

use crate::data::bytes::Bytes;
use crate::model::builtin_types::BuiltinTypes;
use crate::model::error::{Raise, Raised, Res};
use crate::model::object::{Gc, Header, Object};
use crate::model::protocols::{Classes, Strs};
use crate::model::vm::Vm;
use crate::model::word::Obj;
use crate::qstr;
use crate::qstr::Qstr;
use crate::text::utf8;

/// The names of one ASCII character, by character, which take no memory; [`Qstr::NULL`] where Berus has no such name.
pub(crate) static CHARACTERS: [Qstr; 128] = {
    let mut characters = [Qstr::NULL; 128];
    let mut byte = 0;
    while byte < 128 {
        if let Ok(text) = core::str::from_utf8(&[byte as u8])
            && let Some(name) = qstr::find_number(text)
        {
            characters[byte] = name;
        }
        byte += 1;
    }
    characters
};

/// A string that is an object. C code relies on a zero byte behind its data.
#[repr(C)]
pub struct Str {
    pub(crate) header: Header,
    pub(crate) hash: Cell<usize>,
    pub(crate) len: usize,
    pub(crate) data: NonNull<u8>,
}

impl Str {
    /// A new string, which holds a copy of `bytes`.
    ///
    /// # Errors
    /// `MemoryError`.
    pub fn new(vm: &Vm, bytes: &[u8]) -> Res<Gc<Str>> {
        Str::with_hash(vm, bytes, 0)
    }

    /// As [`Str::new`]; `hash` is the string's hash, or 0 if the hash is not known yet.
    pub(crate) fn with_hash(vm: &Vm, bytes: &[u8], hash: u32) -> Res<Gc<Str>> {
        let string = vm.alloc_tail(Str::head_with_hash(bytes.len(), NonNull::dangling(), hash), bytes.len() + 1)?;
        Str::fill(string, bytes);
        Ok(string)
    }

    /// Copies `bytes` behind `string`, a string of their length that nobody else sees yet.
    pub(crate) fn fill(string: Gc<Str>, bytes: &[u8]) {
        // SAFETY: the tail behind the object has room for the bytes and one more.
        unsafe {
            let data = string.as_ptr().add(1).cast::<u8>();
            data.copy_from_nonoverlapping(NonNull::from_ref(bytes).cast(), bytes.len());
            data.add(bytes.len()).write(0);
            (&raw mut (*string.as_ptr().as_ptr()).data).write(data);
        }
    }

    /// A new string whose bytes are lent: they never change, and stay as long as something that the collector sees
    /// points to them.
    ///
    /// # Errors
    /// `MemoryError`.
    pub(crate) fn lent(vm: &Vm, bytes: &'static [u8]) -> Res<Gc<Str>> {
        let block = vm.alloc_words(size_of::<Str>().div_ceil(size_of::<usize>()))?.cast::<Str>();
        // SAFETY: the block is new and large enough. The collector looks at the block, which so keeps the bytes.
        unsafe {
            block.write(Str::head(bytes.len(), NonNull::from_ref(bytes).cast()));
            Ok(Gc::from_ptr(block))
        }
    }

    /// The head of a string whose `len` bytes are at `data`.
    pub(crate) fn head(len: usize, data: NonNull<u8>) -> Str {
        Str::head_with_hash(len, data, 0)
    }

    /// As [`Str::head`]; `hash` is the string's hash, or 0 if the hash is not known yet.
    pub(crate) fn head_with_hash(len: usize, data: NonNull<u8>, hash: u32) -> Str {
        Str { header: Header::of(<Str as Object>::TYPE), hash: Cell::new(hash as usize), len, data }
    }

    /// The text.
    pub fn bytes(&self) -> &[u8] {
        // SAFETY: `data` points to `len` bytes, behind the object or lent, which never change and live as long as the
        // object.
        unsafe { core::slice::from_raw_parts(self.data.as_ptr(), self.len) }
    }

    /// The text, for as long as the collector sees the string.
    pub(crate) fn bytes_unbounded<'a>(&self) -> &'a [u8] {
        // SAFETY: `data` points to `len` bytes, which never change; the caller keeps the string where the collector
        // sees it.
        unsafe { core::slice::from_raw_parts(self.data.as_ptr(), self.len) }
    }

    /// The hash of the text, the same as of an interned string; computed when it is first asked for.
    ///
    /// # Errors
    /// As [`Poll::work`](crate::model::events::Poll::work).
    #[inline]
    pub fn hash(&self, vm: &Vm) -> Res<u32> {
        match self.hash.get() {
            0 => self.compute_hash(vm),
            hash => Ok(hash as u32),
        }
    }

    /// The hash, if somebody has asked for it before; else 0.
    #[cfg_attr(not(feature = "small"), inline(always))]
    pub(crate) fn known_hash(&self) -> u32 {
        self.hash.get() as u32
    }

    #[inline(never)]
    pub(crate) fn compute_hash(&self, vm: &Vm) -> Res<u32> {
        let hash = vm.hash_bytes(self.bytes())?;
        self.hash.set(hash as usize);
        Ok(hash)
    }
}

impl Strs for Vm {
    fn new_str(&self, bytes: &[u8]) -> Res {
        match name_or_hash(self, bytes) {
            Ok(name) => Ok(Obj::qstr(name)),
            Err(hash) => Ok(Str::with_hash(self, bytes, hash)?.obj()),
        }
    }

    fn new_str_checked(&self, bytes: &[u8]) -> Res {
        match self.first_invalid(bytes)? {
            Some(_) => Err(self.error_with(Vm::UNICODE_ERROR, &[])),
            None => self.new_str(bytes),
        }
    }

    fn new_char(&self, point: u32) -> Res {
        let (bytes, len) = utf8::encode(point);
        self.new_str(&bytes[..len])
    }

    fn str_or_bytes(&self, object: Obj) -> Res<&[u8]> {
        self.as_str_or_bytes(object).ok_or_else(|| self.bad_conversion(object))
    }

    fn as_str_or_bytes(&self, object: Obj) -> Option<&[u8]> {
        let bytes = || object.downcast::<Bytes>().map(|bytes| bytes.bytes_unbounded());
        self.as_str(object).or_else(bytes)
    }

    fn to_name(&self, object: Obj) -> Res<Qstr> {
        match self.as_name(object)? {
            Some(name) => Ok(name),
            None => Err(self.bad_conversion(object)),
        }
    }

    #[cold]
    fn bad_conversion(&self, object: Obj) -> Raised {
        let name = self.type_name(object);
        let other = if name == "str" { "bytes" } else { "str" };
        self.type_error(format_args!("can't convert '{name}' object to {other} implicitly"))
    }

    #[inline]
    fn as_str(&self, object: Obj) -> Option<&[u8]> {
        match object.as_qstr() {
            Some(name) => Some(self.spelling(name)),
            None => object.downcast::<Str>().map(|string| string.bytes_unbounded()),
        }
    }

    fn as_name(&self, object: Obj) -> Res<Option<Qstr>> {
        match object.as_qstr() {
            Some(name) => Ok(Some(name)),
            None => match object.downcast::<Str>() {
                Some(string) => self.intern(string.bytes_unbounded()).map(Some),
                None => Ok(None),
            },
        }
    }
}

/// As [`Vm::new_str`], for text that was just put together and is hardly a name: only a text of one character is looked
/// for among the names.
pub(crate) fn new_str_of_no_name(vm: &Vm, bytes: &[u8]) -> Res {
    if bytes.len() <= 1 { vm.new_str(bytes) } else { Ok(Str::new(vm, bytes)?.obj()) }
}

/// As [`Vm::new_str`], for callers that go on without the string: `None` if there is no memory.
pub(crate) fn try_str(vm: &Vm, bytes: &[u8]) -> Option<Obj> {
    let hash = match name_or_hash(vm, bytes) {
        Ok(name) => return Some(Obj::qstr(name)),
        Err(hash) => hash,
    };
    let string = vm.try_alloc_tail(Str::head_with_hash(bytes.len(), NonNull::dangling(), hash), bytes.len() + 1)?;
    Str::fill(string, bytes);
    Some(string.obj())
}

/// The name spelled `bytes`, if that is interned and the bytes are so few that a look is worth it.
pub(crate) fn name_of_short(vm: &Vm, bytes: &[u8]) -> Option<Qstr> {
    name_or_hash(vm, bytes).ok()
}

/// As [`name_of_short`]. Else the hash of the bytes, or 0 if they are too many for a look.
pub(crate) fn name_or_hash(vm: &Vm, bytes: &[u8]) -> Result<Qstr, u32> {
    if bytes.len() > 10 {
        return Err(0);
    }
    if !cfg!(feature = "small")
        && let [byte] = *bytes
        && let Some(&name) = CHARACTERS.get(usize::from(byte))
        && name != Qstr::NULL
    {
        return Ok(name);
    }
    let hash = qstr::hash(bytes);
    vm.qstrs.find_hashed(bytes, hash).ok_or(hash)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn printable_characters_are_names() {
        assert!((b' '..=b'~').all(|byte| CHARACTERS[usize::from(byte)] != Qstr::NULL));
    }
}
