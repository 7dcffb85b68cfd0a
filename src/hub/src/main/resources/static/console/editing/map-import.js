// Brings a list of tags into the map of the page: a preview first.
import { call } from './call.js';
import { count, el } from './words.js';

const byId = (id) => document.getElementById(id);
const CHIPS = { added: 'accepted', changed: 'planned', renamed: 'held', same: 'quiet', skipped: 'quiet', wrong: 'refused' };

export function importing(current) {
  let ready = null;
  const problem = (words) => { byId('i-problem').hidden = !words; byId('i-problem').textContent = words || ''; };

  function stale() {
    ready = null;
    byId('do-apply').disabled = true;
  }

  function report({ counts, rows, ignored, refusal, content }) {
    const told = Object.entries(counts).filter(([, n]) => n).map(([outcome, n]) => `${n} ${outcome}`).join(', ');
    byId('i-report').replaceChildren(
      ignored.length ? el('p', 'hint pad', `Not used: ${count(ignored.length, 'column')} ${ignored.join(', ')}.`) : '',
      rows.length ? el('div', 'grid-scroll', el('table', 'table tags', el('thead', '', el('tr', '', ...['Line', 'Metric', 'Outcome', ''].map((title) => Object.assign(el('th', '', title), { scope: 'col' })))),
        el('tbody', '', ...rows.map((row) => el('tr', '', el('td', '', String(row.line)), Object.assign(el('th', 'mono', row.metric), { scope: 'row' }), el('td', '', el('span', `chip chip-${CHIPS[row.outcome]}`, row.outcome)), el('td', 'why', row.detail)))))) : el('p', 'hint pad', 'The list has no tags.'));
    byId('i-apply').hidden = false;
    byId('i-count').textContent = refusal ? `Nothing is imported: ${refusal}.` : content ? `${told}.` : `${told || 'Nothing'}: the map stays as it is.`;
    ready = content ? { content, told } : null;
    byId('do-apply').disabled = !ready;
  }

  byId('i-file').addEventListener('change', async () => {
    const file = byId('i-file').files[0];
    if (!file) return;
    byId('i-tags').value = await file.text();
    stale();
  });
  byId('i-tags').addEventListener('input', stale);
  byId('i-conflict').addEventListener('change', stale);
  byId('import-form').addEventListener('submit', async (event) => {
    event.preventDefault();
    problem();
    await current.settled();
    const answer = await call('POST', current.path, { tags: byId('i-tags').value, conflict: byId('i-conflict').value, content: current.content, dry_run: true });
    if (answer.ok) report(answer.body); else { problem(answer.body.detail); byId('i-report').replaceChildren(); byId('i-apply').hidden = true; }
  });
  byId('do-apply').addEventListener('click', async () => {
    const { content, told } = ready;
    stale();
    await current.put(content, `Imported: ${told}.`);
    byId('i-count').textContent = `In the map below: ${told}. Save to keep it.`;
  });
}
