//! Libraries of the system, called by way of libffi.

use std::cell::Cell;
use std::ffi::{CStr, CString, c_void};
use std::mem::MaybeUninit;
use std::ptr;

use berus_runtime::errno::{Errno, NO_ENTRY};
use berus_runtime::host::foreign::{Answer, Foreign, Word};
use libffi_sys::{
    ffi_abi_FFI_DEFAULT_ABI, ffi_call, ffi_cif, ffi_closure, ffi_closure_alloc, ffi_prep_cif, ffi_prep_closure_loc,
    ffi_status_FFI_OK, ffi_type, ffi_type_double, ffi_type_float, ffi_type_pointer, ffi_type_sint8, ffi_type_sint16,
    ffi_type_sint32, ffi_type_sint64, ffi_type_uint8, ffi_type_uint16, ffi_type_uint32, ffi_type_uint64, ffi_type_void,
};

use super::host::StdHost;

thread_local! {
    /// How many calls the thread is in.
    static DEPTH: Cell<usize> = const { Cell::new(0) };
}

/// What a parameter or answer lies in.
#[repr(C, align(16))]
#[derive(Clone, Copy, Default)]
struct Place([u8; 16]);

impl Place {
    fn of(word: Word, value: u64) -> Place {
        let mut place = Place::default();
        let mut put = |bytes: &[u8]| place.0[..bytes.len()].copy_from_slice(bytes);
        match word {
            Word::Void => {}
            Word::I8 | Word::U8 => put(&(value as u8).to_ne_bytes()),
            Word::I16 | Word::U16 => put(&(value as u16).to_ne_bytes()),
            Word::I32 | Word::U32 | Word::F32 => put(&(value as u32).to_ne_bytes()),
            Word::I64 | Word::U64 | Word::F64 => put(&value.to_ne_bytes()),
            Word::Pointer => put(&(value as usize).to_ne_bytes()),
        }
        place
    }

    fn first<const N: usize>(&self) -> [u8; N] {
        self.0.first_chunk().copied().unwrap_or([0; N])
    }

    /// The value of a word that lies here; ints are extended.
    fn value(&self, word: Word) -> u64 {
        match word {
            Word::Void => 0,
            Word::I8 => i8::from_ne_bytes(self.first()) as u64,
            Word::U8 => u8::from_ne_bytes(self.first()).into(),
            Word::I16 => i16::from_ne_bytes(self.first()) as u64,
            Word::U16 => u16::from_ne_bytes(self.first()).into(),
            Word::I32 => i32::from_ne_bytes(self.first()) as u64,
            Word::U32 | Word::F32 => u32::from_ne_bytes(self.first()).into(),
            Word::I64 | Word::U64 | Word::F64 => u64::from_ne_bytes(self.first()),
            Word::Pointer => usize::from_ne_bytes(self.first()) as u64,
        }
    }

    /// The value of an answer, which has the size of a register at least.
    fn answer(&self, word: Word) -> u64 {
        let register = usize::from_ne_bytes(self.first()) as u64;
        match word {
            Word::I8 | Word::U8 | Word::I16 | Word::U16 | Word::I32 | Word::U32 => {
                Place::of(word, register).value(word)
            }
            word => self.value(word),
        }
    }
}

/// Libffi's description of a word, which it does not change.
fn description(word: Word) -> *mut ffi_type {
    match word {
        Word::Void => &raw mut ffi_type_void,
        Word::I8 => &raw mut ffi_type_sint8,
        Word::U8 => &raw mut ffi_type_uint8,
        Word::I16 => &raw mut ffi_type_sint16,
        Word::U16 => &raw mut ffi_type_uint16,
        Word::I32 => &raw mut ffi_type_sint32,
        Word::U32 => &raw mut ffi_type_uint32,
        Word::I64 => &raw mut ffi_type_sint64,
        Word::U64 => &raw mut ffi_type_uint64,
        Word::F32 => &raw mut ffi_type_float,
        Word::F64 => &raw mut ffi_type_double,
        Word::Pointer => &raw mut ffi_type_pointer,
    }
}

/// How a function is called. It refers to `types`, which stay where they are.
fn interface(result: Word, types: &mut [*mut ffi_type]) -> Option<ffi_cif> {
    let mut interface = MaybeUninit::<ffi_cif>::zeroed();
    let count = u32::try_from(types.len()).ok()?;
    // SAFETY: there are `count` types, and these live as long as the interface is used; one of zeros is an interface,
    // too.
    unsafe {
        let place = interface.as_mut_ptr();
        let status = ffi_prep_cif(place, ffi_abi_FFI_DEFAULT_ABI, count, description(result), types.as_mut_ptr());
        (status == ffi_status_FFI_OK).then_some(interface.assume_init())
    }
}

/// What a function of C is for.
struct Callback {
    interface: ffi_cif,
    result: Word,
    parameters: Box<[Word]>,
    types: Box<[*mut ffi_type]>,
    answer: Answer,
}

/// What libffi calls for a function of C.
///
/// # Safety
/// `user` is the callback of the function, for whose result and parameters `result` and `values` have room.
unsafe extern "C" fn called(_: *mut ffi_cif, result: *mut c_void, values: *mut *mut c_void, user: *mut c_void) {
    // SAFETY: the callback lives for good.
    let callback = unsafe { &*user.cast::<Callback>() };
    let mut words = Vec::with_capacity(callback.parameters.len());
    for (number, &word) in callback.parameters.iter().enumerate() {
        let mut place = Place::default();
        // SAFETY: there is a pointer for each parameter, to as many bytes as its description says.
        unsafe {
            let size = (*description(word)).size;
            (*values.add(number)).cast::<u8>().copy_to_nonoverlapping(place.0.as_mut_ptr(), size.min(place.0.len()));
        }
        words.push(place.value(word));
    }
    let value = if DEPTH.get() > 0 { (callback.answer)(&words) } else { 0 };
    if callback.result == Word::Void {
        return;
    }
    let value = Place::of(callback.result, value).value(callback.result);
    let bytes = match callback.result {
        Word::F32 => (value as u32).to_ne_bytes().to_vec(),
        Word::I64 | Word::U64 | Word::F64 => value.to_ne_bytes().to_vec(),
        _ => (value as usize).to_ne_bytes().to_vec(),
    };
    // SAFETY: there is room for the result, which for ints is a register.
    unsafe { result.cast::<u8>().copy_from_nonoverlapping(bytes.as_ptr(), bytes.len()) };
}

// SAFETY: functions are called as is said; callbacks are never freed, and call while the thread is in a call.
unsafe impl Foreign for StdHost {
    fn open(&self, name: Option<&[u8]>) -> Result<usize, Errno> {
        // A program that has no symbols, as `berus` has none on Linux, has at least the C library.
        let name = name.or(cfg!(target_os = "linux").then_some(b"libc.so.6"));
        let name = name.map(|name| CString::new(name).map_err(|_| NO_ENTRY)).transpose()?;
        // SAFETY: whoever runs `berus` trusts the libraries that programs load.
        let library = unsafe {
            libc::dlopen(name.as_deref().map_or(ptr::null(), CStr::as_ptr), libc::RTLD_NOW | libc::RTLD_LOCAL)
        };
        if library.is_null() { Err(NO_ENTRY) } else { Ok(library.expose_provenance()) }
    }

    fn close(&self, library: usize) {
        // SAFETY: the library is open, as whoever calls says.
        unsafe { libc::dlclose(ptr::with_exposed_provenance_mut(library)) };
    }

    fn symbol(&self, library: usize, name: &[u8]) -> Option<usize> {
        let name = CString::new(name).ok()?;
        // SAFETY: the library is open.
        let symbol = unsafe { libc::dlsym(ptr::with_exposed_provenance_mut(library), name.as_ptr()) };
        (!symbol.is_null()).then(|| symbol.expose_provenance())
    }

    fn call(&self, function: usize, result: Word, arguments: &[(Word, u64)]) -> u64 {
        let mut types: Vec<_> = arguments.iter().map(|(word, _)| description(*word)).collect();
        let mut places: Vec<_> = arguments.iter().map(|&(word, value)| Place::of(word, value)).collect();
        let mut values: Vec<_> = places.iter_mut().map(|place| ptr::from_mut(place).cast::<c_void>()).collect();
        let Some(mut interface) = interface(result, &mut types) else { return 0 };
        let code = ptr::with_exposed_provenance::<c_void>(function);
        // SAFETY: an address and the address of a function are the same thing here; `None` is address 0.
        let code = unsafe { std::mem::transmute::<*const c_void, Option<unsafe extern "C" fn()>>(code) };
        let mut answer = Place::default();
        DEPTH.set(DEPTH.get() + 1);
        // SAFETY: the program says that there is such a function, and whoever runs `berus` trusts programs.
        unsafe { ffi_call(&raw mut interface, code, (&raw mut answer).cast(), values.as_mut_ptr()) };
        DEPTH.set(DEPTH.get() - 1);
        answer.answer(result)
    }

    fn callback(&self, result: Word, parameters: &[Word], answer: Answer) -> Option<usize> {
        let mut types: Box<[_]> = parameters.iter().map(|word| description(*word)).collect();
        let interface = interface(result, &mut types)?;
        // Nobody knows who has noted the address, so that nothing is freed.
        let callback =
            Box::leak(Box::new(Callback { interface, result, parameters: parameters.into(), types, answer }));
        debug_assert!(callback.types.len() == callback.parameters.len());
        let mut code = ptr::null_mut();
        // SAFETY: there is room for the address.
        let closure = unsafe { ffi_closure_alloc(size_of::<ffi_closure>(), &raw mut code) };
        if closure.is_null() {
            return None;
        }
        // SAFETY: closure and callback live for good, and `called` is for such a callback.
        let status = unsafe {
            ffi_prep_closure_loc(
                closure.cast(),
                &raw mut callback.interface,
                Some(called),
                ptr::from_mut(callback).cast(),
                code,
            )
        };
        (status == ffi_status_FFI_OK).then(|| code.expose_provenance())
    }
}
