//! `os.environ`: the environment as a mapping of strings, which is read and changed where it is. So `getenv` and commands
//! see what is stored here.

use berus_runtime::model::error::{Raise, Res};
use berus_runtime::model::events::Poll;
use berus_runtime::model::layout::Dict;
use berus_runtime::model::object::Gc;
use berus_runtime::model::printer::{Printer, Style};
use berus_runtime::model::protocols::{Ints, Iterate, Strs};
use berus_runtime::model::types::{Subscr, UnaryOp};
use berus_runtime::model::vm::Vm;
use berus_runtime::model::word::Obj;
use berus_runtime::obj::custom::Customs;
use berus_runtime::ops::call::Call;
use berus_runtime::ops::print::Print;
use berus_runtime::q;

use super::{process, putenv, unsetenv};

/// The environment of the process.
struct Environ;

berus_runtime::custom_type! {
    static ENVIRON: Type<Environ> = "_Environ"
        .print(print)
        .unary_op(unary_op)
        .subscr(subscr)
        .contains(contains)
        .iter(iter)
        .locals(METHODS);
}

berus_runtime::members! {
    static METHODS = {
        "copy" => f1(copy),
        "get" => var(2, 3, get),
        "items" => f1(items),
        "keys" => f1(keys),
        "pop" => var(2, 3, pop),
        "setdefault" => f3(set_default),
        "update" => f2(update),
        "values" => f1(values),
    }
}

/// The environment as an object.
pub fn object(vm: &Vm) -> Res {
    Ok(vm.new_custom(Environ)?.obj())
}

fn look_up(vm: &Vm, name: Obj) -> Res<Option<Obj>> {
    let name = vm.str_or_bytes(name)?;
    process(vm)?.getenv(name).map(|value| vm.new_str_checked(&value)).transpose()
}

/// All variables as they are now, by their names in order, but for those that are no text.
fn all(vm: &Vm) -> Res<Gc<Dict>> {
    let all = Dict::new(vm)?;
    let mut variables = process(vm)?.environment();
    variables.sort_unstable();
    for (name, value) in variables {
        vm.work(1)?;
        if core::str::from_utf8(&name).is_ok() && core::str::from_utf8(&value).is_ok() {
            all.map.store(vm, vm.new_str(&name)?, vm.new_str(&value)?)?;
        }
    }
    Ok(all)
}

fn print(vm: &Vm, _: Obj, out: &mut dyn Printer, _: Style) -> Res<()> {
    out.write(vm, b"environ(")?;
    vm.print(out, all(vm)?.obj(), Style::Repr)?;
    out.write(vm, b")")
}

fn unary_op(vm: &Vm, op: UnaryOp, _: Obj) -> Res<Option<Obj>> {
    Ok(match op {
        UnaryOp::Bool => Some(Obj::bool(!all(vm)?.map.is_empty())),
        UnaryOp::Len => Some(vm.new_uint(all(vm)?.map.len())?),
        _ => None,
    })
}

fn subscr(vm: &Vm, _: Obj, name: Obj, request: Subscr) -> Res<Option<Obj>> {
    match request {
        Subscr::Load => match look_up(vm, name)? {
            None => Err(vm.key_error(name)),
            value => Ok(value),
        },
        Subscr::Store(value) => putenv(vm, name, value).map(Some),
        Subscr::Delete => match look_up(vm, name)? {
            None => Err(vm.key_error(name)),
            Some(_) => unsetenv(vm, name).map(Some),
        },
    }
}

fn contains(vm: &Vm, _: Obj, name: Obj) -> Res<Option<bool>> {
    Ok(Some(look_up(vm, name)?.is_some()))
}

fn iter(vm: &Vm, _: Obj) -> Res {
    vm.iter(all(vm)?.obj())
}

fn copy(vm: &Vm, _: Obj) -> Res {
    Ok(all(vm)?.obj())
}

fn keys(vm: &Vm, _: Obj) -> Res {
    vm.call_method(all(vm)?.obj(), q!("keys"), &[])
}

fn values(vm: &Vm, _: Obj) -> Res {
    vm.call_method(all(vm)?.obj(), q!("values"), &[])
}

fn items(vm: &Vm, _: Obj) -> Res {
    vm.call_method(all(vm)?.obj(), q!("items"), &[])
}

/// `get(name, default=None)`
fn get(vm: &Vm, args: &[Obj]) -> Res {
    Ok(look_up(vm, args[1])?.or(args.get(2).copied()).unwrap_or(Obj::NONE))
}

/// `pop(name[, default])`
fn pop(vm: &Vm, args: &[Obj]) -> Res {
    let name = args[1];
    match (look_up(vm, name)?, args.get(2)) {
        (Some(value), _) => {
            unsetenv(vm, name)?;
            Ok(value)
        }
        (None, Some(&default)) => Ok(default),
        (None, None) => Err(vm.key_error(name)),
    }
}

fn set_default(vm: &Vm, _: Obj, name: Obj, default: Obj) -> Res {
    if let Some(value) = look_up(vm, name)? {
        return Ok(value);
    }
    putenv(vm, name, default)?;
    Ok(default)
}

/// `update(mapping)`
fn update(vm: &Vm, _: Obj, source: Obj) -> Res {
    let news = Dict::new(vm)?;
    news.update(vm, source)?;
    let mut at = 0;
    while let Some((found, name, value)) = news.map.entry_from(at) {
        vm.work(1)?;
        putenv(vm, name, value.unwrap_or(Obj::NONE))?;
        at = found + 1;
    }
    Ok(Obj::NONE)
}
