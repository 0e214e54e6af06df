// The boot ROM of an emulated RP2040 and the flash that it writes (facts: the RP2040's datasheet, chapters 2.8 and 4.10).
//
// The chip's own ROM is no part of rp2040js. This one has what firmware calls of it; each function is a breakpoint,
// at which the emulator does what the function would. It is strict: flash that is read, or run from, between the
// functions that leave and enter execution in place is an error, as is a page that turns zeros into ones.

const FLASH = 0x10000000;
const STAGE = 0x20041f00;
const STAGE_LEN = 252;
const BLOCK = 4096;
const PAGE = 256;

// Where the functions begin, each a breakpoint and a return.
const FIRST = 0x40;
const BKPT = 0xbe00;
const BX_LR = 0x4770;

// The calls by their numbers: what begins all, the look-up of a function, and functions by the ROM's names.
const NAMES = ["reset", "lookup", "IF", "EX", "RE", "RP", "FC", "CX", "UB"];

/** The words of the ROM. */
export function image() {
  const bytes = new DataView(new ArrayBuffer(16384));
  const entry = (number) => FIRST + 4 * number + 1;
  bytes.setUint32(0, STAGE, true);
  bytes.setUint32(4, entry(0), true);
  bytes.setUint32(0x10, 0x0301754d, true); // "Mu", 1, version 3
  bytes.setUint16(0x18, entry(1), true);
  NAMES.forEach((_, number) => {
    bytes.setUint16(FIRST + 4 * number, BKPT | number, true);
    bytes.setUint16(FIRST + 4 * number + 2, BX_LR, true);
  });
  return new Uint32Array(bytes.buffer);
}

/** The check sum by which the ROM knows a second stage. */
function checksum(bytes) {
  let crc = 0xffffffff;
  for (const byte of bytes) {
    crc ^= byte << 24;
    for (let bit = 0; bit < 8; bit++) crc = (crc << 1) ^ (crc & 0x80000000 ? 0x04c11db7 : 0);
  }
  return crc >>> 0;
}

/** The ROM's functions for a chip. */
export class Rom {
  /** `onChange(what, offset, bytes)` is called before flash is changed: "erase" or "write". */
  constructor(chip, flash, { onChange = () => {}, onBootloader = () => {} } = {}) {
    Object.assign(this, { chip, flash, onChange, onBootloader, isConnected: false, onClose: () => {} });
    chip.onBreak = (number) => this.call(number);
  }

  call(number) {
    const { registers } = this.chip.core;
    const [a, b, c] = registers;
    switch (NAMES[number]) {
      case "reset":
        return this.begin();
      case "lookup": {
        const name = String.fromCharCode(b & 0xff, b >> 8);
        if (!NAMES.includes(name)) throw new Error(`the boot ROM here has no function ${name}`);
        registers[0] = FIRST + 4 * NAMES.indexOf(name) + 1;
        return;
      }
      case "IF":
        this.isConnected = true;
        return;
      case "EX":
        if (!this.isConnected) throw new Error("the flash is not connected");
        this.close();
        return;
      case "RE":
        this.checkClosed();
        if (a % BLOCK || b % BLOCK) throw new Error(`${b} bytes at ${a} are no blocks`);
        this.onChange("erase", a, b);
        this.flash.fill(0xff, a, a + b);
        return;
      case "RP":
        return this.write(a, b, c);
      case "FC":
        this.checkClosed();
        return;
      case "CX":
        return this.open();
      case "UB":
        return this.onBootloader();
      default:
        throw new Error(`breakpoint ${number}`);
    }
  }

  /** Copies the second stage to RAM and runs it. */
  begin() {
    const stage = this.flash.subarray(0, STAGE_LEN);
    const sum = new DataView(this.flash.buffer).getUint32(STAGE_LEN, true);
    if (checksum(stage) !== sum) throw new Error("there is no second stage at the beginning of flash");
    this.chip.sram.set(stage, STAGE - 0x20000000);
    this.chip.core.registers[14] = 0;
    this.chip.core.PC = STAGE;
  }

  write(offset, address, len) {
    this.checkClosed();
    if (offset % PAGE || len % PAGE) throw new Error(`${len} bytes at ${offset} are no pages`);
    const bytes = Uint8Array.from({ length: len }, (_, at) => this.chip.readUint8(address + at));
    this.onChange("write", offset, bytes);
    bytes.forEach((byte, at) => (this.flash[offset + at] &= byte));
  }

  checkClosed() {
    if (!this.isClosed) throw new Error("flash is still executed in place");
  }

  /** Ends execution in place: whoever reads flash from now on fails. */
  close() {
    if (this.isClosed) return;
    this.isClosed = true;
    // The bus is left ready for single bytes.
    this.onClose();
    for (const name of ["readUint8", "readUint16", "readUint32"]) {
      const read = this.chip[name];
      this.chip[name] = (address) => {
        if (address >>> 24 === FLASH >>> 24) {
          const { PC, LR } = this.chip.core;
          throw new Error(`flash is read at ${address.toString(16)} while it is written (${PC.toString(16)}, ${LR})`);
        }
        return read.call(this.chip, address);
      };
    }
  }

  /** Begins execution in place. */
  open() {
    for (const name of ["readUint8", "readUint16", "readUint32"]) delete this.chip[name];
    this.isClosed = false;
  }
}
