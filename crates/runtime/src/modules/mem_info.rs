//! Reports of the memory in use: `micropython.mem_info` and `micropython.qstr_info`.

use crate::heap::{GRANULE, Kind};
use crate::model::error::Res;
use crate::model::events::Poll;
use crate::model::printer::{Printer, Style};
use crate::model::vm::Vm;
use crate::model::word::Obj;
use crate::ops::print::{Print, Stdout};

/// `mem_info([verbose])`.
pub(super) fn mem_info(vm: &Vm, args: &[Obj]) -> Res {
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

/// `qstr_info([verbose])`.
pub(super) fn qstr_info(vm: &Vm, args: &[Obj]) -> Res {
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
