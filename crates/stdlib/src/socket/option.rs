//! Options of sockets.

use berus_runtime::data::bytes::Bytes;
use berus_runtime::errno::INVALID;
use berus_runtime::model::buffer::Access;
use berus_runtime::model::error::{Raise, Res};
use berus_runtime::model::protocols::Ints;
use berus_runtime::model::vm::Vm;
use berus_runtime::model::word::Obj;
use berus_runtime::ops::arithmetic::Arithmetic;
use berus_runtime::ops::buffer::Buffers;
use berus_runtime::ops::convert::Convert;

use super::object::of;
use super::wait::network;

/// The longest option that can be asked for, in bytes.
const MOST: usize = 256;

/// `setsockopt(level, option, value)`, where the value is a number or the bytes of what C code would hand over.
pub fn set(vm: &Vm, args: &[Obj]) -> Res {
    let socket = of(vm, args[0])?;
    let (level, option) = (vm.int(args[1])? as i32, vm.int(args[2])? as i32);
    let number;
    let value = if vm.is_int(args[3]) {
        number = (vm.int_truncated(args[3])? as i32).to_ne_bytes();
        &number[..]
    } else {
        vm.buffer(args[3], Access::Read)?.bytes()
    };
    let set = network(vm).and_then(|network| network.set_option(socket.number(), level, option, value));
    set.map(|()| Obj::NONE).map_err(|errno| vm.os_error(errno))
}

/// `getsockopt(level, option[, size])`: a number, or the bytes of an option that has up to `size` of them.
pub fn get(vm: &Vm, args: &[Obj]) -> Res {
    let socket = of(vm, args[0])?;
    let (level, option) = (vm.int(args[1])? as i32, vm.int(args[2])? as i32);
    let read = |value: &mut [u8]| {
        let len = network(vm).and_then(|network| network.option(socket.number(), level, option, value));
        len.map_err(|errno| vm.os_error(errno))
    };
    let Some(&size) = args.get(3) else {
        let mut number = [0; 4];
        read(&mut number)?;
        return vm.new_int(i32::from_ne_bytes(number) as isize);
    };
    let size = usize::try_from(vm.int(size)?).ok().filter(|size| *size <= MOST);
    let mut value = [0; MOST];
    let value = &mut value[..size.ok_or_else(|| vm.os_error(INVALID))?];
    let len = read(value)?;
    Ok(Bytes::new(vm, &value[..len])?.obj())
}
