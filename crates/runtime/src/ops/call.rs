//! Calls from Rust.

use crate::args::Args;
use crate::error::Res;
use crate::obj::dict::Dict;
use crate::obj::function::{BoundMethod, Function};
use crate::obj::instance::Instance;
use crate::obj::list::List;
use crate::obj::typ;
use crate::object::Gc;
use crate::ops::attr::MethodParts;
use crate::qstr::Qstr;
use crate::vm::Vm;
use crate::vm::frame::Entry;
use crate::vm::memory::Slot;
use crate::vm::op::{Called, call_at, push_simple};
use crate::vm::registers::Sp;
use crate::word::Obj;

impl Vm {
    /// Calls `callable` with positional arguments.
    ///
    /// # Errors
    /// `TypeError` if it cannot be called, and what the call raises.
    pub fn call(&self, callable: Obj, args: &[Obj]) -> Res {
        self.call_parts(MethodParts { function: callable, this: None }, Args::positional(args))
    }

    /// Whether `object` can be called.
    pub fn is_callable(&self, object: Obj) -> bool {
        match Instance::of(object) {
            Some(instance) => typ::find(self, instance.class(), crate::q!("__call__")).is_some(),
            None => self.type_of(object).slots.call.is_some(),
        }
    }

    /// Calls `callable` with `args`.
    ///
    /// # Errors
    /// `TypeError` if it cannot be called, and what the call raises.
    pub fn call_with(&self, callable: Obj, args: Args<'_>) -> Res {
        self.call_parts(MethodParts { function: callable, this: None }, args)
    }

    /// Calls `callable` with `first` before the positional arguments.
    ///
    /// # Errors
    /// As [`Vm::call_with`].
    pub fn call_prefixed(&self, callable: Obj, first: Obj, args: Args<'_>) -> Res {
        self.call_parts(MethodParts { function: callable, this: Some(first) }, args)
    }

    /// Calls a method with positional arguments.
    ///
    /// # Errors
    /// As [`Vm::call_with`].
    pub fn call_method_parts(&self, method: MethodParts, args: &[Obj]) -> Res {
        self.call_parts(method, Args::positional(args))
    }

    /// Calls the method `name` of `object`.
    ///
    /// # Errors
    /// `AttributeError` if there is none; else as [`Vm::call_with`].
    pub fn call_method(&self, object: Obj, name: Qstr, args: &[Obj]) -> Res {
        let method = self.load_method(object, name)?;
        self.call_method_parts(method, args)
    }

    /// Calls a method.
    ///
    /// # Errors
    /// As [`Vm::call_with`].
    pub fn call_parts(&self, method: MethodParts, args: Args<'_>) -> Res {
        let MethodParts { function, this } = method;
        if let Some(function) = function.downcast::<Function>() {
            return self.call_function(function, this, args);
        }
        let Some(this) = this else {
            if let Some(method) = function.downcast::<BoundMethod>() {
                self.check_depth()?;
                return self.call_parts(MethodParts { function: method.function, this: Some(method.this) }, args);
            }
            return self.call_slot(function, args);
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

    /// Calls a Python function.
    fn call_function(&self, function: Gc<Function>, this: Slot, args: Args<'_>) -> Res {
        self.check_depth()?;
        if self.tick() {
            self.poll()?;
        }
        let words = args.words();
        let room = self.stack_room(words.len() + 1)?;
        let first = Sp(room.as_ptr());
        let mut sp = first;
        if let Some(this) = this {
            sp.push(this);
        }
        let n_pos = args.n_pos() + usize::from(this.is_some());
        for word in words {
            sp.push(*word);
        }
        if !(args.n_kw() == 0 && push_simple(self, function, first, n_pos, Entry::Rust).is_some())
            && let Called::Done(value) = call_at(self, function.obj(), first, n_pos, args.n_kw(), true, Entry::Rust)?
        {
            return Ok(value);
        }
        self.run()?;
        Ok(self.take_result())
    }

    /// Calls what is neither a Python function nor bound to something. The arguments must not lie above the running frame.
    pub(crate) fn call_slot(&self, callable: Obj, args: Args<'_>) -> Res {
        self.check_depth()?;
        match self.type_of(callable).slots.call {
            Some(call) => call(self, callable, args),
            None => Err(self.type_error(format_args!("'{}' object isn't callable", self.type_name(callable)))),
        }
    }

    /// Makes a call with starred arguments: bit n of `starred` says that positional argument n is an iterable, and a
    /// null keyword goes with a mapping.
    pub(crate) fn call_starred(&self, callable: Obj, this: Slot, pos: &[Slot], kw: &[Slot], starred: usize) -> Res {
        let all = List::new(self, &[])?;
        if let Some(this) = this {
            all.append(self, this)?;
        }
        for (n, arg) in pos.iter().enumerate() {
            let Some(arg) = *arg else { continue };
            if n < usize::BITS as usize && starred >> n & 1 != 0 {
                let iterator = self.each(arg)?;
                while let Some(item) = iterator.next(self)? {
                    all.append(self, item)?;
                }
            } else {
                all.append(self, arg)?;
            }
        }
        let n_pos = all.len();
        for pair in kw.chunks_exact(2) {
            match (pair[0], pair[1]) {
                (Some(key), Some(value)) => {
                    all.append(self, key)?;
                    all.append(self, value)?;
                }
                (None, Some(mapping)) => self.append_mapping(&all, mapping)?,
                _ => {}
            }
        }
        self.call_with(callable, Args::new(values(&all), n_pos))
    }

    /// Appends the keys, as names, and values of `mapping` to `words`.
    fn append_mapping(&self, words: &List, mapping: Obj) -> Res<()> {
        if let Some(dict) = mapping.downcast::<Dict>() {
            let mut at = 0;
            while let Some((found, key, value)) = dict.map.entry_from(at) {
                self.append_keyword(words, key, value.unwrap_or(Obj::NONE))?;
                at = found + 1;
            }
            return Ok(());
        }
        let keys = self.call_method(mapping, crate::q!("keys"), &[])?;
        let iterator = self.each(keys)?;
        while let Some(key) = iterator.next(self)? {
            let value = self.load_subscr(mapping, key)?;
            self.append_keyword(words, key, value)?;
        }
        Ok(())
    }

    fn append_keyword(&self, words: &List, key: Obj, value: Obj) -> Res<()> {
        let Some(name) = self.as_name(key)? else {
            return Err(self.type_error(format_args!("keywords must be strings")));
        };
        words.append(self, Obj::qstr(name))?;
        words.append(self, value)
    }
}

/// The items of a list that nobody else knows.
fn values(list: &List) -> &[Obj] {
    let items = list.items();
    // SAFETY: a cell has the layout of what it holds, and nobody changes the list.
    unsafe { core::slice::from_raw_parts(items.as_ptr().cast(), items.len()) }
}
