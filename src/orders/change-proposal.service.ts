import { found, ruleBroken } from '../kernel/errors.ts';
import type { DecimalString } from '../kernel/money.ts';
import type { Ctx } from '../platform/db/context.ts';
import {
  answerTimes,
  assertFunded,
  assertTermsFree,
  discussedLines,
  lockAsSeen,
  newChange,
  nextNo,
  recordChange,
} from './change-order.service.ts';
import * as store from './change-order.store.ts';
import {
  type ChangeOrder,
  cancellationOf,
  changeOf,
  isSameTerms,
  type LineTerms,
  movedDeliveries,
  termsOf,
} from './change-order.ts';
import {
  isSameCharges,
  isSameTax,
  type OrderTerms,
  type TermsChange,
  termsChangeOf,
} from './changed-terms.ts';
import type { Delivery, OrderLine } from './fulfilment.ts';
import { withDiscount } from './order-charges.ts';
import { answerDueFrom } from './order-response.ts';
import { findOrderLines } from './orders.service.ts';
import { saveOrder } from './purchase-order.store.ts';
import { assertAnswered, assertRunning, type PurchaseOrder } from './purchase-order.ts';

/** A line as the buyer wants it from now on. */
export type WantedLine = {
  readonly poLineId: string;
  readonly unitPrice: DecimalString | null;
  readonly deliveries: readonly Delivery[];
  /** In percent, null for none; as it is where it says nothing. */
  readonly discount?: DecimalString | null | undefined;
  /** In percent, null for that of the order; as it is where it says nothing. */
  readonly taxRate?: DecimalString | null | undefined;
};
/** The order as a whole, as one side wants it; what it does not say stays. */
export type WantedTerms = {
  readonly charges?: OrderTerms['charges'] | undefined;
  readonly taxRate?: DecimalString | null | undefined;
};

/** The change of the order as a whole that is wanted; null for none. @throws AppError what `termsChangeOf` throws */
export const wantedTermsChange = (
  order: PurchaseOrder,
  { wanted, lines }: { wanted: WantedTerms; lines: readonly OrderLine[] },
): TermsChange | null =>
  termsChangeOf(order, {
    lines,
    after: {
      charges: wanted.charges ?? order.charges,
      taxRate: wanted.taxRate === undefined ? order.taxRate : wanted.taxRate,
    },
  });

/** What is wanted of a line, with its discount and tax only where they are others. */
function wantedTermsOf(line: OrderLine, wanted: WantedLine): LineTerms {
  const { unitPrice, deliveries, discount, taxRate } = wanted;
  const now = line.charges ?? [];
  const charges = discount === undefined ? now : withDiscount(now, discount);
  return {
    unitPrice,
    deliveries,
    ...(isSameCharges(now, charges) ? {} : { charges }),
    ...(taxRate === undefined || isSameTax(line.taxRate ?? null, taxRate) ? {} : { taxRate }),
  };
}

const isUnchanged = (line: OrderLine, terms: LineTerms): boolean =>
  terms.charges === undefined &&
  terms.taxRate === undefined &&
  isSameTerms(termsOf(line), termsOf({ ...line, ...terms }));

/**
 * The buyer proposes to change an order that its supplier has answered; lines that are as they were count for nothing.
 * @throws AppError what {@link lockAsSeen}, `changeOf` and `termsChangeOf` throw, `purchase_order.not-acknowledged`,
 * `change_order.nothing-changed`, `change_order.line-under-discussion`, `change_order.terms-under-discussion`
 */
export async function proposeChange(
  ctx: Ctx,
  of: WantedTerms & { orderId: string; version: number; reason: string; lines: readonly WantedLine[] },
): Promise<void> {
  const order = await lockAsSeen(ctx, of);
  const ordered = await findOrderLines(ctx, order.id);
  const byId = new Map(ordered.map((line) => [line.id, line]));
  const lines = of.lines.flatMap((wanted) => {
    const line = found('po_line', byId.get(wanted.poLineId));
    const terms = wantedTermsOf(line, wanted);
    return isUnchanged(line, terms) ? [] : [changeOf(line, terms)];
  });
  const terms = wantedTermsChange(order, { wanted: of, lines: ordered });
  await sendChange(ctx, order, { kind: 'change', reason: of.reason, lines, terms });
}

/**
 * The buyer proposes to cancel what has not moved of the order.
 * @throws AppError what {@link lockAsSeen} throws, `change_order.nothing-changed`, `purchase_order.not-acknowledged`
 */
export async function proposeCancellation(
  ctx: Ctx,
  of: { orderId: string; version: number; reason: string },
): Promise<void> {
  const order = await lockAsSeen(ctx, of);
  const lines = (await findOrderLines(ctx, order.id))
    .filter((line) => !isSameTerms(termsOf(line), { ...termsOf(line), deliveries: movedDeliveries(line) }))
    .map(cancellationOf);
  await sendChange(ctx, order, { kind: 'cancellation', reason: of.reason, lines, terms: null });
}

async function sendChange(
  ctx: Ctx,
  order: PurchaseOrder,
  of: Pick<ChangeOrder, 'kind' | 'reason' | 'lines' | 'terms'>,
): Promise<void> {
  assertRunning(order);
  assertAnswered(order);
  if (of.lines.length === 0 && of.terms === null)
    throw ruleBroken('change_order.nothing-changed', 'Nothing is changed');
  const earlier = await store.findChanges(ctx.tx, order.id);
  const discussed = discussedLines(earlier);
  const busy = of.lines.find((line) => discussed.has(line.poLineId));
  if (busy !== undefined)
    throw ruleBroken('change_order.line-under-discussion', 'An earlier change is open', {
      line: busy.lineNo,
    });
  if (of.terms !== null) assertTermsFree(earlier);
  await assertFunded(ctx, order, [of]);
  const change = newChange(ctx, order, {
    ...of,
    changeNo: nextNo(earlier),
    isTolerated: false,
    dueAt: answerDueFrom(ctx.now, await answerTimes(ctx)),
  });
  await store.insertChanges(ctx.tx, [change]);
  await saveOrder(ctx.tx, order);
  await recordChange(ctx, order, { action: 'change-proposed', change, reason: of.reason });
}
