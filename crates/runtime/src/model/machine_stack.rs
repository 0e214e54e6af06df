//! The machine stack, on which functions written in Rust keep values where the collector has to find them.

/// Whether the collector can look through the machine stack. On WebAssembly, for example, it cannot, since local
/// variables have no addresses, nor under Miri, which does not show what others keep there; it collects at safe points only
/// then, see `safe_point.rs`.
pub(crate) const IS_VISIBLE: bool = cfg!(all(
    any(
        target_arch = "x86",
        target_arch = "x86_64",
        target_arch = "arm",
        target_arch = "aarch64",
        target_arch = "riscv32",
        target_arch = "riscv64"
    ),
    not(any(feature = "safe-points", miri))
));

/// How many words of the machine stack [`clear_stack_below`] overwrites: as many as a few calls take. Frames are much
/// larger without optimisation.
const CLEARED: usize = if cfg!(debug_assertions) { 1024 } else { 256 };

/// Overwrites the words that functions have left on the machine stack when they returned. A later frame over these
/// words need not write to each, and a word left from before would seem to refer to an object, in one collection or for
/// as long as the program runs.
#[inline(never)]
pub(crate) fn clear_stack_below() {
    let mut left = [0usize; CLEARED];
    core::hint::black_box(&mut left);
}

/// Calls `run` with an address of the machine stack above which lie all registers that the caller may hold values in.
#[inline(never)]
pub(crate) fn with_registers_in_memory<R>(run: impl FnOnce(usize) -> R) -> R {
    let mut registers = [0usize; 12];
    save_registers(&mut registers);
    let low = (&raw mut registers).expose_provenance();
    let result = run(low & !(size_of::<usize>() - 1));
    // The array must be in memory while `run` is active.
    core::hint::black_box(&mut registers);
    result
}

/// Stores the registers that a function must leave as they are; the caller has put other registers on the stack already
/// if it needs them later. Stores none on machines whose stack is not [visible](IS_VISIBLE).
#[inline(always)]
fn save_registers(registers: &mut [usize; 12]) {
    let at = registers.as_mut_ptr();
    // SAFETY: the instructions store into the array, which has room for twelve words.
    #[cfg(all(target_arch = "x86_64", not(miri)))]
    unsafe {
        // With Windows' calling convention `rsi` and `rdi` are among these registers.
        core::arch::asm!(
            "mov [{0}], rbx", "mov [{0} + 8], rbp", "mov [{0} + 16], r12", "mov [{0} + 24], r13",
            "mov [{0} + 32], r14", "mov [{0} + 40], r15", "mov [{0} + 48], rsi", "mov [{0} + 56], rdi",
            in(reg) at, options(nostack, preserves_flags)
        );
    }
    // SAFETY: the instructions store into the array, which has room for twelve words.
    #[cfg(target_arch = "x86")]
    unsafe {
        core::arch::asm!(
            "mov [{0}], ebx", "mov [{0} + 4], esi", "mov [{0} + 8], edi", "mov [{0} + 12], ebp",
            in(reg) at, options(nostack, preserves_flags)
        );
    }
    // SAFETY: the instructions store into the array, which has room for twelve words.
    #[cfg(target_arch = "aarch64")]
    unsafe {
        core::arch::asm!(
            "stp x19, x20, [{0}]", "stp x21, x22, [{0}, #16]", "stp x23, x24, [{0}, #32]",
            "stp x25, x26, [{0}, #48]", "stp x27, x28, [{0}, #64]", "str x29, [{0}, #80]",
            in(reg) at, options(nostack, preserves_flags)
        );
    }
    // SAFETY: the instructions store into the array, which has room for twelve words. ARMv6-M has all of these
    // instructions, too.
    #[cfg(target_arch = "arm")]
    unsafe {
        core::arch::asm!(
            "str r4, [{0}]", "str r5, [{0}, #4]", "str r6, [{0}, #8]", "str r7, [{0}, #12]",
            "mov {1}, r8", "str {1}, [{0}, #16]", "mov {1}, r9", "str {1}, [{0}, #20]",
            "mov {1}, r10", "str {1}, [{0}, #24]", "mov {1}, r11", "str {1}, [{0}, #28]",
            in(reg) at, out(reg) _, options(nostack, preserves_flags)
        );
    }
    // SAFETY: the instructions store into the array, which has room for twelve words.
    #[cfg(target_arch = "riscv32")]
    unsafe {
        core::arch::asm!(
            "sw s0, 0({0})", "sw s1, 4({0})", "sw s2, 8({0})", "sw s3, 12({0})", "sw s4, 16({0})", "sw s5, 20({0})",
            "sw s6, 24({0})", "sw s7, 28({0})", "sw s8, 32({0})", "sw s9, 36({0})", "sw s10, 40({0})", "sw s11, 44({0})",
            in(reg) at, options(nostack, preserves_flags)
        );
    }
    // SAFETY: the instructions store into the array, which has room for twelve words.
    #[cfg(target_arch = "riscv64")]
    unsafe {
        core::arch::asm!(
            "sd s0, 0({0})", "sd s1, 8({0})", "sd s2, 16({0})", "sd s3, 24({0})", "sd s4, 32({0})", "sd s5, 40({0})",
            "sd s6, 48({0})", "sd s7, 56({0})", "sd s8, 64({0})", "sd s9, 72({0})", "sd s10, 80({0})", "sd s11, 88({0})",
            in(reg) at, options(nostack, preserves_flags)
        );
    }
    core::hint::black_box(at);
}
