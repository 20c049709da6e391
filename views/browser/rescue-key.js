// Finds the key that is asked for among those this browser kept, so that nobody has to look for a file.
import { keptKeys, keyOfEnvelope } from './shared/own-keys.js';

const form = document.querySelector('form[data-rescue]');
const { rescue: base, bidId, version, envelope, recipient } = form.dataset;
const button = form.querySelector('[data-take-kept]');
const key = await keyOfEnvelope(base, { envelope, version, recipient }, await keptKeys(bidId, version));
button.closest('[data-kept]').hidden = key === null;
button.addEventListener('click', () => {
  form.elements.key.value = key;
  form.elements.key.focus();
});
