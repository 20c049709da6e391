export { type Bid, type BidState, bidLifecycle } from './bid.ts';
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
export type { BidDraft, BidFile, DraftLine } from './bid-draft.ts';
export { addFiles, removeFile } from './files.service.ts';
export { getDraft, saveDraft, startBid } from './drafts.service.ts';
export { answerInvitation } from './invitations.service.ts';
export type { Minutes, MinutesEntry } from './opening.ts';
export { getOpening, markBid, openBids } from './openings.service.ts';
export { getSubmission, sealSubmittedBids, submitBid, type Submission, withdrawBid } from './submissions.service.ts';
