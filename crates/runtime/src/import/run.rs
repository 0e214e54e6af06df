//! Running files: as modules, and for programs and embedders.

use berus_mpy::header::Header;

use crate::import::find::{FROZEN, Found};
use crate::import::frozen::frozen_file;
use crate::import::load::{load_lent, load_named, load_reader};
use crate::import::no_module;
#[cfg(feature = "compiler")]
use crate::import::source::load_source;
use crate::model::error::Res;
use crate::model::frozen::FrozenFile;
use crate::model::layout::{Dict, Module};
use crate::model::machine_stack::clear_stack_below;
use crate::model::object::Gc;
use crate::model::protocols::Strs;
use crate::model::safe_point::{as_program, within_built_in};
use crate::model::vm::Vm;
use crate::model::word::Obj;
use crate::ops::call::Call;
use crate::q;
use crate::vfs::Content;
use crate::vfs::open::open_to_read;

/// Modules and programs run from where they are found.
pub trait RunModule {
    /// Runs a `.py` or `.mpy` file with variables `globals`.
    ///
    /// # Errors
    /// `OSError` if the file cannot be read, `ValueError` if it is no module that can run here, and whatever the module
    /// raises.
    fn run_file(&self, path: &[u8], globals: Gc<Dict>) -> Res<()>;

    /// Reads a whole file.
    ///
    /// # Errors
    /// `OSError`, and what the file system raises.
    fn read_file(&self, path: &[u8]) -> Res<Content<'_>>;

    /// Loads a program: an `.mpy` module, if its file's name `name` ends so or `bytes` begin as no source does, or
    /// source. Answers the function that is its body.
    ///
    /// # Errors
    /// `ValueError` if it is no module that can run here, `SyntaxError`, and `MemoryError`.
    fn load_program(&self, name: &[u8], bytes: &[u8], globals: Gc<Dict>) -> Res;

    /// Runs the body of a module with variables `globals`.
    ///
    /// On machines whose stack cannot be seen, as in WebAssembly, only this function has garbage collected: between the
    /// instructions of the body and of functions that the body calls, and where nothing else of the interpreter is
    /// active. Objects that local variables of Rust code refer to may be freed meanwhile, unless variables of the
    /// program refer to them, too.
    ///
    /// # Errors
    /// Whatever the body raises.
    fn run_body(&self, body: Obj, globals: Gc<Dict>) -> Res<()>;

    /// As [`run_body`](RunModule::run_body), of an expression too, whose value is the answer.
    ///
    /// # Errors
    /// Whatever the body raises.
    fn evaluate(&self, body: Obj, globals: Gc<Dict>) -> Res;
}

impl RunModule for Vm {
    fn run_file(&self, path: &[u8], globals: Gc<Dict>) -> Res<()> {
        let body = load_path(self, path, globals)?;
        self.run_body(body, globals)
    }

    fn read_file(&self, path: &[u8]) -> Res<Content<'_>> {
        let reader = open_to_read(self, path)?;
        let bytes = reader.take_all(self);
        after(self, bytes, || reader.close(self))
    }

    fn load_program(&self, name: &[u8], bytes: &[u8], globals: Gc<Dict>) -> Res {
        load_bytes(self, name, bytes, globals)
    }

    fn run_body(&self, body: Obj, globals: Gc<Dict>) -> Res<()> {
        self.evaluate(body, globals).map(|_| ())
    }

    fn evaluate(&self, body: Obj, globals: Gc<Dict>) -> Res {
        let outer = self.swap_locals(globals);
        clear_stack_below();
        let result = as_program(self, body, || self.call(body, &[]));
        self.swap_locals(outer);
        result
    }
}

/// Runs the file that was found as the body of `module`.
pub(super) fn run_found(vm: &Vm, module: Gc<Module>, found: &Found) -> Res<()> {
    if let Some(package) = &found.package {
        module.globals.store(vm, q!("__path__"), vm.new_str_checked(package.bytes())?)?;
    }
    let Some(file) = &found.file else { return Ok(()) };
    let file = file.bytes();
    let name = file.strip_prefix(FROZEN);
    module.globals.store(vm, q!("__file__"), vm.new_str_checked(name.unwrap_or(file))?)?;
    let result = within_built_in(vm, || match name {
        Some(name) => run_frozen(vm, name, module.globals),
        None => vm.run_file(file, module.globals),
    });
    result?;
    module.globals.map.fit(vm)
}

fn run_frozen(vm: &Vm, name: &[u8], globals: Gc<Dict>) -> Res<()> {
    let body = match frozen_file(vm, name) {
        Some(FrozenFile::Compiled(bytes)) => load_lent(vm, name, bytes, globals)?,
        Some(FrozenFile::Source(text)) => load_source(vm, text, name, globals)?,
        None => return Err(no_module(vm, name)),
    };
    vm.run_body(body, globals)
}

/// Loads a `.py` or `.mpy` file. Not inlined into its callers, whose stack frames stay as long as the program runs.
#[inline(never)]
fn load_path(vm: &Vm, path: &[u8], globals: Gc<Dict>) -> Res {
    if names_module(path) {
        return load_file(vm, path, globals);
    }
    let file = vm.read_file(path)?;
    load_bytes(vm, path, &file, globals)
}

/// Whether a file of this name is an `.mpy` module, whatever is in the file.
pub(super) fn names_module(path: &[u8]) -> bool {
    path.ends_with(b".mpy")
}

/// Loads what is in the file `name`: a module if the name or the bytes say so, which no source begins like, or source.
fn load_bytes(vm: &Vm, name: &[u8], bytes: &[u8], globals: Gc<Dict>) -> Res {
    if names_module(name) || bytes.starts_with(&Header::MAGIC) {
        load_named(vm, name, None, bytes, globals)
    } else {
        load_source(vm, bytes, name, globals)
    }
}

/// Loads an `.mpy` file, whose code runs where it lies if the file system lends its memory.
fn load_file(vm: &Vm, path: &[u8], globals: Gc<Dict>) -> Res {
    let reader = open_to_read(vm, path)?;
    let body = load_reader(vm, path, &reader, globals);
    after(vm, body, || reader.close(vm))
}

/// Calls `close`, then answers `result`, or the exception of `close`; the first exception if both failed.
fn after<T>(vm: &Vm, result: Res<T>, close: impl FnOnce() -> Res<()>) -> Res<T> {
    match result {
        Ok(value) => close().map(|()| value),
        Err(raised) => {
            let first = vm.take_exception(raised);
            if let Err(raised) = close() {
                vm.take_exception(raised);
            }
            Err(vm.raise(first))
        }
    }
}

#[cfg(not(feature = "compiler"))]
fn load_source(vm: &Vm, _: &[u8], _: &[u8], _: Gc<Dict>) -> Res {
    use crate::model::error::Raise;

    Err(vm.import_error(format_args!("script compilation not supported")))
}
