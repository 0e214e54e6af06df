//! The outside world: the one trait that a port implements.

#[cfg(feature = "foreign")]
pub mod foreign;
#[cfg(feature = "float")]
pub mod math;
#[cfg(feature = "network")]
pub mod network;
#[cfg(feature = "terminals")]
pub mod terminal;
#[cfg(feature = "network")]
pub mod tls;

mod hardware;
pub mod pio;

use alloc::boxed::Box;
use alloc::vec::Vec;
use core::time::Duration;

use berus_mpy::arch::Arch;

pub use self::hardware::{Connection, Edges, Hardware, I2cBus, PinMode, Pull, Pulses, ResetCause, SerialLine, SpiBus};
use crate::errno::{Errno, READ_ONLY, UNSUPPORTED};

/// What an interpreter needs from the machine that it runs on. Everything has a default that refuses or does
/// nothing, so that a sandbox implements just what it grants.
pub trait Host {
    /// Writes all of `bytes` to the console's output. Where that waits for who reads, an interrupt ends the wait, and what
    /// was not written is lost.
    fn write_stdout(&self, bytes: &[u8]);

    /// Why the console's output was lost when it was last written, where that is no passing matter: nobody reads the output
    /// any more, or a disk is full. Who prints is told, so that a program that prints for ever ends.
    fn lost_output(&self) -> Option<Errno> {
        None
    }

    /// What the machine is called.
    fn identity(&self) -> &'static Identity {
        &Identity::BUILT_FOR
    }

    /// Writes all of `bytes` to the console's error output.
    fn write_stderr(&self, bytes: &[u8]) {
        self.write_stdout(bytes);
    }

    /// Writes all of `bytes` to the console's output as they are, where [`write_stdout`](Host::write_stdout) makes lines
    /// of text of them, which end with `\r\n` on the terminal of a board.
    fn write_stdout_bytes(&self, bytes: &[u8]) {
        self.write_stdout(bytes);
    }

    /// Writes the output that the host has kept back so far.
    fn flush(&self) {}

    /// Reads from the console into `buffer`: how many bytes came, 0 at the end of input, or an error number.
    ///
    /// # Errors
    /// An error number; `EINTR` if pending events must be looked at, after which the interpreter asks again.
    fn read_stdin(&self, buffer: &mut [u8]) -> Result<usize, Errno> {
        let _ = buffer;
        Ok(0)
    }

    /// Time since some fixed moment, never going back; `None` if the host has no clock. Without one programs cannot
    /// sleep, nor can their time be limited.
    fn monotonic(&self) -> Option<Duration> {
        None
    }

    /// Time since the start of 1970 in Greenwich; `None` if the host has no such clock.
    fn wall_clock(&self) -> Option<Duration> {
        None
    }

    /// How local time differs from that of Greenwich at the moment `seconds` after the start of 1970. A host without a
    /// time zone has the time of Greenwich.
    fn local_time(&self, seconds: i64) -> LocalTime {
        let _ = seconds;
        LocalTime::default()
    }

    /// Waits for `time`, or less if pending events must be looked at.
    fn sleep(&self, time: Duration) {
        let _ = time;
    }

    /// Fills `buffer` with entropy; `false` if there is none.
    fn entropy(&self, buffer: &mut [u8]) -> bool {
        let _ = buffer;
        false
    }

    /// Whether a pending event (an interrupt from the keyboard, say) must be looked at. The answer has to be cheap,
    /// since the interpreter asks often.
    fn interrupted(&self) -> bool {
        false
    }

    /// Has the console's input interrupt when `byte` comes, which nobody then reads, or let all bytes be read. A host
    /// whose keyboard interrupts by other means need not know.
    fn set_interrupt_byte(&self, byte: Option<u8>) {
        let _ = byte;
    }

    /// The files that programs may see, if any.
    fn files(&self) -> Option<&dyn Files> {
        None
    }

    /// Waits until one of the open files `files`, among which the console may be, is ready for what is wanted of it, no
    /// longer than `timeout`; notes in each what it is ready for, and answers how many are ready for something.
    ///
    /// A host that cannot tell says that all files are ready, as files on a disk are.
    ///
    /// # Errors
    /// An error number.
    fn poll(&self, files: &mut [Polled], timeout: Duration) -> Result<usize, Errno> {
        if files.is_empty() {
            self.sleep(timeout);
        }
        for file in &mut *files {
            file.ready = file.wanted & (Events::READ | Events::WRITE);
        }
        Ok(files.iter().filter(|file| !file.ready.is_empty()).count())
    }

    /// A ROM image in memory that never changes, flash or what an embedder lends for good: see `mount_rom` of the
    /// library. A board's is what its first partition for ROM images holds.
    fn rom(&self) -> Option<&'static [u8]> {
        self.board()?.rom(0)?.memory()
    }

    /// What is a board's, if the machine is one.
    fn board(&self) -> Option<&dyn Board> {
        None
    }

    /// The network, as far as programs may reach it: all of it, or [some addresses](network::Restricted).
    #[cfg(feature = "network")]
    fn network(&self) -> Option<&dyn network::Network> {
        None
    }

    /// What makes connections safe, for programs that speak to others. It reaches nobody by itself.
    #[cfg(feature = "network")]
    fn tls(&self) -> Option<&dyn tls::Tls> {
        None
    }

    /// The process, as far as programs may reach it.
    fn process(&self) -> Option<&dyn Process> {
        None
    }

    /// Memory for machine code, where modules may bring some. To grant it is to trust every module that programs can
    /// load as much as the host itself: machine code can do whatever the process can.
    fn machine_code(&self) -> Option<&dyn MachineCode> {
        None
    }

    /// All memory, if programs may read and write it by its address. To grant it is to trust every program as much as
    /// the host itself: nothing is checked about addresses, and whatever the process can do can be done by writing to its
    /// memory.
    fn raw_memory(&self) -> Option<RawMemory> {
        None
    }

    /// The libraries of the system, if programs may call their functions: see [`Foreign`](foreign::Foreign).
    #[cfg(feature = "foreign")]
    fn foreign(&self) -> Option<&dyn foreign::Foreign> {
        None
    }

    /// The terminals, if programs may change how they behave.
    #[cfg(feature = "terminals")]
    fn terminals(&self) -> Option<&dyn terminal::Terminals> {
        None
    }

    /// Whether modules of CircuitPython may be loaded, too, as far as they are bytecode.
    #[cfg(feature = "python")]
    fn loads_circuitpython(&self) -> bool {
        false
    }

    /// This host as one with threads; `None` if programs may not start any. A new interpreter asks once, and then uses
    /// the answer in place of this host.
    #[cfg(feature = "threads")]
    fn threads(&self) -> Option<Box<dyn Threads>> {
        None
    }
}

/// What a machine is called.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Identity {
    /// The kind of system or processor, as `sys.platform` has it: `rp2`, `linux`.
    pub platform: &'static str,
    /// The machine, as `sys.implementation._machine` has it.
    pub machine: &'static str,
    /// The firmware, as `sys.implementation._build` has it: the board's name.
    pub build: &'static str,
}

impl Identity {
    /// What hosts have that say nothing: the names of the system that Berus was built for. Libraries look for the word
    /// `linux` in the machine's.
    const BUILT_FOR: Identity = Identity {
        platform: "linux",
        machine: if cfg!(target_os = "linux") {
            concat!("linux [Berus ", env!("CARGO_PKG_VERSION"), "] version")
        } else {
            concat!("Berus ", env!("CARGO_PKG_VERSION"))
        },
        build: "berus",
    };
}

/// What a board has besides a console: flash, a clock that can be set, ways to start anew.
pub trait Board {
    /// Starts the board anew, as its button does; where that takes until the program has ended, it is noted, and the
    /// program is ended by whoever asked.
    fn reset(&self, how: Reset);

    /// Sets the clock to the time `since_1970`.
    ///
    /// # Errors
    /// An error number.
    fn set_wall_clock(&self, since_1970: Duration) -> Result<(), Errno> {
        let _ = since_1970;
        Err(UNSUPPORTED)
    }

    /// Pins, buses and timers that programs reach.
    fn hardware(&self) -> Option<&dyn Hardware> {
        None
    }

    /// The flash that files of programs are kept in.
    fn flash(&self) -> Option<&dyn Flash> {
        None
    }

    /// The partition `number` of those for ROM images.
    fn rom(&self, number: usize) -> Option<&dyn Flash> {
        let _ = number;
        None
    }
}

/// How a board starts anew.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reset {
    /// As after power has come.
    Hard,
    /// To wait for another firmware.
    Bootloader,
}

/// Flash memory, or a partition of it: blocks that are erased whole, and written to where they are erased. Offsets are
/// bytes from its beginning; who calls keeps within it. Errors are error numbers.
pub trait Flash {
    /// Bytes of a block.
    fn block_size(&self) -> usize;

    /// How many blocks there are.
    fn block_count(&self) -> usize;

    /// Reads bytes.
    ///
    /// # Errors
    /// An error number.
    fn read(&self, offset: usize, bytes: &mut [u8]) -> Result<(), Errno>;

    /// Writes bytes.
    ///
    /// # Errors
    /// An error number.
    fn write(&self, offset: usize, bytes: &[u8]) -> Result<(), Errno>;

    /// Erases a block.
    ///
    /// # Errors
    /// An error number.
    fn erase(&self, block: usize) -> Result<(), Errno>;

    /// Returns when all that was written outlives the loss of power.
    ///
    /// # Errors
    /// An error number.
    fn sync(&self) -> Result<(), Errno> {
        Ok(())
    }

    /// All of its bytes, if they can be had as memory. These never change: what is written to the partition is in what
    /// is answered the next time, elsewhere, or refused while programs may run from there.
    fn memory(&self) -> Option<&'static [u8]> {
        None
    }
}

/// How local time differs from that of Greenwich.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct LocalTime {
    /// By how many seconds local time is ahead.
    pub offset: i32,
    /// Whether it is daylight saving time.
    pub is_dst: bool,
}

/// A host that grants nothing, and whose console nobody sees: for programs of which only the results count, and for
/// tests.
///
/// ```
/// use berus_runtime::heap::{GlobalRegions, Heap};
/// use berus_runtime::host::Silent;
/// use berus_runtime::model::vm::{Limits, Vm};
///
/// // SAFETY: nothing is done with the interpreter.
/// let vm = unsafe { Vm::new(Heap::growing(&GlobalRegions, 1 << 20), Box::new(Silent), Limits::default()) };
/// assert!(vm.is_some());
/// ```
#[derive(Clone, Copy, Debug, Default)]
pub struct Silent;

impl Host for Silent {
    fn write_stdout(&self, _: &[u8]) {}
}

/// All memory of the process or machine, to read and to write by its address.
#[derive(Clone, Copy, Debug)]
pub struct RawMemory(());

impl RawMemory {
    /// The grant of all memory, for [`Host::raw_memory`].
    ///
    /// # Safety
    /// The programs that run with the grant are trusted: they read and write nothing that Rust code relies on, at no
    /// address where there is no memory.
    pub const unsafe fn grant() -> RawMemory {
        RawMemory(())
    }
}

/// A host with threads. One thread at a time runs an interpreter; others may be in [`Host::sleep`] or
/// [`Host::read_stdin`] meanwhile.
///
/// # Safety
/// [`spawn`](Threads::spawn) calls `run` on a new thread that has the machine stack asked for,
/// [`current`](Threads::current) tells threads apart, and the functions that a [monitor](Threads::monitor) is given run
/// one at a time, each seeing what those before have written: [`Monitor::wait_until`] answers only after `ready` has
/// been called, and the last answer of `ready`.
///
/// Without the feature `std`, threads [share a processor](Threads::share_processor), and the host exchanges what
/// is known of machine code with them (`ThreadState` of this crate).
#[cfg(feature = "threads")]
pub unsafe trait Threads: Host + Send + Sync {
    /// Starts a thread with a machine stack of `stack_size` bytes or more, which calls `run` and ends; answers the
    /// thread's number.
    ///
    /// # Errors
    /// An error number.
    fn spawn(&self, stack_size: usize, run: Box<dyn FnOnce() + Send>) -> Result<usize, Errno>;

    /// The number of the thread that asks: not 0, and not the number of any other living thread.
    fn current(&self) -> usize;

    /// A new monitor.
    fn monitor(&self) -> Box<dyn Monitor>;

    /// Whether one processor runs all threads, each until it waits in a monitor or in a function of the host's. The thread that runs
    /// is asked to wait now and then.
    fn share_processor(&self) -> bool {
        false
    }

    /// How large the stacks of threads are. By default they are as on systems that give memory when it is used.
    fn stack_sizes(&self) -> StackSizes {
        StackSizes::default()
    }
}

/// Stacks of threads.
#[cfg(feature = "threads")]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StackSizes {
    /// Bytes of the machine's that a thread has at most if its program asks for nothing.
    pub usual: usize,
    /// Bytes of the machine's that a thread has at least.
    pub least: usize,
    /// Bytes of these that are left for the host, and for what built-ins do without asking how much is free.
    pub left: usize,
    /// Words of each of the interpreter's own two stacks, at most.
    pub words: usize,
}

#[cfg(feature = "threads")]
impl Default for StackSizes {
    fn default() -> StackSizes {
        StackSizes { usual: 1 << 20, least: 256 << 10, left: 64 << 10, words: usize::MAX }
    }
}

/// What threads wait on for each other: a lock with a condition. The functions that a monitor is given run one at a
/// time.
#[cfg(feature = "threads")]
pub trait Monitor: Send + Sync {
    /// Waits until `ready` answers `true` or `timeout` has passed, and answers the last answer of `ready`. The monitor
    /// calls `ready` at once, after each [`update`](Monitor::update), and whenever it likes.
    fn wait_until(&self, timeout: Option<Duration>, ready: &mut dyn FnMut() -> bool) -> bool;

    /// Runs `change`, then calls `ready` again for each thread that waits.
    fn update(&self, change: &mut dyn FnMut());
}

/// Memory that machine code runs from.
///
/// # Safety
/// The bytes of what [`install`](MachineCode::install) answers are those that `fill` has written, at the same addresses
/// as then, do not change, and can be executed as long as the answer is kept; the same is true of code of which
/// [`runs_in_place`](MachineCode::runs_in_place) says that it runs. [`arch`](MachineCode::arch) names an architecture
/// whose code the processor can run. Whoever grants machine code trusts every module that programs can load.
pub unsafe trait MachineCode {
    /// Makes memory of `len` bytes, aligned to 16, has `fill` write all bytes where they are to stay, and then makes them
    /// executable and no longer writable: they are never both. The memory is freed when the answer is dropped. `None` if
    /// the host has no such memory left.
    ///
    /// A microcontroller without memory protection gives plain RAM. Whoever writes to any address can write there, but
    /// Berus has no way to it any more once `fill` has returned. The runtime has the processor forget instructions that
    /// it fetched before; a host with caches that no such instruction reaches (Cortex-M7) cleans them.
    fn install(&self, len: usize, fill: &mut dyn FnMut(&mut [u8])) -> Option<Executable>;

    /// Makes memory for at least `len` bytes of machine code that comes in pieces. By default there is none, and each piece
    /// is to be installed by itself.
    fn room(&self, len: usize) -> Option<Room> {
        let _ = len;
        None
    }

    /// Whether code can run where it lies, in memory that was lent for good (a ROM image) and never changes. By default
    /// it cannot. The flash of a microcontroller, and a mapped file that may be executed, it can.
    fn runs_in_place(&self, code: &'static [u8]) -> bool {
        let _ = code;
        false
    }

    /// The architecture whose code runs here, by default the one that the runtime was built for. A board may know that
    /// its processor has more than any build can count on: a Cortex-M7 with doubles.
    fn arch(&self, built: Arch) -> Arch {
        built
    }
}

/// Memory for machine code that comes in pieces.
///
/// # Safety
/// As of [`MachineCode`]: bytes that have been written stay where and as they are, and can be executed as long as the
/// room is kept, but while [`write`](CodeRoom::write) runs.
pub unsafe trait CodeRoom: Send + Sync {
    /// The memory.
    fn bytes(&self) -> &[u8];

    /// Puts `piece` at the offset `at`, where nothing has been put before. The memory is written while none of it can be
    /// executed, which nobody does meanwhile. False if the piece does not fit, or the host refuses.
    fn write(&mut self, at: usize, piece: &[u8]) -> bool;
}

/// See [`CodeRoom`].
pub type Room = Box<dyn CodeRoom>;

/// Bytes that can be executed, and read, but not changed.
pub type Executable = Box<dyn AsRef<[u8]> + Send + Sync>;

/// Files of the host.
///
/// Paths are bytes as the host has them; relative ones start at the host's current folder. An open file is a number, as
/// in POSIX; 0, 1 and 2 stand for the console, which [`Host`] itself reads and writes. Errors are error numbers.
/// Everything that changes files has a default that refuses with `EROFS`, so that a host whose files can only be read
/// implements just that.
pub trait Files {
    /// Opens the file at `path`; answers the open file's number.
    ///
    /// # Errors
    /// An error number.
    fn open(&self, path: &[u8], how: &Open) -> Result<i32, Errno>;

    /// Closes an open file.
    ///
    /// # Errors
    /// `EBADF` if the file is not open.
    fn close(&self, file: i32) -> Result<(), Errno>;

    /// Reads into `buffer` from the file's position on: how many bytes came, 0 at the end of the file.
    ///
    /// # Errors
    /// An error number; `EINTR` if pending events must be looked at, after which the interpreter asks again.
    fn read(&self, file: i32, buffer: &mut [u8]) -> Result<usize, Errno>;

    /// Writes `bytes` at the file's position: how many bytes were taken.
    ///
    /// # Errors
    /// An error number; `EINTR` if it takes none now, after which the interpreter waits by [`Host::poll`] and asks again.
    fn write(&self, file: i32, bytes: &[u8]) -> Result<usize, Errno> {
        let _ = (file, bytes);
        Err(READ_ONLY)
    }

    /// Moves the file's position to `offset` bytes from its start (`whence` 0), from the position so far (1) or from
    /// its end (2): the new position, in bytes from the start.
    ///
    /// # Errors
    /// An error number.
    fn seek(&self, file: i32, offset: i64, whence: u8) -> Result<u64, Errno>;

    /// Brings what has been written to the file to where a loss of power does not harm it.
    ///
    /// # Errors
    /// An error number.
    fn sync(&self, file: i32) -> Result<(), Errno> {
        let _ = file;
        Ok(())
    }

    /// What is known of the file or folder `path`.
    ///
    /// # Errors
    /// An error number.
    fn stat(&self, path: &[u8]) -> Result<Stat, Errno>;

    /// Shows each entry of the folder `path` but `.` and `..` to `each`, until `each` answers `false`.
    ///
    /// # Errors
    /// An error number.
    fn list(&self, path: &[u8], each: &mut dyn FnMut(&Entry<'_>) -> bool) -> Result<(), Errno>;

    /// The path of the current folder, from the root.
    ///
    /// # Errors
    /// An error number.
    fn getcwd(&self) -> Result<Vec<u8>, Errno>;

    /// Makes `path` the current folder.
    ///
    /// # Errors
    /// An error number.
    fn chdir(&self, path: &[u8]) -> Result<(), Errno>;

    /// Makes a folder.
    ///
    /// # Errors
    /// An error number.
    fn mkdir(&self, path: &[u8]) -> Result<(), Errno> {
        let _ = path;
        Err(READ_ONLY)
    }

    /// Removes an empty folder.
    ///
    /// # Errors
    /// An error number.
    fn rmdir(&self, path: &[u8]) -> Result<(), Errno> {
        let _ = path;
        Err(READ_ONLY)
    }

    /// Removes a file.
    ///
    /// # Errors
    /// An error number.
    fn remove(&self, path: &[u8]) -> Result<(), Errno> {
        let _ = path;
        Err(READ_ONLY)
    }

    /// Gives a file or folder another path.
    ///
    /// # Errors
    /// An error number.
    fn rename(&self, old: &[u8], new: &[u8]) -> Result<(), Errno> {
        let _ = (old, new);
        Err(READ_ONLY)
    }

    /// What is known of the file system that `path` is on: the ten numbers of `os.statvfs`.
    ///
    /// # Errors
    /// An error number.
    fn statvfs(&self, path: &[u8]) -> Result<[u64; 10], Errno> {
        let _ = path;
        Err(UNSUPPORTED)
    }
}

/// An open file that is waited for, the events that are waited for, and the events that have come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Polled {
    /// The open file's number.
    pub file: i32,
    /// The events that are waited for.
    pub wanted: Events,
    /// The events that have come: wanted ones, and errors, which come unasked.
    pub ready: Events,
}

impl Polled {
    /// The open file `file`, for the events `wanted`.
    pub const fn new(file: i32, wanted: Events) -> Polled {
        Polled { file, wanted, ready: Events::empty() }
    }
}

/// How a file is opened.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Open {
    /// Whether the file can be read.
    pub read: bool,
    /// Whether the file can be written to.
    pub write: bool,
    /// Whether all that is written goes to the end of the file.
    pub append: bool,
    /// Whether the file is made if there is none.
    pub create: bool,
    /// Whether the file is emptied.
    pub truncate: bool,
}

/// What is known of a file or folder, as `os.stat` has it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Stat {
    /// The kind of file, [`Stat::FOLDER`] or [`Stat::FILE`], and permission bits.
    pub mode: u32,
    /// The number of the file on its device.
    pub inode: u64,
    /// The device's number.
    pub device: u64,
    /// How many names the file has.
    pub links: u64,
    /// The number of the user that owns the file.
    pub user: u32,
    /// The number of the group that owns the file.
    pub group: u32,
    /// Size of the file in bytes.
    pub size: u64,
    /// When the file was read last, in seconds since the start of 1970.
    pub accessed: i64,
    /// When the file's bytes changed last, in seconds since the start of 1970.
    pub modified: i64,
    /// When the file's bytes or properties changed last, in seconds since the start of 1970.
    pub changed: i64,
}

impl Stat {
    /// The bits of [`Stat::mode`] that hold the kind of file.
    pub const KIND: u32 = 0xf000;
    /// The kind of a folder.
    pub const FOLDER: u32 = 0x4000;
    /// The kind of a regular file.
    pub const FILE: u32 = 0x8000;
}

/// Something in a folder.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Entry<'a> {
    /// The entry's name, without a path.
    pub name: &'a [u8],
    /// The entry's kind: [`Stat::FOLDER`], [`Stat::FILE`] or another; 0 where the kind is not known.
    pub kind: u32,
    /// The number of the file on its device.
    pub inode: u64,
}

/// What programs may know and do of the process that runs them. Names and values are bytes; errors are error numbers.
pub trait Process {
    /// The program that runs Python programs, by a path that leads to it from everywhere; `None` if there is no such
    /// path.
    fn executable(&self) -> Option<Vec<u8>> {
        None
    }

    /// The value of the environment variable `name`, if it is set.
    fn getenv(&self, name: &[u8]) -> Option<Vec<u8>>;

    /// The names and values of all environment variables.
    fn environment(&self) -> Vec<(Vec<u8>, Vec<u8>)> {
        Vec::new()
    }

    /// Sets the environment variable `name` to `value`, or unsets the variable if `value` is `None`.
    ///
    /// # Errors
    /// `EINVAL` if no variable can have such a name.
    fn setenv(&self, name: &[u8], value: Option<&[u8]>) -> Result<(), Errno>;

    /// Has a shell run `command`: the status that the command ended with, as POSIX's `wait` has it.
    ///
    /// # Errors
    /// An error number.
    fn system(&self, command: &[u8]) -> Result<i32, Errno>;
}

bitflags::bitflags! {
    /// What a stream can be waited for, by the bits that MicroPython's `py/stream.h` and POSIX have for them.
    #[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
    pub struct Events: usize {
        /// There is something to read.
        const READ = 1;
        /// There is room to write.
        const WRITE = 4;
        /// There was an error.
        const ERROR = 8;
        /// The other end was closed.
        const HANG_UP = 16;
        /// There is no such open file.
        const INVALID = 32;
    }
}
