//! Raising exceptions from Rust.

use core::fmt;

use super::Vm;
use crate::error::Raised;
use crate::obj::exception;
use crate::types::Type;
use crate::word::Obj;

macro_rules! errors {
    ($($(#[$doc:meta])* $name:ident $ty:ident,)*) => {
        impl Vm {
            $($(#[$doc])*
            #[cold]
            pub fn $name(&self, message: fmt::Arguments<'_>) -> Raised {
                self.error(&exception::$ty, message)
            })*
        }
    };
}

errors! {
    /// Raises `TypeError`.
    type_error TYPE_ERROR,
    /// Raises `ValueError`.
    value_error VALUE_ERROR,
    /// Raises `AttributeError`.
    attribute_error ATTRIBUTE_ERROR,
    /// Raises `IndexError`.
    index_error INDEX_ERROR,
    /// Raises `NameError`.
    name_error NAME_ERROR,
    /// Raises `RuntimeError`.
    runtime_error RUNTIME_ERROR,
    /// Raises `OverflowError`.
    overflow_error OVERFLOW_ERROR,
    /// Raises `ZeroDivisionError`.
    zero_division ZERO_DIVISION_ERROR,
    /// Raises `ImportError`.
    import_error IMPORT_ERROR,
    /// Raises `NotImplementedError`.
    not_implemented NOT_IMPLEMENTED_ERROR,
}

impl Vm {
    /// Raises an exception of the built-in type `ty` with `message` as its only argument.
    #[cold]
    pub fn error(&self, ty: &'static Type, message: fmt::Arguments<'_>) -> Raised {
        let made = match message.as_str() {
            Some(text) => self.new_str(text.as_bytes()),
            None => self.new_str(alloc::fmt::format(message).as_bytes()),
        };
        match made {
            Ok(text) => self.error_with(ty, &[text]),
            Err(raised) => raised,
        }
    }

    /// Raises an exception of the built-in type `ty` with arguments `args`.
    #[cold]
    pub fn error_with(&self, ty: &'static Type, args: &[Obj]) -> Raised {
        match exception::Exception::new(self, ty, args) {
            Ok(exception) => self.raise(exception.obj()),
            Err(raised) => raised,
        }
    }

    /// Raises `KeyError` for `key`.
    #[cold]
    pub fn key_error(&self, key: Obj) -> Raised {
        self.error_with(&exception::KEY_ERROR, &[key])
    }

    /// Raises `StopIteration`, with `value` unless that is `None`.
    #[cold]
    pub fn stop_iteration(&self, value: Obj) -> Raised {
        let args = [value];
        self.error_with(&exception::STOP_ITERATION, if value == Obj::NONE { &[] } else { &args })
    }

    /// Raises `OSError` with error number `errno`.
    #[cold]
    pub fn os_error(&self, errno: i32) -> Raised {
        self.set_errno(errno);
        self.error_with(&exception::OS_ERROR, &[Obj::small_int_wrapping(errno as isize)])
    }

    /// Raises `MemoryError` for want of `bytes` bytes; with the exception that is always there if a new one does not fit.
    #[cold]
    pub fn memory_error(&self, bytes: usize) -> Raised {
        self.raise_memory_error(bytes)
    }

    /// Raises `NameError` because a local variable is not set.
    #[cold]
    pub(crate) fn unset_local(&self) -> Raised {
        self.name_error(format_args!("local variable referenced before assignment"))
    }

    /// Raises `RuntimeError` because calls are nested too deep.
    #[cold]
    pub fn recursion_error(&self) -> Raised {
        self.runtime_error(format_args!("maximum recursion depth exceeded"))
    }
}
