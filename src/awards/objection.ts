import { ruleBroken } from '../kernel/errors.ts';
import { defineLifecycle } from '../kernel/lifecycle.ts';
import { type Award, takesObjections } from './award.ts';

/** What a bidder holds against an award: the buyer answers, and somebody else decides. */
export const objectionLifecycle = defineLifecycle('award_objection', 'raised', {
  raised: { answer: 'answered', withdraw: 'withdrawn' },
  answered: { reject: 'rejected', uphold: 'upheld', withdraw: 'withdrawn' },
  rejected: {},
  upheld: {},
  withdrawn: {},
});
export type ObjectionState = (typeof objectionLifecycle.states)[number];

export type Objection = {
  readonly id: string;
  readonly awardId: string;
  readonly supplierId: string;
  readonly state: ObjectionState;
  readonly grounds: string;
  readonly raisedBy: string;
  readonly raisedAt: Date;
  readonly answer: string | null;
  readonly answeredBy: string | null;
  readonly answeredAt: Date | null;
  readonly decision: string | null;
  readonly decidedBy: string | null;
  readonly decidedAt: Date | null;
};

/** While one is open the standstill does not end; one that was upheld holds it until the award is withdrawn. */
export const holdsStandstill = ({ state }: Pick<Objection, 'state'>): boolean =>
  state === 'raised' || state === 'answered' || state === 'upheld';

export const isOpenObjection = ({ state }: Pick<Objection, 'state'>): boolean =>
  state === 'raised' || state === 'answered';

/**
 * A bidder objects during the standstill: until, and not at, its end by the database's clock.
 * @throws AppError `award_objection.standstill-over`, `award_objection.raised-already`
 */
export function assertMayObject(
  award: Pick<Award, 'state' | 'standstillUntil'>,
  of: { readonly clock: Date; readonly own: readonly Pick<Objection, 'state'>[] },
): void {
  if (!takesObjections(award, of.clock))
    throw ruleBroken('award_objection.standstill-over', 'Objections are taken during the standstill');
  if (of.own.some(isOpenObjection))
    throw ruleBroken('award_objection.raised-already', 'Your objection is being looked at');
}

/** An objection as the table of rights asks about it: who answered it, proposed the award or runs the event is tied. */
export const toDecideOnObjection = (
  objection: Objection,
  of: {
    readonly award: Pick<Award, 'proposedBy'>;
    readonly event: { readonly ownerId: string };
    readonly behind: readonly string[];
  },
): {
  state: ObjectionState;
  ties: { proposer: string; owner: string; submitter?: string };
  behind: readonly string[];
} => ({
  state: objection.state,
  behind: of.behind,
  ties: {
    proposer: of.award.proposedBy,
    owner: of.event.ownerId,
    ...(objection.answeredBy === null ? {} : { submitter: objection.answeredBy }),
  },
});
