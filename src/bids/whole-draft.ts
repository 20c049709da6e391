import type { Requirement } from '../sourcing/index.ts';
import { type AskedLine, assertSubmittable, type BidDraft, type ReadDraft, readDraft } from './bid-draft.ts';
import type { BidRules } from './offer.ts';
import { assertAnswered, type IsKnockOut, type ReadResponse, readResponses } from './response.ts';

// Also runs in the bidder's browser: a bid that is sealed there is held to the rules of every other.

/** Prices and answers together, as they would be submitted. */
export type WholeDraft = {
  /** The errors of answers are among those of the rest. */
  readonly read: ReadDraft;
  readonly responses: readonly ReadResponse[];
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
  const { responses, errors } = readResponses(asked.requirements, draft, isKnockOut);
  return { read: { ...read, errors: [...read.errors, ...errors] }, responses };
}

/**
 * What may be submitted.
 * @throws AppError what {@link assertSubmittable} and {@link assertAnswered} throw
 */
export function assertWhole({ read, responses }: WholeDraft, freeIsMeant: { isConfirmed: boolean }): void {
  assertSubmittable(read, freeIsMeant);
  assertAnswered(responses);
}
