// Sends the chosen file as the request's body and puts the report below the form.
(() => {
  const form = document.getElementById('upload');
  if (!form) return;
  const file = document.getElementById('file');
  const name = document.getElementById('file-name');
  const progress = document.getElementById('progress');
  const state = document.getElementById('upload-state');
  const report = document.getElementById('upload-report');
  const drop = form.querySelector('.drop');
  const buttons = form.querySelectorAll('button');
  const enable = on => buttons.forEach(button => { button.disabled = !on; });
  const size = bytes => bytes < 1e6 ? Math.ceil(bytes / 1e3) + ' kB' : (bytes / 1e6).toFixed(1) + ' MB';

  const chosen = () => {
    const picked = file.files[0];
    name.textContent = picked ? picked.name + ', ' + size(picked.size) : 'Choose a file, or drop one here';
    enable(Boolean(picked));
  };
  file.addEventListener('change', chosen);
  // It may have been chosen before this script was there.
  chosen();
  ['dragover', 'dragleave', 'drop'].forEach(kind => drop.addEventListener(kind, event => {
    event.preventDefault();
    drop.classList.toggle('drop-over', kind === 'dragover');
    if (kind === 'drop' && event.dataTransfer.files.length) {
      file.files = event.dataTransfer.files;
      chosen();
    }
  }));

  form.addEventListener('submit', event => {
    event.preventDefault();
    const dry = event.submitter && event.submitter.value === 'dry';
    const request = new XMLHttpRequest();
    request.open('POST', '/uploads?dry_run=' + dry);
    request.setRequestHeader('Content-Type', 'text/csv');
    if (form.dataset.csrfHeader) request.setRequestHeader(form.dataset.csrfHeader, form.dataset.csrf);
    request.upload.onprogress = sent => { if (sent.lengthComputable) progress.value = sent.loaded / sent.total; };
    request.onloadend = () => {
      progress.hidden = true;
      enable(true);
      const html = (request.getResponseHeader('Content-Type') || '').startsWith('text/html');
      state.textContent = request.status === 403 ? 'Not allowed, or signed out: reload the page.'
        : html ? '' : 'The hub cannot be reached; what was stored stays stored.';
      if (html && request.status !== 403) report.innerHTML = request.responseText;
    };
    enable(false);
    progress.value = 0;
    progress.hidden = false;
    state.textContent = dry ? 'Trying' : 'Storing';
    report.textContent = '';
    request.send(file.files[0]);
  });
})();
