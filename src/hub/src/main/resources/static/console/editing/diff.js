// Differences before a person: of texts as a unified diff, of measurements side by side.
import { count, el, moment, rounded, unit } from './words.js';

/** A unified diff with its lines coloured; an empty one says so. */
export function unifiedDiff(box, text) {
  if (!text || !text.trim()) {
    box.replaceChildren(el('p', 'hint pad', 'No difference.'));
    return;
  }
  let old = 0;
  let fresh = 0;
  const lines = text.replace(/\n$/, '').split('\n').map((line) => {
    const hunk = /^@@ -(\d+)(?:,\d+)? \+(\d+)/.exec(line);
    if (hunk) {
      old = Number(hunk[1]);
      fresh = Number(hunk[2]);
      return el('span', 'diff-line diff-hunk', el('i', ''), el('i', ''), el('span', '', line));
    }
    if (/^(---|\+\+\+) /.test(line)) return el('span', 'diff-line diff-file', el('i', ''), el('i', ''), el('span', '', line));
    const kind = line[0] === '+' ? 'diff-added' : line[0] === '-' ? 'diff-gone' : '';
    return el('span', 'diff-line ' + kind, el('i', '', kind === 'diff-added' ? '' : String(old++ || '')), el('i', '', kind === 'diff-gone' ? '' : String(fresh++ || '')), el('span', '', line || ' '));
  });
  box.replaceChildren(el('pre', 'diff', el('code', '', ...lines)));
}

const shown = (line) => (line ? `${rounded(line.value)} ${unit(line.unit)}`.trim() + (line.quality === 'good' ? '' : ` (${line.quality}${line.reason ? ': ' + line.reason : ''})`) : '–');
const alike = (a, b) => a && b && a.value === b.value && a.unit === b.unit && a.quality === b.quality && a.ts === b.ts && a.reason === b.reason;

/** Pairs of measurements by metric and time. */
function pairs(before, after) {
  const key = (line) => line.metric + ' ' + line.ts;
  const left = new Map(before.map((line) => [key(line), line]));
  const found = after.map((line) => {
    const was = left.get(key(line)) || before.find((b) => b.metric === line.metric && left.has(key(b)) && !after.some((a) => key(a) === key(b)));
    if (was) left.delete(key(was));
    return { metric: line.metric, was: was || null, now: line };
  });
  left.forEach((line) => found.push({ metric: line.metric, was: line, now: null }));
  return found.filter((pair) => !alike(pair.was, pair.now));
}

const th = (titles, nums = []) => el('tr', '', ...titles.map((title, i) => Object.assign(el('th', nums.includes(i) ? 'num' : '', title), { scope: 'col' })));
const table = (head, rows) => el('div', 'grid-scroll', el('table', 'table cmp-table', el('thead', '', head), el('tbody', '', ...rows)));

/** From the lowest to the highest of what payloads gave; one value when there is but one. */
function span(lines) {
  const found = lines.filter(Boolean);
  if (!found.length) return '–';
  const numbers = found.map((line) => line.value).filter((value) => typeof value === 'number').sort((x, y) => x - y);
  const tail = (line) => (line.quality === 'good' ? '' : ` (${line.quality})`);
  if (numbers.length !== found.length || numbers[0] === numbers[numbers.length - 1]) return [...new Set(found.slice(0, 50).map(shown))].slice(0, 3).join(', ');
  return `${rounded(numbers[0])} to ${rounded(numbers[numbers.length - 1])} ${unit(found[0].unit)}${tail(found[0])}`;
}

/**
 * The answer of POST /mappings/{m}/compare: what changes, by metric, then payload by payload. `who` gives the name of
 * a device by its id; `open` is called with an item when a person wants to see that payload.
 */
export function comparison(box, view, { who = (id) => id, open } = {}) {
  if (!view.payloads) {
    box.replaceChildren(el('div', 'empty', el('h3', '', 'No real payloads yet'), el('p', '', 'No message of this mapping has come since this hub began, and no raw archive holds one. Try it on samples or a pasted payload instead.')));
    return;
  }
  const head = el('p', 'cmp-head', `${count(view.payloads, 'real payload')}: `,
    view.changed ? el('b', '', `${view.changed} would give something else`) : el('b', 'note-good', 'all give the same as now'),
    view.failed ? el('span', 'note-bad', `, ${view.failed} would become dead letters`) : null, '.');
  const metrics = new Map();
  const reasons = new Map();
  const items = view.items.map((item) => {
    const differences = pairs(item.before, item.after);
    differences.forEach((pair) => metrics.set(pair.metric, [...(metrics.get(pair.metric) || []), pair]));
    if (item.reason) reasons.set(item.reason, (reasons.get(item.reason) || 0) + 1);
    return { item, differences };
  });
  const summary = [...reasons].map(([reason, times]) => el('tr', 'cmp-bad', Object.assign(el('td', '', el('b', '', 'dead letter: '), reason), { colSpan: 3 }), el('td', 'num', String(times))))
    .concat([...metrics].sort((x, y) => y[1].length - x[1].length).map(([metric, many]) => el('tr', many.every((pair) => !pair.now) ? 'cmp-gone' : many.every((pair) => !pair.was) ? 'cmp-new' : '',
      el('td', 'mono', metric), el('td', 'num cmp-was', span(many.map((pair) => pair.was))), el('td', 'num cmp-now', span(many.map((pair) => pair.now))), el('td', 'num', String(many.length)))));
  const rows = () => items.slice(0, 100).flatMap(({ item, differences }) => {
    const link = el('button', 'link', moment(item.at));
    link.type = 'button';
    link.title = 'Show this payload';
    if (open) link.addEventListener('click', () => open(item));
    const lines = differences.map((pair) => el('tr', pair.was && !pair.now ? 'cmp-gone' : !pair.was ? 'cmp-new' : '',
      el('td', 'mono', pair.metric), el('td', 'num cmp-was', shown(pair.was)), el('td', 'num cmp-now', shown(pair.now))));
    if (item.reason) lines.unshift(el('tr', 'cmp-bad', Object.assign(el('td', '', el('b', '', 'dead letter: '), item.reason), { colSpan: 3 })));
    if (!lines.length) lines.push(el('tr', '', Object.assign(el('td', 'hint', item.before.length ? 'the same values; no longer refused' : 'refused before as well, for another reason'), { colSpan: 3 })));
    const first = el('td', 'cmp-which', link, el('small', '', who(item.device) || 'unknown device'));
    first.rowSpan = lines.length;
    lines[0].prepend(first);
    lines[0].classList.add('cmp-first');
    return lines;
  });
  const each = el('details', 'cmp-each', el('summary', '', 'Payload by payload'));
  each.addEventListener('toggle', () => { if (each.open && each.children.length === 1) each.append(table(th(['Payload', 'Metric', 'In force', 'Draft'], [2, 3]), rows())); });
  box.replaceChildren(head, ...(summary.length ? [table(th(['Metric', 'In force', 'Draft', 'Payloads'], [1, 2, 3]), summary), each] : view.items.length ? [each] : []));
}

/** Two texts line by line as the body of a unified diff; for texts that the hub has not seen. */
export function lineDiff(name, before, after) {
  const a = before ? before.split('\n') : [];
  const b = after ? after.split('\n') : [];
  if (before === after) return '';
  if (a.length * b.length > 4e6) return `--- ${name}\n+++ ${name}\n@@ -1 +1 @@\n-(${a.length} lines)\n+(${b.length} lines)\n`;
  const longest = Array.from({ length: a.length + 1 }, () => new Uint32Array(b.length + 1));
  for (let i = a.length - 1; i >= 0; i--) {
    for (let k = b.length - 1; k >= 0; k--) longest[i][k] = a[i] === b[k] ? longest[i + 1][k + 1] + 1 : Math.max(longest[i + 1][k], longest[i][k + 1]);
  }
  const lines = [];
  let i = 0;
  let k = 0;
  while (i < a.length || k < b.length) {
    if (i < a.length && k < b.length && a[i] === b[k]) { lines.push([' ', a[i], i++, k++]); continue; }
    if (i < a.length && (k === b.length || longest[i + 1][k] >= longest[i][k + 1])) lines.push(['-', a[i], i++, k]);
    else lines.push(['+', b[k], i, k++]);
  }
  const near = (at) => lines.slice(Math.max(0, at - 3), at + 4).some(([kind]) => kind !== ' ');
  let text = `--- ${name} (theirs)\n+++ ${name} (yours)\n`;
  let open = false;
  lines.forEach(([kind, line, x, y], at) => {
    if (!near(at)) { open = false; return; }
    if (!open) text += `@@ -${x + 1} +${y + 1} @@\n`;
    open = true;
    text += kind + line + '\n';
  });
  return text;
}
