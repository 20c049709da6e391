import { type FieldError, invalid } from '../kernel/errors.ts';
import {
  addDecimals,
  compareDecimals,
  type DecimalString,
  isPositive,
  trimDecimal,
} from '../kernel/money.ts';
import type { Envelope, Requirement } from './requirement.ts';

export const criterionKinds = ['price', 'answers', 'judged'] as const;
export type CriterionKind = (typeof criterionKinds)[number];

/** How a price becomes a score; the formulas stand in `priceFormulas` of awards, their words in the catalogue. */
export const priceFormulaNames = ['lowest-over-price', 'to-twice-lowest', 'lowest-to-highest'] as const;
export type PriceFormulaName = (typeof priceFormulaNames)[number];

/** By what bids are judged, and how much it counts. */
export type Criterion = {
  readonly id: string;
  readonly number: number;
  readonly title: string;
  readonly envelope: Envelope;
  readonly kind: CriterionKind;
  /** In percent; those of an event together are 100. */
  readonly weight: DecimalString;
  /** Out of 100; a bid below fails technically. */
  readonly minimumScore: DecimalString | null;
  /** Of the price criterion only. */
  readonly formula: PriceFormulaName | null;
  /** Judges bids for this lot only; null for all. */
  readonly lotId: string | null;
};
export type NewCriterion = Omit<Criterion, 'number' | 'lotId'> & Partial<Pick<Criterion, 'lotId'>>;

export const sumOfWeights = (criteria: Iterable<Pick<Criterion, 'weight'>>): DecimalString =>
  addDecimals([...criteria].map((criterion) => criterion.weight));

/** What a bid for this lot is judged by: what judges all bids, and what judges its own. */
const judgingLot = (criteria: readonly Criterion[], lotId: string | null): Criterion[] =>
  criteria.filter((one) => one.lotId === null || one.lotId === lotId);

/**
 * Weights are positive, price counts once for a lot and in the commercial envelope, people judge before prices are known.
 * That they are 100 together is asked for at publication: a plan may be saved half done.
 * @throws AppError `invalid` `criterion.refused`, an entry for each wrong field at `criteria.<index>.<field>`
 */
export function assertCriteria(criteria: readonly NewCriterion[]): void {
  const problems = [...problemsOf(criteria)];
  if (problems.length > 0) throw invalid('criterion.refused', 'The criteria cannot be used', problems);
}

function* problemsOf(criteria: readonly NewCriterion[]): Generator<FieldError> {
  for (const [index, criterion] of criteria.entries()) {
    const at = (field: string, code: string): FieldError => ({
      path: `criteria.${index}.${field}`,
      code,
      message: code,
    });
    const isPrice = criterion.kind === 'price';
    if (isPrice && countsTwice(criterion, criteria.slice(0, index)))
      yield at('kind', 'criterion.price-twice');
    if (isPrice && criterion.envelope !== 'commercial') yield at('envelope', 'criterion.price-is-commercial');
    if (criterion.kind === 'judged' && criterion.envelope === 'commercial')
      yield at('envelope', 'criterion.judged-before-prices');
    if (!isPercent(criterion.weight)) yield at('weight', 'criterion.weight-out-of-range');
    for (const code of problemsOfMinimum(criterion)) yield at('minimumScore', code);
  }
}

function* problemsOfMinimum({ minimumScore, lotId = null }: NewCriterion): Generator<string> {
  if (minimumScore === null) return;
  if (lotId !== null) yield 'criterion.minimum-of-one-lot';
  if (!isPercent(minimumScore)) yield 'criterion.minimum-out-of-range';
}

/** Is the price of the same bids counted by one of these already? */
const countsTwice = (price: NewCriterion, before: readonly NewCriterion[]): boolean =>
  before.some(
    ({ kind, lotId = null }) =>
      kind === 'price' && (lotId === null || (price.lotId ?? null) === null || lotId === price.lotId),
  );

const isPercent = (value: DecimalString): boolean => isPositive(value) && compareDecimals(value, '100') <= 0;

/** What keeps a plan from being published: codes with what they are about, empty when it is complete. */
export function planProblems(
  plan: {
    criteria: readonly Criterion[];
    requirements: readonly Pick<Requirement, 'number' | 'envelope' | 'criterionId'>[];
  },
  lots: readonly { readonly id?: string | undefined; readonly title: string }[] = [],
): readonly { readonly code: PlanProblem; readonly params: Readonly<Record<string, string | number>> }[] {
  const { criteria, requirements } = plan;
  if (criteria.length === 0) return [];
  const of = new Map(criteria.map((criterion) => [criterion.id, criterion]));
  const unanswered = criteria.filter(
    ({ id, kind }) => kind === 'answers' && !requirements.some((one) => one.criterionId === id),
  );
  const misplaced = requirements.filter(({ criterionId, envelope }) => {
    const criterion = criterionId === null ? undefined : of.get(criterionId);
    return criterion !== undefined && (criterion.kind !== 'answers' || criterion.envelope !== envelope);
  });
  return [
    ...weightProblems(criteria, lots),
    ...unanswered.map(({ title }) => ({ code: 'criterion-without-question' as const, params: { title } })),
    ...misplaced.map(({ number }) => ({ code: 'question-in-other-envelope' as const, params: { number } })),
  ];
}

/** Bids for one lot are judged together, so the weights that count for it are 100. */
function weightProblems(
  criteria: readonly Criterion[],
  lots: readonly { readonly id?: string | undefined; readonly title: string }[],
) {
  if (criteria.every((criterion) => criterion.lotId === null)) {
    const sum = sumOfWeights(criteria);
    if (compareDecimals(sum, '100') === 0) return [];
    return [{ code: 'weights-not-100' as const, params: { sum: trimDecimal(sum) } }];
  }
  return lots.flatMap(({ id = null, title }) => {
    const sum = sumOfWeights(judgingLot(criteria, id));
    if (compareDecimals(sum, '100') === 0) return [];
    return [{ code: 'weights-of-lot-not-100' as const, params: { lot: title, sum: trimDecimal(sum) } }];
  });
}

export type PlanProblem =
  | 'weights-not-100'
  | 'weights-of-lot-not-100'
  | 'criterion-without-question'
  | 'question-in-other-envelope';
