import { expect } from 'chai';
import fc from 'fast-check';
import {
  contentsOf,
  type PackedUnit,
  packedUnits,
  proposeUnits,
} from '../../src/deliveries/packing/handling-unit.ts';
import { checkDigitOf, isSscc, readSscc, shownSscc, ssccOf } from '../../src/deliveries/packing/sscc.ts';
import { AppError } from '../../src/kernel/errors.ts';
import { compareDecimals } from '../../src/kernel/money.ts';

const A = '0193a7b2-0000-7000-8000-00000000000a';
const B = '0193a7b2-0000-7000-8000-00000000000b';
const LINES = [
  { poLineId: A, lineNo: 1, quantity: '6' },
  { poLineId: B, lineNo: 2, quantity: '4.5' },
];
const row = (poLineId: string, quantity: string, over: object = {}) => ({
  poLineId,
  quantity,
  lotNumber: '',
  serialNumbers: [],
  ...over,
});
const unit = (contents: PackedUnit['contents'], over: Partial<PackedUnit> = {}): PackedUnit => ({
  kind: 'pallet',
  sscc: '',
  grossWeightKg: null,
  contents,
  ...over,
});
const faults = (units: readonly PackedUnit[]): [string, string][] => {
  try {
    packedUnits(LINES, units);
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    return error.fields.length === 0
      ? [['', error.code]]
      : error.fields.map((field) => [field.path, field.code.replace('handling_unit.', '')]);
  }
  return [];
};

describe('the number of a pallet', () => {
  it('ends in the check digit that GS1 prints for its own examples', () => {
    // GS1's calculator: 376104250021234569; and the EAN of its manual, 629104150021-3.
    expect(checkDigitOf('37610425002123456')).to.equal('9');
    expect(checkDigitOf('629104150021')).to.equal('3');
  });

  it('is made of extension digit, company prefix and serial reference, and has 18 digits with any prefix', () => {
    expect(ssccOf({ companyPrefix: '6901234', extensionDigit: '1', serial: 1n })).to.equal(
      '169012340000000013',
    );
    expect(ssccOf({ companyPrefix: '690123456', extensionDigit: '0', serial: 1n })).to.have.length(18);
  });

  it('is not given once the serial references are used up', () => {
    const last = { companyPrefix: '6901234567', extensionDigit: '1', serial: 999_999n };
    expect(isSscc(ssccOf(last))).to.equal(true);
    expect(() => ssccOf({ ...last, serial: 1_000_000n })).to.throw(AppError, /serial/);
  });

  it('is read as scanners and people write it, and shown in groups', () => {
    for (const typed of ['(00)169012340000000013', '00169012340000000013', '1 6901234 000000001 3'])
      expect(readSscc(typed)).to.equal('169012340000000013');
    expect(readSscc('001690123400000001')).to.equal('001690123400000001');
    expect(shownSscc('169012340000000013')).to.equal('1 6901234 000000001 3');
  });

  it('does not survive one wrong digit', () => {
    fc.assert(
      fc.property(
        fc.bigInt(1n, 999_999_999n),
        fc.nat(17),
        fc.integer({ min: 1, max: 9 }),
        (serial, at, by) => {
          const sscc = ssccOf({ companyPrefix: '6901234', extensionDigit: '1', serial });
          const bent = `${sscc.slice(0, at)}${(Number(sscc[at]) + by) % 10}${sscc.slice(at + 1)}`;
          expect([isSscc(sscc), isSscc(bent)]).to.deep.equal([true, false]);
        },
      ),
    );
  });
});

describe('packing a delivery', () => {
  it('takes all that is announced, over several units, and leaves empty rows and units out', () => {
    const packed = packedUnits(LINES, [
      unit([row(A, '4'), row('', '0')]),
      unit([row('', '0')]),
      unit([row(A, '2', { serialNumbers: ['S1', 'S2'] }), row(B, '4.500', { lotNumber: 'L7' })]),
    ]);
    expect(packed.map((one) => one.contents.length)).to.deep.equal([1, 2]);
  });

  const cases: [string, PackedUnit[], [string, string][]][] = [
    ['nothing', [unit([row(A, '0')])], [['', 'handling_unit.nothing-packed']]],
    ['less than was announced', [unit([row(A, '6'), row(B, '4.499999')])], [['units', 'line-not-packed']]],
    [
      'more than was announced',
      [unit([row(A, '6.000001'), row(B, '4.5')])],
      [['units', 'line-packed-twice']],
    ],
    [
      'serial numbers that do not count up to the quantity',
      [unit([row(A, '6', { serialNumbers: ['S1'] }), row(B, '4.5')])],
      [['units.0.contents.0.serialNumbers', 'serial-numbers-do-not-count']],
    ],
    [
      'a serial number twice, also in another unit',
      [unit([row(A, '5'), row(B, '4.5')]), unit([row(A, '1', { serialNumbers: ['S1'] })])].map(
        (one, index) =>
          index === 0
            ? unit([row(A, '5', { serialNumbers: ['S1', 'S2', 'S3', 'S4', 'S5'] }), row(B, '4.5')])
            : one,
      ),
      [['units.1.contents.0.serialNumbers', 'serial-number-twice']],
    ],
    [
      'a code whose check digit is wrong',
      [unit([row(A, '6'), row(B, '4.5')], { sscc: '169012340000000014' })],
      [['units.0.sscc', 'sscc-is-none']],
    ],
    [
      'one code on two units',
      [
        unit([row(A, '6')], { sscc: '169012340000000013' }),
        unit([row(B, '4.5')], { sscc: '169012340000000013' }),
      ],
      [['units.1.sscc', 'sscc-twice']],
    ],
  ];
  for (const [what, units, refused] of cases)
    it(`refuses ${what}`, () => expect(faults(units)).to.deep.equal(refused));

  it('refuses a line that is not of the delivery', () => {
    expect(() => packedUnits(LINES, [unit([row('elsewhere', '1')])])).to.throw(AppError, 'po_line');
  });

  it('proposes packings that are taken as they are', () => {
    const per = fc.integer({ min: 1, max: 9 }).map(String);
    fc.assert(
      fc.property(fc.boolean(), per, per, (isTogether, a, b) => {
        const perUnit = new Map([
          [A, a],
          [B, b],
        ]);
        const units = proposeUnits(LINES, { kind: 'parcel', isTogether, perUnit });
        expect(packedUnits(LINES, units)).to.deep.equal(units);
        const sums = contentsOf(units);
        for (const line of LINES)
          expect(compareDecimals(sums.get(line.poLineId) ?? '0', line.quantity)).to.equal(0);
        if (isTogether) expect(units).to.have.length(1);
      }),
    );
  });
});
