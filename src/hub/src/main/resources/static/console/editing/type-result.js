// What a device type makes of a payload: of whom, row by row.
import { call } from './call.js';
import { resultTable } from './result.js';
import { count, el } from './words.js';

const FATES = { known: ['completed', 'registered'], made: ['planned', 'would be registered'], refused: ['dead', 'refused'] };
const OPENED = 8;

/** Shows answers of POST /device-types/{t}/test in fragment editing :: result. Gives {show, fail, wait, clear}; `again` tries anew. */
export function typeResult(box, again) {
  const plain = resultTable(box);
  const head = box.querySelector('[data-summary]');
  const body = box.querySelector('[data-rows]');

  const refusals = (list, title, hint) => el('div', 'res-rejected', el('h3', '', title),
    el('ul', '', ...list.map((one) => el('li', '', el('span', 'mono', one.field), el('span', 'res-reason', one.reason)))), el('p', 'hint', hint));

  const part = (one, open) => {
    const inner = el('div', 'part-in', el('span', 'meta', ''), el('div', ''));
    inner.firstChild.dataset.summary = '';
    inner.firstChild.hidden = true;
    inner.lastChild.dataset.rows = '';
    resultTable(inner).show({ ...one, rejected: [] });
    if (!one.measurements.length) inner.querySelector('[data-rows]').replaceChildren();
    if (one.rejected.length) inner.prepend(refusals(one.rejected, 'This part would become a dead letter', 'The other parts are stored; replayed, only this one is read.'));
    const [kind, fate] = FATES[one.fate] || ['planned', 'the sender'];
    const worst = one.measurements.find((line) => line.quality === 'bad') || one.measurements.find((line) => line.quality !== 'good');
    const details = el('details', 'part', el('summary', '', el('b', 'mono', one.device || one.id || `part ${one.index}`), el('span', 'chip chip-' + kind, fate),
      el('span', 'meta', el('span', '', count(one.measurements.length, 'measurement')), worst ? el('span', worst.quality === 'bad' ? 'note-bad' : 'note-warn', worst.quality) : null,
        one.rejected.length ? el('span', 'note-bad', `${one.rejected.length} rejected`) : null)), inner);
    details.open = open;
    return details;
  };

  /** Devices that nobody registered are refused unless the tenant says otherwise: one click for who may. */
  const unregistered = () => {
    const button = el('button', 'btn btn-sm', 'Let them register themselves');
    const told = el('span', 'problem', '');
    button.type = 'button';
    button.addEventListener('click', async () => {
      const answer = await call('PATCH', '/tenant/settings', { auto_register: true });
      if (answer.ok) again(); else told.textContent = answer.status === 403 ? 'That is for admins.' : answer.body.detail;
    });
    return el('div', 'offer-in', el('p', '', 'Nobody has registered these devices, and those behind a gateway may not register themselves in this tenant (', el('code', '', 'auto_register'), ').'), el('p', 'mend-go', button, told));
  };

  return {
    ...plain,
    show(view) {
      if (!view.chunk && !view.rejected.length && view.parts.length === 1 && view.parts[0].id === null && view.parts[0].fate === null) {
        plain.show({ ...view.parts[0], micros: view.micros });
        return;
      }
      const bad = view.rejected.length + view.parts.reduce((sum, one) => sum + one.rejected.length, 0);
      box.dataset.state = bad ? 'rejected' : 'good';
      head.replaceChildren(...[
        view.parts.length ? el('span', '', count(view.parts.length, 'device')) : null,
        el('span', bad ? '' : 'note-good', count(view.parts.reduce((sum, one) => sum + one.measurements.length, 0), 'measurement')),
        bad ? el('span', 'note-bad', `${bad} rejected`) : null,
        el('span', '', `${view.micros.toLocaleString('en')} µs`),
      ].filter(Boolean));
      const nodes = [];
      if (view.rejected.length) nodes.push(refusals(view.rejected, 'This message would become a dead letter', 'It would be kept whole, to be replayed when the type is mended.'));
      if (view.chunk) nodes.push(el('div', 'empty', el('h3', '', `Chunk ${view.chunk.sequence} of ${view.chunk.total} of message ${view.chunk.correlation_id}`), el('p', '', 'Put all of its chunks into an array to see what becomes of the message.')));
      if (!view.parts.length && !view.rejected.length && !view.chunk) nodes.push(el('div', 'empty', el('h3', '', 'No parts'), el('p', '', 'The splitting yields nothing for this message.')));
      const unknown = (one) => one.fate === 'refused' && one.rejected.every((each) => each.reason.includes('auto_register'));
      if (view.parts.some(unknown)) nodes.push(unregistered());
      const few = view.parts.length <= OPENED;
      view.parts.slice(0, 500).forEach((one) => nodes.push(part(one, (few || one.rejected.length > 0) && !unknown(one))));
      if (view.parts.length > 500) nodes.push(el('p', 'hint pad', `The first 500 of ${view.parts.length.toLocaleString('en')} are shown.`));
      body.replaceChildren(...nodes);
    },
  };
}
