import { expect } from 'chai';
import fc from 'fast-check';
import { ordinaryWeek } from '../../src/kernel/working-days.ts';
import { assertPlanAmendable, closingWithNotice, needsApprovalAgain } from '../../src/sourcing/amendment.ts';
import {
  changesCriteria,
  differenceOf as differenceFrom,
  isEmpty,
  isTouched,
  type Present,
  type Proposal,
  toldOf,
  touchOf,
} from '../../src/sourcing/amendment-difference.ts';
import type { Criterion } from '../../src/sourcing/criterion.ts';
import { emptyPlan } from '../../src/sourcing/evaluation-plan.ts';
import type { NewEventItem } from '../../src/sourcing/event-item.ts';
import type { Requirement } from '../../src/sourcing/requirement.ts';
import { someQuestion } from '../support/factories/evaluation.ts';
import { refusal } from '../support/refusal.ts';

const line = (over: Partial<NewEventItem> = {}): NewEventItem => ({
  id: 'a',
  itemCode: 'BR-1',
  description: 'Bracket',
  quantity: '100',
  unit: 'C62',
  originalUnit: null,
  needByOn: '2026-04-30',
  estimatedPrice: '2',
  ...over,
});
const proposal = (
  over: Partial<Proposal['terms']> = {},
  items: readonly NewEventItem[] = [line()],
): Proposal => ({
  terms: {
    title: 'Brackets',
    description: '',
    incoterm: 'DAP',
    incotermPlace: 'Qingdao',
    paymentTermsDays: 30,
    closesAt: new Date('2026-03-09T09:00:00Z'),
    enquiriesUntil: null,
    ...over,
  },
  items,
  lots: null,
  plan: null,
  removedFileIds: [],
});
const present: Present = { lots: [], plan: emptyPlan, files: [] };
const differenceOf = (before: Proposal, after: Proposal) => differenceFrom(before, after, present);

describe('the difference of an amendment', () => {
  it('is nothing between the same', () =>
    expect(isEmpty(differenceOf(proposal(), proposal()))).to.equal(true));
  it('names terms, old and new', () =>
    expect(
      differenceOf(proposal(), proposal({ paymentTermsDays: 60, closesAt: new Date('2026-03-10T09:00:00Z') }))
        .terms,
    ).to.deep.equal([
      { field: 'paymentTermsDays', before: '30', after: '60' },
      { field: 'closesAt', before: '2026-03-09T09:00:00.000Z', after: '2026-03-10T09:00:00.000Z' },
    ]));
  it('names lines that are new, changed and gone, by their ids and not by their place', () => {
    const before = proposal({}, [line(), line({ id: 'b', description: 'Plate' })]);
    const after = proposal({}, [
      line({ id: 'b', description: 'Plate', quantity: '5' }),
      line({ id: undefined, description: 'Washer' }),
    ]);
    expect(
      differenceOf(before, after).lines.map(({ kind, itemId, lineNo }) => [kind, itemId, lineNo]),
    ).to.have.deep.members([
      ['removed', 'a', 1],
      ['changed', 'b', 1],
      ['added', null, 2],
    ]);
  });
  it('leaves details alone that the proposal does not speak of', () =>
    expect(isEmpty(differenceOf(proposal({}, [line({ specification: 'x' })]), proposal()))).to.equal(true));
  it('keeps to ourselves what we expect to pay', () => {
    const difference = differenceOf(proposal(), proposal({}, [line({ estimatedPrice: '3' })]));
    expect(difference.lines[0]?.fields).to.deep.equal([
      { field: 'estimatedPrice', before: '2', after: '3', isOwn: true },
    ]);
    expect(isEmpty(toldOf(difference))).to.equal(true);
  });
});

describe('which bids an amendment touches', () => {
  const told = (before: Proposal, after: Proposal) => toldOf(differenceOf(before, after));
  const quantity = touchOf(told(proposal(), proposal({}, [line({ quantity: '5' })])), false);
  it('are those that speak of a line that changed', () =>
    expect(isTouched(quantity, ['a', 'b'])).to.equal(true));
  it('are not those that do not', () => expect(isTouched(quantity, ['b'])).to.equal(false));
  it('are those of which it is not known', () => expect(isTouched(quantity, null)).to.equal(true));
  it('are none where a line is only added', () => {
    const added = touchOf(told(proposal(), proposal({}, [line(), line({ id: undefined })])), false);
    expect([isTouched(added, ['a']), isTouched(added, null)]).to.deep.equal([false, false]);
  });
  it('are all where terms of delivery or payment change', () =>
    expect(isTouched(touchOf(told(proposal(), proposal({ incoterm: 'FCA' })), false), [])).to.equal(true));
  it('are none where the title or the closing does', () =>
    expect(
      isTouched(touchOf(told(proposal(), proposal({ title: 'x', closesAt: new Date() })), false), ['a']),
    ).to.equal(false));
  it('are all where the buyer says so', () =>
    expect(isTouched(touchOf(told(proposal(), proposal()), true), [])).to.equal(true));
});

describe('the closing time that leaves enough notice', () => {
  const closing = (closesAt: string, now: string, noticeWorkingDays = 1): string =>
    closingWithNotice(new Date(closesAt), {
      now: new Date(now),
      noticeWorkingDays,
      timeZone: 'Asia/Shanghai',
      calendar: ordinaryWeek,
    }).toISOString();
  const MONDAY = '2026-03-09T09:00:00.000Z';
  it('stays when it is a working day away to the minute', () =>
    expect(closing(MONDAY, '2026-03-06T09:00:00Z')).to.equal(MONDAY));
  it('moves to the next day when it is not', () =>
    expect(closing(MONDAY, '2026-03-06T09:01:00Z')).to.equal('2026-03-10T09:00:00.000Z'));
  it('passes over a weekend', () =>
    expect(closing('2026-03-06T09:00:00Z', '2026-03-06T08:00:00Z')).to.equal(MONDAY));
  it('is never nearer, and leaves a day at least', () => {
    const day = 86_400_000;
    const start = new Date('2026-01-05T00:00:00Z').getTime();
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 200_000 }),
        fc.integer({ min: 0, max: 60_000 }),
        (minutes, before) => {
          const closesAt = new Date(start + minutes * 60_000 + 60_000 * 60_000);
          const now = new Date(closesAt.getTime() - before * 60_000);
          const after = new Date(closing(closesAt.toISOString(), now.toISOString()));
          expect(after.getTime()).to.be.at.least(Math.max(closesAt.getTime(), now.getTime() + day - 60_000));
          expect((after.getTime() - closesAt.getTime()) % day).to.equal(0);
        },
      ),
    );
  });
});

describe('whether an approver is asked again', () => {
  const threshold = { amount: '1000', currency: 'USD' };
  const ask = (before: string | null, after: string | null) =>
    needsApprovalAgain(
      { event: { currency: 'USD' }, items: [line({ estimatedPrice: before })] },
      { event: { currency: 'USD' }, items: [line({ estimatedPrice: after })] },
      threshold,
    );
  const cases: [string, string | null, string | null, boolean][] = [
    ['not below the threshold', '5', '9.99', false],
    ['when it comes to the threshold', '5', '10', true],
    ['not when what was approved gets less', '20', '15', false],
    ['not when it stays', '20', '20', false],
    ['when it grows above what was approved', '20', '20.01', true],
    ['when it is not known any more', '20', null, true],
    ['when it was not known and is above', null, '20', true],
    ['not when it stays unknown, as it was approved', null, null, false],
  ];
  for (const [it_, before, after, wanted] of cases)
    it(it_, () => expect(ask(before, after)).to.equal(wanted));
});

describe('an amendment of lots, questions, criteria and files', () => {
  const question: Requirement = {
    ...someQuestion({ prompt: 'ISO 9001?', knockOut: { by: 'answer', passes: ['yes'] } }),
    id: 'q',
    number: 1,
    lotId: null,
  };
  const criterion: Criterion = {
    id: 'c',
    number: 1,
    title: 'Quality',
    envelope: 'technical',
    kind: 'judged',
    weight: '40',
    minimumScore: null,
    formula: null,
    lotId: null,
  };
  const plan = { ...emptyPlan, version: 3, criteria: [criterion], requirements: [question] };
  const there: Present = {
    lots: [{ id: 'l', title: 'Steel', description: '' }],
    plan,
    files: [
      { id: 'f', fileName: 'a.pdf', subjectId: 'event' },
      { id: 'g', fileName: 'b.pdf', subjectId: 'a' },
    ],
  };
  const told = (over: Partial<Proposal>, items: readonly NewEventItem[] = [line({ lotNo: 1 })]) =>
    toldOf(differenceFrom(proposal({}, [line({ lotNo: 1 })]), { ...proposal({}, items), ...over }, there));
  const wording = { ...plan, requirements: [{ ...question, prompt: 'IATF 16949?', lotId: 'l' }] };

  it('changes nothing where it leaves them alone', () => expect(isEmpty(told({}))).to.equal(true));

  it('says what a question was and is, its lot among it, and touches every bid', () => {
    const changes = told({ plan: wording });
    expect(changes.questions?.[0]).to.deep.include({ kind: 'changed', itemId: 'q', lineNo: 1 });
    expect(changes.questions?.[0]?.fields).to.deep.equal([
      { field: 'prompt', before: 'ISO 9001?', after: 'IATF 16949?' },
      { field: 'lot', before: null, after: 'Steel' },
    ]);
    expect(touchOf(changes, false).all).to.equal(true);
  });

  it('keeps how answers are scored to ourselves, and criteria whose weights nobody is told', () => {
    const scoring = { by: 'answer', points: { yes: '5' } } as const;
    const scored = { ...plan, requirements: [{ ...question, criterionId: 'c', scoring }] };
    expect(isEmpty(told({ plan: scored }))).to.equal(true);
    const weighed = { ...plan, criteria: [{ ...criterion, weight: '50' }] };
    expect(told({ plan: weighed }).criteria?.[0]?.fields).to.deep.equal([
      { field: 'weight', before: '40', after: '50' },
    ]);
    expect(isEmpty(told({ plan: { ...weighed, showsWeights: false } }))).to.equal(true);
    expect(changesCriteria(told({ plan: weighed }))).to.equal(true);
    expect(changesCriteria(told({ plan: wording }))).to.equal(false);
  });

  it('says which lot is new, gone or renamed, and that a line stands in another one', () => {
    const lots = [
      { id: 'l', title: 'Steel parts', description: '' },
      { title: 'Brass', description: '' },
    ];
    const changes = told({ lots }, [line({ lotNo: 2 })]);
    expect(changes.lots?.map(({ kind, description }) => [kind, description])).to.deep.equal([
      ['changed', 'Steel parts'],
      ['added', 'Brass'],
    ]);
    expect(changes.lines[0]?.fields).to.deep.equal([{ field: 'lot', before: 'Steel', after: 'Brass' }]);
    expect(touchOf(changes, false)).to.deep.equal({ all: false, itemIds: ['a'] });
    expect(told({ lots: [] }, [line()]).lots?.[0]?.kind).to.equal('removed');
  });

  it('names the files that go, and touches bids on the line whose file it was', () => {
    const changes = told({ removedFileIds: ['f', 'g', 'unknown'] });
    expect(changes.files).to.deep.equal([
      { fileName: 'a.pdf', itemId: null },
      { fileName: 'b.pdf', itemId: 'a' },
    ]);
    expect(touchOf(changes, false)).to.deep.equal({ all: false, itemIds: ['a'] });
  });

  it('leaves questions and criteria alone once bids were judged by them', async () => {
    expect(assertPlanAmendable({ round: 1 })).to.equal(undefined);
    expect((await refusal(Promise.resolve().then(() => assertPlanAmendable({ round: 2 })))).code).to.equal(
      'amendment.plan-is-fixed',
    );
  });
});
