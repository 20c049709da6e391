import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'chai';
import { proposeAward } from '../../src/awards/index.ts';
import type { Actor } from '../../src/kernel/actor.ts';
import { queueNames } from '../../src/platform/queue/job.ts';
import { openQueues, type Queues } from '../../src/platform/queue/queues.ts';
import { databaseUrlOf } from '../notifications/support.ts';
import { evaluatedEvent } from '../support/factories/awards.ts';
import { draftBid } from '../support/factories/bids.ts';
import { publishedEvent } from '../support/factories/sourcing.ts';
import { makeSupplier } from '../support/factories/suppliers.ts';
import { makeWorld, type World } from '../support/world.ts';
import { bidAgainAndAgain, doOnce, makeSender } from './load.ts';
import { makeProgram, type Program } from './program.ts';

const KILLS = 6;
const BIDDERS = 4;
const AWARDS = 5;
const DAY_MS = 86_400_000;
// What a killed process had begun is found again when its lock has run out.
const LONGEST_REST_MS = 90_000;

describe('the program killed at any moment', function () {
  this.timeout(240_000);
  let world: World;
  let program: Program;
  let queues: Queues;

  before(async () => {
    world = await makeWorld();
    const databaseUrl = await databaseUrlOf(world);
    program = await makeProgram(world, databaseUrl);
    queues = await openQueues({ databaseUrl, redisUrl: null, onError: () => undefined });
  });
  after(async () => {
    await program.kill();
    await queues.close();
    await world.close();
  });

  it('has after its restart all it acknowledged, and nothing twice', async () => {
    world.setNow(new Date(Date.now() - 60 * DAY_MS).toISOString());
    const awards = await makeAwards();
    world.setNow(new Date().toISOString());
    const bids = await makeBids();
    let lost = 0;
    const onLost = (): void => {
      lost += 1;
    };
    const to = { origin: program.origin, onLost };
    const approver = await makeSender(world, await world.staff('approver'), to);

    let isOver = false;
    await program.start();
    const bidding = bids.map(async ({ actor, ...bid }) =>
      bidAgainAndAgain(await makeSender(world, actor, to), bid, () => !isOver),
    );
    const approving = (async () => {
      for (const awardId of awards) {
        await doOnce(approver, `/awards/${awardId}/approval`, {});
        await sleep(700);
      }
    })();
    const working = Promise.all([Promise.all(bidding), approving]);
    // Heard where it is awaited, below.
    working.catch(() => undefined);
    const random = seeded(20261124);
    for (let kill = 0; kill < KILLS; kill += 1) {
      await sleep(200 + random() * 1500);
      await program.kill();
      await program.start();
    }
    isOver = true;
    const [acknowledged] = await working;
    await comesToRest();

    expect(lost, 'requests that got no answer').to.be.above(0);
    expect(acknowledged.flat().length, 'bids that were acknowledged').to.be.above(KILLS);
    for (const [index, bid] of bids.entries()) await checkVersions(bid.bidId, acknowledged[index] ?? []);
    await checkOrders(awards);
    await checkMails();
    expect(program.complaints()).not.to.match(/"level":"error"/);
  });

  /** Awards of two suppliers each that wait for an approver. */
  async function makeAwards(): Promise<string[]> {
    const awards: string[] = [];
    for (let index = 0; index < AWARDS; index += 1) {
      const { eventId, buyer, items, bidders } = await evaluatedEvent(world, {
        bids: [
          { name: `First ${index}`, prices: ['1', '9', '1'] },
          { name: `Second ${index}`, prices: ['9', '1', '9'] },
        ],
      });
      const lines = items.map((item, line) => ({
        eventItemId: item.id,
        supplierId: bidders[line === 1 ? 1 : 0]?.supplierId ?? '',
        quantity: item.quantity,
        reason: '',
      }));
      const proposal = { eventId, lines, justification: '', debrief: '' };
      awards.push(await world.runInTx(buyer, (ctx) => proposeAward(ctx, proposal)));
    }
    return awards;
  }

  async function makeBids(): Promise<
    { bidId: string; revision: number; eventItemId: string; actor: Actor }[]
  > {
    const suppliers = [];
    for (let index = 0; index < BIDDERS; index += 1) suppliers.push(await makeSupplier(world));
    const closesAt = new Date(Date.now() + DAY_MS).toISOString();
    const { eventId, items } = await publishedEvent(world, { suppliers, closesAt });
    const bids = [];
    for (const supplier of suppliers) {
      const draft = await draftBid(world, { supplier, eventId, items, prices: ['5'] });
      bids.push({ ...draft, eventItemId: items[0]?.id ?? '', actor: supplier.actor });
    }
    return bids;
  }

  /** Waits until the relay has handed all on and no queue holds anything. */
  async function comesToRest(): Promise<void> {
    const from = performance.now();
    for (let quiet = 0; quiet < 5; ) {
      const left = await jobsLeft();
      quiet = left === 0 ? quiet + 1 : 0;
      if (performance.now() - from > LONGEST_REST_MS) throw new Error(`${left} jobs are still left`);
      await sleep(300);
    }
  }

  async function jobsLeft(): Promise<number> {
    let left = 0;
    for (const name of queueNames) {
      const { failed = 0, ...counts } = await queues
        .of(name)
        .getJobCounts('waiting', 'active', 'failed', 'prioritized');
      expect(failed, `jobs that failed in ${name}`).to.equal(0);
      left += Object.values(counts).reduce((sum, count) => sum + count, 0);
    }
    const unsent = await world.db('notification').where({ state: 'queued' }).count<{ count: number }[]>();
    return left + Number(unsent[0]?.count);
  }

  async function checkVersions(bidId: string, acknowledged: readonly string[]): Promise<void> {
    const versions = await world.db('bid_version').where({ bid_id: bidId }).orderBy('version');
    const kept: string[] = versions.map((version: { idempotency_key: string }) => version.idempotency_key);
    expect(kept).to.include.members([...acknowledged]);
    expect(new Set(kept).size).to.equal(kept.length);
    expect(kept.length, 'more versions than acknowledged').to.equal(acknowledged.length);
    const acts = await world.db('event').where({ action: 'bid.submitted', subject_id: bidId });
    expect(acts.length, 'acts of submitting').to.equal(kept.length);
  }

  async function checkOrders(awards: readonly string[]): Promise<void> {
    const orders: { id: string; award_id: string; state: string }[] = await world.db('purchase_order');
    expect(orders.length).to.equal(2 * AWARDS);
    for (const awardId of awards)
      expect(orders.filter((order) => order.award_id === awardId).length).to.equal(2);
    for (const order of orders) {
      expect(order.state).to.equal('sent');
      const documents = await world.db('document').where({ subject_id: order.id });
      expect(documents.length, 'documents of an order').to.equal(1);
      for (const act of ['issued', 'document-made']) {
        const acts = await world.db('event').where({ action: `purchase_order.${act}`, subject_id: order.id });
        expect(acts.length, `acts of ${act}`).to.equal(1);
      }
    }
  }

  /** One mail for each person and act: no notification without its mail, and no mail twice. */
  async function checkMails(): Promise<void> {
    const notifications = await world.db('notification');
    const mails: { to_address: string; subject: string }[] = await world.db('mailbox_message');
    expect(mails.length).to.equal(notifications.length);
    const orderMails = mails.filter((mail) => mail.subject.includes('PO-'));
    expect(new Set(orderMails.map((mail) => mail.to_address + mail.subject)).size).to.equal(
      orderMails.length,
    );
    expect(orderMails.length).to.equal(2 * AWARDS);
  }
});

/** Numbers from 0 to 1 that are the same at each run (mulberry32). */
function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
