// The page of a gateway's files: edited as one draft, checked, published; what is wanted beside what is reported.
import { ask } from './ask.js';
import { call } from './call.js';
import { codeEditor } from './code.js';
import { lineDiff, unifiedDiff } from './diff.js';
import { keys } from './keys.js';
import { ago, count, el, moment } from './words.js';

const byId = (id) => document.getElementById(id);
const { id, serial, edits: may } = byId('gateway').dataset;
const edits = may === 'true';
const base = `/gateways/${id}/configuration`;
const text = codeEditor(byId('text').closest('.code'));
const LOOK = 5000;
let files = {};
let saved = '{}';
let tag = null;
let based = 0;
let draft = false;
let open = null;
let problems = [];
let warnings = [];

const said = (which, words) => {
  byId('good').hidden = which !== 'good';
  byId('wrong').hidden = which !== 'wrong';
  byId('warned').hidden = true;
  if (which) byId(which).textContent = words;
};
const changed = () => JSON.stringify(files) !== saved;

function told() {
  byId('state').textContent = changed() ? 'Changed, not saved' : draft ? `Draft on version ${based}` : based ? `Version ${based}, no draft` : 'Nothing published yet';
  if (edits) byId('do-discard').hidden = !draft;
}

function list() {
  byId('files').replaceChildren(...Object.keys(files).sort().map((path) => {
    const wrong = problems.filter((p) => p.file === path);
    const button = el('button', '', path, wrong.length ? el('small', '', count(wrong.length, 'problem')) : '');
    button.type = 'button';
    if (path === open) button.setAttribute('aria-current', 'true');
    button.addEventListener('click', () => show(path));
    return el('li', wrong.length ? 'bad' : '', button);
  }));
  byId('none').hidden = Object.keys(files).length > 0;
  told();
}

function marks() {
  text.clear();
  const first = problems.find((p) => p.file === open);
  if (first) text.mark({ line: first.line || 0, column: 0, reason: (first.field ? `${first.field}: ` : '') + first.detail });
}

function show(path) {
  open = path;
  byId('h-open').textContent = path || 'No file open';
  text.readOnly = !edits || !path;
  text.value = path ? files[path] : '';
  if (edits) byId('do-remove').hidden = !path;
  list();
  marks();
}

/** Takes over what the hub has. */
function take(answer) {
  files = { ...answer.body.files };
  saved = JSON.stringify(files);
  tag = answer.etag;
  based = answer.body.based_on;
  draft = answer.body.draft;
  show(open in files ? open : Object.keys(files).sort()[0] || null);
}

async function load() {
  const answer = await call('GET', `${base}/draft`);
  if (answer.ok) take(answer); else said('wrong', answer.body.detail);
}

async function state() {
  const answer = await call('GET', `${base}/state`);
  if (!answer.ok) return;
  const { desired, reported, drift, software } = answer.body;
  const line = (name, ...words) => el('div', '', el('dt', '', name), el('dd', '', ...words));
  const chip = (kind, word) => el('span', `chip chip-${kind}`, word);
  byId('drift').replaceChildren(...[
    line('Desired', desired ? `version ${desired.version}` : '–'),
    line('Reported', reported ? `version ${reported.version}, ${reported.state.replace('_', ' ')}` : '–', reported ? ` ${ago(reported.at)}` : ''),
    desired ? line('', drift ? chip('held', 'drifts') : chip('accepted', 'as wanted')) : null,
    software.desired || software.reported ? line('Software', software.desired || '–', software.reported ? ` (reported ${software.reported.version}, ${software.reported.state.replace('_', ' ')})` : '', software.drift ? chip('held', 'drifts') : '') : null,
    reported && reported.error ? el('div', 'why', el('span', 'problem', reported.error)) : null,
    software.reported && software.reported.error ? el('div', 'why', el('span', 'problem', `Software ${software.reported.version}: ${software.reported.error}`)) : null,
  ].filter(Boolean));
}

/** Keeps the draft; gives whether it is kept. */
async function save(over) {
  said();
  const answer = await call('PUT', `${base}/draft`, { files }, over || tag);
  if (answer.ok) {
    take(answer);
    said('good', 'Kept as the draft. The gateway gets it when it is published.');
    return true;
  }
  if (answer.status === 412) {
    const way = await ask('It was changed meanwhile', [el('p', '', answer.body.detail)], [{ text: 'Keep writing', value: '' }, { text: 'Save mine over it', value: 'over', kind: 'danger' }]);
    return way === 'over' ? save('*') : false;
  }
  said('wrong', answer.body.detail);
  return false;
}

const where = (w) => `${w.file}${w.line ? `, line ${w.line}` : ''}: ${w.detail}`;

async function check() {
  said();
  const answer = await call('POST', `${base}/check`, { files });
  if (!answer.ok) { said('wrong', answer.body.detail); return false; }
  ({ problems, warnings } = answer.body);
  list();
  marks();
  if (answer.body.ok) said('good', `${count(answer.body.files, 'file')} read through, nothing is wrong.`);
  else {
    if (!problems.some((p) => p.file === open) && problems[0].file in files) show(problems[0].file);
    said('wrong', `${count(problems.length, 'problem')}: ${problems[0].file}${problems[0].line ? `, line ${problems[0].line}` : ''}: ${problems[0].detail}`);
  }
  byId('warned').replaceChildren(...warnings.map((w) => el('li', '', where(w))));
  byId('warned').hidden = warnings.length === 0;
  return answer.body.ok;
}

/** Asks for a reason; null when there is none. */
async function reason(title, words, way, notes = []) {
  const field = el('input', 'form-control');
  field.required = true;
  field.maxLength = 500;
  field.setAttribute('aria-label', 'Why');
  field.placeholder = 'Why';
  field.dataset.first = '';
  const taken = await ask(title, [el('p', '', words), ...notes.map((n) => el('p', 'problem', n)), field], [{ text: 'Cancel', value: '' }, { text: way, value: 'yes', kind: 'primary' }]);
  return taken === 'yes' && field.value.trim() ? field.value.trim() : null;
}

async function publish() {
  if (!(await check())) return;
  if (changed() && !(await save())) return;
  if (!draft) { said('wrong', 'Nothing has been changed since the last version.'); return; }
  const why = await reason(`Publish to ${serial}?`, 'The gateway takes it within a minute, and goes back by itself when it is not as well as before.', 'Publish', warnings.map(where));
  if (!why) return;
  let answer = await call('POST', `${base}/publish`, { reason: why }, tag);
  if (answer.status === 409 && /published since/.test(answer.body.detail || '')) {
    const way = await ask('Another version was published meanwhile', [el('p', '', answer.body.detail)], [{ text: 'Look at the differences', value: '' }, { text: 'Publish mine on top', value: 'over', kind: 'danger' }]);
    if (way !== 'over') { await differences(); return; }
    const latest = await call('GET', `${base}/state`);
    const kept = await call('PUT', `${base}/draft`, { files, based_on: latest.body.desired.version }, tag);
    answer = kept.ok ? await call('POST', `${base}/publish`, { reason: why }, kept.etag) : kept;
  }
  if (!answer.ok) { said('wrong', answer.body.detail); return; }
  await load();
  said('good', `Version ${answer.body.version} is published.`);
  await state();
}

function below(title, ...nodes) {
  byId('h-below').textContent = title;
  byId('below-body').replaceChildren(...nodes);
  byId('below').hidden = false;
  byId('below').focus();
}

function diffs(before, after) {
  const paths = [...new Set([...Object.keys(before), ...Object.keys(after)])].sort().filter((p) => before[p] !== after[p]);
  if (!paths.length) return [el('p', 'hint pad', 'No difference.')];
  return paths.map((path) => { const box = el('div', ''); unifiedDiff(box, lineDiff(path, before[path] || '', after[path] || '').replace(' (theirs)', '').replace(' (yours)', '')); return box; });
}

async function version(number) {
  const answer = number ? await call('GET', `${base}/versions/${number}`) : { ok: true, body: { files: {} } };
  if (!answer.ok) said('wrong', answer.body.detail);
  return answer.ok ? answer.body.files : null;
}

async function differences() {
  const before = await version(based);
  if (before) below(`What would change in version ${based || 'none'}`, ...diffs(before, files));
}

async function rollback(number) {
  const why = await reason(`Bring version ${number} back?`, 'Its files are published once more, as the next version.', 'Bring it back');
  if (!why) return;
  const answer = await call('POST', `${base}/rollback`, { version: number, reason: why });
  if (!answer.ok) { said('wrong', answer.body.detail); return; }
  await load();
  said('good', `Version ${answer.body.version} is published, with the files of version ${number}.`);
  await state();
  await versions();
}

async function versions() {
  const answer = await call('GET', `${base}/versions?limit=100`);
  if (!answer.ok) { said('wrong', answer.body.detail); return; }
  const lines = answer.body.items;
  const button = (words, act) => { const b = el('button', 'btn btn-sm', words); b.type = 'button'; b.addEventListener('click', act); return b; };
  below('Versions', lines.length ? el('table', 'ver-table', el('thead', '', el('tr', '', ...['Version', 'By', 'When', 'Why', 'Gateway says', ''].map((t) => el('th', '', t)))), el('tbody', '', ...lines.map((v, i) => el('tr', '',
    el('th', '', String(v.version)), el('td', '', v.author), el('td', '', `${moment(v.published_at)} UTC`), el('td', '', v.reason), el('td', '', v.state ? v.state.replace('_', ' ') : '–', v.error ? el('small', 'problem', ` ${v.error}`) : ''),
    el('td', 'ver-do', button('Changes', async () => { const older = lines[i + 1]; const a = await version(older ? older.version : 0); const b = await version(v.version); if (a && b) below(`Version ${v.version}`, ...diffs(a, b)); }), edits && i > 0 ? button('Bring back…', () => rollback(v.version)) : ''))))) : el('p', 'hint pad', 'Nothing has been published yet.'));
}

async function add() {
  const field = el('input', 'form-control mono');
  field.required = true;
  field.setAttribute('aria-label', 'Path');
  field.placeholder = 'maps/chiller.modbus.yaml';
  field.dataset.first = '';
  const way = await ask('Add a file', [el('p', '', 'fieldbus.yaml for connections, work.yaml for local work; maps/, mappings/, rules/ and routes/ for the rest.'), field], [{ text: 'Cancel', value: '' }, { text: 'Add', value: 'yes', kind: 'primary' }]);
  const path = field.value.trim();
  if (way !== 'yes' || !path) return;
  if (!(path in files)) files[path] = '';
  show(path);
  text.focus();
}

async function remove() {
  const way = await ask(`Remove ${open}?`, [el('p', '', 'It is gone from the draft; versions that have it keep it.')], [{ text: 'Cancel', value: '' }, { text: 'Remove', value: 'yes', kind: 'danger' }]);
  if (way !== 'yes') return;
  delete files[open];
  show(Object.keys(files).sort()[0] || null);
}

async function discard() {
  const way = await ask('Discard the draft?', [el('p', '', `The files of ${based ? `version ${based}` : 'the draft are gone, and there are none'} are shown again.`)], [{ text: 'Cancel', value: '' }, { text: 'Discard', value: 'yes', kind: 'danger' }]);
  if (way !== 'yes') return;
  const answer = await call('DELETE', `${base}/draft`, undefined, tag);
  if (answer.ok) { problems = []; take(answer); said('good', 'The draft is discarded.'); } else said('wrong', answer.body.detail);
}

async function enrol() {
  const way = await ask(`Enrolment code for ${serial}?`, [el('p', '', 'It is good once, for 24 hours. An earlier code that was not used ends. Enrolling replaces the token and the certificate that the gateway has.')], [{ text: 'Cancel', value: '' }, { text: 'Make a code', value: 'yes', kind: 'primary' }]);
  if (way !== 'yes') return;
  const answer = await call('POST', `/gateways/${id}/enrolment-codes`, {});
  if (!answer.ok) { said('wrong', answer.body.detail); return; }
  const code = el('p', 'enrol-code', answer.body.code);
  code.id = 'code';
  await ask('Shown this once', [code, el('p', '', 'On the gateway:'), el('pre', 'mono', `hub edge enrol --hub ${location.origin} --code ${answer.body.code} --config edge.yaml`)], [{ text: 'Done', value: '', kind: 'primary' }]);
}

text.onInput((value) => { if (open && edits) { files[open] = value; told(); } });
byId('do-versions').addEventListener('click', versions);
byId('do-diff').addEventListener('click', differences);
byId('do-close').addEventListener('click', () => { byId('below').hidden = true; byId('do-versions').focus(); });
const on = { 'do-enrol': enrol, 'do-save': () => save(), 'do-check': check, 'do-publish': publish, 'do-discard': discard, 'do-add': add, 'do-remove': remove };
Object.entries(on).forEach(([button, act]) => byId(button)?.addEventListener('click', act));
if (edits) keys({ 'ctrl+s': () => save() });
addEventListener('beforeunload', (event) => { if (edits && changed()) event.preventDefault(); });
setInterval(state, LOOK);
Promise.all([load(), state()]).then(() => { document.body.dataset.ready = ''; });
