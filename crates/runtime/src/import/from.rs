//! Taking names out of modules: `from module import name`, and `import *`.

use crate::data::builder::Builder;
use crate::model::error::{Raise, Res};
use crate::model::events::Poll;
use crate::model::importing::{Import, ImportFrom};
use crate::model::layout::{Dict, Module};
use crate::model::protocols::{Classes, Iterate, Strs};
use crate::model::vm::Vm;
use crate::model::word::Obj;
use crate::ops::attr::Attributes;
use crate::q;
use crate::qstr::Qstr;

impl ImportFrom for Vm {
    fn import_from(&self, module: Obj, name: Qstr) -> Res {
        if let Some(value) = self.find_attr_quietly(module, name)? {
            return Ok(value);
        }
        if let Some(package) = module.downcast::<Module>()
            && package.globals.load(self, q!("__path__")).is_some()
            && let Some(own) = package.globals.load(self, q!("__name__")).and_then(|own| self.as_str(own))
        {
            let full = self.intern(Builder::concat(self, &[own, b".", self.spelling(name)])?.bytes())?;
            return self.import_name(full, Obj::TRUE, Obj::small_int_wrapping(0));
        }
        let name = self.name_str(name);
        Err(self.import_error(format_args!("can't import name {name}")))
    }

    fn import_star(&self, module: Obj) -> Res<()> {
        let own = module.downcast::<Module>().map(|module| module.globals);
        let all = self.find_attr_quietly(module, q!("__all__"))?;
        if let Some(all) = all {
            let iterator = self.iter(all)?;
            while let Some(name) = self.next(iterator)? {
                if let Some(name) = self.as_name(name)? {
                    let value = self.load_attr(module, name)?;
                    self.locals().store(self, name, value)?;
                }
            }
            return Ok(());
        }
        let dict = match own {
            Some(globals) => Some(globals),
            None => self.find_attr_quietly(module, q!("__dict__"))?.and_then(|dict| dict.downcast::<Dict>()),
        };
        let Some(dict) = dict else { return Err(self.import_error(format_args!("no __dict__"))) };
        let mut at = 0;
        while let Some((found, key, value)) = dict.map.entry_from(at) {
            self.work(1)?;
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
