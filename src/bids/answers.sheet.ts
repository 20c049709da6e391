import type { Catalogue, Locale, Translate } from '../platform/i18n/catalogue.ts';
import { locales } from '../platform/i18n/catalogue.ts';
import { text } from '../platform/sheet/cell-readers.ts';
import type { Sheet, SheetError } from '../platform/sheet/sheet.ts';
import { optional, readTable, required, sheetError } from '../platform/sheet/table.ts';
import { writeTemplate } from '../platform/sheet/write-sheet.ts';
import type { Requirement } from '../sourcing/index.ts';
import type { DraftPage } from './drafts.service.ts';
import { type ReadResponse, readAnswer } from './response.ts';

const LONGEST_ANSWER = 20_000;

/** Questions that a cell can answer; those for files are answered on their page. */
const answeredInCells = (page: DraftPage): readonly ReadResponse[] =>
  page.responses.filter(({ requirement }) => requirement.kind !== 'file');

/** The event's questions as a workbook in the supplier's language, with the draft's answers in it, to fill in offline. */
export function writeAnswerSheet(
  catalogue: Catalogue,
  of: { readonly locale: Locale; readonly page: DraftPage; readonly madeAt: Date },
): Promise<Buffer> {
  const { page, madeAt } = of;
  const t = catalogue.translator(of.locale);
  const heading = (name: string): string => t(`responses.sheet.column.${name}`);
  return writeTemplate({
    sheetName: t('responses.sheet.name'),
    title: `${page.event.reference} · ${page.event.title}`,
    instructions: ['fill', 'blank', 'back'].map((line) => t(`responses.sheet.instruction-${line}`)),
    columns: [
      { heading: heading('number'), width: 6, kind: 'number' },
      { heading: heading('question'), width: 60, kind: 'text' },
      { heading: heading('how'), width: 36, kind: 'text' },
      { heading: heading('answer'), width: 50, kind: 'text', isInput: true },
      { heading: heading('requirementId'), width: 38, kind: 'text', isHidden: true },
      { heading: heading('bid'), width: 20, kind: 'text', isHidden: true },
    ],
    rows: answeredInCells(page).map(({ requirement, typed }) => [
      String(requirement.number),
      requirement.help === '' ? requirement.prompt : `${requirement.prompt}\n${requirement.help}`,
      howTo(requirement, t),
      shown(requirement, typed, t),
      requirement.id,
      page.bid.reference,
    ]),
    refusal: { title: t('bids.sheet.refusal-title'), text: t('bids.sheet.refusal-text') },
    madeAt,
  });
}

/** What an answer may be, in words. */
function howTo({ kind, options, minimum, maximum, unit }: Requirement, t: Translate): string {
  const choices = kind === 'yes_no' ? [t('requirements.yes'), t('requirements.no')] : options;
  if (choices.length > 0) return choices.join(' / ');
  const range = minimum === null && maximum === null ? '' : ` ${minimum ?? '…'} – ${maximum ?? '…'}`;
  return `${t(`requirements.kind.${kind}`)}${range}${unit === '' ? '' : ` ${unit}`}`;
}

const shown = ({ kind }: Requirement, typed: string, t: Translate): string =>
  kind === 'yes_no' && (typed === 'yes' || typed === 'no') ? t(`requirements.${typed}`) : typed;

/** An answer that would change, and what it says now. */
export type AnswerChange = {
  readonly requirement: Requirement;
  readonly before: string;
  readonly after: string;
};
export type AnswerPreview = {
  readonly changes: readonly AnswerChange[];
  readonly errors: readonly SheetError[];
};

/** Reads a filled-in workbook against the draft; an empty cell leaves its answer as it is. */
export function readAnswerSheet(catalogue: Catalogue, sheet: Sheet, page: DraftPage): AnswerPreview {
  const inAll = (key: string): string[] => locales.map((locale) => catalogue.translator(locale)(key));
  const headings = (name: string): string[] => inAll(`responses.sheet.column.${name}`);
  const table = readTable(sheet, {
    requirementId: required(headings('requirementId'), text(40)),
    bid: optional(headings('bid'), text(60)),
    answer: optional(headings('answer'), text(LONGEST_ANSWER)),
  });
  const own = new Map(answeredInCells(page).map((response) => [response.requirement.id, response]));
  const errors: SheetError[] = [...table.errors];
  const changes: AnswerChange[] = [];
  const seen = new Set<string>();
  for (const { row, values } of table.rows) {
    const refuse = (code: string, params: SheetError['params'] = {}): void =>
      void errors.push(sheetError(sheet, { row, column: table.places.answer ?? '' }, code, params));
    const { bid, requirementId, answer } = values;
    if (bid !== null && bid !== page.bid.reference) {
      // Of another bid as a whole: nothing in it is for this one.
      refuse('bid_sheet.other-bid', { bid, own: page.bid.reference });
      return { changes: [], errors };
    }
    const response = own.get(requirementId);
    if (response === undefined) refuse('answer_sheet.unknown-question');
    else if (seen.has(requirementId)) refuse('answer_sheet.question-twice');
    else if (answer !== null) {
      const change = changeOf(response, answer, inAll);
      if ('code' in change) refuse(change.code, change.params);
      else changes.push(change);
    }
    seen.add(requirementId);
  }
  return { changes: changes.filter(({ before, after }) => after !== before), errors };
}

/** What a written answer makes of the draft's, or why it is none. */
function changeOf(
  { requirement, typed: before }: ReadResponse,
  written: string,
  inAll: (key: string) => string[],
) {
  const after = requirement.kind === 'yes_no' ? asYesNo(written, inAll) : written;
  const read = readAnswer(requirement, after);
  return 'code' in read ? read : { requirement, before, after };
}

/** Yes and no in any of our languages; other words stay, and are refused as no choice. */
function asYesNo(written: string, inAll: (key: string) => string[]): string {
  const word = written.normalize('NFKC').trim().toLowerCase();
  const isOne = (answer: 'yes' | 'no'): boolean =>
    [answer, ...inAll(`requirements.${answer}`)].some((one) => one.toLowerCase() === word);
  return isOne('yes') ? 'yes' : isOne('no') ? 'no' : written;
}
