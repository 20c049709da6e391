// Makes an opener's key here and wraps it by a passphrase: what is sent is the public half and the wrapped one.
import { makeKeyPair } from '../../src/bids/sealing.ts';
import { base64Of, showFailure } from './shared/form.js';
import { letItShow, PASSPHRASE_AT_LEAST, wrapKey } from './shared/wrapping.js';

const form = document.querySelector('form[data-opener-key]');
const [passphrase, again] = form.querySelectorAll('input[type="password"]');
const button = form.querySelector('button');
button.disabled = false;

form.addEventListener('submit', async (event) => {
  event.preventDefault();
  if (passphrase.value.length < PASSPHRASE_AT_LEAST) return showFailure(form.dataset.tooShort);
  if (passphrase.value !== again.value) return showFailure(form.dataset.differ);
  button.disabled = true;
  button.querySelector('span').textContent = form.dataset.working;
  await letItShow();
  const { identity, recipient } = await makeKeyPair();
  form.elements.wrapped.value = base64Of(await wrapKey(identity, passphrase.value));
  form.elements.recipient.value = recipient;
  form.submit();
});
