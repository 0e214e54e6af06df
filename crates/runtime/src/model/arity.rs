//! Checks of how many arguments a built-in was given.

use crate::model::args::Args;
use crate::model::error::{Raise, Res};
use crate::model::vm::Vm;
use crate::model::word::Obj;

/// Checks of how many arguments a built-in was given.
pub trait CheckArguments {
    /// Checks the number of arguments of a call: `min` to `max` positional ones, and keywords only if `keywords`.
    ///
    /// # Errors
    /// `TypeError` if the numbers do not fit.
    fn check_args(&self, args: Args<'_>, min: usize, max: usize, keywords: bool) -> Res<()>;
}

impl CheckArguments for Vm {
    fn check_args(&self, args: Args<'_>, min: usize, max: usize, keywords: bool) -> Res<()> {
        check_arg_counts(self, args.n_pos(), args.n_kw(), min, max, keywords)
    }
}

/// Argument number `index` of a function for the tables of modules and types, which may be given too few there.
///
/// # Errors
/// `TypeError` if the function was given fewer arguments.
pub(crate) fn nth_argument(vm: &Vm, args: &[Obj], index: usize) -> Res {
    match args.get(index) {
        Some(&argument) => Ok(argument),
        None => check_arg_counts(vm, args.len(), 0, index + 1, usize::MAX, false).map(|()| Obj::NONE),
    }
}

/// As [`Vm::check_args`], for `given` positional arguments and `n_kw` keywords.
///
/// # Errors
/// `TypeError` if the numbers do not fit.
pub(crate) fn check_arg_counts(vm: &Vm, given: usize, n_kw: usize, min: usize, max: usize, keywords: bool) -> Res<()> {
    if n_kw > 0 && !keywords {
        return Err(vm.type_error(format_args!("function doesn't take keyword arguments")));
    }
    if min == max && given != min {
        let message = format_args!("function takes {min} positional arguments but {given} were given");
        return Err(vm.type_error(message));
    }
    if given < min {
        let missing = min - given;
        return Err(vm.type_error(format_args!("function missing {missing} required positional arguments")));
    }
    if given > max {
        return Err(vm.type_error(format_args!("function expected at most {max} arguments, got {given}")));
    }
    Ok(())
}
