// The editor of one mapping.
import { call, inPath, place } from './call.js';
import { codeEditor } from './code.js';
import { payloadPicker } from './payload.js';
import { resultTable } from './result.js';
import { tabs } from './tabs.js';

const head = document.getElementById('mapping');
const name = head.dataset.name;
const edits = head.dataset.edits === 'true';
const at = '/mappings/' + inPath(name);
const byId = (id) => document.getElementById(id);

const jsonata = codeEditor(byId('jsonata-editor').querySelector('.code'));
const fields = codeEditor(byId('fields-editor').querySelector('.code'));
const result = resultTable(byId('result'));
const kinds = tabs(document.querySelector('[role=tablist]'));
const payload = payloadPicker(byId('payload'), async () => {
  const answer = await fetch(`/mappings/${inPath(name)}/payloads`, { headers: { Accept: 'application/json' }, cache: 'no-store' }).catch(() => null);
  return answer && answer.ok ? answer.json() : [];
});

const draft = () => {
  const texts = {};
  if (jsonata.value.trim()) texts.jsonata = jsonata.value;
  if (fields.value.trim()) texts.fields = fields.value;
  return texts;
};
const isEmpty = () => !jsonata.value.trim() && !fields.value.trim();

const unmark = () => [jsonata, fields, payload.editor].forEach((editor) => editor.faulty && editor.clear());
const mark = (field, text) => {
  const where = place(text);
  const editor = field && field.startsWith('fields') ? fields : field && field.startsWith('payload') ? payload.editor : jsonata;
  const lead = editor === fields && field !== 'fields' ? field.replace(/^fields\./, '') + ': ' : '';
  editor.mark({ ...where, reason: lead + where.reason });
  if (editor !== payload.editor) kinds.select(editor === fields ? 'tab-fields' : 'tab-jsonata');
};

let asked = 0;
let soon = 0;
async function test() {
  clearTimeout(soon);
  const mine = ++asked;
  const tried = payload.request;
  if (isEmpty() || !tried) {
    unmark();
    if (isEmpty()) result.clear('Nothing to try yet', 'Write an expression or a field table, or let the hub propose one from the payload.');
    else result.clear('No payload to try it on', 'Pick one on the left, or paste what a device sends.');
    return;
  }
  result.wait();
  const answer = await call('POST', '/mappings/test', { ...draft(), mapping: name, ...tried });
  if (mine !== asked) return;
  unmark();
  if (!answer.ok) {
    result.fail(answer.status === 400 ? 'The draft cannot be used yet' : 'Not tried', answer.body.detail);
    if (answer.status === 400) mark(answer.body.field, answer.body.detail);
    return;
  }
  result.show(answer.body);
  const failed = answer.body.rejected.find((refusal) => refusal.field === 'mapping' && place(refusal.reason).line);
  if (failed && jsonata.value.trim()) mark('jsonata', failed.reason);
}
const testSoon = () => {
  clearTimeout(soon);
  soon = setTimeout(test, 350);
};

async function load() {
  const answer = await call('GET', at);
  if (answer.ok) {
    const shown = answer.body.draft || answer.body;
    jsonata.value = shown.jsonata || '';
    fields.value = shown.fields || '';
    if (!jsonata.value && fields.value) kinds.select('tab-fields');
  }
  await payload.reload();
  if (edits) test();
}

if (edits) {
  [jsonata, fields].forEach((editor) => editor.onInput(testSoon));
  payload.onChange(testSoon);
}
load();
