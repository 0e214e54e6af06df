//! The error for code that is not as it has to be.

use berus_mpy::error::INCOMPATIBLE_FILE;

use crate::model::error::{Raise, Raised};
use crate::model::vm::Vm;

#[cold]
pub(crate) fn incompatible(vm: &Vm) -> Raised {
    vm.value_error(format_args!("{INCOMPATIBLE_FILE}"))
}
