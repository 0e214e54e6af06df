//! Changes of pins that a program has asked for, from the interrupt that notes one to the interpreter that takes it.

use core::cell::RefCell;

use berus_runtime::host::Edges;
use critical_section::Mutex;
use heapless::Deque;

/// The changes of `COUNT` pins.
pub struct Changes<const COUNT: usize>(Mutex<RefCell<Noted<COUNT>>>);

struct Noted<const COUNT: usize> {
    edges: [Edges; COUNT],
    /// The pins that have changed, by their first changes.
    order: Deque<u8, COUNT>,
}

impl<const COUNT: usize> Changes<COUNT> {
    /// No changes.
    pub const fn new() -> Changes<COUNT> {
        let edges = [Edges { rising: false, falling: false }; COUNT];
        Changes(Mutex::new(RefCell::new(Noted { edges, order: Deque::new() })))
    }

    fn with<T>(&self, act: impl FnOnce(&mut Noted<COUNT>) -> T) -> T {
        critical_section::with(|section| act(&mut self.0.borrow_ref_mut(section)))
    }

    /// Notes that a pin has changed.
    pub fn note(&self, pin: usize, new: Edges) {
        self.with(|noted| {
            let edges = &mut noted.edges[pin];
            *edges = Edges { rising: edges.rising || new.rising, falling: edges.falling || new.falling };
            if !noted.order.iter().any(|known| usize::from(*known) == pin) {
                // There is room for each pin once.
                let _ = noted.order.push_back(pin as u8);
            }
        });
    }

    /// Forgets what a pin has done. The pin may stay in the order, without a change to tell.
    pub fn forget(&self, pin: usize) {
        self.with(|noted| noted.edges[pin] = Edges::default());
    }

    /// Takes the pin that changed first, and how that pin has changed since.
    pub fn next(&self) -> Option<(usize, Edges)> {
        self.with(|noted| {
            let pin = usize::from(noted.order.pop_front()?);
            Some((pin, core::mem::take(&mut noted.edges[pin])))
        })
    }
}

impl<const COUNT: usize> Default for Changes<COUNT> {
    fn default() -> Changes<COUNT> {
        Changes::new()
    }
}
