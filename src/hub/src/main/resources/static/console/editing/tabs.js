// Tabs by the pattern that screen readers know: arrows move among them, Tab goes on to the panel.
/** Makes tabs of a role=tablist. Gives {select(id), current}; `changed` hears the id of the tab chosen. */
export function tabs(list, changed = () => {}) {
  const all = [...list.querySelectorAll('[role=tab]')];
  const select = (tab, focus) => {
    all.forEach((one) => {
      const on = one === tab;
      one.setAttribute('aria-selected', String(on));
      one.tabIndex = on ? 0 : -1;
      document.getElementById(one.getAttribute('aria-controls')).hidden = !on;
    });
    if (focus) tab.focus();
    changed(tab.id);
  };
  all.forEach((tab, i) => {
    tab.addEventListener('click', () => select(tab));
    tab.addEventListener('keydown', (event) => {
      const by = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
      if (by) { event.preventDefault(); select(all[(i + by + all.length) % all.length], true); }
    });
  });
  all.forEach((tab) => { tab.tabIndex = tab.getAttribute('aria-selected') === 'true' ? 0 : -1; });
  return {
    select: (id) => select(document.getElementById(id)),
    get current() { return (all.find((tab) => tab.getAttribute('aria-selected') === 'true') || {}).id; },
  };
}
