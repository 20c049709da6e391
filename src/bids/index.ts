export { type Bid, type BidState, isReadableByServer } from './bid.ts';
export type { BidContent } from './bid-content.ts';
export type { BidDraft, BidFile, DraftAnswer, DraftLine } from './bid-draft.ts';
export {
  type ClosingAudience,
  findClosingAudience,
  findOpenedBids,
  getBidFacts,
  type OpenedBid,
  type OpenedBidLine,
  waitingFor,
} from './bids.queries.ts';
export { bidsRoutes } from './bids.routes.ts';
export type { Clarification } from './clarification.ts';
export { acceptBidPrice, askBidder, findClarifications } from './clarifications.service.ts';
export { CLOSING_REFUSALS } from './closing-choice.ts';
export {
  chooseClosingSubmission,
  revokeClosingSubmission,
  submitAtClosing,
} from './closing-choices.service.ts';
export { disqualifyBid } from './decisions.service.ts';
export { getDraft, saveDraft, startBid } from './drafts.service.ts';
export { addFiles, removeFile } from './files.service.ts';
export { answerInvitation } from './invitations.service.ts';
export type { OpenedEnvelope } from './opening.store.ts';
export type { Minutes, MinutesEntry } from './opening.ts';
export {
  concludeEnvelope,
  findOpenedContents,
  markBid,
  openBids,
  openedEnvelopes,
  reinstateBids,
} from './openings.service.ts';
export { findReminder, issueReminders } from './reminders.service.ts';
export { settleBids } from './settling.service.ts';
export {
  type Submission,
  sealSubmittedBids,
  submitBid,
  withdrawBid,
} from './submissions.service.ts';
