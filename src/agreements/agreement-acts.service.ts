import { record } from '../audit/index.ts';
import { listCategories, listPlants } from '../catalog/index.ts';
import { assertMay } from '../identity/index.ts';
import { conflict, found, ruleBroken } from '../kernel/errors.ts';
import { newId } from '../kernel/id.ts';
import type { Day } from '../kernel/time.ts';
import { canonicalJson } from '../platform/crypto/canonical-json.ts';
import { sha256Hex } from '../platform/crypto/key-ring.ts';
import type { Ctx } from '../platform/db/context.ts';
import { findSupplier } from '../suppliers/index.ts';
import * as store from './agreement.store.ts';
import {
  type Agreement,
  type AgreementState,
  agreementLifecycle,
  assertNotice,
  lastDayOf,
  nextDueOn,
} from './agreement.ts';
import * as versions from './agreement-version.store.ts';
import {
  type AgreementContent,
  type AgreementVersion,
  agreementVersionLifecycle,
  assertComplete,
  isSignedByBoth,
  validSignatures,
  writersOf,
} from './agreement-version.ts';
import { assertUnchanged, lockAgreement, openVersionOf, todayOf } from './agreements.service.ts';
import { codesOf, unknownIndices } from './price-indices.service.ts';

type Named = { readonly agreementId: string; readonly rowVersion: number };
type Move = 'submit' | 'approve' | 'return' | 'bring-into-force' | 'discard';

/**
 * Freezes what the version says and asks somebody else to approve it.
 * @throws AppError what {@link assertComplete} throws, `agreement.index-unknown`, `agreement.changed-meanwhile`,
 * `agreement_version.cannot-submit`
 */
export async function submitVersion(ctx: Ctx, of: Named): Promise<void> {
  const { agreement, version } = await lock(ctx, of);
  assertMay(ctx, 'agreement_version.submit', { state: version.state });
  const inForce = agreement.inForceVersion !== null;
  assertComplete(version.terms, {
    today: todayOf(ctx),
    before: inForce
      ? { currency: agreement.currency, called: await store.sumCalled(ctx.tx, agreement.id) }
      : null,
  });
  await assertIndices(ctx, version.terms);
  const content = await contentOf(ctx, agreement, version);
  await move(ctx, agreement, {
    act: 'submit',
    version: {
      ...version,
      content,
      sha256: sha256Hex(canonicalJson(content)),
      submittedBy: ctx.actor.userId,
    },
    action: 'agreement.submitted',
  });
}

/** @throws AppError `agreement.index-unknown` */
async function assertIndices(ctx: Ctx, terms: AgreementVersion['terms']): Promise<void> {
  const [code] = await unknownIndices(ctx, codesOf(terms));
  if (code !== undefined) throw ruleBroken('agreement.index-unknown', 'There is no such index', { code });
}

async function contentOf(
  ctx: Ctx,
  agreement: Agreement,
  { terms, version }: AgreementVersion,
): Promise<AgreementContent> {
  const { name, nameLocal, addressLines, vatId } = ctx.policies.company;
  const supplier = await findSupplier(ctx, agreement.supplierId);
  const category = (await listCategories(ctx)).find(({ code }) => code === terms.categoryCode);
  const plants = (await listPlants(ctx)).filter(({ code }) => terms.plantCodes.includes(code));
  const namesOf = ({ code, nameEn, nameZh }: { code: string; nameEn: string; nameZh: string }) => ({
    code,
    nameEn,
    nameZh,
  });
  return {
    ...terms,
    reference: agreement.reference,
    version,
    category: namesOf(found('category', category)),
    plants: plants.map(namesOf),
    company: { name, nameLocal, addressLines, vatId },
    supplier: {
      reference: supplier.reference,
      name: supplier.name,
      addressLines: supplier.addressLines,
      country: supplier.country,
      taxId: supplier.taxId,
      language: supplier.language,
    },
  };
}

/**
 * Approves it, as another person than who wrote it; from now on its supplier sees it, and both sides sign.
 * @throws AppError `agreement.approver-is-author`, `agreement_version.cannot-approve`, `agreement.changed-meanwhile`
 */
export async function approveVersion(ctx: Ctx, of: Named): Promise<void> {
  const { agreement, version } = await lock(ctx, of);
  assertMay(ctx, 'agreement_version.approve', { state: version.state, ties: { author: writersOf(version) } });
  await move(
    ctx,
    { ...agreement, offeredAt: agreement.offeredAt ?? ctx.now },
    {
      act: 'approve',
      version: { ...version, approvedBy: ctx.actor.userId, approvedAt: ctx.now, offeredAt: ctx.now },
      action: 'agreement.offered',
      isToldToSupplier: true,
    },
  );
}

/**
 * Hands it back to be written again: whoever approves or bought it, before both have signed.
 * @throws AppError `agreement_version.cannot-return`, `agreement.changed-meanwhile`
 */
export async function returnVersion(ctx: Ctx, of: Named & { reason: string }): Promise<void> {
  const { agreement, version } = await lock(ctx, of);
  assertMay(ctx, 'agreement_version.return', { state: version.state });
  const action = version.offeredAt === null ? 'agreement.returned' : 'agreement.withdrawn';
  await handBack(ctx, agreement, { version, action, reason: of.reason });
}

/** Its supplier sees no more of it than it did before it was offered. */
function handBack(
  ctx: Ctx,
  agreement: Agreement,
  of: { version: AgreementVersion; action: string; reason?: string },
): Promise<void> {
  const isFirst = agreement.inForceVersion === null;
  return move(
    ctx,
    { ...agreement, offeredAt: isFirst ? null : agreement.offeredAt },
    {
      ...of,
      act: 'return',
      version: { ...of.version, approvedBy: null, approvedAt: null, offeredAt: null, refusedAt: null },
    },
  );
}

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
 * Gives a version up: a first draft ends the agreement before it began.
 * @throws AppError `agreement_version.cannot-discard`, `agreement.cannot-discard`, `agreement.changed-meanwhile`
 */
export async function discardVersion(ctx: Ctx, of: Named): Promise<void> {
  const { agreement, version } = await lock(ctx, of);
  assertMay(ctx, 'agreement_version.discard', { state: version.state });
  await move(ctx, agreement, { act: 'discard', version, action: 'agreement.discarded' });
}

/**
 * One side ends it before its time, on a day that keeps the agreed notice; until then it is ordered from.
 * @throws AppError what {@link assertNotice} throws, `agreement.cannot-give-notice`
 */
export async function giveNotice(
  ctx: Ctx,
  of: { agreementId: string; endsOn: Day; reason: string },
): Promise<void> {
  const agreement = await lockAgreement(ctx, of.agreementId);
  assertMay(ctx, 'agreement.give-notice', { state: agreement.state, supplierId: agreement.supplierId });
  assertNotice(agreement, { endsOn: of.endsOn, today: todayOf(ctx) });
  const now: Agreement = {
    ...agreement,
    terminatesOn: of.endsOn,
    terminationReason: of.reason,
    terminatedBy: ctx.actor.userId,
  };
  await store.saveNotice(ctx.tx, {
    ...now,
    nextDueOn: nextDueOn(now, ctx.policies.agreements.renewalReminderDays),
  });
  await record(ctx, {
    action: 'agreement.notice-given',
    subject: { type: 'agreement', id: agreement.id },
    supplierId: agreement.supplierId,
    reason: of.reason,
    changes: { reference: agreement.reference, endsOn: lastDayOf(now), side: ctx.actor.kind },
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

async function lock(ctx: Ctx, of: Named): Promise<{ agreement: Agreement; version: AgreementVersion }> {
  const agreement = await lockAgreement(ctx, of.agreementId);
  const version = await openVersionOf(ctx, agreement.id);
  assertUnchanged(version, of.rowVersion);
  return { agreement, version };
}

/** Moves a version, and with it the agreement while that has never been in force. */
async function move(
  ctx: Ctx,
  agreement: Agreement,
  of: {
    act: Move;
    version: AgreementVersion;
    action: string;
    reason?: string;
    /** Is it something that its supplier is told, too? */
    isToldToSupplier?: true;
    isFirst?: boolean;
  },
): Promise<void> {
  const { act, version, isFirst = agreement.inForceVersion === null } = of;
  await versions.saveVersion(ctx.tx, {
    ...version,
    state: agreementVersionLifecycle.next(version.state, act),
  });
  const to: AgreementState = isFirst ? agreementLifecycle.next(agreement.state, act) : agreement.state;
  await store.saveAgreement(ctx.tx, { ...agreement, state: to });
  await record(ctx, {
    action: of.action,
    subject: { type: 'agreement', id: agreement.id },
    supplierId: of.isToldToSupplier === true ? agreement.supplierId : null,
    reason: of.reason ?? null,
    ...(isFirst ? { from: agreement.state, to } : {}),
    changes: { reference: agreement.reference, version: version.version },
  });
}
