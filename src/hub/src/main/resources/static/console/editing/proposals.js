// A proposed mapping before a person: which field would be which metric, how sure, and why.
import { ask } from './ask.js';
import { brief, count, el, unit } from './words.js';

const sure = (confidence) => {
  const percent = Math.round(confidence * 100);
  const meter = el('meter', '');
  meter.min = 0;
  meter.max = 100;
  meter.low = 60;
  meter.high = 85;
  meter.optimum = 100;
  meter.value = percent;
  meter.setAttribute('aria-hidden', 'true');
  return el('span', 'sure', meter, ` ${percent} %`);
};

/** Shows the answer of POST /mappings/suggest; gives whether it shall be put into the editor. */
export async function proposals(suggestion, samples, empty, back = 'Ctrl Z there takes it back') {
  const found = suggestion.proposals.filter((proposal) => proposal.metric).sort((a, b) => a.confidence - b.confidence);
  const rest = suggestion.proposals.filter((proposal) => !proposal.metric);
  const head = ['Field', 'Sample', 'Metric', 'Unit', 'Sure', 'Why'].map((title) => Object.assign(el('th', '', title), { scope: 'col' }));
  const rows = found.map((p) => el('tr', '', Object.assign(el('th', 'mono', p.path), { scope: 'row' }), el('td', 'mono', brief(p.sample)), el('td', 'mono', p.metric), el('td', '', unit(p.unit)), el('td', '', sure(p.confidence)), el('td', 'res-why', p.why)));
  const nodes = [el('p', '', `${count(found.length, 'metric')} found in ${count(samples, 'payload')}, the least sure first. `,
    suggestion.timestamp ? `The time of measurement is ${suggestion.timestamp.path} (${suggestion.timestamp.format}).` : 'No time of measurement was found: the time of receipt would count.')];
  if (found.length) nodes.push(el('div', 'ask-scroll', el('table', 'table prop-table', el('thead', '', el('tr', '', ...head)), el('tbody', '', ...rows))));
  else nodes.push(el('p', 'hint', 'None of the fields looks like a metric of the catalogue. Try another payload, or write the mapping by hand.'));
  if (rest.length) {
    nodes.push(el('details', 'prop-rest', el('summary', '', `${count(rest.length, 'field')} without a metric`),
      el('ul', '', ...rest.slice(0, 200).map((p) => el('li', '', el('span', 'mono', p.path), ' ', el('span', 'hint', p.why))))));
  }
  if (!empty) nodes.push(el('p', 'hint', `It takes the place of what is in the editor; ${back}.`));
  const ways = found.length ? [{ text: 'Cancel', value: '' }, { text: 'Put it into the editor', value: 'take', kind: 'primary' }] : [{ text: 'Close', value: '', kind: 'primary' }];
  return (await ask('A draft to begin with', nodes, ways)) === 'take';
}
