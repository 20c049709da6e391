import { expect } from 'chai';
import { approveAward, proposeAward } from '../../src/awards/index.ts';
import { evaluatedEvent, threeBids } from '../support/factories/awards.ts';
import { makeWorld, type World } from '../support/world.ts';

describe('an award that becomes agreements', () => {
  let world: World;
  before(async () => {
    world = await makeWorld();
  });
  after(() => world.close());

  const propose = async (place: string) => {
    const bids = threeBids.map((bid) => ({ ...bid, name: `${bid.name}, ${place}` }));
    const made = await evaluatedEvent(world, { bids });
    const { eventId, items, bidders } = made;
    const [first, second] = bidders;
    const lines = items.map((item, index) => ({
      eventItemId: item.id,
      supplierId: (index === 1 ? second : first)?.supplierId ?? '',
      quantity: item.quantity,
      reason: '',
    }));
    const awardId = await world.runInTx(made.buyer, (ctx) =>
      proposeAward(ctx, { eventId, lines, justification: '', debrief: '' }),
    );
    return { ...made, awardId };
  };
  const approve = async (awardId: string): Promise<void> => {
    const approver = await world.staff('approver');
    await world.runInTx(approver, (ctx) => approveAward(ctx, awardId));
    await world.drainJobs();
  };
  const codeOf = (text: string): string | undefined => /data-code="([^"]+)"/.exec(text)?.[1];

  it('gives a draft a winner in the place of orders: awarded prices as its prices, quantities as their limits', async () => {
    const { awardId, buyer, bidders } = await propose('Ningbo');
    const visitor = await world.as(buyer);
    await visitor.post(`/awards/${awardId}/outcome`, { outcome: 'invoice' }).expect(422);
    await visitor.post(`/awards/${awardId}/outcome`, { outcome: 'agreement' }).expect(303);
    await approve(awardId);
    expect(await world.db('purchase_order').where({ award_id: awardId })).to.deep.equal([]);
    const agreements = await world.db('agreement').where({ award_id: awardId }).orderBy('reference');
    expect(agreements).to.have.lengthOf(2);
    const own = agreements.find((one) => one.supplier_id === bidders[0]?.supplierId);
    expect(own).to.include({ state: 'draft', kind: 'contract', owner_id: buyer.userId });
    const { terms } = await world.db('agreement_version').where({ agreement_id: own.id }).first('terms');
    expect(
      terms.lines.map((line: Record<string, unknown>) => [line['tiers'], line['quantityLimit']]),
    ).to.deep.equal([
      [[{ fromQuantity: '0', unitPrice: '35.1' }], '12000'],
      [[{ fromQuantity: '0', unitPrice: '44.85' }], '6000'],
    ]);
    const { text } = await visitor.get(`/awards/${awardId}`).expect(200);
    expect(text).to.include(`/agreements/${own.id}`);
    const late = await visitor.post(`/awards/${awardId}/outcome`, { outcome: 'orders' }).expect(422);
    expect(codeOf(late.text)).to.equal('award.outcome-settled');
    await visitor.post(`/agreements/${own.id}/submission`, { rowVersion: '1' }).expect(303);

    // One supplier's part is withdrawn: its agreement ends before anybody signs it, the other's goes on.
    const [first] = bidders;
    await visitor
      .post(`/awards/${awardId}/withdrawals`, {
        supplierId: first?.supplierId ?? '',
        reason: 'Its furnace broke.',
        excludes: 'no',
      })
      .expect(303);
    const confirmer = await world.as(await world.staff('approver'));
    const { id: withdrawalId } = await world.db('award_withdrawal').first('id');
    const decision = { verdict: 'confirm', note: '' };
    await confirmer.post(`/awards/${awardId}/withdrawals/${withdrawalId}/decision`, decision).expect(303);
    await world.drainJobs();
    const states = await world.db('agreement').where({ award_id: awardId }).orderBy('reference');
    expect(
      states.map(({ supplier_id: id, state }) => [id === first?.supplierId, state]),
    ).to.have.deep.members([
      [true, 'terminated'],
      [false, 'draft'],
    ]);
    const open = await world.db('agreement_version').where({ agreement_id: own.id }).first('state');
    expect(open.state).to.equal('discarded');
    expect(await world.db('approval').where({ document_id: own.id, state: 'pending' })).to.deep.equal([]);
    expect((await visitor.get(`/agreements/${own.id}`).expect(200)).text).to.include('Its furnace broke.');
  });

  it('gives orders where nobody says so, and cannot be made agreements then', async () => {
    const { awardId, buyer } = await propose('Qingdao');
    await approve(awardId);
    expect(await world.db('purchase_order').where({ award_id: awardId })).to.have.lengthOf(2);
    const visitor = await world.as(buyer);
    const late = await visitor.post(`/awards/${awardId}/outcome`, { outcome: 'agreement' }).expect(422);
    expect(codeOf(late.text)).to.equal('award.outcome-settled');
    expect(await world.db('agreement').where({ award_id: awardId })).to.deep.equal([]);
  });
});
