// Opens a bidder's own sealed bid with the key it kept: here, and nothing of it is sent.
import { openContent, sha256Of } from '../../src/bids/sealing.ts';
import { openContentView } from './shared/content-view.js';
import { bytesOf, hideFailure, showFailure } from './shared/form.js';
import { keptKeys, keyOfEnvelope, keysIn } from './shared/own-keys.js';
import { makeWords } from './shared/words.js';
import { letItShow, unwrapKey } from './shared/wrapping.js';

const place = document.querySelector('#own-copy');
const { base, locale } = place.dataset;
const work = JSON.parse(place.dataset.work);
const words = makeWords(JSON.parse(place.dataset.words), locale);

/** The keys this page can know of: kept here, in the file, pasted, or locked by the passphrase. */
async function ownKeys() {
  const file = await place.querySelector('#key-file').files[0]?.text();
  const passphrase = place.querySelector('#draft-passphrase')?.value ?? '';
  const unlocked = passphrase === '' ? null : await unwrapKey(bytesOf(work.wrappedKey), passphrase);
  if (passphrase !== '' && unlocked === null) showFailure(words('sealing.passphrase.wrong'));
  return [
    ...(await keptKeys(work.bidId, work.version)),
    ...keysIn(`${file ?? ''} ${place.querySelector('#key-text').value}`),
    ...(unlocked === null ? [] : [unlocked]),
  ];
}

/**
 * What lies in an envelope, and what is to be said of it: where what is stored is not what the receipt is for, that is
 * said before any key is tried.
 */
async function openEnvelope(envelope, own) {
  const answer = await fetch(`${base}/sealed.age?version=${work.version}&envelope=${envelope.envelope}`);
  if (!answer.ok) return { content: null, says: 'sealing.own.shut' };
  const sealed = new Uint8Array(await answer.arrayBuffer());
  if ((await sha256Of(sealed)) !== envelope.sealedSha256)
    return { content: null, says: 'sealing.own.altered' };
  const about = { ...envelope, version: work.version };
  const key = await keyOfEnvelope(base, about, own);
  const bytes = key === null ? null : await openContent(sealed, key);
  if (bytes === null) return { content: null, says: 'sealing.own.shut' };
  const isAsReceived = (await sha256Of(bytes)) === envelope.contentSha256;
  return {
    content: JSON.parse(new TextDecoder().decode(bytes)),
    says: isAsReceived ? 'sealing.own.proved' : 'sealing.own.differs',
  };
}

/** A file of the bid as its key opens it: here, and only where it is what the bid says. */
async function saveFile(file) {
  hideFailure();
  const answer = await fetch(`${base}/sealed-files/${file.fileId}`).catch(() => null);
  if (answer === null || !answer.ok)
    return showFailure(words('sealing.own.file-not-there', { name: file.fileName }));
  const content = await openContent(new Uint8Array(await answer.arrayBuffer()), file.key);
  if (content === null || (await sha256Of(content)) !== file.sha256)
    return showFailure(words('sealing.own.file-altered', { name: file.fileName }));
  const link = Object.assign(document.createElement('a'), {
    href: URL.createObjectURL(new Blob([content])),
    download: file.fileName,
  });
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}

function fileEntry(file) {
  const button = Object.assign(document.createElement('button'), {
    type: 'button',
    className: 'btn btn-sm ms-2',
    textContent: words('sealing.own.save-file'),
    ariaLabel: words('sealing.own.save-file-of', { name: file.fileName }),
  });
  button.addEventListener('click', () => void saveFile(file));
  const entry = document.createElement('li');
  entry.append(words('sealing.own.file-of', { name: file.fileName, hash: file.sha256.slice(0, 16) }), button);
  return entry;
}

const view = openContentView(place, { work, words, locale, fileEntry });

/** Opens what can be opened; gives how many of the envelopes that are. */
async function open() {
  hideFailure();
  await letItShow();
  const own = await ownKeys();
  let count = 0;
  for (const envelope of work.envelopes) {
    const { content, says } = await openEnvelope(envelope, own);
    place.querySelector(`[data-proof="${envelope.envelope}"] span`).textContent = words(says);
    if (says === 'sealing.own.altered') showFailure(words(says));
    if (content === null) continue;
    count += 1;
    view.show(content);
  }
  place.querySelector('[data-opened]').hidden = count === 0;
  if (count > 0) place.querySelector('#content-heading').focus();
  return count;
}

place.querySelector('[data-open]').addEventListener('click', async () => {
  const isFirst = document.querySelector('[data-failed]').hidden;
  if ((await open()) === 0 && (isFirst || document.querySelector('[data-failed]').hidden))
    showFailure(words('sealing.own.no-key'));
});
// A key that lies in this browser opens it without being asked for.
if ((await keptKeys(work.bidId, work.version)).length > 0) await open();
