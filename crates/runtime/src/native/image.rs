//! Images: the memory that a module's machine code is in.
//!
//! All machine code of a module lies in one piece of executable memory, outside of the heap. An [`Image`] stands for
//! that memory on the heap: the module's [`Context`](crate::model::code::Context) refers to the image, and every
//! function to the context. When nothing refers to the image any more, the memory is freed.

use core::ptr::NonNull;

use crate::host::Executable;
use crate::model::code::Context;
use crate::model::error::{Raise, Res};
use crate::model::finalise::Finalise;
use crate::model::object::{Gc, Header, Object};
use crate::model::types::Type;
use crate::model::vm::Vm;
use crate::model::word::Obj;
use crate::{define, q};

static TYPE: Type = define!(Type::new(q!("code")).finalise(finalise));

/// The machine code of a module.
#[repr(C)]
pub(super) struct Image {
    header: Header,
    /// The number of the image's memory among the interpreter's pieces of executable memory.
    number: usize,
    /// The module's tables, which the code refers to.
    _context: Gc<Context>,
    /// The data that came with the code: a heap block of addresses of heap blocks.
    _data: NonNull<usize>,
}

// SAFETY: `Image` is `repr(C)` and starts with a header; only images have this type.
unsafe impl Object for Image {
    const TYPE: &'static Type = &TYPE;
}

impl Image {
    /// An image of `memory`, for the module with this context, whose code refers to the blocks with addresses `data`.
    ///
    /// # Errors
    /// `MemoryError`.
    pub fn new(vm: &Vm, memory: Executable, context: Gc<Context>, data: NonNull<usize>) -> Res<Gc<Image>> {
        let number = vm.native.images.add(memory).ok_or_else(|| vm.memory_error(size_of::<Executable>()))?;
        let image = Image { header: Header::of(&TYPE), number, _context: context, _data: data };
        vm.alloc_finalised(image).inspect_err(|_| vm.native.images.free(number))
    }
}

fn finalise(vm: &Vm, object: Obj) {
    if let Some(image) = object.downcast::<Image>() {
        vm.native.images.free(image.number);
    }
}
