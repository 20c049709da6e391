import { storeGenerated } from '../../documents/index.ts';
import { found } from '../../kernel/errors.ts';
import type { Ctx } from '../../platform/db/context.ts';
import { placesOf } from '../../platform/db/scope.ts';
import type { Catalogue } from '../../platform/i18n/catalogue.ts';
import { findById, findLines } from '../invoice.store.ts';
import { normaliseNumber } from '../invoice-number.ts';
import { drawSelfBilled } from './self-billed.pdf.ts';
import { findOfInvoice } from './self-billed-invoice.store.ts';
import { findSelfBilledNames } from './self-billing.queries.ts';

/**
 * Keeps the document of an invoice that we made, with its hash, beside the figures that are in force; of any other invoice
 * nothing. Calling it again for the same figures gives what is there.
 * @throws AppError `invoice.not-found`
 */
export async function keepSelfBilledDocument(
  ctx: Ctx,
  of: { invoiceId: string; catalogue: Catalogue },
): Promise<void> {
  const selfBilled = await findOfInvoice(ctx.tx, of.invoiceId);
  if (selfBilled === undefined) return;
  const scope = { id: of.invoiceId, supplierId: ctx.actor.supplierId, ...placesOf(ctx.actor) };
  const invoice = found('invoice', await findById(ctx.tx, scope));
  const names = found('self_billed_invoice', await findSelfBilledNames(ctx, selfBilled.id));
  const locale = names.supplierLanguage;
  const t = of.catalogue.translator(locale);
  const figures = {
    ...invoice,
    normalisedNumber: normaliseNumber(invoice.supplierNumber),
    lines: await findLines(ctx.tx, invoice.id),
  };
  const content = await drawSelfBilled(
    { invoice, figures, names },
    {
      t,
      hasText: (key) => of.catalogue.has(locale, key),
      company: ctx.policies.company,
      issuedAt: ctx.now,
    },
  );
  await storeGenerated(ctx, {
    subject: { type: 'invoice', id: invoice.id },
    kind: 'self-billed-invoice',
    version: invoice.currentVersion,
    fileName: t('self-billing.pdf.file-name', {
      number: invoice.supplierNumber.replaceAll(/[^\w.-]+/g, '-'),
    }),
    mediaType: 'application/pdf',
    content,
    visibility: 'supplier',
    supplierId: invoice.supplierId,
  });
}
