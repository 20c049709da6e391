import { expect } from 'chai';
import type { AppError } from '../../src/kernel/errors.ts';
import { assertAnswerableInBrowser, unanswerableInBrowser } from '../../src/sourcing/event-sealing.ts';
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

describe('what a bid that is sealed in the browser can answer', () => {
  const plain = { tiers: [], takesAlternates: false, asksCapacity: false };
  const event = { sealingLevel: 'in_browser', currency: 'USD', bidCurrencies: ['USD'] } as const;
  const asked = { items: [plain, plain], questionCount: 0 };
  const cases: [string, Parameters<typeof unanswerableInBrowser>, string[]][] = [
    ['prices, lead times and files alone', [event, asked], []],
    ['questions', [event, { ...asked, questionCount: 1 }], ['questions']],
    ['tiers', [event, { ...asked, items: [plain, { ...plain, tiers: ['500'] }] }], ['tiers']],
    ['alternates', [event, { ...asked, items: [{ ...plain, takesAlternates: true }] }], ['alternates']],
    ['capacity', [event, { ...asked, items: [{ ...plain, asksCapacity: true }] }], ['capacity']],
    ['another currency', [{ ...event, bidCurrencies: ['EUR'] }, asked], ['currencies']],
    [
      'all of it',
      [
        { ...event, bidCurrencies: ['USD', 'EUR'] },
        { items: [{ tiers: ['500'], takesAlternates: true, asksCapacity: true }], questionCount: 3 },
      ],
      ['questions', 'tiers', 'alternates', 'capacity', 'currencies'],
    ],
    [
      'questions, sealed on arrival',
      [
        { ...event, sealingLevel: 'on_arrival' },
        { ...asked, questionCount: 1 },
      ],
      [],
    ],
  ];
  for (const [what, of, missing] of cases)
    it(`${what}: ${missing.length === 0 ? 'answerable' : `not ${missing.join(', ')}`}`, () => {
      expect(unanswerableInBrowser(...of)).to.deep.equal(missing);
      const code = missing[0] === undefined ? 'allowed' : `sourcing_event.browser-takes-no-${missing[0]}`;
      expect(codeOf(() => assertAnswerableInBrowser(...of))).to.equal(code);
    });
});
