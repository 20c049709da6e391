import { announcedBefore } from '../catalog/index.ts';
import type { Document } from '../documents/index.ts';
import { mayUse } from '../identity/index.ts';
import { AppError, found } from '../kernel/errors.ts';
import type { Day } from '../kernel/time.ts';
import type { Ctx } from '../platform/db/context.ts';
import { findEvent, type SourcingEvent } from '../sourcing/index.ts';
import { findAwardById } from './award.store.ts';
import { type Award, isBinding } from './award.ts';
import {
  type ExcludedLot,
  findExcludedLots,
  findOutcomes,
  findSetAside,
  type OutcomeRow,
} from './awards.queries.ts';
import { findAward } from './awards.service.ts';
import { findLetter, findLetterById, findToldSetAside, type IssuedLetter } from './letter.store.ts';
import { type BidOutcome, outcomeOfBid } from './letter.ts';

/** What one bidder is told of an award. */
export type Letter = {
  readonly bidId: string;
  readonly supplierId: string;
  readonly outcome: BidOutcome | 'disqualified';
  /** None where the bid was set aside. */
  readonly lines: readonly OutcomeRow[];
  /** Why the bid was set aside; null where it was compared. */
  readonly reason: string | null;
  /** The lots that it was excluded from by an answer, with the reasons. */
  readonly excludedLots: readonly Pick<ExcludedLot, 'lotNo' | 'title' | 'reason'>[];
};

/** What a bidder's prices and amounts are in: its bid's currency, which its order has, too. */
export const currencyOf = (letter: Letter, award: Pick<Award, 'currency'>): string =>
  letter.lines[0]?.currency ?? award.currency;

/** The letters of a binding award, one a bidder. Empty while it is not approved. */
export async function lettersOf(ctx: Ctx, award: Award): Promise<Letter[]> {
  if (!isBinding(award)) return [];
  const letters = await readLetters(ctx, award, null);
  if (award.withdrawalId === null) return letters;
  const told = await findToldSetAside(ctx.tx, { eventId: award.eventId, awardId: award.id });
  return letters.filter((letter) => letter.outcome !== 'disqualified' || !told.has(letter.supplierId));
}

/** Those who were compared, then those who were set aside; with `supplierId`, that supplier's own letter. */
async function readLetters(ctx: Ctx, award: Award, supplierId: string | null): Promise<Letter[]> {
  const { id: awardId, eventId } = award;
  const compared = outcomesOfBids(await findOutcomes(ctx.tx, { awardId, eventId, supplierId }));
  const setAside = await findSetAside(ctx.tx, { eventId, supplierId });
  const excluded = await findExcludedLots(ctx.tx, { eventId, supplierId });
  return [
    ...compared.map((letter) => ({
      ...letter,
      reason: null,
      excludedLots: excluded.filter((lot) => lot.bidId === letter.bidId),
    })),
    ...setAside.map((bid): Letter => ({ ...bid, outcome: 'disqualified', lines: [], excludedLots: [] })),
  ];
}

/** Until when holidays are announced, where the last day of a standstill lies beyond. It ends as that day does. */
export const announcedBeforeEnd = (
  ctx: Ctx,
  { award, event }: { award: Pick<Award, 'standstillUntil'>; event: SourcingEvent },
): Promise<Day | null> =>
  announcedBefore(ctx, {
    at: award.standstillUntil === null ? null : new Date(award.standstillUntil.getTime() - 1),
    plantCode: event.plantCode,
    timeZone: event.timeZone,
  });

/** A bidder's own letter: as it stands, and as it was issued, which takes a moment after the approval. */
export type OwnLetter = {
  readonly award: Award;
  readonly event: SourcingEvent;
  readonly letter: Letter;
  readonly issued: IssuedLetter | null;
};

/**
 * The actor's own letter; of an award that was cancelled the one it got.
 * @throws AppError `award.not-found`, also where the award is not binding or the supplier did not bid
 */
export async function getOwnLetter(ctx: Ctx, awardId: string): Promise<OwnLetter> {
  const award = found('award', await findAwardById(ctx.tx, awardId));
  const { supplierId } = ctx.actor;
  const issued = supplierId === null ? undefined : await findLetter(ctx.tx, { awardId, supplierId });
  if (supplierId === null || (!isBinding(award) && issued === undefined))
    throw new AppError('not-found', 'award.not-found', 'No such award');
  const letter = found('award', (await readLetters(ctx, award, supplierId))[0]);
  return { award, event: await findEvent(ctx, award.eventId), letter, issued: issued ?? null };
}

type Outcome = Omit<Letter, 'reason' | 'outcome' | 'excludedLots'> & { readonly outcome: BidOutcome };

function outcomesOfBids(rows: readonly OutcomeRow[]): Outcome[] {
  const linesOf = new Map<string, OutcomeRow[]>();
  for (const row of rows) {
    const lines = linesOf.get(row.bidId);
    if (lines === undefined) linesOf.set(row.bidId, [row]);
    else lines.push(row);
  }
  return [...linesOf].map(([bidId, lines]) => ({
    bidId,
    supplierId: lines[0]?.supplierId ?? '',
    outcome: outcomeOfBid(lines.map((line) => line.outcome)),
    lines,
  }));
}

/** A letter's PDF is read by its supplier's people who read letters, and by the staff who may read the award. */
export async function mayReadLetter(ctx: Ctx, document: Pick<Document, 'subject'>): Promise<boolean> {
  const letter = await findLetterById(ctx.tx, document.subject.id);
  if (letter === undefined) return false;
  if (ctx.actor.kind === 'supplier')
    return mayUse(ctx, 'award.letter') && letter.supplierId === ctx.actor.supplierId;
  if (!mayUse(ctx, 'award.read')) return false;
  return (await findAward(ctx, letter.awardId).catch(() => null)) !== null;
}
