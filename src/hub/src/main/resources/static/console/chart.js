// Shows the value under the pointer in a history chart.
(() => {
  const box = { width: 420, height: 150 };
  const points = (plot) => plot.dataset.points.split(';').filter(Boolean).map((p) => {
    const [x, y, value, at] = p.split(' ');
    return { x: Number(x), y: Number(y), value, at: Number(at) };
  });
  const tip = (plot) => {
    let node = plot.querySelector('.tip');
    if (!node) {
      node = document.createElementNS('http://www.w3.org/2000/svg', 'svg');
      node.setAttribute('class', 'tip');
      node.setAttribute('viewBox', `0 0 ${box.width} ${box.height}`);
      node.setAttribute('data-keep', '');
      for (const name of ['line', 'circle', 'text']) node.append(document.createElementNS(node.namespaceURI, name));
      plot.append(node);
    }
    return node;
  };
  const move = (event) => {
    const plot = event.target.closest && event.target.closest('.plot');
    for (const other of document.querySelectorAll('.plot > .tip')) if (other.parentNode !== plot) other.remove();
    if (!plot || !plot.dataset.points) return;
    const rect = plot.getBoundingClientRect();
    const x = (event.clientX - rect.left) / rect.width * box.width;
    let best = null;
    for (const p of points(plot)) if (!best || Math.abs(p.x - x) < Math.abs(best.x - x)) best = p;
    if (!best) return;
    const [line, circle, text] = tip(plot).children;
    const set = (node, values) => Object.entries(values).forEach(([k, v]) => node.setAttribute(k, v));
    set(line, { x1: best.x, x2: best.x, y1: 8, y2: box.height - 20 });
    set(circle, { cx: best.x, cy: best.y, r: 3.5 });
    const right = best.x > box.width / 2;
    set(text, { x: best.x + (right ? -8 : 8), y: 18, 'text-anchor': right ? 'end' : 'start' });
    text.textContent = `${best.value} ${plot.dataset.unit} · ${new Date(best.at).toISOString().slice(11, 19)}`;
  };
  document.addEventListener('pointermove', move, { passive: true });
})();
