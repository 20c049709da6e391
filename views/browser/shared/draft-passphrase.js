// A passphrase for the draft: it locks the draft's key here, and opens it in another browser.
import { base64Of, bytesOf, hideFailure, showFailure } from './form.js';
import { letItShow, PASSPHRASE_AT_LEAST, unwrapKey, wrapKey } from './wrapping.js';

/** @param wrappedKey base64 of the locked key, or null; `findKey` gives the draft's key, `begin` goes on with it */
export function lockByPassphrase(place, { words, wrappedKey, findKey, send, sayWhyNot, begin }) {
  const [first, again] = place.querySelectorAll('[data-passphrase] input');
  const says = place.querySelector('[data-wrapped]');
  place.querySelector('[data-wrap]').addEventListener('click', async () => {
    if (first.value.length < PASSPHRASE_AT_LEAST) return showFailure(words('sealing.passphrase.too-short'));
    if (first.value !== again.value) return showFailure(words('sealing.passphrase.differ'));
    hideFailure();
    says.textContent = words('sealing.passphrase.working');
    await letItShow();
    const wrapped = base64Of(await wrapKey(findKey(), first.value));
    const { body, ...refusal } = await send('draft-key', new URLSearchParams({ wrapped }));
    says.textContent = body === undefined ? '' : words('sealing.passphrase.locked');
    if (body === undefined) return sayWhyNot(refusal);
    for (const input of [first, again]) input.value = '';
  });
  place.querySelector('[data-open-draft]')?.addEventListener('click', async () => {
    await letItShow();
    const key = await unwrapKey(bytesOf(wrappedKey), place.querySelector('#draft-passphrase').value);
    if (key === null) return showFailure(words('sealing.passphrase.wrong'));
    await begin(key);
  });
}
