//! The state for machine code in types and interpreters of a build with machine code.

use alloc::vec::Vec;
use core::cell::{Cell, RefCell};
use core::ffi::c_void;

use crate::heap::Collection;
use crate::host::Executable;
use crate::model::error::Res;
use crate::model::layout::{Dict, List};
use crate::model::object::Gc;
use crate::model::vm::Vm;
use crate::model::word::Obj;

/// For each kind of slot that C code knows, the slot's number, from 1; 0 for a kind that types of Berus do not have.
pub(crate) type Indices = [u8; 12];

/// The index among [`Slots`] of the type that a class derives from.
pub(crate) const PARENT: usize = 4;

/// The slots that C code reads, in the order of [`Indices`].
#[repr(transparent)]
pub(crate) struct Slots(pub(crate) [*const c_void; PARENT + 1]);

/// The state for machine code of an interpreter.
#[derive(Default)]
pub(crate) struct State {
    pub(crate) images: Images,
    /// Copies of the spellings that C code has asked for, each with a zero byte at its end, by name.
    pub(crate) spellings: Cell<Option<Gc<Dict>>>,
    /// The images that stay for good.
    pub(crate) kept: Cell<Option<Gc<List>>>,
}

impl State {
    /// Keeps what the state refers to.
    pub(crate) fn keep(&self, collection: &mut Collection<'_>) {
        let objects = [self.spellings.get().map(Gc::obj), self.kept.get().map(Gc::obj)];
        objects.into_iter().flatten().for_each(|object| collection.keep(object.bits()));
    }

    /// Whether a module written in C has been imported, so that there may be objects of its types.
    #[cfg_attr(not(feature = "small"), inline(always))]
    pub fn has_c_code(&self) -> bool {
        self.kept.get().is_some()
    }

    /// Keeps an image as long as the interpreter. Modules written in C need this: they have objects among their code,
    /// and a pointer to such an object refers to no block of the heap.
    ///
    /// # Errors
    /// `MemoryError`.
    pub(crate) fn keep_for_good(&self, vm: &Vm, image: Obj) -> Res<()> {
        let kept = match self.kept.get() {
            Some(kept) => kept,
            None => List::new(vm, &[])?,
        };
        kept.append(vm, image)?;
        self.kept.set(Some(kept));
        Ok(())
    }
}

/// The pieces of executable memory of an interpreter, by number; `None` for a piece that was freed.
#[derive(Default)]
pub(crate) struct Images(RefCell<Vec<Option<Executable>>>);

impl Images {
    /// Keeps `memory`, and answers its number. `None` if there is no memory to note it.
    pub(crate) fn add(&self, memory: Executable) -> Option<usize> {
        let mut all = self.0.borrow_mut();
        let number = match all.iter().position(Option::is_none) {
            Some(number) => number,
            None => {
                all.try_reserve(1).ok()?;
                all.push(None);
                all.len() - 1
            }
        };
        all[number] = Some(memory);
        Some(number)
    }

    pub(crate) fn free(&self, number: usize) {
        if let Some(memory) = self.0.borrow_mut().get_mut(number) {
            *memory = None;
        }
    }
}
