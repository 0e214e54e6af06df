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
/// // SAFETY: the code below keeps the contract of raw words.
/// let mut vm = unsafe { Vm::new(Heap::growing(&GlobalRegions, 1 << 20), Box::new(Silent), Default::default()) }.unwrap();
/// vm.register(MODULES);
/// ```
pub struct ModuleDef {
    pub(crate) name: &'static str,
    pub(crate) members: &'static [Member],
    pub(crate) init: Option<Init>,
    pub(crate) extensible: bool,
    pub(crate) settable: Settable,
}

/// Gives a new module the members that are not constant.
pub type Init = fn(&Vm, Gc<Module>) -> Res<()>;

/// Which attributes of a module programs may set and delete.
#[derive(Clone, Copy)]
pub enum Settable {
    /// No attributes.
    Nothing,
    /// The attributes of these names.
    Names(&'static [Qstr]),
    /// All attributes.
    Anything,
}

impl ModuleDef {
    /// The definition of the module `name`, which has the members of the table `members`. The name has dots if the
    /// module is in a package.
    pub const fn new(name: &'static str, members: &'static [Member]) -> ModuleDef {
        ModuleDef { name, members, init: None, extensible: false, settable: Settable::Nothing }
    }

    /// The definition with `init`, which is called with the module when it is imported first.
    pub const fn init(mut self, init: Init) -> ModuleDef {
        self.init = Some(init);
        self
    }

    /// The definition of a module that programs may extend: an import prefers a file of the module's name, which finds
    /// this module under that name with a `u` before it.
    pub const fn extensible(mut self) -> ModuleDef {
        self.extensible = true;
        self
    }

    /// The definition of a module in which programs may set and delete the attributes `names`.
    pub const fn settable(mut self, names: Settable) -> ModuleDef {
        self.settable = names;
        self
    }

    /// The module's name.
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
