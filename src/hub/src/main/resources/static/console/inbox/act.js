// What people do with events: the calls, and the questions before them.
import { ask } from '../editing/ask.js';
import { call } from '../editing/call.js';
import { el } from '../editing/words.js';

const ASKED = {
  dismiss: { title: 'Dismiss', hint: 'It was none: it stays quiet until the signal is clear, and counts as a false alarm of its rule. What has not been sent for it is cancelled for good; an order that was sent stays.', quick: [] },
  shelve: { title: 'Shelve', hint: 'Until then it leads to no work, and neither do new events of its rule on this device. It comes back by itself.', quick: ['Work is planned', 'Waiting for parts', 'Commissioning', 'Rule is being changed'] },
  resolve: { title: 'Resolve', hint: 'It is over, whatever its signal says. A signal that clears and comes back is a new event. What has not been sent for it is cancelled for good; an order that was sent stays.', quick: ['Repaired', 'Checked, in order'] },
  reopen: { title: 'Reopen', hint: 'It is not over. No action is planned anew, and what was cancelled stays cancelled.', quick: [] },
};
const DISMISSED = [['false_alarm', 'False alarm'], ['known', 'Known and planned'], ['duplicate', 'Duplicate'], ['test', 'Test or commissioning'], ['other', 'Other']];
const SPANS = [['60', '1 hour'], ['240', '4 hours'], ['480', '8 hours'], ['1440', '1 day'], ['10080', '1 week']];
export const WORDS = { acknowledge: 'Acknowledged', dismiss: 'Dismissed', shelve: 'Shelved', unshelve: 'Back from the shelf', resolve: 'Resolved', reopen: 'Opened again', note: 'Noted' };
const AT_ONCE = 200;

/** Whether single letters work as keys; the switch is in the inbox, under Keys. */
export const letters = () => { try { return localStorage.getItem('hub-letters') !== 'off'; } catch { return true; } };

const choice = (options, chosen) => el('select', 'form-select', ...options.map(([value, text]) => new Option(text, value, value === chosen, value === chosen)));

/** Asks for the reason, and for how long; {note, minutes, reason}, or null when the person would rather not. */
export async function reasonFor(verb, count) {
  const { title, hint, quick } = ASKED[verb];
  const note = el('input', 'form-control');
  note.id = 'reason';
  note.maxLength = 300;
  note.required = verb !== 'dismiss';
  note.autocomplete = 'off';
  note.setAttribute('data-first', '');
  // The first button of a form is what Enter presses, and that is Cancel.
  note.addEventListener('keydown', (event) => {
    if (event.key !== 'Enter' || event.isComposing) return;
    event.preventDefault();
    note.form.requestSubmit(note.form.querySelector('.btn-primary'));
  });
  const span = choice(SPANS, '480');
  span.id = 'span';
  const why = choice(DISMISSED, 'false_alarm');
  why.id = 'why';
  const ready = quick.map((text) => {
    const button = el('button', 'btn btn-sm', text);
    button.type = 'button';
    button.addEventListener('click', () => { note.value = text; note.focus(); });
    return button;
  });
  const nodes = [
    verb === 'shelve' ? el('label', '', 'For', span) : null,
    verb === 'dismiss' ? el('label', '', 'It is', why) : null,
    el('label', '', verb === 'dismiss' ? 'Note' : 'Reason', note),
    ready.length ? el('p', 'quick', ...ready) : null,
    el('p', 'hint', hint),
  ].filter(Boolean);
  const way = await ask(`${title} ${count === 1 ? 'this event' : `${count} events`}`, nodes, [{ text: 'Cancel', value: '' }, { text: title, value: 'go', kind: 'primary' }]);
  return way === 'go' ? { note: note.value.trim(), minutes: span.value, reason: why.value } : null;
}

/** Does it to all; {done: [id], refused: [{id, reason}], problem}. Never throws. */
export async function act(verb, ids, { note, minutes, reason }) {
  const done = [];
  const refused = [];
  const body = { ...(note ? { note } : {}), ...(verb === 'shelve' ? { minutes } : {}), ...(verb === 'dismiss' ? { reason } : {}) };
  if (ids.length === 1) {
    const answer = await call('POST', `/events/${ids[0]}/${verb}`, body);
    if (answer.ok) done.push(ids[0]);
    else if (answer.status === 409 || answer.status === 404) refused.push({ id: ids[0], reason: answer.body.detail });
    return { done, refused, problem: answer.ok || refused.length ? null : answer.body.detail };
  }
  for (let at = 0; at < ids.length; at += AT_ONCE) {
    const answer = await call('POST', `/events/${verb}`, { ...body, ids: ids.slice(at, at + AT_ONCE) });
    if (!answer.ok) return { done, refused, problem: answer.body.detail };
    for (const result of answer.body.results) if (result.changed) done.push(result.id); else refused.push({ id: result.id, reason: result.reason });
  }
  return { done, refused, problem: null };
}
