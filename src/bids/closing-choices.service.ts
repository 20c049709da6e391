import { record } from '../audit/index.ts';
import type { Actor } from '../kernel/actor.ts';
import { AppError, found, ruleBroken } from '../kernel/errors.ts';
import { newId } from '../kernel/id.ts';
import { goOnAs } from '../platform/db/acting.ts';
import type { Ctx } from '../platform/db/context.ts';
import { findEventForSupplier } from '../sourcing/index.ts';
import * as bids from './bid.store.ts';
import { assertMayBeWritten, assertReadable } from './bid.ts';
import * as store from './closing-choice.store.ts';
import { type ClosingChoice, type ClosingOutcome, receivedForClosing } from './closing-choice.ts';
import { findStoredDraft } from './draft.store.ts';
import { ownSupplierId } from './drafts.service.ts';
import { submitLocked } from './submissions.service.ts';

/**
 * Chooses that what is complete at closing is submitted, whoever is at a screen then. Until and not at the closing
 * instant, like everything a bidder decides.
 * @throws AppError `bid.not-found`, `bid.deadline-passed`, `bid.event-not-open`, `bid.cannot-submit`
 */
export async function chooseClosingSubmission(
  ctx: Ctx,
  form: { bidId: string; isFreeMeant: boolean },
): Promise<void> {
  const chosenAt = await lockForChoice(ctx, form.bidId);
  const chosenBy = found('user', ctx.actor.userId);
  await store.saveChoice(ctx.tx, { ...form, chosenBy, chosenAt });
  await record(ctx, {
    action: 'bid.closing-submission-chosen',
    subject: { type: 'bid', id: form.bidId },
    changes: { isFreeMeant: form.isFreeMeant, chosenAt: chosenAt.toISOString() },
  });
}

/**
 * Takes the choice back: nothing is submitted any more unless somebody does it.
 * @throws AppError `bid_closing_choice.not-made`, and what {@link chooseClosingSubmission} throws
 */
export async function revokeClosingSubmission(ctx: Ctx, bidId: string): Promise<void> {
  await lockForChoice(ctx, bidId);
  if (!(await store.deleteChoice(ctx.tx, bidId)))
    throw ruleBroken('bid_closing_choice.not-made', 'There is nothing to take back');
  await record(ctx, { action: 'bid.closing-submission-revoked', subject: { type: 'bid', id: bidId } });
}

/** Holds the bid, and its event against closing; gives the clock, read under these locks. */
async function lockForChoice(ctx: Ctx, bidId: string): Promise<Date> {
  const bid = found('bid', await bids.lockOwnBidBeforeClosing(ctx.tx, bidId, ownSupplierId(ctx)));
  const event = await findEventForSupplier(ctx, bid.eventId);
  const clock = await ctx.readClock(ctx.tx);
  assertReadable(bid, 'submit-at-closing');
  assertMayBeWritten(bid, event, clock);
  return clock;
}

export const findClosingChoice = async (ctx: Ctx, bidId: string): Promise<ClosingChoice | null> =>
  (await store.findChoice(ctx.tx, bidId)) ?? null;

/**
 * Submits the drafts whose suppliers have chosen so: a part of closing, under its locks, while the events still are
 * open. What is not complete by the rules of every submission stays a draft, and the choice says why; one bid never
 * keeps an event from closing. The worker reads no draft: each is submitted as the person who chose it.
 */
export async function submitAtClosing(ctx: Ctx, eventIds: readonly string[]): Promise<void> {
  const waiting = await store.lockWaitingChoices(ctx.tx, eventIds);
  for (const { bidId, chosenBy, chosenByName, supplierId } of waiting) {
    const actor: Actor = {
      kind: 'supplier',
      userId: chosenBy,
      name: chosenByName,
      roles: ['supplier_sales'],
      supplierId,
    };
    goOnAs(ctx.tx, actor);
    const outcome = await submitChosen({ ...ctx, actor }, bidId);
    goOnAs(ctx.tx, ctx.actor);
    await store.saveOutcome(ctx.tx, { bidId, ...outcome, closedAt: ctx.now });
  }
}

type Outcome = { readonly outcome: ClosingOutcome; readonly refusalCode: string | null };

async function submitChosen(ctx: Ctx, bidId: string): Promise<Outcome> {
  try {
    return { outcome: await submitDraft(ctx, bidId), refusalCode: null };
  } catch (error) {
    // A refusal is the supplier's to know. A draft that cannot be read is as well: it must not hold up the others.
    const refusalCode = error instanceof AppError ? error.code : 'bid.draft-damaged';
    await record(ctx, {
      action: 'bid.closing-submission-refused',
      subject: { type: 'bid', id: bidId },
      changes: { refusalCode },
    });
    return { outcome: 'refused', refusalCode };
  }
}

async function submitDraft(ctx: Ctx, bidId: string): Promise<ClosingOutcome> {
  const bid = found('bid', await bids.findOwnBid(ctx.tx, bidId, ownSupplierId(ctx)));
  const choice = found('bid_closing_choice', await store.findChoice(ctx.tx, bidId));
  const { revision, submittedRevision, savedAt } = found('bid', await findStoredDraft(ctx.tx, bidId));
  if (revision === submittedRevision) return 'nothing-new';
  const receivedAt = receivedForClosing({ chosenAt: choice.chosenAt, savedAt });
  await submitLocked(
    ctx,
    bid,
    { bidId, revision, idempotencyKey: newId(), isFreeMeant: choice.isFreeMeant },
    {
      receivedAt,
      atClosing: {
        chosenAt: choice.chosenAt.toISOString(),
        savedAt: savedAt.toISOString(),
        submittedAt: (await ctx.readClock(ctx.tx)).toISOString(),
      },
    },
  );
  return 'submitted';
}
