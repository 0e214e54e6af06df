// The session of tools/pico-session.

import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";

import { Pico, uf2 } from "./chip.mjs";
import { Display, Registers, attach, watch } from "./devices.mjs";
import { cutPower } from "./power.mjs";
import { CTRL_B, CTRL_C, CTRL_D, Session } from "./session.mjs";

const HERE = dirname(fileURLToPath(import.meta.url));
const WORKSPACE = dirname(dirname(HERE));
const TARGET = process.env.CARGO_TARGET_DIR ?? join(WORKSPACE, "target");
const PEERS = process.env.BERUS_PEERS ?? join(WORKSPACE, "peers");

const { values: options } = parseArgs({
  options: { uf2: { type: "string" }, berus: { type: "string" }, listen: { type: "string" } },
});
const rp2040js = await import(join(process.env.PICO_MODULES, "node_modules/rp2040js/dist/esm/index.js"));

/** The firmware, as a file. */
function firmware() {
  if (options.uf2) return options.uf2;
  execFileSync(join(WORKSPACE, "tools/firmware"), ["--board", "pico", "--quick"], { stdio: "inherit" });
  return join(TARGET, "firmware/pico.uf2");
}

function equal(found, expected, what) {
  if (JSON.stringify(found) !== JSON.stringify(expected)) {
    throw new Error(`${what}: ${JSON.stringify(found)}, not ${JSON.stringify(expected)}`);
  }
}

/** Checks that numbers are what they should be, but for a part of them. */
function near(found, expected, part, what) {
  if (!(Math.abs(found - expected) <= expected * part)) throw new Error(`${what}: ${found}, not ${expected}`);
}

/** What is checked, by name, in this order. */
const CHECKS = {
  "the prompt answers"({ session }) {
    session.send("\r");
    session.expect(">>> ");
    session.send("1 + 1\r");
    session.expect("1 + 1\r\n2\r\n>>> ");
    session.raw();
    session.check("import sys\nprint(sys.platform, sys.implementation._build)", "rp2 pico\n");
    session.check("import machine, os\nprint(machine.unique_id().hex(), machine.freq())", "e6614104032d6a21 125000000\n");
    session.check("print(machine.reset_cause() == machine.PWRON_RESET, len({os.urandom(8) for _ in range(9)}))", "True 9\n");
    session.check("@micropython.native\ndef f(n):\n  return n * 3\nprint(f(14), 1e308 * 10, 2 ** 100 % 97)", "42 inf 16\n");
    session.check("try:\n  x = bytearray(1 << 20)\nexcept MemoryError:\n  print('full')", "full\n");
    session.check("def f(): return f()\ntry:\n  f()\nexcept RuntimeError:\n  print('deep')", "deep\n");
    return session.run("import gc\ngc.collect()\nprint(gc.mem_free(), 'bytes of the heap are free')").trim();
  },

  "Ctrl-C interrupts"({ session }) {
    for (const program of ["while True: pass", "import time\ntime.sleep(1000)"]) {
      session.send(`print('begun')\n${program}${CTRL_D}`);
      session.expect("begun");
      session.send(CTRL_C);
      session.expect("KeyboardInterrupt");
      session.expect("\x04>");
    }
  },

  "a light blinks"({ session, pico }) {
    const { edges, stop } = watch(pico, 25);
    session.check(
      "from machine import Pin\nimport time\nled = Pin('LED', Pin.OUT)\n" +
        "for _ in range(4):\n  led.toggle()\n  time.sleep_ms(50)\nprint(led)",
      "Pin(GPIO25, mode=OUT)\n",
    );
    stop();
    equal(edges.map(({ rises }) => rises), [true, false, true, false], "levels");
    edges.slice(1).forEach(({ at }, number) => near(at - edges[number].at, 50e6, 0.05, "time between changes"));
  },

  "a timer rings, at the prompt too"({ session, pico }) {
    session.check("led.off()\ntimer = machine.Timer(period=20, callback=lambda timer: led.toggle())", "");
    const { edges, stop } = watch(pico, 25);
    session.until(() => edges.length >= 5, "changes of the light");
    stop();
    edges.slice(1).forEach(({ at }, number) => near(at - edges[number].at, 20e6, 0.2, "time between rings"));
    session.check("timer.deinit()", "");
  },

  "pins are read, held and watched"({ session, pico }) {
    session.check("pin = Pin(14, Pin.IN, Pin.PULL_UP)\nprint(pin.value())", "1\n");
    pico.drive(14, false);
    session.check("print(pin.value(), Pin('GP14') is pin)", "0 True\n");
    session.check("seen = []\npin.irq(lambda pin: seen.append(pin.irq().flags()), Pin.IRQ_RISING | Pin.IRQ_FALLING)", "");
    for (const level of [true, false, true]) {
      pico.drive(14, level);
      session.run("time.sleep_ms(2)");
    }
    session.check("print(seen)\npin.irq(None)", "[8, 4, 8]\n");
    pico.drive(14, undefined);
    session.check("wire = Pin(13, Pin.OPEN_DRAIN, Pin.PULL_UP)\nprint(wire(), wire(0), wire(), wire(1), wire())", "1 None 0 None 1\n");
  },

  "pulses have their time"({ session, pico }) {
    for (const [frequency, duty] of [[1000, 16384], [38000, 32768], [50, 4915]]) {
      session.check(`pwm = machine.PWM(Pin(15), freq=${frequency}, duty_u16=${duty})`, "");
      const { edges, stop } = watch(pico, 15);
      session.until(() => edges.length >= 6, "pulses");
      stop();
      const [first, second, third] = edges.slice(edges.findIndex(({ rises }, at) => rises && at > 1));
      near(third.at - first.at, 1e9 / frequency, 0.001, `period at ${frequency} Hz`);
      near(second.at - first.at, (1e9 / frequency) * (duty / 65535), 0.005, `pulse at ${frequency} Hz`);
      session.check("pwm.deinit()", "");
    }
  },

  "bits have their time"({ session, pico, folder }) {
    const { edges, stop } = watch(pico, 16);
    session.check(
      "from machine import bitstream\npin = Pin(16)\n" +
        "for times in (400, 850, 800, 450), (800, 1700, 1600, 900):\n  bitstream(pin, 0, times, b'\\x0f\\xa5')",
      "",
    );
    stop();
    const bits = [0x0f, 0xa5].flatMap((byte) => [...Array(8).keys()].map((place) => (byte >> (7 - place)) & 1));
    let worst = 0;
    for (const [number, times] of [[400, 850, 800, 450], [800, 1700, 1600, 900]].entries()) {
      const levels = edges.slice(32 * number, 32 * number + 32);
      if (levels.some(({ from }) => from < 0x20000000)) throw new Error("bits are sent by code in flash");
      const found = levels.slice(1).map(({ at }, level) => at - levels[level].at);
      bits.flatMap((bit) => times.slice(2 * bit, 2 * bit + 2)).slice(0, 31).forEach((time, level) => {
        worst = Math.max(worst, Math.abs(found[level] - time));
      });
    }
    if (edges.length !== 64 || worst > 12) throw new Error(`${edges.length} levels, at most ${worst} ns too long or short`);
    return `levels are at most ${worst.toFixed(0)} ns too long or short`;
  },

  "the processor has other frequencies"({ session, pico }) {
    const { chip } = pico;
    const line = "line = UART(0, 115200, tx=Pin(0), rx=Pin(1))\n";
    session.check(`from machine import UART, I2C\n${line}bus = I2C(0, scl=Pin(5), sda=Pin(4), freq=400_000)`, "");
    session.check("pwm = machine.PWM(Pin(15), freq=1000, duty_u16=16384)", "");
    for (const frequency of [48e6, 200e6, 125e6]) {
      session.check(`machine.freq(${frequency})\nprint(machine.freq())`, `${frequency}\n`);
      equal(chip.clkSys, frequency, "frequency");
      equal(chip.clocks.periFreq, 48e6, "frequency of peripherals");
      near(chip.uart[0].baudRate, 115200, 0.01, "bits of a line in a second");
      const { edges, stop } = watch(pico, 15);
      session.until(() => edges.length >= 6, "pulses");
      stop();
      const [first, second, third] = edges.slice(edges.findIndex(({ rises }, at) => rises && at > 1));
      near(third.at - first.at, 1e6, 0.001, `period of pulses at ${frequency} Hz`);
      near(second.at - first.at, 0.25e6, 0.005, `pulse at ${frequency} Hz`);
      session.check("led.off()", "");
      const light = watch(pico, 25);
      session.check("led.on()\ntime.sleep_ms(20)\nled.off()", "");
      light.stop();
      near(light.edges[1].at - light.edges[0].at, 20e6, 0.02, `a sleep at ${frequency} Hz`);
    }
    const refused = "try:\n  machine.freq(F)\nexcept ValueError as error:\n  print(error)";
    for (const wrong of ["1", "-1", "123456789", "1_000_000_000"]) session.check(refused.replace("F", wrong), "cannot change frequency\n");
    session.check(refused.replace("F", "125_000_000, 1"), "peripheral freq must be 48_000_000 or the same as the MCU freq\n");
    session.check("machine.freq(125_000_000, 125_000_000)", "");
    near(chip.uart[0].baudRate, 115200, 0.01, "bits of a line in a second");
    session.check("machine.freq(125_000_000)\npwm.deinit()\nprint(machine.freq())", "125000000\n");
  },

  "machines run programs at pins"({ session, pico }) {
    session.check(readFileSync(join(HERE, "machines.py"), "utf8"), "");
    const changes = (pin, count, program) => {
      const { edges, stop } = watch(pico, pin);
      session.check(program, "");
      session.until(() => edges.length >= count, `${count} changes of pin ${pin}`);
      stop();
      return edges;
    };
    const stop = "\nsm.active(0)";

    const wave = changes(17, 8, "sm = StateMachine(0, wave, freq=640_000, set_base=Pin(17))\nsm.active(1)");
    wave.slice(1).forEach(({ at }, number) => near(at - wave[number].at, 50e3, 0.001, "half a wave"));
    session.check(`print(sm, sm.active())${stop}\nprint(sm.active())`, "StateMachine(0) True\nFalse\n");

    const bits = changes(18, 48, "sm = StateMachine(5, lights, freq=8_000_000, sideset_base=Pin(18))\nsm.active(1)\nsm.put(0xa5f00f, 8)");
    for (let bit = 0; bit < 24; bit++) {
      const [rise, fall] = bits.slice(2 * bit);
      near(fall.at - rise.at, (0xa5f00f >> (23 - bit)) & 1 ? 750 : 375, 0.001, `light's bit ${bit}`);
    }
    session.check(`print(sm.tx_fifo(), PIO(1).state_machine(1) is sm)${stop}`, "0 True\n");

    session.check("sm = StateMachine(1, line, freq=8 * 115_200, sideset_base=Pin(19), out_base=Pin(19))", "");
    const [begin, ...rest] = changes(19, 10, "sm.active(1)\nsm.put(b'UU')");
    const length = 1e9 / 115200;
    equal([begin.rises, rest[0].rises], [false, true], "the first bit");
    rest.slice(0, 9).forEach(({ at }, number) => near(at - begin.at, (number + 1) * length, 0.01, `change ${number} of a line`));
    session.check(`print(sm.tx_fifo())${stop}`, "0\n");

    session.check("sm = StateMachine(2, pulse, in_base=Pin(14, Pin.IN), jmp_pin=Pin(14))\nsm.active(1)\nprint(sm.rx_fifo())", "0\n");
    pico.drive(14, false);
    session.run("pass");
    pico.drive(14, true);
    pico.pass(100e3);
    pico.drive(14, false);
    pico.pass(1e3);
    const measured = Number(session.run("print(sm.get())"));
    near(measured * 2 * 8, 100e3, 0.01, "length of a pulse");
    session.check("sm.active(0)", "");
    pico.drive(14, undefined);

    session.check(
      "seen = []\nsm = StateMachine(7, flag)\nsm.irq(lambda sm: seen.append((sm, sm.irq().flags())))\n" +
        "PIO(1).irq(lambda pio: seen.append((pio, pio.irq().flags())), PIO.IRQ_SM3)\nsm.active(1)\nsm.put(42)\n" +
        "print(sm.get(), time.sleep_ms(2), sorted(seen, key=str))",
      "42 None [(PIO(1), 2048), (StateMachine(7), 1)]\n",
    );
    session.check("sm.exec('set(x, 21)')\nsm.exec('mov(isr, x)')\nsm.exec('push()')\nprint(sm.get())", "21\n");
    session.check("from array import array\nsm.restart()\nsm.put(array('I', [1, 2]))\nprint(sm.get() + sm.get())", "3\n");
    session.check("sm.active(0)\nPIO(1).irq(None)\nPIO(1).remove_program()\nPIO(0).remove_program()", "");
    session.check("try:\n  PIO(0).add_program([b'12' * 33, -1, -1, -1, 0, 0, None, None, None])\nexcept OSError as error:\n  print(error)", "[Errno 12] ENOMEM\n");
    for (const [wrong, message] of [["StateMachine(8)", "invalid StateMachine"], ["PIO(2)", "invalid PIO"], ["StateMachine(0, wave, freq=1)", "freq out of range"]]) {
      session.check(`try:\n  ${wrong}\nexcept ValueError as error:\n  print(error)`, `${message}\n`);
    }
  },

  "the button is seen"({ session, pico }) {
    session.check("print(rp2.bootsel_button())", "0\n");
    pico.isButtonPressed = true;
    session.check("print(rp2.bootsel_button())", "1\n");
    pico.isButtonPressed = false;
  },

  "voltages are measured"({ session, pico }) {
    pico.chip.adc.channelValues = [0, 1024, 2048, 4095, 876];
    session.check("from machine import ADC\nprint([ADC(n).read_u16() for n in (26, Pin(27), 2, 3)])", "[0, 16388, 32776, 65535]\n");
    session.check("volts = ADC(4).read_u16() * 3.3 / 65535\nprint(round(27 - (volts - 0.706) / 0.001721, 1))", "27.0\n");
  },

  "I2C reaches devices"({ session, pico }) {
    const sensor = new Registers([0x12, 0x34, 0x56, 0]);
    const display = new Display();
    attach(pico.chip.i2c[0], { 0x3c: display, 0x48: sensor });
    session.check("from machine import I2C\nbus = I2C(0, scl=Pin(5), sda=Pin(4), freq=400_000)\nprint(bus.scan())", "[60, 72]\n");
    session.check("print(bus.readfrom_mem(0x48, 1, 2), bus.writeto_mem(0x48, 3, b'Z'), bus.readfrom_mem(0x48, 0, 4))", "b'4V' None b'\\x124VZ'\n");
    session.check("print(bus.writeto(0x48, b'\\x02', False), bus.readfrom(0x48, 1))\ntry:\n  bus.readfrom(0x50, 1)\nexcept OSError as error:\n  print(error)", "1 b'V'\n[Errno 19] ENODEV\n");
    session.check(readFileSync(join(HERE, "display.py"), "utf8"), "");
    session.check("screen = Display(bus)\nscreen.text('P', 8, 16)\nscreen.rect(0, 0, 128, 64, 1)\nscreen.show()", "");
    equal(display.isOn, true, "display");
    equal(display.picture(0, 0, 4, 3), "####\n#...\n#...", "corner");
    equal(display.picture(8, 16, 8, 7), LETTER, "letter");
  },

  "SPI and a serial line carry bytes"({ session, pico }) {
    const [spi, uart] = [pico.chip.spi[0], pico.chip.uart[1]];
    spi.onTransmit = (byte) => spi.completeTransmit(byte ^ 0xff);
    session.check("from machine import SPI, UART\nspi = SPI(0, 1_000_000, sck=Pin(18), mosi=Pin(19), miso=Pin(16))\nprint(spi.read(2, 0x0f))", "b'\\xf0\\xf0'\n");
    let sent = "";
    uart.onByte = (byte) => (sent += String.fromCharCode(byte));
    session.check("line = UART(1, 9600, tx=Pin(4), rx=Pin(5))\nprint(line.write('ping'))", "4\n");
    equal(sent, "ping", "bytes at the line");
    // More than the line itself has room for.
    const text = "The line has room for 32 bytes, and memory for more of them.\n";
    for (const character of text) {
      uart.feedByte(character.charCodeAt(0));
      session.pico.run(2000);
    }
    session.check("print(line.any(), line.readline())", `${text.length} b'${text.slice(0, -1)}\\n'\n`);
  },

  "pins refuse what they cannot be"({ session }) {
    for (const call of ["I2C(0, scl=Pin(4), sda=Pin(5))", "SPI(1, sck=Pin(18))", "UART(0, tx=Pin(4))", "machine.PWM(Pin(1), freq=1, duty_u16=9)"]) {
      session.check(`try:\n  ${call}\nexcept OSError as error:\n  print(error)`, "[Errno 22] EINVAL\n");
    }
  },

  "the machine stack suffices"({ session, pico }) {
    for (const [program, expected] of DEEP) session.check(program, expected);
    const left = pico.untouched(STACK_END - STACK);
    if (left < 1024) throw new Error(`${left} bytes of the machine stack were left`);
    return `${left} bytes of ${STACK} were left`;
  },

  "files outlive resets"({ session }) {
    session.check("for name in ('boot', 'main'):\n  with open(name + '.py', 'w') as f:\n    print('print(%r)' % name, file=f)", "");
    session.send(CTRL_B);
    session.expect(">>> ");
    session.send(CTRL_D);
    session.expect("MPY: soft reboot\r\nboot\r\nmain\r\n");
    session.expect(">>> ");
    session.send("import machine; machine.reset()\r");
    session.restarted();
    session.raw();
    session.check("import machine, os\nprint(machine.reset_cause() == machine.HARD_RESET, sorted(os.listdir('/')))", "True ['boot.py', 'main.py']\n");
    session.check("os.remove('boot.py')\nos.remove('main.py')", "");
  },

  "the watchdog starts the board anew"({ session }) {
    session.send(`machine.WDT(timeout=100)\nwhile True: pass${CTRL_D}`);
    session.restarted();
    session.raw();
    session.check("import machine\nprint(machine.reset_cause() == machine.WDT_RESET)", "True\n");
    session.check("try:\n  machine.WDT(timeout=9000)\nexcept OSError as error:\n  print(error)", "[Errno 22] EINVAL\n");
  },

  "threads take turns"({ session, pico }) {
    session.check(readFileSync(join(HERE, "threads.py"), "utf8"), "[0, 0, 0, 1, 1, 1, 2, 2, 2] True True\n1000 1000 True\nrefused\nTrue\n");
    // One that never waits has the prompt answer, and Ctrl-C is the first thread's.
    session.check("begin(forever)\nprint('begun')", "begun\n");
    const { edges, stop } = watch(pico, 25);
    session.until(() => edges.length >= 4, "changes of the light");
    session.send(`time.sleep(1000)${CTRL_D}`);
    session.expect("OK");
    session.pico.run(200_000);
    session.send(CTRL_C);
    session.expect("KeyboardInterrupt");
    session.expect("\x04>");
    // Its interpreter ends it.
    session.send(CTRL_D);
    session.expect("soft reboot");
    session.expect("raw REPL; CTRL-B to exit\r\n>");
    session.check("import machine, time\nfrom machine import Pin\nled = Pin('LED', Pin.OUT)", "");
    edges.length = 0;
    session.check("time.sleep_ms(50)", "");
    equal(edges.length, 0, "changes of the light that nobody makes");
    stop();
    // A heap that was full leaves room for the stacks of threads.
    session.check(
      "import _thread\nx = []\ntry:\n  while True:\n    x.append(bytes(1000))\nexcept MemoryError:\n  x = None\n" +
        "ran = []\nfor _ in range(4):\n  _thread.start_new_thread(ran.append, (1,))\ntime.sleep_ms(50)\nprint(ran)",
      "[1, 1, 1, 1]\n",
    );
  },

  "the boot loader is reached"({ pico }) {
    let waits = false;
    const other = new Pico(rp2040js, pico.flash.slice(), { onBootloader: () => (waits = true) });
    const session = new Session().use(other);
    session.raw();
    session.send(`import machine\nmachine.bootloader()${CTRL_D}`);
    session.until(() => waits, "the boot loader");
  },

  async "mpremote copies, runs, mounts, deploys"({ session, folder, berus }) {
    session.send(CTRL_B);
    session.expect(">>> ");
    const server = await session.listen();
    const mpremote = (...args) => {
      const connect = ["connect", `socket://127.0.0.1:${server.address().port}`];
      return session.beside(join(PEERS, "mpremote"), ...connect, ...args);
    };
    const text = Array.from({ length: 400 }, (_, line) => `line ${line}\n`).join("");
    writeFileSync(join(folder, "text.txt"), text);
    writeFileSync(join(folder, "hello.py"), "NAME = 'hello from this machine'\n");
    writeFileSync(join(folder, "use.py"), "import hello\nprint(hello.NAME)\n");
    await mpremote("fs", "cp", join(folder, "text.txt"), ":");
    equal(/(\d+) text.txt/.exec(await mpremote("fs", "ls"))?.[1], `${text.length}`, "listed length");
    equal(await mpremote("fs", "cat", ":text.txt"), text, "text");
    equal(await mpremote("mount", folder, "run", join(folder, "use.py")).then((out) => out.includes("hello from this machine\n")), true, "mounted module");
    if (berus) {
      const [source, image] = [join(folder, "rom"), join(folder, "image.romfs")];
      mkdirSync(source);
      // The second image goes to the other half of the partition, since programs may run from the first.
      for (const number of [1, 2]) {
        writeFileSync(join(source, "in_rom.py"), `NUMBER = ${number}\n`);
        execFileSync(berus, ["freeze", "--quiet", "--arch=armv6m", "--output", image, source]);
        await mpremote("romfs", "deploy", image);
        const ask = ["exec", "import in_rom\nprint(in_rom.NUMBER, in_rom.__file__)"];
        equal(await mpremote(...ask), `${number} /rom/in_rom.mpy\n`, "module in ROM");
        await mpremote("exec", "--no-follow", "import machine\nmachine.reset()");
        equal(await mpremote(...ask), `${number} /rom/in_rom.mpy\n`, "module in ROM after a reset");
      }
    }
    server.close();
    session.use(session.pico);
    session.raw();
  },

  "no loss of power loses a file"({ pico }) {
    return cutPower(rp2040js, pico.flash);
  },
};

// The machine stack of the firmware, and where it ends.
const STACK = 32 << 10;
const STACK_END = 0x20042000;

// What nests deeply, and how that ends.
const refuse = (call) => `try:\n  ${call}\n  print('done')\nexcept (RuntimeError, MemoryError, SyntaxError) as error:\n  print('refused')`;
const DEEP = [
  ["def f(n): return f(n + 1)\n" + refuse("f(0)"), "refused\n"],
  [refuse("exec('(' * 500 + '1' + ')' * 500)"), "done\n"],
  [refuse("exec('(' * 20000 + '1' + ')' * 20000)"), "refused\n"],
  ["x = []\nfor _ in range(500): x = [x]\n" + refuse("repr(x)"), "refused\n"],
  ["import json\n" + refuse("json.loads('[' * 500 + ']' * 500)"), "done\n"],
  ["def g(n): return sorted([1, 2], key=lambda _: g(n + 1))\n" + refuse("g(0)"), "refused\n"],
];

const LETTER = `.#####..
.##..##.
.##..##.
.#####..
.##.....
.##.....
.##.....`;

async function main() {
  const flash = uf2(readFileSync(firmware()));
  const pico = new Pico(rp2040js, flash);
  const session = new Session().use(pico);
  if (options.listen !== undefined) {
    const server = await session.listen(Number(options.listen));
    console.log(`mpremote connect socket://127.0.0.1:${server.address().port}`);
    return session.live(new Promise(() => {}));
  }
  const folder = mkdtempSync(join(tmpdir(), "pico-"));
  try {
    for (const [name, check] of Object.entries(CHECKS)) {
      const began = performance.now();
      const said = await check({ session, pico, folder, berus: options.berus });
      console.log(`${name}${said ? `: ${said}` : ""} (${((performance.now() - began) / 1000).toFixed(1)} s)`);
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
}

await main();
