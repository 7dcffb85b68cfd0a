// The editor of one rule: what is written here is run over stored history as one writes, and counts when it goes live.
import { ask } from './ask.js';
import { call, post } from './call.js';
import { codeEditor } from './code.js';
import { lineDiff, unifiedDiff } from './diff.js';
import { keys } from './keys.js';
import { ruleForm } from './rule-form.js';
import { deleteRule, leave, maySwitchFile, said, switchRule } from './rule-switch.js';
import { tabs } from './tabs.js';
import { ago, count, el, unit } from './words.js';

const byId = (id) => document.getElementById(id);
const head = byId('rule');
const { id, version } = head.dataset;
const edits = head.dataset.edits === 'true';
const text = codeEditor(byId('text').closest('.code'));
const form = ruleForm(byId('as-form'), () => touched());
const preview = byId('preview');
const seen = byId('seen');
let shown = 'tab-form';
let dirty = false;
let leaving = false;
let span = '7d';
let last = null;

function tell(kind, message) {
  byId('good').hidden = kind !== 'good';
  byId('wrong').hidden = kind !== 'wrong';
  if (kind) byId(kind).textContent = message;
}
const look = (body) => post('/rules/-/look', 'application/json', JSON.stringify(body));
const person = (author) => (author || '').replace(/^[a-z]+:/, '');

// ---- form and text

const views = tabs(byId('tab-form').parentElement, changeView);
async function changeView(to) {
  if (to === shown) return;
  if (to === 'tab-text') {
    text.area.readOnly = true;
    const answer = await look({ text: JSON.stringify(form.read()) });
    text.area.readOnly = !edits;
    if (!answer.ok || !answer.body.yaml) { tell('wrong', answer.body.detail || 'The form cannot be written as YAML.'); views.select('tab-form'); return; }
    text.value = answer.body.yaml;
    shown = to;
  } else {
    const answer = await look({ text: text.value });
    if (!answer.ok || !answer.body.yaml) {
      const problem = answer.body.problem || { line: 0, reason: answer.body.detail };
      text.mark({ line: problem.line, column: 0, reason: problem.reason });
      views.select('tab-text');
      return;
    }
    form.write(answer.body.rule);
    shown = to;
  }
  lookSoon();
}
text.onInput(() => touched());
function touched() {
  dirty = true;
  buttons();
  lookSoon();
}
function buttons() {
  if (!edits) return;
  const ready = Boolean(last && last.ok);
  byId('do-shadow').disabled = !ready;
  byId('do-live').disabled = !ready;
}

// ---- what it would have done

let asked = 0;
let soon = 0;
let turn = Promise.resolve();
const lookSoon = () => {
  clearTimeout(soon);
  // What is under way is of what was written before.
  asked++;
  last = null;
  buttons();
  soon = setTimeout(tryIt, 350);
};
const nothing = (title, why) => seen.replaceChildren(el('div', 'empty', el('h3', '', title), el('p', '', why)));

async function tryIt() {
  clearTimeout(soon);
  const mine = ++asked;
  form.unmark();
  if (text.faulty) text.clear();
  const missing = shown === 'tab-form' ? form.missing() : null;
  if (missing) {
    preview.dataset.state = 'empty';
    nothing('Nothing to try yet', missing);
    return;
  }
  preview.dataset.state = 'waiting';
  let body = text.value;
  if (shown === 'tab-form') {
    // Names that say nothing about when: without them it can be tried all the same.
    const rule = form.read();
    body = JSON.stringify({ ...rule, id: rule.id || 'draft', event: { ...rule.event, family: (rule.event || {}).family || 'draft', message: (rule.event || {}).message || 'draft' } });
  }
  // One at a time: the hub has room for two, of all people.
  const of = { text: body, device: byId('device').value || head.dataset.device || '', span };
  turn = turn.then(() => (mine === asked ? look(of) : null));
  const answer = await turn;
  if (mine !== asked) return;
  preview.dataset.state = answer.ok && !answer.body.problem ? 'shown' : 'empty';
  if (!answer.ok) { nothing('Not tried', answer.body.detail); return; }
  const { problem, devices = [], device, html, busy } = answer.body;
  if (problem) {
    last = { ok: false };
    buttons();
    const placed = shown === 'tab-form' && form.mark(problem.field, problem.reason);
    if (shown === 'tab-text') text.mark({ line: problem.line, column: 0, reason: (problem.field ? problem.field + ' ' : '') + problem.reason });
    nothing('The rule cannot be used yet', placed ? 'See the field that is marked.' : (problem.field ? problem.field + ': ' : '') + problem.reason);
    return;
  }
  last = { ok: true, count: answer.body.count };
  buttons();
  byId('device-count').textContent = answer.body.count ? `for ${count(answer.body.count, 'device')}` : 'for no device there is';
  byId('device').replaceChildren(...devices.map((one) => Object.assign(el('option', '', one.serial), { value: one.id, selected: one.id === device })));
  if (!html) { nothing('No device to try it on', 'None of the devices is in the scope of the rule.'); return; }
  // The hub's own markup, rendered by the template of the preview.
  seen.innerHTML = html;
  if (busy) soon = setTimeout(tryIt, 2000);
}
byId('device').addEventListener('change', tryIt);
byId('spans').addEventListener('click', (event) => {
  const button = event.target.closest('button');
  if (!button) return;
  span = button.dataset.span;
  byId('spans').querySelectorAll('button').forEach((one) => one.setAttribute('aria-pressed', String(one === button)));
  tryIt();
});

// ---- metrics by a part of their name

let searched = 0;
async function searchMetrics() {
  const mine = ++searched;
  const part = byId('metric').value.trim().toLowerCase();
  const answer = await call('GET', '/metrics?limit=40&q=' + encodeURIComponent(part));
  if (mine !== searched || !answer.ok) return;
  byId('metric-names').replaceChildren(...answer.body.items.map((metric) => Object.assign(el('option', '', `${metric.key}${metric.unit ? ` (${unit(metric.unit)})` : ''}`), { value: metric.key })));
  const found = answer.body.items.find((metric) => metric.key === part);
  const small = byId('metric-unit');
  if (!byId('metric').hasAttribute('aria-invalid')) small.textContent = found && found.unit ? `in ${unit(found.unit)}` : found ? 'without a unit' : '';
}
byId('metric').addEventListener('input', searchMetrics);

// ---- saving

/** The rule as it is written now, or null when that is told. */
async function written() {
  if (shown === 'tab-form') return form.read();
  const answer = await look({ text: text.value });
  if (answer.ok && !answer.body.problem) return answer.body.rule;
  tell('wrong', answer.ok ? `${answer.body.problem.field} ${answer.body.problem.reason}` : answer.body.detail);
  return null;
}

async function save(shadow) {
  if (!last || !last.ok) return;
  tell('');
  const rule = await written();
  if (!rule) return;
  if (id && rule.id !== id) { tell('wrong', `id: expected ${id}, as this page is of that rule. A new rule gets an id of its own.`); return; }
  delete rule.enabled;
  if (shadow) rule.mode = 'shadow';
  else delete rule.mode;
  if (!shadow) {
    const events = seen.querySelector('.seen-said b');
    const way = await ask(`${rule.id || 'The rule'} goes live`, [
      el('p', '', `It looks at ${count(last.count || 0, 'device')} from now on, in every hub within two seconds. What it notices becomes an event, and the policies decide what follows.`),
      events ? el('p', 'hint', `On the history shown it would have raised ${events.textContent}.`) : '',
    ], [{ text: 'Not now', value: '' }, { text: 'Go live', value: 'live', kind: 'primary' }]);
    if (way !== 'live') return;
  }
  await send(rule, shadow, version ? `"${version}"` : null);
}

/** Without a tag there is no version that this one follows: it is the first, or somebody was faster. `*` saves over any. */
async function send(rule, shadow, etag) {
  const answer = etag ? await call('PUT', '/rules/' + encodeURIComponent(id), rule, etag) : await call('POST', '/rules', rule);
  if (answer.ok) {
    leaving = true;
    leave(`Version ${answer.body.version} is saved: ${shadow ? 'what it would raise is noted, and nothing follows.' : 'it is in force.'}`, '/rules/' + answer.body.id);
    return;
  }
  if (answer.status === 412 || id && answer.status === 409 && answer.body.field === 'id' && /already/.test(answer.body.detail)) return conflict(rule, shadow);
  const { field = '', detail } = answer.body;
  const placed = shown === 'tab-form' && form.mark(field, detail);
  tell('wrong', placed ? `Not saved: ${detail}` : (field ? field + ': ' : '') + detail);
}

async function conflict(rule, shadow) {
  const [answer, mine] = await Promise.all([fetch(`/rules/${id}/history`).then((got) => (got.ok ? got.json() : [])).catch(() => []), look({ text: JSON.stringify(rule) })]);
  const theirs = answer[0];
  const box = el('div', '');
  if (theirs) unifiedDiff(box, plainDiff(theirs.yaml || '', (mine.ok && mine.body.yaml) || ''));
  const way = await ask('Somebody else has changed this rule', [el('p', '', theirs ? `Version ${theirs.version} was saved by ${person(theirs.author)} ${ago(theirs.at)}. From theirs to yours:` : 'It is not as it was when this page was opened.'), box],
    [{ text: 'Go on editing', value: '' }, { text: 'Take theirs, drop mine', value: 'theirs' }, { text: 'Save mine over theirs', value: 'mine', kind: 'danger' }]);
  if (way === 'theirs') { leaving = true; location.reload(); }
  // Where it was deleted meanwhile, mine is the first again.
  if (way === 'mine') await send(rule, shadow, theirs && !theirs.yaml ? null : '*');
}
const plainDiff = (before, after) => lineDiff(id || 'rule', before, after).replace(/^--- .*\n\+\+\+ .*\n/, '');

if (edits) {
  byId('do-shadow').addEventListener('click', () => save(true));
  byId('do-live').addEventListener('click', () => save(false));
  keys({ 'ctrl+s': () => save(true), 'ctrl+shift+p': () => save(false) });
}
const act = (button, work) => { if (byId(button)) byId(button).addEventListener('click', work); };
act('do-switch', async () => {
  const on = byId('do-switch').dataset.to === 'on';
  if (dirty && await ask('What you wrote is not saved', [el('p', '', `${id} would be switched ${on ? 'on' : 'off'} as it was saved last, and what you changed here is lost.`)],
    [{ text: 'Go on editing', value: '' }, { text: `Switch ${on ? 'on' : 'off'}, drop my changes`, value: 'drop', kind: 'danger' }]) !== 'drop') return;
  if (!on && !version && !await maySwitchFile(id)) return;
  const stands = await look({ text: head.dataset.yaml });
  const wrong = await switchRule(id, on, stands.ok ? stands.body.rule : null);
  if (wrong) tell('wrong', wrong);
  else { leaving = true; leave(on ? 'It is in force again.' : 'It is switched off.', '/rules/' + id); }
});
act('do-delete', async () => {
  const gone = await deleteRule(id);
  if (gone === true) setTimeout(() => { leaving = true; leave(`${id} is deleted.`, '/rules'); }, 1200);
  else if (gone) tell('wrong', gone);
});

// ---- versions

act('do-history', async () => {
  const below = byId('below');
  if (!below.hidden) { below.hidden = true; return; }
  const items = await fetch(`/rules/${id}/history`).then((answer) => (answer.ok ? answer.json() : [])).catch(() => []);
  const diff = el('div', '');
  const button = (label, name, work) => {
    const node = Object.assign(el('button', 'btn btn-sm', label), { type: 'button' });
    node.setAttribute('aria-label', name);
    node.addEventListener('click', work);
    return node;
  };
  const rows = items.map((item, i) => el('tr', '', Object.assign(el('th', '', `${item.version} `, String(item.version) === version ? el('span', 'chip chip-completed', 'Newest') : null), { scope: 'row' }),
    Object.assign(el('td', '', ago(item.at)), { title: item.at }), el('td', '', person(item.author)), el('td', 'ver-note', item.yaml ? '' : 'deleted'),
    el('td', 'ver-do', button('Changes', `Changes of version ${item.version}`, () => {
      const part = el('div', '');
      unifiedDiff(part, plainDiff((items[i + 1] && items[i + 1].yaml) || '', item.yaml || ''));
      diff.replaceChildren(el('h3', 'ver-title', `Version ${item.version}`), part);
      diff.scrollIntoView({ block: 'nearest' });
    }), edits && item.yaml ? button('Edit from it', `Take version ${item.version} into the editor`, async () => {
      const answer = await look({ text: item.yaml });
      if (!answer.ok) { tell('wrong', answer.body.detail); return; }
      form.write(answer.body.rule);
      text.value = item.yaml;
      touched();
      tell('good', `Version ${item.version} is in the editor; it counts when it is saved.`);
    }) : null)));
  byId('below-body').replaceChildren(items.length ? el('div', 'grid-scroll', el('table', 'table ver-table', el('thead', '', el('tr', '', ...['Version', 'When', 'Who', '', ''].map((title) => Object.assign(el('th', '', title), { scope: 'col' })))), el('tbody', '', ...rows))) : el('div', 'empty', el('h3', '', 'No history could be read')), diff);
  below.hidden = false;
  below.scrollIntoView({ block: 'nearest' });
  below.focus({ preventScroll: true });
});
act('do-close', () => { byId('below').hidden = true; });
addEventListener('beforeunload', (event) => { if (dirty && !leaving) event.preventDefault(); });

// ---- the beginning

const before = said();
if (before) tell('good', before);
text.value = head.dataset.yaml;
const answer = await look({ text: head.dataset.yaml });
if (answer.ok) {
  form.write(answer.body.rule);
  // Until now nothing could be written that this script would have written over.
  byId('asked').disabled = !edits;
} else tell('wrong', answer.body.detail);
searchMetrics();
await tryIt();
document.body.dataset.ready = '';
