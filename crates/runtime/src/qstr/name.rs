//! Names in constant tables.

use crate::qstr::Qstr;

/// A name in a constant table, in one word: its number where Berus lists it, else its spelling. [`name!`](crate::name)
/// makes one.
#[derive(Clone, Copy)]
#[repr(C)]
pub union Name {
    /// An odd word, for a name that has a number: the number, shifted left by one bit.
    number: usize,
    text: &'static &'static str,
}

impl Name {
    /// The name with the number of `name`.
    pub const fn of(name: Qstr) -> Name {
        Name { number: (name.number() as usize) << 1 | 1 }
    }

    /// The name spelled `text`, which Berus does not list.
    pub const fn spelled(text: &'static &'static str) -> Name {
        Name { text }
    }

    const fn number(self) -> usize {
        // SAFETY: any word is a number.
        unsafe { self.number }
    }

    /// The name's number, if the name has one.
    #[inline]
    pub const fn qstr(self) -> Option<Qstr> {
        let number = self.number();
        if number & 1 != 0 { Some(Qstr::from_number((number >> 1) as u32)) } else { None }
    }

    /// The name's spelling, if the name has no number.
    pub fn text(self) -> Option<&'static str> {
        // SAFETY: an even word is a reference, since references are aligned and numbers are stored as odd words.
        if self.number() & 1 == 0 { Some(unsafe { *self.text }) } else { None }
    }
}

/// The [`Name`](crate::qstr::Name) for a constant table, listed by Berus or not.
#[macro_export]
macro_rules! name {
    ($name:literal) => {
        const {
            match $crate::qstr::find_number($name) {
                Some(name) => $crate::qstr::Name::of(name),
                None => $crate::qstr::Name::spelled(&$name),
            }
        }
    };
}
