import type { Envelope, Requirement } from '../sourcing/index.ts';
import { type AskedLine, assertSubmittable, type BidDraft, type ReadDraft, readDraft } from './bid-draft.ts';
import type { BidRules } from './offer.ts';
import { assertAnswered, type IsKnockOut, type ReadResponse, readResponses } from './response.ts';

// Also runs in the bidder's browser: a bid that is sealed there is held to the rules of every other.

/** Prices and answers together, as they would be submitted. */
export type WholeDraft = {
  /** The errors of answers are among those of the rest. */
  readonly read: ReadDraft;
  readonly responses: readonly ReadResponse[];
  /** The lots that something is offered in. */
  readonly lotIds: readonly string[];
};

/** What an event asks of every bid. */
export type Asked = {
  readonly items: readonly AskedLine[];
  readonly rules: BidRules;
  readonly requirements: readonly Requirement[];
};

/** Reads a draft by all that its event asks. */
export function readWholeDraft(draft: BidDraft, asked: Asked, isKnockOut: IsKnockOut): WholeDraft {
  const read = readDraft(draft, asked.items, asked.rules);
  const lots = lotsOf(read, asked.items);
  const { responses, errors } = readResponses(asked.requirements, draft, isKnockOut, lots);
  return {
    read: { ...read, errors: [...read.errors, ...errors] },
    responses,
    lotIds: [...lots].flatMap((lotId) => (lotId === null ? [] : [lotId])),
  };
}

/** The lots that a draft offers something in. */
function lotsOf(read: ReadDraft, items: readonly AskedLine[]): ReadonlySet<string | null> {
  const offered = read.lines.filter(
    ({ unitPrice, tiers, alternates, capacity }) =>
      unitPrice !== null || capacity !== null || tiers.length + alternates.length > 0,
  );
  const ids = new Set(offered.map((line) => line.eventItemId));
  return new Set(items.filter((item) => ids.has(item.id)).map((item) => item.lotId ?? null));
}

/** Which envelope each question lies in that is asked of this bid; others are not answered by it. */
export const envelopesAsked = ({ responses }: Pick<WholeDraft, 'responses'>): Record<string, Envelope> =>
  Object.fromEntries(
    responses.filter((one) => one.isAsked).map(({ requirement }) => [requirement.id, requirement.envelope]),
  );

/**
 * What may be submitted.
 * @throws AppError what {@link assertSubmittable} and {@link assertAnswered} throw
 */
export function assertWhole({ read, responses }: WholeDraft, freeIsMeant: { isConfirmed: boolean }): void {
  assertSubmittable(read, freeIsMeant);
  assertAnswered(responses);
}
