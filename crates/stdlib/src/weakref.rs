//! The module `weakref` (facts: `docs/library/weakref.rst` and `py/modweakref.c` of MicroPython).

use berus_runtime::model::args::Args;
use berus_runtime::model::arity::CheckArguments;
use berus_runtime::model::error::{Raise, Res};
use berus_runtime::model::layout::{Dict, Tuple};
use berus_runtime::model::module_def::ModuleDef;
use berus_runtime::model::object::Gc;
use berus_runtime::model::types::{Attr, AttrResult, Type};
use berus_runtime::model::vm::Vm;
use berus_runtime::model::watchers::Weak;
use berus_runtime::model::word::Obj;
use berus_runtime::obj::custom::{Custom, Customs};
use berus_runtime::ops::call::Call;
use berus_runtime::ops::convert::Convert;
use berus_runtime::q;
use berus_runtime::qstr::Qstr;
use berus_runtime::services::weak::{Watch, Watcher};

/// The module.
pub const MODULE: ModuleDef = ModuleDef::new("weakref", MEMBERS);

berus_runtime::members! {
    static MEMBERS = {
        "ref" => value(Obj::from_static(&REF)),
        "finalize" => value(Obj::from_static(&FINALIZE)),
    }
}

/// A weak reference, and what to call with it when its object is gone.
struct Ref {
    weak: Weak,
    callback: Obj,
}

berus_runtime::custom_type! {
    /// `weakref.ref`
    static REF: Type<Ref> = "ref".make_new(new_ref).call(call_ref);
}

impl Watcher for Ref {
    const KEPT: bool = false;

    fn weak(&self) -> &Weak {
        &self.weak
    }

    fn gone(vm: &Vm, this: Gc<Custom<Ref>>) -> Res<()> {
        if this.callback == Obj::NONE { Ok(()) } else { vm.call(this.callback, &[this.obj()]).map(|_| ()) }
    }
}

fn watch<T: Watcher>(vm: &Vm, watcher: Gc<Custom<T>>, target: Obj) -> Res {
    match vm.watch(watcher, target)? {
        true => Ok(watcher.obj()),
        false => Err(vm.type_error(format_args!("not a heap object"))),
    }
}

fn new_ref(vm: &Vm, _: Gc<Type>, args: Args<'_>) -> Res {
    vm.check_args(args, 1, 2, false)?;
    let callback = args.pos().get(1).copied().unwrap_or(Obj::NONE);
    let this = vm.new_custom(Ref { weak: Weak::default(), callback })?;
    watch(vm, this, args.pos()[0])
}

fn call_ref(vm: &Vm, this: Obj, _: Args<'_>) -> Res {
    Ok(vm.this::<Custom<Ref>>(this)?.weak.get().unwrap_or(Obj::NONE))
}

/// A weak reference that calls a function with arguments of its own, once.
struct Finalize {
    weak: Weak,
    callback: Obj,
    /// Positional arguments, then pairs of keyword and value.
    args: Gc<Tuple>,
    n_pos: usize,
}

berus_runtime::members! {
    static FINALIZE_METHODS = {
        "peek" => f1(peek),
        "detach" => f1(detach),
    }
}

berus_runtime::custom_type! {
    /// `weakref.finalize`
    static FINALIZE: Type<Finalize> = "finalize".make_new(new_finalize).call(call_finalize).attr(attr).locals(FINALIZE_METHODS);
}

impl Watcher for Finalize {
    const KEPT: bool = true;

    fn weak(&self) -> &Weak {
        &self.weak
    }

    fn gone(vm: &Vm, this: Gc<Custom<Finalize>>) -> Res<()> {
        this.run(vm).map(|_| ())
    }
}

impl Finalize {
    fn run(&self, vm: &Vm) -> Res {
        vm.call_with(self.callback, Args::new(self.args.items(), self.n_pos))
    }
}

fn new_finalize(vm: &Vm, _: Gc<Type>, args: Args<'_>) -> Res {
    vm.check_args(args, 2, usize::MAX, true)?;
    let rest = Tuple::new(vm, &args.words()[2..])?;
    let [target, callback] = [args.pos()[0], args.pos()[1]];
    let this = vm.new_custom(Finalize { weak: Weak::default(), callback, args: rest, n_pos: args.n_pos() - 2 })?;
    watch(vm, this, target)
}

fn call_finalize(vm: &Vm, this: Obj, _: Args<'_>) -> Res {
    let this = vm.this::<Custom<Finalize>>(this)?;
    if this.weak.get().is_none() {
        return Ok(Obj::NONE);
    }
    vm.unwatch(this);
    this.run(vm)
}

/// Object, function, arguments and keyword arguments, if there is something to wait for.
fn peek(vm: &Vm, this: Obj) -> Res {
    let this = vm.this::<Custom<Finalize>>(this)?;
    let Some(target) = this.weak.get() else { return Ok(Obj::NONE) };
    let args = Args::new(this.args.items(), this.n_pos);
    let keywords = Dict::new(vm)?;
    for (name, value) in args.kw() {
        keywords.map.store(vm, name, value)?;
    }
    let positional = Tuple::new(vm, args.pos())?;
    Ok(Tuple::new(vm, &[target, this.callback, positional.obj(), keywords.obj()])?.obj())
}

fn detach(vm: &Vm, this: Obj) -> Res {
    let parts = peek(vm, this)?;
    vm.unwatch(vm.this::<Custom<Finalize>>(this)?);
    Ok(parts)
}

fn attr(vm: &Vm, this: Obj, name: Qstr, request: Attr) -> Res<AttrResult> {
    Ok(match request {
        Attr::Load | Attr::LoadMethod if name == q!("alive") => {
            AttrResult::Value(Obj::bool(vm.this::<Custom<Finalize>>(this)?.weak.get().is_some()))
        }
        _ => AttrResult::Missing,
    })
}
