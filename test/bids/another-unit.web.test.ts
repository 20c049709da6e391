import { expect } from 'chai';
import { saveDraft } from '../../src/bids/index.ts';
import { enterSupplierItem } from '../../src/catalog/supplier-items.service.ts';
import { newId } from '../../src/kernel/id.ts';
import { draftBid, submittedBid } from '../support/factories/bids.ts';
import { closeEvent, type PublishedEvent, publishedEvent } from '../support/factories/sourcing.ts';
import { textOf } from '../support/text-of.ts';
import { makeWorld, type World } from '../support/world.ts';

/** Line 1 is 100 brackets, line 2 is 40 plates, line 3 is 2,000 spacers. */
describe('a bid in another unit', () => {
  let world: World;
  let made: PublishedEvent;
  beforeEach(async () => {
    world = await makeWorld();
    made = await publishedEvent(world);
  });
  afterEach(() => world.close());
  const [first, second] = [0, 1].map(
    (at) => () => made.suppliers[at] as PublishedEvent['suppliers'][number],
  ) as [() => PublishedEvent['suppliers'][number], () => PublishedEvent['suppliers'][number]];
  const item = (at: number): string => made.items[at]?.id ?? '';

  it('goes from the form by the sealed bid to the comparison, the award and the order, and stays exact', async () => {
    const supplier = await world.as(first().actor);
    const { bidId, revision } = await draftBid(world, {
      supplier: first(),
      ...made,
      prices: ['', '12', '0.1'],
    });
    const base = `/bids/${bidId}`;
    const save = (line: object, seen: number) =>
      supplier
        .post(`${base}/draft`, { revision: String(seen), lines: { [item(0)]: line } })
        .set('Accept', 'application/json');
    const half = await save({ unitPrice: '10', pricedUnit: 'box' }, revision).expect(200);
    expect(half.body.errors[`lines.${item(0)}.unitsPer`]).to.match(/Without that there is no price/);
    expect(half.body).to.include({ totalAmount: '680.00', missingCount: 1 });
    const said = { unitsPer: '12', unitReason: 'Box of 12, catalogue 2026' };
    const whole = await save(said, half.body.revision).expect(200);
    // 100 × 10 ÷ 12 = 83.3333…
    expect(whole.body).to.include({ totalAmount: '763.33', missingCount: 0 });
    expect(whole.body.ratios[item(0)]).to.equal('12');
    const arithmetic = '10.00 ÷ 12 ≈ 0.833333 per piece';
    expect(textOf((await supplier.get(`${base}/edit`).expect(200)).text)).to.include(arithmetic);
    const review = textOf((await supplier.get(`${base}/submission`).expect(200)).text);
    expect(review).to.include('10.00 per box').and.include(arithmetic).and.include('83.33');
    await supplier
      .post(`${base}/submission`, { revision: String(whole.body.revision), idempotencyKey: newId() })
      .expect(303);
    expect(textOf((await supplier.get(base).expect(200)).text)).to.include('Box of 12, catalogue 2026');
    await save({ unitsPer: '10' }, whole.body.revision).expect(200);
    expect(textOf((await supplier.get(`${base}/difference?from=1`).expect(200)).text)).to.match(
      /10\.00 per box \(÷ 12\) 10\.00 per box \(÷ 10\)/,
    );
    await submittedBid(world, { supplier: second(), ...made, prices: ['0.84', '13', '0.2'] });

    await closeEvent(world, made.event);
    const opener = await world.as(await world.staff('bid_opener'));
    await opener.post(`/events/${made.eventId}/opening`).expect(303);
    await world.drainJobs();
    const line = await world
      .db('bid_line')
      .where({ bid_id: bidId, event_item_id: item(0) })
      .first();
    expect(line).to.include({
      unit_price: '10.000000',
      price_base_quantity: '12.000000',
      priced_unit: 'BX',
      priced_quantity: '1.000000',
      priced_reason: said.unitReason,
      amount: '83.3300',
    });
    const buyer = await world.as(made.buyer);
    expect(
      textOf((await buyer.get(`/events/${made.eventId}/opening/bids/${bidId}`).expect(200)).text),
    ).to.include(arithmetic);
    const shown = (await buyer.get(`/events/${made.eventId}/comparison`).expect(200)).text;
    expect(shown.match(/data-step="units"/g)).to.have.length(1);
    expect(textOf(shown))
      .to.include(
        'One box is 12 piece: 10.00 USD ÷ 12 as the bidder says: Box of 12, catalogue 2026 ≈ 0.833333',
      )
      .and.include('bid 10.00 USD per box');
    // Cheaper by less than a cent a piece, which boxes compared with pieces would turn round.
    const form = (await buyer.get(`/events/${made.eventId}/award/new`).expect(200)).text;
    expect(form).to.include('data-base="12"').and.include('(10.00 ÷ 12)');
    const { headers } = await buyer
      .post(`/events/${made.eventId}/award`, {
        lines: made.items.map(({ id }, at) => ({
          eventItemId: id,
          supplierId: first().supplierId,
          quantity: ['100', '40', '2000'][at],
          reason: '',
        })),
        justification: '',
        debrief: '',
        standstillDays: '0',
      })
      .expect(303);
    await (await world.as(await world.staff('approver'))).post(`${headers['location']}/approval`).expect(303);
    await world.drainJobs();
    const ordered = await world
      .db('po_line')
      .where({ event_item_id: item(0) })
      .first();
    expect(ordered).to.include({
      quantity: '100.000000',
      unit: 'C62',
      unit_price: '10.000000',
      price_base_quantity: '12.000000',
      amount: '83.3300',
    });
  });

  it('takes what the supplier is known to sell in, comes back from the spreadsheet, and is said anew for another unit', async () => {
    const { supplierId } = first();
    await world.runInTx(await world.staff('buyer'), (ctx) =>
      enterSupplierItem(ctx, {
        supplierId,
        itemCode: 'BR-100',
        supplierItemCode: 'X-1',
        unit: 'C62',
        supplierUnit: 'BX',
        unitsPerSupplierUnit: '25',
        packQuantity: null,
        minimumQuantity: null,
      }),
    );
    const { bidId, revision } = await draftBid(world, { supplier: first(), ...made, prices: ['50'] });
    const supplier = await world.as(first().actor);
    expect(textOf((await supplier.get(`/bids/${bidId}/edit`).expect(200)).text)).to.include(
      'You are known to sell it in box: one is 25 piece.',
    );
    const save = (seen: number, line: { pricedUnit?: string; unitsPer?: string }) =>
      world.runInTx(first().actor, (ctx) =>
        saveDraft(ctx, { bidId, revision: seen, lines: { [item(0)]: line } }),
      );
    const known = await save(revision, { pricedUnit: '箱' });
    expect(known.read).to.deep.include({ total: '200.00', errors: [] });
    const typed = await save(known.revision, { unitsPer: '25' });
    // The buyer asks kilograms now.
    await world
      .db('event_item')
      .where({ id: item(0) })
      .update({ unit: 'KGM' });
    const page = (await supplier.get(`/bids/${bidId}/edit?only=wrong`).expect(200)).text;
    expect(textOf(page)).to.include('asked in another unit than when you wrote this');
    expect(page).to.match(new RegExp(`name="lines\\[${item(0)}\\]\\[unitsPer\\]" value=""`));
    await supplier.get(`/bids/${bidId}/submission`).expect(200, /One entry has to be corrected first/);
    expect(typed.read.errors).to.deep.equal([]);
  });
});
