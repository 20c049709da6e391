export {
  type AmendmentTold,
  acknowledgeAmendment,
  assertAmendmentsKnown,
  findAmendmentsTold,
  findTouch,
  findUnacknowledged,
  mayReadAmendmentDocument,
  noteAmendmentsSeen,
  settleAmendment,
} from './acknowledgements.service.ts';
export { isTouched } from './amendment-difference.ts';
export { mayReadDocument } from './attachments.service.ts';
export { findJoinable, findJoinableEvents, type JoinableEvent, joinEvent } from './audience.service.ts';
export type { Criterion, PriceFormulaName } from './criterion.ts';
export { mayReadStructureDocument } from './details.service.ts';
export { enquiryForm } from './enquiries.forms.ts';
export {
  askEnquiry,
  findAnswered,
  getSharedEnquiries,
  mayReadEnquiryDocument,
} from './enquiries.service.ts';
export { enquiriesEndAt, takesEnquiries } from './enquiry.ts';
export { findPlan } from './evaluation-plan.service.ts';
export { type EvaluationPlan, planOfLot } from './evaluation-plan.ts';
export type { EventItem, ItemDetails, NewEventItem } from './event-item.ts';
export { findAskedFor, structureShown } from './event-lines.service.ts';
export {
  awardEventOn,
  concludeEvent,
  declareUnsuccessful,
  markInvitation,
  noteViewed,
  proposeAwardOn,
  returnAwardOn,
  startEvaluation,
  startOpening,
  withdrawAwardOn,
} from './event-moves.service.ts';
export { showEvent } from './event-pages.routes.ts';
export {
  assertOpeners,
  type EventSealing,
  type SealingLevel,
  sealingLevels,
  suggestedThreshold,
} from './event-sealing.ts';
export { asksPrices, type EventTemplate, type EventType, eventTemplates } from './event-template.ts';
export { fundAward } from './funding.service.ts';
export type {
  Invitation,
  InvitationAction,
  InvitationState,
} from './invitation.ts';
export { inviteSuppliers } from './invitations.service.ts';
export { byLots, type Lot, type NewLot } from './lot.ts';
export { beat, startHeartbeat } from './outages.service.ts';
export {
  approveEvent,
  cancelEvent,
  closeDueEvents,
  extendEventClosing,
  publishEvent,
  submitForApproval,
} from './publication.service.ts';
export { reopenEvent, uninviteSupplier } from './reopening.service.ts';
export {
  type Envelope,
  envelopes as envelopeOrder,
  isKnockOut,
  mostPoints,
  type Requirement,
  type Scoring,
} from './requirement.ts';
export {
  type Compared,
  type FeedbackKind,
  type FeedbackReach,
  feedbackFor,
  feedbackKinds,
  feedbackReaches,
  linesAskedAgain,
} from './round.ts';
export { findRoundFor, listRounds, startRound } from './rounds.service.ts';
export { closingForm, reasonForm } from './sourcing.forms.ts';
export { waitingFor } from './sourcing.queries.ts';
export { sourcingRoutes } from './sourcing.routes.ts';
export {
  changeSealing,
  createEvent,
  findEvent,
  findEventForSupplier,
  findEventItems,
  findInvitation,
  findLots,
  listInvitations,
  lockEvent,
  type NewEvent,
} from './sourcing.service.ts';
export {
  currenciesOf,
  type EventTerms,
  eventSteps,
  isBidding,
  isOpenAt,
  type SourcingEvent,
  type SourcingEventState,
} from './sourcing-event.ts';
export { takeOver } from './taking-over.service.ts';
