import { recordAll } from '../../audit/index.ts';
import type { DecimalString } from '../../kernel/money.ts';
import type { Day } from '../../kernel/time.ts';
import type { Ctx } from '../../platform/db/context.ts';
import { findPayableOf } from '../credits/credit-note.store.ts';
import * as store from './early-payment.store.ts';
import { discountOn, isInTime, settle } from './early-payment.ts';
import { actOn } from './early-payment-act.ts';

/** What a payment took off an invoice for being early. */
export type Taken = {
  readonly invoiceId: string;
  readonly reference: string;
  readonly amount: DecimalString;
};

/**
 * Ends what was agreed of these invoices with a payment on a day: in time the discount is taken, else it is void; also
 * where the payment took nothing off.
 */
export async function settleEarlyPayments(
  ctx: Ctx,
  of: { taken: readonly Taken[]; paidOn: Day },
): Promise<void> {
  const byInvoice = new Map(of.taken.map((one) => [one.invoiceId, one]));
  const agreed = await store.lockAgreed(ctx.tx, [...byInvoice.keys()]);
  if (agreed.length === 0) return;
  const settled = agreed.map((early) =>
    settle(early, isInTime(early, of.paidOn) ? (byInvoice.get(early.invoiceId)?.amount ?? null) : null),
  );
  await store.saveSettled(ctx.tx, settled);
  await recordAll(
    ctx,
    settled.map((early) => actOn(early, early.state, byInvoice.get(early.invoiceId)?.reference ?? null)),
  );
}

/** The same for an invoice that is noted as paid by hand: what is left of it bears the discount that was agreed. */
export async function settleByHand(
  ctx: Ctx,
  of: { invoiceId: string; reference: string; paidOn: Day },
): Promise<void> {
  const [early] = await store.lockAgreed(ctx.tx, [of.invoiceId]);
  if (early === undefined) return;
  const amount = discountOn(early, await findPayableOf(ctx.tx, of.invoiceId));
  await settleEarlyPayments(ctx, { taken: [{ ...of, amount }], paidOn: of.paidOn });
}
