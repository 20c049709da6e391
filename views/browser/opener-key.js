// Makes an opener's key here and wraps it by a passphrase: what is sent is the public half and the wrapped one.
import { Encrypter } from 'age-encryption';
import { makeKeyPair } from '../../src/bids/sealing.ts';
import { base64Of, showFailure } from './shared/form.js';

const form = document.querySelector('form[data-opener-key]');
const [passphrase, again] = form.querySelectorAll('input[type="password"]');
const button = form.querySelector('button');
button.disabled = false;

form.addEventListener('submit', async (event) => {
  event.preventDefault();
  if (passphrase.value.length < 12) return showFailure(form.dataset.tooShort);
  if (passphrase.value !== again.value) return showFailure(form.dataset.differ);
  button.disabled = true;
  button.querySelector('span').textContent = form.dataset.working;
  // Let the browser say so before it works for a second.
  await new Promise((resolve) => setTimeout(resolve, 50));
  const { identity, recipient } = await makeKeyPair();
  const encrypter = new Encrypter();
  encrypter.setPassphrase(passphrase.value);
  form.elements.wrapped.value = base64Of(await encrypter.encrypt(identity));
  form.elements.recipient.value = recipient;
  form.submit();
});
