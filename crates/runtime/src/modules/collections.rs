//! The module `collections`.

use crate::obj::{deque, dict, named_tuple};
use crate::word::Obj;

crate::members! {
    /// What the module has.
    pub static MEMBERS = {
        "OrderedDict" => value(Obj::from_static(&dict::ORDERED_TYPE)),
        "deque" => value(Obj::from_static(&deque::TYPE)),
        "namedtuple" => var(2, 2, named_tuple::named_tuple),
    }
}
