//! Importing modules: those written in Rust, frozen ones, and `.py` and `.mpy` files of any file system.
//!
//! A name is imported part by part; for each, in this order: what is loaded already (unless `sys.path` is empty, which asks for
//! modules written in Rust), those written in Rust that no file may stand for, files (`find.rs`), and the others written in
//! Rust. What was found is loaded (`load.rs`) and run as the module's body (`run.rs`); `from.rs` takes names out of it.

mod find;
mod from;
mod frozen;
mod in_place;
mod load;
mod run;

use alloc::vec::Vec;

pub use frozen::{Frozen, FrozenFile, FrozenImage, FrozenTable};

use crate::error::{Raised, Res};
use crate::modules::{ModuleDef, builtins};
use crate::obj::dict::Dict;
use crate::obj::exception;
use crate::obj::module::Module;
use crate::object::Gc;
use crate::q;
use crate::qstr::Qstr;
use crate::vm::Vm;
use crate::word::Obj;

use find::Found;

impl Vm {
    /// Does `import name`, and its forms with `from`: calls `__import__`, if a program has put another in place of the built-in one.
    ///
    /// # Errors
    /// `ImportError`, and what running the module raises.
    pub fn import_name(&self, name: Qstr, names: Obj, level: Obj) -> Res {
        self.check_depth()?;
        let globals = self.globals();
        if let Some(function) = builtins::replaced_import(self) {
            return self.call(function, &[Obj::qstr(name), globals.obj(), Obj::NONE, names, level]);
        }
        self.import(self.spelling(name), globals, names != Obj::NONE, self.int(level)?)
    }

    /// The module `name`, `level` packages above the one with variables `globals`, or by its full name if that is 0. With `innermost`
    /// the module itself, else its outermost package.
    ///
    /// # Errors
    /// `ImportError`, and what running the module raises.
    pub fn import(&self, name: &[u8], globals: Gc<Dict>, innermost: bool, level: isize) -> Res {
        let full = if level == 0 { Vec::from(name) } else { self.absolute_name(name, globals, level)? };
        self.import_full(&full, innermost, false)
    }

    /// The module `full`; as `__main__` if it is to be.
    fn import_full(&self, full: &[u8], innermost: bool, as_main: bool) -> Res {
        if full.is_empty() {
            return Err(self.error_with(&exception::VALUE_ERROR, &[]));
        }
        let (mut outer, mut parent) = (None, None);
        let mut start = 0;
        while start <= full.len() {
            let end = full[start..].iter().position(|byte| *byte == b'.').map_or(full.len(), |at| start + at);
            let level = Level {
                full: self.intern(&full[..end])?,
                part: self.intern(&full[start..end])?,
                parent,
                as_main: as_main && end == full.len(),
            };
            let module = self.import_level(&level)?;
            outer = outer.or(Some(module));
            parent = Some(module);
            start = end + 1;
        }
        Ok(if innermost { parent } else { outer }.unwrap_or(Obj::NONE))
    }

    /// The full name of `name`, `level` packages above the module with variables `globals`.
    fn absolute_name(&self, name: &[u8], globals: Gc<Dict>, mut level: isize) -> Res<Vec<u8>> {
        let load = |name: Qstr| globals.load(self, name).ok_or_else(|| self.key_error(Obj::qstr(name)));
        let mut own = load(q!("__name__"))?;
        if own == Obj::qstr(q!("__main__")) {
            // A module that runs as `__main__` has its name there.
            own = load(q!("__main__"))?;
        }
        let mut base = self.str_or_bytes(own)?;
        if globals.load(self, q!("__path__")).is_some() {
            level -= 1;
        }
        while level > 0 && !base.is_empty() {
            base = match base.iter().rposition(|byte| *byte == b'.') {
                Some(at) => &base[..at],
                None => &[],
            };
            level -= 1;
        }
        if base.is_empty() {
            return Err(self.import_error(format_args!("can't perform relative import")));
        }
        let separator: &[u8] = if name.is_empty() { b"" } else { b"." };
        Ok([base, separator, name].concat())
    }

    fn import_level(&self, level: &Level) -> Res {
        let path = self.search_path()?;
        if !path.is_empty()
            && let Some(module) = self.modules().load(self, level.full)
        {
            return Ok(module);
        }
        if level.full == q!("__main__") {
            return self.main_module();
        }
        let full = self.spelling(level.full);
        if let Some(definition) = self.module_before_files(full) {
            return self.import_registered(definition, level);
        }
        let part = self.spelling(level.part);
        let found = match level.parent {
            Some(parent) => match self.find_attr_quietly(parent, q!("__path__"))? {
                Some(folder) => self.find_in(folder, part)?,
                None => None,
            },
            None => self.find_in_path(path, part)?,
        };
        match (found, self.module_after_files(full)) {
            (Some(found), _) => self.import_found(&found, level),
            (None, Some(definition)) => self.import_registered(definition, level),
            (None, None) => Err(self.no_module(full)),
        }
    }

    /// Makes a module of what was found, and runs it. If that fails, the module is not loaded.
    fn import_found(&self, found: &Found, level: &Level) -> Res {
        let module = Module::new(self, level.full)?;
        let modules = self.modules();
        modules.store(self, level.full, module.obj())?;
        let is_main = level.as_main && found.package.is_none();
        if is_main {
            let globals = module.globals;
            globals.store(self, q!("__name__"), Obj::qstr(q!("__main__")))?;
            globals.store(self, q!("__main__"), Obj::qstr(level.full))?;
            modules.store(self, q!("__main__"), module.obj())?;
        }
        let run = || {
            self.run_found(module, found)?;
            match level.parent {
                Some(parent) => self.store_attr(parent, level.part, module.obj()),
                None => Ok(()),
            }
        };
        if let Err(raised) = run() {
            modules.map.remove_name(self, level.full);
            return Err(raised);
        }
        // The module may have put another in its place.
        Ok(modules.load(self, level.full).unwrap_or(module.obj()))
    }

    /// The module of a definition.
    fn import_registered(&self, definition: &'static ModuleDef, level: &Level) -> Res {
        let name = self.intern(definition.name().as_bytes())?;
        let registered = self.registered_modules()?;
        let module = match registered.load(self, name) {
            Some(module) => module,
            None => {
                let module = definition.instantiate(self)?.obj();
                registered.store(self, name, module)?;
                module
            }
        };
        if let Some(parent) = level.parent.and_then(|parent| parent.downcast::<Module>()) {
            parent.globals.store(self, level.part, module)?;
        }
        Ok(module)
    }

    /// The module `__main__`.
    fn main_module(&self) -> Res {
        let registered = self.registered_modules()?;
        if let Some(module) = registered.load(self, q!("__main__")) {
            return Ok(module);
        }
        let module = Module::of_globals(self, self.main())?.obj();
        registered.store(self, q!("__main__"), module)?;
        Ok(module)
    }

    #[cold]
    fn no_module(&self, full: &[u8]) -> Raised {
        let name = core::str::from_utf8(full).unwrap_or("?");
        self.import_error(format_args!("no module named '{name}'"))
    }

    /// Runs the module `name` as `__main__`, or the module `__main__` in it if it is a package, as `-m` does.
    ///
    /// # Errors
    /// `ImportError`, and what it raises.
    pub fn run_module(&self, name: &[u8]) -> Res<()> {
        let module = self.import_full(name, true, true)?;
        if self.find_attr_quietly(module, q!("__path__"))?.is_some() {
            self.import_full(&[name, b".__main__"].concat(), true, true)?;
        }
        Ok(())
    }
}

/// One part of a name that is imported.
struct Level {
    /// The name up to this part.
    full: Qstr,
    /// The part.
    part: Qstr,
    /// The module of the name before, if this is not the first part.
    parent: Option<Obj>,
    /// Whether its module runs as `__main__`.
    as_main: bool,
}
