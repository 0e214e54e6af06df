//! Handles: values of an interpreter that Rust code holds wherever it likes.
//!
//! The collector does not look into memory of Rust's, so a handle is an entry that handle and interpreter share. The
//! interpreter keeps the values of all entries that have a handle, and uses the others again. A handle is dropped by
//! counting down, on any thread; the interpreter looks at the counts when it collects garbage and when it needs entries.

use alloc::vec::Vec;
use core::cell::RefCell;
use core::ptr::from_ref;
use core::sync::atomic::{AtomicUsize, Ordering};

use berus_runtime::model::word::Obj;

use crate::Shared;
use crate::error::Error;

/// How many entries are made at once at first.
const FIRST: usize = 16;

/// An entry: a value, and whose it is.
struct Entry {
    /// The value's word; 0 while nothing has the entry, and for good once the interpreter has ended.
    word: AtomicUsize,
    /// The address of the interpreter's [`Roots`].
    owner: usize,
}

/// A handle of some value.
#[derive(Clone)]
pub(crate) struct Root(Shared<Entry>);

/// The entries of an interpreter.
#[derive(Default)]
pub(crate) struct Roots {
    all: RefCell<Vec<Shared<Entry>>>,
    /// Entries whose word is 0, among all.
    free: RefCell<Vec<Shared<Entry>>>,
}

impl Roots {
    fn address(&self) -> usize {
        from_ref(self).addr()
    }

    /// A handle of `value`, which is one of this interpreter's.
    pub fn root(&self, value: Obj) -> Root {
        let entry = self.free.borrow_mut().pop();
        let entry = entry.unwrap_or_else(|| self.find_free());
        entry.word.store(value.bits(), Ordering::Relaxed);
        Root(entry)
    }

    /// Finds an entry that nothing has, or makes some.
    #[cold]
    fn find_free(&self) -> Shared<Entry> {
        self.keep(&mut |_| ());
        let mut all = self.all.borrow_mut();
        let mut free = self.free.borrow_mut();
        // At least a quarter is free then, so that looking through all entries is seldom needed.
        if free.len() <= all.len() / 4 {
            for _ in 0..all.len().max(FIRST) {
                let entry = self.new_entry();
                free.push(Shared::clone(&entry));
                all.push(entry);
            }
        }
        free.pop().unwrap_or_else(|| {
            let entry = self.new_entry();
            all.push(Shared::clone(&entry));
            entry
        })
    }

    fn new_entry(&self) -> Shared<Entry> {
        Shared::new(Entry { word: AtomicUsize::new(0), owner: self.address() })
    }

    /// Calls `keep` with the words of the values that have a handle, and frees the entries of the others.
    pub fn keep(&self, keep: &mut dyn FnMut(usize)) {
        let all = self.all.borrow();
        for entry in &*all {
            let word = entry.word.load(Ordering::Relaxed);
            if word == 0 {
                continue;
            }
            if Shared::strong_count(entry) > 1 {
                keep(word);
            } else {
                entry.word.store(0, Ordering::Relaxed);
                self.free.borrow_mut().push(Shared::clone(entry));
            }
        }
    }

    /// The value of a handle.
    ///
    /// # Errors
    /// An error if the handle is one of another interpreter.
    pub fn value(&self, root: &Root) -> Result<Obj, Error> {
        if root.0.owner != self.address() {
            return Err(Error::of_another());
        }
        // SAFETY: the entry keeps the value alive as long as the interpreter lives, and is one of this interpreter, as
        // the owner says: an interpreter that has ended leaves no entry with a value, whoever has its address now.
        unsafe { Obj::from_bits(root.0.word.load(Ordering::Relaxed)) }.ok_or_else(Error::of_another)
    }
}

impl Drop for Roots {
    fn drop(&mut self) {
        for entry in self.all.get_mut() {
            entry.word.store(0, Ordering::Relaxed);
        }
    }
}
