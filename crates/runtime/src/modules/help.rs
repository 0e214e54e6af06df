//! The built-in function `help`.

use alloc::borrow::ToOwned;
use alloc::string::String;
use alloc::vec::Vec;

use crate::import::registry::Register;
use crate::model::error::Res;
use crate::model::layout::{Map, Module};
use crate::model::printer::{Printer, Style};
use crate::model::protocols::{Classes, Strs};
use crate::model::types::{Locals, Type};
use crate::model::vm::Vm;
use crate::model::word::Obj;
use crate::obj::class_body::complete;
use crate::ops::print::{Print, Stdout};

/// The text that is printed without an object to explain.
const GENERAL: &str = "Welcome to Berus, MicroPython in Rust!

The language and its libraries are those of http://docs.micropython.org/

Control commands:
  CTRL-A        -- on a blank line, enter raw REPL mode
  CTRL-B        -- on a blank line, enter normal REPL mode
  CTRL-C        -- interrupt a running program
  CTRL-D        -- on a blank line, exit or do a soft reset
  CTRL-E        -- on a blank line, enter paste mode

For further help on a specific object, type help(obj)
";

/// How many columns the list of modules has, and how many characters wide a column is.
const COLUMNS: usize = 4;
const WIDTH: usize = 18;

pub(super) fn help(vm: &Vm, args: &[Obj]) -> Res {
    match args.first() {
        None => vm.print_fmt(&mut Stdout, format_args!("{GENERAL}"))?,
        Some(topic) if vm.as_str(*topic) == Some(b"modules") => print_modules(vm)?,
        Some(object) => explain(vm, *object)?,
    }
    Ok(Obj::NONE)
}

/// Prints what an object is, and the members of its type or, for a type or module, the object's own members.
fn explain(vm: &Vm, object: Obj) -> Res<()> {
    let out = &mut Stdout;
    out.write(vm, b"object ")?;
    vm.print(out, object, Style::Str)?;
    vm.print_fmt(out, format_args!(" is of type {}\n", vm.type_name(object)))?;
    if let Some(module) = object.downcast::<Module>() {
        return explain_map(vm, &module.globals.map);
    }
    let ty = object.downcast::<Type>().unwrap_or_else(|| vm.type_of(object));
    complete(vm, ty)?;
    match ty.locals() {
        Locals::Static(members) => {
            members.iter().try_for_each(|member| entry(vm, Obj::qstr(member.name.intern(vm)?), member.value))
        }
        Locals::Dict(dict) => explain_map(vm, &dict.map),
    }
}

fn explain_map(vm: &Vm, map: &Map) -> Res<()> {
    let mut at = 0;
    while let Some((found, key, value)) = map.entry_from(at) {
        entry(vm, key, value.unwrap_or(Obj::NONE))?;
        at = found + 1;
    }
    Ok(())
}

fn entry(vm: &Vm, name: Obj, value: Obj) -> Res<()> {
    let out = &mut Stdout;
    out.write(vm, b"  ")?;
    vm.print(out, name, Style::Str)?;
    out.write(vm, b" -- ")?;
    vm.print(out, value, Style::Str)?;
    out.write(vm, b"\n")
}

/// Prints the names of all built-in and frozen modules, in columns that are read downwards. There are as many as the host
/// has, which no program can change.
fn print_modules(vm: &Vm) -> Res<()> {
    let mut names: Vec<String> = vm.registered().map(|module| module.name().to_owned()).collect();
    for modules in &vm.frozen {
        modules.for_each_path(&mut |path| {
            let name = path.strip_suffix(".mpy").or_else(|| path.strip_suffix(".py"));
            names.extend(name.map(str::to_owned));
        });
    }
    names.sort_unstable();
    names.dedup();
    let rows = names.len().div_ceil(COLUMNS);
    for row in 0..rows {
        let line = || names.iter().skip(row).step_by(rows);
        let last = line().count().saturating_sub(1);
        for (column, name) in line().enumerate() {
            let width = if column < last { WIDTH } else { 0 };
            vm.print_fmt(&mut Stdout, format_args!("{name:width$}"))?;
        }
        Stdout.write(vm, b"\n")?;
    }
    vm.print_fmt(&mut Stdout, format_args!("Plus any modules on the filesystem\n"))
}
