import { expect } from 'chai';
import fc from 'fast-check';
import {
  assertSubmittable,
  type BidDraft,
  emptyDraft,
  mergeLine,
  readDraft,
} from '../../src/bids/bid-draft.ts';
import { withAmounts } from '../../src/bids/offer.ts';
import {
  contradictsUnits,
  inOwnUnits,
  pricedAs,
  tiersAsPriced,
  unitsPerShown,
} from '../../src/bids/priced-unit.ts';
import { unitChoices } from '../../src/bids/unit-choices.ts';
import { lineAmount } from '../../src/kernel/money.ts';
import { offeredUnits } from '../../src/kernel/quantity.ts';
import { readUnit } from '../../src/kernel/unit-names.ts';
import { loadCatalogue } from '../../src/platform/i18n/catalogue.ts';

const id = '0195e0a0-0000-7000-8000-000000000001';
const rules = { currencies: ['USD'], needsPrice: true, takesPartialBids: true, validUntilAtLeast: null };
const line = { unitPrice: '30', leadTimeDays: '', note: '' };
type Line = BidDraft['lines'][string];
const read = (typed: Partial<Line>, over: object = {}) =>
  readDraft(
    { ...emptyDraft, lines: { [id]: { ...line, ...typed } } },
    [{ id, lineNo: 1, quantity: '600', unit: 'C62', tiers: ['1200'], ...over }],
    rules,
  );
const wrongIn = (typed: Partial<Line>, over: object = {}) =>
  read(typed, over).errors.map(({ path, code }) => [path.replace(`lines.${id}.`, ''), code]);
const box = { pricedUnit: 'box', unitsPer: '12', unitReason: 'box of 12' };

describe('pricing a line in another unit', () => {
  it('keeps the price exact for so many of the unit asked, and rounds the amount once', () => {
    const [priced] = read({ ...box, unitPrice: '10' }, { quantity: '7' }).lines;
    expect(priced).to.deep.include({
      unitPrice: '10',
      priceBaseQuantity: '12',
      pricedIn: { unit: 'BX', unitQuantity: '1', reason: 'box of 12' },
      // 7 × 10 ÷ 12 = 5.8333…
      amount: '5.83',
    });
    expect(priced?.priced).to.deep.include({
      unitPrice: '10',
      per: '12',
      perAsked: '0.833333',
      isExact: false,
    });
  });
  it('shows its arithmetic where nothing is rounded off', () =>
    expect(read(box).lines[0]?.priced).to.deep.include({ unitPrice: '30', perAsked: '2.5', isExact: true }));
  it('takes a unit that is a part of the one asked, as a price for a whole number of it', () => {
    const [priced] = read(
      { unitPrice: '2.05', pricedUnit: 'pcs', unitsPer: '1/12', unitReason: 'our boxes hold 12' },
      { unit: 'BX', quantity: '3' },
    ).lines;
    expect(priced).to.deep.include({ unitPrice: '24.6', priceBaseQuantity: '1', amount: '73.80' });
    expect(priced?.priced).to.deep.include({
      unitPrice: '2.05',
      per: '1/12',
      perAsked: '24.6',
      isExact: true,
    });
  });
  it('needs no number and no reason where units are known, by definition or by the supplier’s list', () => {
    const kilos = read({ pricedUnit: 'kg', unitPrice: '1.2' }, { unit: 'GRM' }).lines[0];
    expect(kilos).to.deep.include({ priceBaseQuantity: '1000', amount: '0.72' });
    const sold = { sellsIn: { unit: 'BX', unitsPer: '24' } };
    expect(read({ pricedUnit: '箱' }, sold).lines[0]).to.deep.include({
      priceBaseQuantity: '24',
      amount: '750.00',
    });
    expect(wrongIn({ pricedUnit: 'BX', unitsPer: '24' }, sold)).to.deep.equal([]);
    expect(wrongIn({ pricedUnit: 'BX', unitsPer: '12' }, sold)).to.deep.equal([
      ['unitReason', 'bid.unit-reason-missing'],
    ]);
  });
  it('takes the unit asked for no other', () => {
    expect(read({ pricedUnit: 'pieces' }).lines[0]).to.deep.include({
      pricedIn: null,
      priceBaseQuantity: '1',
    });
    expect(read({ pricedUnit: 'C62', unitsPer: '1' }).lines[0]?.priced).to.equal(null);
  });
  it('prices other quantities in the same unit, and alternates in the unit asked', () => {
    const alternates = [{ description: 'Zinc', unitPrice: '2', leadTimeDays: '' }];
    const [priced] = read(
      { pricedUnit: 'pcs', unitsPer: '1/12', unitReason: 'r', tiers: { q1200: '2' }, alternates },
      { unit: 'BX', takesAlternates: true },
    ).lines;
    expect(priced?.tiers).to.deep.equal([{ quantity: '1200', unitPrice: '24' }]);
    expect(priced === undefined ? [] : tiersAsPriced(priced)).to.deep.equal([
      { quantity: '1200', unitPrice: '2' },
    ]);
    expect(priced?.alternates[0]).to.include({ unitPrice: '2', amount: '1200.00' });
  });

  const wrong: [string, Partial<Line>, [string, string]][] = [
    ['a number without a unit', { unitsPer: '12' }, ['pricedUnit', 'bid.unit-missing']],
    ['a word that is no unit', { ...box, pricedUnit: 'heap' }, ['pricedUnit', 'bid.unit-unknown']],
    ['a unit that nobody can convert', { pricedUnit: 'box' }, ['unitsPer', 'bid.units-per-missing']],
    ['no number', { ...box, unitsPer: 'a dozen' }, ['unitsPer', 'bid.units-per-not-a-number']],
    ['zero', { ...box, unitsPer: '0' }, ['unitsPer', 'bid.units-per-not-a-number']],
    ['a decimal comma', { ...box, unitsPer: '2,5' }, ['unitsPer', 'bid.units-per-not-a-number']],
    ['no reason', { ...box, unitReason: ' ' }, ['unitReason', 'bid.unit-reason-missing']],
    [
      'against the definition',
      { pricedUnit: 'pair', unitsPer: '3' },
      ['unitsPer', 'bid.units-per-contradicts'],
    ],
    [
      'the unit asked as many of itself',
      { pricedUnit: 'pcs', unitsPer: '12' },
      ['unitsPer', 'bid.units-per-contradicts'],
    ],
    ['what was said of another unit', { ...box, pricedFor: 'KGM' }, ['unitsPer', 'bid.unit-asked-anew']],
    [
      'a price too large for its column',
      { pricedUnit: 'pcs', unitPrice: '999999999999', unitsPer: '1/7', unitReason: 'r' },
      ['unitPrice', 'bid.amount-too-large'],
    ],
  ];
  for (const [what, typed, error] of wrong)
    it(`refuses ${what}: then the line has no price, and never one of zero`, () => {
      const over = what.startsWith('a price too large') ? { unit: 'BX' } : {};
      expect(wrongIn(typed, over)).to.deep.include(error);
      const draft = read(typed, over);
      expect(draft.lines[0]).to.include({ unitPrice: null, amount: null });
      expect(draft).to.include({ total: '0.00', pricedCount: 0 });
      expect(draft.missing).to.deep.equal([1]);
      expect(() => assertSubmittable(draft, { isConfirmed: true }))
        .to.throw()
        .with.property('code', 'bid.has-errors');
    });

  it('forgets what was said once another unit is asked, and takes it when it is said again', () => {
    const said = mergeLine(line, { pricedUnit: 'box', unitsPer: '12', unitReason: 'r' }, 'C62');
    expect(said.pricedFor).to.equal('C62');
    expect([unitsPerShown(said, 'C62'), unitsPerShown(said, 'KGM')]).to.deep.equal(['12', '']);
    expect(wrongIn(mergeLine(said, { unitPrice: '31' }, 'KGM'), { unit: 'KGM' })[0]?.[1]).to.equal(
      'bid.unit-asked-anew',
    );
    expect(wrongIn(mergeLine(said, { unitsPer: '12' }, 'KGM'), { unit: 'KGM' })).to.deep.equal([]);
  });

  const whole = fc.integer({ min: 1, max: 1000 });
  it('comes to the amount of as many own units, whatever the ratio', () => {
    fc.assert(
      fc.property(whole, whole, whole, fc.integer({ min: 1, max: 10_000_000 }), (boxes, from, to, cents) => {
        const unitPrice = (cents / 100).toFixed(2);
        // So many boxes, as the quantity asked: boxes × to ÷ from, where that is a whole number.
        const quantity = String(boxes * to);
        const typed = { unitPrice, pricedUnit: 'box', unitsPer: `${to}/${from}`, unitReason: 'r' };
        const [priced] = read(typed, { quantity, tiers: [] }).lines;
        const own = String(boxes * from);
        expect(priced?.amount).to.equal(lineAmount({ quantity: own, unitPrice, currency: 'USD' }));
        expect(
          priced?.priced === null || priced === undefined ? '' : inOwnUnits(quantity, priced.priced),
        ).to.equal(own);
        expect(
          pricedAs(priced ?? { unitPrice: null, priceBaseQuantity: '1', pricedIn: null })?.unitPrice,
        ).to.equal(String(Number(unitPrice)));
      }),
    );
  });
  it('comes to the same amount when it is opened as when it was typed', () => {
    fc.assert(
      fc.property(whole, whole, whole, (quantity, from, to) => {
        const draft = read(
          { pricedUnit: 'box', unitsPer: `${to}/${from}`, unitReason: 'r' },
          { quantity: String(quantity) },
        );
        const opened = withAmounts({ currency: 'USD', lines: draft.lines }, [
          { id, quantity: String(quantity) },
        ]);
        expect(opened.total).to.equal(draft.total);
      }),
    );
  });
});

describe('a conversion as it is opened', () => {
  const opened = (unit: string, unitQuantity: string, priceBaseQuantity: string) =>
    contradictsUnits({ pricedIn: { unit, unitQuantity, reason: '' }, priceBaseQuantity }, 'C62');
  it('is not taken against what units are', () => {
    expect(opened('PR', '1', '3')).to.equal(true);
    expect(opened('C62', '1', '1')).to.equal(true);
    expect(opened('PR', '2', '4')).to.equal(false);
    expect(opened('BX', '1', '12')).to.equal(false);
    expect(contradictsUnits({ pricedIn: null, priceBaseQuantity: '100' }, 'C62')).to.equal(false);
  });
});

describe('the units that are offered', () => {
  it('are read as themselves, in both languages', () => {
    const catalogue = loadCatalogue('config/locales');
    for (const locale of ['en', 'zh-CN'] as const)
      expect(unitChoices(catalogue.translator(locale)).map((word) => readUnit(word)?.unit)).to.deep.equal([
        ...offeredUnits,
      ]);
  });
});
