//! The registry of modules written in Rust.

use crate::model::module_def::ModuleDef;
use crate::model::vm::Vm;

/// The registry of modules written in Rust.
pub trait Register {
    /// Makes `modules` known to `import`. Modules registered later come before modules registered earlier, and before
    /// the runtime's own.
    fn register(&mut self, modules: &'static [ModuleDef]);

    /// Forgets the modules whose name `keeps` refuses.
    fn keep_registered(&mut self, keeps: &dyn Fn(&str) -> bool);

    /// All modules that are registered.
    fn registered(&self) -> impl Iterator<Item = &'static ModuleDef> + '_;
}

impl Register for Vm {
    fn register(&mut self, modules: &'static [ModuleDef]) {
        self.registry.push(modules);
    }

    fn keep_registered(&mut self, keeps: &dyn Fn(&str) -> bool) {
        let all = self.registry.drain(..).flatten().filter(|module| keeps(module.name));
        self.registry = all.map(core::slice::from_ref).collect();
    }

    fn registered(&self) -> impl Iterator<Item = &'static ModuleDef> + '_ {
        self.registry.iter().rev().flat_map(|modules| modules.iter())
    }
}

pub(crate) fn registered_as(vm: &Vm, name: &[u8]) -> Option<&'static ModuleDef> {
    vm.registered().find(|module| module.name.as_bytes() == name)
}

/// The registered module that `import name` gives without looking for files.
pub(crate) fn module_before_files(vm: &Vm, name: &[u8]) -> Option<&'static ModuleDef> {
    match registered_as(vm, name) {
        Some(module) => (!module.extensible).then_some(module),
        // The name of a module with a `u` before it never means a file. Programs have asked for `usys` since before
        // there was this rule.
        None => {
            let name = name.strip_prefix(b"u")?;
            registered_as(vm, name).filter(|module| module.extensible || name == b"sys")
        }
    }
}

/// The registered module that `import name` gives where no file has the name.
pub(crate) fn module_after_files(vm: &Vm, name: &[u8]) -> Option<&'static ModuleDef> {
    registered_as(vm, name)
}
