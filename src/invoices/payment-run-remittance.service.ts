import { storeGenerated } from '../documents/index.ts';
import type { DecimalString } from '../kernel/money.ts';
import type { Ctx } from '../platform/db/context.ts';
import type { Catalogue } from '../platform/i18n/catalogue.ts';
import { findAccountsPeople } from './invoices.queries.ts';
import type { PaymentShown } from './payment-run.queries.ts';
import { saveAdvice } from './payment-run.store.ts';
import { getPaymentPage } from './payment-run-page.service.ts';
import { drawRemittanceAdvice } from './payment-run-remittance.pdf.ts';

/** What mails about a payment say, and whom they go to at its supplier. */
export type PaymentFacts = {
  readonly payment: PaymentShown;
  readonly amount: DecimalString;
  readonly invoiceNumbers: readonly string[];
  readonly supplierPeople: readonly string[];
};

/** @throws AppError `payment.not-found` */
export async function getPaymentFacts(ctx: Ctx, paymentId: string): Promise<PaymentFacts> {
  const { payment, lines, amount } = await getPaymentPage(ctx, paymentId);
  return {
    payment,
    amount,
    invoiceNumbers: lines.map((line) => line.supplierNumber),
    supplierPeople: await findAccountsPeople(ctx, payment.supplierId),
  };
}

/**
 * Makes the remittance advice of a payment, in its supplier's language, and keeps it with the payment. Calling it
 * again gives the one that is there.
 * @throws AppError `payment.not-found`
 */
export async function makeRemittanceAdvice(
  ctx: Ctx,
  of: { paymentId: string; catalogue: Catalogue },
): Promise<string> {
  const page = await getPaymentPage(ctx, of.paymentId);
  const { payment } = page;
  if (payment.documentId !== null) return payment.documentId;
  const t = of.catalogue.translator(payment.supplierLanguage);
  const content = await drawRemittanceAdvice(page, {
    t,
    company: ctx.policies.company,
    issuedAt: ctx.now,
  });
  const document = await storeGenerated(ctx, {
    subject: { type: 'payment', id: payment.id },
    kind: 'remittance-advice',
    version: 1,
    fileName: t('payments.advice.file-name', { reference: payment.reference }),
    mediaType: 'application/pdf',
    content,
    visibility: 'supplier',
    supplierId: payment.supplierId,
  });
  await saveAdvice(ctx.tx, { paymentId: payment.id, documentId: document.id });
  return document.id;
}
