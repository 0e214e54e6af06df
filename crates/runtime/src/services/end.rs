//! How programs end.

use crate::data::exception::Exceptions;
use crate::model::error::{Raised, Res};
use crate::model::events::Poll;
use crate::model::printer::{Printer, Style};
use crate::model::protocols::Ints;
use crate::model::vm::Vm;
use crate::model::word::Obj;
use crate::obj::exception::{KEYBOARD_INTERRUPT, SYSTEM_EXIT};
use crate::ops::arithmetic::Arithmetic;
use crate::ops::call::Call;
use crate::ops::print::{Print, Stderr, Stdout};

/// How a program ends.
pub trait End {
    /// Whether `exception` ends the program wherever it is raised: `SystemExit`, or one from [`Vm::abort`].
    fn is_end(&self, exception: Obj) -> bool;

    /// Reports an exception that nobody has handled and that has ended a program; answers the exit status that the
    /// exception means.
    ///
    /// The status of a `SystemExit` is 0 if the exception has no code or `None`, the low eight bits of an int, and 1
    /// for any other code, which is then printed to the console's error output. Of other exceptions the traceback is
    /// printed to the error output; the status is 130 for `KeyboardInterrupt`, as in shells, and 1 for the others.
    fn report_end(&self, raised: Raised) -> u8;

    /// Reports an exception that nobody has handled on the console's output, as a board does. Whatever printing raises
    /// is not printed again.
    fn report(&self, raised: Raised);

    /// Sets the function to call at the end of the program; answers the function that was set before.
    fn set_at_exit(&self, function: Obj) -> Option<Obj>;

    /// Calls the function that [`Vm::set_at_exit`] set, if there is one.
    ///
    /// # Errors
    /// Whatever the function raises.
    fn call_at_exit(&self) -> Res<()>;
}

impl End for Vm {
    fn is_end(&self, exception: Obj) -> bool {
        self.is_abort(exception) || self.matches(exception, &SYSTEM_EXIT)
    }

    fn report_end(&self, raised: Raised) -> u8 {
        let exception = self.take_exception(raised);
        status_of(self, exception).unwrap_or_else(|raised| {
            // What printing raises is not printed again.
            self.take_exception(raised);
            1
        })
    }

    fn report(&self, raised: Raised) {
        let exception = self.take_exception(raised);
        if let Err(raised) = self.print_exception(&mut Stdout, exception) {
            self.take_exception(raised);
        }
    }

    fn set_at_exit(&self, function: Obj) -> Option<Obj> {
        self.at_exit.replace(Some(function))
    }

    fn call_at_exit(&self) -> Res<()> {
        match self.at_exit.take() {
            Some(function) if self.is_callable(function) => self.call(function, &[]).map(|_| ()),
            _ => Ok(()),
        }
    }
}

fn status_of(vm: &Vm, exception: Obj) -> Res<u8> {
    if !vm.matches(exception, &SYSTEM_EXIT) {
        vm.print_exception(&mut Stderr, exception)?;
        return Ok(if vm.matches(exception, &KEYBOARD_INTERRUPT) { 130 } else { 1 });
    }
    let code = vm.as_exception(exception).map_or(Obj::NONE, |exception| exception.value());
    if code == Obj::NONE {
        return Ok(0);
    }
    if vm.is_int_or_bool(code) {
        return Ok(vm.int_truncated(code)? as u8);
    }
    vm.print(&mut Stderr, code, Style::Str)?;
    Stderr.write(vm, b"\n")?;
    Ok(1)
}
