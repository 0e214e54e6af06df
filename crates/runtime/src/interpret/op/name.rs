//! Global and other named variables, attributes, subscripts and imports.

use crate::data::instance::Instance;
use crate::interpret::op::{leaving_op, next, op, tri};
use crate::model::builtins::Builtins;
use crate::model::code::Code;
use crate::model::error::{Raise, Res};
use crate::model::importing::{Import, ImportFrom};
use crate::model::layout::{Entry, List, Map};
use crate::model::object::Gc;
use crate::model::protocols::Classes;
use crate::model::registers::{Ip, Sp, running};
use crate::model::vm::Vm;
use crate::model::word::{Obj, Slot};
use crate::obj::property;
use crate::ops::attr::{Attributes, MethodParts};
use crate::ops::call::Call;
use crate::ops::subscr::Subscripts;
use crate::qstr::Qstr;

/// The value under `name` in `map`, if its place is the one that the instruction at `ip` found last.
#[cfg_attr(not(feature = "small"), inline(always))]
pub(crate) fn hinted(vm: &Vm, map: &Map, ip: Ip, name: Qstr) -> Option<Obj> {
    hinted_entry(vm, map, ip, name)?.value.get()
}

/// The entry of `name` in `map`, if its place is the one that the instruction at `ip` found last.
#[cfg_attr(not(feature = "small"), inline(always))]
pub(crate) fn hinted_entry<'a>(vm: &Vm, map: &'a Map, ip: Ip, name: Qstr) -> Option<&'a Entry> {
    let entry = map.entries().get(usize::from(vm.hint(ip).get()))?;
    (entry.key.get() == Some(Obj::qstr(name))).then_some(entry)
}

/// The value under `name` in `map`; notes its place for the instruction at `ip`.
pub(crate) fn find(vm: &Vm, map: &Map, ip: Ip, name: Qstr) -> Option<Obj> {
    let at = map.find_name(vm, name)?;
    vm.hint(ip).set(at as u8);
    map.entries()[at].value.get()
}

op! {
    load_global(vm, code, ip, sp, fp) {
        let start = ip;
        let name = code.qstr(ip.uint());
        let Some(value) = hinted(vm, &code.context.globals().map, start, name) else {
            return load_builtin(vm, running(code), start, sp, fp);
        };
        sp.push(value);
    }
}

op! {
    #[inline(never)]
    load_builtin(vm, code, ip, sp, fp) {
        let start = ip;
        let name = code.qstr(ip.uint());
        let Some(value) = vm.remembered_builtin(&code.context.globals().map, name) else {
            return load_new_global(vm, running(code), start, sp, fp);
        };
        sp.push(value);
    }
}

op! {
    #[inline(never)]
    load_new_global(vm, code, ip, sp, fp) {
        let start = ip;
        let value = tri!(vm, start, global(vm, code, start, code.qstr(ip.uint())));
        sp.push(value);
    }
}

#[inline(never)]
pub(in crate::interpret) fn global(vm: &Vm, code: Gc<Code>, ip: Ip, name: Qstr) -> Res {
    global_in(vm, &code.context.globals().map, ip, name)
}

/// The value under `name` in `globals`, or the built-in.
#[cfg_attr(not(feature = "small"), inline(always))]
pub(crate) fn global_in(vm: &Vm, globals: &Map, ip: Ip, name: Qstr) -> Res {
    if let Some(value) = vm.remembered_builtin(globals, name) {
        return Ok(value);
    }
    if let Some(value) = find(vm, globals, ip, name) {
        return Ok(value);
    }
    let value = builtin(vm, name)?;
    vm.remember_builtin(globals, name, value);
    Ok(value)
}

/// The built-in `name`.
pub(crate) fn builtin(vm: &Vm, name: Qstr) -> Res {
    match vm.find_builtin(name) {
        Some(value) => Ok(value),
        None => {
            let name = vm.name_str(name);
            Err(vm.name_error(format_args!("name '{name}' isn't defined")))
        }
    }
}

op! {
    load_name(vm, code, ip, sp, fp) {
        let start = ip;
        let name = code.qstr(ip.uint());
        let value = tri!(vm, start, load_named(vm, code, start, name));
        sp.push(value);
    }
}

#[inline(never)]
pub(in crate::interpret) fn load_named(vm: &Vm, code: Gc<Code>, ip: Ip, name: Qstr) -> Res {
    match find(vm, &vm.locals().map, ip, name) {
        Some(value) => Ok(value),
        None => global(vm, code, ip, name),
    }
}

op! {
    store_name(vm, code, ip, sp, fp) {
        let start = ip;
        let name = code.qstr(ip.uint());
        tri!(vm, start, vm.locals().store(vm, name, sp.pop()));
    }
}

op! {
    store_global(vm, code, ip, sp, fp) {
        let start = ip;
        let name = code.qstr(ip.uint());
        let globals = code.context.globals();
        let Some(entry) = hinted_entry(vm, &globals.map, start, name) else {
            return store_new_global(vm, running(code), start, sp, fp);
        };
        entry.value.set(sp.pop_slot());
    }
}

op! {
    #[inline(never)]
    store_new_global(vm, code, ip, sp, fp) {
        let start = ip;
        let name = code.qstr(ip.uint());
        tri!(vm, start, store_in_globals(vm, code, start, name, sp.pop()));
    }
}

#[inline(never)]
pub(in crate::interpret) fn store_in_globals(vm: &Vm, code: Gc<Code>, ip: Ip, name: Qstr, value: Obj) -> Res<()> {
    let globals = code.context.globals();
    globals.store(vm, name, value)?;
    find(vm, &globals.map, ip, name);
    Ok(())
}

op! {
    delete_name(vm, code, ip, sp, fp) {
        let start = ip;
        let name = code.qstr(ip.uint());
        tri!(vm, start, delete(vm, &vm.locals().map, name));
    }
}

op! {
    delete_global(vm, code, ip, sp, fp) {
        let start = ip;
        let name = code.qstr(ip.uint());
        tri!(vm, start, delete(vm, &code.context.globals().map, name));
    }
}

#[inline(never)]
fn delete(vm: &Vm, map: &Map, name: Qstr) -> Res<()> {
    match map.remove_name(vm, name) {
        Some(_) => Ok(()),
        None => Err(vm.key_error(Obj::qstr(name))),
    }
}

op! {
    load_attr(vm, code, ip, sp, fp) {
        let start = ip;
        let name = code.qstr(ip.uint());
        let instance = Instance::of(sp.top());
        let Some(value) = instance.and_then(|instance| hinted(vm, instance.members(), start, name)) else {
            return load_any_attr(vm, running(code), start, sp, fp);
        };
        sp.set_top(value);
    }
}

op! {
    #[inline(never)]
    load_any_attr(vm, code, ip, sp, fp) {
        let start = ip;
        let value = tri!(vm, start, attribute(vm, sp.top(), start, code.qstr(ip.uint())));
        sp.set_top(value);
    }
}

#[inline(never)]
pub(crate) fn attribute(vm: &Vm, object: Obj, ip: Ip, name: Qstr) -> Res {
    if let Some(instance) = Instance::of(object)
        && let Some(value) = find(vm, instance.members(), ip, name)
    {
        return Ok(value);
    }
    vm.load_attr(object, name)
}

leaving_op! {
    store_attr(vm, code, ip, sp, fp) {
        let start = ip;
        let name = code.qstr(ip.uint());
        let base = sp.down(2);
        if let (Some(value), Some(instance)) = (base.slot(0), Instance::of(base.at(1)))
            && let Some(entry) = hinted_entry(vm, instance.members(), start, name)
            && instance.stores_plainly()
        {
            entry.value.set(Some(value));
            return next(vm, code, ip, base, fp);
        }
        store_any_attr(vm, running(code), start, sp, fp)
    }
}

op! {
    #[inline(never)]
    store_any_attr(vm, code, ip, sp, fp) {
        let start = ip;
        let name = code.qstr(ip.uint());
        sp.drop(2);
        tri!(vm, start, store_attribute(vm, sp.at(1), sp.slot(0), start, name));
    }
}

/// Stores `value` as attribute `name` of `object`, or deletes the attribute if `value` is null.
#[inline(never)]
pub(crate) fn store_attribute(vm: &Vm, object: Obj, value: Slot, ip: Ip, name: Qstr) -> Res<()> {
    let Some(value) = value else { return vm.delete_attr(object, name) };
    if let Some(instance) = Instance::of(object)
        && instance.stores_plainly()
    {
        let members = instance.members();
        match hinted_entry(vm, members, ip, name) {
            Some(entry) => entry.value.set(Some(value)),
            None => {
                let at = instance.store_member(vm, name, value)?;
                vm.hint(ip).set(at as u8);
            }
        }
        return Ok(());
    }
    vm.store_attr(object, name, value)
}

op! {
    load_method(vm, code, ip, sp, fp) {
        let start = ip;
        let name = code.qstr(ip.uint());
        let object = sp.top();
        let Some(function) = vm.remembered_plain_method(object, name) else {
            return load_any_method(vm, running(code), start, sp, fp);
        };
        sp.set_top(function);
        sp.push(object);
    }
}

op! {
    #[inline(never)]
    load_any_method(vm, code, ip, sp, fp) {
        let start = ip;
        let base = sp.down(1);
        tri!(vm, start, method(vm, base, code.qstr(ip.uint())));
        sp = base.up(2);
    }
}

/// Replaces the object at `base` by its method `name` and, in the next slot, `self` or null.
#[inline(never)]
pub(in crate::interpret) fn method(vm: &Vm, base: Sp, name: Qstr) -> Res<()> {
    let MethodParts { function, this } = vm.load_method(base.at(0), name)?;
    base.set_slot(0, Some(function));
    base.set_slot(1, this);
    Ok(())
}

op! {
    load_super_method(vm, code, ip, sp, fp) {
        let start = ip;
        let name = code.qstr(ip.uint());
        sp.drop(3);
        tri!(vm, start, super_method(vm, sp, name));
        sp = sp.up(2);
    }
}

/// Replaces the three values at `base` that `super()` is made of by the method `name` and, in the next slot, `self` or
/// null.
#[inline(never)]
pub(crate) fn super_method(vm: &Vm, base: Sp, name: Qstr) -> Res<()> {
    let MethodParts { function, this } = if base.at(0) == Obj::from_static(&property::SUPER_TYPE) {
        property::super_method(vm, base.at(1), base.at(2), name)?
    } else {
        let object = vm.call(base.at(0), &[base.at(1), base.at(2)])?;
        vm.load_method(object, name)?
    };
    base.set_slot(0, Some(function));
    base.set_slot(1, this);
    Ok(())
}

op! {
    load_build_class(vm, code, ip, sp, fp) {
        let value = tri!(vm, ip, builtin(vm, crate::q!("__build_class__")));
        sp.push(value);
    }
}

leaving_op! {
    load_subscr(vm, code, ip, sp, fp) {
        let base = sp.down(2);
        if let (Some(list), Some(at)) = (base.at(0).downcast::<List>(), base.at(1).as_small_int())
            && let Some(item) = list.get(at as usize)
        {
            base.set_slot(0, Some(item));
            return next(vm, code, ip, base.up(1), fp);
        }
        load_any_subscr(vm, running(code), ip, sp, fp)
    }
}

op! {
    #[inline(never)]
    load_any_subscr(vm, code, ip, sp, fp) {
        let base = sp.down(2);
        let value = tri!(vm, ip, vm.load_subscr(base.at(0), base.at(1)));
        sp.drop(1);
        sp.set_top(value);
    }
}

leaving_op! {
    store_subscr(vm, code, ip, sp, fp) {
        let base = sp.down(3);
        if let (Some(list), Some(at)) = (base.at(1).downcast::<List>(), base.at(2).as_small_int())
            && let (Some(value), Some(item)) = (base.slot(0), list.items().get(at as usize))
        {
            item.set(value);
            return next(vm, code, ip, base, fp);
        }
        store_any_subscr(vm, running(code), ip, sp, fp)
    }
}

op! {
    #[inline(never)]
    store_any_subscr(vm, code, ip, sp, fp) {
        sp.drop(3);
        tri!(vm, ip, store_item(vm, sp));
    }
}

/// Stores the value at `sp` in the object behind the value, under the index behind the object; a null value deletes the
/// item.
pub(in crate::interpret) fn store_item(vm: &Vm, sp: Sp) -> Res<()> {
    match sp.slot(0) {
        Some(value) => vm.store_subscr(sp.at(1), sp.at(2), value),
        None => vm.delete_subscr(sp.at(1), sp.at(2)),
    }
}

op! {
    import_name(vm, code, ip, sp, fp) {
        let start = ip;
        let name = code.qstr(ip.uint());
        let base = sp.down(2);
        let module = tri!(vm, start, vm.import_name(name, base.at(1), base.at(0)));
        sp.drop(1);
        sp.set_top(module);
    }
}

op! {
    import_from(vm, code, ip, sp, fp) {
        let start = ip;
        let name = code.qstr(ip.uint());
        let value = tri!(vm, start, vm.import_from(sp.top(), name));
        sp.push(value);
    }
}

op! {
    import_star(vm, code, ip, sp, fp) {
        let module = sp.pop();
        tri!(vm, ip, vm.import_star(module));
    }
}
