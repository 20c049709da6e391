import { type FieldError, invalid } from '../kernel/errors.ts';
import { compareDecimals, type DecimalString, isPositive, maxDecimal } from '../kernel/money.ts';

/** The sealed parts of a bid, in the order in which they are opened. */
export const envelopes = ['qualification', 'technical', 'commercial'] as const;
export type Envelope = (typeof envelopes)[number];

export const requirementKinds = ['yes_no', 'choice', 'number', 'text', 'date', 'file'] as const;
export type RequirementKind = (typeof requirementKinds)[number];

/** Which answer passes: one of these, or a number within. Bidders are told. */
export type KnockOut =
  | { readonly by: 'answer'; readonly passes: readonly string[] }
  | { readonly by: 'range'; readonly atLeast: DecimalString | null; readonly atMost: DecimalString | null };

/** How an answer gets its points: so many for each, along a line between two numbers, or by people. */
export type Scoring =
  | { readonly by: 'answer'; readonly points: Readonly<Record<string, DecimalString>> }
  | {
      readonly by: 'line';
      /** The number that gets nothing, and the one that gets all; either may be the larger. */
      readonly worst: DecimalString;
      readonly best: DecimalString;
      readonly points: DecimalString;
    }
  | { readonly by: 'hand'; readonly points: DecimalString };

/** A question that every bidder answers. */
export type Requirement = {
  readonly id: string;
  readonly number: number;
  readonly envelope: Envelope;
  readonly kind: RequirementKind;
  readonly prompt: string;
  readonly help: string;
  readonly isRequired: boolean;
  /** What may be chosen; empty for every other kind. */
  readonly options: readonly string[];
  /** Between which numbers the answer lies, and in which unit, in the buyer's words. */
  readonly minimum: DecimalString | null;
  readonly maximum: DecimalString | null;
  readonly unit: string;
  readonly knockOut: KnockOut | null;
  /** The criterion that the points count for; null, like the scoring, where the answer is only read. */
  readonly criterionId: string | null;
  readonly scoring: Scoring | null;
  /** Asked only of who bids on this lot; null for everybody. */
  readonly lotId: string | null;
};
export type NewRequirement = Omit<Requirement, 'id' | 'number' | 'lotId'> &
  Partial<Pick<Requirement, 'lotId'>>;

/** The answers a question has, where they can be listed. */
export const answersOf = (of: Pick<Requirement, 'kind' | 'options'>): readonly string[] =>
  of.kind === 'yes_no' ? ['yes', 'no'] : of.options;

/** The points that the best answer gets. */
export const mostPoints = (scoring: Scoring): DecimalString =>
  scoring.by === 'answer' ? maxDecimal(Object.values(scoring.points)) : scoring.points;

/** Does this answer, as it was read, exclude the bid? No answer excludes nothing: that it is missing is said elsewhere. */
export function isKnockOut(knockOut: KnockOut | null, answer: string | null): boolean {
  if (knockOut === null || answer === null || answer === '') return false;
  if (knockOut.by === 'answer') return !knockOut.passes.includes(answer);
  return (
    (knockOut.atLeast !== null && compareDecimals(answer, knockOut.atLeast) < 0) ||
    (knockOut.atMost !== null && compareDecimals(answer, knockOut.atMost) > 0)
  );
}

/**
 * A question is one that can be answered, and whose rules can be applied to each answer.
 * @throws AppError `invalid` `requirement.refused`, an entry for each wrong field
 */
export function assertAskable(of: NewRequirement): void {
  const problems = [...problemsOf(of)];
  if (problems.length > 0) throw invalid('requirement.refused', 'The question cannot be asked', problems);
}

/** What is wrong with a question, field by field. */
export function* problemsOf(of: NewRequirement): Generator<FieldError> {
  if (of.kind === 'choice') yield* problemsOfOptions(of.options);
  if (of.minimum !== null && of.maximum !== null && compareDecimals(of.minimum, of.maximum) > 0)
    yield problem('maximum', 'requirement.limits-crossed');
  yield* problemsOfKnockOut(of);
  yield* problemsOfScoring(of);
}

function* problemsOfOptions(options: readonly string[]): Generator<FieldError> {
  if (options.length < 2) yield problem('options', 'requirement.needs-two-options');
  if (new Set(options).size < options.length) yield problem('options', 'requirement.option-twice');
}

function* problemsOfKnockOut({ knockOut, ...of }: NewRequirement): Generator<FieldError> {
  if (knockOut === null) return;
  if (knockOut.by === 'answer') {
    const passing = answersOf(of).filter((answer) => knockOut.passes.includes(answer));
    if (passing.length === 0) yield problem('knockOut', 'requirement.nothing-passes');
    else if (passing.length === answersOf(of).length)
      yield problem('knockOut', 'requirement.everything-passes');
    return;
  }
  const { atLeast, atMost } = knockOut;
  if (atLeast !== null && atMost !== null && compareDecimals(atLeast, atMost) > 0)
    yield problem('knockOutAtMost', 'requirement.limits-crossed');
}

function* problemsOfScoring({ scoring, criterionId, kind, envelope }: NewRequirement): Generator<FieldError> {
  if (scoring !== null && criterionId === null) yield problem('criterionId', 'requirement.needs-a-criterion');
  if (scoring === null && criterionId !== null) yield problem('points', 'requirement.needs-points');
  if (scoring === null) return;
  if (scoring.by === 'hand' && envelope === 'commercial')
    yield problem('envelope', 'criterion.judged-before-prices');
  if (!isPositive(mostPoints(scoring))) yield problem('points', 'requirement.needs-points');
  if (scoring.by === 'line' && compareDecimals(scoring.worst, scoring.best) === 0)
    yield problem('best', 'requirement.line-has-no-length');
  const isListed = kind === 'yes_no' || kind === 'choice';
  if (
    (scoring.by === 'answer') !== (isListed && scoring.by !== 'hand') ||
    (scoring.by === 'line' && kind !== 'number')
  )
    yield problem('points', 'requirement.scored-otherwise');
}

const problem = (path: string, code: string): FieldError => ({ path, code, message: code });
