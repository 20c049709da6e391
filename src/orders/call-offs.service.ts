import { type Agreement, type CallOffLine, noteCallOff, openCallOff } from '../agreements/index.ts';
import { found } from '../kernel/errors.ts';
import { newId } from '../kernel/id.ts';
import type { DecimalString } from '../kernel/money.ts';
import type { Day } from '../kernel/time.ts';
import type { Ctx } from '../platform/db/context.ts';
import { reserveForCallOff } from './call-off-budget.service.ts';
import { issueOrder, type OrderToIssue } from './issue-orders.service.ts';
import { findOrder, findOrderLines } from './orders.service.ts';

/** An order that a buyer makes from an agreement. */
export type CallOff = {
  /** Made with the form: the same form sent twice makes one order. */
  readonly id: string;
  readonly agreementId: string;
  readonly plantCode: string;
  /** Which budget it is paid from. */
  readonly account: string;
  readonly lines: readonly {
    readonly agreementLineId: string;
    readonly quantity: DecimalString;
    readonly dueOn: Day | null;
  }[];
};

/**
 * Orders from an active agreement in one act: priced by quantity, within its limits and its time, each line traced to a
 * line of the agreement. Gives the order's id.
 * @throws AppError what {@link openCallOff}, {@link reserveForCallOff} and {@link issueOrder} throw
 */
export async function callOff(ctx: Ctx, of: CallOff): Promise<string> {
  const opened = await openCallOff(ctx, { id: of.id, agreementId: of.agreementId, wanted: of });
  if ('orderId' in opened) return opened.orderId;
  const { agreement, lines, charges } = opened;
  const order: OrderToIssue = {
    awardId: null,
    eventId: null,
    supplierId: agreement.supplierId,
    plantCode: of.plantCode,
    buyerId: found('user', ctx.actor.userId),
    title: agreement.title,
    currency: agreement.currency,
    incoterm: agreement.incoterm,
    incotermPlace: agreement.incotermPlace,
    paymentTermsDays: agreement.paymentTermsDays,
    categoryCode: agreement.categoryCode,
    lines: lines.map((line) => ({ ...line, eventItemId: null })),
    charges: charges.map(({ reason, percent, amount }) => ({ reason, percent, amount, id: newId() })),
  };
  return issueOrder(ctx, order, (orderId) =>
    noteOrder(ctx, { id: of.id, agreement, orderId, lines, account: of.account }),
  );
}

async function noteOrder(
  ctx: Ctx,
  of: {
    id: string;
    agreement: Agreement;
    orderId: string;
    lines: readonly CallOffLine[];
    account: string;
  },
): Promise<void> {
  const ordered = await findOrderLines(ctx, of.orderId);
  const { account, ...noted } = of;
  const [firstDueOn = null] = of.lines.flatMap(({ dueOn }) => (dueOn === null ? [] : [dueOn])).toSorted();
  const order = found('purchase_order', await findOrder(ctx, of.orderId));
  const budget = await reserveForCallOff(ctx, order, { account, firstDueOn });
  await noteCallOff(ctx, {
    ...noted,
    budget,
    lines: of.lines.map(({ agreementLineId, quantity }, index) => {
      const line = found('po_line', ordered[index]);
      return { poLineId: line.id, agreementLineId, quantity, amount: found('price', line.amount) };
    }),
  });
}
