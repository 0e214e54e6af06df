//! The value stack as the emitter keeps track of it.

use alloc::vec::Vec;

use crate::viper::Type;

/// Where a value is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Place<R> {
    /// In its slot of the frame.
    Frame,
    Register(R),
    /// Nowhere yet: it is a number, as its type has it.
    Immediate(i64),
}

/// A value on the stack.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Value<R> {
    pub of: Type,
    pub place: Place<R>,
}

impl<R> Value<R> {
    /// A value in its slot of the frame.
    pub fn in_frame(of: Type) -> Value<R> {
        Value { of, place: Place::Frame }
    }
}

/// The value stack.
///
/// What was known of a value stays known when it is dropped, and counts again if the stack is said to be higher without
/// anything being pushed.
#[derive(Debug)]
pub(super) struct Stack<R> {
    values: Vec<Value<R>>,
    size: usize,
    max_size: usize,
    /// Up to here from the bottom, no value is in a register.
    without_registers: usize,
    /// Up to here from the bottom, all values are in the frame.
    settled: usize,
}

impl<R> Default for Stack<R> {
    fn default() -> Stack<R> {
        Stack { values: Vec::new(), size: 0, max_size: 0, without_registers: 0, settled: 0 }
    }
}

impl<R: Copy> Stack<R> {
    pub fn size(&self) -> usize {
        self.size
    }

    /// The most values that were on it.
    pub fn max_size(&self) -> usize {
        self.max_size
    }

    /// Says that there are `delta` values more; or less, but not less than none. Whether there were as many.
    pub fn adjust(&mut self, delta: isize) -> bool {
        let size = self.size.checked_add_signed(delta);
        self.without_registers = self.without_registers.min(self.size);
        self.settled = self.settled.min(self.size);
        self.size = size.unwrap_or(0);
        self.max_size = self.max_size.max(self.size);
        if self.size > self.values.len() {
            self.values.resize(self.size, Value::in_frame(Type::Unbound));
        }
        size.is_some()
    }

    pub fn push(&mut self, value: Value<R>) {
        self.adjust(1);
        self.set(0, value);
    }

    /// The value `depth` below the top.
    pub fn peek(&self, depth: usize) -> Value<R> {
        let place = self.size.checked_sub(depth + 1).and_then(|i| self.values.get(i));
        place.copied().unwrap_or(Value::in_frame(Type::Unbound))
    }

    /// Sets what is known of the value `depth` below the top.
    pub fn set(&mut self, depth: usize, value: Value<R>) {
        let Some(i) = self.size.checked_sub(depth + 1) else { return };
        if let Place::Register(_) = value.place {
            self.without_registers = self.without_registers.min(i);
        }
        if !matches!(value.place, Place::Frame) {
            self.settled = self.settled.min(i);
        }
        if let Some(place) = self.values.get_mut(i) {
            *place = value;
        }
    }

    /// How many values, from the bottom, are certainly not in registers.
    pub fn without_registers(&self) -> usize {
        self.without_registers.min(self.size)
    }

    /// Says how many that are.
    pub fn note_without_registers(&mut self, count: usize) {
        self.without_registers = count;
    }

    /// How many values, from the bottom, are certainly in the frame.
    pub fn settled(&self) -> usize {
        self.settled.min(self.size)
    }

    /// Says that all are.
    pub fn note_settled(&mut self) {
        self.settled = self.size;
    }

    /// The number of the slot of the value `depth` below the top.
    pub fn slot(&self, depth: usize) -> u32 {
        self.size.saturating_sub(depth + 1) as u32
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_dropped_counts_again_when_the_stack_is_said_to_be_higher() {
        let mut stack = Stack::default();
        stack.push(Value { of: Type::Int, place: Place::Register(1) });
        stack.push(Value { of: Type::Bool, place: Place::Immediate(0) });
        assert!(stack.adjust(-2));
        assert!(stack.adjust(2));
        assert_eq!(stack.peek(0), Value { of: Type::Bool, place: Place::Immediate(0) });
        assert_eq!(stack.slot(1), 0);
        assert_eq!(stack.max_size(), 2);
    }

    #[test]
    fn it_is_known_from_where_on_values_may_not_be_in_the_frame() {
        let mut stack = Stack::default();
        stack.push(Value::in_frame(Type::Object));
        stack.push(Value { of: Type::Int, place: Place::Immediate(1) });
        stack.push(Value { of: Type::Object, place: Place::Register(1) });
        stack.note_without_registers(3);
        stack.note_settled();
        assert_eq!((stack.without_registers(), stack.settled()), (3, 3));
        stack.set(1, Value { of: Type::Int, place: Place::Immediate(1) });
        assert_eq!((stack.without_registers(), stack.settled()), (3, 1));
        // What was dropped and counts again may be anywhere.
        stack.adjust(-2);
        stack.adjust(2);
        assert_eq!((stack.without_registers(), stack.settled()), (1, 1));
    }

    #[test]
    fn below_the_bottom_there_is_nothing() {
        let mut stack = Stack::<u8>::default();
        assert_eq!(stack.peek(3), Value::in_frame(Type::Unbound));
        stack.set(0, Value::in_frame(Type::Int));
        assert!(!stack.adjust(-1));
        assert_eq!(stack.size(), 0);
    }
}
