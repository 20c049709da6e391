import { type Decision, decideOn } from '../approvals/index.ts';
import { record } from '../audit/index.ts';
import { listCategories, listPlants } from '../catalog/index.ts';
import { assertMay, mayUse } from '../identity/index.ts';
import { conflict, found, ruleBroken } from '../kernel/errors.ts';
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
import { askForApproval, chainOf, stopAsking } from './agreement-chain.service.ts';
import * as versions from './agreement-version.store.ts';
import {
  type AgreementContent,
  type AgreementVersion,
  agreementVersionLifecycle,
  assertComplete,
  writersOf,
} from './agreement-version.ts';
import { assertUnchanged, lockAgreement, openVersionOf, todayOf } from './agreements.service.ts';
import { codesOf, unknownIndices } from './price-indices.service.ts';

type Named = { readonly agreementId: string; readonly rowVersion: number };
type Move = 'submit' | 'approve' | 'return' | 'reject' | 'bring-into-force' | 'discard';

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
  const submitted = {
    ...version,
    content,
    sha256: sha256Hex(canonicalJson(content)),
    submittedBy: ctx.actor.userId,
  };
  await move(ctx, agreement, { act: 'submit', version: submitted, action: 'agreement.submitted' });
  await askForApproval(ctx, agreement, submitted);
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
 * Decides the actor's step of its chain, as another person than who wrote it. The last yes offers the text: from now on its
 * supplier sees it, and both sides sign. A return makes it a draft again, a rejection ends it.
 * @param of.sha256 of the text that was read
 * @throws AppError `agreement.approver-is-author`, `agreement_version.cannot-approve`, `agreement.changed-meanwhile`, and
 * what `decideOn` throws
 */
export async function decideVersion(
  ctx: Ctx,
  of: { agreementId: string; sha256: string; decision: Decision; comment: string },
): Promise<void> {
  const { decision, comment } = of;
  const agreement = await lockAgreement(ctx, of.agreementId);
  const version = await openVersionOf(ctx, agreement.id);
  assertMay(ctx, `agreement_version.${decision}`, {
    state: version.state,
    ties: { author: writersOf(version) },
  });
  if (version.sha256 !== of.sha256)
    throw conflict('agreement.changed-meanwhile', 'Another text was read than there is now');
  const { outcome } = await decideOn(ctx, { ...chainOf(agreement.id), decision, comment });
  if (outcome === 'returned')
    return handBack(ctx, agreement, { version, action: 'agreement.returned', reason: comment });
  if (outcome === 'rejected')
    return move(ctx, agreement, { act: 'reject', version, action: 'agreement.rejected', reason: comment });
  if (outcome === 'pending') return;
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
 * Takes it back to be written again, before both have signed: who wrote it while it is decided on, and whoever approves or
 * bought it once it is offered.
 * @throws AppError `agreement_version.cannot-return`, `agreement.decide-instead`, `agreement.changed-meanwhile`
 */
export async function returnVersion(ctx: Ctx, of: Named & { reason: string }): Promise<void> {
  const { agreement, version } = await lock(ctx, of);
  assertMay(ctx, 'agreement_version.return', { state: version.state });
  if (version.offeredAt === null) {
    if (!mayUse(ctx, 'agreement.manage'))
      throw ruleBroken('agreement.decide-instead', 'Who approves decides its step');
    await stopAsking(ctx, agreement.id);
  }
  const action = version.offeredAt === null ? 'agreement.taken-back' : 'agreement.withdrawn';
  await handBack(ctx, agreement, { version, action, reason: of.reason });
}

/** Its supplier sees no more of it than it did before it was offered. */
export function handBack(
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
 * Gives a version up: a first draft ends the agreement before it began.
 * @throws AppError `agreement_version.cannot-discard`, `agreement.cannot-discard`, `agreement.changed-meanwhile`
 */
export async function discardVersion(ctx: Ctx, of: Named): Promise<void> {
  const { agreement, version } = await lock(ctx, of);
  assertMay(ctx, 'agreement_version.discard', { state: version.state });
  await stopAsking(ctx, agreement.id);
  await move(ctx, agreement, { act: 'discard', version, action: 'agreement.discarded' });
}

/**
 * The award that these agreements were to come of was withdrawn from their supplier: those that are not in force end, and
 * who was offered one sees it no more. What both have signed stands. Called again it does nothing.
 */
export async function giveUpForAward(
  ctx: Ctx,
  of: { awardId: string; supplierId: string; reason: string },
): Promise<void> {
  for (const id of await store.findUnsignedOf(ctx.tx, of)) {
    const held = await lockAgreement(ctx, id);
    const version = await versions.findOpenVersion(ctx.tx, id);
    if (version === undefined || held.inForceVersion !== null) continue;
    await stopAsking(ctx, id);
    if (version.state !== 'draft')
      await handBack(ctx, held, {
        version,
        action: version.offeredAt === null ? 'agreement.taken-back' : 'agreement.withdrawn',
        reason: of.reason,
      });
    const agreement = await lockAgreement(ctx, id);
    await move(ctx, agreement, {
      act: 'discard',
      version: await openVersionOf(ctx, id),
      action: 'agreement.award-withdrawn',
      reason: of.reason,
    });
  }
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

async function lock(ctx: Ctx, of: Named): Promise<{ agreement: Agreement; version: AgreementVersion }> {
  const agreement = await lockAgreement(ctx, of.agreementId);
  const version = await openVersionOf(ctx, agreement.id);
  assertUnchanged(version, of.rowVersion);
  return { agreement, version };
}

/** Moves a version, and with it the agreement while that has never been in force. */
export async function move(
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
