// Questions to the person, in the page's one dialog.
import { el } from './words.js';

/**
 * Opens the dialog with a title and nodes. `ways` are [{text, kind: primary|danger|undefined, value}]; gives the value
 * of the way taken, or null when it was left with Esc. While another question is open it waits for its turn.
 */
export function ask(title, nodes, ways) {
  const dialog = document.getElementById('ask');
  if (dialog.open) return new Promise((resolve) => dialog.addEventListener('close', () => resolve(ask(title, nodes, ways)), { once: true }));
  const heading = el('h2', '', title);
  heading.id = 'h-ask';
  const form = el('form', 'ask-in', heading, ...nodes);
  form.method = 'dialog';
  const row = el('p', 'ask-ways');
  ways.forEach((way) => {
    const button = el('button', 'btn' + (way.kind ? ` btn-${way.kind}` : ''), way.text);
    button.type = 'submit';
    button.value = way.value;
    if (way.value === '') button.formNoValidate = true;
    row.append(button);
  });
  form.append(row);
  dialog.replaceChildren(form);
  dialog.returnValue = '';
  return new Promise((resolve) => {
    dialog.addEventListener('close', () => resolve(dialog.returnValue || null), { once: true });
    dialog.showModal();
    (form.querySelector('[data-first]') || row.querySelector('.btn-primary') || row.lastChild).focus();
  });
}
