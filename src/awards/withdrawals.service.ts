import { record } from '../audit/index.ts';
import { reinstateBids } from '../bids/index.ts';
import { assertMay, findPersonsBehind } from '../identity/index.ts';
import { found, ruleBroken } from '../kernel/errors.ts';
import { newId } from '../kernel/id.ts';
import type { Ctx } from '../platform/db/context.ts';
import { lockEvent, type SourcingEvent, withdrawAwardOn } from '../sourcing/index.ts';
import { chooseLowest, priceChoices } from './allocation.ts';
import * as awardStore from './award.store.ts';
import { type Award, awardLifecycle } from './award.ts';
import { findAwardBasis } from './award-basis.service.ts';
import { findStandings } from './awards.queries.ts';
import { findAward, lockAward, newAward, recordDecision } from './awards.service.ts';
import { bookBackSavings } from './savings.service.ts';
import * as store from './withdrawal.store.ts';
import {
  assertWithdrawable,
  toDecideOnWithdrawal,
  type Withdrawal,
  withdrawalLifecycle,
} from './withdrawal.ts';

export type AskedWithdrawal = {
  readonly awardId: string;
  /** Whose part; null for all of the award that stands. */
  readonly supplierId: string | null;
  readonly reason: string;
  readonly excludes: boolean;
};

/**
 * Asks for an award, or one supplier's part of it, to be withdrawn; another person confirms it. Nobody outside is told
 * before. Gives the withdrawal's id.
 * @throws AppError `award.not-found`, `award_withdrawal.requested-already`, and what {@link assertWithdrawable} throws
 */
export async function requestWithdrawal(ctx: Ctx, asked: AskedWithdrawal): Promise<string> {
  const { award, event } = await lockAward(ctx, asked.awardId);
  await assertPossible(ctx, { award, event, supplierId: asked.supplierId });
  if (await store.hasRequested(ctx.tx, award.id))
    throw ruleBroken('award_withdrawal.requested-already', 'A withdrawal waits for its decision');
  const withdrawal: Withdrawal = {
    ...asked,
    id: newId(),
    state: withdrawalLifecycle.initial,
    requestedBy: found('user', ctx.actor.userId),
    requestedAt: ctx.now,
    decidedBy: null,
    decidedAt: null,
    decisionNote: '',
  };
  await store.insertWithdrawal(ctx.tx, withdrawal);
  await recordMove(ctx, 'award.withdrawal-requested', { award, withdrawal, reason: asked.reason });
  return withdrawal.id;
}

/**
 * Withdraws what was asked for: the lines come back, the event is evaluated again, and the next in rank stands in a new
 * award, prefilled for the buyer. Everybody concerned is told, and orders that were not sent are cancelled.
 * @throws AppError `award_withdrawal.not-found`, and what {@link assertMay} and {@link assertWithdrawable} throw
 */
export async function confirmWithdrawal(ctx: Ctx, of: { withdrawalId: string; note: string }): Promise<void> {
  const { award, event, withdrawal } = await lockToDecide(ctx, of.withdrawalId, 'confirm');
  await assertPossible(ctx, { award, event, supplierId: withdrawal.supplierId });
  await store.saveWithdrawal(ctx.tx, decided(ctx, withdrawal, { action: 'confirm', note: of.note }));
  const standing = await store.findStanding(ctx.tx, award.id);
  const supplierIds = standing.filter((id) => withdrawal.supplierId === null || id === withdrawal.supplierId);
  await store.saveWithdrawnLines(ctx.tx, { awardId: award.id, supplierIds, withdrawalId: withdrawal.id });
  await bookBackSavings(ctx, { awardId: award.id, supplierIds });
  const isWhole = supplierIds.length === standing.length;
  // A final award stays what it was; its lines say that they were withdrawn.
  const after = isWhole && award.state !== 'final' ? cancelled(award) : award;
  if (after !== award) await awardStore.saveDecision(ctx.tx, after);
  await withdrawAwardOn(ctx, event.id, withdrawal.reason);
  const holders = (await findStandings(ctx.tx, event.id)).filter((one) => one.outcome !== 'lose');
  await reinstateBids(ctx, { eventId: event.id, except: holders.map((one) => one.bidId) });
  const successorId = await prefillNext(ctx, event.id);
  await recordDecision(ctx, 'award.withdrawn', {
    before: award,
    after,
    reason: withdrawal.reason,
    changes: { withdrawalId: withdrawal.id, supplierIds, successorId },
  });
}

/** Leaves the award as it is. @throws AppError `award_withdrawal.not-found`, and what {@link assertMay} throws */
export async function refuseWithdrawal(ctx: Ctx, of: { withdrawalId: string; note: string }): Promise<void> {
  const { award, withdrawal } = await lockToDecide(ctx, of.withdrawalId, 'refuse');
  await store.saveWithdrawal(ctx.tx, decided(ctx, withdrawal, { action: 'refuse', note: of.note }));
  await recordMove(ctx, 'award.withdrawal-refused', { award, withdrawal, reason: of.note });
}

const cancelled = (award: Award): Award => ({
  ...award,
  state: awardLifecycle.next(award.state, 'cancel'),
  standstillUntil: null,
});

const decided = (
  ctx: Ctx,
  withdrawal: Withdrawal,
  by: { action: 'confirm' | 'refuse'; note: string },
): Withdrawal => ({
  ...withdrawal,
  state: withdrawalLifecycle.next(withdrawal.state, by.action),
  decidedBy: found('user', ctx.actor.userId),
  decidedAt: ctx.now,
  decisionNote: by.note,
});

async function lockToDecide(
  ctx: Ctx,
  withdrawalId: string,
  action: 'confirm' | 'refuse',
): Promise<{ award: Award; event: SourcingEvent; withdrawal: Withdrawal }> {
  const { awardId } = found('award_withdrawal', await store.findWithdrawal(ctx.tx, withdrawalId));
  await findAward(ctx, awardId);
  const locked = await lockAward(ctx, awardId);
  const withdrawal = found('award_withdrawal', await store.lockWithdrawal(ctx.tx, withdrawalId));
  const behind = await findPersonsBehind(ctx, [locked.award.id, locked.event.id]);
  assertMay(ctx, `award_withdrawal.${action}`, toDecideOnWithdrawal(withdrawal, locked.event, behind));
  return { ...locked, withdrawal };
}

async function assertPossible(
  ctx: Ctx,
  { award, event, supplierId }: { award: Award; event: SourcingEvent; supplierId: string | null },
): Promise<void> {
  const [standing, orders] = await Promise.all([
    store.findStanding(ctx.tx, award.id),
    store.findOrdersOf(ctx.tx, award.id),
  ]);
  assertWithdrawable(award, { eventState: event.state, standing, supplierId, orders });
}

/** Null where nobody else bid for what came back: then the buyer decides how to go on. */
async function prefillNext(ctx: Ctx, eventId: string): Promise<string | null> {
  const event = await lockEvent(ctx, eventId);
  const basis = await findAwardBasis(ctx, event);
  const offers = basis.bidders.flatMap((bidder) => bidder.offers);
  const choices = chooseLowest(basis.asked, offers);
  if (choices.length === 0) return null;
  const lines = priceChoices({ offers, choices, currency: event.currency });
  const award = { ...(await newAward(ctx, { event, basis, lines })), proposedBy: event.ownerId };
  await awardStore.insertAward(ctx.tx, award, lines);
  await record(ctx, {
    action: 'award.prefilled',
    subject: { type: 'award', id: award.id },
    to: award.state,
    changes: { eventId, totalAmount: award.totalAmount, currency: award.currency },
  });
  return award.id;
}

const recordMove = (
  ctx: Ctx,
  action: string,
  of: { award: Award; withdrawal: Withdrawal; reason: string },
): Promise<string> =>
  record(ctx, {
    action,
    subject: { type: 'award', id: of.award.id },
    from: of.award.state,
    to: of.award.state,
    reason: of.reason === '' ? null : of.reason,
    changes: {
      eventId: of.award.eventId,
      withdrawalId: of.withdrawal.id,
      supplierId: of.withdrawal.supplierId,
    },
  });
