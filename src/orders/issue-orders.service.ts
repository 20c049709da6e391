import { found, ruleBroken } from '../kernel/errors.ts';
import { newId } from '../kernel/id.ts';
import { type DecimalString, trimDecimal } from '../kernel/money.ts';
import { type Day, dayIn } from '../kernel/time.ts';
import type { Ctx } from '../platform/db/context.ts';
import { nextNumber } from '../platform/db/reference.ts';
import { draftAgreementOf } from './award-agreements.service.ts';
import { chargesOfAward } from './award-charges.service.ts';
import { askForApproval, asksForApproval, putIntoForce } from './order-approval.service.ts';
import { type Charge, netLineAmount, netPricesById, totalsOf, usualTaxRate } from './order-charges.ts';
import { insertOrder, type NewOrder, type NewOrderLine } from './order-draft.store.ts';
import { orderNumber } from './order-number.ts';
import { type AwardedLine, findLinesToOrder, findParties, lockAward } from './orders.queries.ts';
import { lockOrder } from './orders.service.ts';
import { assertPlanFits, type PaymentPlan } from './payment-plan.ts';

import { purchaseOrderLifecycle } from './purchase-order.ts';

/** What an order is made from. */
export type OrderToIssue = {
  readonly awardId: string | null;
  readonly eventId: string | null;
  readonly supplierId: string;
  readonly plantCode: string;
  readonly buyerId: string;
  readonly title: string;
  readonly currency: string;
  readonly incoterm: string;
  readonly incotermPlace: string;
  readonly paymentTermsDays: number;
  readonly lines: readonly {
    readonly eventItemId: string | null;
    readonly itemCode: string | null;
    readonly description: string;
    readonly quantity: DecimalString;
    readonly unit: string;
    readonly unitPrice: DecimalString;
    readonly priceBaseQuantity: DecimalString;
    readonly dueOn: Day | null;
    readonly charges?: readonly Charge[];
    /** In percent; that of the order where it says nothing. */
    readonly taxRate?: DecimalString | null;
  }[];
  /** Where it comes from no event. */
  readonly categoryCode?: string | null;
  readonly charges?: readonly Charge[];
  /** In percent; left out, what the house has for its plant. */
  readonly taxRate?: DecimalString | null;
  readonly plan?: PaymentPlan | null;
};

/**
 * Issues one order to each winner of an approved award that has none yet, and gives the new orders' ids: at once, or
 * after the standstill where there is one. Calling it again issues nothing: an award has one order a supplier. Of an
 * award that was cancelled meanwhile nothing is ordered; of one that leads to agreements these are drafted instead.
 * @throws AppError `award.not-found`, `purchase_order.award-not-approved`
 */
export async function issueOrdersForAward(ctx: Ctx, awardId: string): Promise<string[]> {
  const { state, standstillDays, outcome } = found('award', await lockAward(ctx, awardId));
  if (['proposed', 'pending_approval', 'returned'].includes(state))
    throw ruleBroken('purchase_order.award-not-approved', 'Orders are issued for an approved award only');
  if (state === 'cancelled' || (standstillDays > 0 && state !== 'final')) return [];
  const ids: string[] = [];
  // A handful of winners, each with a number of its own: the numbers follow one another.
  for (const lines of bySupplier(await findLinesToOrder(ctx, awardId))) {
    const [first] = lines;
    if (outcome === 'agreement') await draftAgreementOf(ctx, { awardId, lines });
    else if (first !== undefined) {
      const charges = await chargesOfAward(ctx, { ...first, awardId });
      ids.push(await issueOrder(ctx, { ...first, awardId, lines, charges }));
    }
  }
  return ids;
}

const bySupplier = (lines: readonly AwardedLine[]): AwardedLine[][] => {
  const groups = new Map<string, AwardedLine[]>();
  for (const line of lines) groups.set(line.supplierId, [...(groups.get(line.supplierId) ?? []), line]);
  return [...groups.values()];
};

/**
 * Issues an order, numbered and with version 1 of its content and its hash; the supplier gets it once its document is
 * made. Where the house's rules name approvers for it, it waits for them instead.
 * @param note says what it was made from, before anybody is asked about it
 * @throws AppError `order_party.not-found`, `purchase_order.without-lines`, `purchase_order.discount-above-amount`
 */
export async function issueOrder(
  ctx: Ctx,
  order: OrderToIssue,
  note: (orderId: string) => Promise<void> = async () => {},
): Promise<string> {
  const parties = found('order_party', await findParties(ctx, order));
  const { supplier } = parties;
  const id = newId();
  const { taxRate = usualTaxRate(ctx.policies.orders.tax, { ...order, country: supplier.country }) } = order;
  const made = newOrder(ctx, { ...order, taxRate }, { id, reference: await numberOf(ctx, order) });
  await insertOrder(ctx.tx, made);
  await note(id);
  const held = await lockOrder(ctx, id);
  const isEnough = order.awardId !== null && ctx.policies.orders.isAwardEnough;
  const mustBeAsked = !isEnough && (await asksForApproval(ctx, held));
  if (mustBeAsked) await askForApproval(ctx, held);
  else await putIntoForce(ctx, held, { action: 'waive-approval', reason: null, parties });
  return id;
}

/** The next number of the house's pattern, in the year that it is where the company is. */
export async function numberOf(ctx: Ctx, { plantCode }: { plantCode: string }): Promise<string> {
  const { orders, company } = ctx.policies;
  const year = Number(dayIn(ctx.now, company.timeZone).slice(0, 4));
  const number = orderNumber(orders.numbering, { plantCode, year });
  return number.numbered(await nextNumber(ctx.tx, { counter: number.counter, year }));
}

/** The rows of a draft. @throws AppError `purchase_order.without-lines`, `purchase_order.discount-above-amount`, what {@link assertPlanFits} throws */
export function newOrder(
  ctx: Ctx,
  order: OrderToIssue,
  { id, reference }: { id: string; reference: string },
): NewOrder {
  if (order.lines.length === 0) throw ruleBroken('purchase_order.without-lines', 'An order needs a line');
  const charged = {
    currency: order.currency,
    charges: order.charges ?? [],
    taxRate: order.taxRate ?? null,
  };
  const lines = order.lines.map((line, index) =>
    newLine(line, { lineNo: index + 1, currency: order.currency }),
  );
  const prices = netPricesById(lines, charged);
  const totalAmount = totalsOf(lines, charged).netAmount;
  const plan = order.plan ?? null;
  assertPlanFits(plan, { totalAmount, currency: order.currency });
  return {
    ...order,
    ...charged,
    id,
    reference,
    categoryCode: order.categoryCode ?? null,
    state: purchaseOrderLifecycle.initial,
    currentVersion: 1,
    totalAmount,
    plan,
    lineCount: lines.length,
    issuedOn: dayIn(ctx.now, ctx.policies.company.timeZone),
    nextDueOn: firstDay(lines.map((line) => line.dueOn)),
    createdAt: ctx.now,
    lines: lines.map((line, index) => ({ ...line, netPrice: prices[index]?.netPrice ?? null })),
  };
}

const newLine = (
  line: OrderToIssue['lines'][number],
  at: { lineNo: number; currency: string },
): NewOrderLine => ({
  id: newId(),
  scheduleId: newId(),
  eventItemId: line.eventItemId,
  lineNo: at.lineNo,
  itemCode: line.itemCode,
  description: line.description,
  quantity: trimDecimal(line.quantity),
  unit: line.unit,
  unitPrice: trimDecimal(line.unitPrice),
  priceBaseQuantity: trimDecimal(line.priceBaseQuantity),
  amount: netLineAmount({ ...line, currency: at.currency }),
  charges: line.charges ?? [],
  taxRate: line.taxRate ?? null,
  netPrice: null,
  dueOn: line.dueOn,
});

const firstDay = (days: readonly (Day | null)[]): Day | null =>
  days.filter((day) => day !== null).sort()[0] ?? null;
