//! Images: the memory that a module's machine code is in.
//!
//! All machine code of a module lies in one piece of executable memory, outside of the heap. An [`Image`] stands for it on the heap: the module's
//! [`Context`](crate::obj::code::Context) refers to the image, and every function to the context. When nothing refers to it any more, the
//! memory goes.

use alloc::vec::Vec;
use core::cell::RefCell;
use core::ptr::NonNull;

use crate::define;
use crate::error::Res;
use crate::host::Executable;
use crate::obj::code::Context;
use crate::object::{Gc, Header, Object};
use crate::q;
use crate::types::Type;
use crate::vm::Vm;
use crate::word::Obj;

static TYPE: Type = define!(Type::new(q!("code")).finalise(finalise));

/// The machine code of a module.
#[repr(C)]
pub(super) struct Image {
    header: Header,
    /// Which of the interpreter's pieces of memory it is in.
    number: usize,
    /// What the code refers to: the module's tables,
    _context: Gc<Context>,
    /// and the data that came with it, a heap block of addresses of heap blocks.
    _data: NonNull<usize>,
}

// SAFETY: `Image` is `repr(C)` and starts with a header; only images have this type.
unsafe impl Object for Image {
    const TYPE: &'static Type = &TYPE;
}

/// The executable memory of an interpreter, by number; what was freed is `None`.
#[derive(Default)]
pub(super) struct Images(RefCell<Vec<Option<Executable>>>);

impl Images {
    fn add(&self, memory: Executable) -> usize {
        let mut all = self.0.borrow_mut();
        let free = all.iter().position(Option::is_none);
        let number = free.unwrap_or(all.len());
        match free {
            Some(number) => all[number] = Some(memory),
            None => all.push(Some(memory)),
        }
        number
    }

    fn free(&self, number: usize) {
        if let Some(memory) = self.0.borrow_mut().get_mut(number) {
            *memory = None;
        }
    }
}

impl Image {
    /// An image of `memory`, for the module with this context, whose code refers to the blocks with addresses `data`.
    ///
    /// # Errors
    /// `MemoryError`.
    pub fn new(vm: &Vm, memory: Executable, context: Gc<Context>, data: NonNull<usize>) -> Res<Gc<Image>> {
        let number = vm.native.images.add(memory);
        let image = Image { header: Header::of(&TYPE), number, _context: context, _data: data };
        vm.alloc_finalised(image).inspect_err(|_| vm.native.images.free(number))
    }
}

fn finalise(vm: &Vm, object: Obj) {
    if let Some(image) = object.downcast::<Image>() {
        vm.native.images.free(image.number);
    }
}
