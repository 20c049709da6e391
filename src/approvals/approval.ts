import { ruleBroken } from '../kernel/errors.ts';
import { defineLifecycle } from '../kernel/lifecycle.ts';
import type { DecimalString, Money } from '../kernel/money.ts';

/** The kinds of documents that chains are configured for. */
export const approvableTypes = [
  'requisition',
  'sourcing_event',
  'amendment',
  'award',
  'purchase_order',
  'agreement',
] as const;
export type ApprovableType = (typeof approvableTypes)[number];

/** Those whose domains ask for a chain; the others decide by rules of their own. */
export const chainedTypes = [
  'requisition',
  'sourcing_event',
  'award',
  'purchase_order',
  'agreement',
] as const satisfies readonly ApprovableType[];

/** The roles whose people may be asked, by name or by role. */
export const approverRoles = ['approver', 'finance'] as const;
export type ApproverRole = (typeof approverRoles)[number];

/** Who can be asked about it: only whoever may read it. */
export const rolesFor = (documentType: ApprovableType): readonly ApproverRole[] =>
  documentType === 'requisition' ? approverRoles : ['approver'];

/** Whose rules say who is asked: an amendment goes the way its event went. */
export const rulesOf = (documentType: ApprovableType): ApprovableType =>
  documentType === 'amendment' ? 'sourcing_event' : documentType;

export const approvalLifecycle = defineLifecycle('approval', 'pending', {
  pending: { approve: 'approved', return: 'returned', reject: 'rejected', withdraw: 'withdrawn' },
  approved: {},
  returned: {},
  rejected: {},
  withdrawn: {},
});
export type ApprovalState = (typeof approvalLifecycle.states)[number];

export const approvalStepLifecycle = defineLifecycle('approval_step', 'waiting', {
  waiting: { ask: 'pending', skip: 'skipped' },
  pending: { approve: 'approved', return: 'returned', reject: 'rejected', skip: 'skipped' },
  approved: {},
  returned: {},
  rejected: {},
  skipped: {},
});
export type ApprovalStepState = (typeof approvalStepLifecycle.states)[number];

export const decisions = ['approve', 'return', 'reject'] as const;
export type Decision = (typeof decisions)[number];

/** Who is asked: one person, or whoever has a role. */
export type Approver =
  | { readonly approverId: string; readonly approverRole: null }
  | { readonly approverId: null; readonly approverRole: ApproverRole };

/** How long a step waits, in working days; null: for ever. */
type Patience = {
  readonly remindAfterDays: number | null;
  readonly escalateAfterDays: number | null;
  /** Who is asked then; null: whoever is an approver. */
  readonly escalateTo: string | null;
};

/** A row of a policy: from this amount on, for this category and plant (null: any), this one is asked at this stage. */
export type ApprovalRule = Approver &
  Patience & {
    readonly fromAmount: DecimalString;
    readonly categoryCode: string | null;
    readonly plantCode: string | null;
    readonly stage: number;
    /** `all`: this one must agree. `any`: one of those of its stage that say `any` suffices. */
    readonly needs: 'all' | 'any';
  };

export type StepReason = 'rule' | 'default' | 'in-place' | 'over-budget';

/** A step as it is laid out when an approval starts. */
export type PlannedStep = Approver &
  Patience & {
    readonly stage: number;
    readonly needs: 'all' | 'any';
    readonly reason: StepReason;
    /** What the step is about besides the document: the budget that is exceeded. */
    readonly subjectId: string | null;
  };

export type ApprovalStep = PlannedStep & {
  readonly id: string;
  readonly stepNo: number;
  readonly state: ApprovalStepState;
  /** Since when it waits for its approver. */
  readonly since: Date | null;
  readonly remindedAt: Date | null;
  readonly escalatedAt: Date | null;
  readonly escalatedFrom: string | null;
  readonly decidedAt: Date | null;
  readonly decidedBy: string | null;
  /** For whom, where a delegate decided. */
  readonly decidedFor: string | null;
  readonly comment: string | null;
};

/** The first stage is asked at once, the others wait. */
export function begin(planned: readonly PlannedStep[], of: { at: Date; newId(): string }): ApprovalStep[] {
  const first = Math.min(...planned.map((step) => step.stage));
  return planned
    .toSorted((one, other) => one.stage - other.stage)
    .map((step, index) => ({
      ...step,
      id: of.newId(),
      stepNo: index + 1,
      state: step.stage === first ? 'pending' : 'waiting',
      since: step.stage === first ? of.at : null,
      remindedAt: null,
      escalatedAt: null,
      escalatedFrom: null,
      decidedAt: null,
      decidedBy: null,
      decidedFor: null,
      comment: null,
    }));
}

export type DecisionMade = {
  readonly stepId: string;
  readonly decision: Decision;
  readonly by: string;
  /** The principal, where somebody decides for another. */
  readonly for: string | null;
  readonly at: Date;
  readonly comment: string;
};

/**
 * The steps after a decision, and what has become of the approval. One who agrees ends its step, and with it the other
 * `any` steps of its stage; the next stage is asked once nothing of this one is open. One who says no ends all.
 * @throws AppError `approval_step.cannot-approve` and the like for a step that is not asked now
 */
export function decide(
  steps: readonly ApprovalStep[],
  made: DecisionMade,
): { steps: ApprovalStep[]; outcome: Exclude<ApprovalState, 'withdrawn'> } {
  const step = steps.find((one) => one.id === made.stepId);
  if (step === undefined) throw ruleBroken('approval.not-yours-to-decide', 'This step is not there');
  const decided: ApprovalStep = {
    ...step,
    state: approvalStepLifecycle.next(step.state, made.decision),
    decidedAt: made.at,
    decidedBy: made.by,
    decidedFor: made.for,
    comment: made.comment === '' ? null : made.comment,
  };
  const others = steps.map((one) => (one.id === step.id ? decided : one));
  if (made.decision !== 'approve')
    return {
      steps: others.map((one) => (isOpen(one) ? { ...one, state: 'skipped' as const } : one)),
      outcome: made.decision === 'return' ? 'returned' : 'rejected',
    };
  const settled = others.map((one) =>
    step.needs === 'any' && one.needs === 'any' && one.stage === step.stage && isOpen(one)
      ? { ...one, state: approvalStepLifecycle.next(one.state, 'skip') }
      : one,
  );
  return askNext(settled, made.at);
}

const isOpen = (step: ApprovalStep): boolean => step.state === 'pending' || step.state === 'waiting';

function askNext(
  steps: readonly ApprovalStep[],
  at: Date,
): { steps: ApprovalStep[]; outcome: 'pending' | 'approved' } {
  if (steps.some((step) => step.state === 'pending')) return { steps: [...steps], outcome: 'pending' };
  const waiting = steps.filter((step) => step.state === 'waiting').map((step) => step.stage);
  if (waiting.length === 0) return { steps: [...steps], outcome: 'approved' };
  const next = Math.min(...waiting);
  return {
    steps: steps.map((step) =>
      step.state === 'waiting' && step.stage === next
        ? { ...step, state: approvalStepLifecycle.next(step.state, 'ask'), since: at }
        : step,
    ),
    outcome: 'pending',
  };
}

/**
 * A stage needs as many hands as it has steps: who decided one of them, for itself or for another, decides none beside
 * it; and whoever decided anything before does not decide again only because of a role.
 */
export function hasDecidedAlready(
  steps: readonly ApprovalStep[],
  step: Pick<ApprovalStep, 'stage' | 'approverId'>,
  persons: readonly string[],
): boolean {
  return steps.some((one) => {
    const hands = [one.decidedBy, one.decidedFor];
    const isTheirs = hands.some((hand) => hand !== null && persons.includes(hand));
    return isTheirs && (one.stage === step.stage || step.approverId === null);
  });
}

/** An approval as its page shows it: whose it is, and how far. */
export type Approval = {
  readonly id: string;
  readonly documentType: ApprovableType;
  readonly documentId: string;
  readonly reference: string;
  readonly title: string;
  readonly amount: DecimalString | null;
  readonly currency: Money['currency'];
  readonly requesterId: string;
  /** Who else has a part in the document, and so decides nothing of it. */
  readonly barredIds: readonly string[];
  /** Where it lies: whoever is asked by a role is asked within its plants and categories. */
  readonly plantCodes: readonly string[];
  readonly categoryCodes: readonly string[];
  readonly policyId: string | null;
  readonly state: ApprovalState;
  readonly startedAt: Date;
  readonly endedAt: Date | null;
};
