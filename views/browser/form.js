// What the pages that work with keys have in common.

/** Says what went wrong, where somebody who cannot see the page hears it too. */
export function showFailure(text) {
  const place = document.querySelector('[data-failed]');
  place.textContent = text;
  place.hidden = false;
}

export function base64Of(bytes) {
  let text = '';
  for (let at = 0; at < bytes.length; at += 8192)
    text += String.fromCharCode(...bytes.subarray(at, at + 8192));
  return btoa(text);
}

export const bytesOf = (base64) => Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
