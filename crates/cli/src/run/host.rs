//! The machine that a program runs on, by way of the standard library.

use std::collections::VecDeque;
use std::io::{IsTerminal, Read, Write};
#[cfg(unix)]
use std::os::fd::AsFd;
#[cfg(unix)]
use std::sync::atomic::AtomicBool;
use std::sync::atomic::{AtomicI32, Ordering::Relaxed};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};
use std::{fs, io};

use berus_runtime::errno::{self, Errno};
#[cfg(all(unix, feature = "ffi"))]
use berus_runtime::host::foreign::Foreign;
#[cfg(unix)]
use berus_runtime::host::network::Network;
#[cfg(unix)]
use berus_runtime::host::terminal::Terminals;
use berus_runtime::host::tls::Tls;
use berus_runtime::host::{Executable, Files, Host, LocalTime, MachineCode, Monitor, Process, RawMemory, Threads};
#[cfg(unix)]
use berus_runtime::host::{Polled, Room};
use memmap2::MmapMut;

use super::files::{StdFiles, number};
use super::interrupt::{Interrupt, Waited};
use super::process::StdProcess;
use super::threads;
use super::tls::StdTls;
use super::zone::Zone;
#[cfg(unix)]
use super::{code_room, fifo, poll};

/// The host. Its copies are the same host.
#[derive(Clone)]
pub struct StdHost(Arc<Machine>);

struct Machine {
    start: Instant,
    interrupt: Arc<Interrupt>,
    output: Mutex<Vec<u8>>,
    /// Why output was lost first.
    lost: OnceLock<io::Error>,
    /// Why output was lost when it was last written, as an error number; 0 if it was not.
    fails: AtomicI32,
    /// Whether an interrupt has ended the wait for who reads an output.
    #[cfg(unix)]
    is_stuck: AtomicBool,
    /// Input that was read too early.
    unread: Mutex<VecDeque<u8>>,
    is_terminal: bool,
    files: StdFiles,
    process: StdProcess,
    tls: StdTls,
    zone: Zone,
    rom: Option<&'static [u8]>,
    circuitpython: bool,
}

/// Output is written when there is so much of it.
const BUFFER: usize = 8192;

impl StdHost {
    /// The host, with a ROM image or none; from now on it notes when the keyboard interrupts.
    /// Modules of CircuitPython are loaded with `circuitpython`.
    pub fn new(rom: Option<&'static [u8]>, circuitpython: bool) -> StdHost {
        let output = Mutex::new(Vec::with_capacity(BUFFER));
        let is_terminal = io::stdout().is_terminal();
        let interrupt = Arc::new(Interrupt::new());
        let files = StdFiles::new(Arc::clone(&interrupt));
        let process = StdProcess::new(Arc::clone(&interrupt));
        StdHost(Arc::new(Machine {
            start: Instant::now(),
            interrupt,
            output,
            lost: OnceLock::new(),
            fails: AtomicI32::new(0),
            #[cfg(unix)]
            is_stuck: AtomicBool::new(false),
            unread: Mutex::default(),
            is_terminal,
            files,
            process,
            tls: StdTls::default(),
            zone: Zone::default(),
            rom,
            circuitpython,
        }))
    }

    /// Why output was lost, if it was, and not because nobody reads it any more.
    pub fn complaint(&self) -> Option<&io::Error> {
        self.0.lost.get().filter(|error| error.kind() != io::ErrorKind::BrokenPipe)
    }

    /// Writes what a terminal shall have, which makes `\r\n` of a `\n` itself.
    #[cfg(unix)]
    pub fn write_terminal(&self, out: &mut Vec<u8>) {
        let mut shown = Vec::with_capacity(out.len());
        for line in out.split_inclusive(|byte| *byte == b'\n') {
            match line.strip_suffix(b"\r\n") {
                Some(text) => shown.extend(text.iter().chain(b"\n")),
                None => shown.extend_from_slice(line),
            }
        }
        self.write_stdout(&shown);
        self.flush();
        out.clear();
    }

    /// Gives input back that was read too early: those who read next have it first.
    #[cfg(unix)]
    pub fn unread(&self, bytes: &[u8]) {
        let mut unread = self.unread_input();
        for byte in bytes.iter().rev() {
            unread.push_front(*byte);
        }
    }

    /// Reads a byte that was given back, if there is one.
    #[cfg(unix)]
    pub fn read_again(&self, byte: &mut [u8; 1]) -> bool {
        self.unread_input().pop_front().map(|first| byte[0] = first).is_some()
    }

    /// Writes what was kept of output.
    fn write_out(&self, output: &mut Vec<u8>) {
        // Output is written out before every wait, mostly when there is none.
        if output.is_empty() {
            return;
        }
        let written = self.write_to(&mut io::stdout(), output);
        self.0.fails.store(written.as_ref().map_or_else(|error| number(error).0, |()| 0), Relaxed);
        if let Err(error) = written {
            let _ = self.0.lost.set(error);
        }
        output.clear();
    }

    /// Writes `bytes` to an output of the process. An interrupt ends the wait for a reader that takes nothing; what is left is
    /// discarded, as by a terminal, and what follows as well until the reader takes something again.
    #[cfg(unix)]
    fn write_to(&self, output: &mut (impl Write + AsFd), bytes: &[u8]) -> io::Result<()> {
        if !fifo::waits(&*output) {
            return output.write_all(bytes).and_then(|()| output.flush());
        }
        for piece in bytes.chunks(fifo::ROOM) {
            let file = output.as_fd();
            let must_wait = !fifo::has_room(file);
            let is_given_up = self.0.is_stuck.load(Relaxed);
            let is_stuck = must_wait && (is_given_up || self.0.interrupt.wait_for_room(file) == Waited::Interrupted);
            self.0.is_stuck.store(is_stuck, Relaxed);
            if is_stuck {
                break;
            }
            output.write_all(piece)?;
            output.flush()?;
        }
        Ok(())
    }

    #[cfg(not(unix))]
    fn write_to(&self, output: &mut impl Write, bytes: &[u8]) -> io::Result<()> {
        output.write_all(bytes).and_then(|()| output.flush())
    }

    fn unread_input(&self) -> MutexGuard<'_, VecDeque<u8>> {
        self.0.unread.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn output(&self) -> MutexGuard<'_, Vec<u8>> {
        self.0.output.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Host for StdHost {
    fn write_stdout(&self, mut bytes: &[u8]) {
        let is_line = self.0.is_terminal && bytes.contains(&b'\n');
        let mut output = self.output();
        while output.len() + bytes.len() >= BUFFER {
            let (now, later) = bytes.split_at(BUFFER - output.len());
            output.extend_from_slice(now);
            self.write_out(&mut output);
            bytes = later;
        }
        output.extend_from_slice(bytes);
        if is_line {
            self.write_out(&mut output);
        }
    }

    fn lost_output(&self) -> Option<Errno> {
        let fails = self.0.fails.load(Relaxed);
        (fails != 0).then_some(Errno(fails))
    }

    fn write_stderr(&self, bytes: &[u8]) {
        self.flush();
        let _ = self.write_to(&mut io::stderr(), bytes);
    }

    fn flush(&self) {
        self.write_out(&mut self.output());
    }

    fn read_stdin(&self, buffer: &mut [u8]) -> Result<usize, Errno> {
        self.flush();
        if let Ok(len @ 1..) = self.unread_input().read(buffer) {
            return Ok(len);
        }
        if self.0.interrupt.wait_for_input() == Waited::Interrupted {
            return Err(errno::INTERRUPTED);
        }
        // Without the buffer of the standard library, of which `poll` would not know.
        #[cfg(unix)]
        return rustix::io::read(io::stdin(), buffer).map_err(|errno| Errno(errno.raw_os_error()));
        #[cfg(not(unix))]
        io::stdin().read(buffer).map_err(|error| number(&error))
    }

    fn monotonic(&self) -> Option<Duration> {
        Some(self.0.start.elapsed())
    }

    fn wall_clock(&self) -> Option<Duration> {
        SystemTime::now().duration_since(UNIX_EPOCH).ok()
    }

    fn local_time(&self, seconds: i64) -> LocalTime {
        self.0.zone.local_time(self.0.process.getenv(b"TZ"), seconds)
    }

    fn sleep(&self, time: Duration) {
        self.flush();
        self.0.interrupt.sleep(time);
    }

    fn entropy(&self, buffer: &mut [u8]) -> bool {
        entropy(buffer)
    }

    fn interrupted(&self) -> bool {
        self.0.interrupt.take()
    }

    fn files(&self) -> Option<&dyn Files> {
        Some(&self.0.files)
    }

    #[cfg(unix)]
    fn poll(&self, files: &mut [Polled], timeout: Duration) -> Result<usize, Errno> {
        self.flush();
        let has_input = !self.unread_input().is_empty();
        poll::poll(&self.0.files, files, timeout, has_input)
    }

    fn rom(&self) -> Option<&'static [u8]> {
        self.0.rom
    }

    #[cfg(unix)]
    fn network(&self) -> Option<&dyn Network> {
        Some(&self.0.files)
    }

    fn tls(&self) -> Option<&dyn Tls> {
        Some(&self.0.tls)
    }

    fn process(&self) -> Option<&dyn Process> {
        Some(&self.0.process)
    }

    fn machine_code(&self) -> Option<&dyn MachineCode> {
        Some(self)
    }

    fn raw_memory(&self) -> Option<RawMemory> {
        // SAFETY: whoever runs `berus` trusts the programs that it is given as much as other programs.
        Some(unsafe { RawMemory::grant() })
    }

    #[cfg(all(unix, feature = "ffi"))]
    fn foreign(&self) -> Option<&dyn Foreign> {
        Some(self)
    }

    #[cfg(unix)]
    fn terminals(&self) -> Option<&dyn Terminals> {
        Some(self)
    }

    fn loads_circuitpython(&self) -> bool {
        self.0.circuitpython
    }

    fn threads(&self) -> Option<Box<dyn Threads>> {
        Some(Box::new(self.clone()))
    }
}

/// Fills `buffer` with entropy of the machine; `false` if there is none.
pub fn entropy(buffer: &mut [u8]) -> bool {
    fs::File::open("/dev/urandom").and_then(|mut file| file.read_exact(buffer)).is_ok()
}

// SAFETY: the threads and the monitors are those of the standard library.
unsafe impl Threads for StdHost {
    fn spawn(&self, stack_size: usize, run: Box<dyn FnOnce() + Send>) -> Result<usize, Errno> {
        threads::spawn(stack_size, run).map_err(|error| number(&error))
    }

    fn current(&self) -> usize {
        threads::current()
    }

    fn monitor(&self) -> Box<dyn Monitor> {
        Box::new(threads::StdMonitor::default())
    }
}

// SAFETY: the memory is a mapping of its own, which is written by `fill` and then only executed.
unsafe impl MachineCode for StdHost {
    fn install(&self, len: usize, fill: &mut dyn FnMut(&mut [u8])) -> Option<Executable> {
        let mut memory = MmapMut::map_anon(len).ok()?;
        fill(&mut memory);
        Some(Box::new(memory.make_exec().ok()?))
    }

    #[cfg(unix)]
    fn room(&self, len: usize) -> Option<Room> {
        Some(Box::new(code_room::Mapping::new(len)?))
    }
}
