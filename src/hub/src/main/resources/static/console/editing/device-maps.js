// Begins a device map: goes to the editor of its name.
const form = document.getElementById('new-map');
if (form) form.addEventListener('submit', (event) => {
  event.preventDefault();
  const name = document.getElementById('new-name').value.trim().replaceAll('/', ':');
  location.href = `/device-maps/${name}.${document.getElementById('new-protocol').value}.yaml`;
});
