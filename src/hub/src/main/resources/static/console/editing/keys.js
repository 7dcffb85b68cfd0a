// Keys of a page. A combination is written as ctrl+shift+p, the names in this order; Cmd counts as Ctrl.
import { el } from './words.js';

export function keys(table) {
  document.addEventListener('keydown', (event) => {
    if (document.querySelector('dialog[open]')) return;
    const base = event.code.startsWith('Key') ? event.code.slice(3) : event.key;
    const combination = [(event.ctrlKey || event.metaKey) && 'ctrl', event.shiftKey && 'shift', event.altKey && 'alt', base.toLowerCase()].filter(Boolean).join('+');
    const act = table[combination];
    if (!act) return;
    event.preventDefault();
    act();
  });
}

/** Rows of [keys, what they do] for a help dialog. */
export function helpNodes(rows) {
  return [el('dl', 'help-keys', ...rows.map(([combination, what]) => el('div', '', el('dt', '', ...combination.split(' ').map((key) => el('kbd', '', key))), el('dd', '', what))))];
}
