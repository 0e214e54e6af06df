//! The smallest useful build of Berus: a microcontroller that runs one compiled module, in place, from its flash.
//!
//! There is no compiler, no float, no int beyond a word, no file and no library unless features add them. The console is the debugger's (semihosting), so that QEMU runs it:
//!
//! ```text
//! qemu-system-arm -M lm3s6965evb -nographic -semihosting -kernel FILE
//! ```

#![no_std]
#![no_main]

extern crate alloc;

mod memory;

use alloc::boxed::Box;
use core::arch::asm;
use core::mem::MaybeUninit;
use core::panic::PanicInfo;

use berus_runtime::data::exception::Exceptions;
use berus_runtime::heap::Heap;
use berus_runtime::host::Host;
#[cfg(not(feature = "compiler"))]
use berus_runtime::import::load::Load;
#[cfg(feature = "library")]
use berus_runtime::import::registry::Register;
use berus_runtime::import::run::RunModule;
use berus_runtime::model::error::Res;
use berus_runtime::model::vm::{Limits, Vm};
use berus_runtime::ops::print::Stderr;
use cortex_m::singleton;
use cortex_m_rt::entry;
use embedded_alloc::LlffHeap;

/// The program, which is executed where it lies.
#[cfg(not(feature = "compiler"))]
static PROGRAM: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/program.mpy"));

/// The program, which is compiled first.
#[cfg(feature = "compiler")]
static PROGRAM: &[u8] = include_bytes!("../program.py");

/// Words of the heap for Python objects.
const OBJECTS: usize = 4 << 10;

/// Bytes for what the interpreter itself allocates: its stacks, and tables while it loads.
const INTERNAL: usize = if cfg!(feature = "compiler") { 28 << 10 } else { 15 << 10 };

/// Python's stacks of values and of frames in words, and the machine stack that built-ins may use in bytes.
const LIMITS: Limits = Limits { value_stack: 1 << 10, frame_stack: 3 << 8, machine_stack: 10 << 10 };

#[global_allocator]
static ALLOCATOR: LlffHeap = LlffHeap::empty();

/// A request to the debugger, and its answer.
fn semihosting(operation: usize, argument: usize) -> usize {
    let mut result = operation;
    // SAFETY: the instruction stops the processor until the debugger has done what is asked; who calls passes what that needs.
    unsafe { asm!("bkpt 0xab", inout("r0") result, in("r1") argument, options(nostack)) };
    result
}

/// The debugger's console.
struct Console;

impl Host for Console {
    fn write_stdout(&self, bytes: &[u8]) {
        for byte in bytes {
            // SYS_WRITEC: the address of a character.
            semihosting(3, core::ptr::from_ref(byte).addr());
        }
    }
}

fn run(vm: &Vm) -> Res<()> {
    #[cfg(not(feature = "compiler"))]
    let body = vm.load_static(PROGRAM, vm.main())?;
    #[cfg(feature = "compiler")]
    let body = vm.load_program(b"program.py", PROGRAM, vm.main())?;
    vm.run_body(body, vm.main())
}

/// The interpreter with the modules of the library.
#[cfg(feature = "library")]
fn with_library(mut vm: Box<Vm>) -> Box<Vm> {
    vm.register(berus_stdlib::MODULES);
    vm
}

#[entry]
fn main() -> ! {
    let internal = singleton!(: [MaybeUninit<u8>; INTERNAL] = [MaybeUninit::uninit(); INTERNAL]);
    let objects = singleton!(: [MaybeUninit<usize>; OBJECTS] = [MaybeUninit::uninit(); OBJECTS]);
    if let (Some(internal), Some(objects)) = (internal, objects) {
        // SAFETY: once, with memory that nobody else knows.
        unsafe { ALLOCATOR.init(internal.as_mut_ptr().addr(), INTERNAL) };
        // SAFETY: what runs the program keeps the contract of raw words.
        if let Some(vm) = Heap::fixed(objects).and_then(|heap| unsafe { Vm::new(heap, Box::new(Console), LIMITS) }) {
            #[cfg(feature = "library")]
            let vm = with_library(vm);
            vm.enter(|vm| {
                if let Err(raised) = run(vm) {
                    let exception = vm.take_exception(raised);
                    let _ = vm.print_exception(&mut Stderr, exception).map_err(|raised| vm.take_exception(raised));
                }
            });
        }
    }
    stop()
}

unsafe extern "C" {
    fn DefaultHandler();
}

/// The vectors of a chip's interrupts. No interrupt is enabled here, so that one stands for all.
#[used]
#[unsafe(link_section = ".vector_table.interrupts")]
#[unsafe(no_mangle)]
static __INTERRUPTS: [unsafe extern "C" fn(); 1] = [DefaultHandler];

fn stop() -> ! {
    loop {
        // SYS_EXIT, because the program ended as it should.
        semihosting(0x18, 0x2_0026);
    }
}

#[panic_handler]
fn panic(_: &PanicInfo<'_>) -> ! {
    stop()
}
