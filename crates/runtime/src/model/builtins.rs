//! What a program may have changed in the modules `builtins` and `sys`: the contract, which `modules` implements.

use crate::model::word::Obj;
use crate::qstr::Qstr;

/// Settings of the modules `builtins` and `sys`.
pub(crate) trait Builtins {
    /// The built-in `name`: the value that a program has put into the module, else the built-in of that name.
    fn find_builtin(&self, name: Qstr) -> Option<Obj>;

    /// The function that a program has put in place of `__import__`.
    fn replaced_import(&self) -> Option<Obj>;

    /// How many calls a traceback shows at most, if a program has set `sys.tracebacklimit`.
    fn traceback_limit(&self) -> Option<usize>;
}
