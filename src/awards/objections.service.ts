import { record } from '../audit/index.ts';
import { assertMay, findPersonsBehind } from '../identity/index.ts';
import { found } from '../kernel/errors.ts';
import { newId } from '../kernel/id.ts';
import type { Ctx } from '../platform/db/context.ts';
import type { SourcingEvent } from '../sourcing/index.ts';
import * as awardStore from './award.store.ts';
import { type Award, awardLifecycle } from './award.ts';
import { findAward, lockAward, recordDecision } from './awards.service.ts';
import { getOwnLetter } from './letters.service.ts';
import * as store from './objection.store.ts';
import { assertMayObject, type Objection, objectionLifecycle, toDecideOnObjection } from './objection.ts';

/**
 * A bidder objects to an award during its standstill, which then does not end before somebody has decided on it.
 * @throws AppError `award.not-found`, and what {@link assertMayObject} throws
 */
export async function raiseObjection(ctx: Ctx, of: { awardId: string; grounds: string }): Promise<string> {
  await store.holdAward(ctx.tx, of.awardId);
  const { award, letter } = await getOwnLetter(ctx, of.awardId);
  const own = await store.findOwnObjections(ctx.tx, { awardId: award.id, supplierId: letter.supplierId });
  assertMayObject(award, { clock: await ctx.readClock(ctx.tx), own });
  const objection: Objection = {
    id: newId(),
    awardId: award.id,
    supplierId: letter.supplierId,
    state: objectionLifecycle.initial,
    grounds: of.grounds,
    raisedBy: found('user', ctx.actor.userId),
    raisedAt: ctx.now,
    answer: null,
    answeredBy: null,
    answeredAt: null,
    decision: null,
    decidedBy: null,
    decidedAt: null,
  };
  await store.insertObjection(ctx.tx, objection);
  await recordMove(ctx, 'award_objection.raised', { after: objection, from: null, award });
  return objection.id;
}

/** One bidder's objections to an award, the oldest first; who answered and decided is not among it. */
export const listOwnObjections = (
  ctx: Ctx,
  of: { awardId: string; supplierId: string },
): Promise<Objection[]> => store.findOwnObjections(ctx.tx, of);

/** Its supplier takes it back. @throws AppError `award_objection.not-found`, `award_objection.cannot-withdraw` */
export async function withdrawObjection(ctx: Ctx, objectionId: string): Promise<string> {
  const { supplierId } = ctx.actor;
  const before = found(
    'award_objection',
    await store.lockOwnObjection(ctx.tx, { id: objectionId, supplierId }),
  );
  const after = { ...before, state: objectionLifecycle.next(before.state, 'withdraw') };
  await store.saveObjectionState(ctx.tx, after);
  const award = found('award', await awardStore.findAwardById(ctx.tx, before.awardId));
  await recordMove(ctx, 'award_objection.withdrawn', { after, from: before.state, award });
  return before.awardId;
}

/** The buyer answers; whoever decides reads both. @throws AppError `award_objection.not-found`, `award_objection.cannot-answer` */
export async function answerObjection(
  ctx: Ctx,
  of: { objectionId: string; answer: string },
): Promise<string> {
  const { award, objection } = await lockObjected(ctx, of.objectionId);
  const after: Objection = {
    ...objection,
    state: objectionLifecycle.next(objection.state, 'answer'),
    answer: of.answer,
    answeredBy: found('user', ctx.actor.userId),
    answeredAt: ctx.now,
  };
  await store.saveObjection(ctx.tx, after);
  await recordMove(ctx, 'award_objection.answered', { after, from: objection.state, award });
  return award.id;
}

/**
 * Somebody who had no part in it decides. Rejected, the standstill goes on and ends; upheld, it holds until the award
 * is withdrawn.
 * @throws AppError `award_objection.not-found`, and what {@link assertMay} throws
 */
export async function decideObjection(
  ctx: Ctx,
  of: { objectionId: string; verdict: 'reject' | 'uphold'; decision: string },
): Promise<string> {
  const { award, event, objection } = await lockObjected(ctx, of.objectionId);
  const behind = await findPersonsBehind(ctx, [award.id, event.id, objection.id]);
  assertMay(ctx, `award_objection.${of.verdict}`, toDecideOnObjection(objection, { award, event, behind }));
  const after: Objection = {
    ...objection,
    state: objectionLifecycle.next(objection.state, of.verdict),
    decision: of.decision,
    decidedBy: found('user', ctx.actor.userId),
    decidedAt: ctx.now,
  };
  await store.saveObjection(ctx.tx, after);
  const action = of.verdict === 'reject' ? 'award_objection.rejected' : 'award_objection.upheld';
  await recordMove(ctx, action, { after, from: objection.state, award });
  return award.id;
}

async function lockObjected(
  ctx: Ctx,
  objectionId: string,
): Promise<{ award: Award; event: SourcingEvent; objection: Objection }> {
  const { awardId } = found('award_objection', await store.findObjection(ctx.tx, objectionId));
  await findAward(ctx, awardId);
  const locked = await lockAward(ctx, awardId);
  return { ...locked, objection: found('award_objection', await store.lockObjection(ctx.tx, objectionId)) };
}

const AT_ONCE = 20;

/** Makes awards final whose standstill is over and that nobody objects to; the others wait, visibly. Gives how many. */
export async function endStandstills(ctx: Ctx): Promise<number> {
  const clock = await ctx.readClock(ctx.tx);
  const due = await store.lockDueStandstills(ctx.tx, { clock, limit: AT_ONCE });
  const held = await store.findObjectedTo(ctx.tx, due);
  const over = due.filter((id) => !held.has(id));
  // A handful a minute, each with an event of its own.
  for (const id of over) {
    const before = found('award', await awardStore.lockAwardById(ctx.tx, id));
    const after: Award = { ...before, state: awardLifecycle.next(before.state, 'finalise') };
    await awardStore.saveDecision(ctx.tx, after);
    await recordDecision(ctx, 'award.finalised', { before, after, reason: null });
  }
  return over.length;
}

const recordMove = (
  ctx: Ctx,
  action: string,
  of: { after: Objection; from: string | null; award: Pick<Award, 'id' | 'eventId'> },
): Promise<string> =>
  record(ctx, {
    action,
    subject: { type: 'award_objection', id: of.after.id },
    supplierId: of.after.supplierId,
    ...(of.from === null ? {} : { from: of.from }),
    to: of.after.state,
    changes: { awardId: of.award.id, eventId: of.award.eventId },
  });
