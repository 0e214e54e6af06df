// Programmable input and output of an emulated Pico in its own time: rp2040js has machines that execute instructions, beside the
// processor and without dividers.

/** Nanoseconds in a cycle of the processor. */
const cycle = (chip) => 1e9 / chip.clkSys;

export class Blocks {
  /** The blocks of a chip. `machine.due` is when a machine goes on, in nanoseconds of the chip's clock. */
  constructor(chip) {
    Object.assign(this, { chip, running: [] });
    for (const block of chip.pio) {
      block.run = () => {};
      const write = block.writeUint32.bind(block);
      block.writeUint32 = (at, word) => {
        write(at, word);
        // What the processor has a machine execute changes pins at once.
        block.checkChangedPins();
        this.look();
      };
    }
  }

  /** Looks at which machines run. */
  look() {
    const machines = this.chip.pio.flatMap((block) => block.machines);
    for (const machine of machines) {
      if (!machine.enabled) machine.due = undefined;
      else machine.due ??= this.chip.clock.nanos;
      if (machine.due === undefined || machine.cycles < machine.seen) machine.seen = machine.cycles;
    }
    this.running = machines.filter((machine) => machine.enabled);
  }

  /** The machine that goes on next. */
  get first() {
    return this.running.reduce((first, machine) => (machine.due < first.due ? machine : first));
  }

  /** When a machine goes on next. */
  get due() {
    return this.running.length ? this.first.due : Infinity;
  }

  /** Has a machine go on. */
  step(machine) {
    // A wait that has ended meanwhile may have left a delay.
    if (machine.waiting) machine.checkWait();
    else if (machine.cycles === machine.seen) machine.step();
    const spent = Math.max(machine.cycles - machine.seen, 1);
    machine.seen = machine.cycles;
    const divider = (machine.clockDivInt || 65536) + machine.clockDivFrac / 256;
    machine.due += spent * divider * cycle(this.chip);
    machine.pio.checkChangedPins();
  }

  /** Lets time pass. */
  tick(nanos) {
    const { clock } = this.chip;
    const end = clock.nanos + nanos;
    while (this.due <= end) {
      const machine = this.first;
      clock.tick(Math.max(machine.due - clock.nanos, 0));
      this.step(machine);
    }
    clock.tick(end - clock.nanos);
  }
}
