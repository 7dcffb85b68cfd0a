// The form for a command: what may be written and to what, a question before it goes, and what becomes of it.
import { ask } from './editing/ask.js';
import { call } from './editing/call.js';
import { el } from './editing/words.js';

const byId = (id) => document.getElementById(id);
const form = byId('command');
const FIELDS = { metric: 'c-metric', value: 'c-value', expires_in: 'c-expires' };
const live = byId('live-commands');
const metric = byId('c-metric');
const value = byId('c-value');
const choice = byId('c-choice');
const kind = byId('c-kind');
const send = byId('c-send');
let watched = null;

/** Which point is chosen: {metric, name, kind, unit, min, max, states}; of one the hub does not know, the kind is what a person says. */
function point() {
  const option = metric.tagName === 'SELECT' ? metric.selectedOptions[0] : null;
  const told = option ? option.dataset : {};
  const list = told.states && byId(told.states);
  return {
    metric: metric.value.trim(),
    name: option ? option.textContent : metric.value.trim(),
    kind: option && told.kind !== 'ANY' ? told.kind : kind.value,
    free: !option || told.kind === 'ANY',
    unit: told.unit || '',
    min: told.min === undefined ? null : Number(told.min),
    max: told.max === undefined ? null : Number(told.max),
    states: list ? [...list.children].map((state) => state.value) : [],
  };
}

function limits({ min, max, unit }) {
  const of = (number) => `${number}${unit ? ` ${unit}` : ''}`;
  if (min !== null && max !== null) return `${min} to ${of(max)}`;
  return min !== null ? `${of(min)} or more` : max !== null ? `${of(max)} or less` : '';
}

/** What the device says of the point now, as its chart shows it, or an empty text. */
function now(name) {
  const figure = document.querySelector(`#live-charts figure[data-key="${CSS.escape(name)}"] .figure`);
  return figure ? [...figure.children].map((part) => part.textContent).join(' ').trim() : '';
}

function shape() {
  const at = point();
  const chosen = at.kind === 'STATE' ? at.states.map((state) => [state, state]) : at.kind === 'SWITCH' ? [['true', 'On'], ['false', 'Off']] : null;
  const before = choice.value;
  choice.replaceChildren(...(chosen ? [['', 'Choose…'], ...chosen].map(([code, text]) => new Option(text, code)) : []));
  if (chosen && chosen.some(([code]) => code === before)) choice.value = before;
  choice.hidden = !chosen;
  value.hidden = Boolean(chosen);
  value.inputMode = at.kind === 'TEXT' ? 'text' : 'decimal';
  document.querySelector('label[for="c-value"], label[for="c-choice"]').htmlFor = chosen ? 'c-choice' : 'c-value';
  kind.hidden = !at.free;
  byId('c-unit').textContent = at.unit;
  if (metric.tagName === 'SELECT') {
    const says = at.metric && now(at.metric);
    byId('c-limits').textContent = [limits(at), says && `reads ${says} now`].filter(Boolean).join(' · ');
  }
}

function wrong(id, text) {
  const field = id === 'c-value' && value.hidden ? choice : byId(id);
  field.setAttribute('aria-invalid', 'true');
  byId(`${id}-problem`).textContent = text;
  byId(`${id}-problem`).hidden = false;
  field.focus();
}

function clear() {
  form.querySelectorAll('[aria-invalid]').forEach((field) => field.removeAttribute('aria-invalid'));
  form.querySelectorAll('.problem, .said').forEach((text) => { text.hidden = true; });
}

/** {value, said} of what was entered, or {problem}. */
function entered(at) {
  if (at.kind === 'STATE' || at.kind === 'SWITCH') {
    if (!choice.value) return { problem: 'Choose a value.' };
    return { value: at.kind === 'STATE' ? choice.value : choice.value === 'true', said: choice.selectedOptions[0].textContent };
  }
  if (at.kind === 'TEXT') return value.value ? { value: value.value, said: `“${value.value}”` } : { problem: 'Enter a text.' };
  const text = value.value.trim();
  if (!text) return { problem: 'Enter a value.' };
  const number = /^[+-]?(\d+(\.\d*)?|\.\d+)(e[+-]?\d+)?$/i.test(text) ? Number(text) : NaN;
  if (!Number.isFinite(number)) return { problem: 'Expected a number such as 21.5, with a point.' };
  if ((at.min !== null && number < at.min) || (at.max !== null && number > at.max)) return { problem: `Expected ${limits(at)}.` };
  return { value: number, said: `${number}${at.unit ? ` ${at.unit}` : ''}` };
}

/** Whether the person means it, told in words. */
async function means(at, told) {
  const { serial, about } = form.dataset;
  const words = el('p', 'command-words', 'Set ', el('b', '', at.name), ' of ', el('b', '', serial), about ? ` (${about})` : '', ' to ', el('b', '', told.said), '.');
  // Enter pressed once too often must not send it.
  words.tabIndex = -1;
  words.dataset.first = '';
  const says = now(at.metric);
  const gateway = live.dataset.gateway;
  const lasts = byId('c-expires').selectedOptions[0].textContent;
  const way = await ask(`Write to ${serial}?`, [words,
    says ? el('p', 'hint', `It reads ${says} now.`) : null,
    el('p', '', live.dataset.online === 'true' ? 'This acts on the machine at once.' : `The gateway ${gateway} is offline. The command waits, and acts on the machine when the gateway is back within ${lasts}.`),
  ].filter(Boolean), [{ text: 'Cancel', value: '' }, { text: `Write ${told.said}`, value: 'write', kind: 'danger' }]);
  return way === 'write';
}

function say(text, look) {
  const said = byId('c-said');
  said.hidden = false;
  said.className = `said ${look}`;
  if (said.textContent !== text) said.textContent = text;
}

form.addEventListener('submit', async (event) => {
  event.preventDefault();
  if (send.disabled) return;
  clear();
  const at = point();
  if (!at.metric) { wrong('c-metric', metric.tagName === 'SELECT' ? 'Choose a point.' : 'Enter the point\'s metric.'); return; }
  const told = entered(at);
  if (told.problem) { wrong('c-value', told.problem); return; }
  if (!(await means(at, told))) return;
  send.disabled = true;
  const answer = await call('POST', `/devices/${form.dataset.id}/command`, { metric: at.metric, value: told.value, expires_in: byId('c-expires').value });
  send.disabled = false;
  if (answer.ok) {
    watched = { id: answer.body.id, words: `${at.name} = ${told.said}` };
    say(`${watched.words}: ${answer.body.state === 'SENT' ? 'sent, the gateway has not answered yet' : 'waits for its gateway'}.`, 'said-quiet');
    send.focus();
  } else if (FIELDS[answer.body.field]) {
    wrong(FIELDS[answer.body.field], answer.body.detail);
  } else {
    byId('c-problem').textContent = answer.body.detail;
    byId('c-problem').hidden = false;
  }
});

// The list takes its news by itself; the command that was just given is told beside the form too.
live.addEventListener('live', (event) => {
  const line = watched && event.detail.fresh.querySelector(`[data-key="${watched.id}"]`);
  if (!line) return;
  const state = line.dataset.state;
  const text = (part) => line.querySelector(part)?.textContent ?? '';
  const more = [text('.command-back'), state === 'PENDING' ? '' : text('.command-why')].filter(Boolean).join('; ');
  const look = { DONE: 'said-good', PENDING: 'said-quiet', SENT: 'said-quiet' }[state] || 'said-wrong';
  say(`${watched.words}: ${text('.chip').toLowerCase()}${more ? `, ${more}` : ''}.`, look);
  if (look !== 'said-quiet') watched = null;
});
metric.addEventListener(metric.tagName === 'SELECT' ? 'change' : 'input', () => { clear(); shape(); });
kind.addEventListener('change', () => { clear(); shape(); });
shape();
document.body.dataset.ready = '';
