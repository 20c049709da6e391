import { record } from '../../audit/index.ts';
import { attachUploads, type Document, documentsOfAll } from '../../documents/index.ts';
import { mayUse } from '../../identity/index.ts';
import { found } from '../../kernel/errors.ts';
import type { Ctx } from '../../platform/db/context.ts';
import type { UploadedFile } from '../../platform/web/uploads.ts';
import { assertRenewable, assertRenewalAnswered } from './qualification.ts';
import * as store from './renewal.store.ts';

/** What a supplier is qualified for, as it reads it itself, with the files that it gave. */
export type OwnQualifications = {
  readonly qualifications: readonly store.OwnQualification[];
  readonly evidence: readonly Document[];
};

export async function getOwnQualifications(ctx: Ctx): Promise<OwnQualifications> {
  const qualifications = await store.findOwn(ctx.tx, ownSupplierId(ctx));
  const ids = qualifications.map(({ id }) => id);
  return { qualifications, evidence: await documentsOfAll(ctx, 'qualification', ids) };
}

/**
 * Asks us to renew what holds or has ended, with new evidence. A buyer takes it up as any other decision, or says why not.
 * @throws AppError `qualification.not-found`, and what {@link assertRenewable} throws
 */
export async function askForRenewal(
  ctx: Ctx,
  of: { id: string; note: string; files: readonly UploadedFile[] },
): Promise<void> {
  const supplierId = ownSupplierId(ctx);
  const own = found('qualification', await store.lockOwn(ctx.tx, { id: of.id, supplierId }));
  assertRenewable(own);
  await store.saveRenewalAsked(ctx.tx, {
    id: own.id,
    note: of.note,
    askedBy: found('user', ctx.actor.userId),
    askedAt: ctx.now,
  });
  if (of.files.length > 0)
    await attachUploads(ctx, {
      subject: { type: 'qualification', id: own.id },
      visibility: 'supplier',
      supplierId,
      files: of.files,
    });
  await record(ctx, {
    action: 'qualification.renewal-asked',
    subject: { type: 'qualification', id: own.id },
    supplierId,
    reason: of.note === '' ? null : of.note,
    changes: { categoryCode: own.categoryCode, plantCode: own.plantCode, fileCount: of.files.length },
  });
}

/**
 * Says why a renewal that a supplier asked for is not taken up; it reads that.
 * @throws AppError `qualification.not-found`, and what {@link assertRenewalAnswered} throws
 */
export async function declineRenewal(
  ctx: Ctx,
  of: { supplierId: string; id: string; reason: string },
): Promise<void> {
  const asked = found('qualification', await store.lockOwn(ctx.tx, of));
  assertRenewalAnswered(asked, of.reason);
  await store.endRenewal(ctx.tx, { id: asked.id, answer: of.reason });
  await record(ctx, {
    action: 'qualification.renewal-declined',
    subject: { type: 'qualification', id: asked.id },
    supplierId: of.supplierId,
    reason: of.reason,
    changes: { categoryCode: asked.categoryCode, plantCode: asked.plantCode },
  });
}

/** Evidence is read by whoever reads suppliers; what a supplier gave itself, by that supplier too. */
export async function mayReadEvidenceOfQualification(
  ctx: Ctx,
  document: Pick<Document, 'subject' | 'visibility' | 'supplierId'>,
): Promise<boolean> {
  if (ctx.actor.kind === 'staff') return mayUse(ctx, 'supplier.read');
  return (
    mayUse(ctx, 'company.read') &&
    document.visibility === 'supplier' &&
    document.supplierId === ctx.actor.supplierId
  );
}

const ownSupplierId = ({ actor }: Ctx): string => found('page', actor.supplierId);
