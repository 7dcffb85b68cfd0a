// What a mapping makes of a payload, row by row.
import { brief, count, el, moment, rounded, unit } from './words.js';

const REASONS = {
  range: 'outside the plausible range', unit: 'the unit cannot be used', rate: 'changed too fast', stuck: 'has not changed for long',
};

/** What the expression yielded as a list of {name, value, unit, place}, whichever of the three shapes it has. */
export function yielded(output) {
  const found = [];
  const objects = Array.isArray(output) ? output : output && typeof output === 'object' ? [output] : [];
  objects.forEach((object, i) => {
    if (!object || typeof object !== 'object') return;
    const lead = Array.isArray(output) && objects.length > 1 ? `[${i}].` : '';
    for (const list of ['measurements', 'readings']) {
      if (!Array.isArray(object[list])) continue;
      object[list].forEach((line, k) => line && typeof line === 'object'
        && found.push({ name: line.name ?? line.variable, value: line.value, unit: line.unit, place: `${lead}${list}[${k}]` }));
    }
    if (object.metrics && typeof object.metrics === 'object') {
      for (const [name, value] of Object.entries(object.metrics)) found.push({ name, value, place: `${lead}metrics.${name}` });
    }
  });
  return found;
}

const value = (v, code) => {
  const node = el('span', 'res-value', el('b', '', rounded(v)));
  if (code && unit(code)) node.append(' ', el('i', '', unit(code)));
  if (typeof v === 'number') node.title = `${v} ${code || ''}`.trim();
  return node;
};
const quality = (line) => {
  const chip = el('span', 'chip chip-' + (line.quality === 'good' ? 'completed' : line.quality), line.quality);
  return line.reason ? el('span', 'res-why', chip, ' ', el('span', '', REASONS[line.reason] || line.reason)) : chip;
};

/**
 * Shows results in fragment editing :: result. Gives {show, fail, wait, clear}.
 * show(view, seconds) takes the answer of POST /mappings/test; extra columns come from options.columns,
 * [{title, of: (line, index) => text or node}].
 */
export function resultTable(box, { columns = [] } = {}) {
  const head = box.querySelector('[data-summary]');
  const body = box.querySelector('[data-rows]');
  const state = (name) => { box.dataset.state = name; };

  const rejected = (view, raw) => {
    if (!view.rejected.length) return null;
    const many = view.rejected.map((refusal) => {
      const line = raw.find((r) => refusal.field === r.place || refusal.field.startsWith(r.place + '.'));
      return el('li', '', el('span', 'mono', refusal.field), line && line.name ? ` (${line.name} = ${brief(line.value)})` : null,
        el('span', 'res-reason', refusal.reason));
    });
    return el('div', 'res-rejected', el('h3', '', 'This message would become a dead letter'), el('ul', '', ...many),
      el('p', 'hint', view.measurements.length
        ? 'A message is stored whole or not at all: mend what is named here and the rows below are stored, too.'
        : 'Nothing of it would be stored; it would be kept whole, to be replayed when the mapping is mended.'));
  };
  const rows = (view, raw) => {
    if (!view.measurements.length) return null;
    const left = [...raw];
    const lines = view.measurements.map((line, i) => {
      const at = left.findIndex((r) => r.name === line.metric);
      const from = at < 0 ? null : left.splice(at, 1)[0];
      const same = from && from.value === line.value && (!from.unit || from.unit === line.unit);
      const original = !from ? '' : same ? el('span', 'hint', 'the same') : el('span', '', brief(from.value), from.unit ? ' ' + unit(from.unit) : '');
      const row = el('tr', 'res-' + line.quality, el('th', 'mono', line.metric), el('td', 'num', value(line.value, line.unit)), el('td', 'num', original),
        el('td', 'res-ts', moment(line.ts)), el('td', '', quality(line)), ...columns.map((column) => el('td', '', column.of(line, i) ?? '')));
      row.firstChild.scope = 'row';
      row.children[3].title = line.ts;
      if (from) row.children[2].title = `${JSON.stringify(from.value)} ${from.unit || ''}`.trim();
      return row;
    });
    const titles = ['Metric', 'Value', 'Original', 'Time, UTC', 'Quality', ...columns.map((column) => column.title)];
    const header = el('tr', '', ...titles.map((title, i) => { const th = el('th', i === 1 || i === 2 ? 'num' : '', title); th.scope = 'col'; return th; }));
    return el('div', 'grid-scroll', el('table', 'table res-table', el('thead', '', header), el('tbody', '', ...lines)));
  };
  const unmatched = (view) => (!view.unmatched || !view.unmatched.length ? null
    : el('div', 'res-unmatched', el('h3', '', `${count(view.unmatched.length, 'field')} of the payload nobody looked at`),
      el('p', '', ...view.unmatched.slice(0, 60).map((field) => el('code', '', field)), view.unmatched.length > 60 ? ` and ${view.unmatched.length - 60} more` : null)));
  const output = (view) => {
    const open = Boolean(box.querySelector('.res-output[open]'));
    const details = el('details', 'res-output', el('summary', '', 'Raw output of the mapping'),
      el('pre', '', el('code', '', view.output === null || view.output === undefined ? 'nothing' : JSON.stringify(view.output, null, 2))));
    details.open = open;
    return details;
  };
  const put = (...nodes) => body.replaceChildren(...nodes.filter(Boolean));

  return {
    show(view) {
      state(view.rejected.length ? 'rejected' : 'good');
      const raw = yielded(view.output);
      head.replaceChildren(...[
        el('span', view.rejected.length ? '' : 'note-good', count(view.measurements.length, 'measurement')),
        view.rejected.length ? el('span', 'note-bad', count(view.rejected.length, 'rejected', 'rejected')) : null,
        view.unmatched && view.unmatched.length ? el('span', '', count(view.unmatched.length, 'unmatched', 'unmatched')) : null,
        view.micros === undefined ? null : el('span', '', `${view.micros.toLocaleString('en')} µs`),
      ].filter(Boolean));
      put(rejected(view, raw), rows(view, raw), unmatched(view), output(view));
    },
    /** The draft cannot be tried: why, and what can be done. */
    fail(title, text) {
      state('failed');
      head.replaceChildren(el('span', 'note-bad', 'cannot be tried'));
      put(el('div', 'empty', el('h3', '', title), el('p', '', text)));
    },
    wait() { state('waiting'); },
    /** Nothing to try yet, and what to do. */
    clear(title, text) {
      state('empty');
      head.replaceChildren();
      put(el('div', 'empty', el('h3', '', title), el('p', '', text)));
    },
  };
}
