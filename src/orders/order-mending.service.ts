import { record } from '../audit/index.ts';
import { chargeReasons } from '../kernel/charge.ts';
import { conflict, found } from '../kernel/errors.ts';
import { differingFields } from '../kernel/form-fields.ts';
import type { Ctx } from '../platform/db/context.ts';
import { nextDueOn, type OrderLine } from './fulfilment.ts';
import { netPricesById, totalsOf } from './order-charges.ts';
import * as store from './order-mending.store.ts';
import { assertMendable, type Mending, mendedLines } from './order-mending.ts';
import { findAgreementReference } from './orders.queries.ts';
import { findOrder, findOrderLines, lockOrder } from './orders.service.ts';
import type { PurchaseOrder } from './purchase-order.ts';

/**
 * Mends a draft that follows an award or an agreement: its days, texts, address, charges and tax. Suppliers, quantities and
 * prices are what was awarded.
 * @throws AppError `purchase_order.not-found`, `purchase_order.draft-changed-meanwhile`, what `assertMendable` and
 * `mendedLines` throw, `purchase_order.discount-above-amount`
 */
export async function mendOrder(ctx: Ctx, of: Mending & { orderId: string; version: number }): Promise<void> {
  const order = await lockOrder(ctx, of.orderId);
  await assertIsMendable(ctx, order);
  if (order.version !== of.version)
    throw conflict('purchase_order.draft-changed-meanwhile', 'Somebody else changed it meanwhile', {
      reference: order.reference,
    });
  const before = await findOrderLines(ctx, order.id);
  const lines = mendedLines(before, {
    wanted: of.lines,
    agreed: await store.findAgreedTexts(ctx.tx, order.id),
  });
  const charged = { currency: order.currency, charges: of.charges, taxRate: of.taxRate };
  const { netAmount } = totalsOf(
    lines.map((line) => ({ ...line, amount: line.amount ?? '0' })),
    charged,
  );
  const prices = new Map(netPricesById(lines, charged).map((one) => [one.id, one.netPrice]));
  await store.saveMended(ctx.tx, {
    ...of,
    totalAmount: netAmount,
    nextDueOn: nextDueOn(lines),
    lines: lines.map((line) => ({ ...line, netPrice: prices.get(line.id) ?? null })),
  });
  await recordMending(ctx, order, { of, before });
}

const assertIsMendable = async (ctx: Ctx, order: PurchaseOrder): Promise<void> =>
  assertMendable(order, { isCalledOff: (await findAgreementReference(ctx, order.id)) !== null });

/** Nobody outside knows of a draft; the record says what was mended, from and to. */
const recordMending = (
  ctx: Ctx,
  order: PurchaseOrder,
  { of, before }: { of: Mending; before: readonly OrderLine[] },
): Promise<string> => {
  const { title, incotermPlace, deliveryAddress, charges, taxRate } = order;
  return record(ctx, {
    action: 'purchase_order.mended',
    subject: { type: 'purchase_order', id: order.id },
    changes: {
      reference: order.reference,
      before: { title, incotermPlace, deliveryAddress, charges, taxRate },
      after: {
        title: of.title,
        incotermPlace: of.incotermPlace,
        deliveryAddress: of.deliveryAddress,
        charges: of.charges,
        taxRate: of.taxRate,
      },
      lines: of.lines.flatMap((line) => {
        const was = before.find(({ id }) => id === line.poLineId);
        return was === undefined || (was.description === line.description && was.dueOn === line.dueOn)
          ? []
          : [{ lineNo: was.lineNo, description: line.description, dueOn: line.dueOn, wasDueOn: was.dueOn }];
      }),
    },
  });
};

type MendingFields = Readonly<Record<'title' | 'incotermPlace' | 'deliveryAddress' | 'taxRate', string>>;
export type MendingForm = {
  readonly order: PurchaseOrder;
  readonly lines: readonly OrderLine[];
  readonly fields: MendingFields;
  readonly chargeReasons: typeof chargeReasons;
  readonly taxRates: readonly string[];
};

/**
 * A draft to mend. One that somebody submitted meanwhile is shown to whoever typed into it, with what was typed.
 * @throws AppError `purchase_order.not-found`, what `assertMendable` throws
 */
export async function getMendingForm(
  ctx: Ctx,
  of: { orderId: string; wasTyped: boolean },
): Promise<MendingForm> {
  const order = found('purchase_order', await findOrder(ctx, of.orderId));
  if (!of.wasTyped) await assertIsMendable(ctx, order);
  return {
    order,
    lines: await findOrderLines(ctx, order.id),
    fields: {
      title: order.title,
      incotermPlace: order.incotermPlace,
      deliveryAddress: order.deliveryAddress ?? '',
      taxRate: order.taxRate ?? '',
    },
    chargeReasons,
    taxRates: [...new Set(ctx.policies.taxes.map((tax) => tax.rate))],
  };
}

/** What differs between the stored draft and what somebody typed into an older one. */
export const mendingDifferences = (
  stored: MendingFields,
  typed: Readonly<Record<string, unknown>>,
): ReturnType<typeof differingFields<MendingFields>> => differingFields(stored, typed);
