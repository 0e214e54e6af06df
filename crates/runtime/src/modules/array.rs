//! The module `array`.

use super::ModuleDef;
use crate::obj::array::ARRAY;
use crate::word::Obj;

/// The module.
pub const MODULE: ModuleDef = ModuleDef::new("array", MEMBERS).extensible();

crate::members! {
    /// What the module has.
    static MEMBERS = {
        "array" => value(Obj::from_static(&ARRAY)),
    }
}
