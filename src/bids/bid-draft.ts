import type { AppError, FieldError } from '../kernel/errors.ts';
import { ruleBroken } from '../kernel/errors.ts';
import { type DecimalString, isZero, lineAmount, sumMoney } from '../kernel/money.ts';
import type { UnitCode } from '../kernel/quantity.ts';
import type { Day } from '../kernel/time.ts';
import type { Envelope } from '../sourcing/index.ts';
import {
  type AskedExtras,
  type BidRules,
  type DraftExtras,
  isBlankAlternate,
  type LotTotal,
  type ReadExtras,
  readExtras,
} from './offer.ts';
import {
  type PricedAs,
  type PricedIn,
  pricedAs,
  priceOfUnits,
  type ReadUnit,
  readPricedUnit,
} from './priced-unit.ts';
import { type Fail, isStorableAmount, isStorablePrice, readDay, readDays, readPrice } from './read-typed.ts';

/** One line as it was typed: kept to the letter, so that nothing a person wrote is lost. */
export type DraftLine = {
  readonly unitPrice: string;
  readonly leadTimeDays: string;
  readonly note: string;
} & DraftExtras;
/** The answer to a question of the event, as typed, with the files that prove it. */
export type DraftAnswer = { readonly answer: string; readonly fileIds: readonly string[] };
/** An attachment; its content lies sealed in storage. */
export type BidFile = {
  readonly fileId: string;
  readonly fileName: string;
  readonly sizeBytes: number;
  readonly sha256: string;
  /** Which envelope it goes into; with the prices where nobody said. */
  readonly envelope?: Envelope;
};
export type BidDraft = {
  /** By the id of the event's line; a line that is not here was never touched. */
  readonly lines: Readonly<Record<string, DraftLine>>;
  /** For the last envelope, with the prices. */
  readonly note: string;
  /** For the envelopes before it. */
  readonly notes?: Readonly<Partial<Record<Envelope, string>>>;
  readonly files: readonly BidFile[];
  /** The event's own where nobody chose another. */
  readonly currency?: string | undefined;
  readonly validUntilOn?: string | undefined;
  /** By the id of the requirement. */
  readonly answers?: Readonly<Record<string, DraftAnswer>>;
};
/** What a bid needs to know of a line that was asked for. */
export type AskedLine = {
  readonly id: string;
  readonly lineNo: number;
  readonly quantity: DecimalString;
} & AskedExtras;

export const emptyDraft: BidDraft = { lines: {}, note: '', files: [] };
export const emptyLine: DraftLine = { unitPrice: '', leadTimeDays: '', note: '' };

/** What was typed into some fields of a line. */
export type TypedLine = { readonly [K in keyof DraftLine]?: DraftLine[K] | undefined };

/**
 * The line with what was typed; tiers one by one, alternates as a whole. How many of `unit` one of the bidder's own is,
 * is said of the unit that is asked now.
 */
export const mergeLine = (line: DraftLine, typed: TypedLine, unit: UnitCode): DraftLine => ({
  ...line,
  ...Object.fromEntries(Object.entries(typed).filter(([, value]) => value !== undefined)),
  ...(typed.tiers === undefined ? {} : { tiers: { ...line.tiers, ...typed.tiers } }),
  ...(typed.unitsPer === undefined ? {} : { pricedFor: typed.unitsPer === '' ? '' : unit }),
});

export type ReadLine = {
  readonly eventItemId: string;
  readonly lineNo: number;
  readonly typed: DraftLine;
  /** Null: no bid on this line. Never zero for nothing. */
  readonly unitPrice: DecimalString | null;
  /** The unit it is priced in where that is not the one asked; the price is for so many of the unit asked. */
  readonly pricedIn: PricedIn | null;
  readonly priceBaseQuantity: DecimalString;
  readonly priced: PricedAs | null;
  readonly leadTimeDays: number | null;
  readonly amount: DecimalString | null;
} & ReadExtras;
export type ReadDraft = {
  readonly currency: string;
  readonly validUntilOn: Day | null;
  readonly lines: readonly ReadLine[];
  /** By lot, in the order in which lots are asked for. */
  readonly lots: readonly LotTotal[];
  readonly errors: readonly FieldError[];
  /** The sum of the lines that can be read. */
  readonly total: DecimalString;
  readonly pricedCount: number;
  /** The numbers of the lines without a price, and of those that are free of charge. */
  readonly missing: readonly number[];
  readonly free: readonly number[];
  /** The numbers of the lines without which the bid may not go out; none where a bid may leave out lines. */
  readonly owed: readonly number[];
  readonly needsPrice: boolean;
};

/** Reads what was typed, line by line; amounts are rounded once a line, the total adds those. */
export function readDraft(draft: BidDraft, asked: readonly AskedLine[], rules: BidRules): ReadDraft {
  const errors: FieldError[] = [];
  const currency = readCurrency(draft.currency ?? '', rules, errors);
  const lines = asked.map((line) => readLine(line, draft.lines[line.id] ?? emptyLine, currency, errors));
  const amounts = lines.flatMap((line) => (line.amount === null ? [] : [line.amount]));
  const total = sumMoney(amounts, currency);
  if (!isStorableAmount(total)) errors.push(fieldError('total', 'bid.amount-too-large'));
  return {
    currency,
    validUntilOn: readValidity(draft.validUntilOn ?? '', rules, errors),
    lines,
    lots: lotTotals(lines, asked, currency),
    errors,
    total,
    pricedCount: amounts.length,
    owed: rules.takesPartialBids ? [] : owedLines(asked, (_, at) => lines[at]?.unitPrice != null),
    needsPrice: rules.needsPrice,
    missing: lines.filter((line) => line.unitPrice === null).map((line) => line.lineNo),
    free: lines
      .filter((line) => line.unitPrice !== null && isZero(line.unitPrice))
      .map((line) => line.lineNo),
  };
}

function readCurrency(typed: string, { currencies }: BidRules, errors: FieldError[]): string {
  const [own = ''] = currencies;
  if (typed === '' || currencies.includes(typed)) return typed || own;
  errors.push({ ...fieldError('currency', 'bid.currency-not-asked'), params: { currency: typed } });
  return own;
}

function readValidity(typed: string, { validUntilAtLeast }: BidRules, errors: FieldError[]): Day | null {
  const fail: Fail = (code, params = {}) => {
    errors.push({ ...fieldError('validUntilOn', code), params });
    return null;
  };
  const day = readDay(typed, fail);
  if (validUntilAtLeast === null || (day !== null && day >= validUntilAtLeast)) return day;
  const isReadable = day !== null || typed.trim() === '';
  return isReadable ? fail('bid.valid-too-short', { day: validUntilAtLeast }) : null;
}

function lotTotals(lines: readonly ReadLine[], asked: readonly AskedLine[], currency: string): LotTotal[] {
  const lotIds = [...new Set(asked.map((line) => line.lotId ?? null))];
  return lotIds.map((lotId) => {
    const own = lines.filter((_, index) => (asked[index]?.lotId ?? null) === lotId);
    const amounts = own.flatMap((line) => (line.amount === null ? [] : [line.amount]));
    return { lotId, lineCount: own.length, pricedCount: amounts.length, total: sumMoney(amounts, currency) };
  });
}

/** A lot is bid on as a whole or not at all; without lots the event is one. */
export function owedLines(
  asked: readonly AskedLine[],
  isPriced: (line: AskedLine, at: number) => boolean,
): number[] {
  const begun = new Set(asked.filter(isPriced).map((line) => line.lotId ?? null));
  return asked
    .filter((line, at) => !isPriced(line, at) && begun.has(line.lotId ?? null))
    .map((line) => line.lineNo);
}

/**
 * What may be submitted: at least one price, nothing unreadable, and zero only when it was meant.
 * @throws AppError `bid.has-errors`, `bid.no-line-priced`, `bid.leaves-out-lines`, `bid.free-line-not-confirmed`
 */
export function assertSubmittable(draft: ReadDraft, freeIsMeant: { isConfirmed: boolean }): void {
  const refusal = whyNotSubmittable(draft, freeIsMeant);
  if (refusal !== null) throw refusal;
}

/** What {@link assertSubmittable} would throw; null when the draft is complete. */
export function whyNotSubmittable(draft: ReadDraft, freeIsMeant: { isConfirmed: boolean }): AppError | null {
  if (draft.errors.length > 0)
    return ruleBroken('bid.has-errors', 'Some entries cannot be read', { count: draft.errors.length });
  if (draft.pricedCount === 0 && draft.needsPrice)
    return ruleBroken('bid.no-line-priced', 'A bid needs a price on at least one line');
  if (draft.owed.length > 0)
    return ruleBroken('bid.leaves-out-lines', 'A bid may not leave out single lines', {
      lines: draft.owed.join(', '),
    });
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
    .map(([id, line]): [string, ...unknown[]] => [
      id,
      line.unitPrice,
      line.leadTimeDays,
      line.note,
      line.capacity ?? '',
      line.pricedUnit ?? '',
      line.unitsPer ?? '',
      line.unitReason ?? '',
      line.pricedFor ?? '',
      Object.entries(line.tiers ?? {})
        .filter(([, typed]) => typed !== '')
        .sort(([a], [b]) => (a < b ? -1 : 1)),
      (line.alternates ?? [])
        .filter((one) => !isBlankAlternate(one))
        .map((one) => [one.description, one.unitPrice, one.leadTimeDays]),
    ])
    .filter(([, ...said]) => said.some((one) => (Array.isArray(one) ? one.length > 0 : one !== '')))
    .sort(([a], [b]) => (a < b ? -1 : 1)),
  draft.note,
  draft.currency ?? '',
  draft.validUntilOn ?? '',
  Object.entries(draft.notes ?? {})
    .filter(([, note]) => note !== '')
    .sort(([a], [b]) => (a < b ? -1 : 1)),
  draft.files.map((file) => [file.fileId, file.envelope]),
  Object.entries(draft.answers ?? {})
    .map(([id, { answer, fileIds }]) => [id, answer, fileIds] as const)
    .sort(([a], [b]) => (a < b ? -1 : 1)),
];

function readLine(asked: AskedLine, typed: DraftLine, currency: string, errors: FieldError[]): ReadLine {
  const path = `lines.${asked.id}`;
  const fail = (field: string, code: string, params: FieldError['params'] = {}): null => {
    errors.push({ ...fieldError(`${path}.${field}`, code), params: { ...params, line: asked.lineNo } });
    return null;
  };
  const failAt =
    (field: string): Fail =>
    (code, params) =>
      fail(field, code, params);
  const inUnit = readPricedUnit(asked, typed, fail);
  const price = pricedOf(readPrice(typed.unitPrice, failAt('unitPrice')), {
    inUnit,
    quantity: asked.quantity,
    currency,
  });
  if (price === 'too-large') fail('unitPrice', 'bid.amount-too-large');
  const priced = {
    ...(price === 'too-large' ? NO_PRICE : price),
    pricedIn: inUnit?.pricedIn ?? null,
    priceBaseQuantity: inUnit?.priceBaseQuantity ?? '1',
  };
  return {
    eventItemId: asked.id,
    lineNo: asked.lineNo,
    typed,
    ...priced,
    priced: pricedAs(priced),
    leadTimeDays: readDays(typed.leadTimeDays, failAt('leadTimeDays')),
    ...readExtras(asked, typed, { currency, pricedIn: inUnit, failAt }),
  };
}

const NO_PRICE = { unitPrice: null, amount: null };

/** The price as it is sealed, with its amount; none where the unit it is in cannot be told. */
function pricedOf(
  typed: DecimalString | null,
  of: { inUnit: ReadUnit | null; quantity: DecimalString; currency: string },
): Pick<ReadLine, 'unitPrice' | 'amount'> | 'too-large' {
  const { inUnit, quantity, currency } = of;
  if (typed === null || inUnit === null) return NO_PRICE;
  const unitPrice = priceOfUnits(typed, inUnit);
  const { priceBaseQuantity } = inUnit;
  const amount = lineAmount({ quantity, unitPrice, priceBaseQuantity, currency });
  return isStorablePrice(unitPrice) && isStorableAmount(amount) ? { unitPrice, amount } : 'too-large';
}

const fieldError = (path: string, code: string): FieldError => ({ path, code, message: code });
