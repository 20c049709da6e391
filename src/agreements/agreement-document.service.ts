import { storeGenerated } from '../documents/index.ts';
import { found } from '../kernel/errors.ts';
import type { Ctx } from '../platform/db/context.ts';
import { type Catalogue, locales } from '../platform/i18n/catalogue.ts';
import { drawAgreement } from './agreement.pdf.ts';
import * as versions from './agreement-version.store.ts';
import { isSignedByBoth, validSignatures } from './agreement-version.ts';
import { findAgreement } from './agreements.service.ts';

/**
 * Makes the documents of a version in both languages: of what was offered, and again with both signatures once it is
 * in force. Idempotent: what is there stays, and a text that was taken back meanwhile has none made.
 * @throws AppError `agreement.not-found`, `agreement_version.not-found`
 */
export async function makeAgreementDocuments(
  ctx: Ctx,
  of: { agreementId: string; version: number; catalogue: Catalogue },
): Promise<void> {
  const { agreementId, catalogue } = of;
  const agreement = found('agreement', await findAgreement(ctx, agreementId));
  const version = found('agreement_version', await versions.findVersion(ctx.tx, of));
  const { content, sha256 } = version;
  if (content === null || sha256 === null || version.offeredAt === null) return;
  const signatures = validSignatures(version, await versions.findSignatures(ctx.tx, agreementId));
  const isSigned = version.inForceAt !== null && isSignedByBoth(signatures);
  for (const language of locales) {
    const pdf = await drawAgreement(content, {
      language,
      catalogue,
      sha256,
      madeAt: version.inForceAt ?? version.offeredAt,
      timeZone: ctx.policies.company.timeZone,
      signatures: isSigned ? signatures : [],
    });
    await storeGenerated(ctx, {
      subject: { type: 'agreement', id: agreementId },
      kind: isSigned ? 'agreement-signed-pdf' : 'agreement-pdf',
      version: version.version,
      fileName: catalogue.translator(language)(
        isSigned ? 'agreements.document.file-name-signed' : 'agreements.document.file-name',
        {
          reference: agreement.reference,
          version: version.version,
          // A text that was changed after it was offered is another file.
          text: sha256.slice(0, 6),
        },
      ),
      mediaType: 'application/pdf',
      content: pdf,
      visibility: 'supplier',
      supplierId: agreement.supplierId,
    });
  }
}
