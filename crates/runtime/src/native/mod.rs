//! Machine code in modules.
//!
//! An `.mpy` file can carry machine code: functions with `@micropython.native` and `@micropython.viper`, or whole
//! modules linked from C. Machine code is compiled against MicroPython's own structures and reaches the runtime through
//! a table of functions, so this is where Berus looks like MicroPython to the last word.
//!
//! - [`link`] puts the machine code of a module where it can run, [`image`] frees the code when nothing refers to it
//!   any more.
//! - [`code`], [`function`], [`closure`] and [`generator`] are the objects that are made of machine code.
//! - [`machine`] is what differs between processors, and all assembly.
//! - [`border`] is how control and exceptions pass between Rust and machine code, over the jumps of [`nlr`].
//! - [`table`] has the functions that machine code can call.
//! - [`foreign`] lets C code and Berus take each other's types for their own.
//!
//! Machine code cannot be checked as bytecode is: a host that grants [`machine_code`](crate::host::Host::machine_code)
//! trusts the code that it runs.

pub(crate) mod border;
pub(crate) mod closure;
pub(crate) mod code;
mod contract;
pub(crate) mod foreign;
pub mod function;
pub mod generator;
pub(crate) mod image;
pub(crate) mod link;
mod machine;
pub(crate) mod nlr;
pub(crate) mod table;

use core::ptr::NonNull;

use berus_mpy::Module;
use berus_mpy::arch::Arch;

use crate::model::error::{Raise, Res};
use crate::model::vm::Vm;
use crate::model::word::{Obj, Slot};
pub(crate) use crate::native::link::{Lend, Linked};
use crate::qstr::Qstr;

/// The architecture of the machine code that runs here.
pub(crate) const ARCH: Option<Arch> = Some(machine::ARCH);

/// The address of the table of functions, as a word of a table of constants. The word is no object; only machine code
/// uses it.
pub(crate) fn function_table() -> Slot {
    // SAFETY: the collector takes words for pointers into its heap only, and nobody else looks at this word.
    unsafe { Obj::from_bits(table::address().expose_provenance()) }
}

/// The names `qstrs` of a module in 16 bits each; `None` if the module has no machine code.
///
/// # Errors
/// `RuntimeError` if the number of a name does not fit, and `MemoryError`.
pub(crate) fn short_qstrs(vm: &Vm, module: &Module<'_>, qstrs: NonNull<Qstr>) -> Res<Option<NonNull<u16>>> {
    if module.header.arch.is_none() {
        return Ok(None);
    }
    let len = module.qstrs.len();
    let table = vm.alloc_bytes(len.max(1) * size_of::<u16>())?.cast::<u16>();
    for n in 0..len {
        // SAFETY: both blocks have an entry for each name.
        let name = unsafe { qstrs.add(n).read() };
        let Ok(short) = u16::try_from(name.number()) else {
            return Err(vm.runtime_error(format_args!("too many names for native code")));
        };
        // SAFETY: as above.
        unsafe { table.add(n).write(short) };
    }
    Ok(Some(table))
}
