import { found, invalid, ruleBroken } from '../kernel/errors.ts';
import { assertCriteria, type Criterion, type NewCriterion } from './criterion.ts';
import type { Lot } from './lot.ts';
import { assertAskable, type NewRequirement, type Requirement } from './requirement.ts';

/** What an event asks bidders, and by what their bids are judged. Most events have none of either. */
export type EvaluationPlan = {
  /** Of all questions and criteria together; 0 while nothing was ever written down. */
  readonly version: number;
  /** Suppliers are told the criteria and their weights. */
  readonly showsWeights: boolean;
  readonly criteria: readonly Criterion[];
  readonly requirements: readonly Requirement[];
};

export const emptyPlan: EvaluationPlan = {
  version: 0,
  showsWeights: true,
  criteria: [],
  requirements: [],
};

const MOST_REQUIREMENTS = 300;
type NewId = () => string;
/** A criterion as it is typed; without an id, or with one the plan does not know, it is a new one. */
export type TypedCriterion = Omit<NewCriterion, 'id'> & { readonly id: string | null };

/**
 * The plan with these criteria instead of its own; questions that counted for one that is gone are only read from now on.
 * @throws AppError what {@link assertCriteria} throws
 */
export function withCriteria(
  plan: EvaluationPlan,
  to: { readonly showsWeights: boolean; readonly criteria: readonly TypedCriterion[] },
  newId: NewId,
): EvaluationPlan {
  const known = new Set(plan.criteria.map((criterion) => criterion.id));
  const criteria = to.criteria.map((criterion, index): Criterion => {
    const isKnown = criterion.id !== null && known.has(criterion.id);
    const id = isKnown && criterion.id !== null ? criterion.id : newId();
    return { ...criterion, id, number: index + 1, lotId: criterion.lotId ?? null };
  });
  assertCriteria(criteria);
  const kept = new Set(criteria.map((criterion) => criterion.id));
  const requirements = plan.requirements.map((one) =>
    one.criterionId === null || kept.has(one.criterionId)
      ? one
      : { ...one, criterionId: null, scoring: null },
  );
  return { ...plan, showsWeights: to.showsWeights, criteria, requirements };
}

/**
 * The plan with one question more, or with one of its own changed. Its kind stays what it was.
 * @throws AppError `requirement.not-found`, `requirement.too-many`, `requirement.criterion-elsewhere`,
 * `requirement.criterion-of-other-lot`, and what `assertAskable` throws
 */
export function withRequirement(
  plan: EvaluationPlan,
  of: { readonly id: string | null; readonly requirement: NewRequirement },
  newId: NewId,
): EvaluationPlan {
  if (of.id === null) return withRequirements(plan, { mode: 'add', requirements: [of.requirement] }, newId);
  const before = requirementOf(plan, of.id);
  const { kind, id, number } = before;
  const requirement = { ...of.requirement, lotId: of.requirement.lotId ?? null, kind, id, number };
  assertFits(plan, requirement);
  return { ...plan, requirements: plan.requirements.map((one) => (one === before ? requirement : one)) };
}

/** The plan with these questions, after its own or instead of them. @throws AppError as {@link withRequirement} */
export function withRequirements(
  plan: EvaluationPlan,
  of: { readonly mode: 'add' | 'replace'; readonly requirements: readonly NewRequirement[] },
  newId: NewId,
): EvaluationPlan {
  for (const requirement of of.requirements) assertFits(plan, requirement);
  const kept = of.mode === 'add' ? plan.requirements : [];
  const requirements = numbered([...kept, ...of.requirements.map((one) => ({ ...one, id: newId() }))]);
  if (requirements.length > MOST_REQUIREMENTS)
    throw ruleBroken('requirement.too-many', `At most ${MOST_REQUIREMENTS} questions`, {
      maximum: MOST_REQUIREMENTS,
    });
  return { ...plan, requirements };
}

/** @throws AppError `requirement.not-found` */
export function withoutRequirement(plan: EvaluationPlan, id: string): EvaluationPlan {
  const gone = requirementOf(plan, id);
  return { ...plan, requirements: numbered(plan.requirements.filter((one) => one !== gone)) };
}

/** A question before the one above it; the first stays. @throws AppError `requirement.not-found` */
export function movedUp(plan: EvaluationPlan, id: string): EvaluationPlan {
  const at = plan.requirements.indexOf(requirementOf(plan, id));
  if (at === 0) return plan;
  const others = plan.requirements.toSpliced(at, 1);
  return {
    ...plan,
    requirements: numbered(others.toSpliced(at - 1, 0, ...plan.requirements.slice(at, at + 1))),
  };
}

/** Questions and criteria of another event, instead of those there; what belongs to a lot goes to the one of its number. */
export function copiedFrom(
  plan: EvaluationPlan,
  from: { readonly plan: EvaluationPlan; readonly lots: readonly Lot[]; readonly ownLots: readonly Lot[] },
  newId: NewId,
): EvaluationPlan {
  const idOf = new Map(from.plan.criteria.map((criterion) => [criterion.id, newId()]));
  const lotOf = (lotId: string | null): string | null => {
    const lotNo = from.lots.find((lot) => lot.id === lotId)?.lotNo;
    return from.ownLots.find((lot) => lot.lotNo === lotNo)?.id ?? null;
  };
  return {
    ...plan,
    showsWeights: plan.showsWeights,
    criteria: from.plan.criteria.map((one) => ({
      ...one,
      id: idOf.get(one.id) ?? newId(),
      lotId: lotOf(one.lotId),
    })),
    requirements: from.plan.requirements.map((one) => ({
      ...one,
      id: newId(),
      lotId: lotOf(one.lotId),
      criterionId: one.criterionId === null ? null : (idOf.get(one.criterionId) ?? null),
    })),
  };
}

/**
 * What a bid is asked and judged by within one lot: what is asked of everybody, and what is asked of this lot. Null is an
 * event without lots, or what everybody shares.
 */
export const planOfLot = (plan: EvaluationPlan, lotId: string | null): EvaluationPlan => ({
  ...plan,
  criteria: plan.criteria.filter((one) => one.lotId === null || one.lotId === lotId),
  requirements: plan.requirements.filter((one) => one.lotId === null || one.lotId === lotId),
});

/** Every question and criterion stands in a lot that there is. @throws AppError `form.invalid` at the field */
export function assertLotsOfPlan(
  plan: EvaluationPlan,
  lots: readonly { readonly id?: string | undefined }[],
): void {
  const known = new Set(lots.map((lot) => lot.id));
  const isWrong = ({ lotId }: { lotId: string | null }): boolean => lotId !== null && !known.has(lotId);
  const wrong = [
    ...plan.criteria.flatMap((one, index) => (isWrong(one) ? [`criteria.${index}.lotId`] : [])),
    ...(plan.requirements.some(isWrong) ? ['lotId'] : []),
  ];
  if (wrong.length > 0)
    throw invalid(
      'form.invalid',
      'The form has errors',
      wrong.map((path) => ({ path, code: 'sourcing.lot-unknown', message: 'Choose one of the lots.' })),
    );
}

export const requirementOf = (plan: EvaluationPlan, id: string): Requirement =>
  found(
    'requirement',
    plan.requirements.find((requirement) => requirement.id === id),
  );

const numbered = (requirements: readonly (NewRequirement & Pick<Requirement, 'id'>)[]): Requirement[] =>
  requirements.map((one, index) => ({ ...one, lotId: one.lotId ?? null, number: index + 1 }));

/** The points of a question count for a criterion of answers, in the envelope and the lot that the answer lies in. */
function assertFits(plan: EvaluationPlan, requirement: NewRequirement): void {
  assertAskable(requirement);
  const { criterionId, envelope, lotId = null } = requirement;
  if (criterionId === null) return;
  const criterion = plan.criteria.find((one) => one.id === criterionId);
  if (criterion?.kind !== 'answers' || criterion.envelope !== envelope)
    throw ruleBroken('requirement.criterion-elsewhere', 'Not a criterion of answers of this envelope');
  // What is asked of some bidders only cannot count for what all of them are judged by.
  if (lotId !== null && criterion.lotId !== lotId)
    throw ruleBroken('requirement.criterion-of-other-lot', 'The criterion belongs to another lot');
}
