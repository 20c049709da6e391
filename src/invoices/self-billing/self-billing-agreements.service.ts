import { record } from '../../audit/index.ts';
import { assertMay } from '../../identity/index.ts';
import { conflict, found, ruleBroken } from '../../kernel/errors.ts';
import { newId } from '../../kernel/id.ts';
import type { Ctx } from '../../platform/db/context.ts';
import { nextReference } from '../../platform/db/reference.ts';
import { placesOf } from '../../platform/db/scope.ts';
import { findSupplier } from '../../suppliers/index.ts';
import { personIn } from '../invoices.service.ts';
import { todayOf } from '../payment-run.service.ts';
import * as store from './self-billing-agreement.store.ts';
import {
  acceptAgreement,
  assertTerms,
  endProposal,
  giveNotice,
  type SelfBillingAgreement,
  type SelfBillingTerms,
  selfBillingAgreementLifecycle,
} from './self-billing-agreement.ts';

/**
 * Finance proposes to a supplier that we make its invoices.
 * @throws AppError `supplier.not-found`, `self_billing_agreement.open-already`, and what `assertTerms` throws
 */
export async function proposeAgreement(ctx: Ctx, terms: SelfBillingTerms): Promise<string> {
  await findSupplier(ctx, terms.supplierId);
  assertTerms(terms, todayOf(ctx));
  const agreement: SelfBillingAgreement = {
    ...terms,
    id: newId(),
    reference: await nextReference(ctx.tx, 'SBA', ctx.now),
    nextNumber: 1,
    inForceFrom: null,
    endsOn: null,
    state: selfBillingAgreementLifecycle.initial,
    reason: null,
    proposedBy: personIn(ctx),
    proposedAt: ctx.now,
    acceptedBy: null,
    acceptedAt: null,
    version: 1,
  };
  if (!(await store.insertAgreement(ctx.tx, agreement)))
    throw ruleBroken('self_billing_agreement.open-already', 'Something is proposed or agreed with it');
  const { rhythm, numberPrefix, currencies, plantCodes, validFrom, validUntil } = terms;
  const changes = { rhythm, numberPrefix, currencies, plantCodes, validFrom, validUntil };
  await recordMove(ctx, 'proposed', { from: null, agreement, changes });
  return agreement.id;
}

type Named = { readonly agreementId: string; readonly version: number };

/**
 * A person of the supplier agrees, having proved who it is.
 * @throws AppError `self_billing_agreement.not-found`, `self_billing_agreement.changed-meanwhile`, and what
 * `acceptAgreement` and {@link assertMay} throw
 */
export async function agreeToSelfBilling(ctx: Ctx, of: Named): Promise<void> {
  const before = await lock(ctx, of);
  assertMay(ctx, 'self_billing_agreement.accept', before);
  const agreement = acceptAgreement(before, { userId: personIn(ctx), at: ctx.now, today: todayOf(ctx) });
  await store.saveAgreement(ctx.tx, agreement);
  const changes = { inForceFrom: agreement.inForceFrom };
  await recordMove(ctx, 'accepted', { from: before.state, agreement, changes });
}

const PAST = { refuse: 'refused', withdraw: 'withdrawn' } as const;

/**
 * The supplier does not agree, or finance takes its proposal back.
 * @throws AppError `self_billing_agreement.not-found`, `self_billing_agreement.changed-meanwhile`, and what
 * {@link assertMay} throws
 */
export async function endAgreementProposal(
  ctx: Ctx,
  of: Named & { act: keyof typeof PAST; reason: string },
): Promise<void> {
  const before = await lock(ctx, of);
  assertMay(ctx, `self_billing_agreement.${of.act}`, before);
  const agreement = endProposal(before, of.act, of.reason);
  await store.saveAgreement(ctx.tx, agreement);
  await recordMove(ctx, PAST[of.act], { from: before.state, agreement, reason: of.reason });
}

/**
 * One side ends what is agreed; what is received while the notice runs is still invoiced by us.
 * @throws AppError `self_billing_agreement.not-found`, `self_billing_agreement.changed-meanwhile`, and what
 * {@link assertMay} throws
 */
export async function endSelfBilling(ctx: Ctx, of: Named & { reason: string }): Promise<void> {
  const before = await lock(ctx, of);
  const act = ctx.actor.kind === 'supplier' ? 'leave' : 'give-notice';
  assertMay(ctx, `self_billing_agreement.${act}`, before);
  const { noticeDays } = ctx.policies.selfBilling;
  const agreement = giveNotice(before, act, { reason: of.reason, today: todayOf(ctx), noticeDays });
  await store.saveAgreement(ctx.tx, agreement);
  const changes = { endsOn: agreement.endsOn, by: ctx.actor.kind === 'supplier' ? 'supplier' : 'house' };
  await recordMove(ctx, 'notice-given', { from: before.state, agreement, reason: of.reason, changes });
}

/** Ends the next agreement whose last day is over; false when there is none. */
export async function endNextSelfBilling(ctx: Ctx): Promise<boolean> {
  const before = await store.lockNextOver(ctx.tx, todayOf(ctx));
  if (before === undefined) return false;
  const agreement = { ...before, state: selfBillingAgreementLifecycle.next(before.state, 'expire') };
  await store.saveAgreement(ctx.tx, agreement);
  await recordMove(ctx, 'ended', { from: before.state, agreement });
  return true;
}

const scopeOf = (ctx: Ctx, id: string) => ({ id, supplierId: ctx.actor.supplierId, ...placesOf(ctx.actor) });

/** @throws AppError `self_billing_agreement.not-found` */
export const findAgreementOf = async (ctx: Ctx, id: string): Promise<SelfBillingAgreement> =>
  found('self_billing_agreement', await store.findAgreement(ctx.tx, scopeOf(ctx, id)));

async function lock(ctx: Ctx, of: Named): Promise<SelfBillingAgreement> {
  const agreement = found(
    'self_billing_agreement',
    await store.lockAgreement(ctx.tx, scopeOf(ctx, of.agreementId)),
  );
  if (agreement.version !== of.version)
    throw conflict('self_billing_agreement.changed-meanwhile', 'Somebody acted on it meanwhile', {
      reference: agreement.reference,
    });
  return agreement;
}

const recordMove = (
  ctx: Ctx,
  what: string,
  of: {
    from: string | null;
    agreement: SelfBillingAgreement;
    reason?: string;
    changes?: Readonly<Record<string, unknown>>;
  },
): Promise<string> =>
  record(ctx, {
    action: `self_billing_agreement.${what}`,
    subject: { type: 'self_billing_agreement', id: of.agreement.id },
    supplierId: of.agreement.supplierId,
    ...(of.from === null ? {} : { from: of.from }),
    to: of.agreement.state,
    reason: of.reason ?? null,
    changes: { reference: of.agreement.reference, ...of.changes },
  });
