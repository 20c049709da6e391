import { expect } from 'chai';
import fc from 'fast-check';
import {
  assertArrivesAfterDespatch,
  despatchAdviceLifecycle,
  despatchLines,
  freedByCancelling,
} from '../../src/deliveries/despatch-advice.ts';
import {
  arrivalsOf,
  assertReceivedOn,
  type CheckedLine,
  checkCount,
  isShort,
} from '../../src/deliveries/goods-receipt.ts';
import { AppError } from '../../src/kernel/errors.ts';
import { addDecimals, compareDecimals } from '../../src/kernel/money.ts';
import { addShippedTo } from '../../src/orders/fulfilment.ts';
import { addArrivedTo, announceableQuantity, type OrderLine } from '../../src/orders/index.ts';
import { orderLine as line } from '../support/order-line.ts';

/** The codes at the fields, or the error's own; `allowed` when nothing is refused. */
const codeOf = (act: () => unknown): string => {
  try {
    act();
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    return error.fields.map((field) => `${field.path} ${field.code}`).join(', ') || error.code;
  }
  return 'allowed';
};

describe('saying what is in a delivery', () => {
  const cases = [
    { says: 'takes all that is open', over: {}, quantity: '10', code: 'allowed' },
    {
      says: 'refuses the smallest part more',
      over: {},
      quantity: '10.000001',
      code: 'lines.0.quantity despatch_advice.more-than-announceable',
    },
    {
      says: 'takes what others have not announced',
      over: { shippedQuantity: '4' },
      quantity: '6',
      code: 'allowed',
    },
    {
      says: 'refuses what others have announced',
      over: { shippedQuantity: '4' },
      quantity: '6.5',
      code: 'lines.0.quantity despatch_advice.more-than-announceable',
    },
    {
      says: 'refuses nothing at all',
      over: {},
      quantity: '0.000',
      code: 'despatch_advice.nothing-announced',
    },
  ];
  for (const { says, over, quantity, code } of cases)
    it(says, () => {
      expect(codeOf(() => despatchLines([line(over)], [{ poLineId: 'a', quantity }]))).to.equal(code);
    });

  it('leaves out the rows of nothing, and knows no line of another order', () => {
    const lines = [line(), line({ id: 'b', lineNo: 2 })];
    const rows = [
      { poLineId: 'a', quantity: '0' },
      { poLineId: 'b', quantity: '2.5' },
    ];
    expect(despatchLines(lines, rows)).to.deep.equal([{ poLineId: 'b', quantity: '2.5' }]);
    expect(codeOf(() => despatchLines(lines, [{ poLineId: 'c', quantity: '1' }]))).to.equal(
      'po_line.not-found',
    );
  });

  it('arrives on the day of despatch at the earliest', () => {
    const dates = (despatchedOn: string, expectedOn: string) =>
      codeOf(() => assertArrivesAfterDespatch({ despatchedOn, expectedOn }));
    expect(dates('2026-03-02', '2026-03-02')).to.equal('allowed');
    expect(dates('2026-03-03', '2026-03-02')).to.equal('expectedOn despatch_advice.expected-before-despatch');
  });

  it('is settled by its receipt, or taken back before', () => {
    const { actionsIn } = despatchAdviceLifecycle;
    expect(actionsIn('submitted')).to.include.members(['receive', 'receive-in-part', 'cancel']);
    for (const state of ['received', 'part_received', 'rejected', 'cancelled'] as const)
      expect(despatchAdviceLifecycle.isTerminal(state), state).to.equal(true);
  });
});

describe('counting what arrived', () => {
  const count = (of: {
    order?: Partial<OrderLine>;
    announced?: string | null;
    quantity: string;
    shortfallReason?: string;
  }) =>
    checkCount({
      overPercent: '0',
      orderLines: [line(of.order)],
      announced: of.announced == null ? [] : [{ poLineId: 'a', quantity: of.announced }],
      rows: [{ poLineId: 'a', quantity: of.quantity, shortfallReason: of.shortfallReason ?? '' }],
    });
  const OVER = 'lines.0.quantity goods_receipt.more-than-ordered';
  const UNREASONED = 'lines.0.shortfallReason goods_receipt.short-without-reason';
  const cases = [
    { says: 'takes what was announced', announced: '6', quantity: '6', code: 'allowed' },
    { says: 'takes it written with other decimals', announced: '6.000000', quantity: '6', code: 'allowed' },
    { says: 'asks why the smallest part is missing', announced: '6', quantity: '5.999999', code: UNREASONED },
    {
      says: 'takes less with a reason',
      announced: '6',
      quantity: '5',
      shortfallReason: 'Damaged',
      code: 'allowed',
    },
    {
      says: 'takes more than announced, up to what is open',
      announced: '6',
      quantity: '10',
      code: 'allowed',
    },
    { says: 'refuses the smallest part over the order', announced: '6', quantity: '10.000001', code: OVER },
    {
      says: 'counts what arrived before',
      order: { receivedQuantity: '8' },
      announced: '6',
      quantity: '2.5',
      shortfallReason: 'x',
      code: OVER,
    },
    { says: 'takes what nobody announced', announced: null, quantity: '10', code: 'allowed' },
    { says: 'refuses more than ordered without announcement', announced: null, quantity: '11', code: OVER },
    {
      says: 'refuses a receipt of nothing',
      announced: null,
      quantity: '0',
      code: 'goods_receipt.nothing-received',
    },
    {
      says: 'refuses a receipt of nothing, also with a reason',
      announced: '6',
      quantity: '0',
      shortfallReason: 'Lost',
      code: 'goods_receipt.nothing-received',
    },
  ];
  for (const { says, code, ...of } of cases)
    it(says, () => {
      expect(codeOf(() => count(of))).to.equal(code);
    });

  it('keeps a reason only where it explains something', () => {
    expect(count({ announced: '6', quantity: '6', shortfallReason: 'typed and not needed' })).to.deep.equal([
      {
        poLineId: 'a',
        quantity: '6',
        shortfallReason: '',
        announcedQuantity: '6',
        rejectedQuantity: '0',
        rejectionReason: '',
        sample: null,
        overQuantity: '0',
      },
    ]);
  });

  it('keeps the announced line of which nothing came, and drops the one nobody spoke of', () => {
    const lines = [line(), line({ id: 'b', lineNo: 2 }), line({ id: 'c', lineNo: 3 })];
    const rows = [
      { poLineId: 'a', quantity: '0', shortfallReason: 'Not in the delivery' },
      { poLineId: 'b', quantity: '0', shortfallReason: '' },
      { poLineId: 'c', quantity: '1', shortfallReason: '' },
    ];
    const checked = checkCount({
      overPercent: '0',
      orderLines: lines,
      announced: [{ poLineId: 'a', quantity: '6' }],
      rows,
    });
    expect(checked.map((one) => one.poLineId)).to.deep.equal(['a', 'c']);
    expect(checked.map(isShort)).to.deep.equal([true, false]);
  });

  it('refuses a form that forgets an announced line', () => {
    const lines = [line(), line({ id: 'b', lineNo: 2 })];
    const announced = [
      { poLineId: 'a', quantity: '1' },
      { poLineId: 'b', quantity: '1' },
    ];
    const rows = [{ poLineId: 'a', quantity: '1', shortfallReason: '' }];
    expect(codeOf(() => checkCount({ overPercent: '0', orderLines: lines, announced, rows }))).to.equal(
      'goods_receipt.line-not-counted',
    );
  });

  it('is on a day from the order’s until today, both included', () => {
    const on = (day: string) =>
      codeOf(() => assertReceivedOn(day, { orderedOn: '2026-03-02', today: '2026-03-05' }));
    expect(on('2026-03-01')).to.equal('receivedOn goods_receipt.received-before-order');
    expect(on('2026-03-02')).to.equal('allowed');
    expect(on('2026-03-05')).to.equal('allowed');
    expect(on('2026-03-06')).to.equal('receivedOn goods_receipt.received-in-future');
  });
});

describe('any course of deliveries', () => {
  type Open = { id: number; lines: { poLineId: string; quantity: string }[] };
  type Act = {
    kind: 'announce' | 'receive' | 'receive-unannounced' | 'cancel';
    quantities: string[];
    pick: number;
  };
  const somehow = fc.array(fc.constantFrom('0', '0.5', '1', '2.5', '4', '7', '10'), {
    minLength: 2,
    maxLength: 2,
  });
  const act = fc.record({
    kind: fc.constantFrom<Act['kind'][]>('announce', 'receive', 'receive-unannounced', 'cancel'),
    quantities: somehow,
    pick: fc.nat(5),
  });
  const ids = ['a', 'b'];
  const totals = (open: readonly Open[], without?: Open): Map<string, string> =>
    new Map(
      ids.map((id) => [
        id,
        addDecimals(
          open
            .filter((one) => one !== without)
            .flatMap((one) => one.lines)
            .filter((one) => one.poLineId === id)
            .map((one) => one.quantity),
        ),
      ]),
    );

  /** The use-cases' own steps, without their tables; a refused act changes nothing. */
  function step(state: { lines: OrderLine[]; open: Open[] }, { kind, quantities, pick }: Act): typeof state {
    const rows = ids.map((poLineId, index) => ({ poLineId, quantity: quantities[index] ?? '0' }));
    const chosen = state.open[pick % Math.max(state.open.length, 1)];
    const rest = state.open.filter((one) => one !== chosen);
    const book = (checked: CheckedLine[], without?: Open) =>
      addArrivedTo(state.lines, arrivalsOf(checked, totals(state.open, without)));
    const counted = rows.map((row) => ({ ...row, shortfallReason: 'counted' }));
    if (kind === 'announce') {
      const lines = despatchLines(state.lines, rows);
      return { lines: addShippedTo(state.lines, lines), open: [...state.open, { id: pick, lines }] };
    }
    if (kind === 'receive-unannounced')
      return {
        ...state,
        lines: book(checkCount({ overPercent: '0', orderLines: state.lines, announced: [], rows: counted })),
      };
    if (chosen === undefined) return state;
    if (kind === 'receive')
      return {
        lines: book(
          checkCount({ overPercent: '0', orderLines: state.lines, announced: chosen.lines, rows: counted }),
          chosen,
        ),
        open: rest,
      };
    const freed = freedByCancelling(state.lines, chosen.lines, totals(state.open, chosen));
    return { lines: addShippedTo(state.lines, freed), open: rest };
  }

  it('never receives more than was ordered, nor has less announced than received, nor loses what is open', () => {
    fc.assert(
      fc.property(fc.array(act, { maxLength: 25 }), (acts) => {
        let state: { lines: OrderLine[]; open: Open[] } = {
          lines: [line(), line({ id: 'b', lineNo: 2, quantity: '4' })],
          open: [],
        };
        for (const one of acts) {
          try {
            state = step(state, one);
          } catch (error) {
            if (!(error instanceof AppError)) throw error;
          }
          const underWay = totals(state.open);
          for (const now of state.lines) {
            const { quantity, receivedQuantity, shippedQuantity } = now;
            expect(compareDecimals(receivedQuantity, quantity)).to.be.at.most(0);
            expect(compareDecimals(shippedQuantity, quantity)).to.be.at.most(0);
            expect(compareDecimals(shippedQuantity, receivedQuantity)).to.be.at.least(0);
            // What arrived and what is under way are announced, as far as the order goes; the rest can be.
            const announced = addDecimals([receivedQuantity, underWay.get(now.id) ?? '0']);
            const expected = compareDecimals(announced, quantity) > 0 ? quantity : announced;
            expect(compareDecimals(shippedQuantity, expected)).to.equal(0);
            expect(addDecimals([announceableQuantity(now), shippedQuantity])).to.equal(quantity);
          }
        }
      }),
      { numRuns: 400 },
    );
  });
});
