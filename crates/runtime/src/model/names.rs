//! The names of constant tables as an interpreter has them.

use core::ptr::NonNull;

use crate::model::error::{Raise, Raised, Res};
use crate::model::vm::Vm;
use crate::qstr::{Blocks, Name, Qstr};

impl Name {
    /// The name's number in `vm`. A name without a number is interned.
    ///
    /// # Errors
    /// `MemoryError`.
    pub fn intern(self, vm: &Vm) -> Res<Qstr> {
        match self.text() {
            Some(text) => vm.intern(text.as_bytes()),
            None => Ok(self.qstr().unwrap_or(Qstr::EMPTY)),
        }
    }

    /// The name's spelling.
    pub fn spelling(self, vm: &Vm) -> &[u8] {
        match self.qstr() {
            Some(name) => vm.spelling(name),
            None => self.text().unwrap_or_default().as_bytes(),
        }
    }

    /// The name's spelling, for messages.
    pub fn as_str(self, vm: &Vm) -> &str {
        core::str::from_utf8(self.spelling(vm)).unwrap_or("?")
    }
}

impl Blocks for Vm {
    type Error = Raised;

    fn bytes(&self, bytes: usize) -> Res<NonNull<u8>> {
        self.alloc_bytes(bytes)
    }

    fn words(&self, words: usize) -> Res<NonNull<usize>> {
        self.alloc_words(words).map(NonNull::cast)
    }

    unsafe fn give_back<T>(&self, block: NonNull<T>) {
        // SAFETY: this function asks the same of its caller.
        unsafe { self.free(block) }
    }

    fn too_long(&self) -> Raised {
        self.runtime_error(format_args!("name too long"))
    }

    fn no_room(&self, bytes: usize) -> Raised {
        self.memory_error(bytes)
    }
}
