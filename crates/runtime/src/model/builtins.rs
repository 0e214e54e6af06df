//! What a program may have changed in the modules `builtins` and `sys`: the contract, which `modules` implements.

use crate::model::word::Obj;
use crate::qstr::Qstr;

/// Settings of the modules `builtins` and `sys`.
pub(crate) trait Builtins {
    /// The built-in `name`: what a program has put into the module, else what is there from the start.
    fn find_builtin(&self, name: Qstr) -> Option<Obj>;

    /// The function that a program has put in place of `__import__`.
    fn replaced_import(&self) -> Option<Obj>;

    /// How many calls a traceback shows at most, if a program has said so.
    fn traceback_limit(&self) -> Option<usize>;
}
