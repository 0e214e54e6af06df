//! What a module and the runtime know of each other, as much as this module needs of it. `include/berus.h` has all of it.
//!
//! A function of the runtime that raises an exception does not return, and no destructor of what called it runs. So values with
//! destructors must not be alive across such calls; this module has none.

use core::ffi::{CStr, c_char};
use core::marker::PhantomData;

use crate::qstrs;

/// A Python value.
#[derive(Clone, Copy)]
#[repr(transparent)]
pub struct Obj(*const ());

/// A built-in function. The loader fills in its type.
#[repr(C)]
pub struct Fun<F> {
    kind: &'static Type,
    call: F,
}

// SAFETY: it is not changed once it is loaded.
unsafe impl<F> Sync for Fun<F> {}

pub type Function0 = Fun<extern "C" fn() -> Obj>;
pub type Function3 = Fun<extern "C" fn(Obj, Obj, Obj) -> Obj>;

#[repr(C)]
pub struct Type {
    _opaque: [u8; 0],
    _not_sync: PhantomData<*const ()>,
}

// SAFETY: it is only ever pointed to.
unsafe impl Sync for Type {}

unsafe extern "C" {
    static mp_type_fun_builtin_0: Type;
    static mp_type_fun_builtin_3: Type;
    static mp_fun_table: Table;
}

impl Function0 {
    pub const fn none(call: extern "C" fn() -> Obj) -> Function0 {
        // SAFETY: it is there, once the module is loaded.
        Fun { kind: unsafe { &mp_type_fun_builtin_0 }, call }
    }
}

impl Function3 {
    pub const fn three(call: extern "C" fn(Obj, Obj, Obj) -> Obj) -> Function3 {
        // SAFETY: as above.
        Fun { kind: unsafe { &mp_type_fun_builtin_3 }, call }
    }
}

impl<F> Fun<F> {
    /// The function as a value.
    pub fn obj(&'static self) -> Obj {
        let _ = (&self.kind, &self.call);
        Obj(core::ptr::from_ref(self).cast())
    }
}

/// The module as a function, which is passed to `mpy_init`.
#[repr(C)]
pub struct ModuleFunction {
    kind: *const Type,
    context: *const Context,
}

#[repr(C)]
struct Context {
    kind: *const Type,
    globals: *mut (),
}

#[repr(C)]
struct Buffer {
    start: *mut u8,
    len: usize,
    typecode: i32,
}

/// The function table, with those entries spelled out that are used here.
#[repr(C)]
struct Table {
    none: Obj,
    constants: [usize; 2],
    from_obj: extern "C" fn(Obj, usize) -> usize,
    to_obj: extern "C" fn(usize, usize) -> Obj,
    swap_globals: extern "C" fn(*mut ()) -> *mut (),
    load_name: usize,
    load_global: extern "C" fn(usize) -> Obj,
    from_8: [usize; 5],
    store_global: extern "C" fn(usize, Obj),
    from_14: [usize; 41],
    raise_msg: extern "C" fn(Obj, *const c_char) -> !,
    from_56: [usize; 7],
    to_f64: extern "C" fn(Obj) -> f64,
    from_64: usize,
    get_buffer: extern "C" fn(Obj, *mut Buffer, usize) -> bool,
}

const _: () = assert!(core::mem::offset_of!(Table, raise_msg) == 55 * size_of::<usize>());
const _: () = assert!(core::mem::offset_of!(Table, get_buffer) == 65 * size_of::<usize>());

/// Types of exceptions.
pub enum Error {
    Runtime,
    Value,
}

/// The runtime that loaded the module.
#[derive(Clone, Copy)]
pub struct Runtime(&'static Table);

impl Runtime {
    pub fn get() -> Runtime {
        // SAFETY: the table is there as long as the module is.
        Runtime(unsafe { &mp_fun_table })
    }

    pub fn none(self) -> Obj {
        self.0.none
    }

    pub fn int(self, n: isize) -> Obj {
        (self.0.to_obj)(n as usize, 2)
    }

    pub fn to_int(self, obj: Obj) -> isize {
        (self.0.from_obj)(obj, 2) as isize
    }

    pub fn to_f64(self, obj: Obj) -> f64 {
        (self.0.to_f64)(obj)
    }

    /// The bytes of an object that can be written to.
    pub fn buffer<'o>(self, obj: Obj) -> &'o mut [u8] {
        let mut buffer = Buffer { start: core::ptr::null_mut(), len: 0, typecode: 0 };
        (self.0.get_buffer)(obj, &mut buffer, 2 | 4);
        if buffer.len == 0 {
            return &mut [];
        }
        // SAFETY: the runtime has raised an exception if there are no such bytes. Nothing else uses them before the function
        // returns, and the object is alive as long, since it is an argument.
        unsafe { core::slice::from_raw_parts_mut(buffer.start, buffer.len) }
    }

    pub fn store_global(self, name: usize, value: Obj) {
        (self.0.store_global)(name, value);
    }

    /// Does something while the global names are those of a module.
    pub fn with_globals_of(self, module: &ModuleFunction, f: impl FnOnce()) {
        let _ = module.kind;
        // SAFETY: the runtime passes a module.
        let context = unsafe { &*module.context };
        let _ = context.kind;
        let before = (self.0.swap_globals)(context.globals);
        f();
        (self.0.swap_globals)(before);
    }

    pub fn raise(self, error: Error, message: &'static CStr) -> ! {
        let name = match error {
            Error::Runtime => qstrs::MP_QSTR_RuntimeError(),
            Error::Value => qstrs::MP_QSTR_ValueError(),
        };
        (self.0.raise_msg)((self.0.load_global)(name), message.as_ptr())
    }
}
