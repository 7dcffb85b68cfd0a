// Calls the hub's API in the name of who is signed in: the session goes along by itself, the token in the header
// is what a page from elsewhere cannot show. Each session has a token of its own, so after signing in again in another
// tab the page asks for the new one by itself.
const frame = () => document.getElementById('editing');

/** A name in a path of the API: a slash is a colon there. */
export const inPath = (name) => name.split('/').map(encodeURIComponent).join(':');

/**
 * Never throws. Gives {ok, status, body, etag}; when not ok, body is a problem {detail, field, title} that says what
 * can be done, whatever went wrong.
 */
export async function call(method, path, body, ifMatch) {
  const headers = {};
  if (body !== undefined) headers['Content-Type'] = 'application/json';
  if (ifMatch) headers['If-Match'] = ifMatch;
  return answerOf('/api/v1' + path, { method, headers, body: body === undefined ? undefined : JSON.stringify(body) });
}

/** A POST of a text to the console itself, answered in JSON; as call, it never throws. */
export const post = (path, type, body) => answerOf(path, { method: 'POST', headers: { 'Content-Type': type }, body });

async function answerOf(url, options) {
  const send = () => fetch(url, { ...options, headers: { ...options.headers, Accept: 'application/json', 'X-CSRF-TOKEN': frame().dataset.csrf }, redirect: 'error', cache: 'no-store' });
  try {
    let answer = await send();
    if (answer.status === 403 && options.method !== 'GET') {
      const tenant = await renewed();
      if (tenant && tenant !== frame().dataset.tenant) return { ok: false, status: 403, etag: null, body: { detail: `You are signed in to the tenant ${tenant} now, and this page is of ${frame().dataset.tenant}. What you wrote is still here; sign in to ${frame().dataset.tenant} in another tab and try again.` } };
      if (tenant) answer = await send();
    }
    const text = await answer.text();
    let content = null;
    try { content = text ? JSON.parse(text) : null; } catch { content = null; }
    if (!answer.ok) content = problem(answer.status, content, url);
    return { ok: answer.ok, status: answer.status, body: content, etag: answer.headers.get('ETag') };
  } catch {
    return { ok: false, status: 0, etag: null, body: { detail: 'The hub cannot be reached. What you wrote is still here; try again in a moment.' } };
  }
}

/** Takes the token of the session there is now; gives its tenant, or null when nobody is signed in. */
async function renewed() {
  const answer = await fetch(location.href, { headers: { Accept: 'text/html' }, redirect: 'manual', cache: 'no-store' }).catch(() => null);
  const now = answer && answer.ok && new DOMParser().parseFromString(await answer.text(), 'text/html').getElementById('editing');
  if (!now || !now.dataset.csrf) return null;
  if (now.dataset.tenant === frame().dataset.tenant) frame().dataset.csrf = now.dataset.csrf;
  return now.dataset.tenant;
}

function problem(status, content, url) {
  const who = /^\/api\/v1\/(events|actions)\b/.test(url) ? 'admins, engineers and dispatchers' : 'admins and engineers';
  if (status === 401) return { detail: 'You are signed out. Sign in in another tab, reload nothing here, and try again.' };
  if (status === 403) return { detail: `Not allowed, or signed out meanwhile: this is for ${who}. What you wrote is still here; sign in in another tab and try again.` };
  return content && content.detail ? content : { detail: 'The hub answered ' + status + '.' };
}

/** {line, column, reason} of a text such as "line 3, column 5: expected )"; line 0 when it names no place. */
export function place(text) {
  const found = /^(?:.*?:\s*)?line (\d+)(?:, column (\d+))?:?\s*([\s\S]*)$/.exec(text || '');
  return found ? { line: Number(found[1]), column: Number(found[2] || 0), reason: found[3] } : { line: 0, column: 0, reason: text || '' };
}
