//! Functions of other languages, in libraries that the system loads.

use alloc::boxed::Box;

use crate::errno::Errno;

/// What a function takes or answers, as the machine passes it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Word {
    /// Nothing; answers only.
    Void,
    /// An int of 8 bits.
    I8,
    /// An unsigned int of 8 bits.
    U8,
    /// An int of 16 bits.
    I16,
    /// An unsigned int of 16 bits.
    U16,
    /// An int of 32 bits.
    I32,
    /// An unsigned int of 32 bits.
    U32,
    /// An int of 64 bits.
    I64,
    /// An unsigned int of 64 bits.
    U64,
    /// A float of 32 bits, which are the lowest of the value's.
    F32,
    /// A float of 64 bits.
    F64,
    /// An address.
    Pointer,
}

/// What C code calls: it is given a value for each parameter, and answers one. Ints are extended to 64 bits.
pub type Answer = Box<dyn Fn(&[u64]) -> u64>;

/// The libraries of the system. To grant them is to trust every program as much as the host itself, as
/// [all memory](super::RawMemory) is: nothing is checked about what functions are said to take.
///
/// # Safety
/// [`call`](Foreign::call) calls the function at the address with these values. [`callback`](Foreign::callback) answers
/// an address that stays a function of C for good; the function calls `answer` while the thread is in a `call`, and on
/// no other thread, and answers 0 otherwise. Whoever grants the libraries answers for what programs do with them.
pub unsafe trait Foreign {
    /// Opens the library `name`, or the program itself: a number that stands for it.
    ///
    /// # Errors
    /// An error number; `ENOENT` where the system says no more.
    fn open(&self, name: Option<&[u8]>) -> Result<usize, Errno>;

    /// Gives a library up.
    fn close(&self, library: usize);

    /// The address of what a library calls `name`.
    fn symbol(&self, library: usize, name: &[u8]) -> Option<usize>;

    /// Calls the function at an address: its answer, an int as it is extended to 64 bits.
    fn call(&self, function: usize, result: Word, arguments: &[(Word, u64)]) -> u64;

    /// A function of C that calls `answer`: its address; `None` if the system has no room for one. It is never freed,
    /// since nobody knows who has noted the address.
    fn callback(&self, result: Word, parameters: &[Word], answer: Answer) -> Option<usize>;
}
