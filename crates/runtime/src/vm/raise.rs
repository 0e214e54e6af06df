//! Raising exceptions from Rust.

use core::fmt;

use super::Vm;
use crate::error::Raised;
use crate::obj::exception;
use crate::object::Gc;
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
        let text = match message.as_str() {
            Some(text) => self.try_str(text.as_bytes()),
            None => self.try_str(alloc::fmt::format(message).as_bytes()),
        };
        if let Some(text) = text {
            return self.error_with(ty, &[text]);
        }
        let exception = match self.emergency_message(message) {
            Some(text) => self.emergency_exception(Gc::from_static(ty), &[text]),
            None => self.emergency_exception(Gc::from_static(ty), &[]),
        };
        self.raise(exception.map_or(Obj::NONE, Gc::obj))
    }

    /// Raises an exception of the built-in type `ty` with arguments `args`.
    #[cold]
    pub fn error_with(&self, ty: &'static Type, args: &[Obj]) -> Raised {
        let exception = self.new_exception(Gc::from_static(ty), args);
        self.raise(exception)
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

    /// Raises `MemoryError` for want of `bytes` bytes.
    #[cold]
    pub fn memory_error(&self, bytes: usize) -> Raised {
        if self.heap.lock_depth() > 0 {
            return self.error(&exception::MEMORY_ERROR, format_args!("memory allocation failed, heap is locked"));
        }
        self.error(&exception::MEMORY_ERROR, format_args!("memory allocation failed, allocating {bytes} bytes"))
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
