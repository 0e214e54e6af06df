//! Machine code in modules.
//!
//! An `.mpy` file can carry machine code: functions with `@micropython.native` and `@micropython.viper`, or whole modules linked from C. It
//! is compiled against MicroPython's own structures and reaches the runtime through a table of functions, so this is where Berus looks like
//! MicroPython to the last word.
//!
//! - [`link`] puts the code of a module where it can run, [`image`] frees it when nothing refers to it any more.
//! - [`code`], [`function`], [`closure`] and [`generator`] are the objects that are made of it.
//! - [`border`] is how control and exceptions pass between Rust and machine code, over the jumps of [`nlr`].
//! - [`table`] is what machine code can call.
//! - [`foreign`] lets types made by C code and those of Berus take each other for their own.
//!
//! None of this can be checked as bytecode is: a host that grants [`machine_code`](crate::host::Host::machine_code) trusts it.

mod border;
mod closure;
pub(crate) mod code;
pub(crate) mod foreign;
mod function;
mod generator;
mod image;
mod link;
mod nlr;
mod table;

pub(crate) use border::globals;
pub(crate) use generator::NativeGenerator;
pub(crate) use link::Linked;

use core::cell::Cell;
use core::ptr::NonNull;

use berus_mpy::Module;
use berus_mpy::arch::Arch;

use crate::error::Res;
use crate::heap::Collection;
use crate::obj::dict::Dict;
use crate::obj::list::List;
use crate::object::Gc;
use crate::qstr::Qstr;
use crate::vm::Vm;
use crate::vm::memory::Slot;
use crate::word::Obj;
use code::MachineCode;
use function::NativeFunction;

/// What an interpreter keeps for machine code.
#[derive(Default)]
pub(crate) struct State {
    images: image::Images,
    /// For names whose spelling C code has asked for, copies of it that end in a zero byte.
    spellings: Cell<Option<Gc<Dict>>>,
    /// The images that stay for good.
    kept: Cell<Option<Gc<List>>>,
}

impl State {
    /// Keeps what it refers to.
    pub(crate) fn keep(&self, collection: &mut Collection<'_>) {
        let objects = [self.spellings.get().map(Gc::obj), self.kept.get().map(Gc::obj)];
        objects.into_iter().flatten().for_each(|object| collection.keep(object.bits()));
    }

    /// Whether a module written in C is there, so that there may be objects of its types.
    #[inline(always)]
    pub fn has_c_code(&self) -> bool {
        self.kept.get().is_some()
    }

    /// Keeps an image as long as the interpreter. Modules written in C need that: they have objects among their code, and who has one of
    /// these refers to no block of the heap.
    ///
    /// # Errors
    /// `MemoryError`.
    fn keep_for_good(&self, vm: &Vm, image: Obj) -> Res<()> {
        let kept = match self.kept.get() {
            Some(kept) => kept,
            None => List::new(vm, &[])?,
        };
        kept.append(vm, image)?;
        self.kept.set(Some(kept));
        Ok(())
    }
}

/// The architecture of the machine code that runs here.
pub(crate) const ARCH: Option<Arch> = Some(Arch::X64);

/// The table of functions, as a word of a table of constants. It is no object; only machine code uses it.
pub(crate) fn function_table() -> Slot {
    // SAFETY: the collector takes words for pointers into its heap only, and nobody else looks at this one.
    unsafe { Obj::from_bits(table::address().expose_provenance()) }
}

/// The names of a module that has machine code in 16 bits each. They are `qstrs`.
///
/// # Errors
/// `RuntimeError` if a number does not fit, and `MemoryError`.
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

/// A function of a code object of machine code: see [`Vm::make_function`].
///
/// # Errors
/// `TypeError` if the defaults are not those that the code expects, and `MemoryError`.
pub(crate) fn make_function(vm: &Vm, code: Obj, defaults: Slot, keyword_defaults: Slot, cells: &[Obj]) -> Res {
    let Some(code) = code.downcast::<MachineCode>() else {
        return Err(vm.runtime_error(format_args!("no such function")));
    };
    let function: Gc<NativeFunction> = NativeFunction::new(vm, code, defaults, keyword_defaults)?;
    if cells.is_empty() { Ok(function.obj()) } else { closure::new(vm, function.obj(), cells) }
}

/// Whether `function` is one that C code made: no method of a class that a program defines.
pub(crate) fn is_builtin(function: Obj) -> bool {
    foreign::functions::is_one(function)
}
