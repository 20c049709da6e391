import { expect } from 'chai';
import { answerInvitation, issueReminders, withdrawBid } from '../../src/bids/index.ts';
import { system } from '../../src/kernel/actor.ts';
import { extendEventClosing, findEvent, inviteSuppliers } from '../../src/sourcing/index.ts';
import { draftBid, submittedBid } from '../support/factories/bids.ts';
import { type PublishedEvent, publishedEvent } from '../support/factories/sourcing.ts';
import { makeSupplier } from '../support/factories/suppliers.ts';
import { makeWorld, type World } from '../support/world.ts';

describe('reminding suppliers before closing', () => {
  // Closes on 2026-03-09 at 09:00 UTC.
  let world: World;
  let made: PublishedEvent;
  let silent: PublishedEvent['suppliers'][number];
  let writing: PublishedEvent['suppliers'][number];
  beforeEach(async () => {
    world = await makeWorld();
    made = await publishedEvent(world);
    [silent, writing] = made.suppliers as [typeof silent, typeof writing];
  });
  afterEach(() => world.close());

  const remindAt = (iso: string): Promise<number> => {
    world.setNow(iso);
    return world.runInTx(system('bids/every-minute-remind-before-closing'), issueReminders);
  };
  const remindersOf = async (supplierId: string): Promise<number[]> =>
    world.db('bid_reminder').where({ supplier_id: supplierId }).orderBy('issued_at').pluck('minutes_before');
  const sent = async (): Promise<{ to: string; subject: string }[]> => {
    await world.drainJobs();
    return world.mails
      .filter((mail) => / closes /.test(mail.subject))
      .map((mail) => ({ to: mail.to.address, subject: mail.subject }));
  };

  it('tells who has not answered, and who has a draft that is NOT SUBMITTED, once at each step', async () => {
    await draftBid(world, { supplier: writing, ...made, prices: ['1', '1', '1'] });
    expect(await remindAt('2026-03-08T08:59:59.999Z'), 'not before').to.equal(0);
    expect(await remindAt('2026-03-08T09:00:00.000Z'), 'from 24 hours on').to.equal(2);
    expect(await remindAt('2026-03-08T09:01:00.000Z'), 'once').to.equal(0);
    const mails = await sent();
    expect(mails.find((mail) => mail.to === silent.email)?.subject).to.include('no bid of yours is in');
    expect(mails.find((mail) => mail.to === writing.email)?.subject).to.include('NOT SUBMITTED');
    expect(await remindAt('2026-03-09T06:59:59.999Z')).to.equal(0);
    expect(await remindAt('2026-03-09T07:00:00.000Z'), 'from 2 hours on').to.equal(2);
    expect(await sent()).to.have.length(4);
    expect(await remindAt('2026-03-09T08:29:59.999Z')).to.equal(0);
    expect(await remindAt('2026-03-09T08:30:00.000Z'), 'from half an hour on').to.equal(2);
    expect(await sent()).to.have.length(6);
    expect(await remindAt('2026-03-09T09:00:00.000Z'), 'not at the closing instant').to.equal(0);
  });

  it('leaves in peace who has bid or declined, and who took its bid back is told again', async () => {
    const { bidId } = await submittedBid(world, { supplier: writing, ...made, prices: ['1', '1', '1'] });
    await world.runInTx(silent.actor, (ctx) =>
      answerInvitation(ctx, { eventId: made.eventId, action: 'decline', reason: 'No capacity' }),
    );
    expect(await remindAt('2026-03-08T10:00:00Z')).to.equal(0);
    await world.runInTx(writing.actor, (ctx) => withdrawBid(ctx, bidId));
    expect(await remindAt('2026-03-08T10:01:00Z')).to.equal(1);
    expect(await remindersOf(writing.supplierId)).to.deep.equal([1440]);
  });

  it('sends one reminder, the nearest, when it comes late', async () => {
    expect(await remindAt('2026-03-09T08:30:00Z')).to.equal(2);
    expect(await remindersOf(silent.supplierId)).to.deep.equal([30]);
  });

  it('does not remind who was invited just now', async () => {
    world.setNow('2026-03-09T00:00:00Z');
    const late = await makeSupplier(world);
    await world.runInTx(made.buyer, (ctx) => inviteSuppliers(ctx, made.eventId, [late.supplierId]));
    await remindAt('2026-03-09T00:01:00Z');
    expect(await remindersOf(late.supplierId)).to.deep.equal([]);
    await remindAt('2026-03-09T07:00:00Z');
    expect(await remindersOf(late.supplierId)).to.deep.equal([120]);
  });

  it('says nothing when the bid came in between', async () => {
    await remindAt('2026-03-09T07:30:00Z');
    await submittedBid(world, { supplier: writing, ...made, prices: ['1', '1', '1'] });
    expect((await sent()).map((mail) => mail.to)).to.deep.equal([silent.email]);
  });

  it('reminds again before a closing time that was extended', async () => {
    await remindAt('2026-03-09T07:30:00Z');
    await world.runInTx(made.buyer, async (ctx) => {
      const { version } = await findEvent(ctx, made.eventId);
      const closesAt = new Date('2026-03-12T09:00:00Z');
      await extendEventClosing(ctx, {
        eventId: made.eventId,
        version,
        closesAt,
        reason: 'Drawings came late',
      });
    });
    expect(await remindAt('2026-03-09T07:31:00Z')).to.equal(0);
    expect(await remindAt('2026-03-11T09:00:00Z')).to.equal(2);
    expect(await remindersOf(silent.supplierId)).to.deep.equal([120, 1440]);
  });

  it('tells the buyer nothing of it, because it would tell who has not bid', async () => {
    await submittedBid(world, { supplier: writing, ...made, prices: ['1', '1', '1'] });
    await remindAt('2026-03-09T07:30:00Z');
    const { text } = await (await world.as(made.buyer)).get(`/events/${made.eventId}`).expect(200);
    expect(text).not.to.match(/reminder/i);
  });
});
