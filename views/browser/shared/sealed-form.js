// The form of a bid that is sealed here: its fields are the draft, and what the rules read in it is shown beside them.

import { fieldOf, withField } from '../../../src/bids/draft-field.ts';
import { minorUnits } from '../../../src/kernel/money.ts';
import { moveByKeys, pasteLines } from '../../assets/js/bid-grid.js';
import { makeSigns } from '../../assets/js/bid-saving.js';
import { openLines } from './bid-lines.js';
import { pricedWords } from './priced-words.js';

const FIELDS = 'input[name], select[name], textarea[name]';
/** Stands where the currency goes that is chosen here, and that the server does not learn. */
const ANY_CURRENCY = '¤';

/** What names a currency in the page, so that it can name another. */
function findCurrencyNames(editor) {
  const names = [];
  const walker = document.createTreeWalker(editor, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const node = walker.currentNode;
    const text = node.data;
    if (text.includes(ANY_CURRENCY)) names.push((code) => (node.data = text.replaceAll(ANY_CURRENCY, code)));
  }
  for (const cell of editor.querySelectorAll('[data-label]')) {
    const text = cell.dataset.label;
    if (text.includes(ANY_CURRENCY))
      names.push((code) => (cell.dataset.label = text.replaceAll(ANY_CURRENCY, code)));
  }
  return names;
}

/** The next row for an alternate is shown once the one before it says something. */
function showAlternates(editor) {
  for (const row of editor.querySelectorAll('[data-alternate]')) {
    const before = row.previousElementSibling?.matches('[data-alternate]')
      ? row.previousElementSibling
      : null;
    const says = (one) => [...one.querySelectorAll('input')].some((input) => input.value !== '');
    row.hidden = before !== null && !says(before) && !says(row);
    if (says(row)) row.closest('details').open = true;
  }
}

function removeButton(file, { words, onRemove }) {
  const button = document.createElement('button');
  const name = words('documents.remove', { file: file.fileName });
  Object.assign(button, { type: 'button', className: 'btn-close ms-2', ariaLabel: name, title: name });
  button.addEventListener('click', () => onRemove(file));
  return button;
}

/** Puts a draft into these fields. */
function fillFields(fields, draft, unitOf) {
  for (const field of fields) {
    const typed = fieldOf(draft, field.name, unitOf);
    // A list that has no empty choice keeps its first.
    if (typed !== '' || field.tagName !== 'SELECT') field.value = typed;
  }
}

function openFilled(root) {
  for (const fields of root.querySelectorAll('[data-unit-fields]'))
    fields.open = [...fields.querySelectorAll('input')].some((input) => input.value !== '') || fields.open;
}

/** Amounts and converted prices of the lines that are shown, of their lots, and of all. */
function showAmounts(editor, read, { words, locale }) {
  const digits = minorUnits(read.currency);
  const format = new Intl.NumberFormat(locale, {
    minimumFractionDigits: digits,
    maximumFractionDigits: digits,
  });
  const prices = new Intl.NumberFormat(locale, { minimumFractionDigits: digits, maximumFractionDigits: 6 });
  const lineOf = new Map(read.lines.map((line) => [line.eventItemId, line]));
  for (const row of editor.querySelectorAll('[data-line]')) {
    const { amount, priced } = lineOf.get(row.dataset.line);
    row.querySelector('[data-amount]').textContent = amount === null ? '—' : format.format(amount);
    row.querySelector('[data-converted]').textContent =
      priced === null ? '' : pricedWords(priced, { words, prices, asked: row.dataset.unit });
  }
  for (const { lotId, total } of read.lots) {
    const place = editor.querySelector(`[data-lot-total="${lotId ?? ''}"]`);
    if (place !== null) place.textContent = format.format(total);
  }
  editor.querySelector('[data-total]').textContent = `${format.format(read.total)} ${read.currency}`;
}

/** What is priced and what is left out, in words. */
function summaryOf(read, words) {
  if (!read.needsPrice) return '';
  const lines = read.missing.slice(0, 20).join(', ') + (read.missing.length > 20 ? ' …' : '');
  return [
    words('bids.submission.lines-priced', { priced: read.pricedCount, all: read.lines.length }),
    ...(read.missing.length > 0 && read.pricedCount > 0
      ? [words('bids.submission.missing', { count: read.missing.length, lines })]
      : []),
  ].join(' ');
}

function listFiles(editor, draft, { words, onRemove }) {
  const proofs = Object.entries(draft.answers ?? {}).flatMap(([id, { fileIds }]) =>
    fileIds.map((fileId) => [fileId, id]),
  );
  const placeOf = new Map(proofs);
  for (const list of editor.querySelectorAll('[data-file-list]'))
    list.replaceChildren(
      ...draft.files
        .filter((file) => (placeOf.get(file.fileId) ?? file.envelope) === list.dataset.fileList)
        .map((file) => {
          const item = Object.assign(document.createElement('li'), { textContent: file.fileName });
          item.append(removeButton(file, { words, onRemove }));
          return item;
        }),
    );
}

/**
 * @param editor the fieldset that holds the form
 * @param of `words` says a text of the page; `findDraft` and `findWhole` give what is typed and how it is read;
 *   `fetchRows` gives the empty rows of a page of lines
 * @returns what shows a draft, and what is read in it
 */
export function openForm(editor, of) {
  const { words, locale, items, unitOf, findDraft, findWhole, fetchRows, onTyped, onRemove, onFailed } = of;
  const signs = makeSigns(editor);
  const known = new WeakSet();
  const currencyNames = [];
  const note = (name, typed) => onTyped((draft) => withField(draft, name, { typed, unitOf }));
  moveByKeys(editor);
  pasteLines(editor, { note, say: (text) => signs.say(text, false) });
  editor.addEventListener('input', ({ target }) => {
    if (!target.matches(FIELDS)) return;
    note(target.name, target.value);
    if (target.closest('[data-alternate]') !== null) showAlternates(editor);
  });
  const messageOf = (error) => words(`errors.${error.code}`, error.params);
  /** Shows what the rules read: amounts, what is wrong, what excludes the bid, and what it leaves out. */
  const show = ({ read, responses }) => {
    showAmounts(editor, read, { words, locale });
    for (const name of currencyNames) name(read.currency);
    signs.showErrors(Object.fromEntries(read.errors.map((error) => [error.path, messageOf(error)])));
    signs.showKnockOuts(responses.filter((one) => one.isKnockOut).map((one) => one.requirement.id));
    editor.querySelector('[data-summary]').textContent = summaryOf(read, words);
    lines.count();
  };
  const lines = openLines(editor, {
    items,
    words,
    locale,
    fetchRows,
    findRead: () => findWhole().read,
    onFailed,
    onShown(rows) {
      for (const row of rows.filter((one) => !known.has(one))) {
        known.add(row);
        currencyNames.push(...findCurrencyNames(row));
      }
      for (const row of rows) fillFields(row.querySelectorAll(FIELDS), findDraft(), unitOf);
      openFilled(editor);
      showAlternates(editor);
      show(findWhole());
    },
  });
  for (const row of editor.querySelectorAll('[data-line-rows] > tr')) known.add(row);
  currencyNames.push(...findCurrencyNames(editor));
  return {
    signs,
    messageOf,
    listFiles: (draft) => listFiles(editor, draft, { words, onRemove }),
    /** Puts a draft into the fields. */
    fill(draft) {
      fillFields(editor.querySelectorAll(FIELDS), draft, unitOf);
      openFilled(editor);
      showAlternates(editor);
      listFiles(editor, draft, { words, onRemove });
      return lines.show();
    },
    show,
    goToLine: lines.goTo,
  };
}
