//! The arguments of a call.

use crate::model::error::{Raise, Res};
use crate::model::vm::Vm;
use crate::model::word::Obj;
use crate::qstr::Qstr;

/// Arguments as they lie on the value stack: positional ones, then pairs of keyword and value.
#[derive(Clone, Copy)]
pub struct Args<'a> {
    all: &'a [Obj],
    n_pos: usize,
}

impl<'a> Args<'a> {
    /// Positional arguments only.
    #[cfg_attr(not(feature = "small"), inline(always))]
    pub const fn positional(all: &'a [Obj]) -> Args<'a> {
        Args { all, n_pos: all.len() }
    }

    /// `n_pos` positional arguments, then pairs of keyword (a string) and value.
    #[cfg_attr(not(feature = "small"), inline(always))]
    pub const fn new(all: &'a [Obj], n_pos: usize) -> Args<'a> {
        debug_assert!(n_pos <= all.len() && (all.len() - n_pos).is_multiple_of(2));
        Args { all, n_pos }
    }

    /// No arguments.
    pub const NONE: Args<'static> = Args::positional(&[]);

    /// The positional arguments.
    #[cfg_attr(not(feature = "small"), inline(always))]
    pub fn pos(&self) -> &'a [Obj] {
        &self.all[..self.n_pos]
    }

    /// How many positional arguments there are.
    #[cfg_attr(not(feature = "small"), inline(always))]
    pub fn n_pos(&self) -> usize {
        self.n_pos
    }

    /// How many keyword arguments there are.
    #[cfg_attr(not(feature = "small"), inline(always))]
    pub fn n_kw(&self) -> usize {
        (self.all.len() - self.n_pos) / 2
    }

    /// The pairs of keyword and value.
    pub fn kw(&self) -> impl ExactSizeIterator<Item = (Obj, Obj)> + 'a {
        self.all[self.n_pos..].chunks_exact(2).map(|pair| (pair[0], pair[1]))
    }

    /// All words: positional arguments, then pairs.
    pub fn words(&self) -> &'a [Obj] {
        self.all
    }

    /// The arguments of the parameters `names`, which may be given by position, in this order, or by name. The first
    /// `required` parameters must be given.
    ///
    /// # Errors
    /// `TypeError` if arguments for other parameters are given, or a required one is missing.
    pub fn by_name<const N: usize>(&self, vm: &Vm, names: [Qstr; N], required: usize) -> Res<[Option<Obj>; N]> {
        let mut found = [None; N];
        let mut n_used = 0;
        for (at, (slot, name)) in found.iter_mut().zip(names).enumerate() {
            *slot = self.pos().get(at).copied();
            if slot.is_none() {
                *slot = self.keyword(name);
                n_used += usize::from(slot.is_some());
            }
            if slot.is_none() && at < required {
                let name = core::str::from_utf8(vm.spelling(name)).unwrap_or("?");
                return Err(vm.type_error(format_args!("'{name}' argument required")));
            }
        }
        if self.n_pos > N {
            return Err(vm.type_error(format_args!("extra positional arguments given")));
        }
        if n_used < self.n_kw() {
            return Err(vm.type_error(format_args!("extra keyword arguments given")));
        }
        Ok(found)
    }

    /// The arguments without the first `n`, which are positional.
    pub fn behind(&self, n: usize) -> Args<'a> {
        Args { all: &self.all[n..], n_pos: self.n_pos - n }
    }

    /// The value of keyword `name`. Keywords are interned, so that comparing words is enough.
    pub fn keyword(&self, name: Qstr) -> Option<Obj> {
        self.kw().find(|(key, _)| *key == Obj::qstr(name)).map(|(_, value)| value)
    }
}
