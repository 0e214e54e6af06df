//! Importing modules.

use crate::error::Res;
use crate::obj::module::Module;
use crate::q;
use crate::qstr::Qstr;
use crate::vm::Vm;
use crate::word::Obj;

impl Vm {
    /// The module that `import name` gives: with `names` the one named, without it the outermost package.
    ///
    /// # Errors
    /// `ImportError`, and what running the module raises.
    pub fn import_name(&self, name: Qstr, _names: Obj, _level: Obj) -> Res {
        if let Some(module) = self.modules().load(self, name) {
            return Ok(module);
        }
        let name = self.name_str(name);
        Err(self.import_error(format_args!("no module named '{name}'")))
    }

    /// What `from module import name` gives.
    ///
    /// # Errors
    /// `ImportError` if the module does not have it.
    pub fn import_from(&self, module: Obj, name: Qstr) -> Res {
        match self.find_attr_quietly(module, name)? {
            Some(value) => Ok(value),
            None => {
                let name = self.name_str(name);
                Err(self.import_error(format_args!("can't import name {name}")))
            }
        }
    }

    /// Does `from module import *`.
    ///
    /// # Errors
    /// `MemoryError`.
    pub fn import_star(&self, module: Obj) -> Res<()> {
        let Some(module) = module.downcast::<Module>() else { return Ok(()) };
        let all = module.globals.load(self, q!("__all__"));
        if let Some(all) = all {
            let iterator = self.iter(all)?;
            while let Some(name) = self.next(iterator)? {
                if let Some(name) = self.as_name(name)? {
                    let value = self.load_attr(module.obj(), name)?;
                    self.locals().store(self, name, value)?;
                }
            }
            return Ok(());
        }
        let mut at = 0;
        while let Some((found, key, value)) = module.globals.map.entry_from(at) {
            if let (Some(text), Some(value)) = (self.as_str(key), value)
                && !text.starts_with(b"_")
            {
                self.locals().map.store(self, key, value)?;
            }
            at = found + 1;
        }
        Ok(())
    }
}
