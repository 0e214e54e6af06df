//! The definition of a module written in Rust.

use crate::model::error::Res;
use crate::model::layout::Module;
use crate::model::object::Gc;
use crate::model::types::Member;
use crate::model::vm::Vm;
use crate::qstr::Qstr;

/// A module that is written in Rust.
///
/// ```
/// use berus_runtime::import::registry::Register;
/// use berus_runtime::model::protocols::Ints;
/// use berus_runtime::ops::convert::Convert;
/// use berus_runtime::model::error::Res;
/// use berus_runtime::model::module_def::ModuleDef;
/// use berus_runtime::model::vm::Vm;
/// use berus_runtime::model::word::Obj;
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
    pub(crate) name: &'static str,
    pub(crate) members: &'static [Member],
    pub(crate) init: Option<Init>,
    pub(crate) extensible: bool,
    pub(crate) settable: Settable,
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
}
