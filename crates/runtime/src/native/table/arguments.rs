//! Checking and taking apart the arguments of functions written in C.

use core::ffi::c_char;

use crate::model::args::Args;
use crate::model::arity::check_arg_counts;
use crate::model::error::{Raise, Res};
use crate::model::protocols::Classes;
use crate::model::vm::Vm;
use crate::model::word::Obj;
use crate::native::border::serve;
use crate::native::foreign::MapOfC;
use crate::native::table::build::values;
use crate::ops::convert::Convert;
use crate::ops::truth::Truth;
use crate::qstr::Qstr;

/// The `len` bytes at `data`, for which machine code vouches.
///
/// # Safety
/// The bytes are there, and stay as they are as long as the answer is used.
pub(in crate::native) unsafe fn bytes<'a>(data: *const u8, len: usize) -> &'a [u8] {
    if data.is_null() || len == 0 {
        return &[];
    }
    // SAFETY: as the caller says.
    unsafe { core::slice::from_raw_parts(data, len) }
}

/// The text at `data`, up to its zero byte.
///
/// # Safety
/// The text is there, and stays as it is as long as the answer is used.
pub(in crate::native) unsafe fn c_string<'a>(data: *const c_char) -> &'a [u8] {
    // SAFETY: as the caller says.
    unsafe { core::ffi::CStr::from_ptr(data) }.to_bytes()
}

/// How many arguments a function takes, in one word: the fewest and the most positional arguments, and whether it takes
/// keywords.
#[derive(Clone, Copy)]
#[repr(transparent)]
pub(in crate::native) struct Signature(u32);

impl Signature {
    /// Whether the function takes keywords.
    pub fn takes_keywords(self) -> bool {
        self.0 & 1 != 0
    }

    /// Checks the arguments of a call.
    ///
    /// # Errors
    /// `TypeError` if the function takes other numbers of arguments.
    pub fn check(self, vm: &Vm, args: Args<'_>) -> Res<()> {
        self.check_counts(vm, args.n_pos(), args.n_kw())
    }

    fn check_counts(self, vm: &Vm, n_pos: usize, n_kw: usize) -> Res<()> {
        let (min, max) = ((self.0 >> 17) as usize, (self.0 >> 1 & 0xffff) as usize);
        check_arg_counts(vm, n_pos, n_kw, min, max, self.takes_keywords())
    }
}

pub(super) unsafe extern "C" fn check_count(n_pos: usize, n_kw: usize, signature: Signature) {
    // SAFETY: machine code called.
    unsafe { serve(|vm| signature.check_counts(vm, n_pos, n_kw)) }
}

/// An argument that a function of C code takes (MicroPython: `py/runtime.h`, `mp_arg_t`).
#[repr(C)]
pub(super) struct Allowed {
    name: u16,
    flags: u16,
    default: usize,
}

const KIND: u16 = 0xff;
const BOOL: u16 = 1;
const INT: u16 = 2;
const REQUIRED: u16 = 0x100;
const KEYWORD_ONLY: u16 = 0x200;

/// Writes the arguments that `allowed` describes to `out`, each as a word. `keyword` finds the value of a keyword by
/// its name; the call has `n_kw` keywords.
///
/// # Safety
/// `out` has room for a word for each argument of `allowed`.
unsafe fn parse(
    vm: &Vm,
    pos: &[Obj],
    n_kw: usize,
    keyword: impl Fn(Obj) -> Option<Obj>,
    allowed: &[Allowed],
    out: *mut usize,
) -> Res<()> {
    let mut found = 0;
    for (n, one) in allowed.iter().enumerate() {
        let given = match pos.get(n) {
            Some(_) if one.flags & KEYWORD_ONLY != 0 => break,
            Some(given) => Some(*given),
            None => keyword(Obj::qstr(Qstr::from_number(one.name.into()))).inspect(|_| found += 1),
        };
        let word = match given {
            None if one.flags & REQUIRED != 0 => {
                let name = vm.name_str(Qstr::from_number(one.name.into()));
                return Err(vm.type_error(format_args!("'{name}' argument required")));
            }
            None => one.default,
            Some(given) => match one.flags & KIND {
                BOOL => usize::from(vm.truth(given)?),
                INT => vm.int(given)? as usize,
                _ => given.bits(),
            },
        };
        // SAFETY: as the caller says.
        unsafe { out.add(n).write(word) };
    }
    let positional = allowed.iter().take_while(|one| one.flags & KEYWORD_ONLY == 0).count();
    if pos.len() > positional {
        return Err(vm.type_error(format_args!("extra positional arguments given")));
    }
    if found < n_kw {
        return Err(vm.type_error(format_args!("extra keyword arguments given")));
    }
    Ok(())
}

unsafe fn all_allowed<'a>(allowed: *const Allowed, n: usize) -> &'a [Allowed] {
    // SAFETY: machine code vouches for the `n` structures.
    if n == 0 { &[] } else { unsafe { core::slice::from_raw_parts(allowed, n) } }
}

pub(super) unsafe extern "C" fn parse_all(
    n_pos: usize,
    pos: *const Obj,
    keywords: *const MapOfC,
    n_allowed: usize,
    allowed: *const Allowed,
    out: *mut usize,
) {
    // SAFETY: machine code called, and vouches for the memory that it passes.
    unsafe {
        serve(|vm| {
            let keywords = &*keywords;
            let find = |name| keywords.find(name);
            parse(vm, values(pos, n_pos), keywords.len(), find, all_allowed(allowed, n_allowed), out)
        })
    }
}

pub(super) unsafe extern "C" fn parse_all_of_array(
    n_pos: usize,
    n_kw: usize,
    args: *const Obj,
    n_allowed: usize,
    allowed: *const Allowed,
    out: *mut usize,
) {
    // SAFETY: machine code called, and vouches for the memory that it passes.
    unsafe {
        serve(|vm| {
            let args = Args::new(values(args, n_pos + 2 * n_kw), n_pos);
            let find = |name| args.kw().find(|(key, _)| *key == name).map(|(_, value)| value);
            parse(vm, args.pos(), n_kw, find, all_allowed(allowed, n_allowed), out)
        })
    }
}
