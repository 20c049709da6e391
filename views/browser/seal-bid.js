// Writes, seals and submits a bid here: the server gets ciphertext only. The sealing is the very code the server runs.
import { identityToRecipient } from 'age-encryption';
import { emptyLine, readDraft } from '../../src/bids/bid-draft.ts';
import { contentBytes, toContents } from '../../src/bids/envelope-content.ts';
import { makeKeyPair, openContent, sealContent, sealEnvelope, sha256Of } from '../../src/bids/sealing.ts';
import { findKey, keepKey } from './draft-keys.js';
import { base64Of, bytesOf, showFailure } from './form.js';

const place = document.querySelector('#sealed-bid');
const { base, locale } = place.dataset;
const work = JSON.parse(place.dataset.work);
const csrf = place.querySelector('input[name="_csrf"]').value;
const [editor, status, total] = ['editor', 'status', 'total'].map((name) =>
  place.querySelector(`[data-${name}]`),
);
const encode = (text) => new TextEncoder().encode(text);
const decode = (bytes) => new TextDecoder().decode(bytes);
const last = work.envelopes.at(-1);
let draft = { lines: {}, note: '', notes: {}, files: [] };
let fileKeys = {};
let revision = work.revision;
let identity = '';
let timer;

const read = () => readDraft(draft, work.items, work.rules);
const send = (path, body) =>
  fetch(`${base}/${path}`, {
    method: 'POST',
    headers: { 'x-csrf-token': csrf, accept: 'application/json' },
    body,
  });

function showTotal() {
  const { currency, total: sum } = read();
  total.textContent = `${Number(sum).toLocaleString(locale, { minimumFractionDigits: 2 })} ${currency}`;
}

function fill() {
  for (const input of place.querySelectorAll('[data-line]'))
    input.value = draft.lines[input.dataset.line]?.[input.dataset.field] ?? '';
  for (const area of place.querySelectorAll('[data-note]'))
    area.value = area.dataset.note === last ? draft.note : (draft.notes[area.dataset.note] ?? '');
  listFiles();
  showTotal();
}

function listFiles() {
  for (const list of place.querySelectorAll('[data-file-list]'))
    list.replaceChildren(
      ...draft.files
        .filter((file) => file.envelope === list.dataset.fileList)
        .map((file) => Object.assign(document.createElement('li'), { textContent: file.fileName })),
    );
}

function take(target) {
  const { line, field, note } = target.dataset;
  if (line !== undefined)
    draft.lines = { ...draft.lines, [line]: { ...emptyLine, ...draft.lines[line], [field]: target.value } };
  else if (note === last) draft.note = target.value;
  else if (note !== undefined) draft.notes = { ...draft.notes, [note]: target.value };
}

async function save() {
  clearTimeout(timer);
  status.textContent = place.dataset.saving;
  const recipient = await identityToRecipient(identity);
  const sealed = await sealContent(encode(JSON.stringify({ draft, fileKeys })), recipient);
  const body = new URLSearchParams({ revision, recipient, sealed: base64Of(sealed) });
  const answer = await send('sealed-draft', body).catch(() => null);
  if (answer === null || !answer.ok) {
    status.textContent = '';
    showFailure(answer?.status === 409 ? place.dataset.conflict : place.dataset['failed']);
    return false;
  }
  ({ revision } = await answer.json());
  status.textContent = place.dataset.saved;
  return true;
}

async function addFile(input) {
  const [file] = input.files;
  if (file === undefined) return;
  const content = new Uint8Array(await file.arrayBuffer());
  const key = await makeKeyPair();
  const form = new FormData();
  form.set('files', new Blob([await sealContent(content, key.recipient)]), 'sealed.age');
  const answer = await send(`sealed-files?_csrf=${encodeURIComponent(csrf)}`, form);
  if (!answer.ok) return showFailure(place.dataset['failed']);
  const { fileId } = await answer.json();
  const facts = { fileId, fileName: file.name, sizeBytes: content.length, sha256: await sha256Of(content) };
  draft.files = [...draft.files, { ...facts, envelope: input.dataset.files }];
  fileKeys = { ...fileKeys, [fileId]: key.identity };
  input.value = '';
  listFiles();
  await save();
}

/** Seals each envelope with a key of its own; the keys are the bidder's, and kept sealed to its own key. */
async function sealAll(readNow) {
  const contents = toContents(
    { typed: draft, read: readNow },
    {
      eventId: work.eventId,
      eventSha256: work.eventSha256,
      supplierId: work.supplierId,
      version: work.version,
      currency: readNow.currency,
      envelopes: work.envelopes,
      envelopeOf: {},
      fileKeys,
      makeNonce: () => base64Of(crypto.getRandomValues(new Uint8Array(32))),
    },
  );
  const own = await identityToRecipient(identity);
  return Promise.all(
    contents.map(async (content) => {
      const bytes = contentBytes(content);
      const sealed = await sealEnvelope(bytes, work.keys);
      return {
        key: `# ${work.reference} v${work.version}, ${content.envelope}\n# public key: ${sealed.recipient}\n${sealed.identity}\n`,
        sent: {
          envelope: content.envelope,
          recipient: sealed.recipient,
          sealed: base64Of(sealed.sealed),
          contentSha256: await sha256Of(bytes),
          timeShare: base64Of(sealed.timeShare),
          houseShare: sealed.houseShare === null ? null : base64Of(sealed.houseShare),
          openerShares: sealed.openerShares.map((share) => ({ ...share, sealed: base64Of(share.sealed) })),
          bidderKey: base64Of(await sealContent(encode(sealed.identity), own)),
          fileIds: content.files.map((file) => file.fileId),
        },
      };
    }),
  );
}

async function submit() {
  const readNow = read();
  const freeLabel = place.querySelector('[data-free-label]');
  if (readNow.errors.length > 0) return showFailure(place.dataset.hasErrors);
  if (readNow.needsPrice && readNow.pricedCount === 0) return showFailure(place.dataset.noPrice);
  freeLabel.hidden = readNow.free.length === 0;
  if (readNow.free.length > 0 && !place.querySelector('[data-free]').checked)
    return showFailure(place.dataset.free);
  status.textContent = place.dataset.submitting;
  if (!(await save())) return;
  const from = performance.now();
  const sealed = await sealAll(readNow);
  place.dataset.sealingMs = String(Math.round(performance.now() - from));
  const envelopes = JSON.stringify(sealed.map((one) => one.sent));
  const body = new URLSearchParams({ revision, idempotencyKey: work.idempotencyKey, envelopes });
  const answer = await send('sealed-submission', body).catch(() => null);
  if (answer === null || !answer.ok) return showFailure(place.dataset['failed']);
  const keys = sealed.map((one) => one.key).join('\n');
  await keepKey(`${work.bidId} v${work.version}`, keys);
  place.querySelector('[data-keys]').href = URL.createObjectURL(new Blob([keys], { type: 'text/plain' }));
  editor.hidden = true;
  place.querySelector('[data-done]').hidden = false;
  place.querySelector('#done-heading').focus();
}

async function begin(key) {
  identity = key;
  if (work.sealedDraft !== null) {
    const opened = await openContent(bytesOf(work.sealedDraft), identity);
    if (opened === null) {
      place.querySelector('[data-import]').hidden = false;
      return showFailure(place.dataset.wrongKey);
    }
    ({ draft, fileKeys } = JSON.parse(decode(opened)));
  } else if (work.rules.validUntilAtLeast !== null) draft.validUntilOn = work.rules.validUntilAtLeast;
  await keepKey(work.bidId, identity);
  const file = new Blob([`# ${work.reference}\n${identity}\n`], { type: 'text/plain' });
  place.querySelector('[data-draft-key]').href = URL.createObjectURL(file);
  place.querySelector('[data-import]').hidden = true;
  editor.hidden = false;
  fill();
}

editor.addEventListener('input', ({ target }) => {
  if (target.type === 'file' || target.type === 'checkbox') return;
  take(target);
  showTotal();
  clearTimeout(timer);
  timer = setTimeout(save, 3000);
});
for (const input of place.querySelectorAll('[data-files]'))
  input.addEventListener('change', () => addFile(input));
place.querySelector('[data-save]').addEventListener('click', save);
place.querySelector('[data-submit]').addEventListener('click', submit);
place.querySelector('#draft-key-file').addEventListener('change', async ({ target }) => {
  const key = /AGE-SECRET-KEY-1[0-9A-Z]{58}/.exec((await target.files[0]?.text()) ?? '')?.[0];
  if (key !== undefined) await begin(key);
});

const kept = await findKey(work.bidId);
if (kept !== undefined) await begin(kept);
else if (work.sealedDraft === null) await begin((await makeKeyPair()).identity);
else place.querySelector('[data-import]').hidden = false;
