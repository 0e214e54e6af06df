//! No glance, where code is to be small: every instruction goes the long way, which knows every case.

use super::scan::{Scanner, Tables, Uses};
use super::walk::Walk;

/// No tables.
#[derive(Clone, Copy)]
pub(super) struct Glance;

impl Glance {
    pub const ALL: Glance = Glance;
}

impl Walk<'_, '_> {
    /// Passes no instruction.
    pub(super) fn pass_plain(&mut self, _: usize) {
        let Glance = self.context.glance;
    }
}

impl Scanner<'_> {
    /// The length of no instruction.
    pub(super) fn pass_right(&mut self, _: usize, _: &[u8], _: &Tables<'_>, _: Glance, _: &mut Uses) -> Option<usize> {
        None
    }
}
