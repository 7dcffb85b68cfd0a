// The list of rules.
import { deleteRule, leave, said, switchRule } from './rule-switch.js';

const byId = (id) => document.getElementById(id);
const tell = (kind, text) => {
  byId('good').hidden = kind !== 'good';
  byId('wrong').hidden = kind !== 'wrong';
  byId(kind).textContent = text;
};
const here = location.pathname + location.search;
const before = said();
if (before) tell('good', before);

const table = byId('rules');
if (table) table.addEventListener('click', async (event) => {
  const button = event.target.closest('button');
  if (!button) return;
  const { id } = button.closest('tr').dataset;
  button.disabled = true;
  if (button.dataset.switch) {
    const on = button.dataset.switch === 'on';
    const wrong = await switchRule(id, on);
    if (wrong) tell('wrong', wrong);
    else setTimeout(() => leave(on ? `${id} is in force again.` : `${id} is switched off.`, here), 1200);
    if (!wrong) return;
  } else {
    const gone = await deleteRule(id);
    if (gone === true) { setTimeout(() => leave(`${id} is deleted.`, here), 1200); return; }
    if (gone) tell('wrong', gone);
  }
  button.disabled = false;
});
document.body.dataset.ready = '';
