/** JSON in lines, each number and text as it was written; what is no JSON, or is in lines already, stays as it is. */
export function layOut(text) {
  if (/\n/.test(text.trim()) || text.length < 60 || text.length > 200_000) return text;
  try { JSON.parse(text); } catch { return text; }
  let out = '';
  let depth = 0;
  const line = () => '\n' + '  '.repeat(depth);
  for (const [token] of text.matchAll(/"(?:[^"\\]|\\.)*"|[{}[\],:]|[^\s{}[\],:"]+/g)) {
    if (token === '{' || token === '[') { depth++; out += token + line(); }
    else if (token === '}' || token === ']') { depth--; out = /[{[]\s*$/.test(out) ? out.trimEnd() + token : out + line() + token; }
    else if (token === ',') out += token + line();
    else out += token === ':' ? ': ' : token;
  }
  return out;
}
