//! The memory of a board, which its crate shares out.

use core::mem::MaybeUninit;

use embedded_alloc::LlffHeap;

#[global_allocator]
static ALLOCATOR: LlffHeap = LlffHeap::empty();

/// Gives Rust memory to allocate from: for the interpreter's own stacks, for tables while a module is loaded, and for
/// machine code.
pub fn give(memory: &'static mut [MaybeUninit<u8>]) {
    // SAFETY: the memory is given away for good.
    unsafe { ALLOCATOR.init(memory.as_mut_ptr().addr(), memory.len()) };
}
