//! Running files: as modules, and for programs and embedders.

use alloc::vec::Vec;

use super::find::{FROZEN, Found};
use super::frozen::FrozenFile;
use crate::error::Res;
use crate::obj::dict::Dict;
use crate::obj::module::Module;
use crate::object::Gc;
use crate::q;
use crate::vm::Vm;
use crate::vm::machine_stack::clear_stack_below;
use crate::word::Obj;

impl Vm {
    /// Runs what was found as the body of `module`.
    pub(super) fn run_found(&self, module: Gc<Module>, found: &Found) -> Res<()> {
        if let Some(package) = &found.package {
            module.globals.store(self, q!("__path__"), self.new_str_checked(package)?)?;
        }
        let Some(file) = &found.file else { return Ok(()) };
        let name = file.strip_prefix(FROZEN);
        module.globals.store(self, q!("__file__"), self.new_str_checked(name.unwrap_or(file))?)?;
        let result = self.within_built_in(|| match name {
            Some(name) => self.run_frozen(name, module.globals),
            None => self.run_file(file, module.globals),
        });
        result?;
        module.globals.map.fit(self)
    }

    fn run_frozen(&self, name: &[u8], globals: Gc<Dict>) -> Res<()> {
        let body = match self.frozen_file(name) {
            Some(FrozenFile::Compiled(bytes)) => self.load_static(bytes, globals)?,
            Some(FrozenFile::Source(text)) => self.load_source(text, name, globals)?,
            None => return Err(self.no_module(name)),
        };
        self.run_body(body, globals)
    }

    /// Runs a `.py` or `.mpy` file with variables `globals`.
    ///
    /// # Errors
    /// `OSError` if it cannot be read, `ValueError` if it is no module that can run here, and what it raises.
    pub fn run_file(&self, path: &[u8], globals: Gc<Dict>) -> Res<()> {
        let body = self.load_path(path, globals)?;
        self.run_body(body, globals)
    }

    /// Loads a `.py` or `.mpy` file. Not a part of its callers, whose frames stay as long as the program runs.
    #[inline(never)]
    fn load_path(&self, path: &[u8], globals: Gc<Dict>) -> Res {
        if path.ends_with(b".mpy") {
            return self.load_file(path, globals);
        }
        let source = self.read_file(path)?;
        self.load_source(&source, path, globals)
    }

    /// Reads a whole file.
    ///
    /// # Errors
    /// `OSError`, and what the file system raises.
    pub fn read_file(&self, path: &[u8]) -> Res<Vec<u8>> {
        let reader = self.open_to_read(path)?;
        let bytes = reader.take_all(self);
        self.after(bytes, || reader.close(self))
    }

    /// Loads an `.mpy` file, whose code runs where it lies if the file system lends its memory.
    fn load_file(&self, path: &[u8], globals: Gc<Dict>) -> Res {
        let reader = self.open_to_read(path)?;
        let body = self.load_reader(&reader, globals);
        self.after(body, || reader.close(self))
    }

    /// Does `close`, and then answers what came before; if both failed, with the first exception.
    fn after<T>(&self, result: Res<T>, close: impl FnOnce() -> Res<()>) -> Res<T> {
        match result {
            Ok(value) => close().map(|()| value),
            Err(raised) => {
                let first = self.take_exception(raised);
                if let Err(raised) = close() {
                    self.take_exception(raised);
                }
                Err(self.raise(first))
            }
        }
    }

    #[cfg(feature = "compiler")]
    fn load_source(&self, source: &[u8], name: &[u8], globals: Gc<Dict>) -> Res {
        self.compile(source, name, berus_compiler::Mode::File, globals)
    }

    #[cfg(not(feature = "compiler"))]
    fn load_source(&self, _: &[u8], _: &[u8], _: Gc<Dict>) -> Res {
        Err(self.import_error(format_args!("script compilation not supported")))
    }

    /// Runs the body of a module with variables `globals`.
    ///
    /// On machines whose stack cannot be seen, as in WebAssembly, this is what collects, between the body's instructions and those of functions that it
    /// calls, and where nothing else of the interpreter is active: objects that local variables of Rust code refer to may be freed meanwhile, unless
    /// variables of the program refer to them, too.
    ///
    /// # Errors
    /// What it raises.
    pub fn run_body(&self, body: Obj, globals: Gc<Dict>) -> Res<()> {
        let outer = self.swap_locals(globals);
        clear_stack_below();
        let result = self.as_program(body, || self.call(body, &[]));
        self.swap_locals(outer);
        result.map(|_| ())
    }
}
