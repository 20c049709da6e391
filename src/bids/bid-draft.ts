import type { AppError, FieldError } from '../kernel/errors.ts';
import { ruleBroken } from '../kernel/errors.ts';
import {
  compareDecimals,
  type DecimalString,
  isZero,
  lineAmount,
  sumMoney,
  trimDecimal,
} from '../kernel/money.ts';

/** One line as it was typed: kept to the letter, so that nothing a person wrote is lost. */
export type DraftLine = { readonly unitPrice: string; readonly leadTimeDays: string; readonly note: string };
/** An attachment; its content lies sealed in storage. */
export type BidFile = {
  readonly fileId: string;
  readonly fileName: string;
  readonly sizeBytes: number;
  readonly sha256: string;
};
export type BidDraft = {
  /** By the id of the event's line; a line that is not here was never touched. */
  readonly lines: Readonly<Record<string, DraftLine>>;
  readonly note: string;
  readonly files: readonly BidFile[];
};
/** What a bid needs to know of a line that was asked for. */
export type AskedLine = { readonly id: string; readonly lineNo: number; readonly quantity: DecimalString };

export const emptyDraft: BidDraft = { lines: {}, note: '', files: [] };
const emptyLine: DraftLine = { unitPrice: '', leadTimeDays: '', note: '' };

export type ReadLine = {
  readonly eventItemId: string;
  readonly lineNo: number;
  readonly typed: DraftLine;
  /** Null: no bid on this line. Never zero for nothing. */
  readonly unitPrice: DecimalString | null;
  readonly leadTimeDays: number | null;
  readonly amount: DecimalString | null;
};
export type ReadDraft = {
  readonly lines: readonly ReadLine[];
  readonly errors: readonly FieldError[];
  /** The sum of the lines that can be read. */
  readonly total: DecimalString;
  readonly pricedCount: number;
  /** The numbers of the lines without a price, and of those that are free of charge. */
  readonly missing: readonly number[];
  readonly free: readonly number[];
};

const DECIMALS = 6;
const WHOLE_DIGITS = 12;
const DAYS_AT_MOST = 3650;
// What numeric(20,4) holds: the opening writes amounts there, and one bid must not stop it.
const AMOUNT_LIMIT = '10000000000000000';

export const isStorableAmount = (amount: DecimalString): boolean => compareDecimals(amount, AMOUNT_LIMIT) < 0;

/** Reads what was typed, line by line; amounts are rounded once a line, the total adds those. */
export function readDraft(draft: BidDraft, asked: readonly AskedLine[], currency: string): ReadDraft {
  const errors: FieldError[] = [];
  const lines = asked.map((line) => readLine(line, draft.lines[line.id] ?? emptyLine, currency, errors));
  const amounts = lines.flatMap((line) => (line.amount === null ? [] : [line.amount]));
  const total = sumMoney(amounts, currency);
  if (!isStorableAmount(total)) errors.push(fieldError('total', 'bid.amount-too-large'));
  return {
    lines,
    errors,
    total,
    pricedCount: amounts.length,
    missing: lines.filter((line) => line.unitPrice === null).map((line) => line.lineNo),
    free: lines
      .filter((line) => line.unitPrice !== null && isZero(line.unitPrice))
      .map((line) => line.lineNo),
  };
}

/**
 * What may be submitted: at least one price, nothing unreadable, and zero only when it was meant.
 * @throws AppError `bid.has-errors`, `bid.no-line-priced`, `bid.free-line-not-confirmed`
 */
export function assertSubmittable(draft: ReadDraft, freeIsMeant: { isConfirmed: boolean }): void {
  const refusal = whyNotSubmittable(draft, freeIsMeant);
  if (refusal !== null) throw refusal;
}

/** What {@link assertSubmittable} would throw; null when the draft is complete. */
export function whyNotSubmittable(draft: ReadDraft, freeIsMeant: { isConfirmed: boolean }): AppError | null {
  if (draft.errors.length > 0)
    return ruleBroken('bid.has-errors', 'Some entries cannot be read', { count: draft.errors.length });
  if (draft.pricedCount === 0)
    return ruleBroken('bid.no-line-priced', 'A bid needs a price on at least one line');
  if (draft.free.length > 0 && !freeIsMeant.isConfirmed)
    return ruleBroken('bid.free-line-not-confirmed', 'A price of zero has to be confirmed', {
      lines: draft.free.join(', '),
    });
  return null;
}

/** Saving what is already there changes nothing, so it makes no new revision. */
export const isSameDraft = (a: BidDraft, b: BidDraft): boolean =>
  JSON.stringify(inOrder(a)) === JSON.stringify(inOrder(b));

const inOrder = (draft: BidDraft): unknown => [
  Object.entries(draft.lines)
    .filter(([, line]) => line.unitPrice !== '' || line.leadTimeDays !== '' || line.note !== '')
    .map(([id, line]) => [id, line.unitPrice, line.leadTimeDays, line.note])
    .sort(([a = ''], [b = '']) => (a < b ? -1 : 1)),
  draft.note,
  draft.files.map((file) => file.fileId),
];

function readLine(asked: AskedLine, typed: DraftLine, currency: string, errors: FieldError[]): ReadLine {
  const path = `lines.${asked.id}`;
  const fail = (field: string, code: string, params: FieldError['params'] = {}): null => {
    errors.push({ ...fieldError(`${path}.${field}`, code), params: { ...params, line: asked.lineNo } });
    return null;
  };
  const unitPrice = readPrice(typed.unitPrice, (code, params) => fail('unitPrice', code, params));
  const leadTimeDays = readDays(typed.leadTimeDays, (code, params) => fail('leadTimeDays', code, params));
  const amount = unitPrice === null ? null : lineAmount({ quantity: asked.quantity, unitPrice, currency });
  const isTooLarge = amount !== null && !isStorableAmount(amount);
  if (isTooLarge) fail('unitPrice', 'bid.amount-too-large');
  return {
    eventItemId: asked.id,
    lineNo: asked.lineNo,
    typed,
    unitPrice: isTooLarge ? null : unitPrice,
    leadTimeDays,
    amount: isTooLarge ? null : amount,
  };
}

type Fail = (code: string, params?: FieldError['params']) => null;

/** A decimal point and no separators; anything that could be read in two ways is refused, never guessed. */
function readPrice(typed: string, fail: Fail): DecimalString | null {
  const written = typed.normalize('NFKC').trim();
  if (written === '') return null;
  const [, whole = '', fraction = ''] = /^(\d+)(?:\.(\d+))?$/.exec(written) ?? [];
  if (whole === '') return fail('bid.price-not-a-number');
  if (fraction.length > DECIMALS) return fail('bid.price-too-precise', { maximum: DECIMALS });
  if (whole.replace(/^0+/, '').length > WHOLE_DIGITS) return fail('bid.amount-too-large');
  return trimDecimal(written);
}

function readDays(typed: string, fail: Fail): number | null {
  const written = typed.normalize('NFKC').trim();
  if (written === '') return null;
  const days = /^\d{1,4}$/.test(written) ? Number(written) : Number.NaN;
  return days <= DAYS_AT_MOST ? days : fail('bid.lead-time-not-days', { maximum: DAYS_AT_MOST });
}

const fieldError = (path: string, code: string): FieldError => ({ path, code, message: code });
