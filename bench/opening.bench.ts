import { randomUUID } from 'node:crypto';
import { loadavg } from 'node:os';
import { readDraft } from '../src/bids/bid-draft.ts';
import { contentBytes, toContents } from '../src/bids/envelope-content.ts';
import { openBids, startBid } from '../src/bids/index.ts';
import { getSealedDraft, submitSealed } from '../src/bids/sealed-bids.service.ts';
import { makeKeyPair, openContent, sealContent, sealEnvelope, sha256Of } from '../src/bids/sealing.ts';
import type { Actor } from '../src/kernel/actor.ts';
import { rowsOf } from '../src/platform/db/statements.ts';
import type { SealingLevel } from '../src/sourcing/index.ts';
import { openBrowser } from '../test/support/browser.ts';
import { submittedBid, typedLines } from '../test/support/factories/bids.ts';
import type { World } from '../test/support/world.ts';
import { fillOpening, LINES_OF_AN_OPENING } from './data.ts';
import { compare, median, type Run } from './measure.ts';
import type { Bench } from './report.ts';
import { actorNamed, type Stage } from './stage.ts';

const BIDDERS = 50;
const PAIRS = 3;
/** One for each pair and one to warm up. */
const EVENTS_A_LEVEL = PAIRS + 1;
const SEALED_IN_BROWSER = 6;

type Item = { readonly id: string; readonly line_no: number; readonly quantity: string };

/** Opening every bid of an event at once: keys rebuilt, envelopes opened and checked, lines written, minutes. */
export const opening: Bench = async (cluster, report) => {
  const events = 2 * EVENTS_A_LEVEL + 1;
  const stage = await cluster.stage('opening', (fresh) =>
    fillOpening(fresh.db, { events, suppliers: BIDDERS }),
  );
  const [forBrowser = '', ...eventIds] = await stage.db('sourcing_event').orderBy('id').pluck<string[]>('id');
  const opener = await actorNamed(stage, 'Opener');
  const plain = await plainOpening(stage, forBrowser);
  for (const level of ['on_arrival', 'in_browser'] as const) {
    const waiting = eventIds.splice(0, EVENTS_A_LEVEL);
    for (const eventId of waiting) await receiveBids(stage, eventId, level);
    const before = loadavg()[0] ?? 0;
    const seconds: number[] = [];
    const openNext = async (): Promise<Run> => {
      const eventId = waiting.pop() ?? '';
      const { user, system } = process.cpuUsage();
      const from = performance.now();
      await stage.house.runInTx({ actor: opener }, (ctx) => openBids(ctx, eventId));
      const took = (performance.now() - from) / 1000;
      const used = process.cpuUsage({ user, system });
      await expectOpened(stage, eventId);
      seconds.push(took);
      return { perSecond: BIDDERS / took, cpuMs: (used.user + used.system) / 1000 / BIDDERS };
    };
    const compared = await compare(
      { name: 'portal', run: openNext },
      { name: 'age and pg', run: plain },
      PAIRS,
    );
    report({
      title: `Opening ${BIDDERS} bids of ${LINES_OF_AN_OPENING} lines, ${level === 'on_arrival' ? 'sealed on arrival' : 'sealed in the browser'}`,
      data: `an event a run, its bids received by the use-cases; load average ${before.toFixed(1)} before, ${(loadavg()[0] ?? 0).toFixed(1)} after`,
      oursIs: `bids opened: all in ${median(seconds).toFixed(1)} s, slowest ${Math.max(...seconds).toFixed(1)} s (wanted: 30 s at most)`,
      baselineIs: 'age alone opens the same contents, and one statement writes their lines into a bare table',
      compared,
    });
  }
  await sealingInBrowser(stage, forBrowser, report);
};

const worldOf = (stage: Stage): Pick<World, 'runInTx'> => ({
  runInTx: (actor, work) => stage.house.runInTx({ actor }, work),
});

const itemsOf = (stage: Stage, eventId: string): Promise<Item[]> =>
  stage.db('event_item').where({ event_id: eventId }).orderBy('line_no').select('id', 'line_no', 'quantity');

async function bidders(stage: Stage): Promise<Actor[]> {
  const names = await stage.db('user_account').where({ kind: 'supplier' }).pluck<string[]>('name');
  return Promise.all(names.map((name) => actorNamed(stage, name)));
}

/** Every supplier's bid on every line, and then the closing. */
async function receiveBids(stage: Stage, eventId: string, level: SealingLevel): Promise<void> {
  await stage.db('sourcing_event').where({ id: eventId }).update({ sealing_level: level });
  const items = await itemsOf(stage, eventId);
  const prices = items.map((_, index) => `${12 + index}.45`);
  for (const actor of await bidders(stage)) {
    if (level === 'in_browser') await receiveSealed(stage, { actor, eventId, prices });
    else await submittedBid(worldOf(stage), { supplier: { actor }, eventId, items: items as never, prices });
  }
  await stage.db('bid').where({ event_id: eventId }).update({ state: 'sealed' });
  await stage
    .db('sourcing_event')
    .where({ id: eventId })
    .update({
      state: 'closed',
      closes_at: stage.db.raw(`clock_timestamp() - interval '1 second'`),
      closed_at: stage.db.raw('clock_timestamp()'),
    });
}

/** What a bidder's browser does, without a browser. */
async function receiveSealed(
  stage: Stage,
  of: { actor: Actor; eventId: string; prices: readonly string[] },
): Promise<void> {
  await stage.house.runInTx({ actor: of.actor }, async (ctx) => {
    const bidId = await startBid(ctx, of.eventId);
    const { bid, event, items, rules, keys, eventSha256, revision } = await getSealedDraft(ctx, bidId);
    const typed = { lines: typedLines(items, of.prices), note: '', files: [] };
    const [content] = toContents(
      { typed, read: readDraft(typed, items, rules) },
      {
        eventId: event.id,
        eventSha256,
        supplierId: bid.supplierId,
        version: 1,
        currency: event.currency,
        envelopes: event.envelopes,
        lotIds: [],
        envelopeOf: {},
        fileKeys: {},
        makeNonce: () => randomUUID(),
      },
    );
    if (content === undefined) throw new Error('A bid has an envelope');
    const bytes = contentBytes(content);
    const { identity: _, ...sealed } = await sealEnvelope(bytes, keys);
    const envelope = {
      ...sealed,
      envelope: content.envelope,
      sealed: Buffer.from(sealed.sealed),
      contentSha256: await sha256Of(bytes),
      timeShare: Buffer.from(sealed.timeShare),
      houseShare: sealed.houseShare === null ? null : Buffer.from(sealed.houseShare),
      openerShares: [],
      bidderKey: Buffer.from(sealed.timeShare),
      fileIds: [],
    };
    await submitSealed(ctx, { bidId, revision, idempotencyKey: randomUUID(), envelopes: [envelope] });
  });
}

async function expectOpened(stage: Stage, eventId: string): Promise<void> {
  const states = await stage
    .db('bid')
    .where({ event_id: eventId })
    .distinct('state')
    .pluck<string[]>('state');
  if (states.join() !== 'valid') throw new Error(`Bids that were opened are ${states.join()}`);
}

/** Opens as many contents of the same lines by age alone, and writes the lines where nothing checks them. */
async function plainOpening(stage: Stage, eventId: string): Promise<() => Promise<Run>> {
  const items = await itemsOf(stage, eventId);
  const lines = items.map(({ id }, index) => ({ eventItemId: id, unitPrice: `${12 + index}.45`, note: '' }));
  const content = Buffer.from(JSON.stringify({ lines }));
  const files = await Promise.all(
    Array.from({ length: BIDDERS }, async () => {
      const { identity, recipient } = await makeKeyPair();
      return { identity, sealed: await sealContent(content, recipient) };
    }),
  );
  await stage.db.raw('CREATE TABLE plain_line (event_item_id uuid, unit_price numeric, note text)');
  return async () => {
    const { user, system } = process.cpuUsage();
    const from = performance.now();
    const opened = await Promise.all(files.map(({ sealed, identity }) => openContent(sealed, identity)));
    const all = opened.flatMap(
      (one) => JSON.parse(Buffer.from(one ?? []).toString('utf8')).lines as unknown[],
    );
    await stage.db.transaction((tx) =>
      rowsOf(
        tx,
        `INSERT INTO plain_line (event_item_id, unit_price, note)
         SELECT line."eventItemId", line."unitPrice", line.note
           FROM jsonb_to_recordset(?::jsonb) AS line ("eventItemId" uuid, "unitPrice" numeric, note text)`,
        [JSON.stringify(all)],
      ),
    );
    const used = process.cpuUsage({ user, system });
    const perSecond = (1000 * BIDDERS) / (performance.now() - from);
    return { perSecond, cpuMs: (used.user + used.system) / 1000 / BIDDERS };
  };
}

/** A bid of as many lines, sealed by the page itself in a real browser, beside Node that seals the same lines. */
async function sealingInBrowser(stage: Stage, eventId: string, report: Parameters<Bench>[1]): Promise<void> {
  await stage.db('sourcing_event').where({ id: eventId }).update({ sealing_level: 'in_browser' });
  const portal = await stage.startPortal();
  const browser = await openBrowser();
  const runs: { sealingMs: number; pressedMs: number; bytes: number }[] = [];
  for (const actor of (await bidders(stage)).slice(0, SEALED_IN_BROWSER)) {
    const bidId = await stage.house.runInTx({ actor }, (ctx) => startBid(ctx, eventId));
    const [name = '', value = ''] = (await stage.signIn(actor)).cookie.split('=');
    const context = await browser.newContext();
    await context.addCookies([{ name, value, url: portal.answer.origin }]);
    const page = await context.newPage();
    await page.goto(`${portal.answer.origin}/bids/${bidId}/sealed-edit`);
    await page.waitForSelector('[data-editor]:not([hidden])');
    await page.evaluate(`for (const [at, field] of document.querySelectorAll('[data-price]').entries()) {
      field.value = 12 + at + '.45';
      field.dispatchEvent(new Event('input', { bubbles: true }));
    }`);
    await page.locator('[data-to-review]').first().click();
    const from = performance.now();
    await page.locator('[data-submit]').click();
    await page.waitForSelector('[data-done]:not([hidden])');
    const pressedMs = performance.now() - from;
    const sealingMs = Number(await page.getAttribute('#sealed-bid', 'data-sealing-ms'));
    const { sealed } = await stage.db('bid_envelope').orderBy('id', 'desc').first('sealed');
    runs.push({ sealingMs, pressedMs, bytes: sealed.length });
    await context.close();
  }
  await browser.close();
  await portal.stop();
  const own = median(runs.map((run) => run.sealingMs));
  const node = median(await sealByNode(runs[0]?.bytes ?? 0));
  report({
    title: `Sealing a bid of ${LINES_OF_AN_OPENING} lines in the browser`,
    data: `${runs.length} bids by the page itself in Chromium; load average ${(loadavg()[0] ?? 0).toFixed(1)}`,
    oursIs: `sealed in ${own.toFixed(0)} ms, slowest ${Math.max(...runs.map((run) => run.sealingMs))} ms (wanted: under 1000); from the button to the receipt ${median(runs.map((run) => run.pressedMs)).toFixed(0)} ms`,
    baselineIs: `Node seals as many bytes by the same code in ${node.toFixed(1)} ms`,
    compared: { ours: { perSecond: 1000 / own }, baseline: { perSecond: 1000 / node }, ratio: node / own },
  });
}

async function sealByNode(bytes: number): Promise<number[]> {
  const [time, house] = [await makeKeyPair(), await makeKeyPair()];
  const keys = {
    timeRecipient: time.recipient,
    houseRecipient: house.recipient,
    openers: [],
    threshold: null,
  };
  const times: number[] = [];
  for (let count = 0; count < SEALED_IN_BROWSER; count += 1) {
    const from = performance.now();
    await sealEnvelope(new Uint8Array(bytes), keys);
    times.push(performance.now() - from);
  }
  return times;
}
