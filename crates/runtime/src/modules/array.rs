//! The module `array`.

use crate::obj::array::ARRAY;
use crate::word::Obj;

crate::members! {
    /// What the module has.
    pub static MEMBERS = {
        "array" => value(Obj::from_static(&ARRAY)),
    }
}
