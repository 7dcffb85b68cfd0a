// A field table as a grid. The text in YAML stays the truth: the grid is made from it and writes it anew.
import { el } from './words.js';

const COLUMNS = [
  ['field', 'Field', 'Where in the payload: env.t, list[2], probes[id=in].v'], ['metric', 'Metric', 'Key of the metric, such as supply_air_temp'],
  ['unit', 'Unit', 'UCUM code of the scaled value; the metric\'s own when empty'], ['scale', 'Scale', 'value · scale + offset; 1 when empty'], ['offset', 'Offset', 'value · scale + offset; 0 when empty'],
  ['low', 'Lowest', 'Lower values are held here'], ['high', 'Highest', 'Higher values are held here'], ['enum', 'Values', 'What a value is called: 0=off, 1=on; a text with a comma in double quotes'], ['unless', 'No reading', 'Values that mean no reading: 32767, -32768'],
];
const NUMBERS = new Set(['scale', 'offset', 'low', 'high']);
// Texts that YAML takes for something else.
const ODD = /^(?:true|false|null|yes|no|on|off|y|n|~)$/i;

const plain = (text) => /^[A-Za-z_][\w/%°-]*$/.test(text) && !ODD.test(text);
const scalar = (value) => (typeof value === 'string' ? (plain(value) ? value : JSON.stringify(value)) : JSON.stringify(value));
const key = (text) => (/^[A-Za-z_][\w.]*$/.test(text) && !ODD.test(text) ? text : /^-?\d+$|^(?:true|false)$/.test(text) ? text : JSON.stringify(text));
const flow = (value) => {
  if (Array.isArray(value)) return `[${value.map(flow).join(', ')}]`;
  if (value && typeof value === 'object') return `{${Object.entries(value).map(([k, v]) => `${key(k)}: ${flow(v)}`).join(', ')}}`;
  return scalar(value);
};
const number = (text) => (text.trim() === '' ? undefined : Number.isFinite(Number(text.replace(',', '.'))) ? Number(text.replace(',', '.')) : text.trim());
const quoted = (text) => { try { return JSON.parse(text); } catch { return text; } };
const value = (text) => {
  const t = text.trim();
  if (t.startsWith('"')) return quoted(t);
  if (/^-?\d+(?:\.\d+)?$/.test(t)) return Number(t);
  if (t === 'true' || t === 'false') return t === 'true';
  return t;
};
const list = (text) => (text.match(/(?:"(?:[^"\\]|\\.)*"|[^,])+/g) || []).map((part) => part.trim()).filter(Boolean);
const bare = (text) => (text === '' || text !== text.trim() || /[,="]/.test(text) ? JSON.stringify(text) : text);
/** A value as its cell says it; `value` reads the same of it again. */
const said = (v) => (typeof v !== 'string' ? JSON.stringify(v) : value(v) === v ? bare(v) : JSON.stringify(v));
const states = (text) => Object.fromEntries(list(text).map((pair) => {
  const [, k, v] = /^("(?:[^"\\]|\\.)*"|[^=]*)(?:=([\s\S]*))?$/.exec(pair) || [null, pair, ''];
  return [k.startsWith('"') ? quoted(k.trim()) : k.trim(), value(v || '')];
}));

const bounds = ({ clamp }) => (Array.isArray(clamp) ? clamp : clamp ? [clamp.min, clamp.max] : []);

/** A line of the table as the texts of its cells, with what it was and which cells somebody typed in. */
const cells = (line) => ({
  ...line,
  was: line, typed: new Set(),
  scale: line.scale ?? '', offset: line.offset ?? '', unit: line.unit ?? '',
  low: bounds(line)[0] ?? '', high: bounds(line)[1] ?? '',
  enum: line.enum ? Object.entries(line.enum).map(([k, v]) => `${bare(k)}=${said(v)}`).join(', ') : '',
  unless: line.unless === undefined ? '' : [].concat(line.unless).map(said).join(', '),
});

const KNOWN = ['metric', 'unit', 'unless', 'bit', 'enum', 'otherwise', 'scale', 'offset', 'clamp', 'parse', 'required', 'description'];

/** The cells back as a line: what nobody typed in stays as it was, in kind and all. */
function settings(row) {
  const { was, typed } = row;
  const out = {};
  for (const name of new Set([...KNOWN, ...Object.keys(was)])) {
    if (name === 'field' || name === 'vendor_field') continue;
    let v = was[name];
    if (name === 'clamp') {
      if (typed.has('low') || typed.has('high')) {
        v = ['low', 'high'].map((end, i) => (typed.has(end) ? number(row[end]) : bounds(was)[i]) ?? null);
        if (v.every((bound) => bound === null)) v = undefined;
      }
    } else if (typed.has(name)) {
      v = row[name].trim();
      if (v === '') v = undefined;
      else if (NUMBERS.has(name)) v = number(v);
      else if (name === 'enum') v = states(v);
      else if (name === 'unless') { v = list(v).map(value); if (v.length < 2) [v] = v; }
    }
    if (v !== undefined) out[name] = v;
  }
  return out;
}

/** The table in YAML; empty when it has no lines. */
export function tableText(table) {
  const lines = table.lines.filter((row) => String(row.field ?? row.vendor_field ?? '').trim() || row.metric);
  if (!lines.length) return '';
  let text = '';
  if (table.description) text += `description: ${scalar(table.description)}\n`;
  if (table.timestamp) text += `timestamp: ${flow(table.timestamp)}\n`;
  text += 'fields:\n';
  const seen = new Set();
  const twice = lines.some((row) => { const f = row.field ?? row.vendor_field; if (seen.has(f)) return true; seen.add(f); return false; });
  for (const row of lines) {
    const field = String(row.field ?? row.vendor_field ?? '').trim();
    const set = settings(row);
    text += twice ? `  - ${flow({ field, ...set })}\n` : `  ${key(field)}: ${flow(set)}\n`;
  }
  return text;
}

/**
 * Makes a grid in a box. `changed` hears the YAML after every change.
 * Gives {show(table), focus(field)}; a table is {timestamp, description, lines: [{field, metric, ...}]}.
 */
export function fieldGrid(box, changed, { metrics = () => [], editable = true } = {}) {
  let table = { timestamp: null, lines: [] };
  const tell = () => changed(tableText(table));

  const cell = (row, [name, title], at) => {
    const input = el('input', 'form-control' + (NUMBERS.has(name) ? ' num' : ''));
    input.value = row[name] ?? (name === 'field' ? row.vendor_field ?? '' : '');
    input.setAttribute('aria-label', `${title}, line ${at + 1}`);
    input.spellcheck = false;
    input.autocomplete = 'off';
    input.readOnly = !editable;
    input.dataset.column = name;
    if (name === 'metric') input.setAttribute('list', 'metric-names');
    if (NUMBERS.has(name)) input.inputMode = 'decimal';
    input.addEventListener('input', () => {
      row[name] = input.value;
      row.typed.add(name);
      if (NUMBERS.has(name) && input.value.trim() !== '' && !Number.isFinite(Number(input.value.replace(',', '.')))) input.setAttribute('aria-invalid', 'true');
      else input.removeAttribute('aria-invalid');
      tell();
    });
    return el('td', 'grid-' + name, input);
  };
  const line = (row, at) => {
    const more = ['bit', 'parse', 'required', 'otherwise'].filter((name) => row[name] !== undefined).map((name) => (row[name] === true ? name : `${name} ${row[name]}`)).join(', ');
    const remove = el('button', 'tool', '×');
    remove.type = 'button';
    remove.setAttribute('aria-label', `Remove line ${at + 1}`);
    remove.addEventListener('click', () => {
      table.lines.splice(at, 1);
      draw();
      tell();
      (box.querySelectorAll('tbody tr')[Math.min(at, table.lines.length - 1)]?.querySelector('input') || box.querySelector('[data-add]'))?.focus();
    });
    return el('tr', '', ...COLUMNS.map((column) => cell(row, column, at)), el('td', 'grid-end', more ? el('small', '', more) : null, editable ? remove : null));
  };
  const time = () => {
    const stamp = typeof table.timestamp === 'string' ? { field: table.timestamp } : table.timestamp || {};
    const one = (name, title, hint) => {
      const input = el('input', 'form-control');
      input.value = stamp[name] || '';
      input.placeholder = hint;
      input.spellcheck = false;
      input.readOnly = !editable;
      input.addEventListener('input', () => {
        const next = { ...(typeof table.timestamp === 'string' ? { field: table.timestamp } : table.timestamp || {}), [name]: input.value.trim() };
        Object.keys(next).forEach((k) => { if (!next[k]) delete next[k]; });
        table.timestamp = !next.field ? null : Object.keys(next).length === 1 ? next.field : next;
        tell();
      });
      return el('label', '', title, ' ', input);
    };
    return el('div', 'grid-time', one('field', 'Time of measurement', 'absent: time of receipt'), one('unit', 'in', 's, ms, us or ns'), one('zone', 'clock of', 'Europe/Berlin'));
  };
  const draw = () => {
    const head = el('tr', '', ...COLUMNS.map(([name, title, hint]) => Object.assign(el('th', NUMBERS.has(name) ? 'num' : '', title), { scope: 'col', title: hint })), el('th', ''));
    const add = el('button', 'btn', 'Add a line');
    add.type = 'button';
    add.dataset.add = '';
    add.addEventListener('click', () => {
      table.lines.push(cells({ field: '' }));
      draw();
      box.querySelector('tbody tr:last-child input').focus();
    });
    const names = el('datalist', '');
    names.id = 'metric-names';
    metrics().forEach((name) => names.append(new Option(name)));
    box.replaceChildren(time(),
      table.lines.length ? el('div', 'grid-scroll', el('table', 'table field-grid', el('thead', '', head), el('tbody', '', ...table.lines.map(line))))
        : el('p', 'hint pad', 'No lines yet: which field of the payload is which metric? Add one, or let the hub propose them.'),
      editable ? el('p', 'grid-add', add) : '', names);
  };
  return {
    show(next) {
      table = { timestamp: next.timestamp ?? null, description: next.description, lines: (next.lines || []).map(cells) };
      draw();
    },
    draw,
    /** Marks the line and cell at fault, such as fields.env.t.unit, and says what is wrong; null clears it. */
    mark(field, text) {
      box.querySelectorAll('[aria-invalid=true]').forEach((input) => input.removeAttribute('aria-invalid'));
      box.querySelector('.grid-problem')?.remove();
      if (!field) return;
      const path = field.replace(/^fields\.?/, '');
      table.lines.forEach((row, at) => {
        const name = String(row.field ?? row.vendor_field ?? '');
        if (!name || (path !== name && !path.startsWith(name + '.'))) return;
        const setting = path.slice(name.length + 1).split('.')[0];
        const column = setting === 'clamp' ? 'low' : setting || 'field';
        (box.querySelector(`tbody tr:nth-child(${at + 1}) [data-column="${CSS.escape(column)}"]`) || box.querySelector(`tbody tr:nth-child(${at + 1}) [data-column=field]`))?.setAttribute('aria-invalid', 'true');
      });
      const told = el('p', 'problem grid-problem', text);
      told.setAttribute('role', 'alert');
      box.append(told);
    },
  };
}
