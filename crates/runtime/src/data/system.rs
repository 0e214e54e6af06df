//! The lists of the module `sys` that a host fills in.

use crate::model::error::Res;
use crate::model::layout::List;
use crate::model::protocols::Strs;
use crate::model::vm::Vm;
use crate::model::word::Obj;

/// `sys.path` and `sys.argv`, filled in by the host.
pub trait SystemLists {
    /// Adds `folder` to `sys.path`: the last folder where modules are looked for.
    ///
    /// # Errors
    /// `MemoryError`.
    fn add_path(&self, folder: &[u8]) -> Res<()>;

    /// Adds `argument` to `sys.argv`.
    ///
    /// # Errors
    /// `MemoryError`.
    fn add_argument(&self, argument: &[u8]) -> Res<()>;
}

impl SystemLists for Vm {
    fn add_path(&self, folder: &[u8]) -> Res<()> {
        append(self, self.path(), folder)
    }

    fn add_argument(&self, argument: &[u8]) -> Res<()> {
        append(self, self.argv(), argument)
    }
}

fn append(vm: &Vm, list: Obj, text: &[u8]) -> Res<()> {
    match list.downcast::<List>() {
        Some(list) => list.append(vm, vm.new_str(text)?),
        None => Ok(()),
    }
}
