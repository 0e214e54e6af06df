//! What an interpreter of this crate knows beside its runtime.

use alloc::rc::Rc;
use alloc::vec::Vec;
use core::any::Any;
use core::cell::RefCell;

use berus_runtime::heap::Collection;
use berus_runtime::model::embedder::Embedder;
use berus_runtime::model::events::Budget;

use crate::convert::Bound;
use crate::execution::{Running, Wait};
use crate::root::{Root, Roots};
use crate::source::Sources;

/// The state of an interpreter of this crate.
#[derive(Default)]
pub(crate) struct State {
    pub roots: Roots,
    /// What each run may take.
    pub budget: Budget,
    /// What each conversion from Python may make.
    pub bound: Bound,
    pub foreigners: Foreigners,
    /// What the function that asked to be waited for waits for, until its execution picks this up.
    pub wait: RefCell<Option<Wait>>,
    pub sources: Sources,
    /// The class of exceptions that stand for errors of Rust's, once there has been one.
    pub host_error: RefCell<Option<Root>>,
}

impl Embedder for State {
    fn keep(&self, collection: &mut Collection<'_>) {
        self.roots.keep(&mut |word| collection.keep(word));
        self.foreigners.keep(collection);
    }
}

/// Rust values that objects of the heap stand for, by number: what has to be dropped is not on the heap.
#[derive(Default)]
pub(crate) struct Foreigners {
    values: RefCell<Vec<Option<Rc<dyn Any>>>>,
    free: RefCell<Vec<usize>>,
}

impl Foreigners {
    /// Adds a value: its number.
    pub fn add(&self, value: Rc<dyn Any>) -> usize {
        let mut values = self.values.borrow_mut();
        match self.free.borrow_mut().pop() {
            Some(number) => {
                values[number] = Some(value);
                number
            }
            None => {
                values.push(Some(value));
                values.len() - 1
            }
        }
    }

    /// The value with this number, if it is a `T`.
    pub fn get<T: Any>(&self, number: usize) -> Option<Rc<T>> {
        let value = self.values.borrow().get(number)?.clone()?;
        value.downcast().ok()
    }

    /// Keeps what executions refer to.
    fn keep(&self, collection: &mut Collection<'_>) {
        for value in self.values.borrow().iter().flatten() {
            if let Some(running) = value.downcast_ref::<Running>() {
                running.raw().keep(collection);
            }
        }
    }

    /// Drops the value with this number.
    pub fn remove(&self, number: usize) {
        // What the value does when it is dropped may come back here.
        let value = self.values.borrow_mut().get_mut(number).and_then(Option::take);
        if value.is_some() {
            self.free.borrow_mut().push(number);
        }
    }
}
