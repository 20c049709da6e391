import { expect } from 'chai';
import fc from 'fast-check';
import {
  type ApprovalRule,
  type ApprovalStep,
  begin,
  decide,
  hasDecidedAlready,
  type PlannedStep,
} from '../../src/approvals/approval.ts';
import { assertSensible, chainFor } from '../../src/approvals/approval-chain.ts';
import { nextDueAt, passTime } from '../../src/approvals/approval-time.ts';
import { newId } from '../../src/kernel/id.ts';
import { ordinaryWeek } from '../../src/kernel/working-days.ts';

const AT = new Date('2026-03-02T10:00:00Z');
const counted = { timeZone: 'Asia/Shanghai', calendar: ordinaryWeek };
const rule = (over: Partial<ApprovalRule> & { who?: string } = {}): ApprovalRule => {
  const { who = 'ann', ...rest } = over;
  return {
    fromAmount: '0',
    categoryCode: null,
    plantCode: null,
    stage: 1,
    needs: 'all',
    approverId: who,
    approverRole: null,
    remindAfterDays: null,
    escalateAfterDays: null,
    escalateTo: null,
    ...rest,
  } as ApprovalRule;
};
const document = (over = {}) => ({
  amount: '100' as string | null,
  currency: 'USD',
  places: [{ plantCode: 'QD01', categoryCode: 'MACH' }],
  barredIds: ['rob'],
  ...over,
});
const begun = (rules: readonly ApprovalRule[], over = {}): ApprovalStep[] =>
  begin(chainFor(rules, document(over), 'USD'), { at: AT, newId });
const yes = (steps: readonly ApprovalStep[], by: string) => {
  const step = steps.find((one) => one.state === 'pending' && one.approverId === by);
  return decide(steps, { stepId: step?.id ?? '', decision: 'approve', by, for: null, at: AT, comment: '' });
};
const states = (steps: readonly ApprovalStep[]) =>
  steps.map((step) => `${step.approverId ?? step.approverRole} ${step.state}`);

describe('choosing who is asked', () => {
  const who = (rules: readonly ApprovalRule[], over = {}) =>
    chainFor(rules, document(over), 'USD').map((step) => step.approverId ?? step.approverRole);

  it('asks from an amount on, and at it', () => {
    const rules = [rule(), rule({ who: 'bea', fromAmount: '100', stage: 2 })];
    expect(who(rules, { amount: '99.99' })).to.deep.equal(['ann']);
    expect(who(rules, { amount: '100' })).to.deep.equal(['ann', 'bea']);
  });
  it('takes what is not known, and another currency, for every amount', () => {
    const rules = [rule({ fromAmount: '1000000' })];
    expect(who(rules, { amount: null })).to.deep.equal(['ann']);
    expect(who(rules, { currency: 'CNY' })).to.deep.equal(['ann']);
  });
  it('asks for a plant and a category where any line lies there', () => {
    const rules = [rule({ plantCode: 'NB02', categoryCode: 'MACH' })];
    expect(who(rules)).to.deep.equal(['approver']);
    expect(
      who(rules, { places: [...document().places, { plantCode: 'NB02', categoryCode: 'MACH' }] }),
    ).to.deep.equal(['ann']);
    expect(who(rules, { places: [{ plantCode: 'NB02', categoryCode: 'CAST' }] })).to.deep.equal(['approver']);
  });
  it('asks an approver where no rule fits, because nothing is approved by silence', () => {
    expect(who([])).to.deep.equal(['approver']);
  });
  it('puts an approver in the place of whoever asks', () => {
    const [step] = chainFor([rule({ who: 'rob' })], document(), 'USD');
    expect(step).to.include({ approverId: null, approverRole: 'approver', reason: 'in-place' });
  });
  it('asks nobody twice at one stage, and says all where one rule does', () => {
    const steps = chainFor(
      [rule({ needs: 'any' }), rule({ needs: 'all' }), rule({ stage: 2 })],
      document(),
      'USD',
    );
    expect(steps.map(({ stage, needs }) => [stage, needs])).to.deep.equal([
      [1, 'all'],
      [2, 'all'],
    ]);
  });
});

describe('deciding', () => {
  it('waits for all of a stage, in any order, before it asks the next', () => {
    let steps = begun([rule(), rule({ who: 'bea' }), rule({ who: 'cid', stage: 5 })]);
    expect(states(steps)).to.deep.equal(['ann pending', 'bea pending', 'cid waiting']);
    ({ steps } = yes(steps, 'bea'));
    expect(states(steps)).to.deep.equal(['ann pending', 'bea approved', 'cid waiting']);
    ({ steps } = yes(steps, 'ann'));
    expect(states(steps)).to.deep.equal(['ann approved', 'bea approved', 'cid pending']);
    expect(yes(steps, 'cid').outcome).to.equal('approved');
  });
  it('is content with any one of those that say so, beside all who must', () => {
    const asked = begun([rule({ needs: 'any' }), rule({ who: 'bea', needs: 'any' }), rule({ who: 'cid' })]);
    const { steps, outcome } = yes(asked, 'bea');
    expect(outcome).to.equal('pending');
    expect(states(steps)).to.deep.equal(['ann skipped', 'bea approved', 'cid pending']);
    expect(yes(steps, 'cid').outcome).to.equal('approved');
  });
  it('ends with the first no, and asks nobody any more', () => {
    const steps = begun([rule(), rule({ who: 'bea' }), rule({ who: 'cid', stage: 2 })]);
    const made = { stepId: steps[0]?.id ?? '', by: 'ann', for: null, at: AT, comment: 'No' };
    const returned = decide(steps, { ...made, decision: 'return' });
    expect(returned.outcome).to.equal('returned');
    expect(states(returned.steps)).to.deep.equal(['ann returned', 'bea skipped', 'cid skipped']);
    expect(decide(steps, { ...made, decision: 'reject' }).outcome).to.equal('rejected');
  });
  it('takes no decision on a step that is not asked now', () => {
    const steps = begun([rule(), rule({ who: 'cid', stage: 2 })]);
    const wait = steps[1]?.id ?? '';
    expect(() =>
      decide(steps, { stepId: wait, decision: 'approve', by: 'cid', for: null, at: AT, comment: '' }),
    ).to.throw(/cannot approve/);
  });
  it('lets one hand decide once a stage, and never again by a role alone', () => {
    const { steps } = yes(begun([rule(), rule({ who: 'bea' }), rule({ who: 'ann', stage: 2 })]), 'ann');
    expect(hasDecidedAlready(steps, { stage: 1, approverId: 'bea' }, ['bea', 'ann'])).to.equal(true);
    expect(hasDecidedAlready(steps, { stage: 1, approverId: 'bea' }, ['bea'])).to.equal(false);
    expect(hasDecidedAlready(steps, { stage: 2, approverId: 'ann' }, ['ann'])).to.equal(false);
    expect(hasDecidedAlready(steps, { stage: 2, approverId: null }, ['ann'])).to.equal(true);
  });

  const people = ['ann', 'bea', 'cid', 'dan'];
  const someRules = fc.array(
    fc.record({
      who: fc.constantFrom(...people),
      stage: fc.integer({ min: 1, max: 3 }),
      needs: fc.constantFrom('all' as const, 'any' as const),
    }),
    { minLength: 1, maxLength: 8 },
  );
  it('ends approved after as many yeses as are asked for, and then every stage is content', () => {
    fc.assert(
      fc.property(someRules, fc.infiniteStream(fc.nat()), (rules, picks) => {
        let steps = begun(rules.map((one) => rule(one)));
        const planned: PlannedStep[] = steps;
        let outcome = 'pending';
        for (const pick of picks) {
          const open = steps.filter((step) => step.state === 'pending');
          const stages = new Set(open.map((step) => step.stage));
          if (outcome !== 'pending') break;
          expect(stages.size).to.equal(1);
          const step = open[pick % open.length];
          ({ steps, outcome } = decide(steps, {
            stepId: step?.id ?? '',
            decision: 'approve',
            by: step?.approverId ?? '',
            for: null,
            at: AT,
            comment: '',
          }));
        }
        expect(outcome).to.equal('approved');
        for (const { needs, stage } of planned) {
          const ofStage = steps.filter((step) => step.stage === stage && step.needs === needs);
          const agreed = ofStage.filter((step) => step.state === 'approved').length;
          expect(agreed).to.equal(needs === 'all' ? ofStage.length : 1);
        }
      }),
      { numRuns: 200 },
    );
  });
});

describe('the patience of a step', () => {
  // Monday 2 March 2026, 18:00 in Qingdao.
  const waiting = (over: Partial<ApprovalRule> = {}) =>
    begun([
      rule({ remindAfterDays: 2, escalateAfterDays: 5, escalateTo: 'eva', ...over }),
    ])[0] as ApprovalStep;
  const pass = (step: ApprovalStep, now: string, barredIds: readonly string[] = []) =>
    passTime(step, { ...counted, now: new Date(now), barredIds });

  it('reminds in the morning after so many working days, once', () => {
    const step = waiting();
    expect(nextDueAt(step, counted)?.toISOString()).to.equal('2026-03-04T01:00:00.000Z');
    expect(pass(step, '2026-03-04T00:59:59Z')).to.equal(null);
    const reminded = pass(step, '2026-03-04T01:00:00Z');
    expect(reminded?.did).to.equal('reminded');
    expect(pass(reminded?.step as ApprovalStep, '2026-03-05T01:00:00Z')).to.equal(null);
  });
  it('asks somebody else later, remembers whom it took it from, and passes over the weekend', () => {
    const step = waiting();
    const escalated = pass(step, '2026-03-09T01:00:00Z');
    expect(escalated?.did).to.equal('escalated');
    expect(escalated?.step).to.include({ approverId: 'eva', escalatedFrom: 'ann', state: 'pending' });
    expect(nextDueAt(escalated?.step as ApprovalStep, counted)).to.equal(null);
  });
  it('asks any approver where nobody is named, or the named one may not decide', () => {
    expect(pass(waiting({ escalateTo: null }), '2026-03-09T01:00:00Z')?.step).to.include({
      approverRole: 'approver',
    });
    expect(pass(waiting(), '2026-03-09T01:00:00Z', ['eva'])?.step).to.include({ approverRole: 'approver' });
  });
  it('waits for ever where no time is said', () => {
    expect(nextDueAt(waiting({ remindAfterDays: null, escalateAfterDays: null }), counted)).to.equal(null);
  });
});

describe('writing rules', () => {
  it('needs one, and reminds before it escalates', () => {
    expect(() => assertSensible([])).to.throw(/needs a rule/);
    expect(() => assertSensible([rule({ remindAfterDays: 3, escalateAfterDays: 3 })])).to.throw(
      /Remind first/,
    );
    assertSensible([rule({ remindAfterDays: 3, escalateAfterDays: 4 })]);
  });
});
