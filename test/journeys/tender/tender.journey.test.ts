import { expect } from 'chai';
import { awarding } from './awarding.ts';
import { bidding } from './bidding.ts';
import { opening } from './opening.ts';
import { preparing } from './preparing.ts';
import { publishing } from './publishing.ts';
import { scoring } from './scoring.ts';
import { inOrder, openTender, type Tender } from './stage.ts';
import { telling } from './telling.ts';

describe('a tender with two lots, two envelopes and five suppliers', function () {
  this.timeout(180_000);
  const journey = {} as Tender;
  before(async () => void Object.assign(journey, await openTender()));
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
