// Switching rules on and off, and taking them away.
import { ask } from './ask.js';
import { call } from './call.js';
import { el } from './words.js';

const at = (id) => '/rules/' + encodeURIComponent(id);

/** What is to be said on the next page. */
export const leave = (text, to) => {
  try { sessionStorage.setItem('hub-said', text); } catch { /* forbidden: not said */ }
  location.assign(to);
};
export const said = () => {
  try {
    const text = sessionStorage.getItem('hub-said');
    sessionStorage.removeItem('hub-said');
    return text;
  } catch { return null; }
};

/** Saves the next version, switched on or off; gives null, or what went wrong. `file` is a file's rule, when the tenant has none of its own yet. */
export async function switchRule(id, on, file) {
  const own = await call('GET', at(id));
  if (!own.ok && (own.status !== 404 || !file)) return own.body.detail;
  const next = { ...(own.ok ? own.body.definition : file) };
  if (on) delete next.enabled;
  else next.enabled = false;
  const answer = own.ok ? await call('PUT', at(id), next, own.etag) : await call('POST', '/rules', next);
  if (answer.status === 409 || answer.status === 412) return 'Somebody else has just saved this rule: reload the page and look.';
  return answer.ok ? null : (answer.body.field ? answer.body.field + ': ' : '') + answer.body.detail;
}

/** Whether a file's rule is to be switched off: that makes the tenant's own of it. */
export const maySwitchFile = async (id) => await ask(`Switch ${id} off for this tenant?`,
  [el('p', '', 'Its text as it is now becomes your tenant\'s own rule, switched off. Later changes of the file do not reach it; delete your own to have the file\'s rule again.')],
  [{ text: 'Leave it on', value: '' }, { text: 'Switch off', value: 'off', kind: 'primary' }]) === 'off';

/** Asks, then deletes; gives true when it is gone, a text when it went wrong, null when it stays. */
export async function deleteRule(id) {
  const way = await ask(`Delete ${id}?`, [el('p', '', 'It looks at nothing any more, in every hub within two seconds. Its events stay, and so do its versions. A rule of a file with this id comes in force again.')],
    [{ text: 'Keep it', value: '' }, { text: 'Delete it', value: 'delete', kind: 'danger' }]);
  if (way !== 'delete') return null;
  const answer = await call('DELETE', at(id));
  return answer.ok ? true : answer.body.detail;
}
