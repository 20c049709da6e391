import { expect } from 'chai';
import { sealingLevels } from '../../../src/sourcing/index.ts';
import { awarding } from './awarding.ts';
import { bidding } from './bidding.ts';
import { opening } from './opening.ts';
import { preparing } from './preparing.ts';
import { publishing } from './publishing.ts';
import { scoring } from './scoring.ts';
import { inOrder, openTender, type Tender } from './stage.ts';
import { telling } from './telling.ts';

for (const level of sealingLevels)
  describe(`a tender with two lots, two envelopes and five suppliers, ${level === 'on_arrival' ? 'sealed on arrival' : 'sealed in the browser'}`, function () {
    this.timeout(180_000);
    const journey = { level } as Tender;
    before(async () => void Object.assign(journey, await openTender(level)));
    after(() => journey.opened?.close());

    inOrder(() => journey);

    preparing(journey);
    publishing(journey);
    bidding(journey);
    opening(journey);
    scoring(journey);
    awarding(journey);
    telling(journey);

    it('found nothing wrong with the pages on its way', () => {
      expect(journey.findings).to.deep.equal([]);
    });
  });
