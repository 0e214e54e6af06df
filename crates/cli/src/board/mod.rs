//! `berus board`: a board on this machine, with a console at the other end of a cable and flash of its own.
//!
//! What a program on it sees of the machine is what [`BoardHost`] grants: its console, its flash, a clock,
//! and a folder if one was named. It has no other files, processes, machine code or addresses.

mod flash;
mod host;
mod kind;
mod line;
mod wire;

use std::fmt::Display;
use std::io::{self, Write};
use std::path::PathBuf;
use std::sync::Arc;

use berus::{Files, Folder};
use berus_runtime::heap::{GlobalRegions, Heap};
use berus_runtime::import::frozen::Freeze;
use berus_runtime::import::registry::Register;
use berus_runtime::model::error::Res;
use berus_runtime::model::vm::{Limits, Vm};
use berus_runtime::services::end::End;
use berus_stdlib::vfs::{mount_board, mount_posix_at};
use berus_terminal::{BoardLines, Ending, Prompt, Python};
use clap::{Args as ClapArgs, ValueEnum};

use crate::input::displayed;
use crate::output::{Output, Status, describe};
use flash::{Partition, Rom};
use host::{BoardHost, Parts};
use kind::{Kind, parse_size};
use line::Line;

/// A board on this machine: a console for mpremote and its like, with flash of its own
#[derive(ClapArgs)]
#[command(after_help = HELP)]
pub struct Args {
    /// Wait for connections here, instead of opening a pseudo-terminal
    #[arg(long, value_name = "ADDRESS:PORT")]
    listen: Option<String>,
    /// Keep the board's files in this image, which is made if it is not there; in memory without it
    #[arg(long, value_name = "FILE")]
    flash: Option<PathBuf>,
    /// Bytes of the flash, as in 1408K or 2M
    #[arg(long, value_name = "BYTES", value_parser = parse_size)]
    size: Option<usize>,
    /// Keep a partition for ROM images in this file; may be given more than once
    #[arg(long, value_name = "FILE")]
    rom: Vec<PathBuf>,
    /// Bytes of a partition for ROM images, 0 for none
    #[arg(long, value_name = "BYTES", value_parser = parse_size)]
    rom_size: Option<usize>,
    /// Bytes of memory for Python objects
    #[arg(long, value_name = "BYTES", value_parser = parse_size)]
    heap: Option<usize>,
    /// The board whose memory and flash this one has
    #[arg(long, value_enum, default_value_t = Kind::Berus)]
    like: Kind,
    /// Let programs use the files in this folder of the machine, in /share
    #[arg(long, value_name = "FOLDER")]
    share: Option<PathBuf>,
}

const HELP: &str = "\
The place to connect to is printed first: `mpremote connect /dev/pts/3`, `mpremote connect socket://127.0.0.1:2000`. The \
board runs until it is ended from here. What its programs have written to files and closed is in the image then, \
however it is ended.

Programs see the board's flash and nothing of this machine but what --share names.";

/// Machine stack that built-ins may use, and what is kept for the calls around and below them.
const STACK: usize = 1 << 20;
const STACK_LEFT: usize = 1 << 20;
/// Words of the value stack.
const VALUE_STACK: usize = 1 << 14;
/// Inputs that the prompt remembers.
const HISTORY: usize = 100;
/// Bytes of a window of raw paste.
const WINDOW: u16 = 4096;

/// Runs a board until the process is ended.
///
/// # Errors
/// If writing to standard output fails.
pub fn run(args: &Args, output: &mut Output) -> io::Result<()> {
    let board = match open(args) {
        Ok(board) => board,
        Err((what, why)) => {
            output.complain(Status::Unusable, &what, &why);
            return Ok(());
        }
    };
    writeln!(output, "{}", board.line.address())?;
    output.flush()?;
    let thread = std::thread::Builder::new().stack_size(STACK + STACK_LEFT).spawn(move || board.run())?;
    match thread.join() {
        Ok(message) => output.complain(Status::Unusable, "board", &message),
        Err(_) => output.complain(Status::Unusable, "board", &"it has stopped"),
    }
    Ok(())
}

/// A board that is ready to run.
struct Board {
    line: Arc<Line>,
    host: BoardHost,
    heap: usize,
    is_shared: bool,
}

fn open(args: &Args) -> Result<Board, (String, String)> {
    fn failed<T, E: Display>(what: &str, result: Result<T, E>) -> Result<T, (String, String)> {
        result.map_err(|error| (what.to_owned(), error.to_string()))
    }
    fn io_failed<T>(what: &str, result: io::Result<T>) -> Result<T, (String, String)> {
        result.map_err(|error| (what.to_owned(), describe(&error)))
    }
    let plan = args.like.plan();
    let partition = |path: Option<&PathBuf>, size: Option<usize>, usual: usize| {
        let name = path.map_or_else(|| "flash".to_owned(), |path| displayed(path));
        failed(&name, Partition::open(path.map(PathBuf::as_path), size, usual, plan.block_size))
    };
    let flash = partition(args.flash.as_ref(), args.size, plan.flash)?;
    let mut roms = Vec::new();
    for path in &args.rom {
        roms.push(Rom::new(partition(Some(path), args.rom_size, plan.rom.max(plan.block_size))?));
    }
    let rom_size = args.rom_size.unwrap_or(plan.rom);
    if roms.is_empty() && rom_size > 0 {
        roms.push(Rom::new(partition(None, Some(rom_size), rom_size)?));
    }
    let files = match &args.share {
        Some(folder) => {
            Some(Files::from(io_failed(&displayed(folder), Folder::open(folder))?.writable(u64::MAX)).into_host())
        }
        None => None,
    };
    let line = match &args.listen {
        Some(address) => io_failed(address, Line::listen(address))?,
        None => io_failed("pseudo-terminal", Line::pseudo_terminal())?,
    };
    let (line, is_shared) = (Arc::new(line), files.is_some());
    let host = BoardHost::new(Parts { line: Arc::clone(&line), flash, roms, files });
    Ok(Board { line, host, heap: args.heap.unwrap_or(plan.heap), is_shared })
}

impl Board {
    /// Runs one interpreter after another: why none can be made any more.
    fn run(self) -> String {
        let reader = Arc::clone(&self.line);
        std::thread::spawn(move || reader.read());
        loop {
            let mut prompt = self.new_prompt();
            while self.live(&mut prompt) == Some(Ending::SoftReset) {}
            if !self.host.take_reset() {
                return "the heap is too small".to_owned();
            }
        }
    }

    /// The prompt of a board that has just got power.
    fn new_prompt(&self) -> Prompt {
        let mut prompt = Prompt::new(HISTORY, self.heap);
        prompt.set_window(WINDOW);
        prompt
    }

    /// The life of one interpreter; `None` if there is no memory for one.
    fn live(&self, prompt: &mut Prompt) -> Option<Ending> {
        let heap = Heap::growing(&GlobalRegions, self.heap);
        let limits = Limits { value_stack: VALUE_STACK, frame_stack: VALUE_STACK, machine_stack: STACK };
        // SAFETY: the board keeps the contract of raw words.
        let mut vm = unsafe { Vm::new(heap, Box::new(self.host.clone()), limits) }?;
        vm.register(berus_stdlib::MODULES);
        vm.freeze(&berus_stdlib::FROZEN);
        vm.set_line_editor(Box::new(BoardLines::new()));
        let ending = vm.enter(|vm| {
            if let Err(raised) = self.mount(vm) {
                // A board without files has a prompt all the same.
                vm.report(raised);
            }
            Python(vm).live(prompt)
        });
        Some(if ending == Ending::Abort && !self.host.is_reset() { Ending::SoftReset } else { ending })
    }

    fn mount(&self, vm: &Vm) -> Res<()> {
        let mounted = mount_board(vm);
        if self.is_shared {
            mount_posix_at(vm, b"/share")?;
        }
        mounted
    }
}

impl ValueEnum for Kind {
    fn value_variants<'a>() -> &'a [Kind] {
        Kind::ALL
    }

    fn to_possible_value(&self) -> Option<clap::builder::PossibleValue> {
        let plan = self.plan();
        Some(clap::builder::PossibleValue::new(plan.name).help(plan.help))
    }
}
