// A bid by spreadsheet where the bid is sealed here: the empty sheet comes from the server, the filled one is read here.
import { readFilledSheet } from '../../../src/bids/filled.sheet.ts';
import { formatFor } from '../../../src/platform/i18n/format.ts';
import { makeWords } from './words.js';
import { readWorkbook } from './workbook.js';

const ROWS_SHOWN = 300;
const make = (tag, text, className = '') =>
  Object.assign(document.createElement(tag), { textContent: text, className });

/** The name that the field has in the form of the bid: `tiers.q100` of a line is `lines[<id>][tiers][q100]`. */
const nameOf = (lineId, field) =>
  `lines[${lineId}]${field
    .split('.')
    .map((part) => `[${part}]`)
    .join('')}`;

function errorRow(error, words) {
  const row = document.createElement('tr');
  row.dataset.code = error.code;
  const cell =
    error.column === '' ? words('documents.sheet.row', { row: error.row }) : error.column + error.row;
  row.append(
    make('td', cell, 'text-nowrap fw-bold tnum'),
    make('td', words(`errors.${error.code}`, error.params)),
  );
  return row;
}

function changeRow(change, words) {
  const row = document.createElement('tr');
  row.append(make('td', String(change.lineNo), 'num'), make('td', change.description, 'bidi'));
  for (const { before, after } of change.fields) {
    const cell = make('td', after === null ? before : '', 'num');
    if (after !== null)
      cell.append(
        make('del', before, 'text-secondary small'),
        ' ',
        make('strong', after === '' ? words('bids.sheet.nothing') : after),
      );
    row.append(cell);
  }
  return row;
}

/**
 * @param place the section of the spreadsheet
 * @param of `work.sheet` with what the sheet is made for and the words of its columns; `findDraft` gives what is typed,
 *   `onTake` takes over fields by their names
 */
export function openSheet(place, { work, words, locale, findDraft, onTake, onFailed }) {
  const one = (name) => place.querySelector(`[${name}]`);
  const wordsOf = ({ locale: of, texts }) => ({ t: makeWords(texts, of), fmt: formatFor(of) });
  const all = work.sheet.words.map(wordsOf);
  const own = wordsOf(work.sheet.words.find((of) => of.locale === locale));
  let changes = [];

  function show({ columns, errors, ...read }) {
    changes = read.changes;
    one('data-sheet-errors').hidden = errors.length === 0;
    one('data-sheet-error-rows').replaceChildren(...errors.map((error) => errorRow(error, words)));
    one('data-sheet-preview').hidden = changes.length === 0 && errors.length > 0;
    const kind = errors.length > 0 ? '-part' : '';
    const count = { count: changes.length, wrong: read.wrongCount };
    one('data-sheet-heading').textContent =
      changes.length === 0 ? words('bids.sheet.no-changes') : words(`bids.sheet.preview${kind}`, count);
    one('data-sheet-columns').replaceChildren(
      ...[
        words('bids.line.no'),
        words('bids.line.item'),
        ...columns.map(({ heading, params }) => own.t(`bids.sheet.column.${heading}`, params)),
      ].map((text) => make('th', text)),
    );
    one('data-sheet-rows').replaceChildren(
      ...changes.slice(0, ROWS_SHOWN).map((change) => changeRow(change, words)),
    );
    one('data-sheet-more').textContent =
      changes.length > ROWS_SHOWN
        ? words('bids.sheet.more-changes', { count: changes.length - ROWS_SHOWN })
        : '';
    one('data-sheet-take').hidden = changes.length === 0;
    one('data-sheet-take').textContent = words(`bids.sheet.apply${kind}`, count);
  }

  const close = () => {
    changes = [];
    for (const part of ['data-sheet-errors', 'data-sheet-preview']) one(part).hidden = true;
    one('data-sheet-file').value = '';
  };

  one('data-sheet-file').addEventListener('change', async ({ target }) => {
    const [file] = target.files;
    if (file === undefined) return;
    try {
      const sheet = await readWorkbook(file);
      const { key, currency } = work.sheet;
      const page = {
        items: work.items,
        draft: findDraft(),
        fixedItemIds: new Set(work.fixedItemIds),
        currency,
        key,
      };
      show(readFilledSheet(sheet, { ...page, isBlankKept: true }, { own, all }));
    } catch (error) {
      close();
      onFailed(words(`errors.${error.code ?? 'sheet.damaged'}`, error.params));
    }
  });
  one('data-sheet-take').addEventListener('click', () => {
    const fields = changes.flatMap(({ eventItemId, fields: of }) =>
      of.flatMap(({ field, after }) => (after === null ? [] : [[nameOf(eventItemId, field), after]])),
    );
    close();
    place.open = false;
    onTake(fields);
  });
}
