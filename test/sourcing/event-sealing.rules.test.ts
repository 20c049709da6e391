import { expect } from 'chai';
import type { AppError } from '../../src/kernel/errors.ts';
import { assertOpeners, sealingLevels, suggestedThreshold } from '../../src/sourcing/index.ts';

const codeOf = (act: () => unknown): string => {
  try {
    act();
  } catch (error) {
    return (error as AppError).code;
  }
  return 'allowed';
};

describe('appointing openers', () => {
  const cases: [number, number, string][] = [
    [0, 2, 'opener.too-few'],
    [1, 1, 'opener.too-few'],
    [2, 1, 'opener.threshold-too-low'],
    [2, 2, 'allowed'],
    [2, 3, 'opener.threshold-too-high'],
    [3, 2, 'allowed'],
    [5, 5, 'allowed'],
  ];
  for (const [count, threshold, code] of cases)
    it(`of ${count} openers who open by ${threshold}: ${code}`, () => {
      expect(codeOf(() => assertOpeners({ count, threshold }))).to.equal(code);
    });

  it('suggests a number by which one may be lost, and none opens alone', () => {
    expect([2, 3, 4, 5].map(suggestedThreshold)).to.deep.equal([2, 2, 3, 4]);
    expect(sealingLevels).to.include('in_browser');
  });
});
