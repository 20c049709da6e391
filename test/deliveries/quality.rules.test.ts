import { expect } from 'chai';
import {
  answerStep,
  answerSteps,
  close,
  dueAfter,
  moveOn,
  type Nonconformance,
  nextAnswer,
  nonconformanceLifecycle,
  remind,
  returnable,
  whoActs,
} from '../../src/deliveries/quality/nonconformance.ts';
import { isAccepted, samplingPlan } from '../../src/deliveries/quality/sampling.ts';
import { ordinaryWeek } from '../../src/kernel/working-days.ts';

const times = {
  days: { contained: 2, root_cause: 5, action: 10, ours: 5 },
  calendar: ordinaryWeek,
  timeZone: 'Asia/Shanghai',
};
// A Monday.
const at = new Date('2026-03-02T02:00:00Z');
const sent: Nonconformance = {
  id: 'n',
  reference: 'NCR-2026-0001',
  supplierId: 's',
  plantCode: 'QD01',
  orderId: 'o',
  poLineId: 'l',
  receiptId: 'r',
  quantity: '5',
  found: 'at_receipt',
  defect: 'Bent',
  severity: 'major',
  needs8d: true,
  disposition: 'return',
  claim: 'replacement',
  claimAmount: null,
  returnedQuantity: '0',
  state: 'sent',
  dueAt: at,
  remindedAt: null,
  openedBy: 'u',
  openedAt: at,
  closedBy: null,
  closedAt: null,
  closingNote: null,
  version: 1,
};

describe('a sample of a lot', () => {
  for (const [lot, sampleSize, acceptanceNumber] of [
    ['1', 1, 0],
    ['13', 13, 0],
    ['14', 13, 0],
    ['150', 13, 0],
    ['151', 50, 1],
    ['500', 50, 1],
    ['501', 80, 2],
    ['1200', 80, 2],
    ['1201', 125, 3],
    ['10000', 200, 5],
    ['10000.5', 315, 7],
    ['500000', 800, 14],
    ['500001', 1250, 21],
    ['2.5', 3, 0],
  ] as const)
    it(`of ${lot} has ${sampleSize} pieces, of which ${acceptanceNumber} may be defective`, () => {
      expect(samplingPlan(lot)).to.deep.equal({ sampleSize, acceptanceNumber });
    });

  it('passes with as many defects as allowed, and not with one more', () => {
    const plan = samplingPlan('500');
    expect([0, 1, 2].map((defects) => isAccepted(plan, defects))).to.deep.equal([true, true, false]);
  });
});

describe('an 8D', () => {
  it('is answered step by step, each with its own time, and verified and closed by us', () => {
    let now = sent;
    const due: (string | null)[] = [];
    const answers: { step: (typeof answerSteps)[number]; returnedAt: Date | null }[] = [];
    for (const step of answerSteps) {
      expect(whoActs(now)).to.equal('supplier');
      now = answerStep(now, answers, { step, at, times });
      answers.push({ step, returnedAt: null });
      due.push(now.dueAt?.toISOString().slice(0, 10) ?? null);
    }
    // Five and ten working days for the next step, five for us.
    expect(due).to.deep.equal(['2026-03-09', '2026-03-16', '2026-03-09']);
    expect(whoActs(now)).to.equal('buyer');
    const closed = close(moveOn(now, 'verify', { at, times }), { userId: 'u', at, note: '' });
    expect(closed).to.include({ state: 'closed', dueAt: null });
    expect(whoActs(closed)).to.equal(null);
  });

  it('takes no step before its turn', () => {
    for (const step of ['root_cause', 'action'] as const)
      expect(() => answerStep(sent, [], { step, at, times }))
        .to.throw()
        .with.property('code', 'nonconformance.step-not-asked');
  });

  it('asks again for the step that was returned, and for no other', () => {
    const returned = { ...sent, state: 'returned' as const };
    const answers = [
      { step: 'contained' as const, returnedAt: null },
      { step: 'root_cause' as const, returnedAt: at },
    ];
    expect(nextAnswer(returned, answers)).to.equal('root_cause');
    expect(answerStep(returned, answers, { step: 'root_cause', at, times }).state).to.equal('root_cause');
  });

  it('is not closed before its verification; without an 8D it is as soon as it is settled', () => {
    expect(() => close(sent, { userId: 'u', at, note: '' }))
      .to.throw()
      .with.property('code', 'nonconformance.needs-its-8d');
    expect(close({ ...sent, needs8d: false }, { userId: 'u', at, note: 'ok' })).to.include({
      state: 'closed',
      closingNote: 'ok',
    });
  });

  it('is never closed by time: the clock reminds once a step, at and not before the due time', () => {
    expect(remind({ ...sent, dueAt: new Date(at.getTime() + 1) }, at)).to.equal(null);
    const reminded = remind(sent, at);
    expect(reminded).to.include({ state: 'sent' });
    expect(reminded === null ? 'none' : remind(reminded, at)).to.equal(null);
  });

  it('always says whose turn it is until it is closed', () => {
    for (const state of nonconformanceLifecycle.states) {
      expect(whoActs({ state }) === null, state).to.equal(state === 'closed');
      expect(dueAfter(state, at, times) === null, state).to.equal(state === 'closed');
    }
  });
});

describe('goods that go back', () => {
  for (const [quantity, receivedQuantity, invoicedQuantity, expected] of [
    ['5', '10', '0', '5'],
    ['5', '10', '7', '3'],
    ['5', '10', '10', '0'],
  ] as const)
    it(`take ${expected} of ${quantity} from what was received, with ${invoicedQuantity} of ${receivedQuantity} invoiced`, () => {
      expect(returnable(quantity, { receivedQuantity, invoicedQuantity })).to.equal(expected);
    });
});
