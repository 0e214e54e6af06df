//! What types and interpreters have for machine code, where there is machine code.

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

/// Which slot is the type that a class derives from.
pub(crate) const PARENT: usize = 4;

/// The slots that C code reads, in the order of [`Indices`].
#[repr(transparent)]
pub(crate) struct Slots(pub(crate) [*const c_void; PARENT + 1]);

/// What an interpreter keeps for machine code.
#[derive(Default)]
pub(crate) struct State {
    pub(crate) images: Images,
    /// For names whose spelling C code has asked for, copies of it that end in a zero byte.
    pub(crate) spellings: Cell<Option<Gc<Dict>>>,
    /// The images that stay for good.
    pub(crate) kept: Cell<Option<Gc<List>>>,
}

impl State {
    /// Keeps what it refers to.
    pub(crate) fn keep(&self, collection: &mut Collection<'_>) {
        let objects = [self.spellings.get().map(Gc::obj), self.kept.get().map(Gc::obj)];
        objects.into_iter().flatten().for_each(|object| collection.keep(object.bits()));
    }

    /// Whether a module written in C is there, so that there may be objects of its types.
    #[inline(always)]
    pub fn has_c_code(&self) -> bool {
        self.kept.get().is_some()
    }

    /// Keeps an image as long as the interpreter. Modules written in C need that: they have objects among their code,
    /// and who has one of these refers to no block of the heap.
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

/// The executable memory of an interpreter, by number; what was freed is `None`.
#[derive(Default)]
pub(crate) struct Images(RefCell<Vec<Option<Executable>>>);

impl Images {
    /// Keeps `memory`: its number. `None` if there is no memory for another one.
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
