// The payload that a draft is tried on: picked from what really came, from samples, or pasted.
import { codeEditor } from './code.js';
import { layOut } from './lay-out.js';
import { count, moment } from './words.js';

const SOURCES = { live: 'Live', 'dead-letter': 'Dead letters', archive: 'Raw archive', sample: 'Samples of the mapping' };

/** The list at a page's path, as a picker's `load`. */
export const listAt = (path) => async () => {
  const answer = await fetch(path, { headers: { Accept: 'application/json' }, redirect: 'manual', cache: 'no-store' })
    .catch(() => { throw new Error('the hub cannot be reached.'); });
  if (answer.type === 'opaqueredirect') throw new Error('you are signed out.');
  if (answer.status === 404) return [];
  if (!answer.ok) throw new Error(`the hub answered ${answer.status}.`);
  return answer.json();
};

/**
 * Makes a picker of fragment editing :: payload. `load` gives the list of {source, at, device, serial, name, text,
 * base64}, newest first, or throws why there is none; it is asked again by the refresh button.
 * Gives {editor, request, reload, onChange, pick, add}.
 */
export function payloadPicker(box, load) {
  const editor = codeEditor(box.querySelector('.code'));
  const choice = box.querySelector('select');
  const note = box.querySelector('[data-note]');
  const listeners = [];
  let items = [];
  let chosen = null;
  let failure = '';

  const announce = () => listeners.forEach((listen) => listen());
  const label = (item) => (item.source === 'sample' ? item.name
    : [moment(item.at), item.serial || item.device || 'unknown device'].join('  '));
  const fill = () => {
    const own = new Option('Pasted or edited', '');
    const groups = Object.entries(SOURCES).map(([source, name]) => {
      const options = items.map((item, i) => [item, i]).filter(([item]) => item.source === source);
      if (!options.length) return null;
      const group = document.createElement('optgroup');
      group.label = `${name} (${options.length})`;
      options.forEach(([item, i]) => group.append(new Option(label(item), String(i))));
      return group;
    }).filter(Boolean);
    choice.replaceChildren(own, ...groups);
    choice.value = chosen === null ? '' : String(items.indexOf(chosen));
  };
  const tell = () => {
    const parts = [];
    if (chosen && chosen.reason) parts.push('Refused: ' + chosen.reason);
    if (chosen && chosen.base64) parts.push('Not text: the bytes are shown in base64.');
    if (failure) parts.push(failure);
    else if (!items.length && !editor.value) parts.push('No message of this mapping yet. Paste what a device sends, or wait for one and refresh.');
    note.textContent = parts.join(' ');
    note.hidden = !parts.length;
  };
  const show = (item) => {
    chosen = item;
    choice.value = String(items.indexOf(item));
    editor.language = item.base64 ? 'text' : /^\s*[[{]/.test(item.text) ? 'json' : 'text';
    editor.value = item.base64 || item.text || '';
    editor.area.scrollTop = 0;
    tell();
    announce();
  };
  const step = (by) => {
    const order = [...choice.options].map((option) => option.value).filter((value) => value !== '');
    if (!order.length) return;
    const at = order.indexOf(choice.value);
    show(items[Number(order[(at + by + order.length + (at < 0 && by < 0 ? 1 : 0)) % order.length])]);
  };
  choice.addEventListener('change', () => (choice.value === '' ? choice.value = chosen ? String(items.indexOf(chosen)) : '' : show(items[Number(choice.value)])));
  box.querySelector('[data-next]')?.addEventListener('click', () => step(1));
  box.querySelector('[data-previous]')?.addEventListener('click', () => step(-1));
  editor.onInput((text) => {
    chosen = null;
    choice.value = '';
    editor.language = /^\s*[[{"]/.test(text) ? 'json' : 'text';
    tell();
    announce();
  });

  editor.area.addEventListener('paste', () => setTimeout(() => {
    const laidOut = layOut(editor.value);
    if (laidOut !== editor.value) editor.replace(laidOut);
  }));

  const picker = {
    editor,
    onChange(listen) { listeners.push(listen); },
    get items() { return items; },
    get chosen() { return chosen; },
    /** The payload as the API's test calls take it; null when there is none. */
    get request() {
      if (!editor.value.trim()) return null;
      const request = chosen && chosen.base64 ? { payload_base64: chosen.base64 } : { payload: editor.value };
      if (chosen && chosen.device) request.device = chosen.device;
      return request;
    },
    pick: show,
    /** Shows one that is not in the list. */
    add(item) { items = [item, ...items]; fill(); show(item); },
    step,
    /** Asks for the list again; shows the newest when nothing is shown yet. */
    async reload() {
      try { items = await load(); failure = ''; } catch (problem) { failure = `The payloads could not be read: ${problem.message}`; }
      if (chosen) chosen = items.find((item) => item.at === chosen.at && item.source === chosen.source && item.name === chosen.name && item.text === chosen.text) || null;
      fill();
      if (!editor.value && items.length) show(items[0]);
      tell();
      return items;
    },
  };
  box.querySelector('[data-refresh]')?.addEventListener('click', async () => {
    const before = items.length;
    await picker.reload();
    note.hidden = false;
    note.textContent = items.length && !failure ? `${count(items.length, 'payload')}${items.length > before ? `, ${items.length - before} new` : ''}.` : note.textContent;
  });
  fill();
  tell();
  return picker;
}
