import { found, ruleBroken } from '../kernel/errors.ts';
import { type DecimalString, isZero } from '../kernel/money.ts';
import type { Ctx } from '../platform/db/context.ts';
import {
  answerTimes,
  assertFunded,
  assertTermsFree,
  assertWithinAgreement,
  lockChange,
  type NamedChange,
  newChange,
  nextNo,
  personIn,
  recordChange,
  sideOf,
} from './change-order.service.ts';
import * as store from './change-order.store.ts';
import {
  type ChangeOrder,
  changeOf,
  counterChange,
  isSameTerms,
  type LineChange,
  type LineTerms,
  termsOf,
  totalOf,
} from './change-order.ts';
import { type WantedTerms, wantedTermsChange } from './change-proposal.service.ts';
import { isSameCharges, isSameOrderTerms, isSameTax, type TermsChange } from './changed-terms.ts';
import type { Delivery, OrderLine } from './fulfilment.ts';
import { withDiscount } from './order-charges.ts';
import { answerDueFrom } from './order-response.ts';
import { findOrderLines } from './orders.service.ts';
import { saveOrder } from './purchase-order.store.ts';
import { assertRunning } from './purchase-order.ts';

/** A line as the one who counters would have it. */
export type CounteredLine = {
  readonly poLineId: string;
  readonly unitPrice: LineTerms['unitPrice'];
  readonly deliveries: readonly Delivery[];
  /** In percent, null for none, where the proposal is about it; as proposed where it says nothing. */
  readonly discount?: DecimalString | null | undefined;
  readonly taxRate?: DecimalString | null | undefined;
  /** Is the item that the other side offered taken with it? */
  readonly keepsItem: boolean;
};

/**
 * Answers a proposal with another one, which the other side answers in turn; until then the order stays as it is.
 * Lines that are wanted as the order says are left out of it.
 * @throws AppError what `lockChange`, `counterChange`, `changeOf` and `termsChangeOf` throw, `change_order.counters-nothing`,
 * `change_order.counter-is-proposal`, `change_order.terms-under-discussion`, `budget.exceeded`
 */
export async function counterProposal(
  ctx: Ctx,
  of: NamedChange & WantedTerms & { reason: string; lines: readonly CounteredLine[] },
): Promise<void> {
  const { order, change } = await lockChange(ctx, of);
  assertRunning(order);
  const by = { side: sideOf(ctx), userId: personIn(ctx), at: ctx.now, reason: of.reason };
  const countered = counterChange(change, by);
  const ordered = await findOrderLines(ctx, order.id);
  const terms = wantedTermsChange(order, { wanted: of, lines: ordered });
  const lines = counteredLines(ordered, { change, wanted: of.lines, terms });
  const earlier = await store.findChanges(ctx.tx, order.id);
  if (terms !== null) assertTermsFree(earlier.filter(({ id }) => id !== change.id));
  if (by.side === 'buyer') await assertFunded(ctx, order, [{ lines, terms }]);
  else await assertWithinAgreement(ctx, order, [{ lines, terms }]);
  const counter: ChangeOrder = {
    ...newChange(ctx, order, {
      changeNo: nextNo(earlier),
      kind: 'change',
      lines,
      terms,
      reason: of.reason,
      isTolerated: false,
      dueAt: answerDueFrom(ctx.now, await answerTimes(ctx)),
    }),
    countersId: change.id,
  };
  await store.saveChange(ctx.tx, countered);
  await store.insertChanges(ctx.tx, [counter]);
  await saveOrder(ctx.tx, order);
  await recordChange(ctx, order, { action: 'change-countered', change: counter, reason: of.reason });
}

/** What a counter-proposal says, line by line, beside its terms. @throws AppError see {@link counterProposal} */
export function counteredLines(
  lines: readonly OrderLine[],
  {
    change,
    wanted,
    terms,
  }: {
    change: Pick<ChangeOrder, 'lines' | 'terms'>;
    wanted: readonly CounteredLine[];
    terms: TermsChange | null;
  },
): LineChange[] {
  const differs = [!isSameTermsChange(change.terms, terms)];
  const counter = change.lines.flatMap((proposed) => {
    const line = found(
      'po_line',
      lines.find(({ id }) => id === proposed.poLineId),
    );
    const typed = found(
      'po_line',
      wanted.find(({ poLineId }) => poLineId === proposed.poLineId),
    );
    const wantedTerms = counteredTerms(line, { proposed, typed });
    if (isAsOrdered(line, wantedTerms)) {
      differs.push(true);
      return [];
    }
    const one = changeOf(line, wantedTerms);
    differs.push(!isAsProposed(one, proposed));
    return [one];
  });
  if (counter.length === 0 && terms === null)
    throw ruleBroken('change_order.counters-nothing', 'That is the order as it stands: refuse the proposal');
  if (!differs.includes(true))
    throw ruleBroken('change_order.counter-is-proposal', 'That is what was proposed: accept it');
  return counter;
}

function counteredTerms(
  line: OrderLine,
  { proposed, typed }: { proposed: LineChange; typed: CounteredLine },
): LineTerms {
  const item = typed.keepsItem ? proposed.after.item : undefined;
  return {
    unitPrice: typed.unitPrice ?? termsOf(line).unitPrice,
    // Nothing typed of it leaves the deliveries as they are.
    deliveries: isZero(totalOf(typed.deliveries)) ? line.deliveries : typed.deliveries,
    ...(item === undefined ? {} : { item }),
    ...counteredCharges(line, { proposed, typed }),
  };
}

/** What else terms name than price and deliveries. */
const NAMED = ['item', 'charges', 'taxRate'] as const;
const isAsOrdered = (line: OrderLine, terms: LineTerms): boolean =>
  NAMED.every((name) => terms[name] === undefined) &&
  isSameTerms(termsOf(line), termsOf({ ...line, unitPrice: terms.unitPrice, deliveries: terms.deliveries }));

/** What was proposed and is left out of the counter is wanted as it was. */
const isAsProposed = ({ after }: LineChange, proposed: LineChange): boolean =>
  proposed.code !== '7' &&
  NAMED.every((name) => proposed.after[name] === undefined || after[name] !== undefined) &&
  isSameTerms(after, proposed.after);

/** A discount and a tax are countered where they were proposed. */
function counteredCharges(
  line: OrderLine,
  { proposed, typed }: { proposed: LineChange; typed: CounteredLine },
): Pick<LineTerms, 'charges' | 'taxRate'> {
  const { charges, taxRate } = proposed.after;
  const now = line.charges ?? [];
  const isDiscountTyped = charges !== undefined && typed.discount !== undefined;
  const wanted = isDiscountTyped ? withDiscount(now, typed.discount ?? null) : charges;
  const rate = taxRate !== undefined && typed.taxRate !== undefined ? typed.taxRate : taxRate;
  return {
    ...(wanted === undefined || isSameCharges(wanted, now) ? {} : { charges: wanted }),
    ...(rate === undefined || isSameTax(rate, line.taxRate ?? null) ? {} : { taxRate: rate }),
  };
}

const isSameTermsChange = (one: TermsChange | null, other: TermsChange | null): boolean =>
  one === null || other === null ? one === other : isSameOrderTerms(one.after, other.after);
