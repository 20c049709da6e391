// Opens a bidder's own sealed bid with the key it kept: here, and nothing of it is sent.
import { openedAlternates, withAmounts } from '../../src/bids/offer.ts';
import { pricedAs, tiersAsPriced } from '../../src/bids/priced-unit.ts';
import { openContent, sha256Of } from '../../src/bids/sealing.ts';
import { minorUnits } from '../../src/kernel/money.ts';
import { bytesOf, hideFailure, showFailure } from './shared/form.js';
import { keptKeys, keyOfEnvelope, keysIn } from './shared/own-keys.js';
import { pricedWords } from './shared/priced-words.js';
import { makeWords } from './shared/words.js';
import { letItShow, unwrapKey } from './shared/wrapping.js';

const place = document.querySelector('#own-copy');
const { base, locale } = place.dataset;
const work = JSON.parse(place.dataset.work);
const words = makeWords(JSON.parse(place.dataset.words), locale);
const said = (row, name) => row.querySelector(`[data-said="${name}"]`);
const unitOf = new Map(work.items.map(({ id, unit }) => [id, unit]));
const unitWord = (code) => words(`unit.${code}`);
const number = (digits) =>
  new Intl.NumberFormat(locale, { minimumFractionDigits: digits, maximumFractionDigits: 6 });

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

/** The texts of one line, by the cell they stand in. */
function textsOf(line, { itemId, alternates, prices }) {
  const write = (value) => (value === null ? '—' : prices.format(value));
  const priced = pricedAs(line);
  const perUnit = (unit) => words('bids.units.priced-per', { unit: unitWord(unit) });
  return {
    unitPrice:
      priced === null
        ? write(line.unitPrice)
        : [
            `${write(priced.unitPrice)} ${perUnit(priced.unit)}`,
            pricedWords(priced, { words, prices, asked: unitWord(unitOf.get(itemId)) }),
            priced.reason,
          ].join('\n'),
    amount: write(line.amount),
    leadTimeDays: line.leadTimeDays ?? '—',
    note: line.note,
    more: [
      ...(line.capacity === null
        ? []
        : [words('structure.bid.capacity-of', { quantity: number(0).format(line.capacity) })]),
      ...tiersAsPriced(line).map(
        (tier) =>
          `${words('structure.bid.at', { quantity: number(0).format(tier.quantity) })}: ${write(tier.unitPrice)}`,
      ),
      ...alternates.map(
        (one) => `${one.alternateNo}. ${one.description}: ${write(one.unitPrice)}, ${write(one.amount)}`,
      ),
    ].join('\n'),
  };
}

/** Bids from before a line could say so have no unit of their own. */
const blankLine = { unitPrice: null, amount: null, leadTimeDays: null, note: '', capacity: null, tiers: [] };
const unpriced = { ...blankLine, pricedIn: null, priceBaseQuantity: '1' };

function showLines(content) {
  const { currency } = content;
  const { lines, total } = withAmounts(content, work.items);
  const alternates = openedAlternates(content, work.items);
  for (const cell of place.querySelectorAll('th, [data-label]')) {
    if (cell.dataset.label !== undefined) cell.dataset.label = cell.dataset.label.replace('¤', currency);
    else if (cell.tagName === 'TH') cell.textContent = cell.textContent.replace('¤', currency);
  }
  const prices = number(minorUnits(currency));
  const lineOf = new Map(lines.map((line) => [line.eventItemId, line]));
  for (const row of place.querySelectorAll('[data-item]')) {
    const itemId = row.dataset.item;
    const texts = textsOf(
      { ...unpriced, ...lineOf.get(itemId) },
      { itemId, prices, alternates: alternates.filter((one) => one.eventItemId === itemId) },
    );
    for (const [name, text] of Object.entries(texts)) said(row, name).textContent = text;
  }
  place.querySelector('[data-total]').textContent = `${prices.format(total)} ${currency}`;
  place.querySelector('[data-valid]').hidden = content.validUntilOn === null;
  place.querySelector('[data-valid-until]').textContent = content.validUntilOn ?? '';
}

function showContent({ envelope, lines, answers, note, files, ...content }) {
  if (envelope === work.linesEnvelope) showLines({ ...content, lines });
  const nameOf = new Map(files.map((file) => [file.fileId, file.fileName]));
  for (const { requirementId, answer, fileIds } of answers) {
    const names = fileIds.map((fileId) => nameOf.get(fileId)).join(', ');
    const at = place.querySelector(`[data-answer-to="${requirementId}"]`);
    const written = at?.dataset.kind === 'yes_no' ? words(`requirements.${answer}`) : answer;
    if (at !== null) at.textContent = [written, names].filter((text) => text !== '').join('\n');
  }
  const rest = place.querySelector(`[data-envelope="${envelope}"]`);
  rest.hidden = note === '' && files.length === 0;
  rest.querySelector('[data-envelope-note]').textContent = note;
  rest.querySelector('[data-envelope-files]').replaceChildren(
    ...files.map((file) =>
      Object.assign(document.createElement('li'), {
        textContent: words('sealing.own.file-of', { name: file.fileName, hash: file.sha256.slice(0, 16) }),
      }),
    ),
  );
}

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
    showContent(content);
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
