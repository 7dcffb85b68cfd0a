// The history of a mapping: who, when, why, what changed; back to an earlier version.
import { ask } from './ask.js';
import { call } from './call.js';
import { unifiedDiff } from './diff.js';
import { ago, el } from './words.js';

/** Gives a function that fills a box with the history. */
export function history({ at, edits, person, state, isDirty, take, rolledBack, conflict, tell, during }) {
  const button = (text, act, label) => {
    const node = el('button', 'btn btn-sm', text);
    node.type = 'button';
    if (label) node.setAttribute('aria-label', label);
    node.addEventListener('click', act);
    return node;
  };

  async function rollBack(version) {
    await during(async () => {
      const box = el('div', '');
      const diff = await call('GET', `${at}/versions/${state().published.version}/diff?to=${version}`);
      if (diff.ok) unifiedDiff(box, diff.body.diff);
      else box.append(el('p', 'problem', `What it would change is not known: ${diff.body.detail}`));
      const note = el('input', 'form-control');
      note.maxLength = 500;
      note.placeholder = 'Why? It stays in the history.';
      note.dataset.first = '';
      const way = await ask(`Back to version ${version}?`, [el('p', '', `What version ${version} says takes effect as a new version, in every hub within two seconds. Nothing of the history goes.`),
        isDirty() ? el('p', 'note-warn', 'What you wrote and did not save gives way to it in the editor.') : '', box, el('label', '', 'Note', note)],
        [{ text: 'Cancel', value: '' }].concat(diff.ok ? { text: `Roll back to version ${version}`, value: 'go', kind: isDirty() ? 'danger' : 'primary' } : []));
      if (way !== 'go') return;
      const answer = await call('POST', at + '/rollback', note.value.trim() ? { version, note: note.value.trim() } : { version }, state().etag);
      if (answer.ok) await rolledBack(`Version ${answer.body.version} is in force; it says what version ${version} said.`);
      else if (answer.status === 412) await conflict(answer.body.detail);
      else tell('wrong', (answer.body.field ? answer.body.field + ': ' : '') + answer.body.detail);
    });
  }

  return async function fill(box) {
    let items = [];
    let cursor = null;
    const diff = el('div', 'ver-diff');
    const table = el('div', '');
    box.replaceChildren(table, diff);
    const showDiff = async (from, to) => {
      const answer = from ? await call('GET', `${at}/versions/${from}/diff?to=${to}`) : await call('GET', `${at}/versions/${to}`);
      const title = el('h3', 'ver-title', from ? `From version ${from} to ${to === 'draft' ? 'the draft' : `version ${to}`}` : `Version ${to}, the first`);
      const part = el('div', '');
      if (!answer.ok) part.append(el('p', 'problem pad', answer.body.detail));
      else if (from) unifiedDiff(part, answer.body.diff);
      else unifiedDiff(part, [['fields.yaml', answer.body.fields], ['jsonata', answer.body.jsonata]].filter(([, text]) => text).map(([kind, text]) => `+++ ${kind}\n${text.split('\n').map((line) => '+' + line).join('\n')}`).join('\n'));
      diff.replaceChildren(title, part);
      diff.scrollIntoView({ block: 'nearest' });
    };
    const draw = () => {
      const draft = state().draft;
      const current = state().published ? state().published.version : 0;
      const head = el('tr', '', ...['Version', 'When', 'Who', 'Why', ''].map((title) => Object.assign(el('th', '', title), { scope: 'col' })));
      const rows = [];
      if (draft) {
        rows.push(el('tr', '', Object.assign(el('th', '', el('span', 'chip chip-held', 'Draft')), { scope: 'row' }), el('td', '', ago(draft.savedAt)), el('td', '', person(draft.author)), el('td', '', draft.note || ''),
          el('td', 'ver-do', current ? button('Changes', () => showDiff(current, 'draft'), 'Changes from the version in force to the draft') : null)));
      }
      items.forEach((version, i) => {
        const older = i + 1 < items.length ? items[i + 1].version : cursor ? version.version - 1 : 0;
        const when = el('td', '', ago(version.publishedAt || version.createdAt));
        when.title = version.publishedAt || version.createdAt;
        rows.push(el('tr', '', Object.assign(el('th', '', `${version.version} `, version.version === current ? el('span', 'chip chip-completed', 'In force') : null), { scope: 'row' }), when,
          el('td', '', person(version.publishedBy || version.author), version.origin === 'file' ? el('small', '', 'from the file') : null), el('td', 'ver-note', version.note || ''),
          el('td', 'ver-do', button('Changes', () => showDiff(older, version.version), `Changes of version ${version.version}`),
            edits ? button('Edit from it', async () => {
              const answer = await call('GET', `${at}/versions/${version.version}`);
              if (answer.ok) take(answer.body, `Version ${version.version}`);
              else tell('wrong', answer.body.detail);
            }, `Take version ${version.version} into the editor`) : null,
            edits && version.version !== current ? button('Roll back', () => rollBack(version.version), `Roll back to version ${version.version}`) : null)));
      });
      table.replaceChildren(rows.length ? el('div', 'grid-scroll', el('table', 'table ver-table', el('thead', '', head), el('tbody', '', ...rows)))
        : el('div', 'empty', el('h3', '', 'No history yet'), el('p', '', 'It begins when the mapping is published for the first time.')));
      if (cursor) table.append(el('p', 'pad', button('Older versions', more)));
    };
    const more = async () => {
      const answer = await call('GET', `${at}/versions?limit=25${cursor ? `&cursor=${encodeURIComponent(cursor)}` : ''}`);
      if (!answer.ok) {
        table.querySelector('.ver-failed')?.remove();
        table.append(el('p', 'pad ver-failed', el('span', 'problem', `The versions could not be read: ${answer.body.detail} `), button('Try again', more)));
        return;
      }
      items = items.concat(answer.body.items);
      cursor = answer.body.cursor;
      draw();
    };
    await more();
  };
}
