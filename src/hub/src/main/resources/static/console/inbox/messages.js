// Messages: all of them read at once.
import { call } from '../editing/call.js';

document.getElementById('all-read')?.addEventListener('click', async () => {
  const answer = await call('POST', '/inbox/read', {});
  if (answer.ok) { location.reload(); return; }
  const wrong = document.getElementById('wrong');
  wrong.hidden = false;
  wrong.textContent = answer.body.detail;
});
