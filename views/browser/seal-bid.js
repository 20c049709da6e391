// Writes, seals and submits a bid here: the server gets ciphertext only. The rules and the sealing are the very code the
// server runs.
import { identityToRecipient } from 'age-encryption';
import { emptyDraft } from '../../src/bids/bid-draft.ts';
import { contentBytes, toContents } from '../../src/bids/envelope-content.ts';
import { makeKeyPair, openContent, sealContent, sealEnvelope, sha256Of } from '../../src/bids/sealing.ts';
import { assertWhole, envelopesAsked, readWholeDraft } from '../../src/bids/whole-draft.ts';
import { isKnockOut } from '../../src/sourcing/requirement.ts';
import { findKey, keepKey } from './shared/draft-keys.js';
import { lockByPassphrase } from './shared/draft-passphrase.js';
import { answerOf, base64Of, bytesOf, hideFailure, showFailure } from './shared/form.js';
import { keysIn } from './shared/own-keys.js';
import { openForm } from './shared/sealed-form.js';
import { makeWords } from './shared/words.js';

const SAVE_AFTER_MS = 1500;
const AGAIN_MS = 5000;

const place = document.querySelector('#sealed-bid');
const { base, locale } = place.dataset;
const work = JSON.parse(place.dataset.work);
const words = makeWords(JSON.parse(place.dataset.words), locale);
const csrf = place.querySelector('input[name="_csrf"]').value;
const editor = place.querySelector('[data-editor]');
const encode = (text) => new TextEncoder().encode(text);
const decode = (bytes) => new TextDecoder().decode(bytes);
const asked = { items: work.items, rules: work.rules, requirements: work.requirements };

let draft = emptyDraft;
let fileKeys = {};
let revision = work.revision;
let identity = '';
let isSaved = true;
let saving = Promise.resolve(true);
let timer;
/** What was sealed and may have arrived although no answer came: sent again as it is, or its keys would open nothing. */
let sealedOnce = null;

const readAll = () => readWholeDraft(draft, asked, isKnockOut);
const send = (path, body) =>
  answerOf(
    fetch(`${base}/${path}`, {
      method: 'POST',
      headers: { 'x-csrf-token': csrf, accept: 'application/json' },
      body,
    }),
  );
const say = (key, isBad = false) => form.signs.say(words(key), isBad);

const units = new Map(work.items.map(({ id, unit }) => [id, unit]));
const form = openForm(editor, {
  words,
  locale,
  unitOf: (eventItemId) => units.get(eventItemId),
  onTyped: (change) => alter(change(draft)),
  onRemove(file) {
    const answers = Object.entries(draft.answers ?? {}).map(([id, said]) => [
      id,
      { ...said, fileIds: said.fileIds.filter((one) => one !== file.fileId) },
    ]);
    alter({
      ...draft,
      files: draft.files.filter((one) => one !== file),
      answers: Object.fromEntries(answers),
    });
    form.listFiles(draft);
  },
});

/** The draft is another now: what the rules read is shown, and it is saved soon. */
function alter(after) {
  draft = after;
  isSaved = false;
  form.show(readAll());
  form.signs.markUnsubmitted(true);
  saveSoon(SAVE_AFTER_MS);
}

function saveSoon(milliseconds) {
  clearTimeout(timer);
  timer = setTimeout(save, milliseconds);
}

/** Saves one at a time; gives whether nothing is left to save. */
function save() {
  clearTimeout(timer);
  saving = saving.then(saveOnce, saveOnce);
  return saving;
}

async function saveOnce() {
  if (isSaved && revision > 1) return true;
  say('sealing.edit.saving');
  isSaved = true;
  const recipient = await identityToRecipient(identity);
  const sealed = await sealContent(encode(JSON.stringify({ draft, fileKeys })), recipient);
  const { body, ...refusal } = await send(
    'sealed-draft',
    new URLSearchParams({ revision, recipient, sealed: base64Of(sealed) }),
  );
  if (body === undefined) {
    isSaved = false;
    sayWhyNot(refusal);
    if (refusal.code === 'offline') saveSoon(AGAIN_MS);
    return false;
  }
  ({ revision } = body);
  say('sealing.edit.saved');
  return isSaved;
}

function sayWhyNot({ code, message }) {
  const own = {
    'signed-out': 'bids.saving.signed-out',
    'bid.changed-meanwhile': 'sealing.edit.conflict',
    offline: 'sealing.edit.failed',
  };
  say('sealing.edit.not-saved', true);
  showFailure(
    own[code] === undefined && message !== '' ? message : words(own[code] ?? 'sealing.edit.failed'),
  );
}

async function addFiles(input) {
  const { files: envelope, proofOf } = input.dataset;
  for (const file of input.files) {
    if (draft.files.length >= work.mostFiles)
      return showFailure(words('errors.document.too-many', { maximum: work.mostFiles }));
    const content = new Uint8Array(await file.arrayBuffer());
    const key = await makeKeyPair();
    const sent = new FormData();
    sent.set('files', new Blob([await sealContent(content, key.recipient)]), 'sealed.age');
    const { body, ...refusal } = await send(`sealed-files?_csrf=${encodeURIComponent(csrf)}`, sent);
    if (body === undefined) return sayWhyNot(refusal);
    const { fileId } = body;
    const facts = { fileId, fileName: file.name, sizeBytes: content.length, sha256: await sha256Of(content) };
    fileKeys = { ...fileKeys, [fileId]: key.identity };
    const files = [...draft.files, { ...facts, envelope }];
    const { answer = '', fileIds = [] } = draft.answers?.[proofOf] ?? {};
    const proof = { answers: { ...draft.answers, [proofOf]: { answer, fileIds: [...fileIds, fileId] } } };
    alter({ ...draft, files, ...(proofOf === undefined ? {} : proof) });
    form.listFiles(draft);
  }
  input.value = '';
  await save();
}

/** Seals each envelope with a key of its own; the keys are the bidder's, and kept sealed to its own key. */
async function sealAll(whole) {
  const { read } = whole;
  const contents = toContents(
    { typed: draft, read },
    {
      eventId: work.eventId,
      eventSha256: work.eventSha256,
      supplierId: work.supplierId,
      version: work.version,
      currency: read.currency,
      envelopes: work.envelopes,
      lotIds: whole.lotIds,
      envelopeOf: envelopesAsked(whole),
      fileKeys,
      makeNonce: () => base64Of(crypto.getRandomValues(new Uint8Array(32))),
    },
  );
  const own = await identityToRecipient(identity);
  const from = performance.now();
  const sealed = await Promise.all(contents.map((content) => sealOne(content, own)));
  place.dataset.sealingMs = String(Math.round(performance.now() - from));
  return {
    revision,
    keys: sealed.map((one) => one.key).join('\n'),
    envelopes: JSON.stringify(sealed.map((one) => one.sent)),
  };
}

async function sealOne(content, own) {
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
}

/** Why this draft may not go out, by the rules that every bid is held to; null when it may. */
function whyNot(whole) {
  try {
    assertWhole(whole, { isConfirmed: place.querySelector('[data-free]').checked });
    return null;
  } catch (refusal) {
    return refusal;
  }
}

function showWhyNot(refusal, { read, responses }) {
  const fieldAt = (path) => `field-${path.replaceAll('.', '-')}`;
  const wrong = read.errors.map((error) => {
    const text = form.messageOf(error);
    const { line } = error.params ?? {};
    return {
      text: line === undefined ? text : words('bids.submission.error-in-line', { line, message: text }),
      field: fieldAt(error.path),
    };
  });
  const missing = responses
    .filter((one) => one.isMissing)
    .map(({ requirement }) => ({
      text: `${requirement.number}. ${requirement.prompt}`,
      field:
        requirement.kind === 'file' ? `proof-${requirement.id}` : fieldAt(`answers.${requirement.id}.answer`),
    }));
  const entries = { 'bid.has-errors': wrong, 'bid.responses-missing': missing };
  showFailure(form.messageOf(refusal), entries[refusal.code]);
}

async function submit() {
  hideFailure();
  const whole = readAll();
  const refusal = whyNot(whole);
  if (refusal !== null) return showWhyNot(refusal, whole);
  if (!(await save())) return;
  say('sealing.edit.submitting');
  if (sealedOnce?.revision !== revision) sealedOnce = await sealAll(whole);
  const { keys, envelopes } = sealedOnce;
  // Before anything is sent: an answer that gets lost must not take the keys along.
  await keepKey(`${work.bidId} v${work.version}`, keys);
  const { idempotencyKey } = work;
  const { body, ...why } = await send(
    'sealed-submission',
    new URLSearchParams({ revision, idempotencyKey, envelopes }),
  );
  if (body === undefined) {
    sayWhyNot(why);
    return say('sealing.edit.not-submitted', true);
  }
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
      return showFailure(words('sealing.edit.wrong-key'));
    }
    ({ draft, fileKeys } = JSON.parse(decode(opened)));
  } else if (work.rules.validUntilAtLeast !== null)
    draft = { ...draft, validUntilOn: work.rules.validUntilAtLeast };
  await keepKey(work.bidId, identity);
  const file = new Blob([`# ${work.reference}\n${identity}\n`], { type: 'text/plain' });
  place.querySelector('[data-draft-key]').href = URL.createObjectURL(file);
  place.querySelector('[data-import]').hidden = true;
  hideFailure();
  editor.hidden = false;
  form.fill(draft);
  form.show(readAll());
}

lockByPassphrase(place, {
  words,
  wrappedKey: work.wrappedKey,
  findKey: () => identity,
  send,
  sayWhyNot,
  begin,
});
for (const input of place.querySelectorAll('[data-files]'))
  input.addEventListener('change', () => addFiles(input));
for (const button of place.querySelectorAll('[data-submit]')) button.addEventListener('click', submit);
place.querySelector('[data-save]').addEventListener('click', save);
addEventListener('online', () => void save());
addEventListener('beforeunload', (event) => {
  if (!isSaved) event.preventDefault();
});
place.querySelector('#draft-key-file').addEventListener('change', async ({ target }) => {
  const [key] = keysIn((await target.files[0]?.text()) ?? '');
  if (key === undefined) return showFailure(words('sealing.edit.no-key-in-file'));
  await begin(key);
});

const kept = await findKey(work.bidId);
if (kept !== undefined) await begin(kept);
else if (work.sealedDraft === null) await begin((await makeKeyPair()).identity);
else place.querySelector('[data-import]').hidden = false;
