// The page of one device type.
import { ask } from './ask.js';
import { call, place, post } from './call.js';
import { codeEditor } from './code.js';
import { unifiedDiff } from './diff.js';
import { listAt, payloadPicker } from './payload.js';
import { proposals } from './proposals.js';
import { tabs } from './tabs.js';
import { fieldView } from './field-view.js';
import { typeForm } from './type-form.js';
import { manyDevices, schemaOf } from './type-guess.js';
import { typeResult } from './type-result.js';
import { el } from './words.js';

const byId = (id) => document.getElementById(id);
const head = byId('type');
const { name, version } = head.dataset;
const edits = head.dataset.edits === 'true';
const made = version !== '0';
const path = '/device-types/' + encodeURIComponent(name);
const editor = (id) => codeEditor(byId(id).closest('.code'));
const editors = { fields: editor('fields'), jsonata: editor('jsonata'), split: editor('split'), schema: editor('schema') };
const yaml = editor('yaml');
const kinds = tabs(byId('tab-fields').parentElement);
const table = fieldView(editors.fields, edits, () => touched());
const form = typeForm(byId('as-form'), editors, kinds);
let shown = 'tab-form';
let dirty = false;
let leaving = false;

/** The console's own calls: text in, JSON out; never throws. */
const turn = (way, body, type) => post('/device-types/-/' + way, type, body);

const wrong = (text) => { byId('wrong').hidden = !text; byId('wrong').textContent = text || ''; };
const say = (text) => { if (byId('state')) byId('state').textContent = text; };

/** How often what is written was changed, and as which of these it was refused: its marks stay until the next. */
let changes = 0;
let refused = -1;

function unmark() {
  if (refused !== changes) {
    form.unmark();
    if (yaml.faulty) yaml.clear();
  }
  if (payload && payload.editor.faulty) payload.editor.clear();
}
/** Puts a problem where it belongs; says whether it found the place. */
function mark({ field = '', detail }) {
  const at = field.replace(/^type\./, '');
  if (at.startsWith('payload')) { payload.editor.mark(place(detail)); return true; }
  if (shown === 'tab-yaml') {
    const line = /\(line (\d+)\)/.exec(detail);
    yaml.mark({ line: line ? Number(line[1]) : 0, column: 0, reason: (at && at !== 'body' ? at + ': ' : '') + detail });
    return true;
  }
  const placed = form.mark(at, detail);
  if (editors.fields.faulty) table.toText();
  return placed;
}
/** Marks why what was written as this change cannot be used, for longer than a trial of the same; says whether it found the place. */
function refuse(problem, change = changes) {
  refused = -1;
  unmark();
  refused = change;
  return mark(problem);
}

/** The type as it is written now; throws {field, detail}. */
async function written() {
  if (shown === 'tab-form') return form.read();
  const answer = await turn('read', yaml.value, 'application/yaml');
  if (!answer.ok) throw answer.body;
  return answer.body;
}

async function changeView(to) {
  if (to === shown) return;
  wrong('');
  if (!edits) { shown = to; return; }
  // What is written while the other side is asked for would be lost.
  yaml.area.readOnly = true;
  byId('asked').disabled = true;
  try {
    const answer = to === 'tab-yaml' ? await turn('text', JSON.stringify(form.read()), 'application/json') : await turn('read', yaml.value, 'application/yaml');
    if (!answer.ok) throw answer.body;
    refused = -1;
    unmark();
    shown = to;
    if (to === 'tab-yaml') yaml.value = answer.body.yaml;
    else {
      form.write(answer.body);
      table.drawAnew();
      if (!made) byId('name').value = answer.body.name;
    }
  } catch (problem) {
    views.select(shown);
    if (!refuse(problem)) wrong(problem.detail);
  } finally {
    yaml.area.readOnly = false;
    byId('asked').disabled = false;
  }
}
const views = tabs(byId('tab-form').parentElement, changeView);

// The payload and what becomes of it.
const remembered = (of) => `hub-payload ${byId('editing').dataset.tenant} ${of}`;
const recall = (of) => { try { return sessionStorage.getItem(remembered(of)); } catch { return null; } };
const remember = (of, text) => { try { sessionStorage.setItem(remembered(of), text.slice(0, 100_000)); } catch { /* full or forbidden: not remembered */ } };
const fetched = listAt(path + '/payloads');
const payload = byId('payload') && payloadPicker(byId('payload'), async () => {
  const found = made ? await fetched() : [];
  const last = recall(name);
  return last ? [...found, { source: 'sample', name: 'Tried here last', text: last }] : found;
});
const result = payload && typeResult(byId('result'), () => test());
let asked = 0;
let soon = 0;

async function test() {
  if (!payload) return;
  clearTimeout(soon);
  const mine = ++asked;
  const tried = payload.request;
  offer();
  if (!tried) {
    unmark();
    result.clear('No payload to try it on', 'Paste what a device of this type sends, or pick what one has sent.');
    return;
  }
  result.wait();
  let answer;
  try {
    const type = await written();
    answer = await call('POST', `/device-types/${encodeURIComponent(type.name || 'draft')}/test`, { type: { ...type, name: type.name || 'draft' }, ...tried });
  } catch (problem) {
    answer = { ok: false, status: 400, body: problem };
  }
  if (mine !== asked) return;
  unmark();
  if (!answer.ok) {
    result.fail(answer.status === 400 ? 'The draft cannot be used yet' : 'Not tried', (answer.body.field && answer.body.field !== 'body' ? answer.body.field.replace(/^type\./, '') + ': ' : '') + answer.body.detail);
    if (refused !== changes || (answer.body.field || '').startsWith('payload')) mark(answer.body);
    return;
  }
  if (!payload.chosen && tried.payload) remember(name, tried.payload);
  result.show(answer.body);
}
const testSoon = () => { clearTimeout(soon); soon = setTimeout(test, 400); };

const parsed = () => { try { return JSON.parse(payload.editor.value); } catch { return undefined; } };

/** A message of many devices is offered to be split, once. */
let declined = false;
function offer() {
  const box = byId('offer');
  const many = !declined && form.mode === 'endpoint' && shown === 'tab-form' ? manyDevices(parsed()) : null;
  box.hidden = !many;
  if (!many) return;
  const yes = el('button', 'btn btn-sm btn-primary', 'Split it');
  const no = el('button', 'btn btn-sm', 'It is one device');
  yes.type = 'button';
  no.type = 'button';
  yes.addEventListener('click', () => {
    const type = form.read();
    form.write({ ...type, processing_mode: 'gateway', demultiplexing: { split: many.split, id: many.id, scope: 'gateway', device_type: `${type.name || 'virtual'}${type.name ? '-part' : ''}` } });
    touched();
  });
  no.addEventListener('click', () => { declined = true; offer(); });
  box.replaceChildren(el('p', '', 'This looks like a message of ', el('b', '', `${many.count} devices`), ': ', el('code', '', many.split || 'the array'), ', each named by ', el('code', '', many.id), '.'), el('p', 'mend-go', yes, no));
}

// A draft of the mapping out of the payload.
async function suggest() {
  const tried = payload.request;
  if (!tried) { payload.editor.mark({ line: 0, reason: 'Paste what a device sends first.' }); payload.editor.focus(); return; }
  let samples = [tried.payload];
  try {
    const type = form.read();
    if (type.processing_mode !== 'endpoint') {
      const answer = await call('POST', '/device-types/draft/test', { type: { ...type, name: type.name || 'draft', mapping: null, message_schema: null }, ...tried });
      if (answer.ok && answer.body.parts.length) samples = answer.body.parts.map((part) => part.output).filter((part) => part && typeof part === 'object').slice(0, 50);
    }
  } catch (problem) { mark(problem); return; }
  const answer = await call('POST', '/mappings/suggest', { payloads: samples });
  unmark();
  if (!answer.ok) { payload.editor.mark(place(answer.body.detail)); return; }
  const draft = answer.body;
  if (!await proposals(draft, samples.length, !editors.fields.value.trim() && !editors.jsonata.value.trim())) return;
  form.source = 'own';
  kinds.select('tab-jsonata');
  editors.jsonata.replace(draft.jsonata || '');
  kinds.select('tab-fields');
  table.toText();
  editors.fields.replace(draft.fields || '');
  kinds.select(draft.fields ? 'tab-fields' : 'tab-jsonata');
  touched();
}

function touched() {
  dirty = true;
  changes++;
  say('Not saved yet');
  testSoon();
}

// Saving.
const shownDiff = (answer) => {
  const box = el('div', '');
  if (answer.ok) unifiedDiff(box, answer.body.diff); else box.append(el('p', 'problem', `It is not known: ${answer.body.detail}`));
  return box;
};

let saving = false;
async function save() {
  if (saving) return;
  saving = true;
  try { await store(); } finally { saving = leaving; }
}

async function store(over) {
  const change = changes;
  const cannot = (problem) => { say('Not saved'); return refuse(problem, change); };
  wrong('');
  let type;
  try { type = await written(); } catch (problem) { if (!cannot(problem)) wrong(problem.detail); return; }
  if (!type.name) { cannot({ field: 'name', detail: 'Give it a name first' }); byId('name')?.focus(); return; }
  if (made && type.name !== name) { cannot({ field: 'name', detail: `a type keeps its name, which is ${name}` }); return; }
  say('Saving');
  const body = { ...type, note: byId('note').value.trim() || null };
  const answer = made ? await call('PUT', path, body, over || `"${version}"`) : await call('POST', '/device-types', body);
  if (answer.ok) {
    leaving = true;
    if (!made && type.name !== name) { const last = recall(name); if (last) { remember(type.name, last); remember(name, ''); } }
    location.assign('/device-types/' + encodeURIComponent(type.name) + '?saved');
    return;
  }
  if (answer.status === 412 && made) { say('Not saved'); return conflict(answer.body.detail); }
  const placed = cannot(answer.body);
  if (answer.status === 409) wrong(`${answer.body.detail}. Choose another name, or change that one on its page.`);
  else if (!placed) wrong((answer.body.field ? answer.body.field + ': ' : '') + answer.body.detail);
  document.querySelector('[aria-invalid=true], #wrong:not([hidden])')?.scrollIntoView({ block: 'center' });
  return undefined;
}

async function conflict(detail) {
  const theirs = await call('GET', `${path}/versions/${version}/diff`);
  const way = await ask('Somebody else has changed it meanwhile', [el('p', '', detail.replace(/; read it again$/, '.')), el('h3', '', 'What they changed'), shownDiff(theirs)],
    [{ text: 'Go on editing', value: '' }, { text: 'Drop mine, show theirs', value: 'theirs' }].concat(theirs.ok ? { text: 'Save mine over theirs', value: 'mine', kind: 'danger' } : []));
  if (way === 'theirs') { leaving = true; location.assign(path); }
  if (way === 'mine') { const now = await call('GET', path); if (now.ok) await store(now.etag); else wrong(now.body.detail); }
}

// History.
byId('history')?.addEventListener('click', async (event) => {
  const button = event.target.closest('button');
  if (!button) return;
  const line = button.closest('[data-version]');
  const number = Number(line.dataset.version);
  if (button.hasAttribute('data-diff')) {
    const box = line.querySelector('.version-diff');
    if (box.hidden) {
      const answer = await call('GET', `${path}/versions/${number - 1}/diff?to=${number}`);
      if (answer.ok) unifiedDiff(box, answer.body.diff); else box.textContent = answer.body.detail;
    }
    box.hidden = !box.hidden;
    button.setAttribute('aria-expanded', String(!box.hidden));
  } else if (button.hasAttribute('data-rollback')) {
    const answer = await call('GET', `${path}/versions/${version}/diff?to=${number}`);
    const note = el('input', 'form-control');
    note.placeholder = 'Why; kept in the history';
    note.setAttribute('aria-label', 'Why');
    const way = await ask(`Roll back to version ${number}?`, [el('p', '', `What it was then takes effect as version ${Number(version) + 1}:`), dirty ? el('p', 'note-warn', 'What you wrote and did not save is lost with it.') : '', shownDiff(answer), note],
      [{ text: 'Cancel', value: '' }].concat(answer.ok ? { text: 'Roll back', value: 'back', kind: dirty ? 'danger' : 'primary' } : []));
    if (!way) return;
    const done = await call('POST', path + '/rollback', { version: number, note: note.value.trim() || null }, `"${version}"`);
    if (done.ok) { leaving = true; location.assign(path + '?saved'); } else { wrong(done.body.detail); scrollTo(0, 0); }
  }
});
byId('history')?.querySelectorAll('button').forEach((one) => { one.disabled = false; });
byId('delete')?.addEventListener('click', async () => {
  const way = await ask(`Delete ${name}?`, [el('p', '', 'Its devices stay, with all they have sent. What they send from now on goes by the mapping of their maker and model, or becomes dead letters.')],
    [{ text: 'Cancel', value: '' }, { text: 'Delete', value: 'delete', kind: 'danger' }]);
  if (!way) return;
  const answer = await call('DELETE', path, undefined, `"${version}"`);
  if (answer.ok) { leaving = true; location.assign('/device-types?gone'); } else { wrong(answer.body.detail); scrollTo(0, 0); }
});

// A file in the place of what is written.
byId('load-label')?.addEventListener('keydown', (event) => { if (event.key === 'Enter' || event.key === ' ') { event.preventDefault(); byId('load').click(); } });
byId('load')?.addEventListener('change', async () => {
  const file = byId('load').files[0];
  byId('load').value = '';
  if (!file) return;
  const text = await file.text();
  shown = 'tab-yaml';
  views.select('tab-yaml');
  unmark();
  yaml.value = text;
  touched();
  views.select('tab-form');
});

byId('sketch')?.addEventListener('click', () => {
  const message = parsed();
  if (message === undefined) { payload.editor.mark({ line: 0, reason: 'Expected JSON to draw a schema up from.' }); return; }
  editors.schema.value = JSON.stringify(schemaOf([message]), null, 2);
  form.follow();
  touched();
});

byId('suggest')?.addEventListener('click', suggest);
byId('save')?.addEventListener('click', () => save());
byId('test')?.addEventListener('click', test);
document.addEventListener('keydown', (event) => {
  if (!edits || !(event.ctrlKey || event.metaKey) || event.altKey || byId('ask').open) return;
  if (event.key === 's') { event.preventDefault(); save(); }
  if (event.key === 'Enter') { event.preventDefault(); test(); }
});
addEventListener('beforeunload', (event) => { if (dirty && !leaving) event.preventDefault(); });

/** Names to choose from, when somebody begins to. */
function names(id, list, pathOf, field) {
  const box = byId(id);
  document.addEventListener('focusin', async function load(event) {
    if (event.target.getAttribute('list') !== list) return;
    document.removeEventListener('focusin', load);
    const answer = await call('GET', pathOf);
    if (answer.ok) box.replaceChildren(...answer.body.items.map((item) => new Option('', item[field])));
  });
}
names('limit-metric-names', 'limit-metric-names', '/metrics?limit=5000', 'key');
names('mapping-names', 'mapping-names', '/mappings?limit=5000', 'name');
names('type-names', 'type-names', '/device-types?limit=5000', 'name');

yaml.value = head.dataset.yaml || '';
if (head.dataset.type) form.write(JSON.parse(head.dataset.type));
else form.follow();
// Until now nothing could be written that this script would have written over.
byId('asked').disabled = false;
if (edits) for (const id of ['test', 'save']) byId(id).disabled = false;
else byId('asked').querySelectorAll('input, select').forEach((one) => { one.disabled = true; });
form.onChange(touched);
yaml.onInput(touched);
if (payload) {
  payload.onChange(testSoon);
  payload.reload().then(test);
}
if (edits && !made) (name ? payload.editor : { focus: () => byId('name').focus() }).focus();
