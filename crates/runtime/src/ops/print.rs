//! Printing: `str()`, `repr()`, `print()` and all else that makes text of objects.

use alloc::vec::Vec;
use core::fmt;

use crate::data::builder::Builder;
#[cfg(feature = "python")]
use crate::data::{class, instance::Instance};
use crate::model::builtin_types::BuiltinTypes;
use crate::model::error::{Raise, Res};
use crate::model::events::Poll;
use crate::model::printer::{Printer, Style};
use crate::model::protocols::{Classes, Strs};
use crate::model::vm::Vm;
use crate::model::word::Obj;
#[cfg(feature = "python")]
use crate::ops::attr::call_special;
use crate::text::decimal::Decimal;

/// The console's output.
pub struct Stdout;

impl Printer for Stdout {
    fn write(&mut self, vm: &Vm, bytes: &[u8]) -> Res<()> {
        vm.host().write_stdout(bytes);
        match vm.host().lost_output() {
            None => Ok(()),
            Some(errno) => Err(vm.os_error(errno)),
        }
    }
}

/// The console's error output.
pub struct Stderr;

impl Printer for Stderr {
    fn write(&mut self, vm: &Vm, bytes: &[u8]) -> Res<()> {
        vm.host().write_stderr(bytes);
        Ok(())
    }
}

impl Printer for Vec<u8> {
    fn write(&mut self, vm: &Vm, bytes: &[u8]) -> Res<()> {
        self.try_reserve(bytes.len()).map_err(|_| vm.memory_error(bytes.len()))?;
        self.extend_from_slice(bytes);
        Ok(())
    }
}

/// Lets the standard library's formatting write to a printer.
struct Adapter<'a> {
    vm: &'a Vm,
    printer: &'a mut dyn Printer,
    result: Res<()>,
}

impl fmt::Write for Adapter<'_> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        self.result = self.printer.write(self.vm, text.as_bytes());
        if self.result.is_ok() { Ok(()) } else { Err(fmt::Error) }
    }
}

/// Objects as text.
pub trait Print {
    /// Prints `object`.
    ///
    /// # Errors
    /// The exceptions of the printer and of methods of classes, `RuntimeError` if objects are nested too deep, and in
    /// the style of JSON `TypeError` for objects that JSON does not have.
    fn print(&self, printer: &mut dyn Printer, object: Obj, style: Style) -> Res<()>;

    /// Prints formatted text.
    ///
    /// # Errors
    /// The exceptions of the printer.
    fn print_fmt(&self, printer: &mut dyn Printer, text: fmt::Arguments<'_>) -> Res<()>;

    /// The printed form of `object` as a string.
    ///
    /// # Errors
    /// As [`Vm::print`].
    fn printed(&self, object: Obj, style: Style) -> Res;

    /// The printed form of `object`, for messages and other short-lived uses.
    ///
    /// # Errors
    /// As [`Vm::print`].
    fn text(&self, object: Obj, style: Style) -> Res<Builder>;

    /// `str(object)`
    ///
    /// # Errors
    /// As [`Vm::print`].
    fn str(&self, object: Obj) -> Res;

    /// `repr(object)`
    ///
    /// # Errors
    /// As [`Vm::print`].
    fn repr(&self, object: Obj) -> Res;

    /// Prints the first of `brackets`, the items that `item` gives by their index with commas between, and the second
    /// of `brackets`.
    ///
    /// # Errors
    /// As [`Vm::print`].
    fn print_items(
        &self,
        printer: &mut dyn Printer,
        style: Style,
        brackets: (&[u8], &[u8]),
        item: &dyn Fn(usize) -> Option<Obj>,
    ) -> Res<()>;
}

impl Print for Vm {
    fn print(&self, printer: &mut dyn Printer, object: Obj, style: Style) -> Res<()> {
        if let Some(value) = object.as_small_int() {
            return printer.write(self, Decimal::new().format(value));
        }
        self.check_depth()?;
        self.work(1)?;
        let ty = self.type_of(object);
        if style == Style::Json && !Vm::JSON.iter().any(|base| self.is_subtype(ty, base)) {
            let name = self.type_name(object);
            return Err(self.type_error(format_args!("object of type {name} is not JSON serializable")));
        }
        match ty.slots.print() {
            Some(print) => print(self, object, printer, style),
            None => {
                printer.write(self, b"<")?;
                printer.write(self, ty.name().spelling(self))?;
                printer.write(self, b">")
            }
        }
    }

    fn print_fmt(&self, printer: &mut dyn Printer, text: fmt::Arguments<'_>) -> Res<()> {
        if let Some(text) = text.as_str() {
            return printer.write(self, text.as_bytes());
        }
        let mut adapter = Adapter { vm: self, printer, result: Ok(()) };
        let _ = fmt::write(&mut adapter, text);
        adapter.result
    }

    fn printed(&self, object: Obj, style: Style) -> Res {
        let mut text = Builder::new();
        self.print(&mut text, object, style)?;
        text.into_str(self)
    }

    fn text(&self, object: Obj, style: Style) -> Res<Builder> {
        let mut text = Builder::new();
        self.print(&mut text, object, style)?;
        Ok(text)
    }

    fn str(&self, object: Obj) -> Res {
        if self.as_str(object).is_some() {
            return Ok(object);
        }
        // What `__str__` answers may be of a class that derives from `str`.
        #[cfg(feature = "python")]
        if Instance::of(object).is_some()
            && class::find(self, self.type_of(object), crate::q!("__str__")).is_some_and(|found| !found.native)
            && let Some(text) = call_special(self, object, crate::q!("__str__"), &[])?
        {
            if self.as_str(text).is_some() || self.is_instance(text, Vm::STR) {
                return Ok(text);
            }
            let name = self.type_name(text);
            return Err(self.type_error(format_args!("__str__ returned non-string (type {name})")));
        }
        self.printed(object, Style::Str)
    }

    fn repr(&self, object: Obj) -> Res {
        self.printed(object, Style::Repr)
    }

    fn print_items(
        &self,
        printer: &mut dyn Printer,
        style: Style,
        (open, close): (&[u8], &[u8]),
        item: &dyn Fn(usize) -> Option<Obj>,
    ) -> Res<()> {
        let style = if style == Style::Json { style } else { Style::Repr };
        printer.write(self, open)?;
        let mut index = 0;
        while let Some(item) = item(index) {
            if index > 0 {
                printer.write_comma(self)?;
            }
            self.print(printer, item, style)?;
            index += 1;
        }
        printer.write(self, close)
    }
}
