//! What machine code asks the interpreter for: variables, attributes, methods and floats.

use crate::data::instance;
use crate::data::instance::Instance;
use crate::interpret::op;
use crate::model::layout::Function;
use crate::model::registers::{Ip, Sp};
use crate::model::types::Type;
use crate::model::vm::Vm;
use crate::model::word::{Obj, Slot};
use crate::obj::float::Floats;

/// The global or built-in variable that a `LOAD_GLOBAL` loads, whose opcode is before `ip`; null if that takes longer.
///
/// # Safety
/// As [`run_one`](super::run_one).
pub unsafe extern "C" fn load_global(vm: &Vm, ip: *const u8) -> usize {
    let mut ip = Ip(ip);
    let start = ip;
    let Some(code) = vm.frame().code.get() else { return 0 };
    let name = code.qstr(ip.uint());
    let globals = &code.context.globals().map;
    let found = op::name::hinted(vm, globals, start, name).or_else(|| vm.remembered_builtin(globals, name));
    found.map_or(0, Obj::bits)
}

/// The attribute of `object`, an instance, that a `LOAD_ATTR` loads, whose opcode is before `ip`; null if that takes
/// longer.
///
/// # Safety
/// As [`run_one`](super::run_one).
pub unsafe extern "C" fn load_attr(vm: &Vm, ip: *const u8, object: Obj) -> usize {
    let mut ip = Ip(ip);
    let start = ip;
    let Some(code) = vm.frame().code.get() else { return 0 };
    let name = code.qstr(ip.uint());
    let instance = Instance::of(object);
    instance.and_then(|instance| op::name::hinted(vm, instance.members(), start, name)).map_or(0, Obj::bits)
}

/// Does what a `STORE_ATTR`, whose opcode is before `ip`, does with the value at `base` and the object behind it, if the
/// object is an instance that has such an attribute; else answers 0.
///
/// # Safety
/// As [`run_one`](super::run_one).
pub unsafe extern "C" fn store_attr(vm: &Vm, ip: *const u8, base: *mut Slot) -> usize {
    let (mut ip, base) = (Ip(ip), Sp(base));
    let start = ip;
    let Some(code) = vm.frame().code.get() else { return 0 };
    let name = code.qstr(ip.uint());
    if let (Some(value), Some(instance)) = (base.slot(0), Instance::of(base.at(1)))
        && let Some(entry) = op::name::hinted_entry(vm, instance.members(), start, name)
        && instance.stores_plainly()
    {
        entry.value.set(Some(value));
        return 1;
    }
    0
}

/// Does what a `LOAD_METHOD`, whose opcode is before `ip`, does with the object at `base`, if the method is one of a
/// built-in type or a function of a class; else answers 0.
///
/// # Safety
/// As [`run_one`](super::run_one).
pub unsafe extern "C" fn load_method(vm: &Vm, ip: *const u8, base: *mut Slot) -> usize {
    let (mut ip, base) = (Ip(ip), Sp(base));
    let Some(code) = vm.frame().code.get() else { return 0 };
    let name = code.qstr(ip.uint());
    let object = base.at(0);
    let method = vm.remembered_plain_method(object, name).or_else(|| {
        let instance = Instance::of(object)?;
        let found = vm.remembered_method(instance.class(), name)??;
        let is_own = instance.members().get_name(vm, name).is_some();
        let is_function = !found.native && found.value.downcast::<Function>().is_some();
        (is_function && !is_own).then_some(found.value)
    });
    let Some(method) = method else { return 0 };
    base.set_slot(0, Some(method));
    base.set_slot(1, Some(object));
    1
}

/// An instance of `class`, a class with which [`View::init`](super::View::init) has met; null if there is no memory.
///
/// # Safety
/// As [`run_one`](super::run_one).
pub unsafe extern "C" fn new_instance(vm: &Vm, class: Obj) -> usize {
    let made = class.downcast::<Type>().map(|class| instance::new(vm, class));
    match made {
        Some(Ok(object)) => object.bits(),
        Some(Err(raised)) => {
            vm.take_exception(raised);
            0
        }
        None => 0,
    }
}

/// A float, for machine code; null if there is no memory.
///
/// # Safety
/// None: the function is for machine code, which knows its address only.
pub unsafe extern "C" fn make_float(vm: &Vm, bits: u64) -> usize {
    match vm.new_float(f64::from_bits(bits)) {
        Ok(float) => float.bits(),
        Err(raised) => {
            vm.take_exception(raised);
            0
        }
    }
}
