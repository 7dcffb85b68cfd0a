// The inbox of events: choosing, doing, keys, and news that do not move what is being read.
import { ask } from '../editing/ask.js';
import { el } from '../editing/words.js';
import { act, letters, reasonFor } from './act.js';

const byId = (id) => document.getElementById(id);
const box = byId('inbox');
const list = byId('live-inbox');
const news = byId('news');
// An empty one is not in the page at all.
const query = box.dataset.query || '';
const acts = !box.classList.contains('no-acts');
const chosen = new Set();
const gone = new Set();
const open = new Map();
let waiting = [];
let last = null;

const rows = () => [...list.children];
const rowOf = (node) => node && node.closest && node.closest('.row-event');
const rowAt = (key) => rows().find((row) => row.dataset.key === key);
const idsOf = (row) => row.dataset.ids.split(' ');
const here = () => rowOf(document.activeElement);
const current = () => here() || (last && rowAt(last));
const title = document.title;

/** Puts back on a row what is known of it here and not at the hub. */
function dress(row) {
  const { key } = row.dataset;
  row.classList.toggle('chosen', chosen.has(key));
  row.classList.toggle('gone', gone.has(key));
  const mark = row.querySelector('.pick-row input');
  if (mark) mark.checked = chosen.has(key);
  const count = row.querySelector('.count');
  if (count) count.setAttribute('aria-expanded', String(open.has(key)));
}

function tell() {
  const picked = rows().filter((row) => chosen.has(row.dataset.key));
  const events = picked.reduce((sum, row) => sum + idsOf(row).length, 0);
  if (acts) {
    byId('chosen').textContent = picked.length ? `${picked.length} chosen${events > picked.length ? `, ${events} events` : ''}` : 'None chosen';
    for (const button of box.querySelectorAll('[data-do]')) button.disabled = !picked.length;
    byId('pick-all').checked = picked.length > 0 && picked.length === rows().length;
    byId('pick-all').indeterminate = picked.length > 0 && picked.length < rows().length;
  }
  byId('empty').hidden = rows().length > 0;
}

function choose(row, on) {
  if (on) chosen.add(row.dataset.key); else chosen.delete(row.dataset.key);
  dress(row);
}

function say(text, bad) {
  const said = byId('said');
  said.hidden = !text;
  said.textContent = text;
  said.classList.toggle('problem', Boolean(bad));
}

// News: what is shown is renewed where it stands, what is new waits behind a button.
list.addEventListener('live', (event) => {
  event.preventDefault();
  const { fresh, morph } = event.detail;
  const incoming = [...fresh.children];
  const keys = new Set(incoming.map((row) => row.dataset.key));
  const shown = new Map(rows().map((row) => [row.dataset.key, row]));
  const whole = fresh.dataset.more !== 'true';
  const oldest = incoming.length ? Number(incoming[incoming.length - 1].dataset.at) : 0;
  const lowest = shown.size ? Math.min(...rows().map((row) => Number(row.dataset.at))) : 0;
  waiting = [];
  for (const row of incoming) {
    const old = shown.get(row.dataset.key);
    if (old) {
      gone.delete(row.dataset.key);
      morph(old, row);
      dress(old);
    } else if (whole || Number(row.dataset.at) > lowest) waiting.push(row);
    else list.append(row);
  }
  for (const [key, row] of shown) {
    if (!keys.has(key) && (whole || Number(row.dataset.at) > oldest)) {
      gone.add(key);
      dress(row);
    }
  }
  if (!shown.size) reveal(); else announce();
  tell();
});

function announce() {
  const n = waiting.length;
  news.hidden = !n;
  const text = `${n} new`;
  if (n && news.textContent !== text) news.textContent = text;
  document.title = n ? `(${n}) ${title}` : title;
}

function reveal() {
  for (const row of rows()) if (gone.has(row.dataset.key)) remove(row);
  const focus = waiting[0];
  list.prepend(...waiting);
  waiting.forEach(dress);
  waiting = [];
  announce();
  tell();
  return focus;
}
news.addEventListener('click', () => {
  const first = reveal();
  if (first) goTo(first);
  else scrollTo({ top: 0 });
});

function remove(row) {
  const { key } = row.dataset;
  chosen.delete(key);
  gone.delete(key);
  open.delete(key);
  row.remove();
}

// A problem's events, below its line.
async function unfold(row) {
  const { key } = row.dataset;
  const button = row.querySelector('.count');
  if (!button) return;
  if (open.has(key)) {
    open.get(key).remove();
    open.delete(key);
    dress(row);
    return;
  }
  const holder = el('div', 'member-box', el('p', 'hint', 'Loading'));
  holder.setAttribute('data-keep', '');
  row.append(holder);
  open.set(key, holder);
  dress(row);
  const answer = await fetch(`/events/problem?${query}${query ? '&' : ''}key=${encodeURIComponent(key)}`, { headers: { Accept: 'text/html' }, redirect: 'error' }).catch(() => null);
  if (!answer || !answer.ok) { holder.replaceChildren(el('p', 'problem', 'The hub cannot be reached; try again in a moment.')); return; }
  const template = document.createElement('template');
  template.innerHTML = await answer.text();
  holder.replaceChildren(template.content);
}

// Doing.
const surely = async (n) => await ask(`Acknowledge ${n} events?`, [el('p', '', 'They count as seen by you. This cannot be taken back.')], [{ text: 'Cancel', value: '' }, { text: `Acknowledge ${n}`, value: 'go', kind: 'primary' }]) === 'go';
async function perform(verb, targets) {
  if (!acts || !targets.length) return;
  const ids = targets.flatMap(idsOf);
  // There is no way back from it, and one line may stand for hundreds.
  const how = verb !== 'acknowledge' ? await reasonFor(verb, ids.length) : ids.length === 1 || await surely(ids.length) ? {} : null;
  if (!how) return;
  const at = rows().indexOf(targets[0]);
  say(`${ids.length === 1 ? 'One event' : `${ids.length} events`}: asking the hub`);
  const { done, refused, problem } = await act(verb, ids, how);
  const word = { acknowledge: 'acknowledged', dismiss: 'dismissed', shelve: 'shelved' }[verb];
  say([done.length ? `${done.length} ${word}.` : '', refused.length ? `${refused.length} left as ${refused.length === 1 ? 'it is' : 'they are'}: ${refused[0].reason}.` : '', problem || ''].filter(Boolean).join(' '), refused.length > 0 || problem);
  const all = new Set(done);
  for (const row of targets) {
    const left = idsOf(row).filter((id) => !all.has(id));
    choose(row, left.length > 0 && done.length > 0 && verb === 'acknowledge' ? false : left.length > 0);
    if (!left.length && verb !== 'acknowledge' && !query.includes('show=all')) remove(row);
  }
  if (!rowOf(document.activeElement)) {
    const next = rows()[Math.min(Math.max(0, at), rows().length - 1)];
    if (next) goTo(next);
  }
  tell();
}
const targets = () => {
  const picked = rows().filter((row) => chosen.has(row.dataset.key));
  return picked.length ? picked : [here()].filter(Boolean);
};

// Moving.
function goTo(row) {
  last = row.dataset.key;
  row.querySelector('a.plain').focus({ preventScroll: true });
  row.scrollIntoView({ block: 'nearest' });
}
function step(by) {
  const all = rows();
  if (!all.length) return;
  const here = all.indexOf(current());
  goTo(all[here < 0 ? 0 : Math.min(all.length - 1, Math.max(0, here + by))]);
}
const KEYS = [
  ['j', 'next line'], ['k', 'line before'], ['Enter', 'open the event'], ['o', 'show the events of a problem'], ['x', 'choose, or not'],
  ['a', 'acknowledge'], ['d', 'dismiss'], ['s', 'shelve'], ['n', 'show what is new'], ['/', 'search'], ['Esc', 'choose nothing'], ['?', 'these keys'],
];
function lettersSwitch() {
  const box = el('input', '');
  box.type = 'checkbox';
  box.checked = letters();
  box.addEventListener('change', () => { try { localStorage.setItem('hub-letters', box.checked ? 'on' : 'off'); } catch { /* forbidden: as long as the page is open they work */ } });
  return el('label', 'one', box, ' Single letters work as keys');
}
const help = () => ask('Keys', [el('dl', 'help-keys', ...KEYS.map(([key, what]) => el('div', '', el('dt', '', el('kbd', '', key)), el('dd', '', what)))), el('p', 'hint', 'a, d and s work on what is chosen, or else on the line you are at.'), lettersSwitch()], [{ text: 'Close', value: 'close', kind: 'primary' }]);

document.addEventListener('keydown', (event) => {
  const on = event.target;
  if (event.ctrlKey || event.metaKey || event.altKey || document.querySelector('dialog[open]')) return;
  if (on.matches('input:not([type=checkbox]), select, textarea')) {
    if (event.key === 'Escape') on.blur();
    return;
  }
  const keys = {
    j: () => step(1),
    k: () => step(-1),
    ArrowDown: rowOf(on) && (() => step(1)),
    ArrowUp: rowOf(on) && (() => step(-1)),
    x: () => { const row = current(); if (row && acts) { choose(row, !chosen.has(row.dataset.key)); tell(); } },
    o: () => { const row = current(); if (row) unfold(row); },
    a: () => perform('acknowledge', targets()),
    d: () => perform('dismiss', targets()),
    s: () => perform('shelve', targets()),
    n: () => { if (!news.hidden) news.click(); },
    '/': () => byId('q').focus(),
    '?': help,
    Escape: () => { rows().forEach((row) => choose(row, false)); tell(); },
  };
  if (!keys[event.key] || !letters() && /^[a-z/?]$/.test(event.key)) return;
  event.preventDefault();
  keys[event.key]();
});

list.addEventListener('focusin', (event) => { const row = rowOf(event.target); if (row) last = row.dataset.key; });
list.addEventListener('change', (event) => { const row = rowOf(event.target); if (row && event.target.closest('.pick-row')) { choose(row, event.target.checked); tell(); } });
list.addEventListener('click', (event) => { if (event.target.closest('.count')) unfold(rowOf(event.target)); });
byId('help')?.addEventListener('click', help);
byId('pick-all')?.addEventListener('change', (event) => { rows().forEach((row) => choose(row, event.target.checked)); tell(); });
for (const button of box.querySelectorAll('[data-do]')) button.addEventListener('click', () => perform(button.dataset.do, targets()));
for (const field of byId('sieve').querySelectorAll('select')) field.addEventListener('change', () => byId('sieve').requestSubmit());
byId('sieve').addEventListener('formdata', (event) => { for (const [name, value] of [...event.formData]) if (!value || (name === 'show' && value === 'attention')) event.formData.delete(name); });

// Older ones come below what is there.
byId('more')?.addEventListener('click', async (event) => {
  event.preventDefault();
  const link = event.currentTarget;
  link.setAttribute('aria-busy', 'true');
  const answer = await fetch(link.href, { headers: { Accept: 'text/html' }, redirect: 'error' }).catch(() => null);
  link.removeAttribute('aria-busy');
  if (!answer || !answer.ok) { location.href = link.href; return; }
  const page = new DOMParser().parseFromString(await answer.text(), 'text/html');
  const older = [...page.getElementById('live-inbox').children].filter((row) => !rowAt(row.dataset.key));
  list.append(...older);
  const next = page.getElementById('more');
  if (next) link.href = next.href; else link.parentElement.remove();
  if (older[0]) goTo(older[0]);
  tell();
});

rows().forEach(dress);
tell();
document.body.dataset.ready = '';
