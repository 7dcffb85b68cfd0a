// The field table of a page as text and as a grid: the text stays the truth.
import { call, post } from './call.js';
import { fieldGrid } from './fieldgrid.js';
import { el } from './words.js';

const byId = (id) => document.getElementById(id);

/** Lets a person change between #grid and the editor. Gives {drawAnew}, for when the text was changed otherwise. */
export function fieldView(editor, editable, changed) {
  let metrics = null;
  let drawn = null;
  const grid = fieldGrid(byId('grid'), (text) => { editor.value = text; drawn = text; changed(); }, { metrics: () => metrics || [], editable });
  const isShown = () => !byId('grid').hidden;

  async function draw() {
    if (!isShown() || drawn === editor.value) return;
    if (!metrics) {
      const answer = await call('GET', '/metrics?limit=5000');
      metrics = answer.ok ? answer.body.items.map((metric) => metric.key) : [];
    }
    const text = editor.value;
    const answer = await post('/mappings/table', 'text/plain;charset=utf-8', text);
    if (text !== editor.value) { draw(); return; }
    if (!answer.ok) {
      byId('grid').replaceChildren(el('div', 'empty', el('h3', '', 'Not shown as a grid'), el('p', '', answer.body.detail), el('p', '', 'Mend it as text, then come back.')));
      return;
    }
    drawn = text;
    grid.show(answer.body);
    byId('grid-note').hidden = !/(^|\s)#/.test(text);
  }
  const show = (on) => {
    byId('grid').hidden = !on;
    editor.box.hidden = on;
    byId('as-grid').setAttribute('aria-pressed', String(on));
    byId('as-text').setAttribute('aria-pressed', String(!on));
    byId('grid-note').hidden = true;
    if (on) { drawn = null; draw(); }
  };
  byId('as-grid').addEventListener('click', () => show(true));
  byId('as-text').addEventListener('click', () => show(false));
  return {
    drawAnew: draw,
    /** A fault is marked in the text. */
    toText() { if (isShown()) show(false); },
  };
}
