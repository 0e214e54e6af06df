//! The built-ins in the order of the numbers of their names, and found by bisection, where code is to be small.

use crate::model::types::{Member, Row, sorted};
use crate::model::word::Obj;
use crate::modules::builtins::{ALL, COUNT};
use crate::qstr::Qstr;

static TABLE: [Member; COUNT] = {
    let mut rows: [Row; COUNT] = [(None, ALL[0]); COUNT];
    let mut n = 0;
    while n < COUNT {
        rows[n] = (ALL[n].name.qstr(), ALL[n]);
        assert!(rows[n].0.is_some(), "built-ins have listed names");
        n += 1;
    }
    sorted(&rows, &[])
};

/// The built-in `name`.
pub(super) fn find(name: Qstr) -> Option<Obj> {
    let number = |member: &Member| member.name.qstr().map_or(0, Qstr::number);
    let found = TABLE.binary_search_by_key(&name.number(), number);
    found.ok().map(|at| TABLE[at].value)
}

/// All built-ins, in the order of the numbers of their names.
pub(super) fn all() -> impl Iterator<Item = (Qstr, Obj)> {
    TABLE.iter().filter_map(|member| Some((member.name.qstr()?, member.value)))
}
