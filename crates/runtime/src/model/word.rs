//! A value of Python in one machine word.
//!
//! The tags are those of MicroPython's object representation A, because machine code in `.mpy` files is compiled
//! against them (MicroPython: `py/obj.h`):
//!
//! | low bits | value |
//! | --- | --- |
//! | `...1` | a small integer, in the other bits |
//! | `..10` with bit 2 clear | a qstr, its number above bit 2 |
//! | `.110` | one of [`Obj::NONE`], [`Obj::FALSE`], [`Obj::TRUE`] |
//! | `..00` | a pointer to an object whose first word is its type |

use core::fmt;
use core::num::NonZeroUsize;
use core::ptr::NonNull;

use crate::model::object::{Header, Object};
use crate::qstr::Qstr;

/// A value: a small integer, a name, `None`, `False`, `True`, or a pointer to an object.
///
/// `Option<Obj>` is one word as well, and its `None` is MicroPython's null. The collector finds objects
/// only where it looks: on the machine stack, on value stacks and inside heap blocks. Never keep an `Obj` in
/// memory of the global allocator (`Vec`, `Box`) across an allocation.
#[derive(Clone, Copy, PartialEq, Eq)]
#[repr(transparent)]
pub struct Obj(NonNull<()>);

const _: () = assert!(size_of::<Option<Obj>>() == size_of::<usize>());

impl Obj {
    /// `None`
    pub const NONE: Obj = Obj::immediate(0);
    /// `False`
    pub const FALSE: Obj = Obj::immediate(1);
    /// `True`
    pub const TRUE: Obj = Obj::immediate(3);

    /// The least small integer.
    pub const SMALL_INT_MIN: isize = isize::MIN >> 1;
    /// The greatest small integer.
    pub const SMALL_INT_MAX: isize = isize::MAX >> 1;
    /// Bits of a small integer, sign included.
    pub const SMALL_INT_BITS: u32 = usize::BITS - 1;

    #[cfg_attr(not(feature = "small"), inline(always))]
    const fn from_nonzero_bits(bits: NonZeroUsize) -> Obj {
        Obj(NonNull::without_provenance(bits))
    }

    /// # Panics
    /// Never: every caller sets a tag bit.
    #[cfg_attr(not(feature = "small"), inline(always))]
    const fn tagged(bits: usize) -> Obj {
        match NonZeroUsize::new(bits) {
            Some(bits) => Obj::from_nonzero_bits(bits),
            None => panic!("a tagged word is not zero"),
        }
    }

    const fn immediate(number: usize) -> Obj {
        Obj::tagged(number << 3 | 0b110)
    }

    /// A stand-in for a constant that will be made when it is used, from what is written at byte `at` of its module's
    /// file. The stand-in is no value, and no program ever sees it.
    pub(crate) const fn later(at: usize) -> Obj {
        Obj::immediate(at + Obj::IMMEDIATES)
    }

    /// Where in its module's file the constant is written, if this is the stand-in for a constant that will be made
    /// later.
    pub(crate) fn as_later(self) -> Option<usize> {
        let bits = self.bits();
        if bits & 0b111 == 0b110 { (bits >> 3).checked_sub(Obj::IMMEDIATES) } else { None }
    }

    /// Numbers of immediate words that may be values.
    const IMMEDIATES: usize = 4;

    /// The small integer `value`; `None` if that is too large for one.
    #[cfg_attr(not(feature = "small"), inline(always))]
    pub const fn small_int(value: isize) -> Option<Obj> {
        let shifted = value << 1;
        if shifted >> 1 == value { Some(Obj::tagged(shifted as usize | 1)) } else { None }
    }

    /// The small integer `value`.
    ///
    /// `value` must lie between [`Obj::SMALL_INT_MIN`] and [`Obj::SMALL_INT_MAX`]; else the result is another number.
    #[cfg_attr(not(feature = "small"), inline(always))]
    pub const fn small_int_wrapping(value: isize) -> Obj {
        Obj::tagged((value << 1) as usize | 1)
    }

    /// Whether this value is a small integer.
    #[cfg_attr(not(feature = "small"), inline(always))]
    pub fn is_small_int(self) -> bool {
        self.bits() & 1 != 0
    }

    /// The number that this value is, if it is a small integer.
    #[cfg_attr(not(feature = "small"), inline(always))]
    pub fn as_small_int(self) -> Option<isize> {
        if self.is_small_int() { Some(self.bits() as isize >> 1) } else { None }
    }

    /// `True` or `False`.
    #[cfg_attr(not(feature = "small"), inline(always))]
    pub const fn bool(value: bool) -> Obj {
        if value { Obj::TRUE } else { Obj::FALSE }
    }

    /// The truth of this value, if it is `True` or `False`.
    #[cfg_attr(not(feature = "small"), inline(always))]
    pub fn as_bool(self) -> Option<bool> {
        if self == Obj::TRUE {
            Some(true)
        } else if self == Obj::FALSE {
            Some(false)
        } else {
            None
        }
    }

    /// The string that is the name `name`.
    #[cfg_attr(not(feature = "small"), inline(always))]
    pub const fn qstr(name: Qstr) -> Obj {
        Obj::tagged((name.number() as usize) << 3 | 0b010)
    }

    /// The name that this value is, if it is a qstr. A string of the same text may also be an object.
    #[cfg_attr(not(feature = "small"), inline(always))]
    pub fn as_qstr(self) -> Option<Qstr> {
        if self.bits() & 0b111 == 0b010 { Some(Qstr::from_number((self.bits() >> 3) as u32)) } else { None }
    }

    /// Whether this value is a pointer to an object.
    #[cfg_attr(not(feature = "small"), inline(always))]
    pub fn is_pointer(self) -> bool {
        self.bits() & 0b11 == 0
    }

    /// The object at `header`.
    #[cfg_attr(not(feature = "small"), inline(always))]
    pub(crate) fn from_header(header: NonNull<Header>) -> Obj {
        Obj(header.cast())
    }

    /// The object `object`, which is a constant.
    #[cfg_attr(not(feature = "small"), inline(always))]
    pub const fn from_static<T: Object>(object: &'static T) -> Obj {
        Obj(NonNull::from_ref(object).cast())
    }

    /// The header of the object that this value points to, if it is a pointer.
    #[cfg_attr(not(feature = "small"), inline(always))]
    pub fn as_header(self) -> Option<NonNull<Header>> {
        if self.is_pointer() { Some(self.0.cast()) } else { None }
    }

    /// The word itself, of which [`Obj::from_bits`] makes the value again.
    #[cfg_attr(not(feature = "small"), inline(always))]
    pub fn bits(self) -> usize {
        self.0.expose_provenance().get()
    }

    /// The value whose word is `bits`; `None` for null.
    ///
    /// # Safety
    /// `bits` came from [`Obj::bits`], or from machine code that keeps to the same representation, and the object
    /// that it may point to is alive.
    #[cfg_attr(not(feature = "small"), inline(always))]
    pub unsafe fn from_bits(bits: usize) -> Option<Obj> {
        NonNull::new(core::ptr::with_exposed_provenance_mut(bits)).map(Obj)
    }
}

impl fmt::Debug for Obj {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names = [(Obj::NONE, "None"), (Obj::FALSE, "False"), (Obj::TRUE, "True")];
        if let Some((_, name)) = names.into_iter().find(|(word, _)| word == self) {
            return f.write_str(name);
        }
        match (self.as_small_int(), self.as_qstr()) {
            (Some(value), _) => write!(f, "{value}"),
            (_, Some(name)) => write!(f, "qstr {}", name.number()),
            _ => write!(f, "object at {:#x}", self.bits()),
        }
    }
}

/// A slot of a block of words: a value, or null.
pub type Slot = Option<Obj>;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn small_integers_keep_their_value() {
        for value in [0, 1, -1, 255, Obj::SMALL_INT_MIN, Obj::SMALL_INT_MAX] {
            let word = Obj::small_int(value).unwrap();
            assert_eq!(word.as_small_int(), Some(value));
            assert!(!word.is_pointer() && word.as_qstr().is_none());
        }
        assert_eq!(Obj::small_int(Obj::SMALL_INT_MAX + 1), None);
        assert_eq!(Obj::small_int(Obj::SMALL_INT_MIN - 1), None);
    }

    #[test]
    fn words_are_those_of_representation_a() {
        assert_eq!(Obj::NONE.bits(), 0x06);
        assert_eq!(Obj::FALSE.bits(), 0x0e);
        assert_eq!(Obj::TRUE.bits(), 0x1e);
        assert_eq!(Obj::small_int_wrapping(3).bits(), 7);
        assert_eq!(Obj::qstr(Qstr::from_number(5)).bits(), 0x2a);
        assert!(Obj::NONE.as_small_int().is_none() && Obj::NONE.as_qstr().is_none() && !Obj::NONE.is_pointer());
    }
}
