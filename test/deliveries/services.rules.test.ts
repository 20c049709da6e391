import { expect } from 'chai';
import fc from 'fast-check';
import {
  assertCanState,
  assertGoods,
  assertMayAnswer,
  serviceEntryLifecycle,
  statableQuantity,
  statedQuantity,
} from '../../src/deliveries/services/service-entry.ts';
import { AppError } from '../../src/kernel/errors.ts';
import { addDecimals, compareDecimals } from '../../src/kernel/money.ts';
import type { OrderLine } from '../../src/orders/index.ts';

const line = (over: Partial<OrderLine> = {}): OrderLine => ({
  id: 'l',
  lineNo: 1,
  itemCode: null,
  description: 'Assembly',
  quantity: '40',
  unit: 'HUR',
  unitPrice: '50',
  priceBaseQuantity: '1',
  amount: '2000',
  dueOn: null,
  deliveries: [{ quantity: '40', dueOn: null }],
  shippedQuantity: '0',
  receivedQuantity: '0',
  invoicedQuantity: '0',
  fulfilment: 'open',
  ...over,
});
const units = ['HUR', 'LS'];

/** The codes a refused act answers with: its own, and those of its fields. */
function refusedWith(act: () => void): readonly string[] {
  try {
    act();
  } catch (error) {
    if (error instanceof AppError) return [error.code, ...error.fields.map((field) => field.code)];
    throw error;
  }
  return [];
}

describe('work that a supplier states', () => {
  const work = { workedFrom: '2026-03-01', workedUntil: '2026-03-02', quantity: '8' };
  const of = { line: line(), waiting: '0', today: '2026-03-02', units };

  for (const [what, over, codes] of [
    ['up to today', {}, []],
    ['on one day', { workedFrom: '2026-03-02' }, []],
    ['that ends tomorrow', { workedUntil: '2026-03-03' }, ['service_entry.not-done-yet']],
    ['that ends before it begins', { workedFrom: '2026-03-03' }, ['service_entry.ends-before-it-begins']],
    ['of all that is open', { quantity: '40' }, []],
    ['of more than is open', { quantity: '40.000001' }, ['service_entry.more-than-open']],
    ['of nothing', { quantity: '0' }, ['service_entry.nothing-done']],
    [
      'with two faults',
      { quantity: '0', workedUntil: '2026-03-03' },
      ['service_entry.not-done-yet', 'service_entry.nothing-done'],
    ],
  ] as const)
    it(`is ${codes.length === 0 ? 'taken' : 'refused'} ${what}`, () => {
      const expected = codes.length === 0 ? [] : ['service_entry.work-refused', ...codes];
      expect(refusedWith(() => assertCanState({ ...work, ...over }, of))).to.deep.equal(expected);
    });

  it('is of no line that is goods', () => {
    expect(refusedWith(() => assertCanState(work, { ...of, line: line({ unit: 'C62' }) }))).to.deep.equal([
      'service_entry.line-is-goods',
    ]);
  });

  for (const [written, quantity, stated] of [
    ['12.5', '40', '12.5'],
    ['40%', '1', '0.4'],
    ['100%', '40', '40'],
    ['33.333%', '1', '0.33333'],
    ['1%', '0.00001', '0'],
  ] as const)
    it(`is ${stated} when ${written} of ${quantity} is written`, () => {
      expect(statedQuantity(written, { quantity })).to.equal(stated);
    });

  it('leaves what is neither received, given up nor waiting, and never less than nothing', () => {
    const amount = fc.integer({ min: 0, max: 60 }).map(String);
    fc.assert(
      fc.property(amount, amount, (receivedQuantity, waiting) => {
        const left = statableQuantity(line({ receivedQuantity }), waiting);
        const all = addDecimals([receivedQuantity, waiting, left]);
        return (
          compareDecimals(left, '0') >= 0 &&
          (left === '0' ? Number(all) >= 40 : compareDecimals(all, '40') === 0)
        );
      }),
    );
    expect(statableQuantity(line({ shortClosedQuantity: '30' }), '4')).to.equal('6');
  });

  it('is answered or taken back once', () => {
    for (const state of ['accepted', 'refused', 'withdrawn'] as const)
      for (const act of ['accept', 'refuse', 'withdraw'] as const)
        expect(serviceEntryLifecycle.may(state, act)).to.equal(false);
  });

  for (const [who, pays, codes] of [
    ['buyer', false, []],
    ['requester', false, []],
    ['somebody', false, ['service_entry.not-yours-to-answer']],
    ['requester', true, ['service_entry.answered-by-who-pays']],
  ] as const)
    it(`is ${codes.length === 0 ? '' : 'not '}answered by ${who}${pays ? ' who pays' : ''}`, () => {
      const acts = { buyerId: 'buyer', requesterIds: ['requester'], pays };
      expect(refusedWith(() => assertMayAnswer(who, acts))).to.deep.equal(codes);
    });

  it('is neither announced nor counted; a row of nothing does no harm', () => {
    const lines = [line(), line({ id: 'g', lineNo: 2, unit: 'C62' })];
    const rows = (ofWork: string) => [
      { poLineId: 'l', quantity: ofWork },
      { poLineId: 'g', quantity: '1' },
    ];
    expect(refusedWith(() => assertGoods(lines, rows('0'), units))).to.deep.equal([]);
    expect(refusedWith(() => assertGoods(lines, rows('1'), units))).to.deep.equal([
      'service_entry.line-is-work',
    ]);
  });
});
