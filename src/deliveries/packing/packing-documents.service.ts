import { findPlant } from '../../catalog/index.ts';
import { type Document, documentsOf, storeGenerated } from '../../documents/index.ts';
import { found } from '../../kernel/errors.ts';
import type { Ctx } from '../../platform/db/context.ts';
import type { Catalogue } from '../../platform/i18n/catalogue.ts';
import { findSupplier } from '../../suppliers/index.ts';
import type { DespatchAdvice } from '../despatch-advice.ts';
import { findDespatch } from '../despatches.service.ts';
import { drawHandlingLabels } from './label.pdf.ts';
import { findNamedLines } from './packing.queries.ts';
import { findHandlingUnits } from './packing.service.ts';
import type { PackingContent } from './packing-content.ts';
import { drawPackingList } from './packing-list.pdf.ts';

const LABELS = 'labels-pdf';
const LIST = 'packing-list-pdf';

/**
 * Makes the labels and the packing list of a packing and keeps them with the delivery. A packing has its papers once:
 * calling this again does nothing, and so does it for a packing that another one has replaced.
 * @throws AppError `despatch_advice.not-found`
 */
export async function makePackingDocuments(
  ctx: Ctx,
  of: { despatchId: string; packingNo: number; origin: string; catalogue: Catalogue },
): Promise<void> {
  const despatch = found('despatch_advice', await findDespatch(ctx, of.despatchId));
  if (despatch.packingNo !== of.packingNo || despatch.packedAt === null) return;
  const content = await contentOf(ctx, { despatch, packedAt: despatch.packedAt, origin: of.origin });
  const { language, reference } = content;
  const t = of.catalogue.translator(language);
  const words = { t, hasText: (key: string) => of.catalogue.has(language, key) };
  const kept = {
    subject: { type: 'despatch_advice', id: despatch.id },
    version: of.packingNo,
    mediaType: 'application/pdf',
    visibility: 'supplier',
    supplierId: despatch.supplierId,
  } as const;
  await storeGenerated(ctx, {
    ...kept,
    kind: LABELS,
    fileName: t('packing.label.file-name', { reference, packing: of.packingNo }),
    content: await drawHandlingLabels(content, words),
  });
  await storeGenerated(ctx, {
    ...kept,
    kind: LIST,
    fileName: t('packing.list.file-name', { reference, packing: of.packingNo }),
    content: await drawPackingList(content, words),
  });
}

async function contentOf(
  ctx: Ctx,
  of: { despatch: DespatchAdvice; packedAt: Date; origin: string },
): Promise<PackingContent> {
  const { despatch } = of;
  const plant = found('plant', await findPlant(ctx, despatch.plantCode));
  const supplier = await findSupplier(ctx, despatch.supplierId);
  const lines = await findNamedLines(ctx, despatch.id);
  const language = plant.language ?? 'zh-CN';
  const { company } = ctx.policies;
  return {
    language,
    reference: despatch.reference,
    packingNo: despatch.packingNo,
    packedAt: of.packedAt,
    despatchedOn: despatch.despatchedOn,
    expectedOn: despatch.expectedOn,
    carrier: despatch.carrier,
    trackingNumber: despatch.trackingNumber,
    orderReferences: [...new Set(lines.map((line) => line.orderReference))],
    supplier: { name: supplier.name, addressLines: supplier.addressLines },
    receiver: {
      name: language === 'en' ? company.name : company.nameLocal,
      plantCode: plant.code,
      plantName: language === 'en' ? plant.nameEn : plant.nameZh,
      addressLines: plant.addressLines,
    },
    address: `${of.origin}/despatches/${despatch.id}`,
    lines,
    units: await findHandlingUnits(ctx, despatch.id),
  };
}

/** The papers of the present packing; null where a job is still to make them. */
export type PackingPapers = { readonly labels: Document | null; readonly list: Document | null };

/** The papers of the delivery's present packing, and all other files of it. */
export async function splitDocuments(
  ctx: Ctx,
  despatch: Pick<DespatchAdvice, 'id' | 'packingNo'>,
): Promise<{ papers: PackingPapers; documents: Document[] }> {
  const all = await documentsOf(ctx, 'despatch_advice', despatch.id);
  const present = (kind: string): Document | null =>
    all.find((one) => one.kind === kind && one.version === despatch.packingNo) ?? null;
  return {
    papers: { labels: present(LABELS), list: present(LIST) },
    documents: all.filter((one) => one.kind !== LABELS && one.kind !== LIST),
  };
}
