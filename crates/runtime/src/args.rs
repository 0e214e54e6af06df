//! The arguments of a call.

use crate::qstr::Qstr;
use crate::word::Obj;

/// Arguments as they lie on the value stack: positional ones, then pairs of keyword and value.
#[derive(Clone, Copy)]
pub struct Args<'a> {
    all: &'a [Obj],
    n_pos: usize,
}

impl<'a> Args<'a> {
    /// Positional arguments only.
    #[inline(always)]
    pub const fn positional(all: &'a [Obj]) -> Args<'a> {
        Args { all, n_pos: all.len() }
    }

    /// `n_pos` positional arguments, then pairs of keyword (a string) and value.
    #[inline(always)]
    pub const fn new(all: &'a [Obj], n_pos: usize) -> Args<'a> {
        debug_assert!(n_pos <= all.len() && (all.len() - n_pos).is_multiple_of(2));
        Args { all, n_pos }
    }

    /// No arguments.
    pub const NONE: Args<'static> = Args::positional(&[]);

    /// The positional arguments.
    #[inline(always)]
    pub fn pos(&self) -> &'a [Obj] {
        &self.all[..self.n_pos]
    }

    /// How many positional arguments there are.
    #[inline(always)]
    pub fn n_pos(&self) -> usize {
        self.n_pos
    }

    /// How many keyword arguments there are.
    #[inline(always)]
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

    /// The value of keyword `name`. Keywords are interned, so that comparing words is enough.
    pub fn keyword(&self, name: Qstr) -> Option<Obj> {
        self.kw().find(|(key, _)| *key == Obj::qstr(name)).map(|(_, value)| value)
    }
}
