//! The module `collections`.

use crate::model::module_def::ModuleDef;
use crate::model::word::Obj;
use crate::obj::{deque, dict, named_tuple};

/// The module `collections` as a definition.
pub const MODULE: ModuleDef = ModuleDef::new("collections", MEMBERS).extensible();

crate::members! {
    /// The members of the module.
    static MEMBERS = {
        "OrderedDict" => value(Obj::from_static(&dict::ORDERED_TYPE)),
        "deque" => value(Obj::from_static(&deque::TYPE)),
        "namedtuple" => var(2, 2, named_tuple::named_tuple),
    }
}
