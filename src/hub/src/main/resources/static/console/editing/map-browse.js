// Looks into a device and picks what it has into the map of the page.
import { call } from './call.js';
import { count, el, unit as shownUnit } from './words.js';

const byId = (id) => document.getElementById(id);
const isModbus = (protocol) => protocol.startsWith('modbus');

export function browsing(family, current) {
  const device = byId('b-device');
  const protocol = byId('b-protocol');
  const picked = new Map();
  let trail = [];
  // The device whose tags are picked, where an address stands for several.
  let entered = '';
  const said = (id, words) => { byId(id).hidden = !words; byId(id).textContent = words || ''; };

  [...device.options].forEach((option) => { if (option.value && !option.dataset.protocol.startsWith(family)) option.remove(); });
  [...protocol.options].forEach((option) => { if (!option.value.startsWith(family)) option.remove(); });
  device.selectedIndex = 0;
  byId('b-address').placeholder = { opcua: 'opc.tcp://192.0.2.20:4840', bacnet: '192.0.2.30, device:1002, or * for all', modbus: '192.0.2.10:502' }[family];
  const fields = () => document.querySelectorAll('#look [data-address]').forEach((label) => { label.hidden = device.value !== ''; });
  const units = () => { document.querySelector('#look [data-unit]').hidden = device.value !== '' || family !== 'modbus'; };
  const chosen = () => { fields(); units(); };
  device.addEventListener('change', chosen);
  chosen();

  const target = () => (device.value ? { device: device.value } : { protocol: protocol.value, address: byId('b-address').value.trim(), ...(family === 'modbus' ? { unit: Number(byId('b-unit').value) } : {}) });

  function counted() {
    byId('b-count').textContent = picked.size ? `${count(picked.size, 'tag')} picked` : 'Nothing picked';
    byId('do-add').disabled = !picked.size;
    byId('b-add').hidden = !picked.size && !byId('b-tags').querySelector('input');
  }

  function row(tag) {
    if (tag.folder) {
      const open = el('button', 'link', `${tag.name}`);
      open.type = 'button';
      open.addEventListener('click', () => look([...trail, { path: tag.path, name: tag.name }]));
      return el('tr', 'tag-folder', el('td', 'tag-pick', el('span', '', '▸')), Object.assign(el('th', '', open, tag.description ? el('small', '', tag.description) : ''), { scope: 'row' }), el('td', 'num', ''), el('td', '', ''), el('td', '', ''));
    }
    const point = picked.get(tag.path) || { ...tag.point };
    const tick = el('input', 'form-check-input');
    tick.type = 'checkbox';
    tick.checked = picked.has(tag.path);
    tick.setAttribute('aria-label', `Pick ${tag.name}`);
    tick.dataset.path = tag.path;
    const field = (name, title) => {
      const input = el('input', 'form-control mono');
      input.value = point[name] ?? '';
      input.spellcheck = false;
      input.autocomplete = 'off';
      input.setAttribute('aria-label', `${title} of ${tag.name}`);
      if (name === 'metric') input.setAttribute('list', 'metric-names');
      input.addEventListener('input', () => { if (input.value.trim()) point[name] = input.value.trim(); else delete point[name]; });
      const td = el('td', `tag-${name}`, input);
      td.dataset.title = title;
      return td;
    };
    tick.addEventListener('change', () => { if (tick.checked) picked.set(tag.path, point); else picked.delete(tag.path); counted(); });
    const value = tag.value === null ? '–' : tag.value;
    return el('tr', '', el('td', 'tag-pick', tick),
      Object.assign(el('th', '', tag.name, el('small', '', [tag.description, tag.type, tag.path].filter(Boolean).join(' · '))), { scope: 'row' }),
      Object.assign(el('td', 'num tag-value', el('b', '', value), tag.unit ? ` ${shownUnit(tag.unit)}` : ''), { title: value }), field('metric', 'Metric'), field('unit', 'Unit'));
  }

  function steps() {
    const step = (words, to) => {
      const button = el('button', 'link', words);
      button.type = 'button';
      button.addEventListener('click', () => look(to));
      return button;
    };
    byId('b-trail').hidden = !trail.length;
    byId('b-trail').replaceChildren(step('Top', []), ...trail.flatMap((part, i) => [' / ', i === trail.length - 1 ? el('b', '', part.name) : step(part.name, trail.slice(0, i + 1))]));
  }

  async function ask(path, body) {
    said('b-problem');
    said('b-note', 'Asking the device …');
    byId('do-look').disabled = true;
    const answer = await call('POST', path, body);
    byId('do-look').disabled = false;
    said('b-note');
    if (answer.ok && answer.body.reachable) return answer.body;
    said('b-problem', answer.ok ? `The device cannot be asked: ${answer.body.reason}` : answer.body.detail);
    return null;
  }

  async function look(to) {
    const found = await ask('/device-maps/browse', { ...target(), ...(to.length ? { path: to[to.length - 1].path } : {}) });
    if (!found) return;
    trail = to;
    steps();
    const other = family === 'bacnet' && to.length ? to[0].path : entered;
    if (other !== entered) picked.clear();
    entered = other;
    said('b-note', found.more ? `The first ${found.tags.length} are shown; there are more.` : found.tags.length ? '' : 'There is nothing below.');
    byId('b-tags').replaceChildren(found.tags.length ? el('div', 'grid-scroll', el('table', 'table tags', el('thead', '', el('tr', '', ...['Pick', 'Tag', 'Value', 'Metric', 'Unit'].map((title, i) => Object.assign(el('th', i === 2 ? 'num' : '', title), { scope: 'col' })))), el('tbody', '', ...found.tags.map(row)))) : '');
    counted();
    byId('b-tags').querySelector('tbody input, tbody button')?.focus();
  }

  async function discover() {
    const found = await ask('/device-maps/discover', target());
    if (!found) return;
    const models = found.models.map((model) => `${model.id}`).join(', ');
    const take = el('button', 'btn btn-primary', current.isEmpty() ? 'Take its map' : `Add its ${found.points} points`);
    take.type = 'button';
    take.id = 'do-take';
    take.addEventListener('click', () => (current.isEmpty() ? current.put(found.content, `${count(found.points, 'point')} of ${found.title}.`) : add(found.content)));
    byId('b-tags').replaceChildren(el('div', 'found', el('p', '', el('b', '', found.title), ` has the SunSpec models ${models}: ${count(found.points, 'point')}.`), take));
    counted();
    take.focus();
  }

  async function add(tags) {
    await current.settled();
    said('b-problem');
    const answer = await call('POST', current.path, { tags, format: 'json', conflict: byId('b-conflict').value, content: current.content, dry_run: true });
    if (!answer.ok) { said('b-problem', answer.body.detail); return; }
    const { counts, content, refusal, rows } = answer.body;
    const wrong = rows.filter((line) => line.outcome === 'wrong').map((line) => `${line.metric}: ${line.detail}`);
    if (refusal || wrong.length) said('b-problem', [refusal, ...wrong].filter(Boolean).join('; '));
    if (!content) { if (!refusal && !wrong.length) said('b-note', 'The map has them already.'); return; }
    const words = ['added', 'changed', 'renamed', 'skipped'].filter((outcome) => counts[outcome]).map((outcome) => `${counts[outcome]} ${outcome}`).join(', ');
    picked.clear();
    byId('b-tags').querySelectorAll('input[type=checkbox]').forEach((tick) => { tick.checked = false; });
    counted();
    await current.put(content, `${words[0].toUpperCase()}${words.slice(1)}.`);
    said('b-note', `In the map below: ${words}. Save to keep it.`);
  }

  byId('look').addEventListener('submit', (event) => {
    event.preventDefault();
    picked.clear();
    entered = '';
    const kind = device.value ? device.selectedOptions[0].dataset.protocol : protocol.value;
    if (isModbus(kind)) discover(); else look([]);
  });
  byId('do-add').addEventListener('click', () => add(JSON.stringify([...picked.values()])));
}
