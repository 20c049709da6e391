import { defineLifecycle } from '../kernel/lifecycle.ts';

/** From being chosen to having answered. Before the event is published nobody outside knows of it. */
export const invitationLifecycle = defineLifecycle('invitation', 'invited', {
  invited: { view: 'viewed', accept: 'accepted', decline: 'declined', uninvite: 'uninvited' },
  viewed: { accept: 'accepted', decline: 'declined', uninvite: 'uninvited' },
  accepted: { respond: 'responding', submit: 'submitted', decline: 'declined', uninvite: 'uninvited' },
  responding: { submit: 'submitted', decline: 'declined', uninvite: 'uninvited' },
  // A bid may be replaced; taking it back leaves the supplier where it can answer again.
  submitted: {
    submit: 'submitted',
    'take-back': 'responding',
    'give-back': 'responding',
    uninvite: 'uninvited',
  },
  declined: {},
  uninvited: {},
});
export type InvitationState = (typeof invitationLifecycle.states)[number];
export type InvitationAction =
  | 'view'
  | 'accept'
  | 'decline'
  | 'respond'
  | 'submit'
  | 'take-back'
  | 'give-back'
  | 'uninvite';

/** A supplier that was asked. */
export type Invitation = {
  readonly id: string;
  readonly eventId: string;
  readonly supplierId: string;
  readonly state: InvitationState;
  /** When the supplier was told; null while the event is not published. */
  readonly invitedAt: Date | null;
  readonly viewedAt: Date | null;
  readonly respondedAt: Date | null;
  readonly declineReason: string | null;
  /** The last round it is asked in. */
  readonly lastRound: number;
  /** When bidding ended for it; null while it is in the field. */
  readonly biddingEndedAt: Date | null;
};

/** The past of an action, as the record names it: `invitation.viewed`. */
export const invitationActs: Readonly<Record<InvitationAction, string>> = {
  view: 'invitation.viewed',
  accept: 'invitation.accepted',
  decline: 'invitation.declined',
  respond: 'invitation.responding',
  submit: 'invitation.submitted',
  'take-back': 'invitation.taken-back',
  'give-back': 'invitation.given-back',
  uninvite: 'invitation.uninvited',
};

const BID_STATES: readonly InvitationState[] = ['responding', 'submitted'];
const BID_ACTS: readonly string[] = [
  invitationActs.respond,
  invitationActs.submit,
  invitationActs['take-back'],
  invitationActs['give-back'],
];

/**
 * An invitation as the buyer may see it while bids are taken: who prepares or sent in a bid, and so how many
 * there are, is known to nobody before closing.
 */
export const whileBidding = <T extends { readonly state: InvitationState }>(invitation: T): T =>
  BID_STATES.includes(invitation.state) ? { ...invitation, state: 'accepted' } : invitation;

/** Would this act tell who has bid? */
export const tellsOfBid = (act: string): boolean => BID_ACTS.includes(act);
