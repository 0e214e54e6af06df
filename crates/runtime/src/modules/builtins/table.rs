//! The built-ins by the numbers of their names, so that one look finds each.

use crate::model::word::Obj;
use crate::modules::builtins::ALL;
use crate::qstr::{FIXED, Qstr};

struct Table([Option<Obj>; FIXED]);

// SAFETY: the values are constants.
unsafe impl Sync for Table {}

static TABLE: Table = {
    let mut table = [None; FIXED];
    let mut n = 0;
    while n < ALL.len() {
        match ALL[n].name.qstr() {
            Some(name) => table[name.number() as usize] = Some(ALL[n].value),
            None => panic!("built-ins have listed names"),
        }
        n += 1;
    }
    Table(table)
};

/// The built-in `name`.
#[cfg_attr(not(feature = "small"), inline(always))]
pub(super) fn find(name: Qstr) -> Option<Obj> {
    TABLE.0.get(name.number() as usize).copied().flatten()
}

/// All built-ins, in the order of the numbers of their names.
pub(super) fn all() -> impl Iterator<Item = (Qstr, Obj)> {
    let table = TABLE.0.iter().enumerate();
    table.filter_map(|(number, value)| Some((Qstr::from_number(number as u32), (*value)?)))
}
