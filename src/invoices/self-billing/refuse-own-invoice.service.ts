import { ruleBroken } from '../../kernel/errors.ts';
import type { Ctx } from '../../platform/db/context.ts';
import { findSelfBilledReceipt, findSelfBilledStatement } from './self-billing-agreement.store.ts';

/**
 * What we invoice for a supplier, it does not invoice itself; what we took back, it may.
 * @throws AppError `invoice.is-self-billed`
 */
export async function refuseOwnInvoice(ctx: Ctx, receiptId: string): Promise<void> {
  const receipt = await findSelfBilledReceipt(ctx.tx, receiptId);
  if (receipt === undefined) return;
  throw ruleBroken('invoice.is-self-billed', 'The buyer makes the invoice of this receipt', {
    reference: receipt.receiptReference,
  });
}

/**
 * A statement that we invoice is not invoiced by its supplier itself.
 * @throws AppError `invoice.is-self-billed`
 */
export async function refuseOwnStatementInvoice(ctx: Ctx, statementId: string): Promise<void> {
  const statement = await findSelfBilledStatement(ctx.tx, statementId);
  if (statement === undefined) return;
  throw ruleBroken('invoice.is-self-billed', 'The buyer makes the invoice of this statement', {
    reference: statement.reference,
  });
}
