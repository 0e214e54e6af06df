//! Programmable input and output, as Raspberry Pi's chips have it: small machines that run programs of their own at pins
//! (facts: the datasheet of RP2040, chapter 3).

/// How many instructions a block has room for.
pub const INSTRUCTIONS: usize = 32;

/// How many machines a block has.
pub const MACHINES: usize = 4;

/// A block: [`MACHINES`] machines, by their numbers in it, which run programs from the same [`INSTRUCTIONS`].
pub trait Pio {
    /// Writes instructions from the place `start` on.
    fn load(&self, start: usize, instructions: &mut dyn Iterator<Item = u16>);

    /// Stops a machine, and has it begin at the place `start` with other settings and empty queues once it runs.
    fn set_up(&self, machine: usize, settings: &MachineSettings, start: usize);

    /// Hands pins over to the block, each bit one pin, as outputs where `outputs` says so, and with the levels that they have in
    /// `levels`.
    fn take_pins(&self, machine: usize, pins: u32, outputs: u32, levels: u32);

    /// Has a machine run or stand still.
    fn set_running(&self, machine: usize, is_running: bool);

    /// Whether a machine runs.
    fn is_running(&self, machine: usize) -> bool;

    /// Has a machine begin anew at the place `start`, but for its registers and queues.
    fn restart(&self, machine: usize, start: usize);

    /// Has a machine execute an instruction at once, whether it runs or not.
    fn execute(&self, machine: usize, instruction: u16);

    /// Gives a machine a word: `false` if its queue has no room.
    fn put(&self, machine: usize, word: u32) -> bool;

    /// The next word that a machine has given.
    fn get(&self, machine: usize) -> Option<u32>;

    /// How many words wait for a machine, and how many it has given that nobody has taken.
    fn waiting(&self, machine: usize) -> (usize, usize);

    /// Has the first four flags, those with a bit in `flags`, be noted as events when they are set, and cleared with that.
    fn watch(&self, flags: u8);
}

/// Settings of a machine, as its registers have them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MachineSettings {
    /// By which the processor's clock is divided, in 256ths; 0 for 65536.
    pub divider: u32,
    /// `EXECCTRL`: where the program wraps, the pin of jumps, what side-set does.
    pub execution: u32,
    /// `SHIFTCTRL`: directions, thresholds, joined queues.
    pub shifting: u32,
    /// `PINCTRL`: the first pins of each kind, and how many they are.
    pub pins: u32,
}
