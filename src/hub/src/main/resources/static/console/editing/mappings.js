// Begins a mapping: goes to the editor of its name.
const form = document.getElementById('new-mapping');
if (form) form.addEventListener('submit', (event) => {
  event.preventDefault();
  location.href = '/mappings/' + document.getElementById('new-name').value.trim().replaceAll('/', ':');
});
