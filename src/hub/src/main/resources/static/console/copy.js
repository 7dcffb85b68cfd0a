// Copies the text of the element that a button names.
for (const button of document.querySelectorAll('[data-copy]')) {
  button.addEventListener('click', async () => {
    const source = document.getElementById(button.dataset.copy);
    const selection = getSelection();
    selection.selectAllChildren(source);
    try {
      await navigator.clipboard.writeText(source.textContent);
      button.textContent = 'Copied';
    } catch {
      // Without a secure context the browser lets a page select, not copy.
      button.textContent = document.execCommand('copy') ? 'Copied' : 'Selected: copy it';
    }
    setTimeout(() => { button.textContent = 'Copy'; }, 4000);
  });
}
