//! Machine code for bytecode that runs often: whether the interpreter has a translator, and what that reports.

use berus_runtime::model::vm::Vm;

use super::options::Jit;
#[cfg(all(target_arch = "x86_64", target_os = "linux"))]
use super::options::JitWhen;

/// Gives the interpreter the translator that the options ask for.
#[cfg(all(target_arch = "x86_64", target_os = "linux"))]
pub fn set(vm: &mut Vm, options: Jit) {
    use berus_jit::When;
    use berus_runtime::interpret::tier::Tiers;

    let when = match options.when {
        None => return,
        Some(JitWhen::Often) => When::Often,
        Some(JitWhen::Later) => When::Later,
        Some(JitWhen::First) => When::First,
    };
    let translator = berus_jit::Jit::new(when, options.dump.then_some(dump as berus_jit::Report));
    vm.set_translator(Box::new(translator), when);
}

/// Prints where machine code was left, if the options ask for that.
#[cfg(all(target_arch = "x86_64", target_os = "linux"))]
pub fn tell(vm: &Vm) {
    use berus_runtime::interpret::tier::Tiers;

    if let Some(translator) = vm.translator() {
        translator.tell();
    }
}

/// There is no translator for this machine.
#[cfg(not(all(target_arch = "x86_64", target_os = "linux")))]
pub fn tell(_: &Vm) {}

/// There is no translator for this machine.
#[cfg(not(all(target_arch = "x86_64", target_os = "linux")))]
pub fn set(_: &mut Vm, _: Jit) {}

/// Prints a region, or where and why machine code was left.
#[cfg(all(target_arch = "x86_64", target_os = "linux"))]
fn dump(event: &berus_jit::Event<'_>) {
    match event {
        berus_jit::Event::Translated(region) => dump_region(region),
        berus_jit::Event::Left(left) => dump_exit(left),
    }
}

#[cfg(all(target_arch = "x86_64", target_os = "linux"))]
fn dump_exit(left: &berus_jit::Left<'_>) {
    use berus_jit::Why;
    use berus_mpy::opcode::Op;

    let op = Op::from_byte(left.opcode).map_or("?", Op::name);
    let why = match left.why {
        Why::Unknown => "a type was not known",
        Why::Other => "a guess did not hold",
        Why::Interpreter => "the interpreter does this",
        Why::Events => "time to look at events",
    };
    let then = if left.goes_on { ", until machine code was made for it" } else { "" };
    let (function, line, times) = (left.function.escape_ascii(), left.line, left.times);
    eprintln!("{function}, line {line}: left {times} times at {op}: {why}{then}");
}

/// Prints a region: each instruction of the bytecode with its machine code.
#[cfg(all(target_arch = "x86_64", target_os = "linux"))]
fn dump_region(region: &berus_jit::Translated<'_>) {
    use berus_mpy::bytecode::Instruction;

    let function = region.function.escape_ascii();
    let how = if region.goes_on { ", which goes on at an exit" } else { "" };
    eprintln!("{function}, line {}: {} bytes of machine code{how}", region.line, region.code.len());
    let ends = region.stretches.iter().skip(1).map(|stretch| stretch.0).chain([region.code.len()]);
    for (&(begin, offset), end) in region.stretches.iter().zip(ends) {
        match Instruction::decode(region.bytecode, offset) {
            _ if offset == usize::MAX => eprintln!("  exits"),
            Ok(instruction) => eprintln!("  {offset:4} {} {}", instruction.op.name(), instruction.arg),
            Err(_) => eprintln!("  {offset:4}"),
        }
        if let Some(code) = region.code.get(begin..end) {
            disassemble(code, (region.address + begin) as u64);
        }
    }
}

#[cfg(all(target_arch = "x86_64", target_os = "linux", feature = "machine-code"))]
fn disassemble(code: &[u8], address: u64) {
    use iced_x86::{Decoder, DecoderOptions, Formatter, IntelFormatter};

    let mut formatter = IntelFormatter::new();
    let mut text = String::new();
    for instruction in Decoder::with_ip(64, code, address, DecoderOptions::NONE) {
        text.clear();
        formatter.format(&instruction, &mut text);
        eprintln!("         {:x} {text}", instruction.ip());
    }
}

#[cfg(all(target_arch = "x86_64", target_os = "linux", not(feature = "machine-code")))]
fn disassemble(code: &[u8], _: u64) {
    eprintln!("         {code:02x?}");
}
