// Counts down to the moments that elements with data-until name, by the hub's clock.
(() => {
  const ahead = Number(document.body.dataset.now) - Date.now();
  const words = (at) => {
    const s = Math.ceil((at - Date.now() - ahead) / 1000);
    if (s <= 0) return 'now';
    if (s < 60) return 'in ' + s + ' s';
    if (s < 3600) return 'in ' + Math.ceil(s / 60) + ' min';
    return s < 86400 ? 'in ' + Math.ceil(s / 3600) + ' h' : 'in ' + Math.ceil(s / 86400) + ' d';
  };
  const tell = () => {
    for (const time of document.querySelectorAll('time[data-until]')) {
      const text = words(Number(time.dataset.until));
      if (time.textContent !== text) time.textContent = text;
    }
  };
  setInterval(tell, 1000);
  tell();
})();
