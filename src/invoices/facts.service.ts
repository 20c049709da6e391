import { found } from '../kernel/errors.ts';
import type { Ctx } from '../platform/db/context.ts';
import { placesOf } from '../platform/db/scope.ts';
import type { FigureLine } from './figures.ts';
import { findById, findLines } from './invoice.store.ts';
import type { Invoice } from './invoice.ts';
import { findAccountsPeople, findNames, type InvoiceNames } from './invoices.queries.ts';
import { findExceptions } from './match-exception.store.ts';
import type { MatchException } from './match-exception.ts';

/** What mails about an invoice say, and whom they go to at its supplier. */
export type InvoiceFacts = {
  readonly invoice: Invoice;
  readonly names: InvoiceNames;
  readonly lines: readonly FigureLine[];
  /** Those that nobody has settled. */
  readonly open: readonly MatchException[];
  readonly supplierPeople: readonly string[];
};

/** @throws AppError `invoice.not-found` */
export async function getInvoiceFacts(ctx: Ctx, invoiceId: string): Promise<InvoiceFacts> {
  const invoice = found(
    'invoice',
    await findById(ctx.tx, { id: invoiceId, supplierId: ctx.actor.supplierId, ...placesOf(ctx.actor) }),
  );
  const exceptions = await findExceptions(ctx.tx, invoiceId);
  return {
    invoice,
    names: found('invoice', await findNames(ctx, invoiceId)),
    lines: await findLines(ctx.tx, invoiceId),
    open: exceptions.filter((exception) => exception.state === 'open'),
    supplierPeople: await findAccountsPeople(ctx, invoice.supplierId),
  };
}
