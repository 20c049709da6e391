import { record } from '../audit/index.ts';
import { dayIn } from '../kernel/time.ts';
import type { Ctx } from '../platform/db/context.ts';
import { accountsInUse } from '../suppliers/index.ts';
import { creditTransferMessage } from './payment-run.pain001.ts';
import { getReleasedRun } from './payment-run-page.service.ts';

/**
 * What of a released run is still to be carried out, as the message that the bank takes. A payment whose supplier has no
 * account in use is left out; the run's page says so.
 * @throws AppError `payment_run.not-found`, `payment_run.is-not-released`, `payment_run.pays-to-no-account`
 */
export async function getCreditTransfers(
  ctx: Ctx,
  runId: string,
): Promise<{ fileName: string; xml: string }> {
  const { run, payments } = await getReleasedRun(ctx, runId);
  const ordered = payments.filter((payment) => payment.state === 'ordered');
  const accounts = await accountsInUse(
    ctx,
    ordered.map((payment) => payment.supplierId),
  );
  const { company, debtorAccount } = ctx.policies;
  const transfers = ordered.flatMap((payment) => {
    const account = accounts.get(payment.supplierId);
    const invoices = payment.lines.map((line) => line.supplierNumber);
    return account === undefined ? [] : [{ ...payment, account, invoices }];
  });
  const xml = creditTransferMessage({
    reference: run.reference,
    createdAt: ctx.now,
    payOn: run.payOn,
    debtor: { name: company.name, debtorAccount },
    transfers,
  });
  await record(ctx, {
    action: 'payment_run.exported',
    subject: { type: 'payment_run', id: run.id },
    changes: { reference: run.reference, payments: transfers.length, on: dayIn(ctx.now, company.timeZone) },
  });
  return { fileName: `${run.reference}-pain.001.xml`, xml };
}
