//! Names that mean something to the compiler and have a number of the format.

use crate::names::Name;

pub(super) const EMPTY: Name = Name::fixed("");
pub(super) const STAR: Name = Name::fixed("*");
pub(super) const ASSERTION_ERROR: Name = Name::fixed("AssertionError");
pub(super) const CLASS: Name = Name::fixed("__class__");
pub(super) const MICROPYTHON: Name = Name::fixed("micropython");
pub(super) const MODULE: Name = Name::fixed("__module__");
pub(super) const NAME: Name = Name::fixed("__name__");
pub(super) const QUALNAME: Name = Name::fixed("__qualname__");
pub(super) const RANGE: Name = Name::fixed("range");
pub(super) const SUPER: Name = Name::fixed("super");
