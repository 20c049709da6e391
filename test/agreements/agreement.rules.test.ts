import { expect } from 'chai';
import fc from 'fast-check';
import { type Agreement, assertNotice, dueAct, nextDueOn } from '../../src/agreements/agreement.ts';
import { areRising, assertComplete, mostOf, tierFor } from '../../src/agreements/agreement-version.ts';
import { numbered } from '../../src/agreements/agreements.service.ts';
import { readTiers, writeTiers } from '../../src/agreements/price-scale.ts';
import { differenceOf } from '../../src/agreements/version-difference.ts';
import { AppError } from '../../src/kernel/errors.ts';
import { someTerms, termsLine } from '../support/factories/agreements.ts';

const codeOf = (act: () => unknown): string | null => {
  try {
    act();
    return null;
  } catch (error) {
    if (error instanceof AppError) return error.code;
    throw error;
  }
};

describe('what an agreement needs before it is submitted', () => {
  const today = '2026-03-02';
  const check = (
    terms: Parameters<typeof assertComplete>[0],
    before: { currency: string; called: string } | null = null,
  ) => codeOf(() => assertComplete(terms, { today, before }));
  const cases: readonly [string, Parameters<typeof someTerms>[0], string | null][] = [
    ['passes as it is', {}, null],
    ['has prices', { lines: [] }, 'agreement.without-lines'],
    ['ends after it begins', { validUntil: '2026-02-28' }, 'agreement.ends-before-it-begins'],
    ['may last a day', { validFrom: today, validUntil: today }, null],
    ['is not over', { validFrom: '2025-01-01', validUntil: '2026-03-01' }, 'agreement.is-over-already'],
    ['says how much at most, as a blanket', { kind: 'blanket' }, 'agreement.blanket-without-limit'],
    ['is limited by value, as a blanket', { kind: 'blanket', valueLimit: '1' }, null],
    [
      'is limited by quantity, as a blanket',
      { kind: 'blanket', lines: [termsLine({ quantityLimit: '5' })] },
      null,
    ],
    [
      'has prices within its time',
      { lines: [termsLine({ validUntil: '2027-03-01' })] },
      'agreement.line-outside-of-its-time',
    ],
    [
      'has a first day before the last of each price',
      { lines: [termsLine({ validFrom: '2026-05-02', validUntil: '2026-05-01' })] },
      'agreement.line-outside-of-its-time',
    ],
    [
      'has rising scales',
      { lines: [termsLine({ tiers: [{ fromQuantity: '1', unitPrice: '2' }] })] },
      'agreement.tiers-not-rising',
    ],
  ];
  for (const [name, over, code] of cases)
    it(name, () => {
      expect(check(someTerms(over))).to.equal(code);
    });
  it('keeps its currency, and a limit of what was ordered, once there are orders', () => {
    const before = { currency: 'USD', called: '100' };
    expect(check(someTerms({ currency: 'CNY' }), before)).to.equal('agreement.currency-fixed');
    expect(check(someTerms({ valueLimit: '99.99' }), before)).to.equal('agreement.limit-below-called');
    expect(check(someTerms({ valueLimit: '100' }), before)).to.equal(null);
  });
});

describe('a scale of prices', () => {
  it('is read as people write it and written so that it is read again', () => {
    expect(readTiers('100: 11.80; 500：10.9\n1000:10')).to.deep.equal([
      { fromQuantity: '100', unitPrice: '11.8' },
      { fromQuantity: '500', unitPrice: '10.9' },
      { fromQuantity: '1000', unitPrice: '10' },
    ]);
    expect(readTiers('')).to.deep.equal([]);
    for (const wrong of ['100', '100:', 'a: 1', '100: -1', '1e3: 2', '100: 11,80'])
      expect(readTiers(wrong), wrong).to.equal(null);
    const step = fc.record({
      fromQuantity: fc.integer({ min: 1, max: 1e9 }).map(String),
      unitPrice: fc.integer({ min: 1, max: 1e9 }).map(String),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 6 }), (steps) => {
        const written = writeTiers([{ fromQuantity: '0', unitPrice: '1' }, ...steps]);
        expect(readTiers(written)).to.deep.equal(steps);
      }),
    );
  });
  it('rises from nothing, each step with a price', () => {
    const tiers = (...steps: [string, string][]) =>
      steps.map(([fromQuantity, unitPrice]) => ({ fromQuantity, unitPrice }));
    expect(areRising(tiers(['0', '2'], ['10', '1']))).to.equal(true);
    expect(areRising([])).to.equal(false);
    expect(areRising(tiers(['0', '2'], ['10', '1'], ['10', '1']))).to.equal(false);
    expect(areRising(tiers(['0', '2'], ['10', '1'], ['9', '1']))).to.equal(false);
    expect(areRising(tiers(['0', '0']))).to.equal(false);
  });
  it('gives the price of the step that the quantity reaches, and not the next one a moment before', () => {
    const { tiers } = termsLine();
    expect(tierFor(tiers, '99.999').unitPrice).to.equal('12.5');
    expect(tierFor(tiers, '100').unitPrice).to.equal('11.8');
    expect(tierFor(tiers, '0.001').unitPrice).to.equal('12.5');
  });
});

describe('the numbers of lines', () => {
  it('stay with their lines, and a new line gets one that was never given', () => {
    const line = (lineNo: number | null) => ({ ...termsLine(), lineNo });
    const known = [{ lineNo: 1 }, { lineNo: 2 }, { lineNo: 7 }];
    const numbers = (...typed: (number | null)[]) =>
      numbered(typed.map(line), known).map((one) => one.lineNo);
    expect(numbers(2, null, 1)).to.deep.equal([2, 8, 1]);
    // Twice the same, or one nobody knows, is a new line.
    expect(numbers(2, 2, 5)).to.deep.equal([2, 8, 9]);
    expect(numbered([line(null)], []).map((one) => one.lineNo)).to.deep.equal([1]);
  });
});

describe('the difference of two versions', () => {
  it('names what was added, left out and changed, and nothing else', () => {
    const before = someTerms({ lines: [termsLine(), termsLine({ lineNo: 2, description: 'B' })] });
    const after = someTerms({
      valueLimit: '900',
      lines: [termsLine({ quantityLimit: '5' }), termsLine({ lineNo: 3, description: 'C' })],
    });
    expect(differenceOf(before, before)).to.deep.equal({ terms: [], lines: [], hasOtherCharges: false });
    const freight = { reason: 'freight', percent: '2', amount: null, below: null } as const;
    expect(differenceOf(before, { ...before, charges: [freight] }).hasOtherCharges).to.equal(true);
    const { terms, lines } = differenceOf(before, after);
    expect(terms).to.deep.equal([{ field: 'valueLimit', before: null, after: '900' }]);
    expect(lines.map(({ lineNo, what }) => [lineNo, what])).to.deep.equal([
      [1, 'changed'],
      [2, 'left-out'],
      [3, 'added'],
    ]);
    expect(lines[0]?.fields).to.deep.equal([{ field: 'quantityLimit', before: null, after: '5' }]);
  });
});

describe('the time of an agreement', () => {
  const agreement = {
    validUntil: '2026-12-31',
    noticeDays: 30,
    terminatesOn: null,
    remindedDays: null,
  };
  const days = [14, 60];
  it('reminds so many days before the last day for notice, each once, and expires the day after the last', () => {
    expect(nextDueOn(agreement, days)).to.equal('2026-10-02');
    expect(dueAct(agreement, '2026-10-01', days)).to.equal(null);
    expect(dueAct(agreement, '2026-10-02', days)).to.deep.equal({ act: 'remind', days: 60 });
    expect(nextDueOn({ ...agreement, remindedDays: 60 }, days)).to.equal('2026-11-17');
    expect(nextDueOn({ ...agreement, remindedDays: 14 }, days)).to.equal('2027-01-01');
    expect(dueAct({ ...agreement, remindedDays: 14 }, '2026-12-31', days)).to.equal(null);
    expect(dueAct({ ...agreement, remindedDays: 14 }, '2027-01-01', days)).to.deep.equal({ act: 'expire' });
  });
  it('reminds once where several reminders were missed', () => {
    expect(dueAct(agreement, '2026-12-01', days)).to.deep.equal({ act: 'remind', days: 14 });
  });
  it('ends on the day of a notice, and reminds of nothing then', () => {
    const given = { ...agreement, terminatesOn: '2026-11-30' };
    expect(nextDueOn(given, days)).to.equal('2026-12-01');
    expect(dueAct(given, '2026-11-30', days)).to.equal(null);
    expect(dueAct(given, '2026-12-01', days)).to.deep.equal({ act: 'terminate' });
  });
  it('takes a notice of the agreed length to the day, and none after its own end', () => {
    const whole = { ...agreement, valueLimit: null } as unknown as Agreement;
    const check = (endsOn: string, over: Partial<Agreement> = {}) =>
      codeOf(() => assertNotice({ ...whole, ...over }, { endsOn, today: '2026-03-02' }));
    expect(check('2026-03-31')).to.equal('agreement.notice-too-short');
    expect(check('2026-04-01')).to.equal(null);
    expect(check('2027-01-01')).to.equal('agreement.notice-after-the-end');
    expect(check('2026-05-01', { terminatesOn: '2026-05-01' })).to.equal('agreement.notice-given');
  });
});

describe('what may be ordered at most', () => {
  const line = (quantityLimit: string | null) => termsLine({ quantityLimit, priceBaseQuantity: '10' });
  for (const [what, terms, most] of [
    ['is the limit of the value where there is one', { valueLimit: '5000', lines: [line('100')] }, '5000'],
    ['is all lines at their dearest prices otherwise', { lines: [line('100'), line('20')] }, '150'],
    ['is not known where a line has no limit', { lines: [line('100'), line(null)] }, null],
    ['is not known without lines', { lines: [] }, null],
  ] as const)
    it(what, () => {
      expect(mostOf(someTerms(terms))).to.equal(most);
    });
});
