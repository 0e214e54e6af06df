//! The module `errno`.

use berus_runtime::model::error::Res;
use berus_runtime::model::layout::{Dict, Module};
use berus_runtime::model::module_def::ModuleDef;
use berus_runtime::model::object::Gc;
#[cfg(feature = "python")]
use berus_runtime::model::protocols::Strs;
use berus_runtime::model::vm::Vm;
use berus_runtime::model::word::Obj;
use berus_runtime::q;
use berus_runtime::qstr::Qstr;

/// Names and numbers, those of Linux.
const NUMBERS: &[(Qstr, isize)] = &[
    (q!("EPERM"), 1),
    (q!("ENOENT"), 2),
    (q!("EIO"), 5),
    (q!("EBADF"), 9),
    (q!("EAGAIN"), 11),
    (q!("ENOMEM"), 12),
    (q!("EACCES"), 13),
    (q!("EEXIST"), 17),
    (q!("ENODEV"), 19),
    (q!("EISDIR"), 21),
    (q!("EINVAL"), 22),
    (q!("EOPNOTSUPP"), 95),
    (q!("EADDRINUSE"), 98),
    (q!("ECONNABORTED"), 103),
    (q!("ECONNRESET"), 104),
    (q!("ENOBUFS"), 105),
    (q!("ENOTCONN"), 107),
    (q!("ETIMEDOUT"), 110),
    (q!("ECONNREFUSED"), 111),
    (q!("EHOSTUNREACH"), 113),
    (q!("EALREADY"), 114),
    (q!("EINPROGRESS"), 115),
];

/// The module.
pub const MODULE: ModuleDef = ModuleDef::new("errno", &[]).init(init).extensible();

/// Fills the module: the numbers, and `errorcode`, which has their names.
fn init(vm: &Vm, module: Gc<Module>) -> Res<()> {
    let globals = module.globals;
    let names = Dict::new(vm)?;
    for &(name, number) in NUMBERS {
        globals.store(vm, name, Obj::small_int_wrapping(number))?;
        names.map.store(vm, Obj::small_int_wrapping(number), Obj::qstr(name))?;
    }
    #[cfg(feature = "python")]
    {
        // Of two names for a number, Python's is the other one.
        let number = Obj::small_int_wrapping(95);
        names.map.store(vm, number, vm.new_str(b"ENOTSUP")?)?;
        globals.map.store(vm, vm.new_str(b"ENOTSUP")?, number)?;
    }
    names.fix();
    globals.store(vm, q!("errorcode"), names.obj())
}
