import { expect } from 'chai';
import { awarding } from './awarding.ts';
import { bidding } from './bidding.ts';
import { type Journey, openJourney } from './journey.ts';
import { ordering } from './ordering.ts';
import { paying } from './paying.ts';
import { publishing } from './publishing.ts';
import { reporting } from './reporting.ts';
import { inOrder } from './steps.ts';

// Each language in one of the two colour schemes: every page is seen in both.
for (const [locale, colours] of [
  ['en', 'light'],
  ['zh-CN', 'dark'],
] as const) {
  describe(`from a purchase requirement to its payment, in ${locale} and ${colours}`, function () {
    this.timeout(180_000);
    const journey = {} as Journey;
    before(async () => void Object.assign(journey, await openJourney(locale, colours)));
    after(() => journey.stage.close());
    inOrder(() => journey.stage);

    publishing(journey);
    bidding(journey);
    awarding(journey);
    ordering(journey);
    paying(journey);
    reporting(journey);

    it('shows no page that somebody cannot read or use', () => {
      expect(journey.stage.findings).to.deep.equal([]);
      expect(journey.stage.portal.complaints).to.deep.equal([]);
    });
  });
}
