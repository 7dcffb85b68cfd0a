// The page of one event: what people do with it. What came of it arrives by the live stream.
import { act, letters, reasonFor, WORDS } from './act.js';

const byId = (id) => document.getElementById(id);
const box = byId('case');
const ids = [box.dataset.id];

function say(text, bad) {
  const said = byId('said');
  said.hidden = !text;
  said.textContent = text;
  said.className = `said ${bad ? 'said-wrong' : 'said-good'}`;
}

async function perform(verb, how) {
  const { done, refused, problem } = await act(verb, ids, how);
  if (done.length) say(`${WORDS[verb]}.`); else say(refused.length ? refused[0].reason : problem, true);
  return done.length > 0;
}

box.addEventListener('click', async (event) => {
  const button = event.target.closest('[data-do]');
  if (!button) return;
  const verb = button.dataset.do;
  if (verb === 'note') { byId('note').focus(); return; }
  const how = verb === 'acknowledge' || verb === 'unshelve' ? {} : await reasonFor(verb, 1);
  if (how) await perform(verb, how);
});
byId('note-form').addEventListener('submit', async (event) => {
  event.preventDefault();
  if (await perform('note', { note: byId('note').value.trim() })) byId('note').value = '';
});
document.addEventListener('keydown', (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || document.querySelector('dialog[open]') || event.target.matches('input, select, textarea')) return;
  const verb = { a: 'acknowledge', d: 'dismiss', s: 'shelve' }[event.key];
  const button = verb && box.querySelector(`[data-do=${verb}]`);
  if (!button || !button.checkVisibility() || !letters()) return;
  event.preventDefault();
  button.click();
});
document.body.dataset.ready = '';
