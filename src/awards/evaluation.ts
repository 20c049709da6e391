import { standsIn } from '../bids/index.ts';
import { defineLifecycle } from '../kernel/lifecycle.ts';
import { compareDecimals, type DecimalString, maxDecimal, ratio } from '../kernel/money.ts';
import type { Policies } from '../kernel/policies.ts';
import { type Criterion, type EvaluationPlan, mostPoints, type Requirement } from '../sourcing/index.ts';
import type { Settled } from './consensus.ts';
import { answerPoints, answersScore, judgedScore, priceFormulas } from './scoring.ts';

/** How far the committee is: it is appointed, scores in private, agrees, and fixes the technical result. */
export const evaluationLifecycle = defineLifecycle('evaluation', 'preparing', {
  preparing: { start: 'scoring', fix: 'fixed' },
  scoring: { close: 'consensus' },
  consensus: { fix: 'fixed' },
  fixed: {},
});
export type EvaluationState = (typeof evaluationLifecycle.states)[number];

export type Evaluation = {
  readonly eventId: string;
  readonly state: EvaluationState;
  readonly startedAt: Date | null;
  /** Until when the sheets are asked for. */
  readonly dueAt: Date | null;
  readonly closedAt: Date | null;
  readonly closeReason: string | null;
  readonly fixedAt: Date | null;
};

/** What members give points for: a judged criterion, or an answer that is scored by hand. */
export type Subject = {
  readonly id: string;
  readonly title: string;
  readonly criterion: Criterion;
  /** The questions whose answers are read beside it. */
  readonly requirements: readonly Requirement[];
  /** Scored only of bids for this lot; null for all. */
  readonly lotId: string | null;
};

/** What the committee scores, in the order of the criteria. */
export function subjectsOf({ criteria, requirements }: EvaluationPlan): Subject[] {
  return criteria.flatMap((criterion): Subject[] => {
    if (criterion.kind === 'judged')
      return [
        {
          id: criterion.id,
          title: criterion.title,
          criterion,
          // Whatever lies in its envelope and counts for nothing else is there to be read for it.
          requirements: requirements.filter(
            (one) =>
              one.envelope === criterion.envelope &&
              one.criterionId === null &&
              (criterion.lotId === null || one.lotId === null || one.lotId === criterion.lotId),
          ),
          lotId: criterion.lotId,
        },
      ];
    return requirements
      .filter((one) => one.criterionId === criterion.id && one.scoring?.by === 'hand')
      .map((one) => ({
        id: one.id,
        title: one.prompt,
        criterion,
        requirements: [one],
        lotId: one.lotId ?? criterion.lotId,
      }));
  });
}

/** What is scored of which bid: a lot's own criteria only of bids for that lot. In the order of the bids. */
export const rowsToScore = <B extends Parameters<typeof standsIn>[0], S extends Pick<Subject, 'lotId'>>(
  bids: readonly B[],
  subjects: readonly S[],
): { readonly bid: B; readonly subject: S }[] =>
  bids.flatMap((bid) =>
    subjects.filter((subject) => standsIn(bid, subject.lotId)).map((subject) => ({ bid, subject })),
  );

/** Where points for one thing of one bid are found. */
export const placeOf = (bidId: string, subjectId: string): string => `${bidId} ${subjectId}`;

/** One step of a score's arithmetic: what it is about, and the points that were got of those that could be. */
export type Part = {
  readonly title: string;
  readonly answer: string | null;
  readonly points: DecimalString | null;
  readonly most: DecimalString;
};
export type CriterionScore = {
  readonly criterionId: string;
  /** Out of 100; null while it is open. */
  readonly score: DecimalString | null;
  readonly parts: readonly Part[];
};

/** A bid as far as scoring goes: its answers by the id of the question. */
export type AnsweredBid = {
  readonly bidId: string;
  readonly answers: Readonly<Record<string, string>>;
};
type Given = {
  readonly plan: EvaluationPlan;
  readonly settled: ReadonlyMap<string, Settled | null>;
  readonly scale: Pick<Policies['evaluation'], 'pointsAtMost'>;
};

/** The score of one criterion that no price decides. */
export function scoreOf(bid: AnsweredBid, criterion: Criterion, given: Given): CriterionScore {
  if (criterion.kind === 'judged') return judged(bid, criterion, given);
  const asked = given.plan.requirements.filter((one) => one.criterionId === criterion.id);
  const parts: Part[] = [];
  const scored: { points: DecimalString; scoring: NonNullable<Requirement['scoring']> }[] = [];
  let isOpen = false;
  for (const { id, prompt, scoring } of asked) {
    if (scoring === null) continue;
    const byHand = scoring.by === 'hand' ? handShare(bid, id, given) : null;
    if (scoring.by === 'hand' && byHand === null) isOpen = true;
    const answer = bid.answers[id] ?? null;
    const points = answerPoints(scoring, { answer, handShare: byHand });
    scored.push({ points, scoring });
    parts.push({ title: prompt, answer, points, most: mostPoints(scoring) });
  }
  return { criterionId: criterion.id, score: isOpen ? null : answersScore(scored), parts };
}

function judged(bid: AnsweredBid, criterion: Criterion, { settled, scale }: Given): CriterionScore {
  const points = settled.get(placeOf(bid.bidId, criterion.id))?.points ?? null;
  return {
    criterionId: criterion.id,
    score: points === null ? null : judgedScore(points, scale.pointsAtMost),
    parts: [{ title: criterion.title, answer: null, points, most: scale.pointsAtMost }],
  };
}

/** What was given by hand, as a share of all there is to give. */
function handShare(bid: AnsweredBid, requirementId: string, { settled, scale }: Given): DecimalString | null {
  const points = settled.get(placeOf(bid.bidId, requirementId))?.points ?? null;
  return points === null ? null : ratio(points, scale.pointsAtMost);
}

/** Each bid's score by the price criterion; none for a bid that cannot be compared as a whole. */
export function priceScores(
  criterion: Pick<Criterion, 'formula'>,
  prices: ReadonlyMap<string, DecimalString | null>,
): Map<string, DecimalString | null> {
  const formula = priceFormulas[criterion.formula ?? 'lowest-over-price'];
  const compared = [...prices.values()].flatMap((price) => (price === null ? [] : [price]));
  const highest = maxDecimal(compared);
  const lowest = compared.toSorted(compareDecimals)[0] ?? '0';
  return new Map(
    [...prices].map(([bidId, price]) => [bidId, price === null ? null : formula({ price, lowest, highest })]),
  );
}
