//! The types of viper code (MicroPython: `py/runtime0.h`, `py/emitnative.c`).

/// The type of a value in machine code. The number is the one by which the runtime is asked to convert the value.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[repr(u8)]
pub(crate) enum Type {
    /// A Python object, the only type outside viper functions.
    #[default]
    Object = 0,
    Bool = 1,
    Int = 2,
    Uint = 3,
    Ptr = 4,
    Ptr8 = 5,
    Ptr16 = 6,
    Ptr32 = 7,
    /// `None`, which also is a null pointer.
    None = 0x54,
    /// Not known yet.
    Unbound = 0x60,
    /// One of the types above, as something to call.
    Cast = 0x70,
}

impl Type {
    /// The types that have a name, by their numbers.
    const NAMED: [Type; 8] =
        [Type::Object, Type::Bool, Type::Int, Type::Uint, Type::Ptr, Type::Ptr8, Type::Ptr16, Type::Ptr32];

    /// The type that a program calls `name`.
    pub fn named(name: &[u8]) -> Option<Type> {
        Type::NAMED.into_iter().find(|named| named.name().as_bytes() == name)
    }

    /// What error messages call it.
    pub fn name(self) -> &'static str {
        match self {
            Type::Object => "object",
            Type::Bool => "bool",
            Type::Int => "int",
            Type::Uint => "uint",
            Type::Ptr => "ptr",
            Type::Ptr8 => "ptr8",
            Type::Ptr16 => "ptr16",
            Type::Ptr32 => "ptr32",
            Type::None | Type::Unbound | Type::Cast => "None",
        }
    }

    /// Whether it is an integer of the machine.
    pub fn is_integer(self) -> bool {
        matches!(self, Type::Int | Type::Uint)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn types_are_found_by_name() {
        for named in Type::NAMED {
            assert_eq!(Type::named(named.name().as_bytes()), Some(named));
        }
        assert_eq!(Type::named(b"None"), None);
    }
}
