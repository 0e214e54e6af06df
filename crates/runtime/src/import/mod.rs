//! Importing modules: those written in Rust, frozen ones, and `.py` and `.mpy` files of any file system.
//!
//! A name is imported part by part. For each part the interpreter looks, in this order, at the modules that are loaded
//! already (unless `sys.path` is empty, which asks for modules written in Rust), at modules written in Rust that no
//! file may stand for, at files (`find.rs`), and at the other modules written in Rust. A file that was found is loaded
//! (`load.rs`) and run as the module's body (`run.rs`); `from.rs` takes names out of modules.

pub(crate) mod find;
pub(crate) mod from;
pub mod frozen;
pub(crate) mod in_place;
pub mod load;
mod refuse;
pub mod registry;
pub mod run;
pub mod save;
#[cfg(feature = "compiler")]
pub mod source;

use crate::data::builder::Builder;
use crate::import::find::{Found, find_in, find_in_path, search_path};
pub use crate::import::frozen::{FrozenImage, FrozenTable};
use crate::import::registry::{module_after_files, module_before_files};
use crate::import::run::run_found;
use crate::model::builtins::Builtins;
use crate::model::error::{Raise, Raised, Res};
pub use crate::model::frozen::{Frozen, FrozenFile};
use crate::model::importing::Import;
use crate::model::layout::{Dict, Module};
use crate::model::module_def::ModuleDef;
use crate::model::object::Gc;
use crate::model::protocols::Strs;
use crate::model::vm::Vm;
use crate::model::word::Obj;
use crate::obj::exception;
use crate::ops::attr::Attributes;
use crate::ops::call::Call;
use crate::ops::convert::Convert;
use crate::q;
use crate::qstr::Qstr;

impl Import for Vm {
    fn import_name(&self, name: Qstr, names: Obj, level: Obj) -> Res {
        self.check_depth()?;
        let globals = self.globals();
        if let Some(function) = self.replaced_import() {
            return self.call(function, &[Obj::qstr(name), globals.obj(), Obj::NONE, names, level]);
        }
        self.import(self.spelling(name), globals, names != Obj::NONE, self.int(level)?)
    }

    fn import(&self, name: &[u8], globals: Gc<Dict>, innermost: bool, level: isize) -> Res {
        let full =
            if level == 0 { Builder::concat(self, &[name])? } else { absolute_name(self, name, globals, level)? };
        import_full(self, full.bytes(), if innermost { Wanted::Innermost } else { Wanted::Outermost })
    }

    fn run_module(&self, name: &[u8]) -> Res<()> {
        let module = import_full(self, name, Wanted::Program)?;
        if self.find_attr_quietly(module, q!("__path__"))?.is_some() {
            import_full(self, Builder::concat(self, &[name, b".__main__"])?.bytes(), Wanted::Program)?;
        }
        Ok(())
    }
}

/// Which module an import of `a.b.c` is after.
#[derive(Clone, Copy, PartialEq)]
enum Wanted {
    /// `a`, as for `import a.b.c`.
    Outermost,
    /// `c`, as for `from a.b.c import d`.
    Innermost,
    /// `c`, which runs as `__main__`.
    Program,
}

/// Imports the module `full` and the packages that it is in.
fn import_full(vm: &Vm, full: &[u8], wanted: Wanted) -> Res {
    if full.is_empty() {
        return Err(vm.error_with(&exception::VALUE_ERROR, &[]));
    }
    let (mut outer, mut parent) = (None, None);
    let mut start = 0;
    while start <= full.len() {
        let end = full[start..].iter().position(|byte| *byte == b'.').map_or(full.len(), |at| start + at);
        let level = Level {
            full: vm.intern(&full[..end])?,
            part: vm.intern(&full[start..end])?,
            parent,
            as_main: wanted == Wanted::Program && end == full.len(),
        };
        let module = import_level(vm, &level)?;
        outer = outer.or(Some(module));
        parent = Some(module);
        start = end + 1;
    }
    Ok(if wanted == Wanted::Outermost { outer } else { parent }.unwrap_or(Obj::NONE))
}

/// The full name of `name`, `level` packages above the module with variables `globals`.
fn absolute_name(vm: &Vm, name: &[u8], globals: Gc<Dict>, mut level: isize) -> Res<Builder> {
    let load = |name: Qstr| globals.load(vm, name).ok_or_else(|| vm.key_error(Obj::qstr(name)));
    let mut own = load(q!("__name__"))?;
    if own == Obj::qstr(q!("__main__")) {
        // A module that runs as `__main__` keeps its own name under `__main__`.
        own = load(q!("__main__"))?;
    }
    let mut base = vm.str_or_bytes(own)?;
    if globals.load(vm, q!("__path__")).is_some() {
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
        return Err(vm.import_error(format_args!("can't perform relative import")));
    }
    let separator: &[u8] = if name.is_empty() { b"" } else { b"." };
    Builder::concat(vm, &[base, separator, name])
}

fn import_level(vm: &Vm, level: &Level) -> Res {
    let path = search_path(vm)?;
    if !path.is_empty()
        && let Some(module) = vm.modules().load(vm, level.full)
    {
        return Ok(module);
    }
    if level.full == q!("__main__") {
        return main_module(vm);
    }
    let full = vm.spelling(level.full);
    if let Some(definition) = module_before_files(vm, full) {
        return import_registered(vm, definition, level);
    }
    let part = vm.spelling(level.part);
    let found = match level.parent {
        Some(parent) => match vm.find_attr_quietly(parent, q!("__path__"))? {
            Some(folder) => find_in(vm, folder, part)?,
            None => None,
        },
        None => find_in_path(vm, path, part)?,
    };
    match (found, module_after_files(vm, full)) {
        (Some(found), _) => import_found(vm, &found, level),
        (None, Some(definition)) => import_registered(vm, definition, level),
        (None, None) => Err(no_module(vm, full)),
    }
}

/// Makes a module of the file or folder that was found, and runs it. If running it fails, the module is not loaded.
fn import_found(vm: &Vm, found: &Found, level: &Level) -> Res {
    let module = Module::new(vm, level.full)?;
    let modules = vm.modules();
    modules.store(vm, level.full, module.obj())?;
    let is_main = level.as_main && found.package.is_none();
    if is_main {
        let globals = module.globals;
        globals.store(vm, q!("__name__"), Obj::qstr(q!("__main__")))?;
        globals.store(vm, q!("__main__"), Obj::qstr(level.full))?;
        modules.store(vm, q!("__main__"), module.obj())?;
    }
    let run = || {
        run_found(vm, module, found)?;
        match level.parent {
            Some(parent) => vm.store_attr(parent, level.part, module.obj()),
            None => Ok(()),
        }
    };
    if let Err(raised) = run() {
        modules.map.remove_name(vm, level.full);
        return Err(raised);
    }
    // The module may have put another module in its own place.
    Ok(modules.load(vm, level.full).unwrap_or(module.obj()))
}

/// The module that `definition` defines, made at its first import.
fn import_registered(vm: &Vm, definition: &'static ModuleDef, level: &Level) -> Res {
    let name = vm.intern(definition.name().as_bytes())?;
    let registered = vm.registered_modules()?;
    let module = match registered.load(vm, name) {
        Some(module) => module,
        None => {
            let module = definition.instantiate(vm)?.obj();
            registered.store(vm, name, module)?;
            module
        }
    };
    if let Some(parent) = level.parent.and_then(|parent| parent.downcast::<Module>()) {
        parent.globals.store(vm, level.part, module)?;
    }
    Ok(module)
}

/// The module `__main__`.
fn main_module(vm: &Vm) -> Res {
    let registered = vm.registered_modules()?;
    if let Some(module) = registered.load(vm, q!("__main__")) {
        return Ok(module);
    }
    let module = Module::of_globals(vm, vm.main())?.obj();
    registered.store(vm, q!("__main__"), module)?;
    Ok(module)
}

#[cold]
fn no_module(vm: &Vm, full: &[u8]) -> Raised {
    let name = core::str::from_utf8(full).unwrap_or("?");
    vm.import_error(format_args!("no module named '{name}'"))
}

/// One part of a name that is imported.
struct Level {
    /// The name up to this part.
    full: Qstr,
    /// This part of the name.
    part: Qstr,
    /// The module of the part before; `None` for the first part.
    parent: Option<Obj>,
    /// Whether the module of this part runs as `__main__`.
    as_main: bool,
}
