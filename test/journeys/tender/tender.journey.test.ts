import { bidding } from './bidding.ts';
import { opening } from './opening.ts';
import { publishing } from './publishing.ts';
import { inOrder, openTender, type Tender } from './stage.ts';

// Goes on with two of three openers, scores by a committee, a split award, standstill and letters as those are built.
describe('a tender with two lots, two envelopes and five suppliers', function () {
  this.timeout(180_000);
  const journey = {} as Tender;
  before(async () => void Object.assign(journey, await openTender()));
  after(() => journey.opened?.close());

  inOrder(() => journey);

  publishing(journey);
  bidding(journey);
  opening(journey);
});
