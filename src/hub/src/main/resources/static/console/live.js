// Keeps a page up to date: takes the changed sections from the hub's event stream and works them into the
// page without touching what did not change, so that focus, selection and open details stay.
(() => {
  const body = document.body;
  const lamp = document.getElementById('live-lamp');
  let ahead = Number(body.dataset.now) - Date.now();
  let source = null;
  let again = 0;

  const show = (state, text) => {
    if (!lamp || lamp.dataset.state === state) return;
    lamp.dataset.state = state;
    lamp.lastElementChild.textContent = text;
  };

  const ago = (at) => {
    const s = Math.max(0, Math.floor((Date.now() + ahead - at) / 1000));
    if (s < 1) return 'just now';
    if (s < 60) return s + ' s ago';
    if (s < 3600) return Math.floor(s / 60) + ' min ago';
    return s < 86400 ? Math.floor(s / 3600) + ' h ago' : Math.floor(s / 86400) + ' d ago';
  };
  const age = () => {
    for (const time of document.querySelectorAll('time[data-at]')) {
      if (!time.dataset.at) continue;
      const text = ago(Number(time.dataset.at));
      if (time.textContent !== text) time.textContent = text;
    }
  };

  const alike = (a, b) => a.nodeType === b.nodeType && a.nodeName === b.nodeName
    && (a.nodeType !== 1 || a.dataset.key === b.dataset.key);

  const morph = (old, fresh) => {
    if (old.nodeType !== 1) {
      if (old.nodeValue !== fresh.nodeValue) old.nodeValue = fresh.nodeValue;
      return;
    }
    for (const { name } of [...old.attributes]) {
      if (!fresh.hasAttribute(name) && !(name === 'open' && old.nodeName === 'DETAILS')) old.removeAttribute(name);
    }
    for (const { name, value } of fresh.attributes) {
      if (old.getAttribute(name) !== value) old.setAttribute(name, value);
    }
    if (old.nodeName === 'TIME') return;
    let at = old.firstChild;
    for (const want of [...fresh.childNodes]) {
      while (at && at.nodeType === 1 && at.hasAttribute('data-keep')) at = at.nextSibling;
      let found = at;
      if (want.nodeType === 1 && want.dataset.key) {
        while (found && !alike(found, want)) found = found.nextSibling;
      }
      if (found && alike(found, want)) {
        if (found !== at) old.insertBefore(found, at);
        else at = at.nextSibling;
        morph(found, want);
      } else {
        old.insertBefore(want, at);
      }
    }
    while (at) {
      const next = at.nextSibling;
      if (!(at.nodeType === 1 && at.hasAttribute('data-keep'))) at.remove();
      at = next;
    }
  };

  const take = (message) => {
    const { now, sections } = JSON.parse(message.data);
    ahead = now - Date.now();
    for (const [id, html] of Object.entries(sections)) {
      const old = document.getElementById(id);
      const template = document.createElement('template');
      template.innerHTML = html;
      const fresh = template.content.firstElementChild;
      // An element may take its news by itself: it prevents the default.
      if (old && fresh && old.dispatchEvent(new CustomEvent('live', { cancelable: true, detail: { fresh, morph } }))) morph(old, fresh);
    }
    show('on', 'Live');
    age();
  };

  const close = () => {
    clearTimeout(again);
    if (source) source.close();
    source = null;
  };
  const open = () => {
    close();
    source = new EventSource(body.dataset.live);
    source.onopen = () => show('on', 'Live');
    source.onmessage = take;
    source.onerror = () => {
      show('off', 'Reconnecting');
      // A refused stream is not tried again by the browser itself.
      if (source && source.readyState === EventSource.CLOSED) again = setTimeout(open, 5000);
    };
  };

  setInterval(age, 1000);
  age();
  if (!body.dataset.live) return;
  open();
  // A browser has six connections to one host: a page nobody looks at gives its own back.
  document.addEventListener('visibilitychange', () => (document.hidden ? close() : open()));
  addEventListener('pagehide', close);
  addEventListener('pageshow', (event) => event.persisted && open());
})();
