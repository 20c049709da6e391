import { expect } from 'chai';
import fc from 'fast-check';
import {
  accept,
  acknowledge,
  answer,
  type Dispute,
  decideOn,
  disputeLifecycle,
  escalate,
  openDispute,
  passTime,
  propose,
  refuse,
  type Side,
  whoActs,
  withdraw,
} from '../../src/disputes/dispute.ts';
import { ordinaryWeek } from '../../src/kernel/working-days.ts';

const times = { answerWorkingDays: 3, timeZone: 'Asia/Shanghai', calendar: ordinaryWeek };
const monday = new Date('2026-03-02T02:00:00Z');
const opened = (side: Side = 'supplier'): Dispute =>
  openDispute(
    {
      id: 'd',
      reference: 'DSP-2026-0001',
      subjectType: 'invoice',
      subjectId: 'i',
      subjectReference: 'INV-2026-0001',
      supplierId: 's',
      ownerId: 'owner',
      topic: 'price',
      title: 'Price of line 3',
      openedBy: 'opener',
      openedBySide: side,
      createdAt: monday,
    },
    times,
  );
const by = (side: Side) => ({ side, at: monday });
const proposal = (side: Side) => ({ userId: 'p', side, at: monday, proposal: 'Half each' });

describe('whose turn a dispute is', () => {
  it('is the other side’s at first, and changes with each answer given in turn', () => {
    const dispute = opened('supplier');
    expect(whoActs(dispute)).to.equal('buyer');
    const answered = answer(dispute, by('buyer'), times);
    expect(answered.state).to.equal('awaiting_supplier');
    expect(answer(answered, by('supplier'), times).state).to.equal('awaiting_buyer');
  });

  it('does not change by what is said out of turn', () => {
    const dispute = opened('supplier');
    expect(answer(dispute, by('supplier'), times)).to.equal(dispute);
  });

  it('stays with whoever took note: only an answer hands it over', () => {
    const noted = acknowledge(opened('supplier'), 'buyer');
    expect(noted.state).to.equal('acknowledged');
    expect(whoActs(noted)).to.equal('buyer');
    expect(() => acknowledge(opened('supplier'), 'supplier')).to.throw('other side');
  });

  it('is due after working days: three from a Monday is Thursday evening in the company’s zone', () => {
    expect(opened().dueAt?.toISOString()).to.equal('2026-03-05T10:00:00.000Z');
  });
});

describe('settling a dispute', () => {
  it('is resolved when the other side takes a proposal, never by whoever made it', () => {
    const proposed = propose(answer(opened(), by('buyer'), times), proposal('supplier'), times);
    expect(() => accept(proposed, by('supplier'))).to.throw('other side');
    expect(accept(proposed, by('buyer'))).to.include({ state: 'resolved', dueAt: null });
  });

  it('goes on after a refusal, with the proposer, and without the proposal', () => {
    const proposed = propose(answer(opened(), by('buyer'), times), proposal('supplier'), times);
    const refused = refuse(proposed, by('buyer'), times);
    expect(refused).to.include({ state: 'awaiting_supplier', proposal: null, proposedBySide: null });
    expect(() => refuse(proposed, by('supplier'), times)).to.throw('other side');
  });

  it('is taken back only by the side that opened it', () => {
    expect(() => withdraw(opened('supplier'), by('buyer'))).to.throw('opened');
    expect(withdraw(opened('supplier'), by('supplier')).state).to.equal('withdrawn');
  });

  it('is decided only after it was escalated', () => {
    const decision = { userId: 'a', at: monday, decision: 'The order’s price counts' };
    expect(() => decideOn(opened(), decision)).to.throw('cannot decide');
    expect(decideOn(escalate(opened(), monday, times), decision)).to.include({
      state: 'decided',
      decidedBy: 'a',
      dueAt: null,
    });
  });
});

describe('the clock of a dispute', () => {
  const pastDue = (dispute: Dispute): Date => new Date((dispute.dueAt?.getTime() ?? 0) + 1);

  it('does nothing before it is due, reminds once, then takes it to an approver', () => {
    const dispute = opened();
    expect(passTime(dispute, monday, times).did).to.equal('nothing');
    const reminded = passTime(dispute, pastDue(dispute), times);
    expect(reminded.did).to.equal('reminded');
    const escalated = passTime(reminded.dispute, pastDue(reminded.dispute), times);
    expect(escalated.did).to.equal('escalated');
    expect(escalated.dispute.state).to.equal('escalated');
  });

  it('ends no dispute, however long nobody says a word and from whatever state', () => {
    const acts: ((dispute: Dispute) => Dispute)[] = [
      (dispute) => answer(dispute, by('buyer'), times),
      (dispute) => answer(dispute, by('supplier'), times),
      (dispute) => propose(dispute, proposal('buyer'), times),
      (dispute) => refuse(dispute, by('supplier'), times),
      (dispute) => escalate(dispute, monday, times),
    ];
    fc.assert(
      fc.property(fc.array(fc.nat(acts.length - 1), { maxLength: 8 }), (chosen) => {
        let dispute = opened();
        for (const index of chosen) dispute = possible(() => acts[index]?.(dispute), dispute);
        for (let days = 0; days < 40; days += 1) {
          dispute = passTime(dispute, new Date(monday.getTime() + days * 86_400_000), times).dispute;
          expect(disputeLifecycle.isTerminal(dispute.state)).to.equal(false);
          expect(dispute.dueAt).to.not.equal(null);
        }
      }),
    );
  });

  const possible = (act: () => Dispute | undefined, otherwise: Dispute): Dispute => {
    try {
      return act() ?? otherwise;
    } catch {
      return otherwise;
    }
  };
});
