// The form of a rule: the common shapes of a condition, and all the rest. What the form does not know stays as it is.
const LEVELS = ['above', 'at_least', 'below', 'at_most'];
const BOTH = ['outside', 'between'];
const CHANGES = ['rises', 'falls', 'rate_above', 'rate_below'];
const TIMES = ['unchanged_for', 'missing_for', 'silent_for'];
const SHAPES = [...LEVELS, ...BOTH, 'is', ...CHANGES, ...TIMES, 'detector', 'condition'];
const NUMBERS = [...LEVELS, ...BOTH, ...CHANGES];
const PARTS = ['share', 'count', 'from', 'metrics', 'all', 'any', 'not', 'equals', 'in', 'drl'];

/** Which fields a shape has. */
const FIELDS = {
  metric: (shape) => !['silent_for', 'condition'].includes(shape),
  limit: (shape) => NUMBERS.includes(shape),
  upper: (shape) => BOTH.includes(shape),
  word: (shape) => shape === 'is',
  elapsed: (shape) => TIMES.includes(shape),
  detector: (shape) => shape === 'detector',
  expression: (shape) => shape === 'condition',
  unit: (shape) => NUMBERS.includes(shape),
  within: (shape) => CHANGES.includes(shape),
  statistic: (shape) => LEVELS.includes(shape) || BOTH.includes(shape),
  over: (shape, statistic) => FIELDS.statistic(shape) && Boolean(statistic),
  for: (shape) => !TIMES.includes(shape),
  clear: (shape) => LEVELS.includes(shape) || CHANGES.includes(shape),
  hysteresis: (shape) => LEVELS.includes(shape) || BOTH.includes(shape),
  clear_for: () => true,
};
const UNITS = { s: 'S', sec: 'S', second: 'S', seconds: 'S', m: 'M', min: 'M', minute: 'M', minutes: 'M', h: 'H', hour: 'H', hours: 'H', d: 'D', day: 'D', days: 'D' };

/** A comma that may group thousands or begin decimals: whoever guesses may be wrong a thousandfold. */
const unclear = (text) => /^[-+]?[1-9]\d{0,2}(,\d{3})+(\.\d*)?$/.test(text.trim());

/** "10 min" as PT10M; what is not understood goes as it is, and the hub says what it expects. */
export function duration(text) {
  const found = /^(\d+(?:[.,]\d+)?)\s*([a-z]+)$/i.exec(text.trim());
  const unit = found && UNITS[found[2].toLowerCase()];
  if (!unit || unclear(found[1])) return text.trim();
  const amount = found[1].replace(',', '.');
  return unit === 'D' ? `P${amount}D` : `PT${amount}${unit}`;
}
/** PT10M as "10 min"; what has several parts as it is. */
export function words(iso) {
  const found = /^P(?:T(\d+(?:\.\d+)?)([SMH])|(\d+)D)$/.exec(iso || '');
  if (!found) return iso || '';
  return found[3] ? `${found[3]} d` : `${found[1]} ${{ S: 's', M: 'min', H: 'h' }[found[2]]}`;
}
const number = (text) => {
  if (unclear(text)) return text.trim();
  const plain = text.trim().replace(',', '.');
  return plain !== '' && Number.isFinite(Number(plain)) ? Number(plain) : plain;
};
const copy = (value) => JSON.parse(JSON.stringify(value));
const shapeOf = (rule) => (rule.condition !== undefined ? 'condition' : SHAPES.find((shape) => rule.when && rule.when[shape] !== undefined));
const isPlain = (value) => typeof value !== 'object' || (Array.isArray(value) && value.every((one) => typeof one !== 'object'));

/** Whether the form can show what the rule waits for. */
function isSimple(rule) {
  if (rule.condition !== undefined) return rule.when === undefined;
  const when = rule.when || {};
  return SHAPES.filter((shape) => when[shape] !== undefined).length === 1 && !PARTS.some((part) => when[part] !== undefined) && isPlain(when[shapeOf(rule)]);
}

function get(object, path) {
  return path.split('.').reduce((at, key) => (at && typeof at === 'object' ? at[key] : undefined), object);
}
function put(object, path, value) {
  const keys = path.split('.');
  const last = keys.pop();
  const empty = value === '' || value === undefined || (Array.isArray(value) && !value.length);
  let at = object;
  for (const key of keys) {
    if (typeof at[key] !== 'object' || at[key] === null) {
      if (empty) return;
      at[key] = {};
    }
    at = at[key];
  }
  if (empty) delete at[last];
  else at[last] = value;
}

/** Gives {write, read, missing, mark, unmark}; `changed` hears of every change by the person. */
export function ruleForm(form, changed) {
  const byId = (id) => document.getElementById(id);
  const fields = [...form.querySelectorAll('[data-path]')];
  const boxes = [...form.querySelectorAll('[data-for]')];
  const days = [...form.querySelectorAll('#days input')];
  let whole = {};
  let simple = true;

  const show = () => {
    const shape = byId('shape').value;
    const statistic = form.querySelector('[data-path="when.statistic"]').value;
    boxes.forEach((box) => { box.hidden = !FIELDS[box.dataset.for](shape, statistic); });
    byId('simple').hidden = !simple;
    byId('as-written').hidden = simple;
  };
  const shown = (field) => {
    const box = field.closest('[data-for]');
    return !box || FIELDS[box.dataset.for](byId('shape').value, form.querySelector('[data-path="when.statistic"]').value);
  };

  function write(rule) {
    whole = copy(rule);
    simple = isSimple(whole);
    fields.forEach((field) => {
      const value = get(whole, field.dataset.path);
      const kind = field.dataset.kind;
      // A text that the list does not know stays in force.
      if (field.tagName === 'SELECT' && typeof value === 'string' && ![...field.options].some((option) => option.value === value)) field.append(new Option(value, value));
      field.value = value === undefined || value === null || typeof value === 'object' && kind !== 'list' ? '' : kind === 'time' ? words(String(value)) : kind === 'list' ? value.join(', ') : String(value);
    });
    if (simple) {
      const shape = shapeOf(whole) || 'above';
      const value = shape === 'condition' && whole.condition !== undefined ? whole.condition : whole.when[shape];
      byId('shape').value = shape;
      ['limit', 'upper', 'word', 'elapsed', 'expression'].forEach((id) => { byId(id).value = ''; });
      if (BOTH.includes(shape)) [byId('limit').value, byId('upper').value] = (Array.isArray(value) ? value : ['', '']).map(String);
      else if (TIMES.includes(shape)) byId('elapsed').value = words(String(value));
      else if (shape === 'is') byId('word').value = value;
      else if (shape === 'detector') {
        if (![...byId('detector').options].some((option) => option.value === value)) byId('detector').append(new Option(value, value));
        byId('detector').value = value;
      } else if (shape === 'condition') byId('expression').value = value;
      else byId('limit').value = value;
    }
    const chosen = get(whole, 'schedule.days');
    days.forEach((day) => { day.checked = !Array.isArray(chosen) || chosen.includes(day.value); });
    byId('hours').open = Boolean(whole.schedule);
    show();
  }

  function condition(rule) {
    const shape = byId('shape').value;
    const before = shapeOf(rule);
    const value = BOTH.includes(shape) ? [number(byId('limit').value), number(byId('upper').value)]
      : TIMES.includes(shape) ? duration(byId('elapsed').value)
        : shape === 'is' ? byId('word').value.trim() : shape === 'detector' ? byId('detector').value : shape === 'condition' ? byId('expression').value.trim() : number(byId('limit').value);
    if (shape === 'condition' && rule.when === undefined) { rule.condition = value; return; }
    delete rule.condition;
    // Fields of another shape would be refused.
    rule.when = shape === before && rule.when ? rule.when : {};
    if (shape !== before) delete rule.steps;
    rule.when[shape] = value;
  }

  function read() {
    const rule = copy(whole);
    if (simple) condition(rule);
    fields.forEach((field) => {
      const path = field.dataset.path;
      if (path.startsWith('when.') && (!simple || !rule.when)) return;
      const text = field.value.trim();
      const kind = field.dataset.kind;
      const old = get(rule, path);
      if (old !== undefined && typeof old === 'object' && kind !== 'list') return;
      put(rule, path, !shown(field) ? '' : kind === 'time' ? duration(text) : kind === 'number' ? (text === '' ? '' : number(text)) : kind === 'list' ? text.split(',').map((one) => one.trim()).filter(Boolean) : text);
    });
    const chosen = days.filter((day) => day.checked).map((day) => day.value);
    if (chosen.length < days.length) rule.schedule = { ...rule.schedule, days: chosen };
    else if (rule.schedule) delete rule.schedule.days;
    if (rule.schedule && !Object.keys(rule.schedule).length) delete rule.schedule;
    if (rule.scope && !Object.keys(rule.scope).length) delete rule.scope;
    return rule;
  }

  /** What must be filled in before anything can be tried, or null. */
  function missing() {
    if (!days.some((day) => day.checked)) return 'Choose a day on which the rule looks, or switch the rule off.';
    const field = [...form.querySelectorAll('[inputmode=decimal]')].find((one) => shown(one) && (simple || !one.closest('#simple')) && unclear(one.value));
    if (field) {
      const plain = field.value.trim().replaceAll(',', '');
      const reason = `write ${plain}${/^[-+]?\d+,\d+$/.test(field.value.trim()) ? ` or ${field.value.trim().replace(',', '.')}` : ''}`;
      tell(field, reason);
      return `${field.value.trim()} can be read in two ways: ${reason}.`;
    }
    if (!simple) return null;
    const shape = byId('shape').value;
    if (FIELDS.metric(shape) && !byId('metric').value.trim()) return 'Name the metric that it looks at.';
    const wanted = NUMBERS.includes(shape) ? ['limit', 'Give the limit.'] : shape === 'is' ? ['word', 'Give the text.'] : TIMES.includes(shape) ? ['elapsed', 'Say for how long.'] : shape === 'condition' ? ['expression', 'Write the expression.'] : null;
    if (wanted && !byId(wanted[0]).value.trim()) return wanted[1];
    if (BOTH.includes(shape) && !byId('upper').value.trim()) return 'Give the upper limit.';
    if (CHANGES.includes(shape) && !form.querySelector('[data-path="when.within"]').value.trim()) return 'Say within which time.';
    return null;
  }

  const unmark = () => form.querySelectorAll('[aria-invalid]').forEach((field) => {
    field.removeAttribute('aria-invalid');
    field.removeAttribute('aria-describedby');
    const small = field.closest('label').querySelector('small');
    if (small && small.dataset.said !== undefined) {
      small.textContent = small.dataset.said;
      delete small.dataset.said;
      small.classList.remove('field-wrong');
    }
  });
  function tell(place, reason) {
    const small = place.closest('label').querySelector('small');
    place.setAttribute('aria-invalid', 'true');
    if (small) {
      small.dataset.said = small.dataset.said ?? small.textContent;
      small.textContent = reason;
      small.classList.add('field-wrong');
      small.id = small.id || `why-${place.id || place.dataset.path.replaceAll('.', '-')}`;
      place.setAttribute('aria-describedby', small.id);
    }
    if (place.closest('details')) place.closest('details').open = true;
  }
  /** Puts a reason where it belongs; says whether the field is in the form. */
  function mark(field, reason) {
    const shape = byId('shape').value;
    const own = field === `when.${shape}` || field.startsWith(`when.${shape}[`) || field === 'condition' && shape === 'condition';
    const place = own && simple
      ? byId(field.endsWith('[1]') ? 'upper' : { is: 'word', detector: 'detector', condition: 'expression' }[shape] || (TIMES.includes(shape) ? 'elapsed' : 'limit'))
      : fields.find((one) => one.dataset.path === field || field.startsWith(one.dataset.path + '['));
    if (!place || place.closest('[hidden]') && place.closest('#simple[hidden]')) return false;
    tell(place, reason);
    return true;
  }

  form.addEventListener('input', () => { show(); changed(); });
  form.addEventListener('submit', (event) => event.preventDefault());
  return { write, read, missing, mark, unmark };
}
