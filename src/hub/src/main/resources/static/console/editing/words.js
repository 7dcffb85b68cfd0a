// How numbers, units and moments are put before a person.
let units = null;

/** A unit as people write it; the hub tells which in data-units of the page. */
export function unit(ucum) {
  if (!ucum) return '';
  units = units || JSON.parse(document.getElementById('editing').dataset.units || '{}');
  return units[ucum] ?? ucum;
}

/** Six significant digits at most; what is no number as it is. */
export function rounded(value) {
  if (typeof value !== 'number' || !Number.isFinite(value)) return value === null || value === undefined ? '–' : String(value);
  const size = Math.abs(value);
  if (size !== 0 && (size >= 1e9 || size < 1e-4)) return Number(value.toPrecision(4)).toExponential();
  return value.toLocaleString('en', { maximumSignificantDigits: size >= 1e6 ? 9 : 6 });
}

/** A value of any kind in one short line. */
export function brief(value) {
  if (typeof value === 'number') return rounded(value);
  if (typeof value === 'string') return value.length > 60 ? value.slice(0, 58) + '…' : value;
  const text = JSON.stringify(value) ?? '';
  return text.length > 60 ? text.slice(0, 58) + '…' : text;
}

/** 12:04:09 today, 20 Nov 12:04:09 before; in UTC, as everywhere in the console. */
export function moment(iso) {
  const then = new Date(iso);
  if (!iso || Number.isNaN(then.getTime())) return '';
  const clock = then.toISOString().slice(11, 19);
  if (then.toISOString().slice(0, 10) === new Date().toISOString().slice(0, 10)) return clock;
  const day = then.toLocaleDateString('en-GB', { day: 'numeric', month: 'short', year: then.getUTCFullYear() === new Date().getUTCFullYear() ? undefined : 'numeric', timeZone: 'UTC' });
  return `${day} ${clock}`;
}

export const count = (n, one, many) => `${n.toLocaleString('en')} ${n === 1 ? one : many || one + 's'}`;

/** An element with a class and children; texts are texts, never markup. */
export function el(tag, className, ...children) {
  const node = document.createElement(tag);
  if (className) node.className = className;
  node.append(...children.filter((child) => child !== null && child !== undefined && child !== false));
  return node;
}

/** How long ago, in one unit. */
export function ago(iso) {
  const s = Math.max(0, Math.floor((Date.now() - new Date(iso).getTime()) / 1000));
  if (s < 60) return s < 1 ? 'just now' : `${s} s ago`;
  if (s < 3600) return `${Math.floor(s / 60)} min ago`;
  return s < 86400 ? `${Math.floor(s / 3600)} h ago` : `${Math.floor(s / 86400)} d ago`;
}
