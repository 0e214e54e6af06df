// A Pico's prompt, as a person, a program, and mpremote use it.

import { spawn } from "node:child_process";
import net from "node:net";

export const [CTRL_A, CTRL_B, CTRL_C, CTRL_D] = ["\x01", "\x02", "\x03", "\x04"];

// Instructions: far more than any answer takes.
const PATIENCE = 60e6;
const SLICE = 5000;

export class Session {
  constructor() {
    this.said = "";
  }

  /** Uses `pico`, whose `onData` becomes this session's. */
  use(pico) {
    this.pico = pico;
    this.said = "";
    pico.onData = (bytes) => (this.said += Buffer.from(bytes).toString("latin1"));
    return this;
  }

  send(text) {
    this.pico.send(text);
  }

  /** Runs the board until `ready` answers something that is true: that. */
  until(ready, what) {
    for (let done = 0; done < PATIENCE; done += SLICE) {
      const answer = ready();
      if (answer) return answer;
      if (this.pico.run(SLICE)) this.pico.pass(1e6);
    }
    throw new Error(`expected ${what}, and the board says ${JSON.stringify(this.said)}`);
  }

  /** Waits for the board to say something: what it said up to there. */
  expect(text) {
    this.until(() => this.said.includes(text), JSON.stringify(text));
    const at = this.said.indexOf(text);
    const before = this.said.slice(0, at);
    this.said = this.said.slice(at + text.length);
    return before;
  }

  /** Waits until the board is started anew. */
  restarted() {
    const { chip } = this.pico;
    this.until(() => this.pico.chip !== chip, "a reset");
  }

  /** Comes to the raw prompt of a board that was started, or of one that runs a program. */
  raw() {
    this.send(`\r${CTRL_C}${CTRL_C}${CTRL_A}`);
    this.expect("raw REPL; CTRL-B to exit\r\n>");
  }

  /** What a program prints at the raw prompt. */
  run(program) {
    this.send(program + CTRL_D);
    this.expect("OK");
    const printed = this.expect(CTRL_D);
    const raised = this.expect(CTRL_D);
    this.expect(">");
    return (printed + raised).replaceAll("\r\n", "\n");
  }

  check(program, expected) {
    const printed = this.run(program);
    if (printed !== expected) {
      throw new Error(`${program}\nprints ${JSON.stringify(printed)}, not ${JSON.stringify(expected)}`);
    }
  }

  /** Lets the board run beside other programs, at most as fast as time goes, until `end` is settled. */
  async live(end) {
    let isOver = false;
    const result = end.finally(() => (isOver = true));
    let [seen, allowed] = [performance.now(), 0];
    while (!isOver) {
      const now = performance.now();
      // Time that a slow emulator has missed is not made up for: what the board waits for would come too late.
      allowed = Math.min(allowed + (now - seen) * 1e6, 20e6);
      seen = now;
      const from = this.pico.now;
      const left = () => allowed - (this.pico.now - from);
      let waits = false;
      while (!waits && performance.now() < now + 10 && left() > 0) waits = this.pico.run(SLICE);
      allowed = Math.max(left(), 0);
      if (waits) {
        this.pico.pass(allowed);
        allowed = 0;
      }
      await new Promise((done) => setTimeout(done, waits || allowed === 0 ? 1 : 0));
    }
    return result;
  }

  /** Serves the board's serial line at a port of this machine: the server. */
  listen(port = 0) {
    const server = net.createServer((socket) => {
      this.pico.onData = (bytes) => socket.write(bytes);
      socket.on("data", (bytes) => this.pico.send(bytes));
      socket.on("error", () => {});
      socket.setNoDelay(true);
    });
    return new Promise((done) => server.listen(port, "127.0.0.1", () => done(server)));
  }

  /** What a program of this machine prints while the board runs. */
  async beside(command, ...args) {
    const child = spawn(command, args, { stdio: ["ignore", "pipe", "pipe"] });
    let printed = "";
    child.stdout.on("data", (text) => (printed += text));
    child.stderr.on("data", (text) => (printed += text));
    const timer = setTimeout(() => child.kill(), 120e3);
    const code = await this.live(new Promise((done, failed) => child.on("close", done).on("error", failed)));
    clearTimeout(timer);
    if (code !== 0) throw new Error(`${command} ${args.join(" ")} ends with ${code}: ${printed}`);
    return printed.replaceAll("\r\n", "\n");
  }
}
