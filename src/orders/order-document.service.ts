import { record } from '../audit/index.ts';
import { storeGenerated } from '../documents/index.ts';
import { found } from '../kernel/errors.ts';
import type { Ctx } from '../platform/db/context.ts';
import type { Catalogue } from '../platform/i18n/catalogue.ts';
import { lockOrder } from './orders.service.ts';
import { drawPurchaseOrder } from './purchase-order.pdf.ts';
import { lockVersion, saveVersionDocument } from './purchase-order.store.ts';

/**
 * Makes the PDF of one version of an order, in its supplier's language, and keeps it with the order. A version
 * that has its document keeps it: calling this again does nothing.
 * @throws AppError `purchase_order.not-found`, `po_version.not-found`
 */
export async function makeOrderDocument(
  ctx: Ctx,
  of: { orderId: string; version: number; catalogue: Catalogue },
): Promise<void> {
  const { orderId, version, catalogue } = of;
  const order = await lockOrder(ctx, orderId);
  const issued = found('po_version', await lockVersion(ctx.tx, { orderId, version }));
  if (issued.documentId !== null) return;
  const { language } = issued.content.supplier;
  const t = catalogue.translator(language);
  const content = await drawPurchaseOrder(issued.content, {
    t,
    hasText: (key) => catalogue.has(language, key),
    issuedAt: issued.issuedAt,
  });
  const subject = { type: 'purchase_order', id: orderId };
  const document = await storeGenerated(ctx, {
    subject,
    kind: 'order-pdf',
    version,
    fileName: t('orders.document.file-name', { reference: order.reference, version }),
    mediaType: 'application/pdf',
    content,
    visibility: 'supplier',
    supplierId: order.supplierId,
  });
  await saveVersionDocument(ctx.tx, { orderId, version, documentId: document.id });
  await record(ctx, {
    action: 'purchase_order.document-made',
    subject,
    supplierId: order.supplierId,
    changes: { reference: order.reference, version, documentId: document.id, sha256: document.sha256 },
  });
}
