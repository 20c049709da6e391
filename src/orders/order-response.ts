import { found, ruleBroken } from '../kernel/errors.ts';
import {
  compareDecimals,
  type DecimalString,
  isZero,
  multiplyDecimals,
  subtractDecimals,
} from '../kernel/money.ts';
import { type PolicyPlace, ruleFor, type Scoped } from '../kernel/scoped-policy.ts';
import { addDays, type Day, dayIn, instantAt } from '../kernel/time.ts';
import { addWorkingDays, type Calendar } from '../kernel/working-days.ts';
import {
  cancellationOf,
  changeOf,
  inOrder,
  isSameTerms,
  type LineChange,
  type OfferedItem,
  type ProposalKind,
  termsOf,
  totalOf,
} from './change-order.ts';
import { type Delivery, type OrderLine, openQuantity } from './fulfilment.ts';

/** UNCL1229: 5 accepted, 3 changed, 7 not accepted. */
export const lineResponseCodes = ['5', '3', '7'] as const;
export type LineResponseCode = (typeof lineResponseCodes)[number];

/** A line as its supplier answers it; price and deliveries count only where it proposes others. */
export type LineAnswer = {
  readonly poLineId: string;
  readonly code: LineResponseCode;
  readonly reason: string;
  readonly unitPrice: DecimalString | null;
  readonly deliveries: readonly Delivery[];
  /** What a proposal is; other terms where it does not say. */
  readonly proposal?: ProposalKind;
  /** The item that a substitute is. */
  readonly item?: OfferedItem | null;
};
/** What the answer to a line asks for; no change where it is accepted. */
export type AnsweredLine = { readonly answer: LineAnswer; readonly change: LineChange | null };

/** A line that can be answered: something of it is still to come. */
export const isAnswerable = (line: OrderLine): boolean => !isZero(openQuantity(line));

/**
 * Reads an answer by line against the order.
 * @throws AppError `order_response.line-twice`, `order_response.accepted-but-changed`, `order_response.reason-missing`, `order_response.proposes-nothing-left`,
 * `order_response.line-under-discussion`, `order_response.line-is-done`, `order_response.back-order-changes-more`,
 * `order_response.substitute-unnamed`, `po_line.not-found`, and what `changeOf` throws
 */
export function answerLines(
  lines: readonly OrderLine[],
  answers: readonly LineAnswer[],
  discussed: ReadonlySet<string>,
): AnsweredLine[] {
  const byId = new Map(lines.map((line) => [line.id, line]));
  const seen = new Set<string>();
  return answers.map((answer) => {
    const line = found('po_line', byId.get(answer.poLineId));
    const rule = (sentence: string) =>
      ruleBroken(`order_response.${sentence}`, sentence, { line: line.lineNo });
    if (seen.has(line.id)) throw rule('line-twice');
    seen.add(line.id);
    return { answer, change: changeAskedFor(line, answer, { isDiscussed: discussed.has(line.id), rule }) };
  });
}

function changeAskedFor(
  line: OrderLine,
  answer: LineAnswer,
  { isDiscussed, rule }: { isDiscussed: boolean; rule: (sentence: string) => Error },
): LineChange | null {
  if (answer.code === '5') {
    // Whoever typed another day and forgot to say so must not be taken to have accepted the old one.
    if (proposesElse(line, answer)) throw rule('accepted-but-changed');
    return null;
  }
  if (isDiscussed) throw rule('line-under-discussion');
  if (!isAnswerable(line)) throw rule('line-is-done');
  if (answer.reason === '') throw rule('reason-missing');
  if (answer.code === '7') return cancellationOf(line);
  return { ...proposedChange(line, answer, rule), proposal: answer.proposal ?? 'terms' };
}

function proposedChange(line: OrderLine, answer: LineAnswer, rule: (sentence: string) => Error): LineChange {
  const { unitPrice, deliveries, item } = answer;
  const isEmpty = isZero(totalOf(deliveries));
  if (answer.proposal === 'substitute') {
    if (item === undefined || item === null || item.description === '') throw rule('substitute-unnamed');
    // Whoever says nothing of quantity and day delivers the other item as this one was ordered.
    return changeOf(line, { unitPrice, deliveries: isEmpty ? line.deliveries : deliveries, item });
  }
  if (isEmpty) throw rule('proposes-nothing-left');
  if (answer.proposal === 'back_order' && !isOnlyLater(line, answer)) throw rule('back-order-changes-more');
  return changeOf(line, { unitPrice, deliveries });
}

/** Goods that come later are as many as before, at the price as before. */
const isOnlyLater = (line: OrderLine, { unitPrice, deliveries }: LineAnswer): boolean =>
  isZero(subtractDecimals(totalOf(deliveries), line.quantity)) &&
  (unitPrice === null || line.unitPrice === null || isZero(subtractDecimals(unitPrice, line.unitPrice)));

const proposesElse = (line: OrderLine, { unitPrice, deliveries }: LineAnswer): boolean => {
  const now = termsOf(line);
  return !isSameTerms(now, {
    unitPrice: unitPrice ?? now.unitPrice,
    deliveries: deliveries.length === 0 ? now.deliveries : inOrder(deliveries),
  });
};

/** UNCL4343 for the order as a whole: AP accepted, RE rejected, CA anything between. */
export function responseCode(
  answers: readonly Pick<LineAnswer, 'code'>[],
  { asksForCharges = false } = {},
): 'AP' | 'CA' | 'RE' {
  if (answers.every((answer) => answer.code === '5')) return asksForCharges ? 'CA' : 'AP';
  return answers.every((answer) => answer.code === '7') ? 'RE' : 'CA';
}

/** How far a proposal may be off before a person has to look; exactly at a limit is within it. */
export type ResponseTolerances = {
  readonly daysEarly: number;
  readonly daysLate: number;
  /** A higher price by so many percent; a lower one is always within. */
  readonly pricePercent: DecimalString;
  /** More or less by so many percent. */
  readonly quantityPercent: DecimalString;
};

/** What holds for an order: what is said of its supplier counts more than what is said of its category. */
export function tolerancesFor(
  policy: ResponseTolerances & { readonly scopes: readonly Scoped<ResponseTolerances>[] },
  order: PolicyPlace,
): ResponseTolerances {
  const { daysEarly, daysLate, pricePercent, quantityPercent } = policy;
  return ruleFor({ daysEarly, daysLate, pricePercent, quantityPercent }, policy.scopes, order);
}

/** Is a proposal so small that the house rules take it? A rejected line never is, nor another item, charge or tax. */
export function isWithin(change: LineChange, tolerances: ResponseTolerances): boolean {
  const { before, after } = change;
  if (change.code === '7' || after.item !== undefined) return false;
  if (after.charges !== undefined || after.taxRate !== undefined) return false;
  return (
    isPriceWithin(before.unitPrice, after.unitPrice, tolerances.pricePercent) &&
    compareDecimals(
      absolute(subtractDecimals(totalOf(after.deliveries), totalOf(before.deliveries))),
      percentOf(totalOf(before.deliveries), tolerances.quantityPercent),
    ) <= 0 &&
    areDaysWithin(before.deliveries, after.deliveries, tolerances)
  );
}

function isPriceWithin(
  before: DecimalString | null,
  after: DecimalString | null,
  percent: DecimalString,
): boolean {
  if (before === null || after === null) return false;
  return compareDecimals(subtractDecimals(after, before), percentOf(before, percent)) <= 0;
}

/** Every new day lies near the day of the line's one delivery; several deliveries keep their days or wait for a person. */
function areDaysWithin(
  before: readonly Delivery[],
  after: readonly Delivery[],
  { daysEarly, daysLate }: ResponseTolerances,
): boolean {
  const [only] = before;
  if (before.length !== 1 || only === undefined)
    return before.length === after.length && before.every((one, index) => one.dueOn === after[index]?.dueOn);
  const agreed = only.dueOn;
  if (agreed === null) return after.every((one) => one.dueOn === null);
  return after.every(
    ({ dueOn }) =>
      dueOn !== null && dueOn >= addDays(agreed, -daysEarly) && dueOn <= addDays(agreed, daysLate),
  );
}

const absolute = (value: DecimalString): DecimalString => (value.startsWith('-') ? value.slice(1) : value);
const percentOf = (value: DecimalString, percent: DecimalString): DecimalString =>
  multiplyDecimals(multiplyDecimals(value, percent), '0.01');

/** How long each side has to answer: see `config/policies.ts`. */
export type AnswerTimes = {
  readonly answerWorkingDays: number;
  readonly timeZone: string;
  readonly calendar: Calendar;
};

/** Until when an answer to what was sent at this instant is due. */
export const answerDueFrom = (at: Date, { answerWorkingDays, timeZone, calendar }: AnswerTimes): Date => {
  const day: Day = addWorkingDays(dayIn(at, timeZone), answerWorkingDays, calendar);
  return instantAt(`${day}T18:00`, timeZone);
};

/**
 * What the clock does where an answer is due: it reminds, then tells the buyer; it never answers.
 */
export function passTime(
  waiting: { dueAt: Date; remindedAt: Date | null; escalatedAt: Date | null },
  at: Date,
  times: AnswerTimes,
): 'nothing' | 'remind' | 'escalate' {
  if (waiting.escalatedAt !== null || waiting.dueAt > at) return 'nothing';
  if (waiting.remindedAt === null) return 'remind';
  return answerDueFrom(waiting.remindedAt, times) > at ? 'nothing' : 'escalate';
}
