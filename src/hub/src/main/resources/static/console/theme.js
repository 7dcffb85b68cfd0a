// Sets the theme before the first paint: the viewer's choice when there is one, the system's otherwise.
(() => {
  const root = document.documentElement;
  const system = matchMedia('(prefers-color-scheme: dark)');
  const chosen = () => localStorage.getItem('hub-theme');
  const apply = () => root.setAttribute('data-bs-theme', chosen() || (system.matches ? 'dark' : 'light'));
  apply();
  system.addEventListener('change', apply);
  addEventListener('DOMContentLoaded', () => {
    const button = document.getElementById('theme');
    if (!button) return;
    button.addEventListener('click', () => {
      const next = root.getAttribute('data-bs-theme') === 'dark' ? 'light' : 'dark';
      // Choosing what the system has means following the system again.
      if (next === (system.matches ? 'dark' : 'light')) localStorage.removeItem('hub-theme');
      else localStorage.setItem('hub-theme', next);
      apply();
    });
  });
})();
