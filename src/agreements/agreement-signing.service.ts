import { record } from '../audit/index.ts';
import { assertMay } from '../identity/index.ts';
import { conflict, found, ruleBroken } from '../kernel/errors.ts';
import { newId } from '../kernel/id.ts';
import type { Ctx } from '../platform/db/context.ts';
import * as store from './agreement.store.ts';
import { type Agreement, agreementLifecycle, nextDueOn } from './agreement.ts';
import { handBack, move } from './agreement-acts.service.ts';
import * as versions from './agreement-version.store.ts';
import {
  type AgreementVersion,
  agreementVersionLifecycle,
  isSignedByBoth,
  validSignatures,
  writersOf,
} from './agreement-version.ts';
import { lockAgreement, openVersionOf, todayOf } from './agreements.service.ts';

/**
 * A supplier does not sign; a job then hands the version back to who wrote it, and its supplier sees it again when it
 * is offered anew.
 * @throws AppError `agreement_version.cannot-refuse`, `agreement.changed-meanwhile`, `agreement.refused-already`
 */
export async function refuseVersion(
  ctx: Ctx,
  of: { agreementId: string; sha256: string; reason: string },
): Promise<void> {
  const { agreement, version } = await lockOffered(ctx, of);
  const { supplierId } = agreement;
  assertMay(ctx, 'agreement_version.refuse', { state: version.state, supplierId });
  await versions.saveRefusal(ctx.tx, { id: version.id, at: ctx.now });
  await record(ctx, {
    action: 'agreement.refused',
    subject: { type: 'agreement', id: agreement.id },
    supplierId,
    reason: of.reason,
    changes: { reference: agreement.reference, version: version.version },
  });
}

/** Hands a version that its supplier refused back to who wrote it; of any other it does nothing. */
export async function handBackRefused(ctx: Ctx, agreementId: string): Promise<void> {
  const agreement = await lockAgreement(ctx, agreementId);
  const version = await versions.findOpenVersion(ctx.tx, agreementId);
  if (version?.state !== 'pending_signature' || version.refusedAt === null) return;
  await handBack(ctx, agreement, { version, action: 'agreement.handed-back' });
}

/**
 * Signs the text that was in front of who signs; ours is signed by another person than who wrote it. When both have
 * signed, a job brings it into force.
 * @param of.sha256 of the text that was read
 * @throws AppError `agreement.signed-by-its-author`, `agreement.signed-already`, `agreement.is-over-already`,
 * `agreement_version.cannot-sign`, `agreement.changed-meanwhile`
 */
export async function signVersion(ctx: Ctx, of: { agreementId: string; sha256: string }): Promise<void> {
  const { agreement, version } = await lockOffered(ctx, of);
  const { supplierId } = agreement;
  assertMay(ctx, 'agreement_version.sign', {
    state: version.state,
    supplierId,
    ties: { author: writersOf(version) },
  });
  if (version.terms.validUntil < todayOf(ctx))
    throw ruleBroken('agreement.is-over-already', 'The last day is over', { day: version.terms.validUntil });
  const side = ctx.actor.kind === 'supplier' ? 'supplier' : 'buyer';
  const signed = await versions.insertSignature(ctx.tx, agreement.id, {
    version: version.version,
    side,
    sha256: of.sha256,
    userId: found('user', ctx.actor.userId),
    name: ctx.actor.name,
    signedAt: ctx.now,
  });
  if (!signed) throw ruleBroken('agreement.signed-already', 'This side has signed already');
  await record(ctx, {
    action: 'agreement.signed',
    subject: { type: 'agreement', id: agreement.id },
    supplierId,
    changes: { reference: agreement.reference, version: version.version, side, sha256: of.sha256 },
  });
}

/** Brings a version into force that both sides have signed; of any other it does nothing and gives false. */
export async function bringIntoForce(ctx: Ctx, agreementId: string): Promise<boolean> {
  const agreement = await lockAgreement(ctx, agreementId);
  const version = await versions.findOpenVersion(ctx.tx, agreementId);
  if (version?.state !== 'pending_signature' || agreementLifecycle.isTerminal(agreement.state)) return false;
  const signatures = validSignatures(version, await versions.findSignatures(ctx.tx, agreementId));
  if (!isSignedByBoth(signatures)) return false;
  await supersede(ctx, agreement);
  const { terms } = version;
  await store.saveTerms(ctx.tx, agreementId, terms);
  await store.saveLines(ctx.tx, {
    agreementId,
    lines: terms.lines.map((line) => ({
      ...line,
      id: newId(),
      validFrom: line.validFrom ?? terms.validFrom,
      validUntil: line.validUntil ?? terms.validUntil,
    })),
  });
  const now: Agreement = { ...agreement, ...terms, inForceVersion: version.version, remindedDays: null };
  await move(
    ctx,
    { ...now, nextDueOn: nextDueOn(now, ctx.policies.agreements.renewalReminderDays) },
    {
      act: 'bring-into-force',
      version: { ...version, inForceAt: ctx.now },
      action: 'agreement.in-force',
      isToldToSupplier: true,
      isFirst: agreement.inForceVersion === null,
    },
  );
  return true;
}

async function supersede(ctx: Ctx, agreement: Agreement): Promise<void> {
  if (agreement.inForceVersion === null) return;
  const before = found(
    'agreement_version',
    await versions.findVersion(ctx.tx, { agreementId: agreement.id, version: agreement.inForceVersion }),
  );
  await versions.saveVersion(ctx.tx, {
    ...before,
    state: agreementVersionLifecycle.next(before.state, 'supersede'),
  });
}

/**
 * The version that was read, as long as it says the same.
 * @throws AppError `agreement.changed-meanwhile`, `agreement.refused-already`
 */
async function lockOffered(
  ctx: Ctx,
  of: { agreementId: string; sha256: string },
): Promise<{ agreement: Agreement; version: AgreementVersion }> {
  const agreement = await lockAgreement(ctx, of.agreementId);
  const version = await openVersionOf(ctx, agreement.id);
  if (version.sha256 !== of.sha256)
    throw conflict('agreement.changed-meanwhile', 'Another text was read than there is now');
  if (version.refusedAt !== null)
    throw ruleBroken('agreement.refused-already', 'Its supplier does not sign this text');
  return { agreement, version };
}
