//! Modules that are written in Rust: for each a constant table and its functions.
//!
//! The modules of the runtime ([`MODULES`]), those of a library and those of an embedder are declared alike, as [`ModuleDef`]s,
//! and found in one registry.

pub mod array;
pub mod builtins;
pub mod collections;
pub mod functions;
pub mod gc;
mod help;
pub mod io;
pub mod micropython;
pub mod string;
pub mod sys;
#[cfg(feature = "threads")]
pub mod thread;

use crate::error::Res;
use crate::obj::module::Module;
use crate::object::Gc;
use crate::qstr::Qstr;
use crate::types::Member;
use crate::vm::Vm;

/// A module that is written in Rust.
///
/// ```
/// use berus_runtime::error::Res;
/// use berus_runtime::modules::ModuleDef;
/// use berus_runtime::vm::Vm;
/// use berus_runtime::word::Obj;
///
/// berus_runtime::members! {
///     static MEMBERS = {
///         "read_celsius" => f1(read_celsius),
///         "SENSORS" => value(Obj::small_int_wrapping(2)),
///     }
/// }
///
/// fn read_celsius(vm: &Vm, sensor: Obj) -> Res {
///     vm.new_int(20 + vm.int(sensor)?)
/// }
///
/// static MODULES: &[ModuleDef] = &[ModuleDef::new("thermometer", MEMBERS)];
///
/// # use berus_runtime::heap::{GlobalRegions, Heap};
/// # use berus_runtime::host::Silent;
/// let mut vm = Vm::new(Heap::growing(&GlobalRegions, 1 << 20), Box::new(Silent), Default::default()).unwrap();
/// vm.register(MODULES);
/// ```
pub struct ModuleDef {
    name: &'static str,
    members: &'static [Member],
    init: Option<Init>,
    extensible: bool,
    settable: Settable,
}

/// Gives a new module what is not constant.
pub type Init = fn(&Vm, Gc<Module>) -> Res<()>;

/// Which attributes of a module programs may set and delete.
#[derive(Clone, Copy)]
pub enum Settable {
    /// None.
    Nothing,
    /// These.
    Names(&'static [Qstr]),
    /// All.
    Anything,
}

impl ModuleDef {
    /// The module `name`, with dots if it is in a package, that has what the table `members` says.
    pub const fn new(name: &'static str, members: &'static [Member]) -> ModuleDef {
        ModuleDef { name, members, init: None, extensible: false, settable: Settable::Nothing }
    }

    /// Has `init` called with the module when it is imported first.
    pub const fn init(mut self, init: Init) -> ModuleDef {
        self.init = Some(init);
        self
    }

    /// Lets a file of this name come first, which then finds this module by its name with a `u` before it.
    pub const fn extensible(mut self) -> ModuleDef {
        self.extensible = true;
        self
    }

    /// Lets programs set and delete attributes.
    pub const fn settable(mut self, names: Settable) -> ModuleDef {
        self.settable = names;
        self
    }

    /// Its name.
    pub const fn name(&self) -> &'static str {
        self.name
    }

    /// Whether programs may set and delete the attribute `name`.
    pub fn may_set(&self, name: Qstr) -> bool {
        match self.settable {
            Settable::Nothing => false,
            Settable::Names(names) => names.contains(&name),
            Settable::Anything => true,
        }
    }

    /// A module object.
    ///
    /// # Errors
    /// `MemoryError`, and what its `init` raises.
    pub fn instantiate(&'static self, vm: &Vm) -> Res<Gc<Module>> {
        let name = vm.intern(self.name.as_bytes())?;
        let module = Module::of_definition(vm, name, self)?;
        module.globals.map.reserve(vm, self.members.len() + 1)?;
        for member in self.members {
            module.globals.store(vm, member.name.intern(vm)?, member.value)?;
        }
        if let Some(init) = self.init {
            init(vm, module)?;
        }
        Ok(module)
    }
}

/// The modules that the language itself needs.
pub static MODULES: &[ModuleDef] = &[
    array::MODULE,
    builtins::MODULE,
    collections::MODULE,
    gc::MODULE,
    io::MODULE,
    micropython::MODULE,
    string::MODULE,
    string::TEMPLATELIB,
    sys::MODULE,
];

/// The modules for hosts that have threads.
#[cfg(feature = "threads")]
pub(crate) static THREAD_MODULES: &[ModuleDef] = &[thread::MODULE];

impl Vm {
    /// Makes `modules` known to `import`. Those registered later come before those registered earlier, and before the runtime's own.
    pub fn register(&mut self, modules: &'static [ModuleDef]) {
        self.registry.push(modules);
    }

    /// All modules that are registered.
    pub fn registered(&self) -> impl Iterator<Item = &'static ModuleDef> + '_ {
        self.registry.iter().rev().flat_map(|modules| modules.iter())
    }

    fn registered_as(&self, name: &[u8]) -> Option<&'static ModuleDef> {
        self.registered().find(|module| module.name.as_bytes() == name)
    }

    /// The registered module that `import name` gives without looking for files.
    pub(crate) fn module_before_files(&self, name: &[u8]) -> Option<&'static ModuleDef> {
        match self.registered_as(name) {
            Some(module) => (!module.extensible).then_some(module),
            // The name with a `u` before it never means a file. `sys` has been asked for by that name since before there was this rule.
            None => {
                let name = name.strip_prefix(b"u")?;
                self.registered_as(name).filter(|module| module.extensible || name == b"sys")
            }
        }
    }

    /// The registered module that `import name` gives where there is no such file.
    pub(crate) fn module_after_files(&self, name: &[u8]) -> Option<&'static ModuleDef> {
        self.registered_as(name)
    }
}
