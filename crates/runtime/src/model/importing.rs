//! What an import does: the contracts, which `import` implements.

use crate::model::error::Res;
use crate::model::layout::Dict;
use crate::model::object::Gc;
use crate::model::word::Obj;
use crate::qstr::Qstr;

/// The import of modules.
pub trait Import {
    /// Does `import name`, and its forms with `from`: calls `__import__`, if a program has put another in place of the
    /// built-in one.
    ///
    /// # Errors
    /// `ImportError`, and what running the module raises.
    fn import_name(&self, name: Qstr, names: Obj, level: Obj) -> Res;

    /// The module `name`, `level` packages above the one with variables `globals`, or by its full name if that is 0.
    /// With `innermost` the module itself, else its outermost package.
    ///
    /// # Errors
    /// `ImportError`, and what running the module raises.
    fn import(&self, name: &[u8], globals: Gc<Dict>, innermost: bool, level: isize) -> Res;

    /// Runs the module `name` as `__main__`, or the module `__main__` in it if it is a package, as `-m` does.
    ///
    /// # Errors
    /// `ImportError`, and what it raises.
    fn run_module(&self, name: &[u8]) -> Res<()>;
}

/// What `from module import ...` does.
pub trait ImportFrom {
    /// What `from module import name` gives.
    ///
    /// # Errors
    /// `ImportError` if the module does not have it.
    fn import_from(&self, module: Obj, name: Qstr) -> Res;

    /// Does `from module import *`.
    ///
    /// # Errors
    /// `AttributeError` if a name of `__all__` is not there, and `MemoryError`.
    fn import_star(&self, module: Obj) -> Res<()>;
}
