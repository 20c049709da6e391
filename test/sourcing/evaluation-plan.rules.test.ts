import { expect } from 'chai';
import type { NewCriterion } from '../../src/sourcing/criterion.ts';
import { planProblems } from '../../src/sourcing/criterion.ts';
import {
  assertLotsOfPlan,
  copiedFrom,
  emptyPlan,
  movedUp,
  planOfLot,
  withCriteria,
  withoutRequirement,
  withRequirement,
  withRequirements,
} from '../../src/sourcing/evaluation-plan.ts';
import { someQuestion } from '../support/factories/evaluation.ts';

const ids = () => {
  let count = 0;
  return () => {
    count += 1;
    return `new-${count}`;
  };
};
const criterion = (over: Partial<NewCriterion> = {}) => ({
  id: null,
  title: 'Quality',
  envelope: 'technical' as const,
  kind: 'answers' as const,
  weight: '100',
  minimumScore: null,
  formula: null,
  ...over,
});
const scored = { criterionId: 'new-1', scoring: { by: 'answer', points: { yes: '5', no: '0' } } } as const;
const refused = (work: () => unknown): string | undefined => {
  try {
    work();
    return undefined;
  } catch (error) {
    return (error as { code: string }).code;
  }
};

describe('a plan of questions and criteria', () => {
  const base = withCriteria(emptyPlan, { showsWeights: true, criteria: [criterion()] }, ids());

  it('keeps the ids of what it knows, and numbers what it holds', () => {
    const plan = withRequirements(
      base,
      { mode: 'add', requirements: ['A', 'B', 'C'].map((prompt) => someQuestion({ prompt })) },
      ids(),
    );
    const order = ({ requirements }: typeof plan) =>
      requirements.map(({ number, prompt }) => `${number}${prompt}`);
    expect(order(movedUp(plan, 'new-3'))).to.deep.equal(['1A', '2C', '3B']);
    expect(movedUp(plan, 'new-1')).to.equal(plan);
    expect(order(withoutRequirement(plan, 'new-2'))).to.deep.equal(['1A', '2C']);
    const changed = withRequirement(plan, { id: 'new-2', requirement: someQuestion({ prompt: 'D' }) }, ids());
    expect(order(changed)).to.deep.equal(['1A', '2D', '3C']);
    expect(refused(() => withoutRequirement(plan, 'other'))).to.equal('requirement.not-found');
    const renewed = withCriteria(
      plan,
      { showsWeights: false, criteria: [criterion({ id: 'new-1' })] },
      ids(),
    );
    expect(renewed.criteria[0]?.id).to.equal('new-1');
  });

  it('only reads questions from now on whose criterion is gone', () => {
    const plan = withRequirement(base, { id: null, requirement: someQuestion(scored) }, ids());
    const [one] = withCriteria(plan, { showsWeights: true, criteria: [] }, ids()).requirements;
    expect([one?.criterionId, one?.scoring]).to.deep.equal([null, null]);
  });

  it('lets a question count for a criterion of its own lot, and not for one of all or of another', () => {
    const put = (criterionLot: string | null, lotId: string | null) =>
      refused(() =>
        withRequirement(
          withCriteria(
            emptyPlan,
            { showsWeights: true, criteria: [criterion({ lotId: criterionLot })] },
            ids(),
          ),
          { id: null, requirement: someQuestion({ ...scored, lotId }) },
          ids(),
        ),
      );
    expect(put(null, null)).to.equal(undefined);
    expect(put('l', 'l')).to.equal(undefined);
    expect(put('l', null)).to.equal(undefined);
    expect(put(null, 'l')).to.equal('requirement.criterion-of-other-lot');
    expect(put('m', 'l')).to.equal('requirement.criterion-of-other-lot');
  });

  it('is complete when what counts for each lot is 100 together', () => {
    const lots = [
      { id: 'l', title: 'Steel' },
      { id: 'm', title: 'Brass' },
    ];
    const judged = (weight: string, lotId: string | null) =>
      criterion({ kind: 'judged', weight, lotId } as never);
    const codes = (...criteria: ReturnType<typeof criterion>[]) =>
      planProblems(withCriteria(emptyPlan, { showsWeights: true, criteria }, ids()), lots).map(
        ({ code, params }) => `${code} ${params['lot'] ?? ''}`,
      );
    expect(codes(judged('60', null), judged('40', 'l'), judged('40', 'm'))).to.deep.equal([]);
    expect(codes(judged('60', null), judged('40', 'l'))).to.deep.equal(['weights-of-lot-not-100 Brass']);
    expect(codes(judged('60', null))).to.deep.equal(['weights-not-100 ']);
  });

  it('stands in lots that there are, goes along by the number of its lot, and is read lot by lot', () => {
    const plan = withRequirements(
      base,
      {
        mode: 'add',
        requirements: [someQuestion(), someQuestion({ lotId: 'l' }), someQuestion({ lotId: 'm' })],
      },
      ids(),
    );
    expect(refused(() => assertLotsOfPlan(plan, [{ id: 'l' }]))).to.equal('form.invalid');
    assertLotsOfPlan(plan, [{ id: 'l' }, { id: 'm' }]);
    expect(planOfLot(plan, 'l').requirements.map(({ number }) => number)).to.deep.equal([1, 2]);
    expect(planOfLot(plan, null).requirements.map(({ number }) => number)).to.deep.equal([1]);
    const lot = (id: string, lotNo: number) => ({ id, lotNo, title: id, description: '' });
    const copied = copiedFrom(
      emptyPlan,
      { plan, lots: [lot('l', 1), lot('m', 2)], ownLots: [lot('x', 1)] },
      ids(),
    );
    expect(copied.requirements.map(({ lotId }) => lotId)).to.deep.equal([null, 'x', null]);
    expect(copied.criteria[0]?.id).not.to.equal('l');
  });
});
