// The form of a device type, and the type as the API takes it: one out of the other.
import { place } from './call.js';
import { el } from './words.js';

const LIMIT_COLUMNS = [['min', 'number'], ['max', 'number'], ['range_quality', 'quality'], ['max_rate_per_minute', 'number'], ['stuck_after', 'text']];
const MAPPINGS = ['own', 'named', 'none'];
const byId = (id) => document.getElementById(id);

/** What a person wrote where a number goes: the number, or the text, which the hub then names as wrong. */
const number = (text) => (text === '' ? null : Number.isNaN(Number(text.replace(',', '.'))) ? text : Number(text.replace(',', '.')));

function ports(text) {
  const all = text.split(',').map((port) => port.trim()).filter(Boolean);
  if (!all.length) return null;
  if (!all.some((port) => port.includes(':'))) return all;
  return Object.fromEntries(all.map((port) => { const [id, ...type] = port.split(':'); return [id.trim(), type.join(':').trim() || null]; }));
}

function portsText(given, type) {
  if (!given) return '';
  if (Array.isArray(given)) return given.join(', ');
  const all = Object.entries(given);
  return all.every(([, of]) => of === type) ? all.map(([id]) => id).join(', ') : all.map(([id, of]) => `${id}: ${of}`).join(', ');
}

/**
 * Makes the form work. `editors` are code editors by name: fields, jsonata, split, schema; `kinds` the tabs of the own
 * mapping. Gives {read, write, mark, unmark, mode, onChange}; read throws {field, detail} for what cannot be sent.
 */
export function typeForm(form, editors, kinds) {
  const inputs = [...form.querySelectorAll('[data-path]')];
  const input = (path) => inputs.find((one) => one.dataset.path === path);
  const rows = byId('limits');
  const listeners = [];
  const changed = () => { follow(); listeners.forEach((listen) => listen()); };
  const chosen = (name) => (form.querySelector(`[name=${name}]:checked`) || {}).value;
  const choose = (name, value) => { const one = form.querySelector(`[name=${name}][value="${value}"]`); if (one) one.checked = true; };

  function limitRow(metric, limits) {
    const cells = LIMIT_COLUMNS.map(([name, kind]) => {
      if (kind === 'quality') {
        const select = el('select', 'form-select', new Option('suspect', 'suspect'), new Option('bad', 'bad'));
        select.value = limits[name] || 'suspect';
        select.dataset.limit = name;
        select.setAttribute('aria-label', 'then it is');
        return el('td', '', select);
      }
      const box = el('input', 'form-control');
      box.value = limits[name] ?? '';
      box.dataset.limit = name;
      box.spellcheck = false;
      if (name === 'stuck_after') box.placeholder = 'PT10M';
      box.setAttribute('aria-label', { min: 'Not below', max: 'Not above', max_rate_per_minute: 'Changes at most a minute', stuck_after: 'Same value for' }[name]);
      return el('td', '', box);
    });
    const name = el('input', 'form-control mono');
    name.value = metric;
    name.dataset.limit = 'metric';
    name.setAttribute('list', 'limit-metric-names');
    name.setAttribute('aria-label', 'Metric');
    name.placeholder = 'temperature';
    name.spellcheck = false;
    const away = el('button', 'btn btn-sm', '×');
    away.type = 'button';
    away.title = 'Take away';
    away.setAttribute('aria-label', `Take ${metric || 'this metric'} away`);
    const row = el('tr', '', el('td', '', name), ...cells, el('td', '', away));
    // What has no column stays as it is: the YAML has all of it.
    const rest = Object.fromEntries(Object.entries(limits).filter(([key]) => !LIMIT_COLUMNS.some(([column]) => column === key)));
    row.dataset.rest = JSON.stringify(rest);
    if (Object.keys(rest).length) row.firstChild.append(el('small', 'hint', 'also ' + Object.keys(rest).join(', ')));
    away.addEventListener('click', () => { row.remove(); changed(); });
    rows.append(row);
    return row;
  }

  function readLimits() {
    const limits = {};
    for (const row of rows.children) {
      const of = (name) => row.querySelector(`[data-limit=${name}]`).value.trim();
      if (!of('metric')) continue;
      const one = { ...JSON.parse(row.dataset.rest) };
      for (const [name, kind] of LIMIT_COLUMNS) {
        const text = of(name);
        if (kind === 'quality' ? text === 'bad' : text !== '') one[name] = kind === 'number' ? number(text) : text;
      }
      limits[of('metric')] = one;
    }
    return limits;
  }

  function schema() {
    const text = editors.schema.value.trim();
    if (!text) return null;
    try {
      return JSON.parse(text);
    } catch (error) {
      const at = /line (\d+) column (\d+)/.exec(error.message);
      const reason = error.message.replace(/^JSON\.parse: |\s*\(?(in JSON )?at position.*$/g, '');
      throw { field: 'message_schema', detail: (at ? `line ${at[1]}, column ${at[2]}: ` : '') + 'is not JSON: ' + reason };
    }
  }

  function group(name) {
    const found = {};
    for (const one of inputs.filter((each) => each.dataset.path.startsWith(name + '.'))) {
      const key = one.dataset.path.slice(name.length + 1);
      const text = one.value.trim();
      if (text === '') continue;
      found[key] = one.dataset.kind === 'number' ? number(text) : text;
    }
    return found;
  }

  function mapping() {
    const source = chosen('source');
    if (source === 'named') return input('mapping').value.trim() || null;
    if (source === 'none') return null;
    const own = {};
    if (editors.fields.value.trim()) own.fields = editors.fields.value;
    if (editors.jsonata.value.trim()) own.jsonata = editors.jsonata.value;
    return Object.keys(own).length ? own : null;
  }

  function read() {
    const mode = chosen('mode');
    const type = { name: input('name') ? input('name').value.trim() : byId('type').dataset.name, description: input('description').value.trim(), processing_mode: mode };
    type.message_schema = schema();
    type.mapping = mapping();
    if (mode !== 'endpoint') {
      type.demultiplexing = group('demultiplexing');
      if (editors.split.value.trim()) type.demultiplexing.split = editors.split.value;
      if (mode === 'rtu_multiport') { delete type.demultiplexing.scope; type.demultiplexing.ports = ports(input('demultiplexing.ports').value); } else delete type.demultiplexing.ports;
    }
    if (mode === 'gateway_chunked') type.chunking = group('chunking');
    type.limits = readLimits();
    type.defaults = group('defaults');
    return type;
  }

  function write(type) {
    const at = (path) => path.split('.').reduce((found, key) => (found === null || found === undefined ? found : found[key]), type);
    for (const one of inputs) {
      const path = one.dataset.path;
      if (path === 'mapping') continue;
      const value = path === 'demultiplexing.ports' ? portsText(at(path), at('demultiplexing.device_type')) : at(path);
      if (one.nodeName === 'SELECT') { if (value !== undefined && value !== null) one.value = String(value); } else one.value = value ?? '';
    }
    choose('mode', type.processing_mode || 'endpoint');
    const given = type.mapping;
    const named = typeof given === 'string' ? given : (given || {}).name || '';
    const own = given && typeof given === 'object' && !given.name ? given : {};
    input('mapping').value = named;
    editors.fields.value = typeof own.fields === 'object' ? JSON.stringify(own.fields, null, 2) : own.fields || '';
    editors.jsonata.value = own.jsonata || '';
    choose('source', named ? 'named' : own.fields || own.jsonata || !byId('type').dataset.type ? 'own' : 'none');
    if (own.jsonata && !own.fields) kinds.select('tab-jsonata');
    editors.split.value = at('demultiplexing.split') || '';
    editors.schema.value = type.message_schema ? JSON.stringify(type.message_schema, null, 2) : '';
    rows.replaceChildren();
    Object.entries(type.limits || {}).forEach(([metric, limits]) => limitRow(metric, limits));
    follow();
    byId('limit-part').open ||= rows.children.length > 0;
    byId('schema-part').open ||= Boolean(editors.schema.value);
    byId('default-part').open ||= Object.keys(type.defaults || {}).length > 0;
  }

  /** Shows what the choices call for, and no more. */
  function follow() {
    const mode = chosen('mode');
    byId('split-part').hidden = mode === 'endpoint';
    byId('chunk-part').hidden = mode !== 'gateway_chunked';
    byId('ports').hidden = mode !== 'rtu_multiport';
    byId('scope').hidden = mode === 'rtu_multiport';
    input('demultiplexing.id').placeholder = mode === 'rtu_multiport' ? 'port' : 'id';
    const source = chosen('source');
    MAPPINGS.forEach((one) => { byId(one === 'none' ? 'no-mapping' : one + '-mapping').hidden = one !== source; });
    const name = input('mapping').value.trim();
    byId('mapping-link').href = '/mappings' + (/^[\w.\-/]+$/.test(name) ? '/' + name.replaceAll('/', ':') : '');
    const sums = { 'limit-part': rows.children.length ? `${rows.children.length} ${rows.children.length === 1 ? 'metric' : 'metrics'}` : 'none', 'schema-part': editors.schema.value.trim() ? 'messages are checked' : 'none', 'default-part': Object.values(group('defaults')).join(', ') || 'none' };
    Object.entries(sums).forEach(([id, text]) => { byId(id).querySelector('[data-sum]').textContent = text; });
  }

  function unmark() {
    Object.values(editors).forEach((editor) => editor.faulty && editor.clear());
    form.querySelectorAll('.is-invalid').forEach((one) => { one.classList.remove('is-invalid'); one.removeAttribute('aria-invalid'); });
    form.querySelectorAll('.field-problem').forEach((one) => one.remove());
  }

  /** Marks the place that a problem names; says whether there is one. */
  function mark(field, text) {
    const where = place(text);
    const editor = /^mapping\.jsonata|^mapping$/.test(field) && chosen('source') === 'own' ? (editors.jsonata.value.trim() || !/jsonata/.test(field) ? editors.jsonata : editors.fields)
      : field.startsWith('mapping.fields') ? editors.fields : field.startsWith('demultiplexing.split') ? editors.split : field.startsWith('message_schema') ? editors.schema : null;
    if (editor) {
      if (editor === editors.fields || editor === editors.jsonata) kinds.select(editor === editors.fields ? 'tab-fields' : 'tab-jsonata');
      if (editor === editors.schema) byId('schema-part').open = true;
      const lead = field.replace(/^(mapping\.(fields|jsonata)|mapping|demultiplexing\.split|message_schema)\.?/, '');
      editor.mark({ ...where, reason: (lead ? lead + ': ' : '') + where.reason });
      return true;
    }
    const limit = /^limits\.(.+)\.(\w+)$/.exec(field);
    const row = limit && [...rows.children].find((one) => one.querySelector('[data-limit=metric]').value.trim() === limit[1]);
    const box = row ? row.querySelector(`[data-limit=${limit[2]}]`) || row.querySelector('[data-limit=metric]') : input(field === 'mapping.name' ? 'mapping' : field);
    if (!box) return false;
    const part = box.closest('details');
    if (part) part.open = true;
    box.classList.add('is-invalid');
    box.setAttribute('aria-invalid', 'true');
    box.parentElement.append(el('small', 'problem field-problem', text));
    return true;
  }

  form.addEventListener('input', changed);
  form.addEventListener('change', changed);
  form.addEventListener('submit', (event) => event.preventDefault());
  byId('add-limit')?.addEventListener('click', () => limitRow('', {}).querySelector('input').focus());
  return {
    read,
    write,
    mark,
    unmark,
    get mode() { return chosen('mode'); },
    set mode(value) { choose('mode', value); follow(); },
    get source() { return chosen('source'); },
    set source(value) { choose('source', value); follow(); },
    onChange(listen) { listeners.push(listen); },
    follow,
  };
}
