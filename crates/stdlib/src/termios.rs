//! The module `termios`: how terminals of the host behave (facts: `ports/unix/modtermios.c` of MicroPython).

use berus_runtime::data::bytes::Bytes;
use berus_runtime::errno::{Errno, NO_SYSTEM};
use berus_runtime::host::terminal::{TerminalModes, Terminals};
use berus_runtime::model::error::{Raise, Res};
use berus_runtime::model::layout::{List, Module};
use berus_runtime::model::module_def::ModuleDef;
use berus_runtime::model::object::Gc;
use berus_runtime::model::protocols::Strs;
use berus_runtime::model::vm::Vm;
use berus_runtime::model::word::Obj;
use berus_runtime::ops::convert::Convert;

/// The module.
pub const MODULE: ModuleDef = ModuleDef::new("termios", MEMBERS).init(init);

berus_runtime::members! {
    static MEMBERS = {
        "tcgetattr" => f1(tcgetattr),
        "tcsetattr" => f3(tcsetattr),
        "setraw" => f1(setraw),
    }
}

/// The numbers of speeds and of moments are the host's.
fn init(vm: &Vm, module: Gc<Module>) -> Res<()> {
    let names = vm.host().terminals().map_or(&[][..], Terminals::names);
    names.iter().try_for_each(|&(name, number)| {
        module.globals.store(vm, vm.intern(name.as_bytes())?, Obj::small_int_wrapping(number as isize))
    })
}

fn terminals(vm: &Vm) -> Res<&dyn Terminals> {
    vm.host().terminals().ok_or_else(|| vm.os_error(NO_SYSTEM))
}

fn file(vm: &Vm, object: Obj) -> Res<i32> {
    i32::try_from(vm.int(object)?).map_err(|_| vm.os_error(Errno(9)))
}

/// The modes of a terminal: a list of input, output, control and local modes, both speeds, and a list of control
/// characters, of which those that are counts are ints.
fn tcgetattr(vm: &Vm, number: Obj) -> Res {
    let terminals = terminals(vm)?;
    let modes = terminals.modes(file(vm, number)?).map_err(|errno| vm.os_error(errno))?;
    let answer = List::new(vm, &[])?;
    for bits in modes.bits.into_iter().chain(modes.speeds) {
        answer.append(vm, Obj::small_int_wrapping(bits as isize))?;
    }
    let characters = List::new(vm, &[])?;
    for (index, &character) in modes.characters.iter().enumerate() {
        let is_count = terminals.counts().contains(&index);
        let count = Obj::small_int_wrapping(character.into());
        characters.append(vm, if is_count { count } else { Bytes::new(vm, &[character])?.obj() })?;
    }
    answer.append(vm, characters.obj())?;
    Ok(answer.obj())
}

/// `tcsetattr(file, when, modes)`
fn tcsetattr(vm: &Vm, number: Obj, when: Obj, modes: Obj) -> Res {
    let (terminals, number, when) = (terminals(vm)?, file(vm, number)?, vm.int(when)?);
    let wrong = || vm.type_error(format_args!("argument has wrong type"));
    let list = |object: Obj| object.downcast::<List>().ok_or_else(wrong);
    let modes = list(modes)?;
    let item = |index: usize| modes.get(index).ok_or_else(wrong);
    let bits = |index: usize| Ok(vm.int(item(index)?)? as u32);
    let mut given = TerminalModes {
        bits: [bits(0)?, bits(1)?, bits(2)?, bits(3)?],
        speeds: [bits(4)?, bits(5)?],
        characters: [0; TerminalModes::CHARACTERS],
    };
    let characters = list(item(6)?)?;
    for (index, place) in given.characters.iter_mut().enumerate() {
        let Some(character) = characters.get(index) else { break };
        *place = match vm.as_str_or_bytes(character) {
            Some(text) => text.first().copied().unwrap_or(0),
            None => vm.int(character)? as u8,
        };
    }
    terminals.set_modes(number, when as i32, &given).map_err(|errno| vm.os_error(errno))?;
    Ok(Obj::NONE)
}

/// Has a terminal hand on each byte as it comes, and print each as it is.
fn setraw(vm: &Vm, number: Obj) -> Res {
    terminals(vm)?.set_raw(file(vm, number)?).map_err(|errno| vm.os_error(errno))?;
    Ok(Obj::NONE)
}
