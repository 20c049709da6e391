import { assertMay } from '../identity/index.ts';
import { personsOf } from '../kernel/actor.ts';
import { ruleBroken } from '../kernel/errors.ts';
import { isZero } from '../kernel/money.ts';
import type { Ctx } from '../platform/db/context.ts';
import { placesOf } from '../platform/db/scope.ts';
import { keepersOfAccounts } from '../suppliers/index.ts';
import { personIn } from './invoices.service.ts';
import {
  assertBoughtNone,
  idsOf,
  lockRun,
  movePayments,
  type NamedRun,
  recordRun,
  toDecideOnRun,
  todayOf,
} from './payment-run.service.ts';
import * as store from './payment-run.store.ts';
import { isOffset, release } from './payment-run.ts';
import { lockOrdersOf, settleCovered } from './payment-run-result.service.ts';

/**
 * A second person in finance lets the payments go to the bank; suppliers get their remittance advice. What credits
 * cover is settled with it, as no bank is asked.
 * @throws AppError `payment_run.not-found`, `payment_run.changed-meanwhile`, `invoice.paid-by-own-buyer`,
 * `payment_run.released-by-account-keeper`, and what {@link assertMay} throws: never whoever made it
 */
export async function releasePaymentRun(ctx: Ctx, of: NamedRun): Promise<void> {
  const run = await lockRun(ctx, of);
  assertMay(ctx, 'payment_run.release', await toDecideOnRun(ctx, run));
  const released = release(run, { userId: personIn(ctx), at: ctx.now, today: todayOf(ctx) });
  await store.dropLateDiscounts(ctx.tx, { runId: run.id, payOn: released.payOn });
  const all = await store.findPayments(ctx.tx, run.id);
  const lines = await store.findLines(ctx.tx, idsOf(all));
  const holding = lines.filter((line) => line.holds);
  // Orders are locked before their invoices: those that may end with a payment of nothing.
  await lockOrdersOf(
    ctx,
    holding.filter((line) => isZero(line.amount)),
  );
  const ids = holding.map((line) => line.invoiceId);
  assertBoughtNone(ctx, await store.lockInvoices(ctx.tx, { ids, ...placesOf(ctx.actor) }));
  await assertKeepsNoAccount(ctx, all);
  await store.saveRun(ctx.tx, released);
  await recordRun(ctx, 'payment_run.released', { before: run, after: released });
  const planned = all
    .filter((payment) => payment.state === 'planned')
    .map((payment) => ({ ...payment, payOn: released.payOn }));
  const covered = planned.filter((payment) => isOffset(payment, lines));
  await movePayments(
    ctx,
    planned.filter((payment) => !covered.includes(payment)),
    'order',
  );
  if (covered.length > 0) await settleCovered(ctx, { run: released, payments: covered, lines });
}

/**
 * Whoever let a supplier's account be what it is pays nothing there.
 * @throws AppError `payment_run.released-by-account-keeper`
 */
async function assertKeepsNoAccount(
  ctx: Ctx,
  payments: readonly Pick<store.PaymentOfRun, 'supplierId'>[],
): Promise<void> {
  const keepers = await keepersOfAccounts(
    ctx,
    payments.map((payment) => payment.supplierId),
  );
  if (personsOf(ctx.actor).some((person) => keepers.includes(person)))
    throw ruleBroken('payment_run.released-by-account-keeper', 'Somebody else releases the run');
}
