//! The interpreter's registers, and the operations of instructions on them.
//!
//! All of these operations rely on verified bytecode: an instruction finds its operands and children, and as many slots
//! on the value stack as it takes, with room for what it puts on.

use crate::model::code::Code;
use crate::model::object::Gc;
use crate::model::vm::Vm;
use crate::model::word::{Obj, Slot};

/// The instruction pointer.
#[derive(Clone, Copy)]
#[repr(transparent)]
pub(crate) struct Ip(pub *const u8);

/// The stack pointer: the first free slot.
#[derive(Clone, Copy)]
#[repr(transparent)]
pub(crate) struct Sp(pub *mut Slot);

/// The frame pointer: local variable 0.
#[derive(Clone, Copy)]
#[repr(transparent)]
pub(crate) struct Fp(pub *mut Slot);

/// The code that runs, as handlers are given it.
#[cfg(not(berus_few_registers))]
pub(crate) type Running = Gc<Code>;

/// The code that runs, as handlers are given it: not at all, where machines have registers for four arguments only. The
/// frame has it.
#[cfg(berus_few_registers)]
#[derive(Clone, Copy)]
pub(crate) struct Running(());

/// The code that runs, for a handler.
#[cfg_attr(not(feature = "small"), inline(always))]
pub(crate) fn running(code: Gc<Code>) -> Running {
    #[cfg(not(berus_few_registers))]
    return code;
    #[cfg(berus_few_registers)]
    {
        let _ = code;
        Running(())
    }
}

/// The code that a handler was given.
#[cfg_attr(not(feature = "small"), inline(always))]
pub(crate) fn code_of(vm: &Vm, running: Running) -> Gc<Code> {
    let _ = vm;
    #[cfg(not(berus_few_registers))]
    return running;
    #[cfg(berus_few_registers)]
    {
        let Running(()) = running;
        // SAFETY: handlers run in a frame with code.
        unsafe { vm.frame().code.get().unwrap_unchecked() }
    }
}

/// The code that runs and its local variables, for functions that take what handlers take and more: as with [`Running`],
/// in no registers where these are few.
#[derive(Clone, Copy)]
pub(crate) struct Here {
    running: Running,
    #[cfg(not(berus_few_registers))]
    fp: Fp,
}

impl Here {
    #[cfg_attr(not(feature = "small"), inline(always))]
    pub fn new(code: Gc<Code>, fp: Fp) -> Here {
        let _ = fp;
        Here {
            running: running(code),
            #[cfg(not(berus_few_registers))]
            fp,
        }
    }

    #[cfg_attr(not(feature = "small"), inline(always))]
    pub fn code(self, vm: &Vm) -> Gc<Code> {
        code_of(vm, self.running)
    }

    #[cfg_attr(not(feature = "small"), inline(always))]
    pub fn fp(self, vm: &Vm) -> Fp {
        let _ = vm;
        #[cfg(not(berus_few_registers))]
        return self.fp;
        #[cfg(berus_few_registers)]
        Fp(vm.frame().locals.get())
    }
}

impl Ip {
    /// Reads the byte at the pointer, which moves behind it.
    #[cfg_attr(not(feature = "small"), inline(always))]
    pub fn byte(&mut self) -> u8 {
        // SAFETY: verified code does not run off its end.
        let byte = unsafe { *self.0 };
        self.0 = self.0.wrapping_add(1);
        byte
    }

    /// The byte at the pointer, which stays.
    #[cfg_attr(not(feature = "small"), inline(always))]
    pub fn peek(self) -> u8 {
        // SAFETY: verified code does not run off its end.
        unsafe { *self.0 }
    }

    /// Reads the unsigned number at the pointer, which moves behind it.
    #[cfg_attr(not(feature = "small"), inline(always))]
    pub fn uint(&mut self) -> usize {
        let byte = self.byte();
        if byte & 0x80 == 0 { usize::from(byte) } else { self.long_uint(byte) }
    }

    #[cfg_attr(not(feature = "small"), inline(always))]
    fn long_uint(&mut self, first: u8) -> usize {
        let mut value = usize::from(first & 0x7f);
        loop {
            let byte = self.byte();
            value = value << 7 | usize::from(byte & 0x7f);
            if byte & 0x80 == 0 {
                return value;
            }
        }
    }

    /// Reads the signed number at the pointer, which moves behind it.
    #[cfg_attr(not(feature = "small"), inline(always))]
    pub fn int(&mut self) -> isize {
        // SAFETY: verified code does not run off its end.
        let mut value: isize = if unsafe { *self.0 } & 0x40 != 0 { -1 } else { 0 };
        loop {
            let byte = self.byte();
            value = value << 7 | isize::from(byte & 0x7f);
            if byte & 0x80 == 0 {
                return value;
            }
        }
    }

    /// Reads the signed number at the pointer if it has one or two bytes; else `None`, and the pointer stays.
    #[cfg_attr(not(feature = "small"), inline(always))]
    pub fn short_int(&mut self) -> Option<isize> {
        let before = *self;
        let first = self.byte();
        let sign_extended = isize::from((first << 1) as i8 >> 1);
        if first & 0x80 == 0 {
            return Some(sign_extended);
        }
        let second = self.byte();
        if second & 0x80 == 0 {
            return Some(sign_extended << 7 | isize::from(second));
        }
        *self = before;
        None
    }

    /// Reads the distance in bytes of the jump at the pointer, forward or backward, counted from behind the jump.
    #[cfg_attr(not(feature = "small"), inline(always))]
    pub fn jump(&mut self) -> isize {
        let low = self.byte();
        if low & 0x80 == 0 {
            isize::from(low) - 0x40
        } else {
            (isize::from(low & 0x7f) | isize::from(self.byte()) << 7) - 0x4000
        }
    }

    /// Reads the distance in bytes of the forward jump at the pointer, counted from behind the jump.
    #[cfg_attr(not(feature = "small"), inline(always))]
    pub fn forward(&mut self) -> isize {
        let low = self.byte();
        if low & 0x80 == 0 { isize::from(low) } else { isize::from(low & 0x7f) | isize::from(self.byte()) << 7 }
    }

    /// The pointer `by` bytes further on.
    #[cfg_attr(not(feature = "small"), inline(always))]
    pub fn plus(self, by: isize) -> Ip {
        Ip(self.0.wrapping_offset(by))
    }
}

impl Sp {
    /// Puts a value on the stack.
    #[cfg_attr(not(feature = "small"), inline(always))]
    pub fn push(&mut self, value: Obj) {
        self.push_slot(Some(value));
    }

    /// Puts a word on the stack.
    #[cfg_attr(not(feature = "small"), inline(always))]
    pub fn push_slot(&mut self, word: Slot) {
        // SAFETY: verified code stays below the end of its frame's slots.
        unsafe { self.0.write(word) };
        self.0 = self.0.wrapping_add(1);
    }

    /// Takes a word from the stack.
    #[cfg_attr(not(feature = "small"), inline(always))]
    pub fn pop_slot(&mut self) -> Slot {
        self.0 = self.0.wrapping_sub(1);
        // SAFETY: verified code has pushed the word that an instruction reads.
        unsafe { self.0.read() }
    }

    /// Takes a value from the stack.
    #[cfg_attr(not(feature = "small"), inline(always))]
    pub fn pop(&mut self) -> Obj {
        self.0 = self.0.wrapping_sub(1);
        self.at(0)
    }

    /// Forgets `n` slots.
    #[cfg_attr(not(feature = "small"), inline(always))]
    pub fn drop(&mut self, n: usize) {
        self.0 = self.0.wrapping_sub(n);
    }

    /// The stack pointer `n` slots further down.
    #[cfg_attr(not(feature = "small"), inline(always))]
    pub fn down(self, n: usize) -> Sp {
        Sp(self.0.wrapping_sub(n))
    }

    /// The stack pointer `n` slots further up.
    #[cfg_attr(not(feature = "small"), inline(always))]
    pub fn up(self, n: usize) -> Sp {
        Sp(self.0.wrapping_add(n))
    }

    /// The value `n` slots above the stack pointer.
    #[cfg_attr(not(feature = "small"), inline(always))]
    pub fn at(self, n: usize) -> Obj {
        // SAFETY: verified code has pushed the word, which is not null where an instruction takes a value.
        unsafe { self.0.add(n).cast::<Obj>().read() }
    }

    /// The value on top.
    #[cfg_attr(not(feature = "small"), inline(always))]
    pub fn top(self) -> Obj {
        self.down(1).at(0)
    }

    /// The word `n` slots above the stack pointer.
    #[cfg_attr(not(feature = "small"), inline(always))]
    pub fn slot(self, n: usize) -> Slot {
        // SAFETY: verified code has pushed the word that an instruction reads.
        unsafe { self.0.add(n).read() }
    }

    /// Sets the word `n` slots above the stack pointer.
    #[cfg_attr(not(feature = "small"), inline(always))]
    pub fn set_slot(self, n: usize, word: Slot) {
        // SAFETY: the slot is one of the frame's, as verification has checked.
        unsafe { self.0.add(n).write(word) };
    }

    /// Sets the value on top.
    #[cfg_attr(not(feature = "small"), inline(always))]
    pub fn set_top(self, value: Obj) {
        self.down(1).set_slot(0, Some(value));
    }

    /// The `n` values from the stack pointer upwards, which stay on the stack as long as no instruction runs.
    #[cfg_attr(not(feature = "small"), inline(always))]
    pub fn values<'a>(self, n: usize) -> &'a [Obj] {
        // SAFETY: verified code has pushed the values that an instruction reads.
        unsafe { core::slice::from_raw_parts(self.0.cast(), n) }
    }
}

impl Fp {
    /// Local variable `n`.
    #[cfg_attr(not(feature = "small"), inline(always))]
    pub fn local(self, n: usize) -> Slot {
        // SAFETY: verification has checked the number against the frame's size.
        unsafe { self.0.add(n).read() }
    }

    /// Sets local variable `n`.
    #[cfg_attr(not(feature = "small"), inline(always))]
    pub fn set_local(self, n: usize, value: Slot) {
        // SAFETY: verification has checked the number against the frame's size.
        unsafe { self.0.add(n).write(value) };
    }
}
