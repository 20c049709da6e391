// Shows what lies in the envelopes of a bid, before they are sealed and after their bidder's key has opened them.
import { openedAlternates, withAmounts } from '../../../src/bids/offer.ts';
import { pricedAs, tiersAsPriced } from '../../../src/bids/priced-unit.ts';
import { minorUnits } from '../../../src/kernel/money.ts';
import { pricedWords } from './priced-words.js';

/** Bids from before a line could say so have no unit of their own. */
const unsaid = {
  unitPrice: null,
  amount: null,
  leadTimeDays: null,
  note: '',
  capacity: null,
  tiers: [],
  pricedIn: null,
  priceBaseQuantity: '1',
};

const numbers = (locale, digits) =>
  new Intl.NumberFormat(locale, { minimumFractionDigits: digits, maximumFractionDigits: 6 });

/** The texts of one line, by the cell they stand in. */
function textsOf(item, { line, alternates, prices, plain, words }) {
  const unitWord = (code) => {
    const word = words(`unit.${code}`);
    return word === `unit.${code}` ? code : word;
  };
  const write = (value) => (value === null ? '—' : prices.format(value));
  const asked = unitWord(item.unit);
  return {
    lineNo: String(item.lineNo),
    itemCode: item.itemCode ?? '',
    description: item.description,
    quantity: plain.format(item.quantity),
    unit: asked,
    unitPrice: priceText(line, { words, prices, asked, unitWord }),
    amount: write(line.amount),
    leadTimeDays: line.leadTimeDays ?? '—',
    note: line.note,
    more: [
      ...(line.capacity === null
        ? []
        : [words('structure.bid.capacity-of', { quantity: plain.format(line.capacity) })]),
      ...tiersAsPriced(line).map(
        (tier) =>
          `${words('structure.bid.at', { quantity: plain.format(tier.quantity) })}: ${write(tier.unitPrice)}`,
      ),
      ...alternates.map(
        (one) => `${one.alternateNo}. ${one.description}: ${write(one.unitPrice)}, ${write(one.amount)}`,
      ),
    ].join('\n'),
  };
}

function priceText(line, { words, prices, asked, unitWord }) {
  if (line.unitPrice === null) return words('bids.line.no-bid');
  const priced = pricedAs(line);
  if (priced === null) return prices.format(line.unitPrice);
  return [
    `${prices.format(priced.unitPrice)} ${words('bids.units.priced-per', { unit: unitWord(priced.unit) })}`,
    pricedWords(priced, { words, prices, asked }),
    priced.reason,
  ].join('\n');
}

function nameCurrency(cells, currency) {
  for (const cell of cells)
    if (cell.dataset.label !== undefined) cell.dataset.label = cell.dataset.label.replace('¤', currency);
    else if (cell.tagName === 'TH') cell.textContent = cell.textContent.replace('¤', currency);
}

const copyOf = (template) => template.content.cloneNode(true).firstElementChild;

function lineRow(template, texts, { itemId, currency, isPriced }) {
  const row = copyOf(template);
  row.dataset.item = itemId;
  row.classList.toggle('text-secondary', !isPriced);
  for (const [name, text] of Object.entries(texts))
    row.querySelector(`[data-said="${name}"]`).textContent = text;
  nameCurrency(row.querySelectorAll('[data-label]'), currency);
  return row;
}

/** Each lot begins with its heading. */
function lotRow(template, item, { before, lots }) {
  if (lots.length === 0 || (before !== undefined && before.lotId === item.lotId)) return [];
  const row = copyOf(template);
  row.querySelector('th').textContent = lots.find(({ id }) => id === item.lotId)?.heading ?? '';
  return [row];
}

function showLines(place, content, { work, words, locale }) {
  const one = (name) => place.querySelector(`[${name}]`);
  const { currency } = content;
  const { lines, total } = withAmounts(content, work.items);
  const alternates = openedAlternates(content, work.items);
  const [prices, plain] = [numbers(locale, minorUnits(currency)), numbers(locale, 0)];
  const lineOf = new Map(lines.map((line) => [line.eventItemId, line]));
  const rows = work.items.flatMap((item, at) => {
    const line = { ...unsaid, ...lineOf.get(item.id) };
    const ofLine = alternates.filter((other) => other.eventItemId === item.id);
    const texts = textsOf(item, { line, prices, plain, words, alternates: ofLine });
    const about = { itemId: item.id, currency, isPriced: line.unitPrice !== null };
    return [
      ...lotRow(one('data-lot-row'), item, { before: work.items[at - 1], lots: work.lots }),
      lineRow(one('data-line-row'), texts, about),
    ];
  });
  one('data-rows').replaceChildren(...rows);
  nameCurrency(place.querySelectorAll('thead th'), currency);
  one('data-lines-said').hidden = work.items.length === 0;
  one('data-total').textContent = `${prices.format(total)} ${currency}`;
  one('data-valid').hidden = content.validUntilOn === null;
  one('data-valid-until').textContent = content.validUntilOn ?? '';
}

/**
 * @param place what `_sealed-content` stands in
 * @param work the page's `items` (in the order of their lots), `lots` with their headings, and `linesEnvelope`
 * @param fileEntry what stands in the list for a file
 */
export const openContentView = (place, { work, words, locale, fileEntry }) => ({
  /** Shows what lies in one envelope. */
  show({ envelope, answers, note, files, ...content }) {
    if (envelope === work.linesEnvelope) showLines(place, content, { work, words, locale });
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
    rest.querySelector('[data-envelope-files]').replaceChildren(...files.map(fileEntry));
  },
  /** Forgets the answers that were shown before. */
  clear() {
    for (const at of place.querySelectorAll('[data-answer-to]')) at.textContent = '—';
  },
});
