import { expect } from 'chai';
import { delivering } from './delivering.ts';
import { invoicing } from './invoicing.ts';
import { paying } from './paying.ts';
import { responding } from './responding.ts';
import { inOrder, openTrade, type Trade } from './stage.ts';

describe('an order of three lines, until it is paid', function () {
  this.timeout(120_000);
  const journey = {} as Trade;
  before(async () => void Object.assign(journey, await openTrade()));
  after(() => journey.opened?.close());

  inOrder(() => journey);

  responding(journey);
  delivering(journey);
  invoicing(journey);
  paying(journey);

  it('found nothing wrong with the pages on its way', () => {
    expect(journey.findings).to.deep.equal([]);
  });
});
