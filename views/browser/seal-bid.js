// Writes, seals and submits a bid here: the server gets ciphertext only. The rules and the sealing are the very code the
// server runs.
import { identityToRecipient } from 'age-encryption';
import { emptyDraft } from '../../src/bids/bid-draft.ts';
import { withField } from '../../src/bids/draft-field.ts';
import { toContents } from '../../src/bids/envelope-content.ts';
import { makeKeyPair, openContent, sealContent } from '../../src/bids/sealing.ts';
import { envelopesAsked, readWholeDraft } from '../../src/bids/whole-draft.ts';
import { isKnockOut } from '../../src/sourcing/requirement.ts';
import { fetchRows } from './shared/bid-lines.js';
import { openReview } from './shared/bid-review.js';
import { openSheet } from './shared/bid-sheet.js';
import { findKey, keepKey } from './shared/draft-keys.js';
import { lockByPassphrase } from './shared/draft-passphrase.js';
import { answerOf, base64Of, bytesOf, hideFailure, showFailure } from './shared/form.js';
import { keysIn } from './shared/own-keys.js';
import { sealOne } from './shared/seal-envelope.js';
import { sealFile } from './shared/seal-file.js';
import { openForm } from './shared/sealed-form.js';
import { showWhyNot, whyNot } from './shared/why-not.js';
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
const asked = {
  items: work.items
    .map((item) => ({ ...item, sellsIn: work.sellsIn[item.id] }))
    .toSorted((a, b) => a.lineNo - b.lineNo),
  rules: work.rules,
  requirements: work.requirements,
};

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
  items: work.items,
  findDraft: () => draft,
  findWhole: readAll,
  fetchRows: (page) => fetchRows(base, page),
  onFailed: () => showFailure(words('bids.lines.not-fetched')),
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

const review = openReview(place.querySelector('[data-review]'), {
  work: { ...work, items: work.items.filter(({ id }) => !work.fixedItemIds.includes(id)) },
  words,
  locale,
  keptCount: work.fixedItemIds.length,
});

const fixed = new Set(work.fixedItemIds);

/** What this round does not ask again stays as it was offered, in the currency it was offered in. */
function withFixed(typed) {
  if (fixed.size === 0) return typed;
  const kept = Object.entries(work.earlier.lines).filter(([lineId]) => fixed.has(lineId));
  const asked = Object.entries(typed.lines).filter(([lineId]) => !fixed.has(lineId));
  return { ...typed, lines: Object.fromEntries([...asked, ...kept]), currency: work.earlier.currency };
}

/** The draft is another now: what the rules read is shown, and it is saved soon. */
function alter(after) {
  draft = withFixed(after);
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
    const sealed = await sealFile(file);
    const { body, ...refusal } = await send(`sealed-files?_csrf=${encodeURIComponent(csrf)}`, sealed.form);
    if (body === undefined) return sayWhyNot(refusal);
    const { fileId } = body;
    const facts = { fileId, ...sealed.facts };
    fileKeys = { ...fileKeys, [fileId]: sealed.key };
    const files = [...draft.files, { ...facts, envelope }];
    const { answer = '', fileIds = [] } = draft.answers?.[proofOf] ?? {};
    const proof = { answers: { ...draft.answers, [proofOf]: { answer, fileIds: [...fileIds, fileId] } } };
    alter({ ...draft, files, ...(proofOf === undefined ? {} : proof) });
    form.listFiles(draft);
  }
  input.value = '';
  await save();
}

/** What stays as it was offered was opened, and is not sealed once more. */
const isAsked = ({ eventItemId }) => !fixed.has(eventItemId);

/** What is sealed, one content for each envelope: the review shows the same. */
const contentsOf = (whole) =>
  toContents(
    { typed: draft, read: { ...whole.read, lines: whole.read.lines.filter(isAsked) } },
    {
      eventId: work.eventId,
      eventSha256: work.eventSha256,
      supplierId: work.supplierId,
      version: work.version,
      currency: whole.read.currency,
      envelopes: work.envelopes,
      lotIds: whole.lotIds,
      envelopeOf: envelopesAsked(whole),
      fileKeys,
      makeNonce: () => base64Of(crypto.getRandomValues(new Uint8Array(32))),
    },
  );

/** Seals each envelope with a key of its own; the keys are the bidder's, and kept sealed to its own key. */
async function sealAll(whole) {
  const contents = contentsOf(whole);
  const own = await identityToRecipient(identity);
  const from = performance.now();
  const sealed = await Promise.all(contents.map((content) => sealOne(content, { work, own })));
  place.dataset.sealingMs = String(Math.round(performance.now() - from));
  return {
    revision,
    keys: sealed.map((one) => one.key).join('\n'),
    envelopes: JSON.stringify(sealed.map((one) => one.sent)),
  };
}

/** One of the three steps of this page. */
function showStep(name) {
  editor.hidden = name !== 'editor';
  for (const step of ['review', 'done']) place.querySelector(`[data-${step}]`).hidden = step !== name;
}

/** Shows all that will be sealed, once it is complete and saved. */
async function goToReview() {
  hideFailure();
  const whole = readAll();
  const refusal = whyNot(whole, { isConfirmed: true });
  if (refusal !== null) return showWhyNot(refusal, whole, { words, messageOf: form.messageOf });
  if (!(await save())) return;
  review.show(whole, contentsOf(whole));
  showStep('review');
  place.querySelector('#review-heading').focus();
}

async function submit() {
  hideFailure();
  const whole = readAll();
  const refusal = whyNot(whole, { isConfirmed: review.isFreeMeant() });
  if (refusal !== null) return showWhyNot(refusal, whole, { words, messageOf: form.messageOf });
  if (!(await save())) return showStep('editor');
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
  showStep('done');
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
  } else {
    const { lines, currency } = work.earlier ?? draft;
    draft = { ...draft, lines, currency, validUntilOn: work.rules.validUntilAtLeast ?? '' };
  }
  draft = withFixed(draft);
  if (fixed.size > 0) place.querySelector('[name="currency"]')?.setAttribute('disabled', '');
  await keepKey(work.bidId, identity);
  const file = new Blob([`# ${work.reference}\n${identity}\n`], { type: 'text/plain' });
  place.querySelector('[data-draft-key]').href = URL.createObjectURL(file);
  place.querySelector('[data-import]').hidden = true;
  hideFailure();
  editor.hidden = false;
  await form.fill(draft);
}

openSheet(place.querySelector('[data-sheet]'), {
  work,
  words,
  locale,
  findDraft: () => draft,
  onFailed: showFailure,
  onTake(fields) {
    hideFailure();
    const unitOf = (eventItemId) => units.get(eventItemId);
    alter(fields.reduce((so, [name, typed]) => withField(so, name, { typed, unitOf }), draft));
    void form.fill(draft);
  },
});
// A field that is wrong may stand on another page of lines.
place.querySelector('[data-failed]').addEventListener('click', async (event) => {
  const field = event.target.closest('a[href^="#field-lines-"]')?.getAttribute('href').slice(1);
  if (field === undefined) return;
  event.preventDefault();
  const lineId = field.slice('field-lines-'.length, 'field-lines-'.length + 36);
  if (document.getElementById(field) === null) await form.goToLine(lineId);
  showStep('editor');
  document.getElementById(field)?.focus();
});
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
for (const button of place.querySelectorAll('[data-to-review]')) button.addEventListener('click', goToReview);
for (const button of place.querySelectorAll('[data-to-prices]'))
  button.addEventListener('click', () => {
    hideFailure();
    showStep('editor');
  });
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
