//! Calls of objects from Rust code.

use crate::data::class;
use crate::data::function::BoundMethod;
use crate::data::instance::Instance;
use crate::model::args::Args;
use crate::model::error::{Raise, Res};
use crate::model::events::{Poll, tick};
use crate::model::execute::{Called, Execute};
use crate::model::frame::Entry;
use crate::model::layout::{Dict, Function, List};
use crate::model::object::Gc;
use crate::model::protocols::{Classes, Iterate, Strs};
use crate::model::registers::Sp;
use crate::model::vm::Vm;
use crate::model::word::{Obj, Slot};
use crate::ops::attr::{Attributes, MethodParts};
use crate::ops::subscr::Subscripts;
use crate::qstr::Qstr;

/// Calls of objects.
pub trait Call {
    /// Calls `callable` with the positional arguments `args`.
    ///
    /// # Errors
    /// `TypeError` if `callable` cannot be called, and what the call raises.
    fn call(&self, callable: Obj, args: &[Obj]) -> Res;

    /// Whether `object` can be called.
    fn is_callable(&self, object: Obj) -> bool;

    /// Calls `callable` with `args`.
    ///
    /// # Errors
    /// `TypeError` if `callable` cannot be called, and what the call raises.
    fn call_with(&self, callable: Obj, args: Args<'_>) -> Res;

    /// Calls `callable` with `first` before the positional arguments.
    ///
    /// # Errors
    /// As [`Vm::call_with`].
    fn call_prefixed(&self, callable: Obj, first: Obj, args: Args<'_>) -> Res;

    /// Calls `method` with the positional arguments `args`.
    ///
    /// # Errors
    /// As [`Vm::call_with`].
    fn call_method_parts(&self, method: MethodParts, args: &[Obj]) -> Res;

    /// Calls the method `name` of `object` with the positional arguments `args`.
    ///
    /// # Errors
    /// `AttributeError` if there is no such method; else as [`Vm::call_with`].
    fn call_method(&self, object: Obj, name: Qstr, args: &[Obj]) -> Res;

    /// Calls `method` with `args`.
    ///
    /// # Errors
    /// As [`Vm::call_with`].
    fn call_parts(&self, method: MethodParts, args: Args<'_>) -> Res;
}

impl Call for Vm {
    fn call(&self, callable: Obj, args: &[Obj]) -> Res {
        self.call_parts(MethodParts { function: callable, this: None }, Args::positional(args))
    }

    fn is_callable(&self, object: Obj) -> bool {
        match Instance::of(object) {
            Some(instance) => class::find(self, instance.class(), crate::q!("__call__")).is_some(),
            None => self.type_of(object).slots.call().is_some(),
        }
    }

    fn call_with(&self, callable: Obj, args: Args<'_>) -> Res {
        self.call_parts(MethodParts { function: callable, this: None }, args)
    }

    fn call_prefixed(&self, callable: Obj, first: Obj, args: Args<'_>) -> Res {
        self.call_parts(MethodParts { function: callable, this: Some(first) }, args)
    }

    fn call_method_parts(&self, method: MethodParts, args: &[Obj]) -> Res {
        self.call_parts(method, Args::positional(args))
    }

    fn call_method(&self, object: Obj, name: Qstr, args: &[Obj]) -> Res {
        let method = self.load_method(object, name)?;
        self.call_method_parts(method, args)
    }

    fn call_parts(&self, method: MethodParts, args: Args<'_>) -> Res {
        let MethodParts { function, this } = method;
        if let Some(function) = function.downcast::<Function>() {
            return call_function(self, function, this, args);
        }
        let Some(this) = this else {
            if let Some(method) = function.downcast::<BoundMethod>() {
                self.check_depth()?;
                return self.call_parts(MethodParts { function: method.function, this: Some(method.this) }, args);
            }
            return call_slot(self, function, args);
        };
        let words = args.words();
        let mut few = [this; 8];
        if let Some(rest) = few.get_mut(1..=words.len()) {
            rest.copy_from_slice(words);
            return self.call_with(function, Args::new(&few[..=words.len()], args.n_pos() + 1));
        }
        let all = List::new(self, &[this])?;
        for word in words {
            all.append(self, *word)?;
        }
        self.call_with(function, Args::new(values(&all), args.n_pos() + 1))
    }
}

/// Calls a Python function with `args`, before which comes `this` if there is one.
fn call_function(vm: &Vm, function: Gc<Function>, this: Slot, args: Args<'_>) -> Res {
    vm.check_depth()?;
    if tick(vm) {
        vm.poll()?;
    }
    let words = args.words();
    let room = vm.stack_room(words.len() + 1)?;
    let first = Sp(room.as_ptr());
    let mut sp = first;
    if let Some(this) = this {
        sp.push(this);
    }
    let n_pos = args.n_pos() + usize::from(this.is_some());
    for word in words {
        sp.push(*word);
    }
    if !(args.n_kw() == 0 && vm.push_simple(function, first, n_pos, Entry::Rust).is_some())
        && let Called::Done(value) = vm.call_in_place(function.obj(), first, n_pos, args.n_kw(), Entry::Rust)?
    {
        return Ok(value);
    }
    vm.run()?;
    Ok(vm.take_result())
}

/// Calls an object that is neither a Python function nor a bound method. The arguments must not lie above the running
/// frame.
pub(crate) fn call_slot(vm: &Vm, callable: Obj, args: Args<'_>) -> Res {
    vm.check_depth()?;
    match vm.type_of(callable).slots.call() {
        Some(call) => call(vm, callable, args),
        None => Err(vm.type_error(format_args!("'{}' object isn't callable", vm.type_name(callable)))),
    }
}

/// Makes a call with starred arguments: bit n of `starred` says that positional argument n is an iterable of arguments,
/// and a null keyword goes with a mapping of keyword arguments.
pub(crate) fn call_with_starred(vm: &Vm, callable: Obj, this: Slot, pos: &[Slot], kw: &[Slot], starred: usize) -> Res {
    let all = List::new(vm, &[])?;
    if let Some(this) = this {
        all.append(vm, this)?;
    }
    for (n, arg) in pos.iter().enumerate() {
        let Some(arg) = *arg else { continue };
        if n < usize::BITS as usize && starred >> n & 1 != 0 {
            let iterator = vm.each(arg)?;
            while let Some(item) = iterator.next(vm)? {
                all.append(vm, item)?;
            }
        } else {
            all.append(vm, arg)?;
        }
    }
    let n_pos = all.len();
    for pair in kw.chunks_exact(2) {
        match (pair[0], pair[1]) {
            (Some(key), Some(value)) => {
                all.append(vm, key)?;
                all.append(vm, value)?;
            }
            (None, Some(mapping)) => append_mapping(vm, &all, mapping)?,
            _ => {}
        }
    }
    vm.call_with(callable, Args::new(values(&all), n_pos))
}

/// Appends the keys, as names, and values of `mapping` to `words`.
fn append_mapping(vm: &Vm, words: &List, mapping: Obj) -> Res<()> {
    if let Some(dict) = mapping.downcast::<Dict>() {
        let mut at = 0;
        while let Some((found, key, value)) = dict.map.entry_from(at) {
            vm.work(1)?;
            append_keyword(vm, words, key, value.unwrap_or(Obj::NONE))?;
            at = found + 1;
        }
        return Ok(());
    }
    let keys = vm.call_method(mapping, crate::q!("keys"), &[])?;
    let iterator = vm.each(keys)?;
    while let Some(key) = iterator.next(vm)? {
        let value = vm.load_subscr(mapping, key)?;
        append_keyword(vm, words, key, value)?;
    }
    Ok(())
}

fn append_keyword(vm: &Vm, words: &List, key: Obj, value: Obj) -> Res<()> {
    let Some(name) = vm.as_name(key)? else {
        return Err(vm.type_error(format_args!("keywords must be strings")));
    };
    words.append(vm, Obj::qstr(name))?;
    words.append(vm, value)
}

/// The items of a list that only the caller knows.
fn values(list: &List) -> &[Obj] {
    let items = list.items();
    // SAFETY: a cell has the layout of the value that it holds, and nobody changes the list while the items are in use.
    unsafe { core::slice::from_raw_parts(items.as_ptr().cast(), items.len()) }
}
