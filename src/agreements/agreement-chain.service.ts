import { startApproval, withdrawApproval } from '../approvals/index.ts';
import { found } from '../kernel/errors.ts';
import type { Ctx } from '../platform/db/context.ts';
import type { Agreement } from './agreement.ts';
import { type AgreementVersion, mostOf, writersOf } from './agreement-version.ts';

/** An agreement has one text under approval at a time. */
export const chainOf = (agreementId: string) =>
  ({ documentType: 'agreement', documentId: agreementId }) as const;

/** The approvers that the rules of today name are asked: by what may be ordered at most, its category and its plants. */
export async function askForApproval(
  ctx: Ctx,
  agreement: Pick<Agreement, 'id' | 'reference'>,
  version: AgreementVersion,
): Promise<void> {
  const { terms } = version;
  const requesterId = found('user', ctx.actor.userId);
  await startApproval(ctx, {
    ...chainOf(agreement.id),
    reference: agreement.reference,
    title: terms.title,
    amount: mostOf(terms),
    currency: terms.currency,
    places: terms.plantCodes.map((plantCode) => ({ plantCode, categoryCode: terms.categoryCode })),
    requesterId,
    barredIds: writersOf(version).filter((id) => id !== requesterId),
  });
}

/** Nobody is asked about its text any more. */
export const stopAsking = (ctx: Ctx, agreementId: string): Promise<void> =>
  withdrawApproval(ctx, chainOf(agreementId));
