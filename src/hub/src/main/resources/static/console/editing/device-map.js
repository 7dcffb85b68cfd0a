// The page of a device map: its text stays the truth, the table is made from it and writes it anew.
import { ask } from './ask.js';
import { browsing } from './map-browse.js';
import { importing } from './map-import.js';
import { pointTable } from './map-table.js';
import { call, inPath } from './call.js';
import { codeEditor } from './code.js';
import { keys } from './keys.js';
import { tabs } from './tabs.js';
import { count, el } from './words.js';

const byId = (id) => document.getElementById(id);
const { name, edits: may, known: there } = byId('map').dataset;
const edits = may === 'true';
const base = `/device-maps/${inPath(name)}`;
const family = /\.(\w+)\.yaml$/.exec(name)[1];
const WAIT = 350;

const text = codeEditor(byId('text').closest('.code'));
let saved = '';
let tag = null;
let kept = null;
let problems = [];
let timer = 0;
// Answers come back in any order; only the newest question counts.
let asked = 0;
let checking = Promise.resolve();
let release = () => {};

const table = pointTable(byId('points'), family, edits, (map) => later(() => check({ content: text.value, map }, false)));
const views = tabs(byId('views'), (id) => {
  if (id === 'tab-table') byId('table-note').hidden = !edits || !/\n\s*#|\S\s+#/.test(text.value.replace(/^(#.*\n)+/, ''));
});

const said = (which, words) => {
  byId('good').hidden = which !== 'good';
  byId('wrong').hidden = which !== 'wrong';
  if (which) byId(which).textContent = words;
};
const changed = () => text.value !== saved;
const empty = () => `protocol: ${family === 'modbus' ? 'modbus-tcp' : family}\npoints: []\n`;
const isNew = () => tag === null && !changed();

function told() {
  const from = tag === null ? 'Not saved yet' : kept.origin === 'own' ? (kept.shipped ? 'Your own, before the shipped one' : 'Your own') : 'Shipped with the hub; saving makes it your own';
  byId('state').replaceChildren(...[
    el('span', '', changed() ? 'Changed, not saved' : from),
    table.size ? el('span', '', count(table.size, 'point')) : null,
    kept && kept.devices.length ? el('span', '', `reads ${kept.devices.join(', ')}`) : null,
    problems.length && !isNew() ? el('span', 'note-bad', count(problems.length, 'problem')) : null,
  ].filter(Boolean));
  if (!edits) return;
  byId('do-save').disabled = !changed() || problems.length > 0;
  byId('do-delete').hidden = !(kept && kept.origin === 'own');
  byId('do-delete').textContent = kept && kept.shipped ? 'Back to the shipped one…' : 'Delete…';
}

/** Shows what the hub says of the text; `anew` draws the table again, which takes the cursor away. */
function take(answer, anew) {
  problems = answer.problems;
  if (text.value !== answer.content) text.value = answer.content;
  const first = problems[0];
  if (first && !isNew()) text.mark({ line: first.line, column: 0, reason: (first.field ? `${first.field}: ` : '') + first.detail });
  else text.clear();
  if (anew) table.show(answer);
  table.mark(isNew() ? [] : problems);
  told();
}

async function check(body, anew) {
  const mine = ++asked;
  const answer = await call('POST', '/device-maps/check', body);
  // What was typed meanwhile is looked at next.
  if (mine !== asked || (!body.map && text.value !== body.content)) return;
  if (answer.ok) take(answer.body, anew);
  else { said('wrong', answer.body.detail); told(); }
}

function later(act) {
  clearTimeout(timer);
  release();
  said();
  // Nothing is saved before it was looked at.
  byId('do-save').disabled = true;
  checking = new Promise((resolve) => { release = resolve; timer = setTimeout(() => act().then(resolve), WAIT); });
}

async function load() {
  if (there === 'false') {
    if (!edits) { said('wrong', 'There is no map of this name.'); byId('state').textContent = ''; return; }
    saved = empty();
    text.value = saved;
    await check({ content: saved }, true);
    return;
  }
  const answer = await call('GET', base);
  if (answer.ok) known(answer); else said('wrong', answer.body.detail);
}

/** Takes over what the hub keeps. */
function known(answer) {
  kept = answer.body;
  tag = answer.etag;
  saved = kept.content;
  text.value = saved;
  take(kept, true);
}

async function save(over) {
  await checking;
  if (byId('do-save').disabled && !over) return;
  said();
  const answer = await call('PUT', base, { content: text.value }, over || tag);
  if (answer.ok) {
    known(answer);
    byId('b-note').hidden = true;
    if (byId('do-apply').disabled) byId('i-apply').hidden = true;
    said('good', kept.devices.length ? `Saved. ${kept.devices.join(', ')} will be read by it within one poll.` : 'Saved. A device is read by it when its connection names it.');
    return;
  }
  if (answer.status === 412 || answer.status === 428) {
    const way = await ask('Somebody else has saved it meanwhile', [el('p', '', answer.body.detail)], [{ text: 'Keep writing', value: '' }, { text: 'Save mine over it', value: 'over', kind: 'danger' }]);
    if (way === 'over') await save('*');
    return;
  }
  said('wrong', answer.body.detail);
}

async function remove() {
  const back = kept.shipped;
  const way = await ask(back ? 'Back to the shipped map?' : `Delete ${name}?`, [el('p', '', back ? 'Your own map is deleted; devices are read by the shipped one.' : 'Your own map is deleted.')], [{ text: 'Cancel', value: '' }, { text: back ? 'Back to the shipped one' : 'Delete', value: 'yes', kind: 'danger' }]);
  if (way !== 'yes') return;
  const answer = await call('DELETE', base, undefined, tag);
  if (!answer.ok) { said('wrong', answer.body.detail); return; }
  saved = text.value;
  if (back) { await load(); said('good', 'The shipped map is in force again.'); } else location.href = '/device-maps';
}

/** Puts a text that the hub made in the place of the map's; nothing is kept until it is saved. */
async function put(content, words) {
  text.value = content;
  await check({ content }, true);
  views.select('tab-table');
  said('good', `${words} Save to keep it.`);
}

function panel(id) {
  const box = byId(id);
  const button = byId(`do-${id}`);
  const show = (on) => {
    box.hidden = !on;
    button.setAttribute('aria-expanded', String(on));
    if (on) box.focus(); else button.focus();
  };
  button.addEventListener('click', () => show(box.hidden));
  box.querySelector('[data-close]').addEventListener('click', () => show(false));
  box.addEventListener('keydown', (event) => { if (event.key === 'Escape') show(false); });
}

text.onInput((value) => later(() => check({ content: value }, true)));
if (edits) {
  const current = { path: `${base}/import`, get content() { return text.value; }, settled: () => checking, isEmpty: () => table.size === 0, put };
  browsing(family, current);
  importing(current);
  panel('browse');
  panel('import');
  byId('do-save').addEventListener('click', () => save());
  byId('do-delete').addEventListener('click', remove);
  keys({ 'ctrl+s': () => save() });
}
addEventListener('beforeunload', (event) => { if (edits && changed()) event.preventDefault(); });
load().then(() => { document.body.dataset.ready = ''; });
