import { expect } from 'chai';
import fc from 'fast-check';
import { AppError } from '../../src/kernel/errors.ts';
import { compareDecimals, sumMoney } from '../../src/kernel/money.ts';
import { ordinaryWeek } from '../../src/kernel/working-days.ts';
import {
  applyTo,
  cancellationOf,
  changeOf,
  type LineTerms,
  moneyEffect,
  movedQuantity,
  totalOf,
} from '../../src/orders/change-order.ts';
import { counteredLines } from '../../src/orders/counter-proposal.service.ts';
import {
  addInvoicedTo,
  addReceivedTo,
  addShippedTo,
  type Delivery,
  type OrderLine,
  spreadOver,
} from '../../src/orders/fulfilment.ts';
import {
  answerDueFrom,
  answerLines,
  isWithin,
  passTime,
  type ResponseTolerances,
  responseCode,
  tolerancesFor,
} from '../../src/orders/order-response.ts';
import { orderLine } from '../support/order-line.ts';

const tolerances: ResponseTolerances = {
  daysEarly: 3,
  daysLate: 1,
  pricePercent: '1',
  quantityPercent: '10',
};
const terms = (quantity: string, dueOn: string | null, unitPrice = '2'): LineTerms => ({
  unitPrice,
  deliveries: [{ quantity, dueOn }],
});
const codeOf = (work: () => unknown): string | null => {
  try {
    work();
    return null;
  } catch (error) {
    if (error instanceof AppError) return error.code;
    throw error;
  }
};

describe('the rules of a proposal', () => {
  const within: readonly [string, LineTerms, boolean][] = [
    ['the earliest day', terms('10', '2026-03-29'), true],
    ['a day before that', terms('10', '2026-03-28'), false],
    ['the latest day', terms('10', '2026-04-02'), true],
    ['a day after that', terms('10', '2026-04-03'), false],
    ['no day where one was agreed', terms('10', null), false],
    ['the highest price', terms('10', '2026-04-01', '2.02'), true],
    ['a price just above', terms('10', '2026-04-01', '2.020001'), false],
    ['any lower price', terms('10', '2026-04-01', '0.5'), true],
    ['the least quantity', terms('9', '2026-04-01'), true],
    ['just less', terms('8.999999', '2026-04-01'), false],
    ['the most', terms('11', '2026-04-01'), true],
    ['just more', terms('11.000001', '2026-04-01'), false],
  ];
  for (const [name, answered, expected] of within)
    it(`${expected ? 'takes' : 'leaves to a person'}: ${name}`, () => {
      expect(isWithin(changeOf(orderLine(), answered), tolerances)).to.equal(expected);
    });

  it('never takes a rejected line by itself', () => {
    const lax = { ...tolerances, quantityPercent: '100' };
    expect(isWithin(cancellationOf(orderLine()), lax)).to.equal(false);
  });

  it('takes a split into days that are all near the agreed one', () => {
    const split = (last: string): LineTerms => ({
      unitPrice: '2',
      deliveries: [
        { quantity: '6', dueOn: '2026-03-31' },
        { quantity: '4', dueOn: last },
      ],
    });
    expect(isWithin(changeOf(orderLine(), split('2026-04-02')), tolerances)).to.equal(true);
    expect(isWithin(changeOf(orderLine(), split('2026-04-09')), tolerances)).to.equal(false);
  });

  it('calls an answer AP when all is accepted, RE when nothing is, and CA between', () => {
    expect(responseCode([{ code: '5' }, { code: '5' }])).to.equal('AP');
    expect(responseCode([{ code: '7' }, { code: '7' }])).to.equal('RE');
    expect(responseCode([{ code: '5' }, { code: '7' }])).to.equal('CA');
    expect(responseCode([{ code: '3' }])).to.equal('CA');
  });

  it('refuses a reason that is missing, a line that is discussed or answered twice, and one of another order', () => {
    const answer = { poLineId: 'a', code: '3' as const, reason: 'Late', ...terms('10', '2026-05-01') };
    const ask = (answers: (typeof answer)[], discussed: string[] = []) =>
      codeOf(() => answerLines([orderLine()], answers, new Set(discussed)));
    expect(ask([answer])).to.equal(null);
    expect(ask([{ ...answer, reason: '' }])).to.equal('order_response.reason-missing');
    expect(ask([answer, answer])).to.equal('order_response.line-twice');
    expect(ask([answer], ['a'])).to.equal('order_response.line-under-discussion');
    expect(ask([{ ...answer, poLineId: 'b' }])).to.equal('po_line.not-found');
    expect(codeOf(() => answerLines([orderLine()], [{ ...answer, code: '5' }], new Set()))).to.equal(
      'order_response.accepted-but-changed',
    );
    expect(ask([{ ...answer, deliveries: [] }])).to.equal('order_response.proposes-nothing-left');
    expect(ask([{ ...answer, ...terms('10', '2026-04-01') }])).to.equal('change_order.changes-nothing');
  });

  it('keeps quantity and price of a back-order, whose day may be open', () => {
    const ask = (wanted: LineTerms) =>
      codeOf(() =>
        answerLines(
          [orderLine()],
          [{ poLineId: 'a', code: '3', proposal: 'back_order', reason: 'Short', ...wanted }],
          new Set(),
        ),
      );
    const rest = (quantity: string): LineTerms => ({
      unitPrice: null,
      deliveries: [
        { quantity: '4', dueOn: '2026-04-01' },
        { quantity, dueOn: null },
      ],
    });
    expect(ask(rest('6'))).to.equal(null);
    expect(ask(rest('5'))).to.equal('order_response.back-order-changes-more');
    expect(ask({ ...rest('6'), unitPrice: '3' })).to.equal('order_response.back-order-changes-more');
  });

  it('names another item, never by rule and never for what is on its way', () => {
    const item = { code: 'B-2', description: 'Bracket B' };
    const offer = (line: OrderLine, named: typeof item) =>
      answerLines(
        [line],
        [
          {
            poLineId: 'a',
            code: '3',
            proposal: 'substitute',
            reason: 'A ran out',
            unitPrice: null,
            deliveries: [],
            item: named,
          },
        ],
        new Set(),
      )[0]?.change;
    const change = offer(orderLine(), item);
    if (change === undefined || change === null) throw new Error('No change');
    expect(isWithin(change, { ...tolerances, quantityPercent: '100' })).to.equal(false);
    const [applied] = applyTo([orderLine()], [change], 'USD');
    expect(applied).to.include({ itemCode: 'B-2', description: 'Bracket B', quantity: '10' });
    expect(codeOf(() => applyTo(applied === undefined ? [] : [applied], [change], 'USD'))).to.equal(
      'change_order.overtaken',
    );
    expect(codeOf(() => offer(orderLine(), { ...item, description: '' }))).to.equal(
      'order_response.substitute-unnamed',
    );
    expect(codeOf(() => offer(orderLine({ shippedQuantity: '1' }), item))).to.equal(
      'change_order.item-of-moved',
    );
  });

  it('is countered with something that is neither the order nor the proposal', () => {
    const change = { lines: [changeOf(orderLine(), terms('10', '2026-05-01'))], terms: null };
    const counter = (instead: LineTerms) =>
      codeOf(() =>
        counteredLines([orderLine()], {
          terms: null,
          change,
          wanted: [{ poLineId: 'a', keepsItem: false, ...instead }],
        }),
      );
    expect(counter(terms('10', '2026-04-15'))).to.equal(null);
    expect(counter(terms('10', '2026-04-01'))).to.equal('change_order.counters-nothing');
    expect(counter(terms('10', '2026-05-01'))).to.equal('change_order.counter-is-proposal');
  });

  it('is judged by the tolerances of its supplier before those of its category', () => {
    const policy = {
      ...tolerances,
      scopes: [
        { supplier: 'SUP-1', category: null, daysLate: 5 },
        { supplier: null, category: 'MRO', daysLate: 10, pricePercent: '3' },
        { supplier: 'SUP-1', category: 'MRO', daysEarly: 0 },
      ],
    };
    const of = (supplierReference: string, categoryCode: string | null) =>
      tolerancesFor(policy, { supplierReference, categoryCode });
    expect(of('SUP-2', null)).to.deep.equal(tolerances);
    expect(of('SUP-2', 'MRO')).to.include({ daysLate: 10, pricePercent: '3', daysEarly: 3 });
    expect(of('SUP-1', 'MRO')).to.include({ daysLate: 5, pricePercent: '3', daysEarly: 0 });
    expect(of('SUP-1', null)).to.include({ daysLate: 5, pricePercent: '1' });
  });

  it('says what it makes the line cost more or less', () => {
    const change = changeOf(orderLine(), terms('12', '2026-04-01', '2.5'));
    expect(moneyEffect(change, { priceBaseQuantity: '1', currency: 'USD' })).to.equal('10');
    expect(moneyEffect(cancellationOf(orderLine()), { priceBaseQuantity: '1', currency: 'USD' })).to.equal(
      '-20',
    );
  });

  it('keeps the price of what was invoiced', () => {
    const line = orderLine({ shippedQuantity: '4', receivedQuantity: '4', invoicedQuantity: '1' });
    expect(codeOf(() => changeOf(line, terms('10', '2026-04-01', '3')))).to.equal(
      'change_order.price-of-invoiced',
    );
    expect(codeOf(() => changeOf(line, terms('10', '2026-05-01')))).to.equal(null);
  });

  it('does not fit a line that is not any more what it was about', () => {
    const change = changeOf(orderLine(), terms('12', '2026-04-01'));
    const later = orderLine({ quantity: '11' });
    expect(codeOf(() => applyTo([later], [change], 'USD'))).to.equal('change_order.overtaken');
  });
});

describe('the clock of an answer', () => {
  const times = { answerWorkingDays: 2, timeZone: 'Asia/Shanghai', calendar: ordinaryWeek };
  const dueAt = answerDueFrom(new Date('2026-03-06T02:00:00Z'), times);
  const at = (ms: number) => new Date(dueAt.getTime() + ms);

  it('counts working days, so that a weekend is nobody’s fault', () => {
    expect(dueAt.toISOString()).to.equal('2026-03-10T10:00:00.000Z');
  });
  it('reminds at, and not before, the due instant, and goes to the buyer as long after', () => {
    const fresh = { dueAt, remindedAt: null, escalatedAt: null };
    expect(passTime(fresh, at(-1), times)).to.equal('nothing');
    expect(passTime(fresh, dueAt, times)).to.equal('remind');
    const reminded = { ...fresh, remindedAt: dueAt };
    const end = answerDueFrom(dueAt, times);
    expect(passTime(reminded, new Date(end.getTime() - 1), times)).to.equal('nothing');
    expect(passTime(reminded, end, times)).to.equal('escalate');
    expect(passTime({ ...reminded, escalatedAt: end }, new Date(end.getTime() + 1e9), times)).to.equal(
      'nothing',
    );
  });
});

/** One act on the order, with numbers that may make sense or not. */
const quantity = fc.integer({ min: 0, max: 30 }).map(String);
const delivery: fc.Arbitrary<Delivery> = fc.record({
  quantity,
  dueOn: fc.constantFrom('2026-04-01', '2026-04-15', '2026-05-01', null),
});
const act = fc.oneof(
  fc.record({
    act: fc.constant('change' as const),
    deliveries: fc.array(delivery, { maxLength: 4 }),
    unitPrice: fc.constantFrom('2', '3'),
  }),
  fc.record({ act: fc.constant('replace' as const), description: fc.constantFrom('Bracket', 'Bracket B') }),
  fc.record({ act: fc.constantFrom('ship' as const, 'receive' as const, 'invoice' as const), quantity }),
  fc.record({ act: fc.constant('cancel' as const) }),
);
const BOOK = { ship: addShippedTo, receive: addReceivedTo, invoice: addInvoicedTo };

/** The order after the act; as it was where a rule refuses it. */
function after(
  lines: readonly OrderLine[],
  done: typeof act extends fc.Arbitrary<infer One> ? One : never,
): readonly OrderLine[] {
  const [line] = lines;
  if (line === undefined) return lines;
  try {
    if (done.act === 'change') return applyTo(lines, [changeOf(line, done)], 'USD');
    if (done.act === 'replace')
      return applyTo(
        lines,
        [changeOf(line, { ...line, item: { code: null, description: done.description } })],
        'USD',
      );
    if (done.act === 'cancel') return applyTo(lines, [cancellationOf(line)], 'USD');
    return BOOK[done.act](lines, [{ poLineId: line.id, quantity: done.quantity }]);
  } catch (error) {
    if (error instanceof AppError) return lines;
    throw error;
  }
}

describe('any sequence of acts on an order', () => {
  it('never has a version change what was shipped, received or invoiced, nor order less than that', () => {
    let versions = 0;
    fc.assert(
      fc.property(fc.array(act, { minLength: 1, maxLength: 25 }), (acts) => {
        let lines: readonly OrderLine[] = [orderLine()];
        for (const one of acts) {
          const [before] = lines;
          lines = after(lines, one);
          const [now] = lines;
          if (before === undefined || now === undefined) throw new Error('The line is gone');
          if (one.act === 'change' || one.act === 'cancel' || one.act === 'replace') {
            if (now !== before) versions += 1;
            for (const of of ['shippedQuantity', 'receivedQuantity', 'invoicedQuantity'] as const)
              expect(now[of]).to.equal(before[of]);
          }
          expect(compareDecimals(now.quantity, movedQuantity(now))).to.be.at.least(0);
          expect(totalOf(now.deliveries)).to.equal(totalOf([{ quantity: now.quantity, dueOn: null }]));
          // Spread over the deliveries, nothing is lost and no delivery holds more than was ordered for it.
          const rows = spreadOver(now);
          for (const of of ['shippedQuantity', 'receivedQuantity', 'invoicedQuantity'] as const) {
            expect(
              compareDecimals(
                sumMoney(
                  rows.map((row) => row[of]),
                  'USD',
                ),
                now[of],
              ),
            ).to.equal(0);
            for (const row of rows) expect(compareDecimals(row[of], row.quantity)).to.be.at.most(0);
          }
          for (const row of rows)
            expect(compareDecimals(row.invoicedQuantity, row.receivedQuantity)).to.be.at.most(0);
        }
      }),
      { numRuns: 300 },
    );
    expect(versions, 'versions that were made at all').to.be.above(300);
  });
});
