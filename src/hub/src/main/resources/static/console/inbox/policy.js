// The page of one policy: written in YAML, checked while it is written, tried on an event and on the last month.
import { ask } from '../editing/ask.js';
import { call, post } from '../editing/call.js';
import { codeEditor } from '../editing/code.js';
import { keys } from '../editing/keys.js';
import { ago, count, el, moment } from '../editing/words.js';

const byId = (id) => document.getElementById(id);
const head = byId('policy');
const { id } = head.dataset;
const edits = head.dataset.edits === 'true';
let own = head.dataset.own === 'true';
const yaml = codeEditor(byId('yaml').closest('.code'));
yaml.value = byId('begun').content.textContent;
let saved = yaml.value;
let tag = null;
let asked = 0;
let soon = 0;

const said = (which, text) => {
  byId('good').hidden = which !== 'good';
  byId('wrong').hidden = which !== 'wrong';
  if (which) byId(which).textContent = text;
};
const kind = (key) => key.replaceAll('_', ' ');

/** The policy as it is written now with the lines of its fields; marks what is not YAML and gives null. */
async function written() {
  const answer = await post('/policies/-/read', 'text/plain', yaml.value);
  if (!answer.ok) {
    yaml.mark({ line: answer.body.line || 0, column: 0, reason: answer.body.detail });
    return null;
  }
  return answer.body;
}

/** Marks the line of a field, or of the nearest that is there: one that is missing stands in no line. */
function mark(problem, lines) {
  const field = (problem.field || '').replace(/^policy\./, '');
  let at = field;
  while (at && !(at in lines)) at = at.replace(/(\.[^.[\]]+|\[\d+\]|^[^.[\]]+)$/, '');
  const place = field && field !== 'body' && field !== 'policy' ? `${field}: ` : '';
  yaml.mark({ line: lines[at] || (place ? 1 : 0), column: 0, reason: place + problem.detail });
}

// Dry run.
function tried() {
  const chosen = byId('event').value;
  if (!chosen.includes(' ')) return { event_id: chosen };
  const [type, severity] = chosen.split(' ');
  return { event: { type, severity } };
}
const OUTCOME = { planned: 'would be planned', held: 'would be held', joined: 'would join', told: 'would be told', nothing: 'nothing' };

function outcome(o) {
  const what = [kind(o.kind), OUTCOME[o.outcome] || o.outcome, o.externalIdentifier ? o.externalIdentifier : '', o.priority ? `P${o.priority}` : ''].filter(Boolean).join(' ');
  return el('li', '', el('span', `chip chip-${o.outcome === 'held' ? 'held' : o.outcome === 'told' ? 'open' : 'accepted'}`, OUTCOME[o.outcome] ? o.outcome : o.outcome), el('span', '', el('b', '', what[0].toUpperCase() + what.slice(1)), o.reason ? ` · ${o.reason}` : '', o.heldUntil ? ` · held until ${moment(o.heldUntil)} UTC` : '', o.downgraded ? ' · less than the policy asks for' : '', el('small', '', ` by ${o.policy}`)));
}

function shown(explanation, policy) {
  const look = explanation.policies.find((p) => p.policy === policy.id);
  const others = explanation.policies.filter((p) => p !== look);
  const verdict = look && el('p', `verdict ${look.matched ? 'verdict-yes' : 'verdict-no'}`, look.matched ? 'This policy applies' : 'This policy does not apply', look.reason ? `: ${look.reason}` : '', '.');
  const box = el('details', '', el('summary', '', `${count(others.length, 'other policy', 'other policies')} looked at`), el('ul', 'why-looks', ...others.map((p) => el('li', '', el('span', p.matched ? 'look look-yes' : 'look', p.matched ? 'applies' : 'not'), el('span', '', p.policy), el('span', '', p.reason)))));
  return [verdict, explanation.actions.length ? el('ul', 'outcomes', ...explanation.actions.map(outcome)) : el('p', '', 'Nothing would be done about this event.'), others.length ? box : null].filter(Boolean);
}

async function run() {
  if (!edits) return;
  clearTimeout(soon);
  const mine = ++asked;
  const trial = byId('trial');
  trial.dataset.state = 'waiting';
  const read = await written();
  const answer = read && await call('POST', '/policies/dry-run', { ...tried(), policy: read.policy });
  if (mine !== asked) return;
  trial.dataset.state = read && answer.ok ? 'done' : 'failed';
  if (!read || !answer.ok) {
    if (read && /^(policy|body)/.test(answer.body.field || '')) { mark(answer.body, read.lines); trial.replaceChildren(el('p', 'hint', 'The policy cannot be used yet.')); } else if (read) trial.replaceChildren(el('p', 'problem', answer.body.detail)); else trial.replaceChildren(el('p', 'hint', 'The policy cannot be read yet.'));
    return;
  }
  yaml.clear();
  trial.replaceChildren(...shown(answer.body, read.policy));
}

// Replay.
async function replay() {
  const box = byId('replay');
  const read = await written();
  if (!read) return;
  byId('do-replay').disabled = true;
  box.replaceChildren(el('p', 'hint', 'Running the events of the last month.'));
  const answer = await call('POST', '/policies/replay', { policy: read.policy });
  byId('do-replay').disabled = false;
  if (!answer.ok) {
    if (/^policy/.test(answer.body.field || '')) { mark(answer.body, read.lines); box.replaceChildren(el('p', 'problem', 'The policy cannot be used yet.')); } else box.replaceChildren(el('p', 'problem', answer.body.detail));
    return;
  }
  const { events, would, were, differing, shown: lines, notes } = answer.body;
  const kinds = [...new Set([...Object.keys(would), ...Object.keys(were)])].sort();
  const cell = (n) => el('td', 'num', n ? n.toLocaleString('en') : '–');
  const table = el('table', 'table pol-sums', el('thead', '', el('tr', '', el('th', '', 'Action'), el('th', 'num', 'Would have made'), el('th', 'num', 'Really made'))), el('tbody', '', ...kinds.map((k) => el('tr', '', el('th', '', kind(k)[0].toUpperCase() + kind(k).slice(1)), cell(would[k]), cell(were[k])))));
  const other = lines.filter((line) => [...line.would].sort().join() !== [...line.were].sort().join()).slice(0, 50);
  box.replaceChildren(
    el('p', '', `${count(events, 'event')}; ${differing ? `for ${count(differing, 'of them', 'of them')} it would have been otherwise` : 'the same would have been done'}.`),
    kinds.length ? table : el('p', 'hint', 'No action would have been made, and none was.'),
    other.length ? el('details', 'pol-other', el('summary', '', `Where it differs (${other.length}${differing > other.length ? ' of ' + differing : ''})`), el('ul', '', ...other.map((line) => { const link = el('a', '', line.message); link.href = `/events/${line.event}`; return el('li', '', link, el('small', '', `${line.device} · ${moment(line.openedAt)} UTC · would: ${line.would.map(kind).join(', ') || 'nothing'} · was: ${line.were.map(kind).join(', ') || 'nothing'}`)); }))) : '',
    el('p', 'hint', notes.map((note) => note[0].toUpperCase() + note.slice(1)).join('. ') + '.'),
  );
}

// Saving, versions, deleting.
async function store(over) {
  said();
  const read = await written();
  if (!read) { yaml.toFault(); return; }
  const name = read.policy && read.policy.id;
  const path = `/policies/${encodeURIComponent(id || name || '')}`;
  byId('state').textContent = 'Saving';
  const answer = own ? await call('PUT', path, read.policy, over || tag) : await call('POST', '/policies', read.policy);
  if (answer.ok) {
    saved = yaml.value;
    tag = answer.etag;
    if (name !== id) { location.href = `/policies/${encodeURIComponent(name)}`; return; }
    if (!own) { location.reload(); return; }
    yaml.clear();
    byId('state').textContent = `Version ${answer.body.version}, saved just now`;
    said('good', 'Saved. It is in force in every hub within two seconds.');
    return;
  }
  byId('state').textContent = 'Not saved';
  if (answer.status === 412) {
    const way = await ask('It was changed meanwhile', [el('p', '', answer.body.detail)], [{ text: 'Keep writing', value: '' }, { text: 'Save mine over it', value: 'over', kind: 'danger' }]);
    if (way === 'over') await store('*');
    return;
  }
  if (answer.status === 400 && answer.body.field) { mark(answer.body, read.lines); yaml.toFault(); } else said('wrong', answer.body.detail);
}

async function versions() {
  const answer = await call('GET', `/policies/${encodeURIComponent(id)}/versions`);
  const body = byId('below-body');
  byId('below').hidden = false;
  if (!answer.ok) { body.replaceChildren(el('p', 'problem pad', answer.body.detail)); return; }
  body.replaceChildren(el('table', 'ver-table', el('thead', '', el('tr', '', el('th', '', 'Version'), el('th', '', 'By'), el('th', '', 'When'), el('th', '', ''))), el('tbody', '', ...answer.body.items.map((v) => {
    const take = el('button', 'btn btn-sm', 'Take this text');
    take.type = 'button';
    take.addEventListener('click', async () => {
      const text = await post('/policies/-/text', 'application/json', JSON.stringify(v.definition));
      if (text.ok) { yaml.replace(text.body.yaml); said('good', `The text of version ${v.version} is in the editor; it counts when it is saved.`); yaml.focus(); }
    });
    return el('tr', '', el('th', '', String(v.version)), el('td', '', v.author), el('td', '', ago(v.at)), el('td', 'ver-do', v.definition ? take : el('span', 'hint', 'deleted')));
  }))));
  byId('below').focus();
}

async function remove() {
  const way = await ask(`Delete ${id}?`, [el('p', '', 'A default of the same name is in force again; without one, nothing is asked for. What was planned stays. Its versions are kept.')], [{ text: 'Cancel', value: '' }, { text: 'Delete', value: 'yes', kind: 'danger' }]);
  if (way !== 'yes') return;
  const answer = await call('DELETE', `/policies/${encodeURIComponent(id)}`, undefined, tag);
  if (answer.ok) { saved = yaml.value; location.href = '/policies?deleted'; } else said('wrong', answer.body.detail);
}

async function begin() {
  if (own) {
    const answer = await call('GET', `/policies/${encodeURIComponent(id)}`);
    if (answer.ok) {
      tag = answer.etag;
      byId('state').textContent = `Version ${answer.body.version} by ${answer.body.author}, ${ago(answer.body.updatedAt)}`;
    }
  }
  await run();
  document.body.dataset.ready = '';
}

yaml.onInput(() => { clearTimeout(soon); soon = setTimeout(run, 500); });
byId('event')?.addEventListener('change', run);
byId('do-replay')?.addEventListener('click', replay);
byId('do-save')?.addEventListener('click', () => store());
byId('do-versions')?.addEventListener('click', versions);
byId('do-close')?.addEventListener('click', () => { byId('below').hidden = true; byId('do-versions').focus(); });
byId('do-delete')?.addEventListener('click', remove);
if (edits) keys({ 'ctrl+s': () => store() });
addEventListener('beforeunload', (event) => { if (edits && yaml.value !== saved) event.preventDefault(); });
begin();
