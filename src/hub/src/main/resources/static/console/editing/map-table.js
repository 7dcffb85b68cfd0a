// The points of a device map as a table. Cells that nobody types in stay as they were written.
import { call } from './call.js';
import { el } from './words.js';

const NUMBERS = new Set(['address', 'scale', 'deadband']);
const TABLES = ['', 'holding', 'input', 'coil', 'discrete'];
const TYPES = ['', 'int16', 'uint16', 'int32', 'uint32', 'int64', 'uint64', 'float32', 'float64', 'bcd16', 'bcd32', 'string', 'bit'];
const PLACES = {
  modbus: [['address', 'Address', 'Of the first register or coil, from 0'], ['table', 'Table', 'Holding registers unless said otherwise', TABLES], ['type', 'Type', 'What the registers hold', TYPES]],
  opcua: [['node', 'Node', 'Node id, such as ns=2;s=Pump/Flow']],
  bacnet: [['object', 'Object', 'type:instance, such as analog-input:1']],
};
const COMMON = [['unit', 'Unit', 'UCUM code'], ['scale', 'Scale', 'value = raw × scale + offset; 1 when empty'], ['interval', 'Interval', 'Such as PT10S; the connection\'s when empty'], ['deadband', 'Deadband', 'Changes up to this much are not told'], ['writable', 'Writable', 'Whether commands may set it']];

const number = (value) => { const n = Number(value.replace(',', '.')); return Number.isFinite(n) ? n : value.trim(); };
const brief = (v) => (v && typeof v === 'object' ? Object.entries(v).map(([k, x]) => `${k}=${x}`).join(', ') : String(v));

/** Gives {show(answer), mark(problems), size}; `changed` hears the map with its points after every change. */
export function pointTable(box, family, editable, changed) {
  const columns = [['metric', 'Metric', 'Key of the metric, such as supply_air_temp'], ...PLACES[family], ...COMMON];
  let head = {};
  let rows = [];
  let whole = true;
  let marked = [];
  const names = el('datalist', '');
  names.id = 'metric-names';
  box.after(names);
  if (editable) call('GET', '/metrics?limit=5000').then((answer) => { if (answer.ok) answer.body.items.forEach((metric) => names.append(new Option(metric.key))); });
  const tell = () => changed({ ...head, points: rows });

  const set = (row, field, value) => {
    if (value === '' || value === false || value === null) delete row[field];
    else row[field] = value;
    tell();
  };
  const cell = (row, [field, title, hint, choices], at) => {
    const label = `${title}, point ${at + 1}`;
    let input;
    if (field === 'writable') {
      input = el('input', 'form-check-input');
      input.type = 'checkbox';
      input.checked = row[field] === true;
      input.disabled = !editable;
      input.addEventListener('change', () => set(row, field, input.checked));
    } else if (choices) {
      input = el('select', 'form-select');
      (choices.includes(row[field] ?? '') ? choices : [...choices, row[field]]).forEach((c) => input.append(new Option(c === '' && field === 'table' ? 'holding' : c, c)));
      if (field === 'table') input.remove(1);
      input.value = field === 'table' && row[field] === 'holding' ? '' : row[field] ?? '';
      input.disabled = !editable;
      input.addEventListener('change', () => set(row, field, input.value));
    } else {
      input = el('input', 'form-control' + (NUMBERS.has(field) ? ' num' : ''));
      input.value = row[field] ?? '';
      input.spellcheck = false;
      input.autocomplete = 'off';
      input.readOnly = !editable;
      if (NUMBERS.has(field)) input.inputMode = 'decimal';
      if (field === 'metric') input.setAttribute('list', names.id);
      input.addEventListener('input', () => set(row, field, input.value.trim() === '' ? '' : NUMBERS.has(field) ? number(input.value) : input.value.trim()));
    }
    input.setAttribute('aria-label', label);
    input.title = hint;
    input.dataset.column = field;
    const td = el('td', `pt-${field}`, input);
    td.dataset.title = title;
    return td;
  };
  const also = (row) => Object.keys(row).filter((field) => !columns.some(([known]) => known === field)).map((field) => `${field}: ${brief(row[field])}`).join(' · ');
  const line = (row, at) => {
    const remove = el('button', 'tool', '×');
    remove.type = 'button';
    remove.setAttribute('aria-label', `Remove point ${at + 1}`);
    remove.addEventListener('click', () => {
      rows.splice(at, 1);
      draw();
      tell();
      (box.querySelectorAll('tbody tr')[Math.min(at, rows.length - 1)]?.querySelector('input') || box.querySelector('[data-add]')).focus();
    });
    const tr = el('tr', '', ...columns.map((column) => cell(row, column, at)), el('td', 'pt-end', editable ? remove : ''));
    const more = also(row);
    if (more) tr.firstChild.append(el('small', 'pt-also', more));
    return tr;
  };
  const draw = () => {
    if (!whole) {
      box.replaceChildren(el('div', 'empty', el('h3', '', 'Not shown as a table'), el('p', '', 'Mend it as YAML, then come back.')));
      return;
    }
    const add = el('button', 'btn', 'Add a point');
    add.type = 'button';
    add.dataset.add = '';
    add.addEventListener('click', () => {
      rows.push({});
      draw();
      tell();
      box.querySelector('tbody tr:last-child input').focus();
    });
    box.replaceChildren(
      rows.length ? el('div', 'grid-scroll', el('table', `table field-grid points points-${family}`,
        el('thead', '', el('tr', '', ...columns.map(([field, title, hint]) => Object.assign(el('th', NUMBERS.has(field) ? 'num' : '', title), { scope: 'col', title: hint })), el('th', '', el('span', 'unseen', 'Remove')))),
        el('tbody', '', ...rows.map(line))))
        : el('div', 'empty', el('h3', '', 'No points yet'), el('p', '', editable ? 'Browse a device, import a list of tags, or add a point.' : 'Nobody has added any.')),
      editable ? el('p', 'grid-add', add) : '');
    mark(marked);
  };
  function mark(problems) {
    marked = problems;
    box.querySelectorAll('[aria-invalid]').forEach((input) => input.removeAttribute('aria-invalid'));
    box.querySelectorAll('.pt-problem').forEach((node) => node.remove());
    const lines = box.querySelectorAll('tbody tr');
    const general = [];
    problems.forEach((problem) => {
      const found = /^points\[(\d+)](?:\.(\w+))?/.exec(problem.field || '');
      const tr = found && lines[Number(found[1])];
      if (!tr) { general.push(problem); return; }
      const input = tr.querySelector(`[data-column="${CSS.escape(found[2] || 'metric')}"]`);
      input?.setAttribute('aria-invalid', 'true');
      (input?.closest('td') || tr.firstChild).append(el('small', 'pt-problem problem', (input ? '' : `${found[2]}: `) + problem.detail));
    });
    if (general.length && rows.length) box.prepend(el('p', 'pt-problem problem pad', general.map((p) => `${p.line ? `line ${p.line}: ` : ''}${p.field ? `${p.field}: ` : ''}${p.detail}`).join(' · ')));
  }
  return {
    show(answer) {
      whole = answer.head !== null;
      head = answer.head || {};
      rows = answer.points.map((point) => ({ ...point.fields }));
      marked = [];
      draw();
    },
    mark,
    get size() { return rows.length; },
  };
}
