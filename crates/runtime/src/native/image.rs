//! Images: the memory that a module's machine code is in.
//!
//! All machine code of a module lies in one piece of executable memory, outside of the heap. An [`Image`] stands for it on the heap: the module's
//! [`Context`](crate::obj::code::Context) refers to the image, every function to the context, and every block of data that came with
//! the code to the image. When nothing refers to it any more, the memory goes.

use alloc::vec::Vec;
use core::cell::RefCell;
use core::ptr::NonNull;

use crate::error::Res;
use crate::host::Executable;
use crate::obj::code::Context;
use crate::object::{Gc, Header, Object};
use crate::q;
use crate::types::Type;
use crate::vm::Vm;

static TYPE: Type = Type::new(q!("code"));

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
}

impl Image {
    /// An image of `memory`, for the module with this context, whose code refers to the blocks with addresses `data`.
    ///
    /// # Errors
    /// `MemoryError`.
    pub fn new(vm: &Vm, memory: Executable, context: Gc<Context>, data: NonNull<usize>) -> Res<Gc<Image>> {
        let number = vm.native.images.add(memory);
        let image = vm.alloc(Image { header: Header::of(&TYPE), number, _context: context, _data: data });
        let noted = image.and_then(|image| {
            let block = image.as_ptr().cast();
            vm.heap().set_finaliser(block).map(|()| image).map_err(|_| vm.memory_error(size_of::<Image>()))
        });
        if noted.is_err() {
            vm.native.images.0.borrow_mut()[number] = None;
        }
        noted
    }
}

impl Vm {
    /// Frees the memory of images that nothing refers to.
    pub(crate) fn free_images(&self) {
        while let Some(block) = self.heap().next_to_finalise() {
            // SAFETY: images are what has finalisers.
            let image = unsafe { block.cast::<Image>().as_ref() };
            if let Some(memory) = self.native.images.0.borrow_mut().get_mut(image.number) {
                *memory = None;
            }
        }
    }
}
