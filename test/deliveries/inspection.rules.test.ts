import { expect } from 'chai';
import { inspect, inspectionState } from '../../src/deliveries/quality/inspection.ts';
import { AppError } from '../../src/kernel/errors.ts';

// A lot of 200: 50 are looked at, one may be defective.
const line = { quantity: '200', sample: null };
const looked = (defectCount: number, note = 'Scratched') =>
  inspect(line, { later: undefined, defectCount, note });
const codeOf = (act: () => unknown): string => {
  try {
    act();
  } catch (error) {
    if (error instanceof AppError) return error.fields?.[0]?.code ?? error.code;
  }
  return 'none';
};

describe('inspecting a line of a receipt', () => {
  it('accepts with as many defects as the plan allows, and not with one more', () => {
    expect(looked(0).result).to.equal('accepted');
    expect(looked(1).result).to.equal('accepted');
    expect(looked(2)).to.deep.equal({ sampleSize: 50, acceptanceNumber: 1, result: 'rejected' });
  });

  it('is refused with more defects than pieces, and without a word where it failed', () => {
    expect(codeOf(() => looked(51))).to.equal('inspection.more-defects-than-sample');
    expect(codeOf(() => looked(2, ''))).to.equal('inspection.rejected-without-note');
    expect(codeOf(() => looked(1, ''))).to.equal('none');
  });

  it('is done once, and needs something to look at', () => {
    const later = { result: 'rejected' } as const;
    expect(codeOf(() => inspect(line, { later, defectCount: 0, note: '' }))).to.equal(
      'inspection.decided-already',
    );
    expect(
      codeOf(() => inspect({ ...line, quantity: '0' }, { later: undefined, defectCount: 0, note: '' })),
    ).to.equal('inspection.nothing-to-inspect');
  });

  it('is done where the sample passed at the posting; where it failed and a part was taken, somebody looks again', () => {
    const plan = { sampleSize: 50, acceptanceNumber: 1 };
    expect(inspectionState({ sample: { ...plan, defectCount: 1 } }, undefined)).to.equal('accepted');
    expect(inspectionState({ sample: { ...plan, defectCount: 2 } }, undefined)).to.equal('pending');
    expect(inspectionState({ sample: null }, undefined)).to.equal('pending');
    expect(inspectionState({ sample: null }, { result: 'rejected' })).to.equal('rejected');
  });
});
