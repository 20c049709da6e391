import { randomUUID } from 'node:crypto';
import { loadavg } from 'node:os';
import { Encrypter } from 'age-encryption';
import { readDraft } from '../src/bids/bid-draft.ts';
import { contentBytes, toContents } from '../src/bids/envelope-content.ts';
import { openBids, startBid } from '../src/bids/index.ts';
import { addOpenerKey } from '../src/bids/opener-keys.service.ts';
import { getPartAsked, givePart } from '../src/bids/opener-parts.service.ts';
import { getSealedDraft, submitSealed } from '../src/bids/sealed-bids.service.ts';
import {
  makeKeyPair,
  openContent,
  openShare,
  sealContent,
  sealEnvelope,
  sha256Of,
} from '../src/bids/sealing.ts';
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
const EVENTS_A_WAY = PAIRS + 1;
const SEALED_IN_BROWSER = 6;
const OPENERS = 3;
const THRESHOLD = 2;

/** Who seals, and who opens: the house by a second person, or two of three openers with keys of their own. */
const WAYS: readonly { readonly title: string; readonly level: SealingLevel; readonly byOpeners: boolean }[] =
  [
    { title: 'sealed on arrival', level: 'on_arrival', byOpeners: false },
    { title: 'sealed in the browser', level: 'in_browser', byOpeners: false },
    {
      title: `sealed in the browser, opened by ${THRESHOLD} of ${OPENERS} openers`,
      level: 'in_browser',
      byOpeners: true,
    },
  ];

type Item = { readonly id: string; readonly line_no: number; readonly quantity: string };

/** Opening every bid of an event at once: keys rebuilt, envelopes opened and checked, lines written, minutes. */
export const opening: Bench = async (cluster, report) => {
  const events = WAYS.length * EVENTS_A_WAY + 1;
  const stage = await cluster.stage('opening', (fresh) =>
    fillOpening(fresh.db, { events, suppliers: BIDDERS }),
  );
  const [forBrowser = '', ...eventIds] = await stage.db('sourcing_event').orderBy('id').pluck<string[]>('id');
  const opener = await actorNamed(stage, 'Opener');
  const plain = await plainOpening(stage, forBrowser);
  const openers = await makeOpeners(stage);
  for (const { title, level, byOpeners } of WAYS) {
    const waiting = eventIds.splice(0, EVENTS_A_WAY);
    for (const eventId of waiting) {
      if (byOpeners) await appoint(stage, eventId, openers);
      await receiveBids(stage, eventId, level);
    }
    const before = loadavg()[0] ?? 0;
    const seconds: number[] = [];
    const firstParts: number[] = [];
    const openNext = async (): Promise<Run> => {
      const eventId = waiting.pop() ?? '';
      const open = byOpeners
        ? await openByParts(stage, { eventId, openers, firstParts })
        : () => stage.house.runInTx({ actor: opener }, (ctx) => openBids(ctx, eventId));
      const { user, system } = process.cpuUsage();
      const from = performance.now();
      await open();
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
      title: `Opening ${BIDDERS} bids of ${LINES_OF_AN_OPENING} lines, ${title}`,
      data: `an event a run, its bids received by the use-cases; load average ${before.toFixed(1)} before, ${(loadavg()[0] ?? 0).toFixed(1)} after`,
      oursIs: `bids opened: all in ${median(seconds).toFixed(1)} s, slowest ${Math.max(...seconds).toFixed(1)} s (wanted: 30 s at most)${byOpeners ? `, from the last part that is needed; the one before it is taken in ${median(firstParts).toFixed(1)} s` : ''}`,
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
      openerShares: sealed.openerShares.map((share) => ({ ...share, sealed: Buffer.from(share.sealed) })),
      bidderKey: Buffer.from(sealed.timeShare),
      fileIds: [],
    };
    await submitSealed(ctx, { bidId, revision, idempotencyKey: randomUUID(), envelopes: [envelope] });
  });
}

type Opener = { readonly actor: Actor; readonly keyId: string; readonly identity: string };

/** As its opener's browser wraps it, but by little work: nobody unwraps it here. */
async function wrap(identity: string): Promise<Buffer> {
  const encrypter = new Encrypter();
  encrypter.setPassphrase('four words nobody guesses');
  encrypter.setScryptWorkFactor(2);
  return Buffer.from(await encrypter.encrypt(identity));
}

/** Bid openers with a key each. */
async function makeOpeners(stage: Stage): Promise<Opener[]> {
  const openers: Opener[] = [];
  for (let number = 1; number <= OPENERS; number += 1) {
    const name = `Opener ${number}`;
    const [row] = await stage
      .db('user_account')
      .insert({
        id: stage.db.raw('uuidv7()'),
        kind: 'staff',
        name,
        email: `opener-${number}@hailan.example`,
        idp_entity_id: 'urn:bench',
        name_id: `opener-${number}`,
        created_at: stage.db.fn.now(),
      })
      .returning('id');
    await stage
      .db('user_role')
      .insert({ user_id: row.id, role: 'bid_opener', granted_at: stage.db.fn.now() });
    const actor = await actorNamed(stage, name);
    const { identity, recipient } = await makeKeyPair();
    const wrapped = await wrap(identity);
    await stage.house.runInTx({ actor }, (ctx) => addOpenerKey(ctx, { recipient, wrapped }));
    const key = await stage.db('opener_key').where({ user_id: row.id }).first('id');
    openers.push({ actor, keyId: key.id, identity });
  }
  return openers;
}

async function appoint(stage: Stage, eventId: string, openers: readonly Opener[]): Promise<void> {
  await stage.db('sourcing_event').where({ id: eventId }).update({ opener_threshold: THRESHOLD });
  await stage.db('event_opener').insert(
    openers.map(({ actor, keyId }) => ({
      event_id: eventId,
      user_id: actor.userId,
      opener_key_id: keyId,
      appointed_by: actor.userId,
      appointed_at: stage.db.fn.now(),
    })),
  );
}

/** Gives all parts but the last that is needed, and a function that gives that one. */
async function openByParts(
  stage: Stage,
  of: { eventId: string; openers: readonly Opener[]; firstParts: number[] },
): Promise<() => Promise<void>> {
  const { eventId, openers, firstParts } = of;
  const needed = openers.slice(0, THRESHOLD);
  const parts = await Promise.all(needed.map((opener) => partOf(stage, eventId, opener)));
  const last = parts.pop();
  for (const give of parts) {
    const from = performance.now();
    await give();
    firstParts.push((performance.now() - from) / 1000);
  }
  return async () => last?.();
}

/** What an opener's browser does: its shares are opened there, and what comes out is sent. */
async function partOf(
  stage: Stage,
  eventId: string,
  { actor, identity }: Opener,
): Promise<() => Promise<void>> {
  const asked = await stage.house.runInTx({ actor }, (ctx) => getPartAsked(ctx, eventId));
  const shares = await Promise.all(
    asked.shares.map(async ({ envelopeId, sealed }) => ({
      envelopeId,
      share: (await openShare(Buffer.from(sealed, 'base64'), identity)) ?? new Uint8Array(),
    })),
  );
  return async () => {
    await stage.house.runInTx({ actor }, (ctx) => givePart(ctx, { eventId, shares }));
  };
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
