//! What is known of a frame at an instruction: the type of each local variable and operand, and where it is.

use alloc::rc::Rc;
use alloc::vec::Vec;

use crate::asm::{Reg, Xmm};

/// What is known of a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Type {
    /// Nothing: the slot may be null.
    Slot,
    /// A value, not null.
    Value,
    /// A small int.
    Int,
    /// A float.
    Float,
    /// `True` or `False`.
    Bool,
    /// A string that is a name: two are equal if their words are.
    Name,
    /// An object whose type has this address.
    Object(usize),
    /// An instance of the class whose address is in the link of this number.
    Instance(usize),
    /// Just this word.
    Word(usize),
}

impl Type {
    /// Whether the value is a small int.
    pub fn is_int(self) -> bool {
        match self {
            Type::Int => true,
            Type::Word(word) => word & 1 != 0,
            _ => false,
        }
    }

    /// Whether no more is known than that there may be a slot.
    pub fn is_unknown(self) -> bool {
        matches!(self, Type::Slot | Type::Value)
    }

    /// Whether code that counts on this holds for a value of which `known` is known.
    fn admits(self, known: Type) -> bool {
        match self {
            Type::Slot => true,
            Type::Value => known != Type::Slot,
            Type::Int => known.is_int(),
            _ => self == known,
        }
    }
}

/// Where a value is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// In its slot of the frame.
    Memory,
    /// Nowhere: it is this word.
    Word(usize),
    /// Where this local variable is, whose value it is.
    Local(u16),
    /// In a register, as a word.
    Gpr(Reg),
    /// In a register, as a float without an object.
    Xmm(Xmm),
}

/// A local variable or an operand.
#[derive(Clone, Copy, Debug)]
pub struct Value {
    pub ty: Type,
    pub place: Place,
    /// The word that the value had when the region was made, or would have had if the frame had gone on then; 0 for null.
    /// Types are guessed by this word. Code depends on the word by guards only, so two values may be equal that differ in
    /// this.
    pub seen: Option<usize>,
}

impl PartialEq for Value {
    fn eq(&self, other: &Value) -> bool {
        self.ty == other.ty && self.place == other.place
    }
}

impl Value {
    pub fn in_memory(ty: Type) -> Value {
        Value { ty, place: Place::Memory, seen: None }
    }
}

/// All local variables and operands. Local variables are in memory or floats in a register; contexts share them until one
/// changes, so that the many contexts of exits take little memory.
#[derive(Debug, PartialEq)]
pub struct Context {
    pub locals: Rc<Vec<Value>>,
    pub stack: Vec<Value>,
}

impl Clone for Context {
    fn clone(&self) -> Context {
        Context { locals: self.locals.clone(), stack: self.stack.clone() }
    }

    // A context is copied for each instruction, into memory that is there.
    fn clone_from(&mut self, source: &Context) {
        if !Rc::ptr_eq(&self.locals, &source.locals) {
            self.locals = source.locals.clone();
        }
        self.stack.clone_from(&source.stack);
    }
}

impl Context {
    /// All in memory, and nothing known.
    pub fn unknown(n_locals: usize, depth: usize) -> Context {
        let unknown = Value::in_memory(Type::Slot);
        Context { locals: Rc::new(alloc::vec![unknown; n_locals]), stack: alloc::vec![unknown; depth] }
    }

    /// The local variables and operands, in the order of the frame's slots.
    pub fn values(&self) -> impl Iterator<Item = &Value> {
        self.locals.iter().chain(&self.stack)
    }

    fn values_mut(&mut self) -> impl Iterator<Item = &mut Value> {
        Rc::make_mut(&mut self.locals).iter_mut().chain(&mut self.stack)
    }

    /// A local variable, to be changed.
    pub fn local_mut(&mut self, local: usize) -> Option<&mut Value> {
        Rc::make_mut(&mut self.locals).get_mut(local)
    }

    /// Of an operand that is the value of a local variable: the type of the variable.
    pub fn type_of(&self, value: Value) -> Type {
        match value.place {
            Place::Local(local) => self.locals[usize::from(local)].ty,
            _ => value.ty,
        }
    }

    /// The register that a float is in.
    pub fn xmm_of(&self, value: Value) -> Option<Xmm> {
        match value.place {
            Place::Xmm(xmm) => Some(xmm),
            Place::Local(local) => match self.locals[usize::from(local)].place {
                Place::Xmm(xmm) => Some(xmm),
                _ => None,
            },
            _ => None,
        }
    }

    /// Whether a value is in the register.
    pub fn holds(&self, reg: Reg) -> bool {
        self.stack.iter().any(|value| value.place == Place::Gpr(reg))
    }

    /// In how many places the float in a register is the value, variables that operands refer to counted once more.
    pub fn uses(&self, xmm: Xmm) -> usize {
        self.values().filter(|value| self.xmm_of(**value) == Some(xmm)).count()
    }

    /// Of an operand that is the value of a local variable: what the variable was seen to be.
    pub fn seen(&self, value: Value) -> Option<usize> {
        match value.place {
            Place::Word(word) => Some(word),
            Place::Local(local) => self.locals.get(usize::from(local))?.seen,
            _ => value.seen,
        }
    }

    /// Notes the words that all values have, in the order of the frame's slots.
    pub fn see(&mut self, words: impl Iterator<Item = usize>) {
        for (value, word) in self.values_mut().zip(words) {
            value.seen = Some(word);
        }
    }

    /// Forgets what is known of all values, which are in memory.
    pub fn forget(&mut self) {
        for value in self.values_mut() {
            value.ty = Type::Slot;
        }
    }

    /// Whether code for this context can go on where `now` holds.
    pub fn admits(&self, now: &Context) -> bool {
        self.locals.len() == now.locals.len()
            && self.stack.len() == now.stack.len()
            && self.values().zip(now.values()).all(|(want, have)| want.place == have.place && want.ty.admits(have.ty))
    }
}
