import { expect } from 'chai';
import type { AppError } from '../../src/kernel/errors.ts';
import {
  assertCriteria,
  type Criterion,
  type NewCriterion,
  planProblems,
} from '../../src/sourcing/criterion.ts';
import {
  assertAskable,
  isKnockOut,
  type KnockOut,
  type NewRequirement,
} from '../../src/sourcing/requirement.ts';
import { someQuestion } from '../support/factories/evaluation.ts';

/** The codes of what is wrong, by field. */
function refusalOf(work: () => void): string[] {
  try {
    work();
    return [];
  } catch (error) {
    return (error as AppError).fields.map(({ path, code }) => `${path} ${code}`);
  }
}

describe('a question to bidders', () => {
  const range = (atLeast: string | null, atMost: string | null): KnockOut => ({
    by: 'range',
    atLeast,
    atMost,
  });
  for (const [what, knockOut, answer, excludes] of [
    ['a wrong answer', { by: 'answer', passes: ['yes'] }, 'no', true],
    ['the right answer', { by: 'answer', passes: ['yes'] }, 'yes', false],
    ['no answer', { by: 'answer', passes: ['yes'] }, null, false],
    ['a number at the lower limit', range('5', '10'), '5', false],
    ['a number below it', range('5', '10'), '4.999999', true],
    ['a number at the upper limit', range('5', '10'), '10.0', false],
    ['a number above it', range('5', '10'), '10.000001', true],
    ['a number where one side is open', range(null, '10'), '-3', false],
    ['any answer without a rule', null, 'no', false],
  ] as const)
    it(`${excludes ? 'excludes' : 'keeps'} a bid for ${what}`, () => {
      expect(isKnockOut(knockOut, answer)).to.equal(excludes);
    });

  it('can be asked when each answer can be told apart and its rules apply to some of them', () => {
    for (const [over, refused] of [
      [{}, []],
      [{ kind: 'choice', options: ['A'] }, ['options requirement.needs-two-options']],
      [{ kind: 'choice', options: ['A', 'A'] }, ['options requirement.option-twice']],
      [{ kind: 'number', minimum: '5', maximum: '4' }, ['maximum requirement.limits-crossed']],
      [{ knockOut: { by: 'answer', passes: [] } }, ['knockOut requirement.nothing-passes']],
      [{ knockOut: { by: 'answer', passes: ['yes', 'no'] } }, ['knockOut requirement.everything-passes']],
      [{ kind: 'number', knockOut: range('9', '8') }, ['knockOutAtMost requirement.limits-crossed']],
      [{ criterionId: 'c' }, ['points requirement.needs-points']],
      [
        { scoring: { by: 'answer', points: { yes: '10', no: '0' } } },
        ['criterionId requirement.needs-a-criterion'],
      ],
      [
        { criterionId: 'c', scoring: { by: 'answer', points: { yes: '0', no: '0' } } },
        ['points requirement.needs-points'],
      ],
      [
        { kind: 'number', criterionId: 'c', scoring: { by: 'line', worst: '5', best: '5', points: '10' } },
        ['best requirement.line-has-no-length'],
      ],
      [
        { kind: 'text', criterionId: 'c', scoring: { by: 'answer', points: { a: '1' } } },
        ['points requirement.scored-otherwise'],
      ],
      [{ kind: 'text', criterionId: 'c', scoring: { by: 'hand', points: '10' } }, []],
    ] as [Partial<NewRequirement>, string[]][])
      expect(
        refusalOf(() => assertAskable(someQuestion(over))),
        JSON.stringify(over),
      ).to.deep.equal(refused);
  });
});

describe('criteria', () => {
  const criterion = (over: Partial<NewCriterion> = {}): NewCriterion => ({
    id: 'c',
    title: 'Quality',
    envelope: 'technical',
    kind: 'judged',
    weight: '40',
    minimumScore: null,
    formula: null,
    ...over,
  });
  const price = criterion({ id: 'p', kind: 'price', envelope: 'commercial', formula: 'lowest-over-price' });

  it('count price once and with the prices, judge before them, and weigh something', () => {
    for (const [criteria, refused] of [
      [[criterion(), price], []],
      [[price, price], ['criteria.1.kind criterion.price-twice']],
      [[price, { ...price, lotId: 'x' }], ['criteria.1.kind criterion.price-twice']],
      [
        [
          { ...price, lotId: 'x' },
          { ...price, lotId: 'y' },
        ],
        [],
      ],
      [[{ ...price, envelope: 'technical' }], ['criteria.0.envelope criterion.price-is-commercial']],
      [[criterion({ envelope: 'commercial' })], ['criteria.0.envelope criterion.judged-before-prices']],
      [
        [criterion({ minimumScore: '60', lotId: 'x' })],
        ['criteria.0.minimumScore criterion.minimum-of-one-lot'],
      ],
      [[criterion({ weight: '0' })], ['criteria.0.weight criterion.weight-out-of-range']],
      [[criterion({ weight: '100.01' })], ['criteria.0.weight criterion.weight-out-of-range']],
      [[criterion({ minimumScore: '101' })], ['criteria.0.minimumScore criterion.minimum-out-of-range']],
    ] as [NewCriterion[], string[]][])
      expect(refusalOf(() => assertCriteria(criteria))).to.deep.equal(refused);
  });

  it('are published when they are 100 percent together and every one of answers has a question', () => {
    const at = (number: number, { lotId = null, ...over }: Partial<NewCriterion>): Criterion => ({
      ...criterion(over),
      number,
      lotId,
    });
    const asked = { number: 1, envelope: 'technical', criterionId: 'a' } as const;
    const answers = at(1, { id: 'a', kind: 'answers', weight: '60' });
    const codes = (criteria: Criterion[], requirements = [asked]): string[] =>
      planProblems({ criteria, requirements }).map(({ code }) => code);
    expect(codes([])).to.deep.equal([]);
    expect(codes([answers, at(2, { weight: '40' })])).to.deep.equal([]);
    expect(codes([answers, at(2, { weight: '39.99' })])).to.deep.equal(['weights-not-100']);
    expect(codes([{ ...answers, weight: '100' }], [])).to.deep.equal(['criterion-without-question']);
    expect(codes([{ ...answers, weight: '100', envelope: 'commercial' }])).to.deep.equal([
      'question-in-other-envelope',
    ]);
  });
});
