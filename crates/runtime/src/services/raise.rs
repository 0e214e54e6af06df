//! Raising exceptions from Rust.

use alloc::vec::Vec;
use core::fmt;

use crate::data::emergency::{emergency_exception, emergency_message};
use crate::data::exception::Exceptions;
use crate::data::str::try_str;
use crate::errno::Errno;
use crate::model::error::{Raise, Raised};
use crate::model::object::Gc;
use crate::model::types::Type;
use crate::model::vm::Vm;
use crate::model::word::Obj;
use crate::obj::exception;

macro_rules! errors {
    ($($name:ident $ty:ident,)*) => {
        $(#[cold]
        fn $name(&self, message: fmt::Arguments<'_>) -> Raised {
            self.error(&exception::$ty, message)
        })*
    };
}

/// Text that is put together as far as there is memory.
struct Text(Vec<u8>);

impl Text {
    fn of(message: fmt::Arguments<'_>) -> Option<Text> {
        let mut text = Text(Vec::new());
        fmt::write(&mut text, message).ok()?;
        Some(text)
    }
}

impl fmt::Write for Text {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        self.0.try_reserve(text.len()).map_err(|_| fmt::Error)?;
        self.0.extend_from_slice(text.as_bytes());
        Ok(())
    }
}

impl Raise for Vm {
    errors! {
        type_error TYPE_ERROR,
        value_error VALUE_ERROR,
        attribute_error ATTRIBUTE_ERROR,
        index_error INDEX_ERROR,
        name_error NAME_ERROR,
        runtime_error RUNTIME_ERROR,
        overflow_error OVERFLOW_ERROR,
        zero_division ZERO_DIVISION_ERROR,
        import_error IMPORT_ERROR,
        not_implemented NOT_IMPLEMENTED_ERROR,
    }

    #[cold]
    fn error(&self, ty: &'static Type, message: fmt::Arguments<'_>) -> Raised {
        let text = match message.as_str() {
            Some(text) => try_str(self, text.as_bytes()),
            None => Text::of(message).and_then(|text| try_str(self, &text.0)),
        };
        if let Some(text) = text {
            return self.error_with(ty, &[text]);
        }
        let exception = match emergency_message(self, message) {
            Some(text) => emergency_exception(self, Gc::from_static(ty), &[text]),
            None => emergency_exception(self, Gc::from_static(ty), &[]),
        };
        self.raise(exception.map_or(Obj::NONE, Gc::obj))
    }

    #[cold]
    fn error_with(&self, ty: &'static Type, args: &[Obj]) -> Raised {
        let exception = self.new_exception(Gc::from_static(ty), args);
        self.raise(exception)
    }

    #[cold]
    fn key_error(&self, key: Obj) -> Raised {
        self.error_with(&exception::KEY_ERROR, &[key])
    }

    #[cold]
    fn stop_iteration(&self, value: Obj) -> Raised {
        let args = [value];
        self.error_with(&exception::STOP_ITERATION, if value == Obj::NONE { &[] } else { &args })
    }

    #[cold]
    fn os_error(&self, errno: Errno) -> Raised {
        self.set_errno(errno);
        self.error_with(&exception::OS_ERROR, &[Obj::small_int_wrapping(errno.0 as isize)])
    }

    #[cold]
    fn memory_error(&self, bytes: usize) -> Raised {
        if self.heap.lock_depth() > 0 {
            return self.error(&exception::MEMORY_ERROR, format_args!("memory allocation failed, heap is locked"));
        }
        self.error(&exception::MEMORY_ERROR, format_args!("memory allocation failed, allocating {bytes} bytes"))
    }

    #[cold]
    fn recursion_error(&self) -> Raised {
        self.error(exception::RECURSION, format_args!("maximum recursion depth exceeded"))
    }
}

/// Raises `NameError` because a local variable is not set.
#[cold]
pub(crate) fn unset_local(vm: &Vm) -> Raised {
    vm.name_error(format_args!("local variable referenced before assignment"))
}
