/** What closing made of a choice. */
export type ClosingOutcome = 'submitted' | 'nothing-new' | 'refused';

/** A supplier's choice that its draft, as it stands at closing, is submitted if it is complete. */
export type ClosingChoice = {
  readonly bidId: string;
  readonly chosenBy: string;
  readonly chosenByName: string;
  readonly chosenAt: Date;
  /** That prices of zero mean free of charge, as it is asked at every submission. */
  readonly isFreeMeant: boolean;
  /** Null until the closing. */
  readonly outcome: ClosingOutcome | null;
  /** Why nothing was submitted; the catalogues have its words. */
  readonly refusalCode: string | null;
};

/** What a receipt says of a bid that nobody had to press a button for. */
export type AtClosing = {
  /** ISO 8601, UTC: when it was chosen, when the draft was saved, and when the closing carried it out. */
  readonly chosenAt: string;
  readonly savedAt: string;
  readonly submittedAt: string;
};

/**
 * When a bid counts as received that the closing submits: when all of it was here, what it says and the word to
 * submit it. Both are there before the closing instant by the database's clock, or they were refused.
 */
export const receivedForClosing = (of: { chosenAt: Date; savedAt: Date }): Date =>
  of.chosenAt > of.savedAt ? of.chosenAt : of.savedAt;

/** The reasons that have words of their own; whatever else keeps a draft from being submitted is said as `other`. */
export const CLOSING_REFUSALS = [
  'bid.has-errors',
  'bid.no-line-priced',
  'bid.leaves-out-lines',
  'bid.free-line-not-confirmed',
  'bid.responses-missing',
  'bid.cannot-submit',
  'bid.draft-damaged',
  'amendment.not-acknowledged',
] as const;
