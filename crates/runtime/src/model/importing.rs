//! The import of modules: the contracts, which `import` implements.

use crate::model::error::Res;
use crate::model::layout::Dict;
use crate::model::object::Gc;
use crate::model::word::Obj;
use crate::qstr::Qstr;

/// The import of modules.
pub trait Import {
    /// Does `import name`, and its forms with `from`. If a program has replaced the built-in `__import__`, calls the
    /// replacement.
    ///
    /// # Errors
    /// `ImportError`, and what running the module raises.
    fn import_name(&self, name: Qstr, names: Obj, level: Obj) -> Res;

    /// The module `name`: its full name if `level` is 0, else its name within the package that is `level` levels above
    /// the module with the variables `globals`. With `innermost` the module itself, else its outermost package.
    ///
    /// # Errors
    /// `ImportError`, and what running the module raises.
    fn import(&self, name: &[u8], globals: Gc<Dict>, innermost: bool, level: isize) -> Res;

    /// Runs the module `name` as `__main__`, or the module `__main__` in it if it is a package, as `-m` does.
    ///
    /// # Errors
    /// `ImportError`, and what running the module raises.
    fn run_module(&self, name: &[u8]) -> Res<()>;
}

/// What `from module import ...` does.
pub trait ImportFrom {
    /// The value that `from module import name` gives.
    ///
    /// # Errors
    /// `ImportError` if the module does not have `name`.
    fn import_from(&self, module: Obj, name: Qstr) -> Res;

    /// Does `from module import *`.
    ///
    /// # Errors
    /// `AttributeError` if the module lacks a name of its `__all__`, and `MemoryError`.
    fn import_star(&self, module: Obj) -> Res<()>;
}
