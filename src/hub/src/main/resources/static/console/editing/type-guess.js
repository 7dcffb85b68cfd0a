// What a payload looks like: a message of many devices, and a schema of it. Only ever offered, never done.
const IDS = /^(id|_id|uid|sn|serial|serial_?n(o|umber)|mac|mac_?addr(ess)?|addr(ess)?|dev_?eui|eui|imei|name|room|zone|unit|slave|port|channel|ch|node|sensor|device|tag|beacon)$/i;
const PLAIN = /^[A-Za-z_]\w*$/;

const isObject = (value) => value !== null && typeof value === 'object' && !Array.isArray(value);
const quoted = (key) => (PLAIN.test(key) ? key : '`' + key + '`');

/** The first array of two objects or more of which each names itself: {split, id, count}, or null. split is empty for the message itself. */
export function manyDevices(payload) {
  const look = (value, path, depth) => {
    if (Array.isArray(value)) {
      if (value.length < 2 || !value.every(isObject)) return null;
      const id = Object.keys(value[0]).filter((key) => IDS.test(key)).find((key) => {
        const all = value.map((one) => one[key]);
        return all.every((one) => ['string', 'number'].includes(typeof one)) && new Set(all).size === all.length;
      });
      const readings = id && value.some((one) => Object.entries(one).some(([key, of]) => key !== id && (typeof of === 'number' || isObject(of))));
      // A list of readings, {name, value}, is one device's.
      const list = id && Object.keys(value[0]).length <= 4 && Object.keys(value[0]).some((key) => /^(v|val|value)$/i.test(key));
      return readings && !list ? { split: path, id, count: value.length } : null;
    }
    if (!isObject(value) || depth === 0) return null;
    for (const [key, child] of Object.entries(value)) {
      const found = look(child, path ? `${path}.${quoted(key)}` : quoted(key), depth - 1);
      if (found) return found;
    }
    return null;
  };
  return look(payload, '', 3);
}

/** A JSON Schema that the payload fits: its fields with their types; those of lists by all of their items. */
export function schemaOf(values) {
  const kinds = new Set(values.map((value) => (value === null ? 'null' : Array.isArray(value) ? 'array' : typeof value === 'number' ? 'number' : typeof value)));
  const schema = kinds.size === 1 ? { type: [...kinds][0] } : { type: [...kinds] };
  const objects = values.filter(isObject);
  if (objects.length) {
    const keys = [...new Set(objects.flatMap(Object.keys))];
    const always = keys.filter((key) => objects.every((one) => key in one));
    if (always.length && always.length <= 12) schema.required = always;
    schema.properties = Object.fromEntries(keys.slice(0, 200).map((key) => [key, schemaOf(objects.filter((one) => key in one).map((one) => one[key]))]));
  }
  const items = values.filter(Array.isArray).flat();
  if (items.length) schema.items = schemaOf(items);
  return schema;
}
