// The loss of power while files are written.

import { Pico } from "./chip.mjs";
import { Session } from "./session.mjs";

// What a file numbered n holds tells n, and where it is cut short.
const CONTENT = "def content(n): return f'{n}:' + 'abcdefghij' * (n * 37 % 200) + f':{n}'\n";
const FILES = 3;
const COPIES = 8;

const WRITE = `${CONTENT}
import os
for n in range(${COPIES}):
    with open('/new', 'w') as file: file.write(content(n))
    os.rename('/new', f'/file{n % ${FILES}}')
    print('closed', n)
`;

const READ = `${CONTENT}
for name in range(${FILES}):
    try:
        with open(f'/file{name}') as file: text = file.read()
    except OSError:
        continue
    number = int(text.split(':')[0]) if ':' in text else -1
    print(name, number, number >= 0 and text == content(number))
`;

/** Flash in which a change has been made to a half only. */
function torn(flash, what, offset, change) {
  const copy = flash.slice();
  if (what === "erase") copy.fill(0xff, offset, offset + change / 2);
  else change.subarray(0, change.length / 2).forEach((byte, at) => (copy[offset + at] &= byte));
  return copy;
}

/** Writes files, and starts a board from flash as each change leaves it that is cut short: what was tried. */
export function cutPower(rp2040js, flash) {
  const cuts = [];
  const writer = new Session();
  const onChange = (what, offset, change) => {
    const closed = [...writer.said.matchAll(/closed (\d+)/g)].map(([, number]) => Number(number));
    cuts.push({ flash: torn(flash, what, offset, change), what, closed });
  };
  writer.use(new Pico(rp2040js, flash, { onChange }));
  writer.raw();
  cuts.length = 0;
  writer.run(WRITE);
  for (const [number, cut] of cuts.entries()) {
    const session = new Session().use(new Pico(rp2040js, cut.flash));
    session.raw();
    const lines = session.run(READ).trim().split("\n").filter(Boolean);
    const found = Object.fromEntries(lines.map((line) => line.split(" ")).map(([name, n, whole]) => [name, { n: Number(n), whole }]));
    for (const n of cut.closed) {
      const { n: at, whole } = found[n % FILES] ?? { n: -1 };
      if (whole !== "True" || at < n) {
        throw new Error(`change ${number}, ${cut.what}: a file was closed with ${n}, and has ${at}, whole: ${whole}`);
      }
    }
  }
  if (cuts.length < 2 * COPIES) throw new Error(`only ${cuts.length} changes of flash`);
  return `${cuts.length} changes of flash cut short`;
}
