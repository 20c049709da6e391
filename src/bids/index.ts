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
export { disqualifyBid, failBid } from './decisions.service.ts';
export { getDraft, saveDraft, startBid } from './drafts.service.ts';
export { addFiles, removeFile } from './files.service.ts';
export { answerInvitation } from './invitations.service.ts';
export { isUndecidedKnockOut, standsIn } from './knock-out.ts';
export type { OpenedEnvelope } from './opening.store.ts';
export type { Minutes, MinutesEntry } from './opening.ts';
export {
  concludeEnvelope,
  concludeOpened,
  findOpenedContents,
  markBid,
  openBids,
  openedEnvelopes,
  readOpenedFile,
  reinstateBids,
} from './openings.service.ts';
export { type PricedAs, type PricedIn, pricedAs } from './priced-unit.ts';
export { findReminder, issueReminders } from './reminders.service.ts';
export { type BidWithResponses, findBidsWithResponses } from './responses.queries.ts';
export { sendFile } from './send-file.routes.ts';
export { settleBids } from './settling.service.ts';
export {
  type Submission,
  sealSubmittedBids,
  submitBid,
  withdrawBid,
} from './submissions.service.ts';
