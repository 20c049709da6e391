// Opens an opener's shares with its passphrase, here, and gives them. Neither the passphrase nor the key leaves this page.
import { openShare } from '../../src/bids/sealing.ts';
import { base64Of, bytesOf, showFailure } from './shared/form.js';
import { unwrapKey } from './shared/wrapping.js';

const form = document.querySelector('form[data-opener-part]');
const passphrase = form.querySelector('input[type="password"]');
const button = form.querySelector('button');
const words = button.querySelector('span');
const asked = words.textContent;
button.disabled = false;

const stop = (why) => {
  button.disabled = false;
  words.textContent = asked;
  showFailure(why);
};

form.addEventListener('submit', async (event) => {
  event.preventDefault();
  button.disabled = true;
  words.textContent = form.dataset.working;
  const answer = await fetch(form.dataset.openerPart, { headers: { accept: 'application/json' } }).catch(
    () => null,
  );
  if (answer === null || !answer.ok) return stop(form.dataset.unreachable);
  const { wrapped, shares } = await answer.json();
  const identity = await unwrapKey(bytesOf(wrapped), passphrase.value);
  if (identity === null) return stop(form.dataset.wrong);
  const opened = await Promise.all(
    shares.map(async ({ envelopeId, sealed }) => ({
      envelopeId,
      // One that does not open is given as it is, so that it is named and the others go on.
      share: base64Of((await openShare(bytesOf(sealed), identity)) ?? new Uint8Array()),
    })),
  );
  form.elements.shares.value = JSON.stringify(opened);
  passphrase.value = '';
  form.submit();
});
