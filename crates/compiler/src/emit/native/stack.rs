//! The value stack as the emitter keeps track of it.

use alloc::vec::Vec;

use berus_mpy::memory::Quota;

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
    /// What it casts to, if it is a type to call.
    pub cast: Option<Type>,
}

impl<R> Value<R> {
    pub fn new(of: Type, place: Place<R>) -> Value<R> {
        Value { of, place, cast: None }
    }

    /// A value in its slot of the frame.
    pub fn in_frame(of: Type) -> Value<R> {
        Value::new(of, Place::Frame)
    }
}

/// The value stack.
///
/// What was known of a value stays known when it is dropped, and counts again if the stack is said to be higher without
/// anything being pushed.
#[derive(Debug)]
pub(super) struct Stack<'q, R> {
    quota: &'q Quota<'q>,
    values: Vec<Value<R>>,
    size: usize,
    max_size: usize,
    /// For each register in use: up to where from the bottom no value is in it.
    registers: Vec<(R, usize)>,
    /// The least of these.
    free: usize,
    /// Up to here from the bottom, all values are in the frame.
    settled: usize,
}

impl<R> Drop for Stack<'_, R> {
    fn drop(&mut self) {
        self.quota.free(core::mem::take(&mut self.values));
        self.quota.free(core::mem::take(&mut self.registers));
    }
}

impl<'q, R: Copy + PartialEq> Stack<'q, R> {
    pub fn new(quota: &'q Quota<'q>) -> Stack<'q, R> {
        Stack { quota, values: Vec::new(), size: 0, max_size: 0, registers: Vec::new(), free: usize::MAX, settled: 0 }
    }

    pub fn size(&self) -> usize {
        self.size
    }

    /// The most values that were on it.
    pub fn max_size(&self) -> usize {
        self.max_size
    }

    /// Says that there are `delta` values more; or less, but not less than none. Whether there were as many.
    #[inline]
    pub fn adjust(&mut self, delta: isize) -> bool {
        let before = self.size;
        let size = before.checked_add_signed(delta);
        self.size = size.unwrap_or(0);
        if self.size > before {
            self.count_again(before);
        }
        size.is_some()
    }

    /// What counts again, from value number `first` from the bottom on, may be anywhere.
    fn count_again(&mut self, first: usize) {
        for i in first..self.values.len().min(self.size) {
            self.note(i, self.values[i].place);
        }
        self.max_size = self.max_size.max(self.size);
        if self.size > self.values.len() {
            // Of what there is no memory for, nothing is known.
            let _ = self.quota.resize(&mut self.values, self.size, Value::in_frame(Type::Unbound));
        }
    }

    pub fn push(&mut self, value: Value<R>) {
        let i = self.size;
        match self.values.get_mut(i) {
            Some(place) => {
                *place = value;
                self.size += 1;
                self.max_size = self.max_size.max(self.size);
                self.note(i, value.place);
            }
            None => {
                self.adjust(1);
                self.set(0, value);
            }
        }
    }

    /// The value `depth` below the top.
    pub fn peek(&self, depth: usize) -> Value<R> {
        let place = self.size.checked_sub(depth + 1).and_then(|i| self.values.get(i));
        place.copied().unwrap_or(Value::in_frame(Type::Unbound))
    }

    /// Sets what is known of the value `depth` below the top.
    pub fn set(&mut self, depth: usize, value: Value<R>) {
        let Some(i) = self.size.checked_sub(depth + 1) else { return };
        self.note(i, value.place);
        if let Some(place) = self.values.get_mut(i) {
            *place = value;
        }
    }

    /// Notes that value number `i` from the bottom is at `place`.
    fn note(&mut self, i: usize, place: Place<R>) {
        if let Place::Register(register) = place {
            self.free = self.free.min(i);
            match self.registers.iter_mut().find(|entry| entry.0 == register) {
                Some((_, free)) => *free = (*free).min(i),
                None => self.quota.push_or_stop(&mut self.registers, (register, i)),
            }
        }
        if !matches!(place, Place::Frame) {
            self.settled = self.settled.min(i);
        } else if self.settled == i {
            self.settled += 1;
        }
    }

    /// How many values from the bottom are certainly not in `register`; if none is given, in any register.
    #[inline]
    pub fn free_of(&self, register: Option<R>) -> usize {
        if self.free >= self.size {
            return self.size;
        }
        let entry =
            |register| self.registers.iter().find(|entry| entry.0 == register).map_or(self.size, |entry| entry.1);
        register.map_or(self.free, entry).min(self.size)
    }

    /// Says that as many are not.
    pub fn note_free_of(&mut self, register: Option<R>, count: usize) {
        self.free = usize::MAX;
        for (of, free) in &mut self.registers {
            if register.is_none_or(|register| register == *of) {
                *free = count;
            }
            self.free = self.free.min(*free);
        }
    }

    /// How many values from the bottom are certainly in the frame.
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
        let quota = Quota::default();
        let mut stack = Stack::new(&quota);
        stack.push(Value::new(Type::Int, Place::Register(1)));
        stack.push(Value::new(Type::Bool, Place::Immediate(0)));
        assert!(stack.adjust(-2));
        assert!(stack.adjust(2));
        assert_eq!(stack.peek(0), Value::new(Type::Bool, Place::Immediate(0)));
        assert_eq!(stack.slot(1), 0);
        assert_eq!(stack.max_size(), 2);
    }

    #[test]
    fn it_is_known_from_where_on_values_may_not_be_in_the_frame() {
        let quota = Quota::default();
        let mut stack = Stack::new(&quota);
        stack.push(Value::in_frame(Type::Object));
        stack.push(Value::new(Type::Int, Place::Immediate(1)));
        stack.push(Value::new(Type::Object, Place::Register(1)));
        stack.push(Value::new(Type::Object, Place::Register(2)));
        assert_eq!((stack.free_of(Some(1)), stack.free_of(Some(2)), stack.free_of(Some(3))), (2, 3, 4));
        assert_eq!((stack.free_of(None), stack.settled()), (2, 1));
        stack.note_free_of(Some(1), 4);
        assert_eq!(stack.free_of(None), 3);
        stack.note_free_of(None, 4);
        stack.note_settled();
        assert_eq!((stack.free_of(None), stack.settled()), (4, 4));
        // What was dropped and counts again is where it was.
        stack.adjust(-2);
        stack.adjust(2);
        assert_eq!((stack.free_of(None), stack.free_of(Some(2)), stack.settled()), (2, 3, 2));
    }

    #[test]
    fn below_the_bottom_there_is_nothing() {
        let quota = Quota::default();
        let mut stack = Stack::<u8>::new(&quota);
        assert_eq!(stack.peek(3), Value::in_frame(Type::Unbound));
        stack.set(0, Value::in_frame(Type::Int));
        assert!(!stack.adjust(-1));
        assert_eq!(stack.size(), 0);
    }
}
