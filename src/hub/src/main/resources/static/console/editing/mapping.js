// The editor of one mapping: what is written here is tried through the hub's own pipeline, and counts when published.
import { ask } from './ask.js';
import { call, inPath, place, post } from './call.js';
import { codeEditor } from './code.js';
import { comparison, lineDiff, unifiedDiff } from './diff.js';
import { fieldGrid } from './fieldgrid.js';
import { helpNodes, keys } from './keys.js';
import { layOut } from './lay-out.js';
import { listAt, payloadPicker } from './payload.js';
import { resultTable } from './result.js';
import { proposals } from './proposals.js';
import { tabs } from './tabs.js';
import { history } from './versions.js';
import { ago, count, el } from './words.js';

const byId = (id) => document.getElementById(id);
const head = byId('mapping');
const name = head.dataset.name;
const edits = head.dataset.edits === 'true';
const at = '/mappings/' + inPath(name);
const wanted = new URLSearchParams(location.search);

const state = { etag: null, published: null, draft: null, base: { jsonata: '', fields: '' }, busy: false };
const jsonata = codeEditor(byId('jsonata-editor').querySelector('.code'));
const fields = codeEditor(byId('fields-editor').querySelector('.code'));
const result = resultTable(byId('result'));
const payload = payloadPicker(byId('payload'), listAt(`/mappings/${inPath(name)}/payloads`));
const work = document.querySelector('.work');
const kinds = tabs(byId('kinds'), (id) => {
  work.classList.toggle('work-table', id === 'tab-fields');
  if (id === 'tab-fields') drawGrid();
});

// ---- the field table, as a grid and as text

let metricNames = [];
const grid = fieldGrid(byId('grid'), (text) => {
  fields.value = text;
  gridOf = text;
  changed();
}, { metrics: () => metricNames, editable: edits });
let gridOf = null;
async function drawGrid() {
  if (byId('grid').hidden || byId('pane-fields').hidden || gridOf === fields.value) return;
  const text = fields.value;
  const answer = await post('/mappings/table', 'text/plain;charset=utf-8', text);
  if (text !== fields.value) { drawGrid(); return; }
  if (!answer.ok) {
    byId('grid').replaceChildren(el('div', 'empty', el('h3', '', 'Not shown as a grid'), el('p', '', answer.body.detail), el('p', '', 'Mend it as text, then come back.')));
    return;
  }
  gridOf = text;
  grid.show(answer.body);
  if (fields.faulty) testSoon();
  byId('grid-note').hidden = !/(^|\s)#/.test(text);
}
const showGrid = (on) => {
  byId('grid').hidden = !on;
  byId('fields-editor').hidden = on;
  byId('as-grid').setAttribute('aria-pressed', String(on));
  byId('as-text').setAttribute('aria-pressed', String(!on));
  byId('grid-note').hidden = true;
  if (on) { gridOf = null; drawGrid(); }
};
byId('as-grid').addEventListener('click', () => showGrid(true));
byId('as-text').addEventListener('click', () => showGrid(false));

// ---- what there is, and what has been written

const draftTexts = () => {
  const texts = {};
  if (jsonata.value.trim()) texts.jsonata = jsonata.value;
  if (fields.value.trim()) texts.fields = fields.value;
  return texts;
};
const isEmpty = () => !jsonata.value.trim() && !fields.value.trim();
const isDirty = () => jsonata.value !== state.base.jsonata || fields.value !== state.base.fields;
const version = () => (state.published ? state.published.version : 0);
const person = (author) => (author || '').replace(/^[a-z]+:/, '') || 'somebody';

function tell(kind, text) {
  byId('good').hidden = kind !== 'good';
  byId('wrong').hidden = kind !== 'wrong';
  byId('good').textContent = kind === 'good' ? text : '';
  byId('wrong').textContent = kind === 'wrong' ? text : '';
}

function showState() {
  const p = state.published;
  const parts = [];
  if (p) {
    parts.push(el('span', '', el('b', '', `Version ${p.version}`), p.origin === 'file' ? ' in force, as the file says' : ` in force, published by ${person(p.publishedBy)} ${ago(p.publishedAt)}`));
  } else if (state.refused) parts.push(el('span', 'note-bad', 'Nothing in force'));
  else parts.push(el('span', '', 'New: nothing is in force under this name'));
  if (state.draft) {
    const late = (state.draft.basedOn || 0) !== version();
    parts.push(el('span', late ? 'note-warn' : '', `draft saved by ${person(state.draft.author)} ${ago(state.draft.savedAt)}` + (late ? `, written over version ${state.draft.basedOn || 0}, which is no longer in force` : '')));
  }
  if (edits && isDirty()) parts.push(el('span', 'note-warn', 'not saved'));
  if (p && p.matched !== undefined) {
    parts.push(el('span', '', `${count(p.matched, 'message')} matched`), el('span', p.failed ? 'note-bad' : '', `${p.failed.toLocaleString('en')} failed`),
      el('span', p.unmatched ? 'note-warn' : '', `${p.unmatched.toLocaleString('en')} unmatched`), el('span', '', `${p.micros.toLocaleString('en', { maximumSignificantDigits: 3 })} µs a message`));
  }
  byId('state').replaceChildren(...parts);
  if (!edits) return;
  byId('do-save').disabled = state.busy || isEmpty() || (!isDirty() && Boolean(state.draft || p));
  byId('do-publish').disabled = state.busy || isEmpty() || (!isDirty() && !state.draft);
  byId('do-compare').disabled = isEmpty();
  byId('do-drop').hidden = !state.draft && !isDirty();
  byId('tab-jsonata').classList.toggle('tab-full', Boolean(jsonata.value.trim()));
  byId('tab-fields').classList.toggle('tab-full', Boolean(fields.value.trim()));
}

function take(view, etag) {
  const has = view && view.version;
  state.published = has ? { ...(state.published || {}), ...view } : null;
  state.draft = view ? view.draft : null;
  state.etag = etag;
  const shown = state.draft || (has ? view : null);
  state.base = { jsonata: (shown && shown.jsonata) || '', fields: (shown && shown.fields) || '' };
}
function showTexts(texts) {
  jsonata.value = texts.jsonata || '';
  fields.value = texts.fields || '';
  gridOf = null;
  if (!jsonata.value && fields.value) kinds.select('tab-fields');
  else if (jsonata.value && !fields.value) kinds.select('tab-jsonata');
  drawGrid();
}
/** Puts other texts in the place of what is there, which comes back by a button: Ctrl Z knows no box that is not shown. */
function putIn(texts, said) {
  const before = { jsonata: jsonata.value, fields: fields.value };
  const fresh = isEmpty();
  jsonata.replace(texts.jsonata || '');
  fields.replace(texts.fields || '');
  showTexts(texts);
  changed();
  tell('good', said);
  if (fresh) return;
  const back = el('button', 'link', 'Take it back');
  back.type = 'button';
  back.addEventListener('click', () => {
    showTexts(before);
    changed();
    tell('good', 'The editor is as it was.');
  });
  byId('good').append(' ', back);
}

async function load() {
  const answer = await call('GET', at);
  head.dataset.known = 'true';
  if (answer.ok) take(answer.body, answer.etag);
  else if (answer.status === 404) take(null, null);
  else {
    take(null, null);
    state.refused = answer.status === 409;
    tell('wrong', answer.status === 409 ? `${sentence(answer.body.detail)} Mend the file, or publish a version here, which goes before the file.` : answer.body.detail);
  }
  return answer;
}
const sentence = (text) => text.charAt(0).toUpperCase() + text.slice(1) + (/[.!?]$/.test(text) ? '' : '.');

// ---- trying it

const unmark = () => {
  grid.mark(null);
  [jsonata, fields, payload.editor].forEach((editor) => editor.faulty && editor.clear());
};
function mark(field, text, show) {
  const where = place(text);
  const editor = field && field.startsWith('fields') ? fields : field && field.startsWith('payload') ? payload.editor : jsonata;
  const lead = editor === fields && field !== 'fields' ? field.replace(/^fields\./, '') + ': ' : '';
  editor.mark({ ...where, reason: lead + where.reason });
  if (editor === fields) grid.mark(field, lead + where.reason);
  if (show && editor !== payload.editor) {
    kinds.select(editor === fields ? 'tab-fields' : 'tab-jsonata');
    if (editor === fields) showGrid(false);
  }
}

let asked = 0;
let soon = 0;
async function test() {
  clearTimeout(soon);
  if (!edits) return;
  const mine = ++asked;
  const tried = payload.request;
  if (isEmpty() || !tried) {
    unmark();
    if (isEmpty()) result.clear('Nothing to try yet', 'Write an expression or a field table, or let the hub propose one from the payload: the button Propose.');
    else result.clear('No payload to try it on', 'Pick one on the left, or paste what a device sends.');
    return;
  }
  result.wait();
  const answer = await call('POST', '/mappings/test', { ...draftTexts(), mapping: name, ...tried });
  if (mine !== asked) return;
  unmark();
  if (!answer.ok) {
    result.fail(answer.status === 400 ? 'The draft cannot be used yet' : 'Not tried', (answer.body.field && answer.body.field.startsWith('fields.') ? answer.body.field + ': ' : '') + answer.body.detail);
    if (answer.status === 400) mark(answer.body.field, answer.body.detail);
    return;
  }
  result.show(answer.body);
  const failed = answer.body.rejected.find((refusal) => refusal.field === 'mapping' && place(refusal.reason).line);
  if (failed && jsonata.value.trim()) mark('jsonata', failed.reason);
}
const testSoon = () => {
  clearTimeout(soon);
  soon = setTimeout(test, 350);
};
function changed() {
  showState();
  testSoon();
}

// ---- saving, publishing, what stands in the way

async function during(work) {
  if (state.busy) return undefined;
  state.busy = true;
  showState();
  try {
    return await work();
  } finally {
    state.busy = false;
    showState();
  }
}

/** What there is now has been changed by somebody else: who, what, and the ways out. */
async function conflict(detail) {
  tell('');
  const mine = { jsonata: jsonata.value, fields: fields.value };
  const answer = await call('GET', at);
  if (!answer.ok && answer.status !== 404) {
    tell('wrong', answer.body.detail);
    return false;
  }
  const view = answer.ok ? answer.body : null;
  const theirs = (view && (view.draft || (view.version ? view : null))) || { jsonata: '', fields: '' };
  const box = el('div', '');
  unifiedDiff(box, lineDiff(name + '.fields.yaml', theirs.fields || '', mine.fields) + lineDiff(name + '.jsonata', theirs.jsonata || '', mine.jsonata));
  const way = await ask('Somebody else has changed this mapping', [
    el('p', '', sentence(detail.replace(/; (get it again and compare|send its ETag.*)$/, ''))),
    el('p', 'hint', 'Nothing of yours is lost: it is still in the editor. From theirs to yours:'), box,
  ], [
    { text: 'Go on editing', value: '' },
    { text: 'Take theirs, drop mine', value: 'theirs' },
    { text: 'Save mine over theirs', value: 'mine', kind: 'danger' },
  ]);
  // Whoever goes on editing has not settled it: the next time it is asked again.
  if (way) take(view, answer.etag);
  if (way === 'theirs') {
    showTexts(state.base);
    tell('good', 'Theirs is in the editor now.');
    test();
  }
  if (way === 'mine') return save();
  showState();
  return false;
}

async function save() {
  if (isEmpty()) {
    tell('wrong', 'There is nothing to save: write an expression or a field table first.');
    return false;
  }
  tell('');
  const answer = await call('PUT', at + '/draft', draftTexts(), state.etag);
  if (answer.ok) {
    const { jsonata: j, fields: f } = { jsonata: jsonata.value, fields: fields.value };
    take(answer.body, answer.etag);
    // The hub keeps texts as they are; what counts is that nothing is left unsaved.
    state.base = { jsonata: j, fields: f };
    const problem = state.draft && state.draft.problem;
    tell('good', problem ? 'Draft saved. It cannot be published before its fault is mended.' : 'Draft saved. It counts when it is published.');
    return true;
  }
  if (answer.status === 412 || answer.status === 409) return conflict(answer.body.detail);
  tell('wrong', (answer.body.field ? answer.body.field + ': ' : '') + answer.body.detail);
  return false;
}

/** What the draft would do to the real payloads, in one sentence. */
async function outlook() {
  const answer = await call('POST', at + '/compare', draftTexts());
  if (!answer.ok || !answer.body.payloads) return el('p', 'hint', answer.ok ? 'No real payload of this mapping has come yet, so nothing can be compared.' : answer.body.detail);
  const { payloads, changed: other, failed } = answer.body;
  return el('p', failed ? 'note-bad' : '', `Of the last ${count(payloads, 'real payload')} ${other} would give something else` + (failed ? ` and ${failed} would become dead letters.` : ', none would become a dead letter.'));
}

async function publish() {
  if (isEmpty() || (!isDirty() && !state.draft)) return;
  await during(async () => {
    if ((isDirty() || !state.draft) && !(await save())) return;
    if (state.draft.problem) {
      tell('wrong', `It cannot be published: ${state.draft.problem.line ? `line ${state.draft.problem.line}: ` : ''}${state.draft.problem.reason}`);
      test();
      return;
    }
    const box = el('div', '');
    const [diff, sentenceOfReal] = await Promise.all([version() ? call('GET', `${at}/versions/${version()}/diff?to=draft`) : null, outlook()]);
    if (diff && diff.ok) unifiedDiff(box, diff.body.diff);
    else if (diff) box.append(el('p', 'problem', `What it would change is not known: ${diff.body.detail}`));
    else box.append(el('p', 'hint', 'It is the first version of this mapping.'));
    const note = el('textarea', 'form-control');
    note.rows = 2;
    note.maxLength = 500;
    note.value = state.draft.note || '';
    note.placeholder = 'Why? It stays in the history.';
    note.dataset.first = '';
    note.id = 'publish-note';
    note.addEventListener('keydown', (event) => { if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) note.form.requestSubmit(note.form.querySelector('.btn-primary')); });
    const label = el('label', '', 'Note', note);
    const way = await ask(`Publish ${name}`, [sentenceOfReal, box, label, el('p', 'hint', 'It takes effect in every hub with the next message, within two seconds. It can be rolled back.')],
      [{ text: 'Not now', value: '' }].concat(!diff || diff.ok ? { text: await next(), value: 'publish', kind: 'primary' } : []));
    if (way !== 'publish') return;
    const answer = await call('POST', at + '/publish', note.value.trim() ? { note: note.value.trim() } : {}, state.etag);
    if (answer.ok) {
      state.published = null;
      await load();
      tell('good', `Version ${version()} is in force.`);
      below.refresh();
    } else if (answer.status === 412 || answer.status === 409) await conflict(answer.body.detail);
    else tell('wrong', (answer.body.field ? answer.body.field + ': ' : '') + answer.body.detail);
  });
}
async function next() {
  const answer = await call('GET', at + '/versions?limit=1');
  if (!answer.ok) return version() ? 'Publish' : 'Publish as version 1';
  return `Publish as version ${answer.body.items.length ? answer.body.items[0].version + 1 : 1}`;
}

async function drop() {
  if (!state.draft) {
    showTexts(state.base);
    changed();
    return;
  }
  const way = await ask('Throw the draft away?', [el('p', '', state.published ? `The editor goes back to version ${version()}, which is in force.` : 'Nothing of this mapping is left then.')],
    [{ text: 'Keep it', value: '' }, { text: 'Throw it away', value: 'drop', kind: 'danger' }]);
  if (way !== 'drop') return;
  await during(async () => {
    const answer = await call('DELETE', at + '/draft', undefined, state.etag);
    if (!answer.ok && answer.status !== 404) {
      if (answer.status === 412) await conflict(answer.body.detail);
      else tell('wrong', answer.body.detail);
      return;
    }
    await load();
    showTexts(state.base);
    tell('good', 'The draft is gone.');
    test();
  });
}

// ---- what lies below: comparison and history

const below = {
  what: null,
  async show(what, title, fill) {
    const box = byId('below');
    if (below.what === what && !box.hidden) { below.close(); return; }
    below.what = what;
    below.fill = fill;
    byId('h-below').textContent = title;
    box.hidden = false;
    const body = below.fresh();
    await fill(body);
    if (!body.isConnected || box.hidden) return;
    box.scrollIntoView({ block: 'nearest', behavior: matchMedia('(prefers-reduced-motion: reduce)').matches ? 'auto' : 'smooth' });
    box.focus({ preventScroll: true });
  },
  /** A place of its own for each filling: one that comes late fills what nobody sees any more. */
  fresh() {
    const body = el('div', '');
    byId('below-body').replaceChildren(body);
    return body;
  },
  refresh() { if (!byId('below').hidden && below.fill) below.fill(below.fresh()); },
  close() { byId('below').hidden = true; below.what = null; },
};
byId('do-close').addEventListener('click', () => below.close());

const compare = () => below.show('compare', state.published ? `The draft against version ${version()}` : 'The draft on real payloads', async (box) => {
  box.replaceChildren(el('p', 'hint pad', 'Comparing …'));
  const answer = await call('POST', at + '/compare', draftTexts());
  if (!answer.ok) {
    box.replaceChildren(el('div', 'empty', el('h3', '', 'Not compared'), el('p', '', answer.body.detail)));
    if (answer.status === 400) mark(answer.body.field, answer.body.detail, true);
    return;
  }
  comparison(box, answer.body, {
    who: (id) => (payload.items.find((item) => item.device === id) || {}).serial || id,
    open: (item) => {
      const found = payload.items.find((one) => one.at === item.at && one.device === item.device);
      if (found) { payload.pick(found); byId('payload').scrollIntoView({ block: 'nearest' }); }
    },
  });
});

const versions = history({
  at, edits, person, isDirty,
  state: () => state,
  take: (texts, from) => {
    putIn({ jsonata: texts.jsonata || '', fields: texts.fields || '' }, `${from} is in the editor; save or publish it to keep it.`);
    scrollTo({ top: 0 });
  },
  rolledBack: async (text) => {
    await load();
    showTexts(state.base);
    tell('good', text);
    test();
    below.refresh();
  },
  conflict, tell, during,
});
const showHistory = () => below.show('history', 'History', versions);

// ---- proposals

async function propose() {
  const shown = payload.request;
  if (!shown || shown.payload_base64) {
    tell('wrong', 'There is no payload in JSON to propose from: pick or paste one on the left.');
    return;
  }
  const others = payload.chosen ? payload.items.filter((item) => item !== payload.chosen && item.source !== 'dead-letter' && /^\s*[[{]/.test(item.text || '')).slice(0, 19).map((item) => item.text) : [];
  const answer = await call('POST', '/mappings/suggest', { payloads: [shown.payload, ...others] });
  if (!answer.ok) {
    tell('wrong', `Nothing can be proposed: ${answer.body.field ? answer.body.field + ' ' : ''}${answer.body.detail}`);
    return;
  }
  const taken = await proposals(answer.body, others.length + 1, isEmpty(), 'it can be taken back');
  if (!taken) return;
  putIn({ jsonata: answer.body.jsonata || '', fields: answer.body.fields || '' }, 'The proposal is in the editor. Look at the lines that are not sure, try it on other payloads, then save it.');
}

// ---- keys

function pane(by) {
  const places = [payload.editor.area, byId('pane-fields').hidden ? jsonata.area : byId('grid').hidden ? fields.area : byId('grid').querySelector('input') || byId('as-grid'), byId('result'), byId('do-save') || byId('do-history')];
  const here = places.findIndex((node) => node === document.activeElement || node.contains(document.activeElement) || (node.closest('section') && node.closest('section').contains(document.activeElement)));
  const target = places[(here + by + places.length) % places.length];
  if (target === byId('result')) target.tabIndex = -1;
  (target.disabled ? byId('do-history') : target).focus();
}
const HELP = [
  ['Ctrl S', 'save the draft'], ['Ctrl Enter', 'try it now; it is tried by itself while you write'], ['Ctrl Shift P', 'publish; where the browser keeps that, Ctrl Alt P'],
  ['Alt Page Down', 'next payload, Alt Page Up the one before'], ['F6', 'on to the next pane, Shift F6 back'], ['F8', 'to the fault'],
  ['Tab', 'indents in the expression; Esc and then Tab leaves it'], ['F1', 'this help'],
];
keys({
  'ctrl+s': () => edits && during(save),
  'ctrl+enter': test,
  'ctrl+shift+p': () => edits && publish(),
  'ctrl+alt+p': () => edits && publish(),
  'alt+pagedown': () => payload.step(1),
  'alt+pageup': () => payload.step(-1),
  f6: () => pane(1),
  'shift+f6': () => pane(-1),
  f8: () => [jsonata, fields, payload.editor].find((editor) => editor.faulty)?.toFault(),
  f1: help,
});
async function help() {
  await ask('Keys', helpNodes(HELP).concat(el('p', 'hint', 'A mapping is a field table, an expression in JSONata, or both: the table first, the expression for the rest. Nothing counts before it is published; what is in the editor is only tried.')), [{ text: 'Close', value: '', kind: 'primary' }]);
}

// ---- begin

function begin() {
  byId('do-help').addEventListener('click', help);
  byId('do-history').addEventListener('click', showHistory);
  if (edits) {
    [jsonata, fields].forEach((editor) => editor.onInput(changed));
    payload.onChange(testSoon);
    byId('do-save').addEventListener('click', () => during(save));
    byId('do-publish').addEventListener('click', publish);
    byId('do-compare').addEventListener('click', compare);
    byId('do-suggest').addEventListener('click', propose);
    byId('do-drop').addEventListener('click', drop);
    addEventListener('beforeunload', (event) => { if (isDirty()) event.preventDefault(); });
    call('GET', '/metrics?limit=5000').then((answer) => { if (answer.ok) metricNames = answer.body.items.map((metric) => metric.key); });
  } else result.clear('Only looked at', 'Admins and engineers try and change mappings; sign in with such a token.');
}

/** The dead letter that led here; the list has the newest only. */
async function pickLetter(id) {
  const answer = await call('GET', '/dead-letters/' + encodeURIComponent(id));
  if (!answer.ok) {
    tell('wrong', `The dead letter could not be read: ${answer.body.detail}`);
    return;
  }
  const { created_at: at, device, payload: text, payload_base64: base64 } = answer.body;
  const tight = (one) => (one || '').replace(/\s+/g, '');
  // Those of one message share their time.
  const listed = payload.items.find((item) => item.source === 'dead-letter' && item.at === at && item.device === device && tight(item.base64 || item.text) === tight(base64 || text));
  if (listed) payload.pick(listed);
  else payload.add({ source: 'dead-letter', at, device, text: text === undefined ? undefined : layOut(text), base64 });
}

begin();
jsonata.area.placeholder = '{\n  "timestamp": $epoch(ts),\n  "metrics": {"supply_air_temp": temp}\n}';
// Asking for what is not there would only fill the browser's log.
if (head.dataset.known === 'true') await load();
showTexts(state.base);
showState();
await payload.reload();
if (isEmpty() && edits && !payload.request) payload.editor.focus();
if (wanted.get('letter')) await pickLetter(wanted.get('letter'));
test();
document.body.dataset.ready = 'true';
setInterval(showState, 30000);
