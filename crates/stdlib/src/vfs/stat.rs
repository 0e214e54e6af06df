//! What file systems answer in tuples.

use berus_runtime::data::bytes::Bytes;
use berus_runtime::host::Stat;
use berus_runtime::model::error::Res;
use berus_runtime::model::layout::{List, Tuple};
use berus_runtime::model::protocols::{Ints, Strs};
use berus_runtime::model::vm::Vm;
use berus_runtime::model::word::Obj;

/// A tuple of ten numbers.
pub fn numbers(vm: &Vm, numbers: [u64; 10]) -> Res {
    let all = List::new(vm, &[])?;
    for number in numbers {
        all.append(vm, vm.new_u64(number)?)?;
    }
    Ok(Tuple::of_list(vm, &all)?.obj())
}

/// What `stat` answers of a file or folder, of which one time is known, in seconds.
pub fn stat(vm: &Vm, is_folder: bool, size: u64, time: u64) -> Res {
    let mode = if is_folder { Stat::FOLDER } else { Stat::FILE };
    numbers(vm, [mode.into(), 0, 0, 0, 0, 0, size, time, time, time])
}

/// An entry of a folder, as `ilistdir` gives it: the name as bytes if the path was given so.
pub fn entry(vm: &Vm, as_bytes: bool, name: &[u8], is_folder: bool, size: u64) -> Res {
    let name = if as_bytes { Bytes::new(vm, name)?.obj() } else { vm.new_str_checked(name)? };
    let kind = if is_folder { Stat::FOLDER } else { Stat::FILE };
    let kind = Obj::small_int_wrapping(kind as isize);
    Ok(Tuple::new(vm, &[name, kind, Obj::small_int_wrapping(0), vm.new_u64(size)?])?.obj())
}
