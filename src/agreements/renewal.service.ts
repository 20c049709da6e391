import { record } from '../audit/index.ts';
import { found, ruleBroken } from '../kernel/errors.ts';
import type { Ctx } from '../platform/db/context.ts';
import * as store from './agreement.store.ts';
import { type Agreement, isLeftToExpire, nextDueOn, renewedUntil } from './agreement.ts';
import type { AgreementTerms } from './agreement-version.ts';
import { findAgreement, lockAgreement, startVersion } from './agreements.service.ts';
import type { AgreementLine } from './call-off.ts';
import { atCurrentIndices } from './price-indices.service.ts';

/**
 * Begins the version that carries an agreement on for as long as it was agreed for, at the prices that its formulas give now.
 * It is written, approved and signed like any other. Gives its number.
 * @throws AppError what `startVersion` throws
 */
export async function renewAgreement(ctx: Ctx, agreementId: string): Promise<number> {
  const held = await lockAgreement(ctx, agreementId);
  const prices = await atCurrentIndices(ctx, held.id);
  const change = (terms: AgreementTerms): AgreementTerms => ({
    ...terms,
    lines: prices(terms.lines),
    validUntil: renewedUntil(terms),
  });
  return startVersion(ctx, { agreementId, reason: `Renewal 续签 ${renewedUntil(held)}`, change });
}

/**
 * Its owner lets an agreement end on its last day: nobody is reminded of it any more. A new version in force takes it back.
 * @throws AppError `agreement.not-found`, `agreement.not-active`, `agreement.expires-already`
 */
export async function letExpire(ctx: Ctx, agreementId: string): Promise<void> {
  const agreement = await lockAgreement(ctx, agreementId);
  if (agreement.state !== 'active')
    throw ruleBroken('agreement.not-active', 'Only an active agreement ends', { state: agreement.state });
  if (isLeftToExpire(agreement) || agreement.terminatesOn !== null)
    throw ruleBroken('agreement.expires-already', 'It ends anyhow');
  const after: Agreement = { ...agreement, remindedDays: 0 };
  await store.saveAgreement(ctx.tx, {
    ...after,
    nextDueOn: nextDueOn(after, ctx.policies.agreements.renewalReminderDays),
  });
  await record(ctx, {
    action: 'agreement.left-to-expire',
    subject: { type: 'agreement', id: agreement.id },
    changes: { reference: agreement.reference, validUntil: agreement.validUntil },
  });
}

/**
 * What an agreement says today and what was ordered of it, for asking for bids again.
 * @throws AppError `agreement.not-found`, `agreement.never-in-force`
 */
export async function getRetender(
  ctx: Ctx,
  agreementId: string,
): Promise<{ agreement: Agreement; lines: readonly AgreementLine[] }> {
  const agreement = found('agreement', await findAgreement(ctx, agreementId));
  const lines = (await store.findLines(ctx.tx, agreementId)).filter((line) => line.isCurrent);
  if (lines.length === 0)
    throw ruleBroken('agreement.never-in-force', 'It has no prices in force to ask for again');
  return { agreement, lines };
}
