//! The module `array`.

use crate::model::module_def::ModuleDef;
use crate::model::word::Obj;
use crate::obj::array::ARRAY;

/// The module `array` as a definition.
pub const MODULE: ModuleDef = ModuleDef::new("array", MEMBERS).extensible();

crate::members! {
    /// The members of the module.
    static MEMBERS = {
        "array" => value(Obj::from_static(&ARRAY)),
    }
}
