import { record } from '../../audit/index.ts';
import { attachUploads } from '../../documents/index.ts';
import { assertMay, findPersonsBehind, type Resource } from '../../identity/index.ts';
import { conflict, found } from '../../kernel/errors.ts';
import { newId } from '../../kernel/id.ts';
import { addDays, type Day, dayIn } from '../../kernel/time.ts';
import type { Ctx } from '../../platform/db/context.ts';
import type { UploadedFile } from '../../platform/web/uploads.ts';
import { findSupplier } from '../suppliers.service.ts';
import * as store from './qualification.store.ts';
import {
  assertProposal,
  decideOn,
  expire,
  holdsOn,
  type Outcome,
  type Proposal,
  propose,
  type Qualification,
  qualificationLifecycle,
  reminderDue,
  standingIn,
} from './qualification.ts';
import { endRenewal } from './renewal.store.ts';

export const today = (ctx: Ctx): Day => dayIn(ctx.now, ctx.policies.company.timeZone);

/**
 * Asks a second person to qualify a supplier in a category, at a plant or at all, to renew it or to end it. Gives its id.
 * @throws AppError `supplier.not-found`, and what {@link assertProposal} and {@link propose} throw
 */
export async function proposeQualification(
  ctx: Ctx,
  of: Proposal &
    Pick<Qualification, 'supplierId' | 'categoryCode' | 'plantCode'> & {
      files: readonly UploadedFile[];
      /** One of many that are asked for at once; the first tells approvers of all. */
      isFollowing?: boolean;
    },
): Promise<string> {
  await findSupplier(ctx, of.supplierId);
  assertProposal(of, today(ctx));
  const before = await store.lockPlace(ctx.tx, of);
  const requestedBy = found('user', ctx.actor.userId);
  const asked = { ...of, requestedBy, at: ctx.now };
  const after = before === undefined ? first(asked) : propose(before, asked);
  if (before === undefined) await store.insertQualification(ctx.tx, after);
  else {
    await store.saveQualification(ctx.tx, after);
    // What its supplier asked for is taken up with this.
    await endRenewal(ctx.tx, { id: after.id, answer: '' });
  }
  if (of.files.length > 0)
    await attachUploads(ctx, {
      subject: { type: 'qualification', id: after.id },
      visibility: 'internal',
      files: of.files,
    });
  await recordMove(
    ctx,
    before ?? null,
    after,
    'requested',
    of.isFollowing === true ? { isFollowing: true } : {},
  );
  return after.id;
}

/** The first of its category and plant; there is nothing to take. @throws AppError `qualification.nothing-to-take` */
function first(
  of: Proposal &
    Pick<Qualification, 'supplierId' | 'categoryCode' | 'plantCode'> & { requestedBy: string; at: Date },
): Qualification {
  const { supplierId, categoryCode, plantCode } = of;
  const none: Qualification = {
    id: newId(),
    supplierId,
    categoryCode,
    plantCode,
    state: 'rejected',
    outcome: null,
    conditions: '',
    validUntil: null,
    wanted: null,
    wantedConditions: '',
    wantedValidUntil: null,
    reason: of.reason,
    requestedBy: of.requestedBy,
    requestedAt: of.at,
    decidedBy: null,
    decidedAt: null,
    decisionComment: '',
    remindedDays: null,
    version: 1,
  };
  return { ...propose(none, of), state: qualificationLifecycle.initial };
}

/** As the table of rights asks about the decision. */
const toDecide = async (ctx: Ctx, of: Qualification): Promise<Resource> => ({
  state: of.state,
  ties: { requester: of.requestedBy },
  behind: await findPersonsBehind(ctx, [of.id]),
});

/**
 * Agrees to what was asked for, or does not. `version` is the one that was looked at.
 * @throws AppError `qualification.not-found`, `qualification.changed-meanwhile`, `qualification.cannot-qualify`,
 * `qualification.decider-is-requester`, and what {@link decideOn} throws
 */
export async function decideQualification(
  ctx: Ctx,
  of: { supplierId: string; id: string; version: number; agrees: boolean; comment: string },
): Promise<void> {
  const before = found('qualification', await store.lockOne(ctx.tx, of));
  if (before.version !== of.version)
    throw conflict('qualification.changed-meanwhile', 'Somebody else decided or asked meanwhile');
  assertMay(ctx, 'qualification.qualify', await toDecide(ctx, before));
  const decidedBy = found('user', ctx.actor.userId);
  const after = decideOn(before, { ...of, decidedBy, at: ctx.now, today: today(ctx) });
  await store.saveQualification(ctx.tx, after);
  await recordMove(ctx, before, after, of.agrees ? 'decided' : 'refused');
}

/** How these suppliers stand in a category at a plant today, by their ids. */
export async function standingsIn(
  ctx: Ctx,
  of: { supplierIds: readonly string[]; categoryCode: string; plantCode: string },
): Promise<ReadonlyMap<string, Outcome | 'not_qualified'>> {
  const all = await store.findInCategory(ctx.tx, of);
  const place = { ...of, today: today(ctx) };
  return new Map(
    of.supplierIds.map((id) => [
      id,
      standingIn(
        all.filter((one) => one.supplierId === id),
        place,
      ),
    ]),
  );
}

/** Ends what has come to its end, and tells of what will; safe to run again. Gives how many it touched. */
export async function mindQualifications(ctx: Ctx): Promise<number> {
  const { reminderDays } = ctx.policies.qualification;
  const day = today(ctx);
  const ending = await store.lockEnding(ctx.tx, addDays(day, Math.max(0, ...reminderDays)));
  let touched = 0;
  for (const before of ending) {
    const days = reminderDue(before, { today: day, days: reminderDays });
    if (!holdsOn(before, day)) {
      const after = expire(before);
      await store.saveQualification(ctx.tx, after);
      await recordMove(ctx, before, after, 'expired');
    } else if (days !== null) {
      await store.saveQualification(ctx.tx, { ...before, remindedDays: days });
      await recordMove(ctx, before, before, 'reminded');
    } else continue;
    touched += 1;
  }
  return touched;
}

const recordMove = (
  ctx: Ctx,
  before: Qualification | null,
  after: Qualification,
  act: string,
  more: Readonly<Record<string, unknown>> = {},
): Promise<string> =>
  record(ctx, {
    action: `qualification.${act}`,
    subject: { type: 'qualification', id: after.id },
    supplierId: null,
    from: before?.state ?? null,
    to: after.state,
    reason: act === 'requested' ? after.reason : act === 'refused' ? after.decisionComment : null,
    changes: {
      supplierId: after.supplierId,
      categoryCode: after.categoryCode,
      plantCode: after.plantCode,
      wanted: after.wanted,
      outcome: after.outcome,
      validUntil: after.validUntil,
      ...more,
    },
  });
