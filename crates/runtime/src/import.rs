//! Importing modules: built-in ones, and `.py` and `.mpy` files in the folders of `sys.path`.

use alloc::vec::Vec;

use crate::error::{Raised, Res};
use crate::host::FileKind;
use crate::modules::ModuleDef;
use crate::obj::dict::Dict;
use crate::obj::function::Function;
use crate::obj::module::Module;
use crate::object::Gc;
use crate::q;
use crate::qstr::Qstr;
use crate::vm::Vm;
use crate::word::Obj;

impl Vm {
    /// What `import name` binds: with `names` the module itself, else its outermost package. A `level` above 0 counts packages up from
    /// the running module's.
    ///
    /// # Errors
    /// `ImportError`, and what running the module raises.
    pub fn import_name(&self, name: Qstr, names: Obj, level: Obj) -> Res {
        self.check_depth()?;
        let level = level.as_small_int().unwrap_or(0);
        let full = if level == 0 { Vec::from(self.spelling(name)) } else { self.absolute_name(name, level)? };
        if full.is_empty() {
            return Err(self.value_error(format_args!("")));
        }
        let outer_end = full.iter().position(|byte| *byte == b'.').unwrap_or(full.len());
        let mut parent: Option<Gc<Module>> = None;
        let mut outer = Obj::NONE;
        let mut last = Obj::NONE;
        let mut start = 0;
        while start <= full.len() {
            let end = full[start..].iter().position(|byte| *byte == b'.').map_or(full.len(), |at| start + at);
            last = self.import_level(&full[..end], &full[start..end], parent)?;
            if end == outer_end {
                outer = last;
            }
            parent = last.downcast::<Module>();
            start = end + 1;
        }
        Ok(if names == Obj::NONE && level == 0 { outer } else { last })
    }

    /// The absolute name of `name`, `level` packages above the running module.
    fn absolute_name(&self, name: Qstr, mut level: isize) -> Res<Vec<u8>> {
        let globals = self.globals();
        let own = globals.load(self, q!("__name__")).and_then(|name| self.as_str(name)).unwrap_or_default();
        if globals.load(self, q!("__path__")).is_some() {
            level -= 1;
        }
        let mut base = own;
        for _ in 0..level {
            base = match base.iter().rposition(|byte| *byte == b'.') {
                Some(at) => &base[..at],
                None => &[],
            };
        }
        if base.is_empty() {
            return Err(self.import_error(format_args!("can't perform relative import")));
        }
        let mut full = Vec::from(base);
        if !self.spelling(name).is_empty() {
            full.push(b'.');
            full.extend_from_slice(self.spelling(name));
        }
        Ok(full)
    }

    /// The module `full`, whose last part is `part`, in the package `parent`.
    fn import_level(&self, full: &[u8], part: &[u8], parent: Option<Gc<Module>>) -> Res {
        let name = self.intern(full)?;
        if let Some(module) = self.modules().load(self, name) {
            return Ok(module);
        }
        if name == q!("__main__") {
            return Ok(Module::of_globals(self, self.main())?.obj());
        }
        if let Some(definition) = self.module_before_files(full) {
            return self.import_registered(definition, part, parent);
        }
        let found = match parent {
            Some(parent) => {
                let Some(path) = parent.globals.load(self, q!("__path__")).and_then(|path| self.as_str(path)) else {
                    return Err(self.no_module(full));
                };
                self.find_in(path, part)
            }
            None => self.find_in_path(part)?,
        };
        let Some(found) = found else {
            return match self.module_after_files(full) {
                Some(definition) => self.import_registered(definition, part, parent),
                None => Err(self.no_module(full)),
            };
        };
        let module = Module::new(self, name)?;
        self.modules().store(self, name, module.obj())?;
        if let Err(raised) = self.run_found(module, &found) {
            self.modules().map.remove_name(self, name);
            return Err(raised);
        }
        if let Some(parent) = parent {
            let part = self.intern(part)?;
            parent.globals.store(self, part, module.obj())?;
        }
        // The module may have put another in its place.
        Ok(self.modules().load(self, name).unwrap_or(module.obj()))
    }

    /// The module of a definition, whose last part is `part`, in the package `parent`.
    fn import_registered(&self, definition: &'static ModuleDef, part: &[u8], parent: Option<Gc<Module>>) -> Res {
        let name = self.intern(definition.name().as_bytes())?;
        if let Some(module) = self.modules().load(self, name) {
            return Ok(module);
        }
        let module = definition.instantiate(self)?.obj();
        self.modules().store(self, name, module)?;
        if let Some(parent) = parent {
            parent.globals.store(self, self.intern(part)?, module)?;
        }
        Ok(module)
    }

    #[cold]
    fn no_module(&self, full: &[u8]) -> Raised {
        let name = core::str::from_utf8(full).unwrap_or("?");
        self.import_error(format_args!("no module named '{name}'"))
    }

    fn find_in_path(&self, part: &[u8]) -> Res<Option<Found>> {
        let path = self.iter(self.path())?;
        while let Some(folder) = self.next(path)? {
            if let Some(folder) = self.as_str(folder)
                && let Some(found) = self.find_in(folder, part)
            {
                return Ok(Some(found));
            }
        }
        Ok(None)
    }

    /// Looks for the module `part` in `folder`: a package, source, or a compiled file.
    fn find_in(&self, folder: &[u8], part: &[u8]) -> Option<Found> {
        let files = self.host().files()?;
        let mut base = Vec::from(folder);
        if !base.is_empty() {
            base.push(b'/');
        }
        base.extend_from_slice(part);
        if files.kind(&base) == Some(FileKind::Folder) {
            return Some(Found { file: with(&base, b"/__init__.py"), package: Some(base) });
        }
        [&b".py"[..], b".mpy"]
            .into_iter()
            .map(|ending| with(&base, ending))
            .find_map(|file| (files.kind(&file) == Some(FileKind::File)).then_some(Found { file, package: None }))
    }

    /// Runs what was found as the body of `module`.
    fn run_found(&self, module: Gc<Module>, found: &Found) -> Res<()> {
        let mut file = found.file.clone();
        if let Some(package) = &found.package {
            module.globals.store(self, q!("__path__"), self.new_str(package)?)?;
            let files = self.host().files();
            let is_file = |file: &[u8]| files.is_some_and(|files| files.kind(file) == Some(FileKind::File));
            if !is_file(&file) {
                file = with(package, b"/__init__.mpy");
                if !is_file(&file) {
                    return Ok(());
                }
            }
        }
        module.globals.store(self, q!("__file__"), self.new_str(&file)?)?;
        self.run_file(&file, module.globals)
    }

    /// Runs a `.py` or `.mpy` file with variables `globals`.
    ///
    /// # Errors
    /// `OSError` if it cannot be read, and what it raises.
    pub fn run_file(&self, file: &[u8], globals: Gc<Dict>) -> Res<()> {
        let bytes = match self.host().files() {
            Some(files) => files.read(file).map_err(|errno| self.os_error(errno))?,
            None => return Err(self.os_error(2)),
        };
        let function = if file.ends_with(b".mpy") {
            self.load(&bytes, globals)?
        } else {
            self.load_source(&bytes, file, globals)?
        };
        self.run_body(function, globals)
    }

    #[cfg(feature = "compiler")]
    fn load_source(&self, source: &[u8], name: &[u8], globals: Gc<Dict>) -> Res<Gc<Function>> {
        self.compile(source, name, berus_compiler::Mode::File, globals)
    }

    #[cfg(not(feature = "compiler"))]
    fn load_source(&self, _: &[u8], name: &[u8], _: Gc<Dict>) -> Res<Gc<Function>> {
        let name = core::str::from_utf8(name).unwrap_or("?");
        Err(self.import_error(format_args!("can't compile '{name}'")))
    }

    /// Runs the module `name` as `__main__`, as `-m` does.
    ///
    /// # Errors
    /// `ImportError`, and what it raises.
    pub fn run_module(&self, name: Qstr) -> Res<()> {
        let full = Vec::from(self.spelling(name));
        let (parent, part) = match full.iter().rposition(|byte| *byte == b'.') {
            Some(at) => {
                let parent = self.intern(&full[..at])?;
                (self.import_name(parent, Obj::TRUE, Obj::small_int_wrapping(0))?.downcast::<Module>(), &full[at + 1..])
            }
            None => (None, &full[..]),
        };
        let found = match parent.and_then(|parent| parent.globals.load(self, q!("__path__"))) {
            Some(path) => self.find_in(self.as_str(path).unwrap_or_default(), part),
            None => self.find_in_path(part)?,
        };
        match found {
            Some(Found { package: Some(folder), .. }) => {
                let main = self.find_in(&folder, b"__main__").ok_or_else(|| self.no_module(&full))?;
                self.run_found(Module::of_globals(self, self.main())?, &main)
            }
            Some(found) => self.run_found(Module::of_globals(self, self.main())?, &found),
            None => Err(self.no_module(&full)),
        }
    }

    /// Runs the body of a module with variables `globals`.
    ///
    /// # Errors
    /// What it raises.
    pub fn run_body(&self, body: Gc<Function>, globals: Gc<Dict>) -> Res<()> {
        let outer = self.swap_locals(globals);
        let result = self.call(body.obj(), &[]);
        self.swap_locals(outer);
        result.map(|_| ())
    }

    /// What `from module import name` gives.
    ///
    /// # Errors
    /// `ImportError` if the module does not have it.
    pub fn import_from(&self, module: Obj, name: Qstr) -> Res {
        if let Some(value) = self.find_attr_quietly(module, name)? {
            return Ok(value);
        }
        if let Some(package) = module.downcast::<Module>()
            && package.globals.load(self, q!("__path__")).is_some()
            && let Some(own) = package.globals.load(self, q!("__name__")).and_then(|own| self.as_str(own))
        {
            let full = with(&with(own, b"."), self.spelling(name));
            let full = self.intern(&full)?;
            return self.import_name(full, Obj::TRUE, Obj::small_int_wrapping(0));
        }
        let name = self.name_str(name);
        Err(self.import_error(format_args!("can't import name {name}")))
    }

    /// Does `from module import *`.
    ///
    /// # Errors
    /// `AttributeError` if a name of `__all__` is not there, and `MemoryError`.
    pub fn import_star(&self, module: Obj) -> Res<()> {
        let own = module.downcast::<Module>().map(|module| module.globals);
        let all = match own {
            Some(globals) => globals.load(self, q!("__all__")),
            None => self.find_attr_quietly(module, q!("__all__"))?,
        };
        if let Some(all) = all {
            let iterator = self.iter(all)?;
            while let Some(name) = self.next(iterator)? {
                if let Some(name) = self.as_name(name)? {
                    let value = self.load_attr(module, name)?;
                    self.locals().store(self, name, value)?;
                }
            }
            return Ok(());
        }
        let dict = match own {
            Some(globals) => Some(globals),
            None => self.find_attr_quietly(module, q!("__dict__"))?.and_then(|dict| dict.downcast::<Dict>()),
        };
        let Some(dict) = dict else { return Err(self.import_error(format_args!("no __dict__"))) };
        let mut at = 0;
        while let Some((found, key, value)) = dict.map.entry_from(at) {
            if let (Some(text), Some(value)) = (self.as_str(key), value)
                && !text.starts_with(b"_")
            {
                self.locals().map.store(self, key, value)?;
            }
            at = found + 1;
        }
        Ok(())
    }
}

/// A module that was found.
struct Found {
    file: Vec<u8>,
    /// The folder, for a package.
    package: Option<Vec<u8>>,
}

fn with(base: &[u8], ending: &[u8]) -> Vec<u8> {
    [base, ending].concat()
}
