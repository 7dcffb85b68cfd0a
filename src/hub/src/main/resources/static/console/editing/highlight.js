// Cuts a text into pieces by kind, for painting: JSONata, JSON, YAML. A piece is [kind, text].
const STRING = /"(?:[^"\\]|\\[\s\S])*(?:"|$)|'(?:[^'\\]|\\[\s\S])*(?:'|$)/y;
const NUMBER = /\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/y;

const LANGUAGES = {
  jsonata: [
    ['comment', /\/\*[\s\S]*?(?:\*\/|$)/y],
    ['string', STRING],
    ['field', /`[^`]*(?:`|$)/y],
    ['pattern', /\/(?![/*\s])(?:[^/\\\n]|\\.)+\/[im]*/y],
    ['function', /\$[A-Za-z_]\w*(?=\s*\()/y],
    ['variable', /\$\$|\$\w*/y],
    ['number', NUMBER],
    ['word', /(?:and|or|in|true|false|null|function)(?![\w$])|λ/y],
    ['field', /[\p{L}_][\p{L}\p{N}_]*/uy],
    ['sign', /:=|~>|\*\*|\.\.|!=|<=|>=|[-+*/%&|=<>?:^@#;,.!~]/y],
    ['bracket', /[()[\]{}]/y],
  ],
  json: [
    ['key', /"(?:[^"\\]|\\.)*"(?=\s*:)/y],
    ['string', /"(?:[^"\\\n]|\\.)*(?:"|$)?/y],
    ['number', /-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/y],
    ['word', /(?:true|false|null)\b/y],
    ['bracket', /[[\]{}]/y],
    ['sign', /[,:]/y],
  ],
  yaml: [
    ['comment', /#[^\n]*/y],
    ['key', /(?:"(?:[^"\\\n]|\\.)*"|'[^'\n]*'|[^\s"'#{}[\],:][^\n#{}[\],:]*?(?:\[[^\]\n]*\][^\n#{}[\],:]*?)*)(?=\s*:(?:\s|$))/y],
    ['string', /"(?:[^"\\\n]|\\.)*(?:"|$)?|'[^'\n]*(?:'|$)?/y],
    ['number', /-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?(?![\w.])/y],
    ['word', /(?:true|false|null|yes|no|on|off)(?![\w-])/y],
    ['bracket', /[[\]{}]/y],
    ['sign', /[,:-](?=\s|$)/y],
    ['text', /[^\s#{}[\],:"']+/y],
  ],
};

// After one of these a slash divides; anywhere else it opens a pattern.
const OPERAND = new Set(['number', 'string', 'field', 'variable', 'pattern']);

export function pieces(language, text) {
  const rules = LANGUAGES[language] || [];
  const found = [];
  let last = ['', ''];
  let at = 0;
  let plain = '';
  const flush = () => { if (plain) found.push(['text', plain]); plain = ''; };
  while (at < text.length) {
    let hit = null;
    if (!/\s/.test(text[at])) {
      for (const [kind, rule] of rules) {
        if (kind === 'pattern' && (OPERAND.has(last[0]) || last[1] === ')' || last[1] === ']')) continue;
        rule.lastIndex = at;
        const match = rule.exec(text);
        if (match && match[0]) { hit = [kind, match[0]]; break; }
      }
    }
    if (!hit) {
      plain += text[at++];
      continue;
    }
    flush();
    // "name": right after { or , is a key of an object; after ? it is a branch.
    if (language === 'jsonata' && (hit[0] === 'string') && (last[1] === '{' || last[1] === ',')
        && /^\s*:(?!=)/.test(text.slice(at + hit[1].length, at + hit[1].length + 40))) hit[0] = 'key';
    found.push(hit);
    if (hit[0] !== 'comment') last = hit;
    at += hit[1].length;
  }
  flush();
  return found;
}

/** The text as one element for each line; `fault` is {line, column} from 1, or null. */
export function paint(language, text, fault) {
  const lines = [[]];
  for (const [kind, piece] of pieces(language, text)) {
    piece.split('\n').forEach((part, i) => {
      if (i) lines.push([]);
      if (part) lines[lines.length - 1].push([kind, part]);
    });
  }
  return lines.map((line, i) => {
    const row = document.createElement('span');
    row.className = 'code-line';
    if (fault && fault.line === i + 1) {
      row.classList.add('code-fault');
      line = marked(line, fault.column, language === 'jsonata');
    }
    for (const [kind, part] of line) {
      const span = document.createElement(kind === 'mark' ? 'mark' : 'span');
      if (kind !== 'text' && kind !== 'mark') span.className = 'tok-' + kind;
      span.textContent = part;
      row.append(span);
    }
    row.append('\n');
    return row;
  });
}

/** Marks the piece at a column; in JSONata places are told behind the piece that is wrong. */
function marked(line, column, behind) {
  if (!column) return line;
  let at = 1;
  let hit = -1;
  line.forEach(([, part], i) => {
    if (behind ? at < column && part.trim() : at <= column) hit = i;
    at += part.length;
  });
  if (hit < 0) return [...line, ['mark', ' ']];
  return line.map(([kind, part], i) => {
    if (i !== hit) return [kind, part];
    return ['mark', part];
  });
}
