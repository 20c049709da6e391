import { expect } from 'chai';
import type { Actor } from '../../src/kernel/actor.ts';
import { decideRequisition, submitRequisition } from '../../src/requisitions/index.ts';
import { findEventItems } from '../../src/sourcing/index.ts';
import {
  ACCOUNT,
  approvedRequisition,
  makeBudget,
  makeRequisition,
  makeTwoPlants,
  someLine,
} from '../support/factories/requisitions.ts';
import { draftEvent } from '../support/factories/sourcing.ts';
import { makeSupplier } from '../support/factories/suppliers.ts';
import { makeWorld, type Visitor, type World } from '../support/world.ts';

describe('spending a budget', () => {
  let world: World;
  let finance: Visitor;
  beforeEach(async () => {
    world = await makeWorld();
    await makeTwoPlants(world);
    finance = await world.as(await world.staff('finance'));
  });
  afterEach(() => world.close());
  const stateOf = async (id: string) => (await world.db('requisition').where({ id }).first('state'))?.state;
  const submit = (made: { requester: Actor; requisitionId: string }) =>
    world.runInTx(made.requester, (ctx) => submitRequisition(ctx, made.requisitionId));

  it('is refused when too much is wanted, and works after finance has raised it', async () => {
    await finance
      .post('/budgets', {
        account: ACCOUNT,
        plantCode: 'QD01',
        year: '2026',
        amount: '200',
        currency: 'USD',
        overBudget: 'refuse',
        ownerId: '',
      })
      .expect(303);
    const made = await makeRequisition(world);
    const requester = await world.as(made.requester);
    const refused = await requester.post(`/requisitions/${made.requisitionId}/submission`).expect(422);
    expect(refused.text).to.include('budget.exceeded').and.include('200 USD left').and.include('250');
    expect(await stateOf(made.requisitionId)).to.equal('draft');

    const { id, version } = await world.db('budget').first('id', 'version');
    const raise = {
      version: String(version),
      amount: '300',
      overBudget: 'refuse',
      ownerId: '',
      reason: 'Season',
    };
    await finance.post(`/budgets/${id}`, raise).expect(303);
    await finance.post(`/budgets/${id}`, raise).expect(409);
    await requester.post(`/requisitions/${made.requisitionId}/submission`).expect(303);
    const approver = await world.as(await world.staff('approver'));
    await approver
      .post(`/requisitions/${made.requisitionId}/decision`, { decision: 'approve', comment: '' })
      .expect(303);
    const page = await finance.get(`/budgets/${id}`).expect(200);
    expect(page.text)
      .to.include('PR-2026-0001 · 1')
      .and.include('250.00')
      .and.include('50.00')
      .and.include('Season');
    await finance.get('/budgets?q=4100').expect(200, /4100-6420/);
    await (await world.as(await world.staff('requester'))).get('/budgets').expect(403);
  });

  it('is never spent twice by two who approve at the same instant', async () => {
    await makeBudget(world, { amount: '300' });
    const approver = await world.staff('approver');
    const both = [await makeRequisition(world), await makeRequisition(world)];
    for (const made of both) await submit(made);
    const results = await Promise.allSettled(
      both.map(({ requisitionId }) =>
        world.runInTx(approver, (ctx) =>
          decideRequisition(ctx, { requisitionId, decision: 'approve', comment: '' }),
        ),
      ),
    );
    const refused = results.filter((one) => one.status === 'rejected');
    expect(refused).to.have.lengthOf(1);
    expect(refused[0]?.reason).to.include({ code: 'budget.exceeded' });
    const states = [];
    for (const { requisitionId } of both) states.push(await stateOf(requisitionId));
    expect(states).to.have.members(['approved', 'submitted']);
    expect(await world.db('budget_commitment').sum('reserved as sum').first()).to.deep.equal({
      sum: '250.0000',
    });
  });

  it('asks its owner first where it may be exceeded, and only the owner’s yes lets it pass', async () => {
    const owner = await world.staff('approver');
    await makeBudget(world, { amount: '100', overBudget: 'ask_owner', ownerId: owner.userId });
    const approver = await world.staff('approver');
    const made = await makeRequisition(world);
    await submit(made);
    const decision = { requisitionId: made.requisitionId, decision: 'approve', comment: '' } as const;
    const notYet = await world
      .runInTx(approver, (ctx) => decideRequisition(ctx, decision))
      .catch((error) => error);
    expect(notYet).to.include({ code: 'approval.not-yours-to-decide' });
    await world.runInTx(owner, (ctx) => decideRequisition(ctx, decision));
    // One hand does not decide twice, though the owner is an approver as well.
    const again = await world
      .runInTx(owner, (ctx) => decideRequisition(ctx, decision))
      .catch((error) => error);
    expect(again).to.include({ code: 'approval.decided-already' });
    await world.runInTx(approver, (ctx) => decideRequisition(ctx, decision));
    expect(await stateOf(made.requisitionId)).to.equal('approved');
    expect(await world.db('budget_commitment').first('reserved', 'is_overrun')).to.deep.equal({
      reserved: '250.0000',
      is_overrun: true,
    });
  });

  it('knows no other currency, and no account, plant or year that nothing is budgeted for', async () => {
    await makeBudget(world);
    for (const [over, code] of [
      [{ currency: 'EUR' }, 'budget.currency-differs'],
      [{ lines: [someLine({ plantCode: 'NB02' })] }, 'budget.none'],
      [{ lines: [someLine({ needByOn: '2027-01-01' })] }, 'budget.none'],
      [{ lines: [someLine({ account: 'X' })] }, 'budget.none'],
    ] as const) {
      const made = await makeRequisition(world, over);
      expect(await submit(made).catch((error) => error)).to.include({ code });
      expect(await stateOf(made.requisitionId)).to.equal('draft');
    }
  });

  it('is asked by an event that names an account, and freed when the event ends', async () => {
    await makeBudget(world, { amount: '1000' });
    const supplier = await makeSupplier(world);
    const { eventId, buyer } = await draftEvent(world, { suppliers: [supplier] });
    const visitor = await world.as(buyer);
    await visitor.get(`/events/${eventId}`).expect(200, /Budget account/);
    await visitor.post(`/events/${eventId}/account`, { account: ACCOUNT }).expect(303);
    // Somebody else has spoken for a part of it meanwhile: 980 are expected, 750 are left.
    const taken = await approvedRequisition(world);
    await visitor.post(`/events/${eventId}/publication`).expect(422, /budget\.exceeded/);
    expect(await world.db('sourcing_event').where({ id: eventId }).first('state')).to.include({
      state: 'draft',
    });
    await (await world.as(taken.requester))
      .post(`/requisitions/${taken.requisitionId}/cancellation`, { reason: 'Enough' })
      .expect(303);
    await visitor.post(`/events/${eventId}/publication`).expect(303);
    /** Asks for so many of the first line, at 2.50. */
    async function amend(quantity: string): Promise<number> {
      const event = await world.db('sourcing_event').where({ id: eventId }).first();
      const items = await world.runInTx(buyer, (ctx) => findEventItems(ctx, eventId));
      const begun = await visitor.post(`/events/${eventId}/amendments`).expect(303);
      const edit = String(begun.headers['location']);
      const version = async () =>
        String((await world.db('amendment').orderBy('created_at', 'desc').first()).version);
      await visitor
        .post(edit, {
          version: await version(),
          hasLines: 'yes',
          title: event.title,
          description: event.description,
          incoterm: 'DAP',
          incotermPlace: 'Qingdao',
          paymentTermsDays: '30',
          closesAt: '2026-03-09T17:00',
          timeZone: 'Asia/Shanghai',
          enquiriesUntil: '',
          reason: 'More are needed',
          lines: items.map((item, index) => ({
            id: item.id,
            itemCode: item.itemCode ?? '',
            description: item.description,
            quantity: index === 0 ? quantity : item.quantity,
            unit: item.unit,
            needByOn: item.needByOn ?? '',
            estimatedPrice: item.estimatedPrice ?? '',
          })),
        })
        .expect(303);
      const page = edit.replace(/\/edit$/, '');
      const { status } = await visitor.post(`${page}/publication`, { version: await version() });
      return status;
    }
    const used = () => world.db('budget_commitment').where({ document_id: eventId }).first('reserved');
    expect(await used()).to.deep.equal({ reserved: '980.0000' });
    expect(await amend('200')).to.equal(422);
    expect(await used()).to.deep.equal({ reserved: '980.0000' });
    expect(await amend('104')).to.equal(303);
    expect(await used()).to.deep.equal({ reserved: '990.0000' });
    await visitor.post(`/events/${eventId}/cancellation`, { reason: 'Not needed' }).expect(303);
    expect(await used()).to.deep.equal({ reserved: '0.0000' });
  });

  it('is imported from a spreadsheet that was exported before, cell by cell', async () => {
    await makeBudget(world);
    const exported = await finance.get('/budgets/export.csv').expect(200);
    const file = (text: string): Record<string, [string, Buffer]> => ({
      sheet: ['b.csv', Buffer.from(text)],
    });
    const good = await finance
      .upload('/budgets/import', {}, file(`${exported.text}7000,NB02,2026,50,USD,Refuse,,0,0,0\n`))
      .expect(200);
    const carried = [...good.text.matchAll(/name="budget" value="([^"]*)"/g)].map((found) =>
      (found[1] ?? '').replaceAll('&#34;', '"'),
    );
    expect(carried).to.have.lengthOf(2);
    await finance.post('/budgets/imported', { budget: carried }).expect(303);
    expect(await world.db('budget').orderBy('account').select('account', 'amount')).to.deep.equal([
      { account: ACCOUNT, amount: '1000.0000' },
      { account: '7000', amount: '50.0000' },
    ]);
    const bad = await finance
      .upload(
        '/budgets/import',
        {},
        file('Account,Plant,Year,Budget,Currency\nA,XX,2026,-1,USD\nB,XX,2026,1,USD\n'),
      )
      .expect(422);
    expect(bad.text).to.include('XX').and.include('>D2<');
    expect(await world.db('budget').count()).to.deep.equal([{ count: 2 }]);
  });
});
