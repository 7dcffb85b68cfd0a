// A text box that shows code: the box itself stays the browser's own (undo, selection, screen readers), the colours
// lie behind it. Tab indents; Esc and then Tab leaves.
import { paint } from './highlight.js';

const INDENT = '  ';

/**
 * Makes an editor of a `.code` box (fragment editing :: code).
 * Gives {box, area, value, language, readOnly, onInput, mark, clear, toFault, focus}.
 */
export function codeEditor(box) {
  const area = box.querySelector('textarea');
  const paper = box.querySelector('.code-paint');
  const gutter = box.querySelector('.code-lines');
  const told = box.querySelector('.code-problem');
  const listeners = [];
  let language = box.dataset.language;
  let fault = null;
  let free = false;
  let known = -1;

  const scroll = () => {
    paper.style.transform = `translate(${-area.scrollLeft}px, ${-area.scrollTop}px)`;
    gutter.style.transform = `translateY(${-area.scrollTop}px)`;
  };
  const draw = () => {
    paper.replaceChildren(...paint(language, area.value, fault));
    const count = area.value.split('\n').length;
    if (count !== known || fault || gutter.querySelector('.code-fault')) {
      known = count;
      gutter.replaceChildren(...Array.from({ length: count }, (_, i) => {
        const number = document.createElement('span');
        number.textContent = i + 1;
        if (fault && fault.line === i + 1) number.className = 'code-fault';
        return number;
      }));
    }
    scroll();
  };
  const changed = () => {
    draw();
    listeners.forEach((listen) => listen(area.value));
  };
  const type = (text) => {
    // Deprecated, and the only way that the browser's undo knows of.
    if (!document.execCommand('insertText', false, text)) {
      area.setRangeText(text, area.selectionStart, area.selectionEnd, 'end');
      changed();
    }
  };
  const lineStart = (at) => area.value.lastIndexOf('\n', at - 1) + 1;

  const indent = (back) => {
    const { selectionStart: from, selectionEnd: to, value } = area;
    if (from === to && !back) return type(INDENT);
    const start = lineStart(from);
    const lines = value.slice(start, to).split('\n');
    const moved = lines.map((line) => (back ? line.replace(/^ {1,2}/, '') : line ? INDENT + line : line)).join('\n');
    area.setSelectionRange(start, to);
    type(moved);
    if (from !== to) area.setSelectionRange(start, start + moved.length);
    else area.setSelectionRange(Math.max(start, from - (to - start - moved.length)), Math.max(start, from - (to - start - moved.length)));
  };
  const newLine = () => {
    const before = area.value.slice(lineStart(area.selectionStart), area.selectionStart);
    const lead = /^ */.exec(before)[0];
    const opens = /[([{]\s*$/.test(before);
    const closes = opens && /^\s*[)\]}]/.test(area.value.slice(area.selectionEnd));
    type('\n' + lead + (opens ? INDENT : ''));
    if (closes) {
      const at = area.selectionStart;
      type('\n' + lead);
      area.setSelectionRange(at, at);
    }
  };

  area.addEventListener('input', changed);
  area.addEventListener('scroll', scroll, { passive: true });
  area.addEventListener('blur', () => { free = false; });
  area.addEventListener('keydown', (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || area.readOnly || event.isComposing) return;
    if (event.key === 'Escape') free = true;
    else if (event.key === 'Tab' && !free) { event.preventDefault(); indent(event.shiftKey); }
    else if (event.key === 'Enter' && !event.shiftKey) { event.preventDefault(); newLine(); }
    else if (event.key !== 'Shift' && event.key !== 'Tab') free = false;
  });

  const say = (text) => {
    if (!told) return;
    told.hidden = !text;
    if (told.textContent !== text) told.textContent = text;
  };
  const editor = {
    box,
    area,
    get value() { return area.value; },
    set value(text) { if (text !== area.value) { area.value = text; draw(); } },
    set language(name) { language = name; draw(); },
    /** Puts a text in the place of all, so that Ctrl+Z takes it back. */
    replace(text) {
      if (text === area.value) return;
      area.focus();
      area.select();
      // A box that is not shown takes no focus, and the text would land in another.
      if (document.activeElement !== area || !(text ? document.execCommand('insertText', false, text) : document.execCommand('delete'))) {
        area.value = text;
        changed();
      }
      area.setSelectionRange(0, 0);
      area.scrollTop = 0;
    },
    get readOnly() { return area.readOnly; },
    set readOnly(on) { area.readOnly = on; box.classList.toggle('code-read', on); },
    /** Calls back with the text when the person has changed it. */
    onInput(listen) { listeners.push(listen); },
    /** Marks a place and says what is wrong there. */
    mark({ line, column, reason }) {
      fault = line ? { line, column } : null;
      area.setAttribute('aria-invalid', 'true');
      say(line ? `Line ${line}${column ? `, column ${column}` : ''}: ${reason}` : reason);
      if (told && line) {
        const go = document.createElement('button');
        go.type = 'button';
        go.className = 'link';
        go.textContent = 'Go there';
        go.addEventListener('click', () => editor.toFault());
        told.append(' ', go);
      }
      draw();
    },
    clear() {
      fault = null;
      area.removeAttribute('aria-invalid');
      say('');
      draw();
    },
    get faulty() { return area.hasAttribute('aria-invalid'); },
    /** Puts the cursor where the fault is. */
    toFault() {
      if (!fault) return area.focus();
      const lines = area.value.split('\n');
      const before = lines.slice(0, fault.line - 1).reduce((sum, line) => sum + line.length + 1, 0);
      const end = before + lines[Math.min(fault.line, lines.length) - 1].length;
      const at = Math.min(before + Math.max(0, (fault.column || 1) - 1), end);
      area.focus();
      area.setSelectionRange(at, Math.min(at + 1, end));
      area.scrollTop = Math.max(0, (fault.line - 4) * parseFloat(getComputedStyle(area).lineHeight));
      return undefined;
    },
    focus() { area.focus(); },
  };
  draw();
  return editor;
}
