'use strict';
// All text of the module reaches the page as text nodes, and so none of it is markup.
const data = JSON.parse(document.getElementById('module').textContent);
const byId = (id) => document.getElementById(id);
const COLOURS = {
  'bytecode': '#8ecae6', 'machine code': '#8ecae6', 'names': '#ffd166', 'constants': '#f4a261', 'preludes': '#b8e0a0', 'line tables': '#cdb4db',
  'structure': '#ced4da', 'header': '#adb5bd', 'read-only data': '#e9c46a', 'relocations': '#ffadad', 'trailing bytes': '#ff6b6b',
};

/** An element with attributes and children; strings become text. */
function make(tag, attributes, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes || {})) {
    if (name === 'on') element.addEventListener('click', value);
    else if (name === 'style') Object.assign(element.style, value);
    else if (value !== undefined && value !== false) element.setAttribute(name, value);
  }
  element.append(...children);
  return element;
}

const table = (titles, rows) => make('table', {},
  make('tr', {}, ...titles.map((title) => make('th', {}, title))), ...rows);
const row = (cells, attributes) => make('tr', attributes, ...cells.map((cell) =>
  cell instanceof Node && cell.nodeName === 'TD' ? cell : make('td', {}, cell)));
const hex = (number, width) => number.toString(16).padStart(width, '0');
const spaced = (bytes) => bytes.replace(/../g, '$& ').trimEnd();
const plural = (count, what) => `${count} ${what}${count === 1 ? '' : 's'}`;
const text = (value) => value === null ? '?' : typeof value === 'string' ? value : value.hex !== undefined ? `bytes ${value.hex}` : plural(value.bytes, 'byte');

// Fields by the code that they belong to; `null` is the module's own.
const fieldsOf = new Map();
for (const field of data.fields) {
  if (!fieldsOf.has(field.code)) fieldsOf.set(field.code, []);
  fieldsOf.get(field.code).push(field);
}
const sizeOf = (field) => field.bytes.length / 2;
const sum = (fields) => fields.reduce((total, field) => total + sizeOf(field), 0);
const sizes = (fields) => {
  const kinds = new Map();
  for (const field of fields) kinds.set(field.kind, (kinds.get(field.kind) || 0) + sizeOf(field));
  return [...kinds].map(([kind, bytes]) => ({ kind, bytes })).sort((a, b) => b.bytes - a.bytes);
};

/** Puts boxes of these sizes into a rectangle, largest first, each as square as the ones in its row allow. */
function squarify(items, x, y, width, height) {
  const placed = [];
  let rest = items.filter((item) => item.bytes > 0).sort((a, b) => b.bytes - a.bytes);
  let left = rest.reduce((total, item) => total + item.bytes, 0);
  while (rest.length > 0) {
    const side = Math.min(width, height);
    const scale = width * height / left;
    const worst = (count) => {
      const taken = rest.slice(0, count);
      const area = taken.reduce((total, item) => total + item.bytes, 0) * scale;
      const thick = area / side;
      return Math.max(...taken.map((item) => {
        const long = item.bytes * scale / thick;
        return Math.max(long / thick, thick / long);
      }));
    };
    let count = 1;
    while (count < rest.length && worst(count + 1) <= worst(count)) count += 1;
    const taken = rest.slice(0, count);
    const bytes = taken.reduce((total, item) => total + item.bytes, 0);
    const thick = bytes * scale / side;
    let at = 0;
    for (const item of taken) {
      const long = item.bytes * scale / thick;
      placed.push(width >= height
        ? { item, x, y: y + at, width: thick, height: long }
        : { item, x: x + at, y, width: long, height: thick });
      at += long;
    }
    if (width >= height) { x += thick; width -= thick; } else { y += thick; height -= thick; }
    rest = rest.slice(count);
    left -= bytes;
  }
  return placed;
}

const owners = [...fieldsOf].map(([code, fields]) => ({
  code, bytes: sum(fields), kinds: sizes(fields),
  title: code === null ? 'header, names, constants' : data.codes[code].signature,
}));

function treemap() {
  const map = byId('map');
  const share = (size, whole) => `${100 * size / whole}%`;
  const [width, height] = [1000, 250];
  for (const outer of squarify(owners, 0, 0, width, height)) {
    for (const inner of squarify(outer.item.kinds, outer.x, outer.y, outer.width, outer.height)) {
      const isLargest = inner.item === outer.item.kinds[0];
      const shown = outer.item.code === null ? inner.item.kind : isLargest ? outer.item.title : '';
      const label = `${outer.item.title}: ${inner.item.kind}, ${plural(inner.item.bytes, 'byte')}`;
      map.append(make('button', {
        'title': label, 'aria-label': label, 'data-code': String(outer.item.code), 'on': () => { location.hash = place(outer.item.code); },
        'style': {
          left: share(inner.x, width), top: share(inner.y, height), width: share(inner.width, width), height: share(inner.height, height),
          background: COLOURS[inner.item.kind] || '#ccc',
        },
      }, inner.width > 60 && inner.height > 25 ? shown : ''));
    }
  }
  for (const { kind, bytes } of sizes(data.fields)) {
    byId('legend').append(make('span', {}, make('i', { style: { background: COLOURS[kind] || '#ccc' } }),
      `${kind} ${bytes} (${(100 * bytes / data.size).toFixed(1)} %)`));
  }
}

const place = (code) => code === null ? 'module' : `code${code}`;

function depth(code) {
  let steps = 0;
  for (let parent = data.codes[code].parent; parent !== null && steps < 20; parent = data.codes[parent].parent) steps += 1;
  return steps;
}

function contents() {
  const entry = (hash, title, bytes, indent) => byId('contents').append(make('button', {
    'data-hash': hash, 'title': title, 'on': () => { location.hash = hash; }, 'style': { paddingLeft: `${.4 + indent * .9}rem` },
  }, make('span', {}, title), make('span', { class: 'faint' }, bytes === null ? '' : String(bytes))));
  entry('module', 'header, names, constants', sum(fieldsOf.get(null) || []), 0);
  for (const code of data.codes) entry(place(code.id), code.signature, sum(fieldsOf.get(code.id) || []), depth(code.id));
}

const bytesTable = (fields) => table(['offset', 'bytes', '', 'meaning'], fields.map((field) => row([
  hex(field.offset, 6), make('td', { class: 'bytes' }, spaced(field.bytes)), field.name, field.meaning,
], { id: `at${field.offset}` })));

function constant(value) {
  switch (value.type) {
    case 'str': return JSON.stringify(text(value.value));
    case 'bytes': return `bytes ${spaced(value.hex)}`;
    case 'tuple': return `(${value.items.map(constant).join(', ')})`;
    case 'bool': return value.value ? 'True' : 'False';
    default: return value.value === undefined ? value.type : text(value.value);
  }
}

function showModule(main) {
  main.append(make('h2', {}, `${plural(data.names.length, 'name')}`), table(['', 'name', ''], data.names.map((name, index) =>
    row([String(index), text(name.text), name.static === null ? '' : `static name ${name.static}`]))));
  if (data.constants.length > 0) {
    main.append(make('h2', {}, plural(data.constants.length, 'constant')), table(['', 'type', 'value'], data.constants.map((value, index) =>
      row([String(index), value.type, constant(value)]))));
  }
  main.append(make('h2', {}, 'Every byte'), bytesTable(fieldsOf.get(null) || []));
}

/** Marks the lines and instructions that belong together. */
function mark(line) {
  for (const element of document.querySelectorAll('[data-line]')) element.classList.toggle('marked', element.dataset.line === line);
  const source = document.querySelector(`pre [data-line="${Number(line)}"]`);
  if (source) source.scrollIntoView({ block: 'nearest' });
}

function showCode(main, code) {
  const fields = fieldsOf.get(code.id) || [];
  main.append(make('h2', {}, code.signature), make('p', { class: 'faint' },
    `code ${code.id}, ${code.kind}, ${plural(sum(fields), 'byte')}`
    + (code.prelude ? `, state ${code.prelude.state}` : '') + (code.prelude_error ? `, ${code.prelude_error}` : '')));
  const lineAt = new Map((code.bytecode ? code.bytecode.instructions : []).map((step) => [code.offset + step.offset, step]));
  let line = null;
  const rows = [];
  for (const field of fields) {
    const step = lineAt.get(field.offset);
    const isNew = step && step.line !== null && step.line !== line;
    if (isNew) {
      line = step.line;
      const source = data.source === null ? '' : data.source[line - 1] ?? '';
      rows.push(make('tr', { 'class': 'line', 'data-line': String(line) }, make('td', { colspan: 4 }, `line ${line}`, source && `   ${source.trimStart()}`)));
    }
    const label = step && step.label ? `${step.label}: ` : '';
    const made = row([hex(field.offset, 6), make('td', { class: 'bytes' }, spaced(field.bytes)), label + field.name, field.meaning],
      { 'id': `at${field.offset}`, 'data-line': step && step.line !== null ? String(step.line) : undefined });
    if (step && step.line !== null) made.addEventListener('mouseenter', () => mark(String(step.line)));
    rows.push(made);
  }
  const view = make('div', { class: 'columns' }, table(['offset', 'bytes', '', 'meaning'], rows));
  if (data.source !== null && lineAt.size > 0) {
    const lines = [...lineAt.values()].map((step) => step.line).filter((number) => number !== null);
    const [first, last] = [Math.max(1, Math.min(...lines) - 3), Math.max(...lines) + 3];
    const source = make('pre', { class: 'mono' });
    const content = data.source.slice(first - 1, last);
    const indents = content.filter((text) => text.trim()).map((text) => text.length - text.trimStart().length);
    const indent = Math.min(...indents, 80);
    content.forEach((content, index) => {
      const number = String(first + index);
      const span = make('span', { 'data-line': number }, make('b', {}, number), content.slice(indent));
      span.addEventListener('mouseenter', () => mark(number));
      source.append(span);
    });
    view.append(source);
  }
  main.append(view);
}

function show() {
  const hash = location.hash.slice(1);
  const main = byId('shown');
  main.replaceChildren();
  const code = data.codes[Number(hash.replace('code', ''))];
  const chosen = hash === 'module' || code === undefined ? 'module' : place(code.id);
  if (chosen === 'module') showModule(main); else showCode(main, code);
  for (const button of document.querySelectorAll('#contents button')) button.classList.toggle('chosen', button.dataset.hash === chosen);
  for (const button of document.querySelectorAll('#map button')) {
    button.classList.toggle('chosen', place(button.dataset.code === 'null' ? null : Number(button.dataset.code)) === chosen);
  }
}

const { header } = data;
byId('name').textContent = data.file;
byId('facts').textContent = [
  plural(data.size, 'byte'), `${header.flavour} ${header.version}.${header.sub_version}`, header.micropython && `for MicroPython ${header.micropython}`,
  header.arch ? `machine code for ${header.arch}` : 'no machine code', `small ints of ${header.small_int_bits} bits`, `source ${text(data.source_file)}`,
].filter(Boolean).join(', ');
treemap();
contents();
addEventListener('hashchange', show);
if (!location.hash) history.replaceState(null, '', '#code0');
show();
