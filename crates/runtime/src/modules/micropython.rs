//! The module `micropython`.

use crate::data::emergency::ReserveEmergency;
use crate::heap::{GRANULE, Kind};
use crate::model::builtin::Builtin;
use crate::model::error::Res;
use crate::model::events::Poll;
use crate::model::layout::{List, Tuple};
use crate::model::module_def::ModuleDef;
use crate::model::printer::{Printer, Style};
use crate::model::protocols::{Ints, Strs};
use crate::model::vm::Vm;
use crate::model::word::Obj;
use crate::obj::ring;
use crate::ops::convert::Convert;
use crate::ops::print::{Print, Stdout};
use crate::text::utf8;

/// The module `micropython` as a definition.
pub const MODULE: ModuleDef = ModuleDef::new("micropython", MEMBERS);

crate::members! {
    /// The members of the module.
    static MEMBERS = in order {
        "const" => f1(constant),
        "opt_level" => var(0, 1, opt_level),
        "mem_total" => f0(mem_total),
        "mem_current" => f0(mem_current),
        "mem_peak" => f0(mem_peak),
        "mem_info" => var(0, 1, mem_info),
        "qstr_info" => var(0, 1, qstr_info),
        "stack_use" => f0(stack_use),
        "heap_lock" => f0(heap_lock),
        "heap_unlock" => f0(heap_unlock),
        "heap_locked" => f0(heap_locked),
        "alloc_emergency_exception_buf" => f1(alloc_emergency_exception_buf),
        "kbd_intr" => value(Obj::from_static(&KBD_INTR)),
        "RingIO" => value(Obj::from_static(&ring::TYPE)),
        "schedule" => f2(schedule),
        "repl_autocomplete" => f1(repl_autocomplete),
    }
}

fn constant(_: &Vm, value: Obj) -> Res {
    Ok(value)
}

fn opt_level(vm: &Vm, args: &[Obj]) -> Res {
    match args {
        [] => Ok(Obj::small_int_wrapping(vm.optimise.get().into())),
        [level, ..] => {
            vm.set_optimisation(vm.int(*level)?.clamp(0, 255) as u8);
            Ok(Obj::NONE)
        }
    }
}

/// Bytes allocated since the start.
fn mem_total(vm: &Vm) -> Res {
    vm.new_uint(vm.heap().allocated_in_all())
}

/// Bytes of blocks, garbage included.
fn mem_current(vm: &Vm) -> Res {
    vm.new_uint(vm.heap().used())
}

/// The most that [`mem_current`] has been.
fn mem_peak(vm: &Vm) -> Res {
    vm.new_uint(vm.heap().peak())
}

fn mem_info(vm: &Vm, args: &[Obj]) -> Res {
    vm.print_memory(&mut Stdout)?;
    if !args.is_empty() {
        print_layout(vm, &mut Stdout)?;
    }
    Ok(Obj::NONE)
}

/// A report of memory in use.
pub trait MemoryReport {
    /// Prints how memory is used, as `micropython.mem_info()` does.
    ///
    /// # Errors
    /// Whatever the printer raises.
    fn print_memory(&self, out: &mut dyn Printer) -> Res<()>;
}

impl MemoryReport for Vm {
    fn print_memory(&self, out: &mut dyn Printer) -> Res<()> {
        let (heap, figures) = (self.heap(), self.heap().figures());
        let (total, used, peak) = (heap.allocated_in_all(), heap.used(), heap.peak());
        self.print_fmt(out, format_args!("mem: total={total}, current={used}, peak={peak}\n"))?;
        self.print_fmt(out, format_args!("stack: {} out of {}\n", self.stack_use(), self.stack_size()))?;
        let (total, free) = (figures.total + figures.obtainable, figures.free + figures.obtainable);
        self.print_fmt(out, format_args!("GC: total: {total}, used: {}, free: {free}\n", figures.used))?;
        self.print_fmt(
            out,
            format_args!(
                " No. of 1-blocks: {}, 2-blocks: {}, max blk sz: {}, max free sz: {}\n",
                figures.of_one,
                figures.of_two,
                figures.largest / GRANULE,
                figures.largest_free / GRANULE,
            ),
        )
    }
}

/// Granules in a line of the picture of the heap.
const LINE: usize = 64;

/// Prints a picture of the heap, a character for each granule: the head of a block that may hold pointers (`h`) or does
/// not (`B`), the rest of a block (`=`), and free memory (`.`).
fn print_layout(vm: &Vm, out: &mut dyn Printer) -> Res<()> {
    let Some(start) = vm.heap().stretches().next().map(|first| first.start) else { return Ok(()) };
    vm.print_fmt(out, format_args!("GC memory layout; from {:x}:", start.addr()))?;
    let (mut line, mut filled, mut free_lines, mut offset) = ([b'.'; LINE], 0, 0, 0);
    let mut flush = |line: &[u8], at: usize, last: bool| {
        if !last && line == [b'.'; LINE] {
            free_lines += 1;
            return Ok(());
        }
        if free_lines > 0 {
            vm.print_fmt(out, format_args!("\n       ({free_lines} lines all free)"))?;
            free_lines = 0;
        }
        vm.work(LINE)?;
        vm.print_fmt(out, format_args!("\n{at:08x}: "))?;
        out.write(vm, line)
    };
    for stretch in vm.heap().stretches() {
        let (head, rest) = match stretch.kind {
            Some(Kind::Scan) => (b'h', b'='),
            Some(Kind::NoScan) => (b'B', b'='),
            None => (b'.', b'.'),
        };
        for granule in 0..stretch.bytes / GRANULE {
            line[filled] = if granule == 0 { head } else { rest };
            filled += 1;
            if filled == LINE {
                flush(&line, offset, false)?;
                offset += LINE * GRANULE;
                filled = 0;
            }
        }
    }
    flush(&line[..filled], offset, true)?;
    out.write(vm, b"\n")
}

fn qstr_info(vm: &Vm, args: &[Obj]) -> Res {
    let out = &mut Stdout;
    let (names, bytes, total) = vm.qstrs.figures();
    let pools = usize::from(names > 0);
    vm.print_fmt(
        out,
        format_args!("qstr pool: n_pool={pools}, n_qstr={names}, n_str_data_bytes={bytes}, n_total_bytes={total}\n"),
    )?;
    if !args.is_empty() {
        for name in vm.qstrs.interned() {
            out.write(vm, b"Q(")?;
            vm.print(out, Obj::qstr(name), Style::Str)?;
            out.write(vm, b")\n")?;
        }
    }
    Ok(Obj::NONE)
}

/// Bytes of the machine stack in use.
fn stack_use(vm: &Vm) -> Res {
    vm.new_uint(vm.stack_use())
}

fn heap_lock(vm: &Vm) -> Res {
    vm.heap().lock();
    Ok(Obj::NONE)
}

fn heap_unlock(vm: &Vm) -> Res {
    vm.heap().unlock();
    heap_locked(vm)
}

fn heap_locked(vm: &Vm) -> Res {
    Ok(Obj::small_int_wrapping(vm.heap().lock_depth() as isize))
}

/// Reserves memory for exceptions that are raised while no other memory is free.
fn alloc_emergency_exception_buf(vm: &Vm, bytes: Obj) -> Res {
    vm.reserve_emergency(usize::try_from(vm.int(bytes)?).unwrap_or(0))?;
    Ok(Obj::NONE)
}

/// `repl_autocomplete(line)`: how many characters of a line's end are a word that is being typed, and the words that it
/// may become, as the prompt would have them; none where there is no prompt that knows.
fn repl_autocomplete(vm: &Vm, line: Obj) -> Res {
    let (line, words) = (vm.str_or_bytes(line)?, List::new(vm, &[])?);
    let (mut added, mut typed) = (Ok(()), 0);
    if let Some(editor) = &vm.line_editor {
        typed = editor.complete(vm, line, &mut |word| {
            if added.is_ok() {
                added = vm.new_str_checked(word).and_then(|word| words.append(vm, word));
            }
        })?;
    }
    added?;
    let typed = utf8::count(&line[line.len() - typed.min(line.len())..]);
    Ok(Tuple::new(vm, &[vm.new_uint(typed)?, words.obj()])?.obj())
}

/// Which character of the console interrupts; none if it is negative.
fn kbd_intr(vm: &Vm, character: Obj) -> Res {
    vm.host().set_interrupt_byte(u8::try_from(vm.int(character)?).ok());
    Ok(Obj::NONE)
}

/// Calls `function` with `arg` soon, between two instructions. For the function `kbd_intr`, `KeyboardInterrupt` is
/// raised then instead.
fn schedule(vm: &Vm, function: Obj, arg: Obj) -> Res {
    if function == Obj::from_static(&KBD_INTR) {
        vm.schedule_interrupt();
    } else {
        vm.schedule(function, arg)?;
    }
    Ok(Obj::NONE)
}

static KBD_INTR: Builtin = Builtin::f1(kbd_intr);
