//! A board with a prompt: the machine that programs run on, and one interpreter after another.

use alloc::boxed::Box;
use core::cell::Cell;
use core::fmt::{self, Write};
use core::time::Duration;

use berus_runtime::errno::{Errno, INTERRUPTED};
use berus_runtime::heap::Heap;
use berus_runtime::host::pio::MACHINES;
use berus_runtime::host::{
    Board as BoardParts, Edges, Events, Flash, Hardware, Host, Identity, MachineCode, Polled, RawMemory, Reset,
};
#[cfg(feature = "threads")]
use berus_runtime::host::{Monitor, StackSizes, Threads};
use berus_runtime::import::frozen::{Freeze, FrozenImage};
use berus_runtime::import::registry::Register;
use berus_runtime::model::vm::{Limits, Vm};
use berus_runtime::services::end::End;
use berus_stdlib::vfs::mount_board;
use berus_terminal::{BoardLines, Prompt, Python};
use critical_section::Mutex;

use crate::chip::Chip;
use crate::code::CodeInRam;
use crate::console;
use crate::flash::Rom;
use crate::memory::SHARES;
#[cfg(feature = "threads")]
use crate::threads;

/// Inputs that the prompt remembers.
const HISTORY: usize = 8;

/// What a clock without a battery shows when power comes: the start of 2021, in seconds since 1970.
const FIRST_TIME: Duration = Duration::from_secs(1_609_459_200);

/// How long a board that has failed does nothing, so that somebody can read why: about a second of most processors.
const PAUSE: u32 = 20_000_000;

/// How long input is waited for without a look at what else there is to be done.
const NAP: Duration = Duration::from_millis(1);

/// Flash that files of programs are kept in.
#[cfg(not(feature = "threads"))]
pub type Files = Box<dyn Flash>;

/// Flash that files of programs are kept in, which threads share.
#[cfg(feature = "threads")]
pub type Files = Box<dyn Flash + Sync>;

/// What a board is made of.
pub struct Board {
    pub chip: &'static dyn Chip,
    /// The flash that files of programs are kept in.
    pub flash: Option<Files>,
    /// The partition for ROM images.
    pub rom: Option<Rom>,
    /// The modules that are part of the firmware.
    pub frozen: &'static FrozenImage,
    /// What an interpreter may use beside the heap.
    pub limits: Limits,
    /// The time that the clock shows when the board starts.
    pub started: Clock,
}

/// When the board was started, by the clock.
pub struct Clock(Mutex<Cell<Duration>>);

impl Clock {
    /// A clock that nobody has set.
    pub const fn new() -> Clock {
        Clock(Mutex::new(Cell::new(FIRST_TIME)))
    }

    fn get(&self) -> Duration {
        critical_section::with(|section| self.0.borrow(section).get())
    }

    fn set(&self, started: Duration) {
        critical_section::with(|section| self.0.borrow(section).set(started));
    }
}

impl Default for Clock {
    fn default() -> Clock {
        Clock::new()
    }
}

impl Board {
    /// Runs one interpreter after another, for ever, in the memory that [`memory::give`](crate::memory::give) was given. The
    /// board lies there, too.
    pub fn run(self) -> ! {
        Box::leak(Box::new(self)).run_for_good()
    }

    fn run_for_good(&'static self) -> ! {
        console::received(self.chip);
        if let Some(now) = self.chip.wall_clock() {
            self.started.set(now.saturating_sub(self.chip.now()));
        }
        let mut prompt = Prompt::new(HISTORY, SHARES.room() / 4);
        prompt.set_window(console::WINDOW);
        while self.live(&mut prompt) {}
        console::write(self.chip, b"no memory for an interpreter\r\n");
        self.chip.reset()
    }

    /// Has pins be no more than they are: their handlers are gone, who gave pulses, and machines that ran at them.
    fn quieten(&self) {
        let Some(hardware) = self.chip.hardware() else { return };
        for pin in 0..hardware.pins().len() {
            // Pins that can do neither refuse.
            let _ = hardware.watch_pin(pin, Edges::default());
            let _ = hardware.set_pulses(pin, None);
        }
        while hardware.next_change().is_some() {}
        for block in (0..).map_while(|number| hardware.pio(number)) {
            block.watch(0);
            for machine in 0..MACHINES {
                block.set_running(machine, false);
            }
        }
    }

    /// The life of one interpreter: whether there was memory for one.
    fn live(&'static self, prompt: &mut Prompt) -> bool {
        let stacks = (self.limits.value_stack + self.limits.frame_stack) * size_of::<usize>();
        let heap = Heap::growing(&SHARES, SHARES.room().saturating_sub(stacks));
        // SAFETY: the board keeps the contract of raw words.
        let Some(mut vm) = (unsafe { Vm::new(heap, Box::new(BoardHost(self)), self.limits) }) else { return false };
        vm.register(berus_stdlib::MODULES);
        vm.freeze(&berus_stdlib::FROZEN);
        vm.freeze(self.frozen);
        vm.set_line_editor(Box::new(BoardLines::new()));
        vm.enter(|vm| {
            if let Err(raised) = mount_board(vm) {
                // A board without files has a prompt all the same.
                vm.report(raised);
            }
            Python(vm).live(prompt)
        });
        drop(vm);
        self.quieten();
        if let Some(rom) = &self.rom {
            // SAFETY: the interpreter is gone, and all its objects with it.
            unsafe { rom.take_back() };
        }
        true
    }
}

/// Says on the console what went wrong, a panic or a fault, and starts the board anew a second later.
pub fn die(chip: &dyn Chip, what: fmt::Arguments<'_>) -> ! {
    struct Text<'a>(&'a dyn Chip);
    impl Write for Text<'_> {
        fn write_str(&mut self, text: &str) -> fmt::Result {
            console::write_text(self.0, text.as_bytes());
            Ok(())
        }
    }
    let _ = writeln!(Text(chip), "\n{what}\nThe board starts anew.");
    // The timer may not be counted any more.
    for _ in 0..PAUSE {
        core::hint::spin_loop();
    }
    chip.reset()
}

/// The host of a board's interpreters.
struct BoardHost(&'static Board);

impl BoardHost {
    fn chip(&self) -> &'static dyn Chip {
        self.0.chip
    }
}

impl Host for BoardHost {
    fn write_stdout(&self, bytes: &[u8]) {
        console::write_text(self.chip(), bytes);
    }

    fn write_stdout_bytes(&self, bytes: &[u8]) {
        console::write(self.chip(), bytes);
    }

    fn identity(&self) -> &'static Identity {
        self.chip().identity()
    }

    fn read_stdin(&self, buffer: &mut [u8]) -> Result<usize, Errno> {
        if buffer.is_empty() {
            return Ok(0);
        }
        loop {
            // Timers ring, and pins change, while the prompt waits for input.
            let end = self.chip().now().saturating_add(NAP);
            match console::read(self.chip(), buffer) {
                0 if console::wait(self.chip(), Some(end), true) => {}
                0 => return Err(INTERRUPTED),
                len => return Ok(len),
            }
        }
    }

    fn monotonic(&self) -> Option<Duration> {
        Some(self.chip().now())
    }

    fn wall_clock(&self) -> Option<Duration> {
        Some(self.0.started.get() + self.chip().now())
    }

    fn sleep(&self, time: Duration) {
        console::wait(self.chip(), Some(self.chip().now().saturating_add(time)), false);
    }

    fn entropy(&self, buffer: &mut [u8]) -> bool {
        self.chip().entropy(buffer)
    }

    fn interrupted(&self) -> bool {
        console::take_interrupt()
    }

    fn set_interrupt_byte(&self, byte: Option<u8>) {
        console::set_interrupt_byte(self.chip(), byte);
    }

    fn poll(&self, files: &mut [Polled], timeout: Duration) -> Result<usize, Errno> {
        // The console can be written to at any time.
        let waits = files.iter().all(|polled| polled.file == 0 && polled.wanted.contains(Events::READ));
        let end = self.chip().now().saturating_add(if waits { timeout } else { Duration::ZERO });
        let has_input = console::wait(self.chip(), Some(end), !files.is_empty());
        for polled in &mut *files {
            polled.ready = match polled.file {
                0 if has_input => polled.wanted & Events::READ,
                0 => Events::empty(),
                _ => polled.wanted & Events::WRITE,
            };
        }
        Ok(files.iter().filter(|polled| !polled.ready.is_empty()).count())
    }

    fn board(&self) -> Option<&dyn BoardParts> {
        Some(self.0)
    }

    fn machine_code(&self) -> Option<&dyn MachineCode> {
        Some(&CodeInRam)
    }

    #[cfg(feature = "threads")]
    fn threads(&self) -> Option<Box<dyn Threads>> {
        Some(Box::new(BoardHost(self.0)))
    }

    fn raw_memory(&self) -> Option<RawMemory> {
        // SAFETY: whoever has a board's prompt is trusted with all of the board, as with its flash.
        Some(unsafe { RawMemory::grant() })
    }
}

/// The stacks of a thread, which the memory that a full heap leaves has room for.
#[cfg(feature = "threads")]
const THREAD_STACK: StackSizes = StackSizes { usual: 16 << 10, least: 14 << 10, left: 9 << 10, words: 1 << 10 };

// SAFETY: threads have stacks of their own, and one processor, which changes between them where they wait.
#[cfg(feature = "threads")]
unsafe impl Threads for BoardHost {
    fn spawn(&self, stack_size: usize, run: Box<dyn FnOnce() + Send>) -> Result<usize, Errno> {
        threads::spawn(stack_size, run)
    }

    fn current(&self) -> usize {
        threads::current()
    }

    fn monitor(&self) -> Box<dyn Monitor> {
        Box::new(threads::Waiting(self.chip()))
    }

    fn share_processor(&self) -> bool {
        true
    }

    fn stack_sizes(&self) -> StackSizes {
        THREAD_STACK
    }
}

impl BoardParts for Board {
    fn reset(&self, how: Reset) {
        match how {
            Reset::Hard => self.chip.reset(),
            Reset::Bootloader => self.chip.bootloader(),
        }
    }

    fn set_wall_clock(&self, since_1970: Duration) -> Result<(), Errno> {
        self.started.set(since_1970.saturating_sub(self.chip.now()));
        Ok(())
    }

    fn hardware(&self) -> Option<&dyn Hardware> {
        self.chip.hardware()
    }

    fn flash(&self) -> Option<&dyn Flash> {
        self.flash.as_deref().map(|flash| flash as &dyn Flash)
    }

    fn rom(&self, number: usize) -> Option<&dyn Flash> {
        self.rom.as_ref().filter(|_| number == 0).map(|rom| rom as &dyn Flash)
    }
}
