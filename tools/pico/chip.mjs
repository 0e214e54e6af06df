// A Raspberry Pi Pico in rp2040js: the emulated chip, and what rp2040js leaves to its user: the boot ROM, flash that can be
// written, resets, a random oscillator, and the other end of USB.

import { Blocks } from "./pio.mjs";
import { Rom, image } from "./rom.mjs";

const FLASH = 0x10000000;
const FLASH_LEN = 2 << 20;

/** What a UF2 file puts into flash. */
export function uf2(bytes) {
  const flash = new Uint8Array(FLASH_LEN).fill(0xff);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  for (let block = 0; block < bytes.length; block += 512) {
    const word = (at) => view.getUint32(block + 4 * at, true);
    if (word(0) !== 0x0a324655 || word(1) !== 0x9e5d5157 || word(127) !== 0x0ab16f30) throw new Error("no UF2 file");
    if (word(7) !== 0xe48bff56) throw new Error("a UF2 file, but not for RP2040");
    flash.set(bytes.subarray(block + 32, block + 32 + word(4)), word(3) - FLASH);
  }
  return flash;
}

/** Peripherals that are a few registers. */
function registers(rp2040js, chip, name, read, write = () => {}) {
  const peripheral = new rp2040js.BasePeripheral(chip, name);
  peripheral.readUint32 = read;
  peripheral.writeUint32 = write;
  return peripheral;
}

/** The serial bus of the flash chip: what it answers to commands that are no functions of the boot ROM's. */
class FlashBus {
  constructor(rp2040js, chip, rom, number, isButtonPressed) {
    Object.assign(this, { rom, number, frame: [], answers: [], held: false, control: 0 });
    rom.onClose = () => (this.control = 0);
    chip.peripherals[0x18000] = registers(rp2040js, chip, "SSI", (at) => this.read(at), (at, word) => this.write(at, word));
    const select = (at, word) => {
      if (at !== 0x0c) return;
      this.held = ((word >> 8) & 3) === 2;
      this.frame = [];
      // A line that nobody drives is held up, but by the button. Meanwhile the flash does not answer.
      const isLetGo = ((word >> 12) & 3) === 2;
      chip.qspi[1].setInputValue(isLetGo && !isButtonPressed());
      const { control } = this;
      if (isLetGo) rom.close();
      else if (this.isLetGo) rom.open();
      Object.assign(this, { isLetGo, control });
    };
    // Its pad takes inputs from the start on.
    chip.qspi[1].padValue |= 0x40;
    chip.peripherals[0x40018] = registers(rp2040js, chip, "IO_QSPI", () => 0, select);
  }

  read(at) {
    switch (at) {
      case 0x00:
        return this.control;
      case 0x20:
        return 0;
      case 0x24:
        return this.answers.length;
      case 0x28: // Nothing is on its way; what has come waits.
        return 0b0110 | (this.answers.length ? 0b1000 : 0);
      case 0x60: {
        const answer = this.answers.shift() ?? 0;
        if (!this.answers.length && !this.held) this.frame = [];
        return answer;
      }
      default:
        return 0;
    }
  }

  write(at, word) {
    if (at === 0x00) this.control = word;
    // Words of 32 bits are those of execution in place.
    if (at === 0x08 && word & 1 && ((this.control >> 16) & 0x1f) === 31) this.rom.open();
    if (at !== 0x60 || ((this.control >> 16) & 0x1f) === 31) return;
    const place = this.frame.push(word & 0xff) - 1;
    this.answers.push(this.answer(this.frame[0], place));
  }

  answer(command, place) {
    if (command === 0x35) return place ? 2 : 0xff; // four lines are enabled
    if (command === 0x4b) return place > 4 ? (this.number[place - 5] ?? 0xff) : 0xff;
    return place ? 0 : 0xff;
  }
}

/**
 * The other end of USB: rp2040js's, but a packet is sent when there are bytes for it, and the request that opens the line is
 * one to its interface, as the standard for serial lines has it.
 */
class Host {
  constructor(rp2040js, chip, onData) {
    this.bytes = [];
    // The largest packets that endpoints wait for.
    this.rooms = [];
    const { usbCtrl } = chip;
    this.usb = usbCtrl;
    this.line = new rp2040js.USBCDC(usbCtrl);
    this.line.onSerialData = onData;
    this.line.cdcSetControlLineState = () => {
      const { HostToDevice: dataDirection } = rp2040js.DataDirection;
      const [type, recipient] = [rp2040js.SetupType.Class, rp2040js.SetupRecipient.Interface];
      const request = { dataDirection, type, recipient, bRequest: 0x22, wValue: 3, wIndex: 0, wLength: 0 };
      usbCtrl.sendSetupPacket(rp2040js.createSetupPacket(request));
      this.line.initialized = true;
      this.flush();
    };
    usbCtrl.onEndpointRead = (endpoint, size) => {
      this.rooms[endpoint] = size;
      this.flush();
    };
  }

  send(bytes) {
    for (const byte of bytes) this.bytes.push(byte);
    this.flush();
  }

  flush() {
    const { outEndpoint, initialized } = this.line;
    if (!initialized || !this.rooms[outEndpoint] || !this.bytes.length) return;
    const packet = Uint8Array.from(this.bytes.splice(0, this.rooms[outEndpoint]));
    this.rooms[outEndpoint] = 0;
    this.usb.endpointReadDone(outEndpoint, packet);
  }
}

/** What RAM holds before the chip is started. */
const PAINT = 0xa5;

/** The reason that the chip's registers give for a start: power, a button. */
const POWER = 1 << 8;

export class Pico {
  /**
   * A Pico with `flash`, which it changes, that has just got power.
   * `onData(bytes)` is called with what the board sends, `onStart(chip)` whenever the chip was started, `onChange` as by
   * the boot ROM, and `onBootloader` when the board waits for another firmware.
   */
  constructor(rp2040js, flash, { onData = () => {}, onStart = () => {}, onChange, onBootloader, number } = {}) {
    Object.assign(this, { rp2040js, flash, onData, onStart, onChange, onBootloader });
    this.number = number ?? [0xe6, 0x61, 0x41, 0x04, 0x03, 0x2d, 0x6a, 0x21];
    this.seed = 1;
    this.nanos = 0;
    this.start({ reason: 0, scratch: new Uint32Array(8), cause: POWER });
  }

  /** Starts the chip: all is new but flash, and what tells why. */
  start({ reason, scratch, cause }) {
    this.nanos += this.clock?.nanos ?? 0;
    const chip = new this.rp2040js.RP2040();
    chip.logger = new this.rp2040js.ConsoleLogger(this.rp2040js.LogLevel.Error, true);
    this.chip = chip;
    this.clock = chip.clock;
    chip.bootrom.set(image());
    chip.core.reset();
    // What nobody writes to is known by this.
    chip.sram.fill(PAINT);
    chip.flash = this.flash;
    chip.flash16 = new Uint16Array(this.flash.buffer);
    chip.flashView = new DataView(this.flash.buffer);
    const { onChange, onBootloader } = this;
    this.rom = new Rom(chip, this.flash, { onChange, onBootloader: () => this.wait(onBootloader) });
    new FlashBus(this.rp2040js, chip, this.rom, this.number, () => this.isButtonPressed);
    const oscillator = (at) => (at === 0x1c ? this.random() : 0x80001000);
    chip.peripherals[0x40060] = registers(this.rp2040js, chip, "ROSC", oscillator);
    chip.peripherals[0x40064] = registers(this.rp2040js, chip, "VREG_AND_CHIP_RESET", (at) => (at === 8 ? cause : 0));
    const watchdog = chip.peripherals[0x40058];
    watchdog.reason = reason;
    watchdog.scratchData.set(scratch);
    watchdog.onWatchdogTrigger = () => {
      // It would ring again and again.
      watchdog.alarm.enable = false;
      this.next = { reason: watchdog.reason, scratch: watchdog.scratchData, cause: 0 };
    };
    this.keepInterrupts(chip.core);
    this.cycle = 1e9 / chip.clkSys;
    chip.addClockListener((frequency) => (this.cycle = 1e9 / frequency));
    this.blocks = new Blocks(chip);
    this.host = new Host(this.rp2040js, chip, (bytes) => this.onData(bytes));
    this.next = undefined;
    this.isWaiting = false;
    this.waited = 0;
    chip.gpio.forEach((pin) => this.wire(pin));
    this.onStart(chip);
  }

  /** Has an interrupt that is held off end `wfi` without being taken, as the processor does. */
  keepInterrupts(core) {
    const check = core.checkForInterrupts.bind(core);
    core.checkForInterrupts = () => {
      if (!core.PM) return check();
      return core.waiting && (core.pendingInterrupts & core.enabledInterrupts) !== 0;
    };
  }

  /** Has a pin's input see what drives it, or holds it: the chip itself does, and who drives it from outside. */
  wire(pin) {
    const { High, InputPullUp } = this.rp2040js.GPIOPinState;
    pin.addListener((state) => {
      const isDriven = state <= High;
      if (isDriven || pin.outside === undefined) pin.setInputValue(isDriven ? state === High : state === InputPullUp);
    });
  }

  /** Drives a pin from outside, or lets it go. */
  drive(number, level) {
    const pin = this.chip.gpio[number];
    pin.outside = level;
    pin.setInputValue(level ?? pin.value === this.rp2040js.GPIOPinState.InputPullUp);
  }

  /** A bit that is random, but neither balanced nor the same in two runs of a program. */
  random() {
    this.seed = (Math.imul(this.seed, 1103515245) + 12345) >>> 0;
    return this.seed >>> 16 < 40000 ? 1 : 0;
  }

  wait(then = () => {}) {
    this.isWaiting = true;
    then();
  }

  send(bytes) {
    this.host.send(typeof bytes === "string" ? new TextEncoder().encode(bytes) : bytes);
  }

  /** Nanoseconds since power came. */
  get now() {
    return this.nanos + this.clock.nanos;
  }

  /** Runs `count` instructions, or until the board has waited for longer than `nanos`: whether it has. */
  run(count, nanos = 20e6) {
    const { chip, clock, blocks } = this;
    const { core } = chip;
    for (let done = 0; done < count; done++) {
      if (this.next) {
        this.start(this.next);
        return false;
      }
      if (this.isWaiting) return true;
      if (!core.waiting) {
        this.waited = 0;
        const nanos = core.executeInstruction() * this.cycle;
        if (blocks.running.length) blocks.tick(nanos);
        else clock.tick(nanos);
      } else if (core.checkForInterrupts()) {
        core.waiting = false;
      } else {
        const alarm = clock.nextAlarm ? clock.nanosToNextAlarm : Infinity;
        const left = Math.min(alarm, Math.max(blocks.due - clock.nanos, 0));
        if (this.waited + left > nanos) return true;
        this.waited += left;
        blocks.tick(left);
      }
    }
    return false;
  }

  /** How many bytes of RAM from `address` on nobody has written to since the chip was started. */
  untouched(address) {
    const bytes = this.chip.sram.subarray(address - 0x20000000);
    return Math.max(bytes.findIndex((byte) => byte !== PAINT), 0);
  }

  /** Lets time pass while the board waits. */
  pass(nanos) {
    this.blocks.tick(nanos);
    this.waited = 0;
  }
}
