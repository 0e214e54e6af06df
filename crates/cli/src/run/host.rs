//! The machine that a program runs on, by way of the standard library.

use std::fs;
use std::io::{self, BufReader, IsTerminal, Read, Write};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use berus_runtime::errno;
use berus_runtime::host::{Executable, Files, Host, MachineCode, Monitor, Process, Threads};
use memmap2::MmapMut;

use super::files::StdFiles;
use super::process::StdProcess;
use super::threads;

/// The host. Its copies are the same host.
#[derive(Clone)]
pub struct StdHost(Arc<Machine>);

struct Machine {
    start: Instant,
    interrupted: Arc<AtomicBool>,
    output: Mutex<Vec<u8>>,
    is_terminal: bool,
    /// The console's input. Its buffer is this one, since only an empty one is worth waiting for.
    input: Mutex<BufReader<Input>>,
    files: StdFiles,
    process: StdProcess,
}

/// The exit status of a process that Ctrl-C has ended.
const INTERRUPTED: i32 = 130;

/// How long a wait for input lasts before somebody looks whether it is interrupted, in milliseconds.
#[cfg(unix)]
const LOOK: i64 = 50;

/// Output is written when there is so much of it.
const BUFFER: usize = 8192;

/// Standard input, without a buffer where there is a way to do without.
struct Input;

impl Read for Input {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        #[cfg(unix)]
        return Ok(rustix::io::read(io::stdin(), buffer)?);
        #[cfg(not(unix))]
        io::stdin().read(buffer)
    }
}

impl StdHost {
    /// The host; from now on it notes when the keyboard interrupts.
    pub fn new() -> StdHost {
        let interrupted = Arc::new(AtomicBool::new(false));
        // Without a handler Ctrl-C ends the process, which is as good as it gets. It does so, too, if nobody has looked at the one before.
        let _ = signal_hook::flag::register_conditional_shutdown(
            signal_hook::consts::SIGINT,
            INTERRUPTED,
            Arc::clone(&interrupted),
        );
        let _ = signal_hook::flag::register(signal_hook::consts::SIGINT, Arc::clone(&interrupted));
        let output = Mutex::new(Vec::with_capacity(BUFFER));
        let is_terminal = io::stdout().is_terminal();
        let (files, process) = (StdFiles::default(), StdProcess::new());
        let input = Mutex::new(BufReader::new(Input));
        StdHost(Arc::new(Machine { start: Instant::now(), interrupted, output, is_terminal, input, files, process }))
    }

    fn output(&self) -> MutexGuard<'_, Vec<u8>> {
        self.0.output.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits until there is input, or the keyboard interrupts.
    #[cfg(unix)]
    fn wait_for_input(&self) -> Result<(), i32> {
        use rustix::event::{PollFd, PollFlags, Timespec, poll};
        let stdin = io::stdin();
        let mut input = [PollFd::new(&stdin, PollFlags::IN)];
        let time = Timespec { tv_sec: 0, tv_nsec: LOOK * 1_000_000 };
        loop {
            match poll(&mut input, Some(&time)) {
                _ if self.0.interrupted.load(Ordering::Relaxed) => return Err(errno::INTERRUPTED),
                Ok(0) | Err(rustix::io::Errno::INTR) => {}
                // Reading says what is wrong.
                _ => return Ok(()),
            }
        }
    }

    /// Here reading is not interrupted.
    #[cfg(not(unix))]
    fn wait_for_input(&self) -> Result<(), i32> {
        Ok(())
    }
}

impl Host for StdHost {
    fn write_stdout(&self, bytes: &[u8]) {
        let mut output = self.output();
        output.extend_from_slice(bytes);
        if output.len() >= BUFFER || self.0.is_terminal && bytes.contains(&b'\n') {
            drop(output);
            self.flush();
        }
    }

    fn write_stderr(&self, bytes: &[u8]) {
        self.flush();
        let _ = io::stderr().write_all(bytes);
    }

    fn flush(&self) {
        let mut output = self.output();
        // A reader that has gone away is no reason to stop.
        let _ = io::stdout().write_all(&output);
        let _ = io::stdout().flush();
        output.clear();
    }

    fn read_stdin(&self, buffer: &mut [u8]) -> Result<usize, i32> {
        self.flush();
        let mut input = self.0.input.lock().unwrap_or_else(PoisonError::into_inner);
        if input.buffer().is_empty() {
            self.wait_for_input()?;
        }
        input.read(buffer).map_err(|error| number(&error))
    }

    fn monotonic(&self) -> Duration {
        self.0.start.elapsed()
    }

    fn wall_clock(&self) -> Option<Duration> {
        SystemTime::now().duration_since(UNIX_EPOCH).ok()
    }

    fn sleep(&self, time: Duration) {
        self.flush();
        std::thread::sleep(time);
    }

    fn entropy(&self, buffer: &mut [u8]) -> bool {
        fs::File::open("/dev/urandom").and_then(|mut file| file.read_exact(buffer)).is_ok()
    }

    fn interrupted(&self) -> bool {
        self.0.interrupted.swap(false, Ordering::Relaxed)
    }

    fn files(&self) -> Option<&dyn Files> {
        Some(&self.0.files)
    }

    fn process(&self) -> Option<&dyn Process> {
        Some(&self.0.process)
    }

    fn machine_code(&self) -> Option<&dyn MachineCode> {
        Some(self)
    }

    fn threads(&self) -> Option<Arc<dyn Threads>> {
        Some(Arc::new(self.clone()))
    }
}

impl Threads for StdHost {
    fn spawn(&self, stack_size: usize, run: Box<dyn FnOnce() + Send>) -> Result<usize, i32> {
        threads::spawn(stack_size, run).map_err(|error| number(&error))
    }

    fn current(&self) -> usize {
        threads::current()
    }

    fn monitor(&self) -> Box<dyn Monitor> {
        Box::new(threads::StdMonitor::default())
    }
}

impl MachineCode for StdHost {
    fn install(&self, len: usize, fill: &mut dyn FnMut(&mut [u8])) -> Option<Executable> {
        let mut memory = MmapMut::map_anon(len).ok()?;
        fill(&mut memory);
        Some(Box::new(memory.make_exec().ok()?))
    }
}

/// The error number of an error; `EIO` if it has none.
pub fn number(error: &io::Error) -> i32 {
    error.raw_os_error().unwrap_or(5)
}
