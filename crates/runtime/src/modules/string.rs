//! The modules `string` and `string.templatelib`.

use crate::obj::template::{INTERPOLATION, TEMPLATE};
use crate::word::Obj;

crate::members! {
    /// What `string.templatelib` has.
    pub static TEMPLATELIB = {
        "Template" => value(Obj::from_static(&TEMPLATE)),
        "Interpolation" => value(Obj::from_static(&INTERPOLATION)),
    }
}
