// Devices at the pins of an emulated Pico.

/** Devices at a bus for I2C, by their addresses: each has `begin(reads)`, `write(byte)`, which is taken or not, and `read()`. */
export function attach(bus, devices) {
  let device;
  bus.onConnect = (address, mode) => {
    device = devices[address];
    device?.begin(mode === 1);
    bus.completeConnect(device !== undefined);
  };
  bus.onWriteByte = (byte) => bus.completeWrite(device.write(byte));
  bus.onReadByte = () => bus.completeRead(device.read());
  bus.onStop = () => bus.completeStop();
}

/** A device with registers, the first of which is chosen by the first byte that is written to it. */
export class Registers {
  constructor(bytes) {
    Object.assign(this, { bytes, place: 0, isChosen: true });
  }

  begin(reads) {
    this.isChosen = reads;
  }

  write(byte) {
    if (this.isChosen) this.bytes[this.place++] = byte;
    else this.place = byte;
    this.isChosen = true;
    return true;
  }

  read() {
    return this.bytes[this.place++] ?? 0xff;
  }
}

/** A display of 128 by 64 points: SSD1306, as far as its memory goes (facts: its datasheet). */
export class Display {
  constructor() {
    Object.assign(this, { memory: new Uint8Array(1024), commands: [], control: undefined });
    Object.assign(this, { columns: [0, 127], pages: [0, 7], column: 0, page: 0, isOn: false });
  }

  begin() {
    this.control = undefined;
  }

  write(byte) {
    if (this.control === undefined) this.control = byte;
    else if (this.control & 0x40) this.show(byte);
    else {
      this.command(byte);
      // A control byte with this bit is followed by one byte.
      if (this.control & 0x80) this.control = undefined;
    }
    return true;
  }

  read() {
    return 0;
  }

  command(byte) {
    this.commands.push(byte);
    const [name, first, last] = this.commands;
    const count = { 0x21: 3, 0x22: 3, 0x20: 2, 0x81: 2, 0x8d: 2, 0xa8: 2, 0xd3: 2, 0xd5: 2, 0xd9: 2, 0xda: 2, 0xdb: 2 }[name] ?? 1;
    if (this.commands.length < count) return;
    if (name === 0x21) [this.columns, this.column] = [[first, last], first];
    if (name === 0x22) [this.pages, this.page] = [[first, last], first];
    if (name === 0xae || name === 0xaf) this.isOn = name === 0xaf;
    this.commands = [];
  }

  show(byte) {
    this.memory[this.page * 128 + this.column] = byte;
    if (this.column++ < this.columns[1]) return;
    this.column = this.columns[0];
    this.page = this.page < this.pages[1] ? this.page + 1 : this.pages[0];
  }

  /** The points of a rectangle as lines of text. */
  picture(left, top, width, height) {
    const point = (x, y) => (this.memory[(y >> 3) * 128 + x] >> (y & 7)) & 1;
    const line = (y) => Array.from({ length: width }, (_, x) => (point(left + x, top + y) ? "#" : ".")).join("");
    return Array.from({ length: height }, (_, y) => line(y)).join("\n");
  }
}

/** Notes when a pin changes, in nanoseconds, and where the processor is then. */
export function watch(pico, number) {
  const edges = [];
  const pin = pico.chip.gpio[number];
  const { High } = pico.rp2040js.GPIOPinState;
  const stop = pin.addListener((state, before) => {
    if ((state === High) !== (before === High)) edges.push({ rises: state === High, at: pico.now, from: pico.chip.core.PC });
  });
  return { edges, stop };
}
