//! The debugger's console, files and command line, which an emulator has, too (Arm: "Semihosting for AArch32 and
//! AArch64"; RISC-V has the same calls).

use alloc::vec;
use alloc::vec::Vec;
use core::cell::Cell;

/// Numbers of calls.
mod number {
    pub const OPEN: usize = 0x01;
    pub const CLOSE: usize = 0x02;
    pub const WRITE: usize = 0x05;
    pub const READ: usize = 0x06;
    pub const LENGTH: usize = 0x0c;
    pub const COMMAND_LINE: usize = 0x15;
    pub const EXIT: usize = 0x18;
}

/// What `OPEN` is told: `rb`, and `w`.
const READ_BYTES: usize = 1;
const WRITE_TEXT: usize = 4;

/// What a call answers that has failed.
const FAILED: usize = usize::MAX;

/// Asks the debugger for something.
///
/// # Safety
/// `argument` is what the call with this number wants.
#[cfg(target_arch = "arm")]
unsafe fn call(number: usize, argument: usize) -> usize {
    let mut result = number;
    // SAFETY: the instruction stops the processor until the debugger has done what is asked.
    unsafe { core::arch::asm!("bkpt 0xab", inout("r0") result, in("r1") argument, options(nostack)) };
    result
}

/// Asks the debugger for something.
///
/// # Safety
/// `argument` is what the call with this number wants.
#[cfg(target_arch = "riscv32")]
unsafe fn call(number: usize, argument: usize) -> usize {
    let mut result = number;
    // SAFETY: the instructions stop the processor until the debugger has done what is asked. The debugger knows them by
    // those around the breakpoint, uncompressed and in one page.
    unsafe {
        core::arch::asm!(
            ".balign 16",
            ".option push",
            ".option norvc",
            "slli x0, x0, 0x1f",
            "ebreak",
            "srai x0, x0, 7",
            ".option pop",
            inout("a0") result,
            in("a1") argument,
            options(nostack)
        );
    }
    result
}

/// Asks with several words as arguments.
///
/// # Safety
/// As for [`call`].
unsafe fn call_with<const N: usize>(number: usize, words: [usize; N]) -> usize {
    // SAFETY: as the caller says.
    unsafe { call(number, (&raw const words).expose_provenance()) }
}

/// Opens a file by its name, which ends in a zero byte.
fn open(name: &[u8], how: usize) -> Option<usize> {
    // SAFETY: the name ends where the call is told.
    let file = unsafe { call_with(number::OPEN, [name.as_ptr().expose_provenance(), how, name.len() - 1]) };
    (file != FAILED).then_some(file)
}

/// The bytes of a file of the debugger's machine.
pub fn read_file(name: &str) -> Option<Vec<u8>> {
    let mut name = Vec::from(name);
    name.push(0);
    let file = open(&name, READ_BYTES)?;
    // SAFETY: the file is open.
    let len = unsafe { call_with(number::LENGTH, [file]) };
    if len == FAILED {
        return None;
    }
    let mut bytes = vec![0; len];
    // SAFETY: the file is open, and there is so much room.
    let missing = unsafe { call_with(number::READ, [file, bytes.as_mut_ptr().expose_provenance(), len]) };
    // SAFETY: the file is open.
    unsafe { call_with(number::CLOSE, [file]) };
    (missing == 0).then_some(bytes)
}

/// The words of the command line.
pub fn arguments() -> Vec<alloc::string::String> {
    let mut line = [0u8; 512];
    let mut words = [line.as_mut_ptr().expose_provenance(), line.len()];
    // SAFETY: there is so much room.
    let failed = unsafe { call(number::COMMAND_LINE, (&raw mut words).expose_provenance()) };
    if failed != 0 {
        return Vec::new();
    }
    let len = line.iter().position(|byte| *byte == 0).unwrap_or(line.len());
    let text = core::str::from_utf8(&line[..len]).unwrap_or_default();
    text.split_ascii_whitespace().map(Into::into).collect()
}

/// The debugger's console.
#[derive(Default)]
pub struct Console {
    file: Cell<Option<usize>>,
}

impl Console {
    /// Writes text.
    pub fn write(&self, text: &[u8]) {
        let file = self.file.get().or_else(|| open(b":tt\0", WRITE_TEXT));
        self.file.set(file);
        if let Some(file) = file {
            // SAFETY: the file is open, and the text is there.
            unsafe { call_with(number::WRITE, [file, text.as_ptr().expose_provenance(), text.len()]) };
        }
    }
}

/// Ends the emulator, or stops at the debugger.
pub fn exit(succeeded: bool) -> ! {
    // That the program ended as it should; that it ended by an error.
    let reason = if succeeded { 0x2_0026 } else { 0x2_0023 };
    loop {
        // SAFETY: the call takes a number.
        unsafe { call(number::EXIT, reason) };
    }
}
