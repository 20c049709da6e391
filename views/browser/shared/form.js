// What the pages that work with keys have in common.

/**
 * Says what went wrong, where somebody who cannot see the page hears it too; `entries` lead to the fields they are about.
 * @param entries `{ text, field }` each, `field` the id of an input
 */
export function showFailure(text, entries = []) {
  const place = document.querySelector('[data-failed]');
  const list = document.createElement('ul');
  list.className = 'mb-0 ps-3';
  for (const entry of entries) {
    const link = Object.assign(document.createElement('a'), {
      textContent: entry.text,
      href: `#${entry.field}`,
    });
    const item = document.createElement('li');
    item.append(link);
    list.append(item);
  }
  const words = Object.assign(document.createElement('div'), { textContent: text, className: 'text-body' });
  if (entries.length > 0) words.append(list);
  place.replaceChildren(words);
  place.hidden = false;
  place.scrollIntoView({ block: 'center' });
}

/** Takes back what {@link showFailure} said. */
export const hideFailure = () => {
  document.querySelector('[data-failed]').hidden = true;
};

export function base64Of(bytes) {
  let text = '';
  for (let at = 0; at < bytes.length; at += 8192)
    text += String.fromCharCode(...bytes.subarray(at, at + 8192));
  return btoa(text);
}

export const bytesOf = (base64) => Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));

/**
 * What the server answered: `body` where it took what was sent, else `code` and `message`; `code` is `offline` where
 * nothing came back, and `signed-out` where it wants somebody to sign in.
 */
export async function answerOf(sent) {
  const answer = await sent.catch(() => null);
  if (answer === null) return { code: 'offline', message: '' };
  if (answer.redirected || answer.status === 401 || answer.status === 403)
    return { code: 'signed-out', message: '' };
  const body = await answer.json().catch(() => null);
  if (answer.ok && body !== null) return { body };
  return { code: body?.code ?? 'crash', message: body?.message ?? '' };
}
