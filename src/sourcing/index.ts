export { mayReadDocument } from './attachments.service.ts';
export type { EventItem, NewEventItem } from './event-item.ts';
export { estimatedValueOf } from './event-item.ts';
export {
  awardEventOn,
  completeEvent,
  declareUnsuccessful,
  markInvitation,
  noteViewed,
  proposeAwardOn,
  returnAwardOn,
  startEvaluation,
  startOpening,
} from './event-moves.service.ts';
export {
  type Invitation,
  type InvitationAction,
  type InvitationState,
  invitationLifecycle,
} from './invitation.ts';
export {
  approveEvent,
  cancelEvent,
  closeDueEvents,
  extendEventClosing,
  publishEvent,
  returnEvent,
  submitForApproval,
} from './publication.service.ts';
export { waitingFor } from './sourcing.queries.ts';
export { sourcingRoutes } from './sourcing.routes.ts';
export {
  createEvent,
  findEvent,
  findEventForSupplier,
  findEventItems,
  findInvitation,
  importLines,
  inviteSuppliers,
  listInvitations,
  lockEvent,
  lockEventForBid,
  type NewEvent,
  reviseEvent,
} from './sourcing.service.ts';
export {
  type EventTerms,
  eventSteps,
  isOpenAt,
  type SourcingEvent,
  type SourcingEventState,
  sourcingEventLifecycle,
} from './sourcing-event.ts';
