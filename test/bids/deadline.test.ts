import { expect } from 'chai';
import {
  chooseClosingSubmission,
  type Minutes,
  openBids,
  saveDraft,
  submitAtClosing,
  submitBid,
  withdrawBid,
} from '../../src/bids/index.ts';
import { type Actor, system } from '../../src/kernel/actor.ts';
import { newId } from '../../src/kernel/id.ts';
import type { Ctx } from '../../src/platform/db/context.ts';
import { rowsOf } from '../../src/platform/db/statements.ts';
import { closeDueEvents, lockEvent } from '../../src/sourcing/index.ts';
import { draftBid, submittedBid, typedLines } from '../support/factories/bids.ts';
import { type PublishedEvent, publishedEvent } from '../support/factories/sourcing.ts';
import { makeSupplier } from '../support/factories/suppliers.ts';
import { refusal } from '../support/refusal.ts';
import { makeWorld, type World } from '../support/world.ts';

const BEFORE = '2026-03-09T08:59:59.999Z';
const CLOSING = '2026-03-09T09:00:00.000Z';
const sweeper = system('sourcing/every-five-seconds-close-due-events');

/** A promise that somebody else keeps. */
function gate(): { readonly passed: Promise<void>; open(): void } {
  let open = (): void => {};
  const passed = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { passed, open: () => open() };
}

describe('bids at the closing instant, by locks', () => {
  let world: World;
  let event: PublishedEvent;
  let opener: Actor;
  let supplier: PublishedEvent['suppliers'][number];
  beforeEach(async () => {
    world = await makeWorld();
    event = await publishedEvent(world);
    opener = await world.staff('bid_opener');
    supplier = event.suppliers[0] as typeof supplier;
  });
  afterEach(() => world.close());

  type Draft = { bidId: string; revision: number };
  const submit = (ctx: Ctx, draft: Draft) =>
    submitBid(ctx, { ...draft, idempotencyKey: newId(), isFreeMeant: false });
  const sweep = () => world.runInTx(sweeper, (ctx) => closeDueEvents(ctx, submitAtClosing));
  const open = () => world.runInTx(opener, (ctx) => openBids(ctx, event.eventId));
  /** Resolves when another transaction waits for a lock: asked of the database, not guessed by time. */
  const somebodyWaits = async (): Promise<void> => {
    for (;;) {
      const { rows } = await world.db.raw(
        `SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`,
      );
      if (rows.length > 0) return;
    }
  };

  it('lets a bid that came in time finish: closing waits for it, and the opening has it', async () => {
    const draft = await draftBid(world, { supplier, ...event, prices: ['1'] });
    const [written, mayCommit] = [gate(), gate()];
    world.setNow(BEFORE);
    const submission = world.runInTx(supplier.actor, async (ctx) => {
      await submit(ctx, draft);
      written.open();
      await mayCommit.passed;
    });
    await written.passed;
    world.setNow(CLOSING);
    expect(await sweep(), 'closing leaves an event alone that a bid is being written to').to.equal(0);
    const tooEarly = refusal(open());
    await somebodyWaits();
    mayCommit.open();
    await submission;
    expect((await tooEarly).code).to.equal('opening.event-not-closed');
    expect(await sweep()).to.equal(1);
    expect((await open()).bids).to.have.length(1);
  });

  const acts: [string, (ctx: Ctx, draft: Draft) => Promise<unknown>][] = [
    ['submission', submit],
    ['withdrawal', (ctx, { bidId }) => withdrawBid(ctx, bidId)],
  ];
  for (const [what, act] of acts)
    it(`refuses a ${what} that began in time and got its turn at closing: the clock is read after the lock`, async () => {
      const draft =
        what === 'submission'
          ? await draftBid(world, { supplier, ...event, prices: ['1'] })
          : await submittedBid(world, { supplier, ...event, prices: ['1'] });
      const [held, mayRelease] = [gate(), gate()];
      const closing = world.runInTx(sweeper, async (ctx) => {
        await lockEvent(ctx, event.eventId);
        held.open();
        await mayRelease.passed;
      });
      await held.passed;
      world.setNow(BEFORE);
      const late = refusal(world.runInTx(supplier.actor, (ctx) => act(ctx, draft)));
      await somebodyWaits();
      world.setNow(CLOSING);
      mayRelease.open();
      await closing;
      expect((await late).code).to.equal('bid.deadline-passed');
      expect(await world.db('bid_version')).to.have.length(what === 'submission' ? 0 : 1);
      expect(await world.db('event').where({ action: 'bid.withdrawn' })).to.have.length(0);
    });

  it('loses nothing that it acknowledged and stores nothing late, however submissions, choices, withdrawals and closing meet', async () => {
    const suppliers = [...event.suppliers];
    while (suppliers.length < 12) suppliers.push(await makeSupplier(world));
    for (let round = 0; round < 5; round += 1) {
      world.setNow('2026-03-02T10:00:00Z');
      event = await publishedEvent(world, { suppliers, buyer: event.buyer });
      const drafts = await Promise.all(
        suppliers.map((one, index) =>
          draftBid(world, { supplier: one, ...event, prices: [String(index + 1)] }),
        ),
      );
      const standing = new Map<string, number | null>();
      // The last revision that was acknowledged as saved, of those who let the closing submit.
      const left = new Map<string, number>();
      const bidder = async (index: number): Promise<void> => {
        const { actor } = suppliers[index] as (typeof suppliers)[number];
        const { bidId, revision } = drafts[index] as (typeof drafts)[number];
        const isLeft = index % 3 === 0;
        if (isLeft) {
          await world.runInTx(actor, (ctx) => chooseClosingSubmission(ctx, { bidId, isFreeMeant: false }));
          left.set(bidId, revision);
        }
        for (let next = revision; ; next += 1) {
          try {
            if (isLeft) {
              const lines = typedLines(event.items, [`${index + 1}.${next}`]);
              const save = { bidId, revision: next, note: '', lines };
              left.set(bidId, (await world.runInTx(actor, (ctx) => saveDraft(ctx, save))).revision);
              continue;
            }
            standing.set(bidId, await world.runInTx(actor, (ctx) => submit(ctx, { bidId, revision: next })));
            if ((index + next) % 5 === 0) {
              await world.runInTx(actor, (ctx) => withdrawBid(ctx, bidId));
              standing.set(bidId, null);
              return;
            }
            const lines = typedLines(event.items, [`${index + 1}.${next}`]);
            await world.runInTx(actor, (ctx) => saveDraft(ctx, { bidId, revision: next, note: '', lines }));
          } catch (error) {
            expect((error as { code?: string }).code).to.equal('bid.deadline-passed');
            return;
          }
        }
      };
      const bidding = Promise.all(suppliers.map((_, index) => bidder(index)));
      // The clock strikes while they are in the middle of it: when the database has seen 20 submissions.
      for (;;) {
        const { rows } = await world.db.raw(
          `SELECT count(*) AS count FROM bid_version JOIN bid ON bid.id = bid_version.bid_id WHERE bid.event_id = ?`,
          [event.eventId],
        );
        if (rows[0].count >= 20) break;
      }
      world.setNow(CLOSING);
      // The sweeper passes an event over while bids are being written to it, and comes back.
      while ((await world.db('sourcing_event').where({ id: event.eventId }).first()).state === 'open')
        await sweep();
      const minutes: Minutes = await open();
      await bidding;
      for (const [bidId, revision] of left) {
        standing.set(bidId, 1);
        // All that was acknowledged as saved is in what the closing submitted: it took the very last revision.
        const draft = await world.db('bid_draft').where({ bid_id: bidId }).first();
        expect(draft).to.include({ revision, submitted_revision: revision });
      }
      const expected = [...standing].flatMap(([bidId, version]) =>
        version === null ? [] : [`${bidId} ${version}`],
      );
      expect(minutes.bids.map((bid) => `${bid.bidId} ${bid.version}`)).to.have.members(expected);
      const late = await world.runInTx(sweeper, (ctx) =>
        rowsOf(ctx.tx, 'SELECT 1 FROM bid_version WHERE received_at >= ?', [CLOSING]),
      );
      expect(late).to.have.length(0);
    }
  }).timeout(60_000);
});
