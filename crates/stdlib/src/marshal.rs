//! The module `marshal`: code objects to bytes, which are an `.mpy` file, and back.

use berus_runtime::import::load::Load;
use berus_runtime::import::save::Save;
use berus_runtime::model::buffer::Access;
use berus_runtime::model::code::Code;
use berus_runtime::model::error::{Raise, Res};
use berus_runtime::model::module_def::ModuleDef;
use berus_runtime::model::vm::Vm;
use berus_runtime::model::word::Obj;
use berus_runtime::ops::buffer::Buffers;

/// The module.
pub const MODULE: ModuleDef = ModuleDef::new("marshal", MEMBERS);

berus_runtime::members! {
    static MEMBERS = {
        "dumps" => f1(dumps),
        "loads" => f1(loads),
    }
}

fn dumps(vm: &Vm, value: Obj) -> Res {
    match value.downcast::<Code>() {
        Some(code) => Ok(vm.save(code)?.obj()),
        None => Err(vm.value_error(format_args!("unmarshallable object"))),
    }
}

fn loads(vm: &Vm, bytes: Obj) -> Res {
    let bytes = vm.buffer(bytes, Access::Read)?.bytes();
    Ok(vm.load_code(bytes, vm.globals())?.obj())
}
